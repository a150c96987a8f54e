"""What a line of a kind or block can fill: its slots, and every word that means one."""

from __future__ import annotations

from archdsl.layers import Layer
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple


class Slot(NamedTuple):
    """What a line can fill: an attribute of a kind or a parameter of a block."""

    name: str
    short: str | None
    positional: bool
    switch: bool
    choices: tuple[str, ...]
    reference: bool = False  # whether its value is the name of a layer
    gathers: bool = False  # every value with a name that no other slot has
    reads: bool = False  # whether its value is the name of a further input


class Signature:
    """All slots of a kind or block, how it is called in messages, and the slots by every word that means one."""

    def __init__(self, title: str, usage: str, slots: tuple[Slot, ...]) -> None:
        self.title, self.usage, self.slots = title, usage, slots
        self.positions = [slot for slot in slots if slot.positional]
        self.letters = {slot.short: slot for slot in slots if slot.short}
        self.names = {slot.name: slot for slot in slots if not slot.gathers}
        self.gathering = next((slot for slot in slots if slot.gathers), None)
        self.switches = {word: slot for slot in slots if slot.switch for word in (slot.name, f"no{slot.name}")}
        self.choices = {word: slot for slot in reversed(slots) for word in slot.choices}


def of_kind(kind: type[Layer]) -> Signature:
    """The signature of a built-in kind; made once."""
    found = _SIGNATURES.get(kind)
    if found is None:
        slots = tuple(
            Slot(a.name, a.short, a.positional, t.switch, t.choices, t.reference, t.gathers, t.reads)
            for a in kind.attributes.values()
            for t in (a.type,)
        )
        found = _SIGNATURES[kind] = Signature(kind.name, kind.usage(), slots)
    return found


_SIGNATURES: dict[type[Layer], Signature] = {}


def of_block(block: tree.Block) -> Signature:
    """The signature of a block: a one-letter parameter is an option too, one whose default is yes or no a switch."""
    slots = []
    for parameter in block.parameters:
        name, default = parameter.name.text, parameter.default
        switch = isinstance(default, Token) and default.text in ("yes", "no", "true", "false")
        short = name if len(name) == 1 and name.islower() else None
        slots.append(Slot(name, short, True, switch, ()))
    slots += [Slot(one.name.text, None, False, False, (), True, False, True) for one in block.optional]
    words = [p.name.text if p.default is None else f"[{p.name.text}=..]" for p in block.parameters]
    words += [f"[{one.name.text}=NAME]" for one in block.optional]
    return Signature(block.name.text, " ".join([block.name.text, *words]), tuple(slots))
