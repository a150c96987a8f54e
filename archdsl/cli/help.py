"""What `archdsl --help` and `archdsl COMMAND --help` print: at most 80 columns wide, with examples.

Loaded where help is asked for or a call has options.
"""

from __future__ import annotations

import shutil
from argparse import Action, HelpFormatter

from archdsl.typed import NamedTuple

_WIDTH = 80  # columns at most, whatever the terminal has


class Page(NamedTuple):
    """What the help of a command says beside its options: its words in the usage, what they are, and calls of it."""

    words: tuple[tuple[str, str], ...]  # name and meaning of each
    examples: tuple[str, ...]
    more: str = ""  # what the summary of the command leaves unsaid


_FILES = "files, folders with .arch files, or - for standard input"
_FILE = "a file, or - for standard input"
_VALUE = (
    "[NAME=VALUE ...]",
    "values for parameters of the model and for symbolic dimensions: a number, yes or no, a [list], or a text. "
    "A path that contains = is given as ./a=b",
)
PAGES = {
    "check": Page(
        (("PATH...", _FILES), _VALUE),
        (
            "archdsl check specs/alexnet.arch",
            "archdsl check specs/vgg.arch config=A classes=10",
            "archdsl check specs my_nets --strict --format json",
            "archdsl check draft.arch --fix",
            "archdsl check my_nets --diff",
            "archdsl check draft.arch --fill",
            "archdsl check . --exclude drafts --exclude '*_old.arch'",
            "echo 'CONV 96 11x11 s4' | archdsl check - --input 227x227x3",
        ),
        "Prints one line for each file that holds, and messages for each that does not.",
    ),
    "summary": Page(
        (("SPEC", _FILE), _VALUE),
        (
            "archdsl summary specs/resnet50.arch --depth 2",
            "archdsl summary specs/resnet18.arch --input 64x64x3",
            "archdsl summary specs/vgg.arch config=A --batch 8 --dtype bfloat16",
            "archdsl summary specs/alexnet.arch --columns path,kernel,params,share",
            "archdsl summary specs/alexnet.arch --format json",
        ),
        "Where a layer is wrong, the table stops above it and the message follows.",
    ),
    "compile": Page(
        (("SPEC", _FILE), _VALUE),
        (
            "archdsl compile specs/googlenet.arch -o googlenet.py",
            "archdsl compile specs/resnet_cifar.arch depth=110 -o resnet110.py",
            "archdsl compile specs/lenet5.arch | less",
        ),
        "The source imports torch alone; names in the spec are keys of the state_dict.",
    ),
    "fmt": Page(
        (("PATH...", _FILES),),
        (
            "archdsl fmt specs",
            "archdsl fmt --check specs my_nets",
            "archdsl fmt --diff specs/alexnet.arch",
            "archdsl fmt - < draft.arch > tidy.arch",
        ),
        "Spaces, line breaks and the spelling of kinds change; the network does not.",
    ),
    "convert": Page(
        (("LISTING", _FILE),),
        ("archdsl convert listing.txt -o alexnet.arch", "archdsl convert slide.md --explain-reading"),
        "A listing is a network as slides, READMEs, print(model) or nn.Sequential(...) show it.",
    ),
    "weights": Page(
        (("SPEC", _FILE), ("FILE", "a safetensors file, of which only the header is read"), _VALUE),
        (
            "archdsl weights specs/resnet18.arch resnet18.safetensors",
            "archdsl weights net.arch trained.safetensors --rename module.=",
            "archdsl weights net.arch old.safetensors --rename .gamma=.weight",
            "archdsl weights net.arch backbone.safetensors classes=10 --skip fc",
            "archdsl weights net.arch half.safetensors --cast --format json",
        ),
        "Proposes the options with which the checkpoint fits, where it does not.",
    ),
    "solve": Page(
        (
            ("SPEC", _FILE),
            ("BOUND", "a bound such as 'params <= 60M', or several separated by commas"),
            ("NAME=?", "the parameter or symbolic dimension to be found"),
            _VALUE,
        ),
        (
            "archdsl solve specs/alexnet.arch 'params <= 60M' classes=?",
            "archdsl solve specs/kim_cnn.arch 'macs >= 100M' T=?",
            "archdsl solve specs/alphago_policy.arch 'params <= 10M, macs <= 1G' k=?",
        ),
        "The largest value for an upper bound (<=), the smallest for a lower one (>=).",
    ),
    "layers": Page(
        (("[KIND]", "a kind of layer, in upper or lower case; without it, all are listed"),),
        ("archdsl layers", "archdsl layers CONV"),
    ),
    "limits": Page((), ("archdsl limits", "archdsl check huge.arch --limit tokens=5000000")),
}


class Formatter(HelpFormatter):
    """Argparse's own layout in at most 80 columns, the same in every version of Python."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=24, width=min(_WIDTH, shutil.get_terminal_size().columns))

    def _format_action_invocation(self, action: Action) -> str:
        """`-o, --output FILE`, which older versions write as `-o FILE, --output FILE`."""
        value = "" if action.nargs == 0 else str(action.metavar)
        if isinstance(action.choices, tuple):
            value = "|".join(action.choices)
        return f"{', '.join(action.option_strings)} {value}".rstrip()


def usage(command: str) -> str:
    """The first line of the help of a command."""
    return " ".join(["archdsl", command, *(name for name, _ in PAGES[command].words), "[OPTION ...]"])


def description(command: str, summary: str) -> str:
    """What a command does, and what its words are."""
    page = PAGES[command]
    first = f"{summary[0].upper()}{summary[1:]}. {page.more}".rstrip()
    return "\n".join([_wrapped(first, "", ""), *(["", "arguments:"] if page.words else []), *_rows(page.words)])


def examples(command: str) -> str:
    """Calls of a command."""
    return "\n".join(["examples:", *(f"  {example}" for example in PAGES[command].examples)])


def overview(commands: dict[str, str]) -> str:
    """`archdsl --help`."""
    options = (
        ("-h, --help", "this text; archdsl COMMAND --help explains a command"),
        ("-V, --version", "the version"),
        ("--limit NAME=N", "change a limit; archdsl limits lists them"),
    )
    statuses = (
        ("0", "everything holds"),
        ("1", "something was found"),
        ("2", "wrong usage, or a file that cannot be read or written"),
    )
    calls = ("check", "summary", "compile", "layers")
    return "\n".join(
        [
            "usage: archdsl COMMAND ...",
            "",
            "Check neural-network architectures, and compile them to PyTorch.",
            *_section("commands", tuple(commands.items())),
            *_section("options", options),
            *_section("exit status", statuses),
            "",
            "examples:",
            *(f"  {PAGES[command].examples[command == 'layers']}" for command in calls),
            "",
        ]
    )


def _section(title: str, rows: tuple[tuple[str, str], ...]) -> list[str]:
    return ["", f"{title}:", *_rows(rows)]


def _rows(rows: tuple[tuple[str, str], ...]) -> list[str]:
    """Names and meanings below one another."""
    width = max((len(name) for name, _ in rows), default=0)
    return [_wrapped(meaning, f"  {name:{width}}  ", " " * (width + 4)) for name, meaning in rows]


def _wrapped(text: str, first: str, others: str) -> str:
    """A text on lines of at most 80 columns."""
    from textwrap import fill

    return fill(text, _WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
