"""What merges share: inputs of equal shapes, or of shapes that are stretched to one another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from archdsl.layers.base import ELEMENTS, Layer, attribute
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Switch
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, maximum, same
from archdsl.typed import ClassVar


class ElementwiseMerge(Layer):
    """Inputs of equal shapes, combined element by element."""

    inputs: ClassVar[tuple[int, int | None]] = (1, None)
    merge = True

    def shape(self, *inputs: Shape) -> Shape:
        self._check_equal(inputs, self.compared(*inputs))
        return inputs[0]

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        return tuple(shape.sizes for shape in inputs)

    def _check_equal(
        self, inputs: tuple[Shape, ...], sizes: Sequence[tuple[Size, ...]], wants: str = "equal shapes"
    ) -> None:
        """Refuse inputs whose sizes differ; the one to blame is the first that is unlike the most frequent."""
        counts: dict[tuple[Size, ...], int] = {}
        for each in sizes:
            counts[each] = counts.get(each, 0) + 1
        if len(counts) == 1:
            return
        usual = sizes.index(max(counts, key=lambda each: counts[each]))
        for index, each in enumerate(sizes):
            if not equal(each, sizes[usual]):
                raise self._unequal(inputs, usual, index, wants)

    def _unequal(self, inputs: tuple[Shape, ...], usual: int, odd: int, wants: str) -> Refusal:
        first, second = sorted((usual, odd))
        branches = f"branch {first + 1} is {inputs[first]}, branch {second + 1} is {inputs[second]}"
        return Refusal("shape-mismatch", f"{self.name} needs {wants}: {branches}", blame=odd)


class Broadcasting(ElementwiseMerge):
    """Inputs of equal shapes; with `broadcast`, an axis of size 1 is stretched to the size of the others."""

    broadcast: bool = attribute(Switch(), False, doc="stretch axes of size 1 (broadcasting)", named=True)

    def shape(self, *inputs: Shape) -> Shape:
        if not self.broadcast:
            return super().shape(*inputs)
        self._check_equal(inputs, tuple((shape.rank,) for shape in inputs), "equal numbers of axes")
        sizes = tuple(reduce(maximum, column) for column in zip(*(shape.sizes for shape in inputs), strict=True))
        stretched = [
            tuple(wide if same(size, 1) else size for size, wide in zip(shape.sizes, sizes, strict=True))
            for shape in inputs
        ]
        self._check_equal(inputs, stretched, "equal sizes, or 1, on each axis")
        return Shape(sizes)

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        return () if self.broadcast else super().compared(*inputs)

    def _unequal(self, inputs: tuple[Shape, ...], usual: int, odd: int, wants: str) -> Refusal:
        refusal = super()._unequal(inputs, usual, odd, wants)
        pair = (inputs[usual], inputs[odd])
        if not self.broadcast and pair[0].rank == pair[1].rank and all(1 in sizes for sizes in unlike(*pair)):
            refusal.tries = ({"broadcast": True},)
        return refusal


def check_dtypes(kind: str, inputs: Sequence[Shape], dtypes: Sequence[str], start: int = 0) -> None:
    """Refuse an input of another dtype than these, or than the first; they are counted from `start`."""
    for place, shape in enumerate(inputs, start):
        wanted = dtypes if place == start else (inputs[0].dtype,)
        if shape.dtype not in wanted:
            words = " or ".join(ELEMENTS[dtype] for dtype in wanted)
            message = f"{kind} reads {words} as input {place + 1}, and {shape} contains {ELEMENTS[shape.dtype]}"
            raise Refusal("dtype-mismatch", message, blame=place)


def places(inputs: tuple[Shape, ...]) -> list[str]:
    return [f"{{{index}}}" for index in range(len(inputs))]


def equal(left: tuple[Size, ...], right: tuple[Size, ...]) -> bool:
    return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))


def unlike(left: Shape, right: Shape) -> list[tuple[Size, Size]]:
    """The sizes of two shapes where they differ."""
    return [(a, b) for a, b in zip(left.sizes, right.sizes, strict=True) if a != b]
