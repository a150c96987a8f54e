"""The arithmetic of windows that slide over an axis: one rule for convolutions and pools."""

from __future__ import annotations

from collections.abc import Callable

from archdsl.layers.refusal import Refusal
from archdsl.sizes.shape import AXES, Shape
from archdsl.sizes.size import Expression, Size, maximum, tidied
from archdsl.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archdsl.layers.field import AxisField

_MOST_TRIED = 64  # sizes of an axis that is symbolic
_MOST_LOOKED_AT = 1_000  # elements of a window


class Window(NamedTuple):
    """One axis of a sliding window. `extent` is what it covers: `dilation*(kernel - 1) + 1`."""

    kernel: int
    stride: int = 1
    before: Size = 0
    after: Size = 0
    dilation: int = 1
    ceil: bool = False

    @property
    def extent(self) -> int:
        return self.dilation * (self.kernel - 1) + 1

    def positions(self, size: Size) -> Size:
        """Positions of the window on an axis of `size`: floor((size + pads - extent)/stride) + 1.

        With `ceil`, the division rounds up, and the last window must start inside the input or its leading padding
        (PyTorch's rule); both together are ceil((size + before + min(0, stride + after - extent))/stride).
        """
        if not self.ceil:
            return (size + self.before + self.after - self.extent) // self.stride + 1
        short = -maximum(0, self.extent - self.stride - self.after)
        return (size + self.before + short + self.stride - 1) // self.stride

    @property
    def reach(self) -> Size:
        """Padding after the axis with which as many positions come out without `ceil`."""
        return min(self.extent - 1, self.stride + self.after - 1) if self.ceil else self.after

    @property
    def field(self) -> AxisField:
        """What a position reads; all of the axis where padding is symbolic."""
        from archdsl.layers.field import WHOLE, Field

        if not isinstance(self.before, int):
            return WHOLE
        return Field(self.stride, -self.before, self.extent - 1 - self.before)

    def blind(self, size: int) -> bool:
        """Whether a position reads padding alone, by its dilation: two neighbouring elements on both sides of the axis.

        Of padding that is less than the window; from a size of `dilation` on there is none.
        """
        if self.dilation == 1 or not self.before or size >= self.dilation:
            return False
        positions = self.positions(size)
        assert isinstance(self.before, int)
        assert isinstance(positions, int)
        starts = min(positions, -(-self.before // self.stride))  # those before the axis
        first = -self.before % self.dilation  # the first element of each that is not
        behind = _floors(starts, self.dilation, self.stride, first + self.dilation - size)
        return behind > _floors(starts, self.dilation, self.stride, first)

    def unread(self, size: int) -> bool:
        """Whether no position reads an element of the axis; never from a size on of both stride and dilation.

        Of more than so many elements in the window it is said without a look.
        """
        if size >= max(self.stride, self.dilation):
            return False
        if self.kernel > _MOST_LOOKED_AT:
            return True
        positions = self.positions(size)
        assert isinstance(self.before, int)
        assert isinstance(positions, int)
        for element in range(self.kernel):
            start = element * self.dilation - self.before  # where the first window has it
            skipped = max(0, -(start // self.stride))  # windows that have it before the axis
            if skipped < positions and start + skipped * self.stride < size:
                return False
        return True

    def formula(self, size: Size) -> str:
        """The count with its values: `(227 + 0 - 11)//4 + 1 = 55`."""
        room = f"{size} + {self.before + self.after} - {self.extent}"
        if not self.ceil:
            return f"({room})//{self.stride} + 1 = {self.positions(size)}"
        full = (size + self.before + self.after - self.extent + self.stride - 1) // self.stride + 1
        less = "" if full == self.positions(size) else ", without the one that starts after the input,"
        return f"({room})/{self.stride} rounded up + 1{less} = {self.positions(size)}"

    def leftover(self, size: Size) -> int:
        """Elements after the last window that no window reads; gaps within a stride and padding are none."""
        positions = self.positions(size)
        if isinstance(size, Expression) or isinstance(positions, Expression) or isinstance(self.before, Expression):
            return 0
        covered = (positions - 1) * self.stride + self.extent + max(0, self.stride - self.extent)
        return max(0, size + self.before - covered)


def _floors(count: int, modulus: int, factor: int, term: int) -> int:
    """The sum of (factor*i + term)//modulus over i < count, in as many steps as Euclid's algorithm takes."""
    total = 0
    while count > 0:
        total += count * (count - 1) // 2 * (factor // modulus) + count * (term // modulus)
        factor, term = factor % modulus, term % modulus
        most = factor * count + term
        if most < modulus:
            break
        count, term, modulus, factor = most // modulus, most % modulus, factor, modulus
    return total


def same_padding(size: Size, kernel: int, stride: int, dilation: int) -> tuple[Size, Size]:
    """Padding before and after an axis that keeps `ceil(size/stride)`; the odd element comes at the end."""
    extent = dilation * (kernel - 1) + 1
    total = extent - 1 if stride == 1 else tidied(maximum(0, ((size - 1) // stride) * stride + extent - size))
    return total // 2, total - total // 2


def ever(size: Size, least: int, holds: Callable[[int], bool]) -> bool:
    """Whether something holds of an axis; of one that is symbolic, of any size. From `least` on it never does."""
    if isinstance(size, int):
        return holds(size)
    return least > _MOST_TRIED or any(holds(number) for number in range(1, least))


def check_fit(kind: str, size: Size, window: Window, axis: str) -> None:
    """Refuse a window larger than its padded axis, with `ceil` too, where PyTorch would pool what there is."""
    pad = window.before + window.after
    padded = size + pad
    if padded < window.extent:
        covers = (
            f"kernel {window.kernel}" if window.dilation == 1 else f"kernel {window.kernel} covers {window.extent} and"
        )
        pads = f" ({size} and {pad} of padding)" if pad != 0 else ""
        message = f"{kind}: {covers} is larger than the {axis} {padded}{pads}"
        tries = _fits(size, window)
        raise Refusal("kernel-too-large", message, blame="kernel", tries=tries)


def check_filling(kind: str, mode: str, size: Size, ends: tuple[Size, Size], axis: str, blame: str) -> None:
    """PyTorch's bounds for padding out of the input: reflect needs less than the axis has, circular no more."""
    if mode not in ("reflect", "circular"):
        return
    largest = maximum(*ends)
    room = size - 1 if mode == "reflect" else size
    if room < largest:
        message = f"{kind}: {mode} padding of {largest} needs more than the {axis} {size}"
        raise Refusal("pad-too-large", message, blame=blame)


def _fits(size: Size, window: Window) -> tuple[dict[str, int], ...]:
    """Changes that make the window fit: padding that keeps the size, or a kernel as large as the axis."""
    padded = size + window.before + window.after
    if isinstance(padded, Expression):
        return ()
    tries: list[dict[str, int]] = []
    if (window.extent - 1) % 2 == 0:
        tries.append({"pad": (window.extent - 1) // 2})
    return (*tries, {"kernel": padded})


_ELEMENTS = {"frames": "frame", "height": "row", "width": "column", "steps": "step"}


def leftovers(kind: str, x: Shape, windows: tuple[Window, ...]) -> tuple[tuple[str, str], ...]:
    """A warning that names the elements after the last window of each axis, if there are any."""
    found = []
    for axis, size, window in zip(AXES[x.rank], x.space, windows, strict=False):
        left = window.leftover(size)
        if left:
            element = _ELEMENTS[axis]
            found.append(f"the last {element if left == 1 else f'{left} {element}s'} of the {axis} {size}")
    return (("leftover", f"{kind} leaves {' and '.join(found)} unread"),) if found else ()


def short(sizes: tuple[Size, ...]) -> Size | tuple[Size, ...]:
    """One number where all axes agree, as a person writes it."""
    return sizes[0] if len(set(sizes)) == 1 and isinstance(sizes[0], int) else sizes


def derivation(axes: tuple[str, ...], sizes: tuple[Size, ...], windows: tuple[Window, ...]) -> str:
    """The formula of each axis; one where all axes are alike."""
    return by_axis(axes, [window.formula(size) for size, window in zip(sizes, windows, strict=True)])


def by_axis(axes: tuple[str, ...], each: list[str]) -> str:
    """A text for each axis; one where all axes are alike."""
    if len(set(each)) == 1:
        return f"{' and '.join(axes[: len(each)])}: {each[0]}"
    return "; ".join(f"{axis}: {text}" for axis, text in zip(axes, each, strict=False))
