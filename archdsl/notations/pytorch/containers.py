"""What a printed model holds, and how it is put together: chains, repeats, and the sums and gates that are known."""

from __future__ import annotations

import re

from archdsl.diagnostics import Span
from archdsl.notations.pytorch.parse import ModuleCall, UnknownValue
from archdsl.notations.pytorch.value import ShapeValue
from archdsl.syntax import tree
from archdsl.typed import Any, NamedTuple
from archdsl.vocabulary.printed import (
    APART,
    CHAINS,
    IDENTITIES,
    INVERTED,
    PARALLEL,
    RESIDUAL,
    SHORTCUTS,
    SQUEEZE,
    SUMS,
)

_NUMBERED = re.compile(r"(conv|bn)([0-9])")
_MOST = 100_000  # modules of one text
_EACH = "each part reads the output of the part above, in the order in which they are printed"
_DOUBT = "If its forward adds, concatenates or multiplies, or has parameters of its own, shapes and counts differ"


class ModuleFault(Exception):
    """A module that cannot be read: why, where, and what helps."""

    def __init__(self, message: str, at: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.at, self.hint = message, at, hint


class ModulePart(NamedTuple):
    """A piece of text that was made of a module: where, and what the module says that it reads."""

    start: int
    end: int
    place: Span
    comes: tuple[tree.Comes, ...]


class Containers:
    """The part of a writer that puts modules together."""

    def __init__(self, value: ShapeValue, taken: set[str]) -> None:
        self.shape, self.rank = value
        self.taken = taken
        self.text: list[str] = []
        self.parts: list[ModulePart] = []
        self.assumed: list[tuple[Span, str]] = []
        self.doubts: list[tuple[Span, str]] = []  # what was assumed, and may well be otherwise
        self.length = self.count = 0
        self.nested = False  # whether a module is part of another
        self.named = True

    def put(self, text: str, place: Span, comes: tuple[tree.Comes, ...] = ()) -> None:
        self.parts.append(ModulePart(self.length, self.length + len(text), place, comes))
        self.text.append(text)
        self.length += len(text)

    # ---- containers

    def module(self, call: ModuleCall, label: str, within: ModuleCall | None) -> None:
        """A module under its name, with what it holds."""
        self.count += 1
        if self.count > _MOST:
            raise ModuleFault(f"more than {_MOST:,} modules", call.place)
        if call.inside or call.plain in ("ModuleList", "ModuleDict") or call.plain in CHAINS:
            self._repeated(call) if call.times > 1 else self._container(call)
        elif call.times > 1:
            self._repeated(call)
        else:
            self._leaf(call, label, within)

    def _repeated(self, call: ModuleCall) -> None:
        rank, shape, named = self.rank, self.shape, self.named
        self.named = False  # copies would have one name
        self.put("{\n", call.place)
        self._container(call) if call.inside else self._leaf(call, "", None)
        self.put(f"}} x{call.times}\n", call.place)
        self.named = named
        self.shape = shape if self.shape == shape else None
        if self.rank != rank:
            raise ModuleFault(f"{call.times} equal modules that change the number of axes", call.place)

    def _container(self, call: ModuleCall) -> None:
        parts = self._held(call)
        if call.plain in CHAINS:
            pass
        elif tuple(part.label for part in parts) == SQUEEZE:
            self._gated(call, parts)
            return
        elif call.plain in INVERTED and parts and parts[0].label in ("block", "conv"):
            self._inverted(call, parts)
            return
        elif call.plain in RESIDUAL or SUMS.fullmatch(call.plain) or {part.label for part in parts} & {*SHORTCUTS}:
            self._residual(call, parts)
            return
        elif not self._is_list(call):
            self._in_order(call, parts)
        nested, self.nested = self.nested, True
        for part in parts:
            self.module(part, part.label, call)
        self.nested = nested

    def _is_list(self, call: ModuleCall) -> bool:
        return call.plain == "ModuleList" and bool(call.inside)

    def _in_order(self, call: ModuleCall, parts: list[ModuleCall]) -> None:
        """A class of which the forward is not printed: its parts are read in their order, or that is refused."""
        apart = next((part for part in parts if part.label in PARALLEL or part.plain in IDENTITIES), None)
        named = self.nested and APART.fullmatch(call.plain) is not None
        if apart is not None or named or call.plain == "ModuleDict":
            said = f"{apart.label} is a part of it" if apart is not None else "its parts have no order"
            said = "its name suggests more than a plain sequence" if named and apart is None else said
            hint = "write it in a spec, where each line can say what it reads"
            raise ModuleFault(
                f"the printed model does not show how {call.name} connects its parts: {said}", call.place, hint
            )
        if self.nested:
            self.doubts.append((call.place, f"the parts of {call.name}: {_EACH}. {_DOUBT}"))
        elif len(parts) > 1:
            self.assumed.append((call.place, f"the parts of {call.name}: {_EACH}"))

    def _gated(self, call: ModuleCall, parts: list[ModuleCall]) -> None:
        """torchvision's SqueezeExcitation: the input, times a gate for each channel."""
        pool, first, second, act, gate = parts
        before = ShapeValue(self.shape, self.rank)
        self.assumed.append((call.place, f"{call.name}: a gate for each channel, as in torchvision"))
        self.put("MUL broadcast {\n{\n", call.place)
        for part in (pool, first, act, second, gate):
            self.module(part, "", call)
        self.put("}\nID\n}\n", call.place)
        self.shape, self.rank = before

    def _inverted(self, call: ModuleCall, parts: list[ModuleCall]) -> None:
        """torchvision's InvertedResidual and MBConv: a sum where the stride is 1 and the channels stay."""
        main, *others = parts
        unknown = next((part for part in others if part.plain not in IDENTITIES), None)
        channels = _kept_channels(main)
        if unknown is not None or channels is None:
            hint = "write it in a spec, where each line can say what it reads"
            raise ModuleFault(f"the printed model does not show how {call.name} connects its parts", call.place, hint)
        named, self.named = self.named, self.named and not channels
        if channels:
            self.assumed.append((call.place, f"{call.name}: the sum of its layers and of its input, as in torchvision"))
            self.put("ADD {\n{\n", call.place)
        self.module(main, main.label, call)
        if channels:
            self.put("}\nID\n}\n", call.place)
        self.named = named

    def _held(self, call: ModuleCall) -> list[ModuleCall]:
        """What a container holds: printed, as arguments, in a list or in an OrderedDict."""
        if call.inside:
            return list(call.inside)
        values: list[Any] = [one.value for one in call.positional]
        if call.keywords:
            raise ModuleFault(f"{call.name} contains modules without names before them", call.place)
        if len(values) == 1 and isinstance(values[0], ModuleCall) and values[0].plain == "OrderedDict":
            pairs = values[0].positional[0].value if values[0].positional else ()
            values = [_paired(pair, call) for pair in _pairs(pairs)]
        elif len(values) == 1 and isinstance(values[0], tuple) and not isinstance(values[0], ModuleCall):
            values = list(values[0])
        for value in values:
            if not isinstance(value, ModuleCall):
                shown = value.text if isinstance(value, UnknownValue) else str(value)
                raise ModuleFault(f"{shown} is not a module with its arguments", call.place, "print the model")
        return values

    def _residual(self, call: ModuleCall, parts: list[ModuleCall]) -> None:
        """`conv1, bn1, relu, conv2, bn2, downsample`: a sum with the input, and an activation after it."""
        shortcut = next((part for part in parts if part.label in SHORTCUTS), None)
        acts = [part for part in parts if part.label in ("relu", "act", "act1", "act2", "activation", "drop_path")]
        main = [part for part in parts if part is not shortcut and part not in acts]
        numbered = all(_NUMBERED.fullmatch(part.label) for part in main)
        if len(acts) != 1 or not main or (not numbered and len(main) != 1):
            hint = "write it in a spec, where each line can say what it reads"
            raise ModuleFault(f"the printed model does not show how {call.name} connects its parts", call.place, hint)
        self.assumed.append((call.place, f"{call.name}: the sum of its layers and of its input, as in ResNet"))
        before = ShapeValue(self.shape, self.rank)
        self.put("ADD {\n{\n", call.place)
        for number, part in enumerate(main):
            self.module(part, "", call)
            if numbered and part.label.startswith("bn") and number < len(main) - 1:
                self.module(acts[0], "", call)
        self.put("}\n{\n" if shortcut is not None else "}\nID\n", call.place)
        if shortcut is not None:
            self.shape, self.rank = before
            self.module(shortcut, "", call)
            self.put("}\n", call.place)
        self.put("}\n", call.place)
        self.module(acts[0], "", call)

    def _leaf(self, call: ModuleCall, label: str, within: ModuleCall | None) -> None:
        """Write one layer."""
        raise NotImplementedError


def _kept_channels(call: ModuleCall) -> bool | None:
    """Whether convolutions one after the other keep the size and the channels; None where that is not to be seen."""
    found: list[ModuleCall] = []
    waiting = [call]
    while waiting:
        one = waiting.pop(0)
        if tuple(part.label for part in one.inside) == SQUEEZE:
            continue
        if one.plain == "Conv2d":
            found.append(one)
        waiting = [*one.inside, *waiting]
    ends = [one.positional[place].value for one, place in zip(found[:1] + found[-1:], (0, 1), strict=False)]
    if not found or any(len(one.positional) < 2 for one in found):
        return None
    strides = [one.keywords["stride"].value for one in found if "stride" in one.keywords]
    return ends[0] == ends[1] and all(stride in (1, (1, 1)) for stride in strides)


def _pairs(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _paired(pair: Any, call: ModuleCall) -> Any:
    if not isinstance(pair, tuple) or len(pair) != 2 or not isinstance(pair[1], ModuleCall):
        raise ModuleFault("an OrderedDict contains pairs of a name and a module", call.place)
    return pair[1]._replace(label=str(pair[0]))
