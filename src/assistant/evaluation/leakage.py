"""Finds cases that training or the index has seen: a question measured must be a question nobody prepared for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rapidfuzz import fuzz, process

from assistant.documents import Record
from assistant.tokenization import content_words, words

LIKENESS: Final = 92.0  # of 100, by rapidfuzz's token_set_ratio
CONTENT_WORDS: Final = 4  # likeness of shorter questions says little: "wat kost fba" has few other words to use


class Leak(Record):
    """A case that is too much like a question seen before; ``likeness`` is 100 for the same words."""

    name: str
    question: str
    seen: str
    likeness: float


def find_leaks(asked: Mapping[str, str], seen: Iterable[str]) -> list[Leak]:
    """The questions, by name, that are the same as one seen or nearly so.

    The same: all words equal after folding. Nearly: a likeness of content words of at least ``LIKENESS`` while both have
    ``CONTENT_WORDS`` of them; the likeness of sets is high too when one question holds all the words of the other.
    """
    originals = list(dict.fromkeys(seen))
    identical = {" ".join(words(question)): question for question in originals}
    long = [question for question in originals if len(set(content_words(question))) >= CONTENT_WORDS]
    prepared = [" ".join(content_words(question)) for question in long]
    found = (_leak(name, question, identical, long, prepared) for name, question in asked.items())
    return [leak for leak in found if leak is not None]


def _leak(name: str, question: str, identical: Mapping[str, str], long: Sequence[str], prepared: Sequence[str]) -> Leak | None:
    same = identical.get(" ".join(words(question)))
    if same is not None:
        return Leak(name=name, question=question, seen=same, likeness=100.0)
    own = content_words(question)
    if len(set(own)) < CONTENT_WORDS:
        return None
    near = process.extractOne(" ".join(own), prepared, scorer=fuzz.token_set_ratio, score_cutoff=LIKENESS)
    return Leak(name=name, question=question, seen=long[near[2]], likeness=near[1]) if near else None
