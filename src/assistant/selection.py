"""Ranks single facts: which sentence, step or table row of the chunks found answers the question.

Third step of the path of a question. A fact's chance is its chunk's chance times its own within the chunk; both come from
learned weights (``training/train_ranker.py``, ``model/selection.json``).
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.documents import Chunk, Fact, Record
from assistant.embeddings import Vectors
from assistant.errors import VectorIndexError
from assistant.index import ASKED_UNIT, FACT_UNIT, QUESTION_UNIT, KnowledgeIndex
from assistant.query_rewriting import Query, named_marketplaces
from assistant.question_shapes import Shape, question_shape
from assistant.retrievers import Candidate
from assistant.tokenization import Vocabulary, tokens

FACT_FEATURES: Final = (
    "dense", "dense_gap", "coverage", "coverage_with_heading", "linked", "lead", "number_wanted", "numbers_shared", "step_wanted",
    "item_wanted", "row", "warning", "tip", "leans", "reason_wanted", "verdict_wanted", "definition_wanted", "asked", "consequence_wanted", "elsewhere", "here",
    "late", "late_gap",
)  # fmt: skip

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


class RankedFact(Record):
    """A fact with its place, its chance of being the one asked for, and the share of the question it and its heading hold.

    ``score`` is what its own features are worth, whatever stands beside it.
    """

    candidate: int
    place: int
    fact: Fact
    chance: float
    coverage: float
    score: float = 0.0


def rank_facts(
    query: Query, vector: Vectors, candidates: Sequence[Candidate], index: KnowledgeIndex, selector: Selector
) -> list[RankedFact]:
    """All facts of the candidates, most likely first; chances sum to 1. A chunk without facts takes no part."""
    holding = [(number, candidate) for number, candidate in enumerate(candidates) if candidate.chunk.facts]
    if not holding:
        return []
    chunk_scores = np.array([candidate.score for _, candidate in holding], dtype=np.float64) * selector.temperature
    ranked: list[RankedFact] = []
    shape = question_shape(query.text)
    for (number, candidate), chunk_chance in zip(holding, _softmax(chunk_scores), strict=True):
        facts = candidate.chunk.facts
        features = fact_features(query, vector, candidate.row, candidate.chunk, index, shape, candidate.fact_matches)
        coverage = features[:, FACT_FEATURES.index("coverage_with_heading")]
        own = features @ _weights(selector)
        chances = _softmax(own.astype(np.float64)) * chunk_chance
        ranked.extend(
            RankedFact(
                candidate=number,
                place=place,
                fact=fact,
                chance=float(chances[place]),
                coverage=float(coverage[place]),
                score=float(own[place]),
            )
            for place, fact in enumerate(facts)
        )
    return sorted(ranked, key=lambda fact: (-fact.chance, fact.candidate, fact.place))


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
    """float32 ``(count,)``: how much the question is like the one most like it of those that people asked of each fact."""
    likeness = np.zeros(count, dtype=np.float32)
    known = places >= 0
    np.maximum.at(likeness, places[known], (questions @ vector)[known])
    return likeness


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


def _weights(selector: Selector) -> NDArray[np.float32]:
    return np.array([selector.weights.get(name, 0.0) for name in FACT_FEATURES], dtype=np.float32)


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max())
    result: NDArray[np.float64] = powers / powers.sum()
    return result
