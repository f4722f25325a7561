"""The frozen records that travel between the stages, and the public ones that callers see.

Nothing here reads, computes or imports a framework. A record is made once and never changed; a stage that needs
something else makes a new record.
"""

import hashlib
from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

# The topic of the articles that define terms.
GLOSSARY: Final = "begrippen"
FactKind = Literal["sentence", "step", "bullet", "row", "warning", "tip"]


class Record(BaseModel):
    """Base of all records: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- What goes in: documents -----------------------------------------------------------------------------------------


class Source(Record):
    """Where a fact was read, as shown to the user."""

    name: str
    url: str = ""
    accessed_on: date | None = None


Verdict = Literal["", "yes", "no", "depends"]


class Asked(Record):
    """One more way in which people ask for a section, and the first words of the fact that answers it.

    ``verdict`` is what the answer opens with, when that fact opens it and decides a yes-or-no question; it holds as long as the
    fact reads as it did then: ``decided_by`` is ``fact_hash`` of its text.
    """

    question: str
    fact: str = ""
    verdict: Verdict = ""
    decided_by: str = ""


def fact_hash(text: str) -> str:
    """Eight hexadecimal digits that name the text of a fact."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


class Section(Record):
    """One ``##`` section of an article, or one part of an ingested document.

    ``questions`` stand in the article itself; ``asked`` are more ways in which people ask for it, used by the search alone.
    ``answered`` are questions of which the whole answer is known, once for each fact of this section that belongs in it.
    """

    heading: str
    text: str
    questions: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = Field(default=(), exclude=True)
    answered: tuple[Asked, ...] = Field(default=(), exclude=True)
    sources: tuple[Source, ...] = ()
    marketplaces: tuple[str, ...] = ()


class Document(Record):
    """A corpus article or an ingested file, read but not yet split."""

    document_id: str
    title: str
    topic: str = ""
    summary: str = ""
    marketplaces: tuple[str, ...] = ()
    checked_on: date | None = None
    review_by: date | None = None
    sources: tuple[Source, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    sections: tuple[Section, ...] = ()


class Fact(Record):
    """The smallest part of a chunk that can be shown by itself.

    ``text`` is Markdown without list or table marks. A row carries its table's ``header`` cells; its ``cells`` are the
    row's own. ``step`` is the number of a numbered step, else 0. ``leans`` says that the sentence opens with a word that
    points at the sentence before it, so that it must not be shown alone.
    """

    kind: FactKind
    text: str
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    step: int = 0
    leans: bool = False
    block: int = 0


class Chunk(Record):
    """One section as it is indexed, cited and shown.

    ``chunk_id`` is a hash of everything that is embedded, so equal content has an equal id. ``asked`` and ``answered`` are only
    there while an index is built; a chunk read from an index has none.
    """

    chunk_id: str
    document_id: str
    title: str
    heading: str
    text: str
    topic: str = ""
    position: int = 0
    marketplaces: tuple[str, ...] = ()
    checked_on: date | None = None
    review_by: date | None = None
    sources: tuple[Source, ...] = ()
    questions: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = Field(default=(), exclude=True)
    answered: tuple[Asked, ...] = Field(default=(), exclude=True)
    synonyms: tuple[tuple[str, ...], ...] = ()
    facts: tuple[Fact, ...] = ()


# --- What comes out: answers -----------------------------------------------------------------------------------------


class Turn(Record):
    """One earlier question with the answer that was given."""

    question: str
    answer: str = ""


class Hit(Record):
    """One chunk found by a search; ``score`` lies in [0, 1], higher is better."""

    document_id: str
    title: str
    heading: str
    text: str
    score: float


class Citation(Record):
    """A chunk an answer rests on; ``quote`` holds the sentences used, one per line."""

    number: int
    document_id: str
    title: str
    heading: str
    text: str
    quote: str
    source_name: str = ""
    source_url: str = ""
    checked_on: date | None = None
    marketplaces: tuple[str, ...] = ()
    score: float = 0.0


class Article(Record):
    """A pointer to a section, named when there is no answer."""

    document_id: str
    title: str
    heading: str


class Answer(Record):
    """What a question gets, whichever engine made it."""

    text: str
    citations: tuple[Citation, ...] = ()
    answered: bool = True
    engine: str = "extractive"
    standalone_question: str = ""
    suggestions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    related: tuple[Article, ...] = Field(default=(), description="nearest sections, when there is no answer")
    confidence: float = Field(default=0.0, description="calibrated chance that the sources hold the answer, in [0, 1]")
    elapsed_ms: float = 0.0


class StreamEvent(Record):
    """A piece of an answer as it is made: ``text`` to append, or on the last event the whole ``answer``."""

    text: str = ""
    answer: Answer | None = None


class Rejection(Record):
    """A file that could not be ingested, with the reason in Dutch."""

    path: str
    reason: str


class IngestReport(Record):
    """What an ingest changed, as document ids."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()
