"""Symbolic sizes in `forward`: read off a tensor at hand, or an argument that the caller gives."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archdsl.backends.source.families import Mismatch
from archdsl.backends.source.flow import FlowValue
from archdsl.backends.source.naming import BUILTINS, fresh
from archdsl.backends.source.values import Column
from archdsl.layers.base import is_open
from archdsl.layers.layout import dimension
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression, Size, Symbol, symbols
from archdsl.typed import Any

_BESIDE = {"first": "2:", "last": "1:-1"}  # the dimensions beside the batch and the channels


class Extents:
    """The sizes that the `forward` of one class needs.

    `variables` are those of the symbols, in the class of the model, which reads them off its inputs; `read` are the
    symbols that are needed so. `given` are further arguments of `forward`, with their values for each member.
    """

    def __init__(self, variables: dict[str, str] | None = None, taken: Iterable[str] = ()) -> None:
        self.variables = variables or {}
        self.read: set[str] = set()
        self.given: list[tuple[str, Column]] = []
        self._taken = {*taken, *BUILTINS, *"yzuvw"}

    def names(self) -> set[str]:
        """The variables that hold sizes."""
        return {*self.variables.values(), *(name for name, _ in self.given)}

    def snapshot(self) -> Any:
        """What is needed so far, to come back to."""
        return set(self.read), list(self.given), set(self._taken)

    def restore(self, before: Any) -> None:
        """Come back to what was needed."""
        self.read, self.given, self._taken = set(before[0]), list(before[1]), set(before[2])

    def text(self, column: Column, hint: str, values: list[FlowValue]) -> str:
        """The Python text of a size, or of a tuple of sizes; `values` are the tensors at hand."""
        whole = self._space(column, values)
        if whole is not None:
            return whole
        found = self._found(column, values)
        if found is not None:
            return found
        if self.variables:  # the model itself is given nothing
            raise Mismatch
        return self._argument(column, hint)

    def _found(self, column: Column, values: list[FlowValue]) -> str | None:
        """The text where it needs no argument."""
        first = next(iter(column.values()))
        if not isinstance(first, tuple):
            return self._one(column, values)
        parts = [{member: value[place] for member, value in column.items()} for place in range(len(first))]
        texts = [self._one(part, values) for part in parts]
        if None in texts:
            return None
        return f"({', '.join(map(str, texts))}{',' if len(texts) == 1 else ''})"

    def _one(self, column: Column, values: list[FlowValue]) -> str | None:
        """One size: a number, the variable of a symbol, an axis of a tensor, or reckoned from these."""
        first = next(iter(column.values()))
        if not any(map(is_open, column.values())):
            if any(value != first for value in column.values()):
                raise Mismatch
            return str(first)
        if isinstance(first, Expression) and _is_symbol(first) and symbols(first) <= self.variables.keys():
            return self._written(first)
        axis = next((text for text, sizes in _axes(values, column) if sizes == column), None)
        if axis is not None:
            return axis
        if isinstance(first, Expression) and symbols(first) <= self.variables.keys():
            return self._written(first)
        return next((text for text in (_reckoned(column, *axis) for axis in _axes(values, column)) if text), None)

    def _written(self, size: Expression) -> str:
        text = str(size)
        for name in symbols(size):
            self.read.add(name)
            text = re.sub(rf"\b{re.escape(name)}\b", self.variables[name], text)
        return text

    def _space(self, column: Column, values: list[FlowValue]) -> str | None:
        """`skip.shape[2:]`, where the sizes are all those of a tensor beside its channels."""
        if not all(isinstance(sizes, tuple) and len(sizes) > 1 for sizes in column.values()):
            return None
        for value in values:
            shapes = {member: value.shapes.get(member) for member in column}
            if all(shape is not None and shape.space == column[member] for member, shape in shapes.items()):
                return f"{value.text}.shape[{_BESIDE.get(value.form, '1:')}]"
        return None

    def _argument(self, column: Column, hint: str) -> str:
        """An argument of `forward`, one for equal sizes."""
        for name, known in self.given:
            if all(known.get(member, value) == value for member, value in column.items()):
                known.update(column)
                return name
        name = fresh(re.sub(r"\d+$", "", hint), self._taken)
        self.given.append((name, dict(column)))
        return name


def _is_symbol(size: Expression) -> bool:
    ((monomial, factor), *rest) = size.terms
    return not rest and factor == 1 and len(monomial) == 1 and isinstance(monomial[0], Symbol)


def _axes(values: list[FlowValue], column: Column) -> Iterable[tuple[str, Column]]:
    """Each axis of the tensors at hand, with its sizes for the members of a column."""
    for value in values:
        shapes: dict[int, Shape] = {member: value.shapes[member] for member in column if member in value.shapes}
        if len(shapes) == len(column):
            for axis in range(value.rank):
                text = f"{value.text}.shape[{dimension(value.rank, axis, value.form)}]"
                yield text, {member: shape.sizes[axis] for member, shape in shapes.items()}


def _reckoned(column: Column, axis: str, sizes: Column) -> str | None:
    """`2*x.shape[2] + 1`, where a size is so many times an axis and a number, alike for all members."""
    found = {_line(column[member], sizes[member]) for member in column}
    line = found.pop()
    if found or line is None:
        return None
    times, shift = line
    text = axis if times == 1 else f"{times}*{axis}"
    return text if shift == 0 else f"{text} {'+' if shift > 0 else '-'} {abs(shift)}"


def _line(size: Size, axis: Size) -> tuple[int, int] | None:
    """k and c of `size = k*axis + c`."""
    if not isinstance(size, Expression) or not isinstance(axis, Expression):
        return None
    times = size.terms[0][1] // axis.terms[0][1]
    shift = size - times * axis
    return (times, shift) if times and isinstance(shift, int) else None
