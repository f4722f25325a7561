"""Margin and profit per piece."""

import re
from decimal import Decimal
from typing import Final

from assistant.calculation.formatting import cents, decimal, half_up, money, number
from assistant.calculation.fulfilment import piece_fee, with_fuel
from assistant.calculation.reading import Question
from assistant.calculation.referral_fees import LOW_VAT_GOODS, WITHOUT_VAT, fee_sum
from assistant.calculation.roles import BOUGHT, MONEY, PROFIT, SELLING, Role, assign
from assistant.calculation.rules import Formula, Outcome, quotient, ratio
from assistant.calculation.sources import Sources
from assistant.calculation.tariffs import fee_of, fee_text, tariffs_of
from assistant.documents import Fact

_FACTOR_RULE: Final = "verkoopprijs moet ongeveer drie keer je inkoopprijs zijn"
MARGIN_FORMULAS: Final = (
    # strategie/marge-en-cashflow
    Formula(r"roi\b", "winst per stuk gedeeld door de inkoopkosten", {"profit": PROFIT, "bought": BOUGHT},
            lambda v: ratio(v["profit"], v["bought"], "ROI")),
    Formula(r"marge\b", "marge is winst gedeeld door de verkoopprijs", {"profit": PROFIT, "price": SELLING._replace(names=rf"{SELLING.names}|artikel|product|\bvan\b")},
            lambda v: ratio(v["profit"], v["price"], "marge") if v["profit"] < v["price"] else "", r"roi\b|inkoop|koop\w* in|korting"),
    # strategie/product-kiezen
    Formula("factor 3|3 keer|3x", _FACTOR_RULE, {"bought": BOUGHT._replace(units=("euro",)), "price": SELLING._replace(units=("euro",))},
            lambda v: quotient(v["price"], v["bought"], "keer de inkoopprijs (de grove toets is 3)", money, 1)),
    Formula("factor 3|3 keer|3x", _FACTOR_RULE, {"bought": BOUGHT._replace(units=("euro",))},
            lambda v: f"3 × {money(v['bought'])} = {cents(3 * v['bought'])} als grove ondergrens voor de verkoopprijs"),
)  # fmt: skip


def margin_left(question: Question, sources: Sources) -> Outcome | None:
    """What is left of a price before advertising: price / 1,21 - fee - FBA or shipping - purchase (strategie/marge-en-cashflow).

    The referral fee is the percentage in the question or that of the category it names; the FBA fee is given, or follows from
    size and weight. For goods with the low VAT rate nothing is reckoned.
    """
    hit = sources.find(r"deel de verkoopprijs inclusief btw door 1,21|omzet excl\. btw: rekenvoorbeeld")
    if hit is None or question.says(LOW_VAT_GOODS) or question.is_about_other_than("NL", "BE") or question.says(WITHOUT_VAT):
        return None
    found = assign(question, _margin_roles(question))
    if found is None:
        return None
    price, bought = found["price"], found["bought"]
    fee = _referral_fee(question, sources, price, found.get("fee"))
    sent = _sending(question, sources, price, found.get("sent"))
    if fee is None or sent is None or max(bought, sent[1]) > price:
        return None
    net = half_up(price / Decimal("1.21"))
    left = net - fee[1] - sent[1] - bought
    text = f"{money(price)} / 1,21 = {cents(net)} zonder btw; {fee[0]}{sent[0]}"
    verdict = "vóór reserve en advertenties" if left > 0 else "verlies, nog vóór reserve en advertenties"
    last = f"{cents(net)} - {cents(fee[1])} - {money(sent[1])} - {money(bought)} = {cents(left)} {verdict}"
    return Outcome(f"{text}; {last}", (hit.fact, *fee[2], *sent[2]))


def _margin_roles(question: Question) -> dict[str, Role]:
    """Price and purchase, with the fee and the costs of sending when the question has figures for them."""
    roles = {
        "price": Role(r"verkoop\w*|prijs|product|artikel|\bvan\b|\bvoor\b|kost\b", MONEY),
        "bought": BOUGHT,
    }
    if len(question.of(*MONEY)) > 2:
        roles["sent"] = Role(r"fba|verzend\w*|fulfil\w*|porto", MONEY)
    if question.of("procent"):
        roles["fee"] = Role("commissie|verwijzingskosten|fee", ("procent",))
    return roles


def _referral_fee(
    question: Question, sources: Sources, price: Decimal, stated: Decimal | None
) -> tuple[str, Decimal, tuple[Fact, ...]] | None:
    if stated is not None:
        parts = [(stated / 100, price)]
        return fee_text(parts), half_up(fee_of(parts)), ()
    return fee_sum(tariffs_of(question, sources), price, sources)


def _sending(question: Question, sources: Sources, price: Decimal, given: Decimal | None) -> tuple[str, Decimal, tuple[Fact, ...]] | None:
    if given is not None:
        return "", given, ()
    fee = piece_fee(question, sources, price) if question.says(r"fba\b|fulfil") else None
    fuel = with_fuel(fee.amount, sources) if fee else None
    return (f"; {fee.steps}{fuel[0]} FBA met brandstoftoeslag ({fee.label})", fuel[1], (*fee.facts, fuel[2])) if fee and fuel else None


_PACK_SIZE: Final = re.compile(r"(?<!\d)(\d{1,2})[- ]?(?:pack|delig)|(?:set|multipack|pak|bundel|doos) (?:van|met) (\d{1,2})\b")


def highest_pack_price(question: Question, sources: Sources) -> Outcome | None:
    """What a multipack may cost at most: no more per piece than a single one (zichtbaarheid/koopknop-en-prijsregels)."""
    hit, size, single = (
        sources.find("multipack[^.]*(?:hogere stukprijs|per stuk niet duurder)"),
        _PACK_SIZE.search(question.text),
        question.only("euro"),
    )
    is_single = single and assign(
        question._replace(figures=(single,)), {"single": Role(r"los\w*|enkel\w*|per stuk|single|stuks?", ("euro",))}
    )
    others = [figure for figure in question.figures if figure is not single and size and str(figure.value) not in size.groups()]
    if hit is None or size is None or single is None or not is_single or others:
        return None
    pieces = decimal(size.group(1) or size.group(2))
    return Outcome(
        f"{number(pieces)} × {money(single.value)} = {cents(pieces * single.value)}; een hogere stukprijs in een multipack is verboden",
        (hit.fact,),
    )


def multipack_price(question: Question, sources: Sources) -> Outcome | None:
    """The price per piece in a multipack against a single one (zichtbaarheid/koopknop-en-prijsregels)."""
    hit = sources.find("multipack[^.]*(?:hogere stukprijs|per stuk niet duurder)")
    size = _PACK_SIZE.search(question.text)
    roles = {"pack": Role("pack|set|multipack|bundel", MONEY), "single": Role(r"los\w*|enkel\w*|per stuk|single|stuks?", MONEY)}
    found = assign(question, roles) if hit and size else None
    if hit is None or size is None or found is None:
        return None
    pieces = decimal(size.group(1) or size.group(2))
    each = half_up(found["pack"] / pieces)
    verdict = (
        f"duurder dan {money(found['single'])} los, dus verboden"
        if each > found["single"]
        else f"niet duurder dan {money(found['single'])} los"
    )
    return Outcome(f"{money(found['pack'])} / {number(pieces)} = {cents(each)} per stuk, {verdict}", (hit.fact,))
