"""No text of the first edition of the language means something else now: its grammar gives the same trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lark.grammar import Rule
from lark.lexer import TerminalDef
from support.mutation import derived, mutants
from test_docs import blocks
from test_machine import texts

from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.syntax import build, parser, tree
from archdsl.syntax.builder import Builder
from archdsl.syntax.lexer import Vocabulary
from archdsl.syntax.machine import Tables
from archdsl.syntax.parser import parse
from archdsl.syntax.tree import Token

TESTS = Path(__file__).parent
LIMITS = Limits()
_KEEP = "kind=Token(type='WORD', text='keep',"


class FirstBuilder(Builder):
    """The builder with what the first grammar calls otherwise."""

    def repeat(self, children: list[Any]) -> tree.Expr:
        value = children[0]
        is_hole = isinstance(value, Token) and value.type == "REPEAT" and value.text.endswith("?")
        return super().repeat([value._replace(type="XHOLE")] if is_hole else children)

    def negative(self, children: list[Any]) -> tree.Expr:
        return tree.Prefix((children[0].text,), children[1], children[0].start, children[1].end)


@cache
def first_edition() -> tuple[Tables, Vocabulary]:
    """The tables of the first grammar, and its tokens."""
    text = (TESTS / "data" / "first_edition.lark").read_text(encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "_text", lambda _: text)
        patch.setattr(build, "_starts", lambda _: ["start", "expression"])
        data, memo = build.compiled().memo_serialize([TerminalDef, Rule])
        data["parser"]["parser"] = build._numbered(data["parser"]["parser"])
        made = SimpleNamespace(**build._plain(data, memo))
    return Tables(made, FirstBuilder()), Vocabulary(made.TERMINALS, made.IGNORED)


def of_first_edition(text: str) -> tree.File | None:
    """The tree of a text in the first edition; None where it was none of it."""
    with pytest.MonkeyPatch.context() as patch:
        tables, vocabulary = first_edition()
        patch.setattr(parser._Loaded, "tables", tables)
        patch.setattr(parser._Loaded, "vocabulary", vocabulary, raising=False)
        return parse(Source("<text>", text), LIMITS).file


def literals() -> Iterator[str]:
    """Every text that stands in a test."""
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_texts_of_the_first_edition_have_the_same_trees() -> None:
    parser._load()
    found = {*texts(), *(block.text for block in blocks("arch")), *literals()}
    found |= {*mutants(1_000, seed=3), *derived(300, seed=3)}
    compared = 0
    for text in sorted(found):
        first = of_first_edition(text)
        if first is not None and _KEEP not in repr(first):  # a layer of a kind that there never was
            compared += 1
            assert parse(Source("<text>", text), LIMITS).file == first, text
    assert compared > 4_000


@pytest.mark.parametrize("line", ["LINEAR 4*d", "CLAMP -1 1", "FC n-1", "CONV c//2 3x3 p=k//2", "MUL d**0.5"])
def test_what_the_first_edition_refused(line: str) -> None:
    assert of_first_edition(f"{line}\n") is None
    assert parse(Source("<text>", f"{line}\n"), LIMITS).file is not None
