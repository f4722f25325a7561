"""The extractive engine: what is shown of the facts, in which form, and that every statement stands in what it cites."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from example_chunks import APPEAL, CHECKED_ON, CHUNKS, FEES, PLANS, REVIEWS, STORAGE, make_chunk
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.calculation import WorkedSum
from assistant.documents import Chunk, Verdict
from assistant.generation import Draft, compose, plain
from assistant.query_rewriting import Query
from assistant.retrievers import Candidate
from assistant.selection import RankedFact
from assistant.splitters import split_facts

TODAY = date(2026, 11, 22)
MARKER = re.compile(r"\[\d+\]")
CODES = make_chunk(
    "EAN of FNSKU?",
    "Een FNSKU hoort bij jouw account; een EAN doet dat niet. Het magazijn ziet aan een EAN dus niet van wie een stuk is. "
    "Meer over codes staat in [Productcodes](../listings/codes.md).\n\n"
    "De tabel vergelijkt beide codes (2026).\n\n"
    "| Code | Van wie | Bij wie |\n|---|---|---|\n| EAN | GS1 | elke verkoper |\n| FNSKU | Amazon | jouw account |",
)
NAMES = make_chunk("Hoe heten de regels?", "De drie regels heten:\n\n- Regel een: luister.\n- Regel twee: wacht.\n- Regel drie: besluit.")
COUNT = make_chunk("Hoeveel regels zijn er?", "Er zijn drie regels. Ze golden al in 2015.")
GLOSSARY = make_chunk(
    "Begrippen", "De lijst legt termen uit over winkelen.\n\n- **Koopknop** (Buy Box): de koopknop wijst Amazon toe aan een verkoper."
)
BUTTON = make_chunk("Wat is de koopknop?", "De koopknop (Buy Box) is het aanbod dat een klant in zijn winkelwagen legt.")


def with_facts(chunk: Chunk) -> Chunk:
    return chunk.model_copy(update={"facts": tuple(split_facts(chunk.text))})


def draft_of(
    question: str, chunks: Sequence[Chunk], chances: Mapping[tuple[int, int], float], budget: int = 660, known: bool = False
) -> Draft:
    """The answer when the facts with a chance, by candidate and place, are ranked as given; ``known`` as in ``RankedFact``."""
    candidates = [Candidate(row=row, chunk=with_facts(chunk), score=1.0, features={}) for row, chunk in enumerate(chunks)]
    ranked = [
        RankedFact(
            candidate=candidate,
            place=place,
            fact=candidates[candidate].chunk.facts[place],
            chance=chance,
            coverage=1.0,
            belongs=chance,
            opens=chance,
            known=known,
        )
        for (candidate, place), chance in sorted(chances.items(), key=lambda item: -item[1])
    ]
    return compose(Query(text=question), candidates, ranked, TODAY, budget=budget)


def body(draft: Draft) -> str:
    """The text without markers and without the line about its date."""
    return MARKER.sub("", "\n\n".join(piece for piece in draft.pieces if not piece.startswith("_Nagekeken"))).replace("  ", " ")


def test_compose_gives_nothing_without_facts() -> None:
    assert draft_of("Wat kost dat?", [], {}) == Draft(pieces=(), citations=())


def test_how_gives_all_steps_numbered_under_their_line() -> None:
    text = draft_of("Hoe maak ik bezwaar?", [APPEAL], {(0, 2): 0.9}).text
    assert text.startswith("Zo maak je bezwaar tegen een schorsing van je account: [1]\n\n1. Open Accountstatus")
    assert re.findall(r"^\d(?=\. )", text, re.MULTILINE) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(("chance", "steps"), [(0.5, 4), (0.3, 0)])
def test_steps_that_belong_are_shown_though_they_are_long(chance: float, steps: int) -> None:
    long = (
        "Stuur de papieren op die Amazon in zijn bericht noemt, leesbaar en op naam van het bedrijf, en bewaar zelf een kopie van alles. "
        * 2
    )
    chunk = make_chunk(
        "Geblokkeerd", "Is je account geblokkeerd, maak dan bezwaar.\n\n" + "\n".join(f"{n}. {long.strip()}" for n in range(1, 5))
    )
    chances = {(0, 0): 0.9, **{(0, place): chance for place in range(1, 5)}}
    text = draft_of("mijn account is geblokkeerd", [chunk], chances, known=True).text
    assert len(re.findall(r"^\d(?=\. )", text, re.MULTILINE)) == steps


def test_comparison_gives_the_table_whole() -> None:
    text = draft_of("Wat is het verschil tussen EAN en FNSKU?", [CODES], {(0, 0): 0.8, (0, 4): 0.1}).text
    assert "De beide" not in text
    assert "Beide codes (2026): [1]" in text
    assert "| EAN [1] | GS1 | elke verkoper |\n| FNSKU [1] | Amazon | jouw account |" in text


def test_list_is_taken_whole_from_the_section_that_announces_it() -> None:
    draft = draft_of("Welke regels zijn er?", [COUNT, NAMES], {(0, 0): 0.7, (1, 0): 0.2})
    assert "- Regel een: luister. [2]\n- Regel twee: wacht. [2]\n- Regel drie: besluit. [2]" in draft.text
    assert [citation.heading for citation in draft.citations] == [COUNT.heading, NAMES.heading]


def test_one_row_keeps_the_header_of_its_table() -> None:
    text = draft_of("Hoeveel commissie betaal ik over schoenen?", [FEES], {(0, 2): 0.9}).text
    assert "| Categorie | t/m € 15 | boven € 15 |\n|---|---|---|\n| Schoenen [1] | 15% | 12% |" in text
    assert "De tabel toont" not in text and "Kleding" not in text


@pytest.mark.parametrize(
    ("chunk", "idle"),
    [(NAMES, 0), (CODES, 2), (CODES, 3), (GLOSSARY, 0)],
    ids=["line above a list", "names another article", "line above a table", "line above a glossary"],
)
def test_a_sentence_that_says_nothing_by_itself_is_left_out(chunk: Chunk, idle: int) -> None:
    left_out = with_facts(chunk).facts[idle].text
    draft = draft_of("Wat moet ik weten?", [PLANS, chunk], {(0, 0): 0.5, (1, idle): 0.4})
    assert [citation.heading for citation in draft.citations] == [PLANS.heading]
    assert left_out.split()[-2] not in draft.text


def test_a_sentence_with_dus_brings_the_one_before_it() -> None:
    text = body(draft_of("Wat ziet het magazijn?", [CODES], {(0, 1): 0.9}))
    assert text.startswith("Een FNSKU hoort bij jouw account; een EAN doet dat niet.")


def test_dus_after_a_long_opening_leans_as_well() -> None:
    chunk = make_chunk(
        "Vanaf wanneer?", "De grens ligt op 400 gram. Een kaars van 500 gram, die als pakket gaat, betaalt dus het gewone tarief."
    )
    assert body(draft_of("Wat betaal ik?", [chunk], {(0, 1): 0.9})).startswith("De grens ligt op 400 gram.")


def test_a_table_of_which_much_is_shown_is_shown_whole() -> None:
    shown = draft_of("Vertel over commissie", [FEES], {(0, 1): 0.4, (0, 3): 0.4}).text
    assert "| Schoenen [1] | 15% | 12% |" in shown
    long = FEES.model_copy(update={"text": FEES.text.replace("15% | 12%", f"15% | {'twaalf ' * 90}")})
    assert "| Schoenen" not in draft_of("Vertel over commissie", [long], {(0, 1): 0.4, (0, 3): 0.4}).text


CLAIMS = ("een claim die wordt toegekend", "een terugboeking van de bank", "een slechte beoordeling")


@pytest.mark.parametrize(("line", "shown"), [("Een order is defect bij één van deze drie:", True), ("Een order is defect bij:", False)])
def test_a_list_whose_length_is_announced_is_shown_whole(line: str, shown: bool) -> None:
    long = (
        " van een koper die je bestelling niet heeft ontvangen of iets anders kreeg dan hij had besteld, ook als jij er niets aan kon doen"
    )
    items = "\n".join(f"- {item}{long}." for item in CLAIMS)
    text = draft_of("telt een claim mee", [make_chunk("Defecte orders", f"{line}\n\n{items}")], {(0, 0): 0.5, (0, 1): 0.4}).text
    assert "toegekend" in text
    assert ("terugboeking" in text, "beoordeling" in text) == (shown, shown)


@pytest.mark.parametrize("chances", [{(0, 0): 0.5, (0, 1): 0.4}, {(0, 1): 0.4}], ids=["line and item", "item"])
def test_a_short_list_is_shown_whole(chances: dict[tuple[int, int], float]) -> None:
    items = "\n".join(f"- {item}." for item in CLAIMS)
    text = draft_of("telt een claim mee", [make_chunk("Defecte orders", f"Een order is defect bij:\n\n{items}")], chances).text
    assert all(item in text for item in CLAIMS)


def test_a_line_that_leads_up_to_a_list_brings_it_along() -> None:
    chunk = make_chunk(
        "Defecte orders",
        "Een order is defect bij:\n\n- een claim van een koper.\n- een terugboeking van de bank.\n\nEen defecte order telt zestig dagen mee.",
    )
    assert "terugboeking" in draft_of("defecte order", [chunk], {(0, 0): 0.9}).text
    assert "terugboeking" not in draft_of("defecte order", [chunk], {(0, 3): 0.9}).text


def test_a_line_that_promises_steps_does_not_stand_without_them() -> None:
    labels = make_chunk(
        "Labels", "Labels print je in Seller Central, in twee stappen.\n\n1. Kies de SKU.\n2. Print het label.\n\nPlak het vlak."
    )
    assert "twee stappen" not in draft_of("Vertel over labels", [PLANS, labels], {(0, 0): 0.5, (1, 0): 0.4}).text
    assert "1. Kies de SKU." in draft_of("labels printen hoe", [labels], {(0, 0): 0.5, (0, 1): 0.4}).text


def test_an_answer_of_several_facts_starts_from_the_likeliest_section() -> None:
    chances = {(0, 0): 0.4, (1, 1): 0.3, (1, 2): 0.3}
    assert draft_of("Welke regels zijn er?", [COUNT, NAMES], chances).citations[0].heading == NAMES.heading
    assert draft_of("Hoeveel regels zijn er?", [COUNT, NAMES], chances).citations[0].heading == COUNT.heading


def test_steps_are_taken_from_a_section_that_fits_nearly_as_well() -> None:
    text = draft_of("Hoe maak ik bezwaar?", [COUNT, APPEAL], {(0, 0): 0.6, (1, 2): 0.3}).text
    assert re.findall(r"^\d(?=\. )", text, re.MULTILINE) == ["1", "2", "3", "4"]


def test_terms_that_were_not_asked_about_are_left_out() -> None:
    terms = "\n".join(f"- **{name}**: {name.lower()} is een begrip." for name in ("Koopknop", "Vine", "Listing"))
    glossary = make_chunk("Begrippen", f"De lijst legt termen uit.\n\n{terms}").model_copy(update={"topic": "begrippen"})
    text = draft_of("Vertel over koopknop en Vine", [glossary], {(0, 1): 0.5, (0, 2): 0.4}).text
    assert ("Koopknop" in text, "Vine" in text, "Listing" in text) == (True, True, False)


def test_a_term_is_defined_once() -> None:
    draft = draft_of("Wat is de koopknop?", [BUTTON, GLOSSARY], {(0, 0): 0.5, (1, 1): 0.4})
    assert [citation.heading for citation in draft.citations] == [BUTTON.heading]


def test_the_figure_comes_before_what_is_less_likely() -> None:
    chances = {(0, 1): 0.8, (0, 0): 0.1, (0, 2): 0.1}
    assert body(draft_of("Wat kost opslag in november?", [STORAGE], chances)).startswith("In oktober, november en december kost")
    assert body(draft_of("Wat kost opslag in november?", [STORAGE], chances | {(0, 0): 0.5})).endswith("per m³ per maand. ")


def test_the_best_sentence_opens_and_brings_what_leans_on_it() -> None:
    chunk = make_chunk(
        "Opslag", "Opslag meet je in kubieke meters. In Nederland is ze goedkoop. Daarom kiezen velen ervoor. In december stijgt ze."
    )
    text = body(draft_of("Wat kost opslag?", [chunk], {(0, 1): 0.9, (0, 2): 0.8, (0, 0): 0.7, (0, 3): 0.6}, known=True))
    assert text.startswith("In Nederland is ze goedkoop. Daarom kiezen velen ervoor. Opslag meet je")
    assert text.rstrip().endswith("In december stijgt ze.")


def test_a_fact_that_hardly_belongs_in_the_answer_is_left_out() -> None:
    chances = {(0, 0): 0.6, (0, 1): 0.2, (0, 2): 0.04}
    known, unknown = (draft_of("Vertel over plannen", [PLANS], chances, known=one).text for one in (True, False))
    assert ("Individueel" in known, "Vanaf 40" in known) == (True, False)
    assert "Vanaf 40" in unknown  # it is not so sure what belongs there


def test_a_fact_far_less_likely_than_the_best_is_left_out() -> None:
    text = draft_of("Vertel over plannen", [PLANS], {(0, 0): 0.6, (0, 1): 0.08, (0, 2): 0.004}).text
    assert ("Individueel" in text, "Vanaf 40" in text) == (True, False)


def test_nothing_is_added_when_the_facts_shown_are_nearly_certain() -> None:
    text = draft_of("Vertel over plannen", [PLANS], {(0, 0): 0.9, (0, 1): 0.08, (0, 2): 0.07}).text
    assert ("Individueel" in text, "Vanaf 40" in text) == (True, False)


def test_a_verdict_opens_the_answer() -> None:
    assert draft_of("Mag ik een beloning geven voor een recensie?", [REVIEWS], {(0, 0): 0.9}).text.startswith("**Nee.** Je mag geen")


@pytest.mark.parametrize(
    ("verdict", "opening"), [("yes", "**Ja.** "), ("no", "**Nee.** "), ("depends", "**Dat hangt ervan af.** "), ("", "")]
)
def test_what_was_answered_before_opens_the_answer(verdict: Verdict, opening: str) -> None:
    candidate = Candidate(row=0, chunk=with_facts(PLANS), score=1.0, features={})
    fact = RankedFact(
        candidate=0, place=0, fact=candidate.chunk.facts[0], chance=0.9, coverage=0.0, belongs=0.9, opens=0.9, verdict=verdict
    )
    said = compose(Query(text="heb ik dat nodig"), [candidate], [fact], TODAY).text
    assert said.startswith(f"{opening}{candidate.chunk.facts[0].text}")


def test_a_fact_that_says_yes_itself_gets_no_second_one() -> None:
    candidate = Candidate(row=0, chunk=with_facts(make_chunk("Gratis", "Ja, gratis verzenden mag.")), score=1.0, features={})
    fact = RankedFact(candidate=0, place=0, fact=candidate.chunk.facts[0], chance=0.9, coverage=0.0, belongs=0.9, opens=0.9, verdict="yes")
    assert compose(Query(text="mag ik gratis verzenden"), [candidate], [fact], TODAY).text.startswith("Ja, gratis")


def test_a_verdict_stands_only_before_the_fact_that_gives_it() -> None:
    question = "Mag ik een neutraal verzoek om een eerlijke recensie doen?"
    assert draft_of(question, [REVIEWS], {(0, 1): 0.9}).text.startswith("**Ja.** Een neutraal verzoek")
    assert draft_of(question, [REVIEWS], {(0, 1): 0.4, (0, 0): 0.5}).text.startswith("Je mag geen beloning")


def test_freshness_names_date_and_country_of_figures_only() -> None:
    assert (
        draft_of("Wat kost Professioneel?", [PLANS], {(0, 0): 0.9}).pieces[-1] == "_Nagekeken op 22 november 2026; geldt voor Nederland._"
    )
    assert "Nagekeken" not in draft_of("Mag ik een beloning geven?", [REVIEWS], {(0, 0): 0.9}).text


def test_warnings_tell_of_an_old_figure_and_of_another_country() -> None:
    old = STORAGE.model_copy(update={"review_by": date(2026, 1, 1)})
    first, second = draft_of("Wat kost opslag?", [old], {(0, 0): 0.9}).warnings
    assert "vóór 1 januari 2026" in first
    assert second.startswith("Deze cijfers gelden voor Duitsland; voor Nederland")


VINE = make_chunk(
    "Wat kost Vine?",
    "Vine kost tot 2 stuks niets en tot 30 stuks € 170. Je betaalt pas na de eerste recensie. In Duitsland kost een deelname € 200.\n\n"
    "Of deze prijs van € 200 nog geldt, is niet bevestigd. Wat Vine in Nederland kost, is niet gevonden.",
)


@pytest.mark.parametrize(
    ("place", "shown", "hidden"),
    [
        (2, "niet bevestigd", "eerste recensie"),  # it follows the figure
        (0, "Wat Vine in Nederland kost, is niet gevonden.", "niet bevestigd"),  # it is about the reader's own shop
        (1, "Je betaalt pas", "niet gevonden"),  # no figure, nothing to be unsure of
    ],
)
def test_figures_come_with_what_limits_them(place: int, shown: str, hidden: str) -> None:
    text = body(draft_of("Wat kost Vine?", [VINE], {(0, place): 0.9}))
    assert shown in text
    assert hidden not in text


def test_freshness_names_the_country_that_a_figure_is_said_of() -> None:
    draft = draft_of("Wat kost Vine?", [VINE.model_copy(update={"marketplaces": ("NL", "BE")})], {(0, 2): 0.9})
    assert draft.pieces[-1].endswith("geldt voor Duitsland._")
    assert any(warning.startswith("Deze cijfers gelden voor Duitsland; voor Nederland") for warning in draft.warnings)


def test_a_date_in_another_country_does_not_make_the_answer_foreign() -> None:
    chunk = make_chunk(
        "Prijs elders", "Je mag elders goedkoper zijn. In Duitsland verbood de toezichthouder dat toezicht op 5 februari 2026."
    )
    draft = draft_of("Mag ik elders goedkoper zijn?", [chunk.model_copy(update={"marketplaces": ("EU",)})], {(0, 0): 0.5, (0, 1): 0.4})
    assert draft.pieces[-1].endswith("geldt voor de EU._")
    assert not draft.warnings


def test_plain_keeps_words_of_a_link_and_drops_a_reference_at_the_end() -> None:
    assert plain("Kies [FBA](fba.md); zie [Opslag](opslag.md).") == "Kies FBA."
    assert plain("Zie [KvK](https://kvk.nl).") == "Zie [KvK](https://kvk.nl)."


def table(rows: int) -> Chunk:
    """A section with a table of about 100 characters a row."""
    return make_chunk("Tarieven", "| Soort | Tarief |\n|---|---|\n" + "\n".join(f"| Soort {row} | {'laag ' * 17}|" for row in range(rows)))


@pytest.mark.parametrize(
    ("question", "rows", "shown"),
    [("Noem de soorten", 9, 9), ("Noem de soorten", 13, 1), ("Wat is het verschil tussen de soorten?", 5, 5),
     ("Wat is het verschil tussen de soorten?", 9, 1)],
    ids=["list", "list too long", "comparison", "comparison too long"],
)  # fmt: skip
def test_a_table_is_shown_whole_unless_it_is_too_long(question: str, rows: int, shown: int) -> None:
    assert len(re.findall(r"Soort \d", draft_of(question, [table(rows)], {(0, 3): 0.9}).text)) == shown


def test_an_announced_list_that_is_too_long_is_not_fetched() -> None:
    long = make_chunk("Regels", "De regels heten:\n\n" + "\n".join(f"- Regel {row}: {'wacht ' * 15}." for row in range(20)))
    assert len(draft_of("Welke regels zijn er?", [COUNT, long], {(0, 0): 0.7, (1, 0): 0.2}).citations) == 1


def test_a_few_words_bring_the_sentence_before_them() -> None:
    chunk = make_chunk("Labels", "Elk label heeft dezelfde kleur. Altijd rood.")
    assert body(draft_of("Wat weet je?", [chunk], {(0, 1): 0.9})).startswith("Elk label heeft dezelfde kleur. Altijd rood.")


def test_a_sum_shows_the_row_it_rests_on_without_talk_of_a_table() -> None:
    chunk = with_facts(FEES)
    worked = WorkedSum(text="Som: 12% van € 20 = € 2,40.", facts=(chunk.facts[2],), rule="commissie", chunks=(chunk,))
    draft = compose(Query(text="Hoeveel commissie betaal ik?"), [], [], TODAY, worked=worked)
    assert draft.pieces[0] == "Som: 12% van € 20 = € 2,40. [1]"
    assert draft.pieces[1] == "| Categorie | t/m € 15 | boven € 15 |\n|---|---|---|\n| Schoenen [1] | 15% | 12% |"


QUESTIONS = st.sampled_from(
    ["Hoe werkt het?", "Welke zijn er?", "Wat is het verschil?", "Mag ik dat?", "Waarom is dat?", "Wat is FBA?", "Hoeveel kost het?", "fba"]
)
PLACES = [(number, place) for number, chunk in enumerate(CHUNKS) for place in range(len(with_facts(chunk).facts))]
CHANCES = st.dictionaries(st.sampled_from(PLACES), st.floats(0.001, 1.0), min_size=1)


@given(QUESTIONS, CHANCES)
@settings(deadline=None)
def test_every_statement_is_cited_and_every_quote_stands_in_its_chunk(question: str, chances: dict[tuple[int, int], float]) -> None:
    draft = draft_of(question, CHUNKS, chances)
    numbers = {citation.number for citation in draft.citations}
    assert numbers == set(range(1, len(draft.citations) + 1))
    for line in "\n".join(draft.pieces).splitlines():
        if line and not line.startswith(("_Nagekeken", "|---", "| Categorie")) and not re.fullmatch(r"\*\*[^*]+\*\*", line):
            assert {int(mark[1:-1]) for mark in MARKER.findall(line)} & numbers, line
    for citation in draft.citations:
        facts = [fact.text for fact in split_facts(citation.text)]
        assert set(citation.quote.split("\n")) <= set(facts)


@given(CHANCES, st.integers(0, 900))
@settings(deadline=None)
def test_the_budget_is_kept_after_the_first_fact(chances: dict[tuple[int, int], float], budget: int) -> None:
    longest = max(len(body(draft_of("fba", CHUNKS, {place: 1.0}))) for place in chances)
    assert len(body(draft_of("fba", CHUNKS, chances, budget))) <= max(longest, budget) + 20


@given(st.text(max_size=300), st.text(max_size=60))
@settings(deadline=None)
def test_any_text_gives_an_answer(text: str, question: str) -> None:
    chunk = make_chunk("Kop", text)
    facts = split_facts(text)
    draft = draft_of(question, [chunk], {(0, place): 1.0 / (place + 1) for place in range(len(facts))})
    assert len(draft.citations) == min(1, len(facts))


def test_a_citation_carries_the_date_of_its_chunk() -> None:
    assert draft_of("Wat kost dat?", [PLANS], {(0, 0): 1.0}).citations[0].checked_on == CHECKED_ON
