"""What holds other statements: groups, blocks in use, and merges."""

from __future__ import annotations

from functools import partial

from archdsl.claims.incoming import incoming
from archdsl.elaborate import control
from archdsl.elaborate.names import Entry, Names, Place, Value
from archdsl.elaborate.once import Once, sequence_of, wrapped
from archdsl.elaborate.state import NEXT, Elaboration, discarded
from archdsl.elaborate.trampoline import Task
from archdsl.expressions.bind import Bound, bind
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.labels import discards
from archdsl.expressions.scope import HOLES, Scope, Words, meant
from archdsl.expressions.signature import of_kind
from archdsl.expressions.words import spell_value
from archdsl.faults.problem import Placed, Problem, Silent, exceeded, placed
from archdsl.faults.work import STATEMENT
from archdsl.layers import Layer
from archdsl.layers.lists import identity
from archdsl.network.nodes import Item, Merge, Sequence, Use
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any

# ---- Groups


def group(
    e: Elaboration, statement: tree.LayerStatement, inputs: tuple[Value, ...], place: Place, named: bool
) -> Task[Once]:
    """Braces without a kind; under a name a container of their own."""
    assert statement.body is not None
    names = Names(place.names) if named else place.names
    takes = tuple([e.again(value) for value in inputs])
    body, last = yield e.sequence(statement.body.lines, takes, place.inner(names))
    if last is None:
        if names.discarded is not None:
            raise discarded(names.discarded, "the braces around it have no result", names.discarded.names[0], NEXT)
        if len(inputs) > 1:
            raise _gives_nothing("these braces", len(inputs), statement.body, "ID <- and the name of one passes it on")
        raise Silent
    e.read(last)
    if named:
        e.complete(names, body, (last,), place.scope)
    return Once(body, (last.shape,), names if named else None, doubt=last.doubt)


# ---- Blocks


def use(
    e: Elaboration, statement: tree.LayerStatement, block: tree.Block, inputs: tuple[Value, ...], place: Place
) -> Task[Once]:
    """A block in use; uses with equal arguments and inputs share one body."""
    e.visit(statement)
    _check_use(e, statement, block, place)
    scope, bound = _arguments(e, statement, block, inputs, place)
    takes = _taken(statement, block, bound, inputs)
    values = scope.items()
    for one in block.optional:
        scope.define(one.name.text, one.name in takes)
    if any(value.shape is None for value in inputs):
        raise Silent
    read = tuple([value.shape for value in inputs])
    told_apart = [value if type(value) is int else identity(value) for _, value in scope.items()]
    symbols = ""
    if e.kinds.models:  # which have sizes of their own that their blocks see
        symbols = repr(sorted((name, size) for name, size in scope.symbols.items() if name != HOLES))
    key = block.name.start, *told_apart, read, symbols, any(value.doubt for value in inputs)
    if key not in e.uses.known:
        with e.report.within(statement.kind or statement, partial(_used, values, inputs)):
            if block.name.start in e.kinds.models:
                from archdsl.elaborate.models import ask

                ask(e, block, statement.kind or block.name, inputs, scope)
            e.uses.known[key] = yield from _body(e, block, takes, inputs, scope, (*place.chain, block))
    body, results = e.uses.known[key]
    e.missing += body in e.incomplete
    shapes = tuple([value.shape for value in results])
    written = {name: argument.value for name, argument in bound.written.items()}
    names = tuple([token.text for token in takes])
    node = Use(block, values, read, body.outputs, body, statement, written, names)  # type: ignore[arg-type]
    return Once(node, shapes, doubt=any(value.doubt for value in results))


def _used(values: tuple[tuple[str, Any], ...], inputs: tuple[Value, ...]) -> str:
    """`used here with c = 64, s = 2 on 56x56x64`."""
    given = ", ".join(f"{name} = {spell_value(value)}" for name, value in values)
    shapes = " and ".join(str(value.shape) for value in inputs)
    return f"used here{' with ' if given else ''}{given} on {shapes}"


def _check_use(e: Elaboration, statement: tree.LayerStatement, block: tree.Block, place: Place) -> None:
    name, at = block.name.text, statement.kind
    assert at is not None
    if statement.body is not None:
        raise Problem("misplaced", f"{name} is a block and takes no braces", statement.body)
    if block.name.start in e.recursive:
        raise Silent
    if block in place.chain:
        loop = " -> ".join(one.name.text for one in (*place.chain[place.chain.index(block) :], block))
        raise Problem("recursive-block", f"{name} uses itself: {loop}", at)
    if len(place.chain) >= e.limits.chain:
        message = f"more than {e.limits.chain:,} nested uses of blocks"
        raise exceeded("chain", message, at)


def _taken(
    statement: tree.LayerStatement, block: tree.Block, bound: Bound, inputs: tuple[Value, ...]
) -> tuple[Token, ...]:
    """The names of a block's inputs in this use: the required ones, and the optional ones that it is given.

    Those after `<-` come first, in their order, then those by name.
    """
    optional = [one.name for one in block.optional]
    named = [token for token in optional if bound.values.get(token.text) is not None]
    least = max(1, len(block.required))
    more = len(inputs) - least - len(named)
    if not 0 <= more <= len(optional):
        reads = f" ({', '.join(token.text for token in block.required)})" if block.takes else ""
        beside = f", and at most {', '.join(token.text for token in optional)}" if optional else ""
        message = f"{block.name.text} reads {least} input{'s' * (least > 1)}{reads}{beside}, got {len(inputs)}"
        raise Problem("wrong-inputs", message, statement.kind or statement)
    twice = next((token for token in optional[:more] if token in named), None)
    if twice is not None:
        message = f"{twice.text} of {block.name.text} is given twice, by name and after `<-`"
        raise Problem("duplicate-name", message, bound.written[twice.text])
    return (*block.required, *optional[:more], *named)


def _arguments(
    e: Elaboration, statement: tree.LayerStatement, block: tree.Block, inputs: tuple[Value, ...], place: Place
) -> tuple[Scope, Bound]:
    """The scope of a block's body: its parameters, from the arguments or, worked out at the use, from the defaults."""
    signature = e.uses.signature(block)
    place.scope.spend(len(statement.arguments), statement)
    bound = bind(signature, statement.arguments, place.scope, place.kinds)
    place.scope.spend(len(block.parameters), statement)
    channels = None if inputs[0].shape is None else inputs[0].shape.channels
    scope = Scope({}, place.scope.symbols, place.scope.limits, channels, place.scope, place.scope.work)
    for parameter in block.parameters:
        name = parameter.name.text
        if name in bound.values:
            scope.define(name, bound.values[name])
        elif parameter.default is not None:
            scope.define(name, _default(e, parameter.default, scope, e.kinds.around(block)))
        else:
            message = f"{signature.title} needs a value for {name}"
            raise Problem("missing-value", message, statement.kind or statement, hint=f"usage: {signature.usage}")
    return scope, bound


def _default(e: Elaboration, default: tree.Expr, scope: Scope, kinds: Words) -> Any:
    """The value of a default; a word that is a kind or a block stands for it."""
    if isinstance(default, Token) and default.type == "WORD" and default.text not in scope:
        kind = meant(default.text, kinds)
        if kind is not None:
            return kind
    return evaluate(default, scope)


def _body(
    e: Elaboration,
    block: tree.Block,
    given: tuple[Token, ...],
    inputs: tuple[Value, ...],
    scope: Scope,
    chain: tuple[tree.Block, ...],
) -> Task[tuple[Sequence, tuple[Value, ...]]]:
    names = Names(None)
    takes = tuple([e.again(value) for value in inputs])
    for one in block.optional:
        if one.name not in given:
            names.claim(one.name.text, one.name)
            names.entries[one.name.text] = Entry((), one.name, absent=True)
    for token, value in zip(given, takes, strict=False):
        label = token.text.strip('"')  # the inputs of a model may have quoted names
        names.claim(label, token)
        names.entries[label] = Entry((value,), token)
    if scope.outside is not None and scope.outside.sight is not None:
        scope.sight = scope.outside.sight.inside(names)
    place = Place(scope, names, chain, e.kinds.around(block))
    missing = e.missing
    above = takes if len(block.required) > 1 else takes[:1]  # an optional input is read by its name alone
    body, last = yield e.sequence(block.body.lines, above, place)
    results = e.results(names, last, place)
    if not results:
        hint = f"output {block.takes[0].text} passes one on" if block.takes else None
        raise _gives_nothing(block.name.text, len(takes), block.name, hint)
    body = sequence_of(takes, body.items, results, body.width)
    if e.missing > missing:
        e.incomplete[body] = True
    e.complete(names, body, results, scope)
    return body, results


def _gives_nothing(name: str, count: int, at: Placed, hint: str | None) -> Problem:
    message = f"{name} would read {count} values and has no layers: its outputs are not defined"
    return Problem("missing-input", message, at, hint=hint)


# ---- Merges


def merge(
    e: Elaboration,
    statement: tree.LayerStatement,
    kind: type[Layer],
    inputs: tuple[Value, ...],
    place: Place,
    named: bool,
) -> Task[Once]:
    """Branches on the same input, joined by the rules of the kind."""
    e.visit(statement)
    _check_merge(statement, kind, inputs)
    names = Names(place.names) if named else place.names
    base = names.counter
    inner = place.inner(names, branch=True)
    takes = tuple([e.again(value) for value in inputs]) if named else inputs
    branches, values = yield _branches(e, statement, takes, inner, base)
    e.read(*values)
    bound = bind(of_kind(kind), statement.arguments, place.scope, place.kinds)
    shapes = tuple(value.shape for value in values)
    if None in shapes:
        return Once(sequence_of(takes, branches, (), names.counter - base), (None,), names if named else None)
    if not values:
        raise Problem("wrong-inputs", f"{kind.name} has no branch", statement.kind or statement)
    try:
        op, (shape,) = e.rules.apply(kind, bound, values, statement)
    except Problem as fault:
        fault.related += incoming(item.node for item in branches) if fault.code == "shape-mismatch" else ()
        raise
    if len(values) == 1:
        from archdsl.elaborate.joining import warn_of_one

        warn_of_one(e, statement, kind, bound, inputs[0], values[0])
    node = Merge(op, shapes, (shape,), branches, names.counter - base, statement)
    doubt = any(value.doubt for value in values)
    if not named:
        return Once(node, (shape,), doubt=doubt)
    body = wrapped(node, takes, e.value(shape, statement))
    e.complete(names, body, (Value(body.gives[0], shape, doubt),), place.scope)
    return Once(body, (shape,), names, doubt=doubt)


def _check_merge(statement: tree.LayerStatement, kind: type[Layer], inputs: tuple[Value, ...]) -> None:
    assert statement.body is not None
    if not kind.merge:
        hint = "put the group on a line of its own"
        raise Problem("misplaced", f"{kind.name} takes no braces; only merges do", statement.body, hint=hint)
    if len(inputs) != 1:
        message = f"the branches of {kind.name} read one input, got {len(inputs)}"
        raise Problem("wrong-inputs", message, statement.kind or statement)


def _branches(
    e: Elaboration, statement: tree.LayerStatement, inputs: tuple[Value, ...], place: Place, base: int
) -> Task[tuple[tuple[Item, ...], tuple[Value, ...]]]:
    """All branches in the order written."""
    assert statement.body is not None
    items: list[Item] = []
    values: list[Value] = []
    for line in statement.body.lines:
        ours: list[Item] = []
        found: tuple[Value, ...] = ()
        missing = e.missing
        for one in line.statements:
            if isinstance(one, tree.Unknown):
                values += [e.unknown(one, place)] if one.lays else []
                break
            item, found = yield from _branch(e, one, inputs[0], place, base)
            ours += [] if item is None else [item]
            values += found
            if len(values) > e.limits.list:
                raise exceeded("list", f"more than {e.limits.list:,} branches", statement.kind or statement)
        whole = [item for item in ours if not e.is_partial(item)]
        doubt = bool(values) and values[-1].doubt
        given, complete = _claimed(e, line.statements[-1], found), e.missing == missing
        held = e.judge.line(line, whole, place.scope, given, doubt=doubt, complete=complete)
        if held is not None and values:
            values[-1] = values[-1]._replace(doubt=not held) if e.believes else values[-1] if held else e.wrong()
        items += ours
    return tuple(items), tuple(values)


def _claimed(e: Elaboration, statement: tree.Statement, branches: tuple[Value, ...]) -> Shape | None:
    """The branch of which claims after a statement of a merge speak: the last, if others of a `for` are like it."""
    claims = statement.claims if isinstance(statement, tree.For) else ()
    shapes = {str(branch.shape) for branch in branches}
    if len(shapes) > 1 and (shape := next((one for one in claims if isinstance(one, tree.ShapeClaim)), None)):
        e.report.tell(
            "misplaced",
            "the iterations of this `for` have different output shapes; claim each within its braces",
            shape,
        )
        return None
    return branches[-1].shape if branches else None


def _branch(
    e: Elaboration, statement: tree.Statement, source: Value, place: Place, base: int
) -> Task[tuple[Item | None, tuple[Value, ...]]]:
    """One statement of a merge: its item and its branches; `let` and an `if` not taken make none."""
    here = place.below(source)
    e.work.spend(STATEMENT, statement)
    try:
        match statement:
            case tree.LayerStatement():
                item, values = yield from e.layer(statement, e.reads(statement, source, here), here, base)
                e.note_result(item, statement)
                if statement.names and discards(statement.names[0]):
                    raise discarded(statement, "the merge has nothing to read", statement.names[0], NEXT)
                return item, values if statement.repeat is not None else values[:1]  # of several results the first
            case tree.If():
                return (yield from control.optional(e, statement, source, here, base))
            case tree.For():
                return (yield from control.branches(e, statement, source, here, base))
            case tree.Keep():
                e.keep(statement, source, here)
                return None, ()
        e.declare(statement, place)
    except (Problem, Silent) as fault:
        e.fail(statement, here)
        e.note_fault(fault, statement, here)
        e.tell(fault, placed(statement))
        return None, (e.wrong(),)
    return None, ()
