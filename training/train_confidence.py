"""Learns how sure a refusal or an answer may be: logistic weights and the line between them (``confidence.json``).

Answerable questions are corpus questions that the index has not seen; unanswerable ones stand in
``training/unanswerable.jsonl``. Half of each teaches the weights (``rank``), half measures them (``dev``).
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from assistant.confidence import CONFIDENCE_FEATURES, Confidence, confidence_features
from assistant.embeddings import load_embedding_model
from assistant.query_rewriting import analyse
from assistant.retrievers import HybridRetriever, Ranker
from training.experiments import build_index, make_retriever
from training.questions import keep_parts, part_of, questions_of, read_documents

UNANSWERABLE = Path(__file__).parent / "unanswerable.jsonl"
FALSE_REFUSALS = 0.03


def read_unanswerable(path: Path = UNANSWERABLE) -> list[tuple[str, str]]:
    """Questions the corpus cannot answer, each with its kind."""
    return [(entry["question"], entry["kind"]) for entry in map(json.loads, path.read_text("utf-8").splitlines())]


def features_of(questions: Sequence[str], retriever: HybridRetriever) -> NDArray[np.float32]:
    """float32 ``(len(questions), len(CONFIDENCE_FEATURES))``."""
    rows = []
    for question in questions:
        query = analyse(question, retriever.index.vocabulary, retriever.synonyms)
        found = confidence_features(query, retriever.retrieve(query, 12))
        rows.append([found[name] for name in CONFIDENCE_FEATURES])
    return np.array(rows, dtype=np.float32)


def learn(answerable: NDArray[np.float32], unanswerable: NDArray[np.float32], *, steps: int = 3_000, l2: float = 0.003) -> Confidence:
    """Logistic weights with both classes counted alike; the line lies where ``FALSE_REFUSALS`` of the answerable fall below it."""
    data = torch.from_numpy(np.concatenate([answerable, unanswerable]))
    mean, spread = data.mean(dim=0), data.std(dim=0).clamp_min(1e-3)
    target = torch.cat([torch.ones(len(answerable)), torch.zeros(len(unanswerable))])
    balance = torch.where(target > 0, 0.5 / len(answerable), 0.5 / len(unanswerable))
    torch.manual_seed(0)
    weights, bias = torch.nn.Parameter(torch.zeros(data.shape[1])), torch.nn.Parameter(torch.zeros(()))
    optimizer = torch.optim.Adam([weights, bias], lr=0.03)
    for _ in range(steps):
        logits = ((data - mean) / spread) @ weights + bias
        loss = (torch.nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none") * balance).sum() + l2 * (weights**2).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    raw = (weights / spread).detach()
    shift = float((bias - (mean * raw).sum()).detach())
    confidence = Confidence(weights={n: round(float(w), 5) for n, w in zip(CONFIDENCE_FEATURES, raw, strict=True)}, bias=round(shift, 5), threshold=0.5)
    line = float(np.quantile(chances(confidence, answerable), FALSE_REFUSALS))
    return confidence.model_copy(update={"threshold": round(line, 4)})


def chances(confidence: Confidence, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """float64 ``(n,)``: the chance for each row of features."""
    weights = np.array([confidence.weights.get(name, 0.0) for name in CONFIDENCE_FEATURES])
    result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-(features @ weights + confidence.bias)))
    return result


def main() -> None:
    """Learn the weights and print missed and false refusals on the ``dev`` part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--model", required=True, help="a model trained with --hide dev rank")
    parser.add_argument("--output", type=Path, default=Path("src/assistant/model"))
    arguments = parser.parse_args()
    model = load_embedding_model(arguments.model)
    documents = read_documents(arguments.corpus)
    outside = read_unanswerable()
    with tempfile.TemporaryDirectory() as folder:
        index = build_index(keep_parts(documents, {"train"}), model, Path(folder))
        retriever = make_retriever(index, model, Ranker.load(arguments.output / "ranker.json"))
        learned_on, measured_on = ([q.question for q in questions_of(documents, {part})] for part in ("rank", "dev"))
        half = [int(part_of(question * 2) == "train") for question, _ in outside]
        inside_a, inside_b = features_of(learned_on, retriever), features_of(measured_on, retriever)
        features = features_of([question for question, _ in outside], retriever)
        index.close()
    chosen = np.array(half, dtype=bool)
    confidence = learn(inside_a, features[chosen])
    report(confidence, inside_b, features[~chosen], [kind for (_, kind), own in zip(outside, half, strict=True) if not own])
    final = learn(np.concatenate([inside_a, inside_b]), features)
    (arguments.output / "confidence.json").write_text(final.model_dump_json(indent=2) + "\n", "utf-8")


def report(confidence: Confidence, inside: NDArray[np.float32], outside: NDArray[np.float32], kinds: Sequence[str]) -> None:
    """Print the share of wrong refusals, and of missed ones per kind."""
    print(f"line {confidence.threshold}: false refusals {np.mean(chances(confidence, inside) < confidence.threshold):.4f}")
    kept = chances(confidence, outside) >= confidence.threshold
    print(f"refused when it should be: {1 - kept.mean():.4f} of {len(kept)}")
    for kind in sorted(set(kinds)):
        own = np.array([k == kind for k in kinds])
        print(f"  {kind}: {1 - kept[own].mean():.3f} of {own.sum()}")


if __name__ == "__main__":
    main()
