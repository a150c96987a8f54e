"""How a count comes about: the tensors of a layer, used at so many positions; or the counts of several parts."""

from __future__ import annotations

from collections.abc import Sequence as Row

from archdsl.analysis.cost import Costs, worked
from archdsl.layers.worked import Worked
from archdsl.network.nodes import Conditional, Item, Leaf, Loop, Merge, Node, Repeat, Sequence, Use
from archdsl.sizes.size import Size
from archdsl.typed import NamedTuple

_MOST_SUMMANDS = 4
_MOST_PRODUCTS = 16  # that the figure of a line is shown as


class _Summand(NamedTuple):
    """A part of a sum: what stands before and after its figure, and how many of it there are."""

    node: Node
    name: str = ""
    turn: str = ""
    copies: Size = 1


class Sums:
    """How a count of several items comes about; worked out where a claim of it fails, once for each unit."""

    def __init__(self, items: Row[Item], costs: Costs) -> None:
        self._items, self._costs = items, costs
        self._texts: dict[str, str] = {}

    def text(self, unit: str) -> str:
        """The largest of the items, and how many more there are."""
        if unit not in self._texts:
            parts = _parts(self._items)
            self._texts[unit] = _summed([(part, getattr(self._costs.of(part.node), unit)) for part in parts], unit)
        return self._texts[unit]


def of_nodes(figure: Size, nodes: Row[Leaf | Merge], unit: str) -> str:
    """How a count comes about, where these layers and merges give all of it."""
    every = Worked(*(product for node in nodes for product in worked(node, unit).products))
    return every.text(_MOST_PRODUCTS) if every.products and every.figure == figure else ""


def _parts(items: Row[Item]) -> list[_Summand]:
    """The items of a line; of one block, braces, loop or repeat alone, what stands in it."""
    while len(items) == 1:
        node = items[0].node
        if isinstance(node, Repeat):
            return [_Summand(run.node, copies=run.copies) for run in node.runs]
        if isinstance(node, Loop):
            names = ", ".join(name.text for name in node.statement.names)
            return [_Summand(body, turn=f" ({names} = {', '.join(map(str, values))})") for values, body in node.turns]
        if isinstance(node, Sequence):
            items = node.items
        elif isinstance(node, (Use, Conditional)):
            items = node.body.items
        else:
            break
    return [_Summand(item.node, f"{_called(item)} ") for item in items]


def _summed(figures: list[tuple[_Summand, Size]], unit: str) -> str:
    """The largest of some counts; of one alone, how it comes about."""
    known = [(part, figure) for part, figure in figures if isinstance(figure, int) and figure]
    if not known or len(known) < len([figure for _, figure in figures if figure != 0]):
        return ""
    if len(known) == 1:
        return _of_one(*known[0], unit)
    if known[0][0].name or len(known) > _MOST_SUMMANDS:  # the copies of one line stand in their order
        known.sort(key=lambda entry: -entry[1])
    shown = " + ".join(f"{part.name}{_times_of(part)}{figure:,}{part.turn}" for part, figure in known[:_MOST_SUMMANDS])
    rest = len(known) - _MOST_SUMMANDS
    return f"{shown} + {rest} more" if rest > 0 else shown


def _of_one(part: _Summand, figure: int, unit: str) -> str:
    """How the count of the only part that has one comes about."""
    if isinstance(part.node, (Leaf, Merge)):
        inner = of_nodes(figure, (part.node,), unit)
        return f"{_times_of(part)}({inner})" if inner and part.copies != 1 else inner
    return f"{_times_of(part)}{figure:,}" if part.copies != 1 else ""


def _times_of(part: _Summand) -> str:
    return f"{part.copies} * " if part.copies != 1 else ""


def _called(item: Item) -> str:
    """What an item is called in a sum: its label, else its kind."""
    statement = getattr(item.node, "statement", None)
    kind = getattr(statement, "kind", None)
    return item.label or (kind.text if kind else "braces")
