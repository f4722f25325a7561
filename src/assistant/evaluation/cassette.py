"""Records what a language model replied, so that a run with it can be repeated without it.

A cassette is a JSON Lines file with one reply per line, found again by a hash of the model's name and the whole prompt: a
changed prompt or source is a new line. A reply is kept when it is complete; a failure is not.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from assistant.documents import Record
from assistant.errors import LanguageModelError


class StreamingModel(Protocol):
    """The part of a language model that is recorded."""

    @property
    def name(self) -> str: ...

    def stream(self, system: str, user: str, *, timeout_seconds: float) -> Iterator[str]: ...


class Recording(Record):
    """One reply with what it was a reply to, the prompt shortened to what a person needs to recognise it."""

    key: str
    model: str
    asked: str
    reply: str


class Cassette:
    """The replies in a file; a missing file is an empty cassette."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            LanguageModelError: it is there and is no cassette.
        """
        self._path = path
        self._recordings: dict[str, Recording] = {}
        if path.exists():
            try:
                lines = path.read_text("utf-8").splitlines()
                found = [Recording.model_validate_json(line) for line in lines if line.strip()]
            except (OSError, UnicodeDecodeError, ValidationError) as exc:
                raise LanguageModelError(f"De opnames in {path} zijn onleesbaar; verwijder het bestand en neem opnieuw op") from exc
            self._recordings = {recording.key: recording for recording in found}

    def __len__(self) -> int:
        return len(self._recordings)

    def find(self, model: str, system: str, user: str) -> str | None:
        """The reply to a prompt, or None when it was never recorded."""
        found = self._recordings.get(_key(model, system, user))
        return found.reply if found is not None else None

    def keep(self, model: str, system: str, user: str, reply: str) -> None:
        """Add a reply to the file."""
        recording = Recording(key=_key(model, system, user), model=model, asked=user[-120:], reply=reply)
        self._recordings[recording.key] = recording
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as handle:
            handle.write(f"{recording.model_dump_json()}\n")


class RecordedModel:
    """A language model that answers from a cassette, and from the real model where the cassette is silent.

    Without a real model an unknown prompt is an error, so that a replay never reaches the network. ``replayed`` and
    ``recorded`` count the replies that came from the cassette and that were added to it; ``failure`` is the last prompt's
    that got none.
    """

    def __init__(self, cassette: Cassette, name: str, model: StreamingModel | None = None) -> None:
        self._cassette = cassette
        self._model = model
        self.name = name
        self.replayed = 0
        self.recorded = 0
        self.failure = ""

    def stream(self, system: str, user: str, *, timeout_seconds: float) -> Iterator[str]:
        """The reply in pieces: one piece from the cassette, or the pieces of the real model as they come.

        Raises:
            LanguageModelError: the prompt was not recorded and there is no real model, or the real model fails.
        """
        known = self._cassette.find(self.name, system, user)
        if known is not None:
            self.replayed += 1
            yield known
            return
        pieces: list[str] = []
        try:
            for piece in self._ask(system, user, timeout_seconds):
                pieces.append(piece)
                yield piece
        except LanguageModelError as exc:
            self.failure = str(exc)
            raise
        self._cassette.keep(self.name, system, user, "".join(pieces))
        self.recorded += 1

    def _ask(self, system: str, user: str, timeout_seconds: float) -> Iterator[str]:
        if self._model is None:
            raise LanguageModelError(f"Van {self.name} is geen antwoord op deze vraag opgenomen; neem opnieuw op met het taalmodel erbij")
        return self._model.stream(system, user, timeout_seconds=timeout_seconds)


def _key(model: str, system: str, user: str) -> str:
    return hashlib.sha256(json.dumps([model, system, user]).encode()).hexdigest()[:24]
