"""Lines with holes and the claims next to them: what can be decided by itself, before the rest is looked at."""

from __future__ import annotations

from archdsl.reading.holes import Hole, bodies
from archdsl.syntax import tree
from archdsl.typed import NamedTuple

_FAR = 16  # lines from a hole to the next claim


class Segment(NamedTuple):
    """Lines of one body, the first with a hole, the last with a claim, and the places that they span."""

    lines: tuple[tree.Line, ...]
    start: int
    end: int

    def __contains__(self, at: object) -> bool:
        return isinstance(at, int) and self.start <= at < self.end


def segments(file: tree.File, holes: tuple[Hole, ...]) -> list[Segment]:
    """From each hole to the next claim in its braces, inner braces before outer ones, in the order of the text."""
    found: list[Segment] = []
    stack: list[tuple[tree.Line, ...]] = [file.lines]
    while stack:
        lines = stack.pop()
        inside = [statement for line in lines for statement in line.statements]
        stack += [body.lines for statement in inside for body in bodies(statement)]
        laid = [
            line for line in lines if not isinstance(line.statements[0], (tree.ModelStatement, tree.Block, tree.Input))
        ]
        for number, line in enumerate(laid):
            at, last = _extent(line)
            if any(at <= hole.at < last for hole in holes):
                found += _to_claim(laid[number : number + _FAR])
    return sorted(found, key=lambda one: (one.end, -one.start))


def _to_claim(lines: list[tree.Line]) -> list[Segment]:
    """The lines up to the first with a claim."""
    for number, line in enumerate(lines):
        if any(_claims(one) and not isinstance(one, tree.Expect) for one in line.statements):
            return [Segment(tuple(lines[: number + 1]), start(lines[0].statements[0]), _extent(line)[1])]
    return []


def _extent(line: tree.Line) -> tuple[int, int]:
    """The places of a line, its braces included."""
    return start(line.statements[0]), max(map(end, line.statements))


def end(statement: tree.Statement) -> int:
    """Where a statement ends, its braces and claims included; 0 where nothing of it is laid."""
    match statement:
        case tree.Input() | tree.Unknown():
            return statement.end
        case tree.Let(_, value):
            return value.end
        case tree.Keep(name, reads, claims):
            return max(part.end for part in (name, *reads, *claims))
    own = statement.end if isinstance(statement, tree.LayerStatement) else 0
    return max([own, *(body.end for body in bodies(statement)), *(claim.end for claim in _claims(statement))])


def _claims(statement: tree.Statement) -> tuple[tree.Claim, ...]:
    match statement:
        case tree.LayerStatement() | tree.For() | tree.If() | tree.Keep() | tree.Expect():
            return statement.claims
    return ()


def start(statement: tree.Statement) -> int:
    """A place that tells a statement from every other."""
    match statement:
        case tree.LayerStatement() | tree.Input() | tree.Unknown():
            return statement.start
        case tree.UseStatement(path):
            return path.start
        case tree.Let(name, _) | tree.ModelStatement(name, _, _) | tree.Block(name, _, _, _):
            return name.start
        case tree.For(names, _, _, _) | tree.Output(names) | tree.Cases(names, _):
            return names[0].start
        case tree.If(arms, _, _):
            return arms[0][0].start
        case tree.Expect(claims):
            return claims[0].start
        case tree.Freeze(parts, _, _):
            return parts[0].start
        case tree.Keep(name, _, _):
            return name.start
