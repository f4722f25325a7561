import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.documents import Answer
from assistant.evaluation.dataset import CasesError, load
from assistant.evaluation.feedback import write_drafts
from assistant.store import Feedback, Store
from tests.evaluation_records import CASE, CONVERSATION, REFUSAL, SECTION, make_answer, make_case, make_conversation

ME = "a" * 32


@pytest.fixture
def store(tmp_path: Path) -> Store:
    times = iter(range(1000))
    return Store.open(f"sqlite:///{tmp_path / 'a.db'}", clock=lambda: datetime(2026, 11, 22, 12, 0, next(times) % 60, tzinfo=UTC))


def ask(store: Store, question: str, answer: Answer, feedback: Feedback | None = None, marketplace: str = "NL") -> None:
    conversation = store.new_conversation(ME, question)
    turn = store.add_turn(ME, conversation.conversation_id, question, answer, marketplace=marketplace, topic="")
    if feedback is not None:
        store.add_feedback(ME, turn.turn_id, feedback)


def test_a_thumb_down_and_an_unanswered_question_become_drafts(store: Store, tmp_path: Path) -> None:
    with store:
        ask(store, "Wat kost een plan?", make_answer(), Feedback(thumb="down", reason="onjuist", remark="het is 40"))
        ask(store, "Wat kost een olifant?", REFUSAL, marketplace="BE")
        ask(store, "Alles goed?", make_answer(), Feedback(thumb="up"))
        drafts = write_drafts(store, [], tmp_path)
    assert [draft.question for draft in drafts] == ["Wat kost een plan?", "Wat kost een olifant?"]
    assert drafts[0].sections == (SECTION,)
    assert "duim omlaag (onjuist, het is 40); het antwoord was: Het plan kost € 39" in drafts[0].reference
    assert drafts[1].marketplace == "BE"


def test_what_is_a_case_or_a_draft_already_is_left_alone(store: Store, tmp_path: Path) -> None:
    with store:
        ask(store, "Wat kost een olifant?", REFUSAL)
        ask(store, "WAT KOST EEN OLIFANT", REFUSAL)
        ask(store, CASE["question"], REFUSAL)
        assert len(write_drafts(store, [make_case()], tmp_path)) == 1
        assert write_drafts(store, [make_case()], tmp_path) == []
    assert len((tmp_path / "feedback.jsonl").read_text("utf-8").splitlines()) == 1


def test_a_follow_up_is_drafted_in_full_also_when_a_conversation_asks_it_in_the_same_words(store: Store, tmp_path: Path) -> None:
    answer = make_answer(standalone_question="Wat kost een plan in België?")
    with store:
        ask(store, CONVERSATION["turns"][1]["question"], answer, Feedback(thumb="down"))
        (draft,) = write_drafts(store, [make_conversation()], tmp_path)
    assert (draft.question, draft.topic) == ("Wat kost een plan in België?", "start")
    assert "gevraagd als vervolg: 'en in België?'" in draft.reference


@pytest.mark.parametrize(
    ("documents", "topic"),
    [(("start/a.md", "start/b.md"), "start"), (("start/a.md", "fba/b.md"), "VUL IN"), (("eigen.pdf",), "VUL IN"), ((), "VUL IN")],
)
def test_the_topic_is_filled_in_when_all_sources_share_it(store: Store, tmp_path: Path, documents: tuple[str, ...], topic: str) -> None:
    cited = make_answer().citations[0]
    citations = tuple(cited.model_copy(update={"document_id": name}) for name in documents)
    with store:
        ask(store, "Wat kost een plan?", make_answer(citations=citations), Feedback(thumb="down"))
        assert [draft.topic for draft in write_drafts(store, [], tmp_path)] == [topic]


def test_a_thumb_down_is_found_however_many_thumbs_up_came_after_it(store: Store, tmp_path: Path) -> None:
    with store:
        ask(store, "Wat kost een plan?", make_answer(), Feedback(thumb="down"))
        for number in range(250):
            ask(store, f"Vraag {number}?", make_answer(), Feedback(thumb="up"))
        assert [draft.question for draft in write_drafts(store, [], tmp_path)] == ["Wat kost een plan?"]


def test_a_draft_is_no_case_until_a_person_has_filled_it_in(store: Store, tmp_path: Path) -> None:
    with store:
        ask(store, "Wat kost een plan?", make_answer(), Feedback(thumb="down"))
        write_drafts(store, [], tmp_path)
    with pytest.raises(CasesError, match="kind: 'VUL IN'"):
        load(tmp_path)
    draft = json.loads((tmp_path / "feedback.jsonl").read_text("utf-8"))
    filled = {**draft, "kind": "feit", "topic": "start", "required": ["€ ?39"], "reference": "Het kost € 39."}
    (tmp_path / "feedback.jsonl").write_text(json.dumps(filled), "utf-8")
    assert [case.id for case in load(tmp_path)] == [draft["id"]]
