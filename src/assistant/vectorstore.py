"""Vectors in Chroma, embedded in a folder or on a server. The wall around chromadb and langchain-chroma.

Writing goes through LangChain's ``Chroma``; a search asks the collection for ids and distances only, because the chunks
themselves are kept beside it and copying them out of Chroma costs more than the search.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import chromadb
from chromadb.api import ClientAPI
from chromadb.config import Settings as ChromaSettings
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from assistant.embeddings import Vectors
from assistant.errors import VectorIndexError

BATCH_SIZE = 1_000
_HNSW = {"hnsw": {"space": "cosine", "ef_search": 200, "ef_construction": 200, "max_neighbors": 24}}


class VectorStore:
    """One immutable collection of vectors, each named by an id."""

    def __init__(self, client: ClientAPI, collection_name: str) -> None:
        try:
            self._collection = client.get_collection(collection_name, embedding_function=None)
            self.size = self._collection.count()
        except Exception as exc:  # chromadb raises its Rust core's errors under many names
            raise VectorIndexError(f"De verzameling {collection_name!r} ontbreekt of is beschadigd ({type(exc).__name__})") from exc
        self._client = client

    def query(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The nearest ids with their cosine similarity in [-1, 1], best first.

        Raises:
            VectorIndexError: the vector does not fit the collection, or the store fails.
        """
        if not self.size or not vector.any():
            return []
        try:
            found = self._collection.query(query_embeddings=vector[None, :], n_results=min(limit, self.size), include=["distances"])
        except Exception as exc:
            raise VectorIndexError(f"Zoeken in de vectoren mislukte ({type(exc).__name__}: {exc})") from exc
        distances = (found["distances"] or [[]])[0]
        return [(name, 1.0 - float(distance)) for name, distance in zip(found["ids"][0], distances, strict=True)]


def connect(folder: Path, url: str) -> ClientAPI:
    """A client on a Chroma server when ``url`` is given, else on the folder.

    Raises:
        VectorIndexError: the server does not answer or the folder holds something else.
    """
    settings = ChromaSettings(anonymized_telemetry=False)
    try:
        if url:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            return chromadb.HttpClient(
                host=parts.hostname or "localhost", port=parts.port or 8000, ssl=parts.scheme == "https", settings=settings
            )
        return chromadb.PersistentClient(str(folder), settings=settings)
    except Exception as exc:
        place = f"de Chroma-server op {url}" if url else f"de vectoren in {folder}"
        raise VectorIndexError(f"Kan {place} niet openen ({type(exc).__name__}); controleer ASSISTANT_CHROMA_URL en de datamap") from exc


def write_collection(
    client: ClientAPI,
    collection_name: str,
    embeddings: Embeddings,
    texts: Sequence[str],
    ids: Sequence[str],
    progress: Callable[[int], None],
) -> None:
    """Fill a new collection in batches; ``progress`` is told how many are in.

    Raises:
        VectorIndexError: Chroma refuses or fails.
    """
    try:
        if collection_name in {collection.name for collection in client.list_collections()}:
            client.delete_collection(collection_name)
        store = Chroma(
            collection_name=collection_name,
            embedding_function=embeddings,
            client=client,
            collection_configuration=_HNSW,  # type: ignore[arg-type]  # a TypedDict with the same keys
        )
    except Exception as exc:
        raise _write_error(exc) from exc
    for start in range(0, len(texts), BATCH_SIZE):
        end = min(start + BATCH_SIZE, len(texts))
        try:
            store.add_texts(list(texts[start:end]), ids=list(ids[start:end]))
        except Exception as exc:
            raise _write_error(exc) from exc
        progress(end)


def _write_error(exc: Exception) -> VectorIndexError:
    return VectorIndexError(f"Schrijven naar Chroma mislukte ({type(exc).__name__}: {exc})")


def delete_collection(client: ClientAPI, collection_name: str) -> None:
    """Drop a collection of an index version that is no longer used; one that is gone already is fine."""
    if collection_name in {collection.name for collection in client.list_collections()}:
        client.delete_collection(collection_name)


def close(client: ClientAPI) -> None:
    """Release the files of an embedded client, or the connections to a server."""
    owners = (client, getattr(client, "_admin_client", None))
    sessions = [getattr(getattr(owner, "_server", None), "_session", None) for owner in owners]
    client.close()  # type: ignore[attr-defined]  # every client has it, the interface forgot it
    for session in sessions:  # chromadb leaves its connections to a server open
        if session is not None:
            session.close()
