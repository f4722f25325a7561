"""Referral fees, what Amazon keeps of them after a refund, and the digital services fee."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from assistant.calculation.formatting import CENT, cents, decimal, half_up, money, number, percent
from assistant.calculation.reading import EURO_PLACES, NUMBER, Question
from assistant.calculation.roles import Role, nearest
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Hit, Sources, euro_pattern, share_pattern
from assistant.calculation.tariffs import (
    Tariff,
    Tier,
    category_words,
    fee_of,
    fee_parts,
    fee_text,
    shared_words,
    tariffs_of,
    tier_at,
)
from assistant.documents import Fact

_SHIPPING: Final = r"verzend\w*|porto|bezorgkosten|shipping"
WITHOUT_VAT: Final = r"excl|ex btw|zonder btw"
LOW_VAT_GOODS: Final = (
    r"(?:boek\w*|voeding\w*|eten|levensmiddel\w*|olijfolie|geneesmiddel\w*|medicijn\w*|koffie|thee|snoep|drank|fruit|groente\w*)\b"
)
_PERCENTAGE_OF: Final = re.compile(
    r"(?P<rate>\d+(?:,\d+)?) ?(?:%|procent)-?\s?(?:categorie|tarief|verwijzingskosten|commissie)"
    r"|(?:categorie|tarief|verwijzingskosten|commissie) (?:van|met|is) (?P<rate2>\d+(?:,\d+)?) ?(?:%|procent)"
)


def fee_sum(tariffs: Sequence[Tariff], price: Decimal, sources: Sources) -> tuple[str, Decimal, tuple[Fact, ...]] | None:
    """The fee of a price as a sum, when all tariffs agree on it; the minimum of € 0,30 only when the facts give it."""
    fees = {fee_of(fee_parts(tariff, price)) for tariff in tariffs}
    if len(fees) != 1:
        return None
    fee, text = half_up(fees.pop()), fee_text(fee_parts(tariffs[0], price))
    facts = tuple(tariff.fact for tariff in tariffs[:1] if tariff.fact)
    if fee >= 30 * CENT or not any(tariff.has_minimum for tariff in tariffs):
        return text, fee, facts
    minimum = sources.find(rf"minstens {euro_pattern('least')} verwijzingskosten")
    if minimum is None or not all(tariff.has_minimum for tariff in tariffs):
        return None
    least = minimum.value("least")
    return f"{text}, minder dan het minimum, dus {cents(least)}", least, (*facts, minimum.fact)


def _fee_note(tariff: Tariff, price: Decimal) -> str:
    """Which tier it was, and what the row adds: `` (tarief t/m € 20)``."""
    up_to = tier_at(tariff.tiers, price).up_to
    limits = [tier.up_to for tier in tariff.tiers if tier.up_to is not None]
    band = "" if tariff.by_part or not limits else f"tarief t/m {money(up_to)}" if up_to else f"tarief boven {money(limits[-1])}"
    notes = "; ".join(filter(None, (band, tariff.note)))
    return f" ({notes})" if notes else ""


def _total_price(question: Question, sources: Sources) -> tuple[Decimal, str, tuple[Fact, ...]] | None:
    """What the fee goes over: price and shipping with VAT (kosten/verwijzingskosten), with the steps to it and their facts."""
    prices, names_shipping = question.of("euro"), question.says(_SHIPPING) and not question.says(r"gratis verzend")
    if len(prices) == 1 and question.says(WITHOUT_VAT):
        rule = sources.find(r"inclusief 21% btw|door 1,21\b")
        if rule is None or question.is_about_other_than("NL") or question.says(LOW_VAT_GOODS):
            return None
        total = half_up(prices[0].value * Decimal("1.21"))
        return total, f"{money(prices[0].value)} × 1,21 = {cents(total)} inclusief 21% btw; ", (rule.fact,)
    if len(prices) == 1:
        return None if names_shipping else (prices[0].value, "", ())
    shipping = nearest(question, prices, Role(_SHIPPING, ("euro",))) if len(prices) == 2 and names_shipping else None
    rule = sources.find(r"artikelprijs plus verzendkosten|verzendkosten telt dus|inclusief btw en verzend|plus de verzendkosten")
    if shipping is None or rule is None or question.says(WITHOUT_VAT):
        return None
    price = next(figure for figure in prices if figure is not shipping)
    total = price.value + shipping.value
    return total, f"{money(price.value)} + {money(shipping.value)} = {money(total)}; ", (rule.fact,)


def referral_fee(question: Question, sources: Sources) -> Outcome | None:
    """The referral fee of a price, or of two prices with the difference (kosten/tarieven-per-categorie, kosten/verwijzingskosten).

    Whole-price categories take one tier by price; the others are a sum of parts. At least € 0,30 where the facts say so.
    """
    if question.is_about_other_than(*EURO_PLACES) or question.of("pond") or question.loose_prices():
        return None
    tariffs = stated_or_named_tariffs(question, sources)
    prices = sorted(figure.value for figure in question.of("euro"))
    is_change = question.says(
        r"naar (?:€ ?)?\d|in plaats van|i\.?p\.?v|tegenover|\d (?:euro )?of (?:€ )?\d|verschil|scheel|verhoog|verlaag"
    ) and not question.says(_SHIPPING)
    if len(prices) == 2 and is_change:
        return None if _names_two_things(question) else _two_fees(tariffs, prices, sources)
    total = _total_price(question, sources)
    found = fee_sum(tariffs, total[0], sources) if total else None
    pieces = _pieces_at_a_price(question)
    is_turnover = question.says(r"omzet|per (?:maand|jaar|week|dag)|maandelijks|jaarlijks") and not pieces
    if total is None or found is None or (is_turnover and len(tariffs[0].tiers) > 1):
        return None
    (price, steps, facts), (text, fee, used) = total, found
    times = f" per stuk; {number(pieces)} × {money(fee)} = {cents(pieces * fee)}" if pieces and "minimum" not in text else ""
    keeps = not times and question.says(r"blijft|over\b na|hou\w* .*over") and not question.says("btw")
    left = f"; {money(price)} - {money(fee)} = {cents(price - fee)} over, vóór btw en andere kosten" if keeps else ""
    return Outcome(f"{steps}{text}{times} verwijzingskosten{_fee_note(tariffs[0], price)}{left}", (*used, *facts))


def _names_two_things(question: Question) -> bool:
    """Whether each of the prices has a thing of its own: "shirts van 18 euro en broeken van 40 euro"."""
    figures = question.of("euro")
    named = [re.search(r"([a-z][\w-]+) (?:van|voor|a|ad) €? ?$", question.text[: figure.start]) for figure in figures]
    return len({match.group(1) for match in named if match}) > 1


def stated_or_named_tariffs(question: Question, sources: Sources) -> list[Tariff]:
    """The tariffs of the category in the question, or the percentage that it states."""
    return tariffs_of(question, sources) or _stated_tariff(question, sources)


def _two_fees(tariffs: Sequence[Tariff], prices: Sequence[Decimal], sources: Sources) -> Outcome | None:
    low, high = (fee_sum(tariffs, price, sources) for price in prices)
    if low is None or high is None:
        return None
    difference = f"{money(high[1])} - {money(low[1])} = {cents(high[1] - low[1])} verschil"
    return Outcome(f"{low[0]} en {high[0]} verwijzingskosten; {difference}", (*low[2], *high[2]))


def _pieces_at_a_price(question: Question) -> Decimal | None:
    """How many are sold, when the number stands right before the article and its price: "30 shirts van 17,95"."""
    match = re.search(rf"(?<![\w,.])({NUMBER}) (?:stuks|x|keer|[a-z][\w-]*(?:s|en))(?: [a-z]+)? (?:van|a)(?: elk)? (?:€|\d)", question.text)
    value = decimal(match.group(1)) if match else Decimal(0)
    return value if value > 1 and value == int(value) else None


def _stated_tariff(question: Question, sources: Sources) -> list[Tariff]:
    """The percentage of the category as the question itself states it, or as an example with the very same price gives it."""
    match = _PERCENTAGE_OF.search(question.text)
    if match:
        rate = match.group("rate") or match.group("rate2")
        known = sources.find(rf"(?<![\d,]){rate}%.*verwijzingskosten|verwijzingskosten.*(?<![\d,]){rate}%|categorie van {rate}%")
        return [Tariff((Tier(decimal(rate) / 100),), fact=known.fact)] if known else []
    price = question.only("euro")
    hit = _example_with_price(price.value, sources) if price and question.says(r"(?:artikel|product|iets)\b") else None
    rate_text = f"bij een categorie van {percent(hit.value('rate') / 100)}" if hit else ""
    return [Tariff((Tier(hit.value("rate") / 100),), note=rate_text, fact=hit.fact)] if hit else []


def _example_with_price(price: Decimal, sources: Sources) -> Hit | None:
    """An example with the very price of the question: "een artikel van € 60 met 15% verwijzingskosten"."""
    pattern = rf"van {euro_pattern('price')} (?:inclusief 21% btw )?(?:met|in een categorie van) {share_pattern('rate')}"
    return next((hit for hit in sources.hits(pattern) if hit.value("price") == price), None)


def fee_change(question: Question, sources: Sources) -> Outcome | None:
    """What the cuts of December 2025 and early 2026 save on a price (kosten/tarieven-per-categorie, table with Was and Is nu)."""
    price = question.only("euro")
    if price is None or question.is_about_other_than(*EURO_PLACES):
        return None
    words = category_words(question)
    rows = [
        row for row in sources.rows(r"\bwas\b.*\bis nu\b") if shared_words(row.cells[0], words) and _is_within(row.cells[0], price.value)
    ]
    if len(rows) != 1:
        return None
    was, now = (decimal(rows[0].cells[column].rstrip("%")) / 100 for column in (1, 2))
    old, new = half_up(was * price.value), half_up(now * price.value)
    text = f"{fee_text([(was, price.value)])} vroeger en {fee_text([(now, price.value)])} nu"
    saved = f"{money(old)} - {money(new)} = {cents(old - new)} minder verwijzingskosten"
    return Outcome(f"{text}; {saved}", (rows[0],)) if new >= 30 * CENT else None


def _is_within(name: str, price: Decimal) -> bool:
    """Whether a price lies in the band of a name such as ``Kleding boven € 15 t/m € 20``."""
    above, up_to = (re.search(rf"{word} {euro_pattern('limit')}", name) for word in ("boven", "t/m"))
    return bool(up_to and price <= decimal(up_to.group("limit")) and not (above and price <= decimal(above.group("limit"))))


def _fee_to_reckon_over(question: Question, sources: Sources) -> tuple[str, Decimal, tuple[Fact, ...]] | None:
    """The referral fee that another fee goes over: stated, or a price times a percentage that is stated or found."""
    amount, rates = question.only("euro"), question.of("procent")
    name = r"commissie|verwijzingskosten|referral fee|verkoopkosten|fees?\b"
    if amount is None or len(rates) > 1:
        return None
    if rates:
        parts = [(rates[0].value / 100, amount.value)]
        return (f"{fee_text(parts)} verwijzingskosten; ", half_up(fee_of(parts)), ()) if question.says(name) else None
    before, after = question.text[: amount.start], question.text[amount.end :]
    is_fee = re.search(rf"(?:{name})(?: betaald)?(?: van| is| was|:| over)? (?:€ ?)?$", before) or re.match(
        rf" (?:aan |euro )?(?:{name})", after
    )
    if is_fee:
        return "", amount.value, ()
    fee = fee_sum(tariffs_of(question, sources), amount.value, sources)
    if fee and "minimum" not in fee[0]:
        return f"{fee[0]} verwijzingskosten; ", fee[1], fee[2]
    example = _example_with_price(amount.value, sources)
    if example is None:
        return None
    parts = [(example.value("rate") / 100, amount.value)]
    return f"{fee_text(parts)} verwijzingskosten (bij {percent(parts[0][0])}); ", half_up(fee_of(parts)), (example.fact,)


def refund_fee(question: Question, sources: Sources) -> Outcome | None:
    """What Amazon keeps of the fee after a refund: the lower of € 5 and 20%, per order line (kosten/overige-kosten)."""
    rule = sources.find(rf"laagste van {euro_pattern('most')} of {share_pattern('rate')} ")
    given = _fee_to_reckon_over(question, sources) if rule else None
    if rule is None or given is None or question.is_about_other_than("NL"):
        return None
    steps, fee, facts = given
    same = re.search(r"(\d+) (?:dezelfde|gelijke|stuks van hetzelfde|x hetzelfde)", question.text)
    if same:
        line = decimal(same.group(1)) * fee
        steps, fee = f"{steps}{same.group(1)} × {money(fee)} = {cents(line)}; ", line
    elif question.of("") or question.says("verschillende"):
        return None
    rate, most = rule.value("rate") / 100, rule.value("most")
    share = half_up(rate * fee)
    kept = min(share, most)
    compared = f"lager dan {money(most)}, dus Amazon houdt {cents(kept)}" if share < most else f"Amazon houdt hooguit {cents(kept)}"
    back = f"je krijgt {money(fee)} - {money(kept)} = {cents(fee - kept)} terug"
    return Outcome(f"{steps}{percent(rate)} van {money(fee)} = {cents(share)} ({compared}); {back}", (rule.fact, *facts))


def digital_surcharge(question: Question, sources: Sources) -> Outcome | None:
    """The digital services fee of France, Italy or Spain over the referral fee (kosten/overige-kosten)."""
    shops = {"FR": "amazon.fr", "IT": "amazon.it", "ES": "amazon.es"}
    named = [shops[place] for place in question.places if place in shops]
    rows = [row for row in sources.rows("toeslag") if len(named) == 1 and row.cells[0].lower() == named[0]]
    given = _fee_to_reckon_over(question, sources) if len(rows) == 1 else None
    if given is None or question.is_about_other_than("NL", *shops):
        return None
    steps, fee, facts = given
    rate = decimal(rows[0].cells[1].rstrip("%")) / 100
    return Outcome(f"{steps}{fee_text([(rate, fee)])} toeslag digitale diensten ({rows[0].cells[0]})", (rows[0], *facts))


def price_limit(question: Question, sources: Sources) -> Outcome | None:
    """Price plus shipping against the limit of a tariff, which is held against that total (kosten/verwijzingskosten)."""
    limits = [figure.value for figure in question.figures if figure.unit == "euro" and figure.is_limit]
    total = _total_price(question, sources) if len(limits) == 1 and len(question.of("euro")) == 2 else None
    if total is None:
        return None
    price, steps, facts = total
    return Outcome(f"{steps}{'meer' if price > limits[0] else 'niet meer'} dan {money(limits[0])}".replace(";", ","), facts)
