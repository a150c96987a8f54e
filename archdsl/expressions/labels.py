"""Labels and references as text: plain words, quoted names, numbers, and templates such as `conv{i+1}`."""

from __future__ import annotations

import re
from functools import lru_cache

from archdsl.expressions.counting import integer
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.scope import VALUES, Scope
from archdsl.expressions.words import spell_value
from archdsl.faults.problem import Problem, exceeded
from archdsl.layers.pytorch import MODULE_NAMES
from archdsl.layers.values import whole
from archdsl.limits import Limits
from archdsl.syntax import parse_inside, tree
from archdsl.syntax.tree import Token

DISCARD = "_"  # stands for a name where a result is not wanted
_LONGEST = 200
_BRACES = r"\{([A-Za-z0-9_+*/%.()-]*)\}"  # as the grammar has them in a name
_BRACED = ("TEMPLATE", "WILD")  # a name, and a path in which * is any one step
_QUOTED = r"\{([A-Za-z0-9_+*/%-]*)\}"  # in a quoted name


def discards(token: tree.Read) -> bool:
    """Whether a word before `:` stands for a result that is not wanted; it names nothing, any number of times."""
    return token.text == DISCARD  # in quotes it would have these


def label_text(token: Token, scope: Scope) -> str:
    """The step that a label adds to a path; raises Problem where it cannot be one."""
    token = filled(token, scope)
    text = token.text[1:-1] if token.type == "STRING" else token.text
    if not text or "." in text or len(text) > _LONGEST:
        reason = (
            "is empty"
            if not text
            else "has a dot, which separates the parts of a path"
            if "." in text
            else "is too long"
        )
        raise Problem("invalid-name", f"the name {text[:40]!r} {reason}", token)
    if text in MODULE_NAMES or (text.startswith("__") and text.endswith("__")):
        message = f"PyTorch's modules already have an attribute {text}, so no layer can have this name"
        raise Problem("invalid-name", message, token, hint=f"{text}_ is allowed")
    if token.type == "NUMBER" and not text.isdigit():
        raise Problem("invalid-name", f"{text} is not an integer", token)
    return str(int(text)) if token.type == "NUMBER" else text


def filled(token: Token, scope: Scope) -> Token:
    """`conv{i+1}` and `"block1-{i}"` with their values put in; any other word as it is."""
    if token.type not in _BRACED and (token.type != "STRING" or "{" not in token.text):
        return token
    braces = _BRACES if token.type in _BRACED else _QUOTED
    text = re.sub(braces, lambda found: _value(found[1], token, scope), token.text)
    return token._replace(type="WORD" if token.type in _BRACED else "STRING", text=text)


def is_absent(token: Token, scope: Scope) -> bool:
    """Whether `mask=no`, or `mask=mask` where an optional input of this name is not given, names no input."""
    return token.type == "WORD" and (VALUES.get(token.text) is False or scope.find(token.text) is False)


def spread(token: Token, scope: Scope) -> list[Token]:
    """The names of a range, `s{1..n}`, upwards; any other word as it is. Each name is a step of computing."""
    found = _range(token, scope)
    if found is None:
        return [token]
    (start, end), ends = found
    try:
        first, last = (integer(one, scope, "the ends of a range must be integers") for one in (ends.first, ends.last))
    except Problem as problem:
        raise Problem(problem.code, problem.message, token, hint=problem.hint) from None
    if last - first >= scope.limits.list:
        message = f"a range of {last - first + 1:,} names; the limit is {scope.limits.list:,}"
        raise exceeded("list", message, token)
    if last < first:
        raise Problem("wrong-inputs", f"no name in {token.text}: it counts from {first} up to {last}", token)
    scope.spend(last - first + 1, token)
    before, after = token.text[:start], token.text[end:]
    return [token._replace(text=f"{before}{{{number}}}{after}") for number in range(first, last + 1)]


def _range(token: Token, scope: Scope) -> tuple[tuple[int, int], tree.Range] | None:
    """The range in the braces of a name, and where they stand; None where there is none."""
    if token.type not in _BRACED or ".." not in token.text:
        return None
    parts = [(found.span(), _parsed(found[1], scope.limits)) for found in re.finditer(_BRACES, token.text)]
    ranges = [(span, part) for span, part in parts if isinstance(part, tree.Range)]
    if len(ranges) > 1:
        raise Problem("wrong-type", f"{token.text} has {len(ranges)} ranges, and a name can have one", token)
    return ranges[0] if ranges else None


@lru_cache(maxsize=1_000)
def _parsed(part: str, limits: Limits) -> tree.Expr | tree.Range | None:
    """What stands inside the braces of a name; a `for` asks for the same at every turn."""
    return parse_inside(part, limits)


def _value(part: str, token: Token, scope: Scope) -> str:
    expression = _parsed(part, scope.limits)
    if expression is None:
        raise Problem("syntax", f"{{{part}}} in a name is not an expression", token)
    if isinstance(expression, tree.Range):
        message = f"{token.text} is a range of names, allowed only after <- and in `output`, `freeze` and `init`"
        raise Problem("wrong-type", message, token)
    try:
        value = whole(evaluate(expression, scope))
    except Problem as problem:
        raise Problem(problem.code, problem.message, token, hint=problem.hint) from None
    if isinstance(value, bool) or not isinstance(value, (int, str)) or (isinstance(value, int) and value < 0):
        raise Problem(
            "wrong-type", f"{{{part}}} in a name must be an integer or a string, not {spell_value(value)}", token
        )
    return str(value)
