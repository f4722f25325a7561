"""Reads the documents a user adds: PDF, Word, HTML, Markdown, text and CSV, each into sections under its own headings.

A file that cannot be read is refused with a Dutch reason; nothing of it is kept. The corpus itself has a stricter reader
(``articles``).
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import docx
import pypdf
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from docx.table import Table
from docx.text.paragraph import Paragraph
from pypdf.errors import DependencyError

from assistant.articles import split_headings
from assistant.documents import Document, Section, Source
from assistant.errors import DocumentError

MAXIMUM_BYTES = 50_000_000
OWN_TOPIC = "eigen"
_HEADING_TAGS = ("h1", "h2", "h3", "h4")
_BLOCK_TAGS = (*_HEADING_TAGS, "h5", "h6", "p", "li", "table", "pre", "blockquote", "dt", "dd")  # each becomes one block of text
_CONTAINER_TAGS = ("div", "section", "article", "main", "header", "aside", "figure", "details", "address", "ul", "ol", "dl", "body", "html")


def supported_suffixes() -> tuple[str, ...]:
    """The file types that can be read, with their dot."""
    return tuple(_READERS)


def load(path: Path, document_id: str) -> Document:
    """The document in a file.

    Raises:
        DocumentError: unknown type, too large, damaged, protected, or without text.
    """
    if any("\ud800" <= char <= "\udfff" for char in document_id):
        raise DocumentError("de bestandsnaam bevat tekens die geen geldige UTF-8 zijn; geef het bestand een andere naam")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise DocumentError(f"bestandstype {path.suffix or '(geen)'} wordt niet ondersteund; gebruik {', '.join(_READERS)}")
    try:
        size = path.stat().st_size
        if size > MAXIMUM_BYTES:
            raise DocumentError(f"het bestand is {size // 1_000_000} MB; het maximum is {MAXIMUM_BYTES // 1_000_000} MB")
        title, parts = reader(path)
    except DocumentError:
        raise
    except OSError as exc:
        raise DocumentError(f"het bestand is niet te openen ({exc.strerror or exc})") from exc
    except Exception as exc:  # the parsers raise their own kinds for damaged files
        raise DocumentError(f"het bestand is beschadigd of geen geldig {path.suffix[1:].upper()}-bestand ({type(exc).__name__})") from exc
    title = _clean(title) or path.stem.replace("_", " ").replace("-", " ")
    cleaned = [(_clean(heading), _clean(text)) for heading, text in parts]
    sections = tuple(Section(heading=heading or title, text=text) for heading, text in cleaned if text)
    if not sections:
        raise DocumentError("er staat geen leesbare tekst in; een gescand document heeft eerst tekstherkenning (OCR) nodig")
    return Document(
        document_id=document_id,
        title=title,
        topic=OWN_TOPIC,
        sources=(Source(name=path.name),),
        sections=sections,
    )


def _clean(text: str) -> str:
    """The text without what cannot be stored or shown: control characters, halves of surrogate pairs, soft hyphens."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", " ", text.replace("\xad", "")).strip()


def find_files(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Each file below the paths with its document id: the path relative to the folder it was found through.

    Hidden files and folders are passed over; a path that does not exist is given too, so that loading it says so.
    """
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                relative = file.relative_to(path)
                if file.is_file() and not any(part.startswith((".", "~$")) for part in relative.parts):
                    yield file, relative.as_posix()
        else:
            yield path, path.name


Parts = list[tuple[str, str]]


def _read_text(path: Path) -> str:
    raw = path.read_bytes()
    if b"\x00" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentError("dit is geen tekstbestand")
    for encoding in ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return _one_line_end(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return _one_line_end(raw.decode("latin-1"))


def _one_line_end(text: str) -> str:
    return re.sub(r"\r\n?|\x0c|\x0b", "\n", text)


def _markdown(path: Path) -> tuple[str, Parts]:
    text = _read_text(path)
    text = re.sub(r"\A---\s*\n.*?\n---\s*(?:\n|\Z)", "", text, flags=re.DOTALL)
    title = ""
    match = re.search(r"(?m)^#\s+(.+)$", text)
    if match:
        title = match.group(1)
        text = text[: match.start()] + text[match.end() :]
    text = re.sub(r"(?m)^#{3,6}\s+(.+)$", r"## \1", text)
    intro, bodies = split_headings(text)
    return title, _without_empty_headings([("", intro), *bodies])


def _plain(path: Path) -> tuple[str, Parts]:
    """Text without marks: a short line alone between blank lines, without a full stop, is taken for a heading."""
    parts: Parts = [("", "")]
    for paragraph in re.split(r"\n\s*\n", _read_text(path)):
        line = paragraph.strip()
        if line and "\n" not in line and len(line) <= 80 and not re.search(r"[.,;:]$", line) and len(line.split()) <= 12:
            parts.append((line, ""))
        elif line:
            heading, text = parts[-1]
            parts[-1] = (heading, f"{text}\n\n{line}")
    return "", _without_empty_headings(parts)


def _without_empty_headings(parts: Parts) -> Parts:
    """A heading with nothing under it belongs to the next one's text, so that no line is lost."""
    kept: Parts = []
    pending = ""
    for heading, text in parts:
        if not text.strip():
            pending = f"{pending}\n\n{heading}" if heading else pending
            continue
        kept.append((heading, f"{pending}\n\n{text}" if pending else text))
        pending = ""
    if pending.strip():
        kept.append(("", pending))
    return kept


def _csv(path: Path) -> tuple[str, Parts]:
    text = _read_text(path)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:5_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    return "", [("", _markdown_table([row for row in csv.reader(io.StringIO(text, newline=""), dialect) if "".join(row).strip()]))]


def _markdown_table(rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    cells = [[" ".join(cell.split()).replace("|", "/") for cell in [*row, *[""] * (width - len(row))]] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([lines[0], f"|{'---|' * width}", *lines[1:]])


def _html(path: Path) -> tuple[str, Parts]:
    soup = BeautifulSoup(_read_text(path), "html.parser")
    for tag in soup(["script", "style", "noscript", "template", "nav", "footer", "form"]):
        tag.decompose()
    title = _inline_text(soup.title.extract()) if soup.title else ""
    for tag in soup([*_BLOCK_TAGS, *_CONTAINER_TAGS, "br", "td", "th", "caption"]):  # words on either side of these are not one word
        tag.insert_before("\n")
        tag.insert_after("\n")
    parts: Parts = [("", "")]
    for block in _html_blocks(soup):
        if isinstance(block, str):
            _append(parts, block, "\n\n")
        elif block.name in _HEADING_TAGS:
            title = title or _inline_text(block)
            parts.append((_inline_text(block), ""))
        elif block.name == "table":
            rows = [[_inline_text(cell) for cell in row(["th", "td"])] for row in block("tr")]
            _append(parts, _markdown_table([row for row in rows if row]), "\n\n")
        elif block.name == "li":
            _append_item(parts, _inline_text(block))
        else:
            _append(parts, _inline_text(block), "\n\n")
    return title, _without_empty_headings(parts)


def _html_blocks(node: Tag) -> Iterator[Tag | str]:
    """The blocks below a node in reading order; text that stands loose between them is given as it is."""
    loose = ""
    for child in node.children:
        if not isinstance(child, Tag):
            loose += child if type(child) is NavigableString else ""  # the other kinds are comments and declarations
        elif child.name in _BLOCK_TAGS or child.name in _CONTAINER_TAGS or child.find(_BLOCK_TAGS) is not None:
            if loose.strip():
                yield " ".join(loose.split())
            loose = ""
            if child.name in _BLOCK_TAGS:
                yield child
            else:
                yield from _html_blocks(child)
        else:
            loose += child.get_text()
    if loose.strip():
        yield " ".join(loose.split())


def _inline_text(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _pdf(path: Path) -> tuple[str, Parts]:
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("de pdf is met een wachtwoord beveiligd; sla hem op zonder wachtwoord")
        title = (reader.metadata.title if reader.metadata else None) or ""
        return title, _pages(reader)
    except DependencyError as exc:  # AES needs a package that is not worth carrying for this alone
        raise DocumentError("de pdf is versleuteld; sla hem op zonder beveiliging") from exc


def _pages(reader: pypdf.PdfReader) -> Parts:
    parts: Parts = []
    for number, page in enumerate(reader.pages, 1):
        text = re.sub(r"(\w)-\n(\w)", r"\1\2", page.extract_text() or "")
        text = re.sub(r"(?<![.:;!?])\n(?=[a-zà-ÿ])", " ", text)
        parts.append((f"Pagina {number}", re.sub(r"\n(?=\S)", "\n\n", text)))
    return parts


def _word(path: Path) -> tuple[str, Parts]:
    document = docx.Document(str(path))
    title = document.core_properties.title or ""
    parts: Parts = [("", "")]
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            _append(parts, _markdown_table([[cell.text for cell in row.cells] for row in block.rows]), "\n\n")
        elif isinstance(block, Paragraph) and block.text.strip():
            style = (block.style.name if block.style else "") or ""
            if style.startswith(("Heading", "Kop", "Title", "Titel")):
                title = title or block.text
                parts.append((block.text, ""))
            elif style.startswith(("List", "Lijst")):
                _append_item(parts, block.text.strip())
            else:
                _append(parts, block.text.strip(), "\n\n")
    return title, _without_empty_headings(parts)


def _append(parts: Parts, text: str, joiner: str) -> None:
    heading, before = parts[-1]
    parts[-1] = (heading, f"{before}{joiner}{text}" if before else text)


def _append_item(parts: Parts, text: str) -> None:
    follows_item = parts[-1][1].rsplit("\n", 1)[-1].startswith("- ")
    _append(parts, f"- {text}", "\n" if follows_item else "\n\n")


_READERS: dict[str, Callable[[Path], tuple[str, Parts]]] = {
    ".pdf": _pdf, ".docx": _word, ".html": _html, ".htm": _html, ".md": _markdown, ".markdown": _markdown, ".txt": _plain, ".csv": _csv,
}  # fmt: skip
