"""Measures follow-ups: ``python -m training.conversations`` prints how often the right section comes first, per kind of turn.

``conversations.jsonl`` holds development conversations of four and five turns; each later turn names the section that
answers it, or none when the knowledge base holds no answer. They teach nothing: they choose the readings of a follow-up
(``conversation``) and the constants beside ``Context`` (``retrievers``), and are never part of the evaluation.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assistant.documents import Turn
from assistant.pipeline import Assistant
from assistant.settings import Settings

CONVERSATIONS = Path(__file__).parent / "conversations.jsonl"


class FollowUp(NamedTuple):
    """A later turn of a conversation; ``section`` is ``document_id#heading``, or empty when there is no answer."""

    history: tuple[Turn, ...]
    question: str
    kind: str
    section: str


def follow_ups(path: Path = CONVERSATIONS) -> Iterator[FollowUp]:
    """Every turn but the first of every conversation."""
    for line in path.read_text("utf-8").splitlines():
        turns = json.loads(line)["turns"]
        for place, turn in enumerate(turns[1:], 1):
            history = tuple(Turn(question=earlier["question"], answer=earlier["answer"]) for earlier in turns[:place])
            yield FollowUp(history, turn["question"], turn["kind"], turn["section"] or "")


def main() -> None:
    """Print the share of follow-ups whose section is cited first or at all, and of those that are refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    arguments = parser.parse_args()
    first: dict[str, list[bool]] = defaultdict(list)
    cited_at_all: dict[str, list[bool]] = defaultdict(list)
    refused: dict[str, list[bool]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), corpus_dirs=(arguments.corpus,))
        with Assistant.open(settings) as assistant:
            for turn in follow_ups():
                answer = assistant.ask(turn.question, turn.history)
                cited = [f"{citation.document_id}#{citation.heading}" for citation in answer.citations]
                refused[turn.kind].append(not answer.answered)
                if turn.section:
                    first[turn.kind].append(cited[:1] == [turn.section])
                    cited_at_all[turn.kind].append(turn.section in cited)
    print(f"{'kind':24s} {'turns':>5s} {'first':>6s} {'cited':>6s} {'refused':>8s}")
    for kind in sorted(refused):
        one, three = first.get(kind, []), cited_at_all.get(kind, [])
        print(f"{kind:24s} {len(refused[kind]):5d} {_share(one):>6s} {_share(three):>6s} {_share(refused[kind]):>8s}")
    every = [value for values in first.values() for value in values]
    print(f"{'all':24s} {len(every):5d} {_share(every):>6s} {_share([v for values in cited_at_all.values() for v in values]):>6s}")


def _share(values: list[bool]) -> str:
    return f"{sum(values) / len(values):.3f}" if values else "-"


if __name__ == "__main__":
    main()
