"""Trains the reading word by word: ``late_interaction/``, beside the embedding model whose word parts it starts from.

For every question that the corpus knows, its section must match better than sections that the embedding model holds near
it, and in the section its fact better than the other facts. A question that nothing answers must match even the nearest
sections worse than other questions match theirs; half of the unanswerable questions are kept for ``train_confidence``.
Vectors start as the leading directions of the embedding model's own, weights as the inverse document frequency. The same
inputs give the same weights.
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, embedding, normalize, softplus

from assistant.documents import Chunk
from assistant.late_interaction import LATE_FOLDER, LateInteraction
from training.questions import (
    chunks_of,
    is_for_late_interaction,
    keep_parts,
    questions_of,
    read_documents,
    read_fact_questions,
    read_unanswerable,
)
from training.train_embedding import SEED, Augmenter, Recipe

DIMENSIONS = 64
EPOCHS = 2
BATCH_SIZE = 64
NEAR, FAR = 7, 2  # sections beside the right one: so many of the nearest, so many at random
NEAREST = 24
MOST_FACTS = 12
MOST_PARTS = 48
SHARPNESS = 20.0  # how much the best fact of a section stands above its others when they are taken together
FACT_WEIGHT = 0.5
OUTSIDE_PER_BATCH = 16
OUTSIDE_WEIGHT = 0.5
LINE = 1.0  # between the scores of answered and unanswerable questions
ABSENT = -1e4


class Asked(NamedTuple):
    """A question, the place of its section, or -1 when nothing answers it, and the place of its fact there, or -1."""

    question: str
    section: int
    fact: int


class Sections:
    """The word parts of all sections: the distinct ones of each, and which of them each fact with its heading holds."""

    def __init__(self, chunks: Sequence[Chunk], tokenizer: Tokenizer) -> None:
        self.facts: list[list[list[int]]] = []
        for chunk in chunks:
            above = encode(tokenizer, [f"{chunk.title} {chunk.heading}"])[0]
            self.facts.append([sorted({*above, *own}) for own in encode(tokenizer, [fact.text for fact in chunk.facts])] or [above])
        distinct = [sorted({part for fact in facts for part in fact}) for facts in self.facts]
        self.sizes = [len(parts) for parts in distinct]
        self.parts = torch.zeros(len(chunks), max(self.sizes), dtype=torch.long)
        self.held: list[Tensor] = []  # per section bool (facts, parts)
        for place, (parts, facts) in enumerate(zip(distinct, self.facts, strict=True)):
            self.parts[place, : len(parts)] = torch.tensor(parts)
            columns = {part: column for column, part in enumerate(parts)}
            held = torch.zeros(len(facts), self.parts.shape[1], dtype=torch.bool)
            for row, fact in enumerate(facts):
                held[row, [columns[part] for part in fact]] = True
            self.held.append(held)


class MaxSim(nn.Module):
    """What is learned, and how the parts of questions match those of sections."""

    def __init__(self, vectors: NDArray[np.float32], weights: Tensor) -> None:
        super().__init__()
        self.vectors = nn.Parameter(torch.from_numpy(vectors))
        self.raw_weights = nn.Parameter(weights)
        self.shares = nn.Parameter(torch.tensor([1.0, 1.0]))
        self.scale = nn.Parameter(torch.tensor(12.0))

    def forward(self, asked: Tensor, known: Tensor, parts: Tensor, held: Tensor) -> tuple[Tensor, Tensor]:
        """Scores ``(batch, sections)`` and ``(batch, facts)`` of the first section.

        Args:
            asked: long ``(batch, question parts)``.
            known: float, the same shape: 1 where there is a part.
            parts: long ``(batch, sections, parts)``.
            held: bool ``(batch, sections, facts, parts)``.
        """
        vectors = normalize(self.vectors, dim=1)
        near = torch.relu(torch.einsum("bqd,bspd->bsqp", embedding(asked, vectors), embedding(parts, vectors)))
        weights = softplus(self.raw_weights[asked]) * known
        weights = weights / weights.sum(dim=1, keepdim=True).clamp_min(1e-4)
        # max, not amax: its gradient goes to one place instead of all equal ones, which is three times as fast.
        facts = torch.stack([near.masked_fill(~held[:, :, fact, None, :], 0.0).max(dim=-1).values for fact in range(held.shape[2])], dim=2)
        by_fact = (facts * weights[:, None, None]).sum(dim=-1)
        whole = (facts.max(dim=2).values * weights[:, None]).sum(dim=-1)
        exists = torch.where(held.any(dim=-1), 0.0, ABSENT)
        best = torch.logsumexp(by_fact * SHARPNESS + exists, dim=2) / SHARPNESS
        sections = (self.shares[0] * whole + self.shares[1] * best) * self.scale
        return sections, by_fact[:, 0] * self.scale + exists[:, 0]


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """The numbered parts of each text; the unknown part for a text without any."""
    return [encoding.ids or [1] for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def nearest_sections(asked: Sequence[Asked], sections: Sections, tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """int64 ``(n, NEAREST)``: the sections that the embedding model holds nearest each question, by whole and by best fact."""

    def mean(ids: Sequence[int]) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = vectors[ids].mean(axis=0)
        return vector / max(float(np.linalg.norm(vector)), 1e-6)

    wholes = np.array([mean([part for fact in facts for part in fact]) for facts in sections.facts])
    facts = np.array([mean(fact) for own in sections.facts for fact in own])
    starts = np.cumsum([0, *(len(own) for own in sections.facts[:-1])])
    questions = np.array([mean(ids) for ids in encode(tokenizer, [one.question for one in asked])])
    found = []
    for start in range(0, len(questions), 2_000):
        batch = questions[start : start + 2_000]
        scores = np.maximum.reduceat(batch @ facts.T, starts, axis=1) + batch @ wholes.T
        found.append(np.argsort(-scores, axis=1, kind="stable")[:, :NEAREST])
    return np.concatenate(found)


def train(
    chunks: Sequence[Chunk], asked: Sequence[Asked], outside: Sequence[str], folder: Path, *, verbose: bool = False
) -> LateInteraction:
    """Learn from these questions and unanswerable ones; ``folder`` holds the embedding model that gives the parts and the start."""
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(True)
    rng = random.Random(SEED)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    start_vectors = load_file(folder / "model.safetensors")["embedding.weight"].astype(np.float32)
    sections = Sections(chunks, tokenizer)
    every = [*asked, *(Asked(question, -1, -1) for question in outside)]
    near = nearest_sections(every, sections, tokenizer, start_vectors)
    model = MaxSim(leading_directions(start_vectors), inverse_document_frequencies(sections, len(start_vectors)) / 4)
    optimizer = torch.optim.Adam([
        {"params": [model.vectors], "lr": 3e-3}, {"params": [model.raw_weights, model.shares, model.scale], "lr": 1e-2},
    ])  # fmt: skip
    total = EPOCHS * (len(asked) // BATCH_SIZE)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: max(0.02, min(1.0, (step + 1) / (0.1 * total)) * (1 - step / max(1, total)))
    )
    augment = Augmenter(Recipe(), rng)
    order = list(range(len(asked)))
    for epoch in range(EPOCHS):
        rng.shuffle(order)
        losses, firsts = [], []
        for start in range(0, len(order) - BATCH_SIZE + 1, BATCH_SIZE):
            places = [*order[start : start + BATCH_SIZE], *rng.sample(range(len(asked), len(every)), OUTSIDE_PER_BATCH)]
            batch = [every[place] for place in places]
            questions, known = _questions(encode(tokenizer, [augment(one.question) for one in batch]))
            chosen = [_sections_beside(one, near[place], len(chunks), rng) for one, place in zip(batch, places, strict=True)]
            parts, held, wanted = _candidates(batch, chosen, sections, rng)
            scores, facts = model(questions, known, parts, held)
            loss = cross_entropy(scores[:BATCH_SIZE], torch.zeros(BATCH_SIZE, dtype=torch.long))
            loss = loss + FACT_WEIGHT * cross_entropy(facts, wanted, ignore_index=-1)
            answered, outside_best = scores[:BATCH_SIZE, 0], scores[BATCH_SIZE:].amax(dim=1)
            line = LINE * model.scale
            loss = loss + OUTSIDE_WEIGHT * (softplus(line - answered).mean() + softplus(outside_best - line).mean())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
            firsts.append(float((scores.detach()[:BATCH_SIZE].argmax(dim=1) == 0).float().mean()))
        if verbose:
            print(f"epoch {epoch + 1}/{EPOCHS}: verlies {np.mean(losses):.4f}, juiste sectie {np.mean(firsts):.4f}", flush=True)
    vectors = normalize(model.vectors.detach(), dim=1).numpy()
    return LateInteraction(tokenizer, vectors, softplus(model.raw_weights.detach()).numpy())


def leading_directions(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 ``(n, DIMENSIONS)`` rows of unit length: vectors in the directions in which they differ most."""
    _, _, directions = np.linalg.svd(vectors, full_matrices=False)
    turned = vectors @ directions[:DIMENSIONS].T
    result: NDArray[np.float32] = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-6)
    return result


def inverse_document_frequencies(sections: Sections, count: int) -> Tensor:
    """float32 ``(count,)``: ln((N + 1) / (df + 0.5)) over the sections."""
    holding = torch.zeros(count)
    for place, size in enumerate(sections.sizes):
        holding[sections.parts[place, :size]] += 1
    return torch.log((len(sections.sizes) + 1) / (holding + 0.5))


def _questions(ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    width = min(MOST_PARTS, max(map(len, ids)))
    parts, known = torch.zeros(len(ids), width, dtype=torch.long), torch.zeros(len(ids), width)
    for row, own in enumerate(ids):
        parts[row, : len(own[:width])] = torch.tensor(own[:width])
        known[row, : len(own[:width])] = 1.0
    return parts, known


def _sections_beside(one: Asked, near: NDArray[np.int64], count: int, rng: random.Random) -> list[int]:
    """The right section first, or the nearest when there is none, then some of the nearest, then some at random."""
    first = one.section if one.section >= 0 else int(near[0])
    return [first, *rng.sample([int(place) for place in near if place != first], NEAR), *rng.sample(range(count), FAR)]


def _candidates(
    batch: Sequence[Asked], chosen: Sequence[Sequence[int]], sections: Sections, rng: random.Random
) -> tuple[Tensor, Tensor, Tensor]:
    """The parts of the chosen sections, which of them their facts hold, and the place of each right fact or -1."""
    width = max(sections.sizes[place] for own in chosen for place in own)
    count = min(MOST_FACTS, max(len(sections.held[place]) for own in chosen for place in own))
    parts = torch.stack([sections.parts[list(own), :width] for own in chosen])
    held = torch.zeros(len(batch), parts.shape[1], count, width, dtype=torch.bool)
    wanted = torch.full((len(batch),), -1)
    for row, (one, own) in enumerate(zip(batch, chosen, strict=True)):
        for column, place in enumerate(own):
            facts = list(range(len(sections.held[place])))
            if len(facts) > count:
                facts = rng.sample(facts, count)
            if column == 0 and one.fact >= 0:
                if one.fact not in facts:
                    facts[0] = one.fact
                wanted[row] = facts.index(one.fact)
            held[row, column, : len(facts)] = sections.held[place][facts, :width]
    return parts, held, wanted


def main() -> None:
    """Train on all questions and write the weights beside the embedding model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--model", type=Path, default=Path("src/assistant/model"), help="the folder of the embedding model")
    parser.add_argument("--hide", nargs="*", default=[], help="parts of the questions to leave out: dev, rank")
    arguments = parser.parse_args()
    parts = {"train", "rank", "dev"} - set(arguments.hide)
    documents = keep_parts(read_documents(arguments.corpus), parts)
    chunks = list(chunks_of(documents))
    places = {(chunk.document_id, chunk.heading): place for place, chunk in enumerate(chunks)}
    asked = [Asked(one.question, places[one.document_id, one.heading], one.place) for one in read_fact_questions(chunks)]
    asked += [Asked(one.question, places[one.document_id, one.heading], -1) for one in questions_of(documents, parts)]
    started = time.perf_counter()
    outside = [question for question, _ in read_unanswerable() if is_for_late_interaction(question)]
    train(chunks, asked, outside, arguments.model, verbose=True).save(arguments.model / LATE_FOLDER)
    print(f"{len(asked)} vragen, {time.perf_counter() - started:.0f} s, geschreven naar {arguments.model}")


if __name__ == "__main__":
    main()
