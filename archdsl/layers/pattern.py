"""Axes taken apart and put together by names: how such a text is read, and what PyTorch does for it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from archdsl.layers.base import Lowered, is_open
from archdsl.layers.layout import layout, order
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import MOST_AXES, Type
from archdsl.sizes.shape import Shape, product
from archdsl.sizes.size import Expression, Size, same
from archdsl.typed import Any, NamedTuple

_MOST_NAMES = 16
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_USAGE = "the axes before and after -> name the same parts, each once; brackets hold the parts of an axis"


class Pattern(NamedTuple):
    """The parts of each axis, outermost first, before and after; an axis of size 1 has none."""

    before: tuple[tuple[str, ...], ...]
    after: tuple[tuple[str, ...], ...]


class Arrangement(Type):
    """A text with the axes before and after: `"h w (n c) -> n h w c"`."""

    words = 'a quoted text with the axes before and after, as "h w c -> w h c"'

    def convert(self, value: Any, axes: int) -> Pattern:
        if not isinstance(value, str):
            raise self.refuse(value)
        sides = value.split("->")
        if len(sides) != 2:
            raise _invalid("has one -> between the axes before and after")
        pattern = Pattern(_side(sides[0]), _side(sides[1]))
        names = [[name for axis in side for name in axis] for side in pattern]
        odd = [name for name in names[0] + names[1] if names[0].count(name) != 1 or names[1].count(name) != 1]
        if odd:
            raise _invalid(f"does not have {odd[0]} once on each side")
        if len(names[0]) > _MOST_NAMES:
            raise _invalid(f"has {len(names[0])} names, and {_MOST_NAMES} are the most")
        return pattern


def _side(text: str) -> tuple[tuple[str, ...], ...]:
    axes: list[tuple[str, ...]] = []
    inner: list[str] | None = None
    for word in re.findall(r"[()]|[^\s()]+", text):
        if word == "(" and inner is None:
            inner = []
        elif word == ")" and inner is not None:
            axes.append(tuple(inner))
            inner = None
        elif word in "()":
            raise _invalid("has an unmatched bracket, or one within another")
        elif word != "1" and not _NAME.fullmatch(word):
            raise _invalid(f'has "{word}", which is not the name of a part')
        elif inner is None:
            axes.append(() if word == "1" else (word,))
        elif word != "1":
            inner.append(word)
    if inner is not None:
        raise _invalid("has an unmatched bracket, or one within another")
    if not 1 <= len(axes) <= MOST_AXES:
        raise _invalid(f"has {len(axes)} axes on a side, and a value has 1 to {MOST_AXES}")
    return tuple(axes)


def _invalid(what: str) -> Refusal:
    return Refusal("invalid-text", what, hint=_USAGE)


def part_sizes(kind: str, pattern: Pattern, x: Shape, given: Mapping[str, Size]) -> dict[str, Size]:
    """The size of every part: as given, or what an axis leaves for one of them. Raises Refusal."""
    if x.rank != len(pattern.before):
        axes = f"{len(pattern.before)} {'axis' if len(pattern.before) == 1 else 'axes'}"
        raise Refusal("rank-mismatch", f"{kind} lists {axes}, and {x} has {x.rank}", blame="pattern")
    sizes = dict(given)
    for parts, size in zip(pattern.before, x.sizes, strict=True):
        known = product(tuple([given[name] for name in parts if name in given]))
        unknown = [name for name in parts if name not in given]
        text = " ".join(parts) if len(parts) == 1 else f"({' '.join(parts)})"
        if len(unknown) > 1:
            message = f"{kind}: the parts of {text} = {size} are not known"
            raise Refusal("missing-value", message, blame="pattern", hint=f"give all but one: {unknown[0]}=..")
        if not same(size % known, 0) or (not unknown and not same(size, known)):
            what = f"{text} is {size}" if parts else f"an axis of 1 is {size}"
            message = (
                f"{kind}: {what}, and {' x '.join(f'{n} = {given[n]}' for n in parts if n in given) or 1} does not fit"
            )
            raise Refusal("shape-mismatch", message, blame="pattern")
        sizes |= dict.fromkeys(unknown, size // known)
    return sizes


def arranged(pattern: Pattern, sizes: Mapping[str, Size]) -> Shape:
    """The shape after."""
    return Shape(tuple([product(tuple([sizes[name] for name in parts])) for parts in pattern.after]))


def rearranged(pattern: Pattern, sizes: Mapping[str, Size], form: str) -> Lowered:
    """Axes taken apart, parts put in their order, and put together, for a value that lies as `form`."""
    call = "{0}"
    axes = order(len(pattern.before), form)
    read: dict[str, Size | tuple[Size, ...]] = {}
    for place, axis in reversed(list(enumerate(axes, 1))):
        call += _apart(pattern.before[axis], sizes, place, read)
    before = [name for axis in axes for name in pattern.before[axis]]
    gives, after = _best(pattern, before, form)
    call += turned(before, after)
    for axis in reversed(order(len(pattern.after), gives)):
        parts = pattern.after[axis]
        place = 1 + (after.index(parts[0]) if parts else _behind(pattern, gives, axis))
        if len(parts) > 1:
            call += f".flatten({place}, {place + len(parts) - 1})"
        elif not parts:
            call += f".unsqueeze({place})"
    return Lowered(call=call, wants=form, gives=gives, sizes=read)


def _apart(
    parts: tuple[str, ...], sizes: Mapping[str, Size], place: int, read: dict[str, Size | tuple[Size, ...]]
) -> str:
    """The call that takes a dimension apart; sizes that must be read off a tensor are noted."""
    if not parts:
        return f".squeeze({place})"
    if len(parts) == 1:
        return ""
    found = open_once(tuple(sizes[name] for name in parts))
    if is_open(found):
        read[f"parts{place}"] = found
    return f".unflatten({place}, {f'{{parts{place}}}' if is_open(found) else found})"


def open_once(sizes: tuple[Size, ...]) -> tuple[Size, ...]:
    """Sizes as PyTorch takes them where one may be left to be found: -1 stands for the last that is symbolic."""
    places = [place for place, size in enumerate(sizes) if isinstance(size, Expression)]
    return tuple(-1 if place in places[-1:] else size for place, size in enumerate(sizes))


def _best(pattern: Pattern, before: list[str], came: str) -> tuple[str, list[str]]:
    """How the result lies, and its parts in that order: where nothing has to move, else channels last as it came."""
    rank = len(pattern.after)
    usual = "last" if came == "last" and rank > 1 else layout(rank)
    forms = [usual] if rank == 1 else [usual, "first" if usual == "last" else "last"]
    each = {form: [name for axis in order(rank, form) for name in pattern.after[axis]] for form in forms}
    best = next((form for form, names in each.items() if names == before), usual)
    return best, each[best]


def _behind(pattern: Pattern, form: str, axis: int) -> int:
    """How many parts lie before an axis that has none."""
    axes = order(len(pattern.after), form)
    return sum(len(pattern.after[other]) for other in axes[: axes.index(axis)])


def turned(before: list[str], after: list[str]) -> str:
    """The call that brings dimensions after the batch into another order; nothing where they have it."""
    moved = [place for place, name in enumerate(after) if before[place] != name]
    if not moved:
        return ""
    if len(moved) == 2:
        return f".transpose({moved[0] + 1}, {moved[1] + 1})"
    return f".permute(0, {', '.join(str(before.index(name) + 1) for name in after)})"
