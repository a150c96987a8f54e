"""Max unpooling."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Lowered, Module, attribute
from archdsl.layers.pooling import SlidingPool, ceil_switch
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.pool import UNPOOL
from archdsl.layers.values import PerAxis
from archdsl.layers.window import Window, short
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import same
from archdsl.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.layers.field import AxisField


class Unpool(SlidingPool):
    """Max unpooling: UNPOOL 2x2 <- x, before (torch.nn.MaxUnpool2d; Badrinarayanan et al. 2017, section 3).

    Each element of x returns to the position of the largest element of its window, with zeros elsewhere. `before` is
    the input of the MAXPOOL with the same values; the output has its shape. The positions are computed again from it.
    Where windows overlap, two elements may have the same position, and either may be kept.
    """

    name = "UNPOOL"
    widens = True
    inputs = (2, 2)
    pad: tuple[int, ...] = attribute(PerAxis(0), 0, short="p", doc="padding of the pool", torch="padding", named=True)
    ceil: bool = ceil_switch()
    examples = (
        Example("14x14x64, 28x28x64 -> UNPOOL 2x2 -> 28x28x64", params=0, macs=0),
        Example("5x8, 10x8 -> UNPOOL k=3 s2 p1 -> 10x8"),
        Example("4x4x4x2, 7x7x7x2 -> UNPOOL 2 ceil -> 7x7x7x2"),
        CounterExample("14x14x64, 29x30x64 -> UNPOOL 2x2", "shape-mismatch"),
        CounterExample("14x14x64, 28x28x32 -> UNPOOL 2x2", "shape-mismatch"),
        CounterExample("14x14x64, 28x64 -> UNPOOL 2x2", "shape-mismatch"),
        CounterExample("1x1x64, 2x2x64 -> UNPOOL 3x3", "kernel-too-large"),
        CounterExample("14x14x64, 28x28x64 -> UNPOOL 2x2 p2", "pad-too-large"),
    )

    def windows(self, x: Shape) -> tuple[Window, ...]:
        each = zip(self.kernel, self.step(), self.pad, strict=True)
        return tuple(Window(kernel, stride, pad, pad, ceil=self.ceil) for kernel, stride, pad in each)

    def shape(self, *inputs: Shape) -> Shape:
        x, before = inputs
        if x.rank != before.rank:
            message = f"UNPOOL: {before} cannot pool to {x}, which has {x.rank} axes"
            raise Refusal("shape-mismatch", message, blame=1)
        pooled = super().shape(before)
        for axis, size, wanted in zip(AXES[x.rank], x.sizes, pooled.sizes, strict=True):
            if not same(size, wanted):
                message = f"UNPOOL: {before} pools to {pooled}, and {x} differs in its {axis}"
                raise Refusal("shape-mismatch", message, blame=0)
        return before

    def fields(self, place: int, inputs: tuple[Shape, ...], output: Shape) -> tuple[AxisField, ...]:
        return (None,) * len(inputs[place].space)  # what is put back depends on the windows around

    def remarks(self, *inputs: Shape) -> tuple[tuple[str, str], ...]:
        return ()

    def derivation(self, *inputs: Shape) -> str:
        return f"the shape of what was pooled, {inputs[1]}"

    def lower(self, *inputs: Shape) -> Lowered:
        dimensions = len(self.kernel)
        arguments = {
            "kernel_size": short(self.kernel),
            "stride": short(self.step()),
            "padding": short(self.pad),
            "ceil_mode": self.ceil,
        }
        defaults = {"stride": short(self.kernel), "padding": 0, "ceil_mode": False}
        module = Module(f"Unpool{dimensions}d", arguments, 1, defaults, UNPOOL.replace("{n}", str(dimensions)))
        return Lowered(module, wants="first", gives="first")
