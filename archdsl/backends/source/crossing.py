"""Named groups that share values with what is around them, by names, by dots or by lists: a class that is given what it
reads there, and returns what is read from it, beside its input and its result.
"""

from __future__ import annotations

from archdsl.backends.source.calls import call_class, class_sizes, construct_group
from archdsl.backends.source.families import Family, Mismatch, first
from archdsl.backends.source.flow import MANY, FlowValue, defined, uses
from archdsl.backends.source.made import At
from archdsl.backends.source.naming import fresh, is_identifier, variable
from archdsl.backends.source.text import attribute
from archdsl.backends.source.writer import UNREAD, Writer
from archdsl.network.nodes import Item, Sequence, items_of, postorder
from archdsl.sizes.shape import Shape
from archdsl.typed import NamedTuple

_TAKEN = frozenset(("self", "torch", "nn", "F", "x"))


class Crossing(NamedTuple):
    """The values that a group reads from around it, and those of it that are read there; how often it reads each."""

    outer: tuple[int, ...]
    inner: tuple[int, ...]
    reads: dict[int, int]


def crossing(body: Sequence, counts: dict[int, int]) -> Crossing | None:
    """What a body shares with what is around it; None where something runs again across its braces."""
    reads, own = uses(body), defined(body)
    again = any(number < 0 and -number not in own for number in reads)
    if again or any(counts.get(-number, 0) > reads.get(-number, 0) for number in own):
        return None
    outer = tuple(number for number in reads if number > 0 and number not in own)
    inner = tuple(sorted(number for number in own if counts.get(number, 0) > reads.get(number, 0)))
    return Crossing(outer, inner, reads)


def write_open(
    w: Writer, found: Family, inputs: list[FlowValue], label: str, at: At, word: str, *, read: bool
) -> list[FlowValue] | None:
    """A group that is not closed, as a class of its own; None where it cannot be one."""
    ways: dict[int, Crossing] = {}
    for member, body in found.items():
        way = crossing(body, w.counts)
        if way is None or any(number not in w.values for number in way.outer):
            return None
        ways[member] = way
    if len({(len(way.outer), len(way.inner)) for way in ways.values()}) != 1:
        raise Mismatch
    shapes = {member: _shapes(w.members[member].body) for member in found}
    returned = {member: _returned(found[member], way) for member, way in ways.items()}
    if len({tuple(map(len, returned.values()))}) != 1 or len({len(each) for each in returned.values()}) != 1:
        raise Mismatch
    wider = {
        member: w.widened(body, ways[member].outer, returned[member], shapes[member]) for member, body in found.items()
    }
    given = [*inputs, *(w.values[number] for number in first(ways).outer)]
    for way in ways.values():
        for number in way.outer:
            w.values[number].left -= way.reads[number] % MANY
    text, made = construct_group(w, wider, word or label, takes=_takes(given, len(inputs)))
    w.register(at.owner, label, text)
    callee, sizes = attribute(at.owner, label), class_sizes(w, made, wider, given)
    inside = any(found[member].gives[0] in way.inner for member, way in ways.items())
    labels = {item.gives[0]: item.label for item in reversed(_items(first(found))) if item.gives}
    wishes = (None if read or inside else UNREAD, *(labels.get(number) for number in first(returned)))
    results = call_class(w, callee, made, given, first(wider).outputs, at, wishes, sizes)
    for place, value in enumerate(results[1:]):
        value.shapes = {member: shapes[member][numbers[place]] for member, numbers in returned.items()}
        _bind(w, {member: numbers[place] for member, numbers in returned.items()}, value, ways)
    if not results[0].variable and all(found[member].gives[0] in way.inner for member, way in ways.items()):
        results[0] = w.assign(results[0], None, at, "")  # it is read inside, by its name, and as the result
    for place in range(len(inputs)):  # what is kept of a group's input is the input
        _bind_where_read(w, {member: body.takes[place] for member, body in found.items()}, inputs[place], ways)
    _bind_where_read(w, {member: body.gives[0] for member, body in found.items()}, results[0], ways)
    return results[:1]


def _returned(body: Sequence, way: Crossing) -> tuple[int, ...]:
    """What a group gives beside its result: of its inner values those that are neither the result nor an input."""
    return tuple(number for number in way.inner if number not in body.gives[:1] and number not in body.takes)


def _bind(w: Writer, numbers: dict[int, int], value: FlowValue, ways: dict[int, Crossing]) -> None:
    for member, number in numbers.items():
        w.bind(number, value)
        value.left -= ways[member].reads.get(number, 0)


def _bind_where_read(w: Writer, numbers: dict[int, int], value: FlowValue, ways: dict[int, Crossing]) -> None:
    if all(number in ways[member].inner for member, number in numbers.items()):
        _bind(w, numbers, value, ways)


def _takes(given: list[FlowValue], inputs: int) -> tuple[str, ...]:
    """The names of the inputs of the class: what is given beside is called as around the group."""
    taken = set(_TAKEN)
    names = ["x"] if inputs == 1 else [fresh("x", taken) for _ in range(inputs)]
    for value in given[inputs:]:
        word = value.text if is_identifier(value.text) and value.text not in _TAKEN else variable(None, taken)
        names.append(fresh(word, taken))
    return tuple(names)


def _shapes(body: Sequence) -> dict[int, Shape]:
    """The shapes of all values of a body, blocks in use left out."""
    found: dict[int, Shape] = {}
    for node in postorder(body):
        if isinstance(node, Sequence):
            found.update(zip(node.takes, node.inputs, strict=False))
    for item in _items(body):
        found.update(zip(item.gives, item.shapes, strict=False))
    return found


def _items(body: Sequence) -> list[Item]:
    return items_of(postorder(body))
