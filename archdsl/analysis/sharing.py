"""Weights with more than one use: SHARE runs a part again, `weight=` lends the weight of a layer to another.

What is shared is a closed box: it reads what it is given and gives its results, so that in PyTorch it is one module
that is called again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.analysis.labels import filled
from archdsl.analysis.names import Entry, Part, Value
from archdsl.analysis.place import Once, Place
from archdsl.analysis.problem import Problem, Refused, Silent
from archdsl.analysis.trampoline import Task
from archdsl.diagnostics import Related, Span
from archdsl.ir.network import Item, Leaf, Merge, Node, Placed, Repeat, Sequence, Share, Tie, Use, postorder, walk
from archdsl.ir.shape import Shape
from archdsl.ir.size import Expression, Size, same
from archdsl.layers import Tensor
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

if TYPE_CHECKING:
    from archdsl.analysis.elaborate import Elaborator


class Sharing(NamedTuple):
    """What the word SHARE means where a kind stands."""

    name: str


SHARE = Sharing("SHARE")
_USAGE = "usage: SHARE NAME <- inputs, with the name of a layer, group or block above"


# ---- SHARE


def share(e: Elaborator, statement: tree.Layer, inputs: tuple[Value, ...], place: Place) -> Task[Once]:
    """A part that runs again on what the line reads, on the weights of its first run."""
    e.visit(statement)
    token = filled(_named(statement), place.scope, e.limits)
    entry = place.names.find(token)[-1]
    part, node = _runnable(entry, token)
    if any(value.shape is None for value in inputs):
        raise Silent
    shapes = tuple(value.shape for value in inputs if value.shape is not None)
    if len(shapes) != len(node.inputs):
        message = f"{token.text} reads {len(node.inputs)} input{'s' * (len(node.inputs) != 1)}, here {len(inputs)}"
        raise Problem("wrong-inputs", message, token)
    if [shape.rank for shape in shapes] != [shape.rank for shape in node.inputs]:
        read, now = (" and ".join(map(str, each)) for each in (node.inputs, shapes))
        message = f"{token.text} runs on {read}, and {now} has another number of axes"
        raise Problem("rank-mismatch", message, token, related=(_given(entry),))
    key = part.of, shapes
    if shapes != node.inputs and key not in e.uses.again:
        e.uses.again[key] = yield _again(e, part, token, inputs, shapes)
    run = node if shapes == node.inputs else e.uses.again[key]
    return Once(Share(part.of, run, shapes, run.outputs, statement, token.text), run.outputs, part=part)


def _named(statement: tree.Layer) -> Token:
    """The name behind SHARE; nothing else stands there."""
    at = statement.kind or statement
    if statement.body is not None:
        raise Problem("misplaced", "SHARE takes no braces: it runs what stands above", statement.body, hint=_USAGE)
    if not statement.arguments:
        raise Problem("missing-value", "SHARE needs the name of what runs again", at, hint=_USAGE)
    first, *more = statement.arguments
    token = first.value
    if first.name is None and isinstance(token, Token) and token.type in ("WORD", "STRING", "TEMPLATE"):
        if not more:
            return token
        message = f"SHARE takes a name and nothing else: the values of {token.text} are those of its own line"
        raise Problem("too-many-values", message, more[0], hint=f"SHARE {token.text}")
    raise Problem("wrong-type", "SHARE takes the name of what runs again", first, hint=_USAGE)


def _runnable(entry: Entry, token: Token) -> tuple[Part, Leaf | Sequence | Use]:
    """The part that a name stands for, where it can run again; a SHARE stands for what it runs."""
    part, name = entry.part, token.text
    if part is None and any(value.shape is None for value in entry.values):
        raise Silent
    if part is None:
        message = f"{name} is an input or a further result, and SHARE runs a layer, a group or a block"
        raise Problem("not-shareable", message, token, related=(_given(entry),))
    if isinstance(part.node, Repeat):
        message = f"{name} is a repeat, and SHARE runs a layer, a group or a block"
        hint = f"put the repeat in braces: {name}: {{ ... }}"
        raise Problem("not-shareable", message, token, hint=hint, related=(_given(entry),))
    if entry.inside is not None:
        _check_closed(entry, token)
        entry.inside.shared = token
    if not isinstance(part.node, (Leaf, Sequence, Use)):
        raise Silent
    if not part.node.inputs:
        message = f"{name} reads nothing, so there is nothing to run again"
        raise Problem("not-shareable", message, token, hint=f"<- {name} reads it once more", related=(_given(entry),))
    return part, part.node


def _check_closed(entry: Entry, token: Token) -> None:
    """Refuse a group with a name behind `<-` that leads out of it or into it."""
    assert entry.inside is not None
    outward, entered = entry.inside.outward, entry.inside.entered
    if outward is not None:
        message = f"{token.text} uses {outward.text}, which stands outside of it; SHARE gives it another input only"
        related = (Related(Span(outward.start, outward.end), "used here"),)
        hint = "a block takes several inputs: block TOWER <- a, b { ... }"
        raise Problem("not-shareable", message, token, hint=hint, related=related)
    if entered is not None:
        entry.inside.shared = token
        entry.inside.enter(token.text, entered)


def _given(entry: Entry) -> Related:
    return Related(Span(entry.token.start, entry.token.end), "named here")


def _again(
    e: Elaborator, part: Part, token: Token, inputs: tuple[Value, ...], shapes: tuple[Shape, ...]
) -> Task[Leaf | Sequence | Use]:
    """A part laid anew on inputs of other shapes; raises Problem where its weights would not fit."""
    place = part.place._replace(scope=part.place.scope.earlier(part.defined)).reading(inputs[0])
    read = " and ".join(map(str, shapes))
    with e.report.within(token, lambda: f"run again here on {read}"), e.judge.silent():
        once = yield e.once(part.statement, inputs, place, True)
    if once.node is None or None in once.shapes:
        raise Silent
    _settle(e, token, "SHARE", lambda: _unfit(token, part.node, once.node))
    assert isinstance(once.node, (Leaf, Sequence, Use))
    return once.node


# ---- whether weights fit


def _settle(e: Elaborator, token: Token, what: str, fault: Callable[[], Problem | None]) -> None:
    """Raise the fault that there is; with sizes left open, require those at which there is none."""

    def rule() -> None:
        problem = fault()
        if problem is not None:
            raise problem

    if e.facts is None:
        return rule()
    from archdsl.analysis.assume import Need, under

    return under(e.facts, rule, Need(token, what), e.limits)


def _alike(left: Tensor, right: Tensor) -> bool:
    """Whether two tensors have one name and equal sizes."""
    return left.name == right.name and _equal(left.sizes, right.sizes)


def _unfit(token: Token, first: Any, again: Any) -> Problem | None:
    """The first layer whose weights, or whose way to compute, are not those of the first run."""
    alone = isinstance(first, Leaf)
    on, now = (" and ".join(map(str, node.inputs)) for node in (first, again))
    for one, other in zip_longest(_laid(token.text, first), _laid(token.text, again)):
        if one is None or other is None or _kind(one) != _kind(other):
            path = (one or other).path
            message = f"{token.text} has other layers on {now} than on {on}, from {path} on"
            return Problem("unfit-weights", message, token)
        for tensor, mine in zip_longest(_tensors(one.node), _tensors(other.node)):
            if not _alike(tensor, mine):
                sizes = f"{_sizes(tensor)} on {on}, and would be {_sizes(mine)} on {now}"
                message = f"{one.path}.{tensor.name} is {sizes}"
                return Refused("unfit-weights", message, token, related=_written(one), what="SHARE")
        if not _equal(_computed(one.node, alone), _computed(other.node, alone)):
            message = f"{one.path} would compute in another way on {now} than on {on}"
            return Problem("unfit-weights", message, token, related=_written(one))
    return None


def _laid(name: str, node: Node) -> list[Placed]:
    item = Item(name, 0, node, (), (), ())
    return list(walk(Sequence((), (item,), (), 1, (), ())))


def _kind(placed: Placed) -> tuple[Any, ...]:
    return placed.path, placed.copies, type(placed.node), type(getattr(placed.node, "op", None))


def _tensors(node: Node) -> tuple[Tensor, ...]:
    return node.op.tensors(*node.inputs) if isinstance(node, Leaf) else ()


def _computed(node: Node, alone: bool) -> Any:
    """How a layer is written in PyTorch: what its module is given; within a group also the call around it."""
    if not isinstance(node, (Leaf, Merge)):
        return None
    lowered = node.op.lower(*node.inputs)
    return lowered.module if alone and lowered.module is not None else lowered


def _equal(left: Any, right: Any) -> bool:
    """Whether two values, as PyTorch's modules are given them, are equal, sizes that are left open among them."""
    if isinstance(left, Expression) or isinstance(right, Expression):
        return isinstance(left, (int, Expression)) and isinstance(right, (int, Expression)) and same(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(left[name], right[name]) for name in left)
    if isinstance(left, (tuple, list)) and type(left) is type(right):
        return len(left) == len(right) and all(map(_equal, left, right))
    return bool(left == right)


def _sizes(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.sizes))


def _written(placed: Placed) -> tuple[Related, ...]:
    statement = getattr(placed.node, "statement", None)
    kind = statement.kind if statement is not None else None
    return (Related(Span(kind.start, kind.end), "this layer"),) if kind is not None else ()


# ---- weight=


def tied(e: Elaborator, once: Once, place: Place) -> Once:
    """A layer that has a tensor of another one, where its line names one: `weight=embed`."""
    leaf = once.node
    assert isinstance(leaf, Leaf)
    named = [(name, leaf.op.__dict__[name]) for name in type(leaf.op).refers if leaf.op.__dict__[name] is not None]
    if not named:
        return once
    return once._replace(node=leaf._replace(ties=tuple(_tie(e, leaf, *each, place) for each in named)))


def _tie(e: Elaborator, leaf: Leaf, tensor: str, token: Token, place: Place) -> Tie:
    entry = place.names.find(token, reads=False)[-1]
    if any(value.shape is None for value in entry.values) or (entry.part and entry.part.node is None):
        raise Silent
    owner = entry.part.node if entry.part is not None else None
    if not isinstance(owner, Leaf):
        raise _no_layer(entry, token, tensor)
    theirs = next((each for each in owner.op.tensors(*owner.inputs) if each.name == tensor), None)
    if theirs is None:
        message = f"{token.text} is {owner.op.name}, which has no {tensor}"
        raise Problem("not-shareable", message, token, related=(_given(entry),))
    ours = next(each for each in leaf.op.tensors(*leaf.inputs) if each.name == tensor)
    unfit = _other_sizes(leaf, entry, token, ours, theirs)
    _settle(e, token, leaf.op.name, lambda: None if _alike(ours, theirs) else unfit)
    lent = next((tie.of for tie in owner.ties if tie.tensor == tensor), None)
    assert entry.part is not None
    return Tie(tensor, entry.part.of if lent is None else lent)


def _no_layer(entry: Entry, token: Token, tensor: str) -> Problem:
    name, node = token.text, entry.part.node if entry.part is not None else None
    inside = entry.inside
    lenders = [label for label, each in inside.entries.items() if _lends(each, tensor)] if inside is not None else []
    what = "a group" if inside is not None else "a repeat" if isinstance(node, Repeat) else "a block in use"
    what = "an input or a further result" if node is None else what
    hint = f"{tensor}={name}.{lenders[0]}" if len(lenders) == 1 else None
    return Problem(
        "not-shareable", f"{name} is {what}; {tensor}= names one layer", token, hint=hint, related=(_given(entry),)
    )


def _lends(entry: Entry, tensor: str) -> bool:
    return entry.part is not None and any(each.name == tensor for each in _tensors(entry.part.node))  # type: ignore[arg-type]


def _other_sizes(leaf: Leaf, entry: Entry, token: Token, ours: Tensor, theirs: Tensor) -> Problem:
    message = f"the {ours.name} of {leaf.op.name} is {_sizes(ours)}, that of {token.text} is {_sizes(theirs)}"
    if _turned(ours.sizes) == theirs.sizes:
        message += ", its transpose: PyTorch has one tensor in two layers only as it lies"
    return Refused("unfit-weights", message, token, related=(_given(entry),), what=leaf.op.name)


def _turned(sizes: tuple[Size, ...]) -> tuple[Size, ...]:
    return sizes[::-1]


# ---- frozen by one name


def torn(marked: Sequence, token: Token) -> Iterator[Problem]:
    """The faults of weights with two names of which one is frozen and the other is not; `token` is what freezes."""
    bodies = [marked, *(node.body for node in postorder(marked) if isinstance(node, Use))]
    for body in {id(body): body for body in bodies}.values():
        owners: dict[int, Placed] = {}
        for placed in walk(body, blocks=False):
            owners.update(dict.fromkeys(placed.item.gives[:1], placed))
            for tie in placed.node.ties if isinstance(placed.node, Leaf) else ():
                owner = owners[tie.of]
                if isinstance(placed.node, Leaf) and isinstance(owner.node, Leaf):
                    pair = (placed.path, owner.path) if placed.node.frozen else (owner.path, placed.path)
                    both = f"{owner.path} and {placed.path} have one {tie.tensor}"
                    message = f"{both}: {pair[0]} is frozen, {pair[1]} is not"
                    if placed.node.frozen != owner.node.frozen:
                        yield Problem("shared-freeze", message, token, hint="freeze both, or neither")
