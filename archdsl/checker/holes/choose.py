"""Which hole comes next, and the numbers that it can have: one that a claim pins alone, else the one with the fewest.

What a claim depends on is found by trying: each hole is moved by itself, and the figures that move with it are its own.
In `CONV ? ?x? s4 p? -> 55x55x96, 34,944 params` the 96 depends on the first hole alone; with that one known, the params
move with the window alone; then the padding is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from archdsl.checker.holes.equations import Key
from archdsl.checker.holes.search import FARTHEST, HIT, Doubt, MissMark, search
from archdsl.checker.holes.trial import Attempt
from archdsl.layers.kinds.arrange import Reshaped
from archdsl.layers.sides import Padding
from archdsl.layers.values import Divisor, Number, PerAxis
from archdsl.reading.holes import Hole
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size
from archdsl.typed import NamedTuple, TypeAlias

_SAMPLES = (1, 2, 3, 4, 8, 16, 96, 0)
_LARGE = (512, 2_048, 8_192)  # where nothing bounds a number, and all smaller ones are refused
_MOST_DENSE = 1_024  # numbers that are tried one by one, where all samples are refused
_UNKNOWN = 64  # how far windows are looked for on a symbolic size, and groups where the channels are not known
_WINDOW = 11  # how large a window may be that is not known, on an axis that is smaller
_MOST_DIVISORS = 4_096


class Variable(NamedTuple):
    """Holes that get one number, the first of them, and all numbers that it can have; None where nothing bounds it."""

    places: tuple[int, ...]
    hole: Hole
    numbers: Sequence[int] | None

    def put(self, number: int) -> dict[int, int]:
        return dict.fromkeys(self.places, number)


class HoleChoice(NamedTuple):
    """A hole and the numbers that it can have, in the order in which they are tried; some may not fit in the end.

    `last` says that with it the claims looked at are all decided, so that each of the numbers fits them.
    """

    variable: Variable
    numbers: Iterator[int]
    last: bool


Try: TypeAlias = Callable[[dict[int, int]], Attempt]  # the numbers of some holes tried, those found before among them


class Ground(NamedTuple):
    """Where numbers are tried: what a try says, numbers of the text that are likely, and what to call in doubt."""

    attempt: Try
    likely: list[int]
    doubt: Doubt


def numbers(hole: Hole, shape: Shape | None, largest: int, wide: bool = False) -> Sequence[int] | None:
    """What the attribute of a hole allows, on this input: paddings up to the window, `wide` any, windows up to the
    axis.
    """
    if shape is not None:
        largest = max((_number(size) for size in shape.space), default=1)
    match hole.type:
        case Padding() if wide:
            return None
        case Padding():
            return range((max(largest, _WINDOW) if hole.window is None else hole.window) + 1)
        case PerAxis() if not hole.bounded:
            return None
        case PerAxis():
            added = max(largest, _WINDOW) if hole.padding is None else hole.padding
            return range(hole.least, largest + 2 * added + 1)
        case Reshaped():
            return _factors(shape.elements) if shape is not None and isinstance(shape.elements, int) else None
        case Divisor():
            return _divisors(_number(shape.channels)) if shape is not None else tuple(range(1, _UNKNOWN + 1))
        case Number():
            return range(hole.least, hole.least + 2)
    return None


def _number(size: Size) -> int:
    return size if isinstance(size, int) else _UNKNOWN


def _divisors(channels: int) -> tuple[int, ...]:
    return tuple(number for number in range(1, min(channels, _MOST_DIVISORS) + 1) if channels % number == 0)


def _factors(elements: int) -> tuple[int, ...]:
    """The divisors of a number of elements, the small ones and those that they leave."""
    small = _divisors(elements)
    return tuple(sorted({*small, *(elements // number for number in small)}))


def choose(variables: list[Variable], ground: Ground, plainly: bool = False) -> HoleChoice | None:
    """The hole to decide next; None where all claims hold and nothing that is claimed depends on any of these.

    What depends on what is seen at a few numbers only. `plainly`, nothing is concluded from that: of several holes, all
    numbers of one are tried.
    """
    if plainly and len(variables) > 1:
        return _shortest(variables, ground)
    base, read = _base(variables, ground)
    if base is None and read is not None and not read.issuperset(place for one in variables for place in one.places):
        some = [one for one in variables if read.issuperset(one.places)]  # nothing asks for the others
        return choose(some, ground) if some else None
    if base is None:  # every number tried is refused, so that nothing shows what depends on what
        return _shortest(variables, ground)
    if base.stuck and len(variables) > 1:
        return _unstuck(base, ground)
    moving = [one for one in variables if base.moved[one] or one in base.stuck]
    if not moving:
        return None if base.found.fits else HoleChoice(variables[0], iter(()), False)
    rest = {place: base.values[place] for one in variables if one not in moving for place in one.places}
    if len(moving) == 1:
        seen = set(base.found.equations) if rest else None  # further claims, which then show, may be of the others
        return HoleChoice(moving[0], _searched(moving[0], rest, ground, seen), True)
    owners = {key: [one for one in moving if key in base.moved[one]] for key in base.found.equations}
    for key, some in owners.items():
        if len(some) == 1:
            return HoleChoice(some[0], _searched(some[0], base.values, ground, {key}), False)
    if all(one.numbers is None for one in moving):
        for key, some in owners.items():
            if len(some) == 2:
                return HoleChoice(some[0], _eliminated(some[0], some[1], base.values, ground, key), False)
    return _shortest(moving, ground)


class Base(NamedTuple):
    """Numbers for all holes that no rule refuses, and what moves when one hole is moved away from them.

    `stuck` are the holes that alone cannot be moved: each other number is refused.
    """

    values: dict[int, int]
    found: Attempt
    moved: dict[Variable, set[Key]]
    stuck: list[Variable]


def _base(variables: list[Variable], ground: Ground) -> tuple[Base | None, frozenset[int] | None]:
    """Of the numbers to start from, those from which the most holes can be moved; and the holes that were asked for,
    None where all numbers are refused.
    """
    best: Base | None = None
    read: frozenset[int] | None = None
    for values in starts(variables, ground.likely):
        found = ground.attempt(values)
        if found.refusal is not None:
            continue
        read = (read or frozenset()) | found.read
        if not found.read.issuperset(values):
            continue  # a number that hides another hole, as 0 copies of a line do, shows nothing of that one
        moved = {one: _moved(one, values, found, ground) for one in variables}
        stuck = [one for one in variables if moved[one] is None]
        base = Base(values, found, {one: keys or set() for one, keys in moved.items()}, stuck)
        if not stuck:
            return base, read
        if best is None or len(stuck) < len(best.stuck):
            best = base
    return best, read


def starts(variables: list[Variable], likely: list[int]) -> Iterator[dict[int, int]]:
    """Small numbers for all holes; then, where nothing bounds some, numbers of the text for these, and large ones."""
    if not all(map(_samples, variables)):
        return  # a hole that no number fills
    for position in range(len(_SAMPLES)):
        values: dict[int, int] = {}
        for one in variables:
            samples = _samples(one)
            values |= one.put(samples[min(position, len(samples) - 1)])
        yield values
    endless = [one for one in variables if one.numbers is None]
    for number in (*likely, *_LARGE) if endless else ():
        for position in range(2 if len(endless) < len(variables) or len(endless) > 1 else 1):
            values = {}
            for one in variables:
                samples = _samples(one)
                free = one in endless and (position == 0 or one is endless[0])
                values |= one.put(number if free else samples[min(position, len(samples) - 1)])
            yield values


def _samples(variable: Variable, near: int = 0) -> list[int]:
    """A few numbers that a hole can have; none at all, which hides what else stands there, comes last.

    Where nothing bounds it and a number is large, those near it.
    """
    if variable.numbers is None:
        step = variable.hole.step
        found = [step * number for number in _SAMPLES if number >= variable.hole.least]
        return found if near in found else [near, near + step, 2 * near, 4 * near + step, *found]
    return [variable.numbers[position] for position in range(min(len(variable.numbers), len(_SAMPLES)))]


def _moved(variable: Variable, values: dict[int, int], base: Attempt, ground: Ground) -> set[Key] | None:
    """What is derived otherwise when one hole is moved by itself; None where no other number is taken."""
    moved: set[Key] = set()
    at = values[variable.places[0]]
    others = [number for number in _samples(variable, at) if number != at]
    taken = 0
    for number in others:
        found = ground.attempt({**values, **variable.put(number)})
        if found.refusal is not None:
            continue
        taken += 1
        for key in found.equations.keys() | base.equations.keys():
            there, here = found.equations.get(key), base.equations.get(key)
            if there is None or here is None:
                if not found.fits or not base.fits:
                    moved.add(key)
            elif there.off != here.off:
                moved.add(key)
    return moved if taken or not others else None


def _unstuck(base: Base, ground: Ground) -> HoleChoice:
    """Where holes cannot be moved alone: the one that is stuck by itself, or several that only move together."""
    first = base.stuck[0]
    together = Variable(tuple(place for one in base.stuck for place in one.places), first.hole, first.numbers)
    moved = _moved(together, base.values, base.found, ground) or set()
    others = set().union(*(keys for one, keys in base.moved.items() if one not in base.stuck))
    return HoleChoice(first, _searched(together, base.values, ground, moved - others), False)


def _shortest(variables: list[Variable], ground: Ground) -> HoleChoice:
    """The hole with the fewest numbers, all of them to be tried."""
    shortest = min(variables, key=lambda one: FARTHEST if one.numbers is None else len(one.numbers))
    if len(variables) == 1:
        return HoleChoice(shortest, _searched(shortest, {}, ground, None), True)
    listed = range(shortest.hole.least, FARTHEST) if shortest.numbers is None else shortest.numbers
    return HoleChoice(shortest, iter(listed), False)


def _eliminated(outer: Variable, inner: Variable, values: dict[int, int], ground: Ground, key: Key) -> Iterator[int]:
    """The numbers of one hole for which another, found from one claim, makes the further claims hold."""

    def ask(number: int) -> MissMark | None:
        rest = {**values, **outer.put(number)}
        found = next(_searched(inner, rest, ground._replace(likely=[]), {key}), None)
        if found is not None:
            return _mark(ground.attempt({**rest, **inner.put(found)}), None)
        least = ground.attempt({**rest, **inner.put(inner.hole.least)})
        return _mark(least, {key})

    yield from search(None, outer.hole.least, ask, ground.doubt)


def _searched(variable: Variable, rest: dict[int, int], ground: Ground, keys: set[Key] | None) -> Iterator[int]:
    """The numbers that no rule refuses and with which some equations hold, by default all."""
    step = variable.hole.step if variable.numbers is None else 1
    asked: set[int] = set()
    taken = False

    def ask(number: int) -> MissMark | None:
        nonlocal taken
        asked.add(number)
        mark = _mark(ground.attempt({**rest, **variable.put(step * number)}), keys)
        taken = taken or mark is not None
        return mark

    least = -(-variable.hole.least // step)
    for number in search(variable.numbers, least, ask, ground.doubt):
        yield step * number
    if variable.numbers is None:
        more = [number // step for number in ground.likely if number % step == 0 and number >= variable.hole.least]
        dense = range(least, _MOST_DENSE) if not taken else range(0)
        for number in (*more, *dense):
            if number not in asked and ask(number) == HIT:
                ground.doubt()  # few numbers are taken at all, and there may be larger ones
                yield step * number


def _mark(found: Attempt, keys: set[Key] | None) -> MissMark | None:
    if found.refusal is not None:
        return None
    wrong = next((k for k, one in found.equations.items() if not one.holds and (keys is None or k in keys)), None)
    if wrong is None:
        return HIT if keys is None or keys <= found.equations.keys() else None
    equation = found.equations[wrong]
    return MissMark(wrong, equation.off > 0, abs(equation.off))
