"""The table of a network, as torchinfo and Keras have taught people to read it, in plain text."""

from __future__ import annotations

from collections.abc import Iterable

from archdsl.analysis.memory import memory
from archdsl.checker.checked import Checked
from archdsl.diagnostics.inert import inert
from archdsl.limits import Limits
from archdsl.network.table import NodeTable
from archdsl.reports.columns import COLUMNS, DEFAULT, Scene, next_dropped
from archdsl.reports.rows import TableLine, rows
from archdsl.reports.values import shown
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size
from archdsl.typed import NamedTuple

_LAYER = 56  # cells of a layer as written; what is longer is cut
_READABLE = 24  # cells of it that are worth more than another column
_NARROWEST = 12  # cells of a path or a layer that has no more
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
    columns: tuple[str, ...] = DEFAULT,
    source: bool = False,
) -> str:
    """The table as lines of text without a newline at the end; after an error, up to the layer that is wrong.

    `depth` levels are shown, containers below them as one row with their sums. `batch` multiplies macs and the sizes of
    what flows, and stands in front of the shapes. `dtype` is the number format of the sizes in MB. `width` is that of
    the terminal, where there is one. `columns` are names of `COLUMNS`; with `source` lines are as they are written.
    Raises ArchError beyond `most` rows.
    """
    entries = rows(checked, depth, most, source=source)
    scene = Scene(batch, dtype, checked.totals if checked.whole else None, NodeTable())
    lines = [_title(checked)]
    below = _footer(checked, entries, batch, dtype)
    if entries:
        layout = _layout(entries, columns, scene, width)
        lines += ["", *_lines(layout, [False, *(entry.open for entry in entries)], color)]
        below += _remarks(layout)
    return "\n".join([*_wrapped(lines[:1], width), *lines[1:], "", *_wrapped(below, width)])


def _remarks(layout: Layout) -> list[str]:
    """What the columns mean, and which are not there."""
    found = [COLUMNS[name].remark for name in layout.columns if COLUMNS[name].remark]
    if layout.dropped:
        found.append(f"The terminal is too narrow for: {', '.join(reversed(layout.dropped))}.")
    return found


def _wrapped(lines: list[str], width: int | None) -> list[str]:
    """Sentences broken at the width of the terminal."""
    if width is None or all(len(line) <= width for line in lines):
        return lines
    from textwrap import wrap

    return [part for line in lines for part in wrap(line, max(width, 20), subsequent_indent=" " * 9)]


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


def _cells(entry: TableLine, columns: tuple[str, ...], scene: Scene) -> list[str]:
    """A row as text. The figures of an open container stand in the rows below it."""
    return [_cell(entry, name, scene) for name in columns]


def _cell(entry: TableLine, name: str, scene: Scene) -> str:
    column = COLUMNS[name]
    if name == "layer":
        indent = _GAP * min(entry.depth, _DEEPEST)
        copies = f" ×{entry.count}" if entry.count != 1 else ""
        return indent + _cut(column.text(entry, scene), _LAYER - len(indent) - len(copies)) + copies
    return "" if column.figure and entry.open else column.text(entry, scene)


def _cut(text: str, most: int) -> str:
    most = max(most, _NARROWEST)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _cut_path(text: str, most: int) -> str:
    """The end of a path, which tells one from another."""
    return text if len(text) <= most else f"…{text[len(text) - most + 1 :]}"


# ---- layout


class Layout(NamedTuple):
    """The cells of a table, its head first, the width of each column, and the columns that had no room."""

    columns: tuple[str, ...]
    cells: list[list[str]]
    widths: list[int]
    dropped: tuple[str, ...] = ()


def _layout(entries: list[TableLine], columns: tuple[str, ...], scene: Scene, width: int | None) -> Layout:
    """What fits a terminal: counts are shortened, then lines cut, then columns dropped, then paths cut."""
    found = _full(entries, columns, scene)
    if width is None or _total(found.widths) <= width:
        return found
    dropped: list[str] = []
    scene = scene._replace(short=True)
    while True:
        found = _full(entries, columns, scene)
        room = _shrunk(found, "layer", _READABLE, width)
        name = next_dropped(columns)
        if _total(room.widths) <= width or name is None:
            break
        columns = tuple(one for one in columns if one != name)
        dropped.append(name)
    for name, least in (("layer", _NARROWEST), ("path", _NARROWEST)):
        room = _shrunk(room, name, least, width)
    return room._replace(dropped=tuple(dropped))


def _full(entries: list[TableLine], columns: tuple[str, ...], scene: Scene) -> Layout:
    cells = [list(columns), *(_cells(entry, columns, scene) for entry in entries)]
    return Layout(columns, cells, [max(map(len, column)) for column in zip(*cells, strict=True)])


def _shrunk(layout: Layout, name: str, least: int, width: int) -> Layout:
    """The layout with one column narrower, as far as it must be and at most to `least`."""
    if name not in layout.columns:
        return layout
    place, widths = layout.columns.index(name), list(layout.widths)
    widths[place] = max(min(widths[place], least), widths[place] - max(_total(widths) - width, 0))
    return layout._replace(widths=widths)


def _total(widths: list[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _lines(layout: Layout, dim: list[bool], color: bool) -> list[str]:
    lines = []
    for number, (row, faint) in enumerate(zip(layout.cells, dim, strict=True)):
        cells = zip(layout.columns, row, layout.widths, strict=True)
        line = _GAP.join(_padded(*cell) for cell in cells).rstrip()
        style = _BOLD if number == 0 else _DIM if faint else ""
        lines.append(f"{style}{line}{_PLAIN}" if color and style else line)
    return lines


def _padded(name: str, text: str, width: int) -> str:
    text = _cut_path(text, width) if name == "path" else _cut_layer(text, width) if name == "layer" else text
    return text.rjust(width) if COLUMNS[name].figure else text.ljust(width)


def _cut_layer(text: str, width: int) -> str:
    """A line with its indent; how often it stands there is kept."""
    words, cross, copies = text.partition(" ×")
    return text if len(text) <= width else f"{words[: max(width - len(cross + copies) - 1, 1)]}…{cross}{copies}"


# ---- what stands below


def _exact(size: Size) -> str:
    return f"{size:,}" if isinstance(size, int) else str(size)


def _footer(checked: Checked, entries: list[TableLine], batch: int, dtype: str) -> list[str]:
    if checked.network is None or not checked.whole:
        return ["The table ends where the network is wrong; there are no totals."]
    total = checked.totals
    lines = [f"{_exact(total.layers)} layer{'s' * (total.layers != 1)}"]
    all_of_formula = total.frozen == 0 and not isinstance(total.params, int)  # which is not written twice
    trained = "all" if all_of_formula else _exact(total.trainable)
    active = f", {_exact(total.active)} active at one position" if total.active != total.params else ""
    lines.append(f"params   {_exact(total.params)} ({trained} trainable{active})")
    if total.buffers != 0:
        lines.append(f"buffers  {_exact(total.buffers)}")
    lines.append(f"macs     {_exact(batch * total.macs)}{f' at batch {batch:,}' if batch > 1 else ''}")
    sizes = zip(
        ("parameters", "input", "outputs of layers"), memory(checked.network, checked.costs, batch, dtype), strict=True
    )
    words = ", ".join(f"{name} {megabytes(size)}" for name, size in sizes)
    lines.append(f"size     {words}{f' in {dtype}' if dtype != 'float32' else ''}")
    if total.frozen != 0:
        lines.append("Params in brackets are frozen.")
    lines += [*_needs(checked), *_prose(checked)]
    if any(entry.count != 1 for entry in entries):
        lines.append("A row with ×N represents N equal copies, and its counts are those of all of them.")
    return lines


def _prose(checked: Checked) -> list[str]:
    """The lines of a listing that are not in the table."""
    if not checked.prose:
        return []
    from archdsl.reports.reading import passed_over

    return [f"prose    {passed_over(checked.source, checked.prose)}"]


def _needs(checked: Checked) -> list[str]:
    """The conditions on symbolic dimensions, each with the line that needs it."""
    texts = [f"{each.text}  ({each.what} on line {each.line})" for each in checked.conditions]
    return [f"{'needs' if place == 0 else '':9}{inert(text)}" for place, text in enumerate(texts)]


def megabytes(size: Size) -> str:
    """Bytes in MB, of a million each; an expression in bytes."""
    if not isinstance(size, int):
        return f"{size} bytes"
    hundredths = (size + 5_000) // 10_000  # in integers, which have no largest
    return f"{hundredths // 100:,}.{hundredths % 100:02} MB"
