"""How the whole search compares with plainer ones, and what each of its parts adds, on the same questions in one run."""

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from bs4 import BeautifulSoup

from assistant import Assistant, Settings
from assistant.bm25 import Bm25Index
from assistant.documents import Chunk
from assistant.embeddings import load_embedding_model
from assistant.index import IndexStore, KnowledgeIndex, body_text
from assistant.late_interaction import LATE_FOLDER, LateInteraction
from assistant.query_rewriting import SynonymIndex, analyse
from assistant.retrievers import FEATURES, HybridRetriever, Ranker
from assistant.settings import BUNDLED_MODEL
from assistant.splitters import split
from assistant.tokenization import STOP_WORDS, stem, words

Search = Callable[[str], list[str]]
# The features that belong to one part of the search; leaving a part out sets their weights to zero.
PARTS = {
    "woorden (BM25)": ("body", "body_coverage", "heading", "heading_coverage", "all", "all_coverage"),
    "eigen vragen": ("question",),
    "lettergroepen": ("ngrams",),
    "synoniemen en Engels": ("expansions",),
    "vectoren": ("dense_chunk", "dense_question", "dense_question_mean", "dense_fact"),
    "winkel": ("marketplace",),
    "vorm (stappen, vergelijking)": ("steps_wanted", "comparison_wanted"),
    "lezen woord voor woord": ("late", "late_fact", "late_missed", "late_missed_most"),
}


class Asked(NamedTuple):
    """A question with the sections that answer it."""

    question: str
    sections: frozenset[str]


def compare_retrievers(cases: Path, foreign: Path) -> None:
    """Print recall on the evaluation cases, and on a foreign Dutch documentation set when one is installed."""
    asked = list(read_asked(cases))
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Settings(data_dir=Path(folder))) as assistant:
        store = IndexStore(Path(folder) / "index")
        index = store.open_current()
        chunks = [index.chunk(row) for row in range(len(index))]
        print(f"\nzoeken op {len(asked)} vragen van de evaluatie")
        ranker = Ranker.load(BUNDLED_MODEL / "ranker.json")
        _print_recall("alles samen", asked, search_sections(index, ranker))
        _print_recall("alleen vectoren", asked, search_sections(index, _only(ranker, PARTS["vectoren"])))
        _print_recall("bm25s, Nederlandse stammen", asked, _stemmed(chunks))
        _print_recall("BM25, woorden gescheiden door spaties", asked, _whitespace(chunks))
        for name, features in PARTS.items():
            _print_recall(f"zonder {name}", asked, search_sections(index, _without(ranker, features)))
        index.close()
        del assistant
    if foreign.is_dir():
        _compare_on_foreign(foreign)
    else:
        print(f"\n{foreign} ontbreekt; installeer bijvoorbeeld gnome-user-docs om op een vreemde set te vergelijken")


def read_asked(cases: Path) -> Iterator[Asked]:
    """The single questions of the evaluation cases that a section answers, in file order."""
    for path in sorted(cases.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            case = json.loads(line)
            if case.get("sections") and "question" in case and not case.get("history"):
                yield Asked(case["question"], frozenset(case["sections"]))


def _print_recall(label: str, asked: Sequence[Asked], search: Search) -> None:
    ranks = [next((rank for rank, key in enumerate(search(one.question)) if key in one.sections), 10**6) for one in asked]
    figures = "  ".join(f"@{k} {np.mean([rank < k for rank in ranks]):.3f}" for k in (1, 3, 5, 10))
    print(f"  {label:40s} recall {figures}")


def search_sections(index: KnowledgeIndex, ranker: Ranker) -> Search:
    """The whole search with these weights: a function from a question to the ten best sections."""
    retriever = HybridRetriever(
        index=index,
        model=load_embedding_model(str(BUNDLED_MODEL)),
        ranker=ranker,
        synonyms=SynonymIndex(index.synonyms),
        late=LateInteraction.load(BUNDLED_MODEL / LATE_FOLDER),
    )

    def search(question: str) -> list[str]:
        found = retriever.retrieve(analyse(question, index.vocabulary, retriever.synonyms), 10)
        return [f"{candidate.chunk.document_id}#{candidate.chunk.heading}" for candidate in found]

    return search


def _without(ranker: Ranker, features: Sequence[str]) -> Ranker:
    return ranker.model_copy(update={"weights": {name: 0.0 if name in features else w for name, w in ranker.weights.items()}})


def _only(ranker: Ranker, features: Sequence[str]) -> Ranker:
    return _without(ranker, [name for name in FEATURES if name not in features])


def _stemmed(chunks: Sequence[Chunk]) -> Search:
    return _bm25(chunks, lambda text: [stem(word) for word in words(text) if word not in STOP_WORDS])


def _whitespace(chunks: Sequence[Chunk]) -> Search:
    return _bm25(chunks, str.split)


def _bm25(chunks: Sequence[Chunk], tokenize: Callable[[str], list[str]]) -> Search:
    index = Bm25Index.build([tokenize(body_text(chunk)) for chunk in chunks])

    def search(question: str) -> list[str]:
        best = np.argsort(-index.scores(tokenize(question)), kind="stable")[:10]
        return [f"{chunks[row].document_id}#{chunks[row].heading}" for row in best]

    return search


def _compare_on_foreign(folder: Path) -> None:
    """Pages of Mallard documentation: the page's own index terms and description ask for the page."""
    pages = list(_read_pages(folder))
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory() as texts, tempfile.TemporaryDirectory() as empty:
        for number, (title, _, text) in enumerate(pages):
            (Path(texts) / f"{number:05d}.md").write_text(f"# {title}\n\n{text}\n", "utf-8")
        asked = [Asked(question, frozenset({f"{number:05d}.md"})) for number, (_, question, _) in enumerate(pages) if question]
        with Assistant.open(Settings(data_dir=Path(data), corpus_dirs=(Path(empty),))) as assistant:
            assistant.ingest([Path(texts)])
            print(f"\nzoeken op een vreemde set: {len(pages)} pagina's uit {folder}, {len(asked)} omschrijvingen")
            _print_recall("alles samen", asked, lambda q: [hit.document_id for hit in assistant.search(q, 30)])
            chunks = [chunk for document in assistant.documents() for chunk in split(document)]
            stemmed = _stemmed(chunks)
            _print_recall("bm25s, Nederlandse stammen", asked, lambda q: [key.partition("#")[0] for key in stemmed(q)])


def _read_pages(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Title, description and body of each Mallard page."""
    for path in sorted(folder.rglob("*.page")):
        soup = BeautifulSoup(path.read_text("utf-8", errors="replace"), "html.parser")
        description = soup.find("desc")
        question = re.sub(r"\s+", " ", description.get_text(" ", strip=True)) if description else ""
        for tag in soup(["info", "desc", "revision", "credit", "license"]):
            tag.decompose()
        title = soup.find("title")  # those within the page's information are for links
        body = re.sub(r"[ \t]*\n\s*", "\n\n", soup.get_text("\n", strip=True))
        if title and body and len(question.split()) >= 3:
            yield title.get_text(" ", strip=True), question, body
