"""What the bodies of blocks name, whether or not they are used: unknown kinds, and blocks that reach themselves."""

from __future__ import annotations

from typing import Any

from archdsl.analysis.declare import Declarations
from archdsl.analysis.elaborate import Elaborator
from archdsl.analysis.problem import Problem
from archdsl.analysis.scope import Scope
from archdsl.layers import REGISTRY
from archdsl.syntax import tree
from archdsl.syntax.tree import Token


def check_blocks(declared: Declarations, elaborator: Elaborator, scope: Scope) -> None:
    """Tell unknown kinds in every body, and each block that reaches itself."""
    reached: dict[str, dict[str, Token]] = {}
    for name, block in declared.blocks.items():
        known = {parameter.name.text for parameter in block.parameters}
        reached[name] = {}
        for kind, bound in _kinds(block.body.lines):
            if kind.text in declared.blocks:
                reached[name].setdefault(kind.text, kind)
            elif kind.text.upper() not in REGISTRY and kind.text not in known | bound:
                elaborator.report.problem(elaborator.unknown_kind(kind))
    told: set[str] = set()
    for name in declared.blocks:
        loop = None if name in told else _loop(name, reached)
        if loop:
            told.update(loop)
            elaborator.recursive.update(loop)
            message = f"{name} reaches itself: {' -> '.join([*loop, name])}"
            at = reached[name][loop[1] if len(loop) > 1 else name]
            elaborator.report.problem(Problem("recursive-block", message, at, hint="every spec ends: repeat with xN"))


def _kinds(lines: tuple[tree.Line, ...]) -> list[tuple[Token, set[str]]]:
    """Every kind word below some lines, with the names that `for` defines there."""
    found: list[tuple[Token, set[str]]] = []
    stack: list[Any] = [(line, frozenset()) for line in lines]
    while stack:
        line, bound = stack.pop()
        for statement in line.statements:
            inner = bound
            bodies: list[tree.Body] = []
            match statement:
                case tree.Layer():
                    if statement.kind is not None:
                        found.append((statement.kind, set(bound)))
                    bodies = [statement.body] if statement.body else []
                case tree.For():
                    inner, bodies = bound | {token.text for token in statement.names}, [statement.body]
                case tree.If():
                    bodies = [body for _, body in statement.arms] + (
                        [statement.otherwise] if statement.otherwise else []
                    )
            stack += [(below, inner) for body in bodies for below in body.lines]
    return found


def _loop(start: str, reached: dict[str, dict[str, Token]]) -> list[str] | None:
    """A way from a block back to itself, the block first; the shortest one."""
    came: dict[str, str] = {}
    queue = [start]
    for name in queue:
        for following in reached[name]:
            if following == start:
                path = [name]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            if following not in came:
                came[following] = name
                queue.append(following)
    return None
