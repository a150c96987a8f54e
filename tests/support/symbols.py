"""Drawn networks whose sizes are left open: the check of the open one, with numbers put in, against that of each number."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import note
from hypothesis import strategies as st

import archdsl
from archdsl.network.nodes import Repeat, postorder
from archdsl.sizes.size import Expression
from support.compare import evaluated
from support.drawn import Input, Network, text
from support.networks import Draw, networks

NAMES = ("H", "W", "T", "C", "D", "E")
UNANSWERED = {"undetermined", "limit", "missing-value"}  # what the open network is asked and cannot answer
OF_THE_TEXT = {"invalid-name", "duplicate-name", "unknown-name", "wrong-type", "missing-value", "missing-input"}


@dataclass(frozen=True)
class Open:
    """A network with open sizes, and numbers for them. `shown` has names where `drawn` has numbers."""

    drawn: Network
    shown: Network
    numbers: tuple[dict[str, int], ...]
    small: tuple[dict[str, int], ...]  # more of them, for a network with conditions

    @property
    def text(self) -> str:
        return text(self.shown)

    def concrete(self, numbers: dict[str, int]) -> Network:
        """The network with numbers put in."""
        inputs = tuple(
            replace(one, sizes=tuple(numbers.get(size, size) for size in one.sizes)) for one in self.shown.inputs
        )
        values = {name: numbers[name] for name, default in self.shown.parameters if default is None}
        return replace(self.shown, inputs=inputs, given={**self.shown.given, **values})


@st.composite
def open_networks(draw: Any) -> Open:
    """A drawn network with some of its symbolic dimensions and parameters, and numbers for these near the drawn ones."""
    network = draw(networks())
    random = Draw(draw)
    known: dict[str, int] = {}
    inputs = tuple(_opened(one, known, random) for one in network.inputs)
    parameters = tuple(
        (name, None if type(value) is int and random.chance(60) else value) for name, value in network.parameters
    )
    opened = [name for name, value in parameters if value is None]
    given = {name: value for name, value in network.given.items() if name not in opened}
    known |= {name: network.given.get(name, dict(network.parameters)[name]) for name in opened}
    if not known:  # nothing to open: the first size of all
        first = inputs[0]
        known["H"] = first.sizes[0]
        inputs = (replace(first, sizes=("H", *first.sizes[1:])), *inputs[1:])
    numbers = tuple({name: _near(size, random) for name, size in known.items()} for _ in range(2))
    small = tuple({name: random.integer(1, 9) for name in known} for _ in range(4))
    return Open(network, replace(network, inputs=inputs, parameters=parameters, given=given), numbers, small)


def _opened(one: Input, known: dict[str, int], random: Draw) -> Input:
    sizes: list[Any] = list(one.sizes)
    for place, size in enumerate(one.sizes):
        channels = place == len(sizes) - 1 and one.dtype == "float32"
        if not random.chance(25 if channels and len(sizes) > 1 else 75):
            continue
        again = [name for name, number in known.items() if number == size]
        if again and random.chance(60):
            sizes[place] = random.pick(again)
        elif len(known) < len(NAMES):
            sizes[place] = NAMES[len(known)]
            known[sizes[place]] = size
    return replace(one, sizes=tuple(sizes))


def _near(size: int, random: Draw) -> int:
    if random.chance(25):
        return size
    return random.integer(1, size) if random.chance(50) else random.integer(1, 2 * size + 8)


class Tally:
    """What was tried: pairs of a network and numbers, and how many of these its conditions forbid.

    Networks that are refused whatever the numbers are (`refused`) are tried too, and not counted among the pairs.
    """

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.networks = self.pairs = self.forbidden = self.judged = 0
        self.unanswered = self.refused = self.conditioned = self.tried = self.unlaid = 0
        self.seen: set[Any] = set()
        self.codes: Counter[str] = Counter()

    def line(self) -> str:
        seconds = time.perf_counter() - self.started
        share = 100 * self.forbidden / max(1, self.pairs)
        counts = f"{self.networks:,} networks, {self.conditioned:,} with conditions"
        counts += f" ({self.refused:,} more refused at all sizes, {self.unanswered:,} with unanswered questions)"
        counts += f", {self.unlaid:,} with a fault where no copy is laid"
        pairs = f"{self.pairs:,} pairs, {self.forbidden:,} forbidden ({share:.0f} %), {self.judged:,} on real tensors"
        return f"{counts}: {pairs}, {seconds:.1f} s\n{', '.join(f'{code} {n}' for code, n in self.codes.most_common())}"


def check_open(one: Open, tally: Tally, judge: Any = None) -> None:
    """The property for one network and all its numbers; `judge` runs the network in PyTorch, where it is given."""
    if (one.text, repr((one.shown.given, one.numbers, one.small))) in tally.seen:
        return
    note(f"{one.text}given {one.shown.given}")
    model, codes = checked(one.text, one.shown.given)
    if codes & UNANSWERED:
        tally.unanswered += 1
        return
    tally.networks += model is not None
    tally.refused += model is None
    tally.conditioned += model is not None and bool(model.conditions)
    for numbers in (*one.numbers, *(one.small if model is not None and model.conditions else ())):
        note(f"with {numbers}; conditions {[str(each) for each in model.conditions] if model else codes}")
        concrete = one.concrete(numbers)
        number, _ = checked(text(concrete), concrete.given)
        if number is not None and codes & OF_THE_TEXT and unlaid(number):
            tally.unlaid += 1  # the open check reads what stands in a repeat, the numbers lay no copy of it
            continue
        allowed = model is not None and model.allows(**{name: numbers[name] for name in open_names(model)})
        assert allowed == (number is not None), "the conditions and the check of the numbers disagree"
        if model is not None:
            assert allowed == holds_as_text(model, numbers), "the conditions as text say something else"
        if number is not None and model is not None:
            compare(model, number, numbers)
        tally.pairs += model is not None
        tally.forbidden += model is not None and number is None
        tally.tried += 1
        if judge is not None and tally.tried % 4 == 0:
            tally.judged += 1
            verdict = judge(concrete)
            assert verdict.accepted == allowed, f"PyTorch: {verdict.reason or 'runs it'}"
            if model is not None and allowed:
                check_tensors(model, numbers, verdict.judge)
    tally.seen.add((one.text, repr((one.shown.given, one.numbers, one.small))))
    tally.codes.update(codes)


def check_tensors(model: Any, numbers: dict[str, int], ran: Any) -> None:
    """The shape of each layer and the number of parameters are those of real tensors."""
    assert value(model.params, numbers) == sum(p.numel() for p in ran.parameters().values())
    placed = [row for row in model.layers if row.count == 1]
    shapes = {made.path: made.shapes[0] for made in ran.layers}
    for row in placed:
        assert put_in(row.shape, numbers) == shapes.get(row.path, put_in(row.shape, numbers)), row.path


def checked(source: str, given: dict[str, Any]) -> tuple[Any, set[str]]:
    """The model, or the codes of what is wrong."""
    try:
        return archdsl.loads(source, **given), set()
    except archdsl.ArchError as refusal:
        return None, {fault.code for fault in refusal.diagnostics}


def unlaid(model: Any) -> bool:
    """Whether something of a network is repeated no times."""
    nodes = postorder(model._checked.network.body)
    return any(isinstance(node, Repeat) and not node.runs for node in nodes)


def open_names(model: Any) -> list[str]:
    facts = model._checked.facts
    return facts.names if facts is not None else []


def holds_as_text(model: Any, numbers: dict[str, int]) -> bool:
    """Whether the conditions hold as they are written, read as Python."""
    return all(eval(each.text, {"__builtins__": {"max": max}}, dict(numbers)) for each in model.conditions)


def compare(model: Any, number: Any, numbers: dict[str, int]) -> None:
    """Every shape and every count of the open network, with numbers put in, is that of the network with these numbers."""
    for ours, theirs in ((model.inputs, number.inputs), (model.outputs, number.outputs)):
        assert [put_in(port.shape, numbers) for port in ours] == [port.shape for port in theirs]
    for name in ("params", "weights", "buffers", "macs", "connections", "units", "layers"):
        assert value(getattr(model.totals, name), numbers) == getattr(number.totals, name), name
    if len(model.layers) == len(number.layers):  # copies may be equal by chance
        for row, other in zip(model.layers, number.layers, strict=True):
            assert (row.path, row.kind, put_in(row.shape, numbers)) == (other.path, other.kind, other.shape)
            assert value(row.macs, numbers) == other.macs


def put_in(sizes: tuple[Any, ...], numbers: dict[str, int]) -> tuple[int, ...]:
    return tuple(value(size, numbers) for size in sizes)


def value(size: Any, numbers: dict[str, int]) -> int:
    return evaluated(size, numbers) if isinstance(size, Expression) else size
