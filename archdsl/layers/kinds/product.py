"""Products of matrices and tensors, summed over axes that the inputs share."""

from __future__ import annotations

from collections.abc import Mapping

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, attribute
from archdsl.layers.merging import equal
from archdsl.layers.refusal import Refusal
from archdsl.layers.summation import Summation, SummationText
from archdsl.layers.values import Switch
from archdsl.layers.worked import NOTHING, Factor, Worked
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same
from archdsl.typed import Any


class MatrixProduct(Layer):
    """Matrix product over the last two axes of two inputs (torch.matmul).

    `TxK` and `KxN` give `TxN`. With `transpose` the second matrix is transposed: `TxK` and `NxK` give `TxN`. All axes
    before the last two must be equal; with `broadcast`, those of size 1 are stretched.
    """

    name = "MATMUL"
    inputs = (2, 2)
    merge = True
    ranks = (2, 3, 4)
    transpose: bool = attribute(Switch(), False, doc="transpose the second input", named=True)
    broadcast: bool = attribute(
        Switch(), False, doc="stretch axes of size 1 before the last two (broadcasting)", named=True
    )
    examples = (
        Example("196x64, 64x10 -> MATMUL -> 196x10", params=0, macs=125_440),
        Example("12x196x64, 12x196x64 -> MATMUL transpose -> 12x196x196", macs=29_503_488),
        Example("2x3x4x5, 2x3x5x6 -> MATMUL -> 2x3x4x6", macs=720),
        Example("12x196x64, 1x64x10 -> MATMUL broadcast -> 12x196x10", macs=1_505_280),
        Example("1x3x4x5, 2x1x6x5 -> MATMUL transpose broadcast -> 2x3x4x6", macs=720),
        CounterExample("196x64, 32x10 -> MATMUL", "shape-mismatch"),
        CounterExample("196x64, 64x10 -> MATMUL transpose", "shape-mismatch"),
        CounterExample("12x196x64, 8x64x196 -> MATMUL", "shape-mismatch"),
        CounterExample("12x196x64, 1x64x10 -> MATMUL", "shape-mismatch"),
        CounterExample("12x196x64, 8x64x196 -> MATMUL broadcast", "shape-mismatch"),
        CounterExample("12x196x64, 64x196 -> MATMUL", "shape-mismatch"),
        CounterExample("64, 64 -> MATMUL", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        left, right = inputs
        if left.rank != right.rank:
            message = f"MATMUL needs equal numbers of axes: branch 1 is {left}, branch 2 is {right}"
            raise Refusal("shape-mismatch", message, blame=1)
        rows, columns = right.sizes[-2:]
        inner, width = (columns, rows) if self.transpose else (rows, columns)
        if not same(left.channels, inner):
            wanted = Shape((*left.sizes[:-2], *((width, left.channels) if self.transpose else (left.channels, width))))
            message = f"MATMUL of {left} needs {wanted}, and branch 2 is {right}"
            raise Refusal("shape-mismatch", message, blame=1, tries=({"transpose": not self.transpose},))
        return Shape((*self._before(left, right), left.sizes[-2], width))

    def _before(self, left: Shape, right: Shape) -> tuple[Size, ...]:
        """The axes before the last two."""
        if not self.broadcast:
            if not equal(left.sizes[:-2], right.sizes[:-2]):
                message = f"MATMUL needs equal sizes on all axes but the last two: {left} and {right}"
                raise Refusal("shape-mismatch", message, blame=1, tries=({"broadcast": True},))
            return left.sizes[:-2]
        pairs = list(zip(left.sizes[:-2], right.sizes[:-2], strict=True))
        sizes = [b if same(a, 1) else a for a, b in pairs]
        if not all(same(b, 1) or same(b, size) for (_, b), size in zip(pairs, sizes, strict=True)):
            message = f"MATMUL needs equal sizes, or 1, on all axes but the last two: {left} and {right}"
            raise Refusal("shape-mismatch", message, blame=1)
        return tuple(sizes)

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        return Worked((Factor(output.sizes, "elements"), Factor((inputs[0].channels,), "channels")))

    def lower(self, *inputs: Shape) -> Lowered:
        second = "{1}.mT" if self.transpose else "{1}"
        return Lowered(call=f"torch.matmul({{0}}, {second})", wants="last", gives="last")


class EinsteinSum(Layer):
    """Einstein summation: products of two inputs, or the elements of one, summed over named axes (torch.einsum).

    The text names the axes of each input and of the output as shapes are written, channels last and without the batch,
    separated by spaces. Axes that the output lacks are summed over; a name that an input has twice takes its diagonal.
    An axis has the same size wherever its name stands. The macs are one for each combination of the axes of the output
    and of those that both inputs have; without an axis of both that is summed over, there are none.
    """

    name = "EINSUM"
    inputs = (1, 2)
    merge = True
    equation: Summation = attribute(SummationText(), doc="the axes of each input and of the output", torch="equation")
    examples = (
        Example('12x196x64, 12x50x64 -> EINSUM "h t d, h s d -> h t s" -> 12x196x50', params=0, macs=7_526_400),
        Example('14x14x64, 64 -> EINSUM "h w c, c -> h w" -> 14x14', macs=12_544),
        Example('20x8, 30x8 -> EINSUM equation="step d, other d -> step other" -> 20x30', macs=4_800),
        Example('20x8, 20x8 -> EINSUM "t d, t d -> t d" -> 20x8', macs=0),
        Example('20x64 -> EINSUM "t d -> d t" -> 64x20', macs=0),
        Example('8x8x3 -> EINSUM "i i c -> i c" -> 8x3', macs=0),
        Example('20x64 -> EINSUM "t d -> d" -> 64', macs=0),
        CounterExample('12x196x64, 12x50x32 -> EINSUM "h t d, h s d -> h t s"', "shape-mismatch"),
        CounterExample('8x9x3 -> EINSUM "i i c -> i c"', "shape-mismatch"),
        CounterExample('196x64, 12x50x64 -> EINSUM "h t d, h s d -> h t s"', "rank-mismatch"),
        CounterExample('20x8, 30x8 -> EINSUM "t d -> t"', "wrong-inputs"),
        CounterExample('20x8 -> EINSUM "t d -> t s"', "invalid-text"),
        CounterExample('20x8 -> EINSUM "t d -> t t"', "invalid-text"),
        CounterExample('20x8 -> EINSUM "t d ->"', "invalid-text"),
        CounterExample('20x8 -> EINSUM "t d"', "invalid-text"),
        CounterExample('20x8, 20x8 -> EINSUM "t d, t d, t d -> t"', "invalid-text"),
        CounterExample('20x8, 30x8 -> EINSUM "td, sd -> ts"', "invalid-text"),
        CounterExample("20x8 -> EINSUM", "missing-value"),
    )

    @classmethod
    def reads_one(cls, given: Mapping[str, Any]) -> bool:
        text = given.get("equation")
        return not isinstance(text, str) or "," not in text.partition("->")[0]

    def shape(self, *inputs: Shape) -> Shape:
        listed = len(self.equation.inputs)
        if listed != len(inputs):
            message = f"EINSUM lists {listed} input{'s' * (listed > 1)}, and the line reads {len(inputs)}"
            raise Refusal("wrong-inputs", message)
        sizes = self.equation.sizes(inputs)
        return Shape(tuple([sizes[name] for name in self.equation.output]))

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        both = sorted(set.intersection(*map(set, self.equation.inputs)))
        found = [
            dict(zip(names, x.sizes, strict=False)) for names, x in zip(self.equation.inputs, inputs, strict=False)
        ]
        return tuple(tuple(sizes[name] for name in both if name in sizes) for sizes in found)

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        names = self.equation.contracted()
        if not names:
            return NOTHING
        sizes = dict(zip(self.equation.inputs[0], inputs[0].sizes, strict=True))
        return Worked((Factor(output.sizes, "elements"), Factor(tuple(sizes[name] for name in names), " ".join(names))))

    def lower(self, *inputs: Shape) -> Lowered:
        operands = ", ".join(f"{{{place}}}" for place in range(len(inputs)))

        def summed(form: str) -> Lowered:
            call = f'torch.einsum("{self.equation.equation(form)}", {operands})'
            return Lowered(call=call, wants=form, gives=form)

        return summed("last")._replace(otherwise=summed("first"))
