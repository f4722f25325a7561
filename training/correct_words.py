"""Makes the list of correct words that the repair of spelling leaves alone.

The repair turns an unknown word into a known one that is near; without a dictionary it makes "bestanden" of "toestanden".
This reads two open word lists and keeps only the words the repair would change: Dutch by OpenTaal, English by SCOWL. Of
Dutch names only those that stand in our own questions, for a surname is often the slip of a word (Meijn, Koomen). Left out
too is what is more often a slip than a word: see ``SLIPS`` and ``is_slip_of_frequent_word``.

Debian and Ubuntu carry both lists. From the repository's root, after the corpus has changed much (a few minutes):

    apt-get install wdutch wamerican-small
    python -m training.correct_words
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from rapidfuzz.distance import OSA

from assistant.index import heading_text
from assistant.tokenization import CORRECT_WORDS, STOP_WORDS, Vocabulary, fold, words
from training.questions import FACT_QUESTIONS, chunks_of, read_documents

DUTCH = Path("/usr/share/dict/dutch")
ENGLISH = Path("/usr/share/dict/american-english-small")
FREQUENT = 100  # a word that the articles use so often is a likelier meaning than a rare neighbour of it
# Words of a list that people who ask us something hardly ever mean: in our questions nearly every one was a slip.
SLIPS = frozenset(
    """andre belen bekent blak clam exel gelt heft hort hovel maant mand mandag mangers nite nomen planing precis reel retor retoren
    slegt slegte sort stikker stikkers tittel vender wanner wort andres corte elden lijsjes noort stroe ties""".split()
)
HEADER = """\
# Correct words near a word of the articles, left alone by the repair of spelling. Made by training/correct_words.py.
# Dutch: a selection from the OpenTaal word list, (c) 1996 Nederlandstalige Tex Gebruikersgroep, (c) 2001-2005 Simon Brouwer e.a.,
# (c) 2006-2020 OpenTaal, https://www.opentaal.org, used under Creative Commons Attribution 3.0, folded and without accents.
# English: a selection from SCOWL, http://wordlist.aspell.net, Copyright 2000-2011 by Kevin Atkinson. Permission to use, copy,
# modify, distribute and sell these word lists, the associated scripts, the output created from the scripts, and its
# documentation for any purpose is hereby granted without fee, provided that the above copyright notice appears in all copies
# and that both that copyright notice and this permission notice appear in supporting documentation. Kevin Atkinson makes no
# representations about the suitability of this array for any purpose. It is provided "as is" without express or implied warranty.
"""


def main() -> None:
    """Write the list and print how long it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dutch", type=Path, default=DUTCH)
    parser.add_argument("--english", type=Path, default=ENGLISH)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--output", type=Path, default=CORRECT_WORDS)
    arguments = parser.parse_args()

    asked = Counter(word for question in read_questions() for word in words(question))
    dutch, names = read_list(arguments.dutch)
    english, _ = read_list(arguments.english)
    correct = dutch | {name for name in names if name in asked} | english
    vocabulary = vocabulary_of(arguments.corpus)
    # A word used once is no aim of the repair yet; guarded as if it were, the list stays good when more text comes in.
    fuller = Vocabulary({word: max(2, count) for word, count in vocabulary.counts.items()})
    guarded = sorted({*words_to_guard(correct, vocabulary, asked), *words_to_guard(correct, fuller, asked)})
    arguments.output.write_text(HEADER + "\n".join(guarded) + "\n", "utf-8")
    print(f"{len(guarded)} woorden in {arguments.output}")


def words_to_guard(correct: Iterable[str], vocabulary: Vocabulary, asked: Counter[str]) -> Iterator[str]:
    """The correct words that the repair would change, without what is more likely a slip."""
    for word in correct:
        meant = vocabulary.nearest(word)
        if meant is None or word in SLIPS:
            continue
        if asked[word] or not is_slip_of_frequent_word(word, meant, vocabulary):
            yield word


def is_slip_of_frequent_word(word: str, meant: str, vocabulary: Vocabulary) -> bool:
    """Whether a letter of a frequent word was dropped, added or swapped: ``oprijs`` is a word, but who types it means ``prijs``."""
    swapped_or_missed = len(word) != len(meant) or sorted(word) == sorted(meant)
    return vocabulary.counts[meant] >= FREQUENT and meant not in STOP_WORDS and swapped_or_missed and OSA.distance(word, meant) == 1


def vocabulary_of(corpus: Path) -> Vocabulary:
    """The words of the articles, counted as for the index."""
    chunks = list(chunks_of(read_documents(corpus)))
    questions = [question for chunk in chunks for question in chunk.questions]
    return Vocabulary.count([*(f"{heading_text(chunk)}\n{chunk.text}" for chunk in chunks), *questions])


def read_list(path: Path) -> tuple[set[str], set[str]]:
    """The folded words of a list, and apart from them those that are only written with a capital."""
    entries = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    plain = {fold(entry) for entry in entries if entry[0].islower()}
    return plain, {fold(entry) for entry in entries} - plain


def read_questions() -> Iterator[str]:
    """Every question of the corpus and the training sets that people might ask, answerable or not."""
    for path in (FACT_QUESTIONS, *sorted(Path(__file__).parent.glob("unanswerable*.jsonl"))):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)["question"]


if __name__ == "__main__":
    main()
