"""The formats after `--format`: one class each, and the table of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from archdsl.cli import terminal
from archdsl.cli.verdicts import JsonVerdicts, TextVerdicts, Verdicts, Wanted
from archdsl.diagnostics import Diagnostic
from archdsl.typed import ClassVar


class Format(ABC):
    """A way to print what a command found."""

    name: ClassVar[str]
    document: ClassVar[bool]  # whether all of standard output is one document, in which nothing else can stand

    @abstractmethod
    def verdicts(self, wanted: Wanted) -> Verdicts:
        """What says what `check` finds, file after file."""

    @abstractmethod
    def answer(self, text: Callable[[], str], record: Callable[[], object]) -> None:
        """Print what a command found out, as text or as a record."""

    @abstractmethod
    def refuse(self, diagnostics: list[Diagnostic], most: int, record: Callable[[], object]) -> int:
        """Print why a command found nothing out, and give the exit status."""


class TextFormat(Format):
    """For people."""

    name = "text"
    document = False

    def verdicts(self, wanted: Wanted) -> Verdicts:
        return TextVerdicts(wanted)

    def answer(self, text: Callable[[], str], record: Callable[[], object]) -> None:
        print(text())

    def refuse(self, diagnostics: list[Diagnostic], most: int, record: Callable[[], object]) -> int:
        return terminal.report(diagnostics, most)


class Json(Format):
    """For scripts: JSON, whatever was found."""

    name = "json"
    document = True

    def verdicts(self, wanted: Wanted) -> Verdicts:
        return JsonVerdicts(wanted)

    def answer(self, text: Callable[[], str], record: Callable[[], object]) -> None:
        terminal.print_json(record())

    def refuse(self, diagnostics: list[Diagnostic], most: int, record: Callable[[], object]) -> int:
        terminal.print_json(record())
        return terminal.status_of(diagnostics)


FORMATS: dict[str, Format] = {each.name: each for each in (TextFormat(), Json())}
