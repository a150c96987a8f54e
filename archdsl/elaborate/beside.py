"""Merges that read nothing of their own, since each of their branches says what it reads.

Loaded only where a line with braces has nothing to read.
"""

from __future__ import annotations

import re

from archdsl.elaborate.names import Names, Value
from archdsl.layers import lookup
from archdsl.syntax import tree

_ABOVE = re.compile(r"(?<![\w{.])_(?![\w}])")  # `_` and `_.height`, which are the value that there is not
_NOTHING = 0, 0  # inputs of a source


def unread_input(statement: tree.LayerStatement, names: Names, text: str) -> Value | None:
    """A value in sight, for a merge of which every branch says what it reads; no branch reads this one."""
    body = statement.body
    kind = lookup(statement.kind.text) if statement.kind is not None else None
    if body is None or kind is None or not kind.merge or not _each_says(body):
        return None
    if _ABOVE.search(text, body.start, body.end):
        return None
    scope: Names | None = names
    while scope is not None:
        for entry in scope.entries.values():
            if entry.values and entry.values[0].shape is not None:
                return entry.values[0]
        scope = scope.around
    return None


def _each_says(body: tree.Body) -> bool:
    """Whether every branch in some braces says what it reads; of a sequence its first line."""
    stack: list[tree.Statement] = [one for line in body.lines for one in line.statements]
    while stack:
        match stack.pop():
            case tree.LayerStatement(reads=(), kind=None, body=tree.Body() as inner):
                stack += _first(inner)
            case tree.LayerStatement(reads=(), body=tree.Body() as inner):
                stack += [one for line in inner.lines for one in line.statements]
            case tree.LayerStatement(reads=(), kind=kind):
                found = lookup(kind.text) if kind is not None else None
                if found is None or found.inputs != _NOTHING:
                    return False
            case tree.Unknown():
                return False
            case tree.For(body=inner):
                stack += _first(inner)
            case tree.If() as choice:
                stack += [one for inner in choice.bodies for one in _first(inner)]
    return True


def _first(body: tree.Body) -> list[tree.Statement]:
    """The first statement of a sequence that lays something."""
    statements = [one for line in body.lines for one in line.statements]
    return next(([one] for one in statements if isinstance(one, (tree.LayerStatement, tree.For, tree.If))), [])
