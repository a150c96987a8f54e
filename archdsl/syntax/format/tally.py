"""Claims as a table: shapes, and figures of one unit with their last digits below one another."""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.syntax.format.columns import WIDEST, runs
from archdsl.syntax.format.rows import Atom, TextRow
from archdsl.typed import NamedTuple

_MOST = 16  # columns of claims
_FIGURES = ("NUMBER", "GROUPED", "SCALED")
Key = tuple[str, int]  # a unit, or "" for a shape, and how many of it stand before


class Cell(NamedTuple):
    """One claim of a row."""

    key: Key
    atoms: list[Atom]  # with the comma after it

    @property
    def number(self) -> int:
        """The width of the figure; a shape has none."""
        return len(self.atoms[0].text) if self.key[0] else 0

    @property
    def tail(self) -> int:
        """The width of what follows the figure."""
        first = self.atoms[0]
        return sum(atom.width for atom in self.atoms) - first.gap - first.pad - self.number


class RowClaims(NamedTuple):
    """The claims of one row."""

    row: TextRow
    cells: list[Cell]


def align_claims(rows: list[TextRow]) -> None:
    """Align claims after `->` in a paragraph, and those of `expect` in neighbouring rows."""
    for paragraph in runs(rows, lambda a, b: a.paragraph == b.paragraph):
        _align([entry for row in paragraph for entry in _entries(row, "->")])
        for near in runs(paragraph, _neighbours):
            _align([entry for row in near for entry in _entries(row, "expect")])


def _neighbours(a: TextRow, b: TextRow) -> bool:
    return a.level == b.level and bool(a.atoms) and bool(b.atoms) and a.atoms[0].type == b.atoms[0].type


def _entries(row: TextRow, sign: str) -> Iterator[RowClaims]:
    """The claims at the end of a row, after `->` or `expect`; braces may close after those of `expect`."""
    at = len(row.atoms)
    if sign == "expect":
        while at and row.atoms[at - 1].text == "}":
            at -= 1
    end = at
    while at and row.atoms[at - 1].text not in ("{", "}", ";", "\\"):
        at -= 1
        atom = row.atoms[at]
        if atom.text == "->" or (atom.type == "EXPECT" and row.atoms[at + 1].text not in (":", ",")):
            if atom.text == sign:
                yield RowClaims(row, list(_cells(row.atoms[at + 1 : end])))
            return


def _cells(atoms: list[Atom]) -> Iterator[Cell]:
    """Part claims at their commas."""
    seen: dict[str, int] = {}
    start = depth = 0
    for at, atom in enumerate(atoms):
        depth += (atom.text in ("[", "(")) - (atom.text in ("]", ")"))
        if depth == 0 and (atom.text == "," or at == len(atoms) - 1):
            cell = atoms[start : at + 1]
            unit = cell[1].text if len(cell) > 1 and cell[0].type in _FIGURES and cell[1].type == "WORD" else ""
            yield Cell((unit, seen.get(unit, 0)), cell)
            seen[unit] = seen.get(unit, 0) + 1
            start = at + 1


def _align(entries: list[RowClaims]) -> None:
    """Align rows whose claims begin alike; rows that have them in another order stay as they are."""
    groups: dict[Key, list[RowClaims]] = {}
    for entry in entries:
        if entry.cells:
            groups.setdefault(entry.cells[0].key, []).append(entry)
    for group in groups.values():
        if len(group) > 1:
            _table(group)


def _table(group: list[RowClaims]) -> None:
    order: list[Key] = []
    fitting = [entry for entry in group if _insert(order, [cell.key for cell in entry.cells])]
    starts, figures = _widths(order, fitting)
    for entry in fitting:
        last = entry.cells[-1]
        end = starts[last.key] + figures[last.key] + last.tail
        if entry.row.end(len(entry.row.atoms)) + end <= WIDEST + _natural(entry):
            _move(entry, starts, figures)


def _insert(order: list[Key], keys: list[Key]) -> bool:
    """Put the claims of a row into the order of columns; False where that is another one, or there are too many."""
    if len({*order, *keys}) > _MOST:
        return False
    known = [order.index(key) for key in keys if key in order]
    if known != sorted(known):
        return False
    at = 0
    for key in keys:
        if key in order:
            at = order.index(key) + 1
        else:
            order.insert(at, key)
            at += 1
    return True


def _widths(order: list[Key], entries: list[RowClaims]) -> tuple[dict[Key, int], dict[Key, int]]:
    """Where each column begins, and how wide its figures are."""
    figures, tails = dict.fromkeys(order, 0), dict.fromkeys(order, 0)
    for entry in entries:
        for cell in entry.cells:
            figures[cell.key] = max(figures[cell.key], cell.number)
            if cell is not entry.cells[-1]:
                tails[cell.key] = max(tails[cell.key], cell.tail)
    starts: dict[Key, int] = {}
    start = 0
    for key in order:
        starts[key] = start
        start += figures[key] + tails[key] + 1
    return starts, figures


def _natural(entry: RowClaims) -> int:
    """The width of the claims of a row before they are aligned."""
    return sum(atom.width for cell in entry.cells for atom in cell.atoms) - entry.cells[0].atoms[0].gap


def _move(entry: RowClaims, starts: dict[Key, int], figures: dict[Key, int]) -> None:
    position = 0
    for number, cell in enumerate(entry.cells):
        first = cell.atoms[0]
        target = starts[cell.key] + (figures[cell.key] - cell.number if cell.key[0] else 0)
        gap = 0 if number == 0 else first.gap
        first.pad = max(0, target - position - gap)
        position += gap + first.pad + cell.number + cell.tail
