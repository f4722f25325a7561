"""The chat page: a question box, the thread of answers with their sources, and the list of conversations.

Gradio carries the events and the streaming; the HTML comes from ``rendering`` and the behaviour in the browser from
``static/chat.js``. The conversation in view is known to the browser, not to this process, so that a restart loses nothing.
"""

import logging
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import gradio as gr
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from assistant.documents import Answer, Turn
from assistant.errors import AssistantError, StoreError
from assistant.loaders import OWN_TOPIC
from assistant.settings import Settings
from assistant.store import Conversation, Feedback, Store, StoredTurn, clean_text, export_markdown
from assistant.web import texts
from assistant.web.backend import LoadingBackend
from assistant.web.middleware import owner_of
from assistant.web.rendering import render, render_partial, slugify, turn_view

logger = logging.getLogger(__name__)

# Ten people who ask at once should not wait for each other; threads that wait cost little.
ANSWERS_AT_ONCE = 32
# The shortest time between two looks at a growing answer; faster is only flicker and work for the browser.
SECONDS_BETWEEN_UPDATES = 0.06
LOADING_CHECK_SECONDS = 0.5
FIRST_QUESTIONS = 6
HISTORY_TURNS = 20
SHOWN_CONVERSATIONS = 60
MOST_CONVERSATIONS = 5_000
FORGET_SECONDS = 3_600.0

Update = dict[Any, Any]


class Running:
    """An answer in the making; ``after`` is the turn it follows.

    Whoever takes it off the list of the page, the answering or the stopping, keeps it.
    """

    def __init__(self, owner: str, question: str, place: "Place") -> None:
        self.owner = owner
        self.question = question
        self.place = place
        self.text = ""
        self.after = ""
        self.started_at = time.monotonic()
        self.run = uuid.uuid4().hex


class Place(NamedTuple):
    """Where a question belongs, as the browser sends it: any of these may be empty."""

    conversation_id: str
    replaces: str
    topic: str
    marketplace: str


class ChatPage:
    """The components of the page and what happens to them; one object serves all visitors."""

    def __init__(self, loading: LoadingBackend, store: Store, settings: Settings) -> None:
        self._loading = loading
        self._store = store
        self._settings = settings
        self._running: dict[str, Running] = {}
        self._loads: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    # --- Layout ------------------------------------------------------------------------------------------------------

    def build(self) -> gr.Blocks:
        """The page with its events connected."""
        with gr.Blocks(title=texts.BRAND, analytics_enabled=False, fill_width=True) as blocks:
            _html(render("header.html", current="/", main_id="question"), "header")
            with gr.Row(elem_id="workspace"):
                self._build_sidebar()
                self._build_middle()
                _html(render("panel.html"), "panel")
            self._connect(blocks)
        page: gr.Blocks = blocks.queue(default_concurrency_limit=ANSWERS_AT_ONCE)
        return page

    def _build_sidebar(self) -> None:
        with gr.Column(elem_id="sidebar", min_width=0):
            _html(render("sidebar_close.html"), "sidebar-close")
            self.new = gr.Button(texts.NEW_CONVERSATION, elem_id="new-conversation", variant="secondary")
            self.search = gr.Textbox(label=texts.SEARCH_CONVERSATIONS, elem_id="search-conversations", lines=1, max_lines=1, container=True)
            self.conversations = _html("", "conversations", connect="connectConversations", events=LIST_EVENTS)

    def _build_middle(self) -> None:
        with gr.Column(elem_id="middle", min_width=0):
            _html(render("sidebar_switch.html"), "sidebar-switch")
            self.thread = _html(self._loading_html(), "thread", connect="connectThread", events=THREAD_EVENTS)
            self.live = _html("", "live", connect="connectThread", events=THREAD_EVENTS)
            self.status = _html(_status(""), "status")
            with gr.Group(elem_id="composer"):
                with gr.Row(elem_id="editing"):
                    _html(render("editing.html"), "editing-note")
                    self.cancel_edit = gr.Button(texts.CANCEL_EDIT, size="sm", min_width=0, scale=0)
                with gr.Row(elem_id="question-row"):
                    self.question = gr.Textbox(
                        label=texts.QUESTION_LABEL,
                        placeholder=texts.QUESTION_PLACEHOLDER,
                        elem_id="question",
                        lines=1,
                        max_lines=8,
                        autofocus=True,
                        container=False,
                        scale=1,
                    )
                    self.send = gr.Button(texts.SEND, elem_id="send", variant="primary", min_width=0, scale=0)
                    self.stop = gr.Button(texts.STOP, elem_id="stop", variant="stop", min_width=0, scale=0)
                with gr.Row(elem_id="choosers"):
                    self.topic = gr.Dropdown([(texts.ALL_TOPICS, "")], value="", label=texts.TOPIC_LABEL, elem_id="topic", filterable=False)
                    self.marketplace = gr.Dropdown(
                        [(name, code) for code, name in texts.MARKETPLACES.items()],
                        value=self._settings.marketplace,
                        label=texts.MARKETPLACE_LABEL,
                        elem_id="marketplace",
                        filterable=False,
                    )
            # What the browser must remember between events: which conversation, and which turn is being changed.
            self.conversation_id = gr.Textbox(visible=False)
            self.replaces = gr.Textbox(visible=False)

    def _connect(self, blocks: gr.Blocks) -> None:
        quick: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
        slow = quick | {"concurrency_limit": ANSWERS_AT_ONCE, "trigger_mode": "once"}
        place = [self.conversation_id, self.replaces, self.topic, self.marketplace]
        shown = [self.thread, self.live, self.question, self.conversation_id, self.replaces, self.conversations]
        listed = [self.conversations, self.status, self.conversation_id, self.thread, self.live]

        # The thread is left out: the browser adds a finished answer to it, and every part named here costs time at every event.
        answered = [self.live, self.question, self.conversation_id, self.replaces, self.conversations]

        asking = [
            gr.on([self.question.submit, self.send.click], self.answer_typed, [self.question, *place], answered, **slow),
            self.thread.ask(self.answer_chosen, place, answered, **slow),
            self.live.ask(self.answer_chosen, place, answered, **slow),
        ]
        self.stop.click(self.stop_answer, None, answered, cancels=asking, **quick)
        # Changing a question and calling that off happen in the browser, so that a question sent right after replaces what it should.
        changed = [self.question, self.replaces]
        self.thread.edit(None, None, changed, js="() => window.verkoopassistent.questionToEdit()", **quick)
        self.cancel_edit.click(None, None, changed, js="() => ['', '']", **quick)
        self.thread.judge(self.judge_answer, None, [self.status], **quick)

        self.new.click(self.start_new, [self.topic, self.search], shown, cancels=asking, **quick)
        self.topic.input(self.choose_topic, [self.topic, self.conversation_id], [self.thread], **quick)
        searching = [self.search, self.conversation_id]
        self.search.change(self.list_found, searching, [self.conversations], **quick | {"trigger_mode": "always_last"})
        opening = quick | {"trigger_mode": "multiple"}  # of two that are opened one after the other, the last is shown
        self.conversations.open(self.open_conversation, [self.search], shown, cancels=asking, **opening)
        self.conversations.rename(self.rename_conversation, searching, [*listed, self.search], **quick)
        self.conversations.remove(self.remove_conversation, [*searching, self.topic], listed, **quick)
        self.conversations.restore(self.restore_conversation, searching, listed, **quick)
        self.conversations.older(self.list_older, searching, [self.conversations], **quick)
        # The live part is left out: a question asked while the page was loading stands there.
        loaded = [self.thread, self.conversation_id, self.replaces, self.conversations, self.topic]
        blocks.load(self.load, None, loaded, **quick)

    # --- Opening the page --------------------------------------------------------------------------------------------

    async def load(self, request: gr.Request) -> AsyncIterator[Update]:
        """Show the loading page until the assistant is there, then the conversation in the address or a first screen."""
        loading = self._loads[str(request.session_hash)] = threading.Event()
        try:
            while not await self._loading.wait(LOADING_CHECK_SECONDS):
                yield {self.thread: self._loading_html()}
            if not self._loading.is_ready:
                yield {self.thread: render("failure.html", title=texts.LOADING_FAILED, message=self._loading.error)}
                return
            topics = [(texts.ALL_TOPICS, ""), *self._topics()]
            shown = self._show(_owner(request), str(request.query_params.get("gesprek", "")), "", "")
            yield {self.topic: gr.update(choices=topics, value="")} | {
                part: value for part, value in shown.items() if part is not self.live
            }
        finally:
            self._loads.pop(str(request.session_hash), None)
            loading.set()

    def _wait_until_shown(self, session: str) -> None:
        """Let a page that is still loading show itself first, so that it does not take the place of the answer."""
        loading = self._loads.get(session)
        if loading is not None:
            loading.wait(LOADING_CHECK_SECONDS * 4)

    def _topics(self) -> list[tuple[str, str]]:
        backend = self._loading.get()
        own = [(texts.OWN_DOCUMENTS, OWN_TOPIC)] if backend.documents() else []
        return [*((topic.title, name) for name, topic in backend.corpus().topics.items()), *own]

    # --- Asking ------------------------------------------------------------------------------------------------------

    def answer_typed(
        self, question: str, conversation_id: str, replaces: str, topic: str, marketplace: str, request: gr.Request
    ) -> Iterator[Update]:
        """Answer what stands in the box."""
        yield from self._answer(question, Place(conversation_id, replaces, topic, marketplace), request)

    def answer_chosen(
        self,
        conversation_id: str,
        replaces: str,
        topic: str,
        marketplace: str,
        chosen: gr.EventData,
        request: gr.Request,
    ) -> Iterator[Update]:
        """Answer a question that stood on a button."""
        yield from self._answer(_field(chosen, "question"), Place(conversation_id, replaces, topic, marketplace), request)

    def _answer(self, question: str, place: Place, request: gr.Request) -> Iterator[Update]:
        question = clean_text(question or "").strip()
        if not question:
            yield {self.live: gr.skip()}  # a handler that yields nothing would empty the page
            return
        running = Running(_owner(request), question, place)
        session = str(request.session_hash)
        self._register(session, running)
        yield {
            self.question: "",
            self.live: _live_html(running, texts.SEARCHING if self._loading.is_ready else texts.LOADING),
        }
        try:
            yield from self._stream(running, session)
        except AssistantError as exc:
            logger.info("question refused: %s", exc)
            yield self._failed(running, str(exc))
        except Exception:
            logger.exception("a question could not be answered")
            yield self._failed(running, texts.UNEXPECTED)

    def _stream(self, running: Running, session: str) -> Iterator[Update]:
        backend = self._loading.get()
        self._wait_until_shown(session)
        place = self._known_place(running.owner, running.place)
        earlier = self._earlier_turns(running.owner, place)
        running.after = earlier[-1].turn_id if earlier else ""
        answer = Answer(text="", answered=False)
        shown_at = time.monotonic()
        history = [Turn(question=turn.question, answer=turn.answer.text) for turn in earlier[-HISTORY_TURNS:]]
        for event in backend.stream(running.question, history, place.marketplace or None, place.topic or None):
            if self._running.get(session) is not running:
                return
            running.text += event.text
            answer = event.answer or answer
            if event.text and time.monotonic() - shown_at > SECONDS_BETWEEN_UPDATES:
                shown_at = time.monotonic()
                yield {self.live: _live_html(running, texts.ANSWERING)}
        if self._take(session, running):
            yield self._finish(running, place, answer, self._loading.index_version())

    def _finish(self, running: Running, place: Place, answer: Answer, index_version: str, *, stopped: bool = False) -> Update:
        """Keep the turn, and only then show it as final; the browser moves it from the live part to the thread."""
        is_listed_first = place.conversation_id != "" and self._latest(running.owner) == place.conversation_id
        replaces = place.replaces
        place, turn, problem = self._keep(running, place, answer, index_version, stopped)
        update: Update = {
            self.replaces: "",
            self.conversation_id: place.conversation_id,
            self.live: render(
                "done.html",
                run=running.run,
                turn=turn_view(turn, problem),
                conversation_id=place.conversation_id,
                replaces=replaces,
                after=running.after,
                title=running.question,
                said=texts.STOPPED if stopped else texts.answer_ready(len(answer.citations)),
            ),
        }
        if not is_listed_first:
            update[self.conversations] = self._list_html(running.owner, "", place.conversation_id)
        return update

    def _latest(self, owner: str) -> str:
        try:
            return next((found.conversation_id for found in self._store.conversations(owner, limit=1)), "")
        except StoreError as exc:
            logger.error("conversations could not be read: %s", exc)
            return ""

    def _keep(self, running: Running, place: Place, answer: Answer, index_version: str, stopped: bool) -> tuple[Place, StoredTurn, str]:
        try:
            if not place.conversation_id:
                conversation = self._store.new_conversation(running.owner, running.question)
                place = place._replace(conversation_id=conversation.conversation_id)
            turn = self._store.add_turn(
                running.owner,
                place.conversation_id,
                running.question,
                answer,
                index_version=index_version,
                marketplace=place.marketplace,
                topic=place.topic,
                stopped=stopped,
                replaces=place.replaces,
            )
        except StoreError as exc:
            logger.error("a turn could not be kept: %s", exc)
            return place, _unstored_turn(running.question, answer, stopped), f"{texts.NOT_SAVED} {exc}"
        return place, turn, ""

    def _known_place(self, owner: str, place: Place) -> Place:
        """The place, or a new conversation when the one in view was deleted elsewhere."""
        if place.conversation_id and not self._find(owner, place.conversation_id):
            return place._replace(conversation_id="", replaces="")
        return place

    def _earlier_turns(self, owner: str, place: Place) -> list[StoredTurn]:
        """The turns before the question: all of the conversation, or those before the turn that is replaced."""
        if not place.conversation_id:
            return []
        turns = self._turns(owner, place.conversation_id)
        ids = [turn.turn_id for turn in turns]
        return turns[: ids.index(place.replaces)] if place.replaces in ids else turns

    def _failed(self, running: Running, message: str) -> Update:
        return {
            self.question: running.question,
            self.live: render("failed_turn.html", question=running.question, message=message),
        }

    def stop_answer(self, request: gr.Request) -> Update:
        """Keep what has been written so far; nothing happens when the answer was just complete."""
        session = str(request.session_hash)
        running = self._running.get(session)
        if running is None or running.owner != _owner(request) or not self._take(session, running):
            return {self.live: gr.skip()}
        place = self._known_place(running.owner, running.place)
        return self._finish(running, place, Answer(text=running.text, answered=False), "", stopped=True)

    def _leave_unfinished(self, request: gr.Request) -> None:
        """Keep what has been written of an answer when another conversation comes into view."""
        session = str(request.session_hash)
        running = self._running.get(session)
        if running is not None and running.owner == _owner(request) and self._take(session, running):
            place = self._known_place(running.owner, running.place)
            self._keep(running, place, Answer(text=running.text, answered=False), "", stopped=True)

    def _register(self, session: str, running: Running) -> None:
        """Put an answer on the list; what was left there by pages that were closed meanwhile goes off it."""
        with self._lock:
            for old in [name for name, other in self._running.items() if running.started_at - other.started_at > FORGET_SECONDS]:
                del self._running[old]
            self._running[session] = running

    def _take(self, session: str, running: Running) -> bool:
        with self._lock:
            if self._running.get(session) is not running:
                return False
            del self._running[session]
            return True

    # --- Judging -----------------------------------------------------------------------------------------------------

    def judge_answer(self, chosen: gr.EventData, request: gr.Request) -> str:
        """Keep a thumb with its reason, and say that it is kept."""
        reason, remark = _field(chosen, "reason"), _field(chosen, "remark")
        try:
            feedback = Feedback.model_validate({"thumb": _field(chosen, "thumb"), "reason": reason, "remark": remark})
            self._store.add_feedback(_owner(request), _field(chosen, "turn_id"), feedback)
        except StoreError as exc:
            logger.error("feedback could not be kept: %s", exc)
            return _status(str(exc), is_visible=True)
        except ValueError:
            logger.warning("feedback that no page of ours sends was refused")
            return _status(texts.UNEXPECTED, is_visible=True)
        return _status(texts.FEEDBACK_SAVED, is_visible=True)

    # --- Conversations -----------------------------------------------------------------------------------------------

    def start_new(self, topic: str, search: str, request: gr.Request) -> Update:
        """An empty thread; the conversation is only made when a question is asked."""
        self._leave_unfinished(request)
        return {self.question: "", **self._show(_owner(request), "", search, topic)}

    def choose_topic(self, topic: str, conversation_id: str) -> Any:
        """Other first questions on the first screen; a conversation in view stays as it is."""
        if conversation_id or not self._loading.is_ready:
            return gr.skip()
        return self._welcome_html(topic)

    def open_conversation(self, search: str, chosen: gr.EventData, request: gr.Request) -> Update:
        """Show one of the owner's conversations."""
        self._leave_unfinished(request)
        return self._show(_owner(request), _field(chosen, "conversation_id"), search, "")

    def list_found(self, search: str, conversation_id: str, request: gr.Request) -> str:
        """The conversations that hold the words searched for."""
        return self._list_html(_owner(request), search, conversation_id)

    def list_older(self, search: str, conversation_id: str, chosen: gr.EventData, request: gr.Request) -> str:
        """The same list, longer than what is shown of it."""
        shown = _field(chosen, "shown")
        limit = min(int(shown), MOST_CONVERSATIONS) if shown.isdecimal() else 0
        return self._list_html(_owner(request), search, conversation_id, limit=limit + SHOWN_CONVERSATIONS)

    def rename_conversation(self, search: str, conversation_id: str, chosen: gr.EventData, request: gr.Request) -> Update:
        """Give a conversation the name that was typed."""
        owner = _owner(request)
        try:
            self._store.rename(owner, _field(chosen, "conversation_id"), _field(chosen, "title"))
        except StoreError as exc:
            return {self.status: _status(str(exc), is_visible=True)}
        return {
            self.status: _status(texts.RENAMED),
            self.conversations: self._list_html(owner, search, conversation_id),
        }

    def remove_conversation(self, search: str, conversation_id: str, topic: str, chosen: gr.EventData, request: gr.Request) -> Update:
        """Delete a conversation, offering to take it back; the one in view makes place for the first screen."""
        owner, removed_id = _owner(request), _field(chosen, "conversation_id")
        try:
            removed = self._store.conversation(owner, removed_id)
            self._store.delete(owner, removed_id)
        except StoreError as exc:
            return {self.status: _status(str(exc), is_visible=True)}
        remaining_id = "" if removed_id == conversation_id else conversation_id
        update: Update = {
            self.conversations: self._list_html(owner, search, remaining_id, undo=removed),
            self.status: _status(""),
        }
        if remaining_id != conversation_id:
            update |= {self.conversation_id: "", self.thread: self._welcome_html(topic), self.live: ""}
        return update

    def restore_conversation(self, search: str, conversation_id: str, chosen: gr.EventData, request: gr.Request) -> Update:
        """Take back a deletion."""
        owner = _owner(request)
        try:
            self._store.restore(owner, _field(chosen, "conversation_id"))
        except StoreError as exc:
            return {self.status: _status(str(exc), is_visible=True)}
        return {
            self.conversations: self._list_html(owner, search, conversation_id),
            self.status: _status(texts.RESTORED),
        }

    # --- What is shown -----------------------------------------------------------------------------------------------

    def _show(self, owner: str, conversation_id: str, search: str, topic: str) -> Update:
        """The page with a conversation in view, or with the first screen when it is not there."""
        conversation = self._find(owner, conversation_id)
        shown_id = conversation.conversation_id if conversation else ""
        thread = _thread_html(shown_id, conversation.title, self._turns(owner, shown_id)) if conversation else self._welcome_html(topic)
        return {
            self.replaces: "",
            self.thread: thread,
            self.live: "",
            self.conversation_id: shown_id,
            self.conversations: self._list_html(owner, search, shown_id),
        }

    def _find(self, owner: str, conversation_id: str) -> Conversation | None:
        if not conversation_id:
            return None
        try:
            return self._store.conversation(owner, conversation_id)
        except StoreError as exc:
            logger.info("conversation not shown: %s", exc)
            return None

    def _turns(self, owner: str, conversation_id: str) -> list[StoredTurn]:
        try:
            return self._store.turns(owner, conversation_id)
        except StoreError as exc:
            logger.error("turns could not be read: %s", exc)
            return []

    def _list_html(
        self, owner: str, search: str, current_id: str, undo: Conversation | None = None, limit: int = SHOWN_CONVERSATIONS
    ) -> str:
        try:
            found = self._store.conversations(owner, search, limit + 1)
        except StoreError as exc:
            logger.error("conversations could not be read: %s", exc)
            return render("list_failure.html", message=str(exc))
        return render(
            "conversations.html",
            conversations=found[:limit],
            has_older=len(found) > limit,
            search=search.strip(),
            current_id=current_id,
            undo=undo,
        )

    def _welcome_html(self, topic: str) -> str:
        topics = dict((name, title) for title, name in self._topics())
        if topic not in topics:
            return render("welcome.html", shown=uuid.uuid4().hex, questions=texts.FIRST_QUESTIONS, topic_title="")
        questions = [(topics[topic], heading) for heading in self._topic_questions(topic)]
        return render("welcome.html", shown=uuid.uuid4().hex, questions=questions or texts.FIRST_QUESTIONS, topic_title=topics[topic])

    def _topic_questions(self, topic: str) -> list[str]:
        """Section headings of the topic that are questions, taken in turn from each article."""
        articles = [
            [section.heading for section in document.sections if section.heading.endswith("?")]
            for document in self._loading.get().corpus().documents
            if document.topic == topic
        ]
        longest = max(map(len, articles), default=0)
        in_turn = [headings[row] for row in range(longest) for headings in articles if row < len(headings)]
        return in_turn[:FIRST_QUESTIONS]

    def _loading_html(self) -> str:
        return render("loading.html", stage=self._loading.stage, can_ask=True)


THREAD_EVENTS = ("ask", "edit", "judge")
LIST_EVENTS = ("open", "rename", "remove", "restore", "older")


def _html(value: str, elem_id: str, *, connect: str = "", events: Sequence[str] = ()) -> Any:
    """An HTML component; ``connect`` names the function of ``chat.js`` that gets its trigger.

    Gradio finds the names of a component's own events as quoted words in its script, so they stand there as well.
    """
    names = ", ".join(f"'{name}'" for name in events)
    script = f"window.verkoopassistent.{connect}(element, trigger, [{names}]);" if connect else None
    return gr.HTML(value, elem_id=elem_id, js_on_load=script, apply_default_css=False, container=False, padding=False)


def _owner(request: gr.Request) -> str:
    """Who asks; a browser that keeps no cookies owns what it asks for as long as its page is open."""
    return owner_of(request.headers.get("cookie", "")) or f"zonder-cookie-{request.session_hash}"


def _field(event: gr.EventData, name: str) -> str:
    """A text that the browser sent with an event; empty when it sent something else."""
    value = event._data.get(name, "") if isinstance(event._data, dict) else ""
    return clean_text(value) if isinstance(value, str) else ""


def _unstored_turn(question: str, answer: Answer, stopped: bool) -> StoredTurn:
    return StoredTurn(turn_id="", question=question, answer=answer, created_at=datetime.now(UTC), stopped=stopped)


def _thread_html(conversation_id: str, title: str, turns: Sequence[StoredTurn]) -> str:
    return render(
        "thread.html", conversation_id=conversation_id, title=title, turns=[turn_view(turn) for turn in turns], shown=uuid.uuid4().hex
    )


def _live_html(running: Running, said: str) -> str:
    return render(
        "live.html",
        run=running.run,
        question=running.question,
        text=render_partial(running.text) if running.text else "",
        said=said,
        is_first=not running.place.conversation_id,
    )


def _status(text: str, *, is_visible: bool = False) -> str:
    return render("status.html", text=text, is_visible=is_visible)


def make_router(store: Store) -> APIRouter:
    """The route that hands out a conversation as a Markdown file, to its owner only."""
    router = APIRouter()

    @router.get("/gesprekken/{conversation_id}.md", include_in_schema=False)
    def export(conversation_id: str, request: Request) -> Response:
        owner = owner_of(request.headers.get("cookie", ""))
        try:
            conversation = store.conversation(owner, conversation_id)
            text = export_markdown(conversation, store.turns(owner, conversation_id))
        except StoreError as exc:
            raise HTTPException(404, str(exc)) from exc
        name = f"{slugify(conversation.title)[:60]}.md"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)

    return router
