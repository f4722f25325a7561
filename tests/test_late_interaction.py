from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.models import BPE, WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace

from assistant.documents import Chunk, Fact
from assistant.errors import EmbeddingError
from assistant.late_interaction import MOST_PARTS, WEIGHTS_FILE, LateInteraction, Match

# Each part with its vector and its weight. "stalling" is near to "opslag" (.6) and "kost" (.8), "gratis" the opposite of "kost".
PARTS = {
    "[PAD]": ((0.0, 0.0, 0.0, 0.0, 1.0), 1.0),
    "[UNK]": ((0.0, 0.0, 0.0, 1.0, 0.0), 0.5),
    "opslag": ((1.0, 0.0, 0.0, 0.0, 0.0), 2.0),
    "kost": ((0.0, 1.0, 0.0, 0.0, 0.0), 2.0),
    "plan": ((0.0, 0.0, 1.0, 0.0, 0.0), 4.0),
    "stalling": ((0.6, 0.8, 0.0, 0.0, 0.0), 1.0),
    "gratis": ((0.0, -1.0, 0.0, 0.0, 0.0), 1.0),
}
VECTORS = np.array([vector for vector, _ in PARTS.values()], dtype=np.float32)
WEIGHTS = np.array([weight for _, weight in PARTS.values()], dtype=np.float32)
# The shares of its words are 1/4, 1/4 and 1/2.
QUESTION = "opslag kost plan"
NOTHING = Match(0.0, 0.0, 0.0, 0.0)

WORDS = st.sampled_from(list(PARTS)[2:])
PHRASES = st.lists(WORDS, max_size=5).map(" ".join)
STRANGE = st.sampled_from("Hoeveel kóst één Opslag? € 27,54 m³ 's [PAD] btw-nummer 🙂".split())
TYPED = st.one_of(st.text(max_size=30), st.lists(st.one_of(WORDS, STRANGE), max_size=12).map(" ".join))


def make_tokenizer(*more: str) -> Tokenizer:
    """Every word of ``PARTS`` is one part, every other word ``[UNK]``."""
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate([*PARTS, *more])}, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    return tokenizer


READER = LateInteraction(make_tokenizer(), VECTORS, WEIGHTS)


def make_chunk(heading: str, *facts: str, title: str = "") -> Chunk:
    own = tuple(Fact(kind="sentence", text=fact) for fact in facts)
    return Chunk(chunk_id="proef", document_id="proef.md", title=title, heading=heading, text=" ".join(facts), facts=own)


CHUNKS = [
    make_chunk("opslag", "plan", "stalling"),
    make_chunk("stalling"),
    make_chunk("", "xyzzy"),
    make_chunk("plan", "kost", "", "gratis"),
]


def match(question: str, chunk: Chunk) -> Match:
    """How a question matches one chunk."""
    (found,) = READER.match(question, [chunk])
    return found


def flat(found: Match) -> tuple[float, ...]:
    """Its numbers in one row, those of the single facts last: ``approx`` compares no tuple within a tuple."""
    return (*found[:-1], *found.facts)


def plain_match(question: Sequence[str], chunk: Chunk) -> tuple[float, ...]:
    """The same numbers word by word, for a chunk whose words are all in ``PARTS``."""
    units = [{*chunk.heading.split(), *fact.text.split()} for fact in chunk.facts] or [set(chunk.heading.split())]

    def nearest(word: str, held: set[str]) -> float:
        return max([0.0, *(float(np.dot(PARTS[word][0], PARTS[other][0])) for other in held)])

    weights = [PARTS[word][1] for word in question]
    found = [nearest(word, set().union(*units)) for word in question]
    means = [np.average([nearest(word, unit) for word in question], weights=weights) for unit in units]
    missed = [weight * (1 - near) for weight, near in zip(weights, found, strict=True)]
    return float(np.average(found, weights=weights)), float(max(means)), sum(missed), max(missed), *map(float, means)


# --- The numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chunk", "expected"),
    [
        (make_chunk("", "opslag kost plan"), Match(whole=1.0, fact=1.0, missed=0.0, missed_most=0.0, facts=(1.0,))),
        (make_chunk("", "kost", "opslag plan"), Match(whole=1.0, fact=0.75, missed=0.0, missed_most=0.0, facts=(0.25, 0.75))),
        (make_chunk("", "opslag", "opslag"), Match(whole=0.25, fact=0.25, missed=6.0, missed_most=4.0, facts=(0.25, 0.25))),
        (make_chunk("", "stalling", "plan"), Match(whole=0.85, fact=0.5, missed=1.2, missed_most=0.8, facts=(0.35, 0.5))),
        (make_chunk("gratis", "gratis"), Match(whole=0.0, fact=0.0, missed=8.0, missed_most=4.0, facts=(0.0,))),
    ],
    ids=["all in one fact", "all in two facts", "one word", "a word near two", "an opposite"],
)
def test_a_match_by_hand(chunk: Chunk, expected: Match) -> None:
    assert flat(match(QUESTION, chunk)) == pytest.approx(flat(expected))


def test_a_word_that_is_asked_twice_weighs_twice() -> None:
    assert flat(match("opslag opslag plan", make_chunk("", "opslag"))) == pytest.approx((0.5, 0.5, 4.0, 4.0, 0.5))
    assert flat(match("opslag plan plan", make_chunk("", "opslag"))) == pytest.approx((0.2, 0.2, 8.0, 4.0, 0.2))


def test_a_fact_counts_with_its_heading_and_title() -> None:
    above = [("", ""), ("opslag", ""), ("opslag", "plan")]

    found = [match(QUESTION, make_chunk(heading, "kost", "gratis", title=title)) for heading, title in above]

    assert [one.facts for one in found] == [pytest.approx(facts) for facts in ((0.25, 0.0), (0.5, 0.25), (1.0, 0.75))]
    assert [one.fact for one in found] == pytest.approx([0.25, 0.5, 1.0])


def test_a_chunk_without_facts_is_its_heading() -> None:
    assert flat(match(QUESTION, make_chunk("stalling", title="gratis"))) == pytest.approx((0.35, 0.35, 5.2, 4.0, 0.35))
    assert flat(match(QUESTION, make_chunk(""))) == pytest.approx((0.0, 0.0, 8.0, 4.0, 0.0))


def test_the_order_of_the_facts_matters_to_their_own_numbers_alone() -> None:
    facts = ("plan", "stalling", "kost gratis", "")

    one, other = (match(QUESTION, make_chunk("opslag", *order)) for order in (facts, facts[::-1]))

    assert one[:-1] == pytest.approx(other[:-1])
    assert one.facts == pytest.approx((0.75, 0.45, 0.5, 0.25))
    assert other.facts == pytest.approx((0.25, 0.5, 0.45, 0.75))


def test_a_question_is_read_up_to_a_number_of_parts() -> None:
    plan = make_chunk("plan")

    assert match("opslag " * (MOST_PARTS - 1) + "plan", plan).whole == pytest.approx(4 / (2 * (MOST_PARTS - 1) + 4))
    assert flat(match("opslag " * MOST_PARTS + "plan", plan)) == pytest.approx((0.0, 0.0, 2 * MOST_PARTS, 2.0, 0.0))


@given(question=st.lists(WORDS, min_size=1, max_size=6), heading=PHRASES, facts=st.lists(PHRASES, max_size=4))
def test_words_count_as_in_a_plain_reckoning(question: list[str], heading: str, facts: list[str]) -> None:
    chunk = make_chunk(heading, *facts)

    assert flat(match(" ".join(question), chunk)) == pytest.approx(plain_match(question, chunk), abs=1e-5)


@given(question=TYPED, texts=st.lists(st.tuples(TYPED, st.lists(TYPED, max_size=4)), max_size=4))
def test_any_text_gives_numbers_within_their_range(question: str, texts: list[tuple[str, list[str]]]) -> None:
    found = READER.match(question, [make_chunk(heading, *facts) for heading, facts in texts])

    assert len(found) == len(texts)
    for one in found:
        assert 0 <= one.fact <= one.whole + 1e-6 <= 1 + 2e-6
        assert 0 <= one.missed_most <= one.missed + 1e-6
        assert min(one.facts, default=0) >= 0
        assert max(one.facts, default=0) == one.fact


# --- Nothing to match ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "  \n "])
def test_an_empty_question_matches_and_misses_nothing(question: str) -> None:
    assert READER.match(question, CHUNKS) == [NOTHING] * len(CHUNKS)


def test_an_unknown_word_is_missed() -> None:
    assert flat(match("xyzzy", make_chunk("opslag", "plan"))) == pytest.approx((0.0, 0.0, 0.5, 0.5, 0.0))
    assert flat(match("xyzzy opslag", make_chunk("opslag", "plan"))) == pytest.approx((0.8, 0.8, 0.5, 0.5, 0.8))


def test_a_question_of_which_no_part_is_known_matches_and_misses_nothing() -> None:
    # This tokenizer passes over what it does not know.
    reader = LateInteraction(Tokenizer(BPE({"a": 0, "b": 1}, [])), np.eye(2, dtype=np.float32), np.ones(2, dtype=np.float32))

    assert reader.match("xyz", [make_chunk("a", "b")]) == [NOTHING]
    assert [flat(one) for one in reader.match("axb", [make_chunk("a", "b")])] == [pytest.approx((1.0, 1.0, 0.0, 0.0, 1.0))]


def test_no_chunks_give_no_matches() -> None:
    assert READER.match(QUESTION, []) == READER.match("", []) == []


# --- Several chunks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        (QUESTION, [(0.75, 0.45), (0.35,), (0.0,), (0.75, 0.5, 0.5)]),
        ("xyzzy gratis", [(0.0, 0.0), (0.0,), (1 / 3,), (0.0, 0.0, 2 / 3)]),
        ("stalling stalling", [(0.6, 1.0), (1.0,), (0.0,), (0.8, 0.0, 0.0)]),
    ],
)
def test_several_chunks_count_as_one_at_a_time(question: str, facts: list[tuple[float, ...]]) -> None:
    together = READER.match(question, [*CHUNKS, *CHUNKS[::-1]])
    alone = [flat(match(question, chunk)) for chunk in CHUNKS]

    assert len(set(alone)) > 1
    assert [pytest.approx(flat(one)) for one in together] == [*alone, *alone[::-1]]
    assert [pytest.approx(one.facts, abs=1e-6) for one in together] == [*facts, *facts[::-1]]


# --- Files -----------------------------------------------------------------------------------------------------------


def save_reader(folder: Path) -> None:
    """The weights, and the tokenizer that the embedding model has put there."""
    READER.save(folder)
    make_tokenizer().save(str(folder / "tokenizer.json"))


def test_a_saved_reader_says_the_same_but_for_half_precision(tmp_path: Path) -> None:
    save_reader(tmp_path)

    loaded = LateInteraction.load(tmp_path).match(QUESTION, CHUNKS)

    assert [flat(one) for one in loaded] == [pytest.approx(flat(one), abs=5e-3) for one in READER.match(QUESTION, CHUNKS)]
    assert {tensor.dtype for tensor in load_file(tmp_path / WEIGHTS_FILE).values()} == {np.dtype(np.float16)}


def test_loaded_vectors_have_unit_length_or_none(tmp_path: Path) -> None:
    save_reader(tmp_path)
    sizes = np.array([[1], [1], [3], [0.5], [2], [7], [0]], dtype=np.float32)
    save_file({"vectors": VECTORS * sizes, "weights": WEIGHTS}, tmp_path / WEIGHTS_FILE)

    loaded = LateInteraction.load(tmp_path)

    assert [flat(one) for one in loaded.match(QUESTION, CHUNKS)] == [pytest.approx(flat(one)) for one in READER.match(QUESTION, CHUNKS)]
    assert loaded.match("gratis", [make_chunk("gratis")]) == [Match(0.0, 0.0, 1.0, 1.0, (0.0,))]


def test_a_loaded_tokenizer_neither_fills_up_nor_cuts_off(tmp_path: Path) -> None:
    save_reader(tmp_path)
    tokenizer = make_tokenizer()
    tokenizer.enable_padding(length=9)
    tokenizer.enable_truncation(1)
    tokenizer.save(str(tmp_path / "tokenizer.json"))

    (found,) = LateInteraction.load(tmp_path).match(QUESTION, [make_chunk("plan")])

    assert flat(found) == pytest.approx((0.5, 0.5, 4.0, 2.0, 0.5))


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "noise"])
@pytest.mark.parametrize("part", [WEIGHTS_FILE, "tokenizer.json"])
def test_a_damaged_file_is_named(tmp_path: Path, part: str, damage: str) -> None:
    save_reader(tmp_path)
    path = tmp_path / part
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        noise = np.random.default_rng(1).bytes(len(content))
        path.write_bytes({"empty": b"", "half": content[: len(content) // 2], "noise": noise}[damage])

    with pytest.raises(EmbeddingError, match=r"^De woorddelen in .* zijn onleesbaar \(.*\); installeer opnieuw$"):
        LateInteraction.load(tmp_path)


@pytest.mark.parametrize(
    "tensors",
    [{"vectors": VECTORS}, {"weights": WEIGHTS}, {"vectors": VECTORS[0], "weights": WEIGHTS}],
    ids=["no weights", "no vectors", "one vector"],
)
def test_weights_of_another_kind_are_named(tmp_path: Path, tensors: dict[str, np.ndarray]) -> None:
    save_reader(tmp_path)
    save_file(tensors, tmp_path / WEIGHTS_FILE)

    with pytest.raises(EmbeddingError, match=r"^De woorddelen in .* zijn onleesbaar"):
        LateInteraction.load(tmp_path)


def test_files_of_two_models_do_not_mix(tmp_path: Path) -> None:
    save_reader(tmp_path)
    make_tokenizer("doos").save(str(tmp_path / "tokenizer.json"))

    with pytest.raises(EmbeddingError, match=r"8 woorddelen, \(7, 5\) en \(7,\) horen niet bij elkaar.*installeer opnieuw$"):
        LateInteraction.load(tmp_path)


@pytest.mark.parametrize(
    ("vectors", "weights"),
    [(VECTORS[1:], WEIGHTS[1:]), (VECTORS, WEIGHTS[1:]), (VECTORS, WEIGHTS[:, None]), (VECTORS[:, 0], WEIGHTS)],
    ids=["too few parts", "too few weights", "a table of weights", "a row of vectors"],
)
def test_sizes_that_do_not_belong_together_are_refused(vectors: np.ndarray, weights: np.ndarray) -> None:
    with pytest.raises(ValueError, match="^7 woorddelen, .* horen niet bij elkaar$"):
        LateInteraction(make_tokenizer(), vectors, weights)
