"""Parcels of the selected categories, such as clothing: they pay by size and by each 100 g of their own weight (fba/fulfilmentkosten)."""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import cents, decimal, money, number
from assistant.calculation.goods import MAYBE_BY_GRAM, PAID_BY_GRAM
from assistant.calculation.measures import sides_text, steps_text
from assistant.calculation.reading import Question
from assistant.calculation.size_tiers import sides_of
from assistant.calculation.sources import Sources, euro_pattern
from assistant.calculation.tariffs import is_one_of, word_forms
from assistant.documents import Fact

_BY_GRAM: Final = r"^gramprijs voor [^:]+: (?P<names>[^.]+)"
_STEP: Final = Decimal("0.1")
_SHORTEST_END: Final = 2  # "bh" ends too many words
_WORD: Final = re.compile(r"[a-z][a-z'-]+")


class GramFee(NamedTuple):
    """What a parcel costs by the gram, the row it came from, its column and the sum."""

    amount: Decimal
    row: Fact
    steps: str


def is_paid_by_gram(question: Question, sources: Sources) -> bool:
    """Whether the question names goods that pay by the gram."""
    words = word_forms(question.text)
    names = [name for name, things in PAID_BY_GRAM.items() if words & word_forms(things)]
    return is_one_of(question, sources, _BY_GRAM, also=word_forms(" ".join(names)))


def may_be_paid_by_gram(question: Question, sources: Sources) -> bool:
    """Whether it names them, or a thing that ends so: a "regenjas" is clothing, a "gitaartas" may be something else."""
    things = [*MAYBE_BY_GRAM, *(thing for things in PAID_BY_GRAM.values() for thing in things.split() if len(thing) > _SHORTEST_END)]
    ends = tuple(form for thing in things for form in (thing, f"{thing}s", f"{thing}en", f"{thing}je", f"{thing}jes"))
    return is_paid_by_gram(question, sources) or any(word.endswith(ends) for word in _WORD.findall(question.text))


def gram_fee(question: Question, sources: Sources, weight: Decimal, column: str) -> GramFee | None:
    """The base fee of the smallest parcel that holds the sides, plus the fee per further 100 g.

    How a part of 100 g is rounded is not in the sources, so the weight must be a whole number of them. ``column`` is what
    the header of the country holds.
    """
    extra = weight / _STEP - 1
    if extra < 0 or extra != int(extra):
        return None
    for row in sources.rows(r"geselecteerde categorieën\)"):
        most = sides_of(row.cells[0])
        columns = [place for place, header in enumerate(row.header) if place and column in header.lower()]
        if most is None or len(columns) != 1 or any(own > top for own, top in zip(sorted(question.sides), sorted(most), strict=True)):
            continue
        match = re.search(rf"{euro_pattern('base')} \+ {euro_pattern('each')} per 100 g", row.cells[columns[0]])
        if match is None:
            return None
        base, each = decimal(match.group("base")), decimal(match.group("each"))
        size = row.cells[0].split(",")[0].lower()
        steps = f"{steps_text(weight, _STEP, _STEP)}{money(base)} + {number(extra)} × {money(each)} = {cents(base + extra * each)}; "
        return GramFee(base + extra * each, row, f"{sides_text(question.sides)} is {size}; {steps if extra else ''}")
    return None
