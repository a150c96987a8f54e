"""The machine that runs Lark's tables against Lark: equal trees, and equal tokens that fit where one does not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lark import Lark
from lark.exceptions import UnexpectedToken
from support.mutation import derived, mutants

from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.syntax.build import compiled
from archdsl.syntax.builder import Builder
from archdsl.syntax.machine import Machine, Unexpected
from archdsl.syntax.parser import _load, parse_with_tokens
from archdsl.syntax.tree import Token

ROOT = Path(__file__).parents[1]
LIMITS = Limits()
END = Token("$END", "", 0, 0)


@cache
def lark() -> Lark:
    """The grammar as Lark itself parses it, with our builder."""
    return compiled(builder=Builder())


def of_lark(tokens: list[Token]) -> tuple[Any, set[str]]:
    """The tree, or None and what would have fitted in place of the token that did not."""
    state: Any = lark().parse_interactive("", start="start").parser_state
    try:
        for token in tokens:
            state.feed_token(token)
        return state.feed_token(END, True), set()
    except UnexpectedToken as fault:
        return None, set(fault.accepts or ())


def of_machine(tokens: list[Token]) -> tuple[Any, set[str]]:
    machine = Machine(_load(), "start")
    feed = machine.feeder()
    try:
        for token in tokens:
            feed(token)
        return machine.finish(), set()
    except Unexpected:
        return None, {kind for kind in machine.row if kind.isupper() and machine.shifts(kind)}


def texts() -> Iterator[str]:
    """The specs, the library, the texts with an error, and what is made of the grammar."""
    for folder in ("specs", "library", "tests/errors"):
        for path in sorted((ROOT / folder).rglob("*.arch")):
            yield from path.read_text(encoding="utf-8").split("\n---\n")
    yield from mutants(600, seed=5)
    yield from derived(150, seed=5)


def test_trees_are_those_of_lark() -> None:
    compared = 0
    for text in texts():
        _, tokens = parse_with_tokens(Source("<text>", text), LIMITS)
        tree, _ = of_lark(tokens)
        assert of_machine(tokens)[0] == tree, text
        compared += tree is not None
    assert compared > 500


@pytest.mark.parametrize("seed", range(3))
def test_what_fits_is_what_fits_in_lark(seed: int) -> None:
    """Behind every beginning of a text; a token that does not fit leaves the machine where it stood."""
    for text in [*mutants(60, seed=seed), *derived(10, seed=seed)]:
        _, tokens = parse_with_tokens(Source("<text>", text), LIMITS)
        for cut in range(0, min(len(tokens), 200), 7):
            state: Any = lark().parse_interactive("", start="start")
            machine = Machine(_load(), "start")
            feed = machine.feeder()
            try:
                for token in tokens[:cut]:
                    state.parser_state.feed_token(token)
                    feed(token)
            except UnexpectedToken:  # the parser went on behind a fault
                break
            fitting = {kind for kind in machine.row if kind.isupper() and machine.shifts(kind)}
            fitting |= {"$END"} if machine.shifts("$END") else set()
            assert fitting == state.accepts(), text


def test_the_rules_of_the_tables_are_all_of_the_grammar() -> None:
    assert len(_load().rules) == len(compiled().rules)
