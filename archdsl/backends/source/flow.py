"""What flows through a generated `forward`: expressions not yet assigned, variables still needed, how tensors lie."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archdsl.network.nodes import Conditional, Leaf, Loop, Merge, Node, Repeat, Sequence, Share, Use
from archdsl.sizes.shape import Shape

_WORD = re.compile(r"(?<![\w.\"'])[A-Za-z_]\w*")
MANY = 1_000_000  # how often a repeat reads what is around it, as it counts


class FlowValue:
    """One value: the expression that gives it, whether that is a variable, and how often it is still read."""

    def __init__(self, text: str, form: str, rank: int, *, variable: bool = False) -> None:
        self.text = text
        self.form = form
        self.rank = rank
        self.variable = variable
        self.left = 0
        self.whole = False  # integers or truth values
        self.fresh = False  # new memory: a layer that works in place may write over it
        self.reads = 0  # how often it is read in all, by every member
        self.done = False  # stands as a statement, for nothing reads it
        self.turned: dict[str, FlowValue] = {}  # variables that hold it in another form
        self.shapes: dict[int, Shape] = {}  # for each member of the class, as far as that is noted

    def words(self) -> set[str]:
        """The variables that the expression needs."""
        return set(_WORD.findall(self.text))


class Stored(FlowValue):
    """A tensor of the network's own: it has no batch, and is stretched to that of `like` where one is needed.

    In a network that reads nothing there is no `like`, and the batch is 1. `stretch` is the function that stretches a
    buffer: torch.fx takes the method of one, which is a tensor to it, with no size that comes in.
    """

    def __init__(self, own: str, like: str | None, form: str, rank: int, *, batch: bool, stretch: str = "") -> None:
        alone = own if batch else f"{own}.unsqueeze(0)"
        stretched = f"{stretch}({own}, {like}, {rank})" if stretch else f"{own}.expand({like}.shape[0]{', -1' * rank})"
        super().__init__(alone if like is None else stretched, form, rank)
        self._own, self._batch = own, batch

    def alone(self, want: str) -> str:
        """The tensor without a stretched batch, as it is wanted: right where PyTorch stretches it by itself."""
        if want in (self.form, "any") or self.rank == 1:
            return self._own
        ends = (int(self._batch), -1) if want == "last" else (-1, int(self._batch))
        return f"{self._own}.movedim{ends}"


class Comprehension(FlowValue):
    """The results of the equal branches of a repeat, as a comprehension."""

    def __init__(self, call: str, over: str, form: str, rank: int, each: list[str]) -> None:
        super().__init__(f"{call} for {over}", form, rank)
        self.each = each
        self._call, self._over = call, over

    def lying(self, want: str) -> FlowValue:
        """The comprehension with each result as it is wanted."""
        one = converted(FlowValue(self._call, self.form, self.rank), want)
        return FlowValue(f"{one.text} for {self._over}", one.form, one.rank)


def form_of(shape: Shape) -> str:
    """How a value lies in memory where nothing else is said: images channels first, sequences channels last."""
    if not shape.has_channels:
        return "any"
    return {1: "flat", 2: "last"}.get(shape.rank, "first")


def converted(value: FlowValue, want: str) -> FlowValue:
    """The value as a layer wants it: turned, or flattened channels first."""
    if want == "any" or value.form in (want, "any", "flat") or value.rank == 1:
        return value
    text = value.text
    if want == "last":
        return FlowValue(f"{text}.movedim(1, -1)", "last", value.rank)
    if value.form == "last":
        text = f"{text}.movedim(-1, 1)"
    return FlowValue(f"{text}.flatten(1)" if want == "flat" else text, want, 1 if want == "flat" else value.rank)


def entry_form(body: Sequence, shape: Shape) -> str:
    """How a body is best given its input: as the first layer that cares wants it."""
    if shape.rank == 1 or not shape.has_channels:
        return form_of(shape)
    stack: list[Node] = [body]
    while stack:
        node = stack.pop()
        match node:
            case Leaf():
                lowered = node.op.lower(*node.inputs)
                want = "any" if lowered.otherwise is not None else lowered.wants
                if want in ("first", "last"):
                    return want
                if want == "flat":
                    break
            case Sequence():
                stack.extend(item.node for item in reversed(node.items))
            case Merge():
                stack.extend(item.node for item in reversed(node.branches))
            case Repeat():
                stack.extend(run.node for run in node.runs[:1])
            case Loop():
                stack.extend(turn for _, turn in node.turns[:1])
            case Use() | Conditional():
                stack.append(node.body)
            case Share():
                stack.append(node.node)
    return form_of(shape)


def uses(body: Node) -> dict[int, int]:
    """How often each value below a node is read, blocks in use left out; by a repeat from outside, many times.

    Under -n stands how often SHARE runs the part again that gives the value n.
    """
    counts: dict[int, int] = {}
    stack: list[tuple[Node, frozenset[int] | None]] = [(body, None)]
    while stack:
        node, own = stack.pop()
        match node:
            case Sequence():
                for item in node.items:
                    _count(counts, item.reads, own)
                    stack.append((item.node, own))
                _count(counts, node.gives, own)
            case Merge():
                for item in node.branches:
                    _count(counts, item.reads, own)
                    _count(counts, item.gives[:1] if isinstance(item.node, (Leaf, Use)) else item.gives, own)
                    stack.append((item.node, own))
            case Repeat():
                for run in node.runs:
                    stack.append((run.node, frozenset(defined(run.node)) if node.copies > 1 else own))
            case Loop():
                stack.extend((turn, own) for _, turn in node.turns)
            case Conditional():
                stack.append((node.body, own))
            case Share():
                counts[-node.of] = counts.get(-node.of, 0) + 1
    return counts


def _count(counts: dict[int, int], numbers: Iterable[int], own: frozenset[int] | None) -> None:
    for number in numbers:
        counts[number] = counts.get(number, 0) + (1 if own is None or number in own else MANY)


def defined(body: Node) -> set[int]:
    """The values that come about inside a node, what it takes included; blocks in use left out."""
    found: set[int] = set()
    stack: list[Node] = [body]
    while stack:
        node = stack.pop()
        match node:
            case Sequence():
                found.update(node.takes)
                for item in node.items:
                    found.update(item.gives)
                    stack.append(item.node)
            case Merge():
                for item in node.branches:
                    found.update(item.gives)
                    stack.append(item.node)
            case Repeat():
                stack.extend(run.node for run in node.runs)
            case Loop():
                stack.extend(turn for _, turn in node.turns)
            case Conditional():
                stack.append(node.body)
    return found


def closed(body: Sequence, counts: dict[int, int]) -> bool:
    """Whether a body reads nothing from around it and nothing around reads into it, but for what it takes and gives.

    Nor does either run again what is in the other.
    """
    inner, own = uses(body), defined(body)
    return all(abs(number) in own for number in inner) and all(
        counts.get(each, 0) <= inner.get(each, 0) for number in own for each in (number, -number)
    )
