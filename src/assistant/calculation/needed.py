"""Says which number is still needed, when a question asks for a sum and all but one of its operands are there."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from assistant.calculation.norms import NORMS
from assistant.calculation.reading import Question
from assistant.calculation.roles import assign
from assistant.calculation.rules import Formula, Outcome
from assistant.calculation.sources import Sources
from assistant.calculation.tariffs import tariffs_of

# What the operands of the formulas are called when one of them must be asked for.
_OPERANDS: Final = {
    "spent": "je advertentiekosten", "sales": "de omzet die erbij hoort", "left": "wat je per stuk overhoudt vóór advertenties",
    "price": "de verkoopprijs", "visits": "het aantal sessies", "share": "je conversie in procent", "sold": "het aantal verkochte stuks",
    "profit": "je winst per stuk", "bought": "je inkoopprijs", "stock": "je voorraad in stuks", "daily": "hoeveel stuks je per dag verkoopt",
    "bid": "je bod per klik", "more": "de verhoging in procent", "stored": "je opgeslagen volume in m³",
    "sent": "het verzonden volume per week in m³",
}  # fmt: skip
_ASKS: Final = r"hoeveel|wat|bereken|reken|wanneer|hoe lang|hoelang|hoe hoog|welke? (?:acos|roas|tacos|marge)"


_FORMULA_NAMES: Final = r"t?acos|roas|conversie|\w*sessiepercentage|break.?even|roi\b|sell.?through|doorloop|dekking|factor 3|bovenaan"


class Need(NamedTuple):
    """An operand that may be missing: the words that ask for the sum, the fact with its rule, and whether only this is not there."""

    asks: str
    fact: str
    is_missing: Callable[[Question], bool]
    what: str
    refuses: str = r"(?!)"


def _has_pieces_only(question: Question) -> bool:
    return (
        question.counted(r"stuks?|do(?:os|z)\w*|pak\w*|artikel\w*|product\w*") is not None
        and len(question.figures) == 1
        and not question.sides
    )


NEEDS: Final = (
    # kosten/uitbetaling-en-dd7
    Need(r"uitbeta|uitbetaald|geld|saldo & verkocht|besteld|bestelling|verzonden|verstuurd", "zeven volle dagen na de bezorging",
         lambda q: len(q.moments) == 1 and not q.says(r"bezorg|gelever|ontv|kreeg|aangekomen"), "de dag waarop het pakket is bezorgd",
         r"terugbeta|claim|retour|abonnement"),
    # fba/formaatklassen
    Need(r"volumegewicht|dimensional", r"gedeeld door 5\.000",
         lambda q: not q.sides and re.search(r"\d ?(?:cm )?(?:x|×|bij|op|\*) ?\d", q.text) is not None, "de derde maat in cm"),
    # fba/opslagkosten
    Need(r"\w*opslag|opslaan|bewaren & hoeveel|wat & kost|betaal", r"^standaardformaat \(niet-kleding\)", _has_pieces_only,
         "de maten van één stuk in cm, of het volume in m³", r"verouderd|toeslag|limiet|oud\b"),
    # fba/verwijderen-en-retourtarief
    Need(r"terugstur|terughal|terug te|verwijder|laten terug & hoeveel|wat & kost|betaal", r"^standaardformaat t/m 200 g", _has_pieces_only,
         "het gewicht per stuk", r"klant|claim|vernietig"),
)  # fmt: skip


def still_needed(question: Question, sources: Sources, formulas: tuple[Formula, ...]) -> Outcome | None:
    """One line that names the operand still needed, with the fact that gives the rule; None when it is not exactly one."""
    if (
        not question.says(_ASKS)
        or question.says(r"geldt|gelden|klopt|toch\b|waarom")
        or "US" in question.places
        or question.of("dollar", "pond")
    ):
        return None
    return _price(question, sources) or _entry(question, sources) or _orders(question, sources) or _operand(question, sources, formulas)


def _line(what: str) -> str:
    return f"Voor de som is nog nodig: {what}. Noem die erbij, dan reken ik het uit."


def _price(question: Question, sources: Sources) -> Outcome | None:
    """A referral fee without a price (kosten/tarieven-per-categorie)."""
    asks = question.says(r"hoeveel|wat & \w*com+is+ie|verwijzingskosten|referral & betaal|kost|over\b|is\b|op\b")
    if not asks or question.figures or question.moments or question.says(r"procent|\w*percentage|%|\w*tarief|verschil|hoger|lager"):
        return None
    facts = [tariff.fact for tariff in tariffs_of(question, sources) if tariff.fact]
    return Outcome(_line("de verkoopprijs"), (facts[0],)) if len(facts) == 1 else None


def _entry(question: Question, sources: Sources) -> Outcome | None:
    for entry in NEEDS:
        if question.says(entry.asks) and not question.says(entry.refuses) and entry.is_missing(question):
            hit = sources.find(entry.fact)
            return Outcome(_line(entry.what), (hit.fact,)) if hit else None
    return None


def _orders(question: Question, sources: Sources) -> Outcome | None:
    """What was counted for a norm, without the orders it is a share of (prestaties/grenswaarden-en-otdr)."""
    for norm in NORMS:
        is_counted = len(question.figures) == 1 and question.counted(norm.part) is not None
        if (
            is_counted
            and question.says(norm.asks)
            and question.says(r"odr|lsr|\bcr\b|vtr|otdr|idr|\w*percentage|norm|procent")
            and not question.says(norm.refuses)
        ):
            hit = next(sources.hits(norm.fact), None)
            return Outcome(_line("het aantal bestellingen in dezelfde periode"), (hit.fact,)) if hit else None
    return None


def _operand(question: Question, sources: Sources, formulas: tuple[Formula, ...]) -> Outcome | None:
    """A formula of which one operand is not in the question."""
    if not question.says(_FORMULA_NAMES):
        return None
    for entry in formulas:
        own = [figure for figure in question.figures if not figure.is_limit]
        if len(own) != len(entry.roles) - 1 or not own or not question.says(entry.asks) or question.says(entry.refuses):
            continue
        missing = [name for name in entry.roles if assign(question, {other: role for other, role in entry.roles.items() if other != name})]
        hit = sources.find(entry.fact)
        if len(missing) == 1 and missing[0] in _OPERANDS and hit:
            return Outcome(_line(_OPERANDS[missing[0]]), (hit.fact,))
    return None
