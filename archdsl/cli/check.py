"""`archdsl check`: files one by one, each at every setting that it lists, and what is found told as it is found."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.checker.check import check as checked_at
from archdsl.checker.check import filled, settings
from archdsl.checker.checked import Checked, unread
from archdsl.cli import terminal
from archdsl.cli.arguments import Arguments
from archdsl.cli.spec import given_inputs, read_source, rewrite, root_of
from archdsl.cli.status import FOUND, HOLDS, UNUSABLE
from archdsl.cli.usage import Usage
from archdsl.diagnostics import Diagnostic, Source
from archdsl.diagnostics.inert import inert
from archdsl.faults.work import Work
from archdsl.files import find
from archdsl.reading.reading import blocks_alone, read
from archdsl.reports import verdict

if TYPE_CHECKING:
    from archdsl.reading.given import Inputs
    from archdsl.reading.root import Root
    from archdsl.reports.records import CheckRecord


class Outcome(NamedTuple):
    """The checks of one file, of which only the last can fail, and how many settings it lists."""

    checks: list[Checked]
    settings: int = 1
    notes: tuple[tuple[int, int, str], ...] = ()  # how a listing was read
    blocks: int = 0  # of a file that holds nothing else
    text: str | None = None  # what was checked, numbers in place of its holes
    source: Source | None = None  # the text as it was read
    unwritten: Diagnostic | None = None  # why the numbers are not in the file

    @property
    def found(self) -> bool:
        """Whether holes were filled."""
        return bool(self.checks[-1].holes)


def check(arguments: Arguments) -> int:
    """Check every file; 0 where all hold, 1 where something was found, 2 where one could not be read."""
    given = arguments.parameters()
    inputs = given_inputs(arguments.input, arguments.limits)
    if arguments.fill and arguments.format == "json" and "-" in arguments.paths:
        raise Usage("--fill writes standard input to standard output, where --format json would stand")
    told = Telling(arguments)
    paths = find.found(arguments.paths, arguments.limits, arguments.exclude)
    for one in terminal.with_progress(paths):
        outcome = _file(one, given, arguments, inputs)
        if arguments.fill and outcome.text is not None and not fails(outcome.checks[-1], arguments.strict):
            outcome = _fill(one.path, outcome)
        told.file(outcome)
    return told.end()


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
        if fails(checked, arguments.strict):
            break
    return Outcome(checks, len(given_each), reading.notes, blocks, reading.own.text, source)


def fails(checked: Checked, strict: bool) -> bool:
    """Whether there are errors, or with `strict` warnings."""
    return checked.failed or (strict and any(d.severity == "warning" for d in checked.diagnostics))


class Telling:
    """Tells the verdicts, and keeps count of them."""

    def __init__(self, arguments: Arguments) -> None:
        self.arguments = arguments
        self.json = arguments.format == "json"
        self.stream = sys.stderr if arguments.fill and "-" in arguments.paths else sys.stdout
        self.records: list[CheckRecord] = []
        self.files = self.failed = self.unreadable = 0
        self.severities: dict[str, int] = {}

    def file(self, outcome: Outcome) -> None:
        """Tell what was found about one file."""
        checks, unwritten = outcome.checks, outcome.unwritten
        failed = fails(checks[-1], self.arguments.strict)
        diagnostics = checks[-1].diagnostics if failed else _each_once(checks)
        everything = [*diagnostics, unwritten] if unwritten is not None else diagnostics
        self.files += 1
        self.failed += failed or unwritten is not None
        self.unreadable += terminal.status_of(everything) == UNUSABLE
        for severity, number in _severities(everything).items():
            self.severities[severity] = self.severities.get(severity, 0) + number
        if self.json:
            self.records += self._records(outcome)
            return
        if self.arguments.explain_reading:
            from archdsl.reports.reading import explained

            print(explained(checks[0].source, outcome.notes), file=self.stream)
        if failed:
            self._failed(checks[-1], outcome.settings)
        else:
            self._holds(outcome, diagnostics)

    def _records(self, outcome: Outcome) -> list[CheckRecord]:
        """What was found about one file, for scripts."""
        from archdsl.reports.json import check as records
        from archdsl.reports.json import diagnostic_record

        made = records(outcome.checks)
        if outcome.unwritten is not None:
            made[-1]["diagnostics"].append(diagnostic_record(outcome.unwritten))
        if self.arguments.explain_reading:
            from archdsl.reports.reading import as_records

            made = [{**one, "reading": as_records(outcome.checks[0].source, outcome.notes)} for one in made]
        return made

    def _holds(self, outcome: Outcome, diagnostics: list[Diagnostic]) -> None:
        most, checks = self.arguments.limits.diagnostics, outcome.checks
        terminal.print_diagnostics(diagnostics, most, self.stream)
        told = verdict.blocks(checks[0], outcome.blocks) if outcome.blocks else verdict.line(checks)
        for line in [*verdict.holes(checks[-1]), told]:
            print(line, file=self.stream)
        if outcome.unwritten is not None:
            terminal.report([outcome.unwritten], most, one_of_many=True)

    def _failed(self, checked: Checked, settings: int) -> None:
        most = self.arguments.limits.diagnostics
        if terminal.status_of(checked.diagnostics) == UNUSABLE:
            terminal.report(checked.diagnostics, most, one_of_many=True)
            return
        name = inert(checked.source.name)
        if settings > 1:
            print(f"{name} at {verdict.setting(checked)}:", file=self.stream)
        terminal.print_diagnostics(checked.diagnostics, most, self.stream)
        for line in verdict.holes(checked):
            print(line, file=self.stream)
        print(f"{name}: {verdict.tally(_severities(checked.diagnostics))}", file=self.stream)

    def end(self) -> int:
        """Tell the count of several files, or the records; give the exit status."""
        if self.json:
            terminal.print_json(self.records)
        elif self.files > 1:
            tally = verdict.tally(self.severities)
            number = self.files - self.failed
            hold = f"{number:,} of {self.files:,} files hold{'s' * (number == 1)}"
            print(f"{hold}: {tally}" if tally else hold, file=self.stream)
        return UNUSABLE if self.unreadable else FOUND if self.failed else HOLDS


def _each_once(checks: list[Checked]) -> list[Diagnostic]:
    """The warnings and notes of all settings, those of equal place and text once."""
    found = {(d.code, d.place, d.message): d for checked in checks for d in checked.diagnostics}
    return list(found.values())


def _severities(diagnostics: list[Diagnostic]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for diagnostic in diagnostics:
        counts[diagnostic.severity] = counts.get(diagnostic.severity, 0) + 1
    return counts
