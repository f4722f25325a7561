"""Where the files of the answer-quality checks stand."""

from pathlib import Path
from typing import Final

EVALS: Final = Path(__file__).parent
PROJECT: Final = EVALS.parent
CORPUS: Final = PROJECT / "corpus"
TRAINING: Final = PROJECT / "training"
CASES: Final = EVALS / "cases"
THRESHOLDS: Final = EVALS / "thresholds.toml"
BASELINE: Final = EVALS / "baseline.json"
RESULTS: Final = EVALS / "results"
RECORDINGS: Final = EVALS / "recordings"
