"""FBA fees per piece by size, weight and country, with the surcharges that go per piece."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.by_gram import gram_fee, is_paid_by_gram, may_be_paid_by_gram
from assistant.calculation.formatting import cents, decimal, half_up, money, number
from assistant.calculation.measures import steps_text
from assistant.calculation.reading import EURO_PLACES, Figure, Question
from assistant.calculation.referral_fees import WITHOUT_VAT
from assistant.calculation.routes import Route, route_of
from assistant.calculation.rules import Outcome
from assistant.calculation.size_tiers import Parcel, kilograms, named_size, parcel_of
from assistant.calculation.sources import Sources, cell_amount, euro_pattern
from assistant.calculation.tariffs import is_one_of
from assistant.documents import Fact
from assistant.query_rewriting import MARKETPLACE_LABELS

_FUEL: Final = r"(?:brandstof|fuel)[^.%]{0,80}?(?<![\d,])(?P<rate>1,5)%|(?P<rate2>1,5)% brandstof"


def with_fuel(amount: Decimal, sources: Sources) -> tuple[str, Decimal, Fact] | None:
    """An FBA fee with the fuel surcharge on top (fba/toeslagen): ``€ 4,50 × 1,015 = € 4,57``."""
    hit = sources.find(_FUEL)
    if hit is None:
        return None
    total = amount * (1 + hit.value("rate") / 100)
    return f"{money(amount)} × {number(1 + hit.value('rate') / 100)} = {cents(total)}", half_up(total), hit.fact


def times_pieces(pieces: Figure | None, each: Decimal) -> str:
    """``; 100 × € 4,57 = € 457,00`` when there are pieces, else nothing."""
    return f"; {number(pieces.value)} × {money(each)} = {cents(pieces.value * each)}" if pieces else ""


def fuel_surcharge(question: Question, sources: Sources) -> Outcome | None:
    """A fulfilment fee that the question gives, with the fuel surcharge of 1,5% (fba/toeslagen)."""
    amount = question.only("euro")
    found = with_fuel(amount.value, sources) if amount else None
    if found is None or question.is_about_other_than(*EURO_PLACES):
        return None
    return Outcome(f"{found[0]} per stuk met brandstoftoeslag{times_pieces(question.counted(), found[1])}", (found[2],))


def weight_row(rows: Iterable[Fact], weight: Decimal) -> Fact | None:
    """The row of the lowest bound that holds the weight; None when two rows claim it with different figures."""
    fitting = [(bound, row) for row in rows if (bound := kilograms(row.cells[0])) is not None and weight <= bound]
    lowest = min((bound for bound, _ in fitting), default=Decimal(0))
    found = [row for bound, row in fitting if bound == lowest]
    return found[0] if len({row.cells[1:] for row in found}) == 1 else None


def _place_column(question: Question, row: Fact, place: str) -> int | None:
    """The column of the country that FBA delivers in; None when none or more than one fits.

    Germany has two: for who has no stock in Poland and Czechia too (without CEP), unless the question says otherwise.
    """
    name = MARKETPLACE_LABELS.get(place, "?")
    columns = [column for column, header in enumerate(row.header) if column and name in header]
    if len(columns) > 1:
        cep = "met cep" if question.says("met cep") else "zonder cep"
        columns = [column for column in columns if cep in row.header[column].lower()]
    return columns[0] if len(columns) == 1 else None


_LOCAL: Final = r"lokaal/pan-eu|\(2026\)"
_EFN: Final = r"efn naar"
_PEAK: Final = r"piektarief .*geldt van .* in duitsland"
_WITHOUT_PEAK: Final = ("lichte envelop", "standaardenvelop")
_LOW_PRICE_KG: Final = Decimal("0.4")
_LOW_LIMITS: Final = rf"lage-prijs-fba alleen t/m {euro_pattern('most')} in nederland[^€]*t/m {euro_pattern('germany')} in duitsland"
_LOW_EXCEPTIONS: Final = r"uitzonderingscategorieën voor lage-prijs-fba zijn[^:]*: (?P<names>[^.]+)"


class PieceFee(NamedTuple):
    """What FBA costs per piece before the fuel surcharge, the steps to it, what it goes for, and the facts."""

    amount: Decimal
    steps: str
    label: str
    facts: tuple[Fact, ...]


def _low_price_limit(question: Question, sources: Sources, place: str) -> Decimal | None:
    """Up to which price the low-price tariff goes for the product (fba/lage-prijs-fba)."""
    everywhere = sources.find(rf"meeste categorieën voor producten t/m {euro_pattern('most')} in alle eurolanden")
    lower = sources.find(_LOW_LIMITS)
    if everywhere is None or lower is None:
        return None
    if not is_one_of(question, sources, _LOW_EXCEPTIONS):
        return everywhere.value("most")
    return lower.value("germany" if place == "DE" else "most")


def _fee_rows(question: Question, sources: Sources, size: str, route: Route, *, is_low: bool) -> list[Fact]:
    return [
        row for row in sources.rows(_EFN if route.is_efn else _LOCAL)
        if row.cells[0].lower().startswith(size) and ("lage prijs" in row.cells[0]) == is_low and _place_column(question, row, route.to) is not None
    ]  # fmt: skip


def piece_fee(question: Question, sources: Sources, price: Decimal | None = None, route: Route | None = None) -> PieceFee | None:
    """What FBA costs for one piece of the size and weight in the question (fba/fulfilmentkosten, fba/lage-prijs-fba).

    A price up to the low-price limit takes the low-price table where that goes as far as the weight. Without a ``route`` it is
    that of the question, and must be certain.
    """
    parcel, route = parcel_of(question, sources), route or route_of(question)
    if parcel is None or route is None or question.text.startswith("btw "):
        return None  # what stood before "excl." was cut off, and the price with it
    if "pakket" in parcel.size and may_be_paid_by_gram(question, sources):
        return _by_gram(question, sources, parcel, price, route)
    limit = None if route.is_efn else _low_price_limit(question, sources, route.to)
    names_low = question.says(r"lage.?prijs|low.?price|goedkoop tarief|goedkopere tarief|lage tarief")
    if price is not None and not route.is_efn and (limit is None or question.says(WITHOUT_VAT) or (names_low and price > limit)):
        return None  # which of the two tables goes for this price is not known; their limit is with VAT
    low = weight_row(_fee_rows(question, sources, parcel.size, route, is_low=True), parcel.weight)
    is_low = low is not None and (names_low or bool(price and limit and price <= limit))
    row = low if is_low else weight_row(_fee_rows(question, sources, parcel.size, route, is_low=False), parcel.weight)
    if row is None or (names_low and not is_low):
        return None
    column = _place_column(question, row, route.to)
    fee = cell_amount(row.cells[column]) if column else None
    if column is None or fee is None:
        return None
    above = f", bij een prijs boven {money(limit)}" if price is None and low and limit and not is_low else ""
    peak = None if is_low or route.is_efn or route.to != "DE" or parcel.size in _WITHOUT_PEAK else sources.find(_PEAK)
    label = f"{row.cells[0]}, {row.header[column]}{above}, excl. btw{' en zonder piektarief' if peak else ''}"
    return PieceFee(fee, parcel.steps, label, (row, *parcel.facts))


def _by_gram(question: Question, sources: Sources, parcel: Parcel, price: Decimal | None, route: Route) -> PieceFee | None:
    """What a parcel with sides costs when its goods pay by the gram; nothing where low-price FBA may go for it instead."""
    weight = question.only("kg")
    if weight is None or not question.sides or route.is_efn or not is_paid_by_gram(question, sources):
        return None
    column = MARKETPLACE_LABELS.get(route.to, "?").lower()
    if route.to == "DE":
        column += " met cep" if question.says("met cep") else " zonder cep"
    fee = gram_fee(question, sources, weight.value, column)
    if fee is None or (parcel.size == "klein pakket") != fee.row.cells[0].lower().startswith("klein"):
        return None
    limit = _low_price_limit(question, sources, route.to)
    is_light = parcel.size == "klein pakket" and weight.value <= _LOW_PRICE_KG
    if is_light and (limit is None or (price is not None and price <= limit)):
        return None
    above = f", bij een prijs boven {money(limit)}" if is_light and limit and price is None else ""
    header = next(header for header in fee.row.header if column in header.lower())
    return PieceFee(fee.amount, fee.steps, f"{fee.row.cells[0]}, geselecteerde categorieën, {header}{above}, excl. btw", (fee.row,))


def fulfilment(question: Question, sources: Sources) -> Outcome | None:
    """The FBA fee of a piece, with the fuel surcharge, times the pieces."""
    pieces, amounts = question.counted(), question.of("euro")
    if len(amounts) > 1 or (amounts and question.says(r"\w*com+is+ie|verwijzing\w*|marge|winst|hou")):
        return None
    below = next((figure.value for figure in question.figures if figure.unit == "euro" and figure.is_limit), None)
    price = amounts[0].value if amounts else below if question.says("onder|minder dan|goedkoper dan|t/m|tot") else None
    fee = piece_fee(question, sources, price)
    fuel = with_fuel(fee.amount, sources) if fee else None
    if fee is None:
        return None
    if fuel:
        text = f"{fee.steps}{fuel[0]} per stuk met brandstoftoeslag{times_pieces(pieces, fuel[1])} ({fee.label})"
        return Outcome(text, (*fee.facts, fuel[2]))
    if not (pieces or fee.steps) or question.says(r"\w*toeslag|1,5 ?%|anderhalf"):
        return None
    each = times_pieces(pieces, fee.amount).removeprefix("; ") or f"{money(fee.amount)} per stuk"
    return Outcome(f"{fee.steps}{each} ({fee.label}, zonder brandstoftoeslag)", fee.facts)


def base_plus_weight(question: Question, sources: Sources) -> Outcome | None:
    """A base fee plus a fee per further 100 g or kg (fba/fulfilmentkosten: selected categories and oversize).

    How a part of a step is rounded is not in the sources, so the weight must be a whole number of steps above the base.
    """
    weight, route = question.only("kg"), route_of(question)
    if weight is None or route is None or route.is_efn:
        return None
    found: list[Outcome] = []
    for row in sources.rows(_LOCAL):
        name, column = row.cells[0].split(",")[0].lower(), _place_column(question, row, route.to)
        match = (
            re.search(rf"{euro_pattern('base')} \+ {euro_pattern('each')} per (?P<unit>100 g|kg)", row.cells[column]) if column else None
        )
        if match is None or column is None or not re.search(rf"(?<!\w){re.escape(name)}(?!\w|[,.]\d)", question.text):
            continue
        base, each = decimal(match.group("base")), decimal(match.group("each"))
        first, step = (
            (Decimal("0.1"), Decimal("0.1")) if match.group("unit") == "100 g" else (kilograms(row.cells[0]) or Decimal(0), Decimal(1))
        )
        steps = (weight.value - first) / step
        if steps > 0 and steps == int(steps):
            text = f"{steps_text(weight.value, first, step)}{money(base)} + {number(steps)} × {money(each)} = {cents(base + steps * each)} per stuk"
            found.append(Outcome(f"{text} ({row.cells[0]}, {row.header[column]}, excl. btw, zonder brandstoftoeslag)", (row,)))
    return found[0] if len(found) == 1 else None


def low_inventory(question: Question, sources: Sources) -> Outcome | None:
    """The low-inventory fee by size and days of cover, times the pieces (fba/toeslagen; Germany, France, Italy, Spain)."""
    cover, pieces, size = question.only("dag", "week"), question.counted(), named_size(question)
    if cover is None or pieces is None or not size or not question.places or question.is_about_other_than("DE", "FR", "IT", "ES"):
        return None
    days = cover.value * (7 if cover.unit == "week" else 1)
    names = {"grote envelop": "grote of extra", "extra grote envelop": "extra grote envelop"}
    rows = [row for row in sources.rows("dagen dekking") if names.get(size, size) in row.cells[0].lower()]
    for column, header in enumerate(rows[0].header if len(rows) == 1 else ()):
        span = re.match(r"(\d+)-(\d+) dagen dekking", header)
        fee = cell_amount(rows[0].cells[column]) if span and int(span.group(1)) < days < int(span.group(2)) else None
        if fee:
            label = f"lage-voorraadtoeslag, {header}, {rows[0].cells[0].lower()}, excl. btw"
            return Outcome(f"{times_pieces(pieces, fee).removeprefix('; ')} ({label})", (rows[0],))
    return None


def local_or_efn(question: Question, sources: Sources) -> Outcome | None:
    """What local delivery saves over EFN, per piece and in all (fba/pan-eu-en-efn, fba/fulfilmentkosten)."""
    if question.of("euro") or question.is_about_other_than(*EURO_PLACES):
        return None
    places = question.destinations or question.places or (question.here,)
    local, efn = (piece_fee(question, sources, route=Route(places[0], is_efn)) if len(places) == 1 else None for is_efn in (False, True))
    if local is None or efn is None or efn.amount <= local.amount:
        return _stated_difference(question, sources)
    low, high = local.amount, efn.amount
    difference = f"{money(high)} - {money(low)} = {cents(high - low)} verschil per stuk tussen EFN en lokaal"
    label = f"({local.facts[0].cells[0]}, excl. btw en brandstoftoeslag)"
    return Outcome(f"{difference}{times_pieces(question.counted(), high - low)} {label}", (*local.facts, *efn.facts))


def _stated_difference(question: Question, sources: Sources) -> Outcome | None:
    """The difference from a sentence that gives both fees."""
    size, weights = named_size(question), [figure.value for figure in question.figures if figure.unit == "kg"]
    if len(weights) != 1 or not size or question.is_about_other_than("NL"):
        return None
    amounts = r"[^€]*€ (?P<one>[\d,]+)[^€]*€ (?P<two>[\d,]+)"
    for hit in sources.hits(rf"{size} (?:tot|t/m) (?P<bound>[\d,]+) (?P<unit>k?g)\w*\b{amounts}"):
        bound = hit.value("bound") * (1 if hit.match.group("unit") == "kg" else Decimal("0.001"))
        text = hit.fact.text.lower()
        if bound != weights[0] or "efn" not in text or not re.search("lokaa?l", text):
            continue
        low, high = sorted((hit.value("one"), hit.value("two")))
        difference = f"{money(high)} - {money(low)} = {cents(high - low)} verschil per stuk tussen EFN en lokaal"
        return Outcome(f"{difference}{times_pieces(question.counted(), high - low)}", (hit.fact,))
    return None
