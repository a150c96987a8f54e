"""Pooling over sliding windows."""

from __future__ import annotations

from collections.abc import Callable

from archdsl.layers.base import CounterExample, Example, Lowered, Module, Tensor, attribute, is_open
from archdsl.layers.pooling import SlidingPool, ceil_switch, is_even, padded_first, padding, plain, pooled
from archdsl.layers.refusal import Refusal
from archdsl.layers.support import of_axes
from archdsl.layers.support.pool import (
    OPEN_MAX_POOL,
    PADDED_AVG_POOL,
    PADDED_MAX_POOL,
    PADDED_MAX_POOL_1D,
    SUBSAMPLE,
)
from archdsl.layers.values import Number, PerAxis, Switch, Whole
from archdsl.layers.window import ever, short
from archdsl.layers.worked import Factor, Worked
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Size
from archdsl.typed import Any

_UNSEEN = ', value=float("-inf")'  # of F.pad: padding that is never the largest


class MaxPool(SlidingPool):
    """Max pooling over one, two or three axes (torch.nn.MaxPool2d).

    Output size of an axis: floor((in + pads - dilation*(kernel - 1) - 1)/stride) + 1, or ceil(in/stride) with `p=same`,
    as TensorFlow has it.
    """

    name = "MAXPOOL"
    pad: Any = padding("padding with -inf at both ends of each axis")
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
        Example("224x225x64 -> MAXPOOL 3 s2 p=same -> 112x113x64"),
        Example("8x9x4 -> MAXPOOL 2x3 s1 d2 p=same -> 8x9x4"),
        Example("112x112x64 -> MAXPOOL 3 s2 pad=[[0, 1], [0, 1]] -> 56x56x64"),
        Example("7x16 -> MAXPOOL 4 s2 pad=[[3, 0]] ceil -> 4x16"),
        CounterExample("2x2x16 -> MAXPOOL 3x3 s1", "kernel-too-large"),
        CounterExample("8x8x16 -> MAXPOOL 3x3 p2", "pad-too-large"),
        CounterExample("8x8x16 -> MAXPOOL 3x3 pad=[[0, 3], 0]", "pad-too-large"),
        CounterExample("8x8x16 -> MAXPOOL 3x3 pad=[[0, 1, 1], 0]", "wrong-type"),
        CounterExample("28x28 -> MAXPOOL 2x2", "rank-mismatch"),
        CounterExample("8x8x16 -> MAXPOOL", "missing-value"),
    )

    def remarks(self, *inputs: Shape) -> tuple[tuple[str, str], ...]:
        (x,) = inputs
        each = zip(AXES[x.rank], x.space, self.windows(x), strict=False)
        blind = [(axis, size) for axis, size, window in each if isinstance(size, int) and window.blind(size)]
        if not blind:
            return super().remarks(x)
        axis, size = blind[0]
        message = f"MAXPOOL puts a window on padding alone, around the {axis} {size}: it gives -inf"
        return (("padding-alone", message), *super().remarks(x))

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        if is_open(self._pads(x)):
            return padded_first(self._pool(x, 0, False), self.sides(x), _UNSEEN)
        own = None if self._blind(x) else self.own(x, alike=True)
        if own is None:
            return self._padded(x)
        return self._pool(x, short(own[0]), own[1])

    def _pool(self, x: Shape, padding: object, ceil: bool) -> Lowered:
        """PyTorch's pool; over an open number of steps, one that holds it open."""
        arguments = {"padding": padding, "dilation": short(self.dilation), "ceil_mode": ceil}
        lowered = pooled("Max", self.kernel, plain(self.kernel, self.step()) | arguments, {"dilation": 1})
        if x.rank != 2 or isinstance(x.space[0], int) or lowered.module is None:
            return lowered
        module = lowered.module._replace(path="OpenMaxPool1d", support=OPEN_MAX_POOL)
        return lowered._replace(module=module, call=None)

    def _blind(self, x: Shape) -> bool:
        """Whether a window may read padding alone, where PyTorch writes outside of the tensor."""
        return any(
            ever(size, each, self._is_blind(axis))
            for axis, (size, each) in enumerate(zip(x.space, self.dilation, strict=True))
        )

    def _is_blind(self, axis: int) -> Callable[[int], bool]:
        """Whether it is so of an axis of some size."""

        def blind(number: int) -> bool:
            return self.windows(Shape((*(number for _ in self.kernel), 1)))[axis].blind(number)

        return blind

    def _padded(self, x: Shape) -> Lowered:
        """The pool with its padding put around the input first."""
        known = plain(self.kernel, self.step())
        arguments = {
            "kernel_size": known["kernel_size"],
            "padding": self.sides(x),
            "stride": known["stride"],
            "dilation": short(self.dilation),
        }
        dimensions = str(len(self.kernel))
        source = PADDED_MAX_POOL_1D if dimensions == "1" else PADDED_MAX_POOL.replace("{n}", dimensions)
        defaults = {"stride": arguments["kernel_size"], "dilation": 1}
        module = Module(f"PaddedMaxPool{dimensions}d", arguments, 2, defaults, source)
        return Lowered(module, wants="first", gives="first")


class AvgPool(SlidingPool):
    """Average pooling over one, two or three axes (torch.nn.AvgPool2d).

    Output size of an axis: floor((in + pads - kernel)/stride) + 1, or ceil(in/stride) with `p=same`. Padding counts as
    zeros, as in PyTorch; with `nocountpad` only the elements of the input are averaged. With `p=same` this is the
    default, as in TensorFlow, and `p=same countpad` includes the zeros. Over three axes, PyTorch requires a kernel that
    is no larger than the input without its padding, if that is equal at both ends.
    """

    name = "AVGPOOL"
    pad: Any = padding("zeros added at both ends of each axis")
    ceil: bool = ceil_switch()
    countpad: bool = attribute(
        Switch(),
        True,
        doc="include the padding in the average; by default, but with `p=same`",
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
        Example("8x9x8 -> AVGPOOL 3 s2 p=same -> 4x5x8"),
        Example("8x9x8 -> AVGPOOL 2 s1 p=same -> 8x9x8"),
        Example("8x9x8 -> AVGPOOL 2 s1 p=same countpad -> 8x9x8"),
        Example("4x2x2x3 -> AVGPOOL 3 s1 p=same -> 4x2x2x3"),
        Example("8x8x8 -> AVGPOOL 3 s2 pad=[[0, 1], 1] -> 4x4x8"),
        Example("9x8 -> AVGPOOL 3 s2 pad=[[0, 2]] nocountpad ceil -> 5x8"),
        Example("9x9x8 -> AVGPOOL 3 s2 pad=[[1, 0], [0, 2]] ceil divisor=4 -> 5x5x8"),
        Example("8x8x8 -> AVGPOOL 2 divisor=1 -> 4x4x8"),
        CounterExample("20x100 -> AVGPOOL 4 divisor=1", "rank-mismatch"),
        CounterExample("8x8x8 -> AVGPOOL 2 divisor=0", "out-of-range"),
        CounterExample("2x2x16 -> AVGPOOL 7x7", "kernel-too-large"),
        CounterExample("8x8x16 -> AVGPOOL 2x2 p2", "pad-too-large"),
        CounterExample("8x8x16 -> AVGPOOL 2x2 pad=[[0, 2], 0]", "pad-too-large"),
    )

    def __init__(self, given: dict[str, Any], inputs: tuple[Shape, ...]) -> None:
        uncounted = {"countpad": False} if given.get("pad") == "same" else {}
        super().__init__({**uncounted, **given}, inputs)

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        output = super().shape(x)
        if self.divisor is not None and x.rank == 2:
            message = "AVGPOOL: over one axis PyTorch divides by the elements of the window alone"
            raise Refusal("rank-mismatch", message, blame="divisor")
        alike = x.rank == 4 and self.pad != "same" and is_even(self.windows(x))
        for axis, size, kernel in zip(AXES[4], x.space, self.kernel, strict=False) if alike else ():
            if size < kernel:
                message = (
                    f"AVGPOOL: kernel {kernel} is larger than the {axis} {size}; its padding does not count in 3-D"
                )
                raise Refusal("kernel-too-large", message, blame="kernel", tries=({"kernel": size},))
        return output

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        summed = self.divisor is not None  # then nothing is counted
        own = self.own(x, alike=summed or not self.countpad)
        narrow = x.rank == 4 and any(map(_is_narrow, x.space, self.kernel)) and self.pad == "same"
        if own is not None and not narrow:
            return self._pool(short(own[0]), own[1])
        sides = self.sides(x)
        if summed or (self.countpad and not self.windows(x)[0].ceil):
            return padded_first(self._pool(0, False), sides)
        if is_open(sides):
            return self._shared(sides)
        return self._padded(x, sides)

    def _pool(self, padding: object, ceil: bool) -> Lowered:
        arguments = plain(self.kernel, self.step()) | {"padding": padding, "ceil_mode": ceil}
        if self.divisor is None and padding != 0:
            arguments["count_include_pad"] = self.countpad
        if len(self.kernel) > 1:
            arguments["divisor_override"] = self.divisor
        return pooled("Avg", self.kernel, arguments, {"count_include_pad": True, "divisor_override": None})

    def _shared(self, sides: tuple[Size, ...]) -> Lowered:
        """The average with the padding counted, divided by the share of the window that is no padding."""
        call = str(padded_first(self._pool(0, False), sides).call)
        call = f"{call} / {call.replace('{0}', 'torch.ones_like({0})')}"
        return Lowered(call=call, wants="first", gives="first", sizes={"padding": sides})

    def _padded(self, x: Shape, sides: tuple[Size, ...]) -> Lowered:
        """The same by a module, which counts the padding itself where that counts."""
        known = plain(self.kernel, self.step())
        counted: tuple[Size, ...] = (0,) * len(sides)
        if self.countpad:
            counted = tuple(end for each in reversed(self.windows(x)) for end in (each.before, each.after))
        arguments = {"kernel_size": known["kernel_size"], "padding": sides, "counted": counted}
        source = PADDED_AVG_POOL.replace("{n}", str(len(self.kernel)))
        defaults = {"stride": known["kernel_size"]}
        module = Module(
            f"PaddedAvgPool{len(self.kernel)}d", {**arguments, "stride": known["stride"]}, 3, defaults, source
        )
        return Lowered(module, wants="first", gives="first")


def _is_narrow(size: Size, kernel: int) -> bool:
    """Whether an axis may be shorter than the window."""
    return not isinstance(size, int) or size < kernel


class LpPool(SlidingPool):
    """Power-average pooling: the p-norm of each window, p being `norm` (torch.nn.LPPool2d).

    It is the p-th root of the sum of p-th powers, computed as PyTorch does: an odd or fractional p gives NaN where the
    root or a power of a negative number has no value. Padding is zeros, added to the input first.
    """

    name = "LPPOOL"
    norm: float = attribute(Number(infinite=True), 2, doc="the power, not 0", torch="norm_type", named=True)
    ceil: bool = ceil_switch()
    examples = (
        Example("28x28x6 -> LPPOOL 2x2 -> 14x14x6", params=0, macs=0),
        Example("20x100 -> LPPOOL k=3 s2 norm=4 -> 9x100"),
        Example("7x7x7x2 -> LPPOOL 2 ceil norm=1.5 -> 4x4x4x2"),
        Example("7x7x4 -> LPPOOL 3 s2 p=same -> 4x4x4"),
        Example("20x100 -> LPPOOL 3 s2 pad=[[0, 2]] -> 10x100"),
        CounterExample("28x28x6 -> LPPOOL 2x2 norm=0", "out-of-range"),
        CounterExample("2x2x16 -> LPPOOL 3", "kernel-too-large"),
        CounterExample("8x8x16 -> LPPOOL 3 p2", "pad-too-large"),
        CounterExample("8x8x16 -> LPPOOL 3 p1 ceil", "too-many-values"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if self.norm == 0:
            raise Refusal("out-of-range", "norm of LPPOOL must not be 0", blame="norm", tries=({"norm": 2},))
        if self.ceil and self.pad != "same" and any(map(any, self.pad)):
            message = "LPPOOL: a last window that reaches beyond the padding has no norm of its own"
            raise Refusal("too-many-values", message, blame="ceil", tries=({"ceil": False},))
        return super().shape(*inputs)

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        ceil = self.windows(x)[0].ceil
        arguments = {"norm_type": self.norm, **plain(self.kernel, self.step()), "ceil_mode": ceil}
        lowered = pooled("LP", self.kernel, self.floats(arguments), {}, 2)
        return lowered if ceil else around(lowered, self.sides(x))


class Subsample(SlidingPool):
    """LeNet's subsampling: the sum of each window times a coefficient, plus a bias (LeCun et al. 1998, II.B).

    Each channel has a learned coefficient and bias. Each unit has one connection per element of its window, and one
    for the bias.
    """

    name = "SUBSAMPLE"
    examples = (
        Example("28x28x6 -> SUBSAMPLE 2x2 s2 -> 14x14x6", params=12, macs=0),
        Example("10x10x16 -> SUBSAMPLE k=2 -> 5x5x16", params=32),
        Example("7x7x6 -> SUBSAMPLE 2x2 s2 p=same -> 4x4x6", params=12),
        CounterExample("1x1x6 -> SUBSAMPLE 2x2 s2", "kernel-too-large"),
    )

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        channels = inputs[0].channels
        return (Tensor("weight", (channels,)), Tensor("bias", (channels,), "bias"))

    def connections(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        units = Factor(output.sizes, "units")
        return Worked((units, Factor(self.kernel, "elements")), (Factor(output.sizes, "biases"),))

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        dimensions = len(self.kernel)
        arguments = {"channels": x.channels, "kernel_size": self.kernel, "stride": short(self.step())}
        source = of_axes(SUBSAMPLE, dimensions)
        module = Module(f"Subsample{dimensions}d", arguments, 2, {"stride": short(self.kernel)}, source)
        return around(Lowered(module, wants="first", gives="first"), self.sides(x))


def around(lowered: Lowered, sides: tuple[Size, ...]) -> Lowered:
    """A pool with these zeros around its input, if there are any."""
    return padded_first(lowered, sides) if any(is_open(end) or end != 0 for end in sides) else lowered
