import io
from pathlib import Path

import pytest
from rich.console import Console

from assistant.evaluation import report
from assistant.evaluation.compare import compare, compare_files, print_comparison
from assistant.evaluation.measures import MEASURES
from assistant.evaluation.results import Group, ResultsError, read_results, write_results
from tests.evaluation_records import make_result, make_results

RESULTS = make_results(
    make_result(),
    make_result("feit-002", correct=False, rank=2, kind="hoe"),
    make_result("feit-003", reasons=("zonder bron: 'Los.'",)),
)


def shown(draw: object) -> str:
    console = Console(file=io.StringIO(), width=140)
    draw(console)  # type: ignore[operator]
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_summary_shows_every_measure_group_and_cause() -> None:
    text = shown(lambda console: report.print_summary(RESULTS, console))
    assert "2 van 3 vragen goed (66,7%)" in text
    assert all(measure.label in text for measure in MEASURES.values())
    assert "hoe" in text and "0/1" in text
    assert "1 × de juiste sectie is gebruikt, maar het feit staat niet in het antwoord" in text
    assert "feit-002" in text


def test_an_earlier_run_stands_beside_the_new_one() -> None:
    text = shown(lambda console: report.print_summary(RESULTS, console, make_results(make_result())))
    assert "was (abc1234)" in text
    assert "100,0%" in text


def test_text_of_cases_is_not_read_as_markup() -> None:
    odd = make_results(make_result(correct=False, question="wat [bold]is[/nope] dit", reference="[/x]"))
    assert "wat [bold]is[/nope] dit" in shown(lambda console: report.print_summary(odd, console))


def test_groups_come_weakest_first_and_larger_first_among_equals() -> None:
    groups = {"a": Group(cases=2, correct=2), "b": Group(cases=4, correct=1), "c": Group(cases=8, correct=8)}
    assert [name for name, _ in report.by_share(groups)] == ["b", "c", "a"]


@pytest.mark.parametrize(("share", "drawn"), [(0.0, "░░░░"), (0.5, "██░░"), (0.99, "███░"), (1.0, "████")])
def test_a_share_is_drawn_as_a_bar(share: float, drawn: str) -> None:
    assert report.bar(share, 4) == drawn


def test_markdown_shows_wrong_answers_apart_from_those_that_are_only_noted() -> None:
    text = report.markdown(RESULTS, ["groups.png"])
    wrong, noted = text.split("## Goed, maar met een zin die zijn bron niet waarmaakt (1)")
    assert "## Fout beantwoord (1)" in wrong
    assert "**feit-002** (start): wat ben ik kwijt per maand?" in wrong
    assert "- oorzaak: de juiste sectie is gebruikt, maar het feit staat niet in het antwoord" in wrong
    assert "> Het plan kost € 40 per maand. [1]" in wrong
    assert "- opgemerkt: `zonder bron: 'Los.'`" in noted
    assert "![Goed per soort vraag en per onderwerp](groups.png)" in text


def test_every_measure_and_cause_of_the_report_is_explained() -> None:
    explained = (Path(__file__).parent.parent / "docs" / "evaluation.md").read_text("utf-8")
    assert [name for name in MEASURES if f"`{name}`" not in explained] == []
    wrong = [
        make_result(correct=False, violated=("€ 40",)),
        make_result(correct=False, answered=False),
        make_result(correct=False, answerable=False),
        make_result(correct=False, found=()),
        make_result(correct=False, cited=()),
        make_result(correct=False),
    ]
    assert len({case.cause for case in wrong}) == len(wrong)
    assert [case.cause for case in wrong if f"| {case.cause} |" not in explained] == []


def test_the_report_is_written_under_its_date_and_as_latest(tmp_path: Path) -> None:
    paths = report.write_report(RESULTS, tmp_path / "results")
    assert {path.name for path in paths} >= {"latest.md", "latest.json"}
    assert {path.name for path in (tmp_path / "results").iterdir()} >= {"20261122-120000.json", "20261122-120000.md"}
    assert read_results(tmp_path / "results" / "latest.json") == RESULTS


def test_the_latest_report_shows_every_plot_that_was_made(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="plots are an optional part")
    pictures = [path.name for path in report.write_report(RESULTS, tmp_path) if path.suffix == ".png"]
    text = (tmp_path / "latest.md").read_text("utf-8")
    assert pictures and all(f"]({name})" in text for name in pictures)
    assert "](groups.png)" not in (tmp_path / "20261122-120000.md").read_text("utf-8")


def test_plots_are_pictures(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="plots are an optional part")
    paths = report.write_plots(RESULTS, tmp_path)
    assert [path.name for path in paths] == ["groups.png", "calibration.png", "latency.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_comparing_tells_what_turned_and_what_came_and_went() -> None:
    before = make_results(make_result("a"), make_result("b", correct=False), make_result("c", correct=False), make_result("weg"))
    after = make_results(
        make_result("a", correct=False), make_result("b"), make_result("c", correct=False, score=0.5), make_result("nieuw")
    )
    found = compare(before, after)
    assert [pair.after.id for pair in found.worse] == ["a"]
    assert [pair.after.id for pair in found.better] == ["b"]
    assert [pair.after.id for pair in found.changed] == ["c"]
    assert (found.gone, found.new) == (("weg",), ("nieuw",))


def test_a_run_compared_with_itself_changes_nothing() -> None:
    found = compare(RESULTS, RESULTS)
    assert (found.worse, found.better, found.changed, found.measures) == ((), (), (), {})


def test_both_answers_are_shown_side_by_side() -> None:
    found = compare(make_results(make_result()), make_results(make_result(correct=False)))
    text = shown(lambda console: print_comparison(found, console))
    assert "1 slechter, 0 beter" in text
    line = next(line for line in text.splitlines() if "€ 39 per maand. [1]" in line)
    assert "€ 40 per maand. [1]" in line


def test_a_comparison_opens_with_both_runs_and_a_list_of_what_turned_by_cause() -> None:
    before = make_results(make_result("a"), make_result("b"), make_result("c", correct=False, violated=("€ 40",)))
    after = make_results(make_result("a", correct=False), make_result("b", correct=False, answered=False), make_result("c"))
    lines = [line.strip() for line in shown(lambda console: print_comparison(compare(before, after), console)).splitlines()]
    assert lines[0].startswith("eerst") and lines[1].startswith("dan") and "versie abc1234" in lines[0]
    assert lines.index("Slechter: 2") < lines.index("geweigerd, terwijl het antwoord er is (1)") < lines.index("Beter: 1")
    assert lines[lines.index("was: noemt wat er niet mag staan (1)") + 1] == "c  wat ben ik kwijt per maand?"


def test_an_answer_is_shown_whole() -> None:
    answer = "\n\n".join(f"Zin {number}." for number in range(40))
    found = compare(make_results(make_result()), make_results(make_result(correct=False, answer=answer)))
    assert "Zin 39." in shown(lambda console: print_comparison(found, console))


@pytest.mark.parametrize(("changes", "noted"), [({}, False), ({"required": ("€ ?40",)}, True)])
def test_a_case_that_was_itself_changed_is_noted(changes: dict[str, object], noted: bool) -> None:
    found = compare(make_results(make_result()), make_results(make_result(correct=False, **changes)))
    assert ("zelf veranderd" in shown(lambda console: print_comparison(found, console))) is noted


def test_comparing_files_reads_both(tmp_path: Path) -> None:
    write_results(make_results(make_result()), tmp_path / "a.json")
    write_results(make_results(make_result(correct=False)), tmp_path / "b.json")
    assert [pair.after.id for pair in compare_files(tmp_path / "a.json", tmp_path / "b.json").worse] == ["feit-start-001"]
    with pytest.raises(ResultsError):
        compare_files(tmp_path / "a.json", tmp_path / "c.json")
