"""Keeps what people did: conversations with their turns, feedback, and the questions that got no answer.

The only module that knows SQLAlchemy; callers get frozen records. The default is an SQLite file, and any SQLAlchemy URL
works, so that a team can share a PostgreSQL server. Every method is one transaction: what it returns is on disk.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self, get_args

from filelock import FileLock, Timeout
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    Select,
    Text,
    create_engine,
    delete,
    event,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import TypeDecorator

from assistant.documents import Answer, Record
from assistant.errors import StoreError

SCHEMA_VERSION = 1
TITLE_CHARACTERS = 70
REMARK_CHARACTERS = 1_000
# A deleted conversation can be taken back for this long; then it is gone.
KEEP_DELETED = timedelta(days=30)
_SCHEMA_LOCK = 7_860_001  # any number, as long as every process takes the same one

Thumb = Literal["up", "down"]
Reason = Literal["", "onjuist", "verouderd", "onvolledig", "onduidelijk", "anders"]
REASONS: tuple[str, ...] = tuple(reason for reason in get_args(Reason) if reason)


def clean_text(value: str) -> str:
    """The text as every database and JSON can hold it: without NUL characters and lone surrogates."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


# --- What callers get ------------------------------------------------------------------------------------------------


class Conversation(Record):
    """One conversation of one owner, as shown in a list."""

    conversation_id: str
    title: str
    created_at: datetime
    updated_at: datetime


class Feedback(Record):
    """What the reader thought of one answer."""

    thumb: Thumb
    reason: Reason = ""
    remark: str = ""


class StoredTurn(Record):
    """One question with its answer; ``stopped`` says that the reader cut the answer short."""

    turn_id: str
    question: str
    answer: Answer
    created_at: datetime
    index_version: str = ""
    stopped: bool = False
    feedback: Feedback | None = None


class FeedbackEntry(Record):
    """Feedback with everything a maintainer needs to act on it."""

    turn_id: str
    question: str
    answer: Answer
    engine: str
    index_version: str
    feedback: Feedback
    created_at: datetime


class UnansweredQuestion(Record):
    """A question that the sources could not answer."""

    question: str
    asked_at: datetime
    marketplace: str = ""
    topic: str = ""


# --- Tables ----------------------------------------------------------------------------------------------------------


class _UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets time zones, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class _CleanText(TypeDecorator[str]):
    """Text that was made storable with ``clean_text``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean_text(value)


class _Table(DeclarativeBase):
    type_annotation_map = {datetime: _UtcDateTime, str: _CleanText}


class _SchemaVersion(_Table):
    __tablename__ = "schema_version"
    version: Mapped[int] = mapped_column(primary_key=True)


class _ConversationRow(_Table):
    __tablename__ = "conversations"
    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)


class _TurnRow(_Table):
    __tablename__ = "turns"
    turn_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.conversation_id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    question: Mapped[str]
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    answer_text: Mapped[str]
    answered: Mapped[bool] = mapped_column(index=True)
    stopped: Mapped[bool]
    engine: Mapped[str]
    index_version: Mapped[str]
    marketplace: Mapped[str]
    topic: Mapped[str]
    created_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None] = mapped_column(default=None)


class _FeedbackRow(_Table):
    __tablename__ = "feedback"
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.turn_id", ondelete="CASCADE"), primary_key=True)
    thumb: Mapped[str]
    reason: Mapped[str]
    remark: Mapped[str]
    created_at: Mapped[datetime]


# --- The store -------------------------------------------------------------------------------------------------------


class Store:
    """Thread-safe; several processes may share one database.

    An owner is an opaque secret that a browser carries; nobody sees or changes the conversations of another owner.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @classmethod
    def open(cls, url: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Self:
        """The store at a SQLAlchemy URL; tables are made when missing, and what was deleted long ago is wiped.

        Raises:
            StoreError: the URL is impossible, the database cannot be reached, or a newer version of this program
                made it.
        """
        store = cls(_engine(url), clock)
        try:
            with _opening_alone(store._engine.url), store._session() as session:
                _prepare_schema(session.connection())
                session.execute(delete(_ConversationRow).where(_ConversationRow.deleted_at < clock() - KEEP_DELETED))
        except StoreError:
            store.close()
            raise
        except (OSError, Timeout) as exc:
            store.close()
            raise StoreError(f"De database {url!r} kan niet worden geopend ({exc}); controleer de datamap.") from exc
        return store

    def close(self) -> None:
        """Release all connections; safe to repeat."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Conversations

    def new_conversation(self, owner: str, title: str) -> Conversation:
        """Start a conversation; a long title is shortened at a word."""
        now = self._clock()
        row = _ConversationRow(conversation_id=uuid.uuid4().hex, owner=owner, title=shorten(title), created_at=now, updated_at=now)
        with self._session() as session:
            session.add(row)
        return _conversation(row)

    def conversations(self, owner: str, search: str = "", limit: int = 200) -> list[Conversation]:
        """The owner's conversations, last used first; ``search`` looks in titles, questions and answers."""
        query = _own(owner).order_by(_ConversationRow.updated_at.desc(), _ConversationRow.conversation_id).limit(limit)
        for word in clean_text(search).split():
            query = query.where(_mentions(word))
        with self._session() as session:
            return [_conversation(row) for row in session.scalars(query)]

    def conversation(self, owner: str, conversation_id: str) -> Conversation:
        """One conversation.

        Raises:
            StoreError: it does not exist, was deleted, or belongs to someone else.
        """
        with self._session() as session:
            return _conversation(_find(session, owner, conversation_id))

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            StoreError: the title is empty or the conversation is not there.
        """
        if not title.strip():
            raise StoreError("Een gesprek heeft een naam nodig; vul een of meer woorden in.")
        with self._session() as session:
            _find(session, owner, conversation_id).title = shorten(title)

    def delete(self, owner: str, conversation_id: str) -> None:
        """Hide a conversation; ``restore`` brings it back until it is wiped after ``KEEP_DELETED``."""
        with self._session() as session:
            _find(session, owner, conversation_id).deleted_at = self._clock()

    def restore(self, owner: str, conversation_id: str) -> Conversation:
        """Take back a deletion.

        Raises:
            StoreError: the conversation was wiped or belongs to someone else.
        """
        with self._session() as session:
            row = _find(session, owner, conversation_id, deleted=True)
            row.deleted_at = None
            return _conversation(row)

    # Turns

    def add_turn(
        self,
        owner: str,
        conversation_id: str,
        question: str,
        answer: Answer,
        *,
        index_version: str = "",
        marketplace: str = "",
        topic: str = "",
        stopped: bool = False,
        replaces: str = "",
    ) -> StoredTurn:
        """Keep one question with its answer at the end of a conversation.

        Args:
            replaces: a turn id; that turn and all after it leave the conversation in the same transaction.

        Raises:
            StoreError: the conversation or the replaced turn is not there.
        """
        now = self._clock()
        with self._session() as session:
            conversation = _find(session, owner, conversation_id)
            if replaces:
                _replace_from(session, conversation_id, replaces, now)
            row = _TurnRow(
                turn_id=uuid.uuid4().hex,
                conversation_id=conversation_id,
                position=_next_position(session, conversation_id),
                question=question,
                answer=_storable(answer),
                answer_text=answer.text,
                answered=answer.answered,
                stopped=stopped,
                engine=answer.engine,
                index_version=index_version,
                marketplace=marketplace,
                topic=topic,
                created_at=now,
            )
            session.add(row)
            conversation.updated_at = now
        return _stored_turn(row, None)

    def turns(self, owner: str, conversation_id: str) -> list[StoredTurn]:
        """The turns of a conversation in order, each with its feedback."""
        query = (
            select(_TurnRow, _FeedbackRow)
            .outerjoin(_FeedbackRow, _FeedbackRow.turn_id == _TurnRow.turn_id)
            .where(_TurnRow.conversation_id == conversation_id, _TurnRow.replaced_at.is_(None))
            .order_by(_TurnRow.position)
        )
        with self._session() as session:
            _find(session, owner, conversation_id)
            return [_stored_turn(turn, feedback) for turn, feedback in session.execute(query)]

    # Feedback and questions without an answer

    def add_feedback(self, owner: str, turn_id: str, feedback: Feedback) -> None:
        """Keep what the owner thinks of one of their answers; a later opinion replaces an earlier one.

        Raises:
            StoreError: the turn is not there or belongs to someone else.
        """
        with self._session() as session:
            turn = session.get(_TurnRow, turn_id)
            if turn is None:
                raise StoreError("Dit antwoord is niet meer bewaard; stel je vraag opnieuw om het te beoordelen.")
            _find(session, owner, turn.conversation_id)
            session.merge(
                _FeedbackRow(
                    turn_id=turn_id,
                    thumb=feedback.thumb,
                    reason=feedback.reason,
                    remark=feedback.remark[:REMARK_CHARACTERS],
                    created_at=self._clock(),
                )
            )

    def feedback_list(self, limit: int = 200) -> list[FeedbackEntry]:
        """Feedback of all owners, newest first, without saying whose it is."""
        query = (
            select(_TurnRow, _FeedbackRow)
            .join(_FeedbackRow, _FeedbackRow.turn_id == _TurnRow.turn_id)
            .order_by(_FeedbackRow.created_at.desc(), _TurnRow.turn_id)
            .limit(limit)
        )
        with self._session() as session:
            return [_feedback_entry(turn, feedback) for turn, feedback in session.execute(query)]

    def unanswered(self, limit: int = 500) -> list[UnansweredQuestion]:
        """Questions of all owners that got no answer, newest first; what its owner deleted or cut short is left out."""
        query = (
            select(_TurnRow)
            .join(_ConversationRow, _ConversationRow.conversation_id == _TurnRow.conversation_id)
            .where(
                _TurnRow.answered.is_(False),
                _TurnRow.stopped.is_(False),
                _TurnRow.replaced_at.is_(None),
                _ConversationRow.deleted_at.is_(None),
            )
            .order_by(_TurnRow.created_at.desc(), _TurnRow.turn_id)
            .limit(limit)
        )
        with self._session() as session:
            return [
                UnansweredQuestion(question=row.question, asked_at=row.created_at, marketplace=row.marketplace, topic=row.topic)
                for row in session.scalars(query)
            ]

    def times_cited(self) -> dict[str, int]:
        """In how many kept answers of all owners each document was cited."""
        counts: dict[str, int] = {}
        with self._session() as session:
            for (answer,) in session.execute(select(_TurnRow.answer)):
                for document_id in {str(citation["document_id"]) for citation in answer.get("citations", [])}:
                    counts[document_id] = counts.get(document_id, 0) + 1
        return counts

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with self._sessions.begin() as session:
                yield session
        except SQLAlchemyError as exc:
            place = self._engine.url.render_as_string(hide_password=True)
            raise StoreError(
                f"De database {place} kan niet worden gelezen of beschreven; "
                "controleer of hij bereikbaar is, of er schijfruimte is en of ASSISTANT_DATABASE_URL klopt."
            ) from exc


def shorten(title: str, limit: int = TITLE_CHARACTERS) -> str:
    """The title on one line, cut at a word when longer than ``limit`` characters."""
    line = " ".join(title.split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    return (head[: head.rfind(" ")] if " " in head[limit // 2 :] else head).rstrip(" ,.;:") + "…"


# --- Helpers ---------------------------------------------------------------------------------------------------------


def _engine(url: str) -> Engine:
    try:
        address = _with_driver(make_url(url))
        _make_folder(address)
        engine = create_engine(address, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as exc:
        raise StoreError(
            f"ASSISTANT_DATABASE_URL is {url!r}; verwacht een SQLAlchemy-adres zoals "
            "sqlite:///map/assistant.db of postgresql://gebruiker@server/naam."
        ) from exc
    except OSError as exc:
        raise StoreError(f"De map voor de database {url!r} kan niet worden gemaakt ({exc.strerror}).") from exc
    if address.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
    return engine


def _with_driver(url: URL) -> URL:
    """PostgreSQL through psycopg, also when the URL does not name a driver."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _make_folder(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _opening_alone(url: URL) -> AbstractContextManager[object]:
    """Keeps other processes from making the same SQLite file meanwhile; a server has locks of its own."""
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        return FileLock(f"{url.database}.lock", timeout=30)
    return nullcontext()


def _set_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_schema(connection: Connection) -> None:
    """Make what is missing; safe when several processes start at once."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))
    for table in _Table.metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))
    found = connection.scalar(select(func.max(_SchemaVersion.version)))
    if found is None:
        connection.execute(_SchemaVersion.__table__.insert().values(version=SCHEMA_VERSION))  # type: ignore[attr-defined]
    elif found > SCHEMA_VERSION:
        raise StoreError(
            f"De database heeft schemaversie {found}, deze versie van de assistent kent {SCHEMA_VERSION}; "
            "werk de assistent bij of kies met ASSISTANT_DATABASE_URL een andere database."
        )


def _own(owner: str) -> Select[_ConversationRow]:
    return select(_ConversationRow).where(_ConversationRow.owner == owner, _ConversationRow.deleted_at.is_(None))


def _mentions(word: str) -> Any:
    in_turn = select(_TurnRow.conversation_id).where(
        _TurnRow.replaced_at.is_(None),
        or_(
            _TurnRow.question.icontains(word, autoescape=True),
            _TurnRow.answer_text.icontains(word, autoescape=True),
        ),
    )
    return or_(
        _ConversationRow.title.icontains(word, autoescape=True),
        _ConversationRow.conversation_id.in_(in_turn),
    )


def _find(session: Session, owner: str, conversation_id: str, *, deleted: bool = False) -> _ConversationRow:
    row = session.get(_ConversationRow, conversation_id)
    if row is None or row.owner != owner or (row.deleted_at is not None) != deleted:
        raise StoreError("Dit gesprek bestaat niet of niet meer; kies een ander gesprek of begin een nieuw.")
    return row


def _replace_from(session: Session, conversation_id: str, turn_id: str, now: datetime) -> None:
    turn = session.get(_TurnRow, turn_id)
    if turn is None or turn.conversation_id != conversation_id:
        raise StoreError("De vraag die je wilt aanpassen staat niet in dit gesprek; stel hem als nieuwe vraag.")
    session.execute(
        update(_TurnRow)
        .where(
            _TurnRow.conversation_id == conversation_id,
            _TurnRow.position >= turn.position,
            _TurnRow.replaced_at.is_(None),
        )
        .values(replaced_at=now)
    )


def _next_position(session: Session, conversation_id: str) -> int:
    query = select(func.max(_TurnRow.position)).where(_TurnRow.conversation_id == conversation_id)
    return (session.scalar(query) or 0) + 1


def _storable(value: Answer) -> dict[str, Any]:
    cleaned: dict[str, Any] = _clean_deep(value.model_dump())
    return Answer.model_validate(cleaned).model_dump(mode="json")


def _clean_deep(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {key: _clean_deep(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean_deep(part) for part in value]
    return value


def _conversation(row: _ConversationRow) -> Conversation:
    return Conversation(conversation_id=row.conversation_id, title=row.title, created_at=row.created_at, updated_at=row.updated_at)


def _stored_turn(row: _TurnRow, feedback: _FeedbackRow | None) -> StoredTurn:
    return StoredTurn(
        turn_id=row.turn_id,
        question=row.question,
        answer=Answer.model_validate(row.answer, extra="ignore"),
        created_at=row.created_at,
        index_version=row.index_version,
        stopped=row.stopped,
        feedback=_feedback(feedback) if feedback is not None else None,
    )


def _feedback(row: _FeedbackRow) -> Feedback:
    return Feedback.model_validate({"thumb": row.thumb, "reason": row.reason, "remark": row.remark})


def _feedback_entry(turn: _TurnRow, feedback: _FeedbackRow) -> FeedbackEntry:
    return FeedbackEntry(
        turn_id=turn.turn_id,
        question=turn.question,
        answer=Answer.model_validate(turn.answer, extra="ignore"),
        engine=turn.engine,
        index_version=turn.index_version,
        feedback=_feedback(feedback),
        created_at=feedback.created_at,
    )


def export_markdown(conversation: Conversation, turns: Sequence[StoredTurn]) -> str:
    """A conversation as one Markdown document, with the sources under each answer."""
    made = f"_Gesprek van {conversation.created_at:%d-%m-%Y}, met een automatische assistent._"
    parts = [f"# {conversation.title}", made]
    for turn in turns:
        quoted = "\n".join(f"> {line}" for line in turn.question.splitlines() or [""])
        parts.extend([f"## Vraag\n\n{quoted}", turn.answer.text or "_Geen antwoord._"])
        if turn.stopped:
            parts.append("_Dit antwoord is gestopt voordat het klaar was._")
        parts.extend(f"_{warning}_" for warning in turn.answer.warnings)
        if turn.answer.citations:
            parts.append("Bronnen:\n\n" + "\n".join(source_lines(turn.answer)))
    return "\n\n".join(parts) + "\n"


def source_lines(answer: Answer) -> list[str]:
    """The sources of an answer as plain lines: ``[1] article, section; source, address; checked on``."""
    lines = []
    for citation in answer.citations:
        checked = f"gecontroleerd op {citation.checked_on:%d-%m-%Y}" if citation.checked_on else ""
        where = " ".join(part for part in (citation.source_name, citation.source_url) if part)
        head = f"[{citation.number}] {citation.title}: {citation.heading}"
        lines.append("; ".join(part for part in (head, where, checked) if part))
    return lines
