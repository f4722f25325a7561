"""Sides of a box and the weight that follows from them."""

from collections.abc import Sequence
from decimal import Decimal

from assistant.calculation.formatting import number


def volume_weight(sides: Sequence[Decimal]) -> Decimal:
    """Length × width × height in cm, divided by 5.000: kg (fba/formaatklassen)."""
    return sides[0] * sides[1] * sides[2] / 5_000


def sides_text(sides: Sequence[Decimal]) -> str:
    return f"{' × '.join(number(side) for side in sides)} cm"
