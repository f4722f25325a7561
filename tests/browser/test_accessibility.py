import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, SCREENSHOTS, WIDE, MakeVisitor, Visitor
from tests.browser.pages import ask, is_overflowing, open_chat, show_conversations
from tests.browser.servers import Server

SIZES = {"breed": WIDE, "smal": NARROW}
READING = {
    "kennisbank": "/kennisbank",
    "artikel": "/kennisbank/start/verkoopplan-kiezen",
    "zoeken": "/kennisbank/zoeken?q=opslagkosten",
    "niets-gevonden": "/kennisbank/zoeken?q=zzzzzz",
    "woordenlijst": "/kennisbank/woordenlijst",
    "ontwikkelaars": "/docs",
}


def tour(page: Page, address: str) -> Iterator[str]:
    """Every page in every state worth a look, each with its name."""
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
    ask(page, "Wie schreef de Ilias?")
    yield "weigering"
    show_conversations(page).get_by_role("button", name="Meer voor").first.click()
    expect(page.locator(".conversations .menu").first).to_be_visible()
    yield "gesprekken"
    page.goto(address + "/beheer")
    expect(page.locator("#details section").first).to_be_visible()
    yield "beheer"
    for name, path in READING.items():
        page.goto(address + path)
        yield name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_serious_accessibility_fault(app: Server, make_visitor: MakeVisitor, axe: str, size: str, scheme: str) -> None:
    page = make_visitor(SIZES[size], scheme).page
    serious = []
    for name in tour(page, app.address):
        page.screenshot(path=SCREENSHOTS / f"{name}-{size}-{scheme}.png")
        page.evaluate(axe)
        for fault in page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]:
            found = {"page": name, "id": fault["id"], "impact": fault["impact"], "html": [node["html"][:200] for node in fault["nodes"]]}
            note(found | {"size": size, "scheme": scheme})
            if fault["impact"] in ("serious", "critical"):
                serious.append(found)
    assert serious == []


def note(fault: dict[str, object]) -> None:
    """Keep a fault of any weight in the report of this run."""
    with (SCREENSHOTS / "axe.jsonl").open("a") as report:
        report.write(json.dumps(fault, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("text", ["100%", "200%"])
def test_no_page_must_be_scrolled_sideways(app: Server, make_visitor: MakeVisitor, text: str) -> None:
    page = make_visitor(NARROW if text == "100%" else WIDE).page
    page.add_init_script(f"document.addEventListener('DOMContentLoaded', () => document.documentElement.style.fontSize = '{text}')")
    wide = [name for name in tour(page, app.address) if is_overflowing(page)]
    assert wide == []


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


def test_no_word_of_gradio_is_shown_in_another_language(app: Server, make_visitor: MakeVisitor) -> None:
    page = make_visitor().page
    for path in ("/", "/beheer"):
        page.goto(app.address + path)
        expect(page.locator("h1").first).to_be_visible()
        labels = "elements => elements.flatMap(element => [element.getAttribute('aria-label'), element.title, element.placeholder])"
        seen = " ".join(filter(None, page.locator("[aria-label], [title], [placeholder]").evaluate_all(labels)))
        seen += page.locator("body").inner_text()
        for word in ("upload", "Click", "Drop", "Clear", "Submit", "fichier", "Déposez", "Settings", "Built with", "Loading"):
            assert word not in seen, word
