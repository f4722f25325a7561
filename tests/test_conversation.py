import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import REFUSAL_OPENING, Reading, leans_on_history, read_in_context, read_parts, standalone_question
from assistant.documents import Turn

PLAN = Turn(question="Wat kost het plan Professioneel op Amazon.nl?", answer="**Het plan** kost € 39 per maand. [1]")
STORAGE = Turn(question="Hoe hoog zijn de opslagkosten in Duitsland?", answer="€ 27,54 per m³ per maand. [1]")


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("en in België?", True),
        ("waarom?", True),
        ("hoeveel is dat dan?", True),
        ("En als ik dat niet doe?", True),
        ("nog even over die opslag", True),
        ("Hoe vraag ik een EAN-code aan voor een nieuw product?", False),
        ("Andere vraag: mag dat?", False),
        ("Wanneer krijg ik mijn geld uitbetaald door Amazon?", False),
    ],
)
def test_a_follow_up_is_known_by_its_form(question: str, leans: bool) -> None:
    assert leans_on_history(question) is leans


def test_a_follow_up_takes_its_subject_from_the_question_before() -> None:
    assert standalone_question("en in België?", [PLAN]) == "Wat kost het plan Professioneel: in België?"


def test_a_question_that_stands_by_itself_is_left_alone() -> None:
    question = "Wanneer krijg ik mijn geld uitbetaald door Amazon?"
    assert standalone_question(question, [PLAN, STORAGE]) == question


def test_a_chain_of_follow_ups_is_completed_with_the_question_that_stood_by_itself() -> None:
    history = [PLAN, Turn(question="en in België?"), Turn(question="waarom?")]
    assert standalone_question("en met btw?", history) == "Wat kost het plan Professioneel op Amazon.nl: met btw?"


def test_a_return_finds_the_earlier_question_it_names() -> None:
    assert standalone_question("nog even over dat plan", [PLAN, STORAGE]).startswith(PLAN.question[:20])


def test_the_first_turn_has_no_context() -> None:
    assert read_in_context("Wat kost opslag?", []) == Reading(standalone="Wat kost opslag?")


def test_in_context_a_question_is_heard_with_the_latest_one_and_the_opening_of_its_answer() -> None:
    reading = read_in_context("hoe lang duurt dat?", [PLAN, Turn(question="en opzeggen?", answer="Dat kan elke maand. [1]")])
    assert reading.in_context == "Wat kost het plan Professioneel op Amazon.nl: en opzeggen: hoe lang duurt dat?"
    assert reading.said_before == "en opzeggen? Dat kan elke maand."


def test_a_refusal_says_nothing_about_the_subject() -> None:
    reading = read_in_context("waarom?", [Turn(question="Wat kost een bureau?", answer=f"{REFUSAL_OPENING}: niets over FBA")])
    assert reading.said_before == "Wat kost een bureau?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wat kost opslag?", ["Wat kost opslag?"]),
        ("Wat kost een verkoopplan en hoe lang zit ik eraan vast?", ["Wat kost een verkoopplan?", "Hoe lang zit ik eraan vast?"]),
        (
            "Ik verkoop kaarsen. Wat kost FBA-opslag? Mag ik kaarsen met alcohol insturen?",
            ["Wat kost FBA-opslag?", "Mag ik kaarsen met alcohol insturen?"],
        ),
        (
            "Twee vraagjes: wat kost opslag, en mag ik zeep insturen naar Duitsland?",
            ["Wat kost opslag?", "Mag ik zeep insturen naar Duitsland?"],
        ),
        ("Wat? Hoe? Waar? Wie?", ["Wat? Hoe? Waar? Wie?"]),
    ],
)
def test_a_message_is_taken_apart_into_its_questions_as_typed(text: str, expected: list[str]) -> None:
    assert [part.typed for part in read_parts(text, [])] == expected


def test_what_is_told_before_the_questions_is_true_for_all_of_them() -> None:
    first, second = read_parts("Ik verkoop kaarsen. Wat kost FBA-opslag? Mag ik de kaarsen met alcohol insturen naar Duitsland?", [])
    assert first.reading.standalone == "Ik verkoop kaarsen. Wat kost FBA-opslag?"
    assert second.reading.standalone == "Ik verkoop kaarsen. Mag ik de kaarsen met alcohol insturen naar Duitsland?"
    assert second.reading.in_context == second.reading.standalone


def test_a_part_that_leans_on_the_first_one_is_heard_after_it() -> None:
    _, second = read_parts("Wat kost een verkoopplan en hoe lang zit ik eraan vast?", [])
    assert second.reading == Reading(
        standalone="Wat kost een verkoopplan: hoe lang zit ik eraan vast?",
        in_context="Wat kost een verkoopplan: hoe lang zit ik eraan vast?",
        said_before="Wat kost een verkoopplan?",
    )
    assert second.alone == ""  # "eraan" says nothing without the first part


def test_a_short_part_that_points_at_nothing_can_be_read_alone() -> None:
    _, second = read_parts("Hoe laat vertrekt de trein? Wat kost opslag in december?", [])
    assert second.alone == "Wat kost opslag in december?"


def test_the_parts_of_a_follow_up_lean_on_the_question_before() -> None:
    first, second = read_parts("en in België? En hoe zeg ik dat op?", [PLAN])
    assert (first.typed, first.reading.standalone) == ("En in België?", "Wat kost het plan Professioneel: in België?")
    assert second.reading.standalone == "Wat kost het plan Professioneel: in België: hoe zeg ik dat op?"


def test_an_earlier_question_that_was_double_is_not_asked_again() -> None:
    before = Turn(question="Wat kost het plan Professioneel? En mag ik elke maand wisselen van plan?")
    assert len(read_parts("en in België?", [before])) == 1


@given(st.text(max_size=200), st.lists(st.builds(Turn, question=st.text(max_size=60), answer=st.text(max_size=60)), max_size=4))
def test_any_conversation_can_be_read(question: str, history: list[Turn]) -> None:
    reading = read_in_context(question, history)
    assert bool(reading.in_context) <= bool(history)
    assert 1 <= len(read_parts(question, history)) <= 3
