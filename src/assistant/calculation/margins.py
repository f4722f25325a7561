"""Margin and profit per piece."""

import re
from decimal import Decimal
from typing import Final

from assistant.calculation.formatting import cents, decimal, half_up, money, number
from assistant.calculation.reading import Question
from assistant.calculation.referral_fees import LOW_VAT_GOODS, WITHOUT_VAT
from assistant.calculation.roles import BOUGHT, PROFIT, SELLING, Role, assign
from assistant.calculation.rules import Formula, Outcome, quotient, ratio
from assistant.calculation.sources import Sources
from assistant.calculation.tariffs import fee_text

_FACTOR_RULE: Final = "verkoopprijs moet ongeveer drie keer je inkoopprijs zijn"
MARGIN_FORMULAS: Final = (
    # strategie/marge-en-cashflow
    Formula(r"roi\b", "winst per stuk gedeeld door de inkoopkosten", {"profit": PROFIT, "bought": BOUGHT},
            lambda v: ratio(v["profit"], v["bought"], "ROI")),
    Formula(r"marge\b", "marge is winst gedeeld door de verkoopprijs", {"profit": PROFIT, "price": SELLING},
            lambda v: ratio(v["profit"], v["price"], "marge") if v["profit"] < v["price"] else "", r"roi\b|inkoop|koop\w* in|korting"),
    # strategie/product-kiezen
    Formula("factor 3|3 keer|3x", _FACTOR_RULE, {"bought": BOUGHT._replace(units=("euro",)), "price": SELLING._replace(units=("euro",))},
            lambda v: quotient(v["price"], v["bought"], "keer de inkoopprijs (de grove toets is 3)", money, 1)),
    Formula("factor 3|3 keer|3x", _FACTOR_RULE, {"bought": BOUGHT._replace(units=("euro",))},
            lambda v: f"3 × {money(v['bought'])} = {cents(3 * v['bought'])} als grove ondergrens voor de verkoopprijs"),
)  # fmt: skip


def margin_left(question: Question, sources: Sources) -> Outcome | None:
    """What is left of a price before advertising: price / 1,21 - fee - FBA or shipping - purchase (strategie/marge-en-cashflow).

    All four figures must be given; for goods with the low VAT rate nothing is reckoned.
    """
    hit = sources.find(r"deel de verkoopprijs inclusief btw door 1,21|omzet excl\. btw: rekenvoorbeeld")
    if hit is None or question.says(LOW_VAT_GOODS) or question.is_about_other_than("NL", "BE") or question.says(WITHOUT_VAT):
        return None
    roles = {
        "price": Role(r"verkoop\w*|prijs|product|artikel|\bvan\b|\bvoor\b", ("euro",)), "bought": BOUGHT._replace(units=("euro",)),
        "sent": Role(r"fba|verzend\w*|fulfil\w*|porto", ("euro",)), "fee": Role("commissie|verwijzingskosten|fee", ("procent",)),
    }  # fmt: skip
    found = assign(question, roles) if len(question.of("euro")) == 3 else None
    if found is None:
        return None
    net, fee = half_up(found["price"] / Decimal("1.21")), half_up(found["fee"] / 100 * found["price"])
    left = net - fee - found["sent"] - found["bought"]
    text = f"{money(found['price'])} / 1,21 = {cents(net)} zonder btw; {fee_text([(found['fee'] / 100, found['price'])])}"
    last = f"{cents(net)} - {cents(fee)} - {money(found['sent'])} - {money(found['bought'])} = {cents(left)} vóór reserve en advertenties"
    return Outcome(f"{text}; {last}", (hit.fact,)) if left > 0 else None


def multipack_price(question: Question, sources: Sources) -> Outcome | None:
    """The price per piece in a multipack against a single one (zichtbaarheid/koopknop-en-prijsregels)."""
    hit = sources.find("multipack[^.]*(?:hogere stukprijs|per stuk niet duurder)")
    size = re.search(r"(?<!\d)(\d{1,2})[- ]?(?:pack|delig)|(?:set|multipack|pak) van (\d{1,2})\b", question.text)
    roles = {"pack": Role("pack|set|multipack|bundel", ("euro",)), "single": Role(r"los\w*|enkel\w*|per stuk|single|stuks?", ("euro",))}
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
