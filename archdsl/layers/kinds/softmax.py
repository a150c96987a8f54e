"""Softmax and its variants."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute
from archdsl.layers.layout import axis_index, dimension, layout
from archdsl.layers.support.softmax import SOFTMAX_ALL
from archdsl.layers.values import Word
from archdsl.sizes.shape import AXES, Shape
from archdsl.typed import ClassVar


class AlongAxis(Layer):
    """A function of PyTorch along one axis, or over all elements together: `module` of torch.nn, `function` of F."""

    activation = True
    module: ClassVar[str]
    function: ClassVar[str]
    axis: str = attribute(
        Word("channels", "steps", "height", "width", "frames", "all"),
        "channels",
        doc="the axis along which the values sum to 1",
        torch="dim",
        named=True,
    )

    def is_pointwise(self, x: Shape) -> bool:
        return self.axis == "channels"

    def shape(self, *inputs: Shape) -> Shape:
        if self.axis != "all":
            axis_index(self.name, self.axis, inputs[0])
        return inputs[0]

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        if self.axis == "all" and x.rank > 1:
            source = SOFTMAX_ALL.replace("{module}", self.module).replace("{function}", self.function)
            call = f"{self.function}({{0}}.flatten(1), 1).view_as({{0}})"
            return Lowered(Module(f"{self.module}All", {}, support=source), call)
        axis = 0 if self.axis == "all" else AXES[x.rank].index(self.axis)
        dim = dimension(x.rank, axis)
        place = layout(x.rank)
        module = Module(f"nn.{self.module}", {"dim": dim}, 0)
        return Lowered(module, f"{self.function}({{0}}, {dim})", wants=place, gives=place)


class Softmax(AlongAxis):
    """Softmax along an axis or over all elements together: exp(x) / sum(exp(x)) (torch.nn.Softmax)."""

    name = "SOFTMAX"
    module, function = "Softmax", "F.softmax"
    examples = (
        Example("1000 -> SOFTMAX -> 1000", params=0, macs=0),
        Example("19x19x1 -> SOFTMAX axis=all -> 19x19x1"),
        Example("7x7x21 -> SOFTMAX -> 7x7x21"),
        Example("20x100 -> SOFTMAX axis=steps -> 20x100"),
        CounterExample("1000 -> SOFTMAX axis=steps", "rank-mismatch"),
        CounterExample("20x100 -> SOFTMAX axis=rows", "unknown-name"),
    )


class LogSoftmax(AlongAxis):
    """Logarithm of the softmax, x - log(sum(exp(x))), which keeps small probabilities exact (torch.nn.LogSoftmax)."""

    name = "LOGSOFTMAX"
    module, function = "LogSoftmax", "F.log_softmax"
    examples = (
        Example("1000 -> LOGSOFTMAX -> 1000", params=0, macs=0),
        Example("19x19x2 -> LOGSOFTMAX axis=all -> 19x19x2"),
        Example("4x7x7x21 -> LOGSOFTMAX axis=frames -> 4x7x7x21"),
        CounterExample("1000 -> LOGSOFTMAX axis=height", "rank-mismatch"),
    )


class Softmin(AlongAxis):
    """Softmin, the softmax of -x: the smallest element gets the largest value (torch.nn.Softmin)."""

    name = "SOFTMIN"
    module, function = "Softmin", "F.softmin"
    examples = (
        Example("10 -> SOFTMIN -> 10", params=0, macs=0),
        Example("7x7x21 -> SOFTMIN axis=width -> 7x7x21"),
        Example("20x100 -> SOFTMIN axis=all -> 20x100"),
        CounterExample("20x100 -> SOFTMIN axis=width", "rank-mismatch"),
    )
