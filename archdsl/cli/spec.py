"""The one spec that a command reads: its text, the files that it uses, and what `--input` gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archdsl.checker.check import check
from archdsl.checker.checked import Checked, unread
from archdsl.cli.arguments import Arguments
from archdsl.cli.usage import Usage
from archdsl.diagnostics import ArchError, Diagnostic, Source
from archdsl.files import texts
from archdsl.limits import Limits
from archdsl.reading.fragment import fragment_shape
from archdsl.reading.reading import read
from archdsl.sizes.shape import Shape

if TYPE_CHECKING:
    from archdsl.reading.root import Root


def checked_spec(arguments: Arguments) -> Checked:
    """The one spec of a command, checked at the values given."""
    given = arguments.parameters()
    source, faults = texts.read(arguments.paths[0], arguments.limits)
    if faults:
        return unread(source, faults)
    shape = fragment(arguments.input, arguments.limits)
    around = root_of(arguments.paths[0], source, arguments.limits)
    reading = read(source, arguments.limits, arguments.notation, around)
    return check(reading, given, arguments.limits, shape)


def root_of(path: str, source: Source, limits: Limits, folder: str | None = None) -> Root | None:
    """Where the files are that a file, or standard input, may use; None where its text uses none."""
    if "use" not in source.text:
        return None
    from archdsl.reading.root import below, beside

    return below(".", source.name, limits) if path == "-" else beside(path, source.name, limits, folder)


def fragment(text: str | None, limits: Limits) -> Shape | None:
    """The shape behind `--input`; raises Usage."""
    if text is None:
        return None
    try:
        return fragment_shape(text, limits)
    except ArchError as wrong:
        raise Usage(f"--input {text}: {wrong.diagnostics[0].message}") from None


def rewrite(path: str, source: Source, text: str) -> Diagnostic | None:
    """Give the file of a spec a new text, behind the mark that it begins with; what is wrong where that cannot be."""
    from archdsl.files import disk

    refusal = disk.refusal(path, force=True)
    if refusal is not None:
        return texts.unreadable(path, ValueError(f"cannot be written: {refusal}"))
    try:
        disk.write(path, source.mark + text)
    except OSError as fault:
        return texts.unreadable(path, OSError(fault.errno, f"cannot be written: {fault.strerror}"))
    return None
