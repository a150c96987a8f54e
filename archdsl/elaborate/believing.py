"""What flows on behind the claims of a line: what was derived, or after a fault what they say."""

from __future__ import annotations

from collections.abc import Callable

from archdsl.claims.judge import claiming
from archdsl.elaborate.names import Place, Value
from archdsl.elaborate.state import Elaboration
from archdsl.expressions.shapes import stated_shape
from archdsl.faults.problem import Problem, Silent, placed
from archdsl.network.nodes import Item
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree


def held(
    e: Elaboration, line: tree.Line, ours: list[Item], current: Value | None, place: Place, *, complete: bool
) -> Value | None:
    """Hold the claims of a line; returns what flows on from it."""
    if not claiming(line):
        return current
    doubt = current is not None and current.doubt
    whole = [item for item in ours if item.shapes or not e.is_partial(item)]
    given = current.shape if current is not None else None
    holds = e.judge.line(line, whole, place.scope, given, doubt=doubt, complete=complete)
    last = next((one for one in reversed(line.statements) if not isinstance(one, tree.Keep)), line.statements[-1])
    if current is not None and e.believes and current.shape is None:
        return _believed(e, last, current, place)
    if holds is None or current is None:
        return current
    if e.believes:
        return _revalued(e, last, current, place, lambda value: value._replace(doubt=not holds))
    return current if holds else _revalued(e, last, e.wrong(), place, lambda _: e.wrong())


def _revalued(
    e: Elaboration, last: tree.Statement, current: Value, place: Place, anew: Callable[[Value], Value]
) -> Value:
    """What flows on, and what the names of the last statement of a line stand for, as something else."""
    e.report.lost = e.report.lost or not e.believes
    for token in last.names if isinstance(last, tree.LayerStatement) else ():
        entry = place.names.entries.get(token.text)
        if entry is not None:
            place.names.entries[token.text] = entry._replace(values=tuple(map(anew, entry.values)))
    place.names.lists.revalue(current.number, anew)
    return anew(current)


def _believed(e: Elaboration, last: tree.Statement, current: Value, place: Place) -> Value:
    """After a fault, the shapes that its line claims; what claims none stays without."""
    claims = last.claims if isinstance(last, (tree.LayerStatement, tree.For, tree.If)) else ()
    given: list[Value] = []
    for claim in (claim for claim in claims if isinstance(claim, tree.ShapeClaim)):
        try:
            sizes = stated_shape(claim, e.judge.text(claim), place.scope)
        except (Problem, Silent):
            return current
        if None in sizes:
            return current
        given.append(e.value(Shape(tuple(size for size in sizes if size is not None)), placed(last)))
    for token, value in zip(last.names if isinstance(last, tree.LayerStatement) else (), given, strict=False):
        entry = place.names.entries.get(token.text)
        if entry is not None:
            place.names.entries[token.text] = entry._replace(values=(value, *entry.values[1:]))
    if given:
        place.names.lists.revalue(current.number, lambda _: given[0])
    return given[0] if given else current
