"""Inputs that a caller gives: in place of those that a text states, or for lines that have none."""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.diagnostics import ArchError, Diagnostic, Source, Span, nearest
from archdsl.expressions.scope import LEFT_OPEN, Scope
from archdsl.expressions.shapes import claimed_shape
from archdsl.expressions.unknown import UNPINNED
from archdsl.expressions.words import spell_value
from archdsl.faults.problem import Problem, Silent
from archdsl.layers.values import Sizes
from archdsl.limits import Limits
from archdsl.reading.declare import Declarations
from archdsl.reading.where import symbol_names
from archdsl.sizes.shape import DTYPE_WORDS, DTYPES, Shape
from archdsl.sizes.size import Size
from archdsl.syntax import parse_expression, tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any, NamedTuple

_UNNAMED = "input"  # what an input without a name is called, as in JSON


class GivenInput(NamedTuple):
    """A shape as the caller gives it; without a `dtype` that of the text's own input stays, `float32` where none is."""

    sizes: tuple[int, ...]
    dtype: str | None = None

    @property
    def shape(self) -> Shape:
        return Shape(self.sizes, self.dtype or "float32")

    def __str__(self) -> str:
        word = DTYPE_WORDS[self.dtype or "float32"]
        return f"{'x'.join(map(str, self.sizes))}{f' {word}' if word else ''}"


class Inputs(NamedTuple):
    """What a caller gives: one shape, for the one input there is, or shapes by the names of inputs.

    `option` is what the caller calls it in messages, `--input` or `input=`.
    """

    one: GivenInput | None
    named: dict[str, GivenInput]
    option: str = "--input"

    def typed(self, shape: GivenInput, name: str | None = None) -> str:
        """A shape as the caller gives it, with the name of its input where that is needed."""
        if self.option == "--input":
            return f"--input {f'{name}=' if name else ''}{shape}"
        return f'input={{"{name}": "{shape}"}}' if name else f'input="{shape}"'

    @property
    def fragment(self) -> Shape | None:
        """What lines read that have no `input`."""
        alone = self.one or (self.named.get(_UNNAMED) if len(self.named) == 1 else None)
        return alone.shape if alone is not None else None

    @property
    def statement(self) -> tree.Input | None:
        """The same as a line of a text would state it."""
        empty = tree.Input((), Token("NUMBER", "1", 0, 0), None, (), 0, 0)
        return None if self.fragment is None else _stating(empty, self.fragment)


def given_input(text: str, limits: Limits, option: str = "--input") -> GivenInput:
    """The shape of `227x227x3`, `37 int`, `9x9 bool` or `37 float`; raises ArchError."""
    words, _, last = text.strip().rpartition(" ")
    dtype = DTYPES.get(last) if words else None
    source = Source(option, words.strip() if dtype is not None else text.strip())
    expression, faults = parse_expression(source, limits)
    if expression is None:
        raise ArchError(faults)
    try:
        sizes: Any = claimed_shape(expression, Scope({}, {}, limits))
        return GivenInput(sizes, dtype)
    except Problem as problem:
        span = Span(problem.at.start, problem.at.end)
        unknown = problem.code in ("unknown-name", UNPINNED)
        message = "the shape of an input must consist of numbers" if unknown else problem.message
        raise ArchError([Diagnostic("wrong-type" if unknown else problem.code, message, span, source)]) from None


# ---- which input of a text is given what


class GivenPort(NamedTuple):
    """One input of a text that the caller gives: its name, its statement, and the shape."""

    name: str
    statement: tree.Input
    given: GivenInput


def ports(declared: Declarations, inputs: Inputs) -> list[GivenPort]:
    """The inputs of a text that are given; raises Problem for a name that it does not have, and where one is needed."""
    stated = {name: one for one in declared.inputs for name in _names(one)}
    if inputs.one is not None and len(stated) > 1:
        names = " and ".join(stated)
        message = f"there are {len(stated)} inputs, {names}, and {inputs.option} does not say which one"
        raise Problem("missing-input", message, declared.inputs[0], hint=inputs.typed(inputs.one, next(iter(stated))))
    if inputs.one is not None:
        return [GivenPort(name, one, inputs.one) for name, one in stated.items()]
    for name in inputs.named:
        if name not in stated and (stated or name != _UNNAMED):
            raise _unknown(name, inputs, stated)
    return [GivenPort(name, one, inputs.named[name]) for name, one in stated.items() if name in inputs.named]


def _names(one: tree.Input) -> list[str]:
    return [token.text.strip('"') for token in one.names] or [_UNNAMED]


def _unknown(name: str, inputs: Inputs, stated: dict[str, tree.Input]) -> Problem:
    at = next(iter(stated.values()), Span(0, 0))
    if not stated:
        message = f"there is no input {name}: the text has no `input`"
        return Problem("unknown-name", message, at, hint=inputs.typed(inputs.named[name]))
    if list(stated) == [_UNNAMED]:
        message = f"there is no input {name}: the one input of the text has no name"
        return Problem("unknown-name", message, at, hint=inputs.typed(inputs.named[name]))
    close = nearest(name, stated)
    hint = f"did you mean {close}?" if close else f"the inputs are {', '.join(stated)}"
    return Problem("unknown-name", f"there is no input {name}", at, hint=hint)


# ---- what follows for the names in a stated shape


def told(declared: Declarations, given: list[GivenPort]) -> Iterator[tuple[GivenPort, str, Any]]:
    """The parameters and symbolic sizes that stand for an axis of an input that is given, each with its number."""
    parameters = {parameter.name.text for parameter in declared.model.parameters} if declared.model else set()
    names = symbol_names(declared.inputs, declared.model) | parameters
    for port in given:
        words, sizes = words_of(port.statement.size), port.given.sizes
        if len(words) == len(sizes):
            yield from ((port, word, size) for word, size in zip(words, sizes, strict=True) if word in names)
        elif len(words) == 1 and words[0] in parameters:  # one that is the whole shape
            yield port, words[0], Sizes(sizes)


def agreeing(declared: Declarations, inputs: Inputs | None, setting: dict[str, Any]) -> bool:
    """Whether a setting that the text lists has no other numbers than the inputs that are given."""
    if inputs is None:
        return True
    try:
        given = ports(declared, inputs)
    except Problem:
        return True  # told when the text is checked
    return all(setting.get(name, value) == value for _, name, value in told(declared, given))


def pinned(declared: Declarations, inputs: Inputs | None) -> dict[int, int]:
    """The numbers of holes in the shapes of inputs that are given, by the places of the holes."""
    found: dict[int, int] = {}
    try:
        given = ports(declared, inputs) if inputs is not None else []
    except Problem:
        return found
    for port in given:
        axes = axes_of(port.statement.size)
        if len(axes) == len(port.given.sizes):
            pairs = zip(axes, port.given.sizes, strict=True)
            found |= {axis.start: size for axis, size in pairs if isinstance(axis, Token) and axis.text == "?"}
    return found


def axes_of(size: tree.Expr) -> list[tree.Expr]:
    """A stated shape, axis by axis; the words of `HxWx3` as tokens of their own."""
    if isinstance(size, tree.List):
        return list(size.items)
    if not isinstance(size, Token) or size.type == "NUMBER":
        return [size]
    found: list[tree.Expr] = []
    at = size.start
    for part in size.text.replace("×", "x").split("x"):
        found.append(Token("NUMBER" if part.isdigit() else "WORD", part, at, at + len(part)))
        at += len(part) + 1
    return found


def words_of(size: tree.Expr) -> list[str]:
    """A stated shape, axis by axis; what is no plain word or number is empty."""
    return [axis.text if isinstance(axis, Token) else "" for axis in axes_of(size)]


# ---- a text with other inputs


class Changed(NamedTuple):
    """An input whose shape is another than the text's own, which is None where that has no value."""

    port: GivenPort
    before: Shape | None


class Replacing:
    """The inputs of one text, replaced by those that are given; raises Problem for names that it does not have."""

    def __init__(self, declared: Declarations, inputs: Inputs, limits: Limits) -> None:
        self.declared, self.inputs, self.limits = declared, inputs, limits
        self.ports = ports(declared, inputs)

    def bound(self, given: dict[str, Any]) -> dict[str, Any]:
        """The values given, and those that the inputs tell; raises Problem where one name has two."""
        found = {name: value for name, value in given.items() if value != LEFT_OPEN}
        before: dict[str, GivenPort] = {}
        for port, name, value in told(self.declared, self.ports):
            if found.setdefault(name, value) != value:
                one, other = spell_value(value), spell_value(found[name])
                both = "; the input has one name for both" if name in before else ""
                message = f"{name} is {other}, and {one} by {self._called(port)}{both}"
                raise Problem("shape-mismatch", message, port.statement)
            before[name] = port
        return {**given, **found}

    def statements(self, own: Scope, scope: Scope) -> tuple[tuple[tree.Input, ...], list[Changed]]:
        """The inputs to check in place of the text's own, and which of them are others.

        `own` has the values that the text's own inputs have, `scope` those that belong to the given ones. Raises
        Problem where a shape that is given cannot stand for the stated one.
        """
        by_name = {port.name: port for port in self.ports}
        found: list[tree.Input] = []
        changed: list[Changed] = []
        for one in self.declared.inputs:
            before = self._shape(one, own)
            for place, name in enumerate(_names(one)):
                part = one._replace(names=one.names[place : place + 1], where=() if place else one.where)
                port = by_name.get(name)
                if port is not None and self._fits(port, before, scope):
                    shape = Shape(port.given.sizes, port.given.dtype or _dtype(one))
                    part = _stating(part, shape)
                    changed += [Changed(port, before)] if shape != before else []
                found.append(part)
        return tuple(found), changed

    def _shape(self, one: tree.Input, scope: Scope) -> Shape | None:
        try:
            return Shape(claimed_shape(one.size, scope), _dtype(one))
        except (Problem, Silent):
            return None

    def _fits(self, port: GivenPort, before: Shape | None, scope: Scope) -> bool:
        """Hold a shape that is given against the stated one: as many axes, in the same order; raises Problem.

        Returns False where the stated one follows from a fault that is reported elsewhere.
        """
        sizes = port.given.sizes
        try:
            stated = Shape(claimed_shape(port.statement.size, scope))
        except Silent:
            return False
        wanted = before or stated
        if len(wanted.sizes) != len(sizes):
            message = f"{self._called(port)} has {_axes(len(sizes))}, and the input {wanted} has {len(wanted.sizes)}"
            raise Problem("rank-mismatch", message, port.statement, hint=self._in_order(port, wanted))
        if _in_order(sizes, wanted.sizes) not in (None, sizes):
            message = f"{self._called(port)} has its channels first, and shapes here have their channels last"
            raise Problem("shape-mismatch", message, port.statement, hint=self._in_order(port, wanted))
        for axis, size, other in zip(axes_of(port.statement.size), sizes, stated.sizes, strict=False):
            if not isinstance(axis, Token) and other != size:
                message = f"{self._called(port)} has {size} on an axis that the text computes, as {other}"
                raise Problem("shape-mismatch", message, axis)
        return True

    def _in_order(self, port: GivenPort, wanted: Shape) -> str | None:
        sizes = _in_order(port.given.sizes, wanted.sizes)
        if sizes is None:
            return None
        shape = port.given._replace(sizes=sizes)
        return f"{self.inputs.typed(shape, port.name if self.inputs.named else None)}: channels last, and no batch"

    def _called(self, port: GivenPort) -> str:
        return f"{self.inputs.option} {port.given}"


def _in_order(sizes: tuple[int, ...], wanted: tuple[Size, ...]) -> tuple[int, ...] | None:
    """A shape as this language has it, where it may be one of PyTorch's: with a batch, or with channels in front."""
    plain = sizes[1:] if len(sizes) == len(wanted) + 1 and sizes[0] == 1 else sizes
    if len(plain) != len(wanted):
        return None
    if len(plain) > 2 and plain[0] == wanted[-1] != plain[-1]:
        return (*plain[1:], plain[0])
    return plain


def _axes(count: int) -> str:
    return "1 axis" if count == 1 else f"{count} axes"


def _dtype(one: tree.Input) -> str:
    return DTYPES[one.dtype or "float"]


def _stating(one: tree.Input, shape: Shape) -> tree.Input:
    """The statement with another shape; its place in the text stays."""
    text = "x".join(map(str, shape.sizes))
    size = Token("DIMS" if len(shape.sizes) > 1 else "NUMBER", text, one.start, one.end)
    return one._replace(size=size, dtype=DTYPE_WORDS[shape.dtype] or None)
