"""Completes a follow-up from the conversation, and takes a message with several questions apart.

No language model is involved. A follow-up is recognised by its form: it opens with a linking word, points back with a
pronoun, or says too little by itself. It is completed with an earlier question that stood by itself: the one it shares
most with, the latest one when it shares nothing; what the follow-up replaces (a country, an amount, a month) is left out.
The search does not rely on that reading alone: it also hears the question as typed and what was said just before.
"""

import re
from collections.abc import Sequence

from assistant.documents import Record, Turn
from assistant.query_rewriting import MARKETPLACE_NAMES
from assistant.tokenization import content_words, stem, words

MAXIMUM_QUESTIONS = 3
OPENING_CHARACTERS = 300
REFUSAL_OPENING = "Dat weet ik niet"

_LINKING = re.compile(
    r"^(?:ok[eé]?|oke|ja|nee|aha|hmm?|super|top|dank(?:jewel| je)?|bedankt|duidelijk|goed|allee|and|so|but|what about|"
    r"en|maar|dus|of|ook|want|dan)\b[\s,.!:]*",
    re.IGNORECASE,
)
_STRONG_LINK = re.compile(r"^(?:en|and|what about|hoe zit (?:dat|het) (?:dan )?(?:met|in|bij|voor))\b", re.IGNORECASE)
_RETURN = re.compile(r"\b(?:nog (?:even|eens|over)|terug(?:komen)?|daarnet|eerder|net|weer|toch nog)\b", re.IGNORECASE)
_NEW_TOPIC = re.compile(
    r"\b(?:iets (?:heel )?anders|andere? vraag(?:je)?|ander onderwerp|nieuwe vraag|nog iets|nog een (?:andere )?vraag|something else|other question)\b",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"\b(?:dat|dit|die|deze|daar\w*|hier\w*|ervoor|ervan|erbij|erop|eraan|ermee|hem|ze|zoiets|zo'n|hetzelfde|that|this|they|those|hij|zij)\b",
    re.IGNORECASE,
)
_MONTHS = frozenset("januari februari maart april mei juni juli augustus september oktober november december".split())
_QUESTION_WORDS = (
    r"wat|wie|waar\w*|wanneer|waarom|hoe(?:veel|lang)?|welke?|mag|mogen|moet|moeten|kan|kun|kunnen|is|zijn|heb|heeft|krijg|krijgt|geldt|"
    r"betaal|telt|hoef|what|how|when|why|which|can|do|does|must|is there"
)
# Between two questions in one sentence: ", en wat kost …" or " en hoe lang …"; the linking word goes.
_QUESTION_BREAK = re.compile(
    rf"(?:,\s*|\s+)(?:en|and)\s+(?:ook\s+)?(?=(?:op|in|vanaf|tot|met|per|voor|bij|binnen|onder|boven)?\s*(?:{_QUESTION_WORDS})\b)",
    re.IGNORECASE,
)
_QUESTION_START = re.compile(
    rf"^\W*(?:(?:en|maar|of|dus|ook|and)\s+)?(?:(?:op|in|vanaf|tot|met|per|voor|bij|binnen|onder|boven)\s+)?(?:{_QUESTION_WORDS})\b",
    re.IGNORECASE,
)
# "Twee dingen: hoe …, en wat …?" counts the questions and says nothing else.
_COUNTED = re.compile(
    r"^(?:(?:twee|drie|een paar|wat|enkele|2|3)\s+)(?:korte\s+|snelle\s+)?(?:ding(?:en|etjes)|vra(?:gen|agjes))\s*[:,.]\s*", re.IGNORECASE
)


class Reading(Record):
    """What a question means in its conversation.

    ``standalone`` can be read by itself. ``in_context`` also holds the latest question and ``said_before`` the latest
    question with the opening of its answer; both are empty when there is nothing before it.
    """

    standalone: str
    in_context: str = ""
    said_before: str = ""


class Part(Record):
    """One question of a message: as typed, and what it means there.

    ``alone`` is how a part that leans on the first one reads without it; empty when it says too little then.
    """

    typed: str
    reading: Reading
    alone: str = ""


def read_in_context(question: str, history: Sequence[Turn]) -> Reading:
    """The question with what the conversation adds to it."""
    if not history:
        return Reading(standalone=question)
    latest = history[-1]
    earlier = _root(question, history)
    subject = earlier if earlier == latest.question else f"{earlier.rstrip('?.! ')}: {latest.question}"
    return Reading(
        standalone=standalone_question(question, history),
        in_context=complete(question, subject),
        said_before=f"{latest.question} {_opening(latest.answer)}".strip(),
    )


def standalone_question(question: str, history: Sequence[Turn]) -> str:
    """The question completed with the earlier question it leans on; unchanged when it stands by itself."""
    if not history or not leans_on_history(question):
        return question
    return complete(question, _root(question, history))


def _root(question: str, history: Sequence[Turn]) -> str:
    """The earlier question, of those that stood by themselves, that a follow-up is about."""
    roots = [turn.question for number, turn in enumerate(history) if number == 0 or not leans_on_history(turn.question)]
    return roots[_related_turn(question, roots)]


def _opening(answer: str) -> str:
    """The first part of an answer as plain words; nothing of a refusal, which is about no subject."""
    if answer.startswith(REFUSAL_OPENING):
        return ""
    return re.sub(r"\[\d+\]|[*_|#]", "", answer)[:OPENING_CHARACTERS].strip()


def leans_on_history(question: str) -> bool:
    """Whether a question needs an earlier one to be understood, judged by its form alone."""
    if _NEW_TOPIC.search(question):
        return False
    core = _without_links(question)
    content = _content(core)
    if not content:
        return True
    if _STRONG_LINK.match(_without_courtesy(question)):
        return len(content) <= 5
    if _RETURN.search(question) and len(content) <= 7:
        return True
    if len(content) <= 2:
        return True
    return bool(_POINTER.search(core)) and len(content) <= 4


def complete(question: str, earlier: str) -> str:
    """The earlier question without what the follow-up replaces, followed by the follow-up."""
    follow_up = _without_links(question).strip() or question.strip()
    kept = _without_replaced(earlier, follow_up).strip().rstrip("?.! ")
    return f"{kept}: {follow_up}" if kept else follow_up


def read_parts(question: str, history: Sequence[Turn]) -> list[Part]:
    """The separate questions of a message, at most three, each with what it means there; one part when it cannot be taken apart.

    A later part may lean on the first one as a follow-up leans on the question before it. What is told before, between or
    after the questions is true for all of them.
    """
    situation, questions = split_questions(question)
    if len(questions) == 1:
        return [Part(typed=question, reading=read_in_context(question, history))]
    first = read_in_context(_after(situation, questions[0]), history)
    parts = [Part(typed=_shown(questions[0]), reading=first)]
    for later in questions[1:]:
        leans = _needs_subject(later)
        whole = complete(later, first.standalone) if leans else _after(situation, later)
        in_context = whole if whole != later else ""
        reading = Reading(standalone=whole, in_context=in_context, said_before=first.standalone if leans else "")
        alone = _after(situation, later) if leans and len(_content(later)) > 1 and not _POINTER.search(later) else ""
        parts.append(Part(typed=_shown(later), reading=reading, alone=alone))
    return parts


def split_questions(text: str) -> tuple[str, list[str]]:
    """The sentences of a message that are no question, and its questions as typed, at most three.

    A message with one question or with too many comes back whole.
    """
    told: list[str] = []
    questions: list[str] = []
    for sentence in re.split(r"(?<=[?!.])\s+", _COUNTED.sub("", text.strip())):
        if sentence.rstrip().endswith("?") or _QUESTION_START.match(sentence):
            questions.extend(_split_sentence(sentence))
        else:
            told.append(sentence)
    if not 2 <= len(questions) <= MAXIMUM_QUESTIONS:
        return "", [text]
    return " ".join(told), questions


def _after(situation: str, question: str) -> str:
    return f"{situation} {question}".strip()


def _shown(question: str) -> str:
    """A part of a message as it stands above its answer: as typed, with a capital and a question mark."""
    text = question.strip().rstrip("?!.,;: ")
    return f"{text[:1].upper()}{text[1:]}?"


def _split_sentence(sentence: str) -> list[str]:
    parts = [part.strip() for part in _QUESTION_BREAK.split(sentence) if part.strip()]
    if len(parts) < 2 or any(not _content(part) and not _MONTHS & set(words(part)) for part in parts):
        return [sentence]
    if not _QUESTION_START.search(parts[0]) and "?" not in parts[0] and len(_content(parts[0])) < 2:
        return [sentence]
    return [part if part.endswith("?") else f"{part.rstrip('.,! ')}?" for part in parts]


def _needs_subject(question: str) -> bool:
    """Whether a later question of a message needs the first one to be understood."""
    content = _content(question)
    return len(content) <= 3 or (bool(_POINTER.search(question)) and len(content) <= 5)


def _without_courtesy(question: str) -> str:
    return re.sub(
        r"^(?:ok[eé]?|oke|ja|nee|aha|hmm?|super|top|dank(?:jewel| je)?|bedankt|duidelijk|goed)\b[\s,.!:]*",
        "",
        question,
        flags=re.IGNORECASE,
    )


def _without_links(question: str) -> str:
    previous = None
    while previous != question:
        previous, question = question, _LINKING.sub("", question, count=1)
    return question


def _content(text: str) -> list[str]:
    """The content words, without words that only point or greet."""
    empty = {
        "zit",
        "geldt",
        "gaat",
        "jullie",
        "zeg",
        "bedoel",
        "weet",
        "zat",
        "ding",
        "dingen",
        "kost",
        "duurt",
        "land",
        "komt",
        "about",
        "so",
    }
    return [word for word in content_words(text) if word not in empty]


def _related_turn(question: str, earlier: Sequence[str]) -> int:
    """The earlier question that shares most stems with the follow-up; the latest one on a tie."""
    asked = {stem(word) for word in _content(_without_links(question))}
    shared = [len(asked & {stem(word) for word in content_words(text)}) for text in earlier]
    best = max(shared)
    return max(number for number, count in enumerate(shared) if count == best)


def _without_replaced(earlier: str, follow_up: str) -> str:
    """The earlier question without its countries, numbers or months where the follow-up names its own."""
    names = words(follow_up)
    drop_countries = any(word in MARKETPLACE_NAMES for word in names)
    drop_months = any(word in _MONTHS for word in names)
    drop_numbers = any(word[0].isdigit() for word in names)
    kept: list[str] = []
    for word in earlier.split():
        folded = words(word)
        if folded and (
            (drop_countries and any(part in MARKETPLACE_NAMES for part in folded))
            or (drop_months and any(part in _MONTHS for part in folded))
            or (drop_numbers and any(part[0].isdigit() for part in folded))
        ):
            if kept and kept[-1].lower() in ("in", "voor", "op", "bij", "van", "naar", "uit", "€", "tot", "t/m", "per"):
                kept.pop()
            continue
        kept.append(word)
    return " ".join(kept)
