"""Counts of orders against Amazon's norms."""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import decimal, half_up, number, percent
from assistant.calculation.reading import EURO_PLACES, NUMBER, Question
from assistant.calculation.roles import ORDERS, Role, assign
from assistant.calculation.rules import Formula, Outcome, ratio
from assistant.calculation.sources import Sources, share_pattern

NORM_FORMULAS: Final = (
    # prestaties/account-health-rating
    Formula("punten", "ongeveer 4 bij per 200 uitgevoerde bestellingen", {"orders": ORDERS},
            lambda v: f"{number(v['orders'])} / 200 × 4 = {number(half_up(v['orders'] / 50, 1))} punten (richtgetal, over 180 dagen)"),
    # verzending/prime-door-verkoper
    Formula("prime|sfp & annul", "hooguit 0,5% van de prime-bestellingen|bij 200 prime-bestellingen mag je", {"orders": ORDERS},
            lambda v: f"0,5% van {number(v['orders'])} bestellingen, dus hooguit {number(v['orders'] // 200)}"),
)  # fmt: skip


class Norm(NamedTuple):
    """A share of orders that Amazon holds against a norm: the words for it, the norm in the facts, the words for what counts.

    ``reverse`` are the words that say the opposite was counted: 18 of 200 without tracking is 91% with.
    """

    name: str
    asks: str
    fact: str
    part: str
    refuses: str = r"(?!)"
    reverse: str = r"(?!)"
    places: tuple[str, ...] = (*EURO_PLACES, "UK", "PL", "SE")


def _norm(word: str, limit: str) -> str:
    return rf"[^.]*?(?P<word>{word}) (?P<limit>{limit})%"


# verzending/prime-door-verkoper
PRIME_NORMS: Final = (
    Norm("geldige tracking van Prime-bestellingen", r"tracking|vtr\b|volgnummer", r"geldige tracking: .*?(?P<word>minstens) (?P<limit>\d+)% van de prime",
         r"tracking\w*|vtr|volgnummer", reverse="zonder|geen|ontbr|mist"),
    Norm("Prime-bestellingen op tijd bezorgd", r"op tijd|te laat", r"op tijd bezorgd: .*?(?P<word>minstens) (?P<limit>\d+)% van de prime", "op tijd|te laat",
         reverse="te laat"),
    Norm("Prime-bestellingen door jou geannuleerd", r"\w*annul|cancel", r"geannuleerd: .*?(?P<word>hooguit) (?P<limit>[\d,]+)% van de prime",
         r"\w*annul\w*|cancel\w*"),
)  # fmt: skip
# prestaties/grenswaarden-en-otdr; zichtbaarheid/koopknop-en-prijsregels gives the same norms for the Featured Offer
NORMS: Final = (
    Norm("op tijd bezorgd", r"op tijd (?:bezorg|gelever|aan)|otdr|te laat (?:bezorg|gelever|aangekomen)",
         rf"(?:otdr|op tijd bezorgd){_norm('minstens', '90')}",
         "op tijd|te laat|otdr", reverse="te laat", refuses=r"prime|sfp\b", places=("DE", "UK")),
    Norm("late verzendingen", r"te laat|late (?:verzending|shipment)|lsr\b", rf"(?:\blsr\b|late verzendingen){_norm('onder', '4')}",
         r"te laat|late\b|lsr", "bezorg|gelever|aangekomen|factu"),
    Norm("ontbrekende facturen (IDR)", r"idr\b|\w*factu\w*", rf"(?:\bidr\b|ontbrekende facturen){_norm('onder', '5')}", r"\w*factu\w*|idr",
         places=("UK", "DE", "FR", "IT", "ES")),
    Norm("annuleringen", r"\w*annul|cancel", rf"(?:\bcr\b|annuler\w*){_norm('onder', '2,5')}", r"\w*annul\w*|cancel\w*",
         r"prime|sfp\b|klant\w* (?:wil|vraagt|annul)|\w*annul\w* zelf|zelf \w*annul"),
    Norm("geldige tracking", r"tracking|vtr\b|volgnummer", rf"(?:\bvtr\b|geldige tracking){_norm('minstens', '95')}",
         r"tracking\w*|vtr|volgnummer", r"prime|sfp\b|35 keer", "zonder|geen|ontbr|mist"),
    Norm("ODR", r"odr\b|defect|klacht|a.tot.z|claim|chargeback|terugboeking|negatieve",
         rf"(?:\bodr\b|defecte bestellingen){_norm('onder', '1')}",
         r"klacht\w*|claim\w*|defect\w*|chargeback\w*|terugboeking\w*|negatieve|feedback|sterfeedback|ster",
         r"recensie|review|3.sterren|dagen na|magazijn|fba.?voorraad"),
)  # fmt: skip
_OF_HOW_MANY: Final = re.compile(
    rf"(?<![\d.,])({NUMBER}) (?:[a-z][\w-]* ){{0,4}}?(?:van|op|uit) (?:de |mijn |onze |alle |die |laatste |in totaal |een totaal van )*"
    rf"({NUMBER})(?! ?(?:[€%]|euro|dag|week|weken|maand))\b"
)


# "van 340 bestellingen kreeg ik er 5 met een klacht"
_WHOLE_FIRST: Final = re.compile(
    rf"\b(?:van|op) (?:de |mijn |onze |alle |die )*({NUMBER}) [a-z]\w*[^.?!,\d]{{0,40}}\ber ({NUMBER})(?! ?(?:[€%]|euro|dag|week|maand))\b"
)


def _counted(question: Question, norm: Norm) -> tuple[Decimal, Decimal] | None:
    """How many of how many: "3 van mijn 80", "één klacht op 50 bestellingen", or two numbers with their own words."""
    kinds = [figure for figure in question.of("") if re.fullmatch(rf"\w*(?:{norm.part})\w*", figure.noun)]
    if len(kinds) > 1:  # "3 klachten en 2 claims" may be about the same orders
        wholes = [figure for figure in question.of("") if re.fullmatch(ORDERS.names, figure.noun) and figure.value > 4]
        are_apart = question.says("verschillende|aparte") and len(wholes) == 1
        return (sum((figure.value for figure in kinds), Decimal(0)), wholes[0].value) if are_apart else None
    pairs = [(decimal(part), decimal(whole)) for part, whole in _OF_HOW_MANY.findall(question.text)]
    pairs += [(decimal(part), decimal(whole)) for whole, part in _WHOLE_FIRST.findall(question.text)]
    if len(pairs) != 1:
        found = assign(question, {"part": Role(norm.part, ("",)), "whole": ORDERS})
        pairs = [(found["part"], found["whole"])] if found else []
    if len(pairs) != 1 or not 0 < pairs[0][0] < pairs[0][1] or pairs[0][1] < 5:
        return None
    part, whole = pairs[0]
    return (whole - part, whole) if question.says(norm.reverse) else (part, whole)


def against_norm(question: Question, sources: Sources) -> Outcome | None:
    """A share of the orders, and whether it meets the norm of the facts; see ``NORMS``."""
    for norm in PRIME_NORMS if question.says(r"prime|sfp\b") else NORMS:
        if not question.says(norm.asks) or question.says(norm.refuses) or question.is_about_other_than(*norm.places) or question.of("euro"):
            continue
        counted = _counted(question, norm)
        is_prime = norm in PRIME_NORMS
        hits = (hit for hit in sources.hits(norm.fact) if ("prime-bestellingen" in hit.fact.text.lower()) == is_prime)
        hit = next(hits, None) if counted else None
        if counted is None or hit is None:
            continue
        (part, whole), limit, word = counted, hit.value("limit") / 100, hit.match.group("word").lower()
        share = part / whole
        is_too_high = (word == "onder" and share >= limit) or (word == "hooguit" and share > limit)
        verdict = "te hoog" if is_too_high else "te laag" if word == "minstens" and share < limit else "binnen de norm"
        # A norm of some countries says nothing about the others.
        is_known = question.places or "NL" in norm.places
        against = f"; de norm is {word} {percent(limit)}, dus dat is {verdict}" if is_known else ""
        return Outcome(f"{ratio(part, whole, norm.name, number)}{against}", (hit.fact,))
    return None


def returns_over_threshold(question: Question, sources: Sources) -> Outcome | None:
    """Returns above the threshold of the category (fba/verwijderen-en-retourtarief, thresholds of 2025)."""
    hit = sources.find(
        rf"{share_pattern('beauty')} voor beauty, gezondheid en persoonlijke verzorging en {share_pattern('electronics')} voor consumentenelektronica"
    )
    kinds = [
        kind
        for kind, words in (("electronics", r"\w*elektronica|koptelefoon"), ("beauty", "beauty|creme|verzorging"))
        if question.says(words)
    ]
    roles = {"sold": Role(r"verkoop\w*|verkocht|verkopen|verzend\w*|verstuur\w*", ("",)), "back": Role(r"terug\w*|retour\w*", ("",))}
    found = assign(question, roles) if hit and len(kinds) == 1 else None
    if (
        hit is None
        or found is None
        or question.is_about_other_than("DE", "FR", "IT", "ES", "UK")
        or not 0 < found["back"] < found["sold"] >= 25
    ):
        return None
    rate, free = hit.value(kinds[0]), hit.value(kinds[0]) * found["sold"] / 100
    share = f"{number(rate)}% van {number(found['sold'])} = {number(half_up(free))} stuks"
    text = f"{ratio(found['back'], found['sold'], 'retour', number)}; {share}"
    over = f"ongeveer {number(half_up(found['back'] - free, 0))} retouren boven" if found["back"] > free else "onder"
    return Outcome(f"{text}, dus {over} de drempel van 2025 (Duitsland, Frankrijk, Italië, Spanje en het VK)", (hit.fact,))


def orders_needed(question: Question, sources: Sources) -> Outcome | None:
    """Above how many orders a number of defects stays below the norm (prestaties/grenswaarden-en-otdr)."""
    norm = next(norm for norm in NORMS if norm.name == "ODR")
    defects = question.counted(norm.part)
    hit = next(sources.hits(norm.fact), None)
    if defects is None or hit is None or len(question.of("")) > 1 or question.is_about_other_than(*norm.places):
        return None
    least = defects.value * 100 / hit.value("limit")
    return Outcome(
        f"{number(defects.value)} / {number(hit.value('limit'))}% = {number(least)}, dus meer dan {number(least)} bestellingen", (hit.fact,)
    )


def return_rate(question: Question, sources: Sources) -> Outcome | None:
    """Pieces returned by pieces sold (fba/verwijderen-en-retourtarief)."""
    hit = sources.find(r"er komen er \d+ terug, dus \d+%")
    roles = {
        "back": Role(r"terug\w*|\w*retour\w*", ("",)),
        "sold": Role(r"verkocht\w*|verkop\w*|verkoop|verzonden|bestelling\w*|orders?", ("",)),
    }
    found = assign(question, roles) if hit else None
    if hit is None or found is None or not 0 < found["back"] < found["sold"]:
        return None
    return Outcome(ratio(found["back"], found["sold"], "retour", number), (hit.fact,))
