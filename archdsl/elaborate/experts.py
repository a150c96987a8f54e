"""Routed experts: the lines in the braces of MOE, laid once on one position, and the router before them.

Loaded only where a text has some. The network has them as a block of its own: `gate`, and the copies of `experts`.
"""

from __future__ import annotations

from functools import partial

from archdsl.elaborate.names import Names, Place, Value
from archdsl.elaborate.once import Once, sequence_of
from archdsl.elaborate.state import Elaboration
from archdsl.elaborate.trampoline import Task
from archdsl.expressions.bind import Bound, bind
from archdsl.expressions.signature import of_kind
from archdsl.faults.problem import Problem, Silent, exceeded
from archdsl.layers import REGISTRY, Layer
from archdsl.network.nodes import Applied, Item, Leaf, Repeat, Run, Sequence, Use
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any

_ROUTER = "LINEAR"


def experts(
    e: Elaboration, statement: tree.LayerStatement, kind: type[Layer], inputs: tuple[Value, ...], place: Place
) -> Task[Once]:
    """A router and its experts, each checked on one position of what the line reads."""
    e.visit(statement)
    assert statement.kind is not None
    bound = bind(of_kind(kind), statement.arguments, place.scope, place.kinds)
    if any(value.shape is None for value in inputs):
        yield _expert(e, statement, e.wrong(), place)
        raise Silent
    op: Any = e.rules.apply(kind, bound, inputs, statement)[0]
    if op.experts > e.limits.list:
        raise exceeded("list", f"more than {e.limits.list:,} experts", statement.kind)
    (read,) = inputs
    assert read.shape is not None
    one = e.value(Shape(read.shape.sizes[-1:]), statement, read.doubt)
    with e.report.within(statement.kind, partial("in an expert, which reads one position, {}".format, one.shape)):
        body, last = yield _expert(e, statement, one, place)
    if last is None or last.shape is None:
        raise Silent
    if not body.items:
        message = f"the braces of {kind.name} are empty, and need the lines of one expert"
        raise Problem("missing-value", message, statement.body or statement)
    if last.shape.rank > 1 or last.shape.dtype != read.shape.dtype:
        message = f"an expert gives a vector for each position, and this one gives {last.shape}"
        raise Problem("rank-mismatch", message, statement.body or statement)
    shape = Shape((*read.shape.space, last.shape.channels))
    node = _use(e, statement, op, bound, read.shape, shape, body)
    return Once(node, (shape,), doubt=last.doubt)


def _expert(
    e: Elaboration, statement: tree.LayerStatement, one: Value, place: Place
) -> Task[tuple[Sequence, Value | None]]:
    """One expert: nothing around it is in its sight."""
    assert statement.body is not None
    names = Names(None)
    body, last = yield e.sequence(statement.body.lines, (one,), place.inner(names).reading(one))
    if last is None:
        raise Silent
    e.read(last)
    e.complete(names, body, (last,), place.scope)
    return body, last


def _use(
    e: Elaboration,
    statement: tree.LayerStatement,
    op: Any,
    bound: Bound,
    read: Shape,
    shape: Shape,
    body: Sequence,
) -> Use:
    """The router and the copies as a block in use."""
    assert statement.kind is not None
    assert statement.body is not None
    place = statement.kind.start
    if place not in e.uses.stands:
        block = tree.Block(statement.kind, (), (), statement.body)
        e.uses.stands[place] = block, _line(statement, statement.kind, bound)
    block, line = e.uses.stands[place]
    layer = REGISTRY[_ROUTER]({"out": op.experts, "bias": op.bias}, (read,))
    router = Leaf(layer, (read,), layer.results(read), line, {})
    x, scores, given = (e.value(each, statement) for each in (read, router.outputs[0], shape))
    how = Applied(op, op.top * op.positions(read), op.top, (read, *router.outputs), (shape,))
    copies = Repeat((Run(body, op.experts),), True, statement, how)
    gate = Item("gate", 0, router, (x.number,), (scores.number,), router.outputs)
    each = Item("experts", 0, copies, (x.number, scores.number), (given.number,), (shape,))
    whole = sequence_of((x,), (gate, each), (given,), 0)
    values = tuple((name, op.__dict__[name]) for name in op.attributes)
    written = {name: argument.value for name, argument in bound.written.items()}
    return Use(block, values, (read,), (shape,), whole, statement, written)


def _line(statement: tree.LayerStatement, kind: Token, bound: Bound) -> tree.LayerStatement:
    """The line that the router stands for, `LINEAR 8 nobias`; its words have the places of those of MOE."""
    number = bound.written.get("experts")
    start, end = (number.start, number.end) if number is not None else (kind.start, kind.end)
    out, bias = Token("WORD", "experts", start, end), Token("WORD", "bias", kind.start, kind.end)
    arguments = tree.Argument(None, out, start, end), tree.Argument(bias, bias, kind.start, kind.end)
    named = kind._replace(text=_ROUTER)
    return tree.LayerStatement((), named, arguments, None, None, (), (), statement.start, statement.end)
