"""Repeats: copies one after the other, in a chain, a list or a loop, or side by side."""

from __future__ import annotations

import itertools
import re

from archdsl.backends.source.calls import (
    alike,
    bracketed,
    called,
    construct_group,
    construct_layer,
    construct_use,
    turn,
    turn_all,
    turn_each,
    write_layer,
)
from archdsl.backends.source.chains import ModuleChain
from archdsl.backends.source.families import Family, Mismatch, first
from archdsl.backends.source.flow import Comprehension, FlowValue, closed, converted
from archdsl.backends.source.groups import chain_of, write_container
from archdsl.backends.source.made import At
from archdsl.backends.source.sharing import write_share
from archdsl.backends.source.text import attribute, indented, listed_copies, statement
from archdsl.backends.source.uses import call_use, write_use
from archdsl.backends.source.writer import UNREAD, Writer
from archdsl.network.nodes import Item, Leaf, Node, Repeat, Sequence, Share, Use, width


def write_repeat(
    w: Writer,
    found: Family,
    inputs: list[FlowValue],
    item: Item,
    number: int,
    at: At,
    wishes: tuple[str | None, ...],
) -> list[FlowValue]:
    """Copies one after the other, or side by side; `wishes` are the variables of the results of the last."""
    node: Repeat = first(found)
    if len({len(each.runs) for each in found.values()}) != 1:
        raise Mismatch
    if node.parallel:
        return write_parallel(w, found, inputs, item, number, at)
    if not node.runs:
        return inputs[:1]
    label = item.label
    if label is not None:
        if all(closed(run.node, w.counts) for run in node.runs if isinstance(run.node, Sequence)):
            chain = w.attempt("copies", found, None, ModuleChain(w, label).copies)
            if chain is not None:
                w.register(at.owner, label, chain.text())
                given = turn(w, inputs[0], chain.entry or "any", at)
                form = chain.form or given.form
                return [FlowValue(f"{attribute(at.owner, label)}({given.text})", form, item.shapes[0].rank)]
        listed = write_listed(w, found, inputs, label, at, wishes)
        if listed is not None:
            return listed
        if not all(isinstance(run.node, Share) or is_call(run.node) for run in node.runs):
            w.register(at.owner, label, "nn.Module()")
            at, number = At(attribute(at.owner, label), 0, at.variable), 0
    return write_copies(w, found, inputs, number, label, at, wishes)


def is_call(node: Node) -> bool:
    """Whether a node is a layer that is a call of a function, and no module."""
    return isinstance(node, Leaf) and node.op.lower(*node.inputs).module is None and not node.op.tensors(*node.inputs)


def write_listed(
    w: Writer, found: Family, inputs: list[FlowValue], label: str, at: At, wishes: tuple[str | None, ...]
) -> list[FlowValue] | None:
    """Equal copies of a module as an `nn.ModuleList`, gone through in `forward`; None where they are something else."""
    columns = {member: node.runs for member, node in found.items()}
    counts = {member: runs[0].copies for member, runs in columns.items()}
    bodies = {member: runs[0].node for member, runs in columns.items()}
    if any(len(runs) != 1 for runs in columns.values()) or not isinstance(first(counts), int):
        return None
    text = construct_listed(w, bodies, label)
    if text is None:
        return None
    times = w.parameters.text(counts, (), "copies")
    w.register(at.owner, label, listed_copies(text, times))
    value, others = carried(w, bodies, inputs, at)
    start, each = len(w.forward), loop_name(w, ("layer", "part", "copy"))
    w.indices.append(each)
    names = (None, *(wishes[1:] or [UNREAD] * (len(first(bodies).outputs) - 1)))
    inner = at._replace(variable=value.text)
    result, *further = call_listed(w, each, bodies, [value, *others], inner, names)
    kept = written_back(w, result, value)
    w.indices.pop()
    w.forward[start:] = [indented(f"for {each} in {attribute(at.owner, label)}:", w.forward[start:])]
    release(others)
    return [kept, *further]


def construct_listed(w: Writer, bodies: Family, label: str) -> str | None:
    """The constructor call of one of equal copies, of a block or of a layer with tensors."""
    node = first(bodies)
    if isinstance(node, Use):
        text, made = construct_use(w, bodies)
        return None if made.sizes else text
    owns = isinstance(node, Leaf) and node.op.tensors(*node.inputs)
    return construct_layer(w, bodies, label) if owns else None


def call_listed(
    w: Writer, callee: str, bodies: Family, inputs: list[FlowValue], at: At, wishes: tuple[str | None, ...]
) -> list[FlowValue]:
    """What one of equal copies gives."""
    node = first(bodies)
    if isinstance(node, Use):
        return call_use(w, callee, w.book.made(node.body), bodies, inputs, at, wishes)
    every = [each.op.lower(*each.inputs).reading(inputs[0].form) for each in bodies.values()]
    if any((each.use, each.apart, each.ready) != (every[0].use, every[0].apart, every[0].ready) for each in every):
        raise Mismatch
    return called(w, callee, bodies, every[0], turn_all(w, inputs, every[0], at), at, wishes)


def write_copies(
    w: Writer,
    found: Family,
    inputs: list[FlowValue],
    number: int,
    label: str | None,
    at: At,
    wishes: tuple[str | None, ...],
) -> list[FlowValue]:
    """Copies one after the other, equal ones in a loop; each reads the further inputs unchanged."""
    columns = {member: node.runs for member, node in found.items()}
    if any([run.copies for run in runs] != [run.copies for run in first(columns)] for runs in columns.values()):
        raise Mismatch
    value, others = carried(w, {member: runs[0].node for member, runs in columns.items()}, inputs, at)
    results = [value]
    for place, run in enumerate(first(columns)):
        bodies = {member: runs[place].node for member, runs in columns.items()}
        value = loop_variable(w, results[0], at)
        step = width(run.node) if label is None else 1
        names = wishes if place == len(first(columns)) - 1 else ()
        if run.copies > 1 and step:
            numbers = range(number, number + step * run.copies, step)
            results = write_turns(w, bodies, [value, *others], numbers, label, at, names)
        else:
            results = write_copy(w, bodies, [value, *others], number, label, at, names)
        number += step * run.copies
    release(others)
    return results


def carried(w: Writer, bodies: Family, inputs: list[FlowValue], at: At) -> tuple[FlowValue, list[FlowValue]]:
    """What copies hand on, in a variable to be written over, and what each of them reads unchanged, as it wants it, in
    variables that last until they are released.
    """
    held = [FlowValue(value.text, value.form, value.rank) for value in inputs[1:]]
    for value in held:
        value.left = 1
    w.live.extend(held)
    value = loop_variable(w, inputs[0], at)
    if not held:
        return value, []
    value.left += 1
    w.live.append(value)
    others = []
    for place, each in enumerate(inputs[1:], 1):
        turned = turn(w, each, wanted(w, bodies, inputs, place), at)
        others.append(turned if turned.variable else w.assign(turned, None, at, ""))
        others[-1].left += 1
        w.live.append(others[-1])
    release([value, *held])
    return value, others


def release(values: list[FlowValue]) -> None:
    """Let go of variables that had to last."""
    for value in values:
        value.left -= 1


def wanted(w: Writer, bodies: Family, inputs: list[FlowValue], place: int) -> str:
    """How a copy wants one of its inputs to lie."""
    node = first(bodies)
    if isinstance(node, Use):
        return w.book.made(node.body).forms[place]
    if isinstance(node, Leaf):
        lowered = node.op.lower(*node.inputs)
        want = alike(w, inputs) if lowered.wants == "any" else lowered.wants
        return lowered.wanted(len(inputs), want)[place]
    return "any"


def loop_variable(w: Writer, value: FlowValue, at: At) -> FlowValue:
    """A value in a variable that nothing else needs, to be written over."""
    kept = w.assign(value, None, at, "")
    kept.fresh = False  # the copies before have it too
    return kept


def loop_name(w: Writer, words: tuple[str, ...]) -> str:
    """A name for the variable of a loop: the first of these that is free, or one with a number."""
    taken = w.busy()
    taken.add(*w.parameters.words(), *w.takes)
    return next(name for name in itertools.chain(words, map("i{}".format, itertools.count())) if name not in taken)


def written_back(w: Writer, result: FlowValue, value: FlowValue) -> FlowValue:
    """The result of a copy in the variable that the next one reads."""
    result = converted(bracketed(w, result, value.form), value.form)
    if result.text != value.text:
        w.forward.append(statement(f"{value.text} = ", result.text))
    kept = FlowValue(value.text, value.form, result.rank, variable=True)
    kept.fresh = result.fresh
    return kept


def write_turns(
    w: Writer,
    bodies: Family,
    inputs: list[FlowValue],
    numbers: range,
    label: str | None,
    at: At,
    wishes: tuple[str | None, ...],
) -> list[FlowValue]:
    """Equal copies as a loop in the constructor and in `forward`: each turn reads the variable and writes it."""
    value, index = inputs[0], loop_name(w, tuple("ijkmn"))
    start = len(w.init), len(w.forward)
    w.indices.append(index)
    inner = at._replace(turn=index, origin=numbers.start, variable=value.text)
    result, *further = write_copy(w, bodies, inputs, numbers.start, label, inner, wishes and (None, *wishes[1:]))
    kept = written_back(w, result, value)
    w.indices.pop()
    for statements, before in ((w.init, start[0]), (w.forward, start[1])):
        lines = statements[before:]
        counted = any(re.search(rf"\b{index}\b", line) for line in lines)
        opening = f"for {index} in {range_text(at, numbers)}:" if counted else f"for _ in range({len(numbers)}):"
        statements[before:] = [indented(opening, lines)] if lines else []
    return [kept, *further]


def range_text(at: At, numbers: range) -> str:
    """`range(4)`, `range(1, 7, 3)`, `range(i + 1, i + 5)`."""
    parts = [at.place(numbers.start), at.place(numbers.stop), str(numbers.step)]
    if numbers.step == 1:
        del parts[2]
        if parts[0] == "0":
            del parts[0]
    return f"range({', '.join(parts)})"


def write_copy(
    w: Writer,
    bodies: Family,
    values: list[FlowValue],
    number: int,
    label: str | None,
    at: At,
    wishes: tuple[str | None, ...] = (),
) -> list[FlowValue]:
    """One copy of what is repeated, named by its number where the repeat has a label."""
    node = first(bodies)
    wishes = wishes or (None, *[UNREAD] * (len(node.outputs) - 1))  # the next copy reads the first result
    if isinstance(node, Sequence):
        if label is not None:
            return write_container(w, bodies, values, at.step(number), at, label)
        w.enter(bodies, values)
        return w.body(bodies, at._replace(base=number))
    if isinstance(node, Share):
        return write_share(w, bodies, values, number, at, wishes)
    if isinstance(node, Leaf):
        return write_layer(w, bodies, values, at.step(number) if label is not None else None, number, at, wishes)
    return write_use(w, bodies, values, at.step(number), at, wishes)


def write_parallel(
    w: Writer, found: Family, inputs: list[FlowValue], item: Item, number: int, at: At
) -> list[FlowValue]:
    """Equal branches: an nn.ModuleList under a name, else each by itself."""
    node: Repeat = first(found)
    if not node.runs:
        return []
    bodies = {member: each.runs[0].node for member, each in found.items()}
    counts = {member: each.copies for member, each in found.items()}
    times_each = node.copies
    if len(set(counts.values())) != 1 or not isinstance(times_each, int):
        raise Mismatch
    copy = construct_copy(w, bodies, item.label) if item.label is not None else None
    if item.label is not None and copy is not None:
        text, forms, gives = copy
        if len(gives) == 1:
            times = w.parameters.text(counts, (), "copies")
            w.register(at.owner, item.label, listed_copies(text, times))
            callee = attribute(at.owner, item.label)
            values = turn_each(w, inputs, forms, at)
            if times_each > 1:  # each reads them
                values = [value if value.variable else w.assign(value, None, at, "") for value in values]
            given = ", ".join(value.text for value in values)
            words = {word for value in values for word in value.words()}
            each = [f"{callee}[{copy}]({given})" for copy in range(times_each)]
            name = next(name for name in ("m", "part", "copy", "one") if name not in words)
            rank = first(bodies).outputs[0].rank
            return [Comprehension(f"{name}({given})", f"{name} in {callee}", gives[0] or values[0].form, rank, each)]
    return write_branches(w, bodies, inputs, item, number, times_each, at)


def construct_copy(w: Writer, bodies: Family, label: str) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """The constructor call of one of equal branches, what inputs it wants and gives ("" as they come)."""
    node = first(bodies)
    if isinstance(node, Use):
        text, made = construct_use(w, bodies)
        return None if made.sizes or node.applied is not None else (text, made.forms, made.gives)
    if not isinstance(node, Sequence) or not all(closed(body, w.counts) for body in bodies.values()):
        return None
    chain = chain_of(w, bodies)
    if chain is not None and chain.positional():
        return chain.text(), (chain.entry or "any",), (chain.form or "",)
    text, made = construct_group(w, bodies, label)
    return None if made.sizes else (text, made.forms, made.gives)


def write_branches(
    w: Writer, bodies: Family, inputs: list[FlowValue], item: Item, number: int, count: int, at: At
) -> list[FlowValue]:
    named = item.label is not None
    if item.label is not None:
        w.register(at.owner, item.label, "nn.Module()")
        at, number = At(attribute(at.owner, item.label), 0, at.variable), 0
    results = []
    for value in inputs:  # every copy reads them
        value.left += 1
        w.live.append(value)
    for _ in range(count):
        value, *_ = write_copy(w, bodies, inputs, number, item.label, at)
        if not value.variable:
            value = w.assign(value, None, at, "")
        value.left += 1
        w.live.append(value)
        results.append(value)
        number += 1 if named else width(first(bodies))
    for value in (*inputs, *results):
        value.left -= 1
    return results
