"""The tree of a listing as the text of a spec, in the layout of `archdsl fmt`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.syntax.format.format import formatted
from archdsl.syntax.tree import Token


def written(file: tree.File, name: str, kinds: Collection[str], limits: Limits, prose: str = "") -> str:
    """The text of a spec. `name` is that of the listing it comes from, `kinds` are the built-in kinds of layer.

    `prose` says which lines of the listing are not in it.
    """
    shown = "".join(letter if letter.isprintable() and letter.isascii() else "?" for letter in name)
    lines = [line for one in file.lines for line in _lines(one)]
    first = f"# Read from the listing {shown[-80:]}{'; ' if prose else ''}{prose}."
    text = "\n".join([first, "", *lines, ""])
    return formatted(Source(name, text), kinds, limits).text or text


def _lines(line: tree.Line) -> Iterator[str]:
    first = line.statements[0]
    match first:
        case tree.For():
            yield f"for {first.names[0].text} in {_range(first.turns)} {{"
            yield from _inside(first.body)
            yield "}"
        case tree.Input():
            yield from (f"input {_expression(first.size)}", "")
        case tree.Expect():
            yield from ("", f"expect {', '.join(map(_claim, first.claims))}")
        case tree.LayerStatement() if first.body is not None:
            yield f"{_label(first)}{first.kind.text if first.kind else ''} {{"
            yield from _inside(first.body)
            yield f"}}{_repeat(first)}{_claims(first)}"
        case _:
            layers = [one for one in line.statements if isinstance(one, tree.LayerStatement)]
            yield f"{'; '.join(map(_layer, layers))}{_claims(layers[-1])}"


def _inside(body: tree.Body) -> Iterator[str]:
    for line in body.lines:
        yield from _lines(line)


def _layer(layer: tree.LayerStatement) -> str:
    words = [layer.kind.text if layer.kind else ""]
    for argument in layer.arguments:
        value = _expression(argument.value)
        words.append(f"{argument.name.text}={value}" if argument.name else value)
    return f"{_label(layer)}{' '.join(words)}{_repeat(layer)}"


def _label(layer: tree.LayerStatement) -> str:
    return f"{layer.names[0].text}: " if layer.names else ""


def _repeat(layer: tree.LayerStatement) -> str:
    return f" x{layer.repeat.text}" if isinstance(layer.repeat, Token) else ""


def _claims(layer: tree.LayerStatement) -> str:
    return f" -> {', '.join(map(_claim, layer.claims))}" if layer.claims else ""


def _claim(claim: tree.Claim) -> str:
    if isinstance(claim, tree.ShapeClaim):
        return _expression(claim.size)
    within = f" within {claim.within.text}%" if claim.within else ""
    return f"{claim.number.text} {claim.unit.text}{within}"


def _range(turns: tree.Range | tree.Expr) -> str:
    assert isinstance(turns, tree.Range)
    return f"{_expression(turns.first)}..{_expression(turns.last)}"


def _expression(value: tree.Expr) -> str:
    assert isinstance(value, Token)  # a listing has numbers and sizes only
    return value.text
