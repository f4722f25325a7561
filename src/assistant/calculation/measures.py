"""Sides of a box and the weight that follows from them."""

from collections.abc import Sequence
from decimal import Decimal

from assistant.calculation.formatting import number


def volume_weight(sides: Sequence[Decimal]) -> Decimal:
    """Length × width × height in cm, divided by 5.000: kg (fba/formaatklassen)."""
    return sides[0] * sides[1] * sides[2] / 5_000


def sides_text(sides: Sequence[Decimal]) -> str:
    return f"{' × '.join(number(side) for side in sides)} cm"


def steps_text(weight: Decimal, first: Decimal, step: Decimal) -> str:
    """How many steps a weight in kg lies above the first: ``500 g - 100 g = 400 g; 400 g / 100 g = 4; ``; kilos count as they are."""
    more = weight - first
    if step == 1:
        return f"{number(weight)} kg - {number(first)} kg = {number(more)} kg; "
    grams = [number(value * 1000) for value in (weight, first, more, step)]
    return f"{grams[0]} g - {grams[1]} g = {grams[2]} g; {grams[2]} g / {grams[3]} g = {number(more / step)}; "
