"""`archdsl weights`: a checkpoint held against a spec."""

from __future__ import annotations

from archdsl.api.weights import wanted
from archdsl.checker.checked import Checked
from archdsl.checkpoints.compare import compare
from archdsl.checkpoints.header import TensorEntry
from archdsl.checkpoints.opened import MatchingRules, header, opened
from archdsl.checkpoints.proposals import Proposal, propose
from archdsl.checkpoints.wanted import WantedTensor
from archdsl.cli.arguments import Arguments
from archdsl.cli.formats import FORMATS
from archdsl.cli.status import FOUND, HOLDS
from archdsl.cli.usage import Usage
from archdsl.diagnostics import ArchError, Diagnostic
from archdsl.files.texts import unreadable
from archdsl.reports import checkpoint as backend
from archdsl.reports.checkpoint import FitReport


def weights(arguments: Arguments) -> int:
    """Compare a checkpoint with a spec; 0 where all fits, 1 where something does not, 2 where a file is unusable."""
    from archdsl.cli.spec import checked_spec

    spec, path = arguments.paths
    if spec.endswith((".safetensors", ".pt", ".pth")):
        raise Usage(f"the spec comes first: archdsl weights SPEC {spec}")
    rules = MatchingRules(_renames(arguments.rename), tuple(arguments.skip), arguments.cast)
    checked = checked_spec(arguments)
    if checked.failed:
        return _failed(arguments, checked, path, checked.diagnostics)
    try:
        asked = wanted(checked, arguments.limits)
        with opened(path) as checkpoint:
            found = header(checkpoint, arguments.limits).tensors
    except ArchError as wrong:
        return _failed(arguments, checked, path, wrong.diagnostics)
    except (OSError, ValueError) as wrong:  # ValueError: a name that no file can have
        return _failed(arguments, checked, path, [unreadable(path, wrong)])
    fit = _fit(checked, path, asked, found, rules)
    most = arguments.limits.diagnostics
    FORMATS[arguments.format].answer(lambda: backend.table(fit, arguments.every, most), lambda: backend.record(fit))
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


def _fit(
    checked: Checked, path: str, wanted: list[WantedTensor], found: dict[str, TensorEntry], rules: MatchingRules
) -> FitReport:
    try:
        comparison = compare(wanted, found, *rules)
    except ValueError as wrong:
        raise Usage(str(wrong)) from None
    proposal = Proposal({}, 0, (), ()) if comparison.fits else propose(wanted, found, *rules)
    return FitReport(checked, path, comparison, proposal)


def _failed(arguments: Arguments, checked: Checked, path: str, diagnostics: list[Diagnostic]) -> int:
    form, most = FORMATS[arguments.format], arguments.limits.diagnostics
    return form.refuse(diagnostics, most, lambda: backend.failed(checked, path, diagnostics))
