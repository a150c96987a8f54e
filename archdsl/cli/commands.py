"""The commands of `archdsl`; each takes the arguments and gives the exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from archdsl.cli import terminal
from archdsl.cli.arguments import Arguments
from archdsl.cli.formats import FORMATS
from archdsl.cli.status import HOLDS, UNUSABLE
from archdsl.cli.usage import Usage
from archdsl.diagnostics import ArchError
from archdsl.diagnostics.inert import inert
from archdsl.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.checker.checked import Checked
    from archdsl.diagnostics import Source


def layers(arguments: Arguments) -> int:
    """All kinds in one line each, or all about one."""
    from archdsl.layers import REGISTRY, lookup
    from archdsl.layers.reference import RUNS, describe, overview

    if not arguments.paths:
        print(overview())
        return HOLDS
    word = arguments.paths[0]
    kind = lookup(word)
    if word.upper() in RUNS:
        print(RUNS[word.upper()])
        return HOLDS
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

    form = FORMATS[arguments.format]
    if form.document and (arguments.depth is not None or arguments.columns is not None or arguments.source):
        option = "--depth" if arguments.depth is not None else "--columns" if arguments.columns else "--source"
        raise Usage(f"{option} applies to the table only; JSON contains every layer in full")
    checked = checked_spec(arguments)
    if form.document:
        return _print_record(checked, arguments)
    most = arguments.limits.diagnostics
    if terminal.status_of(checked.diagnostics) == UNUSABLE:
        return terminal.report(checked.diagnostics, most)
    try:
        _print_table(checked, arguments)
    except ArchError as wrong:
        return terminal.report(wrong.diagnostics, most)
    if checked.diagnostics:
        print()
    return terminal.report(checked.diagnostics, most)


def _print_record(checked: Checked, arguments: Arguments) -> int:
    """The summary for scripts, also where it would be too long."""
    from archdsl.reports.json import summary as as_record

    most = arguments.limits.unrolled
    try:
        record = as_record(checked, most, arguments.batch, arguments.dtype)
    except ArchError as wrong:
        checked = checked._replace(network=None, diagnostics=[*checked.diagnostics, *wrong.diagnostics])
        record = as_record(checked, most, arguments.batch, arguments.dtype)
    terminal.print_json(record)
    return terminal.status_of(checked.diagnostics)


def _print_table(checked: Checked, arguments: Arguments) -> None:
    """The summary for people; raises ArchError where it would be too long."""
    from archdsl.reports.columns import DEFAULT
    from archdsl.reports.table import table

    print(
        table(
            checked,
            arguments.depth,
            arguments.batch,
            terminal.width(),
            terminal.coloured(sys.stdout),
            arguments.limits.unrolled,
            arguments.dtype,
            arguments.columns or DEFAULT,
            arguments.source,
        )
    )


def compile(arguments: Arguments) -> int:
    """PyTorch source, to a file or to standard output."""
    from archdsl.cli.spec import checked_spec

    target, most = _target(arguments), arguments.limits.diagnostics
    checked = checked_spec(arguments)
    if checked.failed:
        return terminal.report(checked.diagnostics, most)
    from archdsl.backends.source import source

    try:
        allowed, inplace = arguments.allow_modules, arguments.inplace
        text = source(checked, arguments.limits, allow_modules=allowed, inplace=inplace)
    except ArchError as wrong:
        return terminal.report([*checked.diagnostics, *wrong.diagnostics], most)
    _deliver(text, target, checked.source)
    return terminal.report(checked.diagnostics, most, beside=target is None)


def convert(arguments: Arguments) -> int:
    """A listing as a spec, to a file or to standard output, whether it holds or not."""
    from archdsl.checker.check import check
    from archdsl.cli.spec import read_source, root_of
    from archdsl.reading.reading import read

    target, limits = _target(arguments), arguments.limits
    source, faults = read_source(arguments.paths[0], limits)
    if faults:
        return terminal.report(faults, limits.diagnostics)
    reading = read(source, limits, arguments.notation, root_of(arguments.paths[0], source, limits))
    if reading.notation == "arch" and not reading.diagnostics:
        raise Usage(f"{arguments.paths[0]} is already a spec; convert reads listings")
    checked, beside = check(reading, {}, limits), False
    if reading.file is not None and not reading.dropped:
        from archdsl.layers import REGISTRY
        from archdsl.notations.spec import written
        from archdsl.reports.reading import passed_over

        prose = passed_over(source, reading.prose)
        _deliver(written(reading.file, os.path.basename(source.name), REGISTRY, limits, prose), target, source)
        if prose and target is not None:
            print(inert(f"{source.name}: {prose}"))
        beside = target is None
    if arguments.explain_reading:
        from archdsl.reports.reading import explained

        print(explained(source, reading.notes), file=sys.stderr if beside else sys.stdout)
    return terminal.report(checked.diagnostics, limits.diagnostics, beside=beside)


def _target(arguments: Arguments) -> str | None:
    """The file that is written, None for standard output; raises Usage for one that is there, without --force."""
    from archdsl.files import disk

    target = arguments.output if arguments.output != "-" else None
    refusal = disk.refusal(target, arguments.force) if target is not None else None
    if refusal:
        raise Usage(refusal)
    return target


def _deliver(text: str, target: str | None, source: Source) -> None:
    """Write a text to a file, or to standard output; raises Usage for a file from which it was made."""
    from archdsl.files import disk

    if target is None:
        sys.stdout.write(text)
        return
    if any(disk.is_same(target, one.name) for one in source.texts()):
        raise Usage(f"{target} is one of the files read, and is not overwritten")
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
