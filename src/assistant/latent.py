"""A latent space learned from the indexed texts themselves: words that occur together bring texts near that share no word.

Stands in for the questions that documents of a seller's own lack, on subjects of which the embedding model knows little.
``index`` builds it beside the other parts of a version, ``retrievers`` asks it how like a question and a few chunks are.
"""

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped]  # comes with scikit-learn
from numpy.typing import NDArray

from assistant.errors import VectorIndexError

DIMENSIONS: Final = 100
TEXTS_PER_DIMENSION: Final = 3  # with as many directions as texts every text is only like itself
FITTED_TEXTS: Final = 20_000  # more hardly turn the space, and cost memory
LEAST_TEXTS: Final = 3  # of fewer texts or words nothing can be learned
BATCH_TEXTS: Final = 5_000
# A shorter vector is what rounding leaves of a text or question outside the space; texts have unit length before projection.
LEAST_LENGTH: Final = 1e-3
LEAST_SINGULAR_SHARE: Final = 1e-5  # a direction below this share of the strongest is rounding too

Weights = NDArray[np.float32]


class LatentSpace:
    """Texts and questions as points in a space of at most ``DIMENSIONS`` directions, compared by cosine.

    A text is its words weighted by ``(1 + ln tf) * (ln(N / df) + 0.1)``, of unit length, projected on the first right
    singular vectors of all texts. A question is projected the same way, with the plain count of its words for tf.
    Source: Deerwester, Dumais, Furnas, Landauer and Harshman, "Indexing by Latent Semantic Analysis", JASIS 1990.
    """

    def __init__(self, words: Sequence[str], components: NDArray[np.float16], vectors: NDArray[np.float16]) -> None:
        """Take a space as it is.

        Args:
            words: every known word, once.
            components: float16 ``(len(words), dimensions)``: the projection of each word, times its idf.
            vectors: float16 ``(n_texts, dimensions)``: the texts, of unit length; zeros where nothing is known of a text.

        Raises:
            ValueError: the shapes do not belong together.
        """
        if components.ndim != 2 or vectors.ndim != 2 or components.shape != (len(words), vectors.shape[1]):
            raise ValueError(f"{len(words)} woorden, {components.shape} en {vectors.shape} horen niet bij elkaar")
        self._words = list(words)
        self._places = {word: place for place, word in enumerate(words)}
        self._components = components
        self._vectors = vectors

    @classmethod
    def build(cls, token_lists: Iterable[Sequence[str]]) -> "LatentSpace":
        """The space of some texts, in the order given; a text may be empty. The same texts give the same space.

        It is fitted on at most ``FITTED_TEXTS`` texts, evenly spread, and each token is kept as four bytes, so that a
        million texts can be read one after the other. Fewer than three texts or words make a space without dimensions.
        """
        places: dict[str, int] = {}
        texts = [array("i", [places.setdefault(token, len(places)) for token in tokens]) for tokens in token_lists]
        if len(texts) < LEAST_TEXTS or len(places) < LEAST_TEXTS:
            return cls([], np.zeros((0, 0), dtype=np.float16), np.zeros((len(texts), 0), dtype=np.float16))
        idf = _inverse_document_frequencies(texts, len(places))
        components = _fit(_weights(_evenly_spread(texts, FITTED_TEXTS), idf), _dimensions(len(texts), len(places)))
        projected = [_unit_rows(_weights(batch, idf) @ components).astype(np.float16) for batch in _batches(texts)]
        return cls(list(places), (components * idf[:, None]).astype(np.float16), np.concatenate(projected))

    def save(self, folder: Path) -> None:
        """Write the space into a folder of its own."""
        (folder / "words.json").write_text(json.dumps(self._words, ensure_ascii=False), "utf-8")
        np.save(folder / "components.npy", self._components)
        np.save(folder / "vectors.npy", self._vectors)

    @classmethod
    def load(cls, folder: Path) -> "LatentSpace":
        """Read a space back; its arrays stay on disk until they are needed.

        Raises:
            VectorIndexError: the folder does not hold a readable space.
        """
        try:
            words = json.loads((folder / "words.json").read_text("utf-8"))
            # Plain arrays over the mapped files: slicing a memmap costs more than what is sliced.
            components, vectors = (np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in ("components", "vectors"))
            return cls(words, components, vectors)
        except Exception as exc:  # numpy and json each raise several kinds for damaged files
            raise VectorIndexError(
                f"De verwante woorden in {folder} zijn onleesbaar ({exc}); bouw de index opnieuw met 'assistant ingest --opnieuw'"
            ) from exc

    def likeness(self, tokens: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 ``(len(rows),)`` in [0, 1]: the cosine of a question and each of a few texts, 0 where it is negative.

        Also 0 when no token is known, and for a text without tokens. A token that is repeated counts as often.
        """
        known = [self._places[token] for token in tokens if token in self._places]
        question = self._components[known].astype(np.float32).sum(axis=0)
        length = float(np.linalg.norm(question))
        if length < LEAST_LENGTH:
            return np.zeros(len(rows), dtype=np.float32)
        cosines: Weights = self._vectors[rows].astype(np.float32) @ (question / np.float32(length))
        return np.clip(cosines, 0.0, 1.0)

    @property
    def dimensions(self) -> int:
        """In how many directions texts can differ."""
        return int(self._vectors.shape[1])

    def __len__(self) -> int:
        """How many texts it holds."""
        return len(self._vectors)


def _dimensions(texts: int, words: int) -> int:
    return min(DIMENSIONS, texts // TEXTS_PER_DIMENSION, texts - 1, words - 1)


def _evenly_spread(texts: Sequence["array[int]"], limit: int) -> list["array[int]"]:
    """At most so many texts, at equal distances, in order."""
    count = min(limit, len(texts))
    return [texts[number * len(texts) // count] for number in range(count)]


def _batches(texts: Sequence["array[int]"]) -> Iterator[Sequence["array[int]"]]:
    for start in range(0, len(texts), BATCH_TEXTS):
        yield texts[start : start + BATCH_TEXTS]


def _counts(texts: Sequence["array[int]"], n_words: int) -> sp.csr_matrix:
    """Sparse float32 ``(len(texts), n_words)``: how often each word stands in each text."""
    starts = np.cumsum([0, *map(len, texts)])
    words = np.concatenate([np.frombuffer(text, dtype=np.intc) for text in texts if text] or [np.zeros(0, dtype=np.intc)])
    counts = sp.csr_matrix((np.ones(len(words), dtype=np.float32), words, starts), shape=(len(texts), n_words))
    counts.sum_duplicates()
    return counts


def _inverse_document_frequencies(texts: Sequence["array[int]"], n_words: int) -> Weights:
    """float32 ``(n_words,)``: ln(N / df) + 0.1; the last part lets a word that stands everywhere count a little."""
    frequencies = np.zeros(n_words, dtype=np.int64)
    for batch in _batches(texts):
        frequencies += np.bincount(_counts(batch, n_words).indices, minlength=n_words)
    return (np.log(len(texts) / frequencies) + 0.1).astype(np.float32)


def _weights(texts: Sequence["array[int]"], idf: Weights) -> sp.csr_matrix:
    """Sparse float32 ``(len(texts), len(idf))``: (1 + ln tf) * idf, each row of unit length unless it is empty."""
    weights = _counts(texts, len(idf))
    weights.data = (1 + np.log(weights.data)) * idf[weights.indices]
    row_of_each = np.repeat(np.arange(len(texts)), np.diff(weights.indptr))
    lengths = np.sqrt(np.bincount(row_of_each, weights=weights.data**2, minlength=len(texts)))
    weights.data /= lengths[row_of_each].astype(np.float32)
    return weights


def _fit(weights: sp.csr_matrix, dimensions: int) -> Weights:
    """float32 ``(n_words, at most dimensions)``: the first right singular vectors; zeros for a word that no text here holds."""
    from sklearn.decomposition import TruncatedSVD  # type: ignore[import-untyped]  # noqa: PLC0415 - a second that only building needs

    with np.errstate(divide="ignore", invalid="ignore"):  # it also works out shares of a variance, which like texts lack
        fitted = TruncatedSVD(dimensions, random_state=0).fit(weights)
    strong = fitted.singular_values_ > LEAST_SINGULAR_SHARE * fitted.singular_values_.max()
    components: Weights = fitted.components_[strong].T.astype(np.float32)
    components[np.bincount(weights.indices, minlength=weights.shape[1]) == 0] = 0.0
    return components


def _unit_rows(vectors: Weights) -> Weights:
    """The rows at unit length; zeros for those that are all but zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(lengths < LEAST_LENGTH, np.float32(0.0), vectors / np.maximum(lengths, LEAST_LENGTH))
