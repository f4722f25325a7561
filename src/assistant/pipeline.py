"""The assistant, put together: the only place that chooses implementations.

A question goes through one LangChain ``Runnable``: rewrite, retrieve, judge, write. A document goes through loading,
splitting, embedding and a new index version. Both engines share every step but the last.
"""

import dataclasses
import hashlib
import json
import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda
from pydantic import ConfigDict

from assistant.articles import ASKED_FILE, FIGURES_FOLDER, MARKETPLACES, TOPICS_FILE, Corpus, article_paths, read_corpus
from assistant.calculation import Calculator, WorkedSum, asks_for_sum
from assistant.confidence import Confidence, Judge, Scope
from assistant.conversation import REFUSAL_OPENING, Part, Reading, read_in_context, read_parts
from assistant.documents import Answer, Article, Citation, Document, Hit, IngestReport, Record, Rejection, StreamEvent, Turn
from assistant.embeddings import EmbeddingModel, load_embedding_model
from assistant.errors import DocumentError, LanguageModelError, QuestionError, VectorIndexError
from assistant.generation import Draft, citation_of, compose, freshness, warnings
from assistant.generative import GenerativeEngine, TextModel
from assistant.grounding import GroundedText
from assistant.index import Fingerprint, IndexStore, KnowledgeIndex, Progress
from assistant.language_models import open_language_model
from assistant.late_interaction import LATE_FOLDER, LateInteraction
from assistant.loaders import find_files, load
from assistant.query_rewriting import Query, SynonymIndex, analyse, check_question, without_commands
from assistant.retrievers import Candidate, Context, HybridRetriever, Ranker
from assistant.selection import RankedFact, Relevance, Selector, rank_facts
from assistant.settings import BUNDLED_MODEL, Settings
from assistant.suggestions import suggest
from assistant.uploads import Upload, Uploads

logger = logging.getLogger(__name__)

CANDIDATES = 12
CANDIDATES_FOR_FACTS = 8
CHUNKS_FOR_MODEL = 6
# Two parts of a message are about one section when it scores this close to the best one for both (52 double questions of
# training/spoken.jsonl: no more are taken together wrongly than at 0).
SAME_SECTION_MARGIN = 0.7
EXTRACTIVE = "extractive"
FALLBACK_NOTICE = "Dit antwoord komt rechtstreeks uit de kennisbank, zonder taalmodel."
_MARK = re.compile(r"\[(\d+)\]")
_VERDICT = re.compile(r"^\*\*(?:Ja|Nee|Alleen onder voorwaarden)\.\*\* ")
# A statement runs up to and including its marks.
_STATEMENT = re.compile(r".*?(?:\[\d+\](?:\s*\[\d+\])*\s*|$)")
REFUSAL = f"{REFUSAL_OPENING}: ik vind in mijn kennisbank geen antwoord op deze vraag."


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


@dataclasses.dataclass(frozen=True)
class _Knowledge:
    """One open version of the index with what searches it."""

    version: str
    index: KnowledgeIndex
    retriever: HybridRetriever
    calculator: Calculator


class _Request(NamedTuple):
    question: str
    history: tuple[Turn, ...]
    marketplace: str
    topic: str | None


class _Found(Record):
    """A question, as typed and as it reads by itself, with what was found for it."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    typed: str
    question: str
    query: Query
    candidates: tuple[Candidate, ...]
    ranked: tuple[RankedFact, ...]
    chance: float
    worked: WorkedSum | None = None


class _Retrieved(NamedTuple):
    request: _Request
    standalone: str
    knowledge: _Knowledge
    found: list[_Found]
    whole: _Found


class Assistant:
    """Answers questions about selling on Amazon from its knowledge base. Thread-safe; close it, or use it as a context."""

    def __init__(self, settings: Settings, model: EmbeddingModel, progress: Progress, language_model: TextModel | None = None) -> None:
        self.settings = settings
        self._model = model
        self._progress = progress
        self._store = IndexStore(settings.data_dir / "index", settings.chroma_url)
        self._uploads = Uploads(settings.data_dir / "documents")
        self._ranker = Ranker.load(BUNDLED_MODEL / "ranker.json")
        self._late = LateInteraction.load(BUNDLED_MODEL / LATE_FOLDER)
        self._selector = Selector.load(BUNDLED_MODEL / "selection.json")
        self._relevance = Relevance.load(BUNDLED_MODEL / "relevance.json")
        self._judge = Judge(Confidence.load(BUNDLED_MODEL / "confidence.json"), Scope.load(BUNDLED_MODEL / "scope.json"))
        self._lock = threading.RLock()
        self._retired: list[_Knowledge] = []
        self._corpus: Corpus | None = None
        self._build_if_stale()
        self._knowledge = self._open_knowledge()
        self._engine = _open_engine(settings, language_model)
        self._chain: Runnable[_Request, StreamEvent] = (
            RunnableLambda(self._rewrite) | RunnableLambda(self._retrieve) | RunnableGenerator(self._write)
        )

    @classmethod
    def open(cls, settings: Settings | None = None, *, progress: Progress | None = None, language_model: TextModel | None = None) -> Self:
        """An assistant that is ready to answer; the index is built when it is missing or stale.

        Args:
            settings: where everything is; by default read from the environment.
            progress: told the stage (in Dutch), how many are done and how many there are.
            language_model: writes the answers instead of the one that the settings name.

        Raises:
            CorpusError: a corpus file breaks the schema.
            AssistantError: a setting, the model or the index is wrong; the message says what to do.
        """
        chosen = settings or Settings.load()
        return cls(chosen, load_embedding_model(chosen.model_folder_or_name), progress or _quiet, language_model)

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
        for event in self.stream(question, history, marketplace, topic):
            if event.answer is not None:
                return event.answer
        raise RuntimeError("the chain ended without an answer")

    def stream(
        self, question: str, history: Sequence[Turn] = (), marketplace: str | None = None, topic: str | None = None
    ) -> Iterator[StreamEvent]:
        """The same answer as it is made: pieces of text, then one event with the whole ``Answer``.

        When a language model fails halfway, the last event holds an answer without it; what counts is always that event.
        """
        started = time.perf_counter()
        request = _Request(check_question(question), tuple(history), self._marketplace(marketplace), topic)
        for event in self._chain.stream(request):
            if event.answer is not None:
                elapsed = round((time.perf_counter() - started) * 1000, 3)
                yield StreamEvent(answer=event.answer.model_copy(update={"elapsed_ms": elapsed}))
            else:
                yield event

    def search(
        self, query: str, limit: int = 10, marketplace: str | None = None, topic: str | None = None, history: Sequence[Turn] = ()
    ) -> list[Hit]:
        """The chunks that fit a query best, best first; with a history, those that the same question is answered from.

        Raises:
            QuestionError: there is nothing to search for.
            ValueError: ``limit`` is below 1.
        """
        if limit < 1:
            raise ValueError(f"limit is {limit}; expected 1 or more")
        knowledge = self._current()
        request, reading = _Request(check_question(query), tuple(history), self._marketplace(marketplace), topic), Reading(standalone=query)
        if history:
            request, reading = self._rewrite(request)
        _, found = self._candidates(Part(typed=request.question, reading=reading), knowledge, request, limit)
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

    def _marketplace(self, chosen: str | None) -> str:
        code = (chosen or self.settings.marketplace).strip().upper()
        if code not in MARKETPLACES:
            raise QuestionError(f"De winkel {chosen!r} ken ik niet; kies uit {', '.join(MARKETPLACES)}")
        return code

    def _rewrite(self, request: _Request) -> tuple[_Request, Reading]:
        request = request._replace(question=without_commands(request.question))
        return request, read_in_context(request.question, request.history)

    def _retrieve(self, rewritten: tuple[_Request, Reading]) -> _Retrieved:
        request, reading = rewritten
        knowledge = self._current()
        found = self._find_parts(read_parts(request.question, request.history), knowledge, request)
        whole = found[0]
        if len(found) > 1:
            whole = self._find(Part(typed=request.question, reading=reading), knowledge, request)
            found = _merged(found, whole, self._judge.threshold)
        found = _with_sums(found, reading.standalone, request, knowledge.calculator)
        return _Retrieved(request, reading.standalone, knowledge, found, whole)

    def _find_parts(self, parts: Sequence[Part], knowledge: _Knowledge, request: _Request) -> list[_Found]:
        """What is found for each part of a message; a part is read without a first one that nothing is known about."""
        first = self._find(parts[0], knowledge, request)
        found = [first]
        for part in parts[1:]:
            alone = part.alone and first.chance < self._judge.threshold
            own = self._find(
                Part(typed=part.typed, reading=Reading(standalone=part.alone if alone else part.reading.standalone)), knowledge, request
            )
            # Where it is found is searched in context; whether it is known is judged on the part written out, as a question alone is.
            found.append(own if alone else self._find(part, knowledge, request).model_copy(update={"chance": own.chance}))
        return found

    def _find(self, part: Part, knowledge: _Knowledge, request: _Request) -> _Found:
        """What is found for a question, or for one part of a message."""
        query, candidates = self._candidates(part, knowledge, request, CANDIDATES)
        vector = self._model.encode_query(query.text)
        few = candidates[:CANDIDATES_FOR_FACTS]
        ranked = tuple(rank_facts(query, vector, few, knowledge.index, self._selector, self._relevance))
        chance = self._judge.chance(part.reading.standalone, query, candidates, ranked, knowledge.index)
        return _Found(typed=part.typed, question=part.reading.standalone, query=query, candidates=candidates, ranked=ranked, chance=chance)

    def _candidates(self, part: Part, knowledge: _Knowledge, request: _Request, limit: int) -> tuple[Query, tuple[Candidate, ...]]:
        """A question as it is read, and the chunks found for it in its conversation."""
        query = self._analyse(part.reading.standalone, knowledge, request.marketplace)
        context = self._context(part.reading, knowledge, request)
        searched = self._analyse(part.typed, knowledge, request.marketplace) if context else query
        return query, tuple(knowledge.retriever.retrieve(searched, limit, request.topic, context))

    def _context(self, reading: Reading, knowledge: _Knowledge, request: _Request) -> Context | None:
        """What the conversation, or the rest of the message, adds to a question; nothing when it stands alone."""
        if not reading.in_context:
            return None
        query = self._analyse(reading.in_context, knowledge, request.marketplace)
        said = self._analyse(reading.said_before, knowledge, request.marketplace)
        before = knowledge.retriever.retrieve(said, 1, request.topic) if reading.said_before else []
        chunk = before[0].chunk if before else None
        return Context(query=query, document_id=chunk.document_id if chunk else "", heading=chunk.heading if chunk else "")

    def _write(self, inputs: Iterator[_Retrieved]) -> Iterator[StreamEvent]:
        for retrieved in inputs:
            answered = [one for one in retrieved.found if (one.worked and one.worked.is_sum) or one.chance >= self._judge.threshold]
            if not answered:
                yield from _told(self._refuse(retrieved))
            elif self._engine is None:
                yield from _told(self._extract(retrieved, answered))
            else:
                yield from self._generate(self._engine, retrieved, answered)

    def _extract(self, retrieved: _Retrieved, answered: Sequence[_Found]) -> Answer:
        """The answer of the extractive engine."""
        drafts = [self._draft(one, len(answered)) for one in answered]
        draft = _join([one.typed for one in answered], drafts) or self._draft_of_whole(retrieved, answered)
        missed = [one.typed for one in retrieved.found if one not in answered]
        pieces = [*_reading(answered), *draft.pieces, *(f"Over ‘{question}’ vind ik niets in mijn kennisbank." for question in missed)]
        return self._finish(retrieved, answered, "\n\n".join(pieces), draft.citations, draft.warnings, EXTRACTIVE)

    def _generate(self, engine: GenerativeEngine, retrieved: _Retrieved, answered: Sequence[_Found]) -> Iterator[StreamEvent]:
        """The answer of the language model, statement by statement; that of the extractive engine when the model fails."""
        chosen = _spread([one.candidates for one in answered], CHUNKS_FOR_MODEL)
        chunks = [candidate.chunk for candidate in chosen]
        try:
            for item in engine.answer(retrieved.standalone, chunks, retrieved.request.history):
                if isinstance(item, str):
                    yield StreamEvent(text=item)
                elif item.unknown:
                    yield StreamEvent(answer=self._refuse(retrieved).model_copy(update={"engine": engine.name}))
                else:
                    yield StreamEvent(answer=self._generated(engine.name, retrieved, answered, chosen, item))
        except LanguageModelError as exc:
            logger.warning("Answered without the language model: %s", exc)
            answer = self._extract(retrieved, answered)
            yield StreamEvent(answer=answer.model_copy(update={"warnings": (*answer.warnings, f"{FALLBACK_NOTICE} ({exc})")}))

    def _generated(
        self, name: str, retrieved: _Retrieved, answered: Sequence[_Found], chosen: Sequence[Candidate], text: GroundedText
    ) -> Answer:
        """The grounded text with its citations numbered in the order of the chunks that are used."""
        numbers = {support.number: place for place, support in enumerate(text.used, 1)}
        body = re.sub(r"\[(\d+)\]", lambda match: f"[{numbers[int(match.group(1))]}]" if int(match.group(1)) in numbers else "", text.text)
        used = [chosen[support.number - 1] for support in text.used]
        citations = [
            citation_of(candidate, support.quote, numbers[support.number]) for candidate, support in zip(used, text.used, strict=True)
        ]
        chunks = [candidate.chunk for candidate in used]
        notes = tuple(warnings(answered[0].query, chunks, citations, date.today()))
        pieces = [*_reading(answered), body.strip(), freshness(citations, chunks)]
        return self._finish(retrieved, answered, "\n\n".join(piece for piece in pieces if piece), tuple(citations), notes, name)

    def _finish(
        self,
        retrieved: _Retrieved,
        answered: Sequence[_Found],
        text: str,
        citations: tuple[Citation, ...],
        notes: tuple[str, ...],
        engine: str,
    ) -> Answer:
        cited = {(citation.document_id, citation.heading) for citation in citations}
        used = [c.chunk for one in answered for c in one.candidates if (c.chunk.document_id, c.chunk.heading) in cited]
        asked = [retrieved.standalone, *(turn.question for turn in retrieved.request.history)]
        return Answer(
            text=text,
            citations=citations,
            answered=True,
            engine=engine,
            standalone_question=retrieved.standalone,
            suggestions=suggest(_spread([one.candidates for one in answered], CANDIDATES), used, retrieved.knowledge.index, asked),
            warnings=notes,
            confidence=min(one.chance for one in answered),
        )

    def _draft(self, found: _Found, parts: int) -> Draft:
        candidates = found.candidates[:CANDIDATES_FOR_FACTS]
        if parts == 1:
            return compose(found.query, candidates, found.ranked, date.today(), worked=found.worked)
        return compose(found.query, candidates, found.ranked, date.today(), budget=420, worked=found.worked)

    def _draft_of_whole(self, retrieved: _Retrieved, answered: Sequence[_Found]) -> Draft:
        """One answer to the whole message, with the sum that a part of it gave."""
        worked = next((one.worked for one in answered if one.worked), None)
        return self._draft(retrieved.whole.model_copy(update={"worked": worked}), 1)

    def _refuse(self, retrieved: _Retrieved) -> Answer:
        found = max(retrieved.found, key=lambda one: one.chance)
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
            standalone_question=retrieved.standalone,
            suggestions=suggest(found.candidates, [], retrieved.knowledge.index, [retrieved.standalone]),
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
        articles = {document.document_id for document in self.corpus().documents}
        added, updated, unchanged = list[str](), list[str](), list[str]()
        rejected: list[Rejection] = []
        kept: set[str] = set()
        changed: list[Upload] = []
        for root, file, document_id in _files_with_roots(paths):
            try:
                if not file.is_file():
                    raise DocumentError("het bestand of de map bestaat niet")
                if document_id in articles:
                    raise DocumentError(f"{document_id} is de naam van een artikel in de kennisbank; geef dit bestand een andere naam")
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
            drift=self._drift(knowledge.index),
        )

    def _drift(self, index: KnowledgeIndex) -> float:
        """The share of chunks in [0, 1] that differ from what the bundled model was trained on; 0 for another model."""
        trained_on = BUNDLED_MODEL / "training.json"
        if self.settings.embedding_model or not trained_on.is_file():
            return 0.0
        known = set(json.loads(trained_on.read_text("utf-8"))["text_ids"])
        ids = index.text_ids()
        return round(sum(name not in known for name in ids) / max(1, len(ids)), 4)

    @property
    def engine(self) -> str:
        """What writes the answers."""
        return self._engine.name if self._engine else EXTRACTIVE

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
        articles = {document.document_id for document in corpus.documents}
        added = [upload.document for upload in self._uploads.all()]
        for document in added:
            if document.document_id in articles:
                logger.warning("Het toegevoegde document %s heet als een artikel en doet niet mee", document.document_id)
        documents = [*corpus.documents, *(document for document in added if document.document_id not in articles)]
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
        retriever = HybridRetriever(
            index=index, model=self._model, ranker=self._ranker, synonyms=SynonymIndex(index.synonyms), late=self._late
        )
        return _Knowledge(index.folder.name, index, retriever, Calculator(lambda: [index.chunk(row) for row in range(len(index))]))

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
        paths = [*article_paths(folder), *sorted((folder / FIGURES_FOLDER).glob("*.yaml")), folder / TOPICS_FILE, folder / ASKED_FILE]
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


def _told(answer: Answer) -> Iterator[StreamEvent]:
    """A finished answer as a stream of its words."""
    for piece in re.findall(r"\S+\s*|\s+", answer.text):
        yield StreamEvent(text=piece)
    yield StreamEvent(answer=answer)


def _spread(candidates: Sequence[Sequence[Candidate]], limit: int) -> list[Candidate]:
    """The best candidates of each question in turn, each chunk once."""
    chosen: dict[int, Candidate] = {}
    for rank in range(max(map(len, candidates))):
        for own in candidates:
            if rank < len(own) and len(chosen) < limit:
                chosen.setdefault(own[rank].row, own[rank])
    return list(chosen.values())


def _open_engine(settings: Settings, language_model: TextModel | None) -> GenerativeEngine | None:
    if language_model is None and not settings.llm:
        return None
    return GenerativeEngine(language_model or open_language_model(settings), timeout_seconds=settings.llm_timeout_seconds)


def _merged(found: Sequence[_Found], whole: _Found, threshold: float) -> list[_Found]:
    """The parts of a message, or the whole message when one section is about the best for all parts that are known."""
    known = [one for one in found if one.chance >= threshold]
    if len(known) < len(found) or not set.intersection(*(_leading_sections(one) for one in found)):
        return list(found)
    chance = max(one.chance for one in (whole, *found))
    return [whole.model_copy(update={"ranked": _with_best_of(found, whole), "chance": chance})]


def _with_best_of(found: Sequence[_Found], whole: _Found) -> tuple[RankedFact, ...]:
    """The facts of the whole message; the likeliest one for each of its parts is as likely as the likeliest for the whole."""
    best = {(one.candidates[one.ranked[0].candidate].row, one.ranked[0].place) for one in found if one.ranked}
    highest = {
        "chance": max((fact.chance for fact in whole.ranked), default=0.0),
        "belongs": max((fact.belongs for fact in whole.ranked), default=0.0),
    }
    lifted = [
        fact.model_copy(update=highest) if (whole.candidates[fact.candidate].row, fact.place) in best else fact for fact in whole.ranked
    ]
    return tuple(sorted(lifted, key=lambda fact: -fact.chance))


def _leading_sections(found: _Found) -> set[int]:
    """The chunks that were found with about the score of the best one."""
    return {one.row for one in found.candidates if one.score >= found.candidates[0].score - SAME_SECTION_MARGIN}


def _with_sums(found: Sequence[_Found], standalone: str, request: _Request, calculator: Calculator) -> list[_Found]:
    """The questions with what can be worked out for each; the whole message, when no part of it gives a sum.

    A question is reckoned with as typed, and with its spelling repaired only when that gives nothing: a repair may change a product.
    """

    def sum_of(one: _Found, *texts: str) -> WorkedSum | None:
        if is_follow_up and not asks_for_sum(request.question):
            return None
        near = [candidate.chunk for candidate in one.candidates]
        return calculator.work_out(texts, near, marketplace=request.marketplace, today=date.today())

    is_follow_up = standalone != request.question
    # A part may leave the figures to the sentence before it: "Mijn puzzel kost 20 euro. Wat is de commissie, en de prijs zonder btw?"
    statements = " ".join(sentence for sentence in re.split(r"(?<=[?!.])\s+", standalone) if not sentence.endswith("?"))
    worked: list[_Found] = []
    for one in found:
        result = sum_of(one, one.question, f"{statements} {one.question}", one.query.text)
        is_told = result is not None and any(other.worked and other.worked.text == result.text for other in worked)
        worked.append(one.model_copy(update={"worked": None if is_told else result}))
    if any(one.worked and one.worked.is_sum for one in worked):
        return worked
    before = [f"{request.history[-1].question} {request.question}"] if request.history else []
    whole = sum_of(worked[0], standalone, *before)
    return [worked[0].model_copy(update={"worked": whole or worked[0].worked}), *worked[1:]]


def _join(questions: Sequence[str], drafts: Sequence[Draft]) -> Draft | None:
    """The answers to several questions one after the other; no sentence is stated and no section cited twice.

    Nothing when one of them adds no statement to those before it.
    """
    if len(drafts) == 1:
        return drafts[0]
    pieces: list[str] = []
    citations: list[Citation] = []
    stated: set[str] = set()
    for question, draft in zip(questions, drafts, strict=True):
        numbers = _added(draft.citations, citations)
        own = [piece for piece in (_unstated(_renumbered(piece, numbers), stated) for piece in draft.pieces) if piece]
        if not any(_MARK.search(piece) for piece in own):
            return None
        pieces.extend([f"**{question}**", *own])
    last = {piece: place for place, piece in enumerate(pieces)}
    pieces = [piece for place, piece in enumerate(pieces) if last[piece] == place]
    used = sorted({int(number) for piece in pieces for number in _MARK.findall(piece)})
    numbers = {number: place for place, number in enumerate(used, 1)}
    return Draft(
        pieces=tuple(_renumbered(piece, numbers) for piece in pieces),
        citations=tuple(citations[number - 1].model_copy(update={"number": place}) for number, place in numbers.items()),
        warnings=tuple(dict.fromkeys(warning for draft in drafts for warning in draft.warnings)),
    )


def _added(own: Sequence[Citation], citations: list[Citation]) -> dict[int, int]:
    """Add citations to those there are, one for each section; gives the new number of each."""
    numbers: dict[int, int] = {}
    for citation in own:
        place = next(
            (place for place, other in enumerate(citations) if other.text == citation.text and other.heading == citation.heading), None
        )
        if place is None:
            place = len(citations)
            citations.append(citation.model_copy(update={"number": place + 1}))
        else:
            quoted = dict.fromkeys([*citations[place].quote.split("\n"), *citation.quote.split("\n")])
            citations[place] = citations[place].model_copy(update={"quote": "\n".join(quoted)})
        numbers[citation.number] = place + 1
    return numbers


def _unstated(piece: str, stated: set[str]) -> str:
    """A piece of an answer without what was stated before; a table or the steps of a list stay together."""
    together = piece.startswith(("|", "1. "))
    parts = [piece.split("\n")] if together else [_STATEMENT.findall(line) for line in piece.split("\n")]
    kept: list[str] = []
    for statements in parts:
        fresh = [statement for statement in statements if _plain_words(statement) not in stated]
        stated.update(_plain_words(statement) for statement in statements if _MARK.search(statement))
        if any(_MARK.search(statement) for statement in fresh) or not _MARK.search("".join(statements)):
            kept.append("\n".join(statements) if together else "".join(fresh).strip())
    return "\n".join(kept)


def _plain_words(statement: str) -> str:
    """A statement without its marks and the verdict in front of it."""
    return _MARK.sub("", _VERDICT.sub("", statement)).strip()


def _renumbered(piece: str, numbers: Mapping[int, int]) -> str:
    return _MARK.sub(lambda match: f"[{numbers[int(match.group(1))]}]", piece)
