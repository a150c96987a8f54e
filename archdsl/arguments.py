"""What stands behind `archdsl` on the command line: options, paths, and values for the model's parameters."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, NoReturn

from archdsl.limits import Limits

_PARAMETER = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)

COMMANDS = {
    "check": "check shapes, parameters and claims",
    "summary": "print the table of the layers",
    "compile": "write PyTorch source",
    "fmt": "lay specs out in the one canonical way",
    "convert": "write a lecture listing as a spec",
    "weights": "compare a checkpoint with a spec, tensor by tensor",
    "solve": "find the largest or smallest value of a parameter that meets a bound",
    "layers": "tell what kinds of layer there are, or all about one",
    "limits": "tell the bounds on what a text may cost",
}
_EXAMPLES = {
    "": (
        "archdsl check specs",
        "archdsl summary specs/vgg.arch config=A",
        "archdsl compile specs/googlenet.arch -o googlenet.py",
        "archdsl layers CONV",
    ),
    "check": (
        "archdsl check specs/alexnet.arch",
        "archdsl check specs/vgg.arch config=A classes=10",
        "archdsl check specs my_nets --strict --format json",
        "archdsl check draft.arch --fill",
        "echo 'CONV 96 11x11 s4' | archdsl check - --input 227x227x3",
    ),
    "summary": (
        "archdsl summary specs/resnet50.arch --depth 2",
        "archdsl summary specs/vgg.arch config=A --batch 8",
        "archdsl summary specs/alexnet.arch --format json",
    ),
    "compile": (
        "archdsl compile specs/googlenet.arch -o googlenet.py",
        "archdsl compile specs/resnet_cifar.arch depth=110 -o resnet110.py --force",
        "archdsl compile specs/lenet5.arch | less",
    ),
    "fmt": (
        "archdsl fmt specs",
        "archdsl fmt --check specs my_nets",
        "archdsl fmt --diff specs/alexnet.arch",
        "archdsl fmt - < draft.arch > tidy.arch",
    ),
    "convert": (
        "archdsl convert listing.txt -o alexnet.arch",
        "archdsl convert slide.md --explain-reading",
    ),
    "weights": (
        "archdsl weights specs/resnet18.arch resnet18.safetensors",
        "archdsl weights specs/resnet18.arch trained.safetensors --rename module.=",
        "archdsl weights specs/resnet18.arch old.safetensors --rename .gamma=.weight --rename .beta=.bias",
        "archdsl weights specs/resnet18.arch backbone.safetensors classes=10 --skip fc --skip '*.num_batches_tracked'",
        "archdsl weights specs/resnet18.arch half.safetensors --cast --format json",
    ),
    "solve": (
        "archdsl solve specs/alexnet.arch 'params <= 60M' classes=?",
        "archdsl solve specs/alphago_policy.arch 'params <= 10M, macs <= 1G' k=?",
        "archdsl solve specs/kim_cnn.arch 'macs >= 100M' T=?",
    ),
    "layers": ("archdsl layers", "archdsl layers CONV"),
    "limits": ("archdsl limits", "archdsl check huge.arch --limit tokens=5000000"),
}
_PARAMETERS_HELP = "a value for a parameter of the model: a number, yes or no, [a list], otherwise a text"


class Usage(Exception):
    """Wrong use of the command line, in words."""


class Arguments(NamedTuple):
    """A command with all that it needs; what a command does not have keeps its default."""

    command: str
    paths: list[str]
    values: dict[str, str]  # values of parameters as written
    limits: Limits
    format: str = "text"
    strict: bool = False
    input: str | None = None
    depth: int | None = None
    batch: int = 1
    output: str | None = None
    force: bool = False
    check: bool = False
    diff: bool = False
    notation: str | None = None
    explain_reading: bool = False
    fill: bool = False
    rename: list[str] = []  # noqa: RUF012 - of a tuple, never changed
    skip: list[str] = []  # noqa: RUF012
    cast: bool = False
    every: bool = False

    def parameters(self) -> dict[str, Any]:
        """The values of parameters as the language has them; raises Usage."""
        from archdsl.given import value

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
            _show(_help())
        if argv[at] in ("-V", "--version"):
            from archdsl import __version__

            _show(f"archdsl {__version__}\n")
        if not argv[at].startswith("--limit"):
            raise Usage(f"{argv[at]} stands behind a command; see archdsl --help")
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
        found = _PARAMETER.fullmatch(word)
        if not found:
            paths.append(word)
        elif not _takes_values(command):
            raise Usage(f"{command} takes no parameters: {word}")
        elif found[1] in values:
            raise Usage(f"{found[1]} is given twice")
        else:
            values[found[1]] = found[2]
    _count(command, paths)
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
    from argparse import ArgumentParser, RawDescriptionHelpFormatter

    class Parser(ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise Usage(f"{message}; see archdsl {command} --help")

    parser = Parser(
        prog=f"archdsl {command}",
        usage=f"archdsl {command} {_USAGES[command]}",
        description=f"{COMMANDS[command][0].upper()}{COMMANDS[command][1:]}.",
        epilog=_epilog(command),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("words", nargs="*", metavar=_WORDS_OF[command], help=_WORDS_HELP[command])
    _OPTIONS[command](parser)
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=N",
        help="raise or lower a bound; archdsl limits lists them",
    )
    return parser


def _epilog(command: str) -> str:
    parts = (
        [f"NAME=VALUE is {_PARAMETERS_HELP}.\nA path with = in it is given as ./a=b."] if _takes_values(command) else []
    )
    return "\n\n".join([*parts, "\n".join(["examples:", *(f"  {example}" for example in _EXAMPLES[command])])])


def _takes_values(command: str) -> bool:
    return command in ("check", "summary", "compile", "weights", "solve")


def _check_options(parser: Any) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (text)")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    parser.add_argument(
        "--fill", action="store_true", help="write the numbers that were found for each ? into the file"
    )
    _input_option(parser)
    _notation(parser)
    _explain(parser)


def _input_option(parser: Any) -> None:
    parser.add_argument("--input", metavar="SHAPE", help="what layers without an input read: 227x227x3, or '37 int'")


def _summary_options(parser: Any) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (text)")
    parser.add_argument("--depth", type=_positive, metavar="N", help="levels to show; what lies below is summed up")
    parser.add_argument("--batch", type=_positive, default=1, metavar="N", help="how many inputs at once (1)")
    _input_option(parser)
    _notation(parser)


def _compile_options(parser: Any) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write (standard output)")
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")
    _input_option(parser)
    _notation(parser)


def _convert_options(parser: Any) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write (standard output)")
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")
    _notation(parser)
    _explain(parser)


def _fmt_options(parser: Any) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; list files that would change, and exit 1")
    parser.add_argument("--diff", action="store_true", help="write nothing; print what would change")


def _notation(parser: Any) -> None:
    words = "how the text is written; without this, it is seen from the text"
    parser.add_argument("--notation", choices=("arch", "listing"), help=words)


def _explain(parser: Any) -> None:
    words = "tell how each line of a listing was read: what was inferred, what was passed over"
    parser.add_argument("--explain-reading", action="store_true", help=words)


def _weights_options(parser: Any) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (text)")
    parser.add_argument(
        "--rename",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="another name for a tensor or part of the file; OLD may be a beginning (module.) or an ending (.gamma)",
    )
    parser.add_argument(
        "--skip",
        action="append",
        default=[],
        metavar="NAME",
        help="leave out a tensor or part on both sides, by its name in the spec; * stands for any text",
    )
    parser.add_argument("--cast", action="store_true", help="floating-point numbers of another width fit")
    parser.add_argument("--all", dest="every", action="store_true", help="list the tensors that fit, too")
    _input_option(parser)


def _solve_options(parser: Any) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (text)")
    _input_option(parser)


def _no_options(parser: Any) -> None:
    pass


_OPTIONS = {
    "check": _check_options,
    "summary": _summary_options,
    "compile": _compile_options,
    "fmt": _fmt_options,
    "convert": _convert_options,
    "weights": _weights_options,
    "solve": _solve_options,
    "layers": _no_options,
    "limits": _no_options,
}
_USAGES = {
    "check": "PATH... [NAME=VALUE ...] [--format text|json] [--strict] [--fill] [--input SHAPE]\n"
    "                     [--notation arch|listing] [--explain-reading] [--limit NAME=N]",
    "summary": "SPEC [NAME=VALUE ...] [--depth N] [--batch N] [--format text|json] [--input SHAPE]\n"
    "                       [--notation arch|listing] [--limit NAME=N]",
    "compile": "SPEC [NAME=VALUE ...] [-o FILE] [--force] [--input SHAPE] [--notation arch|listing] [--limit NAME=N]",
    "fmt": "PATH... [--check] [--diff] [--limit NAME=N]",
    "convert": "LISTING [-o FILE] [--force] [--notation arch|listing] [--explain-reading] [--limit NAME=N]",
    "weights": "SPEC FILE [NAME=VALUE ...] [--rename OLD=NEW] [--skip NAME] [--cast] [--all] [--format text|json] "
    "[--input SHAPE] [--limit NAME=N]",
    "solve": "SPEC BOUND NAME=? [NAME=VALUE ...] [--format text|json] [--input SHAPE] [--limit NAME=N]",
    "layers": "[KIND]",
    "limits": "[--limit NAME=N]",
}
_WORDS_OF = {
    "check": "PATH",
    "summary": "SPEC",
    "compile": "SPEC",
    "fmt": "PATH",
    "convert": "LISTING",
    "weights": "SPEC FILE",
    "solve": "SPEC BOUND",
    "layers": "KIND",
    "limits": "",
}
_WORDS_HELP = {
    "check": "files, folders with .arch files, or - for standard input",
    "summary": "a file, or - for standard input",
    "compile": "a file, or - for standard input",
    "fmt": "files, folders with .arch files, or - for standard input",
    "convert": "a file, or - for standard input",
    "weights": "a spec, and a safetensors file, of which only the header is read",
    "solve": "a file, or - for standard input, and a bound such as 'params <= 60M', or several parted by commas",
    "layers": "a kind of layer, in any case",
    "limits": "",
}


def _positive(text: str) -> int:
    """A whole number of 1 or more, for argparse."""
    if not re.fullmatch("[0-9]{1,9}", text) or not int(text):
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"{text[:40]!r} is no whole number of 1 or more")
    return int(text)


def _help() -> str:
    """`archdsl --help`."""
    width = max(map(len, COMMANDS))
    return "\n".join(
        [
            "usage: archdsl COMMAND ...",
            "",
            "Check neural-network architectures and compile them to PyTorch.",
            "",
            "commands:",
            *(f"  {name:{width}}  {text}" for name, text in COMMANDS.items()),
            "",
            "options:",
            "  -h, --help      this text; archdsl COMMAND --help tells about one command",
            "  --version       the version",
            "  --limit NAME=N  raise or lower a bound; archdsl limits lists them",
            "",
            "exit status: 0 all holds, 1 something was found, 2 wrong usage or a file that cannot be read",
            "",
            "examples:",
            *(f"  {example}" for example in _EXAMPLES[""]),
            "",
        ]
    )


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
            raise Usage(f"--limit {name} needs a whole number of 1 or more: {name}=N")
        limits = limits._replace(**{name: int(number)})
    return limits
