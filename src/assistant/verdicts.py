"""Reads whether a sentence answers a yes-or-no question in so many words: "Ja.", "Nee." or "Alleen onder voorwaarden."

A wrong verdict costs more than none. It is only given when one clause of the sentence speaks of what the question asks
about (its words, its numbers, its country, the one who acts), points one way, and adds no restriction that the question
leaves out.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from assistant.tokenization import STOP_WORDS, fold, stem, words

# Enough of the question's meaning must stand in the sentence and its heading: a share of the idf of its words.
LEAST_COVERAGE: Final = 0.6
# A fact that is likelier than all others together need not cover so much: its own words must hold enough of the question.
SURE: Final = 0.5
# Of the words of the clause that decides, this share must stand in the question; so much of the question's in that clause.
LEAST_SHARED: Final = 0.25
LEAST_SHARED_WHEN_LITTLE_IS_COVERED: Final = 0.45
LEAST_SURE_COVERAGE: Final = 0.5
LEAST_HELD: Final = 0.4
LEAST_HELD_OF_A_CONDITION: Final = 0.5
# A statement without a modal verb decides only when it says nearly all that is asked.
LEAST_HELD_OF_A_STATEMENT: Final = 0.75
ALL_HELD: Final = 0.99

Family = Literal["may", "must", "can", "forbidden", "statement"]

_JOINED = r"(?:^|[.!?,:;]\s+)(?:en |maar |dus |of |want |dan |hey |hallo |hoi |zeg |ah |amai )*"
_WHO = r"(?:ik|je|jij|ge|we|wij|ze|zij|hij|men|dat|dit|het|die|er|een|de|mijn|amazon\b\S*|klanten|verkopers|[\w+-]+)\b"
_STATED = "tel|telt|tellen|geldt|gelden|valt|vallen|hoort|horen|bestaat|bestaan|krijg|krijgt|krijgen|heb|heeft|hebben|is|zijn|werkt|werken|betaal|betaalt|betalen|wordt|worden|komt|komen|zit|zitten|loopt|lopen|vervangt|vergoedt|rekent|regelt|bepaalt|begint|doet"
_ASKED: Final[tuple[tuple[Family, re.Pattern[str]], ...]] = (
    ("forbidden", re.compile(rf"{_JOINED}(?:is|zijn)\b.*\bverboden\b")),
    ("may", re.compile(rf"{_JOINED}(?:(?:is|zijn)\b.*\btoegestaan\b|mag\b|mogen\b)")),
    ("must", re.compile(rf"{_JOINED}(?:moet\b|moeten\b|hoef\b|hoeven\b|ben ik verplicht\b|(?:is|zijn|heb|heeft|hebben)\b.*\b(?:verplicht|nodig|vereist)\b)")),
    ("can", re.compile(rf"{_JOINED}(?:kan|kun|kunnen|is het mogelijk)\b")),
    ("statement", re.compile(rf"{_JOINED}(?:{_STATED}) {_WHO}")),
)  # fmt: skip
_CLAIM: Final = re.compile(r"\b(?:klopt het|is het waar|is het zo|klopt)\b,? (?:eigenlijk |echt )?dat\b")
_OPEN_QUESTION: Final = re.compile(
    r"\b(?:hoe|hoeveel|hoelang|hoezo|waarom|welke?|wat|wie|wanneer|waarmee|waaraan|waar(?! dat))\b|,? en (?:mag|moet|kan|is|zijn|ben|hoef|heb|krijg|telt|geldt) |\b(?:kwaad|erg|probleem|strafbaar|risico|gevaarlijk|bezwaar|een fout|tegen de regels|overtreding|betrapt)\b|\bof\b(?! (?:niet|zo)\b)|\b\w+er dan\b|\?.*\?"
)
_DENIAL_ASKED: Final = re.compile(r"\b(?:geen|niet|nooit|niets|niks|nergens|niemand|zonder|onmogelijk|behalve)\b")

# What stands beside the statement: the term a bullet defines, where else to look, what is between brackets.
_BESIDE: Final = re.compile(r"^\*\*[^*]+\*\*(?: \([^)]*\))?:\s*|[;,] zie .*$|^(?:ja|nee), ", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"\([^()]*\)")
_POINTS_BACK: Final = re.compile(r"^(?:het is|dat|dit|die|deze|hij|zij|ze)\b|\b(?:daarmee|daarvoor|daarin|ervoor|je die|je dat)\b")
# "een titel die niet aan de regels voldoet": what is denied there is not the statement.
_RELATIVE: Final = re.compile(r"\b(?:die|wie) (?!(?:mag|kan|moet|is) )(?:\w+ ){0,5}(?:niet|geen|nooit)\b")
# What follows these gives a reason or widens the statement; the statement stands without it.
_AFTERTHOUGHT: Final = re.compile(
    r",? (?:want|omdat|zodat|waardoor|zelfs|net als|net zoals|ook (?:niet |al )?(?:als|op|in|voor|met|de|het|al|bij|naar|via)\b).*$"
)
_TURNED: Final = re.compile(r"\b(?:maar|behalve|uitgezonderd|hoewel)\b")
_UNSURE: Final = re.compile(
    r"niet bevestigd|onbekend|niet bekend|gevonden|nagegaan|volgens een|volgens het boek|meestal|vaak|soms|waarschijnlijk|mogelijk niet|achterhaald|zelden|spreken?t? .*tegen|zegg?t? dat|zeggen|beweert|beweren|onjuist|aanraden|de meeste|bijna|tijdelijk|beperkt toegestaan|zo nodig|in principe|(?:controleer|kijk|check|vraag)\b.*\bof\b"
)
_CONDITION: Final = re.compile(
    r"\b(?:alleen (?:als|met|wie|na|via|nog|wanneer|op)|mits|tenzij|op voorwaarde|enkel als|pas (?:als|nadat|na|met|wanneer))\b"
)
_CAPPED: Final = re.compile(r"\btot (?:en met )?(?:€ )?\d")
_DATED: Final = re.compile(r"\b(?:als|zodra|zolang|pas)\b.*\b20\d\d\b")
_TERMS: Final = re.compile(r"\b(?:alleen|mits|tenzij|op voorwaarde dat|enkel|pas|als|zodra|zolang)\b (.*)$")
# Words that turn an answer round where they stand: "moet elk product dat hebben" is not "moet mijn product dat hebben".
_DIRECTION: Final = re.compile(
    r"\b(?:geen|niet|nooit|niets|niks|zonder|behalve|elke?|iedere?|alle|allemaal|altijd|alleen|enkel|boven|onder|meer|minder|binnen|buiten|voordat|nadat|als|mits|tenzij|ook|nog|zelf|gratis|verboden|genoeg|verplicht|tweedehands|andere?)\b"
)
_ONLY: Final = re.compile(r"\b(?:alleen|enkel|uitsluitend|hooguit|maximaal|minstens|minimaal|slechts|pas)\b")
_WHEN: Final = re.compile(
    r"\b(?:als|zodra|zolang|wanneer|terwijl|voordat|nadat|tijdens|binnen|buiten|in ruil voor|tegen|meer dan|minder dan|boven|onder|vanaf)\s+(.*?)(?=,|$)|\bzonder ((?:\w+ ){0,2}\w+)"
)
_LIMITED: Final = re.compile(r"(?<=.)\b(?:als|zodra|zolang|wanneer|mits|tenzij|voordat|nadat|tijdens)\b.*$")
_SUBORDINATE: Final = re.compile(r"^(?:als|zodra|zolang|wanneer)\b[^,]*|^.*?(?=, dan\b)|^\w+ (?:je|jij)\b[^,]*(?=, )")
_CONDITIONAL_WORD: Final = re.compile(r"\b(?:als (?:je|jij|de|het|een|die|hij|amazon|dat)|zodra|zolang)\b|\btot (?:en met )?(?:€ )?\d")

_NOT: Final = re.compile(
    r"\b(?:geen|niet|nooit|nergens)\b(?! (?:alleen|altijd|per se|elke?|alle|meer dan|later dan|eerder dan|genoeg weten))"
)
_NOT_BY_ITSELF: Final = re.compile(r"\b(?:niet|geen) (?:\w+ )?(?:vanzelf|automatisch|zomaar|direct|meteen|zelf|apart|dezelfde)\b")
_RATHER: Final = re.compile(r"(?:,| en) (?:dus )?(?:niet|geen|nooit) (?P<other>[^,]+)$")
_COMMAND: Final = re.compile(
    r"^(?:plak|zet|hang|stuur|dien|trek|vraag|gebruik|neem|open|plaats|schrijf|noem|verkoop|geef|vul|wijzig|kopieer|laat|maak|verzend|koop|toon|stop|beloof|bied|herhaal|meng|deel|doe)\b"
)

_MAY: Final = re.compile(r"\b(?:mag|mogen|toegestaan)\b|\bsta(?:at|an)\b[^.;:]{0,80}\btoe\b")
_CAN: Final = re.compile(r"\b(?:kan|kun|kunt|kunnen)\b")
_CAN_OR_MAY: Final = re.compile(rf"{_CAN.pattern}|{_MAY.pattern}")
_CAN_BE_DONE: Final = re.compile(r"\b(?:je kunt|kun je|je kan|kan je|dat kan|is mogelijk|kunnen (?:klanten|verkopers))\b")
_BAN: Final = re.compile(
    r"\b(?:verboden|verbiedt|in strijd met|niet (?:meer )?toegestaan|uitgesloten|is misleidend|onmogelijk|niet mogelijk)\b"
)
_MUST: Final = re.compile(r"\b(?:moet|moeten|verplicht|nodig|vereist)\b")
_NEED_NOT: Final = re.compile(r"\b(?:hoef|hoeft|hoeven)\b")
_OWES: Final = re.compile(
    r"\b(?:moet|moeten|verplicht|nodig|vereist|hoort|horen|kent|geldt|gelden|betaal|betaalt|betalen|rekent|vraagt|mag|mogen|kosten?)\b"
)
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*|\b(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|twaalf|half|halve)\b|\béén\b")
# Verbs so general that a sentence may say the same without them, and words every sentence of the knowledge base may hold.
_LIGHT_VERBS: Final = frozenset(
    stem(word)
    for word in """doen maken zetten gebruiken hebben krijgen nemen geven laten staan plaatsen zijn worden komen gaan steken stoppen
    voeren tonen zien openen werken bestaan gelden tellen meetellen vallen horen mogen kunnen moeten meedoen toestaan""".split()
)
_EMPTY_VERBS: Final = frozenset(stem(word) for word in "doen hebben krijgen zijn worden mogen kunnen moeten gebruiken bestaan".split())
_EMPTY_WORDS: Final = frozenset(
    stem(word)
    for word in """amazon eigen nodig verplicht toegestaan verboden mogelijk alleen nog steeds al mee tel telt tellen geldt gelden meer vanzelf klopt
    waar zomaar gewoon even per niks niets krijg krijgt heel hele elke elk bestaat hoort horen hoef hoeft hoeven sowieso dit soort volgens
    bijvoorbeeld in je via ook gelijk soms echt best""".split()
)  # fmt: skip
_COUNTRIES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("NL", re.compile(r"\b(?:nederland\w*|amazon\.nl)\b")),
    ("BE", re.compile(r"\b(?:belg\w+|vlaander\w+|vlaams\w*)\b|\.com\.be\b")),
    ("DE", re.compile(r"\bduits\w*\b|\.de\b")),
    ("FR", re.compile(r"\b(?:frankrijk|frans\w*)\b|\.fr\b")),
    ("IT", re.compile(r"\bitali\w+\b|\.it\b")),
    ("ES", re.compile(r"\bspa(?:nje|ans\w*)\b|\.es\b")),
    ("PL", re.compile(r"\b(?:polen|pools\w*)\b|\.pl\b")),
    ("SE", re.compile(r"\b(?:zweden|zweeds\w*)\b|\.se\b")),
    ("IE", re.compile(r"\b(?:ierland|iers\w*)\b|\.ie\b")),
    ("UK", re.compile(r"\b(?:verenigd koninkrijk|vk|engeland|brits\w*|uk)\b|\.co\.uk\b")),
    ("US", re.compile(r"\b(?:vs|verenigde staten|amerika\w*|usa?)\b|amazon\.com(?!\.)\b")),
)  # fmt: skip


class _Clause(NamedTuple):
    """A part of a sentence between semicolons, without what stands beside it."""

    text: str
    words: frozenset[str]


def direction(question: str) -> str:
    """Which way a yes-or-no question points: what it asks (may, must, ...), and its denials, limits, numbers and countries.

    Two questions about the same that point the same way have the same answer. "" when it is no yes-or-no question.
    """
    asked = fold(question)
    family = asked_family(asked)
    if family is None:
        return ""
    turned = sorted(set(_DIRECTION.findall(asked)))
    numbers = sorted({number.replace(".", "") for number in _NUMBER.findall(asked)})
    countries = [code for code, pattern in _COUNTRIES if pattern.search(asked)]
    return " ".join(["may" if family == "can" else family, *turned, *numbers, *countries])


def verdict(question: str, sentence: str, coverage: float, chance: float = 0.0, likelier: Sequence[str] = ()) -> str:
    """``"Ja."``, ``"Nee."``, ``"Alleen onder voorwaarden."``, or nothing when the sentence does not decide it.

    Args:
        question: as asked.
        sentence: a fact that is likely to hold the answer.
        coverage: the share of the question's meaning in the sentence and its heading, in [0, 1].
        chance: how likely the fact is to hold the answer, in [0, 1].
        likelier: sentences that are likelier to hold the answer and cover as much; one that points the other way silences.
    """
    asked, said = fold(question), fold(sentence)
    family = asked_family(asked)
    needed = 0.0 if chance >= SURE else LEAST_COVERAGE
    if family is None or said.rstrip().endswith("?") or _UNSURE.search(said):
        return ""
    # "Eén account, tenzij …" speaks of two accounts as well.
    if (not _same_numbers(asked, said) and "tenzij" not in said) or not _same_country(asked, said):
        return ""
    wanted = _telling(asked)
    clauses = _clauses(said)
    if not wanted or not clauses:
        return ""
    best = max(clauses, key=lambda clause: len(_shared(wanted, clause.words)))
    held = len(_shared(wanted, best.words)) / len(wanted) if len(wanted) > 1 else 0.0
    if max(coverage, held) < needed or _TURNED.search(best.text):
        return ""
    found = _read(family, asked, wanted, best, LEAST_SHARED if coverage >= LEAST_SURE_COVERAGE else LEAST_SHARED_WHEN_LITTLE_IS_COVERED)
    against = {"Ja.": "no", "Nee.": "yes"}.get(found)
    rivals = (other for other in clauses if other is not best and _rivals(family, wanted, other, best))
    if any(_signal(family, other.text) == against for other in rivals) or _contradicted(family, wanted, found, likelier):
        return ""
    return found


def _contradicted(family: Family, wanted: Sequence[str], word: str, likelier: Sequence[str]) -> bool:
    """Whether a likelier sentence points the other way, decided or not; a condition agrees with a yes."""
    for sentence in likelier:
        clauses = _clauses(fold(sentence))
        if not clauses or family == "statement":
            continue
        best = max(clauses, key=lambda clause: len(_shared(wanted, clause.words)))
        signal = _signal(family, best.text)
        if signal and (signal == "no") != (word == "Nee."):
            return True
    return False


def _rivals(family: Family, wanted: Sequence[str], other: _Clause, best: _Clause) -> bool:
    """Whether another clause of the sentence may be the one that is asked for: it speaks of the same, and the best one not of all."""
    if family == "statement" and not re.search(r"\bwel\b", other.text):
        return False
    return bool(_shared(wanted, other.words)) and len(_shared(wanted, best.words)) < len(wanted)


def asked_family(question: str) -> Family | None:
    """What kind of yes or no a folded question asks for; nothing when it asks something else, or denies."""
    claim = _CLAIM.search(question)
    if claim is not None:
        question = f"{question[: claim.start()]} {question[claim.end() :]}"
    if _OPEN_QUESTION.search(question) or _DENIAL_ASKED.search(question):
        return None
    if claim is not None:
        return "may" if _MAY.search(question) else "must" if _MUST.search(question) else "can" if _CAN.search(question) else "statement"
    return next((family for family, pattern in _ASKED if pattern.search(question)), None)


def _clauses(sentence: str) -> list[_Clause]:
    """The clauses between semicolons, each without its afterthought; one that points back speaks of what went before as well."""
    found: list[_Clause] = []
    for part in re.split(r"; ", _BESIDE.sub("", _BESIDE.sub("", sentence)).strip()):
        text = _AFTERTHOUGHT.sub("", _BRACKETS.sub("", _head(part))).strip(" .:!")
        text = _RELATIVE.sub("", text)
        said = frozenset(_telling(_AFTERTHOUGHT.sub("", part)))
        if found and _POINTS_BACK.search(text):
            said |= found[-1].words
        if text:
            found.append(_Clause(text, said))
    return found


def _head(part: str) -> str:
    """What stands before a colon, unless the statement comes only after it."""
    head = part.partition(": ")[0]
    return head if any(pattern.search(head) for pattern in (_NOT, _MAY, _MUST, _CAN, _BAN)) else part


def _telling(text: str) -> list[str]:
    """The stems that say what a text is about."""
    stems = (stem(word) for word in words(text) if word not in STOP_WORDS)
    return [word for word in dict.fromkeys(stems) if word not in _EMPTY_WORDS]


def _shared(these: Sequence[str] | frozenset[str], those: Sequence[str] | frozenset[str]) -> list[str]:
    """Which of these words stand among those, whole or as a part of a compound."""
    return [word for word in these if any(_alike(word, other) for other in those)]


def _alike(word: str, other: str) -> bool:
    if word == other:
        return True
    if ("-" in word) != ("-" in other) and (word in other.split("-") or other in word.split("-")):
        return True
    short, long = sorted((word, other), key=len)
    return len(short) >= 4 and short in long


def _read(family: Family, question: str, wanted: Sequence[str], clause: _Clause, least_shared: float) -> str:
    """What one clause answers, when it is about the question and restricts nothing that the question leaves open."""
    rather = _RATHER.search(clause.text)
    if rather is not None and not _CAN.search(rather["other"]) and not _MAY.search(rather["other"]):
        return _contrast(family, question, wanted, clause.text[: rather.start()], rather["other"])
    signal = _signal(family, clause.text)
    command = _COMMAND.search(clause.text)
    if command is not None and command.group() == "vraag" and not _shared([stem("vragen")], [stem(word) for word in words(question)]):
        return ""  # "Vraag de klant nooit om te annuleren" says nothing about cancelling oneself
    held = len(_shared(wanted, clause.words)) / len(wanted)
    core = _telling(_LIMITED.sub("", clause.text)) or _telling(clause.text)
    shared = len(_shared(core, wanted)) / max(1, len(core))
    if not signal or held < LEAST_HELD or shared < least_shared or not _same_actor(question, clause.text):
        return ""
    if _NOT_BY_ITSELF.search(clause.text) and not re.search(
        r"\b(?:vanzelf|automatisch|zomaar|direct|meteen|zelf|apart|dezelfde)\b", question
    ):
        return ""
    if family == "statement" and held < (LEAST_HELD_OF_A_STATEMENT if signal == "no" else ALL_HELD):
        return ""
    denied = [part for part in clause.text.split(" en ") if _NOT.search(part)]
    if family == "statement" and signal == "no" and re.search(r"\b(?:dat|omdat|of)\b.*\b(?:niet|geen)\b|\ben dus\b", clause.text):
        return ""
    if family == "statement" and signal == "no" and len(_shared(wanted, _telling(denied[0]))) < len(wanted) / 2:
        return ""
    if not _names_the_act(question, clause, held, signal):
        return ""
    restricted = _restricted(wanted, clause.text)
    conditional = _CONDITION.search(clause.text) is not None and not _ONLY.search(question)
    if signal == "no":
        return "" if restricted or conditional else "Nee."
    if conditional or (restricted and _CONDITIONAL_WORD.search(clause.text)):
        if _DATED.search(clause.text) or (_CAPPED.search(clause.text) and _NUMBER.search(question)):
            return ""
        named = [limit for limit in (found.group(1) for found in _TERMS.finditer(clause.text)) if _shared(_telling(limit), wanted)]
        return "Alleen onder voorwaarden." if not named and family in ("may", "must", "can") and held >= LEAST_HELD_OF_A_CONDITION else ""
    if re.search(r"\bmoet(?:en)? er\b", question) and not re.search(r"\b(?:er|nodig|verplicht|hoort|horen|staan|hebben)\b", clause.text):
        return ""
    if family == "statement" and not _says_it_alike(question, clause.text):
        return ""
    return "" if restricted or (_ONLY.search(clause.text) and not _ONLY.search(question)) else "Ja."


def _signal(family: Family, clause: str) -> Literal["yes", "no", ""]:
    """Which way a clause points for a kind of question, whatever it is about."""
    clause = clause.partition(", dan ")[2] or clause
    denies = max(len(_NOT.findall(part)) for part in clause.split(" en "))
    if denies > 1 or (denies and _BAN.search(_NOT.sub("", clause)) and "niet" not in clause):
        return ""
    parts = clause.split(" en ")
    modal = _OWES if family == "must" else _CAN_OR_MAY
    if denies and any(modal.search(part) and not _NOT.search(part) for part in parts[:-1]) and not modal.search(parts[-1]):
        return ""  # "je mag X gebruiken en plakt geen Y": what is denied is not what may be done
    bans = _BAN.search(clause) is not None or (
        denies == 1 and (_MAY.search(clause) or _CAN.search(clause) or _COMMAND.search(clause)) is not None
    )
    if family == "forbidden":
        return "yes" if bans else ""
    if family in ("may", "can") and denies and re.search(r"\bnodig\b", clause):
        return ""
    if family in ("may", "can"):
        allows = _MAY.search(clause) or _CAN_BE_DONE.search(clause)
        return "no" if bans else "yes" if allows and not denies and not _NEED_NOT.search(clause) else ""
    if family == "must":
        free = _NEED_NOT.search(clause) is not None or (denies == 1 and _OWES.search(clause) is not None) or "vervalt" in clause
        return "no" if free else "yes" if _MUST.search(clause) and not denies else ""
    if _NEED_NOT.search(clause):
        return ""
    return "no" if denies == 1 else "yes"


def _contrast(family: Family, question: str, wanted: Sequence[str], stated: str, denied: str) -> str:
    """ "X, niet Y" answers yes to X and no to Y, and nothing when the question names both or neither."""
    own = [word for word in _telling(denied) if word not in _telling(stated)]
    rest = [word for word in _telling(stated) if word not in _telling(denied)]
    if _signal(family, stated) == "yes" and re.search(rf"\b{re.escape(denied.strip())}\b", question) and not _ONLY.search(stated):
        return "Nee."
    if not own or _signal(family, stated) != "yes" or _ONLY.search(stated):
        return ""
    asked_of = _shared(own, wanted)
    unheld = [word for word in wanted if word not in _shared(wanted, [*own, *rest])]
    if len(asked_of) == len(own) and len(unheld) <= len(wanted) / 4 and len(_shared(rest, wanted)) < len(rest):
        return "Nee."
    return ""


def _names_the_act(question: str, clause: _Clause, held: float, signal: str) -> bool:
    """Whether the clause has the verbs of the question; a denial may say the last of them by its other words."""
    verbs = [verb for verb in _acts(question) if verb not in (_EMPTY_VERBS if signal == "yes" else _LIGHT_VERBS)]
    if signal == "yes":
        return len(_shared(verbs, clause.words)) == len(verbs)
    return not verbs or bool(_shared(verbs[-1:], clause.words)) or held >= 2 / 3


def _acts(question: str) -> list[str]:
    """The stems of the infinitives that a question asks about, before what they serve ("om te …")."""
    asked = (
        re.split(r"\?| om (?!(?:\w+ ){1,4}vragen)| als | zodat | voordat ", question)[0 if question.find(" om ") > 8 else -1]
        if " om " in question
        else question
    )
    parts = re.split(r"[,?]| als | zodat | voordat | voor | bij | met | naar | op | in | van | sinds | tot | en | over | door ", asked)
    last = [words(part)[-1] for part in parts if words(part)]
    found = [word for word in last if word.endswith("en") and len(word) > 4] + re.findall(r"\b(?:moet|mag|kan|hoef) (\w{3,}en)\b", asked)
    return [stem(word) for word in found if word not in STOP_WORDS and stem(word) not in _EMPTY_WORDS]


def _says_it_alike(question: str, clause: str) -> bool:
    """Whether a statement has the verb of the question, one that says something: "is" and "heeft" say too little to agree with."""
    found = next((pattern.search(question) for family, pattern in _ASKED if family == "statement"), None)
    verb = re.search(rf"\b(?:{_STATED})\b", found.group()) if found else None
    if verb is None or verb.group() in ("is", "zijn", "heb", "heeft", "hebben", "wordt", "worden", "doet"):
        return re.search(r"\bgenoeg\b", question) is not None and re.search(r"\bgenoeg\b", clause) is not None
    return stem(verb.group()) in {stem(word) for word in words(clause)}


def _restricted(wanted: Sequence[str], clause: str) -> bool:
    """Whether the clause holds only when, or for more or less than, something that the question does not name."""
    first = _SUBORDINATE.search(clause)
    if _CAPPED.search(clause) and not any(word[:1].isdigit() for word in wanted):
        return True
    limits = [found.group(1) or found.group(2) for found in _WHEN.finditer(clause)] + ([first.group()] if first else [])
    for limit in limits:
        telling = _telling(limit)
        if telling and len(_shared(telling, wanted)) < len(telling) / 2:
            return True
    return False


def _same_actor(question: str, clause: str) -> bool:
    """Whether it is not Amazon that may or must where the seller asks for himself, nor the other way round."""
    acts = re.search(r"\bamazon (?:mag|kan|moet|hoeft)\b|\b(?:mag|kan|moet|hoeft) amazon\b", clause) is not None
    asked = re.search(r"\b(?:mag|kan|moet|hoeft) amazon\b(?!\.)", question) is not None
    own = re.search(r"\b(?:je|jij) (?:mag|kunt|moet|hoeft?)\b|\b(?:mag|kun|moet|hoef) je\b", clause) is not None
    return not (acts and not asked) and not (asked and own)


def _same_numbers(question: str, sentence: str) -> bool:
    """Whether every number in the question stands in the sentence, when that has numbers at all."""
    asked = {number.replace(".", "") for number in _NUMBER.findall(question)}
    named = {number.replace(".", "") for number in _NUMBER.findall(sentence)}
    return asked <= named


def _same_country(question: str, sentence: str) -> bool:
    """Whether the sentence holds for the countries in the question, or for home when it names none."""
    asked = {code for code, pattern in _COUNTRIES if pattern.search(question)}
    named = {code for code, pattern in _COUNTRIES if pattern.search(sentence)}
    if not asked:
        return not named or bool(named & {"NL", "BE"})
    return asked <= named or (named <= asked and re.search(r"\b(?:eu|europa|europe\w+|eu-\w+)\b", sentence) is not None)
