"""A text checked at one setting of its parameters, or at all that it lists, the numbers of its holes put in."""

from __future__ import annotations

from typing import Any

from archdsl.checker.checked import Checked
from archdsl.checker.setting import check_setting
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.scope import Scope
from archdsl.faults.problem import Problem, Silent
from archdsl.faults.report import Report
from archdsl.limits import Limits
from archdsl.reading.declare import declarations
from archdsl.reading.reading import Reading
from archdsl.sizes.shape import Shape
from archdsl.syntax import tree
from archdsl.syntax.collector import without_collector


def filled(reading: Reading, settings: list[dict[str, Any]], limits: Limits, fragment: Shape | None = None) -> Reading:
    """A text with the numbers of its holes, found from the claims at all settings; as it is where it has no hole.

    Where there is no one answer, `answer.told` says why, and no number is put in.
    """
    if not reading.holes or reading.answer is not None:
        return reading
    from archdsl.checker.holes.answer import filled

    with without_collector():
        return filled(reading, settings, limits, fragment)


def settings(reading: Reading, given: dict[str, Any], limits: Limits) -> list[dict[str, Any]]:
    """The settings at which a file is verified: those of `cases` that agree with what is given, else what is given."""
    found: list[dict[str, Any]] = []
    if reading.file is not None:
        declared = declarations(reading.file, Report(reading.source, []))
        for cases in declared.cases:
            found += _cases(cases, given, limits)
    return found[: limits.cases] or [given]


def _cases(cases: tree.Cases, given: dict[str, Any], limits: Limits) -> list[dict[str, Any]]:
    names = [token.text for token in cases.names]
    try:
        items = evaluate(cases.settings, Scope({}, {}), limits)
    except (Problem, Silent):
        return []
    if not isinstance(items, tuple):
        return []
    rows = [(item,) if len(names) == 1 else item for item in items]
    found = [dict(zip(names, row, strict=True)) for row in rows if isinstance(row, tuple) and len(row) == len(names)]
    return [{**given, **row} for row in found if all(row.get(name, value) == value for name, value in given.items())]


def check(reading: Reading, given: dict[str, Any], limits: Limits, fragment: Shape | None = None) -> Checked:
    """Check one setting. `fragment` is the input of layer lines that have none. Holes are filled before."""
    reading = filled(reading, [given], limits, fragment)
    if reading.holes:  # each without a number is a fault, and none may end the check
        limits = limits._replace(diagnostics=limits.diagnostics + len(reading.holes))
    with without_collector():
        checked = check_setting(reading, given, limits, fragment)
    checked = checked._replace(prose=reading.prose) if reading.prose else checked
    if reading.answer is None:
        return checked
    from archdsl.checker.holes.answer import placed_back

    return placed_back(checked, reading.answer)
