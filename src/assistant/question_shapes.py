"""Reads from the form of a question what kind of answer it asks for: an amount, steps, a list, a verdict."""

import re
from typing import Final, Literal

Shape = Literal["amount", "verdict", "how", "list", "comparison", "why", "definition", "other"]

# A question's shape, tried in this order; each pattern is searched in the folded question. "De VS" is a country, not a comparison.
_SHAPES: Final[tuple[tuple[Shape, re.Pattern[str]], ...]] = (
    ("comparison", re.compile(r"\b(verschil|verschillen|verschilt|vergelijk\w*|of beter|beter dan|wat is (?:beter|slimmer|handiger|goedkoper|voordeliger)|wat (?:past|kies|raad)\w* (?:je|ik|beter|dan)|versus|(?<!\bde )vs\.?|difference|goedkoper dan|duurder dan)\b")),
    ("why", re.compile(r"\b(waarom|hoezo|hoe komt het|hoe kan het dat|hoe kan dat|reden|why|waardoor)\b")),
    ("amount", re.compile(
        r"\b(hoeveel|hoelang|hoe (?:lang|kort|hoog|laag|groot|klein|zwaar|licht|vaak|snel|veel|duur|goedkoop|laat|vroeg|oud|breed|smal|dik|dun|diep|ver|warm|koud|vol)\b|wat (?:kost|kosten|betaal|betalen)|wanneer|vanaf|"
        r"sinds|welk(?:e)? (?:percentage|bedrag|datum|jaar|tarief|grens|limiet|termijn)|maximaal|minimaal|maximum|minimum|how (?:much|many|long|big|high)|"
        r"when|what (?:is|are) the (?:[\w-]+ ){0,4}(?:fees?|costs?|prices?|rates?|limits?)|percentage|procent|kost(?:en)? .{0,30}\?)")),
    ("how", re.compile(r"\b(hoe\b(?! (?:heet|noem|zit))|stappen|stap voor stap|stappenplan|wat moet (?:ik|je|ge) (?:[\w-]+ ){0,3}doen|wat doe ik|wat nu|wat kan ik (?:[\w-]+ ){0,2}doen|hoe (?:fix|los)|how (?:do|can|to|should)|wat te doen|op welke manier)")),
    ("list", re.compile(r"^(?:en )?wat zijn (?:de|het|alle|mijn|jullie)\b|\b(?:wat voor (?!iets)\w+en|wie of wat|geef (?:me )?alle|wie allemaal|wat allemaal|waar allemaal|alle [\w-]+en)\b")),
    ("definition", re.compile(r"^(?:en )?(?:wat (?:is|zijn|betekent|betekenen|houdt|doet|wordt)|wat voor|what (?:is|are|does)|waar staat .* voor)\b|\bbetekent\b|\bhoudt .* in\b")),
    ("list", re.compile(r"\b(welke|noem|lijst|opsomming|allemaal|which|overzicht|waaruit bestaa\w+|wat zijn de)\b")),
    ("verdict", re.compile(r"^(?:en |dus |maar )?(?:mag|moet|kan|kun|is|zijn|heb|heeft|krijg|word|wordt|geldt|telt|ben|hoef|mogen|moeten|kunnen|werkt|doet|klopt|can|do|does|must|is it|are|may|should)\b"
                           r"|\b(?:mag|moet|kan|hoef|mogen) (?:ik|je|dat|een|we)\b|\btoch\b.*\?")),
)  # fmt: skip


def question_shape(question: str) -> Shape:
    """What kind of answer a question asks for, read from its form."""
    folded = re.sub(r"\s+", " ", question.lower()).strip()
    for shape, pattern in _SHAPES:
        if pattern.search(folded):
            return shape
    return "other"
