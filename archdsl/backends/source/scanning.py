"""A block that runs step by step: the loop over the steps in `forward`."""

from __future__ import annotations

from archdsl.backends.source.calls import turn
from archdsl.backends.source.families import Family, Mismatch, first
from archdsl.backends.source.flow import FlowValue, converted
from archdsl.backends.source.made import At, WrittenClass
from archdsl.backends.source.naming import variable
from archdsl.backends.source.text import indented, statement
from archdsl.backends.source.writer import UNREAD, Writer
from archdsl.network.nodes import Use

_VIDEO = 4  # axes of what has frames, which lie behind the channels


def call_steps(
    w: Writer,
    callee: str,
    made: WrittenClass,
    found: Family,
    inputs: list[FlowValue],
    at: At,
    wishes: tuple[str | None, ...],
    sizes: list[str],
) -> list[FlowValue]:
    """A loop in which each step reads the states of the one before; the results of all steps, and the last states."""
    node: Use = first(found)
    assert node.applied is not None
    op = node.applied.op
    if any(each.applied.op != op for each in found.values()):
        raise Mismatch
    held = _held(w, made, node, inputs, at)
    sequences, states, others = held[: op.over], held[op.over : op.over + op.states], held[op.over + op.states :]
    states = [_own(w, state, at, wish) for state, wish in zip(states, (*wishes[1:], *[None] * op.states), strict=False)]
    busy = w.busy()
    busy.add(*(each.text for each in (*held, *states)))
    step = variable("step", busy)
    busy.add(step)
    given = [_step(each, step) for each in sequences]
    taken = [turned.text for turned in map(converted, given, made.forms)]
    call = f"{callee}({', '.join([*taken, *(each.text for each in (*states, *others)), *sizes])})"
    wanted = not wishes or wishes[0] != UNREAD
    result = variable("y", busy) if wanted else UNREAD
    names = ", ".join([result, *(each.text for each in states)])
    lines = [statement(f"{names} = ", call) if wanted or states else call]
    for state, form in zip(states, made.gives[1:], strict=True):
        back = converted(FlowValue(state.text, form, state.rank), state.form)
        lines += [f"{state.text} = {back.text}"] if back.text != state.text else []
    busy.add(result)
    collected = variable("outputs", busy) if wanted else UNREAD
    value, form, axis = _stacked(FlowValue(result, made.gives[0], node.outputs[0].rank - 1))
    lines += [f"{collected}.append({value.text})"] if wanted else []
    w.forward += [f"{collected} = []"] if wanted else []
    w.forward.append(indented(f"for {step} in range({_count(w, found, sequences[0])}):", lines))
    for each in held:
        each.left -= 1
    stacked = FlowValue(f"torch.stack({collected}, {axis})" if wanted else UNREAD, form, node.outputs[0].rank)
    stacked.variable = not wanted
    return [stacked, *states]


def _held(w: Writer, made: WrittenClass, node: Use, inputs: list[FlowValue], at: At) -> list[FlowValue]:
    """What the loop reads, in variables that last: sequences as they are taken apart, the others as a step has them."""
    assert node.applied is not None
    found = []
    for place, value in enumerate(inputs):
        over = place < node.applied.op.over
        want = ("first" if value.rank == _VIDEO else "last") if over else made.forms[place]
        turned = turn(w, value, want, at)
        found.append(turned if turned.variable else w.assign(turned, None, at, ""))
        found[-1].left += 1
        w.live.append(found[-1])
    return found


def _own(w: Writer, value: FlowValue, at: At, wish: str | None) -> FlowValue:
    """A state in a variable of its own, which each step writes over."""
    wish = wish if wish != UNREAD else None
    if value.left <= 1 and wish in (None, value.text):
        return value
    name = variable(wish, w.busy())
    w.forward.append(f"{name} = {value.text}")
    return FlowValue(name, value.form, value.rank, variable=True)


def _step(value: FlowValue, step: str) -> FlowValue:
    """One step of a sequence, or one frame of a video."""
    if value.rank == _VIDEO and value.form == "first":
        return FlowValue(f"{value.text}[:, :, {step}]", "first", value.rank - 1)
    rank = value.rank - 1
    return FlowValue(f"{value.text}[:, {step}]", value.form if rank > 1 else "flat", rank)


def _stacked(value: FlowValue) -> tuple[FlowValue, str, int]:
    """A result as it is collected, how all of them lie, and along which axis they are put together."""
    if value.rank == _VIDEO - 1:
        return converted(value, "first"), "first", 2
    return converted(value, "last") if value.rank > 1 else value, "last", 1


def _count(w: Writer, found: Family, value: FlowValue) -> str:
    """How many steps there are: a number, or read off the tensor."""
    counts = {member: node.inputs[0].sizes[0] for member, node in found.items()}
    if all(type(count) is int for count in counts.values()) and len(set(counts.values())) == 1:
        return str(first(counts))
    return f"{value.text}.shape[{2 if value.rank == _VIDEO else 1}]"
