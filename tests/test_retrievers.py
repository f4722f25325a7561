import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace

from assistant.documents import Document, Section
from assistant.embeddings import load_embedding_model
from assistant.errors import VectorIndexError
from assistant.index import ASKED_UNIT, FACT_UNIT, QUESTION_UNIT, KnowledgeIndex
from assistant.late_interaction import LateInteraction
from assistant.query_rewriting import Query, SynonymIndex, analyse
from assistant.retrievers import (
    CONTEXT_SHARE,
    FEATURES,
    SAME_ARTICLE,
    SAME_SECTION,
    Candidate,
    Context,
    HybridRetriever,
    Ranker,
)
from assistant.settings import BUNDLED_MODEL
from tests.small_index import (
    EMPTY_ROW,
    NOTE,
    NOTE_ROW,
    PLAN_ROW,
    PLANS,
    PRICE_ROW,
    RETURN_ROW,
    REVIEW_ROW,
    STORAGE,
    THEMES,
    ThemeModel,
    build_index,
)

RANKER = Ranker.load(BUNDLED_MODEL / "ranker.json")
TYPED = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from((*THEMES, "wat", "kost", "stalling", "prijs", "duitsland", "€ 27", "kuub")), max_size=8).map(" ".join),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeIndex]:
    opened = build_index(tmp_path_factory.mktemp("zes"))
    yield opened
    opened.close()


def make_retriever(index: KnowledgeIndex, **weights: float) -> HybridRetriever:
    """A retriever that ranks by a few features; by the learned weights when none is named."""
    ranker = Ranker(weights=weights) if weights else RANKER
    return HybridRetriever(index=index, model=ThemeModel(), ranker=ranker, synonyms=SynonymIndex(index.synonyms))


@pytest.fixture(scope="module")
def retriever(index: KnowledgeIndex) -> HybridRetriever:
    return make_retriever(index)


def read(index: KnowledgeIndex, question: str, marketplace: str = "NL") -> Query:
    return analyse(question, index.vocabulary, SynonymIndex(index.synonyms), marketplace)


def values(found: list[Candidate], feature: str) -> dict[int, float]:
    """A feature of each chunk found, by its row, without the zeros."""
    return {candidate.row: candidate.features[feature] for candidate in found if candidate.features[feature]}


def with_questions(found: list[Candidate]) -> list[Candidate]:
    """The chunks found that have questions of their own; for the others something else stands in."""
    return [candidate for candidate in found if candidate.chunk.questions]


# --- The weights -----------------------------------------------------------------------------------------------------


def test_a_score_is_the_weighted_sum_of_the_features() -> None:
    ranker = Ranker(weights={"body": 2.0, "marketplace": -1.0}, bias=0.5)

    scores = ranker.score(np.eye(len(FEATURES), dtype=np.float32))

    assert dict(zip(FEATURES, scores.tolist(), strict=True)) == dict.fromkeys(FEATURES, 0.5) | {"body": 2.5, "marketplace": -0.5}


def test_the_weights_that_come_along_name_every_feature() -> None:
    assert set(RANKER.weights) == set(FEATURES)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"weights": {"body": "veel"}}', '{"weights": {}, "gewicht": 1}', '{"bias": 1.0}'],
    ids=["empty", "half", "a list", "a word", "an unknown field", "no weights"],
)
def test_a_damaged_file_of_weights_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ranker.json"
    path.write_text(content)

    with pytest.raises(
        VectorIndexError, match=r"^De gewichten in .*ranker\.json zijn onleesbaar of van een andere versie; installeer opnieuw$"
    ):
        Ranker.load(path)


def test_a_missing_file_of_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(VectorIndexError, match=r"De gewichten in .*weg\.json zijn onleesbaar"):
        Ranker.load(tmp_path / "weg.json")


def test_features_that_do_not_exist_are_named(tmp_path: Path) -> None:
    path = tmp_path / "ranker.json"
    path.write_text(json.dumps({"weights": {"body": 1.0, "kleur": 1.0, "geur": 1.0}}))

    with pytest.raises(VectorIndexError, match="noemen onbekende kenmerken: geur, kleur$"):
        Ranker.load(path)


# --- The features, one by one ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "feature", "rows"),
    [
        ("kuub", "body_coverage", {PRICE_ROW}),
        ("magazijn", "body_coverage", {PRICE_ROW, RETURN_ROW}),
        ("stalling", "body_coverage", set()),
        ("stalling", "heading_coverage", {PRICE_ROW, RETURN_ROW}),
        ("kuub", "heading_coverage", set()),
        ("tarief", "body_coverage", set()),
        ("tarief", "all_coverage", {PRICE_ROW}),
        ("kzoek", "all_coverage", {PLAN_ROW}),
        ("xyzzy plan", "all_coverage", set()),
    ],
)
def test_coverage_is_one_where_a_field_holds_the_whole_question(
    index: KnowledgeIndex, retriever: HybridRetriever, question: str, feature: str, rows: set[int]
) -> None:
    found = values(retriever.retrieve(read(index, question), 9), feature)

    assert {row for row, value in found.items() if value == pytest.approx(1.0)} == rows


def test_coverage_weighs_a_rare_word_more_than_a_common_one(index: KnowledgeIndex, retriever: HybridRetriever) -> None:
    rare, common = (index.fields["body"].inverse_document_frequency(token) for token in ("kuub", "kost"))

    found = values(retriever.retrieve(read(index, "kuub kost"), 9), "body_coverage")

    assert rare > common
    assert found == pytest.approx({PRICE_ROW: 1.0, PLAN_ROW: common / (rare + common)})


@pytest.mark.parametrize("field", ["body", "heading", "all"])
def test_a_field_counts_as_bm25_by_the_idf_of_the_question(index: KnowledgeIndex, retriever: HybridRetriever, field: str) -> None:
    query = read(index, "wat kost opslag in december")
    ceiling = sum(index.fields["body"].inverse_document_frequency(token) for token in query.tokens)
    scores = index.fields[field].scores(query.tokens) / ceiling

    found = values(retriever.retrieve(query, 9), field)

    assert found == pytest.approx({row: float(score) for row, score in enumerate(scores) if score}, rel=1e-5)


def test_the_best_question_of_a_chunk_counts(index: KnowledgeIndex, retriever: HybridRetriever) -> None:
    query = read(index, "opslag december tarief")
    field = index.fields["questions"]
    share = float(field.scores(query.tokens)[2]) / sum(field.inverse_document_frequency(token) for token in query.tokens)

    found = values(retriever.retrieve(query, 9), "question")

    assert found == pytest.approx({PRICE_ROW: share}, rel=1e-5)


@pytest.mark.parametrize(("question", "row"), [("sleutol", NOTE_ROW), ("recencie", REVIEW_ROW), ("plannetje", PLAN_ROW)])
def test_groups_of_letters_find_a_word_that_is_typed_wrong(
    index: KnowledgeIndex, retriever: HybridRetriever, question: str, row: int
) -> None:
    query = read(index, question).model_copy(update={"tokens": ("onbekend",), "text": ""})

    found = values(retriever.retrieve(query, 9), "ngrams")

    assert max(found, key=lambda each: found[each]) == row


def test_another_name_of_the_subject_counts_as_an_expansion(index: KnowledgeIndex, retriever: HybridRetriever) -> None:
    found = retriever.retrieve(read(index, "stalling"), 9)

    assert set(values(found, "expansions")) == {PRICE_ROW, RETURN_ROW}
    assert values(retriever.retrieve(read(index, "kuub"), 9), "expansions") == {}


# Of the questions about prices one has the theme of the question alone, and one has it beside another.
@pytest.mark.parametrize(
    ("question", "feature", "expected"),
    [
        ("opslag", "dense_chunk", {PRICE_ROW: 2**-0.5}),
        ("opslag", "dense_fact", {PRICE_ROW: 1.0}),
        ("plan december", "dense_chunk", {PRICE_ROW: 0.5, PLAN_ROW: 2**-0.5, NOTE_ROW: 0.5}),
        ("sleutel", "dense_fact", {NOTE_ROW: 2**-0.5}),
    ],
)
def test_vectors_are_compared_with_each_part_of_a_chunk(
    index: KnowledgeIndex, retriever: HybridRetriever, question: str, feature: str, expected: dict[int, float]
) -> None:
    assert values(retriever.retrieve(read(index, question), 9), feature) == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    ("question", "best", "mean_of_three"),
    [
        ("opslag", {PRICE_ROW: 1.0}, {PRICE_ROW: (1 + 2**-0.5 + 0) / 3}),
        ("plan recensie", {PLAN_ROW: 1.0}, {PLAN_ROW: (1 + 2**-0.5) / 2}),
    ],
)
def test_vectors_are_compared_with_each_question_of_a_chunk(
    index: KnowledgeIndex, retriever: HybridRetriever, question: str, best: dict[int, float], mean_of_three: dict[int, float]
) -> None:
    found = with_questions(retriever.retrieve(read(index, question), 9))

    assert values(found, "dense_question") == pytest.approx(best, abs=2e-3)
    assert values(found, "dense_question_mean") == pytest.approx(mean_of_three, abs=2e-3)


@given(st.lists(st.sampled_from(THEMES), min_size=1, max_size=6))
def test_questions_and_facts_count_as_in_a_plain_reckoning(index: KnowledgeIndex, retriever: HybridRetriever, themes: list[str]) -> None:
    query = read(index, " ".join(themes))
    vector = ThemeModel().encode_query(query.text)

    for candidate in retriever.retrieve(query, 9):
        asked = np.concatenate([index.units(candidate.row, kind) for kind in (QUESTION_UNIT, ASKED_UNIT)]) @ vector
        facts = index.units(candidate.row, FACT_UNIT) @ vector
        assert candidate.features["dense_fact"] == pytest.approx(facts.max(initial=0.0), abs=2e-3)
        if len(asked):
            assert candidate.features["dense_question"] == pytest.approx(asked.max(), abs=2e-3)
            assert candidate.features["dense_question_mean"] == pytest.approx(np.sort(asked)[-3:].mean(), abs=2e-3)
        else:
            assert index.latent is not None
            alike = float(index.latent.likeness(query.tokens, np.array([candidate.row]))[0])
            best_part = max(candidate.features["dense_chunk"], candidate.features["dense_fact"])
            assert candidate.features["dense_question"] == pytest.approx(max(0.9 * best_part, alike), abs=2e-3)
            assert candidate.features["dense_question_mean"] == pytest.approx(max(0.8 * best_part, alike), abs=2e-3)


def test_the_best_part_stands_in_for_questions_where_too_little_was_learned(tmp_path: Path) -> None:
    index = build_index(tmp_path, (PLANS, NOTE))
    found = make_retriever(index).retrieve(read(index, "plan sleutel"), 9)

    assert values(found, "dense_question") == pytest.approx({0: 2**-0.5, 1: 0.9 * 0.5}, abs=2e-3)
    assert values(found, "dense_question_mean") == pytest.approx({0: (2**-0.5 + 0.5) / 2, 1: 0.8 * 0.5}, abs=2e-3)
    index.close()


def test_an_ingested_document_is_found_by_words_that_occur_with_those_of_the_question(tmp_path: Path) -> None:
    # A hundred subjects of three words. No chunk holds "a0" and "b0" both, but "c0" stands beside either.
    pairs = [(f"{one}{number}", f"{other}{number}") for number in reversed(range(100)) for one, other in ("ac", "bc", "ab")]
    texts = [f"{one} {other}" for one, other in pairs if (one, other) != ("a0", "b0")]
    texts = ["b7 c7 kapot", *("b0 c0 kapot" if text == "b0 c0" else text for text in texts)]
    sections = tuple(Section(heading="Lijst", text=text) for text in texts)
    index = build_index(tmp_path, (Document(document_id="lijst.txt", title="Lijst", sections=sections),))

    found = make_retriever(index).retrieve(read(index, "a0 kapot"), 300)

    places = {candidate.chunk.text: place for place, candidate in enumerate(found)}
    alike = {candidate.chunk.text: candidate.features["dense_question"] for candidate in found}
    assert places["b0 c0 kapot"] < places["b7 c7 kapot"]
    assert alike["b0 c0 kapot"] > alike["b7 c7 kapot"] + 0.3
    index.close()


def test_a_question_for_steps_or_a_comparison_finds_them(index: KnowledgeIndex, retriever: HybridRetriever) -> None:
    assert values(retriever.retrieve(read(index, "hoe haal ik opslag terug"), 9), "steps_wanted") == {RETURN_ROW: 1.0}
    assert values(retriever.retrieve(read(index, "wat kost opslag terug"), 9), "steps_wanted") == {}
    in_conversation = Context(query=read(index, "opslag: hoe haal ik die terug"))
    assert values(retriever.retrieve(read(index, "hoe haal ik die terug"), 9, context=in_conversation), "steps_wanted") == {}


@pytest.mark.parametrize(
    ("question", "marketplace", "expected"),
    [
        ("december recensie plan", "NL", {PRICE_ROW: 0.0, PLAN_ROW: 1.0, REVIEW_ROW: 0.7, NOTE_ROW: 1.0}),
        ("december recensie plan", "DE", {PRICE_ROW: 1.0, PLAN_ROW: 0.0, REVIEW_ROW: 0.7, NOTE_ROW: 1.0}),
        ("december recensie plan", "UK", {PRICE_ROW: 0.0, PLAN_ROW: 0.0, REVIEW_ROW: 0.0, NOTE_ROW: 1.0}),
        ("december recensie plan duitsland", "NL", {PRICE_ROW: 1.0, PLAN_ROW: 0.0, REVIEW_ROW: 0.7, NOTE_ROW: 1.0}),
        ("december recensie plan amerika", "NL", {PRICE_ROW: 0.0, PLAN_ROW: 0.0, REVIEW_ROW: 0.0, NOTE_ROW: 1.0}),
    ],
)
def test_a_chunk_fits_the_country_named_or_else_that_of_the_seller(
    index: KnowledgeIndex, retriever: HybridRetriever, question: str, marketplace: str, expected: dict[int, float]
) -> None:
    found = retriever.retrieve(read(index, question, marketplace), 9)

    fits = {candidate.row: candidate.features["marketplace"] for candidate in found if candidate.row in expected}
    assert fits == pytest.approx(expected)


# --- The order -------------------------------------------------------------------------------------------------------


def test_equal_scores_keep_the_order_of_the_corpus(index: KnowledgeIndex) -> None:
    found = make_retriever(index, body=0.0).retrieve(read(index, "sleutel recensie plan terug opslag lege"), 9)

    assert [(candidate.row, candidate.score) for candidate in found] == [(row, 0.0) for row in range(6)]


def test_the_best_comes_first_and_no_more_than_asked(index: KnowledgeIndex) -> None:
    query = read(index, "wat kost opslag")
    retriever = make_retriever(index, body_coverage=1.0)

    rows = [[candidate.row for candidate in retriever.retrieve(query, limit)] for limit in (2, 1, 0, -1)]

    assert rows == [[PRICE_ROW, PLAN_ROW], [PRICE_ROW], [], []]


def test_nothing_is_found_in_an_empty_index(tmp_path: Path) -> None:
    index = build_index(tmp_path, ())

    assert make_retriever(index).retrieve(Query(text="opslag", tokens=("opslag",)), 9) == []
    index.close()


def test_words_that_stand_nowhere_find_nothing(index: KnowledgeIndex, retriever: HybridRetriever) -> None:
    assert retriever.retrieve(read(index, "xyzzy"), 9) == []


def test_two_documents_with_the_same_text_are_both_found_once(tmp_path: Path) -> None:
    copy = PLANS.model_copy(update={"document_id": "start/kopie.md"})
    index = build_index(tmp_path, (PLANS, copy, STORAGE))

    found = make_retriever(index).retrieve(read(index, "prijs van een plan"), 9)

    assert [candidate.chunk.document_id for candidate in found[:2]] == ["start/plan.md", "start/kopie.md"]
    assert sorted(candidate.row for candidate in found) == [0, 1, 2, 3]
    assert found[0].score == pytest.approx(found[1].score)
    index.close()


def test_the_best_of_many_like_texts_is_proposed(tmp_path: Path) -> None:
    texts = ["Een doos kost geld en een tweede doos kost meer geld."] * 90 + ["Doos doos doos."]
    sections = tuple(Section(heading=f"Kop {number}", text=text) for number, text in enumerate(texts))
    index = build_index(tmp_path, (Document(document_id="a.md", title="Dozen", sections=sections),))

    found = make_retriever(index, body=1.0).retrieve(read(index, "doos"), 1)

    assert [candidate.chunk.heading for candidate in found] == ["Kop 90"]
    index.close()


@given(typed=TYPED, limit=st.integers(0, 8))
def test_any_text_finds_different_chunks_within_the_limit(
    index: KnowledgeIndex, retriever: HybridRetriever, typed: str, limit: int
) -> None:
    found = retriever.retrieve(read(index, typed), limit)

    assert len({candidate.row for candidate in found}) == len(found) <= limit
    assert found == sorted(found, key=lambda candidate: (-candidate.score, candidate.row))
    for candidate in found:
        assert candidate.chunk == index.chunk(candidate.row)
        assert tuple(candidate.features) == FEATURES
        assert np.isfinite([candidate.score, *candidate.features.values()]).all()
        assert candidate.score == pytest.approx(sum(RANKER.weights[name] * value for name, value in candidate.features.items()), abs=1e-4)


# --- The topic -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "rows"),
    [
        ("fba", [PRICE_ROW, RETURN_ROW]),
        ("start", [PLAN_ROW]),
        ("fabels", []),
        ("", [PRICE_ROW, RETURN_ROW, PLAN_ROW, REVIEW_ROW, NOTE_ROW, EMPTY_ROW]),
        (None, [PRICE_ROW, RETURN_ROW, PLAN_ROW, REVIEW_ROW, NOTE_ROW, EMPTY_ROW]),
    ],
)
def test_a_topic_keeps_its_own_chunks_alone(index: KnowledgeIndex, retriever: HybridRetriever, topic: str | None, rows: list[int]) -> None:
    found = retriever.retrieve(read(index, "sleutel recensie plan terug opslag lege"), 9, topic)

    assert sorted(candidate.row for candidate in found) == rows


@given(typed=TYPED, before=TYPED, topic=st.sampled_from(("fba", "start", "recensies", "fabels")), heard=st.booleans())
def test_a_topic_keeps_what_would_be_found_without_it_with_a_conversation_or_not(
    index: KnowledgeIndex, retriever: HybridRetriever, typed: str, before: str, topic: str, heard: bool
) -> None:
    query = read(index, typed)
    context = Context(query=read(index, before), document_id="start/plan.md", heading="Wat kost een plan?") if heard else None

    within = retriever.retrieve(query, 9, topic, context)
    everywhere = retriever.retrieve(query, 9, None, context)

    rows = [candidate.row for candidate in everywhere if candidate.chunk.topic == topic]
    assert sorted(candidate.row for candidate in within) == sorted(rows)


# --- In a conversation -----------------------------------------------------------------------------------------------


def test_a_context_that_says_the_same_changes_nothing(index: KnowledgeIndex, retriever: HybridRetriever) -> None:
    query = read(index, "wat kost opslag")

    in_context, alone = retriever.retrieve(query, 9, None, Context(query=query)), retriever.retrieve(query, 9)
    assert [candidate.row for candidate in in_context] == [candidate.row for candidate in alone]
    for one, other in zip(in_context, alone, strict=True):
        assert one.features == pytest.approx(other.features, abs=1e-6)


def test_a_question_and_its_reading_in_context_count_by_their_shares(index: KnowledgeIndex, retriever: HybridRetriever) -> None:
    typed, heard = read(index, "opslag"), read(index, "plan")

    found = values(with_questions(retriever.retrieve(typed, 9, None, Context(query=heard))), "dense_question")

    assert found == pytest.approx({PRICE_ROW: 1 - CONTEXT_SHARE, PLAN_ROW: CONTEXT_SHARE}, abs=2e-3)


def test_a_context_proposes_chunks_that_the_question_does_not_name(index: KnowledgeIndex, retriever: HybridRetriever) -> None:
    typed, heard = read(index, "xyzzy"), read(index, "sleutel")

    assert NOTE_ROW in {candidate.row for candidate in retriever.retrieve(typed, 9, None, Context(query=heard))}


@pytest.mark.parametrize(
    ("document_id", "heading", "gains"),
    [
        ("fba/opslag.md", "Wat kost opslag?", {PRICE_ROW: SAME_ARTICLE + SAME_SECTION, RETURN_ROW: SAME_ARTICLE}),
        ("fba/opslag.md", "", {PRICE_ROW: SAME_ARTICLE, RETURN_ROW: SAME_ARTICLE}),
        ("start/plan.md", "Wat kost opslag?", {PLAN_ROW: SAME_ARTICLE}),
        ("weg.md", "Wat kost opslag?", {}),
    ],
)
def test_the_article_of_the_answer_before_gains_and_its_section_less(
    index: KnowledgeIndex, retriever: HybridRetriever, document_id: str, heading: str, gains: dict[int, float]
) -> None:
    query = read(index, "sleutel recensie plan terug opslag lege")
    alone = {candidate.row: candidate.score for candidate in retriever.retrieve(query, 9)}

    found = retriever.retrieve(query, 9, None, Context(query=query, document_id=document_id, heading=heading))

    assert {each.row: each.score for each in found} == pytest.approx({row: score + gains.get(row, 0) for row, score in alone.items()})


# --- Read word by word -----------------------------------------------------------------------------------------------

LATE = ("late", "late_fact", "late_missed", "late_missed_most")
# Each names one chunk, in the order of the corpus.
NAMING_ALL = "opslag terug plan recensie sleutel"


@pytest.fixture(scope="module")
def reader() -> LateInteraction:
    """Knows the words of ``NAMING_ALL``, which are like nothing else, and weigh 1, 2, 4, 8 and 16; and "december", which weighs 4."""
    parts = ["[UNK]", *NAMING_ALL.split(), "december"]
    tokenizer = Tokenizer(WordLevel({part: number for number, part in enumerate(parts)}, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    return LateInteraction(tokenizer, np.eye(7, dtype=np.float32), np.array([1, 1, 2, 4, 8, 16, 4], dtype=np.float32))


def make_reading(index: KnowledgeIndex, reader: LateInteraction, **weights: float) -> HybridRetriever:
    return make_retriever(index, **weights).model_copy(update={"late": reader})


def test_the_best_are_ordered_anew_by_what_is_read_word_by_word(index: KnowledgeIndex, reader: LateInteraction) -> None:
    found = make_reading(index, reader, late=31.0, late_missed_most=-1.0).retrieve(read(index, NAMING_ALL), 9)

    scores = {NOTE_ROW: 16 - 8, REVIEW_ROW: 8 - 16, PLAN_ROW: 4 - 16, RETURN_ROW: 2 - 16, PRICE_ROW: 1 - 16}
    assert [candidate.row for candidate in found] == list(scores)
    assert {candidate.row: candidate.score for candidate in found} == pytest.approx(scores, abs=1e-4)
    assert values(found, "late_missed") == pytest.approx({row: 31 - 2**row for row in scores})


@pytest.mark.parametrize(("most", "limit", "rows"), [(2, 1, [1]), (2, 2, [1, 0]), (2, 4, [1, 0, 2, 3]), (4, 2, [3, 2])])
def test_only_the_best_few_are_read_and_the_others_stay_behind_them(
    index: KnowledgeIndex, reader: LateInteraction, most: int, limit: int, rows: list[int]
) -> None:
    retriever = make_reading(index, reader, late=1.0).model_copy(update={"read_closely": most})

    found = retriever.retrieve(read(index, NAMING_ALL), limit)

    assert [candidate.row for candidate in found] == rows


def test_what_is_read_counts_by_its_share_in_a_conversation(index: KnowledgeIndex, reader: LateInteraction) -> None:
    context = Context(query=read(index, "plan"), document_id="start/plan.md")

    found = make_reading(index, reader, late=1.0).retrieve(read(index, "opslag"), 9, None, context)

    late, missed = values(found, "late"), values(found, "late_missed")
    assert late == pytest.approx({PRICE_ROW: 1 - CONTEXT_SHARE, PLAN_ROW: CONTEXT_SHARE})
    assert (missed[PRICE_ROW], missed[PLAN_ROW]) == pytest.approx((4 * CONTEXT_SHARE, 1 - CONTEXT_SHARE))
    gains = {PLAN_ROW: SAME_ARTICLE}
    assert [each.score for each in found] == pytest.approx([late.get(each.row, 0) + gains.get(each.row, 0) for each in found])


def test_a_candidate_says_how_each_of_its_facts_matches(index: KnowledgeIndex, reader: LateInteraction) -> None:
    found = make_reading(index, reader, late=1.0).retrieve(read(index, "sleutel december"), 9)

    # The note is found after the prices and read before them: its numbers move along.
    assert [candidate.row for candidate in found[:2]] == [NOTE_ROW, PRICE_ROW]
    assert [candidate.fact_matches for candidate in found[:2]] == [pytest.approx((1.0,)), pytest.approx((0.0, 0.2))]


def test_how_each_fact_matches_counts_by_its_share_in_a_conversation(index: KnowledgeIndex, reader: LateInteraction) -> None:
    context = Context(query=read(index, "december"))

    found = make_reading(index, reader, late=1.0).retrieve(read(index, "opslag"), 9, None, context)

    matches = {candidate.row: candidate.fact_matches for candidate in found}
    assert matches[PRICE_ROW] == pytest.approx((1 - CONTEXT_SHARE, 1.0))
    assert matches[NOTE_ROW] == pytest.approx((CONTEXT_SHARE,))


def test_without_a_reader_nothing_is_read_and_the_order_stays(index: KnowledgeIndex) -> None:
    found = make_retriever(index, late=1.0, late_missed=-1.0).retrieve(read(index, NAMING_ALL), 9)

    assert [(candidate.row, candidate.score) for candidate in found] == [(row, 0.0) for row in range(5)]
    assert {candidate.features[name] for candidate in found for name in LATE} == {0.0}
    assert {candidate.fact_matches for candidate in found} == {()}


# --- As LangChain sees it --------------------------------------------------------------------------------------------


def test_langchain_gets_the_same_chunks_as_documents(index: KnowledgeIndex) -> None:
    retriever = make_retriever(index).model_copy(update={"limit": 2})

    documents = retriever.invoke("wat kost opslag")

    assert [document.model_dump(include={"page_content", "metadata"}) for document in documents] == [
        {
            "page_content": candidate.chunk.text,
            "metadata": {
                "document_id": candidate.chunk.document_id,
                "title": candidate.chunk.title,
                "heading": candidate.chunk.heading,
                "score": candidate.score,
            },
        }
        for candidate in retriever.retrieve(read(index, "wat kost opslag"), 2)
    ]
    assert documents[0].metadata["heading"] == "Wat kost opslag?"


def test_the_bundled_model_and_weights_find_the_section_a_question_is_about(tmp_path: Path) -> None:
    model = load_embedding_model(str(BUNDLED_MODEL))
    index = build_index(tmp_path, (STORAGE, PLANS), model)
    retriever = HybridRetriever(index=index, model=model, ranker=RANKER, synonyms=SynonymIndex(index.synonyms))

    first = [retriever.retrieve(read(index, question), 1)[0].row for question in ("stallingskosten december", "wat kost Professioneel")]

    assert first == [PRICE_ROW, PLAN_ROW]
    index.close()
