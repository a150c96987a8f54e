"""Pools of a listing, of which often little is said: their kind, their window, whether they go over all positions."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.notations.listing.draft import Draft
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.flow import KnownSizes, spread
from archdsl.notations.listing.line import BracketShape, sizes
from archdsl.notations.listing.parts import Unclear, amount, pair, place_of, whole
from archdsl.notations.listing.windows import moves, wanted
from archdsl.syntax.tree import Token

_LARGEST_STEP = 4  # of a pool of which only the shape is given
_POOLS = {"MAXPOOL": "MAXPOOL", "AVGPOOL": "AVGPOOL", "SUBSAMPLE": "SUBSAMPLE", "S_LABEL": "SUBSAMPLE"}


def pool(draft: Draft, entry: ListedLayer, at: Span) -> tuple[str, list[Token]]:
    """The kind of a pool and its values; raises Unclear."""
    _no_other_channels(draft, entry)
    if _is_global(draft, entry):
        draft.flow = KnownSizes(None, draft.flow.channels, True)
        draft.note(at, "average pooling without a window, over all positions")
        return "GLOBALAVGPOOL", []
    if entry.kind in ("GLOBALAVGPOOL", "GLOBALMAXPOOL"):
        _reads_all(draft, entry)
        draft.flow = KnownSizes(None, draft.flow.channels, True)
        return entry.kind, []
    kind = _POOLS.get(entry.kind, "MAXPOOL")
    if entry.kind in ("POOL", "P_LABEL"):
        draft.note(at, "pooling without further details is read as max pooling")
    if entry.kind == "S_LABEL":
        draft.note(at, "read as LeNet's subsampling, which has a coefficient and a bias per channel")
    window = _window(draft, entry, at)
    values, space = moves(draft, entry, entry.facts, sizes(window), at, pool=True)
    draft.flow = KnownSizes(space, draft.flow.channels, False)
    return kind, [amount(pair(sizes(window)), place_of(window)), *values]


def _reads_all(draft: Draft, entry: ListedLayer) -> None:
    """A window of a global pool must be all that comes in, or 1x1, which is the output."""
    window = entry.facts.get("window")
    space = draft.flow.space
    if window is None or space is None:
        return
    if spread(sizes(window), len(space)) not in (space, (1,) * len(space)):
        come = "x".join(map(str, space))
        message = f"a global pool reads its whole input, and a window of {window.text} is not {come}"
        raise Unclear(message, place_of(window), "if the layer has a window, call it average pooling")


def _is_global(draft: Draft, entry: ListedLayer) -> bool:
    """`average pool` with no window after the last block of a table."""
    said = {"window", "stride", "pad"} & set(entry.facts)
    flat = all(
        shape.sizes == (str(draft.flow.channels),) or all(size == "1" for size in shape.sizes[:2])
        for shape in entry.shapes[-1:]
    )
    return entry.kind == "AVGPOOL" and not said and flat


def _window(draft: Draft, entry: ListedLayer, at: Span) -> Token:
    """The window of a pool: as said, or the same size as the stride, or 2x2."""
    window, stride, bare = (entry.facts.get(fact) for fact in ("window", "stride", "bare"))
    if bare is not None and stride is not None and _is_output(draft, bare, whole(stride)):
        entry.shapes.append(BracketShape(sizes(bare), bare.start, bare.end))
        entry.facts.pop("window")
        draft.note(bare, "read as the output size: the stride gives the same")
        window = None
    if window is not None:
        return window
    if stride is not None:
        draft.note(at, "a window the same size as the stride")
        return stride
    claimed, space = wanted(draft, entry, 2), draft.flow.space
    step = space[0] // claimed[0] if space and claimed and claimed[0] else 2
    if space and claimed and step > _LARGEST_STEP and claimed[0] > 1:
        message = f"from {space[0]} to {claimed[0]} is an unusual step for a pool without a window"
        raise Unclear(message, at, 'say "2x2 max pooling"')
    draft.note(at, f"windows of {step}x{step} that do not overlap: nothing else is given")
    return Token("NUMBER", str(step), *at)


def _is_output(draft: Draft, bare: Token, stride: int) -> bool:
    numbers = tuple(int(size) for size in sizes(bare))
    return draft.flow.space is not None and stride > 1 and numbers == tuple(s // stride for s in draft.flow.space)


def _no_other_channels(draft: Draft, entry: ListedLayer) -> None:
    """A pool gives the channels that it reads; a count must say so."""
    count, channels = entry.facts.get("count"), draft.flow.channels
    if count is not None and channels is not None and whole(count) != channels:
        message = f"a pool keeps its {channels} channels, and {count.text} is another number"
        raise Unclear(message, place_of(count), "say what the number is: a stride, a window")
