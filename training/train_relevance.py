"""Learns which facts belong in an answer and which one opens it: ``relevance.json``.

It learns from questions that were written without a look at the knowledge base and then joined by hand to all facts that
answer them (``vragen.jsonl``, with ``also``), and a little from questions written far from the articles, each joined to the
fact it was written for (``situations.jsonl``). The index never holds the question that is learned from: a third is hidden at a
time. Figures are measured on blind questions of other writers and on other situations.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from assistant.boosted_trees import LEAF, BoostedTrees
from assistant.documents import Chunk, Document
from assistant.embeddings import EmbeddingModel, load_embedding_model
from assistant.pipeline import CANDIDATES, CANDIDATES_FOR_FACTS
from assistant.query_rewriting import analyse
from assistant.retrievers import READ_CLOSELY, HybridRetriever, Ranker
from assistant.selection import BELONGS_IN_OPENING, RELEVANCE_FEATURES, Likelihood, Relevance, Selector, read_facts
from training.experiments import build_index, make_retriever, parse_folders, without_each_third
from training.questions import (
    BlindQuestion,
    chunks_of,
    part_of,
    places_by_name,
    read_answered,
    read_blind,
)
from training.train_ranker import SITUATIONS, read_labels

# Plain questions want the fact that says it all, long ones the very detail. Learned from plain ones alone, the right fact opens
# .637 of them (other writers; the likeliest one .520) and .511 of the situations (.589); at this weight .623 and .568.
SITUATION_WEIGHT = 0.2
STRENGTH = 0.02  # scikit-learn's C; .005 and .1 differ by less than .01 on the writers held out
# Average precision of what belongs, five folds and other writers: a logistic regression .653 and .666, these trees .691 and .716,
# both together .684 and .705.
TREE_SETTINGS: dict[str, Any] = {
    "max_iter": 60, "max_leaf_nodes": 8, "learning_rate": 0.08, "min_samples_leaf": 30, "l2_regularization": 5, "early_stopping": False, "random_state": 0,
}  # fmt: skip
Key = tuple[str, str, int]


class Sample(NamedTuple):
    """One question with the facts found for it, their features, and which belong in its answer and open it."""

    question: BlindQuestion
    keys: list[Key]
    chances: NDArray[np.float64]
    features: NDArray[np.float32]
    belongs: NDArray[np.bool_]
    opens: NDArray[np.bool_]


def sample_of(question: BlindQuestion, retriever: HybridRetriever, selector: Selector) -> Sample:
    """What is found for a question."""
    query = analyse(question.question, retriever.index.vocabulary, retriever.synonyms)
    candidates = retriever.retrieve(query, CANDIDATES)[:CANDIDATES_FOR_FACTS]
    found = read_facts(query, retriever.model.encode_query(query.text), candidates, retriever.index, selector)
    chunks = [candidate.chunk for candidate in candidates]
    keys = [(chunks[number].document_id, chunks[number].heading, place) for number, place in found.places]
    belongs = np.array([key in question.facts for key in keys], dtype=np.bool_)
    opens = np.array([key == question.facts[0] for key in keys] if question.facts else [False] * len(keys), dtype=np.bool_)
    return Sample(question, keys, found.chances, found.features, belongs, opens)


def situations_of(chunks: Sequence[Chunk], parts: set[str]) -> list[BlindQuestion]:
    """The situations of these parts with the fact each was written for first, then the others that hold its answer."""
    places = places_by_name(chunks)
    labels = read_labels()
    found = []
    for entry in map(json.loads, SITUATIONS.read_text("utf-8").splitlines()):
        key = entry["document_id"], entry["heading"], entry["fact"]
        if part_of(entry["question"]) not in parts or key not in places:
            continue
        own = entry["document_id"], entry["heading"], places[key]
        others = [(*section, place) for section, held in labels.get(entry["question"], {}).items() for place in sorted(held)]
        found.append(BlindQuestion(entry["question"], [own, *(fact for fact in others if fact != own)], ""))
    return found


def learn_relevance(blind: Sequence[Sample], situations: Sequence[Sample]) -> Relevance:
    """Both, in the units of the features themselves.

    Of a situation any of its facts may open the answer; what else belongs in that is not known.
    """
    features, near = (np.concatenate([sample.features for sample in samples]) for samples in (blind, situations))
    belongs = np.concatenate([sample.belongs for sample in blind])
    opens = np.concatenate([*(sample.opens for sample in blind), *(sample.belongs for sample in situations)])
    shares = np.concatenate([np.ones(len(features)), np.full(len(near), SITUATION_WEIGHT)])
    return Relevance(belongs=_likelihood(features, belongs), opens=_likelihood(np.concatenate([features, near]), opens, shares))


def _likelihood(features: NDArray[np.float32], target: NDArray[np.bool_], shares: NDArray[np.float64] | None = None) -> Likelihood:
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=STRENGTH, max_iter=500).fit(scaler.transform(features), target, sample_weight=shares)
    weights = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - weights @ scaler.mean_)
    return Likelihood(
        weights={name: round(float(weight), 5) for name, weight in zip(RELEVANCE_FEATURES, weights, strict=True)},
        bias=round(bias, 5),
        trees=learn_trees(features, target, shares),
    )


def learn_trees(features: NDArray[np.float32], target: NDArray[np.bool_], shares: NDArray[np.float64] | None = None) -> BoostedTrees:
    """Trees over ``RELEVANCE_FEATURES``, as scikit-learn learns them; ``shares`` is what each row counts for."""
    model = HistGradientBoostingClassifier(**TREE_SETTINGS).fit(features, target, sample_weight=shares)
    nodes: dict[str, list[int]] = {"roots": [], "feature": [], "left": [], "right": []}
    threshold: list[float] = []
    value: list[float] = []
    for (tree,) in model._predictors:  # scikit-learn has no public way to its trees
        start = len(value)
        nodes["roots"].append(start)
        for node in tree.nodes:
            leaf = bool(node["is_leaf"])
            nodes["feature"].append(LEAF if leaf else int(node["feature_idx"]))
            nodes["left"].append(0 if leaf else start + int(node["left"]))
            nodes["right"].append(0 if leaf else start + int(node["right"]))
            threshold.append(0.0 if leaf else float(node["num_threshold"]))
            value.append(round(float(node["value"]), 6) if leaf else 0.0)
    return BoostedTrees(
        features=RELEVANCE_FEATURES, baseline=float(model._baseline_prediction.ravel()[0]), threshold=tuple(threshold), value=tuple(value),
        **{name: tuple(places) for name, places in nodes.items()},
    )  # fmt: skip


def openings(samples: Sequence[Sample], relevance: Relevance | None) -> tuple[float, float]:
    """The share of questions whose answer opens with the fact to open with, and with one that belongs in it.

    Without a relevance the likeliest fact opens.
    """
    firsts = []
    for sample in samples:
        scores = sample.chances
        if relevance is not None:
            scores = relevance.opens.chances(sample.features) + BELONGS_IN_OPENING * relevance.belongs.chances(sample.features)
        first = int(scores.argmax())
        firsts.append((bool(sample.opens[first]), bool(sample.belongs[first])))
    right, fitting = np.mean(firsts, axis=0)
    return round(float(right), 3), round(float(fitting), 3)


def questions_as_asked(
    documents: Sequence[Document], model: EmbeddingModel, ranker: Ranker, folder: Path, read_closely: int = READ_CLOSELY
) -> Iterator[tuple[str, HybridRetriever, list[BlindQuestion]]]:
    """What is learned from and measured on: the name of each set, its questions, and a retriever that does not hold them.

    Learned from are "answered", a third at a time, and "situations"; the two other sets only measure.
    """
    chunks = list(chunks_of(documents))
    for retriever, third in without_each_third(documents, read_answered(chunks), model, ranker, folder, read_closely):
        yield "answered", retriever, third
    with tempfile.TemporaryDirectory() as place:
        retriever = make_retriever(build_index(documents, model, Path(place)), model, ranker, folder, read_closely)
        yield "situations", retriever, situations_of(chunks, {"rank"})
        yield "blind, other writers", retriever, [question for question in read_blind(chunks, "test") if question.facts]
        yield "situations not learned from", retriever, situations_of(chunks, {"dev"})
        retriever.index.close()


def main() -> None:
    """Learn the weights and print how often the right fact opens the answer."""
    documents, folder = parse_folders(__doc__)
    model, ranker = load_embedding_model(str(folder)), Ranker.load(folder / "ranker.json")
    selector = Selector.load(folder / "selection.json")
    samples: dict[str, list[Sample]] = {}
    for name, retriever, questions in questions_as_asked(documents, model, ranker, folder):
        samples.setdefault(name, []).extend(sample_of(question, retriever, selector) for question in questions)
    relevance = learn_relevance(samples["answered"], samples["situations"])
    print("opens with the fact to open with, and with one that belongs in it; by the likeliest fact, and by relevance:")
    for name, held in samples.items():
        print(f"  {len(held)} {name}: {openings(held, None)}, {openings(held, relevance)}")
    (folder / "relevance.json").write_text(relevance.model_dump_json() + "\n", "utf-8")


if __name__ == "__main__":
    main()
