import os
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DocumentError
from assistant.loaders import MAXIMUM_BYTES, find_files, load, supported_suffixes
from assistant.splitters import split
from tests.files import write_pdf

OPEN_TO_ANYONE = {"user_password": "", "owner_password": "eigenaar"}
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that makes a file."""

    def make(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return make


def sections_of(path: Path) -> list[tuple[str, str]]:
    return [(section.heading, section.text) for section in load(path, path.name).sections]


# --- Every kind of document ------------------------------------------------------------------------------------------


def test_markdown_is_split_along_its_headings(write: Write) -> None:
    path = write("gids.md", "---\ntags: x\n---\n# De gids\n\nInleiding.\n\n## Eerste\n\n- punt\n\n### Tweede ###\n\nTekst.\n")

    assert (load(path, "gids.md").title, sections_of(path)) == (
        "De gids",
        [("De gids", "Inleiding."), ("Eerste", "- punt"), ("Tweede", "Tekst.")],
    )


def test_a_markdown_heading_with_nothing_under_it_is_kept_as_text(write: Write) -> None:
    assert sections_of(write("gids.md", "# Gids\n\n## Leeg\n\n### Vol\n\nTekst.")) == [("Vol", "Leeg\n\nTekst.")]


def test_plain_text_takes_a_short_line_alone_for_a_heading(write: Write) -> None:
    path = write("onze-notities_2026.txt", "Eerst dit.\r\n\r\nRetouren\r\n\r\nWe nemen alles terug.\r\nOok kapot.\r\n")

    assert (load(path, path.name).title, sections_of(path)) == (
        "onze notities 2026",
        [("onze notities 2026", "Eerst dit."), ("Retouren", "We nemen alles terug.\nOok kapot.")],
    )


def test_csv_becomes_one_table(write: Write) -> None:
    path = write("prijzen.csv", 'SKU;Prijs;Noot\nA-1;€ 5;"twee\nregels | bar"\n\nB-2;€ 6\n')

    assert sections_of(path) == [("prijzen", "| SKU | Prijs | Noot |\n|---|---|---|\n| A-1 | € 5 | twee regels / bar |\n| B-2 | € 6 |  |")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_csv_is_read_whatever_separates_its_cells(write: Write, delimiter: str) -> None:
    path = write("x.csv", "\n".join(delimiter.join(row) for row in (["naam", "aantal"], ["kaars", "5"], ["lamp", "6"])))

    assert sections_of(path)[0][1] == "| naam | aantal |\n|---|---|\n| kaars | 5 |\n| lamp | 6 |"


def test_a_csv_of_100_000_lines_becomes_chunks_with_every_line(write: Write) -> None:
    path = write("groot.csv", "sku;naam\n" + "".join(f"A-{number};kaars {number}\n" for number in range(100_000)))

    chunks = split(load(path, path.name))

    assert [row for chunk in chunks for row in chunk.text.split("\n")[2:]] == [
        f"| A-{number} | kaars {number} |" for number in range(100_000)
    ]
    assert {chunk.text.split("\n")[0] for chunk in chunks} == {"| sku | naam |"}


def test_html_keeps_headings_lists_tables_and_loose_text(write: Write) -> None:
    path = write("gids.html", """<!DOCTYPE html><html><head><title>De gids</title><style>p {}</style></head><body><nav>Menu</nav>
        <!-- niet tonen --><h2>Kosten</h2>Los begin<div>Een <b>div</b>.</div><p>Het kost € <b>39</b>,00<br>per maand.</p>
        <ul><li>een</li><li>twee <i>en</i></li></ul><table><tr><th>Plan</th><th>Prijs</th></tr><tr><td>Basis</td>
        <td><p>€ 1</p></td></tr></table>
        <blockquote><p>Citaat.</p></blockquote><script>weg()</script><h5>Klein</h5><footer>Voet</footer></body></html>""")  # fmt: skip

    assert (load(path, "gids.html").title, sections_of(path)) == (
        "De gids",
        [(
            "Kosten",
            "Los begin\n\nEen div.\n\nHet kost € 39,00 per maand.\n\n- een\n- twee en\n\n"
            "| Plan | Prijs |\n|---|---|\n| Basis | € 1 |\n\nCitaat.\n\nKlein",
        )],
    )  # fmt: skip


def nested(word: str, tags: str) -> str:
    for tag in reversed(tags.split()):
        word = f"<{tag}>{word}</{tag}>"
    return word


@given(st.lists(st.sampled_from(["p", "div", "li", "td", "b", "span", "blockquote", "section", "b p", "div p", "p b", "li p", "ul li"])))
def test_html_loses_and_repeats_no_word(tmp_path_factory: pytest.TempPathFactory, tags: list[str]) -> None:
    path = tmp_path_factory.mktemp("html") / "x.html"
    words = [f"w{number}" for number, _ in enumerate(tags)]
    path.write_text("begin " + " ".join(nested(word, one) for word, one in zip(words, tags, strict=True)))

    (_, text), *others = sections_of(path)

    assert (text.replace("- ", "").split(), others) == (["begin", *words], [])


def test_word_keeps_headings_lists_and_tables(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.title = "Het handboek"
    document.add_heading("Retouren", 1)
    document.add_paragraph("We nemen alles terug.")
    document.add_paragraph("binnen 30 dagen", style="List Bullet")
    document.add_paragraph("met bon", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip([cell for row in table.rows for cell in row.cells], ["Wat", "Prijs", "Kaars", "€ 5\nper stuk"], strict=True):
        cell.text = text
    document.save(str(tmp_path / "handboek.docx"))

    path = tmp_path / "handboek.docx"
    assert (load(path, path.name).title, sections_of(path)) == (
        "Het handboek",
        [(
            "Retouren",
            "We nemen alles terug.\n\n- binnen 30 dagen\n- met bon\n\n| Wat | Prijs |\n|---|---|\n| Kaars | € 5 per stuk |",
        )],
    )  # fmt: skip


def test_pdf_gives_a_section_per_page(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "rapport.pdf", "Eerste bladzijde met een afge-\nbroken woord.", "Tweede bladzijde.", title="Het rapport")

    assert (load(path, path.name).title, sections_of(path)) == (
        "Het rapport",
        [("Pagina 1", "Eerste bladzijde met een afgebroken woord."), ("Pagina 2", "Tweede bladzijde.")],
    )


def test_a_suffix_in_capitals_is_the_same(write: Write) -> None:
    assert sections_of(write("X.TXT", "Tekst.")) == [("X", "Tekst.")]


# --- Characters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_text_is_read_in_any_common_encoding(write: Write, encoding: str) -> None:
    assert sections_of(write("x.txt", "Eén café, één prijs.".encode(encoding))) == [("x", "Eén café, één prijs.")]


def test_a_byte_that_no_encoding_knows_is_no_failure(write: Write) -> None:
    assert sections_of(write("x.txt", b"caf\xe9 \x81 prijs."))[0][1] == "café   prijs."


def test_control_characters_and_soft_hyphens_are_left_out(write: Write) -> None:
    assert sections_of(write("x.txt", "op\xadslag\x07kosten.\x0c\x0cNog iets.")) == [("x", "opslag kosten.\n\nNog iets.")]


@given(st.binary(max_size=200))
def test_any_bytes_in_any_file_give_a_document_or_a_reason(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("ruis")
    for suffix in supported_suffixes():
        path = folder / f"x{suffix}"
        path.write_bytes(content)
        try:
            assert load(path, path.name).model_dump_json()
        except DocumentError as exc:
            assert str(exc)


# --- What is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", supported_suffixes())
@pytest.mark.parametrize("content", [b"", b" \n\t "], ids=["empty", "blank"])
def test_a_file_without_text_is_refused(write: Write, suffix: str, content: bytes) -> None:
    path = write(f"x{suffix}", content)

    with pytest.raises(DocumentError, match="er staat geen leesbare tekst in; .*OCR|is beschadigd of geen geldig"):
        load(path, path.name)


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_a_damaged_file_is_refused(write: Write, suffix: str) -> None:
    path = write(f"x{suffix}", b"PK\x03\x04 of %PDF-1.7 en dan onzin")

    with pytest.raises(DocumentError, match=f"het bestand is beschadigd of geen geldig {suffix[1:].upper()}-bestand"):
        load(path, path.name)


@pytest.mark.parametrize("suffix", [".txt", ".md", ".csv", ".html"])
def test_a_binary_file_is_no_text(write: Write, suffix: str) -> None:
    path = write(f"x{suffix}", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")

    with pytest.raises(DocumentError, match="dit is geen tekstbestand"):
        load(path, path.name)


def test_a_pdf_with_a_password_is_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x.pdf", "Geheim.", encryption={"user_password": "wachtwoord"})

    with pytest.raises(DocumentError, match="de pdf is met een wachtwoord beveiligd; sla hem op zonder wachtwoord"):
        load(path, path.name)


def test_a_pdf_with_a_newer_protection_is_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x.pdf", "Geheim.", encryption=OPEN_TO_ANYONE)
    aes = b"/V 4 /CF << /StdCF << /CFM /AESV2 >> >> /StmF /StdCF /StrF /StdCF"
    path.write_bytes(path.read_bytes().replace(b"/V 2", aes).replace(b"/R 3", b"/R 4"))

    with pytest.raises(DocumentError, match="de pdf is versleuteld; sla hem op zonder beveiliging"):
        load(path, path.name)


def test_a_pdf_that_anyone_may_open_is_read(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x.pdf", "Openbaar.", encryption=OPEN_TO_ANYONE)

    assert sections_of(path) == [("Pagina 1", "Openbaar.")]


def test_a_scanned_pdf_is_refused_with_what_it_needs(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x.pdf", "", "")

    with pytest.raises(DocumentError, match=r"een gescand document heeft eerst tekstherkenning \(OCR\) nodig"):
        load(path, path.name)


@pytest.mark.parametrize(("name", "shown"), [("x.xlsx", ".xlsx"), ("x", r"\(geen\)"), ("x.md.exe", ".exe")])
def test_another_kind_of_file_is_refused_with_what_is_read(write: Write, name: str, shown: str) -> None:
    with pytest.raises(DocumentError, match=f"bestandstype {shown} wordt niet ondersteund; gebruik .pdf, .docx"):
        load(write(name, "tekst"), name)


def test_a_file_that_is_too_large_is_refused(write: Write) -> None:
    path = write("x.txt", "tekst")
    os.truncate(path, MAXIMUM_BYTES + 1_000_000)

    with pytest.raises(DocumentError, match="het bestand is 51 MB; het maximum is 50 MB"):
        load(path, path.name)


def test_a_file_that_vanished_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="het bestand is niet te openen"):
        load(tmp_path / "weg.txt", "weg.txt")


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("tekst")

    with pytest.raises(DocumentError, match="de bestandsnaam bevat tekens die geen geldige UTF-8 zijn"):
        load(path, path.name)


# --- Finding files ---------------------------------------------------------------------------------------------------


def test_files_are_found_recursively_with_their_path_below_the_folder(write: Write, tmp_path: Path) -> None:
    for name in ("map/b.txt", "map/diep/a.md", "map/.verborgen/x.md", "map/.x.md", "map/~$slot.docx", "los.txt"):
        write(name, "tekst")

    found = find_files([tmp_path / "map", tmp_path / "los.txt", tmp_path / "weg.txt"])

    assert [(path.relative_to(tmp_path).as_posix(), document_id) for path, document_id in found] == [
        ("map/b.txt", "b.txt"),
        ("map/diep/a.md", "diep/a.md"),
        ("los.txt", "los.txt"),
        ("weg.txt", "weg.txt"),
    ]
