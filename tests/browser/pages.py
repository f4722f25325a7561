"""What a visitor does on the pages, in one line each, waiting for what they would wait for."""

from playwright.sync_api import Locator, Page, expect

QUESTION = "Wat kost een verkoopplan op Amazon.nl?"


def open_chat(page: Page, address: str) -> None:
    """Open the chat and wait until it is ready."""
    page.goto(address + "/")
    expect(page.locator(".first-questions button")).to_have_count(6)


def ask(page: Page, question: str = QUESTION) -> Locator:
    """Type a question, press Enter, and wait for the whole answer; the turn it became."""
    turns = page.locator("#thread .turn")
    before = turns.count()
    box = page.get_by_label("Je vraag", exact=True)
    box.fill(question)
    box.press("Enter")
    expect(turns).to_have_count(before + 1)
    expect(page.locator("#live .turn")).to_have_count(0)
    return turns.nth(before)


def show_conversations(page: Page) -> Locator:
    """The list of conversations, opened first where it hides behind a button."""
    expect(page.locator("#sidebar-switch button, #new-conversation").locator("visible=true").first).to_be_visible()
    switch = page.get_by_role("button", name="Gesprekken", exact=True)
    if switch.is_visible():
        switch.click()
    sidebar = page.locator("#sidebar")
    expect(sidebar).to_be_visible()
    return sidebar


def is_overflowing(page: Page) -> bool:
    """Whether the page must be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
