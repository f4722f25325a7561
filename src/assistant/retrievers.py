"""Finds the chunks that answer a question: BM25 over several fields and dense vectors, fused by learned weights.

Second step of the path of a question. Each signal proposes candidates; every candidate then gets its features, and one
linear score orders them. The best few are read word by word and ordered anew. The weights are learned on questions that neither
the embedding model nor the index has seen (``training/train_ranker.py``) and stand in ``model/ranker.json``.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from numpy.typing import NDArray
from pydantic import ConfigDict

from assistant.bm25 import Bm25Index
from assistant.documents import Chunk, Record
from assistant.embeddings import EmbeddingModel, Vectors
from assistant.errors import VectorIndexError
from assistant.index import KnowledgeIndex
from assistant.late_interaction import LateInteraction, Match
from assistant.query_rewriting import Query, SynonymIndex, analyse
from assistant.question_shapes import Shape, question_shape

# More of either finds nothing more on 448 development questions and costs time.
CANDIDATES_PER_SIGNAL: Final = 25
DENSE_UNITS: Final = 80
# So many of the best are read word by word, and ordered anew.
READ_CLOSELY: Final = 8
# How a follow-up is ranked, measured by ``python -m training.conversations``: the reading in context counts as much as the
# question as typed; the article of the answer before it is likelier, the section that was just shown less so.
CONTEXT_SHARE: Final = 0.4
SAME_ARTICLE: Final = 2.4
SAME_SECTION: Final = -0.6

FEATURES: Final = (
    "body", "body_coverage", "heading", "heading_coverage", "all", "all_coverage", "question", "ngrams", "expansions",
    "dense_chunk", "dense_question", "dense_question_mean", "dense_fact", "marketplace", "steps_wanted", "comparison_wanted",
    "late", "late_fact", "late_missed", "late_missed_most",
)  # fmt: skip

_LATE: Final = FEATURES[FEATURES.index("late") :]

# What a question of a certain shape is best answered with.
_FORMS: Final[Mapping[str, Shape]] = {"steps_wanted": "how", "comparison_wanted": "comparison"}
_COMPARING_HEADING: Final = re.compile(r"\bverschil|\bvergelijk|naast elkaar|\bof\b|\bversus\b|\bvs\b|beter|kiezen|past\b", re.IGNORECASE)


class Ranker(Record):
    """Learned weights: ``score = sum(weight * feature)``, and the line from features to a chance of being right."""

    weights: dict[str, float]
    bias: float = 0.0

    @classmethod
    def load(cls, path: Path) -> "Ranker":
        """Read the weights.

        Raises:
            VectorIndexError: the file is missing or names features that do not exist.
        """
        try:
            ranker = cls.model_validate(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as exc:  # pydantic's ValidationError is a ValueError
            raise VectorIndexError(f"De gewichten in {path} zijn onleesbaar of van een andere versie; installeer opnieuw") from exc
        unknown = set(ranker.weights) - set(FEATURES)
        if unknown:
            raise VectorIndexError(f"De gewichten in {path} noemen onbekende kenmerken: {', '.join(sorted(unknown))}")
        return ranker

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 ``(n,)`` from ``(n, len(FEATURES))``."""
        vector = np.array([self.weights.get(name, 0.0) for name in FEATURES], dtype=np.float32)
        return features @ vector + np.float32(self.bias)


class Candidate(Record):
    """A chunk found for a question, with its score and what the score is made of.

    ``fact_matches`` says for each of its facts how it matches the question word by word; empty when it was not read that way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    row: int
    chunk: Chunk
    score: float
    features: Mapping[str, float]
    fact_matches: tuple[float, ...] = ()


class Context(Record):
    """What the conversation adds to a question: how it reads there, and the section that the answer before it came from."""

    query: Query
    document_id: str = ""
    heading: str = ""


class HybridRetriever(BaseRetriever):
    """LangChain's view of the search, and the search itself (``retrieve``)."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: KnowledgeIndex
    model: EmbeddingModel
    ranker: Ranker
    synonyms: SynonymIndex
    late: LateInteraction | None = None
    read_closely: int = READ_CLOSELY
    limit: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[LangChainDocument]:
        found = self.retrieve(analyse(query, self.index.vocabulary, self.synonyms), self.limit)
        return [
            LangChainDocument(
                page_content=candidate.chunk.text,
                metadata={
                    "document_id": candidate.chunk.document_id,
                    "title": candidate.chunk.title,
                    "heading": candidate.chunk.heading,
                    "score": candidate.score,
                },
            )
            for candidate in found
        ]

    def retrieve(self, query: Query, limit: int, topic: str | None = None, context: Context | None = None) -> list[Candidate]:
        """The best chunks for a question, best first; ties keep the order of the corpus.

        Args:
            query: as ``analyse`` gives it.
            limit: how many at the most.
            topic: keep only chunks of this topic.
            context: the conversation that a follow-up belongs to.
        """
        if not len(self.index) or limit < 1:
            return []
        searches = [self._search(query), *([self._search(context.query)] if context else [])]
        rows = np.unique(np.concatenate([search.rows for search in searches]))
        if topic:
            rows = np.array([row for row in rows if self.index.chunk(int(row)).topic == topic], dtype=np.int64)
        if not len(rows):
            return []
        features = self._features(searches[0], rows)
        scores = self.ranker.score(features)
        if context:
            features = (1 - CONTEXT_SHARE) * features + CONTEXT_SHARE * self._features(searches[1], rows)
            features[:, [FEATURES.index(name) for name in _FORMS]] = 0.0  # the subject of a follow-up weighs more than its form
            scores = self.ranker.score(features) + self._nearness(rows, context)
        order = np.lexsort((rows, -scores))[: max(limit, self.read_closely)]
        matches: list[Match] = []
        if self.late is not None:
            rows, features, scores = rows[order], features[order], scores[order]
            few = slice(self.read_closely)
            matches = self._read_closely(query, rows[few], context)
            before = self.ranker.score(features[few])
            features[few, -len(_LATE) :] = [match[: len(_LATE)] for match in matches]
            scores[few] += self.ranker.score(features[few]) - before
            scores[self.read_closely :] = np.minimum(scores[self.read_closely :], scores[few].min())  # the others stay behind
            order = np.lexsort((np.arange(len(rows)) >= self.read_closely, -scores))
        return [
            Candidate(
                row=int(rows[place]),
                chunk=self.index.chunk(int(rows[place])),
                score=float(scores[place]),
                features=dict(zip(FEATURES, map(float, features[place]), strict=True)),
                fact_matches=matches[place].facts if place < len(matches) else (),
            )
            for place in order[:limit]
        ]

    def _read_closely(self, query: Query, rows: NDArray[np.int64], context: Context | None) -> list[Match]:
        """How each chunk matches the question as typed, and as it reads in its conversation, word by word."""
        assert self.late is not None
        chunks = [self.index.chunk(int(row)) for row in rows]
        own = self.late.match(query.text, chunks)
        if context is None:
            return own
        return [_mixed(one, other) for one, other in zip(own, self.late.match(context.query.text, chunks), strict=True)]

    def _search(self, query: Query) -> "_Search":
        """The chunks that any signal proposes, with what is needed to weigh them."""
        vector = self.model.encode_query(query.text)
        question_scores = self._question_scores(query)
        return _Search(query, vector, question_scores, self._candidate_rows(query, vector, question_scores))

    def _nearness(self, rows: NDArray[np.int64], context: Context) -> NDArray[np.float32]:
        """float32 ``(len(rows),)``: what a chunk gains or loses by where the answer before came from."""
        chunks = [self.index.chunk(int(row)) for row in rows]
        gains = [
            SAME_ARTICLE * (chunk.document_id == context.document_id)
            + SAME_SECTION * ((chunk.document_id, chunk.heading) == (context.document_id, context.heading))
            for chunk in chunks
        ]
        return np.array(gains, dtype=np.float32)

    def _question_scores(self, query: Query) -> NDArray[np.float32]:
        """float32 ``(n_questions,)``: BM25 of each corpus question, as a share of what a perfect match would get."""
        field = self.index.fields["questions"]
        return field.scores(query.tokens)[: int(self.index.question_starts[-1])] / _ceiling(field, query.tokens)

    def _candidate_rows(self, query: Query, vector: Vectors, question_scores: NDArray[np.float32]) -> NDArray[np.int64]:
        rows: set[int] = set()
        every = [*query.tokens, *query.expansions]
        for name, searched in (("body", every), ("heading", every), ("all", every), ("ngrams", query.ngrams)):
            rows.update(_top(self.index.fields[name].scores(searched), CANDIDATES_PER_SIGNAL))
        for question in _top(question_scores, 2 * CANDIDATES_PER_SIGNAL):
            rows.add(int(np.searchsorted(self.index.question_starts, question, side="right")) - 1)
        for name, _ in self.index.vectors.query(vector, DENSE_UNITS):
            rows.add(int(name.partition("-")[0]))
        return np.array(sorted(row for row in rows if row < len(self.index)), dtype=np.int64)

    def _features(self, search: "_Search", rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 ``(len(rows), len(FEATURES))``, most values in [0, 1]."""
        query, question_scores = search.query, search.question_scores
        fields = self.index.fields
        features = np.zeros((len(rows), len(FEATURES)), dtype=np.float32)
        column = {name: number for number, name in enumerate(FEATURES)}
        weights = _idf(fields["body"], query.tokens)
        for name in ("body", "heading", "all"):
            matches = fields[name].matches(query.tokens, rows)
            features[:, column[name]] = matches.sum(axis=0) / max(float(weights.sum()), 1e-6)
            features[:, column[f"{name}_coverage"]] = (matches > 0).T @ weights / max(float(weights.sum()), 1e-6)
        features[:, column["ngrams"]] = fields["ngrams"].matches(query.ngrams, rows).sum(axis=0) / _ceiling(fields["ngrams"], query.ngrams)
        expansions = fields["body"].matches(query.expansions, rows).sum(axis=0) + fields["heading"].matches(query.expansions, rows).sum(
            axis=0
        )
        features[:, column["expansions"]] = np.minimum(1.0, expansions / 10.0)
        for place, row in enumerate(rows):
            start, end = int(self.index.question_starts[row]), int(self.index.question_starts[row + 1])
            if end > start:
                features[place, column["question"]] = question_scores[start:end].max()
        features[:, column["dense_chunk"] : column["dense_fact"] + 1] = self._dense(search, rows)
        named = set(query.named_marketplaces) or {query.marketplace}
        shape = question_shape(query.text)
        chunks = [self.index.chunk(int(row)) for row in rows]
        features[:, column["marketplace"]] = [_fits(chunk.marketplaces, named) for chunk in chunks]
        for name, wanted in _FORMS.items():
            if shape == wanted:
                features[:, column[name]] = [_has_form(chunk, wanted) for chunk in chunks]
        return features

    def _dense(self, search: "_Search", rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 ``(len(rows), 4)``: the chunk itself, its best question, the mean of its best three, its best fact.

        An ingested document has no questions. In their place stands its best part, at a discount, or its likeness in the
        latent space of the index where that is higher: recall at ten on a foreign documentation set rises from .884 to .904.
        """
        result = np.zeros((len(rows), 4), dtype=np.float32)
        latent = self.index.latent
        related = np.zeros(len(rows), dtype=np.float32) if latent is None else latent.likeness(search.query.tokens, rows)
        for place, row in enumerate(rows):
            likeness = self.index.row_vectors(int(row)) @ search.vector  # the chunk, its questions, its facts, then what is answered
            end = 1 + self.index.question_count(int(row))
            last = len(likeness) - len(self.index.answered_places(int(row)))
            questions, facts = likeness[1:end], likeness[end:last]
            whole, fact = max(0.0, float(likeness[0])), max(0.0, float(facts.max(initial=0.0)))
            if len(questions):
                best = (np.partition(questions, -3)[-3:] if len(questions) > 3 else questions).tolist()  # of three, lists are faster
                result[place] = whole, max(0.0, *best), sum(best) / len(best), fact
            else:
                best_part, alike = max(whole, fact), float(related[place])
                result[place] = whole, max(0.9 * best_part, alike), max(0.8 * best_part, alike), fact
        return result


class _Search(NamedTuple):
    """A question with the chunks that any signal proposes for it."""

    query: Query
    vector: Vectors
    question_scores: NDArray[np.float32]
    rows: NDArray[np.int64]


def _mixed(own: Match, other: Match) -> Match:
    """The match of a follow-up: of the question as typed, and ``CONTEXT_SHARE`` of it as it reads in its conversation."""

    def mix(one: float, two: float) -> float:
        return (1 - CONTEXT_SHARE) * one + CONTEXT_SHARE * two

    return Match(
        whole=mix(own.whole, other.whole),
        fact=mix(own.fact, other.fact),
        missed=mix(own.missed, other.missed),
        missed_most=mix(own.missed_most, other.missed_most),
        facts=tuple(map(mix, own.facts, other.facts)),
    )


def _has_form(chunk: Chunk, shape: Shape) -> bool:
    """Whether a chunk holds steps, or compares."""
    if shape == "how":
        return any(fact.kind == "step" for fact in chunk.facts)
    return _COMPARING_HEADING.search(chunk.heading) is not None


def _top(scores: NDArray[np.float32], limit: int) -> list[int]:
    """The places of the highest positive scores."""
    places = np.argpartition(-scores, limit)[:limit] if len(scores) > limit else np.arange(len(scores))
    return [int(place) for place in places if scores[place] > 0]


def _idf(field: Bm25Index, tokens: Sequence[str]) -> NDArray[np.float32]:
    return np.array([field.inverse_document_frequency(token) for token in tokens], dtype=np.float32)


def _ceiling(field: Bm25Index, tokens: Sequence[str]) -> float:
    """About what a text would score that holds every token: the sum of their idf; at least a little, so it can divide."""
    return max(1e-6, sum(field.inverse_document_frequency(token) for token in tokens))


def _fits(marketplaces: Sequence[str], wanted: set[str]) -> float:
    if not marketplaces or wanted & set(marketplaces):
        return 1.0
    return 0.7 if "EU" in marketplaces and wanted - {"UK", "US"} else 0.0
