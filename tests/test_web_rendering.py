import re
from datetime import UTC, date, datetime

import pytest

from assistant.documents import Answer, Article, Citation
from assistant.store import Conversation, StoredTurn
from assistant.web.rendering import (
    article_address,
    copy_text,
    copy_text_with_sources,
    plain_text,
    render,
    render_answer_text,
    render_markdown,
    render_partial,
    render_passage,
    resolve_link,
    slugify,
    turn_view,
)

TEXT = """Het plan kost **€ 39** per maand. Een tweede zin blijft wit.

**PAS OP:** Het bedrag loopt door.

1. Open [je account](../start/account.md).
2. Kies het andere plan.

| Plan | Bedrag |
|---|---|
| Individueel | € 0,99 |
| Professioneel | € 39 |"""


def citation(text: str = TEXT, quote: str = "Het plan kost € 39 per maand.", **changes: object) -> Citation:
    fields = {"number": 1, "document_id": "kosten/plan.md", "title": "Plannen", "heading": "Wat kost het?", "text": text, "quote": quote}
    return Citation.model_validate({**fields, **changes})


def marked(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", part) for part in re.findall(r"<mark>(.*?)</mark>", html)]


# --- Passages


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("Het plan kost **€ 39** per maand.", ["Het plan kost €\u00a039 per maand."]),
        ("Het bedrag loopt door.", ["PAS OP: Het bedrag loopt door."]),
        ("Kies het andere plan.", ["Kies het andere plan."]),
        ("Open [je account](../start/account.md).", ["Open je account."]),
        ("Professioneel: Bedrag: € 39", ["Professioneel", "€\u00a039"]),
        ("Iets dat er niet staat.", []),
        ("", []),
    ],
    ids=["sentence", "warning", "step", "link", "row", "elsewhere", "nothing"],
)
def test_a_passage_marks_what_was_used_and_nothing_else(quote: str, expected: list[str]) -> None:
    assert marked(render_passage(citation(quote=quote))) == expected


def test_a_passage_keeps_all_of_its_text() -> None:
    shown = re.sub(r"<[^>]+>", " ", render_passage(citation()))
    for part in ("tweede zin blijft wit", "loopt door", "je account", "andere plan", "Individueel", "€\u00a00,99"):
        assert part in shown


def test_cells_are_aligned_without_inline_style() -> None:
    html = render_markdown("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert "style=" not in html
    assert '<td class="right">2</td>' in html


# --- What nobody should be able to put on a page

ATTACKS = {
    "script": "<script>window.hacked = 1</script>",
    "handler": '<img src=x onerror="window.hacked=1">',
    "javascript link": "[klik](javascript:alert(1))",
    "data link": "[klik](data:text/html;base64,PHNjcmlwdD4=)",
    "image": "![spion](https://example.com/pixel.png)",
    "reference": "[klik][x]\n\n[x]: javascript:alert(1)",
    "autolink": "<javascript:alert(1)>",
    "template": "{{ 1234 * 4321 }} ${alert(1)}",
    "attribute": '" onmouseover="alert(1)',
}


def assert_harmless(html: str) -> None:
    tags = re.findall(r"<(/?[a-zA-Z][^\s>]*)([^>]*)>", html)
    assert not [name for name, _ in tags if name.lower() in ("script", "img", "iframe", "object", "style", "svg")]
    attributes = " ".join(re.sub(r'"[^"]*"', '""', rest) for _, rest in tags)
    assert not re.search(r"\bon\w+\s*=", attributes)
    assert not re.search(r'(?:href|src)="\s*(?!https?:|/|#)', html)
    assert "5332114" not in html


def without_icons(html: str) -> str:
    """The page without the two icons that we draw ourselves."""
    return re.sub(r'<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path [^>]*/></svg>', "", html)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_untrusted_text_is_harmless_wherever_it_stands(attack: str) -> None:
    source = citation(text=attack, quote=attack, title=attack, heading=attack, source_name=attack, source_url=attack)
    answer = Answer(
        text=f"{attack} [1]",
        citations=(source,),
        suggestions=(attack,),
        warnings=(attack,),
        related=(Article(document_id=attack, title=attack, heading=attack),),
    )
    turn = StoredTurn(turn_id="t", question=attack, answer=answer, created_at=datetime.now(UTC))
    assert_harmless(render_answer_text(answer))
    assert_harmless(render_passage(source))
    assert_harmless(without_icons(render("thread.html", conversation_id="c", title=attack, shown="1", turns=[turn_view(turn)])))
    done = {
        "run": "1",
        "conversation_id": "c",
        "title": attack,
        "said": attack,
        "replaces": attack,
        "after": attack,
        "turn": turn_view(turn),
    }
    assert_harmless(without_icons(render("done.html", **done)))
    assert_harmless(render("live.html", run="1", question=attack, text=render_partial(attack), said=attack, is_first=True))
    conversation = Conversation(conversation_id=attack, title=attack, created_at=turn.created_at, updated_at=turn.created_at)
    listed = {"conversations": [conversation], "has_older": True, "search": attack, "current_id": "", "undo": conversation}
    assert_harmless(render("conversations.html", **listed))
    assert_harmless(render("conversations.html", **listed | {"conversations": []}))
    assert_harmless(render("failed_turn.html", question=attack, message=attack))


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://amazon.nl/x", "https://amazon.nl/x"),
        ("../kosten/verwijzingskosten.md", "/kennisbank/kosten/verwijzingskosten"),
        ("ander-artikel.md#Wat kost het", "/kennisbank/start/ander-artikel#wat-kost-het"),
        ("#onderaan", "#onderaan"),
        ("javascript:alert(1)", ""),
        ("//example.com/x.md", ""),
        ("/etc/passwd", ""),
        ("../../../etc/x.md", "/kennisbank/etc/x"),
        ("bestand.exe", ""),
    ],
)
def test_a_link_leads_to_the_handbook_to_the_web_or_nowhere(href: str, expected: str) -> None:
    assert resolve_link(href, "start/account.md") == expected


# --- Answers


def test_a_citation_mark_becomes_a_button_that_keeps_to_its_word() -> None:
    html = render_answer_text(Answer(text="Het kost geld. [1]", citations=(citation(),)))
    assert '<span class="keep">geld. <button type="button" class="citation" data-source="1"' in html
    assert 'aria-label="Bron 1: Plannen, Wat kost het?"' in html


def test_a_mark_without_a_citation_stays_text() -> None:
    assert render_answer_text(Answer(text="Artikel [7] van de wet")) == "<p>Artikel [7] van de wet</p>\n"


def test_marks_in_tables_and_lists_become_buttons() -> None:
    html = render_answer_text(Answer(text="| a | b |\n|---|---|\n| x [1] | y |\n\n- z [1]", citations=(citation(),)))
    assert html.count('data-source="1"') == 2


def test_a_partial_answer_shows_no_marks_yet() -> None:
    assert render_partial("Het kost geld [1] en **nog") == "<p>Het kost geld en **nog</p>\n"


def test_a_refusal_leaves_the_list_of_nearest_sections_to_the_links() -> None:
    nearest = Article(document_id="a/b.md", title="T", heading="H")
    answer = Answer(text="Dat weet ik niet.\n\nHet dichtst in de buurt:\n\n- T: H", answered=False, related=(nearest,))
    assert render_answer_text(answer) == "<p>Dat weet ik niet.</p>\n"


def test_an_amount_is_not_torn_from_its_sign() -> None:
    assert render_markdown("€ 39 en £ 2, maar 3 € 4") == "<p>€\u00a039 en £\u00a02, maar 3 €\u00a04</p>\n"


def test_copying_leaves_out_the_marks_and_with_sources_keeps_them() -> None:
    answer = Answer(
        text="Het kost geld. [1]",
        citations=(citation(source_name="Amazon", source_url="https://amazon.nl", checked_on=date(2026, 11, 22)),),
    )
    assert copy_text(answer) == "Het kost geld."
    assert copy_text_with_sources(answer) == (
        "Het kost geld. [1]\n\nBronnen:\n[1] Plannen: Wat kost het?; Amazon https://amazon.nl; gecontroleerd op 22-11-2026"
    )


# --- Small things


@pytest.mark.parametrize(
    ("heading", "slug"),
    [("Wat kost FBA in België?", "wat-kost-fba-in-belgie"), ("A+ Content & meer", "a-content-meer"), ("???", "deel"), ("€ 1", "1")],
)
def test_slugify(heading: str, slug: str) -> None:
    assert slugify(heading) == slug


@pytest.mark.parametrize(
    ("document_id", "heading", "address"),
    [
        ("kosten/plan.md", "", "/kennisbank/kosten/plan"),
        ("kosten/plan.md", "Wat kost het?", "/kennisbank/kosten/plan#wat-kost-het"),
        ("handleiding.pdf", "Deel 1", "/kennisbank/eigen/handleiding.pdf#deel-1"),
        ('map met "spaties"/x.docx', "", "/kennisbank/eigen/map%20met%20%22spaties%22/x.docx"),
    ],
)
def test_article_address(document_id: str, heading: str, address: str) -> None:
    assert article_address(document_id, heading) == address


def test_plain_text_drops_marks_and_keeps_words() -> None:
    assert plain_text("- **FBA**: zie [hier](../a/b.md)\n\n| a | b |\n|---|---|\n| 1 | 2 |") == "FBA : zie hier a b 1 2"
