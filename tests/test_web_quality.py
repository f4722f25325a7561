import asyncio
import json
import os
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.documents import Answer
from assistant.errors import AssistantError
from assistant.settings import Settings
from assistant.store import Store, UnansweredQuestion
from assistant.web.backend import LoadingBackend, Progress, Stage
from assistant.web.quality import QualityPage, Score, group_questions, read_quality_card, with_progress
from tests.fakes import FakeAssistant

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def asked(*questions: str) -> list[UnansweredQuestion]:
    return [UnansweredQuestion(question=question, asked_at=NOON) for question in questions]


# --- Questions without an answer


def test_questions_are_grouped_by_likeness_largest_group_first() -> None:
    groups = group_questions(
        asked("Wie won het WK?", "Hoe verkoop ik op bol?", "hoe kan ik verkopen op bol", "Hoe verkoop je op bol", "Wat eet een kat?")
    )
    assert [[question.question for question in group.questions] for group in groups] == [
        ["Hoe verkoop ik op bol?", "hoe kan ik verkopen op bol", "Hoe verkoop je op bol"],
        ["Wie won het WK?"],
        ["Wat eet een kat?"],
    ]


def test_another_word_form_or_a_typing_error_does_not_set_questions_apart() -> None:
    assert len(group_questions(asked("Zwemt een olifant?", "kan een olifant zwemmen", "zwemt een oliifant"))) == 1


def test_grouping_keeps_every_question() -> None:
    questions = asked("a", "", "?", "een twee drie", "drie twee een", "vier")
    grouped = [question for group in group_questions(questions) for question in group.questions]
    assert sorted(question.question for question in grouped) == sorted(question.question for question in questions)


# --- The quality card


def test_the_card_is_read_from_the_newest_result(tmp_path: Path) -> None:
    result = {
        "created": "2026-11-22T10:00:00+00:00",
        "commit": "0123456789abcdef",
        "summary": {"answers_correct": 0.9137, "answer_ms_p95": 41.19, "iets nieuws": 1200},
        "per_topic": {"fba": {"cases": 40, "correct": 37}},
    }
    write_result(tmp_path / "oud.json", {**result, "summary": {"cases": 1}}, age=100)
    write_result(tmp_path / "nieuw.json", result, age=0)
    card = read_quality_card(tmp_path, {"fba": "FBA"})
    assert card is not None
    assert [value for _, value in card.figures] == ["91,4%", "41 ms"]
    assert card.measures[-1] == ("Iets nieuws", "1.200")
    assert card.topics == (Score("FBA", 40, 37),)
    assert card.commit == "0123456789"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"summary": 5}', '{"summary": {}, "per_topic": {"fba": 3}}'])
def test_a_result_that_cannot_be_read_is_passed_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "kapot.json").write_text(content)
    assert read_quality_card(tmp_path, {}) is None


def test_without_results_there_is_no_card(tmp_path: Path) -> None:
    assert read_quality_card(tmp_path / "weg", {}) is None


def write_result(path: Path, result: dict[str, object], age: float) -> None:
    path.write_text(json.dumps(result))
    os.utime(path, (NOON.timestamp() - age, NOON.timestamp() - age))


# --- Progress


def consume(work: Generator[Stage, None, int]) -> tuple[list[Stage], int]:
    stages = []
    while True:
        try:
            stages.append(next(work))
        except StopIteration as done:
            return stages, done.value


def test_progress_ends_with_the_result() -> None:
    def work(progress: Progress) -> int:
        progress("Vectoren", 1, 2)
        return 7

    stages, result = consume(with_progress(work))
    assert (stages[-1], result) == (Stage("Vectoren", 1, 2), 7)


def test_progress_passes_the_error_of_the_work_on() -> None:
    def work(progress: Progress) -> int:
        raise AssistantError("Dat ging niet.")

    with pytest.raises(AssistantError, match="Dat ging niet"):
        consume(with_progress(work))


# --- The page


@pytest.fixture
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def page(fake: FakeAssistant, tmp_path: Path) -> Generator[QualityPage]:
    with Store.open(Settings(data_dir=tmp_path).database) as store:
        conversation = store.new_conversation("o" * 32, "Wie won het WK?")
        store.add_turn("o" * 32, conversation.conversation_id, "Wie won het WK?", Answer(text="Nee", answered=False))
        built = QualityPage(LoadingBackend.opened(fake), store, tmp_path / "uploads", tmp_path / "results")
        asyncio.run(_build(built))
        yield built


async def _build(page: QualityPage) -> None:
    page.build()


def last(updates: object) -> dict[object, object]:
    return list(updates)[-1]  # type: ignore[call-overload]


def test_documents_are_added_from_a_lasting_folder(page: QualityPage, fake: FakeAssistant, tmp_path: Path) -> None:
    upload = tmp_path / "gradio" / "werkwijze.txt"
    upload.parent.mkdir()
    upload.write_text("Bel de klant.")
    (upload.parent / "plaatje.png").write_bytes(b"x")
    update = last(page.add_documents([str(upload), str(upload.parent / "plaatje.png")]))
    assert "1 document toegevoegd" in str(update[page.report])
    assert "plaatje.png" in str(update[page.report])
    assert (tmp_path / "uploads" / "werkwijze.txt").read_text() == "Bel de klant."
    assert list(fake.uploads) == ["werkwijze.txt"]


def test_adding_nothing_says_so(page: QualityPage) -> None:
    assert "Kies eerst een of meer bestanden" in str(last(page.add_documents(None))[page.report])


def test_a_document_can_be_removed(page: QualityPage, fake: FakeAssistant, tmp_path: Path) -> None:
    fake.ingest([_file(tmp_path / "x.txt")])
    assert "Het document is verwijderd" in str(last(page.remove_document("x.txt"))[page.report])
    assert "niet meer" in str(last(page.remove_document("x.txt"))[page.report])


def _file(path: Path) -> Path:
    path.write_text("tekst")
    return path


def test_rebuilding_shows_how_far_it_is(page: QualityPage, fake: FakeAssistant) -> None:
    updates = list(page.rebuild_index())
    assert "progress" in str(updates[0][page.report])
    assert "opnieuw opgebouwd" in str(updates[-1][page.report])
    assert fake.rebuilds == 1


def test_two_jobs_do_not_run_at_once(page: QualityPage) -> None:
    first = page.rebuild_index()
    next(first)
    assert "al aan de index gewerkt" in str(last(page.rebuild_index())[page.report])
    list(first)
    assert "opnieuw opgebouwd" in str(last(page.rebuild_index())[page.report])
