"""Shows that the gate notices damage: ``python -m evals.sensitivity`` breaks a copy of the project and runs the gate there.

Each kind of damage is done to a fresh copy: a figure of one article is changed, or one that articles quote; two sections swap
their headings; a retrieval signal is switched off. Every one must make the gate fail with a message that names cases; the undamaged copy
must pass. It takes about a minute per kind, so it stands beside the gate and not in it.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from assistant.articles import FIGURES_FOLDER, format_figure
from assistant.evaluation.dataset import Case, Expectation, expectations, load
from evals.paths import CASES, CORPUS, PROJECT

COPIED: Final = ("corpus", "evals", "src", "training", "pyproject.toml")
SHOWN_LINES: Final = 14
RANKER: Final = "src/assistant/model/ranker.json"
# The weights of a signal are those whose name starts with one of these; together they are all weights of the ranker. What the
# other names of a subject, the country and the form of a section add is little each, and is switched off together.
SIGNALS: Final = {
    "vectoren": ("dense_chunk", "dense_fact", "late"),
    "woorden": ("body", "heading", "all"),
    "vragen": ("question", "dense_question"),
    "lettergroepen": ("ngrams",),
    "bijsignalen": ("expansions", "marketplace", "steps", "comparison"),
}
_NUMBER_IN_TEXT: Final = re.compile(r"(?<![\w.,{])(\d{1,3})(?![\w.,}]\d|\w)")

_QUOTED_FIGURE: Final = re.compile(r"\{\{(?P<file>[\w-]+)\.(?P<key>[\w-]+)\}\}")
# A line of a file of figures: "sleutel: {value: 39, unit: euro, …".
_ENTRY: Final = r"(?m)^\s*{key}: *\{{value: *(?P<value>\d+(?:\.\d+)?), *unit: *(?P<unit>\w+)"


class Damage(NamedTuple):
    """One way to break a copy of the project; ``inflict`` says in words what it did."""

    name: str
    inflict: Callable[[Path], str]


class Outcome(NamedTuple):
    """What the gate said about a copy."""

    failed: bool
    message: str

    @property
    def names_cases(self) -> bool:
        """Whether the message names at least one case."""
        return any(re.search(rf"\b{re.escape(name)}\b", self.message) for name, _ in expectations(load(CASES)))


# --- Kinds of damage -------------------------------------------------------------------------------------------------


def change_figure(project: Path) -> str:
    """Raise by one a figure that a case asks for, in the first article where it stands as plain text."""
    for name, expected in expectations(load(CASES)):
        for path, heading in _sections(project, expected):
            text = path.read_text("utf-8")
            start, end = _body(text, heading)
            for match in _NUMBER_IN_TEXT.finditer(text, start, end):
                changed = text[: match.start()] + str(int(match[1]) + 1) + text[match.end() :]
                if _loses_a_fact(expected, text[start:end], changed[slice(*_body(changed, heading))]):
                    path.write_text(changed, "utf-8")
                    return f"{path.relative_to(project)}, {heading!r}: {match[1]} werd {int(match[1]) + 1} (gevraagd in {name})"
    raise LookupError("no case asks for a figure that stands in its article as plain text")


def change_quoted_figure(project: Path) -> str:
    """Raise by one a figure that a case asks for, in the file from which the article quotes it."""
    for name, expected in expectations(load(CASES)):
        for path, heading in _sections(project, expected):
            text = path.read_text("utf-8")
            for quote in _QUOTED_FIGURE.finditer(text, *_body(text, heading)):
                figures = path.parent.parent / FIGURES_FOLDER / f"{quote['file']}.yaml"
                entry = re.search(_ENTRY.format(key=re.escape(quote["key"])), figures.read_text("utf-8"))
                if entry is None:
                    continue
                value = Decimal(entry["value"])
                if _loses_a_fact(expected, format_figure(value, entry["unit"]), format_figure(value + 1, entry["unit"])):
                    before, after = entry.string[: entry.start("value")], entry.string[entry.end("value") :]
                    figures.write_text(f"{before}{value + 1}{after}", "utf-8")
                    return f"{figures.relative_to(project)}, {quote['key']}: {value} werd {value + 1} (gevraagd in {name})"
    raise LookupError("no case asks for a figure that its article quotes")


def swap_headings(project: Path) -> str:
    """Let the first two sections of an article that cases ask about swap their headings, and with them their questions."""
    for _, expected in expectations(load(CASES)):
        for path, heading in _sections(project, expected):
            text = path.read_text("utf-8")
            others = [found for found in re.findall(r"(?m)^## (.+?)\s*$", text) if found != heading]
            if not others:
                continue
            swapped = re.sub(
                r"(?m)^## (.+?)\s*$",
                lambda match, pair=(heading, others[0]): f"## {dict([pair, pair[::-1]]).get(match[1], match[1])}",  # type: ignore[misc]
                text,
            )
            if _loses_a_fact(expected, text[slice(*_body(text, heading))], swapped[slice(*_body(swapped, heading))]):
                path.write_text(swapped, "utf-8")
                return f"{path.relative_to(project)}: {heading!r} en {others[0]!r} zijn verwisseld"
    raise LookupError("no case names a section of an article with two sections")


def switch_off(signal: str) -> Callable[[Path], str]:
    """Damage that sets the ranker's weights of one retrieval signal to zero."""

    def inflict(project: Path) -> str:
        path = project / RANKER
        ranker = json.loads(path.read_text("utf-8"))
        names = [name for name in ranker["weights"] if name.startswith(SIGNALS[signal])]
        path.write_text(json.dumps({**ranker, "weights": {**ranker["weights"], **dict.fromkeys(names, 0.0)}}), "utf-8")
        return f"{RANKER}: {', '.join(names)} op 0"

    return inflict


def _sections(project: Path, expected: Expectation) -> Iterator[tuple[Path, str]]:
    """The article files and headings that a question without history names, when one section alone holds the answer."""
    if len(expected.sections) == 1 and not (isinstance(expected, Case) and expected.history):
        document_id, _, heading = expected.sections[0].partition("#")
        yield project / CORPUS.relative_to(PROJECT) / document_id, heading


def _body(text: str, heading: str) -> tuple[int, int]:
    """Where the text under a heading starts and ends."""
    opening = re.search(rf"(?m)^## {re.escape(heading)}\s*$", text)
    if opening is None:
        return 0, 0
    following = re.compile(r"(?m)^## ").search(text, opening.end())
    return opening.end(), following.start() if following else len(text)


def _loses_a_fact(expected: Expectation, before: str, after: str) -> bool:
    return any(re.search(pattern, before, re.IGNORECASE) and not re.search(pattern, after, re.IGNORECASE) for pattern in expected.required)


DAMAGES: Final = (
    Damage("cijfer", change_figure),
    Damage("tarief", change_quoted_figure),
    Damage("koppen", swap_headings),
    *(Damage(signal, switch_off(signal)) for signal in SIGNALS),
)


# --- Running the gate on a copy --------------------------------------------------------------------------------------


def copy_project(origin: Path, target: Path) -> Path:
    """A copy of what the gate needs."""
    for name in COPIED:
        source = origin / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", "results"))
        else:
            shutil.copy2(source, target / name)
    return target


def run_gate(project: Path) -> Outcome:
    """What ``pytest evals/test_answers.py`` says in a copy, with the code of the copy."""
    environment = {**os.environ, "PYTHONPATH": str(project / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "evals/test_answers.py"],
        cwd=project, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return Outcome(done.returncode == 1, done.stdout)


def try_damage(origin: Path, damage: Damage | None) -> tuple[str, Outcome]:
    """What was done to a fresh copy of a project, and what the gate said; None leaves the copy whole."""
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(origin, Path(folder))
        done = damage.inflict(project) if damage is not None else "niets veranderd"
        return done, run_gate(project)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the undamaged copy and every kind of damage; 1 when the gate was wrong about any of them."""
    parser = argparse.ArgumentParser(prog="python -m evals.sensitivity", description="Laat zien dat de drempels schade opmerken.")
    parser.add_argument("damages", nargs="*", metavar="SCHADE", help=f"een van: {', '.join(damage.name for damage in DAMAGES)}")
    chosen = parser.parse_args(arguments).damages
    with tempfile.TemporaryDirectory() as folder:
        origin = copy_project(PROJECT, Path(folder))  # so that edits made meanwhile do not blur the comparison
        damages = [None, *(damage for damage in DAMAGES if not chosen or damage.name in chosen)]
        return int(not all([_report(damage, *try_damage(origin, damage)) for damage in damages]))


def _report(damage: Damage | None, done: str, outcome: Outcome) -> bool:
    """Print what happened, and say whether that is how it should be."""
    right = (outcome.failed and outcome.names_cases) if damage is not None else not outcome.failed
    print(f"\n{'=' * 100}\n{damage.name if damage else 'heel'}: {done}")
    print(f"{'zoals het hoort' if right else 'NIET ZOALS HET HOORT'}: de toets {'faalt' if outcome.failed else 'slaagt'}", flush=True)
    if outcome.failed:
        print("\n".join(_first_failures(outcome.message)), flush=True)
    return right


def _first_failures(message: str) -> list[str]:
    """The start of each failure's message."""
    blocks = re.split(r"(?m)^_{3,} (.+?) _{3,}$", re.split(r"(?m)^=+ (?:kwaliteit|short test summary)", message)[0])
    lines = []
    for title, body in zip(blocks[1::2], blocks[2::2], strict=True):
        shown = body.strip().splitlines()
        lines += [f"--- {title}", *shown[:SHOWN_LINES], *(["    …"] if len(shown) > SHOWN_LINES else [])]
    return lines


if __name__ == "__main__":
    sys.exit(main())
