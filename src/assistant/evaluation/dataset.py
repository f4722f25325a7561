"""The cases: questions with what a right answer holds, read strictly from JSON Lines.

A case is one question; a conversation is several in a row, each asked with the real answers before it as history.
``load`` lists every fault of every file at once, because a case that is quietly skipped is a case nobody measures.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator

from assistant.articles import MARKETPLACES
from assistant.documents import Record, Turn
from assistant.errors import AssistantError

Kind = Literal[
    "feit", "lijst", "hoe", "vergelijking", "berekening", "spreektaal", "typo", "engels", "meerdelig", "vervolg",
    "valse-aanname", "verouderd", "andere-marketplace", "bijna-raak", "buiten-bereik", "misbruik", "injectie",
]  # fmt: skip
CONVERSATION_KIND = "gesprek"
KINDS: tuple[str, ...] = (*get_args(Kind), CONVERSATION_KIND)

# What a draft carries where a person must still write; a case that holds it is refused.
PLACEHOLDER = "VUL IN"


class CasesError(AssistantError):
    """Case files break the schema; ``faults`` holds one line per fault."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        head = f"De evaluatievragen hebben {count} {'fout' if count == 1 else 'fouten'}:"
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))


def _check_filled(value: str) -> str:
    if not value.strip():
        raise ValueError("mag niet leeg zijn")
    if PLACEHOLDER in value:
        raise ValueError(f"bevat nog {PLACEHOLDER!r}; maak het concept af")
    return value


def _check_pattern(value: str) -> str:
    try:
        pattern = re.compile(value, re.IGNORECASE)
    except re.error as exc:
        raise ValueError(f"{value!r} is geen geldige reguliere expressie ({exc})") from exc
    if pattern.search(""):
        raise ValueError(f"{value!r} past ook op een leeg antwoord")
    return value


def _check_section(value: str) -> str:
    if not re.fullmatch(r"[^#\s]+#\S.*", value):
        raise ValueError(f"{value!r} is geen sectie; verwacht <document_id>#<kop>")
    return value


def _check_marketplace(value: str) -> str:
    if value not in MARKETPLACES:
        raise ValueError(f"{value!r} bestaat niet; verwacht een van: {', '.join(MARKETPLACES)}")
    return value


Text = Annotated[str, AfterValidator(_check_filled)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Pattern = Annotated[str, AfterValidator(_check_pattern)]
SectionKey = Annotated[str, AfterValidator(_check_section)]
Marketplace = Annotated[str, AfterValidator(_check_marketplace)]


class Expectation(Record):
    """What a right answer to one question holds.

    Every ``required`` pattern must match the answer and no ``forbidden`` one may. ``sections`` (``document_id#heading``)
    each hold the answer by themselves. When not ``answerable`` the only right answer is that the sources do not say.
    """

    question: Text
    required: tuple[Pattern, ...] = ()
    forbidden: tuple[Pattern, ...] = ()
    sections: tuple[SectionKey, ...] = ()
    reference: Text = ""
    answerable: bool = True

    @model_validator(mode="after")
    def _can_be_judged(self) -> "Expectation":
        if self.answerable and not self.required and not self.forbidden:
            raise ValueError("'required' en 'forbidden' zijn leeg; zo is elk antwoord goed")
        if not self.answerable and (self.required or self.sections):
            raise ValueError("'answerable' is false, dus 'required' en 'sections' horen leeg te zijn")
        return self


class Case(Expectation):
    """One question, with the turns before it when it leans on them."""

    id: Identifier
    kind: Kind
    topic: Identifier
    reference: Text
    history: tuple[Turn, ...] = ()
    marketplace: Marketplace = "NL"

    @field_validator("history")
    @classmethod
    def _real_turns(cls, value: tuple[Turn, ...]) -> tuple[Turn, ...]:
        for turn in value:
            _check_filled(turn.question)
        return value


class ConversationCase(Record):
    """Questions in a row; each is asked with the answers really given before it as history."""

    id: Identifier
    kind: Literal["gesprek"]
    topic: Identifier
    turns: Annotated[tuple[Expectation, ...], Field(min_length=2)]
    marketplace: Marketplace = "NL"


AnyCase = Case | ConversationCase


def load(folder: Path) -> list[AnyCase]:
    """All cases of a folder's ``*.jsonl`` files, ordered by file name and line.

    Raises:
        CasesError: the folder is missing or empty, or at least one line breaks the schema; every fault is listed.
    """
    if not folder.is_dir():
        raise CasesError([f"{folder}: map niet gevonden; noem de map met evaluatievragen"])
    faults: list[str] = []
    cases = [case for path in sorted(folder.glob("*.jsonl")) for case in _read_file(path, faults)]
    for identifier, count in Counter(case.id for case in cases).items():
        if count > 1:
            faults.append(f"{folder}: id {identifier!r} komt {count} keer voor; maak elk id uniek")
    if not cases and not faults:
        faults.append(f"{folder}: bevat geen vragen; verwacht bestanden die op .jsonl eindigen")
    if faults:
        raise CasesError(faults)
    return cases


def _read_file(path: Path, faults: list[str]) -> Iterator[AnyCase]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        faults.append(f"{path}: niet te lezen ({exc})")
        return
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield from _read_line(line, f"{path}:{number}", faults)


def _read_line(line: str, place: str, faults: list[str]) -> Iterator[AnyCase]:
    try:
        entry = json.loads(line)
    except ValueError as exc:
        faults.append(f"{place}: geen geldige JSON ({exc})")
        return
    model = ConversationCase if isinstance(entry, dict) and entry.get("kind") == CONVERSATION_KIND else Case
    try:
        # Read as JSON, so that lists become tuples while everything else stays strict.
        yield model.model_validate_json(line, strict=True)
    except ValidationError as exc:
        name = f" {entry['id']!r}" if isinstance(entry, dict) and isinstance(entry.get("id"), str) else ""
        faults.extend(f"{place}:{name} {_reason(error)}" for error in exc.errors())


def _reason(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "regel"
    match error["type"]:
        case "missing":
            return f"{where}: ontbreekt"
        case "extra_forbidden":
            return f"{where}: die naam bestaat niet"
        case "value_error":
            return f"{where}: {error['ctx']['error']}"
        case "literal_error":
            return f"{where}: {error['input']!r}; verwacht een van: {', '.join(KINDS)}"
        case "string_pattern_mismatch":
            return f"{where}: {error['input']!r}; verwacht kleine letters, cijfers en streepjes"
        case _:
            return f"{where}: {error['input']!r}; {error['msg']}"


def check_sections(cases: Sequence[AnyCase], known: Collection[str]) -> None:
    """Refuse cases that name a section which the knowledge base does not hold.

    Raises:
        CasesError: at least one section is unknown; every one is listed.
    """
    faults = [
        f"{name}: sectie {section!r} bestaat niet in de kennisbank; is de kop veranderd?"
        for name, expectation in expectations(cases)
        for section in expectation.sections
        if section not in known
    ]
    if faults:
        raise CasesError(faults)


def expectations(cases: Sequence[AnyCase]) -> Iterator[tuple[str, Expectation]]:
    """Every question of all cases with its name: the case's id, and ``id/2`` for the second turn of a conversation."""
    for case in cases:
        if isinstance(case, Case):
            yield case.id, case
        else:
            for number, turn in enumerate(case.turns, 1):
                yield f"{case.id}/{number}", turn
