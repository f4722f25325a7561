"""FBA fees per piece by size, weight and country, with the surcharges that go per piece."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from assistant.calculation.formatting import cents, decimal, half_up, money, number
from assistant.calculation.reading import EURO_PLACES, Figure, Question
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources, cell_amount, euro_pattern
from assistant.documents import Fact
from assistant.query_rewriting import MARKETPLACE_LABELS

_FUEL: Final = r"(?:brandstof|fuel)[^.%]{0,80}?(?<![\d,])(?P<rate>1,5)%|(?P<rate2>1,5)% brandstof"
SIZES: Final = (
    ("extra grote envelop", r"extra.(?:grote|large) envel\w+"), ("grote envelop", r"(?:grote|large) envel\w+"),
    ("lichte envelop", r"(?:lichte|light) envel\w+"),
    ("standaardenvelop", r"standaard ?envel\w+|standard envel\w+"), ("klein pakket", r"kleine? pakket\w*|small parcel\w*"),
    ("standaardpakket", r"standaard ?pakket\w*|standard parcel\w*"),
)  # fmt: skip


def _with_fuel(amount: Decimal, sources: Sources) -> tuple[str, Decimal, Fact] | None:
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
    found = _with_fuel(amount.value, sources) if amount else None
    if found is None or question.is_about_other_than(*EURO_PLACES):
        return None
    return Outcome(f"{found[0]} per stuk met brandstoftoeslag{times_pieces(question.counted(), found[1])}", (found[2],))


def _size_of(question: Question) -> str:
    """The one size tier that the question names, as the tables call it; else nothing."""
    rest, found = question.text, []
    for name, pattern in SIZES:
        if re.search(pattern, rest):
            found.append(name)
            rest = re.sub(pattern, " ", rest)
    return found[0] if len(found) == 1 else ""


def _bound(name: str) -> Decimal | None:
    """The weight up to which a row goes, in kg: ``t/m 400 g`` or ``t/m 1,4 kg``."""
    match = re.search(r"t/m (\d[\d.]*(?:,\d+)?) (k?g)\b", name)
    return decimal(match.group(1)) * (1 if match.group(2) == "kg" else Decimal("0.001")) if match else None


def weight_row(rows: Iterable[Fact], weight: Decimal) -> Fact | None:
    """The row of the lowest bound that holds the weight; None when two rows claim it with different figures."""
    fitting = [(bound, row) for row in rows if (bound := _bound(row.cells[0])) is not None and weight <= bound]
    lowest = min((bound for bound, _ in fitting), default=Decimal(0))
    found = [row for bound, row in fitting if bound == lowest]
    return found[0] if len({row.cells[1:] for row in found}) == 1 else None


def _place_column(question: Question, row: Fact) -> int | None:
    """The column of the country that the question is about; None when none or more than one fits."""
    places = question.places or (question.here,)
    name = MARKETPLACE_LABELS.get(places[0], "?") if len(places) == 1 else "?"
    columns = [column for column, header in enumerate(row.header) if column and name in header]
    cep = re.search(r"\b(?:met|zonder) cep\b", question.text)
    if len(columns) > 1 and cep:
        columns = [column for column in columns if cep.group() in row.header[column].lower()]
    return columns[0] if len(columns) == 1 else None


def fulfilment(question: Question, sources: Sources) -> Outcome | None:
    """The FBA fee of a size and weight, with the fuel surcharge, times the pieces (fba/fulfilmentkosten, fba/lage-prijs-fba).

    Only a sum when pieces or the surcharge are asked for. A price may mean the low-price table, which must then be named.
    """
    size, pieces = _size_of(question), question.counted()
    weights = [figure.value for figure in question.figures if figure.unit == "kg"]
    is_low, wants_fuel = question.says("lage.?prijs|low.?price"), question.says(r"\w*toeslag|1,5 ?%|anderhalf")
    if not size or len(weights) != 1 or not (pieces or wants_fuel) or (question.of("euro") and not is_low):
        return None
    rows = [
        row for row in sources.rows(r"lokaal/pan-eu|\(2026\)")
        if row.cells[0].lower().startswith(size) and ("lage prijs" in row.cells[0]) == is_low and _place_column(question, row)
    ]  # fmt: skip
    row = weight_row(rows, weights[0])
    column = _place_column(question, row) if row else None
    fee = cell_amount(row.cells[column]) if row and column else None
    fuel = _with_fuel(fee, sources) if fee else None
    if row is None or column is None or fee is None or (wants_fuel and fuel is None):
        return None
    label = f"{row.cells[0]}, {row.header[column]}, excl. btw"
    if fuel:
        return Outcome(f"{fuel[0]} per stuk met brandstoftoeslag{times_pieces(pieces, fuel[1])} ({label})", (row, fuel[2]))
    return Outcome(f"{times_pieces(pieces, fee).removeprefix('; ')} ({label}, zonder brandstoftoeslag)", (row,))


def base_plus_weight(question: Question, sources: Sources) -> Outcome | None:
    """A base fee plus a fee per further 100 g or kg (fba/fulfilmentkosten: selected categories and oversize).

    How a part of a step is rounded is not in the sources, so the weight must be a whole number of steps above the base.
    """
    weight = question.only("kg")
    found: list[Outcome] = []
    for row in sources.rows(r"lokaal/pan-eu|\(2026\)") if weight else []:
        name, column = row.cells[0].split(",")[0].lower(), _place_column(question, row)
        match = (
            re.search(rf"{euro_pattern('base')} \+ {euro_pattern('each')} per (?P<unit>100 g|kg)", row.cells[column]) if column else None
        )
        if weight is None or match is None or column is None or not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question.text):
            continue
        base, each = decimal(match.group("base")), decimal(match.group("each"))
        first, step = (
            (Decimal("0.1"), Decimal("0.1")) if match.group("unit") == "100 g" else (_bound(row.cells[0]) or Decimal(0), Decimal(1))
        )
        steps = (weight.value - first) / step
        if steps > 0 and steps == int(steps):
            text = f"{money(base)} + {number(steps)} × {money(each)} = {cents(base + steps * each)} per stuk"
            found.append(Outcome(f"{text} ({row.cells[0]}, {row.header[column]}, excl. btw)", (row,)))
    return found[0] if len(found) == 1 else None


def low_inventory(question: Question, sources: Sources) -> Outcome | None:
    """The low-inventory fee by size and days of cover, times the pieces (fba/toeslagen; Germany, France, Italy, Spain)."""
    cover, pieces, size = question.only("dag", "week"), question.counted(), _size_of(question)
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
    """What local delivery saves over EFN, per piece and in all (fba/pan-eu-en-efn)."""
    size, weights = _size_of(question), [figure.value for figure in question.figures if figure.unit == "kg"]
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
