"""``make bench``: start-up, answering, memory, and how the parts of the search compare. Timings depend on the machine."""

import argparse
from pathlib import Path

from benchmarks.answering import measure_answering
from benchmarks.retrieval import compare_retrievers
from benchmarks.startup import measure_startup


def main() -> None:
    """Run the chosen benchmarks and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["startup", "answering", "retrieval"], default="")
    parser.add_argument("--cases", type=Path, default=Path("evals/cases"))
    parser.add_argument("--foreign", type=Path, default=Path("/usr/share/help/nl"), help="Dutch documentation to compare on, when present")
    arguments = parser.parse_args()
    if arguments.only in ("", "startup"):
        measure_startup()
    if arguments.only in ("", "answering"):
        measure_answering(arguments.cases)
    if arguments.only in ("", "retrieval"):
        compare_retrievers(arguments.cases, arguments.foreign)


if __name__ == "__main__":
    main()
