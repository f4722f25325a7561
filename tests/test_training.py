"""What is learned from answered questions: the weights that order sections, and the line below which nothing is said."""

import numpy as np
import pytest

from assistant.confidence import CONFIDENCE_FEATURES, Confidence
from assistant.retrievers import FEATURES, Ranker
from training.adapt_ranker import OTHER_FACTS, Ordering, adapt, firsts
from training.train_confidence import at_share, line_of

START = Ranker(weights={name: 1.0 if name == "body" else 0.0 for name in FEATURES})


def ordering_of(columns: dict[str, list[float]], worth: list[float]) -> Ordering:
    features = np.zeros((len(worth), len(FEATURES)), dtype=np.float32)
    for name, values in columns.items():
        features[:, FEATURES.index(name)] = values
    return Ordering(features, START.score(features), np.array(worth, dtype=np.float32))


def test_weights_move_towards_what_tells_right_chunks_from_wrong_ones() -> None:
    told_by_heading = ordering_of({"body": [0.6, 0.5, 0.1], "heading": [0.0, 1.0, 0.2]}, [0.0, 1.0, OTHER_FACTS])

    adapted = adapt(START, [told_by_heading] * 20)

    assert (firsts([told_by_heading], START), firsts([told_by_heading], adapted)) == ((0.0, 0.0), (1.0, 1.0))
    assert adapted.weights["heading"] > 1
    assert adapted.weights["ngrams"] == pytest.approx(0.0, abs=1e-3)


def test_weights_stay_where_the_questions_tell_nothing() -> None:
    alike = ordering_of({"body": [0.5, 0.5]}, [1.0, 1.0])
    unfound = ordering_of({"heading": [0.9, 0.1]}, [0.0, 0.0])

    assert adapt(START, [alike, unfound]).weights == pytest.approx(START.weights, abs=1e-3)


def test_a_chunk_with_another_fact_of_the_answer_fits_without_being_the_one_to_open_with() -> None:
    assert firsts([ordering_of({"body": [0.9, 0.1]}, [OTHER_FACTS, 1.0])], START) == (0.0, 1.0)


def test_three_in_a_hundred_answerable_questions_fall_below_the_line() -> None:
    chances = np.linspace(0.0, 1.0, 1_000)
    assert (chances < line_of(chances)).mean() == pytest.approx(0.03, abs=0.001)


def test_chances_rise_with_the_share_that_can_be_answered_and_decisions_stay() -> None:
    width = len(CONFIDENCE_FEATURES)
    even = Confidence(
        mean=(0.0,) * width, spread=(1.0,) * width, hidden=((1.0,) + (0.0,) * (width - 1),), hidden_bias=(0.0,), output=(4.0,),
        output_bias=-1.0, threshold=0.25,
    )  # fmt: skip
    asked = np.zeros((101, width), dtype=np.float32)
    asked[:, 0] = np.linspace(-2.0, 2.0, 101)

    shifted = at_share(even, 0.9)

    assert shifted.threshold == pytest.approx(0.75)  # odds of a third, nine times as high
    assert shifted.chances(asked) / (1 - shifted.chances(asked)) == pytest.approx(
        9 * even.chances(asked) / (1 - even.chances(asked)), rel=1e-3
    )
    assert ((shifted.chances(asked) >= shifted.threshold) == (even.chances(asked) >= even.threshold)).all()
