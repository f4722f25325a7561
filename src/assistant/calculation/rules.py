"""What a rule is: the words that ask for it and how it works a sum out; and rules that are no more than a formula."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from assistant.calculation.formatting import half_up, money, number, percent
from assistant.calculation.reading import Question
from assistant.calculation.roles import Role
from assistant.calculation.sources import Sources
from assistant.documents import Fact


class Outcome(NamedTuple):
    """What a rule gives: the sentence after ``Som:`` without its full stop, and the facts it used."""

    text: str
    facts: tuple[Fact, ...]


_ASKS_DATE: Final = r"(?:sinds|per|vanaf) (?:wanneer|welke? (?:datum|dag|maand|jaar))|(?:op )?welke (?:datum|dag)\b"


class Rule(NamedTuple):
    """One way to reckon: the question must say ``asks`` and must not say ``refuses``; see ``Question.says``.

    Sellers name a thing in many ways. Where the best sections found hold the fact ``home``, a question for an amount is about
    it, whatever words it takes. A question for a date only gets a sum that ``gives_day``, one about
    another year only one that ``is_timeless``, and one about bol or Etsy only one that goes for ``other_shops``.
    """

    name: str
    asks: str
    work: Callable[[Question, Sources], Outcome | None]
    refuses: str = r"(?!)"
    home: str = r"(?!)"
    gives_day: bool = False
    is_timeless: bool = False
    other_shops: bool = False

    def fits(self, question: Question, sources: Sources) -> bool:
        """Whether the rule may be tried on a question."""
        if question.says(_ASKS_DATE) and not self.gives_day:
            return False
        if (question.is_about_another_year() and not self.is_timeless) or (question.is_about_another_shop() and not self.other_shops):
            return False
        return asks_for(question, sources, self.asks, self.home) and not question.refuses(self.refuses)


def asks_for(question: Question, sources: Sources, asks: str, home: str) -> bool:
    """Whether a question asks for an entry of a table: in its words, or for an amount while the best sections hold its fact."""
    return question.says(asks) or (question.asks_amount() and sources.is_about(home))


def ratio(top: Decimal, bottom: Decimal, label: str, show: Callable[[Decimal], str] = money) -> str:
    """``€ 100 / € 150 = 66,7% ACoS``."""
    return f"{show(top)} / {show(bottom)} = {percent(top / bottom)} {label}" if bottom else ""


def quotient(top: Decimal, bottom: Decimal, label: str, show: Callable[[Decimal], str] = number, places: int = 2) -> str:
    """``180 / 60 = 3 sell-through``, with "ongeveer" when it is rounded."""
    if not bottom:
        return ""
    rounded = half_up(top / bottom, places)
    about = "" if rounded * bottom == top else "ongeveer "
    return f"{show(top)} / {show(bottom)} = {about}{number(rounded)} {label}"


class Formula(NamedTuple):
    """A formula of the sources: the words that ask for it, the fact that gives it, its operands and how it is shown.

    ``show`` gets the values by role and gives nothing when they make no sense together.
    """

    asks: str
    fact: str
    roles: Mapping[str, Role]
    show: Callable[[Mapping[str, Decimal]], str]
    refuses: str = r"(?!)"
