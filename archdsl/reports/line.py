"""A layer line with its values: `CONV 64 3x3 s1 p1` where a block says `CONV c 3x3 s=s p1`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from archdsl.expressions.scope import KindReference
from archdsl.expressions.signature import Signature, Slot, of_block, of_kind
from archdsl.layers import lookup
from archdsl.layers.values import Sizes, spell
from archdsl.network.nodes import Leaf, Merge, Use
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any

_SHORT = re.compile("([a-z])[0-9]+(?:[x×][0-9]+)*")
_SIZES = re.compile("[0-9]+(?:x[0-9]+)*")
_PLAIN = re.compile("[0-9]+|[A-Za-z]+")  # beside another size and an x
_ALONE = re.compile("[A-Za-z_][A-Za-z0-9_]*|[0-9][0-9.]*(?:e[+-]?[0-9]+)?")
_FEW, _LONGEST = 8, 40  # items and letters of a list that is shown
_WORD = re.compile("[A-Za-z_][A-Za-z0-9_]*")


def with_values(node: Leaf | Merge | Use, text: str) -> str:
    """The kind and the values of a line: what is written as a number or option is kept, all else has its value."""
    signature, values = _declared(node)
    words, positions = [_kind(node)], iter(signature.positions)
    arguments = node.statement.arguments
    if isinstance(node, Use) and node.applied is not None:  # the block comes first
        words, arguments = [node.applied.op.name, node.block.name.text], arguments[1:]
    for argument in arguments:
        slot = _option(argument, signature, values)
        chosen = slot is not None and argument.name is None
        slot = slot or next(positions, None)
        value: Any = values.get(slot.name) if slot is not None else None
        if slot is not None and slot.gathers and argument.name is not None:
            value = value[argument.name.text]
        if slot is None or chosen or _stands(argument, slot, value):
            words.append(" ".join(text[argument.start : argument.end].replace("\\\n", " ").split()))
        else:
            words.append(_word(argument, slot, value))
    return " ".join(words)


def _kind(node: Leaf | Merge | Use) -> str:
    """The kind, also where a parameter stands for it; the name of a block in the case in which it is written."""
    kind = node.block.name.text if isinstance(node, Use) else str(node.op.name)
    word = node.statement.kind.text if node.statement.kind is not None else kind
    return word if isinstance(node, Use) and word.lower() == kind.lower() else kind


def _declared(node: Leaf | Merge | Use) -> tuple[Signature, Mapping[str, Any]]:
    """What a kind or block declares, and its values."""
    if isinstance(node, Use):
        kind = lookup(node.block.name.text) if node.values and not node.block.parameters else None
        return of_kind(kind) if kind is not None else of_block(node.block), dict(node.values)
    return of_kind(type(node.op)), node.op.__dict__


def _option(argument: tree.Argument, signature: Signature, values: Mapping[str, Any]) -> Slot | None:
    """What an argument is by its name, or by a word that is an option: `s4`, `nobias`, `same`."""
    if argument.name is not None:
        name = argument.name.text
        return signature.names.get(name) or signature.letters.get(name) or signature.gathering
    token = argument.value
    if not isinstance(token, Token) or token.type != "WORD":
        return None
    choice = signature.choices.get(token.text)
    if choice is not None and token.text in (values[choice.name], *_as_list(values[choice.name])):
        return choice
    short = _SHORT.fullmatch(token.text)
    return signature.letters.get(short[1]) if short is not None else signature.switches.get(token.text)


def _as_list(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ("none",) if value is None else ()


def _stands(argument: tree.Argument, slot: Slot, value: Any) -> bool:
    """Whether the value of an argument is one in itself: a number, a text, a word; no name or expression is."""
    token = argument.value
    if not isinstance(token, Token):
        return isinstance(token, tree.List) and _is_literal(token)
    if token.type != "WORD":
        return True
    return slot.reference or token.text in (value, "yes", "no", "true", "false", "inf", "none")


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


def _word(argument: tree.Argument, slot: Slot, value: Any) -> str:
    """A value as a line writes it, with its name if it was given by name."""
    name = argument.name
    if isinstance(value, bool) and slot.switch and name is not None:
        return slot.name if value else f"no{slot.name}"
    text = _listed(value) if isinstance(argument.value, tree.List) else _plain(value, whole=name is None)
    if name is None:
        return text
    return f"{name.text}{text}" if name.text == slot.short and _SIZES.fullmatch(text) else f"{name.text}={text}"


def _plain(value: Any, *, whole: bool) -> str:
    """A value; sizes that are equal along all axes as one number, unless the `whole` is wanted."""
    if isinstance(value, KindReference):
        return value.name
    if value is None:
        return "none"
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) else spell(value)
    sizes = value.sizes if isinstance(value, Sizes) else _ends(value)
    if type(sizes) is not tuple or not sizes or any(isinstance(size, tuple) for size in sizes):
        return _listed(sizes) if isinstance(sizes, tuple) else _number(value)
    if len(set(sizes)) == 1 and (len(sizes) == 1 or not whole):
        return _number(sizes[0])
    plain = (whole or isinstance(value, Sizes)) and all(_PLAIN.fullmatch(str(size)) for size in sizes)
    return "x".join(map(str, sizes)) if plain else _listed(sizes)


def _ends(value: Any) -> Any:
    """A padding that is equal at both ends of every axis as one number for each."""
    if type(value) is tuple and all(type(one) is tuple and len(set(one)) == 1 for one in value):
        return tuple(ends[0] for ends in value)
    return value


def _listed(values: Any) -> str:
    """A list, `[0, 64]`; a long one is not shown."""
    values = _ends(values) if isinstance(values, tuple) else (values,)
    text = f"[{', '.join(_item(item) for item in values[:_FEW])}]"
    return text if len(values) <= _FEW and len(text) <= _LONGEST else "[…]"


def _item(value: Any) -> str:
    return _listed(value) if isinstance(value, tuple) else str(value) if isinstance(value, str) else _number(value)


def _number(value: Any) -> str:
    """A number or an expression, in brackets where it is no single word."""
    text = spell(value)
    return text if _ALONE.fullmatch(text) else f"({text})"
