"""Works out the simple sums that a rule in the sources allows, and shows them as sums.

Between selecting facts and writing the answer. The operands come from the question, the rule and its rates from the facts;
nothing is remembered from elsewhere. A wrong sum costs a seller money, so a rule keeps silent unless its words, its units,
its country and every operand it needs are there, and nothing else in the question could be meant.

``reading`` reads the question, ``sources`` the facts, ``roles`` tells which figure is which. The rules stand in one module
per subject; ``table`` lists them in the order in which they are tried.
"""

from assistant.calculation.calculator import Calculator, WorkedSum, asks_for_sum, work_out, worked_sum

__all__ = ["Calculator", "WorkedSum", "asks_for_sum", "work_out", "worked_sum"]
