"""``make bench``: start-up, answering, memory, and how the parts of the search compare. Timings depend on the machine."""

import argparse
from pathlib import Path

from benchmarks.answering import measure_answering
from benchmarks.retrieval import compare_retrievers
from benchmarks.scaling import SIZES, measure_scaling
from benchmarks.startup import measure_startup


def main() -> None:
    """Run the chosen benchmarks and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["startup", "answering", "retrieval", "scaling"], default="")
    parser.add_argument("--cases", type=Path, default=Path("evals/cases"))
    parser.add_argument("--foreign", type=Path, default=Path("/usr/share/help/nl"), help="Dutch documentation to compare on, when present")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, help="numbers of chunks for scaling, which takes minutes and is only run by name"
    )
    arguments = parser.parse_args()
    if arguments.only in ("", "startup"):
        measure_startup()
    if arguments.only in ("", "answering"):
        measure_answering(arguments.cases)
    if arguments.only in ("", "retrieval"):
        compare_retrievers(arguments.cases, arguments.foreign)
    if arguments.only == "scaling":
        measure_scaling(arguments.cases, arguments.sizes)


if __name__ == "__main__":
    main()
