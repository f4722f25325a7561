"""Referral fees per category: reads the tariff of the category that a question names."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from assistant.calculation.formatting import cents, decimal, money, percent
from assistant.calculation.goods import GOODS
from assistant.calculation.reading import Question
from assistant.calculation.sources import Sources, euro_pattern, share_pattern
from assistant.documents import Fact
from assistant.tokenization import fold, stem


class Tier(NamedTuple):
    """A share that goes for amounts up to and including a limit; the last tier of a tariff has no limit."""

    rate: Decimal
    up_to: Decimal | None = None


class Tariff(NamedTuple):
    """What a category costs. ``by_part`` says that each tier goes for its own part of the price, not for the whole of it."""

    tiers: tuple[Tier, ...]
    by_part: bool = False
    has_minimum: bool = True
    note: str = ""
    fact: Fact | None = None


_TIER: Final = re.compile(
    rf"{share_pattern('rate')}(?: verwijzingskosten)?(?P<part> over het deel)?(?: t/m {euro_pattern('limit')}| (?P<above>daarboven))?"
    rf"|daarboven {share_pattern('last')}"
)


def read_tariff(text: str) -> tuple[tuple[Tier, ...], bool] | None:
    """The tiers of ``5% t/m € 15; 10% t/m € 20; daarboven 15%`` and whether they go by part; None for anything else.

    A tariff is one bare percentage, or rising limits followed by one percentage above the last.
    """
    tiers: list[Tier] = []
    by_part = False
    for match in _TIER.finditer(text):
        limit, by_part = match.group("limit"), by_part or bool(match.group("part"))
        if tiers and not limit and not (match.group("above") or match.group("last")):
            return None
        tiers.append(Tier(decimal(match.group("rate") or match.group("last")) / 100, decimal(limit) if limit else None))
    limits = [tier.up_to or Decimal(0) for tier in tiers[:-1]]
    if not tiers or tiers[-1].up_to is not None or Decimal(0) in limits or sorted(limits) != limits:
        return None
    return tuple(tiers), by_part


def tier_at(tiers: Sequence[Tier], price: Decimal) -> Tier:
    """The one tier of a price when a percentage goes for the whole of it; a limit belongs to the tier below it."""
    return next(tier for tier in tiers if tier.up_to is None or price <= tier.up_to)


def price_parts(tiers: Sequence[Tier], price: Decimal) -> list[tuple[Decimal, Decimal]]:
    """``(rate, part of the price)`` for each tier that the price reaches; the parts add up to the price."""
    parts: list[tuple[Decimal, Decimal]] = []
    below = Decimal(0)
    for tier in tiers:
        top = price if tier.up_to is None else min(price, tier.up_to)
        if top > below:
            parts.append((tier.rate, top - below))
            below = top
    return parts


def fee_parts(tariff: Tariff, price: Decimal) -> list[tuple[Decimal, Decimal]]:
    """``(rate, amount)`` pairs whose products add up to the fee, before any minimum (kosten/verwijzingskosten, Staffel)."""
    return price_parts(tariff.tiers, price) if tariff.by_part else [(tier_at(tariff.tiers, price).rate, price)]


def fee_of(parts: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """The fee that these parts add up to, not yet rounded."""
    return sum((rate * amount for rate, amount in parts), Decimal(0))


def fee_text(parts: Sequence[tuple[Decimal, Decimal]], plus: Decimal = Decimal(0)) -> str:
    """``€ 450 - € 200 = € 250; 15% van € 200 + 10% van € 250 = € 55,00``, with a fixed amount in front when there is one."""
    terms = [money(plus)] * bool(plus) + [f"{percent(rate)} van {money(amount)}" for rate, amount in parts]
    rests = [sum((amount for _, amount in parts[place:]), Decimal(0)) for place in range(len(parts))]
    split = [
        f"{money(whole)} - {money(amount)} = {money(rest)}; " for (_, amount), whole, rest in zip(parts, rests, rests[1:], strict=False)
    ]
    return f"{''.join(split)}{' + '.join(terms)} = {cents(plus + fee_of(parts))}"


# Words in the name of a category that do not tell it from others, or that a question uses in another sense.
_VAGUE: Final = frozenset(
    """accessoires accessoire artikelen artikel producten product apparaten apparaat overige overig benodigdheden zakelijk
    industrieel wetenschappelijk video andere al het de een en of else everything deel potje potjes doos doosje set paar stuk
    stuks merk elektra voor van met bedrijven energie persoonlijke""".split()
)
_GENERIC_HEAD: Final = re.compile(r"(?:artikel|artikelen|product|producten|spullen|spul|goederen|waren|items)$")
_LITERAL: Final = frozenset({"wonen", "gezondheid"})  # their stems are those of "ik woon" and "zo'n"
_PAN_EU: Final = re.compile(r"\bpan.?eu\w*")  # no pan for the kitchen


@lru_cache(maxsize=16_384)
def _forms(word: str) -> frozenset[str]:
    """What a word is compared by: itself, its stem, and itself without the ending of a plural or diminutive.

    A word with a general head, as ``tuinartikelen``, also has its first part with ``+`` behind it.
    """
    word = word.replace("-", "").replace("'", "")
    if word in _LITERAL:
        return frozenset({word})
    endings = ("s", "jes", "tjes", "je", "tje")
    found = {word, stem(word)} | {word.removesuffix(ending) for ending in endings if len(word) - len(ending) > 2}
    return frozenset(found | ({_GENERIC_HEAD.sub("", word) + "+"} if _GENERIC_HEAD.search(word) else set()))


def word_forms(text: str) -> frozenset[str]:
    """The forms of all words of a folded text and of their hyphened parts; ``tuinartikelen`` also means ``tuin``."""
    words = re.findall(r"[a-z][\w'-]+", _PAN_EU.sub(" ", text))
    forms = {form for word in words for part in {word, *word.split("-")} if part for form in _forms(part)}
    return frozenset(forms | {form.removesuffix("+") for form in forms})


@lru_cache(maxsize=4_096)
def _phrases(name: str) -> tuple[tuple[frozenset[str], ...], ...]:
    """The alternatives in the name of a category, each as the forms of its telling words.

    "Accessoires voor elektronica en computer" is not about computers, so the word before "voor" goes for both.
    """
    phrases = []
    for segment in re.split(r"[,()&]", fold(re.sub(r" (?:boven|t/m) €.*", "", name))):
        head = re.match(r"\s*(\w+) voor ", segment)
        for alternative in re.split(r"\b(?:en|of|and)\b", segment):
            telling = [_forms(word) for word in re.findall(r"[a-z][\w'-]+", alternative) if word not in _VAGUE]
            if telling:
                phrases.append((*telling, *([_forms(head.group(1))] if head else [])))
    return tuple(phrases)


def shared_words(name: str, words: frozenset[str]) -> int:
    """How many telling words of the best alternative of a name stand among the words; 0 when none stands there whole."""
    return max((len(phrase) for phrase in _phrases(name) if all(forms & words for forms in phrase)), default=0)


_SENTENCE_TARIFF: Final = r"^(?:over )?(?P<name>[^€%:]{3,90}?) (?:kosten|kost|betaal je|hebben)\b.{0,60}?\d+% .*verwijzingskosten.*"
_EXAMPLE: Final = (
    rf"\bover (?:een )?(?P<thing>[^€%.;]{{2,40}}?) van {euro_pattern('price')} betaal je (?:ongeveer )?{share_pattern('rate')}(?! over €)"
)
_PART_EXAMPLE: Final = (
    rf"(?:over |een |rekenvoorbeeld )*(?P<thing>\w[\w -]{{1,30}}?) van {euro_pattern('price')}(?: betaal je| kost|:) "
    rf"{share_pattern('low')} over {euro_pattern('limit')}.{{0,40}}? {share_pattern('high')} over {euro_pattern('rest')}"
)
_BELONGS: Final = (
    r"^(?:een |de |het )?(?P<thing>[^.€]{3,60}?) (?:hoort|horen) bij (?:de )?(?P<name>[^.€%]{3,60}?) en "
    r"|^(?P<name2>[^.€%,]{3,60}), zoals een (?P<thing2>[^.€,]{3,40}), hebben met"
)


def tariffs_of(question: Question, sources: Sources) -> list[Tariff]:
    """The tariffs of the category that the question names, in rows, sentences or worked examples; mostly one.

    The name that shares most words with the question wins. A thing that only an example names ("een T-shirt van € 17,95: 10%")
    takes the rows of the same chunk that give the example its percentage.
    """
    words = word_forms(question.text)
    for hit in sources.hits(_BELONGS):  # "een krabpaal of hondenmand hoort bij de overige dierbenodigdheden"
        groups = {name.rstrip("2"): text for name, text in hit.match.groupdict().items() if text}
        words |= word_forms(fold(groups["name"])) if shared_words(groups["thing"], words) else frozenset()
    known = [*_row_tariffs(sources), *_sentence_tariffs(sources)]
    return _best_named(known, words) or list(_example_tariffs(question, sources, words)) or _plain_tariffs(known, words)


def _best_named(known: Sequence[tuple[str, Tariff]], words: frozenset[str]) -> list[Tariff]:
    """The tariffs whose names share most words with the question; none when no name stands there whole."""
    found = [(shared_words(name, words), tariff) for name, tariff in known]
    best = max((count for count, _ in found), default=0)
    named = [tariff for count, tariff in found if best and count == best]
    rows = [tariff for tariff in named if tariff.fact and tariff.fact.kind == "row"]
    return rows or named  # a sentence may leave out what the row says about the minimum


def _plain_tariffs(known: Sequence[tuple[str, Tariff]], words: frozenset[str]) -> list[Tariff]:
    """The tariff of the one category that an everyday thing in the question belongs to; the sum says which it took."""
    categories = _categories_of(words)
    found = _best_named(known, word_forms(categories[0])) if len(categories) == 1 else []
    label = f"gerekend als {categories[0]}" if categories else ""
    return [tariff._replace(note="; ".join(filter(None, (label, tariff.note)))) for tariff in found]


@lru_cache(maxsize=1_024)
def _categories_of(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(category for category, things in GOODS.items() if any(_forms(thing) & words for thing in things.split()))


def category_words(question: Question) -> frozenset[str]:
    """The words of a question together with the categories of the everyday things it names."""
    words = word_forms(question.text)
    return words.union(*(word_forms(category) for category in _categories_of(words)))


def is_one_of(question: Question, sources: Sources, pattern: str, also: frozenset[str] = frozenset()) -> bool:
    """Whether the question, or ``also``, names one of the categories that a sentence or list of the sources sums up."""
    words = category_words(question) | also
    names = [name for hit in sources.hits(pattern) for name in re.split(r"[,/]| en ", hit.match.group("names"))]
    return any(shared_words(name, words) for name in names)


def _row_tariffs(sources: Sources) -> Iterator[tuple[str, Tariff]]:
    for fact in sources.rows(r"\| verwijzingskosten"):
        column = fact.header.index("Verwijzingskosten") if "Verwijzingskosten" in fact.header else len(fact.cells)
        tariff = read_tariff(fact.cells[column]) if column < len(fact.cells) else None
        if tariff:
            closing = "plus afsluitkosten" if "afsluitkosten" in fact.cells[column] else ""
            check = "kijk het percentage na in de opbrengstcalculator" if "kijk na" in fact.cells[-1] else ""
            note = "; ".join(filter(None, (closing, check)))
            yield fact.cells[0], Tariff(*tariff, has_minimum="geen minimum" not in fact.cells[column], note=note, fact=fact)


def _sentence_tariffs(sources: Sources) -> Iterator[tuple[str, Tariff]]:
    for hit in sources.hits(_SENTENCE_TARIFF):
        tariff = read_tariff(hit.match.group()) if hit.fact.kind != "row" else None
        if tariff:
            yield hit.match.group("name"), Tariff(*tariff, has_minimum="geen minimum" not in hit.fact.text, fact=hit.fact)


def _example_tariffs(question: Question, sources: Sources, words: frozenset[str]) -> Iterator[Tariff]:
    for hit in sources.hits(_PART_EXAMPLE):
        limit = hit.value("limit")
        if limit + hit.value("rest") == hit.value("price") and shared_words(hit.match.group("thing"), words):
            yield Tariff((Tier(hit.value("low") / 100, limit), Tier(hit.value("high") / 100)), by_part=True, fact=hit.fact)
    for hit in sources.hits(_EXAMPLE):
        if not shared_words(hit.match.group("thing"), words):
            continue
        price, rate = hit.value("price"), hit.value("rate") / 100
        same = [tariff for _, tariff in _row_tariffs(sources.beside(hit.fact)) if fee_parts(tariff, price) == [(rate, price)]]
        yield from (tariff._replace(note="") for tariff in same)
        if not same and [figure.value for figure in question.of("euro")] == [price]:
            yield Tariff((Tier(rate),), fact=hit.fact)
