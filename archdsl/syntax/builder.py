"""What the parser calls at each rule of the grammar: the tree, built from below.

One method a rule, named as in `grammars/arch.lark`; children come in the order of the rule, absent options as None.
"""

from __future__ import annotations

from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any

Children = list[Any]


def _chain(children: Children) -> tree.Chain:
    operators = tuple(token.text for token in children[1::2])
    return tree.Chain(tuple(children[::2]), operators, children[0].start, children[-1].end)


def _joined(word: str, children: Children) -> tree.Chain:
    return tree.Chain(tuple(children), (word,) * (len(children) - 1), children[0].start, children[-1].end)


def _present(values: tuple[Any, ...] | None) -> tuple[Any, ...]:
    return values if values is not None else ()


class Builder:
    """Stateless: one builder serves every text."""

    # ---- files and lines

    def start(self, children: Children) -> tree.File:
        return tree.File(tuple(line for line in children if line is not None))

    def line(self, children: Children) -> tree.Line:
        return tree.Line(tuple(statement for statement in children if statement is not None))

    def body(self, children: Children) -> tree.Body:
        return tree.Body(
            tuple(line for line in children[1:-1] if line is not None), children[0].start, children[-1].end
        )

    def expression(self, children: Children) -> tree.Expr:
        return children[0]

    def inside(self, children: Children) -> tree.Range | tree.Expr:
        return children[0]

    # ---- declarations

    def model(self, children: Children) -> tree.ModelStatement:
        name, parameters, where = children
        return tree.ModelStatement(name, _present(parameters), _present(where))

    def use(self, children: Children) -> tree.UseStatement:
        return tree.UseStatement(children[0])

    def block(self, children: Children) -> tree.Block:
        name, parameters, takes, body = children
        takes = _present(takes)
        optional = tuple(one for one in takes if isinstance(one, tree.Parameter))
        names = tuple(one.name if isinstance(one, tree.Parameter) else one for one in takes)
        return tree.Block(name, _present(parameters), names, body, optional)

    def params(self, children: Children) -> tuple[tree.Parameter, ...]:
        return tuple(child for child in children if isinstance(child, tree.Parameter))

    def param(self, children: Children) -> tree.Parameter:
        return tree.Parameter(children[0], children[1])

    def takes(self, children: Children) -> tuple[Token | tree.Parameter, ...]:
        return tuple(children)

    def maybe(self, children: Children) -> tree.Parameter:
        return tree.Parameter(*children)

    def input(self, children: Children) -> tree.Input:
        names, size, dtype, where = children
        end = dtype.end if dtype else size.end
        word = dtype.text if dtype else None
        return tree.Input(_present(names), size, word, _present(where), size.start, end)

    def dtype(self, children: Children) -> Token:
        return children[0]

    def output(self, children: Children) -> tree.Output:
        return tree.Output(tuple(children))

    def where(self, children: Children) -> tuple[tree.Expr, ...]:
        return tuple(children)

    def let(self, children: Children) -> tree.Let:
        return tree.Let(*children)

    def cases(self, children: Children) -> tree.Cases:
        return tree.Cases(tuple(children[:-1]), children[-1])

    def expect(self, children: Children) -> tree.Expect:
        return tree.Expect(tuple(children))

    def freeze(self, children: Children) -> tree.Freeze:
        all_but, *parts, among, held = children
        return tree.Freeze(tuple(parts), bool(all_but), held is not None, among or ())

    def all_but(self, children: Children) -> bool:
        return True

    def every(self, children: Children) -> bool:
        return False

    def among(self, children: Children) -> tuple[Token, ...]:
        return tuple(children)

    def init(self, children: Children) -> tree.Init:
        *parts, among, arguments = children
        return tree.Init(tuple(parts), among or (), arguments)

    def held(self, children: Children) -> bool:
        return True

    # ---- layers

    def layer(self, children: Children) -> tree.LayerStatement:
        names, kind, arguments, body, repeat, reads, claims = children
        parts = (kind, *(arguments or ()), body, repeat, *(reads or ()))
        end = max(part.end for part in parts if part is not None)
        start = names[0].start if names else kind.start
        return tree.LayerStatement(
            _present(names), kind, arguments, body, repeat, _present(reads), _present(claims), start, end
        )

    def group(self, children: Children) -> tree.LayerStatement:
        names, body, repeat, reads, claims = children
        end = max(part.end for part in (body, repeat, *(reads or ())) if part is not None)
        start = names[0].start if names else body.start
        return tree.LayerStatement(
            _present(names), None, (), body, repeat, _present(reads), _present(claims), start, end
        )

    def label(self, children: Children) -> tuple[Token, ...]:
        return children[0]

    def names(self, children: Children) -> tuple[Token, ...]:
        return tuple(children)

    def keyword(self, children: Children) -> Token:
        return children[0]._replace(type="WORD")

    def args(self, children: Children) -> tuple[tree.Argument, ...]:
        return tuple(children)

    def value(self, children: Children) -> tree.Argument:
        value = children[0]
        return tree.Argument(None, value, value.start, value.end)

    def named(self, children: Children) -> tree.Argument:
        name, value = children
        return tree.Argument(name, value, name.start, value.end)

    def minus(self, children: Children) -> tree.Expr:
        return self._prefix(children)

    def repeat(self, children: Children) -> tree.Expr:
        value = children[0]
        if isinstance(value, Token) and value.type in ("REPEAT", "XHOLE"):
            kind = "HOLE" if value.type == "XHOLE" else "NUMBER"
            return Token(kind, value.text[1:], value.start + (kind == "HOLE"), value.end)
        return value

    def numbered(self, children: Children) -> Token:
        """`x1` as a name; as a repeat it would be one, had it stood where one can."""
        (token,) = children
        return token._replace(type="WORD", text=token.text.replace("×", "x"))

    def reads(self, children: Children) -> tuple[tree.Read, ...]:
        return tuple(children)

    def from_list(self, children: Children) -> tree.FromList:
        word, name = children
        return tree.FromList(word.text, name, word.start, name.end)

    def alone(self, children: Children) -> Token:
        """`take` or `all` by itself, which is a name as any other."""
        return children[0]._replace(type="WORD")

    def keep(self, children: Children) -> tree.Keep:
        name, claims = children
        return tree.Keep(name, (), _present(claims))

    def keep_of(self, children: Children) -> tree.Keep:
        name, reads = children
        return tree.Keep(name, reads)

    # ---- control

    def for_(self, children: Children) -> tree.For:
        *names, turns, body, claims = children
        return tree.For(tuple(names), turns, body, claims or ())

    def range(self, children: Children) -> tree.Range:
        return tree.Range(children[0], children[1], children[0].start, children[1].end)

    def if_(self, children: Children) -> tree.If:
        *parts, claims = children
        parts = [child for child in parts if child is not None]
        otherwise = parts.pop() if len(parts) % 2 else None
        return tree.If(tuple(zip(parts[::2], parts[1::2], strict=True)), otherwise, claims or ())

    # ---- claims

    def claims(self, children: Children) -> tuple[tree.Claim, ...]:
        return tuple(children)

    def shape(self, children: Children) -> tree.ShapeClaim:
        return tree.ShapeClaim(children[0], children[0].start, children[0].end)

    def quantity(self, children: Children) -> tree.QuantityClaim:
        number, unit, within = children
        end = within.end if within else unit.end
        return tree.QuantityClaim(number, unit, within, number.start, end)

    def within(self, children: Children) -> Token:
        number, sign = children
        return number._replace(end=sign.end)

    # ---- expressions

    def choice(self, children: Children) -> tree.Choice:
        return tree.Choice(tuple(children), children[0].start, children[-1].end)

    def either(self, children: Children) -> tree.Chain:
        return _joined("or", children)

    def both(self, children: Children) -> tree.Chain:
        return _joined("and", children)

    def negation(self, children: Children) -> tree.Prefix:
        return self._prefix(children)

    def comparison(self, children: Children) -> tree.Comparison:
        left, operator, right = children
        return tree.Comparison(left, operator.text, right, left.start, right.end)

    def member(self, children: Children) -> tree.Member:
        item, items = children[0], children[-1]
        return tree.Member(item, items, len(children) == 3, item.start, items.end)

    def sum(self, children: Children) -> tree.Chain:
        return _chain(children)

    close = led = product = times = lead = power = raised = sum

    def unary(self, children: Children) -> tree.Prefix:
        return self._prefix(children)

    def _prefix(self, children: Children) -> tree.Prefix:
        *operators, term = children
        return tree.Prefix(tuple(token.text for token in operators), term, children[0].start, term.end)

    def paren(self, children: Children) -> tree.Expr:
        opening, term, closing = children
        if isinstance(term, Token) and (term.type == "WORD" or "?" in term.text):
            return tree.Paren(term, opening.start, closing.end)
        return term._replace(start=opening.start, end=closing.end)

    def list(self, children: Children) -> tree.List:
        items = tuple(child for child in children[1:-1] if child is not None and not _is_newline(child))
        return tree.List(items, children[0].start, children[-1].end)


def _is_newline(child: Any) -> bool:
    return isinstance(child, Token) and child.type == "_NL"
