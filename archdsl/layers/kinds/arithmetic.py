"""Arithmetic: sums, products and powers of inputs element by element, or of an input and a number."""

from __future__ import annotations

from collections.abc import Mapping

from archdsl.layers.base import CounterExample, Example, Lowered, attribute
from archdsl.layers.inline import literal
from archdsl.layers.merging import Broadcasting, places
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Number
from archdsl.sizes.shape import Shape
from archdsl.typed import Any, ClassVar


class Arithmetic(Broadcasting):
    """Inputs of equal shapes, or one input and a number."""

    sign: ClassVar[str]
    number: float | None = attribute(Number(), None, doc="the number, where one input is read", torch="other")

    @classmethod
    def reads_one(cls, given: Mapping[str, Any]) -> bool:
        return "number" in given

    def shape(self, *inputs: Shape) -> Shape:
        if self.number is not None and len(inputs) > 1:
            message = f"{self.name} with a number reads one input, here {len(inputs)}"
            raise Refusal("too-many-values", message, blame="number", hint="leave the number or an input out")
        return super().shape(*inputs)

    def of_inputs(self, inputs: tuple[Shape, ...]) -> Lowered:
        """The form for inputs alone."""
        return Lowered(call=f"{{0}} {self.sign} {{1}}", stretches=True)

    def lower(self, *inputs: Shape) -> Lowered:
        if self.number is None:
            return self.of_inputs(inputs)
        return Lowered(call=f"{{0}} {self.sign} {literal(self.number)}")


class Add(Arithmetic):
    """Element-wise sum of the inputs, a residual connection (He et al. 2015), or of an input and a number: `ADD 1`."""

    name, sign = "ADD", "+"
    fresh = True
    examples = (
        Example("56x56x256, 56x56x256 -> ADD -> 56x56x256", params=0, macs=0),
        Example("8, 8, 8 -> ADD -> 8"),
        Example("8x8x16 -> ADD number=0.5 -> 8x8x16"),
        Example("8x8x16, 1x1x16 -> ADD broadcast -> 8x8x16"),
        Example("28x28x6 -> ADD 1 -> 28x28x6", params=0, macs=0),
        CounterExample("56x56x256, 56x56x64 -> ADD", "shape-mismatch"),
        CounterExample("8x8x16, 1x1x16 -> ADD", "shape-mismatch"),
        CounterExample("8x8x16, 16 -> ADD broadcast", "shape-mismatch"),
        CounterExample("8, 8 -> ADD 1", "too-many-values"),
        CounterExample("8x8x16 -> ADD", "wrong-inputs"),
    )

    def of_inputs(self, inputs: tuple[Shape, ...]) -> Lowered:
        return Lowered(call=" + ".join(places(inputs)), over="sum({0})", stretches=True)


class Multiply(Arithmetic):
    """Element-wise product of the inputs, or of an input and a number: `MUL 0.5` (torch.mul)."""

    name, sign = "MUL", "*"
    examples = (
        Example("8x8x16, 8x8x16 -> MUL -> 8x8x16", params=0, macs=0),
        Example("8x8x16, 8x8x1 -> MUL broadcast -> 8x8x16"),
        Example("8x8x16 -> MUL 0.5 -> 8x8x16"),
        Example("20x100 -> MUL number=-1 -> 20x100"),
        CounterExample("8x8x16, 8x8x1 -> MUL", "shape-mismatch"),
        CounterExample("8x8x16, 4x4x16 -> MUL broadcast", "shape-mismatch"),
        CounterExample("8x8x16 -> MUL", "wrong-inputs"),
        CounterExample("8x8x16 -> MUL 1e300", "too-large"),
        CounterExample("8x8x16, 8x8x16 -> MUL 2 broadcast", "too-many-values"),
    )

    def of_inputs(self, inputs: tuple[Shape, ...]) -> Lowered:
        return Lowered(call=" * ".join(places(inputs)), stretches=True)


class Pair(Arithmetic):
    """Two inputs, of which the first is not the second, or one and a number."""

    inputs = (1, 2)

    def shape(self, *inputs: Shape) -> Shape:
        if self.number is None and len(inputs) == 1:
            raise Refusal("wrong-inputs", f"{self.name} reads 2 inputs, or one and a number")
        return super().shape(*inputs)


class Subtract(Pair):
    """Element-wise difference, the first input minus the second, or minus a number: `SUB 1` (torch.sub)."""

    name, sign = "SUB", "-"
    fresh = True
    examples = (
        Example("56x56x64, 56x56x64 -> SUB -> 56x56x64", params=0, macs=0),
        Example("8x8x16, 1x1x16 -> SUB broadcast -> 8x8x16"),
        Example("10 -> SUB 1 -> 10"),
        CounterExample("56x56x64, 56x56x32 -> SUB", "shape-mismatch"),
        CounterExample("8, 8, 8 -> SUB", "wrong-inputs"),
        CounterExample("8 -> SUB", "wrong-inputs"),
    )


class Divide(Pair):
    """Element-wise quotient, the first input divided by the second, or by a number: `DIV 8` (torch.div)."""

    name, sign = "DIV", "/"
    examples = (
        Example("56x56x64, 56x56x64 -> DIV -> 56x56x64", params=0, macs=0),
        Example("8x8x16, 8x8x1 -> DIV broadcast -> 8x8x16"),
        Example("9x64 -> DIV 8 -> 9x64"),
        CounterExample("8x8x16, 8x8x1 -> DIV", "shape-mismatch"),
        CounterExample("8 -> DIV", "wrong-inputs"),
    )


class Power(Pair):
    """Element-wise power, the first input to the power of the second, or of a number: `POW 2` (torch.pow)."""

    name, sign = "POW", "**"
    number: float | None = attribute(Number(), None, doc="the power, where one input is read", torch="exponent")
    examples = (
        Example("197x768 -> POW 2 -> 197x768", params=0, macs=0),
        Example("10 -> POW number=-0.5 -> 10"),
        Example("8x8x16, 8x8x16 -> POW -> 8x8x16"),
        Example("8x8x16, 8x8x1 -> POW broadcast -> 8x8x16"),
        CounterExample("8x8x16, 8x8x1 -> POW", "shape-mismatch"),
        CounterExample("8 -> POW", "wrong-inputs"),
        CounterExample("37 int -> POW 2", "dtype-mismatch"),
    )
