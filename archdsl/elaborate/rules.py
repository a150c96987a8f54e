"""Layer lines held against the rules of their kind: bound, made, asked for their shape; equal lines share one layer."""

from __future__ import annotations

from archdsl.claims.hints import try_of_refusal
from archdsl.claims.incoming import incoming
from archdsl.diagnostics import Related, Span
from archdsl.elaborate.names import Place, Value
from archdsl.elaborate.once import Once
from archdsl.expressions.bind import Bound, Unbound, bind, make
from archdsl.expressions.labels import is_absent
from archdsl.expressions.scope import WRONG, KindReference, Scope
from archdsl.expressions.signature import of_kind
from archdsl.faults.problem import Placed, Problem, Refused, Silent
from archdsl.faults.report import Reporter
from archdsl.layers import Layer, Refusal
from archdsl.layers.lists import identity, weight
from archdsl.limits import LARGEST, Limits, raising
from archdsl.network.nodes import Leaf
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression, Undetermined, symbols, tidied
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import TYPE_CHECKING, Any, new

_OF_THE_LINE = ("wrong-type", "missing-value", "unknown-option", "out-of-range")  # where no rule of shapes is asked
_WHATEVER = (
    "wrong-type",
    "missing-value",
    "unknown-option",
    "undetermined",
    "too-large",
    "limit",
)  # wrong at every size

if TYPE_CHECKING:
    from archdsl.reading.reading import Known
    from archdsl.sizes.facts import Facts

_MOST_RELATED = 4
_PER_STEP = 4  # terms of a formula that cost about as much as a step


class Rules:
    """The layers of one check. `origins` tells where a value comes from, `facts` are about what is symbolic."""

    def __init__(
        self,
        report: Reporter,
        origins: dict[int, Placed],
        limits: Limits,
        known: Known,
        facts: Facts | None,
    ) -> None:
        self.report, self.origins, self.limits = report, origins, limits
        self.known, self._facts = known, facts

    def leaf(self, statement: tree.LayerStatement, kind: type[Layer], inputs: tuple[Value, ...], place: Place) -> Once:
        """A layer line without braces; raises Problem, or Silent where its input has a fault that was reported."""
        shapes = tuple([value.shape for value in inputs])
        key = self._key(statement, kind, shapes, place.scope)
        found = self.known.get(key) if key is not None else None
        if found is None:
            bound = self._bound(statement, kind, inputs, place)
            if None in shapes:
                self._refuse_unfit(kind, bound)
                raise Silent
            place.scope.spend(_effort(bound, shapes), statement)
            try:
                op, results = self.apply(kind, bound, inputs, statement)
            except Problem as fault:
                fault.related += _ins(statement, place) if fault.code == "shape-mismatch" else ()
                raise
            written = {name: argument.value for name, argument in bound.written.items()}
            found = op, results, written, op.remarks(*shapes)  # type: ignore[arg-type]
            if key is not None:
                self.known[key] = found
        op, results, written, remarks = found
        for code, message in remarks:
            self.report.tell(code, message, statement.kind or statement)
        if len(results) > 1:
            place.scope.spend(len(results), statement)
        if self._facts is not None:
            place.scope.spend(_formula(*shapes, *results) // _PER_STEP, statement)
        leaf = new(Leaf, (op, shapes, results, statement, written, False, ()))
        return new(Once, (leaf, results, None, None, False))

    def _bound(
        self, statement: tree.LayerStatement, kind: type[Layer], inputs: tuple[Value, ...], place: Place
    ) -> Bound:
        """The values of a line; raises Problem with every fault of them, of those that are bound, too."""
        try:
            return bind(of_kind(kind), statement.arguments, place.scope, place.kinds)
        except Unbound as fault:
            shapes = tuple(value.shape for value in inputs if value.shape is not None)
            fault.beside += unfit(kind, fault.bound, shapes, None)
            fault.beside += self._further(kind, fault.bound, inputs, statement, (fault, *fault.beside))
            raise

    def _further(
        self,
        kind: type[Layer],
        bound: Bound,
        inputs: tuple[Value, ...],
        statement: tree.LayerStatement,
        faults: tuple[Problem, ...],
    ) -> tuple[Problem, ...]:
        """What the rules refuse beside some faults, whatever the values that have these are."""
        from archdsl.elaborate.further import further

        shapes = tuple(value.shape for value in inputs if value.shape is not None)
        if len(shapes) < len(inputs) or any(value.doubt for value in inputs):
            return ()
        at = {fault.at for fault in faults}
        doubted = {name for name, argument in bound.written.items() if argument in at}
        unknown = any(fault.at not in bound.written.values() for fault in faults)
        each = further(kind, bound, shapes, doubted, unknown=unknown)
        return tuple([self._placed(one, kind, values, inputs, statement, own=False) for one, values in each])

    def _refuse_unfit(self, kind: type[Layer], bound: Bound) -> None:
        """Refuse values that no input makes right, of a line that reads what is in doubt; raises Problem."""
        faults = unfit(kind, bound, (), None)
        if faults:
            first, *others = faults
            first.beside = tuple(others)
            raise first

    def _key(self, statement: tree.LayerStatement, kind: type[Layer], shapes: Any, scope: Scope) -> Any:
        """What makes two lines equal: kind, inputs, words with the values of names among them; None where unsure.

        A value that is symbolic has the text of one of another setting, and other facts: these are part of the key.
        """
        words: list[Any] = [kind, shapes]
        for name, value, _, _ in statement.arguments:
            if name is not None and name.text in kind.operands:
                if type(value) is not Token:
                    return None
                words.append((name.text, is_absent(value, scope)))
                continue
            if type(value) is not Token or "?" in value.text or (name is not None and name.text in kind.refers):
                return None
            if value.type == "DIMS" and not value.text.replace("x", "").isdigit():
                return None
            words.append(value.text if name is None else (name.text, value.text))
            if value.type == "WORD":
                if value.text in scope:
                    found = scope.get(value.text)
                elif value.text == "in":
                    found = scope.channels
                elif "." in value.text:  # the size of a value
                    return None
                else:
                    continue
                words.append(identity(found))
                if not isinstance(found, (int, str)):
                    words.append(self._facts)
        return tuple(words)

    def apply(
        self, kind: type[Layer], bound: Bound, inputs: tuple[Value, ...], statement: tree.LayerStatement
    ) -> tuple[Layer, tuple[Shape, ...]]:
        """The layer and the shapes of its results; a rule that refuses becomes a Problem with its place."""
        shapes = tuple([value.shape for value in inputs if value.shape is not None])
        at = statement.kind or statement
        try:
            if self._facts is None:
                return self._made(kind, bound, shapes)
            from archdsl.expressions.assume import Need, under

            op, found = under(self._facts, lambda: self._made(kind, bound, shapes), Need(at, kind.name), self.limits)
            return op, tuple([shape._replace(sizes=tuple(map(tidied, shape.sizes))) for shape in found])
        except Refusal as refusal:
            if any(value.doubt for value in inputs):
                raise Silent from None
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
            message = f"{kind.name} would have counts of more than {terms:,} terms"
            raise Refusal("limit", message, hint=_fewer(shape))
        for size in shape.sizes:
            if isinstance(size, Expression) and (much := size.exceeds(self.limits)):
                raise Refusal(much.code, f"{kind.name} gives {much.words}", hint=much.hint)
            if size <= 0:
                raise Refusal("kernel-too-large", f"{kind.name} leaves no output: its shape would be {shape}")
        if isinstance(shape.elements, int) and shape.elements >= LARGEST:
            raise Refusal("too-large", f"{kind.name} gives {shape}, more than a tensor can hold")

    def _refused(
        self,
        refusal: Refusal,
        kind: type[Layer],
        bound: Bound,
        inputs: tuple[Value, ...],
        statement: tree.LayerStatement,
        *,
        asked: bool,
    ) -> Problem:
        """The fault of a layer, with others of its line; where the rules of shapes were `asked`, the input matters."""
        found = self._placed(refusal, kind, bound, inputs, statement, own=not asked and refusal.code in _OF_THE_LINE)
        if not asked:
            shapes = tuple(value.shape for value in inputs if value.shape is not None)
            found.beside = unfit(kind, bound, shapes, refusal.blame)
        if isinstance(refusal.blame, str):
            found.beside += self._further(kind, bound, inputs, statement, (found, *found.beside))
        return found

    def _placed(
        self,
        refusal: Refusal,
        kind: type[Layer],
        bound: Bound,
        inputs: tuple[Value, ...],
        statement: tree.LayerStatement,
        *,
        own: bool,
    ) -> Problem:
        """A refusal with its place; with where its input comes from, unless it is the line's `own`."""
        at: Placed = statement.kind or statement
        if isinstance(refusal.blame, str) and refusal.blame in bound.written:
            at = bound.written[refusal.blame]
        shapes = tuple(value.shape for value in inputs if value.shape is not None)
        related = [self.origin(value) for value in inputs if self.origins[value.number].end and not own]
        tried = try_of_refusal(refusal, kind, bound, shapes)
        hint = tried.text if tried else refusal.hint
        if refusal.code == "wrong-type" and hint is None:
            hint = f"usage: {kind.usage()}"
        fault = Problem if refusal.code in _WHATEVER else Refused
        return fault(
            refusal.code,
            refusal.message,
            at,
            hint=hint,
            related=tuple(related[:_MOST_RELATED]),
            what=kind.name,
            values=tried.values if tried else "",
        )

    def origin(self, value: Value) -> Related:
        """Where a value comes from, as a place that explains a fault."""
        at = self.origins[value.number]
        start: Placed = getattr(at, "kind", None) or at
        return Related(Span(start.start, start.end), f"{value.shape} comes from here")


def _ins(statement: tree.LayerStatement, place: Place) -> tuple[Related, ...]:
    """What `in` is in the parts that a line reads by their names, where it is not one number."""
    entries = [place.names.entries.get(read.text) for read in statement.reads]
    parts = [entry.part for entry in entries if entry is not None and entry.part is not None]
    return incoming(part.node for part in parts if part.node is not None)


def unfit(kind: type[Layer], bound: Bound, shapes: tuple[Shape, ...], blame: str | int | None) -> tuple[Problem, ...]:
    """The faults of further values of a line, each by itself; that of `blame` is reported."""
    faults, axes = [], len(shapes[0].space) if shapes else 0
    for name, value in bound.values.items():
        known = name in bound.written and value is not None and value is not WRONG
        if name == blame or not known or isinstance(value, KindReference):
            continue
        try:
            kind.attributes[name].type.convert(value, axes)
        except Refusal as refusal:
            if refusal.code in _OF_THE_LINE:
                message = f"{name} of {kind.name} {refusal.message}"
                faults.append(Problem(refusal.code, message, bound.written[name]))
        except Undetermined:  # right at some sizes
            continue
    return tuple(faults)


def _formula(*shapes: Shape | None) -> int:
    """Terms that the counts of a layer with these shapes may have: sizes are multiplied."""
    found = 1
    for shape in (*shapes[:1], shapes[-1]):
        for size in shape.sizes if shape is not None else ():
            found *= len(size.terms) if isinstance(size, Expression) else 1
    return found


def _fewer(shape: Shape) -> str:
    names = sorted({name for size in shape.sizes for name in symbols(size)})
    return f"give a value: {' '.join(f'{name}=...' for name in names)}; or {raising('terms')}"


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
    steps = 0
    for value in bound.values.values():
        steps += weight(value) if isinstance(value, tuple) else 0
    for shape in shapes:
        for size in shape.sizes if shape is not None else ():
            steps += size.weight**2 if isinstance(size, Expression) else 0
    return steps
