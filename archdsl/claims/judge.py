"""Claims held against what was derived, line by line and container by container."""

from __future__ import annotations

from collections.abc import Sequence as Row

from archdsl.analysis.cost import Cost, Costs, add
from archdsl.claims.claims import Claim, judge_quantity
from archdsl.claims.comes import comes, comes_otherwise
from archdsl.claims.counts import Sums, of_nodes
from archdsl.claims.hints import try_of_claim
from archdsl.claims.incoming import incoming
from archdsl.claims.inside import DIFFERS, inside, joining
from archdsl.diagnostics import Related, Span
from archdsl.expressions.scope import Scope
from archdsl.expressions.shapes import agrees, stated_shape
from archdsl.faults.problem import Problem, Silent
from archdsl.faults.report import Reporter
from archdsl.limits import Limits
from archdsl.network.nodes import Conditional, Item, Leaf, Loop, Merge, Node, Repeat, Sequence
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression, Size, Undetermined, same
from archdsl.syntax import tree
from archdsl.typed import NamedTuple

_STEPS = 5  # that holding a claim costs
_CHARACTERS = 50  # of a claim that cost a step more


class _Written(NamedTuple):
    """A claim as it is written, and its place."""

    text: str
    line: int
    file: str


def claiming(line: tree.Line) -> bool:
    """Whether anything is claimed on a line, of what it gives or of what comes in."""
    for one in line.statements:
        if isinstance(one, tree.LayerStatement):
            if one.claims or one.comes:
                return True
        elif isinstance(one, (tree.For, tree.If, tree.Keep)) and one.claims:
            return True
    return False


class Judge:
    """The claims of one check; each verdict stands once, however often its line is visited with the same outcome."""

    def __init__(self, report: Reporter, costs: Costs, limits: Limits) -> None:
        self.report, self.costs, self.limits = report, costs, limits
        self._verdicts: dict[tuple[int, str, bool | None], Claim] = {}
        self._written: dict[int, _Written] = {}
        self._trainable: dict[int, tree.Claim] = {}  # claims of it that are not about the whole model
        self._silent = 0
        self._doubt = False  # whether the claims that are held now are about what is in doubt
        self.doubted = False  # whether a shape was not the claimed one
        self._nodes: tuple[Node, ...] = ()  # what the claims that are held now are about

    def __enter__(self) -> None:
        """Within `with` nothing is held: it runs again, and its claims are about the first run."""
        self._silent += 1

    def __exit__(self, *_: object) -> None:
        self._silent -= 1

    def verdicts(self) -> list[Claim]:
        """All verdicts in the order of the text."""
        judged = {start for start, _, holds in self._verdicts if holds is not None}
        kept = [entry for entry in self._verdicts.items() if entry[1].derived or entry[0][0] not in judged]
        return [claim for _, claim in sorted(kept, key=lambda entry: entry[0][0])]

    def line(
        self,
        line: tree.Line,
        items: list[Item],
        scope: Scope,
        given: Shape | None,
        *,
        doubt: bool = False,
        complete: bool = True,
    ) -> bool | None:
        """Hold the claims at the end of a line against its last shape and the sum of its counts.

        `given` is the shape of what the next line reads; where it is in `doubt`, a claim that fails is not judged, and
        counts are where the items are `complete`. Returns whether the shapes are as claimed, and None where none was
        held: what follows from another than the claimed one is in doubt.
        """
        self._doubt = doubt
        claimed = (tree.LayerStatement, tree.For, tree.If, tree.Keep)
        laying = [one for one in line.statements if isinstance(one, claimed)]
        if any(isinstance(one, tree.LayerStatement) and one.comes for one in laying):
            self._come_in(items)
        held = [one for one in laying if one.claims]
        if not held or self._silent:
            return None
        if held[0] is not line.statements[-1]:
            message = "a claim applies to its whole line and comes at its end"
            hint = "put the next statement on a line of its own"
            self.report.tell("misplaced", message, held[0].claims[0], hint=hint)
            return None
        last = held[0]
        laid = next((one for one in reversed(laying) if not isinstance(one, tree.Keep)), None)
        shapes = _given(laid, items, given)
        layers = sum(isinstance(one, tree.LayerStatement) for one in laying)
        if not shapes or sum(not isinstance(item.node, (Loop, Conditional)) for item in items) < layers:
            return self._all(last.claims, (), None, scope, (), self._sums(()))
        counted = complete and any(isinstance(claim, tree.QuantityClaim) for claim in last.claims)
        cost = add(*[self.costs.of(item.node) for item in items]) if counted else None
        leaves = tuple(item.node for item in items if isinstance(item.node, Leaf))
        nodes = tuple(item.node for item in items)
        known = leaves if len(leaves) == len(items) else ()
        sums = self._sums(items)
        return self._all(last.claims, shapes, cost, scope, known, sums, nodes=nodes)

    def _come_in(self, items: list[Item]) -> None:
        """Hold what a listing says that a layer reads, by its tensors and not by its input: `Conv2d(3, 64)`."""
        for item in items:
            node = item.node.runs[0].node if isinstance(item.node, Repeat) and item.node.runs else item.node
            if not isinstance(node, Leaf):
                continue
            for one in node.statement.comes:
                if not comes(one, node.inputs[0]):
                    message, instead = comes_otherwise(one, node.inputs[0])
                    self.report.tell("shape-mismatch", message, one, instead=instead)

    def container(
        self, expects: list[tree.Expect], body: Node, results: tuple[Shape | None, ...], scope: Scope, *, model: bool
    ) -> None:
        """Hold the `expect`s of a group, block or `model` against the whole of it; a result in doubt has no shape."""
        self._doubt = self.doubted
        shapes = tuple(shape for shape in results if shape is not None)
        complete = bool(results) and len(shapes) == len(results) and not self.report.lost
        if not expects or self._silent:
            return
        cost = self.costs.of(body) if complete else None
        sums = self._sums(body.items if isinstance(body, Sequence) and complete else ())
        known = shapes if complete else ()
        for expect in expects:
            self._all(expect.claims, known, cost, scope, (), sums, whole=model, nodes=(body,))

    def _sums(self, items: Row[Item]) -> Sums:
        return Sums(items, self.costs)

    def refuse_parts_of_trainable(self) -> None:
        """Where something is frozen, refuse claims of `trainable` about parts: one may stand in several places."""
        for claim in self._trainable.values():
            message = "with frozen parts, `trainable` can be claimed only for the whole model"
            self.report.tell("misplaced", message, claim, hint="expect ... trainable, outside named groups and blocks")

    def _all(
        self,
        claims: tuple[tree.Claim, ...],
        shapes: tuple[Shape, ...],
        cost: Cost | None,
        scope: Scope,
        leaves: tuple[Leaf, ...],
        sums: Sums,
        *,
        whole: bool = False,
        nodes: tuple[Node, ...] = (),
    ) -> bool | None:
        """Hold claims; returns whether the shapes among them are right, None where there is none."""
        position, right, self._nodes = -1, True, nodes
        for claim in claims:
            scope.spend(_STEPS + (claim.end - claim.start) // _CHARACTERS, claim)
            if not whole and isinstance(claim, tree.QuantityClaim) and claim.unit.text == "trainable":
                self._trainable[claim.start] = claim
            try:
                if isinstance(claim, tree.ShapeClaim):
                    position += 1
                    right = self._shape(claim, shapes, position, scope, leaves) and right
                elif cost is not None:
                    self._quantity(claim, cost, leaves, sums)
                else:
                    self._keep(claim, None, "", "")
            except Problem as problem:
                self._refuse(claim, problem, str(shapes[position]) if 0 <= position < len(shapes) else "")
            except Silent:
                pass
        self.doubted = self.doubted or not right
        return right if position >= 0 and shapes else None

    def _refuse(self, claim: tree.Claim, problem: Problem, derived: str) -> None:
        """Report what is wrong with a claim itself; `derived` is the shape that its line gives."""
        self.report.problem(problem, lost=False)

    def _shape(
        self,
        claim: tree.ShapeClaim,
        shapes: tuple[Shape, ...],
        position: int,
        scope: Scope,
        leaves: tuple[Leaf, ...],
    ) -> bool:
        sizes = stated_shape(claim, self.text(claim), scope)
        if not shapes:
            self._keep(claim, None, "", "")
            return True
        if position >= len(shapes):
            count = f"one result, {shapes[0]}" if len(shapes) == 1 else f"{len(shapes)} results"
            raise Problem("claim-shape", f"a shape too many: the line gives {count}", claim)
        derived = shapes[position]
        if self._settle(claim, _equal(sizes, derived.sizes), str(derived)):
            return True
        if self._doubt:
            return False
        if self.report.knows("claim-shape", claim):
            return False
        leaf = _shaping(leaves)
        because = _derivation(leaf, sizes) if leaf else ""
        where = _equal_where(sizes, derived)
        tried = try_of_claim(leaf, sizes) if leaf and where is None else None
        hint, values, related = tried.text if tried else where, tried.values if tried else "", incoming(self._nodes)
        found = inside(self._nodes, sizes, derived) if leaf is None and where is None else None
        if found is not None:
            begun = f"{DIFFERS}, {_derivation(found.leaf, sizes)}"
            statement, values = found.leaf.statement, found.values
            related = (Related(Span(statement.start, statement.end), begun), *related)
        merge = joining(self._nodes) if leaf is None and (found is None or not values) else None
        because = _arithmetic(merge) if merge is not None else because
        self._tell("claim-shape", claim, str(derived), because, hint, values, related)
        return False

    def _quantity(self, claim: tree.QuantityClaim, cost: Cost, leaves: tuple[Leaf, ...], sums: Sums) -> None:
        holds, derived = judge_quantity(claim, cost)
        if self._settle(claim, holds, derived) or self._doubt or self.report.knows("claim-value", claim):
            return
        unit = claim.unit.text
        because = of_nodes(getattr(cost, unit), leaves, unit) or sums.text(unit)
        self._tell("claim-value", claim, derived, because, None)

    def text(self, claim: tree.Claim) -> str:
        """A claim as it is written."""
        return self._looked_up(claim).text

    def _looked_up(self, claim: tree.Claim) -> _Written:
        """The text of a claim and its place, looked up once: a claim in a block is held at every use."""
        found = self._written.get(claim.start)
        if found is None:
            source, span = self.report.source.at(claim)
            text, line = source.text[span.start : span.end], source.position(span.start)[0]
            found = self._written[claim.start] = _Written(text, line, source.name)
        return found

    def _settle(self, claim: tree.Claim, holds: bool, derived: str) -> bool:
        self._keep(claim, None if self._doubt and not holds else holds, derived, derived)
        return holds

    def _keep(self, claim: tree.Claim, holds: bool | None, figure: str, derived: str) -> None:
        """Keep a verdict once for each figure that tells it from the others of its claim."""
        key = claim.start, figure, holds
        if key not in self._verdicts:
            text, line, file = self._looked_up(claim)
            self._verdicts[key] = Claim(line, text, holds, text, derived, file)

    def _tell(
        self,
        code: str,
        claim: tree.Claim,
        derived: str,
        because: str,
        hint: str | None,
        values: str = "",
        related: tuple[Related, ...] = (),
    ) -> None:
        message = f"claimed {self.text(claim)}, derived {derived}"
        self.report.tell(code, message, claim, label=because, hint=hint, values=values, related=related)


def _given(
    last: tree.LayerStatement | tree.For | tree.If | None, items: list[Item], given: Shape | None
) -> tuple[Shape, ...]:
    """The shapes that the last statement of a line gives; none where one is not known."""
    if not isinstance(last, tree.LayerStatement):  # one that lays nothing passes on what it reads
        return (given,) if given is not None else ()
    if not items:
        return ()
    node, shapes = items[-1].node, items[-1].shapes
    return shapes[:1] if isinstance(node, Repeat) and node.parallel else shapes


def _equal(claimed: tuple[Size | None, ...], derived: tuple[Size, ...]) -> bool:
    """Whether a claimed shape is the derived one as far as it is claimed, for every size that is allowed."""
    if claimed == derived or len(claimed) != len(derived):
        return claimed == derived
    try:
        return all(one is None or same(one, other) for one, other in zip(claimed, derived, strict=True))
    except Undetermined:
        return False


def _equal_where(claimed: tuple[Size | None, ...], derived: Shape) -> str | None:
    """The condition under which a claimed shape is the derived one, as something to state after `where`."""
    if len(claimed) != derived.rank:
        return None
    known = tuple(other if one is None else one for one, other in zip(claimed, derived.sizes, strict=True))
    if not any(isinstance(one - other, Expression) for one, other in zip(known, derived.sizes, strict=True)):
        return None
    from archdsl.expressions.assume import equalities

    conditions = equalities(known, derived.sizes)
    return f"they are equal where {' and '.join(conditions)}; state it after `where`" if conditions else None


def _shaping(leaves: tuple[Leaf, ...]) -> Leaf | None:
    """The last layer of a line that changes the shape, or the last of all."""
    changing = [leaf for leaf in leaves if leaf.inputs[:1] != leaf.outputs[:1]]
    return (changing or list(leaves))[-1] if leaves else None


def _derivation(leaf: Leaf, claimed: tuple[Size | None, ...]) -> str:
    """How the sizes come about that are not as claimed: those of the axes, or the channels alone."""
    derived = leaf.outputs[0]
    if derived.rank == 1 or len(claimed) != derived.rank or not agrees(claimed[:-1], derived.space):
        return _arithmetic(leaf)
    if "out" in type(leaf.op).attributes:
        return f"channels: out = {derived.channels}"
    if len(leaf.inputs) == 1 and leaf.inputs[0].channels == derived.channels:
        return "channels: those of its input"
    return _arithmetic(leaf)


def _arithmetic(leaf: Leaf | Merge) -> str:
    """The arithmetic of a layer, or where it has none what it reads and gives."""
    on = f" on {', '.join(map(str, leaf.inputs))}" if leaf.inputs else ""
    return leaf.op.derivation(*leaf.inputs) or f"{leaf.op.name}{on} gives {', '.join(map(str, leaf.outputs))}"
