"""Lark's parse loop for one token, without its detours: hashed rules, and rules that only hand on their one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark.parsers.lalr_analysis import Shift

from archdsl.syntax.tree import Token


def feeder(state: Any) -> Callable[[Token], None]:
    """What `feed_token` of a state does, for tokens before the end; what does not fit is left to it to refuse.

    A number is a factor, which is a product, which is a sum, and so on: such steps are taken together. Where they lead
    depends on the two uppermost states and the token, and is found once.
    """
    actions, callbacks = state.parse_conf.states, state.parse_conf.callbacks
    positions, values = state.state_stack, state.value_stack
    reductions: dict[int, tuple[Any, int, str]] = {}
    handed_on: dict[tuple[int, int, str], int] = {}

    def feed(token: Token) -> None:
        kind = token.type
        while True:
            action = actions[positions[-1]].get(kind)
            if action is None:
                state.feed_token(token)
                return
            what, argument = action
            if what is Shift:
                positions.append(argument)
                values.append(token)
                return
            known = reductions.get(id(argument))
            if known is None:
                known = callbacks[argument], 0 if _hands_on(argument) else len(argument.expansion), argument.origin.name
                reductions[id(argument)] = known
            callback, size, origin = known
            if size:
                children = values[-size:]
                del positions[-size:], values[-size:]
                values.append(callback(children))
                positions.append(actions[positions[-1]][origin][1])
            elif argument.expansion:
                key = positions[-2], positions[-1], kind
                if key not in handed_on:
                    handed_on[key] = _handed_on(actions, *key)
                positions[-1] = handed_on[key]
            else:
                values.append(callback([]))
                positions.append(actions[positions[-1]][origin][1])

    return feed


def _hands_on(rule: Any) -> bool:
    """Whether a rule gives its one value as it is: `?sum: product`."""
    if len(rule.expansion) != 1 or not rule.options.expand1 or rule.alias or any(rule.options.empty_indices):
        return False
    (symbol,) = rule.expansion
    return not symbol.name.startswith("_") and not getattr(symbol, "filter_out", False)


def _handed_on(actions: Any, below: int, top: int, kind: str) -> int:
    """The uppermost state behind all rules that only hand on the uppermost value."""
    while True:
        what, rule = actions[top].get(kind, (Shift, None))
        if what is Shift or not _hands_on(rule):
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
                    single[key] = _behind_single(actions, *key)
                positions[-1] = single[key]
                continue
            if size:
                del positions[-size:]
            positions.append(actions[positions[-1]][argument.origin.name][1])

    return takes


def _behind_single(actions: Any, below: int, top: int, kind: str) -> int:
    """The uppermost state behind all rules of one value."""
    while True:
        what, rule = actions[top].get(kind, (Shift, None))
        if what is Shift or len(rule.expansion) != 1:
            return top
        top = actions[below][rule.origin.name][1]
