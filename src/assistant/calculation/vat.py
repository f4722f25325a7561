"""VAT in and out of an amount, and the VAT that stays with a seller under the KOR."""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import CENT, cents, decimal, half_up, money, number
from assistant.calculation.reading import Question
from assistant.calculation.referral_fees import LOW_VAT_GOODS
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources, share_pattern
from assistant.calculation.tariffs import fee_text
from assistant.documents import Fact
from assistant.query_rewriting import MARKETPLACE_LABELS

_VAT_OUT: Final = (
    r"blijft|hou|netto|zonder btw|excl|na \w+ btw|na btw|na aftrek|btw eraf|zit er|btw zit|van btw af|de btw (?:in|van)|btw in"
)
_VAT_ON: Final = r"btw erbij|plus btw|incl|met (?:[\w%]+ )?btw|btw bovenop|btw op"


class VatRate(NamedTuple):
    """A rate as a share of one, the fact that gives it, and which country's it is when that was not said."""

    rate: Decimal
    fact: Fact
    label: str = ""


def _vat_rate(question: Question, sources: Sources, place: str) -> VatRate | None:
    """The rate that the question states and the facts know, or that of a country (btw-en-regels/oss-en-btw-tarieven)."""
    stated = [figure.value for figure in question.of("procent")]
    if stated:
        rate = number(stated[0])
        known = rf"(?<![\d,]){rate}%.*btw|btw.*(?<![\d,]){rate}%|door 1,{int(stated[0]):02d}\b"
        hit = sources.find(known) if len(stated) == 1 else None
        return VatRate(stated[0] / 100, hit.fact) if hit else None
    if question.says(LOW_VAT_GOODS):
        hit = sources.find(r"lage tarief 9%|door 1,09 bij het lage tarief") if place == "NL" else None
        return VatRate(9 * CENT, hit.fact, "9% btw in Nederland") if hit else None
    name = "Verenigd Koninkrijk" if place == "UK" else MARKETPLACE_LABELS.get(place, place)
    row = next((row for row in sources.rows("algemeen btw-tarief") if row.cells[0].startswith(name)), None)
    if row:
        return VatRate(decimal(row.cells[1].rstrip("%")) / 100, row, f"{row.cells[1]} btw in {name}")
    hit = sources.find(r"algemene btw-tarief 21%|incl(?:usief|\.) 21% btw|door 1,21\b|met 21% btw") if place == "NL" else None
    return VatRate(21 * CENT, hit.fact, "21% btw in Nederland") if hit else None


def vat(question: Question, sources: Sources) -> Outcome | None:
    """An amount without its VAT, or with VAT on top (strategie/marge-en-cashflow: divide by 1,21; btw-en-regels/oss-en-btw-tarieven)."""
    amount = question.only("euro")
    rates = [_vat_rate(question, sources, place) for place in question.places or (question.here,)] if amount else []
    if (
        amount is None
        or not rates
        or question.loose_prices()
        or not question.says(r"hoeveel|wat|wordt|is dat|reken|bereken|uitrekenen|how much")
    ):
        return None
    after = question.text[amount.end : amount.end + 16]
    keeps = question.says("blijft|hou")
    before = question.text[max(0, amount.start - 30) : amount.start]
    with_vat = (
        re.search(r"incl\w*\.?(?: \w*btw)?(?: van| is|:)? ?$", before) is not None
        or re.match(r",?-? ?(?:\(?incl|met \d* ?%? ?btw|\w+ inclusief)", after) is not None
    )
    without_vat = not keeps and re.match(r",?-? ?(?:\(?excl|zonder btw|ex btw)", after) is not None
    out, on = question.says(_VAT_OUT), question.says(_VAT_ON)
    if not out and re.match(r",?-? ?met \d* ?%? ?btw", after):
        return None  # "39 euro met btw" may be what is known or what is asked
    if without_vat and not on:
        if re.match(r",?-? ?zonder", after) is None or re.search(r"\b(?:wat|hoeveel) (?:is|wordt|blijft) (?:€ ?)?$", before) is None:
            return None  # "60 euro excl btw" may be what is known or what is asked
        without_vat = False
    takes_out = with_vat or (out and not without_vat and (keeps or not on))
    if question.says("omzet|btw over") and not (with_vat or without_vat):
        return None  # with VAT or without is not said
    if not takes_out and not (without_vat or (on and not out)):
        return None
    parts = [
        _vat_text(amount.value, found, takes_out, question.says("hoeveel btw|aan btw|zit er|btw zit|de btw (?:in|van)|btw in"))
        for found in rates
        if found
    ]
    return Outcome("; ".join(parts), tuple(found.fact for found in rates if found)) if len(parts) == len(rates) else None


def _vat_text(amount: Decimal, found: VatRate, takes_out: bool, wants_vat: bool) -> str:
    factor, label = 1 + found.rate, f" ({found.label})" if found.label else ""
    if not takes_out:
        return f"{money(amount)} × {number(factor)} = {cents(amount * factor)} met btw{label}"
    net = half_up(amount / factor)
    tax = f"; {money(amount)} - {money(net)} = {cents(amount - net)} btw" if wants_vat else ""
    return f"{money(amount)} / {number(factor)} = {cents(net)} zonder btw{tax}{label}"


def vat_that_stays(question: Question, sources: Sources) -> Outcome | None:
    """A fee with the 21% VAT that stays with a seller under the KOR (btw-en-regels/facturen-en-btw-op-kosten): 15% becomes 18,15%."""
    hit = sources.find(r"\bkor\b.*(?<!\d)21%|(?<!\d)21%.*\bkor\b")
    share, amount, factor = question.only("procent"), question.only("euro"), Decimal("1.21")
    if hit is None or question.is_about_other_than("NL") or (share is None) == (amount is None):
        return None
    note = "met de btw, die niet aftrekbaar is"
    if share and share.value != 21 and question.says("commissie|verwijzingskosten|fee|kosten"):
        return Outcome(f"{number(share.value)}% × 1,21 = {number(share.value * factor)}% {note}", (hit.fact,))
    if (
        amount
        and question.says(r"amazon.?kosten|kosten|fees?|commissie|abonnement")
        and not question.says("incl|met btw|omzet|voorraad|inkoop|grens")
    ):
        return Outcome(f"{money(amount.value)} × 1,21 = {cents(amount.value * factor)} {note}", (hit.fact,))
    return None


def vat_lost_on_stock(question: Question, sources: Sources) -> Outcome | None:
    """The VAT on stock that a seller under the KOR cannot reclaim (btw-en-regels/kor-dac7-en-inkomstenbelasting)."""
    rule, amount = sources.find(r"btw voorraad in, dan is die .* in de kor een kostenpost"), question.only("euro")
    rate = sources.find(rf"algemene btw-tarief {share_pattern('rate')}")
    if rule is None or rate is None or amount is None or question.says(r"incl|met btw|erbij in") or question.is_about_other_than("NL"):
        return None
    return Outcome(f"{fee_text([(rate.value('rate') / 100, amount.value)])} btw die je in de KOR niet terugkrijgt", (rule.fact, rate.fact))
