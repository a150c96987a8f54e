"""Weights with more than one use: SHARE runs a part again, `weight=` lends the weight of a layer to another.

What is shared is a closed box: it reads what it is given and gives its results, so that in PyTorch it is one module
that is called again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archdsl.diagnostics import Related, Span
from archdsl.elaborate.fitting import equal, sizes_text, unfit
from archdsl.elaborate.names import Entry, Part, Place, Value
from archdsl.elaborate.once import Once
from archdsl.elaborate.state import Elaboration
from archdsl.elaborate.trampoline import Task
from archdsl.expressions.labels import filled
from archdsl.faults.problem import Problem, Refused, Silent
from archdsl.layers import Tensor
from archdsl.network.nodes import Leaf, Node, PlacedNode, Repeat, Sequence, Share, Tie, Use, postorder, walk
from archdsl.network.table import NodeTable
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_USAGE = "SHARE takes the name of a layer, group or block above, and what it reads this time: SHARE NAME <- inputs"


# ---- SHARE


def share(e: Elaboration, statement: tree.LayerStatement, inputs: tuple[Value, ...], place: Place) -> Task[Once]:
    """A part that runs again on what the line reads, on the weights of its first run."""
    e.visit(statement)
    token = filled(_named(statement), place.scope)
    entry = place.names.find(token)[-1]
    part, node = _runnable(entry, token)
    if any(value.shape is None for value in inputs):
        raise Silent
    shapes = tuple(value.shape for value in inputs if value.shape is not None)
    if len(shapes) != len(node.inputs):
        message = f"{token.text} reads {len(node.inputs)} input{'s' * (len(node.inputs) != 1)}, got {len(inputs)}"
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


def _named(statement: tree.LayerStatement) -> Token:
    """The name after SHARE; nothing else stands there."""
    at = statement.kind or statement
    if statement.body is not None:
        raise Problem(
            "misplaced", "SHARE takes no braces: it runs a layer, group or block above", statement.body, hint=_USAGE
        )
    if not statement.arguments:
        raise Problem("missing-value", "SHARE needs the name of the part that runs again", at, hint=_USAGE)
    first, *more = statement.arguments
    token = first.value
    if first.name is None and isinstance(token, Token) and token.type in ("WORD", "STRING", "TEMPLATE"):
        if not more:
            return token
        message = f"SHARE takes a name and nothing else: the values of {token.text} are those of its own line"
        rest = Span(more[0].start, more[-1].end)
        raise Problem("too-many-values", message, rest, hint=_USAGE, instead=("",))
    raise Problem("wrong-type", "SHARE takes the name of the part that runs again", first, hint=_USAGE)


def _runnable(entry: Entry, token: Token) -> tuple[Part, Leaf | Sequence | Use]:
    """The part that a name stands for, where it can run again; a SHARE stands for what it runs."""
    part, name = entry.part, token.text
    if part is None and (entry.failed or any(value.shape is None for value in entry.values)):
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
        message = f"{name} has no input, so it cannot run again"
        raise Problem(
            "not-shareable", message, token, hint=f"<- {name} reads it a second time", related=(_given(entry),)
        )
    return part, part.node


def _check_closed(entry: Entry, token: Token) -> None:
    """Refuse a group with a name after `<-` that leads out of it or into it."""
    assert entry.inside is not None
    outward, entered = entry.inside.outward, entry.inside.entered
    if entry.inside.listed is not None:
        raise _listed(token, entry.inside.listed)
    if outward is not None:
        message = f"{token.text} uses {outward.text}, which is outside of it; SHARE can replace only its input"
        related = (Related(Span(outward.start, outward.end), "used here"),)
        hint = "a block takes several inputs: block TOWER <- a, b { ... }"
        raise Problem("not-shareable", message, token, hint=hint, related=related)
    if entered is not None:
        entry.inside.shared = token
        entry.inside.enter(token.text, entered)


def _listed(token: Token, at: Token | tree.FromList) -> Problem:
    """The fault of a group that uses a list of what is around it."""
    message = f"{token.text} uses a list of values, which is outside of it; SHARE can replace only its input"
    related = (Related(Span(at.start, at.end), "used here"),)
    hint = "a block has lists of its own, empty at each use"
    return Problem("not-shareable", message, token, hint=hint, related=related)


def _given(entry: Entry) -> Related:
    return Related(Span(entry.token.start, entry.token.end), "named here")


def _again(
    e: Elaboration, part: Part, token: Token, inputs: tuple[Value, ...], shapes: tuple[Shape, ...]
) -> Task[Leaf | Sequence | Use]:
    """A part laid anew on inputs of other shapes; raises Problem where its weights would not fit."""
    place = part.place._replace(scope=part.place.scope.earlier(part.defined)).reading(inputs[0])
    read = " and ".join(map(str, shapes))
    with e.report.within(token, lambda: f"run again here on {read}"), e.judge:
        once = yield e.once(part.statement, inputs, place, True)
    if once.node is None or None in once.shapes:
        raise Silent
    first, again = part.node, once.node
    assert isinstance(first, (Leaf, Sequence, Use))
    assert isinstance(again, (Leaf, Sequence, Use))
    _settle(e, token, "SHARE", lambda: unfit(token, first, again))
    return again


def _settle(e: Elaboration, token: Token, what: str, fault: Callable[[], Problem | None]) -> None:
    """Raise the fault that there is; with sizes symbolic, require those at which there is none."""

    def rule() -> None:
        problem = fault()
        if problem is not None:
            raise problem

    if e.facts is None:
        return rule()
    from archdsl.expressions.assume import Need, under

    return under(e.facts, rule, Need(token, what), e.limits)


# ---- weight=


def tied(e: Elaboration, once: Once, names: list[str], place: Place) -> Once:
    """A layer that has tensors of others, by their `names`: those that its line gives, as `weight=embed`."""
    leaf = once.node
    assert isinstance(leaf, Leaf)
    ties = tuple(_tie(e, leaf, name, leaf.op.__dict__[name], place) for name in names)
    return once._replace(node=leaf._replace(ties=ties))


def _tie(e: Elaboration, leaf: Leaf, tensor: str, token: Token, place: Place) -> Tie:
    entry = place.names.find(token, reads=False)[-1]
    if entry.failed or any(value.shape is None for value in entry.values) or (entry.part and entry.part.node is None):
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
    _settle(e, token, leaf.op.name, lambda: None if equal(ours.sizes, theirs.sizes) else unfit)
    lent = next((tie.of for tie in owner.ties if tie.tensor == tensor), None)
    assert entry.part is not None
    return Tie(tensor, entry.part.of if lent is None else lent)


def _no_layer(entry: Entry, token: Token, tensor: str) -> Problem:
    name, node = token.text, entry.part.node if entry.part is not None else None
    inside = entry.inside
    lenders = [label for label, each in inside.entries.items() if _lends(each, tensor)] if inside is not None else []
    what = "a group" if inside is not None else "a repeat" if isinstance(node, Repeat) else "a block in use"
    what = "an input or a further result" if node is None else what
    instead = (f"{name}.{lenders[0]}",) if len(lenders) == 1 else ()
    message = f"{name} is {what}; {tensor}= names one layer"
    return Problem("not-shareable", message, token, instead=instead, related=(_given(entry),))


def _lends(entry: Entry, tensor: str) -> bool:
    return entry.part is not None and _lends_it(entry.part.node, tensor)


def _lends_it(node: Node | None, tensor: str) -> bool:
    return isinstance(node, Leaf) and any(each.name == tensor for each in node.op.tensors(*node.inputs))


def _other_sizes(leaf: Leaf, entry: Entry, token: Token, ours: Tensor, theirs: Tensor) -> Problem:
    message = f"the {ours.name} of {leaf.op.name} is {sizes_text(ours)}, that of {token.text} is {sizes_text(theirs)}"
    if _turned(ours.sizes) == theirs.sizes:
        message += ", its transpose: two PyTorch layers can share a tensor only in one layout"
    return Refused("unfit-weights", message, token, related=(_given(entry),), what=leaf.op.name)


def _turned(sizes: tuple[Size, ...]) -> tuple[Size, ...]:
    return sizes[::-1]


# ---- frozen by one name


def torn(marked: Sequence, token: Token) -> Iterator[Problem]:
    """The faults of weights with two names of which one is frozen and the other is not; `token` is what freezes."""
    bodies: NodeTable[None] = NodeTable()
    for one in (marked, *(node.body for node in postorder(marked) if isinstance(node, Use))):
        bodies[one] = None
    for body, _ in bodies.items():
        owners: dict[int, PlacedNode] = {}
        for placed in walk(body, blocks=False):
            owners.update(dict.fromkeys(placed.item.gives[:1], placed))
            for tie in placed.node.ties if isinstance(placed.node, Leaf) else ():
                owner = owners[tie.of]
                if isinstance(placed.node, Leaf) and isinstance(owner.node, Leaf):
                    pair = (placed.path, owner.path) if placed.node.frozen else (owner.path, placed.path)
                    both = f"{owner.path} and {placed.path} share one {tie.tensor}"
                    message = f"{both}: {pair[0]} is frozen, {pair[1]} is not"
                    if placed.node.frozen != owner.node.frozen:
                        yield Problem("shared-freeze", message, token, hint="freeze both, or neither")
