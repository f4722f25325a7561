"""Which figure of a question is which: the words that stand near it decide."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, permutations
from typing import Final, NamedTuple

from assistant.calculation.reading import JOINT, Figure, Question

# Between a figure and the word that names it, a comma or "en" makes another figure likelier.
_BREAK: Final = re.compile(r"[;,?!]|\.(?= )|\b(?:en|maar|terwijl|tegen|met|bij|dan)\b")
_BREAK_COST: Final = 20
_FAR: Final = 60


class Role(NamedTuple):
    """What a figure can be: the words that name it when they stand near, and the units it may have."""

    names: str
    units: tuple[str, ...]


def assign(question: Question, roles: Mapping[str, Role]) -> dict[str, Decimal] | None:
    """The value of each role, each figure once; None when a role has none, or when it could as well be another figure.

    A name counts up to the next figure on either side. The way with the least distance between names and figures wins; a
    figure that is left over and could have had a role makes the whole doubtful.
    """
    figures = [figure for figure in question.figures if not figure.is_limit]
    if not len(roles) <= len(figures) <= 8:
        return None
    costs = [[_distance(question, figure, role) for figure in figures] for role in roles.values()]
    ways = []
    for way in permutations(range(len(figures)), len(roles)):
        parts = [cost for role, place in enumerate(way) if (cost := costs[role][place]) is not None]
        if len(parts) == len(roles):
            ways.append((sum(parts), way))
    if not ways:
        return None
    best = min(ways)
    values = [figures[place].value for place in best[1]]
    if any(cost <= best[0] + 2 and [figures[place].value for place in way] != values for cost, way in ways):
        return None
    spare = [place for place in range(len(figures)) if place not in best[1]]
    # Left over: a figure that a name stands near too, or the other half of "van 4 naar 5".
    is_doubtful = any(cost[place] is not None for cost in costs for place in spare) or any(
        one.unit == other.unit and JOINT.fullmatch(question.text, one.end, other.start) and (place in spare) != (place + 1 in spare)
        for place, (one, other) in enumerate(pairwise(figures))
    )
    return None if is_doubtful else dict(zip(roles, values, strict=True))


def nearest(question: Question, figures: Sequence[Figure], role: Role) -> Figure | None:
    """The figure that the name of a role stands nearest to; None when that is not clear."""
    near = sorted((cost, place) for place, figure in enumerate(figures) if (cost := _distance(question, figure, role)) is not None)
    is_clear = len(near) == 1 or (len(near) > 1 and near[0][0] + 2 < near[1][0])
    return figures[near[0][1]] if is_clear else None


def _distance(question: Question, figure: Figure, role: Role) -> int | None:
    """How far the nearest name of the role stands from a figure; None when it is too far or the unit does not fit."""
    if figure.unit not in role.units:
        return None
    place = question.figures.index(figure)
    left = question.figures[place - 1].end if place else 0
    right = question.figures[place + 1].start if place + 1 < len(question.figures) else len(question.text)
    before, after = question.text[left : figure.start], question.text[figure.end : right]
    gaps = [before[match.end() :] for match in re.finditer(role.names, before)]
    gaps += [after[: match.start()] for match in re.finditer(role.names, after)]
    nearest = min((len(gap) + _BREAK_COST * len(_BREAK.findall(gap)) for gap in gaps), default=_FAR + 1)
    return nearest if nearest <= _FAR else None


MONEY: Final = ("euro", "")
DAILY: Final = Role(r"per dag|dagelijks|dagverkoop|elke dag|a day", ("",))
BOUGHT: Final = Role(r"inkoop\w*|\bkoop\w* \w* ?in\b|ingekocht|kostprijs|\bkoop\b", MONEY)
PROFIT: Final = Role(r"winst\w*|verdien\w*|overhou\w*|hou\w*|over\w*|blijft", MONEY)
SELLING: Final = Role(r"verkoop\w*|prijs|verkocht", MONEY)
ORDERS: Final = Role(r"bestelling\w*|orders?|verkopen|zending\w*|pakket\w*|pakje\w*|sales|verzending\w*", ("",))
