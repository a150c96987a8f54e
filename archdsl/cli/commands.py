"""The commands of `archdsl`; each takes the arguments and gives the exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from archdsl.cli import terminal
from archdsl.cli.arguments import Arguments
from archdsl.cli.status import FOUND, HOLDS
from archdsl.cli.usage import Usage
from archdsl.diagnostics.inert import inert


def layers(arguments: Arguments) -> int:
    """All kinds in one line each, or all about one."""
    from archdsl.layers import REGISTRY, lookup
    from archdsl.layers.reference import describe, overview

    if not arguments.paths:
        print(overview())
        return HOLDS
    word = arguments.paths[0]
    kind = lookup(word)
    if kind is None:
        from archdsl.diagnostics import nearest

        close = nearest(word, REGISTRY)
        raise Usage(f"no kind of layer {word!r}; {f'did you mean {close}?' if close else 'archdsl layers lists them'}")
    print(describe(kind))
    return HOLDS


def limits(arguments: Arguments) -> int:
    """The bounds with what they mean."""
    from archdsl.limits import MEANINGS

    figures = {name: f"{number:,}" for name, number in arguments.limits._asdict().items()}
    wide, narrow = max(map(len, figures)), max(map(len, figures.values()))
    for name, figure in figures.items():
        print(f"{name:{wide}}  {figure:>{narrow}}  {MEANINGS[name]}")
    return HOLDS


def summary(arguments: Arguments) -> int:
    """The table, up to the layer that is wrong; then what is wrong."""
    from archdsl.cli.spec import checked_spec

    as_json = arguments.format == "json"
    if as_json and arguments.depth is not None:
        raise Usage("--depth belongs to the table; JSON has every layer")
    checked = checked_spec(arguments)
    most = arguments.limits.unrolled
    if as_json:
        from archdsl.reports.json import summary as as_record

        terminal.print_json(as_record(checked, most, arguments.batch, arguments.dtype))
        return FOUND if checked.failed else HOLDS
    from archdsl.reports.table import table

    color = terminal.coloured(sys.stdout)
    print(table(checked, arguments.depth, arguments.batch, terminal.width(), color, most, arguments.dtype))
    if not checked.failed:
        terminal.print_diagnostics(checked.diagnostics, arguments.limits.diagnostics, sys.stderr)
        return HOLDS
    print()
    terminal.print_diagnostics(checked.diagnostics, arguments.limits.diagnostics)
    return FOUND


def compile(arguments: Arguments) -> int:
    """PyTorch source, to a file or to standard output; diagnostics go to standard error."""
    from archdsl.cli.spec import checked_spec

    target = _target(arguments)
    checked = checked_spec(arguments)
    if checked.diagnostics:
        terminal.print_diagnostics(checked.diagnostics, arguments.limits.diagnostics, sys.stderr)
    if checked.failed:
        return FOUND
    from archdsl.backends.source import source

    _deliver(source(checked, arguments.limits, allow_modules=arguments.allow_modules), target)
    return HOLDS


def convert(arguments: Arguments) -> int:
    """A listing as a spec, to a file or to standard output; what is wrong with it goes to standard error."""
    from archdsl.checker.check import check
    from archdsl.checker.checked import unread
    from archdsl.cli.spec import root_of
    from archdsl.files import texts
    from archdsl.reading.reading import read

    target = _target(arguments)
    source, faults = texts.read(arguments.paths[0], arguments.limits)
    around = root_of(arguments.paths[0], source, arguments.limits)
    reading = read(source, arguments.limits, arguments.notation, around) if not faults else None
    if reading is not None and reading.notation == "arch" and not reading.diagnostics:
        raise Usage(f"{arguments.paths[0]} is a spec already; convert reads listings")
    checked = check(reading, {}, arguments.limits) if reading else unread(source, faults)
    terminal.print_diagnostics(checked.diagnostics, arguments.limits.diagnostics, sys.stderr)
    if arguments.explain_reading and reading is not None:
        from archdsl.reports.reading import explained

        print(explained(source, reading.notes), file=sys.stderr)
    if reading is None or reading.file is None:
        return FOUND
    from archdsl.layers import REGISTRY
    from archdsl.notations.spec import written
    from archdsl.reports.reading import passed_over

    prose = passed_over(source, reading.prose)
    if prose and target is not None:
        print(inert(f"{source.name}: {prose}"), file=sys.stderr)
    _deliver(written(reading.file, os.path.basename(source.name), REGISTRY, arguments.limits, prose), target)
    return FOUND if checked.failed else HOLDS


def _target(arguments: Arguments) -> str | None:
    """The file that is written, None for standard output; raises Usage for one that is there, without --force."""
    from archdsl.files import disk

    target = arguments.output if arguments.output != "-" else None
    refusal = disk.refusal(target, arguments.force) if target is not None else None
    if refusal:
        raise Usage(refusal)
    return target


def _deliver(text: str, target: str | None) -> None:
    """Write a text to a file, or to standard output."""
    from archdsl.files import disk

    if target is None:
        sys.stdout.write(text)
    else:
        disk.write(target, text)


def command(name: str) -> Callable[[Arguments], int]:
    """The function of a command; checking is the one that is loaded for a check."""
    if name == "check":
        from archdsl.cli.check import check

        return check
    if name == "fmt":
        from archdsl.cli.fmt import fmt

        return fmt
    if name == "weights":
        from archdsl.cli.weights import weights

        return weights
    if name == "solve":
        from archdsl.cli.solve import solve

        return solve
    return {"summary": summary, "compile": compile, "convert": convert, "layers": layers, "limits": limits}[name]
