"""How often: the copies of `xN` and the turns of a `for`."""

from __future__ import annotations

from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.scope import KindReference, Scope
from archdsl.expressions.words import spell_value
from archdsl.faults.problem import Placed, Problem, exceeded
from archdsl.layers.values import Sizes, give, whole
from archdsl.sizes.size import SYMBOLIC, Size
from archdsl.syntax import tree
from archdsl.typed import Any


def copies(repeat: tree.Expr, scope: Scope) -> Size:
    """How often a line is written."""
    value = integer(repeat, scope, "a repeat count must be an integer", may_be_open=True)
    if isinstance(value, SYMBOLIC):
        from archdsl.expressions.open import assume_counts

        return assume_counts(value, repeat, scope.limits)
    return _counts(value, repeat)


def _counts(value: int, at: Placed) -> int:
    if value < 0:
        raise Problem("out-of-range", f"a line cannot be repeated {value} times", at, hint="0 leaves the line out")
    return value


def turns(statement: tree.For, scope: Scope) -> list[tuple[Any, ...]]:
    """The values of the names of a `for`, turn by turn."""
    if isinstance(statement.turns, tree.Range):
        return _range(statement, statement.turns, scope)
    items = evaluate(statement.turns, scope)
    if not isinstance(items, tuple) or isinstance(items, (KindReference, Sizes)):
        message = f"`for` goes through a list or a range 1..n, not {spell_value(items)}"
        raise Problem("wrong-type", message, statement.turns)
    return [_unpacked(statement, item) for item in items]


def _range(statement: tree.For, ends: tree.Range, scope: Scope) -> list[tuple[Any, ...]]:
    first, last = (integer(end, scope, "the ends of a range must be integers") for end in (ends.first, ends.last))
    if last - first >= scope.limits.list:
        message = f"a `for` of {last - first + 1:,} iterations; the limit is {scope.limits.list:,}"
        raise exceeded("list", message, ends, "equal copies cost nothing as { ... } xN")
    if len(statement.names) != 1:
        raise Problem("wrong-type", "a range gives one number per iteration", statement.names[1])
    return [(number,) for number in range(first, last + 1)]


def _unpacked(statement: tree.For, item: Any) -> tuple[Any, ...]:
    wanted = len(statement.names)
    if wanted == 1:
        return (item,)
    if not isinstance(item, tuple) or isinstance(item, (KindReference, Sizes)) or len(item) != wanted:
        message = f"each iteration must give {wanted} values, and one gives {spell_value(item)}"
        raise Problem("wrong-type", message, statement.turns)
    return item


def integer(expression: tree.Expr, scope: Scope, wanted: str, *, may_be_open: bool = False) -> Any:
    """The value of an expression that must be an integer, as `wanted` says, or may be symbolic."""
    value = whole(evaluate(expression, scope))
    if isinstance(value, SYMBOLIC) and may_be_open:
        return value
    if isinstance(value, SYMBOLIC):
        raise Problem("undetermined", f"{wanted}, and {value} is symbolic", expression, hint=give(value))
    if isinstance(value, bool) or not isinstance(value, int):
        code = "not-whole" if hasattr(value, "__float__") and not isinstance(value, bool) else "wrong-type"
        raise Problem(code, f"{wanted}, not {spell_value(value)}", expression)
    return value
