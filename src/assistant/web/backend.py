"""What the pages need of the assistant, and its opening behind a page that is already there.

Loading the index takes seconds, so the web server listens first and the assistant opens in a thread. Everything that
needs it waits here, or shows how far it is.
"""

import asyncio
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from assistant.articles import Corpus
from assistant.documents import Answer, Document, Hit, IngestReport, StreamEvent, Turn
from assistant.errors import AssistantError
from assistant.web import texts

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]


class Status(Protocol):
    """The index in use; the fields of ``IndexStatus`` that pages show."""

    @property
    def version(self) -> str: ...
    @property
    def chunks(self) -> int: ...
    @property
    def documents(self) -> int: ...
    @property
    def embedding_model(self) -> str: ...
    @property
    def engine(self) -> str: ...
    @property
    def built_at(self) -> datetime: ...
    @property
    def stale(self) -> bool: ...


class Backend(Protocol):
    """The part of ``Assistant`` that the pages call."""

    def ask(self, question: str, history: Sequence[Turn] = (), marketplace: str | None = None, topic: str | None = None) -> Answer: ...

    def stream(
        self, question: str, history: Sequence[Turn] = (), marketplace: str | None = None, topic: str | None = None
    ) -> Iterator[StreamEvent]: ...

    def search(
        self, query: str, limit: int = 10, marketplace: str | None = None, topic: str | None = None, history: Sequence[Turn] = ()
    ) -> list[Hit]: ...

    def ingest(self, paths: Sequence[str | Path], progress: Progress | None = None) -> IngestReport: ...
    def remove(self, document_id: str) -> bool: ...
    def documents(self) -> list[Document]: ...
    def corpus(self) -> Corpus: ...
    def status(self) -> Status: ...
    def rebuild(self, progress: Progress | None = None) -> Status: ...
    def close(self) -> None: ...


Opener = Callable[[Progress], Backend]


class Stage(NamedTuple):
    """How far the opening is: a Dutch name of the step, and how much of it is done."""

    name: str = texts.LOADING
    done: int = 0
    total: int = 0


class LoadingBackend:
    """A backend that is being opened; ``start`` returns at once, the rest is asked when it is needed."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._opened = threading.Event()
        self._backend: Backend | None = None
        self._error = ""
        self._stage = Stage()
        self._thread: threading.Thread | None = None
        self._version = ""
        self._version_asked = -math.inf

    @classmethod
    def opened(cls, backend: Backend) -> "LoadingBackend":
        """One that is ready from the start; closing it is left to whoever opened the backend."""
        loading = cls(lambda _: backend)
        loading._backend = backend
        loading._opened.set()
        return loading

    @property
    def stage(self) -> Stage:
        """How far the opening is."""
        return self._stage

    @property
    def error(self) -> str:
        """Why the opening failed, in Dutch; empty when it did not."""
        return self._error

    @property
    def is_ready(self) -> bool:
        """Whether questions can be answered."""
        return self._backend is not None

    def start(self) -> None:
        """Begin to open, in a thread; a second call does nothing."""
        if self._thread is None and not self._opened.is_set():
            self._thread = threading.Thread(target=self._open, name="assistant-opening", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Close what this opened; does not wait for an opening that is still under way."""
        if self._thread is not None and self._backend is not None:
            self._backend.close()

    def get(self) -> Backend:
        """The backend, waiting until it is open.

        Raises:
            AssistantError: the opening failed; the text says why.
        """
        self._opened.wait()
        if self._backend is None:
            raise AssistantError(self._error)
        return self._backend

    def index_version(self) -> str:
        """The version of the index in use, asked at most once a second, because the answer costs reading the corpus."""
        if time.monotonic() - self._version_asked > 1.0:
            self._version = self.get().status().version
            self._version_asked = time.monotonic()
        return self._version

    async def wait(self, timeout_seconds: float) -> bool:
        """Whether the opening ended, well or badly, within the time."""
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while not self._opened.is_set() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)
        return self._opened.is_set()

    def _open(self) -> None:
        try:
            self._backend = self._opener(self._note_stage)
        except AssistantError as exc:
            logger.error("the assistant could not be opened: %s", exc)
            self._error = str(exc)
        except Exception:
            logger.exception("the assistant could not be opened")
            self._error = texts.UNEXPECTED
        finally:
            self._opened.set()

    def _note_stage(self, name: str, done: int, total: int) -> None:
        self._stage = Stage(name, done, total)
