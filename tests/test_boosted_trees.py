"""Trees read from plain numbers give what the library that learned them gives."""

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.ensemble import HistGradientBoostingClassifier

from assistant.boosted_trees import LEAF, BoostedTrees
from assistant.selection import RELEVANCE_FEATURES
from training.train_relevance import TREE_SETTINGS, learn_trees

# One tree: at most 2 gives -1, otherwise another question: at most 5 gives 0.5, otherwise 3.
STUMP = {
    "features": ("maat",), "baseline": 0.25, "roots": (0,), "feature": (0, LEAF, 0, LEAF, LEAF), "threshold": (2.0, 0.0, 5.0, 0.0, 0.0),
    "left": (1, 0, 3, 0, 0), "right": (2, 0, 4, 0, 0), "value": (0.0, -1.0, 0.0, 0.5, 3.0),
}  # fmt: skip


def test_each_row_ends_in_its_own_leaf() -> None:
    rows = np.array([[2.0], [2.1], [5.0], [6.0]], dtype=np.float32)
    assert BoostedTrees(**STUMP).log_odds(rows) == pytest.approx([-0.75, 0.75, 0.75, 3.25])


def test_trees_add_up() -> None:
    twice = {**STUMP, "roots": (0, 2)}
    assert BoostedTrees(**twice).log_odds(np.array([[6.0]], dtype=np.float32)) == pytest.approx([6.25])


def test_no_rows_give_no_odds() -> None:
    assert BoostedTrees(**STUMP).log_odds(np.zeros((0, 1), dtype=np.float32)).shape == (0,)


def test_learned_trees_say_what_the_library_says() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(600, len(RELEVANCE_FEATURES))).astype(np.float32)
    target = rows[:, 0] * rows[:, 1] + 0.3 * rows[:, 2] > 0.2
    library = HistGradientBoostingClassifier(**TREE_SETTINGS).fit(rows, target)
    assert learn_trees(rows, target).log_odds(rows) == pytest.approx(library.decision_function(rows), abs=1e-4)


@pytest.mark.parametrize(
    "damage",
    [{"left": (1, 0, 3, 0)}, {"left": (0, 0, 3, 0, 0)}, {"right": (9, 0, 4, 0, 0)}, {"feature": (1, LEAF, 0, LEAF, LEAF)}, {"roots": (7,)}],
    ids=["too few", "a circle", "nowhere", "an unknown feature", "no such root"],
)
def test_damaged_trees_are_refused(damage: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(ValidationError, match="horen niet bij elkaar"):
        BoostedTrees(**{**STUMP, **damage})
