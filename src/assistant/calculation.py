"""Works out the simple sums that a rule in the sources allows, and shows them as sums.

Between selecting facts and writing the answer. The operands come from the question, the rule and its rates from the facts;
nothing is remembered from elsewhere. A wrong sum costs a seller money, so a rule keeps silent unless its words, its units,
its country and every operand it needs are there, and nothing else in the question could be meant.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import pairwise, permutations
from typing import Final, NamedTuple

from assistant.documents import Chunk, Fact, Record
from assistant.quantities import plain, read, sums
from assistant.query_rewriting import MARKETPLACE_LABELS, named_marketplaces
from assistant.tokenization import fold, stem

# --- Numbers in and out ----------------------------------------------------------------------------------------------

_SIGNS: Final = {"euro": "€", "pond": "£"}
_CENT: Final = Decimal("0.01")


def decimal(digits: str) -> Decimal:
    """The value of a number as Dutch writes it; a point before one or two last digits is a decimal point."""
    digits = digits.strip().rstrip(".,")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", digits):
        digits = digits.replace(".", "")
    return Decimal(digits.replace(",", "."))


def half_up(value: Decimal, places: int = 2) -> Decimal:
    """The value rounded half up, as invoices do."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def number(value: Decimal) -> str:
    """``1.200`` or ``0,005``: thousands with points, decimals with a comma, no trailing zeros."""
    whole, _, decimals = f"{value.normalize():f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{decimals}" if decimals else grouped


def money(value: Decimal, unit: str = "euro") -> str:
    """An operand as it was given: ``€ 40``, ``€ 17,95``."""
    if value == int(value):
        return f"{_SIGNS[unit]} {number(value)}"
    whole, decimals = number(value).split(",")
    return f"{_SIGNS[unit]} {whole},{decimals.ljust(2, '0')}"


def cents(value: Decimal, unit: str = "euro") -> str:
    """An outcome in cents, half up: ``€ 1,80``, ``€ 1.200,00``."""
    whole, _, decimals = f"{half_up(value):f}".partition(".")
    return f"{_SIGNS[unit]} {number(Decimal(whole))},{decimals}"


def percent(share: Decimal) -> str:
    """A share of one as a percentage: exact with up to two decimals, else one decimal from 10% and two below."""
    value = share * 100
    rounded = half_up(value) if value == half_up(value) or value < 10 else half_up(value, 1)
    return f"{number(rounded)}%"


# --- What goes in: the question --------------------------------------------------------------------------------------

_MONTH_NAMES: Final = "januari februari maart april mei juni juli augustus september oktober november december".split()
_SHORT_MONTHS: Final = "jan feb mrt apr mei jun jul aug sep okt nov dec".split()
_MONTHS: Final = {name: number for names in (_MONTH_NAMES, _SHORT_MONTHS) for number, name in enumerate(names, 1)}
_MONTH: Final = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b"

# The words for a unit, the short name it has here, and how many of that unit it is.
_UNIT_WORDS: Final = (
    ("euro", "1", "€ euro euros euro's eur"), ("euro", "0.01", "cent ct eurocent"), ("euro", "10", "tientje"),
    ("pond", "1", "£ gbp"), ("dollar", "1", "$ usd dollar dollars"), ("procent", "1", "% procent percent pct"),
    ("kg", "1", "kg kilo kilo's kilogram"), ("kg", "0.001", "g gr gram"),
    ("m3", "1", "m3 kuub kubieke-meter cubic-metre cubic-metres"), ("m3", "0.001", "l liter"), ("ft3", "1", "kubieke-voet cubic-feet"),
    ("cm", "1", "cm centimeter"), ("cm", "0.1", "mm millimeter"), ("cm", "100", "m meter"),
    ("uur", "1", "uur uren"), ("dag", "1", "dag dagen days"), ("werkdag", "1", "werkdag werkdagen"), ("week", "1", "week weken weeks"),
    ("maand", "1", "maand maanden months"), ("jaar", "1", "jaar years"), ("ster", "1", "ster sterren"), ("punt", "1", "punt punten"),
    ("teken", "1", "teken tekens"),
)  # fmt: skip
_UNITS: Final = {word.replace("-", " "): (unit, Decimal(size)) for unit, size, words in _UNIT_WORDS for word in words.split()}
_UNIT: Final = "|".join(re.escape(word) for word in sorted(_UNITS, key=len, reverse=True))
_SCALES: Final = {"k": 1_000, "duizend": 1_000, "miljoen": 10**6, "mln": 10**6}

# "1.250,50", "1250,5" or "12.50"; a comma with three digits behind it can be read in two ways.
_NUMBER: Final = r"(?:\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d{1,2}(?!\d))?|\d+(?:[.,]\d{1,2}(?!\d))?)"
_AMBIGUOUS_NUMBER: Final = re.compile(r"(?<![\w.,])\d{1,3},\d{3}(?!\d)")
_FIGURE: Final = re.compile(
    rf"(?<![\w.,+])(?<![a-z]-)(?:(?P<sign>[€£$]|\beuro?\b) ?)?"  # no part of a code such as dd+7 or a-10
    rf"(?P<number>{_NUMBER})(?P<scale>k\b| (?:duizend|miljoen|mln)\b)?(?:,?-+(?=\s|[?!.,;]|$))?"  # "12,-"
    rf"(?: ?(?P<unit>{_UNIT})(?!\w))?"
    # "12 euro 50", but not "12 euro 50 stuks"
    rf"(?(unit)(?: (?P<cents>\d\d)(?![\d.,]*\d)(?! ?(?:%|[€£$]|(?:{_UNIT}|stuks?|keer|x|[a-z]{{3,}}(?:s|en))\b)))?)"
    rf"(?!\w)(?!,\d)(?!-pack)"
)
_SIDE: Final = r"(?:cm|mm|m|centimeter|millimeter|meter)\b"
_SIDES: Final = re.compile(rf"(?<![\w.,])({_NUMBER}) ?({_SIDE})?" + rf" ?(?:[x×*]|bij|op|maal) ?({_NUMBER}) ?({_SIDE})?" * 2 + r"(?!\w)")
_DAY: Final = re.compile(
    rf"(?<![\w.,])(?P<day>\d{{1,2}})(?:e|ste|de)? (?P<month>{_MONTH})\.?(?: (?P<year>20\d\d)\b)?"
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
_ADJECTIVES: Final = r"(?:kleine|grote|losse|oude|nieuwe|dezelfde|gelijke|lege|lichte|zware|van (?:de|het|mijn|die)) "
_ARTICLE_AS_ONE: Final = re.compile(r"\been(?= (?:dag|week|maand|jaar|euro|tientje|kuub|kilo|klacht|claim|defect|negatieve)\b)")
_JOINT: Final = re.compile(r" ?(?:naar|of|en|tot|-|/|en niet|of toch) ?")
_THOUSANDS: Final = re.compile(r"\b(\d+000) (\d{1,3})(?= |$)(?! (?:euro|%|stuks))")


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


class Moment(NamedTuple):
    """A day of the question; ``year`` is 0 when it is not given."""

    day: int
    month: int
    year: int
    start: int


_COUNTED: Final = r"stuks?|pakket\w*|pakje\w*|artikel\w*|keer|x|[a-z][\w-]{2,}(?:s|en)"


class Question(NamedTuple):
    """A question as the rules see it: folded text with number words as digits, and what can be reckoned with.

    ``sides`` are length, width and height in cm. ``places`` are the marketplaces it names, ``here`` is the user's own.
    """

    text: str
    figures: tuple[Figure, ...] = ()
    sides: tuple[Decimal, ...] = ()
    moments: tuple[Moment, ...] = ()
    places: tuple[str, ...] = ()
    here: str = "NL"
    today: date | None = None

    def says(self, words: str) -> bool:
        """Whether a word of every group begins so; groups are set apart by `` & ``, words by ``|``."""
        return all(pattern.search(self.text) for pattern in _word_patterns(words))

    def of(self, *units: str) -> list[Figure]:
        """The figures in one of these units that are no limits."""
        return [figure for figure in self.figures if figure.unit in units and not figure.is_limit]

    def only(self, *units: str) -> Figure | None:
        """The figure in one of these units, when there is exactly one."""
        found = self.of(*units)
        return found[0] if len(found) == 1 else None

    def counted(self, nouns: str = _COUNTED) -> Figure | None:
        """The whole bare number before one of these nouns, when there is exactly one."""
        found = [figure for figure in self.of("") if figure.value == int(figure.value) and re.fullmatch(nouns, figure.noun)]
        return found[0] if len(found) == 1 else None

    def is_about_other_than(self, *places: str) -> bool:
        """Whether a marketplace is named that is not one of these."""
        return bool(set(self.places) - set(places))


@lru_cache(maxsize=1_024)
def _word_patterns(words: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w)(?:{group})") for group in words.split(" & "))


# In a longer text too many figures could be meant.
LONGEST_QUESTION_CHARACTERS: Final = 1_000
EURO_PLACES: Final = ("NL", "BE", "DE", "FR", "IT", "ES", "IE")


def read_question(question: str, *, marketplace: str = "NL", today: date | None = None) -> Question | None:
    """The question in numbers; None when it has no number of its own, one that can be read in two ways, or is a whole story."""
    if len(question) > LONGEST_QUESTION_CHARACTERS:
        return None
    text = _spoken(question)
    if not re.search(r"\d|\b(?:vandaag|gisteren)\b", text) or _AMBIGUOUS_NUMBER.search(text):
        return None
    moments, rest = _take_moments(text, today)
    sides, rest = _take_sides(rest)
    figures = tuple(_figures(_YEAR.sub(_blank, rest)))
    if not (figures or sides or moments):
        return None
    places = tuple(place for place in named_marketplaces(question) if place != "EU")
    return Question(text, figures, sides, moments, places, marketplace, today)


def _spoken(question: str) -> str:
    """Folded text with ``tweeduizend`` as 2000, ``anderhalve`` as 1,5 and ``een euro of twaalf`` as 12 euro."""
    text = plain(question)
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

    rest = _DAY.sub(take, text)
    return tuple(moments), rest


def _moment(match: re.Match[str], today: date | None) -> Moment | None:
    groups = {name.rstrip("23"): value for name, value in match.groupdict().items() if value}
    if "word" in groups:
        if today is None:
            return None
        then = today - timedelta(days=_RELATIVE_DAYS.index(groups["word"]))
        return Moment(then.day, then.month, then.year, match.start())
    day, month, year = int(groups["day"]), _MONTHS.get(groups["month"]) or int(groups["month"]), int(groups.get("year", 0))
    possible = 1 <= month <= 12 and 1 <= day <= monthrange(year or 2024, month)[1]
    return Moment(day, month, year, match.start()) if possible else None


def _take_sides(text: str) -> tuple[tuple[Decimal, ...], str]:
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
        if _JOINT.fullmatch(text, first.end, second.start) and (second.unit or first.is_limit):
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
        following = re.match(rf" (?:{_ADJECTIVES})?([a-z][\w'-]*)", text[match.end() :])
        noun = following.group(1) if following else ""
        if not unit and re.fullmatch(r"\d+[,.]\d\d", match.group("number")) and noun not in ("x", "keer", "maal"):
            unit = "euro"  # "kost 17,95"
        yield Figure(value, unit, match.start(), match.end(), noun, _LIMIT.search(text[: match.start()]) is not None)


# --- Roles: which figure is which ------------------------------------------------------------------------------------

# Between a figure and the word that names it, a comma or "en" makes another figure likelier.
_BREAK: Final = re.compile(r"[;,?!]|\.(?= )|\b(?:en|maar|terwijl|tegen|met|bij|dan)\b")
_BREAK_COST: Final = 20
_FAR: Final = 60


class Role(NamedTuple):
    """What a figure can be: the words that name it when they stand near, and the units it may have."""

    names: str
    units: tuple[str, ...]


def assign(question: Question, roles: Mapping[str, Role]) -> dict[str, Decimal] | None:
    """The value of each role, each figure once; None when a role has none, or when it could as well be another figure.

    A name counts up to the next figure on either side. The way with the least distance between names and figures wins; a
    figure that is left over and could have had a role makes the whole doubtful.
    """
    figures = [figure for figure in question.figures if not figure.is_limit]
    if not len(roles) <= len(figures) <= 8:
        return None
    costs = [[_distance(question, figure, role) for figure in figures] for role in roles.values()]
    ways = []
    for way in permutations(range(len(figures)), len(roles)):
        parts = [cost for role, place in enumerate(way) if (cost := costs[role][place]) is not None]
        if len(parts) == len(roles):
            ways.append((sum(parts), way))
    if not ways:
        return None
    best = min(ways)
    values = [figures[place].value for place in best[1]]
    if any(cost <= best[0] + 2 and [figures[place].value for place in way] != values for cost, way in ways):
        return None
    spare = [place for place in range(len(figures)) if place not in best[1]]
    # Left over: a figure that a name stands near too, or the other half of "van 4 naar 5".
    is_doubtful = any(cost[place] is not None for cost in costs for place in spare) or any(
        one.unit == other.unit and _JOINT.fullmatch(question.text, one.end, other.start) and (place in spare) != (place + 1 in spare)
        for place, (one, other) in enumerate(pairwise(figures))
    )
    return None if is_doubtful else dict(zip(roles, values, strict=True))


def _nearest(question: Question, figures: Sequence[Figure], role: Role) -> Figure | None:
    """The figure that the name of a role stands nearest to; None when that is not clear."""
    near = sorted((cost, place) for place, figure in enumerate(figures) if (cost := _distance(question, figure, role)) is not None)
    is_clear = len(near) == 1 or (len(near) > 1 and near[0][0] + 2 < near[1][0])
    return figures[near[0][1]] if is_clear else None


def _distance(question: Question, figure: Figure, role: Role) -> int | None:
    """How far the nearest name of the role stands from a figure; None when it is too far or the unit does not fit."""
    if figure.unit not in role.units:
        return None
    place = question.figures.index(figure)
    left = question.figures[place - 1].end if place else 0
    right = question.figures[place + 1].start if place + 1 < len(question.figures) else len(question.text)
    before, after = question.text[left : figure.start], question.text[figure.end : right]
    gaps = [before[match.end() :] for match in re.finditer(role.names, before)]
    gaps += [after[: match.start()] for match in re.finditer(role.names, after)]
    nearest = min((len(gap) + _BREAK_COST * len(_BREAK.findall(gap)) for gap in gaps), default=_FAR + 1)
    return nearest if nearest <= _FAR else None


# --- What goes in: the facts -----------------------------------------------------------------------------------------


def _euro(name: str) -> str:
    """A pattern for an amount in euro, with the number as a group."""
    return rf"€ ?(?P<{name}>\d[\d.]*(?:,\d+)?)"


def _share(name: str) -> str:
    """A pattern for a percentage, with the number as a group."""
    return rf"(?<![\d,])(?P<{name}>\d+(?:,\d+)?)%"


class Hit(NamedTuple):
    """A pattern found in a fact."""

    match: re.Match[str]
    fact: Fact

    def value(self, name: str) -> Decimal:
        """The number in a group; ``rate`` also stands for ``rate2``, when a pattern has two ways to say it."""
        return decimal(next(text for group, text in self.match.groupdict().items() if text and group.rstrip("23") == name))


class Sources(NamedTuple):
    """The facts that a sum may rest on, likeliest first, and the chunks they come from."""

    facts: tuple[Fact, ...]
    chunks: tuple[Chunk, ...] = ()

    def hits(self, pattern: str) -> Iterator[Hit]:
        """Every fact with this pattern; letters match in either case."""
        compiled = _pattern(pattern)
        for fact in self.facts:
            match = compiled.search(fact.text)
            if match:
                yield Hit(match, fact)

    def find(self, pattern: str) -> Hit | None:
        """The first fact with this pattern."""
        return next(self.hits(pattern), None)

    def agreed(self, pattern: str) -> Hit | None:
        """The first fact with this pattern, when all facts that have it give the same figures."""
        hits = list(self.hits(pattern))
        figures = {tuple(decimal(text) for text in hit.match.groups() if text) for hit in hits}
        return hits[0] if len(figures) == 1 else None

    def rows(self, header: str) -> list[Fact]:
        """The table rows whose header has this pattern."""
        compiled = _pattern(header)
        return [fact for fact in self.facts if fact.kind == "row" and compiled.search(" | ".join(fact.header))]

    def beside(self, fact: Fact) -> "Sources":
        """All facts of the chunk that a fact comes from; none when the chunk is not known."""
        return Sources(next((chunk.facts for chunk in self.chunks if any(other is fact for other in chunk.facts)), ()))


@lru_cache(maxsize=1_024)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _gather(facts: Sequence[Fact], chunks: Sequence[Chunk]) -> Sources:
    """The facts, followed by what else stands in their chunks."""
    together = {id(fact): fact for fact in (*facts, *(fact for chunk in chunks for fact in chunk.facts))}
    return Sources(tuple(together.values()), tuple(chunks))


def _cell_amount(cell: str) -> Decimal | None:
    """The one bare amount of a table cell: ``€ 4,50``."""
    match = re.fullmatch(_euro("amount"), cell.strip())
    return decimal(match.group("amount")) if match else None


# --- What comes out --------------------------------------------------------------------------------------------------


class WorkedSum(Record):
    """A sum in one Dutch sentence, with the facts that gave its rule and rates, and the name of the rule."""

    text: str
    facts: tuple[Fact, ...]
    rule: str


class _Sum(NamedTuple):
    """What a rule gives: the sentence after ``Som:`` without its full stop, and the facts it used."""

    text: str
    facts: tuple[Fact, ...]


class Rule(NamedTuple):
    """One way to reckon: the question must say ``asks`` and must not say ``refuses``; see ``Question.says``."""

    name: str
    asks: str
    work: Callable[[Question, Sources], _Sum | None]
    refuses: str = r"(?!)"


def worked_sum(
    question: str, facts: Sequence[Fact], *, chunks: Sequence[Chunk] = (), marketplace: str = "NL", today: date | None = None
) -> str:
    """A sum such as ``Som: 10% van € 17,95 = € 1,80 verwijzingskosten.``; empty when no rule in the facts allows one.

    Args:
        question: as asked, with the numbers to reckon with.
        facts: found for the question, likeliest first.
        chunks: where the facts come from. With them a table is read whole when only one of its rows was found, and an
            example ("een T-shirt van € 17,95: 10%") may lead to the row of its category.
        marketplace: of the user; whose column counts when the question names no country.
        today: for "vandaag", and for a date without a year that a leap day could shift.
    """
    worked = work_out(question, facts, chunks=chunks, marketplace=marketplace, today=today)
    return worked.text if worked else ""


def work_out(
    question: str, facts: Sequence[Fact], *, chunks: Sequence[Chunk] = (), marketplace: str = "NL", today: date | None = None
) -> WorkedSum | None:
    """The sum of the first rule that fits, with the facts it rests on; arguments as for ``worked_sum``."""
    asked = read_question(question, marketplace=marketplace, today=today)
    if asked is None or "US" in asked.places or asked.of("dollar"):
        return None
    sources = _gather(facts, chunks)
    for rule in RULES:
        found = rule.work(asked, sources) if asked.says(rule.asks) and not asked.says(rule.refuses) else None
        # Every sum is read back before it is shown; a rule that writes a wrong one is silent instead.
        if found and all(one.right for one in sums(found.text)):
            facts_used = {id(fact): fact for fact in found.facts}
            return WorkedSum(text=f"Som: {found.text}.", facts=tuple(facts_used.values()), rule=rule.name)
    return None


# --- Referral fees: tariffs ------------------------------------------------------------------------------------------


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
    rf"{_share('rate')}(?: verwijzingskosten)?(?P<part> over het deel)?(?: t/m {_euro('limit')}| (?P<above>daarboven))?"
    rf"|daarboven {_share('last')}"
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


def _fee_text(parts: Sequence[tuple[Decimal, Decimal]], plus: Decimal = Decimal(0)) -> str:
    """``15% van € 200 + 10% van € 250 = € 55,00``, with a fixed amount in front when there is one."""
    terms = [money(plus)] * bool(plus) + [f"{percent(rate)} van {money(amount)}" for rate, amount in parts]
    return f"{' + '.join(terms)} = {cents(plus + fee_of(parts))}"


# --- Referral fees: categories ---------------------------------------------------------------------------------------

# Words in the name of a category that do not tell it from others, or that a question uses in another sense.
_VAGUE: Final = frozenset(
    """accessoires accessoire artikelen artikel producten product apparaten apparaat overige overig benodigdheden zakelijk
    industrieel wetenschappelijk video andere al het de een en of else everything deel potje potjes doos doosje set paar stuk
    stuks merk elektra voor van met bedrijven energie persoonlijke""".split()
)
_GENERIC_HEAD: Final = re.compile(r"(?:artikel|artikelen|product|producten|spullen|spul|goederen|waren|items)$")
_LITERAL: Final = frozenset({"wonen"})  # its stem is that of "ik woon"


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


def _word_forms(text: str) -> frozenset[str]:
    """The forms of all words of a folded text and of their hyphened parts; ``tuinartikelen`` also means ``tuin``."""
    words = re.findall(r"[a-z][\w'-]+", text)
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


def _named(name: str, words: frozenset[str]) -> int:
    """How many telling words of the best alternative of a name stand among the words; 0 when none stands there whole."""
    return max((len(phrase) for phrase in _phrases(name) if all(forms & words for forms in phrase)), default=0)


_SENTENCE_TARIFF: Final = r"^(?:over )?(?P<name>[^€%:]{3,90}?) (?:kosten|kost|betaal je|hebben)\b.{0,60}?\d+% .*verwijzingskosten.*"
_EXAMPLE: Final = rf"\bover (?:een )?(?P<thing>[^€%.;]{{2,40}}?) van {_euro('price')} betaal je (?:ongeveer )?{_share('rate')}(?! over €)"
_PART_EXAMPLE: Final = (
    rf"(?:over |een |rekenvoorbeeld )*(?P<thing>\w[\w -]{{1,30}}?) van {_euro('price')}(?: betaal je| kost|:) "
    rf"{_share('low')} over {_euro('limit')}.{{0,40}}? {_share('high')} over {_euro('rest')}"
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
    words = _word_forms(question.text)
    for hit in sources.hits(_BELONGS):  # "een krabpaal of hondenmand hoort bij de overige dierbenodigdheden"
        groups = {name.rstrip("2"): text for name, text in hit.match.groupdict().items() if text}
        words |= _word_forms(fold(groups["name"])) if _named(groups["thing"], words) else frozenset()
    found = [(_named(name, words), tariff) for name, tariff in [*_row_tariffs(sources), *_sentence_tariffs(sources)]]
    best = max((count for count, _ in found), default=0)
    if best:
        named = [tariff for count, tariff in found if count == best]
        rows = [tariff for tariff in named if tariff.fact and tariff.fact.kind == "row"]
        return rows or named  # a sentence may leave out what the row says about the minimum
    return list(_example_tariffs(question, sources, words))


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
        if limit + hit.value("rest") == hit.value("price") and _named(hit.match.group("thing"), words):
            yield Tariff((Tier(hit.value("low") / 100, limit), Tier(hit.value("high") / 100)), by_part=True, fact=hit.fact)
    for hit in sources.hits(_EXAMPLE):
        if not _named(hit.match.group("thing"), words):
            continue
        price, rate = hit.value("price"), hit.value("rate") / 100
        same = [tariff for _, tariff in _row_tariffs(sources.beside(hit.fact)) if fee_parts(tariff, price) == [(rate, price)]]
        yield from (tariff._replace(note="") for tariff in same)
        if not same and [figure.value for figure in question.of("euro")] == [price]:
            yield Tariff((Tier(rate),), fact=hit.fact)


# --- Referral fees: sums ---------------------------------------------------------------------------------------------

_SHIPPING: Final = r"verzend\w*|porto|bezorgkosten|shipping"
_WITHOUT_VAT: Final = r"excl|ex btw|zonder btw"
_LOW_VAT_GOODS: Final = (
    r"(?:boek\w*|voeding\w*|eten|levensmiddel\w*|olijfolie|geneesmiddel\w*|medicijn\w*|koffie|thee|snoep|drank|fruit|groente\w*)\b"
)
_PERCENTAGE_OF: Final = re.compile(
    r"(?P<rate>\d+(?:,\d+)?) ?(?:%|procent)-?\s?(?:categorie|tarief|verwijzingskosten|commissie)"
    r"|(?:categorie|tarief|verwijzingskosten|commissie) (?:van|met|is) (?P<rate2>\d+(?:,\d+)?) ?(?:%|procent)"
)


def _fee(tariffs: Sequence[Tariff], price: Decimal, sources: Sources) -> tuple[str, Decimal, tuple[Fact, ...]] | None:
    """The fee of a price as a sum, when all tariffs agree on it; the minimum of € 0,30 only when the facts give it."""
    fees = {fee_of(fee_parts(tariff, price)) for tariff in tariffs}
    if len(fees) != 1:
        return None
    fee, text = half_up(fees.pop()), _fee_text(fee_parts(tariffs[0], price))
    facts = tuple(tariff.fact for tariff in tariffs[:1] if tariff.fact)
    if fee >= 30 * _CENT or not any(tariff.has_minimum for tariff in tariffs):
        return text, fee, facts
    minimum = sources.find(rf"(?:minstens|minimum van) {_euro('least')}")
    if minimum is None or not all(tariff.has_minimum for tariff in tariffs):
        return None
    least = minimum.value("least")
    return f"{text}, minder dan het minimum, dus {cents(least)}", least, (*facts, minimum.fact)


def _fee_note(tariff: Tariff, price: Decimal) -> str:
    """Which tier it was, and what the row adds: `` (tarief t/m € 20)``."""
    up_to = tier_at(tariff.tiers, price).up_to
    limits = [tier.up_to for tier in tariff.tiers if tier.up_to is not None]
    band = "" if tariff.by_part or not limits else f"tarief t/m {money(up_to)}" if up_to else f"tarief boven {money(limits[-1])}"
    notes = "; ".join(filter(None, (band, tariff.note)))
    return f" ({notes})" if notes else ""


def _total_price(question: Question, sources: Sources) -> tuple[Decimal, str, tuple[Fact, ...]] | None:
    """What the fee goes over: price and shipping with VAT (kosten/verwijzingskosten), with the steps to it and their facts."""
    prices, names_shipping = question.of("euro"), question.says(_SHIPPING) and not question.says(r"gratis verzend")
    if len(prices) == 1 and question.says(_WITHOUT_VAT):
        rule = sources.find(r"inclusief 21% btw|door 1,21\b")
        if rule is None or question.is_about_other_than("NL") or question.says(_LOW_VAT_GOODS):
            return None
        total = half_up(prices[0].value * Decimal("1.21"))
        return total, f"{money(prices[0].value)} × 1,21 = {cents(total)} inclusief 21% btw; ", (rule.fact,)
    if len(prices) == 1:
        return None if names_shipping else (prices[0].value, "", ())
    shipping = _nearest(question, prices, Role(_SHIPPING, ("euro",))) if len(prices) == 2 and names_shipping else None
    rule = sources.find(r"artikelprijs plus verzendkosten|verzendkosten telt dus|inclusief btw en verzend|plus de verzendkosten")
    if shipping is None or rule is None or question.says(_WITHOUT_VAT):
        return None
    price = next(figure for figure in prices if figure is not shipping)
    total = price.value + shipping.value
    return total, f"{money(price.value)} + {money(shipping.value)} = {money(total)}; ", (rule.fact,)


def _referral_fee(question: Question, sources: Sources) -> _Sum | None:
    """The referral fee of a price, or of two prices with the difference (kosten/tarieven-per-categorie, kosten/verwijzingskosten).

    Whole-price categories take one tier by price; the others are a sum of parts. At least € 0,30 where the facts say so.
    """
    is_past = question.says(r"vorig jaar|vroeger|voorheen|was het eerst|in 2025|oude tarief|betaalde ik|destijds")
    if (
        question.is_about_other_than(*EURO_PLACES)
        or question.of("pond")
        or (is_past and not question.says(r"(?:nu|nog|anders|tegenwoordig)\b"))
    ):
        return None
    tariffs = tariffs_of(question, sources) or _stated_tariff(question, sources)
    prices = sorted(figure.value for figure in question.of("euro"))
    is_change = question.says(r"naar\b|in plaats van|of\b|verschil|scheel|verhoog|verlaag") and not question.says(_SHIPPING)
    if len(prices) == 2 and is_change:
        return _two_fees(tariffs, prices, sources)
    total = _total_price(question, sources)
    found = _fee(tariffs, total[0], sources) if total else None
    pieces = _pieces_at_a_price(question)
    is_turnover = question.says(r"omzet|per (?:maand|jaar|week|dag)|maandelijks|jaarlijks") and not pieces
    if total is None or found is None or (is_turnover and len(tariffs[0].tiers) > 1):
        return None
    (price, steps, facts), (text, fee, used) = total, found
    times = f" per stuk; {number(pieces)} × {money(fee)} = {cents(pieces * fee)}" if pieces and "minimum" not in text else ""
    return _Sum(f"{steps}{text}{times} verwijzingskosten{_fee_note(tariffs[0], price)}", (*used, *facts))


def _two_fees(tariffs: Sequence[Tariff], prices: Sequence[Decimal], sources: Sources) -> _Sum | None:
    low, high = (_fee(tariffs, price, sources) for price in prices)
    if low is None or high is None:
        return None
    difference = f"{money(high[1])} - {money(low[1])} = {cents(high[1] - low[1])} verschil"
    return _Sum(f"{low[0]} en {high[0]} verwijzingskosten; {difference}", (*low[2], *high[2]))


def _pieces_at_a_price(question: Question) -> Decimal | None:
    """How many are sold, when the number stands right before the article and its price: "30 shirts van 17,95"."""
    match = re.search(
        rf"(?<![\w,.])({_NUMBER}) (?:stuks|x|keer|[a-z][\w-]*(?:s|en))(?: [a-z]+)? (?:van|a)(?: elk)? (?:€|\d)", question.text
    )
    value = decimal(match.group(1)) if match else Decimal(0)
    return value if value > 1 and value == int(value) else None


def _stated_tariff(question: Question, sources: Sources) -> list[Tariff]:
    """The percentage of the category as the question itself states it, or as an example with the very same price gives it."""
    match = _PERCENTAGE_OF.search(question.text)
    if match:
        rate = match.group("rate") or match.group("rate2")
        known = sources.find(rf"(?<![\d,]){rate}%.*verwijzingskosten|verwijzingskosten.*(?<![\d,]){rate}%|categorie van {rate}%")
        return [Tariff((Tier(decimal(rate) / 100),), fact=known.fact)] if known else []
    price = question.only("euro")
    hit = _example_with_price(price.value, sources) if price and question.says(r"(?:artikel|product|iets)\b") else None
    rate_text = f"bij een categorie van {percent(hit.value('rate') / 100)}" if hit else ""
    return [Tariff((Tier(hit.value("rate") / 100),), note=rate_text, fact=hit.fact)] if hit else []


def _example_with_price(price: Decimal, sources: Sources) -> Hit | None:
    """An example with the very price of the question: "een artikel van € 60 met 15% verwijzingskosten"."""
    pattern = rf"van {_euro('price')} (?:inclusief 21% btw )?(?:met|in een categorie van) {_share('rate')}"
    return next((hit for hit in sources.hits(pattern) if hit.value("price") == price), None)


def _fee_change(question: Question, sources: Sources) -> _Sum | None:
    """What the cuts of December 2025 and early 2026 save on a price (kosten/tarieven-per-categorie, table with Was and Is nu)."""
    price = question.only("euro")
    if price is None or question.is_about_other_than(*EURO_PLACES):
        return None
    words = _word_forms(question.text)
    rows = [row for row in sources.rows(r"\bwas\b.*\bis nu\b") if _named(row.cells[0], words) and _is_within(row.cells[0], price.value)]
    if len(rows) != 1:
        return None
    was, now = (decimal(rows[0].cells[column].rstrip("%")) / 100 for column in (1, 2))
    old, new = half_up(was * price.value), half_up(now * price.value)
    text = f"{_fee_text([(was, price.value)])} vroeger en {_fee_text([(now, price.value)])} nu"
    saved = f"{money(old)} - {money(new)} = {cents(old - new)} minder verwijzingskosten"
    return _Sum(f"{text}; {saved}", (rows[0],)) if new >= 30 * _CENT else None


def _is_within(name: str, price: Decimal) -> bool:
    """Whether a price lies in the band of a name such as ``Kleding boven € 15 t/m € 20``."""
    above, up_to = (re.search(rf"{word} {_euro('limit')}", name) for word in ("boven", "t/m"))
    return bool(up_to and price <= decimal(up_to.group("limit")) and not (above and price <= decimal(above.group("limit"))))


def _fee_to_reckon_over(question: Question, sources: Sources) -> tuple[str, Decimal, tuple[Fact, ...]] | None:
    """The referral fee that another fee goes over: stated, or a price times a percentage that is stated or found."""
    amount, rates = question.only("euro"), question.of("procent")
    name = r"commissie|verwijzingskosten|referral fee|verkoopkosten|fees?\b"
    if amount is None or len(rates) > 1:
        return None
    if rates:
        parts = [(rates[0].value / 100, amount.value)]
        return (f"{_fee_text(parts)} verwijzingskosten; ", half_up(fee_of(parts)), ()) if question.says(name) else None
    is_price = question.says(r"artikel|product|prijs|jas\b|verkoop|van € ?\d")
    if not is_price and assign(question, {"fee": Role(name, ("euro",))}):
        return "", amount.value, ()
    fee = _fee(tariffs_of(question, sources), amount.value, sources)
    if fee and "minimum" not in fee[0]:
        return f"{fee[0]} verwijzingskosten; ", fee[1], fee[2]
    example = _example_with_price(amount.value, sources)
    if example is None:
        return None
    parts = [(example.value("rate") / 100, amount.value)]
    return f"{_fee_text(parts)} verwijzingskosten (bij {percent(parts[0][0])}); ", half_up(fee_of(parts)), (example.fact,)


def _refund_fee(question: Question, sources: Sources) -> _Sum | None:
    """What Amazon keeps of the fee after a refund: the lower of € 5 and 20%, per order line (kosten/overige-kosten)."""
    rule = sources.find(rf"laagste van {_euro('most')} of {_share('rate')} ")
    given = _fee_to_reckon_over(question, sources) if rule else None
    if rule is None or given is None or question.is_about_other_than("NL"):
        return None
    steps, fee, facts = given
    same = re.search(r"(\d+) (?:dezelfde|gelijke|stuks van hetzelfde|x hetzelfde)", question.text)
    if same:
        line = decimal(same.group(1)) * fee
        steps, fee = f"{steps}{same.group(1)} × {money(fee)} = {cents(line)}; ", line
    elif question.of("") or question.says("verschillende"):
        return None
    rate, most = rule.value("rate") / 100, rule.value("most")
    share = half_up(rate * fee)
    kept = min(share, most)
    compared = f"lager dan {money(most)}, dus Amazon houdt {cents(kept)}" if share < most else f"Amazon houdt hooguit {cents(kept)}"
    back = f"je krijgt {money(fee)} - {money(kept)} = {cents(fee - kept)} terug"
    return _Sum(f"{steps}{percent(rate)} van {money(fee)} = {cents(share)} ({compared}); {back}", (rule.fact, *facts))


def _digital_surcharge(question: Question, sources: Sources) -> _Sum | None:
    """The digital services fee of France, Italy or Spain over the referral fee (kosten/overige-kosten)."""
    shops = {"FR": "amazon.fr", "IT": "amazon.it", "ES": "amazon.es"}
    named = [shops[place] for place in question.places if place in shops]
    rows = [row for row in sources.rows("toeslag") if len(named) == 1 and row.cells[0].lower() == named[0]]
    given = _fee_to_reckon_over(question, sources) if len(rows) == 1 else None
    if given is None or question.is_about_other_than("NL", *shops):
        return None
    steps, fee, facts = given
    rate = decimal(rows[0].cells[1].rstrip("%")) / 100
    return _Sum(f"{steps}{_fee_text([(rate, fee)])} toeslag digitale diensten ({rows[0].cells[0]})", (rows[0], *facts))


def _price_limit(question: Question, sources: Sources) -> _Sum | None:
    """Price plus shipping against the limit of a tariff, which is held against that total (kosten/verwijzingskosten)."""
    limits = [figure.value for figure in question.figures if figure.unit == "euro" and figure.is_limit]
    total = _total_price(question, sources) if len(limits) == 1 and len(question.of("euro")) == 2 else None
    if total is None:
        return None
    price, steps, facts = total
    return _Sum(f"{steps}{'meer' if price > limits[0] else 'niet meer'} dan {money(limits[0])}".replace(";", ","), facts)


# --- Plans, units and shares -----------------------------------------------------------------------------------------


def _selling_plan(question: Question, sources: Sources) -> _Sum | None:
    """Individueel times the articles sold, against the month price of Professioneel (start/verkoopplan-kiezen)."""
    each = sources.agreed(rf"individueel.{{0,60}}?{_euro('each')}(?: exclusief btw)? per verkocht artikel|gedeeld door {_euro('each2')}")
    month = sources.agreed(rf"professioneel kost.{{0,20}}? {_euro('month')} per maand|want {_euro('month2')} gedeeld door")
    sold = question.counted()
    is_monthly = question.says(r"per maand|maandelijks|in de maand|pm\b") or (sold and sold.noun in ("verkopen", "bestellingen", "orders"))
    if (
        each is None
        or month is None
        or sold is None
        or not is_monthly
        or len(question.of("")) > 1
        or question.is_about_other_than("NL", "BE")
    ):
        return None
    total, price = sold.value * each.value("each"), month.value("month")
    compared = "goedkoper dan" if total < price else "duurder dan" if total > price else "gelijk aan"
    text = f"{number(sold.value)} × {money(each.value('each'))} = {cents(total)} per maand met Individueel"
    return _Sum(f"{text}, {compared} {cents(price)} met Professioneel (excl. btw)", (each.fact, month.fact))


class MonthPrice(NamedTuple):
    """A price per month: the words that ask for it, the fact with its ``rate``, and what it is."""

    asks: str
    fact: str
    label: str


MONTH_PRICES: Final = (
    # strategie/amazon-bol-of-webshop
    MonthPrice("kaufland", rf"kaufland.*?{_euro('rate')} per maand", "Kaufland (stand april 2024)"),
    # start/verkoopplan-kiezen and, under the KOR, btw-en-regels/facturen-en-btw-op-kosten
    MonthPrice(r"met btw|incl|kor\b|kleineondernemers",
               rf"met 21% btw is dat {_euro('rate')}|met {_euro('rate2')} per maand voor professioneel",
               "Professioneel (incl. 21% btw)"),
    MonthPrice(r"professione|professional|abonnement|verkoopplan|plan\b|maandbedrag",
               rf"professioneel\b.{{0,60}}?{_euro('rate')}(?: excl\. btw)? per maand|maandbedrag van {_euro('rate2')} excl",
               "Professioneel (excl. btw)"),
)  # fmt: skip


def _months(question: Question, sources: Sources) -> _Sum | None:
    """A price per month times the months; see ``MONTH_PRICES`` for the articles."""
    span = question.only("maand", "jaar")
    entry = next((entry for entry in MONTH_PRICES if question.says(entry.asks)), None)
    asks_for_costs = re.search(r"\b(?:hoeveel|wat|totaal)\b.*\b(?:kost|betaal|kwijt)|\bkost\w*.*\b(?:per|over|voor|in) \d", question.text)
    if span is None or entry is None or not asks_for_costs or question.of("euro", "") or question.is_about_other_than("NL", "BE", "DE"):
        return None
    hit, months = sources.agreed(entry.fact), span.value * (12 if span.unit == "jaar" else 1)
    if hit is None or months != int(months):
        return None
    rate = hit.value("rate")
    return _Sum(f"{number(months)} maanden × {money(rate)} = {cents(months * rate)} voor {entry.label}", (hit.fact,))


class UnitRate(NamedTuple):
    """A price per unit: the words that ask for it, the fact with its ``rate``, what is counted, and where it goes."""

    asks: str
    fact: str
    label: str
    counted: str = _COUNTED
    places: tuple[str, ...] = EURO_PLACES


UNIT_RATES: Final = (
    # fba/fulfilmentkosten and fba/pan-eu-en-efn: the surcharge without Central Europe Programme
    UnitRate(r"cep\b|central europe|mitteleuropa", rf"opslag van {_euro('rate')}|bespaart cep [\d.]+ x {_euro('rate2')}",
             "CEP-opslag in Duitsland", places=("DE",)),
    # fba/toeslagen: dangerous goods and lithium batteries
    UnitRate(r"gevaarlijk|lithium|batterij|accu|hazmat|powerbank", rf"lithiumbatterij.*?{_euro('rate')} extra per verzonden stuk",
             "toeslag voor gevaarlijke stoffen, per verzonden stuk"),
    # btw-en-regels/btw-bij-voorraad-en-import: customs duty on small parcels since July 2026
    UnitRate(r"douane|invoer|import|buiten de eu|china", rf"{_euro('rate')}(?: douanerecht)? per soort product",
             "douanerecht per pakket", counted=r"soort\w*"),
    # fba/lage-prijs-fba: the difference with the usual tariff
    UnitRate(r"lage.prijs & scheel|bespa|verschil|goedkoper|voordeel",
             rf"amazon\.nl scheelt lage-prijs-fba ongeveer {_euro('rate')} per stuk",
             "lager FBA-tarief, ongeveer", places=("NL",)),
)  # fmt: skip


def _per_unit(question: Question, sources: Sources) -> _Sum | None:
    """A price per piece, parcel or kind times how many there are; see ``UNIT_RATES`` for the articles."""
    for entry in UNIT_RATES:
        amount = question.counted(entry.counted)
        hit = sources.agreed(entry.fact) if amount and question.says(entry.asks) else None
        if amount is None or hit is None or question.is_about_other_than(*entry.places):
            continue
        rate = hit.value("rate")
        if any(figure.value != rate for figure in question.of("euro")):
            continue
        month = " per maand" if question.says("per maand|maandelijks") else ""
        return _Sum(f"{number(amount.value)} × {money(rate)} = {cents(amount.value * rate)}{month} ({entry.label})", (hit.fact,))
    return None


class ShareOf(NamedTuple):
    """A percentage of an amount: the words that ask for it, the fact with its ``rate``, and what comes out."""

    asks: str
    fact: str
    label: str
    places: tuple[str, ...] = EURO_PLACES


SHARES: Final = (
    # groei/coupons-en-deals: a coupon stops at 80% of its budget
    ShareOf(r"coupon|kortingsbon|voucher & \w*budget", rf"zodra {_share('rate')} van het couponbudget",
            "van het budget; dan gaat de coupon offline"),
    # strategie/amazon-bol-of-webshop: TikTok Shop since January 2026
    ShareOf("tiktok", rf"commissie sinds 8 januari 2026 {_share('rate')}", "commissie van TikTok Shop", ("DE", "FR", "IT", "ES", "IE")),
    # btw-en-regels/facturen-en-btw-op-kosten
    ShareOf(r"btw & amazon.?kosten|kosten van amazon|factuur van amazon|aan kosten",
            rf"{_share('rate')} nederlandse btw over de amazon-kosten",
            "btw over de Amazon-kosten", ("NL",)),
)  # fmt: skip


def _share_of(question: Question, sources: Sources) -> _Sum | None:
    """A percentage of the one amount in the question; see ``SHARES`` for the articles."""
    amount = question.only("euro")
    for entry in SHARES:
        hit = sources.agreed(entry.fact) if amount and question.says(entry.asks) else None
        if amount and hit and not question.is_about_other_than(*entry.places) and not question.says("incl"):
            return _Sum(f"{_fee_text([(hit.value('rate') / 100, amount.value)])} {entry.label}", (hit.fact,))
    return None


def _prime_discount(question: Question, sources: Sources) -> _Sum | None:
    """The highest price for a Prime exclusive discount: at least 20% off (groei/coupons-en-deals)."""
    price, hit = question.only("euro"), sources.agreed(rf"minstens {_share('rate')} onder je gewone prijs")
    if price is None or hit is None:
        return None
    parts = [(hit.value("rate") / 100, price.value)]
    off = half_up(fee_of(parts))
    return _Sum(f"{_fee_text(parts)} korting, dus hooguit {money(price.value)} - {money(off)} = {cents(price.value - off)}", (hit.fact,))


def _coupon(question: Question, sources: Sources) -> _Sum | None:
    """A coupon: a fixed amount plus a share of its sales, up to a cap (groei/coupons-en-deals, since 5 November 2025)."""
    shops = ("DE", "FR", "IT", "ES")
    sales, named = question.only("euro"), [MARKETPLACE_LABELS[place] for place in question.places if place in shops]
    rows = [row for row in sources.rows("coupon: vooraf") if len(named) == 1 and named[0] in row.cells[0]]
    if len(rows) != 1 or sales is None or question.of("") or question.is_about_other_than("NL", *shops):
        return None
    fixed, share, cap = _cell_amount(rows[0].cells[1]), re.match(_share("rate"), rows[0].cells[2]), _cell_amount(rows[0].cells[3])
    if fixed is None or share is None or cap is None:
        return None
    rate = decimal(share.group("rate")) / 100
    capped = f", meer dan het plafond van {money(cap)} per coupon" if fixed + rate * sales.value > cap else ""
    return _Sum(f"{_fee_text([(rate, sales.value)], plus=fixed)} couponkosten{capped} ({rows[0].cells[0]})", (rows[0],))


def _promotion(question: Question, sources: Sources) -> _Sum | None:
    """How many extra sales earn back a promotion (groei/coupons-en-deals, "Winst van een actie").

    Extra pieces × (margin - discount) must cover the discount on the usual pieces plus the costs of the promotion.
    """
    rule = sources.find(r"extra stuks × \(marge per stuk − korting\)|elk extra stuk brengt in het rekenvoorbeeld")
    roles = {
        "usual": Role(r"normaal|gewone|gewoonlijk|verkoop ik er", ("",)),
        "margin": Role("marge", ("euro",)),
        "off": Role("korting", ("euro",)),
    }
    has_costs = len(question.of("euro")) == 3
    found = assign(question, roles | ({"costs": Role(r"\w*kosten", ("euro",))} if has_costs else {})) if rule else None
    if rule is None or found is None or found["margin"] <= found["off"]:
        return None
    costs, gain = found.get("costs", Decimal(0)), found["margin"] - found["off"]
    lost = found["usual"] * found["off"] + costs
    steps = f"{number(found['usual'])} × {money(found['off'])}{f' + {money(costs)}' if costs else ''} = {cents(lost)}"
    needed = number((lost / gain).to_integral_value(ROUND_CEILING))
    extra = f"{cents(lost)} / {money(gain)} per extra stuk = {number(half_up(lost / gain))}, dus {needed} extra stuks"
    return _Sum(f"{steps}; {extra}{'' if costs else ' (zonder actiekosten)'}", (rule.fact,))


# --- FBA: fees per piece ---------------------------------------------------------------------------------------------

_FUEL: Final = r"(?:brandstof|fuel)[^.%]{0,80}?(?<![\d,])(?P<rate>1,5)%|(?P<rate2>1,5)% brandstof"
_SIZES: Final = (
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


def _times(pieces: Figure | None, each: Decimal) -> str:
    """``; 100 × € 4,57 = € 457,00`` when there are pieces, else nothing."""
    return f"; {number(pieces.value)} × {money(each)} = {cents(pieces.value * each)}" if pieces else ""


def _fuel(question: Question, sources: Sources) -> _Sum | None:
    """A fulfilment fee that the question gives, with the fuel surcharge of 1,5% (fba/toeslagen)."""
    amount = question.only("euro")
    found = _with_fuel(amount.value, sources) if amount else None
    if found is None or question.is_about_other_than(*EURO_PLACES):
        return None
    return _Sum(f"{found[0]} per stuk met brandstoftoeslag{_times(question.counted(), found[1])}", (found[2],))


def _size_of(question: Question) -> str:
    """The one size tier that the question names, as the tables call it; else nothing."""
    rest, found = question.text, []
    for name, pattern in _SIZES:
        if re.search(pattern, rest):
            found.append(name)
            rest = re.sub(pattern, " ", rest)
    return found[0] if len(found) == 1 else ""


def _bound(name: str) -> Decimal | None:
    """The weight up to which a row goes, in kg: ``t/m 400 g`` or ``t/m 1,4 kg``."""
    match = re.search(r"t/m (\d[\d.]*(?:,\d+)?) (k?g)\b", name)
    return decimal(match.group(1)) * (1 if match.group(2) == "kg" else Decimal("0.001")) if match else None


def _weight_row(rows: Iterable[Fact], weight: Decimal) -> Fact | None:
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


def _fulfilment(question: Question, sources: Sources) -> _Sum | None:
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
    row = _weight_row(rows, weights[0])
    column = _place_column(question, row) if row else None
    fee = _cell_amount(row.cells[column]) if row and column else None
    fuel = _with_fuel(fee, sources) if fee else None
    if row is None or column is None or fee is None or (wants_fuel and fuel is None):
        return None
    label = f"{row.cells[0]}, {row.header[column]}, excl. btw"
    if fuel:
        return _Sum(f"{fuel[0]} per stuk met brandstoftoeslag{_times(pieces, fuel[1])} ({label})", (row, fuel[2]))
    return _Sum(f"{_times(pieces, fee).removeprefix('; ')} ({label}, zonder brandstoftoeslag)", (row,))


def _base_plus_weight(question: Question, sources: Sources) -> _Sum | None:
    """A base fee plus a fee per further 100 g or kg (fba/fulfilmentkosten: selected categories and oversize).

    How a part of a step is rounded is not in the sources, so the weight must be a whole number of steps above the base.
    """
    weight = question.only("kg")
    found: list[_Sum] = []
    for row in sources.rows(r"lokaal/pan-eu|\(2026\)") if weight else []:
        name, column = row.cells[0].split(",")[0].lower(), _place_column(question, row)
        match = re.search(rf"{_euro('base')} \+ {_euro('each')} per (?P<unit>100 g|kg)", row.cells[column]) if column else None
        if weight is None or match is None or column is None or not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question.text):
            continue
        base, each = decimal(match.group("base")), decimal(match.group("each"))
        first, step = (
            (Decimal("0.1"), Decimal("0.1")) if match.group("unit") == "100 g" else (_bound(row.cells[0]) or Decimal(0), Decimal(1))
        )
        steps = (weight.value - first) / step
        if steps > 0 and steps == int(steps):
            text = f"{money(base)} + {number(steps)} × {money(each)} = {cents(base + steps * each)} per stuk"
            found.append(_Sum(f"{text} ({row.cells[0]}, {row.header[column]}, excl. btw)", (row,)))
    return found[0] if len(found) == 1 else None


def _removal(question: Question, sources: Sources) -> _Sum | None:
    """Sending FBA stock back, per piece by weight (fba/verwijderen-en-retourtarief, Germany)."""
    weight, pieces = question.only("kg"), question.counted()
    size = "overmaat" if question.says("overmaat|oversize") else "standaardformaat"
    rows = [row for row in sources.rows("tarief per stuk") if row.cells[0].lower().startswith(size)]
    if weight is None or question.is_about_other_than("DE"):
        return None
    row = _weight_row(rows, weight.value)
    if row is None:
        return next(filter(None, (_heavy_removal(other, weight.value, pieces) for other in rows)), None)
    fee = _cell_amount(row.cells[1])
    if fee is None or pieces is None:
        return None
    return _Sum(f"{_times(pieces, fee).removeprefix('; ')} ({row.cells[0]}, tarief Duitsland, excl. btw)", (row,))


def _heavy_removal(row: Fact, weight: Decimal, pieces: Figure | None) -> _Sum | None:
    """The row for weights above the last bound: a base fee plus a fee per kg, also for a part of a kg as in its example."""
    match = re.search(rf"{_euro('base')} \+ {_euro('each')} per kg boven (?P<first>\d+) kg", row.cells[1])
    extra = weight - decimal(match.group("first")) if match else Decimal(0)
    if match is None or extra <= 0:
        return None
    base, each = decimal(match.group("base")), decimal(match.group("each"))
    fee = half_up(base + extra * each)
    note = "" if extra == int(extra) else "; hoger als Amazon op hele kilo's naar boven afrondt"
    text = f"{money(base)} + {number(extra)} × {money(each)} = {cents(fee)} per stuk{_times(pieces, fee)}"
    return _Sum(f"{text} ({row.cells[0]}, tarief Duitsland, excl. btw{note})", (row,))


def _low_inventory(question: Question, sources: Sources) -> _Sum | None:
    """The low-inventory fee by size and days of cover, times the pieces (fba/toeslagen; Germany, France, Italy, Spain)."""
    cover, pieces, size = question.only("dag", "week"), question.counted(), _size_of(question)
    if cover is None or pieces is None or not size or not question.places or question.is_about_other_than("DE", "FR", "IT", "ES"):
        return None
    days = cover.value * (7 if cover.unit == "week" else 1)
    names = {"grote envelop": "grote of extra", "extra grote envelop": "extra grote envelop"}
    rows = [row for row in sources.rows("dagen dekking") if names.get(size, size) in row.cells[0].lower()]
    for column, header in enumerate(rows[0].header if len(rows) == 1 else ()):
        span = re.match(r"(\d+)-(\d+) dagen dekking", header)
        fee = _cell_amount(rows[0].cells[column]) if span and int(span.group(1)) < days < int(span.group(2)) else None
        if fee:
            label = f"lage-voorraadtoeslag, {header}, {rows[0].cells[0].lower()}, excl. btw"
            return _Sum(f"{_times(pieces, fee).removeprefix('; ')} ({label})", (rows[0],))
    return None


def _local_or_efn(question: Question, sources: Sources) -> _Sum | None:
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
        return _Sum(f"{difference}{_times(question.counted(), high - low)}", (hit.fact,))
    return None


# --- FBA: volume and storage -----------------------------------------------------------------------------------------


def volume_weight(sides: Sequence[Decimal]) -> Decimal:
    """Length × width × height in cm, divided by 5.000: kg (fba/formaatklassen)."""
    return sides[0] * sides[1] * sides[2] / 5_000


def _sides_text(sides: Sequence[Decimal]) -> str:
    return f"{' × '.join(number(side) for side in sides)} cm"


def _volume_weight(question: Question, sources: Sources) -> _Sum | None:
    """The volume weight of a box, against its own weight when the question gives it (fba/formaatklassen)."""
    rule = sources.find(r"gedeeld door 5\.000(?:;| is)|deel de uitkomst door 5\.000")
    if rule is None or not question.sides:
        return None
    value, own = half_up(volume_weight(question.sides)), question.only("kg")
    text = f"{_sides_text(question.sides)} / 5.000 = {number(value)} kg volumegewicht"
    highest = sources.find(r"hoogste van stukgewicht en volumegewicht|kies het hoogste gewicht")
    # For these only the weight per piece counts, so nothing is concluded.
    if own is None or highest is None or question.says(r"envelop|kleding|schoen|jas\b|lage.?prijs|t-?shirt|speciale"):
        return _Sum(text, (rule.fact,))
    compared = "meer dan" if value > own.value else "minder dan" if value < own.value else "evenveel als"
    chosen = f"{compared} het stukgewicht van {number(own.value)} kg; het verzendgewicht is {number(max(own.value, value))} kg"
    return _Sum(f"{text}, {chosen}", (rule.fact, highest.fact))


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
        low, high = _cell_amount(row.cells[1]), _cell_amount(row.cells[2])
        if row.cells[0].lower().startswith(size) and low and high:
            return StorageRate(low, high, "m3", row)
    steps = [sources.find(rf"{month} uit: [\d.,]+ m³ x {_euro('rate')} .* in duitsland") for month in ("september", "december")]
    if size == "standaardformaat" and steps[0] and steps[1]:
        return StorageRate(steps[0].value("rate"), steps[1].value("rate"), "m3", steps[1].fact)
    return None


def _is_high_season(question: Question) -> set[bool]:
    """Which of the two rates the question is about: October to December or the rest of the year; both when it does not say."""
    found = {_MONTHS[name] >= 10 for name in re.findall(rf"\b{_MONTH}", question.text)}
    found |= {True} if question.says(r"q4\b|kerst|najaar|vierde kwartaal|black friday|sinterklaas") else set()
    found |= {False} if question.says(r"zomer|voorjaar|lente|q[123]\b") else set()
    return found or {False, True}


def _volume(question: Question) -> tuple[str, Decimal] | None:
    """The steps to the volume in m³, and the volume: stated, or pieces times the volume of one."""
    stated, pieces = question.only("m3"), question.counted()
    if question.sides and not question.of("m3") and pieces:
        one = question.sides[0] * question.sides[1] * question.sides[2] / 10**6
        total = f"{number(pieces.value)} × {number(one)} m³ = {number(pieces.value * one)} m³; "
        return f"{_sides_text(question.sides)} / 1.000.000 = {number(one)} m³ per stuk; {total}", pieces.value * one
    if stated is None or question.sides:
        return None
    if pieces and question.says(r"liter|elk|per stuk"):
        return (
            f"{number(pieces.value)} × {number(stated.value)} m³ = {number(pieces.value * stated.value)} m³; ",
            pieces.value * stated.value,
        )
    return None if pieces else ("", stated.value)


def _storage(question: Question, sources: Sources) -> _Sum | None:
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
    if span and len(seasons) == 1:
        parts.append(f"{number(span.value)} maanden × {money(month, sign)} = {cents(span.value * month, sign)}")
    used = (rate.fact, estimate.fact) if is_dutch and estimate else (rate.fact,)
    return _Sum(f"{steps}{'; '.join(parts)} ({place}{' als schatting' if is_dutch else ''}, excl. btw)", used)


def _age_row(question: Question, sources: Sources) -> Fact | None:
    """The row of the aged inventory surcharge for the age in the question; months must fall well inside one row."""
    age = question.only("dag", "maand", "jaar")
    if age is None:
        return None
    shortest, longest = {"dag": (1, 1), "maand": (30, 31), "jaar": (365, 366)}[age.unit]
    rows = [_row_of_age(sources, age.value * days) for days in (shortest, longest)]
    return rows[0] if rows[0] == rows[1] else None


def _row_of_age(sources: Sources, days: Decimal) -> Fact | None:
    for row in sources.rows("toeslag per m³ per maand"):
        span = re.search(r"van (\d+)(?:-(\d+) dagen| dagen en ouder)", row.cells[0])
        if span and int(span.group(1)) <= days < int(span.group(2) or 10**6) + 1:
            return row
    return None


def _aged_storage(question: Question, sources: Sources) -> _Sum | None:
    """The surcharge on old stock: the higher of the rate per m³ and the minimum per piece (fba/opslagkosten, Germany)."""
    row = _age_row(question, sources)
    rate, least = (_cell_amount(row.cells[1]), _cell_amount(row.cells[2])) if row else (None, None)
    if row is None or rate is None or question.is_about_other_than("DE"):
        return None
    label = f"({row.cells[0].lower()}, tarief Duitsland, boven op de gewone opslag)"
    volume, pieces = _volume(question), question.counted()
    minimum = _times(pieces, least).removeprefix("; ") if pieces and least else ""
    if volume is None:
        return _Sum(f"{minimum} per maand als minimum {label}", (row,)) if minimum else None
    steps, amount = volume
    text = f"{steps}{number(amount)} m³ × {money(rate)} = {cents(amount * rate)} per maand"
    if pieces and least:
        more = "meer" if pieces.value * least > amount * rate else "minder"
        text += f"; het minimum {minimum} is {more}, dus {cents(max(pieces.value * least, amount * rate))}"
    return _Sum(f"{text} {label}", (row,))


# --- VAT -------------------------------------------------------------------------------------------------------------

_VAT_OUT: Final = r"blijft|hou|netto|zonder btw|excl|na \w+ btw|na btw|na aftrek|btw eraf|zit er|btw zit|van btw af"
_VAT_ON: Final = r"btw erbij|plus btw|incl|met btw|btw bovenop|btw op"


class VatRate(NamedTuple):
    """A rate as a share of one, the fact that gives it, and which country's it is when that was not said."""

    rate: Decimal
    fact: Fact
    label: str = ""


def _vat_rate(question: Question, sources: Sources, place: str) -> VatRate | None:
    """The rate that the question states and the facts know, or that of a country (btw-en-regels/oss-en-btw-tarieven)."""
    stated = [figure.value for figure in question.of("procent")]
    if stated:
        rate = number(stated[0])
        known = rf"(?<![\d,]){rate}%.*btw|btw.*(?<![\d,]){rate}%|door 1,{int(stated[0]):02d}\b"
        hit = sources.find(known) if len(stated) == 1 else None
        return VatRate(stated[0] / 100, hit.fact) if hit else None
    if question.says(_LOW_VAT_GOODS):
        hit = sources.find(r"lage tarief 9%|door 1,09 bij het lage tarief") if place == "NL" else None
        return VatRate(9 * _CENT, hit.fact, "9% btw in Nederland") if hit else None
    name = "Verenigd Koninkrijk" if place == "UK" else MARKETPLACE_LABELS[place]
    row = next((row for row in sources.rows("algemeen btw-tarief") if row.cells[0].startswith(name)), None)
    if row:
        return VatRate(decimal(row.cells[1].rstrip("%")) / 100, row, f"{row.cells[1]} btw in {name}")
    hit = sources.find(r"algemene btw-tarief 21%|incl(?:usief|\.) 21% btw|door 1,21\b|met 21% btw") if place == "NL" else None
    return VatRate(21 * _CENT, hit.fact, "21% btw in Nederland") if hit else None


def _vat(question: Question, sources: Sources) -> _Sum | None:
    """An amount without its VAT, or with VAT on top (strategie/marge-en-cashflow: divide by 1,21; btw-en-regels/oss-en-btw-tarieven)."""
    amount = question.only("euro")
    rates = [_vat_rate(question, sources, place) for place in question.places or (question.here,)] if amount else []
    if amount is None or not rates or not question.says(r"hoeveel|wat|reken|bereken|uitrekenen|how much"):
        return None
    after = question.text[amount.end : amount.end + 16]
    keeps = question.says("blijft|hou")
    with_vat = re.match(r",?-? ?(?:\(?incl|met \d* ?%? ?btw|\w+ inclusief)", after) is not None
    without_vat = not keeps and re.match(r",?-? ?(?:\(?excl|zonder btw|ex btw)", after) is not None
    out, on = question.says(_VAT_OUT), question.says(_VAT_ON)
    takes_out = with_vat or (out and not without_vat and (keeps or not on))
    if question.says("omzet|btw over") and not (with_vat or without_vat):
        return None  # with VAT or without is not said
    if not takes_out and not (without_vat or (on and not out)):
        return None
    parts = [_vat_text(amount.value, found, takes_out, question.says("hoeveel btw|aan btw|zit er|btw zit")) for found in rates if found]
    return _Sum("; ".join(parts), tuple(found.fact for found in rates if found)) if len(parts) == len(rates) else None


def _vat_text(amount: Decimal, found: VatRate, takes_out: bool, wants_vat: bool) -> str:
    factor, label = 1 + found.rate, f" ({found.label})" if found.label else ""
    if not takes_out:
        return f"{money(amount)} × {number(factor)} = {cents(amount * factor)} met btw{label}"
    net = half_up(amount / factor)
    tax = f"; {money(amount)} - {money(net)} = {cents(amount - net)} btw" if wants_vat else ""
    return f"{money(amount)} / {number(factor)} = {cents(net)} zonder btw{tax}{label}"


def _vat_that_stays(question: Question, sources: Sources) -> _Sum | None:
    """A fee with the 21% VAT that stays with a seller under the KOR (btw-en-regels/facturen-en-btw-op-kosten): 15% becomes 18,15%."""
    hit = sources.find(r"\bkor\b.*(?<!\d)21%|(?<!\d)21%.*\bkor\b")
    share, amount, factor = question.only("procent"), question.only("euro"), Decimal("1.21")
    if hit is None or question.is_about_other_than("NL") or (share is None) == (amount is None):
        return None
    note = "met de niet-aftrekbare btw"
    if share and share.value != 21 and question.says("commissie|verwijzingskosten|fee|kosten"):
        return _Sum(f"{number(share.value)}% × 1,21 = {number(share.value * factor)}% {note}", (hit.fact,))
    if (
        amount
        and question.says(r"amazon.?kosten|kosten|fees?|commissie|abonnement")
        and not question.says("incl|met btw|omzet|voorraad|inkoop|grens")
    ):
        return _Sum(f"{money(amount.value)} × 1,21 = {cents(amount.value * factor)} {note}", (hit.fact,))
    return None


# --- Formulas: advertising, stock, margin ----------------------------------------------------------------------------


class Formula(NamedTuple):
    """A formula of the sources: the words that ask for it, the fact that gives it, its operands and how it is shown.

    ``show`` gets the values by role and gives nothing when they make no sense together.
    """

    asks: str
    fact: str
    roles: Mapping[str, Role]
    show: Callable[[Mapping[str, Decimal]], str]
    refuses: str = r"(?!)"


def _ratio(top: Decimal, bottom: Decimal, label: str, show: Callable[[Decimal], str] = money) -> str:
    """``€ 100 / € 150 = 66,7% ACoS``."""
    return f"{show(top)} / {show(bottom)} = {percent(top / bottom)} {label}" if bottom else ""


def _quotient(top: Decimal, bottom: Decimal, label: str, show: Callable[[Decimal], str] = number, places: int = 2) -> str:
    """``180 / 60 = 3 sell-through``, with "ongeveer" when it is rounded."""
    if not bottom:
        return ""
    rounded = half_up(top / bottom, places)
    about = "" if rounded * bottom == top else "ongeveer "
    return f"{show(top)} / {show(bottom)} = {about}{number(rounded)} {label}"


_MONEY: Final = ("euro", "")
_SPENT: Final = Role(r"advert\w*|reclame|\bads?\b|\bgaf\b|\bgeef\b|uitgegeven|uitgaf|ad spend|besteed\w*", _MONEY)
_SALES: Final = Role(r"omzet|verkocht|verdien\w*|sales|opgeleverd|opbreng\w*|verkop\w*", _MONEY)
_DAILY: Final = Role(r"per dag|dagelijks|dagverkoop|elke dag|a day", ("",))
_BOUGHT: Final = Role(r"inkoop\w*|koop\w* \w* ?in\b|ingekocht|kostprijs|koop\b", _MONEY)
_PROFIT: Final = Role(r"winst\w*|verdien\w*|overhou\w*|hou\w*|over\b", _MONEY)
_SELLING: Final = Role(r"verkoop\w*|prijs|verkocht", _MONEY)
_ORDERS: Final = Role(r"bestelling\w*|orders?|verkopen|zending\w*|pakket\w*|pakje\w*|sales|verzending\w*", ("",))
_ROAS_RULE: Final = "100 gedeeld door de roas geeft de acos|precies het omgekeerde van acos"
_LUCID_KG: Final = ((Decimal("0.095"), "papier"), (Decimal("0.005"), "plastic (oude vuistregel van Amazon)"))
_FACTOR_RULE: Final = "verkoopprijs moet ongeveer drie keer je inkoopprijs zijn"

FORMULAS: Final = (
    # adverteren/acos-tacos-break-even
    Formula(r"tacos|totale omzet|hele omzet & \w*advert|reclame|ads\b|uitgegeven",
            r"advertentiekosten gedeeld door je totale omzet|aan advertenties op € [\d.]+ totale omzet",
            {"spent": _SPENT, "sales": _SALES}, lambda v: _ratio(v["spent"], v["sales"], "TACoS"), r"roas\b"),
    Formula(r"roas\b & \w*omzet|verkocht|verdien|sales|opgelever", "advertentieomzet gedeeld door je advertentiekosten",
            {"spent": _SPENT, "sales": _SALES}, lambda v: _quotient(v["sales"], v["spent"], "ROAS", money), "totale omzet|tacos"),
    Formula(r"acos|gaf|geef|uitgegeven & acos|\w*advert|reclame|ads\b & acos|verkocht|verdien|daarmee|opgelever",
            r"advertentiekosten gedeeld door je advertentieomzet|aan advertenties voor € [\d.]+ omzet uit die advertenties",
            {"spent": _SPENT, "sales": _SALES}, lambda v: _ratio(v["spent"], v["sales"], "ACoS"),
            r"totale omzet|hele omzet|tacos|roas\b|break.?even|\w*budget|per klik|bod\b"),
    Formula(r"roas\b & acos|procent", _ROAS_RULE, {"roas": Role(r"\broas\b", ("",))},
            lambda v: f"100% / {number(v['roas'])} = {percent(1 / v['roas'])} ACoS" if v["roas"] else "",
            r"omzet|verkocht|\d+ ?%|acos (?:van |is )?\d"),
    Formula(r"roas\b & acos", _ROAS_RULE, {"acos": Role("acos", ("procent", ""))},
            lambda v: f"100% / {number(v['acos'])}% = {number(half_up(100 / v['acos']))} ROAS" if v["acos"] else "",
            r"omzet|verkocht|roas (?:van |is )?\d"),
    Formula(r"break.?even|quitte|mag (?:mijn|de|m'n) acos",
            "dekkingsbijdrage vóór advertenties gedeeld door je verkoopprijs|dan is de break-even acos",
            {"left": _PROFIT._replace(names=r"over\b|hou\w*|dekkingsbijdrage|winst|marge"),
             "price": _SELLING._replace(names=r"product|prijs|verkoop\w*|\bvan\b|kost\b|artikel")},
            lambda v: _ratio(v["left"], v["price"], "break-even ACoS") if v["left"] < v["price"] else ""),
    # adverteren/biedingen-en-eerste-campagne
    Formula("bovenaan|plaatsing|placement|top of search", "een bod van € 1 met 50% voor bovenaan wordt|maximaal 900% verhogen",
            {"bid": Role(r"bod\b|\bbied\w*|klik\w*|cpc", ("euro",)),
             "more": Role(r"bovenaan|plaatsing|verho\w*|placement|extra|top of search", ("procent",))},
            lambda v: f"{_fee_text([(v['more'] / 100, v['bid'])], plus=v['bid'])} per klik",
            "omhoog en omlaag|up and down|dynamisch omhoog"),
    # strategie/doelen-en-rapporten
    Formula("sessies|bezoekers|bezoeken & conversie & omzet|verkoop|hoeveel|wat", "sessies × conversie × ",
            {"visits": Role(r"sessies|bezoek\w*", ("",)), "share": Role("conversie", ("procent",)),
             "price": Role(r"prijs|euro|product|kost|€|\bvan\b", ("euro",))},
            lambda v: f"{number(v['visits'])} × {number(v['share'])}% × {money(v['price'])} = "
                      f"{cents(v['visits'] * v['share'] / 100 * v['price'])} omzet"),
    Formula(r"conversie|\w*sessiepercentage|sessies", "bestelde stuks gedeeld door sessies",
            {"sold": Role(r"stuks|bestelling\w*|verkocht\w*|verkopen|orders|verkoop", ("",)), "visits": Role(r"sessies|bezoek\w*", ("",))},
            lambda v: _ratio(v["sold"], v["visits"], "conversie (eenheid-sessiepercentage)", number)),
    # strategie/marge-en-cashflow
    Formula(r"roi\b", "winst per stuk gedeeld door de inkoopkosten", {"profit": _PROFIT, "bought": _BOUGHT},
            lambda v: _ratio(v["profit"], v["bought"], "ROI")),
    Formula(r"marge\b", "marge is winst gedeeld door de verkoopprijs", {"profit": _PROFIT, "price": _SELLING},
            lambda v: _ratio(v["profit"], v["price"], "marge") if v["profit"] < v["price"] else "", r"roi\b|inkoop|koop\w* in|korting"),
    # strategie/product-kiezen
    Formula("factor 3|3 keer|3x", _FACTOR_RULE, {"bought": _BOUGHT._replace(units=("euro",)), "price": _SELLING._replace(units=("euro",))},
            lambda v: _quotient(v["price"], v["bought"], "keer de inkoopprijs (de grove toets is 3)", money, 1)),
    Formula("factor 3|3 keer|3x", _FACTOR_RULE, {"bought": _BOUGHT._replace(units=("euro",))},
            lambda v: f"3 × {money(v['bought'])} = {cents(3 * v['bought'])} als grove ondergrens voor de verkoopprijs"),
    # fba/voorraad-en-capaciteit
    Formula("dekking|hoe ?lang|hoeveel dagen|voorraaddagen|days of cover|genoeg",
            "gedeeld door de gemiddelde dagverkoop|met 500 stuks en 12 verkopen per dag",
            {"stock": Role("voorraad|stuks|liggen|op stock|over", ("",)), "daily": _DAILY},
            lambda v: _quotient(v["stock"], v["daily"], "dagen dekking", places=1), r"bestelpunt|\w*bestel|levertijd"),
    Formula("sell.?through|doorloop", "aantal verkochte stuks in de laatste 90 dagen gedeeld door de gemiddelde voorraad",
            {"sold": Role(r"verkocht\w*|verkopen|verkoop|sold", ("",)), "stock": Role(r"gemiddeld\w*|voorraad|stock", ("",))},
            lambda v: _quotient(v["sold"], v["stock"], "sell-through")),
    Formula("hoeveel|voorraad & leg|stuur|sturen|insturen|houd|bij amazon",
            "leg bij fba in europa 30 dagen tot 60 dagen verwachte verkoop", {"daily": _DAILY},
            lambda v: " tot ".join(f"{days} dagen × {number(v['daily'])} = {number(days * v['daily'])} stuks" for days in (30, 60)),
            r"bestelpunt|\w*bestel|levertijd|dekking|hoe ?lang|hoeveel dagen"),
    # fba/retouren-en-vergoedingen
    Formula("misplaatst|zoek", "trek 'gevonden' van 'misplaatst' af",
            {"lost": Role("misplaatst|kwijt|zoek", ("",)), "found": Role("gevonden", ("",))},
            lambda v: f"{number(v['lost'])} - {number(v['found'])} = {number(v['lost'] - v['found'])} stuks om te claimen"),
    # prestaties/account-health-rating
    Formula("punten", "ongeveer 4 bij per 200 uitgevoerde bestellingen", {"orders": _ORDERS},
            lambda v: f"{number(v['orders'])} / 200 × 4 = {number(half_up(v['orders'] / 50, 1))} punten (richtgetal, over 180 dagen)"),
    # verzending/prime-door-verkoper
    Formula("prime|sfp & annul", "hooguit 0,5% van de prime-bestellingen|bij 200 prime-bestellingen mag je", {"orders": _ORDERS},
            lambda v: f"0,5% van {number(v['orders'])} bestellingen, dus hooguit {number(v['orders'] // 200)}"),
    # btw-en-regels/epr-verpakking-elektronica-batterijen
    Formula("lucid|verpakking|duaal", "95 g papier en 5 g plastic per verzonden stuk",
            {"sent": _ORDERS._replace(names=rf"{_ORDERS.names}|stuks|verzend|verstuur")},
            lambda v: " en ".join(f"{number(v['sent'])} × {number(kg)} kg = {number(v['sent'] * kg)} kg {kind}" for kg, kind in _LUCID_KG)),
    Formula("pay on behalf|ecobijdrage", "€ 24,99 per jaar plus 3% van de betaalde ecobijdragen",
            {"paid": Role(r"ecobijdrage\w*", ("euro",))},
            lambda v: f"{_fee_text([(3 * _CENT, v['paid'])], plus=2499 * _CENT)} (servicevergoeding Spanje, 2023)"),
)  # fmt: skip


def _formula(question: Question, sources: Sources) -> _Sum | None:
    """The first formula of ``FORMULAS`` that the question asks for, that a fact gives, and whose operands are all there."""
    for entry in FORMULAS:
        if question.of("pond") or not question.says(entry.asks) or question.says(entry.refuses):
            continue
        found = assign(question, entry.roles)
        hit = sources.find(entry.fact) if found else None
        text = entry.show(found) if found and hit and all(value > 0 for value in found.values()) else ""
        if hit and text:
            return _Sum(text, (hit.fact,))
    return None


def _bid(question: Question, sources: Sources) -> _Sum | None:
    """The highest bid per click: price × conversion × target ACoS (adverteren/biedingen-en-eerste-campagne)."""
    hit, price = sources.find("verkoopprijs × conversie × doel-acos"), question.only("euro")
    one_in = re.search(r"\b1 (?:op|van) (?:de )?(\d+)", question.text)  # "1 op de 10 bezoekers koopt"
    conversion = Role(r"conversie\w*|koop\w*|kopen|converteer\w*", ("procent",))
    roles = {"acos": Role("acos", ("procent",))} | ({} if one_in else {"share": conversion})
    found = assign(question, roles) if hit and price and len(question.of("procent")) == len(roles) else None
    if hit is None or price is None or found is None:
        return None
    share = 100 / decimal(one_in.group(1)) if one_in else found["share"]
    bid = price.value * share / 100 * found["acos"] / 100
    return _Sum(
        f"{money(price.value)} × {percent(share / 100)} × {number(found['acos'])}% = {cents(bid)} per klik als maximumbod", (hit.fact,)
    )


def _daily_budget(question: Question, sources: Sources) -> _Sum | None:
    """A daily budget over a month, or a month budget per day (adverteren/biedingen-en-eerste-campagne)."""
    amount = question.only("euro")
    hit = sources.find("dagbudget × aantal dagen|een maand van 30 dagen op hooguit|maandbudget te delen door het aantal dagen")
    lengths = {monthrange(2026, _MONTHS[name])[1] for name in re.findall(rf"\b{_MONTH}", question.text)}
    if amount is None or hit is None or len(lengths) > 1 or 28 in lengths:
        return None
    stated = question.only("dag")
    days = stated.value if stated and stated.value > 1 else Decimal(lengths.pop() if lengths else 30)
    after = question.text[amount.end : amount.end + 14]
    if re.match(r" ?(?:per|elke|iedere) dag|/dag", after) or question.says(r"dagbudget (?:van|is|op)"):
        return _Sum(f"{number(days)} dagen × {money(amount.value)} = {cents(days * amount.value)} per maand hooguit", (hit.fact,))
    if re.match(r" ?(?:per|elke|iedere) maand|/maand", after) or question.says(r"maandbudget (?:van|is|op)"):
        return _Sum(f"{money(amount.value)} / {number(days)} dagen = {cents(amount.value / days)} dagbudget", (hit.fact,))
    return None


def _reorder_point(question: Question, sources: Sources) -> _Sum | None:
    """Daily sales × lead time + safety stock, in days (fba/voorraad-en-capaciteit)."""
    hit = sources.find("dagelijkse verkoop maal de totale levertijd|bestel bij zodra je voorraad het bestelpunt raakt")
    daily, times = assign(question, {"daily": _DAILY}), question.of("dag", "week")
    if hit is None or daily is None or question.of("werkdag", "maand") or len(question.of("")) > 1:
        return None
    days = [figure.value * (7 if figure.unit == "week" else 1) for figure in times]
    spare = Decimal(0)
    if question.says("veiligheid|buffer|reserve"):
        found = _nearest(question, times, Role(r"veiligheid\w*|buffer\w*|reserve\w*", ("dag", "week")))
        if found is None:
            return None
        spare = days.pop(times.index(found))
    if not 1 <= len(days) <= 2:
        return None
    per_day, lead = daily["daily"], sum(days, Decimal(0))
    steps = f"{number(days[0])} + {number(days[1])} = {number(lead)} dagen; " if len(days) == 2 else ""
    if spare:
        total = per_day * (lead + spare)
        return _Sum(
            f"{steps}{number(per_day)} × {number(lead)} + {number(per_day)} × {number(spare)} = {number(total)} stuks als bestelpunt",
            (hit.fact,),
        )
    return _Sum(
        f"{steps}{number(per_day)} × {number(lead)} = {number(per_day * lead)} stuks, plus je veiligheidsvoorraad, als bestelpunt",
        (hit.fact,),
    )


def _margin(question: Question, sources: Sources) -> _Sum | None:
    """What is left of a price before advertising: price / 1,21 - fee - FBA or shipping - purchase (strategie/marge-en-cashflow).

    All four figures must be given; for goods with the low VAT rate nothing is reckoned.
    """
    hit = sources.find(r"deel de verkoopprijs inclusief btw door 1,21|omzet excl\. btw: rekenvoorbeeld")
    if hit is None or question.says(_LOW_VAT_GOODS) or question.is_about_other_than("NL", "BE") or question.says(_WITHOUT_VAT):
        return None
    roles = {
        "price": Role(r"verkoop\w*|prijs|product|artikel|\bvan\b|\bvoor\b", ("euro",)), "bought": _BOUGHT._replace(units=("euro",)),
        "sent": Role(r"fba|verzend\w*|fulfil\w*|porto", ("euro",)), "fee": Role("commissie|verwijzingskosten|fee", ("procent",)),
    }  # fmt: skip
    found = assign(question, roles) if len(question.of("euro")) == 3 else None
    if found is None:
        return None
    net, fee = half_up(found["price"] / Decimal("1.21")), half_up(found["fee"] / 100 * found["price"])
    left = net - fee - found["sent"] - found["bought"]
    text = f"{money(found['price'])} / 1,21 = {cents(net)} zonder btw; {_fee_text([(found['fee'] / 100, found['price'])])}"
    last = f"{cents(net)} - {cents(fee)} - {money(found['sent'])} - {money(found['bought'])} = {cents(left)} vóór reserve en advertenties"
    return _Sum(f"{text}; {last}", (hit.fact,)) if left > 0 else None


# --- Counts against norms and limits ---------------------------------------------------------------------------------


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


# prestaties/grenswaarden-en-otdr; zichtbaarheid/koopknop-en-prijsregels gives the same norms for the Featured Offer
NORMS: Final = (
    Norm("op tijd bezorgd", r"op tijd (?:bezorg|gelever|aan)|otdr|te laat (?:bezorg|gelever|aangekomen)",
         rf"(?:otdr|op tijd bezorgd){_norm('minstens', '90')}",
         "op tijd|te laat|otdr", reverse="te laat", places=("DE", "UK")),
    Norm("late verzendingen", r"te laat|late (?:verzending|shipment)|lsr\b", rf"(?:\blsr\b|late verzendingen){_norm('onder', '4')}",
         r"te laat|late\b|lsr", "bezorg|gelever|aangekomen|factu"),
    Norm("annuleringen", r"\w*annul|cancel", rf"(?:\bcr\b|annuler\w*){_norm('onder', '2,5')}", r"\w*annul\w*|cancel\w*",
         r"prime|sfp\b|klant\w* (?:wil|vraagt|annul)|\w*annul\w* zelf|zelf \w*annul"),
    Norm("geldige tracking", r"tracking|vtr\b|volgnummer", rf"(?:\bvtr\b|geldige tracking){_norm('minstens', '95')}",
         r"tracking\w*|vtr|volgnummer", r"prime|sfp\b|35 keer", "zonder|geen|ontbre"),
    Norm("ODR", r"odr\b|defect|klacht|a.tot.z|claim|chargeback|terugboeking|negatieve",
         rf"(?:\bodr\b|defecte bestellingen){_norm('onder', '1')}",
         r"klacht\w*|claim\w*|defect\w*|chargeback\w*|terugboeking\w*|negatieve|feedback",
         r"recensie|review|3.sterren|dagen na|magazijn|fba.?voorraad"),
)  # fmt: skip
_OF_HOW_MANY: Final = re.compile(
    rf"(?<![\d.,])({_NUMBER}) (?:[a-z][\w-]* ){{0,4}}?(?:van|op|uit) (?:de |mijn |onze |alle |die |laatste |in totaal |een totaal van )*"
    rf"({_NUMBER})(?! ?(?:[€%]|euro|dag|week|weken|maand))\b"
)


def _counted(question: Question, norm: Norm) -> tuple[Decimal, Decimal] | None:
    """How many of how many: "3 van mijn 80", "één klacht op 50 bestellingen", or two numbers with their own words."""
    if len([figure for figure in question.of("") if re.fullmatch(norm.part, figure.noun)]) > 1:
        return None  # "3 klachten en 2 claims"
    pairs = [(decimal(part), decimal(whole)) for part, whole in _OF_HOW_MANY.findall(question.text)]
    if len(pairs) != 1:
        found = assign(question, {"part": Role(norm.part, ("",)), "whole": _ORDERS})
        pairs = [(found["part"], found["whole"])] if found else []
    if len(pairs) != 1 or not 0 < pairs[0][0] < pairs[0][1] or pairs[0][1] < 5:
        return None
    part, whole = pairs[0]
    return (whole - part, whole) if question.says(norm.reverse) else (part, whole)


def _against_norm(question: Question, sources: Sources) -> _Sum | None:
    """A share of the orders, and whether it meets the norm of the facts; see ``NORMS``."""
    for norm in NORMS:
        if not question.says(norm.asks) or question.says(norm.refuses) or question.is_about_other_than(*norm.places) or question.of("euro"):
            continue
        counted = _counted(question, norm)
        hit = next((hit for hit in sources.hits(norm.fact) if "prime-bestellingen" not in hit.fact.text.lower()), None) if counted else None
        if counted is None or hit is None:
            continue
        (part, whole), limit, word = counted, hit.value("limit") / 100, hit.match.group("word").lower()
        share = part / whole
        verdict = "te hoog" if word == "onder" and share >= limit else "te laag" if word != "onder" and share < limit else "binnen de norm"
        # A norm of some countries says nothing about the others.
        is_known = question.places or "NL" in norm.places
        against = f"; de norm is {word} {percent(limit)}, dus dat is {verdict}" if is_known else ""
        return _Sum(f"{_ratio(part, whole, norm.name, number)}{against}", (hit.fact,))
    return None


def _returns(question: Question, sources: Sources) -> _Sum | None:
    """Returns above the threshold of the category (fba/verwijderen-en-retourtarief, thresholds of 2025)."""
    hit = sources.find(
        rf"{_share('beauty')} voor beauty, gezondheid en persoonlijke verzorging en {_share('electronics')} voor consumentenelektronica"
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
    text = f"{_ratio(found['back'], found['sold'], 'retour', number)}; {share}"
    over = f"ongeveer {number(half_up(found['back'] - free, 0))} retouren boven" if found["back"] > free else "onder"
    return _Sum(f"{text}, dus {over} de drempel van 2025", (hit.fact,))


class Threshold(NamedTuple):
    """Amounts that are added up and held against a ``limit`` in the facts."""

    asks: str
    fact: str
    label: str
    refuses: str = r"(?!)"
    least_places: int = 0


THRESHOLDS: Final = (
    # btw-en-regels/dsa-privacy-en-verzekering
    Threshold("verzeker", rf"in een maand meer dan {_euro('limit')} bruto-omzet", "bruto-omzet in die maand", "polis|dekking"),
    # btw-en-regels/oss-en-btw-tarieven
    Threshold(r"drempel|grens|btw|oss\b", rf"tot {_euro('limit')} per jaar \(excl\. btw\)|drempel van {_euro('limit2')} geldt voor alle",
              "verkoop aan andere EU-landen in dat jaar", r"nederland|thuis|\w*voorraad|kor\b", 2),
)  # fmt: skip


def _total(question: Question, sources: Sources) -> _Sum | None:
    """Amounts added up and held against a limit; see ``THRESHOLDS`` for the articles."""
    amounts = [figure.value for figure in question.of("euro", "") if figure.unit or figure.value >= 500]
    for entry in THRESHOLDS:
        hit = sources.find(entry.fact) if question.says(entry.asks) and not question.says(entry.refuses) else None
        if hit is None or not 2 <= len(amounts) <= 5 or not question.of("euro") or len(question.places) < entry.least_places:
            continue
        total, limit = sum(amounts, Decimal(0)), hit.value("limit")
        if limit in amounts or question.is_about_other_than(*EURO_PLACES):
            return None
        added = f"{' + '.join(money(amount) for amount in amounts)} = {cents(total)} {entry.label}"
        return _Sum(f"{added}, {'meer' if total > limit else 'niet meer'} dan {money(limit)}", (hit.fact,))
    return None


def _multipack(question: Question, sources: Sources) -> _Sum | None:
    """The price per piece in a multipack against a single one (zichtbaarheid/koopknop-en-prijsregels)."""
    hit = sources.find("multipack[^.]*(?:hogere stukprijs|per stuk niet duurder)")
    size = re.search(r"(?<!\d)(\d{1,2})[- ]?(?:pack|delig)|(?:set|multipack|pak) van (\d{1,2})\b", question.text)
    roles = {"pack": Role("pack|set|multipack|bundel", ("euro",)), "single": Role(r"los\w*|enkel\w*|per stuk|single|stuks?", ("euro",))}
    found = assign(question, roles) if hit and size else None
    if hit is None or size is None or found is None:
        return None
    pieces = decimal(size.group(1) or size.group(2))
    each = half_up(found["pack"] / pieces)
    verdict = (
        f"duurder dan {money(found['single'])} los, dus verboden"
        if each > found["single"]
        else f"niet duurder dan {money(found['single'])} los"
    )
    return _Sum(f"{money(found['pack'])} / {number(pieces)} = {cents(each)} per stuk, {verdict}", (hit.fact,))


def _shelf_life(question: Question, sources: Sources) -> _Sum | None:
    """Days to use it up plus 90 (fba/verpakken-houdbaarheid-gevaarlijk)."""
    hit = sources.find(r"op te maken, plus 90 dagen|gebruiksduur plus 90 dagen")
    portions = question.counted("dagporties|dagdoseringen|porties") or question.only("dag")
    if hit is None or portions is None:
        return None
    return _Sum(f"{number(portions.value)} + 90 = {number(portions.value + 90)} dagen houdbaar bij aankomst", (hit.fact,))


def _vine(question: Question, sources: Sources) -> _Sum | None:
    """Vine fees for several products: the price of the row times the parent ASINs (zichtbaarheid/recensies-en-vine)."""
    found = assign(question, {"asins": Role(r"producten|asin\w*|artikelen", ("",)), "pieces": Role("stuks|exemplaren|units|elk", ("",))})
    for row in sources.rows("vine-kosten") if found and found["asins"] > 1 else []:
        span, fee = re.match(r"(\d+) tot en met (\d+) stuks", row.cells[0]), _cell_amount(row.cells[1])
        if found and span and fee and int(span.group(1)) <= found["pieces"] <= int(span.group(2)):
            text = f"{number(found['asins'])} × {money(fee)} = {cents(found['asins'] * fee)} Vine-kosten"
            return _Sum(f"{text} ({row.cells[0]} per ouder-ASIN, tarief oktober 2023)", (row,))
    return None


# --- Days ------------------------------------------------------------------------------------------------------------


class Deadline(NamedTuple):
    """So many days after an event: the words that ask for it, the fact with its ``days``, the words for the event, what the day is.

    A fact may give two terms, ``start`` and ``days``. ``sign`` is -1 for days before the event.
    """

    asks: str
    fact: str
    event: str
    label: str
    start_label: str = ""
    refuses: str = r"(?!)"
    places: tuple[str, ...] = (*EURO_PLACES, "UK")
    sign: int = 1


_ARRIVED: Final = r"ontv[ai]ng\w*|bezorg\w*|gelever\w*|levering|kreeg|gekregen|afgeleverd|aangekomen|aankwam|kwam"
_CLAIM_DAY: Final = "uiterste dag voor je claim"
_TWO_TERMS: Final = r".*vanaf: (?P<start>\d+) dagen.*uiterlijk: (?P<days>\d+) dagen"
DEADLINES: Final = (
    # fba/retouren-en-vergoedingen
    Deadline("verwijder", rf"verwijderzending die onderweg kwijt is{_TWO_TERMS}", r"\w*gemaakt|\w*opdracht", _CLAIM_DAY,
             "vanaf dan mag je claimen", "te weinig|aflever"),
    Deadline(r"\w*retour|terugbeta & \w*claim", rf"klantretour die niet klopt{_TWO_TERMS}", r"terugbeta\w*|vervang\w*", _CLAIM_DAY,
             "vanaf dan mag je claimen", "a.tot.z|bezwaar"),
    Deadline("kwijt|verloren|verlies|schade|beschadig|zoek",
             r"schade in het magazijn.*uiterlijk: (?P<days>\d+) dagen|beschadigd is, dien je in binnen (?P<days2>\d+) dagen",
             r"meld\w*|gemeld|kwijt|verloren|zoek|beschadigd", _CLAIM_DAY, refuses="retour|verwijder|mcf|klant"),
    Deadline(r"\w*retour", "niet binnen (?P<days>45) dagen na het retourverzoek terug", r"\w*verzoek|\w*gevraagd",
             "daarna rekent Amazon de klant alsnog af", refuses="claim|bezwaar"),
    # prestaties/a-tot-z-en-feedback
    Deadline("a.tot.z|claim & bezwaar|beroep", r"binnen (?P<days>30) dagen \(kalenderdagen\) bezwaar",
             r"toegekend|beslis\w*|verloren|besluit", "uiterste dag voor je bezwaar"),
    # btw-en-regels/consumentenrecht
    Deadline("terugbeta & herroep", "na herroeping betaal je een consument binnen (?P<days>14) dagen", r"herroep\w*",
             "uiterste dag om terug te betalen"),
    Deadline("bedenktijd|herroep|terugsturen|retourner", "bij een online aankoop (?P<days>14) dagen bedenktijd", _ARRIVED,
             "laatste dag van de wettelijke bedenktijd", refuses="terugbeta|claim|fba|duits"),
    Deadline("van-?prijs|doorgestreep|korting|actie", "laagste prijs zijn van de (?P<days>30) dagen vóór de actie",
             r"\w*actie|korting|begin\w*|start\w*",
             "vanaf die dag telt je laagste prijs", sign=-1, places=("NL",)),
    # btw-en-regels/dsa-privacy-en-verzekering
    Deadline("verzeker", "verzekering is binnen (?P<days>30) dagen geregeld", r"boven|\w*grens|overschr\w*",
             "uiterste dag voor je verzekering"),
    # fba/opslagkosten
    Deadline("vrijstelling|opslaggebruik|utili[sz]ation", "eerste (?P<days>365) dagen na hun eerste aanlevering",
             r"\w*lever\w*|ingestuurd|stuur\w*",
             "einde van de vrijstelling van de opslaggebruikstoeslag"),
    Deadline("verouderd|oude voorraad|toeslag|langetermijn", "begint in europa na (?P<days>240) dagen",
             r"aangekomen|kwam|ontvangen|lig\w*|ingestuurd|aangeleverd|sinds",
             "daarna begint de toeslag voor verouderde voorraad", refuses="brandstof|gebruik|lage"),
    # zichtbaarheid/recensies-en-vine
    Deadline("recensie|review & aanvra|vragen|knop|request", "van dag (?P<start>5) tot dag (?P<days>30) na de levering", _ARRIVED,
             "laatste dag voor Recensie aanvragen, ongeveer", "eerste dag, ongeveer"),
    Deadline(r"vine\b", "binnen (?P<days>90) dagen na inschrijving een recensie", r"\w*schr[ei]\w*|aangemeld",
             "tot dan kan een recensie Vine-kosten geven"),
    Deadline(r"\w*feedback", "verkopersfeedback kan een klant tot (?P<days>90) dagen na de bestelling", r"\w*bestel\w*|gekocht|order",
             "laatste dag voor verkopersfeedback"),
    # start/verkoopplan-kiezen
    Deadline("abonnement|maandgeld|maandbedrag & terug", "vraag je aan binnen (?P<days>90) dagen na de betaling",
             r"betaa?l\w*|afgeschreven", "uiterste dag voor je aanvraag"),
    # fba/pan-eu-en-efn, verzending/mcf, start/startvoordelen, prestaties/account-health-rating
    Deadline("pan.?eu|inschrijving eindigt", "(?P<days>14) dagen om de ontbrekende pan-eu-aanbieding", r"status|melding|eindigt",
             "uiterste dag voor het herstel"),
    Deadline(r"mcf\b", "mcf-pakket (?P<days>7) dagen na de verwachte leverdatum", r"verwacht\w*|leverdatum",
             "daarna kun je een claim indienen"),
    Deadline("new selection", "tot 200 stuks en hooguit (?P<days>120) dagen", r"begon|start\w*|sinds|live|ingegaan",
             "einde van het voordeel, of eerder bij 200 stuks"),
    Deadline("account & beoordeling|review|onderzoek", "tot (?P<days>30) dagen onder beoordeling", "beoordeling|sinds|review|stilgezet",
             "uiterste einde van de beoordeling"),
    # groei/actiedagen
    Deadline("voorraad|aanlever|zending|insturen", "zes weken vooraf is het uiterste",
             r"piek\w*|black friday|prime day|actie\w*|sinterklaas|pakjesavond",
             "uiterste dag voor je FBA-voorraad", sign=-1, refuses="verouderd|toeslag|kwijt|claim|te laat"),
)  # fmt: skip
_SIX_WEEKS: Final = "42"


def days_after(moment: Moment, days: int, today: date | None = None) -> tuple[str, str] | None:
    """A day and the day so many days on, as text; negative days go back.

    Without a year both stand without one, unless a leap day makes a difference; then today's year is taken, or nothing given.
    """
    years = [moment.year] if moment.year else [year for year in (2024, 2025, 2026) if moment.day <= monthrange(year, moment.month)[1]]
    if not moment.year and len({_shifted(moment, days, year, with_year=False) for year in years}) > 1:
        if today is None or moment.day > monthrange(today.year, moment.month)[1]:
            return None
        years = [today.year]
        moment = moment._replace(year=today.year)
    return _shifted(moment, 0, years[0], with_year=bool(moment.year)), _shifted(moment, days, years[0], with_year=bool(moment.year))


def _shifted(moment: Moment, days: int, year: int, *, with_year: bool) -> str:
    """``14 januari``, with the year or else with a word when it is another year."""
    day = date(year, moment.month, moment.day) + timedelta(days=days)
    other = "" if with_year or day.year == year else " van het jaar erna" if day.year > year else " van het jaar ervoor"
    return f"{day.day} {_MONTH_NAMES[day.month - 1]}{f' {day.year}' if with_year else other}"


def _moment_of(question: Question, event: str) -> Moment | None:
    """The one date of the question when it names the event, or of several the one nearest to the words for it."""
    words = [match.start() for match in re.finditer(event, question.text)]
    if not words or len(question.moments) < 2:
        return question.moments[0] if words and question.moments else None
    near = sorted((min(abs(place - moment.start) for place in words), moment) for moment in question.moments)
    return near[0][1] if near[0][0] + 8 < near[1][0] else None


def _deadline(question: Question, sources: Sources) -> _Sum | None:
    """A date so many days after or before one that the question gives; see ``DEADLINES`` for the articles."""
    for entry in DEADLINES:
        if (
            not question.moments
            or not question.says(entry.asks)
            or question.says(entry.refuses)
            or question.is_about_other_than(*entry.places)
        ):
            continue
        moment = _moment_of(question, entry.event)
        hit = sources.find(entry.fact) if moment else None
        if moment is None or hit is None:
            continue
        terms = {name.rstrip("2"): text for name, text in hit.match.groupdict().items() if text} or {"days": _SIX_WEEKS}
        parts = []
        for name, label in (("start", entry.start_label), ("days", entry.label)):
            found = days_after(moment, int(terms[name]) * entry.sign, question.today) if name in terms else None
            if found:
                parts.append(f"{terms[name]} dagen {'na' if entry.sign > 0 else 'vóór'} {found[0]} is {found[1]} ({label})")
        return _Sum("; ".join(parts), (hit.fact,)) if len(parts) == len(terms) else None
    return None


def _payout(question: Question, sources: Sources) -> _Sum | None:
    """When the money of an order comes free: on the eighth day after delivery (kosten/uitbetaling-en-dd7).

    Amazon's own example: delivered on 6 January, available from 14 January.
    """
    hit = sources.find(
        "zeven volle dagen na de bezorging|op de achtste dag kun je bij het geld|bezorgd op 6 januari, beschikbaar vanaf 14 januari"
    )
    moment = _moment_of(question, _ARRIVED) if hit else None
    last, free = (days_after(moment, days, question.today) for days in (7, 8)) if moment else (None, None)
    if hit is None or last is None or free is None or question.is_about_other_than(*EURO_PLACES, "UK"):
        return None
    return _Sum(f"bezorgd op {last[0]}, zeven volle dagen t/m {last[1]}, dus het geld komt vrij op {free[1]}", (hit.fact,))


# --- The table of rules ----------------------------------------------------------------------------------------------

_OTHER_FEES: Final = (
    r"fba\b|fulfilment|\w*opslag|coupon|voucher|kortingsbon|\w*korting|afgeprijsd|\w*advert|t?acos|roas|bod\b|per klik|kor\b|"
    r"kleineondernemers|digital|dsf\b|terugbeta|\w*retour|stuurt|refund|tiktok|kaufland|bol\b|temu|verzeker|douane|mcf\b|bezorg|verzendgewicht|marge|winst|"
    r"samen\b|totaal|in totaal|bij elkaar|inkoop|ingekocht|koop\w* .{0,20}\bin\b"
)
_ASKS_FEE: Final = (
    r"\w*com+is+ie|verwijzingskost|referral|verkoopkosten|provisie|afdr?a+g|houdt amazon|rekent amazon|pakt amazon|gaat er ?af|gaat eraf|"
    r"bij amazon hangen|percentage|procent|\w*tarief|betaal (?:ik|je)|betalen|wat kost|\d+ ?%|verschil|scheel"
)
RULES: Final = (
    Rule("margin", r"hou|over\b|marge|winst|verdien", _margin),
    Rule("digital surcharge", r"digital|dsf\b|toeslag", _digital_surcharge, r"brandstof|fba\b|\w*opslag|verouderd"),
    Rule("refund fee", r"terugbeta|refund|\w*retour|terug\b|stuurt|administratiekosten", _refund_fee,
         r"gedeelte|deels|helft|fba\b|boek|dvd|muziek|video|film|cd\b|abonnement|claim|magazijn|vergoed|gaf|budget"),
    Rule("VAT that stays", r"kor\b|kleineondernemers|\w*vrijgesteld|btw-vrij", _vat_that_stays),
    Rule("fee change", r"scheel|verlag|daal|gedaald|omlaag|goedkoper|bespaar|minder", _fee_change, r"naar\b|fba\b|in plaats van|tussen"),
    Rule("price limit", r"grens|drempel|boven|onder & verzend|porto", _price_limit, _OTHER_FEES),
    Rule("referral fee", _ASKS_FEE, _referral_fee, _OTHER_FEES),
    Rule("coupon", r"coupon|voucher|kortingsbon", _coupon, r"\w*budget"),
    Rule("promotion", r"\w*korting|actie|deal", _promotion),
    Rule("share", r"coupon|kortingsbon|voucher|tiktok|btw", _share_of),
    Rule("prime discount", r"prime & \w*korting|deal|prijs", _prime_discount),
    Rule("selling plan", r"individue|professione|plan\b|verkoopplan|abonnement", _selling_plan,
         r"per (?:week|dag|jaar|kwartaal)|week|jaar|assortiment|catalogus|sku"),
    Rule("months", r"individue|profession|plan\b|verkoopplan|abonnement|maandbedrag|kaufland", _months, r"terug|opsturen|voorraad"),
    Rule("aged storage", r"oud\b|ouder|verouderd|toeslag|lig|stof|aged|langetermijn|dagen", _aged_storage,
         r"brandstof|dekking|lage.voorraad"),
    Rule("storage", r"\w*opslag|storage|m3|kuub|kubieke|opslaan|bewaren|laten liggen|per maand", _storage,
         r"kleding|schoen|tas\b|tassen|gevaarlijk|parfum|spuitbus|oud\b|ouder|verouderd|gebruikstoeslag|capaciteit|limiet|\w*gewicht|webshop"),
    Rule("low inventory", r"dekking|lage.voorraad|voorraad", _low_inventory),
    Rule("removal", r"terugstur|terug te|terughal|terug laten|laten terug|verwijder|removal|teruggestuurd", _removal,
         r"vernietig|claim|kwijt|klant"),
    Rule("EFN or local", r"efn\b & lokaa?l|pan.eu|verschil|scheel|duurder", _local_or_efn),
    Rule("fulfilment", "|".join(pattern for _, pattern in _SIZES), _fulfilment, r"efn\b|ander land|andere landen|grens|dekking"),
    Rule("base plus weight", r"(?:klein|middelgroot|groot) pakket [123]\b|\w*overmaat", _base_plus_weight, r"efn\b|terug"),
    Rule("fuel surcharge", r"\w*brandstof|fuel|\w*toeslag|1,5 ?%|1,5 procent", _fuel,
         r"3,5 ?(?:%|procent)|\w*opslag|verouderd|gevaarlijk|digital|lage.voorraad|piek|overmaat"),
    Rule("volume weight", r"\w*volume|\w*gewicht|kg\b|kilo|weegt|tarief|fba\b|gram\b|dimensional|rekent", _volume_weight,
         r"\w*opslag|m3|kuub|storage"),
    Rule("per unit",
         r"cep\b|central|mitteleuropa|gevaarlijk|lithium|batterij|accu|hazmat|powerbank|\w*douane|invoer|import|buiten|china|lage.prijs",
         _per_unit),
    Rule("vine", r"vine\b", _vine),
    Rule("bid", r"\w*bod\b|bied|\w*klik|cpc", _bid),
    Rule("daily budget", r"per dag|\w*budget|per maand & \w*budget|campagne|advert|uitg|geef|ingesteld|ads\b", _daily_budget,
         r"conversie|sessies|voorraad"),
    Rule("reorder point", r"bestelpunt|\w*bestel|reorder|levertijd", _reorder_point, r"dd.7|klant"),
    Rule("against norm", "|".join(norm.asks for norm in NORMS), _against_norm),
    Rule("returns", r"\w*retour|terug", _returns),
    Rule("formula", "|".join(group for entry in FORMULAS for group in entry.asks.split(" & ")), _formula),
    Rule("total", r"verzeker|drempel|grens|btw|oss\b", _total),
    Rule("multipack", r"multipack|\d+[- ]?pack|bundel|set van|pak van", _multipack),
    Rule("shelf life", r"\w*houdba|tht|dagporties|datum", _shelf_life, r"verlop|nog \d+ dagen|105|bij aankomst nog"),
    Rule("payout", r"geld|uitbeta|vrij|beschikbaar|opnemen|dd.?7|saldo|betaald", _payout,
         r"dd.?14|retour|claim|zonder tracking|postzegel|brief"),
    Rule("deadline", "|".join(group for entry in DEADLINES for group in entry.asks.split(" & ")), _deadline),
    Rule("VAT", r"btw|vat\b", _vat,
         r"drempel|grens|limiet|boven|kor\b|kleineondernemers|oss\b|dac7|\w*commissie|verwijzings|acos|marge|import|invoer|artikel 23"),
)  # fmt: skip
