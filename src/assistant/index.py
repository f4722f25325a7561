"""The index: an immutable, versioned folder with vectors, BM25 and chunks, swapped in by a pointer file.

``index/versions/<name>/`` is built beside the version in use; ``index/current`` names the one to read and is replaced last,
so that a kill at any moment leaves the old index or the new one. One process writes at a time, guarded by an operating
system lock; readers never wait. Vectors of chunks that did not change are copied from the version before.
"""

import hashlib
import json
import logging
import os
import re
import shutil
import socket
import sqlite3
import threading
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from pydantic import ValidationError

from assistant import vectorstore
from assistant.bm25 import Bm25Index
from assistant.documents import Asked, Chunk, Document, Record, Section, Verdict, fact_hash
from assistant.embeddings import EmbeddingModel, LangChainEmbeddings, Vectors
from assistant.errors import IndexLockedError, VectorIndexError
from assistant.latent import LatentSpace
from assistant.splitters import SPLITTER_VERSION, split
from assistant.tokenization import Vocabulary, ngrams, tokens
from assistant.verdicts import direction

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
FORMAT: Final = "verkoopassistent-index/1"
CHUNK_UNIT, QUESTION_UNIT, FACT_UNIT, ASKED_UNIT, ANSWERED_UNIT = 0, 1, 2, 3, 4
VERDICTS: Final[tuple[Verdict, ...]] = ("", "yes", "no", "depends")
FIELDS = ("body", "heading", "questions", "all", "ngrams")
FACT_NAME_LENGTH: Final = 48  # how many characters of a fact stand for it in ``vragen.jsonl``
ROWS_IN_MEMORY: Final = 1_000
LEXICAL_VERSION = "6"  # raise it when tokenization or the files of the index change


class Fingerprint(Record):
    """What an index was made from; it is stale when any part differs."""

    format: str = FORMAT
    splitter: str = f"{SPLITTER_VERSION}.{LEXICAL_VERSION}"
    embedding: str
    corpus: str


class Manifest(Record):
    """What an index version says about itself."""

    fingerprint: Fingerprint
    built_at: datetime
    chunks: int
    documents: int
    units: int
    dimensions: int
    embedding_name: str
    collection: str


class _Units:
    """The texts that get a vector of their own, chunk by chunk: the chunk, its questions, its facts."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self.kinds: list[int] = []
        self.starts: list[int] = [0]
        self.texts: list[str] = []
        for chunk in chunks:
            for kind, text in unit_texts(chunk):
                self.kinds.append(kind)
                self.texts.append(text)
            self.starts.append(len(self.texts))


def unit_texts(chunk: Chunk) -> Iterator[tuple[int, str]]:
    """What is embedded of a chunk: itself with its title and heading, each question about it, each fact under its heading.

    Last come the questions of which the whole answer is known.
    """
    yield CHUNK_UNIT, f"{chunk.title}. {chunk.heading}. {chunk.text}"
    for question in chunk.questions:
        yield QUESTION_UNIT, question
    for asked in chunk.asked:
        yield ASKED_UNIT, asked.question
    for fact in chunk.facts:
        yield FACT_UNIT, f"{chunk.heading}: {fact.text}"
    for answered in chunk.answered:
        yield ANSWERED_UNIT, answered.question


def all_questions(chunk: Chunk | Section) -> list[str]:
    """The questions about a chunk or section, those that people asked included."""
    return [*chunk.questions, *(asked.question for asked in chunk.asked)]


def fact_places(chunk: Chunk, asked: Sequence[Asked]) -> list[int]:
    """For each of these questions about a chunk the place of the fact that answers it; -1 when that is not known."""
    places = {fact.text[:FACT_NAME_LENGTH]: place for place, fact in reversed(list(enumerate(chunk.facts)))}
    return [places.get(one.fact, -1) for one in asked]


def verdicts_of(chunk: Chunk) -> list[Verdict]:
    """For each question of which the whole answer is known its verdict; none when its fact has changed since."""
    hashes = [fact_hash(fact.text) for fact in chunk.facts]
    places = fact_places(chunk, chunk.answered)
    return [
        one.verdict if place >= 0 and one.decided_by == hashes[place] else "" for one, place in zip(chunk.answered, places, strict=True)
    ]


def direction_id(question: str) -> int:
    """A number for which way a yes-or-no question points; 0 for any other question."""
    pointed = direction(question)
    return zlib.crc32(pointed.encode()) if pointed else 0


def text_id(chunk: Chunk) -> str:
    """A hash of what a chunk says, whatever is asked about it; tells how far a corpus moved from what a model was trained on."""
    return hashlib.sha256("\x1f".join((chunk.document_id, chunk.title, chunk.heading, chunk.text)).encode()).hexdigest()[:16]


def body_text(chunk: Chunk) -> str:
    """What the body field of BM25 holds: title and heading count beside the text."""
    return f"{chunk.title}\n{chunk.heading}\n{chunk.text}"


def heading_text(chunk: Chunk) -> str:
    """What the heading field of BM25 holds: title, heading and what sellers call the subject."""
    names = " ".join(name for group in chunk.synonyms for name in group)
    return f"{chunk.title}\n{chunk.heading}\n{chunk.heading}\n{names}"


class KnowledgeIndex:
    """One version of the index, open for reading. Rows number its chunks from 0. Thread-safe."""

    def __init__(self, folder: Path, chroma_url: str = "") -> None:
        """Open a version folder.

        Raises:
            VectorIndexError: the folder is not an index of ours, is incomplete or damaged.
        """
        self.folder = folder
        self.manifest = _read_manifest(folder)
        with ExitStack() as opened:
            try:
                self._database = sqlite3.connect(
                    f"{(folder / 'chunks.sqlite').resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False
                )
                opened.callback(self._database.close)
                self._read_arrays()
                self._check_sizes()
                self.vocabulary = Vocabulary(_read_json(folder / "vocabulary.json"))
                self.synonyms: tuple[tuple[str, ...], ...] = tuple(tuple(group) for group in _read_json(folder / "synonyms.json"))
            except Exception as exc:  # numpy, json and sqlite each raise several kinds for damaged files
                raise VectorIndexError(f"De index in {folder} is onvolledig of beschadigd ({type(exc).__name__}: {exc})") from exc
            self.fields = {name: Bm25Index.load(folder / "bm25" / name) for name in FIELDS}
            self.latent = self._read_latent()
            client = vectorstore.connect(folder / "chroma", chroma_url)
            opened.callback(vectorstore.close, client)
            self.vectors = vectorstore.VectorStore(client, self.manifest.collection)
            self._opened = opened.pop_all()
        self._lock = threading.Lock()
        self._chunks: dict[int, Chunk] = {}
        self._row_vectors: dict[int, Vectors] = {}

    def _read_arrays(self) -> None:
        # Plain arrays over the mapped files: slicing a memmap costs more than what is sliced.
        self.unit_vectors: NDArray[np.float16] = np.asarray(np.load(self.folder / "unit_vectors.npy", mmap_mode="r"))
        self.unit_kinds: NDArray[np.uint8] = np.load(self.folder / "unit_kinds.npy")
        self.unit_starts: NDArray[np.int64] = np.load(self.folder / "unit_starts.npy")
        self.question_starts: NDArray[np.int64] = np.load(self.folder / "question_starts.npy")
        self._asked_places: NDArray[np.int16] = np.load(self.folder / "asked_places.npy")
        self._asked_starts: NDArray[np.int64] = np.load(self.folder / "asked_starts.npy")
        self._answered_places: NDArray[np.int16] = np.load(self.folder / "answered_places.npy")
        self._answered_starts: NDArray[np.int64] = np.load(self.folder / "answered_starts.npy")
        self._answered_verdicts: NDArray[np.uint8] = np.load(self.folder / "answered_verdicts.npy")
        self._answered_directions: NDArray[np.uint32] = np.load(self.folder / "answered_directions.npy")

    def _read_latent(self) -> LatentSpace | None:
        """The space learned from the texts; None when every chunk has questions."""
        folder = self.folder / "latent"
        latent = LatentSpace.load(folder) if folder.is_dir() else None
        if latent is not None and len(latent) != len(self):
            raise VectorIndexError(f"De index in {self.folder} is onvolledig of beschadigd (de bestanden horen niet bij elkaar)")
        return latent

    def _check_sizes(self) -> None:
        (chunks,) = self._database.execute("SELECT count(*) FROM chunks").fetchone()
        starts = {len(self.unit_starts), len(self.question_starts), len(self._asked_starts), len(self._answered_starts)}
        ends = int(self._asked_starts[-1]), int(self._answered_starts[-1])
        found = (chunks, starts, len(self.unit_kinds), self.unit_vectors.shape, ends)
        said, places = self.manifest, (len(self._asked_places), len(self._answered_places))
        if not len(self._answered_places) == len(self._answered_verdicts) == len(self._answered_directions):
            raise ValueError("de bestanden horen niet bij elkaar")
        if found != (said.chunks, {said.chunks + 1}, said.units, (said.units, said.dimensions), places):
            raise ValueError("de bestanden horen niet bij elkaar")

    def __len__(self) -> int:
        return self.manifest.chunks

    def chunk(self, row: int) -> Chunk:
        """The chunk of a row; the latest few thousand stay in memory."""
        chunk = self._chunks.get(row)
        if chunk is None:
            found = self._select("SELECT record FROM chunks WHERE row = ?", row)
            if not found:
                raise VectorIndexError(f"Chunk {row} ontbreekt in de index in {self.folder}")
            chunk = Chunk.model_validate_json(found[0][0])
            if len(self._chunks) > 5_000:
                self._chunks.clear()
            self._chunks[row] = chunk
        return chunk

    def documents(self) -> list[Document]:
        """Every document of this version, ordered by id."""
        found = self._select("SELECT record FROM documents ORDER BY document_id")
        return [Document.model_validate_json(record) for (record,) in found]

    def text_ids(self) -> list[str]:
        """What names the text of each chunk, in the order of their rows."""
        return [name for (name,) in self._select("SELECT text_id FROM chunks ORDER BY row")]

    def rows_of(self, document_id: str) -> list[int]:
        """The rows of a document's chunks in reading order."""
        return [row for (row,) in self._select("SELECT row FROM chunks WHERE document_id = ? ORDER BY row", document_id)]

    def rows_by_chunk_id(self) -> dict[str, int]:
        """The row of each chunk id."""
        return dict(self._select("SELECT chunk_id, row FROM chunks"))

    def units(self, row: int, kind: int) -> Vectors:
        """float32 ``(n, dimensions)``: the vectors of one kind of a chunk, in order."""
        vectors: Vectors = self.row_vectors(row)[self.row_kinds(row) == kind]
        return vectors

    def question_count(self, row: int) -> int:
        """How many questions a chunk has, those that people asked included."""
        return int(self.question_starts[row + 1] - self.question_starts[row])

    def asked_places(self, row: int) -> NDArray[np.int16]:
        """int16 ``(n,)``: for each question that people asked of a chunk the place of the fact that answers it, or -1."""
        return self._asked_places[int(self._asked_starts[row]) : int(self._asked_starts[row + 1])]

    def answered_places(self, row: int) -> NDArray[np.int16]:
        """int16 ``(n,)``: for each question of which the whole answer is known the place of a fact of it in this chunk, or -1."""
        return self._answered_places[int(self._answered_starts[row]) : int(self._answered_starts[row + 1])]

    def answered_verdicts(self, row: int) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
        """uint8 and uint32 ``(n,)`` beside ``answered_places``: the place of each verdict in ``VERDICTS``, and which way it was asked."""
        own = slice(int(self._answered_starts[row]), int(self._answered_starts[row + 1]))
        return self._answered_verdicts[own], self._answered_directions[own]

    def row_kinds(self, row: int) -> NDArray[np.uint8]:
        """uint8 ``(n,)``: the kinds of the units of a chunk, in order."""
        return self.unit_kinds[int(self.unit_starts[row]) : int(self.unit_starts[row + 1])]

    def row_vectors(self, row: int) -> Vectors:
        """float32 ``(n, dimensions)``: the vectors of all units of a chunk; the latest thousand chunks stay in memory."""
        vectors = self._row_vectors.get(row)
        if vectors is None:
            vectors = self.unit_vectors[int(self.unit_starts[row]) : int(self.unit_starts[row + 1])].astype(np.float32)
            if len(self._row_vectors) >= ROWS_IN_MEMORY:
                self._row_vectors.clear()
            self._row_vectors[row] = vectors
        return vectors

    def _select(self, query: str, *values: str | int) -> list[Any]:
        try:
            with self._lock:
                return self._database.execute(query, values).fetchall()
        except sqlite3.Error as exc:
            raise VectorIndexError(
                f"De index in {self.folder} is beschadigd ({exc}); bouw hem opnieuw met 'assistant ingest --opnieuw'"
            ) from exc

    def close(self) -> None:
        """Release files and connections."""
        self._opened.close()


class _Previous(NamedTuple):
    """The version whose vectors are used again, with the row of each of its chunks."""

    version: KnowledgeIndex
    rows: dict[str, int]


class IndexStore:
    """The versions of the index in a data folder: which one is current, who writes, what may go."""

    def __init__(self, folder: Path, chroma_url: str = "") -> None:
        self.folder = folder
        self._versions = folder / "versions"
        self._pointer = folder / "current"
        self._chroma_url = chroma_url

    def current(self) -> str | None:
        """The name of the version in use, or None when there is none yet."""
        try:
            name = self._pointer.read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as exc:
            raise VectorIndexError(f"Het bestand {self._pointer} is onleesbaar ({exc}); verwijder het en start opnieuw") from exc
        return name or None

    def current_manifest(self) -> Manifest | None:
        """What the version in use was made from; None when it is missing or unusable, which a new build heals."""
        try:
            name = self.current()
            return _read_manifest(self._versions / name) if name is not None and _safe_name(name) else None
        except VectorIndexError as exc:
            logger.warning("De index wordt opnieuw gebouwd: %s", exc)
            return None

    def open_current(self) -> KnowledgeIndex:
        """The version in use.

        Raises:
            VectorIndexError: there is none, or it is foreign or damaged.
        """
        name = self.current()
        if name is None:
            raise VectorIndexError(f"Er is nog geen index in {self.folder}; start de assistent of voer 'assistant ingest' uit")
        if not _safe_name(name):
            raise VectorIndexError(f"{self._pointer} wijst naar {name!r}; dat is geen indexversie. Verwijder het bestand en start opnieuw")
        return KnowledgeIndex(self._versions / name, self._chroma_url)

    @contextmanager
    def writer(self, timeout_seconds: float = 600.0) -> Iterator[None]:
        """Hold the right to write; released by the operating system when the process ends in any way.

        Raises:
            IndexLockedError: another process keeps writing; the message says which.
        """
        self._prepare()
        lock = FileLock(self.folder / "writer.lock")
        try:
            lock.acquire(timeout=timeout_seconds)
        except Timeout as exc:
            writer = self._writer_name()
            raise IndexLockedError(f"De index in {self.folder} wordt al bijgewerkt door {writer}; probeer het later opnieuw") from exc
        except OSError as exc:
            raise VectorIndexError(f"Kan niet schrijven in {self.folder} ({exc.strerror}); controleer ASSISTANT_DATA_DIR") from exc
        try:
            owner = {"process": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat()}
            (self.folder / "writer.json").write_text(json.dumps(owner), "utf-8")
            yield
        finally:
            (self.folder / "writer.json").unlink(missing_ok=True)
            lock.release()

    def _writer_name(self) -> str:
        try:
            owner = json.loads((self.folder / "writer.json").read_text("utf-8"))
            return f"proces {owner['process']} op {owner['host']} (sinds {owner['since'][:16]})"
        except (OSError, ValueError, KeyError):
            return "een ander proces"

    def build(
        self,
        documents: Sequence[Document],
        model: EmbeddingModel,
        corpus_fingerprint: str,
        progress: Progress,
    ) -> str:
        """Build a new version and make it the current one; call while holding ``writer()``.

        Returns:
            The name of the new version.
        """
        self._prepare()
        fingerprint = Fingerprint(embedding=model.fingerprint, corpus=corpus_fingerprint)
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}"
        folder = self._versions / f"{name}.part"
        folder.mkdir()
        previous = self._previous(model)
        try:
            _write_version(folder, name, documents, model, fingerprint, previous, self._chroma_url, progress)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            if previous is not None:
                previous.version.close()
        folder.rename(self._versions / name)
        replaced = self._pointed_at()
        self._swap(name)
        self._remove_all_but(name, replaced)  # a reader may still be on the version before
        return name

    def _prepare(self) -> None:
        try:
            self._versions.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise VectorIndexError(f"Kan de datamap {self.folder} niet aanmaken ({exc.strerror}); controleer ASSISTANT_DATA_DIR") from exc

    def _previous(self, model: EmbeddingModel) -> _Previous | None:
        manifest = self.current_manifest()
        if manifest is None or manifest.fingerprint.embedding != model.fingerprint:
            return None
        with ExitStack() as opened:
            try:
                version = self.open_current()
                opened.callback(version.close)
                rows = version.rows_by_chunk_id()
            except VectorIndexError as exc:
                logger.warning("De vorige index kan niet worden hergebruikt: %s", exc)
                return None
            opened.pop_all()
            return _Previous(version, rows)

    def _pointed_at(self) -> str | None:
        try:
            return self.current()
        except VectorIndexError:  # an unreadable pointer is about to be replaced
            return None

    def _swap(self, name: str) -> None:
        temporary = self.folder / f"current.{os.getpid()}"
        temporary.write_text(name, "utf-8")
        with temporary.open("rb+") as handle:
            os.fsync(handle.fileno())
        temporary.replace(self._pointer)

    def _remove_all_but(self, *keep: str | None) -> None:
        gone = sorted(path.name for path in self._versions.iterdir() if path.is_dir() and path.name not in keep)
        if self._chroma_url and gone:
            client = vectorstore.connect(self._versions, self._chroma_url)
            try:
                for name in gone:
                    vectorstore.delete_collection(client, _collection_name(name.removesuffix(".part")))
            finally:
                vectorstore.close(client)
        for name in gone:
            shutil.rmtree(self._versions / name, ignore_errors=True)


def _safe_name(name: str) -> bool:
    return re.fullmatch(r"[0-9A-Za-z-]+", name) is not None


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _collection_name(version: str) -> str:
    return f"kennis_{version}"


def _read_manifest(folder: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate_json((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as exc:
        raise VectorIndexError(f"De map {folder} bevat geen index van deze assistent") from exc
    if manifest.fingerprint.format != FORMAT:
        raise VectorIndexError(f"De index in {folder} heeft vorm {manifest.fingerprint.format!r}; verwacht {FORMAT!r}")
    return manifest


def _write_version(
    folder: Path,
    name: str,
    documents: Sequence[Document],
    model: EmbeddingModel,
    fingerprint: Fingerprint,
    previous: _Previous | None,
    chroma_url: str,
    progress: Progress,
) -> None:
    chunks = [chunk for document in documents for chunk in split(document)]
    units = _Units(chunks)
    vectors = _embed(chunks, units, model, previous, progress)
    np.save(folder / "unit_vectors.npy", vectors)
    np.save(folder / "unit_kinds.npy", np.array(units.kinds, dtype=np.uint8))
    np.save(folder / "unit_starts.npy", np.array(units.starts, dtype=np.int64))
    for name_of, questions in (("asked", [chunk.asked for chunk in chunks]), ("answered", [chunk.answered for chunk in chunks])):
        places = [place for chunk, own in zip(chunks, questions, strict=True) for place in fact_places(chunk, own)]
        np.save(folder / f"{name_of}_places.npy", np.array(places, dtype=np.int16))
        np.save(folder / f"{name_of}_starts.npy", np.cumsum([0, *map(len, questions)], dtype=np.int64))
    answered = [one for chunk in chunks for one in chunk.answered]
    verdicts = [VERDICTS.index(verdict) for chunk in chunks for verdict in verdicts_of(chunk)]
    np.save(folder / "answered_verdicts.npy", np.array(verdicts, dtype=np.uint8))
    np.save(folder / "answered_directions.npy", np.array([direction_id(one.question) for one in answered], dtype=np.uint32))
    vocabulary = _write_lexical(folder, chunks, progress)
    _write_latent(folder, chunks, vocabulary, progress)
    _write_records(folder, documents, chunks)
    _write_vectors(folder, name, units, vectors, model, chroma_url, progress)
    manifest = Manifest(
        fingerprint=fingerprint,
        built_at=datetime.now(UTC),
        chunks=len(chunks),
        documents=len(documents),
        units=len(units.texts),
        dimensions=model.dimensions,
        embedding_name=model.name,
        collection=_collection_name(name),
    )
    (folder / "manifest.json").write_text(manifest.model_dump_json(indent=2), "utf-8")


def _embed(
    chunks: Sequence[Chunk], units: _Units, model: EmbeddingModel, previous: _Previous | None, progress: Progress
) -> NDArray[np.float16]:
    """float16 ``(n_units, dimensions)``; a chunk whose id stood in the previous version keeps its vectors."""
    vectors = np.zeros((len(units.texts), model.dimensions), dtype=np.float16)
    for number, chunk in enumerate(chunks):
        start, end = units.starts[number], units.starts[number + 1]
        if previous is not None and chunk.chunk_id in previous.rows:
            old = int(previous.version.unit_starts[previous.rows[chunk.chunk_id]])
            vectors[start:end] = previous.version.unit_vectors[old : old + end - start]
        else:
            vectors[start:end] = model.encode_documents(units.texts[start:end])
        if number % 50 == 0 or number + 1 == len(chunks):
            progress("Tekst omzetten in vectoren", number + 1, len(chunks))
    return vectors


def _write_lexical(folder: Path, chunks: Sequence[Chunk], progress: Progress) -> Vocabulary:
    """Write the words of the chunks, field by field; gives back the vocabulary they are counted in."""
    questions = [question for chunk in chunks for question in all_questions(chunk)]
    starts = np.cumsum([0, *(len(chunk.questions) + len(chunk.asked) for chunk in chunks)], dtype=np.int64)
    np.save(folder / "question_starts.npy", starts)
    # Questions in ``asked`` are typed as people type them: their spelling teaches nothing.
    vocabulary = Vocabulary.count("\n".join([heading_text(chunk), chunk.text, *chunk.questions]) for chunk in chunks)
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary.counts, ensure_ascii=False), "utf-8")
    synonyms = sorted({group for chunk in chunks for group in chunk.synonyms})
    (folder / "synonyms.json").write_text(json.dumps(synonyms, ensure_ascii=False), "utf-8")
    fields: dict[str, Iterable[list[str]]] = {
        "body": (tokens(body_text(chunk), vocabulary) for chunk in chunks),
        "heading": (tokens(heading_text(chunk), vocabulary) for chunk in chunks),
        "questions": (tokens(question, vocabulary) for question in questions),
        "all": (tokens("\n".join([body_text(chunk), heading_text(chunk), *all_questions(chunk)]), vocabulary) for chunk in chunks),
        "ngrams": (ngrams(f"{heading_text(chunk)}\n{' '.join(all_questions(chunk))}\n{chunk.text}") for chunk in chunks),
    }
    for done, (field, token_lists) in enumerate(fields.items(), 1):
        target = folder / "bm25" / field
        target.mkdir(parents=True)
        Bm25Index.build(token_lists).save(target)
        progress("Woordenindex maken", done, len(fields))
    return vocabulary


def _write_latent(folder: Path, chunks: Sequence[Chunk], vocabulary: Vocabulary, progress: Progress) -> None:
    """Learn which words belong together, from all chunks; only when a chunk has no questions, for only those are weighed by it."""
    if all(all_questions(chunk) for chunk in chunks):
        return
    progress("Verwante woorden leren", 0, 1)
    target = folder / "latent"
    target.mkdir()
    LatentSpace.build(tokens(body_text(chunk), vocabulary) for chunk in chunks).save(target)
    progress("Verwante woorden leren", 1, 1)


def _write_records(folder: Path, documents: Sequence[Document], chunks: Sequence[Chunk]) -> None:
    database = sqlite3.connect(folder / "chunks.sqlite")
    try:
        database.execute("CREATE TABLE chunks (row INTEGER PRIMARY KEY, chunk_id TEXT, text_id TEXT, document_id TEXT, record TEXT)")
        database.execute("CREATE TABLE documents (document_id TEXT PRIMARY KEY, record TEXT)")
        database.executemany(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)",
            ((row, chunk.chunk_id, text_id(chunk), chunk.document_id, chunk.model_dump_json()) for row, chunk in enumerate(chunks)),
        )
        database.executemany(
            "INSERT INTO documents VALUES (?, ?)", ((document.document_id, document.model_dump_json()) for document in documents)
        )
        database.execute("CREATE INDEX chunks_by_document ON chunks (document_id)")
        database.commit()
    finally:
        database.close()


def _write_vectors(
    folder: Path,
    name: str,
    units: _Units,
    vectors: NDArray[np.float16],
    model: EmbeddingModel,
    chroma_url: str,
    progress: Progress,
) -> None:
    """Put chunks and questions in Chroma, named ``<row>-<unit>``; the other units only weigh chunks already found."""
    ids: list[str] = []
    texts: list[str] = []
    known: dict[str, Vectors] = {}
    row = 0
    for unit, (kind, text) in enumerate(zip(units.kinds, units.texts, strict=True)):
        while unit >= units.starts[row + 1]:
            row += 1
        if kind in (FACT_UNIT, ASKED_UNIT, ANSWERED_UNIT) or not vectors[unit].any():
            continue
        ids.append(f"{row}-{unit}")
        texts.append(text)
        known[text] = vectors[unit].astype(np.float32)
    client = vectorstore.connect(folder / "chroma", chroma_url)
    try:
        vectorstore.write_collection(
            client, _collection_name(name), LangChainEmbeddings(model, known), texts, ids,
            lambda done: progress("Vectoren bewaren", done, len(texts)),
        )  # fmt: skip
    finally:
        vectorstore.close(client)
