"""Networks of convolutions and pools alone, with all of their attributes, over wider ranges than `draws` has.

Whether a line fits is guessed by school arithmetic, with none of the rules under test; some that do not are kept.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from support.attributes import Attributes
from support.drawn import Argument, Input, Layer, Network
from support.guess import Guess
from support.networks import Draw

CONVOLUTIONS = ("CONV", "CONV", "CONV", "DWCONV", "UPCONV")
POOLS = ("MAXPOOL", "MAXPOOL", "AVGPOOL", "LPPOOL", "SUBSAMPLE", "ADAPTIVEAVGPOOL", "ADAPTIVEMAXPOOL", "UNPOOL")
LARGEST = 20_000  # elements of a value


@st.composite
def windowed(draw: Any) -> Network:
    """A strategy: an input of two to four axes, and one to five such layers."""
    return Drawer(Draw(draw)).network()


class Drawer:
    """Draws one network; `x` is the guessed shape of what the next line reads."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        rank = draw.pick((2, 2, 3, 3, 3, 4))
        most = {2: 40, 3: 16, 4: 7}[rank]
        self.x = Guess((*(draw.integer(1, most) for _ in range(rank - 1)), draw.pick((1, 2, 3, 4, 6, 8, 12))))

    def network(self) -> Network:
        ports, lines = (Input(None, self.x.sizes),), []
        for number in range(self.draw.integer(1, 5)):
            line = self.line(number)
            if line is not None:
                lines.append(line)
        return Network((), {}, ports, (), tuple(lines) or (Layer("GLOBALAVGPOOL"),))

    def line(self, number: int) -> Layer | None:
        """A layer that fits the guess, or at times one that does not; None where neither."""
        draw = self.draw
        kind = draw.pick(CONVOLUTIONS if draw.chance(55) else POOLS)
        values = getattr(self, f"_{kind.lower()}")()
        shape = self.shape("MAXPOOL" if kind == "UNPOOL" else kind, values)
        fits = shape is not None and min(shape.sizes) > 0 and _product(shape) <= LARGEST
        if not fits and draw.chance(85):
            return None
        if kind == "UNPOOL":
            return self.unpool(number, values)
        if fits:
            self.x = shape
        return Layer(kind, Attributes(draw, {}, self.x).spelled(kind, values), f"l{number}")

    def unpool(self, number: int, values: dict[str, Any]) -> Layer:
        """A pool and its way back, in braces."""
        pool = Layer("MAXPOOL", tuple(Argument(name, value) for name, value in values.items()), "pool")
        before = Layer("CONV", (Argument("out", self.x.channels), Argument("kernel", 1)), "before")
        back = Layer("UNPOOL", tuple(Argument(name, value) for name, value in values.items()), reads=("pool", "before"))
        return Layer(None, label=f"l{number}", body=(before, pool, back))

    # ---- values

    def along(self, least: int, most: int) -> Any:
        """A number for all axes, or one for each."""
        axes = len(self.x.space)
        if axes > 1 and self.draw.chance(60):
            return tuple(self.draw.integer(least, most) for _ in range(axes))
        return self.draw.integer(least, most)

    def some(self, **values: Any) -> dict[str, Any]:
        return {name: value for name, value in values.items() if self.draw.chance(55)}

    def mode(self) -> str:
        return self.draw.pick(("zeros", "zeros", "zeros", "reflect", "replicate", "circular"))

    def sides(self) -> Any:
        """Padding: a word, a number, or two numbers for some axes."""
        draw = self.draw
        if draw.chance(20):
            return draw.pick(("same", "valid"))
        if draw.chance(75):
            return self.along(0, draw.pick((1, 3, 9)))
        ends = [[draw.integer(0, 4), draw.integer(0, 4)] for _ in self.x.space]
        return tuple(pair if draw.chance(70) else pair[0] for pair in ends)

    def _window(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {"kernel": self.along(1, draw.pick((2, 3, 7)))}
        return values | self.some(stride=self.along(1, draw.pick((2, 4, 8))))

    def _conv(self) -> dict[str, Any]:
        draw = self.draw
        groups = draw.pick([n for n in range(1, 13) if self.x.channels % n == 0])
        values = self._window() | {"out": groups * draw.integer(1, 3)}
        values |= self.some(pad=self.sides(), dilation=self.along(1, draw.pick((2, 3, 9))), mode=self.mode())
        values |= {"groups": groups} if groups > 1 else {}
        if draw.chance(12) and "mode" not in values and groups == 1:
            maps = range(self.x.channels)
            rows = [[one for one in maps if draw.chance(60)] or [0] for _ in range(values["out"])]
            return {**values, "table": rows, "bias": draw.chance(50)}
        return values | self.some(bias=draw.pick((False, True, "position")))

    def _dwconv(self) -> dict[str, Any]:
        draw = self.draw
        values = self._window()
        values |= self.some(pad=self.sides(), dilation=self.along(1, draw.pick((2, 3, 9))), mode=self.mode())
        return values | self.some(multiplier=draw.integer(1, 3), bias=draw.chance(40))

    def _upconv(self) -> dict[str, Any]:
        draw = self.draw
        groups = draw.pick([n for n in range(1, 13) if self.x.channels % n == 0])
        values = self._window() | {"out": groups * draw.integer(1, 3)} | ({"groups": groups} if groups > 1 else {})
        more = self.some(pad=self.along(0, 4), outpad=self.along(0, 3), dilation=self.along(1, 4), bias=draw.chance(40))
        return values | more

    def _maxpool(self) -> dict[str, Any]:
        return self._uneven(self._pool()) | self.some(dilation=self.along(1, self.draw.pick((2, 5))))

    def _avgpool(self) -> dict[str, Any]:
        draw = self.draw
        divisor = {"divisor": draw.integer(1, 9)} if draw.chance(25 if self.x.rank > 2 else 3) else {}
        return self._uneven(self._pool()) | self.some(countpad=draw.chance(50)) | divisor

    def _unpool(self) -> dict[str, Any]:
        return self._pool()

    def _pool(self) -> dict[str, Any]:
        """A window with padding of half of it at most, but for a few."""
        draw, values = self.draw, self._window()
        kernel = _each(values["kernel"], len(self.x.space))
        pads = tuple(draw.integer(0, size // 2 + draw.chance(2)) for size in kernel)
        pad = pads[0] if len(set(pads)) == 1 else pads
        return values | self.some(pad=pad, ceil=draw.chance(70))

    def _uneven(self, values: dict[str, Any]) -> dict[str, Any]:
        """The same, at times with padding as convolutions have it."""
        if not self.draw.chance(35):
            return values
        each = _each(values["kernel"], len(self.x.space))
        pairs = tuple([self.draw.integer(0, size - 1), self.draw.integer(0, size - 1)] for size in each)
        return values | {"pad": self.draw.pick(("same", "same", "valid", pairs, pairs))}

    def _lppool(self) -> dict[str, Any]:
        draw = self.draw
        more = self._uneven(self._window()) | self.some(norm=draw.pick((1, 2, 3, 0.5)))
        return more if "pad" in more and not draw.chance(5) else more | self.some(ceil=draw.chance(70))

    def _subsample(self) -> dict[str, Any]:
        return self._uneven(self._window())

    def _adaptiveavgpool(self) -> dict[str, Any]:
        return {"size": self.along(1, 9)}

    _adaptivemaxpool = _adaptiveavgpool

    # ---- shapes

    def shape(self, kind: str, values: dict[str, Any]) -> Guess | None:
        """What comes out, by PyTorch's formulas; None where they have no answer."""
        axes = len(self.x.space)
        if kind.startswith("ADAPTIVE"):
            return Guess((*_each(values["size"], axes), self.x.channels))
        out = values.get("out", self.x.channels * values.get("multiplier", 1))
        space = [self.size(kind, values, place) for place in range(axes)]
        return None if None in space else Guess((*space, out))  # type: ignore[arg-type]

    def size(self, kind: str, values: dict[str, Any], place: int) -> int | None:
        """The size of one axis."""
        size, axes = self.x.space[place], len(self.x.space)
        kernel = _each(values["kernel"], axes)[place]
        convolves = kind in CONVOLUTIONS
        stride = _each(values.get("stride", 1 if convolves else values["kernel"]), axes)[place]
        dilation, pad = _each(values.get("dilation", 1), axes)[place], values.get("pad", 0)
        extent = dilation * (kernel - 1) + 1
        if kind == "UPCONV":
            outpad = _each(values.get("outpad", 0), axes)[place]
            if outpad >= max(stride, dilation):
                return None
            return (size - 1) * stride - 2 * _each(pad, axes)[place] + extent + outpad
        if pad == "same":
            return -(-size // stride)
        ends = _each(0 if pad == "valid" else pad, axes)[place]
        before, behind = ends if isinstance(ends, list) else (ends, ends)
        if values.get("mode") in ("reflect", "circular") and max(before, behind) >= size + (
            values["mode"] != "reflect"
        ):
            return None
        room = size + before + behind - extent
        if room < 0 or (kind == "AVGPOOL" and axes == 3 and size < kernel):
            return None
        if not convolves and max(before, behind) > (kernel // 2 if before == behind else extent - 1):
            return None
        positions = (room + (stride - 1 if values.get("ceil") else 0)) // stride + 1
        return positions - (bool(values.get("ceil")) and (positions - 1) * stride >= size + before)


def _each(value: Any, axes: int) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,) * axes


def _product(x: Guess) -> int:
    total = 1
    for size in x.sizes:
        total *= size
    return total
