"""The assistant, put together: the only place that chooses implementations.

A question goes through one LangChain ``Runnable``: rewrite, retrieve, judge, write. A document goes through loading,
splitting, embedding and a new index version. Both engines share every step but the last.
"""

import hashlib
import logging
import re
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from assistant.articles import FIGURES_FOLDER, TOPICS_FILE, Corpus, article_paths, read_corpus
from assistant.confidence import Confidence
from assistant.documents import Answer, Article, Document, Hit, IngestReport, Record, Rejection, StreamEvent, Turn
from assistant.embeddings import EmbeddingModel, load_embedding_model
from assistant.errors import DocumentError, VectorIndexError
from assistant.generation import Draft, compose
from assistant.index import Fingerprint, IndexStore, KnowledgeIndex, Progress
from assistant.loaders import find_files, load
from assistant.conversation import split_questions, standalone_question
from assistant.query_rewriting import Query, SynonymIndex, analyse, check_question
from assistant.retrievers import Candidate, HybridRetriever, Ranker
from assistant.selection import Selector, rank_facts
from assistant.settings import BUNDLED_MODEL, Settings
from assistant.suggestions import suggest
from assistant.uploads import Upload, Uploads

logger = logging.getLogger(__name__)

CANDIDATES = 12
CANDIDATES_FOR_FACTS = 6
EXTRACTIVE = "extractive"
REFUSAL = "Dat weet ik niet: ik vind in mijn kennisbank geen antwoord op deze vraag."


class IndexStatus(Record):
    """What the assistant runs on."""

    version: str
    chunks: int
    documents: int
    embedding_model: str
    engine: str
    built_at: datetime
    stale: bool
    drift: float


class _Knowledge(NamedTuple):
    """One open version of the index with what searches it."""

    version: str
    index: KnowledgeIndex
    retriever: HybridRetriever


class _Request(NamedTuple):
    question: str
    history: tuple[Turn, ...]
    marketplace: str
    topic: str | None


class _Found(Record):
    """A question with what was found for it."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    question: str
    query: Query
    candidates: tuple[Candidate, ...]
    chance: float


class Assistant:
    """Answers questions about selling on Amazon from its knowledge base. Thread-safe; close it, or use it as a context."""

    def __init__(self, settings: Settings, model: EmbeddingModel, progress: Progress) -> None:
        self.settings = settings
        self._model = model
        self._progress = progress
        self._store = IndexStore(settings.data_dir / "index", settings.chroma_url)
        self._uploads = Uploads(settings.data_dir / "documents")
        self._ranker = Ranker.load(BUNDLED_MODEL / "ranker.json")
        self._selector = Selector.load(BUNDLED_MODEL / "selection.json")
        self._confidence = Confidence.load(BUNDLED_MODEL / "confidence.json")
        self._lock = threading.RLock()
        self._retired: list[_Knowledge] = []
        self._corpus: Corpus | None = None
        self._build_if_stale()
        self._knowledge = self._open_knowledge()
        self._chain: Runnable[_Request, Answer] = (
            RunnableLambda(self._rewrite) | RunnableLambda(self._retrieve) | RunnableLambda(self._write)
        )

    @classmethod
    def open(cls, settings: Settings | None = None, *, progress: Progress | None = None) -> Self:
        """An assistant that is ready to answer; the index is built when it is missing or stale.

        Args:
            settings: where everything is; by default read from the environment.
            progress: told the stage (in Dutch), how many are done and how many there are.

        Raises:
            CorpusError: a corpus file breaks the schema.
            AssistantError: a setting, the model or the index is wrong; the message says what to do.
        """
        chosen = settings or Settings.load()
        return cls(chosen, load_embedding_model(chosen.model_folder_or_name), progress or _quiet)

    # --- Questions ---------------------------------------------------------------------------------------------------

    def ask(self, question: str, history: Sequence[Turn] = (), marketplace: str | None = None, topic: str | None = None) -> Answer:
        """The answer to a question, or an honest "dat weet ik niet".

        Args:
            question: as typed.
            history: earlier turns of the conversation, oldest first.
            marketplace: whose rules come first, such as ``"BE"``; by default the one of the settings.
            topic: answer only from this topic.

        Raises:
            QuestionError: there is no question in it, or it is far too long.
        """
        started = time.perf_counter()
        request = _Request(check_question(question), tuple(history), (marketplace or self.settings.marketplace).upper(), topic)
        answer = self._chain.invoke(request)
        return answer.model_copy(update={"elapsed_ms": round((time.perf_counter() - started) * 1000, 3)})

    def stream(
        self, question: str, history: Sequence[Turn] = (), marketplace: str | None = None, topic: str | None = None
    ) -> Iterator[StreamEvent]:
        """The same answer as it is made: pieces of text, then one event with the whole ``Answer``."""
        answer = self.ask(question, history, marketplace, topic)
        for piece in re.findall(r"\S+\s*|\s+", answer.text):
            yield StreamEvent(text=piece)
        yield StreamEvent(answer=answer)

    def search(self, query: str, limit: int = 10, marketplace: str | None = None, topic: str | None = None) -> list[Hit]:
        """The chunks that fit a query best, best first.

        Raises:
            QuestionError: there is nothing to search for.
            ValueError: ``limit`` is below 1.
        """
        if limit < 1:
            raise ValueError(f"limit is {limit}; expected 1 or more")
        knowledge = self._current()
        analysed = self._analyse(check_question(query), knowledge, (marketplace or self.settings.marketplace).upper())
        found = knowledge.retriever.retrieve(analysed, limit, topic)
        return [
            Hit(
                document_id=candidate.chunk.document_id,
                title=candidate.chunk.title,
                heading=candidate.chunk.heading,
                text=candidate.chunk.text,
                score=_share(candidate.score, found[0].score),
            )
            for candidate in found
        ]

    def _rewrite(self, request: _Request) -> tuple[_Request, str]:
        return request, standalone_question(request.question, request.history)

    def _retrieve(self, rewritten: tuple[_Request, str]) -> tuple[_Request, str, _Knowledge, list[_Found]]:
        request, standalone = rewritten
        knowledge = self._current()
        found = []
        for question in split_questions(standalone):
            query = self._analyse(question, knowledge, request.marketplace)
            candidates = tuple(knowledge.retriever.retrieve(query, CANDIDATES, request.topic))
            found.append(_Found(question=question, query=query, candidates=candidates, chance=self._confidence.chance(query, candidates)))
        return request, standalone, knowledge, found

    def _write(self, retrieved: tuple[_Request, str, _Knowledge, list[_Found]]) -> Answer:
        request, standalone, knowledge, found = retrieved
        answered = [one for one in found if one.chance >= self._confidence.threshold]
        if not answered:
            return self._refuse(standalone, found[0], knowledge)
        drafts = [self._draft(one, knowledge, len(answered)) for one in answered]
        draft = _join([one.question for one in answered], drafts)
        missed = [one.question for one in found if one not in answered]
        pieces = [*_reading(answered), *draft.pieces, *(f"Over ‘{question}’ vind ik niets in mijn kennisbank." for question in missed)]
        used = [candidate.chunk for one in answered for candidate in one.candidates if _is_cited(candidate, draft)]
        return Answer(
            text="\n\n".join(pieces),
            citations=draft.citations,
            answered=True,
            engine=EXTRACTIVE,
            standalone_question=standalone,
            suggestions=suggest(answered[-1].candidates, used, knowledge.index, [standalone, *(turn.question for turn in request.history)]),
            warnings=draft.warnings,
            confidence=min(one.chance for one in answered),
        )

    def _draft(self, found: _Found, knowledge: _Knowledge, parts: int) -> Draft:
        candidates = found.candidates[:CANDIDATES_FOR_FACTS]
        vector = self._model.encode_query(found.query.text)
        ranked = rank_facts(found.query, vector, candidates, knowledge.index, self._selector)
        if parts == 1:
            return compose(found.query, candidates, ranked, date.today())
        return compose(found.query, candidates, ranked, date.today(), budget=420)

    def _refuse(self, standalone: str, found: _Found, knowledge: _Knowledge) -> Answer:
        near = [candidate.chunk for candidate in found.candidates[:3]]
        related = tuple(Article(document_id=chunk.document_id, title=chunk.title, heading=chunk.heading) for chunk in near)
        lines = [REFUSAL]
        if related:
            lines.append("Het dichtst in de buurt komen:")
            lines.append("\n".join(f"- {article.title}: {article.heading}" for article in related))
        return Answer(
            text="\n\n".join(lines),
            answered=False,
            engine=EXTRACTIVE,
            standalone_question=standalone,
            suggestions=suggest(found.candidates, [], knowledge.index, [standalone]),
            related=related,
            confidence=found.chance,
        )

    def _analyse(self, question: str, knowledge: _Knowledge, marketplace: str) -> Query:
        return analyse(question, knowledge.index.vocabulary, knowledge.retriever.synonyms, marketplace)

    # --- Documents ---------------------------------------------------------------------------------------------------

    def ingest(self, paths: Sequence[Path | str], progress: Progress | None = None) -> IngestReport:
        """Add documents; a folder is read recursively and can be given again after its files changed.

        A file that vanished from a folder given earlier is removed; one that cannot be read is rejected and changes nothing.
        """
        with self._store.writer():
            report = self._take_in([Path(path) for path in paths])
            if report.added or report.updated or report.removed:
                self._build(progress or self._progress)
        self._reload()
        return report

    def _take_in(self, paths: Sequence[Path]) -> IngestReport:
        present = {upload.document.document_id: upload for upload in self._uploads.all()}
        added, updated, unchanged = list[str](), list[str](), list[str]()
        rejected: list[Rejection] = []
        kept: set[str] = set()
        changed: list[Upload] = []
        for root, file, document_id in _files_with_roots(paths):
            try:
                if not file.is_file():
                    raise DocumentError("het bestand of de map bestaat niet")
                other = present.get(document_id)
                if other is not None and other.root != root:
                    raise DocumentError(f"{document_id} is al toegevoegd vanuit {other.root}; geef dit bestand een andere naam")
                document = load(file, document_id)
            except DocumentError as exc:
                rejected.append(Rejection(path=str(file), reason=str(exc)))
                kept.add(document_id)
                continue
            kept.add(document_id)
            if other is None:
                added.append(document_id)
            elif other.document != document:
                updated.append(document_id)
            else:
                unchanged.append(document_id)
                continue
            upload = Upload(root=root, document=document)
            present[document_id] = upload
            changed.append(upload)
        folders = {str(path.resolve()) for path in paths if path.is_dir()}
        removed = sorted(name for name, upload in present.items() if upload.root in folders and name not in kept)
        self._uploads.save(changed)
        for name in removed:
            self._uploads.remove(name)
        return IngestReport(
            added=tuple(added), updated=tuple(updated), removed=tuple(removed), unchanged=tuple(unchanged), rejected=tuple(rejected)
        )

    def remove(self, document_id: str) -> bool:
        """Take an added document out; False when there is no such document. Corpus articles cannot be removed here."""
        with self._store.writer():
            if not self._uploads.remove(document_id):
                return False
            self._build(self._progress)
        self._reload()
        return True

    def documents(self) -> list[Document]:
        """The documents that were added, ordered by id."""
        return [upload.document for upload in self._uploads.all()]

    def corpus(self) -> Corpus:
        """The articles, topics and figures of the corpus folders."""
        with self._lock:
            if self._corpus is None:
                self._corpus = read_corpus(self.settings.corpus_dirs)
            return self._corpus

    # --- The index ---------------------------------------------------------------------------------------------------

    def status(self) -> IndexStatus:
        """Which index is in use, and whether it still fits the corpus and the model."""
        knowledge = self._current()
        manifest = knowledge.index.manifest
        return IndexStatus(
            version=knowledge.version,
            chunks=manifest.chunks,
            documents=manifest.documents,
            embedding_model=manifest.embedding_name,
            engine=self.engine,
            built_at=manifest.built_at,
            stale=manifest.fingerprint != self._fingerprint(),
            drift=0.0,
        )

    @property
    def engine(self) -> str:
        """What writes the answers."""
        return self.settings.llm or EXTRACTIVE

    def rebuild(self, progress: Progress | None = None) -> IndexStatus:
        """Build the index anew from the corpus and the added documents."""
        with self._store.writer():
            self._build(progress or self._progress)
        self._reload()
        return self.status()

    def _build_if_stale(self) -> None:
        manifest = self._store.current_manifest()
        if manifest is not None and manifest.fingerprint == self._fingerprint():
            return
        with self._store.writer():
            manifest = self._store.current_manifest()  # another process may have built it while this one waited
            if manifest is None or manifest.fingerprint != self._fingerprint():
                self._build(self._progress)

    def _build(self, progress: Progress) -> None:
        fingerprint = self._fingerprint()
        corpus = read_corpus(self.settings.corpus_dirs)
        with self._lock:
            self._corpus = corpus
        documents = [*corpus.documents, *(upload.document for upload in self._uploads.all())]
        self._store.build(documents, self._model, fingerprint.corpus, progress)

    def _fingerprint(self) -> Fingerprint:
        return Fingerprint(
            embedding=self._model.fingerprint,
            corpus=f"{corpus_fingerprint(self.settings.corpus_dirs)}-{self._uploads.fingerprint()}",
        )

    def _open_knowledge(self) -> _Knowledge:
        try:
            index = self._store.open_current()
        except VectorIndexError as exc:
            logger.warning("De index is onbruikbaar en wordt opnieuw gebouwd: %s", exc)
            with self._store.writer():
                self._build(self._progress)
            index = self._store.open_current()
        retriever = HybridRetriever(index=index, model=self._model, ranker=self._ranker, synonyms=SynonymIndex(index.synonyms))
        return _Knowledge(index.folder.name, index, retriever)

    def _current(self) -> _Knowledge:
        """The open index; another process may have swapped in a newer one, which is then opened."""
        version = self._store.current()
        if version is not None and version != self._knowledge.version:
            self._reload()
        return self._knowledge

    def _reload(self) -> None:
        with self._lock:
            if self._store.current() == self._knowledge.version:
                return
            fresh = self._open_knowledge()
            for old in self._retired:
                old.index.close()
            self._retired = [self._knowledge]
            self._knowledge = fresh
            self._corpus = None

    def close(self) -> None:
        """Release the index; the assistant cannot be used afterwards."""
        with self._lock:
            for knowledge in (*self._retired, self._knowledge):
                knowledge.index.close()
            self._retired = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def corpus_fingerprint(folders: Sequence[Path]) -> str:
    """A hash of every corpus file, by name and content; it does not parse them."""
    digest = hashlib.sha256()
    for folder in folders:
        if not folder.is_dir():
            continue
        paths = [*article_paths(folder), *sorted((folder / FIGURES_FOLDER).glob("*.yaml")), folder / TOPICS_FILE]
        for path in paths:
            if path.is_file():
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def _share(score: float, best: float) -> float:
    """A score in [0, 1] beside the best one: 1 for the best, less as it falls behind on the logistic scale of the ranker."""
    return round(float(2.0 ** (score - best)), 4)


def _files_with_roots(paths: Sequence[Path]) -> Iterator[tuple[str, Path, str]]:
    for path in paths:
        root = path if path.is_dir() else path.parent
        for file, document_id in find_files([path]):
            yield str(root.resolve()), file, document_id


def _reading(found: Sequence[_Found]) -> list[str]:
    """A line that says which words were read differently from how they were typed."""
    repairs = dict(repair for one in found for repair in one.query.repairs)
    if not repairs:
        return []
    return [f"_Ik las {', '.join(f'‘{right}’' for right in dict.fromkeys(repairs.values()))}._"]


def _is_cited(candidate: Candidate, draft: Draft) -> bool:
    return any((c.document_id, c.heading) == (candidate.chunk.document_id, candidate.chunk.heading) for c in draft.citations)


def _join(questions: Sequence[str], drafts: Sequence[Draft]) -> Draft:
    """The answers to several questions one after the other, their citations numbered through."""
    if len(drafts) == 1:
        return drafts[0]
    pieces: list[str] = []
    citations = []
    for question, draft in zip(questions, drafts, strict=True):
        offset = len(citations)
        pieces.append(f"**{question}**")
        pieces.extend(re.sub(r"\[(\d+)\]", lambda match, offset=offset: f"[{int(match.group(1)) + offset}]", piece) for piece in draft.pieces)  # type: ignore[misc]
        citations.extend(citation.model_copy(update={"number": citation.number + offset}) for citation in draft.citations)
    return Draft(
        pieces=tuple(pieces),
        citations=tuple(citations),
        warnings=tuple(dict.fromkeys(warning for draft in drafts for warning in draft.warnings)),
    )
