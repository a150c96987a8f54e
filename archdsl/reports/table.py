"""The table of a network, as torchinfo and Keras have taught people to read it, in plain text."""

from __future__ import annotations

from collections.abc import Iterable

from archdsl.analysis.memory import memory
from archdsl.checker.checked import Checked
from archdsl.diagnostics.inert import inert
from archdsl.limits import Limits
from archdsl.reports.rows import Entry, rows
from archdsl.reports.values import shown
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size

HEADERS = ("path", "layer", "output", "params", "macs")
_LAYER = 56  # cells of a layer as written; what is longer is cut
_NARROWEST = 16
_DEEPEST = 12  # levels that are indented
_GAP = "  "
_DIM, _BOLD, _PLAIN = "\x1b[2m", "\x1b[1m", "\x1b[0m"


def table(
    checked: Checked,
    depth: int | None = None,
    batch: int = 1,
    width: int | None = None,
    color: bool = False,
    most: int = Limits().unrolled,
    dtype: str = "float32",
) -> str:
    """The table as lines of text without a newline at the end; after an error, up to the layer that is wrong.

    `depth` levels are shown, containers below them as one row with their sums. `batch` multiplies macs and the sizes of
    what flows, and stands in front of the shapes. `dtype` is the number format of the sizes in MB. `width` is that of
    the terminal, where there is one. Raises ArchError beyond `most` rows.
    """
    entries = rows(checked, depth, most)
    body = [_cells(entry, batch) for entry in entries]
    lines = [f"{_title(checked)}"]
    if body:
        layout = _layout([HEADERS, *body], width)
        dim = [entry.open for entry in entries]
        lines += ["", *_lines([HEADERS, *body], layout, [False, *dim], color)]
    return "\n".join([*lines, "", *_footer(checked, entries, batch, dtype)])


def _title(checked: Checked) -> str:
    """`AlexNet (classes=1000): 227x227x3 -> 1000`."""
    texts = {name: shown(value) for name, value in checked.parameters.items()}
    values = ", ".join(name if text == name else f"{name}={text}" for name, text in texts.items())
    title = f"{checked.name} ({values})" if values else checked.name
    if checked.network is None:
        return inert(title)
    ends = [_ports((p.shape, p.dtype) for p in ports) for ports in (checked.network.inputs, checked.network.outputs)]
    return inert(f"{title}: {' -> '.join(end for end in ends if end)}" if any(ends) else title)


def _ports(ports: Iterable[tuple[tuple[Size, ...], str]]) -> str:
    return ", ".join(str(Shape(sizes, dtype)) for sizes, dtype in ports)


def _cells(entry: Entry, batch: int) -> tuple[str, ...]:
    """A row as text. The figures of an open container stand in the rows below it."""
    indent = _GAP * min(entry.depth, _DEEPEST)
    copies = f" ×{entry.count}" if entry.count != 1 else ""
    layer = indent + _cut(inert(entry.text), _LAYER - len(indent) - len(copies)) + copies
    output = ", ".join(_shape(shape, batch) for shape in entry.outputs[:4]) + (", …" if len(entry.outputs) > 4 else "")
    figures = ("", "") if entry.open else (_params(entry), _count(batch * entry.cost.macs))
    return (inert(entry.path), layer, output, *figures)


def _params(entry: Entry) -> str:
    """Params; in brackets, as torchinfo has them, where none of them is trained; else where they are counted."""
    cost = entry.cost
    if entry.lender:
        own = f"{_count(cost.params)} + " if cost.params != 0 else ""
        return inert(f"{own}of {entry.lender}")
    return f"({_count(cost.params)})" if cost.params != 0 and cost.trainable == 0 else _count(cost.params)


def _shape(shape: Shape, batch: int) -> str:
    return str(shape) if batch == 1 else str(Shape((batch, *shape.sizes), shape.dtype))


def _count(size: Size) -> str:
    return f"{size:,}" if isinstance(size, int) else str(size)


def _cut(text: str, most: int) -> str:
    most = max(most, _NARROWEST)
    return text if len(text) <= most else f"{text[: most - 1]}…"


# ---- layout


def _layout(cells: list[tuple[str, ...]], width: int | None) -> list[int]:
    """The width of each column; where a terminal is too narrow, the layer column gives way."""
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADERS))]
    if width is not None:
        excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
        widths[1] = max(min(widths[1], _NARROWEST), widths[1] - max(excess, 0))
    return widths


def _lines(cells: list[tuple[str, ...]], widths: list[int], dim: list[bool], color: bool) -> list[str]:
    lines = []
    for number, (row, faint) in enumerate(zip(cells, dim, strict=True)):
        path, layer, output, params, macs = row
        left = (path.ljust(widths[0]), _cut(layer, widths[1]).ljust(widths[1]), output.ljust(widths[2]))
        line = _GAP.join((*left, params.rjust(widths[3]), macs.rjust(widths[4]))).rstrip()
        style = _BOLD if number == 0 else _DIM if faint else ""
        lines.append(f"{style}{line}{_PLAIN}" if color and style else line)
    return lines


# ---- what stands below


def _footer(checked: Checked, entries: list[Entry], batch: int, dtype: str) -> list[str]:
    if checked.network is None or not checked.whole:
        return ["The table ends where the network is wrong; there are no totals."]
    total = checked.totals
    lines = [f"{_count(total.layers)} layer{'s' * (total.layers != 1)}"]
    all_of_formula = total.frozen == 0 and not isinstance(total.params, int)  # which is not written twice
    lines.append(f"params   {_count(total.params)} ({'all' if all_of_formula else _count(total.trainable)} trainable)")
    if total.buffers != 0:
        lines.append(f"buffers  {_count(total.buffers)}")
    lines.append(f"macs     {_count(batch * total.macs)}{f' at batch {batch:,}' if batch > 1 else ''}")
    sizes = zip(
        ("parameters", "input", "outputs of layers"), memory(checked.network, checked.costs, batch, dtype), strict=True
    )
    words = ", ".join(f"{name} {megabytes(size)}" for name, size in sizes)
    lines.append(f"size     {words}{f' in {dtype}' if dtype != 'float32' else ''}")
    if total.frozen != 0:
        lines.append("Params in brackets are frozen.")
    lines += [*_needs(checked), *_prose(checked)]
    if any(entry.count != 1 for entry in entries):
        lines.append("A row with ×N stands for N equal copies, and its figures are those of all of them.")
    return lines


def _prose(checked: Checked) -> list[str]:
    """The lines of a listing that are not in the table."""
    if not checked.prose:
        return []
    from archdsl.reports.reading import passed_over

    return [f"prose    {passed_over(checked.source, checked.prose)}"]


def _needs(checked: Checked) -> list[str]:
    """The conditions on what is left open, each with the line that needs it."""
    texts = [f"{each.text}  ({each.what} on line {each.line})" for each in checked.conditions]
    return [f"{'needs' if place == 0 else '':9}{inert(text)}" for place, text in enumerate(texts)]


def megabytes(size: Size) -> str:
    """Bytes in MB, of a million each; an expression in bytes."""
    if not isinstance(size, int):
        return f"{size} bytes"
    hundredths = (size + 5_000) // 10_000  # in whole numbers, which have no largest
    return f"{hundredths // 100:,}.{hundredths % 100:02} MB"
