"""What the cases of a run add up to: each measure's name, meaning and direction, once, in ``MEASURES``.

Nearly every measure is the mean of one number per case; that number also tells which cases pull the measure down.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from assistant.evaluation.dataset import CONVERSATION_KIND
from assistant.evaluation.metrics import (
    CalibrationBin,
    calibration_bins,
    expected_calibration_error,
    mean,
    percentile,
)
from assistant.evaluation.results import CaseResult, Group, Results, Retrieval, RunInfo

Layer = Literal["antwoorden", "zoeken", "weigeren", "gesprek", "snelheid"]
LAYERS: Final[tuple[Layer, ...]] = ("antwoorden", "zoeken", "weigeren", "gesprek", "snelheid")
FOLLOW_UP_KINDS: Final = ("vervolg", CONVERSATION_KIND)

# The number a case brings to a measure, or None when the measure does not concern it.
Reading = Callable[[CaseResult], float | None]


class Measure(NamedTuple):
    """A number of the summary: what it is called, the layer it belongs to, which way is better, and how it is made.

    ``whole`` computes from all cases at once what is no mean; ``reading`` then still tells which cases are to blame.
    """

    label: str
    layer: Layer
    reading: Reading
    higher_is_better: bool = True
    unit: Literal["share", "characters", "ms", "score"] = "share"
    whole: Callable[[Sequence[CaseResult]], float] | None = None

    def compute(self, cases: Sequence[CaseResult]) -> float:
        """The value over some cases; 0.0 when it concerns none of them."""
        return self.whole(cases) if self.whole else mean(readings(cases, self.reading))

    def concerns(self, cases: Sequence[CaseResult]) -> bool:
        """Whether any of the cases brings something to this measure."""
        return any(self.reading(case) is not None for case in cases)

    def fault(self, case: CaseResult) -> float:
        """How much a case pulls the measure the wrong way; 0.0 when it does not."""
        value = self.reading(case)
        if value is None:
            return 0.0
        return 1.0 - value if self.higher_is_better else value


def readings(cases: Sequence[CaseResult], reading: Reading) -> list[float]:
    """What the cases bring to a measure, in their order."""
    return [value for case in cases if (value := reading(case)) is not None]


def _where(condition: Callable[[CaseResult], bool], read: Callable[[CaseResult], float | bool]) -> Reading:
    return lambda case: float(read(case)) if condition(case) else None


def _answerable(read: Callable[[CaseResult], float | bool]) -> Reading:
    return _where(lambda case: case.answerable, read)


def _unanswerable(read: Callable[[CaseResult], float | bool]) -> Reading:
    return _where(lambda case: not case.answerable, read)


def _answered(read: Callable[[CaseResult], float | bool]) -> Reading:
    return _where(lambda case: case.answered, read)


def _of_kind(kinds: Sequence[str], read: Callable[[CaseResult], float | bool]) -> Reading:
    return _where(lambda case: case.kind in kinds, read)


def _retrieval(read: Callable[[Retrieval], float]) -> Reading:
    return lambda case: None if case.retrieval is None else read(case.retrieval)


def _percentile(reading: Reading, percent: float) -> Callable[[Sequence[CaseResult]], float]:
    return lambda cases: percentile(readings(cases, reading), percent)


def _facts_held(case: CaseResult) -> float:
    return 1 - len(case.missing) / len(case.required) if case.required else 1.0


def _whole_conversations(cases: Sequence[CaseResult]) -> float:
    right: dict[str, bool] = {}
    for case in cases:
        if case.kind == CONVERSATION_KIND:
            name = case.id.partition("/")[0]
            right[name] = right.get(name, True) and case.correct
    return mean([float(outcome) for outcome in right.values()])


def _bins(cases: Sequence[CaseResult]) -> list[CalibrationBin]:
    return calibration_bins([case.confidence for case in cases], [case.answerable for case in cases])


_CHARACTERS = _answered(lambda case: case.characters)

MEASURES: Final[dict[str, Measure]] = {
    "correct": Measure("goed, van alle vragen", "antwoorden", lambda case: float(case.correct)),
    "answers_correct": Measure("goed, van wat te beantwoorden is", "antwoorden", _answerable(lambda case: case.correct)),
    "required_facts": Measure("vereiste feiten genoemd", "antwoorden", _answerable(_facts_held)),
    "forbidden_facts": Measure("antwoorden met een fout feit", "antwoorden", lambda case: float(bool(case.violated)), False),
    "citation_precision": Measure(
        "zinnen die hun bron waarmaken", "antwoorden", _answered(lambda case: case.citation_precision)
    ),
    "citation_recall": Measure("zinnen met een bron", "antwoorden", _answered(lambda case: case.citation_recall)),
    "numbers_supported": Measure(
        "getallen die in een bron staan", "antwoorden", _answered(lambda case: case.numbers_supported)
    ),
    "dutch": Measure("Nederlands", "antwoorden", lambda case: case.dutch),
    "characters": Measure(
        "lengte van een antwoord, mediaan", "antwoorden", _CHARACTERS, False, "characters", _percentile(_CHARACTERS, 50)
    ),
    "recall@1": Measure("juiste sectie als eerste", "zoeken", _retrieval(lambda found: found.recall_at_1)),
    "recall@5": Measure("juiste sectie bij de eerste vijf", "zoeken", _retrieval(lambda found: found.recall_at_5)),
    "mrr": Measure("MRR", "zoeken", _retrieval(lambda found: found.reciprocal_rank), unit="score"),
    "ndcg@10": Measure("nDCG@10", "zoeken", _retrieval(lambda found: found.ndcg_at_10), unit="score"),
    "facts@5": Measure("vereiste feiten in de eerste vijf", "zoeken", _retrieval(lambda found: found.facts_in_5)),
    "refusals_missed": Measure(
        "beantwoord waar geen antwoord is", "weigeren", _unanswerable(lambda case: case.answered), False
    ),
    "refusals_false": Measure(
        "geweigerd waar een antwoord is", "weigeren", _answerable(lambda case: not case.answered), False
    ),
    "calibration_error": Measure(
        "ijkfout van de zekerheid (ECE)", "weigeren", lambda case: abs(case.confidence - case.answerable), False, "score",
        lambda cases: expected_calibration_error(_bins(cases)),
    ),
    "follow_ups_correct": Measure("vervolgvragen goed", "gesprek", _of_kind(FOLLOW_UP_KINDS, lambda case: case.correct)),
    "conversations_correct": Measure(
        "gesprekken helemaal goed", "gesprek", _of_kind([CONVERSATION_KIND], lambda case: case.correct),
        whole=_whole_conversations,
    ),
    "search_ms_p50": Measure(
        "zoeken, mediaan", "snelheid", lambda case: case.search_ms, False, "ms", _percentile(lambda case: case.search_ms, 50)
    ),
    "search_ms_p95": Measure(
        "zoeken, p95", "snelheid", lambda case: case.search_ms, False, "ms", _percentile(lambda case: case.search_ms, 95)
    ),
    "answer_ms_p50": Measure(
        "antwoorden, mediaan", "snelheid", lambda case: case.answer_ms, False, "ms", _percentile(lambda case: case.answer_ms, 50)
    ),
    "answer_ms_p95": Measure(
        "antwoorden, p95", "snelheid", lambda case: case.answer_ms, False, "ms", _percentile(lambda case: case.answer_ms, 95)
    ),
}  # fmt: skip


def summarise(cases: Sequence[CaseResult], *, created: datetime, commit: str = "", run: RunInfo | None = None) -> Results:
    """The results of a run from those of its cases, which keep their order.

    Raises:
        ValueError: there are no cases.
    """
    if not cases:
        raise ValueError("cases is empty; expected at least one result")
    return Results(
        created=created,
        commit=commit,
        run=run or RunInfo(),
        summary={name: round(measure.compute(cases), 4) for name, measure in MEASURES.items()},
        per_topic=_groups(cases, lambda case: case.topic),
        per_kind=_groups(cases, lambda case: case.kind),
        calibration=tuple(_bins(cases)),
        cases=tuple(cases),
    )


def _groups(cases: Sequence[CaseResult], name: Callable[[CaseResult], str]) -> dict[str, Group]:
    members: dict[str, list[CaseResult]] = {}
    for case in cases:
        members.setdefault(name(case), []).append(case)
    return {key: _group(members[key]) for key in sorted(members)}


def _group(cases: Sequence[CaseResult]) -> Group:
    first = MEASURES["recall@1"]
    return Group(
        cases=len(cases),
        correct=sum(case.correct for case in cases),
        recall_at_1=round(first.compute(cases), 4) if first.concerns(cases) else None,
    )


def format_value(name: str, value: float, extra_digits: int = 0) -> str:
    """A measure's value as Dutch writes it: ``93,4%``, ``612 tekens``, ``4,1 ms``, ``0,871``; more precise with extra digits."""
    match MEASURES[name].unit:
        case "share":
            text = f"{value:.{1 + extra_digits}%}"
        case "characters":
            text = f"{value:.{extra_digits}f} tekens"
        case "ms":
            text = f"{value:.{1 + extra_digits}f} ms"
        case "score":
            text = f"{value:.{3 + extra_digits}f}"
    return text.replace(".", ",")


def format_change(name: str, change: float) -> str:
    """The difference between two values of a measure: ``+1,2 punt`` for a share, else in the measure's own unit, with its sign."""
    if MEASURES[name].unit == "share":
        return f"{100 * change:+.1f} punt".replace(".", ",")
    return f"{'+' if change > 0 else '-'}{format_value(name, abs(change))}"


def is_better(name: str, value: float, than: float) -> bool:
    """Whether a measure's value is better than another."""
    return value > than if MEASURES[name].higher_is_better else value < than
