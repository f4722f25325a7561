import re

from playwright.sync_api import expect

from tests.browser.conftest import NARROW, MakeVisitor, Visitor
from tests.browser.pages import is_overflowing
from tests.browser.servers import Server

ARTICLE = "/kennisbank/start/verkoopplan-kiezen"


def test_the_handbook_is_browsed_by_topic(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    page.goto(app.address + "/kennisbank")
    page.get_by_role("navigation", name="Onderwerpen").get_by_role("link", name="Prestaties en account").click()
    topic = page.locator("section:target")
    expect(topic.get_by_role("heading")).to_be_in_viewport()
    article = topic.get_by_role("link").first
    title = article.inner_text()
    article.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator(".article")).to_contain_text("Gecontroleerd op")
    assert page.locator(".article-sources li").count() > 0


def test_the_handbook_is_searched(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    page.goto(app.address + "/kennisbank")
    page.get_by_label("Zoek in de kennisbank").fill("koopknop kwijt")
    page.keyboard.press("Enter")
    first = page.locator(".hits h2 a").first
    heading = first.inner_text()
    first.click()
    expect(page.locator("section:target h2")).to_contain_text(heading)
    expect(page.locator("section:target h2")).to_be_in_viewport()


def test_a_search_without_words_says_what_to_do(app: Server, visitor: Visitor) -> None:
    visitor.page.goto(app.address + "/kennisbank/zoeken")
    expect(visitor.page.get_by_text("Typ een of meer woorden")).to_be_visible()


def test_a_search_for_what_is_not_there_says_so_and_shows_what_comes_near(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    page.goto(app.address + "/kennisbank/zoeken?q=zeppelinmast")
    expect(page.get_by_role("heading", name="Niets gevonden met ‘zeppelinmast’")).to_be_visible()
    assert 0 < page.locator(".hits li").count() <= 5


def test_a_link_to_a_section_can_be_shared(app: Server, visitor: Visitor, make_visitor: MakeVisitor) -> None:
    page = visitor.page
    page.goto(app.address + ARTICLE)
    page.locator(".article .anchor").nth(1).click()
    shared = page.url
    assert re.search(r"#[a-z0-9-]+$", shared)
    other = make_visitor().page
    other.goto(shared)
    expect(other.locator("section:target h2")).to_be_in_viewport()


def test_a_term_explains_itself_on_hover_and_on_focus(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    page.goto(app.address + ARTICLE)
    term = page.locator(".article .term").first
    explanation = "element => getComputedStyle(element, '::after').content"
    assert term.evaluate(explanation) == "none"
    term.hover()
    assert len(term.evaluate(explanation)) > 20
    page.keyboard.press("Escape")
    assert term.evaluate(explanation) == "none"
    page.mouse.move(0, 0)
    term.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert len(term.evaluate(explanation)) > 20
    expect(term).to_have_attribute("aria-description", re.compile(".{20}"))
    assert not is_overflowing(page)
    page.goto(app.address + str(term.get_attribute("href")))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Begrippen")


def test_the_glossary_is_reached_by_letter(app: Server, visitor: Visitor) -> None:
    page = visitor.page
    page.goto(app.address + "/kennisbank/woordenlijst")
    page.get_by_role("navigation", name="Op letter").get_by_role("link", name="K", exact=True).click()
    expect(page.locator(".glossary div:target dt a")).to_be_in_viewport()


def test_articles_can_be_read_without_scripts(app: Server, make_visitor: MakeVisitor) -> None:
    browser = make_visitor().context.browser
    assert browser is not None
    page = browser.new_page(java_script_enabled=False)
    page.goto(app.address + ARTICLE)
    expect(page.locator(".article section").first).to_be_visible()
    page.close()


def test_every_article_and_link_of_the_handbook_works(app: Server, make_visitor: MakeVisitor) -> None:
    page = make_visitor(NARROW).page
    page.goto(app.address + "/kennisbank")
    hrefs = "links => [...new Set(links.map(link => link.href).filter(href => href.includes('/kennisbank/')))]"
    articles = page.locator("main a").evaluate_all(hrefs)
    linked: set[str] = set()
    for address in articles:
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        assert not is_overflowing(page), address
        linked |= {app.address + path for path in re.findall(r'href="(/kennisbank/[^"#]+)', page.content())}
    missing = [address for address in sorted(linked - set(articles)) if page.request.get(address).status != 200]
    assert missing == []
