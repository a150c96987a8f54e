"""A drawn network: its statements as data, its text, and what it means, worked out anew from the language's description.

Nothing here knows the package under test. `Walk` goes through a drawn network statement by statement, copy by copy,
and leaves to its subclasses what a layer does: the strategy only guesses at shapes, the judge runs PyTorch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

INDENT = "  "
DISCARD = "_"  # before a colon, for a result that is not wanted
SOURCES = ("PARAM", "CONST")  # kinds that read nothing
TOKENS = ("EMBED", "EMBEDBAG", "ONEHOT")  # kinds that read integers
COMPARISONS = ("GREATER", "GREATEREQUAL", "LESS", "LESSEQUAL", "EQUAL", "NOTEQUAL")
CHOICES = ("LOGICALAND", "LOGICALOR", "WHERE")  # merges that read truth values
MERGES = (
    *"ADD MUL SUB DIV POW MAX MIN ABSDIFF MEAN CONCAT STACK SCALE MATMUL EINSUM".split(),
    *COMPARISONS,
    *CHOICES,
)
EITHER = ("POSITIONS", "GATHER", "LOGICALNOT", *COMPARISONS, *CHOICES)  # kinds that do not read features alone
TIED = ("ARGMAX", "TOPK", "NOISE")  # what they give of equal elements, or in which order, depends on the memory
OPERANDS = ("mask", "padding")  # values that name further inputs of a line
WORDS = {"float32": "", "int64": " int", "bool": " bool"}  # of an input


def of_one(values: dict[str, Any]) -> bool:
    """Whether a merge with these values reads one input by itself: of numbers, or of the axes of one input."""
    if "then" in values and "otherwise" in values:
        return True
    return "number" in values or "," not in str(values.get("equation", ",")).partition("->")[0]


class Refused(Exception):
    """The network has no meaning, and why."""


@dataclass(frozen=True)
class Expr:
    """An expression as Python has it; `IN` stands for the channels of what the line reads."""

    python: str

    def __str__(self) -> str:
        words = {"IN": "in", "True": "yes", "False": "no"}
        return re.sub(r"\b(IN|True|False)\b", lambda found: words[found[0]], self.python)


@dataclass(frozen=True)
class Kind:
    """A kind of layer, or a block, as a value."""

    name: str


@dataclass(frozen=True)
class Name:
    """A layer or another part as a value: what SHARE runs again, whose weight a layer has."""

    label: str


@dataclass(frozen=True)
class Argument:
    """A value of a line. `form` is how it is written: `plain`, `named`, `letter` (s=2), `short` (s2) or `switch`."""

    name: str
    value: Any
    form: str = "named"
    short: str = ""


@dataclass(frozen=True)
class Layer:
    """A layer, a block in use, a merge (with a body and a kind) or a group (a body alone)."""

    kind: str | None
    arguments: tuple[Argument, ...] = ()
    label: str | None = None
    more: tuple[str, ...] = ()  # names of the further results
    body: tuple[Any, ...] | None = None
    repeat: Any = None
    reads: tuple[str, ...] = ()
    joined: bool = False  # stands behind a `;` on the line before


@dataclass(frozen=True)
class Let:
    name: str
    value: Any
    joined: bool = False


@dataclass(frozen=True)
class Keep:
    """A value put on a list; what reads it is `take NAME` or `all NAME` among the reads of a line."""

    name: str
    reads: tuple[str, ...] = ()
    joined: bool = False


@dataclass(frozen=True)
class If:
    arms: tuple[tuple[Any, tuple[Any, ...]], ...]
    otherwise: tuple[Any, ...] | None = None
    joined: bool = False


@dataclass(frozen=True)
class For:
    """`turns` is a pair of ends, or a list with a row of values for each turn."""

    names: tuple[str, ...]
    turns: tuple[Any, Any] | list[tuple[Any, ...]]
    body: tuple[Any, ...] = ()
    joined: bool = False


@dataclass(frozen=True)
class Block:
    name: str
    parameters: tuple[tuple[str, Any], ...]  # name and default; None for none
    takes: tuple[str, ...]
    body: tuple[Any, ...]
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Input:
    name: str | None
    sizes: tuple[int, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class Network:
    parameters: tuple[tuple[str, Any], ...]
    given: dict[str, Any]
    inputs: tuple[Input, ...]
    blocks: tuple[Block, ...]
    body: tuple[Any, ...]
    outputs: tuple[str, ...] = ()
    blocks_last: bool = False


# ---- text


def text(network: Network) -> str:
    """The network in the language."""
    parameters = f"({', '.join(_parameter(*pair) for pair in network.parameters)})" if network.parameters else ""
    blocks = [line for block in network.blocks for line in _block(block)]
    lines = [f"model Drawn{parameters}", *(_input(one) for one in network.inputs)]
    layers = [*_body(network.body, ""), *_outputs(network.outputs, "")]
    parts = [*lines, *layers, *blocks] if network.blocks_last else [*lines, *blocks, *layers]
    return "\n".join(parts) + "\n"


def _parameter(name: str, default: Any) -> str:
    return name if default is None else f"{name}={_default(default)}"


def _default(value: Any) -> str:
    return str(value) if isinstance(value, Expr) else _value(value, named=True)


def _input(one: Input) -> str:
    name = f"{one.name}: " if one.name else ""
    return f"input {name}{'x'.join(map(str, one.sizes))}{WORDS[one.dtype]}"


def _block(block: Block) -> list[str]:
    parameters = f"({', '.join(_parameter(*pair) for pair in block.parameters)})" if block.parameters else ""
    takes = f" <- {', '.join(block.takes)}" if block.takes else ""
    body = [*_body(block.body, INDENT), *_outputs(block.outputs, INDENT)]
    return [f"block {block.name}{parameters}{takes} {{", *body, "}"]


def _outputs(outputs: tuple[str, ...], indent: str) -> list[str]:
    return [f"{indent}output {', '.join(map(_reference, outputs))}"] if outputs else []


def _body(statements: tuple[Any, ...], indent: str) -> list[str]:
    lines: list[str] = []
    for statement in statements:
        own = _statement(statement, indent)
        if statement.joined and lines:
            lines[-1] += f"; {own[0].lstrip()}"
            own = own[1:]
        lines += own
    return lines


def _statement(statement: Any, indent: str) -> list[str]:
    match statement:
        case Let(name, value):
            return [f"{indent}let {name} = {_default(value)}"]
        case Keep(name, reads):
            return [f"{indent}keep {name}{f' <- {_reference(reads[0])}' if reads else ''}"]
        case If(arms, otherwise):
            return _if(arms, otherwise, indent)
        case For(names, turns, body):
            row = turns if isinstance(turns, list) else ()
            ends = "" if isinstance(turns, list) else f"{_default(turns[0])}..{_default(turns[1])}"
            values = f"[{', '.join(_row(each) for each in row)}]" if isinstance(turns, list) else ends
            return [f"{indent}for {', '.join(names)} in {values} {{", *_body(body, indent + INDENT), f"{indent}}}"]
    return _layer(statement, indent)


def _row(values: tuple[Any, ...]) -> str:
    parts = [_default(value) for value in values]
    return parts[0] if len(parts) == 1 else f"[{', '.join(parts)}]"


def _if(arms: tuple[tuple[Any, tuple[Any, ...]], ...], otherwise: tuple[Any, ...] | None, indent: str) -> list[str]:
    lines: list[str] = []
    for condition, body in arms:
        opening = f"{lines.pop()} else if" if lines else f"{indent}if"
        lines += [f"{opening} {_default(condition)} {{", *_body(body, indent + INDENT), f"{indent}}}"]
    if otherwise is not None:
        lines += [f"{lines.pop()} else {{", *_body(otherwise, indent + INDENT), f"{indent}}}"]
    return lines


def _layer(layer: Layer, indent: str) -> list[str]:
    labels = [label for label in (layer.label, *layer.more) if label is not None]
    words = [f"{', '.join(map(_label, labels))}:"] if labels else []
    words += [layer.kind] if layer.kind else []
    words += [_argument(argument) for argument in layer.arguments]
    tail = (
        [f"x{layer.repeat}" if type(layer.repeat) is int else f"x({layer.repeat})"] if layer.repeat is not None else []
    )
    tail += [f"<- {', '.join(map(_reference, layer.reads))}"] if layer.reads else []
    if layer.body is None:
        return [indent + " ".join([*words, *tail])]
    inner = _body(layer.body, indent + INDENT)
    return [indent + " ".join([*words, "{"]), *inner, indent + " ".join(["}", *tail])]


def _label(label: str) -> str:
    return label if re.fullmatch(r"[0-9]+|[A-Za-z_][A-Za-z0-9_]*(\{.*\}\w*)*", label) else f'"{label}"'


def from_list(label: str) -> tuple[str, str] | None:
    """`take` or `all` and the list that it reads; None for any other name."""
    how, _, name = label.partition(" ")
    return (how, name) if how in ("take", "all") and name else None


def _reference(label: str) -> str:
    if from_list(label):
        return label
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*(\{.*\}\w*)*", label) and not re.fullmatch(r"x[0-9]+", label)
    return label if plain else f'"{label}"'


def _argument(argument: Argument) -> str:
    value = argument.value
    match argument.form:
        case "plain":
            return _value(value, named=False)
        case "short":
            return f"{argument.short}{value if type(value) is int else 'x'.join(map(str, value))}"
        case "switch":
            return argument.name if value else f"no{argument.name}"
    return f"{argument.short if argument.form == 'letter' else argument.name}={_value(value, named=True)}"


def _value(value: Any, named: bool) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Expr():
            return str(value) if str(value).isidentifier() else f"({value})"
        case int() | float():
            return str(value) if value >= 0 or named else f"({value})"
        case Kind(name):
            return name
        case Name(label):
            return _reference(label)
        case list():
            return f"[{', '.join(_value(item, named=True) for item in value)}]"
        case tuple():
            plain = len(value) > 1 and all(type(item) is int and item >= 0 for item in value)
            return "x".join(map(str, value)) if plain else f"[{', '.join(map(_default, value))}]"
    return str(value)


# ---- meaning


class Shelf:
    """The lists of the model, or of a block in use, and the labels there, which no list has for its name."""

    def __init__(self) -> None:
        self.lists: dict[str, list[Any]] = {}
        self.labels: set[str] = set()

    def copy(self) -> Shelf:
        twin = Shelf()
        twin.lists, twin.labels = {name: list(values) for name, values in self.lists.items()}, set(self.labels)
        return twin


class Container:
    """What has names and counts its layers: the model, a block in use, a named group."""

    def __init__(self, path: str, around: Container | None) -> None:
        self.path, self.around = path, around
        self.counter = 0
        self.entries: dict[str, tuple[list[Any], Container | None]] = {}
        self.parts: dict[str, Part] = {}
        self.taken: set[str] = set()
        self.outward = self.entered = self.again = False  # reads from around it, is read into, runs again
        self.shelf: Shelf = around.shelf if around is not None else Shelf()
        self.listed = False  # uses a list of what is around it

    def copy(self) -> Container:
        twin = Container(self.path, self.around)
        twin.counter, twin.entries, twin.taken = self.counter, dict(self.entries), set(self.taken)
        twin.parts, twin.outward, twin.entered, twin.again = dict(self.parts), self.outward, self.entered, self.again
        twin.shelf, twin.listed = self.shelf.copy(), self.listed
        return twin

    def note_list(self) -> None:
        """Note that a list is used here, which is one of what is around each named group."""
        where = self
        while where.around is not None:
            where.listed = True
            where = where.around

    def below(self, step: str) -> str:
        return f"{self.path}.{step}" if self.path else step

    def claim(self, label: str) -> None:
        if label in self.taken or label in self.shelf.lists:
            raise Refused(f"the name {label} is given twice")
        self.taken.add(label)
        self.shelf.labels.add(label)

    def step(self, label: str | None) -> str:
        """Count one layer: its label, or else its number."""
        if label is not None and label.isdigit():
            if int(label) < self.counter:
                raise Refused("numbers are counted upwards")
            self.counter = int(label)
        self.counter += 1
        return label if label is not None else str(self.counter - 1)

    def find(self, reference: str) -> list[Any]:
        values, _ = self.place(reference).entries[reference.rpartition(".")[2]]
        if not values:
            raise Refused(f"{reference} has no copies")
        return values

    def look(self, reference: str) -> list[Any]:
        """The same, where nothing is read."""
        return self.place(reference, reads=False).entries[reference.rpartition(".")[2]][0]

    def part(self, reference: str, reads: bool = True) -> Part:
        """What a label runs."""
        where = self.place(reference, reads)
        label = reference.rpartition(".")[2]
        if label not in where.parts:
            raise Refused(f"{reference} is no layer, group or block")
        return where.parts[label]

    def place(self, reference: str, reads: bool = True) -> Container:
        """Where the last step of a reference is a label; what it passes is noted where it `reads`."""
        *groups, last = reference.split(".")
        where: Container | None = self
        while where is not None and (groups or [last])[0] not in where.entries:
            where.outward = where.outward or reads
            where = where.around
        for group in groups:
            where = where.entries.get(group, (None, None))[1] if where is not None else None
            if where is not None and reads:
                where.entered = True
                where.closed()
        if where is None or last not in where.entries:
            raise Refused(f"nothing is called {reference}")
        return where

    def closed(self) -> None:
        """Refuse a container that runs again, where something leads out of it or into it."""
        if self.again and (self.outward or self.entered):
            raise Refused("a group that runs again is closed")


@dataclass
class Part:
    """What a label runs, and where: the line, the values of names, the containers around and inside, the inputs."""

    line: Layer
    env: dict[str, Any]
    container: Container
    inside: Container | None
    path: str
    inputs: list[Any]


@dataclass
class Frame:
    """Where a statement stands: the values of names, the container, and what flows there."""

    env: dict[str, Any]
    container: Container
    current: Any = None
    trail: tuple[str, ...] = field(default=())
    repeated: bool = False  # stands in what xN repeats

    def inner(self, current: Any) -> Frame:
        """Braces: names of values that they define stay inside."""
        return Frame(dict(self.env), self.container, current, repeated=self.repeated)

    def trial(self) -> Frame:
        return Frame(dict(self.env), self.container.copy(), self.current, repeated=self.repeated)


class Walk:
    """Goes through a network. Subclasses say what a layer and a merge give, and how many channels a value has."""

    def __init__(self, blocks: dict[str, Block]) -> None:
        self.blocks = blocks

    def layer(self, kind: str, values: dict[str, Any], inputs: list[Any], path: str) -> Any:
        raise NotImplementedError

    def merge(self, kind: str, values: dict[str, Any], inputs: list[Any], path: str) -> Any:
        raise NotImplementedError

    def channels(self, value: Any) -> int:
        raise NotImplementedError

    def rerun(self, part: Part, inputs: list[Any], path: str, run: Callable[[], list[Any]]) -> list[Any]:
        """Run a part again, for the line at a path."""
        return run()

    def name(self, label: str) -> None:
        """Refuse a label that cannot be the name of a layer."""

    # ---- values

    def evaluate(self, value: Any, env: dict[str, Any], reading: Any) -> Any:
        """A value with the names put in; what comes out whole is an integer."""
        if isinstance(value, tuple):
            return tuple(self.evaluate(item, env, reading) for item in value)
        if not isinstance(value, Expr):
            return value
        names = env if reading is None else {**env, "IN": self.channels(reading)}
        try:
            result = eval(value.python, {"__builtins__": {}}, names)
        except (NameError, ZeroDivisionError, TypeError) as fault:
            raise Refused(f"{value}: {fault}") from None
        return int(result) if isinstance(result, float) and result.is_integer() else result

    def arguments(self, layer: Layer, env: dict[str, Any], reading: Any) -> dict[str, Any]:
        return {one.name: self.evaluate(one.value, env, reading) for one in layer.arguments}

    # ---- statements

    def network(self, network: Network, inputs: list[Any]) -> list[Any]:
        """The results of a whole network."""
        frame = Frame(self.setting(network.parameters, network.given), Container("", None))
        for one, value in zip(network.inputs, inputs, strict=True):
            if one.name:
                frame.container.claim(one.name)
                frame.container.entries[one.name] = ([value], None)
        frame.current = inputs[0] if len(inputs) == 1 else None
        self.body(network.body, frame)
        return self.results(network.outputs, frame)

    def setting(self, parameters: tuple[tuple[str, Any], ...], given: dict[str, Any]) -> dict[str, Any]:
        """The values of a model's parameters."""
        env: dict[str, Any] = {}
        for name, default in parameters:
            env[name] = given[name] if name in given else self.evaluate(default, env, None)
        return env

    def results(self, outputs: tuple[str, ...], frame: Frame) -> list[Any]:
        if outputs:
            return [value for name in outputs for value in self.read(name, frame)]
        if frame.current is None:
            raise Refused("nothing comes out")
        return [frame.current]

    def body(self, statements: tuple[Any, ...], frame: Frame) -> Any:
        for statement in statements:
            self.statement(statement, frame)
        return frame.current

    def result(self, statements: tuple[Any, ...], frame: Frame) -> Any:
        """What braces give, which must be something."""
        value = self.body(statements, frame)
        if value is None:
            raise Refused("the last result is discarded")
        return value

    def statement(self, statement: Any, frame: Frame) -> None:
        """One statement of a sequence."""
        match statement:
            case Let(name, value):
                if name in frame.env:
                    raise Refused(f"{name} has a value already")
                frame.env[name] = self.evaluate(value, frame.env, frame.current)
            case If():
                body = self.taken(statement, frame)
                if body is not None:
                    frame.current = self.body(body, frame.inner(frame.current))
            case For(names, _, body):
                for row in self.turns(statement, frame):
                    inner = frame.inner(frame.current)
                    inner.env |= dict(zip(names, row, strict=True))
                    frame.current = self.body(body, inner)
            case Keep():
                self.keep(statement, frame)
            case Layer():
                inputs = self.reads(statement, frame)
                results = self.line(statement, inputs, frame, parallel=False)
                frame.current = None if statement.label == DISCARD else results[0]

    def taken(self, statement: If, frame: Frame) -> tuple[Any, ...] | None:
        for condition, body in statement.arms:
            if self.evaluate(condition, frame.env, frame.current):
                return body
        return statement.otherwise

    def turns(self, statement: For, frame: Frame) -> Iterator[tuple[Any, ...]]:
        if isinstance(statement.turns, list):
            for row in statement.turns:
                yield self.evaluate(row, frame.env, frame.current)
            return
        first, last = (self.evaluate(end, frame.env, frame.current) for end in statement.turns)
        if type(first) is not int or type(last) is not int:
            raise Refused("the ends of a range must be integers")
        for number in range(first, last + 1):
            yield (number,)

    def reads(self, layer: Layer, frame: Frame) -> list[Any]:
        """What a line reads: what comes after `<-` or is above, then what `mask=` and `padding=` name."""
        given = {one.name: one.value for one in layer.arguments if isinstance(one.value, Name)}
        named = [given[name].label for name in OPERANDS if name in given]
        return [*self._read(layer, frame), *(frame.container.find(self.named(one, frame.env))[0] for one in named)]

    def _read(self, layer: Layer, frame: Frame) -> list[Any]:
        if layer.kind in SOURCES and not layer.reads:
            return []
        if layer.reads:
            found = [value for name in layer.reads for value in self.read(self.named(name, frame.env), frame)]
            if layer.repeat is not None and any((from_list(name) or ("",))[0] == "take" for name in layer.reads):
                raise Refused("a repeat takes nothing")
            return found
        if frame.current is None:
            raise Refused("nothing to read")
        return [frame.current]

    def read(self, name: str, frame: Frame) -> list[Any]:
        """What a name after `<-` stands for; a list is what was kept on it, in the order of the text."""
        how, listed = from_list(name) or ("", "")
        if name == DISCARD:
            if frame.current is None:
                raise Refused("nothing to read")
            return [frame.current]
        if not how:
            return [frame.container.find(name)[0]]
        frame.container.note_list()
        values = frame.container.shelf.lists.get(listed)
        if not values or (how == "take" and frame.repeated):
            raise Refused(f"nothing is on {listed}, or a repeat takes")
        return [values.pop()] if how == "take" else list(values)

    def keep(self, statement: Keep, frame: Frame) -> None:
        """Put a value on a list."""
        values = [value for name in statement.reads or (DISCARD,) for value in self.read(name, frame)]
        shelf = frame.container.shelf
        if frame.repeated or len(values) != 1 or statement.name in shelf.labels:
            raise Refused("a repeat keeps, or not just one value, or a name is a label and a list")
        frame.container.note_list()
        shelf.lists.setdefault(statement.name, []).append(values[0])

    def named(self, label: str, env: dict[str, Any]) -> str:
        """A label with the values of its braces put in."""
        return re.sub(r"\{(.*?)\}", lambda found: str(self.evaluate(Expr(found[1]), env, None)), label)

    # ---- lines

    def line(self, layer: Layer, inputs: list[Any], frame: Frame, parallel: bool) -> list[Any]:
        """A layer line with all its copies: its results."""
        container = frame.container
        label = None if layer.label in (None, DISCARD) else self.named(layer.label, frame.env)
        if label is not None:
            self.name(label)
            container.claim(label)
        inside: Container | None = None
        if layer.repeat is None:
            counted = label is not None or layer.body is None
            step = container.step(label) if counted else ""
            if label is not None and layer.body is not None:
                inside = Container(container.below(step), container)
            results = self.copy(layer, inputs, frame, inside, container.below(step))
        else:
            results = self.copies(layer, inputs, frame, label, parallel)
        if label is not None:
            container.entries[label] = (results, inside)
            path = container.below(step) if layer.repeat is None else ""
            own = Part(layer, dict(frame.env), container, inside, path, inputs)
            shares = layer.repeat is None and self.is_share(layer, frame)
            container.parts[label] = self.shared(layer, frame) if shares else own
        if len(layer.more) >= len(results) > 0 and layer.more:
            raise Refused("more names than results")
        for name, value in zip(layer.more, results[1:], strict=False):
            if name == DISCARD:
                continue
            further = self.named(name, frame.env)
            self.name(further)
            container.claim(further)
            container.entries[further] = ([value], None)
        return results

    def copies(self, layer: Layer, inputs: list[Any], frame: Frame, label: str | None, parallel: bool) -> list[Any]:
        """The copies of a repeat: one after the other, or side by side in a merge."""
        count = self.evaluate(layer.repeat, frame.env, inputs[0])
        if type(count) is not int or count < 0:
            raise Refused(f"{count} copies")
        if not inputs and not parallel:
            raise Refused("copies of a source cannot follow one another")
        if count != 1 and len(inputs) > 1 and not parallel and layer.kind is None:
            raise Refused("repeated braces read one input")
        container, frame = frame.container, replace(frame, repeated=True)
        whole = container.below(container.step(label)) if label is not None else ""
        found: list[Any] = []
        results, reads = inputs[:1], inputs
        for number in range(count):
            inside = Container(f"{whole}.{number}", container) if label is not None else None
            step = ""
            if inside is None and layer.body is None:
                step = container.below(container.step(None))
            given = self.copy(layer, inputs if parallel else reads, frame, inside, step)
            found += given[:1]
            results, reads = given, [*given[:1], *inputs[1:]]
        return found if parallel else results

    def copy(self, layer: Layer, inputs: list[Any], frame: Frame, inside: Container | None, path: str) -> list[Any]:
        """One copy: in the container of its own that a name gives, else counted on in the one around."""
        path = inside.path if inside is not None else path
        if layer.kind is None:
            inner = Frame(dict(frame.env), inside or frame.container, inputs[0], repeated=frame.repeated)
            return [self.result(layer.body or (), inner)]
        kind = frame.env.get(layer.kind, layer.kind)
        kind = kind.name if isinstance(kind, Kind) else layer.kind
        if self.is_share(layer, frame):
            return self.again(layer, inputs, frame, path)
        values = self.arguments(layer, frame.env, inputs[0] if inputs else frame.current)
        if isinstance(values.get("weight"), Name):
            values["weight"] = self.lender(values["weight"], frame)
        if kind in self.blocks:
            return self.use(self.blocks[kind], values, inputs, path)
        if layer.body is None:
            listed = kind.upper() == "CONCAT" and layer.reads
            if kind.upper() in MERGES and len(inputs) < 2 and not listed and not of_one(values):
                raise Refused("a merge of one value")
            found = self.layer(kind, values, inputs, path)
            return found if isinstance(found, list) else [found]
        if len(inputs) != 1:
            raise Refused("branches read one input")
        inner = Frame(dict(frame.env), inside or frame.container, inputs[0], repeated=frame.repeated)
        branches = [value for one in layer.body for value in self.branch(one, inner, inputs[0])]
        if not branches:
            raise Refused("a merge without branches")
        return [self.merge(kind, values, branches, (inside or frame.container).path)]

    # ---- shared weights

    def is_share(self, layer: Layer, frame: Frame) -> bool:
        word = layer.kind or ""
        return word.upper() == "SHARE" and word not in frame.env and word not in self.blocks

    def shared(self, layer: Layer, frame: Frame) -> Part:
        """The part behind SHARE; that of a SHARE is what it runs."""
        (argument,) = layer.arguments
        if layer.body is not None or not isinstance(argument.value, Name):
            raise Refused("SHARE takes a name")
        return frame.container.part(self.named(argument.value.label, frame.env))

    def again(self, layer: Layer, inputs: list[Any], frame: Frame, path: str) -> list[Any]:
        """A part that runs again, in a container of its own with the same path."""
        part = self.shared(layer, frame)
        if part.line.repeat is not None or part.line.kind in SOURCES:
            raise Refused("a repeat and a source do not run again")
        if part.inside is not None:
            part.inside.again = True
            part.inside.closed()
            if part.inside.listed:
                raise Refused("a list is outside of what runs again")
        if len(inputs) != len(part.inputs):
            raise Refused("another number of inputs")
        inside = Container(part.path, part.container) if part.inside is not None else None
        place = Frame(dict(part.env), part.container, inputs[0])
        return self.rerun(part, inputs, path, lambda: self.copy(part.line, inputs, place, inside, part.path))

    def lender(self, name: Name, frame: Frame) -> str:
        """The path of the layer whose weight another has."""
        part = frame.container.part(self.named(name.label, frame.env), reads=False)
        kind = frame.env.get(part.line.kind, part.line.kind)
        if part.line.body is not None or part.line.repeat is not None or kind in self.blocks:
            raise Refused("a weight is that of one layer")
        return part.path

    def branch(self, statement: Any, frame: Frame, value: Any) -> list[Any]:
        """One statement of a merge: its branches."""
        frame.current = value
        match statement:
            case Layer():
                if statement.label == DISCARD:
                    raise Refused("a branch is read")
                found = self.line(statement, self.reads(statement, frame), frame, parallel=True)
                return found if statement.repeat is not None else found[:1]
            case If():
                body = self.taken(statement, frame)
                return [] if body is None else [self.result(body, frame.inner(value))]
            case For(names, _, body):
                results = []
                for row in self.turns(statement, frame):
                    inner = frame.inner(value)
                    inner.env |= dict(zip(names, row, strict=True))
                    results.append(self.result(body, inner))
                return results
        self.statement(statement, frame)
        return []

    def use(self, block: Block, values: dict[str, Any], inputs: list[Any], path: str) -> list[Any]:
        """A block in use: it sees its parameters and inputs, and nothing of its caller."""
        if len(inputs) != max(1, len(block.takes)):
            raise Refused(f"{block.name} reads {max(1, len(block.takes))} inputs")
        env: dict[str, Any] = {}
        for name, default in block.parameters:
            if name not in values and default is None:
                raise Refused(f"{block.name} needs {name}")
            env[name] = values[name] if name in values else self.evaluate(default, env, inputs[0])
        frame = Frame(env, Container(path, None), inputs[0] if len(inputs) == 1 else None)
        for name, value in zip(block.takes, inputs, strict=False):
            frame.container.claim(name)
            frame.container.entries[name] = ([value], None)
        self.body(block.body, frame)
        return self.results(block.outputs, frame)


def relabelled(statement: Layer, label: str | None) -> Layer:
    """The same line under another name."""
    return replace(statement, label=label)
