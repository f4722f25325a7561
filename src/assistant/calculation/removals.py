"""Sending FBA stock back, by weight."""

import re
from decimal import Decimal
from typing import Final

from assistant.calculation.formatting import cents, decimal, half_up, money, number
from assistant.calculation.fulfilment import times_pieces, weight_row
from assistant.calculation.reading import Figure, Question
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources, cell_amount, euro_pattern
from assistant.documents import Fact

_OVERSIZE: Final = r"overmaat|oversize|(?:te|groter|langer|zwaarder) (?:\w+ )?(?:voor|dan) (?:\w+ )?standaard|geen standaard|past niet in (?:\w+ )?standaard"
_LIGHT_KG: Final = Decimal(2)


def removal_fee(question: Question, sources: Sources) -> Outcome | None:
    """Sending FBA stock back, per piece by weight (fba/verwijderen-en-retourtarief, Germany).

    What is heavy or called big may be oversize: then both fees are shown, unless the question names the size.
    """
    if question.says(_OVERSIZE):
        return _fee_of_size(question, sources, "overmaat")
    found = _fee_of_size(question, sources, "standaardformaat")
    weight = question.only("kg")
    is_open = weight and (weight.value > _LIGHT_KG or question.says(r"groot|grote")) and not question.says("standaard|gewoon|normaal")
    other = _fee_of_size(question, sources, "overmaat") if is_open else None
    return Outcome(f"{found.text}; {other.text}", (*found.facts, *other.facts)) if found and other else found


def _fee_of_size(question: Question, sources: Sources, size: str) -> Outcome | None:
    weight, pieces = question.only("kg"), question.counted()
    rows = [row for row in sources.rows("tarief per stuk") if row.cells[0].lower().startswith(size)]
    if weight is None or question.is_about_other_than("DE"):
        return None
    row = weight_row(rows, weight.value)
    if row is None:
        return next(filter(None, (_heavy_removal(other, weight.value, pieces) for other in rows)), None)
    fee = cell_amount(row.cells[1])
    if fee is None or pieces is None:
        return None
    return Outcome(f"{times_pieces(pieces, fee).removeprefix('; ')} ({row.cells[0]}, tarief Duitsland, excl. btw)", (row,))


def _heavy_removal(row: Fact, weight: Decimal, pieces: Figure | None) -> Outcome | None:
    """The row for weights above the last bound: a base fee plus a fee per kg, also for a part of a kg as in its example."""
    match = re.search(rf"{euro_pattern('base')} \+ {euro_pattern('each')} per kg boven (?P<first>\d+) kg", row.cells[1])
    extra = weight - decimal(match.group("first")) if match else Decimal(0)
    if match is None or extra <= 0:
        return None
    base, each = decimal(match.group("base")), decimal(match.group("each"))
    fee = half_up(base + extra * each)
    note = "" if extra == int(extra) else "; hoger als Amazon op hele kilo's naar boven afrondt"
    text = f"{money(base)} + {number(extra)} × {money(each)} = {cents(fee)} per stuk{times_pieces(pieces, fee)}"
    return Outcome(f"{text} ({row.cells[0]}, tarief Duitsland, excl. btw{note})", (row,))
