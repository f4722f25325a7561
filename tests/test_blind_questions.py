"""The questions written without a look at the articles, and how an answer is held against the facts chosen for them."""

import json
from pathlib import Path

import pytest

from assistant import Answer
from assistant.articles import read_corpus
from assistant.documents import Chunk, Citation
from assistant.splitters import split_facts
from tests.example_chunks import make_chunk
from training.blind_answers import judge, texts_of
from training.questions import BLIND, BlindQuestion, read_answered, read_blind, without_asked

CHUNK = make_chunk("Wat kost Vine?", "Vine kost tot 2 stuks niets. Tot 30 stuks betaal je € 170. Je betaalt pas na de eerste recensie.")


def with_facts() -> list[Chunk]:
    return [CHUNK.model_copy(update={"facts": tuple(split_facts(CHUNK.text))})]


def answer_of(*lines: str) -> Answer:
    citation = Citation(
        number=1, document_id=CHUNK.document_id, title=CHUNK.title, heading=CHUNK.heading, text=CHUNK.text, quote="\n".join(lines)
    )
    return Answer(text="…", citations=(citation,) if lines else (), answered=bool(lines), engine="extractive", standalone_question="?")


def test_a_question_comes_with_the_places_of_its_facts(tmp_path: Path) -> None:
    path = tmp_path / "blind.jsonl"
    entries = [
        {
            "question": "vine prijs",
            "facts": [[CHUNK.document_id, CHUNK.heading, "Tot 30 stuks betaal je € 170."]],
            "verdict": "",
            "part": "learn",
        },
        {"question": "mag dat", "facts": [], "verdict": "no", "part": "learn"},
        {"question": "verdwenen feit", "facts": [[CHUNK.document_id, CHUNK.heading, "Vine is gratis."]], "verdict": "", "part": "learn"},
        {"question": "van een ander", "facts": [], "verdict": "", "part": "test"},
    ]
    path.write_text("\n".join(map(json.dumps, entries)), "utf-8")

    assert read_blind(with_facts(), "learn", path) == [
        BlindQuestion("vine prijs", [(CHUNK.document_id, CHUNK.heading, 1)], ""),
        BlindQuestion("mag dat", [], "no"),
    ]


def test_an_answered_question_comes_with_the_places_of_its_facts(tmp_path: Path) -> None:
    path = tmp_path / "vragen.jsonl"
    own = {"document_id": CHUNK.document_id, "heading": CHUNK.heading, "fact": "Tot 30 stuks betaal je € 170."}
    first = [CHUNK.document_id, CHUNK.heading, "Vine kost tot 2 stuks niets."]
    entries = [
        {**own, "question": "vine prijs", "also": [first], "verdict": "depends"},
        {**own, "question": "een feit erbij dat verdween", "also": [[*first[:2], "Vine is gratis."]]},
        {**own, "question": "de rest van het antwoord is niet bekend"},
    ]
    path.write_text("\n".join(map(json.dumps, entries)), "utf-8")

    places = [(CHUNK.document_id, CHUNK.heading, 1), (CHUNK.document_id, CHUNK.heading, 0)]
    assert read_answered(with_facts(), path) == [BlindQuestion("vine prijs", places, "depends")]


def test_a_question_is_learned_from_without_a_trace_of_it() -> None:
    documents = read_corpus([BLIND.parents[1] / "corpus"]).documents
    section = next(section for document in documents for section in document.sections if section.answered)
    hidden = section.answered[0].question

    kept = [section for document in without_asked(documents, {hidden}) for section in document.sections]

    assert hidden not in {one.question for section in kept for one in (*section.asked, *section.answered)}
    before = sum(len(section.asked) + len(section.answered) for document in documents for section in document.sections)
    gone = sum(
        one.question == hidden for document in documents for section in document.sections for one in (*section.asked, *section.answered)
    )
    assert sum(len(section.asked) + len(section.answered) for section in kept) == before - gone


def test_no_blind_question_stands_in_the_index() -> None:
    sections = [section for document in read_corpus([BLIND.parents[1] / "corpus"]).documents for section in document.sections]
    indexed = {_bare(question) for section in sections for question in (*section.questions, *(one.question for one in section.asked))}
    blind = [json.loads(line)["question"] for line in BLIND.read_text("utf-8").splitlines()]

    assert len(blind) > 500
    assert not [question for question in blind if _bare(question) in indexed]


def _bare(question: str) -> str:
    return " ".join(question.lower().split()).rstrip("?!. ")


@pytest.mark.parametrize(
    ("lines", "opens", "holds_best", "recall", "good"),
    [
        (["Tot 30 stuks betaal je € 170.", "Vine kost tot 2 stuks niets."], True, True, 1.0, True),
        (["Vine kost tot 2 stuks niets."], True, False, 0.25, False),
        (["Je betaalt pas na de eerste recensie.", "Tot 30 stuks betaal je € 170."], False, True, 0.75, False),
        ([], False, False, 0.0, False),
    ],
)
def test_an_answer_is_held_against_the_facts_chosen(lines: list[str], opens: bool, holds_best: bool, recall: float, good: bool) -> None:
    question = BlindQuestion("vine", [(CHUNK.document_id, CHUNK.heading, 1), (CHUNK.document_id, CHUNK.heading, 0)], "")

    judged = judge(question, answer_of(*lines), texts_of(with_facts()))

    assert (judged.opens, judged.holds_best, judged.recall, judged.good) == (opens, holds_best, recall, good)
    assert judged.right_section == bool(lines)
