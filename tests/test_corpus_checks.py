import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.articles import read_corpus
from assistant.corpus_checks import check_corpus, normalise_question, stale_documents
from assistant.documents import fact_hash
from assistant.splitters import split_facts
from tests.small_corpus import PLANS

TODAY = date(2026, 11, 22)
PLAN = "start/verkoopplan-kiezen.md"
PLAN_SECTION = f"{PLAN}: Wat kost een verkoopplan op Amazon.nl?"
Findings = Callable[..., list[str]]


@pytest.fixture
def findings_after(corpus_folder: Path) -> Findings:
    """A function that replaces a text in a file of the knowledge base and gives what the checks then find."""

    def check(name: str, old: str, new: str) -> list[str]:
        path = corpus_folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return check_corpus(read_corpus([corpus_folder]), [corpus_folder], TODAY)

    return check


def test_a_tidy_knowledge_base_has_no_findings(corpus_folder: Path) -> None:
    assert check_corpus(read_corpus([corpus_folder]), [corpus_folder], TODAY) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("      - tarief verkoopplannen nederland\n", "", f"{PLAN_SECTION}: 11 vragen; verwacht er minstens 12"),
        ("review_by: 2027-01-15\n", "", f"{PLAN}: review_by ontbreekt; geef de dag waarop iemand dit artikel weer nakijkt"),
        ("checked_on: 2026-11-22", "checked_on: 2026-12-01", f"{PLAN}: checked_on is 2026-12-01, dat ligt in de toekomst"),
        (
            "accessed_on: 2026-11-22",
            "accessed_on: 2026-12-01",
            f"{PLAN}: bron 'Amazon.nl, prijspagina': accessed_on is 2026-12-01, dat ligt in de toekomst",
        ),
        (
            "https://sell.amazon.nl/prijsstelling",
            "https://archive.ph/Xy12z",
            f"{PLAN}: bron 'Amazon.nl, prijspagina': archive.ph is een kopie; verwijs naar het origineel",
        ),
        ("topic: start", "topic: fba", f"{PLAN}: topic is 'fba', maar het bestand staat in map 'start'"),
        ("../fba/opslag.md", "../fba/weg.md", f"{PLAN_SECTION}: dode link: ../fba/weg.md"),
        (
            "../fba/opslag.md",
            "https://amazon.nl",
            f"{PLAN_SECTION}: link naar buiten: https://amazon.nl; zet webadressen bij 'sources'",
        ),
        ("| Individueel | geen |", "| Individueel |", f"{PLAN_SECTION}: tabel met ongelijke rijen (2, 3 kolommen): | Plan | Vast bedrag |"),
        ("|---|---|---|\n", "", f"{PLAN_SECTION}: tabel zonder kopregel of zonder rijen: | Plan | Vast bedrag |"),
        ("Voor FBA-opslag", "Voor Fba-opslag", f"{PLAN_SECTION}: 'Fba': schrijf 'FBA'"),
        ("exclusief btw.\n\n|", "exclusief BTW.\n\n|", f"{PLAN_SECTION}: 'BTW': schrijf 'btw'"),
        ("niets |", "<b>niets</b> |", f"{PLAN_SECTION}: bevat HTML; gebruik alleen Markdown"),
        ("Het plan Professioneel kost", "Dat plan Professioneel kost", f"{PLAN_SECTION}: begint met een verwijzend woord"),
        (
            "- mag ik elke maand wisselen van pakket",
            "- Wat kost een verkoopplan, op Amazon.nl per MAAND?!",
            f"{PLAN} (Hoe wissel je van verkoopplan?): vraag 'Wat kost een verkoopplan, op Amazon.nl per MAAND?!' staat al bij {PLAN}",
        ),
    ],
)  # fmt: skip
def test_a_finding_names_the_file_the_section_and_what_to_do(findings_after: Findings, old: str, new: str, expected: str) -> None:
    findings = findings_after(PLAN, old, new)

    assert [finding for finding in findings if finding.startswith(expected)], findings


def test_a_section_that_is_too_short_or_too_long_is_found(findings_after: Findings) -> None:
    steps = PLANS.partition("## Hoe wissel je van verkoopplan?\n")[2]

    short = findings_after(PLAN, steps, "\nJe wisselt in Seller Central.\n")
    long = findings_after(PLAN, "Je wisselt in Seller Central.", "Je wisselt in Seller Central. " * 60)

    place = f"{PLAN}: Hoe wissel je van verkoopplan?"
    assert (short, long) == ([f"{place}: 5 woorden; verwacht 60 tot 180"], [f"{place}: 300 woorden; verwacht 60 tot 180"])


def test_a_table_without_a_sentence_above_it_is_found(findings_after: Findings) -> None:
    table = "| Kop | Waarde |\n|---|---|\n| a | b |\n\n"

    assert f"{PLAN_SECTION}: begint met een tabel; schrijf er eerst een zin boven" in findings_after(
        PLAN, "Het plan Professioneel kost", f"{table}Het plan Professioneel kost"
    )


def test_the_same_title_twice_is_found(findings_after: Findings) -> None:
    assert findings_after("fba/opslag.md", "title: Opslag bij FBA", "title: een VERKOOPPLAN kiezen") == [
        f"{PLAN}: titel 'Een verkoopplan kiezen' staat al in fba/opslag.md"
    ]


def test_the_same_heading_twice_is_found(findings_after: Findings, corpus_folder: Path) -> None:
    path = corpus_folder / "fba/opslag.md"
    path.write_text(path.read_text("utf-8").replace("Wat kost opslag bij FBA in december?", "Hoe wissel je van verkoopplan?"), "utf-8")

    findings = findings_after("fba/opslag.md", "title: Opslag", "title: Opslag")

    assert findings == [f"{PLAN}: kop 'Hoe wissel je van verkoopplan?' staat al in fba/opslag.md"]


def test_a_figure_that_no_article_uses_is_found(findings_after: Findings) -> None:
    extra = "  vergeten: {value: 1, unit: euro, country: NL, valid_from: 2030, source: 1}\n"

    assert findings_after("tarieven/verkoopplannen.yaml", "figures:\n", f"figures:\n{extra}") == [
        "tarieven/verkoopplannen.yaml: verkoopplannen.vergeten wordt in geen enkel artikel gebruikt",
        "tarieven/verkoopplannen.yaml: verkoopplannen.vergeten.valid_from is 2030, meer dan een jaar vooruit",
    ]


def test_figures_from_a_copy_of_a_page_are_found(findings_after: Findings) -> None:
    findings = findings_after("tarieven/verkoopplannen.yaml", "https://sell.amazon.nl/", "https://www.scribd.com/")

    assert findings == [
        "tarieven/verkoopplannen.yaml: bron 'Amazon.nl, prijspagina': www.scribd.com is een kopie; "
        "verwijs naar het origineel, met 'via derden gelezen' in de naam"
    ]


def test_articles_past_their_review_date_are_stale_longest_overdue_first(corpus_folder: Path) -> None:
    corpus = read_corpus([corpus_folder])

    assert [
        [document.document_id for document in stale_documents(corpus, day)] for day in (TODAY, date(2027, 1, 15), date(2028, 1, 1))
    ] == [
        [],
        [],
        ["fba/opslag.md", PLAN, "begrippen/verzending.md"],
    ]


def test_two_spellings_of_a_question_are_the_same() -> None:
    assert normalise_question("Wat kost  FBA-opslag?!") == normalise_question("wat kost fba opslag") == "wat kost fba opslag"


def test_questions_about_a_section_that_is_gone_are_found(corpus_folder: Path) -> None:
    line = '{"document_id": "fba/opslag.md", "heading": "Weg", "fact": "Opslag", "question": "waar is het?"}\n'
    (corpus_folder / "vragen.jsonl").write_text(line * 2, "utf-8")
    assert check_corpus(read_corpus([corpus_folder]), [corpus_folder], TODAY) == [
        "vragen.jsonl: 2 vragen horen bij fba/opslag.md ('Weg'), maar die sectie bestaat niet; pas de kop daar aan"
    ]


def test_a_verdict_whose_fact_has_changed_is_found(corpus_folder: Path) -> None:
    opslag = next(document for document in read_corpus([corpus_folder]).documents if document.document_id == "fba/opslag.md").sections[0]
    fact = split_facts(opslag.text)[0].text
    entry = {
        "document_id": "fba/opslag.md",
        "heading": opslag.heading,
        "fact": fact[:48],
        "question": "moet dat?",
        "also": [],
        "verdict": "no",
    }
    told = []
    for changes in ({"decided_by": fact_hash(fact)}, {"decided_by": "0" * 8}, {"fact": "Weg", "decided_by": "0" * 8}):
        (corpus_folder / "vragen.jsonl").write_text(json.dumps(entry | changes) + "\n", "utf-8")
        told.append(check_corpus(read_corpus([corpus_folder]), [corpus_folder], TODAY))
    changed = "vragen.jsonl: 'moet dat?': het feit waar het oordeel op rust is veranderd in fba/opslag.md; "
    assert told == [[], [f"{changed}kijk na of 'no' nog klopt en zet decided_by op '{fact_hash(fact)}'"], [f"{changed}haal verdict weg"]]
