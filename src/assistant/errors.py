"""The error tree. Every message is one Dutch sentence that says what is wrong, where, and what to do.

AssistantError
├── CorpusError       one or more corpus files break the schema; lists every fault
├── DocumentError     an ingested file cannot be read
├── SettingsError     a setting has an unknown name or an impossible value
├── VectorIndexError  the index is foreign, damaged or incomplete
│   └── IndexLockedError  another process is writing it
├── EmbeddingError    the embedding model cannot be loaded or does not fit the index
├── QuestionError     a question that cannot be processed (empty, far too long)
├── LanguageModelError  the language model is missing, fails, or answers nonsense
├── StoreError        conversations or feedback cannot be read or written
├── CasesError        evaluation questions break their schema; lists every fault (in ``evaluation.dataset``)
├── ResultsError      a file is no result of an evaluation (in ``evaluation.results``)
└── GateError         thresholds or baseline are missing or break their schema (in ``evaluation.gate``)

A wrong argument from a programmer is a ``ValueError``; what a user can cause is one of these.
"""

from collections.abc import Sequence


class AssistantError(Exception):
    """Base of everything this package raises on purpose; its text may be shown to a user."""


class CorpusError(AssistantError):
    """Corpus files break the schema; ``faults`` holds one line per fault."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        head = f"De kennisbank heeft {count} {'fout' if count == 1 else 'fouten'}:"
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))


class DocumentError(AssistantError):
    """A document cannot be read: unknown type, damaged, empty or protected."""


class SettingsError(AssistantError):
    """A setting has an unknown name or an impossible value."""


class VectorIndexError(AssistantError):
    """The index is foreign, damaged or incomplete and could not be used."""


class IndexLockedError(VectorIndexError):
    """Another process is writing the index."""


class EmbeddingError(AssistantError):
    """The embedding model cannot be loaded."""


class QuestionError(AssistantError):
    """The question cannot be processed: empty or far too long."""


class LanguageModelError(AssistantError):
    """The language model is not installed, not reachable, or keeps failing."""


class StoreError(AssistantError):
    """Conversations, feedback or documents cannot be read or written."""
