"""Checks and summaries for scripts: plain dictionaries and lists, ready for `json.dumps`."""

from __future__ import annotations

from typing import Any

from archdsl.analysis.cost import TOTALS
from archdsl.checker.checked import Checked
from archdsl.limits import Limits
from archdsl.network.nodes import Port
from archdsl.reports.rows import Row, leaves
from archdsl.reports.values import recorded
from archdsl.sizes.size import Size


def summary(checked: Checked, most: int = Limits().unrolled, batch: int = 1, dtype: str = "float32") -> dict[str, Any]:
    """The network with its totals and layers. After an error `totals` is None, and the layers end where it is wrong.

    Counts are those of batch 1; `memory` is of the batch and the number format. Raises ArchError beyond `most` layers,
    ValueError for a dtype that there is not.
    """
    network = checked.network
    return {
        "model": checked.name,
        "file": checked.source.name,
        "parameters": parameters(checked),
        "inputs": [_port(port) for port in network.inputs] if network else [],
        "outputs": [_port(port) for port in network.outputs] if network else [],
        "totals": _totals(checked),
        "memory": _memory(checked, batch, dtype),
        "conditions": _conditions(checked),
        "layers": [_layer(row) for row in leaves(checked, most)],
        "claims": _claims(checked),
        "holes": _holes(checked),
        "passed_over": _prose(checked),
        "diagnostics": [diagnostic.to_json() for diagnostic in checked.diagnostics],
    }


def check(checks: list[Checked]) -> list[dict[str, Any]]:
    """What each check found, in order; a file with `cases` has one entry for each setting."""
    return [
        {
            "file": checked.source.name,
            "model": checked.name,
            "parameters": parameters(checked),
            "totals": _totals(checked),
            "conditions": _conditions(checked),
            "claims": _claims(checked),
            "holes": _holes(checked),
            "passed_over": _prose(checked),
            "diagnostics": [diagnostic.to_json() for diagnostic in checked.diagnostics],
        }
        for checked in checks
    ]


def _prose(checked: Checked) -> list[dict[str, Any]]:
    if not checked.prose:
        return []
    from archdsl.reports.reading import prose_records

    return prose_records(checked.source, checked.prose)


def parameters(checked: Checked) -> dict[str, Any]:
    """The values of the model's parameters."""
    return {name: recorded(value) for name, value in checked.parameters.items()}


def _port(port: Port) -> dict[str, Any]:
    return {"name": port.name, "shape": _sizes(port.shape), "dtype": port.dtype}


def _totals(checked: Checked) -> dict[str, Any] | None:
    return {name: _size(getattr(checked.totals, name)) for name in TOTALS} if checked.whole else None


def _memory(checked: Checked, batch: int, dtype: str) -> dict[str, Any] | None:
    from archdsl.analysis.memory import memory

    if checked.network is None or not checked.whole:
        return None
    sizes = memory(checked.network, checked.costs, batch, dtype)._asdict()
    return {"batch": batch, "dtype": dtype, **{name: _size(size) for name, size in sizes.items()}}


def _layer(row: Row) -> dict[str, Any]:
    return {
        "path": row.path,
        "kind": row.kind,
        "file": row.file,
        "line": row.line,
        "count": _size(row.count),
        "inputs": [_sizes(shape.sizes) for shape in row.inputs],
        "output": _sizes(row.output.sizes),
        "outputs": [_sizes(shape.sizes) for shape in row.outputs],
        "params": _size(row.params),
        "weights": _size(row.weights),
        "macs": _size(row.macs),
        "connections": _size(row.connections),
        "units": _size(row.units),
        "frozen": row.frozen,
        "shares": row.shares,
        "tied": dict(row.tied),
    }


def _conditions(checked: Checked) -> list[dict[str, Any]]:
    """What the network needs of its open sizes, beside what `where` says."""
    return [
        {"condition": each.text, "file": each.file, "line": each.line, "needed_by": each.what, "reason": each.reason}
        for each in checked.conditions
    ]


def _claims(checked: Checked) -> list[dict[str, Any]]:
    return [{"file": claim.file, **claim._asdict()} for claim in checked.claims]


def _holes(checked: Checked) -> list[dict[str, Any]]:
    return [found._asdict() for found in checked.holes]


def _sizes(sizes: tuple[Size, ...]) -> list[int | str]:
    return [_size(size) for size in sizes]


def _size(size: Size) -> int | str:
    """A number; text where it depends on a symbol."""
    return size if isinstance(size, int) else str(size)
