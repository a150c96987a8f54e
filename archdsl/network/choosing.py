"""Layers of a network that are chosen by their paths, where * is any one step, by their kinds, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archdsl.network.nodes import Leaf, Sequence, walk
from archdsl.typed import Any, NamedTuple

ANY = "*"


class Selector(NamedTuple):
    """A path, or a kind in parts or everywhere, or all layers with weights where it has neither."""

    path: tuple[str, ...] = ()
    kind: str = ""
    among: tuple[tuple[str, ...], ...] = ()

    @property
    def rank(self) -> tuple[int, ...]:
        """How narrow it is: all, a kind, a kind in a part, a path; of paths the longer, then one with fewer *."""
        if self.path:
            return 3, len(self.path), sum(step != ANY for step in self.path)
        if self.among:
            return 2, max(len(path) for path in self.among)
        return (int(bool(self.kind)),)

    def chooses(self, path: str, leaf: Leaf) -> bool:
        steps = tuple(path.split("."))
        if self.path:
            return _begins(self.path, steps)
        inside = not self.among or any(_begins(part, steps) for part in self.among)
        return inside and self.kind in ("", leaf.op.name)


def _begins(pattern: tuple[str, ...], steps: tuple[str, ...]) -> bool:
    """Whether a path leads to the part of a pattern, or into it."""
    return len(steps) >= len(pattern) and all(a in (ANY, b) for a, b in zip(pattern, steps, strict=False))


class InitialValues(NamedTuple):
    """How some weights begin: a function of torch.nn.init with its options, and the number that fills the biases."""

    selectors: tuple[Selector, ...]
    function: str = ""
    options: tuple[tuple[str, Any], ...] = ()
    axes: int = 1  # of the tensors that the function takes, at least
    bias: float | None = None

    @property
    def everywhere(self) -> bool:
        return any(not selector.path and not selector.kind for selector in self.selectors)

    def chooses(self, path: str, leaf: Leaf) -> bool:
        return any(selector.chooses(path, leaf) for selector in self.selectors)

    def begins(self, leaf: Leaf) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The weights and the biases of a layer that it sets, by their names.

        Of a normalization these are its scale and its shift, unless all layers are meant. What is another layer's
        weight begins there.
        """
        tied = {tie.tensor for tie in leaf.ties}
        own = [one for one in leaf.op.tensors(*leaf.inputs) if one.role != "buffer" and one.name not in tied]
        own = [one for one in own if one.saved and not (self.everywhere and (one.role == "scale" or not one.name))]
        shifts = [one for one in own if one.role == "bias" or (one.role == "scale" and one.name == "bias")]
        weights = [one for one in own if one not in shifts]
        if self.everywhere:
            weights = [one for one in weights if len(one.sizes) >= self.axes]
        names = tuple(one.name for one in weights) if self.function else ()
        return names, tuple(one.name for one in shifts) if self.bias is not None else ()


class PlacedLeaf(NamedTuple):
    """A layer with its path."""

    path: str
    node: Leaf


def leaves(body: Sequence, *, unroll: bool, visit: Callable[[], None] = lambda: None) -> Iterator[PlacedLeaf]:
    """The layers with their paths; equal copies once, or each by itself with `unroll`."""
    for placed in walk(body, unroll):
        visit()
        if isinstance(placed.node, Leaf):
            yield PlacedLeaf(placed.path, placed.node)
