"""What ``assistant evaluate`` does: run the cases and report, compare two runs, or make drafts out of feedback."""

import platform
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from assistant.errors import AssistantError
from assistant.evaluation.compare import compare_files, print_comparison
from assistant.evaluation.dataset import PLACEHOLDER, AnyCase, load
from assistant.evaluation.feedback import DRAFTS_FILE, FeedbackStore, write_drafts
from assistant.evaluation.measures import summarise
from assistant.evaluation.report import LATEST, print_summary, write_report
from assistant.evaluation.results import Results, RunInfo, read_results
from assistant.evaluation.runner import Answering, fingerprint, run_cases
from assistant.pipeline import Assistant
from assistant.settings import PACKAGE_FOLDER, Settings
from assistant.store import Store

DEFAULT_CASES: Final = Path("evals/cases")
DRAFTS: Final = "drafts"
_SHOWN_SETTINGS = ("corpus_dirs", "embedding_model", "llm", "marketplace", "chroma_url")


class Status(Protocol):
    """The fields of ``IndexStatus`` that a run records."""

    @property
    def version(self) -> str: ...
    @property
    def embedding_model(self) -> str: ...
    @property
    def engine(self) -> str: ...


class Evaluated(Answering, Protocol):
    """An assistant that is measured and says what it runs on."""

    @property
    def settings(self) -> Settings: ...

    def status(self) -> Status: ...


def run_command(
    settings: Settings,
    *,
    cases: Path = DEFAULT_CASES,
    output: Path | None = None,
    compare: tuple[Path, Path] | None = None,
    from_feedback: bool = False,
    console: Console | None = None,
    open_assistant: Callable[[Settings], AbstractContextManager[Evaluated]] = Assistant.open,
    open_store: Callable[[str], AbstractContextManager[FeedbackStore]] = Store.open,
) -> None:
    """Carry out ``assistant evaluate``: the cases are run unless ``compare`` or ``from_feedback`` asks for something else.

    Args:
        settings: what the assistant and the store are opened with.
        cases: the folder with cases; when the default one is missing, that of the checkout or the installed package.
        output: where reports are written and looked for; by default ``results`` beside the cases.
        compare: two files with results, or their names in ``output`` without ``.json``.
        from_feedback: make draft cases, in ``drafts`` beside the cases, out of the store.
        console: where to print; by default the terminal.
        open_assistant: opens the assistant; called only when questions are asked.
        open_store: opens the store; called only for ``from_feedback``.

    Raises:
        AssistantError: a file or folder is missing or wrong, or the assistant or store cannot be opened.
    """
    console = console or Console()
    folder = find_cases(cases)
    results_folder = output or folder.parent / "results"
    if compare is not None:
        before, after = (find_results(name, results_folder) for name in compare)
        print_comparison(compare_files(before, after), console)
    elif from_feedback:
        with open_store(settings.database) as store:
            draft_from_feedback(store, folder, console)
    else:
        with console.status("De kennisbank openen …"):
            opened = open_assistant(settings)
        with opened as assistant:
            evaluate(assistant, folder, results_folder, console)


def evaluate(assistant: Evaluated, cases_folder: Path, output: Path, console: Console) -> Results:
    """Run all cases with a progress bar, print the summary beside that of the latest run, and write the report."""
    cases = load(cases_folder)
    before = _latest(output)
    with _progress_bar(console) as progress:
        results = measure(assistant, cases, progress=progress)
    print_summary(results, console, before)
    paths = write_report(results, output)
    console.print(f"\nVerslag: {paths[0]}", style="dim", highlight=False)
    return results


def measure(
    assistant: Evaluated, cases: list[AnyCase], *, progress: Callable[[str, int, int], None] = lambda stage, done, total: None
) -> Results:
    """The results of all cases, with what was measured and when."""
    started = time.perf_counter()
    done = run_cases(assistant, cases, progress=progress)
    status = assistant.status()
    shown = {name: _shown(getattr(assistant.settings, name)) for name in _SHOWN_SETTINGS}
    run = RunInfo(
        engine=status.engine,
        index_version=status.version,
        embedding_model=status.embedding_model,
        cases_fingerprint=fingerprint(cases),
        settings={**{name: value for name, value in shown.items() if value}, "python": platform.python_version()},
        seconds=round(time.perf_counter() - started, 1),
    )
    return summarise(done, created=datetime.now(UTC), commit=current_commit(), run=run)


def _shown(value: object) -> str:
    """A setting as the report shows it; a folder of this checkout without where the checkout happens to stand."""
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    checkout = PACKAGE_FOLDER.parent.parent
    return str(value.relative_to(checkout) if isinstance(value, Path) and value.is_relative_to(checkout) else value)


def draft_from_feedback(store: FeedbackStore, cases_folder: Path, console: Console) -> None:
    """Make draft cases and say what a person must do with them."""
    folder = cases_folder.parent / DRAFTS
    drafts = write_drafts(store, load(cases_folder), folder)
    if not drafts:
        console.print("Geen nieuwe vragen: alles met een duim omlaag of zonder antwoord is al een vraag of concept.")
        return
    for draft in drafts:
        reason = draft.reference.removeprefix(f"{PLACEHOLDER}: ").partition(";")[0]
        console.print(Text.assemble((f"  {draft.id}  ", "dim"), draft.question, (f"  {reason}", "dim")))
    count = "1 nieuw concept staat" if len(drafts) == 1 else f"{len(drafts)} nieuwe concepten staan"
    console.print(
        f"\n{count} in {folder / DRAFTS_FILE}. Maak elk concept af: schrijf in waar VUL IN staat, kies een eigen id, "
        f"en verplaats de regel naar een bestand in {cases_folder}.",
        highlight=False,
    )


def find_results(name: Path, folder: Path) -> Path:
    """The file with results that a name stands for: a path, or a name in the results folder without ``.json``."""
    return name if name.suffix == ".json" or name.exists() else folder / f"{name}.json"


def find_cases(folder: Path) -> Path:
    """The folder as given; for the default one, when it is missing, that of the checkout or of the installed package."""
    elsewhere = [place / DEFAULT_CASES for place in (PACKAGE_FOLDER.parent.parent, PACKAGE_FOLDER)]
    tried = [folder, *elsewhere] if folder == DEFAULT_CASES else [folder]
    return next((place for place in tried if place.is_dir()), folder)


def current_commit(folder: Path = PACKAGE_FOLDER) -> str:
    """The short commit of the checkout, with ``+`` when files were changed since; empty outside a checkout."""
    try:
        head = _git(folder, "rev-parse", "--short", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{head}+" if changed else head


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _latest(folder: Path) -> Results | None:
    path = folder / f"{LATEST}.json"
    try:
        return read_results(path) if path.exists() else None
    except AssistantError:
        return None  # made by another version; there is nothing to put beside the new values


class _progress_bar:
    """A progress bar as a context; what it gives is called with a stage, how many are done, and how many there are."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("Vragen stellen", total=None)

    def __enter__(self) -> Callable[[str, int, int], None]:
        self._progress.start()
        return self._update

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _update(self, stage: str, done: int, total: int) -> None:
        self._progress.update(self._task, description=stage, completed=done, total=total)
