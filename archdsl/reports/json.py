"""Checks and summaries for scripts: plain dictionaries and lists, ready for `json.dumps`."""

from __future__ import annotations

from archdsl.analysis.cost import TOTALS
from archdsl.checker.checked import Checked
from archdsl.diagnostics import Diagnostic
from archdsl.limits import Limits
from archdsl.network.nodes import NetworkPort
from archdsl.reports.flow import Origin
from archdsl.reports.graph import container_record, formulas, layer_record, size, sizes
from archdsl.reports.records import (
    SCHEMA,
    CheckRecord,
    ClaimRecord,
    ConditionRecord,
    DiagnosticRecord,
    HoleRecord,
    InputRecord,
    Json,
    MemoryRecord,
    OutputRecord,
    ProseRecord,
    SummaryRecord,
    SymbolRecord,
    TotalsRecord,
)
from archdsl.reports.rows import followed
from archdsl.reports.values import recorded
from archdsl.typed import cast


def summary(checked: Checked, most: int = Limits().unrolled, batch: int = 1, dtype: str = "float32") -> SummaryRecord:
    """The network with its totals, layers and containers.

    After an error `totals` is None, and the layers end where it is wrong.
    Counts are those of batch 1; `memory` is of the batch and the number format. Raises ArchError beyond `most` layers,
    ValueError for a dtype that there is not.
    """
    network = checked.network
    layers, found = followed(checked, most)
    return {
        "schema": SCHEMA,
        "model": checked.name,
        "file": checked.source.name,
        "parameters": parameters(checked),
        "inputs": [_input(port) for port in network.inputs] if network else [],
        "outputs": [_output(*each) for each in zip(network.outputs, found.outputs, strict=True)] if network else [],
        "totals": _totals(checked),
        "memory": _memory(checked, batch, dtype),
        "symbols": _symbols(checked),
        "formulas": formulas(checked.totals, TOTALS) if checked.whole else {},
        "conditions": _conditions(checked),
        "layers": [layer_record(row) for row in layers],
        "containers": [container_record(checked, container) for container in found.containers],
        "claims": _claims(checked),
        "holes": _holes(checked),
        "passed_over": _prose(checked),
        "diagnostics": _diagnostics(checked),
    }


def check(checks: list[Checked]) -> list[CheckRecord]:
    """What each check found, in order; a file with `cases` has one entry for each setting."""
    return [
        {
            "schema": SCHEMA,
            "file": checked.source.name,
            "model": checked.name,
            "parameters": parameters(checked),
            "totals": _totals(checked),
            "symbols": _symbols(checked),
            "formulas": formulas(checked.totals, TOTALS) if checked.whole else {},
            "conditions": _conditions(checked),
            "claims": _claims(checked),
            "holes": _holes(checked),
            "passed_over": _prose(checked),
            "diagnostics": _diagnostics(checked),
        }
        for checked in checks
    ]


def _prose(checked: Checked) -> list[ProseRecord]:
    if not checked.prose:
        return []
    from archdsl.reports.reading import prose_records

    return prose_records(checked.source, checked.prose)


def parameters(checked: Checked) -> dict[str, Json]:
    """The values of the model's parameters."""
    return {name: recorded(value) for name, value in checked.parameters.items()}


def _input(port: NetworkPort) -> InputRecord:
    return {"name": port.name, "shape": sizes(port.shape), "dtype": port.dtype}


def _output(port: NetworkPort, origin: Origin | None) -> OutputRecord:
    return {
        "name": port.name,
        "shape": sizes(port.shape),
        "dtype": port.dtype,
        "reads": origin.path if origin else None,
        "reads_result": origin.result if origin else 0,
    }


def _totals(checked: Checked) -> TotalsRecord | None:
    if not checked.whole:
        return None
    return cast(TotalsRecord, {name: size(getattr(checked.totals, name)) for name in TOTALS})


def _memory(checked: Checked, batch: int, dtype: str) -> MemoryRecord | None:
    from archdsl.analysis.memory import memory

    if checked.network is None or not checked.whole:
        return None
    sizes = memory(checked.network, checked.costs, batch, dtype)
    return {
        "batch": batch,
        "dtype": dtype,
        "parameters": size(sizes.parameters),
        "inputs": size(sizes.inputs),
        "outputs": size(sizes.outputs),
    }


def _diagnostics(checked: Checked) -> list[DiagnosticRecord]:
    return [diagnostic_record(diagnostic) for diagnostic in checked.diagnostics]


def diagnostic_record(diagnostic: Diagnostic) -> DiagnosticRecord:
    """A diagnostic."""
    return cast(DiagnosticRecord, diagnostic.to_json())


def _symbols(checked: Checked) -> list[SymbolRecord]:
    """What is symbolic: symbolic dimensions, and parameters without a value."""
    facts = checked.facts
    return [{"name": name, "least": facts.least(name)} for name in facts.names] if facts is not None else []


def _conditions(checked: Checked) -> list[ConditionRecord]:
    """What the network needs of its symbolic sizes, beside what `where` says."""
    return [
        {"condition": each.text, "file": each.file, "line": each.line, "needed_by": each.what, "reason": each.reason}
        for each in checked.conditions
    ]


def _claims(checked: Checked) -> list[ClaimRecord]:
    return [
        {
            "file": claim.file,
            "line": claim.line,
            "text": claim.text,
            "holds": claim.holds,
            "claimed": claim.claimed,
            "derived": claim.derived,
        }
        for claim in checked.claims
    ]


def _holes(checked: Checked) -> list[HoleRecord]:
    return [
        {"line": found.line, "column": found.column, "text": found.text, "value": found.value, "name": found.name}
        for found in checked.holes
    ]
