"""The named results of a container, the numbers of what has no label, and the place of a statement among them."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from archdsl.diagnostics import Related, Span, nearest
from archdsl.expressions.labels import DISCARD, discards
from archdsl.expressions.scope import WRONG, Scope, Words
from archdsl.faults.problem import Problem, Silent
from archdsl.layers import REGISTRY
from archdsl.network.nodes import Node
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple, new

_SEVERAL = "a block gives several results: output a, b"


class Value(NamedTuple):
    """What flows between items: its number within the check, and its shape; None after a fault.

    After a shape that is not the claimed one the value is in `doubt`: what follows from its shape alone says nothing.
    """

    number: int
    shape: Shape | None
    doubt: bool = False


class Part(NamedTuple):
    """What a label runs, with where it was laid, so that SHARE can run it again: `of` is its first result, `defined`
    how many names had a value there. `node` is None after a fault.
    """

    of: int
    node: Node | None
    statement: tree.LayerStatement
    place: Place
    defined: int


class Entry(NamedTuple):
    """What a label stands for. `inside` are the names of a group, which dots enter; blocks and repeats have none.

    An input and a further result are no `part`, nor is what has a fault.
    """

    values: tuple[Value, ...]
    token: Token
    inside: Names | None = None
    activation: str | None = None  # the kind of an activation after the layer on its line
    part: Part | None = None
    failed: bool = False  # whether it is unknown what was laid
    absent: bool = False  # an optional input of a block that this use does not give

    def empty(self, token: Token) -> Problem:
        """The fault of a name that stands for no value."""
        name = token.text
        if self.absent:
            message = f"{name} is an optional input, and this use of the block does not give it"
            return Problem("missing-input", message, token, hint=f"if {name} {{ ... }} asks for it")
        return Problem("unknown-name", f"{name} gives nothing: it is repeated 0 times", token)


class Kept(NamedTuple):
    """A value on a list, and the name after `keep` that put it there; `turn` counts all that is kept in a check."""

    value: Value
    at: Token
    turn: int


class KeptList:
    """What is on one list, the newest last; where values were kept on it, how many, and how many were taken off."""

    __slots__ = ("kept", "places", "taken", "values")

    def __init__(self) -> None:
        self.values: list[Kept] = []
        self.places: list[Token] = []
        self.kept = self.taken = 0

    def copy(self) -> KeptList:
        """The same list, to be changed by itself."""
        found = KeptList()
        found.values, found.places = list(self.values), list(self.places)
        found.kept, found.taken = self.kept, self.taken
        return found


class Lists:
    """The lists of the model, or of one use of a block, by their names.

    `labels` are those of all its lines, for a name is a label or a list. After a fault in a statement that keeps or
    takes the lists are in `doubt`.
    """

    __slots__ = ("doubt", "found", "labels")

    def __init__(self) -> None:
        self.found: dict[str, KeptList] = {}
        self.labels: dict[str, Token] = {}
        self.doubt = False

    def copy(self) -> Lists:
        """The same lists, to be changed by themselves."""
        copied = Lists()
        copied.found = {name: each.copy() for name, each in self.found.items()}
        copied.labels, copied.doubt = dict(self.labels), self.doubt
        return copied

    def revalue(self, number: int, anew: Callable[[Value], Value]) -> None:
        """Put something else for a value that was kept last."""
        for each in self.found.values():
            if each.values and each.values[-1].value.number == number:
                each.values[-1] = each.values[-1]._replace(value=anew(each.values[-1].value))


class Names:
    """The labels of one named group, block in use or model, and how far its numbers have counted."""

    def __init__(self, around: Names | None) -> None:
        self.around = around
        self.model = False  # whether these are the names of the model itself
        self.entries: dict[str, Entry] = {}
        self.taken: dict[str, Token] = {}  # labels in use, also those of closed places
        self.counter = 0
        self.uncounted = False  # whether some of these could not be read, so that numbers are not known
        self.expects: list[tree.Expect] = []
        self.freezes: list[tuple[tree.Freeze, Scope]] = []
        self.inits: list[tuple[tree.Init, Scope]] = []
        self.outputs: tree.Output | None = None
        self.outward: Token | None = None  # a name after `<-` inside that stands for something around
        self.listed: Token | tree.FromList | None = None  # where something inside uses a list, which is one of around
        self.lists: Lists = around.lists if around is not None else Lists()
        self.called: list[str] = []  # the names of the results that `output` lists
        self.entered: Token | None = None  # a name after `<-` around that stands for something inside
        self.shared: Token | None = None  # where SHARE runs all of it again
        self.discarded: tree.LayerStatement | None = (
            None  # the last line, where `_` discards what the next one would read
        )

    def claim(self, label: str, token: Token) -> None:
        """Take a label; raises Problem where it is taken, or is none."""
        if discards(token):
            message = "`_` discards a result of a layer, and cannot be the name of what is read"
            raise Problem("invalid-name", message, token)
        if label in self.lists.found:
            raise name_of_both(label, token, self.lists.found[label].places[0])
        if label in self.taken:
            first = self.taken[label]
            again = " again, by a repeat or a `for`" if first.start == token.start else ""
            message = f"the name {label} is given twice{again}"
            hint = (
                "a name in a loop needs the loop variable: conv{i}; a repeat is named as a whole: layers: { ... } x3"
                if again
                else None
            )
            related = () if again else (Related(Span(first.start, first.end), "first given here"),)
            raise Problem("duplicate-name", message, token, hint=hint, related=related)
        if _is_number(label) and int(label) < self.counter and not self.uncounted:
            message = f"the number {label} could mean a layer above: the next free number is {self.counter}"
            raise Problem("duplicate-name", message, token, instead=(str(self.counter),))
        self.taken[label] = token
        self.lists.labels[label] = token

    def note_list(self, at: Token | tree.FromList) -> None:
        """Note that a list is used here: it is one of what is around each named group up to its owner."""
        scope = self
        while scope.around is not None:
            scope.listed = scope.listed or at
            scope = scope.around

    def number(self, label: str | None) -> int:
        """The number of the next item; a numeric label sets where counting goes on."""
        if label is not None and _is_number(label):
            self.counter = int(label)
        self.counter += 1
        return self.counter - 1

    def find(self, reference: Token, *, reads: bool = True) -> list[Entry]:
        """The way to what a reference reads: the innermost name in sight, then by dots into named groups."""
        text = reference.text[1:-1] if reference.type == "STRING" else reference.text
        parts = [text] if reference.type == "STRING" else text.split(".")
        if DISCARD in parts and reference.type != "STRING":
            message = "`_` is not a name: after `<-` it stands alone, for what the line would read without `<-`"
            raise Problem("unknown-name", message, reference, hint="give the result a name in place of `_`")
        scope: Names | None = self
        passed: list[Names] = []
        while scope is not None and parts[0] not in scope.entries:
            passed.append(scope)
            scope = scope.around
        if scope is None:
            raise self._unknown(parts[0], reference)
        for each in passed if reads else ():
            each.outward = each.outward or reference
        way = [scope.entries[parts[0]]]
        for before, part in itertools.pairwise(parts):
            entry = way[-1]
            if entry.inside is None:
                if any(value.shape is None for value in entry.values):
                    raise Silent
                message = (
                    f"{before} is not a named group: only layers of a named group can be "
                    f"read from outside, never those of a block or a repeat"
                )
                raise Problem("unknown-name", message, reference)
            if part not in entry.inside.entries:
                raise entry.inside._unknown(part, reference)
            if reads:
                entry.inside.enter(before, reference)
            way.append(entry.inside.entries[part])
        return way

    def enter(self, name: str, reference: Token) -> None:
        """Note that something around reads into this group; raises Problem where SHARE runs it as a whole."""
        self.entered = self.entered or reference
        if self.shared is not None:
            related = (Related(Span(self.shared.start, self.shared.end), f"{name} runs again here"),)
            message = f"{name} runs more than once, so only its result can be read, not a layer inside it"
            raise Problem("not-shareable", message, reference, hint=_SEVERAL, related=related)

    def _unknown(self, name: str, at: Token) -> Problem:
        close = nearest(name, self.visible())
        message = f"no layer above is named {name}"
        hint, instead = None, (close,) if close else ()
        if self._unfinished(name):
            message, hint = f"{name} is the name of the group around this line, which has no result yet", None
        elif name in self.lists.found:
            message = f"{name} is a list, and what is on it is read by `take {name}` or `all {name}`"
            hint, instead = "`take` reads the newest value and removes it, `all` reads each, the oldest first", ()
        elif name == "input":
            hint = "an input is read by its name: give it one, and a colon"
        return Problem("unknown-name", message, at, hint=hint, instead=instead)

    def _unfinished(self, name: str) -> bool:
        scope: Names | None = self
        while scope is not None and name not in scope.taken:
            scope = scope.around
        return scope is not None and name not in scope.entries and name != "input"

    def fail(self, label: str, token: Token, values: tuple[Value, ...]) -> None:
        """A label whose statement has a fault: what reads it stays silent."""
        self.entries.setdefault(label, Entry(values, self.taken.setdefault(label, token), failed=True))

    def visible(self) -> list[str]:
        """Every name in sight."""
        found: list[str] = []
        scope: Names | None = self
        while scope is not None:
            found += scope.entries
            scope = scope.around
        return found


def name_of_both(name: str, again: Token, first: Token) -> Problem:
    """The fault of a name that is a label and a list."""
    related = (Related(Span(first.start, first.end), "first given here"),)
    message = f"{name} is the name of a list and of a layer: a name is one or the other"
    return Problem("duplicate-name", message, again, related=related)


def _is_number(label: str) -> bool:
    """Whether a label is a number, from which counting goes on; digits of other scripts are letters of a name."""
    return label.isascii() and label.isdigit()


class Place(NamedTuple):
    """The values of names, the named results, and the blocks in use around; `branch` in the braces of a merge.

    `kinds` are the words for kinds and blocks in the file at hand, `repeat` is how often what is around is repeated.
    """

    scope: Scope
    names: Names
    chain: tuple[tree.Block, ...]
    kinds: Words
    branch: bool = False
    repeat: tree.Expr | None = None

    def reading(self, value: Value | None) -> Place:
        """The same place for a line that reads `value`: `in` is its channels."""
        channels = None if value is None else WRONG if value.shape is None else value.shape.sizes[-1]
        if self.scope.sight is not None:
            return self._replace(scope=self.scope.reading(channels).seeing(self.scope.sight.reading(value)))
        if channels is self.scope.channels:
            return self
        return new(Place, (self.scope.reading(channels), self.names, self.chain, self.kinds, self.branch, self.repeat))

    def below(self, value: Value | None) -> Place:
        """The same place for the line below `value`, which reads it unless it says what it reads."""
        place = self.reading(value)
        if place.scope.sight is None:
            return place
        return place._replace(scope=place.scope.seeing(place.scope.sight.below(value)))

    def opening(self, takes: tuple[Value, ...]) -> Place:
        """The same place before the first line of braces; with several inputs, what is above does not come in."""
        if len(takes) < 2 or self.scope.sight is None:
            return self
        first = takes[0] if self.scope.channels is not None else None
        return self._replace(scope=self.scope.seeing(self.scope.sight.opening(first)))

    def inner(self, names: Names | None = None, *, branch: bool = False) -> Place:
        """The place inside braces, with names of its own where they have some."""
        scope = self.scope.inner()
        if names is not None and scope.sight is not None:
            scope.sight = scope.sight.inside(names)
        return new(Place, (scope, names or self.names, self.chain, self.kinds, branch, self.repeat))

    def named(self, names: Names) -> Place:
        """The same place with other names."""
        scope = self.scope
        if scope.sight is not None:
            scope = scope.seeing(scope.sight.inside(names))
        return new(Place, (scope, names, self.chain, self.kinds, self.branch, self.repeat))


def mark_activation(line: tree.Line, names: Names) -> None:
    """Remember which labels of a line have an activation after them on it."""
    for statement, after in zip(line.statements, line.statements[1:], strict=False):
        if not (
            isinstance(statement, tree.LayerStatement)
            and statement.names
            and isinstance(after, tree.LayerStatement)
            and after.kind
        ):
            continue
        kind = REGISTRY.get(after.kind.text.upper())
        label = statement.names[0].text
        if kind is not None and kind.activation and label in names.entries:
            names.entries[label] = names.entries[label]._replace(activation=kind.name)
