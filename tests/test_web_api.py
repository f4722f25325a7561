import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.documents import Answer, Turn
from assistant.errors import AssistantError
from assistant.settings import Settings
from assistant.store import Store
from assistant.web import LoadingBackend
from assistant.web.middleware import MAXIMUM_API_BYTES
from tests.fakes import FakeAssistant, make_app

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def client(fake: FakeAssistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("web")
    with serving(LoadingBackend.opened(fake), folder) as opened:
        yield opened


@contextmanager
def serving(loading: LoadingBackend, folder: Path) -> Iterator[TestClient]:
    settings = Settings(data_dir=folder)
    with Store.open(settings.database) as store, TestClient(make_app(loading, store, settings), raise_server_exceptions=False) as client:
        yield client


# --- Health


def test_health_says_what_it_runs_on(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok", "chunks": 4, "engine": "extractive", "version": "20261122-a1b2c3"}


def test_health_says_starting_while_the_index_loads_and_ask_waits_for_it(tmp_path: Path) -> None:
    may_open = threading.Event()

    def opener(progress: object) -> FakeAssistant:
        may_open.wait(timeout=20)
        return FakeAssistant()

    with serving(LoadingBackend(opener), tmp_path) as client:
        assert client.get("/health").json() == {"status": "starting", "chunks": 0, "engine": "", "version": ""}
        assert client.get("/kennisbank", headers=HTML).status_code == 503
        threading.Timer(0.2, may_open.set).start()
        answer = client.post("/api/ask", json={"question": "Wat kost een verkoopplan?"})
        assert answer.status_code == 200
        assert client.get("/health").json()["status"] == "ok"


def test_a_failed_opening_is_told_in_dutch(tmp_path: Path) -> None:
    def opener(progress: object) -> FakeAssistant:
        raise AssistantError("De index is beschadigd; bouw hem opnieuw op.")

    with serving(LoadingBackend(opener), tmp_path) as client:
        answer = client.post("/api/ask", json={"question": "Wat kost een verkoopplan?"})
        assert (answer.status_code, answer.json()) == (503, {"detail": "De index is beschadigd; bouw hem opnieuw op."})
        assert client.get("/health").json()["status"] == "error"
        assert "beschadigd" in client.get("/kennisbank", headers=HTML).text


# --- Asking


def test_ask_gives_the_answer_with_its_sources(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": "Wat kost een verkoopplan op Amazon.nl?", "marketplace": "nl"})
    answer = Answer.model_validate(response.json())
    assert response.status_code == 200
    assert answer.text == "Het plan Professioneel kost op Amazon.nl € 39 per maand exclusief btw. [1]"
    assert [citation.document_id for citation in answer.citations] == ["start/verkoopplan-kiezen.md"]


def test_ask_passes_history_and_marketplace_on(client: TestClient, fake: FakeAssistant) -> None:
    history = [{"question": "Wat kost een plan?", "answer": "€ 39"}, {"question": "En dan?"}]
    client.post("/api/ask", json={"question": "En verkoopplan in België?", "history": history, "marketplace": "BE"})
    turns = (Turn(question="Wat kost een plan?", answer="€ 39"), Turn(question="En dan?"))
    assert fake.asked[-1] == ("En verkoopplan in België?", turns, "BE", None)


WRONG = {
    "no body": (b"", "ontbreekt"),
    "no json": (b"{", "geen geldige JSON"),
    "a list": (b"[]", "klopt niet"),
    "no question": (b"{}", "'question' ontbreekt"),
    "a number": (b'{"question": 5}', "moet tekst zijn"),
    "unknown field": (b'{"question": "x", "vraag": 1}', "'vraag' is onbekend"),
    "history no list": (b'{"question": "x", "history": "y"}', "moet een lijst zijn"),
    "history turn": (b'{"question": "x", "history": [{"vraag": 1}]}', "ontbreekt"),
    "long history": (b'{"question": "x", "history": [%s]}' % b",".join([b'{"question": "q"}'] * 51), "te lang"),
    "marketplace": (b'{"question": "x", "marketplace": "MARS"}', "'MARS' is niet bekend"),
    "empty": (b'{"question": "   "}', "vraag is leeg"),
    "endless": (b'{"question": "%s"}' % (b"a" * 100_000), "te lang"),
}


@pytest.mark.parametrize(("body", "message"), WRONG.values(), ids=WRONG)
def test_wrong_input_gets_4xx_and_one_dutch_sentence(client: TestClient, body: bytes, message: str) -> None:
    response = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert list(response.json()) == ["detail"]
    assert message in response.json()["detail"]


ODD = {
    "nul": "wat kost\x00 een verkoopplan",
    "html": "<script>alert(1)</script> verkoopplan",
    "sql": "'; DROP TABLE turns; -- verkoopplan",
    "controls": "verkoopplan \x07\x1b[31m",
    "punctuation": "?!?!?!",
}


@pytest.mark.parametrize("question", ODD.values(), ids=ODD)
def test_odd_questions_are_answered_or_refused_never_a_fault(client: TestClient, question: str) -> None:
    assert client.post("/api/ask", json={"question": question}).status_code in (200, 422)


def test_half_a_surrogate_pair_is_no_fault(client: TestClient) -> None:
    body = b'{"question": "verkoopplan \\ud800"}'
    assert client.post("/api/ask", content=body, headers={"content-type": "application/json"}).status_code == 200


def test_a_body_without_end_is_refused(client: TestClient) -> None:
    response = client.post("/api/ask", content=(b"x" * 100_000 for _ in range(MAXIMUM_API_BYTES // 100_000 + 1)))
    assert (response.status_code, "te groot" in response.json()["detail"]) == (413, True)


def test_an_unforeseen_fault_is_logged_and_told_calmly(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    response = client.post("/api/ask", json={"question": "boem"})
    assert response.status_code == 500
    assert "Er ging iets mis" in response.json()["detail"]
    assert "fault" not in response.text
    assert "a fault that nobody foresaw" in caplog.text


# --- Addresses and headers


@pytest.mark.parametrize("path", ["/bestaat-niet", "/api/onbekend", "/beheer/onbekend", "/kennisbank/a/b", "/gesprekken/x.md"])
def test_an_unknown_address_is_told_in_dutch(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "bestaat niet" in response.json()["detail"]
    assert "Niet gevonden" in client.get(path, headers=HTML).text or path.startswith("/api/")


def test_a_wrong_method_is_told_in_dutch(client: TestClient) -> None:
    response = client.delete("/health")
    assert (response.status_code, response.json()) == (
        405,
        {"detail": "Deze manier van aanroepen kan hier niet; kijk op /docs hoe het wel kan."},
    )


@pytest.mark.parametrize("path", ["/", "/beheer/", "/kennisbank", "/docs", "/health", "/bestaat-niet"])
def test_every_page_keeps_to_itself(client: TestClient, path: str) -> None:
    headers = client.get(path, headers=HTML).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_docs_describe_the_api_without_any_script_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs", headers=HTML).text
    assert "/api/ask" in page
    assert "curl -X POST" in page
    assert not [line for line in page.splitlines() if "src=" in line and "http" in line]


def test_openapi_names_the_answer(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    answer = schema["paths"]["/api/ask"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/Answer"}
    assert set(schema["paths"]) == {"/health", "/api/ask"}


def test_the_gradio_page_is_dutch_and_asks_nobody_else(client: TestClient) -> None:
    page = client.get("/", headers=HTML).text
    assert '<html\n\tlang="nl"' in page
    assert page.index("early.js") < page.index('type="module"')
    assert "<script>" not in page


@pytest.mark.parametrize("path", ["/", "/beheer/"])
def test_the_gradio_page_says_nothing_of_gradio_to_link_previews(client: TestClient, path: str) -> None:
    head = client.get(path, headers={"accept": "text/html"}).text.split("</head>")[0]
    assert not re.search(r"og:|twitter:|githubusercontent|Click to try", head)
    assert head.count('name="viewport"') == 1


def test_a_browser_asks_whether_its_copy_of_our_scripts_is_the_newest(client: TestClient) -> None:
    assert client.get("/web-static/chat.js").headers["cache-control"] == "no-cache"


def test_each_browser_gets_an_owner_that_scripts_cannot_read(client: TestClient) -> None:
    client.cookies.clear()
    cookie = client.get("/", headers=HTML).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "set-cookie" not in client.get("/", headers=HTML).headers


def test_handlers_of_gradio_are_not_an_open_api(client: TestClient) -> None:
    for path in ("/gradio_api/info", "/beheer/gradio_api/info"):
        assert client.get(path).json()["named_endpoints"] == {}
