"""Comparisons: truth values, element by element, of two inputs, or of one input and a number."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Lowered
from archdsl.layers.inline import literal
from archdsl.layers.kinds.arithmetic import Pair
from archdsl.layers.merging import check_dtypes
from archdsl.sizes.shape import Shape


class Compared(Pair):
    """Features or integers of equal shapes, or one input and a number."""

    dtype = "any"

    def check_inputs(self, inputs: tuple[Shape, ...]) -> None:
        super().check_inputs(inputs)
        check_dtypes(self.name, inputs, ("float32", "int64"))

    def shape(self, *inputs: Shape) -> Shape:
        return Shape(super().shape(*inputs).sizes, "bool")

    def lower(self, *inputs: Shape) -> Lowered:
        other = "{1}" if self.number is None else literal(self.number)
        written = inputs[0].dtype == "int64"  # integers lie as they are written, truth values as features do
        gives = "any" if not written else "flat" if inputs[0].rank == 1 else "last"
        return Lowered(call=f"{{0}} {self.sign} {other}", gives=gives, stretches=True)


class Greater(Compared):
    """Element-wise a > b, with an input or a number (torch.gt)."""

    name, sign = "GREATER", ">"
    examples = (
        Example("8x8x16 -> GREATER 0 -> 8x8x16", params=0, macs=0),
        Example("8x8x16 -> GREATER number=0.5 -> 8x8x16"),
        Example("20x64, 20x64 -> GREATER -> 20x64"),
        Example("20x64, 20x1 -> GREATER broadcast -> 20x64"),
        Example("37 int -> GREATER 0 -> 37"),
        CounterExample("20x64, 20x1 -> GREATER", "shape-mismatch"),
        CounterExample("20x64 -> GREATER", "wrong-inputs"),
        CounterExample("20x64, 20x64 -> GREATER 1", "too-many-values"),
        CounterExample("37 bool -> GREATER 0", "dtype-mismatch"),
        CounterExample("3x7, 3x7 int -> GREATER", "dtype-mismatch"),
    )


class GreaterEqual(Compared):
    """Element-wise a >= b, with an input or a number (torch.ge)."""

    name, sign = "GREATEREQUAL", ">="
    examples = (
        Example("8x8x16 -> GREATEREQUAL 0 -> 8x8x16", params=0, macs=0),
        Example("10 -> GREATEREQUAL number=-1 -> 10"),
        Example("20x64, 1x64 -> GREATEREQUAL broadcast -> 20x64"),
        CounterExample("20x64, 20x32 -> GREATEREQUAL", "shape-mismatch"),
        CounterExample("10 -> GREATEREQUAL", "wrong-inputs"),
    )


class Less(Compared):
    """Element-wise a < b, with an input or a number (torch.lt)."""

    name, sign = "LESS", "<"
    examples = (
        Example("8x8x16 -> LESS 0 -> 8x8x16", params=0, macs=0),
        Example("10 -> LESS number=0.1 -> 10"),
        Example("20x64, 1x64 -> LESS broadcast -> 20x64"),
        Example("9x7 int, 9x7 int -> LESS -> 9x7"),
        CounterExample("20x64, 20x32 -> LESS", "shape-mismatch"),
        CounterExample("10 -> LESS", "wrong-inputs"),
    )


class LessEqual(Compared):
    """Element-wise a <= b, with an input or a number (torch.le)."""

    name, sign = "LESSEQUAL", "<="
    examples = (
        Example("8x8x16 -> LESSEQUAL 0 -> 8x8x16", params=0, macs=0),
        Example("10 -> LESSEQUAL number=6 -> 10"),
        Example("20x64, 1x64 -> LESSEQUAL broadcast -> 20x64"),
        CounterExample("20x64, 20x32 -> LESSEQUAL", "shape-mismatch"),
        CounterExample("10 -> LESSEQUAL", "wrong-inputs"),
    )


class Equal(Compared):
    """Element-wise a == b, with an input or a number: `EQUAL 0 <- words` is where words are padding (torch.eq)."""

    name, sign = "EQUAL", "=="
    examples = (
        Example("37 int -> EQUAL 0 -> 37", params=0, macs=0),
        Example("10 -> EQUAL number=1 -> 10"),
        Example("20x64, 20x1 -> EQUAL broadcast -> 20x64"),
        Example("8x8x3 int, 8x8x3 int -> EQUAL -> 8x8x3"),
        CounterExample("20x64, 20x32 -> EQUAL", "shape-mismatch"),
        CounterExample("37 int -> EQUAL", "wrong-inputs"),
    )


class NotEqual(Compared):
    """Element-wise a != b, with an input or a number: `NOTEQUAL 0 <- words` is where words are none (torch.ne)."""

    name, sign = "NOTEQUAL", "!="
    examples = (
        Example("37 int -> NOTEQUAL 0 -> 37", params=0, macs=0),
        Example("10 -> NOTEQUAL number=1 -> 10"),
        Example("20x64, 20x1 -> NOTEQUAL broadcast -> 20x64"),
        CounterExample("20x64, 20x32 -> NOTEQUAL", "shape-mismatch"),
        CounterExample("37 int -> NOTEQUAL", "wrong-inputs"),
    )
