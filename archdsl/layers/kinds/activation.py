"""Smooth activations and their piecewise linear approximations: the sigmoid family, GELU, SiLU and Mish."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute
from archdsl.layers.function import Activation, Overwriting
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.activation import SCALED_TANH
from archdsl.layers.values import Number, Word
from archdsl.sizes.shape import Shape


class Tanh(Layer):
    """Hyperbolic tangent, amplitude * tanh(slope * x) (torch.nn.Tanh).

    LeNet-5 uses amplitude 1.7159 and slope 2/3 (LeCun et al. 1998).
    """

    name = "TANH"
    activation = True
    amplitude: float = attribute(Number(), 1, doc="factor of the output", named=True)
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
    """Hard tanh: each element clamped to the range from `low` to `high` (torch.nn.Hardtanh).

    A piecewise linear approximation of TANH: min(max(low, x), high).
    """

    name = "HARDTANH"
    module, function = "Hardtanh", "F.hardtanh"
    low: float = attribute(
        Number(infinite=True), -1, doc="lower bound: smaller elements are set to it", torch="min_val"
    )
    high: float = attribute(
        Number(infinite=True), 1, doc="upper bound: larger elements are set to it; above low", torch="max_val"
    )
    examples = (
        Example("28x28x6 -> HARDTANH -> 28x28x6", params=0, macs=0),
        Example("84 -> HARDTANH 0 20 -> 84"),
        Example("84 -> HARDTANH low=-2 high=2 -> 84"),
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
    """Tanh shrink, x - tanh(x), element by element (torch.nn.Tanhshrink)."""

    name = "TANHSHRINK"
    module, function = "Tanhshrink", "F.tanhshrink"
    examples = (
        Example("28x28x6 -> TANHSHRINK -> 28x28x6", params=0, macs=0),
        CounterExample("37 int -> TANHSHRINK", "dtype-mismatch"),
    )


class Softsign(Activation):
    """Softsign, x / (1 + |x|), element by element (torch.nn.Softsign)."""

    name = "SOFTSIGN"
    module, function = "Softsign", "F.softsign"
    examples = (
        Example("28x28x6 -> SOFTSIGN -> 28x28x6", params=0, macs=0),
        CounterExample("37 int -> SOFTSIGN", "dtype-mismatch"),
    )


class Sigmoid(Activation):
    """Logistic sigmoid, 1 / (1 + exp(-x)), element by element (torch.nn.Sigmoid)."""

    name = "SIGMOID"
    module, function = "Sigmoid", "torch.sigmoid"
    examples = (
        Example("1x1x64 -> SIGMOID -> 1x1x64", params=0, macs=0),
        CounterExample("37 int -> SIGMOID", "dtype-mismatch"),
    )


class Hardsigmoid(Overwriting):
    """Hard sigmoid, min(max(0, x + 3), 6) / 6, element by element (torch.nn.Hardsigmoid).

    The piecewise linear approximation of SIGMOID in MobileNetV3 (Howard et al. 2019).
    """

    name = "HARDSIGMOID"
    module, function = "Hardsigmoid", "F.hardsigmoid"
    examples = (
        Example("1x1x64 -> HARDSIGMOID -> 1x1x64", params=0, macs=0),
        Example("4096 -> HARDSIGMOID inplace -> 4096"),
        CounterExample("37 int -> HARDSIGMOID", "dtype-mismatch"),
    )


class LogSigmoid(Activation):
    """Logarithm of the sigmoid, log(1 / (1 + exp(-x))), element by element (torch.nn.LogSigmoid).

    It is computed so that it stays exact where the sigmoid is close to 0.
    """

    name = "LOGSIGMOID"
    module, function = "LogSigmoid", "F.logsigmoid"
    examples = (
        Example("10 -> LOGSIGMOID -> 10", params=0, macs=0),
        CounterExample("37 int -> LOGSIGMOID", "dtype-mismatch"),
    )


class Softplus(Activation):
    """Softplus, log(1 + exp(beta*x)) / beta, element by element: a smooth RELU (torch.nn.Softplus).

    Where beta*x is above `threshold`, the output is x itself.
    """

    name = "SOFTPLUS"
    module, function = "Softplus", "F.softplus"
    beta: float = attribute(Number(), 1, doc="sharpness of the bend", torch="beta")
    threshold: float = attribute(
        Number(infinite=True), 20, doc="above it the output is x", torch="threshold", named=True
    )
    examples = (
        Example("28x28x6 -> SOFTPLUS -> 28x28x6", params=0, macs=0),
        Example("28x28x6 -> SOFTPLUS 2 -> 28x28x6"),
        Example("28x28x6 -> SOFTPLUS threshold=10 -> 28x28x6"),
        CounterExample("28x28x6 -> SOFTPLUS threshold=no", "wrong-type"),
        CounterExample("28x28x6 -> SOFTPLUS inf", "out-of-range"),
    )


class Silu(Overwriting):
    """Sigmoid linear unit, x * sigmoid(x), element by element (torch.nn.SiLU; Elfwing et al. 2018).

    It is also called Swish.
    """

    name = "SILU"
    module, function = "SiLU", "F.silu"
    examples = (
        Example("112x112x32 -> SILU -> 112x112x32", params=0, macs=0),
        Example("4096 -> SILU inplace -> 4096"),
        CounterExample("37 int -> SILU", "dtype-mismatch"),
    )


class Hardswish(Overwriting):
    """Hard swish, x * HARDSIGMOID(x), element by element (torch.nn.Hardswish).

    The piecewise approximation of SILU in MobileNetV3 (Howard et al. 2019).
    """

    name = "HARDSWISH"
    module, function = "Hardswish", "F.hardswish"
    examples = (
        Example("112x112x16 -> HARDSWISH -> 112x112x16", params=0, macs=0),
        Example("4096 -> HARDSWISH inplace -> 4096"),
        CounterExample("37 int -> HARDSWISH", "dtype-mismatch"),
    )


class Gelu(Activation):
    """Gaussian error linear unit, x * Phi(x), element by element (torch.nn.GELU; Hendrycks and Gimpel 2016).

    Phi is the cumulative distribution function of the standard normal distribution. With `approximate=tanh` it is
    0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3))), as in GPT-2.
    """

    name = "GELU"
    module, function = "GELU", "F.gelu"
    approximate: str = attribute(
        Word("none", "tanh"),
        "none",
        doc="an approximation of the normal distribution: tanh",
        torch="approximate",
        named=True,
    )
    examples = (
        Example("197x3072 -> GELU -> 197x3072", params=0, macs=0),
        Example("1024x3072 -> GELU approximate=tanh -> 1024x3072"),
        CounterExample("197x3072 -> GELU approximate=relu", "wrong-type"),
    )


class Mish(Overwriting):
    """Mish, x * tanh(log(1 + exp(x))), element by element (torch.nn.Mish; Misra 2019)."""

    name = "MISH"
    module, function = "Mish", "F.mish"
    examples = (
        Example("52x52x128 -> MISH -> 52x52x128", params=0, macs=0),
        Example("4096 -> MISH inplace -> 4096"),
        CounterExample("37 int -> MISH", "dtype-mismatch"),
    )
