"""Size tiers of FBA: which one a product falls in, by the name in the question or by its sides and weight."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import decimal, half_up, number
from assistant.calculation.measures import sides_text, volume_weight
from assistant.calculation.reading import Question
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources
from assistant.documents import Fact

SIZES: Final = (
    ("extra grote envelop", r"extra.(?:grote|large) envel\w+"), ("grote envelop", r"(?:grote|large) envel\w+"),
    ("lichte envelop", r"(?:lichte|light) envel\w+"),
    ("standaardenvelop", r"standaard ?envel\w+|standard envel\w+"), ("klein pakket", r"kleine? (?:pak|doos)\w*|small parcel\w*"),
    ("standaardpakket", r"standaard ?pakket\w*|standard parcel\w*"),
)  # fmt: skip
_SIDES: Final = re.compile(r"([\d,]+)(?: cm)? × ([\d,]+)(?: cm)? × ([\d,]+) cm")


class SizeTier(NamedTuple):
    """The bounds of a size tier: longest side first in cm, own and volume weight in kg; 0 when volume weight does not count."""

    name: str
    sides: tuple[Decimal, ...]
    weight: Decimal
    volume_weight: Decimal
    fact: Fact


class Parcel(NamedTuple):
    """What is sent: its size tier, the weight that the fee goes by, the steps to them and the facts they rest on."""

    size: str
    weight: Decimal
    steps: str = ""
    facts: tuple[Fact, ...] = ()


def named_size(question: Question) -> str:
    """The one size tier that the question names, as the tables call it; else nothing."""
    rest, found = question.text, []
    for name, pattern in SIZES:
        if re.search(pattern, rest):
            found.append(name)
            rest = re.sub(pattern, " ", rest)
    return found[0] if len(found) == 1 else ""


def kilograms(text: str) -> Decimal | None:
    """The weight in a bound such as ``t/m 400 g`` or ``t/m 1,4 kg``."""
    match = re.search(r"t/m (\d[\d.]*(?:,\d+)?) (k?g)\b", text)
    return decimal(match.group(1)) * (1 if match.group(2) == "kg" else Decimal("0.001")) if match else None


def sides_of(text: str) -> tuple[Decimal, ...] | None:
    """The sides in a bound such as ``max. 40 × 30 × 20 cm``."""
    match = _SIDES.search(text)
    return tuple(decimal(side) for side in match.groups()) if match else None


def size_tiers(sources: Sources) -> list[SizeTier]:
    """The envelopes and parcels of the table of size tiers, smallest first (fba/formaatklassen)."""
    found = []
    for row in sources.rows(r"formaatklasse \| maximale maat \| gewicht per stuk"):
        sides, weight = sides_of(row.cells[1]), kilograms(row.cells[2])
        heaviest = re.match(r"([\d,]+) kg", row.cells[3])
        if sides and weight:
            longest = tuple(sorted(sides, reverse=True))
            volume = decimal(heaviest.group(1)) if heaviest else Decimal(0)
            found.append(SizeTier(row.cells[0].split(" (")[0].lower(), longest, weight, volume, row))
    return found


def fitting_tier(sides: Sequence[Decimal], weight: Decimal, tiers: Sequence[SizeTier]) -> SizeTier | None:
    """The smallest tier that holds a product; None when it is oversize."""
    longest = sorted(sides, reverse=True)
    volume = volume_weight(sides)
    for tier in tiers:
        fits = all(side <= most for side, most in zip(longest, tier.sides, strict=True))
        if fits and weight <= tier.weight and (not tier.volume_weight or half_up(volume) <= tier.volume_weight):
            return tier
    return None


def parcel_of(question: Question, sources: Sources) -> Parcel | None:
    """The parcel of a question that names its size and weight, or its sides and weight."""
    size, weight = named_size(question), question.only("kg")
    if weight is None or (not size and not question.sides):
        return None
    if not question.sides:
        return Parcel(size, weight.value)
    tier = fitting_tier(question.sides, weight.value, size_tiers(sources))
    if tier is None or (size and size != tier.name):
        return None
    rule = sources.find(r"gedeeld door 5\.000(?:;| is)|deel de uitkomst door 5\.000")
    if not tier.volume_weight or rule is None:
        return Parcel(tier.name, weight.value, f"{sides_text(question.sides)} is een {tier.name}; ", (tier.fact,))
    volume = half_up(volume_weight(question.sides))
    steps = f"{sides_text(question.sides)} / 5.000 = {number(volume)} kg volumegewicht"
    chosen = f"het verzendgewicht is {number(max(volume, weight.value))} kg ({tier.name})"
    return Parcel(tier.name, max(volume, weight.value), f"{steps}; {chosen}; ", (tier.fact, rule.fact))


def size_tier(question: Question, sources: Sources) -> Outcome | None:
    """The size tier that a product falls in by its sides and weight (fba/formaatklassen)."""
    parcel = parcel_of(question, sources) if question.sides else None
    if parcel is None:
        return None
    steps = parcel.steps.removesuffix("; ")
    return Outcome(steps if parcel.size in steps else f"{steps}; formaatklasse {parcel.size}", parcel.facts)
