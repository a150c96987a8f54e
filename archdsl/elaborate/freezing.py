"""What `freeze` names, marked in the network: the layers that are not trained.

Paths are followed through the tree, and only what lies on them is made anew: a copy of a repeat that is frozen alone is
parted from the others, and everything else stays shared.
"""

from __future__ import annotations

from bisect import bisect_left

from archdsl.diagnostics import nearest
from archdsl.elaborate.choosing import Labels, chosen_parts, is_written, nothing_chosen
from archdsl.elaborate.sharing import torn
from archdsl.elaborate.state import Elaboration
from archdsl.elaborate.trampoline import Task, run
from archdsl.expressions.scope import Scope, meant
from archdsl.faults.problem import Problem, Silent
from archdsl.network.choosing import ANY, Selector, leaves
from archdsl.network.nodes import (
    Conditional,
    FrozenParts,
    Item,
    Leaf,
    Loop,
    Merge,
    Node,
    Repeat,
    Run,
    Sequence,
    Share,
    Use,
    postorder,
    width,
)
from archdsl.network.table import NodeTable
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import TypeAlias

Parts: TypeAlias = tuple[tuple[str, Token], ...]  # the paths that a statement names, and where it does
Statement: TypeAlias = tuple[tree.Freeze, Parts, tuple[Selector, ...]]  # the last where it names kinds alone


def frozen(
    e: Elaboration, body: Sequence, statements: list[tuple[tree.Freeze, Scope]]
) -> tuple[Sequence, tuple[FrozenParts, ...]]:
    """The body with the layers marked that are not trained, and what is frozen by path; tells what is wrong with it."""
    labels = Labels(body)
    found = [one for statement, scope in statements if (one := _read(e, body, labels, statement, scope)) is not None]
    found.sort(key=lambda one: not one[0].all_but)
    for statement, *_ in found[1:]:
        if statement.all_but:
            message = "`freeze all but` may appear only once; it lists every part that is trained"
            e.report.tell("duplicate-name", message, statement.parts[0])
    if not found or e.report.broken:
        return body, ()
    root = _Step()
    for statement, parts, _ in found:
        for path, _ in parts:
            root.at(path).name(not statement.all_but)
    marking = _Marking(e, found[0][1][0][1])
    marked = run(marking.through(body, root, found[0][0].all_but, False, 0))
    cut = e.report.told("claim-shape")  # what stands after may be lacking
    for path, token in (part for _, parts, _ in found for part in parts) if not cut else ():
        problem = _unknown(e, root, path, token) or _again(root.at(path), token)
        if problem is not None:
            e.tell(problem, token)
    assert isinstance(marked, Sequence)
    for fault in torn(marked, found[0][1][0][1]) if not e.report.broken else ():
        e.tell(fault, fault.at)
    rules = (
        FrozenParts(
            tuple(path for path, _ in parts if root.at(path).owns), statement.all_but, statement.still, selectors
        )
        for statement, parts, selectors in found
    )
    return marked, tuple(rules)


def _read(e: Elaboration, body: Sequence, labels: Labels, statement: tree.Freeze, scope: Scope) -> Statement | None:
    """A statement with the paths that it names: those of the layers that it chooses by kind or pattern, too."""
    try:
        tokens, selectors = chosen_parts(labels, statement.parts, statement.among, scope)
        parts: list[tuple[str, Token]] = []
        for token, selector in zip(tokens, selectors, strict=True):
            plain = selector.path and ANY not in selector.path
            parts += [(".".join(selector.path), token)] if plain else _chosen(e, body, selector, token)
    except (Problem, Silent) as fault:
        e.tell(fault, statement.parts[0])
        return None
    kinds = selectors if all(selector.kind for selector in selectors) else ()
    return statement, tuple(parts), kinds


def _chosen(e: Elaboration, body: Sequence, selector: Selector, token: Token) -> list[tuple[str, Token]]:
    """The layers with tensors that a kind or a pattern chooses."""
    if not selector.kind and not selector.path:
        message = "`freeze all` is not enough: it lists what stays trainable, or a kind"
        raise Problem("missing-value", message, token, hint="freeze all but head")
    found = [
        placed
        for placed in leaves(body, unroll=True, visit=lambda: e.visit(token))
        if selector.chooses(placed.path, placed.node)
    ]
    if not found:
        raise nothing_chosen(body, selector, token)
    owning = [(one.path, token) for one in found if one.node.op.tensors(*one.node.inputs)]
    if not owning:
        raise Problem("unknown-name", f"{token.text} has no weights to freeze", token)
    return owning


class _Step:
    """A step of the named paths: what is said of the part there, and the steps below it."""

    def __init__(self) -> None:
        self.below: dict[str, _Step] = {}
        self.freezes = self.keeps = False
        self.found = False
        self.owns = False  # whether the part has tensors
        self.runs: str | None = None  # what a SHARE here runs again
        self.beside: dict[str, None] = {}  # what there is below the part
        self._numbers: list[int] | None = None

    def at(self, path: str) -> _Step:
        step = self
        for word in path.split("."):
            step = step.below.setdefault(word, _Step())
        return step

    def name(self, freezes: bool) -> None:
        self.freezes, self.keeps = self.freezes or freezes, self.keeps or not freezes

    def numbers(self, first: int, last: int) -> list[int]:
        """The steps below that are numbers from `first` to before `last`."""
        if self._numbers is None:
            words = (word for word in self.below if word.isascii() and word.isdigit() and str(int(word)) == word)
            self._numbers = sorted(map(int, words))
        return self._numbers[bisect_left(self._numbers, first) : bisect_left(self._numbers, last)]


def _unknown(e: Elaboration, root: _Step, path: str, token: Token) -> Problem | None:
    """The fault of a path that leads nowhere, with the name that comes close."""
    step, words = root, path.split(".")
    for number, word in enumerate(words):
        below = step.below[word]
        if not below.found:
            around = ".".join(words[:number])
            close = nearest(word, step.beside)
            hint, instead = None, (".".join([*words[:number], close]),) if close and is_written(token) else ()
            if not number and not close and meant(word, e.kinds.words[0]):
                hint = f"a use of a block is frozen by its name: a: {word}, and freeze a"
            if step.owns and not step.beside:
                hint = f"all tensors of a layer are frozen together: freeze {around}"
            where = f" in {around}" if number else ""
            return Problem(
                "unknown-name", f"no part{where} is named {word or token.text}", token, hint=hint, instead=instead
            )
        step = below
    return None


def _again(step: _Step, token: Token) -> Problem | None:
    """The fault of naming what has no weights of its own."""
    if step.runs is None:
        return None
    message = f"{token.text} runs {step.runs} again and has no weights of its own"
    return Problem("shared-freeze", message, token, instead=(step.runs,))


class _Marking:
    """Makes the nodes anew that are frozen, or hold what is. `frozen` is what holds unless a path says otherwise;
    `surely` is below a part that is frozen by name, of which nothing is kept.
    """

    def __init__(self, e: Elaboration, token: Token) -> None:
        self._e, self._token = e, token
        self._whole: NodeTable[Node] = NodeTable()
        self._owning: NodeTable[bool] = NodeTable()

    def at(self, node: Node, step: _Step | None, frozen: bool, surely: bool) -> Task[Node]:
        """A node with a step of its own."""
        if step is None:
            return self.whole(node) if frozen else node
        step.found = True
        step.owns = step.owns or self._owns(node)
        if isinstance(node, Share):
            step.runs = node.name
        surely = surely or step.freezes
        frozen = surely or (frozen and not step.keeps)
        if not step.below:
            return self.whole(node) if frozen else node
        match node:
            case Use():
                return node._replace(body=(yield self.through(node.body, step, frozen, surely, 0)))
            case Repeat():
                return (yield self._copies(node, step, frozen, surely, None))
            case Leaf():
                return node._replace(frozen=frozen)
        return (yield self.through(node, step, frozen, surely, 0))

    def through(self, node: Node, step: _Step, frozen: bool, surely: bool, number: int) -> Task[Node]:
        """A node whose items are those of the container around, counted on from `number`."""
        match node:
            case Sequence():
                return node._replace(items=(yield self._items(node.items, step, frozen, surely, number)))
            case Merge():
                return node._replace(branches=(yield self._items(node.branches, step, frozen, surely, number)))
            case Conditional():
                return node._replace(body=(yield self.through(node.body, step, frozen, surely, number)))
            case Repeat():
                return (yield self._copies(node, step, frozen, surely, number))
            case Loop():
                turns = []
                for values, body in node.turns:
                    turns.append((values, (yield self.through(body, step, frozen, surely, number))))
                    number += body.width
                return node._replace(turns=tuple(turns))
        step.beside[str(number)] = None
        return (yield self.at(node, step.below.get(str(number)), frozen, surely))

    def _items(
        self, items: tuple[Item, ...], step: _Step, frozen: bool, surely: bool, base: int
    ) -> Task[tuple[Item, ...]]:
        found = []
        for item in items:
            self._e.visit(self._token)
            if item.label is None:
                node = yield self.through(item.node, step, frozen, surely, base + item.number)
            else:
                step.beside[item.label] = None
                node = yield self.at(item.node, step.below.get(item.label), frozen, surely)
            found.append(item if node is item.node else item._replace(node=node))
        return tuple(found)

    def _copies(self, node: Repeat, step: _Step, frozen: bool, surely: bool, number: int | None) -> Task[Node]:
        """A repeat; a copy with a step of its own, or in which a step goes on, is parted from the others."""
        runs: list[Run] = []
        at = number or 0
        for each in node.runs:
            if not isinstance(each.copies, int):
                if step.below:
                    message = f"how many copies there are depends on {each.copies}, which is symbolic"
                    raise Problem("undetermined", message, self._token, hint="freeze the whole line, or give a value")
                return node._replace(runs=(each._replace(node=self.whole(each.node) if frozen else each.node),))
            wide = 1 if number is None else width(each.node)
            concerned = {(n - at) // wide for n in step.numbers(at, at + wide * each.copies)} if wide else set()
            concerned |= {0} if each.copies == 1 else set()
            before = 0
            if number is None or isinstance(each.node, (Leaf, Use)):
                step.beside[str(at)] = None
            for copy in sorted(concerned):
                runs += self._rest(each.node, copy - before, frozen)
                self._e.visit(self._token)
                place = at + wide * copy
                if number is None:
                    part = yield self.at(each.node, step.below.get(str(place)), frozen, surely)
                else:
                    part = yield self.through(each.node, step, frozen, surely, place)
                runs.append(Run(part, 1))
                before = copy + 1
            runs += self._rest(each.node, each.copies - before, frozen)
            at += wide * each.copies
        return node._replace(runs=tuple(runs))

    def _rest(self, node: Node, copies: int, frozen: bool) -> list[Run]:
        return [Run(self.whole(node) if frozen else node, copies)] if copies else []

    def _owns(self, node: Node) -> bool:
        """Whether there are tensors in a node; what a SHARE runs has its own elsewhere."""
        return self._owning.fold(
            node,
            own=lambda one: isinstance(one, Leaf) and bool(one.op.tensors(*one.inputs)),
            total=lambda *parts: any(parts),
            times=lambda one, _: one,
            again=lambda _: False,
        )

    def whole(self, node: Node) -> Node:
        """A node with every layer in it frozen; children first, each once."""
        for one in postorder(node) if node not in self._whole else ():
            if one not in self._whole:
                self._whole[one] = self._remade(one)
        return self._whole[node]

    def _remade(self, node: Node) -> Node:
        def new(items: tuple[Item, ...]) -> tuple[Item, ...]:
            return tuple(item._replace(node=self._whole[item.node]) for item in items)

        match node:
            case Leaf():
                return node._replace(frozen=True)
            case Share():
                return node
            case Sequence():
                return node._replace(items=new(node.items))
            case Merge():
                return node._replace(branches=new(node.branches))
            case Use() | Conditional():
                return node._replace(body=self._whole[node.body])  # type: ignore[arg-type]
            case Repeat():
                return node._replace(runs=tuple(Run(self._whole[run.node], run.copies) for run in node.runs))
            case Loop():
                return node._replace(turns=tuple((v, self._whole[body]) for v, body in node.turns))  # type: ignore[misc]
        raise AssertionError(node)
