import json
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from assistant.settings import Settings
from assistant.store import Store
from tests.browser.conftest import NARROW, QUIET, MakeVisitor, Visitor, chromium
from tests.browser.pages import QUESTION, ask, is_overflowing, open_chat, show_conversations
from tests.browser.servers import Server, fake_app

# --- The first screen


def test_the_first_screen_says_what_it_is_and_that_it_is_automatic(app: Server, visitor: Visitor) -> None:
    open_chat(visitor.page, app.address)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(visitor.page.get_by_text("Je praat met een automatische assistent")).to_be_in_viewport()
    assert visitor.page.evaluate("document.documentElement.lang") == "nl"
    assert "Verkoopassistent" in visitor.page.title()


def test_each_first_question_gets_an_answer_with_sources(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    for number in range(6):
        open_chat(page, app.address)
        page.locator(".first-questions button").nth(number).click()
        expect(page.locator("#thread .turn .citation").first).to_be_visible()


def test_another_topic_brings_other_first_questions(app: Server, visitor: Visitor) -> None:
    open_chat(visitor.page, app.address)
    choose(visitor.page, "Onderwerp", "FBA")
    expect(visitor.page.get_by_role("heading", name="Vragen over ‘FBA’")).to_be_visible()
    expect(visitor.page.locator(".first-questions button")).to_have_count(6)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_the_chosen_shop_counts(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    choose(page, "Winkel", "België")
    expect(ask(page, "Wat kost een verkoopplan?")).to_contain_text("België")


# --- Asking and reading


def test_a_source_opens_at_the_passage_with_what_was_used(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    turn = ask(page)
    turn.locator(".citation").first.click()
    panel = page.get_by_role("dialog", name="Bronnen bij dit antwoord")
    expect(panel.locator(".passage.chosen mark").first).to_be_in_viewport()
    expect(panel.locator(".passage.chosen")).to_contain_text("Gecontroleerd op")
    expect(panel.locator(".passage.chosen")).to_contain_text("Geldt voor")
    official = panel.locator(".passage.chosen .facts a")
    assert re.match(r"https://", official.get_attribute("href") or "")
    read_on = panel.locator(".passage.chosen").get_by_role("link", name="Lees het hele artikel")
    heading = panel.locator(".passage.chosen h3").inner_text().split(maxsplit=1)[1]
    read_on.click()
    expect(page.locator("section:target h2")).to_contain_text(heading)


def test_sources_stay_out_of_sight_until_they_are_asked_for(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    turn = ask(page)
    expect(page.locator("#source-panel")).to_be_hidden()
    turn.locator(".sources button").last.click()
    expect(page.locator("#source-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#source-panel")).to_be_hidden()
    expect(turn.locator(".sources button").last).to_be_focused()


def test_the_question_stands_in_view_with_its_answer(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    ask(page)
    turn = ask(page, "Wanneer krijg ik mijn geld uitbetaald?")
    expect(turn.locator(".question p")).to_be_in_viewport()


def test_shift_enter_breaks_the_line_and_enter_sends(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    box = page.get_by_label("Je vraag", exact=True)
    box.press_sequentially("Wat kost een verkoopplan")
    box.press("Shift+Enter")
    box.press_sequentially("op Amazon.nl?")
    box.press("Enter")
    expect(page.locator("#thread .question p")).to_have_text("Wat kost een verkoopplan\nop Amazon.nl?", use_inner_text=True)
    expect(box).to_have_value("")


def test_a_suggestion_asks_itself(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    suggestion = ask(page).locator(".suggestions button").first
    question = suggestion.inner_text()
    suggestion.click()
    expect(page.locator("#thread .turn")).to_have_count(2)
    expect(page.locator("#thread .turn").last.locator(".question p")).to_have_text(question)


def test_an_answer_grows_while_it_is_written(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, fake.address)
    page.get_by_label("Je vraag", exact=True).fill("Wat kost een verkoopplan, langzaam?")
    page.keyboard.press("Enter")
    text = page.locator("#live .text")
    expect(text).to_contain_text("Het plan")
    assert "per maand" not in text.inner_text()
    expect(page.locator("#thread .turn .text")).to_contain_text("per maand")


def test_a_misspelled_question_says_how_it_was_read(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    expect(ask(page, "wat kost een verkoooplan")).to_contain_text("Ik las")


# --- With an answer


def test_copying_takes_the_answer_with_or_without_sources(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    turn = ask(page)
    turn.get_by_role("button", name="Kopieer", exact=True).click()
    expect(turn.get_by_role("button", name="Gekopieerd")).to_be_visible()
    plain = page.evaluate("navigator.clipboard.readText()")
    turn.get_by_role("button", name="Kopieer met bronnen").click()
    expect(turn.get_by_role("button", name="Gekopieerd")).to_have_count(2)
    with_sources = page.evaluate("navigator.clipboard.readText()")
    assert "€ 39" in plain
    assert "[1]" not in plain
    assert re.search(r"\n\nBronnen:\n\[1\] .+https://", with_sources)


def test_editing_a_question_replaces_it_and_what_followed(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    first = ask(page)
    ask(page, "Wanneer krijg ik mijn geld uitbetaald?")
    first.get_by_role("button", name="Pas de vraag aan").click()
    box = page.get_by_label("Je vraag", exact=True)
    expect(box).to_have_value(QUESTION)
    expect(box).to_be_focused()
    expect(page.locator("#editing-note")).to_contain_text("Je past een eerdere vraag aan")
    box.fill("Wat kost opslag bij FBA?")
    box.press("Enter")
    expect(page.locator("#thread .question p")).to_have_text(["Wat kost opslag bij FBA?"])
    expect(page.locator("#editing-note")).to_be_hidden()


def test_editing_can_be_called_off(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    ask(page).get_by_role("button", name="Pas de vraag aan").click()
    page.get_by_role("button", name="Niet aanpassen").click()
    expect(page.get_by_label("Je vraag", exact=True)).to_have_value("")
    ask(page, "Wat kost opslag bij FBA?")
    expect(page.locator("#thread .turn")).to_have_count(2)


def test_stopping_keeps_what_was_written(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, fake.address)
    page.get_by_label("Je vraag", exact=True).fill("Wat kost een verkoopplan, langzaam?")
    page.keyboard.press("Enter")
    expect(page.locator("#live .text")).to_contain_text("Het")
    page.get_by_role("button", name="Stop").click()
    turn = page.locator("#thread .turn")
    expect(turn).to_contain_text("Je hebt dit antwoord gestopt")
    expect(page.get_by_role("button", name="Verstuur")).to_be_visible()
    page.reload()
    expect(turn).to_contain_text("Je hebt dit antwoord gestopt")
    ask(page)
    expect(turn).to_have_count(2)


def test_a_piece_that_arrives_after_stopping_is_not_shown(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, fake.address)
    page.get_by_label("Je vraag", exact=True).fill("Wat kost een verkoopplan, langzaam?")
    page.keyboard.press("Enter")
    expect(page.locator("#live .text")).to_contain_text("Het")
    piece = page.evaluate("document.querySelector('#live .turn').outerHTML")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#thread .turn")).to_contain_text("Je hebt dit antwoord gestopt")
    page.evaluate("piece => document.getElementById('live').insertAdjacentHTML('beforeend', piece)", piece)
    expect(page.locator("#live .turn")).to_have_count(0)
    expect(page.get_by_role("button", name="Verstuur")).to_be_visible()


def test_a_question_right_after_stopping_is_answered(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    for number in range(3):
        open_chat(page, fake.address)
        page.get_by_label("Je vraag", exact=True).fill("Wat kost een verkoopplan, langzaam?")
        page.keyboard.press("Enter")
        expect(page.locator("#live .text")).to_contain_text("Het")
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#thread .turn")).to_contain_text("Je hebt dit antwoord gestopt")
        ask(page, f"Wat kost een verkoopplan in {2020 + number}?")


# Types and sends a question at the very moment an answer stands in the thread, while Gradio still holds the one before.
ASK_ON = """questions => new MutationObserver((changes, observer) => {
  const asked = document.querySelectorAll("#thread .turn").length;
  if (asked === 0 || asked !== window.asked) return;
  if (window.asked++ > questions.length) return observer.disconnect();
  const box = document.querySelector("#question textarea");
  box.value = questions[asked - 1];
  box.dispatchEvent(new Event("input", { bubbles: true }));
  for (const name of ["keydown", "keypress"]) box.dispatchEvent(new KeyboardEvent(name, { key: "Enter", bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""


def test_a_question_sent_as_an_answer_appears_is_answered(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    page.evaluate("window.asked = 1")
    page.evaluate(ASK_ON, ["Wat is Pan-EU?", "Wat is de koopknop?", "Wat is een ASIN?"])
    page.get_by_label("Je vraag", exact=True).fill("Wat kost een verkoopplan?")
    page.keyboard.press("Enter")
    expect(page.locator("#thread .turn")).to_have_count(4)
    expect(page.locator("#thread .turn").last).to_contain_text("Wat is een ASIN?")
    expect(page.get_by_label("Je vraag", exact=True)).to_have_value("")


def test_enter_in_an_empty_box_changes_nothing(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    box = page.get_by_label("Je vraag", exact=True)
    box.press("Enter")
    ask(page)
    box.fill("   ")
    box.press("Enter")
    ask(page, "Wanneer krijg ik mijn geld uitbetaald?")
    expect(page.locator("#thread .turn")).to_have_count(2)
    expect(page.locator("#conversations .title")).to_have_count(1)


def test_feedback_with_a_reason_is_kept(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    turn = ask(page)
    turn.get_by_role("button", name="Niet goed").click()
    turn.get_by_label("Verouderd").check()
    turn.get_by_label("Toelichting").fill("Dit bedrag is van vorig jaar")
    turn.get_by_role("button", name="Stuur op").click()
    expect(page.get_by_text("Bedankt, je oordeel is bewaard.")).to_be_visible()
    page.reload()
    expect(turn.get_by_role("button", name="Niet goed")).to_have_attribute("aria-pressed", "true")
    page.goto(app.address + "/beheer")
    expect(page.locator("#feedback")).to_contain_text("Niet goed: verouderd")
    entry = page.locator("#feedback li").first
    expect(entry).to_contain_text("Dit bedrag is van vorig jaar")
    expect(entry).to_contain_text(QUESTION)
    entry.get_by_text("Het antwoord").click()
    expect(entry).to_contain_text("€ 39")
    expect(entry).to_contain_text(re.compile(r"Gemaakt met eigen zinnen uit de bron, index \d{8}-"))


def test_a_thumb_up_is_kept_at_once(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    turn = ask(page)
    turn.get_by_role("button", name="Goed", exact=True).click()
    expect(page.get_by_text("Bedankt, je oordeel is bewaard.")).to_be_visible()
    page.reload()
    expect(turn.get_by_role("button", name="Goed", exact=True)).to_have_attribute("aria-pressed", "true")


# --- No answer


def test_a_refusal_names_the_nearest_articles(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, fake.address)
    turn = ask(page, "Wie won?")
    expect(turn).to_contain_text("Dit komt het dichtst in de buurt")
    expect(turn.locator(".related a")).to_have_count(2)
    expect(turn.locator(".sources")).to_have_count(0)
    turn.locator(".related a").first.click()
    expect(page).to_have_url(re.compile(r"/kennisbank/"))


def test_what_the_sources_do_not_hold_is_refused(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    turn = ask(page, "Wie schreef de Ilias?")
    expect(turn).to_contain_text("Dat weet ik niet")
    expect(turn.locator(".sources")).to_have_count(0)
    nearest = turn.locator(".related a").first
    heading = nearest.inner_text()
    nearest.click()
    expect(page.locator("section:target h2")).to_contain_text(heading)


def test_a_fault_is_told_calmly_and_can_be_tried_again(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, fake.address)
    page.get_by_label("Je vraag", exact=True).fill("verkoopplan boem")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Er ging iets mis aan onze kant")
    expect(page.locator("body")).not_to_contain_text("RuntimeError")
    expect(page.get_by_label("Je vraag", exact=True)).to_have_value("verkoopplan boem")
    page.get_by_label("Je vraag", exact=True).fill("")
    alert.get_by_role("button", name="Stel de vraag opnieuw").click()
    expect(page.get_by_label("Je vraag", exact=True)).to_have_value("verkoopplan boem")
    ask(page)
    expect(alert).to_have_count(0)


def test_a_question_that_is_far_too_long_is_refused_in_dutch(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    page.get_by_label("Je vraag", exact=True).fill("waarom " * 15_000)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("lang|tekens"))


ATTACKS = {
    "script": "<script>window.hacked=1</script>",
    "handler": '<img src="x" onerror="window.hacked=1">',
    "markdown": "**vet** [x](javascript:hacked)",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_question_is_shown_as_it_was_typed(fake: Server, make_visitor: MakeVisitor, attack: str) -> None:
    page = make_visitor().page
    open_chat(page, fake.address)
    turn = ask(page, f"verkoopplan {attack}")
    expect(turn.locator(".question p")).to_have_text(f"verkoopplan {attack}")
    assert page.evaluate("window.hacked") is None
    page.reload()
    expect(turn.locator(".question p")).to_have_text(f"verkoopplan {attack}")
    assert page.evaluate("window.hacked") is None


def test_while_the_index_loads_the_page_shows_how_far_it_is(visitor: Visitor, tmp_path: Path) -> None:
    with fake_app(tmp_path, wait_for="starting") as server:
        page = visitor.page
        page.goto(server.address + "/")
        expect(page.get_by_role("heading", name="De kennisbank wordt geladen…")).to_be_visible()
        expect(page.get_by_text("Vectoren berekenen, 300 van 1.200")).to_be_visible()
        page.get_by_label("Je vraag", exact=True).fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_contain_text("De kennisbank wordt geladen…")
        (tmp_path / "open").touch()
        expect(page.locator("#thread .turn .citation")).to_be_visible()


# --- Conversations


def test_conversations_can_be_found_renamed_removed_and_taken_back(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    ask(page)
    sidebar = show_conversations(page)
    sidebar.get_by_role("button", name="Nieuw gesprek").click()
    expect(page.locator(".first-questions")).to_be_visible()
    ask(page, "Wanneer krijg ik mijn geld uitbetaald?")
    sidebar = show_conversations(page)
    titles = sidebar.locator(".title")
    expect(titles).to_have_count(2)

    sidebar.get_by_label("Zoek in je gesprekken").fill("verkoopplan")
    expect(titles).to_have_count(1)
    sidebar.get_by_label("Zoek in je gesprekken").fill("zeppelin")
    expect(sidebar).to_contain_text("Geen gesprek gevonden met ‘zeppelin’")
    sidebar.get_by_label("Zoek in je gesprekken").fill("")
    expect(titles).to_have_count(2)

    sidebar.get_by_role("button", name=f"Meer voor {QUESTION}").click()
    sidebar.get_by_role("button", name="Hernoem").click()
    sidebar.locator("form:visible").get_by_label("Nieuwe naam").fill("Mijn plan")
    sidebar.locator("form:visible").get_by_label("Nieuwe naam").press("Enter")
    expect(titles.last).to_contain_text("Mijn plan")

    sidebar.get_by_role("button", name="Meer voor Mijn plan").click()
    sidebar.get_by_role("button", name="Verwijder", exact=True).click()
    sidebar.get_by_role("group", name="Verwijderen bevestigen").get_by_role("button", name="Verwijder").click()
    expect(titles).to_have_count(1)
    sidebar.get_by_role("button", name="Zet terug").click()
    expect(titles).to_have_count(2)
    titles.last.click()
    expect(page.locator("#thread .question p")).to_have_text([QUESTION])


def test_a_conversation_can_be_saved_as_markdown(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    ask(page)
    sidebar = show_conversations(page)
    sidebar.get_by_role("button", name=f"Meer voor {QUESTION}").click()
    with page.expect_download() as download:
        sidebar.get_by_role("link", name="Bewaar als Markdown").click()
    text = Path(download.value.path()).read_text("utf-8")
    assert download.value.suggested_filename == "wat-kost-een-verkoopplan-op-amazon-nl.md"
    assert text.startswith(f"# {QUESTION}\n")
    assert "\nBronnen:\n" in text


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGKILL], ids=["stop", "kill"])
def test_conversations_survive_the_end_of_the_server(make_visitor: MakeVisitor, tmp_path: Path, with_signal: signal.Signals) -> None:
    (tmp_path / "open").touch()
    with fake_app(tmp_path) as server:
        visitor = make_visitor()
        page = visitor.page
        open_chat(page, server.address)
        ask(page)
        server.stop(with_signal)
        server.start()
        visitor.complaints.clear()  # the browser rightly complains that the server was gone
        page.reload()
        expect(page.locator("#thread .question p")).to_have_text([QUESTION])
        ask(page, "Hoe wissel je van verkoopplan?")
        expect(page.locator("#thread .turn")).to_have_count(2)
        visitor.complaints.clear()


def test_a_kill_in_the_middle_of_an_answer_loses_nothing_else(visitor: Visitor, tmp_path: Path) -> None:
    question = "Wat kost een verkoopplan, langzaam?"
    (tmp_path / "open").touch()
    with fake_app(tmp_path) as server:
        page = visitor.page
        open_chat(page, server.address)
        ask(page)
        page.get_by_label("Je vraag", exact=True).fill(question)
        page.keyboard.press("Enter")
        expect(page.locator("#live .text")).to_contain_text("Het plan")
        server.stop(signal.SIGKILL)
        expect(page.get_by_text("De verbinding met de assistent is weg.").first).to_be_visible()
        server.start()
        expect(page.get_by_label("Je vraag", exact=True)).to_have_value(question, timeout=15_000)
        expect(page.locator("#thread .question p")).to_have_text([QUESTION])
        page.keyboard.press("Enter")
        expect(page.locator("#thread .turn").last).to_contain_text("per maand")
        expect(page.locator("#conversations .title")).to_have_count(1)
        page.goto("about:blank")
        visitor.complaints.clear()  # the browser rightly complains that the server was gone


def test_loading_the_page_again_during_an_answer_brings_the_question_back(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, fake.address)
    ask(page).locator(".suggestions button").first.click()
    expect(page.locator("#thread .turn")).to_have_count(2)
    page.get_by_label("Je vraag", exact=True).fill("Wat kost een verkoopplan, langzaam?")
    page.keyboard.press("Enter")
    expect(page.locator("#live .text")).to_contain_text("Het plan")
    page.reload()
    expect(page.locator("#thread .turn")).to_have_count(2)
    expect(page.get_by_label("Je vraag", exact=True)).to_have_value("Wat kost een verkoopplan, langzaam?")


@pytest.mark.parametrize("at_once", [False, True], ids=["step by step", "two at once"])
def test_the_back_button_leads_to_the_conversation_before(app: Server, visitor: Visitor, at_once: bool) -> None:
    page = visitor.page
    open_chat(page, app.address)
    ask(page)
    show_conversations(page).get_by_role("button", name="Nieuw gesprek").click()
    expect(page.locator(".first-questions")).to_be_visible()
    ask(page, "Wanneer krijg ik mijn geld uitbetaald?")
    page.go_back()
    expect(page.locator(".first-questions")).to_be_visible()
    page.go_back()
    expect(page.locator("#thread .question p")).to_have_text([QUESTION])
    if at_once:
        page.evaluate("() => { history.forward(); window.setTimeout(() => history.forward(), 30); }")
    else:
        page.go_forward()
        page.go_forward()
    expect(page.locator("#thread .question p")).to_have_text(["Wanneer krijg ik mijn geld uitbetaald?"])


def test_back_from_an_article_shows_the_newest_turn(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    ask(page)
    ask(page, "Wanneer krijg ik mijn geld uitbetaald?").locator(".citation").first.click()
    page.locator(".passage.chosen").get_by_role("link", name="Lees het hele artikel").click()
    expect(page.locator(".article")).to_be_visible()
    page.go_back()
    expect(page.locator("#thread .question p").last).to_be_in_viewport()
    expect(page.locator("#thread .turn")).to_have_count(2)


def test_two_tabs_show_the_same_conversation(app: Server, visitor: Visitor) -> None:
    one = visitor.page
    open_chat(one, app.address)
    ask(one)
    expect(one).to_have_url(re.compile("gesprek="))
    other = visitor.context.new_page()
    other.goto(one.url)
    expect(other.locator("#thread .turn")).to_have_count(1)
    ask(one, "Wanneer krijg ik mijn geld uitbetaald?")
    other.get_by_label("Je vraag", exact=True).fill("Hoe krijg ik de koopknop?")
    other.keyboard.press("Enter")
    questions = [QUESTION, "Wanneer krijg ik mijn geld uitbetaald?", "Hoe krijg ik de koopknop?"]
    expect(other.locator("#thread .question p")).to_have_text(questions)
    expect(other.locator("#thread .question p").last).to_be_in_viewport()


def test_two_hundred_conversations_can_all_be_reached(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, fake.address)
    owner = next(str(cookie.get("value")) for cookie in visitor.context.cookies() if cookie.get("name") == "eigenaar")
    with Store.open(Settings(data_dir=fake.folder).database) as store:
        for number in range(200):
            store.new_conversation(owner, f"Vraag nummer {number}")
    open_chat(page, fake.address)
    sidebar = show_conversations(page)
    titles = sidebar.locator(".conversations .title")
    expect(titles).to_have_count(60)
    for shown in (60, 120, 180):
        sidebar.get_by_role("button", name="Toon oudere gesprekken").click()
        expect(titles.nth(shown)).to_be_focused()
    expect(titles).to_have_count(200)
    expect(sidebar.get_by_role("button", name="Toon oudere gesprekken")).to_have_count(0)
    sidebar.get_by_label("Zoek in je gesprekken").fill("nummer 137")
    expect(titles).to_have_text([re.compile("Vraag nummer 137")])
    assert not is_overflowing(page)


def test_a_browser_without_cookies_can_ask_as_long_as_the_page_is_open(playwright: Playwright, fake: Server, tmp_path: Path) -> None:
    (tmp_path / "Default").mkdir()
    refusing = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(refusing))
    context = playwright.chromium.launch_persistent_context(str(tmp_path), executable_path=chromium(), args=list(QUIET))
    visitor = Visitor(context)
    page = visitor.page
    open_chat(page, fake.address)
    expect(page.get_by_text("Deze browser staat geen cookies toe")).to_be_visible()
    ask(page)
    ask(page, "Hoe wissel je van verkoopplan?")
    expect(page.locator("#thread .turn")).to_have_count(2)
    page.get_by_role("button", name="Donker").click()
    expect(page.get_by_role("button", name="Licht")).to_be_visible()
    assert context.cookies() == []
    context.close()
    assert visitor.complaints == []


def test_on_a_touch_screen_the_keyboard_does_not_cover_the_answer(fake: Server, make_visitor: MakeVisitor) -> None:
    page = make_visitor(NARROW, touch=True).page
    open_chat(page, fake.address)
    page.locator(".first-questions button").first.tap()
    expect(page.locator("#thread .turn")).to_have_count(1)
    box = page.get_by_label("Je vraag", exact=True)
    expect(box).not_to_be_focused()
    box.tap()
    page.set_viewport_size({"width": 360, "height": 380})  # the keyboard has come up
    expect(page.get_by_role("button", name="Verstuur")).to_be_in_viewport(ratio=1)
    ask(page)
    expect(box).not_to_be_focused()
    expect(page.locator("#thread .question p").last).to_be_in_viewport()


def test_a_question_as_long_as_allowed_is_shown_whole(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, fake.address)
    turn = ask(page, "verkoopplan " * 300 + "x" * 300)
    expect(turn.locator(".question p")).to_contain_text("x" * 300)
    assert not is_overflowing(page)


def test_nobody_sees_the_conversations_of_another(app: Server, make_visitor: MakeVisitor) -> None:
    one, other = make_visitor().page, make_visitor().page
    open_chat(one, app.address)
    ask(one)
    expect(one).to_have_url(re.compile("gesprek="))
    other.goto(one.url)
    expect(other.locator(".first-questions")).to_be_visible()
    expect(other.locator("#conversations")).to_contain_text("Nog geen gesprekken")
    identifier = one.url.split("gesprek=")[1]
    assert other.request.get(f"{app.address}/gesprekken/{identifier}.md").status == 404


def test_a_question_goes_on_from_the_one_before(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, app.address)
    ask(page, "Wat kost een verkoopplan op Amazon.nl?")
    expect(ask(page, "en in België?")).to_contain_text("België")
