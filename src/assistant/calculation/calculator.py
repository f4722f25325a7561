"""Works out a sum: reads the question, gathers the facts, tries the rules and reads the result back."""

from collections.abc import Sequence
from datetime import date

from assistant.calculation.reading import read_question
from assistant.calculation.sources import gather
from assistant.calculation.table import RULES
from assistant.documents import Chunk, Fact, Record
from assistant.quantities import sums


class WorkedSum(Record):
    """A sum in one Dutch sentence, with the facts that gave its rule and rates, and the name of the rule."""

    text: str
    facts: tuple[Fact, ...]
    rule: str


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
    sources = gather(facts, chunks)
    for rule in RULES:
        found = rule.work(asked, sources) if asked.says(rule.asks) and not asked.says(rule.refuses) else None
        # Every sum is read back before it is shown; a rule that writes a wrong one is silent instead.
        if found and all(one.right for one in sums(found.text)):
            facts_used = {id(fact): fact for fact in found.facts}
            return WorkedSum(text=f"Som: {found.text}.", facts=tuple(facts_used.values()), rule=rule.name)
    return None
