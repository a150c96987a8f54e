"""`archdsl solve`: the largest or smallest value of a symbolic parameter at which counts stay within bounds."""

from __future__ import annotations

from collections.abc import Sequence

from archdsl.checker.budget import BudgetSolution, CountBound, Unaskable, Unsolvable, bounds
from archdsl.checker.budget import solve as solved
from archdsl.checker.checked import Checked
from archdsl.cli import terminal
from archdsl.cli.arguments import Arguments
from archdsl.cli.formats import FORMATS
from archdsl.cli.spec import checked_spec
from archdsl.cli.status import FOUND, HOLDS
from archdsl.cli.usage import Usage
from archdsl.diagnostics import Diagnostic
from archdsl.expressions.scope import LEFT_OPEN
from archdsl.limits import raising
from archdsl.typed import Any


def solve(arguments: Arguments) -> int:
    """Print the value and the counts there, and those of the next value; 1 where there is none, or perhaps a better."""
    try:
        return _solved(arguments)
    except Unaskable as fault:
        if FORMATS[arguments.format].document:
            terminal.print_json(_no_answer(str(fault)))
        raise Usage(str(fault)) from None


def _solved(arguments: Arguments) -> int:
    """Print what was found, or why nothing was; raises Unaskable."""
    path, text = arguments.paths
    form, most = FORMATS[arguments.format], arguments.limits.diagnostics
    wanted = bounds(text)
    checked = checked_spec(arguments._replace(paths=[path]))
    if checked.failed:
        reason = f"{path} does not hold"
        return form.refuse(checked.diagnostics, most, lambda: _no_answer(reason, None, checked.diagnostics))
    name = _name(arguments, checked)
    try:
        found = solved(checked, wanted, name, arguments.limits)
    except Unsolvable as fault:
        reason = str(fault)
        form.answer(lambda: f"no solution: {reason}", lambda: _no_answer(reason, name))
        return FOUND
    form.answer(lambda: "\n".join(_lines(found, wanted)), lambda: _record(found))
    return HOLDS if found.searched is None else FOUND


def _name(arguments: Arguments, checked: Checked) -> str:
    """What is looked for: the one value given as `?`, or the one that is open."""
    asked = [name for name, value in arguments.values.items() if value == LEFT_OPEN]
    names = asked or (checked.facts.names if checked.facts is not None else [])
    if len(names) != 1:
        what = f"{' and '.join(names)} are symbolic" if names else f"{checked.name} has nothing symbolic"
        raise Unaskable(f"{what}; name the value to solve for: NAME=?")
    return names[0]


def _lines(found: BudgetSolution, wanted: tuple[CountBound, ...]) -> list[str]:
    lines = [f"{found.name} = {found.value:,}: {_counts(found.counts)}"]
    if found.beyond is not None:
        wrong = [bound for bound in wanted if not bound.met(found.counts_beyond[bound.unit])]
        much = f", too {'many' if wanted[0].upper else 'few'} {' and '.join(bound.unit for bound in wrong)}"
        lines.append(f"{found.name} = {found.beyond:,}: {_counts(found.counts_beyond)}{much if wrong else ''}")
    elif wanted[0].upper:
        lines.append(f"no larger value of {found.name} is allowed")
    if found.searched is not None:
        message = f"searched up to {found.name} = {found.searched:,}: the count may fall while {found.name} rises"
        lines.append(f"{message}; {raising('tries')}")
    return lines


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {unit}" for unit, count in counts.items())


def _record(found: BudgetSolution) -> dict[str, Any]:
    """The answer for scripts."""
    return {
        "name": found.name,
        "value": found.value,
        "counts": found.counts,
        "beyond": found.beyond,
        "counts_beyond": found.counts_beyond or None,
        "searched": found.searched,
    }


def _no_answer(reason: str, name: str | None = None, diagnostics: Sequence[Diagnostic] = ()) -> dict[str, Any]:
    """Why there is none, for scripts."""
    nothing = dict.fromkeys(("value", "counts", "beyond", "counts_beyond", "searched"))
    return {"name": name, **nothing, "reason": reason, "diagnostics": [one.to_json() for one in diagnostics]}
