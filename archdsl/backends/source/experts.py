"""Routed experts: an `nn.ModuleList`, the choice of some of them for each position, and their outputs added up."""

from __future__ import annotations

from archdsl.backends.source.calls import turn_each
from archdsl.backends.source.families import Family, Mismatch, first
from archdsl.backends.source.flow import FlowValue
from archdsl.backends.source.made import At
from archdsl.backends.source.repeats import construct_copy
from archdsl.backends.source.text import attribute, listed_copies
from archdsl.backends.source.writer import Writer
from archdsl.layers.inline import literal
from archdsl.layers.support.experts import BEST_GROUPS, MIXTURE
from archdsl.network.nodes import Item, Repeat
from archdsl.typed import Any

_LIES = ("last", "last")  # what is read, and the router's scores
_SEVERAL = 2


def write_experts(w: Writer, found: Family, inputs: list[FlowValue], item: Item, at: At) -> list[FlowValue]:
    """The copies of an expert in a list, and the sum of those that are chosen for each position."""
    node: Repeat = first(found)
    assert item.label is not None
    if any(len(each.runs) > 1 or _choice(each) != _choice(node) for each in found.values()):
        raise Mismatch
    copy = construct_copy(w, {member: each.runs[0].node for member, each in found.items()}, item.label)
    if copy is None:
        raise Mismatch
    w.book.support("mixture", MIXTURE)
    times = w.parameters.text({member: each.copies for member, each in found.items()}, (), "experts")
    w.register(at.owner, item.label, listed_copies(copy[0], times))
    x, logits = (value.text for value in turn_each(w, inputs, _LIES, at))
    w.forward += _route(w, _op(node), x, logits, attribute(at.owner, "gate"))
    text = f"mixture({x}, chosen, weights, {attribute(at.owner, item.label)})"
    return [FlowValue(text, "last", item.shapes[0].rank)]


def _op(node: Repeat) -> Any:
    assert node.applied is not None
    return node.applied.op


def _choice(node: Repeat) -> tuple[Any, ...]:
    """All that the statements of a choice depend on."""
    op = _op(node)
    return op.top, op.gate, op.normalized, op.bias, op.scale, op.groups, op.topgroups, op.within < op.experts


def _route(w: Writer, op: Any, x: str, logits: str, gate: str) -> list[str]:
    """The statements that choose the experts, `chosen`, and give the factors of their outputs, `weights`."""
    if op.gate == "softmax" and op.within == op.experts:
        return _softmax(op, logits)
    apart = op.bias and op.gate == "sigmoid"  # the bias ranks the experts, and is no part of their scores
    lines = [
        f"scores = {f'F.linear({x}, {gate}.weight)' if apart else logits}.{op.gate}({'-1' * (op.gate == 'softmax')})"
    ]
    ranks = f"scores + {gate}.bias" if apart else "scores"
    if op.within < op.experts:
        w.book.support("in_best_groups", BEST_GROUPS)
        best = f", {_SEVERAL}" if op.gate == "sigmoid" and op.experts // op.groups >= _SEVERAL else ""
        ranks = f"in_best_groups({ranks}, {op.groups}, {op.topgroups}{best})"
    elif apart:
        ranks = f"({ranks})"
    if ranks == "scores":
        lines.append(f"weights, chosen = scores.topk({op.top}, -1)")
    else:
        lines += [f"chosen = {ranks}.topk({op.top}, -1)[1]", "weights = scores.gather(-1, chosen)"]
    return lines + _scaled(op, normalized="weights / weights.sum(-1, keepdim=True)")


def _softmax(op: Any, logits: str) -> list[str]:
    """The choice by a softmax: over the chosen ones, or over all."""
    scores = logits if op.normalized else f"{logits}.softmax(-1)"
    return [f"weights, chosen = {scores}.topk({op.top}, -1)", *_scaled(op, normalized="weights.softmax(-1)")]


def _scaled(op: Any, *, normalized: str) -> list[str]:
    """The factors divided by their sum and multiplied with a number, where that is asked for."""
    weights = normalized if op.normalized else "weights"
    weights = weights if op.scale == 1 else f"{literal(float(op.scale))} * {weights}"
    return [f"weights = {weights}"] if weights != "weights" else []
