"""How a checkpoint fits a network, as a table for people and as a record for scripts."""

from __future__ import annotations

import shlex

from archdsl.checker.checked import Checked
from archdsl.checkpoints.compare import STATUSES, CheckpointComparison, TensorPair
from archdsl.checkpoints.header import TensorEntry
from archdsl.checkpoints.proposals import Ambiguity, Proposal
from archdsl.checkpoints.wanted import WantedTensor
from archdsl.diagnostics.inert import inert
from archdsl.reports.json import parameters
from archdsl.typed import Any, NamedTuple

_HEADERS = ("tensor", "spec", "file", "")
_GAP = "  "
_LONGEST = 100  # characters of a name that are shown
_FEW = 8  # rules on one line, and names that a message lists
_MANY = 100  # rules one a line
_WORDS = {
    "fits": "{} fit{s}",
    "missing": "{} missing",
    "extra": "{} extra",
    "shape": "{} of another shape",
    "dtype": "{} of another dtype",
    "skipped": "{} skipped",
}


class FitReport(NamedTuple):
    """A comparison with its names, and what would make more of it fit."""

    checked: Checked
    file: str
    comparison: CheckpointComparison
    proposal: Proposal


def table(fit: FitReport, every: bool = False, most: int = 100) -> str:
    """What does not fit, or `every` tensor, `most` of them; the counts; what to try. No newline at the end."""
    pairs = [pair for pair in fit.comparison.pairs if every or pair.status not in ("fits", "skipped")]
    lines = _rows(pairs[:most])
    if len(pairs) > most:
        lines.append(f"… and {len(pairs) - most:,} more; --limit diagnostics=N shows more")
    return "\n".join([*lines, *([""] if lines else []), _verdict(fit), *_advice(fit, most)])


def _rows(pairs: list[TensorPair]) -> list[str]:
    if not pairs:
        return []
    cells = [_HEADERS, *(_cells(pair) for pair in pairs)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEADERS))]
    return [_GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _cells(pair: TensorPair) -> tuple[str, ...]:
    remark = "" if pair.status == "fits" else pair.status
    if pair.found is not None and pair.found.name != pair.name:
        remark = ", ".join(filter(None, (remark, f"called {inert(pair.found.name, _LONGEST)}")))
    return inert(pair.name, _LONGEST), _tensor(pair.wanted), _tensor(pair.found), remark


def _tensor(tensor: WantedTensor | TensorEntry | None) -> str:
    """`6x1x5x5 F32`, in PyTorch's order."""
    return f"{sizes_text(tensor.sizes)} {tensor.dtype}" if tensor else "-"


def sizes_text(sizes: tuple[Any, ...]) -> str:
    """`6x1x5x5`; a tensor without axes is a number."""
    return inert("x".join(map(str, sizes)) or "number", _LONGEST)


def _verdict(fit: FitReport) -> str:
    """`lenet.safetensors: LeNet5  8 of 10 tensors fit, 2 of another shape`."""
    comparison = fit.comparison
    wanted = sum(pair.wanted is not None for pair in comparison.pairs)
    fits = comparison.count("fits")
    parts = [f"{fits:,} of {wanted:,} tensor{'s' * (wanted != 1)} fit{'s' * (fits == 1)}"]
    parts += [counted(comparison, status) for status in STATUSES[1:] if comparison.count(status)]
    return inert(f"{fit.file}: {fit.checked.name}  {', '.join(parts)}")


def counted(comparison: CheckpointComparison, status: str) -> str:
    """`2 missing`."""
    number = comparison.count(status)
    return _WORDS[status].format(f"{number:,}", s="s" * (number == 1))


def _advice(fit: FitReport, most: int) -> list[str]:
    proposal = fit.proposal
    renames, skips = _options("--rename", proposal.rename), _options("--skip", proposal.skip)
    ways = [(f" (then {proposal.fits:,} fit)" if proposal.rename and not proposal.setting else "", [*renames, *skips])]
    if proposal.setting:
        setting = [*(inert(word, 2 * _LONGEST) for word in proposal.setting), *renames]
        found = f" (then {proposal.fits:,} fit)", [*setting, *_options("--skip", proposal.left)]
        ways = [*ways, found] if proposal.contrary and skips else [found, *(ways if skips else [])]
    ways = [(gain, options) for gain, options in ways if options]
    lines = [f"{word}: {_in_lines(options)}{gain}" for word, (gain, options) in zip(("try", "or"), ways, strict=False)]
    if any(len(options) > _MANY for _, options in ways):
        more = max(len(options) for _, options in ways) - _MANY
        lines.append(f"… and {more:,} more; --format json has all")
    for unsure in proposal.ambiguous[:most]:
        lines.append(inert(f"ambiguous: {_unsure(unsure)}"))
    return lines


def _in_lines(options: list[str]) -> str:
    return " ".join(options) if len(options) <= _FEW else _one_a_line(options[:_MANY])


def _one_a_line(options: list[str]) -> str:
    return "".join(f"\\\n  {option} " for option in options).rstrip()


def _options(option: str, rules: dict[str, str] | tuple[str, ...]) -> list[str]:
    words = [f"{old}={new}" for old, new in rules.items()] if isinstance(rules, dict) else list(rules)
    return [f"{option} {inert(shlex.quote(word), 2 * _LONGEST)}" for word in words]


def _unsure(unsure: Ambiguity) -> str:
    return f"{_listed(unsure.wanted)} may be {_listed(unsure.candidates, 'or')}: {unsure.reason}"


def _listed(names: tuple[str, ...], word: str = "and") -> str:
    shown = [inert(name, _LONGEST) for name in names[:_FEW]]
    if len(names) > _FEW:
        return f"{', '.join(shown)} {word} {len(names) - _FEW:,} more"
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}" if len(shown) > 1 else shown[0]


def message(file: str, name: str, comparison: CheckpointComparison) -> str:
    """Why a checkpoint is not loaded: `lenet.safetensors does not fit LeNet5: 1 missing (C1.bias), ...`."""
    parts = []
    for status in STATUSES[1:-1]:
        names = tuple(pair.name for pair in comparison.pairs if pair.status == status)
        if names:
            parts.append(f"{counted(comparison, status)} ({_listed(names)})")
    return f"{file} does not fit {name}: {'; '.join(parts)}"


def hint(proposal: Proposal) -> str | None:
    """What to give to `to_torch` so that it does."""
    words = []
    if proposal.rename:
        words.append(f"rename={proposal.rename!r}" if len(proposal.rename) <= _FEW else "the rename of archdsl weights")
    for unsure in proposal.ambiguous[:1]:
        words.append(f"say which with rename: {_listed(unsure.wanted[:1])} may be {_listed(unsure.candidates, 'or')}")
    if proposal.skip:
        words.append(f"skip={list(proposal.skip)!r}")
    return ", ".join(words) or None


# ---- JSON


def record(fit: FitReport) -> dict[str, Any]:
    """Every tensor with its status, and what is proposed; ready for `json.dumps`."""
    comparison, proposal = fit.comparison, fit.proposal
    return {
        "model": fit.checked.name,
        "file": fit.checked.source.name,
        "weights": fit.file,
        "parameters": parameters(fit.checked),
        "fits": comparison.fits,
        "counts": {status: comparison.count(status) for status in STATUSES},
        "tensors": [_tensor_record(pair) for pair in comparison.pairs],
        "proposal": {
            "rename": proposal.rename,
            "skip": list(proposal.skip),
            "fits": proposal.fits,
            "setting": list(proposal.setting),
            "left": list(proposal.left),
            "ambiguous": [
                {"tensors": list(unsure.wanted), "candidates": list(unsure.candidates), "reason": unsure.reason}
                for unsure in proposal.ambiguous
            ],
        },
        "diagnostics": [],
    }


def _tensor_record(pair: TensorPair) -> dict[str, Any]:
    wanted, found = pair.wanted, pair.found
    return {
        "name": pair.name,
        "status": pair.status,
        "shape": list(wanted.sizes) if wanted else None,
        "dtype": wanted.dtype if wanted else None,
        "file_name": found.name if found else None,
        "file_shape": list(found.sizes) if found else None,
        "file_dtype": found.dtype if found else None,
    }


def failed(checked: Checked | None, file: str, diagnostics: list[Any]) -> dict[str, Any]:
    """The same record where the spec or the file could not be read."""
    return {
        "model": checked.name if checked else None,
        "file": checked.source.name if checked else None,
        "weights": file,
        "parameters": parameters(checked) if checked else {},
        "fits": False,
        "counts": None,
        "tensors": [],
        "proposal": None,
        "diagnostics": [diagnostic.to_json() for diagnostic in diagnostics],
    }
