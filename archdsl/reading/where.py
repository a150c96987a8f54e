"""What is symbolic, and what `where` says of it: the capital names of inputs, and parameters without a value."""

from __future__ import annotations

from archdsl.expressions.evaluate import evaluate, truth
from archdsl.expressions.scope import LEFT_OPEN, WRONG, Scope
from archdsl.expressions.words import spell_value
from archdsl.faults.problem import Problem, Silent, exceeded
from archdsl.faults.report import Reporter
from archdsl.limits import LARGEST
from archdsl.reading.setting import Setting
from archdsl.sizes.size import Expression
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.sizes.facts import Facts


def symbol_names(inputs: tuple[tree.Input, ...], model: tree.ModelStatement | None) -> set[str]:
    """The capital names that inputs introduce; parameters of the model are none."""
    known = {parameter.name.text for parameter in model.parameters} if model else set()
    found: set[str] = set()
    for one in inputs:
        tokens = [one.size] if isinstance(one.size, Token) else _tokens(one.size)
        for token in tokens:
            if token.type in ("WORD", "DIMS", "HOLED") and token.text not in known:
                found |= {part for part in token.text.replace("×", "x").split("x") if _is_symbol(part)}
    return found - known


def _tokens(expression: Any) -> list[Token]:
    if isinstance(expression, Token):
        return [expression]
    parts = expression if isinstance(expression, tuple) else ()
    return [token for part in parts if isinstance(part, tuple) for token in _tokens(part)]


def _is_symbol(word: str) -> bool:
    return bool(word) and word[0].isalpha() and word == word.upper() and "." not in word


def left_open(parameter: tree.Parameter, given: dict[str, Any]) -> bool:
    """Whether a parameter of the model is symbolic: it has no value, or is given as `?`."""
    name = parameter.name.text
    return given[name] == LEFT_OPEN if name in given else parameter.default is None


def facts_of(
    inputs: tuple[tree.Input, ...], model: tree.ModelStatement | None, setting: Setting, report: Reporter
) -> Facts | None:
    """The facts about what is symbolic; None where nothing is, and where it is more than the limit allows."""
    given, limits, names = setting.given, setting.limits, symbol_names(inputs, model)
    parameters = [p.name for p in model.parameters if left_open(p, given)] if model else []
    number = len(parameters) + len([name for name in names if given.get(name, LEFT_OPEN) == LEFT_OPEN])
    if not number:
        return None
    if number > limits.symbols:
        at = parameters[0] if parameters else Token("WORD", "", 0, 0)
        message = f"{number:,} symbolic dimensions and parameters; the limit is {limits.symbols:,}"
        report.problem(exceeded("symbols", message, at, "give values"))
        return None
    from archdsl.sizes.facts import Facts

    facts = Facts(limits)
    facts.counted = setting.work.spend
    return facts


def define_symbols(
    inputs: tuple[tree.Input, ...],
    names: set[str],
    given: dict[str, Any],
    scope: Scope,
    report: Reporter,
    facts: Facts | None,
) -> None:
    """Give each symbolic size its number, where one is given, or itself."""
    for name in sorted(names):
        if given.get(name, LEFT_OPEN) != LEFT_OPEN:
            scope.symbols[name] = _given(name, given[name], inputs, report)
        else:
            scope.symbols[name] = facts.symbol(name, 1) if facts is not None else WRONG


def _given(name: str, value: Any, inputs: tuple[tree.Input, ...], report: Reporter) -> Any:
    if type(value) is int and 0 < value < LARGEST:
        return value
    at = next((one for one in inputs if any(name in token.text for token in _tokens(one.size))), inputs[0])
    code = "out-of-range" if type(value) is int else "wrong-type"
    report.tell(code, f"{name} is a size, an integer of 1 or more, and {spell_value(value)} is not", at)
    return WRONG


def least_of_parameter(name: str, model: tree.ModelStatement | None, scope: Scope) -> int:
    """Where a parameter that is symbolic begins: at 1, unless `where` states less."""
    stated = [bound for one in (model.where if model else ()) for bound in _bounds(one, name, scope)]
    return min(1, max(stated, default=1))


def _bounds(condition: tree.Expr, name: str, scope: Scope) -> list[int]:
    """`depth >= 0`, `depth > -1`, `0 <= depth`, also joined by `and`: the least values that a condition states."""
    if isinstance(condition, tree.Chain) and condition.operators[0] == "and":
        return [bound for term in condition.terms for bound in _bounds(term, name, scope)]
    if not isinstance(condition, tree.Comparison):
        return []
    left, operator, right = condition.left, condition.operator, condition.right
    if operator in ("<", "<="):
        left, operator, right = right, {"<": ">", "<=": ">="}[operator], left
    if operator not in (">", ">=") or not isinstance(left, Token) or left.text != name:
        return []
    try:
        bound = evaluate(right, scope)
    except (Problem, Silent):
        return []
    return [bound + (operator == ">")] if type(bound) is int else []


def demand_of_inputs(inputs: tuple[tree.Input, ...], scope: Scope, report: Reporter, facts: Facts | None) -> None:
    """Hold each condition after `where` of an input, or take it over where it is about what is symbolic."""
    for one in inputs:
        for condition in one.where:
            if facts is not None and report.told("limit"):
                return
            demand(condition, scope, report, facts)


def demand(condition: tree.Expr, scope: Scope, report: Reporter, facts: Facts | None) -> None:
    """Hold a condition after `where`, or take it over where it is about what is symbolic."""
    try:
        if not _holds(condition, scope, facts):
            report.tell("where-failed", failed(condition, scope, report), condition)
    except Problem as problem:
        report.problem(problem)
    except Silent:
        pass


def _holds(condition: tree.Expr, scope: Scope, facts: Facts | None) -> bool:
    if facts is None:
        return truth(condition, scope)
    from archdsl.expressions.assume import learned

    return learned(facts, lambda: truth(condition, scope), condition)


def failed(condition: tree.Expr, scope: Scope, report: Reporter) -> str:
    """What is said of a condition that does not hold: the condition, with the values of its names."""
    text = report.source.text[condition.start : condition.end]
    found = {name: scope.get(name) for name in _names(condition, scope)}
    if any(isinstance(value, Expression) for value in found.values()):
        return f"{text} is true for no allowed size"
    values = ", ".join(f"{name} = {spell_value(value)}" for name, value in found.items())
    return f"{text} does not hold{': ' + values if values else ''}"


def _names(expression: Any, scope: Scope) -> list[str]:
    """The names in an expression that have a value."""
    if isinstance(expression, Token):
        return [expression.text] if expression.type == "WORD" and expression.text in scope else []
    parts = expression if isinstance(expression, tuple) else ()
    return list(dict.fromkeys(name for part in parts if isinstance(part, tuple) for name in _names(part, scope)))
