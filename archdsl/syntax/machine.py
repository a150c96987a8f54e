"""Lark's parse loop for one token, without its detour: Lark hashes the rule at every reduction, a third of its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from lark.parsers.lalr_analysis import Shift

from archdsl.syntax.tree import Token

Row: TypeAlias = dict[str, Any]  # kind of token -> the state that a shift leads to, or (callback, size, origin)


def feeder(state: Any, rows: dict[int, Row]) -> Callable[[Token], None]:
    """What `feed_token` of a state does, for tokens before the end; what does not fit is left to it to refuse.

    `rows` is filled with the states that are met, for further texts too.
    """
    actions, callbacks = state.parse_conf.states, state.parse_conf.callbacks
    positions, values = state.state_stack, state.value_stack

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
            if size == 1:
                positions.pop()
                values[-1] = callback([values[-1]])
            elif size:
                children = values[-size:]
                del positions[-size:], values[-size:]
                values.append(callback(children))
            else:
                values.append(callback([]))
            positions.append(actions[positions[-1]][origin][1])

    return feed


def _row(actions: dict[str, tuple[Any, Any]], callbacks: dict[Any, Any]) -> Row:
    """The actions on tokens of one state; names of rules, to which Lark goes by shifts too, are no kinds of tokens."""
    return {
        kind: argument if what is Shift else (callbacks[argument], len(argument.expansion), argument.origin.name)
        for kind, (what, argument) in actions.items()
    }
