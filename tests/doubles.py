"""Stand-ins for an embedding model, simple enough to work out by hand."""

from collections.abc import Sequence

import numpy as np

from assistant.embeddings import Vectors


class WordLengthModel:
    """A text's vector is the length of each of its first eight words, brought to unit length; ``embedded`` lists every text.

    ``"de kat"`` becomes ``(2, 3, 0, 0, 0, 0, 0, 0)`` divided by its length.
    """

    name = "woordlengtes"
    fingerprint = "woordlengtes-1"
    dimensions = 8

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        return np.array([self.encode_query(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimensions)

    def encode_query(self, text: str) -> Vectors:
        lengths = [len(word) for word in text.split()[: self.dimensions]]
        vector = np.array(lengths + [0] * (self.dimensions - len(lengths)), dtype=np.float32)
        return vector / max(float(np.linalg.norm(vector)), 1e-9)
