"""The holes of a text: where each stands, what it is called, and which numbers can stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.expressions.signature import Signature, Slot, of_block, of_kind
from archdsl.expressions.unknown import parts
from archdsl.layers import REGISTRY, Layer
from archdsl.layers.sides import Padding
from archdsl.layers.values import Divisor, Number, PerAxis, Type, Whole
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any, NamedTuple

_LETTER = re.compile(r"([a-z])[0-9?][0-9?x×]*")


class Hole(NamedTuple):
    """One ?: its place, the word that it stands in, what it is called, and the attribute that it is a value of.

    `together` are the places of the holes that are tried equal first: those of `?x?`, the first of them included.
    `window` is what a window covers whose padding is the hole, `padding` what is added to the axis of a window that is
    one; None where that is not written. The number is a multiple of `step`: groups that the line gives divide its
    channels. `line` is the place of the layer line. `bounded` says that what the line reads bounds the number.
    """

    at: int
    token: Token
    name: str
    type: Type | None = None
    least: int = 0
    together: int = 0
    window: int | None = None
    step: int = 1
    padding: int | None = 0
    line: int = -1
    bounded: bool = True


def find(file: tree.File, text: str) -> list[Hole]:
    """Every hole of a file in the order of its text, but those of claims, which only leave something out."""
    blocks = {block.name.text: block for block in _blocks(file)}
    found: list[Hole] = []
    stack: list[Any] = [statement for line in file.lines for statement in line.statements]
    while stack:
        statement = stack.pop()
        match statement:
            case tree.LayerStatement(start=start, end=end):
                if "?" not in text[start:end]:
                    continue
                found += _of_layer(statement, blocks)
            case tree.Let(name, value):
                found += _named(value, name.text)
            case tree.For(names, turns, _, _):
                found += _named(turns, names[0].text)
            case tree.If(arms, _, _):
                found += [hole for condition, _ in arms for hole in _named(condition, "if")]
            case tree.Input(names, size):
                found += _of_input(size, names[0].text if names else "input")
            case tree.ModelStatement() | tree.Block():
                for parameter in statement.parameters:
                    found += _named(parameter.default, parameter.name.text)
        found += [hole for part in chosen(statement) for hole in _named(part, "where")]
        stack += [inner for body in bodies(statement) for line in body.lines for inner in line.statements]
    return sorted(found)


def misplaced(file: tree.File) -> list[Token]:
    """Holes where the numbers are the author's to choose: in `cases` and after `where`."""
    statements = [statement for line in file.lines for statement in line.statements]
    return [token for statement in statements for part in chosen(statement) for token in holes(part)]


def chosen(statement: tree.Statement) -> tuple[tree.Expr, ...]:
    """What a statement says of the author's wishes: the settings of `cases`, the conditions of `where`."""
    match statement:
        case tree.Cases(_, settings):
            return (settings,)
        case tree.ModelStatement() | tree.Input():
            return statement.where
    return ()


def bodies(statement: tree.Statement) -> list[tree.Body]:
    """The braces of a statement."""
    match statement:
        case tree.LayerStatement(_, _, _, body):
            return [] if body is None else [body]
        case tree.Block(_, _, _, body) | tree.For(_, _, body, _):
            return [body]
        case tree.If(arms, otherwise, _):
            return [*(body for _, body in arms), *([] if otherwise is None else [otherwise])]
    return []


def holes(expression: Any) -> list[Token]:
    """Every word with a ? in an expression; no recursion."""
    found, stack = [], [expression]
    while stack:
        part = stack.pop()
        if isinstance(part, Token):
            found += [part] if "?" in part.text and part.type in ("HOLE", "HOLED", "DIMS") else []
        elif isinstance(part, tuple):
            stack += part
    return found


def _blocks(file: tree.File) -> list[tree.Block]:
    return [one for line in file.lines for one in line.statements if isinstance(one, tree.Block)]


def _places(token: Token) -> list[int]:
    """The places of the ? in a word; after the letter of an option."""
    return [token.start + found.start() for found in re.finditer(r"\?", token.text)]


def _named(expression: Any, name: str) -> Iterator[Hole]:
    """The holes of an expression, called as what it defines."""
    for token in holes(expression):
        for at in _places(token):
            yield Hole(at, token, name, together=token.start)


def _of_input(size: tree.Expr, name: str) -> Iterator[Hole]:
    """The holes of a shape: its axes in space are tried equal first, and its channels are by themselves."""
    for token in holes(size):
        last = parts(token)[-1].start if token.type != "HOLE" else token.start
        for at in _places(token):
            yield Hole(at, token, name, least=1, together=at if at == last else token.start)


def _of_layer(statement: tree.LayerStatement, blocks: dict[str, tree.Block]) -> Iterator[Hole]:
    kind = statement.kind.text if statement.kind is not None else ""
    signature, layer = _signature(kind, blocks)
    arguments, slots = statement.arguments, _slots(signature, statement.arguments)
    window, step, padding = (
        _extent(arguments, slots),
        _groups(arguments, slots, layer),
        _padding(arguments, slots, layer),
    )
    for argument, slot in zip(arguments, slots, strict=True):
        name = argument.name.text if argument.name else slot.name if slot is not None else kind
        type = layer.attributes[slot.name].type if layer is not None and slot is not None else None
        for token in holes(argument.value):
            for at in _places(token):
                yield Hole(
                    at,
                    token,
                    token.text[0] if token.type == "HOLED" else name,
                    type,
                    least(type),
                    token.start,
                    window if isinstance(type, Padding) else None,
                    step if slot is not None and slot.name == "out" else 1,
                    padding,
                    statement.start,
                    isinstance(type, PerAxis) and type.bounded and layer is not None and not layer.widens,
                )
    yield from _named(statement.repeat, "x")


def _signature(kind: str, blocks: dict[str, tree.Block]) -> tuple[Signature | None, type[Layer] | None]:
    if kind in blocks:
        return of_block(blocks[kind]), None
    layer = REGISTRY.get(kind.upper())
    return (of_kind(layer), layer) if layer is not None else (None, None)


def _slots(signature: Signature | None, arguments: tuple[tree.Argument, ...]) -> list[Slot | None]:
    """The slot that each argument fills, as far as its word tells."""
    found: list[Slot | None] = []
    positions = list(signature.positions) if signature is not None else []
    for argument in arguments:
        slot: Slot | None = None
        value = argument.value
        if signature is None:
            slot = None
        elif argument.name is not None:
            slot = signature.names.get(argument.name.text) or signature.letters.get(argument.name.text)
        elif isinstance(value, Token) and value.type in ("WORD", "HOLED"):
            letter = _LETTER.fullmatch(value.text)
            slot = signature.letters.get(letter[1]) if letter else None
            slot = slot or signature.switches.get(value.text) or signature.choices.get(value.text)
        if slot is None and argument.name is None and positions:
            slot = positions.pop(0)
        found.append(slot)
    return found


def least(type: Type | None) -> int:
    """The smallest integer, 0 or more, that a type declares."""
    match type:
        case PerAxis():
            return max(0, type.each.least)
        case Whole():
            return max(0, type.least)
        case Number() if type.least is not None:
            return int(type.least)
    return 0


def _extent(arguments: tuple[tree.Argument, ...], slots: list[Slot | None]) -> int | None:
    """What the window of a line covers, `dilation*(kernel - 1) + 1`, where both are written as numbers."""
    kernel, dilation = 0, 1
    for argument, slot in zip(arguments, slots, strict=True):
        if slot is None or slot.name not in ("kernel", "dilation"):
            continue
        text = argument.value.text if isinstance(argument.value, Token) else "?"
        sizes = re.findall("[0-9]+", text)
        if "?" in text or not sizes or not re.fullmatch("[a-z]?[0-9x×]+", text):
            return None
        largest = max(map(int, sizes))
        kernel, dilation = (largest, dilation) if slot.name == "kernel" else (kernel, largest)
    return dilation * (kernel - 1) + 1 if kernel else None


def _padding(arguments: tuple[tree.Argument, ...], slots: list[Slot | None], layer: type[Layer] | None) -> int | None:
    """The largest padding of a line as a number; None where it is none, as `p?`."""
    for argument, slot in zip(arguments, slots, strict=True):
        if layer is not None and slot is not None and isinstance(layer.attributes[slot.name].type, Padding):
            text = argument.value.text if isinstance(argument.value, Token) else "?"
            if re.fullmatch("[a-z]?[0-9x×]+", text):
                return max(map(int, re.findall("[0-9]{1,9}", text)), default=0)
            return 0 if text in Padding.choices else None
    return 0


def _groups(arguments: tuple[tree.Argument, ...], slots: list[Slot | None], layer: type[Layer] | None) -> int:
    """The groups that a line gives as a number; 1 where it gives none."""
    for argument, slot in zip(arguments, slots, strict=True):
        if layer is not None and slot is not None and isinstance(layer.attributes[slot.name].type, Divisor):
            text = argument.value.text if isinstance(argument.value, Token) else ""
            if re.fullmatch("[a-z]?[0-9]{1,9}", text):
                return max(1, int(text.lstrip("abcdefghijklmnopqrstuvwxyz")))
    return 1
