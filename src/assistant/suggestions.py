"""Proposes follow-up questions that lead on from an answer and that the knowledge base can answer."""

import re
from collections.abc import Sequence

from assistant.documents import Chunk
from assistant.index import KnowledgeIndex
from assistant.retrievers import Candidate

_ENGLISH = re.compile(r"\b(the|how|what|does|is there|can i|which|when|do i|my|for)\b", re.IGNORECASE)
_GOOD_START = re.compile(r"^(Wat|Hoe|Wanneer|Waarom|Welke|Mag|Moet|Kan|Krijg|Hoeveel|Waar|Wie|Geldt|Betaal|Telt|Is|Zijn|Heb|Vanaf)\b")


def suggest(
    candidates: Sequence[Candidate], used: Sequence[Chunk], index: KnowledgeIndex, asked: Sequence[str], limit: int = 3
) -> tuple[str, ...]:
    """Up to ``limit`` questions: first about the next sections of the article, then about the other chunks found."""
    seen = {(chunk.document_id, chunk.heading) for chunk in used}
    pool: list[Chunk] = []
    for chunk in used[:1]:
        rows = index.rows_of(chunk.document_id)
        after = [row for row in rows if index.chunk(row).position > chunk.position]
        pool.extend(index.chunk(row) for row in after[:2])
    others = [candidate.chunk for candidate in candidates if (candidate.chunk.document_id, candidate.chunk.heading) not in seen]
    pool = [*others[:1], *pool, *others[1:]]
    found: dict[str, None] = {}
    avoided = {_key(question) for question in asked}
    for chunk in pool:
        if (chunk.document_id, chunk.heading) in seen:
            continue
        seen.add((chunk.document_id, chunk.heading))
        question = question_for(chunk)
        if question and _key(question) not in avoided:
            found[question] = None
        if len(found) == limit:
            break
    return tuple(found)


def question_for(chunk: Chunk) -> str:
    """The question that introduces a chunk best: its heading when that is one, else its tidiest own question."""
    if chunk.heading.endswith("?"):
        return chunk.heading
    tidy = [
        question
        for question in chunk.questions
        if question.endswith("?") and _GOOD_START.match(question) and 20 <= len(question) <= 90 and not _ENGLISH.search(question)
    ]
    return min(tidy, key=len) if tidy else ""


def _key(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.lower()))
