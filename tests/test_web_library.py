from collections.abc import Iterator
from datetime import date

import pytest
from fastapi.testclient import TestClient

from assistant.documents import Document, Fact, Hit, Section
from assistant.settings import Settings
from assistant.store import Store
from assistant.web import LoadingBackend
from assistant.web.library import Handbook, Term, excerpt, names, read_term, stale_articles
from tests.fakes import FakeAssistant, make_app, make_corpus

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def client(fake: FakeAssistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("library"))
    with Store.open(settings.database) as store, TestClient(make_app(LoadingBackend.opened(fake), store, settings)) as client:
        yield client


def page(client: TestClient, path: str) -> str:
    response = client.get(path, headers=HTML)
    assert response.status_code == 200
    return response.text


# --- Pages


def test_contents_lists_every_article_under_its_topic(client: TestClient) -> None:
    html = page(client, "/kennisbank")
    assert html.index("Beginnen") < html.index("Een verkoopplan kiezen") < html.index("Opslagkosten bij FBA")
    assert 'href="/kennisbank/start/verkoopplan-kiezen"' in html


def test_an_article_shows_dates_countries_sources_and_sections(client: TestClient) -> None:
    html = page(client, "/kennisbank/start/verkoopplan-kiezen")
    for part in ("22 november 2026", "vóór", "Nederland en België", "Seller Central Nederland", 'id="hoe-wissel-je-van-verkoopplan"'):
        assert part in html
    assert 'href="/kennisbank/fba/opslagkosten"' in html


def test_an_article_past_its_review_date_says_so(client: TestClient) -> None:
    assert "opnieuw moest worden nagekeken" in page(client, "/kennisbank/fba/opslagkosten")


def test_search_links_to_the_section(client: TestClient) -> None:
    html = page(client, "/kennisbank/zoeken?q=opslag+december")
    assert 'href="/kennisbank/fba/opslagkosten#wat-kost-opslag-bij-fba-in-december"' in html


def test_search_without_result_says_what_to_do(client: TestClient) -> None:
    assert "Niets gevonden met" in page(client, "/kennisbank/zoeken?q=zeppelin")


@pytest.mark.parametrize("query", ["", "   ", "%00", "<script>alert(1)</script>", "a" * 5000])
def test_any_search_is_answered(client: TestClient, query: str) -> None:
    html = client.get("/kennisbank/zoeken", params={"q": query}, headers=HTML)
    assert html.status_code == 200
    assert "<script>alert" not in html.text


def test_glossary_explains_every_term(client: TestClient) -> None:
    html = page(client, "/kennisbank/woordenlijst")
    assert "Fulfilment by Amazon" in html
    assert "Amazon bewaart en verzendt je voorraad" in html


def test_terms_explain_themselves_in_an_article_once(client: TestClient) -> None:
    html = page(client, "/kennisbank/start/verkoopplan-kiezen")
    assert html.count('data-definition="De website waar je je verkopersaccount beheert."') == 1


def test_an_own_document_has_a_page_of_its_own(client: TestClient, fake: FakeAssistant) -> None:
    section = Section(heading="Retouren", text="<b>Bel</b> de klant.")
    fake.uploads["map/retour.md"] = Document(document_id="map/retour.md", title="Retourinstructie", sections=(section,))
    for path in ("/kennisbank/eigen/map/retour.md", "/kennisbank/map/retour"):
        assert "&lt;b&gt;Bel&lt;/b&gt; de klant." in page(client, path)
    fake.uploads.clear()


@pytest.mark.parametrize("path", ["/kennisbank/start/..%2f..%2fetc%2fpasswd", "/kennisbank/eigen/../../app.py", "/kennisbank/start/weg"])
def test_what_is_no_article_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path, headers=HTML).status_code == 404


def test_a_topic_leads_to_its_place_in_the_contents(client: TestClient) -> None:
    response = client.get("/kennisbank/fba", follow_redirects=False)
    assert response.headers["location"] == "/kennisbank#fba"


# --- Glossary


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "**FBA** (Fulfilment by Amazon; ook: Verzonden door Amazon): FBA is een dienst.",
            Term("FBA", ("Fulfilment by Amazon", "Verzonden door Amazon"), "FBA is een dienst.", "/a"),
        ),
        ("**Koopknop:** de knop om te kopen.", Term("Koopknop", (), "De knop om te kopen.", "/a")),
        (
            "**ACoS / advertentiekosten** – kosten gedeeld door omzet",
            Term("ACoS", ("advertentiekosten",), "Kosten gedeeld door omzet", "/a"),
        ),
        ("Seller Central: je beheerpagina.", Term("Seller Central", (), "Je beheerpagina.", "/a")),
        ("Een gewone zin zonder term.", None),
    ],
)
def test_a_glossary_line_is_read_as_a_term(text: str, expected: Term | None) -> None:
    assert read_term(Fact(kind="bullet", text=text), "/a") == expected


def test_a_glossary_row_is_read_as_a_term() -> None:
    fact = Fact(kind="row", text="", header=("Term", "Betekenis"), cells=("ASIN (Amazon-nummer)", "Het productnummer."))
    assert read_term(fact, "/a") == Term("ASIN", ("Amazon-nummer",), "Het productnummer.", "/a")


def test_terms_are_found_as_whole_words_only() -> None:
    pattern = Handbook(make_corpus()).term_pattern
    assert pattern is not None
    assert pattern.findall("FBA, FBA-zending, mijnFBA en seller central") == ["FBA", "seller central"]


def test_a_handbook_without_glossary_marks_nothing() -> None:
    corpus = make_corpus().model_copy(update={"documents": ()})
    assert Handbook(corpus).term_pattern is None


def test_neighbours_follow_the_reading_order() -> None:
    handbook = Handbook(make_corpus())
    storage = handbook.find("fba/opslagkosten.md")
    assert storage is not None
    names = [neighbour.title for neighbour in handbook.neighbours(storage) if neighbour]
    assert names == ["Een verkoopplan kiezen", "Begrippen: FBA en verzending"]


# --- Small things


def test_stale_articles_come_longest_ago_first() -> None:
    documents = [
        Document(document_id=name, title=name, review_by=day)
        for name, day in (("a", date(2026, 5, 1)), ("b", date(2026, 1, 1)), ("c", date(2027, 1, 1)), ("d", None))
    ]
    assert [document.document_id for document in stale_articles(documents, date(2026, 11, 22))] == ["b", "a"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("opslagkosten", True),
        ("wat kost OPSLAG", True),
        ("voorraden", True),
        ("lager", True),
        ("pakketten", False),
        ("zzzzzz", False),
        ("wat is dat", False),
    ],
)
def test_a_section_names_a_word_in_any_form_or_as_part_of_a_longer_one(query: str, expected: bool) -> None:
    hit = Hit(document_id="a/b.md", title="Kosten", heading="Opslag", text="De opslagkosten van je voorraad lagen lager.", score=1.0)
    assert names(hit, query) is expected


def test_a_search_that_only_finds_by_meaning_says_that_it_found_nothing(client: TestClient, fake: FakeAssistant) -> None:
    hits = fake.search("opslag december")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fake, "search", lambda *_, **__: hits)
        html = page(client, "/kennisbank/zoeken?q=zeppelin")
    assert "Niets gevonden met ‘zeppelin’" in html
    assert 'href="/kennisbank/fba/opslagkosten#wat-kost-opslag-bij-fba-in-december"' in html


def test_an_excerpt_is_cut_at_a_word() -> None:
    hit = Hit(document_id="a", title="t", heading="h", text="woord " * 100, score=1.0)
    assert excerpt(hit).endswith("woord …")
    assert len(excerpt(hit)) < 270
