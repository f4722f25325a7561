"""How far a measure, a weight or a number of characters is from the limit in the sources."""

from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import number
from assistant.calculation.reading import Question
from assistant.calculation.rules import Outcome, asks_for
from assistant.calculation.sources import Sources


class Limit(NamedTuple):
    """A maximum: the words that ask for it, the fact with the ``limit``, the unit of the figure and how it is written."""

    asks: str
    fact: str
    unit: str
    label: str
    refuses: str = r"(?!)"


LIMITS: Final = (
    # listings/titel-en-highlights
    Limit(r"item highlight|highlights", r"item highlights zijn een apart veld van maximaal (?P<limit>\d+) tekens", "teken", "tekens"),
    Limit(r"\w*titel", r"producttitel mag .{0,80}? maximaal (?P<limit>\d+) tekens", "teken", "tekens", r"boek|dvd|media\b|highlight"),
    # listings/bullets-omschrijving-zoektermen
    Limit(r"zoekterm|search terms|backend|generic keyword", r"zoektermen[^.]{0,60}? (?P<limit>249) bytes", "byte", "bytes"),
    # fba/zending-maken
    Limit(r"doos|dozen|box|karton|zending & fba|amazon|zend|stuur|insturen", r"doos voor fba .* niet zwaarder dan (?P<limit>[\d,]+) kg", "kg", "kg",
          r"volume|pallet|heavy|label|dpd|postnl|verzendgewicht|envelop|pakket\b"),
    Limit(r"doos|dozen|box|karton & fba|amazon|zend|stuur|insturen", r"doos voor fba .* langer zijn dan (?P<limit>[\d,]+) cm", "cm", "cm",
          r"volume|pallet|dpd|postnl|envelop|pakket\b"),
)  # fmt: skip


def over_limit(question: Question, sources: Sources) -> Outcome | None:
    """How much a figure is over a limit, or how much room is left; see ``LIMITS`` for the articles."""
    if question.says(r"kost|ik las|vroeger|mocht|uitzondering|klopt|nog (?:zo|steeds|altijd)|is dat nog") or not question.says(
        r"hoeveel|hoever|te (?:lang|zwaar|veel|groot)|moet eraf|inkorten|over\b|nog|mag|past|korter|lichter"
    ):
        return None
    for entry in LIMITS:
        figure = question.only(entry.unit)
        hit = (
            sources.agreed(entry.fact)
            if figure and asks_for(question, sources, entry.asks, entry.fact) and not question.says(entry.refuses)
            else None
        )
        if figure is None or hit is None or question.sides or len(question.figures) > 1:
            continue
        limit = hit.value("limit")
        if figure.value == limit:
            return None
        high, low = max(figure.value, limit), min(figure.value, limit)
        outcome = f"{entry.label} te veel" if figure.value > limit else f"{entry.label} onder de grens"
        return Outcome(f"{_of(high, entry)} - {_of(low, entry)} = {number(high - low)} {outcome}", (hit.fact,))
    return None


def _of(value: Decimal, entry: Limit) -> str:
    return f"{number(value)} {entry.label}"
