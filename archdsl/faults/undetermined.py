"""The fault of a question that must be answered and depends on what is symbolic."""

from __future__ import annotations

from archdsl.faults.problem import Placed, Problem
from archdsl.sizes.size import Undetermined
from archdsl.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.sizes.facts import Facts


def undetermined(what: str, fault: Undetermined, at: Placed, facts: Facts | None) -> Problem:
    """The problem, with what to do: a value, or a bound that answers the question."""
    names = facts.names if facts is not None else []
    asked = [name for name in names if name in fault.question] or names
    message = f"{what}whether {fault.question} depends on {' and '.join(asked) or 'what'}, which is symbolic"
    values = " ".join(f"{name}=..." for name in asked)
    return Problem("undetermined", message, at, hint=f"give a value: {values}; or state a bound after `where`")
