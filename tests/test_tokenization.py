import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.articles import Corpus
from assistant.index import heading_text
from assistant.splitters import split
from assistant.tokenization import (
    COLLOQUIAL_FORMS,
    CORRECT_WORDS,
    STOP_WORDS,
    Vocabulary,
    content_words,
    correct_words,
    fold,
    ngrams,
    normalise_numbers,
    stem,
    tokens,
    words,
)

DUTCH_WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéëïöü", min_size=1, max_size=25)
AMOUNTS = st.decimals(min_value=0, max_value=999_999, places=2, allow_nan=False)


@pytest.fixture
def vocabulary() -> Vocabulary:
    text = "opslag kosten verwijzing tarief uitbetaling verkoper zending"
    return Vocabulary.count([text, text, "eenmalig"])


@pytest.fixture
def real_vocabulary(real_corpus: Corpus) -> Vocabulary:
    chunks = [chunk for document in real_corpus.documents for chunk in split(document)]
    return Vocabulary.count(text for chunk in chunks for text in (heading_text(chunk), chunk.text, *chunk.questions))


# --- Words -----------------------------------------------------------------------------------------------------------


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_case_does_not_matter_for_dutch_letters(text: str) -> None:
    plain = "".join(char for char in text if char.lower().upper() == char.upper() and char.upper().lower() == char.lower())

    assert words(plain.upper()) == words(plain.lower())


@given(st.text())
def test_composed_and_decomposed_accents_are_the_same_words(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@given(st.lists(DUTCH_WORDS))
def test_splitting_into_words_twice_changes_nothing(parts: list[str]) -> None:
    once = words(" ".join(parts))

    assert words(" ".join(once)) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café-eigenaar’s A+ Content", ["cafe-eigenaar's", "a+", "content"]),
        ("DD+7 en A-tot-Z", ["dd+7", "en", "a-tot-z"]),
        ("op Amazon.nl.", ["op", "amazon.nl"]),
        ("kheb da ni", ["ik", "heb", "dat", "niet"]),
        ("dees maand", ["deze", "maand"]),
        ("… !? ()", []),
        ("", []),
    ],
    ids=["accents and plus", "joined names", "web address", "colloquial", "Flemish", "punctuation", "empty"],
)
def test_words_of_a_text(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("form", COLLOQUIAL_FORMS)
def test_a_colloquial_form_stands_for_words_that_stand_for_themselves(form: str) -> None:
    standard = COLLOQUIAL_FORMS[form].split()

    assert [COLLOQUIAL_FORMS.get(word, word) for word in standard] == standard


# --- Numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forms",
    [
        ["€ 39,00", "€39", "39 euro", "39,00 euro", "39 eur", "EUR 39", "39€", "euro 39", "39 euro's"],
        ["€ 1.250,50", "1250,5 euro", "€1250.50"],
        ["15%", "15 %", "15 procent", "15,0 pct", "15 percent"],
        ["1 februari 2026", "01-02-2026", "1/2/2026", "1 feb. 2026", "1 FEBRUARI 2026"],
        ["£ 0,76", "0,76 pond"],
        ["10.000", "10000"],
    ],
    ids=lambda forms: forms[0],
)
def test_different_ways_to_write_a_number_are_the_same_words(forms: list[str]) -> None:
    assert [words(form) for form in forms] == [words(forms[0])] * len(forms)


@given(AMOUNTS)
def test_an_amount_reads_the_same_with_and_without_thousands_points(amount: object) -> None:
    english = f"{amount:,.2f}"
    dutch = english.translate(str.maketrans(",.", ".,"))

    assert words(f"€ {dutch}") == words(f"{dutch.replace('.', '')} euro")


@given(st.dates())
def test_a_date_in_digits_and_in_words_is_the_same(day: object) -> None:
    months = "januari februari maart april mei juni juli augustus september oktober november december".split()
    year = 1900 + day.year % 200  # type: ignore[attr-defined]
    written = f"{day.day} {months[day.month - 1]} {year}"  # type: ignore[attr-defined]

    assert words(f"{day.day}-{day.month}-{year}") == words(written)  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["45-45-2026", "32 mei", "0-0-2026"])
def test_an_impossible_date_stays_as_it_was(text: str) -> None:
    assert normalise_numbers(text) == text


@pytest.mark.parametrize(
    ("one", "other"), [("€ 39", "€ 390"), ("15%", "15 euro"), ("€ 39", "£ 39"), ("1 februari", "2 januari"), ("€ 1,50", "€ 150")]
)
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert words(one) != words(other)


def test_the_bare_number_finds_an_amount(vocabulary: Vocabulary) -> None:
    assert tokens("€ 39,00 of 15%", vocabulary) == ["39euro", "39", "15pct", "15"]


# --- Stems, compounds and n-grams ------------------------------------------------------------------------------------


@given(st.text())
def test_tokenizing_is_stable(text: str) -> None:
    vocabulary = Vocabulary.count([text, text])

    assert tokens(text, vocabulary) == tokens(fold(text), vocabulary) == tokens(text, vocabulary)


@pytest.mark.parametrize(
    "family",
    [
        ["verkocht", "verkoper", "verkopen", "verkoop"],
        ["uitbetaald", "uitbetaling", "uitbetalingen"],
        ["verzonden", "verzending", "verzenden", "verzendt"],
        ["geblokkeerd", "blokkade", "blokkeren"],
        ["dag", "dagen"],
        ["account", "accounts"],
        ["kost", "kosten"],
    ],
    ids=lambda family: family[0],
)
def test_words_that_sellers_use_as_one_share_a_stem(family: list[str]) -> None:
    assert {stem(word) for word in family} == {stem(family[0])}


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("opslagkosten", ("opslag", "kosten")),
        ("verwijzingskosten", ("verwijzing", "kosten")),
        ("fba-opslag", ("fba", "opslag")),
        ("opslagkostentarief", ("opslag", "kosten", "tarief")),
        ("opslag", ()),
        ("eenmaligtarief", ()),
        ("kaarsenkosten", ()),
    ],
    ids=["plain", "linking s", "hyphen", "three parts", "simple word", "part seen once", "unknown part"],
)
def test_compound_parts_are_known_words(vocabulary: Vocabulary, word: str, parts: tuple[str, ...]) -> None:
    assert vocabulary.compound_parts(word) == parts


def test_a_compound_is_found_by_its_parts(vocabulary: Vocabulary) -> None:
    compound = tokens("opslagkosten", vocabulary)

    assert set(tokens("kosten van opslag", vocabulary)) < set(compound)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("opslga", "opslag"),
        ("uitbetalnig", "uitbetaling"),
        ("uitbeatlingg", "uitbetaling"),
        ("opslag", None),
        ("opslagkosten", None),
        ("verkopers", None),
        ("xyzzy", None),
        ("de", None),
        ("kst", None),
    ],
    ids=["swapped", "long word", "two errors", "known", "compound", "inflection", "nothing near", "stop word", "too short"],
)
def test_spelling_is_repaired_only_towards_known_words(vocabulary: Vocabulary, typed: str, meant: str | None) -> None:
    assert vocabulary.repair(typed) == meant


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("toestanden", "bestanden"),
        ("plakkertjes", "pakketjes"),
        ("drukker", "drukke"),
        ("postgres", "postadres"),
        ("deliveroo", "delivery"),
        ("parijs", "prijs"),
        ("watch", "match"),
    ],
)
def test_another_word_is_not_taken_for_a_misspelled_one(typed: str, known: str) -> None:
    assert Vocabulary({known: 3}).repair(typed) is None


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("prys", "prijs"),
        ("gekogt", "gekocht"),
        ("tydelijk", "tijdelijk"),
        ("reveiws", "reviews"),
        ("verkopesplan", "verkopersplan"),
        ("vershcil", "verschil"),
        ("terwjil", "terwijl"),
        ("copmuter", "computers"),
        ("voorwardes", "voorwaarden"),
        ("wanner", "wanneer"),
        ("oprijs", "prijs"),
    ],
    ids=["y for ij", "g for ch", "y beside ij", "swap", "left out", "swap in ch", "swap in ij", "two edits", "s for n", "slip", "frequent"],
)
def test_slips_are_repaired(typed: str, known: str) -> None:
    assert Vocabulary({known: 3}).repair(typed) == known


def test_the_guarded_words_are_those_that_the_repair_would_change(real_vocabulary: Vocabulary) -> None:
    guarded = sorted(correct_words())
    sample = guarded[::60]

    changed = [word for word in sample if real_vocabulary.nearest(word)]
    known = [word for word in guarded if word in real_vocabulary]

    # Articles come and go between two makings of the list; one that is far behind is made again with training/correct_words.py.
    assert (len(changed) > 0.5 * len(sample), len(known) < 0.02 * len(guarded)) == (True, True)


def test_the_guarded_words_are_folded_words_under_the_licences_of_their_lists() -> None:
    header = [line for line in CORRECT_WORDS.read_text("utf-8").splitlines() if line.startswith("#")]

    assert all(words(word) == [word] and word.isalpha() for word in correct_words() - set(COLLOQUIAL_FORMS))
    assert ("OpenTaal" in " ".join(header), "SCOWL" in " ".join(header)) == (True, True)


@given(DUTCH_WORDS)
def test_a_repair_is_a_word_of_the_vocabulary(word: str) -> None:
    vocabulary = Vocabulary.count(["opslag kosten verkoper zending uitbetaling"] * 2)

    repaired = vocabulary.repair(word)

    assert repaired is None or (repaired in vocabulary and word not in vocabulary)


def test_stop_words_carry_no_subject(vocabulary: Vocabulary) -> None:
    text = "Hoe kan ik de opslag van een zending"

    assert (tokens(text, vocabulary), content_words(text)) == ([stem("opslag"), stem("zending")], ["opslag", "zending"])


def test_stop_words_are_folded() -> None:
    assert {fold(word) for word in STOP_WORDS} == STOP_WORDS


def test_ngrams_mark_the_edges_of_each_word() -> None:
    assert ngrams("de kost") == ["#kos", "kost", "ost#"]


@given(st.text())
def test_ngrams_are_at_most_as_long_as_asked(text: str) -> None:
    assert all(0 < len(gram) <= 4 for gram in ngrams(text))
