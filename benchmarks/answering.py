"""How long an answer and a search take once the assistant runs."""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from assistant import Assistant, Settings


def read_questions(cases: Path) -> list[str]:
    """The single questions of the evaluation cases, in file order."""
    found = []
    for path in sorted(cases.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            case = json.loads(line)
            if "question" in case:
                found.append(case["question"])
    return found


def measure_answering(cases: Path) -> None:
    """Ask and search every question of the cases once, and print the spread."""
    questions = read_questions(cases)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with Assistant.open(Settings(data_dir=Path(folder))) as assistant:
            print(f"index bouwen: {time.perf_counter() - started:.1f} s voor {assistant.status().chunks} secties")
            for question in questions[:20]:
                assistant.ask(question)
            _print_spread("antwoord", [_milliseconds(assistant.ask, question) for question in questions])
            _print_spread("zoeken", [_milliseconds(assistant.search, question) for question in questions])


def _milliseconds(call: Callable[[str], object], question: str) -> float:
    started = time.perf_counter()
    call(question)
    return (time.perf_counter() - started) * 1000


def _print_spread(label: str, values: list[float]) -> None:
    median, p95 = np.percentile(values, [50, 95])
    print(f"{label}: mediaan {median:.1f} ms, p95 {p95:.1f} ms over {len(values)} vragen")
