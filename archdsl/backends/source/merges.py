"""Merges: branches that stay expressions where they are short, and the call that joins them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archdsl.backends.source.calls import turn_all
from archdsl.backends.source.families import Family, Mismatch, common_shape, first, items
from archdsl.backends.source.flow import Copies, Value
from archdsl.backends.source.made import At
from archdsl.backends.source.text import LONG, filled, stacked
from archdsl.ir.network import Item, Merge

if TYPE_CHECKING:
    from archdsl.backends.source.classes import ClassWriter

LIST = re.compile(r"\[\{0\}(?:, \{\d+\})*\]")  # the list of inputs in a call


def write_merge(w: ClassWriter, found: Family, number: int, at: At) -> Value:
    node: Merge = first(found)
    values: list[Value] = []
    for row in items(found, "branches"):
        own = at._replace(base=number, variable="y", branch=True)
        results = w.item(row, own)
        item: Item = first(row)
        if not item.gives:
            continue
        values += [hold_branch(w, value, item, row, own) for value in results]
    for value in values:
        value.left -= 1
    return join(w, found, node, values, at)


def hold_branch(w: ClassWriter, value: Value, item: Item, row: Family, at: At) -> Value:
    """A branch stays an expression until the merge reads it, unless it is long."""
    if not value.variable and len(value.text) > LONG and not isinstance(value, Copies):
        value = w.assign(value, item.label, at, common_shape(row, 0))
    held = value if not value.variable else Value(value.text, value.form, value.rank, variable=True)
    held.left += 1
    w.live.append(held)
    return held


def join(w: ClassWriter, found: Family, node: Merge, values: list[Value], at: At) -> Value:
    calls = {each.op.lower(*each.inputs).call for each in found.values()}
    if len(calls) != 1:
        raise Mismatch
    lowered = node.op.lower(*node.inputs)
    template = lowered.call or "{0}"
    texts: list[str] = []
    for value in values:
        texts += value.each if isinstance(value, Copies) else []
    rank = node.outputs[0].rank
    if len(values) == 1 and isinstance(values[0], Copies):
        copies = values[0]
        form = copies.form if lowered.gives == "any" else lowered.gives
        if LIST.search(template) and lowered.wants in ("any", copies.form, "flat"):
            return Value(LIST.sub("{0}", template).format(f"[{copies.text}]"), form if rank > 1 else "flat", rank)
    spread: list[Value] = []
    for value in values:
        spread += [Value(text, value.form, value.rank) for text in value.each] if isinstance(value, Copies) else [value]
    turned = turn_all(w, spread, lowered.wants, at)
    form = "flat" if rank == 1 else turned[0].form if lowered.gives == "any" else lowered.gives
    return Value(lay_out(w, template, [value.text for value in turned]), form, rank)


def lay_out(w: ClassWriter, template: str, texts: list[str]) -> str:
    """The joined branches on one line where they fit; a long list has a branch a line."""
    text = filled(template, texts)
    listed = LIST.search(template)
    if len(text) <= LONG + 12 or listed is None:
        return text
    return stacked(template[: listed.start()] + "[", texts, [""] * len(texts), "]" + template[listed.end() :])
