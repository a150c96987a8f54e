"""Convolutions of a listing: their windows, and the strides and paddings of all windows, said or inferred."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.notations.listing.draft import Draft
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.flow import KnownSizes, ListedWindow, fitting, spread
from archdsl.notations.listing.line import BracketShape, sizes
from archdsl.notations.listing.parts import Unclear, amount, dims, pair, place_of, short, whole, word
from archdsl.syntax.tree import Token


def convolved(draft: Draft, entry: ListedLayer, at: Span) -> list[Token]:
    """The values of a convolution: filters, window, stride and padding, groups, dilation; raises Unclear."""
    facts = dict(entry.facts)
    if "volume" in facts:
        _volume(draft, entry, facts)
    count, window = draft.count(entry, facts, at), facts.get("window")
    if window is None:
        hint = 'say "96 11x11 filters", or "[55x55x96] CONV1: 11x11, stride 4"'
        raise Unclear("this looks like a convolution, but its kernel size is missing", at, hint)
    kernel = _kernel(draft, window)
    values, space = moves(draft, entry, facts, kernel, at, pool=False)
    groups = facts.get("groups"), facts.get("dilation")
    draft.flow = KnownSizes(space, whole(count), False)
    extra = [
        word(f"{letter}{whole(token)}", place_of(token)) for letter, token in zip("gd", groups, strict=True) if token
    ]
    return [amount((whole(count),), place_of(count)), amount(pair(kernel), place_of(window)), *values, *extra]


def _volume(draft: Draft, entry: ListedLayer, facts: dict[str, Token]) -> None:
    """`5x5x3` without a word: windows over the 3 channels that come in, or else the output."""
    volume = facts["volume"]
    count, channels = facts.get("count"), int(sizes(volume)[2])
    if "window" not in facts and channels == draft.flow.channels and count is not None and whole(count) != channels:
        facts["window"] = volume
    else:
        entry.shapes.append(BracketShape(sizes(volume), volume.start, volume.end))


def _kernel(draft: Draft, window: Token) -> tuple[str, ...]:
    """The window without its depth: 11x11x3 over 3 channels is 11x11."""
    numbers = sizes(window)
    if len(numbers) != 3 or (draft.flow.space is not None and len(draft.flow.space) != 2):
        return numbers
    if draft.flow.channels is not None and int(numbers[2]) != draft.flow.channels:
        message = f"windows of {'x'.join(numbers)} read {numbers[2]} channels, and the input has {draft.flow.channels}"
        raise Unclear(message, place_of(window), f"{numbers[0]}x{numbers[1]}x{draft.flow.channels}, or groups")
    draft.note(window, f"a window of {numbers[0]}x{numbers[1]} over all {numbers[2]} channels")
    draft.come_in("channels", window._replace(text=numbers[2]))
    return numbers[:2]


def moves(
    draft: Draft, entry: ListedLayer, facts: dict[str, Token], kernel: tuple[str, ...], at: Span, *, pool: bool
) -> tuple[list[Token], tuple[int, ...] | None]:
    """Stride and padding as values, and the sizes that come out where they are known."""
    axes = len(draft.flow.space) if draft.flow.space else 2
    window = spread(kernel, axes)
    stride = spread(sizes(facts["stride"]), axes) if "stride" in facts else None
    pad = spread(sizes(facts["pad"]), axes) if "pad" in facts else None
    half = tuple(size // 2 for size in window)
    given = [word(f"s{dims(facts['stride'])}", place_of(facts["stride"]))] if stride else []
    given += [word(f"p{dims(facts['pad'])}", place_of(facts["pad"]))] if pad else []
    if pad is None and "same" in entry.switches:
        pad, given = half, [*given, word(f"p{short(half)}", at)]
    if pad is None and entry.head.values:
        pad, given = half, [*given, word(f"p{short(half)}", at)]
        draft.note(at, f"padding of {short(half)}, as in VGG: the output has the size of the input")
    if "valid" in entry.switches:
        pad = pad or (0,) * axes
    if "ceil" in entry.switches:
        given = [*given, word("ceil", at)]
    usual = ListedWindow(
        window, stride or (window if pool else (1,) * axes), pad or (0,) * axes, "ceil" in entry.switches
    )
    claimed = wanted(draft, entry, axes)
    if claimed is None:
        _nothing_vague(entry, stride, pad)
    if draft.flow.space and claimed and usual.over(draft.flow.space) != claimed and not (stride and pad):
        found = fitting(draft.flow.space, claimed, window, stride, pad, pool)
        if found is not None:
            return [*given, *_found(draft, found, usual, at, claimed)], claimed
    return given, usual.over(draft.flow.space) if draft.flow.space else claimed


def _nothing_vague(entry: ListedLayer, stride: object, pad: object) -> None:
    """`strided`, `with padding`, without a number, and no shape that tells it."""
    for token in entry.vague:
        said = stride if token.text.lower().startswith("strid") else pad
        if said is None and "same" not in entry.switches and "valid" not in entry.switches:
            hint = "give its number, or the output shape"
            raise Unclear(f"{token.text!r} has no number", place_of(token), hint)


def _found(draft: Draft, found: ListedWindow, usual: ListedWindow, at: Span, wanted: tuple[int, ...]) -> list[Token]:
    """What was not said and follows from the shape claimed."""
    values = []
    if found.stride != usual.stride:
        values.append(f"s{short(found.stride)}")
    if found.pad != usual.pad:
        values.append(f"p{short(found.pad)}")
    if found.ceil and not usual.ceil:
        values.append("ceil")
    draft.note(at, f"{' '.join(values)} is not given; it follows from the output size {short(wanted, always=True)}")
    return [word(value, at) for value in values]


def wanted(draft: Draft, entry: ListedLayer, axes: int) -> tuple[int, ...] | None:
    """The sizes that the shape claims beside the channels."""
    for shape in entry.shapes[-1:]:
        if len(shape.sizes) in (axes, axes + 1):
            return tuple(int(size) for size in shape.sizes[:axes])
        if len(shape.sizes) == 1:
            return spread(shape.sizes, axes)
    return None
