"""The one run that all answer checks look at, and a summary of it under the test report."""

from collections.abc import Sequence

import pytest

from assistant.articles import read_corpus
from assistant.documents import Document
from assistant.evaluation.dataset import AnyCase, load
from assistant.evaluation.gate import Baseline, Thresholds, read_baseline, read_thresholds, stale_thresholds
from assistant.evaluation.measures import LAYERS, MEASURES, format_value
from assistant.evaluation.results import Results, write_results
from evals.paths import BASELINE, CASES, CORPUS, RESULTS, THRESHOLDS
from evals.running import run_all

# The runs of this session by what answered, to be summed up at the end; kept by the fixtures that make them.
RUNS = pytest.StashKey[dict[str, Results]]()


@pytest.fixture(scope="session")
def cases() -> list[AnyCase]:
    return load(CASES)


@pytest.fixture(scope="session")
def documents() -> Sequence[Document]:
    return read_corpus([CORPUS]).documents


@pytest.fixture(scope="session")
def thresholds() -> Thresholds:
    return read_thresholds(THRESHOLDS)


@pytest.fixture(scope="session")
def baseline() -> Baseline:
    return read_baseline(BASELINE)


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Results:
    """All cases, asked once; also kept as ``results/gate.json`` to compare with an earlier run."""
    found = run_all(tmp_path_factory.mktemp("evals"))
    RESULTS.mkdir(exist_ok=True)
    write_results(found, RESULTS / "gate.json")
    request.config.stash.setdefault(RUNS, {})["zonder taalmodel"] = found
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what was measured, and which thresholds can be raised."""
    runs = config.stash.get(RUNS, {})
    for engine, found in runs.items():
        terminalreporter.section(f"kwaliteit van de antwoorden, {engine}")
        for layer in LAYERS:
            shown = [
                f"{measure.label} {format_value(name, found.summary[name])}" for name, measure in MEASURES.items() if measure.layer == layer
            ]
            terminalreporter.write_line(f"{layer:<11} {' · '.join(shown)}")
    risen = [line for found in runs.values() if not found.run.settings.get("llm") for line in _risen(found)]
    if risen:
        terminalreporter.write_line("Beter dan de drempel; leg het vast met: python -m evals.update")
        for line in risen:
            terminalreporter.write_line(f"  {line}")


def _risen(found: Results) -> Sequence[str]:
    return list(stale_thresholds(found, read_thresholds(THRESHOLDS)))
