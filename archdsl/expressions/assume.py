"""What a network needs of its symbolic sizes: questions of the rules that depend on a symbol become conditions.

A rule is run once for each way in which its open questions can be answered. The ways on which it refuses must not be
taken: that is the condition. Loaded only where a size is symbolic.
"""

from __future__ import annotations

from collections.abc import Callable

from archdsl.faults.problem import Placed, Problem, exceeded
from archdsl.layers import Refusal
from archdsl.limits import Limits
from archdsl.sizes.condition import Clause, literal, names_of
from archdsl.sizes.facts import Facts, Way, facts_of
from archdsl.sizes.size import Size, Undetermined, same
from archdsl.sizes.wording import worded
from archdsl.typed import Any, NamedTuple, TypeVar, cast

T = TypeVar("T")


class Need(NamedTuple):
    """What needs a condition: its place, what is called so there, and what would be wrong otherwise."""

    at: Placed
    what: str
    message: str = ""


def under(facts: Facts, rule: Callable[[], T], need: Need, limits: Limits) -> T:
    """What a rule gives, and the conditions under which it does, noted in the facts.

    Raises what the rule raises where it refuses every size that is allowed; Undetermined where it gives different
    things for different sizes.
    """
    accepted: list[Way] = []
    refused: list[Way] = []
    for way in facts.ways(rule, (Refusal, Problem)):
        (accepted if way.fault is None else refused).append(way)
        if getattr(way.fault, "code", "") == "limit":  # a bound is no condition on sizes
            assert way.fault is not None
            raise way.fault
        if len(accepted) + len(refused) > limits.ways:
            message = f"{need.what}: more than {limits.ways:,} cases of symbolic dimensions"
            raise exceeded("ways", message, need.at, "give values for some of them")
    if not accepted:  # what is refused even where all before it holds
        last = sorted(refused, key=lambda way: len(way.answers))[-1]
        assert last.fault is not None
        raise last.fault
    for clause, fault in _clauses(refused):
        _require(facts, clause, fault, need)
    if len(facts.needs) > limits.conditions:
        raise exceeded("conditions", f"more than {limits.conditions:,} conditions on symbolic dimensions", need.at)
    for way in accepted:
        if all(other is way or _alike(facts, other, way.result) for other in accepted):
            return cast(T, way.result)
    raise Undetermined(f"the output of {need.what} has a single formula")


def _clauses(refused: list[Way]) -> list[tuple[Clause, Exception]]:
    """For each way that must not be taken the condition that it is not; those that differ in one answer are joined."""
    found: dict[frozenset[Any], tuple[Clause, Exception]] = {}
    waiting = [(way.answers, way.fault) for way in refused]
    for answers, fault in waiting:
        key = frozenset(answers)
        other = next((one for one in answers if (key - {one}) | {one.negated()} in found), None)
        if other is not None:
            partner = found.pop((key - {other}) | {other.negated()})
            waiting.append((tuple(one for one in answers if one != other), partner[1]))
        else:
            assert fault is not None
            found[key] = (answers, fault)
    clauses = [(tuple(one.negated() for one in answers), fault) for answers, fault in found.values()]
    return sorted(clauses, key=lambda each: len(each[0]))


def _require(facts: Facts, clause: Clause, fault: Exception, need: Need) -> None:
    """Note a condition; raises the fault where it contradicts what is known."""
    message = getattr(fault, "message", "")
    if not facts.require(clause, need._replace(message=message)):
        explain(facts, clause, fault)
        raise fault


def explain(facts: Facts, clause: Clause, fault: Any) -> None:
    """Report in the hint of a fault which condition cannot hold, and what is known."""
    if fault.hint is None and facts.names:
        fault.hint = f"it would need {worded(clause)}, which no allowed value satisfies"


def _alike(facts: Facts, way: Way, right: Any) -> bool:
    """Whether what a rule gives on one way is this result, too: equal shapes of each, with the answers on that way."""
    left = way.result
    if not isinstance(left, tuple) or not isinstance(left[-1], tuple):
        return bool(left == right)
    pairs = list(zip(left[-1], right[-1], strict=False))
    if len(left[-1]) != len(right[-1]) or any((a.rank, a.dtype) != (b.rank, b.dtype) for a, b in pairs):
        return False
    with facts.supposing(*way.answers):
        try:
            return all(same(one, other) for a, b in pairs for one, other in zip(a.sizes, b.sizes, strict=True))
        except Undetermined:
            return False


def equalities(claimed: tuple[Size, ...], derived: tuple[Size, ...]) -> list[str] | None:
    """The conditions under which two shapes are equal, as they are written after `where`; None where they never are."""
    found = [literal(one - other, "==") for one, other in zip(claimed, derived, strict=True)]
    if False in found:
        return None
    texts = []
    for one in found:
        assert not isinstance(one, bool) or one
        if isinstance(one, bool):
            continue
        facts, names = facts_of(one.size), names_of((one,))
        answer = facts.decided(one)
        if answer is False:
            return None
        name = next(iter(names)) if len(names) == 1 else ""
        solutions = facts.solutions((one,), name) if name else None
        texts += [worded((one,), solutions, facts.domain(name) if name else None)] if answer is None else []
    return list(dict.fromkeys(texts))


def learned(facts: Facts, condition: Callable[[], bool], at: Placed) -> bool:
    """Take over a condition of `where`: False where it holds for no size. Raises the Problem that evaluating it has."""
    ways: list[Way] = []
    for way in facts.ways(condition, (Problem,)):
        ways.append(way)
        if len(ways) > facts.limits.ways:
            raise exceeded("ways", f"more than {facts.limits.ways:,} cases of symbolic dimensions", at)
    fault = next(
        (way.fault for way in ways if isinstance(way.fault, Problem) and way.fault.code != "undetermined"), None
    )
    if fault is not None:
        raise fault
    if all(way.fault is None and way.result is False for way in ways):
        return False
    false = [way._replace(fault=Exception()) for way in ways if way.fault is None and way.result is False]
    holds = all(facts.require(clause, None) for clause, _ in _clauses(false))
    if len(facts.given) > facts.limits.conditions:
        raise exceeded("conditions", f"more than {facts.limits.conditions:,} conditions on symbolic dimensions", at)
    return holds
