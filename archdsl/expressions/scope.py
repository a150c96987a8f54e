"""The values that names stand for at one place of a text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import islice
from math import inf

from archdsl.diagnostics import Span, nearest
from archdsl.faults.problem import Placed
from archdsl.faults.work import Work
from archdsl.limits import Limits
from archdsl.syntax.tree import Token
from archdsl.typed import Any, NamedTuple, TypeAlias

VALUES = {"yes": True, "no": False, "true": True, "false": False, "inf": inf}  # by the words that are values
RESERVED = ("in", *VALUES)  # what no value can be called
_COPIED = 10  # names that are copied in the time of a step
_NOWHERE = Span(0, 0)
_USUAL = Limits()


class KindReference(NamedTuple):
    """A kind or block, as words stand for it and as a value: what `act=RELU` gives to a parameter.

    `file` is the number of the file in which a block stands; None of a built-in kind.
    """

    name: str
    file: int | None = None


class Runner(NamedTuple):
    """What SHARE and SCAN mean where a kind stands: they run what is written elsewhere."""

    name: str


SHARE, SCAN = Runner("SHARE"), Runner("SCAN")
RUNNERS = {"SHARE": SHARE, "SCAN": SCAN}
Words: TypeAlias = dict[str, KindReference]  # for kinds and blocks, in one file


def meant(word: str, kinds: Words) -> KindReference | None:
    """The kind or block that a word stands for: one of just this name, or a kind of this name in capitals."""
    return kinds.get(word) or kinds.get(word.upper())


LEFT_OPEN = "?"  # given for a parameter or a size: it stays open, whatever its default is
WRONG: Any = object()  # the value of a name whose definition has a fault
NOTHING: Any = object()  # found for a name without a value
HOLES = "?"  # among the symbols, because every body sees them: the numbers tried for holes, by their places


BRACE = "a brace touching a word belongs to the name; put a space before {"  # a hint
SIZE_WORDS = ("height", "width", "frames", "steps", "channels")  # behind the name of a value and a dot


def is_size(word: str) -> bool:
    """Whether a word stands for the size of a value, as `skip.height` does."""
    return "." in word and word.rpartition(".")[2] in SIZE_WORDS


class Sight(ABC):
    """The values whose sizes the expressions of one statement can name."""

    __slots__ = ()

    @abstractmethod
    def size(self, token: Token, scope: Scope) -> Any:
        """The size that `skip.height` or `d{i}.height` is; raises Problem where it is none, Silent after a fault."""

    @abstractmethod
    def reading(self, value: Any) -> Sight:
        """The same for a line that reads this value."""

    @abstractmethod
    def below(self, value: Any) -> Sight:
        """The same for the line below this value."""

    @abstractmethod
    def opening(self, value: Any) -> Sight:
        """The same where nothing is above, and this value is the first of those that come in."""

    @abstractmethod
    def inside(self, names: Any) -> Sight:
        """The same inside braces with names of their own."""


class Scope:
    """Names and values, with those of the braces around; `in` is the channels of what the line reads.

    It carries the `limits` within which expressions are evaluated in it.
    """

    __slots__ = ("_values", "channels", "limits", "outside", "sight", "symbols", "work")

    def __init__(
        self,
        values: dict[str, Any],
        symbols: dict[str, Any],
        limits: Limits = _USUAL,
        channels: Any = None,
        outside: Scope | None = None,
        work: Work | None = None,
        sight: Sight | None = None,
    ) -> None:
        self._values = values
        self.limits = limits
        self.work = work  # where computing is counted; None where a text cannot make it long
        self.outside = outside  # of a block's caller: not seen, only named in messages
        self.symbols = symbols  # capital names of `input`; seen in every body, as sizes are
        self.channels = channels
        self.sight = sight  # the values whose sizes can be named; None where none can, or no word of the text does

    def inner(self) -> Scope:
        """The scope of braces: sees everything here, keeps its own names to itself."""
        self.spend(len(self._values) // _COPIED, _NOWHERE)
        values = dict(self._values)
        return Scope(values, self.symbols, self.limits, self.channels, self.outside, self.work, self.sight)

    @property
    def defined(self) -> int:
        """How many names have a value so far."""
        return len(self._values)

    def earlier(self, count: int) -> Scope:
        """This scope as it was when `count` names had a value."""
        self.spend(count // _COPIED, _NOWHERE)
        values = dict(islice(self._values.items(), count))
        return Scope(values, self.symbols, self.limits, self.channels, self.outside, self.work, self.sight)

    def reading(self, channels: Any) -> Scope:
        """The same names, for a line that reads `channels` channels."""
        return Scope(self._values, self.symbols, self.limits, channels, self.outside, self.work, self.sight)

    def seeing(self, sight: Sight) -> Scope:
        """The same names, where the sizes of other values can be named."""
        return Scope(self._values, self.symbols, self.limits, self.channels, self.outside, self.work, sight)

    def spend(self, steps: int, at: Placed) -> None:
        """Count steps of computing; raises Stop beyond the limit."""
        if self.work is not None:
            self.work.spend(steps, at)

    def __contains__(self, name: str) -> bool:
        return name in self._values or name in self.symbols

    def get(self, name: str) -> Any:
        """The value of a name; KeyError where there is none."""
        return self._values[name] if name in self._values else self.symbols[name]

    def find(self, name: str) -> Any:
        """The value of a name; NOTHING where there is none."""
        found = self._values.get(name, NOTHING)
        return found if found is not NOTHING else self.symbols.get(name, NOTHING)

    def define(self, name: str, value: Any) -> None:
        self._values[name] = value

    def items(self) -> tuple[tuple[str, Any], ...]:
        """The names that have a value here, in the order in which they got it, with their values."""
        return tuple(self._values.items())

    def names(self) -> list[str]:
        return [name for name in (*self._values, *self.symbols) if name != HOLES]

    def hole(self, place: int) -> int | None:
        """The number that stands for the ? at a place of the text; None where it is not known."""
        found: int | None = self.symbols.get(HOLES, {}).get(place)
        return found

    def hidden(self, name: str) -> bool:
        """Whether the caller of this block has a value of that name, which the body does not see."""
        return self.outside is not None and name in self.outside

    def nearest(self, name: str) -> str | None:
        return nearest(name, self.names())
