"""Makes safe HTML from answers, articles and whatever people typed or uploaded.

Everything that is not ours is escaped: Markdown is read without HTML, images and reference links, addresses are checked,
and templates escape by default. Links between articles become addresses in the Kennisbank, and citation marks become
buttons.
"""

import posixpath
import re
import unicodedata
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from assistant.documents import Answer, Article, Citation
from assistant.splitters import Block, read_blocks, row_text, sentences, table_cells
from assistant.store import Feedback, StoredTurn, source_lines
from assistant.web import texts

LIBRARY_ADDRESS = "/kennisbank"
OWN_DOCUMENTS_SLUG = "eigen"
_MARK = re.compile(r"\[(\d{1,3})\]")
# The space in "€ 39", at which no line should end.
_BREAKABLE = re.compile(r"(?<=[€£$]) (?=\d)")
# A text up to its last word, and that word with the space after it.
_LAST_WORD = re.compile(r"(.*?)([^ \n]*[ \n]*)", flags=re.DOTALL)
_LIST_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*+•])\s+")
_CALLOUT = re.compile(r"^\s*\*{0,2}(PAS OP|TIP):?\*{0,2}:?", flags=re.IGNORECASE)
# What a quoted sentence may lack or gain against its passage: emphasis, link targets, citation marks, spaces, the full stop.
_DECORATION = re.compile(r"\]\([^)\s]*\)|\[\d{1,3}\]|[*_`\[\]|]")


# --- Templates -------------------------------------------------------------------------------------------------------


@cache
def _environment() -> Environment:
    """The templates of this package; they escape by default and refuse unknown names."""
    environment = Environment(
        loader=PackageLoader("assistant.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["texts"] = texts
    environment.filters |= {
        "dutch_date": texts.dutch_date,
        "dutch_moment": texts.dutch_moment,
        "dutch_number": texts.dutch_number,
        "marketplaces": texts.marketplace_names,
        "engine": texts.engine_name,
        "is_web_address": is_web_address,
    }
    return environment


def render(template: str, **values: Any) -> str:
    """A template of this package with its values filled in."""
    return _environment().get_template(template).render(**values)


# --- Addresses -------------------------------------------------------------------------------------------------------


def slugify(heading: str) -> str:
    """The heading as the last part of an address: ``Wat kost FBA in België?`` becomes ``wat-kost-fba-in-belgie``."""
    ascii_text = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-") or "deel"


def article_address(document_id: str, heading: str = "") -> str:
    """Where an article stands in the Kennisbank, at a section when one is named."""
    anchor = f"#{slugify(heading)}" if heading else ""
    if re.fullmatch(r"[^/]+/[^/]+\.md", document_id):
        return f"{LIBRARY_ADDRESS}/{quote(document_id.removesuffix('.md'))}{anchor}"
    return f"{LIBRARY_ADDRESS}/{OWN_DOCUMENTS_SLUG}/{quote(document_id)}{anchor}"


def is_web_address(address: str) -> bool:
    """Whether an address may be linked to: an absolute http or https address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def resolve_link(href: str, document_id: str = "") -> str:
    """Where a link in an article leads; empty when it leads nowhere that is safe or known."""
    if is_web_address(href) or re.fullmatch(r"#[\w-]*", href):
        return href
    path, _, anchor = href.partition("#")
    if re.match(r"[a-z][a-z0-9+.-]*:|/", path, flags=re.IGNORECASE) or not path.endswith(".md"):
        return ""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(document_id), path))
    # A link that climbs out of the corpus, or an answer without a document, leaves "../" in front.
    target = re.sub(r"^(?:\.\./)+", "", target)
    return article_address(target, anchor)


# --- Markdown --------------------------------------------------------------------------------------------------------


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.disable(["image", "html_block", "html_inline", "reference", "autolink"])
    markdown.core.ruler.push("links", _resolve_links)
    markdown.core.ruler.push("amounts", _keep_amounts_together)
    markdown.core.ruler.push("marks", _find_marks)
    markdown.core.ruler.push("terms", _find_terms)
    markdown.core.ruler.push("callouts", _find_callouts)
    markdown.core.ruler.push("tables", _wrap_tables)
    markdown.add_render_rule("mark", _render_mark)
    markdown.add_render_rule("term", _render_term)
    return markdown


def _resolve_links(state: StateCore) -> None:
    for token in _inline_tokens(state.tokens):
        for child in token.children or []:
            if child.type == "link_open":
                target = resolve_link(str(child.attrs.get("href", "")), str(state.env.get("document_id", "")))
                child.attrs = {"href": target} if target else {"class": "dead-link"}
                if is_web_address(target):
                    child.attrs |= {"target": "_blank", "rel": "noopener noreferrer nofollow"}


def _keep_amounts_together(state: StateCore) -> None:
    """Let no line end between a currency sign and its amount."""
    for token in _inline_tokens(state.tokens):
        for child in token.children or []:
            if child.type == "text":
                child.content = _BREAKABLE.sub("\u00a0", child.content)


def _find_marks(state: StateCore) -> None:
    """Turn ``[1]`` into a mark, when the answer has a citation with that number."""
    if "citations" in state.env:
        for token in _inline_tokens(state.tokens):
            parts = [part for child in token.children or [] for part in _split(child, _MARK, "mark")]
            token.children = _with_words_before_marks(parts)


def _with_words_before_marks(parts: Sequence[Token]) -> list[Token]:
    """Give each mark the word before it to carry, so that no line begins with a mark."""
    result: list[Token] = []
    for part in parts:
        if part.type == "mark" and result and result[-1].type == "text":
            start, word = _LAST_WORD.fullmatch(result[-1].content).groups()  # type: ignore[union-attr]
            result[-1] = _text(start)
            part.info = word
        result.append(part)
    return result


def _find_terms(state: StateCore) -> None:
    """Mark glossary terms at their first use, outside headings and links; ``seen_terms`` carries on from text to text."""
    pattern: re.Pattern[str] | None = state.env.get("term_pattern")
    if pattern is None:
        return
    seen: set[str] = state.env["seen_terms"]
    for previous, token in zip(["", *(token.type for token in state.tokens)], state.tokens, strict=False):
        if token.type == "inline" and previous not in ("heading_open", "th_open"):
            token.children = _with_terms(token.children or [], pattern, seen)


def _with_terms(children: Sequence[Token], pattern: re.Pattern[str], seen: set[str]) -> list[Token]:
    parts: list[Token] = []
    inside_link = False
    for child in children:
        inside_link = child.type == "link_open" or (inside_link and child.type != "link_close")
        pieces = [child] if inside_link else _split(child, pattern, "term")
        for piece in pieces:
            if piece.type == "term" and piece.content.casefold() in seen:
                piece = _text(piece.content)
            elif piece.type == "term":
                seen.add(piece.content.casefold())
            parts.append(piece)
    return parts


def _find_callouts(state: StateCore) -> None:
    """Give a paragraph that opens with PAS OP or TIP its class."""
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        match = _CALLOUT.match(inline.content) if opening.type == "paragraph_open" and inline.type == "inline" else None
        if match:
            opening.attrs["class"] = callout_class(match.group(1))


def _wrap_tables(state: StateCore) -> None:
    """Let a wide table scroll by itself, also with the keyboard, and align its cells by class, as no page allows inline style."""
    for token in state.tokens:
        if token.type == "table_open":
            token.attrs["class"] = "table"
        elif token.type in ("th_open", "td_open") and (style := str(token.attrs.pop("style", ""))):
            token.attrs["class"] = style.removeprefix("text-align:")


def _inline_tokens(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.type == "inline"]


def _split(token: Token, pattern: re.Pattern[str], kind: str) -> list[Token]:
    """A text token in pieces, with what the pattern finds as tokens of another kind."""
    if token.type != "text" or not pattern.search(token.content):
        return [token]
    parts: list[Token] = []
    start = 0
    for match in pattern.finditer(token.content):
        parts.append(_text(token.content[start : match.start()]))
        parts.append(Token(kind, "", 0, content=match.group(match.lastindex or 0)))
        start = match.end()
    parts.append(_text(token.content[start:]))
    return [part for part in parts if part.content]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _render_mark(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    word, number = tokens[index].info, int(tokens[index].content)
    citations: Mapping[int, Citation] = env["citations"]
    if number not in citations:
        return str(escape(word.rstrip() if env.get("partial") else f"{word}[{number}]"))
    label = f"Bron {number}: {citations[number].title}, {citations[number].heading}"
    button = Markup('<button type="button" class="citation" data-source="{0}" aria-label="{1}" title="{1}">{0}</button>')
    return str(Markup('<span class="keep">{}{}</span>').format(word, button.format(number, label)))


def _render_term(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    written = tokens[index].content
    term = env["terms"][written.casefold()]
    link = Markup('<a class="term" href="{0}" data-definition="{1}" aria-description="{1}">{2}</a>')
    return str(link.format(term.address, term.definition, written))


def render_markdown(text: str, document_id: str = "", **env: Any) -> Markup:
    """Markdown as HTML, without trusting it: HTML in it is shown as text, images become links, links are checked."""
    html = _markdown().render(text, {"document_id": document_id, **env})
    wrapped = html.replace('<table class="table">', '<div class="table-box" tabindex="0" role="group" aria-label="Tabel"><table>')
    return Markup(wrapped.replace("</table>", "</table></div>"))


def render_inline(text: str, document_id: str = "") -> Markup:
    """One line of Markdown as HTML without a paragraph around it."""
    return Markup(_markdown().renderInline(text, {"document_id": document_id}))


def plain_text(markdown: str) -> str:
    """Markdown as one line of plain text: without emphasis, link targets, table rules and list marks."""
    lines = [_LIST_MARK.sub("", line) for line in markdown.splitlines() if not re.fullmatch(r"[\s|:-]+", line)]
    text = re.sub(r"\[([^\]]+)\]\([^)\s]*\)", r"\1", " ".join(lines))
    return " ".join(re.sub(r"\*\*|__|`|(?<!\\)\|", " ", text).split())


# --- Answers ---------------------------------------------------------------------------------------------------------


def render_answer_text(answer: Answer) -> Markup:
    """The text of an answer, with a button for each citation mark.

    Of a refusal only the first paragraph: the rest names the nearest sections, which are shown as links.
    """
    citations = {citation.number: citation for citation in answer.citations}
    first = answer.citations[0].document_id if answer.citations else ""
    text = answer.text.split("\n\n")[0] if answer.related and not answer.answered else answer.text
    return render_markdown(text, first, citations=citations)


def render_partial(text: str) -> Markup:
    """The text of an answer that is still being written; its marks appear when the sources are known."""
    return render_markdown(text, citations={}, partial=True)


def copy_text(answer: Answer) -> str:
    """The answer as plain text without citation marks."""
    return re.sub(r"[ \t]*\[\d{1,3}\]", "", answer.text).strip()


def copy_text_with_sources(answer: Answer) -> str:
    """The answer with its citation marks and, under it, the sources they stand for."""
    lines = source_lines(answer)
    return "\n".join([answer.text.strip(), "", "Bronnen:", *lines]) if lines else answer.text.strip()


def callout_class(word: str) -> str:
    """The CSS class of a PAS OP or TIP paragraph."""
    return "warning-box" if word.upper() == "PAS OP" else "tip-box"


class PassageView(NamedTuple):
    """A citation as the source panel shows it."""

    number: int
    title: str
    heading: str
    html: Markup
    address: str
    source_name: str
    source_url: str
    checked_on: date | None
    marketplaces: tuple[str, ...]


class RelatedView(NamedTuple):
    """A pointer to a section of the Kennisbank."""

    title: str
    heading: str
    address: str


class TurnView(NamedTuple):
    """A turn as the thread shows it; ``problem`` is a Dutch sentence about this turn alone."""

    turn_id: str
    question: str
    answer: Answer
    html: Markup
    citations: tuple[PassageView, ...]
    related: tuple[RelatedView, ...]
    copy_text: str
    copy_text_with_sources: str
    stopped: bool
    feedback: Feedback | None
    problem: str


def turn_view(turn: StoredTurn, problem: str = "") -> TurnView:
    """Everything the turn template needs, rendered."""
    answer = turn.answer
    return TurnView(
        turn_id=turn.turn_id,
        question=turn.question,
        answer=answer,
        html=render_answer_text(answer),
        citations=tuple(_passage_view(citation) for citation in answer.citations),
        related=tuple(_related_view(article) for article in answer.related),
        copy_text=copy_text(answer),
        copy_text_with_sources=copy_text_with_sources(answer),
        stopped=turn.stopped,
        feedback=turn.feedback,
        problem=problem,
    )


def _passage_view(citation: Citation) -> PassageView:
    return PassageView(
        number=citation.number,
        title=citation.title,
        heading=citation.heading,
        html=render_passage(citation),
        address=article_address(citation.document_id, citation.heading),
        source_name=citation.source_name,
        source_url=citation.source_url,
        checked_on=citation.checked_on,
        marketplaces=citation.marketplaces,
    )


def _related_view(article: Article) -> RelatedView:
    return RelatedView(article.title, article.heading, article_address(article.document_id, article.heading))


# --- Passages --------------------------------------------------------------------------------------------------------


def render_passage(citation: Citation) -> Markup:
    """The cited chunk as HTML, with the sentences, steps and rows that the answer used between ``<mark>`` tags."""
    quotes = [plain for line in citation.quote.splitlines() if (plain := _plain(line))]
    blocks = [_passage_block(block, quotes, citation.document_id) for block in read_blocks(citation.text)]
    return Markup("\n").join(blocks)


def _passage_block(block: Block, quotes: Sequence[str], document_id: str) -> Markup:
    if block.kind == "table":
        return _passage_table(block.lines, quotes, document_id)
    if block.kind in ("steps", "bullets"):
        return _passage_list(block, quotes, document_id)
    if block.kind == "code":
        return Markup("<pre>{}</pre>").format("\n".join(block.lines))
    paragraph = " ".join(line.strip() for line in block.lines)
    callout = _CALLOUT.match(paragraph)
    css_class = callout_class(callout.group(1)) if callout else "plain"
    return Markup('<p class="{}">{}</p>').format(css_class, _passage_sentences(paragraph, quotes, document_id))


def _passage_sentences(paragraph: str, quotes: Sequence[str], document_id: str) -> Markup:
    parts = [_marked(render_inline(part, document_id), _is_quoted(part, quotes)) for part in sentences(paragraph)]
    return Markup(" ").join(parts)


def _passage_list(block: Block, quotes: Sequence[str], document_id: str) -> Markup:
    items: list[str] = []
    for line in block.lines:
        if _LIST_MARK.match(line) or not items:
            items.append(_LIST_MARK.sub("", line))
        else:
            items[-1] += f" {line.strip()}"
    rendered = Markup("").join(
        Markup("<li>{}</li>").format(
            _marked(render_inline(item, document_id), True) if _is_quoted(item, quotes) else _passage_sentences(item, quotes, document_id)
        )
        for item in items
    )
    tag = Markup("ol") if block.kind == "steps" else Markup("ul")
    return Markup("<{0}{1}>{2}</{0}>").format(tag, _list_start(block), rendered)


def _list_start(block: Block) -> Markup:
    first = re.match(r"\s*(\d{1,2})[.)]", block.lines[0])
    return Markup(' start="{}"').format(first.group(1)) if block.kind == "steps" and first else Markup("")


def _passage_table(lines: Sequence[str], quotes: Sequence[str], document_id: str) -> Markup:
    has_header = len(lines) > 1 and re.fullmatch(r"[\s|:-]+", lines[1]) is not None
    header = table_cells(lines[0]) if has_header else ()
    rows = [table_cells(line) for line in (lines[2:] if has_header else lines)]
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(render_inline(cell)) for cell in header)
    body = Markup("").join(_passage_row(header, row, quotes, document_id) for row in rows)
    return Markup('<div class="table-box" tabindex="0" role="group" aria-label="Tabel"><table>{}<tbody>{}</tbody></table></div>').format(
        Markup("<thead><tr>{}</tr></thead>").format(head) if header else "", body
    )


def _passage_row(header: Sequence[str], cells: Sequence[str], quotes: Sequence[str], document_id: str) -> Markup:
    used = _is_quoted(row_text(header, cells), quotes) or _holds_row(cells, quotes)
    rendered = (Markup("<td>{}</td>").format(_marked(render_inline(cell, document_id), used)) for cell in cells)
    return Markup("<tr>{}</tr>").format(Markup("").join(rendered))


def _holds_row(cells: Sequence[str], quotes: Sequence[str]) -> bool:
    plain = [_plain(cell) for cell in cells if _plain(cell) not in ("", "-", "–")]
    return len(plain) > 1 and any(line.startswith(plain[0]) and all(cell in line for cell in plain) for line in quotes)


def _marked(html: Markup, is_used: bool) -> Markup:
    return Markup("<mark>{}</mark>").format(html) if is_used and html else html


def _is_quoted(text: str, quotes: Sequence[str]) -> bool:
    """Whether the text was used: it is a quoted line, or one holds the other and both are more than a word or two."""
    plain = _plain(_CALLOUT.sub("", text))
    if not plain:
        return False
    return any(plain == line or (min(len(plain), len(line)) > 20 and (plain in line or line in plain)) for line in quotes)


def _plain(text: str) -> str:
    return " ".join(_DECORATION.sub(" ", text).casefold().split()).strip(" .:;")
