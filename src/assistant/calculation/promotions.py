"""Coupons, promotions, Prime discounts and Vine."""

import re
from decimal import ROUND_CEILING, Decimal

from assistant.calculation.formatting import cents, decimal, half_up, money, number
from assistant.calculation.reading import Question
from assistant.calculation.roles import MONEY, Role, assign
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources, cell_amount, share_pattern
from assistant.calculation.tariffs import fee_of, fee_text
from assistant.query_rewriting import MARKETPLACE_LABELS


def prime_discount(question: Question, sources: Sources) -> Outcome | None:
    """The highest price for a Prime exclusive discount: 20% off, and 5% below the lowest price of 30 days (groei/coupons-en-deals)."""
    found = _prime_prices(question)
    rules = {
        "usual": sources.agreed(rf"minstens {share_pattern('rate')} onder je gewone prijs"),
        "lowest": sources.agreed(rf"minstens {share_pattern('rate')} onder de laagste prijs van de afgelopen 30 dagen"),
    }
    texts, outcomes, facts = [], [], []
    for name, price in found.items():
        hit = rules[name]
        if hit is None:
            return None
        parts = [(hit.value("rate") / 100, price)]
        off = half_up(fee_of(parts))
        texts.append(f"{fee_text(parts)} korting, {money(price)} - {money(off)} = {cents(price - off)}")
        outcomes.append(price - off)
        facts.append(hit.fact)
    return Outcome(f"{'; '.join(texts)}; je prijs mag dus {cents(min(outcomes))} zijn", tuple(facts)) if texts else None


def _prime_prices(question: Question) -> dict[str, Decimal]:
    """The usual price, the lowest price of the last 30 days, or both."""
    prices = [figure for figure in question.of("euro", "") if figure.unit or figure.value != 30]  # 30 dagen
    price = prices[0] if len(prices) == 1 else None
    if price:
        return {"lowest" if question.says("laagste") else "usual": price.value}
    roles = {"usual": Role(r"gewone|normale|gewoonlijk|van-?prijs|huidige", MONEY), "lowest": Role(r"laagste", MONEY)}
    return assign(question._replace(figures=tuple(prices)), roles) or {}


def coupon_fee(question: Question, sources: Sources) -> Outcome | None:
    """A coupon: a fixed amount plus a share of its sales, up to a cap (groei/coupons-en-deals, since 5 November 2025)."""
    shops = ("DE", "FR", "IT", "ES")
    sales, named = question.only("euro"), [MARKETPLACE_LABELS[place] for place in question.places if place in shops]
    rows = [row for row in sources.rows("coupon: vooraf") if len(named) == 1 and named[0] in row.cells[0]]
    if len(rows) != 1 or sales is None or question.of("") or question.is_about_other_than("NL", *shops):
        return None
    fixed, share, cap = cell_amount(rows[0].cells[1]), re.match(share_pattern("rate"), rows[0].cells[2]), cell_amount(rows[0].cells[3])
    if fixed is None or share is None or cap is None:
        return None
    rate = decimal(share.group("rate")) / 100
    capped = f", meer dan het plafond van {money(cap)} per coupon" if fixed + rate * sales.value > cap else ""
    return Outcome(f"{fee_text([(rate, sales.value)], plus=fixed)} couponkosten{capped} ({rows[0].cells[0]})", (rows[0],))


def extra_sales_needed(question: Question, sources: Sources) -> Outcome | None:
    """How many extra sales earn back a promotion (groei/coupons-en-deals, "Winst van een actie").

    Extra pieces × (margin - discount) must cover the discount on the usual pieces plus the costs of the promotion.
    """
    rule = sources.find(r"extra stuks × \(marge per stuk − korting\)|elk extra stuk brengt in het rekenvoorbeeld")
    roles = {
        "usual": Role(r"normaal|gewone|gewoonlijk|verkoop ik er", ("",)),
        "margin": Role("marge", ("euro",)),
        "off": Role("korting", ("euro",)),
    }
    has_costs = len(question.of("euro")) == 3
    found = assign(question, roles | ({"costs": Role(r"\w*kosten", ("euro",))} if has_costs else {})) if rule else None
    if rule is None or found is None or found["margin"] <= found["off"]:
        return None
    costs, gain = found.get("costs", Decimal(0)), found["margin"] - found["off"]
    lost = found["usual"] * found["off"] + costs
    steps = f"{number(found['usual'])} × {money(found['off'])}{f' + {money(costs)}' if costs else ''} = {cents(lost)}"
    needed = number((lost / gain).to_integral_value(ROUND_CEILING))
    left = f"{money(found['margin'])} - {money(found['off'])} = {money(gain)} per extra stuk"
    extra = f"{left}; {cents(lost)} / {money(gain)} = {number(half_up(lost / gain))}, dus {needed} extra stuks"
    return Outcome(f"{steps}; {extra}{'' if costs else ' (zonder actiekosten)'}", (rule.fact,))


def vine_fee(question: Question, sources: Sources) -> Outcome | None:
    """Vine fees for several products: the price of the row times the parent ASINs (zichtbaarheid/recensies-en-vine)."""
    found = assign(question, {"asins": Role(r"producten|asin\w*|artikelen", ("",)), "pieces": Role("stuks|exemplaren|units|elk", ("",))})
    for row in sources.rows("vine-kosten") if found and found["asins"] > 1 else []:
        span, fee = re.match(r"(\d+) tot en met (\d+) stuks", row.cells[0]), cell_amount(row.cells[1])
        if found and span and fee and int(span.group(1)) <= found["pieces"] <= int(span.group(2)):
            text = f"{number(found['asins'])} × {money(fee)} = {cents(found['asins'] * fee)} Vine-kosten"
            return Outcome(f"{text} ({row.cells[0]} per ouder-ASIN, tarief oktober 2023)", (row,))
    return None
