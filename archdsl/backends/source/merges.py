"""Merges: branches that stay expressions where they are short, and the call that joins them."""

from __future__ import annotations

import re

from archdsl.backends.source.calls import CAST, turn_all
from archdsl.backends.source.families import Family, Mismatch, common_shape, first, items
from archdsl.backends.source.flow import Comprehension, FlowValue, Stored
from archdsl.backends.source.made import At
from archdsl.backends.source.text import LONG, filled, stacked
from archdsl.backends.source.writer import Writer
from archdsl.network.nodes import Item, Leaf, Merge, Use

_FEW = 3  # copies that are written out rather than as a comprehension
LIST = re.compile(r"\[\{0\}(?:, \{\d+\})*\]")  # the list of inputs in a call


def write_merge(w: Writer, found: Family, number: int, at: At) -> FlowValue:
    node: Merge = first(found)
    values: list[FlowValue] = []
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


def named_apart(w: Writer, results: list[FlowValue], item: Item, at: At) -> list[FlowValue]:
    """The copies of a repeat each by itself, where something beside the merge reads one."""
    if not isinstance(results[0], Comprehension) or all(w.counts.get(number, 0) <= 1 for number in item.gives):
        return results
    left = [FlowValue(text, results[0].form, results[0].rank) for text in results[0].each]
    found: list[FlowValue] = []
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


def hold_branch(w: Writer, value: FlowValue, row: Family, place: int, at: At) -> FlowValue:
    """A branch stays an expression until the merge reads it, unless it is long or read elsewhere too."""
    item: Item = first(row)
    wanted = w.counts.get(item.gives[place], 0) > 1 or len(value.text) > LONG
    if wanted and not value.variable and not isinstance(value, Comprehension):
        value = w.assign(value, item.label, at, common_shape(row, place))
    for one in row.values():
        for number in one.gives if isinstance(value, Comprehension) else (one.gives[place],):
            w.bind(number, value)
    held = value if not value.variable else FlowValue(value.text, value.form, value.rank, variable=True)
    held.left += 1
    w.live.append(held)
    return held


def join(w: Writer, found: Family, node: Merge, values: list[FlowValue], at: At) -> FlowValue:
    came = values[0].form
    calls = {each.op.lower(*each.inputs).reading(came).call for each in found.values()}
    if len(calls) != 1:
        raise Mismatch
    lowered = node.op.lower(*node.inputs).reading(came)
    template = lowered.call or "{0}"
    template = template.replace(CAST, w.cast()) if CAST in template else template
    texts: list[str] = []
    for value in values:
        texts += value.each if isinstance(value, Comprehension) else []
    rank = node.outputs[0].rank
    if len(values) == 1 and isinstance(values[0], Comprehension):
        copies = values[0].lying(lowered.wants)
        (form,) = lowered.forms(copies.form, node.outputs)
        if LIST.search(template):
            return FlowValue(LIST.sub("{0}", template).format(f"[{copies.text}]"), form, rank)
        if lowered.over is not None and len(values[0].each) > _FEW:
            return FlowValue(lowered.over.format(copies.text), form, rank)
    spread: list[FlowValue] = []
    for value in values:
        spread += (
            [FlowValue(text, value.form, value.rank) for text in value.each]
            if isinstance(value, Comprehension)
            else [value]
        )
    turned = turn_all(w, spread, lowered, at)
    if lowered.stretches:
        turned = unstretched(spread, turned)
    (form,) = lowered.forms(turned[0].form, node.outputs)
    result = FlowValue(lay_out(w, template, [value.text for value in turned]), form, rank)
    result.fresh = node.op.fresh and len(spread) > 1
    return result


def unstretched(values: list[FlowValue], turned: list[FlowValue]) -> list[FlowValue]:
    """Tensors of the network's own as they are stored, beside a value that has the batch."""
    if all(isinstance(value, Stored) for value in values):
        return turned
    each = zip(values, turned, strict=True)
    return [FlowValue(v.alone(t.form), t.form, t.rank) if isinstance(v, Stored) else t for v, t in each]


def lay_out(w: Writer, template: str, texts: list[str]) -> str:
    """The joined branches on one line where they fit; a long list has a branch a line."""
    text = filled(template, texts)
    listed = LIST.search(template)
    if len(text) <= LONG + 12 or listed is None:
        return text
    return stacked(template[: listed.start()] + "[", texts, [""] * len(texts), "]" + template[listed.end() :])
