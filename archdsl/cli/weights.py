"""`archdsl weights`: a checkpoint held against a spec."""

from __future__ import annotations

from archdsl.api.weights import wanted
from archdsl.checker.checked import Checked
from archdsl.checkpoints.compare import CheckpointComparison, compare
from archdsl.checkpoints.header import TensorEntry
from archdsl.checkpoints.opened import MatchingRules, header, opened
from archdsl.checkpoints.proposals import Ambiguity, Proposal, propose, skips
from archdsl.checkpoints.wanted import WantedTensor
from archdsl.cli.arguments import Arguments
from archdsl.cli.formats import FORMATS
from archdsl.cli.spec import OneSpec, given_shape
from archdsl.cli.status import FOUND, HOLDS
from archdsl.cli.usage import Usage
from archdsl.diagnostics import ArchError, Diagnostic
from archdsl.files.texts import unreadable
from archdsl.reports import checkpoint as backend
from archdsl.reports.checkpoint import FitReport

_MOST_VISITS = 5_000  # layers visited in a check at another setting, beside four times those at the given one


def weights(arguments: Arguments) -> int:
    """Compare a checkpoint with a spec; 0 where all fits, 1 where something does not, 2 where a file is unusable."""
    spec, path = arguments.paths
    if spec.endswith((".safetensors", ".pt", ".pth")):
        raise Usage(f"the spec comes first: archdsl weights SPEC {spec}")
    rules = MatchingRules(_renames(arguments.rename), tuple(arguments.skip), arguments.cast)
    one = OneSpec(arguments)
    checked = one.checked()
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
    fit = _fit(one, checked, path, asked, found, rules)
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
    one: OneSpec,
    checked: Checked,
    path: str,
    wanted: list[WantedTensor],
    found: dict[str, TensorEntry],
    rules: MatchingRules,
) -> FitReport:
    try:
        comparison = compare(wanted, found, *rules)
    except ValueError as wrong:
        raise Usage(str(wrong)) from None
    if comparison.fits:
        return FitReport(checked, path, comparison, Proposal({}, 0, (), ()))
    proposal = propose(wanted, found, *rules)
    renamed = rules._replace(rename={**rules.rename, **proposal.rename})
    after = compare(wanted, found, *renamed)
    if after.count("shape"):
        proposal = _with_setting(proposal, one, checked, after, found, renamed)
    return FitReport(checked, path, comparison, proposal)


def _with_setting(
    proposal: Proposal,
    one: OneSpec,
    checked: Checked,
    comparison: CheckpointComparison,
    found: dict[str, TensorEntry],
    rules: MatchingRules,
) -> Proposal:
    """A proposal with the setting of the model with which more of a file fits, where there is one."""
    from archdsl.api.settings import ModelSetting, fitting

    limits = one.arguments.limits
    few = limits._replace(visits=min(limits.visits, _MOST_VISITS + 4 * checked.visits))

    def again(setting: ModelSetting) -> tuple[Checked, list[WantedTensor]]:
        other = one.again(setting.values, given_shape(setting.sizes), few)
        if other.failed:
            raise ArchError(other.diagnostics)
        return other, wanted(other, limits)

    fixed = one.fixed()
    best = fitting(checked, comparison, found, rules, again, fixed)
    contrary = best is None and bool(fixed)
    if contrary:
        best = fitting(checked, comparison, found, rules, again, ())
    if best is None:
        return proposal
    fits = best.comparison.count("fits")
    if len(best.settings) == 1:
        return proposal._replace(
            setting=best.settings[0].words, fits=fits, left=skips(best.comparison), contrary=contrary
        )
    names = tuple(pair.name for pair in comparison.pairs if pair.status == "shape")
    words = tuple(" ".join(setting.words) for setting in best.settings)
    unsure = Ambiguity(names, words, f"with each of these, {fits:,} tensor{'s' * (fits != 1)} fit{'s' * (fits == 1)}")
    return proposal._replace(ambiguous=(*proposal.ambiguous, unsure))


def _failed(arguments: Arguments, checked: Checked, path: str, diagnostics: list[Diagnostic]) -> int:
    form, most = FORMATS[arguments.format], arguments.limits.diagnostics
    return form.refuse(diagnostics, most, lambda: backend.failed(checked, path, diagnostics))
