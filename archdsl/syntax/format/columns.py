"""What stands below one another: tokens of several rows, moved right to a common column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from archdsl.syntax.format.rows import Atom, TextRow
from archdsl.typed import NamedTuple

WIDEST = 120  # alignment makes no row longer than this


class ColumnPlace(NamedTuple):
    """Where in a row a column may begin: a token, or the comment after all tokens."""

    row: TextRow
    at: int

    @property
    def end(self) -> int:
        return self.row.end(self.at)

    @property
    def rest(self) -> int:
        if self.at < len(self.row.atoms):
            return self.row.rest(self.at)
        return len(self.row.comment or "")


def place(places: Iterable[ColumnPlace], gap: int, least: int = 0, most: int = WIDEST) -> None:
    """Move tokens to one column, `gap` after the longest of what stands before them, from `least` to `most`.

    A row that would become too long for that stands apart, with its own distance; so does one that pushes others out.
    """
    measured = sorted(((p.end, p.rest, n, p) for n, p in enumerate(places)), reverse=True)
    if not measured:
        return
    fitting = [one for one in measured if one[0] + gap <= most and one[0] + gap + one[1] <= WIDEST]
    tails = [0]
    for _, rest, _, _ in reversed(fitting):
        tails.append(max(tails[-1], rest))
    longest = tails[:0:-1]
    first = next((n for n, one in enumerate(fitting) if max(least, one[0] + gap) + longest[n] <= WIDEST), len(fitting))
    column = max(least, fitting[first][0] + gap) if first < len(fitting) else 0
    apart = {one[2] for one in fitting[first:]}
    for end, _, number, one in measured:
        _move(one, column - end if number in apart else gap)


def _move(one: ColumnPlace, distance: int) -> None:
    if one.at < len(one.row.atoms):
        atom = one.row.atoms[one.at]
        atom.pad = distance - atom.gap
    else:
        one.row.comment_pad = distance


def runs(rows: Iterable[TextRow], same: Callable[[TextRow, TextRow], bool]) -> Iterator[list[TextRow]]:
    """Neighbouring rows that belong together."""
    run: list[TextRow] = []
    for row in rows:
        if run and not same(run[-1], row):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def widen(group: list[list[Atom]], numbers: bool) -> None:
    """Tokens of the same form below one another, token by token; numbers with their last digits if `numbers`."""
    for at in range(max(map(len, group), default=0)):
        group = [atoms for atoms in group if len(atoms) > at]
        widest = max(len(atoms[at].text) for atoms in group)
        for atoms in group:
            missing = widest - len(atoms[at].text)
            if missing and numbers and atoms[at].type == "NUMBER":
                atoms[at].pad += missing
            elif missing:
                _after(atoms, at + 1, missing)


def _after(atoms: list[Atom], at: int, missing: int) -> None:
    """Leave space after a token and the comma or bracket that touches it."""
    while at < len(atoms) and atoms[at].gap == 0:
        at += 1
    if at < len(atoms):
        atoms[at].pad += missing
