"""A repeat whose number of copies is left open: one copy stands for all of them, and it may be that there are none.

Then what a copy needs is needed only where there is one, and where a rule refuses it at all sizes, there must be none.
Loaded only where something is left open.
"""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING

from archdsl.analysis.assume import Need
from archdsl.analysis.names import Value
from archdsl.analysis.place import Once, Place
from archdsl.analysis.problem import Problem, Refused
from archdsl.analysis.trampoline import Task
from archdsl.ir.condition import Literal, literal
from archdsl.ir.network import Repeat, Run
from archdsl.ir.shape import Shape
from archdsl.ir.size import Expression, Undetermined, same
from archdsl.ir.wording import worded
from archdsl.layers.values import give
from archdsl.syntax import tree

if TYPE_CHECKING:
    from archdsl.analysis.elaborate import Elaborator


def open_repeat(
    e: Elaborator,
    statement: tree.Layer,
    count: Expression,
    inputs: tuple[Value, ...],
    place: Place,
    copy: Task[Once],
) -> Task[Once]:
    """The repeat of a `copy`, which keeps the shape. Raises Problem where what follows would depend on the number."""
    at = statement.repeat
    assert at is not None
    if place.branch or len(inputs) > 1:
        raise Problem("undetermined", f"how many there are here is {count}, left open", at, hint=give(count))
    if not statement.names:
        message = f"the layers below are counted on from {count} copies, a number that is left open"
        raise Problem("undetermined", message, at, hint=f"name the repeat, layers: {{ ... }} x(n), or {give(count)}")
    copies = _copies(e, statement, count, inputs, copy)
    if count.facts.known(count - 1, ">="):  # type: ignore[arg-type]
        return (yield copies)
    return (yield _perhaps(e, statement, count, inputs, copies))


def _copies(
    e: Elaborator, statement: tree.Layer, count: Expression, inputs: tuple[Value, ...], copy: Task[Once]
) -> Task[Once]:
    """The copies, where there are some."""
    once = yield copy
    shapes: tuple[Shape | None, ...] = tuple(value.shape for value in inputs)
    if once.node is None or None in shapes:
        return Once(None, once.shapes)
    if not _kept(once.shapes, shapes):
        message = f"each copy makes {shapes[0]} into {once.shapes[0]}, and their number {count} is left open"
        raise Problem("undetermined", message, statement.repeat or statement, hint=give(count))
    return Once(Repeat((Run(once.node, count),), False, statement), shapes)


def _kept(after: tuple[Shape | None, ...], before: tuple[Shape | None, ...]) -> bool:
    """Whether the first result of a copy has the shape that it reads, whatever is left open."""
    if after[0] is None or before[0] is None or after[0].rank != before[0].rank:
        return False
    try:
        return all(same(a, b) for a, b in zip(after[0].sizes, before[0].sizes, strict=True))
    except Undetermined:
        return False


def _perhaps(
    e: Elaborator, statement: tree.Layer, count: Expression, inputs: tuple[Value, ...], copies: Task[Once]
) -> Task[Once]:
    """The copies under the assumption that there are some, which ends with them."""
    facts, told, unread = count.facts, e.report.saved(), e.unread()
    none, some = literal(count, "=="), literal(count - 1, ">=")
    assert isinstance(none, Literal)
    assert isinstance(some, Literal)
    fault: Refused | None = None
    once = Once(None, ())
    layers, uses, before = e.rules.known, e.uses.known, len(facts.needs)
    e.rules.known, e.uses.known = ChainMap({}, layers), ChainMap({}, uses)  # what is known there holds only there
    with facts.supposing(some):
        try:
            once = yield copies
        except Refused as refused:
            fault = refused
        finally:
            e.rules.known, e.uses.known = layers, uses
        needs = facts.needs[before:]
    fault = fault or e.report.refused_since(told)
    if fault is None:
        for clause, note in needs:
            facts.require((none, *clause), note)
        return once
    e.report.bring_back(told)
    e.forget(unread)
    if not facts.require((none,), Need(fault.at, fault.what, fault.message)):
        raise fault
    e.report.tell(
        "no-copies", f"{fault.message}; so there must be no copy: {worded((none,))}", fault.at, hint=fault.hint
    )
    return Once(Repeat((), False, statement), tuple(value.shape for value in inputs))
