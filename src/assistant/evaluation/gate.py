"""The line that quality must not fall under: thresholds per layer, kind and topic, and the baseline it must keep up with.

Two kinds of check. On results: every measure stays within its margin, and no more cases turn wrong than the noise allows.
On the knowledge base, without any noise: the sections that cases name still hold the facts, and no figure has vanished.
Every shortfall names cases, so that its message says what to look at.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from assistant.documents import Document, Record
from assistant.errors import AssistantError
from assistant.evaluation import metrics
from assistant.evaluation.citation_checks import numbers
from assistant.evaluation.dataset import AnyCase, Expectation, expectations
from assistant.evaluation.measures import LAYERS, MEASURES, Layer, format_value, is_better
from assistant.evaluation.results import CaseResult, Results

NAMED_CASES: Final = 6
NAMED_IDS: Final = 40
ANSWER_CHARACTERS: Final = 280
# The layers with a threshold. Speed is measured and reported, but a clock says more about the machine than about the code.
GATED_LAYERS: Final[tuple[Layer, ...]] = tuple(layer for layer in LAYERS if layer != "snelheid")
# What a kind or topic is held to; the layers are held to every measure.
GROUP_MEASURES: Final = ("correct", "recall@1")

Part = Literal["layers", "kinds", "topics"]
PART_NAMES: Mapping[Part, str] = {"layers": "laag", "kinds": "soort", "topics": "onderwerp"}


class GateError(AssistantError):
    """The file with thresholds or the baseline is missing or breaks its schema."""


class Threshold(Record):
    """A measured value, and how far from it a run may stay behind."""

    measured: float
    margin: Annotated[float, Field(ge=0)]

    def limit(self, higher_is_better: bool) -> float:
        """The lowest value that is good enough, or the highest when lower is better."""
        return self.measured - self.margin if higher_is_better else self.measured + self.margin


class Noise(Record):
    """What may differ between two machines that run the same code on the same cases."""

    cases: Annotated[int, Field(ge=0)]
    mrr: Annotated[float, Field(ge=0)]


class Thresholds(Record):
    """All thresholds: per part, per group of it, per measure."""

    noise: Noise
    layers: dict[str, dict[str, Threshold]]
    kinds: dict[str, dict[str, Threshold]] = {}
    topics: dict[str, dict[str, Threshold]] = {}

    def of(self, part: Part) -> dict[str, dict[str, Threshold]]:
        """The thresholds of one part, by group."""
        return {"layers": self.layers, "kinds": self.kinds, "topics": self.topics}[part]


class BaselineCase(Record):
    """What a case got when the baseline was made."""

    correct: bool
    reciprocal_rank: float | None = None


class Baseline(Record):
    """A run to keep up with.

    ``facts`` holds, by case, the required patterns that its sections held; ``figures``, by section, how often each number
    stood there.
    """

    created: datetime
    commit: str = ""
    cases: dict[str, BaselineCase]
    facts: dict[str, tuple[str, ...]] = {}
    figures: dict[str, dict[str, int]] = {}


# --- Reading and writing ---------------------------------------------------------------------------------------------


def read_thresholds(path: Path) -> Thresholds:
    """The thresholds in a TOML file.

    Raises:
        GateError: the file is missing, is no TOML, breaks the schema, or names a measure that cannot have a threshold.
    """
    try:
        thresholds = Thresholds.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as exc:
        raise GateError(f"De drempels in {path} ontbreken of zijn onleesbaar; maak ze met: python -m evals.update") from exc
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise GateError(f"De drempels in {path} kloppen niet: {exc}") from exc
    gated = [name for name, measure in MEASURES.items() if measure.layer in GATED_LAYERS]
    for part in PART_NAMES:
        for group, measures in thresholds.of(part).items():
            for name in measures:
                if name not in gated:
                    raise GateError(f"{path}: {part}.{group} noemt maat {name!r}; verwacht een van: {', '.join(gated)}")
    return thresholds


def read_baseline(path: Path) -> Baseline:
    """The baseline in a JSON file.

    Raises:
        GateError: the file is missing or breaks the schema.
    """
    try:
        return Baseline.model_validate_json(path.read_text("utf-8"))
    except OSError as exc:
        raise GateError(f"De baseline in {path} ontbreekt of is onleesbaar; maak hem met: python -m evals.update") from exc
    except (ValidationError, UnicodeDecodeError) as exc:
        raise GateError(f"De baseline in {path} klopt niet: {exc}") from exc


def make_baseline(results: Results, cases: Sequence[AnyCase], documents: Sequence[Document]) -> Baseline:
    """What later runs are held against."""
    texts = section_texts(documents)
    return Baseline(
        created=results.created,
        commit=results.commit,
        cases={
            case.id: BaselineCase(
                correct=case.correct,
                reciprocal_rank=round(case.retrieval.reciprocal_rank, 4) if case.retrieval is not None else None,
            )
            for case in results.cases
        },
        facts={name: held for name, expected in expectations(cases) if (held := facts_held(expected, texts))},
        figures={key: dict(sorted(found.items())) for key, text in texts.items() if (found := figures(text))},
    )


def write_baseline(baseline: Baseline, path: Path) -> None:
    """Keep the baseline, a case or section per line so that a difference can be read."""
    parts = baseline.model_dump(mode="json")
    blocks = [f' "created": {json.dumps(parts["created"])}', f' "commit": {json.dumps(parts["commit"])}']
    for name in ("cases", "facts", "figures"):
        lines = [f"  {_compact(key)}: {_compact(value)}" for key, value in parts[name].items()]
        blocks.append(f' "{name}": {{\n' + ",\n".join(lines) + "\n }")
    path.write_text("{\n" + ",\n".join(blocks) + "\n}\n", "utf-8")


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- Raising the thresholds ------------------------------------------------------------------------------------------


def raised(thresholds: Thresholds, results: Results, *, allow_lower: bool = False) -> Thresholds:
    """The thresholds with every measured value that has improved, and those of groups that are new.

    Args:
        thresholds: as they stand; margins are kept, and groups without cases go.
        results: the run to take values from.
        allow_lower: also take values that got worse, after the cases themselves have changed.
    """
    fresh = Thresholds(
        noise=thresholds.noise,
        layers=_measured_groups(thresholds.layers, _layer_groups(results)),
        kinds=_measured_groups(thresholds.kinds, _case_groups(results, "kinds")),
        topics=_measured_groups(thresholds.topics, _case_groups(results, "topics")),
    )
    if allow_lower:
        return fresh
    return fresh.model_copy(update={part: _best(thresholds.of(part), fresh.of(part)) for part in PART_NAMES})


def _layer_groups(results: Results) -> dict[str, tuple[Sequence[CaseResult], tuple[str, ...]]]:
    return {layer: (results.cases, tuple(name for name in MEASURES if MEASURES[name].layer == layer)) for layer in GATED_LAYERS}


def _case_groups(results: Results, part: Part) -> dict[str, tuple[Sequence[CaseResult], tuple[str, ...]]]:
    groups = {name: _cases_of(results, part, name) for name in (results.per_kind if part == "kinds" else results.per_topic)}
    return {
        name: (cases, tuple(measure for measure in GROUP_MEASURES if MEASURES[measure].concerns(cases))) for name, cases in groups.items()
    }


def _measured_groups(
    known: Mapping[str, Mapping[str, Threshold]], groups: Mapping[str, tuple[Sequence[CaseResult], tuple[str, ...]]]
) -> dict[str, dict[str, Threshold]]:
    return {
        group: {name: _measured(known.get(group, {}).get(name), name, cases) for name in measures}
        for group, (cases, measures) in groups.items()
    }


def _measured(known: Threshold | None, name: str, cases: Sequence[CaseResult]) -> Threshold:
    value = round(MEASURES[name].compute(cases), 4)
    return Threshold(measured=value, margin=known.margin if known else first_margin(name, len(cases)))


def first_margin(name: str, count: int) -> float:
    """The margin a new threshold starts with: one case of the group may turn, and answers may grow by a few words."""
    if MEASURES[name].unit == "characters":
        return 25.0
    return round(max(0.005, 1 / count + 0.0001), 4)  # rounded up, so that a single case fits in it


def _best(before: Mapping[str, Mapping[str, Threshold]], after: Mapping[str, Mapping[str, Threshold]]) -> dict[str, dict[str, Threshold]]:
    return {
        group: {name: _better(name, before.get(group, {}).get(name), found) for name, found in measures.items()}
        for group, measures in after.items()
    }


def _better(name: str, before: Threshold | None, after: Threshold) -> Threshold:
    return after if before is None or is_better(name, after.measured, before.measured) else before


THRESHOLDS_HEADING: Final = """\
# What `pytest evals/` holds the answers to. Per layer, kind of question and topic: the value measured, and the margin a run
# may stay behind it. `python -m evals.update` raises what has improved and leaves the rest; margins are edited by hand;
# that of a kind or topic is one case at least.
# Shares lie between 0 and 1, `characters` is the median length of an answer. Times have no threshold: they are in the report.
"""


def write_thresholds(thresholds: Thresholds, path: Path) -> None:
    """Keep the thresholds as TOML, a measure per line."""
    noise = thresholds.noise
    lines = [
        THRESHOLDS_HEADING,
        "# How far a run may stay behind the baseline: cases that turned wrong minus cases that turned right, and mean",
        "# reciprocal rank. The same code on the same cases differs this much between machines, through rounding.",
        "[noise]",
        f"cases = {noise.cases}",
        f"mrr = {noise.mrr}",
    ]
    for part in PART_NAMES:
        for group, measures in thresholds.of(part).items():
            lines += ["", f"[{part}.{group}]"]
            lines += [f'"{name}" = {{ measured = {found.measured}, margin = {found.margin} }}' for name, found in measures.items()]
    path.write_text("\n".join(lines) + "\n", "utf-8")


# --- Checks on results -----------------------------------------------------------------------------------------------


def check_group(results: Results, thresholds: Thresholds, part: Part, group: str, baseline: Baseline | None = None) -> str:
    """Which measures of one layer, kind or topic are past their threshold, and the cases to look at; empty when none is.

    Args:
        results: the run to judge.
        thresholds: what it is held to.
        part: whether ``group`` is a layer, a kind or a topic.
        group: its name.
        baseline: with it, the cases that got worse since are shown, and those that were already wrong only counted.
    """
    cases = _cases_of(results, part, group)
    if not cases:
        return f"{PART_NAMES[part]} {group}: er zijn geen vragen meer; haal de drempel weg of zet de vragen terug"
    lines: list[str] = []
    weak: dict[str, CaseResult] = {}
    for name, threshold in thresholds.of(part).get(group, {}).items():
        measure = MEASURES[name]
        value = measure.compute(cases)
        limit = threshold.limit(measure.higher_is_better)
        if is_better(name, limit, value) and abs(limit - value) > 1e-9:
            lines.append(_shortfall(part, group, name, value, threshold, limit))
            weak |= {case.id: case for case in weakest(cases, name) if case.id not in weak}
    return "\n".join([*lines, _culprits(list(weak.values()), baseline)]) if lines else ""


def _culprits(weak: Sequence[CaseResult], baseline: Baseline | None) -> str:
    """The weak cases that were better in the baseline; all of them when it does not tell them apart."""
    fresh = [case for case in weak if baseline is not None and _got_worse(case, baseline.cases.get(case.id))]
    rest = len(weak) - len(fresh)
    if not fresh:
        return describe(weak)
    return describe(fresh) + (f"\n\n  de andere {rest} waren in de baseline al zo" if rest else "")


def _got_worse(case: CaseResult, before: BaselineCase | None) -> bool:
    if before is None:
        return True
    fell = case.retrieval is not None and case.retrieval.reciprocal_rank < (before.reciprocal_rank or 0.0) - 1e-3
    return fell or (before.correct and not case.correct)


def _shortfall(part: Part, group: str, name: str, value: float, threshold: Threshold, limit: float) -> str:
    measure = MEASURES[name]
    bound = "minstens" if measure.higher_is_better else "hooguit"
    same = format_value(name, value) == format_value(name, limit)
    shown, needed, known = (format_value(name, number, 2 * same) for number in (value, limit, threshold.measured))
    return f"{PART_NAMES[part]} {group}: {measure.label} ({name}) is {shown}; {bound} {needed} is nodig (eerder gemeten: {known})"


def _cases_of(results: Results, part: Part, group: str) -> list[CaseResult]:
    if part == "layers":
        return list(results.cases)
    return [case for case in results.cases if group == (case.kind if part == "kinds" else case.topic)]


def weakest(cases: Sequence[CaseResult], name: str) -> list[CaseResult]:
    """The cases that pull a measure down, worst first; ties keep their order."""
    measure = MEASURES[name]
    bad = [(measure.fault(case), case) for case in cases]
    return [case for fault, case in sorted(bad, key=lambda pair: -pair[0]) if fault > 0]


def check_regression(results: Results, baseline: Baseline, noise: Noise) -> str:
    """Which cases got worse than in the baseline, when they are more than noise; empty when they are not.

    Cases that the baseline does not know are left out.
    """
    known = [(case, baseline.cases[case.id]) for case in results.cases if case.id in baseline.cases]
    broken = [case for case, before in known if before.correct and not case.correct]
    mended = sum(case.correct and not before.correct for case, before in known)
    messages = []
    if len(broken) - mended > noise.cases:
        messages.append(
            f"{len(broken)} vragen zijn nu fout en waren goed, {mended} zijn nu goed en waren fout; de ruis is {noise.cases}"
            f"\n{describe(broken)}"
        )
    ranks = [
        (case.retrieval.reciprocal_rank - before.reciprocal_rank, case)
        for case, before in known
        if case.retrieval is not None and before.reciprocal_rank is not None
    ]
    change = metrics.mean([difference for difference, _ in ranks])
    if change < -noise.mrr:
        fallen = [case for difference, case in sorted(ranks, key=lambda pair: pair[0]) if difference < -1e-3]
        messages.append(f"de juiste secties staan lager dan in de baseline (MRR {change:+.4f}, de ruis is {noise.mrr})\n{describe(fallen)}")
    return "\n".join(messages)


def describe(cases: Sequence[CaseResult]) -> str:
    """The first few cases with question, what was expected and what came, for a person to read."""
    lines = [line for case in cases[:NAMED_CASES] for line in _case_lines(case)]
    rest = [case.id for case in cases[NAMED_CASES:]]
    if rest:
        lines += ["", f"  en nog {len(rest)}: {', '.join(rest[:NAMED_IDS])}{' …' if len(rest) > NAMED_IDS else ''}"]
    return "\n".join(lines)


def _case_lines(case: CaseResult) -> Iterator[str]:
    yield ""
    yield f"  {case.id} ({case.kind}, {case.topic}): {case.question}"
    yield f"    verwacht: {case.reference or ' en '.join(case.required) or '(niets van wat verboden is)'}"
    yield f"    kreeg:    {_shortened(case.answer) or '(niets)'}"
    if case.reasons:
        yield f"    waarom:   {'; '.join(case.reasons[:3])}"
    if case.sections and case.rank != 1:
        yield f"    zoeken:   {case.sections[0]} {f'staat op plaats {case.rank}' if case.rank else 'is niet gevonden'}"


def _shortened(answer: str) -> str:
    line = " ".join(answer.split())
    return line if len(line) <= ANSWER_CHARACTERS else line[:ANSWER_CHARACTERS].rsplit(" ", 1)[0] + " …"


# --- Checks on the knowledge base ------------------------------------------------------------------------------------


def section_texts(documents: Sequence[Document]) -> dict[str, str]:
    """The text of every section by its key."""
    return {f"{document.document_id}#{section.heading}": section.text for document in documents for section in document.sections}


def facts_held(expected: Expectation, texts: Mapping[str, str]) -> tuple[str, ...]:
    """The required patterns that the sections of a case hold together; a sum that is asked for may stand in none."""
    return tuple(metrics.matching(expected.required, "\n\n".join(texts.get(key, "") for key in expected.sections)))


def check_facts(cases: Sequence[AnyCase], documents: Sequence[Document], baseline: Baseline) -> str:
    """Which cases name a section that no longer holds the fact it held; empty when there are none."""
    texts = section_texts(documents)
    lines = []
    for name, expected in expectations(cases):
        held = facts_held(expected, texts)
        lost = [pattern for pattern in baseline.facts.get(name, ()) if pattern in expected.required and pattern not in held]
        if lost:
            lines += [
                "",
                f"  {name}: {expected.question}",
                f"    verwacht: {expected.reference or ' en '.join(lost)}",
                f"    kreeg:    {' en '.join(lost)} staat niet meer in {' of '.join(expected.sections)}",
            ]
    if not lines:
        return ""
    return "\n".join(["het antwoord op deze vragen staat niet meer in de secties die het hadden", *lines])


def figures(text: str) -> Counter[str]:
    """How often each number stands in a text, with its unit."""
    return Counter(str(number) for number in numbers(text))


def check_figures(cases: Sequence[AnyCase], documents: Sequence[Document], baseline: Baseline) -> str:
    """Which sections lost a number, with the cases about them; empty when none did. Renamed sections are left out."""
    askers: dict[str, list[str]] = {}
    for name, expected in expectations(cases):
        for key in expected.sections:
            askers.setdefault(key, []).append(f"{name} ({expected.question})")
    lines = []
    for key, text in section_texts(documents).items():
        now, before = figures(text), Counter(baseline.figures.get(key, {}))
        lost, gained = before - now, now - before
        if lost:
            new = f", erbij kwam {', '.join(gained)}" if gained else ""
            lines += [f"  {key}: weg is {', '.join(lost)}{new}", *(f"    vraag: {asker}" for asker in askers.get(key, ["nog geen enkele"]))]
    if not lines:
        return ""
    advice = "kloppen de nieuwe cijfers, pas dan de vragen erover aan en draai: python -m evals.update"
    return "\n".join(["deze cijfers zijn uit de kennisbank verdwenen", *lines, advice])


def stale_thresholds(results: Results, thresholds: Thresholds) -> Iterator[str]:
    """The measures that have risen clear above their threshold, as a reminder to raise it."""
    for layer, (cases, names) in _layer_groups(results).items():
        for name in names:
            threshold = thresholds.layers.get(layer, {}).get(name)
            if threshold is None:
                continue
            value = MEASURES[name].compute(cases)
            gain = value - threshold.measured if MEASURES[name].higher_is_better else threshold.measured - value
            if gain > max(threshold.margin, 1e-3):
                yield f"{MEASURES[name].label}: {format_value(name, value)}, drempel gemeten op {format_value(name, threshold.measured)}"
