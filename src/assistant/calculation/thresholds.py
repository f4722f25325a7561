"""Amounts held against a limit of a law or of Amazon: their total, and what room is left."""

from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import cents, money
from assistant.calculation.reading import EURO_PLACES, MONTH, Question
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Hit, Sources, euro_pattern


class Threshold(NamedTuple):
    """Amounts that are added up and held against a ``limit`` in the facts.

    A total needs ``least_places`` countries in the question; room is also worked out for one amount. ``by_topic`` says that a
    question need not name it, when it asks for room and the best sections are about it.
    """

    asks: str
    fact: str
    label: str
    refuses: str = r"(?!)"
    least_places: int = 0
    places: tuple[str, ...] = EURO_PLACES
    by_topic: bool = False


THRESHOLDS: Final = (
    # btw-en-regels/dsa-privacy-en-verzekering
    Threshold("verzeker", rf"in een maand meer dan {euro_pattern('limit')} bruto-omzet", "bruto-omzet in die maand", rf"polis|dekking|per jaar|jaaromzet|jaarlijks|{MONTH}.*(?<!\w){MONTH}"),
    # btw-en-regels/kor-dac7-en-inkomstenbelasting
    Threshold(r"eu-kor|eu kor", rf"totale omzet in de eu, inclusief nederland, is hooguit {euro_pattern('limit')} per jaar",
              "omzet in de hele EU in dat jaar"),
    Threshold(r"kor\b|kleineondernemers", rf"btw-vrijstelling voor ondernemers met hooguit {euro_pattern('limit')} omzet per kalenderjaar",
              "omzet in dat kalenderjaar", r"\w*kosten|commissie|belg|abonnement|voorraad|inkoop", places=("NL",)),
    # btw-en-regels/oss-en-btw-tarieven
    Threshold(r"drempel|grens|btw|oss\b", rf"tot {euro_pattern('limit')} per jaar \(excl\. btw\)|drempel van {euro_pattern('limit2')} geldt voor alle",
              "verkoop aan andere EU-landen in dat jaar", r"nederland|thuis|\w*voorraad|kor\b|verzeker|dac7|30.dagen|douane", 2, by_topic=True),
)  # fmt: skip
ASKS_ROOM: Final = (
    r"hoeveel|hoever|ruimte|nog|over\b|tot (?:aan )?de & \w*drempel|\w*grens|limiet|kor\b|kleineondernemers|oss\b|binnen|ruimte"
)


_GAP_WORDS: Final = r"hoeveel|hoever|ruimte|nog\b|er ?bij|erboven|eronder|over\b"
_ROOM_WORDS: Final = r"er ?bij|erbij|voordat|nog\b|ruimte|drempel|\w*grens|boven\b|binnen|zit ik (?:al )?(?:aan|over|onder)"


def total_against_limit(question: Question, sources: Sources) -> Outcome | None:
    """Amounts added up and held against a limit; see ``THRESHOLDS`` for the articles."""
    for entry, hit in _entries(question, sources):
        amounts = [amount for amount in _amounts(question) if amount != hit.value("limit")]
        if not 2 <= len(amounts) <= 5 or len(question.places) < entry.least_places:
            continue
        total, limit = sum(amounts, Decimal(0)), hit.value("limit")
        if question.is_about_other_than(*entry.places):
            return None
        added = f"{' + '.join(money(amount) for amount in amounts)} = {cents(total)} {entry.label}"
        asks_gap = question.says(_GAP_WORDS)
        over = f"; {money(total)} - {money(limit)} = {cents(total - limit)} erboven" if asks_gap and total > limit else ""
        room = f"; {money(limit)} - {money(total)} = {cents(limit - total)} ruimte" if asks_gap and total < limit else ""
        return Outcome(f"{added}, {'meer' if total > limit else 'niet meer'} dan {money(limit)}{over}{room}", (hit.fact,))
    return None


def room_below_limit(question: Question, sources: Sources) -> Outcome | None:
    """What may still be sold below a limit, or how far one amount is above it; see ``THRESHOLDS`` for the articles."""
    amounts = _amounts(question)
    for entry, hit in _entries(question, sources) if question.says(_ROOM_WORDS) else []:
        limit = hit.value("limit")
        own = [amount for amount in amounts if amount != limit]
        if len(own) != 1 or question.is_about_other_than(*entry.places):
            return None
        high, low = max(own[0], limit), min(own[0], limit)
        outcome = "boven de grens" if own[0] > limit else "ruimte"
        return Outcome(f"{money(high)} - {money(low)} = {cents(high - low)} {outcome} ({entry.label})", (hit.fact,)) if high > low else None
    return None


def _amounts(question: Question) -> list[Decimal]:
    return [figure.value for figure in question.of("euro", "") if figure.unit or figure.value >= 500]


def _entries(question: Question, sources: Sources) -> list[tuple[Threshold, Hit]]:
    """The thresholds that the question is about, with the facts that give them."""
    nears = question.says(_ROOM_WORDS)
    return [
        (entry, hit)
        for entry in THRESHOLDS
        if (question.says(entry.asks) or (entry.by_topic and nears and sources.is_about(entry.fact)))
        and (question.of("euro") or len(question.places) > 1)
        and not question.refuses(entry.refuses)
        and (hit := sources.find(entry.fact))
    ]
