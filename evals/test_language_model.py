"""The same cases through the language model that ``ASSISTANT_LLM`` names; skipped when it names none.

Replies are recorded in ``recordings/``, which is not committed, and replayed from there. To record a model that is not on this
machine, allow the network: ``pytest evals/test_language_model.py --force-enable-socket``. What a model may write is its own, but it
must not say more than the sources do: its statements are held to the thresholds of citations and numbers, not to those of the answers.
"""

import pytest

from assistant import Settings
from assistant.evaluation.cassette import RecordedModel
from assistant.evaluation.gate import Thresholds
from assistant.evaluation.measures import MEASURES, format_value
from assistant.evaluation.results import Results, write_results
from evals.conftest import RUNS
from evals.paths import RESULTS
from evals.running import recorded_model, run_all

LLM = Settings.load().llm
GROUNDING = ("citation_precision", "numbers_supported")

pytestmark = [pytest.mark.llm, pytest.mark.skipif(not LLM, reason="ASSISTANT_LLM names no language model")]


@pytest.fixture(scope="module")
def model() -> RecordedModel:
    return recorded_model(Settings.load())


@pytest.fixture(scope="module")
def written(model: RecordedModel, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Results:
    """All cases, answered by the language model; also kept as ``results/llm.json`` to compare with a run without one."""
    found = run_all(tmp_path_factory.mktemp("llm"), language_model=model)
    RESULTS.mkdir(exist_ok=True)
    write_results(found, RESULTS / "llm.json")
    request.config.stash.setdefault(RUNS, {})[f"{LLM}: {model.replayed} keer uit de opname, {model.recorded} keer nieuw opgenomen"] = found
    return found


@pytest.mark.parametrize("name", GROUNDING)
def test_the_model_says_no_more_than_the_sources(written: Results, thresholds: Thresholds, name: str) -> None:
    limit = thresholds.layers["antwoorden"][name].limit(MEASURES[name].higher_is_better)
    weak = [f"{case.id}: {'; '.join(case.reasons)}" for case in written.cases if MEASURES[name].fault(case) > 0]
    if written.summary[name] < limit:
        told = f"{MEASURES[name].label}: {format_value(name, written.summary[name])}; minstens {format_value(name, limit)} is nodig"
        pytest.fail("\n".join([told, *weak[:20]]), pytrace=False)


def test_the_model_wrote_most_answers(written: Results, model: RecordedModel) -> None:
    answered = [case for case in written.cases if case.answered]
    by_model = sum(case.engine == LLM for case in answered)
    if by_model < 0.5 * len(answered):
        told = f"{by_model} van {len(answered)} antwoorden zijn van {LLM}; de rest is zonder taalmodel gemaakt. {model.failure}"
        pytest.fail(told, pytrace=False)
