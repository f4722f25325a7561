"""What a chunk bears out: whether a statement stands in it, and which of its facts say so.

Pure functions below ``grounding``. A statement is held against the single facts of a chunk, so that a figure that stands
in the chunk but belongs to something else is found out. Text that addresses a language model is no evidence at all.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Literal, NamedTuple

from assistant.documents import Chunk, Fact
from assistant.quantities import MONEY_UNITS, UNIT_WORDS, Day, Quantity, Reading, holds_day, holds_quantity, plain, rates, read, sums
from assistant.splitters import split_facts
from assistant.tokenization import content_words, fold, stem

Fault = Literal["instruction", "sum", "quantity", "date", "code", "term", "words", "figure of another", "opposite"]

# The share of its words that a statement must have in common with a chunk, and with one fact and its neighbours there.
CHUNK_SUPPORT = 0.75
FACT_SUPPORT = 0.55

# Text that speaks to a language model instead of to a seller. It is found in questions and documents that try to take over.
_MODEL = (
    r"(?:ai(?:-assistent|-model|-taalmodel|\s+assistant|\s+model)?|taalmodel|language\s+model|llm|chatbot|assistent|assistant)(?![\w-])"
)
_INSTRUCTION = re.compile(
    rf"""
    # forget what you were told
    \b(?:negeer|vergeet|overschrijf|ignore|disregard|forget|override)\b.{{0,40}}
        \b(?:instructies?|opdracht(?:en)?|prompt|regels|instructions?|rules|previous|above|bovenstaande|voorgaande|hierboven|eerdere)\b
    # what you were told
    | \b(?:systeem|system)[\s-]?(?:prompt|bericht|instructies?|opdracht|message|instructions?)\b
    | \b(?:mijn|je|jouw|uw|your|my|deze|verborgen|geheime)\s+(?:\w+\s+)?(?:instructies|prompt|instructions)\b
    # who is spoken to: "voor de AI-assistent:", "als taalmodel", "assistent, …"
    | \b(?:als|as)\s+(?:een\s+|an?\s+)?{_MODEL}
    | \b(?:aan|voor|to|for)\s+(?:de\s+|het\s+|elke?\s+|een\s+|the\s+|any\s+|an?\s+)?{_MODEL}\s*[:,!]
    | (?:^|[.!?]\s)\W*{_MODEL}\s*[:,!]
    # be someone else, from now on
    | \b(?:je\s+bent\s+(?:nu|voortaan)|you\s+are\s+now|doe\s+alsof\s+je|act\s+as\s+an?|pretend\s+to\s+be|from\s+now\s+on)\b
    | \bvanaf\s+nu\s+(?:ben|antwoord|geef|zeg|noem|schrijf)\b
    # how to answer
    | \b(?:antwoord|reageer|respond|reply)\s+(?:altijd|alleen|uitsluitend|voortaan|always|only|with)\b
    | \b(?:zeg|vertel|meld|tell)\s+(?:tegen\s+|aan\s+|altijd\s+)*(?:de\s+|the\s+)?(?:gebruikers?|lezers?|users?)\b
    | \bin\s+(?:elk|ieder|al\s+je|your|every|each)\s+(?:antwoord|antwoorden|answers?|reply|response)\b
    | \b(?:toon|onthul|herhaal|reveal|repeat|print)\s+(?:de\s+tekst\s+hierboven|your|everything)\b
    # marks of a conversation
    | (?:^|\n)\s*(?:system|assistant|user|systeem|gebruiker)\s*:
    | <\|?\s*/?(?:im_start|im_end|system|assistant|endoftext|start_of_turn|bron|vraag|gesprek)\b
    | \[/?(?:inst|sys)\] | <<sys>>
    | \#{{2,}}\s*(?:system|instruction|instructie)
    """,
    flags=re.IGNORECASE | re.VERBOSE,
)

# Words that carry a sentence and claim nothing by themselves.
_FREE_STEMS = frozenset(
    stem(word)
    for word in """ja nee betaal betaalt betalen kost kosten krijg krijgt krijgen geldt gelden gebruik gebruikt gebruiken maak maakt
    maken geef geeft geven staat staan neem neemt nemen vind vindt vinden kies kiest kiezen ligt bedraagt bedragen rekent rekenen
    hebben nodig belangrijk mogelijk bijvoorbeeld ongeveer volgens namelijk dus daarom daarnaast verder samengevat kortom eerst daarna
    vervolgens samen totaal uitkomst afgerond som bron bronnen informatie amazon verkoper verkopers verkoopt verkoop verkopen product
    producten artikel artikelen bedrag tarief prijs hoogte geval gevallen soort manier wijze keer let stap stappen tip pas binnen
    tijdens zolang vanaf
    hoger lager meer minder per steeds stuk stuks maal val valt vallen koop blijft blijven komt komen zit zitten laat laten
    houd houdt houden""".split()
)

_UNIT_STEMS = frozenset(stem(word) for word in UNIT_WORDS)

_NEGATIONS = re.compile(r"\b(?:niet|geen|nooit|niets|niemand|nergens|noch)\b")
_BANS = re.compile(r"\b(?:verboden|verbiedt|onmogelijk|uitgesloten)\b")
# Pairs of which a statement must not say one where its fact says the other.
_OPPOSITE_WORDS = (
    (r"minimaal|minstens|ten ?minste|minimum", r"maximaal|hooguit|hoogstens|maximum|ten hoogste"),
    (r"meer dan|boven|hoger dan|vanaf|langer dan", r"minder dan|onder|lager dan|beneden|t/m|korter dan"),
    (r"inclusief|incl", r"exclusief|excl"),
    (r"stijgt|stijgen|verhoogt|omhoog", r"daalt|dalen|verlaagt|omlaag"),
    (r"voordat|vóór", r"nadat|na afloop"),
)
_OPPOSITES = tuple((re.compile(rf"\b(?:{one})\b"), re.compile(rf"\b(?:{other})\b")) for one, other in _OPPOSITE_WORDS)
_DIRECTIONS = re.compile(rf"\b(?:{'|'.join(word for pair in _OPPOSITE_WORDS for word in pair)})\b")
_DENIED_FIGURE = re.compile(r"\bgeen (?:€ ?)?\d[\d.,]*")
_CHECKED = re.compile(r"\b(?:stand|nagekeken|gecontroleerd|bijgewerkt|gelezen|peildatum)\b")
_PER = re.compile(r"\bper [\w³²]+")
# A strong word, and what the chunk must say for it.
_STRONG_WORDS = tuple(
    (re.compile(rf"\b(?:{word})\b"), re.compile(rf"\b(?:{grounds})\b"))
    for word, grounds in (
        (r"inclusief|incl", r"inclusief|incl"),
        (r"exclusief|excl", r"exclusief|excl"),
        (r"gratis|kosteloos", r"gratis|kosteloos|zonder kosten|geen kosten|niets|kost(?:en)? geen"),
        (r"altijd", r"altijd|steeds|elke?|ieder\w*|alle"),
        (r"nooit", r"nooit|niet|geen|verboden"),
        (r"automatisch\w*", r"automatisch\w*|vanzelf"),
        (r"onbeperkt\w*", r"onbeperkt\w*|geen (?:limiet|grens|maximum)"),
        (r"gegarandeerd\w*|garandeer\w*", r"garan\w*"),
        (r"verplicht\w*", r"verplicht\w*|moet|moeten|vereist\w*|nodig|eist"),
        (r"optioneel|vrijwillig\w*", r"optioneel|vrijwillig\w*|hoeft|hoef|hoeven"),
        (r"de helft", r"de helft|50 ?%"),
        (r"dubbele?|verdubbel\w*", r"\w*dubbel\w*|tweemaal|twee keer"),
    )
)
_PLACES = {
    "NL": "Nederland Nederlands Amazon.nl NL", "BE": "België Belgisch Amazon.com.be BE", "DE": "Duitsland Duits Amazon.de DE",
    "FR": "Frankrijk Frans Amazon.fr FR", "IT": "Italië Italiaans Amazon.it IT", "ES": "Spanje Spaans Amazon.es ES",
    "PL": "Polen Pools Amazon.pl PL", "SE": "Zweden Zweeds Amazon.se SE", "IE": "Ierland Iers Amazon.ie IE",
    "UK": "VK Verenigd Koninkrijk Brits Amazon.co.uk UK", "US": "VS Verenigde Staten Amerika Amerikaans Amazon.com US",
    "EU": "EU Europa Europees",
}  # fmt: skip

# Abbreviations, quoted words, names inside a sentence, web and mail addresses.
_ABBREVIATION = re.compile(r"(?<![\w-])[A-Z]{2,}[A-Z0-9]*\b")
_QUOTED = re.compile(r"[\"“„]([^\"”“„\n]{2,80})[\"”]|(?<!\w)['‘]([^'’‘\n]{2,80})['’](?!\w)|`([^`\n]{1,80})`")
_NAME = re.compile(r"(?<![.!?:;\"'“‘(|*_\-–/] )(?<![.!?:;\"'“‘(|*_\-–/])(?<=\S )[A-ZÀ-Þ][^\W\d_]{2,}")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b")
_PARTS = re.compile(r"[-'’.&+/]")
_CLAUSE = re.compile(r"[;:]|,(?!\d)|\b(?:maar|terwijl|tenzij|behalve|tegenover)\b")
_FIGURE_CLAUSE = re.compile(r"[;:]|,(?!\d)|\b(?:en|of|maar|terwijl|tegenover)\b")


class Unit(NamedTuple):
    """The smallest piece of evidence: a sentence, a step, or one cell with its row and column. ``fact`` is its place."""

    text: str
    fact: int
    stems: frozenset[str]
    quantities: frozenset[Quantity]
    days: frozenset[Day]


class Piece(NamedTuple):
    """One of several figures that stand side by side; ``marks`` are the words that tell it from the others."""

    quantities: frozenset[Quantity]
    stems: frozenset[str]
    marks: frozenset[str]


class Clause(NamedTuple):
    """A clause of a fact, for its direction: ``whole`` is the sentence it is part of."""

    text: str
    whole: str
    stems: frozenset[str]


class Evidence(NamedTuple):
    """Everything a chunk, or a few chunks together, can bear out.

    ``context`` holds the stems of titles, headings, synonyms, countries and sources, ``checked`` the days on which the text
    was checked, and ``words`` every word in reading order.
    """

    facts: tuple[str, ...]
    units: tuple[Unit, ...]
    rows: tuple[tuple[Piece, ...], ...]
    clauses: tuple[Clause, ...]
    context: frozenset[str]
    stems: frozenset[str]
    quantities: frozenset[Quantity]
    days: frozenset[Day]
    checked: frozenset[Day]
    words: str


class Claim(NamedTuple):
    """A statement as it is held against evidence; a table row is one part per cell, anything else a single part."""

    text: str
    parts: tuple[str, ...]
    reading: Reading
    stems: frozenset[str]
    terms: tuple[str, ...]


def has_instruction(text: str) -> bool:
    """Whether a text speaks to a language model."""
    return _INSTRUCTION.search(plain(text)) is not None


def without_instructions(text: str) -> str:
    """The Markdown blocks of a text that do not speak to a language model."""
    blocks = re.split(r"\n\s*\n", text)
    return "\n\n".join(block for block in blocks if not has_instruction(block))


# --- Reading ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2_048)
def evidence_of(chunk: Chunk) -> Evidence:
    """The evidence of a chunk: its facts, with title, heading, synonyms, countries, sources and date as context."""
    facts = split_facts(without_instructions(chunk.text))
    units = [unit for place, fact in enumerate(facts) for unit in _units(fact, place)]
    units.append(_unit(f"{chunk.title}: {chunk.heading}", -1))
    context, checked = _context(chunk), chunk.checked_on
    said = f" {_spaced(' '.join(unit.text for unit in units))} "
    # A country may be called by any of its names.
    context += "\n" + " ".join(names for names in _PLACES.values() if any(f" {name} " in said for name in fold(names).split()))
    words = f"{said}{_spaced(context)} "
    return Evidence(
        facts=tuple(fact.text for fact in facts),
        units=tuple(units),
        rows=tuple(_rows(facts)),
        clauses=tuple(_clauses(fact.text for fact in facts)),
        context=stems_of(context),
        stems=stems_of(words),
        quantities=frozenset().union(*(read(unit.text).quantities for unit in units)),
        days=frozenset().union(*(unit.days for unit in units)),
        checked=frozenset({Day(checked.day, checked.month, checked.year)} if checked else ()),
        words=words,
    )


def _context(chunk: Chunk) -> str:
    synonyms = [word for group in chunk.synonyms for word in group]
    places = [_PLACES.get(code, code) for code in chunk.marketplaces]
    return "\n".join((chunk.title, chunk.heading, *synonyms, *places, *(source.name for source in chunk.sources)))


def _units(fact: Fact, place: int) -> Iterator[Unit]:
    if fact.kind != "row" or len(fact.cells) < 3:
        yield _unit(fact.text, place)
        return
    for column, cell in enumerate(fact.cells[1:], 1):
        header = fact.header[column] if column < len(fact.header) else ""
        yield _unit(f"{fact.cells[0]}: {header}: {_with_unit(cell, header)}", place)


def _with_unit(cell: str, header: str) -> str:
    """A bare number with the money or percent sign of its column."""
    sign = re.search(r"[€£%]", header)
    return f"{cell} {sign.group()}" if sign and re.fullmatch(r"[\d.,]+", cell) else cell


def _unit(text: str, place: int) -> Unit:
    reading = read(_DENIED_FIGURE.sub(" ", text))
    return Unit(text, place, stems_of(text), frozenset(reading.quantities), frozenset(reading.days))


def _rows(facts: Sequence[Fact]) -> Iterator[tuple[Piece, ...]]:
    """The figures that stand side by side: the rows of a table, and the clauses of a sentence; a lone one has no marks."""
    for _, table in groupby((fact for fact in facts if fact.kind == "row"), key=lambda fact: fact.block):
        rows = list(table)
        yield tuple(Piece(_figures(row.text), stems_of(row.text), stems_of(row.cells[0] if row.cells else "")) for row in rows)
    for fact in facts:
        if fact.kind == "row":
            continue
        # "Rekenvoorbeeld Duitsland: …": what stands before the colon goes for every clause behind it.
        frame, colon, rest = fact.text.partition(": ")
        frame, rest = (frame, rest) if colon and not read(frame).quantities else ("", fact.text)
        clauses = _figure_clauses(rest)
        yield tuple(Piece(_figures(clause), stems_of(f"{frame} {clause}"), _names(clause)) for clause in clauses)


def _clauses(texts: Iterable[str]) -> Iterator[Clause]:
    """The clauses of what is stated; a question states nothing."""
    for text in texts:
        if not text.rstrip(" *_").endswith("?"):
            for clause in _CLAUSE.split(text):
                yield Clause(clause, text, _direct_stems(clause))


def _figures(text: str) -> frozenset[Quantity]:
    return frozenset(read(text).quantities)


def _names(text: str) -> frozenset[str]:
    return frozenset(part for pattern in (_NAME, _ABBREVIATION) for match in pattern.finditer(text) for part in stems_of(match.group()))


def join(many: Sequence[Evidence]) -> Evidence:
    """Several chunks as one evidence."""
    return Evidence(
        facts=tuple(fact for one in many for fact in one.facts),
        units=tuple(unit for one in many for unit in one.units),
        rows=tuple(row for one in many for row in one.rows),
        clauses=tuple(clause for one in many for clause in one.clauses),
        context=frozenset().union(*(one.context for one in many)),
        stems=frozenset().union(*(one.stems for one in many)),
        quantities=frozenset().union(*(one.quantities for one in many)),
        days=frozenset().union(*(one.days for one in many)),
        checked=frozenset().union(*(one.checked for one in many)),
        words="".join(one.words for one in many),
    )


def read_claim(text: str, parts: Sequence[str] = ()) -> Claim:
    """A statement without markers and Markdown, ready to be held against evidence.

    Args:
        text: what the statement says.
        parts: for a table row: its name, column and cell, for every cell.
    """
    reading = read(text)
    stems = _direct_stems(text)
    if stems - _FREE_STEMS or reading.quantities or reading.days:
        stems -= _FREE_STEMS
    return Claim(text, tuple(parts) or (text,), reading, stems, tuple(_terms(text)))


@lru_cache(maxsize=16_384)
def stems_of(text: str) -> frozenset[str]:
    """The stems of the content words, and of the parts of words with a hyphen or point in them; no numbers."""
    found = set()
    for word in content_words(text):
        for part in {word, *_PARTS.split(word)}:
            if len(part) > 1 and not any(map(str.isdigit, part)):
                found.add(stem(part))
    return frozenset(found)


def _terms(text: str) -> Iterator[str]:
    for match in _ABBREVIATION.finditer(text):
        yield match.group()
    for match in _QUOTED.finditer(text):
        yield next(filter(None, match.groups()))
    for match in _ADDRESS.finditer(text):
        yield match.group()


def _spaced(text: str) -> str:
    """Folded words with single spaces between them; addresses and codes stay whole."""
    return " ".join(re.findall(r"[^\W_]+(?:[-.@+/'][^\W_]+)*", fold(plain(text))))


# --- Judging ---------------------------------------------------------------------------------------------------------


def fault(claim: Claim, evidence: Evidence, given: Iterable[Quantity] = (), *, needed: float = CHUNK_SUPPORT) -> Fault | None:
    """Why the evidence does not bear out a claim, or None when it does.

    Args:
        claim: the statement.
        evidence: of the chunks it cites.
        given: quantities of the question, which may be used in a sum that is written out and right.
        needed: the share of its words that must stand in the evidence.
    """
    if has_instruction(claim.text):
        return "instruction"
    if any(one.stated and not one.right for one in sums(claim.text)):
        return "sum"
    exempt = _worked_out(claim.text, evidence.quantities, frozenset(given))
    if not all(quantity in exempt or holds_quantity(evidence.quantities, quantity) for quantity in claim.reading.quantities):
        return "quantity"
    days = evidence.days | evidence.checked if _CHECKED.search(plain(claim.text)) else evidence.days
    if not all(holds_day(days, day) for day in claim.reading.days):
        return "date"
    if not all(_holds_term(evidence, code) for code in claim.reading.codes):
        return "code"
    if not (all(_holds_term(evidence, term) for term in claim.terms) and _holds_names(evidence, claim.text)):
        return "term"
    if not _has_words(claim, evidence, needed):
        return "words"
    if any(_belongs_elsewhere(part, evidence, exempt) for part in claim.parts) or _goes_per_another(claim, evidence):
        return "figure of another"
    if _says_opposite(claim, evidence):
        return "opposite"
    return None


def _worked_out(text: str, known: frozenset[Quantity], given: frozenset[Quantity]) -> frozenset[Quantity]:
    """The quantities of the sums that are right, start from known or given quantities, and apply a known amount or share."""
    found: set[Quantity] = set()
    for one in sums(text):
        applied = [operand for operand in one.operands if operand.unit in MONEY_UNITS | {"procent"} and holds_quantity(known, operand)]
        if one.right and applied and all(holds_quantity(known | given, operand) for operand in one.operands):
            found |= {*one.operands, one.result}
    return frozenset(found)


def support(claim: Claim, evidence: Evidence) -> float:
    """The share of a claim's words that stand in the evidence, in [0, 1]; a word that is part of one there counts half."""
    return _coverage(claim.stems, evidence.stems)


def quotes(claim: Claim, evidence: Evidence) -> tuple[str, ...]:
    """The facts a claim rests on, in reading order: those that hold its figures, and the one with most of its words."""
    figures = frozenset(claim.reading.quantities)
    facts = [unit for unit in evidence.units if unit.fact >= 0]
    scores = {unit: (len(unit.quantities & figures), _coverage(claim.stems, unit.stems)) for unit in facts}
    if not scores:
        return ()
    best = max(scores.values(), key=lambda score: (score[1], score[0]))
    places = {unit.fact for unit, score in scores.items() if score[1] == best[1] and score[0] == best[0]}
    for quantity in claim.reading.quantities:
        holders = [(score[1], unit) for unit, score in scores.items() if quantity in unit.quantities]
        if holders and not any(unit.fact in places for _, unit in holders):
            places.add(max(holders, key=lambda holder: holder[0])[1].fact)
    return tuple(evidence.facts[place] for place in sorted(places))


def _has_words(claim: Claim, evidence: Evidence, needed: float) -> bool:
    if any(not _has_strong_word(claim.text, word, grounds, evidence) for word, grounds in _STRONG_WORDS):
        return False
    figures = claim.reading.quantities or claim.reading.days
    if not claim.stems:
        return bool(figures)
    missing = claim.stems - evidence.stems
    # Beside a figure, one word may be the statement's own: "bespaar" for "scheelt"; but never the unit.
    one_word = figures and len(missing) == 1 < len(claim.stems) <= 4 and not missing & _UNIT_STEMS
    if not one_word and _coverage(claim.stems, evidence.stems) < needed:
        return False
    return any(_coverage(claim.stems, stems) >= min(needed, FACT_SUPPORT) for stems in _neighbourhoods(evidence))


def _has_strong_word(text: str, word: re.Pattern[str], grounds: re.Pattern[str], evidence: Evidence) -> bool:
    """Whether a fact that shares another word with the text has the grounds for its strong word, if it has one."""
    text = plain(text)
    found = word.search(text)
    if found is None:
        return True
    others = stems_of(word.sub(" ", text))
    denied = f"geen {found.group()}"
    facts = [(plain(unit.text), unit.stems) for unit in evidence.units if unit.fact >= 0]
    return any(others & stems and grounds.search(fact) and (denied not in fact or _is_negative(text)) for fact, stems in facts)


def _neighbourhoods(evidence: Evidence) -> Iterator[frozenset[str]]:
    """The words of each unit with those of the units beside it and of the context."""
    units = evidence.units
    for i in range(len(units)):
        yield evidence.context.union(*(unit.stems for unit in units[max(0, i - 1) : i + 2]))


def _coverage(wanted: frozenset[str], known: frozenset[str]) -> float:
    missing = wanted - known
    if not missing:
        return 1.0
    partly = sum(any(_are_related(word, other) for other in known) for word in missing)
    return (len(wanted) - len(missing) + 0.5 * partly) / len(wanted)


def _are_related(one: str, other: str) -> bool:
    """Whether one is the first or last part of the other, as the parts of a compound are."""
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return len(short) >= 4 and (long.startswith(short) or long.endswith(short))


def _holds_term(evidence: Evidence, term: str) -> bool:
    wanted = re.escape(_spaced(term))
    return re.search(rf"(?<![\w]){wanted}(?:'?s|en)?(?![\w])", evidence.words) is not None


def _holds_names(evidence: Evidence, text: str) -> bool:
    """Whether every name inside the sentence begins like a word of the evidence: Duitse like Duitsland."""
    for match in _NAME.finditer(text):
        name = fold(match.group())
        if name != "amazon" and f" {name[:5]}" not in evidence.words and f"-{name[:5]}" not in evidence.words:
            return False
    return True


def _belongs_elsewhere(part: str, evidence: Evidence, exempt: frozenset[Quantity]) -> bool:
    """Whether a figure is given to something else than it belongs to in the evidence; figures are compared within a clause."""
    for clause in _figure_clauses(part):
        affirmed = read(_DENIED_FIGURE.sub(" ", clause))
        figures = [quantity for quantity in affirmed.quantities if quantity not in exempt]
        kinds = [_kind(quantity) for quantity in affirmed.quantities]
        lone = [quantity for quantity in figures if kinds.count(_kind(quantity)) == 1]
        if any(_fits_a_rival_better(clause, affirmed, one, evidence) or _is_of_a_neighbour(clause, one, evidence) for one in lone):
            return True
        if _is_far_from_its_words(clause, figures, affirmed.days, evidence):
            return True
    return False


def _is_far_from_its_words(clause: str, figures: Sequence[Quantity], days: Sequence[Day], evidence: Evidence) -> bool:
    """Whether a figure or date stands only in facts that share less than half as many words with the clause as another does."""
    words = stems_of(clause) - _FREE_STEMS
    units = evidence.units
    shared = [len(words & unit.stems.union(units[max(0, place - 1)].stems)) for place, unit in enumerate(units)]
    least = max(shared, default=0) / 2 if max(shared, default=0) > 1 else 0
    held = [[holds_quantity(unit.quantities, figure) for unit in units] for figure in figures]
    held += [[holds_day(unit.days, day) for unit in units] for day in days]
    return any(any(holds) and max(count for count, one in zip(shared, holds, strict=True) if one) < least for holds in held)


def _kind(quantity: Quantity) -> str:
    return "money" if quantity.unit in MONEY_UNITS else quantity.unit


def _fits_a_rival_better(clause: str, reading: Reading, quantity: Quantity, evidence: Evidence) -> bool:
    """Whether a fact with another figure shares more with the clause than every fact with this one; dates count double."""
    words = stems_of(_PER.sub(" ", clause)) - _FREE_STEMS
    figures = set(reading.quantities) - {quantity}

    def fit(unit: Unit) -> int:
        dated = sum(holds_day(unit.days, day) for day in reading.days)
        return len(words & unit.stems) + 2 * (dated + sum(holds_quantity(unit.quantities, other) for other in figures))

    holders = [unit for unit in evidence.units if holds_quantity(unit.quantities, quantity)]
    rivals = [unit for unit in evidence.units if unit not in holders and any(_kind(q) == _kind(quantity) for q in unit.quantities)]
    return bool(holders and rivals) and max(map(fit, rivals)) > max(map(fit, holders))


def _is_of_a_neighbour(clause: str, quantity: Quantity, evidence: Evidence) -> bool:
    """Whether the clause names a row or clause that stands beside the one with this figure, and that no fact with it names."""
    words = stems_of(clause)
    strays: set[str] = set()
    named: list[frozenset[str]] = []
    for row in evidence.rows:
        holders = [piece.stems for piece in row if holds_quantity(piece.quantities, quantity)]
        if holders:
            marks = frozenset().union(*(piece.marks for piece in row if piece.stems not in holders))
            strays |= (words & marks).difference(*holders)
            named += holders
    return bool(strays) and not any(strays <= stems for stems in named)


def _goes_per_another(claim: Claim, evidence: Evidence) -> bool:
    """Whether a figure goes per month, say, where the evidence only has it per year."""
    known = [(quantity, stems_of(per)) for unit in evidence.units for quantity, per in rates(unit.text)]
    for quantity, per in rates(claim.text):
        others = [stems for other, stems in known if other == quantity]
        if others and not any(stems & stems_of(per) for stems in others):
            return True
    return False


def _figure_clauses(text: str) -> list[str]:
    """The clauses of a text, each with figures of its own; one that has none, or no word beside them, joins the one before."""
    clauses: list[str] = []
    for part in _FIGURE_CLAUSE.split(text):
        if clauses and (not stems_of(part) - _UNIT_STEMS or not read(part).quantities or not read(clauses[-1]).quantities):
            clauses[-1] += " , " + part
        else:
            clauses.append(part)
    return clauses


def _says_opposite(claim: Claim, evidence: Evidence) -> bool:
    """Whether a clause says nearly what a fact says, but with the negation or the direction turned round."""
    for clause in _CLAUSE.split(claim.text):
        words = _direct_stems(clause)
        if not words - _FREE_STEMS:
            continue
        near = [other for other in evidence.clauses if 2 * len(words & other.stems) >= len(words)]
        fits = [(_coverage(words, other.stems), other) for other in near]
        best = max((share for share, _ in fits), default=0.0)
        nearest = [other for share, other in fits if share == best]
        if _turned_round_by_all(clause, nearest) if best >= CHUNK_SUPPORT else _denied_by_a_whole(clause, words, evidence):
            return True
    return False


def _turned_round_by_all(clause: str, nearest: Sequence[Clause]) -> bool:
    return all(_turned_round(clause, other) for other in nearest)


def _denied_by_a_whole(clause: str, words: frozenset[str], evidence: Evidence) -> bool:
    """Whether a sentence holds the words of the clause, and denies them wherever it speaks of them."""
    telling = words - _FREE_STEMS
    for _, parts in groupby(evidence.clauses, key=lambda part: part.whole):
        clauses = list(parts)
        about = [part for part in clauses if part.stems & telling]
        if len(telling) > 1 and words <= frozenset().union(*(part.stems for part in clauses)):
            return not _is_negative(plain(clause)) and all(_is_negative(plain(part.text)) for part in about)
    return False


def _direct_stems(text: str) -> frozenset[str]:
    """The stems of a clause without the words that give it its direction."""
    return stems_of(_DIRECTIONS.sub(" ", plain(text)))


def _turned_round(clause: str, other: Clause) -> bool:
    one, two = plain(clause), plain(other.text)
    if _is_negative(one) != _is_negative(two) and (_is_negative(two) or not _is_negative(plain(other.whole))):
        return True
    return any(
        a.search(one) and not b.search(one) and b.search(two) and not a.search(two)
        for left, right in _OPPOSITES
        for a, b in ((left, right), (right, left))
    )


def _is_negative(text: str) -> bool:
    return bool(_NEGATIONS.search(text)) != bool(_BANS.search(text))
