"""Lark's parse loop for one token, without its detours: hashed rules, and rules that only hand on their one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from lark.parsers.lalr_analysis import Shift

from archdsl.syntax.tree import Token

Row: TypeAlias = dict[str, Any]  # kind of token -> the state that a shift leads to, or a reduction


class Steps:
    """What was worked out of the parse tables; it serves further texts, too."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self.handed_on: dict[tuple[int, int, str], int] = {}


def feeder(state: Any, steps: Steps) -> Callable[[Token], None]:
    """What `feed_token` of a state does, for tokens before the end; what does not fit is left to it to refuse.

    A number is a factor, which is a product, which is a sum, and so on: such steps are taken together. Where they lead
    depends on the two uppermost states and the token, and is found once.
    """
    actions, callbacks = state.parse_conf.states, state.parse_conf.callbacks
    positions, values = state.state_stack, state.value_stack
    rows, handed_on = steps.rows, steps.handed_on

    def feed(token: Token) -> None:
        kind = token.type
        while True:
            row = rows.get(positions[-1])
            if row is None:
                row = rows[positions[-1]] = _row(actions[positions[-1]], callbacks)
            action = row.get(kind)
            if action.__class__ is int:
                positions.append(action)
                values.append(token)
                return
            if action is None:
                state.feed_token(token)
                return
            callback, size, origin = action
            if callback is None:
                key = positions[-2], positions[-1], kind
                if key not in handed_on:
                    handed_on[key] = _behind(actions, *key, _hands_on)
                positions[-1] = handed_on[key]
                continue
            if size:
                children = values[-size:]
                del positions[-size:], values[-size:]
                values.append(callback(children))
            else:
                values.append(callback([]))
            positions.append(actions[positions[-1]][origin][1])

    return feed


def _row(actions: dict[str, tuple[Any, Any]], callbacks: dict[Any, Any]) -> Row:
    """The actions on tokens of one state; names of rules, to which Lark goes by shifts too, are no kinds of tokens."""
    return {kind: rule if what is Shift else _reduction(rule, callbacks) for kind, (what, rule) in actions.items()}


def _reduction(rule: Any, callbacks: dict[Any, Any]) -> tuple[Any, int, str]:
    """The callback of a rule, the number of its parts, and what it is; no callback where it hands its one value on."""
    return None if _hands_on(rule) else callbacks[rule], len(rule.expansion), rule.origin.name


def _hands_on(rule: Any) -> bool:
    """Whether a rule gives its one value as it is: `?sum: product`."""
    if len(rule.expansion) != 1 or not rule.options.expand1 or rule.alias or any(rule.options.empty_indices):
        return False
    (symbol,) = rule.expansion
    return not symbol.name.startswith("_") and not getattr(symbol, "filter_out", False)


def _is_single(rule: Any) -> bool:
    return len(rule.expansion) == 1


def _behind(actions: Any, below: int, top: int, kind: str, passed: Callable[[Any], bool]) -> int:
    """The uppermost state behind all rules of one value, as far as they are passed by."""
    while True:
        what, rule = actions[top].get(kind, (Shift, None))
        if what is Shift or not passed(rule):
            return top
        top = actions[below][rule.origin.name][1]


def taker(actions: Any, positions: list[int], end: int) -> Callable[[str], bool]:
    """A parser that gives no result: called with the types of tokens in order, it says whether each fits.

    `end` is the state in which a text is whole; there `$END` fits.
    """
    single: dict[tuple[int, int, str], int] = {}  # behind all rules of one value, by the two uppermost states

    def takes(kind: str) -> bool:
        while True:
            what, argument = actions[positions[-1]].get(kind, (None, None))
            if what is None:
                return kind == "$END" and positions[-1] == end
            if what is Shift:
                positions.append(argument)
                return True
            size = len(argument.expansion)
            if size == 1:
                key = positions[-2], positions[-1], kind
                if key not in single:
                    single[key] = _behind(actions, *key, _is_single)
                positions[-1] = single[key]
                continue
            if size:
                del positions[-size:]
            positions.append(actions[positions[-1]][argument.origin.name][1])

    return takes
