"""Layers that slice, split, shift or reduce an axis."""

from __future__ import annotations

import re

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, attribute, is_open
from archdsl.layers.layout import axis_index, dimension, either, lying, order
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Axes, PerAxis, Sizes, Switch, Type, Whole, Word, give, spell, whole
from archdsl.limits import LARGEST
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Size, same
from archdsl.typed import Any

_MOST_RESULTS = 1_000
_SPAN = re.compile(r"\s*(-?[0-9]{1,18})?\s*:\s*(-?[0-9]{1,18})?\s*(?::\s*([0-9]{1,18})?\s*)?")
_NAMES = ("channels", "steps", "height", "width", "frames")


class AxisRange(Type):
    """An index on an axis, or a range as in Python: `"1:-1:2"`, or `[1, -1, 2]`."""

    words = 'a place (0), a range in quotes ("1:-1", "::2") or a list [start, stop, step]'

    def convert(self, value: Any, axes: int) -> Any:
        match = _SPAN.fullmatch(value) if isinstance(value, str) else None
        if match:
            start, stop, step = (None if part is None else int(part) for part in match.groups())
            return self._checked(start or 0, stop, 1 if step is None else step)
        if isinstance(value, tuple) and not isinstance(value, Sizes) and len(value) in (2, 3):
            return self._checked(*(self._number(one, value) for one in value))
        return self._number(value, value)

    def _number(self, value: Any, shown: Any) -> int:
        value = whole(value)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= LARGEST:
            raise self.refuse(shown if isinstance(shown, tuple) and isinstance(value, (int, str)) else value)
        return value

    def _checked(self, start: int, stop: int | None, step: int = 1) -> tuple[int, int | None, int]:
        if step < 1:
            raise Refusal("out-of-range", f"has a step of {step}, and a step is 1 or more")
        return start, stop, step


def _span(doc: str) -> Any:
    return attribute(AxisRange(), None, doc=doc, named=True)


class Slice(Layer):
    """Slice an axis: `steps=0` selects one index and removes the axis, `steps="1:"` selects a range.

    Negative indices count from the end. A range includes its start and excludes its stop, as in Python; unlike in
    Python, both must lie on the axis.
    """

    name = "SLICE"
    channels: Any = _span("which channels")
    steps: Any = _span("which steps")
    height: Any = _span("which rows")
    width: Any = _span("which columns")
    frames: Any = _span("which frames")
    examples = (
        Example("197x768 -> SLICE steps=0 -> 768", params=0, macs=0),
        Example('197x768 -> SLICE steps="1:" -> 196x768'),
        Example('56x56x96 -> SLICE height="::2" width="1::2" -> 28x28x96'),
        Example("14x14x64 -> SLICE channels=[16, 32] -> 14x14x16"),
        Example("8x14x14x64 -> SLICE frames=-1 -> 14x14x64"),
        Example("14x14x64 -> SLICE channels=0 -> 14x14"),
        CounterExample("197x768 -> SLICE", "missing-value"),
        CounterExample("197x768 -> SLICE steps=197", "out-of-range"),
        CounterExample("197x768 -> SLICE height=0", "rank-mismatch"),
        CounterExample('197x768 -> SLICE steps="0:198"', "out-of-range"),
        CounterExample("768 -> SLICE channels=0", "rank-mismatch"),
    )

    def spans(self, x: Shape) -> dict[int, Any]:
        """What is taken of each axis that is named."""
        given = {name: getattr(self, name) for name in _NAMES if getattr(self, name) is not None}
        return {axis_index(self.name, name, x, blame=name): span for name, span in given.items()}

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        spans = self.spans(x)
        if not spans:
            hint = f"name an axis: {AXES[x.rank][0]}=0"
            raise Refusal("missing-value", "SLICE needs an axis and what is taken of it", hint=hint)
        sizes = tuple(self._taken(axis, size, spans.get(axis), x) for axis, size in enumerate(x.sizes))
        return _left(self.name, x, tuple(size for size in sizes if size is not None))

    def _taken(self, axis: int, size: Size, span: Any, x: Shape) -> Size | None:
        """How many elements of an axis stay; None where the axis goes."""
        if span is None:
            return size
        name = AXES[x.rank][axis]
        if isinstance(span, int):
            if (size <= span) if span >= 0 else (size < -span):
                message = f"SLICE: the {name} {size} has indices 0 to {size - 1}, not {span}"
                raise Refusal("out-of-range", message, blame=name)
            return None
        first, last, step = span
        start = first if first >= 0 else size + first
        stop = size if last is None else last if last >= 0 else size + last
        if start < 0 or size < stop or stop <= start:
            taken = f"{first}:{'' if last is None else last}"
            message = (
                f"SLICE: a range must have at least one element, all inside the axis, and "
                f'"{taken}" of the {name} {size} has not'
            )
            raise Refusal("out-of-range", message, blame=name)
        return (stop - start + step - 1) // step

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        spans = self.spans(x)

        def sliced(form: str) -> Lowered:
            axes = order(x.rank, form)
            words = [":", *(_index(spans.get(axis)) for axis in axes)]
            while words and words[-1] == ":":
                words.pop()
            call = f"{{0}}[{', '.join(words)}]" if words else "{0}"
            gone = [axis for axis, span in spans.items() if isinstance(span, int)]
            return Lowered(call=call, wants=form, gives=_lying_without(axes, gone))

        return either(x.rank, sliced)


def _index(span: Any) -> str:
    """What is taken of an axis, as Python writes it."""
    if span is None or isinstance(span, int):
        return ":" if span is None else str(span)
    start, stop, step = span
    text = f"{start or ''}:{'' if stop is None else stop}"
    return text if step == 1 else f"{text}:{step}"


def _left(kind: str, x: Shape, sizes: tuple[Size, ...]) -> Shape:
    """The shape of what is left; refuses none."""
    if not sizes:
        message = f"{kind} removes the only axis of {x}, and a value has at least one"
        raise Refusal("rank-mismatch", message)
    return Shape(sizes)


def _lying_without(axes: list[int], gone: list[int]) -> str:
    """How a value lies of whose axes, in this order in memory, some are gone."""
    kept = [axis for axis in axes if axis not in gone]
    return lying([sorted(kept).index(axis) for axis in kept], len(kept))


class Parted(Layer):
    """Several results, parts of one axis."""

    axis: str = attribute(Word(*_NAMES), "channels", doc="the axis that is split", torch="dim", named=True)

    def pieces(self, size: Size) -> tuple[Size, ...]:
        """The sizes of the results on the axis."""
        raise NotImplementedError

    def shape(self, *inputs: Shape) -> Shape:
        return self.results(*inputs)[0]

    def results(self, *inputs: Shape) -> tuple[Shape, ...]:
        (x,) = inputs
        axis = axis_index(self.name, self.axis, x)
        return tuple([Shape((*x.sizes[:axis], size, *x.sizes[axis + 1 :])) for size in self.pieces(x.sizes[axis])])

    def few(self, count: int, blame: str) -> None:
        """Refuse more results than anybody names."""
        if count > _MOST_RESULTS:
            message = f"{self.name} gives {count:,} results, and {_MOST_RESULTS:,} are the most"
            raise Refusal("out-of-range", message, blame=blame)

    def parted(self, x: Shape, call: str, sizes: dict[str, Any] | None = None) -> Lowered:
        """A call with the dimension after the input, and the values of the parts."""
        axis = axis_index(self.name, self.axis, x)
        alone = len(self.results(x)) == 1

        def lowered(form: str) -> Lowered:
            text = "{0}" if alone else f"{call}, {dimension(x.rank, axis, form)})"
            return Lowered(call=text, wants=form, gives=form, sizes=sizes or {})

        return either(x.rank, lowered)


class Pieces(Type):
    """The sizes of some pieces, or one number for pieces of that size."""

    words = "the sizes of the pieces, as [64, 128], or one number"

    def __init__(self) -> None:
        self.each = Whole()

    def convert(self, value: Any, axes: int) -> Any:
        if not isinstance(value, tuple):
            return self.each.convert(value, axes)
        sizes = value.sizes if isinstance(value, Sizes) else value
        if not sizes:
            raise self.refuse(value)
        return tuple(self.each.convert(size, axes) for size in sizes)


class Split(Parted):
    """Split an axis into pieces of the given sizes, each a result: `a, b: SPLIT [64, 128]` (torch.split).

    One number makes pieces of that size; the last piece has the rest.
    """

    name = "SPLIT"
    sizes: tuple[Size, ...] | Size = attribute(
        Pieces(), doc="the sizes of the pieces, or one size for all", torch="split_size_or_sections"
    )
    examples = (
        Example("28x28x192 -> SPLIT [64, 128] -> 28x28x64, 28x28x128", params=0, macs=0),
        Example("28x28x192 -> SPLIT 80 -> 28x28x80, 28x28x80, 28x28x32"),
        Example("197x768 -> SPLIT sizes=1x196 axis=steps -> 1x768, 196x768"),
        CounterExample("28x28x192 -> SPLIT [64, 64]", "shape-mismatch"),
        CounterExample("28x28x192 -> SPLIT [64, 128] axis=steps", "rank-mismatch"),
        CounterExample("28x28x192 -> SPLIT", "missing-value"),
        CounterExample("28x28x192 -> SPLIT 0", "out-of-range"),
        CounterExample("28x28x2000 -> SPLIT 1", "out-of-range"),
    )

    def pieces(self, size: Size) -> tuple[Size, ...]:
        if isinstance(self.sizes, tuple):
            total: Size = 0
            for piece in self.sizes:
                total = total + piece
            if not same(total, size):
                message = f"SPLIT: the pieces {spell(self.sizes)} are {total} together, and the {self.axis} {size}"
                raise Refusal("shape-mismatch", message, blame="sizes")
            self.few(len(self.sizes), "sizes")
            return self.sizes
        count = -(-size // self.sizes)
        if not isinstance(count, int):
            message = f"SPLIT: number of pieces of {self.sizes} the {self.axis} {size} has is symbolic"
            raise Refusal("undetermined", message, blame="sizes", hint=f"list the pieces, or {give(count)}")
        self.few(count, "sizes")
        return (*[self.sizes] * (count - 1), size - (count - 1) * self.sizes)

    def lower(self, *inputs: Shape) -> Lowered:
        if is_open(self.sizes):
            return self.parted(inputs[0], "torch.split({0}, {sizes}", {"sizes": self.sizes})
        sizes = list(self.sizes) if isinstance(self.sizes, tuple) else self.sizes
        return self.parted(inputs[0], f"torch.split({{0}}, {sizes}")


class Chunk(Parted):
    """Split an axis into equal pieces, each a result: `q, k, v: CHUNK 3` (torch.chunk)."""

    name = "CHUNK"
    chunks: int = attribute(Whole(symbolic=False), doc="number of pieces", torch="chunks")
    examples = (
        Example("28x28x116 -> CHUNK 2 -> 28x28x58, 28x28x58", params=0, macs=0),
        Example("14x14x64 -> CHUNK chunks=7 axis=height -> " + ", ".join(["2x14x64"] * 7)),
        CounterExample("28x28x116 -> CHUNK 3", "not-divisible"),
        CounterExample("28x28x116 -> CHUNK 0", "out-of-range"),
        CounterExample("116 -> CHUNK 2 axis=steps", "rank-mismatch"),
    )

    def pieces(self, size: Size) -> tuple[Size, ...]:
        if not same(size % self.chunks, 0):
            message = f"CHUNK: {self.chunks} pieces do not divide the {self.axis} {size}"
            raise Refusal("not-divisible", message, blame="chunks", hint="SPLIT takes sizes that differ")
        self.few(self.chunks, "chunks")
        return (size // self.chunks,) * self.chunks

    def lower(self, *inputs: Shape) -> Lowered:
        return self.parted(inputs[0], f"torch.chunk({{0}}, {self.chunks}")


class Shift(Layer):
    """Cyclic shift: elements that leave an axis at one end enter at the other (torch.roll).

    `SHIFT (-3)` shifts every spatial axis towards its start, `SHIFT [2, 0]` only the rows.
    """

    name = "SHIFT"
    by: tuple[int, ...] | None = attribute(PerAxis(1 - LARGEST), None, doc="shift of each spatial axis", torch="shifts")
    channels: int | None = attribute(Whole(1 - LARGEST, symbolic=False), None, doc="shift of the channels", named=True)
    examples = (
        Example("56x56x96 -> SHIFT -3 -> 56x56x96", params=0, macs=0),
        Example("56x56x96 -> SHIFT by=[2, 0] channels=-1 -> 56x56x96"),
        Example("10 -> SHIFT channels=12 -> 10"),
        CounterExample("56x56x96 -> SHIFT", "missing-value"),
        CounterExample("10 -> SHIFT 1", "rank-mismatch"),
        CounterExample("56x56x96 -> SHIFT 1x2x3", "rank-mismatch"),
        CounterExample("56x56x96 -> SHIFT 0.5", "wrong-type"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if self.by is None and self.channels is None:
            message = "SHIFT needs a number of places for the axes, or channels="
            raise Refusal("missing-value", message, hint=self.usage())
        return inputs[0]

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        by = (*(self.by or (0,) * (x.rank - 1)), self.channels or 0)

        def rolled(form: str) -> Lowered:
            moves = [(by[axis], dimension(x.rank, axis, form)) for axis in order(x.rank, form) if by[axis]]
            shifts, dims = tuple(move for move, _ in moves), tuple(dim for _, dim in moves)
            if len(moves) == 1:
                call = f"torch.roll({{0}}, {shifts[0]}, {dims[0]})"
            else:
                call = f"torch.roll({{0}}, {shifts}, {dims})" if moves else "{0}"
            return Lowered(call=call, wants=form, gives=form)

        return either(x.rank, rolled)


_FUNCTIONS = {"mean": "mean", "max": "amax", "min": "amin", "sum": "sum"}


class Reduce(Layer):
    """Reduce one or several axes to their mean, maximum, minimum or sum (torch.mean, amax, amin, sum).

    The axes are removed, or kept with size 1 by `keep`: `REDUCE mean steps`, `REDUCE sum [height, width]`.
    """

    name = "REDUCE"
    how: str = attribute(Word(*_FUNCTIONS), doc="mean, max, min or sum")
    axis: tuple[str, ...] = attribute(Axes(), doc="the axis that is reduced, a list of axes, or all", torch="dim")
    keep: bool = attribute(Switch(), False, doc="keep the axes, with size 1", torch="keepdim", named=True)
    examples = (
        Example("196x768 -> REDUCE mean steps -> 768", params=0, macs=0),
        Example("14x14x64 -> REDUCE max axis=channels keep -> 14x14x1"),
        Example("14x14x64 -> REDUCE how=sum axis=height -> 14x64"),
        Example("8x14x14x64 -> REDUCE min frames -> 14x14x64"),
        Example("14x14x64 -> REDUCE sum [height, width] -> 64"),
        Example("8x14x14x64 -> REDUCE max [channels, frames] -> 14x14"),
        Example("14x14x64 -> REDUCE mean all keep -> 1x1x1"),
        CounterExample("196x768 -> REDUCE mean", "missing-value"),
        CounterExample("196x768 -> REDUCE mean height", "rank-mismatch"),
        CounterExample("768 -> REDUCE mean channels", "rank-mismatch"),
        CounterExample("196x768 -> REDUCE mean all", "rank-mismatch"),
        CounterExample("196x768 -> REDUCE mean [steps, steps]", "duplicate-name"),
        CounterExample("196x768 -> REDUCE median steps", "unknown-name"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        axes = self._axes(x)
        if len(set(axes)) < len(axes):
            raise Refusal("duplicate-name", "REDUCE: an axis is given twice", blame="axis")
        sizes = tuple(1 if axis in axes else size for axis, size in enumerate(x.sizes) if self.keep or axis not in axes)
        return _left(self.name, x, sizes)

    def _axes(self, x: Shape) -> list[int]:
        names = AXES[x.rank] if self.axis == ("all",) else self.axis
        return [axis_index(self.name, name, x) for name in names]

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        axes = self._axes(x)

        def reduced(form: str) -> Lowered:
            keep = ", keepdim=True" if self.keep else ""
            dimensions = sorted(dimension(x.rank, axis, form) for axis in axes)
            along = dimensions[0] if len(axes) == 1 else tuple(dimensions)
            call = f"{{0}}.{_FUNCTIONS[self.how]}({along}{keep})"
            gives = form if self.keep else _lying_without(order(x.rank, form), axes)
            return Lowered(call=call, wants=form, gives=gives)

        return either(x.rank, reduced)
