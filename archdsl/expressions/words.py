"""The value of one word or literal: numbers, names in scope, `in`, and the faults of names that mean nothing."""

from __future__ import annotations

from math import isinf

from archdsl.diagnostics import nearest
from archdsl.expressions.scope import NOTHING, SIZE_WORDS, VALUES, WRONG, KindReference, Scope, is_size
from archdsl.faults.problem import Placed, Problem, Silent
from archdsl.layers import REGISTRY
from archdsl.layers.values import spell, whole
from archdsl.limits import LARGEST
from archdsl.syntax.tree import Token
from archdsl.typed import Any

_FEW = 10  # digits that every bound allows
_SHOWN = 40  # characters of a number in a message


def number(token: Token) -> Any:
    """An integer as int, any other as float: its decimal text is exact, see `_exact`."""
    if len(token.text) < _FEW and token.text.isdigit():
        return int(token.text)
    try:
        value = int(token.text) if token.text.isdigit() else float(token.text)
    except ValueError:  # more digits than Python converts
        raise Problem("limit", "a number with too many digits", token) from None
    if isinstance(value, float) and isinf(value):
        raise Problem("too-large", f"{_short(token.text)} is larger than the largest number, 1.8e308", token)
    if isinstance(value, int) and value >= LARGEST:
        raise Problem("too-large", f"{token.text} is larger than any size", token)
    return whole(value) if abs(value) < 2**53 else value


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def size(digits: str, token: Token) -> int:
    """A size written in digits; raises Problem beyond any tensor."""
    if len(digits) > len(str(LARGEST)) or int(digits) >= LARGEST:
        raise Problem("too-large", "a size larger than any tensor can have", token)
    return int(digits)


def word(token: Token, scope: Scope) -> Any:
    """The value of a bare word; raises Problem where it has none, Silent where its own fault was reported."""
    name = token.text
    value = scope.find(name)
    if value is WRONG:
        raise Silent
    if value is not NOTHING:
        return value
    if name in VALUES:
        return VALUES[name]
    if name == "in":
        if scope.channels is None:
            raise Problem(
                "unknown-name", "`in` is the number of input channels of a line, and nothing is read here", token
            )
        if scope.channels is WRONG:
            raise Silent
        return scope.channels
    if is_size(name):
        return size_of(token, scope)
    raise _unknown(token, scope)


def size_of(token: Token, scope: Scope) -> Any:
    """The size of a value, `skip.height`; raises Problem where no value is in sight, or the value lacks the axis."""
    if scope.sight is None:
        message = f"{token.text} is the size of a value, and values are known on lines alone"
        raise Problem("unknown-name", message, token)
    return scope.sight.size(token, scope)


def near_size(word: str) -> str | None:
    """The size of a value that a word with a dot was probably meant to be: `skip.height` for `skip.heigth`."""
    path, dot, axis = word.rpartition(".")
    close = nearest(axis, SIZE_WORDS) if dot else None
    return f"{path}.{close}" if close else None


def hidden(token: Token) -> Problem:
    """A name of the caller, in the body of a block."""
    message = f"{token.text} is not defined here: a block does not see the names of its caller"
    return Problem("unknown-name", message, token, hint=f"give the block a parameter {token.text}")


def _unknown(token: Token, scope: Scope) -> Problem:
    """A name that stands for no value."""
    name = token.text
    if scope.hidden(name):
        return hidden(token)
    if name.upper() in REGISTRY:
        return Problem("wrong-type", f"{name} is a kind of layer, and a value is expected here", token)
    close = {"True": "yes", "False": "no"}.get(name) or near_size(name) or scope.nearest(name)
    return Problem("unknown-name", f"{name} is not defined here", token, instead=(close,) if close else ())


def symbol(name: str, token: Token, scope: Scope) -> Any:
    """The value of a capital name within a shape, as `H` in `HxWx3`."""
    if name not in scope:
        raise unknown_symbol(name, token, scope)
    value = scope.get(name)
    if value is WRONG:
        raise Silent
    return value


def unknown_symbol(name: str, at: Placed, scope: Scope) -> Problem:
    """A capital name that no `input` introduces."""
    close = scope.nearest(name)
    instead = (close,) if close else ()
    hint = "symbolic sizes are introduced by `input`"
    return Problem("unknown-name", f"no input introduces the size {name}", at, hint=hint, instead=instead)


def spell_value(value: Any) -> str:
    """A value as messages show it."""
    return value.name if isinstance(value, KindReference) else spell(value)
