"""Short ways to write evaluation records, and an assistant whose answers are written down beforehand."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from assistant.documents import Answer, Citation, Document, Hit, Record, Section, Turn
from assistant.evaluation.dataset import Case, ConversationCase, Expectation
from assistant.evaluation.measures import summarise
from assistant.evaluation.results import CaseResult, Results, Retrieval
from assistant.settings import Settings

CREATED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECTION = "start/plan.md#Wat kost een plan?"
CASE: dict[str, Any] = {
    "id": "feit-start-001",
    "kind": "feit",
    "topic": "start",
    "question": "wat ben ik kwijt per maand?",
    "required": ["€ ?39"],
    "sections": [SECTION],
    "reference": "Het plan Professioneel kost € 39 per maand.",
}
CONVERSATION: dict[str, Any] = {
    "id": "gesprek-start-01",
    "kind": "gesprek",
    "topic": "start",
    "turns": [
        {"question": "wat kost een plan?", "required": ["€ ?39"], "sections": [SECTION]},
        {"question": "en in België?", "required": ["€ ?35"]},
    ],
}


def make_case(**changes: Any) -> Case:
    return Case.model_validate_json(json.dumps({**CASE, **changes}))


def make_conversation(**changes: Any) -> ConversationCase:
    return ConversationCase.model_validate_json(json.dumps({**CONVERSATION, **changes}))


def make_expectation(**changes: Any) -> Expectation:
    return Expectation.model_validate_json(json.dumps({"question": "wat kost het?", "required": ["€ ?39"], **changes}))


def make_retrieval(rank: int = 1) -> Retrieval:
    found = 1.0 / rank if rank else 0.0
    return Retrieval(
        recall_at_1=float(rank == 1), recall_at_5=float(0 < rank <= 5), reciprocal_rank=found, ndcg_at_10=found, facts_in_5=1.0
    )


def make_result(name: str = "feit-start-001", correct: bool = True, rank: int = 1, **changes: Any) -> CaseResult:
    fields: dict[str, Any] = {
        "id": name,
        "kind": "feit",
        "topic": "start",
        "question": "wat ben ik kwijt per maand?",
        "answerable": True,
        "reference": "Het plan kost € 39 per maand.",
        "required": ("€ ?39",),
        "sections": (SECTION,),
        "found": (SECTION,),
        "cited": (SECTION,),
        "answer": "Het plan kost € 39 per maand. [1]" if correct else "Het plan kost € 40 per maand. [1]",
        "answered": True,
        "correct": correct,
        "score": float(correct),
        "missing": () if correct else ("€ ?39",),
        "reasons": () if correct else ("mist: € ?39",),
        "retrieval": make_retrieval(rank),
        "confidence": 0.9,
        "characters": 33,
        "answer_ms": 10.0,
        "search_ms": 5.0,
    }
    return CaseResult.model_validate({**fields, **changes})


def make_results(*cases: CaseResult) -> Results:
    return summarise(cases or (make_result(),), created=CREATED, commit="abc1234")


def make_document(text: str = "Het plan kost € 39 per maand.", heading: str = "Wat kost een plan?") -> Document:
    return Document(document_id="start/plan.md", title="Plannen", topic="start", sections=(Section(heading=heading, text=text),))


def make_answer(text: str = "Het plan kost € 39 per maand. [1]", source: str = "Het plan kost € 39 per maand.", **changes: Any) -> Answer:
    citation = Citation(number=1, document_id="start/plan.md", title="Plannen", heading="Wat kost een plan?", text=source, quote=source)
    return Answer.model_validate({"text": text, "citations": (citation,), "confidence": 0.9, **changes})


REFUSAL = Answer(text="Dat weet ik niet.", answered=False)


class FakeStatus(Record):
    version: str = "20261122-a1"
    embedding_model: str = "model"
    engine: str = "extractive"


class ScriptedAssistant:
    """Answers from a table of question to answer, refuses the rest, and remembers what was asked."""

    def __init__(self, answers: dict[str, Answer | Exception] | None = None, hits: Sequence[Hit] = ()) -> None:
        self.settings = Settings(_env_file=None, corpus_dirs=(Path("corpus"),))
        self.answers = answers or {}
        self.hits = list(hits)
        self.asked: list[tuple[str, tuple[Turn, ...], str | None]] = []
        self.searched: list[tuple[str, int]] = []

    def ask(self, question: str, history: Sequence[Turn] = (), marketplace: str | None = None) -> Answer:
        self.asked.append((question, tuple(history), marketplace))
        answer = self.answers.get(question, REFUSAL)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def search(
        self, query: str, limit: int = 10, marketplace: str | None = None, topic: str | None = None, history: Sequence[Turn] = ()
    ) -> list[Hit]:
        self.searched.append((query, len(history)))
        return self.hits[:limit]

    def status(self) -> FakeStatus:
        return FakeStatus()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass


def make_hit(heading: str = "Wat kost een plan?", text: str = "Het plan kost € 39 per maand.") -> Hit:
    return Hit(document_id="start/plan.md", title="Plannen", heading=heading, text=text, score=1.0)
