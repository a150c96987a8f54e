"""Where `in` stands for other numbers than before: it is the channels of what its own line reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archdsl.diagnostics import Related, Span
from archdsl.network.nodes import Item, Leaf, Node, Use, children
from archdsl.syntax.tree import Chain, Token
from archdsl.typed import Any

_MOST = 4
_SEEN = 200  # layers that are looked at


def incoming(nodes: Iterable[Node]) -> tuple[Related, ...]:
    """The places of `in` with what it is there, where it is not one number; of blocks in use the first with such."""
    found: dict[int, tuple[Token, Any]] = {}
    uses: list[Use] = []
    stack = [*nodes][::-1]
    for _ in range(_SEEN):
        if not stack:
            break
        node = stack.pop()
        if isinstance(node, Leaf):
            for token in _ins(node):
                found.setdefault(token.start, (token, node.inputs[0].channels))
        elif isinstance(node, Use):
            uses.append(node)
        else:
            stack += children(node)[::-1]
    if len({str(channels) for _, channels in found.values()}) > 1:
        each = list(found.values())[:_MOST]
        return tuple(Related(Span(token.start, token.end), f"`in` is {channels} here") for token, channels in each)
    return next((within for within in (incoming((use.body,)) for use in uses[:_MOST]) if within), ())


def changed(items: Iterable[Item]) -> Iterator[tuple[Token, Related]]:
    """Each `in` that gives as many channels as come in, after a layer of the same lines that widened by it.

    In `FC (4*in); GELU; FC in` the second is the wide one.
    """
    first: tuple[Leaf, Token] | None = None
    for item in items:
        leaf = item.node
        if not isinstance(leaf, Leaf) or "out" not in leaf.written or not leaf.inputs:
            continue
        out = leaf.written["out"]
        if isinstance(out, Chain) and "*" in out.operators:
            token = next(_ins(leaf), None)
            first = (leaf, token) if token is not None else first
        elif first is not None and isinstance(out, Token) and out.text == "in":
            wide, token = first
            came = wide.inputs[0].channels
            if leaf.inputs[0].channels == wide.outputs[0].channels != came:
                yield out, Related(Span(token.start, token.end), f"`in` is {came} here")


def _ins(leaf: Leaf) -> Iterator[Token]:
    """The words `in` among the values of a layer."""
    stack: list[Any] = list(leaf.written.values()) if leaf.inputs else []
    while stack:
        part = stack.pop()
        if isinstance(part, Token):
            if part.type == "WORD" and part.text == "in":
                yield part
        elif isinstance(part, tuple):
            stack += part
