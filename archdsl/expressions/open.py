"""Expressions with a value that is symbolic: arithmetic that stays exact, and comparisons that the facts decide.

Loaded only where something is symbolic.
"""

from __future__ import annotations

from math import gcd

from archdsl.expressions.assume import Need, under
from archdsl.faults.problem import Placed, Problem, Refused, Silent
from archdsl.faults.undetermined import undetermined
from archdsl.layers.values import give, spell
from archdsl.limits import Limits, raising
from archdsl.sizes.facts import Facts, facts_of
from archdsl.sizes.size import SYMBOLIC, Expression, Ratio, Size, Undetermined, ordered, same, symbols
from archdsl.typed import Any


def arithmetic_of_open(operator: str, left: Any, right: Any, at: Placed) -> Any:
    """`+ - * / // % **` where a side is symbolic; a `/` that may not come out whole stays a fraction."""
    facts = facts_in(left, right)
    if operator == "**":
        return _power(left, right, at, facts)
    try:
        over, under_ = _fraction(left), _fraction(right)
        value = _applied(operator, over, under_)
    except ZeroDivisionError:
        raise Problem("invalid-expression", f"{left} {operator} {right} has no value", at) from None
    except Undetermined as fault:
        raise undetermined("", fault, at, facts) from None
    for size in (value.numerator, value.divisor) if isinstance(value, Ratio) else (value,):
        much = size.exceeds(facts.limits) if isinstance(size, Expression) else None
        if much is not None:
            raise Problem(much.code, f"this is {much.words}", at, hint=much.hint)
    return value


def _power(base: Any, exponent: Any, at: Placed, facts: Facts) -> Any:
    """A symbolic size times itself. Raises Problem where the exponent is symbolic, or no integer of 0 or more."""
    if not isinstance(exponent, int) or isinstance(exponent, bool) or exponent < 0:
        raise no_value(
            exponent if isinstance(exponent, SYMBOLIC) else base, f"{spell(base)}**{spell(exponent)} needs a number", at
        )
    if exponent > facts.limits.degree:
        message = f"this is a formula with a product of more than {facts.limits.degree:,} symbols"
        raise Problem("limit", message, at, hint=raising("degree"))
    value: Any = 1
    for _ in range(exponent):
        value = arithmetic_of_open("*", base, value, at)
    return value


def _fraction(value: Any) -> tuple[Size, Size]:
    """Numerator and divisor of a number, a size or a fraction of sizes."""
    if isinstance(value, Ratio):
        return value.numerator, value.divisor
    if isinstance(value, (int, Expression)):
        return value, 1
    from fractions import Fraction

    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    return exact.numerator, exact.denominator


def _applied(operator: str, left: tuple[Size, Size], right: tuple[Size, Size]) -> Any:
    """The result of an operator on two fractions."""
    (a, b), (c, d) = left, right
    match operator:
        case "+":
            return _quotient(a * d + c * b, b * d)
        case "-":
            return _quotient(a * d - c * b, b * d)
        case "*":
            return _quotient(a * c, b * d)
        case "/":
            return _quotient(a * d, b * c)
        case "//":
            return (a * d) // (b * c)
    return _quotient(a * d - (a * d) // (b * c) * (b * c), b * d)


def _quotient(over: Size, by: Size) -> Any:
    """A fraction in its lowest form: a size where it is whole for every number."""
    if by == 1:
        return over
    rest = over % by
    if not isinstance(rest, Expression):
        return over // by if rest == 0 else _lowest(over, by)
    return over // by if rest.context.known(rest, "==") else _lowest(over, by)


def _lowest(over: Size, by: Size) -> Any:
    if isinstance(over, int) and isinstance(by, int):
        from fractions import Fraction

        return Fraction(over, by)
    if isinstance(over, int):
        raise Undetermined(f"{over}/({by}) is an integer")
    common = gcd(by, *(factor for _, factor in over.terms)) if isinstance(by, int) else 1
    if common > 1:
        over, by = over // common, by // common
        return over if by == 1 else Ratio(over, by)  # type: ignore[arg-type]
    return Ratio(over, by)


def compare_open(operator: str, left: Any, right: Any, at: Placed) -> bool:
    """A comparison where a side is symbolic."""
    _check_number(left, right, operator, at)
    _check_number(right, left, operator, at)
    (a, b), (c, d) = _fraction(left), _fraction(right)
    left, right = a * d, c * b  # divisors are above 0: a fraction's own, or assumed so where it was made
    try:
        if operator in ("==", "!="):
            return same(left, right) == (operator == "==")
        return ordered(operator, left, right)
    except Undetermined as fault:
        raise undetermined("", fault, at, facts_in(left, right)) from None


def _check_number(value: Any, other: Any, operator: str, at: Placed) -> None:
    if isinstance(value, (Expression, Ratio)):
        return
    if isinstance(value, (bool, str, tuple)) or (not hasattr(value, "denominator") and not isinstance(value, float)):
        raise no_value(other, f"{operator} compares it with {spell(value)}", at)


def no_value(size: Expression | Ratio, why: str, at: Placed) -> Problem | Silent:
    """The fault of a symbolic parameter where no integer is wanted; reported once for each."""
    facts = facts_of(size)
    size = size.numerator if isinstance(size, Ratio) else size
    names = sorted(symbols(size))
    if facts.told.issuperset(names):
        return Silent()
    facts.told.update(names)
    message = f"{' and '.join(names)} has no value, so it is a symbolic integer, and {why}"
    return Problem("missing-value", message, at, hint=give(size))


def assume_counts(value: Expression | Ratio, at: Placed, limits: Limits) -> Size:
    """A number of copies that is symbolic: whole and 0 or more, conditions where that is not known."""

    def rule() -> Size:
        count = value.settled() if isinstance(value, Ratio) else value
        if isinstance(count, Ratio):
            raise Refused("not-whole", f"a repeat count must be an integer, not {count}", at, what="repeat")
        if count < 0:
            raise Refused("out-of-range", f"a line cannot be repeated {count} times", at, what="repeat")
        return count

    return under(facts_of(value), rule, Need(at, "repeat"), limits)


def assume_sizes(sizes: tuple[Size, ...], at: Placed, limits: Limits) -> None:
    """Sizes that an input states: each 1 or more, which is a condition where that is not known."""

    def rule() -> None:
        for size in sizes:
            if size < 1:
                raise Problem("out-of-range", f"a size is 1 or more, not {size}", at)

    under(facts_in(*sizes), rule, Need(at, "input"), limits)


def facts_in(*values: Any) -> Facts:
    """The facts about what is symbolic in some values."""
    return next(facts_of(value) for value in values if isinstance(value, (Expression, Ratio)))
