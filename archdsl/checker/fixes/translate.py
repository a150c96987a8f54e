"""Calls of other libraries to lines of the language, by the tables of names; what cannot be written says why."""

from __future__ import annotations

from archdsl.checker.fixes import kinds
from archdsl.checker.fixes.proposal import Either, respelled
from archdsl.checker.fixes.statement import SplitStatement
from archdsl.layers import lookup
from archdsl.notations.calls.call import Call, ProgramLine
from archdsl.notations.calls.draft import LineContext, LineDraft, Unwritable, bind
from archdsl.notations.calls.forms import give_form
from archdsl.notations.calls.head import head_of
from archdsl.notations.calls.spelling import Raw, text
from archdsl.vocabulary import Meaning, exact, known

_MOST = 60  # layers of one line
_FLOWS = frozenset(("x", "out", "y", "h", "z", "inputs", "input", "output", "outputs", "net", "model", "result"))
_ADDS = ("add", "append", "add_module")
_ROWS = ("Sequential", "nn.Sequential", "torch.nn.Sequential", "keras.Sequential", "models.Sequential")
_READS = ("condition", "input", "index", "tensors", "other")  # arguments that are values of the network, not numbers
_ASKED = ("query", "key", "value")  # those of attention
_PLAIN = (int, float, str)


class TranslatedLine(list[str]):
    """The statements of a line, and what the first of them reads, where that is said."""

    reads: tuple[str, ...] = ()


def lines_of(program: ProgramLine, around: LineContext) -> list[str]:
    """The texts that a line of a program may mean, the likeliest first; raises Unwritable with a reason."""
    call = program.value
    if isinstance(call, tuple) and len(call) > 1 and all(isinstance(one, Call) for one in call):
        call = Call(_ROWS[0], call, {})
    if not isinstance(call, Call):
        return []
    said: Unwritable | None = None
    found: list[str] = []
    for reading in _readings(call):
        try:
            found += _labelled(program.target, _statements(reading, around), around)
        except Unwritable as reason:
            said = said or reason
            found += _as_a_line(program.target, reading, around)
    if not found and said is not None and str(said):
        raise said
    return list(dict.fromkeys(found))


def _as_a_line(target: str, call: Call, around: LineContext) -> list[str]:
    """A call with the values of a line: `CONV2D(64, kernel=7)`; of a name that no library has so."""
    if exact(call.name) or call.on or call.name == "input":
        return []
    named = (f"{name}={text(one)}" for name, one in call.named.items())
    label = f"{target}:" if target and target not in _FLOWS and not target.isdigit() else ""
    statement = SplitStatement(label, call.name, (*map(text, call.positional), *named), "")
    kind, found = lookup(call.name), []
    try:
        for way in respelled(kind, statement, around) if kind else kinds.proposals(statement, lambda: around):
            found += [str(way)] if not isinstance(way, Either) else []
    except Unwritable:
        pass  # what the call itself cannot be is said
    return found


def _readings(call: Call) -> list[Call]:
    """A call by itself; where the same name is in several libraries, each of them is tried by `_statements`."""
    if call.name.rpartition(".")[2] in _ADDS and call.positional and isinstance(call.positional[-1], Call):
        return [call.positional[-1]]
    return [call]


def _labelled(target: str, written: TranslatedLine, around: LineContext) -> list[str]:
    """The statements under a name, first with what they read."""
    first, *others = written
    if first.startswith(("input ", "use ")):
        return ["; ".join(written)]
    plain = target.isdigit() or target in _FLOWS or target in written.reads
    named = [f"{target}: "] if target and not plain else []
    known_reads = [name for name in written.reads if name in around.names]
    heads = [f"{first} <- {', '.join(written.reads)}"] if known_reads or len(written.reads) > 1 else []
    heads += [first] if len(written.reads) < 2 else []
    return ["; ".join([f"{name}{head}", *others]) for head in heads for name in (*named, "")]


def _statements(call: Call, around: LineContext) -> TranslatedLine:
    """The lines that a call is."""
    if call.name in _ROWS:
        return _sequence(call, around)
    rows = exact(call.name)
    if not rows and lookup(call.name) is None:
        found = known(call.name)
        rows = [found] if found is not None else []
    if not rows and call.name.startswith("self."):
        name = call.name.removeprefix("self.")
        raise Unwritable(f"{call.name} is a layer defined elsewhere; in a spec, write its line here: {name}: ...")
    if not rows:
        raise Unwritable("")
    said: Unwritable | None = None
    for row in [row for row in rows if row.takes(call.named)] or rows:
        try:
            return _by_row(row, call, around)
        except Unwritable as reason:
            said = reason if said is None or (said.weak and not reason.weak) else said
    assert said is not None
    raise said


def _sequence(call: Call, around: LineContext) -> TranslatedLine:
    """The layers of a Sequential, one after the other."""
    items = call.positional
    items = items[0] if len(items) == 1 and isinstance(items[0], tuple) else items
    if not items or not all(isinstance(item, Call) for item in items) or len(items) > _MOST:
        raise Unwritable(f"{call.name} is a sequence of layers: in a spec, one layer a line, or several in braces")
    found = TranslatedLine()
    for number, item in enumerate(items):
        inner = _statements(item, around if number == 0 else around._replace(shape=None))
        found += inner
    return found


def _by_row(row: Meaning, call: Call, around: LineContext) -> TranslatedLine:
    """A call by one row of the tables."""
    if row.reason:
        raise Unwritable(f"{call.name} {row.reason}")
    if row.text:
        return TranslatedLine([row.text])
    kind = lookup(row.kind)
    draft = LineDraft(row, call.name, kind, around)
    bind(draft, call.positional, call.named)
    inner = _values(draft, call, around)
    if row.form:
        give_form(draft, row.form)
    head = draft.text if draft.text is not None else head_of(draft)
    lines = TranslatedLine([*inner, *draft.before, *([head] if head else []), *draft.behind])
    lines.reads = inner.reads
    return lines


def _values(draft: LineDraft, call: Call, around: LineContext) -> TranslatedLine:
    """The values that a call reads: names, or the lines of calls within it."""
    names = _ASKED if "query" in draft.given else _READS
    given = [draft.take(name) for name in names if name in draft.given and not isinstance(draft.given[name], _PLAIN)]
    values = [value for value in (*given, *call.on) if value is not None]
    if len(values) == 1 and isinstance(values[0], tuple):
        values = list(values[0])
    if len(values) == 1 and isinstance(values[0], Call):
        return _statements(values[0], around)
    found = TranslatedLine()
    if not all(isinstance(value, Raw) for value in values):
        raise draft.refuse("reads results of other layers: give each of them a line and a name of its own")
    found.reads = tuple(value.text.rpartition(".")[2] for value in values)
    return found
