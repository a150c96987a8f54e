"""The columns of the table: what each shows of a row, and in which order they give way on a narrow terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archdsl.analysis.cost import Cost
from archdsl.analysis.memory import output_bytes
from archdsl.diagnostics import nearest
from archdsl.diagnostics.inert import inert
from archdsl.network.table import NodeTable
from archdsl.reports.rows import TableLine
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Expression, Size
from archdsl.typed import NamedTuple

DEFAULT = ("path", "layer", "output", "params", "macs")
_FEW = 4  # shapes that a cell shows
_FORMULA = 20  # letters of a formula where there is little room


class Scene(NamedTuple):
    """What a table is made for: the batch, the number format, the totals, and whether counts are shortened."""

    batch: int
    dtype: str
    total: Cost | None
    sizes: NodeTable[Size]  # bytes of the outputs, as far as they are known
    short: bool = False


class Column(NamedTuple):
    """A column: its text for a row, whether its cells are figures, and what is said below the table."""

    text: Callable[[TableLine, Scene], str]
    figure: bool = False
    remark: str = ""


def _shapes(shapes: tuple[Shape, ...], scene: Scene) -> str:
    texts = [
        str(shape) if scene.batch == 1 else str(Shape((scene.batch, *shape.sizes), shape.dtype))
        for shape in shapes[:_FEW]
    ]
    return ", ".join([*texts, "…"] if len(shapes) > _FEW else texts)


def _params(entry: TableLine, scene: Scene) -> str:
    """Params; in brackets, as torchinfo has them, where none of them is trained; else where they are counted."""
    cost = entry.cost
    text = count(cost.params, scene)
    if entry.lender:
        return inert(f"{text} + of {entry.lender}" if cost.params != 0 else f"of {entry.lender}")
    return f"({text})" if cost.params != 0 and cost.trainable == 0 else text


def _share(entry: TableLine, scene: Scene) -> str:
    """The part of all params, in percent."""
    params, total = entry.cost.params, scene.total.params if scene.total is not None else 0
    if isinstance(params, Expression) or isinstance(total, Expression) or total == 0:
        return ""
    tenths = (1_000 * params * 2 + total) // (2 * total)
    return "<0.1%" if params and not tenths else f"{tenths // 10}.{tenths % 10}%"


def _bytes(entry: TableLine, scene: Scene) -> str:
    return count(scene.batch * entry.count * output_bytes(entry.node, scene.dtype, scene.sizes), scene)


def _of(unit: str) -> Column:
    """A count of all copies of a row."""
    return Column(lambda entry, scene: count(getattr(entry.cost, unit), scene), figure=True)


def _of_a_batch(unit: str) -> Column:
    return Column(lambda entry, scene: count(scene.batch * getattr(entry.cost, unit), scene), figure=True)


COLUMNS = {
    "path": Column(lambda entry, scene: inert(entry.path)),
    "layer": Column(lambda entry, scene: inert(entry.text)),
    "input": Column(lambda entry, scene: _shapes(entry.inputs, scene)),
    "output": Column(lambda entry, scene: _shapes(entry.outputs, scene)),
    "kernel": Column(lambda entry, scene: entry.kernel),
    "params": Column(_params, figure=True),
    "share": Column(_share, figure=True, remark="Share is the part of all params."),
    "trainable": _of("trainable"),
    "weights": _of("weights"),
    "buffers": _of("buffers"),
    "macs": _of_a_batch("macs"),
    "flops": _of_a_batch("flops"),
    "connections": _of("connections"),
    "units": _of("units"),
    "bytes": Column(_bytes, figure=True, remark="Bytes are those of the outputs."),
}
_DROPPED = (  # first to last
    *("connections", "units", "weights", "buffers", "flops", "trainable", "bytes", "share", "kernel", "input"),
    *("macs", "output", "params"),
)


def named(names: Iterable[str]) -> tuple[str, ...]:
    """The columns of some names; raises ValueError with the names that exist."""
    found = tuple(name.strip() for name in names)
    unknown = [name for name in found if name not in COLUMNS]
    if unknown or not found:
        close = nearest(unknown[0], COLUMNS) if unknown else None
        what = f"no column {unknown[0][:40]!r}" if unknown else "no column is named"
        meant = f", did you mean {close}?" if close else ";"
        raise ValueError(f"{what}{meant} columns are {', '.join(COLUMNS)}")
    twice = next((name for place, name in enumerate(found) if name in found[:place]), None)
    if twice is not None:
        raise ValueError(f"the column {twice} is named twice")
    return found


def next_dropped(columns: tuple[str, ...]) -> str | None:
    """The column that gives way first; None where none does."""
    return next((name for name in _DROPPED if name in columns), None) if len(columns) > 1 else None


def count(size: Size, scene: Scene) -> str:
    """A count: in full, or shortened to three digits."""
    if isinstance(size, Expression):
        text = str(size)
        return f"{text[: _FORMULA - 1]}…" if scene.short and len(text) > _FORMULA else text
    return compact(size) if scene.short else f"{size:,}"


def compact(number: int) -> str:
    """`118M`, `12.8M`, `9.41k`; below a thousand in full."""
    for letter, power in (("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15)):
        unit = 10**power
        if number >= 1_000 and (number < 999_500 * unit // 1_000 or letter == "P"):
            decimals = 2 if number < 9_995 * unit // 1_000 else 1 if number < 99_950 * unit // 1_000 else 0
            digits = (2 * number * 10**decimals + unit) // (2 * unit)
            whole, rest = divmod(digits, 10**decimals)
            return f"{whole:,}.{rest:0{decimals}}{letter}" if decimals else f"{whole:,}{letter}"
    return str(number)
