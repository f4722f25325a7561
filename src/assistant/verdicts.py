"""Reads whether a sentence answers a yes-or-no question in so many words: "Ja.", "Nee." or "Alleen onder voorwaarden."

A wrong verdict costs more than none, so it is only given when the sentence uses the question's own modal verb (mogen,
moeten, kunnen) or its plain equivalents, points one way only, and speaks of what the question asks about.
"""

import re
from typing import Final, NamedTuple

# Enough of the question's meaning must stand in the sentence and its heading: a share of the idf of its words.
LEAST_COVERAGE: Final = 0.7

_GAP = r"(?:[^\s.;:]+\s+){0,7}?"  # up to seven words of the same clause


class _Modal(NamedTuple):
    """What counts as yes and as no for one family of questions."""

    asked: re.Pattern[str]
    yes: re.Pattern[str]
    no: re.Pattern[str]


_MODALS: Final = (
    _Modal(
        re.compile(r"^(?:en |maar |dus )?(?:mag|mogen)\b", re.IGNORECASE),
        re.compile(r"\b(?:je mag|mag je|mogen|mag)\b|\btoegestaan\b|\bsta(?:at|an)\b[^.;:]{0,80}\btoe\b(?=.*\btenzij\b)", re.IGNORECASE),
        re.compile(rf"\b(?:mag|mogen)\b\s+{_GAP}(?:geen|niet|nooit)\b|\bverboden\b|\bniet (?:meer )?toegestaan\b|\bverbiedt\b"
                   rf"|\bsta(?:at|an)\b\s+{_GAP}(?:geen|niet)\b[^.;:]{{0,60}}\btoe\b"
                   # "Vraag nooit om …", unless it goes on about when or how
                   r"|^\w+ (?:\w+ )?nooit\b(?!.*\b(?:zonder|voordat|als|tijdens|zolang|na|binnen|buiten|meer dan|minder dan)\b)", re.IGNORECASE),
    ),
    _Modal(
        re.compile(r"^(?:en |maar |dus )?(?:moet|moeten|hoef|ben ik verplicht|is het verplicht)\b", re.IGNORECASE),
        re.compile(r"\b(?:moet|moeten)\b|\bverplicht\b(?! niet)", re.IGNORECASE),
        re.compile(rf"\b(?:hoef|hoeft|hoeven)\b|\bniet (?:nodig|verplicht)\b|\b(?:moet|moeten)\b\s+{_GAP}(?:geen|niet)\b|\bgeen\s+{_GAP}nodig\b", re.IGNORECASE),
    ),
    _Modal(
        re.compile(r"^(?:en |maar |dus )?(?:kan|kun|kunnen)\b", re.IGNORECASE),
        re.compile(r"\b(?:dat kan|is mogelijk)\b", re.IGNORECASE),  # "kan" alone says too little
        re.compile(rf"\b(?:kan|kun|kunt|kunnen)\b\s+{_GAP}(?:geen|niet|nooit)\b|\b(?:onmogelijk|niet mogelijk)\b", re.IGNORECASE),
    ),
)  # fmt: skip
_CONDITION: Final = re.compile(r"\b(?:alleen (?:als|met|in|voor|wie|na|via)|mits|tenzij|op voorwaarde|enkel als)\b", re.IGNORECASE)
_NEGATION: Final = re.compile(r"\b(?:geen|niet|nooit|zonder|nergens|hoef\w*)\b", re.IGNORECASE)
_TWO_SIDED: Final = re.compile(r";|,? maar |terwijl|\bwel\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d[\d.,]*|\b(?:één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|twaalf)\b", re.IGNORECASE)
_UNSURE: Final = re.compile(r"niet bevestigd|onbekend|niet gevonden|volgens een|meestal", re.IGNORECASE)


def verdict(question: str, sentence: str, coverage: float) -> str:
    """``"Ja."``, ``"Nee."``, ``"Alleen onder voorwaarden."``, or nothing when the sentence does not decide it.

    Args:
        question: as asked.
        sentence: the fact most likely to hold the answer.
        coverage: the share of the question's meaning in the sentence and its heading, in [0, 1].
    """
    if coverage < LEAST_COVERAGE or _NEGATION.search(question) or _UNSURE.search(sentence) or _TWO_SIDED.search(sentence):
        return ""
    modal = next((modal for modal in _MODALS if modal.asked.search(question)), None)
    if modal is None:
        return ""
    if modal.no.search(sentence):
        return "" if _CONDITION.search(sentence) or _of_another_number(question, sentence) else "Nee."
    if not modal.yes.search(sentence):
        return ""
    if _CONDITION.search(sentence):
        return "Alleen onder voorwaarden."
    if _of_another_number(question, sentence):
        return ""
    return "" if _NEGATION.search(sentence) else "Ja."


def _of_another_number(question: str, sentence: str) -> bool:
    """Whether the question asks about a number and the sentence names only others: "twee" where it says that one may."""
    asked = {number.lower() for number in _NUMBER.findall(question)}
    named = {number.lower() for number in _NUMBER.findall(sentence)}
    return bool(asked and named) and not asked & named
