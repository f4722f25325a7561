import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.measures import LAYERS, MEASURES, format_change, format_value, is_better, summarise
from assistant.evaluation.results import CaseResult, Group, ResultsError, read_results, write_results
from tests.evaluation_records import CREATED, make_result, make_results

UNKNOWN = make_result(
    "bijna-raak-1", correct=True, answerable=False, answered=False, kind="bijna-raak", topic="fba", retrieval=None, confidence=0.1
)
GUESSED = UNKNOWN.model_copy(update={"id": "bijna-raak-2", "correct": False, "answered": True, "score": 0.0})
REFUSED = make_result("feit-3", correct=False, answered=False, rank=3)


def test_every_measure_belongs_to_a_layer_and_every_layer_has_one() -> None:
    assert {measure.layer for measure in MEASURES.values()} == set(LAYERS)


def test_the_summary_counts_what_each_measure_concerns() -> None:
    summary = make_results(make_result(), make_result("feit-2", correct=False, rank=2), REFUSED, UNKNOWN, GUESSED).summary
    assert summary["correct"] == pytest.approx(2 / 5)
    assert summary["answers_correct"] == pytest.approx(1 / 3, abs=1e-4)
    assert summary["recall@1"] == pytest.approx(1 / 3, abs=1e-4)
    assert summary["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3, abs=1e-4)
    assert summary["refusals_missed"] == 0.5
    assert summary["refusals_false"] == pytest.approx(1 / 3, abs=1e-4)
    assert summary["characters"] == 33


CASES = st.builds(
    make_result,
    name=st.builds("gesprek-{}/{}".format, st.integers(1, 3), st.integers(1, 9)),
    correct=st.booleans(),
    rank=st.integers(0, 9),
    kind=st.sampled_from(["gesprek", "vervolg", "feit"]),
    answerable=st.booleans(),
    answered=st.booleans(),
    required=st.just(("een", "twee")),
    missing=st.sampled_from([(), ("een",), ("een", "twee")]),
    violated=st.sampled_from([(), ("drie",)]),
    citation_precision=st.sampled_from([0.0, 0.5, 1.0]),
    characters=st.integers(0, 999),
)


def average(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


@given(st.lists(CASES, min_size=1, max_size=12))
def test_the_summary_equals_a_count_by_hand(cases: list[CaseResult]) -> None:
    known = [case for case in cases if case.answerable]
    unknown = [case for case in cases if not case.answerable]
    given_answers = [case for case in cases if case.answered]
    names = {case.id.split("/")[0] for case in cases if case.kind == "gesprek"}
    whole = [all(c.correct for c in cases if c.kind == "gesprek" and c.id.split("/")[0] == name) for name in names]
    expected = {
        "correct": average([case.correct for case in cases]),
        "answers_correct": average([case.correct for case in known]),
        "required_facts": average([(2 - len(case.missing)) / 2 for case in known]),
        "forbidden_facts": average([len(case.violated) for case in cases]),
        "citation_precision": average([case.citation_precision for case in given_answers]),
        "characters": float(np.median([case.characters for case in given_answers])) if given_answers else 0.0,
        "recall@5": average([case.retrieval.recall_at_5 for case in cases if case.retrieval]),
        "refusals_missed": sum(case.answered for case in unknown) / max(1, len(unknown)),
        "refusals_false": sum(not case.answered for case in known) / max(1, len(known)),
        "follow_ups_correct": average([case.correct for case in cases if case.kind != "feit"]),
        "conversations_correct": average(whole),
    }
    summary = make_results(*cases).summary
    assert {name: summary[name] for name in expected} == pytest.approx(expected, abs=1e-4)


def test_a_conversation_counts_when_all_its_turns_are_right() -> None:
    turns = [
        make_result(f"gesprek-{n}/{turn}", correct=right, kind="gesprek")
        for n, turn, right in ((1, 1, True), (1, 2, True), (2, 1, True), (2, 2, False))
    ]
    summary = make_results(*turns).summary
    assert (summary["conversations_correct"], summary["follow_ups_correct"]) == (0.5, 0.75)


def test_groups_are_counted_per_topic_and_kind() -> None:
    results = make_results(make_result(), make_result("feit-2", correct=False, rank=2), UNKNOWN)
    assert results.per_topic == {"fba": Group(cases=1, correct=1), "start": Group(cases=2, correct=1, recall_at_1=0.5)}
    assert list(results.per_kind) == ["bijna-raak", "feit"]


@pytest.mark.parametrize("name", MEASURES)
def test_a_perfect_case_is_to_blame_for_nothing_but_time_and_length(name: str) -> None:
    fault = MEASURES[name].fault(make_result(confidence=1.0))
    assert fault == 0.0 or MEASURES[name].unit in ("ms", "characters")


def test_a_run_without_cases_is_refused() -> None:
    with pytest.raises(ValueError, match="cases is empty"):
        summarise([], created=CREATED)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("correct", 0.9342, "93,4%"), ("characters", 612.4, "612 tekens"), ("search_ms_p50", 4.06, "4,1 ms"), ("mrr", 0.8712, "0,871")],
)
def test_values_are_written_as_dutch_does(name: str, value: float, shown: str) -> None:
    assert format_value(name, value) == shown


@pytest.mark.parametrize(
    ("name", "change", "shown"),
    [("correct", 0.0121, "+1,2 punt"), ("characters", -19.0, "-19 tekens"), ("search_ms_p50", 6.0, "+6,0 ms"), ("mrr", -0.0421, "-0,042")],
)
def test_a_difference_carries_its_sign(name: str, change: float, shown: str) -> None:
    assert format_change(name, change) == shown


def test_better_depends_on_the_measure() -> None:
    assert is_better("correct", 0.9, 0.8)
    assert is_better("refusals_missed", 0.1, 0.2)


def test_results_survive_a_file_and_carry_what_the_quality_card_reads(tmp_path: Path) -> None:
    results = make_results(make_result(), UNKNOWN)
    write_results(results, tmp_path / "latest.json")
    assert read_results(tmp_path / "latest.json") == results
    raw = json.loads((tmp_path / "latest.json").read_text("utf-8"))
    assert (raw["created"], raw["commit"]) == ("2026-11-22T12:00:00Z", "abc1234")
    assert raw["per_topic"]["start"]["cases"] == raw["per_topic"]["start"]["correct"] == 1
    assert raw["summary"]["correct"] == 1.0


def test_a_file_that_holds_no_results_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}", "utf-8")
    with pytest.raises(ResultsError, match="bevat geen resultaten"):
        read_results(tmp_path / "x.json")
    with pytest.raises(ResultsError, match="bestaat niet"):
        read_results(tmp_path / "weg.json")
