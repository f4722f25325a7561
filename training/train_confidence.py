"""Learns when to answer and when to say "dat weet ik niet": ``scope.json`` and ``confidence.json``.

Answerable questions are corpus questions that the index has not seen (``rank`` and ``dev``), and questions as sellers type
them (``situations.jsonl``, ``spoken.jsonl``): without these, one in ten of such questions was refused. Unanswerable ones
stand in ``training/unanswerable*.jsonl``, of which the half that the reading word by word did not learn from is used; for every
section some of them ask for just what it does not say, and the answerable questions of ``boundary.jsonl`` were written beside
those. A further kind is made: an answerable question whose right sections
are hidden. The scope reading that the network weighs is always learned on other questions than those it reads. The line is
drawn on questions as they come, not on those of the boundary.
"""

import argparse
import json
import math
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from assistant.confidence import CONFIDENCE_FEATURES, Confidence, Scope, confidence_features, scope_features
from assistant.embeddings import load_embedding_model
from assistant.pipeline import CANDIDATES, CANDIDATES_FOR_FACTS
from assistant.query_rewriting import analyse
from assistant.retrievers import HybridRetriever, Ranker
from assistant.selection import Relevance, Selector, rank_facts
from training.experiments import build_index, make_retriever
from training.questions import (
    chunks_of,
    is_for_late_interaction,
    keep_parts,
    questions_of,
    read_documents,
    read_fact_questions,
    read_unanswerable,
)
from training.train_ranker import BOUNDARY, read_labels, read_situations

FOLDER = Path(__file__).parent
FALSE_REFUSALS = 0.03
FOLDS = 5
# Several small networks, each from its own start, make one: their mean is steadier than any of them.
NETWORKS = 5
HIDDEN_UNITS = 8
Features = NDArray[np.float32]


def read_typed(parts: set[str], path: Path = FOLDER / "spoken.jsonl") -> list[str]:
    """Answerable questions as sellers type them that the index has not seen; ``rank`` and ``dev`` hold half of them each."""
    spoken = [json.loads(line)["question"] for line in path.read_text("utf-8").splitlines()]
    halves = {"rank": spoken[::2], "dev": spoken[1::2]}
    return [question.question for question in read_situations(parts)] + [text for part in sorted(parts) for text in halves[part]]


def learn_scope(inside: Sequence[str], outside: Sequence[str], *, steps: int = 250, l2: float = 3e-6, least: float = 0.02) -> Scope:
    """A logistic reading of words with both classes counted alike; weights below ``least`` are dropped."""
    torch.manual_seed(0)
    texts = [scope_features(text) for text in (*inside, *outside)]
    counts: dict[str, int] = {}
    for names in texts:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    columns = {name: place for place, name in enumerate(sorted(name for name, count in counts.items() if count >= 2))}
    ids = [[columns[name] for name in names if name in columns] for names in texts]
    sizes = torch.tensor([1.0 / math.sqrt(max(1, len(names))) for names in texts])
    flat = torch.tensor([column for row in ids for column in row])
    starts = torch.tensor([0, *(len(row) for row in ids[:-1])]).cumsum(0)
    target = torch.cat([torch.ones(len(inside)), torch.zeros(len(outside))])
    balance = torch.where(target > 0, 0.5 / len(inside), 0.5 / len(outside))
    weights = torch.nn.Parameter(torch.zeros(len(columns), 1))
    bias = torch.nn.Parameter(torch.zeros(()))
    optimizer = torch.optim.Adam([weights, bias], lr=0.05)
    for _ in range(steps):
        logits = torch.nn.functional.embedding_bag(flat, weights, starts, mode="sum")[:, 0] * sizes + bias
        loss = (torch.nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none") * balance).sum()
        loss = loss + l2 * (weights**2).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    learned = weights.detach()[:, 0].tolist()
    return Scope(
        weights={name: round(learned[place], 3) for name, place in columns.items() if abs(learned[place]) >= least},
        bias=round(float(bias.detach()), 4),
    )


def features_of(
    questions: Sequence[str],
    scopes: Sequence[float],
    retriever: HybridRetriever,
    weights: tuple[Selector, Relevance],
    hidden: Sequence[set[tuple[str, str]]] = (),
) -> Features:
    """float32 ``(n, len(CONFIDENCE_FEATURES))``; ``hidden`` names the sections each question may not find."""
    rows = []
    for number, (question, scope) in enumerate(zip(questions, scopes, strict=True)):
        query = analyse(question, retriever.index.vocabulary, retriever.synonyms)
        found = retriever.retrieve(query, 40 if hidden else CANDIDATES)
        if hidden:
            found = [candidate for candidate in found if (candidate.chunk.document_id, candidate.chunk.heading) not in hidden[number]]
        if found:
            vector = retriever.model.encode_query(query.text)
            ranked = rank_facts(query, vector, found[:CANDIDATES_FOR_FACTS], retriever.index, *weights)
            rows.append(confidence_features(query, found[:CANDIDATES], ranked, retriever.index, scope))
    return np.array(rows, dtype=np.float32)


def learn_confidence(
    inside: Features,
    hidden: Features,
    outside: Features,
    kinds: Sequence[str],
    *,
    hidden_share: float = 0.1,
    steps: int = 300,
    l2: float = 0.1,
) -> Confidence:
    """The network; ``hidden_share`` of the weight of the unanswerable goes to questions whose sections were hidden.

    The rest goes to ``outside``, of which every kind counts alike: near-misses are many, and easily outvote the others.
    """
    counts = Counter(kinds)
    shares = torch.tensor([1.0 / (len(counts) * counts[kind]) for kind in kinds])
    data = torch.from_numpy(np.concatenate([inside, hidden, outside]))
    mean, spread = data.mean(dim=0), data.std(dim=0).clamp_min(1e-3)
    scaled = (data - mean) / spread
    target = torch.cat([torch.ones(len(inside)), torch.zeros(len(hidden) + len(outside))])
    balance = torch.cat([
        torch.full((len(inside),), 0.5 / len(inside)),
        torch.full((len(hidden),), 0.5 * hidden_share / max(1, len(hidden))),
        0.5 * (1 - hidden_share) * shares,
    ])  # fmt: skip
    networks = [_train_network(seed, scaled, target, balance, steps, l2) for seed in range(NETWORKS)]
    return Confidence(
        mean=_rounded(mean),
        spread=_rounded(spread),
        hidden=tuple(_rounded(row) for first, _ in networks for row in first.weight.detach()),
        hidden_bias=tuple(value for first, _ in networks for value in _rounded(first.bias.detach())),
        output=tuple(value for _, last in networks for value in _rounded(last.weight.detach()[0] / NETWORKS)),
        output_bias=round(sum(float(last.bias.detach()) for _, last in networks) / NETWORKS, 5),
        threshold=0.5,
    )


def _train_network(
    seed: int, scaled: torch.Tensor, target: torch.Tensor, balance: torch.Tensor, steps: int, l2: float
) -> tuple[torch.nn.Linear, torch.nn.Linear]:
    torch.manual_seed(seed)
    first, last = torch.nn.Linear(scaled.shape[1], HIDDEN_UNITS), torch.nn.Linear(HIDDEN_UNITS, 1)
    network = torch.nn.Sequential(first, torch.nn.Tanh(), last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01, weight_decay=l2)
    for _ in range(steps):
        loss = (torch.nn.functional.binary_cross_entropy_with_logits(network(scaled)[:, 0], target, reduction="none") * balance).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return first, last


def _rounded(values: torch.Tensor) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def with_line(confidence: Confidence, inside: Features) -> Confidence:
    """The same with the line where ``FALSE_REFUSALS`` of the answerable questions fall below it."""
    return confidence.model_copy(update={"threshold": round(float(np.quantile(confidence.chances(inside), FALSE_REFUSALS)), 4)})


def main() -> None:
    """Learn both files and print missed and false refusals on questions that were not learned from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--model", required=True, help="a model trained with --hide dev rank")
    parser.add_argument("--output", type=Path, default=Path("src/assistant/model"))
    arguments = parser.parse_args()
    documents = read_documents(arguments.corpus)
    chunks = list(chunks_of(documents))
    outside = read_unanswerable()
    known = [question.question for question in questions_of(documents, {"train"})] + [q.question for q in read_fact_questions(chunks)]
    inner = learn_scope(known, [question for question, _ in outside])
    folds = [
        learn_scope(known, [question for place, (question, _) in enumerate(outside) if place % FOLDS != fold]) for fold in range(FOLDS)
    ]
    weighed = [
        (question, folds[place % FOLDS].score(question), kind)
        for place, (question, kind) in enumerate(outside)
        if not is_for_late_interaction(question)
    ]
    labels = read_labels()
    model = load_embedding_model(arguments.model)
    with tempfile.TemporaryDirectory() as folder:
        index = build_index(keep_parts(documents, {"train"}), model, Path(folder))
        retriever = make_retriever(index, model, Ranker.load(arguments.output / "ranker.json"), Path(arguments.model))
        weights = Selector.load(arguments.output / "selection.json"), Relevance.load(arguments.output / "relevance.json")
        parts = []
        for part in ("rank", "dev"):
            asked = questions_of(documents, {part})
            texts = [question.question for question in asked]
            scopes = [inner.score(text) for text in texts]
            right = [set(labels.get(q.question, {})) | {(q.document_id, q.heading)} for q in asked]
            typed = read_typed({part})
            boundary = [question.question for question in read_situations({part}, BOUNDARY)]
            parts.append((
                features_of(texts, scopes, retriever, weights),
                features_of(texts, scopes, retriever, weights, right),
                features_of(typed, [inner.score(text) for text in typed], retriever, weights),
                features_of(boundary, [inner.score(text) for text in boundary], retriever, weights),
            ))  # fmt: skip
        features = features_of([question for question, _, _ in weighed], [scope for _, scope, _ in weighed], retriever, weights)
        index.close()
    (rank, rank_hidden, rank_typed, rank_boundary), (dev, dev_hidden, dev_typed, dev_boundary) = parts
    kinds = [kind for _, _, kind in weighed]
    learned = learn_confidence(np.concatenate([rank, rank_typed, rank_boundary]), rank_hidden, features[::2], kinds[::2])
    measured = with_line(learned, np.concatenate([dev, dev_typed]))
    report(measured, {"corpus": dev, "as typed": dev_typed, "boundary": dev_boundary}, features[1::2], kinds[1::2])
    inside = np.concatenate([rank, rank_typed, dev, dev_typed])
    every = np.concatenate([inside, rank_boundary, dev_boundary])
    final = learn_confidence(every, np.concatenate([rank_hidden, dev_hidden]), features, kinds)
    (arguments.output / "confidence.json").write_text(with_line(final, inside).model_dump_json() + "\n", "utf-8")
    (arguments.output / "scope.json").write_text(inner.model_dump_json() + "\n", "utf-8")


def report(confidence: Confidence, inside: Mapping[str, Features], outside: Features, kinds: Sequence[str]) -> None:
    """Print the share of false refusals for each set of answerable questions, and of right ones per kind."""
    false = {name: float(np.mean(confidence.chances(asked) < confidence.threshold)) for name, asked in inside.items()}
    print(f"{len(CONFIDENCE_FEATURES)} features, line {confidence.threshold}, false refusals:", {n: round(f, 4) for n, f in false.items()})
    refused = confidence.chances(outside) < confidence.threshold
    print(f"refused when it should be: {refused.mean():.4f} of {len(refused)}")
    for kind in sorted(set(kinds)):
        own = np.array([k == kind for k in kinds])
        print(f"  {kind}: {refused[own].mean():.3f} of {own.sum()}")


if __name__ == "__main__":
    main()
