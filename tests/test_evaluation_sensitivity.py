"""The damage that ``evals.sensitivity`` does is real, and the checks on the knowledge base see it; the whole gate is run there."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.articles import read_corpus
from assistant.documents import Document
from assistant.evaluation import gate
from assistant.evaluation.dataset import AnyCase, expectations, load
from evals import sensitivity
from evals.paths import CASES, CORPUS, PROJECT
from tests.evaluation_records import make_results

DAMAGES_TO_TEXT = [pytest.param(damage.inflict, id=damage.name) for damage in sensitivity.DAMAGES if damage.name not in sensitivity.SIGNALS]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the corpus and the ranker, where they stand in the project."""
    shutil.copytree(CORPUS, tmp_path / CORPUS.relative_to(PROJECT))
    ranker = tmp_path / sensitivity.RANKER
    ranker.parent.mkdir(parents=True)
    shutil.copy2(PROJECT / sensitivity.RANKER, ranker)
    return tmp_path


@pytest.fixture(scope="module")
def cases() -> list[AnyCase]:
    return load(CASES)


def documents_of(project: Path) -> list[Document]:
    return list(read_corpus([project / CORPUS.relative_to(PROJECT)]).documents)


@pytest.mark.parametrize("inflict", DAMAGES_TO_TEXT)
def test_damage_to_the_knowledge_base_is_seen_and_names_cases(inflict: Callable[[Path], str], project: Path, cases: list[AnyCase]) -> None:
    before = gate.make_baseline(make_results(), cases, documents_of(project))
    assert gate.check_facts(cases, documents_of(project), before) == ""

    inflict(project)

    message = gate.check_facts(cases, documents_of(project), before)
    assert any(f"  {name}: " in message for name, _ in expectations(cases))


def test_every_weight_of_the_ranker_belongs_to_one_signal() -> None:
    weights = json.loads((PROJECT / sensitivity.RANKER).read_text("utf-8"))["weights"]
    signals = {name: [signal for signal, starts in sensitivity.SIGNALS.items() if name.startswith(starts)] for name in weights}
    assert {name: found for name, found in signals.items() if len(found) != 1} == {}


@pytest.mark.parametrize("signal", sensitivity.SIGNALS)
def test_switching_a_signal_off_zeroes_its_weights_and_no_other(signal: str, project: Path) -> None:
    before = json.loads((project / sensitivity.RANKER).read_text("utf-8"))

    sensitivity.switch_off(signal)(project)

    after = json.loads((project / sensitivity.RANKER).read_text("utf-8"))
    changed = {name for name, weight in before["weights"].items() if weight != after["weights"][name]}
    assert changed
    assert all(name.startswith(sensitivity.SIGNALS[signal]) and after["weights"][name] == 0.0 for name in changed)
    assert {**before, "weights": None} == {**after, "weights": None}
