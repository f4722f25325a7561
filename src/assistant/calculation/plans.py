"""The selling plans Individueel and Professioneel: which is cheaper, and what months of one cost."""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import cents, money, number
from assistant.calculation.reading import Figure, Question
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources, euro_pattern

_ASKS_GAP: Final = r"verschil|scheel|bespaar|hoeveel (?:goedkoper|duurder|meer|minder)"


def selling_plan(question: Question, sources: Sources) -> Outcome | None:
    """Individueel times the articles sold, against the month price of Professioneel (start/verkoopplan-kiezen)."""
    each = sources.agreed(
        rf"individueel.{{0,60}}?{euro_pattern('each')}(?: exclusief btw)? per verkocht artikel|gedeeld door {euro_pattern('each2')}"
    )
    month = sources.agreed(rf"professioneel kost.{{0,20}}? {euro_pattern('month')} per maand|want {euro_pattern('month2')} gedeeld door")
    bare = [figure for figure in question.figures if not figure.unit]
    sold = question.counted() or (bare[0] if len(bare) == 1 and question.says("verko") else None)
    is_monthly = question.says(r"per maand|maandelijks|in de maand|(?:deze|vorige|afgelopen|elke|een) maand|pm\b") or (
        sold and sold.noun in ("verkopen", "bestellingen", "orders")
    )
    if (
        each is None
        or month is None
        or sold is None
        or not is_monthly
        or len(question.of("")) > 1
        or question.is_about_other_than("NL", "BE")
    ):
        return None
    total, price = sold.value * each.value("each"), month.value("month")
    compared = "goedkoper dan" if total < price else "duurder dan" if total > price else "gelijk aan"
    text = f"{number(sold.value)} × {money(each.value('each'))} = {cents(total)} per maand met Individueel"
    gap = f"; {money(max(total, price))} - {money(min(total, price))} = {cents(abs(total - price))} verschil" if total != price else ""
    return Outcome(
        f"{text}, {compared} {cents(price)} met Professioneel (excl. btw){gap if question.says(_ASKS_GAP) else ''}", (each.fact, month.fact)
    )


def _a_year(question: Question) -> Figure | None:
    """One year, for "per jaar" and "jaarlijks"."""
    return Figure(Decimal(1), "jaar", 0, 0) if question.says(r"per jaar|jaarlijks|op jaarbasis") and not question.figures else None


class MonthPrice(NamedTuple):
    """A price per month: the words that ask for it, the fact with its ``rate``, and what it is."""

    asks: str
    fact: str
    label: str


MONTH_PRICES: Final = (
    # strategie/amazon-bol-of-webshop
    MonthPrice("kaufland", rf"kaufland.*?{euro_pattern('rate')} per maand", "Kaufland (stand april 2024)"),
    # start/verkoopplan-kiezen and, under the KOR, btw-en-regels/facturen-en-btw-op-kosten
    MonthPrice(r"met btw|incl|kor\b|kleineondernemers",
               rf"met 21% btw is dat {euro_pattern('rate')}|met {euro_pattern('rate2')} per maand voor professioneel",
               "Professioneel (incl. 21% btw)"),
    MonthPrice(r"professione|professional|abonnement|verkoopplan|plan\b|maandbedrag",
               rf"professioneel\b.{{0,60}}?{euro_pattern('rate')}(?: excl\. btw)? per maand|maandbedrag van {euro_pattern('rate2')} excl",
               "Professioneel (excl. btw)"),
)  # fmt: skip


def months_of_plan(question: Question, sources: Sources) -> Outcome | None:
    """A price per month times the months; see ``MONTH_PRICES`` for the articles."""
    span = question.only("maand", "jaar") or _a_year(question)
    entry = next((entry for entry in MONTH_PRICES if question.says(entry.asks)), None)
    asks_for_costs = question.says(r"per jaar|jaarlijks|op jaarbasis") or re.search(
        r"\b(?:hoeveel|wat|totaal)\b.*\b(?:kost|betaal|kwijt)|\bkost\w*.*\b(?:per|over|voor|in) \d"
        r"|\bhoeveel (?:is|wordt|ben)\b|\bin totaal\b",
        question.text,
    )
    if span is None or entry is None or not asks_for_costs or question.of("euro", "") or question.is_about_other_than("NL", "BE", "DE"):
        return None
    hit, months = sources.agreed(entry.fact), span.value * (12 if span.unit == "jaar" else 1)
    if hit is None or months != int(months):
        return None
    rate = hit.value("rate")
    return Outcome(f"{number(months)} maanden × {money(rate)} = {cents(months * rate)} voor {entry.label}", (hit.fact,))
