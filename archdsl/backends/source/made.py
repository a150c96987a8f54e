"""What a written class is to those that use it, and where a statement of a class is written."""

from __future__ import annotations

from archdsl.backends.source.text import Computed
from archdsl.backends.source.values import Column
from archdsl.expressions.scope import Scope
from archdsl.network.nodes import Node, Sequence
from archdsl.sizes.shape import Shape
from archdsl.typed import Any, NamedTuple


class ClassUse(NamedTuple):
    """One use of a class: the body, the values of names, the shapes of the inputs."""

    body: Sequence
    scope: Scope
    inputs: tuple[Shape, ...]


class WrittenClass(NamedTuple):
    """A written class: its name, its parameters with their values for each member, how inputs and results lie."""

    name: str
    arguments: list[tuple[str, str, Column]]
    defaults: dict[str, Any]
    forms: tuple[str, ...]
    gives: tuple[str, ...]
    sizes: tuple[tuple[str, Column], ...] = ()  # further arguments of `forward`, with their values for each member


class SizeLines(NamedTuple):
    """What a model does with symbolic sizes: the checks that refuse, in a function by themselves, and what it reads."""

    checks: list[str]
    reads: list[str]


class ChainLayout(NamedTuple):
    """How a chain of modules wants its input, and how its result lies; None where it does not care."""

    entry: str | None
    form: str | None


class Callee(NamedTuple):
    """What SHARE runs again: how its module is reached, and what was written for it."""

    callee: str
    node: Node


class At(NamedTuple):
    """Where submodules are registered, the number that steps without a label start from, and the running variable.

    `branch` says that what stands here are branches of a merge, so that the turns of a `for` are parallel. In a loop of
    the source `turn` is its variable and `origin` the number that it starts from.
    """

    owner: str
    base: int
    variable: str
    branch: bool = False
    turn: str = ""
    origin: int = 0

    def step(self, number: int) -> str:
        """What a submodule without a label is called."""
        if not self.turn:
            return str(number)
        return Computed(f"str({self.place(number)})")

    def place(self, number: int) -> str:
        """A number as an expression of the loop's variable."""
        if not self.turn:
            return str(number)
        return f"{self.turn} + {number - self.origin}" if number > self.origin else self.turn
