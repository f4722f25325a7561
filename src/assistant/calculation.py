"""Works out the simple sums that a rule in the sources allows, and shows them as sums."""

from collections.abc import Sequence

from assistant.documents import Fact


def worked_sum(question: str, facts: Sequence[Fact]) -> str:
    """A sum such as ``15% van € 40 = € 6``, when the question gives an amount and a fact gives the rule; else nothing."""
    return ""
