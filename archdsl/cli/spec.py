"""The one spec that a command reads: its text, the files that it uses, and what `--input` gives it."""

from __future__ import annotations

from collections.abc import Mapping

from archdsl.checker.check import check, check_again
from archdsl.checker.checked import Checked, unread
from archdsl.cli.arguments import Arguments
from archdsl.cli.usage import Usage
from archdsl.diagnostics import ArchError, Diagnostic, Source
from archdsl.files import texts
from archdsl.limits import Limits
from archdsl.reading.reading import Reading, read
from archdsl.syntax import tree
from archdsl.typed import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.reading.given import GivenInput, Inputs
    from archdsl.reading.root import Root

_TWICE = "--input is given several times: name the input each time, --input NAME=SHAPE"


class OneSpec:
    """The spec of a command, read once and checked at any setting."""

    def __init__(self, arguments: Arguments) -> None:
        self.arguments = arguments
        self.source, self.faults = read_source(arguments.paths[0], arguments.limits)

    def checked(self) -> Checked:
        """The check at the values given; what is wrong where its file cannot be read."""
        given = self.arguments.parameters()
        inputs = given_inputs(self.arguments.input, self.arguments.limits)
        if self.faults:
            return unread(self.source, self.faults)
        return check(self._reading(inputs), given, self.arguments.limits)

    def again(self, values: Mapping[str, Any], inputs: Inputs | None, limits: Limits) -> Checked:
        """The check at other values beside those given; `inputs` are in place of those given."""
        given = {**self.arguments.parameters(), **values}
        asked = inputs or given_inputs(self.arguments.input, self.arguments.limits)
        return check_again(self._reading(asked), given, limits)

    def fixed(self) -> set[str]:
        """What was given in place of what the text has itself: names of parameters with a default, "" for the input."""
        file = self._reading(None).file
        statements = [one for line in file.lines for one in line.statements] if file is not None else []
        models = [one for one in statements if isinstance(one, tree.ModelStatement)]
        own = {one.name.text for model in models for one in model.parameters if one.default is not None}
        replaced = self.arguments.input and any(isinstance(one, tree.Input) for one in statements)
        return (own & set(self.arguments.values)) | ({""} if replaced else set())

    def _reading(self, inputs: Inputs | None) -> Reading:
        arguments = self.arguments
        around = root_of(arguments.paths[0], self.source, arguments.limits)
        return read(self.source, arguments.limits, arguments.notation, around, inputs)


def checked_spec(arguments: Arguments) -> Checked:
    """The one spec of a command, checked at the values given; what is wrong where its file cannot be read."""
    return OneSpec(arguments).checked()


def read_source(path: str, limits: Limits) -> tuple[Source, list[Diagnostic]]:
    """The text of a file or of standard input, and what is wrong where there is none."""
    try:
        return texts.read(path, limits)
    except (OSError, ValueError) as wrong:
        fault = texts.unreadable(path, wrong)
        return fault.source, [fault]


def root_of(path: str, source: Source, limits: Limits, folder: str | None = None) -> Root | None:
    """Where the files are that a file, or standard input, may use; None where its text uses none."""
    if "use" not in source.text:
        return None
    from archdsl.reading.root import below, beside

    return below(".", source.name, limits) if path == "-" else beside(path, source.name, limits, folder)


def given_shape(sizes: tuple[int, ...]) -> Inputs | None:
    """A shape as `--input` gives it; nothing for one without axes."""
    if not sizes:
        return None
    from archdsl.reading.given import GivenInput, Inputs

    return Inputs(GivenInput(sizes), {})


def given_inputs(words: list[str], limits: Limits) -> Inputs | None:
    """The shapes after `--input`, of which one has no name, or each has one; raises Usage."""
    if not words:
        return None
    from archdsl.reading.given import Inputs

    named: dict[str, GivenInput] = {}
    for word in words:
        name, _, shape = word.rpartition("=")
        if "=" in word and not name:
            raise Usage(f"--input {word}: the name of an input is missing before =")
        if name in named:
            raise Usage(f"--input {name}= is given twice" if name else _TWICE)
        named[name] = _shape(word, shape, limits)
    if "" in named and len(named) > 1:
        raise Usage(_TWICE)
    return Inputs(named.get(""), {name: shape for name, shape in named.items() if name})


def _shape(word: str, text: str, limits: Limits) -> GivenInput:
    from archdsl.reading.given import given_input

    try:
        return given_input(text, limits)
    except ArchError as wrong:
        raise Usage(f"--input {word}: {wrong.diagnostics[0].message}; a shape is written 227x227x3") from None


def rewrite(path: str, source: Source, text: str) -> Diagnostic | None:
    """Give the file of a spec a new text, after the mark that it begins with; what is wrong where that cannot be."""
    from archdsl.files import disk

    refusal = disk.refusal(path, force=True)
    if refusal is not None:
        return texts.unreadable(path, ValueError(f"cannot be written: {refusal}"))
    try:
        disk.write(path, source.mark + text)
    except OSError as fault:
        return texts.unreadable(path, OSError(fault.errno, f"cannot be written: {fault.strerror}"))
    return None
