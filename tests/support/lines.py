"""Single layers for Hypothesis: a network of a line or two, its values and its inputs over their whole range and beyond."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from archdsl.layers import REGISTRY
from support.attributes import Attributes
from support.drawn import EITHER, TOKENS, Argument, Input, Layer, Name, Network
from support.guess import Guess
from support.networks import Draw

SIZES = {1: 24, 2: 12, 3: 11, 4: 6}  # the largest size of an axis beside the channels, by rank
NAMES = "abcdefgh"


def lines(kind: str) -> Any:
    """A strategy: networks whose last line is a layer of a kind."""

    @st.composite
    def line(draw: Any) -> Network:
        return LineDrawer(Draw(draw), kind).network()

    return line()


class LineDrawer:
    """Draws one layer and what it reads; half of the lines are meant to fit, in the others something is made wrong."""

    def __init__(self, draw: Draw, kind: str) -> None:
        self.draw, self.kind, self.declared = draw, kind, REGISTRY[kind]
        self.wrong = draw.pick(("", "", "values", "values", "count", "rank", "dtype"))

    def network(self) -> Network:
        inputs = self.inputs()
        x = inputs[0] if inputs else Guess((1,))
        values = Attributes(self.draw, {}, x, self.wrong == "values")
        arguments = values.arguments(self.kind)
        if self.wrong == "values" and (not self.declared.attributes or self.draw.chance(5)):
            arguments = (*arguments, Argument("surplus", 1))
        inputs = values.fitted(self.kind, {one.name: one.value for one in arguments}, inputs)
        if not inputs:  # a source stands beside an input that nothing reads
            return Network((), {}, (Input(None, (3,)),), (), (Layer(self.kind, arguments, "a"),))
        operands = values.operands(self.kind, {one.name: one.value for one in arguments}, inputs)
        inputs = [*inputs, *operands.values()]
        names = NAMES[: len(inputs)] if len(inputs) > 1 or self.declared.inputs == (0, 0) else ""
        last = names[len(inputs) - len(operands) :]
        arguments = (*arguments, *(Argument(*each) for each in zip(operands, map(Name, last), strict=True)))
        ports = tuple(Input(name, *shape) for name, shape in zip(names or (None,), inputs, strict=True))
        results = values.results(self.kind, {one.name: one.value for one in arguments})
        line = Layer(self.kind, arguments, results[0], results[1:], reads=tuple(names[: len(names) - len(operands)]))
        return Network((), {}, ports, (), (*self.before(inputs), line), results if len(results) > 1 else ())

    def before(self, inputs: list[Guess]) -> tuple[Layer, ...]:
        """At times a layer before, behind which a value lies the other way round in memory."""
        x = inputs[0]
        if len(inputs) > 1 or self.kind == "NOISE" or x.dtype != "float32" or x.rank < 2 or not self.draw.chance(25):
            return ()
        if x.rank == 2:
            return (Layer("CONV", (Argument("out", x.channels), Argument("kernel", 1)), "before"),)
        return (Layer("LINEAR", (Argument("out", x.channels),), "before"),)

    def inputs(self) -> list[Guess]:
        """As many inputs as the kind reads, alike; at times one too many, of another rank or of another type."""
        least, most = self.declared.inputs
        count = self.draw.integer(least, 3 if most is None else min(most, 3)) + (self.wrong == "count")
        first = self.shape()
        return [first, *(first if self.draw.chance(80) else self.beside(first) for _ in range(count - 1))][:count]

    def shape(self) -> Guess:
        draw = self.draw
        rank = draw.pick(self.declared.ranks if self.wrong != "rank" else (1, 2, 3, 4))
        tokens = draw.chance(50) if self.kind in EITHER else (self.kind in TOKENS) != (self.wrong == "dtype")
        truths = self.wrong == "dtype" and self.kind not in EITHER and draw.chance(50)
        tokens = tokens and not truths
        rank = min(rank, 3) if tokens else rank  # an input of integers has no more
        sizes = tuple(draw.integer(1, SIZES[rank]) for _ in range(rank - 1))
        if len(set(sizes)) > 1 and draw.chance(50):
            sizes = (sizes[0],) * len(sizes)
        channels = draw.pick((1, 2, 3, 4, 6, 8, 12, 16)) if rank > 1 else draw.integer(1, 24)
        return Guess((*sizes, channels), "int64" if tokens else "bool" if truths else "float32")

    def beside(self, x: Guess) -> Guess:
        """A shape that differs from another in one size."""
        axis = self.draw.integer(0, x.rank - 1)
        size = self.draw.pick((1, x.sizes[axis] + 1, 2 * x.sizes[axis]))
        return Guess((*x.sizes[:axis], size, *x.sizes[axis + 1 :]), x.dtype)
