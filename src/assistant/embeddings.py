"""Turns texts into vectors: the bundled model, or any sentence-transformers model by name or folder.

The wall around sentence-transformers. A model that only holds a ``StaticEmbedding`` (as the bundled one) is read straight
from its files and computed with numpy, which gives the same vectors without importing torch: that saves seconds at
start-up and hundreds of megabytes. Every other model goes through ``SentenceTransformer``, with the prompts it stores.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from assistant.errors import EmbeddingError

Vectors = NDArray[np.float32]

# Models whose checkpoints come without prompts although they were trained with them.
_E5_PROMPTS = {"query": "query: ", "document": "passage: "}


@runtime_checkable
class EmbeddingModel(Protocol):
    """Texts in, rows of unit length out; ``fingerprint`` changes when the vectors would."""

    name: str
    fingerprint: str
    dimensions: int

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """float32 ``(len(texts), dimensions)``, rows of unit length."""
        ...

    def encode_query(self, text: str) -> Vectors:
        """float32 ``(dimensions,)`` of unit length; zeros when the text has no known part."""
        ...


class StaticModel:
    """A saved ``StaticEmbedding``: the mean of its tokens' vectors, brought to unit length."""

    def __init__(self, folder: Path) -> None:
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            weights = load_file(folder / "model.safetensors")["embedding.weight"]
        except (OSError, KeyError, ValueError) as exc:
            raise EmbeddingError(f"Het model in {folder} is onleesbaar ({exc}); installeer opnieuw of kies een ander model") from exc
        except Exception as exc:  # tokenizers and safetensors raise bare Exception subclasses for damaged files
            raise EmbeddingError(f"Het model in {folder} is beschadigd ({exc}); installeer opnieuw of kies een ander model") from exc
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._weights = np.ascontiguousarray(weights, dtype=np.float32)
        self.name = folder.name
        self.dimensions = int(self._weights.shape[1])
        self.fingerprint = _hash_files(folder / "model.safetensors", folder / "tokenizer.json")

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """See ``EmbeddingModel``."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, encoding in enumerate(self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)):
            if encoding.ids:
                vectors[row] = self._weights[encoding.ids].mean(axis=0)
        return _unit_rows(vectors)

    def encode_query(self, text: str) -> Vectors:
        """See ``EmbeddingModel``."""
        vector: Vectors = self.encode_documents([text])[0]
        return vector


class TransformerModel:
    """Any sentence-transformers model; nothing is downloaded unless the user named a model that is not on disk."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - torch takes seconds to import
        except ImportError as exc:  # pragma: no cover - the package always brings it
            raise EmbeddingError("sentence-transformers ontbreekt; voer 'pip install sentence-transformers' uit") from exc
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except Exception as exc:  # the hub client, torch and transformers each raise their own kinds
            raise EmbeddingError(
                f"Het embeddingmodel {name!r} kan niet worden geladen ({type(exc).__name__}); controleer de naam of map "
                "in ASSISTANT_EMBEDDING_MODEL, of laat die leeg voor het eigen model"
            ) from exc
        if "e5" in name.lower() and not any(self._model.prompts.values()):
            self._model.prompts = dict(_E5_PROMPTS)
        self.name = name
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        self.fingerprint = _hash_model(self._model, name)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """See ``EmbeddingModel``."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        vectors = self._model.encode_document(list(texts), batch_size=64, show_progress_bar=False, convert_to_numpy=True)
        return _unit_rows(np.asarray(vectors, dtype=np.float32))

    def encode_query(self, text: str) -> Vectors:
        """See ``EmbeddingModel``."""
        vector = self._model.encode_query(text, show_progress_bar=False, convert_to_numpy=True)
        unit_vector: Vectors = _unit_rows(np.asarray(vector, dtype=np.float32)[None, :])[0]
        return unit_vector


class LangChainEmbeddings(Embeddings):
    """An ``EmbeddingModel`` as LangChain's interface asks for it; ``known`` vectors are not computed again."""

    def __init__(self, model: EmbeddingModel, known: dict[str, Vectors] | None = None) -> None:
        self._model = model
        self._known = known or {}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector per text."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        fresh = dict(zip(missing, self._model.encode_documents(missing), strict=True))
        return [(self._known[text] if text in self._known else fresh[text]).tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = self._model.encode_query(text).tolist()
        return vector


def load_embedding_model(name_or_folder: str) -> EmbeddingModel:
    """The model of that name or folder.

    Raises:
        EmbeddingError: it does not exist, is damaged, or cannot be loaded.
    """
    folder = Path(name_or_folder)
    if folder.is_dir() and _is_static(folder):
        return StaticModel(folder)
    return TransformerModel(name_or_folder)


def _is_static(folder: Path) -> bool:
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    kinds = [str(module.get("type", "")).rpartition(".")[2] for module in modules]
    return kinds in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"])


def _unit_rows(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit_rows: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return unit_rows


def _hash_files(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _hash_model(model: object, name: str) -> str:
    folder = Path(name)
    if folder.is_dir():
        return _hash_files(*sorted(path for path in folder.rglob("*") if path.suffix in {".json", ".safetensors", ".bin", ".txt"}))
    commit = getattr(getattr(model[0], "auto_model", None), "config", None)  # type: ignore[index]
    return hashlib.sha256(f"{name}@{getattr(commit, '_commit_hash', '')}".encode()).hexdigest()[:16]
