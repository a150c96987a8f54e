"""Expressions of a spec as Python: the text, and what that text gives for each member.

Python's numbers are not those of the language, where `/` is exact and sizes have axes. So the values are worked out
anew, by Python's rules, and a text is used only where it gives what the check derived.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable

from archdsl.backends.source.naming import quoted
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any, NamedTuple

_CHOICE, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _POWER, _ATOM = range(9)
_LEVELS = {"or": _OR, "and": _AND, "+": _SUM, "-": _SUM}
_ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "/": operator.truediv,
    "%": operator.mod,
    "**": operator.pow,
}
_COMPARISONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Spelled(NamedTuple):
    """A text, its value for each member, and how tightly it binds."""

    text: str
    values: dict[int, Any]
    level: int = _ATOM


class Unspeakable(Exception):
    """An expression that Python cannot have, or would take to another value."""


class Speller:
    """Spells expressions; `names` gives the text and the values of a name."""

    def __init__(self, members: Iterable[int], names: Callable[[str], Spelled | None]) -> None:
        self.members = tuple(members)
        self.names = names

    def spell(self, expression: tree.Expr) -> Spelled:
        """The expression as Python; raises Unspeakable."""
        match expression:
            case Token():
                return self._leaf(expression)
            case tree.Paren(term, _, _):
                return self.spell(term)
            case tree.Chain(terms, operators, _, _) if operators[0] in ("and", "or"):
                return self._logic(terms, operators[0])
            case tree.Chain((base, exponent), ("**",), _, _):
                return self._power(self.spell(base), self.spell(exponent))
            case tree.Chain(terms, operators, _, _) if "**" not in operators:
                return self._chain(terms, operators)
            case tree.Comparison(left, sign, right, _, _):
                return self._compare(self.spell(left), sign, self.spell(right))
            case tree.Prefix(("not",), term, _, _):
                inner = self.spell(term)
                values = {member: not _boolean(value) for member, value in inner.values.items()}
                return Spelled(f"not {_bracketed(inner, _NOT)}", values, _NOT)
            case tree.Prefix(signs, term, _, _):
                return self._signed(signs, self.spell(term))
            case tree.Choice((value, condition, other), _, _):
                return self._choice(self.spell(value), self.spell(condition), self.spell(other))
        raise Unspeakable

    def _leaf(self, token: Token) -> Spelled:
        if token.type == "NUMBER":
            number = int(token.text) if token.text.isdigit() else float(token.text)
            return self._constant(repr(number), number)
        if token.type == "STRING":
            return self._constant(quoted(token.text[1:-1]), token.text[1:-1])
        found = self.names(token.text) if token.type == "WORD" else None
        if found is None and token.text in ("yes", "no", "true", "false"):
            return self._constant(repr(token.text in ("yes", "true")), token.text in ("yes", "true"))
        if found is None:
            raise Unspeakable
        return found

    def _constant(self, text: str, value: Any) -> Spelled:
        return Spelled(text, dict.fromkeys(self.members, value))

    def _chain(self, terms: tuple[tree.Expr, ...], operators: tuple[str, ...]) -> Spelled:
        level = _LEVELS.get(operators[0], _PRODUCT)
        spelled = self.spell(terms[0])
        text, values = _bracketed(spelled, level), spelled.values
        for sign, term in zip(operators, terms[1:], strict=True):
            other = self.spell(term)
            pairs = {member: (_number(values[member]), _number(other.values[member])) for member in self.members}
            sign = "//" if sign == "/" and all(_divides(*pair) for pair in pairs.values()) else sign
            values = {member: _applied(sign, *pair) for member, pair in pairs.items()}
            text = f"{text} {sign} {_bracketed(other, level + 1)}"
        return Spelled(text, values, level)

    def _power(self, base: Spelled, exponent: Spelled) -> Spelled:
        """Without spaces between names and numbers, as formatters have it."""
        pairs = {member: (_number(base.values[member]), _number(exponent.values[member])) for member in self.members}
        sign = "**" if base.level == exponent.level == _ATOM else " ** "
        text = f"{_bracketed(base, _ATOM)}{sign}{_bracketed(exponent, _ATOM)}"
        return Spelled(text, {member: _applied("**", *pair) for member, pair in pairs.items()}, _POWER)

    def _signed(self, signs: tuple[str, ...], term: Spelled) -> Spelled:
        if "not" in signs:
            raise Unspeakable
        numbers = {member: _number(value) for member, value in term.values.items()}
        if signs.count("-") % 2 == 0:
            return term._replace(values=numbers)
        return Spelled(f"-{_bracketed(term, _ATOM)}", {member: -value for member, value in numbers.items()}, _PRODUCT)

    def _logic(self, terms: tuple[tree.Expr, ...], word: str) -> Spelled:
        level, join = _LEVELS[word], all if word == "and" else any
        spelled = [self.spell(term) for term in terms]
        values = {member: join(_boolean(one.values[member]) for one in spelled) for member in self.members}
        return Spelled(f" {word} ".join(_bracketed(one, level + 1) for one in spelled), values, level)

    def _compare(self, left: Spelled, sign: str, right: Spelled) -> Spelled:
        values = {}
        for member in self.members:
            pair = left.values[member], right.values[member]
            if sign in ("==", "!=") and isinstance(pair[0], bool) != isinstance(pair[1], bool):
                raise Unspeakable
            values[member] = _COMPARISONS[sign](*(pair if sign in ("==", "!=") else map(_number, pair)))
        text = f"{_bracketed(left, _COMPARE + 1)} {sign} {_bracketed(right, _COMPARE + 1)}"
        return Spelled(text, values, _COMPARE)

    def _choice(self, value: Spelled, condition: Spelled, other: Spelled) -> Spelled:
        values = {
            member: value.values[member] if _boolean(condition.values[member]) else other.values[member]
            for member in self.members
        }
        parts = [_bracketed(part, _CHOICE + 1) for part in (value, condition, other)]
        return Spelled(f"{parts[0]} if {parts[1]} else {parts[2]}", values, _CHOICE)


def _bracketed(spelled: Spelled, least: int) -> str:
    return spelled.text if spelled.level >= least else f"({spelled.text})"


def _number(value: Any) -> Any:
    if type(value) not in (int, float):
        raise Unspeakable
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unspeakable
    return value


def _divides(left: Any, right: Any) -> bool:
    return type(left) is int and type(right) is int and right != 0 and left % right == 0


def _applied(sign: str, left: Any, right: Any) -> Any:
    try:
        return _number(_ARITHMETIC[sign](left, right))
    except (ZeroDivisionError, OverflowError):
        raise Unspeakable from None
