"""FBA storage by volume, season and age."""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import cents, half_up, money, number
from assistant.calculation.fulfilment import times_pieces
from assistant.calculation.measures import sides_text
from assistant.calculation.reading import MONTH, MONTHS, Question
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources, cell_amount, euro_pattern
from assistant.documents import Fact


class StorageRate(NamedTuple):
    """What storage costs per month in each part of the year, per ``m3`` in Germany and per ``ft3`` in the UK."""

    low: Decimal
    high: Decimal
    unit: str
    fact: Fact


_UK_STORAGE: Final = {
    "standaardformaat": r"per kubieke voet per maand: standaardformaat £ (?P<low>[\d,]+) \([^)]*\) en £ (?P<high>[\d,]+)",
    "overmaat": r"overmaat kost in het verenigd koninkrijk £ (?P<low>[\d,]+) en £ (?P<high>[\d,]+) per kubieke voet",
}


def _storage_rate(question: Question, sources: Sources) -> StorageRate | None:
    """The storage rates of standard size, or of oversize when named (fba/opslagkosten)."""
    size = "overmaat" if question.says("overmaat|oversize") else "standaardformaat"
    if "UK" in question.places:
        hit = sources.find(_UK_STORAGE[size])
        return StorageRate(hit.value("low"), hit.value("high"), "ft3", hit.fact) if hit else None
    for row in sources.rows("januari t/m september"):
        low, high = cell_amount(row.cells[1]), cell_amount(row.cells[2])
        if row.cells[0].lower().startswith(size) and low and high:
            return StorageRate(low, high, "m3", row)
    steps = [sources.find(rf"{month} uit: [\d.,]+ m³ x {euro_pattern('rate')} .* in duitsland") for month in ("september", "december")]
    if size == "standaardformaat" and steps[0] and steps[1]:
        return StorageRate(steps[0].value("rate"), steps[1].value("rate"), "m3", steps[1].fact)
    return None


def _is_high_season(question: Question) -> set[bool]:
    """Which of the two rates the question is about: October to December or the rest of the year; both when it does not say."""
    found = {MONTHS[name] >= 10 for name in re.findall(rf"\b{MONTH}", question.text)}
    found |= {True} if question.says(r"q4\b|kerst|najaar|vierde kwartaal|black friday|sinterklaas") else set()
    found |= {False} if question.says(r"zomer|voorjaar|lente|q[123]\b") else set()
    return found or {False, True}


def _months_between(question: Question) -> Decimal:
    """How many months "van oktober tot en met december" counts; 1 when no such span is named."""
    span = re.search(rf"({MONTH})(?: tot en met| t/m|-) ?({MONTH})", question.text)
    first, last = (MONTHS[span.group(1)], MONTHS[span.group(2)]) if span else (1, 1)
    return Decimal(last - first + 1 if last >= first else 1)


def _volume(question: Question) -> tuple[str, Decimal] | None:
    """The steps to the volume in m³, and the volume: stated, or pieces times the volume of one."""
    stated, pieces = question.only("m3"), question.counted()
    if question.sides and not question.of("m3") and pieces:
        one = question.sides[0] * question.sides[1] * question.sides[2] / 10**6
        total = f"{number(pieces.value)} × {number(one)} m³ = {number(pieces.value * one)} m³; "
        return f"{sides_text(question.sides)} / 1.000.000 = {number(one)} m³ per stuk; {total}", pieces.value * one
    if stated is None or question.sides:
        return None
    if pieces and question.says(r"liter|elk|per stuk"):
        return (
            f"{number(pieces.value)} × {number(stated.value)} m³ = {number(pieces.value * stated.value)} m³; ",
            pieces.value * stated.value,
        )
    return None if pieces else ("", stated.value)


def storage_fee(question: Question, sources: Sources) -> Outcome | None:
    """Storage per month: volume times the rate of the season (fba/opslagkosten, Germany per m³, UK per cubic foot)."""
    rate = _storage_rate(question, sources)
    estimate = sources.find(r"nederlandse opslag met het duitse bedrag als schatting|voor nederland is het tarief van 2026 niet bevestigd")
    is_dutch = "NL" in question.places
    if rate is None or len(question.places) > 1 or question.is_about_other_than("DE", "UK", "NL") or (is_dutch and estimate is None):
        return None
    feet = question.only("ft3")
    volume = _volume(question) if rate.unit == "m3" else ("", feet.value) if feet else None
    if volume is None:
        return None
    steps, amount = volume
    sign, unit, place = ("euro", "m³", "tarief Duitsland") if rate.unit == "m3" else ("pond", "kubieke voet", "tarief VK")
    seasons = _is_high_season(question)
    parts = [
        f"{number(amount)} {unit} × {money(value, sign)} = {cents(amount * value, sign)} per maand {months}"
        for is_high, value, months in ((False, rate.low, "van januari t/m september"), (True, rate.high, "van oktober t/m december"))
        if is_high in seasons
    ]
    span, month = question.only("maand"), half_up(amount * (rate.high if True in seasons else rate.low))
    months = span.value if span else _months_between(question)
    if months > 1 and len(seasons) == 1:
        parts.append(f"{number(months)} maanden × {money(month, sign)} = {cents(months * month, sign)}")
    used = (rate.fact, estimate.fact) if is_dutch and estimate else (rate.fact,)
    return Outcome(f"{steps}{'; '.join(parts)} ({place}{' als schatting' if is_dutch else ''}, excl. btw)", used)


def _age_row(question: Question, sources: Sources) -> Fact | None:
    """The row of the aged inventory surcharge for the age in the question; months must fall well inside one row."""
    ages = question.of("dag", "maand", "jaar")
    if not ages or len({age.unit for age in ages}) != len(ages):  # "1 jaar en 2 maanden" is one age, "10 of 20 dagen" is not
        return None
    spans = {"dag": (1, 1), "maand": (30, 31), "jaar": (365, 366)}
    rows = [_row_of_age(sources, sum((age.value * spans[age.unit][end] for age in ages), Decimal(0))) for end in (0, 1)]
    return rows[0] if rows[0] == rows[1] else None


def _row_of_age(sources: Sources, days: Decimal) -> Fact | None:
    for row in sources.rows("toeslag per m³ per maand"):
        span = re.search(r"van (\d+)(?:-(\d+) dagen| dagen en ouder)", row.cells[0])
        if span and int(span.group(1)) <= days < int(span.group(2) or 10**6) + 1:
            return row
    return None


def aged_storage(question: Question, sources: Sources) -> Outcome | None:
    """The surcharge on old stock: the higher of the rate per m³ and the minimum per piece (fba/opslagkosten, Germany)."""
    row = _age_row(question, sources)
    rate, least = (cell_amount(row.cells[1]), cell_amount(row.cells[2])) if row else (None, None)
    if row is None or rate is None or question.is_about_other_than("DE"):
        return None
    label = f"({row.cells[0].lower()}, tarief Duitsland, boven op de gewone opslag)"
    volume, pieces = _volume(question), question.counted()
    minimum = times_pieces(pieces, least).removeprefix("; ") if pieces and least else ""
    if volume is None:
        return Outcome(f"{minimum} per maand als minimum {label}", (row,)) if minimum else None
    steps, amount = volume
    text = f"{steps}{number(amount)} m³ × {money(rate)} = {cents(amount * rate)} per maand"
    if pieces and least:
        more = "meer" if pieces.value * least > amount * rate else "minder"
        text += f"; het minimum {minimum} is {more}, dus {cents(max(pieces.value * least, amount * rate))}"
    return Outcome(f"{text} {label}", (row,))
