from pathlib import Path

import pytest

from assistant.evaluation import gate
from assistant.evaluation.gate import BaselineCase, GateError, Noise, Threshold, Thresholds
from assistant.evaluation.measures import MEASURES
from tests.evaluation_records import CREATED, SECTION, make_case, make_document, make_result, make_results

NOISE = Noise(cases=1, mrr=0.01)
GOOD = [make_result(f"feit-start-{number:03}") for number in range(1, 11)]


def thresholds(**layers: dict[str, Threshold]) -> Thresholds:
    return Thresholds(noise=NOISE, layers=layers, kinds={"feit": {"correct": Threshold(measured=1.0, margin=0.1)}})


def broken(count: int, **changes: object) -> list:
    return [case.model_copy(update={"correct": False, "answer": "Het kost € 40.", **changes}) for case in GOOD[:count]] + GOOD[count:]


def test_a_run_at_its_threshold_passes() -> None:
    assert gate.check_group(make_results(*broken(1)), thresholds(), "kinds", "feit") == ""


def test_a_run_under_its_threshold_names_the_cases_with_question_expected_and_got() -> None:
    message = gate.check_group(make_results(*broken(2)), thresholds(), "kinds", "feit")
    assert "soort feit: goed, van alle vragen (correct) is 80,0%; minstens 90,0% is nodig" in message
    assert "feit-start-001 (feit, start): wat ben ik kwijt per maand?" in message
    assert "verwacht: Het plan kost € 39 per maand." in message
    assert "kreeg:    Het kost € 40." in message
    assert "feit-start-003" not in message


def test_a_narrow_shortfall_is_told_in_digits_that_differ() -> None:
    narrow = thresholds(antwoorden={"correct": Threshold(measured=0.9004, margin=0)})
    assert "is 90,000%; minstens 90,040% is nodig" in gate.check_group(make_results(*broken(1)), narrow, "layers", "antwoorden")


def test_cases_that_were_already_wrong_are_only_counted() -> None:
    before = baseline(cases={case.id: BaselineCase(correct=number > 0) for number, case in enumerate(GOOD)})
    message = gate.check_group(make_results(*broken(3)), thresholds(), "kinds", "feit", before)
    assert "feit-start-001" not in message
    assert "feit-start-002" in message and "feit-start-003" in message
    assert "de andere 1 waren in de baseline al zo" in message


@pytest.mark.parametrize(("value", "passes"), [(30, True), (60, False)])
def test_a_measure_that_must_be_low_has_an_upper_limit(value: int, passes: bool) -> None:
    cases = [case.model_copy(update={"characters": value}) for case in GOOD]
    message = gate.check_group(
        make_results(*cases), thresholds(antwoorden={"characters": Threshold(measured=33, margin=10)}), "layers", "antwoorden"
    )
    assert (message == "") is passes


def test_a_retrieval_shortfall_tells_the_place_of_the_right_section() -> None:
    cases = [make_result("feit-9", rank=2, found=("a.md#Andere kop", SECTION)), *GOOD[:1]]
    message = gate.check_group(make_results(*cases), thresholds(zoeken={"recall@1": Threshold(measured=1.0, margin=0)}), "layers", "zoeken")
    assert f"zoeken:   {SECTION} staat op plaats 2" in message


def test_a_group_whose_cases_vanished_is_told() -> None:
    assert "er zijn geen vragen meer" in gate.check_group(make_results(), thresholds(), "topics", "weg")


def baseline(**changes: object) -> gate.Baseline:
    made = gate.make_baseline(make_results(*GOOD), [make_case()], [make_document()])
    return made.model_copy(update=changes)


@pytest.mark.parametrize(("count", "passes"), [(0, True), (1, True), (2, False)])
def test_more_broken_cases_than_noise_fail(count: int, passes: bool) -> None:
    message = gate.check_regression(make_results(*broken(count)), baseline(), NOISE)
    assert (message == "") is passes


def test_mended_cases_make_up_for_broken_ones() -> None:
    before = baseline(cases={case.id: BaselineCase(correct=number > 1, reciprocal_rank=1.0) for number, case in enumerate(GOOD)})
    after = [*GOOD[:2], *(case.model_copy(update={"correct": False}) for case in GOOD[2:5]), *GOOD[5:]]
    assert gate.check_regression(make_results(*after), before, NOISE) == ""
    assert "3 vragen zijn nu fout en waren goed, 2 zijn nu goed" in gate.check_regression(
        make_results(*after), before, Noise(cases=0, mrr=1)
    )


def test_sections_that_fall_in_rank_fail_and_are_named() -> None:
    fallen = [make_result("feit-start-001", rank=2), *GOOD[1:]]
    message = gate.check_regression(make_results(*fallen), baseline(), NOISE)
    assert "MRR -0.0500" in message
    assert "feit-start-001" in message


def test_a_case_that_the_baseline_does_not_know_is_left_out() -> None:
    assert gate.check_regression(make_results(*GOOD, make_result("nieuw", correct=False)), baseline(), Noise(cases=0, mrr=0)) == ""


def test_a_changed_figure_names_the_case_that_needs_it() -> None:
    changed = [make_document("Het plan kost € 41 per maand.")]
    assert gate.check_facts([make_case()], [make_document()], baseline()) == ""
    message = gate.check_facts([make_case()], changed, baseline())
    assert "feit-start-001: wat ben ik kwijt per maand?" in message
    assert f"€ ?39 staat niet meer in {SECTION}" in message


def test_swapped_headings_name_the_case() -> None:
    assert "feit-start-001" in gate.check_facts([make_case()], [make_document(heading="Andere kop")], baseline())


def test_a_vanished_figure_is_told_with_or_without_cases_about_it() -> None:
    changed = [make_document("Het plan kost € 41 per maand.")]
    with_case = gate.check_figures([make_case()], changed, baseline())
    assert f"{SECTION}: weg is € 39, erbij kwam € 41" in with_case
    assert "vraag: feit-start-001 (wat ben ik kwijt per maand?)" in with_case
    assert "vraag: nog geen enkele" in gate.check_figures([], changed, baseline())


def test_an_added_figure_is_no_fault() -> None:
    assert gate.check_figures([make_case()], [make_document("Het plan kost € 39 per maand, al 3 jaar.")], baseline()) == ""


def test_thresholds_rise_with_the_measure_and_never_fall_by_themselves() -> None:
    known = Thresholds(
        noise=NOISE,
        layers={},
        kinds={"feit": {"correct": Threshold(measured=0.5, margin=0.07), "recall@1": Threshold(measured=1.0, margin=0.02)}},
    )
    results = make_results(*[make_result("feit-1"), make_result("feit-2", rank=2)])
    kept = gate.raised(known, results).kinds["feit"]
    assert kept == {"correct": Threshold(measured=1.0, margin=0.07), "recall@1": Threshold(measured=1.0, margin=0.02)}
    assert gate.raised(known, results, allow_lower=True).kinds["feit"]["recall@1"] == Threshold(measured=0.5, margin=0.02)


def test_new_groups_get_a_margin_of_one_case() -> None:
    fresh = gate.raised(Thresholds(noise=NOISE, layers={}), make_results(*GOOD))
    assert tuple(fresh.layers) == gate.GATED_LAYERS
    assert fresh.topics["start"]["correct"] == Threshold(measured=1.0, margin=0.1001)


def test_no_threshold_is_ever_set_on_a_clock() -> None:
    slow = make_results(*(case.model_copy(update={"answer_ms": 9e6, "search_ms": 9e6}) for case in GOOD))
    fresh = gate.raised(Thresholds(noise=NOISE, layers={}), slow, allow_lower=True)
    named = {name for part in gate.PART_NAMES for measures in fresh.of(part).values() for name in measures}
    assert named == {name for name, measure in MEASURES.items() if measure.unit != "ms"}


def test_thresholds_and_baseline_survive_a_file(tmp_path: Path) -> None:
    fresh = gate.raised(thresholds(), make_results(*GOOD))
    gate.write_thresholds(fresh, tmp_path / "t.toml")
    gate.write_baseline(baseline(), tmp_path / "b.json")
    assert gate.read_thresholds(tmp_path / "t.toml") == fresh
    assert gate.read_baseline(tmp_path / "b.json") == baseline()
    assert baseline().created == CREATED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[noise", "kloppen niet", id="no TOML"),
        pytest.param(
            "[noise]\ncases = 1\nmrr = 0.1\n[layers.zoeken]\nsnelheid = {measured=1, margin=0}",
            "noemt maat 'snelheid'",
            id="unknown measure",
        ),
        pytest.param(
            "[noise]\ncases = 1\nmrr = 0.1\n[layers.snelheid]\nsearch_ms_p50 = {measured=1, margin=0}",
            "noemt maat 'search_ms_p50'",
            id="a time",
        ),
        pytest.param("[noise]\ncases = -1\nmrr = 0.1\n[layers]", "kloppen niet", id="negative noise"),
    ],
)
def test_faulty_thresholds_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "t.toml").write_text(text, "utf-8")
    with pytest.raises(GateError, match=message):
        gate.read_thresholds(tmp_path / "t.toml")


def test_missing_files_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(GateError, match="drempels"):
        gate.read_thresholds(tmp_path / "t.toml")
    with pytest.raises(GateError, match="baseline"):
        gate.read_baseline(tmp_path / "b.json")


def test_a_measure_far_above_its_threshold_is_a_reminder() -> None:
    low = thresholds(antwoorden={"correct": Threshold(measured=0.5, margin=0.01)})
    assert list(gate.stale_thresholds(make_results(*GOOD), low)) == ["goed, van alle vragen: 100,0%, drempel gemeten op 50,0%"]
