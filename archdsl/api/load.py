"""Models and reports from a file or a text, checked at one setting of its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fsdecode, fspath

from archdsl.api import values
from archdsl.api.model import Model
from archdsl.api.report import Report
from archdsl.api.values import Value
from archdsl.checker.check import check as at_setting
from archdsl.checker.checked import Checked, unread
from archdsl.diagnostics import ArchError, Source
from archdsl.files.texts import read_file, within
from archdsl.limits import Limits
from archdsl.notations.detect import NAMES as NOTATIONS
from archdsl.reading.reading import read
from archdsl.typed import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from archdsl.reading.given import GivenInput, Inputs
    from archdsl.reading.root import Root


_OPTION = "input="
Input: TypeAlias = str | Sequence[int]  # a shape: "64x64x3", "37 int", (64, 64, 3)


def load(
    path: str | PathLike[str],
    /,
    *,
    limits: Limits | None = None,
    input: Input | Mapping[str, Input] | None = None,
    notation: str | None = None,
    allow_modules: bool = False,
    **parameters: Value,
) -> Model:
    """Check a file and return its model.

    Parameters of the model are given by name. `input` is a shape that replaces the input of the text, channels last
    without the batch: "64x64x3", (64, 64, 3), or "37 int"; for several inputs, a dict of shapes by name. Conditions
    after `where` apply to it, and the dtype stays unless given; claims that depend on the input are not checked. A
    text without an input reads it. `notation` is "arch" or "listing"; by default it is detected.
    `allow_modules` lets `to_source` and `to_torch` import the external modules that the text names, which runs their
    code; the check itself never imports them. Raises ArchError with `.diagnostics` if the text has errors, OSError if
    the file cannot be read, TypeError and ValueError for wrong arguments.
    """
    limits = values.bounds(limits)
    checked = _checked_file(path, limits, input, notation, parameters)
    return _model(checked, limits, allow_modules)


def loads(
    text: str,
    /,
    *,
    limits: Limits | None = None,
    input: Input | Mapping[str, Input] | None = None,
    folder: str | PathLike[str] | None = None,
    notation: str | None = None,
    allow_modules: bool = False,
    **parameters: Value,
) -> Model:
    """Check a text and return its model.

    Paths after `use` are relative to `folder`, and cannot leave it; without it a text can use only the library.
    `input`, `notation` and `allow_modules` are as in `load`. Raises ArchError with `.diagnostics` if the text has
    errors, TypeError and ValueError for wrong arguments.
    """
    limits = values.bounds(limits)
    checked = _checked_text(text, limits, input, folder, notation, parameters)
    return _model(checked, limits, allow_modules)


def check_file(
    path: str | PathLike[str],
    /,
    *,
    limits: Limits | None = None,
    input: Input | Mapping[str, Input] | None = None,
    notation: str | None = None,
    **parameters: Value,
) -> Report:
    """Check a file at one setting of its parameters, and report its errors and everything known about the network.

    Arguments are those of `load`. Never raises for errors of the text; raises OSError if the file cannot be read,
    TypeError and ValueError for wrong arguments.
    """
    limits = values.bounds(limits)
    return Report(_checked_file(path, limits, input, notation, parameters), limits)


def check(
    text: str,
    /,
    *,
    limits: Limits | None = None,
    input: Input | Mapping[str, Input] | None = None,
    folder: str | PathLike[str] | None = None,
    notation: str | None = None,
    **parameters: Value,
) -> Report:
    """Check a text at one setting of its parameters, and report its errors and everything known about the network.

    Arguments are those of `loads`. Never raises for errors of the text; raises TypeError and ValueError for wrong
    arguments.
    """
    limits = values.bounds(limits)
    return Report(_checked_text(text, limits, input, folder, notation, parameters), limits)


def _checked_file(
    path: str | PathLike[str],
    limits: Limits,
    input: Input | Mapping[str, Input] | None,
    notation: str | None,
    parameters: Mapping[str, Value],
) -> Checked:
    notation = notation if notation is None else values.choice("notation", notation, NOTATIONS)
    path = fspath(path)  # a number would be a file that somebody else has open
    source, faults = read_file(path, limits)
    if faults:
        return unread(source, faults)
    from archdsl.reading.root import beside

    root = beside(fsdecode(path), source.name, limits)
    given = inputs_of(input, limits)
    return _checked(source, parameters, limits, given, notation, root)


def _checked_text(
    text: str,
    limits: Limits,
    input: Input | Mapping[str, Input] | None,
    folder: str | PathLike[str] | None,
    notation: str | None,
    parameters: Mapping[str, Value],
) -> Checked:
    notation = notation if notation is None else values.choice("notation", notation, NOTATIONS)
    source, faults = within(values.text("text", text), "<text>", limits)
    if faults:
        return unread(source, faults)
    given = inputs_of(input, limits)
    root: Root | None = None
    if folder is not None:
        from archdsl.reading.root import below

        root = below(folder, "<text>", limits)
    return _checked(source, parameters, limits, given, notation, root)


def _checked(
    source: Source,
    parameters: Mapping[str, Value],
    limits: Limits,
    inputs: Inputs | None,
    notation: str | None,
    root: Root | None,
) -> Checked:
    return at_setting(read(source, limits, notation, root, inputs), values.converted(parameters, limits), limits)


def _model(checked: Checked, limits: Limits, allow_modules: bool) -> Model:
    """The model of a text that holds; raises ArchError with the errors of another."""
    if checked.failed:
        raise ArchError([d for d in checked.diagnostics if d.severity == "error"])
    return Model(checked, limits, allow_modules=allow_modules)


def inputs_of(given: Input | Mapping[str, Input] | None, limits: Limits) -> Inputs | None:
    """The shapes after `input=`; raises TypeError, ValueError, and ArchError for a text that is no shape."""
    if given is None:
        return None
    from archdsl.reading.given import Inputs

    if not isinstance(given, Mapping):
        return Inputs(_shape(given, limits), {}, _OPTION)
    if not given or not all(isinstance(name, str) for name in given):
        raise TypeError(f'{_OPTION} must map each input name to a shape: {{"left": "105x105x1"}}')
    return Inputs(None, {name: _shape(shape, limits) for name, shape in given.items()}, _OPTION)


def _shape(given: Input, limits: Limits) -> GivenInput:
    from archdsl.reading.given import GivenInput, given_input

    if isinstance(given, str):
        return given_input(given, limits, _OPTION)
    return GivenInput(values.sizes(_OPTION, given))
