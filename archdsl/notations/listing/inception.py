"""Rows of GoogLeNet's table: the six columns of an inception block, and a convolution after a 1x1 reduction."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.notations.listing.draft import Draft
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.flow import KnownSizes
from archdsl.notations.listing.parts import Unclear, amount, whole, word
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_COLUMNS = ("1", "3 reduce", "3", "5 reduce", "5", "pool")


def inception(draft: Draft, entry: ListedLayer) -> list[tree.Line]:
    """The lines of a row with such columns; raises Unclear."""
    at = Span(entry.head.start, entry.head.end)
    missing = [name for name in _COLUMNS if name not in entry.columns]
    if entry.kind != "INCEPTION" or missing:
        what = ", ".join(
            f"{name.replace(' ', 'x' + name[0] + ' ') if name != 'pool' else 'pool proj'}" for name in missing
        )
        hint = (
            f"missing: {what}" if what else "an inception block has six columns; other layers have a window and filters"
        )
        raise Unclear("these are the columns of an inception block, and this layer is not one", at, hint)
    one, reduce3, three, reduce5, five, project = (entry.columns[name] for name in _COLUMNS)
    branches = [
        _branch([convolution(one, 1)]),
        _branch([convolution(reduce3, 1), convolution(three, 3)]),
        _branch([convolution(reduce5, 1), convolution(five, 5)]),
        _branch([_pool(project), convolution(project, 1)]),
    ]
    draft.note(at, "read as an inception block: 1x1, 3x3 and 5x5 convolutions and a 3x3 pool, in parallel")
    total = sum(whole(token) for token in (one, three, five, project))
    incoming, draft.flow = draft.flow, KnownSizes(draft.flow.space, total, False)
    body = tree.Body(tuple(tree.Line((branch,)) for branch in branches), one.start, project.end)
    claims = draft.claims(entry, incoming)
    layer = tree.LayerStatement(draft.name(entry), word("CONCAT", at), (), body, None, (), claims, *at)
    return [tree.Line((layer,))]


def reduced(draft: Draft, entry: ListedLayer) -> list[tree.Line]:
    """`convolution 3x3/1 ... 64 192`: a 1x1 convolution before the one that is named, which then is a plain one."""
    at = Span(entry.head.start, entry.head.end)
    window = entry.facts.get("window")
    size = "".join(letter for letter in (window.text if window else "")[:1])
    reduce, count = entry.columns.get(f"{size} reduce"), entry.columns.get(size)
    if count is not None:
        entry.facts.setdefault("count", count)
    entry.columns = {}
    if reduce is None:
        return []
    draft.note(at, f"after a 1x1 convolution to {reduce.text} channels")
    draft.flow = draft.flow._replace(channels=whole(reduce))
    return [tree.Line((convolution(reduce, 1),))]


def convolution(count: Token, window: int, stride: int = 1, *, bias: bool = True) -> tree.LayerStatement:
    """A convolution whose padding keeps the size."""
    at = Span(count.start, count.end)
    values = [amount((whole(count),), at), amount((window, window), at)]
    values += [word(f"s{stride}", at)] if stride != 1 else []
    values += [word(f"p{window // 2}", at)] if window > 1 else []
    values += [] if bias else [word("nobias", at)]
    return tree.LayerStatement((), word("CONV", at), _arguments(values), None, None, (), (), *at)


def _pool(beside: Token) -> tree.LayerStatement:
    at = Span(beside.start, beside.end)
    values = [amount((3, 3), at), word("s1", at), word("p1", at)]
    return tree.LayerStatement((), word("MAXPOOL", at), _arguments(values), None, None, (), (), *at)


def _arguments(values: list[Token]) -> tuple[tree.Argument, ...]:
    return tuple(tree.Argument(None, value, value.start, value.end) for value in values)


def _branch(layers: list[tree.LayerStatement]) -> tree.LayerStatement:
    """Layers in braces: one branch."""
    lines = tuple(tree.Line((layer,)) for layer in layers)
    start, end = layers[0].start, layers[-1].end
    return tree.LayerStatement((), None, (), tree.Body(lines, start, end), None, (), (), start, end)
