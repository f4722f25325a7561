"""A verdict is only given when the sentence decides the question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.verdicts import LEAST_COVERAGE, verdict

DECIDED = {
    "may": ("Mag ik een recensie vragen?", "Je mag elke klant om een eerlijke recensie vragen.", "Ja."),
    "may not": ("Mag ik een recensie kopen?", "Je mag geen recensie kopen.", "Nee."),
    "forbidden": ("Mag ik een tweede account openen?", "Een tweede account openen is verboden.", "Nee."),
    "never": ("Mag ik om vijf sterren vragen?", "Vraag nooit om vijf sterren.", "Nee."),
    "does not allow": ("Mag ik links in een bericht zetten?", "Amazon staat in berichten geen links toe.", "Nee."),
    "must": ("Moet ik elk stuk stickeren?", "Een wederverkoper moet elk stuk stickeren.", "Ja."),
    "need not": ("Moet ik nog stickeren?", "Merkeigenaren hoeven niet te stickeren.", "Nee."),
    "cannot": ("Kan ik een SKU wijzigen?", "Een SKU kun je later niet meer wijzigen.", "Nee."),
    "condition": ("Mag ik alcohol verkopen?", "Je mag alcohol verkopen, mits je een vergunning hebt.", "Alleen onder voorwaarden."),
    "allowed unless": ("Mag ik twee accounts hebben?", "Amazon staat één account toe, tenzij je een goede reden hebt.", "Alleen onder voorwaarden."),
}  # fmt: skip

UNDECIDED = {
    "another number": ("Mag ik twee accounts hebben?", "Je mag één account hebben."),
    "never without": ("Mag ik om een recensie vragen?", "Vraag nooit om een recensie zonder de knop te gebruiken."),
    "never during": ("Mag ik een titel wijzigen?", "Wijzig nooit een titel tijdens een actie."),
    "two sides": ("Mag ik een recensie vragen?", "Een neutrale recensie mag, maar een beloning is verboden."),
    "unsure": ("Mag ik dat in Nederland verkopen?", "Verkopen mag in Nederland, maar dat is niet bevestigd."),
    "question denies": ("Mag ik dat niet verkopen?", "Je mag geen wapens verkopen."),
    "no modal": ("Hoe verkoop ik alcohol?", "Je mag geen alcohol verkopen."),
    "can alone": ("Kan ik een zending wijzigen?", "Je kan een zending aanmaken."),
}


@pytest.mark.parametrize(("question", "sentence", "expected"), DECIDED.values(), ids=DECIDED)
def test_verdict_says_what_the_sentence_decides(question: str, sentence: str, expected: str) -> None:
    assert verdict(question, sentence, 1.0) == expected


@pytest.mark.parametrize(("question", "sentence"), UNDECIDED.values(), ids=UNDECIDED)
def test_verdict_keeps_silent_where_the_sentence_does_not_decide(question: str, sentence: str) -> None:
    assert verdict(question, sentence, 1.0) == ""


def test_verdict_keeps_silent_when_too_little_of_the_question_is_covered() -> None:
    question, sentence, expected = DECIDED["may not"]
    assert verdict(question, sentence, LEAST_COVERAGE) == expected
    assert verdict(question, sentence, LEAST_COVERAGE - 0.01) == ""


@given(st.text(), st.text(), st.floats(0, 1))
def test_verdict_takes_any_text(question: str, sentence: str, coverage: float) -> None:
    assert verdict(question, sentence, coverage) in ("", "Ja.", "Nee.", "Alleen onder voorwaarden.")
