"""The gate: every layer, kind and topic above its threshold, nothing worse than the baseline, no fact lost from the corpus.

A failure names the cases with question, expected and got. Look closer with
``assistant evaluate --compare latest gate``.
"""

from collections.abc import Sequence

import pytest

from assistant.documents import Document
from assistant.evaluation import gate
from assistant.evaluation.dataset import AnyCase
from assistant.evaluation.gate import Baseline, Part, Thresholds
from assistant.evaluation.results import Results
from evals.paths import THRESHOLDS

KNOWN = gate.read_thresholds(THRESHOLDS)


def _fail_with(message: str) -> None:
    if message:
        pytest.fail(message, pytrace=False)


@pytest.mark.parametrize("layer", KNOWN.layers)
def test_layer(results: Results, thresholds: Thresholds, baseline: Baseline, layer: str) -> None:
    _fail_with(gate.check_group(results, thresholds, "layers", layer, baseline))


@pytest.mark.parametrize("kind", KNOWN.kinds)
def test_kind(results: Results, thresholds: Thresholds, baseline: Baseline, kind: str) -> None:
    _fail_with(gate.check_group(results, thresholds, "kinds", kind, baseline))


@pytest.mark.parametrize("topic", KNOWN.topics)
def test_topic(results: Results, thresholds: Thresholds, baseline: Baseline, topic: str) -> None:
    _fail_with(gate.check_group(results, thresholds, "topics", topic, baseline))


@pytest.mark.parametrize("part", ["kinds", "topics"])
def test_every_group_has_a_threshold(results: Results, thresholds: Thresholds, part: Part) -> None:
    groups = results.per_kind if part == "kinds" else results.per_topic
    missing = sorted(set(groups) - set(thresholds.of(part)))
    _fail_with(f"zonder drempel: {', '.join(missing)}; draai: python -m evals.update" if missing else "")


def test_no_answer_got_worse(results: Results, baseline: Baseline, thresholds: Thresholds) -> None:
    _fail_with(gate.check_regression(results, baseline, thresholds.noise))


def test_sections_still_hold_the_facts(cases: list[AnyCase], documents: Sequence[Document], baseline: Baseline) -> None:
    _fail_with(gate.check_facts(cases, documents, baseline))


def test_no_figure_vanished(cases: list[AnyCase], documents: Sequence[Document], baseline: Baseline) -> None:
    _fail_with(gate.check_figures(cases, documents, baseline))
