"""The measures: pure functions from rankings, texts and numbers to scores.

Every score lies in [0, 1] and higher is better, unless its docstring says otherwise. Nothing here knows an assistant or
a file; each function has a brute-force twin in the tests.
"""

import math
import re
from collections.abc import Collection, Sequence

from assistant.documents import Record

# --- Retrieval -------------------------------------------------------------------------------------------------------


def recall_at_k(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1.0 when one of the relevant sections is among the first ``k``, else 0.0.

    Each relevant section holds the answer by itself, so one is all of it; elsewhere this is called success@k or hit rate.

    Raises:
        ValueError: ``k`` is below 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}; expected 1 or more")
    return float(any(section in relevant for section in ranked[:k]))


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """1 / rank of the first relevant section, rank counted from 1; 0.0 when there is none. Its mean is the MRR."""
    return next((1.0 / rank for rank, section in enumerate(ranked, 1) if section in relevant), 0.0)


def ndcg_at_k(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Normalised discounted cumulative gain over the first ``k``, with gain 1 for a relevant section and 0 for another.

    DCG is the sum of gain / log2(rank + 1), divided by what the best order would get. Source: Järvelin and Kekäläinen,
    TOIS 2002. Without relevant sections it is 0.0; a section that is ranked twice counts once.

    Raises:
        ValueError: ``k`` is below 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}; expected 1 or more")
    distinct = list(dict.fromkeys(ranked))
    gained = sum(1.0 / math.log2(rank + 1) for rank, section in enumerate(distinct[:k], 1) if section in relevant)
    best = sum(1.0 / math.log2(rank + 1) for rank in range(1, min(k, len(set(relevant))) + 1))
    return gained / best if best else 0.0


# --- Facts -----------------------------------------------------------------------------------------------------------

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2007\u2009", " "))
_MARKER = re.compile(r"\s*\[\d+\]")  # "[1]", with the space before it
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)")  # "[text](address)", of which the text stays
_EMPHASIS = re.compile(r"[*_`]+")


def readable_forms(text: str) -> tuple[str, str]:
    """A text as patterns may meet it: with plain spaces only, and also without Markdown emphasis, links and markers."""
    spaced = text.translate(_SPACES)
    bare = _EMPHASIS.sub("", _MARKER.sub("", _LINK.sub(r"\1", spaced)))
    return spaced, bare


def matching(patterns: Sequence[str], text: str) -> list[str]:
    """The patterns found in either readable form of a text, case ignored, in their own order."""
    forms = readable_forms(text)
    return [pattern for pattern in patterns if any(re.search(pattern, form, re.IGNORECASE) for form in forms)]


def fact_recall(patterns: Sequence[str], text: str) -> float:
    """The share of required patterns that a text holds; 1.0 when none is required."""
    return len(matching(patterns, text)) / len(patterns) if patterns else 1.0


# --- Language --------------------------------------------------------------------------------------------------------


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Function words that exist in one of the two languages only ("in", "is", "of", "was" say nothing).
_DUTCH = _words("""de het een en van voor met je jij niet dat dit op te zijn wordt worden ook als bij aan naar om maar dan die deze er
    kun kunt kan moet mag hoe waar wat wie welke geen wel nog uit tot door bent hebt heeft jouw""")
_ENGLISH = _words("""the and for with you your not that this on to are be also if at from by how where what which no can must may will
    have has it they their there these those should would when who an or as do does but""")


def dutch_share(text: str) -> float:
    """How Dutch a text is: Dutch function words as a share of Dutch and English ones; 1.0 when it has neither."""
    found = re.findall(r"[^\W\d_]+", text.lower())
    dutch = sum(word in _DUTCH for word in found)
    english = sum(word in _ENGLISH for word in found)
    return dutch / (dutch + english) if dutch + english else 1.0


# --- Calibration -----------------------------------------------------------------------------------------------------


class CalibrationBin(Record):
    """The questions whose confidence fell in ``[lower, upper)``; the last bin holds its upper edge too."""

    lower: float
    upper: float
    count: int
    confidence: float
    accuracy: float


def calibration_bins(confidences: Sequence[float], outcomes: Sequence[bool], bins: int = 10) -> list[CalibrationBin]:
    """Equal-width bins over [0, 1] with the mean confidence and the share of good outcomes; empty bins are left out.

    Raises:
        ValueError: the sequences differ in length, ``bins`` is below 1, or a confidence lies outside [0, 1].
    """
    if bins < 1:
        raise ValueError(f"bins is {bins}; expected 1 or more")
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, outcome in zip(confidences, outcomes, strict=True):
        if not 0.0 <= confidence <= 1.0:
            raise ValueError(f"confidence is {confidence}; expected a number in [0, 1]")
        groups[min(int(confidence * bins), bins - 1)].append((confidence, outcome))
    return [
        CalibrationBin(
            lower=number / bins,
            upper=(number + 1) / bins,
            count=len(group),
            confidence=mean([confidence for confidence, _ in group]),
            accuracy=mean([float(outcome) for _, outcome in group]),
        )
        for number, group in enumerate(groups)
        if group
    ]


def expected_calibration_error(bins: Sequence[CalibrationBin]) -> float:
    """The mean distance between confidence and accuracy, weighted by bin size; lower is better, 0.0 without questions.

    Source: Naeini, Cooper and Hauskrecht, AAAI 2015.
    """
    total = sum(group.count for group in bins)
    return sum(group.count * abs(group.confidence - group.accuracy) for group in bins) / total if total else 0.0


# --- Numbers in general ----------------------------------------------------------------------------------------------


def mean(values: Sequence[float]) -> float:
    """The mean, and 0.0 of nothing."""
    return math.fsum(values) / len(values) if values else 0.0


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which ``percent`` of the values lie, interpolated linearly between neighbours; 0.0 of nothing.

    Raises:
        ValueError: ``percent`` lies outside [0, 100].
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"percent is {percent}; expected a number in [0, 100]")
    if not values:
        return 0.0
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
