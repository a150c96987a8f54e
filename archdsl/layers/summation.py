"""Products summed over named axes: how `"h t d, h s d -> h t s"` is read, and its letters for PyTorch."""

from __future__ import annotations

import re
from string import ascii_letters

from archdsl.layers.layout import order
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import MOST_AXES, Type
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same
from archdsl.typed import Any, NamedTuple

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_USAGE = 'the axes of each input and of the output, without the batch: "h t d, h s d -> h t s"'
_MOST_INPUTS = 2


class Summation(NamedTuple):
    """The names of the axes of each input and of the output; names that the output lacks are summed over."""

    inputs: tuple[tuple[str, ...], ...]
    output: tuple[str, ...]

    def contracted(self) -> list[str]:
        """The names that both inputs have and the output lacks: along them products are summed."""
        common = [name for name in dict.fromkeys(self.inputs[0]) if all(name in names for names in self.inputs)]
        return [name for name in common if name not in self.output] if len(self.inputs) > 1 else []

    def sizes(self, shapes: tuple[Shape, ...]) -> dict[str, Size]:
        """The size of each name. Raises Refusal where an input has another rank or a name another size."""
        found: dict[str, tuple[Size, int]] = {}
        for place, (names, shape) in enumerate(zip(self.inputs, shapes, strict=True)):
            if shape.rank != len(names):
                axes = f"{len(names)} {'axis' if len(names) == 1 else 'axes'}"
                message = f"EINSUM lists {axes} for input {place + 1}, {' '.join(names)}, and {shape} has {shape.rank}"
                raise Refusal("rank-mismatch", message, blame=place)
            for name, size in zip(names, shape.sizes, strict=True):
                before, first = found.setdefault(name, (size, place))
                if not same(before, size):
                    where = f"of input {place + 1}" if first == place else f"in input {place + 1}"
                    other = "another axis" if first == place else f"input {first + 1}"
                    message = f"EINSUM: {name} is {size} {where} and {before} in {other}"
                    raise Refusal("shape-mismatch", message, blame=place)
        return {name: size for name, (size, _) in found.items()}

    def equation(self, form: str) -> str:
        """The text for torch.einsum, of values that lie as `form`, batch first."""
        letters = _letters(tuple(dict.fromkeys(name for names in self.inputs for name in names)))
        batch = next(letter for letter in f"bn{ascii_letters}" if letter not in letters.values())
        terms = [
            batch + "".join(letters[names[axis]] for axis in order(len(names), form if len(names) > 1 else "flat"))
            for names in (*self.inputs, self.output)
        ]
        return f"{','.join(terms[:-1])}->{terms[-1]}"


def _letters(names: tuple[str, ...]) -> dict[str, str]:
    """A letter for each name: itself, the first of its letters that is free, else any."""
    found = {name: name for name in names if len(name) == 1}
    for name in names:
        if name not in found:
            plain = [letter for letter in name if letter.isalpha()]
            found[name] = next(one for one in (*plain, *ascii_letters) if one not in found.values())
    return found


class SummationText(Type):
    """A text with the axes of each input and of the output: `"t d, s d -> t s"`."""

    words = 'a quoted text with the axes of each input and of the output, as "t d, s d -> t s"'

    def convert(self, value: Any, axes: int) -> Summation:
        if not isinstance(value, str):
            raise self.refuse(value)
        before, arrow, after = value.partition("->")
        if not arrow or "->" in after:
            raise _invalid("has one -> between the axes of the inputs and those of the output")
        inputs = tuple(_names(term) for term in before.split(","))
        if len(inputs) > _MOST_INPUTS:
            hint = "a product of three is an EINSUM of two, and an EINSUM of its result and the third"
            raise Refusal("invalid-text", f"lists {len(inputs)} inputs, and {_MOST_INPUTS} are the most", hint=hint)
        found = Summation(inputs, _names(after))
        known = {name for names in inputs for name in names}
        strange = next((name for name in found.output if name not in known), None)
        if strange is not None:
            if all(len(names) == 1 for names in (*inputs, found.output)):
                raise Refusal("invalid-text", "has no spaces between the names of axes", hint=_USAGE)
            raise _invalid(f"has {strange} in the output, and no input has it")
        twice = next((name for name in found.output if found.output.count(name) > 1), None)
        if twice is not None:
            raise _invalid(f"has {twice} twice in the output")
        return found


def _names(term: str) -> tuple[str, ...]:
    names = tuple(term.split())
    odd = next((name for name in names if not _NAME.fullmatch(name)), None)
    if odd is not None:
        raise _invalid(f'has "{odd[:20]}", which is not the name of an axis')
    if not 1 <= len(names) <= MOST_AXES:
        raise _invalid(f"lists {len(names)} axes for one value, and a value has 1 to {MOST_AXES}")
    return names


def _invalid(what: str) -> Refusal:
    return Refusal("invalid-text", what, hint=_USAGE)
