"""Element-wise functions of torch."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, attribute
from archdsl.layers.inline import literal
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Number
from archdsl.sizes.shape import Shape
from archdsl.typed import ClassVar


class Elementwise(Layer):
    """An element-wise function of torch."""

    call: ClassVar[str]

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(call=self.call)


class Exp(Elementwise):
    """Element-wise exponential function e^x (torch.exp)."""

    name, call = "EXP", "torch.exp({0})"
    examples = (
        Example("20x64 -> EXP -> 20x64", params=0, macs=0),
        CounterExample("37 int -> EXP", "dtype-mismatch"),
        CounterExample("20x64 -> EXP 2", "too-many-values"),
    )


class Log(Elementwise):
    """Element-wise natural logarithm (torch.log): -inf for 0, NaN for negative elements."""

    name, call = "LOG", "torch.log({0})"
    fresh = True
    examples = (
        Example("20x64 -> LOG -> 20x64", params=0, macs=0),
        CounterExample("37 int -> LOG", "dtype-mismatch"),
        CounterExample("20x64 -> LOG 2", "too-many-values"),
    )


class SquareRoot(Elementwise):
    """Element-wise square root (torch.sqrt); NaN for negative elements."""

    name, call = "SQRT", "torch.sqrt({0})"
    examples = (
        Example("10 -> SQRT -> 10", params=0, macs=0),
        CounterExample("37 int -> SQRT", "dtype-mismatch"),
        CounterExample("10 -> SQRT 2", "too-many-values"),
    )


class ReciprocalSquareRoot(Elementwise):
    """Element-wise reciprocal of the square root, 1 / sqrt(x) (torch.rsqrt)."""

    name, call = "RSQRT", "torch.rsqrt({0})"
    examples = (
        Example("197x1 -> RSQRT -> 197x1", params=0, macs=0),
        CounterExample("37 int -> RSQRT", "dtype-mismatch"),
        CounterExample("197x1 -> RSQRT 2", "too-many-values"),
    )


class Square(Elementwise):
    """Element-wise square (torch.square)."""

    name, call = "SQUARE", "torch.square({0})"
    fresh = True
    examples = (
        Example("8x8x16 -> SQUARE -> 8x8x16", params=0, macs=0),
        CounterExample("37 int -> SQUARE", "dtype-mismatch"),
        CounterExample("8x8x16 -> SQUARE 2", "too-many-values"),
    )


class Reciprocal(Elementwise):
    """Element-wise reciprocal 1 / x (torch.reciprocal)."""

    name, call = "RECIPROCAL", "torch.reciprocal({0})"
    examples = (
        Example("10 -> RECIPROCAL -> 10", params=0, macs=0),
        CounterExample("37 int -> RECIPROCAL", "dtype-mismatch"),
        CounterExample("10 -> RECIPROCAL 2", "too-many-values"),
    )


class Absolute(Elementwise):
    """Element-wise absolute value |x| (torch.abs)."""

    name, call = "ABS", "torch.abs({0})"
    fresh = True
    examples = (
        Example("8x8x16 -> ABS -> 8x8x16", params=0, macs=0),
        CounterExample("37 int -> ABS", "dtype-mismatch"),
        CounterExample("8x8x16 -> ABS 2", "too-many-values"),
    )


class Negative(Elementwise):
    """Element-wise negation -x (torch.neg)."""

    name, call = "NEG", "-{0}"
    fresh = True
    examples = (
        Example("8x8x16 -> NEG -> 8x8x16", params=0, macs=0),
        CounterExample("37 int -> NEG", "dtype-mismatch"),
        CounterExample("8x8x16 -> NEG 2", "too-many-values"),
    )


class Sine(Elementwise):
    """Element-wise sine (torch.sin)."""

    name, call = "SIN", "torch.sin({0})"
    fresh = True
    examples = (
        Example("20x64 -> SIN -> 20x64", params=0, macs=0),
        CounterExample("37 int -> SIN", "dtype-mismatch"),
        CounterExample("20x64 -> SIN 2", "too-many-values"),
    )


class Cosine(Elementwise):
    """Element-wise cosine (torch.cos)."""

    name, call = "COS", "torch.cos({0})"
    fresh = True
    examples = (
        Example("20x64 -> COS -> 20x64", params=0, macs=0),
        CounterExample("37 int -> COS", "dtype-mismatch"),
        CounterExample("20x64 -> COS 2", "too-many-values"),
    )


class ErrorFunction(Elementwise):
    """Element-wise error function (torch.erf), as in GELU."""

    name, call = "ERF", "torch.erf({0})"
    fresh = True
    examples = (
        Example("20x64 -> ERF -> 20x64", params=0, macs=0),
        CounterExample("37 int -> ERF", "dtype-mismatch"),
        CounterExample("20x64 -> ERF 2", "too-many-values"),
    )


class Clamp(Elementwise):
    """Element-wise clamping: values below `min` become `min`, those above `max` become `max` (torch.clamp)."""

    name = "CLAMP"
    fresh = True
    min: float | None = attribute(Number(infinite=True), None, doc="lower bound; none by default", torch="min")
    max: float | None = attribute(Number(infinite=True), None, doc="upper bound; none by default", torch="max")
    examples = (
        Example("28x28x6 -> CLAMP -1 1 -> 28x28x6", params=0, macs=0),
        Example("10 -> CLAMP min=1e-6 -> 10"),
        Example("20x64 -> CLAMP max=6 -> 20x64"),
        CounterExample("10 -> CLAMP", "missing-value"),
        CounterExample("10 -> CLAMP 1 0", "out-of-range"),
        CounterExample("37 int -> CLAMP 0 1", "dtype-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if self.min is None and self.max is None:
            raise Refusal("missing-value", "CLAMP needs min= or max=, or both", hint=self.usage())
        if self.min is not None and self.max is not None and self.max < self.min:
            message = f"CLAMP: max is below min, {self.min}, and it is {self.max}"
            raise Refusal("out-of-range", message, blame="max")
        return inputs[0]

    def lower(self, *inputs: Shape) -> Lowered:
        low = "" if self.min is None else f", min={literal(self.min)}"
        high = "" if self.max is None else f", max={literal(self.max)}"
        return Lowered(call=f"torch.clamp({{0}}{low}{high})")
