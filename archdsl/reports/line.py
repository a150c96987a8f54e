"""A layer line with its values: `CONV 64 3x3 s1 p1` where a block says `CONV c 3x3 s=s p1`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from archdsl.expressions.scope import KindReference
from archdsl.layers.values import Sizes, spell
from archdsl.network.nodes import Leaf, Merge, Use
from archdsl.sizes.size import SYMBOLIC
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_SHORT = re.compile("([a-z])[0-9]+(?:[x×][0-9]+)*")
_SIZES = re.compile("[0-9]+(?:x[0-9]+)*")
_WORD = re.compile("[A-Za-z_][A-Za-z0-9_]*")


class _Slot(NamedTuple):
    """What a kind or block declares: a name, and the letter that stands for it."""

    name: str
    short: str | None
    switch: bool


def with_values(node: Leaf | Merge | Use, text: str) -> str:
    """The kind and the values of a line: what is written as a number or option is kept, all else has its value."""
    slots, values, written = _of_block(node) if isinstance(node, Use) else _of_kind(node)
    kind = _kind(node)
    words = [kind]
    for argument in node.statement.arguments:
        name = written.get(argument.value)
        as_written = " ".join(text[argument.start : argument.end].replace("\\\n", " ").split())
        slot = slots.get(name) if name is not None else None
        if name is None or name not in values or _stands(argument, slot, values[name]):
            words.append(as_written)
        else:
            words.append(_word(argument.name, slot, values[name]))
    return " ".join(words)


def _kind(node: Leaf | Merge | Use) -> str:
    """The kind, also where a parameter stands for it; the name of a block in the case in which it is written."""
    kind = node.block.name.text if isinstance(node, Use) else str(node.op.name)
    word = node.statement.kind.text if node.statement.kind is not None else kind
    return word if isinstance(node, Use) and word.lower() == kind.lower() else kind


def _of_kind(node: Leaf | Merge) -> tuple[dict[str, _Slot], Mapping[str, Any], dict[tree.Expr, str]]:
    """What a kind declares, its values, and which of them each expression of the line gave."""
    declared = node.op.attributes
    slots = {name: _Slot(name, each.short, each.type.switch) for name, each in declared.items()}
    values = {name: node.op.__dict__[name] for name in declared}
    gathered = [value for name, value in values.items() if declared[name].type.gathers and value]
    given = _by_name(node.statement, slots) if isinstance(node, Merge) else node.written
    return slots, {**(gathered[0] if gathered else {}), **values}, {value: name for name, value in given.items()}


def _by_name(statement: tree.Layer, slots: dict[str, _Slot]) -> dict[str, tree.Expr]:
    """The arguments of a merge that have a name; the network keeps no others."""
    letters = {slot.short: name for name, slot in slots.items() if slot.short}
    named = [(one.name.text, one.value) for one in statement.arguments if one.name is not None]
    return {letters.get(name, name): value for name, value in named}


def _of_block(node: Use) -> tuple[dict[str, _Slot], Mapping[str, Any], dict[tree.Expr, str]]:
    values = dict(node.values)
    slots = {
        name: _Slot(name, name if len(name) == 1 else None, isinstance(value, bool)) for name, value in values.items()
    }
    return slots, values, {value: name for name, value in node.written.items()}


def _stands(argument: tree.Argument, slot: _Slot | None, value: Any) -> bool:
    """Whether an argument says its value: a number, a text, `s4`, `nobias`, `same`; no name or expression does."""
    token = argument.value
    if not isinstance(token, Token):
        return isinstance(token, tree.List) and _is_literal(token)
    if token.type != "WORD":
        return token.type not in ("TEMPLATE",)
    if isinstance(value, Token) or token.text == value:
        return True
    if argument.name is not None or slot is None:
        return token.text in ("yes", "no", "true", "false", "inf")
    short = _SHORT.fullmatch(token.text)
    if short is not None and short[1] == slot.short:
        return True
    return slot.switch and token.text in (slot.name, f"no{slot.name}")


def _is_literal(items: tree.List) -> bool:
    """Whether a list, with the lists in it, has numbers and texts alone."""
    stack: list[tree.Expr] = [items]
    while stack:
        one = stack.pop()
        if isinstance(one, tree.List):
            stack += one.items
        elif not isinstance(one, Token) or one.type == "WORD":
            return False
    return True


def _word(name: Token | None, slot: _Slot | None, value: Any) -> str:
    """A value as a line writes it, with its name if it was given by name."""
    if name is None:
        return _plain(value, whole=True)
    if isinstance(value, bool) and slot is not None and slot.switch:
        return slot.name if value else f"no{slot.name}"
    text = _plain(value, whole=False)
    letter = slot is not None and name.text == slot.short
    return f"{name.text}{text}" if letter and _SIZES.fullmatch(text) else f"{name.text}={text}"


def _plain(value: Any, *, whole: bool) -> str:
    """A value; sizes that are equal along all axes as one number, unless the `whole` is wanted."""
    if isinstance(value, Sizes):
        value = value.sizes
    if isinstance(value, KindReference):
        return value.name
    if isinstance(value, tuple) and value and all(isinstance(one, tuple) and len(set(one)) == 1 for one in value):
        value = tuple(one[0] for one in value)
    if type(value) is tuple and value and all(type(one) is int or isinstance(one, SYMBOLIC) for one in value):
        if len(set(value)) == 1 and (len(value) == 1 or not whole):
            return _number(value[0])
        plain = all(_SIZES.fullmatch(str(one)) or _WORD.fullmatch(str(one)) for one in value)
        return "x".join(map(str, value)) if plain else f"[{', '.join(map(str, value))}]"
    if value is None:
        return "none"
    if isinstance(value, str) and _WORD.fullmatch(value):
        return value
    return (
        _number(value) if isinstance(value, (int, float, *SYMBOLIC)) and not isinstance(value, bool) else spell(value)
    )


def _number(value: Any) -> str:
    text = str(value)
    return text if text.isalnum() or re.fullmatch(r"[0-9][0-9.e+-]*", text) else f"({text})"
