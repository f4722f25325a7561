"""Puts two runs side by side: which measures moved, and which cases turned, with both answers."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from assistant.documents import Record
from assistant.evaluation.measures import MEASURES, format_change, format_value, is_better
from assistant.evaluation.report import provenance
from assistant.evaluation.results import CaseResult, Results, read_results


class Turned(Record):
    """One case in both runs."""

    before: CaseResult
    after: CaseResult

    @property
    def rewritten(self) -> bool:
        """Whether the case itself was changed in between, so that the answer need not be what turned it."""
        return any(getattr(self.before, name) != getattr(self.after, name) for name in ("question", "required", "forbidden", "answerable"))


class Comparison(Record):
    """What changed from one run to the next.

    ``worse`` were right and are wrong now, ``better`` the other way round; ``changed`` are just as right but have another
    score. ``gone`` and ``new`` are ids of cases that only one run has. ``runs`` says what each run measured.
    """

    runs: tuple[str, str]
    worse: tuple[Turned, ...]
    better: tuple[Turned, ...]
    changed: tuple[Turned, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    measures: dict[str, tuple[float, float]]


def compare(before: Results, after: Results) -> Comparison:
    """What changed, with cases in the order of the later run."""
    old = {case.id: case for case in before.cases}
    pairs = [Turned(before=old[case.id], after=case) for case in after.cases if case.id in old]
    present = {case.id for case in after.cases}
    return Comparison(
        runs=(provenance(before), provenance(after)),
        worse=tuple(pair for pair in pairs if pair.before.correct and not pair.after.correct),
        better=tuple(pair for pair in pairs if pair.after.correct and not pair.before.correct),
        changed=tuple(pair for pair in pairs if pair.before.correct == pair.after.correct and pair.before.score != pair.after.score),
        gone=tuple(case.id for case in before.cases if case.id not in present),
        new=tuple(case.id for case in after.cases if case.id not in old),
        measures={
            name: (before.summary[name], after.summary[name])
            for name in MEASURES
            if name in before.summary and name in after.summary and before.summary[name] != after.summary[name]
        },
    )


def compare_files(before: Path, after: Path) -> Comparison:
    """What changed between two files with results.

    Raises:
        ResultsError: one of them is missing or no file of ours.
    """
    return compare(read_results(before), read_results(after))


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the comparison: the runs, their measures, a list of the cases that turned, and then each with both answers."""
    for heading, run in zip(("eerst", "dan"), comparison.runs, strict=True):
        console.print(Text.assemble((f"{heading:<6}", "bold"), run))
    if comparison.measures:
        console.print()
        console.print(_measures_table(comparison))
    groups = (
        ("Slechter", comparison.worse, "red"),
        ("Beter", comparison.better, "green"),
        ("Andere score, zelfde oordeel", comparison.changed, "yellow"),
    )
    console.print(f"\n{_headline(comparison)}\n", style="bold", highlight=False)
    for title, pairs, style in groups:
        if pairs:
            console.print(_list(title, pairs, style))
    for title, names in (("Alleen in de eerste", comparison.gone), ("Alleen in de tweede", comparison.new)):
        if names:
            console.print(Text(f"{title} ({len(names)}): {', '.join(names)}\n", "dim"))
    for title, pairs, style in groups:
        for pair in pairs:
            _print_pair(pair, title, style, console)


def _headline(comparison: Comparison) -> str:
    counts = (("slechter", comparison.worse), ("beter", comparison.better), ("met een andere score", comparison.changed))
    return ", ".join(f"{len(pairs)} {name}" for name, pairs in counts)


def _measures_table(comparison: Comparison) -> Table:
    table = Table(box=None, padding=(0, 2))
    for heading in ("", "eerst", "dan", "verschil"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, (old, new) in comparison.measures.items():
        shown = (format_value(name, old), format_value(name, new))
        if shown[0] != shown[1]:
            table.add_row(MEASURES[name].label, *shown, Text(format_change(name, new - old), _style(name, new, old)))
    return table


def _style(name: str, new: float, old: float) -> str:
    """Green or red; times get no colour, as another machine or a busy one changes them too."""
    if MEASURES[name].unit == "ms":
        return ""
    return "green" if is_better(name, new, old) else "red"


def _list(title: str, pairs: Sequence[Turned], style: str) -> RenderableType:
    """The cases of one group, a line each, put together by what is wrong with them now, or was wrong when they are right now."""
    by_cause: dict[str, list[Turned]] = {}
    for pair in pairs:
        by_cause.setdefault(pair.after.cause or f"was: {pair.before.cause}", []).append(pair)
    lines: list[RenderableType] = [Text(f"{title}: {len(pairs)}", f"bold {style}")]
    for cause, members in sorted(by_cause.items(), key=lambda item: -len(item[1])):
        lines.append(Text(f"  {cause} ({len(members)})"))
        lines += [Text(f"    {pair.after.id}  {pair.after.question}", "dim", no_wrap=True, overflow="ellipsis") for pair in members]
    return Group(*lines, "")


def _print_pair(pair: Turned, title: str, style: str, console: Console) -> None:
    console.print()
    console.rule(Text(f"{title}: {pair.after.id}", style), align="left")
    console.print(Text(pair.after.question, "bold"))
    console.print(Text(f"verwacht: {pair.after.reference or ', '.join(pair.after.required)}"))
    if pair.rewritten:
        console.print(Text("let op: de vraag of wat er in het antwoord moet staan, is zelf veranderd", "yellow"))
    console.print(_both_answers(pair))


def _both_answers(pair: Turned) -> Table:
    table = Table(expand=True, show_lines=False)
    cases = (pair.before, pair.after)
    for heading, case in zip(("eerst", "dan"), cases, strict=True):
        table.add_column(f"{heading}: {_verdict(case)}", ratio=1, overflow="fold")
    table.add_row(*(Markdown(case.answer) for case in cases))
    table.add_section()
    table.add_row(*(Text("\n".join(dict.fromkeys(filter(None, (case.cause, *case.reasons)))), "dim") for case in cases))
    return table


def _verdict(case: CaseResult) -> str:
    if case.correct or not case.score:
        return "goed" if case.correct else "fout"
    return f"fout, {case.score:.0%} van de feiten"
