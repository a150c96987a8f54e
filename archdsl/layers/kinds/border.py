"""Padding and cropping."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute, is_open
from archdsl.layers.inline import inline
from archdsl.layers.output import SameOrSizes
from archdsl.layers.refusal import Refusal
from archdsl.layers.sides import Ends, Sides
from archdsl.layers.support.border import CENTER_CROP, CROP, CROP_SIDES
from archdsl.layers.values import Number, Word
from archdsl.layers.window import check_filling
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Size
from archdsl.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.layers.field import AxisField

_MODULES = {"reflect": "Reflection", "replicate": "Replication", "circular": "Circular"}
_Sides = tuple[tuple[int, int], ...]


class Pad(Layer):
    """Pad with zeros or another value: `PAD 2` the spatial axes, `PAD channels=16` the channels (F.pad).

    With `mode` the padding reflects, replicates or repeats the input. A shortcut with padded channels is option A of
    He et al. 2015, section 4.2.
    """

    name = "PAD"
    widens = True
    space: _Sides | None = attribute(Sides(), None, doc="elements at both ends of each spatial axis", torch="padding")
    channels: tuple[Size, Size] | None = attribute(
        Ends(symbolic=True, behind=True), None, doc="channels after the last one, or [before, after]", named=True
    )
    mode: str = attribute(
        Word("zeros", "reflect", "replicate", "circular"),
        "zeros",
        doc="zeros, or reflect, replicate or repeat (circular) the input",
        named=True,
    )
    value: float | None = attribute(
        Number(infinite=True), None, doc="value to pad with, instead of 0", torch="value", named=True
    )
    examples = (
        Example("28x28x1 -> PAD 2 -> 32x32x1", params=0, macs=0),
        Example("28x28x1 -> PAD 2x1 -> 32x30x1"),
        Example("16x16x16 -> PAD channels=16 -> 16x16x32"),
        Example("8x16 -> PAD space=1 channels=4 -> 10x20"),
        Example("8x8x16 -> PAD [[0, 1], 2] -> 9x12x16"),
        Example("8x8x16 -> PAD channels=[8, 8] -> 8x8x32"),
        Example("8x16 -> PAD 3 mode=reflect -> 14x16"),
        Example("4x6x6x2 -> PAD 0x2x2 mode=circular -> 4x10x10x2"),
        Example("5x5x3 -> PAD [[4, 0], 7] replicate -> 9x19x3"),
        Example("28x28x1 -> PAD 2 value=-0.5 -> 32x32x1"),
        Example("28x28x1 -> PAD 2 value=-inf -> 32x32x1"),
        CounterExample("28x28x1 -> PAD", "missing-value"),
        CounterExample("84 -> PAD 2", "rank-mismatch"),
        CounterExample("28x28x1 -> PAD -2", "out-of-range"),
        CounterExample("28x28x1 -> PAD [[1, 2, 3], 1]", "wrong-type"),
        CounterExample("8x16 -> PAD 8 mode=reflect", "pad-too-large"),
        CounterExample("8x16 -> PAD 9 mode=circular", "pad-too-large"),
        CounterExample("8x16 -> PAD 1 channels=1 mode=circular", "wrong-type"),
        CounterExample("8x16 -> PAD 1 value=1 mode=reflect", "wrong-type"),
        CounterExample("8x16 -> PAD 1 value=1e300", "too-large"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if self.space is None and self.channels is None:
            raise Refusal("missing-value", "PAD needs a number for the axes, or channels=", hint=self.usage())
        for word in ("channels", "value") if self.mode != "zeros" else ():
            if self.__dict__[word] is not None:
                message = f"PAD: {self.mode} goes neither with channels nor with a value"
                raise Refusal("wrong-type", message, blame=word)
        space: list[Size] = []
        for axis, size, ends in zip(AXES[x.rank], x.space, self._sides(x), strict=False):
            check_filling(self.name, self.mode, size, ends, axis, "space")
            space.append(size + ends[0] + ends[1])
        before, behind = self.channels or (0, 0)
        return Shape((*space, x.channels + before + behind))

    def fields(self, place: int, inputs: tuple[Shape, ...], output: Shape) -> tuple[AxisField, ...]:
        from archdsl.layers.field import Field

        if self.mode == "circular":
            return super().fields(place, inputs, output)
        return tuple(Field(1, -before, -before) for before, _ in self._sides(inputs[0]))

    def _sides(self, x: Shape) -> _Sides:
        return ((0, 0),) * len(x.space) if self.space is None else self.space

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        pads: tuple[Size, ...] = tuple(end for ends in reversed(self._sides(x)) for end in ends)
        if self.channels is not None and self.channels != (0, 0):
            pads = (*pads, *self.channels)
        place = "flat" if x.rank == 1 else "first"
        mode = "constant" if self.mode == "zeros" else self.mode
        arguments = self.floats({"pad": pads, "mode": mode, "value": self.value})
        call = inline("F.pad", Module("", arguments, 1, {"mode": "constant", "value": None})) if any(pads) else "{0}"
        return Lowered(self._module(x, pads), call, wants=place, gives=place, sizes={"pad": pads})

    def _module(self, x: Shape, pads: tuple[Size, ...]) -> Module | None:
        """PyTorch's module; it has none for more than three axes, the channels counted."""
        axes = max(1, len(pads) // 2)
        if axes > 3:
            return None
        alike = axes == len(x.space) and len(set(pads)) == 1
        padding = {"padding": pads[0] if alike else pads or (0, 0)}
        if self.mode in _MODULES:
            return Module(f"nn.{_MODULES[self.mode]}Pad{axes}d", padding)
        if self.value is not None:
            return Module(f"nn.ConstantPad{axes}d", {**padding, "value": self.value}, 2)
        return Module(f"nn.ZeroPad{axes}d", padding)


class Crop(Layer):
    """Crop the spatial axes: `CROP 4` removes 4 elements at each end, `CROP size=56` keeps the centre.

    U-Net crops the feature maps of its skip connections so (Ronneberger et al. 2015). If an odd number of elements is
    removed around the centre, the end loses one more than the start.
    """

    name = "CROP"
    ranks = (2, 3, 4)
    space: _Sides | None = attribute(Sides(), None, doc="elements removed at both ends of each axis")
    size: tuple[Size | None, ...] | None = attribute(
        SameOrSizes(), None, doc="sizes of the centre to keep; same: the whole axis", named=True
    )
    examples = (
        Example("64x64x512 -> CROP 4 -> 56x56x512", params=0, macs=0),
        Example("8x9x16 -> CROP [[0, 1], 2] -> 7x5x16"),
        Example("64x64x512 -> CROP size=55x56 -> 55x56x512"),
        Example("20x100 -> CROP 0 -> 20x100"),
        Example("8x12x12x4 -> CROP size=[same, 7, 7] -> 8x7x7x4"),
        CounterExample("8x8x3 -> CROP", "missing-value"),
        CounterExample("8x8x3 -> CROP 2 size=4", "too-many-values"),
        CounterExample("8x8x3 -> CROP 4", "out-of-range"),
        CounterExample("8x8x3 -> CROP size=9", "out-of-range"),
        CounterExample("8x8x3 -> CROP -1", "out-of-range"),
        CounterExample("84 -> CROP 2", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if self.space is None and self.size is None:
            raise Refusal("missing-value", "CROP needs a number for the axes, or size=", hint=self.usage())
        if self.space is not None and self.size is not None:
            message = "CROP takes what goes or what is left, not both"
            raise Refusal("too-many-values", message, blame="size", hint="leave one of them out")
        for axis, size, left in zip(AXES[x.rank], x.space, self._left(x), strict=False):
            if left < 1:
                message = f"CROP: nothing is left of the {axis} {size}"
                raise Refusal("out-of-range", message, blame="space")
            if size < left:
                message = f"CROP: {left} is more than the {axis} {size} has"
                raise Refusal("out-of-range", message, blame="size")
        return Shape((*self._left(x), x.channels))

    def _left(self, x: Shape) -> tuple[Size, ...]:
        """What is left of each axis."""
        if self.size is not None:
            return tuple(size if left is None else left for left, size in zip(self.size, x.space, strict=True))
        return tuple(size - before - behind for size, (before, behind) in zip(x.space, self.space or (), strict=True))

    def _sides(self, x: Shape) -> tuple[tuple[Size, Size], ...]:
        """What goes of each axis, before and after."""
        if self.space is not None:
            return self.space
        gone = tuple(size - left for size, left in zip(x.space, self._left(x), strict=True))
        return tuple((size // 2, size - size // 2) for size in gone)

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        sides = self._sides(x)
        if any(map(is_open, sides)):
            return self._read_off(sides, self._left(x))
        slices = ", ".join(f"{before or ''}:{-behind or ''}" for before, behind in sides)
        call = f"{{0}}[:, :, {slices}]" if any(map(any, sides)) else "{0}"
        return Lowered(self._module(), call, wants="first", gives="first")

    def _read_off(self, sides: tuple[tuple[Size, Size], ...], left: tuple[Size, ...]) -> Lowered:
        """What is left of each axis, from a place that depends on its size."""
        slices: list[str] = []
        sizes: dict[str, Size] = {}
        for place, ((before, behind), size) in enumerate(zip(sides, left, strict=True)):
            if is_open((before, behind)):
                slices.append(f"{{start{place}}}:{{stop{place}}}")
                sizes |= {f"start{place}": before, f"stop{place}": before + size}
            else:
                slices.append(f"{before or ''}:{-behind or ''}")
        return Lowered(call=f"{{0}}[:, :, {', '.join(slices)}]", wants="first", gives="first", sizes=sizes)

    def _module(self) -> Module:
        if self.space is None:
            return Module("CenterCrop", {"size": self.size}, support=CENTER_CROP)
        ends = {end for pair in self.space for end in pair}
        if len(ends) == 1:
            return Module("Crop", {"margin": ends.pop()}, support=CROP)
        return Module("CropSides", {"sides": self.space}, support=CROP_SIDES)
