"""What stands after `archdsl` on the command line: options, paths, and values for the model's parameters."""

from __future__ import annotations

import re

from archdsl.cli.usage import Usage
from archdsl.limits import Limits
from archdsl.typed import Any, NamedTuple, NoReturn
from archdsl.version import VERSION

COMMANDS = {
    "check": "check shapes, parameters and claims",
    "summary": "print the table of the layers",
    "compile": "write PyTorch source",
    "fmt": "lay specs out in the one canonical form",
    "convert": "write a listing as a spec",
    "weights": "compare a checkpoint with a spec, tensor by tensor",
    "solve": "find the largest or smallest value of a parameter within a bound",
    "layers": "list the kinds of layer, or explain one",
    "limits": "list the limits on what a text may cost",
}


class Arguments(NamedTuple):
    """A command with all that it needs; what a command does not have keeps its default."""

    command: str
    paths: list[str]
    values: dict[str, str]  # values of parameters as written
    limits: Limits
    format: str = "text"
    strict: bool = False
    input: list[str] = []  # noqa: RUF012 - of a tuple, never changed
    depth: int | None = None
    columns: tuple[str, ...] | None = None
    source: bool = False
    batch: int = 1
    dtype: str = "float32"
    output: str | None = None
    force: bool = False
    check: bool = False
    diff: bool = False
    notation: str | None = None
    explain_reading: bool = False
    fill: bool = False
    fix: bool = False
    rename: list[str] = []  # noqa: RUF012
    skip: list[str] = []  # noqa: RUF012
    cast: bool = False
    every: bool = False
    allow_modules: bool = False
    inplace: bool = False
    exclude: list[str] = []  # noqa: RUF012

    def parameters(self) -> dict[str, Any]:
        """The values of parameters as the language has them; raises Usage."""
        from archdsl.cli.given import value

        return {name: value(name, text, self.limits) for name, text in self.values.items()}


def read(argv: list[str]) -> Arguments:
    """Read the command line. Raises Usage; `--help` and `--version` print and raise SystemExit."""
    if len(argv) > 1 and argv[0] in ("check", "summary") and not any(word[:1] == "-" != word for word in argv[1:]):
        return _arguments(argv[0], argv[1:], {}, Limits())  # no options: argparse, slow to import, is not needed
    before, rest = _before_command(argv)
    command = rest[0]
    if command not in COMMANDS:
        from archdsl.diagnostics.nearest import nearest

        close = nearest(command, COMMANDS)
        raise Usage(f"no command {command!r}; {f'did you mean {close}?' if close else 'see archdsl --help'}")
    found = vars(_parser(command).parse_intermixed_args([*before, *rest[1:]]))
    limits = _limits(found.pop("limit"))
    return _arguments(command, found.pop("words"), found, limits)


def _before_command(argv: list[str]) -> tuple[list[str], list[str]]:
    """The options before the command, and all from the command on; raises Usage where there is none."""
    at = 0
    while at < len(argv) and argv[at].startswith("-") and argv[at] != "-":
        if argv[at] in ("-h", "--help"):
            from archdsl.cli.help import overview

            _show(overview(COMMANDS))
        if argv[at] in ("-V", "--version"):
            _show(f"archdsl {VERSION}\n")
        if not argv[at].startswith("--limit"):
            raise Usage(f"{argv[at]} must come after a command; see archdsl --help")
        at += 1 if "=" in argv[at] else 2
    if at >= len(argv):
        raise Usage("a command is missing; see archdsl --help")
    return argv[:at], argv[at:]


def _show(text: str) -> None:
    import sys

    sys.stdout.write(text)
    raise SystemExit(0)


def _arguments(command: str, words: list[str], options: dict[str, Any], limits: Limits) -> Arguments:
    """Part paths from values of parameters."""
    paths: list[str] = []
    values: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name.isidentifier() or not name.isascii():
            paths.append(word)
        elif not _takes_values(command):
            raise Usage(f"{command} takes no parameters: {word}")
        elif name in values:
            raise Usage(f"{name} is given twice")
        else:
            values[name] = value
    _count(command, paths)
    if command == "check" and options.get("diff"):
        options["fix"] = True
    return Arguments(command, paths, values, limits, **options)


def _count(command: str, paths: list[str]) -> None:
    """Refuse too few and too many paths."""
    if command == "limits" and paths:
        raise Usage("limits takes no words; --limit NAME=N changes one")
    if command == "layers" and len(paths) > 1:
        raise Usage("layers takes one kind")
    if command in ("check", "fmt") and not paths:
        raise Usage(f"{command} needs a file, a folder, or - for standard input")
    if command in ("summary", "compile", "convert") and len(paths) != 1:
        raise Usage(f"{command} takes one file, or - for standard input")
    if command == "weights" and len(paths) != 2:
        raise Usage("weights takes a spec and a checkpoint: archdsl weights SPEC FILE.safetensors")
    if command == "weights" and paths[1] == "-":
        raise Usage("weights reads the checkpoint from a file, not from standard input")
    if command == "solve" and len(paths) != 2:
        raise Usage("solve takes a file, or - for standard input, and a bound: 'params <= 60M'")
    if paths.count("-") > 1:
        raise Usage("standard input can be read once")


# ---- Options


def _parser(command: str) -> Any:
    """The parser of one command; the others are not built."""
    from argparse import SUPPRESS, ArgumentParser

    from archdsl.cli import help, options

    class Parser(ArgumentParser):
        def error(self, message: str) -> NoReturn:
            plain = re.sub(r"^argument (\S+):(?= must )", r"\1", message)
            raise Usage(f"{plain}; see archdsl {command} --help")

        def format_help(self) -> str:
            parts = [help.description(command, COMMANDS[command]), super().format_help(), help.examples(command)]
            return f"usage: {help.usage(command)}\n\n" + "\n\n".join(part.strip("\n") for part in parts) + "\n"

    parser = Parser(
        prog=f"archdsl {command}", usage=SUPPRESS, add_help=False, formatter_class=help.Formatter, allow_abbrev=False
    )
    parser.add_argument("words", nargs="*", help=SUPPRESS)
    options.OPTIONS[command](parser)
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=N",
        help="change a limit; archdsl limits lists them",
    )
    parser.add_argument("-h", "--help", action="help", help="show this help, and exit")
    return parser


def _takes_values(command: str) -> bool:
    return command in ("check", "summary", "compile", "weights", "solve")


def _limits(words: list[str]) -> Limits:
    """The bounds after `--limit NAME=N`; raises Usage."""
    limits = Limits()
    for word in words:
        name, _, number = word.partition("=")
        if name not in Limits._fields:
            from archdsl.diagnostics.nearest import nearest

            close = nearest(name, Limits._fields)
            raise Usage(f"no limit {name!r}; {f'did you mean {close}?' if close else 'archdsl limits lists them'}")
        if not re.fullmatch("[0-9]{1,18}", number) or not int(number):
            raise Usage(f"--limit {name} must be an integer of 1 or more: {name}=N")
        limits = limits._replace(**{name: int(number)})
    return limits
