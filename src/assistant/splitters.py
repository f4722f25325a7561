"""Splits a document into chunks, one per section, and a chunk into the facts that can be shown by themselves.

Second step of the path of a document. Chunks follow the headings; a section that is too long is cut between blocks, and
tables and lists stay whole unless one alone is too long, in which case it is cut between rows with its header repeated.
A fact is a sentence, a step, a bullet, a table row, or a PAS OP or TIP paragraph.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assistant.documents import Chunk, Document, Fact, FactKind, Section

SPLITTER_VERSION = "1"
CHUNK_SIZE_CHARACTERS = 2_400

# Openings that point back at an earlier sentence. "Het" and "Zo" open many free-standing sentences ("Het plan Individueel …"),
# so they lean only before a verb.
_LEANING_PATTERN = re.compile(
    r"(?:dit|deze|die|dat|daarom|daarnaast|daarbij|daarmee|daardoor|daarna|daarvoor|daarin|daarop|daarboven|daaronder|hierdoor|"
    r"hiermee|hierbij|hierna|hij|ze|toch|echter|bovendien|vervolgens|zulke|dergelijke|beide|allebei|anders|maar|dan)\b"
    r"|(?:het|zij)\s+(?:is|was|wordt|gaat|geldt|gold|kost|telt|kan|mag|moet|heeft|hangt|komt|werkt|staat|loopt|duurt)\b"
    r"|(?:zo|ook)\s+(?:is|was|wordt|kun|kan|mag|moet|krijg|voorkom|zie|hou|geldt|telt|kost)\w*\b",
    flags=re.IGNORECASE,
)

# Abbreviations whose full stop does not end a sentence.
_ABBREVIATIONS = frozenset(
    "bijv bv o.a m.b.t d.w.z i.p.v e.d enz ca incl excl max min nr art p mr dr ir drs jl t.o.v m.u.v i.v.m z.s.m a.u.b "
    "resp evt m.a.w e.v n.v.t o.m.v vgl s.à.r.l st inc ltd".split()
)
_TABLE_ROW = re.compile(r"^\s*\|.*\|\s*$")
_TABLE_RULE = re.compile(r"^\s*\|(?:\s*:?-+:?\s*\|)+\s*$")
_STEP = re.compile(r"^\s*(\d{1,2})[.)]\s+(.*)$")
_BULLET = re.compile(r"^\s*[-*+•]\s+(.*)$")
# "PAS OP:" or "**PAS OP:**" at the start of a paragraph, and the same for TIP; a colon is required, so "Tip je klant" is text.
_WARNING = re.compile(r"\*{0,2}PAS OP(?::\*{0,2}|\*{0,2}:)\s*", flags=re.IGNORECASE)
_TIP = re.compile(r"\*{0,2}TIP(?::\*{0,2}|\*{0,2}:)\s*", flags=re.IGNORECASE)


class Block(NamedTuple):
    """A run of lines that belongs together: ``kind`` is paragraph, steps, bullets, table or code."""

    kind: str
    lines: tuple[str, ...]


def split(document: Document, *, chunk_size_characters: int = CHUNK_SIZE_CHARACTERS) -> list[Chunk]:
    """The chunks of a document in reading order; together they hold every line of its sections.

    Args:
        document: as read by a loader.
        chunk_size_characters: a section longer than this becomes several chunks; at least 200.

    Raises:
        ValueError: the chunk size is below 200.
    """
    if chunk_size_characters < 200:
        raise ValueError(f"chunk_size_characters is {chunk_size_characters}; expected 200 or more")
    chunks: list[Chunk] = []
    for section in document.sections:
        for text in split_text(section.text, chunk_size_characters):
            chunks.append(_chunk(document, section, text, len(chunks)))
    return chunks


def split_text(text: str, size: int) -> list[str]:
    """The text in pieces of at most ``size`` characters where blocks allow it; no line is lost or reordered."""
    if len(text) <= size:
        return [text] if text.strip() else []
    pieces: list[str] = []
    current = ""
    for block in _block_texts(text, size):
        if current and len(current) + len(block) + 2 > size:
            pieces.append(current)
            current = block
        else:
            current = f"{current}\n\n{block}" if current else block
    if current:
        pieces.append(current)
    return pieces


def _block_texts(text: str, size: int) -> Iterator[str]:
    for block in read_blocks(text):
        whole = "\n".join(block.lines)
        if len(whole) <= size:
            yield whole
        elif block.kind == "table":
            yield from _table_pieces(block.lines, size)
        elif block.kind == "paragraph":
            yield from _packed(sentences(" ".join(line.strip() for line in block.lines)), " ", size)
        else:
            yield from _packed(block.lines, "\n", size)


def _table_pieces(lines: Sequence[str], size: int) -> Iterator[str]:
    head = list(lines[:2]) if len(lines) > 1 and _TABLE_RULE.match(lines[1]) else []
    for piece in _packed(lines[len(head) :], "\n", max(200, size - sum(map(len, head)) - 2)):
        yield "\n".join([*head, piece])


def _packed(parts: Sequence[str], joiner: str, size: int) -> Iterator[str]:
    current = ""
    for part in parts:
        for piece in _hard_pieces(part, size):
            if current and len(current) + len(joiner) + len(piece) > size:
                yield current
                current = piece
            else:
                current = f"{current}{joiner}{piece}" if current else piece
    if current:
        yield current


def _hard_pieces(part: str, size: int) -> Iterator[str]:
    while len(part) > size:
        cut = part.rfind(" ", size // 2, size)
        cut = cut if cut > 0 else size
        yield part[:cut].rstrip()
        part = part[cut:].lstrip()
    yield part


def _chunk(document: Document, section: Section, text: str, position: int) -> Chunk:
    embedded = (
        document.document_id,
        document.title,
        section.heading,
        text,
        *section.questions,
        *(asked.question for asked in (*section.asked, *section.answered)),
    )
    return Chunk(
        chunk_id=hashlib.sha256("\x1f".join([SPLITTER_VERSION, *embedded]).encode()).hexdigest()[:32],
        document_id=document.document_id,
        title=document.title,
        heading=section.heading,
        text=text,
        topic=document.topic,
        position=position,
        marketplaces=section.marketplaces or document.marketplaces,
        checked_on=document.checked_on,
        review_by=document.review_by,
        sources=section.sources or document.sources,
        questions=section.questions,
        asked=section.asked,
        answered=section.answered,
        synonyms=document.synonyms,
        facts=tuple(split_facts(text)),
    )


def read_blocks(text: str) -> list[Block]:
    """The Markdown blocks of a text; blank lines separate and are dropped."""
    blocks: list[Block] = []
    kind, lines = "", list[str]()

    def flush() -> None:
        if lines:
            blocks.append(Block(kind, tuple(lines)))
            lines.clear()

    fenced = False
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            if not fenced:
                flush()
                kind = "code"
            lines.append(line)
            fenced = not fenced
            if not fenced:
                flush()
            continue
        if fenced:
            lines.append(line)
            continue
        if not line.strip():
            flush()
            continue
        found = _line_kind(line, kind if lines else "")
        if found != kind:
            flush()
            kind = found
        lines.append(line)
    flush()
    return blocks


def _line_kind(line: str, current: str) -> str:
    if _TABLE_ROW.match(line):
        return "table"
    if _STEP.match(line):
        return "steps"
    if _BULLET.match(line):
        return "bullets"
    if current in ("steps", "bullets"):  # a lazy continuation of the item above
        return current
    return "paragraph"


def split_facts(text: str) -> list[Fact]:
    """The facts of a chunk in reading order; ``block`` counts the blocks, so that neighbours can be told."""
    facts: list[Fact] = []
    for number, block in enumerate(read_blocks(text)):
        if block.kind == "table":
            facts.extend(_rows(block.lines, number))
        elif block.kind in ("steps", "bullets"):
            facts.extend(_items(block, number))
        elif block.kind == "paragraph":
            facts.extend(_sentences(" ".join(line.strip() for line in block.lines), number))
        else:
            facts.append(Fact(kind="sentence", text="\n".join(block.lines), block=number))
    return facts


def table_cells(line: str) -> tuple[str, ...]:
    """The cells of a Markdown table line, without the outer bars."""
    return tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))


def _rows(lines: Sequence[str], block: int) -> Iterator[Fact]:
    header: tuple[str, ...] = ()
    rows = lines
    if len(lines) > 1 and _TABLE_RULE.match(lines[1]):
        header, rows = table_cells(lines[0]), lines[2:]
    for line in rows:
        cells = table_cells(line)
        yield Fact(kind="row", text=row_text(header, cells), header=header, cells=cells, block=block)


def row_text(header: Sequence[str], cells: Sequence[str]) -> str:
    """A table row as a phrase: ``Kleding: t/m € 15 5%, daarboven 10%`` with the column names in front of their cells."""
    if not cells:
        return ""
    pairs = [
        f"{header[i]}: {cell}" if i < len(header) and header[i] else cell
        for i, cell in enumerate(cells[1:], 1)
        if cell and cell not in ("-", "–")
    ]
    return ": ".join(part for part in (cells[0], "; ".join(pairs)) if part)


def _items(block: Block, number: int) -> Iterator[Fact]:
    pattern, kind = (_STEP, "step") if block.kind == "steps" else (_BULLET, "bullet")
    items: list[tuple[int, list[str]]] = []
    for line in block.lines:
        match = pattern.match(line)
        if match:
            items.append((int(match.group(1)) if kind == "step" else 0, [match.group(match.lastindex or 1)]))
        elif items:
            items[-1][1].append(line.strip())
    for step, parts in items:
        fact_kind: FactKind = "step" if kind == "step" else "bullet"
        yield Fact(kind=fact_kind, text=" ".join(parts).strip(), step=step, block=number)


def _sentences(paragraph: str, block: int) -> Iterator[Fact]:
    for kind, pattern in (("warning", _WARNING), ("tip", _TIP)):
        match = pattern.match(paragraph)
        if match:
            rest = paragraph[match.end() :].strip()
            fact_kind: FactKind = "warning" if kind == "warning" else "tip"
            yield Fact(kind=fact_kind, text=rest[:1].upper() + rest[1:], block=block)
            return
    for sentence in sentences(paragraph):
        yield Fact(kind="sentence", text=sentence, leans=leans(sentence), block=block)


def leans(sentence: str) -> bool:
    """Whether the sentence opens with a word that points at the one before it."""
    return _LEANING_PATTERN.match(sentence.lstrip("*_\"'‘“( ")) is not None


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph; abbreviations, initials and numbers with a full stop do not end one."""
    parts: list[str] = []
    start = 0
    # An end mark, optional closing quotes or brackets, white space, then something that can open a sentence.
    for match in re.finditer(r"[.!?…][\"'’”)*_]*\s+(?=[\"'‘“(*_\[]*[A-ZÀ-Þ0-9€£])", paragraph):
        before = paragraph[start : match.start()]
        word = before.rsplit(maxsplit=1)[-1].lstrip("\"'‘“(*_") if before.split() else ""
        if paragraph[match.start()] == "." and _is_abbreviation(word):
            continue
        parts.append(paragraph[start : match.end()].strip())
        start = match.end()
    parts.append(paragraph[start:].strip())
    return [part for part in parts if part]


def _is_abbreviation(word: str) -> bool:
    return word.lower() in _ABBREVIATIONS or re.fullmatch(r"[A-Z](?:\.[A-Z])*", word) is not None
