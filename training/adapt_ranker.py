"""Moves the weights that order chunks towards what people ask of their own accord: ``ranker.json``, after ``train_ranker``.

Questions written beside the articles hold the words of the facts they ask for; plain ones sound like the heading of a section.
It learns from the questions of ``vragen.jsonl`` of which the whole answer is known, each hidden from the index, and from half of
``situations.jsonl``, and stays near the weights it starts from: run it once, on the weights of ``train_ranker``. Figures are
measured on blind questions of other writers and on other situations.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from assistant.embeddings import load_embedding_model
from assistant.query_rewriting import analyse
from assistant.retrievers import FEATURES, HybridRetriever, Ranker
from training.experiments import CANDIDATES, parse_folders
from training.questions import BlindQuestion
from training.train_relevance import questions_as_asked

# What a section counts for that holds only other facts of the answer than the one to open with.
OTHER_FACTS = 0.3
NEARNESS = 0.002  # what the squared distance to the first weights costs; .0005 is as good (within .01) and moves further


class Ordering(NamedTuple):
    """The chunks found for one question: their features, their present scores, and what each is worth."""

    features: NDArray[np.float32]
    scores: NDArray[np.float32]
    worth: NDArray[np.float32]


def ordering_of(question: BlindQuestion, retriever: HybridRetriever) -> Ordering:
    """What is found for a question; the section of the fact to open with is worth 1, one with another fact ``OTHER_FACTS``."""
    found = retriever.retrieve(analyse(question.question, retriever.index.vocabulary, retriever.synonyms), CANDIDATES)
    sections = [fact[:2] for fact in question.facts]
    keys = [(candidate.chunk.document_id, candidate.chunk.heading) for candidate in found]
    return Ordering(
        np.array([[candidate.features[name] for name in FEATURES] for candidate in found], dtype=np.float32).reshape(-1, len(FEATURES)),
        np.array([candidate.score for candidate in found], dtype=np.float32),
        np.array([1.0 if key == sections[0] else OTHER_FACTS if key in sections else 0.0 for key in keys], dtype=np.float32),
    )


def adapt(start: Ranker, orderings: Sequence[Ordering], *, steps: int = 300) -> Ranker:
    """Weights near those of ``start`` that give chunks the share of a softmax that they are worth (ListNet, Cao et al. 2007)."""
    kept = [ordering for ordering in orderings if ordering.worth.any()]
    width = max(len(ordering.scores) for ordering in kept)
    features, scores, worth = (
        torch.zeros(len(kept), width, len(FEATURES)),
        torch.full((len(kept), width), -1e4),
        torch.zeros(len(kept), width),
    )
    for row, ordering in enumerate(kept):
        size = len(ordering.scores)
        features[row, :size], scores[row, :size] = torch.from_numpy(ordering.features), torch.from_numpy(ordering.scores)
        worth[row, :size] = torch.from_numpy(ordering.worth / ordering.worth.sum())
    torch.manual_seed(0)
    share, change = torch.nn.Parameter(torch.ones(())), torch.nn.Parameter(torch.zeros(len(FEATURES)))
    optimizer = torch.optim.Adam([share, change], lr=0.05)
    for _ in range(steps):
        chances = torch.log_softmax(share * scores + features @ change, dim=1)
        loss = -(worth * chances).sum(dim=1).mean() + NEARNESS * ((change**2).sum() + (share - 1) ** 2)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    kept_share, moved = share.item(), dict(zip(FEATURES, change.tolist(), strict=True))
    return Ranker(weights={name: round(kept_share * start.weights.get(name, 0.0) + moved[name], 4) for name in FEATURES})


def firsts(orderings: Sequence[Ordering], ranker: Ranker) -> tuple[float, float]:
    """The share of questions whose first chunk holds the fact to open with, and any of the right facts."""
    worth = [ordering.worth[ranker.score(ordering.features).argmax()] if len(ordering.worth) else 0.0 for ordering in orderings]
    return round(float(np.mean([value == 1 for value in worth])), 3), round(float(np.mean([value > 0 for value in worth])), 3)


def main() -> None:
    """Learn the weights and print how often the right chunk comes first, before and after."""
    documents, folder = parse_folders(__doc__)
    model, start = load_embedding_model(str(folder)), Ranker.load(folder / "ranker.json")
    found: dict[str, list[Ordering]] = {}
    for name, retriever, questions in questions_as_asked(documents, model, start, folder, CANDIDATES):
        found.setdefault(name, []).extend(ordering_of(question, retriever) for question in questions)
    ranker = adapt(start, [*found["answered"], *found["situations"]])
    print("the first chunk holds the fact to open with, and any of the right facts; before, and after:")
    for name, orderings in found.items():
        print(f"  {len(orderings)} {name}: {firsts(orderings, start)}, {firsts(orderings, ranker)}")
    (folder / "ranker.json").write_text(ranker.model_dump_json(indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
