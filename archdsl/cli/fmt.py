"""`archdsl fmt`: files in the canonical layout; each is written whole, only where it changes, and only if it parses."""

from __future__ import annotations

import sys

from archdsl.cli import terminal
from archdsl.cli.arguments import Arguments
from archdsl.cli.spec import read_source, rewrite
from archdsl.cli.status import FOUND, HOLDS
from archdsl.diagnostics import Diagnostic, Source
from archdsl.diagnostics.inert import inert
from archdsl.files import find
from archdsl.layers import REGISTRY
from archdsl.reports.difference import unified
from archdsl.syntax.format.format import formatted


def fmt(arguments: Arguments) -> int:
    """Format every file; 0 where all is well, 1 where a text has errors or `--check` finds work, 2 if unreadable."""
    status = HOLDS
    for path, fault, _ in terminal.with_progress(find.found(arguments.paths, arguments.limits, arguments.exclude)):
        one = _file(path, arguments) if fault is None else _told([fault], arguments)
        status = max(status, one)
    return status


def _file(path: str, arguments: Arguments) -> int:
    """Read, lay out, and show or write one file."""
    source, faults = read_source(path, arguments.limits)
    if faults:
        return _told(faults, arguments)
    text, faults = formatted(source, REGISTRY, arguments.limits)
    if text is None:
        return _told(faults, arguments)
    if arguments.check or arguments.diff:
        return _show(source, text, arguments)
    if path == "-":
        sys.stdout.write(source.mark + text)
        return HOLDS
    return HOLDS if text == source.text else _write(path, source, text, arguments)


def _told(faults: list[Diagnostic], arguments: Arguments) -> int:
    """Report why a file is left alone."""
    return terminal.report(faults, arguments.limits.diagnostics, one_of_many=True)


def _show(source: Source, text: str, arguments: Arguments) -> int:
    """The name of a file that would change, or the changes."""
    if text == source.text:
        return HOLDS
    if arguments.diff:
        sys.stdout.write(unified(source.mark + source.text, source.mark + text, inert(source.name)))
    else:
        print(inert(source.name))
    return FOUND if arguments.check else HOLDS


def _write(path: str, source: Source, text: str, arguments: Arguments) -> int:
    """Replace a file, and say so."""
    fault = rewrite(path, source, text)
    if fault is not None:
        return _told([fault], arguments)
    print(f"formatted {inert(path)}")
    return HOLDS
