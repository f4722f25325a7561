"""Reads the amounts, percentages, measures, dates and codes of a Dutch text, so that two texts can be compared.

Pure functions below ``grounding``: ``€ 39,00``, ``39 euro`` and ``negenendertig euro`` are one quantity here. Units are not
converted: 2 weken is not 14 dagen. What a quantity means in its sentence is not judged here.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple


class Quantity(NamedTuple):
    """A number with the short name of its unit; the unit of a bare number is empty."""

    value: Decimal
    unit: str = ""


class Day(NamedTuple):
    """A date as far as it is given: ``maart 2026`` has no day, ``2026`` no month, ``1 maart`` no year; 0 is not given."""

    day: int = 0
    month: int = 0
    year: int = 0


class Reading(NamedTuple):
    """What a text holds of each kind; a code is a run of characters with a digit that is no quantity, as ``dd+7``."""

    quantities: tuple[Quantity, ...]
    days: tuple[Day, ...]
    codes: tuple[str, ...]


MONEY_UNITS = frozenset({"euro", "pond", "dollar", "kroon", "zloty"})
_SHARE_UNITS = frozenset({"procent", "promille"})

_UNIT_WORDS = {
    "euro": "€ eur euro euros euro's eurocent",
    "cent": "cent",
    "pond": "£ gbp pond",
    "dollar": "$ us$ usd dollar dollars",
    "kroon": "sek kr kroon kronen",
    "zloty": "pln zł zloty",
    "procent": "% procent percent pct procentpunt procentpunten",
    "promille": "‰ promille",
    "dag": "dag dagen kalenderdag kalenderdagen",
    "werkdag": "werkdag werkdagen",
    "uur": "uur uren u",
    "week": "week weken",
    "maand": "maand maanden",
    "kwartaal": "kwartaal kwartalen",
    "jaar": "jaar jaren",
    "minuut": "minuut minuten min",
    "seconde": "seconde seconden sec",
    "kg": "kg kilo kilo's kilogram",
    "g": "g gr gram",
    "mm": "mm millimeter",
    "cm": "cm centimeter",
    "m": "m meter",
    "m2": "m2",
    "m3": "m3 kuub",
    "liter": "l liter",
    "ml": "ml milliliter",
    "mb": "mb",
    "gb": "gb",
    "pixel": "px pixel pixels",
    "teken": "teken tekens karakters",
    "byte": "byte bytes",
    "woord": "woord woorden",
    "ster": "ster sterren",
}
UNIT_WORDS = frozenset(word for words in _UNIT_WORDS.values() for word in words.split())
_UNITS = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
_SCALES = {"duizend": 1_000, "miljoen": 10**6, "mln": 10**6, "miljard": 10**9, "mld": 10**9}
_MONTH_NAMES = "januari februari maart april mei juni juli augustus september oktober november december".split()
_SHORT_MONTHS = "jan feb mrt apr mei jun jul aug sep okt nov dec".split()
_MONTHS = {name: number for names in (_MONTH_NAMES, _SHORT_MONTHS) for number, name in enumerate(names, 1)} | {"sept": 9}


def _number_words() -> dict[str, int]:
    """Dutch number words from nul to negenhonderdnegenennegentig, and the round hundreds and thousands above them."""
    small = (
        "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien"
    ).split()
    words = {word: number for number, word in enumerate(small)}
    for tens, name in enumerate("twintig dertig veertig vijftig zestig zeventig tachtig negentig".split(), 2):
        words[name] = tens * 10
        for unit, word in enumerate(small[1:10], 1):
            words[f"{word}{'ën' if word.endswith('e') else 'en'}{name}"] = tens * 10 + unit
    below_hundred = dict(words)
    for hundreds in range(1, 20):
        name = ("" if hundreds == 1 else small[hundreds]) + "honderd"
        words[name] = hundreds * 100
        if hundreds < 10:
            words |= {name + word: hundreds * 100 + number for word, number in below_hundred.items() if number}
    words |= {f"{word}duizend": number * 1_000 for word, number in tuple(words.items()) if number > 1}
    # "een" is nearly always the article; "één" is the number. Without its dots a word means the same.
    words = {word: number for word, number in words.items() if word != "een"} | {"één": 1, "eén": 1, "éen": 1, "duizend": 1_000}
    return words | {word.replace("ë", "e"): number for word, number in words.items()}


_NUMBER_WORDS = _number_words()
_ARTICLE_AS_ONE = re.compile(r"\been(?= (?:dag|werkdag|week|maand|kwartaal|jaar|uur|euro)\b)")
_HALVES = (("anderhalf", "1,5"), ("anderhalve", "1,5"))

# Digits in groups of three after a point or a space, with decimals; or digits with a decimal comma or point.
_NUMBER = r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?: \d{3})+(?!\d)(?:,\d+)?|(?:0|[1-9]\d*)(?:[.,]\d+)?)"
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_YEAR = r"(?:19|20)\d\d"
_SIGN = r"(?:€|£|us\$|\$|\beur(?:o)?\b|\bgbp\b|\busd\b)"
_UNIT = rf"(?:{'|'.join(re.escape(word) for word in sorted(_UNITS, key=len, reverse=True))})(?!\w)"
_TOKEN = re.compile(
    rf"(?<![\w.,+])(?<![a-z]-)(?<![a-z]\d-)(?P<iso>{_YEAR}-\d{{2}}-\d{{2}})(?![\w-])"
    rf"|(?<![\w.,+])(?P<dmy>\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR})(?![\w-])"
    rf"|(?<![\w.,+])(?P<day>\d{{1,2}})(?:e|de|ste)? (?P<month>{_MONTH})(?: (?P<year>{_YEAR})(?!\w))?"
    rf"|\b(?P<only_month>{_MONTH})(?: (?P<month_year>{_YEAR})(?!\w))?"
    rf"|(?<![\w.,+])(?P<only_year>{_YEAR})(?![\w%]|[.,]\d| ?{_UNIT}| ?{_SIGN}| (?:{'|'.join(_SCALES)})\b)"
    rf"|(?P<sign>{_SIGN}) ?(?P<amount>{_NUMBER})(?:,?-+)?(?: (?P<amount_scale>{'|'.join(_SCALES)})\b)?(?!\w)"
    rf"|(?<![\w.,+])(?<![a-z]-)(?<![a-z]\d-)(?P<number>{_NUMBER})(?: (?P<scale>{'|'.join(_SCALES)})\b)?"
    rf"(?: ?(?P<unit>{_UNIT})|(?:e|de|ste)?(?!\w))"
)
# What may stand between two numbers that share the unit of one of them: "14 of 30 dagen", "10, dan 20, dan 30%", "15 x 11 cm".
_JOINT = re.compile(r" ?(?:[,;/x×-]|en|of|tot|tot en met|t/m|à|naar)(?: (?:en|of|dan|tot|naar))? ?")
_CODE = re.compile(r"\S*\d\S*")
_CODE_EDGES = ".,;:!?()[]\"'*_|€%/-"
# Characters that take no room: soft hyphens, joiners, direction marks, variation selectors, tags.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_ONE_FORM = {ord("–"): "-", ord("—"): "-", ord("−"): "-", ord("’"): "'", ord("‘"): "'"}


def plain(text: str) -> str:
    """Lower-case text in one form per character: no invisible characters, one kind of space, dash and quote."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()
    return re.sub(r"\s+", " ", text.translate(_ONE_FORM))


@lru_cache(maxsize=16_384)
def read(text: str) -> Reading:
    """The quantities, dates and codes of a text in reading order.

    A number that shares a later unit gets it: ``14 of 30 dagen`` holds 14 dagen and 30 dagen. A year is a date, unless a
    unit follows it.
    """
    text = _with_digits(plain(text))
    numbers: list[tuple[int, int, Quantity]] = []
    days: list[tuple[int, Day]] = []
    rest: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        rest.append(text[end : match.start()])
        end = match.end()
        day = _day(match)
        if day is None:
            numbers.append((match.start(), match.end(), _quantity(match)))
        else:
            days.append((match.start(), day))
    rest.append(text[end:])
    codes = tuple(filter(None, (code.strip(_CODE_EDGES) for code in _CODE.findall(" ".join(rest)))))
    return Reading(_share_units(text, numbers), (*(day for _, day in days), *_shared_months(text, numbers, days)), codes)


def _with_digits(text: str) -> str:
    for word, digits in _HALVES:
        text = re.sub(rf"\b{word}\b", digits, text)
    text = _ARTICLE_AS_ONE.sub("1", text)
    return re.sub(r"(?<!\w)[^\W\d_]+(?!\w)", lambda match: str(_NUMBER_WORDS.get(match.group(), match.group())), text)


def _day(match: re.Match[str]) -> Day | None:
    groups = match.groupdict()
    if groups["iso"]:
        year, month, day = map(int, groups["iso"].split("-"))
    elif groups["dmy"]:
        day, month, year = map(int, re.split(r"[-/.]", groups["dmy"]))
    elif groups["day"]:
        day, month, year = int(groups["day"]), _MONTHS[groups["month"].rstrip(".")], int(groups["year"] or 0)
    elif groups["only_month"]:
        return Day(0, _MONTHS[groups["only_month"].rstrip(".")], int(groups["month_year"] or 0))
    elif groups["only_year"]:
        return Day(0, 0, int(groups["only_year"]))
    else:
        return None
    return Day(day or -1, month or -1, year)  # a zero that was written is no day that exists


def _quantity(match: re.Match[str]) -> Quantity:
    digits = match.group("amount") or match.group("number")
    scale = match.group("amount_scale") or match.group("scale")
    unit = _UNITS[match.group("sign") or match.group("unit")] if match.group("sign") or match.group("unit") else ""
    value = _decimal(digits) * (_SCALES[scale] if scale else 1)
    return Quantity(value / 100, "euro") if unit == "cent" else Quantity(value, unit)


def _decimal(digits: str) -> Decimal:
    """The value of a number as Dutch writes it: ``1.250,50`` is one thousand two hundred and fifty and a half."""
    digits = digits.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", digits):
        digits = digits.replace(".", "")
    return Decimal(digits.replace(",", ".")).normalize()


def _share_units(text: str, numbers: Sequence[tuple[int, int, Quantity]]) -> tuple[Quantity, ...]:
    """The quantities with shared units filled in: a unit behind the last number, or a sign in front of the first."""
    quantities = [quantity for _, _, quantity in numbers]
    for i in range(len(numbers) - 2, -1, -1):
        unit = quantities[i + 1].unit
        start = numbers[i + 1][0]
        times = text[numbers[i][1] : start].strip() in ("x", "×")
        if times and unit in MONEY_UNITS | _SHARE_UNITS:  # "3 x 15 euro" is not 3 euro
            continue
        if unit and not quantities[i].unit and text[start].isdigit() and _joined(text, numbers[i][1], start):
            quantities[i] = Quantity(quantities[i].value, unit)
    for i in range(1, len(numbers)):
        unit = quantities[i - 1].unit
        if not quantities[i].unit and unit in MONEY_UNITS and _joined(text, numbers[i - 1][1], numbers[i][0]):
            quantities[i] = Quantity(quantities[i].value, unit)
    return tuple(quantities)


def _shared_months(text: str, numbers: Sequence[tuple[int, int, Quantity]], days: Sequence[tuple[int, Day]]) -> Iterator[Day]:
    """The dates of which only the day is written: ``1 tot 15 maart`` holds 1 maart too."""
    for _, end, quantity in numbers:
        for start, day in days:
            if day.day and not quantity.unit and 1 <= quantity.value <= 31 and _joined(text, end, start):
                yield Day(int(quantity.value), day.month, day.year)


def _joined(text: str, end: int, start: int) -> bool:
    return _JOINT.fullmatch(text, end, start) is not None


def holds_quantity(known: frozenset[Quantity], wanted: Quantity) -> bool:
    """Whether a text with the known quantities states the wanted one.

    A bare number and a measured one agree on both sides, since tables and lists leave units out; money and percentages
    always need their sign.
    """
    if wanted in known:
        return True
    if wanted.unit in MONEY_UNITS | _SHARE_UNITS:
        return False
    if wanted.unit:
        return Quantity(wanted.value) in known
    return any(quantity.value == wanted.value and quantity.unit not in MONEY_UNITS | _SHARE_UNITS for quantity in known)


def holds_day(known: frozenset[Day], wanted: Day) -> bool:
    """Whether a text with the known dates states the wanted one; a year may stand apart from its day and month."""
    if any(_agrees(day, wanted) for day in known):
        return True
    without_year = wanted._replace(year=0)
    apart = bool(wanted.month) and any(not day.year and _agrees(day, without_year) for day in known)
    return apart and any(day.year == wanted.year for day in known)


def _agrees(known: Day, wanted: Day) -> bool:
    return all(not part or part == given for part, given in zip(wanted, known, strict=True))


_RATE = re.compile(
    rf"(?<![\w.,])(?P<number>(?:{_SIGN} ?)?{_NUMBER}(?: ?{_UNIT})?)[^\d.,;:]{{0,20}}?"
    r" per (?P<per>[^\W\d_]{2,}(?: [^\W\d_]{2,})?)(?!\w)"
)


@lru_cache(maxsize=16_384)
def rates(text: str) -> tuple[tuple[Quantity, str], ...]:
    """The quantities that go per something, with the one or two words behind ``per``."""
    found = _RATE.finditer(_with_digits(plain(text)))
    return tuple((quantity, match.group("per")) for match in found for quantity in read(match.group("number")).quantities)


_OPERATORS = {"x": "*", "×": "*", "keer": "*", "maal": "*", "van": "*", ":": "/", "÷": "/"}
_TERM = rf"(?:{_SIGN} ?)?{_NUMBER}(?:,?-+)?(?: ?{_UNIT})?(?: per \w+)?"
# "15% van € 40 = € 6": terms with signs between them, then the outcome. A colon divides only between spaces.
_SUM = re.compile(
    rf"(?<![\w.,])(?P<left>{_TERM}(?:(?: ?[-+x×*÷/] ?| : | van | keer | maal ){_TERM})+)"
    rf" ?(?P<equals>=|\bis(?: dan)?\b) ?(?P<about>ongeveer |afgerond )?(?P<result>{_TERM})"
)


class Sum(NamedTuple):
    """A sum as it is written out. ``stated`` says that an equals sign claims it, ``right`` that it comes out to the cent."""

    operands: tuple[Quantity, ...]
    result: Quantity
    stated: bool
    right: bool


def sums(text: str) -> Iterator[Sum]:
    """The written-out sums of a text, in reading order: ``15% van € 40 = € 6``."""
    for match in _SUM.finditer(_with_digits(plain(text))):
        parts = re.split(rf"({_TERM})", match.group("left"))
        operands = [quantity for part in parts[1::2] for quantity in read(part.strip()).quantities]
        operators = [_OPERATORS.get(part.strip(), part.strip()) for part in parts[2:-1:2]]
        result = read(match.group("result").strip()).quantities
        if len(operands) == len(operators) + 1 and len(result) == 1:
            right = _is_right(operands, operators, result[0], bool(match.group("about")))
            yield Sum(tuple(operands), result[0], match.group("equals") == "=", right)


def _is_right(operands: Sequence[Quantity], operators: Sequence[str], result: Quantity, about: bool) -> bool:
    terms = _terms(operands, operators)
    if terms is None:
        return False
    outcome = sum((term.value for term in terms), Decimal(0))
    units = {term.unit for term in terms}
    if result.unit == "procent":  # the share of one amount in another, rounded to whole percents
        return units == {""} and abs(outcome * 100 - result.value) <= Decimal("0.5")
    return units == {_currency(result)} and abs(outcome - result.value) <= (Decimal("0.5") if about else Decimal("0.005"))


def _terms(operands: Sequence[Quantity], operators: Sequence[str]) -> list[Quantity] | None:
    """The terms of a sum, products worked out; None when it divides by nothing or multiplies two amounts of money."""
    terms = [_factor(operands[0])]
    for operator, operand in zip(operators, operands[1:], strict=True):
        factor = _factor(operand)
        before = terms[-1]
        if operator == "+":
            terms.append(factor)
        elif operator == "-":
            terms.append(Quantity(-factor.value, factor.unit))
        elif operator == "/" and factor.value and factor.unit in ("", before.unit):
            terms[-1] = Quantity(before.value / factor.value, "" if factor.unit else before.unit)
        elif operator != "/" and not (before.unit and factor.unit):
            terms[-1] = Quantity(before.value * factor.value, before.unit or factor.unit)
        else:
            return None
    return terms


def _factor(quantity: Quantity) -> Quantity:
    """A percentage as a bare number; a measure without its unit, so that 5 m³ x € 27 is money."""
    return Quantity(quantity.value / 100 if quantity.unit == "procent" else quantity.value, _currency(quantity))


def _currency(quantity: Quantity) -> str:
    return quantity.unit if quantity.unit in MONEY_UNITS else ""
