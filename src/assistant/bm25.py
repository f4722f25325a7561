"""BM25 over token lists, saved beside the vectors and read back memory-mapped. The wall around bm25s."""

import json
import logging
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from assistant.errors import VectorIndexError

Scores = NDArray[np.float32]

K1 = 1.2
B = 0.75
logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for debug lines of its own accord
_NOTHING = "\x00"  # stands in for a text without tokens, since bm25s refuses an empty corpus


class Bm25Index:
    """Scores every indexed text against a bag of tokens (Lucene's variant of BM25, Robertson and Zaragoza 2009)."""

    def __init__(self, index: bm25s.BM25, document_frequencies: dict[str, int], size: int) -> None:
        self._index = index
        self._document_frequencies = document_frequencies
        self.size = size

    @classmethod
    def build(cls, token_lists: Iterable[Sequence[str]]) -> "Bm25Index":
        """An index over the texts, in the order given; a text may be empty.

        Each token is kept as four bytes, so that a million texts can be read one after the other.
        """
        vocabulary: dict[str, int] = {}
        frequencies: Counter[str] = Counter()
        ids: list[array[int]] = []
        for tokens in token_lists:
            ids.append(array("i", [vocabulary.setdefault(token, len(vocabulary)) for token in tokens or [_NOTHING]]))
            frequencies.update(set(tokens))
        index = bm25s.BM25(method="lucene", k1=K1, b=B)
        index.index((ids or [array("i", [0])], vocabulary or {_NOTHING: 0}), show_progress=False)
        return cls(index, dict(frequencies), len(ids))

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own."""
        self._index.save(str(folder), show_progress=False)
        (folder / "document_frequencies.json").write_text(
            json.dumps({"size": self.size, "frequencies": self._document_frequencies}, ensure_ascii=False), "utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> "Bm25Index":
        """Read an index back; its postings stay on disk until they are needed.

        Raises:
            VectorIndexError: the folder does not hold a readable index.
        """
        try:
            index = bm25s.BM25.load(str(folder), mmap=True)
            # Plain arrays over the mapped files: slicing a memmap costs more than what is sliced.
            index.scores.update({name: np.asarray(part) for name, part in index.scores.items() if isinstance(part, np.memmap)})
            stored = json.loads((folder / "document_frequencies.json").read_text("utf-8"))
            return cls(index, stored["frequencies"], stored["size"])
        except Exception as exc:  # numpy, json and bm25s each raise several kinds for damaged files
            raise VectorIndexError(f"De zoekindex in {folder} is onleesbaar ({exc}); bouw hem opnieuw met 'assistant ingest'") from exc

    def scores(self, tokens: Sequence[str]) -> Scores:
        """float32 ``(size,)``, 0 where no token occurs, higher is better; repeated tokens count once."""
        known = [token for token in dict.fromkeys(tokens) if token in self._document_frequencies]
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)[: self.size]

    def matches(self, tokens: Sequence[str], rows: NDArray[np.int64]) -> Scores:
        """float32 ``(len(tokens), len(rows))``: the score of each token in each of a few texts.

        Reads only the postings of the tokens, so the cost does not grow with the number of texts but for a logarithm.
        """
        result = np.zeros((len(tokens), len(rows)), dtype=np.float32)
        starts, texts, scores = (self._index.scores[key] for key in ("indptr", "indices", "data"))
        sought = rows.astype(texts.dtype)  # in another type than the postings, numpy would copy all of them at each search
        for number, token in enumerate(tokens):
            token_id = self._index.vocab_dict.get(token)
            if token_id is None or token not in self._document_frequencies:
                continue
            start, end = int(starts[token_id]), int(starts[token_id + 1])
            postings = texts[start:end]
            places = np.minimum(np.searchsorted(postings, sought), max(0, end - start - 1))
            found = postings[places] == sought
            result[number, found] = scores[start:end][places[found]]
        return result

    def inverse_document_frequency(self, token: str) -> float:
        """ln(1 + (N - n + 0.5) / (n + 0.5)), as Lucene has it; unknown tokens get the highest value."""
        n = self._document_frequencies.get(token, 0)
        return float(np.log1p((self.size - n + 0.5) / (n + 0.5)))

    def __contains__(self, token: str) -> bool:
        return token in self._document_frequencies
