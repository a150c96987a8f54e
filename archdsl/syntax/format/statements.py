"""What alignment sees in the rows of a text: the statements of each, and which rows belong together."""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.syntax.format.rows import Atom, TextRow

_NAMES = ("WORD", "TEMPLATE", "NUMBER", "STRING", "REPEAT")
_KEYWORDS = ("MODEL", "USE", "BLOCK", "INPUT", "OUTPUT", "LET", "CASES", "EXPECT", "FREEZE", "KEEP", "FOR", "IF")


class StatementPart:
    """One statement of a row: where it begins and ends, and what it is."""

    def __init__(self, atoms: list[Atom], start: int, end: int) -> None:
        self.start = start
        self.end = end = next((at for at in range(start, end) if atoms[at].text in ("<-", "->")), end)
        self.kind_at = _behind_label(atoms, start, end)
        self.labelled = self.kind_at > start
        self.head = atoms[self.kind_at] if self.kind_at < end else None
        self.bare = end - start == 1 and atoms[start].type == "WORD"

    @property
    def layer(self) -> bool:
        return self.labelled or (self.head is not None and (self.head.type == "WORD" or self.head.text == "{"))

    @property
    def form(self) -> tuple[bool, bool]:
        return self.labelled, self.end > self.kind_at + 1


class RowShape:
    """What the alignment needs to know of a row in which statements begin."""

    def __init__(self, row: TextRow) -> None:
        self.row = row
        self.parts, self.inputs = _parts(row.atoms) if row.plain else ([], None)
        self.opens = bool(row.atoms) and row.atoms[-1].text == "{"
        self.braced = bool(row.atoms) and row.atoms[0].text == "{" and _closed(row.atoms)

    @property
    def units(self) -> list[list[StatementPart]]:
        """The statements, those that are one word with the one before: an activation belongs to its layer."""
        units: list[list[StatementPart]] = []
        for part in self.parts:
            if part.bare and units:
                units[-1].append(part)
            else:
                units.append([part])
        return units

    @property
    def first(self) -> StatementPart | None:
        return self.parts[0] if self.parts else None


def _closed(atoms: list[Atom]) -> bool:
    """Whether a row closes all braces that it opens."""
    return sum((atom.text == "{") - (atom.text == "}") for atom in atoms) == 0


def _behind_label(atoms: list[Atom], start: int, end: int) -> int:
    """Where a statement goes on after its label; at its start without one."""
    at = start
    while at + 1 < end and atoms[at].type in (*_NAMES, *_KEYWORDS) and atoms[at + 1].text in (",", ":"):
        if atoms[at + 1].text == ":":
            return at + 2
        at += 2
    return start


def _parts(atoms: list[Atom]) -> tuple[list[StatementPart], int | None]:
    """The statements on a row's own level, and where the row says what it reads."""
    start = 0
    while start < len(atoms) and atoms[start].text == "{":
        start += 1
    parts, depth, at, inputs = [], 0, start, None
    while at < len(atoms) and depth >= 0:
        text = atoms[at].text
        depth += (text in ("{", "(", "x(", "[")) - (text in ("}", ")", "]"))
        if text == ";" and depth == 0:
            parts.append(StatementPart(atoms, start, at))
            start = at + 1
        at += 1
    end = at - 1 if depth < 0 else at
    if end > start:
        parts.append(StatementPart(atoms, start, end))
    if atoms[0].type != "BLOCK":
        inputs = _last(atoms, "<-")
    return [part for part in parts if part.end > part.start], inputs


def _last(atoms: list[Atom], sign: str) -> int | None:
    """Where a sign stands after all braces and statements of a row."""
    for at in range(len(atoms) - 1, 0, -1):
        if atoms[at].text == sign:
            return at
        if atoms[at].text in ("{", "}", ";"):
            return None
    return None


def claims_at(row: TextRow) -> int | None:
    """Where the claims of a row begin."""
    return _last(row.atoms, "->")


# ---- Which rows belong together


def levels(shapes: list[RowShape]) -> Iterator[list[int]]:
    """Rows of one paragraph with statements on one level, whatever stands deeper between them."""
    groups: dict[tuple[int, int], list[int]] = {}
    for number, shape in enumerate(shapes):
        if shape.parts:
            groups.setdefault((shape.row.paragraph, shape.row.level), []).append(number)
    yield from groups.values()


def neighbours(shapes: list[RowShape]) -> Iterator[list[RowShape]]:
    """Rows of one paragraph and level with nothing deeper between them."""
    run: list[RowShape] = []
    for shape in shapes:
        if not shape.row.atoms or shape.row.under is not None:
            continue
        last = run[-1].row if run else shape.row
        if (last.paragraph, last.level) != (shape.row.paragraph, shape.row.level):
            yield run
            run = []
        run.append(shape)
    yield run
