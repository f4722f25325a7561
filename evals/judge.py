"""A second opinion on a run: ``python -m evals.judge`` lets the language model of ``ASSISTANT_LLM`` judge its answers.

Never a gate. It prints where judge and patterns disagree, for a person to look at: there an answer is wrong in a way that no
pattern sees, or a pattern is too strict. Votes are recorded and replayed like the answers of a model.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from assistant import Settings
from assistant.errors import AssistantError
from assistant.evaluation.judge import REPEATS, judge_cases
from assistant.evaluation.results import read_results
from evals.paths import RESULTS
from evals.running import recorded_model


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge a run and print the disagreements."""
    parser = argparse.ArgumentParser(prog="python -m evals.judge", description="Laat een taalmodel de antwoorden van een run beoordelen.")
    parser.add_argument("resultaten", nargs="?", type=Path, default=RESULTS / "latest.json", help="JSON-bestand van een run")
    parser.add_argument("--keer", type=int, default=REPEATS, help="hoe vaak elk antwoord wordt beoordeeld")
    options = parser.parse_args(arguments)
    settings = Settings.load()
    if not settings.llm:
        parser.error("ASSISTANT_LLM noemt geen taalmodel; geef er een, bijvoorbeeld ollama:gemma3:4b")
    try:
        cases = read_results(options.resultaten).cases
        verdicts = judge_cases(recorded_model(settings), cases, options.keer)
    except AssistantError as exc:
        parser.exit(1, f"{exc}\n")
    apart = [verdict for verdict in verdicts if not verdict.agrees]
    print(f"{settings.llm} is het over {len(verdicts) - len(apart)} van {len(verdicts)} antwoorden eens met de patronen.")
    questions = {case.id: case.question for case in cases}
    for verdict in apart:
        print(f"\n{verdict.case_id}: {questions[verdict.case_id]}\n  {verdict.good:.0%} van de oordelen: goed. {verdict.reason}")


if __name__ == "__main__":
    main()
