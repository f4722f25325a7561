from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from chromadb.api import ClientAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import vectorstore
from assistant.embeddings import LangChainEmbeddings
from assistant.errors import VectorIndexError
from assistant.vectorstore import VectorStore
from tests.doubles import WordLengthModel

TEXTS = ["een twee drie", "drie twee een", "opslagkosten"]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientAPI]:
    opened = vectorstore.connect(tmp_path_factory.mktemp("chroma"), "")
    yield opened
    vectorstore.close(opened)


@pytest.fixture
def store_of(client: ClientAPI, word_lengths: WordLengthModel) -> Callable[[list[str]], VectorStore]:
    """A function that fills a collection with texts, named by their place."""

    def fill(texts: list[str]) -> VectorStore:
        ids = [str(number) for number in range(len(texts))]
        vectorstore.write_collection(client, "test_verzameling", LangChainEmbeddings(word_lengths), texts, ids, lambda done: None)
        return VectorStore(client, "test_verzameling")

    return fill


def test_the_nearest_text_comes_first(store_of: Callable[[list[str]], VectorStore], word_lengths: WordLengthModel) -> None:
    found = store_of(TEXTS).query(word_lengths.encode_query("drie vier een"), 3)

    assert [name for name, _ in found] == ["1", "0", "2"]


def test_scores_are_cosine_similarities(store_of: Callable[[list[str]], VectorStore], word_lengths: WordLengthModel) -> None:
    vector = word_lengths.encode_query("een twee")
    expected = {str(number): float(word_lengths.encode_query(text) @ vector) for number, text in enumerate(TEXTS)}

    assert dict(store_of(TEXTS).query(vector, 3)) == pytest.approx(expected, abs=1e-5)


def test_the_limit_may_be_larger_than_the_collection(store_of: Callable[[list[str]], VectorStore], word_lengths: WordLengthModel) -> None:
    assert len(store_of(TEXTS).query(word_lengths.encode_query("een"), 99)) == 3


def test_writing_again_replaces_what_stood_there(store_of: Callable[[list[str]], VectorStore]) -> None:
    store_of(TEXTS)

    assert store_of(["nieuw"]).size == 1


def test_an_empty_collection_finds_nothing(store_of: Callable[[list[str]], VectorStore], word_lengths: WordLengthModel) -> None:
    assert store_of([]).query(word_lengths.encode_query("een"), 3) == []


def test_a_vector_of_zeros_finds_nothing(store_of: Callable[[list[str]], VectorStore]) -> None:
    assert store_of(TEXTS).query(np.zeros(8, dtype=np.float32), 3) == []


def test_a_vector_of_the_wrong_size_is_refused(store_of: Callable[[list[str]], VectorStore]) -> None:
    store = store_of(TEXTS)

    with pytest.raises(VectorIndexError, match="Zoeken in de vectoren mislukte"):
        store.query(np.ones(3, dtype=np.float32), 3)


def test_progress_counts_up_to_every_text(client: ClientAPI, word_lengths: WordLengthModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectorstore, "BATCH_SIZE", 2)
    told: list[int] = []

    vectorstore.write_collection(client, "test_voortgang", LangChainEmbeddings(word_lengths), TEXTS, ["a", "b", "c"], told.append)

    assert told == [2, 3]


def test_a_collection_that_is_not_there_is_refused_by_name(client: ClientAPI) -> None:
    with pytest.raises(VectorIndexError, match="De verzameling 'weg_ermee' ontbreekt of is beschadigd"):
        VectorStore(client, "weg_ermee")


def test_deleting_a_collection_twice_is_fine(client: ClientAPI, store_of: Callable[[list[str]], VectorStore]) -> None:
    store_of(TEXTS)

    for _ in range(2):
        vectorstore.delete_collection(client, "test_verzameling")

    assert "test_verzameling" not in [collection.name for collection in client.list_collections()]


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "chroma").write_text("geen map")

    with pytest.raises(VectorIndexError, match=f"Kan de vectoren in {tmp_path / 'chroma'} niet openen"):
        vectorstore.connect(tmp_path / "chroma", "")


def test_a_server_that_does_not_answer_is_refused_by_address(tmp_path: Path) -> None:
    with pytest.raises(VectorIndexError, match="Kan de Chroma-server op http://127.0.0.1:9 niet openen .* ASSISTANT_CHROMA_URL"):
        vectorstore.connect(tmp_path, "http://127.0.0.1:9")


@given(text=st.text(max_size=60))
@settings(max_examples=25)
def test_a_text_finds_itself(client: ClientAPI, text: str) -> None:
    model = WordLengthModel()
    vectorstore.write_collection(client, "test_zichzelf", LangChainEmbeddings(model), [f"woord {text}"], ["a"], lambda done: None)

    found = VectorStore(client, "test_zichzelf").query(model.encode_query(f"woord {text}"), 1)

    assert [(name, round(score, 4)) for name, score in found] == [("a", 1.0)]
