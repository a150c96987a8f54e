"""What `init` says: which layers it names, with which method their weights begin, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.diagnostics import Related, Span, nearest
from archdsl.elaborate.choosing import Labels, chosen_parts, nothing_chosen
from archdsl.elaborate.state import Elaboration
from archdsl.expressions.bind import Bound, bind
from archdsl.expressions.scope import Scope
from archdsl.expressions.signature import Signature, Slot
from archdsl.faults.problem import Problem, Silent
from archdsl.layers import Refusal
from archdsl.layers.initial import METHODS, Initialization
from archdsl.layers.values import Number
from archdsl.network.choosing import InitialValues, PlacedLeaf, Selector, leaves
from archdsl.network.nodes import Sequence
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any, NamedTuple

_BIAS = Slot("bias", None, False, False, ())


class _Statement(NamedTuple):
    """A line: where its parts stand, one for each selector, and what it says of them."""

    tokens: tuple[Token, ...]
    values: InitialValues


class _Touched(NamedTuple):
    """A tensor that a selector sets: how narrow the selector is, the path of its layer, and the tensor."""

    rank: tuple[int, ...]
    path: str
    tensor: str


def initial(e: Elaboration, body: Sequence, statements: list[tuple[tree.Init, Scope]]) -> tuple[InitialValues, ...]:
    """What the lines say, the widest first, so that each may be done over what was done before; tells what is wrong."""
    found: list[_Statement] = []
    labels = Labels(body)
    for statement, scope in statements:
        try:
            found.append(_read(e, labels, statement, scope))
        except (Problem, Silent) as fault:
            e.tell(fault, statement.parts[0])
    touched: dict[_Touched, Token] = {}
    for one in found if not e.report.broken else ():
        try:
            _check(e, body, one, touched)
        except (Problem, Silent) as fault:
            e.tell(fault, one.tokens[0])
    return _ordered([one.values for one in found])


def _ordered(lines: list[InitialValues]) -> tuple[InitialValues, ...]:
    """The selectors of each line that are equally narrow, the widest first."""
    rules: list[tuple[tuple[int, ...], InitialValues]] = []
    for values in lines:
        for rank in dict.fromkeys(selector.rank for selector in values.selectors):
            alike = tuple(selector for selector in values.selectors if selector.rank == rank)
            rules.append((rank, values._replace(selectors=alike)))
    return tuple(rule for _, rule in sorted(rules, key=lambda pair: pair[0]))


# ---- reading a line


def _read(e: Elaboration, labels: Labels, statement: tree.Init, scope: Scope) -> _Statement:
    tokens, selectors = chosen_parts(labels, statement.parts, statement.among, scope)
    return _Statement(tokens, _values(e, statement, scope, selectors))


def _values(e: Elaboration, statement: tree.Init, scope: Scope, selectors: tuple[Selector, ...]) -> InitialValues:
    head, rest = _method(statement)
    method = METHODS[head.text] if head is not None else Initialization
    title = head.text if head is not None else "init"
    slots = tuple(Slot(a.name, None, a.positional, False, a.type.choices) for a in method.attributes.values())
    usage = " ".join(["init PART", *([title] if head else []), *(f"[{slot.name}=..]" for slot in slots), "[bias=..]"])
    bound = bind(Signature(title, usage, (*slots, _BIAS)), rest, scope.reading(None), {})  # no line is read
    bias = bound.values.pop("bias", None)
    number = _bias(bias, bound.written["bias"]) if bias is not None else None
    if head is None:
        if number is None:
            raise _no_method(statement)
        return InitialValues(selectors, bias=number)
    try:
        made = method(bound.values)
    except Refusal as refusal:
        raise _problem(refusal, title, bound, head) from None
    return InitialValues(selectors, method.function, tuple(made.options.items()), method.axes, number)


def _method(statement: tree.Init) -> tuple[Token | None, tuple[tree.Argument, ...]]:
    """The word of the method, none where only biases are set, and what follows."""
    first = statement.arguments[0] if statement.arguments else None
    if first is None or first.name is not None:
        return None, statement.arguments
    word = first.value
    if not isinstance(word, Token) or word.type != "WORD" or word.text not in METHODS:
        text = word.text if isinstance(word, Token) else ""
        close = nearest(text, list(METHODS)) if text else None
        message = f"{text or 'this'} is no way for weights to begin; there are {', '.join(METHODS)}"
        raise Problem("unknown-name", message, first, instead=(close,) if close else ())
    return word, statement.arguments[1:]


def _no_method(statement: tree.Init) -> Problem:
    """Nothing says how weights begin."""
    last = statement.parts[-1]
    message = f"how the weights of {last.text} begin is missing, or bias="
    return Problem("missing-value", message, last, hint=f"init {last.text} normal std=0.01")


def _bias(value: Any, at: tree.Argument) -> float:
    try:
        number: float = Number().convert(value, 0)
    except Refusal as refusal:
        raise Problem(refusal.code, f"bias of init {refusal.message}", at) from None
    return number


def _problem(refusal: Refusal, title: str, bound: Bound, head: Token) -> Problem:
    at = bound.written.get(refusal.blame) if isinstance(refusal.blame, str) else None
    return Problem(refusal.code, f"{title}: {refusal.message}", at or head, hint=refusal.hint)


# ---- holding it against the network


def _check(e: Elaboration, body: Sequence, one: _Statement, touched: dict[_Touched, Token]) -> None:
    """Raise the fault of a part that names nothing, of tensors that do not exist, and of the same said twice."""
    for token, selector in zip(one.tokens, one.values.selectors, strict=True):
        values = one.values._replace(selectors=(selector,))
        found = [placed for placed in _each(e, body, selector, token) if selector.chooses(placed.path, placed.node)]
        if not found:
            raise nothing_chosen(body, selector, token)
        set_here = [(placed.path, *values.begins(placed.node)) for placed in found]
        if values.function and not any(weights for _, weights, _ in set_here):
            raise Problem("unknown-name", f"{token.text} has no weights to begin with", token)
        if values.bias is not None and not any(biases for *_, biases in set_here):
            raise Problem("unknown-name", f"{token.text} has no bias, and bias= sets one", token)
        _check_axes(values, found, token)
        for path, weights, biases in set_here:
            for tensor in (*weights, *biases):
                key = _Touched(selector.rank, path, tensor)
                if key in touched:
                    raise _twice(path, tensor, touched[key], token)
                touched[key] = token


def _each(e: Elaboration, body: Sequence, selector: Selector, token: Token) -> Iterator[PlacedLeaf]:
    """The layers that a selector is held against; paths, and kinds in parts, against every copy by itself."""
    return leaves(body, unroll=bool(selector.path or selector.among), visit=lambda: e.visit(token))


def _check_axes(values: InitialValues, found: list[PlacedLeaf], token: Token) -> None:
    for placed in found:
        leaf = placed.node
        names = set(values.begins(leaf)[0])
        few = next(
            (one for one in leaf.op.tensors(*leaf.inputs) if one.name in names and len(one.sizes) < values.axes), None
        )
        if few is not None:
            name = values.function.rstrip("_")
            message = f"{name} needs the inputs and outputs of a weight, and {few.path(placed.path)} has one axis"
            raise Problem("rank-mismatch", message, token)


def _twice(path: str, tensor: str, before: Token, token: Token) -> Problem:
    name = f"{path}.{tensor}" if tensor else path
    message = f"how {name} begins is said twice by lines that are equally narrow"
    return Problem("duplicate-name", message, token, related=(Related(Span(before.start, before.end), "said here"),))
