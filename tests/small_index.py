"""An index of six chunks, with an embedding model whose vectors can be read: enough to work out every number by hand."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from assistant.documents import Asked, Document, Section
from assistant.embeddings import EmbeddingModel, Vectors
from assistant.index import IndexStore, KnowledgeIndex

THEMES = ("opslag", "december", "terug", "plan", "recensie", "sleutel")


class ThemeModel:
    """A text's vector has a 1 for each of ``THEMES`` that stands in it, brought to unit length.

    Two texts are as like as the themes they share: of two against one of these two, 1 / sqrt(2).
    """

    name = "themas"
    fingerprint = "themas-1"
    dimensions = len(THEMES)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        return np.array([self.encode_query(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimensions)

    def encode_query(self, text: str) -> Vectors:
        vector = np.array([theme in text.lower() for theme in THEMES], dtype=np.float32)
        return vector / max(float(np.linalg.norm(vector)), 1e-9)


STORAGE = Document(
    document_id="fba/opslag.md",
    title="Magazijn",
    topic="fba",
    marketplaces=("DE",),
    checked_on=date(2026, 11, 22),
    synonyms=(("opslag", "stalling"),),
    sections=(
        Section(
            heading="Wat kost opslag?",
            text="Opslag kost in Duitsland € 27 per kuub. In december kost opslag in Duitsland € 52 per kuub.",
            questions=("wat kost opslag", "prijs in december", "opslag december tarief", "hoeveel betaal ik"),
            marketplaces=("DE",),
        ),
        Section(
            heading="Hoe haal je voorraad terug?",
            text=(
                "Je haalt voorraad terug in drie stappen.\n\n"
                "1. Open het scherm Voorraad.\n2. Kies Terughalen.\n3. Bevestig binnen 5 dagen.\n\n"
                "- Een doos telt apart.\n\n"
                "| Maat | Prijs |\n|---|---|\n| Klein | € 3 |\n| Groot | € 9 |\n\n"
                "**PAS OP:** voorraad zonder sticker wordt vernietigd.\n\n"
                "**TIP:** haal voorraad terug voordat de toeslag begint.\n\n"
                "Dat moet omdat het magazijn anders vol raakt."
            ),
            questions=("voorraad terug laten komen",),
            marketplaces=("DE",),
        ),
    ),
)
PLANS = Document(
    document_id="start/plan.md",
    title="Verkopen",
    topic="start",
    marketplaces=("NL",),
    checked_on=date(2026, 11, 22),
    sections=(
        Section(
            heading="Wat kost een plan?",
            text="Het plan Professioneel kost € 39 per maand. Het plan Individueel heeft geen maandbedrag.",
            questions=("prijs van een plan",),
            asked=(Asked(question="kzoek een plan voor mijn recensie", fact="Het plan Individueel heeft geen maandbedrag."),),
            marketplaces=("NL",),
        ),
    ),
)
REVIEWS = Document(
    document_id="recensies/beloning.md",
    title="Klanten",
    topic="recensies",
    marketplaces=("EU",),
    sections=(
        Section(heading="Mag een recensie beloond worden?", text="Een beloning voor een recensie is verboden.", marketplaces=("EU",)),
    ),
)
NOTE = Document(
    document_id="notitie.txt", title="notitie", sections=(Section(heading="notitie", text="De sleutel ligt bij de buren in december."),)
)
# A table without rows has nothing that can be shown by itself.
EMPTY_TABLE = Document(document_id="leeg.md", title="leeg", sections=(Section(heading="Lege tabel", text="| Kolom | Waarde |\n|---|---|"),))
DOCUMENTS = (STORAGE, PLANS, REVIEWS, NOTE, EMPTY_TABLE)
# The row of each chunk.
PRICE_ROW, RETURN_ROW, PLAN_ROW, REVIEW_ROW, NOTE_ROW, EMPTY_ROW = range(6)


def build_index(folder: Path, documents: Sequence[Document] = DOCUMENTS, model: EmbeddingModel | None = None) -> KnowledgeIndex:
    """An open index over documents; the caller closes it."""
    store = IndexStore(folder / "index")
    with store.writer():
        store.build(documents, model or ThemeModel(), "vingerafdruk", lambda *_: None)
    return store.open_current()
