"""What `archdsl check` says of its files, as it finds it out, and of all of them at the end."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

from archdsl.checker.checked import Checked
from archdsl.cli import terminal
from archdsl.cli.outcome import Outcome
from archdsl.cli.status import FOUND, HOLDS, UNUSABLE
from archdsl.diagnostics import Diagnostic
from archdsl.diagnostics.inert import inert
from archdsl.reports import verdict


class Wanted(NamedTuple):
    """What the caller wants said, and where."""

    strict: bool  # warnings count as errors
    reading: bool  # how listings were read, too
    most: int  # diagnostics of one file
    beside: bool  # standard output has a text that the command makes


class Verdicts(ABC):
    """Says what was found, and keeps count of it."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.files = self.failed = self.unreadable = 0
        self.severities: dict[str, int] = {}

    def file(self, outcome: Outcome) -> None:
        """Say what was found about one file."""
        unwritten = outcome.unwritten
        diagnostics = outcome.diagnostics(self.wanted.strict)
        everything = [*diagnostics, unwritten] if unwritten is not None else diagnostics
        self.files += 1
        self.failed += outcome.fails(self.wanted.strict) or unwritten is not None
        self.unreadable += terminal.status_of(everything) == UNUSABLE
        for severity, number in _severities(everything).items():
            self.severities[severity] = self.severities.get(severity, 0) + number
        self.say(outcome, diagnostics)

    def end(self) -> int:
        """Say what was found about all; give the exit status."""
        self.say_all()
        return UNUSABLE if self.unreadable else FOUND if self.failed else HOLDS

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
        if outcome.fails(self.wanted.strict):
            self._failed(outcome.checks[-1], outcome.settings)
        else:
            self._holds(outcome, diagnostics)

    def _holds(self, outcome: Outcome, diagnostics: list[Diagnostic]) -> None:
        most, checks = self.wanted.most, outcome.checks
        terminal.print_diagnostics(diagnostics, most, self.stream)
        told = verdict.blocks(checks[0], outcome.blocks) if outcome.blocks else verdict.line(checks)
        for line in [*verdict.holes(checks[-1]), told]:
            print(line, file=self.stream)
        if outcome.unwritten is not None:
            terminal.report([outcome.unwritten], most, one_of_many=True)

    def _failed(self, checked: Checked, settings: int) -> None:
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
        print(f"{name}: {verdict.tally(_severities(checked.diagnostics))}", file=self.stream)

    def say_all(self) -> None:
        if self.files > 1:
            tally = verdict.tally(self.severities)
            number = self.files - self.failed
            hold = f"{number:,} of {self.files:,} files hold{'s' * (number == 1)}"
            print(f"{hold}: {tally}" if tally else hold, file=self.stream)


class JsonVerdicts(Verdicts):
    """A list of records, one for each file at each of its settings, printed at the end."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(wanted)
        self.records: list[dict[str, Any]] = []

    def say(self, outcome: Outcome, diagnostics: list[Diagnostic]) -> None:
        from archdsl.reports.json import check as records

        made = records(outcome.checks)
        if outcome.unwritten is not None:
            made[-1]["diagnostics"].append(outcome.unwritten.to_json())
        if self.wanted.reading:
            from archdsl.reports.reading import as_records

            made = [{**one, "reading": as_records(outcome.checks[0].source, outcome.notes)} for one in made]
        self.records += made

    def say_all(self) -> None:
        terminal.print_json(self.records)


def _severities(diagnostics: list[Diagnostic]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for diagnostic in diagnostics:
        counts[diagnostic.severity] = counts.get(diagnostic.severity, 0) + 1
    return counts
