"""Expressions with a value that is left open: arithmetic that stays exact, and comparisons that the facts decide.

Loaded only where something is left open.
"""

from __future__ import annotations

from typing import Any

from archdsl.analysis.assume import Need, under
from archdsl.analysis.problem import Placed, Problem, Silent
from archdsl.analysis.undetermined import undetermined
from archdsl.ir.condition import Literal, literal
from archdsl.ir.facts import Facts
from archdsl.ir.size import Expression, Size, Undetermined, same, symbols
from archdsl.layers.values import give, spell
from archdsl.limits import Limits


def arithmetic_of_open(operator: str, left: Any, right: Any, at: Placed) -> Any:
    """`+ - * / // %` where a side is left open. A `/` assumes that it comes out whole."""
    facts = facts_in(left, right)
    for value in (left, right):
        if not isinstance(value, (int, Expression)):
            message = (
                f"{spell(left)} {operator} {spell(right)} is no whole number, and a size that is left open must be"
            )
            raise Problem("undetermined", message, at, hint=give(left if isinstance(left, Expression) else right))
    try:
        value = _applied(operator, left, right, at)
    except ZeroDivisionError:
        raise Problem("invalid-expression", f"{left} {operator} {right} has no value", at) from None
    except Undetermined as fault:
        raise undetermined("", fault, at, facts) from None
    much = value.exceeds(facts.limits.terms, facts.limits.degree) if isinstance(value, Expression) else None
    if much:
        raise Problem("too-large", f"this is {much}", at)
    return value


def _applied(operator: str, left: Size, right: Size, at: Placed) -> Size:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "//":
            return left // right
        case "%":
            return left % right
    _assume_whole(left, right, at)
    return left // right


def _assume_whole(left: Size, right: Size, at: Placed) -> None:
    """Note that a division must come out whole, unless that is known."""
    rest = left % right
    if not isinstance(rest, Expression):
        if rest:
            raise Problem("not-whole", f"{left}/{right} comes out whole for no size", at)
        return
    facts = rest.facts
    found = literal(rest, "==")
    if facts.exploring:
        if not same(rest, 0):
            raise Undetermined(f"{left} / {right} is whole")
        return
    need = Need(at, "/", f"{left}/{right} comes out whole")
    if not (facts.require((found,), need) if isinstance(found, Literal) else found):
        raise Problem("not-whole", f"{left}/{right} comes out whole for no size that is allowed", at)


def compare_open(operator: str, left: Any, right: Any, at: Placed) -> bool:
    """A comparison where a side is left open."""
    facts = facts_in(left, right)
    left, right = _number(left, right, operator, at, facts), _number(right, left, operator, at, facts)
    scale = 1
    for value in (left, right):
        scale *= 1 if isinstance(value, Expression) else value.denominator
    left, right = (value * scale if isinstance(value, Expression) else int(value * scale) for value in (left, right))
    try:
        match operator:
            case "==" | "!=":
                return same(left, right) == (operator == "==")
            case "<":
                return bool(left < right)
            case "<=":
                return bool(left <= right)
            case ">":
                return bool(left > right)
            case _:
                return bool(left >= right)
    except Undetermined as fault:
        raise undetermined("", fault, at, facts) from None


def _number(value: Any, other: Any, operator: str, at: Placed, facts: Facts) -> Any:
    """A side of a comparison; raises Problem where it is no number."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, float):
        from fractions import Fraction

        return Fraction(repr(value))
    if isinstance(value, (bool, str, tuple)) or not hasattr(value, "denominator"):
        raise no_value(other, f"{operator} compares it with {spell(value)}", at, facts)
    return value


def no_value(size: Expression, why: str, at: Placed, facts: Facts) -> Problem | Silent:
    """The fault of an open parameter where no whole number is wanted; told once for each."""
    names = sorted(symbols(size))
    if facts.told.issuperset(names):
        return Silent()
    facts.told.update(names)
    message = f"{' and '.join(names)} has no value, so it is a whole number that is left open, and {why}"
    return Problem("missing-value", message, at, hint=give(size))


def assume_counts(value: Expression, at: Placed, limits: Limits) -> Size:
    """A number of copies that is left open: 0 or more, which is a condition where that is not known."""

    def rule() -> Size:
        if value < 0:
            raise Problem("out-of-range", f"a line cannot be repeated {value} times", at)
        return value

    return under(value.facts, rule, Need(at, "repeat"), limits)


def assume_sizes(sizes: tuple[Size, ...], at: Placed, limits: Limits) -> None:
    """Sizes that an input states: each 1 or more, which is a condition where that is not known."""

    def rule() -> None:
        for size in sizes:
            if size < 1:
                raise Problem("out-of-range", f"a size is 1 or more, not {size}", at)

    under(facts_in(*sizes), rule, Need(at, "input"), limits)


def facts_in(*values: Any) -> Facts:
    """The facts about what is left open in some values."""
    return next(value.facts for value in values if isinstance(value, Expression))
