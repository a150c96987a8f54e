"""The reference of the kinds of layer, made from the classes themselves: for the terminal and for `docs/layers.md`.

`python -m archdsl.layers.reference` writes `docs/layers.md` anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from pathlib import Path
from textwrap import fill

from archdsl.layers import FAMILIES, REGISTRY, Attribute, CounterExample, Example, Layer
from archdsl.layers.values import spell

WIDTH = 80  # columns of a terminal; examples alone may be wider
COLUMNS = ("value", "what", "default", "short", "PyTorch", "meaning")
HEADER = """\
# The kinds of layer

Written by `python -m archdsl.layers.reference` from the classes in `archdsl/layers`; a test compares the two.

Values without a name come in the order of the tables; those marked with `=` are always given by name, by their short
form, or as a word where they are switches. Every example here runs as a test. What of PyTorch's modules and their
arguments can be written, and what cannot, is in [coverage.md](coverage.md).
"""


RUNS = {  # words that stand where a kind does, and run what is written elsewhere
    "SHARE": """\
SHARE NAME

  Runs a layer, a group or a use of a block above again, with the same weights:
  they are counted once, the multiply-accumulates at each run.

Examples
  twin: SHARE tower <- right

docs/language.md, Sharing""",
    "SCAN": """\
SCAN BLOCK [values of the block] [over=1]

  Runs a block once for each step of a sequence. The block reads one step and
  the states, and gives a result and the next states, of the same shapes; SCAN
  gives the results of all steps, and the last states. The inputs are first
  `over` sequences with as many steps, then a state for each result of the block
  after its first, then what every step reads as a whole.

Examples
  y, h: SCAN CELL 512 <- x, h0

docs/language.md, Recurrence of your own""",
}


def families() -> Iterator[tuple[str, list[type[Layer]]]]:
    """The title of each family with its kinds, in the order of their declaration."""
    for title, kinds in FAMILIES.values():
        yield title, [REGISTRY[kind] for kind in kinds.split()]


def overview() -> str:
    """A sentence for each kind, by family: `archdsl layers`."""
    width = max(map(len, REGISTRY))
    parts = []
    for title, kinds in families():
        lines = [_hanging(kind.name, width, _sentence(kind)) for kind in kinds]
        parts.append("\n".join([title, *lines]))
    return "\n\n".join(parts)


def describe(kind: type[Layer]) -> str:
    """Everything about one kind as plain text: `archdsl layers KIND`."""
    parts = [_wrapped(kind.usage(), "", "    "), *_paragraphs(kind)]
    if kind.attributes:
        parts.append(_values(_rows(kind)))
    parts.append("\n".join(["Examples", *(f"  {_example(example)}" for example in _right(kind))]))
    if _wrong(kind):
        parts.append("\n".join(["Refused", *(f"  {wrong.text}   [{wrong.code}]" for wrong in _wrong(kind))]))
    return "\n\n".join(parts)


def markdown() -> str:
    """All kinds as `docs/layers.md`."""
    parts = [HEADER]
    for title, kinds in families():
        parts.append(f"## {title}\n")
        parts += [_section(kind) for kind in kinds]
    return "\n".join(parts)


def _section(kind: type[Layer]) -> str:
    lines = [f"### {kind.name}", "", f"`{kind.usage()}`", "", _documentation(kind), ""]
    if kind.attributes:
        lines += [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
        lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in _rows(kind)]
        lines.append("")
    lines += [f"    {_example(example)}" for example in _right(kind)]
    if _wrong(kind):
        lines += ["", "Refused:", "", *(f"    {wrong.text}   [{wrong.code}]" for wrong in _wrong(kind))]
    return "\n".join([*lines, ""])


def _documentation(kind: type[Layer]) -> str:
    return cleandoc(kind.__doc__ or "")


def _sentence(kind: type[Layer]) -> str:
    """The first line of the documentation."""
    return _documentation(kind).partition("\n")[0]


def _right(kind: type[Layer]) -> list[Example]:
    return [example for example in kind.examples if isinstance(example, Example)]


def _wrong(kind: type[Layer]) -> list[CounterExample]:
    return [example for example in kind.examples if isinstance(example, CounterExample)]


def _example(example: Example) -> str:
    """The example with its figures, those that are not 0."""
    figures = ((example.params, "params"), (example.macs, "macs"))
    shown = ", ".join(f"{figure:,} {unit}" for figure, unit in figures if figure)
    return f"{example.text}   # {shown}" if shown else example.text


def _rows(kind: type[Layer]) -> list[tuple[str, ...]]:
    return [_row(attribute) for attribute in kind.attributes.values()]


def _row(attribute: Attribute) -> tuple[str, ...]:
    name = attribute.name if attribute.positional else f"{attribute.name}="
    short = attribute.type.spelling(attribute) if attribute.short or attribute.type.switch else ""
    return (name, attribute.type.words, _default(attribute), short, attribute.torch or "", attribute.doc)


def _default(attribute: Attribute) -> str:
    if attribute.required:
        return "needed"
    if attribute.default is None:
        return "none"
    return attribute.default if isinstance(attribute.default, str) else spell(attribute.default)


def _values(rows: Sequence[tuple[str, ...]]) -> str:
    """The values of a kind below one another, each with what it means and what it may be."""
    width = max(len(row[0]) for row in rows)
    return "\n".join(_hanging(name, width, text) for name, *cells in rows for name, text in _lines(name, *cells))


def _lines(name: str, what: str, default: str, short: str, pytorch: str, meaning: str) -> Iterator[tuple[str, str]]:
    """What a value means, beside its name, and below that what it may be."""
    facts = [what, default if default == "needed" else f"default {default}"]
    facts += [f"short {short}"] if short else []
    facts += [f"PyTorch {pytorch}"] if pytorch else []
    yield name, meaning
    yield "", "; ".join(facts)


def _paragraphs(kind: type[Layer]) -> Iterator[str]:
    """The documentation, broken anew for a terminal."""
    for paragraph in _documentation(kind).split("\n\n"):
        yield _wrapped(" ".join(paragraph.split()), "  ", "  ")


def _hanging(name: str, width: int, text: str) -> str:
    """A name, and beside it a text."""
    return _wrapped(text, f"  {name:{width}}  ", " " * (width + 4))


def _wrapped(text: str, first: str, others: str) -> str:
    return fill(
        text, WIDTH, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )


if __name__ == "__main__":
    path = Path(__file__).parents[2] / "docs" / "layers.md"
    path.write_text(markdown(), encoding="utf-8")
    print(f"wrote {path}")
