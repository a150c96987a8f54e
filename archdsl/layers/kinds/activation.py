"""Activations that bend: sigmoids, what is made of them, and their piecewise linear stand-ins."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute
from archdsl.layers.function import Activation, Overwriting
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.activation import SCALED_TANH
from archdsl.layers.values import Number, Word
from archdsl.sizes.shape import Shape


class Tanh(Layer):
    """amplitude * tanh(slope * x), element by element; LeNet-5 has amplitude 1.7159 and slope 2/3."""

    name = "TANH"
    activation = True
    amplitude: float = attribute(Number(), 1, doc="factor of the outcome", named=True)
    slope: float = attribute(Number(), 1, doc="factor of the input", named=True)
    examples = (
        Example("28x28x6 -> TANH -> 28x28x6", params=0, macs=0),
        Example("84 -> TANH amplitude=1.7159 slope=(2/3) -> 84"),
        CounterExample("84 -> TANH slope=yes", "wrong-type"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def lower(self, *inputs: Shape) -> Lowered:
        if self.amplitude == self.slope == 1:
            return Lowered(Module("nn.Tanh", {}), "torch.tanh({0})")
        inner = "{0}" if self.slope == 1 else f"{self.slope!r} * {{0}}"
        outer = "" if self.amplitude == 1 else f"{self.amplitude!r} * "
        arguments = {"amplitude": self.amplitude, "slope": self.slope}
        module = Module("ScaledTanh", arguments, 0, {"amplitude": 1, "slope": 1}, SCALED_TANH)
        return Lowered(module, f"{outer}torch.tanh({inner})")


class Hardtanh(Overwriting):
    """min(max(low, x), high), element by element: TANH in three straight pieces."""

    name = "HARDTANH"
    module, function = "Hardtanh", "F.hardtanh"
    low: float = attribute(Number(infinite=True), -1, doc="what smaller elements become", torch="min_val")
    high: float = attribute(Number(infinite=True), 1, doc="what larger elements become; above low", torch="max_val")
    examples = (
        Example("28x28x6 -> HARDTANH -> 28x28x6", params=0, macs=0),
        Example("84 -> HARDTANH 0 20 -> 84"),
        Example("84 -> HARDTANH low=(-2) high=2 -> 84"),
        Example("84 -> HARDTANH 0 inf -> 84"),
        Example("4096 -> HARDTANH inplace -> 4096"),
        CounterExample("84 -> HARDTANH 1", "out-of-range"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if self.high <= self.low:
            message = f"HARDTANH: high must be above low, {self.low}, and it is {self.high}"
            raise Refusal("out-of-range", message, blame="high")
        return inputs[0]


class Tanhshrink(Activation):
    """x - tanh(x), element by element."""

    name = "TANHSHRINK"
    module, function = "Tanhshrink", "F.tanhshrink"
    examples = (
        Example("28x28x6 -> TANHSHRINK -> 28x28x6", params=0, macs=0),
        CounterExample("37 int -> TANHSHRINK", "dtype-mismatch"),
    )


class Softsign(Activation):
    """x / (1 + |x|), element by element."""

    name = "SOFTSIGN"
    module, function = "Softsign", "F.softsign"
    examples = (
        Example("28x28x6 -> SOFTSIGN -> 28x28x6", params=0, macs=0),
        CounterExample("37 int -> SOFTSIGN", "dtype-mismatch"),
    )


class Sigmoid(Activation):
    """1 / (1 + exp(-x)), element by element."""

    name = "SIGMOID"
    module, function = "Sigmoid", "torch.sigmoid"
    examples = (
        Example("1x1x64 -> SIGMOID -> 1x1x64", params=0, macs=0),
        CounterExample("37 int -> SIGMOID", "dtype-mismatch"),
    )


class Hardsigmoid(Overwriting):
    """min(max(0, x + 3), 6) / 6, element by element: SIGMOID in three straight pieces, as MobileNetV3 has it."""

    name = "HARDSIGMOID"
    module, function = "Hardsigmoid", "F.hardsigmoid"
    examples = (
        Example("1x1x64 -> HARDSIGMOID -> 1x1x64", params=0, macs=0),
        Example("4096 -> HARDSIGMOID inplace -> 4096"),
        CounterExample("37 int -> HARDSIGMOID", "dtype-mismatch"),
    )


class LogSigmoid(Activation):
    """log(1 / (1 + exp(-x))), element by element, without loss where the sigmoid is small."""

    name = "LOGSIGMOID"
    module, function = "LogSigmoid", "F.logsigmoid"
    examples = (
        Example("10 -> LOGSIGMOID -> 10", params=0, macs=0),
        CounterExample("37 int -> LOGSIGMOID", "dtype-mismatch"),
    )


class Softplus(Activation):
    """log(1 + exp(beta*x)) / beta, element by element: a smooth RELU; x itself where beta*x is above a threshold."""

    name = "SOFTPLUS"
    module, function = "Softplus", "F.softplus"
    beta: float = attribute(Number(), 1, doc="how sharp the bend is", torch="beta")
    threshold: float = attribute(Number(infinite=True), 20, doc="where it is x itself", torch="threshold", named=True)
    examples = (
        Example("28x28x6 -> SOFTPLUS -> 28x28x6", params=0, macs=0),
        Example("28x28x6 -> SOFTPLUS 2 -> 28x28x6"),
        Example("28x28x6 -> SOFTPLUS threshold=10 -> 28x28x6"),
        CounterExample("28x28x6 -> SOFTPLUS threshold=no", "wrong-type"),
        CounterExample("28x28x6 -> SOFTPLUS inf", "out-of-range"),
    )


class Silu(Overwriting):
    """x * sigmoid(x), element by element; also called Swish (Elfwing et al. 2018)."""

    name = "SILU"
    module, function = "SiLU", "F.silu"
    examples = (
        Example("112x112x32 -> SILU -> 112x112x32", params=0, macs=0),
        Example("4096 -> SILU inplace -> 4096"),
        CounterExample("37 int -> SILU", "dtype-mismatch"),
    )


class Hardswish(Overwriting):
    """x * HARDSIGMOID of x, element by element: SILU in three pieces (Howard et al. 2019, MobileNetV3)."""

    name = "HARDSWISH"
    module, function = "Hardswish", "F.hardswish"
    examples = (
        Example("112x112x16 -> HARDSWISH -> 112x112x16", params=0, macs=0),
        Example("4096 -> HARDSWISH inplace -> 4096"),
        CounterExample("37 int -> HARDSWISH", "dtype-mismatch"),
    )


class Gelu(Activation):
    """x times the share of a normal distribution below x, element by element (Hendrycks and Gimpel 2016).

    With `approximate=tanh` it is 0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3))), as GPT-2 has it.
    """

    name = "GELU"
    module, function = "GELU", "F.gelu"
    approximate: str = attribute(
        Word("none", "tanh"), "none", doc="a formula in place of the integral", torch="approximate", named=True
    )
    examples = (
        Example("197x3072 -> GELU -> 197x3072", params=0, macs=0),
        Example("1024x3072 -> GELU approximate=tanh -> 1024x3072"),
        CounterExample("197x3072 -> GELU approximate=relu", "wrong-type"),
    )


class Mish(Overwriting):
    """x * tanh(log(1 + exp(x))), element by element (Misra 2019)."""

    name = "MISH"
    module, function = "Mish", "F.mish"
    examples = (
        Example("52x52x128 -> MISH -> 52x52x128", params=0, macs=0),
        Example("4096 -> MISH inplace -> 4096"),
        CounterExample("37 int -> MISH", "dtype-mismatch"),
    )
