from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.articles import article_paths, format_figure, read_corpus, split_headings
from assistant.documents import Asked, Source
from assistant.errors import CorpusError

ARTICLE = "start/verkoopplan-kiezen.md"
FIGURES = "tarieven/verkoopplannen.yaml"
Change = Callable[[str, str, str], Path]


@pytest.fixture
def change(corpus_folder: Path) -> Change:
    """A function that replaces a text in a file of the knowledge base."""

    def replace(name: str, old: str, new: str) -> Path:
        path = corpus_folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return replace


def faults_of(*folders: Path) -> list[str]:
    with pytest.raises(CorpusError) as caught:
        read_corpus(folders)
    return list(caught.value.faults)


# --- What is read ----------------------------------------------------------------------------------------------------


def test_articles_are_ordered_by_id(corpus_folder: Path) -> None:
    assert [document.document_id for document in read_corpus([corpus_folder]).documents] == [
        "begrippen/verzending.md",
        "fba/opslag.md",
        "start/verkoopplan-kiezen.md",
    ]


def test_an_article_carries_what_its_front_matter_says(corpus_folder: Path) -> None:
    article = read_corpus([corpus_folder]).documents[2]

    assert (article.title, article.topic, article.marketplaces, article.checked_on, article.review_by, article.synonyms) == (
        "Een verkoopplan kiezen",
        "start",
        ("NL", "BE"),
        date(2026, 11, 22),
        date(2027, 1, 15),
        (("verkoopplan", "abonnement", "selling plan", "pakket"),),
    )


def test_a_section_has_its_own_sources_and_marketplaces_or_those_of_the_article(corpus_folder: Path) -> None:
    plans, switching = read_corpus([corpus_folder]).documents[2].sections
    page = Source(name="Amazon.nl, prijspagina", url="https://sell.amazon.nl/prijsstelling", accessed_on=date(2026, 11, 22))

    assert (plans.sources, plans.marketplaces, switching.marketplaces) == ((page,), ("NL",), ("NL", "BE"))


def test_a_figure_stands_in_the_text_with_its_unit(corpus_folder: Path) -> None:
    text = read_corpus([corpus_folder]).documents[2].sections[0].text

    assert "Professioneel kost op Amazon.nl € 39 per maand" in text
    assert "| Individueel | geen | € 0,99 |" in text


def test_the_corpus_knows_where_a_figure_is_used(corpus_folder: Path) -> None:
    assert read_corpus([corpus_folder]).figure_uses == {
        "verkoopplannen.professioneel-nl": (ARTICLE,),
        "verkoopplannen.individueel-nl": (ARTICLE,),
    }


def test_readme_and_hidden_files_are_no_articles(corpus_folder: Path) -> None:
    before = list(article_paths(corpus_folder))
    for name in ("README.md", "start/README.md", ".cache/x.md", "start/.x.md", "start/notitie.txt"):
        path = corpus_folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("geen artikel", "utf-8")

    assert list(article_paths(corpus_folder)) == before


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(corpus_folder: Path) -> None:
    before = read_corpus([corpus_folder])
    for path in (*article_paths(corpus_folder), *corpus_folder.rglob("*.yaml")):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert read_corpus([corpus_folder]) == before


@given(st.text())
def test_headings_split_a_text_without_losing_a_line(text: str) -> None:
    body = f"{text}\n## Kop\n{text}"

    intro, bodies = split_headings(body)

    found = "\n".join([intro, *(f"{heading}\n{part}" for heading, part in bodies)])
    assert [line.strip("# \t") for line in found.split() if line.strip("# \t")] == [
        line.strip("# \t") for line in body.split() if line.strip("# \t")
    ]


def test_a_heading_in_a_code_block_is_no_heading() -> None:
    assert split_headings("## A\n```\n## geen kop\n```\n## B ##") == ("", [("A", "```\n## geen kop\n```"), ("B", "")])


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("39", "euro", "€ 39"),
        ("39.00", "euro", "€ 39"),
        ("27.5", "euro", "€ 27,50"),
        ("0.0125", "euro", "€ 0,0125"),
        ("1250.5", "euro", "€ 1.250,50"),
        ("0.26", "pond", "£ 0,26"),
        ("15", "procent", "15%"),
        ("5.65", "procent", "5,65%"),
        ("10000", "aantal", "10.000"),
        ("3.90", "kg", "3,9 kg"),
        ("460", "gram", "460 g"),
        ("0.5", "m3", "0,5 m³"),
        ("1", "dagen", "1 dag"),
        ("30", "dagen", "30 dagen"),
        ("48", "uren", "48 uur"),
        ("1", "jaar", "1 jaar"),
    ],
)
def test_a_figure_is_written_the_dutch_way(value: str, unit: str, expected: str) -> None:
    assert format_figure(Decimal(value), unit) == expected


@given(st.decimals(min_value=0, max_value=1_000_000, places=4))
def test_a_written_amount_holds_every_digit(value: Decimal) -> None:
    written = format_figure(value, "euro").removeprefix("€ ").replace(".", "").replace(",", ".")

    assert Decimal(written) == value


# --- What is refused: each fault names file, field, value and expectation ---------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Een verkoopplan kiezen\n", "", "title ontbreekt"),
        ("title: Een verkoopplan kiezen", "title: ''", "title is ''; mag niet leeg zijn"),
        ("title: Een verkoopplan kiezen", "title: [a]", "title is ['a']; verwacht tekst"),
        ("summary: Wat", "samenvatting: Wat", "samenvatting is een onbekend veld; haal het weg of verbeter de naam"),
        ("topic: start", "topic: begin", "topic is 'begin'; verwacht een van: start, fba, begrippen"),
        ("marketplaces: [NL, BE]", "marketplaces: [NL, LU]", "marketplaces.1 is 'LU'; verwacht een van: 'NL', 'BE', 'DE'"),
        ("marketplaces: [NL, BE]", "marketplaces: NL", "marketplaces is 'NL'; verwacht een lijst"),
        ("marketplaces: [NL, BE]", "marketplaces: []", "marketplaces is []; mag niet leeg zijn"),
        ("checked_on: 2026-11-22", "checked_on: vandaag", "checked_on is 'vandaag'; verwacht een datum als 2026-11-22"),
        ("checked_on: 2026-11-22", "checked_on: 2026-13-01", "onmogelijke datum in de YAML"),
        ("review_by: 2027-01-15", "review_by: 2026-01-15", "review_by is 2026-01-15, dat ligt voor checked_on (2026-11-22)"),
        ("url: https://sell.amazon.nl/prijsstelling", "url: amazon", "url is 'amazon'; verwacht een webadres dat met https:// begint"),
        ("    accessed_on: 2026-11-22\n", "", "accessed_on ontbreekt"),
        ("    sources: [1]", "    sources: [3]", "noemt 3; er zijn 2 bronnen"),
        ("    sources: [1]", "    sources: [0]", "is 0; verwacht 1 of hoger"),
        ("    sources: [1]", "    sources: [1.5]", "is 1.5; verwacht een heel getal"),
        ("    marketplaces: [NL]", "    winkels: [NL]", "winkels is een onbekend veld"),
        ("      - prijs individueel plan per verkocht artikel", "      - 39", "is 39; verwacht tekst"),
        ("## Hoe wissel je van verkoopplan?", "## Wisselen", "kop 'Wisselen' heeft geen 'questions' onder 'sections'"),
        ("## Hoe wissel je van verkoopplan?", "## Wisselen", "sections noemt 'Hoe wissel je van verkoopplan?', maar die '## '-kop"),
        ("## Hoe wissel", "## Wat kost een verkoopplan op Amazon.nl?\n\nx\n\n## Hoe wissel", "komt meer dan één keer voor; maak"),
        ("---\n\n## Wat kost", "---\n\nInleiding.\n\n## Wat kost", "tekst vóór de eerste '## '-kop: 'Inleiding.'; zet die onder een kop"),
        ("{{verkoopplannen.individueel-nl}}", "{{verkoopplannen.basis}}", "{{verkoopplannen.basis}} in 'Wat kost een verkoopplan"),
        ("{{verkoopplannen.individueel-nl}}", "{{verkoopplannen individueel}}", "onleesbare verwijzing in 'Wat kost een verkoopplan"),
        ("{{verkoopplannen.individueel-nl}}", "{{verkoopplannen.individueel-nl}", "onleesbare verwijzing in 'Wat kost een verkoopplan"),
        ("---\ntitle", "title", "front matter ontbreekt; begin het bestand met een YAML-blok tussen twee regels '---'"),
        ("title: Een verkoopplan kiezen", "title: Plan: kiezen", "ongeldige YAML (regel 2)"),
        ("title: Een verkoopplan kiezen", "title: {{verkoopplannen.individueel-nl}}", "ongeldige YAML (regel 2): accolades"),
        ("topic: start", "title: Nog een titel\ntopic: start", "ongeldige YAML (regel 3): 'title' staat er twee keer"),
    ],
)  # fmt: skip
def test_a_fault_in_an_article_names_file_field_value_and_expectation(change: Change, old: str, new: str, expected: str) -> None:
    path = change(ARTICLE, old, new)

    faults = faults_of(path.parent.parent)

    assert [fault for fault in faults if fault.startswith(f"{path}: ") and expected in fault], faults


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("value: 39", "value: veel", "figures.professioneel-nl.value is 'veel'; verwacht een getal"),
        ("value: 39", "value: '39,00'", "figures.professioneel-nl.value is '39,00'; verwacht een getal met een punt voor de decimalen"),
        ("value: 39", "value: .nan", "figures.professioneel-nl.value is nan; verwacht een getal"),
        ("unit: euro", "unit: gulden", "figures.professioneel-nl.unit is 'gulden'; verwacht een van: 'euro', 'pond'"),
        ("country: NL", "country: [NL, XX]", "figures.professioneel-nl.country.1 is 'XX'; verwacht een van: 'NL'"),
        (
            "valid_from: 2025",
            "valid_from: 2025-13",
            "figures.professioneel-nl.valid_from is '2025-13'; verwacht JJJJ, JJJJ-MM of JJJJ-MM-DD",
        ),
        ("source: 1", "source: 2", "figures.professioneel-nl.source is 2; er zijn 1 bronnen"),
        ("professioneel-nl:", "Professioneel_NL:", "figures.Professioneel_NL: verwacht kleine letters, cijfers en streepjes"),
        ("title: Verkoopplannen\n", "", "title ontbreekt"),
        ("title: Verkoopplannen", "- title", "ongeldige YAML"),
    ],
)
def test_a_fault_in_a_file_of_figures_names_file_field_value_and_expectation(change: Change, old: str, new: str, expected: str) -> None:
    path = change(FIGURES, old, new)

    assert [fault for fault in faults_of(path.parent.parent) if fault.startswith(f"{path}: ") and expected in fault]


@pytest.mark.parametrize("name", [ARTICLE, FIGURES, "topics.yaml"])
def test_a_file_that_is_not_utf8_is_named(corpus_folder: Path, name: str) -> None:
    path = corpus_folder / name
    path.write_bytes(path.read_text("utf-8").encode("utf-8") + "caf\xe9".encode("latin-1"))

    assert f"{path}: geen geldige UTF-8; sla het bestand op als UTF-8" in faults_of(corpus_folder)


def test_an_empty_file_is_named(corpus_folder: Path) -> None:
    (corpus_folder / ARTICLE).write_text("")

    assert faults_of(corpus_folder)[0].startswith(f"{corpus_folder / ARTICLE}: front matter ontbreekt")


def test_a_section_without_text_is_named(change: Change) -> None:
    path = change(ARTICLE, "## Hoe wissel je van verkoopplan?", "## Hoe wissel je van verkoopplan?\n\n## Leeg")

    assert f"{path}: sectie 'Hoe wissel je van verkoopplan?' is leeg; schrijf er tekst onder of haal de kop weg" in faults_of(
        path.parent.parent
    )


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "weg") == [f"{tmp_path / 'weg'}: map niet gevonden; controleer ASSISTANT_CORPUS_DIRS"]


def test_the_same_article_in_two_folders_is_named(corpus_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "meer" / ARTICLE
    copy.parent.mkdir(parents=True)
    copy.write_bytes((corpus_folder / ARTICLE).read_bytes())

    assert faults_of(corpus_folder, tmp_path / "meer") == [
        f"{copy}: document_id is {ARTICLE!r}, maar dat artikel bestaat al in een andere map"
    ]


def test_figures_with_the_same_name_in_two_folders_are_named(corpus_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "meer" / FIGURES
    copy.parent.mkdir(parents=True)
    copy.write_bytes((corpus_folder / FIGURES).read_bytes())

    assert faults_of(corpus_folder, tmp_path / "meer") == [f"{copy}: cijfers met de naam 'verkoopplannen' bestaan al in een andere map"]


def test_all_faults_of_all_files_are_listed_at_once(change: Change) -> None:
    change(ARTICLE, "title: Een verkoopplan kiezen", "titel: Een verkoopplan kiezen")
    change("fba/opslag.md", "checked_on: 2026-11-22", "checked_on: ooit")
    change("begrippen/verzending.md", "topic: begrippen", "topic: woorden")
    corpus_folder = change(FIGURES, "unit: euro", "unit: gulden").parent.parent

    assert [fault.removeprefix(f"{corpus_folder}/").partition(";")[0] for fault in faults_of(corpus_folder)] == [
        "tarieven/verkoopplannen.yaml: figures.professioneel-nl.unit is 'gulden'",
        "begrippen/verzending.md: topic is 'woorden'",
        "fba/opslag.md: checked_on is 'ooit'",
        "start/verkoopplan-kiezen.md: title ontbreekt",
        "start/verkoopplan-kiezen.md: titel is een onbekend veld",
    ]


@given(text=st.text() | st.text(alphabet=":-[]{}&*!|>'\"%@#?,. \nab1"))
def test_any_front_matter_gives_faults_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "a.md").write_text(f"---\n{text}\n---\n\n## Kop\n\nTekst.", "utf-8", errors="replace")

    assert faults_of(folder)


# --- Questions as people ask them -----------------------------------------------------------------------------------------

ASKED = '{"document_id": "fba/opslag.md", "heading": "%s", "fact": "Opslag", "question": "%s"}\n'


def test_questions_as_asked_belong_to_the_section_they_name(corpus_folder: Path) -> None:
    heading = next(d for d in read_corpus([corpus_folder]).documents if d.document_id == "fba/opslag.md").sections[0].heading
    (corpus_folder / "vragen.jsonl").write_text(ASKED % (heading, "wa kost da stallen") * 2 + ASKED % ("Weg", "kwijt?"), "utf-8")
    corpus = read_corpus([corpus_folder])
    asked = {(document.document_id, section.heading): section.asked for document in corpus.documents for section in document.sections}
    assert asked.pop(("fba/opslag.md", heading)) == (Asked(question="wa kost da stallen", fact="Opslag"),)
    assert not any(asked.values())
    assert len(corpus.asked) == 3


def test_a_question_of_which_the_whole_answer_is_known_belongs_to_every_fact_of_it(corpus_folder: Path) -> None:
    opslag = next(d for d in read_corpus([corpus_folder]).documents if d.document_id == "fba/opslag.md").sections[0].heading
    also = f'"also": [["fba/opslag.md", "{opslag}", "Tweede"], ["start/plan.md", "Kop", "Derde"]]'
    line = (ASKED % (opslag, "wa kost da stallen")).replace('"fact"', f'{also}, "fact"')
    (corpus_folder / "vragen.jsonl").write_text(line + ASKED % (opslag, "en dit?"), "utf-8")
    section = next(d for d in read_corpus([corpus_folder]).documents if d.document_id == "fba/opslag.md").sections[0]
    assert [one.question for one in section.asked] == ["wa kost da stallen", "en dit?"]
    assert section.answered == (Asked(question="wa kost da stallen", fact="Opslag"), Asked(question="wa kost da stallen", fact="Tweede"))


def test_a_broken_line_with_questions_is_named(corpus_folder: Path) -> None:
    (corpus_folder / "vragen.jsonl").write_text(ASKED % ("Kop", "goed?") + '{"document_id": "fba/opslag.md"}\nkapot\n', "utf-8")
    with pytest.raises(CorpusError) as caught:
        read_corpus([corpus_folder])
    assert "vragen.jsonl: regel 2, heading" in str(caught.value)
    assert "vragen.jsonl: regel 3, regel" in str(caught.value)
