import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import vectorstore
from assistant.articles import Corpus
from assistant.documents import Asked, Document, Section
from assistant.errors import IndexLockedError, VectorIndexError
from assistant.index import CHUNK_UNIT, FACT_UNIT, FORMAT, QUESTION_UNIT, IndexStore, KnowledgeIndex, text_id, unit_texts
from assistant.splitters import split
from tests.conftest import ROOT
from tests.doubles import WordLengthModel

STAGES = ("Tekst omzetten in vectoren", "Woordenindex maken", "Verwante woorden leren", "Vectoren bewaren")
Build = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index")


@pytest.fixture
def document() -> Document:
    section = Section(heading="Kop", text="Opslag kost € 5 per maand.\n\n- Een punt.", questions=("wat kost opslag", "prijs opslag"))
    return Document(document_id="fba/opslag.md", title="Opslag", sections=(section,), synonyms=(("opslag", "stalling"),))


@pytest.fixture
def build(store: IndexStore, word_lengths: WordLengthModel) -> Build:
    """A function that builds a version of the index from documents."""

    def make(*documents: Document, progress: Callable[[str, int, int], None] = lambda *_: None) -> str:
        with store.writer():
            return store.build(documents, word_lengths, "vingerafdruk", progress)

    return make


@pytest.fixture
def opened(store: IndexStore) -> Iterator[Callable[[], KnowledgeIndex]]:
    """A function that opens the version in use; what it opened is closed afterwards."""
    indexes: list[KnowledgeIndex] = []

    def open_current() -> KnowledgeIndex:
        indexes.append(store.open_current())
        return indexes[-1]

    yield open_current
    for index in indexes:
        index.close()


def another(document: Document, text: str, document_id: str = "fba/ander.md") -> Document:
    return document.model_copy(update={"document_id": document_id, "sections": (Section(heading="Kop", text=text),)})


# --- What an index holds ---------------------------------------------------------------------------------------------


def test_an_index_gives_back_its_chunks_and_documents(build: Build, opened: Callable[[], KnowledgeIndex], document: Document) -> None:
    second = another(document, "Tweede tekst.")
    build(document, second)
    index = opened()

    assert [index.chunk(row) for row in range(len(index))] == [*split(document), *split(second)]
    assert index.documents() == [second, document]
    assert (index.rows_of("fba/opslag.md"), index.rows_of("fba/ander.md"), index.rows_of("weg.md")) == ([0], [1], [])


def test_a_chunk_its_questions_and_its_facts_have_a_vector_each(
    build: Build, opened: Callable[[], KnowledgeIndex], document: Document, word_lengths: WordLengthModel
) -> None:
    build(document)
    index = opened()
    texts = list(unit_texts(split(document)[0]))

    for kind in (CHUNK_UNIT, QUESTION_UNIT, FACT_UNIT):
        expected = word_lengths.encode_documents([text for found, text in texts if found == kind])
        np.testing.assert_allclose(index.units(0, kind), expected, atol=1e-3)


def test_words_and_names_can_be_searched(build: Build, opened: Callable[[], KnowledgeIndex], document: Document) -> None:
    build(document, another(document, "Iets anders."))
    index = opened()

    assert [bool(score > 0) for score in index.fields["body"].scores(["opslag"])] == [True, True]  # it stands in both titles
    assert [bool(score > 0) for score in index.fields["questions"].scores(["prijs"])] == [False, True]
    assert index.synonyms == (("opslag", "stalling"),)


def test_related_words_are_learned_only_for_chunks_without_questions(
    build: Build, opened: Callable[[], KnowledgeIndex], document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.latent.TEXTS_PER_DIMENSION", 1)
    told: list[str] = []
    asked = Section(heading="Kop", text="Doos.", asked=(Asked(question="wa kost da"),))
    build(
        document, document.model_copy(update={"document_id": "b.md", "sections": (asked,)}), progress=lambda stage, *_: told.append(stage)
    )
    without = opened()
    notes = (another(document, text, f"{number}.md") for number, text in enumerate(("Een doos op een pallet.", "Lijm en tape.", "Tape.")))
    build(document, *notes)
    learned = opened().latent

    assert (without.latent, (without.folder / "latent").exists(), "Verwante woorden leren" in told) == (None, False, False)
    assert learned is not None
    assert (len(learned), int(learned.likeness(["lijm"], np.arange(4)).argmax())) == (4, 2)


def test_vectors_are_named_by_row_and_unit(
    build: Build, opened: Callable[[], KnowledgeIndex], document: Document, word_lengths: WordLengthModel
) -> None:
    build(another(document, "Een twee drie vier vijf."), document)

    assert opened().vectors.query(word_lengths.encode_query("wat kost opslag"), 1)[0][0] == "1-3"


def test_only_what_a_chunk_says_names_its_text(build: Build, opened: Callable[[], KnowledgeIndex], document: Document) -> None:
    def names(**changes: object) -> list[str]:
        sections = tuple(section.model_copy(update=changes) for section in document.sections)
        return [text_id(chunk) for chunk in split(document.model_copy(update={"sections": sections}))]

    build(document)
    assert opened().text_ids() == names() == names(questions=("Wat kost dat?",), asked=(Asked(question="wa kost da"),))
    assert not set(names()) & set(names(text="Iets anders."))


def test_an_index_over_nothing_can_be_opened(build: Build, opened: Callable[[], KnowledgeIndex]) -> None:
    build()

    assert (len(opened()), opened().documents(), opened().vectors.size) == (0, [], 0)


def test_a_chunk_that_is_not_there_is_refused(build: Build, opened: Callable[[], KnowledgeIndex], document: Document) -> None:
    build(document)

    with pytest.raises(VectorIndexError, match="Chunk 7 ontbreekt"):
        opened().chunk(7)


@given(texts=st.lists(st.text(min_size=1, max_size=80).filter(str.strip), min_size=1, max_size=4))
@settings(max_examples=15)
def test_a_round_trip_keeps_text_and_vectors(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    model, store = WordLengthModel(), IndexStore(tmp_path_factory.mktemp("index"))
    sections = tuple(Section(heading=f"Kop {number}", text=text, questions=(text,)) for number, text in enumerate(texts))
    document = Document(document_id="a.md", title="A", sections=sections)
    store.build([document], model, "", lambda *_: None)
    index = store.open_current()

    for row, chunk in enumerate(split(document)):
        assert index.chunk(row) == chunk
        vectors = model.encode_documents([text for _, text in unit_texts(chunk)])
        found = np.asarray(index.unit_vectors[index.unit_starts[row] : index.unit_starts[row + 1]], dtype=np.float32)
        np.testing.assert_allclose(found, vectors, atol=1e-3)
    index.close()


# --- A next version --------------------------------------------------------------------------------------------------


def test_unchanged_chunks_are_not_embedded_again(build: Build, document: Document, word_lengths: WordLengthModel) -> None:
    build(document)
    word_lengths.embedded.clear()
    second = another(document, "Alleen dit is nieuw.")

    build(document, second)

    assert word_lengths.embedded == [text for _, text in unit_texts(split(second)[0])]


def test_copied_vectors_are_those_of_their_own_chunk(
    build: Build, opened: Callable[[], KnowledgeIndex], document: Document, word_lengths: WordLengthModel
) -> None:
    second, third = another(document, "Tweede."), another(document, "Derde tekst van drie.", "a/derde.md")
    build(document, second)

    build(third, second, document)

    index = opened()
    for row, one in enumerate((third, second, document)):
        expected = word_lengths.encode_documents([text for _, text in unit_texts(split(one)[0])])
        np.testing.assert_allclose(index.unit_vectors[index.unit_starts[row] : index.unit_starts[row + 1]], expected, atol=1e-3)


def test_another_model_embeds_everything_again(store: IndexStore, build: Build, document: Document) -> None:
    build(document)
    other = WordLengthModel()
    other.fingerprint = "woordlengtes-2"

    store.build([document], other, "vingerafdruk", lambda *_: None)

    assert len(other.embedded) == len(list(unit_texts(split(document)[0])))


def test_vanished_content_is_gone_from_every_part(build: Build, opened: Callable[[], KnowledgeIndex], document: Document) -> None:
    build(document, another(document, "Het woord kameel verdwijnt."))
    build(document)
    index = opened()

    assert (index.rows_of("fba/ander.md"), "kameel" in index.vocabulary, "kameel" in index.fields["body"]) == ([], False, False)
    assert {name.partition("-")[0] for name, _ in index.vectors.query(np.ones(8, dtype=np.float32), 99)} == {"0"}
    assert not any(b"kameel" in path.read_bytes() for path in index.folder.rglob("*") if path.is_file())


def test_a_version_that_is_open_stays_readable_while_the_next_is_built(
    build: Build, opened: Callable[[], KnowledgeIndex], document: Document, word_lengths: WordLengthModel
) -> None:
    build(document)
    old = opened()
    build(another(document, "Heel iets anders."))

    assert old.chunk(0) == split(document)[0]
    assert old.vectors.query(word_lengths.encode_query("wat kost opslag"), 1)[0][0] == "0-1"


def test_only_the_current_version_and_the_one_before_are_kept(store: IndexStore, build: Build, document: Document) -> None:
    names = [build(another(document, f"Versie {number}.")) for number in range(4)]

    assert sorted(path.name for path in (store.folder / "versions").iterdir()) == sorted(names[2:])


# --- A build that breaks off -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
def test_a_build_that_fails_at_any_stage_leaves_the_old_index(
    store: IndexStore, build: Build, opened: Callable[[], KnowledgeIndex], document: Document, stage: str
) -> None:
    name = build(document)

    def fail(found: str, done: int, total: int) -> None:
        if found == stage:
            raise RuntimeError(stage)

    with pytest.raises(RuntimeError, match=stage):
        build(another(document, "Nieuw."), progress=fail)

    assert (store.current(), opened().chunk(0)) == (name, split(document)[0])
    assert [path.name for path in (store.folder / "versions").iterdir()] == [name]


def test_a_build_that_fails_is_made_good_by_the_next(build: Build, opened: Callable[[], KnowledgeIndex], document: Document) -> None:
    def fail(found: str, done: int, total: int) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        build(document, progress=fail)
    build(document)

    assert opened().chunk(0) == split(document)[0]


KILLED_BUILDS = """
import os, signal, sys
from pathlib import Path
from assistant.documents import Document, Section
from assistant.index import IndexStore
from tests.doubles import WordLengthModel

def build(folder, stage):
    def kill(found, *_):
        if found == stage:
            os.kill(os.getpid(), signal.SIGKILL)

    store = IndexStore(Path(folder))
    swap = store._swap  # between the finished folder and the pointer to it
    store._swap = lambda name: kill("current") or swap(name)
    document = Document(document_id="nieuw.md", title="Nieuw", sections=(Section(heading="Kop", text="Nieuwe tekst."),))
    with store.writer():
        store.build([document], WordLengthModel(), "nieuw", kill)

for folder, stage in zip(sys.argv[1::2], sys.argv[2::2]):
    child = os.fork()
    if not child:
        build(folder, stage)
        os._exit(1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_process_that_is_killed_at_any_stage_leaves_the_old_index_and_no_lock(
    store: IndexStore, build: Build, document: Document, tmp_path: Path
) -> None:
    name = build(document)
    folders = {str(tmp_path / f"kopie-{number}"): stage for number, stage in enumerate((*STAGES, "current"))}
    for folder in folders:
        shutil.copytree(store.folder, folder)

    ends = subprocess.check_output([sys.executable, "-c", KILLED_BUILDS, *chain(*folders.items())], cwd=ROOT, text=True)

    assert ends.split() == [str(-signal.SIGKILL)] * len(folders)
    for folder in folders:
        survivor = IndexStore(Path(folder))
        with survivor.writer(timeout_seconds=1):
            index = survivor.open_current()
            assert (survivor.current(), index.chunk(0)) == (name, split(document)[0])
            index.close()
            healed = survivor.build([document], WordLengthModel(), "hersteld", lambda *_: None)
        assert {path.name for path in (survivor.folder / "versions").iterdir()} == {name, healed}


# --- One writer at a time --------------------------------------------------------------------------------------------


def test_a_second_writer_is_refused_with_the_name_of_the_first(store: IndexStore) -> None:
    with (
        store.writer(),
        pytest.raises(IndexLockedError, match=rf"wordt al bijgewerkt door proces {os.getpid()} op {socket.gethostname()} \(sinds 20"),
        IndexStore(store.folder).writer(timeout_seconds=0.05),
    ):
        pass


def test_a_writer_lets_go_when_it_fails(store: IndexStore) -> None:
    with pytest.raises(RuntimeError), store.writer():
        raise RuntimeError

    with IndexStore(store.folder).writer(timeout_seconds=0.05):
        assert json.loads((store.folder / "writer.json").read_text())["process"] == os.getpid()


def test_a_data_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("geen map")

    with (
        pytest.raises(VectorIndexError, match="Kan de datamap .* niet aanmaken .* ASSISTANT_DATA_DIR"),
        IndexStore(tmp_path / "bestand").writer(),
    ):
        pass


def test_a_lock_file_that_cannot_be_opened_is_refused(store: IndexStore) -> None:
    (store.folder / "writer.lock").mkdir(parents=True)

    with pytest.raises(VectorIndexError, match="Kan niet schrijven in .* ASSISTANT_DATA_DIR"), store.writer(timeout_seconds=0.05):
        pass


# --- An index that is not ours ---------------------------------------------------------------------------------------


def test_an_index_that_was_never_built_is_refused(store: IndexStore) -> None:
    assert (store.current(), store.current_manifest()) == (None, None)
    with pytest.raises(VectorIndexError, match="Er is nog geen index in .*'assistant ingest'"):
        store.open_current()


@pytest.mark.parametrize("pointer", ["../elders", "/etc", "..", ".verborgen", "a/b", "\x00\x00", "weg"])
def test_a_pointer_to_something_else_is_refused(store: IndexStore, build: Build, document: Document, pointer: str) -> None:
    build(document)
    (store.folder / "current").write_text(pointer)

    assert store.current_manifest() is None
    with pytest.raises(VectorIndexError):
        store.open_current()


def test_a_pointer_that_is_not_text_is_refused(store: IndexStore) -> None:
    store.folder.mkdir()
    (store.folder / "current").write_bytes(b"\xff\xfe\x80")

    with pytest.raises(VectorIndexError, match="is onleesbaar .*; verwijder het en start opnieuw"):
        store.current()


def test_an_empty_pointer_is_no_index(store: IndexStore) -> None:
    store.folder.mkdir()
    (store.folder / "current").write_text("")

    assert store.current() is None


def test_an_index_of_another_form_is_refused(store: IndexStore, build: Build, document: Document, caplog: pytest.LogCaptureFixture) -> None:
    path = store.folder / "versions" / build(document) / "manifest.json"
    path.write_text(path.read_text("utf-8").replace(FORMAT, "iets-anders/9"), "utf-8")

    with caplog.at_level(logging.WARNING):
        assert store.current_manifest() is None
    with pytest.raises(VectorIndexError, match=f"heeft vorm 'iets-anders/9'; verwacht '{FORMAT}'"):
        store.open_current()


PARTS = [
    "manifest.json", "unit_vectors.npy", "unit_kinds.npy", "unit_starts.npy", "question_starts.npy", "asked_places.npy", "asked_starts.npy", "answered_places.npy", "answered_starts.npy", "vocabulary.json", "synonyms.json",
    "chunks.sqlite", "bm25/body/data.csc.index.npy", "bm25/ngrams/vocab.index.json", "chroma/chroma.sqlite3",
    "latent/words.json", "latent/components.npy", "latent/vectors.npy",
]  # fmt: skip


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "noise"])
@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_part_is_an_index_error_when_opened_or_used(
    store: IndexStore, build: Build, document: Document, word_lengths: WordLengthModel, part: str, damage: str
) -> None:
    path = store.folder / "versions" / build(document, another(document, "Tweede.")) / part
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(
            {"empty": b"", "half": content[: len(content) // 2], "noise": np.random.default_rng(1).bytes(len(content))}[damage]
        )

    with pytest.raises(VectorIndexError):
        read_everything(store.open_current(), word_lengths)


def read_everything(index: KnowledgeIndex, model: WordLengthModel) -> None:
    try:
        for row in range(len(index)):
            index.chunk(row)
        index.documents()
        index.vectors.query(model.encode_query("wat kost opslag"), 5)
        index.fields["body"].scores(["opslag"])
    finally:
        index.close()


def test_files_of_two_versions_do_not_mix(store: IndexStore, build: Build, document: Document) -> None:
    old, new = (store.folder / "versions" / build(*documents) for documents in ((document, another(document, "Tweede.")), (document,)))
    shutil.copy(old / "unit_starts.npy", new / "unit_starts.npy")

    with pytest.raises(VectorIndexError, match="de bestanden horen niet bij elkaar"):
        store.open_current()


def test_a_latent_space_of_another_version_does_not_fit(store: IndexStore, build: Build, document: Document) -> None:
    old, new = (
        store.folder / "versions" / build(*documents) for documents in ((another(document, "Een."),), (document, another(document, "Een.")))
    )
    shutil.copytree(old / "latent", new / "latent", dirs_exist_ok=True)

    with pytest.raises(VectorIndexError, match="de bestanden horen niet bij elkaar"):
        store.open_current()


def test_a_folder_with_odd_signs_in_its_name_works(tmp_path: Path, document: Document, word_lengths: WordLengthModel) -> None:
    store = IndexStore(tmp_path / "map met # en ? en 100% é")
    store.build([document], word_lengths, "", lambda *_: None)
    index = store.open_current()

    assert index.chunk(0) == split(document)[0]
    index.close()


def test_the_small_corpus_can_be_indexed(build: Build, opened: Callable[[], KnowledgeIndex], small_corpus: Corpus) -> None:
    build(*small_corpus.documents)

    assert [opened().chunk(row).heading for row in range(4)] == [
        section.heading for document in small_corpus.documents for section in document.sections
    ]


# --- On a server -----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a Chroma server of our own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("chroma")),
        "run",
        "--path",
        str(tmp_path / "server"),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def test_vectors_can_live_on_a_chroma_server(tmp_path: Path, server: str, document: Document, word_lengths: WordLengthModel) -> None:
    store = IndexStore(tmp_path / "index", server)
    names = [store.build([document, another(document, f"Versie {number}.")], word_lengths, "", lambda *_: None) for number in range(3)]
    index, client = store.open_current(), vectorstore.connect(tmp_path, server)

    assert index.vectors.query(word_lengths.encode_query("wat kost opslag"), 1)[0][0] == "0-1"
    assert {collection.name for collection in client.list_collections()} == {f"kennis_{name}" for name in names[1:]}
    vectorstore.close(client)
    index.close()
