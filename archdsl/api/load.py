"""The ways to a model and to a report: a file or a text, checked at one setting of its parameters."""

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

    Parameters of the model are given by name. `input` is a shape in place of the input of the text, channels last and
    without a batch: "64x64x3", (64, 64, 3), or "37 int"; or for several inputs their shapes by name. What `where` says
    is held, and the type stays if it is not given; claims that depend on the input are not judged. Lines without an
    input read it. `notation` is "arch" or "listing"; without it, the text tells.
    `allow_modules` lets `to_source` and `to_torch` import the modules of other packages that the text names: code, to
    be trusted; the check itself never imports. Raises ArchError with `.diagnostics` where anything is wrong with the
    text, OSError where the file cannot be read.
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

    `folder` is where the paths behind `use` start, and what they never leave; without it a text uses the shipped
    library alone. `input`, `notation` and `allow_modules` are as in `load`. Raises ArchError with `.diagnostics` where
    anything is wrong.
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
    """Check a file at one setting of its parameters and report what is wrong, and what is known of the network.

    Arguments are those of `load`. Never raises for what the text says; raises OSError where the file cannot be read,
    TypeError and ValueError for arguments that are none.
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
    """Check a text at one setting of its parameters and report what is wrong, and what is known of the network.

    Arguments are those of `loads`. Never raises for what the text says; raises TypeError and
    ValueError for arguments that are none.
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
    """The shapes behind `input=`; raises TypeError, ValueError, and ArchError for a text that is no shape."""
    if given is None:
        return None
    from archdsl.reading.given import Inputs

    if not isinstance(given, Mapping):
        return Inputs(_shape(given, limits), {}, _OPTION)
    if not given or not all(isinstance(name, str) for name in given):
        raise TypeError(f'{_OPTION} has a shape for each input by its name: {{"left": "105x105x1"}}')
    return Inputs(None, {name: _shape(shape, limits) for name, shape in given.items()}, _OPTION)


def _shape(given: Input, limits: Limits) -> GivenInput:
    from archdsl.reading.given import GivenInput, given_input

    if isinstance(given, str):
        return given_input(given, limits, _OPTION)
    return GivenInput(values.sizes(_OPTION, given))
