"""Blocks in brackets, `[3x3, 64] x 2`: stacked convolutions, with shortcuts where the text speaks of residuals."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.notations.listing.draft import Draft
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.flow import KnownSizes
from archdsl.notations.listing.inception import convolution
from archdsl.notations.listing.line import BracketBlock, sizes
from archdsl.notations.listing.parts import Unclear, place_of, whole, word
from archdsl.syntax import tree
from archdsl.syntax.tree import Token


def stacked(draft: Draft, entry: ListedLayer) -> list[tree.Line]:
    """The lines of a row with blocks; raises Unclear."""
    at = Span(entry.head.start, entry.head.end)
    for fact in sorted(entry.facts.keys() - {"bare", "copies", "stride", "params", "weights"}):
        hint = "put it, and the blocks, on lines of their own"
        raise Unclear(f"a {fact} next to blocks of convolutions", place_of(entry.facts[fact]), hint)
    draft.explained(entry)
    copies, incoming = entry.facts.get("copies"), draft.flow
    lines: list[tree.Line] = []
    wanted = [shape.sizes for shape in entry.shapes[-1:]]
    step = _stride(draft, entry, wanted)
    for block in entry.blocks:
        times = block.times or copies
        number = whole(times) if times is not None else 1
        if not block.convolutions or number < 1:
            raise Unclear("this block has no convolutions", Span(block.start, block.end))
        lines += _block(draft, block, number, step if block is entry.blocks[0] else 1)
    what = (
        "residual blocks: a shortcut around each, projected where shapes change"
        if draft.residual
        else ("a sequence of convolutions; in a text that mentions residual blocks, with shortcuts")
    )
    draft.note(Span(entry.blocks[0].start, entry.blocks[-1].end), what)
    if draft.flow.space:
        draft.flow = draft.flow._replace(space=tuple(-(-size // max(step, 1)) for size in draft.flow.space))
    body = tree.Body(tuple(lines), entry.start, entry.end)
    claims = draft.claims(entry, incoming)
    layer = tree.LayerStatement(draft.name(entry), None, (), body, None, (), claims, at.start, at.end)
    return [tree.Line((layer,))]


def _stride(draft: Draft, entry: ListedLayer, wanted: list[tuple[str, ...]]) -> int:
    """By how much a row shrinks what it reads: its first convolution does it."""
    if "stride" in entry.facts:
        return whole(entry.facts["stride"])
    space = draft.flow.space
    if not space or not wanted or int(wanted[0][0]) < 1:
        return 1
    return max(1, round(space[0] / int(wanted[0][0])))


def _block(draft: Draft, block: BracketBlock, times: int, stride: int) -> list[tree.Line]:
    """All copies of a block; the first may differ, by its stride and what it reads."""
    channels = whole(block.convolutions[-1][1])
    first = _one(draft, block, stride, draft.flow.channels != channels or stride != 1)
    differs = stride != 1 or draft.flow.channels != channels
    draft.flow = KnownSizes(draft.flow.space, channels, False)
    if not differs:
        return [_times(first, times, block)]
    rest = [_times(_one(draft, block, 1, False), times - 1, block)] if times > 1 else []
    return [_times(first, 1, block), *rest]


def _times(layers: list[tree.Line], times: int, block: BracketBlock) -> tree.Line:
    at = Span(block.start, block.end)
    repeat = Token("NUMBER", str(times), *at) if times > 1 else None
    return tree.Line((tree.LayerStatement((), None, (), tree.Body(tuple(layers), *at), repeat, (), (), *at),))


def _one(draft: Draft, block: BracketBlock, stride: int, changes: bool) -> list[tree.Line]:
    """The lines of one block."""
    lines: list[tree.Line] = []
    for number, (window, count) in enumerate(block.convolutions):
        kernel = int(sizes(window)[0])
        lines.append(normed(draft, convolution(count, kernel, stride if number == 0 else 1, bias=not draft.normed)))
    if not draft.residual:
        return lines
    at = Span(block.start, block.end)
    path = tree.LayerStatement((), None, (), tree.Body(tuple(lines), *at), None, (), (), *at)
    shortcut = (
        _shortcut(draft, block, stride)
        if changes
        else tree.LayerStatement((), word("ID", at), (), None, None, (), (), *at)
    )
    body = tree.Body((tree.Line((path,)), tree.Line((shortcut,))), *at)
    return [tree.Line((tree.LayerStatement((), word("ADD", at), (), body, None, (), (), *at),))]


def _shortcut(draft: Draft, block: BracketBlock, stride: int) -> tree.LayerStatement:
    """A 1x1 convolution that makes the shortcut as wide as the block."""
    line = normed(draft, convolution(block.convolutions[-1][1], 1, stride, bias=not draft.normed))
    at = Span(block.start, block.end)
    return tree.LayerStatement((), None, (), tree.Body((line,), *at), None, (), (), *at)


def normed(draft: Draft, layer: tree.LayerStatement) -> tree.Line:
    """A convolution, and after it the norm of which the text says that each has one."""
    if not draft.normed:
        return tree.Line((layer,))
    at = Span(layer.start, layer.end)
    return tree.Line((layer, tree.LayerStatement((), word("BN", at), (), None, None, (), (), *at)))
