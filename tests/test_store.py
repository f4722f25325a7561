import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from assistant.documents import Answer, Citation
from assistant.errors import StoreError
from assistant.store import KEEP_DELETED, Feedback, Store, clean_text, export_markdown, shorten

ME, OTHER = "a" * 32, "b" * 32

ANSWER = Answer(
    text="Het plan kost € 39 per maand. [1]",
    citations=(
        Citation(
            number=1,
            document_id="start/verkoopplan.md",
            title="Verkoopplannen",
            heading="Wat kost een plan?",
            text="Het plan kost € 39 per maand.",
            quote="Het plan kost € 39 per maand.",
            source_name="Amazon.nl",
            source_url="https://sell.amazon.nl",
            checked_on=date(2026, 11, 22),
            marketplaces=("NL",),
        ),
    ),
)
REFUSAL = Answer(text="Dat weet ik niet.", answered=False)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, step: timedelta = timedelta(minutes=1)) -> None:
        self.now += step


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'assistant.db'}"
    sockets: Path = request.getfixturevalue("postgres_sockets")
    name = f"test_{os.urandom(6).hex()}"
    engine = create_engine(f"postgresql+psycopg://postgres@/postgres?host={sockets}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"postgresql://postgres@/{name}?host={sockets}"


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    with Store.open(url, clock=clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres_sockets() -> Iterator[Path]:
    """The socket folder of a PostgreSQL cluster of our own."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = shutil.which("initdb") or (programs[0] if programs else None)
    if found is None:
        reason = "PostgreSQL is niet geïnstalleerd: geen initdb in PATH of /usr/lib/postgresql"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    binaries = Path(found).parent
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_postgres:
        shutil.chown(folder, "postgres")

    def run(*command: str) -> None:
        subprocess.run([*as_postgres, *command], check=True, stdout=subprocess.DEVNULL, cwd=folder, timeout=60)

    cluster = folder / "cluster"
    run(str(binaries / "initdb"), "-D", str(cluster), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run(str(binaries / "pg_ctl"), "-D", str(cluster), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield folder
    finally:
        run(str(binaries / "pg_ctl"), "-D", str(cluster), "-m", "immediate", "stop")
        shutil.rmtree(folder)


def ask(store: Store, owner: str = ME, question: str = "Wat kost een plan?", answer: Answer = ANSWER) -> tuple[str, str]:
    """A new conversation with one turn, as its ids."""
    conversation = store.new_conversation(owner, question)
    turn = store.add_turn(owner, conversation.conversation_id, question, answer, index_version="v1")
    return conversation.conversation_id, turn.turn_id


def titles(store: Store, search: str = "", owner: str = ME) -> list[str]:
    return [conversation.title for conversation in store.conversations(owner, search)]


# --- Conversations and turns


def test_a_turn_comes_back_as_it_was_given(store: Store) -> None:
    conversation_id, _ = ask(store)
    (turn,) = store.turns(ME, conversation_id)
    assert (turn.question, turn.answer, turn.index_version, turn.stopped, turn.feedback) == (
        "Wat kost een plan?",
        ANSWER,
        "v1",
        False,
        None,
    )


def test_turns_keep_their_order(store: Store) -> None:
    conversation_id, _ = ask(store, question="een")
    for question in ("twee", "drie"):
        store.add_turn(ME, conversation_id, question, ANSWER)
    assert [turn.question for turn in store.turns(ME, conversation_id)] == ["een", "twee", "drie"]


def test_conversations_are_listed_last_used_first(store: Store, clock: Clock) -> None:
    first, _ = ask(store, question="eerste")
    clock.move()
    ask(store, question="tweede")
    clock.move()
    store.add_turn(ME, first, "nog iets", ANSWER)
    assert titles(store) == ["eerste", "tweede"]


@pytest.mark.parametrize("search", ["KOOPKNOP", "koopknop kwijt", "39 per maand", "100%"])
def test_search_looks_in_titles_questions_and_answers(store: Store, search: str) -> None:
    ask(store, question="Ik ben mijn koopknop kwijt, 100% zeker")
    ask(store, question="iets anders", answer=REFUSAL)
    assert titles(store, search) == ["Ik ben mijn koopknop kwijt, 100% zeker"]


@pytest.mark.parametrize("search", ["citations", "%", "_", "document_id"])
def test_search_does_not_match_how_answers_are_stored(store: Store, search: str) -> None:
    ask(store, question="Wat kost een plan?")
    assert titles(store, search) == []


def test_replacing_a_turn_hides_it_and_all_after_it(store: Store) -> None:
    conversation_id, _ = ask(store, question="een")
    second = store.add_turn(ME, conversation_id, "twee", ANSWER)
    store.add_turn(ME, conversation_id, "drie", ANSWER)
    store.add_turn(ME, conversation_id, "anders", ANSWER, replaces=second.turn_id)
    assert [turn.question for turn in store.turns(ME, conversation_id)] == ["een", "anders"]


def test_replacing_a_turn_of_another_conversation_changes_nothing(store: Store) -> None:
    conversation_id, _ = ask(store)
    _, elsewhere = ask(store)
    with pytest.raises(StoreError, match="staat niet in dit gesprek"):
        store.add_turn(ME, conversation_id, "anders", ANSWER, replaces=elsewhere)
    assert len(store.turns(ME, conversation_id)) == 1


def test_rename_changes_the_title(store: Store) -> None:
    conversation_id, _ = ask(store)
    store.rename(ME, conversation_id, "  Mijn   plan ")
    assert titles(store) == ["Mijn plan"]


def test_rename_refuses_an_empty_title(store: Store) -> None:
    conversation_id, _ = ask(store)
    with pytest.raises(StoreError, match="heeft een naam nodig"):
        store.rename(ME, conversation_id, "  ")


def test_a_deleted_conversation_can_be_taken_back(store: Store) -> None:
    conversation_id, _ = ask(store, question="weg ermee")
    store.delete(ME, conversation_id)
    assert titles(store) == []
    store.restore(ME, conversation_id)
    assert titles(store) == ["weg ermee"]


def test_what_was_deleted_long_ago_is_wiped_on_opening(url: str, clock: Clock) -> None:
    with Store.open(url, clock=clock) as store:
        conversation_id, turn_id = ask(store)
        store.add_feedback(ME, turn_id, Feedback(thumb="down"))
        store.delete(ME, conversation_id)
    clock.move(KEEP_DELETED + timedelta(days=1))
    with Store.open(url, clock=clock) as store:
        assert store.feedback_list() == []
        with pytest.raises(StoreError, match="bestaat niet"):
            store.restore(ME, conversation_id)


# --- Owners


def test_nobody_sees_the_conversations_of_another(store: Store) -> None:
    conversation_id, turn_id = ask(store, owner=OTHER)
    assert titles(store, owner=ME) == []
    for attempt in (
        lambda: store.conversation(ME, conversation_id),
        lambda: store.turns(ME, conversation_id),
        lambda: store.rename(ME, conversation_id, "van mij"),
        lambda: store.delete(ME, conversation_id),
        lambda: store.add_turn(ME, conversation_id, "hoi", ANSWER),
        lambda: store.add_feedback(ME, turn_id, Feedback(thumb="up")),
    ):
        with pytest.raises(StoreError, match="bestaat niet"):
            attempt()
    assert titles(store, owner=OTHER) == ["Wat kost een plan?"]


# --- Feedback and questions without an answer


def test_feedback_comes_with_question_answer_engine_and_index(store: Store) -> None:
    _, turn_id = ask(store)
    store.add_feedback(ME, turn_id, Feedback(thumb="down", reason="verouderd", remark="Dit is van vorig jaar"))
    (entry,) = store.feedback_list()
    assert (entry.question, entry.answer, entry.engine, entry.index_version) == ("Wat kost een plan?", ANSWER, "extractive", "v1")
    assert entry.feedback == Feedback(thumb="down", reason="verouderd", remark="Dit is van vorig jaar")


def test_a_later_opinion_replaces_the_earlier_one(store: Store) -> None:
    conversation_id, turn_id = ask(store)
    store.add_feedback(ME, turn_id, Feedback(thumb="down", reason="onjuist"))
    store.add_feedback(ME, turn_id, Feedback(thumb="up"))
    assert [entry.feedback for entry in store.feedback_list()] == [Feedback(thumb="up")]
    assert store.turns(ME, conversation_id)[0].feedback == Feedback(thumb="up")


def test_feedback_on_an_unknown_turn_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="niet meer bewaard"):
        store.add_feedback(ME, "0" * 32, Feedback(thumb="up"))


def test_unanswered_lists_refusals_newest_first(store: Store, clock: Clock) -> None:
    ask(store, question="Wat kost een plan?")
    conversation_id, _ = ask(store, question="Wie won het WK?", answer=REFUSAL)
    clock.move()
    ask(store, owner=OTHER, question="Wat eet een kat?", answer=REFUSAL)
    store.add_turn(ME, conversation_id, "gestopt", REFUSAL, stopped=True)
    assert [question.question for question in store.unanswered()] == ["Wat eet een kat?", "Wie won het WK?"]


def test_unanswered_leaves_out_what_was_deleted(store: Store) -> None:
    conversation_id, _ = ask(store, question="Wie won het WK?", answer=REFUSAL)
    store.delete(ME, conversation_id)
    assert store.unanswered() == []


# --- Lasting, and safe under load


def test_everything_survives_closing_and_opening(url: str) -> None:
    with Store.open(url) as store:
        conversation_id, _ = ask(store)
    with Store.open(url) as store:
        assert [turn.answer for turn in store.turns(ME, conversation_id)] == [ANSWER]


def test_a_turn_survives_a_kill_right_after_it_was_added(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'assistant.db'}"
    program = textwrap.dedent(f"""
        import os, signal
        from assistant.documents import Answer
        from assistant.store import Store
        store = Store.open({url!r})
        conversation = store.new_conversation({ME!r}, "vraag")
        store.add_turn({ME!r}, conversation.conversation_id, "vraag", Answer(text="antwoord"))
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    finished = subprocess.run([sys.executable, "-c", program], timeout=60, check=False)
    assert finished.returncode == -signal.SIGKILL
    with Store.open(url) as store:
        (conversation,) = store.conversations(ME)
        assert [turn.answer.text for turn in store.turns(ME, conversation.conversation_id)] == ["antwoord"]


def test_many_threads_lose_no_turn(store: Store) -> None:
    conversation_id, _ = ask(store)

    def work(name: int) -> None:
        for number in range(5):
            store.add_turn(ME, conversation_id, f"{name}-{number}", ANSWER)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(store.turns(ME, conversation_id)) == 41


def test_several_processes_may_open_a_new_database_at_once(url: str) -> None:
    failures: list[Exception] = []

    def open_it() -> None:
        try:
            Store.open(url).close()
        except StoreError as exc:
            failures.append(exc)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []


ODD_TEXTS = {
    "nul": "nul \x00 teken",
    "surrogaat": "half paar \ud800",
    "sql": "'); DROP TABLE turns; --",
    "html": "<script>alert(1)</script>",
    "lang": "é" * 5000,
}


@pytest.mark.parametrize("question", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_any_text_can_be_stored(store: Store, question: str) -> None:
    conversation_id, _ = ask(store, question=question, answer=ANSWER.model_copy(update={"text": question}))
    (turn,) = store.turns(ME, conversation_id)
    assert (turn.question, turn.answer.text) == (clean_text(question), clean_text(question))


# --- Faults


@pytest.mark.parametrize("url", ["geen adres", "onbekend://host/naam", "sqlite:////proc/verboden/assistant.db"])
def test_an_impossible_url_is_a_clear_error(url: str) -> None:
    with pytest.raises(StoreError, match=r"verwacht een SQLAlchemy-adres|kan niet worden"):
        Store.open(url)


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "assistant.db").write_text("dit is geen database" * 100)
    with pytest.raises(StoreError, match="kan niet worden gelezen of beschreven"):
        Store.open(f"sqlite:///{tmp_path / 'assistant.db'}")


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path / 'assistant.db'}").close()
    connection = sqlite3.connect(tmp_path / "assistant.db")
    with connection:
        connection.execute("INSERT INTO schema_version VALUES (99)")
    connection.close()
    with pytest.raises(StoreError, match="schemaversie 99"):
        Store.open(f"sqlite:///{tmp_path / 'assistant.db'}")


def test_an_error_does_not_show_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql://user:geheim@127.0.0.1:1/naam")
    assert "geheim" not in str(caught.value)


# --- Export


def test_export_holds_questions_answers_and_sources(store: Store) -> None:
    conversation_id, _ = ask(store, question="Wat kost\neen plan?")
    store.add_turn(ME, conversation_id, "En nu?", Answer(text="Half", answered=False), stopped=True)
    exported = export_markdown(store.conversation(ME, conversation_id), store.turns(ME, conversation_id))
    assert exported == (
        "# Wat kost een plan?\n\n_Gesprek van 22-11-2026, met een automatische assistent._\n\n"
        "## Vraag\n\n> Wat kost\n> een plan?\n\nHet plan kost € 39 per maand. [1]\n\nBronnen:\n\n"
        "[1] Verkoopplannen: Wat kost een plan?; Amazon.nl https://sell.amazon.nl; gecontroleerd op 22-11-2026\n\n"
        "## Vraag\n\n> En nu?\n\nHalf\n\n_Dit antwoord is gestopt voordat het klaar was._\n"
    )


@pytest.mark.parametrize(
    ("title", "shortened"),
    [("kort", "kort"), ("  veel\n wit ", "veel wit"), ("een twee drie vier", "een twee…"), ("aaaaaaaaaaaaaaaaaa", "aaaaaaaaaaa…")],
)
def test_shorten_cuts_at_a_word(title: str, shortened: str) -> None:
    assert shorten(title, 12) == shortened
