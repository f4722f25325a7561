"""What a sum rests on: the facts that were found, and how a rule looks a rate up in them."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from assistant.calculation.formatting import decimal
from assistant.documents import Chunk, Fact


def euro_pattern(name: str) -> str:
    """A pattern for an amount in euro, with the number as a group."""
    return rf"€ ?(?P<{name}>\d[\d.]*(?:,\d+)?)"


def share_pattern(name: str) -> str:
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


def gather(facts: Sequence[Fact], chunks: Sequence[Chunk]) -> Sources:
    """The facts, followed by what else stands in their chunks."""
    together = {id(fact): fact for fact in (*facts, *(fact for chunk in chunks for fact in chunk.facts))}
    return Sources(tuple(together.values()), tuple(chunks))


def cell_amount(cell: str) -> Decimal | None:
    """The one bare amount of a table cell: ``€ 4,50``."""
    match = re.fullmatch(euro_pattern("amount"), cell.strip())
    return decimal(match.group("amount")) if match else None
