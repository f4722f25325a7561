"""Writes the answer out of facts: the extractive engine, which needs no language model.

Fourth step of the path of a question. Facts come ranked; this module decides how many to show and in what form (steps,
list, table, verdict first), keeps them in reading order, gives each its citation, and adds how old the figures are.
It never writes a statement of its own beyond fixed phrases, sums, and the verdict a sentence gives.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from assistant.calculation import WorkedSum
from assistant.documents import GLOSSARY, Chunk, Citation, Fact, Record
from assistant.query_rewriting import MARKETPLACE_LABELS, Query, named_marketplaces
from assistant.question_shapes import Shape, question_shape
from assistant.retrievers import Candidate
from assistant.selection import RankedFact
from assistant.splitters import row_text
from assistant.verdicts import verdict

MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december")
TARGET_CHARACTERS = 690
LIST_CHARACTERS = 1_100
COMPARISON_CHARACTERS = 700
# What stands above the best fact in its section is shown only when it is at least this likely beside it.
OPENING_SHARE = 0.25
# A list is fetched from another section when the line that announces it is at least this likely beside the best fact.
ANNOUNCED_SHARE = 0.1
ANNOUNCED_CHARACTERS = 1_500
# A sum says it already; what it rests on is shown beside it, and little more.
SUM_CHARACTERS = 420
# Enough is shown when the facts shown hold this much of the chance.
ENOUGH = 0.97
# A fact this much less likely than the best one is left out even when there is room, and so is one of a section of which
# nothing is shown yet; for a question like none that was answered before, and like one that was.
LEAST_SHARES = {False: (0.01, 0.1), True: (0.2, 0.2)}
# A list or table of which this share is shown is shown whole when the rest takes no more than so many characters.
COMPLETED_SHARE = 0.3
COMPLETED_CHARACTERS = 500
SHORT_LIST_CHARACTERS = 250
# Steps are fetched from another section that scores at most this much below the best one.
NEAR_SCORE = 0.7
# Steps that were not asked for belong in an answer when their mean chance of it is this high.
STEPS_BELONG = 0.4
# One row with fewer columns reads as a phrase, "Schoenen: commissie: 15%"; with more it needs its header above it.
READABLE_COLUMNS = 3
# Questions that one fact seldom answers: the section that holds most of the chance leads, not the single likeliest fact.
WHOLE_SHAPES: Final[tuple[Shape, ...]] = ("how", "list", "comparison")
# How an answer opens that was known before.
VERDICT_WORDS = {"yes": "Ja.", "no": "Nee.", "depends": "Dat hangt ervan af."}
_SAYS_IT = re.compile(r"(?:Ja|Nee)\b")
_DISPUTED = re.compile(
    r"niet bevestigd|bronnen noemen|verschillend beschreven|tegenstrijdig|spreken elkaar tegen|niet gevonden", re.IGNORECASE
)
_FIGURE = re.compile(r"€|£|\$|%|\d")
_AMOUNT = re.compile(r"[€£$%]")
# What limits figures: not confirmed at all, or not for the reader's own shop.
_RESERVATION = re.compile(
    r"\bniet (?:bevestigd|gevonden)\b|\bgeldt (?:alleen|niet)\b[^.;]*\b(?:Duitsland|Nederland|België|VK|Verenigd Koninkrijk|Amazon\.\w+)"
)
_HOME = re.compile(r"\b(?:Nederland|Amazon\.nl|België|Amazon\.com\.be)\b")
_ARTICLE = r"\[(?:[^\]]+)\]\((?!https?://)[^)]*\)"
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?://)[^)]*\)")
# "…; zie [Opslagkosten](…)" at the end of a sentence: the reader has the sources below the answer.
_SEE = re.compile(rf"[;,] zie (?:ook )?{_ARTICLE}(?: en {_ARTICLE})?(?=[.)]|$)")
# A sentence that only names the article where something else stands.
_POINTER = re.compile(rf"(?:\b(?:staat|staan|lees je|vind je)(?: meer| alles)? in|^Zie(?: ook)?) {_ARTICLE}(?: en {_ARTICLE})?\.?$")
# "De tabel toont de tarieven (2026)." above a table says no more than "De tarieven (2026):".
_TABLE_TALK = re.compile(r"^De (?:tabel|lijst) (?:toont|noemt|geeft|vergelijkt|zet) ")
_TABLE_LINE = re.compile(r"^De (?:tabel|lijst) \w+ ")
# "Labels print je in Seller Central, in vier stappen." above the steps.
_STEPS_TALK = re.compile(r"\bin (?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien) stappen\b[^.]{0,40}\.$", re.IGNORECASE)
_LIST_TALK = re.compile(r"^De lijst legt .* uit\b")
# "dus" and its like inside the first clause point back just as well as "daarom" in front of it; ", dus" joins two clauses.
_LEANS_INSIDE = re.compile(
    r"^[^,;:(]{1,80}?(?<![,;]) (?:dus|namelijk|daardoor|daarom|zulke|dergelijke|daarvoor|hierdoor)\b|(?<![,;:]) dus\b", re.IGNORECASE
)
# "Een bestelling is defect als er minstens één van deze drie dingen is:"
_COUNTS = re.compile(r"\b(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien)\b[^.]*:$", re.IGNORECASE)
_DEFINED_ITEM = re.compile(r"^\*\*([^*]{2,40})\*\*")
_DEFINED_SENTENCE = re.compile(r"^(?:de |het |een )?([^,;:.()]{2,40}?)(?: \([^)]*\))? (?:is|zijn|betekent|betekenen)\b", re.IGNORECASE)


class Draft(Record):
    """An answer before it is wrapped: pieces of Markdown in order, and what they cite."""

    pieces: tuple[str, ...]
    citations: tuple[Citation, ...]
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole answer."""
        return "\n\n".join(self.pieces)


class _Picked(Record):
    """The places of the facts of one candidate that are shown, in that order."""

    candidate: int
    places: tuple[int, ...]


def compose(
    query: Query,
    candidates: Sequence[Candidate],
    ranked: Sequence[RankedFact],
    today: date,
    *,
    budget: int = TARGET_CHARACTERS,
    worked: WorkedSum | None = None,
) -> Draft:
    """An answer of about ``budget`` characters from the most likely facts, grouped by chunk, in reading order.

    A list or a procedure may be longer, because half of one is no answer. Empty input gives an empty draft. With a sum the
    answer is that sum and what it rests on.
    """
    shape = question_shape(query.text)
    candidates = [*candidates, *_candidates_of(worked, candidates)]
    rule = _rule_of(worked, candidates)
    is_sum = worked is not None and worked.is_sum
    picked = (
        _pick_for_sum(shape, candidates, ranked, rule)
        if is_sum
        else _pick(shape, candidates, ranked, min(budget, SUM_CHARACTERS) if worked else budget, rule)
    )
    pieces: list[str] = []
    citations: list[Citation] = []
    for number, choice in enumerate(picked, 1):
        candidate = candidates[choice.candidate]
        pieces.extend(_render(candidate.chunk, choice.places, number, as_label=not is_sum))
        quote = "\n".join(candidate.chunk.facts[place].text for place in choice.places)
        citations.append(citation_of(candidate, quote, number))
    if worked and is_sum:
        marks = " ".join(f"[{number}]" for number in range(1, len(picked) + 1))
        pieces.insert(0, f"{worked.text} {marks}")
    elif worked:
        pieces.append(worked.text)
    elif pieces:
        opening = _opening(query, ranked, shape, (picked[0].candidate, picked[0].places[0]))
        if opening:
            pieces[0] = f"**{opening}** {pieces[0].removeprefix('- ')}"
    if pieces:
        pieces.append(freshness(citations, [candidates[choice.candidate].chunk for choice in picked]))
    return Draft(
        pieces=tuple(piece for piece in pieces if piece),
        citations=tuple(citations),
        warnings=tuple(warnings(query, [candidates[choice.candidate].chunk for choice in picked], citations, today)),
    )


def _candidates_of(worked: WorkedSum | None, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The chunks that a sum rests on and that were not found by searching, as candidates."""
    known = {candidate.chunk.chunk_id for candidate in candidates}
    score = max((candidate.score for candidate in candidates), default=0.0)
    return [
        Candidate(row=-1, chunk=chunk, score=score, features={})
        for chunk in (worked.chunks if worked else ())
        if chunk.chunk_id not in known
    ]


def _rule_of(worked: WorkedSum | None, candidates: Sequence[Candidate]) -> dict[int, set[int]]:
    """For each candidate the places of the facts that a sum rests on."""
    found: dict[int, set[int]] = {}
    for fact in worked.facts if worked else ():
        owner = next(number for number, candidate in enumerate(candidates) if fact in candidate.chunk.facts)
        found.setdefault(owner, set()).add(candidates[owner].chunk.facts.index(fact))
    return found


def _pick_for_sum(
    shape: Shape, candidates: Sequence[Candidate], ranked: Sequence[RankedFact], rule: Mapping[int, set[int]]
) -> list[_Picked]:
    """The facts that a sum rests on, and the likeliest fact of the same sections when there is room for it."""
    basket = _Basket(candidates)
    for candidate, places in rule.items():
        basket.add(candidate, set().union(*(_with_context(candidates[candidate].chunk, place, shape) for place in places)))
    best = next((fact for fact in ranked if fact.candidate in rule), None)
    if best is not None:
        places = _with_context(candidates[best.candidate].chunk, best.place, shape)
        if basket.length + basket.cost(best.candidate, places) <= SUM_CHARACTERS:
            basket.add(best.candidate, places)
    return basket.picked()


def _pick(
    shape: Shape, candidates: Sequence[Candidate], ranked: Sequence[RankedFact], budget: int, rule: Mapping[int, set[int]]
) -> list[_Picked]:
    """Which facts to show: the likeliest first, with what each needs to be understood, until the budget is used."""
    ranked = sorted(ranked, key=lambda fact: -fact.belongs)
    listed = None
    if ranked:
        listed = _whole_list(shape, candidates, ranked) if shape in WHOLE_SHAPES else _steps_that_belong(shape, candidates, ranked)
    ranked = [fact for fact in ranked if not _is_idle(candidates[fact.candidate].chunk, fact.place)] or ranked[:1]
    if not ranked:
        return []
    basket = _Basket(candidates)
    for candidate, places in rule.items():
        basket.add(candidate, set().union(*(_with_context(candidates[candidate].chunk, place, shape) for place in places)))
    best = _leading(shape, ranked)
    basket.add(best.candidate, _with_context(candidates[best.candidate].chunk, best.place, shape))
    if listed:
        basket.add(*listed)
    least, elsewhere = LEAST_SHARES[ranked[0].known]
    covered = 0.0
    for fact in ranked:
        if fact.belongs < least * best.belongs or (covered >= ENOUGH and not fact.known):
            break
        if fact.candidate not in basket and fact.belongs < elsewhere * best.belongs:
            continue
        places = _with_context(candidates[fact.candidate].chunk, fact.place, shape)
        if basket.holds(fact.candidate, places) or basket.says(fact.fact):
            covered += fact.belongs
        elif _delays(shape, fact, best):
            continue
        elif basket.length + basket.cost(fact.candidate, places) <= budget:
            basket.add(fact.candidate, places)
            covered += fact.belongs
    basket.complete_blocks(budget)
    basket.add_reservations()
    first, *others = basket.picked()
    if first.candidate == best.candidate and shape not in WHOLE_SHAPES:
        first = _Picked(candidate=best.candidate, places=_opened_with(candidates[best.candidate].chunk, first.places, best.place))
    return [first, *others]


def _opened_with(chunk: Chunk, places: Sequence[int], opening: int) -> tuple[int, ...]:
    """The places with the sentence to open with in front, together with what leans on it; reading order when it is no sentence."""
    facts = chunk.facts
    if facts[opening].kind != "sentence" or _leans(facts[opening]) or _announces(chunk, opening):
        return tuple(places)
    end = next((place for place in places if place > opening and not _leans(facts[place])), len(facts))
    front = [place for place in places if opening <= place < end]
    return (*front, *(place for place in places if place not in front))


def _leading(shape: Shape, ranked: Sequence[RankedFact]) -> RankedFact:
    """The fact to start from: the one that opens best; for an answer of several facts, among those of the likeliest section."""
    if shape not in WHOLE_SHAPES:
        return max(ranked, key=lambda fact: fact.opens)
    chances: dict[int, float] = {}
    for fact in ranked:
        chances[fact.candidate] = chances.get(fact.candidate, 0.0) + fact.chance
    leading = max(chances, key=lambda candidate: (chances[candidate], -candidate))
    return max((fact for fact in ranked if fact.candidate == leading), key=lambda fact: fact.opens)


def _delays(shape: Shape, fact: RankedFact, best: RankedFact) -> bool:
    """Whether a fact would stand before a figure, reason, definition or verdict that it is much less likely than."""
    return (
        shape in ("amount", "why", "definition", "verdict")
        and fact.candidate == best.candidate
        and fact.place < best.place
        and fact.belongs < OPENING_SHARE * best.belongs
    )


def _is_idle(chunk: Chunk, place: int) -> bool:
    """Whether a fact says nothing by itself: it names another article, or announces a list or table that follows."""
    text = chunk.facts[place].text
    return _POINTER.search(text) is not None or _LIST_TALK.search(text) is not None or _announces(chunk, place)


def _announces(chunk: Chunk, place: int) -> bool:
    """Whether a sentence only leads up to the list or table under it."""
    facts = chunk.facts
    if facts[place].kind != "sentence" or place + 1 >= len(facts) or facts[place + 1].kind not in ("step", "bullet", "row"):
        return False
    text = facts[place].text.rstrip()
    return text.endswith(":") or _TABLE_LINE.search(text) is not None or _STEPS_TALK.search(text) is not None


def _defined(text: str) -> str:
    """The term that a fact defines, folded: ``**Koopknop** (Buy Box): …`` or ``De koopknop (Buy Box) is …``; else nothing."""
    found = _DEFINED_ITEM.match(text) or _DEFINED_SENTENCE.match(text)
    return found.group(1).strip().lower() if found else ""


class _Basket:
    """The facts chosen so far, per candidate in order of choice."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._candidates = candidates
        self._places: dict[int, set[int]] = {}
        self.length = 0

    def __contains__(self, candidate: int) -> bool:
        return candidate in self._places

    def cost(self, candidate: int, places: set[int]) -> int:
        """How many characters these places would add."""
        facts = self._candidates[candidate].chunk.facts
        held = self._places.get(candidate, set())
        headers = {facts[place].block: facts[place].header for place in places if facts[place].kind == "row"}
        shown = {facts[place].block for place in held if facts[place].kind == "row"}
        above = sum(len(name) + 3 for block, header in headers.items() if block not in shown for name in header)
        return above + sum(_length(facts[place]) for place in places - held)

    def complete_blocks(self, budget: int) -> None:
        """Add what is left of each list or table of which a good part, and at least two items, are in, when that is little.

        One item is enough where the line above says how many there are: "drie dingen:" and then one reads as if two were lost,
        and where a short list still fits the budget. A line that leads up to such a list brings it along.
        """
        for candidate, places in list(self._places.items()):
            chunk = self._candidates[candidate].chunk
            if chunk.topic == GLOSSARY:  # terms that were not asked about explain nothing
                continue
            facts = chunk.facts
            announced = {facts[place + 1].block for place in places if _announces(chunk, place)}
            for block in announced | {facts[place].block for place in places if facts[place].kind in ("bullet", "row")}:
                whole = {place for place, fact in enumerate(facts) if fact.block == block}
                held = whole & places
                is_counted = min(whole) - 1 in places and _COUNTS.search(facts[min(whole) - 1].text) is not None
                left = self.cost(candidate, whole)
                fits = left <= min(SHORT_LIST_CHARACTERS, budget - self.length)
                is_short = facts[min(whole)].kind == "bullet" and fits
                enough = (0 if is_short else 1) if not held else 1 if is_counted or is_short else max(2, COMPLETED_SHARE * len(whole))
                if len(held) >= enough and left <= COMPLETED_CHARACTERS:
                    self.add(candidate, whole)

    def add_reservations(self) -> None:
        """Add the sentence that says how far the figures shown are sure, when it follows them or is about the reader's own shop.

        "Of de prijzen in 2026 nog gelden, is niet bevestigd" belongs to the prices, whatever was asked.
        """
        for candidate, places in list(self._places.items()):
            facts = self._candidates[candidate].chunk.facts
            figures = [place for place in places if _FIGURE.search(facts[place].text)]
            for place, fact in enumerate(facts):
                if fact.kind != "sentence" or place in places or not _RESERVATION.search(fact.text):
                    continue
                if any(
                    _follows(facts, figure, place) or (_HOME.search(fact.text) and _AMOUNT.search(facts[figure].text)) for figure in figures
                ):
                    self.add(candidate, {place})

    def holds(self, candidate: int, places: set[int]) -> bool:
        """Whether all of these places are in already."""
        return places <= self._places.get(candidate, set())

    def add(self, candidate: int, places: set[int]) -> None:
        """Put them in."""
        self.length += self.cost(candidate, places)
        self._places.setdefault(candidate, set()).update(places)

    def says(self, fact: Fact) -> bool:
        """Whether what is in already holds nearly every word of a fact, or defines the same term, as another article may.

        Of a row only its own cells count: it shares the names of its columns with every other row.
        """
        fresh = set(re.findall(r"\w+", " ".join(fact.cells if fact.kind == "row" else (fact.text,)).lower()))
        if _DEFINED_ITEM.match(fact.text) and _defined(fact.text) in self._defined():
            return True
        for candidate, places in self._places.items():
            for place in places:
                held = set(re.findall(r"\w+", self._candidates[candidate].chunk.facts[place].text.lower()))
                if len(fresh & held) >= 0.8 * len(fresh):
                    return True
        return False

    def _defined(self) -> set[str]:
        """The terms that are defined already."""
        facts = (self._candidates[candidate].chunk.facts[place] for candidate, places in self._places.items() for place in places)
        return {term for term in (_defined(fact.text) for fact in facts) if term}

    def picked(self) -> list[_Picked]:
        """The result."""
        return [_Picked(candidate=candidate, places=tuple(sorted(places))) for candidate, places in self._places.items() if places]


def _whole_list(shape: Shape, candidates: Sequence[Candidate], ranked: Sequence[RankedFact]) -> tuple[int, set[int]]:
    """The likeliest list with the line above it: its candidate and places; no places when there is none.

    It stands in the best chunk; or, when that has none and a list is asked for, under a sentence that announces it and is itself
    among the likeliest facts. A list that is too long to show whole does not count.
    """
    best = _leading(shape, ranked).candidate
    places = _likeliest_block(shape, candidates[best].chunk, [fact for fact in ranked if fact.candidate == best])
    if places or shape == "comparison":
        return best, places
    if shape == "how":
        return _near_steps(candidates, ranked, best)
    for fact in ranked:
        if fact.belongs < ANNOUNCED_SHARE * ranked[0].belongs:
            break
        chunk = candidates[fact.candidate].chunk
        if fact.candidate != best and _announces(chunk, fact.place):
            block = chunk.facts[fact.place + 1].block
            places = {fact.place, *(place for place, item in enumerate(chunk.facts) if item.block == block)}
            if sum(_length(chunk.facts[place]) for place in places) <= ANNOUNCED_CHARACTERS:
                return fact.candidate, places
    return best, set()


def _steps_that_belong(shape: Shape, candidates: Sequence[Candidate], ranked: Sequence[RankedFact]) -> tuple[int, set[int]]:
    """The leading section and its steps when they belong in the answer though no "how" was asked; no places when they do not."""
    best = _leading(shape, ranked)
    steps = [fact for fact in ranked if fact.candidate == best.candidate and fact.fact.kind == "step"]
    if not best.known or not steps or sum(fact.belongs for fact in steps) < STEPS_BELONG * len(steps):
        return best.candidate, set()
    return best.candidate, _likeliest_block("how", candidates[best.candidate].chunk, steps)


def _near_steps(candidates: Sequence[Candidate], ranked: Sequence[RankedFact], best: int) -> tuple[int, set[int]]:
    """The steps of a section that fits nearly as well as the best one; no places when there is none."""
    near = [number for number, one in enumerate(candidates) if candidates[best].score - one.score <= NEAR_SCORE and one.chunk.facts]
    for number in near:
        places = _likeliest_block(
            "how", candidates[number].chunk, [fact for fact in ranked if fact.candidate == number and fact.fact.kind == "step"]
        )
        if places:
            return number, places
    return best, set()


def _likeliest_block(shape: Shape, chunk: Chunk, ranked: Sequence[RankedFact]) -> set[int]:
    """The places of the likeliest list or table of a chunk with the line above it, if it can be shown whole."""
    kinds = ("row",) if shape == "comparison" else ("step", "bullet", "row")
    held: dict[int, float] = {}
    for fact in ranked:
        if fact.fact.kind in kinds:
            held[fact.fact.block] = held.get(fact.fact.block, 0.0) + fact.belongs
    if not held:
        return set()
    block = max(held, key=lambda number: (held[number], -number))
    places = {place for place, fact in enumerate(chunk.facts) if fact.block == block}
    if min(places) > 0 and chunk.facts[min(places) - 1].kind == "sentence":
        places.add(min(places) - 1)
    limit = COMPARISON_CHARACTERS if shape == "comparison" else LIST_CHARACTERS
    return places if sum(_length(chunk.facts[place]) for place in places) <= limit else set()


def _with_context(chunk: Chunk, place: int, shape: Shape) -> set[int]:
    """The fact with what it leans on: the sentence before, the line above its list or table, the other steps."""
    facts = chunk.facts
    fact = facts[place]
    places = {place}
    if fact.kind == "step" or (fact.kind == "bullet" and shape == "list"):
        places |= {other for other, item in enumerate(facts) if item.block == fact.block}
    if fact.kind in ("step", "bullet", "row"):
        first = next(other for other, item in enumerate(facts) if item.block == fact.block)
        if first > 0 and facts[first - 1].kind == "sentence" and (fact.kind == "row" or facts[first - 1].text.rstrip().endswith(":")):
            places.add(first - 1)
    while min(places) > 0 and _leans(facts[min(places)]):
        places.add(min(places) - 1)
    return places


def _leans(fact: Fact) -> bool:
    """Whether a sentence cannot be understood without the one before it."""
    return fact.leans or (fact.kind == "sentence" and (_LEANS_INSIDE.search(fact.text) is not None or len(fact.text.split()) < 4))


def _follows(facts: Sequence[Fact], first: int, second: int) -> bool:
    """Whether a fact stands next after another, or after the list or table that holds it."""
    between = facts[first + 1 : second]
    return first < second and all(fact.kind in ("bullet", "row") and fact.block == facts[first].block for fact in between)


def _length(fact: Fact) -> int:
    """About how many characters a fact takes: a row has only its cells, under the names of the columns."""
    return (sum(len(cell) + 3 for cell in fact.cells) if fact.kind == "row" else len(fact.text)) + 5


def _render(chunk: Chunk, places: Sequence[int], number: int, *, as_label: bool = True) -> Iterator[str]:
    """The chosen facts of a chunk as Markdown blocks, each statement with its citation.

    With ``as_label`` a sentence about a table becomes the line above it; under a sum it stays the sentence the sum rests on,
    or is left out when no more than one row of the table is shown.
    """
    facts = [(place, chunk.facts[place]) for place in places]
    for _, group in groupby(facts, key=lambda item: (item[1].block, item[1].kind)):
        items = [fact for place, fact in group if as_label or not _stands_without_table(chunk, place, places)]
        if not items:
            continue
        kind = items[0].kind
        if kind == "sentence":
            yield " ".join(f"{_sentence(fact.text) if as_label else plain(fact.text)} [{number}]" for fact in items)
        elif kind == "row":
            yield _table(items, number)
        elif kind == "step":
            yield "\n".join(f"{position}. {plain(fact.text)} [{number}]" for position, fact in enumerate(items, 1))
        elif kind == "bullet":
            yield "\n".join(f"- {plain(fact.text)} [{number}]" for fact in items)
        else:
            label = "PAS OP" if kind == "warning" else "TIP"
            yield f"**{label}:** {' '.join(plain(fact.text) for fact in items)} [{number}]"


def _stands_without_table(chunk: Chunk, place: int, places: Sequence[int]) -> bool:
    """Whether a sentence tells what a table shows of which no more than one row is shown under a sum."""
    if _TABLE_LINE.search(chunk.facts[place].text) is None or not _announces(chunk, place):
        return False
    return sum(chunk.facts[other].kind == "row" for other in places) < 2


def _sentence(text: str) -> str:
    """A sentence as it is shown; one that only says what a table shows becomes the line above it."""
    label = _TABLE_TALK.sub("", plain(text))
    return plain(text) if label == plain(text) else f"{label[:1].upper()}{label[1:].rstrip('.:')}:"


def _table(rows: Sequence[Fact], number: int) -> str:
    header = rows[0].header
    if not header or (len(rows) == 1 and len(header) < READABLE_COLUMNS):
        return "\n".join(f"- {plain(row_text(row.header, row.cells))} [{number}]" for row in rows)
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    for row in rows:
        cells = [plain(cell) for cell in row.cells]
        cells += [""] * (len(header) - len(cells))
        lines.append(f"| {' | '.join([f'{cells[0]} [{number}]', *cells[1:]])} |")
    return "\n".join(lines)


def plain(text: str) -> str:
    """The text with links to other articles reduced to their words."""
    return _LINK.sub(r"\1", _SEE.sub("", text)).strip()


def citation_of(candidate: Candidate, quote: str, number: int) -> Citation:
    """The citation of a chunk; ``quote`` holds the facts used, one per line."""
    chunk = candidate.chunk
    source = chunk.sources[0] if chunk.sources else None
    return Citation(
        number=number,
        document_id=chunk.document_id,
        title=chunk.title,
        heading=chunk.heading,
        text=chunk.text,
        quote=quote,
        source_name=source.name if source else chunk.title,
        source_url=source.url if source else "",
        checked_on=chunk.checked_on,
        marketplaces=chunk.marketplaces,
        score=round(1.0 / (1.0 + 2.0 ** -(candidate.score / 4.0)), 4),
    )


def _opening(query: Query, ranked: Sequence[RankedFact], shape: Shape, first: tuple[int, int]) -> str:
    """ "Ja." or "Nee." when the fact that opens the answer decides a yes-or-no question; else nothing.

    It does when the same was asked and answered with it before, or in so many words. When another of the most likely facts
    decides it differently, neither is believed.
    """
    if shape in ("why", "list", "comparison"):
        return ""
    for fact in ranked:
        if (fact.candidate, fact.place) == first and fact.verdict:
            return "" if _SAYS_IT.match(fact.fact.text) else VERDICT_WORDS[fact.verdict]
    likely = [fact for fact in ranked[:4] if fact.chance >= 0.15 * ranked[0].chance and fact.fact.kind != "row" and not fact.fact.leans]
    found: dict[tuple[int, int], str] = {}
    for place, fact in enumerate(likely):
        likelier = [other.fact.text for other in likely[:place] if other.coverage >= fact.coverage - 0.1]
        found[fact.candidate, fact.place] = verdict(query.text, fact.fact.text, fact.coverage, fact.chance, likelier)
    return found.get(first, "") if len(set(found.values()) - {""}) == 1 else ""


def freshness(citations: Sequence[Citation], chunks: Sequence[Chunk]) -> str:
    """One line with the date and the countries of the figures, or nothing when no figures are shown."""
    if not any(_FIGURE.search(citation.quote) for citation in citations):
        return ""
    days = [citation.checked_on for citation in citations if citation.checked_on]
    if not days:
        return ""
    places = figure_places(citations, chunks)
    return (
        f"_Nagekeken op {dutch_date(min(days))}; geldt voor {dutch_list([MARKETPLACE_LABELS.get(p, p) for p in places])}._"
        if places
        else (f"_Nagekeken op {dutch_date(min(days))}._")
    )


def figure_places(citations: Sequence[Citation], chunks: Sequence[Chunk]) -> list[str]:
    """The marketplaces that the figures shown hold for: those named by the facts with an amount, or else those of the sections.

    A date says nothing of the kind: what a German authority forbade on 5 February does not make the whole answer German.
    """
    found: dict[str, None] = {}
    for needed in (_AMOUNT, _FIGURE):
        for citation, chunk in zip(citations, chunks, strict=True):
            for line in citation.quote.split("\n"):
                if needed.search(line) and not _RESERVATION.search(line):
                    found.update(dict.fromkeys((named_marketplaces(line) if needed is _AMOUNT else ()) or chunk.marketplaces))
        if found:
            break
    return list(found)


def warnings(query: Query, chunks: Sequence[Chunk], citations: Sequence[Citation], today: date) -> Iterator[str]:
    """What the reader must know about these figures: past their review date, of another country, or disputed."""
    for chunk in chunks:
        if chunk.review_by is not None and chunk.review_by < today:
            yield f"‘{chunk.title}’ moest vóór {dutch_date(chunk.review_by)} worden nagekeken; controleer de cijfers in Seller Central."
    named = query.named_marketplaces or (query.marketplace,)
    places = figure_places(citations[:1], chunks[:1])
    if places and "EU" not in places and not set(named) & set(places):
        there = dutch_list([MARKETPLACE_LABELS.get(place, place) for place in places])
        here = dutch_list([MARKETPLACE_LABELS.get(place, place) for place in named])
        yield f"Deze cijfers gelden voor {there}; voor {here} staan ze niet in de kennisbank."
    if any(_DISPUTED.search(citation.quote) for citation in citations):
        yield "Niet alles hierboven is bevestigd; kijk het na in Seller Central voordat je erop rekent."


def dutch_date(day: date) -> str:
    """``22 november 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def dutch_list(names: Sequence[str]) -> str:
    """``Nederland, België en Duitsland``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} en {names[-1]}" if names else ""
