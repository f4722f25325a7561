"""Learns the weights that order chunks (``ranker.json``) and the facts within them (``selection.json``).

Nothing it learns from or measures on was seen by what it weighs: the index holds only ``train`` questions and the embedding
model was trained on those alone. Weights are learned on ``rank`` questions, figures are measured on ``dev`` questions.
``training/fact_labels.jsonl`` names, for each of those questions, every fact that holds its answer; a question without
labels counts its own section.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from assistant.documents import Document
from assistant.embeddings import load_embedding_model
from assistant.query_rewriting import analyse
from assistant.question_shapes import question_shape
from assistant.retrievers import FEATURES, Candidate, HybridRetriever, Ranker
from assistant.selection import FACT_FEATURES, Selector, fact_features
from training.experiments import CANDIDATES, build_index, make_retriever
from training.questions import LabelledQuestion, keep_parts, part_of, questions_of, read_documents

LABELS = Path(__file__).parent / "fact_labels.jsonl"
SITUATIONS = Path(__file__).parent / "situations.jsonl"
BOUNDARY = Path(__file__).parent / "boundary.jsonl"  # written beside questions that have no answer, and much like those
# Set by hand, with the development answers: the labels name one fact each, and what a "how" or "what if they find out" asks
# for are several, and the corpus questions, written section by section, seldom name the country of the fact they ask for.
FIXED = {"steps_wanted": 2.0, "consequence_wanted": 2.0, "elsewhere": -0.8, "here": 0.3}
Key = tuple[str, str]


def read_labels(path: Path = LABELS) -> dict[str, dict[Key, set[int]]]:
    """For each question the facts that answer it: (document id, heading) to places."""
    labels: dict[str, dict[Key, set[int]]] = {}
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        places: dict[Key, set[int]] = defaultdict(set)
        for document_id, heading, place in entry["facts"]:
            places[(document_id, heading)].add(place)
        labels[entry["question"]] = dict(places)
    return labels


def read_situations(parts: set[str], path: Path = SITUATIONS) -> list[LabelledQuestion]:
    """Questions as sellers type them, of these parts; ``labels`` holds their facts."""
    entries = map(json.loads, path.read_text("utf-8").splitlines())
    return [LabelledQuestion(e["question"], e["document_id"], e["heading"]) for e in entries if part_of(e["question"]) in parts]


class Sample:
    """One question with its candidates, their features, and which are right."""

    def __init__(self, labelled: LabelledQuestion, retriever: HybridRetriever, labels: dict[str, dict[Key, set[int]]]) -> None:
        self.question = labelled.question
        self.query = analyse(labelled.question, retriever.index.vocabulary, retriever.synonyms)
        self.vector = retriever.model.encode_query(self.query.text)
        self.candidates: Sequence[Candidate] = retriever.retrieve(self.query, CANDIDATES)
        self.gold = labels.get(labelled.question, {}) | {
            (labelled.document_id, labelled.heading): labels.get(labelled.question, {}).get((labelled.document_id, labelled.heading), set())
        }
        self.features: NDArray[np.float32] = np.array([[c.features[name] for name in FEATURES] for c in self.candidates], dtype=np.float32)
        self.right = [(c.chunk.document_id, c.chunk.heading) in self.gold for c in self.candidates]

    def facts(self, retriever: HybridRetriever, candidate: Candidate) -> NDArray[np.float32]:
        """The fact features of a candidate."""
        shape = question_shape(self.query.text)
        return fact_features(self.query, self.vector, candidate.row, candidate.chunk, retriever.index, shape, candidate.fact_matches)


def learn_ranker(samples: Sequence[Sample], *, steps: int = 500, l2: float = 0.0003) -> Ranker:
    """Weights that put the right chunks' share of a softmax over the candidates as high as possible."""
    kept = [sample for sample in samples if any(sample.right)]
    width = max(len(sample.right) for sample in kept)
    data = torch.zeros(len(kept), width, len(FEATURES))
    right = torch.zeros(len(kept), width, dtype=torch.bool)
    absent = torch.ones(len(kept), width, dtype=torch.bool)
    for i, sample in enumerate(kept):
        n = len(sample.right)
        data[i, :n] = torch.from_numpy(sample.features)
        right[i, :n] = torch.tensor(sample.right)
        absent[i, :n] = False
    return Ranker(weights=_fit(FEATURES, data, right, absent, steps, l2))


def learn_selector(samples: Sequence[Sample], retriever: HybridRetriever, *, steps: int = 500, l2: float = 0.001) -> Selector:
    """The same for the facts within the right chunks."""
    rows: list[tuple[NDArray[np.float32], set[int]]] = []
    for sample in samples:
        for candidate in sample.candidates:
            places = sample.gold.get((candidate.chunk.document_id, candidate.chunk.heading))
            if places and len(candidate.chunk.facts) > 1:
                rows.append((sample.facts(retriever, candidate), places))
    width = max(len(features) for features, _ in rows)
    data = torch.zeros(len(rows), width, len(FACT_FEATURES))
    right = torch.zeros(len(rows), width, dtype=torch.bool)
    absent = torch.ones(len(rows), width, dtype=torch.bool)
    for i, (features, places) in enumerate(rows):
        data[i, : len(features)] = torch.from_numpy(features)
        absent[i, : len(features)] = False
        for place in places:
            right[i, place] = True
    return Selector(weights=_fit(FACT_FEATURES, data, right, absent, steps, l2))


def _fit(names: Sequence[str], data: torch.Tensor, right: torch.Tensor, absent: torch.Tensor, steps: int, l2: float) -> dict[str, float]:
    """A weight per feature; those in ``FIXED`` keep theirs and the others are learned beside them."""
    offset = data @ torch.tensor([FIXED.get(name, 0.0) for name in names])
    data = data * torch.tensor([name not in FIXED for name in names], dtype=torch.float32)
    torch.manual_seed(0)
    weights = torch.nn.Parameter(torch.zeros(data.shape[2]))
    optimizer = torch.optim.Adam([weights], lr=0.1)
    for _ in range(steps):
        scores = (data @ weights + offset).masked_fill(absent, -1e4)
        chances = torch.softmax(scores, dim=1)
        loss = -torch.log((chances * right).sum(dim=1).clamp_min(1e-6)).mean() + l2 * (weights**2).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return {name: FIXED.get(name, round(float(weight), 4)) for name, weight in zip(names, weights.detach(), strict=True)}


def recall(samples: Sequence[Sample], ranker: Ranker, cutoffs: Sequence[int] = (1, 3, 5, 10)) -> dict[int, float]:
    """The share of questions with a right chunk in the first k."""
    found = {k: 0 for k in cutoffs}
    for sample in samples:
        order = np.argsort(-ranker.score(sample.features), kind="stable")
        ranks = [rank for rank, place in enumerate(order) if sample.right[place]]
        for k in cutoffs:
            found[k] += bool(ranks) and ranks[0] < k
    return {k: round(count / max(1, len(samples)), 4) for k, count in found.items()}


def make_samples(
    documents: Sequence[Document], model_folder: Path, folder: Path, ranker: Ranker
) -> tuple[HybridRetriever, list[Sample], list[Sample]]:
    """A retriever over ``train`` questions, and samples of the ``rank`` and ``dev`` questions."""
    labels = read_labels()
    model = load_embedding_model(str(model_folder))
    retriever = make_retriever(build_index(keep_parts(documents, {"train"}), model, folder), model, ranker, model_folder)
    parts = [
        [
            Sample(question, retriever, labels)
            for question in (*questions_of(documents, {part}), *read_situations({part}), *read_situations({part}, BOUNDARY))
        ]
        for part in ("rank", "dev")
    ]
    return retriever, parts[0], parts[1]


def main() -> None:
    """Learn both weight files and print what they reach."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--model", type=Path, required=True, help="a model trained with --hide dev rank")
    parser.add_argument("--output", type=Path, default=Path("src/assistant/model"))
    arguments = parser.parse_args()
    start = Ranker.load(arguments.output / "ranker.json")
    with tempfile.TemporaryDirectory() as folder:
        retriever, rank, dev = make_samples(read_documents(arguments.corpus), arguments.model, Path(folder), start)
        ranker = learn_ranker(rank)
        selector = learn_selector(rank, retriever)
        spoken = {question.question for question in read_situations({"dev"})}
        for name, samples in (("dev", dev), ("dev, situations only", [sample for sample in dev if sample.question in spoken])):
            print(f"{name} ({len(samples)}), before:", recall(samples, start))
            print(f"{name} ({len(samples)}), after: ", recall(samples, ranker))
        retriever.index.close()
    (arguments.output / "ranker.json").write_text(ranker.model_dump_json(indent=2) + "\n", "utf-8")
    (arguments.output / "selection.json").write_text(selector.model_dump_json(indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
