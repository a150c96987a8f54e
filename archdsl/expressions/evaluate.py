"""The value of an expression: integers, exact fractions, symbolic sizes, yes and no, texts, lists and sizes."""

from __future__ import annotations

from collections.abc import Callable
from math import isinf

from archdsl.expressions.scope import BRACE, KindReference, Scope, is_size
from archdsl.expressions.words import number, size, size_of, spell_value, symbol, word
from archdsl.faults.problem import Placed, Problem, exceeded
from archdsl.layers.lists import Values, comparing, searching, weight
from archdsl.layers.values import Sizes, give, spell
from archdsl.limits import LARGEST
from archdsl.sizes.size import SYMBOLIC, Expression, ordered
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any


def evaluate(expression: tree.Expr, scope: Scope) -> Any:
    """Return the value; raises Problem with the place of the fault, Silent where a fault was reported before."""
    return _BY_FORM[type(expression)](expression, scope)


def _chain(chain: tree.Chain, scope: Scope) -> Any:
    """Terms joined from the left."""
    terms, operators = chain.terms, chain.operators
    _check_length(len(operators), chain, scope)
    if operators[0] in ("and", "or"):
        return _logic(chain, scope)
    value = evaluate(terms[0], scope)
    for operator, term in zip(operators, terms[1:], strict=True):
        other = evaluate(term, scope)
        scope.spend(2 if type(value) is int is type(other) else 1 + weight(value) * weight(other), chain)
        value = arithmetic(operator, value, other, chain)
    return value


def _comparison(comparison: tree.Comparison, scope: Scope) -> bool:
    left, operator, right, _, _ = comparison
    values = evaluate(left, scope), evaluate(right, scope)
    scope.spend(1 + comparing(*values), comparison)
    return compare(operator, *values, comparison)


def _membership(member: tree.Member, scope: Scope) -> bool:
    items = evaluate(member.items, scope)
    scope.spend(1 + searching(items), member)
    return _member(evaluate(member.item, scope), items, member) != member.negated


def _paren(paren: tree.Paren, scope: Scope) -> Any:
    return evaluate(paren.term, scope)


def _check_length(operators: int, at: Placed, scope: Scope) -> None:
    """Refuse an expression of too many operators."""
    most = scope.limits.operators
    if operators > most:
        raise exceeded("operators", f"more than {most:,} operators in one expression", at)


def _list(expression: tree.List, scope: Scope) -> Values:
    if len(expression.items) > scope.limits.list:
        raise exceeded("list", f"a list of more than {scope.limits.list:,} values", expression)
    scope.spend(1 + len(expression.items), expression)
    value = Values([evaluate(item, scope) for item in expression.items])
    if value.weight > scope.limits.list:
        message = f"a list of more than {scope.limits.list:,} values, those of the lists in it counted"
        raise exceeded("list", message, expression)
    if value.depth > scope.limits.depth:
        raise exceeded("depth", f"lists nested more than {scope.limits.depth:,} deep", expression)
    return value


def truth(expression: tree.Expr, scope: Scope) -> bool:
    """The value of a condition: yes or no."""
    return _truth(evaluate(expression, scope), expression)


def _truth(value: Any, at: Placed) -> bool:
    if not isinstance(value, bool):
        hint = give(value) if isinstance(value, Expression) else None
        raise Problem("wrong-type", f"a condition must be yes or no, not {spell_value(value)}", at, hint=hint)
    return value


def _logic(chain: tree.Chain, scope: Scope) -> bool:
    """`and` and `or` look no further than they must: a later term may only make sense after an earlier one."""
    ends = chain.operators[0] == "or"
    for term in chain.terms:
        if truth(term, scope) == ends:
            return ends
    return not ends


def _choice(choice: tree.Choice, scope: Scope) -> Any:
    _check_length(len(choice.terms), choice, scope)
    for value, condition in zip(choice.terms[::2], choice.terms[1::2], strict=False):
        if truth(condition, scope):
            return evaluate(value, scope)
    return evaluate(choice.terms[-1], scope)


def _prefix(prefix: tree.Prefix, scope: Scope) -> Any:
    _check_length(len(prefix.operators), prefix, scope)
    value = evaluate(prefix.term, scope)
    odd = len(prefix.operators) % 2 == 1
    if prefix.operators[0] == "not":
        return _truth(value, prefix.term) != odd
    negative = prefix.operators.count("-") % 2 == 1
    if isinstance(value, float):
        return -value if negative else value
    return arithmetic("*", -1 if negative else 1, value, prefix)


# ---- Words and literals


def _leaf(token: Token, scope: Scope) -> Any:
    if token.type == "NUMBER":
        return number(token)
    if token.type == "WORD":
        return word(token, scope)
    if token.type == "TEMPLATE":
        if is_size(token.text):
            return size_of(token, scope)
        raise Problem("wrong-type", f"{token.text} is a name, and a value is expected here", token, hint=BRACE)
    if token.type in ("HOLE", "HOLED") or (token.type == "DIMS" and "?" in token.text):
        from archdsl.expressions.unknown import sizes

        return sizes(token, scope)
    if token.type == "DIMS":
        parts = token.text.replace("×", "x").split("x")
        return Sizes(tuple(size(part, token) if part.isdigit() else symbol(part, token, scope) for part in parts))
    return token.text[1:-1]  # STRING


# ---- Operators


def arithmetic(operator: str, left: Any, right: Any, at: Placed) -> Any:
    """`+ - * / // % **` on numbers, sizes and, axis by axis, on 3x3; results of a `/` stay exact."""
    integers = type(left) is int is type(right)
    if not integers:
        if isinstance(left, Sizes) or isinstance(right, Sizes):
            return _per_axis(operator, left, right, at)
        _check_numbers(operator, left, right, at)
        if isinstance(left, SYMBOLIC) or isinstance(right, SYMBOLIC):
            from archdsl.expressions.open import arithmetic_of_open

            return arithmetic_of_open(operator, left, right, at)
    try:
        value = _power(left, right, at) if operator == "**" else _apply(operator, left, right)
    except ZeroDivisionError:
        what = f"{spell(left)}**{spell(right)}" if operator == "**" else f"{spell(left)} {operator} 0"
        raise Problem("invalid-expression", f"{what} has no value", at) from None
    if abs(value) >= LARGEST:
        return _large(value, at, size=integers or not (isinstance(left, float) or isinstance(right, float)))
    return value


def _check_numbers(operator: str, left: Any, right: Any, at: Placed) -> None:
    for value in (left, right):
        if isinstance(value, (bool, str, tuple, KindReference)) or value is None:
            raise Problem("wrong-type", f"{operator} needs numbers, not {spell_value(value)}", at)
        if _infinite(value):
            raise Problem("wrong-type", f"{operator} needs finite numbers, not {spell(value)}", at)


def _power(base: Any, exponent: Any, at: Placed) -> Any:
    """An integer to an integer of 0 or more is exact; any other power is a float. Raises ZeroDivisionError."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        if abs(base) > 1 and exponent >= LARGEST.bit_length():  # not computed: it may have a million digits
            raise Problem("too-large", f"{base}**{exponent} is beyond any size", at)
        return base**exponent
    try:
        value = float(base) ** float(exponent)
    except OverflowError:
        raise Problem(
            "too-large", f"{spell(base)}**{spell(exponent)} is beyond the largest number, 1.8e308", at
        ) from None
    if isinstance(value, complex):
        raise Problem("invalid-expression", f"{spell(base)}**{spell(exponent)} is no real number", at)
    return value


def _large(value: Any, at: Placed, *, size: bool) -> float:
    """A result too large for a size: a float where the text calculates with floats, as 1e30*2."""
    if size:
        raise Problem("too-large", "the result is larger than any size", at)
    try:
        return float(value)
    except OverflowError:
        raise Problem("too-large", "the result is larger than the largest number, 1.8e308", at) from None


def _infinite(value: Any) -> bool:
    return isinstance(value, float) and isinf(value)


def _apply(operator: str, left: Any, right: Any) -> Any:
    if not (isinstance(left, int) and isinstance(right, int)):
        left, right = _exact(left), _exact(right)
    elif operator == "/":
        return left // right if left % right == 0 else _exact(left) / right
    match operator:
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case "/":
            value = left / right
        case "//":
            value = left // right
        case _:
            value = left % right
    return value if isinstance(value, int) else _narrow(value)


def _exact(value: Any) -> Any:
    """A number as a fraction: a decimal as it is written, so that 0.1*30 is 3."""
    from fractions import Fraction  # slow to import, and few specs divide

    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def _narrow(value: Any) -> Any:
    if value.denominator == 1:
        return int(value)
    if value.denominator >= LARGEST:  # exact no longer; floats are what layers take in the end
        return float(value)
    return value


def _per_axis(operator: str, left: Any, right: Any, at: Placed) -> Sizes:
    if operator not in ("+", "-", "*", "//"):
        raise Problem(
            "wrong-type", f"{operator} does not work on sizes such as {left if isinstance(left, Sizes) else right}", at
        )
    count = len(left.sizes) if isinstance(left, Sizes) else len(right.sizes)
    sides = [side.sizes if isinstance(side, Sizes) else (side,) * count for side in (left, right)]
    if len(sides[0]) != len(sides[1]):
        raise Problem("wrong-type", f"{left} and {right} have different numbers of axes", at)
    return Sizes(tuple(arithmetic(operator, a, b, at) for a, b in zip(*sides, strict=True)))


def compare(operator: str, left: Any, right: Any, at: Placed) -> bool:
    """Comparisons; equality of anything, order of numbers and sizes."""
    if type(left) is int is type(right):
        return (left == right) == (operator == "==") if operator in ("==", "!=") else ordered(operator, left, right)
    left, right = _finite(left, right), _finite(right, left)
    if isinstance(left, SYMBOLIC) or isinstance(right, SYMBOLIC):
        from archdsl.expressions.open import compare_open

        return compare_open(operator, left, right, at)
    if operator in ("==", "!="):
        return _equal(left, right) == (operator == "==")
    for value in (left, right):
        if isinstance(value, (bool, str, tuple, Sizes, KindReference)):
            raise Problem("wrong-type", f"{operator} compares numbers, not {spell_value(value)}", at)
    return ordered(operator, _comparable(left), _comparable(right))


def _finite(value: Any, other: Any) -> Any:
    """A size that is compared with inf as any number that is none: every size is finite."""
    return 0 if _infinite(other) and isinstance(value, SYMBOLIC) else value


def _comparable(value: Any) -> Any:
    return _exact(value) if isinstance(value, float) and not isinf(value) else value


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) != isinstance(right, bool) or isinstance(left, Sizes) != isinstance(right, Sizes):
        return False
    return bool(_comparable(left) == _comparable(right))


def _member(item: Any, items: Any, at: tree.Member) -> bool:
    if not isinstance(items, tuple) or isinstance(items, Sizes):
        raise Problem("wrong-type", f"`in` looks into a list, not into {spell_value(items)}", at.items)
    found = items.has(item) if type(item) in (int, bool, str) and isinstance(items, Values) else None
    return any(compare("==", item, other, at) for other in items) if found is None else found


def no_kind(value: Any, at: Token) -> Exception:
    """The fault of a value where a kind of layer stands."""
    if isinstance(value, SYMBOLIC):
        from archdsl.expressions.open import no_value

        return no_value(value, "a kind of layer is expected here", at)
    return Problem("unknown-kind", f"{at.text} is a value ({spell_value(value)}), not a kind of layer", at)


_BY_FORM: dict[type, Callable[[Any, Scope], Any]] = {
    Token: _leaf,
    tree.List: _list,
    tree.Chain: _chain,
    tree.Choice: _choice,
    tree.Comparison: _comparison,
    tree.Member: _membership,
    tree.Prefix: _prefix,
    tree.Paren: _paren,
}
