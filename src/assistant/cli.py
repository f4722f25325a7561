"""The command line: ``assistant ask``, ``search``, ``ingest``, ``documents``, ``remove``, ``check-corpus``, ``evaluate``,
``serve`` and ``doctor``.

Exit codes: 0 on success, 1 on a clear error on stderr, 2 on wrong usage. Everything a user reads is Dutch, the words that
typer puts around it too.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from typer.core import TyperCommand, TyperGroup

from assistant import __version__
from assistant.articles import MARKETPLACES, read_corpus
from assistant.corpus_checks import check_corpus, stale_documents
from assistant.documents import Answer, Turn
from assistant.errors import AssistantError, CorpusError
from assistant.generation import dutch_date
from assistant.pipeline import Assistant
from assistant.settings import Settings

_DUTCH = {
    "Usage:": "Gebruik:",
    "Options:": "Opties:",
    "Commands:": "Opdrachten:",
    "Arguments:": "Argumenten:",
    "Show this message and exit.": "Toon deze uitleg en stop.",
    "[required]": "[verplicht]",
    "[default:": "[standaard:",
    "[OPTIONS]": "[OPTIES]",
    "{VRAAG}": "VRAAG",
    "{ZOEKTEKST}": "ZOEKTEKST",
    "{DOCUMENT}": "DOCUMENT",
    # The type behind an argument's name says nothing new; its width stays, so that columns keep their place.
    " <str> ": "       ",
    " <list[Path]> ": "              ",
    "COMMAND [ARGS]...": "OPDRACHT [ARGUMENTEN]...",
}

INTERRUPTED = 130  # what typer makes of Ctrl-C

# Typer keeps its parser to itself; the base of its public BadParameter is the base of every kind of wrong usage.
_UsageError: Any = typer.BadParameter.__base__

# Above this share of chunks that the model has not seen, training anew pays.
FAR_MOVED = 0.3

out = Console()
err = Console(stderr=True)


def _dutch(text: str) -> str:
    for english, dutch in _DUTCH.items():
        text = text.replace(english, dutch)
    return text


class DutchCommand(TyperCommand):
    """A command whose help is Dutch throughout."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]  # typer's public name of the same class
        """The help text."""
        return _dutch(super().get_help(ctx))


class DutchGroup(TyperGroup):
    """The same for the list of commands."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]  # typer's public name of the same class
        """The help text."""
        return _dutch(super().get_help(ctx))


app = typer.Typer(
    cls=DutchGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Verkoopassistent: antwoorden voor Amazon-verkopers uit een eigen, gedateerde kennisbank.",
)


def _known_marketplace(code: str | None) -> str | None:
    if code is not None and code.strip().upper() not in MARKETPLACES:
        raise typer.BadParameter(f"verwacht een van: {', '.join(MARKETPLACES)}")
    return code


JsonOption = Annotated[bool, typer.Option("--json", help="Geef het resultaat als JSON.")]
MarketplaceOption = Annotated[
    str | None,
    typer.Option(
        "--winkel",
        "--marketplace",
        metavar="CODE",
        callback=_known_marketplace,
        help=f"Winkel waarvan de regels voorgaan: {', '.join(MARKETPLACES)}.",
    ),
]


@app.command(cls=DutchCommand)
def ask(
    question: Annotated[str, typer.Argument(metavar="VRAAG", help="Je vraag, tussen aanhalingstekens.")],
    as_json: JsonOption = False,
    marketplace: MarketplaceOption = None,
    previous: Annotated[
        list[str] | None, typer.Option("--eerder", metavar="VRAAG", help="Een eerdere vraag uit hetzelfde gesprek; mag vaker.")
    ] = None,
) -> None:
    """Beantwoord een vraag uit de kennisbank, met bronnen."""
    with _open_assistant() as assistant:
        history: list[Turn] = []
        for earlier in previous or []:
            history.append(Turn(question=earlier, answer=assistant.ask(earlier, history, marketplace).text))
        answer = assistant.ask(question, history, marketplace)
    if as_json:
        _print_json(answer.model_dump(mode="json"))
    else:
        _print_answer(answer)


@app.command(cls=DutchCommand)
def search(
    query: Annotated[str, typer.Argument(metavar="ZOEKTEKST", help="Waar je naar zoekt.")],
    limit: Annotated[int, typer.Option("--aantal", "--limit", metavar="GETAL", min=1, max=100, help="Hoeveel secties je wilt zien.")] = 5,
    as_json: JsonOption = False,
    marketplace: MarketplaceOption = None,
) -> None:
    """Zoek de secties die het best bij een zoektekst passen."""
    with _open_assistant() as assistant:
        hits = assistant.search(query, limit, marketplace)
    if as_json:
        _print_json([hit.model_dump(mode="json") for hit in hits])
        return
    for number, hit in enumerate(hits, 1):
        where = escape(f"{hit.title} · {hit.document_id} · {hit.score:.2f}")
        out.print(f"[bold]{number}. {escape(hit.heading)}[/bold]  [dim]{where}[/dim]", highlight=False)
    if not hits:
        out.print("Niets gevonden.")


@app.command(cls=DutchCommand)
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PADEN", help="Bestanden of mappen; zonder paden wordt alleen de index bijgewerkt.")
    ] = None,
    as_json: JsonOption = False,
    rebuild: Annotated[bool, typer.Option("--opnieuw", help="Bouw de hele index opnieuw.")] = False,
) -> None:
    """Voeg eigen documenten toe (PDF, Word, HTML, Markdown, tekst, CSV) en werk de index bij."""
    with _open_assistant(progress=not as_json) as assistant:
        if rebuild:
            with _progress_bar(not as_json) as progress:
                assistant.rebuild(progress)
        with _progress_bar(not as_json) as progress:
            report = assistant.ingest(paths or [], progress)
    if as_json:
        _print_json(report.model_dump(mode="json"))
    else:
        labels = {"toegevoegd": report.added, "bijgewerkt": report.updated, "verwijderd": report.removed, "ongewijzigd": report.unchanged}
        out.print(", ".join(f"{len(names)} {label}" for label, names in labels.items()))
    for rejection in report.rejected:
        err.print(f"Geweigerd: {rejection.path}: {rejection.reason}", markup=False, highlight=False, soft_wrap=True)
    if report.rejected:
        raise typer.Exit(1)


@app.command(cls=DutchCommand)
def documents(as_json: JsonOption = False) -> None:
    """Toon de documenten die je zelf hebt toegevoegd."""
    with _open_assistant() as assistant:
        found = assistant.documents()
    if as_json:
        _print_json([{"document_id": d.document_id, "title": d.title, "sections": len(d.sections)} for d in found])
        return
    for document in found:
        what = escape(f"{document.title} · {len(document.sections)} secties")
        out.print(f"{escape(document.document_id)}  [dim]{what}[/dim]", highlight=False)
    if not found:
        out.print("Je hebt nog geen eigen documenten toegevoegd. Dat doe je met: assistant ingest MAP")


@app.command(cls=DutchCommand)
def remove(
    document_id: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Het document zoals 'assistant documents' het noemt.")],
) -> None:
    """Verwijder een document dat je zelf hebt toegevoegd."""
    with _open_assistant() as assistant:
        removed = assistant.remove(document_id)
    if not removed:
        raise AssistantError(f"Er is geen toegevoegd document {document_id!r}; bekijk de lijst met: assistant documents")
    out.print(f"{document_id} is verwijderd.", markup=False, highlight=False)


@app.command("check-corpus", cls=DutchCommand)
def check_corpus_command(
    folders: Annotated[list[Path] | None, typer.Argument(metavar="MAPPEN", help="Mappen met artikelen; standaard de ingestelde.")] = None,
    stale: Annotated[
        bool, typer.Option("--stale", "--verouderd", help="Toon alleen wat nagekeken moet worden, het meest gevraagde eerst.")
    ] = False,
) -> None:
    """Controleer de kennisbank: opbouw, vragen, links, tabellen, cijfers en spelling."""
    settings = Settings.load()
    chosen = folders or list(settings.corpus_dirs)
    corpus = read_corpus(chosen)
    today = date.today()
    if stale:
        _print_stale(settings, [(d.document_id, d.title, d.review_by) for d in stale_documents(corpus, today)])
        return
    findings = check_corpus(corpus, chosen, today)
    if findings:
        raise CorpusError(findings)
    sections = sum(len(document.sections) for document in corpus.documents)
    questions = sum(len(section.questions) for document in corpus.documents for section in document.sections)
    counts = f"{len(corpus.documents)} artikelen, {sections} secties, {questions} vragen en {len(corpus.figures)} cijfers"
    out.print(f"De kennisbank is in orde: {counts}.", highlight=False)


def _print_stale(settings: Settings, overdue: list[tuple[str, str, date | None]]) -> None:
    if not overdue:
        out.print("Niets is over zijn nakijkdatum.")
        return
    asked = _times_cited(settings)
    for document_id, title, review_by in sorted(overdue, key=lambda item: (-asked.get(item[0], 0), item[2] or date.min, item[0])):
        when = dutch_date(review_by) if review_by else "onbekend"
        out.print(f"{document_id}: {title}; nakijken vóór {when}; {asked.get(document_id, 0)} keer gevraagd", markup=False, highlight=False)


def _times_cited(settings: Settings) -> dict[str, int]:
    """How often each document was cited in kept conversations; empty when there are none yet."""
    from assistant.store import Store  # noqa: PLC0415 - SQLAlchemy is not needed for anything else here

    if not settings.database_url and not (settings.data_dir / "assistant.db").exists():
        return {}
    with Store.open(settings.database) as store:
        return store.times_cited()


@app.command(cls=DutchCommand)
def evaluate(
    cases: Annotated[Path, typer.Option("--cases", metavar="MAP", help="Map met gevallen (JSON Lines).")] = Path("evals/cases"),
    output: Annotated[Path, typer.Option("--uitvoer", "--output", metavar="MAP", help="Map voor het rapport.")] = Path("evals/results"),
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", "--vergelijk", metavar="RUN RUN", help="Vergelijk twee eerdere runs (JSON) en toon wat omsloeg."),
    ] = None,
    from_feedback: Annotated[
        bool,
        typer.Option("--from-feedback", "--uit-feedback", help="Maak concept-gevallen van afgekeurde antwoorden en onbeantwoorde vragen."),
    ] = False,
) -> None:
    """Meet de kwaliteit van de antwoorden en schrijf een rapport."""
    from assistant.evaluation.command import run_command  # noqa: PLC0415 - plotting libraries are only needed here

    settings = Settings.load()
    run_command(settings, cases=cases, output=output, compare=compare, from_feedback=from_feedback, console=out)


@app.command(cls=DutchCommand)
def serve(
    host: Annotated[str | None, typer.Option("--host", metavar="ADRES", help="Adres waarop de webapp luistert.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", "--poort", metavar="GETAL", min=1, max=65535, help="Poort waarop de webapp luistert.")
    ] = None,
) -> None:
    """Start de webapp."""
    from assistant.web import serve as serve_web  # noqa: PLC0415 - Gradio takes seconds to import

    chosen: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    serve_web(Settings.load(**chosen))


@app.command(cls=DutchCommand)
def doctor() -> None:
    """Kijk of alles klaarstaat: instellingen, kennisbank, model, index en taalmodel."""
    settings = Settings.load()
    problems = 0
    for name, check in _doctor_checks(settings):
        try:
            out.print(f"[green]✓[/green] {name}: {escape(check())}", highlight=False)
        except AssistantError as exc:
            problems += 1
            out.print(f"[red]✗[/red] {name}: ", end="")
            out.print(str(exc), markup=False, highlight=False)
    if problems:
        raise typer.Exit(1)


def _doctor_checks(settings: Settings) -> list[tuple[str, Callable[[], str]]]:
    def corpus() -> str:
        return f"{len(read_corpus(settings.corpus_dirs).documents)} artikelen in {', '.join(map(str, settings.corpus_dirs))}"

    def index() -> str:
        with Assistant.open(settings) as assistant:
            status = assistant.status()
            built = f"{status.chunks} secties, gebouwd op {dutch_date(status.built_at.date())}, model {status.embedding_model}"
            moved = (
                f"; {status.drift:.0%} is anders dan waarop het zoekmodel is getraind, train het opnieuw"
                if status.drift > FAR_MOVED
                else ""
            )
            return built + moved

    def language_model() -> str:
        if not settings.llm:
            return "niet ingesteld; antwoorden komen rechtstreeks uit de kennisbank"
        from assistant.language_models import open_language_model  # noqa: PLC0415 - only when one is set

        return f"{open_language_model(settings).name} is ingesteld"

    return [
        ("Versie", lambda: f"{__version__}, Python {sys.version.split()[0]}"),
        ("Datamap", lambda: str(settings.data_dir.resolve())),
        ("Kennisbank", corpus),
        ("Index", index),
        ("Taalmodel", language_model),
    ]


@contextmanager
def _open_assistant(progress: bool = True) -> Iterator[Assistant]:
    with _progress_bar(progress) as report, Assistant.open(Settings.load(), progress=report) as assistant:
        yield assistant


@contextmanager
def _progress_bar(visible: bool) -> Iterator[Any]:
    """A function that shows a stage, how much is done and how much there is."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not (visible and err.is_terminal)) as bar:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield report


def _print_answer(answer: Answer) -> None:
    out.print(Markdown(answer.text))
    for warning in answer.warnings:
        out.print(f"\n! {warning}", style="yellow", markup=False, highlight=False)
    if answer.citations:
        out.print("\n[bold]Bronnen[/bold]")
        for citation in answer.citations:
            checked = f", nagekeken op {dutch_date(citation.checked_on)}" if citation.checked_on else ""
            line = f"[{citation.number}] {citation.title}: {citation.heading} ({citation.document_id}); {citation.source_name}{checked}"
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    if answer.suggestions:
        out.print("\n[bold]Vraag ook eens[/bold]")
        for suggestion in answer.suggestions:
            out.print(f"- {suggestion}", markup=False, highlight=False)


def _print_json(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")  # a file name may hold bytes that are no text


def _usage_message(error: Any) -> str:
    name = str(getattr(error, "option_name", "") or "") or _parameter_name(getattr(error, "param", None))
    message: str = error.format_message()
    match type(error).__name__:
        case "NoSuchOption":
            return f"onbekende optie {name}"
        case "MissingParameter":
            return f"er ontbreekt een waarde voor {name}"
        case "BadParameter":
            return f"ongeldige waarde voor {name}"
        case "BadOptionUsage":
            return f"bij {name} hoort een waarde"
    if message.startswith("No such command"):
        return f"onbekende opdracht {message.split()[3].strip('.')}"
    if message.startswith("Got unexpected"):
        return f"te veel argumenten: {message.rpartition('(')[2].rstrip(')')}; zet tekst met spaties tussen aanhalingstekens"
    return "deze opdracht klopt niet"


def _parameter_name(parameter: Any) -> str:
    if parameter is None:
        return "een argument"
    options = [option for option in getattr(parameter, "opts", []) if option.startswith("-")]
    return options[0] if options else str(getattr(parameter, "metavar", None) or getattr(parameter, "name", "een argument"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.ERROR)
    command = typer.main.get_command(app)
    try:
        result = command.main(args=list(arguments) if arguments is not None else None, prog_name="assistant", standalone_mode=False)
        if result == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(result if isinstance(result, int) else 0)
    except _UsageError as exc:
        if type(exc).__name__ == "NoArgsIsHelpError":
            sys.stderr.write(_dutch(exc.format_message()) + "\n")
        else:
            hint = f"{exc.ctx.command_path} --help" if exc.ctx is not None else "assistant --help"
            sys.stderr.write(f"Verkeerd gebruik: {_usage_message(exc)}. Uitleg: {hint}\n")
        sys.exit(2)
    except AssistantError as exc:
        sys.stderr.write(f"Fout: {exc}\n")
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("Afgebroken.\n")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.exit(0)
    except Exception:
        logging.getLogger(__name__).debug("Unexpected error", exc_info=True)
        sys.stderr.write("Fout: er ging onverwacht iets mis. Controleer je installatie met 'assistant doctor'.\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
