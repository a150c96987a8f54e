"""What the bodies of blocks name, whether or not they are used: unknown kinds, and blocks that reach themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archdsl.expressions.scope import SCAN, KindReference, Words, meant
from archdsl.faults.problem import Problem
from archdsl.faults.report import Reporter
from archdsl.reading.kinds import RIVALS, Kinds
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import TypeAlias

Reached: TypeAlias = dict[KindReference, dict[KindReference, Token]]


_LINES = KindReference("")  # of the text itself: no block has no name


def recursive_blocks(kinds: Kinds, report: Reporter) -> set[int]:
    """Report unknown kinds in every body and on every line, used or not, and each ring of blocks.

    Returns the places of the names of the blocks that reach themselves.
    """
    reached: Reached = {}
    for name, words, known, lines in _bodies(kinds):
        reached[name] = {}
        with kinds.used(name.file or 0, report):
            plain: set[str] = set()  # words of built-in kinds, of which most lines begin with one
            for kind, bound in _kinds(lines):
                if kind.text in plain:
                    continue
                found = meant(kind.text, words)
                if found in kinds.blocks:
                    reached[name].setdefault(found, kind)
                elif kind.text not in known and kind.text not in bound:
                    _check(kinds, report, kind, found, words)
                    if found is not None and found.file is None:
                        plain.add(kind.text)
    recursive: set[int] = set()
    for ring in _rings(reached):
        first = next(name for name in kinds.blocks if name in ring)
        loop = _loop(first, reached, ring)
        recursive.update(kinds.blocks[one].name.start for one in loop)
        message = f"{first.name} uses itself: {' -> '.join(one.name for one in [*loop, first])}"
        at = reached[first][loop[1] if len(loop) > 1 else first]
        with kinds.used(first.file or 0, report):
            report.problem(Problem("recursive-block", message, at, hint="a block cannot use itself: repeat with xN"))
    return recursive


def _check(kinds: Kinds, report: Reporter, kind: Token, found: KindReference | None, words: Words) -> None:
    """Report a word that is no kind, or the blocks of two files."""
    if found is None:
        report.problem(kinds.unknown(kind, words))
    elif found.file is not None and found.file <= RIVALS:
        report.problem(kinds.rivals(kind, found))


def _bodies(kinds: Kinds) -> Iterator[tuple[KindReference, Words, set[str], tuple[tree.Line, ...]]]:
    """Every body, what words mean in it as kinds, and the names of its parameters; the lines of the text come last."""
    for name, block in kinds.blocks.items():
        yield name, kinds.around(block), _names(block.parameters), block.body.lines
    own = kinds.files[0]
    yield _LINES, kinds.words[0], _names(own.model.parameters if own.model else ()), own.lines


def _names(parameters: tuple[tree.Parameter, ...]) -> set[str]:
    return {parameter.name.text for parameter in parameters}


def _kinds(lines: tuple[tree.Line, ...]) -> list[tuple[Token, set[str]]]:
    """Every kind word below some lines, with the names that `for` and `let` define there."""
    kinds: list[Token] = []
    bound: set[str] = set()
    stack = list(lines)
    while stack:
        for statement in stack.pop().statements:
            bodies: list[tree.Body] = []
            match statement:
                case tree.LayerStatement(_, kind, arguments, body):
                    kinds += [kind] if kind is not None else []
                    if kind is not None and arguments and kind.text.upper() == SCAN.name:
                        block = arguments[0].value
                        kinds += [block] if isinstance(block, Token) and block.type == "WORD" else []
                    bodies = [body] if body is not None else []
                case tree.Let(name, _):
                    bound.add(name.text)
                case tree.For(names, _, body, _):
                    bound.update(token.text for token in names)
                    bodies = [body]
                case tree.If():
                    bodies = statement.bodies
            stack += [line for body in bodies for line in body.lines]
    return [(kind, bound) for kind in kinds]


def _rings(reached: Reached) -> list[set[KindReference]]:
    """The sets of names that all reach one another (Kosaraju's two walks); a name alone where it names itself."""
    backwards: dict[KindReference, list[KindReference]] = {name: [] for name in reached}
    for name, following in reached.items():
        for one in following:
            backwards[one].append(name)
    seen: set[KindReference] = set()
    finished = [name for start in reached for name in _walk(start, reached, seen)]
    seen.clear()
    sets = [set(_walk(start, backwards, seen)) for start in reversed(finished)]
    return [ring for ring in sets if len(ring) > 1 or any(name in reached[name] for name in ring)]


def _walk(
    start: KindReference, ways: Mapping[KindReference, Iterable[KindReference]], seen: set[KindReference]
) -> Iterator[KindReference]:
    """The names that were not seen and can be reached, each after those that it leads to."""
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


def _loop(start: KindReference, reached: Reached, ring: set[KindReference]) -> list[KindReference]:
    """A way from a block back to itself, the block first; the shortest one."""
    came: dict[KindReference, KindReference] = {}
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
