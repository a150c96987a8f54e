"""The tree of an `.arch` file: what was written, with its place, and nothing of what it means.

Every node is a plain tuple with names. Offsets count characters from the start of the text. The comment beside a node
is its concrete syntax.
"""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.typed import NamedTuple, TypeAlias


class Token(NamedTuple):
    """One word, number, size or string, as written."""

    type: str
    text: str
    start: int
    end: int


# ---- Expressions ----------------------------------------------------------------------------------------------------


class List(NamedTuple):  # [64, 128, in/2]
    items: tuple[Expr, ...]
    start: int
    end: int


class Chain(NamedTuple):  # a + b - c; a * b // c: terms of one precedence, applied from the left
    terms: tuple[Expr, ...]
    operators: tuple[str, ...]  # one fewer than terms: + - * / // % and or
    start: int
    end: int


class Choice(NamedTuple):  # a if c else b if d else e
    terms: tuple[Expr, ...]  # value, condition, value, condition, ..., value
    start: int
    end: int


class Comparison(NamedTuple):  # a <= b
    left: Expr
    operator: str
    right: Expr
    start: int
    end: int


class Member(NamedTuple):  # a in [..]; a not in [..]
    item: Expr
    items: Expr
    negated: bool
    start: int
    end: int


class Prefix(NamedTuple):  # - a; not a
    operators: tuple[str, ...]
    term: Expr
    start: int
    end: int


class Paren(NamedTuple):  # (s2): among values a word in parentheses is a value, never an option; (?) keeps its place
    term: Token
    start: int
    end: int


Expr: TypeAlias = Token | List | Chain | Choice | Comparison | Member | Prefix | Paren


class Range(NamedTuple):  # 2..12
    first: Expr
    last: Expr
    start: int
    end: int


# ---- Claims ---------------------------------------------------------------------------------------------------------


class ShapeClaim(NamedTuple):  # 55x55x96
    size: Expr
    start: int
    end: int


class QuantityClaim(NamedTuple):  # 61.1M params within 2%
    number: Token
    unit: Token
    within: Token | None
    start: int
    end: int


Claim: TypeAlias = ShapeClaim | QuantityClaim


# ---- What a line reads ----------------------------------------------------------------------------------------------


class FromList(NamedTuple):  # take skips; all skips
    how: str  # "take" or "all"
    name: Token
    start: int
    end: int

    @property
    def text(self) -> str:
        return f"{self.how} {self.name.text}"


Read: TypeAlias = Token | FromList


# ---- Statements -----------------------------------------------------------------------------------------------------


class Parameter(NamedTuple):  # classes=1000
    name: Token
    default: Expr | None


class Argument(NamedTuple):  # 96; 11x11; s4; p=same
    name: Token | None
    value: Expr
    start: int
    end: int


class Line(NamedTuple):  # conv1: CONV 96 11x11; RELU -> 55x55x96
    statements: tuple[Statement, ...]


class Body(NamedTuple):  # { ... }
    lines: tuple[Line, ...]
    start: int
    end: int


class Comes(NamedTuple):  # Conv2d(3, 64): what the author of a listing says that comes in; no spec says it
    what: str  # "channels", "elements", or "window": all positions
    sizes: tuple[int, ...]
    start: int
    end: int


class LayerStatement(NamedTuple):  # names: KIND arguments { body } xN <- reads -> claims; without a kind, a group
    names: tuple[Token, ...]
    kind: Token | None
    arguments: tuple[Argument, ...]
    body: Body | None
    repeat: Expr | None
    reads: tuple[Read, ...]
    claims: tuple[Claim, ...]
    start: int
    end: int
    comes: tuple[Comes, ...] = ()


class ModelStatement(NamedTuple):  # model VGG(config="D") where config in [..]
    name: Token
    parameters: tuple[Parameter, ...]
    where: tuple[Expr, ...]


class UseStatement(NamedTuple):  # use "blocks/residual.arch"; use std.residual
    path: Token


class Block(NamedTuple):  # block UP(c) <- low, skip { ... }
    name: Token
    parameters: tuple[Parameter, ...]
    takes: tuple[Token, ...]
    body: Body
    optional: tuple[Parameter, ...] = ()  # those of `takes` that a use may leave out, as mask=no

    @property
    def required(self) -> tuple[Token, ...]:
        """The names of the inputs that every use gives."""
        return self.takes[: len(self.takes) - len(self.optional)]


class Input(NamedTuple):  # input words: T int where T >= 5
    names: tuple[Token, ...]
    size: Expr
    dtype: str | None
    where: tuple[Expr, ...]
    start: int
    end: int


class Output(NamedTuple):  # output logits, aux1
    reads: tuple[Read, ...]


class Let(NamedTuple):  # let c = in
    name: Token
    value: Expr


class Cases(NamedTuple):  # cases depth in [20, 32]
    names: tuple[Token, ...]
    settings: Expr


class Expect(NamedTuple):  # expect 61.1M params
    claims: tuple[Claim, ...]


class Freeze(NamedTuple):  # freeze all but head, layer4 with stats
    parts: tuple[Token, ...]
    all_but: bool
    still: bool  # whether running averages are held as they are
    among: tuple[Token, ...] = ()  # the parts in which it speaks of kinds


class Init(NamedTuple):  # init CONV in encoder normal std=0.01 bias=1
    parts: tuple[Token, ...]
    among: tuple[Token, ...]
    arguments: tuple[Argument, ...]  # the method and its options


class Keep(NamedTuple):  # keep skips; keep skips <- a; keep skips -> 56x56x64, claims of its line
    name: Token
    reads: tuple[Read, ...] = ()
    claims: tuple[Claim, ...] = ()


class For(NamedTuple):  # for i in 2..12 { ... } -> claims
    names: tuple[Token, ...]
    turns: Range | Expr
    body: Body
    claims: tuple[Claim, ...] = ()


class If(NamedTuple):  # if a { ... } else if b { ... } else { ... } -> claims
    arms: tuple[tuple[Expr, Body], ...]
    otherwise: Body | None
    claims: tuple[Claim, ...] = ()

    @property
    def bodies(self) -> list[Body]:
        """The braces of all arms, `else` the last."""
        return [*(body for _, body in self.arms), *([self.otherwise] if self.otherwise is not None else [])]


class Unknown(NamedTuple):
    """What could not be read, and the names that it begins with. What follows on its line belongs to it.

    `lays` says that it may be a layer, `claim` is the shape that it ends in.
    """

    names: tuple[Token, ...]
    lays: bool
    claim: ShapeClaim | None
    start: int
    end: int


Statement: TypeAlias = (
    ModelStatement
    | UseStatement
    | Block
    | Input
    | Output
    | Let
    | Cases
    | Expect
    | Freeze
    | Init
    | Keep
    | For
    | If
    | LayerStatement
    | Unknown
)


class File(NamedTuple):
    lines: tuple[Line, ...]


def within(statement: If) -> Iterator[Statement]:
    """The statements in the arms of an `if`, those in an `if` among them too."""
    stack: list[Statement] = [statement]
    while stack:
        one = stack.pop()
        if isinstance(one, If):
            stack += [inner for body in one.bodies for line in body.lines for inner in line.statements]
        else:
            yield one


def words(layer: LayerStatement, text: str) -> str:
    """The kind of a layer and its values, as they are written in the text; braces without a kind as `{ }`."""
    if layer.kind is None:
        return "{ }"
    end = layer.arguments[-1].end if layer.arguments else layer.kind.end
    return " ".join(text[layer.kind.start : end].replace("\\\n", " ").split())
