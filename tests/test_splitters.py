import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import Chunk, Document, Fact, Section
from assistant.splitters import leans, read_blocks, row_text, sentences, split, split_facts, split_text, table_cells

TABLE = "| Formaat | Tarief |\n|---|---:|\n| Klein | € 1 |\n| Groot | € 2 |"

WORDS = st.text(alphabet="abc ABC.!?,:;€%0123456789'\"()-éü", max_size=60)
BLOCKS = st.one_of(
    WORDS,
    WORDS.map(lambda text: f"- {text}"),
    st.tuples(st.integers(1, 99), WORDS).map(lambda pair: f"{pair[0]}. {pair[1]}"),
    WORDS.map(lambda text: f"**PAS OP:** {text}"),
    WORDS.map(lambda text: f"```\n{text}\n```"),
)
PROSE = st.lists(st.tuples(BLOCKS, st.sampled_from(["\n", "\n\n"])), max_size=30).map(
    lambda parts: "".join(block + end for block, end in parts)
)


@pytest.fixture
def document_of() -> Callable[..., Document]:
    def make(*texts: str) -> Document:
        sections = tuple(Section(heading=f"Kop {number}", text=text) for number, text in enumerate(texts, 1))
        return Document(document_id="fba/opslag.md", title="Opslag", marketplaces=("NL",), sections=sections)

    return make


def without_spaces(text: str) -> str:
    return "".join(text.split())


# --- Chunks ----------------------------------------------------------------------------------------------------------


def test_split_gives_one_chunk_per_section(document_of: Callable[..., Document]) -> None:
    chunks = split(document_of("Eerste tekst.", "Tweede tekst."))

    assert [(chunk.heading, chunk.text, chunk.position) for chunk in chunks] == [
        ("Kop 1", "Eerste tekst.", 0),
        ("Kop 2", "Tweede tekst.", 1),
    ]


def test_split_skips_a_section_without_text(document_of: Callable[..., Document]) -> None:
    assert split(document_of("  \n ")) == []


def test_a_chunk_takes_from_the_document_what_its_section_does_not_say(document_of: Callable[..., Document]) -> None:
    section = Section(heading="Kop", text="Tekst.", marketplaces=("BE",))
    document = document_of().model_copy(update={"sections": (section, section.model_copy(update={"marketplaces": ()}))})

    assert [chunk.marketplaces for chunk in split(document)] == [("BE",), ("NL",)]


def test_equal_content_has_an_equal_id(document_of: Callable[..., Document]) -> None:
    assert [chunk.chunk_id for chunk in split(document_of("a", "b"))] == [chunk.chunk_id for chunk in split(document_of("a", "b"))]


@pytest.mark.parametrize(
    "change",
    [{"document_id": "fba/x.md"}, {"title": "Anders"}, {"heading": "Anders"}, {"text": "anders"}, {"questions": ("en hoe dan",)}],
    ids=lambda change: next(iter(change)),
)
def test_changed_content_has_another_id(document_of: Callable[..., Document], change: dict[str, object]) -> None:
    before = document_of("tekst")
    section = before.sections[0].model_copy(update={name: value for name, value in change.items() if name in Section.model_fields})
    after = before.model_copy(
        update={**{name: value for name, value in change.items() if name in Document.model_fields}, "sections": (section,)}
    )

    assert split(before)[0].chunk_id != split(after)[0].chunk_id


def test_a_date_of_checking_does_not_change_the_id(document_of: Callable[..., Document]) -> None:
    later = document_of("tekst").model_copy(update={"summary": "anders", "topic": "anders"})

    assert split(document_of("tekst"))[0].chunk_id == split(later)[0].chunk_id


def test_split_refuses_a_chunk_size_below_200(document_of: Callable[..., Document]) -> None:
    with pytest.raises(ValueError, match="chunk_size_characters is 199; expected 200 or more"):
        split(document_of("tekst"), chunk_size_characters=199)


# --- Long sections ---------------------------------------------------------------------------------------------------


@given(PROSE, st.integers(200, 500))
def test_splitting_loses_no_text(text: str, size: int) -> None:
    assert without_spaces("".join(split_text(text, size))) == without_spaces(text)


@given(PROSE, st.integers(200, 500))
def test_pieces_of_prose_fit_the_size(text: str, size: int) -> None:
    assert all(0 < len(piece) <= size for piece in split_text(text, size) if len(text) > size)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=60), st.integers(200, 500))
def test_splitting_a_table_keeps_every_row_under_its_header(rows: list[tuple[str, str]], size: int) -> None:
    header = "| Naam | Waarde |\n|---|---|"
    lines = [f"| {left} | {right} |" for left, right in rows]

    pieces = split_text("\n".join([header, *lines]), size)

    assert [line for piece in pieces for line in piece.split("\n") if line not in header.split("\n")] == lines
    assert all(piece.startswith(header) for piece in pieces)


def test_a_table_that_fits_is_kept_whole() -> None:
    text = f"{'Inleiding. ' * 20}\n\n{TABLE}\n\n{'Nawoord. ' * 20}"

    assert [piece for piece in split_text(text, 250) if TABLE in piece]


def test_a_list_that_fits_is_kept_whole() -> None:
    steps = "1. Open het menu.\n2. Kies je plan.\n3. Bevestig."

    assert [piece for piece in split_text(f"{'Inleiding. ' * 20}\n\n{steps}", 230) if steps in piece]


def test_a_word_longer_than_the_size_is_cut() -> None:
    assert split_text("x" * 450, 200) == ["x" * 200, "x" * 200, "x" * 50]


# --- Blocks ----------------------------------------------------------------------------------------------------------


def test_blocks_of_every_kind_are_told_apart() -> None:
    text = f"Een alinea\nop twee regels.\n\n1. Stap\n2. Stap\n\n- Punt\n  vervolg\n{TABLE}\n```\n# geen kop\n\n| a |\n```"

    assert [block.kind for block in read_blocks(text)] == ["paragraph", "steps", "bullets", "table", "code"]


@given(st.text())
def test_blocks_hold_every_line_that_is_not_blank(text: str) -> None:
    lines = [line for block in read_blocks(text) for line in block.lines]

    assert [line for line in lines if line.strip()] == [line for line in text.splitlines() if line.strip()]


def test_an_unclosed_code_block_runs_to_the_end() -> None:
    assert [(block.kind, block.lines) for block in read_blocks("```\na\n\nb")] == [("code", ("```", "a", "", "b"))]


# --- Facts -----------------------------------------------------------------------------------------------------------


def test_each_sentence_step_bullet_row_and_warning_is_a_fact() -> None:
    text = (
        f"Een zin. Nog een zin.\n\n1. Eerste stap.\n2. Tweede stap.\n\n- Een punt.\n\n{TABLE}\n\n**PAS OP:** let op.\n\n**TIP:** doe dit."
    )

    assert [(fact.kind, fact.text, fact.step, fact.block) for fact in split_facts(text)] == [
        ("sentence", "Een zin.", 0, 0),
        ("sentence", "Nog een zin.", 0, 0),
        ("step", "Eerste stap.", 1, 1),
        ("step", "Tweede stap.", 2, 1),
        ("bullet", "Een punt.", 0, 2),
        ("row", "Klein: Tarief: € 1", 0, 3),
        ("row", "Groot: Tarief: € 2", 0, 3),
        ("warning", "Let op.", 0, 4),
        ("tip", "Doe dit.", 0, 5),
    ]


def test_a_row_carries_its_header() -> None:
    assert split_facts(TABLE)[0] == Fact(kind="row", text="Klein: Tarief: € 1", header=("Formaat", "Tarief"), cells=("Klein", "€ 1"))


@given(PROSE)
def test_facts_lose_no_word(text: str) -> None:
    marks = r"\*\*PAS OP:\*\*|\*\*TIP:\*\*|(?m:^\s*(?:\d{1,2}[.)]|[-*+•])\s)"

    said = {word.lower() for fact in split_facts(text) for word in re.findall(r"[a-z]+", fact.text, re.IGNORECASE)}

    assert {word.lower() for word in re.findall(r"[a-z]+", re.sub(marks, " ", text), re.IGNORECASE)} <= said | {"pas", "op", "tip"}


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("Het kost € 39. Dat is per maand.", ["Het kost € 39.", "Dat is per maand."]),
        ("Dat kost ca. € 3 per stuk, bijv. Kleding.", ["Dat kost ca. € 3 per stuk, bijv. Kleding."]),
        ("Vraag het J.F. Jansen. Hij weet het.", ["Vraag het J.F. Jansen.", "Hij weet het."]),
        ("Op 1.250,50 euro. Echt waar? Ja!", ["Op 1.250,50 euro.", "Echt waar?", "Ja!"]),
        ("Hij zei: 'Stop.' Daarna ging hij.", ["Hij zei: 'Stop.'", "Daarna ging hij."]),
        ("zonder hoofdletter. en verder", ["zonder hoofdletter. en verder"]),
        ("", []),
    ],
    ids=["plain", "abbreviation", "initials", "number", "quote", "no capital", "empty"],
)
def test_sentences_end_where_a_reader_stops(paragraph: str, expected: list[str]) -> None:
    assert sentences(paragraph) == expected


@given(st.text())
def test_sentences_lose_no_text(paragraph: str) -> None:
    assert without_spaces("".join(sentences(paragraph))) == without_spaces(paragraph)


@pytest.mark.parametrize(
    "sentence", ["Dat kost € 5.", "Daarom betaal je meer.", "Het is gratis.", "**Deze** toeslag telt.", "Ook geldt dat."]
)
def test_a_sentence_that_points_back_leans(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize(
    "sentence", ["Het plan Individueel kost € 0,99.", "Opslag kost geld.", "Zo veel mogelijk.", "Danmark is geen winkel."]
)
def test_a_sentence_that_names_its_subject_stands_alone(sentence: str) -> None:
    assert not leans(sentence)


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("| a | b |", ("a", "b")),
        ("| a |  |", ("a", "")),
        (r"| a \| b | c |", ("a | b", "c")),
    ],
    ids=["plain", "empty cell", "escaped bar"],
)
def test_cells_of_a_table_line(line: str, cells: tuple[str, ...]) -> None:
    assert table_cells(line) == cells


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        (("Plan", "Prijs", "Per"), ("Basis", "€ 1", "stuk"), "Basis: Prijs: € 1; Per: stuk"),
        (("Plan", "Prijs", "Per"), ("Basis", "-", ""), "Basis"),
        (("Plan", "Prijs"), ("", "€ 1"), "Prijs: € 1"),
        ((), ("Basis", "€ 1"), "Basis: € 1"),
        ((), (), ""),
    ],
    ids=["named columns", "empty cells", "empty first cell", "no header", "nothing"],
)
def test_a_row_reads_as_a_phrase(header: tuple[str, ...], cells: tuple[str, ...], expected: str) -> None:
    assert row_text(header, cells) == expected


def test_the_facts_of_a_chunk_are_those_of_its_text(document_of: Callable[..., Document]) -> None:
    chunk: Chunk = split(document_of(f"Een zin.\n\n{TABLE}"))[0]

    assert list(chunk.facts) == split_facts(chunk.text)
