import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.grounding import GroundedText, Grounder, Support, ground
from assistant.quantities import holds_quantity, read
from tests.example_chunks import APPEAL, CHUNKS, FEES, PLANS, REVIEWS, STORAGE, TRADEMARK, make_chunk

TRUTH = "Het plan Professioneel kost € 39 per maand."
OTHER_TRUTH = "Een spoedinschrijving van een Benelux-merk kost vanaf € 440."
LIE = "Het plan Professioneel kost € 59 per maand."


def reasons(grounded: GroundedText) -> list[str]:
    return [removal.reason for removal in grounded.removed]


def test_a_supported_statement_keeps_its_citation() -> None:
    assert ground(f"{TRUTH} [1]", [PLANS]) == GroundedText(
        text=f"{TRUTH} [1]",
        used=(Support(number=1, quote="Het plan Professioneel kost op Amazon.nl € 39 per maand, excl. btw (stand november 2026)."),),
        kept=1,
    )


@pytest.mark.parametrize("marker", ["", " [2]", " [9]", " [2][9]", " [0]"], ids=["missing", "wrong", "unknown", "both", "zero"])
def test_a_citation_that_is_missing_or_wrong_is_repaired(marker: str) -> None:
    assert ground(f"{TRUTH}{marker}", [PLANS, TRADEMARK]).text == f"{TRUTH} [1]"


def test_a_citation_that_adds_nothing_is_dropped() -> None:
    assert ground(f"{TRUTH} [1][2]", [PLANS, TRADEMARK]).text == f"{TRUTH} [1]"


def test_a_statement_from_two_chunks_cites_both() -> None:
    text = "Professioneel kost € 39 per maand en een Benelux-merk kost vanaf € 244. [1][2]"

    assert ground(text, [PLANS, TRADEMARK, FEES]).text == text


def test_an_unsupported_statement_is_removed_and_the_rest_stays() -> None:
    grounded = ground(f"{TRUTH} [1] {LIE} [1] {OTHER_TRUTH} [2]", [PLANS, TRADEMARK])

    assert grounded.text == f"{TRUTH} [1] {OTHER_TRUTH} [2]"
    assert reasons(grounded) == ["quantity"]
    assert grounded.support == pytest.approx(2 / 3)


def test_a_sentence_that_leans_on_a_removed_one_goes_with_it() -> None:
    grounded = ground(f"{LIE} Dat is exclusief btw. {OTHER_TRUTH}", [PLANS, TRADEMARK])

    assert grounded.text == f"{OTHER_TRUTH} [2]"
    assert reasons(grounded) == ["quantity", "leans on a removed one"]


def test_what_costs_it_is_read_from_the_sentence_before() -> None:
    grounded = ground("Met Individueel betaal je per verkocht artikel. Dat kost € 39. [1]", [PLANS])

    assert reasons(grounded) == ["figure of another"]


def test_a_verdict_is_shown_only_with_its_reason() -> None:
    reason = "Je mag geen korting geven voor een recensie."

    assert ground(f"Nee. {reason}", [REVIEWS]).text == f"Nee. {reason} [1]"
    assert ground("Ja. Je mag altijd korting geven voor een recensie.", [REVIEWS]).text == ""


def test_lists_tables_and_headings_keep_their_form() -> None:
    text = (
        "## Bezwaar maken\n\n"
        "Zo maak je bezwaar:\n\n"
        "1. Open Accountstatus in Seller Central. [1]\n"
        "2. Kies Beroep aantekenen bij het beleid. [1]\n\n"
        "| Categorie | t/m € 15 | boven € 15 |\n|---|---|---|\n"
        "| Kleding [2] | 5% | 10% |\n"
        "| Schoenen [2] | 15% | 12% |"
    )

    assert ground(text, [APPEAL, FEES]).text == text


def test_a_table_loses_its_false_rows() -> None:
    grounded = ground("| Categorie | t/m € 15 | boven € 15 |\n|---|---|---|\n| Kleding | 10% | 5% |\n| Boeken | 15% | 15% |", [FEES])

    assert grounded.text == "| Categorie | t/m € 15 | boven € 15 |\n|---|---|---|\n| Boeken [1] | 15% | 15% |"


def test_what_leads_up_to_nothing_is_not_shown() -> None:
    grounded = ground(f"## Bezwaar maken\n\nZo maak je bezwaar:\n\n1. Bel 0900-1234.\n\n{TRUTH} [2]", [APPEAL, PLANS])

    assert grounded.text == f"## Bezwaar maken\n\n{TRUTH} [2]"


@pytest.mark.parametrize(
    "text",
    [
        "Dat weet ik niet.",
        "Dat weet ik helaas niet.",
        "Dit staat niet in de bronnen.",
        "In de bronnen staat geen antwoord op je vraag.",
        "Op basis van de bronnen kan ik dit niet beantwoorden.",
        "De bronnen noemen hierover niets.",
    ],
)
def test_not_knowing_is_recognised(text: str) -> None:
    assert ground(text, CHUNKS) == GroundedText(text="", unknown=True)


def test_not_knowing_one_thing_does_not_undo_another() -> None:
    grounded = ground(f"{TRUTH} [1] Over Mars weet ik niets, dat staat niet in de bronnen.", [PLANS])

    assert (grounded.text, grounded.unknown, grounded.removed) == (f"{TRUTH} [1]", False, ())


def test_only_links_of_the_sources_are_shown() -> None:
    text = "Een spoedinschrijving kost vanaf € 440, zie [BOIP](https://www.boip.int/nl) en [hier](https://evil.example). [1]"

    assert ground(text, [TRADEMARK]).text == ("Een spoedinschrijving kost vanaf € 440, zie [BOIP](https://www.boip.int/nl) en hier. [1]")


def test_html_is_not_shown() -> None:
    assert ground(f"<b>{TRUTH}</b><script>alert(1)</script> <img src=x onerror=alert(2)>[1]", [PLANS]).text == f"{TRUTH} [1]"


def test_a_long_sentence_is_shown_once() -> None:
    assert ground(f"{TRUTH} [1]\n\n" * 5, [PLANS]).text == f"{TRUTH} [1]"


def test_a_written_out_sum_may_use_the_amount_of_the_question() -> None:
    text = "Over boeken van € 40 betaal je 15% van € 40 = € 6. [1]"

    assert ground(text, [FEES], question="Wat betaal ik over een boek van € 40?").text == text
    assert ground(text, [FEES]).text == ""


def test_nothing_stands_without_chunks() -> None:
    assert ground(TRUTH, []).text == ""
    assert ground("", CHUNKS) == GroundedText(text="")


def test_text_is_shown_as_soon_as_a_statement_is_complete() -> None:
    grounder = Grounder([PLANS])

    assert grounder.feed(f"{TRUTH} [1]") == ""
    assert grounder.feed(" E") == f"{TRUTH} [1]"


# --- Properties ------------------------------------------------------------------------------------------------------

FACTS = [sentence for chunk in CHUNKS for sentence in re.split(r"(?<=[.:])\s+|\n", chunk.text) if sentence.strip()]
PIECES = [" ", "\n", "\n\n", "- ", "1. ", "## ", "Ja. ", "Nee. ", " [1]", " [2][3]", " [9]", "**", "<b>", "Dat kost € 39. ", "Ook dat. "]
LIES = ["Het kost € 77.", "Professioneel kost € 52,20 per maand.", "Vanaf 7 dagen mag het.", "Bel 0900-1234.", "Dat is 99%."]
drafts = st.lists(st.sampled_from(FACTS + PIECES + LIES) | st.text(max_size=8), max_size=14).map(" ".join)


@given(drafts)
def test_grounding_twice_is_grounding_once(draft: str) -> None:
    once = ground(draft, CHUNKS)
    twice = ground(once.text, CHUNKS)

    assert (twice.text, twice.used, twice.kept, twice.removed) == (once.text, once.used, once.kept, ())


@given(drafts)
def test_no_number_comes_out_that_is_in_no_cited_chunk(draft: str) -> None:
    grounded = ground(draft, CHUNKS)

    for line in re.split(r"(?<=\])\s|\n", grounded.text):
        cited = [CHUNKS[int(number) - 1] for number in re.findall(r"\[(\d+)\]", line)]
        known = frozenset(quantity for chunk in cited for quantity in read(f"{chunk.heading}\n{chunk.text}").quantities)
        claimed = read(re.sub(r"\[\d+\]|^\s*\d+\.\s", "", line)).quantities
        assert all(holds_quantity(known, quantity) for quantity in claimed) or not cited


@given(drafts, st.integers(1, 12))
def test_pieces_make_no_difference(draft: str, size: int) -> None:
    grounder = Grounder(CHUNKS)
    shown = [grounder.feed(draft[start : start + size]) for start in range(0, len(draft), size)]

    assert "".join([*shown, grounder.finish()]) == grounder.result().text == ground(draft, CHUNKS).text


@given(st.text(), st.text())
def test_any_text_and_any_chunk_can_be_grounded(draft: str, text: str) -> None:
    assert ground(draft, [make_chunk("Kop", text), STORAGE]).support <= 1.0
