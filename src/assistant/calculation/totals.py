"""What Amazon takes in all for one article: referral fee, FBA and what the plan Individueel adds."""

from decimal import Decimal
from typing import NamedTuple

from assistant.calculation.formatting import cents, half_up, money
from assistant.calculation.fulfilment import piece_fee, with_fuel
from assistant.calculation.reading import EURO_PLACES, Figure, Question
from assistant.calculation.referral_fees import WITHOUT_VAT, fee_sum, stated_or_named_tariffs
from assistant.calculation.roles import Role, nearest
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources, euro_pattern
from assistant.documents import Fact


class Part(NamedTuple):
    """One of the amounts that are added up, with the sum that led to it."""

    text: str
    amount: Decimal
    facts: tuple[Fact, ...]


def total_fee(question: Question, sources: Sources) -> Outcome | None:
    """The referral fee with FBA, with the fee of Individueel, or with both, per article and excl. VAT (kosten/verwijzingskosten)."""
    price, given = _price_and_fulfilment(question)
    if price is None or question.is_about_other_than(*EURO_PLACES) or question.of("pond") or question.says(WITHOUT_VAT):
        return None
    parts = [_referral_part(question, sources, price.value)]
    if given or question.says(r"fba\b|fulfil"):
        parts.append(_fulfilment_part(question, sources, price.value, given))
    if question.says("individue"):
        parts.append(_plan_part(sources))
    known = [part for part in parts if part]
    if len(known) < len(parts) or len(known) < 2:
        return None
    total = sum((part.amount for part in known), Decimal(0))
    added = f"{' + '.join(money(part.amount) for part in known)} = {cents(total)} samen (excl. btw)"
    steps = "; ".join(part.text for part in known if part.text)
    return Outcome(f"{steps}; {added}", tuple(fact for part in known for fact in part.facts))


def _price_and_fulfilment(question: Question) -> tuple[Figure | None, Figure | None]:
    """The price, and the FBA fee when the question gives that too."""
    amounts = question.of("euro")
    if len(amounts) == 1:
        return amounts[0], None
    given = nearest(question, amounts, Role(r"fba\w*|fulfil\w*", ("euro",))) if len(amounts) == 2 else None
    return (next(figure for figure in amounts if figure is not given), given) if given else (None, None)


def _referral_part(question: Question, sources: Sources, price: Decimal) -> Part | None:
    found = fee_sum(stated_or_named_tariffs(question, sources), price, sources)
    return Part(f"{found[0]} verwijzingskosten", half_up(found[1]), found[2]) if found else None


def _fulfilment_part(question: Question, sources: Sources, price: Decimal, given: Figure | None) -> Part | None:
    if given:
        return Part("", given.value, ())
    fee = piece_fee(question, sources, price)
    fuel = with_fuel(fee.amount, sources) if fee else None
    return Part(f"{fee.steps}{fuel[0]} FBA met brandstoftoeslag ({fee.label})", fuel[1], (*fee.facts, fuel[2])) if fee and fuel else None


def _plan_part(sources: Sources) -> Part | None:
    hit = sources.agreed(rf"individueel.{{0,60}}?{euro_pattern('each')} exclusief btw per verkocht artikel")
    return Part(f"{cents(hit.value('each'))} voor Individueel", hit.value("each"), (hit.fact,)) if hit else None
