"""What a drawn line of each kind may say: its values over their whole range and a little beyond, and how they are spelled."""

from __future__ import annotations

from typing import Any

from archdsl.layers import REGISTRY
from support.drawn import TOKENS, Argument
from support.draws import FAMILIES

# how a line spells its values: those without a name in their order, letters, switches
DECLARED = {kind: layer.attributes.values() for kind, layer in REGISTRY.items()}
POSITIONAL = {kind: tuple(one.name for one in declared if one.positional) for kind, declared in DECLARED.items()}
LETTERS = {kind: {one.name: one.short for one in declared if one.short} for kind, declared in DECLARED.items()}
SWITCHES = {kind: {one.name for one in declared if one.type.switch} for kind, declared in DECLARED.items()}
SAFE = ("RELU", "ID", "TANH", "SIGMOID", "BN", "DROPOUT")
OFTEN = ("CONV", "CONV", "MAXPOOL", "AVGPOOL", "FC", "LINEAR")
ALL = tuple(
    sorted(kind for kind, layer in REGISTRY.items() if layer.inputs[0] == 1 and not layer.merge and not layer.braces)
)
EVERY = tuple(sorted(set(REGISTRY) - {"MODULE", "MOE"}))  # of which alone nothing is known: `test_door.py`
KINDS = {
    rank: tuple(kind for kind in (*OFTEN, *SAFE, *ALL) if rank in REGISTRY[kind].ranks and kind not in TOKENS)
    for rank in (1, 2, 3, 4)
}


class Attributes(*(family.Draws for family in FAMILIES)):  # type: ignore[misc]
    """Draws the values of one line. `draw` gives random numbers, `env` the names in sight; `wild` more that do not fit."""

    def arguments(self, kind: str) -> tuple[Argument, ...]:
        """A line of a kind."""
        rule = getattr(self, f"_{kind.lower()}", None)
        values = rule() if rule else {}
        if "inplace" in SWITCHES[kind] and self.draw.chance(25):
            values["inplace"] = self.draw.chance(80)
        return self.spelled(kind, values)

    def spelled(self, kind: str, values: dict[str, Any]) -> tuple[Argument, ...]:
        """Values as a line writes them: those without a name first, the others in any order."""
        plain, rest = [], []
        positional = POSITIONAL[kind]
        for position, name in enumerate(positional):
            if name not in values or len(plain) < position or self.draw.chance(15):
                break
            plain.append(Argument(name, values[name], "plain"))
        for name, value in values.items():
            if all(name != one.name for one in plain):
                rest.append(self._spelled(kind, name, value))
        return (*plain, *self.draw.shuffled(rest))

    def _spelled(self, kind: str, name: str, value: Any) -> Argument:
        letter = LETTERS[kind].get(name, "")
        numbers = value if isinstance(value, tuple) else (value,)
        if letter and all(type(number) is int and number >= 0 for number in numbers) and self.draw.chance(60):
            return Argument(name, value, "short", letter)
        if letter and self.draw.chance(30):
            return Argument(name, value, "letter", letter)
        if name in SWITCHES[kind] and isinstance(value, bool) and self.draw.chance(70):
            return Argument(name, value, "switch")
        return Argument(name, value)
