"""Takes the present quality as the line to hold: ``python -m evals.update`` raises thresholds and renews the baseline.

Run it after an improvement, or after cases or articles changed on purpose; then read the difference before committing it.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from assistant.articles import read_corpus
from assistant.evaluation.dataset import load
from assistant.evaluation.gate import (
    Noise,
    Thresholds,
    make_baseline,
    raised,
    read_thresholds,
    write_baseline,
    write_thresholds,
)
from assistant.evaluation.report import write_report
from evals.paths import BASELINE, CASES, CORPUS, RESULTS, THRESHOLDS
from evals.running import run_all

FIRST_NOISE = Noise(cases=2, mrr=0.003)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, raise the thresholds, and write the baseline and the report."""
    parser = argparse.ArgumentParser(prog="python -m evals.update", description="Leg de gemeten kwaliteit vast als drempel en baseline.")
    parser.add_argument("--lager", action="store_true", help="neem ook waarden over die slechter zijn geworden")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        results = run_all(Path(folder))
    known = read_thresholds(THRESHOLDS) if THRESHOLDS.exists() else Thresholds(noise=FIRST_NOISE, layers={})
    write_thresholds(raised(known, results, allow_lower=options.lager), THRESHOLDS)
    write_baseline(make_baseline(results, load(CASES), read_corpus([CORPUS]).documents), BASELINE)
    report = write_report(results, RESULTS)[0]
    print(f"Vastgelegd: {THRESHOLDS.name}, {BASELINE.name} en {report.name}; bekijk het verschil voor je het bewaart.")


if __name__ == "__main__":
    main()
