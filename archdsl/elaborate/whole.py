"""The network of a whole text: its inputs, its lines, what it gives and what is frozen in it."""

from __future__ import annotations

import re

from archdsl.diagnostics import Source, Span
from archdsl.elaborate.elaborate import Elaborator
from archdsl.elaborate.names import Entry, Names, Place, Value
from archdsl.elaborate.trampoline import run
from archdsl.expressions.labels import DISCARD
from archdsl.expressions.scope import SIZE_WORDS, Scope
from archdsl.faults.problem import Problem, Silent, Stop
from archdsl.network.nodes import FrozenParts, Network, NetworkPort, Sequence
from archdsl.reading.declare import Declarations, input_shape, model_name
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_SIZE_OF_VALUE = re.compile(rf"\.(?:{'|'.join(SIZE_WORDS)})\b")  # in a text that has none, nothing looks for values


def network_of(declared: Declarations, scope: Scope, elaborator: Elaborator, fragment: Shape | None) -> Network | None:
    """The network of the lines of a file, None where nothing stands; the elaborator reports what is wrong."""
    report = elaborator.report
    names = Names(None)
    names.model = True
    if _SIZE_OF_VALUE.search(report.source.text):
        from archdsl.elaborate.sight import ValueSight

        scope.sight = ValueSight(elaborator, names)
    place = Place(scope, names, (), elaborator.kinds.words[0])
    try:
        inputs = _inputs(declared, place, elaborator, fragment)
        if not declared.lines:
            message = (
                "no layers: there is nothing to check"
                if not declared.blocks
                else "this file has blocks, but no layers that use them"
            )
            report.tell("empty", message, Span(0, 0))
            return None
        values = tuple(value for _, value in inputs)
        body, last = run(elaborator.sequence(declared.lines, values, place))
        results = elaborator.results(names, last, place)
        marked, freezes = _frozen(elaborator, body, names) if names.freezes else (body, ())
        elaborator.complete(names, marked, results, scope)
        if not report.failed:
            elaborator.tell_unread()
        network = _assembled(declared, marked, inputs, results, names, scope, report.source)
        return network._replace(
            freezes=freezes, thawed=body._replace(gives=network.body.gives, outputs=network.body.outputs)
        )
    except Stop as stop:
        report.problem(stop.problem)
    except Problem as problem:
        report.problem(problem)
    except Silent:
        pass  # a fault was reported before
    return None


def _frozen(elaborator: Elaborator, body: Sequence, names: Names) -> tuple[Sequence, tuple[FrozenParts, ...]]:
    """The body with the layers marked that are not trained; as it is after a fault, by which names may be lacking."""
    if elaborator.report.broken or elaborator.report.lost:
        return body, ()
    from archdsl.elaborate.freezing import frozen

    elaborator.judge.refuse_parts_of_trainable()
    return frozen(elaborator, body, names.freezes)


def _inputs(
    declared: Declarations, place: Place, elaborator: Elaborator, fragment: Shape | None
) -> list[tuple[str, Value]]:
    """The values of the inputs, readable by their names."""
    found: list[tuple[str, Value]] = []
    unnamed = False
    for one in declared.inputs:
        try:
            shape: Shape | None = input_shape(one, place.scope)
        except Problem as problem:
            elaborator.report.problem(problem)
            shape = None
        except Silent:
            shape = None
        if not one.names and len(declared.inputs) > 1:
            if not unnamed:
                hint = "write the name and a colon before the shape"
                elaborator.report.tell("missing-value", "several inputs need names", one, hint=hint)
            unnamed = True
            continue
        for token in one.names or (Token("WORD", "input", one.start, one.end),):
            value = elaborator.value(shape, one)
            label = token.text.strip('"')
            if one.names:
                place.names.claim(label, token)
                place.names.entries[label] = Entry((value,), token)
            found.append((label, value))
    if unnamed:  # told; what lines without <- would read is in doubt
        return [("input", elaborator.wrong())]
    if not found and fragment is not None:
        found.append(("input", elaborator.value(fragment, Span(0, 0))))
    return found


def _assembled(
    declared: Declarations,
    body: Sequence,
    inputs: list[tuple[str, Value]],
    results: tuple[Value, ...],
    names: Names,
    scope: Scope,
    source: Source,
) -> Network:
    ports = tuple(NetworkPort(name, v.number, v.shape.sizes, v.shape.dtype) for name, v in inputs if v.shape)
    called = [_last_label(declared) if name == DISCARD else name.strip('"') for name in names.called]
    called = called or [_last_label(declared)]
    outputs = tuple(
        NetworkPort(name, v.number, v.shape.sizes, v.shape.dtype)
        for name, v in zip(called, results, strict=False)
        if v.shape
    )
    known = tuple((p.name.text, scope.get(p.name.text)) for p in (declared.model.parameters if declared.model else ()))
    shapes = tuple(value.shape for value in results if value.shape)
    body = body._replace(gives=tuple(value.number for value in results), outputs=shapes)
    return Network(model_name(declared.model, source), known, ports, outputs, body)


def _last_label(declared: Declarations) -> str:
    """The label of the last layer line, or `output`."""
    for line in reversed(declared.lines):
        for statement in reversed(line.statements):
            if isinstance(statement, tree.LayerStatement):
                plain = statement.names and statement.names[0].type == "WORD"
                return statement.names[0].text if plain else "output"
    return "output"
