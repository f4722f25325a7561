"""Measures answers through the browser: ten conversations at once, each from Enter to the whole answer on the page.

Run with ``python -m tests.browser.load``: people read an answer for one to five seconds before they ask on. With
``--reading 0 0`` nobody reads and all ask again at once; with ``--fake`` the app runs around the fake assistant, which leaves
only what the web app itself costs. It starts the app and a headless Chromium, which share the machine, and prints the times
in milliseconds.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.browser.conftest import QUIET
from tests.browser.servers import fake_app, real_app

QUESTIONS = (
    "Wat kost een verkoopplan op Amazon.nl?",
    "Wanneer krijg ik mijn geld uitbetaald?",
    "Wat kost opslag bij FBA in december?",
    "Hoe krijg ik de koopknop terug?",
    "Welke productcode heb ik nodig?",
    "Hoe hoog mag mijn percentage defecte orders zijn?",
    "Wat is Pan-EU?",
    "Hoe bereken ik mijn ACoS?",
    "Moet ik btw betalen in Duitsland?",
    "Hoe maak ik een FBA-zending aan?",
)

# Counts from the key that sends the question until the turn stands in the thread.
STOPWATCH = """() => {
  window.times = [];
  let started = 0;
  document.addEventListener("keydown", (event) => { if (event.key === "Enter") started = performance.now(); }, true);
  const count = () => document.querySelectorAll("#thread .turn .text").length;
  let turns = count();
  new MutationObserver(() => {
    if (count() > turns) requestAnimationFrame(() => window.times.push(performance.now() - started));
    turns = count();
  }).observe(document.body, { childList: true, subtree: true });
}"""


async def measure(address: str, program: str, conversations: int, rounds: int, reading: tuple[float, float]) -> list[float]:
    """The times of all answers, in milliseconds; ``reading`` is the least and most seconds between two questions."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(QUIET))
        pages = [await (await browser.new_context()).new_page() for _ in range(conversations)]
        for page in pages:
            await page.goto(address)
            await page.locator(".first-questions button").first.wait_for()
            await page.evaluate(STOPWATCH)
        await asyncio.gather(*(converse(page, place, rounds, reading) for place, page in enumerate(pages)))
        times = [taken for page in pages for taken in await page.evaluate("window.times")]
        await browser.close()
        return times


async def converse(page: Page, place: int, rounds: int, reading: tuple[float, float]) -> None:
    """Ask one question after the other, reading in between."""
    rng = random.Random(place)
    for number in range(rounds):
        await asyncio.sleep(rng.uniform(*reading))
        await ask(page, QUESTIONS[(place + number) % len(QUESTIONS)], number)


async def ask(page: Page, question: str, earlier: int) -> None:
    """Type a question, send it, and wait until its answer is complete."""
    box = page.locator("#question textarea")
    await box.fill(question)
    await box.press("Enter")
    await page.wait_for_function("count => window.times.length > count", arg=earlier, timeout=60_000)


def report(times: list[float], conversations: int, seconds: float) -> str:
    """The figures in one line."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return (
        f"{len(times)} answers, {conversations} conversations at once, {seconds:.1f} s: "
        f"median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, slowest {ordered[-1]:.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--reading", nargs=2, type=float, default=(1.0, 5.0), metavar=("LEAST", "MOST"), help="seconds between questions")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--fake", action="store_true", help="the app around the fake assistant")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.fake:
            (Path(folder) / "open").touch()
        with fake_app(Path(folder)) if chosen.fake else real_app(Path(folder)) as server:
            started = time.monotonic()
            times = asyncio.run(measure(server.address, chosen.chromium, chosen.conversations, chosen.rounds, tuple(chosen.reading)))
            print(report(times, chosen.conversations, time.monotonic() - started))  # noqa: T201 - this is what it is for


if __name__ == "__main__":
    main()
