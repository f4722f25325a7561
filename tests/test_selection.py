import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.boosted_trees import LEAF, BoostedTrees
from assistant.documents import GLOSSARY, Asked, fact_hash
from assistant.errors import VectorIndexError
from assistant.index import FACT_UNIT, KnowledgeIndex
from assistant.query_rewriting import Query, SynonymIndex, analyse
from assistant.question_shapes import Shape, question_shape
from assistant.retrievers import Candidate
from assistant.selection import (
    BELONGS_IN_OPENING,
    FACT_FEATURES,
    GLOSSARY_SHARE,
    RELEVANCE_FEATURES,
    Likelihood,
    RankedFact,
    Relevance,
    Selector,
    fact_features,
    rank_facts,
    read_facts,
)
from assistant.settings import BUNDLED_MODEL
from tests.small_index import (
    DOCUMENTS,
    EMPTY_ROW,
    NOTE_ROW,
    PLAN_ROW,
    PRICE_ROW,
    RETURN_ROW,
    REVIEW_ROW,
    REVIEWS,
    THEMES,
    ThemeModel,
    build_index,
)

SELECTOR = Selector.load(BUNDLED_MODEL / "selection.json")
RELEVANCE = Relevance.load(BUNDLED_MODEL / "relevance.json")
# One tree of one leaf: it says nothing.
NO_TREES = BoostedTrees(
    features=RELEVANCE_FEATURES, baseline=0.0, roots=(0,), feature=(LEAF,), threshold=(0.0,), left=(0,), right=(0,), value=(0.0,)
)
NO_CHANCE = Likelihood(weights={}, bias=0.0, trees=NO_TREES)
NEUTRAL = Relevance(belongs=NO_CHANCE, opens=NO_CHANCE)
EVERY_ROW = (PRICE_ROW, RETURN_ROW, PLAN_ROW, REVIEW_ROW, NOTE_ROW, EMPTY_ROW)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeIndex]:
    opened = build_index(tmp_path_factory.mktemp("zes"))
    yield opened
    opened.close()


def read(index: KnowledgeIndex, question: str) -> Query:
    return analyse(question, index.vocabulary, SynonymIndex(index.synonyms))


def make_candidates(index: KnowledgeIndex, scores: dict[int, float]) -> list[Candidate]:
    """Chunks as if they were found, with their scores."""
    return [Candidate(row=row, chunk=index.chunk(row), score=score, features={}) for row, score in scores.items()]


def rank(
    index: KnowledgeIndex, question: str, scores: dict[int, float], selector: Selector = SELECTOR, relevance: Relevance = RELEVANCE
) -> list[RankedFact]:
    query = read(index, question)
    return rank_facts(query, ThemeModel().encode_query(query.text), make_candidates(index, scores), index, selector, relevance)


# --- What a question asks for ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "questions"),
    [
        (
            "comparison",
            "Wat is het verschil tussen FBA en FBM?|fba vs. fbm|FBA versus FBM|is fba goedkoper dan fbm?|vergelijk de plannen|"
            "zelf sturen of beter FBA|what is the difference between the plans",
        ),
        ("why", "Waarom is mijn account geblokkeerd?|hoe komt het dat ik niets verkoop|Hoezo moet dat?|why is my account blocked"),
        (
            "amount",
            "Wat kost opslag?|Hoeveel dagen heb ik?|hoe lang duurt dat|Wanneer krijg ik mijn geld?|hoe hoog is de boete|sinds wanneer geldt dat|"
            "welk percentage houdt Amazon in|hoe klein mag het gaatje zijn|hoe ver van tevoren|kost dat veel?|how much is storage|Hoeveel invoerrechten betaal ik in de VS?",
        ),
        ("how", "Hoe maak ik een zending?|wat moet ik doen als mijn pakket kwijt is|stappenplan voor retouren|how do i ship|hoe verkoop ik in de VS|labels printen hoe"),
        ("definition", "Wat is FBA?|en wat is een FNSKU|Wat betekent DD+7|waar staat fbm voor|wat houdt Prime in|what is fba"),
        ("list", "Welke documenten heb ik nodig?|Noem de leiderschapsprincipes|overzicht van alle tarieven|which documents|Wat zijn de maatgroepen?|wie of wat hoeft niet te betalen"),
        ("verdict", "Mag ik kaarsen verkopen?|moet ik btw betalen|kaarsen verkopen, mag dat|krijg ik dan geld terug?|can i sell candles|Mag ik in de VS verkopen?"),
        ("other", "opslag december|Hoe heet de oprichter?|Hoe zit het met btw?|Wie richtte Amazon op?"),
    ],
    ids=lambda value: value if "|" not in value else "questions",
)  # fmt: skip
def test_a_question_is_known_by_its_form(shape: Shape, questions: str) -> None:
    assert {question: question_shape(question) for question in questions.split("|")} == dict.fromkeys(questions.split("|"), shape)


@pytest.mark.parametrize("question", ["WAT KOST OPSLAG", "wat   kost\n opslag", "  Wat kost opslag "])
def test_capitals_and_space_do_not_change_what_is_asked(question: str) -> None:
    assert question_shape(question) == "amount"


@pytest.mark.parametrize("question", ["", "   ", "?!", "🙂"])
def test_what_is_no_question_has_no_form_of_its_own(question: str) -> None:
    assert question_shape(question) == "other"


# --- The features, one by one ----------------------------------------------------------------------------------------

# The facts of RETURN_ROW: 0 a sentence, 1-3 steps, 4 a bullet, 5-6 rows, 7 a warning, 8 a tip, 9 a sentence that leans.


@pytest.mark.parametrize(
    ("feature", "shape", "places"),
    [
        ("lead", "other", {0}),
        ("row", "other", {5, 6}),
        ("warning", "other", {7}),
        ("tip", "other", {8}),
        ("leans", "other", {9}),
        ("step_wanted", "how", {1, 2, 3}),
        ("step_wanted", "list", set()),
        ("item_wanted", "list", {4, 5, 6}),
        ("item_wanted", "how", set()),
        ("reason_wanted", "why", {9}),
        ("reason_wanted", "how", set()),
        ("verdict_wanted", "verdict", {9}),
        ("verdict_wanted", "why", set()),
        ("definition_wanted", "definition", {0}),
        ("definition_wanted", "other", set()),
        ("number_wanted", "amount", {3, 5, 6}),
        ("number_wanted", "other", set()),
    ],
)
def test_a_kind_of_fact_counts_where_it_is_wanted(index: KnowledgeIndex, feature: str, shape: Shape, places: set[int]) -> None:
    query = read(index, "voorraad terug")

    features = fact_features(query, ThemeModel().encode_query(query.text), RETURN_ROW, index.chunk(RETURN_ROW), index, shape)

    column = features[:, FACT_FEATURES.index(feature)]
    assert (set(np.flatnonzero(column).tolist()), set(column.tolist()) <= {0.0, 1.0}) == (places, True)


# The facts of PRICE_ROW: "Opslag kost in Duitsland € 27 per kuub." and "In december kost opslag in Duitsland € 52 per kuub."
@pytest.mark.parametrize(
    ("question", "feature", "expected"),
    [
        ("december", "dense", (0, 2**-0.5)),
        ("december", "dense_gap", (-(2**-0.5), 0)),
        ("opslag", "dense", (1, 2**-0.5)),
        ("december", "coverage", (0, 1)),
        ("kuub", "coverage", (1, 1)),
        ("magazijn", "coverage", (0, 0)),
        ("magazijn", "coverage_with_heading", (1, 1)),
        ("magazijn december", "coverage_with_heading", (0.5, 1)),
        ("xyzzy", "coverage_with_heading", (0, 0)),
        ("hoeveel kost opslag", "number_wanted", (1, 1)),
        ("hoeveel kost opslag geen € 27", "number_wanted", (0, 1)),
        ("klopt € 27", "numbers_shared", (1, 0)),
        ("klopt 52 euro", "numbers_shared", (0, 1)),
        ("klopt € 27 of € 52", "numbers_shared", (0.5, 0.5)),
        ("wat kost opslag", "numbers_shared", (0, 0)),
    ],
)
def test_words_vectors_and_numbers_of_a_fact_count(
    index: KnowledgeIndex, question: str, feature: str, expected: tuple[float, float]
) -> None:
    query = read(index, question)
    vector = ThemeModel().encode_query(query.text)

    features = fact_features(query, vector, PRICE_ROW, index.chunk(PRICE_ROW), index, question_shape(question))

    assert features[:, FACT_FEATURES.index(feature)] == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    ("matches", "late", "gap"),
    [
        ((0.25, 0.75), [0.25, 0.75], [-0.5, 0]),
        ((0.5, 0.25), [0.5, 0.25], [0, -0.25]),
        ((), [0, 0], [0, 0]),
        ((0.5,), [0, 0], [0, 0]),
        ((0.25, 0.5, 0.75), [0, 0], [0, 0]),
    ],
    ids=["the second best", "the first best", "not read", "too few", "too many"],
)
def test_what_is_read_word_by_word_counts_for_each_fact(
    index: KnowledgeIndex, matches: tuple[float, ...], late: list[float], gap: list[float]
) -> None:
    query = read(index, "opslag")
    vector = ThemeModel().encode_query(query.text)

    features = fact_features(query, vector, PRICE_ROW, index.chunk(PRICE_ROW), index, "other", matches)

    assert features[:, [FACT_FEATURES.index("late"), FACT_FEATURES.index("late_gap")]].T.tolist() == [late, gap]


def linked(index: KnowledgeIndex, question: str, row: int) -> list[float]:
    vector = ThemeModel().encode_query(question)
    features = fact_features(read(index, question), vector, row, index.chunk(row), index, "other")
    values: list[float] = features[:, FACT_FEATURES.index("linked")].tolist()
    return values


def test_corpus_questions_like_this_one_point_at_a_fact(index: KnowledgeIndex) -> None:
    about_december, about_storage = linked(index, "december", PRICE_ROW), linked(index, "opslag", PRICE_ROW)

    assert about_december[1] > about_december[0]
    assert about_storage[0] > about_december[0]
    assert [sum(about_december), sum(about_storage)] == pytest.approx([1.0, 1.0])


def test_questions_that_tell_no_fact_apart_point_at_all_alike(index: KnowledgeIndex) -> None:
    assert linked(index, "december", RETURN_ROW) == pytest.approx([0.1] * 10)


def test_a_chunk_without_questions_points_at_no_fact(index: KnowledgeIndex) -> None:
    assert linked(index, "recensie", REVIEW_ROW) == [0.0]


def test_a_question_that_people_asked_before_points_at_the_fact_it_was_asked_of(index: KnowledgeIndex) -> None:
    def pointed(question: str, row: int) -> list[float]:
        query = read(index, question)
        vector = ThemeModel().encode_query(question)
        features = fact_features(query, vector, row, index.chunk(row), index, question_shape(question))
        return [round(float(value), 3) for value in features[:, FACT_FEATURES.index("asked")]]

    assert pointed("kzoek een plan voor mijn recensie", PLAN_ROW) == [0.0, 1.0]
    assert not any(pointed("kzoek een plan voor mijn recensie", PRICE_ROW))


@pytest.mark.parametrize(
    ("question", "elsewhere", "here"),
    [("wat kost opslag", [1, 0, 0], [0, 0, 0]), ("wat kost opslag in Duitsland", [0, 1, 0], [1, 0, 0])],
)
def test_a_fact_about_another_country_is_told_from_one_about_the_country_asked_for(
    index: KnowledgeIndex, question: str, elsewhere: list[float], here: list[float]
) -> None:
    chunk = index.chunk(PRICE_ROW)
    texts = ("In Duitsland kost opslag € 5.", "Op Amazon.nl kost opslag € 6.", "Opslag kost geld.")
    chunk = chunk.model_copy(update={"facts": tuple(chunk.facts[0].model_copy(update={"text": text}) for text in texts)})
    query = read(index, question)

    features = fact_features(query, ThemeModel().encode_query(query.text), PRICE_ROW, chunk, index, "amount")

    assert features[:, [FACT_FEATURES.index("elsewhere"), FACT_FEATURES.index("here")]].T.tolist() == [elsewhere, here]


def test_facts_that_the_index_does_not_know_go_by_their_words(index: KnowledgeIndex) -> None:
    chunk = index.chunk(PRICE_ROW)
    chunk = chunk.model_copy(update={"facts": chunk.facts[1:]})
    query = read(index, "december")

    features = fact_features(query, ThemeModel().encode_query(query.text), PRICE_ROW, chunk, index, "other")

    assert [features[0, FACT_FEATURES.index(name)] for name in ("dense", "dense_gap", "linked", "coverage")] == [0, 0, 0, 1]


# --- The order -------------------------------------------------------------------------------------------------------


def test_without_weights_a_chunk_shares_its_chance_among_its_facts(index: KnowledgeIndex) -> None:
    ranked = rank(index, "opslag", {PRICE_ROW: 0.0, NOTE_ROW: np.log(3.0)}, Selector(weights={}))

    assert [(fact.candidate, fact.place) for fact in ranked] == [(1, 0), (0, 0), (0, 1)]
    assert [fact.chance for fact in ranked] == pytest.approx([3 / 4, 1 / 8, 1 / 8])


@pytest.mark.parametrize(("temperature", "chance"), [(0.0, 1 / 2), (1.0, 3 / 4), (2.0, 9 / 10)])
def test_temperature_tells_chunks_apart(index: KnowledgeIndex, temperature: float, chance: float) -> None:
    ranked = rank(index, "opslag", {NOTE_ROW: np.log(3.0), REVIEW_ROW: 0.0}, Selector(weights={}, temperature=temperature))

    assert ranked[0].chance == pytest.approx(chance)


def test_a_fact_with_a_heavier_feature_comes_first(index: KnowledgeIndex) -> None:
    ranked = rank(index, "opslag december", {PRICE_ROW: 0.0}, Selector(weights={"coverage": 1.0}))

    assert [fact.fact.text.partition(" kost")[0] for fact in ranked] == ["In december", "Opslag"]


@pytest.mark.parametrize(("matches", "chances"), [((0.0, 1.0), {0: 1 / 4, 1: 3 / 4}), ((1.0,), {0: 1 / 2, 1: 1 / 2})])
@pytest.mark.parametrize("feature", ["late", "late_gap"])
def test_a_fact_that_matches_word_by_word_is_likelier(
    index: KnowledgeIndex, feature: str, matches: tuple[float, ...], chances: dict[int, float]
) -> None:
    (found,) = make_candidates(index, {PRICE_ROW: 0.0})
    found = found.model_copy(update={"fact_matches": matches})
    query = read(index, "opslag")

    ranked = rank_facts(query, ThemeModel().encode_query(query.text), [found], index, Selector(weights={feature: np.log(3.0)}), NEUTRAL)

    assert {fact.place: fact.chance for fact in ranked} == pytest.approx(chances)


def test_equal_chances_keep_the_order_of_reading(index: KnowledgeIndex) -> None:
    ranked = rank(index, "opslag", {RETURN_ROW: 1.0}, Selector(weights={}))

    assert [fact.place for fact in ranked] == list(range(10))


def test_a_ranked_fact_says_how_much_of_the_question_it_holds(index: KnowledgeIndex) -> None:
    ranked = rank(index, "magazijn december", {PRICE_ROW: 0.0}, SELECTOR)

    assert {fact.place: fact.coverage for fact in ranked} == pytest.approx({0: 0.5, 1: 1.0})


@pytest.mark.parametrize("scores", [{}, {EMPTY_ROW: 1.0}], ids=["nothing found", "nothing to show"])
def test_without_facts_there_is_no_order(index: KnowledgeIndex, scores: dict[int, float]) -> None:
    assert rank(index, "opslag", scores) == []


# --- What belongs in the answer --------------------------------------------------------------------------------------


def beside(index: KnowledgeIndex, question: str, scores: dict[int, float]) -> dict[str, list[float]]:
    """The features of all facts by name, in the order of their chunks."""
    query = read(index, question)
    found = read_facts(
        query, ThemeModel().encode_query(query.text), make_candidates(index, scores), index, Selector(weights={"coverage": 1.0})
    )
    return dict(zip(RELEVANCE_FEATURES, found.features.T.tolist(), strict=True))


def test_a_fact_is_seen_beside_the_others(index: KnowledgeIndex) -> None:
    known = beside(index, "opslag december", {NOTE_ROW: 1.0, PRICE_ROW: 1.0 + np.log(3.0)})

    assert known["chunk_gap"] == pytest.approx([0.0, np.log(3.0), np.log(3.0)])
    assert known["chunk_chance"] == pytest.approx([1 / 4, 3 / 4, 3 / 4])
    assert known["likeliest"] == [0, 0, 1]
    assert known["before_likeliest"] == [0, 1, 0]
    assert known["distance_to_likeliest"] == pytest.approx([1, 1 / 9, 0])
    assert known["own_gap"][1] < 0 == known["own_gap"][0] == known["own_gap"][2]
    assert known["log_place_by_chance"] == pytest.approx(np.log([3, 2, 1]))


def test_a_question_like_none_before_is_answered_by_its_likeliest_facts(index: KnowledgeIndex) -> None:
    ranked = rank(index, "opslag december", {PRICE_ROW: 0.0}, Selector(weights={"coverage": 1.0}))

    assert [fact.known for fact in ranked] == [False, False]
    assert [(fact.belongs, fact.opens) for fact in ranked] == [(fact.chance, fact.chance) for fact in ranked]


def test_terms_count_little_unless_a_definition_is_asked_for(index: KnowledgeIndex) -> None:
    row = make_candidates(index, {PLAN_ROW: 0.0})[0]
    terms = row.model_copy(update={"chunk": row.chunk.model_copy(update={"topic": GLOSSARY})})

    def belonging(question: str) -> list[float]:
        query = read(index, question)
        ranked = rank_facts(query, ThemeModel().encode_query(query.text), [terms], index, SELECTOR, NEUTRAL)
        return [fact.belongs / fact.chance for fact in ranked]

    assert belonging("hoeveel kost een plan") == pytest.approx([GLOSSARY_SHARE] * 2)
    assert belonging("wat is een plan") == pytest.approx([1.0] * 2)


def damaged(**changes: object) -> str:
    """Relevance with a fault in what belongs."""
    return NEUTRAL.model_copy(update={"belongs": NO_CHANCE.model_copy(update=changes)}).model_dump_json()


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"belongs": {}, "opens": {}}',
        damaged(weights={"x": 1.0}),
        damaged(trees=NO_TREES.model_copy(update={"features": ("x",)})),
    ],
    ids=["half", "without trees", "an unknown feature", "trees of other features"],
)
def test_damaged_relevance_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "relevance.json"
    path.write_text(content, "utf-8")

    with pytest.raises(VectorIndexError, match=r"relevance\.json"):
        Relevance.load(path)


# --- Questions that were answered before ---------------------------------------------------------------------------------

BAN = "Een beloning voor een recensie is verboden."
ANSWERED = (
    Asked(question="mag ik een recensie belonen", fact=BAN, verdict="no", decided_by=fact_hash(BAN)),
    Asked(question="moet ik een recensie van een plan melden", fact=BAN, verdict="yes", decided_by=fact_hash(BAN)),
    Asked(question="wat is een recensie met sleutel", fact=BAN),
    # The fact read otherwise when this was said.
    Asked(question="mag ik een sleutel geven", fact=BAN, verdict="yes", decided_by=fact_hash("Een beloning mag.")),
)


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeIndex]:
    reviews = REVIEWS.model_copy(update={"sections": (REVIEWS.sections[0].model_copy(update={"answered": ANSWERED}),)})
    opened = build_index(tmp_path_factory.mktemp("zeven"), [reviews if one is REVIEWS else one for one in DOCUMENTS])
    yield opened
    opened.close()


def test_a_fact_is_likened_to_the_questions_that_it_answered(answered: KnowledgeIndex) -> None:
    query = read(answered, "recensie sleutel plan")
    features = read_facts(
        query, ThemeModel().encode_query(query.text), make_candidates(answered, {NOTE_ROW: 1.0, REVIEW_ROW: 0.0}), answered, SELECTOR
    ).features
    known = dict(zip(RELEVANCE_FEATURES, features.T.tolist(), strict=True))
    assert known["answered"] == pytest.approx([0.0, np.sqrt(2 / 3)], abs=1e-3)
    assert known["answered_gap_of_all"] == pytest.approx([-np.sqrt(2 / 3), 0.0], abs=1e-3)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Mag ik een recensie geven?", "no"),
        ("kan ik een recensie krijgen", "no"),
        ("Moet ik een recensie geven?", ""),  # asks something else of the same
        ("mag ik elke recensie geven", ""),
        ("mag ik 2 recensies geven", ""),
        ("mag ik een recensie geven in Duitsland", ""),
        ("mag ik geen recensie geven", ""),
        ("wat is een recensie", ""),  # no yes or no
        ("mag ik een recensie geven in december", ""),  # too little alike
        ("moet ik een plan voor mijn recensie", "yes"),
        ("mag ik een sleutel geven", ""),
    ],
)
def test_the_verdict_of_the_same_question_is_known(answered: KnowledgeIndex, question: str, verdict: str) -> None:
    (fact,) = rank(answered, question, {REVIEW_ROW: 0.0})
    assert fact.verdict == verdict


def test_a_question_known_before_is_answered_by_what_was_learned(answered: KnowledgeIndex) -> None:
    relevance = Relevance(
        belongs=Likelihood(weights={"answered": 4.0}, bias=-2.0, trees=NO_TREES),
        opens=Likelihood(weights={"answered": -4.0}, bias=2.0, trees=NO_TREES),
    )
    ranked = rank(answered, "recensie", {REVIEW_ROW: 0.0, NOTE_ROW: 0.0}, relevance=relevance)

    high, low = 1 / (1 + np.exp(-1.0)), 1 / (1 + np.exp(1.0))
    assert {fact.candidate: fact.known for fact in ranked} == {0: True, 1: True}
    assert {fact.candidate: fact.belongs for fact in ranked} == pytest.approx({0: high, 1: low}, abs=1e-3)
    assert {fact.candidate: fact.opens for fact in ranked} == pytest.approx(
        {0: low + BELONGS_IN_OPENING * high, 1: high + BELONGS_IN_OPENING * low}, abs=1e-3
    )


def test_a_fact_about_the_country_asked_for_belongs_as_much_as_it_is_likely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What belongs was learned from questions that seldom name a country."""
    monkeypatch.setattr("assistant.selection.KNOWN", 0.0)
    text = "Een recensie kost in Zweden 230 SEK. Een recensie kost in Polen 85 PLN."
    section = REVIEWS.sections[0].model_copy(update={"text": text, "marketplaces": ("SE", "PL")})
    index = build_index(tmp_path, [REVIEWS.model_copy(update={"sections": (section,)})])
    hardly = Relevance(belongs=Likelihood(weights={}, bias=-3.0, trees=NO_TREES), opens=NO_CHANCE)

    swedish, polish = sorted(rank(index, "recensie op Amazon.se", {0: 0.0}, relevance=hardly), key=lambda fact: fact.place)
    index.close()

    assert swedish.belongs == pytest.approx(1.0)
    assert polish.belongs < 0.3


def test_what_was_answered_is_no_fact_of_its_chunk(answered: KnowledgeIndex, index: KnowledgeIndex) -> None:
    """The questions stand behind the facts, and the search does not see them."""
    for row in EVERY_ROW:
        assert answered.units(row, FACT_UNIT).tolist() == index.units(row, FACT_UNIT).tolist()
        assert answered.question_count(row) == index.question_count(row)


def test_a_chunk_without_facts_takes_no_share_of_the_chances(index: KnowledgeIndex) -> None:
    ranked = rank(index, "opslag", {EMPTY_ROW: 5.0, NOTE_ROW: 0.0, REVIEW_ROW: 0.0}, Selector(weights={}))

    assert {fact.candidate: fact.chance for fact in ranked} == pytest.approx({1: 0.5, 2: 0.5})


@given(
    typed=st.one_of(
        st.text(max_size=80), st.lists(st.sampled_from((*THEMES, "hoeveel", "€ 27", "waarom", "mag")), max_size=8).map(" ".join)
    ),
    rows=st.permutations(EVERY_ROW).flatmap(lambda rows: st.integers(1, len(rows)).map(lambda end: rows[:end])),
    scores=st.lists(st.floats(-50, 50), min_size=6, max_size=6),
    weights=st.dictionaries(st.sampled_from(FACT_FEATURES), st.floats(-5, 5)),
)
def test_chances_sum_to_one_and_each_fact_is_ranked_once(
    index: KnowledgeIndex, typed: str, rows: list[int], scores: list[float], weights: dict[str, float]
) -> None:
    ranked = rank(index, typed, dict(zip(rows, scores, strict=False)), Selector(weights=weights))

    places = [(number, place) for number, row in enumerate(rows) for place in range(len(index.chunk(row).facts))]
    assert sorted((fact.candidate, fact.place) for fact in ranked) == places
    assert all(fact.fact == index.chunk(rows[fact.candidate]).facts[fact.place] and 0 <= fact.coverage <= 1.001 for fact in ranked)
    assert ranked == sorted(ranked, key=lambda fact: (-fact.chance, fact.candidate, fact.place))
    assert sum(fact.chance for fact in ranked) == pytest.approx(1.0 if places else 0.0)


def test_the_order_of_the_chunks_found_does_not_change_the_chances(index: KnowledgeIndex) -> None:
    scores = {PRICE_ROW: 2.0, PLAN_ROW: 1.0, NOTE_ROW: 0.5}

    orders = [
        {fact.fact.text: round(fact.chance, 9) for fact in rank(index, "wat kost opslag", dict(order))}
        for order in permutations(scores.items())
    ]

    assert orders == [orders[0]] * 6


# --- The weights -----------------------------------------------------------------------------------------------------


def test_the_weights_that_come_along_name_every_feature() -> None:
    assert set(SELECTOR.weights) == set(FACT_FEATURES)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"weights": {"dense": "veel"}}', '{"weights": {}, "warmte": 1}', '{"temperature": 1.0}'],
    ids=["empty", "half", "a list", "a word", "an unknown field", "no weights"],
)
def test_a_damaged_file_of_weights_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "selection.json"
    path.write_text(content)

    with pytest.raises(
        VectorIndexError, match=r"^De gewichten in .*selection\.json zijn onleesbaar of van een andere versie; installeer opnieuw$"
    ):
        Selector.load(path)


def test_a_missing_file_of_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(VectorIndexError, match=r"^De gewichten in .*weg\.json zijn onleesbaar"):
        Selector.load(tmp_path / "weg.json")


def test_features_that_do_not_exist_are_named(tmp_path: Path) -> None:
    path = tmp_path / "selection.json"
    path.write_text(json.dumps({"weights": {"dense": 1.0, "kleur": 1.0, "geur": 1.0}}))

    with pytest.raises(VectorIndexError, match="noemen onbekende kenmerken: geur, kleur$"):
        Selector.load(path)
