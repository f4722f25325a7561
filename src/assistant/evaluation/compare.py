"""Puts two runs side by side: which measures moved, and which cases turned, with both answers."""

from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from assistant.documents import Record
from assistant.evaluation.measures import MEASURES, format_value, is_better
from assistant.evaluation.results import CaseResult, Results, read_results

ANSWER_LINES: Final = 14


class Turned(Record):
    """One case in both runs."""

    before: CaseResult
    after: CaseResult


class Comparison(Record):
    """What changed from one run to the next.

    ``worse`` were right and are wrong now, ``better`` the other way round; ``changed`` are just as right but have another
    score. ``gone`` and ``new`` are ids of cases that only one run has.
    """

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
    """Print the comparison: measures, then the cases that turned with both answers."""
    if comparison.measures:
        console.print(_measures_table(comparison))
    console.print(f"\n{len(comparison.worse)} slechter, {len(comparison.better)} beter, {len(comparison.changed)} anders\n", style="bold")
    for title, pairs, style in (
        ("Slechter", comparison.worse, "red"),
        ("Beter", comparison.better, "green"),
        ("Andere score, zelfde oordeel", comparison.changed, "yellow"),
    ):
        for pair in pairs:
            console.rule(Text(f"{title}: {pair.after.id}", style), align="left")
            console.print(Text(pair.after.question, "bold"))
            console.print(Text(f"verwacht: {pair.after.reference or ', '.join(pair.after.required)}"))
            console.print(_both_answers(pair))
    for title, names in (("Alleen in de eerste", comparison.gone), ("Alleen in de tweede", comparison.new)):
        if names:
            console.print(Text(f"{title}: {', '.join(names)}", "dim"))


def _measures_table(comparison: Comparison) -> Table:
    table = Table(box=None, padding=(0, 2))
    for heading in ("", "eerst", "dan"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, (old, new) in comparison.measures.items():
        style = "green" if is_better(name, new, old) else "red"
        table.add_row(MEASURES[name].label, format_value(name, old), Text(format_value(name, new), style))
    return table


def _both_answers(pair: Turned) -> Table:
    table = Table(expand=True, show_lines=False)
    for heading, case in (("eerst", pair.before), ("dan", pair.after)):
        table.add_column(f"{heading}: {'goed' if case.correct else 'fout'} ({case.score:.2f})", ratio=1)
    table.add_row(*(Markdown(_first_lines(case.answer)) for case in (pair.before, pair.after)))
    table.add_row(*(Text("; ".join(case.reasons), "dim") for case in (pair.before, pair.after)))
    return table


def _first_lines(answer: str) -> str:
    lines = answer.splitlines()
    return "\n".join([*lines[:ANSWER_LINES], *(["…"] if len(lines) > ANSWER_LINES else [])])
