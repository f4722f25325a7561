"""Runs all cases on a fresh index of the corpus, in the same way whatever the environment says."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant import Assistant, Settings
from assistant.errors import LanguageModelError
from assistant.evaluation.cassette import Cassette, RecordedModel
from assistant.evaluation.command import measure
from assistant.evaluation.dataset import load
from assistant.evaluation.results import Results
from assistant.language_models import open_language_model
from evals.paths import CASES, CORPUS, RECORDINGS


def gate_settings(data_dir: Path) -> Settings:
    """The settings of a default installation; nothing of them is read from the environment or a ``.env`` file."""
    return Settings(
        _env_file=None,
        data_dir=data_dir,
        corpus_dirs=(CORPUS,),
        embedding_model="",
        llm="",
        llm_base_url="",
        chroma_url="",
        database_url="",
        marketplace="NL",
    )


def run_all(
    data_dir: Path,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
    language_model: RecordedModel | None = None,
) -> Results:
    """The results of all cases.

    Args:
        data_dir: an empty folder, so that the index is built from the corpus and the code as they are now.
        progress: told the stage (in Dutch), how many are done and how many there are.
        language_model: writes the answers; by default there is none.
    """
    cases = load(CASES)
    settings = gate_settings(data_dir)
    chosen: dict[str, Any] = {}
    if language_model is not None:
        settings = settings.model_copy(update={"llm": language_model.name})
        chosen["language_model"] = language_model
    with Assistant.open(settings, progress=progress, **chosen) as assistant:
        return measure(assistant, cases, progress=progress)


def recorded_model(settings: Settings, folder: Path = RECORDINGS) -> RecordedModel:
    """The language model of the settings with its recordings in a folder; without the model itself when it cannot be opened.

    Raises:
        LanguageModelError: the model cannot be opened and nothing was recorded of it.
    """
    cassette = Cassette(folder / f"{re.sub(r'[^a-z0-9.]+', '-', settings.llm.lower())}.jsonl")
    try:
        return RecordedModel(cassette, settings.llm, open_language_model(settings))
    except LanguageModelError:
        if not len(cassette):
            raise
        return RecordedModel(cassette, settings.llm)
