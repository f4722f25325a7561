"""Writes the answer with a language model: the generative engine, for when one is set.

It asks the model to answer from the chunks, and shows each statement as soon as it is complete and borne out by a chunk.
Whatever goes wrong ends in one error, so that the caller can answer without the model.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from assistant.documents import Chunk, Turn
from assistant.errors import LanguageModelError
from assistant.grounding import GroundedText, Grounder
from assistant.prompts import Prompt, build

# Below this share of statements that were kept, the model says too much of its own to be relied on.
LEAST_SUPPORT: Final = 0.5
# Nonsense is given up early: this many statements and not one of them kept.
_HOPELESS_STATEMENTS = 8
_MAXIMUM_CHARACTERS = 8_000
_PAUSE_SECONDS = 0.3


class TextModel(Protocol):
    """What the engine asks of a model: see ``language_models.LanguageModel``."""

    name: str

    def stream(self, system: str, user: str, *, timeout_seconds: float) -> Iterator[str]:
        """The text of the answer, in pieces; raises ``LanguageModelError`` when it fails."""
        ...


class GenerativeEngine:
    """Answers with a language model, and lets through only what the chunks bear out.

    Args:
        model: writes the text.
        timeout_seconds: how long the model may be silent.
    """

    def __init__(self, model: TextModel, *, timeout_seconds: float = 30.0) -> None:
        self._model = model
        self._timeout_seconds = timeout_seconds

    @property
    def name(self) -> str:
        """The name of the model."""
        return self._model.name

    def answer(self, question: str, chunks: Sequence[Chunk], history: Sequence[Turn] = ()) -> Iterator[str | GroundedText]:
        """The answer, statement by statement; the last item is the whole.

        The pieces together are the text of the whole. Its numbers count the chunks from 1. A model that fails before
        anything was shown is asked once more, unless it already took all its time. When the whole is ``unknown``, the
        model found no answer in the chunks.

        Args:
            question: standing on its own.
            chunks: best first, at least one.
            history: earlier turns, oldest first.

        Raises:
            LanguageModelError: the model fails, or too little of what it says stands in the chunks.
            ValueError: there are no chunks.
        """
        if not chunks:
            raise ValueError("chunks is empty; expected at least one")
        prompt = build(question, chunks, history)
        grounder = Grounder(prompt.chunks, question=question)
        started = time.monotonic()
        try:
            yield from self._pieces(prompt, grounder)
        except LanguageModelError:
            if grounder.kept or time.monotonic() - started >= self._timeout_seconds:
                raise
            time.sleep(_PAUSE_SECONDS)
            grounder = Grounder(prompt.chunks, question=question)
            yield from self._pieces(prompt, grounder)
        grounded = grounder.result()
        if not grounded.unknown and (not grounded.kept or grounded.support < LEAST_SUPPORT):
            raise LanguageModelError(f"Van wat het taalmodel {self.name} antwoordde, staat te weinig in de bronnen.")
        yield grounded

    def _pieces(self, prompt: Prompt, grounder: Grounder) -> Iterator[str]:
        received = 0
        for piece in self._model.stream(prompt.system, prompt.user, timeout_seconds=self._timeout_seconds):
            received += len(piece)
            shown = grounder.feed(piece)
            if shown:
                yield shown
            if received > _MAXIMUM_CHARACTERS:
                raise LanguageModelError(f"Het taalmodel {self.name} hield niet op met praten.")
            if grounder.removed >= _HOPELESS_STATEMENTS and not grounder.kept:
                break
        shown = grounder.finish()
        if shown:
            yield shown
