"""Functions of each element by itself, as PyTorch has them in torch."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, attribute, literal
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Number
from archdsl.sizes.shape import Shape
from archdsl.typed import ClassVar


class Elementwise(Layer):
    """A function of torch of each element by itself."""

    call: ClassVar[str]

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(call=self.call)


class Exp(Elementwise):
    """The exponential function e^x, element by element."""

    name, call = "EXP", "torch.exp({0})"
    examples = (
        Example("20x64 -> EXP -> 20x64", params=0, macs=0),
        CounterExample("37 int -> EXP", "dtype-mismatch"),
        CounterExample("20x64 -> EXP 2", "too-many-values"),
    )


class Log(Elementwise):
    """The natural logarithm, element by element; minus infinity of 0, and no number below."""

    name, call = "LOG", "torch.log({0})"
    fresh = True
    examples = (
        Example("20x64 -> LOG -> 20x64", params=0, macs=0),
        CounterExample("37 int -> LOG", "dtype-mismatch"),
        CounterExample("20x64 -> LOG 2", "too-many-values"),
    )


class SquareRoot(Elementwise):
    """The square root, element by element; no number below 0."""

    name, call = "SQRT", "torch.sqrt({0})"
    examples = (
        Example("10 -> SQRT -> 10", params=0, macs=0),
        CounterExample("37 int -> SQRT", "dtype-mismatch"),
        CounterExample("10 -> SQRT 2", "too-many-values"),
    )


class ReciprocalSquareRoot(Elementwise):
    """1 / sqrt(x), element by element, as norms have it."""

    name, call = "RSQRT", "torch.rsqrt({0})"
    examples = (
        Example("197x1 -> RSQRT -> 197x1", params=0, macs=0),
        CounterExample("37 int -> RSQRT", "dtype-mismatch"),
        CounterExample("197x1 -> RSQRT 2", "too-many-values"),
    )


class Square(Elementwise):
    """The square, element by element."""

    name, call = "SQUARE", "torch.square({0})"
    fresh = True
    examples = (
        Example("8x8x16 -> SQUARE -> 8x8x16", params=0, macs=0),
        CounterExample("37 int -> SQUARE", "dtype-mismatch"),
        CounterExample("8x8x16 -> SQUARE 2", "too-many-values"),
    )


class Reciprocal(Elementwise):
    """1 / x, element by element."""

    name, call = "RECIPROCAL", "torch.reciprocal({0})"
    examples = (
        Example("10 -> RECIPROCAL -> 10", params=0, macs=0),
        CounterExample("37 int -> RECIPROCAL", "dtype-mismatch"),
        CounterExample("10 -> RECIPROCAL 2", "too-many-values"),
    )


class Absolute(Elementwise):
    """The absolute value |x|, element by element."""

    name, call = "ABS", "torch.abs({0})"
    fresh = True
    examples = (
        Example("8x8x16 -> ABS -> 8x8x16", params=0, macs=0),
        CounterExample("37 int -> ABS", "dtype-mismatch"),
        CounterExample("8x8x16 -> ABS 2", "too-many-values"),
    )


class Negative(Elementwise):
    """-x, element by element."""

    name, call = "NEG", "-{0}"
    fresh = True
    examples = (
        Example("8x8x16 -> NEG -> 8x8x16", params=0, macs=0),
        CounterExample("37 int -> NEG", "dtype-mismatch"),
        CounterExample("8x8x16 -> NEG 2", "too-many-values"),
    )


class Sine(Elementwise):
    """The sine, element by element."""

    name, call = "SIN", "torch.sin({0})"
    fresh = True
    examples = (
        Example("20x64 -> SIN -> 20x64", params=0, macs=0),
        CounterExample("37 int -> SIN", "dtype-mismatch"),
        CounterExample("20x64 -> SIN 2", "too-many-values"),
    )


class Cosine(Elementwise):
    """The cosine, element by element."""

    name, call = "COS", "torch.cos({0})"
    fresh = True
    examples = (
        Example("20x64 -> COS -> 20x64", params=0, macs=0),
        CounterExample("37 int -> COS", "dtype-mismatch"),
        CounterExample("20x64 -> COS 2", "too-many-values"),
    )


class ErrorFunction(Elementwise):
    """The error function, element by element: of which GELU is made."""

    name, call = "ERF", "torch.erf({0})"
    fresh = True
    examples = (
        Example("20x64 -> ERF -> 20x64", params=0, macs=0),
        CounterExample("37 int -> ERF", "dtype-mismatch"),
        CounterExample("20x64 -> ERF 2", "too-many-values"),
    )


class Clamp(Elementwise):
    """Elements below `min` become `min`, those above `max` become `max`; with one of them, that end alone."""

    name = "CLAMP"
    fresh = True
    min: float | None = attribute(Number(infinite=True), None, doc="what smaller elements become", torch="min")
    max: float | None = attribute(Number(infinite=True), None, doc="what larger elements become", torch="max")
    examples = (
        Example("28x28x6 -> CLAMP (-1) 1 -> 28x28x6", params=0, macs=0),
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
