"""Shows the results of a run: a summary on the terminal, a Markdown report, JSON, and plots where matplotlib is installed."""

import importlib
import importlib.util
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from assistant.evaluation.measures import LAYERS, MEASURES, Layer, format_value, is_better
from assistant.evaluation.results import CaseResult, Results, write_results
from assistant.evaluation.results import Group as CaseGroup

LATEST: Final = "latest"
BAR_WIDTH: Final = 20
GOOD_SHARE: Final = 0.9
FAIR_SHARE: Final = 0.75
LAYER_TITLES: Final[Mapping[Layer, str]] = {
    "antwoorden": "Antwoorden",
    "zoeken": "Zoeken",
    "weigeren": "Weten wat het niet weet",
    "gesprek": "Gesprek",
    "snelheid": "Snelheid",
}

PLOT_TITLES: Final = {"groups": "Goed per soort vraag en per onderwerp", "calibration": "IJking van de zekerheid", "latency": "Snelheid"}


# --- On the terminal -------------------------------------------------------------------------------------------------


def summary_view(results: Results, before: Results | None = None) -> RenderableType:
    """The summary for a terminal: measures by layer, kinds and topics, and a wrong case of every kind.

    Args:
        results: the run to show.
        before: an earlier run, whose values are put beside the new ones.
    """
    parts: list[RenderableType] = [_headline(results), _measures_table(results, before)]
    parts += [_groups_table("Per soort vraag", results.per_kind), _groups_table("Per onderwerp", results.per_topic)]
    wrong = [case for case in results.cases if not case.correct]
    if wrong:
        parts.append(_wrong_cases(wrong))
    return Group(*parts)


def _headline(results: Results) -> Text:
    right = sum(case.correct for case in results.cases)
    return Text.assemble(
        ("\nKwaliteit van de antwoorden", "bold"),
        f"  {right} van {len(results.cases)} vragen goed ({format_value('correct', results.summary['correct'])})\n",
        (f"{provenance(results)}\n", "dim"),
    )


def provenance(results: Results) -> str:
    """What was measured and when, in one line."""
    parts = [f"{results.created.astimezone():%d-%m-%Y %H:%M}", f"versie {results.commit}" if results.commit else "", results.run.engine]
    parts += [f"index {results.run.index_version}" if results.run.index_version else "", f"{results.run.seconds:.0f} s"]
    return " · ".join(part for part in parts if part)


def _measures_table(results: Results, before: Results | None) -> Table:
    table = Table(box=None, padding=(0, 2), show_header=before is not None)
    table.add_column("")
    table.add_column("nu", justify="right")
    if before is not None:
        table.add_column(f"was ({before.commit or format(before.created, '%d-%m-%Y')})", justify="right")
    for layer in LAYERS:
        table.add_row(Text(LAYER_TITLES[layer], "bold"))
        for name, value in results.summary.items():
            if name in MEASURES and MEASURES[name].layer == layer:
                table.add_row(f"  {MEASURES[name].label}", *_value_cells(name, value, before))
    return table


def _value_cells(name: str, value: float, before: Results | None) -> list[Text]:
    if before is None or name not in before.summary:
        return [Text(format_value(name, value))]
    old = before.summary[name]
    style = "" if old == value else "green" if is_better(name, value, old) else "red"
    return [Text(format_value(name, value), style), Text(format_value(name, old), "dim")]


def _groups_table(title: str, groups: Mapping[str, CaseGroup]) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=None, padding=(0, 2))
    table.add_column("")
    table.add_column("goed", justify="right")
    table.add_column("", no_wrap=True)
    table.add_column("", justify="right")
    table.add_column("sectie eerst", justify="right")
    for name, group in by_share(groups):
        first = "" if group.recall_at_1 is None else f"{group.recall_at_1:.0%}"
        style = "green" if group.share >= GOOD_SHARE else "yellow" if group.share >= FAIR_SHARE else "red"
        table.add_row(name, f"{group.correct}/{group.cases}", Text(bar(group.share), style), f"{group.share:.0%}", first)
    return table


def by_share(groups: Mapping[str, CaseGroup]) -> list[tuple[str, CaseGroup]]:
    """The groups, weakest first; among equals the larger one."""
    return sorted(groups.items(), key=lambda item: (item[1].share, -item[1].cases, item[0]))


def bar(share: float, width: int = BAR_WIDTH) -> str:
    """A share as a bar of characters; only a share of 1 fills it."""
    filled = min(round(share * width), width - (share < 1))
    return "█" * filled + "░" * (width - filled)


def _wrong_cases(wrong: Sequence[CaseResult]) -> RenderableType:
    lines = [Text(f"\nFout: {len(wrong)}", "bold")]
    lines += [Text(f"  {count:4} × {cause}") for cause, count in causes(wrong)]
    first_of_kind = {case.kind: case for case in reversed(wrong)}
    for case in sorted(first_of_kind.values(), key=lambda case: case.id):
        lines.append(Text.assemble(("\n  " + case.id, "bold"), (f"  {case.cause}", "red")))
        lines.append(Text(f"    {case.question}", no_wrap=True, overflow="ellipsis"))
        lines.append(Text(f"    verwacht: {case.reference or ', '.join(case.required)}", "dim", no_wrap=True, overflow="ellipsis"))
    return Group(*lines)


# --- As Markdown -----------------------------------------------------------------------------------------------------


def markdown(results: Results, plots: Sequence[str] = ()) -> str:
    """The whole report as Markdown.

    Args:
        results: the run to show.
        plots: names of pictures beside the report.
    """
    blocks = [
        "# Kwaliteit van de antwoorden",
        f"{sum(case.correct for case in results.cases)} van {len(results.cases)} vragen goed "
        f"(**{format_value('correct', results.summary['correct'])}**). {provenance(results)}.",
        *(f"![{PLOT_TITLES.get(Path(name).stem, name)}]({name})" for name in plots),
        *(_layer_block(results, layer) for layer in LAYERS),
        _groups_block("Per soort vraag", results.per_kind),
        _groups_block("Per onderwerp", results.per_topic),
        _calibration_block(results),
        _causes_block(results),
        *_case_blocks(results),
        _settings_block(results),
    ]
    return "\n\n".join(blocks) + "\n"


def _layer_block(results: Results, layer: Layer) -> str:
    rows = [
        f"| {measure.label} | `{name}` | {format_value(name, results.summary[name])} | {'hoger' if measure.higher_is_better else 'lager'} |"
        for name, measure in MEASURES.items()
        if measure.layer == layer and name in results.summary
    ]
    return "\n".join([f"## {LAYER_TITLES[layer]}", "", "| maat | naam | waarde | beter |", "|---|---|---:|---|", *rows])


def _groups_block(title: str, groups: Mapping[str, CaseGroup]) -> str:
    rows = [
        f"| {name} | {group.cases} | {group.correct} | {format_value('correct', group.share)} | "
        f"{'' if group.recall_at_1 is None else format_value('recall@1', group.recall_at_1)} |"
        for name, group in by_share(groups)
    ]
    return "\n".join([f"## {title}", "", "| | vragen | goed | | juiste sectie eerst |", "|---|---:|---:|---:|---:|", *rows])


def _calibration_block(results: Results) -> str:
    rows = [
        f"| {group.lower:.1f} – {group.upper:.1f} | {group.count} | {group.confidence:.2f} | {group.accuracy:.2f} |".replace(".", ",")
        for group in results.calibration
    ]
    head = ["## IJking van de zekerheid", "", "Van de vragen met deze zekerheid: hoe vaak de bronnen het antwoord echt hebben.", ""]
    return "\n".join([*head, "| zekerheid | vragen | gemiddeld | te beantwoorden |", "|---|---:|---:|---:|", *rows])


def causes(cases: Sequence[CaseResult]) -> list[tuple[str, int]]:
    """How often each cause spoilt an answer, most often first."""
    return Counter(case.cause for case in cases if not case.correct).most_common()


def _causes_block(results: Results) -> str:
    rows = [f"| {cause} | {count} |" for cause, count in causes(results.cases)]
    return "\n".join(["## Waar het misgaat", "", "| oorzaak | vragen |", "|---|---:|", *rows])


def _case_blocks(results: Results) -> Iterator[str]:
    wrong = [case for case in results.cases if not case.correct]
    yield f"## Fout beantwoord ({len(wrong)})"
    for kind in results.per_kind:
        cases = [case for case in wrong if case.kind == kind]
        if cases:
            yield f"### {kind} ({len(cases)})"
            yield from map(case_block, cases)
    shaky = [case for case in results.cases if case.correct and case.reasons]
    if shaky:
        yield f"## Goed, maar met een zin die zijn bron niet waarmaakt ({len(shaky)})"
        yield from map(case_block, shaky)


def case_block(case: CaseResult) -> str:
    """One case for a reader: question, what was expected, what came, and why that is wrong."""
    expected = case.reference or ", ".join(f"`{pattern}`" for pattern in case.required)
    lines = [f"**{case.id}** ({case.topic}): {case.question}", ""]
    if case.standalone_question and case.standalone_question != case.question:
        lines.append(f"- gelezen als: {case.standalone_question}")
    lines.append(f"- verwacht: {expected}")
    if not case.correct:
        lines.append(f"- oorzaak: {case.cause}")
    lines.append(f"- {'opgemerkt' if case.correct else 'waarom fout'}: {'; '.join(f'`{reason}`' for reason in case.reasons)}")
    if case.sections:
        place = f"op plaats {case.rank}" if case.rank else "niet gevonden"
        lines.append(f"- staat in ({place}): {', '.join(case.sections)}")
        lines.append(f"- gevonden: {' > '.join(case.found[:3]) or 'niets'}")
    return "\n".join([*lines, "", *(f"> {line}".rstrip() for line in case.answer.splitlines())])


def _settings_block(results: Results) -> str:
    run = results.run
    entries = {
        "motor": run.engine,
        "index": run.index_version,
        "taalvectoren": run.embedding_model,
        "vragen": run.cases_fingerprint,
        **run.settings,
    }
    rows = [f"| {name} | `{value}` |" for name, value in entries.items() if value]
    return "\n".join(["## Gemeten met", "", "| | |", "|---|---|", *rows])


# --- As files --------------------------------------------------------------------------------------------------------


def write_report(results: Results, folder: Path) -> list[Path]:
    """Write the report as ``latest`` and under its own date; older reports stay.

    Plots show the latest run, and only its report has them; they are left out when matplotlib is not installed.

    Returns:
        The files of the latest report, first the Markdown.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{results.created:%Y%m%d-%H%M%S}"
    pictures = write_plots(results, folder)
    write_results(results, folder / f"{stem}.json")
    write_results(results, folder / f"{LATEST}.json")
    (folder / f"{stem}.md").write_text(markdown(results), "utf-8")
    (folder / f"{LATEST}.md").write_text(markdown(results, [path.name for path in pictures]), "utf-8")
    return [folder / f"{LATEST}.md", folder / f"{LATEST}.json", *pictures]


def write_plots(results: Results, folder: Path) -> list[Path]:
    """The plots of a run as PNG files; none when matplotlib, an optional part, is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        return []
    plots = importlib.import_module("assistant.evaluation.plots")
    return list(plots.write(results, folder))


def print_summary(results: Results, console: Console, before: Results | None = None) -> None:
    """Print the summary."""
    console.print(summary_view(results, before), highlight=False)
