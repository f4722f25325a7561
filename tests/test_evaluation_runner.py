import itertools

import pytest

from assistant.documents import Answer, Turn
from assistant.errors import QuestionError
from assistant.evaluation.results import CaseResult
from assistant.evaluation.runner import fingerprint, run_cases
from tests.evaluation_records import (
    REFUSAL,
    SECTION,
    ScriptedAssistant,
    make_answer,
    make_case,
    make_conversation,
    make_hit,
    make_retrieval,
)

RIGHT = make_answer()
WRONG = make_answer("Het plan kost € 40 per maand. [1]", source="Het plan kost € 40 per maand.")
NAMES_IT = "noemt wat er niet mag staan"
NOT_SHOWN = "de juiste sectie is gebruikt, maar het feit staat niet in het antwoord"


def run_one(answer: Answer | Exception, **changes: object) -> CaseResult:
    case = make_case(**changes)
    assistant = ScriptedAssistant({case.question: answer}, [make_hit()])
    return run_cases(assistant, [case])[0]


def test_a_right_answer_is_correct_and_has_no_reasons() -> None:
    result = run_one(RIGHT)
    assert (result.correct, result.score, result.reasons, result.cause) == (True, 1.0, (), "")
    assert (result.found, result.cited, result.rank) == ((SECTION,), (SECTION,), 1)


@pytest.mark.parametrize(
    ("answer", "changes", "score", "reason", "cause"),
    [
        pytest.param(WRONG, {}, 0.0, "mist: € ?39", NOT_SHOWN, id="missing fact"),
        pytest.param(RIGHT, {"required": ["€ ?39", "btw"]}, 0.5, "mist: btw", NOT_SHOWN, id="half"),
        pytest.param(RIGHT, {"forbidden": ["per maand"]}, 0.0, f"{NAMES_IT}: per maand", NAMES_IT, id="forbidden"),
        pytest.param(REFUSAL, {}, 0.0, "geweigerd, terwijl het antwoord er is", "geweigerd, terwijl het antwoord er is", id="refused"),
        pytest.param(
            RIGHT, {"required": [], "sections": [], "answerable": False}, 0.0, "beantwoord, terwijl het antwoord er niet is",
            "beantwoord, terwijl het antwoord er niet is", id="guessed",
        ),
    ],
)  # fmt: skip
def test_a_wrong_answer_says_why(answer: Answer, changes: dict[str, object], score: float, reason: str, cause: str) -> None:
    result = run_one(answer, **changes)
    assert (result.correct, result.score, result.reasons, result.cause) == (False, score, (reason,), cause)


def test_refusing_what_the_sources_do_not_hold_is_right() -> None:
    result = run_one(REFUSAL, required=[], sections=[], answerable=False)
    assert (result.correct, result.answered, result.retrieval) == (True, False, None)


def test_a_statement_without_support_is_told_even_when_the_answer_is_right() -> None:
    result = run_one(make_answer("Het plan kost € 39 per maand. [1] Zebra's grazen."))
    assert result.correct
    assert result.reasons == ('zonder bron: "Zebra\'s grazen."',)


def test_an_error_of_ours_is_a_wrong_answer() -> None:
    result = run_one(QuestionError("Ik lees geen vraag."))
    assert (result.correct, result.answered, result.reasons) == (False, False, ("fout: Ik lees geen vraag.",))
    assert result.retrieval == make_retrieval(0).model_copy(update={"facts_in_5": 0.0})


def test_any_other_error_stops_the_run_and_names_the_case() -> None:
    with pytest.raises(RuntimeError) as caught:
        run_one(RuntimeError("stuk"))
    assert caught.value.__notes__ == ["while asking feit-start-001: 'wat ben ik kwijt per maand?'"]


def test_retrieval_counts_sections_once_and_in_order() -> None:
    case = make_case()
    assistant = ScriptedAssistant({case.question: RIGHT}, [make_hit("Andere kop", "niets"), make_hit("Andere kop", "niets"), make_hit()])
    result = run_cases(assistant, [case])[0]
    assert result.found == ("start/plan.md#Andere kop", SECTION)
    assert result.retrieval is not None
    assert (result.retrieval.recall_at_1, result.retrieval.reciprocal_rank, result.retrieval.facts_in_5) == (0.0, 0.5, 1.0)


def test_marketplace_and_history_are_passed_on() -> None:
    case = make_case(marketplace="BE", history=[{"question": "Wat is FBA?", "answer": "Opslag."}])
    assistant = ScriptedAssistant({case.question: RIGHT})
    run_cases(assistant, [case])
    assert assistant.asked == [(case.question, (Turn(question="Wat is FBA?", answer="Opslag."),), "BE")]


def test_a_follow_up_is_timed_in_its_standalone_form_and_found_in_its_conversation() -> None:
    case = make_case(history=[{"question": "Wat is FBA?", "answer": "Opslag."}])
    assistant = ScriptedAssistant({case.question: RIGHT.model_copy(update={"standalone_question": "wat kost FBA per maand?"})})
    run_cases(assistant, [case, make_case(id="feit-2")])
    assert assistant.searched == [("wat kost FBA per maand?", 0), (case.question, 1), (case.question, 0)]


def test_a_conversation_is_asked_with_the_real_answers_before_it() -> None:
    assistant = ScriptedAssistant({"wat kost een plan?": RIGHT})
    results = run_cases(assistant, [make_conversation()])
    assert [(result.id, result.correct) for result in results] == [("gesprek-start-01/1", True), ("gesprek-start-01/2", False)]
    assert assistant.asked[1][1] == (Turn(question="wat kost een plan?", answer=RIGHT.text),)


def test_times_come_from_the_clock_and_progress_from_every_case() -> None:
    ticks = itertools.count()
    seen: list[tuple[str, int, int]] = []
    results = run_cases(
        ScriptedAssistant(), [make_case(), make_case(id="feit-2")],
        clock=lambda: float(next(ticks)), progress=lambda *step: seen.append(step),
    )  # fmt: skip
    assert [(result.answer_ms, result.search_ms) for result in results] == [(1000.0, 1000.0)] * 2
    assert seen == [("Vragen stellen", 1, 2), ("Vragen stellen", 2, 2)]


def test_two_runs_of_the_same_cases_are_equal() -> None:
    cases = [make_case(), make_conversation()]

    def run() -> list[CaseResult]:
        return run_cases(ScriptedAssistant({cases[0].question: RIGHT}, [make_hit()]), cases, clock=lambda: 0.0)

    assert run() == run()


def test_the_fingerprint_changes_with_the_cases() -> None:
    assert fingerprint([make_case()]) == fingerprint([make_case()])
    assert fingerprint([make_case()]) != fingerprint([make_case(required=["€ ?40"])])
