"""One check at one setting: the text elaborated, and everything that is found of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from archdsl.analysis.cost import Costs
from archdsl.checker import channels
from archdsl.checker.checked import Checked, unread
from archdsl.claims.claims import MOST_DIGITS, unwritable
from archdsl.claims.judge import Judge
from archdsl.diagnostics import Diagnostic, Span
from archdsl.elaborate.elaborate import Elaborator
from archdsl.elaborate.whole import network_of
from archdsl.expressions.scope import LEFT_OPEN
from archdsl.faults.problem import Stop
from archdsl.faults.report import Reporter
from archdsl.limits import Limits
from archdsl.network.nodes import Network
from archdsl.reading.declare import model_name
from archdsl.reading.kinds import linked
from archdsl.reading.reading import Reading
from archdsl.reading.references import recursive_blocks
from archdsl.reading.setting import Setting
from archdsl.reading.values import scope_of
from archdsl.reading.where import demand_of_inputs, facts_of, symbol_names
from archdsl.sizes.size import Excess, Size
from archdsl.syntax import tree
from archdsl.typed import TypeAlias

JudgeMaker: TypeAlias = Callable[[Reporter, Costs, Limits], Judge]

_CHARACTERS = 10  # of a text that is looked at once more, in the time of a step


def check_setting(
    reading: Reading,
    setting: Setting,
    inputs: tuple[tree.Input, ...] | None = None,
    judge: JudgeMaker = Judge,
    *,
    trial: bool = False,
) -> Checked:
    """Check one setting of a text verbatim; a hole without a number is a fault whose followers stay silent.

    `inputs` stand in place of those of the text, whose conditions are held all the same; `judge` holds the claims. A
    `trial` asks only what is wrong with the text.
    """
    if reading.file is None:
        return unread(reading.source, reading.diagnostics)._replace(parameters=setting.given)
    report, work = Reporter(reading.source, reading.ignored, setting.limits.diagnostics), setting.work
    visits, steps = work.visits, work.steps
    try:
        if visits:  # the first look at a text is bounded by its length
            work.spend(len(reading.source.text) // _CHARACTERS)
        report.add(reading.diagnostics)
        if reading.dropped:
            report.read_in_part(reading.dropped, hushed=reading.braces, missing=reading.partial)
        found = _elaborated(reading, reading.file, setting, inputs, judge, report, trial)
    except Stop as stop:  # before there was a network
        report.problem(stop.problem)
        found = unread(reading.source, [])._replace(parameters=setting.given)
    found = found._replace(lost=report.lost)
    return found._replace(diagnostics=report.sorted(), visits=work.visits - visits, steps=work.steps - steps)


def _elaborated(
    reading: Reading,
    file: tree.File,
    setting: Setting,
    inputs: tuple[tree.Input, ...] | None,
    judge: JudgeMaker,
    report: Reporter,
    trial: bool,
) -> Checked:
    """What is found at one setting but for the diagnostics, which the report has. Raises Stop."""
    kinds = linked(file, reading.used, report)
    declared = kinds.files[0]
    limits = setting.limits
    facts = facts_of(declared.inputs, declared.model, setting, report)
    scope = scope_of(declared, setting, kinds.words[0], facts, report)
    demand_of_inputs(declared.inputs, scope, report, facts)
    for fault in reading.cases.faults:
        report.problem(fault)
    elaborator = Elaborator(kinds, report, limits, reading.known, facts, setting.work)
    elaborator.judge = judge(report, elaborator.costs, limits)
    elaborator.believes = setting.holes is None and not trial
    elaborator.recursive = recursive_blocks(kinds, report)
    refused = report.told("where-failed")  # what follows from a setting that cannot be says nothing
    laid = declared if inputs is None else declared._replace(inputs=inputs)
    network = None if refused else network_of(laid, scope, elaborator, reading.fragment)
    network = _countable(network, elaborator.costs, report, limits)
    values = {p.name.text: scope.get(p.name.text) for p in (declared.model.parameters if declared.model else ())}
    given, names = setting.given, symbol_names(declared.inputs, declared.model)
    values |= {name: given[name] for name in sorted(names) if given.get(name, LEFT_OPEN) != LEFT_OPEN}
    if reading.notation == "arch" and inputs is None and not trial:
        likely = channels.suspects(declared, scope, reading.fragment)
        channels.remark(report, reading, likely, partial(_trial, setting))
    claims, name = elaborator.judge.verdicts(), model_name(declared.model, reading.source)
    found = Checked(reading.source, name, values, network, elaborator.costs, claims, [], 0)
    if facts is None:
        return found
    from archdsl.analysis.conditions import assumed, conditions

    found = found._replace(facts=facts, conditions=conditions(facts, reading.source), where=assumed(facts))
    facts.counted = None  # what comes after the check has bounds of its own
    return found


def _trial(setting: Setting, reading: Reading) -> list[Diagnostic]:
    """What is wrong with a text that is tried."""
    return check_setting(reading, setting.afresh(), trial=True).diagnostics


def _countable(network: Network | None, costs: Costs, report: Reporter, limits: Limits) -> Network | None:
    """Refuse a network whose counts nobody could write down."""
    if network is None:
        return None
    counts = costs.of(network.body)
    much = next((much for count in counts if (much := _much(count, limits))), None)
    if not any(map(unwritable, counts)) and much is None:
        return network
    if much is not None:
        report.tell(much.code, f"a count of this network is {much.words}", Span(0, 0), hint=much.hint)
        return None
    message = f"repeats of repeats: a count of this network has more than {MOST_DIGITS} digits"
    report.tell("too-large", message, Span(0, 0))
    return None


def _much(count: Size, limits: Limits) -> Excess | None:
    """What is too much about a formula; digits are bounded apart."""
    return None if isinstance(count, int) else count.exceeds(limits, factors=False)
