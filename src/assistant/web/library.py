"""The Kennisbank: all articles as a handbook of plain HTML pages that can be shared, printed and read without scripts.

A table of contents by topic, a page per article with its dates and sources, a search, and a glossary whose terms explain
themselves in every article. Reading and ordering the corpus is left to the assistant; here it is only shown.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from starlette.exceptions import HTTPException

from assistant.articles import Corpus, TopicEntry
from assistant.corpus_checks import GLOSSARY_TOPIC
from assistant.documents import Document, Fact, Hit, Source
from assistant.splitters import split_facts
from assistant.store import clean_text
from assistant.tokenization import content_words, fold, stem, words
from assistant.web import texts
from assistant.web.backend import Backend, LoadingBackend
from assistant.web.rendering import (
    LIBRARY_ADDRESS,
    OWN_DOCUMENTS_SLUG,
    article_address,
    plain_text,
    render,
    render_markdown,
    slugify,
)

SEARCH_RESULTS = 20
NEAREST_RESULTS = 5
SHORTEST_PART = 4
EXCERPT_CHARACTERS = 260
QUERY_CHARACTERS = 500


class Term(NamedTuple):
    """A word of the glossary with its other names, what it means, and where that stands."""

    name: str
    aliases: tuple[str, ...]
    definition: str
    address: str


class TopicView(NamedTuple):
    """A topic with its articles in reading order."""

    name: str
    topic: TopicEntry
    articles: tuple[Document, ...]


class SectionView(NamedTuple):
    """A section as an article page shows it."""

    anchor: str
    heading: str
    html: Markup
    marketplaces: tuple[str, ...]
    sources: tuple[Source, ...]


class Handbook:
    """The corpus ordered for reading; made once for each corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.topics = tuple(
            TopicView(name, topic, tuple(document for document in corpus.documents if document.topic == name))
            for name, topic in corpus.topics.items()
        )
        self._ordered = [article for topic in self.topics for article in topic.articles]
        self._by_id = {document.document_id: document for document in corpus.documents}
        self.terms = tuple(sorted(_read_terms(corpus), key=lambda term: slugify(term.name)))
        self.terms_by_name = {name.casefold(): term for term in reversed(self.terms) for name in (*term.aliases, term.name)}
        self.term_pattern = _term_pattern(self.terms_by_name)

    def find(self, document_id: str) -> Document | None:
        """The article with this id."""
        return self._by_id.get(document_id)

    def neighbours(self, document: Document) -> tuple[Document | None, Document | None]:
        """The articles before and after one, in reading order."""
        if document not in self._ordered:
            return None, None
        place = self._ordered.index(document)
        before = self._ordered[place - 1] if place else None
        return before, next(iter(self._ordered[place + 1 : place + 2]), None)


# --- Glossary --------------------------------------------------------------------------------------------------------

# "**Term** (other name, third name): what it means" and the same with the colon inside the bold or with a dash.
_TERM_LINE = re.compile(r"\*\*(?P<name>[^*]{2,60}?):?\*\*\s*(?:\((?P<aliases>[^)]{2,80})\))?\s*[:–—-]?\s*(?P<meaning>.+)", re.DOTALL)
# The same without bold: a short name before the first colon.
_PLAIN_TERM_LINE = re.compile(r"(?P<name>[^:.*(]{2,50}?)\s*(?:\((?P<aliases>[^)]{2,80})\))?:\s+(?P<meaning>.+)", re.DOTALL)

# A remark before an other name: "ook: MSKU", "Duits: Logistikzentrum", "vroeger EBC".
_NAME_REMARK = re.compile(r"^\s*(?:[a-zA-Z ]{2,12}:|vroeger|voorheen|ook)\s+")


def _read_terms(corpus: Corpus) -> Iterable[Term]:
    for document in corpus.documents:
        if document.topic == GLOSSARY_TOPIC:
            for section in document.sections:
                address = article_address(document.document_id, section.heading)
                for fact in split_facts(section.text):
                    term = read_term(fact, address)
                    if term is not None:
                        yield term


def read_term(fact: Fact, address: str) -> Term | None:
    """The term that a line or row of the glossary explains; None when it explains none."""
    if fact.kind == "row" and len(fact.cells) > 1:
        name, aliases = _split_names(plain_text(fact.cells[0]))
        return Term(name, aliases, plain_text(fact.cells[-1]), address)
    match = _TERM_LINE.match(fact.text) or (_PLAIN_TERM_LINE.match(fact.text) if fact.kind == "bullet" else None)
    if match is None:
        return None
    name, aliases = _split_names(f"{match['name']} ({match['aliases'] or ''})")
    meaning = plain_text(match["meaning"])
    return Term(name, aliases, meaning[:1].upper() + meaning[1:], address)


def _split_names(written: str) -> tuple[str, tuple[str, ...]]:
    """``koopknop (Featured Offer, Buy Box)`` as a name and its other names."""
    match = re.fullmatch(r"(.+?)\s*\((.*)\)\s*", written)
    head, rest = (match.group(1), match.group(2)) if match else (written, "")
    written_names = (*re.split(r"\s*/\s*", head), *re.split(r"\s*[,;]\s*", rest))
    names = [_NAME_REMARK.sub("", name).strip() for name in written_names]
    return names[0], tuple(name for name in names[1:] if 1 < len(name) < 40)


def _term_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted((name for name in names if len(name) > 1), key=len, reverse=True)
    if not ordered:
        return None
    # Whole words only; a hyphen or apostrophe next to the word makes it another word.
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, ordered))})(?![\w-])", flags=re.IGNORECASE)


# --- Pages -----------------------------------------------------------------------------------------------------------


class Library:
    """Renders the pages from the assistant's corpus and own documents."""

    def __init__(self, loading: LoadingBackend) -> None:
        self._loading = loading
        self._handbook: Handbook | None = None

    def contents(self) -> str:
        """The table of contents."""
        return render(
            "contents.html",
            current=LIBRARY_ADDRESS,
            topics=[topic for topic in self._read().topics if topic.articles],
            own_documents=self._backend().documents(),
            address=article_address,
            query="",
        )

    def results(self, query: str) -> str:
        """The sections that a search finds."""
        query = " ".join(clean_text(query)[:QUERY_CHARACTERS].split())
        hits = self._backend().search(query, limit=SEARCH_RESULTS) if query else []
        is_named = any(names(hit, query) for hit in hits)
        hits = hits if is_named else hits[:NEAREST_RESULTS]
        return render(
            "results.html",
            current=LIBRARY_ADDRESS,
            query=query,
            is_named=is_named,
            hits=[(hit, article_address(hit.document_id, hit.heading), excerpt(hit)) for hit in hits],
        )

    def glossary(self) -> str:
        """All terms with their meaning."""
        terms = self._read().terms
        letters = [slugify(term.name)[0].upper() for term in terms]
        first_of_letter = [letter if letter not in letters[:place] else "" for place, letter in enumerate(letters)]
        return render(
            "glossary.html",
            current=LIBRARY_ADDRESS,
            terms=terms,
            letters=sorted(set(letters)),
            terms_with_letters=list(zip(terms, first_of_letter, strict=True)),
        )

    def article(self, document_id: str) -> str | None:
        """The page of an article; None when there is none with this id."""
        handbook = self._read()
        document = handbook.find(document_id)
        if document is None:
            return None
        before, after = handbook.neighbours(document)
        topic = handbook.corpus.topics.get(document.topic)
        return self._page(document, topic.title if topic else "", before, after)

    def own_document(self, document_id: str) -> str | None:
        """The page of an uploaded document; None when there is none with this id."""
        for document in self._backend().documents():
            if document.document_id == document_id:
                return self._page(document, texts.OWN_DOCUMENTS, None, None)
        return None

    def _page(self, document: Document, topic: str, before: Document | None, after: Document | None) -> str:
        return render(
            "article.html",
            current=LIBRARY_ADDRESS,
            document=document,
            topic=topic,
            sections=self._sections(document),
            is_stale=document.review_by is not None and document.review_by < date.today(),
            before=before,
            after=after,
            address=article_address,
            query="",
        )

    def _sections(self, document: Document) -> list[SectionView]:
        handbook = self._read()
        is_glossary = document.topic == GLOSSARY_TOPIC
        terms = {
            "terms": handbook.terms_by_name,
            "term_pattern": None if is_glossary else handbook.term_pattern,
            "seen_terms": set[str](),
        }
        return [
            SectionView(
                anchor=slugify(section.heading),
                heading=section.heading,
                html=render_markdown(section.text, document.document_id, **terms),
                marketplaces=section.marketplaces if section.marketplaces != document.marketplaces else (),
                sources=section.sources,
            )
            for section in document.sections
        ]

    def _read(self) -> Handbook:
        corpus = self._backend().corpus()
        if self._handbook is None or self._handbook.corpus is not corpus:
            self._handbook = Handbook(corpus)
        return self._handbook

    def _backend(self) -> Backend:
        return self._loading.get()


def names(hit: Hit, query: str) -> bool:
    """Whether a section holds a word of the query, in any form or as part of a longer word.

    The search also finds sections by meaning, and then always some; a reader should know which of the two it was.
    """
    text = f"{hit.title} {hit.heading} {hit.text}"
    stems = {stem(word) for word in words(text)}
    asked = [stem(word) for word in content_words(query)]
    return any(word in stems or (len(word) >= SHORTEST_PART and word in fold(text)) for word in asked)


def excerpt(hit: Hit) -> str:
    """The opening of a found section as plain text, cut at a word."""
    text = plain_text(hit.text)
    if len(text) <= EXCERPT_CHARACTERS:
        return text
    return text[: text.rfind(" ", 0, EXCERPT_CHARACTERS)] + " …"


def make_router(loading: LoadingBackend) -> APIRouter:
    """The routes of the Kennisbank."""
    router = APIRouter(prefix=LIBRARY_ADDRESS, include_in_schema=False)
    library = Library(loading)

    def shown(page: str | None) -> Response:
        if page is None:
            raise HTTPException(404, "Dit artikel bestaat niet (meer).")
        return HTMLResponse(page)

    def unless_loading() -> Response | None:
        if loading.is_ready:
            return None
        if loading.error:
            return HTMLResponse(render("error.html", code=503, message=loading.error), status_code=503)
        page = render("starting.html", current=LIBRARY_ADDRESS, stage=loading.stage)
        return HTMLResponse(page, status_code=503, headers={"retry-after": "2"})

    @router.get("")
    def contents() -> Response:
        return unless_loading() or shown(library.contents())

    @router.get("/zoeken")
    def results(q: str = "") -> Response:
        return unless_loading() or shown(library.results(q))

    @router.get("/woordenlijst")
    def glossary() -> Response:
        return unless_loading() or shown(library.glossary())

    @router.get(f"/{OWN_DOCUMENTS_SLUG}/{{document_id:path}}")
    def own_document(document_id: str) -> Response:
        return unless_loading() or shown(library.own_document(document_id))

    @router.get("/{topic}")
    def topic_in_contents(topic: str) -> Response:
        return RedirectResponse(f"{LIBRARY_ADDRESS}#{slugify(topic)}", status_code=307)

    @router.get("/{topic}/{slug}")
    def article(topic: str, slug: str) -> Response:
        return unless_loading() or shown(library.article(f"{topic}/{slug}.md") or library.own_document(f"{topic}/{slug}.md"))

    return router


def stale_articles(documents: Sequence[Document], today: date) -> list[Document]:
    """The articles whose review date has passed, longest ago first."""
    due = [document for document in documents if document.review_by is not None and document.review_by < today]
    return sorted(due, key=lambda document: (document.review_by or today, document.document_id))
