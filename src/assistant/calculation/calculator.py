"""Works out a sum: reads the question, gathers the facts, tries the rules and reads the result back."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property, partial
from typing import Final

from assistant.calculation.needed import still_needed
from assistant.calculation.reading import Question, read_question, read_words
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Library, Sources, gather
from assistant.calculation.table import FORMULAS, RULES
from assistant.documents import Chunk, Fact, Record
from assistant.quantities import sums


class WorkedSum(Record):
    """A sum in one Dutch sentence, with the facts that gave its rule and rates, and the name of the rule.

    ``chunks`` are where those facts come from, each once; empty when that is not known. When ``is_sum`` is false the text asks
    for the one number that is still needed, and the facts give the rule.
    """

    text: str
    facts: tuple[Fact, ...]
    rule: str
    chunks: tuple[Chunk, ...] = ()
    is_sum: bool = True


_VERDICT: Final = r"(?:mag|mogen|kan|kun|kunnen|moet|moeten|hoef|geldt|gelden|start|werkt|is|zijn|heb|heeft|klopt|telt|word|wordt) (?:ik|je|dat|die|dit|het|de|een|ze|er|mijn)\b"
_SHORT_WORDS: Final = 8


def asks_for_sum(follow_up: str) -> bool:
    """Whether a follow-up asks for the sum of the turn before it again, with something else in it.

    It names a number or asks for an amount, or says no more than what is different ("en in december?"); a question for yes or
    no about the same subject does not.
    """
    asked = read_words(follow_up)
    if asked is None or _has_numbers(asked):
        return asked is not None
    if asked.says(r"hoeveel|wat & kost|betaal|wordt|komt|blijft|hou|scheelt|is dat") and not asked.says(r"waarom|hoezo"):
        return True
    return (
        len(follow_up.split()) <= _SHORT_WORDS and asked.says(r"en\b|of\b|maar\b|voor\b|met\b|in\b|bij\b|op\b") and not asked.says(_VERDICT)
    )


class Calculator:
    """Works out sums with everything a knowledge base holds; the chunks are read when the first question has figures."""

    def __init__(self, load: Callable[[], Sequence[Chunk]]) -> None:
        self._load = load

    @cached_property
    def _library(self) -> Library:
        return Library(self._load())

    def work_out(
        self, questions: Iterable[str], near: Sequence[Chunk], *, marketplace: str = "NL", today: date | None = None
    ) -> WorkedSum | None:
        """The sum of the first of these wordings of a question that gives one; else what is still needed for one.

        Args:
            questions: as asked; the narrowest first, such as one part of a message before the whole of it.
            near: the chunks that were found for it; what they say goes before the rest.
            marketplace: of the user.
            today: for "vandaag".
        """
        readings = [read_words(_said_once(question), marketplace=marketplace, today=today) for question in questions]
        asked = [reading for reading in readings if reading]
        sources = gather((), near, self._library)
        tries = [
            *(partial(_work_out, reading) for reading in asked if _has_numbers(reading)),
            *(partial(_ask_for, reading) for reading in asked),
        ]
        return next((found for work in tries if (found := work(sources))), None)


def _said_once(message: str) -> str:
    """A message without sentences that stand in it twice: the sentences before a question are put before it once more."""
    return " ".join(dict.fromkeys(re.split(r"(?<=[.?!])\s+", message)))


def _has_numbers(asked: Question) -> bool:
    return bool(asked.figures or asked.sides or asked.moments) or asked.says(r"per jaar|jaarlijks|op jaarbasis")


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
    return _work_out(asked, gather(facts, chunks)) if asked else None


def _work_out(asked: Question, sources: Sources) -> WorkedSum | None:
    if "US" in asked.places or asked.of("dollar"):
        return None
    for rule in RULES:
        found = rule.work(asked, sources) if rule.fits(asked, sources) else None
        # Every sum is read back before it is shown; a rule that writes a wrong one is silent instead.
        if found and all(one.right for one in sums(found.text)):
            return _result(f"Som: {found.text}.", found, rule.name, sources)
    return None


def _ask_for(asked: Question, sources: Sources) -> WorkedSum | None:
    found = still_needed(asked, sources, FORMULAS)
    return _result(found.text, found, "needed", sources).model_copy(update={"is_sum": False}) if found else None


def _result(text: str, found: Outcome, rule: str, sources: Sources) -> WorkedSum:
    facts = tuple({id(fact): fact for fact in found.facts}.values())
    owners = {chunk.chunk_id: chunk for fact in facts if (chunk := sources.owner(fact))}
    return WorkedSum(text=text, facts=facts, rule=rule, chunks=tuple(owners.values()))
