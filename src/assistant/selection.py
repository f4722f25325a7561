"""Ranks single facts: which sentence, step or table row of the chunks found answers the question.

Third step of the path of a question. A fact's chance is its chunk's chance times its own within the chunk; both come from
learned weights (``training/train_ranker.py``, ``model/selection.json``). Whether it belongs in the answer, and whether the
answer opens with it, is read from that and from what stands beside it (``training/train_relevance.py``, ``model/relevance.json``).
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from assistant.boosted_trees import BoostedTrees
from assistant.documents import GLOSSARY, Chunk, Fact, Record, Verdict
from assistant.embeddings import Vectors
from assistant.errors import VectorIndexError
from assistant.index import ANSWERED_UNIT, ASKED_UNIT, FACT_UNIT, QUESTION_UNIT, VERDICTS, KnowledgeIndex, direction_id
from assistant.query_rewriting import Query, named_marketplaces
from assistant.question_shapes import Shape, question_shape
from assistant.retrievers import Candidate
from assistant.tokenization import Vocabulary, tokens

FACT_FEATURES: Final = (
    "dense", "dense_gap", "coverage", "coverage_with_heading", "linked", "lead", "number_wanted", "numbers_shared", "step_wanted",
    "item_wanted", "row", "warning", "tip", "leans", "reason_wanted", "verdict_wanted", "definition_wanted", "asked", "consequence_wanted", "elsewhere", "here",
    "late", "late_gap", "answered",
)  # fmt: skip
# What is known of a fact beside the others that were found; see ``_beside_others``.
RELEVANCE_FEATURES: Final = (
    *FACT_FEATURES, "chunk_gap", "chunk_chance", "chunk_log_chance", "first_chunk", "chunk_place", "own_gap", "own_chance",
    "own_log_chance", "own_score", "log_chance", "log_chance_gap", "chance", "log_place_by_chance", "chunk_of_likeliest",
    "distance_to_likeliest", "likeliest", "after_likeliest", "before_likeliest", "late_gap_of_all", "dense_gap_of_all",
    "asked_gap_of_all", "answered_gap_of_all", "log_length", "glossary", "term_wanted", "place", "chunk_size",
    "question_length", "most_asked", "most_answered",
)  # fmt: skip
# Two questions this much alike (cosine) ask the same, but for the words that turn it round. Of 126 yes-or-no questions as
# sellers type them with such a question about the same fact, one had the opposite answer (before those words were compared).
SAME_QUESTION: Final = 0.9
# From this likeness on, what answered the questions before says what belongs in this answer.
KNOWN: Final = 0.7
# A fact of the glossary counts for so much, unless a definition is asked for.
GLOSSARY_SHARE: Final = 0.04
# What an answer opens with is mostly a matter of that, and a little of whether the fact belongs in it at all.
BELONGS_IN_OPENING: Final = 0.3

_NUMBER_TOKEN = re.compile(r"\d")
_REASON = re.compile(r"\b(omdat|want|doordat|reden|zodat|anders|daardoor|daarom|oorzaak|namelijk|dus)\b", re.IGNORECASE)
_VERDICT = re.compile(
    r"\b(mag|mogen|moet|moeten|verplicht|verboden|toegestaan|niet nodig|hoeft|hoef|kan|kun|alleen als|mits|geen)\b", re.IGNORECASE
)


# "Komen ze daarachter?", "wat is het risico": the rule is half of the answer, what follows on breaking it the other half.
_ASKS_CONSEQUENCE = re.compile(
    r"\b(?:risico|gevolgen?|straf\w*|boetes?|betrapt|stiekem|ongemerkt|wegkom\w*|kwaad|achter|controle\w*|niemand|opval\w*|sanctie\w*)\b"
    r"|\bgebeur(?:t|en|d)\b|\bwat (?:dan|doet amazon)\b|\bkom ik (?:daar|er)\b|\bmerk(?:t|en)\b|\bvalt dat op\b|\bget caught|\bget away",
    re.IGNORECASE,
)
_CONSEQUENCE = re.compile(
    r"\b(?:boetes?|beboet\w*|schors\w*|geschorst|blokke\w*|geblokkeerd|deactiv\w*|gedeactiveerd|uitgesloten|uitsluit\w*|verwijder\w*|"
    r"verboden|verbiedt|waarschuwing\w*|verkooprecht\w*|strafbaar|acm|opgeheven|sluit|kwijt|verlies\w*|verliezen|intrek\w*|afgekeurd|weiger\w*|inhoud\w*)\b",
    re.IGNORECASE,
)


class Selector(Record):
    """Learned weights for facts, and how sharply chunk scores tell chunks apart."""

    weights: dict[str, float]
    temperature: float = 1.0

    @classmethod
    def load(cls, path: Path) -> "Selector":
        """Read the weights.

        Raises:
            VectorIndexError: the file is missing, damaged, or names features that do not exist.
        """
        try:
            selector = cls.model_validate(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as exc:  # pydantic's ValidationError is a ValueError
            raise VectorIndexError(f"De gewichten in {path} zijn onleesbaar of van een andere versie; installeer opnieuw") from exc
        unknown = set(selector.weights) - set(FACT_FEATURES)
        if unknown:
            raise VectorIndexError(f"De gewichten in {path} noemen onbekende kenmerken: {', '.join(sorted(unknown))}")
        return selector


class Likelihood(Record):
    """A chance from ``RELEVANCE_FEATURES``: logistic, of the mean of two log-odds.

    One is linear, ``weights . features + bias``; the other is that of trees, which see what features tell together.
    """

    weights: dict[str, float]
    bias: float
    trees: BoostedTrees

    @model_validator(mode="after")
    def _features_are_known(self) -> "Likelihood":
        unknown = set(self.weights) - set(RELEVANCE_FEATURES)
        if unknown:
            raise ValueError(f"onbekende kenmerken: {', '.join(sorted(unknown))}")
        if self.trees.features != RELEVANCE_FEATURES:
            raise ValueError("de bomen zijn voor andere kenmerken geleerd")
        return self

    def chances(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """float64 ``(n,)`` in [0, 1] from ``(n, len(RELEVANCE_FEATURES))``."""
        linear = features @ _vector(self.weights, RELEVANCE_FEATURES) + self.bias
        odds = (linear + self.trees.log_odds(features)) / 2
        result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds))
        return result


class Relevance(Record):
    """What was learned about facts beside each other: which belong in the answer, and which opens it."""

    belongs: Likelihood
    opens: Likelihood

    @classmethod
    def load(cls, path: Path) -> "Relevance":
        """Read what was learned.

        Raises:
            VectorIndexError: the file is missing, damaged, or names features that do not exist.
        """
        try:
            return cls.model_validate(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as exc:  # pydantic's ValidationError is a ValueError
            raise VectorIndexError(f"De gewichten in {path} zijn onleesbaar of van een andere versie; installeer opnieuw") from exc


class RankedFact(Record):
    """A fact with its place, its chance of being the one asked for, and the share of the question it and its heading hold.

    ``score`` is what its own features are worth, whatever stands beside it. ``belongs`` is the chance in [0, 1] that it belongs
    in the answer, ``opens`` how well the answer would open with it: higher is better. ``known`` says that a question like this
    one was answered before; if not, both are only its chance. ``verdict`` is how a question nearly the same was answered with it.
    """

    candidate: int
    place: int
    fact: Fact
    chance: float
    coverage: float
    score: float = 0.0
    belongs: float = 0.0
    opens: float = 0.0
    known: bool = False
    verdict: Verdict = ""


def rank_facts(
    query: Query, vector: Vectors, candidates: Sequence[Candidate], index: KnowledgeIndex, selector: Selector, relevance: Relevance
) -> list[RankedFact]:
    """All facts of the candidates, most likely first; chances sum to 1. A chunk without facts takes no part."""
    found = read_facts(query, vector, candidates, index, selector)
    known = bool(len(found.places)) and float(found.features[0, RELEVANCE_FEATURES.index("most_answered")]) >= KNOWN
    if known:
        belongs = _at_least_for_the_country(relevance.belongs.chances(found.features), found)
        opens = relevance.opens.chances(found.features) + BELONGS_IN_OPENING * belongs
    else:
        belongs = opens = found.chances * _terms_last(query, [candidates[number].chunk for number, _ in found.places])
    verdicts = _known_verdicts(query, vector, candidates, index)
    ranked = [
        RankedFact(
            candidate=number,
            place=place,
            fact=candidates[number].chunk.facts[place],
            chance=float(found.chances[row]),
            coverage=float(found.coverages[row]),
            score=float(found.scores[row]),
            belongs=float(belongs[row]),
            opens=float(opens[row]),
            known=known,
            verdict=verdicts.get((number, place), ""),
        )
        for row, (number, place) in enumerate(found.places)
    ]
    return sorted(ranked, key=lambda fact: (-fact.chance, fact.candidate, fact.place))


def _at_least_for_the_country(belongs: NDArray[np.float64], found: "FoundFacts") -> NDArray[np.float64]:
    """float64 ``(n,)``: a fact about the country that the question names belongs at least as much as it is likely beside the likeliest.

    Plain questions, from which it was learned what belongs, seldom name one.
    """
    here = found.features[:, RELEVANCE_FEATURES.index("here")] > 0
    return np.where(here, np.maximum(belongs, found.chances / found.chances.max()), belongs)


def _terms_last(query: Query, chunks: Sequence[Chunk]) -> NDArray[np.float64]:
    """float64 ``(n,)``: what each fact counts for; one of the glossary little, unless a definition is asked for: an article says it in its place."""
    if question_shape(query.text) == "definition":
        return np.ones(len(chunks))
    return np.array([GLOSSARY_SHARE if chunk.topic == GLOSSARY else 1.0 for chunk in chunks])


class FoundFacts(NamedTuple):
    """The facts of all candidates in their order: one row each, ``places`` being candidate and place of each."""

    places: list[tuple[int, int]]
    chances: NDArray[np.float64]
    coverages: NDArray[np.float32]
    scores: NDArray[np.float64]
    features: NDArray[np.float32]  # (n, len(RELEVANCE_FEATURES))


def read_facts(query: Query, vector: Vectors, candidates: Sequence[Candidate], index: KnowledgeIndex, selector: Selector) -> FoundFacts:
    """What is known of every fact of the candidates, by itself and beside the others."""
    holding = [(number, candidate) for number, candidate in enumerate(candidates) if candidate.chunk.facts]
    if not holding:
        empty = np.zeros(0)
        return FoundFacts([], empty, empty.astype(np.float32), empty, np.zeros((0, len(RELEVANCE_FEATURES)), dtype=np.float32))
    shape = question_shape(query.text)
    each = [fact_features(query, vector, one.row, one.chunk, index, shape, one.fact_matches) for _, one in holding]
    own = [(features @ _vector(selector.weights, FACT_FEATURES)).astype(np.float64) for features in each]
    chunk_scores = np.array([candidate.score for _, candidate in holding], dtype=np.float64)
    chunk_chances = _softmax(chunk_scores * selector.temperature)
    places = [(number, place) for number, candidate in holding for place in range(len(candidate.chunk.facts))]
    chances = np.concatenate([_softmax(scores) * chance for scores, chance in zip(own, chunk_chances, strict=True)])
    features = np.concatenate(each)
    beside = _beside_others(query, [candidate.chunk for _, candidate in holding], chunk_scores, own, chances, features)
    return FoundFacts(
        places, chances, features[:, FACT_FEATURES.index("coverage_with_heading")], np.concatenate(own), np.hstack([features, beside])
    )


def _beside_others(
    query: Query,
    chunks: Sequence[Chunk],
    chunk_scores: NDArray[np.float64],
    own: Sequence[NDArray[np.float64]],
    chances: NDArray[np.float64],
    features: NDArray[np.float32],
) -> NDArray[np.float32]:
    """float32 ``(n, len(RELEVANCE_FEATURES) - len(FACT_FEATURES))`` for the facts of all chunks in their order."""
    sizes = [len(scores) for scores in own]
    chunk = np.repeat(np.arange(len(chunks)), sizes)
    place = np.concatenate([np.arange(size) for size in sizes])
    chunk_chances = _softmax(chunk_scores)
    own_chances = np.concatenate([_softmax(scores) for scores in own])
    likeliest = int(chances.argmax())
    order = np.empty(len(chances))
    order[np.argsort(-chances, kind="stable")] = np.arange(len(chances))
    beside = chunk == chunk[likeliest]
    distance = place - place[likeliest]
    log_chances = np.log(chances + 1e-7)
    facts = [fact for one in chunks for fact in one.facts]
    glossary = np.array([one.topic == GLOSSARY for one in chunks])[chunk]
    columns = {
        "chunk_gap": (chunk_scores - chunk_scores[0])[chunk],
        "chunk_chance": chunk_chances[chunk],
        "chunk_log_chance": np.log(chunk_chances + 1e-6)[chunk],
        "first_chunk": chunk == 0,
        "chunk_place": chunk / 8,
        "own_gap": np.concatenate([scores - scores.max() for scores in own]),
        "own_chance": own_chances,
        "own_log_chance": np.log(own_chances + 1e-6),
        "own_score": np.concatenate(own),
        "log_chance": log_chances,
        "log_chance_gap": log_chances - log_chances[likeliest],
        "chance": chances,
        "log_place_by_chance": np.log1p(order),
        "chunk_of_likeliest": beside,
        "distance_to_likeliest": np.where(beside, np.abs(distance), 9) / 9,
        "likeliest": beside & (distance == 0),
        "after_likeliest": beside & (distance == 1),
        "before_likeliest": beside & (distance == -1),
        "log_length": np.log1p([len(fact.text) for fact in facts]) - 4.6,
        "glossary": glossary,
        "term_wanted": glossary & (question_shape(query.text) == "definition"),
        "place": place / 8,
        "chunk_size": np.array(sizes)[chunk] / 8,
        # The same for every fact: a plain question is answered by other facts than a long one, one known before by those it had.
        "question_length": np.full(len(facts), np.log1p(len(query.text.split()))),
        "most_asked": np.full(len(facts), features[:, FACT_FEATURES.index("asked")].max()),
        "most_answered": np.full(len(facts), features[:, FACT_FEATURES.index("answered")].max()),
    }
    for name in ("late", "dense", "asked", "answered"):
        values = features[:, FACT_FEATURES.index(name)]
        columns[f"{name}_gap_of_all"] = values - values.max()
    return np.column_stack([columns[name] for name in RELEVANCE_FEATURES[len(FACT_FEATURES) :]]).astype(np.float32)


def fact_features(
    query: Query, vector: Vectors, row: int, chunk: Chunk, index: KnowledgeIndex, shape: Shape, matches: Sequence[float] = ()
) -> NDArray[np.float32]:
    """float32 ``(len(chunk.facts), len(FACT_FEATURES))``, values mostly in [0, 1]; ``matches`` as in ``Candidate.fact_matches``."""
    facts = chunk.facts
    features = np.zeros((len(facts), len(FACT_FEATURES)), dtype=np.float32)
    column = {name: number for number, name in enumerate(FACT_FEATURES)}
    vectors = index.units(row, FACT_UNIT)
    if len(vectors) == len(facts):
        dense = vectors @ vector
        features[:, column["dense"]] = dense
        features[:, column["dense_gap"]] = dense - dense.max(initial=0.0)
        features[:, column["linked"]] = _linked(vector, index.units(row, QUESTION_UNIT), vectors)
        features[:, column["asked"]] = _asked(vector, index.units(row, ASKED_UNIT), index.asked_places(row), len(facts))
        features[:, column["answered"]] = _asked(vector, index.units(row, ANSWERED_UNIT), index.answered_places(row), len(facts))
    if len(matches) == len(facts):
        late = np.array(matches, dtype=np.float32)
        features[:, column["late"]] = late
        features[:, column["late_gap"]] = late - late.max(initial=0.0)
    weights = {token: index.fields["body"].inverse_document_frequency(token) for token in query.tokens}
    total = max(sum(weights.values()), 1e-6)
    asks_consequence = _ASKS_CONSEQUENCE.search(query.text) is not None
    asked_numbers = {token for token in query.tokens if _NUMBER_TOKEN.search(token)}
    heading = fact_tokens(f"{chunk.title} {chunk.heading}", index.vocabulary)
    wanted = set(query.named_marketplaces) or {query.marketplace}
    for place, fact in enumerate(facts):
        held = fact_tokens(fact.text, index.vocabulary)
        features[place, column["coverage"]] = sum(weight for token, weight in weights.items() if token in held) / total
        features[place, column["coverage_with_heading"]] = (
            sum(weight for token, weight in weights.items() if token in held or token in heading) / total
        )
        numbers = {token for token in held if _NUMBER_TOKEN.search(token)}
        features[place, column["number_wanted"]] = shape == "amount" and bool(numbers - asked_numbers)
        features[place, column["numbers_shared"]] = len(numbers & asked_numbers) / max(1, len(asked_numbers))
        features[place, column["lead"]] = place == 0
        features[place, column["step_wanted"]] = shape == "how" and fact.kind == "step"
        features[place, column["item_wanted"]] = shape == "list" and fact.kind in ("bullet", "row")
        features[place, column["row"]] = fact.kind == "row"
        features[place, column["warning"]] = fact.kind == "warning"
        features[place, column["tip"]] = fact.kind == "tip"
        features[place, column["leans"]] = fact.leans
        features[place, column["reason_wanted"]] = shape == "why" and _REASON.search(fact.text) is not None
        features[place, column["verdict_wanted"]] = shape == "verdict" and _VERDICT.search(fact.text) is not None
        features[place, column["consequence_wanted"]] = asks_consequence and _CONSEQUENCE.search(fact.text) is not None
        about = _countries(fact.text)
        features[place, column["elsewhere"]] = bool(about) and not about & wanted
        features[place, column["here"]] = bool(about & set(query.named_marketplaces))
        features[place, column["definition_wanted"]] = shape == "definition" and place == 0
    return features


def _asked(vector: Vectors, questions: Vectors, places: NDArray[np.int16], count: int) -> NDArray[np.float32]:
    """float32 ``(count,)``: how much the question is like the one most like it of those known about each fact."""
    likeness = np.zeros(count, dtype=np.float32)
    known = places >= 0
    np.maximum.at(likeness, places[known], (questions @ vector)[known])
    return likeness


def _known_verdicts(
    query: Query, vector: Vectors, candidates: Sequence[Candidate], index: KnowledgeIndex
) -> dict[tuple[int, int], Verdict]:
    """By candidate and place: the verdict of the question most like this one of those answered with a fact, when it points the same way."""
    asked = direction_id(query.text)
    found: dict[tuple[int, int], tuple[float, Verdict]] = {}
    for number, candidate in enumerate(candidates if asked else ()):
        verdicts, directions = index.answered_verdicts(candidate.row)
        if not verdicts.any():
            continue
        likeness = index.units(candidate.row, ANSWERED_UNIT) @ vector
        for unit in np.flatnonzero(likeness >= SAME_QUESTION):
            key = number, int(index.answered_places(candidate.row)[unit])
            said: Verdict = VERDICTS[verdicts[unit]] if directions[unit] == asked else ""
            found[key] = max(found.get(key, (0.0, said)), (float(likeness[unit]), said))
    return {key: said for key, (_, said) in found.items() if said}


def _linked(vector: Vectors, questions: Vectors, facts: Vectors) -> NDArray[np.float32]:
    """How strongly the corpus questions like this one point at each fact; float32 ``(len(facts),)``."""
    if not len(questions):
        return np.zeros(len(facts), dtype=np.float32)
    likeness = np.maximum(questions @ vector, 0.0)
    pointing = np.exp(8.0 * (questions @ facts.T))
    pointing /= pointing.sum(axis=1, keepdims=True)
    attention = np.exp(12.0 * likeness)
    attention /= attention.sum()
    linked: NDArray[np.float32] = (attention @ pointing).astype(np.float32)
    return linked


@lru_cache(maxsize=20_000)
def fact_tokens(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    """The index tokens of a text, remembered."""
    return frozenset(tokens(text, vocabulary))


@lru_cache(maxsize=20_000)
def _countries(text: str) -> frozenset[str]:
    """The marketplaces that a fact names, remembered."""
    return frozenset(named_marketplaces(text))


def _vector(weights: Mapping[str, float], names: Sequence[str]) -> NDArray[np.float32]:
    return np.array([weights.get(name, 0.0) for name in names], dtype=np.float32)


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max())
    result: NDArray[np.float64] = powers / powers.sum()
    return result
