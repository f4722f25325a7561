"""Draws a run: how each kind and topic did, how well confidence is calibrated, and how long answers take.

The only module that knows matplotlib, which is an optional part; figures are made without its global state.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure

from assistant.evaluation.metrics import percentile
from assistant.evaluation.report import by_share
from assistant.evaluation.results import Group, Results

_INK, _MUTED, _GRID = "#1f2933", "#66727f", "#dfe4e8"
_BLUE, _ORANGE, _PALE = "#1f6f8b", "#c8622d", "#c9d6de"
_DPI: Final = 130


def write(results: Results, folder: Path) -> list[Path]:
    """Write all plots into a folder as PNG."""
    drawings: dict[str, Callable[[Results], Figure]] = {"groups": draw_groups, "calibration": draw_calibration, "latency": draw_latency}
    paths = []
    for name, draw in drawings.items():
        path = folder / f"{name}.png"
        draw(results).savefig(path)
        paths.append(path)
    return paths


def draw_groups(results: Results) -> Figure:
    """Bars with the share that was right, per kind and per topic, the weakest on top."""
    rows = max(len(results.per_kind), len(results.per_topic))
    figure = Figure(figsize=(11, 1.4 + 0.34 * rows), dpi=_DPI, layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw_bars(left, "Goed per soort vraag", results.per_kind)
    _draw_bars(right, "Goed per onderwerp", results.per_topic)
    return figure


def _draw_bars(axes: Any, title: str, groups: Mapping[str, Group]) -> None:
    ordered = by_share(groups)
    names = [name for name, _ in ordered]
    axes.barh(names, [1.0] * len(names), color=_PALE, height=0.62)
    axes.barh(names, [group.share for _, group in ordered], color=_BLUE, height=0.62)
    for row, (_, group) in enumerate(ordered):
        label = f"{group.share:.0%}  ({group.correct}/{group.cases})"
        axes.text(1.02, row, label, va="center", fontsize=9, color=_INK)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, labelsize=9.5, labelcolor=_INK)
    _clean(axes, title)


def draw_calibration(results: Results) -> Figure:
    """Confidence against the share that the sources could answer; on the diagonal is right."""
    figure = Figure(figsize=(5.4, 5.2), dpi=_DPI, layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=_MUTED, linewidth=1, linestyle=(0, (4, 3)), label="volmaakt geijkt")
    largest = max(group.count for group in results.calibration)
    for group in results.calibration:
        size = 40 + 460 * group.count / largest
        axes.scatter(group.confidence, group.accuracy, s=size, color=_BLUE, alpha=0.85, zorder=3, edgecolors="white")
        axes.annotate(
            str(group.count), (group.confidence, group.accuracy), xytext=(0, 14), textcoords="offset points", ha="center", fontsize=8
        )
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.08)
    axes.set_xlabel("zekerheid van de assistent", color=_INK)
    axes.set_ylabel("aandeel waarvan de bronnen het antwoord hebben", color=_INK)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:.1f}".replace(".", ","))
    axes.grid(color=_GRID)
    axes.set_axisbelow(True)
    axes.legend(frameon=False, loc="lower right", fontsize=9)
    _clean(axes, "IJking: het getal is het aantal vragen")
    return figure


def draw_latency(results: Results) -> Figure:
    """How long searching and answering took, with the median and the 95th percentile."""
    figure = Figure(figsize=(7.4, 4.6), dpi=_DPI, layout="constrained")
    searching, answering = figure.subplots(2, 1, sharex=True, sharey=True)
    _draw_times(searching, "Zoeken", [case.search_ms for case in results.cases], _ORANGE)
    _draw_times(answering, "Zoeken en antwoorden", [case.answer_ms for case in results.cases], _BLUE)
    answering.set_xlabel("milliseconden; het traagste procent telt bij de laatste staaf", color=_INK)
    answering.set_xlim(left=0)
    return figure


def _draw_times(axes: Any, title: str, times: Sequence[float], colour: str) -> None:
    middle, high, last = (percentile(times, percent) for percent in (50, 95, 99))
    axes.hist([min(value, last) for value in times], bins=40, color=colour)
    axes.axvline(high, color=_MUTED, linewidth=1, linestyle=(0, (4, 3)))
    axes.text(high, 1.0, " p95", transform=axes.get_xaxis_transform(), va="top", fontsize=8, color=_MUTED)
    axes.set_ylabel("vragen", color=_INK)
    _clean(axes, f"{title}: mediaan {middle:.0f} ms, p95 {high:.0f} ms")


def _clean(axes: Any, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", color=_INK)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
