"""What the bodies of blocks name, whether or not they are used: unknown kinds, and blocks that reach themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archdsl.analysis.declare import Declarations
from archdsl.analysis.elaborate import FAULTS, Elaborator
from archdsl.analysis.problem import Problem
from archdsl.analysis.scope import Scope
from archdsl.analysis.sharing import SHARE
from archdsl.layers import REGISTRY
from archdsl.syntax import tree
from archdsl.syntax.tree import Token


def check_blocks(declared: Declarations, elaborator: Elaborator, scope: Scope) -> None:
    """Tell unknown kinds in every body and on every line, used or not, and each ring of blocks."""
    report, most = elaborator.report, FAULTS * elaborator.limits.diagnostics
    reached: dict[str, dict[str, Token]] = {}
    bodies = [(name, _known(block), block.body.lines) for name, block in declared.blocks.items()]
    outside = {parameter.name.text for parameter in declared.model.parameters} if declared.model else set()
    for name, known, lines in (*bodies, ("", outside, declared.lines)):
        reached[name] = {}
        for kind, bound in _kinds(lines):
            if kind.text in declared.blocks:
                reached[name].setdefault(kind.text, kind)
            elif (
                kind.text.upper() not in (*REGISTRY, SHARE.name)
                and kind.text not in known | bound
                and report.errors <= most
            ):
                report.problem(elaborator.unknown_kind(kind))
    for ring in _rings(reached):
        first = next(name for name in declared.blocks if name in ring)
        loop = _loop(first, reached, ring)
        elaborator.recursive.update(loop)
        message = f"{first} reaches itself: {' -> '.join([*loop, first])}"
        at = reached[first][loop[1] if len(loop) > 1 else first]
        report.problem(Problem("recursive-block", message, at, hint="every spec ends: repeat with xN"))


def _known(block: tree.Block) -> set[str]:
    return {parameter.name.text for parameter in block.parameters}


def _kinds(lines: tuple[tree.Line, ...]) -> list[tuple[Token, set[str]]]:
    """Every kind word below some lines, with the names that `for` and `let` define there."""
    kinds: list[Token] = []
    bound: set[str] = set()
    stack = list(lines)
    while stack:
        for statement in stack.pop().statements:
            bodies: list[tree.Body] = []
            match statement:
                case tree.Layer(_, kind, _, body):
                    kinds += [kind] if kind is not None else []
                    bodies = [body] if body is not None else []
                case tree.Let(name, _):
                    bound.add(name.text)
                case tree.For(names, _, body):
                    bound.update(token.text for token in names)
                    bodies = [body]
                case tree.If(arms, otherwise):
                    bodies = [*(body for _, body in arms), *([otherwise] if otherwise else [])]
            stack += [line for body in bodies for line in body.lines]
    return [(kind, bound) for kind in kinds]


def _rings(reached: dict[str, dict[str, Token]]) -> list[set[str]]:
    """The sets of names that all reach one another (Kosaraju's two walks); a name alone where it names itself."""
    backwards: dict[str, list[str]] = {name: [] for name in reached}
    for name, following in reached.items():
        for one in following:
            backwards[one].append(name)
    seen: set[str] = set()
    finished = [name for start in reached for name in _walk(start, reached, seen)]
    seen.clear()
    sets = [set(_walk(start, backwards, seen)) for start in reversed(finished)]
    return [ring for ring in sets if len(ring) > 1 or any(name in reached[name] for name in ring)]


def _walk(start: str, ways: Mapping[str, Iterable[str]], seen: set[str]) -> Iterator[str]:
    """The names that were not seen and can be reached, each behind those that it leads to."""
    stack = [] if start in seen else [(start, iter(ways[start]))]
    seen.add(start)
    while stack:
        name, following = stack[-1]
        one = next((one for one in following if one not in seen), None)
        if one is None:
            stack.pop()
            yield name
        else:
            seen.add(one)
            stack.append((one, iter(ways[one])))


def _loop(start: str, reached: dict[str, dict[str, Token]], ring: set[str]) -> list[str]:
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
            if following in ring and following not in came:
                came[following] = name
                queue.append(following)
    return [start]
