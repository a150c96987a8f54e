"""Repeats, `for` and `if`: what is laid several times, or perhaps."""

from __future__ import annotations

from functools import partial

from archdsl.elaborate.names import Names, Place, Value
from archdsl.elaborate.once import Once, sequence_of, wrapped
from archdsl.elaborate.state import NEXT, Elaboration, discarded
from archdsl.elaborate.trampoline import Task
from archdsl.expressions.counting import copies, turns
from archdsl.expressions.evaluate import truth
from archdsl.expressions.words import spell_value
from archdsl.faults.problem import Problem, exceeded
from archdsl.faults.work import STATEMENT
from archdsl.network.nodes import (
    Conditional,
    Item,
    Leaf,
    Loop,
    Merge,
    Node,
    Repeat,
    Run,
    Sequence,
    Share,
    Use,
    children,
    width,
)
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression
from archdsl.syntax import tree
from archdsl.typed import Any

# ---- xN


def repeated(
    e: Elaboration, statement: tree.LayerStatement, inputs: tuple[Value, ...], place: Place, named: bool
) -> Task[Once]:
    """The copies of a line, equal ones in one run: each reads the first result of the one before, and the other inputs
    of the line unchanged; in a merge all read the same.
    """
    assert statement.repeat is not None
    if any(isinstance(read, tree.FromList) for read in statement.reads):
        from archdsl.elaborate.lists import refuse_repeated

        refuse_repeated(e, statement)
    place = place._replace(repeat=statement.repeat)
    count = copies(statement.repeat, place.scope)
    if not inputs and not place.branch:
        message = "a source reads nothing: its copies cannot follow one another"
        raise Problem("misplaced", message, statement.repeat, hint="repeat it in a merge, or make its shape larger")
    if len(inputs) > 1 and count != 1 and statement.kind is None and not place.branch:
        message = "repeated braces read one input, which each copy hands to the next; name the others inside"
        raise Problem("wrong-inputs", message, statement.repeat)
    shapes: tuple[Shape | None, ...] = tuple(value.shape for value in inputs[:1])
    if isinstance(count, Expression):
        from archdsl.elaborate.open_repeat import open_repeat

        return (yield open_repeat(e, statement, count, inputs, place, _copy(e, statement, inputs, place, named, 2)))
    if count == 0:
        if None in shapes and not place.branch:
            return Once(None, shapes)
        return Once(Repeat((), place.branch, statement), () if place.branch else shapes)
    if place.branch and count > e.limits.list:
        raise exceeded("list", f"more than {e.limits.list:,} copies in a merge", statement.repeat)
    runs: list[Run] = []
    left, values = count, inputs
    while left:
        copy = _copy(e, statement, values, place.reading(values[0]) if values else place, named, count)
        if runs:
            with e.report.within(statement.repeat, partial("in copy {:,}".format, count - left + 1)):
                once = yield from copy
        else:
            once = yield from copy
        if once.node is None or not once.whole:
            return once
        equal = place.branch or once.shapes[:1] == shapes[:1]
        shapes, taken = once.shapes, left if equal else 1
        runs.append(Run(once.node, taken))
        left -= taken
        if not named:  # braces took their numbers while their first copy was elaborated
            own = isinstance(once.node, (Leaf, Use, Share))
            place.names.counter += (taken if own else taken - 1) * width(once.node)
        doubt = once.doubt or any(value.doubt for value in values)
        values = (e.value(shapes[0], statement, doubt), *inputs[1:])  # of several results a copy reads the first
    node = Repeat(tuple(runs), place.branch, statement)
    return Once(node, shapes[:1] * count if place.branch else shapes, doubt=doubt)


def _copy(
    e: Elaboration, statement: tree.LayerStatement, inputs: tuple[Value, ...], place: Place, named: bool, count: int
) -> Task[Once]:
    """One copy. Under a name it is a container of its own; a merge is wrapped, so that copies can follow it."""
    names = Names(place.names) if named else place.names
    labels = len(names.taken)
    takes = inputs
    if statement.body is not None and statement.kind is not None:
        takes = tuple(e.again(value) for value in inputs)
    once = yield from e.once(statement, takes, place.named(names), False)
    if count > 1 and not named and len(names.taken) > labels:
        token = list(names.taken.values())[labels]
        message = f"the repeat would give the name {token.text} {count:,} times"
        raise Problem("duplicate-name", message, token, hint="name the repeat as a whole: layers: { ... } x3")
    if isinstance(once.node, Merge):
        once = once._replace(node=wrapped(once.node, takes, e.value(once.shapes[0], statement)))
    if named and once.node is not None:
        results = tuple(e.value(shape, statement) for shape in once.shapes)
        e.complete(names, once.node, results, place.scope)
    return once


# ---- if


def conditional(
    e: Elaboration, statement: tree.If, current: Value | None, place: Place, base: int
) -> Task[tuple[Item | None, Value | None]]:
    """An `if` in a sequence: the arm that is taken, in line; one that lays nothing leaves no trace.

    Claims after a condition that depends on what is symbolic are held where it is not.
    """
    try:
        taken, body = _taken(e, statement, place)
    except Problem as problem:
        if problem.code != "undetermined" or e.lays(statement) or _chooses(statement):
            raise
        return None, current
    number = place.names.counter - base
    if body is None:
        if current is None or not e.lays(statement):
            return None, current
        empty = sequence_of((current,), (), (current,), 0)
        reads = (current.number,)
        return Item(None, number, Conditional(None, empty, statement), reads, reads, ()), current
    takes = () if current is None else (e.inside(current),)
    sequence, last = yield e.sequence(body.lines, takes, place.inner())
    if not e.lays(statement):
        return None, current
    return _inline(e, Conditional(taken, sequence, statement), current, last, number)


def _chooses(statement: tree.If) -> bool:
    """Whether any arm of an `if` says of parts how they begin, or that they are not trained."""
    return any(isinstance(one, (tree.Freeze, tree.Init)) for one in tree.within(statement))


def optional(
    e: Elaboration, statement: tree.If, source: Value, place: Place, base: int
) -> Task[tuple[Item | None, tuple[Value, ...]]]:
    """An `if` in a merge: the arm that is taken is a branch; none is none."""
    taken, body = _taken(e, statement, place)
    number = place.names.counter - base
    reads = (source.number,)
    if body is None:
        empty = sequence_of((source,), (), (source,), 0)
        return Item(None, number, Conditional(None, empty, statement), reads, (), ()), ()
    sequence, last = yield e.sequence(body.lines, (e.again(source),), place.inner())
    if last is None and place.names.discarded is not None:
        raise _no_branch(place.names.discarded)
    item, value = _inline(e, Conditional(taken, sequence, statement), source, last, number)
    return item, () if value is None else (value,)


def _taken(e: Elaboration, statement: tree.If, place: Place) -> tuple[int | None, tree.Body | None]:
    """The arm whose condition holds first; `else` counts as the last."""
    for number, (condition, body) in enumerate(statement.arms):
        e.work.spend(STATEMENT, statement)
        if truth(condition, place.scope):
            return number, body
    return (len(statement.arms) if statement.otherwise is not None else None), statement.otherwise


def _inline(
    e: Elaboration, node: Node, current: Value | None, last: Value | None, number: int
) -> tuple[Item | None, Value | None]:
    """The item of an `if` or a `for` in a sequence: it reads the current value and gives the next."""
    reads = () if current is None else (current.number,)
    if last is None and any(body.items for body in children(node) if isinstance(body, Sequence)):
        return Item(None, number, node, reads, (), ()), None  # `_` discards what the last line gives
    if last is None:
        return None, last
    if last.shape is None:
        return e.partial(None, number, node, reads), last
    value = e.again(last)
    e.passed(value, last)
    return Item(None, number, node, reads, (value.number,), (last.shape,)), value


def _no_branch(statement: tree.LayerStatement) -> Problem:
    """The fault of a branch of a merge whose last result is discarded."""
    return discarded(statement, "the merge has nothing to read", statement.names[0], NEXT)


# ---- for


def loop(
    e: Elaboration, statement: tree.For, current: Value | None, place: Place, base: int
) -> Task[tuple[Item | None, Value | None]]:
    """A `for` in a sequence: each turn reads the one before."""
    found: list[tuple[tuple[Any, ...], Sequence]] = []
    number = place.names.counter - base
    value = current
    for values in turns(statement, place.scope):
        e.visit(statement.names[0])
        takes = () if value is None else (e.inside(value),)
        inner = _turn(statement, values, place.below(value) if found and found[-1][1].items else place)
        with e.report.within(statement.names[0], partial(_here, statement, values)):
            sequence, value = yield e.sequence(statement.body.lines, takes, inner)
        found.append((values, sequence))
    if not found:
        return None, current
    return _inline(e, Loop(tuple(found), statement), current, value, number)


def branches(
    e: Elaboration, statement: tree.For, source: Value, place: Place, base: int
) -> Task[tuple[Item | None, tuple[Value, ...]]]:
    """A `for` in a merge: each turn is a branch."""
    found, lasts = [], []
    number = place.names.counter - base
    for values in turns(statement, place.scope):
        e.visit(statement.names[0])
        inner = _turn(statement, values, place)
        with e.report.within(statement.names[0], partial(_here, statement, values)):
            sequence, last = yield e.sequence(statement.body.lines, (e.again(source),), inner)
        if last is None and place.names.discarded is not None:
            raise _no_branch(place.names.discarded)
        found.append((values, sequence))
        lasts.append(last or e.wrong())
        e.read(lasts[-1])
    if any(last.shape is None for last in lasts):
        return e.partial(None, number, Loop(tuple(found), statement), (source.number,)), tuple(lasts)
    results = tuple(e.again(last) for last in lasts)
    shapes: tuple[Any, ...] = tuple(value.shape for value in results)
    gives = tuple(value.number for value in results)
    return Item(None, number, Loop(tuple(found), statement), (source.number,), gives, shapes), results


def _here(statement: tree.For, values: tuple[Any, ...]) -> str:
    """`here i = 3`."""
    pairs = zip(statement.names, values, strict=True)
    return "here " + ", ".join(f"{token.text} = {spell_value(value)}" for token, value in pairs)


def _turn(statement: tree.For, values: tuple[Any, ...], place: Place) -> Place:
    inner = place.inner()
    for token, value in zip(statement.names, values, strict=True):
        inner.scope.define(token.text, value)
    return inner
