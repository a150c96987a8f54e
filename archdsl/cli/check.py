"""`archdsl check`: files one by one, each at every setting that it lists, and what is found told as it is found."""

from __future__ import annotations

import sys

from archdsl.checker.check import check as checked_at
from archdsl.checker.check import filled, settings
from archdsl.checker.checked import Checked, unread
from archdsl.cli import terminal
from archdsl.cli.arguments import Arguments
from archdsl.cli.formats import FORMATS
from archdsl.cli.outcome import Outcome
from archdsl.cli.spec import given_inputs, read_source, rewrite, root_of
from archdsl.cli.usage import Usage
from archdsl.cli.verdicts import Verdicts, Wanted
from archdsl.diagnostics import Diagnostic, Source
from archdsl.diagnostics.inert import inert
from archdsl.faults.work import Work
from archdsl.files import find
from archdsl.reading.reading import blocks_alone, read
from archdsl.typed import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.reading.given import Inputs
    from archdsl.reading.root import Root


def check(arguments: Arguments) -> int:
    """Check every file; 0 where all hold, 1 where something was found, 2 where one could not be read.

    With `--diff`, 1 also where a file would change.
    """
    given = arguments.parameters()
    inputs = given_inputs(arguments.input, arguments.limits)
    verdicts = _verdicts(arguments)
    paths = find.found(arguments.paths, arguments.limits, arguments.exclude)
    for one in terminal.with_progress(paths):
        verdicts.file(_finished(one.path, _file(one, given, arguments, inputs), arguments))
    return verdicts.end()


def _verdicts(arguments: Arguments) -> Verdicts:
    """What says what is found; raises Usage where two would write to standard output."""
    form = FORMATS[arguments.format]
    makes = [f"--{name}" for name in ("fill", "fix") if getattr(arguments, name) and "-" in arguments.paths]
    if form.document and arguments.diff:
        raise Usage(f"--diff and --format {form.name} both write to standard output: leave one of them out")
    if form.document and makes:
        raise Usage(
            f"{makes[0]} of standard input and --format {form.name} both write to "
            f"standard output: leave one of them out"
        )
    beside = bool(makes) or arguments.diff
    most = arguments.limits.diagnostics
    wanted = Wanted(arguments.strict, arguments.explain_reading, most, beside, arguments.fix, arguments.diff)
    return form.verdicts(wanted)


def _finished(path: str, outcome: Outcome, arguments: Arguments) -> Outcome:
    """Write what is fixed and filled into a file, and nothing else; standard input goes to standard output.

    Numbers are filled in where the file holds. Where it cannot be written, it is as it was found.
    """
    read = outcome.before
    if read is None or outcome.source is None:
        return outcome
    filling = arguments.fill and outcome.text is not None and not outcome.fails(arguments.strict)
    text = outcome.text if filling and outcome.text is not None else outcome.source.text
    if arguments.diff:
        from archdsl.reports.difference import unified

        sys.stdout.write(unified(read.mark + read.text, read.mark + text, inert(read.name), "fixed"))
    elif path == "-" and (filling or arguments.fix):
        sys.stdout.write(read.mark + text)
    elif text != read.text:
        unwritten = rewrite(path, read, text)
        return (outcome.first or outcome)._replace(unwritten=unwritten) if unwritten is not None else outcome
    return outcome


def _file(found: find.FoundFile, given: dict[str, Any], arguments: Arguments, inputs: Inputs | None) -> Outcome:
    """One file at all its settings, up to the first that fails, with its safe fixes where they are asked for."""
    path, fault, folder = found
    if fault is not None:
        return _unread(fault.source, [fault])
    source, faults = read_source(path, arguments.limits)
    if faults:
        return _unread(source, faults)
    root = root_of(path, source, arguments.limits, folder)
    outcome = _settings(source, root, given, arguments, inputs)
    if not arguments.fix or outcome.notation != "arch":
        return outcome
    from archdsl.checker.fixes.apply import applied

    _, after, done = applied(source, outcome, lambda text: _settings(text, root, given, arguments, inputs))
    return after._replace(done=tuple(done), first=outcome) if done else outcome


def _unread(source: Source, faults: list[Diagnostic]) -> Outcome:
    return Outcome([unread(source, faults)])


def _settings(
    source: Source, root: Root | None, given: dict[str, Any], arguments: Arguments, inputs: Inputs | None
) -> Outcome:
    """Check a text at each setting until one fails; all settings together share the limit on visits."""
    limits = arguments.limits
    reading = read(source, limits, arguments.notation, root, inputs)
    blocks = blocks_alone(reading)
    checks: list[Checked] = []
    given_each = settings(reading, given)
    reading = filled(reading, given_each, limits)
    work = Work(limits.visits, " over all settings of `cases`" if len(given_each) > 1 else "")
    for setting in given_each:
        checked = checked_at(reading, setting, limits, work)
        if blocks:  # they are checked where they are used
            checked = checked._replace(diagnostics=[one for one in checked.diagnostics if one.code != "empty"])
        checks.append(checked)
        if Outcome(checks).fails(arguments.strict):
            break
    return Outcome(checks, len(given_each), reading.notes, blocks, reading.own.text, source, reading.notation)
