"""Compares ways to make the embedding model: section recall of vectors alone on ``dev`` questions that no recipe has seen."""

import argparse
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from assistant.documents import Chunk
from assistant.index import CHUNK_UNIT, FACT_UNIT, QUESTION_UNIT, unit_texts
from training.questions import LabelledQuestion, chunks_of, keep_parts, questions_of, read_documents, read_fact_questions
from training.train_embedding import Recipe, train

RECIPES = (
    Recipe(name="basis"),
    Recipe(
        name="zonder vragen per feit",
        pair_kinds=("question-chunk", "question-question", "question-fact", "heading-chunk", "fact-chunk", "names"),
    ),
    Recipe(name="12.000 stukjes", vocabulary_size=12_000),
    Recipe(name="4.000 stukjes", vocabulary_size=4_000),
    Recipe(name="512 dimensies", dimensions=512),
    Recipe(name="unigram", subwords="unigram"),
    Recipe(name="schaal 6", scale=6.0),
    Recipe(name="schaal 20", scale=20.0),
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
    asked = questions_of(documents, {"dev"})
    extra = read_fact_questions(chunks)
    for recipe in RECIPES:
        if arguments.only and recipe.name not in arguments.only:
            continue
        started = time.perf_counter()
        model = train(chunks, extra, recipe)
        seconds = time.perf_counter() - started
        figures = {name: _recall(scores, chunks, asked) for name, scores in _scores(model, chunks, asked).items()}
        size = recipe.vocabulary_size * recipe.dimensions * 2 / 1e6
        print(
            f"{recipe.name:28s} {seconds:5.0f} s {size:5.1f} MB  " + "  ".join(f"{name} {values}" for name, values in figures.items()),
            flush=True,
        )
        print(f"    {dataclasses.asdict(recipe)}")


def _scores(model: SentenceTransformer, chunks: Sequence[Chunk], asked: Sequence[LabelledQuestion]) -> dict[str, NDArray[np.float32]]:
    """float32 ``(n_questions, n_chunks)`` by the best fact, and by chunk, best question and best fact together."""
    units = [list(unit_texts(chunk)) for chunk in chunks]
    vectors = np.asarray(model.encode([text for own in units for _, text in own], batch_size=512), dtype=np.float32)
    questions = np.asarray(model.encode([one.question for one in asked], batch_size=512), dtype=np.float32)
    best = {kind: np.zeros((len(asked), len(chunks)), dtype=np.float32) for kind in (CHUNK_UNIT, QUESTION_UNIT, FACT_UNIT)}
    start = 0
    for place, own in enumerate(units):
        kinds = np.array([kind for kind, _ in own])
        likeness = questions @ vectors[start : start + len(own)].T
        for kind, found in best.items():
            if (kinds == kind).any():
                found[:, place] = likeness[:, kinds == kind].max(axis=1)
        start += len(own)
    return {"feit": best[FACT_UNIT], "samen": best[CHUNK_UNIT] + best[QUESTION_UNIT] + best[FACT_UNIT]}


def _recall(scores: NDArray[np.float32], chunks: Sequence[Chunk], asked: Sequence[LabelledQuestion]) -> str:
    places = {(chunk.document_id, chunk.heading): place for place, chunk in enumerate(chunks)}
    right = np.array([places[(one.document_id, one.heading)] for one in asked])
    ranks = (scores > scores[np.arange(len(right)), right][:, None]).sum(axis=1)
    return "/".join(f"{(ranks < k).mean():.3f}" for k in (1, 3, 10))


if __name__ == "__main__":
    main()
