"""Weights with more than one use: a module that is called again, and a tensor that two layers have."""

from __future__ import annotations

from archdsl.backends.source.calls import call_class, call_layer, class_sizes, write_layer
from archdsl.backends.source.families import Family, Mismatch, first
from archdsl.backends.source.flow import FlowValue
from archdsl.backends.source.groups import call_chain
from archdsl.backends.source.made import At, WrittenClass
from archdsl.backends.source.text import submodule
from archdsl.backends.source.uses import call_use
from archdsl.backends.source.writer import Writer
from archdsl.network.nodes import Leaf, Node, Sequence, Share, Use, walk


def write_share(
    w: Writer, found: Family, inputs: list[FlowValue], number: int, at: At, wishes: tuple[str | None, ...] = ()
) -> list[FlowValue]:
    """The call of a module that was called before; a layer that is no module is written again."""
    callees = {w.parts[share.of].callee for share in found.values()}
    if len(callees) > 1:
        raise Mismatch
    callee, node = w.parts[first(found).of]
    share: Share = first(found)
    if isinstance(node, Leaf):
        layers = {member: each.node for member, each in found.items()}
        if callee not in w.registered:
            return write_layer(w, layers, inputs, None, number, at, wishes)
        return call_layer(w, callee, layers, inputs, at, wishes)
    if node in w.chains:
        return [call_chain(w, callee, w.chains[node], inputs[0], share.outputs[0].rank, at)]
    made = _made(w, node)
    if any(_made(w, w.parts[each.of].node) is not made for each in found.values()):
        raise Mismatch
    if isinstance(share.node, Use):
        return call_use(w, callee, made, {member: each.node for member, each in found.items()}, inputs, at, wishes)
    bodies = {member: _body(each.node) for member, each in found.items()}
    sizes = class_sizes(w, made, bodies, inputs) if made.sizes else []
    return call_class(w, callee, made, inputs, share.outputs, at, wishes, sizes)


def _body(node: Node) -> Sequence:
    """What a block in use or a group runs."""
    body = node.body if isinstance(node, Use) else node
    assert isinstance(body, Sequence)
    return body


def _made(w: Writer, node: Node) -> WrittenClass:
    """The class that was written for a block in use or for a group."""
    return w.book.made(_body(node))


def ties(bodies: Family) -> list[str]:
    """`self.head.weight = self.embed.weight`, for each tensor that a layer has from another; all members alike."""
    statements = {member: _ties(body) for member, body in bodies.items()}
    if any(each != first(statements) for each in statements.values()):
        raise Mismatch
    found: list[str] = first(statements)
    return found


def _ties(body: Sequence) -> list[str]:
    """Those between the layers of one body; in a block in use they are its own class's."""
    paths: dict[int, str] = {}
    found: list[str] = []
    for placed in walk(body, unroll=True, blocks=False):
        paths.update(dict.fromkeys(placed.item.gives[:1], placed.path))
        for tie in placed.node.ties if isinstance(placed.node, Leaf) else ():
            found.append(f"{submodule(placed.path)}.{tie.tensor} = {submodule(paths[tie.of])}.{tie.tensor}")
    return found
