"""Checkpoint files: opened, held against a spec (`archdsl weights`), loaded into a module, and written."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from archdsl.checker.checked import Checked
from archdsl.checkpoints.compare import Comparison, compare
from archdsl.checkpoints.header import Entry, Header, is_pickled, read_header, refusal
from archdsl.checkpoints.proposals import Proposal, propose
from archdsl.checkpoints.wanted import Wanted, wanted_tensors
from archdsl.cli import terminal
from archdsl.cli.arguments import Arguments, Usage
from archdsl.cli.status import FOUND, HOLDS
from archdsl.diagnostics import ArchError, Diagnostic
from archdsl.files import disk
from archdsl.files.texts import named, unreadable
from archdsl.limits import Limits
from archdsl.reports import checkpoint as backend
from archdsl.reports.checkpoint import Fit

if TYPE_CHECKING:
    import torch

_CONVERT = 'archdsl.save(torch.load("{}", weights_only=True), "weights.safetensors") converts it'


class Rules(NamedTuple):
    """What the caller says of names and dtypes: see `archdsl.checkpoints.compare`."""

    rename: Mapping[str, str]
    skip: tuple[str, ...]
    cast: bool


def rules(rename: Mapping[str, str] | None, skip: Iterable[str], cast: bool) -> Rules:
    """The rules of a caller in Python; raises TypeError for what are no names."""
    if rename is not None and not isinstance(rename, Mapping):
        raise TypeError('rename maps names of the file to others: {"module.": ""}')
    checked = Rules(dict(rename or {}), (skip,) if isinstance(skip, str) else tuple(skip), cast)
    for name in (*checked.rename, *checked.rename.values(), *checked.skip):
        if not isinstance(name, str):
            raise TypeError(f"a name of a tensor or a part is a text, not {name!r}")
    return checked


class Opened(NamedTuple):
    """An ordinary file, open at its start: of safetensors, or of `torch.save`."""

    file: BinaryIO
    size: int
    name: str
    pickled: bool


@contextmanager
def opened(path: str | PathLike[str]) -> Iterator[Opened]:
    """Open a checkpoint and look at its first bytes.

    Raises OSError, also for what is no ordinary file; TypeError for what is no path.
    """
    path = os.fspath(path)  # a number would be a file that somebody else has open
    if not stat.S_ISREG(os.stat(path).st_mode):  # before it is opened: a pipe would wait for a writer
        code = errno.EISDIR if os.path.isdir(path) else errno.EINVAL
        raise OSError(code, "Is a directory" if code == errno.EISDIR else "no ordinary file", named(path))
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        pickled = is_pickled(file.read(16), size)
        file.seek(0)
        yield Opened(file, size, named(path), pickled)


def header(checkpoint: Opened, limits: Limits) -> Header:
    """The header of a safetensors file; raises ArchError for a damaged one, and for a file of `torch.save`."""
    if checkpoint.pickled:
        message = "a file of torch.save is read by unpickling; this needs safetensors"
        raise refusal("pickled-weights", message, checkpoint.name, _CONVERT.format(checkpoint.name))
    return read_header(checkpoint.file, checkpoint.size, checkpoint.name, limits)


# ---- archdsl weights


def weights(arguments: Arguments) -> int:
    """Compare a checkpoint with a spec; 0 where all fits, 1 where something does not, 2 where a file is unusable."""
    from archdsl.cli.spec import checked_spec

    spec, path = arguments.paths
    if spec.endswith((".safetensors", ".pt", ".pth")):
        raise Usage(f"the spec comes first: archdsl weights SPEC {spec}")
    rules = Rules(_renames(arguments.rename), tuple(arguments.skip), arguments.cast)
    checked = checked_spec(arguments)
    if checked.failed:
        return _failed(arguments, checked, path, checked.diagnostics)
    try:
        wanted = _wanted(checked, arguments.limits)
        with opened(path) as checkpoint:
            found = header(checkpoint, arguments.limits).tensors
    except ArchError as wrong:
        return _failed(arguments, checked, path, wrong.diagnostics)
    except (OSError, ValueError) as wrong:  # ValueError: a name that no file can have
        return _failed(arguments, checked, path, [unreadable(path, wrong)])
    fit = _fit(checked, path, wanted, found, rules)
    if arguments.format == "json":
        terminal.print_json(backend.record(fit))
    else:
        print(backend.table(fit, arguments.every, arguments.limits.diagnostics))
    return HOLDS if fit.comparison.fits else FOUND


def _renames(words: list[str]) -> dict[str, str]:
    """`OLD=NEW` as a rule; raises Usage."""
    rules: dict[str, str] = {}
    for word in words:
        old, sign, new = word.partition("=")
        if not sign:
            raise Usage(f"--rename {word}: write OLD=NEW, as in --rename module.=")
        if old in rules:
            raise Usage(f"--rename {old or '='}: given twice")
        rules[old] = new
    return rules


def _fit(checked: Checked, path: str, wanted: list[Wanted], found: dict[str, Entry], rules: Rules) -> Fit:
    try:
        comparison = compare(wanted, found, *rules)
    except ValueError as wrong:
        raise Usage(str(wrong)) from None
    proposal = Proposal({}, 0, (), ()) if comparison.fits else propose(wanted, found, *rules)
    return Fit(checked, path, comparison, proposal)


def _failed(arguments: Arguments, checked: Checked, path: str, diagnostics: list[Diagnostic]) -> int:
    if arguments.format != "json":
        return terminal.report(diagnostics, arguments.limits.diagnostics)
    terminal.print_json(backend.failed(checked, path, diagnostics))
    return terminal.status_of(diagnostics)


# ---- to_torch(weights=...)


def load_into(
    module: torch.nn.Module, checked: Checked, path: str | PathLike[str], rules: Rules, limits: Limits
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


def _wanted(checked: Checked, limits: Limits) -> list[Wanted]:
    """What the network of a right text wants of a checkpoint."""
    assert checked.network is not None
    return wanted_tensors(checked.network, checked.totals.layers, checked.source.name, limits)


def _chosen(comparison: Comparison) -> Iterable[tuple[str, Entry]]:
    return [(pair.name, pair.found) for pair in comparison.pairs if pair.status == "fits" and pair.found]


def _fitting(checked: Checked, name: str, found: dict[str, Entry], rules: Rules, limits: Limits) -> Comparison:
    """The comparison where all fits; raises ArchError where it does not."""
    wanted = _wanted(checked, limits)
    comparison = compare(wanted, found, *rules)
    if not comparison.fits:
        proposal = propose(wanted, found, *rules)
        message = backend.message(name, checked.name, comparison)
        raise refusal("weights-mismatch", message, name, backend.hint(proposal))
    return comparison


# ---- archdsl.save


def save(module: torch.nn.Module | Mapping[str, torch.Tensor], path: str | PathLike[str]) -> None:
    """Write a module's `state_dict`, or tensors by name, as a safetensors file, whole or not at all.

    A tensor of a module that has several names is stored once, under the first; the header has the others.

    The file is one of the safetensors library: the widest numbers first, then by name, so that each tensor lies where
    it may. Raises TypeError or ValueError for a tensor that the format does not have (sparse, quantised, without data),
    OSError where the file cannot be written. Needs torch.
    """
    from archdsl.backends.torch.checkpoint import serialised

    disk.write(os.fspath(path), serialised(module))
