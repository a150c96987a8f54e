"""`archdsl check`: files one by one, each at every setting that it lists, and what is found told as it is found."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from archdsl.checker.check import check as checked_at
from archdsl.checker.check import filled, settings
from archdsl.checker.checked import Checked, unread
from archdsl.cli import terminal
from archdsl.cli.arguments import Arguments
from archdsl.cli.formats import FORMATS
from archdsl.cli.outcome import Outcome
from archdsl.cli.spec import given_inputs, read_source, rewrite, root_of
from archdsl.cli.usage import Usage
from archdsl.cli.verdicts import Wanted
from archdsl.diagnostics import Diagnostic, Source
from archdsl.faults.work import Work
from archdsl.files import find
from archdsl.reading.reading import blocks_alone, read

if TYPE_CHECKING:
    from archdsl.reading.given import Inputs
    from archdsl.reading.root import Root


def check(arguments: Arguments) -> int:
    """Check every file; 0 where all hold, 1 where something was found, 2 where one could not be read."""
    given = arguments.parameters()
    inputs = given_inputs(arguments.input, arguments.limits)
    form = FORMATS[arguments.format]
    if arguments.fill and form.document and "-" in arguments.paths:
        raise Usage(f"--fill writes standard input to standard output, where --format {form.name} would stand")
    beside = arguments.fill and "-" in arguments.paths
    most = arguments.limits.diagnostics
    verdicts = form.verdicts(Wanted(arguments.strict, arguments.explain_reading, most, beside))
    paths = find.found(arguments.paths, arguments.limits, arguments.exclude)
    for one in terminal.with_progress(paths):
        outcome = _file(one, given, arguments, inputs)
        if arguments.fill and outcome.text is not None and not outcome.fails(arguments.strict):
            outcome = _fill(one.path, outcome)
        verdicts.file(outcome)
    return verdicts.end()


def _fill(path: str, outcome: Outcome) -> Outcome:
    """Write the numbers that were found into a file, and nothing else; standard input goes to standard output.

    Where the file cannot be written, that is what was found of it.
    """
    assert outcome.text is not None
    assert outcome.source is not None
    if path == "-":
        sys.stdout.write(outcome.source.mark + outcome.text)
    elif outcome.found:
        return outcome._replace(unwritten=rewrite(path, outcome.source, outcome.text))
    return outcome


def _file(found: find.Found, given: dict[str, Any], arguments: Arguments, inputs: Inputs | None) -> Outcome:
    """One file at all its settings, up to the first that fails."""
    path, fault, folder = found
    if fault is not None:
        return _unread(fault.source, [fault])
    source, faults = read_source(path, arguments.limits)
    if faults:
        return _unread(source, faults)
    return _settings(source, root_of(path, source, arguments.limits, folder), given, arguments, inputs)


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
    return Outcome(checks, len(given_each), reading.notes, blocks, reading.own.text, source)
