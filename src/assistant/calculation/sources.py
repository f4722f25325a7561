"""What a sum rests on: the facts that were found, and how a rule looks a rate up in them."""

import re
from collections.abc import Iterable, Iterator, Sequence
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


class Library:
    """Every fact of a knowledge base, with what was looked up before: a rule looks for the same few patterns each time."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self.chunks = tuple(chunks)
        self.facts = tuple(fact for chunk in self.chunks for fact in chunk.facts)
        self._owners = {id(fact): chunk for chunk in self.chunks for fact in chunk.facts}
        self.hits = lru_cache(maxsize=1_024)(self._hits)
        self.rows = lru_cache(maxsize=64)(self._rows)

    def owner(self, fact: Fact) -> Chunk | None:
        """The chunk that a fact comes from."""
        return self._owners.get(id(fact))

    def _hits(self, pattern: str) -> tuple[Hit, ...]:
        return tuple(_hits(pattern, self.facts))

    def _rows(self, header: str) -> tuple[Fact, ...]:
        return tuple(_rows(header, self.facts))


class Sources(NamedTuple):
    """The facts that a sum may rest on, likeliest first, the chunks they come from, and all other facts there are."""

    facts: tuple[Fact, ...]
    chunks: tuple[Chunk, ...] = ()
    library: Library | None = None

    def hits(self, pattern: str) -> Iterator[Hit]:
        """Every fact with this pattern, those that were found for the question first; letters match in either case."""
        near = {id(fact) for fact in self.facts}
        yield from _hits(pattern, self.facts)
        if self.library:
            yield from (hit for hit in self.library.hits(pattern) if id(hit.fact) not in near)

    def is_about(self, pattern: str) -> bool:
        """Whether a fact with this pattern stands in one of the two sections that fit the question best."""
        return any(True for chunk in self.chunks[:2] for _ in _hits(pattern, chunk.facts))

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
        near = {id(fact) for fact in self.facts}
        others = self.library.rows(header) if self.library else ()
        return [*_rows(header, self.facts), *(row for row in others if id(row) not in near)]

    def beside(self, fact: Fact) -> "Sources":
        """All facts of the chunk that a fact comes from; none when the chunk is not known."""
        owner = self.owner(fact)
        return Sources(owner.facts if owner else ())

    def owner(self, fact: Fact) -> Chunk | None:
        """The chunk that a fact comes from; None when it is not known."""
        owner = next((chunk for chunk in self.chunks if any(other is fact for other in chunk.facts)), None)
        return owner or (self.library.owner(fact) if self.library else None)


def _hits(pattern: str, facts: Iterable[Fact]) -> Iterator[Hit]:
    compiled = _pattern(pattern)
    return (Hit(match, fact) for fact in facts if (match := compiled.search(fact.text)))


def _rows(header: str, facts: Iterable[Fact]) -> Iterator[Fact]:
    compiled = _pattern(header)
    return (fact for fact in facts if fact.kind == "row" and compiled.search(" | ".join(fact.header)))


@lru_cache(maxsize=1_024)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def gather(facts: Sequence[Fact], chunks: Sequence[Chunk], library: Library | None = None) -> Sources:
    """The facts, followed by what else stands in their chunks, and with a library by everything there is."""
    together = {id(fact): fact for fact in (*facts, *(fact for chunk in chunks for fact in chunk.facts))}
    return Sources(tuple(together.values()), tuple(chunks), library)


def cell_amount(cell: str) -> Decimal | None:
    """The one bare amount of a table cell: ``€ 4,50``."""
    match = re.fullmatch(euro_pattern("amount"), cell.strip())
    return decimal(match.group("amount")) if match else None
