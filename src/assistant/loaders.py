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
from bs4 import BeautifulSoup, Tag
from docx.table import Table
from docx.text.paragraph import Paragraph

from assistant.articles import split_headings
from assistant.documents import Document, Section, Source
from assistant.errors import DocumentError

MAXIMUM_BYTES = 50_000_000
OWN_TOPIC = "eigen"
_BLOCK_TAGS = ("h1", "h2", "h3", "h4", "p", "li", "table", "pre", "blockquote", "dt", "dd")


def supported_suffixes() -> tuple[str, ...]:
    """The file types that can be read, with their dot."""
    return tuple(_READERS)


def load(path: Path, document_id: str) -> Document:
    """The document in a file.

    Raises:
        DocumentError: unknown type, too large, damaged, protected, or without text.
    """
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
    title = title.strip() or path.stem.replace("_", " ").replace("-", " ")
    sections = tuple(Section(heading=heading.strip() or title, text=text.strip()) for heading, text in parts if text.strip())
    if not sections:
        raise DocumentError("er staat geen leesbare tekst in; een gescand document heeft eerst tekstherkenning (OCR) nodig")
    return Document(
        document_id=document_id,
        title=title,
        topic=OWN_TOPIC,
        sources=(Source(name=path.name),),
        sections=sections,
    )


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
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


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
    return title, [(title, intro), *bodies]


def _plain(path: Path) -> tuple[str, Parts]:
    """Text without marks: a short line alone between blank lines, without a full stop, is taken for a heading."""
    parts: Parts = [("", "")]
    for paragraph in re.split(r"\n\s*\n", _read_text(path).replace("\r\n", "\n")):
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
    rows = [[cell.strip().replace("|", "/") for cell in row] for row in csv.reader(io.StringIO(text), dialect) if any(row)]
    return "", [("", _markdown_table(rows))]


def _markdown_table(rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
    return "\n".join([lines[0], f"|{'---|' * width}", *lines[1:]])


def _html(path: Path) -> tuple[str, Parts]:
    soup = BeautifulSoup(_read_text(path), "html.parser")
    for tag in soup(["script", "style", "noscript", "template", "nav", "footer", "form"]):
        tag.decompose()
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    parts: Parts = [("", "")]
    for tag in soup.find_all(_BLOCK_TAGS):
        if not isinstance(tag, Tag) or tag.find_parent(["table", "li"]) is not None:
            continue
        text = tag.get_text(" ", strip=True)
        if tag.name in ("h1", "h2", "h3", "h4"):
            title = title or text
            parts.append((text, ""))
            continue
        if tag.name == "table":
            rows = [[cell.get_text(" ", strip=True).replace("|", "/") for cell in row.find_all(["th", "td"])] for row in tag.find_all("tr")]
            text = _markdown_table([row for row in rows if row])
        elif tag.name == "li":
            text = f"- {text}"
        heading, before = parts[-1]
        joiner = "\n" if tag.name == "li" and before.rsplit("\n", 1)[-1].startswith("- ") else "\n\n"
        parts[-1] = (heading, f"{before}{joiner}{text}" if before else text)
    if not any(text for _, text in parts):
        parts = [("", soup.get_text("\n", strip=True))]
    return title, _without_empty_headings(parts)


def _pdf(path: Path) -> tuple[str, Parts]:
    reader = pypdf.PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError("de pdf is met een wachtwoord beveiligd; sla hem op zonder wachtwoord")
    title = str((reader.metadata or {}).get("/Title") or "")
    parts: Parts = []
    for number, page in enumerate(reader.pages, 1):
        text = re.sub(r"(\w)-\n(\w)", r"\1\2", page.extract_text() or "")
        text = re.sub(r"(?<![.:;!?])\n(?=[a-zà-ÿ])", " ", text)
        parts.append((f"Pagina {number}", re.sub(r"\n(?=\S)", "\n\n", text)))
    return title, parts


def _word(path: Path) -> tuple[str, Parts]:
    document = docx.Document(str(path))
    title = document.core_properties.title or ""
    parts: Parts = [("", "")]
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            rows = [[cell.text.strip().replace("|", "/").replace("\n", " ") for cell in row.cells] for row in block.rows]
            _append(parts, _markdown_table(rows), "\n\n")
        elif isinstance(block, Paragraph) and block.text.strip():
            style = (block.style.name if block.style else "") or ""
            if style.startswith(("Heading", "Kop", "Title", "Titel")):
                title = title or block.text
                parts.append((block.text, ""))
            elif style.startswith(("List", "Lijst")):
                _append(parts, f"- {block.text.strip()}", "\n" if parts[-1][1].rsplit("\n", 1)[-1].startswith("- ") else "\n\n")
            else:
                _append(parts, block.text.strip(), "\n\n")
    return title, _without_empty_headings(parts)


def _append(parts: Parts, text: str, joiner: str) -> None:
    heading, before = parts[-1]
    parts[-1] = (heading, f"{before}{joiner}{text}" if before else text)


_READERS: dict[str, Callable[[Path], tuple[str, Parts]]] = {
    ".pdf": _pdf, ".docx": _word, ".html": _html, ".htm": _html, ".md": _markdown, ".markdown": _markdown, ".txt": _plain, ".csv": _csv,
}  # fmt: skip
