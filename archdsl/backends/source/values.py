"""Constructor arguments as text: a constant where all uses agree, else a parameter or an expression of parameters.

The uses of one block are its members. A column is one value for each member; what a column is called is looked up among
the parameters and the expressions already known, so a text stands only where it is right for every member.
"""

from __future__ import annotations

from archdsl.backends.source.naming import parameter, quoted
from archdsl.backends.source.spelling import Spelled, Speller, Unspeakable
from archdsl.expressions.scope import KindReference, Scope
from archdsl.layers.inline import literal as number
from archdsl.layers.values import Sizes
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any, TypeAlias

Column: TypeAlias = dict[int, Any]  # member -> value


class Parameters:
    """The constructor parameters of one class, found as they are needed."""

    def __init__(
        self, scopes: dict[int, Scope], candidates: list[tuple[str, Column]], defaults: dict[str, Any]
    ) -> None:
        self.scopes = scopes
        self.defaults = defaults  # by name in the spec
        self.declared: dict[str, tuple[str, Column]] = {}  # name in the spec -> name in Python, values
        self._candidates = [(name, _plain_column(column)) for name, column in candidates]
        self._order = [name for name, _ in candidates]
        self._derived: list[tuple[Column, str]] = []
        self.taken: set[str] = {"self"}

    def snapshot(self) -> Any:
        """The state of the search, to come back to."""
        return dict(self.declared), list(self._candidates), list(self._order), list(self._derived), set(self.taken)

    def restore(self, before: Any) -> None:
        """Come back to a state."""
        declared, candidates, order, derived, taken = before
        self.declared, self._candidates, self._order = dict(declared), list(candidates), list(order)
        self._derived, self.taken = list(derived), set(taken)

    def text(
        self,
        column: Column,
        written: tuple[tree.Expr, ...],
        hint: str,
        channels: Column | None = None,
        others: tuple[tree.Expr, ...] = (),
    ) -> str:
        """The Python text that gives this column: an expression `written` for it, a parameter, one of the `others`."""
        values = list(column.values())
        if all(_same(value, values[0]) for value in values):
            return literal(values[0])
        found = self.explained(column, others, channels, written)
        if found is not None:
            return found
        if all(type(value) is tuple and len(value) == len(values[0]) for value in values):
            return self._elements(column, (*written, *others), hint, channels)
        return self._new(column, hint)

    def explained(
        self,
        column: Column,
        others: tuple[tree.Expr, ...],
        channels: Column | None = None,
        written: tuple[tree.Expr, ...] = (),
    ) -> str | None:
        """What gives a column: the expression `written` for it, a parameter, one of the `others`; None if nothing."""
        for expression in written:
            found = self._expression(expression, column, channels)
            if found is not None:
                return found
        known = self._known(column)
        if known is not None:
            return known
        found_others = (self._expression(expression, column, channels) for expression in others)
        return next((found for found in found_others if found is not None), None)

    def _elements(self, column: Column, written: tuple[tree.Expr, ...], hint: str, channels: Column | None) -> str:
        """A tuple, element by element."""
        length = len(next(iter(column.values())))
        each = [{member: value[place] for member, value in column.items()} for place in range(length)]
        texts = [self.text(part, written, f"{hint}{place}", channels) for place, part in enumerate(each)]
        return f"({', '.join(texts)})" if length != 1 else f"({texts[0]},)"

    def _known(self, column: Column) -> str | None:
        for place, (name, known) in enumerate(self._candidates):
            if _matches(column, known):
                return self._declare(name, known)
            if name not in self.declared and _matches(column, floated := _floated(known)):
                self._candidates[place] = name, floated
                return self._declare(name, floated)
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
        used: list[str] = []
        try:
            spelled = Speller(column, lambda name: self._name(name, channels, used)).spell(written)
        except Unspeakable:
            return None
        if not _matches(column, spelled.values):
            return None
        for name in used:
            self._declare(name, dict(self._candidates)[name])
        if not isinstance(written, Token):
            self._derived.append((column, spelled.text))
        return spelled.text

    def _name(self, name: str, channels: Column | None, used: list[str]) -> Spelled | None:
        """What a name of the spec is in Python: a parameter; `in` is what the channels are called."""
        known = dict(self._candidates)
        if name == "in":
            found = next((one for one, column in known.items() if channels and _matches(channels, column)), None)
            if found is None:
                text = next((text for column, text in self._derived if channels and _matches(channels, column)), None)
                return Spelled(f"({text})", channels) if text and channels else None
            name = found
        if name not in known:
            return None
        used.append(name)
        text = self.declared[name][0] if name in self.declared else parameter(name, set(self.taken))
        return Spelled(text, known[name])

    def words(self) -> set[str]:
        """The names that parameters have or may get."""
        return self.taken | {name for name, _ in self._candidates}

    def signature(self) -> list[str]:
        """`in_channels, mid, s=1`: the parameters in the order of the spec, those with a default after."""
        required, optional = [], []
        for name in self._order:
            if name not in self.declared:
                continue
            python, column = self.declared[name]
            if name in self.defaults:
                optional.append(f"{python}={literal(self._default(name, column))}")
            else:
                required.append(python)
        return required + optional

    def written_defaults(self) -> dict[str, Any]:
        """The defaults as `signature` has them, by name in the spec."""
        return {name: self._default(name, self.declared[name][1]) for name in self.defaults if name in self.declared}

    def _default(self, name: str, column: Column) -> Any:
        default = self.defaults[name]
        floats = any(type(value) is float for value in column.values())
        return float(default) if floats and type(default) is int else default

    def arguments(self) -> list[tuple[str, str, Column]]:
        """Name in the spec, name in Python and values of each parameter, in the order of `signature`."""
        found = [(name, *self.declared[name]) for name in self._order if name in self.declared]
        return sorted(found, key=lambda each: each[0] in self.defaults)


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def _matches(column: Column, known: Column) -> bool:
    return all(_same(value, known.get(member)) for member, value in column.items())


def _floated(column: Column) -> Column:
    """The numbers of a column as floats, for a parameter that PyTorch wants as one."""
    return {member: float(value) if type(value) is int else value for member, value in column.items()}


def _plain_column(column: Column) -> Column:
    """The values of a parameter as Python has them: one number where all axes agree, fractions as floats."""
    return {member: _plain(value) for member, value in column.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Sizes):
        return value.sizes[0] if len(set(value.sizes)) == 1 else value.sizes
    if isinstance(value, (bool, int, float, str)) or not hasattr(value, "denominator"):
        return value
    return int(value) if value.denominator == 1 else float(value)


def literal(value: Any) -> str:
    """A value as Python writes it."""
    if isinstance(value, (list, tuple)) and not isinstance(value, KindReference):
        items = ", ".join(literal(item) for item in value)
        if isinstance(value, list):
            return f"[{items}]"
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, (bool, int, float)) or value is None:
        return number(value)
    if hasattr(value, "denominator"):
        return repr(float(value))
    return quoted(str(value))
