"""Learns when to answer and when to say "dat weet ik niet": ``scope.json`` and ``confidence.json``.

Answerable questions are those of ``vragen.jsonl`` that people asked of their own accord, each hidden from the index, and
questions as sellers type them (``situations.jsonl``, ``spoken.jsonl``). Unanswerable ones stand in
``training/unanswerable*.jsonl``, of which the half that the reading word by word did not learn from is used, and in
``blind.jsonl``; for every section some of them ask for just what it does not say, and the answerable questions of
``boundary.jsonl`` were written beside those. A further kind is made: an answerable question whose right sections are hidden.
The scope reading that the network weighs is always learned on other questions than those it reads. The line is drawn on
questions that people asked of their own accord.
"""

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
from assistant.retrievers import READ_CLOSELY, HybridRetriever, Ranker
from assistant.selection import Relevance, Selector, rank_facts
from training.experiments import build_index, make_retriever, parse_folders, without_each_third
from training.questions import (
    chunks_of,
    is_for_late_interaction,
    questions_of,
    read_answered,
    read_blind,
    read_fact_questions,
    read_unanswerable,
)
from training.train_ranker import BOUNDARY, read_situations

FOLDER = Path(__file__).parent
FALSE_REFUSALS = 0.03
# The networks learn from both kinds counted alike; of what people ask about nine in ten can be answered (nineteen of twenty of the
# questions that were written blind, which leave out what has nothing to do with the subject).
ANSWERABLE_SHARE = 0.9
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


def line_of(chances: NDArray[np.float64]) -> float:
    """The line below which ``FALSE_REFUSALS`` of the answerable questions fall, by chances from networks that had not seen them."""
    return round(float(np.quantile(chances, FALSE_REFUSALS)), 4)


def at_share(confidence: Confidence, share: float = ANSWERABLE_SHARE) -> Confidence:
    """The same decisions with chances as they are when this share of the questions can be answered, instead of half of them."""
    shift = math.log(share / (1 - share))
    odds = confidence.threshold / (1 - confidence.threshold) * share / (1 - share)
    return confidence.model_copy(update={"output_bias": round(confidence.output_bias + shift, 5), "threshold": round(odds / (1 + odds), 4)})


def main() -> None:
    """Learn both files and print missed and false refusals on questions that were not learned from."""
    documents, model_folder = parse_folders(__doc__)
    chunks = list(chunks_of(documents))
    model, ranker = load_embedding_model(str(model_folder)), Ranker.load(model_folder / "ranker.json")
    weights = Selector.load(model_folder / "selection.json"), Relevance.load(model_folder / "relevance.json")
    known = [question.question for question in questions_of(documents, {"train"})] + [q.question for q in read_fact_questions(chunks)]
    blind = [(question.question, "blind") for question in read_blind(chunks, "learn")]
    outside = [*read_unanswerable(), *blind]
    answered: list[Features] = []
    hidden: list[Features] = []
    weighed: list[tuple[Features, list[str]]] = []
    for third, (retriever, own) in enumerate(without_each_third(documents, read_answered(chunks), model, ranker, model_folder)):
        left_out = {question.question for question in own}
        scope = learn_scope(
            [text for text in known if text not in left_out], [text for place, (text, _) in enumerate(outside) if place % 3 != third]
        )
        texts = [question.question for question in own]
        answered.append(features_of(texts, [scope.score(text) for text in texts], retriever, weights))
        right = [{fact[:2] for fact in question.facts} for question in own]
        hidden.append(features_of(texts[::3], [scope.score(text) for text in texts[::3]], retriever, weights, right[::3]))
        others = [
            one for place, one in enumerate(outside) if place % 3 == third and (one[1] == "blind" or not is_for_late_interaction(one[0]))
        ]
        weighed.append(
            (
                features_of([text for text, _ in others], [scope.score(text) for text, _ in others], retriever, weights),
                [kind for _, kind in others],
            )
        )
    full = learn_scope(known, [question for question, _ in outside])
    with tempfile.TemporaryDirectory() as folder:
        retriever = make_retriever(build_index(documents, model, Path(folder)), model, ranker, model_folder, READ_CLOSELY)

        def read(texts: Sequence[str]) -> Features:
            return features_of(texts, [full.score(text) for text in texts], retriever, weights)

        test = read_blind(chunks, "test")
        typed, boundary = read(read_typed({"rank", "dev"})), read([q.question for q in read_situations({"rank", "dev"}, BOUNDARY)])
        others = read([q.question for q in test if q.facts]), read([q.question for q in test if not q.facts])
        retriever.index.close()
    unseen = []
    for third in range(3):
        kept = [place for place in range(3) if place != third]
        learned = learn_confidence(
            np.concatenate([*(answered[place] for place in kept), typed[::2], boundary[::2]]),
            np.concatenate([hidden[place] for place in kept]),
            np.concatenate([weighed[place][0] for place in kept]),
            [kind for place in kept for kind in weighed[place][1]],
        )
        unseen.append(learned.chances(answered[third]))
        learned = learned.model_copy(update={"threshold": line_of(np.concatenate(unseen))})
        report(learned, {"answered": answered[third], "situations": typed[1::2], "boundary": boundary[1::2]}, *weighed[third])
    kinds = [kind for _, own in weighed for kind in own]
    final = learn_confidence(
        np.concatenate([*answered, typed, boundary]), np.concatenate(hidden), np.concatenate([features for features, _ in weighed]), kinds
    )
    final = at_share(final.model_copy(update={"threshold": line_of(np.concatenate(unseen))}))
    print("blind questions of other writers, as it ships:")
    report(final, {"answerable": others[0]}, others[1], ["blind"] * len(others[1]))
    (model_folder / "confidence.json").write_text(final.model_dump_json() + "\n", "utf-8")
    (model_folder / "scope.json").write_text(full.model_dump_json() + "\n", "utf-8")


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
