"""Plain lines, which are read without the parser: the same trees and the same diagnostics as from the parser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.mutation import derived, mutants
from test_machine import texts

from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.syntax.parser import Parsed, parse
from archdsl.syntax.plain import PlainReader

LIMITS = Limits()
WORDS = (
    "CONV", "conv", "RELU", "FC", "x", "x3", "×3", "x3a", "x?", "X2", "in", "for", "input", "model", "with", "within",
    "if", "not", "and", "3", "007", "3.5", "1e-5", "1e999", "3K", "1.5MB", "11x11", "3×3", "3x", "3xH", "HxWx3", "?",
    "p?", "p1", "s4", "a.b", "a.0", "a.", "_", "a×b", "k=3", "k=in", "k==3", "k=", "=3", "k=3x3", "k=a=b", "k=-1",
    "k=(3)", "k=[1, 2]", "if=3", "x3=4", "a.b=3", "a{i}", '"name"', "(3)", "[1]", "{", "}", ";", ",", "->", "<-", "-",
    "1,000", "1,000 params", "3 params", "# a comment", "#b", "a#b", "\\\n", "\\", "é", "\u00a0", "a:b", ":", "3:",
)  # fmt: skip
SPACES = st.sampled_from(("", " ", " ", " ", " ", "\t", "  ", " \t "))
LABELS = st.sampled_from(("", "", "conv1: ", "conv1:", "conv1 : ", "x3: ", "input: ", "a.b: ", "3: ", "a, b: ", "_: "))
CLAIMS = st.sampled_from(
    ("", "", "", "-> 8x8x3", "-> [8, 8]", "-> 10", "-> HxWx3", "-> 3K", "->5", "-> 8x8x3, 5 params")
)
ENDS = st.sampled_from(("\n", "\r\n", "\n\n", "  \n", "\t\r\n", " # why\n", "#archdsl: ignore[unused-result]\n", ""))


@st.composite
def lines(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
    if draw(st.booleans()):
        words[0] = "CONV"
    text = draw(LABELS) + "".join(word + draw(SPACES) for word in words)
    return draw(SPACES) + text + draw(CLAIMS) + draw(ENDS)


def by_the_parser(text: str, limits: Limits, monkeypatch: pytest.MonkeyPatch, base: int = 0) -> Parsed:
    """What the parser alone makes of a text."""
    with monkeypatch.context() as patch:
        patch.setattr(PlainReader, "read", lambda *_: None)
        return parse(Source("<text>", text, base=base), limits)


def same(text: str, monkeypatch: pytest.MonkeyPatch, limits: Limits = LIMITS, base: int = 0) -> Parsed:
    found = parse(Source("<text>", text, base=base), limits)
    other = by_the_parser(text, limits, monkeypatch, base)
    assert found.file == other.file
    assert found.rest == other.rest
    assert [one._replace(source=None) for one in found.diagnostics] == [
        one._replace(source=None) for one in other.diagnostics
    ]
    assert found[2:] == other[2:]
    return found


@settings(max_examples=500, deadline=None)
@given(st.lists(lines(), min_size=1, max_size=5))
@example(["CONV 3\r\n", "RELU"])
@example(["x3: CONV 3\n"])
@example(["CONV 3 -> 8x8x3", "\n"])
def test_drawn_lines_are_read_as_the_parser_reads_them(drawn: list[str]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        same("".join(drawn), monkeypatch)


def test_texts_are_read_as_the_parser_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = 0
    for text in [*texts(), *mutants(300, seed=8), *derived(100, seed=8)]:
        plain += same(text, monkeypatch).file is not None
        same(text, monkeypatch, base=7)
    assert plain > 500


@pytest.mark.parametrize("tokens", range(1, 18))
def test_the_limit_on_tokens_is_met_at_the_same_token(tokens: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "conv1: CONV 8 3x3 p=1 -> 8x8x8\nRELU\nFC 3\n"
    found = same(text, monkeypatch, Limits(tokens=tokens))
    assert bool(found.diagnostics) == (tokens < 16)


def _plain(text: str) -> Iterator[bool]:
    """Whether each line is read without the parser."""
    from archdsl.syntax.parser import _load, _Loaded

    _load()
    start = 0
    for line in text.splitlines(keepends=True):
        yield _Loaded.vocabulary.plain.read(text, start, 0) is not None
        start += len(line)


def test_which_lines_are_plain() -> None:
    text = "CONV 96 11x11 s4 p=0\nc1: CONV k c=in s=2 -> 55x55x96\nRELU  # why\nmodel A\nCONV (2*c)\nRELU; FC 3\nx3: FC 3\n"
    assert list(_plain(text)) == [True, True, True, False, False, False, False]
