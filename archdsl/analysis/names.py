"""The named results of a container: labels to values, and the numbers of what has no label."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from archdsl.analysis.problem import Problem
from archdsl.diagnostics import Related, Span, nearest
from archdsl.ir.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.tree import Token


class Value(NamedTuple):
    """What flows between items: its number within the check, and its shape; None after a fault."""

    number: int
    shape: Shape | None


class Entry(NamedTuple):
    """What a label stands for. `inside` are the names of a group, which dots enter; blocks and repeats have none."""

    values: tuple[Value, ...]
    token: Token
    inside: Names | None = None
    activation: str | None = None  # the kind of an activation behind the layer on its line


class Names:
    """The labels of one named group, block in use or model, and how far its numbers have counted."""

    def __init__(self, around: Names | None) -> None:
        self.around = around
        self.entries: dict[str, Entry] = {}
        self.taken: dict[str, Token] = {}  # labels in use, also those of closed places
        self.counter = 0
        self.expects: list[tree.Expect] = []
        self.outputs: tree.Output | None = None

    def claim(self, label: str, token: Token) -> None:
        """Take a label; raises Problem where it is taken."""
        if label in self.taken:
            first = self.taken[label]
            again = " again, by a repeat or a `for`" if first.start == token.start else ""
            message = f"the name {label} is given twice{again}"
            hint = (
                "a name in a loop carries the turn: conv{i}; a repeat is named as a whole: layers: { ... } x3"
                if again
                else None
            )
            related = () if again else (Related(Span(first.start, first.end), "first given here"),)
            raise Problem("duplicate-name", message, token, hint=hint, related=related)
        self.taken[label] = token

    def number(self, label: str | None) -> int:
        """The number of the next item; a numeric label sets where counting goes on."""
        if label is not None and label.isdigit():
            self.counter = int(label)
        self.counter += 1
        return self.counter - 1

    def find(self, reference: Token) -> Entry:
        """What a reference reads: the innermost name in sight, then by dots into named groups."""
        text = reference.text[1:-1] if reference.type == "STRING" else reference.text
        parts = [text] if reference.type == "STRING" else text.split(".")
        scope: Names | None = self
        while scope is not None and parts[0] not in scope.entries:
            scope = scope.around
        if scope is None:
            raise self._unknown(parts[0], reference)
        entry = scope.entries[parts[0]]
        for before, part in itertools.pairwise(parts):
            if entry.inside is None:
                message = f"{before} cannot be entered: only named groups can, blocks and repeats never"
                raise Problem("unknown-name", message, reference)
            if part not in entry.inside.entries:
                raise entry.inside._unknown(part, reference)
            entry = entry.inside.entries[part]
        return entry

    def _unknown(self, name: str, at: Token) -> Problem:
        close = nearest(name, self.visible())
        closed = self._closed(name)
        message = f"no layer above is called {name}"
        if closed:
            message = f"{name} lies inside a repeat and cannot be read from outside"
        hint = f"did you mean {close}?" if close and not closed else None
        return Problem("unknown-name", message, at, hint=hint)

    def _closed(self, name: str) -> bool:
        return name in self.taken and name not in self.entries

    def visible(self) -> list[str]:
        """Every name in sight."""
        found: list[str] = []
        scope: Names | None = self
        while scope is not None:
            found += scope.entries
            scope = scope.around
        return found
