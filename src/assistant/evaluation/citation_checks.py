"""Reads an answer as statements, and tells which of them their citations bear out.

A statement is a sentence, step, bullet or table row. It is borne out when every number in it and nearly all of its content
words stand in a chunk it cites. This is written apart from the grounding that makes answers, so that a fault there shows here.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from assistant.documents import Answer, Citation, Record
from assistant.splitters import read_blocks, sentences, table_cells
from assistant.tokenization import content_words, stem

# A statement may hold this share of words of its own: an opening such as "Nee" or "Voor België geldt".
WORD_SUPPORT: Final = 0.75

_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
_COUNTRIES = {
    "NL": "Nederland nl", "BE": "België be", "DE": "Duitsland de", "FR": "Frankrijk fr", "IT": "Italië it", "ES": "Spanje es",
    "PL": "Polen pl", "SE": "Zweden se", "IE": "Ierland ie", "UK": "Verenigd Koninkrijk vk", "US": "VS", "EU": "EU Europa",
}  # fmt: skip
# Words that frame an answer and claim nothing.
_FRAME_WORDS = frozenset(
    map(
        stem,
        ("ja", "nee", "alleen", "pas", "tip", "som", "uitkomst", "dus", "samen", "totaal", "afgerond", "ongeveer", "geldt", "gelden", "gerekend"),
    )
)  # fmt: skip
# What an assistant says about itself needs no source: how it read a word, what it could not find.
_ABOUT_ITSELF = re.compile(r"^ik (?:las|lees)\b|^over ‘.*’ vind ik (?:niets|geen)\b|^dat weet ik niet\b", re.IGNORECASE)
_NUMBER_WORDS = {
    "nul": 0, "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9, "tien": 10,
    "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15, "zestien": 16, "zeventien": 17, "achttien": 18,
    "negentien": 19, "twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50, "zestig": 60, "zeventig": 70, "tachtig": 80,
    "negentig": 90, "honderd": 100,
}  # fmt: skip

_LABEL = re.compile(r"\s*\*\*(?:PAS OP|TIP):\*\*")  # opens a paragraph that is one statement
_MARKERS = re.compile(r"\[(\d+)\]")
_MARKER_AFTER_END = re.compile(r"([.!?…])((?:\s*\[\d+\])+)")  # "Zin. [1]" -> "Zin [1]."
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)")
_TABLE_RULE = re.compile(r"^\s*\|(?:\s*:?-+:?\s*\|)+\s*$")
_ITEM_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*+•])\s+")
_DIGITS = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
# A number with what stands before or after it: "€ 39,00", "39 euro", "15 %", "15 procent", "30".
_NUMBER = re.compile(
    rf"(?:(?P<before>[€£$])\s*)?(?<![\w,.])(?P<digits>{_DIGITS})(?:\s*(?P<after>%|procent\b|euro\b|eur\b|pond\b|dollar\b))?",
    re.IGNORECASE,
)
_UNITS = {"procent": "%", "euro": "€", "eur": "€", "pond": "£", "dollar": "$"}
_OPERATORS = {"×": "*", "x": "*", "·": "*", "van": "*", "/": "/", "÷": "/", ":": "/", "+": "+", "-": "-", "−": "-", "–": "-"}


class Number(NamedTuple):
    """A number as a text claims it; ``unit`` is one of € £ $ %, or empty."""

    value: Decimal
    unit: str = ""

    def __str__(self) -> str:
        digits = f"{self.value:f}".replace(".", ",")
        return f"{digits}%" if self.unit == "%" else f"{self.unit} {digits}".strip()


class Statement(Record):
    """One sentence, step, bullet or row of an answer, without its markers."""

    text: str
    cited: tuple[int, ...] = ()


class CitationCheck(Record):
    """What became of an answer's statements.

    ``precision`` is the share of cited statements that are borne out, ``recall`` the share of statements with a citation,
    ``numbers`` the share of numbers that stand in a cited chunk; a share of nothing is 1.0. ``faults`` says what failed.
    """

    precision: float
    recall: float
    numbers: float
    faults: tuple[str, ...] = ()


def check_citations(answer: Answer, question: str = "") -> CitationCheck:
    """Hold every statement of an answer against the chunks it cites.

    A sum may also use the words and numbers of the question, as long as it comes out.
    """
    by_number = {citation.number: evidence(citation) for citation in answer.citations}
    everything = "\n".join(by_number.values())
    statements = read_statements(answer.text)
    cited = [statement for statement in statements if statement.cited]
    faults = [fault for statement in cited for fault in _faults(statement, by_number, question)]
    uncited = [statement for statement in statements if not statement.cited]
    claimed = [number for statement in statements for number in numbers(statement.text)]
    stray = [number for statement in statements for number in unsupported_numbers(statement.text, everything, question)]
    good = sum(not list(_faults(statement, by_number, question)) for statement in cited)
    return CitationCheck(
        precision=good / len(cited) if cited else 1.0,
        recall=len(cited) / len(statements) if statements else 1.0,
        numbers=1 - len(stray) / len(claimed) if claimed else 1.0,
        faults=(*faults, *(f"zonder bron: {statement.text!r}" for statement in uncited)),
    )


def _faults(statement: Statement, by_number: dict[int, str], question: str) -> Iterator[str]:
    unknown = [number for number in statement.cited if number not in by_number]
    if unknown:
        yield f"bron {unknown[0]} bestaat niet: {statement.text!r}"
    source = "\n".join(by_number.get(number, "") for number in statement.cited)
    for number in unsupported_numbers(statement.text, source, question):
        yield f"{number} staat niet in bron {_listed(statement.cited)}: {statement.text!r}"
    share = word_support(statement.text, f"{source}\n{question}" if _SUM.search(_bare(statement.text)) else source)
    if share < WORD_SUPPORT:
        yield f"maar {share:.0%} van de woorden staat in bron {_listed(statement.cited)}: {statement.text!r}"


def _listed(cited: Sequence[int]) -> str:
    return ", ".join(map(str, cited))


# --- From text to statements -----------------------------------------------------------------------------------------


def read_statements(text: str) -> list[Statement]:
    """The statements of an answer in reading order.

    Headings, lines wholly in italics or bold (how old the figures are, the question that comes next), questions, openings
    that end in a colon, and what the assistant says about itself state nothing. A row, step or bullet without a marker has that of the
    line that opens its block.
    """
    statements: list[Statement] = []
    opening: tuple[int, ...] = ()
    for block in read_blocks(_MARKER_AFTER_END.sub(r"\2\1", text)):
        if block.kind == "paragraph":
            whole = " ".join(map(str.strip, block.lines))
            parts = [whole] if _LABEL.match(whole) or not _states(whole) else sentences(whole)
            opening = _cited(parts[-1]) if parts and _bare(parts[-1]).endswith(":") else ()
            statements.extend(_statement(part) for part in parts if _states(part))
        elif block.kind == "table":
            statements.extend(_row_statements(block.lines, opening))
        elif block.kind != "code":
            items = [_ITEM_MARK.sub("", line) for line in block.lines]
            statements.extend(_statement(item, opening) for item in items if _states(item))
    return statements


def _row_statements(lines: Sequence[str], opening: tuple[int, ...]) -> Iterator[Statement]:
    has_header = len(lines) > 1 and _TABLE_RULE.match(lines[1]) is not None
    opening = opening or (_cited(lines[0]) if has_header else ())
    for line in lines[2:] if has_header else lines:
        yield _statement(" ; ".join(cell for cell in table_cells(line) if cell), opening)


def _statement(part: str, opening: tuple[int, ...] = ()) -> Statement:
    return Statement(text=_bare(part), cited=_cited(part) or opening)


def _cited(part: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(number) for number in _MARKERS.findall(_LINK.sub(r"\1", part))))


def _bare(part: str) -> str:
    """The part as read: without markers, links and emphasis."""
    text = re.sub(r"[*_`]+", "", _MARKERS.sub("", _LINK.sub(r"\1", part)))
    return re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"\s+", " ", text)).strip()


def _states(part: str) -> bool:
    """Whether the part says something that needs a source."""
    text = _bare(part)
    emphasised_as_a_whole = re.fullmatch(r"\s*(_[^_]+_|\*[^*]+\*|\*\*[^*]+\*\*)\s*", part) is not None
    if emphasised_as_a_whole or _ABOUT_ITSELF.search(text) or part.lstrip().startswith("#"):
        return False
    if text.endswith((":", "?")) and len(sentences(text)) == 1:
        return False
    return bool(numbers(text)) or len(content_words(text)) >= 2


# --- Evidence --------------------------------------------------------------------------------------------------------


def evidence(citation: Citation) -> str:
    """Everything a cited chunk says: its text with title and heading, its countries, source and date."""
    dated = citation.checked_on
    date = f"{dated.day} {_MONTHS[dated.month - 1]} {dated.year} {dated.day}-{dated.month}-{dated.year}" if dated else ""
    countries = " ".join(_COUNTRIES.get(code, "") for code in citation.marketplaces)
    return "\n".join((citation.title, citation.heading, citation.text, citation.source_name, date, countries))


def word_support(text: str, source: str) -> float:
    """The share of content words of a text whose stem stands in the source; 1.0 when it has none."""
    claimed = {stem(word) for word in content_words(text) if not any(map(str.isdigit, word))} - _FRAME_WORDS
    known = {stem(part) for word in content_words(source) for part in (word, *re.split(r"[-'’.&+]", word))}
    return len(claimed & known) / len(claimed) if claimed else 1.0


def numbers(text: str) -> list[Number]:
    """The numbers of a text in reading order, ``1.250,50`` as Dutch writes them."""
    found = []
    for match in _NUMBER.finditer(_bare(text)):
        after = (match["after"] or "").lower()
        found.append(Number(_value(match["digits"]), match["before"] or _UNITS.get(after, after)))
    return found


def _value(digits: str) -> Decimal:
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", digits):
        digits = digits.replace(".", "")
    return Decimal(digits.replace(",", ".")).normalize()


def unsupported_numbers(text: str, source: str, question: str = "") -> list[Number]:
    """The numbers of a text that neither stand in the source nor are worked out, in the text, from numbers that do.

    A number with a unit is also borne out by the same bare number (a table column may carry the unit), and a bare one by
    the same number with a unit. Numbers written as words in the source count, and those of the question within a sum.
    """
    known = _numbers_and_words(source)
    worked_out = _sum_numbers(text, known | _numbers_and_words(question))
    return [number for number in numbers(text) if not _stands_in(number, known) and not _stands_in(number, worked_out)]


def _numbers_and_words(text: str) -> set[Number]:
    """The numbers of a text, those written as words included."""
    words = re.findall(r"[a-z]+", text.lower().replace("é", "e"))
    return {*numbers(text), *(Number(Decimal(_NUMBER_WORDS[word])) for word in words if word in _NUMBER_WORDS)}


def _stands_in(number: Number, known: set[Number]) -> bool:
    if number in known or Number(number.value) in known:
        return True
    return not number.unit and any(number.value == other.value for other in known)


# --- Sums ------------------------------------------------------------------------------------------------------------

_OPERAND = rf"[€£$]?\s*(?:{_DIGITS})\s*(?:%|procent|euro|cm|m³|kg|g\b|dagen|stuks)?"
_SIGN = r"[×x·/÷:+−–-]|\bvan\b"
# "15% van € 40 = € 6": operands with signs between them, then the outcome.
_SUM = re.compile(
    rf"(?P<left>{_OPERAND}(?:\s*(?:{_SIGN})\s*{_OPERAND})+)"
    rf"\s*(?:=|(?P<about>≈)|\bis\b)\s*(?P<about2>(?:ongeveer|afgerond|circa)\s+)?(?P<result>{_OPERAND})",
    re.IGNORECASE,
)
# "hoesjes + kabels + lader = 3": what was counted.
_COUNT = re.compile(r"(?P<things>[a-z'-]{3,}(?: \+ [a-z'-]{3,})+) = (?P<count>\d+)", re.IGNORECASE)
_SUM_PART = re.compile(rf"({_DIGITS})\s*(%|procent)?|({_SIGN})", re.IGNORECASE)


def _sum_numbers(text: str, usable: set[Number]) -> set[Number]:
    """The numbers of the sums in a text that come out and start from usable numbers or from earlier outcomes."""
    allowed = {
        number
        for match in _COUNT.finditer(_bare(text))
        for number in numbers(match["count"])
        if number.value == match["things"].count(" + ") + 1
    }
    for match in _SUM.finditer(_bare(text)):
        operands, result = numbers(match["left"]), numbers(match["result"])[0]
        rounding = Decimal("0.5") if match["about"] or match["about2"] else Decimal("0.005")
        scale = 100 if result.unit == "%" else 1
        outcome = _work_out(match["left"])
        if outcome is None or not all(_may_be_used(number, usable | allowed) for number in operands):
            continue
        if abs(outcome * scale - result.value) <= rounding:
            allowed |= {*operands, result}
    return allowed


def _may_be_used(number: Number, usable: set[Number]) -> bool:
    """Whether a number of a sum is known, by itself or as the factor of a known percentage: 1,21 for 21%."""
    percent = Number(((number.value - 1) * 100).normalize(), "%")
    alike = any(number.value == other.value and not other.unit for other in usable)
    return alike or _stands_in(number, usable) or (1 < number.value < 2 and percent in usable)


def _work_out(left: str) -> Decimal | None:
    """The outcome of a sum without brackets, multiplication and division first; None when it divides by zero."""
    terms: list[Decimal] = []
    operator = "+"
    for digits, percent, sign in _SUM_PART.findall(left):
        if sign:
            operator = _OPERATORS[sign.lower()]
            continue
        value = _value(digits) / (100 if percent else 1)
        if operator == "*":
            terms[-1] *= value
        elif operator == "/" and not value:
            return None
        elif operator == "/":
            terms[-1] /= value
        else:
            terms.append(-value if operator == "-" else value)
    return sum(terms, Decimal(0))
