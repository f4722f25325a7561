import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.statements import Statement, StatementReader, balanced, bare, cited_in

SOURCE = "https://sellercentral.amazon.nl/help/hub"


def read_all(*pieces: str) -> list[Statement]:
    reader = StatementReader(frozenset({SOURCE}))
    return [statement for piece in pieces for statement in reader.feed(piece)] + list(reader.finish())


def texts(*pieces: str) -> list[str]:
    return [statement.text for statement in read_all(*pieces)]


def test_a_marker_belongs_to_its_sentence_before_or_behind_the_full_stop() -> None:
    statements = read_all("Een zin [1]. Nog een. [2][3] De derde, bijv. deze [4, 5].")

    assert [(statement.text, statement.cited) for statement in statements] == [
        ("Een zin.", (1,)),
        ("Nog een.", (2, 3)),
        ("De derde, bijv. deze.", (4, 5)),
    ]


def test_markdown_is_told_apart() -> None:
    opening = "## Kop\n\nZo werkt het:\n\n1. Open het menu. Kies een plan. [1]\n   - Of niet\n\n"
    statements = read_all(opening, "| A | B |\n|---|---|\n| x [2] | y |\n")

    assert [(statement.kind, statement.prefix, statement.text, statement.gap) for statement in statements] == [
        ("heading", "## ", "Kop", 0),
        ("lead-in", "", "Zo werkt het:", 3),
        ("item", "1. ", "Open het menu.", 3),
        ("item", "1. ", "Kies een plan.", 1),
        ("item", "   - ", "Of niet", 2),
        ("table head", "", "| A | B |\n|---|---|", 3),
        ("row", "", "x | y", 2),
    ]
    assert statements[-1].header == ("A", "B")


def test_a_sentence_is_given_as_soon_as_the_next_begins() -> None:
    reader = StatementReader()

    assert [len(list(reader.feed(piece))) for piece in ("Een zin.", " ", "[1", "]", " ", "N", "og een.")] == [0, 0, 0, 0, 0, 1, 0]


@pytest.mark.parametrize("marker", ["[1]", "[bron 1]", "[Bron 1]", "[^1]", "【1】", "【1†bron】", r"\[1\]", "[1](https://evil.example)"])
def test_markers_come_in_many_forms(marker: str) -> None:
    assert [(statement.text, statement.cited) for statement in read_all(f"Een zin {marker}.")] == [("Een zin.", (1,))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kijk op [de site](https://evil.example/a?b=1) nu.", "Kijk op de site nu."),
        ("Kijk op https://evil.example/pad nu.", "Kijk op nu."),
        ("Kijk op <https://evil.example> nu.", "Kijk op nu."),
        ("Kijk op www.evil.example nu.", "Kijk op nu."),
        (f"Kijk in het [hulpcentrum]({SOURCE}) nu.", f"Kijk in het [hulpcentrum]({SOURCE}) nu."),
        (f"Kijk op {SOURCE}.", f"Kijk op {SOURCE}."),
        ("Zie [opslag](../fba/opslag.md) nu.", "Zie opslag nu."),
        ("Een ![plaatje](https://evil.example/x.png) hier.", "Een hier."),
        ("Klik [hier](javascript:alert(1)) nu.", "Klik hier) nu."),
        ("<b>Vet</b> en <script>alert('x')</script> klaar.", "Vet en klaar."),
        ("&lt;img src=x onerror=alert(1)&gt; klaar.", "klaar."),
        ("&amp;lt;b&amp;gt;Vet klaar.", "Vet klaar."),
        ("Half <img src=x klaar.", "Half img src=x klaar."),
        ("<scr<b></b>ipt>x klaar.", "scr ipt>x klaar."),
        ("On\u200bzicht\u00adbaar\U000e0041 klaar.", "Onzichtbaar klaar."),
        ("Minder dan 5 < 6 klaar.", "Minder dan 5 < 6 klaar."),
    ],
)
def test_what_must_not_be_shown_is_taken_out(text: str, expected: str) -> None:
    assert texts(text) == [expected]


def test_marks_without_words_are_no_statements() -> None:
    assert texts("---\n\n```\n```\n\n***\n\n[x]: https://evil.example\n\n[1]") == []


def test_emphasis_of_which_one_end_is_left_is_dropped() -> None:
    assert (balanced("**Zin een."), balanced("**Vet** en `code`"), bare("**Vet** en _schuin_, snake_case")) == (
        "Zin een.",
        "**Vet** en `code`",
        "Vet en schuin, snake_case",
    )


def test_cited_in_gives_each_number_once() -> None:
    assert cited_in("Een [2] en [1, 2] en [3 en 4]") == (2, 1, 3, 4)


MARKDOWN = [
    "\n",
    "\n\n",
    "\r\n",
    "- ",
    "1. ",
    "| a | b |\n",
    "|---|---|\n",
    "## ",
    "**",
    "```",
    "> ",
    "<b>",
    "&#49;",
    "[tekst](http://x.nl)",
]
WORDS = ["Een zin", "Nog", " ", ". ", "?", "!", ":", " bijv. ", "€ 39", "(x)", "[1]", " [2]", "【3】", "[bron 4]", "\u200b"]
fragments = st.lists(st.sampled_from(MARKDOWN + WORDS) | st.text(max_size=5))


@given(fragments, st.data())
def test_pieces_make_no_difference(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    assert read_all(*pieces) == read_all(text) == read_all(*text)


@given(fragments)
def test_statements_are_clean(parts: list[str]) -> None:
    reader = StatementReader()

    for statement in read_all("".join(parts)):
        assert all(reader.clean(text) == text for text in statement.cells or (statement.text,))
