"""One check with the inputs that the caller gives in place of the text's own; `where` holds, and so do their names.

What the claims of a text say is about its own inputs. So the text is laid with these too, and what differs between the
two depends on them.
"""

from __future__ import annotations

from functools import partial

from archdsl.checker.checked import Checked, unread
from archdsl.checker.setting import check_setting
from archdsl.claims.replaced import Elsewhere, Figures
from archdsl.expressions.scope import HOLES, Scope
from archdsl.faults.problem import Problem, Stop
from archdsl.faults.report import Reporter
from archdsl.reading.declare import Declarations, model_name
from archdsl.reading.given import Changed, GivenInput, Inputs, Replacing, pinned
from archdsl.reading.kinds import Kinds, linked
from archdsl.reading.reading import Reading
from archdsl.reading.setting import Setting
from archdsl.reading.values import scope_of
from archdsl.reading.where import facts_of
from archdsl.sizes.shape import is_channels_first
from archdsl.syntax import tree
from archdsl.typed import Any


def check_given(reading: Reading, setting: Setting) -> Checked:
    """Check one setting, with the inputs that the caller gives."""
    return check_setting(reading, setting) if reading.inputs is None else check_replaced(reading, setting)


def check_replaced(reading: Reading, setting: Setting) -> Checked:
    """Check one setting with the inputs of `reading.inputs`; what is wrong with them is reported of the text's own.

    Both checks are counted in its `work`.
    """
    if reading.file is None or reading.inputs is None or reading.dropped:
        return check_setting(reading, setting)
    given = setting.given
    kinds = linked(reading.file, reading.used, Reporter(reading.source, []))
    declared = kinds.files[0]
    try:
        replacing = Replacing(declared, reading.inputs, setting.limits)
        values = replacing.bound(given)
        own, scope = (_scope(declared, kinds, setting._replace(given=each), reading) for each in (given, values))
        scope.symbols[HOLES] = pinned(declared, reading.inputs)
        statements, changed = replacing.statements(own, scope)
        if reading.notation == "listing":
            _in_order(changed, reading.inputs)
    except Problem as problem:
        report = Reporter(reading.source, reading.ignored)
        report.problem(problem)
        name = model_name(declared.model, reading.source)
        return unread(reading.source, report.sorted())._replace(name=name, parameters=given)
    except Stop as stop:
        report = Reporter(reading.source, reading.ignored)
        report.problem(stop.problem)
        return unread(reading.source, report.sorted())._replace(parameters=given)
    if not changed:
        return check_setting(reading, setting._replace(given=values))
    return _elsewhere(reading, setting, values, statements, changed)


def _scope(declared: Declarations, kinds: Kinds, setting: Setting, reading: Reading) -> Scope:
    """What names stand for at some values; what is wrong with these is told by the check."""
    report = Reporter(reading.source, [])
    facts = facts_of(declared.inputs, declared.model, setting, report)
    return scope_of(declared, setting._replace(holes=None), kinds.words[0], facts, report)


def _elsewhere(
    reading: Reading,
    setting: Setting,
    values: dict[str, Any],
    statements: tuple[tree.Input, ...],
    changed: list[Changed],
) -> Checked:
    """The check at other inputs than the text's own, at which the setting has the values of its parameters."""
    figures: dict[int, set[str]] = {}
    own = check_setting(reading, setting, judge=partial(Figures, derived=figures), trial=True)
    other = partial(Elsewhere, figures=figures)
    checked = check_setting(reading, setting._replace(given=values), statements, other)
    report = Reporter(reading.source, reading.ignored)
    for one in filter(_is_turned, changed):
        _warn(report, one, reading, setting)
    number = sum(claim.holds is None for claim in checked.claims)
    if number:
        report.tell("unjudged-claims", _unjudged(number, changed, reading), changed[0].port.statement)
    diagnostics = sorted([*checked.diagnostics, *report.sorted()], key=lambda one: one.place)
    return checked._replace(diagnostics=diagnostics, visits=own.visits + checked.visits)


def _is_turned(one: Changed) -> bool:
    """Whether a shape that is given looks as if its channels came first, and the text's own does not."""
    before = one.before.sizes if one.before is not None else ()
    return one.port.given.dtype is None and is_channels_first(one.port.given.sizes) and not is_channels_first(before)


def _last(one: Changed, inputs: Inputs) -> tuple[GivenInput, str]:
    """The same shape with its channels last, and how it is typed."""
    first, *others = one.port.given.sizes
    given = one.port.given._replace(sizes=(*others, first))
    return given, inputs.typed(given, one.port.name if inputs.named else None)


def _in_order(changed: list[Changed], inputs: Inputs) -> None:
    """Hold the order of axes against that of a listing; raises Problem."""
    for one in filter(_is_turned, changed):
        message = f"{inputs.option} {one.port.given} looks like channels first, and here the channels come last"
        raise Problem("shape-mismatch", message, one.port.statement, hint=_last(one, inputs)[1])


def _warn(report: Reporter, one: Changed, reading: Reading, setting: Setting) -> None:
    """Warn of a shape with its channels first; the other order is proposed where the network fits it."""
    inputs = reading.inputs
    assert inputs is not None
    turned, typed = _last(one, inputs)
    named = {name: turned if name == one.port.name else other for name, other in inputs.named.items()}
    other = inputs._replace(one=turned if inputs.one is not None else None, named=named)
    trial = check_replaced(reading._replace(inputs=other), setting)
    height, width, channels = one.port.given.sizes
    message = f"{inputs.option} {one.port.given} is read with its channels last: height {height}, width {width}, "
    report.tell(
        "channels-first", f"{message}{channels} channels", one.port.statement, hint=None if trial.failed else typed
    )


def _unjudged(number: int, changed: list[Changed], reading: Reading) -> str:
    """`14 claims are not checked: they depend on the input, and --input gives 64x64x3 in place of 224x224x3`."""
    assert reading.inputs is not None
    places = (f"{one.port.given.shape}{f' in place of {one.before}' if one.before else ''}" for one in changed)
    given = ", ".join(dict.fromkeys(places))
    plural = "claims are" if number > 1 else "claim is"
    they = "they depend" if number > 1 else "it depends"
    return f"{number:,} {plural} not checked: {they} on the input, and {reading.inputs.option} gives {given}"
