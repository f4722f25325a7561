"""The records of a run, and how they are kept as JSON.

``latest.json`` is read by the web app's quality card, and any two files can be compared.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from assistant.documents import Record
from assistant.errors import AssistantError
from assistant.evaluation.metrics import CalibrationBin

FORMAT: Final = "verkoopassistent-evaluatie/1"


class ResultsError(AssistantError):
    """A file with results is missing or was not made by this program."""


class Retrieval(Record):
    """Where the sections that hold the answer stood among those found."""

    recall_at_1: float
    recall_at_5: float
    reciprocal_rank: float
    ndcg_at_10: float
    facts_in_5: float


class CaseResult(Record):
    """What one question got; ``reasons`` says in words why the score is below 1."""

    id: str
    kind: str
    topic: str
    question: str
    marketplace: str = "NL"
    answerable: bool
    reference: str = ""
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    standalone_question: str = ""
    found: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    answer: str
    engine: str = ""
    answered: bool
    correct: bool
    score: float
    missing: tuple[str, ...] = ()
    violated: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    retrieval: Retrieval | None = None
    citation_precision: float = 1.0
    citation_recall: float = 1.0
    numbers_supported: float = 1.0
    dutch: float = 1.0
    characters: int = 0
    confidence: float = 0.0
    answer_ms: float = 0.0
    search_ms: float = 0.0

    @property
    def rank(self) -> int | None:
        """The place, from 1, of the first section that holds the answer; None when none was found."""
        return next((place for place, section in enumerate(self.found, 1) if section in self.sections), None)

    @property
    def cause(self) -> str:
        """In one phrase, where a wrong answer went wrong; empty when it is right."""
        if self.correct:
            return ""
        if self.violated:
            return "noemt wat er niet mag staan"
        if self.answered != self.answerable:
            return "geweigerd, terwijl het antwoord er is" if self.answerable else "beantwoord, terwijl het antwoord er niet is"
        if self.sections and self.rank is None:
            return "de juiste sectie is niet gevonden"
        if self.sections and not set(self.sections) & set(self.cited):
            return "de juiste sectie is gevonden, maar niet gebruikt"
        return "de juiste sectie is gebruikt, maar het feit staat niet in het antwoord"


class Group(Record):
    """How a topic or kind did."""

    cases: int
    correct: int
    recall_at_1: float | None = None

    @property
    def share(self) -> float:
        """The share that was right."""
        return self.correct / self.cases


class RunInfo(Record):
    """What was measured, so that it can be measured again."""

    engine: str = ""
    index_version: str = ""
    embedding_model: str = ""
    cases_fingerprint: str = ""
    settings: dict[str, str] = {}
    seconds: float = 0.0


class Results(Record):
    """A whole run."""

    format: str = FORMAT
    created: datetime
    commit: str = ""
    run: RunInfo = RunInfo()
    summary: dict[str, float]
    per_topic: dict[str, Group]
    per_kind: dict[str, Group]
    calibration: tuple[CalibrationBin, ...] = ()
    cases: tuple[CaseResult, ...] = Field(min_length=1)


def read_results(path: Path) -> Results:
    """The results in a JSON file.

    Raises:
        ResultsError: it is missing, unreadable, or no file of ours.
    """
    try:
        return Results.model_validate_json(path.read_text("utf-8"))
    except OSError as exc:
        fault = "bestaat niet" if isinstance(exc, FileNotFoundError) else "is niet te lezen"
        raise ResultsError(f"Het bestand {path} {fault}; noem een JSON-bestand met resultaten uit evals/results/") from exc
    except (ValidationError, UnicodeDecodeError) as exc:
        raise ResultsError(f"{path} bevat geen resultaten van 'assistant evaluate'; draai de evaluatie opnieuw") from exc


def write_results(results: Results, path: Path) -> None:
    """Keep the results as JSON, a case per line; what a case has at its default is left out."""
    run = json.loads(results.model_dump_json(exclude={"cases"}))
    cases = [case.model_dump_json(exclude_defaults=True) for case in results.cases]
    head = json.dumps(run, ensure_ascii=False, indent=1).removesuffix("\n}")
    path.write_text(f'{head},\n "cases": [\n  ' + ",\n  ".join(cases) + "\n ]\n}\n", "utf-8")
