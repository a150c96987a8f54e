"""Pooling over sliding windows."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute, inline
from archdsl.layers.refusal import Refusal
from archdsl.layers.support import of_axes
from archdsl.layers.support.pool import OPEN_MAX_POOL, PADDED_MAX_POOL, PADDED_MAX_POOL_1D, SUBSAMPLE
from archdsl.layers.values import Number, PerAxis, Switch, Whole
from archdsl.layers.window import Window, check_fit, derivation, ever, leftovers, short
from archdsl.layers.worked import Factor, Worked
from archdsl.sizes.shape import AXES, Shape
from archdsl.typed import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.layers.field import AxisField


def ceil_switch() -> Any:
    """The switch of pools whose last window may reach beyond the end."""
    return attribute(
        Switch(),
        False,
        doc="round the output size up: the last window may reach beyond the end",
        torch="ceil_mode",
        named=True,
    )


class SlidingPool(Layer):
    """A window that slides over every spatial axis; its stride is its size unless given."""

    ranks = (2, 3, 4)
    kernel: tuple[int, ...] = attribute(PerAxis(), short="k", doc="size of the window", torch="kernel_size")
    stride: tuple[int, ...] | None = attribute(
        PerAxis(), None, short="s", doc="stride; by default the size of the window", torch="stride", named=True
    )

    def step(self) -> tuple[int, ...]:
        """The stride, or the kernel where none is given."""
        return self.kernel if self.stride is None else self.stride

    def windows(self) -> tuple[Window, ...]:
        """The window of each axis."""
        return tuple(Window(kernel, stride) for kernel, stride in zip(self.kernel, self.step(), strict=True))

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        windows = self.windows()
        for axis, size, window in zip(AXES[x.rank], x.space, windows, strict=False):
            self._check_pad(window)
            check_fit(self.name, size, window, axis)
        return Shape((*(window.positions(size) for window, size in zip(windows, x.space, strict=True)), x.channels))

    def _check_pad(self, window: Window) -> None:
        """PyTorch's bound, dilation left out: at most half of the kernel."""
        if window.before > window.kernel // 2:
            message = f"{self.name}: padding of {window.before} is more than half of the kernel {window.kernel}"
            raise Refusal("pad-too-large", message, blame="pad", tries=({"pad": window.kernel // 2},))

    def fields(self, place: int, inputs: tuple[Shape, ...], output: Shape) -> tuple[AxisField, ...]:
        return tuple(window.field for window in self.windows())

    def remarks(self, *inputs: Shape) -> tuple[tuple[str, str], ...]:
        return leftovers(self.name, inputs[0], self.windows())

    def derivation(self, *inputs: Shape) -> str:
        (x,) = inputs
        return derivation(AXES[x.rank], x.space, self.windows())


class MaxPool(SlidingPool):
    """Max pooling over one, two or three axes (torch.nn.MaxPool2d).

    Output size of an axis: floor((in + 2*pad - dilation*(kernel - 1) - 1)/stride) + 1.
    """

    name = "MAXPOOL"
    pad: tuple[int, ...] = attribute(
        PerAxis(0),
        0,
        short="p",
        doc="padding with -inf at both ends of each axis",
        torch="padding",
        named=True,
    )
    dilation: tuple[int, ...] = attribute(
        PerAxis(), 1, short="d", doc="spacing between the elements of a window", torch="dilation", named=True
    )
    ceil: bool = ceil_switch()
    examples = (
        Example("55x55x96 -> MAXPOOL 3x3 s2 -> 27x27x96", params=0, macs=0),
        Example("112x112x64 -> MAXPOOL 3x3 s2 ceil -> 56x56x64"),
        Example("112x112x64 -> MAXPOOL 3x3 s2 p1 -> 56x56x64"),
        Example("28x28x6 -> MAXPOOL k=2 -> 14x14x6"),
        Example("20x100 -> MAXPOOL 3 d2 s1 -> 16x100"),
        Example("8x16x16x4 -> MAXPOOL 1x2x2 -> 8x8x8x4"),
        Example("2x8 -> MAXPOOL 2 s1 p1 d3 -> 1x8"),
        CounterExample("2x2x16 -> MAXPOOL 3x3 s1", "kernel-too-large"),
        CounterExample("8x8x16 -> MAXPOOL 3x3 p2", "pad-too-large"),
        CounterExample("28x28 -> MAXPOOL 2x2", "rank-mismatch"),
        CounterExample("8x8x16 -> MAXPOOL", "missing-value"),
    )

    def remarks(self, *inputs: Shape) -> tuple[tuple[str, str], ...]:
        (x,) = inputs
        each = zip(AXES[x.rank], x.space, self.windows(), strict=False)
        blind = [(axis, size) for axis, size, window in each if isinstance(size, int) and window.blind(size)]
        if not blind:
            return super().remarks(x)
        axis, size = blind[0]
        message = f"MAXPOOL puts a window on padding alone, around the {axis} {size}: it gives -inf"
        return (("padding-alone", message), *super().remarks(x))

    def windows(self) -> tuple[Window, ...]:
        each = zip(self.kernel, self.step(), self.pad, self.dilation, strict=True)
        return tuple(Window(kernel, stride, pad, pad, dilation, self.ceil) for kernel, stride, pad, dilation in each)

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {
            "kernel_size": short(self.kernel),
            "stride": short(self.step()),
            "padding": short(self.pad),
            "dilation": short(self.dilation),
            "ceil_mode": self.ceil,
        }
        (x,) = inputs
        if any(ever(size, each.dilation, each.blind) for size, each in zip(x.space, self.windows(), strict=True)):
            return self._padded(arguments)
        lowered = pooled("Max", self.kernel, arguments, {"dilation": 1})
        if x.rank != 2 or isinstance(x.space[0], int) or lowered.module is None:
            return lowered
        module = lowered.module._replace(path="OpenMaxPool1d", support=OPEN_MAX_POOL)
        return lowered._replace(module=module, call=None)

    def _padded(self, arguments: dict[str, Any]) -> Lowered:
        """The pool with its padding put around the input first."""
        sides = tuple(end for each in reversed(self.windows()) for end in (each.before, each.reach))
        names = ("kernel_size", "padding", "stride", "dilation")
        arguments = {**{name: arguments[name] for name in names}, "padding": sides}
        dimensions = str(len(self.kernel))
        source = PADDED_MAX_POOL_1D if dimensions == "1" else PADDED_MAX_POOL.replace("{n}", dimensions)
        defaults = {"stride": arguments["kernel_size"], "dilation": 1}
        module = Module(f"PaddedMaxPool{dimensions}d", arguments, 2, defaults, source)
        return Lowered(module, wants="first", gives="first")


class AvgPool(SlidingPool):
    """Average pooling over one, two or three axes (torch.nn.AvgPool2d).

    Output size of an axis: floor((in + 2*pad - kernel)/stride) + 1. Over three axes, PyTorch requires a kernel that is
    no larger than the input without its padding.
    """

    name = "AVGPOOL"
    pad: tuple[int, ...] = attribute(
        PerAxis(0), 0, short="p", doc="zeros added at both ends of each axis", torch="padding", named=True
    )
    ceil: bool = ceil_switch()
    countpad: bool = attribute(
        Switch(),
        True,
        doc="include the padding in the average",
        torch="count_include_pad",
        named=True,
    )
    divisor: int | None = attribute(
        Whole(symbolic=False),
        None,
        doc="divisor of the sum of each window; by default its number of elements",
        torch="divisor_override",
        named=True,
    )
    examples = (
        Example("28x28x6 -> AVGPOOL 2x2 s2 -> 14x14x6", params=0, macs=0),
        Example("14x14x512 -> AVGPOOL 5x5 s3 -> 4x4x512"),
        Example("7x7x8 -> AVGPOOL k=2 ceil -> 4x4x8"),
        Example("8x8x8 -> AVGPOOL 3 s1 p1 nocountpad -> 8x8x8"),
        Example("20x100 -> AVGPOOL 4 -> 5x100"),
        Example("8x8x8 -> AVGPOOL 2 divisor=1 -> 4x4x8"),
        CounterExample("20x100 -> AVGPOOL 4 divisor=1", "rank-mismatch"),
        CounterExample("8x8x8 -> AVGPOOL 2 divisor=0", "out-of-range"),
        CounterExample("2x2x16 -> AVGPOOL 7x7", "kernel-too-large"),
        CounterExample("8x8x16 -> AVGPOOL 2x2 p2", "pad-too-large"),
    )

    def windows(self) -> tuple[Window, ...]:
        each = zip(self.kernel, self.step(), self.pad, strict=True)
        return tuple(Window(kernel, stride, pad, pad, ceil=self.ceil) for kernel, stride, pad in each)

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        output = super().shape(x)
        if self.divisor is not None and x.rank == 2:
            message = "AVGPOOL: over one axis PyTorch divides by the elements of the window alone"
            raise Refusal("rank-mismatch", message, blame="divisor")
        for axis, size, kernel in zip(AXES[4], x.space, self.kernel, strict=False) if x.rank == 4 else ():
            if size < kernel:
                message = (
                    f"AVGPOOL: kernel {kernel} is larger than the {axis} {size}; its padding does not count in 3-D"
                )
                raise Refusal("kernel-too-large", message, blame="kernel", tries=({"kernel": size},))
        return output

    def lower(self, *inputs: Shape) -> Lowered:
        arguments: dict[str, Any] = {
            "kernel_size": short(self.kernel),
            "stride": short(self.step()),
            "padding": short(self.pad),
            "ceil_mode": self.ceil,
            "count_include_pad": self.countpad,
        }
        if len(self.kernel) > 1:
            arguments["divisor_override"] = self.divisor
        return pooled("Avg", self.kernel, arguments, {"count_include_pad": True, "divisor_override": None})


class LpPool(SlidingPool):
    """Power-average pooling: the p-norm of each window, p being `norm` (torch.nn.LPPool2d).

    It is the p-th root of the sum of p-th powers, computed as PyTorch does: an odd or fractional p gives NaN where the
    root or a power of a negative number has no value.
    """

    name = "LPPOOL"
    norm: float = attribute(Number(infinite=True), 2, doc="the power, not 0", torch="norm_type", named=True)
    ceil: bool = ceil_switch()
    examples = (
        Example("28x28x6 -> LPPOOL 2x2 -> 14x14x6", params=0, macs=0),
        Example("20x100 -> LPPOOL k=3 s2 norm=4 -> 9x100"),
        Example("7x7x7x2 -> LPPOOL 2 ceil norm=1.5 -> 4x4x4x2"),
        CounterExample("28x28x6 -> LPPOOL 2x2 norm=0", "out-of-range"),
        CounterExample("2x2x16 -> LPPOOL 3", "kernel-too-large"),
    )

    def windows(self) -> tuple[Window, ...]:
        each = zip(self.kernel, self.step(), strict=True)
        return tuple(Window(kernel, stride, ceil=self.ceil) for kernel, stride in each)

    def shape(self, *inputs: Shape) -> Shape:
        if self.norm == 0:
            raise Refusal("out-of-range", "norm of LPPOOL must not be 0", blame="norm", tries=({"norm": 2},))
        return super().shape(*inputs)

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {
            "norm_type": self.norm,
            "kernel_size": short(self.kernel),
            "stride": short(self.step()),
            "ceil_mode": self.ceil,
        }
        return pooled("LP", self.kernel, self.floats(arguments), {}, 2)


class Subsample(SlidingPool):
    """LeNet's subsampling: the sum of each window times a coefficient, plus a bias (LeCun et al. 1998, II.B).

    Each channel has a learned coefficient and bias. Each unit has one connection per element of its window, and one
    for the bias.
    """

    name = "SUBSAMPLE"
    examples = (
        Example("28x28x6 -> SUBSAMPLE 2x2 s2 -> 14x14x6", params=12, macs=0),
        Example("10x10x16 -> SUBSAMPLE k=2 -> 5x5x16", params=32),
        CounterExample("1x1x6 -> SUBSAMPLE 2x2 s2", "kernel-too-large"),
    )

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        channels = inputs[0].channels
        return (Tensor("weight", (channels,)), Tensor("bias", (channels,), "bias"))

    def connections(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        units = Factor(output.sizes, "units")
        return Worked((units, Factor(self.kernel, "elements")), (Factor(output.sizes, "biases"),))

    def lower(self, *inputs: Shape) -> Lowered:
        dimensions = len(self.kernel)
        arguments = {"channels": inputs[0].channels, "kernel_size": self.kernel, "stride": short(self.step())}
        source = of_axes(SUBSAMPLE, dimensions)
        module = Module(f"Subsample{dimensions}d", arguments, 2, {"stride": short(self.kernel)}, source)
        return Lowered(module, wants="first", gives="first")


def pooled(
    what: str, kernel: tuple[int, ...], arguments: dict[str, Any], defaults: dict[str, Any], positional: int = 1
) -> Lowered:
    """The module and the function of PyTorch for a pool with a window."""
    dimensions = len(kernel)
    defaults = {"stride": arguments["kernel_size"], "padding": 0, "ceil_mode": False, **defaults}
    module = Module(f"nn.{what}Pool{dimensions}d", arguments, positional, defaults)
    return Lowered(module, inline(f"F.{what.lower()}_pool{dimensions}d", module), wants="first", gives="first")
