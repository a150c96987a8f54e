"""Values for the model's parameters as the command line gives them."""

from __future__ import annotations

import re
from typing import Any

from archdsl.cli.usage import Usage
from archdsl.expressions.scope import VALUES
from archdsl.limits import Limits

_STARTS = re.compile(r"""[\["(+-]|[0-9]""")


def value(name: str, text: str, limits: Limits) -> Any:
    """A number, size, yes or no, list or quoted text as the language reads them; anything else is a text as it stands.

    Raises Usage for a list or a quoted text that is none.
    """
    if text in VALUES:
        return VALUES[text]
    if not _STARTS.match(text):
        return text
    found = _evaluated(text, limits)
    if found is None and text[0] in '["':
        raise Usage(f"{name}: {text[:60]} is no {'list' if text[0] == '[' else 'text in quotes'}")
    return text if found is None else found


def _evaluated(text: str, limits: Limits) -> Any:
    """The value of an expression without names, or None."""
    from archdsl.diagnostics import Source
    from archdsl.expressions.evaluate import evaluate
    from archdsl.expressions.scope import Scope
    from archdsl.faults.problem import Problem, Silent
    from archdsl.syntax import parse_expression

    expression, _ = parse_expression(Source("", text), limits)
    try:
        return evaluate(expression, Scope({}, {}), limits) if expression is not None else None
    except (Problem, Silent):
        return None
