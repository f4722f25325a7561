import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation import metrics

SECTIONS = list("abcdefgh")
RANKINGS = st.lists(st.sampled_from(SECTIONS), unique=True)
RELEVANT = st.sets(st.sampled_from(SECTIONS))
CUTOFFS = st.integers(1, 10)


@given(RANKINGS, RELEVANT, CUTOFFS)
def test_recall_is_whether_the_first_k_share_a_section(ranked: list[str], relevant: set[str], k: int) -> None:
    assert metrics.recall_at_k(ranked, relevant, k) == (1.0 if set(ranked[:k]) & relevant else 0.0)


@given(RANKINGS, RELEVANT)
def test_reciprocal_rank_is_the_first_cutoff_with_recall(ranked: list[str], relevant: set[str]) -> None:
    ranks = [k for k in range(1, len(ranked) + 1) if metrics.recall_at_k(ranked, relevant, k)]
    assert metrics.reciprocal_rank(ranked, relevant) == (1 / ranks[0] if ranks else 0.0)


def brute_ndcg(ranked: list[str], relevant: set[str], k: int) -> float:
    def gained(order: tuple[str, ...]) -> float:
        return sum((section in relevant) / math.log2(place + 2) for place, section in enumerate(order[:k]))

    filled = [*sorted(relevant), *(section for section in SECTIONS if section not in relevant)]
    best = max(gained(order) for order in itertools.permutations(filled[:5]))
    return gained(tuple(ranked)) / best if best else 0.0


@given(RANKINGS, st.sets(st.sampled_from(SECTIONS), max_size=4), st.integers(1, 5))
def test_ndcg_is_the_gain_beside_that_of_the_best_order(ranked: list[str], relevant: set[str], k: int) -> None:
    assert metrics.ndcg_at_k(ranked, relevant, k) == pytest.approx(brute_ndcg(ranked, relevant, k))


@given(RANKINGS, st.sets(st.sampled_from(SECTIONS), min_size=1), CUTOFFS)
def test_ranking_measures_lie_between_zero_and_one(ranked: list[str], relevant: set[str], k: int) -> None:
    values = [metrics.recall_at_k(ranked, relevant, k), metrics.reciprocal_rank(ranked, relevant), metrics.ndcg_at_k(ranked, relevant, k)]
    assert all(0.0 <= value <= 1.0 for value in values)


@pytest.mark.parametrize("measure", [metrics.recall_at_k, metrics.ndcg_at_k])
def test_a_cutoff_below_one_is_refused(measure: object) -> None:
    with pytest.raises(ValueError, match="k is 0"):
        measure(["a"], {"a"}, 0)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param(r"€ ?27,54", "Dat kost €\u00a027,54.", id="no-break space"),
        pytest.param(r"15% van de prijs", "Je betaalt **15%** van de prijs.", id="bold"),
        pytest.param(r"30 dagen na levering", "binnen 30 dagen [2] na levering", id="marker"),
        pytest.param(r"plan professioneel", "Het Plan _Professioneel_", id="case and italics"),
        pytest.param(r"\*\*PAS OP", "**PAS OP:** let op", id="pattern with markdown"),
        pytest.param(r"in seller central staat", "in [Seller Central](https://x.nl) staat", id="link"),
        pytest.param(r"code FBA_1", "de code FBA_1", id="underscore"),
    ],
)
def test_a_fact_is_found_however_it_is_marked_up(pattern: str, text: str) -> None:
    assert metrics.matching([pattern], text) == [pattern]


def test_fact_recall_is_the_share_of_patterns_found() -> None:
    assert metrics.fact_recall(["een", "twee", "drie"], "een en drie") == pytest.approx(2 / 3)
    assert metrics.fact_recall([], "wat dan ook") == 1.0


@pytest.mark.parametrize(
    ("text", "share"),
    [
        pytest.param("Je betaalt het tarief van de categorie.", 1.0, id="Dutch"),
        pytest.param("You pay the fee for this category.", 0.0, id="English"),
        pytest.param("Brand Registry, Sponsored Products", 1.0, id="names only"),
        pytest.param("", 1.0, id="empty"),
    ],
)
def test_dutch_is_told_from_english_by_its_function_words(text: str, share: float) -> None:
    assert metrics.dutch_share(text) == share


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())), st.integers(1, 12))
def test_calibration_bins_hold_every_question_once(pairs: list[tuple[float, bool]], bins: int) -> None:
    found = metrics.calibration_bins([chance for chance, _ in pairs], [outcome for _, outcome in pairs], bins)
    assert sum(group.count for group in found) == len(pairs)
    assert sum(round(group.accuracy * group.count) for group in found) == sum(outcome for _, outcome in pairs)
    assert all(group.lower - 1e-9 <= group.confidence <= group.upper + 1e-9 for group in found)


def test_calibration_error_equals_a_loop_over_the_questions() -> None:
    generator = random.Random(3)
    chances = [generator.random() for _ in range(500)]
    outcomes = [generator.random() < chance**2 for chance in chances]
    expected = 0.0
    for number in range(10):
        inside = [(c, o) for c, o in zip(chances, outcomes, strict=True) if number / 10 <= c < (number + 1) / 10]
        expected += abs(sum(c for c, _ in inside) - sum(o for _, o in inside)) / 500
    assert metrics.expected_calibration_error(metrics.calibration_bins(chances, outcomes)) == pytest.approx(expected)


def test_a_confidence_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"confidence is 1\.5"):
        metrics.calibration_bins([1.5], [True])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0, 100))
def test_percentile_agrees_with_numpy(values: list[float], percent: float) -> None:
    assert metrics.percentile(values, percent) == pytest.approx(float(np.percentile(values, percent)), rel=1e-6, abs=1e-6)


def test_nothing_has_mean_and_percentile_zero() -> None:
    assert (metrics.mean([]), metrics.percentile([], 50)) == (0.0, 0.0)
    with pytest.raises(ValueError, match="percent is 101"):
        metrics.percentile([1.0], 101)
