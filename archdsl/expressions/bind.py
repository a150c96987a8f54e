"""The words of a line to the values of a kind or block: which is a value, which an option, which a switch."""

from __future__ import annotations

import re

from archdsl.diagnostics import nearest
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.labels import filled, is_absent
from archdsl.expressions.scope import BRACE, NOTHING, RESERVED, WRONG, KindReference, Scope, Words, is_size, meant
from archdsl.expressions.signature import Signature, Slot
from archdsl.expressions.words import hidden, near_size
from archdsl.faults.problem import Problem, Silent, exceeded
from archdsl.layers import Layer, Refusal
from archdsl.layers.values import Sizes, Table, Word
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any, NamedTuple

_HOLE = r"([a-z])((?:[0-9]+|\?)(?:[x×](?:[0-9]+|\?))*)"
_SHORT = re.compile(r"([a-z])([0-9]+(?:[x×][0-9]+)*)")

_LOOKED_AT = 8  # words after one that means nothing


class Rest(NamedTuple):
    """The arguments of a line from one on."""

    arguments: tuple[tree.Argument, ...]
    start: int


_NONE_BEHIND = Rest((), 0)


class Bound(NamedTuple):
    """Values by slot, and the argument that gave each."""

    values: dict[str, Any]
    written: dict[str, tree.Argument]


class Unbound(Problem):
    """The faults of the values of a line, the first with the others beside it, and what is bound all the same."""

    def __init__(self, faults: list[Problem], bound: Bound) -> None:
        first, *others = faults
        super().__init__(first.code, first.message, first.at, hint=first.hint, instead=first.instead)
        self.beside = tuple(others)
        self.bound = bound


def bind(signature: Signature, arguments: tuple[tree.Argument, ...], scope: Scope, kinds: Words) -> Bound:
    """Give each argument its slot and its value.

    A bare word is, in this order: what the kind or block declares, a value in scope, a word that an option lists, a
    kind. `kinds` are the words for kinds and blocks. Raises Unbound with every fault there is, or Silent where a value
    has a fault that was reported before.
    """
    bound = Bound({}, {})
    positions = signature.positions
    used = 0
    silent = plain = False
    faults: list[Problem] = []
    for number, argument in enumerate(arguments, 1):
        slot, value = None, WRONG
        try:
            slot, value = _declared(signature, argument, scope)
            if slot is None:
                while used < len(positions) and _is_chosen(positions[used], bound):
                    used += 1
                if used == len(positions):
                    raise _too_many(signature, argument, len(positions), scope, kinds, Rest(arguments, number))
                value = _value(argument.value, positions[used], signature, scope, kinds, Rest(arguments, number))
                slot, used = positions[used], used + 1
            elif value is WRONG:
                value = _value(argument.value, slot, signature, scope, kinds, _NONE_BEHIND)
        except Problem as fault:
            if argument.name is not None or not plain:  # what follows a word that means nothing is its echo
                faults.append(fault)
            plain = plain or argument.name is None
            used += slot is None and argument.name is None and used < len(positions)
            continue
        except Silent:
            silent = True
            if slot is None:
                slot, used = positions[used], used + 1
        name = argument.name.text if slot.gathers and argument.name is not None else slot.name
        values = bound.values.setdefault(slot.name, {}) if slot.gathers else bound.values
        if name in values:
            faults.append(Problem("duplicate-name", f"{name} of {signature.title} is given twice", argument))
            continue
        values[name] = value
        bound.written[name] = argument
    if faults:
        raise Unbound(faults, bound)
    if silent:
        raise Silent
    return bound


def _is_chosen(slot: Slot, bound: Bound) -> bool:
    """Whether a lone word has filled a slot already: `mean` of `REDUCE mean [height, width]`."""
    return bool(slot.choices) and slot.name in bound.written and bound.written[slot.name].name is None


def _declared(signature: Signature, argument: tree.Argument, scope: Scope) -> tuple[Slot | None, Any]:
    """The slot of `stride=2` or its short form `s=2`, and of a lone word that the kind or block itself declares.

    A lone word has its value: `same` that one option lists, `s4`, `s2x1`, `nobias`, `ceil`. No slot where the word or
    value has none of its own.
    """
    if argument.name is not None:
        name = argument.name.text
        slot = signature.names.get(name) or signature.letters.get(name) or signature.gathering
        if slot is not None:
            return slot, WRONG
        raise _unknown_option(signature, argument.name, name)
    token = argument.value
    if type(token) is not Token or token.type not in ("WORD", "HOLED"):
        return None, WRONG
    if token.type == "HOLED":
        return _hole(signature, token, scope)
    if token.text in signature.choices and token.text not in scope:
        return signature.choices[token.text], WRONG
    return _option(signature, token, scope)


def _option(signature: Signature, token: Token, scope: Scope) -> tuple[Slot | None, Any]:
    """The option that a word such as `s4` or `nobias` means, and its value."""
    found: tuple[Slot | None, Any] = (None, WRONG)
    spelling = ""
    short = _SHORT.fullmatch(token.text) if token.text[0] in signature.letters else None
    if short:
        _check_digits(token, scope.limits)
        slot = signature.letters[short[1]]
        sizes = tuple(map(int, short[2].replace("×", "x").split("x")))
        found, spelling = (slot, sizes[0] if len(sizes) == 1 else Sizes(sizes)), f"{slot.name}={short[2]}"
    elif token.text in signature.switches:
        slot = signature.switches[token.text]
        on = token.text == slot.name
        found, spelling = (slot, on), f"{slot.name}={'yes' if on else 'no'}"
    if found[0] is not None and token.text in scope:
        message = f"{token.text} could be the option {spelling} of {signature.title} or the value called {token.text}"
        raise Problem("ambiguous-word", message, token, hint=f"write {spelling} or ({token.text})")
    return found


def _hole(signature: Signature, token: Token, scope: Scope) -> tuple[Slot | None, Any]:
    """The option `p?` or `s?x2` of a kind or block and its value; no option where the word is none, as `Tx?`."""
    match = re.fullmatch(_HOLE, token.text)
    if match is None:
        return None, WRONG
    slot = signature.letters.get(match[1])
    if slot is None:
        letters = ", ".join(sorted(signature.letters))
        has = f"its options are {letters}" if letters else "it has no one-letter options"
        message = f"{signature.title} has no option {match[1]}; {has}"
        raise Problem("unknown-option", message, token, hint=f"usage: {signature.usage}")
    from archdsl.expressions.unknown import sizes

    behind = Token("HOLE" if match[2] == "?" else "DIMS", match[2], token.start + 1, token.end)
    return slot, sizes(behind, scope)


def _check_digits(token: Token, limits: Limits) -> None:
    most = max(map(len, re.findall("[0-9]+", token.text)))
    if most > limits.digits:
        raise exceeded("digits", f"a number of {most:,} digits; the limit is {limits.digits:,}", token)


def _value(
    value: tree.Expr,
    slot: Slot,
    signature: Signature,
    scope: Scope,
    kinds: Words,
    rest: Rest,
) -> Any:
    if slot.reference or (isinstance(value, Token) and value.type == "TEMPLATE" and not is_size(value.text)):
        return _reference(value, slot, scope)
    if isinstance(value, Token) and value.type == "WORD":
        found = scope.find(value.text)
        if found is WRONG:
            raise Silent
        if found is not NOTHING:
            return found
        if value.text in slot.choices:
            return value.text
        found = meant(value.text, kinds)
        if found is not None:
            return found
        if value.text not in RESERVED and not is_size(value.text):
            raise _unknown_word(signature, value, scope, kinds, rest)
    return evaluate(value, _worded(scope, slot) if isinstance(value, tree.List) else scope)


def _reference(value: tree.Expr, slot: Slot, scope: Scope) -> Token | None:
    """The name of a layer or an input, with the values of its braces; None of an input that is not there."""
    if not slot.reference:
        message = f"a name with braces is not a value of {slot.name}"
        raise Problem("wrong-type", message, value, hint=BRACE)
    if not isinstance(value, Token) or value.type not in ("WORD", "STRING", "TEMPLATE"):
        hint = f"{slot.name}=embed, where a line above has embed: EMBED"
        hint = f"{slot.name}=m, where m is an input or a result above" if slot.reads else hint
        what = "an input or of a result above" if slot.reads else "a layer above"
        raise Problem("wrong-type", f"{slot.name} is the name of {what}", value, hint=hint)
    if slot.reads and is_absent(value, scope):
        return None
    return filled(value, scope)


def _worded(scope: Scope, slot: Slot) -> Scope:
    """The names of a list: those in scope, and the words that the option lists, as in `[same, 1]`."""
    if not slot.choices:
        return scope
    found = scope.inner()
    for word in slot.choices:
        if word not in scope:
            found.define(word, word)
    return found


def _unknown_word(signature: Signature, token: Token, scope: Scope, kinds: Words, rest: Rest) -> Problem:
    """A word that is nothing here. `rest` are the arguments after it."""
    word = token.text
    if scope.hidden(word):
        return hidden(token)
    slot = signature.names.get(word)
    if slot is not None and not slot.switch:
        return Problem("missing-value", f"the option {word} needs = and a value", token, hint=_usage(signature))
    if word in kinds or word.upper() in kinds:
        message = f"{word} is a kind of layer, not a value of {signature.title}"
        return Problem("wrong-type", message, token, hint="layers on one line are joined by ;")
    letters = list(signature.letters)
    pointed = re.fullmatch(r"([a-z])([0-9]+\.[0-9]+)", word)
    if pointed and pointed[1] in letters:
        message = f"the option {pointed[1]} takes integers, not {pointed[2]}"
        return Problem("wrong-type", message, token, hint=_usage(signature))
    short = _SHORT.fullmatch(word)
    if short:
        has = f"its options are {', '.join(sorted(letters))}" if letters else "it has no one-letter options"
        message = f"{signature.title} has no option {short[1]}; {has}"
        return Problem("unknown-option", message, token, hint=_usage(signature))
    words = [*signature.switches, *(choice for s in signature.slots for choice in s.choices)]
    close = near_size(word) or nearest(word, [*words, *scope.names(), *signature.names])
    hint = _remark(word, rest, scope, kinds) or _usage(signature)
    return Problem("unknown-name", f"{word} is not defined here", token, hint=hint, instead=(close,) if close else ())


def _remark(word: str, rest: Rest, scope: Scope, kinds: Words) -> str | None:
    """Several words in a row that mean nothing are a remark."""
    arguments = rest.arguments[rest.start : rest.start + _LOOKED_AT]
    following = [one.value.text for one in arguments if isinstance(one.value, Token) and one.name is None]
    unknown = [word, *(one for one in following if one not in scope and one.upper() not in kinds)]
    plain = [one for one in unknown if re.fullmatch(r"[A-Za-z]+", one)]
    return "a comment starts with #" if len(plain) > 1 else None


def _unknown_option(signature: Signature, at: Token, name: str) -> Problem:
    hint = _usage(signature)
    return Problem("unknown-option", f"{signature.title} has no option {name}", at, hint=hint)


def _too_many(
    signature: Signature, argument: tree.Argument, most: int, scope: Scope, kinds: Words, rest: Rest
) -> Problem:
    value = argument.value
    if isinstance(value, Token) and value.type == "WORD" and value.text not in scope and not is_size(value.text):
        return _unknown_word(signature, value, scope, kinds, rest)
    if isinstance(value, Token) and value.type == "TEMPLATE" and not is_size(value.text):
        return Problem("too-many-values", f"{value.text} is not a value of {signature.title}", argument, hint=BRACE)
    takes = "no values" if most == 0 else f"{most} value{'s' * (most > 1)} without a name"
    return Problem("too-many-values", f"{signature.title} takes {takes}", argument, hint=_usage(signature))


def _usage(signature: Signature) -> str:
    return f"usage: {signature.usage}"


def make(kind: type[Layer], bound: Bound, inputs: tuple[Any, ...]) -> Layer:
    """The layer of a kind with these values, on these inputs; raises Refusal."""
    for name, value in bound.values.items():
        if isinstance(value, KindReference) and not isinstance(kind.attributes[name].type, (Word, Table)):
            raise Refusal(
                "wrong-type",
                f"{name} of {kind.name} must be {kind.attributes[name].type.words}, not a kind",
                blame=name,
            )
    return kind(bound.values, inputs)
