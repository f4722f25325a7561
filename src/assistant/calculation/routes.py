"""Where the stock lies and where the customer is: whether FBA goes by the local tariff or by that of EFN (fba/pan-eu-en-efn)."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from assistant.calculation.reading import EURO_PLACES, PEOPLE, Question
from assistant.query_rewriting import MARKETPLACE_NAMES

_STOCK_WORDS: Final = (
    r"\w*voorraad|\w*stock|(?:mijn |m'n |al mijn |al m'n )?(?:spullen|handel)|(?:alles|producten|artikelen) (?:ligt|liggen|staat|staan|zit|zitten)|alles|ligt|liggen|lig|sla|slaan|"
    r"opgeslagen|\w*opslag|ingeleverd|inleveren|lever(?= (?:alleen|enkel|alles)?[^.?!]{0,20}\bin\b)|[\w-]*magazijn|[\w-]*depot|[\w-]*warehouse|vanuit"
)
_CUSTOMER_WORDS: Final = r"\w*klant\w*|\w*koper\w*|consument\w*|naar|aan|bestelt|bestellen|besteller|afnemer\w*"
_SALE_WORDS: Final = r"verko\w+|verkocht\w*|bestelling\w*|order\w*|bezorg\w*|fba|pakket\w*|pakje\w*|envel\w*|kilo|gram|kg"
_NAMES: Final = {**MARKETPLACE_NAMES, "hier": "HERE", **{f".{code}": code.upper() for code in "nl be de fr it es".split()}}
_MENTION: Final = re.compile(
    r"(?<![\w.-])(?:"
    + "|".join(
        [re.escape(name) for name in sorted(_NAMES, key=len, reverse=True)] + [rf"(?P<p{n}>{word})" for n, word in enumerate(PEOPLE)]
    )
    + r")(?![\w-]|\.\w)"
)
_ROLE: Final = re.compile(rf"(?<!\w)(?:(?P<stock>{_STOCK_WORDS})|(?P<customer>{_CUSTOMER_WORDS})|(?P<sale>{_SALE_WORDS}))(?!\w)")
_BESIDE: Final = re.compile(r",? ?(?:en|of)? ?(?:in )?")
_NO_PAN_EU: Final = r"(?:geen|niet|zonder)\b[^.?!,]{0,30}\bpan.?eu\w*|pan.?eu\w*[^.?!,]{0,20}\b(?:niet|uit)\b"
_EFN_WORDS: Final = (
    r"efn\b|in (?:1|een) ander land|europees verzendnetwerk|over de grens|grensoverschrijdend|"
    r"(?:uit|vanuit|in) (?:een )?(?:ander (?:eu.?)?land|(?:ander|buitenlands) (?:\w*depot|\w*magazijn|\w*voorraad))"
)


class Route(NamedTuple):
    """The marketplace that FBA delivers in, and whether the parcel crosses a border by EFN to get there."""

    to: str
    is_efn: bool = False


class _Mention(NamedTuple):
    place: str
    start: int
    end: int
    role: str


def route_of(question: Question) -> Route | None:
    """How FBA would send a parcel; None when that is not certain.

    The local tariff goes for Pan-EU and for stock in the country itself; stock in one country and a customer in another make it
    EFN. For a customer abroad the question must say one of these.
    """
    mentions = _mentions(question)
    stock = {mention.place for mention in mentions if mention.role == "stock"}
    named = [mention for mention in mentions if mention.role != "stock"]
    towards = {mention.place for mention in named}
    if len(towards) > 1 or (stock | towards) - {*EURO_PLACES, "PL", "SE"}:
        return None
    to = towards.pop() if towards else question.here
    if re.search(_NO_PAN_EU, question.text) is None and question.says(r"pan.?eu"):
        return Route(to)
    if question.says(_EFN_WORDS):
        return None if stock == {to} or _has_unknown_end(question, named) else Route(to, is_efn=True)
    if question.says(r"lokaa?l"):
        return Route(to)
    if stock:
        is_known = to in stock or (len(stock) == 1 and named)
        return Route(to, is_efn=to not in stock) if is_known else None
    is_abroad = to != question.here and any(mention.role == "customer" for mention in named)
    return None if is_abroad or _has_unknown_end(question, named) else Route(to)


def _has_unknown_end(question: Question, named: list[_Mention]) -> bool:
    """Whether a parcel goes "naar" something that is no marketplace here: "naar Oostenrijk", "naar een ander land"."""
    goes = re.search(
        r"\bnaar (?!(?:de |een |mijn |het )?(?:\w*klant|koper|amazon|fba|magazijn|beneden|boven|huis)|\d|€)[a-z]", question.text
    )
    return goes is not None and not any(mention.role == "customer" for mention in named)


def _mentions(question: Question) -> list[_Mention]:
    return [mention._replace(place=question.here if mention.place == "HERE" else mention.place) for mention in _with_roles(question.text)]


def _with_roles(text: str) -> Iterator[_Mention]:
    """Every country or shop of a text, with what is there: stock, a customer, or a sale when the text does not say."""
    role, last = "", 0
    codes = list(PEOPLE.values())
    for match in _MENTION.finditer(text):
        person = next((int(name[1:]) for name, found in match.groupdict().items() if found), None)
        place = codes[person] if person is not None else _NAMES[match.group()]
        if not (role and _BESIDE.fullmatch(text, last, match.start()) and match.start() > last):  # "in Duitsland en Frankrijk"
            role = _role(text, last, match, is_person=person is not None)
        if role or place != "HERE":
            yield _Mention(place, match.start(), match.end(), role or "sale")
        last = match.end()


def _role(text: str, last: int, match: re.Match[str], *, is_person: bool) -> str:
    if re.search(r"\b(?:van|uit) $", text[: match.start()]) and re.match(r" naar\b", text[match.end() :]):
        return "stock"
    behind = _ROLE.match(text, match.end() + 1) if text[match.end() : match.end() + 1] == " " else None
    if behind and behind.lastgroup != "sale" and not re.fullmatch("naar|aan|vanuit|alles", behind.group()):  # "Duitse voorraad"
        return behind.lastgroup or ""
    if match.group().startswith(("amazon", ".")):
        return "sale"
    clause = re.split(r"[.?!;](?= )", text[last : match.start()])[-1]
    before = [found.lastgroup for found in _ROLE.finditer(clause)]
    if before and not (is_person and before[-1] == "sale"):
        return before[-1] or ""
    if is_person:
        return "customer"
    after = _ROLE.search(re.split(r"[.?!;,]| (?:en|maar|terwijl|al) ", text[match.end() :])[0])
    return (after.lastgroup or "") if after and after.lastgroup == "stock" else ""
