"""Sides and weight of a box: the weight that Amazon reckons with."""

from collections.abc import Sequence
from decimal import Decimal

from assistant.calculation.formatting import half_up, number
from assistant.calculation.reading import Question
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources


def volume_weight(sides: Sequence[Decimal]) -> Decimal:
    """Length × width × height in cm, divided by 5.000: kg (fba/formaatklassen)."""
    return sides[0] * sides[1] * sides[2] / 5_000


def sides_text(sides: Sequence[Decimal]) -> str:
    return f"{' × '.join(number(side) for side in sides)} cm"


def shipping_weight(question: Question, sources: Sources) -> Outcome | None:
    """The volume weight of a box, against its own weight when the question gives it (fba/formaatklassen)."""
    rule = sources.find(r"gedeeld door 5\.000(?:;| is)|deel de uitkomst door 5\.000")
    if rule is None or not question.sides:
        return None
    value, own = half_up(volume_weight(question.sides)), question.only("kg")
    text = f"{sides_text(question.sides)} / 5.000 = {number(value)} kg volumegewicht"
    highest = sources.find(r"hoogste van stukgewicht en volumegewicht|kies het hoogste gewicht")
    # For these only the weight per piece counts, so nothing is concluded.
    if own is None or highest is None or question.says(r"envelop|kleding|schoen|jas\b|lage.?prijs|t-?shirt|speciale"):
        return Outcome(text, (rule.fact,))
    compared = "meer dan" if value > own.value else "minder dan" if value < own.value else "evenveel als"
    chosen = f"{compared} het stukgewicht van {number(own.value)} kg; het verzendgewicht is {number(max(own.value, value))} kg"
    return Outcome(f"{text}, {chosen}", (rule.fact, highest.fact))
