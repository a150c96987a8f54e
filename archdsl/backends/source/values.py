"""Constructor arguments as text: a constant where all uses agree, else a parameter or an expression of parameters.

The uses of one block are its members. A column is one value for each member; what a column is called is looked up among
the parameters and the expressions already known, so a text stands only where it is right for every member.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from archdsl.analysis.evaluate import evaluate
from archdsl.analysis.problem import Problem, Silent, Stop
from archdsl.analysis.scope import KindReference, Scope
from archdsl.backends.source.naming import parameter
from archdsl.layers.values import Sizes, whole
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

Column: TypeAlias = dict[int, Any]  # member -> value


class Parameters:
    """The constructor parameters of one class, found as they are needed."""

    def __init__(
        self, scopes: dict[int, Scope], candidates: list[tuple[str, Column]], defaults: dict[str, Any]
    ) -> None:
        self.scopes = scopes
        self.defaults = defaults  # by name in the spec
        self.declared: dict[str, tuple[str, Column]] = {}  # name in the spec -> name in Python, values
        self._candidates = candidates
        self._given = {name for name, _ in candidates}
        self._order = [name for name, _ in candidates]
        self._derived: list[tuple[Column, str]] = []
        self.taken: set[str] = {"self"}

    def again(self) -> Parameters:
        """The same candidates, nothing declared yet."""
        return Parameters(self.scopes, [pair for pair in self._candidates if pair[0] in self._given], self.defaults)

    def text(self, column: Column, written: tuple[tree.Expr, ...], hint: str, channels: Column | None = None) -> str:
        """The Python text that gives this column; `written` are expressions of the spec that may give it."""
        values = list(column.values())
        if all(_same(value, values[0]) for value in values):
            return literal(values[0])
        for expression in written:
            found = self._expression(expression, column, channels)
            if found is not None:
                return found
        if all(type(value) is tuple and len(value) == len(values[0]) for value in values):
            return self._elements(column, written, hint, channels)
        return self._known(column) or self._new(column, hint)

    def _elements(self, column: Column, written: tuple[tree.Expr, ...], hint: str, channels: Column | None) -> str:
        """A tuple, element by element."""
        length = len(next(iter(column.values())))
        each = [{member: value[place] for member, value in column.items()} for place in range(length)]
        texts = [self.text(part, written, f"{hint}{place}", channels) for place, part in enumerate(each)]
        return f"({', '.join(texts)})" if length != 1 else f"({texts[0]},)"

    def _known(self, column: Column) -> str | None:
        for name, known in self._candidates:
            if _matches(column, known):
                return self._declare(name, known)
        for known, text in self._derived:
            if _matches(column, known):
                return text
        return None

    def _declare(self, name: str, column: Column) -> str:
        if name not in self.declared:
            self.declared[name] = (parameter(name, self.taken), column)
        return self.declared[name][0]

    def _new(self, column: Column, hint: str) -> str:
        """A parameter of its own for a column that nothing explains; members that never reach it give None."""
        whole_column = {member: column.get(member) for member in self.scopes}
        name = hint
        while name in self.declared or any(name == known for known, _ in self._candidates):
            name += "_"
        self._candidates.append((name, whole_column))
        self._order.append(name)
        return self._declare(name, whole_column)

    def _expression(self, written: tree.Expr, column: Column, channels: Column | None) -> str | None:
        """The expression of the spec as Python, where it gives the column from parameters alone."""
        for member, value in column.items():
            scope = self.scopes[member].reading(channels.get(member) if channels else None)
            try:
                if not _same(_plain(evaluate(written, scope, Limits())), value):
                    return None
            except (Problem, Silent, Stop):
                return None
        text = self._python(written, channels)
        if text is not None and not isinstance(written, Token):
            self._derived.append((column, text))
        return text

    def _python(self, expression: tree.Expr, channels: Column | None) -> str | None:
        match expression:
            case Token("WORD", name, _, _):
                if name == "in":
                    return self._known(channels) if channels else None
                known = next((column for candidate, column in self._candidates if candidate == name), None)
                if known is None:
                    return {"yes": "True", "no": "False"}.get(name)
                return self._declare(name, known)
            case tree.Paren(term, _, _):
                return self._python(term, channels)
            case Token("NUMBER", text, _, _):
                return text
            case Token("STRING", text, _, _):
                return ascii(text[1:-1])
            case tree.Chain(terms, operators, _, _):
                parts = [self._operand(term, channels) for term in terms]
                if None in parts:
                    return None
                words = ["//" if operator == "/" else operator for operator in operators]
                return " ".join(word for pair in zip(parts, [*words, ""], strict=True) for word in pair if word)
            case tree.Comparison(left, operator, right, _, _):
                sides = self._operand(left, channels), self._operand(right, channels)
                return None if None in sides else f"{sides[0]} {operator} {sides[1]}"
            case tree.Prefix(("not",), term, _, _):
                inner = self._operand(term, channels)
                return None if inner is None else f"not {inner}"
            case tree.Choice((value, condition, other), _, _):
                parts = [self._operand(part, channels) for part in (value, condition, other)]
                return None if None in parts else f"{parts[0]} if {parts[1]} else {parts[2]}"
        return None

    def _operand(self, expression: tree.Expr, channels: Column | None) -> str | None:
        text = self._python(expression, channels)
        return text if text is None or isinstance(expression, Token) else f"({text})"

    def signature(self) -> list[str]:
        """`in_channels, mid, s=1`: the parameters in the order of the spec, those with a default behind."""
        required, optional = [], []
        for name in self._order:
            if name not in self.declared:
                continue
            python, _ = self.declared[name]
            if name in self.defaults:
                optional.append(f"{python}={literal(self.defaults[name])}")
            else:
                required.append(python)
        return required + optional

    def arguments(self) -> list[tuple[str, str, Column]]:
        """Name in the spec, name in Python and values of each parameter, in the order of `signature`."""
        found = [(name, *self.declared[name]) for name in self._order if name in self.declared]
        return sorted(found, key=lambda each: each[0] in self.defaults)


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def _matches(column: Column, known: Column) -> bool:
    return all(_same(value, known.get(member)) for member, value in column.items())


def _plain(value: Any) -> Any:
    """A value of the language as an argument has it."""
    if isinstance(value, Sizes):
        return value.sizes[0] if len(set(value.sizes)) == 1 else value.sizes
    return whole(value) if hasattr(value, "denominator") and not isinstance(value, bool) else value


def literal(value: Any) -> str:
    """A value as Python writes it."""
    if isinstance(value, (list, tuple)) and not isinstance(value, KindReference):
        items = ", ".join(literal(item) for item in value)
        if isinstance(value, list):
            return f"[{items}]"
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, (bool, int, float)) or value is None:
        return repr(value)
    if hasattr(value, "denominator"):
        return repr(float(value))
    return ascii(str(value))
