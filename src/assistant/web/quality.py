"""Kwaliteit & beheer: how good the answers are, what people missed, and the documents and index behind it all.

For whoever keeps the knowledge base. It shows the newest result of the evals, questions without an answer put together by
likeness, feedback, articles past their review date, and lets documents be added and the index be rebuilt.
"""

import json
import logging
import queue
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import gradio as gr

from assistant.errors import AssistantError, StoreError
from assistant.evaluation.measures import MEASURES
from assistant.loaders import supported_suffixes
from assistant.settings import BUNDLED_MODEL
from assistant.store import Store, UnansweredQuestion
from assistant.tokenization import content_words, ngrams, stem
from assistant.web import texts
from assistant.web.backend import LoadingBackend, Progress, Stage
from assistant.web.library import stale_articles
from assistant.web.rendering import article_address, copy_text, render

logger = logging.getLogger(__name__)

# Two questions belong together when they share at least this part of all their words, or of all their letters.
LIKENESS = 0.5
# The measures to look at first, in this order.
FIRST_MEASURES = (
    "answers_correct", "numbers_supported", "citation_precision", "refusals_false",
    "refusals_missed", "recall@5", "answer_ms_p50", "answer_ms_p95",
)  # fmt: skip
SHOWN_GROUPS = 30
SHOWN_FEEDBACK = 50
LOADING_CHECK_SECONDS = 0.5
PROGRESS_SECONDS = 0.25
# How often Gradio looks for uploads it still keeps, and how old they may get; ours are copied elsewhere.
CACHE_SECONDS = (600, 3_600)

Result = TypeVar("Result")
Update = dict[Any, Any]


# --- Questions without an answer -------------------------------------------------------------------------------------


class QuestionGroup(NamedTuple):
    """Questions that ask for much the same, newest first."""

    questions: tuple[UnansweredQuestion, ...]


def group_questions(questions: Sequence[UnansweredQuestion]) -> list[QuestionGroup]:
    """Questions put together by likeness, the largest group first.

    A question joins the first group whose first question is like it: a share of at least ``LIKENESS`` (Jaccard) of all
    their stems, or of all their letter groups, so that another word form or a typing error does not set them apart. A
    group keeps the order of its input.
    """
    groups: list[tuple[_Traits, list[UnansweredQuestion]]] = []
    for question in questions:
        traits = _traits(question.question)
        for leader, members in groups:
            if _likeness(leader, traits) >= LIKENESS:
                members.append(question)
                break
        else:
            groups.append((traits, [question]))
    ordered = sorted(groups, key=lambda group: -len(group[1]))
    return [QuestionGroup(tuple(members)) for _, members in ordered]


class _Traits(NamedTuple):
    stems: frozenset[str]
    letter_groups: frozenset[str]


def _traits(question: str) -> _Traits:
    return _Traits(frozenset(stem(word) for word in content_words(question)), frozenset(ngrams(question)))


def _likeness(first: _Traits, second: _Traits) -> float:
    return max(_jaccard(one, other) for one, other in zip(first, second, strict=True))


def _jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second) if first or second else 1.0


# --- The quality card ------------------------------------------------------------------------------------------------


class Score(NamedTuple):
    """How many eval cases of a topic or kind were answered well."""

    title: str
    cases: int
    correct: int


class QualityCard(NamedTuple):
    """The newest result of the evals; ``figures`` are the ones to look at first, ``measures`` all of them."""

    created: str
    commit: str
    figures: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, str], ...]
    topics: tuple[Score, ...]
    kinds: tuple[Score, ...]


def read_quality_card(folder: Path, topic_titles: dict[str, str]) -> QualityCard | None:
    """The card of the newest result file; None when there is none that can be read."""
    for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            result = json.loads(path.read_text("utf-8"))
            if "summary" in result:
                return _quality_card(result, topic_titles)
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as exc:
            logger.warning("eval result %s cannot be shown: %s", path, exc)
    return None


def _quality_card(result: dict[str, Any], topic_titles: dict[str, str]) -> QualityCard:
    measures = {str(name): (_measure_label(str(name)), _shown_figure(str(name), value)) for name, value in result["summary"].items()}
    first = tuple(measures[name] for name in FIRST_MEASURES if name in measures)
    return QualityCard(
        created=_shown_moment(str(result.get("created", ""))),
        commit=str(result.get("commit", ""))[:10],
        figures=first or tuple(measures.values()),
        measures=tuple(measures.values()) if first else (),
        topics=_scores(result.get("per_topic", {}), topic_titles),
        kinds=_scores(result.get("per_kind", {}), {}),
    )


def _scores(groups: dict[str, Any], titles: dict[str, str]) -> tuple[Score, ...]:
    return tuple(
        Score(titles.get(name, name.replace("-", " ").capitalize()), int(group["cases"]), int(group["correct"]))
        for name, group in groups.items()
    )


def _measure_label(name: str) -> str:
    label = MEASURES[name].label if name in MEASURES else name
    return label[:1].upper() + label[1:]


def _shown_moment(written: str) -> str:
    try:
        return texts.dutch_moment(datetime.fromisoformat(written))
    except ValueError:
        return written


def _shown_figure(name: str, value: object) -> str:
    """A share as a percentage, a time in milliseconds, a count as it is, everything else as text."""
    unit = MEASURES[name].unit if name in MEASURES else ""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if unit == "share":
        return f"{value * 100:.1f}%".replace(".", ",")
    if unit == "ms":
        return f"{value:.0f} ms"
    if unit == "characters":
        return f"{texts.dutch_number(round(value))} tekens"
    return texts.dutch_number(value) if isinstance(value, int) else f"{value:.2f}".replace(".", ",")


# --- Progress --------------------------------------------------------------------------------------------------------


def with_progress(work: Callable[[Progress], Result]) -> Generator[Stage, None, Result]:
    """Do the work in a thread and yield how far it is; its result is returned, its error raised."""
    stages: queue.Queue[Stage] = queue.Queue()
    outcome: list[Result] = []
    failure: list[Exception] = []

    def run() -> None:
        try:
            outcome.append(work(lambda name, done, total: stages.put(Stage(name, done, total))))
        except Exception as exc:  # noqa: BLE001 - handed to the caller's thread, which raises it
            failure.append(exc)

    thread = threading.Thread(target=run, name="maintenance", daemon=True)
    thread.start()
    shown = Stage(texts.WORKING)
    yield shown
    is_working = True
    while is_working:
        thread.join(PROGRESS_SECONDS)
        is_working = thread.is_alive()
        newest = _newest(stages)
        if newest is not None and newest != shown:
            shown = newest
            yield shown
    if failure:
        raise failure[0]
    return outcome[0]


def _newest(stages: queue.Queue[Stage]) -> Stage | None:
    newest = None
    while not stages.empty():
        newest = stages.get_nowait()
    return newest


# --- The page --------------------------------------------------------------------------------------------------------


class QualityPage:
    """The components of the page and what happens to them; one object serves all visitors."""

    def __init__(self, loading: LoadingBackend, store: Store, uploads_folder: Path, results_folder: Path) -> None:
        self._loading = loading
        self._store = store
        self._uploads_folder = uploads_folder
        self._results_folder = results_folder
        self._working = threading.Lock()

    def build(self) -> gr.Blocks:
        """The page with its events connected."""
        with gr.Blocks(
            title=f"{texts.MAINTENANCE} · {texts.BRAND}", analytics_enabled=False, fill_width=True, delete_cache=CACHE_SECONDS
        ) as blocks:
            _html(render("header.html", current="/beheer/", main_id="maintenance"), "header")
            with gr.Column(elem_id="maintenance", min_width=0):
                self.overview = _html(render("loading.html", stage=Stage()), "overview")
                with gr.Column(elem_id="documents", min_width=0, visible=False) as self.documents_part:
                    self._build_documents()
                self.details = _html("", "details")
            self._connect(blocks)
        page: gr.Blocks = blocks.queue(default_concurrency_limit=8)
        return page

    def _build_documents(self) -> None:
        self.documents = _html("", "document-list")
        with gr.Row(elem_id="change-documents"):
            with gr.Column(elem_id="add-documents", min_width=0):
                self.files = gr.File(
                    label=texts.FILES_LABEL,
                    elem_id="files",
                    file_count="multiple",
                    file_types=list(supported_suffixes()),
                    height=170,
                )
                self.add = gr.Button(texts.ADD_DOCUMENTS, elem_id="add", variant="primary", min_width=0)
            with gr.Column(elem_id="remove-documents", min_width=0, visible=False) as self.removing_part:
                self.chosen = gr.Dropdown([], label=texts.REMOVE_LABEL, elem_id="chosen", filterable=False)
                self.remove = gr.Button(texts.REMOVE_DOCUMENT, elem_id="remove", min_width=0)
        _html(render("rebuilding.html"), "rebuilding")
        self.rebuild = gr.Button(texts.REBUILD, elem_id="rebuild", min_width=0)
        self.report = _html("", "report")

    def _connect(self, blocks: gr.Blocks) -> None:
        options: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        shown = [
            self.overview, self.documents_part, self.documents, self.removing_part, self.chosen, self.files, self.report, self.details
        ]  # fmt: skip
        self.add.click(self.add_documents, [self.files], shown, **options)
        self.remove.click(self.remove_document, [self.chosen], shown, **options)
        self.rebuild.click(self.rebuild_index, None, shown, **options)
        blocks.load(self.load, None, shown, **options)

    async def load(self) -> AsyncIterator[Update]:
        """Show how far the opening is, then everything."""
        while not await self._loading.wait(LOADING_CHECK_SECONDS):
            yield {self.overview: render("loading.html", stage=self._loading.stage)}
        if not self._loading.is_ready:
            message = self._loading.error
            yield {self.overview: render("failure.html", title=texts.LOADING_FAILED, message=message)}
            return
        yield self._everything()

    def _everything(self) -> Update:
        backend = self._loading.get()
        own, status = backend.documents(), backend.status()
        return {
            self.overview: self._overview_html(),
            self.documents_part: gr.update(visible=True),
            self.documents: render(
                "documents.html",
                status=status,
                model=texts.BUNDLED_MODEL if status.embedding_model == BUNDLED_MODEL.name else status.embedding_model,
                articles=len(backend.corpus().documents),
                documents=own,
                address=article_address,
            ),
            self.removing_part: gr.update(visible=bool(own)),
            self.chosen: gr.update(choices=[(document.title, document.document_id) for document in own], value=None),
            self.details: self._details_html(),
        }

    def _overview_html(self) -> str:
        titles = {name: topic.title for name, topic in self._loading.get().corpus().topics.items()}
        return render("quality.html", card=read_quality_card(self._results_folder, titles))

    def _details_html(self) -> str:
        articles = stale_articles(self._loading.get().corpus().documents, date.today())
        try:
            groups = group_questions(self._store.unanswered())
            feedback = self._store.feedback_list(SHOWN_FEEDBACK)
        except StoreError as exc:
            logger.error("questions and feedback could not be read: %s", exc)
            return render("list_failure.html", message=str(exc))
        return render(
            "details.html",
            groups=groups[:SHOWN_GROUPS],
            questions=sum(len(group.questions) for group in groups),
            feedback=feedback,
            articles=articles,
            address=article_address,
            copy_text=copy_text,
        )

    # --- Work --------------------------------------------------------------------------------------------------------

    def add_documents(self, files: list[str] | None) -> Iterator[Update]:
        """Read the chosen files into the index, showing how far it is and what was refused."""
        if not files:
            yield {self.report: _report(texts.NOTHING_CHOSEN)}
            return
        yield from self._work(
            lambda progress: self._loading.get().ingest(self._keep(files), progress),
            lambda report: render("ingested.html", report=report),
        )

    def _keep(self, files: Sequence[str]) -> list[Path]:
        """The files copied to one lasting folder, so that a document uploaded again replaces the earlier one."""
        kept = [self._uploads_folder / Path(file).name for file in files]
        try:
            self._uploads_folder.mkdir(parents=True, exist_ok=True)
            for file, target in zip(files, kept, strict=True):
                shutil.copyfile(file, target)
        except OSError as exc:
            raise StoreError(f"Kan niet schrijven in {self._uploads_folder} ({exc.strerror}); controleer de datamap.") from exc
        return kept

    def remove_document(self, document_id: str | None) -> Iterator[Update]:
        """Take one added document out of the index."""
        if not document_id:
            yield {self.report: _report(texts.NO_DOCUMENT_CHOSEN)}
            return
        yield from self._work(
            lambda _: self._loading.get().remove(document_id),
            lambda was_there: _report(texts.REMOVED if was_there else texts.WAS_NOT_THERE),
        )

    def rebuild_index(self) -> Iterator[Update]:
        """Build the index anew; questions are answered from the old one until it is done."""
        yield from self._work(self._loading.get().rebuild, lambda _: _report(texts.REBUILD_DONE))

    def _work(self, work: Callable[[Progress], Result], describe: Callable[[Result], str]) -> Iterator[Update]:
        if not self._working.acquire(blocking=False):
            yield {self.report: _report(texts.ALREADY_WORKING)}
            return
        try:
            stages = with_progress(work)
            while True:
                yield {self.report: render("working.html", stage=next(stages))}
        except StopIteration as done:
            yield {**self._everything(), self.files: None, self.report: describe(done.value)}
        except AssistantError as exc:
            logger.error("maintenance failed: %s", exc)
            yield {self.report: render("list_failure.html", message=str(exc))}
        except Exception:
            logger.exception("maintenance failed")
            yield {self.report: render("list_failure.html", message=texts.UNEXPECTED)}
        finally:
            self._working.release()


def _html(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, js_on_load=None, apply_default_css=False, container=False, padding=False)


def _report(text: str) -> str:
    return render("report.html", text=text)
