import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import latent
from assistant.errors import VectorIndexError
from assistant.latent import DIMENSIONS, LatentSpace

TOKENS = st.sampled_from("opslag kost tarief fba zend maand".split())
TEXTS = st.lists(st.lists(TOKENS, max_size=12), max_size=8)
# Two subjects that share no word; "lek" and "ketting" never stand together.
BICYCLES = [["fiets", "band", "lek"], ["fiets", "band", "pomp"], ["fiets", "ketting"], ["band", "fiets", "wiel"]]
BREAD = [["brood", "oven"], ["brood", "deeg", "oven"], ["deeg", "gist"], ["brood", "gist"]]


@pytest.fixture
def many_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A direction for every text, so that a few texts already show what a space does."""
    monkeypatch.setattr(latent, "TEXTS_PER_DIMENSION", 1)


@pytest.fixture
def space(many_directions: None) -> LatentSpace:
    return LatentSpace.build([*BICYCLES, *BREAD, []])


def likeness(space: LatentSpace, *tokens: str) -> list[float]:
    """How like a question is to every text."""
    return [float(value) for value in space.likeness(tokens, np.arange(len(space)))]


def brute_force(texts: Sequence[Sequence[str]], question: Sequence[str]) -> list[float]:
    """The same cosines by a plain decomposition of the whole table."""
    words = sorted({word for text in texts for word in text})
    counts = np.array([[text.count(word) for word in words] for text in texts], dtype=np.float64)
    idf = np.log(len(texts) / (counts > 0).sum(axis=0)) + 0.1
    table = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * idf
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    _, strengths, directions = np.linalg.svd(table)
    kept = directions[: min(DIMENSIONS, len(texts) - 1, len(words) - 1)][strengths[: min(len(texts), len(words)) - 1] > 1e-5]
    asked = kept @ (np.array([list(question).count(word) for word in words]) * idf)
    points = table @ kept.T
    cosines = points @ asked / np.maximum(np.linalg.norm(points, axis=1) * np.linalg.norm(asked), 1e-9)
    return [max(0.0, float(cosine)) for cosine in cosines]


def test_a_few_texts_get_few_directions() -> None:
    found = [LatentSpace.build([[f"woord{number}", f"woord{number + 1}"] for number in range(count)]) for count in (9, 30)]
    assert [space.dimensions for space in found] == [3, 10]


@pytest.mark.usefixtures("many_directions")
def test_words_that_occur_together_bring_texts_near_that_share_no_word() -> None:
    # As many subjects as the space has directions; of the words of the first, "a0" and "b0" never stand together.
    texts = [[f"{one}{number}", f"{other}{number}"] for number in range(DIMENSIONS) for one, other in ("ac", "bc", "ab")]
    texts.remove(["a0", "b0"])

    found = likeness(LatentSpace.build(texts), "a0")

    assert texts[:2] == [["a0", "c0"], ["b0", "c0"]]
    assert found[:2] == pytest.approx([1.0, 1.0], abs=0.01)
    assert found[2:] == pytest.approx([0.0] * (len(texts) - 2), abs=0.01)


def test_likeness_equals_a_plain_decomposition(space: LatentSpace) -> None:
    for question in (["lek"], ["brood", "gist"], ["fiets", "fiets", "oven"]):
        assert likeness(space, *question) == pytest.approx(brute_force([*BICYCLES, *BREAD, []], question), abs=5e-3)


def test_a_few_texts_can_be_asked_for_in_any_order(space: LatentSpace) -> None:
    everything = likeness(space, "fiets", "gist")

    some = space.likeness(["fiets", "gist"], np.array([7, 0, 3]))

    assert some.dtype == np.float32
    assert some.tolist() == pytest.approx([everything[7], everything[0], everything[3]], abs=1e-6)
    assert space.likeness(["fiets"], np.array([], dtype=np.int64)).tolist() == []


def test_unknown_words_change_nothing_and_are_like_nothing(space: LatentSpace) -> None:
    assert likeness(space, "xyzzy", "lek") == likeness(space, "lek") != [0.0] * 9
    assert likeness(space, "xyzzy") == likeness(space) == [0.0] * 9


def test_an_empty_text_is_like_nothing(space: LatentSpace) -> None:
    assert likeness(space, "fiets", "brood", "gist", "lek")[8] == 0.0


@pytest.mark.parametrize(
    "texts",
    [[], [[]], [["a", "b", "c"], ["a", "b", "d"]], [["a", "b"], ["a"], ["b"]], [[], [], [], []]],
    ids=["nothing", "an empty text", "two texts", "two words", "empty texts"],
)
def test_too_little_to_learn_from_is_like_nothing(texts: list[list[str]], tmp_path: Path) -> None:
    LatentSpace.build(texts).save(tmp_path)

    assert likeness(LatentSpace.load(tmp_path), "a", "b") == [0.0] * len(texts)


def test_texts_that_are_all_the_same_are_all_alike() -> None:
    assert likeness(LatentSpace.build([["a", "b", "c"]] * 4), "b") == pytest.approx([1.0] * 4, abs=1e-3)


@given(TEXTS, st.lists(st.one_of(TOKENS, st.text(max_size=3)), max_size=6))
def test_likeness_lies_between_zero_and_one(texts: list[list[str]], question: list[str]) -> None:
    found = LatentSpace.build(texts).likeness(question, np.arange(len(texts)))

    assert found.shape == (len(texts),)
    assert ((found >= 0) & (found <= 1)).all()
    assert not found[[not text for text in texts]].any()


@given(TEXTS)
def test_the_same_texts_give_the_same_space(tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]]) -> None:
    folders = [tmp_path_factory.mktemp("ruimte") for _ in range(2)]
    for folder in folders:
        LatentSpace.build(iter(texts)).save(folder)

    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == second


def test_a_space_learned_from_part_of_the_texts_holds_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent, "FITTED_TEXTS", 10)
    monkeypatch.setattr(latent, "BATCH_TEXTS", 7)
    texts = [[*text, "alleen"] if number == 1 else text for number, text in enumerate([*BICYCLES, *BREAD] * 4)]

    space = LatentSpace.build(texts)

    assert min(likeness(space, "fiets")[24:28]) > 0.5
    assert max(likeness(space, "fiets")[28:]) < 0.2
    assert likeness(space, "alleen") == [0.0] * 32  # stands in none of the texts that were learned from


def test_a_saved_space_says_the_same(space: LatentSpace, tmp_path: Path) -> None:
    space.save(tmp_path)

    assert likeness(LatentSpace.load(tmp_path), "fiets", "deeg") == likeness(space, "fiets", "deeg")
    assert {np.load(path).dtype for path in tmp_path.glob("*.npy")} == {np.dtype(np.float16)}


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "noise"])
@pytest.mark.parametrize("part", ["words.json", "components.npy", "vectors.npy"])
def test_a_damaged_space_is_named(space: LatentSpace, tmp_path: Path, part: str, damage: str) -> None:
    space.save(tmp_path)
    path = tmp_path / part
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        noise = np.random.default_rng(1).bytes(len(content))
        path.write_bytes({"empty": b"", "half": content[: len(content) // 2], "noise": noise}[damage])

    with pytest.raises(VectorIndexError, match=r"^De verwante woorden in .* zijn onleesbaar .*'assistant ingest --opnieuw'$"):
        LatentSpace.load(tmp_path)


def test_parts_of_two_spaces_do_not_mix(space: LatentSpace, tmp_path: Path) -> None:
    space.save(tmp_path)
    (tmp_path / "words.json").write_text(json.dumps(["fiets", "brood"]))

    with pytest.raises(VectorIndexError, match="2 woorden, .* horen niet bij elkaar"):
        LatentSpace.load(tmp_path)
