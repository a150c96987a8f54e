"""`archdsl check`: files one by one, each at every setting that it lists, and what is found told as it is found."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.api.model import fragment_shape
from archdsl.checker.check import check as checked_at
from archdsl.checker.check import filled, settings
from archdsl.checker.checked import Checked, unread
from archdsl.cli import terminal
from archdsl.cli.arguments import Arguments, Usage
from archdsl.diagnostics import ArchError, Diagnostic, Source, Span
from archdsl.diagnostics.inert import inert
from archdsl.files import disk as files
from archdsl.limits import Limits
from archdsl.reading.reading import blocks_alone, read
from archdsl.reports import verdict
from archdsl.sizes.shape import Shape

if TYPE_CHECKING:
    from archdsl.reading.root import Root

HOLDS, FOUND, UNUSABLE = 0, 1, 2


class Outcome(NamedTuple):
    """The checks of one file, of which only the last can fail, and how many settings it lists."""

    checks: list[Checked]
    settings: int = 1
    notes: tuple[tuple[int, int, str], ...] = ()  # how a listing was read
    blocks: int = 0  # of a file that holds nothing else
    text: str | None = None  # what was checked, numbers in place of its holes

    @property
    def found(self) -> bool:
        """Whether holes were filled."""
        return bool(self.checks[-1].holes)


def check(arguments: Arguments) -> int:
    """Check every file; 0 where all hold, 1 where something was found, 2 where one could not be read."""
    given = arguments.parameters()
    shape = fragment(arguments.input, arguments.limits)
    if arguments.fill and arguments.format == "json" and "-" in arguments.paths:
        raise Usage("--fill writes standard input to standard output, where --format json would stand")
    told = Telling(arguments)
    paths = files.found(arguments.paths)
    for one in terminal.with_progress(paths):
        outcome = _file(one, given, arguments, shape)
        told.file(outcome)
        if arguments.fill and outcome.text is not None and not fails(outcome.checks[-1], arguments.strict):
            _fill(one.path, outcome)
    return told.end()


def _fill(path: str, outcome: Outcome) -> None:
    """Write the numbers that were found into a file, and nothing else; standard input goes to standard output."""
    assert outcome.text is not None
    if path == "-":
        sys.stdout.write(outcome.text)
    elif outcome.found:
        files.write(path, files.mark(path) + outcome.text)


def fragment(text: str | None, limits: Limits) -> Shape | None:
    """The shape behind `--input`; raises Usage."""
    if text is None:
        return None
    try:
        return fragment_shape(text, limits)
    except ArchError as wrong:
        raise Usage(f"--input {text}: {wrong.diagnostics[0].message}") from None


def _file(found: files.Found, given: dict[str, Any], arguments: Arguments, shape: Shape | None) -> Outcome:
    """One file at all its settings, up to the first that fails."""
    path, fault, folder = found
    if fault is not None:
        return _unread(fault.source, [fault])
    try:
        source, faults = files.read(path, arguments.limits)
    except (OSError, ValueError) as wrong:
        fault = files.unreadable(path, wrong)
        return _unread(fault.source, [fault])
    if faults:
        return _unread(source, faults)
    root = files.root(path, source, arguments.limits, folder)
    return _settings(source, root, given, arguments, shape)


def _unread(source: Source, faults: list[Diagnostic]) -> Outcome:
    return Outcome([unread(source, faults)])


def _settings(
    source: Source, root: Root | None, given: dict[str, Any], arguments: Arguments, shape: Shape | None
) -> Outcome:
    """Check a text at each setting until one fails; all settings together share the limit on visits."""
    limits = arguments.limits
    reading = read(source, limits, arguments.notation, root)
    blocks = blocks_alone(reading)
    checks: list[Checked] = []
    given_each = settings(reading, given, limits)
    reading = filled(reading, given_each, limits, shape)
    visits = 0
    for setting in given_each:
        checked = checked_at(reading, setting, limits, shape)
        if blocks:  # they are checked where they are used
            checked = checked._replace(diagnostics=[one for one in checked.diagnostics if one.code != "empty"])
        visits += checked.visits
        if visits > limits.visits and not checked.failed:
            message = f"more than {limits.visits:,} layers to visit over all settings of `cases`"
            hint = "raise it with --limit visits=N"
            wrong = Diagnostic("limit", message, Span(0, 0), source, hint=hint)
            checked = checked._replace(diagnostics=[*checked.diagnostics, wrong])
        checks.append(checked)
        if fails(checked, arguments.strict):
            break
    return Outcome(checks, len(given_each), reading.notes, blocks, reading.own.text)


def fails(checked: Checked, strict: bool) -> bool:
    """Whether there are errors, or with `strict` warnings."""
    return checked.failed or (strict and any(d.severity == "warning" for d in checked.diagnostics))


class Telling:
    """Tells the verdicts, and keeps count of them."""

    def __init__(self, arguments: Arguments) -> None:
        self.arguments = arguments
        self.json = arguments.format == "json"
        self.stream = sys.stderr if arguments.fill and "-" in arguments.paths else sys.stdout
        self.records: list[dict[str, Any]] = []
        self.files = self.failed = self.unreadable = 0
        self.severities: dict[str, int] = {}

    def file(self, outcome: Outcome) -> None:
        """Tell what was found about one file."""
        checks = outcome.checks
        if self.arguments.explain_reading and not self.json:
            from archdsl.reports.reading import explained

            print(explained(checks[0].source, outcome.notes))
        failed = fails(checks[-1], self.arguments.strict)
        diagnostics = checks[-1].diagnostics if failed else _each_once(checks)
        self.files += 1
        self.failed += failed
        self.unreadable += _is_unreadable(diagnostics)
        for severity, number in _severities(diagnostics).items():
            self.severities[severity] = self.severities.get(severity, 0) + number
        if self.json:
            from archdsl.reports.json import check as records

            made = records(checks)
            if self.arguments.explain_reading:
                from archdsl.reports.reading import as_records

                made = [{**record, "reading": as_records(checks[0].source, outcome.notes)} for record in made]
            self.records += made
        elif failed:
            self._failed(checks[-1], outcome.settings)
        else:
            terminal.print_diagnostics(diagnostics, self.arguments.limits.diagnostics, self.stream)
            told = verdict.blocks(checks[0], outcome.blocks) if outcome.blocks else verdict.line(checks)
            for line in [*verdict.holes(checks[-1]), told]:
                print(line, file=self.stream)

    def _failed(self, checked: Checked, settings: int) -> None:
        most = self.arguments.limits.diagnostics
        if _is_unreadable(checked.diagnostics):
            terminal.print_diagnostics(checked.diagnostics, most, sys.stderr)
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


def _is_unreadable(diagnostics: list[Diagnostic]) -> bool:
    return any(diagnostic.code == "unreadable" for diagnostic in diagnostics)


def _severities(diagnostics: list[Diagnostic]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for diagnostic in diagnostics:
        counts[diagnostic.severity] = counts.get(diagnostic.severity, 0) + 1
    return counts
