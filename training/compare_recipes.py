"""Compares ways to make the embedding model: section recall of vectors alone on questions that no recipe has seen.

Measured on the ``dev`` questions of the corpus and on those of ``situations.jsonl``, which are questions as sellers type them.
"""

import argparse
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from assistant.documents import Chunk
from assistant.index import ASKED_UNIT, CHUNK_UNIT, FACT_UNIT, QUESTION_UNIT, unit_texts
from training.questions import LabelledQuestion, chunks_of, keep_parts, questions_of, read_documents, read_fact_questions
from training.train_embedding import Recipe, train
from training.train_ranker import read_situations

RECIPES = (
    Recipe(name="basis"),
    Recipe(name="schaal 10", scale=10.0),
    Recipe(name="schaal 20", scale=20.0),
    Recipe(
        name="zonder paren van vragen per feit",
        pair_kinds=("question-chunk", "question-question", "question-fact", "fact-question", "heading-chunk", "fact-chunk", "names"),
    ),
    Recipe(
        name="zonder vragen per feit",
        pair_kinds=("question-chunk", "question-question", "question-fact", "heading-chunk", "fact-chunk", "names"),
    ),
    Recipe(name="moeilijke negatieven van BM25", hard_negatives="bm25"),
    Recipe(name="moeilijke negatieven van het model zelf", hard_negatives="model"),
    Recipe(name="12.000 stukjes", vocabulary_size=12_000),
    Recipe(name="4.000 stukjes", vocabulary_size=4_000),
    Recipe(name="512 dimensies", dimensions=512),
    Recipe(name="unigram", subwords="unigram"),
    Recipe(name="8 rondes", epochs=8),
    Recipe(name="zonder tikfouten", typo_share=0.0, word_dropout=0.0),
    Recipe(name="matryoshka 64-128-256", matryoshka=(64, 128, 256)),
)


def main() -> None:
    """Train every recipe on the ``train`` questions and print what its vectors find."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--only", nargs="*", default=[], help="names of recipes")
    arguments = parser.parse_args()
    documents = read_documents(arguments.corpus)
    chunks = list(chunks_of(keep_parts(documents, {"train"})))
    sets = {"dev": questions_of(documents, {"dev"}), "getypt": read_situations({"dev", "rank"})}
    extra = read_fact_questions(chunks)
    for recipe in RECIPES:
        if arguments.only and recipe.name not in arguments.only:
            continue
        started = time.perf_counter()
        model = train(chunks, extra, recipe)
        seconds = time.perf_counter() - started
        size = recipe.vocabulary_size * recipe.dimensions * 2 / 1e6
        print(f"{recipe.name} ({seconds:.0f} s, {size:.1f} MB)", flush=True)
        for part, asked in sets.items():
            print(
                f"    {part}: "
                + "  ".join(f"{name} {_recall(scores, chunks, asked)}" for name, scores in _scores(model, chunks, asked).items())
            )
        print(f"    {dataclasses.asdict(recipe)}")


_SIGNAL = {CHUNK_UNIT: "stuk", QUESTION_UNIT: "vraag", ASKED_UNIT: "vraag", FACT_UNIT: "feit"}


def _scores(model: SentenceTransformer, chunks: Sequence[Chunk], asked: Sequence[LabelledQuestion]) -> dict[str, NDArray[np.float32]]:
    """float32 ``(n_questions, n_chunks)`` by the best fact, the best question, and by chunk, question and fact together."""
    units = [list(unit_texts(chunk)) for chunk in chunks]
    vectors = np.asarray(model.encode([text for own in units for _, text in own], batch_size=512), dtype=np.float32)
    questions = np.asarray(model.encode([one.question for one in asked], batch_size=512), dtype=np.float32)
    best = {signal: np.zeros((len(asked), len(chunks)), dtype=np.float32) for signal in ("stuk", "vraag", "feit")}
    start = 0
    for place, own in enumerate(units):
        signals = np.array([_SIGNAL[kind] for kind, _ in own])
        likeness = questions @ vectors[start : start + len(own)].T
        for signal, found in best.items():
            if (signals == signal).any():
                found[:, place] = likeness[:, signals == signal].max(axis=1)
        start += len(own)
    return {"feit": best["feit"], "vraag": best["vraag"], "samen": sum(best.values(), np.zeros_like(best["stuk"]))}


def _recall(scores: NDArray[np.float32], chunks: Sequence[Chunk], asked: Sequence[LabelledQuestion]) -> str:
    places = {(chunk.document_id, chunk.heading): place for place, chunk in enumerate(chunks)}
    right = np.array([places[(one.document_id, one.heading)] for one in asked])
    ranks = (scores > scores[np.arange(len(right)), right][:, None]).sum(axis=1)
    return "/".join(f"{(ranks < k).mean():.3f}" for k in (1, 3, 10))


if __name__ == "__main__":
    main()
