"""Facts about nodes, beside the network: a table that owns its nodes, and sums of facts up the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archdsl.network.nodes import Applied, Leaf, Merge, Node, Repeat, Share, Use, executed
from archdsl.sizes.size import Size
from archdsl.typed import Any, Generic, TypeVar, overload

T = TypeVar("T")
D = TypeVar("D")


class ByIdentity:
    """An object as a key, or as part of one: equal to itself alone, and held, so that no other gets its address."""

    __slots__ = ("node",)

    def __init__(self, node: object) -> None:
        self.node = node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and self.node is other.node

    def __hash__(self) -> int:
        return id(self.node)


class NodeTable(Generic[T]):
    """A fact for each node, of the network or of the tree of a text. Equal nodes in two places have one each.

    The table owns its nodes: an address by itself is given to another node as soon as the first is dropped, and that
    one would be taken for the first.
    """

    __slots__ = ("_facts",)

    def __init__(self) -> None:
        self._facts: dict[int, tuple[Any, T]] = {}

    def __contains__(self, node: object) -> bool:
        return id(node) in self._facts

    def __getitem__(self, node: object) -> T:
        return self._facts[id(node)][1]

    def __setitem__(self, node: object, fact: T) -> None:
        self._facts[id(node)] = node, fact

    @overload
    def get(self, node: object) -> T | None: ...

    @overload
    def get(self, node: object, default: D) -> T | D: ...

    def get(self, node: object, default: Any = None) -> Any:
        """The fact of a node, or what is given where there is none."""
        found = self._facts.get(id(node))
        return default if found is None else found[1]

    def items(self) -> Iterator[tuple[Any, T]]:
        """Each node with its fact, in the order in which they came."""
        return iter(self._facts.values())

    def copy(self) -> NodeTable[T]:
        """A table with the same facts."""
        found: NodeTable[T] = NodeTable()
        found._facts = dict(self._facts)
        return found

    def fold(
        self,
        root: Node,
        own: Callable[[Leaf | Merge], T],
        total: Callable[..., T],
        times: Callable[[T, Size], T],
        again: Callable[[T], T] | None = None,
        applied: Callable[[T, Size, Applied, bool], T] | None = None,
    ) -> T:
        """The fact of `root`, from the layers up; a node of which the fact is known is not entered again.

        `own` is the fact of a layer, or of what a merge does beside its branches, `total` that of several parts
        together, `times` that of equal copies, and `again` that of what SHARE runs once more. `applied` is that of
        copies that do not run once each; its last argument says whether they are the first ones. No recursion.
        """
        facts, stack = self._facts, [root]
        while stack:
            node = stack[-1]
            if id(node) in facts:
                stack.pop()
                continue
            if type(node) is Leaf:
                facts[id(node)] = node, own(node)
                continue
            inner = executed(node)
            before = len(stack)
            for child in inner:
                if id(child) not in facts:
                    if type(child) is Leaf:
                        facts[id(child)] = child, own(child)
                    else:
                        stack.append(child)
            if len(stack) > before:
                continue
            parts = [facts[id(child)][1] for child in inner]
            if isinstance(node, Merge):
                parts.append(own(node))
            elif isinstance(node, Repeat):
                runs = zip(parts, node.runs, strict=True)
                if node.applied is None or applied is None:
                    parts = [times(part, run.copies) for part, run in runs]
                else:
                    parts = [applied(part, run.copies, node.applied, not n) for n, (part, run) in enumerate(runs)]
            elif isinstance(node, Use) and node.applied is not None and applied is not None:
                parts = [applied(parts[0], 1, node.applied, True)]
            elif isinstance(node, Share) and again is not None:
                parts = [again(parts[0])]
            facts[id(node)] = node, total(*parts)
        return facts[id(root)][1]
