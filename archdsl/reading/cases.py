"""The settings that `cases` lists, worked out once for a text, and what is wrong with them."""

from __future__ import annotations

from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.scope import Scope
from archdsl.faults.problem import Problem, Silent, exceeded
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.typed import Any, NamedTuple


class CaseSettings(NamedTuple):
    """The settings of all `cases` of a file; beyond the limit none, and the fault."""

    settings: tuple[dict[str, Any], ...] = ()
    faults: tuple[Problem, ...] = ()

    def agreeing(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        """The settings that agree with what is given, each with all of that."""
        return [
            {**given, **setting}
            for setting in self.settings
            if all(setting.get(name, value) == value for name, value in given.items())
        ]


def cases(file: tree.File, limits: Limits) -> CaseSettings:
    """The settings that a file lists."""
    statements = [one for line in file.lines for one in line.statements]
    listed = [one for one in statements if isinstance(one, tree.Cases)]
    if not listed:
        return CaseSettings()
    model = next((one for one in statements if isinstance(one, tree.ModelStatement)), None)
    known = [parameter.name.text for parameter in model.parameters] if model else []
    found: list[dict[str, Any]] = []
    faults: list[Problem] = []
    for one in listed:
        unknown = [_unknown(token, known) for token in one.names if token.text not in known]
        faults += unknown
        try:
            listed_here = _settings(one, limits)
            found += [] if unknown else listed_here  # a setting of what is no parameter would be a second fault
        except Problem as problem:
            faults.append(problem)
        except Silent:
            continue
        if len(found) > limits.cases:
            return CaseSettings((), (*faults, exceeded("cases", f"more than {limits.cases:,} cases", one.settings)))
    return CaseSettings(tuple(found), tuple(faults))


def _unknown(token: tree.Token, known: list[str]) -> Problem:
    """A name that is no parameter of the model."""
    from archdsl.diagnostics import nearest

    close = nearest(token.text, known)
    hint = f"did you mean {close}?" if close else f"its parameters are {', '.join(known)}" if known else None
    return Problem("unknown-parameter", f"the model has no parameter {token.text}", token, hint=hint)


def _settings(one: tree.Cases, limits: Limits) -> list[dict[str, Any]]:
    """The settings of one `cases`; raises Problem where they are no list of as many values as there are names."""
    names = [token.text for token in one.names]
    items = evaluate(one.settings, Scope({}, {}, limits))
    rows = items if isinstance(items, tuple) else ()
    if not rows or any(len(names) > 1 and (not isinstance(row, tuple) or len(row) != len(names)) for row in rows):
        what = "a list" if len(names) == 1 else f"a list of lists of {len(names)} values"
        raise Problem("wrong-type", f"`cases` goes through {what}", one.settings)
    return [dict(zip(names, (row,) if len(names) == 1 else row, strict=True)) for row in rows]
