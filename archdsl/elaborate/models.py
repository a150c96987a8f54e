"""Models of other files as blocks: what they declare to read is asked of the input, at every use.

Loaded and run only where a text uses others.
"""

from __future__ import annotations

from archdsl.diagnostics import Related, Span
from archdsl.elaborate.names import Value
from archdsl.elaborate.state import Elaboration
from archdsl.expressions.evaluate import truth
from archdsl.expressions.scope import HOLES, Scope
from archdsl.expressions.shapes import claimed_shape
from archdsl.faults.problem import Problem, Silent
from archdsl.reading.where import failed, symbol_names
from archdsl.sizes.shape import DTYPES, Shape
from archdsl.sizes.size import same
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any


def ask(e: Elaboration, block: tree.Block, kind: Token, inputs: tuple[Value, ...], scope: Scope) -> None:
    """Hold what a model demands: its `where`, its inputs, and theirs; the sizes that they name get their values.

    What depends on sizes that are symbolic becomes a condition. Raises Problem, or Silent where it was reported.
    """
    declared = e.kinds.models[block.name.start]
    values = [value for value in inputs if value.shape is not None]
    ports = [one for one in declared.inputs for _ in one.names or (one,)]
    names = symbol_names(declared.inputs, declared.model)
    scope.symbols = {name: value for name, value in scope.symbols.items() if name == HOLES}
    for one, value in zip(ports, values, strict=False):
        scope.symbols |= _sizes(one, value.shape, names, scope.symbols)

    def rule() -> None:
        for condition in declared.model.where if declared.model else ():
            _demand(e, condition, scope)
        for one, value in zip(ports, values, strict=False):
            _fit(e, one, value, names, kind, scope)
        for condition in (condition for one in declared.inputs for condition in one.where):
            _demand(e, condition, scope)

    try:
        if e.facts is None:
            rule()
            return
        from archdsl.expressions.assume import Need, under

        under(e.facts, rule, Need(kind, block.name.text), e.limits)
    except Problem as problem:
        if problem.at is kind:
            raise
        e.tell(problem, kind)  # here, where the use around it is known
        raise Silent from None


def _sizes(one: tree.Input, shape: Shape | None, names: set[str], known: dict[str, Any]) -> dict[str, Any]:
    """The values of the names in a declared shape, `HxWx3`, as the shape that comes in gives them."""
    words = _words(one.size)
    if shape is None or len(words) != len(shape.sizes):
        return {}
    return {word: size for word, size in zip(words, shape.sizes, strict=True) if word in names and word not in known}


def _words(size: tree.Expr) -> list[str]:
    """A declared shape, axis by axis; what is no plain word or number is empty."""
    if isinstance(size, Token):
        return size.text.replace("×", "x").split("x")
    items = size.items if isinstance(size, tree.List) else (size,)
    return [item.text if isinstance(item, Token) else "" for item in items]


def _fit(e: Elaboration, one: tree.Input, value: Value, names: set[str], kind: Token, scope: Scope) -> None:
    """Hold an input's declared shape against the input."""
    shape = value.shape
    assert shape is not None
    sizes = all(word in scope.symbols for word in _words(one.size) if word in names)  # not with other axes
    if sizes:
        wanted = claimed_shape(one.size, scope)
        sizes = len(wanted) == shape.rank and all(same(a, b) for a, b in zip(wanted, shape.sizes, strict=True))
    dtype = DTYPES[one.dtype or "float"] == shape.dtype
    if sizes and dtype:
        return
    declared = e.report.source.text[one.start : one.end]
    related = [Related(Span(one.start, one.end), "declared here")]
    related += [e.rules.origin(value)] if e.origins[value.number].end else []
    if value.doubt:
        raise Silent
    message = f"{kind.text} reads {declared}, got {shape}"
    raise Problem("shape-mismatch" if dtype else "dtype-mismatch", message, kind, related=tuple(related))


def _demand(e: Elaboration, condition: tree.Expr, scope: Scope) -> None:
    if not truth(condition, scope):
        raise Problem("where-failed", failed(condition, scope, e.report), condition)
