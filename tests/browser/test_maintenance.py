from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.pages import ask, is_overflowing, open_chat
from tests.browser.servers import Server, real_app


def open_maintenance(page: Page, address: str) -> None:
    page.goto(address + "/beheer")
    expect(page.locator("#document-list")).to_contain_text("Stukken tekst in de index")


def test_the_page_shows_quality_index_and_what_to_do(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_maintenance(page, app.address)
    for heading in (
        "Kwaliteit van de antwoorden",
        "Documenten en index",
        "Vragen zonder antwoord",
        "Beoordelingen",
        "Na te kijken artikelen",
    ):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_text("Sleep bestanden hierheen")).to_be_visible()


def test_unanswered_questions_are_grouped(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_chat(page, fake.address)
    for question in ("Zwemt een olifant?", "kan een olifant zwemmen?"):
        ask(page, question)
    open_maintenance(page, fake.address)
    group = page.locator("#unanswered .groups > li").filter(has_text="olifant").first
    expect(group).to_contain_text("keer")
    group.get_by_text("Alle vragen in deze groep").click()
    expect(group.get_by_text("Zwemt een olifant?").first).to_be_visible()


def test_the_quality_card_opens_up_and_old_articles_are_named(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_maintenance(page, fake.address)
    page.get_by_text("Per soort vraag").click()
    expect(page.get_by_role("group", name="Kwaliteit per soort vraag").get_by_role("row").nth(1)).to_contain_text("%")
    stale = page.locator("#stale").get_by_role("row").filter(has_text="Opslagkosten bij FBA")
    expect(stale).to_contain_text("1 juni 2026")
    assert not is_overflowing(page)
    stale.get_by_role("link").click()
    expect(page.locator(".article .caution")).to_contain_text("opnieuw moest worden nagekeken is voorbij")


def test_a_rebuild_shows_how_far_it_is_and_questions_are_answered_meanwhile(fake: Server, visitor: Visitor) -> None:
    page = visitor.page
    open_maintenance(page, fake.address)
    (fake.folder / "hold").touch()
    page.get_by_role("button", name="Bouw de index opnieuw op").click()
    expect(page.locator("#report")).to_contain_text("Vectoren berekenen: 300 van 1.200")
    other = visitor.context.new_page()
    open_chat(other, fake.address)
    ask(other)
    (fake.folder / "hold").unlink()
    expect(page.locator("#report")).to_contain_text("De index is opnieuw opgebouwd")


def test_a_document_is_added_answered_from_and_removed(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    document = tmp_path / "kwikzilverprotocol.txt"
    document.write_text("Het kwikzilverprotocol geldt op woensdag en wordt gestart door de teamleider van de nachtploeg.\n")
    picture = tmp_path / "plaatje.txt"
    picture.write_text("")
    with real_app(tmp_path / "data") as server:
        open_maintenance(page, server.address)
        page.locator("#files input[type=file]").set_input_files([document, picture])
        expect(page.locator("#files")).to_contain_text("kwikzilverprotocol")
        page.get_by_role("button", name="Voeg toe").click()
        report = page.locator("#report")
        expect(report).to_contain_text("1 document toegevoegd", timeout=30_000)
        expect(report).to_contain_text("plaatje.txt")

        open_chat(page, server.address)
        turn = ask(page, "Wanneer geldt het kwikzilverprotocol?")
        expect(turn).to_contain_text("woensdag")
        turn.locator(".citation").first.click()
        page.get_by_role("link", name="Lees het hele artikel").first.click()
        expect(page.locator(".article")).to_contain_text("nachtploeg")

        open_maintenance(page, server.address)
        page.get_by_role("combobox", name="Eigen document").click()
        page.get_by_role("option").first.click()
        page.get_by_role("button", name="Verwijder dit document").click()
        expect(report).to_contain_text("Het document is verwijderd", timeout=30_000)
        expect(page.locator("#document-list")).to_contain_text("Nog geen.")

        page.get_by_role("button", name="Bouw de index opnieuw op").click()
        expect(report.locator("progress")).to_be_visible()
        expect(report).to_contain_text("De index is opnieuw opgebouwd", timeout=30_000)
