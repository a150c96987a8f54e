"""Weights of compiled modules: read from checkpoints, exactly, and written as safetensors."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from os import PathLike

from archdsl.checker.checked import Checked
from archdsl.checkpoints.compare import CheckpointComparison, compare
from archdsl.checkpoints.header import TensorEntry, refusal
from archdsl.checkpoints.opened import MatchingRules, header, opened
from archdsl.checkpoints.proposals import propose
from archdsl.checkpoints.wanted import WantedTensor, wanted_tensors
from archdsl.files import disk
from archdsl.limits import Limits
from archdsl.reports import checkpoint as report
from archdsl.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def rules(rename: Mapping[str, str] | None, skip: Iterable[str], cast: bool) -> MatchingRules:
    """The rules of a caller in Python; raises TypeError for what are no names."""
    if rename is not None and not isinstance(rename, Mapping):
        raise TypeError('rename must map names in the file to new names: {"module.": ""}')
    checked = MatchingRules(dict(rename or {}), (skip,) if isinstance(skip, str) else tuple(skip), cast)
    for name in (*checked.rename, *checked.rename.values(), *checked.skip):
        if not isinstance(name, str):
            raise TypeError(f"the name of a tensor or a part must be a string, not {type(name).__name__}")
    return checked


def load_into(
    module: torch.nn.Module, checked: Checked, path: str | PathLike[str], rules: MatchingRules, limits: Limits
) -> None:
    """Put the tensors of a file into a module, exactly.

    Raises ArchError: `weights-mismatch` where a tensor is missing, extra or different and was not left out by name,
    `damaged-weights`, `pickled-weights`; ValueError for a rule that is about no tensor; OSError.
    """
    from archdsl.backends.torch import checkpoint as torch_side

    with opened(path) as checkpoint:
        if checkpoint.pickled:
            tensors = torch_side.unpickled(checkpoint.file, checkpoint.name)
            entries = torch_side.entries(tensors)
            comparison = _fitting(checked, checkpoint.name, entries, rules, limits)
            torch_side.fill(module, _chosen(comparison), lambda entry: tensors[entry.name], checkpoint.name)
            return
        found = header(checkpoint, limits)
        comparison = _fitting(checked, checkpoint.name, found.tensors, rules, limits)
        read = torch_side.reader(checkpoint.file, found.begin, checkpoint.name)
        torch_side.fill(module, _chosen(comparison), read, checkpoint.name)


def wanted(checked: Checked, limits: Limits) -> list[WantedTensor]:
    """What the network of a right text wants of a checkpoint."""
    assert checked.network is not None
    return wanted_tensors(checked.network, checked.totals.layers, checked.source.name, limits)


def _chosen(comparison: CheckpointComparison) -> Iterable[tuple[str, TensorEntry]]:
    return [(pair.name, pair.found) for pair in comparison.pairs if pair.status == "fits" and pair.found]


def _fitting(
    checked: Checked, name: str, found: dict[str, TensorEntry], rules: MatchingRules, limits: Limits
) -> CheckpointComparison:
    """The comparison where all fits; raises ArchError where it does not."""
    asked = wanted(checked, limits)
    comparison = compare(asked, found, *rules)
    if not comparison.fits:
        proposal = propose(asked, found, *rules)
        message = report.message(name, checked.name, comparison)
        raise refusal("weights-mismatch", message, name, report.hint(proposal))
    return comparison


def save(module: torch.nn.Module | Mapping[str, torch.Tensor], path: str | PathLike[str]) -> None:
    """Write a module's `state_dict`, or tensors by name, as a safetensors file, whole or not at all.

    A tensor of a module that has several names is stored once, under the first; the header has the others.

    The file is one of the safetensors library: the widest numbers first, then by name, so that each tensor lies where
    it may. Raises TypeError or ValueError for a tensor that the format does not have (sparse, quantised, without data),
    OSError where the file cannot be written. Needs torch.
    """
    from archdsl.backends.torch.checkpoint import serialised

    disk.write(os.fspath(path), serialised(module))
