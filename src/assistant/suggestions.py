"""Proposes follow-up questions that lead on from an answer and that the knowledge base can answer."""

import re
from collections.abc import Sequence

from assistant.documents import GLOSSARY, Chunk
from assistant.index import KnowledgeIndex
from assistant.retrievers import Candidate
from assistant.tokenization import Vocabulary, content_words

_ENGLISH = re.compile(r"\b(the|how|what|does|is there|can i|which|when|do i|my|for)\b", re.IGNORECASE)
_GOOD_START = re.compile(r"^(Wat|Hoe|Wanneer|Waarom|Welke|Mag|Moet|Kan|Krijg|Hoeveel|Waar|Wie|Geldt|Betaal|Telt|Is|Zijn|Heb|Vanaf)\b")


# "Waar staat ROAS voor?", "Wat is een flat file?": a term that happens to stand near by, and leads nowhere.
_BARE_TERM = re.compile(r"^(?:Waar staat .* voor|Wat (?:is|zijn|betekent|betekenen) (?:een |de |het )?\S+(?: \S+)?)\?$", re.IGNORECASE)
LEAST_USES = 3
# A chunk of another article scoring this much below the best one has at most a seventh of its chance: it leads elsewhere.
NEAR_SCORE = 2.0


def suggest(
    candidates: Sequence[Candidate], used: Sequence[Chunk], index: KnowledgeIndex, asked: Sequence[str], limit: int = 3
) -> tuple[str, ...]:
    """Up to ``limit`` questions: the nearest other chunk, the next sections of the article, other chunks found, the rest of the article.

    A chunk that was found far behind the best one comes after the next sections, unless it stands in the same article.
    """
    seen = {(chunk.document_id, chunk.heading) for chunk in used}
    found_others = [candidate for candidate in candidates if (candidate.chunk.document_id, candidate.chunk.heading) not in seen]
    others = [candidate.chunk for candidate in found_others]
    after, rest = _article(used[0], index) if used else ([], [])
    near = found_others[:1]
    if near and used and candidates[0].score - near[0].score > NEAR_SCORE and near[0].chunk.document_id != used[0].document_id:
        near = []
    first = [candidate.chunk for candidate in near]
    pool = [chunk for chunk in (*first, *after[:2], *others[len(first) :], *after[2:], *rest) if chunk.topic != GLOSSARY]
    found: dict[str, None] = {}
    avoided = {_key(question) for question in asked}
    for chunk in pool:
        if (chunk.document_id, chunk.heading) in seen:
            continue
        seen.add((chunk.document_id, chunk.heading))
        question = question_for(chunk, index.vocabulary)
        if question and _key(question) not in avoided:
            found[question] = None
        if len(found) == limit:
            break
    return tuple(found)


def _article(chunk: Chunk, index: KnowledgeIndex) -> tuple[list[Chunk], list[Chunk]]:
    """The chunks of the same article after a chunk, and those before it."""
    chunks = [index.chunk(row) for row in index.rows_of(chunk.document_id)]
    return [one for one in chunks if one.position > chunk.position], [one for one in chunks if one.position < chunk.position]


def question_for(chunk: Chunk, vocabulary: Vocabulary) -> str:
    """The question that introduces a chunk best: its heading when that is one, else the own question nearest to its heading.

    A question about a bare term does not lead on, and one with a word that is hardly ever used may be misspelled on purpose;
    among equally near ones the shortest is taken. No such question gives "".
    """
    if chunk.heading.endswith("?"):
        return chunk.heading
    tidy = [question for question in chunk.questions if _is_tidy(question) and _is_common(question, vocabulary)]
    heading = set(content_words(chunk.heading))
    return min(tidy, key=lambda question: (-len(heading.intersection(content_words(question))), len(question)), default="")


def _is_tidy(question: str) -> bool:
    """Whether a question can be shown as it is: Dutch, a whole sentence, of a handy length."""
    return (
        question.endswith("?")
        and 20 <= len(question) <= 90
        and _GOOD_START.match(question) is not None
        and not _ENGLISH.search(question)
        and not _BARE_TERM.match(question)
    )


def _is_common(question: str, vocabulary: Vocabulary) -> bool:
    """Whether the knowledge base uses every word of a question several times."""
    return all(vocabulary.counts.get(word, 0) >= LEAST_USES for word in content_words(question) if not word[0].isdigit())


def _key(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.lower()))
