"""The columns of a text: labels, values, joined statements, inputs, claims and comments below one another.

Each function aligns one thing from left to right through all rows; none looks at how the text was spaced before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from archdsl.syntax.format.columns import ColumnPlace, place, runs, widen
from archdsl.syntax.format.rows import Atom, TextRow, settle
from archdsl.syntax.format.statements import RowShape, StatementPart, claims_at, levels, neighbours
from archdsl.syntax.format.tally import align_claims

COLUMN, FURTHEST = 50, 90  # claims and comments stand here or further right, claims up to there
_BEFORE_CLAIMS, _BEFORE_INPUTS, _BEFORE_STATEMENT, _BEFORE_COMMENT = 3, 2, 2, 2
_MOST = 16  # columns of statements


def align(rows: list[TextRow]) -> None:
    """Align everything, from left to right."""
    shapes = [RowShape(row) for row in rows]
    together = [[shapes[n] for n in run] for run in levels(shapes)]
    for run in together:
        _numbers(run)
        _labels(run)
    for lines in runs(rows, lambda a, b: b.under is not None):
        _lists(lines)
    for near in neighbours(shapes):
        _definitions(near)
        _conditions(near)
        _joined(near)
        _inputs(near)
    align_claims(rows)
    settle(rows)
    paragraphs = list(runs(rows, lambda a, b: a.paragraph == b.paragraph))
    for paragraph in paragraphs:
        place(
            (ColumnPlace(row, at) for row in paragraph for at in [claims_at(row)] if at),
            _BEFORE_CLAIMS,
            COLUMN,
            FURTHEST,
        )
    settle(rows)
    for paragraph in paragraphs:
        _comments(paragraph)


# ---- Values and labels


def _numbers(run: list[RowShape]) -> None:
    """`INCEPTION  64  96 128`: values of one kind, all of them numbers, with their last digits below one another."""
    groups: dict[tuple[str, int], list[list[Atom]]] = {}
    for shape in run:
        part = shape.first
        if part is None or part.head is None or part.head.type != "WORD":
            continue
        values = _values(shape.row.atoms, part)
        if len(values) > 1 and all(atom.type == "NUMBER" for atom in values):
            groups.setdefault((part.head.text, len(values)), []).append(values)
    for group in groups.values():
        widen(group, numbers=True)


def _values(atoms: list[Atom], part: StatementPart) -> list[Atom]:
    """What stands between a kind and its repeat, inputs and claims."""
    found = []
    for atom in atoms[part.kind_at + 1 : part.end]:
        if atom.text in (";", "}", "<-", "->", "x(") or atom.type in ("REPEAT", "XHOLE"):
            break
        found.append(atom)
    return found


def _labels(run: list[RowShape]) -> None:
    """Kinds below one another after their labels, up to a layer without one, braces over lines, or a block."""
    near: list[ColumnPlace] = []
    braced = False
    for shape in run:
        part = shape.first
        assert part is not None
        if near and shape.braced != braced:
            place(near, 1)
            near = []
        braced = shape.braced
        if not part.layer and shape.row.atoms[0].type != "BLOCK":
            continue
        if part.labelled and not shape.opens and part.kind_at < len(shape.row.atoms):
            near.append(ColumnPlace(shape.row, part.kind_at))
            continue
        if near:
            place(near, 1)
            near = []
    place(near, 1)


def _definitions(near: list[RowShape]) -> None:
    """The = of neighbouring `let`s below one another, lists and other values each for themselves."""
    for run in runs((shape.row for shape in near), lambda a, b: _definition(a) == _definition(b)):
        place((ColumnPlace(row, 2) for row in run if _definition(row) is not None), 1)


def _definition(row: TextRow) -> bool | None:
    """Whether a `let` defines a list; None for what is no `let`."""
    return row.atoms[3].text == "[" if _is(row, "LET") and len(row.atoms) > 3 else None


def _is(row: TextRow, type: str) -> bool:
    """Whether a row begins with a keyword that is no label."""
    return row.plain and row.atoms[0].type == type and len(row.atoms) > 1 and row.atoms[1].text not in (":", ",")


def _lists(lines: list[TextRow]) -> None:
    """Values of a list over several lines, where the lines have the same form."""
    if len(lines) < 2:
        return
    opened = lines[1].under
    assert opened is not None
    first = lines[0].atoms[opened[1] + 1 :] if opened[0] is lines[0] else []
    rows = [first, *(row.atoms for row in lines[1:] if row.under == opened)]
    rows = [row for row in rows if row]
    forms = [_form(row) for row in rows]
    longest = max(forms, key=len, default=())
    alike = zip(rows, forms, strict=True)
    widen([row[: len(form)] for row, form in alike if longest[: len(form)] == form], numbers=True)


def _form(atoms: list[Atom]) -> tuple[str, ...]:
    """The types of the tokens of a line of a list, without what ends the line."""
    end, depth = len(atoms), 0
    for at, atom in enumerate(atoms):
        depth += (atom.text == "[") - (atom.text == "]")
        if depth < 0:
            end = at
            break
    while end and atoms[end - 1].text == ",":
        end -= 1
    return tuple(atom.type for atom in atoms[:end])


def _conditions(near: list[RowShape]) -> None:
    """Neighbouring `if`s on one line each: equal conditions token by token, and the braces below one another."""
    for run in runs((shape.row for shape in near), lambda a, b: _one_line_if(a) and _one_line_if(b)):
        if len(run) < 2:
            continue
        for alike in runs(run, lambda a, b: _condition(a) == _condition(b)):
            widen([row.atoms[: len(_condition(row))] for row in alike], numbers=False)
        place((ColumnPlace(row, len(_condition(row))) for row in run), 1)


def _one_line_if(row: TextRow) -> bool:
    return _is(row, "IF") and row.atoms[-1].text == "}"


def _condition(row: TextRow) -> tuple[str, ...]:
    """The form of a condition: its words, and what types its values have."""
    found = []
    for atom in row.atoms:
        if atom.text == "{":
            break
        found.append(atom.type if atom.type in ("NUMBER", "STRING") else atom.text)
    return tuple(found)


# ---- Joined statements, inputs and comments


def _joined(run: list[RowShape]) -> None:
    """Statements joined on a line below those of neighbouring lines that have the same form or first kind."""
    joined = [shape for shape in run if len(shape.parts) > 1]
    cluster: list[RowShape] = joined[:1]
    for before, shape in pairwise(joined):
        if not _alike(before, shape):
            _columns(cluster)
            cluster = []
        cluster.append(shape)
    _columns(cluster)


def _alike(a: RowShape, b: RowShape) -> bool:
    if a.braced != b.braced:
        return False
    heads = [shape.parts[0].head for shape in (a, b)]
    kinds = [head.text if head and head.type == "WORD" else None for head in heads]
    if kinds[0] is not None and kinds[0] == kinds[1]:
        return True
    return [unit[0].form for unit in a.units] == [unit[0].form for unit in b.units]


def _columns(cluster: list[RowShape]) -> None:
    """Align unit by unit and, inside of each, statement by statement."""
    table = [(shape.row, shape.units) for shape in cluster]
    for unit in range(min(_MOST, max((len(units) for _, units in table), default=0))):
        having = [(row, units[unit]) for row, units in table if len(units) > unit]
        for number in range(min(_MOST, max(len(parts) for _, parts in having))):
            if unit or number:
                starts = (ColumnPlace(row, parts[number].start) for row, parts in having if len(parts) > number)
                place(starts, _BEFORE_STATEMENT)


def _inputs(near: list[RowShape]) -> None:
    """The <- of neighbouring rows below one another."""
    for run in _having_inputs(near):
        place((ColumnPlace(shape.row, shape.inputs) for shape in run if shape.inputs), _BEFORE_INPUTS)


def _having_inputs(near: list[RowShape]) -> Iterator[list[RowShape]]:
    run: list[RowShape] = []
    for shape in near:
        if shape.inputs is not None:
            run.append(shape)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _comments(paragraph: list[TextRow]) -> None:
    """Comments after lines below one another: those in a list, those after claims, and all others."""
    for run in _apart([row for row in paragraph if row.atoms]):
        for claiming in (True, False):
            rows = (row for row in run if row.comment and (claims_at(row) is not None) == claiming)
            place((ColumnPlace(row, len(row.atoms)) for row in rows), _BEFORE_COMMENT, COLUMN)


def _apart(paragraph: list[TextRow]) -> Iterable[list[TextRow]]:
    """The rows of lists over several lines, each list for itself, and all others."""
    lists = [run for run in runs(paragraph, lambda a, b: b.under is not None) if len(run) > 1]
    inside = {row for run in lists for row in run}
    return [*lists, [row for row in paragraph if row not in inside]]
