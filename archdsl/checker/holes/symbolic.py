"""What leaves a size symbolic where no one number fits: `input Tx1` for `input ?x1`, with the condition it needs."""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.checker.checked import Checked
from archdsl.checker.holes.equations import Wish
from archdsl.checker.holes.trial import Bench
from archdsl.checker.setting import check_setting
from archdsl.diagnostics import Source
from archdsl.expressions.unknown import parts
from archdsl.limits import Limits
from archdsl.reading.holes import Hole
from archdsl.reading.reading import Reading, read
from archdsl.reading.setting import Setting
from archdsl.reading.where import symbol_names
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any, NamedTuple

_NAMES = {1: "N", 2: "TC", 3: "HWC", 4: "FHWC"}  # of the axes of an input, by how many there are
_OTHERS = "STUVKLMPQR"
_FEW = 3  # conditions that are listed


class Substitution(NamedTuple):
    """Another text for a part of the text."""

    start: int
    end: int
    text: str


class SymbolicStatement(NamedTuple):
    """A statement with symbols in place of its holes: the edits, where it begins, and where its `where` goes on."""

    edits: tuple[Substitution, ...]
    start: int
    end: int
    stated: bool  # whether it has a `where`


def open_forms(
    reading: Reading,
    left: list[Hole],
    samples: list[dict[int, int]],
    settings: list[dict[str, Any]],
    limits: Limits,
) -> dict[int, str]:
    """What to write so that the sizes which some holes stand for are symbolic, by the place of each; it was checked.

    `samples` are numbers for the holes that stand for something else; nothing where what they are matters, or where the
    text does not hold so.
    """
    places = {hole.at for hole in left}
    opened = list(_opened(reading, places))
    symbolic = {at for at in places if any(one.start <= at < one.end for one in opened)}
    rest = [{at: number for at, number in sample.items() if at not in symbolic} for sample in samples]
    hints = {_form(reading, opened, numbers, settings, limits) for numbers in rest} if symbolic else set()
    hint = hints.pop() if len(hints) == 1 else None
    return dict.fromkeys(symbolic, hint) if hint is not None else {}


def _form(
    reading: Reading,
    opened: list[SymbolicStatement],
    values: dict[int, int],
    settings: list[dict[str, Any]],
    limits: Limits,
) -> str | None:
    """The statements with their symbols and what they need; None where the text does not hold so."""
    numbers = [Substitution(at, at + 1, str(number)) for at, number in values.items()]
    edits = [*numbers, *(edit for one in opened for edit in one.edits)]
    needs = _needs(_read(reading, edits, limits), settings, limits)
    if needs is None:
        return None
    if needs:
        last = opened[-1]
        more = Substitution(last.end, last.end, f"{', ' if last.stated else ' where '}{', '.join(needs)}")
        opened = [*opened[:-1], last._replace(edits=(*last.edits, more))]
        edits.append(more)
    text = _read(reading, edits, limits)
    checks = [check_setting(text, Setting.of(given, limits)) for given in settings]
    return None if any(one.failed for one in checks) else _hint(reading.own.text, opened, checks)


def input_names(reading: Reading, left: set[int]) -> dict[int, str]:
    """Names for holes that are axes of inputs, by their places."""
    return {edit.start: edit.text for one in _opened(reading, left) for edit in one.edits if edit.text}


def _opened(reading: Reading, left: set[int]) -> Iterator[SymbolicStatement]:
    """The inputs, and the line of the model, with symbols for holes that are whole sizes or whole defaults."""
    assert reading.file is not None
    statements = [statement for line in reading.file.lines for statement in line.statements]
    inputs = tuple(one for one in statements if isinstance(one, tree.Input))
    model = next((one for one in statements if isinstance(one, tree.ModelStatement)), None)
    taken = symbol_names(inputs, model) | ({one.name.text for one in model.parameters} if model else set())
    for statement in statements:
        if isinstance(statement, (tree.Input, tree.ModelStatement)):
            edits = tuple(_symbols(statement, left, taken))
            if edits:
                yield _placed(reading.own.text, statement, edits)


def _symbols(statement: tree.Input | tree.ModelStatement, left: set[int], taken: set[str]) -> Iterator[Substitution]:
    if isinstance(statement, tree.Input):
        yield from _axes(statement.size, left, taken)
    else:
        yield from _defaults(statement, left)


def _axes(size: tree.Expr, left: set[int], taken: set[str]) -> Iterator[Substitution]:
    """A capital name for each hole that is an axis of a shape."""
    items = size.items if isinstance(size, tree.List) else parts(size) if isinstance(size, Token) else ()
    for axis, item in enumerate(items):
        if isinstance(item, Token) and item.type == "HOLE" and item.start in left:
            names = [*_NAMES.get(len(items), "")[axis : axis + 1], *_OTHERS]
            name = next((name for name in names if name not in taken), None)
            if name is not None:
                taken.add(name)
                yield Substitution(item.start, item.end, name)


def _defaults(model: tree.ModelStatement, left: set[int]) -> Iterator[Substitution]:
    """Parameters of the model whose default is a hole, without one."""
    for parameter in model.parameters:
        found = parameter.default
        if isinstance(found, Token) and found.type == "HOLE" and found.start in left:
            yield Substitution(parameter.name.end, found.end, "")


def _placed(
    text: str, statement: tree.Input | tree.ModelStatement, edits: tuple[Substitution, ...]
) -> SymbolicStatement:
    if isinstance(statement, tree.Input):
        word, begin, end = "input", min([statement.start, *(one.start for one in statement.names)]), statement.end
    else:
        word, begin, end = "model", statement.name.start, text.index(")", edits[-1].end) + 1
    end = statement.where[-1].end if statement.where else end
    return SymbolicStatement(edits, text.rindex(word, 0, begin), end, bool(statement.where))


def _edited(text: str, edits: list[Substitution], start: int, end: int) -> str:
    """A part of a text with its edits."""
    pieces, at = [], start
    for edit in sorted(edits):
        if start <= edit.start and edit.end <= end:
            pieces += [text[at : edit.start], edit.text]
            at = edit.end
    return "".join([*pieces, text[at:end]])


def _read(reading: Reading, edits: list[Substitution], limits: Limits) -> Reading:
    text = reading.own.text
    return read(Source(reading.own.name, _edited(text, edits, 0, len(text))), limits, folder=reading.folder)


def _needs(reading: Reading, settings: list[dict[str, Any]], limits: Limits) -> list[str] | None:
    """What is to be stated of the symbols so that the claims hold; None where something else is wrong."""
    if reading.file is None or reading.holes:
        return None
    bench = Bench(reading, limits)
    found: dict[str, None] = {}
    for given in settings:
        attempt, _ = bench.whole({}, given, limits.visits)
        if attempt.refusal is not None:
            return None
        for wish in attempt.wishes:
            texts = _equal(wish)
            if texts is None:
                return None
            found.update(dict.fromkeys(texts))
    return list(found)


def _equal(wish: Wish) -> list[str] | None:
    from archdsl.expressions.assume import equalities

    wanted, found = wish
    return equalities((wanted,), (found,))


def _hint(text: str, opened: list[SymbolicStatement], checks: list[Checked]) -> str:
    """`input Tx1 where T <= 8, which makes the size symbolic, for T >= 3`."""
    shown = "; ".join(_edited(text, list(one.edits), one.start, one.end) for one in opened)
    needs = list(dict.fromkeys(condition.text for one in checks for condition in one.conditions))
    more = ", ..." if len(needs) > _FEW else ""
    condition = f", for {', '.join(needs[:_FEW])}{more}" if needs else ""
    return f"{shown}, which makes the size symbolic{condition}"
