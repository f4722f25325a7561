"""What the tests share: no environment of the developer, no model hub, a small knowledge base and assistants over it."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"

from collections.abc import Iterator  # noqa: E402 - the line above must come first
from pathlib import Path  # noqa: E402

import hypothesis  # noqa: E402
import pytest  # noqa: E402

from assistant import Assistant, Settings  # noqa: E402
from assistant.articles import Corpus, read_corpus  # noqa: E402
from tests.doubles import WordLengthModel  # noqa: E402
from tests.small_corpus import write_corpus  # noqa: E402

hypothesis.settings.register_profile("shared machine", deadline=None)  # a slow moment is no failure
hypothesis.settings.load_profile("shared machine")

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True, scope="session")
def own_environment() -> Iterator[None]:
    """Settings of the developer's shell and ``.env`` do not reach the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper().startswith("ASSISTANT_"):
                patch.delenv(name)
        patch.setitem(Settings.model_config, "env_file", None)
        yield


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def small_corpus(corpus_folder: Path) -> Corpus:
    return read_corpus([corpus_folder])


@pytest.fixture
def settings(tmp_path: Path, corpus_folder: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", corpus_dirs=(corpus_folder,))


@pytest.fixture
def word_lengths() -> WordLengthModel:
    return WordLengthModel()


@pytest.fixture
def assistant(settings: Settings) -> Iterator[Assistant]:
    """An assistant over the small knowledge base, with the bundled model."""
    with Assistant.open(settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def small_assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The same, once for all tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("klein")
    with Assistant.open(Settings(data_dir=folder / "data", corpus_dirs=(write_corpus(folder / "corpus"),))) as opened:
        yield opened


@pytest.fixture(scope="session")
def real_corpus() -> Corpus:
    return read_corpus([ROOT / "corpus"])


@pytest.fixture(scope="session")
def real_assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the project's own knowledge base; tests must not change it."""
    data = tmp_path_factory.mktemp("data")
    with Assistant.open(Settings(data_dir=data, corpus_dirs=(ROOT / "corpus",))) as opened:
        yield opened
