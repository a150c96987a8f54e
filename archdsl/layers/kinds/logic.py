"""Truth values: combined, and as choices between values."""

from __future__ import annotations

from collections.abc import Mapping

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, attribute
from archdsl.layers.inline import literal
from archdsl.layers.merging import Broadcasting, check_dtypes, places
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Number
from archdsl.sizes.shape import Shape
from archdsl.typed import Any, ClassVar


class Connective(Broadcasting):
    """Truth values of equal shapes, combined element by element."""

    dtype = "bool"
    sign: ClassVar[str]

    def shape(self, *inputs: Shape) -> Shape:
        return Shape(super().shape(*inputs).sizes, "bool")

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(call=f" {self.sign} ".join(places(inputs)))


class And(Connective):
    """Element-wise conjunction of truth values: true where all inputs are (torch.logical_and)."""

    name, sign = "LOGICALAND", "&"
    examples = (
        Example("20x20 bool, 20x20 bool -> LOGICALAND -> 20x20", params=0, macs=0),
        Example("20x20 bool, 1x20 bool -> LOGICALAND broadcast -> 20x20"),
        CounterExample("20x20 bool, 1x20 bool -> LOGICALAND", "shape-mismatch"),
        CounterExample("20x20, 20x20 -> LOGICALAND", "dtype-mismatch"),
        CounterExample("20x20 bool -> LOGICALAND", "wrong-inputs"),
    )


class Or(Connective):
    """Element-wise disjunction of truth values: true where any input is (torch.logical_or)."""

    name, sign = "LOGICALOR", "|"
    examples = (
        Example("20x20 bool, 20x20 bool -> LOGICALOR -> 20x20", params=0, macs=0),
        Example("20x20 bool, 1x20 bool -> LOGICALOR broadcast -> 20x20"),
        CounterExample("20x20 bool, 1x20 bool -> LOGICALOR", "shape-mismatch"),
        CounterExample("20x20 bool, 20x20 -> LOGICALOR", "dtype-mismatch"),
    )


class Not(Layer):
    """Element-wise negation of truth values (torch.logical_not)."""

    name = "LOGICALNOT"
    dtype = "bool"
    examples = (
        Example("20x20 bool -> LOGICALNOT -> 20x20", params=0, macs=0),
        CounterExample("20x20 -> LOGICALNOT", "dtype-mismatch"),
        CounterExample("20x20 bool -> LOGICALNOT 1", "too-many-values"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(call="~{0}")


class Where(Broadcasting):
    """Choose element by element: the second input where the first is true, elsewhere the third (torch.where).

    The first input is of truth values. A number can take the place of the second input, `then=`, or of the third,
    `otherwise=`: `WHERE otherwise=0 <- m, x` is x where m is true, and `WHERE 1 0 <- m` makes features of truth values.
    """

    name = "WHERE"
    inputs = (1, 3)
    dtype = "any"
    then: float | None = attribute(Number(infinite=True), None, doc="the number where it is true", torch="input")
    otherwise: float | None = attribute(Number(infinite=True), None, doc="the number elsewhere", torch="other")
    examples = (
        Example("8x8x16 bool, 8x8x16, 8x8x16 -> WHERE -> 8x8x16", params=0, macs=0),
        Example("20x20 bool, 20x20 -> WHERE otherwise=-inf -> 20x20"),
        Example("20x20 bool, 20x20 -> WHERE then=0 -> 20x20"),
        Example("20 bool -> WHERE 1 0 -> 20"),
        Example("20x1 bool, 20x64, 1x64 -> WHERE broadcast -> 20x64"),
        Example("20 bool, 20 int, 20 int -> WHERE -> 20"),
        CounterExample("20x64, 20x64, 20x64 -> WHERE", "dtype-mismatch"),
        CounterExample("20x64 bool, 20x64, 20x64 int -> WHERE", "dtype-mismatch"),
        CounterExample("20x64 bool, 20x64 int -> WHERE otherwise=0", "dtype-mismatch"),
        CounterExample("20x1 bool, 20x64, 20x64 -> WHERE", "shape-mismatch"),
        CounterExample("20x64 bool, 20x64 -> WHERE", "wrong-inputs"),
        CounterExample("20x64 bool -> WHERE", "wrong-inputs"),
        CounterExample("20x64 bool, 20x64, 20x64 -> WHERE otherwise=0", "wrong-inputs"),
    )

    @classmethod
    def reads_one(cls, given: Mapping[str, Any]) -> bool:
        return "then" in given and "otherwise" in given

    def check_inputs(self, inputs: tuple[Shape, ...]) -> None:
        super().check_inputs(inputs)
        check_dtypes(self.name, inputs[:1], ("bool",))
        check_dtypes(self.name, inputs[1:], ("float32", "int64"), 1)

    def shape(self, *inputs: Shape) -> Shape:
        numbers = (self.then is not None) + (self.otherwise is not None)
        if len(inputs) != 3 - numbers:
            beside = "" if not numbers else " beside a number" if numbers == 1 else " beside two numbers"
            message = f"WHERE reads {3 - numbers} input{'s' * (numbers < 2)}{beside}, got {len(inputs)}"
            raise Refusal("wrong-inputs", message)
        if numbers == 1:
            check_dtypes(f"{self.name} with a number", inputs[1:], ("float32",), 1)
        sizes = super().shape(*inputs).sizes
        return Shape(sizes, inputs[1].dtype) if len(inputs) > 1 else Shape(sizes)

    def lower(self, *inputs: Shape) -> Lowered:
        values = [f"{{{place}}}" for place in range(1, len(inputs))]
        then = values.pop(0) if self.then is None else literal(float(self.then))
        other = values.pop(0) if self.otherwise is None else literal(float(self.otherwise))
        call = f"torch.where({{0}}, {then}, {other})" + ("" if len(inputs) > 1 else "{cast}")
        if len(inputs) > 1 and inputs[1].dtype == "int64":  # integers lie as they are written
            return Lowered(call=call, wants="flat" if inputs[0].rank == 1 else "last", gives="any")
        return Lowered(call=call, stretches=True)
