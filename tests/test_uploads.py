from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import Document, Section
from assistant.errors import StoreError
from assistant.uploads import Upload, Uploads


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "documents")


def upload(document_id: str, text: str = "tekst") -> Upload:
    return Upload(root="/map", document=Document(document_id=document_id, title=document_id, sections=(Section(heading="Kop", text=text),)))


def test_a_folder_that_is_not_there_holds_nothing(uploads: Uploads) -> None:
    assert (uploads.all(), uploads.remove("a.md")) == ([], False)


def test_saved_documents_come_back_ordered_by_id(uploads: Uploads) -> None:
    uploads.save([upload("b.md"), upload("map/a.md")])
    uploads.save([upload("a.md")])

    assert uploads.all() == [upload("a.md"), upload("b.md"), upload("map/a.md")]


def test_saving_the_same_id_replaces_it(uploads: Uploads) -> None:
    uploads.save([upload("a.md", "oud")])
    uploads.save([upload("a.md", "nieuw")])

    assert uploads.all() == [upload("a.md", "nieuw")]


def test_a_removed_document_is_gone(uploads: Uploads) -> None:
    uploads.save([upload("a.md"), upload("b.md")])

    assert (uploads.remove("a.md"), uploads.remove("a.md"), uploads.all()) == (True, False, [upload("b.md")])


@given(document_id=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_and_text_can_be_kept(tmp_path_factory: pytest.TempPathFactory, document_id: str, text: str) -> None:
    uploads = Uploads(tmp_path_factory.mktemp("uploads"))
    uploads.save([upload(document_id, text)])

    assert uploads.all() == [upload(document_id, text)]


def test_the_fingerprint_follows_the_content(uploads: Uploads) -> None:
    prints = [uploads.fingerprint()]
    for document in (upload("a.md"), upload("a.md", "anders"), upload("a.md")):
        uploads.save([document])
        prints.append(uploads.fingerprint())

    assert (len(set(prints)), prints[1]) == (3, prints[3])


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"root": "/map"}'], ids=["empty", "half", "binary", "incomplete"])
def test_a_damaged_file_is_named(uploads: Uploads, tmp_path: Path, content: bytes) -> None:
    uploads.save([upload("a.md")])
    path = next((tmp_path / "documents").glob("*.json"))
    path.write_bytes(content)

    with pytest.raises(StoreError, match=f"Het toegevoegde document {path} is beschadigd; verwijder dat bestand"):
        uploads.all()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("geen map")

    with pytest.raises(StoreError, match="Kan niet schrijven in .*; controleer de datamap"):
        Uploads(tmp_path / "bestand").save([upload("a.md")])


def test_an_interrupted_save_leaves_the_old_document(uploads: Uploads, tmp_path: Path) -> None:
    uploads.save([upload("a.md", "oud")])
    path = next((tmp_path / "documents").glob("*.json"))
    path.with_suffix(".part").write_text('{"half')

    assert uploads.all() == [upload("a.md", "oud")]
