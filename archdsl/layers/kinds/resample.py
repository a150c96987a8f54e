"""Upsampling, and rearrangements of channels and spatial positions."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute
from archdsl.layers.inline import inline
from archdsl.layers.output import OutputSizes
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Divisor, Number, PerAxis, Switch, Whole, Word, give
from archdsl.layers.window import short
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Expression, Size, same
from archdsl.typed import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.layers.field import AxisField

_LINEAR = {2: "linear", 3: "bilinear", 4: "trilinear"}  # PyTorch's names, by rank
_ALIGNED = ("linear", "bilinear", "trilinear", "bicubic")
_EXACT = 2**20  # with numerators below it a product with a size is exact as a float


class Scales(PerAxis):
    """A positive factor for each spatial axis, or one for all of them; the rules get PyTorch's floats."""

    bounded = False

    def __init__(self) -> None:
        super().__init__()
        self.number = Number(0, above=True)
        self.words = "a number or one per axis, as 2x3 or [1.5, 2]"

    def one(self, value: Any, axes: int) -> Any:
        return self.number.convert(value, axes)


class Upsample(Layer):
    """Upsampling or interpolation of every spatial axis, by a scale or to a size (torch.nn.Upsample).

    Output size of an axis: floor(in*scale), computed in floating point as PyTorch does. `linear` works for any number
    of axes; `bilinear` and `trilinear` are its names for two and three.
    """

    name = "UPSAMPLE"
    ranks = (2, 3, 4)
    scale: tuple[float, ...] | None = attribute(
        Scales(), None, doc="factor of each axis, also a fraction", torch="scale_factor"
    )
    size: tuple[Size, ...] | None = attribute(
        OutputSizes(), None, doc="output sizes, instead of a scale", torch="size", named=True
    )
    mode: str = attribute(
        Word("nearest", "nearest_exact", "linear", "bilinear", "trilinear", "bicubic", "area"),
        "nearest",
        doc="interpolation mode",
        torch="mode",
        named=True,
    )
    align: bool = attribute(
        Switch(),
        False,
        doc="align the corner elements; for linear modes and bicubic",
        torch="align_corners",
        named=True,
    )
    recompute: bool = attribute(
        Switch(),
        False,
        doc="recompute the factor from the sizes: another one if in*scale is not an integer",
        torch="recompute_scale_factor",
        named=True,
    )
    examples = (
        Example("13x13x256 -> UPSAMPLE 2 -> 26x26x256", params=0, macs=0),
        Example("28x28x64 -> UPSAMPLE 2 bilinear align -> 56x56x64"),
        Example("7x9x16 -> UPSAMPLE size=20x30 mode=bicubic -> 20x30x16"),
        Example("10x15x3 -> UPSAMPLE scale=[0.7, 1.5] mode=linear recompute -> 7x22x3"),
        Example("20x100 -> UPSAMPLE 1.5 linear -> 30x100"),
        Example("4x8x8x16 -> UPSAMPLE 1x2x2 trilinear -> 4x16x16x16"),
        Example("9x9x3 -> UPSAMPLE size=4 area -> 4x4x3"),
        Example("5x5x3 -> UPSAMPLE 3 nearest_exact -> 15x15x3"),
        CounterExample("13x13x256 -> UPSAMPLE", "missing-value"),
        CounterExample("13x13x256 -> UPSAMPLE 2 size=26", "too-many-values"),
        CounterExample("13x13x256 -> UPSAMPLE 0", "out-of-range"),
        CounterExample("13x13x256 -> UPSAMPLE 0.05", "out-of-range"),
        CounterExample("13x13x256 -> UPSAMPLE 2 align", "wrong-type"),
        CounterExample("13x13x256 -> UPSAMPLE size=26 recompute", "wrong-type"),
        CounterExample("13x13x256 -> UPSAMPLE 2 trilinear", "rank-mismatch"),
        CounterExample("20x100 -> UPSAMPLE 2 bicubic", "rank-mismatch"),
        CounterExample("256 -> UPSAMPLE 2", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        self._check_mode(x)
        if self.size is not None:
            if self.scale is not None:
                message = "UPSAMPLE takes a scale or a size, not both"
                raise Refusal("too-many-values", message, blame="size", hint="leave one of them out")
            return Shape((*self.size, x.channels))
        if self.scale is None:
            raise Refusal("missing-value", "UPSAMPLE needs a scale, or size=", hint=self.usage())
        each = zip(AXES[x.rank], x.space, self.scale, strict=False)
        return Shape((*(_scaled(*axis) for axis in each), x.channels))

    def _check_mode(self, x: Shape) -> None:
        wanted = {"bicubic": 3, "bilinear": 3, "trilinear": 4}.get(self.mode, x.rank)
        if wanted != x.rank:
            message = f"UPSAMPLE: {self.mode} resamples {wanted - 1} axes beside the channels, and {x} has {x.rank - 1}"
            raise Refusal("rank-mismatch", message, blame="mode", tries=({"mode": "linear"},))
        if self.align and self.mode not in _ALIGNED:
            message = f"UPSAMPLE: align goes with linear modes and bicubic, not with {self.mode}"
            raise Refusal("wrong-type", message, blame="align", tries=({"mode": "linear"},))
        if self.recompute and self.size is not None:
            message = "UPSAMPLE: recompute goes with a scale, and here is a size"
            raise Refusal("wrong-type", message, blame="recompute")

    def fields(self, place: int, inputs: tuple[Shape, ...], output: Shape) -> tuple[AxisField, ...]:
        """Exact for an integer scale that repeats elements; all of the axis where elements are mixed."""
        if self.scale is None or self.mode != "nearest" or any(scale != int(scale) for scale in self.scale):
            return super().fields(place, inputs, output)
        from fractions import Fraction

        from archdsl.layers.field import Field

        factors = map(int, self.scale)
        return tuple(Field(Fraction(1, factor), Fraction(1 - factor, factor), 0) for factor in factors)

    def derivation(self, *inputs: Shape) -> str:
        (x,) = inputs
        if self.scale is None:
            return super().derivation(x)
        each = zip(AXES[x.rank], x.space, self.scale, self.shape(x).space, strict=False)
        return "; ".join(f"{axis}: {size}*{scale} rounded down = {out}" for axis, size, scale, out in each)

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        mode = _LINEAR[x.rank] if self.mode == "linear" else self.mode.replace("_", "-")
        arguments = {
            "size": None if self.size is None else short(self.size),
            "scale_factor": None if self.scale is None else _factors(self.scale),
            "mode": mode,
            "align_corners": True if self.align else None,
            "recompute_scale_factor": True if self.recompute else None,
        }
        defaults = dict.fromkeys(arguments) | {"mode": "nearest"}
        module = Module("nn.Upsample", arguments, 0, defaults)
        return Lowered(module, inline("F.interpolate", module), wants="first", gives="first")


def _scaled(axis: str, size: Size, scale: float) -> Size:
    """floor(size*scale) as floats give it; for a symbolic size only where that is exact."""
    if isinstance(size, Expression):
        numerator, denominator = float(scale).as_integer_ratio()
        if numerator > _EXACT:
            message = f"UPSAMPLE: {size}*{scale} is rounded, and how depends on the {axis} {size}"
            raise Refusal("undetermined", message, blame="scale", hint=give(size))
        found = size * numerator // denominator
    else:
        found = int(size * float(scale))
    if found < 1:
        message = f"UPSAMPLE: a scale of {scale} leaves no element of the {axis} {size}"
        raise Refusal("out-of-range", message, blame="scale")
    return found


def _factors(scales: tuple[float, ...]) -> float | tuple[float, ...]:
    """One number where all axes agree, as a person writes it; floats, as TorchScript asks."""
    return float(scales[0]) if len(set(scales)) == 1 else tuple(map(float, scales))


class PixelShuffle(Layer):
    """Pixel shuffle: `factor`^2 channels become `factor` times as many rows and columns (torch.nn.PixelShuffle).

    A CONV and a PIXELSHUFFLE are the sub-pixel convolution of Shi et al. 2016.
    """

    name = "PIXELSHUFFLE"
    ranks = (3,)
    factor: int = attribute(Whole(symbolic=False), doc="factor of the rows and columns", torch="upscale_factor")
    examples = (
        Example("16x16x12 -> PIXELSHUFFLE 2 -> 32x32x3", params=0, macs=0),
        Example("5x7x18 -> PIXELSHUFFLE factor=3 -> 15x21x2"),
        CounterExample("16x16x10 -> PIXELSHUFFLE 2", "not-divisible"),
        CounterExample("16x16x12 -> PIXELSHUFFLE 0", "out-of-range"),
        CounterExample("20x100 -> PIXELSHUFFLE 2", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        pixels = self.factor * self.factor
        if not same(x.channels % pixels, 0):
            message = f"PIXELSHUFFLE: {x.channels} channels are not divided by {self.factor}*{self.factor} = {pixels}"
            raise Refusal("not-divisible", message, blame="factor")
        return Shape((*(size * self.factor for size in x.space), x.channels // pixels))

    def lower(self, *inputs: Shape) -> Lowered:
        module = Module("nn.PixelShuffle", {"upscale_factor": self.factor})
        return Lowered(module, inline("F.pixel_shuffle", module), wants="first", gives="first")


class PixelUnshuffle(Layer):
    """Pixel unshuffle: squares of `factor` x `factor` elements become channels (torch.nn.PixelUnshuffle).

    It is the inverse of PIXELSHUFFLE.
    """

    name = "PIXELUNSHUFFLE"
    ranks = (3,)
    factor: int = attribute(Whole(symbolic=False), doc="rows and columns of each square", torch="downscale_factor")
    examples = (
        Example("32x32x3 -> PIXELUNSHUFFLE 2 -> 16x16x12", params=0, macs=0),
        Example("15x21x2 -> PIXELUNSHUFFLE factor=3 -> 5x7x18"),
        CounterExample("15x16x3 -> PIXELUNSHUFFLE 2", "not-divisible"),
        CounterExample("16x16x12 -> PIXELUNSHUFFLE 0", "out-of-range"),
        CounterExample("20x100 -> PIXELUNSHUFFLE 2", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        for axis, size in zip(AXES[3], x.space, strict=False):
            if not same(size % self.factor, 0):
                message = f"PIXELUNSHUFFLE: {self.factor} does not divide the {axis} {size}"
                raise Refusal("not-divisible", message, blame="factor")
        return Shape((*(size // self.factor for size in x.space), x.channels * self.factor * self.factor))

    def lower(self, *inputs: Shape) -> Lowered:
        module = Module("nn.PixelUnshuffle", {"downscale_factor": self.factor})
        return Lowered(module, inline("F.pixel_unshuffle", module), wants="first", gives="first")


class ChannelShuffle(Layer):
    """Channel shuffle: takes the channels of the groups in turn (torch.nn.ChannelShuffle; Zhang et al. 2018).

    It mixes the groups of grouped convolutions, as in ShuffleNet.
    """

    name = "CHANNELSHUFFLE"
    ranks = (2, 3, 4)
    groups: int = attribute(Divisor(symbolic=False), short="g", doc="number of groups", torch="groups")
    examples = (
        Example("28x28x116 -> CHANNELSHUFFLE 2 -> 28x28x116", params=0, macs=0),
        Example("20x12 -> CHANNELSHUFFLE g3 -> 20x12"),
        CounterExample("28x28x10 -> CHANNELSHUFFLE 3", "not-divisible"),
        CounterExample("28x28x10 -> CHANNELSHUFFLE 0", "out-of-range"),
        CounterExample("12 -> CHANNELSHUFFLE 3", "rank-mismatch"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if not same(x.channels % self.groups, 0):
            message = f"CHANNELSHUFFLE: {self.groups} groups do not divide the {x.channels} channels"
            raise Refusal("not-divisible", message, blame="groups")
        return x

    def lower(self, *inputs: Shape) -> Lowered:
        module = Module("nn.ChannelShuffle", {"groups": self.groups})
        return Lowered(module, inline("F.channel_shuffle", module), wants="first", gives="first")
