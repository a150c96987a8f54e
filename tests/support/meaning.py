"""Whether two trees mean the same, whatever their offsets and the spelling of kinds and sizes."""

from __future__ import annotations

from functools import cache
from typing import Any

from archdsl.syntax import tree
from archdsl.syntax.format.spelling import Spelling
from archdsl.syntax.tree import Token


def same_meaning(before: tree.File, after: tree.File, words: Spelling) -> bool:
    """Whether two trees are equal but for offsets and for what `words` of the first may be written otherwise."""
    stack: list[tuple[Any, Any]] = [(before, after)]
    while stack:
        one, other = stack.pop()
        if one is other:
            continue
        if type(one) is not type(other):
            return False
        if isinstance(one, Token):
            if one.type != other.type or (one.text != other.text and words.size(one) != words.size(other)):
                return False
        elif not isinstance(one, tuple):
            if one != other:
                return False
        elif len(one) != len(other) or not _same_kind(one, other, words):
            return False
        else:
            stack += [(one[at], other[at]) for at in _parts(type(one))] or zip(one, other, strict=True)
    return True


def _same_kind(one: Any, other: Any, words: Spelling) -> bool:
    """Whether two layers, where these are layers, are of the same kind."""
    if not isinstance(one, tree.LayerStatement) or one.kind is None or other.kind is None:
        return not isinstance(one, tree.LayerStatement) or one.kind is other.kind
    kinds = one.kind.text, other.kind.text
    return one.kind.type == other.kind.type and (kinds[0] == kinds[1] or words.kind(kinds[0]) == words.kind(kinds[1]))


@cache
def _parts(node: type) -> tuple[int, ...]:
    """Which fields of a node hold its meaning: none of its offsets, and not the kind of a layer, told apart before."""
    names = getattr(node, "_fields", ())
    passed = ("start", "end", "kind") if node is tree.LayerStatement else ("start", "end")
    return tuple(at for at, name in enumerate(names) if name not in passed)
