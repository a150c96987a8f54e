"""Merges: several inputs, one output. A merge of one branch returns it unchanged."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, attribute
from archdsl.layers.layout import axis_index, dimension, either, layout
from archdsl.layers.merging import ElementwiseMerge, places
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Word
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same

_MOST_NAMED = 8  # inputs of a merge whose sizes are shown


class Maximum(ElementwiseMerge):
    """Element-wise maximum of the inputs (torch.maximum)."""

    name = "MAX"
    examples = (
        Example("8x8x16, 8x8x16 -> MAX -> 8x8x16", params=0, macs=0),
        Example("10, 10, 10 -> MAX -> 10"),
        CounterExample("10, 12 -> MAX", "shape-mismatch"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(call=_extreme(inputs, "torch.maximum", "torch.amax"))


class Minimum(ElementwiseMerge):
    """Element-wise minimum of the inputs (torch.minimum)."""

    name = "MIN"
    examples = (
        Example("8x8x16, 8x8x16 -> MIN -> 8x8x16", params=0, macs=0),
        Example("10, 10, 10 -> MIN -> 10"),
        CounterExample("10, 12 -> MIN", "shape-mismatch"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(call=_extreme(inputs, "torch.minimum", "torch.amin"))


def _extreme(inputs: tuple[Shape, ...], of_two: str, of_many: str) -> str:
    """The largest or smallest of one input, of two, or of many."""
    joined = ", ".join(places(inputs))
    return {1: "{0}", 2: f"{of_two}({joined})"}.get(len(inputs), f"{of_many}(torch.stack([{joined}]), 0)")


class AbsoluteDifference(ElementwiseMerge):
    """Element-wise absolute difference of two inputs, |a - b|."""

    name = "ABSDIFF"
    inputs = (2, 2)
    examples = (
        Example("4096, 4096 -> ABSDIFF -> 4096", params=0, macs=0),
        Example("8x8x16, 8x8x16 -> ABSDIFF -> 8x8x16"),
        CounterExample("10, 12 -> ABSDIFF", "shape-mismatch"),
        CounterExample("10, 10, 10 -> ABSDIFF", "wrong-inputs"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(call="({0} - {1}).abs()")


class Mean(ElementwiseMerge):
    """Element-wise mean of the inputs: an ensemble (torch.mean)."""

    name = "MEAN"
    examples = (
        Example("1000, 1000, 1000 -> MEAN -> 1000", params=0, macs=0),
        CounterExample("1000, 10 -> MEAN", "shape-mismatch"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        call = f"torch.mean(torch.stack([{', '.join(places(inputs))}]), 0)" if len(inputs) > 1 else "{0}"
        return Lowered(call=call)


class Concat(ElementwiseMerge):
    """Concatenation along the channels or another `axis`; all other axes must be equal (torch.cat)."""

    name = "CONCAT"
    axis: str = attribute(
        Word("channels", "steps", "height", "width", "frames"),
        "channels",
        doc="axis of the concatenation",
        torch="dim",
        named=True,
    )
    examples = (
        Example("28x28x64, 28x28x128, 28x28x32 -> CONCAT -> 28x28x224", params=0, macs=0),
        Example("1x768, 196x768 -> CONCAT axis=steps -> 197x768"),
        Example("100, 100 -> CONCAT -> 200"),
        CounterExample("28x28x64, 27x27x64 -> CONCAT", "shape-mismatch"),
        CounterExample("100, 100 -> CONCAT axis=steps", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        self._check_equal(inputs, tuple((shape.rank,) for shape in inputs), "equal numbers of axes")
        axis = axis_index(self.name, self.axis, inputs[0])
        others = self.compared(*inputs)
        self._check_equal(inputs, others, f"equal sizes on all axes but the {self.axis}")
        total: Size = 0
        for shape in inputs:
            total = total + shape.sizes[axis]
        return Shape((*others[0][:axis], total, *others[0][axis:]))

    def derivation(self, *inputs: Shape) -> str:
        axis = axis_index(self.name, self.axis, inputs[0])
        sizes = [str(shape.sizes[axis]) for shape in inputs]
        more = [f"{len(sizes) - _MOST_NAMED} more"] if len(sizes) > _MOST_NAMED else []
        return f"{self.axis}: {' + '.join([*sizes[:_MOST_NAMED], *more])} = {self.shape(*inputs).sizes[axis]}"

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        axis = axis_index(self.name, self.axis, inputs[0])
        return tuple(shape.sizes[:axis] + shape.sizes[axis + 1 :] for shape in inputs)

    def lower(self, *inputs: Shape) -> Lowered:
        rank = inputs[0].rank
        axis = axis_index(self.name, self.axis, inputs[0])

        def joined(form: str) -> Lowered:
            joined = ", ".join(places(inputs))
            call = f"torch.cat([{joined}], {dimension(rank, axis, form)})" if len(inputs) > 1 else "{0}"
            return Lowered(call=call, wants=form, gives=form)

        return either(rank, joined)


class Stack(ElementwiseMerge):
    """Stack inputs of equal shapes along a new first axis: n inputs of 37x300 become nx37x300 (torch.stack)."""

    name = "STACK"
    ranks = (1, 2, 3)
    examples = (
        Example("128, 128, 128 -> STACK -> 3x128", params=0, macs=0),
        Example("16x16x3, 16x16x3 -> STACK -> 2x16x16x3"),
        Example("37x300, 37x300 -> STACK -> 2x37x300"),
        CounterExample("128, 64 -> STACK", "shape-mismatch"),
        CounterExample("2x8x8x3, 2x8x8x3 -> STACK", "rank-mismatch"),
    )

    def check_inputs(self, inputs: tuple[Shape, ...]) -> None:
        alone = len(inputs) == 1 and inputs[0].rank == 4 and inputs[0].dtype == self.dtype
        if not alone:  # one that nothing is stacked on passes, whatever its rank
            super().check_inputs(inputs)

    def shape(self, *inputs: Shape) -> Shape:
        shape = super().shape(*inputs)
        return Shape((len(inputs), *shape.sizes)) if len(inputs) > 1 else shape

    def lower(self, *inputs: Shape) -> Lowered:
        rank = inputs[0].rank
        wants = layout(rank)
        if len(inputs) == 1:
            return Lowered(call="{0}", wants=wants, gives=wants)
        call = f"torch.stack([{', '.join(places(inputs))}], {1 if rank < 3 else 2})"
        return Lowered(call=call, wants=wants, gives="last" if rank < 3 else "first")


class Scale(Layer):
    """Scale by a gate, the second input: a factor per channel, `C` or `1x1xC` (squeeze-excitation, Hu et al. 2018)."""

    name = "SCALE"
    inputs = (2, 2)
    merge = True
    examples = (
        Example("14x14x64, 64 -> SCALE -> 14x14x64", params=0, macs=0),
        Example("14x14x64, 1x1x64 -> SCALE -> 14x14x64"),
        Example("20x100, 100 -> SCALE -> 20x100"),
        CounterExample("14x14x64, 32 -> SCALE", "shape-mismatch"),
        CounterExample("14x14x64, 14x14x64 -> SCALE", "shape-mismatch"),
        CounterExample("14x14x64 -> SCALE", "wrong-inputs"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def shape(self, *inputs: Shape) -> Shape:
        x, gate = inputs
        ones = all(same(size, 1) for size in gate.space)
        if gate.rank not in (1, x.rank) or not ones or not same(gate.channels, x.channels):
            wanted = Shape((*(1 for _ in x.space), x.channels))
            forms = f"a gate of {x.channels}" if x.rank == 1 else f"a gate of {x.channels} or {wanted}"
            raise Refusal("shape-mismatch", f"SCALE of {x} needs {forms}, and branch 2 is {gate}", blame=1)
        return x

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        return tuple((shape.channels,) for shape in inputs)

    def lower(self, *inputs: Shape) -> Lowered:
        x, gate = inputs
        if gate.rank == x.rank:
            return Lowered(call="{0} * {1}")

        def scaled(form: str) -> Lowered:
            ones = ", None" * (x.rank - 1)
            stretch = f":, :{ones}" if form == "first" else f":{ones}"
            return Lowered(call=f"{{0}} * {{1}}[{stretch}]", wants=form, gives=form)

        return either(x.rank, scaled)
