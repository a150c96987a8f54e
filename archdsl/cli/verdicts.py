"""What `archdsl check` says of its files, as it finds it out, and of all of them at the end."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod

from archdsl.checker.checked import Checked
from archdsl.cli import terminal
from archdsl.cli.outcome import Outcome
from archdsl.cli.status import FOUND, HOLDS, UNUSABLE
from archdsl.diagnostics import Diagnostic
from archdsl.diagnostics.inert import inert
from archdsl.reports import verdict
from archdsl.typed import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from archdsl.checker.fixes.apply import Done
    from archdsl.reports.records import CheckRecord, FixedRecord


class Wanted(NamedTuple):
    """What the caller wants said, and where."""

    strict: bool  # warnings count as errors
    reading: bool  # how listings were read, too
    most: int  # diagnostics of one file
    beside: bool  # standard output has a text that the command makes
    fixes: bool  # safe fixes are put in
    unwritten: bool  # and shown, not written


class Verdicts(ABC):
    """Says what was found, and keeps count of it."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.files = self.failed = self.unreadable = 0
        self.severities: dict[str, int] = {}
        self.fixed = self.changed = 0

    def file(self, outcome: Outcome) -> None:
        """Say what was found about one file."""
        unwritten = outcome.unwritten
        diagnostics = outcome.diagnostics(self.wanted.strict)
        everything = [*diagnostics, unwritten] if unwritten is not None else diagnostics
        self.files += 1
        self.fixed += sum(one.faults for one in outcome.done)
        self.changed += bool(outcome.done)
        self.failed += outcome.fails(self.wanted.strict) or unwritten is not None
        self.unreadable += terminal.status_of(everything) == UNUSABLE
        for severity, number in _severities(everything).items():
            self.severities[severity] = self.severities.get(severity, 0) + number
        self.say(outcome, diagnostics)

    def end(self) -> int:
        """Say what was found about all; give the exit status."""
        self.say_all()
        found = self.failed or (self.changed and self.wanted.unwritten)
        return UNUSABLE if self.unreadable else FOUND if found else HOLDS

    @abstractmethod
    def say(self, outcome: Outcome, diagnostics: list[Diagnostic]) -> None:
        """Say what was found about one file."""

    @abstractmethod
    def say_all(self) -> None:
        """Say what was found about all."""


class TextVerdicts(Verdicts):
    """A line for each file that holds, the diagnostics of the others, and a count of several files."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(wanted)
        self.stream = sys.stderr if wanted.beside else sys.stdout

    def say(self, outcome: Outcome, diagnostics: list[Diagnostic]) -> None:
        if self.wanted.reading:
            from archdsl.reports.reading import explained

            print(explained(outcome.checks[0].source, outcome.notes), file=self.stream)
        for line in verdict.fixes(outcome.checks[0].source, outcome.done, self.wanted.unwritten):
            print(line, file=self.stream)
        if outcome.fails(self.wanted.strict):
            self._failed(outcome.checks[-1], outcome.settings, outcome.done)
        else:
            self._holds(outcome, diagnostics)
        if outcome.unwritten is not None:
            terminal.report([outcome.unwritten], self.wanted.most, one_of_many=True)

    def _holds(self, outcome: Outcome, diagnostics: list[Diagnostic]) -> None:
        most, checks = self.wanted.most, outcome.checks
        terminal.print_diagnostics(diagnostics, most, self.stream)
        told = verdict.blocks(checks[0], outcome.blocks) if outcome.blocks else verdict.line(checks)
        fixed = sum(one.faults for one in outcome.done)
        sums = [inert(f"{checks[0].source.name}: {self._fixed(fixed)}")] if fixed else []
        for line in [*verdict.holes(checks[-1]), *sums, told]:
            print(line, file=self.stream)

    def _failed(self, checked: Checked, settings: int, done: tuple[Done, ...]) -> None:
        most = self.wanted.most
        if terminal.status_of(checked.diagnostics) == UNUSABLE:
            terminal.report(checked.diagnostics, most, one_of_many=True)
            return
        name = inert(checked.source.name)
        if settings > 1:
            print(f"{name} at {verdict.setting(checked)}:", file=self.stream)
        terminal.print_diagnostics(checked.diagnostics, most, self.stream)
        for line in verdict.holes(checked):
            print(line, file=self.stream)
        tally = verdict.tally(_severities(checked.diagnostics))
        fixed = sum(one.faults for one in done)
        print(f"{name}: {f'{self._fixed(fixed)}; left: {tally}' if done else tally}", file=self.stream)

    def _fixed(self, number: int) -> str:
        """`2 faults fixed`."""
        faults = f"{number:,} problem{'s' * (number > 1)}"
        return f"{faults} would be fixed" if self.wanted.unwritten else f"{faults} fixed"

    def say_all(self) -> None:
        if self.files > 1:
            tally = verdict.tally(self.severities)
            number = self.files - self.failed
            hold = f"{number:,} of {self.files:,} files hold{'s' * (number == 1)}"
            line = f"{hold}: {tally}" if tally else hold
            print(f"{line}; {self._fixed(self.fixed)}" if self.fixed else line, file=self.stream)


class JsonVerdicts(Verdicts):
    """A list of records, one for each file at each of its settings, printed at the end."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(wanted)
        self.records: list[CheckRecord] = []

    def say(self, outcome: Outcome, diagnostics: list[Diagnostic]) -> None:
        from archdsl.reports.json import check as records
        from archdsl.reports.json import diagnostic_record

        made = records(outcome.checks)
        if outcome.unwritten is not None:
            made[-1]["diagnostics"].append(diagnostic_record(outcome.unwritten))
        if self.wanted.reading:
            from archdsl.reports.reading import as_records

            made = [{**one, "reading": as_records(outcome.checks[0].source, outcome.notes)} for one in made]
        if self.wanted.fixes:
            fixed: list[FixedRecord] = [cast("FixedRecord", done._asdict()) for done in outcome.done]
            made = [{**one, "fixed": fixed} for one in made]
        self.records += made

    def say_all(self) -> None:
        terminal.print_json(self.records)


def _severities(diagnostics: list[Diagnostic]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for diagnostic in diagnostics:
        counts[diagnostic.severity] = counts.get(diagnostic.severity, 0) + 1
    return counts
