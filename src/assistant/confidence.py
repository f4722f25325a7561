"""How sure it is that the sources hold the answer: a calibrated chance, and the line below which nothing is said.

Learned on answerable corpus questions that were hidden from the index and on unanswerable development questions
(``training/train_confidence.py``); the weights stand in ``model/confidence.json``.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assistant.documents import Record
from assistant.errors import VectorIndexError
from assistant.query_rewriting import Query
from assistant.retrievers import FEATURES, Candidate

CONFIDENCE_FEATURES: Final = (
    *FEATURES, "top_score", "margin", "unknown_share", "unknown_count", "foreign_year", "foreign_platform", "query_length", "best_dense_question",
)  # fmt: skip


class Confidence(Record):
    """Logistic weights over ``CONFIDENCE_FEATURES`` and the chance below which no answer is given."""

    weights: dict[str, float]
    bias: float
    threshold: float

    @classmethod
    def load(cls, path: Path) -> "Confidence":
        """Read the weights.

        Raises:
            VectorIndexError: the file is missing or damaged.
        """
        try:
            return cls.model_validate(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as exc:
            raise VectorIndexError(f"De gewichten in {path} zijn onleesbaar ({exc}); installeer opnieuw") from exc

    def chance(self, query: Query, candidates: Sequence[Candidate]) -> float:
        """The chance in [0, 1] that the best chunks hold the answer; 0 when nothing was found."""
        if not candidates:
            return 0.0
        features = confidence_features(query, candidates)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())))))


def confidence_features(query: Query, candidates: Sequence[Candidate]) -> dict[str, float]:
    """What the chance is computed from: the best candidate's features and what is odd about the question."""
    best = candidates[0]
    second = candidates[1].score if len(candidates) > 1 else 0.0
    words = max(1, len(query.tokens))
    return {
        **best.features,
        "top_score": best.score,
        "margin": best.score - second,
        "unknown_share": len(query.unknown) / words,
        "unknown_count": float(min(3, len(query.unknown))),
        "foreign_year": 0.0,
        "foreign_platform": 0.0,
        "query_length": math.log1p(words),
        "best_dense_question": max(candidate.features["dense_question"] for candidate in candidates[:5]),
    }
