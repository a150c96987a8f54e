"""The options of each command; loaded where a call has options. `help.py` has the rest of `--help`."""

from __future__ import annotations

import re

from archdsl.typed import Any

_DTYPES = "float64, float32 (the default), float16, bfloat16"


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

        raise ArgumentTypeError(f"no dtype {text[:40]!r}: it is one of {', '.join(BYTES)}")
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
    parser.add_argument("--strict", action="store_true", help="count warnings as errors")
    parser.add_argument("--fill", action="store_true", help="write the number found for each ? into the file")
    parser.add_argument("--fix", action="store_true", help="write the safe fixes into the file")
    parser.add_argument("--diff", action="store_true", help="print what --fix would change, and write nothing")
    _input_option(parser)
    _exclude_option(parser)
    _notation(parser)
    _explain(parser)


def _exclude_option(parser: Any) -> None:
    words = "leave out files in folders, by a pattern as in .gitignore; may be repeated"
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help=words)


def _format_option(parser: Any) -> None:
    from archdsl.cli.formats import FORMATS

    parser.add_argument("--format", choices=tuple(FORMATS), default="text", help="how to print (default: text)")


def _output_options(parser: Any) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write (default: standard output)")
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def _input_option(parser: Any) -> None:
    words = "replace the input of the text, or give one to layers without: 64x64x3, '37 int'; by name if several"
    parser.add_argument("--input", action="append", default=[], metavar="[NAME=]SHAPE", help=words)


def _summary_options(parser: Any) -> None:
    from archdsl.reports.columns import COLUMNS

    _format_option(parser)
    parser.add_argument("--depth", type=_positive, metavar="N", help="levels to show; deeper layers are added up")
    parser.add_argument("--batch", type=_positive, default=1, metavar="N", help="size of the batch (default: 1)")
    parser.add_argument("--dtype", type=_dtype, default="float32", metavar="NAME", help=f"number format: {_DTYPES}")
    words = f"columns to show, separated by commas: {', '.join(COLUMNS)}"
    parser.add_argument("--columns", type=_columns, metavar="NAME,...", help=words)
    parser.add_argument("--source", action="store_true", help="show the lines verbatim, without values")
    _input_option(parser)
    _notation(parser)


def _compile_options(parser: Any) -> None:
    _output_options(parser)
    words = "enable external modules (MODULE): the source imports them, which runs their code"
    parser.add_argument("--allow-modules", action="store_true", help=words)
    words = "let each activation overwrite its input, where nothing else reads it"
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
    words = "how the text is written (default: recognised from the text)"
    parser.add_argument("--notation", choices=("arch", "listing"), help=words)


def _explain(parser: Any) -> None:
    words = "report how each line of a listing was read: what was inferred, what was skipped"
    parser.add_argument("--explain-reading", action="store_true", help=words)


def _weights_options(parser: Any) -> None:
    _format_option(parser)
    parser.add_argument(
        "--rename",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="rename a tensor or part of the file; OLD may be a prefix (module.) or a suffix (.gamma); may be repeated",
    )
    parser.add_argument(
        "--skip",
        action="append",
        default=[],
        metavar="NAME",
        help="leave out a tensor or part on both sides, by its name in the spec; * matches any text; may be repeated",
    )
    parser.add_argument("--cast", action="store_true", help="accept floating-point numbers of another width")
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
