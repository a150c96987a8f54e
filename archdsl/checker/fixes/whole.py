"""Lines that are mended as wholes: braces that read several values, a `freeze` in a loop."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.checker.fixes.proposal import Fault
from archdsl.checker.fixes.statement import apart, flattened
from archdsl.layers import lookup

_FREEZING = re.compile(r"(\s*)for\s+(\w+)\s+in\s+(\d+)\.\.(\d+)\s*\{\s*freeze\s+([^{}]*(?:\{\w+\}[^{}]*)+)\s*\}\s*")
_MOST = 32  # turns of a loop that are written out


def proposals(lines: list[str], number: int, line: str, place: tuple[int, int], fault: Fault) -> Iterator[str]:
    """Lines that may be meant; `place` is where the statement with the fault stands."""
    start, end = place
    if fault.code == "missing-input":
        yield from _read_by_branches(line, start, end)
    elif fault.code == "syntax":
        yield from _written_out(line)


def _read_by_branches(line: str, start: int, end: int) -> Iterator[str]:
    """A merge whose branches all say what they read: any of it after the braces will do."""
    flat = flattened(line)
    kind, closed = lookup(apart(line[start:end]).kind), _closing(flat, end)
    if kind is None or not kind.merge or closed is None or line[closed + 1 :].lstrip().startswith("<-"):
        return
    inner = [part for part in re.split(r"[;{}]", line[end : closed + 1]) if part.strip()]
    reads = [re.search(r"<-\s*([\w.]+)", part) for part in inner if not re.match(r"\s*(?:for|if|else)\b", part)]
    if reads and all(reads) and reads[0] is not None:
        yield f"{line[: closed + 1]} <- {reads[0][1]}{line[closed + 1 :]}"


def _closing(flat: str, at: int) -> int | None:
    """Where the brace closes that opens after a place."""
    depth = 0
    for found in re.finditer(r"[{}]", flat[at:]):
        depth += 1 if found.group() == "{" else -1
        if depth == 0:
            return at + found.start()
    return None


def _written_out(line: str) -> Iterator[str]:
    """`for i in 0..1 { freeze layer1.{i}.bn1 }` as one `freeze` of all that is meant."""
    found = re.fullmatch(
        r"(\s*)for\s+(\w+)\s+in\s+(\d+)\.\.(\d+)\s*\{\s*freeze\s+([^{}]*(?:\{\w+\}[^{}]*)+)\s*\}\s*", line
    )
    if found is None:
        return
    indent, name, first, last, path = found.groups()
    turns = range(int(first[:6]), int(last[:6]) + 1)
    if 0 < len(turns) <= _MOST and set(re.findall(r"\{(\w+)\}", path)) == {name}:
        parts = [path.strip().replace(f"{{{name}}}", str(turn)) for turn in turns]
        yield f"{indent}freeze {', '.join(parts)}"
