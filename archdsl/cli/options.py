"""The options of each command, with the texts of `--help`; loaded where a call has options."""

from __future__ import annotations

import re
from typing import Any

EXAMPLES = {
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
        "archdsl check draft.arch --fix",
        "archdsl check my_nets --diff",
        "archdsl check draft.arch --fill",
        "archdsl check . --exclude drafts --exclude '*_old.arch'",
        "echo 'CONV 96 11x11 s4' | archdsl check - --input 227x227x3",
    ),
    "summary": (
        "archdsl summary specs/resnet50.arch --depth 2",
        "archdsl summary specs/resnet18.arch --input 64x64x3",
        "archdsl summary specs/vgg.arch config=A --batch 8 --dtype bfloat16",
        "archdsl summary specs/alexnet.arch --columns path,layer,kernel,params,share",
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


_DTYPES = "float64, float32 (taken where none is given), float16, bfloat16"


def _positive(text: str) -> int:
    """An integer of 1 or more, for argparse."""
    if not re.fullmatch("[0-9]{1,9}", text) or not int(text):
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"must be an integer from 1 to 999,999,999, got {text[:40]}")
    return int(text)


def _dtype(text: str) -> str:
    """A number format, for argparse."""
    from archdsl.analysis.memory import BYTES

    if text not in BYTES:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"unknown dtype {text[:40]!r}; choose one of {', '.join(BYTES)}")
    return text


def _columns(text: str) -> tuple[str, ...]:
    """The names of columns, for argparse."""
    from argparse import ArgumentTypeError

    from archdsl.reports.columns import named

    try:
        return named(text.split(","))
    except ValueError as wrong:
        raise ArgumentTypeError(str(wrong)) from None


def _check_options(parser: Any) -> None:
    _format_option(parser)
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    parser.add_argument(
        "--fill", action="store_true", help="write the numbers that were found for each ? into the file"
    )
    parser.add_argument("--fix", action="store_true", help="put the fixes that are safe into the file")
    parser.add_argument("--diff", action="store_true", help="write nothing; print what --fix would change")
    _input_option(parser)
    _exclude_option(parser)
    _notation(parser)
    _explain(parser)


def _exclude_option(parser: Any) -> None:
    words = "leave out what lies in a folder and is so called, as .gitignore would (may be given several times)"
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help=words)


def _format_option(parser: Any) -> None:
    from archdsl.cli.formats import FORMATS

    parser.add_argument("--format", choices=tuple(FORMATS), default="text", help="how to print (text)")


def _output_options(parser: Any) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write (standard output)")
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")


def _input_option(parser: Any) -> None:
    words = "replace the input, or give layers without one what they read: 64x64x3, or '37 int'; by name where several"
    parser.add_argument("--input", action="append", default=[], metavar="[NAME=]SHAPE", help=words)


def _summary_options(parser: Any) -> None:
    from archdsl.reports.columns import COLUMNS

    _format_option(parser)
    parser.add_argument("--depth", type=_positive, metavar="N", help="levels to show; what lies below is summed up")
    parser.add_argument("--batch", type=_positive, default=1, metavar="N", help="how many inputs at once (1)")
    parser.add_argument("--dtype", type=_dtype, default="float32", metavar="NAME", help=f"number format: {_DTYPES}")
    words = f"what to show, separated by commas: {', '.join(COLUMNS)}"
    parser.add_argument("--columns", type=_columns, metavar="NAME,...", help=words)
    parser.add_argument("--source", action="store_true", help="show the lines as they are written, without values")
    _input_option(parser)
    _notation(parser)


def _compile_options(parser: Any) -> None:
    _output_options(parser)
    words = "enable external modules (MODULE): the source imports them, which runs their code"
    parser.add_argument("--allow-modules", action="store_true", help=words)
    words = "let each activation overwrite its input, where nothing else reads that"
    parser.add_argument("--inplace", action="store_true", help=words)
    _input_option(parser)
    _notation(parser)


def _convert_options(parser: Any) -> None:
    _output_options(parser)
    _notation(parser)
    _explain(parser)


def _fmt_options(parser: Any) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; list files that would change, and exit 1")
    parser.add_argument("--diff", action="store_true", help="write nothing; print what would change")
    _exclude_option(parser)


def _notation(parser: Any) -> None:
    words = "how the text is written; without this, it is seen from the text"
    parser.add_argument("--notation", choices=("arch", "listing"), help=words)


def _explain(parser: Any) -> None:
    words = "tell how each line of a listing was read: what was inferred, what was ignored"
    parser.add_argument("--explain-reading", action="store_true", help=words)


def _weights_options(parser: Any) -> None:
    _format_option(parser)
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
    _format_option(parser)
    _input_option(parser)


def _no_options(parser: Any) -> None:
    pass


OPTIONS = {
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
USAGES = {
    "check": "PATH... [NAME=VALUE ...] [--format text|json] [--strict] [--fix] [--diff] [--fill]\n"
    "                     [--input [NAME=]SHAPE] [--exclude PATTERN] [--notation arch|listing]\n"
    "                     [--explain-reading] [--limit NAME=N]",
    "summary": "SPEC [NAME=VALUE ...] [--depth N] [--columns NAME,...] [--source] [--batch N] [--dtype NAME]\n"
    "                       [--format text|json] [--input [NAME=]SHAPE] [--notation arch|listing] [--limit NAME=N]",
    "compile": "SPEC [NAME=VALUE ...] [-o FILE] [--force] [--allow-modules] [--inplace]\n"
    "                       [--input [NAME=]SHAPE] [--notation arch|listing] [--limit NAME=N]",
    "fmt": "PATH... [--check] [--diff] [--exclude PATTERN] [--limit NAME=N]",
    "convert": "LISTING [-o FILE] [--force] [--notation arch|listing] [--explain-reading] [--limit NAME=N]",
    "weights": "SPEC FILE [NAME=VALUE ...] [--rename OLD=NEW] [--skip NAME] [--cast] [--all] [--format text|json] "
    "[--input [NAME=]SHAPE] [--limit NAME=N]",
    "solve": "SPEC BOUND NAME=? [NAME=VALUE ...] [--format text|json] [--input [NAME=]SHAPE] [--limit NAME=N]",
    "layers": "[KIND]",
    "limits": "[--limit NAME=N]",
}
WORDS_OF = {
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
WORDS_HELP = {
    "check": "files, folders with .arch files, or - for standard input",
    "summary": "a file, or - for standard input",
    "compile": "a file, or - for standard input",
    "fmt": "files, folders with .arch files, or - for standard input",
    "convert": "a file, or - for standard input",
    "weights": "a spec, and a safetensors file, of which only the header is read",
    "solve": "a file, or - for standard input, and a bound such as 'params <= 60M', or several separated by commas",
    "layers": "a kind of layer, in any case",
    "limits": "",
}
