"""Limits on the cost of checking a text or a checkpoint. Only the caller changes a limit, never the file."""

from __future__ import annotations

from archdsl.typed import NamedTuple


class Limits(NamedTuple):
    """The limits of one check; `archdsl limits` prints them, `--limit NAME=N` and `limits=` change them."""

    file: int = 4 * 2**20
    line: int = 4_096
    tokens: int = 1_000_000
    depth: int = 64
    operators: int = 256
    digits: int = 18
    visits: int = 50_000
    chain: int = 256
    list: int = 100_000
    diagnostics: int = 100
    cases: int = 1_000
    holes: int = 100
    tries: int = 10_000
    unrolled: int = 100_000
    uses: int = 64
    used: int = 4 * 2**20
    header: int = 100_000_000
    tensors: int = 100_000
    symbols: int = 16
    conditions: int = 1_000
    ways: int = 64
    terms: int = 1_000
    degree: int = 16
    patterns: int = 10_000


MEANINGS = {
    "file": "bytes of a file",
    "line": "characters of a line",
    "tokens": "words, numbers and signs in a file",
    "depth": "brackets open at once",
    "operators": "operators in one expression",
    "digits": "digits of an integer",
    "visits": "layers visited in one check; a repeat whose copies are equal costs one visit",
    "chain": "nested uses of blocks",
    "list": "values in one list, iterations of one `for` and copies in one merge",
    "diagnostics": "diagnostics shown of one file",
    "cases": "settings verified for one file by `cases`",
    "holes": "holes (?) in a file",
    "tries": "numbers tried for the holes of a file, or by `solve` where a count may fall",
    "unrolled": "layers of a compiled module",
    "uses": "files that a text uses, directly or through other files",
    "used": "bytes of all files that a text uses",
    "header": "bytes of the header of a checkpoint",
    "tensors": "tensors of a checkpoint",
    "symbols": "symbolic dimensions and parameters",
    "conditions": "conditions on symbolic dimensions",
    "ways": "cases of symbolic dimensions that one rule distinguishes",
    "terms": "terms of a formula, nested ones included",
    "degree": "symbols multiplied in one term of a formula",
    "patterns": "patterns of one .gitignore, or of another list of exclusions",
}


def raising(*names: str) -> str:
    """How the caller raises limits: the hint of an error that reaches one."""
    return f"raise it with --limit {' or '.join(f'{name}=N' for name in names)}"


LARGEST = 2**62  # sizes and every integer an expression gives stay below it
