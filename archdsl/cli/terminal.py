"""The streams of the command line: encodings, colours, progress, and the ways in which things are reported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from archdsl.cli.status import FOUND, HOLDS, UNUSABLE
from archdsl.typed import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from archdsl.diagnostics import Diagnostic

T = TypeVar("T")
_OF_FILES = ("unreadable", "damaged-weights", "pickled-weights")  # what keeps a command from its work
_PIECES = 10_000  # of JSON that are joined to be printed
_PATIENCE = 2.0  # seconds before progress is shown


def prepare() -> None:
    """The same bytes in every locale, but on a terminal, which has its encoding; nothing is too strange to print."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def forget_stdout() -> None:
    """Let what is still to be written to stdout go nowhere, because nobody reads it."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return  # no file after it


def coloured(stream: TextIO | None) -> bool:
    """Whether to colour: on a terminal that can, unless NO_COLOR is set."""
    if stream is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def width() -> int | None:
    """The width of the terminal that stdout is; None where it is none."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def complain(message: str) -> None:
    """Say on stderr what is wrong with the call."""
    from archdsl.diagnostics.inert import inert

    print(f"archdsl: {inert(message)}", file=sys.stderr)


def print_diagnostics(diagnostics: list[Diagnostic], most: int, stream: TextIO | None = None) -> None:
    """Print diagnostics, `most` of them, an empty line after each."""
    from archdsl.reports.verdict import rendered

    target = sys.stdout if stream is None else stream
    for text in rendered(diagnostics, most, coloured(target)):
        print(text, end="\n\n", file=target)


def status_of(diagnostics: Iterable[Diagnostic]) -> int:
    """UNUSABLE where a file cannot be used, FOUND where a text has an error, else HOLDS."""
    found = list(diagnostics)
    if any(diagnostic.code in _OF_FILES for diagnostic in found):
        return UNUSABLE
    return FOUND if any(diagnostic.severity == "error" for diagnostic in found) else HOLDS


def report(diagnostics: list[Diagnostic], most: int, *, beside: bool = False, one_of_many: bool = False) -> int:
    """Print what was found, and give the exit status of it.

    Standard output has what is wrong with a text; standard error what is wrong with a file, and what would stand
    `beside` a source or spec that standard output has. The file that a command is about, not `one_of_many`, is named in
    front of what is wrong with it, as in every complaint about a call.
    """
    status = status_of(diagnostics)
    if not one_of_many and any(diagnostic.code == "unreadable" for diagnostic in diagnostics):
        for diagnostic in diagnostics:
            complain(f"{diagnostic.source.name}: {diagnostic.message}")
        return status
    print_diagnostics(diagnostics, most, sys.stderr if beside or status == UNUSABLE else sys.stdout)
    return status


def print_json(value: object) -> None:
    """Print JSON in ASCII, piece by piece; DEL, the one control character that it lets through, is escaped too."""
    from json import JSONEncoder

    pieces = JSONEncoder(indent=2).iterencode(value)
    while text := "".join(islice(pieces, _PIECES)):
        print(text.replace("\x7f", "\\u007f"), end="")
    print()


def with_progress(items: Sequence[T]) -> Iterator[T]:
    """The items, and on a terminal how far one is, once it takes long."""
    if len(items) < 2 or sys.stderr is None or not sys.stderr.isatty():
        yield from items
        return
    from time import monotonic

    start = last = monotonic()
    for number, item in enumerate(items):
        now = monotonic()
        if now - start > _PATIENCE and now - last > 0.1:
            last = now
            print(f"\r\x1b[K{number:,} of {len(items):,}", end="\r", file=sys.stderr, flush=True)
        yield item
    if last > start:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
