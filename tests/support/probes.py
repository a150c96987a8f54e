"""Every value of every kind at the ends of its range and beyond: lines with one value each that is not the usual one.

`python -m support.probes`, from the folder of the tests, holds them against PyTorch at every number of axes.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from archdsl.layers import REGISTRY, Attribute
from archdsl.layers import Layer as Kind
from archdsl.layers.output import SameOrSizes
from archdsl.layers.sides import Padding, Sides
from archdsl.layers.values import Axes, Bias, Number, NumberOr, PerAxis, Reference, Switch, Whole, Word
from support.attributes import EVERY
from support.drawn import Argument, Input, Layer, Network

INTEGERS = (-3, -1, 0, 1, 2, 3, 4, 5, 7, 8, 33, 2.0, 0.5, -0.5, inf, True, "word")
FLOATS = (
    -inf,
    -1e300,
    -1e30,
    -2,
    -1,
    -0.5,
    -1e-30,
    0,
    5e-324,
    1e-320,
    1e-45,
    1e-30,
    0.25,
    0.5,
    1,
    1.5,
    2,
    1e30,
    3.4e38,
)
BEYOND = (3.41e38, 1e300, inf, True, "word", [1])
NEEDED = {"heads": 1, "groups": 1, "vocab": 5, "dim": 4, "hidden": 4, "window": 2, "kernel": 2, "out": 4, "factor": 2}
NEEDED |= {"threshold": 0, "value": 0, "p": 0.5, "chunks": 2, "sizes": 2, "size": 2, "how": "sum", "axis": "channels"}
NEEDED |= {"k": 2, "classes": 5}
SHAPES = {1: (8,), 2: (6, 8), 3: (5, 6, 8), 4: (4, 3, 5, 8)}
OWN = {  # what kinds need that these values do not give
    "FOLD": {"input": (9, 8), "size": (4, 4), "kernel": 2},
    "RESHAPE": {"sizes": (8, 6)},
    "CHANNELSHUFFLE": {"groups": 2},
    "PIXELUNSHUFFLE": {"input": (4, 6, 8), "factor": 2},
    "PAD": {"space": 1},
    "CROP": {"space": 1},
    "SHIFT": {"by": 1},
    "UPSAMPLE": {"scale": 2},
    "SPLIT": {"sizes": 4},
    "WHERE": {"then": 1, "otherwise": 0},
}
SKIPPED = (
    "REARRANGE",
    "PERMUTE",
    "SLICE",
    "UNPOOL",
    "EINSUM",
    "GATHER",
)  # whose one value is a text, or whose inputs must fit


def probes(kinds: tuple[str, ...] = EVERY, *, every_rank: bool = True) -> Iterator[Network]:
    """The networks of one line each, for some kinds; at each number of axes, or at one that is usual."""
    for kind in kinds:
        declared = REGISTRY[kind]
        ranks = declared.ranks if every_rank else declared.ranks[min(1, len(declared.ranks) - 1) :][:1]
        for rank in ranks if kind not in SKIPPED else ():
            yield from _lines(kind, declared, rank)


def _lines(kind: str, declared: type[Kind], rank: int) -> Iterator[Network]:
    own = dict(OWN.get(kind, {}))
    sizes = own.pop("input", SHAPES[rank])
    needed = {name: NEEDED[name] for name, one in declared.attributes.items() if one.required and name not in own} | own
    yield _network(kind, declared, sizes, needed)
    for name, attribute in declared.attributes.items():
        for value in values(attribute, rank - 1):
            yield _network(kind, declared, sizes, {**needed, name: value})


def values(attribute: Attribute, axes: int) -> tuple[Any, ...]:
    """What a value of this type is tried with."""
    kind = attribute.type
    match kind:
        case NumberOr():
            return (*FLOATS, *BEYOND, *kind.choices)
        case Number():
            return (*FLOATS, *BEYOND)
        case Reference():
            return ()
        case Bias():
            return (True, False, "position", 1)
        case Switch():
            return (True, False, 1, 0, "word")
        case Word() | Axes():
            return (*kind.choices, "word", 1)
        case PerAxis():
            each = [(1,) * axes, (2,) * axes, tuple(range(1, axes + 1)), (1,) * (axes + 1), (1, -1, 1, 1)[:axes]]
            if isinstance(kind, Sides):
                each += [([1, 2],) * axes, ([0, 3], *(0,) * (axes - 1)), ([1, 2, 3],) * axes, ([1, -1],) * axes]
            if isinstance(kind, SameOrSizes):
                each += [("same",) * axes]
            words = kind.choices if isinstance(kind, Padding) else ()
            return (*INTEGERS, *(one for one in each if one), *words)
        case Whole():
            return (*INTEGERS, [1, 2])
    return ()


def _network(kind: str, declared: type[Kind], sizes: tuple[int, ...], given: dict[str, Any]) -> Network:
    dtype = "bool" if kind == "WHERE" else declared.dtype if declared.dtype in ("int64", "bool") else "float32"
    sizes = sizes[:3] if dtype == "int64" else sizes
    count = declared.inputs[0]
    names = "ab"[:count] if count > 1 else ""
    ports = tuple(Input(name, sizes, dtype) for name in names or (None,))
    line = Layer(kind, tuple(Argument(name, value) for name, value in given.items()), "line", reads=tuple(names))
    return Network((), {}, ports, (), (line,))


def main() -> int:
    """Hold every probe at every number of axes against PyTorch; the exit status is 0 where none differs."""
    from test_differences import differing

    found = [(line, ours, why) for line, ours, theirs, why in differing(probes()) if ours != theirs]
    for line, ours, why in found:
        print(f"{line}{'accepted, and PyTorch: ' if ours else 'PyTorch runs it, and here '}{why}\n")
    print(f"{len(found)} differ")
    return min(len(found), 1)


if __name__ == "__main__":
    raise SystemExit(main())
