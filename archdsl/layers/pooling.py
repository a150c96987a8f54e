"""What all pools with a window share: the windows of each axis, their padding, and its form in PyTorch."""

from __future__ import annotations

from archdsl.layers.base import Layer, Lowered, Module, attribute, is_open
from archdsl.layers.inline import inline, literal
from archdsl.layers.refusal import Refusal
from archdsl.layers.sides import Padding
from archdsl.layers.values import PerAxis, Switch
from archdsl.layers.window import Window, check_fit, derivation, leftovers, same_padding, short
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Size
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


def padding(doc: str) -> Any:
    """The attribute that says how much padding a pool has."""
    return attribute(Padding(), 0, short="p", doc=doc, torch="padding", named=True)


class SlidingPool(Layer):
    """A window that slides over every spatial axis; its stride is its size unless given."""

    ranks = (2, 3, 4)
    kernel: tuple[int, ...] = attribute(PerAxis(), short="k", doc="size of the window", torch="kernel_size")
    stride: tuple[int, ...] | None = attribute(
        PerAxis(), None, short="s", doc="stride; by default the size of the window", torch="stride", named=True
    )
    pad: Any = padding("zeros added at both ends of each axis")
    dilation: tuple[int, ...] | None = None
    ceil: bool = False

    def step(self) -> tuple[int, ...]:
        """The stride, or the kernel where none is given."""
        return self.kernel if self.stride is None else self.stride

    # ---- rules

    def windows(self, x: Shape) -> tuple[Window, ...]:
        """The window of each axis, its padding resolved; with `same` as many as there are, with `ceil` or without."""
        ceil = self.ceil and self.pad != "same"
        each = zip(self.kernel, self.step(), self._pads(x), self._dilations(), strict=True)
        return tuple(
            Window(kernel, stride, before, after, dilation, ceil) for kernel, stride, (before, after), dilation in each
        )

    def _dilations(self) -> tuple[int, ...]:
        return (1,) * len(self.kernel) if self.dilation is None else self.dilation

    def _pads(self, x: Shape) -> tuple[tuple[Size, Size], ...]:
        if self.pad != "same":
            pads: tuple[tuple[Size, Size], ...] = self.pad
            return pads
        each = zip(x.space, self.kernel, self.step(), self._dilations(), strict=True)
        return tuple(same_padding(*axis) for axis in each)

    def positions(self, x: Shape) -> tuple[Size, ...]:
        """Positions of the window on each axis; with `same`, the size divided by the stride, rounded up."""
        if self.pad == "same":
            return tuple((size + stride - 1) // stride for size, stride in zip(x.space, self.step(), strict=True))
        return tuple(window.positions(size) for window, size in zip(self.windows(x), x.space, strict=True))

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        windows = self.windows(x)
        even = is_even(windows) if self.pad != "same" else False
        for axis, size, window in zip(AXES[x.rank], x.space, windows, strict=False) if self.pad != "same" else ():
            self._check_pad(window, even)
            check_fit(self.name, size, window, axis)
        return Shape((*self.positions(x), x.channels))

    def _check_pad(self, window: Window, even: bool) -> None:
        """PyTorch's bound, dilation left out: at most half of the kernel; with unequal ends, less than the window."""
        most = window.kernel // 2 if even else window.extent - 1
        for end in (window.before, window.after):
            if end > most:
                half = f"half of the kernel {window.kernel}"
                limit = f"more than {half}" if even else f"not less than the window, which covers {window.extent}"
                message = f"{self.name}: padding of {end} is {limit}"
                raise Refusal("pad-too-large", message, blame="pad", tries=({"pad": window.kernel // 2},))

    def fields(self, place: int, inputs: tuple[Shape, ...], output: Shape) -> tuple[AxisField, ...]:
        return tuple(window.field for window in self.windows(inputs[0]))

    def remarks(self, *inputs: Shape) -> tuple[tuple[str, str], ...]:
        return leftovers(self.name, inputs[0], self.windows(inputs[0]))

    def derivation(self, *inputs: Shape) -> str:
        (x,) = inputs
        return derivation(AXES[x.rank], x.space, self.windows(x))

    # ---- PyTorch

    def own(self, x: Shape, alike: bool) -> tuple[tuple[Size, ...], bool] | None:
        """Padding and ceil_mode of PyTorch with which its windows read the same elements, if there are any.

        PyTorch pads both ends alike. Where padding and nothing are `alike` to the pool, `ceil_mode` reaches as far as
        one more element at the end.
        """
        windows = self.windows(x)
        if is_open(self._pads(x)) or any(window.before > window.kernel // 2 for window in windows):
            return None
        before = tuple(window.before for window in windows)
        if is_even(windows):
            return before, windows[0].ceil
        if not alike or is_open(x.space):
            return None
        wanted = self.positions(x)
        for ceil in (False, True):
            each = (window._replace(after=window.before, ceil=ceil) for window in windows)
            if tuple(window.positions(size) for window, size in zip(each, x.space, strict=True)) == wanted:
                return before, ceil
        return None

    def sides(self, x: Shape) -> tuple[Size, ...]:
        """The padding as F.pad has it, last axis first; with it `ceil` needs no further window."""
        return tuple(end for each in reversed(self.windows(x)) for end in (each.before, each.reach))


def is_even(windows: tuple[Window, ...]) -> bool:
    """Whether the padding of each axis is the same at both ends, by numbers."""
    return all(window.before == window.after for window in windows)


def pooled(
    what: str, kernel: tuple[int, ...], arguments: dict[str, Any], defaults: dict[str, Any], positional: int = 1
) -> Lowered:
    """The module and the function of PyTorch for a pool with a window."""
    dimensions = len(kernel)
    defaults = {"stride": arguments["kernel_size"], "padding": 0, "ceil_mode": False, **defaults}
    module = Module(f"nn.{what}Pool{dimensions}d", arguments, positional, defaults)
    return Lowered(module, inline(f"F.{what.lower()}_pool{dimensions}d", module), wants="first", gives="first")


def padded_first(lowered: Lowered, sides: tuple[Size, ...], fill: str = "") -> Lowered:
    """A pool without padding of its own, and F.pad around its input before it."""
    text = "{padding}" if is_open(sides) else literal(sides)
    padded = f"F.pad({{0}}, {text}{fill})"
    call = None if lowered.call is None else lowered.call.replace("{0}", padded)
    return lowered._replace(call=call, use=f"({padded})", sizes={"padding": sides} if is_open(sides) else {})


def plain(kernel: tuple[int, ...], stride: tuple[int, ...]) -> dict[str, Any]:
    """The arguments that every pool has."""
    return {"kernel_size": short(kernel), "stride": short(stride)}
