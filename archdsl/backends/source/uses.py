"""Blocks in use: the submodule in the constructor, and the call or the loop in `forward`."""

from __future__ import annotations

from archdsl.backends.source.calls import call_class, class_sizes, construct_use
from archdsl.backends.source.families import Family, first
from archdsl.backends.source.flow import FlowValue
from archdsl.backends.source.made import At, WrittenClass
from archdsl.backends.source.scanning import call_steps
from archdsl.backends.source.text import attribute
from archdsl.backends.source.writer import Writer
from archdsl.network.nodes import Use


def write_use(
    w: Writer, found: Family, inputs: list[FlowValue], step: str, at: At, wishes: tuple[str | None, ...] = ()
) -> list[FlowValue]:
    """A block in use; of several results each gets the variable that is wished for it."""
    text, made = construct_use(w, found)
    w.register(at.owner, step, text)
    return call_use(w, attribute(at.owner, step), made, found, inputs, at, wishes)


def call_use(
    w: Writer,
    callee: str,
    made: WrittenClass,
    found: Family,
    inputs: list[FlowValue],
    at: At,
    wishes: tuple[str | None, ...] = (),
) -> list[FlowValue]:
    """What a block in use gives: for its inputs, or step by step."""
    node: Use = first(found)
    given = class_sizes(w, made, {m: each.body for m, each in found.items()}, inputs)
    if node.applied is None:
        return call_class(w, callee, made, inputs, node.outputs, at, wishes, given)
    return call_steps(w, callee, made, found, inputs, at, wishes, given)
