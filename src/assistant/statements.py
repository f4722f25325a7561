"""Cuts Markdown into statements while it arrives: sentences, steps, bullets, table rows, and what leads up to them.

A stage below ``grounding``. Statements come out clean: no HTML, no invisible characters, no links but the allowed ones, and
their citation markers apart. What a statement says is not judged here.
"""

import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from assistant.quantities import INVISIBLE
from assistant.splitters import sentences, table_cells

Kind = Literal["sentence", "item", "row", "heading", "lead-in", "table head"]
GAPS = ("", " ", "\n", "\n\n")

# "[1]", "[1, 2]", "[bron 3]", "[^4]", "【5†bron】".
_MARKER = r"(?:\[(?:bron(?:nen)?\s*)?\^?\d{1,3}(?:\s*(?:[,;&–-]|en)\s*(?:bron\s*)?\d{1,3})*\]|【\d{1,3}[^】\n]{0,20}】)"
_MARKERS = re.compile(rf"\s*{_MARKER}", re.IGNORECASE)
# "Zin. [1]" is read as "Zin [1].", so that the marker stays with its sentence.
_MARKER_AFTER_END = re.compile(rf"([.!?…][.!?…\"'’”)*_]*)((?:\s*{_MARKER})+)", re.IGNORECASE)
# Where to look whether a sentence is complete: at the end of a line, and at the first character of a word that follows an end
# mark. Looking only there makes the outcome the same however the text is cut into pieces.
_STOP = re.compile(r"\n|[.!?…\"'’”)*_\]】][^\S\n]+(?=\S)")
_OPEN_MARKER = re.compile(r"[\[【][^\]】\n]{0,24}$")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)?")
_LINK = re.compile(r"\[([^\[\]]+)\]\(\s*<?([^)\s>]*)>?[^)]*\)?")
_LINK_TARGET = re.compile(r"^\s*\[[^\]]+\]:\s*\S+.*$")
_URL = re.compile(r"<?\b(?:[a-z][a-z0-9+.-]{1,12}://|www\.|javascript:|data:|mailto:)[^\s<>\"')\]|]*>?", re.IGNORECASE)
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>|<!--.*?-->|</?[a-z!?][^<>]*>", re.IGNORECASE)
_TAG_OPENING = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_QUOTE = re.compile(r"^\s*(?:>\s?)+")
_LIST_MARK = re.compile(r"^(\s*)([-*+•]|\d{1,2}[.)])\s+")
_BLOCK_MARKS = re.compile(r"^\s*(?:(?:#{1,6}|>|[-*+•]|\d{1,2}[.)])(?:\s+|$)|[|>]|```|~~~)+")  # at the start they would make a block
_HEADING = re.compile(r"^\s*(#{1,6})\s+")
_TABLE_RULE = re.compile(r"^\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?$")
_EMPHASIS = re.compile(r"\*\*|__|~~|[*`]|(?<!\w)_|_(?!\w)")


class Statement(NamedTuple):
    """A part of a text; ``gap`` tells how it is set apart from the part before, as a place in ``GAPS``.

    ``text`` is Markdown without markers and without the ``prefix`` of its line, which every sentence of the line carries. A
    row has its ``cells``, and the ``header`` of its table.
    """

    kind: Kind
    text: str
    cited: tuple[int, ...] = ()
    prefix: str = ""
    gap: int = 0
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


class StatementReader:
    """Reads a text piece by piece; how it is cut into pieces makes no difference to the statements."""

    def __init__(self, allowed_urls: frozenset[str] = frozenset()) -> None:
        self._allowed_urls = allowed_urls
        self._line = ""
        self._looked = 0
        self._line_begun = False
        self._prefix = ""
        self._gap = 0
        self._table_line = ""
        self._header: tuple[str, ...] = ()

    def feed(self, piece: str) -> Iterator[Statement]:
        """The statements that this piece completes."""
        self._line += piece.replace("\r", "\n")
        while stop := _STOP.search(self._line, self._looked):
            if stop.group() == "\n":
                line, self._line = self._line[: stop.start()], self._line[stop.end() :]
                self._looked = 0
                yield from self._end_line(line)
            else:
                yield from self._complete_sentences(stop.end() + 1)

    def finish(self) -> Iterator[Statement]:
        """The statements that the end of the text completes."""
        line, self._line, self._looked = self._line, "", 0
        yield from self._end_line(line)
        yield from self._end_table()

    def _end_line(self, line: str) -> Iterator[Statement]:
        begun, self._line_begun = self._line_begun, False
        if not line.strip():
            self._gap = 2 if begun else 3
            if not begun:
                yield from self._end_table()
            return
        if begun:
            yield from self._sentences(line, self._prefix)
        elif line.lstrip().startswith(("```", "~~~")) or _LINK_TARGET.match(line):
            pass
        elif line.lstrip().startswith("|"):
            yield from self._take_table_line(line)
        else:
            yield from self._end_table()
            yield from self._take_text_line(line)
        self._gap = max(self._gap, 2)

    def _take_text_line(self, line: str) -> Iterator[Statement]:
        heading = _HEADING.match(line)
        if heading:
            text = self.clean(_MARKERS.sub("", line[heading.end() :]))
            yield self._made(Statement("heading", text, prefix=f"{heading.group(1)} "))
            return
        prefix, body = _split_prefix(line)
        yield from self._sentences(body, prefix)

    def _complete_sentences(self, size: int) -> Iterator[Statement]:
        """The sentences of the unfinished line that are complete now that its first ``size`` characters are there."""
        line, rest = self._line[:size], self._line[size:]
        self._looked = size - 1
        if not self._line_begun and line.lstrip().startswith(("|", "#", "`", "~")):
            return
        prefix, body = (self._prefix, line) if self._line_begun else _split_prefix(line)
        held = _OPEN_MARKER.search(body)
        settled = body[: held.start()] if held else body
        parts = _cut(settled)
        if len(parts) < 2:
            return
        if not self._line_begun:
            yield from self._end_table()
        self._line_begun, self._prefix = True, prefix
        for part in parts[:-1]:
            yield from self._sentences(part, prefix)
        left = parts[-1] + settled[len(settled.rstrip()) :] + (held.group() if held else "")
        self._line, self._looked = left + rest, len(left) - 1

    def _sentences(self, body: str, prefix: str) -> Iterator[Statement]:
        for part in _cut(self.clean(body)):
            for text in self._settled(_MARKERS.sub("", part)):
                if re.search(r"[^\W\d_]", text):
                    kind: Kind = "lead-in" if text.rstrip("*_").endswith(":") else "item" if prefix else "sentence"
                    yield self._made(Statement(kind, text, cited_in(part), prefix))

    def _settled(self, text: str) -> list[str]:
        """The sentences of a text, cleaned until nothing is left to clean: what joins up may form something new."""
        parts = sentences(text)
        cleaned = [self.clean(balanced(_BLOCK_MARKS.sub("", part))) for part in parts]
        return parts if len(parts) < 2 and parts == cleaned else [one for part in cleaned for one in self._settled(part)]

    def _take_table_line(self, line: str) -> Iterator[Statement]:
        if self._table_line and _TABLE_RULE.match(line):
            self._header = tuple(self.clean(_MARKERS.sub("", cell)) for cell in table_cells(self._table_line))
            self._table_line = ""
            head = f"| {' | '.join(self._header)} |\n|{'---|' * len(self._header)}"
            yield self._made(Statement("table head", head, cells=self._header))
        elif self._header:
            yield self._row(line)
        else:
            if self._table_line:
                yield self._row(self._table_line)
            self._table_line = line

    def _row(self, line: str) -> Statement:
        cells = tuple(" ".join(self._settled(self.clean(_MARKERS.sub("", cell)))) for cell in table_cells(line))
        return self._made(Statement("row", " | ".join(cells), cited_in(line), cells=cells, header=self._header))

    def _end_table(self) -> Iterator[Statement]:
        line, self._table_line = self._table_line, ""
        if line:
            yield self._row(line)
        self._header = ()

    def _made(self, statement: Statement) -> Statement:
        gap, self._gap = self._gap, 1
        return statement._replace(gap=gap)

    def clean(self, text: str) -> str:
        """The text without HTML, invisible characters and links that are not allowed."""
        before = ""
        while text != before:  # what is taken out may leave something new to take out behind
            before = text
            text = INVISIBLE.sub("", html.unescape(text))
            text = _TAG.sub(" ", _IMAGE.sub(" ", text))
            text = _URL.sub(self._allowed, _LINK.sub(self._allowed_link, text))
            text = _TAG_OPENING.sub("", _ESCAPED.sub(r"\1", text))
            text = re.sub(r" +(?=[.,;:!?…](?!\w))", "", " ".join(text.split()))
        return text

    def _allowed_link(self, match: re.Match[str]) -> str:
        text, url = match.groups()
        if text.strip().isdigit():
            return f"[{text.strip()}]"
        return f"[{text}]({url})" if url in self._allowed_urls else text

    def _allowed(self, match: re.Match[str]) -> str:
        url = match.group().strip("<>").rstrip(".,;:!?")
        return match.group() if url in self._allowed_urls else ""


def _split_prefix(line: str) -> tuple[str, str]:
    """The list mark of a line with its indent, and the rest; marks of a quotation are dropped."""
    line = _QUOTE.sub("", line)
    mark = _LIST_MARK.match(line)
    return (f"{mark.group(1)}{mark.group(2)} ", line[mark.end() :]) if mark else ("", line.lstrip())


def _cut(text: str) -> list[str]:
    """The sentences of a text, each with its markers inside; markers behind a full stop always end a sentence."""
    parts: list[str] = []
    start = 0
    for match in _MARKER_AFTER_END.finditer(text):
        if re.match(r"\s+\S", text[match.end() :]):
            parts.append(text[start : match.end()])
            start = match.end()
    parts.append(text[start:])
    return [sentence for part in parts for sentence in sentences(_MARKER_AFTER_END.sub(r"\2\1", part))]


def cited_in(text: str) -> tuple[int, ...]:
    """The numbers of the citation markers in a text, each once, in order."""
    numbers = [int(number) for marker in _MARKERS.findall(text) for number in re.findall(r"\d+", marker.split("†")[0])]
    return tuple(dict.fromkeys(numbers))


def balanced(text: str) -> str:
    """The text without emphasis of which only one end is left, and without room around it."""
    for mark in ("**", "__", "~~", "`"):
        if text.count(mark) % 2:
            text = text.replace(mark, "")
    return " ".join(text.split())


def bare(text: str) -> str:
    """The text as it is read: without emphasis, and links reduced to their words."""
    return _EMPHASIS.sub("", _URL.sub("", _LINK.sub(r"\1", text))).strip()
