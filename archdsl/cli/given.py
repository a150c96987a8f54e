"""Values for the model's parameters as the command line gives them."""

from __future__ import annotations

from archdsl.cli.usage import Usage
from archdsl.expressions.scope import VALUES
from archdsl.limits import Limits
from archdsl.typed import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.diagnostics import Diagnostic
    from archdsl.faults.problem import Problem

_STARTS = tuple('["(+-0123456789')


def value(name: str, text: str, limits: Limits) -> Any:
    """A number, size, yes or no, list or quoted text as the language reads them; anything else is a string, verbatim.

    Raises Usage for a list or a quoted text that is none.
    """
    if text in VALUES:
        return VALUES[text]
    if not text.startswith(_STARTS):
        return text
    found, fault = _evaluated(text, limits)
    if fault is not None and fault.code in ("limit", "too-large"):
        raise Usage(f"{name}: {fault.message}")
    if found is None and text[0] in '["':
        raise Usage(f"{name}: {text[:60]} is not a {'list' if text[0] == '[' else 'quoted string'}")
    return text if found is None else found


def _evaluated(text: str, limits: Limits) -> tuple[Any, Diagnostic | Problem | None]:
    """The value of an expression without names; None where it is none, and what is wrong."""
    from archdsl.diagnostics import Source
    from archdsl.expressions.evaluate import evaluate
    from archdsl.expressions.scope import Scope
    from archdsl.faults.problem import Problem, Silent
    from archdsl.syntax import parse_expression

    expression, faults = parse_expression(Source("", text), limits)
    if expression is None:
        return None, faults[0] if faults else None
    try:
        return evaluate(expression, Scope({}, {}, limits)), None
    except Problem as problem:
        return None, problem
    except Silent:
        return None, None
