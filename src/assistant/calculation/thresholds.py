"""Amounts that are added up and held against a limit."""

from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import cents, money
from assistant.calculation.reading import EURO_PLACES, Question
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources, euro_pattern


class Threshold(NamedTuple):
    """Amounts that are added up and held against a ``limit`` in the facts."""

    asks: str
    fact: str
    label: str
    refuses: str = r"(?!)"
    least_places: int = 0


THRESHOLDS: Final = (
    # btw-en-regels/dsa-privacy-en-verzekering
    Threshold("verzeker", rf"in een maand meer dan {euro_pattern('limit')} bruto-omzet", "bruto-omzet in die maand", "polis|dekking"),
    # btw-en-regels/oss-en-btw-tarieven
    Threshold(r"drempel|grens|btw|oss\b", rf"tot {euro_pattern('limit')} per jaar \(excl\. btw\)|drempel van {euro_pattern('limit2')} geldt voor alle",
              "verkoop aan andere EU-landen in dat jaar", r"nederland|thuis|\w*voorraad|kor\b", 2),
)  # fmt: skip


def total_against_limit(question: Question, sources: Sources) -> Outcome | None:
    """Amounts added up and held against a limit; see ``THRESHOLDS`` for the articles."""
    amounts = [figure.value for figure in question.of("euro", "") if figure.unit or figure.value >= 500]
    for entry in THRESHOLDS:
        hit = sources.find(entry.fact) if question.says(entry.asks) and not question.says(entry.refuses) else None
        if hit is None or not 2 <= len(amounts) <= 5 or not question.of("euro") or len(question.places) < entry.least_places:
            continue
        total, limit = sum(amounts, Decimal(0)), hit.value("limit")
        if limit in amounts or question.is_about_other_than(*EURO_PLACES):
            return None
        added = f"{' + '.join(money(amount) for amount in amounts)} = {cents(total)} {entry.label}"
        return Outcome(f"{added}, {'meer' if total > limit else 'niet meer'} dan {money(limit)}", (hit.fact,))
    return None
