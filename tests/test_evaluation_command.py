import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from assistant.evaluation.command import DEFAULT_CASES, current_commit, find_cases, find_results, run_command
from assistant.evaluation.dataset import CasesError
from assistant.evaluation.results import ResultsError, read_results, write_results
from assistant.settings import PACKAGE_FOLDER, Settings
from assistant.store import Store
from tests.evaluation_records import CASE, REFUSAL, ScriptedAssistant, make_answer, make_hit, make_result, make_results


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=120)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data", corpus_dirs=(tmp_path,))


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    folder = tmp_path / "evals" / "cases"
    folder.mkdir(parents=True)
    (folder / "feit.jsonl").write_text(json.dumps(CASE), "utf-8")
    return folder


def printed(console: Console) -> str:
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_evaluating_prints_a_summary_and_writes_the_report(cases: Path, settings: Settings, console: Console) -> None:
    assistant = ScriptedAssistant({CASE["question"]: make_answer()}, [make_hit()])
    run_command(settings, cases=cases, console=console, open_assistant=lambda _: assistant)
    latest = read_results(cases.parent / "results" / "latest.json")
    assert (latest.summary["correct"], latest.run.engine, latest.run.index_version) == (1.0, "extractive", "20261122-a1")
    assert "1 van 1 vragen goed" in printed(console)


def test_the_report_tells_the_corpus_without_where_the_checkout_stands(cases: Path, settings: Settings, console: Console) -> None:
    checkout = PACKAGE_FOLDER.parent.parent
    assistant = ScriptedAssistant({CASE["question"]: make_answer()})
    assistant.settings = settings.model_copy(update={"corpus_dirs": (checkout / "corpus", Path("/elders"))})
    run_command(settings, cases=cases, console=console, open_assistant=lambda _: assistant)
    assert read_results(cases.parent / "results" / "latest.json").run.settings["corpus_dirs"] == "corpus, /elders"


def test_a_second_run_is_put_beside_the_first(cases: Path, settings: Settings, console: Console, tmp_path: Path) -> None:
    for _ in range(2):
        run_command(settings, cases=cases, output=tmp_path / "r", console=console, open_assistant=lambda _: ScriptedAssistant())
    assert printed(console).count("was (") == 1


def test_comparing_does_not_open_the_assistant(cases: Path, settings: Settings, console: Console) -> None:
    results = cases.parent / "results"
    results.mkdir()
    write_results(make_results(make_result()), results / "een.json")
    write_results(make_results(make_result(correct=False)), results / "twee.json")
    run_command(settings, cases=cases, compare=(Path("een"), results / "twee.json"), console=console, open_assistant=None)  # type: ignore[arg-type]
    assert "1 slechter" in printed(console)
    with pytest.raises(ResultsError, match=r"drie\.json"):
        run_command(settings, cases=cases, compare=(Path("een"), Path("drie")), console=console)


def test_feedback_becomes_drafts_beside_the_cases(cases: Path, settings: Settings, console: Console) -> None:
    with Store.open(settings.database) as store:
        conversation = store.new_conversation("a" * 32, "x")
        store.add_turn("a" * 32, conversation.conversation_id, "Wat kost een olifant?", REFUSAL)
    run_command(settings, cases=cases, from_feedback=True, console=console)
    assert (cases.parent / "drafts" / "feedback.jsonl").exists()
    assert "Wat kost een olifant?  geen antwoord gegeven" in printed(console)
    assert "1 nieuw concept staat in" in printed(console)
    run_command(settings, cases=cases, from_feedback=True, console=console)
    assert "Geen nieuwe vragen" in printed(console)


def test_missing_cases_are_a_clear_error(settings: Settings, console: Console, tmp_path: Path) -> None:
    with pytest.raises(CasesError, match="map niet gevonden"):
        run_command(settings, cases=tmp_path / "weg", console=console, open_assistant=lambda _: ScriptedAssistant())


def test_results_are_found_by_path_or_name(tmp_path: Path) -> None:
    assert find_results(Path("latest"), tmp_path) == tmp_path / "latest.json"
    assert find_results(Path("x/y.json"), tmp_path) == Path("x/y.json")


def test_default_cases_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_cases(DEFAULT_CASES).is_dir()
    assert find_cases(tmp_path / "weg") == tmp_path / "weg"


def test_outside_a_checkout_there_is_no_commit(tmp_path: Path) -> None:
    assert current_commit(tmp_path) == ""
