"""The form of JSON records, as types; `docs/json.md` says what each field means, `schemas/` has them as JSON Schema."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

SCHEMA = 1  # under one number fields are only added

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Count: TypeAlias = int | str  # a number; a formula where it depends on a symbol
ContainerType: TypeAlias = Literal["group", "block", "merge", "branch", "repeat", "loop", "experts", "scan"]


class InputRecord(TypedDict):
    """An input of the model."""

    name: str
    shape: list[Count]
    dtype: str


class OutputRecord(InputRecord):
    """An output of the model, and what gives it."""

    reads: str | None
    reads_result: int


class TotalsRecord(TypedDict):
    """The counts of the whole network, at batch 1."""

    params: Count
    trainable: Count
    weights: Count
    buffers: Count
    macs: Count
    flops: Count
    connections: Count
    units: Count
    active: Count


class LayerRecord(TypedDict):
    """A layer line; equal copies of a repeat are one, with the figures of one copy."""

    path: str
    kind: str
    file: str
    line: int
    count: Count
    runs: Count
    inputs: list[list[Count]]
    output: list[Count]
    outputs: list[list[Count]]
    params: Count
    weights: Count
    macs: Count
    connections: Count
    units: Count
    frozen: bool
    shares: str | None
    tied: dict[str, str]
    attributes: dict[str, Json]
    reads: list[str | None]
    reads_result: list[int]
    container: str | None
    formulas: dict[str, str]


class ContainerRecord(TypedDict):
    """A group, block, merge, branch, repeat or loop; equal copies are one, with the figures of one copy."""

    path: str
    type: ContainerType
    kind: str | None
    label: str | None
    container: str | None
    file: str
    line: int | None
    count: Count
    copies: Count | None
    inputs: list[list[Count]]
    outputs: list[list[Count]]
    reads: list[str | None]
    reads_result: list[int]
    gives: list[str | None]
    gives_result: list[int]
    attributes: dict[str, Json]
    params: Count
    trainable: Count
    weights: Count
    macs: Count
    connections: Count
    units: Count
    formulas: dict[str, str]


class MemoryRecord(TypedDict):
    """Bytes, for a batch and a number format."""

    batch: int
    dtype: str
    parameters: Count
    inputs: Count
    outputs: Count


class SymbolRecord(TypedDict):
    """A symbolic dimension, or a parameter without a value."""

    name: str
    least: int


class ConditionRecord(TypedDict):
    """What the network needs of its symbolic dimensions."""

    condition: str
    file: str
    line: int
    needed_by: str
    reason: str


class ClaimRecord(TypedDict):
    """A claim with its verdict."""

    file: str
    line: int
    text: str
    holds: bool | None
    claimed: str
    derived: str


class HoleRecord(TypedDict):
    """The number that was found for a `?`."""

    line: int
    column: int
    text: str
    value: int
    name: str


class ProseRecord(TypedDict):
    """A line of a listing that was read as prose."""

    line: int
    text: str


class ReadingRecord(TypedDict):
    """How a part of a listing was read."""

    line: int
    column: int
    text: str
    reading: str


class PlaceRecord(TypedDict):
    """A place in a text; lines and columns count from 1, and the end is not included."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class RelatedRecord(PlaceRecord):
    """Another place that explains a diagnostic."""

    text: str


class EditRecord(PlaceRecord):
    """A text in place of another; `start` and `end` count characters from 0."""

    start: int
    end: int
    text: str


class FixRecord(TypedDict):
    """What mends a fault; `safe` where nobody needs to look at it."""

    title: str
    safe: bool
    edits: list[EditRecord]


class DiagnosticRecord(PlaceRecord):
    """What is wrong, or worth a warning or a note."""

    code: str
    severity: str
    message: str
    hint: str | None
    fix: FixRecord | None
    related: list[RelatedRecord]


class FixedRecord(TypedDict):
    """A fix that was made, and how many diagnostics it mends."""

    code: str
    line: int
    column: int
    title: str
    faults: int


class CheckRecord(TypedDict):
    """What one check found: `check --format json` has a list of them."""

    schema: int
    file: str
    model: str
    parameters: dict[str, Json]
    totals: TotalsRecord | None
    symbols: list[SymbolRecord]
    formulas: dict[str, str]
    conditions: list[ConditionRecord]
    claims: list[ClaimRecord]
    holes: list[HoleRecord]
    passed_over: list[ProseRecord]
    diagnostics: list[DiagnosticRecord]
    reading: NotRequired[list[ReadingRecord]]
    fixed: NotRequired[list[FixedRecord]]


class SummaryRecord(TypedDict):
    """A network with its layers: `summary --format json` and `Model.to_json`."""

    schema: int
    model: str
    file: str
    parameters: dict[str, Json]
    inputs: list[InputRecord]
    outputs: list[OutputRecord]
    totals: TotalsRecord | None
    memory: MemoryRecord | None
    symbols: list[SymbolRecord]
    formulas: dict[str, str]
    conditions: list[ConditionRecord]
    layers: list[LayerRecord]
    containers: list[ContainerRecord]
    claims: list[ClaimRecord]
    holes: list[HoleRecord]
    passed_over: list[ProseRecord]
    diagnostics: list[DiagnosticRecord]
