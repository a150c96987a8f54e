"""`for` and `if`: turns and arms."""

from __future__ import annotations

import re

from archdsl.backends.source.families import Family, Mismatch, first
from archdsl.backends.source.flow import FlowValue
from archdsl.backends.source.made import At
from archdsl.backends.source.text import LONG
from archdsl.backends.source.values import Column
from archdsl.backends.source.writer import Writer
from archdsl.typed import Any


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
