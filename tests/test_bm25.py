import json
import math
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.bm25 import K1, B, Bm25Index
from assistant.errors import VectorIndexError

TOKENS = st.sampled_from("opslag kost tarief fba zend maand".split())
TEXTS = st.lists(st.lists(TOKENS, max_size=12), min_size=1, max_size=8)


@pytest.fixture
def index() -> Bm25Index:
    return Bm25Index.build([["opslag", "kost"], ["opslag", "opslag", "fba"], [], ["zend"]])


def brute_force(texts: Sequence[Sequence[str]], token: str) -> list[float]:
    """Lucene's BM25 of one token in every text; an empty text counts as one token long."""
    lengths = [len(text) or 1 for text in texts]
    holding = sum(token in text for text in texts)
    idf = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
    average = sum(lengths) / len(texts)
    return [
        idf * text.count(token) / (text.count(token) + K1 * (1 - B + B * length / average))
        for text, length in zip(texts, lengths, strict=True)
    ]


@given(TEXTS, st.lists(TOKENS, max_size=6))
def test_scores_equal_the_formula(texts: list[list[str]], query: list[str]) -> None:
    expected = np.sum([brute_force(texts, token) for token in set(query)], axis=0) if query else np.zeros(len(texts))

    np.testing.assert_allclose(Bm25Index.build(texts).scores(query), expected, rtol=1e-5, atol=1e-6)


@given(TEXTS, st.lists(TOKENS, unique=True, max_size=6), st.data())
def test_matches_equal_the_formula_token_by_token(texts: list[list[str]], query: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), unique=True))
    expected = np.array([[brute_force(texts, token)[row] for row in rows] for token in query]).reshape(len(query), len(rows))

    np.testing.assert_allclose(Bm25Index.build(texts).matches(query, np.array(rows, dtype=np.int64)), expected, rtol=1e-5, atol=1e-6)


def test_matches_in_one_text_leave_the_other_postings_alone() -> None:
    index = Bm25Index.build([["opslag"]] * 50_000)
    tracemalloc.start()

    matches = index.matches(["opslag"], np.array([49_999]))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert matches[0, 0] > 0
    assert peak_bytes < 50_000  # a copy of the postings takes 400,000


@given(TEXTS, TOKENS)
def test_inverse_document_frequency_equals_the_formula(texts: list[list[str]], token: str) -> None:
    holding = sum(token in text for text in texts)

    assert Bm25Index.build(texts).inverse_document_frequency(token) == pytest.approx(
        math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
    )


def test_unknown_tokens_score_nothing(index: Bm25Index) -> None:
    assert index.scores(["onbekend"]).tolist() == index.scores([]).tolist() == [0, 0, 0, 0]


def test_a_text_without_tokens_never_matches(index: Bm25Index) -> None:
    assert index.scores(["opslag", "kost", "fba", "zend", "\x00"])[2] == 0


def test_an_index_over_nothing_can_be_searched() -> None:
    index = Bm25Index.build([])

    assert (index.size, index.scores(["opslag"]).tolist()) == (0, [])


def test_an_index_knows_its_tokens(index: Bm25Index) -> None:
    assert ["opslag" in index, "onbekend" in index] == [True, False]


def test_a_saved_index_scores_the_same(index: Bm25Index, tmp_path: Path) -> None:
    index.save(tmp_path)
    loaded = Bm25Index.load(tmp_path)

    assert (loaded.size, loaded.scores(["opslag", "fba"]).tolist()) == (4, index.scores(["opslag", "fba"]).tolist())


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "other"])
@pytest.mark.parametrize(
    "name", ["data.csc.index.npy", "indptr.csc.index.npy", "vocab.index.json", "params.index.json", "document_frequencies.json"]
)
def test_a_damaged_index_is_refused_with_what_to_do(index: Bm25Index, tmp_path: Path, name: str, damage: str) -> None:
    index.save(tmp_path)
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes({"empty": b"", "half": content[: len(content) // 2], "other": json.dumps([1]).encode()}[damage])

    with pytest.raises(VectorIndexError, match=r"is onleesbaar .*; bouw hem opnieuw met 'assistant ingest'"):
        Bm25Index.load(tmp_path)
