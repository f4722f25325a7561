"""Measures the quality of answers: cases, metrics, a run over all of them, its report, and the line it must not fall under.

``command.run_command`` is the door for the command line, ``gate`` the one for the tests in ``evals/``. An assistant comes
in as an argument, so that nothing here chooses how questions are answered.
"""
