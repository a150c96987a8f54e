"""Repeats, `for` and `if`: copies, turns and arms."""

from __future__ import annotations

import itertools
import re

from archdsl.backends.source.calls import (
    bracketed,
    construct_group,
    construct_use,
    turn,
    turn_each,
    write_layer,
    write_use,
)
from archdsl.backends.source.chains import ModuleChain
from archdsl.backends.source.families import Family, Mismatch, first
from archdsl.backends.source.flow import Comprehension, FlowValue, closed, converted
from archdsl.backends.source.groups import chain_of, write_container
from archdsl.backends.source.made import At
from archdsl.backends.source.sharing import write_share
from archdsl.backends.source.text import LONG, attribute, indented, statement
from archdsl.backends.source.values import Column
from archdsl.backends.source.writer import UNREAD, Writer
from archdsl.network.nodes import Item, Leaf, Repeat, Sequence, Share, Use, width
from archdsl.typed import Any


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
        return inputs
    label = item.label
    if label is not None:
        if all(closed(run.node, w.counts) for run in node.runs if isinstance(run.node, Sequence)):
            chain = w.attempt("copies", found, None, ModuleChain(w, label).copies)
            if chain is not None:
                w.register(at.owner, label, chain.text())
                given = turn(w, inputs[0], chain.entry or "any", at)
                form = chain.form or given.form
                return [FlowValue(f"{attribute(at.owner, label)}({given.text})", form, item.shapes[0].rank)]
        if not all(isinstance(run.node, Share) for run in node.runs):
            w.register(at.owner, label, "nn.Module()")
            at, number = At(attribute(at.owner, label), 0, at.variable), 0
    return write_copies(w, found, inputs, number, label, at, wishes)


def write_copies(
    w: Writer,
    found: Family,
    inputs: list[FlowValue],
    number: int,
    label: str | None,
    at: At,
    wishes: tuple[str | None, ...],
) -> list[FlowValue]:
    """Copies one after the other, equal ones in a loop."""
    columns = {member: node.runs for member, node in found.items()}
    if any([run.copies for run in runs] != [run.copies for run in first(columns)] for runs in columns.values()):
        raise Mismatch
    values = inputs
    for place, run in enumerate(first(columns)):
        bodies = {member: runs[place].node for member, runs in columns.items()}
        value = loop_variable(w, values[0], at)
        step = width(run.node) if label is None else 1
        names = wishes if place == len(first(columns)) - 1 else ()
        if run.copies > 1 and step:
            values = write_turns(w, bodies, value, range(number, number + step * run.copies, step), label, at, names)
        else:
            others = values[1:] if values is inputs else []  # one copy alone may read several values
            values = write_copy(w, bodies, [value, *others], number, label, at, names)
        number += step * run.copies
    return values


def loop_variable(w: Writer, value: FlowValue, at: At) -> FlowValue:
    """A value in a variable that nothing else needs, to be written over."""
    kept = w.assign(value, None, at, "")
    kept.fresh = False  # the copies before have it too
    return kept


def write_turns(
    w: Writer,
    bodies: Family,
    value: FlowValue,
    numbers: range,
    label: str | None,
    at: At,
    wishes: tuple[str | None, ...],
) -> list[FlowValue]:
    """Equal copies as a loop in the constructor and in `forward`: each turn reads the variable and writes it."""
    taken = w.busy()
    taken.add(*w.parameters.words(), *w.takes)
    index = next(name for name in itertools.chain("ijkmn", map("i{}".format, itertools.count())) if name not in taken)
    start = len(w.init), len(w.forward)
    w.indices.append(index)
    inner = at._replace(turn=index, origin=numbers.start, variable=value.text)
    result, *others = write_copy(w, bodies, [value], numbers.start, label, inner, wishes and (None, *wishes[1:]))
    result = converted(bracketed(w, result, value.form), value.form)
    if result.text != value.text:
        w.forward.append(statement(f"{value.text} = ", result.text))
    w.indices.pop()
    for statements, before in ((w.init, start[0]), (w.forward, start[1])):
        lines = statements[before:]
        counted = any(re.search(rf"\b{index}\b", line) for line in lines)
        opening = f"for {index} in {range_text(at, numbers)}:" if counted else f"for _ in range({len(numbers)}):"
        statements[before:] = [indented(opening, lines)] if lines else []
    kept = FlowValue(value.text, value.form, result.rank, variable=True)
    kept.fresh = result.fresh
    return [kept, *others]


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
            w.register(at.owner, item.label, f"nn.ModuleList([{text} for _ in range({times})])")
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
        return None if made.sizes else (text, made.forms, made.gives)
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


def write_loop(w: Writer, found: Family, inputs: list[FlowValue], number: int, at: At) -> list[FlowValue]:
    """The turns of a `for`, one after the other; in a merge each is a branch."""
    parallel = at.branch
    columns = {member: node.turns for member, node in found.items()}
    if any(len(turns) != len(first(columns)) for turns in columns.values()):
        raise Mismatch
    values, results = inputs, []
    for place in range(len(first(columns)) if parallel else 0):
        w.enter({member: turns[place][1] for member, turns in columns.items()}, inputs)
    for place in range(len(first(columns))):
        bodies = {member: turns[place][1] for member, turns in columns.items()}
        if not parallel:
            w.enter(bodies, values)
        values = w.body(bodies, at._replace(base=number))
        number += first(bodies).width
        if parallel:
            results.append(hold(w, values[0], at))
        elif place + 1 < len(first(columns)) and values and not values[0].variable:
            values = [w.assign(values[0], None, at, "")]
    for value in results:
        value.left -= 1
    return results if parallel else values


def hold(w: Writer, value: FlowValue, at: At) -> FlowValue:
    if not value.variable and len(value.text) > LONG:
        value = w.assign(value, None, at, "")
    value.left += 1
    w.live.append(value)
    return value


def write_choice(
    w: Writer, found: Family, inputs: list[FlowValue], number: int, at: At, row: Family
) -> list[FlowValue]:
    """An `if`: the arm that all members take in line, else an `if` on a parameter."""
    taken = {member: node.taken for member, node in found.items()}
    if len(set(taken.values())) == 1:
        if first(found).taken is None and not first(row).gives:
            return []
        if first(found).taken is None:  # what flows in flows on
            for node in found.values():
                for value in node.body.gives:
                    w.taken(value)
            return inputs
        w.enter({member: node.body for member, node in found.items()}, inputs)
        return w.body({member: node.body for member, node in found.items()}, at._replace(base=number))
    arms = sorted(set(taken.values()), key=lambda arm: (arm is None, arm or 0))
    if len(arms) != 2 or not all(each.gives for each in row.values()):
        raise Mismatch
    groups = [{m: node.body for m, node in found.items() if taken[m] == arm} for arm in arms]
    condition = condition_text(w, found, taken, arms[0])
    return [write_either(w, groups, condition, inputs, number, at)]


def condition_text(w: Writer, found: Family, taken: Column, arm: Any) -> str:
    column = {member: value == arm for member, value in taken.items()}
    written = (
        first(found).statement.arms[arm][0] if arm is not None and arm < len(first(found).statement.arms) else None
    )
    return w.parameters.text(column, (written,) if written is not None else (), "option")


def write_either(
    w: Writer, groups: list[Family], condition: str, inputs: list[FlowValue], number: int, at: At
) -> FlowValue:
    """Both arms: one module or nn.Identity where that is all, else branches in the constructor and in `forward`."""
    start_init, start_forward = len(w.init), len(w.forward)
    arms = []
    for group in groups:
        w.enter(group, inputs)
        before = (len(w.init), len(w.forward))
        (value,) = w.body(group, at._replace(base=number))
        arms.append((w.init[before[0] :], w.forward[before[1] :], value))
    del w.init[start_init:], w.forward[start_forward:]
    (made, run, value), (other_made, other_run, other) = arms
    single = re.fullmatch(r"(self\.\w+) = (.+)", made[0], re.DOTALL) if len(made) == 1 else None
    plain = not run and not other_run and not other_made and other.text == inputs[0].text
    if single and plain and value.text == f"{single[1]}({inputs[0].text})" and other.form == value.form:
        w.init.append(f"{single[1]} = {single[2]} if {condition} else nn.Identity()")
        return FlowValue(value.text, value.form, value.rank)
    raise Mismatch
