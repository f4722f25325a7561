"""Suggestions lead on: questions about other sections, never a bare term, never what was asked already."""

from collections.abc import Sequence

import pytest
from example_chunks import make_chunk

from assistant.documents import Chunk
from assistant.retrievers import Candidate
from assistant.suggestions import LEAST_USES, NEAR_SCORE, question_for, suggest
from assistant.tokenization import Vocabulary


def section(heading: str, position: int = 0, document: str = "a.md", topic: str = "fba", questions: Sequence[str] = ()) -> Chunk:
    chunk = make_chunk(heading, "Tekst.")
    return chunk.model_copy(
        update={"position": position, "document_id": document, "topic": topic, "questions": tuple(questions), "chunk_id": heading}
    )


VOCABULARY = Vocabulary.count(["Hoe plak je labels op dozen? Waar plak ik die labels ongeveer?"] * LEAST_USES)


class Shelf:
    """The part of an index that suggestions read: chunks in rows."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks
        self.vocabulary = VOCABULARY

    def chunk(self, row: int) -> Chunk:
        return self._chunks[row]

    def rows_of(self, document_id: str) -> list[int]:
        return [row for row, chunk in enumerate(self._chunks) if chunk.document_id == document_id]


FIRST = section("Wat kost opslag per maand?", 0)
USED = section("Hoe werkt opslag bij FBA?", 1)
NEXT = section("Wanneer betaal je een toeslag?", 2)
OTHER = section("Hoe verlaag je je kosten?", 0, "b.md")
TERMS = section("Welke begrippen horen erbij?", 0, "c.md", topic="begrippen")


def suggestions(found: Sequence[Chunk], used: Sequence[Chunk], asked: Sequence[str] = (), limit: int = 3) -> tuple[str, ...]:
    index = Shelf([FIRST, USED, NEXT, OTHER, TERMS])
    candidates = [Candidate(row=row, chunk=chunk, score=1.0, features={}) for row, chunk in enumerate(found)]
    return suggest(candidates, used, index, asked, limit)  # type: ignore[arg-type]  # only these are read


def test_nearest_chunk_comes_first_then_the_article() -> None:
    assert suggestions([USED, OTHER], [USED]) == (OTHER.heading, NEXT.heading, FIRST.heading)


def test_a_chunk_found_far_behind_comes_after_the_next_sections_of_the_article() -> None:
    scores = (5.0, 5.0 - NEAR_SCORE - 0.1)
    candidates = [Candidate(row=row, chunk=chunk, score=scores[row], features={}) for row, chunk in enumerate([USED, OTHER])]
    index = Shelf([FIRST, USED, NEXT, OTHER, TERMS])
    assert suggest(candidates, [USED], index, ()) == (NEXT.heading, OTHER.heading, FIRST.heading)  # type: ignore[arg-type]


def test_what_was_used_or_asked_is_not_suggested() -> None:
    assert suggestions([USED, OTHER], [USED], asked=["hoe verlaag je je kosten"]) == (NEXT.heading, FIRST.heading)


def test_glossary_is_not_suggested() -> None:
    assert suggestions([TERMS, OTHER], []) == (OTHER.heading,)


def test_no_more_than_the_limit() -> None:
    assert suggestions([USED, OTHER], [USED], limit=1) == (OTHER.heading,)


def test_nothing_found_gives_nothing() -> None:
    assert suggestions([], []) == ()


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (["Waar staat ROAS voor?", "Wat is een flat file?", "Wat betekent ACoS eigenlijk?"], ""),
        (["hoe lever je aan bij fba", "How do I ship to FBA warehouses?"], ""),
        (["Waar plak ik die ongeveer?", "Hoe plak je labels op dozen?"], "Hoe plak je labels op dozen?"),
        (["Waar plak ik labbels op dozen?"], ""),
        (["Waar plak ik labels op dozen?", "Hoe plak je die labels op dozen?"], "Waar plak ik labels op dozen?"),
    ],
    ids=["a bare term leads nowhere", "untidy or English", "nearest to the heading", "misspelled", "the shortest of equals"],
)
def test_question_for_takes_the_tidy_question_nearest_to_the_heading(questions: list[str], expected: str) -> None:
    assert question_for(section("Labels op dozen", questions=questions), VOCABULARY) == expected


def test_question_for_takes_a_heading_that_asks() -> None:
    assert question_for(section("Hoe plak je labels?", questions=["Waar plak ik labels op dozen?"]), VOCABULARY) == "Hoe plak je labels?"
