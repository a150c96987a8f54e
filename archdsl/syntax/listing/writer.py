"""The tree of a listing as the text of a spec: one layer a line, names and claims under one another."""

from __future__ import annotations

from archdsl.syntax import tree
from archdsl.syntax.tree import Token


def written(file: tree.File, name: str) -> str:
    """The text of a spec. `name` is that of the listing it comes from."""
    shown = "".join(letter if letter.isprintable() and letter.isascii() else "?" for letter in name)
    rows = [row for line in file.lines for row in _rows(line, 0)]
    label = max((len(row[0]) for row in rows if row[2]), default=0)
    body = max((len(row[1]) for row in rows if row[2]), default=0)
    lines = [_row(row, label, body) for row in rows]
    return "\n".join([f"# Read from the listing {shown[-80:]}.", "", *lines, ""])


Parts = tuple[str, str, str]  # label, statements, claims; without claims the columns are as wide as they are


def _row(row: Parts, label: int, body: int) -> str:
    name, statements, claims = row
    if not claims and not name:
        return f"{' ' * (label + (label > 0))}{statements}".rstrip() if statements[:1].isupper() else statements
    left = f"{name:{label}}{' ' * (label > 0)}"
    return f"{left}{statements:{body}} {claims}".rstrip()


def _rows(line: tree.Line, depth: int) -> list[Parts]:
    first = line.statements[0]
    match first:
        case tree.For():
            head = f"for {first.names[0].text} in {_range(first.turns)} {{"
            return [("", head, ""), *_inside(first.body), ("", "}", "")]
        case tree.Input():
            return [("", f"input {_expression(first.size)}", ""), ("", "", "")]
        case tree.Expect():
            return [("", "", ""), ("", f"expect {', '.join(map(_claim, first.claims))}", "")]
        case tree.Layer() if first.body is not None:
            return _group(first)
    layers = [one for one in line.statements if isinstance(one, tree.Layer)]
    label = f"{layers[0].names[0].text}:" if layers[0].names else ""
    parts = [_layer(layers[0])]
    for one in layers[1:]:
        parts.append(f"{one.names[0].text}: {_layer(one)}" if one.names else _layer(one))
    return [(label, "; ".join(parts), _claims(layers[-1]))]


def _group(group: tree.Layer) -> list[Parts]:
    """Braces, a merge, or a group with a name."""
    assert group.body is not None
    label = f"{group.names[0].text}: " if group.names else ""
    kind = f"{group.kind.text} " if group.kind else ""
    inside = _inside(group.body)
    tail = f" x{group.repeat.text}" if isinstance(group.repeat, Token) else ""
    claims = _claims(group)
    return [("", f"{label}{kind}{{", ""), *inside, ("", f"}}{tail} {claims}".rstrip(), "")]


def _inside(body: tree.Body) -> list[Parts]:
    """The lines between braces, indented and not aligned."""
    found = []
    for line in body.lines:
        for label, statements, claims in _rows(line, 1):
            text = " ".join(part for part in (label, statements, claims) if part)
            found.append(("", f"  {text}", ""))
    return found


def _layer(layer: tree.Layer) -> str:
    words = [layer.kind.text if layer.kind else ""]
    for argument in layer.arguments:
        value = _expression(argument.value)
        words.append(f"{argument.name.text}={value}" if argument.name else value)
    if isinstance(layer.repeat, Token):
        words.append(f"x{layer.repeat.text}")
    return " ".join(words)


def _claims(layer: tree.Layer) -> str:
    return f"-> {', '.join(map(_claim, layer.claims))}" if layer.claims else ""


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
