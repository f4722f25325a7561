"""How sure it is that the sources hold the answer: a calibrated chance, and the line below which nothing is said.

Two parts. ``Scope`` reads the words of the question alone: does it sound like what this knowledge base is about? ``Confidence``
weighs that with what was found. Both are learned by ``training/train_confidence.py`` on corpus questions that were hidden
from the index and on unanswerable development questions; the weights stand in ``model/``.
"""

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.documents import Chunk, Record
from assistant.errors import VectorIndexError
from assistant.index import KnowledgeIndex
from assistant.query_rewriting import Query
from assistant.retrievers import FEATURES, Candidate
from assistant.selection import RankedFact
from assistant.tokenization import fold, ngrams, stem, words

WIDELY_LOOKED_AT: Final = ("all_coverage", "body_coverage", "dense_fact", "dense_question", "dense_chunk", "question", "ngrams")
CONFIDENCE_FEATURES: Final = (
    *FEATURES, "top_score", "margin", *(f"best_{name}" for name in WIDELY_LOOKED_AT),
    "missed_weight", "missed_by_all_weight", "missed_by_all_share", "rare_missed", "unknown_count", "unknown_share", "length",
    "repair_count", "mean_weight", "scope", "fact_chance", "fact_coverage", "fact_spread", "fact_score", "years_missed", "places_missed",
    "companies_missed", "names_missed", "unit_missed", "unit_missed_by_best",
)  # fmt: skip
# A question that sounds so little like this subject is not answered, whatever its everyday words are found in. Of 5,485
# answerable questions that were hidden when this was learned 3 lie below it, of 13,558 unanswerable ones 521.
LEAST_SCOPE: Final = -4.0
_RARE_WEIGHT: Final = 4.0
_NAME: Final = re.compile(r"(?<=[a-zé,] )[A-Z][\w-]{2,}")
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
# Countries where sellers ask about Amazon and of which little is known here; those with a marketplace of ours weigh elsewhere.
_PLACES: Final = frozenset(
    "japan japanse canada canadese brazilie braziliaanse india indiase turkije turkse saoedi-arabie saoedische mexico mexicaanse "
    "australie australische singapore china chinese zwitserland zwitserse noorwegen noorse oostenrijk oostenrijkse denemarken "
    "deense portugal portugese finland finse griekenland griekse tsjechie tsjechische hongarije hongaarse roemenie roemeense "
    "bulgarije bulgaarse kroatie kroatische slowakije slovenie luxemburg luxemburgse dubai emiraten egypte egyptische zuid-afrika "
    "zuid-afrikaanse rusland russische oekraine oekraiense korea koreaanse israel israelische marokko marokkaanse suriname "
    "indonesie vietnam thailand filipijnen nieuw-zeeland argentinie chili colombia ijsland litouwen letland estland malta cyprus "
    "japan's turkey switzerland norway denmark austria australia brazil".split()
)
# Other places to sell and other firms, of which the knowledge base tells little; asked about, they must stand in what is found.
_COMPANIES: Final = frozenset(
    "bol etsy ebay zalando kaufland temu shein vinted marktplaats 2dehands cdiscount aliexpress alibaba tiktok shopify wehkamp "
    "decathlon allegro rakuten walmart google facebook instagram meta youtube linkedin pinterest whatsapp chatgpt trustpilot "
    "coolblue dhl postnl dpd ups bpost gls fedex helium keepa junglescout woocommerce wordpress magento lightspeed exact moneybird "
    "paypal klarna mollie stripe wise payoneer kindle alexa echo e-reader audible netflix aws excel windows android iphone "
    "manomano fnac otto mediamarkt action hema ikea lidl blokker depop shopee wish onbuy fruugo trendyol galaxus douyin".split()
)
# What a question about an amount must find in the fact: a sign of the unit it asks for.
_UNITS: Final = (
    (re.compile(r"\b(?:procent|percentage|percent)\b|%"), re.compile(r"%|procent")),
    (re.compile(r"\b(?:kost|kosten|betaal|betalen|bedrag|prijs|rekent|rekenen|tarief|boete|euro|duur|fee|cost|price)\b"), re.compile(r"[€£$]|\beuro|\bpond|gratis")),
    (re.compile(r"\b(?:hoe lang|hoelang|hoeveel (?:dagen|weken|maanden|uur|tijd)|termijn|how long)\b"), re.compile(r"\b(?:dag|dagen|werkdag\w*|we(?:ek|ken)|maand\w*|jaar|jaren|uur|uren|minu\w+)\b")),
    (re.compile(r"\b(?:wanneer|welke datum|welke dag|in welk jaar|when)\b"), re.compile(r"\b(?:19|20)\d\d\b|\d|\bdag|\bmaand|\bzodra|\bnadat|\bvoordat|\bals\b")),
    (re.compile(r"\b(?:hoeveel|how many|maximaal|minimaal)\b"), re.compile(r"\d|\b(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|geen|onbeperkt)\b")),
)  # fmt: skip
Weights = TypeVar("Weights", bound=Record)


class Scope(Record):
    """A linear reading of a question's stems, pairs of stems and letter groups: the higher, the more like what is answered here.

    Its zero means little: among what it was told apart from are questions about just what a section does not say.
    """

    weights: dict[str, float]
    bias: float

    @classmethod
    def load(cls, path: Path) -> "Scope":
        """Read the weights.

        Raises:
            VectorIndexError: the file is missing or damaged.
        """
        return _validated(cls, path)

    def score(self, question: str) -> float:
        """The mean weight of the question's features, scaled."""
        names = scope_features(question)
        return self.bias + sum(self.weights.get(name, 0.0) for name in names) / math.sqrt(max(1, len(names)))


def scope_features(question: str) -> list[str]:
    """Stems, pairs of neighbouring stems and letter groups of a question, each once."""
    stems = [stem(word) for word in words(question)]
    pairs = [f"{first} {second}" for first, second in zip(stems, stems[1:], strict=False)]
    return list(dict.fromkeys([*stems, *pairs, *(f"#{gram}" for gram in ngrams(question))]))


class Confidence(Record):
    """A small network over ``CONFIDENCE_FEATURES`` and the chance below which no answer is given.

    ``chance = logistic(output . tanh(hidden . (features - mean) / spread + hidden_bias) + output_bias)``.
    """

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    hidden: tuple[tuple[float, ...], ...]
    hidden_bias: tuple[float, ...]
    output: tuple[float, ...]
    output_bias: float
    threshold: float

    @classmethod
    def load(cls, path: Path) -> "Confidence":
        """Read the weights.

        Raises:
            VectorIndexError: the file is missing, damaged, or of another set of features.
        """
        confidence = _validated(cls, path)
        if not confidence._fits():
            raise VectorIndexError(f"De gewichten in {path} passen niet bij deze versie; installeer opnieuw")
        return confidence

    def _fits(self) -> bool:
        """Whether the weights are those of ``CONFIDENCE_FEATURES`` and of each other."""
        widths = {len(self.mean), len(self.spread), *map(len, self.hidden)}
        units = {len(self.hidden), len(self.hidden_bias), len(self.output)}
        return widths == {len(CONFIDENCE_FEATURES)} and len(units) == 1 and 0 not in units and min(self.spread) > 0

    def chances(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """float64 ``(n,)`` in [0, 1] for features of shape ``(n, len(CONFIDENCE_FEATURES))``."""
        scaled = (features - np.array(self.mean)) / np.array(self.spread)
        hidden = np.tanh(scaled @ np.array(self.hidden).T + np.array(self.hidden_bias))
        result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-(hidden @ np.array(self.output) + self.output_bias)))
        return result


class Judge:
    """Decides whether what was found is enough to answer."""

    def __init__(self, confidence: Confidence, scope: Scope) -> None:
        self._confidence = confidence
        self._scope = scope
        self.threshold = confidence.threshold

    def chance(
        self, question: str, query: Query, candidates: Sequence[Candidate], ranked: Sequence[RankedFact], index: KnowledgeIndex
    ) -> float:
        """The chance in [0, 1] that the best chunks hold the answer; 0 when nothing was found.

        Args:
            question: its words, which tell the subject.
            query: the same as it was searched.
            candidates: the chunks found, best first.
            ranked: their facts, likeliest first.
            index: where they were found.
        """
        if not candidates or not ranked:
            return 0.0
        scope = self._scope.score(question)
        chance = float(self._confidence.chances(confidence_features(query, candidates, ranked, index, scope)[None, :])[0])
        return chance if scope >= LEAST_SCOPE else min(chance, 0.9 * self.threshold)


def confidence_features(
    query: Query, candidates: Sequence[Candidate], ranked: Sequence[RankedFact], index: KnowledgeIndex, scope: float
) -> NDArray[np.float32]:
    """float32 ``(len(CONFIDENCE_FEATURES),)``: the best candidate, the best of the first five, and what none of them explains."""
    best = candidates[0]
    values = dict(best.features)
    values["top_score"] = best.score
    values["margin"] = best.score - (candidates[1].score if len(candidates) > 1 else 0.0)
    for name in WIDELY_LOOKED_AT:
        values[f"best_{name}"] = max(candidate.features[name] for candidate in candidates[:5])
    field = index.fields["all"]
    weights = np.array([field.inverse_document_frequency(token) for token in query.tokens] or [0.0], dtype=np.float32)
    rows = np.array([candidate.row for candidate in candidates[:3]], dtype=np.int64)
    held = field.matches(query.tokens, rows) > 0 if query.tokens else np.zeros((1, len(rows)), dtype=np.bool_)
    missed_by_all = weights * ~held.any(axis=1)
    values["missed_weight"] = float((weights * ~held[:, 0]).max())
    values["missed_by_all_weight"] = float(missed_by_all.max())
    values["missed_by_all_share"] = float(missed_by_all.sum() / max(weights.sum(), 1e-6))
    values["rare_missed"] = float(min(5, (missed_by_all > _RARE_WEIGHT).sum()))
    values["unknown_count"] = float(min(3, len(query.unknown)))
    values["unknown_share"] = len(query.unknown) / max(1, len(query.tokens))
    values["length"] = math.log1p(len(query.tokens))
    values["repair_count"] = float(min(3, len(query.repairs)))
    values["mean_weight"] = float(weights.mean())
    values["scope"] = scope
    chances = np.array([fact.chance for fact in ranked])
    values["fact_chance"] = float(chances[0])
    values["fact_coverage"] = ranked[0].coverage
    values["fact_score"] = ranked[0].score
    values["fact_spread"] = float(-(chances * np.log(chances + 1e-9)).sum())
    values |= _missed_by_best(query, best.chunk)
    asked = fold(query.text)
    wanted = [sign for pattern, sign in _UNITS if pattern.search(asked)][:1]
    shown = [fold(fact.fact.text) for fact in ranked[:3]]
    values["unit_missed"] = float(sum(not any(sign.search(text) for text in shown) for sign in wanted))
    values["unit_missed_by_best"] = float(sum(not sign.search(shown[0]) for sign in wanted))
    return np.array([values[name] for name in CONFIDENCE_FEATURES], dtype=np.float32)


def _missed_by_best(query: Query, chunk: Chunk) -> dict[str, float]:
    """How many years and far countries the question names that the best chunk does not."""
    text = fold(f"{chunk.title} {chunk.heading} {chunk.text}")
    held = set(words(text))
    known = {str(chunk.checked_on.year)} if chunk.checked_on else set()
    years = set(_YEAR.findall(query.text)) - known
    places = _PLACES.intersection(words(query.text))
    return {
        "years_missed": float(sum(year not in text for year in years)),
        "places_missed": float(sum(place not in held for place in places)),
        "companies_missed": float(sum(name not in held for name in _COMPANIES.intersection(words(query.text)))),
        "names_missed": float(min(3, sum(fold(name) not in text for name in set(_NAME.findall(query.text))))),
    }


def _validated(kind: type[Weights], path: Path) -> Weights:
    try:
        return kind.model_validate(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as exc:  # pydantic's ValidationError is a ValueError
        raise VectorIndexError(f"De gewichten in {path} zijn onleesbaar of van een andere versie; installeer opnieuw") from exc
