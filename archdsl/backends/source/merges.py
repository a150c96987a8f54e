"""Merges: branches that stay expressions where they are short, and the call that joins them."""

from __future__ import annotations

import re

from archdsl.backends.source.calls import turn_all
from archdsl.backends.source.families import Family, Mismatch, common_shape, first, items
from archdsl.backends.source.flow import Copies, Stored, Value
from archdsl.backends.source.made import At
from archdsl.backends.source.text import LONG, filled, stacked
from archdsl.backends.source.writer import Writer
from archdsl.network.nodes import Item, Leaf, Merge, Use

_FEW = 3  # copies that are written out rather than as a comprehension
LIST = re.compile(r"\[\{0\}(?:, \{\d+\})*\]")  # the list of inputs in a call


def write_merge(w: Writer, found: Family, number: int, at: At) -> Value:
    node: Merge = first(found)
    values: list[Value] = []
    numbers: list[int] = []
    for row in items(found, "branches"):
        own = at._replace(base=number, variable="y", branch=True)
        results = w.item(row, own)
        item: Item = first(row)
        if item.gives:
            results = named_apart(w, results, item, own)
            held = [hold_branch(w, value, row, place, own) for place, value in enumerate(results)]
            alone = isinstance(item.node, (Leaf, Use))  # of several results the merge reads the first
            values += held[:1] if alone else held
            numbers += [each for one in row.values() for each in (one.gives[:1] if alone else one.gives)]
    for value in values:
        value.left -= 1
    for each in numbers:
        w.taken(each)
    return join(w, found, node, values, at)


def named_apart(w: Writer, results: list[Value], item: Item, at: At) -> list[Value]:
    """The copies of a repeat each by itself, where something beside the merge reads one."""
    if not isinstance(results[0], Copies) or all(w.counts.get(number, 0) <= 1 for number in item.gives):
        return results
    left = [Value(text, results[0].form, results[0].rank) for text in results[0].each]
    found: list[Value] = []
    for value in left:
        value.left = 1
    w.live.extend(left)
    for value in left:
        value.left = 0
        found.append(w.assign(value, None, at, ""))
        found[-1].left = 1
        w.live.append(found[-1])
    for value in found:
        value.left = 0
    return found


def hold_branch(w: Writer, value: Value, row: Family, place: int, at: At) -> Value:
    """A branch stays an expression until the merge reads it, unless it is long or read elsewhere too."""
    item: Item = first(row)
    wanted = w.counts.get(item.gives[place], 0) > 1 or len(value.text) > LONG
    if wanted and not value.variable and not isinstance(value, Copies):
        value = w.assign(value, item.label, at, common_shape(row, place))
    for one in row.values():
        for number in one.gives if isinstance(value, Copies) else (one.gives[place],):
            w.bind(number, value)
    held = value if not value.variable else Value(value.text, value.form, value.rank, variable=True)
    held.left += 1
    w.live.append(held)
    return held


def join(w: Writer, found: Family, node: Merge, values: list[Value], at: At) -> Value:
    came = values[0].form
    calls = {each.op.lower(*each.inputs).reading(came).call for each in found.values()}
    if len(calls) != 1:
        raise Mismatch
    lowered = node.op.lower(*node.inputs).reading(came)
    template = lowered.call or "{0}"
    texts: list[str] = []
    for value in values:
        texts += value.each if isinstance(value, Copies) else []
    rank = node.outputs[0].rank
    if len(values) == 1 and isinstance(values[0], Copies):
        copies = values[0].lying(lowered.wants)
        (form,) = lowered.forms(copies.form, node.outputs)
        if LIST.search(template):
            return Value(LIST.sub("{0}", template).format(f"[{copies.text}]"), form, rank)
        if lowered.over is not None and len(values[0].each) > _FEW:
            return Value(lowered.over.format(copies.text), form, rank)
    spread: list[Value] = []
    for value in values:
        spread += [Value(text, value.form, value.rank) for text in value.each] if isinstance(value, Copies) else [value]
    turned = turn_all(w, spread, lowered.wants, at)
    if lowered.stretches:
        turned = unstretched(spread, turned)
    (form,) = lowered.forms(turned[0].form, node.outputs)
    result = Value(lay_out(w, template, [value.text for value in turned]), form, rank)
    result.fresh = node.op.fresh and len(spread) > 1
    return result


def unstretched(values: list[Value], turned: list[Value]) -> list[Value]:
    """Tensors of the network's own as they are stored, beside a value that has the batch."""
    if all(isinstance(value, Stored) for value in values):
        return turned
    each = zip(values, turned, strict=True)
    return [Value(v.alone(t.form), t.form, t.rank) if isinstance(v, Stored) else t for v, t in each]


def lay_out(w: Writer, template: str, texts: list[str]) -> str:
    """The joined branches on one line where they fit; a long list has a branch a line."""
    text = filled(template, texts)
    listed = LIST.search(template)
    if len(text) <= LONG + 12 or listed is None:
        return text
    return stacked(template[: listed.start()] + "[", texts, [""] * len(texts), "]" + template[listed.end() :])
