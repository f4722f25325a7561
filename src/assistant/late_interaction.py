"""Reads a question beside a chunk word by word: each word of the question is held against the word of the chunk nearest to it.

One vector for a whole question drowns what is asked in what is told around it, and exact words miss what is called
otherwise. Here every word part looks for its own counterpart, and a learned weight says how much it matters that it finds
one. Too slow for every chunk, so ``retrievers`` asks it about the best few only; what is left unmatched tells ``confidence``
that something was asked which the chunk does not speak of. Learned by ``training/train_late_interaction.py``.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from assistant.documents import Chunk
from assistant.errors import EmbeddingError

Floats = NDArray[np.float32]
LATE_FOLDER: Final = "late_interaction"  # within the model folder
WEIGHTS_FILE: Final = "weights.safetensors"
# A longer question is read up to here; the rest hardly changes the mean and costs time.
MOST_PARTS: Final = 96


class Match(NamedTuple):
    """How a question and one chunk match.

    ``whole`` is the weighted mean in [0, 1] of how near each part of the question comes to some part of the chunk, ``facts``
    the same for each single fact with its heading, in their order, and ``fact`` the best of those. ``missed`` and
    ``missed_most`` are the weight, summed and highest, of what the chunk does not match: not shares, so that more may be
    missed of a long question.
    """

    whole: float
    fact: float
    missed: float
    missed_most: float
    facts: tuple[float, ...] = ()


class _Parts(NamedTuple):
    """The word parts of a chunk: each fact with its heading, one after the other, and where each starts."""

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]


class LateInteraction:
    """Word parts as vectors, and how much each weighs in a question (MaxSim: Khattab and Zaharia, "ColBERT", SIGIR 2020)."""

    def __init__(self, tokenizer: Tokenizer, vectors: Floats, weights: Floats) -> None:
        """Take what was learned.

        Args:
            tokenizer: splits a text into numbered parts.
            vectors: float32 ``(n_parts, dimensions)``, rows of unit length.
            weights: float32 ``(n_parts,)``, above 0.

        Raises:
            ValueError: the sizes do not belong together.
        """
        if vectors.ndim != 2 or weights.shape != (len(vectors),) or tokenizer.get_vocab_size() != len(vectors):
            raise ValueError(f"{tokenizer.get_vocab_size()} woorddelen, {vectors.shape} en {weights.shape} horen niet bij elkaar")
        self._tokenizer = tokenizer
        self._vectors = vectors
        self._weights = weights
        self._parts = lru_cache(maxsize=5_000)(self._parts_of)

    @classmethod
    def load(cls, folder: Path) -> "LateInteraction":
        """Read the weights and their tokenizer from a folder of their own.

        Raises:
            EmbeddingError: a file is missing or damaged, or they do not belong together.
        """
        try:
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            tensors = load_file(folder / WEIGHTS_FILE)
            tokenizer.no_padding()
            tokenizer.no_truncation()
            return cls(tokenizer, _unit_rows(tensors["vectors"].astype(np.float32)), tensors["weights"].astype(np.float32))
        except Exception as exc:  # tokenizers and safetensors raise bare Exception subclasses for damaged files
            raise EmbeddingError(f"De woorddelen in {folder} zijn onleesbaar ({exc}); installeer opnieuw") from exc

    def save(self, folder: Path) -> None:
        """Write the weights, in half precision, and the tokenizer into a folder, which is made when it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self._tokenizer.save(str(folder / "tokenizer.json"))
        save_file({"vectors": self._vectors.astype(np.float16), "weights": self._weights.astype(np.float16)}, folder / WEIGHTS_FILE)

    def match(self, question: str, chunks: Sequence[Chunk]) -> list[Match]:
        """How a question matches each of these chunks; a question without known parts matches nothing."""
        asked = self._ids(question)[:MOST_PARTS]
        if not asked or not chunks:
            return [Match(0.0, 0.0, 0.0, 0.0)] * len(chunks)
        weights = self._weights[asked]
        parts = [self._parts(f"{chunk.title} {chunk.heading}", tuple(fact.text for fact in chunk.facts)) for chunk in chunks]
        ids = np.concatenate([one.ids for one in parts])
        sizes = [len(one.ids) for one in parts]
        begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        starts = np.concatenate([one.starts + begin for one, begin in zip(parts, begins, strict=True)])
        counts = [len(one.starts) for one in parts]
        # One row per part of the chunks, one column per part of the question: rows lie together, which makes taking them fast.
        nearness = (self._vectors @ self._vectors[asked].T).take(ids, axis=0)
        facts = np.maximum(np.maximum.reduceat(nearness, starts, axis=0), 0.0)  # (facts of all chunks, parts of the question)
        firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        found = np.maximum.reduceat(facts, firsts, axis=0)  # (chunks, parts of the question)
        shares = weights / max(float(weights.sum()), 1e-6)
        by_fact = facts @ shares
        missed = np.maximum(0.0, 1.0 - found) * weights
        numbers = (found @ shares, np.maximum.reduceat(by_fact, firsts), missed.sum(axis=1), missed.max(axis=1))
        own = [tuple(values.tolist()) for values in np.split(by_fact, firsts[1:])]
        return [Match(*row) for row in zip(*(column.tolist() for column in numbers), own, strict=True)]

    def _parts_of(self, heading: str, facts: tuple[str, ...]) -> _Parts:
        """The distinct parts of each fact with its heading; a chunk without facts is its heading alone."""
        above = self._ids(heading)
        units = [sorted({*above, *encoding.ids}) or [0] for encoding in self._encode(facts)] or [sorted(set(above)) or [0]]
        starts = np.cumsum([0, *(len(unit) for unit in units[:-1])])
        return _Parts(np.array([part for unit in units for part in unit], dtype=np.int64), starts.astype(np.int64))

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _encode(self, texts: Sequence[str]) -> list:  # type: ignore[type-arg]  # tokenizers ships no stubs for Encoding
        return list(self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False))


def _unit_rows(vectors: Floats) -> Floats:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit_rows: Floats = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return unit_rows
