"""A line that is typed with the arguments of another library, `UpSampling2D size=2`, read as the call that it is.

Such a name may be an option here that means something else, so the library's own signature says what is given.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from archdsl.checker.fixes.proposal import chained
from archdsl.checker.fixes.statement import SplitStatement
from archdsl.checker.fixes.translate import lines_of
from archdsl.layers import lookup
from archdsl.notations.calls.call import program
from archdsl.notations.calls.draft import LineContext, Unwritable
from archdsl.vocabulary import Meaning, exact
from archdsl.vocabulary.arguments import IGNORED, IGNORED_ENDS

_TRUTHS = {"yes": "True", "true": "True", "no": "False", "false": "False", "none": "None", "null": "None"}
_SIZES = re.compile(r"\d+(?:[x×]\d+)+")
_NAMED = re.compile(r"([A-Za-z_]\w*)=(.+)")
_ALWAYS = ("blocks",)  # forms that are another network than the kind with the same values


def as_called(statement: SplitStatement, around: Callable[[], LineContext]) -> Iterator[str]:
    """The statements that a line means as a call of the library that has its words; raises Unwritable with a reason."""
    named = [found[1] for found in map(_NAMED.fullmatch, statement.values) if found]
    if not _is_call(statement, named):
        return
    values = [_python(value) for value in statement.values]
    if None in values:
        return
    try:
        yield from _lines(statement, ", ".join(value for value in values if value is not None), around)
    except Unwritable as reason:
        if named and not reason.weak:  # values without names may be in the order of the language
            raise


def _is_call(statement: SplitStatement, named: list[str]) -> bool:
    """Whether a line has the words of a library, and is no line of a kind here with its values."""
    rows = exact(statement.kind)
    if named:
        taking = sum(_takes(row, named) for row in rows)
        alike = "axis" not in named or "axis=-1" in statement.values  # one axis in Keras and another in ONNX
        return taking == 1 or (taking > 1 and alike)
    several = len(statement.values) > 1 and lookup(statement.kind) is None  # `Conv2d 3 64 3 1 1`
    return any(row.kind and (several or row.form in _ALWAYS) for row in rows)


def _lines(statement: SplitStatement, values: str, around: Callable[[], LineContext]) -> Iterator[str]:
    """The statement with the lines that its call is in place of its kind and its values."""
    read = program(f"{statement.kind}({values})")
    for one in lines_of(read, around()) if read is not None else ():
        if one.startswith("use "):
            yield from () if statement.label else (f"{one} {statement.tail}".strip(),)
        elif "; " not in one or not re.match(r"[x×]", statement.tail):
            yield chained(statement, *one.split("; "))


def _takes(row: Meaning, named: list[str]) -> bool:
    """Whether a library's name has all of these arguments, one of them at least among those that say something."""
    rest = [name for name in named if name not in IGNORED and not name.endswith(IGNORED_ENDS)]
    return bool(row.kind and rest) and row.takes(rest)


def _python(value: str) -> str | None:
    """A value of a line as a program writes it; None for a word that a call does not have."""
    named = _NAMED.fullmatch(value)
    name, bare = (f"{named[1]}=", named[2]) if named else ("", value)
    if _SIZES.fullmatch(bare):
        bare = f"({', '.join(re.split('[x×]', bare))})"
    elif bare.lower() in _TRUTHS:
        bare = _TRUTHS[bare.lower()]
    elif re.fullmatch(r"[A-Za-z_]\w*", bare):
        if not named:
            return None
        bare = repr(bare)
    try:
        ast.literal_eval(bare)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return f"{name}{bare}"
