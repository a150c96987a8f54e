"""The numbers of one hole for which a question is answered well: found by few asks, on the way that sizes grow.

Sizes and counts rise or fall with every number of a layer: an output grows with the padding and shrinks with the
stride, parameters grow with the channels. So between two numbers that miss in the same way, none fits; between two that
miss in different ways, the next to be asked is where the straight line through both would meet the claim. For channels
that is at once the number that fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise

from archdsl.typed import Any, NamedTuple, TypeAlias

FARTHEST = 10**18 - 1  # where nothing bounds a number: the largest that a text can have
_DENSE = 24  # numbers that are all asked
_REFUSALS = 3  # after a number that was taken, so many refusals in a row end the search
_FARTHER = 4  # samples, each missing by more than the one before
_WIDE = 512  # numbers between refusals that are asked one by one
_EQUAL = 9  # samples, each twice as far as the one before, that make a number one that changes nothing


class MissMark(NamedTuple):
    """How a number misses: by what, on which side, and how far."""

    what: Any
    above: bool
    distance: int


HIT = MissMark(None, False, 0)
Ask: TypeAlias = Callable[[int], MissMark | None]  # None where a rule refuses the number
Doubt: TypeAlias = Callable[[], None]  # called where numbers were ignored that may fit


def search(numbers: Sequence[int] | None, least: int, ask: Ask, doubt: Doubt = lambda: None) -> Iterator[int]:
    """The numbers that hit; `numbers` are all that can be, None where nothing bounds them.

    Of a long range few are asked, of a list, which has gaps, all.
    """
    if numbers is not None and (len(numbers) <= _DENSE or not isinstance(numbers, range)):
        yield from (number for number in numbers if ask(number) == HIT)
        return
    known: dict[int, MissMark | None] = {}
    yield from _sampled(numbers[-1] if numbers is not None else FARTHEST, least, known, ask, endless=numbers is None)
    yield from _among_refusals(known, ask, doubt)


def _sampled(last: int, least: int, known: dict[int, MissMark | None], ask: Ask, *, endless: bool) -> Iterator[int]:
    """The numbers that hit, in rising order, as sizes grow: at samples and between those that miss differently."""
    marks: list[MissMark | None] = []
    before: int | None = None
    for number in _samples(least, last):
        known[number] = ask(number)
        if before is not None:
            yield from _between(before, number, known, ask)
        if known[number] == HIT:
            yield number
        marks.append(known[number])
        if _hopeless(marks, endless):
            return
        before = number


def _among_refusals(known: dict[int, MissMark | None], ask: Ask, doubt: Doubt) -> Iterator[int]:
    """Where refused numbers lie among those that are taken, as in sizes of which a part is wanted whole: what is left
    between two refusals, all of it.
    """
    taken = [number for number, mark in known.items() if mark is not None]
    inside = sorted(number for number in known if taken and min(taken) <= number <= max(taken))
    if all(known[number] is not None for number in inside):
        return
    gaps = [(low, high) for low, high in pairwise(inside) if known[low] is None or known[high] is None]
    left = [number for low, high in gaps for number in islice(range(low + 1, high), _WIDE + 1)]
    if len(left) > _WIDE:
        doubt()
    yield from (number for number in left[:_WIDE] if ask(number) == HIT)


def _samples(least: int, last: int) -> Iterator[int]:
    """Numbers ever farther apart, the last among them."""
    yield least
    number = 1
    while number < last:
        if number > least:
            yield number
        number *= 2
    if last > least:
        yield last


def _hopeless(marks: list[MissMark | None], endless: bool) -> bool:
    """Whether larger numbers are all refused, miss by more and more, or change nothing."""
    tail = marks[-_REFUSALS:]
    if len(tail) == _REFUSALS and not any(tail) and any(marks):
        return True
    if not endless or not tail[-1] or tail[-1] == HIT:
        return False
    kind = (tail[-1].what, tail[-1].above)
    far = [mark.distance for mark in marks[-_FARTHER:] if mark is not None and (mark.what, mark.above) == kind]
    if len(far) == _FARTHER and all(a < b for a, b in pairwise(far)):
        return True
    return marks[-_EQUAL:] == [tail[-1]] * _EQUAL


def _between(low: int, high: int, known: dict[int, MissMark | None], ask: Ask) -> Iterator[int]:
    """The numbers that hit between two that were asked, in rising order."""
    stack: list[tuple[int, int, int]] = [(low, high, 0)]
    while stack:
        low, high, turn = stack.pop()
        if high - low <= 1:
            if turn < 0:
                yield low
            continue
        middle = _next(low, high, known, turn)
        if middle is None:
            continue
        known[middle] = ask(middle)
        stack.append((middle, high, turn + 1))
        if known[middle] == HIT:
            stack.append((middle, middle, -1))  # told between what lies on its two sides
        stack.append((low, middle, turn + 1))


def _next(low: int, high: int, known: dict[int, MissMark | None], turn: int) -> int | None:
    """The number to ask between two; None where both miss in the same way, and so does all between them."""
    a, b = known[low], known[high]
    if a is None and b is None:
        return None
    if a is not None and b is not None and a != HIT and (a.what, a.above) == (b.what, b.above):
        return None
    if a is not None and b is not None and a.what == b.what and a != HIT and turn % 3 < 2:
        left, right = abs(a.distance), abs(b.distance)
        guess = low + (high - low) * left // (left + right)
        return min(max(guess, low + 1), high - 1)
    return (low + high) // 2
