"""Layer lines held against the rules of their kind: bound, made, asked for their shape; equal lines share one layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archdsl.claims.hints import hint_for_refusal
from archdsl.diagnostics import Related, Span
from archdsl.elaborate.names import Place, Value
from archdsl.elaborate.once import Once
from archdsl.expressions.bind import Bound, bind, make
from archdsl.expressions.scope import Scope
from archdsl.expressions.signature import of_kind
from archdsl.faults.problem import Placed, Problem, Refused, Silent
from archdsl.faults.report import Report
from archdsl.layers import Layer, Refusal
from archdsl.layers.values import identity, weight
from archdsl.limits import LARGEST, Limits
from archdsl.network.nodes import Leaf
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression, Undetermined, symbols, tidied
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_OF_THE_LINE = ("wrong-type", "missing-value", "unknown-option", "out-of-range")  # where no rule of shapes is asked
_WHATEVER = ("wrong-type", "missing-value", "unknown-option", "undetermined", "too-large")  # wrong at every size

if TYPE_CHECKING:
    from archdsl.reading.reading import Known
    from archdsl.sizes.facts import Facts

_MOST_RELATED = 4
_PER_STEP = 4  # terms of a formula that cost about as much as a step


class Rules:
    """The layers of one check. `origins` tells where a value comes from, `facts` are about what is left open."""

    def __init__(
        self,
        report: Report,
        origins: dict[int, Placed],
        limits: Limits,
        known: Known,
        facts: Facts | None,
    ) -> None:
        self.report, self.origins, self.limits = report, origins, limits
        self.known, self._facts = known, facts

    def leaf(self, statement: tree.Layer, kind: type[Layer], inputs: tuple[Value, ...], place: Place) -> Once:
        """A layer line without braces; raises Problem, or Silent where its input has a fault that was told."""
        shapes = tuple([value.shape for value in inputs])
        key = self._key(statement, kind, shapes, place.scope)
        found = self.known.get(key) if key is not None else None
        if found is None:
            bound = bind(of_kind(kind), statement.arguments, place.scope, place.kinds, self.limits)
            if None in shapes:
                raise Silent
            place.scope.spend(_effort(bound, shapes), statement)
            op, results = self.apply(kind, bound, inputs, statement)
            remarks = op.remarks(*shapes)  # type: ignore[arg-type]
            for code, message in remarks:
                self.report.tell(code, message, statement.kind or statement)
            found = op, results, {name: argument.value for name, argument in bound.written.items()}
            if key is not None and not remarks:
                self.known[key] = found
        op, results, written = found
        if len(results) > 1:
            place.scope.spend(len(results), statement)
        if self._facts is not None:
            place.scope.spend(self.effort() + _formula(*shapes, *results) // _PER_STEP, statement)
        return Once(Leaf(op, shapes, results, statement, written), results)  # type: ignore[arg-type]

    def _key(self, statement: tree.Layer, kind: type[Layer], shapes: Any, scope: Scope) -> Any:
        """What makes two lines equal: kind, inputs, words with the values of names among them; None where unsure."""
        words: list[Any] = [kind, shapes]
        for name, value, _, _ in statement.arguments:
            if type(value) is not Token or "?" in value.text or (name is not None and name.text in kind.refers):
                return None
            if value.type == "DIMS" and not value.text.replace("x", "").isdigit():
                return None
            words.append(value.text if name is None else (name.text, value.text))
            if value.type == "WORD":
                if value.text in scope:
                    words.append(identity(scope.get(value.text)))
                elif value.text == "in":
                    words.append(repr(scope.channels))
        return tuple(words)

    def apply(
        self, kind: type[Layer], bound: Bound, inputs: tuple[Value, ...], statement: tree.Layer
    ) -> tuple[Layer, tuple[Shape, ...]]:
        """The layer and the shapes of its results; a rule that refuses becomes a Problem with its place."""
        shapes = tuple(value.shape for value in inputs if value.shape is not None)
        at = statement.kind or statement
        try:
            if self._facts is None:
                return self._made(kind, bound, shapes)
            from archdsl.expressions.assume import Need, under

            op, found = under(self._facts, lambda: self._made(kind, bound, shapes), Need(at, kind.name), self.limits)
            return op, tuple([shape._replace(sizes=tuple(map(tidied, shape.sizes))) for shape in found])
        except Refusal as refusal:
            raise self._refused(refusal, kind, bound, inputs, statement, asked=_makes(kind, bound, shapes)) from None
        except Undetermined as fault:
            from archdsl.faults.undetermined import undetermined

            raise undetermined(f"{kind.name}: ", fault, at, self._facts) from None

    def _made(self, kind: type[Layer], bound: Bound, shapes: tuple[Shape, ...]) -> tuple[Layer, tuple[Shape, ...]]:
        op = make(kind, bound, shapes)
        results = op.results(*shapes)
        for shape in results:
            self._check_sizes(kind, shapes, shape)
        return op, results

    def _check_sizes(self, kind: type[Layer], inputs: tuple[Shape, ...], shape: Shape) -> None:
        terms = self.limits.terms
        if self._facts is not None and _formula(*inputs, shape) > terms:
            raise Refusal(
                "too-large", f"{kind.name} would have counts of more than {terms:,} terms", hint=_fewer(shape)
            )
        for size in shape.sizes:
            if isinstance(size, Expression) and (much := size.exceeds(terms, self.limits.degree)):
                raise Refusal("too-large", f"{kind.name} gives {much}")
            if size <= 0:
                raise Refusal("kernel-too-large", f"{kind.name} leaves nothing: its output would be {shape}")
        if isinstance(shape.elements, int) and shape.elements >= LARGEST:
            raise Refusal("too-large", f"{kind.name} gives {shape}, more than a tensor can hold")

    def effort(self) -> int:
        """Steps of work with open sizes since the last time."""
        if self._facts is None:
            return 0
        steps, self._facts.steps = self._facts.steps, 0
        return steps

    def _refused(
        self,
        refusal: Refusal,
        kind: type[Layer],
        bound: Bound,
        inputs: tuple[Value, ...],
        statement: tree.Layer,
        *,
        asked: bool,
    ) -> Problem:
        """The fault of a layer with its place; where the rules of shapes were `asked`, the input matters."""
        at: Placed = statement.kind or statement
        if isinstance(refusal.blame, str) and refusal.blame in bound.written:
            at = bound.written[refusal.blame]
        shapes = tuple(value.shape for value in inputs if value.shape is not None)
        own = not asked and refusal.code in _OF_THE_LINE
        related = [self.origin(value) for value in inputs if self.origins[value.number].end and not own]
        hint = hint_for_refusal(refusal, kind, bound, shapes) or refusal.hint
        if refusal.code == "wrong-type" and hint is None:
            hint = f"usage: {kind.usage()}"
        fault = Problem if refusal.code in _WHATEVER else Refused
        found = tuple(related[:_MOST_RELATED])
        return fault(refusal.code, refusal.message, at, hint=hint, related=found, what=kind.name)

    def origin(self, value: Value) -> Related:
        """Where a value comes from, as a place that explains a fault."""
        at = self.origins[value.number]
        start: Placed = getattr(at, "kind", None) or at
        return Related(Span(start.start, start.end), f"{value.shape} comes from here")


def _formula(*shapes: Shape | None) -> int:
    """Terms that the counts of a layer with these shapes may have: sizes are multiplied."""
    found = 1
    for shape in (*shapes[:1], shapes[-1]):
        for size in shape.sizes if shape is not None else ():
            found *= len(size.terms) if isinstance(size, Expression) else 1
    return found


def _fewer(shape: Shape) -> str:
    names = sorted({name for size in shape.sizes for name in symbols(size)})
    return f"give a value: {' '.join(f'{name}=...' for name in names)}; or raise it with --limit terms=N"


def _makes(kind: type[Layer], bound: Bound, shapes: tuple[Shape, ...]) -> bool:
    """Whether the values of a layer are right by themselves, so that it was the rules of shapes that refused."""
    try:
        make(kind, bound, shapes)
    except Refusal:
        return False
    except Undetermined:  # right at some sizes
        return True
    return True


def _effort(bound: Bound, shapes: tuple[Shape | None, ...]) -> int:
    """Steps that the rules of a layer may take: lists are gone through, symbolic sizes multiplied."""
    steps = sum(weight(value) for value in bound.values.values() if isinstance(value, tuple))
    for shape in shapes:
        for size in shape.sizes if shape is not None else ():
            steps += size.weight**2 if isinstance(size, Expression) else 0
    return steps
