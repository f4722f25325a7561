import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright

from tests.browser.servers import Server, fake_app, real_app

FOLDER = Path(__file__).parent
SCREENSHOTS = FOLDER / "screenshots"
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = (1280, 800), (360, 740)
# Without these, Chromium asks Google's hosts for things of its own.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

# Playwright expects a thing within five seconds; a machine that does other work needs more now and then.
expect.set_options(timeout=20_000)

# What Gradio says when a page is left while its stream is open.
LEAVING = ("AbortError: signal is aborted", "Unexpected error Connection errored out")


def skip_or_fail(reason: str) -> None:
    """A test that cannot run here is skipped, but in CI everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what axe found and whom the pages asked for something, over all tests of this run."""
    checks, visits = read_lines("axe.jsonl"), read_lines("network.jsonl")
    if checks:
        weights = Counter(fault["impact"] for check in checks for fault in check["faults"])
        found = ", ".join(f"{number} {weight}" for weight, number in weights.items()) or "none"
        rules = max(check["rules"] for check in checks)
        terminalreporter.write_line(f"axe: {len(checks)} pages and states, {rules} rules at most, faults: {found}")
    if visits:
        hosts = sorted({host for visit in visits for host in visit["hosts"]})
        terminalreporter.write_line(f"network: {sum(visit['requests'] for visit in visits)} requests, all to {', '.join(hosts)}")


def read_lines(name: str) -> list[dict[str, Any]]:
    """The records of a report of this run."""
    path = SCREENSHOTS / name
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


@pytest.fixture(scope="session", autouse=True)
def screenshots() -> None:
    """An empty folder for screenshots and reports of this run."""
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    SCREENSHOTS.mkdir()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def chromium() -> str:
    """The program of the browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        skip_or_fail("Chromium is niet geïnstalleerd; op Debian: apt-get install chromium")
    return str(program)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def app(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real app with an index of the real corpus."""
    with real_app(tmp_path_factory.mktemp("app")) as server:
        yield server


@pytest.fixture(scope="session")
def fake(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app around the fake assistant."""
    folder = tmp_path_factory.mktemp("fake")
    (folder / "open").touch()
    with fake_app(folder) as server:
        yield server


class Visitor:
    """A browser of its own, French unless told otherwise, that keeps account of what its pages ask for and complain about."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.requests: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._note)
        self.page: Page = context.new_page()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(LEAVING):
            self.complaints.append(message.text)

    def expect_complaint(self, words: str) -> None:
        """Take away the complaint that what the visitor just did rightly brings about."""
        self.complaints = [complaint for complaint in self.complaints if words not in complaint]

    @property
    def outside(self) -> set[str]:
        """The hosts asked for that are not this computer."""
        hosts = {urlsplit(url).hostname for url in self.requests if not url.startswith(("data:", "blob:"))}
        return {str(host) for host in hosts - {"127.0.0.1"}}


MakeVisitor = Callable[..., Visitor]


@pytest.fixture
def make_visitor(browser: Browser, request: pytest.FixtureRequest) -> Iterator[MakeVisitor]:
    """Makes visitors; at the end none of them may have asked another host for anything or met an error."""
    visitors: list[Visitor] = []

    def make(size: tuple[int, int] = WIDE, scheme: str = "light", locale: str = "fr-FR", *, touch: bool = False) -> Visitor:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            locale=locale,
            has_touch=touch,
            is_mobile=touch,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(15_000)
        visitors.append(Visitor(context))
        return visitors[-1]

    yield make
    with (SCREENSHOTS / "network.jsonl").open("a") as log:
        for visitor in visitors:
            hosts = sorted({str(urlsplit(url).hostname) for url in visitor.requests})
            log.write(json.dumps({"test": request.node.name, "requests": len(visitor.requests), "hosts": hosts}) + "\n")
    for visitor in visitors:
        visitor.context.close()
        assert visitor.outside == set()
        assert visitor.complaints == []


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def visitor(request: pytest.FixtureRequest, make_visitor: MakeVisitor) -> Visitor:
    """A visitor at each of the two widths."""
    return make_visitor(request.param)


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if not AXE.is_file():
        skip_or_fail("axe-core is niet geïnstalleerd; draai 'npm ci' in tests/browser")
    return AXE.read_text("utf-8")
