"""Gradient-boosted decision trees as plain numbers: what a library learned, read without it.

Each tree asks one feature at a time whether it is at most a threshold, and ends in a value; the values of all trees and the
baseline add up to log-odds (Friedman, "Greedy function approximation: a gradient boosting machine", 2001).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from assistant.documents import Record

LEAF: Final = -1  # stands for the feature of a node that ends in a value


class BoostedTrees(Record):
    """The nodes of all trees one after the other; ``roots`` are where each tree starts, ``left`` and ``right`` where it goes on."""

    features: tuple[str, ...]
    baseline: float
    roots: tuple[int, ...]
    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    @model_validator(mode="after")
    def _nodes_belong_together(self) -> "BoostedTrees":
        count = len(self.feature)
        same = {count} == {len(self.threshold), len(self.left), len(self.right), len(self.value)}
        # A node goes on to later ones only, so every way down ends.
        forward = same and all(
            name == LEAF or (0 <= name < len(self.features) and node < self.left[node] < count and node < self.right[node] < count)
            for node, name in enumerate(self.feature)
        )
        if not forward or not all(0 <= root < count for root in self.roots):
            raise ValueError("de knopen van de bomen horen niet bij elkaar")
        return self

    def log_odds(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """float64 ``(n,)`` from ``(n, len(features))``, in the order of ``features``."""
        feature, threshold = np.array(self.feature), np.array(self.threshold)
        left, right = np.array(self.left), np.array(self.right)
        nodes = np.tile(np.array(self.roots), (len(rows), 1))
        which = np.arange(len(rows))[:, None]
        while (going := feature[nodes] != LEAF).any():
            asked = rows[which, feature[nodes]]
            onward = np.where(asked <= threshold[nodes], left[nodes], right[nodes])
            nodes = np.where(going, onward, nodes)
        odds: NDArray[np.float64] = self.baseline + np.array(self.value)[nodes].sum(axis=1)
        return odds
