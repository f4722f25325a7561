"""How search and building grow with the number of chunks: synthetic filler beside the real corpus.

Filler sections read like Dutch and use the corpus' own words, so they get in the way more than foreign documents would.
Every size is built and searched in processes of its own, so that their peak memory can be told apart.
"""

import os
import random
import re
import tempfile
import time
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import accumulate
from math import isqrt
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from assistant.articles import read_corpus
from assistant.documents import Document, Section
from assistant.embeddings import load_embedding_model
from assistant.index import IndexStore
from assistant.retrievers import Ranker
from assistant.settings import BUNDLED_MODEL, Settings
from assistant.splitters import split
from assistant.tokenization import STOP_WORDS
from benchmarks.retrieval import Asked, read_asked, search_sections

SIZES = (1_000, 10_000, 100_000)
SEED = 20261122
SECTIONS_PER_DOCUMENT = 6
WARM_UP = 20
Outcome = TypeVar("Outcome")


class Built(NamedTuple):
    """What it took to build an index."""

    chunks: int
    units: int
    seconds: float
    stages: dict[str, float]
    peak_megabytes: float
    disk_megabytes: float


class Searched(NamedTuple):
    """What searching an index took, and how often the right section came first or among the first five."""

    open_seconds: float
    median_ms: float
    p95_ms: float
    cpu_ms: float
    peak_megabytes: float
    recall_1: float
    recall_5: float


def measure_scaling(cases: Path, sizes: Sequence[int] = SIZES) -> None:
    """Build and search the corpus alone, then with filler up to each size, and print times, memory and recall beside each other."""
    asked = list(read_asked(cases))
    print(f"\ngroeien: {len(asked)} vragen van de evaluatie, opvulling met zaad {SEED}")
    first: Searched | None = None
    for size in (0, *sorted(sizes)):
        with tempfile.TemporaryDirectory() as folder:
            built = _in_own_process(_build, Path(folder), size)
            searched = _in_own_process(_search, Path(folder), asked)
        first = first or searched
        _print_size(built, searched, searched.median_ms / first.median_ms)


def _print_size(built: Built, searched: Searched, ratio: float) -> None:
    stages = ", ".join(f"{name.lower()} {seconds:.1f}" for name, seconds in built.stages.items())
    print(f"  {built.chunks} secties, {built.units} vectoren (belasting van de machine {os.getloadavg()[0]:.1f})")
    print(
        f"    zoeken: mediaan {searched.median_ms:.1f} ms (x{ratio:.1f}), p95 {searched.p95_ms:.1f} ms, rekentijd {searched.cpu_ms:.1f} ms, "
        f"recall @1 {searched.recall_1:.3f} @5 {searched.recall_5:.3f}, openen {searched.open_seconds:.1f} s, "
        f"geheugen {searched.peak_megabytes:.0f} MB"
    )
    print(
        f"    bouwen: {built.seconds:.1f} s ({built.seconds / built.chunks * 1000:.2f} ms per sectie; {stages}), "
        f"geheugen {built.peak_megabytes:.0f} MB, op schijf {built.disk_megabytes:.0f} MB"
    )


def _in_own_process(step: Callable[..., Outcome], *arguments: object) -> Outcome:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(step, *arguments).result()


def _build(folder: Path, size: int) -> Built:
    corpus = read_corpus(Settings().corpus_dirs).documents
    model = load_embedding_model(str(BUNDLED_MODEL))
    documents = [*corpus, *make_filler(corpus, size - sum(len(split(document)) for document in corpus), SEED)]
    store = IndexStore(folder)
    ends: dict[str, float] = {}

    def note(stage: str, done: int, total: int) -> None:
        ends[stage] = time.perf_counter() - started

    started = time.perf_counter()
    with store.writer():
        store.build(documents, model, f"groeien-{size}", note)
    seconds = time.perf_counter() - started
    stages = dict(zip(ends, np.diff([0.0, *ends.values()]).tolist(), strict=True))
    manifest = store.current_manifest()
    assert manifest is not None
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Built(manifest.chunks, manifest.units, seconds, stages, _peak_megabytes(), disk / 2**20)


def _search(folder: Path, asked: Sequence[Asked]) -> Searched:
    started = time.perf_counter()
    index = IndexStore(folder).open_current()
    search = search_sections(index, Ranker.load(BUNDLED_MODEL / "ranker.json"))
    opened = time.perf_counter() - started
    for one in asked[-WARM_UP:]:
        search(one.question)
    times, cpu, ranks = [], [], []
    for one in asked:
        wall, process = time.perf_counter(), time.process_time()
        found = search(one.question)
        times.append((time.perf_counter() - wall) * 1000)
        cpu.append((time.process_time() - process) * 1000)
        ranks.append(next((rank for rank, key in enumerate(found) if key in one.sections), len(found)))
    index.close()
    median, p95 = np.percentile(times, [50, 95])
    recall_1, recall_5 = (float(np.mean([rank < k for rank in ranks])) for k in (1, 5))
    return Searched(opened, float(median), float(p95), float(np.median(cpu)), _peak_megabytes(), recall_1, recall_5)


def _peak_megabytes() -> float:
    """The most that was resident in this process at once, mapped files included."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


class _Words:
    """Draws words as often as the corpus uses them; one in ten is a new compound, from a pool that grows as Heaps' law has it."""

    def __init__(self, sentences: Sequence[Sequence[str]], count: int, rng: random.Random) -> None:
        self._rng = rng
        counts = Counter(word.lower() for sentence in sentences for word in sentence if _is_content(word))
        self._words = sorted(counts)
        self._shares = list(accumulate(counts[word] for word in self._words))
        short = [word for word in self._words if len(word) <= 8]
        self._compounds = [rng.choice(short) + rng.choice(short) for _ in range(20 * isqrt(count) + 1)]

    def draw(self) -> str:
        if self._rng.random() < 0.1:
            return self._rng.choice(self._compounds)
        return self._words[bisect(self._shares, self._rng.random() * self._shares[-1])]


def make_filler(documents: Sequence[Document], count: int, seed: int) -> Iterator[Document]:
    """Documents with ``count`` sections together, the same for the same seed.

    A section has a heading, no questions, and one or two sentences: the start of one corpus sentence and the end of another,
    with a third of the content words and every number drawn anew.
    """
    rng = random.Random(seed)
    chunks = [chunk for document in documents for chunk in split(document)]
    sentences = [
        fact.text.split() for chunk in chunks for fact in chunk.facts if fact.kind == "sentence" and 6 <= fact.text.count(" ") <= 30
    ]
    headings = [chunk.heading.split() for chunk in chunks]
    words = _Words(sentences, max(count, 0), rng)
    for number, first in enumerate(range(0, count, SECTIONS_PER_DOCUMENT)):
        sections = tuple(
            Section(
                heading=_spliced(headings, words, rng), text=" ".join(_sentence(sentences, words, rng) for _ in range(rng.choice((1, 2))))
            )
            for _ in range(min(SECTIONS_PER_DOCUMENT, count - first))
        )
        yield Document(document_id=f"opvulling/{number:06d}.md", title=_spliced(headings, words, rng), sections=sections)


def _sentence(sentences: Sequence[Sequence[str]], words: _Words, rng: random.Random) -> str:
    return _spliced(sentences, words, rng).rstrip(".?!:;") + "."


def _spliced(texts: Sequence[Sequence[str]], words: _Words, rng: random.Random) -> str:
    start, end = rng.choice(texts), rng.choice(texts)
    spliced = [*start[: len(start) // 2 + 1], *end[len(end) // 2 + 1 :]]
    text = " ".join(_redrawn(word, words, rng) for word in spliced)
    return text[:1].upper() + text[1:]


def _redrawn(word: str, words: _Words, rng: random.Random) -> str:
    if any(char.isdigit() for char in word):
        return re.sub(r"\d", lambda _: str(rng.randint(1, 9)), word)
    return words.draw() if _is_content(word) and rng.random() < 1 / 3 else re.sub(r"[.?!;]", "", word)


def _is_content(word: str) -> bool:
    return word.isalpha() and len(word) > 3 and word.lower() not in STOP_WORDS
