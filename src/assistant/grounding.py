"""Holds an answer against the chunks it cites, statement by statement, and lets through only what they bear out.

Fifth step of the path of a question. A statement is shown with the numbers of the chunks that bear it out, whatever numbers
it came with; one that no chunk bears out is removed. Text is taken as it arrives, so that a statement can be shown as soon
as it is complete. Statements come from ``statements``; whether a chunk bears one out is decided in ``evidence``.
"""

import re
from collections.abc import Sequence
from typing import Literal

from assistant.documents import Chunk, Record
from assistant.evidence import Claim, Evidence, Fault, evidence_of, fault, join, quotes, read_claim, support
from assistant.quantities import read
from assistant.splitters import leans, row_text
from assistant.statements import GAPS, Kind, Statement, StatementReader, bare

Reason = Fault | Literal["leans on a removed one"]

# "PAS OP:" and the like, before what a statement says.
_LABEL = re.compile(r"(?:pas op|let op|tip|nb|stap \d{1,2})\s*:\s*", re.IGNORECASE)
# A verdict that says nothing without the statement behind it.
_VERDICT = re.compile(r"(?:(?:ja|nee)(?:,? zeker)?|(?:(?:ja|nee),? )?dat (?:klopt|mag|kan|moet|hoeft)(?: niet)?|klopt)\W*", re.IGNORECASE)
_UNKNOWN = re.compile(
    r"\bweet ik (?:\w+ )?niet\b"
    r"|\b(?:staat|staan|vind|vinden|gevonden)\b.{0,60}\b(?:niet|niets|geen)\b.{0,30}\b(?:bronnen|bron|kennisbank|context|tekst)\b"
    r"|\bkan ik (?:\w+ ){0,4}niet (?:vinden|zeggen|beantwoorden|opmaken)\b"
    r"|\b(?:bronnen|kennisbank|context|tekst)\b.{0,40}\b(?:geen|niets|niet)\b"
    r"|\bgeen (?:antwoord|informatie|gegevens)\b.{0,60}\b(?:bronnen|kennisbank|context|tekst)\b",
    re.IGNORECASE,
)
_LEADING_UP: tuple[Kind, ...] = ("heading", "lead-in", "table head")
_LEADING_UP_SUPPORT = 0.5
_BLOCKS = {"item": "list", "row": "table", "table head": "table", "heading": "heading"}
# A long sentence that comes back is a model going round in circles; a short step may well be needed twice.
_REPEATED_CHARACTERS = 40


class Support(Record):
    """A chunk that an answer rests on: its number, counted from 1, and the facts used, one per line in reading order."""

    number: int
    quote: str


class Removal(Record):
    """A statement that was left out, with the reason."""

    text: str
    reason: Reason


class GroundedText(Record):
    """A text of which every statement stands in a chunk that it cites.

    ``kept`` counts its statements. ``unknown`` says that the original only said that the answer is not known.
    """

    text: str
    used: tuple[Support, ...] = ()
    kept: int = 0
    removed: tuple[Removal, ...] = ()
    unknown: bool = False

    @property
    def support(self) -> float:
        """The share of statements that were kept, in [0, 1]; 1.0 when there were none."""
        total = self.kept + len(self.removed)
        return self.kept / total if total else 1.0


def ground(text: str, chunks: Sequence[Chunk], *, question: str = "") -> GroundedText:
    """The part of a text that the chunks bear out.

    Args:
        text: Markdown with ``[1]`` markers that count the chunks from 1.
        chunks: in the order in which they were numbered.
        question: its amounts may be used in a sum that is written out.
    """
    grounder = Grounder(chunks, question=question)
    grounder.feed(text)
    grounder.finish()
    return grounder.result()


class Grounder:
    """Grounds a text piece by piece; how it is cut into pieces makes no difference to what comes out."""

    def __init__(self, chunks: Sequence[Chunk], *, question: str = "") -> None:
        urls = frozenset(source.url for chunk in chunks for source in chunk.sources if source.url)
        self._reader = StatementReader(urls)
        self._evidence = tuple(evidence_of(chunk) for chunk in chunks)
        self._given = read(question).quantities
        self._output: list[str] = []
        self._gap = 0
        self._waiting: list[Statement] = []
        self._prefix_shown = False
        self._table_shown = False
        self._block = ""
        self._previous: Statement | None = None
        self._previous_removed = False
        self._kept: list[str] = []
        self._quotes: dict[int, set[str]] = {}
        self._removed: list[Removal] = []
        self._unknown = False

    def feed(self, piece: str) -> str:
        """What a piece adds to the grounded text; often nothing, as a statement is shown when it is complete."""
        shown = len(self._output)
        for statement in self._reader.feed(piece):
            self._take(statement)
        return "".join(self._output[shown:])

    def finish(self) -> str:
        """What the end of the text adds to the grounded text."""
        shown = len(self._output)
        for statement in self._reader.finish():
            self._take(statement)
        return "".join(self._output[shown:])

    @property
    def kept(self) -> int:
        """How many statements were kept so far."""
        return len(self._kept)

    @property
    def removed(self) -> int:
        """How many statements were removed so far."""
        return len(self._removed)

    def result(self) -> GroundedText:
        """The grounded text so far."""
        used = [
            Support(number=number, quote="\n".join(fact for fact in self._evidence[number - 1].facts if fact in facts))
            for number, facts in sorted(self._quotes.items())
        ]
        return GroundedText(
            text="".join(self._output),
            used=tuple(used),
            kept=len(self._kept),
            removed=tuple(self._removed),
            unknown=self._unknown and not self._kept,
        )

    # --- One statement -----------------------------------------------------------------------------------------------

    def _take(self, statement: Statement) -> None:
        if statement.gap > 1:
            self._prefix_shown = False
        if statement.kind not in ("row", "table head"):
            self._table_shown = False
        self._gap = max(self._gap, statement.gap)
        figures = statement.kind == "lead-in" and read(bare(statement.text)) != read("")
        if (statement.kind in _LEADING_UP and not figures) or _VERDICT.fullmatch(bare(statement.text)):
            self._hold(statement)
        elif len(statement.text) < _REPEATED_CHARACTERS or statement.text not in self._kept:
            self._judge(statement)

    def _judge(self, statement: Statement) -> None:
        claim = self._claim(statement)
        numbers, reason = self._borne_out_by(claim, statement.cited)
        if self._previous_removed and statement.gap == 1 and leans(claim.text):
            reason = "leans on a removed one"
        elif statement.kind == "row" and not self._table_shown:
            reason = "words"  # a row says nothing without the head of its table
        if reason is None:
            self._show(statement, claim, numbers)
        elif _UNKNOWN.search(claim.text):
            self._unknown = True
        else:
            self._removed.append(Removal(text=statement.text, reason=reason))
            self._drop("sentence", "item")
            self._previous_removed = True

    def _claim(self, statement: Statement) -> Claim:
        if statement.kind == "row":
            cells = tuple(map(bare, statement.cells))
            header = tuple(map(bare, statement.header))
            parts = [f"{cells[0]}: {header[i] if i < len(header) else ''}: {cell}" for i, cell in enumerate(cells) if i and cell]
            return read_claim(row_text(header, cells), parts)
        text = _LABEL.sub("", bare(statement.text), count=1) if _LABEL.match(bare(statement.text)) else bare(statement.text)
        before = self._previous
        if before is not None and before.kind == "sentence" and leans(text) and not read(bare(before.text)).quantities:
            return read_claim(text, [f"{bare(before.text)} {text}"])  # "Dat kost € 39": what costs it stands in the sentence before
        return read_claim(text)

    def _borne_out_by(self, claim: Claim, cited: Sequence[int]) -> tuple[list[int], Reason | None]:
        """The numbers of the chunks that bear a claim out, or else the reason why none does.

        The cited chunks come first: each by itself, then together. Another chunk takes their place when only it will do.
        """
        known = [number for number in cited if 1 <= number <= len(self._evidence)]
        faults = {number: fault(claim, self._evidence[number - 1], self._given) for number in known}
        good = [number for number in known if faults[number] is None]
        if good:
            return good, None
        if len(known) > 1 and fault(claim, self._together(known), self._given) is None:
            return self._needed(claim, known), None
        others = sorted(set(range(1, len(self._evidence) + 1)) - set(known), key=lambda number: -support(claim, self._evidence[number - 1]))
        for number in others:
            faults[number] = fault(claim, self._evidence[number - 1], self._given)
            if faults[number] is None:
                return [number], None
        return [], next(iter(faults.values()), "words")

    def _together(self, numbers: Sequence[int]) -> Evidence:
        return join([self._evidence[number - 1] for number in numbers])

    def _needed(self, claim: Claim, numbers: list[int]) -> list[int]:
        """As few of the chunks as bear the claim out together."""
        for number in numbers:
            rest = [other for other in numbers if other != number]
            if fault(claim, self._together(rest), self._given) is None:
                return self._needed(claim, rest)
        return numbers

    # --- What is shown -----------------------------------------------------------------------------------------------

    def _hold(self, statement: Statement) -> None:
        """Keep what leads up to a statement until one is shown; it must itself stand in the chunks."""
        if statement.kind == "heading":
            self._drop(*_LEADING_UP, "sentence", "item")
        elif statement.kind == "lead-in":
            self._drop("lead-in", "table head")
        claim = read_claim(bare(statement.text).replace("|", " "))
        good = self._evidence and fault(claim, join(self._evidence), needed=_LEADING_UP_SUPPORT) is None
        if good or statement.kind not in _LEADING_UP:
            self._waiting.append(statement._replace(gap=self._gap))
            self._gap = 0
        self._table_shown = bool(good) and statement.kind == "table head"

    def _show(self, statement: Statement, claim: Claim, numbers: Sequence[int]) -> None:
        if statement.kind == "sentence":
            self._drop("lead-in", "table head")  # the list or table that they led up to is gone
        for part in (*self._waiting, statement._replace(text=_with_markers(statement, numbers), gap=self._gap)):
            self._append(part)
        self._waiting, self._gap = [], 0
        self._kept.append(statement.text)
        self._previous, self._previous_removed = statement, False
        for number in numbers:
            self._quotes.setdefault(number, set()).update(quotes(claim, self._evidence[number - 1]))

    def _append(self, part: Statement) -> None:
        block = _BLOCKS.get(part.kind, "text")
        gap = 3 if part.gap > 1 and block != self._block else part.gap
        begins_line = gap > 1 or not self._output or not self._prefix_shown
        self._output.append(f"{GAPS[gap] if self._output else ''}{part.prefix if begins_line else ''}{part.text}")
        self._block, self._prefix_shown = block, True

    def _drop(self, *kinds: Kind) -> None:
        """Forget what waits of these kinds; the room it would have made stays."""
        self._gap = max([self._gap, *(other.gap for other in self._waiting if other.kind in kinds)])
        self._waiting = [other for other in self._waiting if other.kind not in kinds]


def _with_markers(statement: Statement, numbers: Sequence[int]) -> str:
    markers = "".join(f"[{number}]" for number in numbers)
    if statement.kind == "row":
        return f"| {' | '.join([f'{statement.cells[0]} {markers}'.strip(), *statement.cells[1:]])} |"
    return f"{statement.text} {markers}"
