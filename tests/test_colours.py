"""The Pygments lexer: no text of the project has a part that it does not know, and the parts are what they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.pages import ROOT, Block, each

from archdsl.editors import words
from archdsl.layers import REGISTRY

pytest.importorskip("pygments")

from pygments.token import Error, Keyword, Name, Number, Text

from archdsl.editors.pygments import _TOKENS, ArchLexer

SPECS = sorted([*(ROOT / "specs").rglob("*.arch"), *(ROOT / "library").rglob("*.arch")])


def coloured(text: str) -> list[tuple[object, str]]:
    """The tokens of a text without blanks; together they are the text."""
    tokens = list(ArchLexer(stripnl=False, ensurenl=False).get_tokens(text))
    assert "".join(part for _, part in tokens) == text
    return [(kind, part) for kind, part in tokens if part.strip()]


def wrong(text: str) -> list[str]:
    return [part for kind, part in coloured(text) if kind is Error]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_spec_has_no_unknown_part(path: Path) -> None:
    assert wrong(path.read_text(encoding="utf-8")) == []


@each("arch")
def test_a_block_of_the_pages_has_no_unknown_part(block: Block) -> None:
    assert wrong(block.text) == []


def test_a_character_that_the_language_lacks_is_unknown() -> None:
    assert wrong("CONV 6 @ 5x5") == ["@"]


@pytest.mark.parametrize("kind", sorted(REGISTRY))
def test_every_kind_has_its_colour(kind: str) -> None:
    """At the beginning of a line, behind a label and behind a semicolon, in any case."""
    for text in (kind, kind.lower(), f"a: {kind}", f"a: {kind.lower()}", f"ID;  {kind}", f"{{ {kind.lower()} }}"):
        assert (Name.Function, text.strip("{} ;").split()[-1]) in coloured(text), text


def test_keywords_are_those_of_the_grammar() -> None:
    found = words.keywords()
    assert {"model", "input", "block", "for", "in", "if", "else", "expect", "freeze", "where", "within"} <= set(found)
    assert not {"shape", "layer", "x"} & set(found)
    for word in found:
        assert coloured(f" {word} ") == [(Keyword, word)]


def test_a_line_is_told_apart() -> None:
    line = (
        'conv1: CONV 96 11x11 s4 nobias mode="same";  RELU x3  <- a.b, c   -> Tx5x96, 34,944 params, [H//2, ?]  # why'
    )
    found = {part: _part(kind) for kind, part in coloured(line)}
    assert found["conv1"] == "label"
    assert found["CONV"] == found["RELU"] == "kind"
    assert found["96"] == found["11x11"] == found["Tx5x96"] == found["34,944"] == "number"
    assert found["s4"] == found["mode"] == "option"
    assert found["x3"] == "repeat"
    assert found["a.b, c"] == "label"
    assert found["params"] == "unit"
    assert found["?"] == "hole"
    assert found["H"] == "symbol"
    assert found["# why"] == "comment"


def _part(kind: object) -> str:
    return next(part for part, token in _TOKENS.items() if token is kind and part not in ("size", "reference"))


@pytest.mark.parametrize(
    "text", ["input: CONV 8 3", "use: ID", "if: ID", 'q, k, "v 1": CHUNK 3', "conv{i+1}: CONV 8 3"]
)
def test_a_label_may_be_any_word(text: str) -> None:
    assert coloured(text)[0][0] is Name.Label


def test_a_word_is_no_kind_where_it_is_a_value() -> None:
    assert (Text, "mean") in coloured("REDUCE mean steps")
    assert (Text, "max") in coloured("let a = max")
    assert (Name.Attribute, "pad") in coloured("CONV 8 3 pad=1")
    assert (Number, "3") in coloured("CONV 8 3 pad=1")


def test_patterns_are_those_of_every_editor() -> None:
    """Without names, lookbehind and whatever else differs between engines, for a TextMate grammar to come of them."""
    for rule in words.rules():
        assert not re.search(r"\(\?(P|<|#)", rule.pattern), rule.pattern
        assert re.compile(rule.pattern).groups == (len(rule.parts) if len(rule.parts) > 1 else 0)


def test_the_entry_point_is_in_the_project() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pygments.lexers"] == {"arch": "archdsl.editors.pygments:ArchLexer"}
