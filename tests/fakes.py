"""An assistant without an index, for tests of what stands around it: two topics, four sections, answers by shared words."""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from fastapi import FastAPI

from assistant.articles import Corpus, TopicEntry
from assistant.documents import (
    Answer,
    Article,
    Citation,
    Document,
    Hit,
    IngestReport,
    Record,
    Rejection,
    Section,
    Source,
    StreamEvent,
    Turn,
)
from assistant.errors import QuestionError
from assistant.settings import Settings
from assistant.store import Store
from assistant.web import LoadingBackend, create_app


def make_app(loading: LoadingBackend, store: Store, settings: Settings) -> FastAPI:
    """The web app, made inside an event loop, because Gradio leaves loops of its own open when none runs."""

    async def make() -> FastAPI:
        return create_app(loading, store, settings)

    return asyncio.run(make())


SOURCE = Source(name="Seller Central Nederland", url="https://sellercentral.amazon.nl/help", accessed_on=date(2026, 11, 22))


class FakeStatus(Record):
    version: str = "20261122-a1b2c3"
    chunks: int = 4
    documents: int = 3
    embedding_model: str = "model"
    engine: str = "extractive"
    built_at: datetime = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    stale: bool = False
    drift: float = 0.0


def make_corpus() -> Corpus:
    """Three articles: plans, storage and a glossary."""
    plans = Document(
        document_id="start/verkoopplan-kiezen.md",
        title="Een verkoopplan kiezen",
        topic="start",
        summary="Wat Individueel en Professioneel kosten en kunnen.",
        marketplaces=("NL", "BE"),
        checked_on=date(2026, 11, 22),
        review_by=date(2027, 1, 15),
        sources=(SOURCE,),
        sections=(
            Section(
                heading="Wat kost een verkoopplan op Amazon.nl?",
                text=(
                    "Het plan Professioneel kost op Amazon.nl € 39 per maand exclusief btw. "
                    "Het plan Individueel kost € 0,99 per verkocht artikel. "
                    "Zie ook [opslag bij FBA](../fba/opslagkosten.md).\n\n"
                    "| Plan | Vast bedrag | Per artikel |\n|---|---|---|\n"
                    "| Individueel | € 0 | € 0,99 |\n| Professioneel | € 39 | € 0 |\n\n"
                    "**PAS OP:** Het maandbedrag loopt door als je niets verkoopt."
                ),
                questions=("wat kost professioneel",),
                sources=(SOURCE,),
                marketplaces=("NL",),
            ),
            Section(
                heading="Hoe wissel je van verkoopplan?",
                text=(
                    "Je wisselt van verkoopplan in Seller Central:\n\n"
                    "1. Open je accountgegevens.\n2. Kies Mijn services.\n3. Kies het andere plan."
                ),
                questions=("plan wisselen",),
                sources=(SOURCE,),
                marketplaces=("NL", "BE"),
            ),
        ),
    )
    storage = Document(
        document_id="fba/opslagkosten.md",
        title="Opslagkosten bij FBA",
        topic="fba",
        summary="Wat opslag per maand kost.",
        marketplaces=("NL", "DE"),
        checked_on=date(2026, 3, 1),
        review_by=date(2026, 6, 1),
        sources=(SOURCE,),
        sections=(
            Section(
                heading="Wat kost opslag bij FBA in december?",
                text=(
                    "Opslag bij FBA kost in december in Duitsland € 42,37 per m³ voor standaardformaat. "
                    "Van januari tot en met september geldt een lager tarief."
                ),
                questions=("opslag december",),
                sources=(SOURCE,),
                marketplaces=("DE",),
            ),
        ),
    )
    glossary = Document(
        document_id="begrippen/fba-en-verzending.md",
        title="Begrippen: FBA en verzending",
        topic="begrippen",
        marketplaces=("EU",),
        checked_on=date(2026, 11, 22),
        sources=(SOURCE,),
        sections=(
            Section(
                heading="Programma's en afkortingen",
                text="- **FBA** (Fulfilment by Amazon): Amazon bewaart en verzendt je voorraad.\n"
                "- **Seller Central**: de website waar je je verkopersaccount beheert.",
                questions=("wat is fba",),
                sources=(SOURCE,),
                marketplaces=("EU",),
            ),
        ),
    )
    return Corpus(
        documents=(glossary, storage, plans),
        topics={
            "start": TopicEntry(title="Beginnen", summary="Account en verkoopplan"),
            "fba": TopicEntry(title="FBA", summary="Verzonden door Amazon"),
            "begrippen": TopicEntry(title="Begrippen", summary="Woordenlijst"),
        },
        figures={},
        figure_uses={},
        figure_files={},
    )


class FakeAssistant:
    """Answers with the first sentences of the section that shares most words with the question.

    A question with "langzaam" is answered slowly, one with "boem" fails in a way nobody foresaw.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Turn, ...], str | None, str | None]] = []
        self.uploads: dict[str, Document] = {}
        self.rebuilds = 0
        self._corpus = make_corpus()

    def ask(self, question: str, history: Sequence[Turn] = (), marketplace: str | None = None, topic: str | None = None) -> Answer:
        self.asked.append((question, tuple(history), marketplace, topic))
        if not question.strip():
            raise QuestionError("De vraag is leeg; typ wat je wilt weten.")
        if len(question) > 4_000:
            raise QuestionError("De vraag is te lang; gebruik hooguit 4.000 tekens.")
        if "boem" in question:
            raise RuntimeError("a fault that nobody foresaw")
        found = self._ranked(question)
        if not found:
            related = tuple(
                Article(document_id=document.document_id, title=document.title, heading=section.heading)
                for document, section in self._sections()[:2]
            )
            return Answer(text="Dat staat niet in mijn kennisbank.", answered=False, related=related)
        return _answer(*found[0])

    def stream(
        self, question: str, history: Sequence[Turn] = (), marketplace: str | None = None, topic: str | None = None
    ) -> Iterator[StreamEvent]:
        answer = self.ask(question, history, marketplace, topic)
        for word in re.findall(r"\S+\s*", answer.text):
            yield StreamEvent(text=word)
            time.sleep(0.3 if "langzaam" in question else 0)
        yield StreamEvent(answer=answer)

    def search(
        self, query: str, limit: int = 10, marketplace: str | None = None, topic: str | None = None, history: Sequence[Turn] = ()
    ) -> list[Hit]:
        return [
            Hit(
                document_id=document.document_id,
                title=document.title,
                heading=section.heading,
                text=section.text,
                score=0.5,
            )
            for document, section in self._ranked(query)
            if topic in (None, "", document.topic)
        ][:limit]

    def ingest(self, paths: Sequence[str | Path], progress: object = None) -> IngestReport:
        added, rejected = [], []
        for path in map(Path, paths):
            if path.suffix not in (".txt", ".md"):
                rejected.append(Rejection(path=path.name, reason="dit bestandstype wordt niet ondersteund"))
                continue
            section = Section(heading=path.stem, text=path.read_text("utf-8"))
            self.uploads[path.name] = Document(document_id=path.name, title=path.stem, sections=(section,))
            added.append(path.name)
        return IngestReport(added=tuple(added), rejected=tuple(rejected))

    def remove(self, document_id: str) -> bool:
        return self.uploads.pop(document_id, None) is not None

    def documents(self) -> list[Document]:
        return list(self.uploads.values())

    def corpus(self) -> Corpus:
        return self._corpus

    def status(self) -> FakeStatus:
        return FakeStatus()

    def rebuild(self, progress: object = None) -> FakeStatus:
        self.rebuilds += 1
        if callable(progress):
            for done in range(3):
                progress("Vectoren berekenen", done, 2)
        return FakeStatus()

    def close(self) -> None:
        pass

    def _sections(self) -> list[tuple[Document, Section]]:
        documents = [*self._corpus.documents, *self.uploads.values()]
        return [(document, section) for document in documents for section in document.sections]

    def _ranked(self, query: str) -> list[tuple[Document, Section]]:
        words = _words(query)
        scored = [(len(words & _words(section.heading + " " + section.text)), document, section) for document, section in self._sections()]
        return [(document, section) for score, document, section in sorted(scored, key=lambda row: -row[0]) if score]


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w{4,}", text.lower()) if word not in ("wat", "hoeveel", "welke", "voor")}


def _answer(document: Document, section: Section) -> Answer:
    first = section.text.split("\n\n")[0].split(". ")[0].rstrip(".") + "."
    citation = Citation(
        number=1,
        document_id=document.document_id,
        title=document.title,
        heading=section.heading,
        text=section.text,
        quote=first,
        source_name=SOURCE.name,
        source_url=SOURCE.url,
        checked_on=document.checked_on,
        marketplaces=section.marketplaces,
        score=0.9,
    )
    old = ("Deze bedragen zijn voor het laatst gecontroleerd op 1 maart 2026.",) if document.topic == "fba" else ()
    return Answer(
        text=f"{first} [1]",
        citations=(citation,),
        suggestions=("Hoe wissel je van verkoopplan?", "Wat kost opslag bij FBA in december?"),
        warnings=old,
        confidence=0.9,
        elapsed_ms=3.0,
    )
