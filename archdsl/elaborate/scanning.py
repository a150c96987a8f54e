"""SCAN: a block of one step that runs on all steps of what a line reads, its state handed from step to step.

Loaded only where a text has one.
"""

from __future__ import annotations

from archdsl.diagnostics import Related
from archdsl.elaborate import containers
from archdsl.elaborate.names import Place, Value
from archdsl.elaborate.once import Once
from archdsl.elaborate.state import Elaboration
from archdsl.elaborate.trampoline import Task
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.scope import SCAN
from archdsl.faults.problem import Problem, Silent
from archdsl.layers import REGISTRY
from archdsl.network.nodes import Applied, Use
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, Undetermined, same
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple

_USAGE = "SCAN BLOCK <- sequence, state: the block reads one step and the state, and gives a result and the next state"
_RANKS = (2, 3, 4)  # of what has steps


class StepwiseRun(NamedTuple):
    """How SCAN runs a block: its first `over` inputs are taken apart into steps, and its next ones are states."""

    over: int
    states: int
    name: str = SCAN.name


def scan(e: Elaboration, statement: tree.LayerStatement, inputs: tuple[Value, ...], place: Place) -> Task[Once]:
    """A block that runs once for each step: its results are those of all steps, and the last states."""
    token, block = _block(e, statement, place)
    line, over = _line(statement, token, place)
    read = tuple([value.shape for value in inputs])
    if None in read:
        yield containers.use(e, line, block, tuple(e.wrong() for _ in inputs), place)
        raise Silent
    if over > len(inputs):
        message = f"SCAN goes over {over} sequence{'s' * (over != 1)}, and this line reads {len(inputs)}"
        raise Problem("wrong-inputs", message, statement.kind or statement, hint=_USAGE)
    shapes = tuple([shape for shape in read if shape is not None])
    steps = _steps(e, statement, inputs[:over])
    one = tuple(
        e.value(Shape(value.shape.sizes[1:], value.shape.dtype), e.origins[value.number], value.doubt)
        if number < over and value.shape is not None
        else e.again(value)
        for number, value in enumerate(inputs)
    )
    with e.report.within(statement.kind, "in one step of SCAN".__str__):
        once = yield containers.use(e, line, block, one, place.reading(one[0]))
    if not once.whole:
        raise Silent
    node = once.node
    assert isinstance(node, Use)
    states = node.outputs[1:]
    _check_states(e, statement, block, inputs[over : over + len(states)], states)
    if node.outputs[0].rank not in (1, 2, 3) or node.outputs[0].dtype != "float32":
        message = f"a step of SCAN gives features of 1 to 3 axes, and this one gives {node.outputs[0]}"
        raise Problem("rank-mismatch", message, token)
    results = (Shape((steps, *node.outputs[0].sizes)), *states)
    how = Applied(StepwiseRun(over, len(states)), steps, 1, shapes, results)
    whole = node._replace(inputs=shapes, outputs=results, statement=statement, applied=how)
    return Once(whole, results, doubt=once.doubt)


def _block(e: Elaboration, statement: tree.LayerStatement, place: Place) -> tuple[Token, tree.Block]:
    """The block of one step."""
    at = statement.kind or statement
    if statement.body is not None:
        raise Problem("misplaced", "SCAN takes no braces: it runs a block", statement.body, hint=_USAGE)
    if not statement.arguments:
        raise Problem("missing-value", "SCAN needs the name of a block, which is one step", at, hint=_USAGE)
    first = statement.arguments[0]
    if first.name is not None or not isinstance(first.value, Token) or first.value.type != "WORD":
        raise Problem("wrong-type", "SCAN takes the name of a block, which is one step", first, hint=_USAGE)
    target = e.kinds.target(first.value, place.scope, place.kinds)
    if not isinstance(target, tree.Block):
        message = f"{first.value.text} is a built-in kind, and SCAN runs a block"
        hint = f"block STEP {{ {first.value.text} }}, and SCAN STEP" if first.value.text.upper() in REGISTRY else _USAGE
        raise Problem("wrong-type", message, first, hint=hint)
    return first.value, target


def _line(statement: tree.LayerStatement, token: Token, place: Place) -> tuple[tree.LayerStatement, int]:
    """The line of one step, without the word SCAN, and over how many sequences it goes."""
    rest, over = [], 1
    for argument in statement.arguments[1:]:
        if argument.name is None or argument.name.text != "over":
            rest.append(argument)
            continue
        value = evaluate(argument.value, place.scope)
        if type(value) is not int or value < 1:
            raise Problem("out-of-range", "over of SCAN must be an integer of 1 or more", argument)
        over = value
    return statement._replace(names=(), kind=token, arguments=tuple(rest), repeat=None, reads=(), claims=()), over


def _steps(e: Elaboration, statement: tree.LayerStatement, sequences: tuple[Value, ...]) -> Size:
    """How many steps the sequences have, each as many."""
    first, *others = [value.shape for value in sequences]
    for shape, value in zip([first, *others], sequences, strict=True):
        assert shape is not None
        if shape.rank not in _RANKS:
            message = f"SCAN goes over the first axis of a value that has others, and {shape} has none"
            raise Problem("rank-mismatch", message, statement.kind or statement, related=(e.rules.origin(value),))
    assert first is not None
    for shape, value in zip(others, sequences[1:], strict=True):
        assert shape is not None
        message = f"SCAN needs sequences of equally many steps: {first} and {shape}"
        related = (e.rules.origin(sequences[0]), e.rules.origin(value))
        _require_equal(e, statement, shape.sizes[:1], first.sizes[:1], message, related)
    return first.sizes[0]


def _require_equal(
    e: Elaboration,
    statement: tree.LayerStatement,
    ones: tuple[Size, ...],
    others: tuple[Size, ...],
    message: str,
    related: tuple[Related, ...],
) -> None:
    """Raise the fault of sizes that differ; symbolic ones must be equal, which is noted as a condition."""
    at = statement.kind or statement

    def rule() -> bool:
        if not all(same(a, b) for a, b in zip(ones, others, strict=True)):
            raise Problem("shape-mismatch", message, at, related=related)
        return True

    if e.facts is None:
        rule()
        return
    from archdsl.expressions.assume import Need, under
    from archdsl.faults.undetermined import undetermined

    try:
        under(e.facts, rule, Need(at, SCAN.name), e.limits)
    except Undetermined as fault:
        raise undetermined("SCAN: ", fault, at, e.facts) from None


def _check_states(
    e: Elaboration,
    statement: tree.LayerStatement,
    block: tree.Block,
    given: tuple[Value, ...],
    states: tuple[Shape, ...],
) -> None:
    """Refuse states that a step gives otherwise than it reads them."""
    at = statement.kind or statement
    name = block.name.text
    if len(given) < len(states):
        message = f"{name} gives {len(states)} state{'s' * (len(states) != 1)} after its result, and reads {len(given)}"
        raise Problem("wrong-inputs", message, at, hint=_USAGE)
    for number, (value, state) in enumerate(zip(given, states, strict=True)):
        before = value.shape
        assert before is not None
        which = f"state {number + 1} of {name}" if len(states) > 1 else f"the state of {name}"
        message = f"{which} changes its shape: {before} before a step, {state} after it"
        related = (e.rules.origin(value),)
        if before.rank != state.rank or before.dtype != state.dtype:
            raise Problem("shape-mismatch", message, at, related=related)
        _require_equal(e, statement, before.sizes, state.sizes, message, related)
