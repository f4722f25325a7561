import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from assistant import Answer, Citation, Hit, IngestReport, Settings, __version__
from assistant import cli as command_line
from assistant.store import Store
from tests.conftest import ROOT
from tests.small_corpus import write_corpus

COMMANDS = ["ask", "search", "ingest", "documents", "remove", "check-corpus", "evaluate", "serve", "doctor"]
PLAN_QUESTION = "wat kost het plan professioneel per maand"
FOREIGN_QUESTION = "Hoe laat vertrekt de trein naar Groningen?"
ENGLISH = r"\b(the|and|this|show|usage|options?|commands|arguments?|exit|message|required|default|text|integer|path|file|help)\b"


class Result(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small knowledge base, for commands that change nothing; the first of them builds the index."""
    folder = tmp_path_factory.mktemp("cli")
    write_corpus(folder / "corpus")
    return folder


@pytest.fixture
def run_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[Path], Run]:
    """A function that gives, for a folder, a function that runs a command with its data and knowledge there."""

    def at(folder: Path) -> Run:
        monkeypatch.setenv("ASSISTANT_DATA_DIR", str(folder / "data"))
        monkeypatch.setenv("ASSISTANT_CORPUS_DIRS", str(folder / "corpus"))
        monkeypatch.setenv("COLUMNS", "200")

        def run(*arguments: object) -> Result:
            with pytest.raises(SystemExit) as stopped:
                command_line.main([str(argument) for argument in arguments])
            captured = capsys.readouterr()
            return Result(int(stopped.value.code or 0), captured.out, captured.err)

        return run

    return at


@pytest.fixture
def run(run_in: Callable[[Path], Run], shared_folder: Path) -> Run:
    return run_in(shared_folder)


@pytest.fixture
def run_own(run_in: Callable[[Path], Run], corpus_folder: Path) -> Run:
    """The same over a knowledge base and a data folder that a test may change."""
    return run_in(corpus_folder.parent)


@pytest.fixture
def script(shared_folder: Path) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """A function that runs the installed command in a process of its own."""

    def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = Path(sys.executable).with_name("assistant")
        folders = {"ASSISTANT_DATA_DIR": str(shared_folder / "data"), "ASSISTANT_CORPUS_DIRS": str(shared_folder / "corpus")}
        env = {"PATH": os.environ["PATH"], "HF_HUB_OFFLINE": "1", **folders, **environment}
        return subprocess.run([str(command), *arguments], capture_output=True, text=True, env=env, cwd=ROOT, timeout=120)

    yield call


# --- Help and usage --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_dutch_and_exits_0(run: Run, command: str) -> None:
    code, out, err = run(*command.split(), "--help")

    assert (code, err) == (0, "")
    assert out.startswith("Gebruik: assistant")
    assert re.findall(ENGLISH, re.sub(r"--[a-z-]+", "", out), re.IGNORECASE) == []


def test_help_names_every_command(run: Run) -> None:
    out = run("--help").out

    assert [command for command in COMMANDS if not re.search(rf"(?m)^  {command} +\w", out)] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["zoek"], "Verkeerd gebruik: onbekende opdracht 'zoek'. Uitleg: assistant --help"),
        (["ask"], "Verkeerd gebruik: er ontbreekt een waarde voor VRAAG. Uitleg: assistant ask --help"),
        (["ask", "x", "--snel"], "Verkeerd gebruik: onbekende optie --snel. Uitleg: assistant ask --help"),
        (["ask", "twee", "woorden"], "Verkeerd gebruik: te veel argumenten: woorden; zet tekst met spaties tussen aanhalingstekens."),
        (["search", "x", "--limit", "0"], "Verkeerd gebruik: ongeldige waarde voor --aantal. Uitleg: assistant search --help"),
        (["search", "x", "--limit", "veel"], "Verkeerd gebruik: ongeldige waarde voor --aantal."),
        (["search", "x", "--limit"], "Verkeerd gebruik: bij --limit hoort een waarde."),
        (["serve", "--port", "70000"], "Verkeerd gebruik: ongeldige waarde voor --port."),
        (["ask", "x", "--winkel", "LU"], "Verkeerd gebruik: ongeldige waarde voor --winkel. Uitleg: assistant ask --help"),
        (["remove"], "Verkeerd gebruik: er ontbreekt een waarde voor DOCUMENT."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_exits_2_with_one_dutch_line(run: Run, arguments: list[str], message: str) -> None:
    code, out, err = run(*arguments)

    assert (code, out, err.startswith(message), err.count("\n")) == (2, "", True, 1), err


def test_no_command_at_all_shows_the_help_and_exits_2(run: Run) -> None:
    code, out, err = run()

    assert (code, out, err.startswith("Gebruik: assistant")) == (2, "", True)


# --- ask and search --------------------------------------------------------------------------------------------------


def test_ask_prints_the_answer_with_its_sources_and_suggestions(run: Run) -> None:
    code, out, err = run("ask", PLAN_QUESTION)

    assert (code, err) == (0, "")
    for part in (
        "€ 39",
        "Bronnen",
        "[1] Een verkoopplan kiezen: Wat kost een verkoopplan",
        "nagekeken op 22 november 2026",
        "Vraag ook eens",
    ):
        assert part in out


def test_ask_prints_a_refusal_without_sources(run: Run) -> None:
    code, out, _ = run("ask", FOREIGN_QUESTION)

    assert (code, "weet ik niet" in out, "Bronnen" in out) == (0, True, False)


def test_ask_as_json_gives_the_fields_of_an_answer(run: Run) -> None:
    code, out, err = run("ask", PLAN_QUESTION, "--json")
    answer = json.loads(out)

    assert (code, err, set(answer)) == (0, "", set(Answer.model_fields))
    assert Answer.model_validate(answer).citations[0].document_id == "start/verkoopplan-kiezen.md"


def test_ask_takes_earlier_questions_and_a_marketplace(run: Run) -> None:
    code, out, _ = run("ask", "en in december", "--eerder", "wat kost opslag bij fba", "--winkel", "DE", "--json")

    assert (code, json.loads(out)["warnings"]) == (0, [])


def test_search_prints_a_line_per_section(run: Run) -> None:
    code, out, _ = run("search", "opslag december", "--aantal", "2")

    assert (code, [line[:2] for line in out.splitlines()]) == (0, ["1.", "2."])
    assert "Wat kost opslag bij FBA in december?" in out.splitlines()[0]


def test_search_as_json_gives_a_list_of_hits(run: Run) -> None:
    code, out, err = run("search", "opslag december", "--json", "--limit", "3")
    hits = json.loads(out)

    assert (code, err, len(hits)) == (0, "", 3)
    assert {name for hit in hits for name in hit} == set(Hit.model_fields) == {"document_id", "title", "heading", "text", "score"}


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize("question", ["", "?!", "a" * 100_000], ids=["empty", "punctuation", "long"])
def test_what_is_no_question_exits_1_with_a_dutch_line(run: Run, command: str, question: str) -> None:
    code, out, err = run(command, question, "--json")

    assert (code, out, err.startswith(("Fout: Ik lees geen vraag", "Fout: Je vraag is"))) == (1, "", True)


# --- Documents of our own --------------------------------------------------------------------------------------------


def test_documents_are_added_listed_and_removed(run_own: Run, tmp_path: Path) -> None:
    document = tmp_path / "eigen" / "zebra [1].txt"
    document.parent.mkdir()
    document.write_text("Regels [/b]\n\nDe zevende zebra loopt.")

    steps = [
        run_own("documents"),
        run_own("ingest", document.parent),
        run_own("ingest", document.parent),
        run_own("documents"),
        run_own("search", "zevende zebra"),
        run_own("remove", "zebra [1].txt"),
        run_own("documents"),
    ]

    assert [(step.code, step.err) for step in steps] == [(0, "")] * len(steps)
    assert [step.out.splitlines()[0] for step in steps] == [
        "Je hebt nog geen eigen documenten toegevoegd. Dat doe je met: assistant ingest MAP",
        "1 toegevoegd, 0 bijgewerkt, 0 verwijderd, 0 ongewijzigd",
        "0 toegevoegd, 0 bijgewerkt, 0 verwijderd, 1 ongewijzigd",
        "zebra [1].txt  zebra [1] · 1 secties",
        "1. Regels [/b]  zebra [1] · zebra [1].txt · 1.00",
        "zebra [1].txt is verwijderd.",
        "Je hebt nog geen eigen documenten toegevoegd. Dat doe je met: assistant ingest MAP",
    ]


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_a_rejected_document_exits_1_with_the_reason_on_stderr(run_own: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    bad = tmp_path / "x.pdf"
    bad.write_bytes(b"onzin")

    code, _, err = run_own("ingest", bad, tmp_path / "weg", *options)

    assert (code, err.splitlines()) == (
        1,
        [
            f"Geweigerd: {bad}: het bestand is beschadigd of geen geldig PDF-bestand (PdfStreamError)",
            f"Geweigerd: {tmp_path / 'weg'}: het bestand of de map bestaat niet",
        ],
    )


def test_ingest_and_documents_as_json(run_own: Run, tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("Eigen tekst.")

    reports = [json.loads(run_own("ingest", *arguments, "--json").out) for arguments in ([document], [document, "--opnieuw"], [])]

    assert [(report["added"], report["unchanged"]) for report in reports] == [(["a.txt"], []), ([], ["a.txt"]), ([], [])]
    assert set(reports[0]) == set(IngestReport.model_fields)
    assert json.loads(run_own("documents", "--json").out) == [{"document_id": "a.txt", "title": "a", "sections": 1}]


def test_removing_what_is_not_there_exits_1(run: Run) -> None:
    assert run("remove", "fba/opslag.md") == (
        1,
        "",
        "Fout: Er is geen toegevoegd document 'fba/opslag.md'; bekijk de lijst met: assistant documents\n",
    )


# --- The knowledge base ----------------------------------------------------------------------------------------------


def test_a_tidy_knowledge_base_is_in_order(run: Run) -> None:
    assert run("check-corpus") == (0, "De kennisbank is in orde: 3 artikelen, 4 secties, 48 vragen en 2 cijfers.\n", "")


def test_another_folder_can_be_checked(run: Run, tmp_path: Path) -> None:
    assert run("check-corpus", tmp_path / "weg").err == (
        f"Fout: De kennisbank heeft 1 fout:\n  {tmp_path / 'weg'}: map niet gevonden; controleer ASSISTANT_CORPUS_DIRS\n"
    )


def test_faults_and_findings_exit_1_and_are_all_listed(run_own: Run, corpus_folder: Path) -> None:
    path = corpus_folder / "fba" / "opslag.md"
    path.write_text(path.read_text("utf-8").replace("review_by: 2027-01-15\n", "").replace("Opslag bij FBA kost", "Dat kost", 1), "utf-8")

    code, out, err = run_own("check-corpus")

    assert (code, out, err.splitlines()) == (
        1,
        "",
        [
            "Fout: De kennisbank heeft 2 fouten:",
            "  fba/opslag.md: Wat kost opslag bij FBA in december?: begint met een verwijzend woord: "
            "'Dat kost in Duitsland van oktober tot en met decem'; noem het onderwerp",
            "  fba/opslag.md: review_by ontbreekt; geef de dag waarop iemand dit artikel weer nakijkt",
        ],
    )


@pytest.mark.parametrize("command", [["ask", PLAN_QUESTION], ["search", "opslag"], ["documents"], ["ingest"], ["check-corpus"]])
def test_a_broken_article_exits_1_with_every_fault(run_own: Run, corpus_folder: Path, command: list[str]) -> None:
    path = corpus_folder / "fba" / "opslag.md"
    path.write_text(path.read_text("utf-8").replace("topic: fba", "topic: fabels").replace("checked_on:", "gekeken:"), "utf-8")

    code, out, err = run_own(*command)

    assert (code, out, err) == (
        1,
        "",
        "Fout: De kennisbank heeft 2 fouten:\n"
        f"  {path}: checked_on ontbreekt\n"
        f"  {path}: gekeken is een onbekend veld; haal het weg of verbeter de naam\n",
    )


def make_stale(path: Path, review_by: str) -> None:
    text = re.sub(r"checked_on: \S+", "checked_on: 2026-01-01", path.read_text("utf-8"))
    path.write_text(re.sub(r"review_by: \S+", f"review_by: {review_by}", text), "utf-8")


def test_stale_articles_are_listed_longest_overdue_first(run_own: Run, corpus_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "date", FirstDay)
    make_stale(corpus_folder / "fba" / "opslag.md", "2026-02-01")
    make_stale(corpus_folder / "begrippen" / "verzending.md", "2026-01-31")

    assert run_own("check-corpus", "--stale") == (
        0,
        "begrippen/verzending.md: Begrippen rond verzending; nakijken vóór 31 januari 2026; 0 keer gevraagd\n"
        "fba/opslag.md: Opslag bij FBA; nakijken vóór 1 februari 2026; 0 keer gevraagd\n",
        "",
    )


def test_what_is_asked_most_comes_first_among_stale_articles(run_own: Run, corpus_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "date", FirstDay)
    make_stale(corpus_folder / "fba" / "opslag.md", "2026-02-01")
    make_stale(corpus_folder / "begrippen" / "verzending.md", "2026-01-31")
    citation = Citation(number=1, document_id="fba/opslag.md", title="Opslag bij FBA", heading="Kop", text="tekst", quote="tekst")
    with Store.open(Settings(data_dir=corpus_folder.parent / "data").database) as store:
        conversation = store.new_conversation("eigenaar", "Opslag")
        store.add_turn("eigenaar", conversation.conversation_id, "wat kost opslag", Answer(text="tekst [1]", citations=(citation,)))

    lines = run_own("check-corpus", "--stale").out.splitlines()

    assert lines[0] == "fba/opslag.md: Opslag bij FBA; nakijken vóór 1 februari 2026; 1 keer gevraagd"


def test_nothing_stale_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "date", FirstDay)

    assert run("check-corpus", "--stale") == (0, "Niets is over zijn nakijkdatum.\n", "")


class FirstDay(date):
    """A calendar that always says 22 November 2026."""

    @classmethod
    def today(cls) -> "FirstDay":
        return cls(2026, 11, 22)


# --- doctor, evaluate and what goes wrong ----------------------------------------------------------------------------


def test_doctor_checks_every_part(run: Run) -> None:
    code, out, err = run("doctor")

    assert (code, err) == (0, "")
    assert [line.partition(":")[0] for line in out.splitlines()] == [
        f"✓ {part}" for part in ("Versie", "Datamap", "Kennisbank", "Index", "Taalmodel")
    ]
    assert __version__ in out


def test_doctor_exits_1_and_names_what_is_wrong(run_own: Run, corpus_folder: Path) -> None:
    (corpus_folder / "fba" / "opslag.md").write_text("geen artikel")

    code, out, _ = run_own("doctor")

    assert (code, [line[:13] for line in out.splitlines() if line.startswith("✗")]) == (1, ["✗ Kennisbank:", "✗ Index: De k"])


def test_evaluating_cases_that_are_not_there_exits_1(run: Run, tmp_path: Path) -> None:
    code, _, err = run("evaluate", "--cases", tmp_path / "weg", "--uitvoer", tmp_path / "uit")

    assert (code, err.startswith("Fout: "), str(tmp_path / "weg") in err) == (1, True, True), err


def test_serve_starts_the_web_app_with_the_chosen_address(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Settings] = []
    monkeypatch.setattr("assistant.web.serve", served.append)

    assert run("serve", "--host", "0.0.0.0", "--poort", "9000") == (0, "", "")
    assert [(settings.host, settings.port) for settings in served] == [("0.0.0.0", 9000)]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ASSISTANT_POORT", "1", "Fout: De instelling ASSISTANT_POORT bestaat niet; bedoel je ASSISTANT_PORT?\n"),
        ("ASSISTANT_PORT", "veel", "Fout: De instelling ASSISTANT_PORT is 'veel'; verwacht een getal\n"),
    ],
)
def test_a_wrong_setting_exits_1(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)

    assert run("ask", PLAN_QUESTION) == (1, "", message)


def test_a_data_folder_that_cannot_be_made_exits_1(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("geen map")
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path / "bestand"))

    code, out, err = run("ask", PLAN_QUESTION)

    assert (code, out, err.startswith("Fout: ")) == (1, "", True)
    assert "controleer ASSISTANT_DATA_DIR" in err


@pytest.mark.parametrize(
    ("failure", "code", "message"),
    [
        (RuntimeError("boem"), 1, "Fout: er ging onverwacht iets mis. Controleer je installatie met 'assistant doctor'.\n"),
        (KeyboardInterrupt(), 130, "Afgebroken.\n"),
        (BrokenPipeError(), 0, ""),
    ],
    ids=["bug", "interrupt", "closed pipe"],
)
def test_a_failure_that_nobody_foresaw_shows_no_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, failure: BaseException, code: int, message: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("assistant.pipeline.Assistant.open", fail)

    assert run("ask", PLAN_QUESTION) == (code, "", message)


# --- In a process of its own -----------------------------------------------------------------------------------------


def test_the_installed_command_prints_nothing_but_json(script: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = script("ask", PLAN_QUESTION, "--json")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["answered"]


def test_the_installed_command_builds_a_missing_index_in_silence(
    script: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = script("search", "opslag", ASSISTANT_DATA_DIR=str(tmp_path / "nieuw"))

    assert (done.returncode, done.stderr, done.stdout[:2]) == (0, "", "1.")


def test_the_installed_command_gives_its_errors_on_stderr(script: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = script("ask", "", ASSISTANT_MARKETPLACE="LU")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Fout: De instelling ASSISTANT_MARKETPLACE is 'LU'; verwacht een van: NL, BE")
