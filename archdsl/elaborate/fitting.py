"""Whether a part that was laid anew can run on the weights of its first run: layer by layer, on the tree."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from archdsl.diagnostics import Related, Span
from archdsl.faults.problem import Problem, Refused
from archdsl.layers import Tensor
from archdsl.network.nodes import Conditional, Item, Leaf, Loop, Merge, Node, Repeat, Sequence, Share, Use, width
from archdsl.network.table import ByIdentity
from archdsl.sizes.size import Expression, same
from archdsl.syntax.tree import Token
from archdsl.typed import Any, NamedTuple


class _Pair(NamedTuple):
    """A node of the first run and the one in its place; items without a name below it count on from `base`."""

    path: str
    base: int
    one: Node
    other: Node


def unfit(token: Token, first: Leaf | Sequence | Use, again: Leaf | Sequence | Use) -> Problem | None:
    """The first layer whose tensors, or whose form in PyTorch, are not those of the first run."""
    on, now = (" and ".join(map(str, node.inputs)) for node in (first, again))
    seen: set[tuple[ByIdentity, ByIdentity]] = set()  # bodies stand in many places: each pair is looked at once
    stack = [_Pair(token.text, 0, first, again)]
    while stack:
        pair = stack.pop()
        both = ByIdentity(pair.one), ByIdentity(pair.other)
        if both in seen:
            continue
        seen.add(both)
        if not _alike(pair.one, pair.other):
            begin = f", from {pair.path} on" if pair.path != token.text else ""
            message = f"{token.text} has other layers on {now} than on {on}{begin}"
            return Problem("unfit-weights", message, token)
        wrong = _wrong(pair, on, now, alone=pair.one is first)
        if wrong:
            return Refused("unfit-weights", wrong, token, related=_written(pair.one), what="SHARE")
        stack += reversed(list(_below(pair)))
    return None


def _alike(one: Node, other: Node) -> bool:
    """Whether two nodes are of one form, what lies within them left out."""
    match one, other:
        case (Leaf(), Leaf()):
            return type(one.op) is type(other.op)
        case (Merge(), Merge()):
            return type(one.op) is type(other.op) and _labels(one.branches) == _labels(other.branches)
        case (Sequence(), Sequence()):
            return _labels(one.items) == _labels(other.items)
        case (Repeat(), Repeat()):
            return [run.copies for run in one.runs] == [run.copies for run in other.runs]
        case (Loop(), Loop()):
            return len(one.turns) == len(other.turns)
        case (Conditional(), Conditional()):
            return one.taken == other.taken
        case (Use(), Use()):
            return one.block is other.block
    return isinstance(one, Share) and isinstance(other, Share)


def _labels(items: tuple[Item, ...]) -> list[tuple[str | None, int]]:
    return [(item.label, item.number) for item in items]


def _below(pair: _Pair) -> Iterator[_Pair]:
    """The pairs of nodes within a pair of one form."""
    path, base, one, other = pair
    match one, other:
        case (Sequence(), Sequence()):
            yield from _items(path, base, one.items, other.items)
        case (Merge(), Merge()):
            yield from _items(path, base, one.branches, other.branches)
        case (Use(), Use()):
            yield _Pair(path, 0, one.body, other.body)
        case (Conditional(), Conditional()):
            yield _Pair(path, base, one.body, other.body)
        case (Repeat(), Repeat()):
            for run, its_run in zip(one.runs, other.runs, strict=True):
                yield _Pair(path, base, run.node, its_run.node)
        case (Loop(), Loop()):
            for (_, turn), (_, its) in zip(one.turns, other.turns, strict=True):
                yield _Pair(path, base, turn, its)
                base += width(turn)


def _items(path: str, base: int, ones: tuple[Item, ...], others: tuple[Item, ...]) -> Iterator[_Pair]:
    for item, its in zip(ones, others, strict=True):
        step = item.label
        if step is None and isinstance(item.node, (Leaf, Use, Share)):
            step = str(base + item.number)
        own = (path, base + item.number) if step is None else (f"{path}.{step}", 0)
        yield _Pair(*own, item.node, its.node)


def _wrong(pair: _Pair, on: str, now: str, *, alone: bool) -> str:
    """What is unlike in two layers of one kind; empty where nothing is."""
    path, _, one, other = pair
    if not (isinstance(one, (Leaf, Merge)) and isinstance(other, (Leaf, Merge))):
        return ""
    for tensor, its in zip_longest(_tensors(one), _tensors(other)):
        if tensor is None or its is None or tensor.name != its.name or not equal(tensor.sizes, its.sizes):
            name = (tensor or its).name
            return f"{path}.{name} is {sizes_text(tensor)} on {on}, and would be {sizes_text(its)} on {now}"
    if not equal(_computed(one, alone), _computed(other, alone)):
        return f"{path} would compute differently on {now} than on {on}"
    return ""


def equal(left: Any, right: Any) -> bool:
    """Whether two values, as PyTorch's modules are given them, are equal, sizes that are symbolic among them."""
    if isinstance(left, Expression) or isinstance(right, Expression):
        return isinstance(left, (int, Expression)) and isinstance(right, (int, Expression)) and same(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[name], right[name]) for name in left)
    if isinstance(left, (tuple, list)) and type(left) is type(right):
        return len(left) == len(right) and all(map(equal, left, right))
    return bool(left == right)


def _tensors(node: Node) -> tuple[Tensor, ...]:
    return node.op.tensors(*node.inputs) if isinstance(node, Leaf) else ()


def _computed(node: Leaf | Merge, alone: bool) -> Any:
    """How a layer is written in PyTorch: what its module is given; within a group also the call around it."""
    lowered = node.op.lower(*node.inputs)
    return lowered.module if alone and lowered.module is not None else lowered


def sizes_text(tensor: Tensor | None) -> str:
    """`16x3x5x5`, in PyTorch's order."""
    return "x".join(map(str, tensor.sizes)) if tensor is not None else "absent"


def _written(node: Node) -> tuple[Related, ...]:
    statement = getattr(node, "statement", None)
    kind = statement.kind if statement is not None else None
    return (Related(Span(kind.start, kind.end), "this layer"),) if kind is not None else ()
