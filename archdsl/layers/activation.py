"""Activations."""

from __future__ import annotations

from archdsl.ir.shape import AXES, Shape
from archdsl.layers.base import Example, Layer, Lowered, Module, Wrong, attribute
from archdsl.layers.layout import axis_index, dimension, layout
from archdsl.layers.support.activation import SCALED_TANH, SOFTMAX_ALL
from archdsl.layers.values import Number, Word


class Relu(Layer):
    """max(0, x), element by element."""

    name = "RELU"
    examples = (
        Example("55x55x96 -> RELU -> 55x55x96", params=0, macs=0),
        Example("4096 -> RELU -> 4096"),
        Wrong("37 int -> RELU", "dtype-mismatch"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(Module("nn.ReLU", {}), "F.relu({0})", in_place=True)


class Tanh(Layer):
    """amplitude * tanh(slope * x), element by element; LeNet-5 has amplitude 1.7159 and slope 2/3."""

    name = "TANH"
    amplitude: float = attribute(Number(), 1, doc="factor of the outcome", named=True)
    slope: float = attribute(Number(), 1, doc="factor of the input", named=True)
    examples = (
        Example("28x28x6 -> TANH -> 28x28x6", params=0, macs=0),
        Example("84 -> TANH amplitude=1.7159 slope=(2/3) -> 84"),
        Wrong("84 -> TANH slope=yes", "wrong-type"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        if self.amplitude == self.slope == 1:
            return Lowered(Module("nn.Tanh", {}), "torch.tanh({0})")
        inner = "{0}" if self.slope == 1 else f"{self.slope!r} * {{0}}"
        outer = "" if self.amplitude == 1 else f"{self.amplitude!r} * "
        arguments = {"amplitude": self.amplitude, "slope": self.slope}
        module = Module("ScaledTanh", arguments, 0, {"amplitude": 1, "slope": 1}, SCALED_TANH)
        return Lowered(module, f"{outer}torch.tanh({inner})")


class Sigmoid(Layer):
    """1 / (1 + exp(-x)), element by element."""

    name = "SIGMOID"
    examples = (
        Example("1x1x64 -> SIGMOID -> 1x1x64", params=0, macs=0),
        Wrong("37 int -> SIGMOID", "dtype-mismatch"),
    )

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(Module("nn.Sigmoid", {}), "torch.sigmoid({0})")


class Softmax(Layer):
    """Positive shares that sum to 1 along an axis, or over all elements together."""

    name = "SOFTMAX"
    axis: str = attribute(
        Word("channels", "steps", "height", "width", "frames", "all"),
        "channels",
        doc="what sums to 1",
        torch="dim",
        named=True,
    )
    examples = (
        Example("1000 -> SOFTMAX -> 1000", params=0, macs=0),
        Example("19x19x1 -> SOFTMAX axis=all -> 19x19x1"),
        Example("7x7x21 -> SOFTMAX -> 7x7x21"),
        Example("20x100 -> SOFTMAX axis=steps -> 20x100"),
        Wrong("1000 -> SOFTMAX axis=steps", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if self.axis != "all":
            axis_index(self.name, self.axis, inputs[0])
        return inputs[0]

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        if self.axis == "all" and x.rank > 1:
            return Lowered(Module("SoftmaxAll", {}, support=SOFTMAX_ALL), "F.softmax({0}.flatten(1), 1).view_as({0})")
        axis = 0 if self.axis == "all" else AXES[x.rank].index(self.axis)
        dim = dimension(x.rank, axis)
        place = layout(x.rank)
        return Lowered(Module("nn.Softmax", {"dim": dim}, 0), f"F.softmax({{0}}, {dim})", wants=place, gives=place)
