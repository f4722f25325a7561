"""Turns what went wrong in the app into draft cases: questions without an answer, and answers with a thumb down.

A draft is not a case yet: where a person must still write stands ``VUL IN``, and ``dataset.load`` refuses it. A question
that is already a case or a draft is left alone, so that the command can be repeated.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assistant.documents import Record
from assistant.evaluation.dataset import PLACEHOLDER, AnyCase, Case
from assistant.store import FeedbackEntry, UnansweredQuestion
from assistant.tokenization import words

DRAFTS_FILE = "feedback.jsonl"
# More than a store holds in years; all of it is read, as thumbs up stand between those down.
MOST_ENTRIES = 1_000_000


class FeedbackStore(Protocol):
    """The part of ``Store`` that is read."""

    def feedback_list(self, limit: int) -> list[FeedbackEntry]: ...

    def unanswered(self, limit: int) -> list[UnansweredQuestion]: ...


class DraftCase(Record):
    """A case in the making, with the fields of ``Case``."""

    id: str
    kind: str = PLACEHOLDER
    topic: str = PLACEHOLDER
    question: str
    required: tuple[str, ...] = (PLACEHOLDER,)
    forbidden: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    reference: str
    answerable: bool = True
    marketplace: str = "NL"


def write_drafts(store: FeedbackStore, cases: Sequence[AnyCase], folder: Path) -> list[DraftCase]:
    """Append a draft for every question that has none yet, and give back the new ones, newest question first."""
    path = folder / DRAFTS_FILE
    known = {_key(question) for question in _standing_alone(cases)} | _drafted(folder)
    drafts = []
    for draft in collect_drafts(store):
        if _key(draft.question) not in known:
            known.add(_key(draft.question))
            drafts.append(draft)
    if drafts:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as handle:
            handle.writelines(f"{draft.model_dump_json()}\n" for draft in drafts)
    return drafts


def collect_drafts(store: FeedbackStore) -> Iterator[DraftCase]:
    """A draft for every thumb down and every unanswered question; a thumb down says more, so it comes first."""
    for entry in store.feedback_list(MOST_ENTRIES):
        if entry.feedback.thumb == "down":
            yield _from_feedback(entry)
    for unanswered in store.unanswered(MOST_ENTRIES):
        yield DraftCase(
            id=_identifier(unanswered.question),
            topic=unanswered.topic or PLACEHOLDER,
            question=unanswered.question,
            reference=f"{PLACEHOLDER}: geen antwoord gegeven; is dat terecht, zet dan answerable op false en maak required leeg",
            marketplace=unanswered.marketplace or "NL",
        )


def _from_feedback(entry: FeedbackEntry) -> DraftCase:
    """The draft of a thumb down; a follow-up is drafted in its standalone form, as the store tells no more of its conversation."""
    question = entry.answer.standalone_question or entry.question
    said = [part for part in (entry.feedback.reason, " ".join(entry.feedback.remark.split())) if part]
    asked = "" if question == entry.question else f"; gevraagd als vervolg: {entry.question!r}, schrijf de vraag hierboven dus goed uit"
    sections = tuple(dict.fromkeys(f"{citation.document_id}#{citation.heading}" for citation in entry.answer.citations))
    topics = {section.partition("#")[0].rpartition("/")[0] for section in sections}
    return DraftCase(
        id=_identifier(question),
        topic=topics.pop() or PLACEHOLDER if len(topics) == 1 else PLACEHOLDER,
        question=question,
        sections=sections,
        reference=f"{PLACEHOLDER}: duim omlaag ({', '.join(said) or 'zonder reden'}){asked}; "
        f"het antwoord was: {' '.join(entry.answer.text.split())}",
    )


def _standing_alone(cases: Sequence[AnyCase]) -> Iterator[str]:
    """The questions of the cases that do not lean on a turn before them: "en in België?" can be about anything."""
    for case in cases:
        if isinstance(case, Case):
            yield from () if case.history else (case.question,)
        else:
            yield case.turns[0].question


def _identifier(question: str) -> str:
    return f"concept-{hashlib.sha256(_key(question).encode()).hexdigest()[:10]}"


def _key(question: str) -> str:
    return " ".join(words(question))


def _drafted(folder: Path) -> set[str]:
    """The questions of all drafts in a folder; a line that a person broke is theirs to mend, and only risks a repeat."""
    return {_key(question) for path in sorted(folder.glob("*.jsonl")) for question in _questions(path.read_text("utf-8").splitlines())}


def _questions(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and isinstance(entry.get("question"), str):
            yield entry["question"]
