"""Lark's parse loop for one token, without its detour: Lark hashes the rule at every reduction, a third of its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark.parsers.lalr_analysis import Shift

from archdsl.syntax.tree import Token


def feeder(state: Any) -> Callable[[Token], None]:
    """What `feed_token` of a state does, for tokens before the end; what does not fit is left to it to refuse."""
    actions, callbacks = state.parse_conf.states, state.parse_conf.callbacks
    positions, values = state.state_stack, state.value_stack
    reductions: dict[int, tuple[Any, int, str]] = {}

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
                known = callbacks[argument], len(argument.expansion), argument.origin.name
                reductions[id(argument)] = known
            callback, size, origin = known
            children = values[-size:] if size else []
            if size:
                del positions[-size:], values[-size:]
            values.append(callback(children))
            positions.append(actions[positions[-1]][origin][1])

    return feed
