"""What goes in: a question read into figures with units, sides of a box, dates and countries."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from assistant.calculation.formatting import decimal
from assistant.quantities import plain, read
from assistant.query_rewriting import named_marketplaces
from assistant.tokenization import fold

MONTH_NAMES: Final = "januari februari maart april mei juni juli augustus september oktober november december".split()
_SHORT_MONTHS: Final = "jan feb mrt apr mei jun jul aug sep okt nov dec".split()
MONTHS: Final = {name: number for names in (MONTH_NAMES, _SHORT_MONTHS) for number, name in enumerate(names, 1)}
MONTH: Final = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b"
# The words for a unit, the short name it has here, and how many of that unit it is.
_UNIT_WORDS: Final = (
    ("euro", "1", "€ euro euros euro's eur"), ("euro", "0.01", "cent ct eurocent"), ("euro", "10", "tientje"),
    ("pond", "1", "£ gbp"), ("dollar", "1", "$ usd dollar dollars"), ("procent", "1", "% procent percent pct"),
    ("kg", "1", "kg kilo kilo's kilogram"), ("kg", "0.001", "g gr gram"),
    ("m3", "1", "m3 kuub kubieke-meter cubic-metre cubic-metres"), ("m3", "0.001", "l liter"), ("ft3", "1", "kubieke-voet cubic-feet"),
    ("cm", "1", "cm centimeter"), ("cm", "0.1", "mm millimeter"), ("cm", "100", "m meter"),
    ("uur", "1", "uur uren"), ("dag", "1", "dag dagen days"), ("werkdag", "1", "werkdag werkdagen"), ("week", "1", "week weken weeks"),
    ("maand", "1", "maand maanden months"), ("jaar", "1", "jaar years"), ("ster", "1", "ster sterren"), ("punt", "1", "punt punten"),
    ("teken", "1", "teken tekens karakters"), ("byte", "1", "byte bytes"),
)  # fmt: skip
_UNITS: Final = {word.replace("-", " "): (unit, Decimal(size)) for unit, size, words in _UNIT_WORDS for word in words.split()}
_UNIT: Final = "|".join(re.escape(word) for word in sorted(_UNITS, key=len, reverse=True))
_SCALES: Final = {"k": 1_000, "duizend": 1_000, "miljoen": 10**6, "mln": 10**6}
# "1.250,50", "1250,5" or "12.50"; a comma with three digits behind it can be read in two ways.
NUMBER: Final = r"(?:\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d{1,2}(?!\d))?|\d+(?:[.,]\d{1,2}(?!\d))?)"
_AMBIGUOUS_NUMBER: Final = re.compile(r"(?<![\w.,])\d{1,3},\d{3}(?!\d)")
_FIGURE: Final = re.compile(
    rf"(?<![\w.,+])(?<![a-z]-)(?:(?P<sign>[€£$]|\beuro?\b) ?)?"  # no part of a code such as dd+7 or a-10
    rf"(?P<number>{NUMBER})(?P<scale>k\b| (?:duizend|miljoen|mln)\b)?(?:,?-+(?=\s|[?!.,;]|$))?"  # "12,-"
    rf"(?: ?(?P<unit>{_UNIT})(?!\w))?"
    # "12 euro 50", but not "12 euro 50 stuks"
    rf"(?(unit)(?: (?P<cents>\d\d)(?![\d.,]*\d)(?! ?(?:%|[€£$]|(?:{_UNIT}|stuks?|keer|x|[a-z]{{3,}}(?:s|en))\b)))?)"
    rf"(?!\w)(?!,\d)(?!-pack)"
)
_SIDE: Final = r"(?:cm|mm|m|centimeter|millimeter|meter)\b"
_SIDES: Final = re.compile(rf"(?<![\w.,])({NUMBER}) ?({_SIDE})?" + rf" ?(?:[x×*]|bij|op|maal) ?({NUMBER}) ?({_SIDE})?" * 2 + r"(?!\w)")
# "50 cm lang, 40 cm breed, 30 cm hoog"
_NAMED_SIDES: Final = tuple(
    re.compile(rf"(?<![\w.,])({NUMBER}) ?({_SIDE}) (?:{words})\b")
    for words in ("lang|lengte", "breed|breedte", "hoog|hoogte|dik|diep|diepte")
)
_DAY: Final = re.compile(
    rf"(?<![\w.,])(?P<day>\d{{1,2}})(?:e|ste|de)? (?P<month>{MONTH})\.?(?: (?P<year>20\d\d)\b)?"
    rf"|(?<![\w.,])(?P<day2>\d{{1,2}})[-/](?P<month2>\d{{1,2}})[-/](?P<year2>20\d\d)\b"
    rf"|(?<![\w.,])(?P<year3>20\d\d)-(?P<month3>\d\d)-(?P<day3>\d\d)\b"
    rf"|\b(?P<word>vandaag|gisteren|eergisteren)\b"
)
_RELATIVE_DAYS: Final = ("vandaag", "gisteren", "eergisteren")
_YEAR: Final = re.compile(rf"(?<![\w.,€£$])(?<!€ )20[12]\d(?![\w%]|[.,]\d| ?(?:{_UNIT})\b)")
# What makes a figure a limit, and no amount of one's own.
_LIMIT: Final = re.compile(
    r"\b(?:onder|boven|beneden|(?:minder|meer|lager|hoger|goedkoper|duurder) dan|below|above|under|vanaf|t/m|tot|per|tussen|"
    r"max(?:imaal)?|min(?:imaal|stens)?|hooguit|hoogstens|(?:grens|drempel|limiet) van)(?: de| het| een)? ?$"
)
_ADJECTIVES: Final = r"(?:verkochte|bestelde|verzonden|geretourneerde|extra|overmaatse|gewone|kleine|grote|losse|oude|nieuwe|dezelfde|gelijke|lege|lichte|zware|van (?:de|het|mijn|die)) "
_ARTICLE_AS_ONE: Final = re.compile(r"\been(?= (?:dag|week|maand|jaar|euro|tientje|kuub|kilo|klacht|claim|defect|negatieve)\b)")
JOINT: Final = re.compile(r" ?(?:naar|of|en|tot|-|/|en niet|of toch) ?")
_THOUSANDS: Final = re.compile(r"\b(\d+000) (\d{1,3})(?= |$)(?! (?:euro|%|stuks))")


_MONEY_NOUNS: Final = frozenset("omzet couponomzet advertentieomzet winst inkoop".split())
_MONEY_BEFORE: Final = re.compile(r"\b(?:\w*omzet|\w*prijs|couponbudget|winst|marge)(?: van| is| was|:)? ?$")


_NO_NOUNS: Final = ("", "in", "op", "en", "of", "bij", "via", "aan", "dan", "wat", "hoeveel", "is", "was")
_RATES_YEAR: Final = 2026
# "in 2024", "tarief van 2023", but no "sinds 2024" and no part of a date.
_OTHER_YEAR: Final = re.compile(rf"(?<![\w.,€£$/-])(?<!sinds )(?<!vanaf )(?<!€ )(20[12]\d)(?![\w%/-]|[.,]\d| ?(?:{_UNIT})\b)")
_OTHER_TIME: Final = r"(?:vorig|afgelopen|volgend|komend) jaar|vroeger|voorheen|destijds|indertijd|was (?:het|de) \w*(?:tarief|commissie|prijs|kosten)|was het eerst|betaalde ik|(?:wat|hoeveel) (?:was|waren|kostte)\b|kostte\b|oude tarief"
_PRESENT: Final = r"nu\b|tegenwoordig|dit jaar|momenteel|op dit moment|nog\b|anders\b|(?:vorige|afgelopen|deze) (?:maand|week)|gisteren"
_OTHER_SHOPS: Final = r"bol\b|bol\.com|etsy|vinted|marktplaats|temu|ebay|shopify|zalando|coolblue|aliexpress|kaufland|tiktok|shein|cdiscount|(?:eigen )?(?:webshop|webwinkel)"


class Figure(NamedTuple):
    """A number of the question in its base unit: euro, kg, m3, cm; a bare number has no unit but the ``noun`` behind it.

    ``start`` and ``end`` are its place in ``Question.text``. ``is_limit`` says that it is a boundary ("onder de 20 euro").
    """

    value: Decimal
    unit: str
    start: int
    end: int
    noun: str = ""
    is_limit: bool = False


_DENIED: Final = re.compile(
    r"\b(?:ben|kost|betaal)\b[^.?!]{0,40}\bkwijt\b|\bgeen (?:een |de |het )?[a-z][\w-]*|\b(?:los van|vanuit) [a-z]\w*|\bexclusief (?!\w*btw)[a-z]\w*"
)
_ASKS_AMOUNT: Final = (
    r"hoeveel|hoever|wat & kost|kwijt|betaal|rekent?|houd|gaat|mag|is\b|wordt|bespaar|scheelt|moet|komt|blijft|zou|krijg|levert|ben|kom"
    r"|reken|bereken|uitrekenen"
)


class Moment(NamedTuple):
    """A day of the question; ``year`` is 0 when it is not given."""

    day: int
    month: int
    year: int
    start: int


COUNTED: Final = r"stuks?|pakket\w*|pakje\w*|artikel\w*|keer|x|[a-z][\w-]{2,}(?:s|en)"


class Question(NamedTuple):
    """A question as the rules see it: folded text with number words as digits, and what can be reckoned with.

    ``sides`` are length, width and height in cm. ``places`` are the marketplaces it names, ``destinations`` those it names
    behind "naar", ``here`` is the user's own.
    """

    text: str
    figures: tuple[Figure, ...] = ()
    sides: tuple[Decimal, ...] = ()
    moments: tuple[Moment, ...] = ()
    places: tuple[str, ...] = ()
    here: str = "NL"
    today: date | None = None
    destinations: tuple[str, ...] = ()

    def says(self, words: str) -> bool:
        """Whether a word of every group begins so; groups are set apart by `` & ``, words by ``|``."""
        return all(pattern.search(self.text) for pattern in _word_patterns(words))

    def refuses(self, words: str) -> bool:
        """As ``says``, without what the question sets aside: "geen kleding", "vanuit Nederland", "wat ben ik kwijt"."""
        return self._replace(text=_DENIED.sub(" ", self.text)).says(words)

    def asks_amount(self) -> bool:
        """Whether it asks for an amount, a number or a day."""
        return self.says(_ASKS_AMOUNT)

    def of(self, *units: str) -> list[Figure]:
        """The figures in one of these units that are no limits."""
        return [figure for figure in self.figures if figure.unit in units and not figure.is_limit]

    def only(self, *units: str) -> Figure | None:
        """The figure in one of these units, when there is exactly one."""
        found = self.of(*units)
        return found[0] if len(found) == 1 else None

    def counted(self, nouns: str = COUNTED) -> Figure | None:
        """The whole bare number before one of these nouns, when there is exactly one."""
        found = [figure for figure in self.of("") if figure.value == int(figure.value) and re.fullmatch(nouns, figure.noun)]
        return found[0] if len(found) == 1 else None

    def is_about_another_year(self) -> bool:
        """Whether it is about what was or will be: the rates of the sources are those of this year."""
        this = self.today.year if self.today else _RATES_YEAR
        years = {int(year) for year in _OTHER_YEAR.findall(self.text)}
        return not self.says(_PRESENT) and (self.says(_OTHER_TIME) or (bool(years) and this not in years))

    def is_about_another_shop(self) -> bool:
        """Whether it names another place to sell, and Amazon not at all."""
        return self.says(_OTHER_SHOPS) and not self.says(r"\w*amazon|fba\b|efn\b")

    def loose_prices(self) -> list[Figure]:
        """Bare numbers that stand where a price would: "een broek van 35 euro en schoenen van 80"."""
        return [
            figure for figure in self.of("") if figure.noun in _NO_NOUNS and re.search(r"\b(?:van|voor|a) $", self.text[: figure.start])
        ]

    def is_about_other_than(self, *places: str) -> bool:
        """Whether a marketplace is named that is not one of these."""
        return bool(set(self.places) - set(places))


@lru_cache(maxsize=1_024)
def _word_patterns(words: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w)(?:{group})") for group in words.split(" & "))


# People, and forms of a country's name, behind which a marketplace stands; Europe's other countries stand for themselves.
PEOPLE: Final = {
    "nederlanders?|nederlands": "NL", "hollanders?|hollandse?": "NL", "belg(?:en)?|belgisch": "BE", "vlaming(?:en)?": "BE",
    "duitsers?|duits": "DE", "frans(?:man|en)|frans": "FR", "italianen|italiaan|italiaans": "IT", "spanjaard(?:en)?|spaans": "ES",
    "polen|pools": "PL", "zweden|zweed|zweeds": "SE", "ieren|ier|iers": "IE", "brit(?:ten|s)?|engels(?:man|en)": "UK",
    "oostenrijk(?:er|ers|s|se)?": "AT", "zwitserland|zwitsers?e?": "CH", "denemarken|deen|denen|deense?": "DK", "noorwegen|noorse?|noren": "NO",
    "luxemburg(?:se|er|ers)?": "LU", "portugal|portugees|portugese?": "PT", "griekenland|griekse?|grieken": "GR", "finland|finse?|finnen": "FI",
}  # fmt: skip
# In a longer text too many figures could be meant.
LONGEST_QUESTION_CHARACTERS: Final = 1_000
EURO_PLACES: Final = ("NL", "BE", "DE", "FR", "IT", "ES", "IE")


def read_question(question: str, *, marketplace: str = "NL", today: date | None = None) -> Question | None:
    """The question in numbers; None when it has no number of its own, one that can be read in two ways, or is a whole story."""
    asked = read_words(question, marketplace=marketplace, today=today)
    return asked if asked and (asked.figures or asked.sides or asked.moments) else None


def read_words(question: str, *, marketplace: str = "NL", today: date | None = None) -> Question | None:
    """As ``read_question``, but a question without numbers is read too."""
    if len(question) > LONGEST_QUESTION_CHARACTERS:
        return None
    text = _spoken(question)
    if _AMBIGUOUS_NUMBER.search(text):
        return None
    moments, rest = _take_moments(text, today)
    sides, rest = _take_sides(rest)
    figures = tuple(_figures(_YEAR.sub(_blank, rest)))
    towards = re.findall(r"\b(?:naar|aan) (?:een |de |het )?(?:\w+ in )?([\w.]+)", question.lower())
    destinations = tuple(place for word in towards for place in _places(word))
    return Question(text, figures, sides, moments, _places(question), marketplace, today, destinations)


def _places(text: str) -> tuple[str, ...]:
    """The marketplaces that a text names: by country, by shop ("op .de") or by the people who live there."""
    people = [place for word, place in PEOPLE.items() if re.search(rf"\b(?:{word})\b", text.lower())]
    shops = [code.upper() for code in re.findall(r"(?<![\w.])\.(nl|be|de|fr|it|es)\b", text.lower())]
    found = [*named_marketplaces(text), *people, *shops]
    return tuple(dict.fromkeys(place for place in found if place != "EU"))


def _spoken(question: str) -> str:
    """Folded text with ``tweeduizend`` as 2000, ``anderhalve`` as 1,5 and ``een euro of twaalf`` as 12 euro."""
    text = plain(question)
    text = re.sub(r"\b(?:e|é)(?:e|é)n(?=[a-z]+ster)", "1 ", text)  # "éénsterfeedback"
    text = re.sub(r"\b(twee|drie|vier|vijf)[ëe]nhal(?:f|ve)\b", lambda match: f"{_digits(match.group(1))},5", text)
    text = re.sub(r"\been (euro|stuk)s? of ([^\W\d_]+|\d+)\b", lambda match: f"{_digits(match.group(2))} {match.group(1)}", text)
    text = re.sub(r"\b(?:een )?halve (?=kuub|kilo|liter)", "0,5 ", text)
    text = re.sub(r"\b(?:1 |een )?half jaar\b", "6 maanden", _ARTICLE_AS_ONE.sub("1", text)).replace("tientjes", "tientje")
    text = re.sub(r"(?<![\w-])[^\W\d_]+(?![\w-])", lambda match: _digits(match.group()), text)
    return fold(_THOUSANDS.sub(lambda match: str(int(match.group(1)) + int(match.group(2))), text))


@lru_cache(maxsize=16_384)
def _digits(word: str) -> str:
    """A number word in digits; any other word as it is."""
    reading = read(word)
    value = None
    if len(reading.quantities) == 1 and not reading.quantities[0].unit and not reading.codes:
        value = reading.quantities[0].value
    elif len(reading.days) == 1 and reading.days[0].year and not reading.days[0].month:  # "tweeduizend" looks like a year
        value = Decimal(reading.days[0].year)
    return word if value is None else f"{value.normalize():f}".replace(".", ",")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _take_moments(text: str, today: date | None) -> tuple[tuple[Moment, ...], str]:
    moments: list[Moment] = []

    def take(match: re.Match[str]) -> str:
        moment = _moment(match, today)
        if moment is None:
            return match.group()
        moments.append(moment)
        return _blank(match)

    text = re.sub(r"\b(?:vandaag|gisteren),? (?:is het |op )?(?=\d)", lambda match: _blank(match), text)  # "vandaag 10 mei"
    rest = _DAY.sub(take, text)
    return tuple(moments), rest


def _moment(match: re.Match[str], today: date | None) -> Moment | None:
    groups = {name.rstrip("23"): value for name, value in match.groupdict().items() if value}
    if "word" in groups:
        if today is None:
            return None
        then = today - timedelta(days=_RELATIVE_DAYS.index(groups["word"]))
        return Moment(then.day, then.month, then.year, match.start())
    day, month, year = int(groups["day"]), MONTHS.get(groups["month"]) or int(groups["month"]), int(groups.get("year", 0))
    possible = 1 <= month <= 12 and 1 <= day <= monthrange(year or 2024, month)[1]
    return Moment(day, month, year, match.start()) if possible else None


def _take_sides(text: str) -> tuple[tuple[Decimal, ...], str]:
    named = [match for pattern in _NAMED_SIDES for match in [pattern.search(text)] if match]
    if len(named) == len(_NAMED_SIDES):
        sizes = tuple(decimal(match.group(1)) * _UNITS[match.group(2)][1] for match in named)
        for match in named:
            text = text[: match.start()] + _blank(match) + text[match.end() :]
        return sizes, text
    found = list(_SIDES.finditer(text))
    sides: tuple[Decimal, ...] = ()
    if len(found) == 1:
        groups = found[0].groups()
        common = groups[5] or "cm"
        sides = tuple(decimal(groups[i] or "0") * _UNITS[groups[i + 1] or common][1] for i in (0, 2, 4))
    return sides, _SIDES.sub(_blank, text)


def _figures(text: str) -> Iterator[Figure]:
    """The figures in reading order; a bare number takes the unit of the next in "van 20 naar 21 euro"."""
    found = list(_single_figures(text))
    for place in range(len(found) - 2, -1, -1):
        first, second = found[place], found[place + 1]
        if JOINT.fullmatch(text, first.end, second.start) and (second.unit or first.is_limit):
            if not first.unit and second.unit not in ("", "kg", "m3", "cm"):  # these may come in grams, litres or millimetres
                found[place] = first._replace(unit=second.unit, noun="")
            if first.is_limit:
                found[place + 1] = second._replace(is_limit=True)
    yield from found


def _single_figures(text: str) -> Iterator[Figure]:
    for match in _FIGURE.finditer(text):
        unit, size = _UNITS.get(match.group("sign") or match.group("unit") or "", ("", Decimal(1)))
        value = decimal(match.group("number")) * size * _SCALES.get((match.group("scale") or "").strip(), 1)
        if match.group("cents") and unit == "euro":
            value += Decimal(match.group("cents")) / 100
        following = re.match(rf" (?:{_ADJECTIVES}|[a-z]{{3,}}e (?=[a-z]{{3,}}(?:s|en)\b))?([a-z][\w'-]*)", text[match.end() :])
        noun = following.group(1) if following else ""
        if not unit and re.fullmatch(r"\d+[,.]\d\d", match.group("number")) and noun not in ("x", "keer", "maal"):
            unit = "euro"  # "kost 17,95"
        if not unit and noun not in ("x", "keer", "maal") and (noun in _MONEY_NOUNS or _MONEY_BEFORE.search(text[: match.start()])):
            unit = "euro"  # "10.000 omzet", "verkoopprijs 24"
        yield Figure(value, unit, match.start(), match.end(), noun, _LIMIT.search(text[: match.start()]) is not None)
