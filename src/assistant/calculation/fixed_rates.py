"""Fixed amounts per piece and percentages of an amount, each one line in a table."""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import cents, money, number
from assistant.calculation.reading import COUNTED, EURO_PLACES, Figure, Question
from assistant.calculation.rules import Outcome, asks_for
from assistant.calculation.sources import Sources, euro_pattern, share_pattern
from assistant.calculation.tariffs import fee_text


class UnitRate(NamedTuple):
    """A price per unit: the words that ask for it, the fact with its ``rate``, what is counted, and where it goes."""

    asks: str
    fact: str
    label: str
    counted: str = COUNTED
    places: tuple[str, ...] = EURO_PLACES


UNIT_RATES: Final = (
    # fba/fulfilmentkosten and fba/pan-eu-en-efn: the surcharge without Central Europe Programme
    UnitRate(r"cep\b|central europe|mitteleuropa", rf"opslag van {euro_pattern('rate')}|bespaart cep [\d.]+ x {euro_pattern('rate2')}",
             "CEP-opslag in Duitsland", places=("DE", "PL")),
    # fba/toeslagen: dangerous goods and lithium batteries
    UnitRate(r"gevaarlijk|lithium|batterij|accu|hazmat|powerbank", rf"lithiumbatterij.*?{euro_pattern('rate')} extra per verzonden stuk",
             "toeslag voor gevaarlijke stoffen, per verzonden stuk"),
    # btw-en-regels/btw-bij-voorraad-en-import: customs duty on small parcels since July 2026
    UnitRate(r"douane|invoer|import|buiten de eu|china", rf"{euro_pattern('rate')}(?: douanerecht)? per soort product",
             "douanerecht per pakket", counted=r"soort\w*|dingen|verschillende"),
    # fba/lage-prijs-fba: the difference with the usual tariff
    UnitRate(r"lage.prijs & scheel|bespa|verschil|goedkoper|voordeel",
             rf"amazon\.nl scheelt lage-prijs-fba ongeveer {euro_pattern('rate')} per stuk",
             "lager FBA-tarief, ongeveer", places=("NL",)),
)  # fmt: skip


def per_unit(question: Question, sources: Sources) -> Outcome | None:
    """A price per piece, parcel or kind times how many there are; see ``UNIT_RATES`` for the articles."""
    for entry in UNIT_RATES:
        counted, kinds = question.counted(entry.counted), _listed_kinds(question, entry)
        amount = counted or _count_of(kinds) or _loose_count(question, entry)
        hit = sources.agreed(entry.fact) if amount and asks_for(question, sources, entry.asks, entry.fact) else None
        packets = [
            figure for figure in question.of("") if figure is not amount and figure.noun.startswith(("pak", "zending", "bestelling"))
        ]
        if amount and (amount.noun.startswith("kolom") or any(figure.value > 1 for figure in packets)):
            continue
        if amount is None or hit is None or question.is_about_other_than(*entry.places):
            continue
        rate = hit.value("rate")
        if any(figure.value != rate for figure in question.of("euro")) and not amount.noun.startswith("soort"):
            continue
        month = " per maand" if question.says("per maand|maandelijks") else ""
        listed = "" if counted else _listed_text(kinds)
        return Outcome(f"{listed}{number(amount.value)} × {money(rate)} = {cents(amount.value * rate)}{month} ({entry.label})", (hit.fact,))
    return None


def _loose_count(question: Question, entry: UnitRate) -> Figure | None:
    """The only figure of a question, when it counts without a noun: "als ik er 2.400 per maand verkoop"."""
    figure = question.figures[0] if len(question.figures) == 1 else None
    is_named = figure and re.match(entry.asks.split(" & ")[0], figure.noun)  # "150 lithium accu's"
    is_loose = figure and not figure.unit and not figure.is_limit and (is_named or re.search(r"\ber $", question.text[: figure.start]))
    return figure if is_loose else None


def _listed_kinds(question: Question, entry: UnitRate) -> list[Figure]:
    """The kinds that a list names: "vijf dezelfde hoesjes, twee dezelfde kabels en één lader" are three."""
    if not entry.counted.startswith("soort") or not question.says("dezelfde|gelijke"):
        return []
    listed = [figure for figure in question.of("") if figure.noun]
    return listed if len({figure.noun for figure in listed}) == len(listed) > 1 else []


def _count_of(kinds: list[Figure]) -> Figure | None:
    return kinds[0]._replace(value=Decimal(len(kinds)), noun="soorten") if kinds else None


def _listed_text(kinds: list[Figure]) -> str:
    """``hoesjes + kabels + lader = 3; `` shows what was counted."""
    return f"{' + '.join(figure.noun for figure in kinds)} = {len(kinds)}; " if kinds else ""


class ShareOf(NamedTuple):
    """A percentage of an amount: the words that ask for it, the fact with its ``rate``, and what comes out."""

    asks: str
    fact: str
    label: str
    places: tuple[str, ...] = EURO_PLACES
    refuses: str = r"(?!)"


SHARES: Final = (
    # groei/coupons-en-deals: a coupon stops at 80% of its budget
    ShareOf(r"coupon|kortingsbon|voucher & \w*budget", rf"zodra {share_pattern('rate')} van het couponbudget",
            "van het budget; dan gaat de coupon offline"),
    # strategie/amazon-bol-of-webshop: TikTok Shop since January 2026
    ShareOf("tiktok", rf"commissie sinds 8 januari 2026 {share_pattern('rate')}", "commissie van TikTok Shop", ("DE", "FR", "IT", "ES", "IE")),
    # btw-en-regels/facturen-en-btw-op-kosten
    ShareOf(r"btw & amazon.?kosten|kosten van amazon|factuur van amazon|aan kosten",
            rf"{share_pattern('rate')} nederlandse btw over de amazon-kosten",
            "btw over de Amazon-kosten", ("NL",), refuses=r"kor\b|inkoop"),
    # btw-en-regels/kor-dac7-en-inkomstenbelasting
    ShareOf(r"mkb & \w*vrijstelling|\w*vrijgesteld|mkb.?winst|regeling", rf"mkb-winstvrijstelling 2026: .*?{share_pattern('rate')} van de winst", "mkb-winstvrijstelling in 2026", ("NL",)),
)  # fmt: skip


def share_of(question: Question, sources: Sources) -> Outcome | None:
    """A percentage of the one amount in the question; see ``SHARES`` for the articles."""
    amount = question.only("euro")
    for entry in SHARES:
        hit = sources.agreed(entry.fact) if amount and asks_for(question, sources, entry.asks, entry.fact) else None
        if (
            amount
            and hit
            and not question.is_about_other_than(*entry.places)
            and not question.says("incl")
            and not question.says(entry.refuses)
        ):
            return Outcome(f"{fee_text([(hit.value('rate') / 100, amount.value)])} {entry.label}", (hit.fact,))
    return None
