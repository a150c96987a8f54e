"""What a trial says of the numbers tried: each number that is claimed or wanted by a rule, and what was derived."""

from __future__ import annotations

from archdsl.analysis.cost import Cost, Costs
from archdsl.claims.claims import judge_quantity, quantity
from archdsl.claims.judge import Judge
from archdsl.expressions.scope import Scope
from archdsl.expressions.shapes import stated_shape
from archdsl.faults.problem import Placed
from archdsl.faults.report import Reporter
from archdsl.layers import Layer
from archdsl.limits import Limits
from archdsl.network.nodes import Leaf
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression, Size, Undetermined, same, valued
from archdsl.syntax import tree
from archdsl.typed import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from archdsl.sizes.facts import Facts

Wish: TypeAlias = tuple[Size, Size]
Key = tuple[int, ...]  # of an equation: the setting, its place, the input and axis, and which visit of the line
_SAMPLE = 1_009  # a number for a symbolic size from here on, where it may be so large


class Equation(NamedTuple):
    """A claimed number, or one that a rule requires, and its derived value; for symbolic sizes at some numbers."""

    claimed: int
    derived: int
    holds: bool
    at: Placed
    way: tuple[int, ...] = ()  # the uses and turns that lead to it, the outermost first

    @property
    def off(self) -> int:
        """How much too large what was derived is; a hole may move either side."""
        return self.derived - self.claimed


class Recorder(Judge):
    """Notes what is claimed and derived, number by number; says nothing of what does not hold."""

    def __init__(self, report: Reporter, costs: Costs, limits: Limits, setting: int, facts: Facts | None) -> None:
        super().__init__(report, costs, limits)
        self.setting = setting
        self.equations: dict[Key, Equation] = {}
        self.wishes: list[Wish] = []  # symbolic sizes that are to be equal, and are not at every size
        self._visits: dict[int, int] = {}
        self._numbers = _sample(facts) if facts is not None else {}

    # ---- sizes that a rule wants equal

    def equal(self, at: Placed, op: Layer, shapes: tuple[Shape, ...]) -> None:
        """Note the sizes of inputs that are equal, as the rules of a layer want them."""
        self._compared(at, op.compared(*shapes), True)

    def unequal(self, at: Placed, op: Layer, shapes: tuple[Shape, ...]) -> bool:
        """Note the sizes of inputs that should be equal; False where it is not these that a rule refuses."""
        sizes = op.compared(*shapes)
        if len({len(each) for each in sizes}) != 1 or self._compared(at, sizes, False):
            return False
        self.report.errors += 1
        return True

    def _compared(self, at: Placed, sizes: tuple[tuple[Size, ...], ...], known: bool) -> bool:
        visit, right = self._visit(at), True
        for place, each in enumerate(sizes[1:]):
            for axis, (wanted, found) in enumerate(zip(sizes[0], each, strict=True)):
                right = self._sizes(at, (place, axis, visit), wanted, found, known) and right
        return right

    # ---- claims

    def _shape(
        self, claim: tree.ShapeClaim, shapes: tuple[Shape, ...], position: int, scope: Scope, leaves: tuple[Leaf, ...]
    ) -> bool:
        if position >= len(shapes):
            return super()._shape(claim, shapes, position, scope, leaves)
        sizes = stated_shape(claim, self.text(claim), scope)
        derived = shapes[position].sizes
        if len(sizes) != len(derived):
            self._note(claim, (-1, 0, self._visit(claim)), len(sizes), len(derived), False)
            self.report.errors += 1
            return False
        visit, right = self._visit(claim), True
        for axis, (wanted, found) in enumerate(zip(sizes, derived, strict=True)):
            if wanted is not None:
                right = self._sizes(claim, (0, axis, visit), wanted, found, False) and right
        self.report.errors += not right  # what follows is in doubt, and silent
        return right

    def _quantity(self, claim: tree.QuantityClaim, cost: Cost, leaves: Any, sums: Any) -> None:
        holds, _ = judge_quantity(claim, cost)
        claimed = quantity(claim.number)
        figure = claimed.digits * claimed.scale // 10**claimed.decimals
        count = getattr(cost, claim.unit.text) * (4 if claimed.bytes else 1)
        derived = self._valued(count)
        if claimed.exact and claim.within is None:
            self._wish(figure, count, holds)
        self._note(claim, (0, 0, self._visit(claim)), figure, derived, holds)

    # ---- equations

    def _sizes(self, at: Placed, key: Key, wanted: Size, found: Size, known: bool) -> bool:
        """Note two sizes that should be equal; open ones as they are at the sample, where they differ if they may."""
        holds = known or _same(wanted, found)
        self._wish(wanted, found, holds)
        claimed, derived = self._valued(wanted), self._valued(found)
        self._note(at, key, claimed, claimed if holds else derived + (derived == claimed), holds)
        return holds

    def _wish(self, wanted: Size, found: Size, holds: bool) -> None:
        if not holds and (isinstance(wanted, Expression) or isinstance(found, Expression)):
            self.wishes.append((wanted, found))

    def _valued(self, size: Size) -> int:
        try:
            return valued(size, self._numbers)
        except ZeroDivisionError:
            return 0

    def _visit(self, at: Placed) -> int:
        self._visits[at.start] = visit = self._visits.get(at.start, -1) + 1
        return visit

    def _note(self, at: Placed, key: Key, claimed: int, derived: int, holds: bool) -> None:
        self.equations[(self.setting, at.start, *key)] = Equation(claimed, derived, holds, at, self.report.way())


def _same(left: Size, right: Size) -> bool:
    try:
        return same(left, right)
    except Undetermined:
        return False


def _sample(facts: Facts) -> dict[str, int]:
    """A number for each symbolic size, large where it may be, no two alike: what a hole moves is seen there."""
    from archdsl.sizes.numbers import between
    from archdsl.sizes.residues import TooMuch

    found: dict[str, int] = {}
    for place, name in enumerate(facts.names):
        domain = facts.domain(name)
        try:
            large = (domain & between(_SAMPLE + 100 * place)).least()
        except TooMuch:
            large = None
        number = large or domain.most() or domain.least()
        found[name] = 1 if number is None else number
    return found
