"""The checked model of the Python interface."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from os import PathLike

from archdsl.analysis.cost import Cost
from archdsl.analysis.memory import BYTES
from archdsl.api import values
from archdsl.checker.checked import Checked
from archdsl.diagnostics import Diagnostic
from archdsl.limits import Limits
from archdsl.sizes.size import Size
from archdsl.typed import TYPE_CHECKING, NamedTuple, SupportsIndex, TypeAlias

if TYPE_CHECKING:
    import torch

    from archdsl.analysis.conditions import Condition
    from archdsl.api.lookup import Paths
    from archdsl.backends.arrays import Formula
    from archdsl.network.nodes import Network
    from archdsl.reading.reading import FoundNumber
    from archdsl.reports.records import SummaryRecord
    from archdsl.reports.rows import Row


_OPTION = "input="
Input: TypeAlias = str | Sequence[int]  # a shape: "64x64x3", "37 int", (64, 64, 3)


class Port(NamedTuple):
    """An input or output: its name, its sizes channels last without the batch, and `float32`, `int64` or `bool`."""

    name: str
    shape: tuple[Size, ...]
    dtype: str


class Model:
    """A valid network: all shapes fit, and all claims that were checked hold. Created by `load` and `loads`."""

    def __init__(self, checked: Checked, limits: Limits, *, allow_modules: bool = False) -> None:
        self._checked = checked
        self._limits = limits
        self._allow_modules = allow_modules
        self._sources: dict[bool, str] = {}

    @property
    def name(self) -> str:
        return self._checked.name

    @property
    def parameters(self) -> dict[str, object]:
        """The values of the model's parameters."""
        return dict(self._checked.parameters)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Warnings and notes; a model has no errors."""
        return self._checked.diagnostics

    @property
    def holes(self) -> tuple[FoundNumber, ...]:
        """The numbers found for each ?: `.line`, `.column`, `.text`, `.value`, `.name`."""
        return self._checked.holes

    @property
    def totals(self) -> Cost:
        """Every count of the whole network: params, weights, buffers, macs, connections, units ..."""
        return self._checked.totals

    @property
    def params(self) -> Size:
        """Elements of all learnable tensors."""
        return self.totals.params

    @property
    def trainable(self) -> Size:
        """The params that are not frozen."""
        return self.totals.trainable

    @property
    def active(self) -> Size:
        """The params that one position uses: of routed experts those of the chosen ones."""
        return self.totals.active

    @property
    def macs(self) -> Size:
        """Multiply-accumulates of one forward pass at batch 1."""
        return self.totals.macs

    @property
    def flops(self) -> Size:
        """2 * macs."""
        return self.totals.flops

    @property
    def inputs(self) -> tuple[Port, ...]:
        return tuple(Port(p.name, p.shape, p.dtype) for p in self.network.inputs)

    @property
    def outputs(self) -> tuple[Port, ...]:
        return tuple(Port(p.name, p.shape, p.dtype) for p in self.network.outputs)

    @property
    def conditions(self) -> list[Condition]:
        """What the network requires of its symbolic dimensions, in addition to `where`.

        Each has its `text`, the `line` that requires it, the kind there (`what`) and the `reason`; empty if nothing is
        symbolic.
        """
        return list(self._checked.conditions)

    @property
    def open(self) -> tuple[str, ...]:
        """The names of the symbolic dimensions: sizes of inputs, and parameters without a value."""
        facts = self._checked.facts
        return tuple(facts.names) if facts is not None else ()

    @property
    def export_conditions(self) -> list[Condition]:
        """The conditions under which an export with dynamic sizes is valid: no size in the network is 1."""
        from archdsl.analysis.conditions import exportable

        return exportable(self._checked)

    def allows(self, **sizes: int) -> bool:
        """Whether the network is valid with these values of all symbolic dimensions.

        Raises TypeError for other names and for values that are not integers, ValueError for an integer that cannot be
        a size.
        """
        facts = self._checked.facts
        if set(sizes) != set(self.open):
            raise TypeError(f"the symbolic dimensions are {', '.join(self.open) or 'none'}")
        sizes = {name: values.integer(name, size) for name, size in sizes.items()}
        known = [*self._checked.where, *self._checked.conditions]
        return all(size >= facts.least(name) for name, size in sizes.items() if facts is not None) and all(
            condition.holds(sizes) for condition in known
        )

    def formula(self, unit: str) -> Formula:
        """A count of the network ("params", "macs", ...) as a function of the symbolic dimensions.

        Its arguments are integers or NumPy arrays: `model.formula("params")(width=numpy.arange(1, 1000))`. Raises
        KeyError for an unknown unit.
        """
        from archdsl.analysis.cost import TOTALS
        from archdsl.backends.arrays import Formula

        if values.text("unit", unit) not in TOTALS:
            raise KeyError(f"unknown count {unit[:40]!r}; choose one of {', '.join(TOTALS)}")
        return Formula(self.totals[unit], self.open)

    def count(self, unit: str, /, **sizes: SupportsIndex) -> int:
        """A count of the network ("params", "trainable", "macs", "flops", "units", ...) as an integer.

        `sizes` are values of symbolic dimensions. Raises ValueError if the count depends on one without a value,
        or if the network is not valid at these sizes, KeyError for an unknown unit, TypeError for other names.
        """
        formula = self.formula(unit)
        numbers = {name: values.integer(name, size) for name, size in sizes.items()}
        if missing := [name for name in formula.names if name not in numbers]:
            given = ", ".join(f"{name}=..." for name in missing)
            raise ValueError(f"{unit} are {formula}; pass values: model.count({unit!r}, {given})")
        found = formula(**numbers)
        if numbers and set(numbers) == set(self.open) and not self.allows(**numbers):
            at = ", ".join(f"{name} = {number}" for name, number in numbers.items())
            raise ValueError(f"the network is not valid at {at}; model.conditions lists what it requires")
        return found

    @property
    def network(self) -> Network:
        """The network as a tree (`archdsl.network.nodes.Network`)."""
        assert self._checked.network is not None, "a model holds"
        return self._checked.network

    @cached_property
    def layers(self) -> list[Row]:
        """The layer lines in order; equal copies of a repeat are one row with its `count`."""
        from archdsl.reports.rows import leaves

        return leaves(self._checked, self._limits.unrolled)

    def __getitem__(self, path: str) -> Row:
        """The layer of a path, as in the `state_dict`: `model["layer1.0.conv1"]`. Raises KeyError with a near one.

        Of equal copies of a repeat each is found, with `count` 1.
        """
        return self._paths.layer(path)

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[Row]:
        return iter(self.layers)

    def __len__(self) -> int:
        """How many rows `layers` has; `totals.layers` counts every copy."""
        return len(self.layers)

    def __bool__(self) -> bool:
        return True  # with however few layers

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.startswith("_")]

    @cached_property
    def _paths(self) -> Paths:
        from archdsl.api.lookup import Paths

        return Paths(self._checked, self.layers, self._limits.unrolled)

    def summary(
        self,
        depth: int | None = None,
        batch: int = 1,
        dtype: str = "float32",
        *,
        columns: Iterable[str] | None = None,
        source: bool = False,
        width: int | None = None,
    ) -> str:
        """The table of the layers with their shapes, parameters and multiply-accumulates, as plain text.

        `depth` is the number of levels shown, `batch` the batch size for macs and sizes in MB, `dtype` the number
        format of these sizes: float64, float32, float16 or bfloat16. `columns` are names of `docs/commands.md`. Lines
        are shown with their values, or with `source` as written; they are at most `width` characters long. Raises
        TypeError and ValueError for other values.
        """
        from archdsl.reports.columns import DEFAULT, named
        from archdsl.reports.table import table

        batch, dtype = values.positive("batch", batch), values.choice("dtype", dtype, tuple(BYTES))
        depth = None if depth is None else values.positive("depth", depth)
        width = None if width is None else values.positive("width", width)
        if isinstance(columns, str):
            raise TypeError('columns must be a list of names: ["path", "params"]')
        chosen = DEFAULT if columns is None else named(values.text("a column", name) for name in columns)
        most = self._limits.unrolled
        return table(self._checked, depth, batch, width, False, most, dtype, chosen, source)

    def to_json(self, batch: int = 1, dtype: str = "float32") -> SummaryRecord:
        """The record that `archdsl summary --format json` prints; raises TypeError and ValueError as `summary` does."""
        from archdsl.reports.json import summary

        batch, dtype = values.positive("batch", batch), values.choice("dtype", dtype, tuple(BYTES))
        return summary(self._checked, self._limits.unrolled, batch, dtype)

    def to_source(self, *, inplace: bool = False) -> str:
        """The PyTorch source of the model; with `inplace`, activations overwrite inputs that nothing else reads.

        Raises ArchError beyond the limit `unrolled`, and if the model has external modules that `load` did not allow.
        """
        if not isinstance(inplace, bool):
            raise TypeError(f"inplace must be True or False, not {inplace!r:.40}")
        if inplace not in self._sources:
            from archdsl.backends.source import source

            made = source(self._checked, self._limits, allow_modules=self._allow_modules, inplace=inplace)
            self._sources[inplace] = made
        return self._sources[inplace]

    def to_torch(
        self,
        weights: str | PathLike[str] | None = None,
        *,
        skip: Iterable[str] = (),
        rename: Mapping[str, str] | None = None,
        cast: bool = False,
        inplace: bool = False,
    ) -> torch.nn.Module:
        """The module of the source of `to_source`, with initial weights or those of a file. Needs PyTorch.

        Every tensor of the file must match one of the module in name, shape and dtype, and the reverse. `skip` names
        tensors or parts to leave out on both sides, `rename` maps names in the file to new ones (`{"module.": ""}`),
        `cast` converts floats of another width. Raises ArchError for any other mismatch, for a damaged file, or if an
        external module is not as stated; ValueError for a rule that matches no tensor, TypeError for a wrong path or
        name, OSError if the file cannot be read.
        """
        from archdsl.backends.torch import build

        if weights is None and (skip or rename or cast):
            raise ValueError("skip, rename and cast need weights=")
        module = build(self.to_source(inplace=inplace), self._checked)
        if weights is not None:
            from archdsl.api.weights import load_into, rules

            load_into(module, self._checked, weights, rules(rename, skip, cast), self._limits)
        return module

    def __repr__(self) -> str:
        return (
            f"<archdsl model {self.name}: {self.params:,} params, {self.macs:,} macs>"
            if isinstance(self.macs, int)
            else f"<archdsl model {self.name}: {self.params} params>"
        )
