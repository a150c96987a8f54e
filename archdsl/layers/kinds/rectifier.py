"""Rectifiers and other piecewise activations."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute
from archdsl.layers.function import Activation, Overwriting
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import LARGEST_FLOAT, Number, Word
from archdsl.sizes.shape import Shape


class Relu(Overwriting):
    """Rectified linear unit, max(0, x), element by element (torch.nn.ReLU; Nair and Hinton 2010)."""

    name = "RELU"
    module, function = "ReLU", "F.relu"
    examples = (
        Example("55x55x96 -> RELU -> 55x55x96", params=0, macs=0),
        Example("4096 -> RELU -> 4096"),
        Example("4096 -> RELU inplace -> 4096"),
        CounterExample("37 int -> RELU", "dtype-mismatch"),
    )


class Relu6(Overwriting):
    """ReLU6, min(max(0, x), 6), element by element: the activation of MobileNets (torch.nn.ReLU6)."""

    name = "RELU6"
    module, function = "ReLU6", "F.relu6"
    examples = (
        Example("112x112x32 -> RELU6 -> 112x112x32", params=0, macs=0),
        Example("4096 -> RELU6 inplace -> 4096"),
        CounterExample("112x112x32 -> RELU6 3", "too-many-values"),
    )


class LeakyRelu(Overwriting):
    """Leaky ReLU, x if x > 0 else slope * x, element by element (torch.nn.LeakyReLU; Maas et al. 2013)."""

    name = "LEAKYRELU"
    module, function = "LeakyReLU", "F.leaky_relu"
    slope: float = attribute(Number(), 0.01, doc="slope for negative elements", torch="negative_slope")
    examples = (
        Example("55x55x96 -> LEAKYRELU -> 55x55x96", params=0, macs=0),
        Example("64x64x64 -> LEAKYRELU 0.2 -> 64x64x64"),
        Example("4096 -> LEAKYRELU inplace -> 4096"),
        CounterExample("37 int -> LEAKYRELU", "dtype-mismatch"),
        CounterExample("55x55x96 -> LEAKYRELU 1e39", "too-large"),
    )

    def in_place(self) -> bool:
        return self.slope >= 0


class PRelu(Layer):
    """Parametric ReLU, x if x > 0 else slope * x, with a learned slope (torch.nn.PReLU; He et al. 2015).

    There is one slope, or with `per=channel` one per channel.
    """

    name = "PRELU"
    activation = True
    per: str = attribute(
        Word("layer", "channel"),
        "layer",
        doc="one slope for all channels, or one per channel",
        torch="num_parameters",
        named=True,
    )
    init: float = attribute(Number(), 0.25, doc="the slope before training", torch="init", named=True)
    examples = (
        Example("56x56x64 -> PRELU -> 56x56x64", params=1, macs=0),
        Example("56x56x64 -> PRELU per=channel init=0.1 -> 56x56x64", params=64),
        Example("20x100 -> PRELU channel -> 20x100", params=100),
        CounterExample("56x56x64 -> PRELU 64", "too-many-values"),
        CounterExample("56x56x64 -> PRELU per=64", "wrong-type"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", (inputs[0].channels if self.per == "channel" else 1,)),)

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        (slopes,) = self.tensors(x)[0].sizes
        module = Module(
            "nn.PReLU", {"num_parameters": slopes, "init": self.init}, 1, {"num_parameters": 1, "init": 0.25}
        )
        place = "any" if self.per == "layer" else "flat" if x.rank == 1 else "first"
        return Lowered(module, wants=place, gives=place)


class RandomizedRelu(Overwriting):
    """Randomized leaky ReLU, with a slope that is random in training (torch.nn.RReLU; Xu et al. 2015).

    x if x > 0 else slope * x, where the slope lies between `low` and `high`; in evaluation it is their mean.
    """

    name = "RRELU"
    module, function, trains = "RReLU", "F.rrelu", True
    low: float = attribute(Number(), 1 / 8, doc="smallest slope", torch="lower")
    high: float = attribute(Number(), 1 / 3, doc="largest slope", torch="upper")
    examples = (
        Example("55x55x96 -> RRELU -> 55x55x96", params=0, macs=0),
        Example("55x55x96 -> RRELU low=0.1 high=0.1 -> 55x55x96"),
        Example("4096 -> RRELU 0 0.5 -> 4096"),
        Example("4096 -> RRELU inplace -> 4096"),
        CounterExample("4096 -> RRELU 0.5", "out-of-range"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if self.high < self.low:
            raise Refusal(
                "out-of-range", f"RRELU: high must be low, {self.low}, or more, not {self.high}", blame="high"
            )
        return inputs[0]

    def in_place(self) -> bool:
        return self.low + self.high >= 0  # the slope of its backward pass in evaluation is their mean


class Elu(Overwriting):
    """Exponential linear unit, x if x > 0 else alpha * (exp(x) - 1) (torch.nn.ELU; Clevert et al. 2016)."""

    name = "ELU"
    module, function = "ELU", "F.elu"
    alpha: float = attribute(Number(), 1, doc="the output tends to -alpha for negative x", torch="alpha")
    examples = (
        Example("55x55x96 -> ELU -> 55x55x96", params=0, macs=0),
        Example("4096 -> ELU 0.5 -> 4096"),
        Example("4096 -> ELU inplace -> 4096"),
        CounterExample("4096 -> ELU yes", "wrong-type"),
    )

    def in_place(self) -> bool:
        return self.alpha >= 0


class Selu(Overwriting):
    """Scaled exponential linear unit: ELU with alpha 1.6733, times 1.0507 (torch.nn.SELU; Klambauer et al. 2017).

    It preserves mean 0 and variance 1.
    """

    name = "SELU"
    module, function = "SELU", "F.selu"
    examples = (
        Example("55x55x96 -> SELU -> 55x55x96", params=0, macs=0),
        Example("4096 -> SELU inplace -> 4096"),
        CounterExample("37 int -> SELU", "dtype-mismatch"),
    )


class Celu(Overwriting):
    """Continuously differentiable ELU, x if x > 0 else alpha * (exp(x/alpha) - 1) (torch.nn.CELU; Barron 2017)."""

    name = "CELU"
    module, function = "CELU", "F.celu"
    alpha: float = attribute(Number(), 1, doc="the output tends to -alpha for negative x; not 0", torch="alpha")
    examples = (
        Example("55x55x96 -> CELU -> 55x55x96", params=0, macs=0),
        Example("4096 -> CELU alpha=0.5 -> 4096"),
        Example("4096 -> CELU inplace -> 4096"),
        CounterExample("4096 -> CELU 0", "out-of-range"),
        CounterExample("4096 -> CELU 1e-39", "out-of-range"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        least = 1 / LARGEST_FLOAT
        if abs(self.alpha) < least:
            message = f"CELU divides by alpha: it must be at least {least:.4g} away from 0, not {self.alpha}"
            raise Refusal("out-of-range", message, blame="alpha")
        return inputs[0]

    def in_place(self) -> bool:
        return self.alpha > 0


class Threshold(Overwriting):
    """Threshold, x if x > threshold else value, element by element (torch.nn.Threshold)."""

    name = "THRESHOLD"
    module, function = "Threshold", "F.threshold"
    threshold: float = attribute(Number(infinite=True), doc="elements above it are kept", torch="threshold")
    value: float = attribute(Number(infinite=True), doc="value of all other elements", torch="value")
    examples = (
        Example("55x55x96 -> THRESHOLD 0.1 20 -> 55x55x96", params=0, macs=0),
        Example("4096 -> THRESHOLD threshold=0 value=-1 -> 4096"),
        Example("4096 -> THRESHOLD 0 -1e30 -> 4096"),
        Example("4096 -> THRESHOLD 0.1 20 inplace -> 4096"),
        CounterExample("4096 -> THRESHOLD 0.1", "missing-value"),
    )


class Hardshrink(Activation):
    """Hard shrinkage, x if |x| > bound else 0, element by element (torch.nn.Hardshrink)."""

    name = "HARDSHRINK"
    module, function = "Hardshrink", "F.hardshrink"
    bound: float = attribute(
        Number(infinite=True), 0.5, doc="elements up to this absolute value become 0", torch="lambd"
    )
    examples = (
        Example("55x55x96 -> HARDSHRINK -> 55x55x96", params=0, macs=0),
        Example("4096 -> HARDSHRINK 1 -> 4096"),
        CounterExample("37 int -> HARDSHRINK", "dtype-mismatch"),
    )


class Softshrink(Activation):
    """Soft shrinkage: x moved towards 0 by `bound`, and 0 if |x| <= bound (torch.nn.Softshrink)."""

    name = "SOFTSHRINK"
    module, function = "Softshrink", "F.softshrink"
    bound: float = attribute(Number(0), 0.5, doc="amount by which elements move towards 0", torch="lambd")
    examples = (
        Example("55x55x96 -> SOFTSHRINK -> 55x55x96", params=0, macs=0),
        Example("4096 -> SOFTSHRINK 1 -> 4096"),
        CounterExample("4096 -> SOFTSHRINK -1", "out-of-range"),
    )
