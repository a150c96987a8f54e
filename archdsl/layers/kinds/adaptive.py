"""Global and adaptive pooling: the output size is given, not the window."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute
from archdsl.layers.inline import inline
from archdsl.layers.output import SameOrSizes
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.pool import GLOBAL_AVG_POOL, GLOBAL_MAX_POOL
from archdsl.layers.window import short
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size


class GlobalAvgPool(Layer):
    """Global average pooling: the mean of each channel over all spatial positions (Lin et al. 2014).

    The output is a vector with one element per channel, as of torch.nn.AdaptiveAvgPool2d(1) and a Flatten.
    """

    name = "GLOBALAVGPOOL"
    ranks = (2, 3, 4)
    examples = (
        Example("7x7x512 -> GLOBALAVGPOOL -> 512", params=0, macs=0),
        Example("20x100 -> GLOBALAVGPOOL -> 100"),
        CounterExample("512 -> GLOBALAVGPOOL", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return Shape((inputs[0].channels,))

    def lower(self, *inputs: Shape) -> Lowered:
        return _over_positions(inputs[0], Module("GlobalAvgPool", {}, support=GLOBAL_AVG_POOL), "torch.mean")


class GlobalMaxPool(Layer):
    """Global max pooling: the largest element of each channel over all spatial positions.

    The output is a vector with one element per channel, as of torch.nn.AdaptiveMaxPool2d(1) and a Flatten.
    """

    name = "GLOBALMAXPOOL"
    ranks = (2, 3, 4)
    examples = (
        Example("62x100 -> GLOBALMAXPOOL -> 100", params=0, macs=0),
        Example("7x7x512 -> GLOBALMAXPOOL -> 512"),
        CounterExample("512 -> GLOBALMAXPOOL", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return Shape((inputs[0].channels,))

    def lower(self, *inputs: Shape) -> Lowered:
        return _over_positions(inputs[0], Module("GlobalMaxPool", {}, support=GLOBAL_MAX_POOL), "torch.amax")


class AdaptivePool(Layer):
    """Pooling whose windows are chosen so that the output has a given size, a larger one too."""

    ranks = (2, 3, 4)
    kind = ""
    size: tuple[Size | None, ...] = attribute(
        SameOrSizes(), doc="sizes of the output; same: the size of the input", torch="output_size"
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if self.size == (None,):
            message = f"{self.name}: with the one axis of {x} kept, nothing is pooled"
            raise Refusal("out-of-range", message, blame="size")
        kept: list[Size] = [
            of_input if size is None else size for size, of_input in zip(self.size, x.space, strict=True)
        ]
        return Shape((*kept, x.channels))

    def lower(self, *inputs: Shape) -> Lowered:
        dimensions = len(self.size)
        size = self.size if None in self.size else short(self.size)  # type: ignore[arg-type]
        module = Module(f"nn.Adaptive{self.kind}Pool{dimensions}d", {"output_size": size})
        call = inline(f"F.adaptive_{self.kind.lower()}_pool{dimensions}d", module)
        return Lowered(module, call, wants="first", gives="first")


class AdaptiveAvgPool(AdaptivePool):
    """Adaptive average pooling to a given output size (torch.nn.AdaptiveAvgPool2d).

    The windows are chosen by the size of the input; the output may also be larger than the input.
    """

    name = "ADAPTIVEAVGPOOL"
    kind = "Avg"
    examples = (
        Example("13x13x256 -> ADAPTIVEAVGPOOL 6x6 -> 6x6x256", params=0, macs=0),
        Example("5x9x16 -> ADAPTIVEAVGPOOL size=7 -> 7x7x16"),
        Example("20x100 -> ADAPTIVEAVGPOOL 1 -> 1x100"),
        Example("56x48x64 -> ADAPTIVEAVGPOOL [same, 1] -> 56x1x64"),
        CounterExample("13x13x256 -> ADAPTIVEAVGPOOL 0", "out-of-range"),
        CounterExample("13x13x256 -> ADAPTIVEAVGPOOL 6x6x6", "rank-mismatch"),
        CounterExample("20x100 -> ADAPTIVEAVGPOOL same", "out-of-range"),
    )


class AdaptiveMaxPool(AdaptivePool):
    """Adaptive max pooling to a given output size (torch.nn.AdaptiveMaxPool2d).

    The windows are chosen by the size of the input; the output may also be larger than the input.
    """

    name = "ADAPTIVEMAXPOOL"
    kind = "Max"
    examples = (
        Example("13x13x256 -> ADAPTIVEMAXPOOL 6x6 -> 6x6x256", params=0, macs=0),
        Example("20x100 -> ADAPTIVEMAXPOOL 3 -> 3x100"),
        Example("8x14x14x64 -> ADAPTIVEMAXPOOL size=[same, 7, 7] -> 8x7x7x64"),
        CounterExample("13x13x256 -> ADAPTIVEMAXPOOL 0", "out-of-range"),
        CounterExample("256 -> ADAPTIVEMAXPOOL 3", "rank-mismatch"),
        CounterExample("20x100 -> ADAPTIVEMAXPOOL same", "out-of-range"),
    )


def _over_positions(x: Shape, module: Module, function: str) -> Lowered:
    """What a function makes of all positions, for channels first and last alike; the module is for the former."""

    def lowered(form: str) -> Lowered:
        axes = tuple(range(2, x.rank + 1)) if form == "first" else tuple(range(1, x.rank))
        call = f"{function}({{0}}, {axes[0] if len(axes) == 1 else axes})"
        return Lowered(module if form == "first" else None, call, wants=form, gives="flat")

    return lowered("first")._replace(otherwise=lowered("last"))
