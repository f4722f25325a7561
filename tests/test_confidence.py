import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.confidence import (
    CONFIDENCE_FEATURES,
    LEAST_SCOPE,
    WIDELY_LOOKED_AT,
    Confidence,
    Judge,
    Scope,
    confidence_features,
    scope_features,
)
from assistant.documents import Document, Fact, Section
from assistant.errors import VectorIndexError
from assistant.index import KnowledgeIndex
from assistant.query_rewriting import Query, SynonymIndex, analyse
from assistant.retrievers import FEATURES, Candidate, HybridRetriever, Ranker
from assistant.selection import RankedFact, Relevance, Selector, rank_facts
from assistant.settings import BUNDLED_MODEL
from tests.small_index import NOTE_ROW, PLAN_ROW, PRICE_ROW, RETURN_ROW, THEMES, ThemeModel, build_index

CONFIDENCE = Confidence.load(BUNDLED_MODEL / "confidence.json")
SCOPE = Scope.load(BUNDLED_MODEL / "scope.json")
COUNT = len(CONFIDENCE_FEATURES)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeIndex]:
    opened = build_index(tmp_path_factory.mktemp("zes"))
    yield opened
    opened.close()


def read(index: KnowledgeIndex, question: str) -> Query:
    return analyse(question, index.vocabulary, SynonymIndex(index.synonyms))


def make_candidates(
    index: KnowledgeIndex, rows: Sequence[int], scores: Sequence[float] = (), features: Mapping[str, float] | None = None
) -> list[Candidate]:
    """Chunks as if they were found, best first; a feature that is not named is 0."""
    known = dict.fromkeys(FEATURES, 0.0) | dict(features or {})
    return [
        Candidate(row=row, chunk=index.chunk(row), score=scores[place] if scores else 0.0, features=known) for place, row in enumerate(rows)
    ]


def make_ranked(*texts: str, chances: Sequence[float] = (1.0,), coverage: float = 0.0) -> list[RankedFact]:
    """Facts as if they were ranked, likeliest first."""
    return [
        RankedFact(candidate=0, place=place, fact=Fact(kind="sentence", text=text), chance=chance, coverage=coverage)
        for place, (text, chance) in enumerate(zip(texts, [*chances, *[0.0] * len(texts)], strict=False))
    ]


def weigh(
    index: KnowledgeIndex,
    query: Query | str,
    candidates: Sequence[Candidate] = (),
    ranked: Sequence[RankedFact] = (),
    scope: float = 0.0,
) -> dict[str, float]:
    """The features by name; of the chunk about prices and one empty fact when nothing else is given."""
    asked = read(index, query) if isinstance(query, str) else query
    found = candidates or make_candidates(index, [PRICE_ROW])
    features = confidence_features(asked, found, ranked or make_ranked("."), index, scope)
    return dict(zip(CONFIDENCE_FEATURES, features.tolist(), strict=True))


def make_confidence(weights: dict[str, float] | None = None, **changes: Any) -> Confidence:
    """A network of one hidden unit over features as they are: ``chance = logistic(tanh(weights . features) + bias)``."""
    values: dict[str, Any] = {
        "mean": (0.0,) * COUNT,
        "spread": (1.0,) * COUNT,
        "hidden": (tuple((weights or {}).get(name, 0.0) for name in CONFIDENCE_FEATURES),),
        "hidden_bias": (0.0,),
        "output": (1.0,),
        "output_bias": 0.0,
        "threshold": 0.5,
    }
    return Confidence(**(values | changes))


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


# --- What was found --------------------------------------------------------------------------------------------------


def test_the_features_of_the_best_chunk_are_taken_over(index: KnowledgeIndex) -> None:
    found = {name: float(number) for number, name in enumerate(FEATURES)}

    features = weigh(index, "opslag", make_candidates(index, [PRICE_ROW], features=found))

    assert {name: features[name] for name in FEATURES} == found


@pytest.mark.parametrize(
    ("scores", "expected"), [((4.0,), (4.0, 4.0)), ((4.0, 1.5, 1.0), (4.0, 2.5))], ids=["alone", "ahead of the second"]
)
def test_the_best_score_and_its_lead_count(index: KnowledgeIndex, scores: tuple[float, ...], expected: tuple[float, float]) -> None:
    features = weigh(index, "opslag", make_candidates(index, [PRICE_ROW, PLAN_ROW, NOTE_ROW][: len(scores)], scores))

    assert (features["top_score"], features["margin"]) == expected


@pytest.mark.parametrize("name", WIDELY_LOOKED_AT)
def test_the_highest_of_the_first_five_chunks_counts(index: KnowledgeIndex, name: str) -> None:
    candidates = [make_candidates(index, [PRICE_ROW], features={name: value})[0] for value in (0.25, 0.5, 0, 0, 0.75, 1.0)]

    features = weigh(index, "opslag", candidates)

    assert (features[name], features[f"best_{name}"]) == (0.25, 0.75)


# --- What the question says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("kuub", {"length": math.log(2), "unknown_count": 0, "unknown_share": 0, "repair_count": 0}),
        ("kuub sleutel xyzzy qwrtp", {"length": math.log(5), "unknown_count": 2, "unknown_share": 1 / 2}),
        ("xyzzy qwrtp vbnmh zxcvb", {"unknown_count": 3, "unknown_share": 1.0}),
        ("opslga", {"repair_count": 1, "unknown_count": 0}),
        ("de het een", {"length": 0, "unknown_share": 0, "mean_weight": 0, "missed_weight": 0, "missed_by_all_share": 0}),
    ],
)
def test_words_that_are_strange_or_mistyped_are_counted(index: KnowledgeIndex, question: str, expected: dict[str, float]) -> None:
    features = weigh(index, question)

    assert {name: features[name] for name in expected} == pytest.approx(expected)


def test_more_than_three_repairs_count_as_three(index: KnowledgeIndex) -> None:
    repairs = tuple((f"fuot{number}", "fout") for number in range(5))

    assert weigh(index, Query(text="fout", repairs=repairs))["repair_count"] == 3


def test_the_subject_of_the_question_counts(index: KnowledgeIndex) -> None:
    assert weigh(index, "opslag", scope=-1.5)["scope"] == -1.5


# --- What is missed --------------------------------------------------------------------------------------------------


def idf(index: KnowledgeIndex, token: str) -> float:
    return index.fields["all"].inverse_document_frequency(token)


@pytest.mark.parametrize(
    ("rows", "by_best", "by_all"),
    [
        ([PRICE_ROW], True, True),
        ([PLAN_ROW], False, False),
        ([PRICE_ROW, PLAN_ROW], True, False),
        ([PRICE_ROW, RETURN_ROW, NOTE_ROW, PLAN_ROW], True, True),
    ],
    ids=["not found", "in the best", "in the second", "in the fourth"],
)
def test_a_word_that_the_best_chunks_do_not_hold_is_missed(index: KnowledgeIndex, rows: list[int], by_best: bool, by_all: bool) -> None:
    weight = idf(index, "plan")

    features = weigh(index, "plan", make_candidates(index, rows))

    names = ("missed_weight", "missed_by_all_weight", "missed_by_all_share")
    assert [features[name] for name in names] == pytest.approx([weight * by_best, weight * by_all, float(by_all)])


def test_what_is_missed_is_weighed_by_how_rare_it_is(index: KnowledgeIndex) -> None:
    held, missed = idf(index, "kuub"), idf(index, "kost")

    features = weigh(index, "kuub kost", make_candidates(index, [NOTE_ROW]))
    shared = weigh(index, "kuub xyzzy")

    assert held > missed
    assert (features["missed_weight"], features["missed_by_all_share"]) == pytest.approx((held, 1.0))
    assert features["mean_weight"] == pytest.approx((held + missed) / 2)
    assert shared["missed_by_all_share"] == pytest.approx(idf(index, "xyzzy") / (held + idf(index, "xyzzy")))


def test_only_rare_words_count_as_rare(index: KnowledgeIndex, tmp_path: Path) -> None:
    sections = tuple(Section(heading=f"Kop {number}", text="Een doos.") for number in range(30))
    large = build_index(tmp_path, (Document(document_id="a.md", title="Dozen", sections=sections),))

    # A word that stands nowhere weighs ln(1 + 30.5 / 0.5) = 4.1 among thirty chunks and ln(1 + 6.5 / 0.5) = 2.6 among six.
    missed = [weigh(each, "xyzzy qwrtp doos", make_candidates(each, [0]))["rare_missed"] for each in (large, index)]

    assert missed == [2.0, 0.0]
    large.close()


@pytest.mark.parametrize(
    ("question", "row", "name", "missed"),
    [
        ("wat gold er in 2024", PRICE_ROW, "years_missed", 1),
        ("wat gold er in 2024 en 2025", PRICE_ROW, "years_missed", 2),
        ("wat geldt er in 2026", PRICE_ROW, "years_missed", 0),  # the year it was checked in
        ("wat geldt er in 2026", NOTE_ROW, "years_missed", 1),
        ("wat kost artikel 20245", PRICE_ROW, "years_missed", 0),
        ("mag ik verkopen in japan en brazilië", PRICE_ROW, "places_missed", 2),
        ("mag ik verkopen in duitsland", NOTE_ROW, "places_missed", 0),  # one of our own marketplaces weighs elsewhere
        ("kan het via bol.com of etsy", PRICE_ROW, "companies_missed", 2),
        ("kan het via amazon", PRICE_ROW, "companies_missed", 0),
        ("hoe werkt dat met Magento en Amber", PRICE_ROW, "names_missed", 2),
        ("hoeveel Opslag in Duitsland", PRICE_ROW, "names_missed", 0),
        ("Hoeveel kost het", PRICE_ROW, "names_missed", 0),  # the first word has its capital for another reason
        ("iets van Aap, Noot, Mies, Wim, Zus", PRICE_ROW, "names_missed", 3),
    ],
)
def test_years_and_names_that_the_best_chunk_lacks_are_counted(
    index: KnowledgeIndex, question: str, row: int, name: str, missed: int
) -> None:
    assert weigh(index, question, make_candidates(index, [row]))[name] == missed


# --- The facts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chances", "spread"), [((1.0,), 0.0), ((0.5, 0.5), math.log(2)), ((0.25,) * 4, math.log(4))])
def test_the_best_fact_counts_and_how_far_the_chances_are_spread(index: KnowledgeIndex, chances: tuple[float, ...], spread: float) -> None:
    ranked = make_ranked(*"abcd"[: len(chances)], chances=chances, coverage=0.75)

    features = weigh(index, "opslag", ranked=ranked)

    assert (features["fact_chance"], features["fact_coverage"]) == (chances[0], 0.75)
    assert features["fact_spread"] == pytest.approx(spread, abs=1e-6)


@pytest.mark.parametrize(
    ("question", "facts", "missed", "missed_by_best"),
    [
        ("wat kost opslag", ["Opslag kost € 27."], 0, 0),
        ("wat kost opslag", ["Opslag is handig.", "Opslag kost € 27."], 0, 1),
        ("wat kost opslag", ["Opslag is handig.", "b", "c", "Opslag kost € 27."], 1, 1),
        ("wat kost opslag", ["Opslag is gratis."], 0, 0),
        ("welk percentage is het", ["Het tarief is 15%."], 0, 0),
        ("welk percentage is het", ["Het tarief is € 15."], 1, 1),
        ("hoe lang duurt het", ["Het duurt twee weken."], 0, 0),
        ("hoe lang duurt het", ["Het duurt 20 cm."], 1, 1),
        ("wanneer kan het", ["Het kan vanaf 2026."], 0, 0),
        ("wanneer kan het", ["Het kan best."], 1, 1),
        ("hoeveel plannen zijn er", ["Er zijn twee plannen."], 0, 0),
        ("hoeveel plannen zijn er", ["Er zijn plannen."], 1, 1),
        ("mag het wel", ["Het mag."], 0, 0),
    ],
)
def test_a_question_for_an_amount_misses_its_unit(
    index: KnowledgeIndex, question: str, facts: list[str], missed: int, missed_by_best: int
) -> None:
    features = weigh(index, question, ranked=make_ranked(*facts))

    assert (features["unit_missed"], features["unit_missed_by_best"]) == (missed, missed_by_best)


# --- The chance ------------------------------------------------------------------------------------------------------


def test_a_chance_follows_the_formula() -> None:
    features = np.zeros((2, COUNT), dtype=np.float32)
    features[1, CONFIDENCE_FEATURES.index("scope")] = 3.0
    confidence = make_confidence(
        {"scope": 0.5}, mean=(1.0,) * COUNT, spread=(4.0,) * COUNT, hidden_bias=(0.25,), output=(2.0,), output_bias=-0.5
    )

    expected = [logistic(2 * math.tanh(0.5 * (value - 1) / 4 + 0.25) - 0.5) for value in (0.0, 3.0)]
    assert confidence.chances(features).tolist() == pytest.approx(expected)


@given(
    features=st.lists(st.floats(-1e6, 1e6, width=32), min_size=COUNT, max_size=COUNT),
    weights=st.dictionaries(st.sampled_from(CONFIDENCE_FEATURES), st.floats(-50, 50)),
    bias=st.floats(-50, 50),
)
def test_a_chance_lies_between_zero_and_one(features: list[float], weights: dict[str, float], bias: float) -> None:
    values = np.array([features], dtype=np.float32)

    chances = [confidence.chances(values)[0] for confidence in (CONFIDENCE, make_confidence(weights, output_bias=bias))]

    assert all(0 <= chance <= 1 for chance in chances)


def test_a_judge_weighs_what_was_found_with_the_subject_of_the_question(index: KnowledgeIndex) -> None:
    judge = Judge(make_confidence({"scope": 1.0, "fact_chance": 0.5}), Scope(weights={"plan": -2.0}, bias=0.25))
    subject = 0.25 - 2.0 / math.sqrt(len(scope_features("een plan")))

    chance = judge.chance("een plan", read(index, "opslag"), make_candidates(index, [PRICE_ROW]), make_ranked("."), index)

    assert chance == pytest.approx(logistic(math.tanh(subject + 0.5)))


def test_a_judge_tells_below_which_chance_nothing_is_said() -> None:
    assert (Judge(make_confidence(threshold=0.3), SCOPE).threshold, 0 < CONFIDENCE.threshold < 1) == (0.3, True)


def test_a_question_that_sounds_nothing_like_ours_stays_below_the_line(index: KnowledgeIndex) -> None:
    judge = Judge(make_confidence({"fact_chance": 9.0}, threshold=0.4), Scope(weights={}, bias=LEAST_SCOPE - 0.1))
    heard = Judge(make_confidence({"fact_chance": 9.0}, threshold=0.4), Scope(weights={}, bias=LEAST_SCOPE))
    found, ranked = make_candidates(index, [PLAN_ROW]), make_ranked("Het plan kost € 39.")
    query = read(index, "hoe laat is het")

    assert judge.chance(query.text, query, found, ranked, index) < 0.4 < heard.chance(query.text, query, found, ranked, index)


@pytest.mark.parametrize(("rows", "facts"), [([], []), ([PRICE_ROW], []), ([], ["Opslag kost € 27."])])
def test_where_nothing_was_found_there_is_no_chance(index: KnowledgeIndex, rows: list[int], facts: list[str]) -> None:
    candidates, ranked = make_candidates(index, rows), make_ranked(*facts)

    assert Judge(CONFIDENCE, SCOPE).chance("wat kost opslag", read(index, "wat kost opslag"), candidates, ranked, index) == 0.0


@given(
    st.one_of(
        st.text(max_size=80), st.lists(st.sampled_from((*THEMES, "hoeveel", "2024", "japan", "Bol", "wat")), max_size=8).map(" ".join)
    )
)
def test_any_question_gets_a_chance(index: KnowledgeIndex, question: str) -> None:
    query = read(index, question)
    retriever = HybridRetriever(
        index=index, model=ThemeModel(), ranker=Ranker.load(BUNDLED_MODEL / "ranker.json"), synonyms=SynonymIndex(index.synonyms)
    )
    candidates = retriever.retrieve(query, 6)
    selector, relevance = Selector.load(BUNDLED_MODEL / "selection.json"), Relevance.load(BUNDLED_MODEL / "relevance.json")
    ranked = rank_facts(query, ThemeModel().encode_query(query.text), candidates, index, selector, relevance)

    chance = Judge(CONFIDENCE, SCOPE).chance(question, query, candidates, ranked, index)

    assert (0 < chance < 1) if ranked else chance == 0
    if ranked:
        assert all(math.isfinite(value) for value in weigh(index, query, candidates, ranked, SCOPE.score(question)).values())


# --- The subject -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "features"),
    [
        ("", []),
        ("?!", []),
        ("Plannen", ["plan", "##pla", "#plan", "#lann", "#anne", "#nnen", "#nen#"]),
        ("mag opslag", ["mag", "opslag", "mag opslag", "##ops", "#opsl", "#psla", "#slag", "#lag#"]),
        ("Opslag, opslag", ["opslag", "opslag opslag", "##ops", "#opsl", "#psla", "#slag", "#lag#"]),
    ],
)
def test_a_question_is_read_as_stems_pairs_and_letters_each_once(question: str, features: list[str]) -> None:
    assert scope_features(question) == features


@pytest.mark.parametrize(
    ("question", "score"),
    [("", 0.5), ("xyzzy", 0.5), ("opslag", 0.5 + 3 / math.sqrt(6)), ("mag opslag", 0.5 + (3 - 1 + 2) / math.sqrt(8))],
)
def test_a_subject_scores_the_mean_of_its_weights(question: str, score: float) -> None:
    scope = Scope(weights={"opslag": 3.0, "mag": -1.0, "mag opslag": 2.0}, bias=0.5)

    assert scope.score(question) == pytest.approx(score)


@given(st.text(max_size=200))
def test_any_text_has_a_subject_score(text: str) -> None:
    assert math.isfinite(SCOPE.score(text))
    assert len(set(scope_features(text))) == len(scope_features(text))


def test_selling_sounds_more_like_our_subject_than_trains_do() -> None:
    assert SCOPE.score("Wat kost opslag bij FBA?") > SCOPE.score("Hoe laat vertrekt de trein naar Groningen?") + 2


# --- The weights -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Confidence, Scope])
@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", '{"weights": {"a": "veel"}, "bias": 0}', '{"warmte": 1}'])
def test_a_damaged_file_of_weights_is_named(tmp_path: Path, kind: type[Confidence] | type[Scope], content: str | None) -> None:
    path = tmp_path / "gewichten.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(
        VectorIndexError, match=r"^De gewichten in .*gewichten\.json zijn onleesbaar of van een andere versie; installeer opnieuw$"
    ):
        kind.load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"mean": (0.0,) * (COUNT - 1)},
        {"mean": (0.0,) * (COUNT + 1), "spread": (1.0,) * (COUNT + 1), "hidden": ((0.0,) * (COUNT + 1),)},
        {"spread": (1.0,)},
        {"spread": (1.0,) * (COUNT - 1) + (0.0,)},
        {"hidden": ((0.0,) * COUNT, (0.0,) * 3), "hidden_bias": (0.0, 0.0), "output": (1.0, 1.0)},
        {"hidden": ()},
        {"hidden_bias": (0.0, 0.0)},
        {"output": (1.0, 1.0)},
    ],
    ids=["few means", "another set of features", "few spreads", "no spread", "a short unit", "no units", "many biases", "many outputs"],
)
def test_weights_that_do_not_fit_together_are_refused_when_they_are_read(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = tmp_path / "confidence.json"
    path.write_text(json.dumps(make_confidence(**changes).model_dump()))

    with pytest.raises(VectorIndexError, match=r"confidence\.json passen niet bij deze versie; installeer opnieuw"):
        Confidence.load(path)


def test_weights_that_fit_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "confidence.json"
    confidence = make_confidence({"scope": 1.0}, threshold=0.25)
    path.write_text(confidence.model_dump_json())

    assert Confidence.load(path) == confidence
