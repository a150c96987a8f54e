"""A tree that was made of a text of our own, with the places of the text that it stands for."""

from __future__ import annotations

from bisect import bisect_right

from archdsl.diagnostics import Span
from archdsl.syntax import tree
from archdsl.typed import Any, Protocol


class Made(Protocol):
    """A piece of the text that was made: where, and what it stands for."""

    @property
    def start(self) -> int: ...

    @property
    def place(self) -> Span: ...

    @property
    def comes(self) -> tuple[tree.Comes, ...]: ...


def placed(file: tree.File, parts: list[Any], whole: Span) -> tuple[tree.Line, ...]:
    """The lines of a tree at the places of the pieces of which its text was made."""
    starts = [part.start for part in parts]

    def part_at(start: int) -> Made | None:
        found = bisect_right(starts, start) - 1
        return parts[found] if found >= 0 else None

    def moved(node: Any) -> Any:
        if not isinstance(node, tuple):
            return node
        if not hasattr(node, "_fields"):
            return tuple(moved(item) for item in node)
        fields = {name: moved(getattr(node, name)) for name in node._fields}
        if "start" in fields:
            part = part_at(node.start)  # type: ignore[attr-defined]
            at = part.place if part is not None else whole
            fields |= {"start": at.start, "end": at.end}
            if isinstance(node, tree.LayerStatement) and node.kind is not None and part is not None:
                fields["comes"] = part.comes
        return type(node)(**fields)

    return tuple(moved(line) for line in file.lines)
