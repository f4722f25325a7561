"""The corpus questions as training material, split so that what is measured was never seen.

A question's part follows from a hash of its text: stable when the corpus grows. ``dev`` questions choose between recipes
and calibrate; ``rank`` questions teach the ranker's weights. Both are hidden from training, index and synonyms alike while
something is measured on them; the model that is shipped is trained on all questions with the recipe that won.
"""

import hashlib
import json
import random
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from assistant.articles import ASKED_FILE, read_corpus
from assistant.documents import Chunk, Document
from assistant.index import FACT_NAME_LENGTH
from assistant.splitters import split

PARTS = {"dev": 15, "rank": 15}  # percent; the rest is "train"


class LabelledQuestion(NamedTuple):
    """A question with the section that answers it."""

    question: str
    document_id: str
    heading: str


class FactQuestion(NamedTuple):
    """A question written for one fact; always training material, in the index too."""

    question: str
    document_id: str
    heading: str
    place: int


class BlindQuestion(NamedTuple):
    """A question that was written without a look at the knowledge base, with the facts that answer it, the one to open with first.

    ``facts`` are document id, heading and place; without any, nothing in the knowledge base answers it. ``verdict`` is ``yes``,
    ``no``, ``depends`` or nothing.
    """

    question: str
    facts: list[tuple[str, str, int]]
    verdict: str


BLIND = Path(__file__).parent / "blind.jsonl"
FACT_QUESTIONS = Path(__file__).parents[1] / "corpus" / ASKED_FILE


def read_fact_questions(chunks: Sequence[Chunk], path: Path = FACT_QUESTIONS) -> list[FactQuestion]:
    """The questions of ``vragen.jsonl`` whose fact, named by its first words, still stands in its section."""
    places = places_by_name(chunks)
    found = []
    for entry in map(json.loads, path.read_text("utf-8").splitlines()):
        place = places.get((entry["document_id"], entry["heading"], entry["fact"]))
        if place is not None:
            found.append(FactQuestion(entry["question"], entry["document_id"], entry["heading"], place))
    return found


def read_blind(chunks: Sequence[Chunk], part: str, path: Path = BLIND) -> list[BlindQuestion]:
    """The blind questions of a part outside the index: ``test`` by five writers nothing was learned from, ``learn`` without an answer.

    One whose facts have changed since is left out. ``read_answered`` has the others.
    """
    places = places_by_name(chunks)
    found = []
    for entry in map(json.loads, path.read_text("utf-8").splitlines()):
        known = [(document_id, heading, places.get((document_id, heading, start), -1)) for document_id, heading, start in entry["facts"]]
        if entry["part"] == part and all(place >= 0 for _, _, place in known):
            found.append(BlindQuestion(entry["question"], known, entry["verdict"]))
    return found


def read_answered(chunks: Sequence[Chunk], path: Path = FACT_QUESTIONS) -> list[BlindQuestion]:
    """The questions of ``vragen.jsonl`` of which the whole answer is known; they stand in the index.

    One whose facts have changed since is left out.
    """
    places = places_by_name(chunks)
    found = []
    for entry in map(json.loads, path.read_text("utf-8").splitlines()):
        if entry.get("also") is None:
            continue
        names = [(entry["document_id"], entry["heading"], entry["fact"]), *map(tuple, entry["also"])]
        facts = [(document_id, heading, places.get((document_id, heading, start), -1)) for document_id, heading, start in names]
        if all(place >= 0 for _, _, place in facts):
            found.append(BlindQuestion(entry["question"], facts, entry.get("verdict", "")))
    return found


def places_by_name(chunks: Sequence[Chunk]) -> dict[tuple[str, str, str], int]:
    """The place of each fact by document id, heading and first words."""
    return {
        (chunk.document_id, chunk.heading, fact.text[:FACT_NAME_LENGTH]): place
        for chunk in chunks
        for place, fact in enumerate(chunk.facts)
    }


def part_of(question: str) -> str:
    """``dev``, ``rank`` or ``train``."""
    number = int.from_bytes(hashlib.sha256(question.encode()).digest()[:4], "big") % 100
    if number < PARTS["dev"]:
        return "dev"
    return "rank" if number < PARTS["dev"] + PARTS["rank"] else "train"


def read_unanswerable(folder: Path = Path(__file__).parent) -> list[tuple[str, str]]:
    """Questions the corpus cannot answer, each with its kind, without repeats, in a fixed mixed order."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("unanswerable*.jsonl")):
        for entry in map(json.loads, path.read_text("utf-8").splitlines()):
            found.setdefault(entry["question"], entry["kind"])
    entries = list(found.items())
    random.Random(0).shuffle(entries)
    return entries


def is_for_late_interaction(question: str) -> bool:
    """Whether an unanswerable question teaches the reading word by word; the others teach what weighs that reading."""
    return hashlib.sha256(question.encode()).digest()[4] % 2 == 0


def read_documents(corpus: Path) -> list[Document]:
    """All articles of a corpus folder."""
    return list(read_corpus([corpus]).documents)


def keep_parts(documents: Sequence[Document], parts: set[str]) -> list[Document]:
    """The documents with only the questions of these parts."""
    return [
        document.model_copy(
            update={
                "sections": tuple(
                    section.model_copy(update={"questions": tuple(q for q in section.questions if part_of(q) in parts)})
                    for section in document.sections
                )
            }
        )
        for document in documents
    ]


def without_asked(documents: Sequence[Document], hidden: Container[str]) -> list[Document]:
    """The documents without these questions of ``vragen.jsonl``."""
    return [
        document.model_copy(
            update={
                "sections": tuple(
                    section.model_copy(
                        update={
                            "asked": tuple(one for one in section.asked if one.question not in hidden),
                            "answered": tuple(one for one in section.answered if one.question not in hidden),
                        }
                    )
                    for section in document.sections
                )
            }
        )
        for document in documents
    ]


def questions_of(documents: Sequence[Document], parts: set[str]) -> list[LabelledQuestion]:
    """The labelled questions of these parts, in corpus order."""
    return [
        LabelledQuestion(question, document.document_id, section.heading)
        for document in documents
        for section in document.sections
        for question in section.questions
        if part_of(question) in parts
    ]


def chunks_of(documents: Sequence[Document]) -> Iterator[Chunk]:
    """The chunks of all documents."""
    for document in documents:
        yield from split(document)
