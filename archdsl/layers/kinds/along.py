"""Layers that work along an axis: reversed, summed up, its largest elements, elements chosen by their indices."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, attribute
from archdsl.layers.layout import axis_index, dimension, either
from archdsl.layers.merging import check_dtypes, equal
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Axes, Switch, Whole, Word
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Size

_NAMES = ("channels", "steps", "height", "width", "frames")


class Flip(Layer):
    """Reverse the order of the elements along one axis or several (torch.flip)."""

    name = "FLIP"
    axis: tuple[str, ...] = attribute(Axes(), doc="the axis that is reversed, a list of axes, or all", torch="dims")
    examples = (
        Example("37x300 -> FLIP steps -> 37x300", params=0, macs=0),
        Example("28x28x6 -> FLIP [height, width] -> 28x28x6"),
        Example("10 -> FLIP axis=channels -> 10"),
        CounterExample("37x300 -> FLIP", "missing-value"),
        CounterExample("37x300 -> FLIP width", "rank-mismatch"),
        CounterExample("37x300 -> FLIP [steps, steps]", "duplicate-name"),
        CounterExample("37 int -> FLIP steps", "dtype-mismatch"),
    )

    def axes(self, x: Shape) -> list[int]:
        names = AXES[x.rank] if self.axis == ("all",) else self.axis
        return [axis_index(self.name, name, x) for name in names]

    def shape(self, *inputs: Shape) -> Shape:
        if len(set(self.axes(inputs[0]))) < len(self.axis):
            raise Refusal("duplicate-name", "FLIP: an axis is given twice", blame="axis")
        return inputs[0]

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs

        def flipped(form: str) -> Lowered:
            dims = sorted(dimension(x.rank, axis, form) for axis in self.axes(x))
            return Lowered(call=f"torch.flip({{0}}, {dims})", wants=form, gives=form)

        return either(x.rank, flipped)


class CumulativeSum(Layer):
    """Cumulative sum along an axis: each element becomes the sum of those up to it, itself included (torch.cumsum)."""

    name = "CUMSUM"
    axis: str = attribute(Word(*_NAMES), doc="the axis along which elements are summed", torch="dim")
    examples = (
        Example("37x300 -> CUMSUM steps -> 37x300", params=0, macs=0),
        Example("28x28x6 -> CUMSUM axis=width -> 28x28x6"),
        CounterExample("37x300 -> CUMSUM", "missing-value"),
        CounterExample("300 -> CUMSUM steps", "rank-mismatch"),
        CounterExample("37 int -> CUMSUM steps", "dtype-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        axis_index(self.name, self.axis, inputs[0])
        return inputs[0]

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        axis = axis_index(self.name, self.axis, x)

        def summed(form: str) -> Lowered:
            return Lowered(call=f"torch.cumsum({{0}}, {dimension(x.rank, axis, form)})", wants=form, gives=form)

        return either(x.rank, summed)


class ArgMax(Layer):
    """Index of the largest element along an axis, an integer from 0 (torch.argmax).

    The axis is removed, or kept with size 1 by `keep`. An EMBED can read the indices. They have no gradient.
    """

    name = "ARGMAX"
    axis: str = attribute(Word(*_NAMES), doc="the axis whose largest element is found", torch="dim")
    keep: bool = attribute(Switch(), False, doc="keep the axis, with size 1", torch="keepdim", named=True)
    examples = (
        Example("37x300 -> ARGMAX channels -> 37", params=0, macs=0),
        Example("28x28x21 -> ARGMAX channels -> 28x28"),
        Example("28x28x21 -> ARGMAX axis=height keep -> 1x28x21"),
        Example("10 -> ARGMAX channels keep -> 1"),
        CounterExample("10 -> ARGMAX channels", "rank-mismatch"),
        CounterExample("4x8x8x16 -> ARGMAX channels keep", "rank-mismatch"),
        CounterExample("37x300 -> ARGMAX height", "rank-mismatch"),
        CounterExample("37x300 -> ARGMAX", "missing-value"),
        CounterExample("37 int -> ARGMAX steps", "dtype-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        axis = axis_index(self.name, self.axis, x)
        sizes = tuple(1 if at == axis else size for at, size in enumerate(x.sizes) if self.keep or at != axis)
        if not sizes:
            message = f"ARGMAX removes the only axis of {x}, and a value has at least one"
            raise Refusal("rank-mismatch", message, tries=({"keep": True},))
        return whole(self.name, x, sizes, x.sizes[axis])

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        axis = axis_index(self.name, self.axis, x)
        keep = ", keepdim=True" if self.keep else ""
        forms = [
            Lowered(call=f"{{0}}.argmax({dimension(x.rank, axis, form)}{keep})", wants=form)
            for form in ("flat" if x.rank == 1 else "last", "first")
        ]
        lies_either_way = x.rank > 1 and axis == x.rank - 1 and not self.keep  # what is left lies as it is written
        return forms[1]._replace(otherwise=forms[0]) if lies_either_way else forms[0]


def whole(kind: str, x: Shape, sizes: tuple[Size, ...], below: Size) -> Shape:
    """Integers of these sizes, less than `below`; they have three axes at most."""
    if len(sizes) > 3:
        raise Refusal("rank-mismatch", f"{kind} of {x} gives integers of 4 axes, and integers have at most 3")
    return Shape(sizes, "int64", below)


class TopK(Layer):
    """The k largest elements along an axis in descending order, and their indices: `a, places: TOPK 2` (torch.topk).

    With `nolargest` they are the smallest. A GATHER or an EMBED can read the indices.
    """

    name = "TOPK"
    ranks = (1, 2, 3)
    k: int = attribute(Whole(symbolic=False), doc="how many elements", torch="k")
    axis: str = attribute(Word(*_NAMES), "channels", doc="the axis along which they are found", torch="dim", named=True)
    largest: bool = attribute(Switch(), True, doc="the largest, or the smallest elements", torch="largest", named=True)
    examples = (
        Example("196x768 -> TOPK 2 -> 196x2, 196x2", params=0, macs=0),
        Example("196x768 -> TOPK k=49 axis=steps nolargest -> 49x768, 49x768"),
        Example("14x14x64 -> TOPK 1 -> 14x14x1, 14x14x1"),
        Example("10 -> TOPK 5 -> 5, 5"),
        CounterExample("10 -> TOPK 11", "out-of-range"),
        CounterExample("10 -> TOPK 0", "out-of-range"),
        CounterExample("10 -> TOPK 5 axis=steps", "rank-mismatch"),
        CounterExample("4x8x8x16 -> TOPK 2", "rank-mismatch"),
        CounterExample("10 -> TOPK", "missing-value"),
        CounterExample("37 int -> TOPK 5", "dtype-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return self.results(*inputs)[0]

    def results(self, *inputs: Shape) -> tuple[Shape, ...]:
        (x,) = inputs
        axis = axis_index(self.name, self.axis, x)
        size = x.sizes[axis]
        if size < self.k:
            message = f"TOPK: the {self.axis} {size} has no {self.k} elements"
            raise Refusal("out-of-range", message, blame="k")
        sizes = (*x.sizes[:axis], self.k, *x.sizes[axis + 1 :])
        return Shape(sizes), Shape(sizes, "int64", size)

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        form = "flat" if x.rank == 1 else "last"
        axis = axis_index(self.name, self.axis, x) + 1
        along = f", {axis}" if axis < x.rank else ""  # the last one is PyTorch's default
        order = "" if self.largest else ", largest=False"
        return Lowered(call=f"torch.topk({{0}}, {self.k}{along}{order})", wants=form, gives=(form, "any"))


class Gather(Layer):
    """Elements along an axis, chosen by integer indices, the second input (torch.gather, torch.take_along_dim).

    A sequence of K indices chooses K places of the axis: from TxD, `GATHER steps <- x, places` gives KxD. Indices with
    as many axes as the first input choose element by element, as torch.gather does; all other axes are equal.
    """

    name = "GATHER"
    inputs = (2, 2)
    ranks = (1, 2, 3)
    dtype = "any"
    axis: str = attribute(Word(*_NAMES), doc="the axis along which elements are chosen", torch="dim")
    examples = (
        Example("196x768, 49 int -> GATHER steps -> 49x768", params=0, macs=0),
        Example("196x768, 3 int -> GATHER axis=channels -> 196x3"),
        Example("196x768, 49x768 int -> GATHER steps -> 49x768"),
        Example("14x14x64, 5 int -> GATHER height -> 5x14x64"),
        Example("14x14x64, 14x14x2 int -> GATHER channels -> 14x14x2"),
        Example("10, 3 int -> GATHER channels -> 3"),
        CounterExample("196x768, 49 -> GATHER steps", "dtype-mismatch"),
        CounterExample("196 int, 49 int -> GATHER steps", "dtype-mismatch"),
        CounterExample("196x768, 49x700 int -> GATHER steps", "shape-mismatch"),
        CounterExample("14x14x64, 14x2 int -> GATHER channels", "rank-mismatch"),
        CounterExample("196x768, 49 int -> GATHER height", "rank-mismatch"),
        CounterExample("196x768, 49 int -> GATHER", "missing-value"),
        CounterExample("196x768 -> GATHER steps", "wrong-inputs"),
    )

    def check_inputs(self, inputs: tuple[Shape, ...]) -> None:
        super().check_inputs(inputs)
        check_dtypes(self.name, inputs[:1], ("float32",))
        check_dtypes(self.name, inputs[1:], ("int64",), 1)

    def shape(self, *inputs: Shape) -> Shape:
        x, places = inputs
        axis = axis_index(self.name, self.axis, x)
        if places.rank not in (1, x.rank):
            message = f"GATHER: indices of {x} have 1 axis or {x.rank}, and {places} has {places.rank}"
            raise Refusal("rank-mismatch", message, blame=1)
        others = tuple(size for at, size in enumerate(x.sizes) if at != axis)
        if places.rank > 1 and not equal(others, tuple(size for at, size in enumerate(places.sizes) if at != axis)):
            message = f"GATHER needs equal sizes on all axes but the {self.axis}: {x} and {places}"
            raise Refusal("shape-mismatch", message, blame=1)
        if places.below is not None and places.below > x.sizes[axis]:
            message = f"GATHER: indices go up to {places.below - 1}, and the {self.axis} of {x} to {x.sizes[axis] - 1}"
            raise Refusal("out-of-range", message, blame=1)
        chosen = places.sizes[axis if places.rank > 1 else 0]
        return Shape((*x.sizes[:axis], chosen, *x.sizes[axis + 1 :]))

    def lower(self, *inputs: Shape) -> Lowered:
        x, places = inputs
        axis = axis_index(self.name, self.axis, x)
        if places.rank == x.rank:
            form = "flat" if x.rank == 1 else "last"  # as the indices lie
            return Lowered(call=f"torch.gather({{0}}, {axis + 1}, {{1}})", wants=form, gives=form)

        def gathered(form: str) -> Lowered:
            along = dimension(x.rank, axis, form)
            index = ", ".join(":" if at in (0, along) else "None" for at in range(x.rank + 1))
            call = f"torch.take_along_dim({{0}}, {{1}}[{index}], {along})"
            return Lowered(call=call, wants=form, gives=form)

        return either(x.rank, gathered)
