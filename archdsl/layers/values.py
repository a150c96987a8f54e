"""The types of attribute values: what a line may write for each, and what the rules get."""

from __future__ import annotations

from math import isinf

from archdsl.layers.refusal import Refusal
from archdsl.limits import LARGEST
from archdsl.sizes.size import SYMBOLIC, Expression, Ratio, Size, symbols
from archdsl.typed import Any, NamedTuple

REQUIRED: Any = object()
LARGEST_FLOAT = 2.0**128 - 2.0**104  # of float32
_SHOWN_DEPTH = 2
MOST_AXES = 4  # of a value, beside the batch


class Sizes(NamedTuple):
    """A value of several sizes, as `11x11` or `[1, n]` gives it."""

    sizes: tuple[Size, ...]

    def __str__(self) -> str:
        return "x".join(map(str, self.sizes))


class Type:
    """Turns a value of the language into what the rules use, or raises Refusal("wrong-type" or "out-of-range")."""

    words = ""  # what is wanted, for messages: "an integer"
    choices: tuple[str, ...] = ()  # words that a line may use for it
    switch = False
    reference = False  # whether it is the name of a layer
    reads = False  # whether it is the name of a value that the line reads
    told = False  # whether a tensor that comes in tells it, so that PyTorch needs no number for it
    gathers = False  # whether it takes every value with a name that nothing else has
    stated = False  # whether it only says what is so anyway

    def convert(self, value: Any, axes: int) -> Any:
        """Return the value for a layer whose input has `axes` axes beside the channels."""
        raise NotImplementedError

    def spelling(self, attribute: Any) -> str:
        """How the attribute is written in a usage line."""
        return f"{attribute.short}N" if attribute.short else f"{attribute.name}=.."

    def refuse(self, value: Any) -> Exception:
        if isinstance(value, SYMBOLIC):
            return Refusal("undetermined", f"must be {self.words}, and {value} is symbolic", hint=give(value))
        return Refusal("wrong-type", f"must be {self.words}, not {spell(value)}")


class Whole(Type):
    """An integer of at least `least`; symbolic sizes pass where `symbolic`."""

    def __init__(self, least: int = 1, *, symbolic: bool = True) -> None:
        self.least = least
        self.symbolic = symbolic
        self.words = "an integer"

    def convert(self, value: Any, axes: int) -> Any:
        if type(value) is int and self.least <= value < LARGEST:
            return value
        given, value = value, whole(value)
        if isinstance(value, SYMBOLIC) and not self.symbolic:
            raise Refusal("undetermined", f"must be a number, and {value} is symbolic", hint=give(value))
        if isinstance(value, bool) or not isinstance(value, (int, Expression)):
            raise self.refuse(value)
        if value < self.least:
            raise Refusal("out-of-range", f"must be {self.least} or more, not {value}")
        if isinstance(value, int) and value >= LARGEST:
            number = f"{given:,}" if isinstance(given, int) else spell(given)
            raise Refusal("too-large", f"is {number}, larger than any tensor can have")
        return value


class Divisor(Whole):
    """An integer that divides the channels; the rule of the kind says which."""


class PerAxis(Type):
    """An integer for each axis beside the channels, as `11x11`, or one number for all of them.

    `axes` is how many there are where the input does not tell.
    """

    bounded = True  # whether the input and its padding bound the numbers that make sense

    def __init__(self, least: int = 1, *, symbolic: bool = False, axes: int | None = None) -> None:
        self.each = Whole(least, symbolic=symbolic)
        self.axes = axes
        self.words = "an integer or one per axis, as 3x3"

    def convert(self, value: Any, axes: int) -> Any:
        axes = axes if self.axes is None else self.axes
        if not isinstance(value, (Sizes, tuple)):
            sizes = (self.one(value, axes),) * axes
            if not sizes:
                raise Refusal("rank-mismatch", f"is {spell(value)}, and the input has no axis beside the channels")
            return sizes
        sizes = tuple(value.sizes if isinstance(value, Sizes) else value)
        if len(sizes) != axes:
            plural = "axis" if axes == 1 else "axes"
            has = f"the input has {axes} {plural} beside the channels" if self.axes is None else f"it must have {axes}"
            raise Refusal("rank-mismatch", f"has {len(sizes)} numbers ({spell(value)}), and {has}")
        return tuple(self.one(size, axes) for size in sizes)

    def one(self, value: Any, axes: int) -> Any:
        """What is written for one axis."""
        return self.each.convert(value, axes)


class Dimensions(Type):
    """The sizes of a whole shape, channels last: `8x8x16`, `[1, c]`, or one number for a vector."""

    words = "a shape, as 8x8x16 or [1, c]"

    def __init__(self) -> None:
        self.each = Whole()

    def convert(self, value: Any, axes: int) -> Any:
        sizes = value.sizes if isinstance(value, Sizes) else value if isinstance(value, tuple) else (value,)
        if not 1 <= len(sizes) <= MOST_AXES:
            raise Refusal("rank-mismatch", f"has {len(sizes)} sizes, and a value has 1 to {MOST_AXES} axes")
        return tuple(self.each.convert(size, axes) for size in sizes)


class Number(Type):
    """A number between `least` and `most`, the ends included; `above` leaves the lower end out. What float32 holds.

    `infinite` says that `inf` and `-inf` are such numbers, too.
    """

    def __init__(
        self, least: float | None = None, most: float | None = None, *, above: bool = False, infinite: bool = False
    ) -> None:
        self.least, self.most, self.above, self.infinite = least, most, above, infinite
        self.words = (
            "a number, inf or -inf" if infinite and least is None else "a number or inf" if infinite else "a number"
        )

    def convert(self, value: Any, axes: int) -> Any:
        if isinstance(value, (bool, str, tuple, Expression)) or not hasattr(value, "__float__"):
            raise self.refuse(value)
        number = float(value)
        low = self.least is not None and (number <= self.least if self.above else number < self.least)
        if low or (self.most is not None and number > self.most):
            raise Refusal("out-of-range", f"must be {self._range()}, not {spell(value)}")
        if isinf(number) and not self.infinite:
            raise Refusal("out-of-range", f"must be finite, not {spell(value)}")
        if abs(number) > LARGEST_FLOAT and not isinf(number):
            raise Refusal("too-large", f"is {spell(value)}, larger than float32 can hold, {LARGEST_FLOAT}")
        return int(number) if number.is_integer() and abs(number) < 2**53 else number

    def _range(self) -> str:
        if self.most is None:
            return f"above {self.least}" if self.above else f"{self.least} or more"
        return f"between {self.least} and {self.most}"


class NumberOr(Number):
    """A number in its range, or a word for having none, which the rules get as None."""

    def __init__(self, word: str, least: float | None = None, most: float | None = None) -> None:
        super().__init__(least, most)
        self.choices = (word,)
        self.words = f"a number or {word}"

    def convert(self, value: Any, axes: int) -> Any:
        return None if value == self.choices[0] else super().convert(value, axes)


class Switch(Type):
    """Yes or no; the word alone turns it on, `no` before the word turns it off."""

    words = "yes or no"
    switch = True

    def convert(self, value: Any, axes: int) -> Any:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value

    def spelling(self, attribute: Any) -> str:
        return f"no{attribute.name}" if attribute.default is True else attribute.name


class Word(Type):
    """One of the words of a list."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices
        self.words = f"one of {', '.join(choices)}"

    def convert(self, value: Any, axes: int) -> Any:
        if value not in self.choices:
            raise self.refuse(value)
        return value

    def spelling(self, attribute: Any) -> str:
        return f"{attribute.name}={'|'.join(self.choices)}"


class Axes(Type):
    """An axis by its name, a list of axes in an order, or all of them."""

    choices = ("channels", "steps", "height", "width", "frames", "all")
    words = "an axis, a list of axes, as [height, width], or all"

    def convert(self, value: Any, axes: int) -> Any:
        names = value if isinstance(value, tuple) and not isinstance(value, Sizes) else (value,)
        if not names or not all(isinstance(name, str) and name in self.choices for name in names):
            raise self.refuse(value)
        if "all" in names and len(names) > 1:
            raise self.refuse(value)
        return tuple(names)


class Reference(Type):
    """The name of a layer above, as `<-` has it; what it must be is asked where names are known."""

    words = "the name of a layer above"
    reference = True

    def convert(self, value: Any, axes: int) -> Any:
        return value

    def spelling(self, attribute: Any) -> str:
        return f"{attribute.name}=NAME"


class Operand(Reference):
    """The name of a value, as `<-` has it: one more input of the line. The rules get its place among the inputs."""

    words = "the name of a value"
    reads = True


class Text(Type):
    """A text in quotes."""

    words = "a quoted string"

    def convert(self, value: Any, axes: int) -> Any:
        if not isinstance(value, str):
            raise self.refuse(value)
        return value


class Gathered(Type):
    """Values by names that the author chooses, each of one type."""

    gathers = True

    def __init__(self, each: Type) -> None:
        self.each = each
        self.words = f"{each.words}, by a name"

    def convert(self, value: Any, axes: int) -> Any:
        found = {}
        for name, one in value.items():
            try:
                found[name] = self.each.convert(one, axes)
            except Refusal as refusal:
                refusal.blame = name
                raise
        return found

    def spelling(self, attribute: Any) -> str:
        return "NAME=.."


class Bias(Switch):
    """Yes, no, or `position`: one bias for each output position instead of one for each output channel."""

    choices = ("position",)
    words = "yes, no or position"

    def convert(self, value: Any, axes: int) -> Any:
        return value if value == "position" else super().convert(value, axes)


class NestedNumbers(Type):
    """Numbers in lists within lists, as many in each: the elements of a tensor."""

    words = "a list of numbers, or of equally long lists of them, as [[1, 2], [3, 4]]"

    def __init__(self) -> None:
        self.each = Number(infinite=True)

    def convert(self, value: Any, axes: int) -> Any:
        if not isinstance(value, tuple):
            raise self.refuse(value)
        return self._nested(value, axes, MOST_AXES)

    def _nested(self, value: Any, axes: int, deep: int) -> Any:
        if not isinstance(value, tuple):
            return self.each.convert(value, axes)
        if not value or isinstance(value, Sizes) or not deep:
            raise self.refuse(value)
        found = tuple([self._nested(one, axes, deep - 1) for one in value])
        if len({_nesting(one) for one in found}) > 1:
            raise self.refuse(value)
        return found


def _nesting(value: Any) -> tuple[int, ...]:
    """How many elements lists have, those of the first within them."""
    return (len(value), *_nesting(value[0])) if isinstance(value, tuple) else ()


class Table(Type):
    """A list of lists of integers: for each output map its input maps, counted from 0."""

    words = "a list with a list of input channels for each output channel, from 0"

    def convert(self, value: Any, axes: int) -> Any:
        if not isinstance(value, tuple) or not value:
            raise self.refuse(value)
        for row in value:
            if not isinstance(row, tuple) or not row or not all(type(item) is int and item >= 0 for item in row):
                raise self.refuse(value)
        return value


def give(size: Size | Ratio) -> str:
    """What to do about a size that must be a number: `give a value: H=... W=...`."""
    size = size.numerator if isinstance(size, Ratio) else size
    return f"give a value: {' '.join(f'{name}=...' for name in sorted(symbols(size)))}"


def whole(value: Any) -> Any:
    """A number that is whole as an int; anything else as it is."""
    if isinstance(value, (int, str, tuple, Expression)):
        return value
    if isinstance(value, Ratio):
        return value.settled()
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return int(value) if value == int(value) else value


def spell(value: Any, depth: int = 0) -> str:
    """A value as the language writes it, shortened."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Sizes):
        return str(value)
    if isinstance(value, tuple):
        return str(value.name) if hasattr(value, "name") else _spell_list(value, depth)  # a kind
    return str(float(value)) if hasattr(value, "denominator") and value.denominator != 1 else str(value)


def _spell_list(values: tuple[Any, ...], depth: int) -> str:
    if depth >= _SHOWN_DEPTH:
        return "[...]"
    text = f"[{', '.join(spell(item, depth + 1) for item in values[:8])}{', ...' if len(values) > 8 else ''}]"
    return text if len(text) < 60 else "a list"
