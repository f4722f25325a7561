"""Asks every question of the cases and judges what comes back.

Conversations go turn by turn with the answers really given as history. The same cases and the same index give the same
results, apart from the times; the clock is an argument.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from assistant.documents import Answer, Hit, Turn
from assistant.errors import AssistantError
from assistant.evaluation import metrics
from assistant.evaluation.citation_checks import CitationCheck, check_citations
from assistant.evaluation.dataset import AnyCase, Case, ConversationCase, Expectation
from assistant.evaluation.results import CaseResult, Retrieval

SEARCH_LIMIT: Final = 10
FOUND_KEPT: Final = 5

Progress = Callable[[str, int, int], None]
Clock = Callable[[], float]


class Answering(Protocol):
    """The part of ``Assistant`` that is measured."""

    def ask(self, question: str, history: Sequence[Turn] = (), marketplace: str | None = None) -> Answer: ...

    def search(
        self, query: str, limit: int = 10, marketplace: str | None = None, topic: str | None = None, history: Sequence[Turn] = ()
    ) -> list[Hit]: ...


def run_cases(
    assistant: Answering,
    cases: Sequence[AnyCase],
    *,
    progress: Progress = lambda stage, done, total: None,
    clock: Clock = time.perf_counter,
) -> list[CaseResult]:
    """The results of all cases in their order, a conversation giving one per turn.

    Args:
        assistant: what answers; an ``AssistantError`` it raises counts as a wrong answer.
        cases: as ``dataset.load`` gives them.
        progress: called after every case with a Dutch stage name, how many are done and how many there are.
        clock: seconds, for the measured times.
    """
    results: list[CaseResult] = []
    for done, case in enumerate(cases, 1):
        results.extend(_run_case(assistant, case, clock))
        progress("Vragen stellen", done, len(cases))
    return results


def fingerprint(cases: Sequence[AnyCase]) -> str:
    """A short hash of the cases, equal when they are."""
    return hashlib.sha256("\n".join(case.model_dump_json() for case in cases).encode()).hexdigest()[:12]


def _run_case(assistant: Answering, case: AnyCase, clock: Clock) -> Iterator[CaseResult]:
    if isinstance(case, Case):
        yield _run_question(assistant, case, case.id, case, case.history, clock)
        return
    history: list[Turn] = []
    for number, turn in enumerate(case.turns, 1):
        result = _run_question(assistant, case, f"{case.id}/{number}", turn, history, clock)
        history.append(Turn(question=turn.question, answer=result.answer))
        yield result


def _run_question(
    assistant: Answering,
    case: Case | ConversationCase,
    name: str,
    expected: Expectation,
    history: Sequence[Turn],
    clock: Clock,
) -> CaseResult:
    try:
        started = clock()
        answer = assistant.ask(expected.question, history=list(history), marketplace=case.marketplace)
        answered_at = clock()
        searched = (answer.standalone_question or expected.question) if history else expected.question
        search_started = clock()
        hits = assistant.search(searched, limit=SEARCH_LIMIT, marketplace=case.marketplace)
        search_ms = (clock() - search_started) * 1000
        if history:  # a follow-up is answered from what is found in its conversation
            hits = assistant.search(expected.question, limit=SEARCH_LIMIT, marketplace=case.marketplace, history=list(history))
    except AssistantError as exc:
        return _failed(case, name, expected, exc)
    except Exception as exc:
        exc.add_note(f"while asking {name}: {expected.question!r}")
        raise
    return _judged(case, name, expected, answer, hits, (answered_at - started) * 1000, search_ms)


def _failed(case: AnyCase, name: str, expected: Expectation, error: AssistantError) -> CaseResult:
    return CaseResult(
        **_described(case, name, expected),
        answer="",
        answered=False,
        correct=False,
        score=0.0,
        missing=expected.required,
        reasons=(f"fout: {error}",),
        retrieval=_judge_retrieval(expected, ()),
    )


def _judged(
    case: AnyCase, name: str, expected: Expectation, answer: Answer, hits: Sequence[Hit], answer_ms: float, search_ms: float
) -> CaseResult:
    held = metrics.matching(expected.required, answer.text)
    missing = tuple(pattern for pattern in expected.required if pattern not in held)
    violated = tuple(metrics.matching(expected.forbidden, answer.text))
    asked = f"{expected.question}\n{answer.standalone_question}"
    citations = check_citations(answer, asked) if answer.answered else CitationCheck(precision=1, recall=1, numbers=1)
    score = _score(expected, answer.answered, len(missing), len(violated))
    return CaseResult(
        **_described(case, name, expected),
        standalone_question=answer.standalone_question,
        found=tuple(dict.fromkeys(section_key(hit) for hit in hits))[:FOUND_KEPT],
        cited=tuple(dict.fromkeys(section_key(citation) for citation in answer.citations)),
        answer=answer.text,
        engine=answer.engine,
        answered=answer.answered,
        correct=score == 1.0,
        score=score,
        missing=missing,
        violated=violated,
        reasons=(*_reasons(expected, answer.answered, missing, violated), *citations.faults),
        retrieval=_judge_retrieval(expected, hits),
        citation_precision=citations.precision,
        citation_recall=citations.recall,
        numbers_supported=citations.numbers,
        dutch=metrics.dutch_share(answer.text),
        characters=len(answer.text),
        confidence=min(1.0, max(0.0, answer.confidence)),
        answer_ms=round(answer_ms, 3),
        search_ms=round(search_ms, 3),
    )


def _described(case: AnyCase, name: str, expected: Expectation) -> dict[str, object]:
    return {
        "id": name,
        "kind": case.kind,
        "topic": case.topic,
        "marketplace": case.marketplace,
        "question": expected.question,
        "answerable": expected.answerable,
        "reference": expected.reference,
        "required": expected.required,
        "forbidden": expected.forbidden,
        "sections": expected.sections,
    }


def _score(expected: Expectation, answered: bool, missing: int, violated: int) -> float:
    """The share of required facts; 0 when a forbidden one stands there, or when it was answered and should not be, or not."""
    if violated or answered != expected.answerable:
        return 0.0
    return 1 - missing / len(expected.required) if expected.required else 1.0


def _reasons(expected: Expectation, answered: bool, missing: Sequence[str], violated: Sequence[str]) -> Iterator[str]:
    if expected.answerable and not answered:
        yield "geweigerd, terwijl het antwoord er is"
    elif not expected.answerable and answered:
        yield "beantwoord, terwijl het antwoord er niet is"
    elif missing:
        yield f"mist: {' en '.join(missing)}"
    if violated:
        yield f"noemt wat er niet mag staan: {' en '.join(violated)}"


def _judge_retrieval(expected: Expectation, hits: Sequence[Hit]) -> Retrieval | None:
    """How the search did; None when no section holds the answer."""
    if not expected.sections:
        return None
    found = list(dict.fromkeys(section_key(hit) for hit in hits))
    return Retrieval(
        recall_at_1=metrics.recall_at_k(found, expected.sections, 1),
        recall_at_5=metrics.recall_at_k(found, expected.sections, 5),
        reciprocal_rank=metrics.reciprocal_rank(found, expected.sections),
        ndcg_at_10=metrics.ndcg_at_k(found, expected.sections, 10),
        facts_in_5=metrics.fact_recall(expected.required, "\n\n".join(hit.text for hit in hits[:5])),
    )


class _Located(Protocol):
    @property
    def document_id(self) -> str: ...
    @property
    def heading(self) -> str: ...


def section_key(part: _Located) -> str:
    """``document_id#heading``, as cases name a section."""
    return f"{part.document_id}#{part.heading}"
