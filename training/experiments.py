"""Measures section recall on held-out questions: the work bench behind the recipe and ablation tables."""

import argparse
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.documents import Document
from assistant.embeddings import EmbeddingModel
from assistant.index import IndexStore, KnowledgeIndex
from assistant.late_interaction import LATE_FOLDER, LateInteraction
from assistant.query_rewriting import SynonymIndex, analyse
from assistant.retrievers import FEATURES, READ_CLOSELY, HybridRetriever, Ranker
from training.questions import BlindQuestion, LabelledQuestion, read_documents, without_asked

CANDIDATES = 40


def build_index(documents: Sequence[Document], model: EmbeddingModel, folder: Path) -> KnowledgeIndex:
    """A fresh index of these documents in a folder."""
    store = IndexStore(folder)
    with store.writer():
        store.build(documents, model, "experiment", lambda stage, done, total: None)
    return store.open_current()


def without_each_third(
    documents: Sequence[Document],
    questions: Sequence[BlindQuestion],
    model: EmbeddingModel,
    ranker: Ranker,
    folder: Path,
    read_closely: int = READ_CLOSELY,
) -> Iterator[tuple[HybridRetriever, list[BlindQuestion]]]:
    """Three times a retriever, and the third of the questions that its index does not hold; ``folder`` is that of the model."""
    for third in range(3):
        own = [question for question in questions if zlib.crc32(question.question.encode()) % 3 == third]
        with tempfile.TemporaryDirectory() as place:
            index = build_index(without_asked(documents, {question.question for question in own}), model, Path(place))
            yield make_retriever(index, model, ranker, folder, read_closely), own
            index.close()


def parse_folders(description: str | None) -> tuple[list[Document], Path]:
    """What a training script reads from the command line: the documents of ``--corpus``, and the folder of ``--model``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--model", type=Path, default=Path("src/assistant/model"))
    arguments = parser.parse_args()
    return read_documents(arguments.corpus), arguments.model


class Examples:
    """Candidates with features for many questions; ``label`` is the place of the right section, or -1 when it is missing."""

    def __init__(self, retriever: HybridRetriever, questions: Sequence[LabelledQuestion], limit: int = 40) -> None:
        self.features: list[NDArray[np.float32]] = []
        self.labels: list[int] = []
        self.questions = list(questions)
        self.rows: list[list[int]] = []
        started = time.perf_counter()
        for labelled in questions:
            query = analyse(labelled.question, retriever.index.vocabulary, retriever.synonyms)
            found = retriever.retrieve(query, limit)
            self.features.append(
                np.array([[c.features[name] for name in FEATURES] for c in found], dtype=np.float32).reshape(-1, len(FEATURES))
            )
            self.rows.append([c.row for c in found])
            right = [i for i, c in enumerate(found) if (c.chunk.document_id, c.chunk.heading) == (labelled.document_id, labelled.heading)]
            self.labels.append(right[0] if right else -1)
        self.milliseconds = (time.perf_counter() - started) * 1000 / max(1, len(questions))

    def recall(self, ranker: Ranker, cutoffs: Sequence[int] = (1, 3, 5, 10)) -> dict[int, float]:
        """The share of questions whose section stands in the first k."""
        ranks = self.ranks(ranker)
        return {k: float(np.mean([0 <= rank < k for rank in ranks])) for k in cutoffs}

    def ranks(self, ranker: Ranker) -> list[int]:
        """The 0-based rank of the right section; a missing one gets a very large rank."""
        ranks = []
        for features, label in zip(self.features, self.labels, strict=True):
            if label < 0:
                ranks.append(10**6)
                continue
            scores = ranker.score(features)
            ranks.append(int((scores > scores[label]).sum()))
        return ranks


def learn_weights(examples: Examples, *, steps: int = 400, l2: float = 0.002) -> Ranker:
    """Weights of a listwise softmax over each question's candidates (ListNet with one relevant item, Cao et al. 2007)."""
    import torch  # noqa: PLC0415 - only training needs it

    torch.manual_seed(0)
    kept = [(f, label) for f, label in zip(examples.features, examples.labels, strict=True) if label >= 0]
    width = max(len(f) for f, _ in kept)
    data = torch.zeros(len(kept), width, len(FEATURES))
    mask = torch.ones(len(kept), width, dtype=torch.bool)
    for i, (f, _) in enumerate(kept):
        data[i, : len(f)] = torch.from_numpy(f)
        mask[i, : len(f)] = False
    target = torch.tensor([label for _, label in kept])
    weights = torch.nn.Parameter(torch.ones(len(FEATURES)))
    optimizer = torch.optim.Adam([weights], lr=0.1)
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy((data @ weights).masked_fill(mask, -1e4), target) + l2 * (weights**2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return Ranker(weights={name: round(float(w), 4) for name, w in zip(FEATURES, weights.detach(), strict=True)})


def make_retriever(
    index: KnowledgeIndex, model: EmbeddingModel, ranker: Ranker, folder: Path | None = None, read_closely: int = CANDIDATES
) -> HybridRetriever:
    """A retriever over an open index; ``folder`` is that of the model, with what reads word by word in it, if anything should.

    The weights that order chunks are learned with all of them read word by word; what comes after is learned as it is asked.
    """
    late = LateInteraction.load(folder / LATE_FOLDER) if folder else None
    synonyms = SynonymIndex(index.synonyms)
    return HybridRetriever(index=index, model=model, ranker=ranker, synonyms=synonyms, late=late, read_closely=read_closely)
