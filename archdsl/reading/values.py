"""The values that the names of a text have at a setting."""

from __future__ import annotations

from archdsl.diagnostics import Span, nearest
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.scope import HOLES, WRONG, Scope, Words, meant
from archdsl.faults.problem import Problem, Silent
from archdsl.faults.report import Reporter
from archdsl.reading.declare import Declarations
from archdsl.reading.setting import Setting
from archdsl.reading.where import define_symbols, demand, least_of_parameter, left_open, symbol_names
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.sizes.facts import Facts


def scope_of(declared: Declarations, setting: Setting, kinds: Words, facts: Facts | None, report: Reporter) -> Scope:
    """The scope of a whole text at a setting: the parameters of its model, and the symbolic sizes of its inputs.

    What is neither given nor has a default is symbolic: a symbol, of which `facts` gather what is known. `kinds` are
    the words for kinds and blocks, which a parameter may hold. The `work` of the setting counts the steps of computing,
    here and wherever the scope goes.
    """
    names = symbol_names(declared.inputs, declared.model)
    symbols = {} if setting.holes is None else {HOLES: setting.holes}
    scope = Scope({}, symbols, setting.limits, work=setting.work)
    _check_given(declared.model, setting.given, names, report)
    _parameters(declared.model, setting.given, scope, kinds, facts, report)
    define_symbols(declared.inputs, names, setting.given, scope, report, facts)
    return scope


def _check_given(model: tree.ModelStatement | None, given: dict[str, Any], symbols: set[str], report: Reporter) -> None:
    """Report values that are given for names which the text does not have."""
    known = [parameter.name.text for parameter in model.parameters] if model else []
    for name in given:
        if name not in known and name not in symbols:
            close = nearest(name, [*known, *symbols])
            hint = f"did you mean {close}?" if close else f"its parameters are {', '.join(known)}" if known else None
            at = model.name if model else Span(0, 0)
            what = (
                f"{model.name.text} has no parameter {name}"
                if model
                else f"there is no model line, and so no parameter {name}"
            )
            report.tell("unknown-parameter", what, at, hint=hint)


def _parameters(
    model: tree.ModelStatement | None,
    given: dict[str, Any],
    scope: Scope,
    kinds: Words,
    facts: Facts | None,
    report: Reporter,
) -> None:
    """Define the parameters of a model, given from outside or by default; then hold what `where` demands of them."""
    for parameter in model.parameters if model else ():
        name = parameter.name.text
        if facts is not None and left_open(parameter, given):
            scope.define(name, facts.symbol(name, least_of_parameter(name, model, scope)))
        else:
            scope.define(name, _parameter(parameter, name, given, scope, report, kinds))
    for condition in model.where if model else ():
        demand(condition, scope, report, facts)


def _parameter(
    parameter: tree.Parameter,
    name: str,
    given: dict[str, Any],
    scope: Scope,
    report: Reporter,
    kinds: Words,
) -> Any:
    if name in given:
        return _as_kind(given[name], parameter, kinds)
    default = parameter.default
    if default is None:
        report.tell("missing-value", f"{name} has no value", parameter.name, hint=f"give one: {name}=...")
        return WRONG
    if isinstance(default, Token) and default.type == "WORD" and default.text not in scope:
        kind = meant(default.text, kinds)
        if kind is not None:
            return kind
    try:
        return evaluate(default, scope)
    except Problem as problem:
        report.problem(problem)
    except Silent:
        pass
    return WRONG


def _as_kind(value: Any, parameter: tree.Parameter, kinds: Words) -> Any:
    """A kind given by name, where the default is a kind."""
    default = parameter.default
    if isinstance(value, str) and isinstance(default, Token) and default.type == "WORD":
        return meant(value, kinds) or value
    return value
