"""The cases themselves: enough of every kind, about sections that exist, and unseen by training and index."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from assistant.documents import Document
from assistant.evaluation.dataset import KINDS, AnyCase, Case, Expectation, check_sections, expectations
from assistant.evaluation.gate import section_texts
from assistant.evaluation.leakage import find_leaks
from assistant.index import all_questions
from evals.paths import TRAINING

CASES_AT_LEAST = 350
CONVERSATIONS = 20


def test_there_are_enough_cases(cases: list[AnyCase]) -> None:
    assert sum(1 for _ in expectations(cases)) >= CASES_AT_LEAST


def test_every_kind_is_asked(cases: list[AnyCase]) -> None:
    assert set(KINDS) == {case.kind for case in cases}


def test_conversations_have_three_to_five_turns(cases: list[AnyCase]) -> None:
    turns = Counter(name.partition("/")[0] for name, _ in expectations(cases) if "/" in name)
    assert len(turns) >= CONVERSATIONS
    assert {count for count in turns.values()} <= {3, 4, 5}


def test_every_topic_is_asked(cases: list[AnyCase], documents: Sequence[Document]) -> None:
    assert {document.topic for document in documents} <= {case.topic for case in cases}


def test_sections_exist(cases: list[AnyCase], documents: Sequence[Document]) -> None:
    check_sections(cases, section_texts(documents))


def test_no_case_leaked_into_training(cases: list[AnyCase], documents: Sequence[Document]) -> None:
    asked = {name: expected.question for name, expected in expectations(cases) if not _leans(name, expected)}
    seen = [question for document in documents for section in document.sections for question in all_questions(section)]
    leaks = find_leaks(asked, [*seen, *_training_questions()])
    if leaks:
        pytest.fail(
            "\n".join(f"{leak.name}: {leak.question!r} lijkt op {leak.seen!r} ({leak.likeness:.0f})" for leak in leaks), pytrace=False
        )


def _leans(name: str, expected: Expectation) -> bool:
    """Whether a question leans on turns before it, so that its words alone ("en in België?") say nothing."""
    return bool(isinstance(expected, Case) and expected.history) or ("/" in name and not name.endswith("/1"))


def _training_questions() -> Iterator[str]:
    """Every question in the development material, standalone forms of follow-ups too."""
    for path in sorted(TRAINING.rglob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            for asked in entry.get("turns", [entry]):
                yield from (asked[name] for name in ("question", "standalone") if asked.get(name))
