"""Measures whole answers on the blind questions of writers that nothing was learned from: ``python -m training.blind_answers``.

Their facts were chosen by hand, the one to open with first. A question without any should be refused.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from assistant import Answer, Assistant, Settings
from assistant.documents import Chunk
from training.questions import BlindQuestion, chunks_of, read_blind, read_documents

Key = tuple[str, str, int]


class Judged(NamedTuple):
    """What one answer holds of what it should: places in the answer, shares of facts and of characters."""

    opens: bool  # the first fact shown is one of the chosen
    holds_best: bool  # the fact to open with is shown
    recall: float  # of the chosen facts, the first counting three times
    precision: float  # of the characters shown
    right_section: bool  # the first fact shown stands in a section with a chosen fact

    @property
    def good(self) -> bool:
        """Whether the best fact is there, with half of the others, and half of what is shown belongs there."""
        return self.holds_best and self.recall >= 0.5 and self.precision >= 0.5


def judge(question: BlindQuestion, answer: Answer, texts: dict[Key, str]) -> Judged:
    """Hold an answer against the facts chosen for its question."""
    places = {(document_id, heading, text): place for (document_id, heading, place), text in reversed(texts.items())}
    shown: list[tuple[Key, int]] = []
    for citation in answer.citations:
        for line in citation.quote.split("\n"):
            place = places.get((citation.document_id, citation.heading, line), -1)
            shown.append(((citation.document_id, citation.heading, place), len(line)))
    if not shown:
        return Judged(opens=False, holds_best=False, recall=0.0, precision=0.0, right_section=False)
    weights = {fact: 3 if rank == 0 else 1 for rank, fact in enumerate(question.facts)}
    keys = {key for key, _ in shown}
    return Judged(
        opens=shown[0][0] in weights,
        holds_best=question.facts[0] in keys,
        recall=sum(weight for fact, weight in weights.items() if fact in keys) / sum(weights.values()),
        precision=sum(length for key, length in shown if key in weights) / sum(length for _, length in shown),
        right_section=shown[0][0][:2] in {fact[:2] for fact in question.facts},
    )


def texts_of(chunks: Sequence[Chunk]) -> dict[Key, str]:
    """The text of every fact."""
    return {(chunk.document_id, chunk.heading, place): fact.text for chunk in chunks for place, fact in enumerate(chunk.facts)}


def main() -> None:
    """Ask all of them and print the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    arguments = parser.parse_args()
    chunks = list(chunks_of(read_documents(arguments.corpus)))
    texts, questions = texts_of(chunks), read_blind(chunks, "test")
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.open(Settings(data_dir=Path(folder), corpus_dirs=[arguments.corpus])) as assistant,
    ):
        answers = [(question, assistant.ask(question.question)) for question in questions]
    known = [(judge(question, answer, texts), answer) for question, answer in answers if question.facts]
    unknown = [answer for question, answer in answers if not question.facts]
    print(f"{len(known)} with an answer: answered {np.mean([answer.answered for _, answer in known]):.3f}")
    for name in ("right_section", "opens", "holds_best", "recall", "precision", "good"):
        print(f"  {name}: {np.mean([getattr(judged, name) for judged, _ in known]):.3f}")
    print(f"  characters, median: {np.median([len(answer.text) for _, answer in known if answer.answered]):.0f}")
    print(f"{len(unknown)} without: refused {np.mean([not answer.answered for answer in unknown]):.3f}")


if __name__ == "__main__":
    main()
