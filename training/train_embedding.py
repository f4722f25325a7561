"""Trains the bundled embedding model: a static sentence-transformers model over WordPieces of Dutch seller text.

Pairs come from the corpus alone: (question, section), (question, question of the same section), (question, fact),
(question, question of the same fact), (heading, section), (fact, section) and (name, other name). The loss is
MultipleNegativesRankingLoss (Henderson et al. 2017) in both directions with in-batch negatives, where texts of the same
section are never each other's negatives. Hard negatives are facts of other sections that BM25, or the model itself halfway,
finds for a question. The same inputs give the same weights: seeds, order and thread count are fixed.
"""

import argparse
import dataclasses
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch import Tensor, nn

from assistant.bm25 import Bm25Index
from assistant.documents import Chunk
from assistant.index import FACT_UNIT, QUESTION_UNIT, text_id, unit_texts
from assistant.tokenization import Vocabulary, tokens
from training.questions import FactQuestion, chunks_of, keep_parts, read_documents, read_fact_questions

SEED = 20261122
FIRST_NEGATIVE, LAST_NEGATIVE = 5, 25  # the ranks that hard negatives are drawn from
Negative = tuple[str, int]  # a fact, and the group it is of


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Everything that can be chosen about a model."""

    name: str = "basis"
    subwords: str = "wordpiece"
    vocabulary_size: int = 6_000
    dimensions: int = 256
    epochs: int = 4
    batch_size: int = 256
    learning_rate: float = 0.01
    scale: float = 14.0
    word_dropout: float = 0.1
    typo_share: float = 0.15
    weight_decay: float = 0.0
    pair_kinds: tuple[str, ...] = (
        "question-chunk", "question-question", "question-fact", "fact-question", "asked-asked", "heading-chunk", "fact-chunk", "names",
    )  # fmt: skip
    hard_negatives: str = ""  # "bm25", "model" or none
    matryoshka: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two texts that belong together, and the group (section) that both are of."""

    left: str
    right: str
    group: int


def make_pairs(chunks: Sequence[Chunk], extra: Sequence[FactQuestion], recipe: Recipe, rng: random.Random) -> list[Pair]:
    """One epoch of pairs: drawn anew each time, so that questions meet different partners."""
    pairs: list[Pair] = []
    for group, chunk in enumerate(chunks):
        texts = list(unit_texts(chunk))
        whole = texts[0][1]
        questions = [text for kind, text in texts if kind == QUESTION_UNIT]
        facts = [text for kind, text in texts if kind == FACT_UNIT]
        for question in questions:
            if "question-chunk" in recipe.pair_kinds:
                pairs.append(Pair(question, whole, group))
            if "question-question" in recipe.pair_kinds and len(questions) > 1:
                pairs.append(Pair(question, rng.choice([other for other in questions if other != question]), group))
            if "question-fact" in recipe.pair_kinds and facts:
                pairs.append(Pair(question, _closest(question, facts, rng), group))
        if "heading-chunk" in recipe.pair_kinds:
            pairs.append(Pair(chunk.heading, whole, group))
            pairs.append(Pair(f"{chunk.title} {chunk.heading}", rng.choice(facts or [whole]), group))
        if "fact-chunk" in recipe.pair_kinds:
            pairs.extend(Pair(fact, whole, group) for fact in facts)
    by_section = {(chunk.document_id, chunk.heading): group for group, chunk in enumerate(chunks)}
    by_fact: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for one in extra:
        by_fact[one[1:]].append(one.question)
    for one in extra if "fact-question" in recipe.pair_kinds else ():
        group = by_section[(one.document_id, one.heading)]
        others = [other for other in by_fact[one[1:]] if other != one.question]
        if "asked-asked" in recipe.pair_kinds and others:
            pairs.append(Pair(one.question, rng.choice(others), group))
        texts = list(unit_texts(chunks[group]))
        facts = [text for kind, text in texts if kind == FACT_UNIT]
        pairs.append(Pair(one.question, facts[one.place], group))
        pairs.append(Pair(one.question, texts[0][1], group))
        if chunks[group].questions:
            pairs.append(Pair(one.question, rng.choice(chunks[group].questions), group))
    if "names" in recipe.pair_kinds:
        groups = sorted({names for chunk in chunks for names in chunk.synonyms})
        for number, names in enumerate(groups, len(chunks)):
            pairs.extend(Pair(names[0], other, number) for other in names[1:])
    return pairs


def _closest(question: str, facts: Sequence[str], rng: random.Random) -> str:
    """The fact that shares most words with the question; a random one when none does."""
    words = _word_set(question)
    shared = [len(words & _word_set(fact)) for fact in facts]
    best = max(shared)
    return rng.choice([fact for fact, count in zip(facts, shared, strict=True) if count == best])


@lru_cache(maxsize=50_000)
def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())


def train_tokenizer(chunks: Sequence[Chunk], extra: Sequence[FactQuestion], recipe: Recipe) -> Tokenizer:
    """A sub-word tokenizer over the texts of the chunks; questions count as much as they occur."""
    texts = [text for chunk in chunks for _, text in unit_texts(chunk)]
    texts += [question.question for question in extra]
    texts += [name for chunk in chunks for group in chunk.synonyms for name in group]
    special = ["[PAD]", "[UNK]"]
    if recipe.subwords == "unigram":
        tokenizer = Tokenizer(models.Unigram())
        trainer: trainers.Trainer = trainers.UnigramTrainer(
            vocab_size=recipe.vocabulary_size, special_tokens=special, unk_token="[UNK]", show_progress=False
        )
    elif recipe.subwords == "bpe":
        tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
        trainer = trainers.BpeTrainer(vocab_size=recipe.vocabulary_size, special_tokens=special, show_progress=False)
    else:
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=60))
        trainer = trainers.WordPieceTrainer(vocab_size=recipe.vocabulary_size, special_tokens=special, show_progress=False)
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(texts, trainer)
    if recipe.subwords == "wordpiece":  # the trainer numbers single letters in another order each time
        pieces = [*special, *sorted(set(tokenizer.get_vocab()) - set(special))]
        numbered = {piece: number for number, piece in enumerate(pieces)}
        tokenizer.model = models.WordPiece(vocab=numbered, unk_token="[UNK]", max_input_chars_per_word=60)
    return tokenizer


class Augmenter:
    """Spoils a share of the questions as hurried people do: swapped, dropped and doubled letters, words left out."""

    def __init__(self, recipe: Recipe, rng: random.Random) -> None:
        self._recipe = recipe
        self._rng = rng

    def __call__(self, text: str) -> str:
        """The text, sometimes spoiled."""
        words = text.split()
        if len(words) > 3:
            words = [word for word in words if self._rng.random() >= self._recipe.word_dropout] or words
        return " ".join(self._typo(word) if self._rng.random() < self._recipe.typo_share else word for word in words)

    def _typo(self, word: str) -> str:
        if len(word) < 5 or not word.isalpha():
            return word
        place = self._rng.randrange(1, len(word) - 1)
        match self._rng.randrange(3):
            case 0:
                return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
            case 1:
                return word[:place] + word[place + 1 :]
            case _:
                return word[:place] + word[place] + word[place:]


def train(
    chunks: Sequence[Chunk], extra: Sequence[FactQuestion], recipe: Recipe, *, seed: int = SEED, verbose: bool = False
) -> SentenceTransformer:
    """A trained model; the same chunks, recipe and seed give the same weights."""
    torch.manual_seed(seed)
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(True)
    rng = random.Random(seed)
    tokenizer = train_tokenizer(chunks, extra, recipe)
    weights = nn.Parameter(torch.randn(tokenizer.get_vocab_size(), recipe.dimensions) * 0.05)
    optimizer = torch.optim.Adam([weights], lr=recipe.learning_rate)
    augment = Augmenter(recipe, rng)
    pairs = make_pairs(chunks, extra, recipe, rng)
    total = recipe.epochs * (len(pairs) // recipe.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: max(0.02, min(1.0, (step + 1) / (0.1 * total)) * (1 - step / max(1, total)))
    )
    hard: dict[str, list[Negative]] = {}
    for epoch in range(recipe.epochs):
        pairs = make_pairs(chunks, extra, recipe, rng)
        rng.shuffle(pairs)
        losses: list[float] = []
        if recipe.hard_negatives == "bm25" and epoch == 0:
            hard = mine_with_bm25(chunks, [question.question for question in extra])
        elif recipe.hard_negatives == "model" and epoch == recipe.epochs // 2:
            hard = mine_with_model(chunks, [question.question for question in extra], tokenizer, weights.detach())
        for start in range(0, len(pairs) - recipe.batch_size + 1, recipe.batch_size):
            batch = pairs[start : start + recipe.batch_size]
            negatives = [rng.choice(hard[pair.left]) for pair in batch if hard.get(pair.left)]
            left = _encode(tokenizer, [augment(pair.left) for pair in batch], weights)
            right = _encode(tokenizer, [*(pair.right for pair in batch), *(fact for fact, _ in negatives)], weights)
            groups = [*(pair.group for pair in batch), *(group for _, group in negatives)]
            loss = _ranking_loss(left, right, torch.tensor(groups), recipe)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        if verbose:
            print(f"epoch {epoch + 1}/{recipe.epochs}: {len(pairs)} paren, verlies {sum(losses) / max(1, len(losses)):.4f}", flush=True)
    module = StaticEmbedding(tokenizer, embedding_weights=weights.detach().numpy())
    return SentenceTransformer(modules=[module, Normalize()], device="cpu")


def _encode(tokenizer: Tokenizer, texts: list[str], weights: Tensor) -> Tensor:
    encodings = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    ids = [encoding.ids or [1] for encoding in encodings]
    flat = torch.tensor([token for row in ids for token in row])
    starts = torch.tensor([0, *(len(row) for row in ids[:-1])]).cumsum(0)
    return nn.functional.embedding_bag(flat, weights, starts, mode="mean")


def _ranking_loss(left: Tensor, right: Tensor, groups: Tensor, recipe: Recipe) -> Tensor:
    """``right`` and ``groups`` may hold more rows than ``left``: the hard negatives, which belong to no row."""
    count = len(left)
    hidden = (groups[:count, None] == groups[None, :]) & ~torch.eye(count, len(groups), dtype=torch.bool)
    target = torch.arange(count)
    total = torch.zeros(())
    widths = recipe.matryoshka or (left.shape[1],)
    for width in widths:
        one = nn.functional.normalize(left[:, :width], dim=1)
        two = nn.functional.normalize(right[:, :width], dim=1)
        scores = (one @ two.T * recipe.scale).masked_fill(hidden, -1e4)
        loss = nn.functional.cross_entropy(scores, target) + nn.functional.cross_entropy(scores[:, :count].T, target)
        total = total + loss / (2 * len(widths))
    return total


def _facts_of(chunks: Sequence[Chunk]) -> list[Negative]:
    return [(text, group) for group, chunk in enumerate(chunks) for kind, text in unit_texts(chunk) if kind == FACT_UNIT]


def mine_with_bm25(chunks: Sequence[Chunk], questions: Sequence[str]) -> dict[str, list[Negative]]:
    """For each question the facts that share most of its words, but for the first few, which may well answer it."""
    facts = _facts_of(chunks)
    vocabulary = Vocabulary.count(text for text, _ in facts)
    index = Bm25Index.build(tokens(text, vocabulary) for text, _ in facts)
    found: dict[str, list[Negative]] = {}
    for question in questions:
        scores = index.scores(tokens(question, vocabulary))
        best = np.argpartition(-scores, LAST_NEGATIVE)[:LAST_NEGATIVE]
        best = best[np.argsort(-scores[best], kind="stable")][FIRST_NEGATIVE:]
        found[question] = [facts[place] for place in best if scores[place] > 0]
    return found


def mine_with_model(chunks: Sequence[Chunk], questions: Sequence[str], tokenizer: Tokenizer, weights: Tensor) -> dict[str, list[Negative]]:
    """For each question the facts that the model so far holds nearest, but for the first few, which may well answer it."""
    facts = _facts_of(chunks)
    vectors = nn.functional.normalize(_encode(tokenizer, [text for text, _ in facts], weights), dim=1)
    found: dict[str, list[Negative]] = {}
    for start in range(0, len(questions), 1_000):
        batch = list(questions[start : start + 1_000])
        scores = nn.functional.normalize(_encode(tokenizer, batch, weights), dim=1) @ vectors.T
        places = scores.topk(LAST_NEGATIVE, dim=1).indices[:, FIRST_NEGATIVE:].tolist()
        found |= {question: [facts[place] for place in own] for question, own in zip(batch, places, strict=True)}
    return found


def save(model: SentenceTransformer, folder: Path, recipe: Recipe, chunks: Sequence[Chunk]) -> None:
    """Write the model in half precision, with what it was made from."""
    model.half()
    model.save(str(folder), create_model_card=False)
    (folder / "training.json").write_text(
        json.dumps({"recipe": dataclasses.asdict(recipe), "seed": SEED, "text_ids": sorted(map(text_id, chunks))}), "utf-8"
    )


def main() -> None:
    """Train on all questions and write the model folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--output", type=Path, default=Path("src/assistant/model"))
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--hide", nargs="*", default=[], help="parts of the questions to leave out: dev, rank")
    arguments = parser.parse_args()
    documents = keep_parts(read_documents(arguments.corpus), {"train", "rank", "dev"} - set(arguments.hide))
    chunks = list(chunks_of(documents))
    recipe = Recipe(epochs=arguments.epochs)
    started = time.perf_counter()
    model = train(chunks, read_fact_questions(chunks), recipe, verbose=True)
    save(model, arguments.output, recipe, chunks)
    print(f"{len(chunks)} secties, {time.perf_counter() - started:.0f} s, geschreven naar {arguments.output}")


if __name__ == "__main__":
    main()
