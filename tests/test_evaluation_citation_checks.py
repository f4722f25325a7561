from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import Citation
from assistant.evaluation.citation_checks import (
    Number,
    Statement,
    check_citations,
    evidence,
    numbers,
    read_statements,
    unsupported_numbers,
    word_support,
)
from tests.evaluation_records import make_answer

ANSWER = """\
**Ik verkoop 3 dingen. Wat kost een plan?**

Nee. Het plan kost € 39 per maand. [1] Opzeggen kan altijd. [2]

Dit zijn de plannen: [1]

| Plan | Prijs |
|---|---|
| Individueel | € 0,99 |
| Professioneel [2] | € 39 |

1. Open **Seller Central**. [1]
2. Kies een plan. [1][2]

**PAS OP:** Het bedrag loopt door. Ook als je niets verkoopt. [2]

Over ‘het weer. Wordt het 20 graden?’ vind ik niets in mijn kennisbank.

_Nagekeken op 22 november 2026; geldt voor Nederland._
"""


def test_statements_are_sentences_rows_and_steps_with_their_markers() -> None:
    assert read_statements(ANSWER) == [
        Statement(text="Het plan kost € 39 per maand.", cited=(1,)),
        Statement(text="Opzeggen kan altijd.", cited=(2,)),
        Statement(text="Individueel; € 0,99", cited=(1,)),
        Statement(text="Professioneel; € 39", cited=(2,)),
        Statement(text="Open Seller Central.", cited=(1,)),
        Statement(text="Kies een plan.", cited=(1, 2)),
        Statement(text="PAS OP: Het bedrag loopt door. Ook als je niets verkoopt.", cited=(2,)),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("€ 39,00", [Number(Decimal(39), "€")]),
        ("39 euro", [Number(Decimal(39), "€")]),
        ("15 procent", [Number(Decimal(15), "%")]),
        ("1.250,50", [Number(Decimal("1250.5"))]),
        ("10.000 stuks", [Number(Decimal(10000))]),
        ("3,9 kg [1]", [Number(Decimal("3.9"))]),
        ("DAC7 en A4", []),
        ("op 22 november 2026", [Number(Decimal(22)), Number(Decimal(2026))]),
    ],
)
def test_numbers_are_read_as_dutch_writes_them(text: str, found: list[Number]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "source"),
    [
        pytest.param("Het kost € 39.", "39 euro per maand", id="same amount"),
        pytest.param("binnen 30 dagen", "dertig dagen", id="number word"),
        pytest.param("Het kost € 0,35.", "| Tarief (€) | 0,35 |", id="unit in a column"),
        pytest.param("15% van € 40 = € 6", "15% van de prijs; een prijs van € 40", id="sum"),
        pytest.param("hoesjes + kabels + lader = 3; 3 × € 2 = € 6", "€ 2 per soort", id="counted"),
        pytest.param("€ 2,50 + 3 × € 0,50 = € 4,00", "€ 2,50 plus € 0,50, hooguit 3 keer", id="precedence"),
        pytest.param("€ 100 / € 150 = ongeveer 67%", "€ 100 op € 150", id="rounded share"),
    ],
)
def test_a_number_of_the_source_or_worked_out_from_it_is_supported(text: str, source: str) -> None:
    assert unsupported_numbers(text, source) == []


@pytest.mark.parametrize(
    ("text", "source", "stray"),
    [
        pytest.param("Het kost € 40.", "Het kost € 39.", ["€ 40"], id="other amount"),
        pytest.param("Het is 39%.", "Het kost € 39.", ["39%"], id="other unit"),
        pytest.param("15% van € 40 = € 7", "15% en € 40", ["€ 7"], id="sum that does not come out"),
        pytest.param("hoesjes + kabels = 3; 3 × € 2 = € 6", "€ 2 per soort", ["3", "3", "€ 6"], id="counted wrong"),
        pytest.param("15% van € 50 = € 7,50", "15% van de prijs", ["€ 50", "€ 7,5"], id="operand from nowhere"),
        pytest.param("6 / 0 = 0", "6 en 0 zonder meer", [], id="division by zero"),
    ],
)
def test_a_number_from_nowhere_is_named(text: str, source: str, stray: list[str]) -> None:
    assert [str(number) for number in unsupported_numbers(text, source)] == stray


def test_numbers_of_the_question_may_be_used_in_a_sum_only() -> None:
    asked = "ik verkoop voor 50 euro, in een doos van 42 bij 30 cm en dat vier keer"
    assert unsupported_numbers("15% van € 50 = € 7,50", "15% van de prijs", asked) == []
    assert unsupported_numbers("42 × 30 cm / 5.000 = 0,252, dus 0,252 kg", "deel door 5.000", asked) == []
    assert unsupported_numbers("4 × € 3 = € 12", "€ 3 per stuk", asked) == []
    assert unsupported_numbers("€ 50 / 1,21 = € 41,32", "21% btw", asked) == []
    assert unsupported_numbers("€ 50 / 1,09 = € 45,87", "21% btw", asked) != []
    assert unsupported_numbers("Je betaalt € 50.", "15% van de prijs", asked) == [Number(Decimal(50), "€")]


def test_word_support_ignores_inflection_and_function_words() -> None:
    assert word_support("Je verkoopt je producten in het magazijn", "De verkoop van een product uit magazijnen") == 1.0
    assert word_support("olifanten verkopen", "wij verkopen") == 0.5
    assert word_support("van de het", "iets anders") == 1.0


def test_evidence_holds_the_date_and_countries_of_a_chunk() -> None:
    citation = Citation(
        number=1,
        document_id="a.md",
        title="Titel",
        heading="Kop",
        text="Tekst",
        quote="",
        checked_on=date(2026, 11, 22),
        marketplaces=("BE",),
    )
    assert unsupported_numbers("Nagekeken op 22 november 2026 en 22-11-2026", evidence(citation)) == []
    assert word_support("België november", evidence(citation)) == 1.0


def test_an_answer_that_says_what_its_source_says_is_perfect() -> None:
    check = check_citations(make_answer())
    assert (check.precision, check.recall, check.numbers, check.faults) == (1.0, 1.0, 1.0, ())


@pytest.mark.parametrize(
    ("text", "measures", "fault"),
    [
        pytest.param("Het plan kost € 40 per maand. [1]", (0.0, 1.0, 0.0), r"€ 40 staat niet in bron 1", id="wrong number"),
        pytest.param("Honden blaffen luid. [1]", (0.0, 1.0, 1.0), r"maar 0% van de woorden", id="other words"),
        pytest.param("Het plan kost € 39. [1] Elke maand betalen.", (1.0, 0.5, 1.0), r"zonder bron", id="no citation"),
        pytest.param("Het plan kost € 39. [3]", (0.0, 1.0, 1.0), r"bron 3 bestaat niet", id="unknown citation"),
    ],
)
def test_a_fault_lowers_its_measure_and_is_told(text: str, measures: tuple[float, float, float], fault: str) -> None:
    check = check_citations(make_answer(text))
    assert (check.precision, check.recall, check.numbers) == measures
    assert fault in "\n".join(check.faults)


# What a sentence is made to be, with how it then reads; the source says that the plan costs € 39 per month.
SENTENCES = {
    "borne out": "Het plan kost € 39 per maand. [1]",
    "wrong number": "Het plan kost € 40 per maand. [1]",
    "not cited": "Het plan kost € 39 per maand.",
}


@given(st.lists(st.sampled_from(sorted(SENTENCES)), min_size=1, max_size=8))
def test_precision_recall_and_numbers_equal_a_count_by_hand(made: list[str]) -> None:
    check = check_citations(make_answer("\n\n".join(SENTENCES[kind] for kind in made)))
    cited = len(made) - made.count("not cited")
    assert check.precision == (made.count("borne out") / cited if cited else 1.0)
    assert check.recall == cited / len(made)
    assert check.numbers == pytest.approx(1 - made.count("wrong number") / len(made))


@given(st.lists(st.integers(1, 99), min_size=2, max_size=5), st.lists(st.sampled_from("×+-"), min_size=4, max_size=4), st.booleans())
def test_a_sum_is_worked_out_as_python_does(operands: list[int], signs: list[str], right: bool) -> None:
    left = "".join(f"{sign} {operand} " for sign, operand in zip(["", *signs], operands, strict=False)).strip()
    outcome = eval(left.replace("×", "*"))  # only digits and signs, made above
    told = abs(outcome) + (0 if right else 1_000_000)
    stray = unsupported_numbers(f"{left} = {told}", " en ".join(map(str, operands)))
    comes_out = right and outcome >= 0  # a sign before the outcome is no part of the number
    assert (stray == []) is (comes_out or told in operands)


def test_an_empty_answer_has_nothing_against_it() -> None:
    check = check_citations(make_answer(""))
    assert (check.precision, check.recall, check.numbers) == (1.0, 1.0, 1.0)
