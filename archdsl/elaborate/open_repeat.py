"""A repeat whose number of copies is symbolic: one copy stands for all of them, and there may be none.

Then what a copy needs is needed only where there is one, and where a rule refuses it at all sizes, there must be none.
Loaded only where something is symbolic.
"""

from __future__ import annotations

from collections import ChainMap

from archdsl.elaborate.names import Place, Value
from archdsl.elaborate.once import Once
from archdsl.elaborate.state import Elaboration
from archdsl.elaborate.trampoline import Task
from archdsl.expressions.assume import Need
from archdsl.expressions.labels import discards
from archdsl.faults.problem import Problem, Refused, Silent
from archdsl.layers.values import give
from archdsl.network.nodes import Repeat, Run
from archdsl.sizes.condition import Clause, Literal, literal
from archdsl.sizes.facts import facts_of
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression, Undetermined, same
from archdsl.sizes.wording import worded
from archdsl.syntax import tree
from archdsl.typed import Any, NamedTuple


def open_repeat(
    e: Elaboration,
    statement: tree.LayerStatement,
    count: Expression,
    inputs: tuple[Value, ...],
    place: Place,
    copy: Task[Once],
) -> Task[Once]:
    """The repeat of a `copy`, which keeps the shape. Raises Problem where what follows would depend on the number."""
    at = statement.repeat
    assert at is not None
    if place.branch:
        raise Problem("undetermined", f"the number of copies here is {count}, which is symbolic", at, hint=give(count))
    if not statement.names or discards(statement.names[0]):
        message = f"the numbers of the layers below follow from {count} copies, and that number is symbolic"
        raise Problem("undetermined", message, at, hint=f"name the repeat, layers: {{ ... }} x(n), or {give(count)}")
    copies = _copies(e, statement, count, inputs, copy)
    if facts_of(count).known(count - 1, ">="):  # type: ignore[arg-type]
        return (yield copies)
    return (yield _perhaps(e, statement, count, inputs, copies))


def _copies(
    e: Elaboration, statement: tree.LayerStatement, count: Expression, inputs: tuple[Value, ...], copy: Task[Once]
) -> Task[Once]:
    """The copies, where there are some."""
    once = yield copy
    shapes: tuple[Shape | None, ...] = tuple(value.shape for value in inputs[:1])
    if not once.whole or None in shapes:
        return once
    if not _kept(once.shapes, shapes):
        message = f"each copy makes {shapes[0]} into {once.shapes[0]}, and the number of copies, {count}, is symbolic"
        raise Problem("undetermined", message, statement.repeat or statement, hint=give(count))
    return Once(Repeat((Run(once.node, count),), False, statement), shapes)


def _kept(after: tuple[Shape | None, ...], before: tuple[Shape | None, ...]) -> bool:
    """Whether the first result of a copy has the shape that it reads, whatever is symbolic."""
    if after[0] is None or before[0] is None or after[0].rank != before[0].rank:
        return False
    try:
        return all(same(a, b) for a, b in zip(after[0].sizes, before[0].sizes, strict=True))
    except Undetermined:
        return False


class _Tried(NamedTuple):
    """What came of the copies where there are some: one of them, or what was raised, and what they need."""

    once: Once | None
    raised: Refused | Silent | None
    needs: list[tuple[Clause, Any]]


def _perhaps(
    e: Elaboration, statement: tree.LayerStatement, count: Expression, inputs: tuple[Value, ...], copies: Task[Once]
) -> Task[Once]:
    """The copies under the assumption that there is at least one, which ends with them."""
    told, unread, none = e.report.saved(), e.unread(), literal(count, "==")
    assert isinstance(none, Literal)
    tried = yield _supposed(e, count, copies)
    refused = e.report.refused_since(told)
    if refused is not None and isinstance(tried.raised, Refused):
        refused = [*refused, tried.raised]
    if not refused:
        if tried.raised is not None:
            raise tried.raised
        for clause, note in tried.needs:
            facts_of(count).require((none, *clause), note)
        return tried.once
    e.report.bring_back(told)
    e.forget(unread)
    _require_none(e, none, refused[0])
    return Once(Repeat((), False, statement), tuple(value.shape for value in inputs[:1]))


def _supposed(e: Elaboration, count: Expression, copies: Task[Once]) -> Task[_Tried]:
    """The copies with all that is known only there: conditions, and layers, bodies and parts found under them."""
    facts, some = facts_of(count), literal(count - 1, ">=")
    assert isinstance(some, Literal)
    layers, uses, again, before = e.rules.known, e.uses.known, e.uses.again, len(facts.needs)
    e.rules.known, e.uses.known, e.uses.again = ChainMap({}, layers), ChainMap({}, uses), ChainMap({}, again)
    with facts.supposing(some):
        try:
            once = yield copies
            return _Tried(once, None, facts.needs[before:])
        except (Refused, Silent) as raised:
            return _Tried(None, raised, [])
        finally:
            e.rules.known, e.uses.known, e.uses.again = layers, uses, again


def _require_none(e: Elaboration, none: Literal, fault: Refused) -> None:
    """There is no copy, since a rule refuses it; raises the fault where there must be one."""
    if not facts_of(none.size).require((none,), Need(fault.at, fault.what, fault.message)):
        raise fault
    message = f"{fault.message}; so there must be no copy: {worded((none,))}"
    e.report.tell("no-copies", message, fault.at, hint=fault.hint)
