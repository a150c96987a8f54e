"""What the strategy believes about shapes, so that most drawn lines fit or nearly fit; a wrong guess only shifts the mix."""

from __future__ import annotations

from typing import Any, NamedTuple

from archdsl.layers import REGISTRY, Refusal
from archdsl.sizes.shape import Shape
from support.drawn import COMPARISONS, EITHER, SOURCES, TOKENS, Refused, Walk

LARGEST = 4_096  # elements of a value
RESERVED = ("forward", "train", "type", "children", "state_dict", "append", "_modules", "__init__")
MOST = 60  # layers of a network


class TooMuch(Exception):
    """A network that would take too long to try."""


class Guess(NamedTuple):
    """A shape, channels last."""

    sizes: tuple[int, ...]
    dtype: str = "float32"

    @property
    def rank(self) -> int:
        return len(self.sizes)

    @property
    def space(self) -> tuple[int, ...]:
        return self.sizes[:-1]

    @property
    def channels(self) -> int:
        return self.sizes[-1]


class GuessWalk(Walk):
    """Shapes by school arithmetic."""

    layers = 0

    def channels(self, value: Guess) -> int:
        return value.channels

    def name(self, label: str) -> None:
        need(label, label not in RESERVED)

    def layer(self, kind: str, values: dict[str, Any], inputs: list[Guess], path: str) -> Any:
        self.layers += 1
        if self.layers > MOST:
            raise TooMuch
        kind = kind.upper()
        values = {name: value for name, value in values.items() if name != "weight"}
        if kind in MERGES:
            return self.merge(kind, values, inputs, path)
        if kind in SOURCES:
            return stored(values, need(inputs, not inputs))
        (x,) = need(inputs, len(inputs) == 1)
        need(x, kind in EITHER or x.dtype == ("int64" if kind in TOKENS else "float32"))
        rule = RULES.get(kind)
        return [small(rule(x, values))] if rule else [small(each) for each in by_the_class(kind, values, x)]

    def merge(self, kind: str, values: dict[str, Any], inputs: list[Guess], path: str) -> Guess:
        need(inputs, "axis" not in values or values["axis"] in AXES[inputs[0].rank])
        return self.joined(kind, values, inputs)

    def joined(self, kind: str, values: dict[str, Any], inputs: list[Guess]) -> Guess:
        first = inputs[0]
        if kind == "WHERE":
            need(first, first.dtype == "bool" and len(inputs) == 3)
            return need(inputs[1], len({x.sizes for x in inputs}) == 1)
        need(first, all(x.dtype == "float32" for x in inputs))
        if "number" in values:
            need(first, len(inputs) == 1)
            return first._replace(dtype="bool") if kind in COMPARISONS else first
        need(first, kind not in ("SUB", "DIV", "POW") or len(inputs) == 2)
        if kind == "CONCAT":
            axis = AXES[first.rank].index(values["axis"]) if "axis" in values else first.rank - 1
            need(first, len({x.rank for x in inputs}) == 1)
            others = {x.sizes[:axis] + x.sizes[axis + 1 :] for x in inputs}
            need(first, len(others) == 1)
            total = sum(x.sizes[axis] for x in inputs)
            return small(Guess((*first.sizes[:axis], total, *first.sizes[axis + 1 :])))
        if kind == "SCALE":
            need(inputs, len(inputs) == 2)
            need(first, inputs[1].sizes in ((first.channels,), (*(1 for _ in first.space), first.channels)))
            return first
        if values.get("broadcast"):
            need(first, len({x.rank for x in inputs}) == 1)
            columns = [set(column) - {1} for column in zip(*(x.sizes for x in inputs), strict=True)]
            need(first, all(len(column) <= 1 for column in columns))
            return Guess(tuple(max(column, default=1) for column in columns))
        need(first, len({x.sizes for x in inputs}) == 1 and (kind != "ABSDIFF" or len(inputs) == 2))
        if kind == "STACK" and len(inputs) > 1:
            need(first, first.rank < 4)
            return small(Guess((len(inputs), *first.sizes)))
        return first


def need(value: Any, holds: bool) -> Any:
    if not holds:
        raise Refused("does not fit")
    return value


def small(x: Guess) -> Guess:
    """Refuse empty values, and give up on large ones."""
    total = 1
    for size in x.sizes:
        need(x, type(size) is int and size > 0)
        total *= size
    if total > LARGEST:
        raise TooMuch
    return x


AXES = {
    1: ("channels",),
    2: ("steps", "channels"),
    3: ("height", "width", "channels"),
    4: ("frames", "height", "width", "channels"),
}
MERGES = (
    "ADD",
    "MUL",
    "POW",
    "ABSDIFF",
    "MAX",
    "MIN",
    "SUB",
    "DIV",
    "MEAN",
    "CONCAT",
    "STACK",
    "SCALE",
    "WHERE",
    *COMPARISONS,
)


def per_axis(value: Any, x: Guess) -> tuple[int, ...]:
    sizes = value if isinstance(value, tuple) else (value,) * len(x.space)
    return need(sizes, len(sizes) == len(x.space) > 0)


def conv(x: Guess, values: dict[str, Any]) -> Guess:
    kernel, stride = per_axis(values["kernel"], x), per_axis(values.get("stride", 1), x)
    dilation, groups = per_axis(values.get("dilation", 1), x), values.get("groups", 1)
    need(x, groups > 0 < min(stride) and x.channels % groups == 0 and values["out"] % groups == 0)
    if values.get("pad") == "same":
        return Guess((*(-(-size // step) for size, step in zip(x.space, stride, strict=True)), values["out"]))
    pads = per_axis(0 if values.get("pad", 0) == "valid" else values.get("pad", 0), x)
    pads = tuple(sum(pad) / 2 if isinstance(pad, list) else pad for pad in pads)
    return Guess((*map(int, windows(x, kernel, stride, pads, dilation, False)), values["out"]))


def pool(x: Guess, values: dict[str, Any]) -> Guess:
    kernel = per_axis(values["kernel"], x)
    stride, pad = per_axis(values.get("stride", kernel), x), values.get("pad", 0)
    need(x, min(stride) > 0)
    if pad == "same":
        return Guess((*(-(-size // step) for size, step in zip(x.space, stride, strict=True)), x.channels))
    pads = per_axis(0 if pad == "valid" else pad, x)
    dilation = per_axis(values.get("dilation", 1), x)
    need(x, any(isinstance(pad, list) for pad in pads) or all(2 * p <= k for p, k in zip(pads, kernel, strict=True)))
    pads = tuple(sum(pad) / 2 if isinstance(pad, list) else pad for pad in pads)
    return Guess((*windows(x, kernel, stride, pads, dilation, bool(values.get("ceil"))), x.channels))


def windows(x: Guess, kernel: Any, stride: Any, pads: Any, dilation: Any, ceil: bool) -> tuple[int, ...]:
    found = []
    for size, k, s, p, d in zip(x.space, kernel, stride, pads, dilation, strict=True):
        need(x, k > 0 and s > 0 and p >= 0 and d > 0)
        room = size + 2 * p - d * (k - 1) - 1
        need(x, room >= 0)
        found.append(int((room + (s - 1 if ceil else 0)) // s + 1))
    return tuple(found)


def by_the_class(kind: str, values: dict[str, Any], x: Guess) -> list[Guess]:
    """What the rules of the kind itself give."""
    try:
        made = REGISTRY[kind]({name: listed(value) for name, value in values.items()}, (Shape(*x),))
        shapes = made.results(Shape(*x))
    except Refusal as refusal:
        raise Refused(refusal.message) from None
    return [Guess(shape.sizes, shape.dtype) for shape in shapes]


def stored(values: dict[str, Any], nothing: list[Guess]) -> Guess:
    """What a source gives."""
    if "values" in values or "form" in values:
        try:
            return Guess(REGISTRY["CONST"]({name: listed(value) for name, value in values.items()}, ()).shape().sizes)
        except Refusal as refusal:
            raise Refused(refusal.message) from None
    sizes = values["sizes"] if isinstance(values["sizes"], tuple) else (values["sizes"],)
    std = values.get("std", 0)
    known = not isinstance(std, (tuple, list)) and std >= 0
    need(nothing, len(sizes) <= 4 and ("value" not in values or "std" not in values) and known)
    return small(Guess(sizes))


def listed(value: Any) -> Any:
    """A drawn value as rules get it: lists are tuples, those inside others too; texts without their quotes."""
    if isinstance(value, str):
        return value.strip('"')
    return tuple(map(listed, value)) if isinstance(value, (list, tuple)) else value


def pooled(x: Guess, values: dict[str, Any]) -> Guess:
    return Guess((need(x, x.rank > 1).channels,))


def product(x: Guess) -> int:
    total = 1
    for size in x.sizes:
        total *= size
    return total


RULES = {
    "CONV": conv,
    "MAXPOOL": pool,
    "AVGPOOL": pool,
    "SUBSAMPLE": pool,
    "GLOBALAVGPOOL": pooled,
    "GLOBALMAXPOOL": pooled,
    "FC": lambda x, values: Guess((values["out"],)),
    "RBF": lambda x, values: Guess((values["out"],)),
    "LINEAR": lambda x, values: Guess((*x.space, values["out"])),
    "FLATTEN": lambda x, values: Guess((product(x),)),
    "EMBED": lambda x, values: Guess((*x.sizes, values["dim"])),
    "LRN": lambda x, values: need(x, x.rank > 1 and values.get("size", 5) > 0),
}
