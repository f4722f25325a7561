import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, SCREENSHOTS, WIDE, MakeVisitor, Visitor
from tests.browser.pages import QUESTION, ask, is_overflowing, open_chat, show_conversations
from tests.browser.servers import Server, fake_app

SIZES = {"breed": WIDE, "smal": NARROW}
READING = {
    "kennisbank": "/kennisbank",
    "artikel": "/kennisbank/start/verkoopplan-kiezen",
    "artikel-met-tabellen": "/kennisbank/kosten/tarieven-per-categorie",
    "zoeken": "/kennisbank/zoeken?q=opslagkosten",
    "zoeken-leeg": "/kennisbank/zoeken",
    "niets-gevonden": "/kennisbank/zoeken?q=zzzzzz",
    "woordenlijst": "/kennisbank/woordenlijst",
    "ontwikkelaars": "/docs",
}


def tour(page: Page, address: str) -> Iterator[str]:
    """Every page of the real app in the states that a reader brings about, each with its name."""
    open_chat(page, address)
    yield "eerste-scherm"
    turn = ask(page)
    yield "antwoord"
    turn.locator(".citation").first.click()
    expect(page.locator(".passage.chosen")).to_be_visible()
    yield "bronnen"
    page.keyboard.press("Escape")
    turn.get_by_role("button", name="Niet goed").click()
    expect(page.locator("form.feedback")).to_be_visible()
    yield "oordeel"
    turn.get_by_role("button", name="Pas de vraag aan").click()
    expect(page.locator("#editing-note")).to_be_visible()
    yield "aanpassen"
    page.get_by_role("button", name="Niet aanpassen").click()
    expect(page.locator("#editing-note")).to_be_hidden()
    page.get_by_role("combobox", name="Onderwerp").click()
    expect(page.get_by_role("option").first).to_be_visible()
    yield "onderwerpen"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Gesprekken").or_(page.locator("#new-conversation")).locator("visible=true").first.focus()
    expect(page.get_by_role("option")).to_have_count(0)
    ask(page, "Wie schreef de Ilias?")
    yield "weigering"
    sidebar = show_conversations(page)
    sidebar.get_by_role("button", name="Meer voor").first.click()
    expect(page.locator(".conversations .menu").first).to_be_visible()
    yield "gesprekken"
    sidebar.get_by_role("button", name="Hernoem").click()
    yield "gesprek-hernoemen"
    sidebar.get_by_role("button", name="Annuleer").locator("visible=true").click()
    sidebar.get_by_role("button", name="Meer voor").first.click()
    sidebar.get_by_role("button", name="Verwijder", exact=True).locator("visible=true").click()
    yield "gesprek-verwijderen"
    sidebar.get_by_role("group", name="Verwijderen bevestigen").get_by_role("button", name="Verwijder").click()
    expect(sidebar.get_by_role("button", name="Zet terug")).to_be_focused()
    yield "gesprek-verwijderd"
    sidebar.get_by_label("Zoek in je gesprekken").fill("zzzzzz")
    expect(sidebar).to_contain_text("Geen gesprek gevonden")
    yield "geen-gesprek"
    page.goto(address + "/beheer")
    expect(page.locator("#details section").first).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    yield "beheer"
    for name, path in READING.items():
        page.goto(address + path)
        yield name
    page.goto(address + READING["artikel"])
    page.locator(".article .term").first.hover()
    yield "begrip"


def rare_tour(page: Page, server: Server) -> Iterator[str]:
    """The states that the fake assistant can bring about: an answer in the making, a fault, work on the index."""
    open_chat(page, server.address)
    box = page.get_by_label("Je vraag", exact=True)
    box.fill("Wat kost een verkoopplan, langzaam?")
    page.keyboard.press("Enter")
    expect(page.locator("#live .text")).to_contain_text("Het plan")
    yield "antwoord-in-wording"
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#thread .turn")).to_contain_text("Je hebt dit antwoord gestopt")
    yield "gestopt"
    ask(page, "Wat kost opslag bij FBA in december?")
    yield "oud-bedrag"
    box.fill("verkoopplan boem")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Er ging iets mis")
    yield "fout"
    page.goto(server.address + "/beheer")
    expect(page.locator("#details section").first).to_be_visible()
    (server.folder / "hold").touch()
    page.get_by_role("button", name="Bouw de index opnieuw op").click()
    expect(page.locator("#report")).to_contain_text("Vectoren berekenen: 300 van 1.200")
    yield "index-in-opbouw"
    (server.folder / "hold").unlink()
    expect(page.locator("#report")).to_contain_text("De index is opnieuw opgebouwd")
    page.locator("#files input[type=file]").set_input_files(
        [
            {"name": "werkwijze.txt", "mimeType": "text/plain", "buffer": b"Zo werken wij."},
            {"name": "foto.csv", "mimeType": "text/csv", "buffer": b"x"},
        ]
    )
    expect(page.locator("#files")).to_contain_text("werkwijze")
    page.get_by_role("button", name="Voeg toe").click()
    expect(page.locator("#report")).to_contain_text("1 document toegevoegd")
    expect(page.get_by_role("button", name="Verwijder dit document")).to_be_visible()
    yield "document-toegevoegd"
    page.goto(server.address + "/bestaat-niet")
    yield "niet-gevonden"


def starting_tour(page: Page, server: Server) -> Iterator[str]:
    """What stands on the pages while the knowledge base is being opened."""
    page.goto(server.address)
    expect(page.get_by_text("300 van 1.200")).to_be_visible()
    yield "laden"
    page.get_by_label("Je vraag", exact=True).fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_contain_text("De kennisbank wordt geladen…")
    yield "laden-met-vraag"
    page.goto(server.address + "/beheer")
    expect(page.get_by_text("300 van 1.200")).to_be_visible()
    yield "laden-beheer"
    page.goto(server.address + "/kennisbank")
    yield "laden-kennisbank"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_serious_accessibility_fault(app: Server, make_visitor: MakeVisitor, axe: str, size: str, scheme: str) -> None:
    page = make_visitor(SIZES[size], scheme).page
    assert list(serious_faults(page, axe, tour(page, app.address), size, scheme)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_rare_state_has_a_serious_accessibility_fault(fake: Server, make_visitor: MakeVisitor, axe: str, size: str, scheme: str) -> None:
    visitor = make_visitor(SIZES[size], scheme)
    assert list(serious_faults(visitor.page, axe, rare_tour(visitor.page, fake), size, scheme)) == []
    visitor.expect_complaint("404")


def test_no_loading_page_has_a_serious_accessibility_fault(make_visitor: MakeVisitor, axe: str, tmp_path: Path) -> None:
    with fake_app(tmp_path, wait_for="starting") as server:
        for size in SIZES:
            for scheme in ("light", "dark"):
                visitor = make_visitor(SIZES[size], scheme)
                assert list(serious_faults(visitor.page, axe, starting_tour(visitor.page, server), size, scheme)) == []
                visitor.expect_complaint("503")
                visitor.page.goto("about:blank")


def serious_faults(page: Page, axe: str, states: Iterator[str], size: str, scheme: str) -> Iterator[dict[str, object]]:
    """Keep a picture of each state and what axe finds in it; the faults that keep someone out."""
    for name in states:
        page.screenshot(path=SCREENSHOTS / f"{name}-{size}-{scheme}.png")
        page.evaluate(axe)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        faults = [
            {"id": fault["id"], "impact": fault["impact"], "html": [node["html"][:200] for node in fault["nodes"]]}
            for fault in found["violations"]
        ]
        note({"page": name, "size": size, "scheme": scheme, "rules": len(found["passes"]) + len(faults), "faults": faults})
        yield from ({"page": name, **fault} for fault in faults if fault["impact"] in ("serious", "critical"))


def note(check: dict[str, object]) -> None:
    """Keep what was checked in the report of this run."""
    with (SCREENSHOTS / "axe.jsonl").open("a") as report:
        report.write(json.dumps(check, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("text", ["100%", "200%"])
def test_no_page_must_be_scrolled_sideways(app: Server, fake: Server, make_visitor: MakeVisitor, text: str) -> None:
    visitor = make_visitor(NARROW if text == "100%" else WIDE)
    page = visitor.page
    page.add_init_script(f"document.addEventListener('DOMContentLoaded', () => document.documentElement.style.fontSize = '{text}')")
    wide = []
    for name in itertools.chain(tour(page, app.address), rare_tour(page, fake)):
        if text != "100%":
            page.screenshot(path=SCREENSHOTS / f"{name}-grote-tekst.png")
        if is_overflowing(page):
            wide.append(name)
    assert wide == []
    visitor.expect_complaint("404")


# --- Keyboard


def test_everything_can_be_done_from_the_keyboard(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    expect(page.get_by_label("Je vraag", exact=True)).to_be_focused()
    page.keyboard.type("Wat kost een verkoopplan op Amazon.nl?")
    page.keyboard.press("Enter")
    expect(page.locator("#thread .turn .citation").first).to_be_visible()
    tab_to(page, ".citation", backwards=True)
    page.keyboard.press("Enter")
    expect(page.locator("#source-panel")).to_be_visible()
    expect(page.locator(".passage.chosen h3")).to_be_focused()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.citation')")
    tab_to(page, "[data-thumb=down]")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.matches('.feedback input')")
    tab_to(page, "[data-close-feedback]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('[data-thumb=down]')")


def tab_to(page: Page, selector: str, *, backwards: bool = False) -> None:
    """Press Tab until an element that matches has the focus."""
    for _ in range(80):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


@pytest.mark.parametrize("path", ["/", "/beheer", "/kennisbank/start/verkoopplan-kiezen", "/docs"])
def test_the_focus_is_seen_on_every_stop(app: Server, make_visitor: MakeVisitor, path: str) -> None:
    page = make_visitor().page
    page.goto(app.address + path)
    expect(page.locator("h1").first).to_be_visible()
    if path == "/":
        ask(page)
    page.evaluate("document.activeElement.blur()")
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop and not stop["seen"]:
            unseen.append(stop["html"])
    assert unseen == []


# The element with the focus, and whether it or what it stands in looks different without it.
FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const look = () => {
    const looks = [];
    for (let node = element; node && looks.length < 7; node = node.parentElement) {
      const style = getComputedStyle(node);
      looks.push([style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor].join());
    }
    return looks.join(";");
  };
  const withFocus = look();
  element.blur();
  const without = look();
  element.focus();
  return { seen: withFocus !== without, html: element.outerHTML.slice(0, 160) };
}"""


def test_the_skip_link_leads_to_the_content(app: Server, make_visitor: MakeVisitor) -> None:
    page = make_visitor().page
    page.goto(app.address + "/kennisbank")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_light_and_dark_can_be_chosen_and_are_remembered(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Donker").click()
    dark = page.evaluate(background)
    assert light != dark
    page.goto(app.address + "/kennisbank")
    assert page.evaluate(background) == dark


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "fr-FR"])
def test_no_word_of_gradio_is_shown_in_another_language(app: Server, make_visitor: MakeVisitor, locale: str) -> None:
    page = make_visitor(locale=locale).page
    for path in ("/", "/beheer"):
        page.goto(app.address + path)
        expect(page.locator("h1").first).to_be_visible()
        labels = "elements => elements.flatMap(element => [element.getAttribute('aria-label'), element.title, element.placeholder])"
        seen = " ".join(filter(None, page.locator("[aria-label], [title], [placeholder]").evaluate_all(labels)))
        seen += page.locator("body").inner_text()
        for word in (
            "upload",
            "Click",
            "Drop",
            "Clear",
            "Submit",
            "fichier",
            "Déposez",
            "Datei",
            "Ablegen",
            "Wird geladen",
            "Settings",
            "Built with",
            "Loading",
        ):
            assert word not in seen, word
