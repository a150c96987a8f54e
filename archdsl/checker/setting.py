"""One check at one setting: the text elaborated, and everything that is found of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from archdsl.analysis.cost import Costs
from archdsl.checker import channels
from archdsl.checker.checked import Checked, unread
from archdsl.claims.claims import MOST_DIGITS, unwritable
from archdsl.claims.judge import Judge
from archdsl.diagnostics import Diagnostic, Span
from archdsl.elaborate.elaborate import Elaborator
from archdsl.elaborate.whole import network_of
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.scope import LEFT_OPEN, Scope
from archdsl.faults.problem import Problem
from archdsl.faults.report import Report
from archdsl.limits import Limits
from archdsl.network.nodes import Network
from archdsl.reading.declare import Declarations, model_name, parameters
from archdsl.reading.kinds import linked
from archdsl.reading.reading import Reading
from archdsl.reading.references import recursive_blocks
from archdsl.reading.where import define_symbols, demand_of_inputs, facts_of, symbol_names
from archdsl.sizes.size import Size
from archdsl.syntax import tree


def check_setting(
    reading: Reading,
    given: dict[str, Any],
    limits: Limits,
    inputs: tuple[tree.Input, ...] | None = None,
    judge: Callable[[Report, Costs, Limits], Judge] = Judge,
    holes: dict[int, int] | None = None,
    *,
    trial: bool = False,
) -> Checked:
    """Check one setting of a text as it stands; a hole without a number is a fault whose followers stay silent.

    `inputs` stand in place of those of the text, whose conditions are held all the same; `judge` holds the claims;
    `holes` are numbers for each ?, by their places. A `trial` asks only what is wrong with the text.
    """
    source = reading.source
    report = Report(source, reading.ignored)
    if reading.file is None:
        return unread(source, reading.diagnostics)._replace(parameters=given)
    report.add(reading.diagnostics)
    kinds = linked(reading.file, reading.used, report)
    declared = kinds.files[0]
    names = symbol_names(declared.inputs, declared.model)
    facts = facts_of(names, declared.model, given, report, limits)
    scope = parameters(declared.model, given, names, report, limits, facts, kinds.words[0], holes)
    define_symbols(declared.inputs, names, given, scope, report, facts)
    demand_of_inputs(declared.inputs, scope, report, limits, facts)
    _check_cases(declared, report, limits)
    elaborator = Elaborator(kinds, report, limits, reading.known, facts)
    elaborator.judge = judge(report, elaborator.costs, limits)
    scope.work = work = elaborator.work
    elaborator.recursive = recursive_blocks(kinds, report, limits)
    refused = report.told("where-failed")  # what follows from a setting that cannot be says nothing
    laid = declared if inputs is None else declared._replace(inputs=inputs)
    network = None if refused else network_of(laid, scope, elaborator, reading.fragment)
    network = _countable(network, elaborator.costs, report, limits)
    values = {p.name.text: scope.get(p.name.text) for p in (declared.model.parameters if declared.model else ())}
    values |= {name: given[name] for name in sorted(names) if given.get(name, LEFT_OPEN) != LEFT_OPEN}
    if reading.notation == "arch" and inputs is None and not trial:
        likely = channels.suspects(declared, scope, limits, reading.fragment)
        channels.remark(report, reading, likely, partial(_trial, given, limits, holes))
    diagnostics = report.sorted()
    claims = elaborator.judge.verdicts()
    name = model_name(declared.model, source)
    found = Checked(source, name, values, network, elaborator.costs, claims, diagnostics, work.visits, work.steps)
    if facts is None:
        return found
    from archdsl.analysis.conditions import assumed, conditions

    return found._replace(facts=facts, conditions=conditions(facts, source), where=assumed(facts))


def _trial(given: dict[str, Any], limits: Limits, holes: dict[int, int] | None, reading: Reading) -> list[Diagnostic]:
    """What is wrong with a text that is tried."""
    return check_setting(reading, given, limits, holes=holes, trial=True).diagnostics


def _countable(network: Network | None, costs: Costs, report: Report, limits: Limits) -> Network | None:
    """Refuse a network whose counts nobody could write down."""
    if network is None:
        return None
    counts = costs.of(network.body)
    much = next((much for count in counts if (much := _much(count, limits))), None)
    if not any(map(unwritable, counts)) and much is None:
        return network
    message = f"repeats of repeats: a count of this network has more than {MOST_DIGITS} digits"
    message = f"a count of this network is {much}" if much else message
    report.tell("too-large", message, Span(0, 0))
    return None


def _much(count: Size, limits: Limits) -> str | None:
    """What is too much about a formula; digits are bounded apart."""
    return None if isinstance(count, int) else count.exceeds(limits.terms, limits.degree, factors=False)


def _check_cases(declared: Declarations, report: Report, limits: Limits) -> None:
    """Tell what is wrong with `cases`: names that are no parameters, settings that are no list."""
    known = [parameter.name.text for parameter in declared.model.parameters] if declared.model else []
    for cases in declared.cases:
        for token in cases.names:
            if token.text not in known:
                report.tell("unknown-parameter", f"the model has no parameter {token.text}", token)
        try:
            items = evaluate(cases.settings, Scope({}, {}), limits)
        except Problem as problem:
            report.problem(problem)
            continue
        wanted = len(cases.names)
        rows = items if isinstance(items, tuple) else ()
        if not rows or any(wanted > 1 and (not isinstance(row, tuple) or len(row) != wanted) for row in rows):
            what = "a list" if wanted == 1 else f"a list of lists of {wanted} values"
            report.tell("wrong-type", f"`cases` goes through {what}", cases.settings)
        elif len(rows) > limits.cases:
            report.tell(
                "limit", f"more than {limits.cases:,} cases", cases.settings, hint="raise it with --limit cases=N"
            )
