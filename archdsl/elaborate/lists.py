"""Lists of values: `keep` puts a value on one, `take` reads the newest and removes it, `all` reads each; and the names
of a range, `s{1..n}`.

A list belongs to the model, or to one use of a block. Lists are gone through in the order written, and what reads one
reads the values that were on it: the network itself has no lists. Loaded only where a text has them.
"""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.diagnostics import Related, Span, nearest
from archdsl.elaborate.names import Kept, KeptList, Lists, Place, Value, name_of_both
from archdsl.elaborate.state import Elaboration, nothing_above
from archdsl.expressions.labels import discards, filled, label_text, spread
from archdsl.faults.problem import Problem, Refused, Silent, exceeded
from archdsl.reading.holes import bodies
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_MOST_PLACES = 4  # lines with `keep` in a message
_PER_VALUE = 5  # steps that a value costs which is read


# ---- keep


def keep(e: Elaboration, statement: tree.Keep, current: Value | None, place: Place) -> None:
    """Put the result above, or the value that the line reads, on a list."""
    values = _kept(e, statement, current, place)
    _refuse_in_repeat(e, statement.name, place.repeat, "keep")
    name = _list_name(statement.name, place)
    if len(values) != 1:
        raise Problem("wrong-inputs", f"`keep` puts one value on a list, got {len(values)}", statement.reads[0])
    lists = place.names.lists
    if name in lists.labels:
        raise name_of_both(name, statement.name, lists.labels[name])
    found = lists.found.setdefault(name, KeptList())
    if len(found.values) >= e.limits.list:
        raise exceeded("list", f"more than {e.limits.list:,} values on the list {name}", statement.name)
    e.read(*values)
    place.names.note_list(statement.name)
    entry = Kept(values[0], statement.name, len(e.kept))
    e.kept.append(entry)
    found.values.append(entry)
    found.kept += 1
    if all(at.start != statement.name.start for at in found.places[-_MOST_PLACES:]):
        found.places.append(statement.name)


def _kept(e: Elaboration, statement: tree.Keep, current: Value | None, place: Place) -> tuple[Value, ...]:
    """What a `keep` reads."""
    if statement.reads:
        return e.given(statement.reads, current, place)
    if current is None:
        raise nothing_above(place.names, statement.name)
    return (current,)


def _list_name(token: Token, place: Place) -> str:
    if discards(token):
        raise Problem("invalid-name", "`_` is not a name, and cannot be that of a list", token)
    return label_text(token, place.scope)


def _refuse_in_repeat(e: Elaboration, at: Token | tree.FromList, repeat: tree.Expr | None, word: str) -> None:
    """Refuse `keep` and `take` in what xN repeats: copies that are equal are one."""
    if repeat is None:
        return
    source, span = e.report.source.at(repeat)
    copies = source.text[span.start : span.end].removeprefix("x")
    message = f"`{word}` cannot be repeated: equal copies are one part, and a list changes from copy to copy"
    related = (Related(Span(repeat.start, repeat.end), "repeated here"),)
    raise Problem("misplaced", message, at, hint=f"for i in 1..{copies} {{ ... }}", related=related)


# ---- take, all, and ranges


def several(e: Elaboration, read: tree.Read, place: Place) -> list[tuple[str, Value]]:
    """The values that a list or a name with braces stands for, each with its name."""
    if isinstance(read, tree.FromList):
        return _from_list(e, read, place)
    names = spread(read, place.scope)
    if names == [read]:
        return [(filled(read, place.scope).text, e.reference(read, place))]
    place.scope.spend(_PER_VALUE * len(names), read)
    return [(filled(name, place.scope).text, _of_range(e, name, read, place)) for name in names]


def _of_range(e: Elaboration, name: Token, read: Token, place: Place) -> Value:
    """The value of one name of a range."""
    try:
        return e.reference(name, place)
    except Problem as problem:
        text = filled(name, place.scope).text
        message = f"{problem.message}; {read.text} reads {text}, too"
        raise Problem(problem.code, message, read, related=problem.related) from None


def _from_list(e: Elaboration, read: tree.FromList, place: Place) -> list[tuple[str, Value]]:
    """What is read from a list; raises Problem where it is empty, or nothing was ever kept on it."""
    lists = place.names.lists
    name = _list_name(read.name, place)
    place.names.note_list(read)
    if read.how == "take":
        _refuse_in_repeat(e, read, place.repeat, "take")
    found = lists.found.get(name)
    if found is None:
        raise Silent if lists.doubt else _never_kept(name, read, lists)
    if read.how == "take":
        found.taken += 1
    if not found.values:
        raise Silent if lists.doubt else _empty(name, read, found)
    entries = found.values[-1:] if read.how == "take" else list(found.values)
    e.listed.update([entry.turn for entry in entries])
    e.read(*[entry.value for entry in entries])
    if lists.doubt:
        raise Silent
    if read.how == "take":
        e.taken[read.start] = found.values.pop()
        return [(name, entries[0].value)]
    place.scope.spend(_PER_VALUE * len(entries), read)
    return [(f"{name}.{number}", entry.value) for number, entry in enumerate(entries)]


def _never_kept(name: str, read: tree.FromList, lists: Lists) -> Problem:
    if name in lists.labels:
        message = f"{name} is the name of a layer, and `{read.how}` reads a list"
        return Problem("unknown-name", message, read, instead=(read.name.text,))
    close = nearest(name, list(lists.found))
    instead = (f"{read.how} {close}",) if close else ()
    hint = None if close else f"`keep {name}` puts the result above it on a list"
    return Problem("unknown-name", f"nothing above is kept on a list {name}", read, hint=hint, instead=instead)


def _empty(name: str, read: tree.FromList, found: KeptList) -> Problem:
    places = found.places[:_MOST_PLACES]
    related = tuple(Related(Span(at.start, at.end), "kept here") for at in places)
    message = f"nothing is left on {name}: {found.kept:,} kept, {found.taken:,} taken"
    return Problem("missing-input", message, read, related=related)


def refuse_repeated(e: Elaboration, statement: tree.LayerStatement) -> None:
    """Refuse a repeated line that takes: it would read one value, and not one for each copy."""
    for read in statement.reads:
        if isinstance(read, tree.FromList) and read.how == "take":
            _refuse_in_repeat(e, read, statement.repeat, "take")


# ---- faults and warnings


def takes(statement: tree.LayerStatement) -> bool:
    """Whether a line takes from a list, which it does whatever else is wrong with it."""
    return any(isinstance(read, tree.FromList) for read in statement.reads)


def after_fault(e: Elaboration, fault: Problem | Silent, statement: tree.Statement, place: Place) -> None:
    """What a fault of a statement means for lists: a rule that refuses what was taken shows where it was kept; and
    where statements were left out that keep or take, nothing is known of the lists any more.
    """
    if isinstance(statement, tree.LayerStatement) and isinstance(fault, Refused):
        fault.related += _came_from(e, statement)
    plain = isinstance(statement, tree.LayerStatement) and statement.body is None
    if not plain and _changes_lists(statement):
        place.names.lists.doubt = True


def _came_from(e: Elaboration, statement: tree.LayerStatement) -> tuple[Related, ...]:
    """Where the values were kept that a line, or a branch of it, took."""
    got = [(at, kept) for at, kept in sorted(e.taken.items()) if statement.start <= at < statement.end]
    return tuple(
        Related(Span(kept.at.start, kept.at.end), f"`take` got the {kept.value.shape} kept here")
        for _, kept in got[:_MOST_PLACES]
    )


def _changes_lists(statement: tree.Statement) -> bool:
    """Whether something in a statement keeps or takes."""
    stack = [statement]
    while stack:
        one = stack.pop()
        if isinstance(one, tree.Keep) or (isinstance(one, tree.LayerStatement) and takes(one)):
            return True
        stack += [inner for body in bodies(one) for line in body.lines for inner in line.statements]
    return False


def tell_unread(e: Elaboration) -> None:
    """Warn of what was kept and never read, once for each `keep`."""
    for at, count, unread in _by_place(e):
        what = f"nothing reads what is kept on {at.text} here"
        if unread < count:
            what = (
                f"{unread:,} of the {count:,} values kept on {at.text} here {'is' if unread == 1 else 'are'} never read"
            )
        e.report.tell("unused-result", what, at)


def _by_place(e: Elaboration) -> Iterator[tuple[Token, int, int]]:
    """Each `keep` of which something is not read: how many values it kept, and how many of them nothing reads."""
    counts: dict[int, list[int]] = {}
    places: dict[int, Token] = {}
    for entry in e.kept:
        places[entry.at.start] = entry.at
        count = counts.setdefault(entry.at.start, [0, 0])
        count[0] += 1
        count[1] += entry.turn not in e.listed
    for start, (kept, unread) in counts.items():
        if unread:
            yield places[start], kept, unread
