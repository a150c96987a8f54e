"""Diagnostics as text: the form, the marks in their places, and nothing in them that could act on a terminal."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from itertools import pairwise

import pytest

import archdsl
from archdsl.checker.check import check
from archdsl.diagnostics import Diagnostic, Related, Source, Sources, Span
from archdsl.diagnostics.inert import inert
from archdsl.diagnostics.render import render
from archdsl.limits import Limits
from archdsl.reading.reading import read

WRONG = {
    "unequal_branches": "input 8x8x4\nADD {\n  { CONV 8 3x3 p1 }\n  ID\n}\n",
    "claim": "input 227x227x3\nconv1: CONV 96 11x11 s4 p0 -> 56x56x96\n",
    "misspelt_kind": "input 8x8x4\nstem: COVN 8 3x3\n",
    "given_twice": "input 8x8x4\na: CONV 8 3x3\na: RELU\n",
    "syntax": "input 8x8x4\nCONV 8 3x3 ->\nRELU )\n",
    "unclosed": "input 8x8x4\nADD {\n  ID\n",
    "tabs": "input 8x8x4\n\tstem:\tCONV 8 3x3 g3\n",
    "wide": 'input 8x8x4\n"畳み込み層": CONV 8 3x3 g3\n',
    "long_line": "input 8x8x4\n" + "RELU; " * 60 + "COVN 8 3x3; " + "RELU; " * 60 + "RELU\n",
    "warning": "input 8x8x4\nMAXPOOL 3x3 s2\n",
    "hidden": "input 8x8x4\nRELU # \u202e \x1b[31m\n",
    "in_a_block": "input 8x8x16\nblock RES(c) {\n  ADD { { CONV c 3x3 p1; BN }; ID }\n}\nRES 16\nRES 32\n",
    "in_a_turn": "input 8x8x6\nfor i in [2, 3, 5] {\n  CONV 12 1x1 g=i\n}\n",
    "in_a_copy": "input 8x8x1\n{\n  CONV 1 3x3 p0\n} x5\n",
    "empty": "",
}


def diagnostics(text: str) -> list[Diagnostic]:
    return check(read(Source("net.arch", text), Limits()), {}, Limits()).diagnostics


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_text_looks_as_it_did(name: str, golden: Callable[[str, str], None]) -> None:
    found = diagnostics(WRONG[name])
    assert found
    golden(f"{name}.txt", "\n\n".join(map(render, found)) + "\n")


def test_colours_are_kept_apart_from_text(golden: Callable[[str, str], None]) -> None:
    found = diagnostics(WRONG["unequal_branches"]) + diagnostics(WRONG["warning"])
    golden("coloured.txt", "\n\n".join(render(one, color=True) for one in found) + "\n")


def marked(text: str, start: int, end: int, **other: object) -> list[str]:
    one = Diagnostic("syntax", "here", Span(start, end), Source("net.arch", text), **other)  # type: ignore[arg-type]
    return render(one).splitlines()


def test_the_form() -> None:
    text = "input 8x8x4\nCONV 8 3x3\nRELU\n"
    related = (Related(Span(6, 11), "comes from here"),)
    one = Diagnostic("syntax", "a message", Span(19, 22), Source("a.arch", text), "a label", related, "a hint")
    assert render(one).splitlines() == [
        "error[syntax]: a message",
        " --> a.arch:2:8",
        "  |",
        "1 | input 8x8x4",
        "  |       ----- comes from here",
        "2 | CONV 8 3x3",
        "  |        ^^^ a label",
        "  = help: a hint",
    ]


def test_line_numbers_of_different_length_stand_in_one_gutter() -> None:
    text = "\n" * 8 + "input\n" + "RELU\n"
    lines = marked(text, 14, 18, related=(Related(Span(8, 13), "from"),))
    assert lines[3] == " 9 | input"
    assert lines[5] == "10 | RELU"


def test_marks_of_one_line_follow_each_other() -> None:
    lines = marked("ADD <- left, right\n", 13, 18, related=(Related(Span(7, 11), "8x8"),))
    assert lines[3:] == ["1 | ADD <- left, right", "  |        ---- 8x8", "  |              ^^^^^"]


def test_a_span_over_several_lines_marks_the_first() -> None:
    assert marked("a {\n  b\n}\n", 2, 9)[3:] == ["1 | a {", "  |   ^"]


@pytest.mark.parametrize("end", [3, 4])
def test_the_end_of_a_text_has_a_mark(end: int) -> None:
    assert marked("abc\n", end, end)[-1].endswith("^")


def test_a_tab_moves_text_and_mark_alike() -> None:
    lines = marked("\ta\tbc\n", 3, 5)
    assert lines[3] == "1 |     a   bc"
    assert lines[4] == "  |         ^^"


def test_a_wide_character_takes_two_cells_and_a_combining_one_none() -> None:
    lines = marked("層e\u0301 ab\n", 4, 6)
    assert lines[4] == "  |     ^^"


def test_a_long_line_is_cut_around_the_mark() -> None:
    lines = marked("a" * 500 + "bb" + "a" * 500, 500, 502)
    assert max(map(len, lines)) < 120
    assert lines[3][lines[4].index("^") :].startswith("bb")
    assert lines[3].count("…") == 2


def test_marks_far_apart_on_a_long_line_are_both_shown() -> None:
    lines = marked("bb" + "a" * 500 + "cc", 502, 504, related=(Related(Span(0, 2), "first"),))
    under = [
        (above[below.index(mark) :][:2])
        for above, below in pairwise(lines)
        for mark in "-^"
        if below.startswith("  | ") and mark in below
    ]
    assert sorted(under) == ["bb", "cc"]


def test_a_message_of_any_length_is_shortened() -> None:
    one = Diagnostic("syntax", "m" * 10**6, Span(0, 1), Source("n" * 10**6, "x" * 10**6))
    assert len(render(one)) < 3_000


def hostile(seed: int) -> str:
    """A text with characters that could move the cursor, colour, hide or reorder."""
    draw = random.Random(seed)
    special = [
        "\x1b[31m",
        "\x1b]0;title\x07",
        "\u202e",
        "\u2066",
        "\r",
        "\n",
        "\b",
        "\x7f",
        "\x9b31m",
        "\u200b",
        "\udc80",
    ]
    return "".join(draw.choice([*special, "a", "層", "é", "\t", chr(draw.randrange(0xD800))]) for _ in range(20))


def is_inert(text: str) -> bool:
    return all(letter == "\n" or unicodedata.category(letter)[0] != "C" for letter in text)


def test_what_is_printed_is_inert() -> None:
    for seed in range(2_000):
        name = hostile(seed)
        related = (Related(Span(0, 3), name),)
        one = Diagnostic("syntax", name, Span(2, 9), Source(name, name), name, related, name)
        text = render(one)
        assert is_inert(text), ascii(name)
        assert text.count("\n") < 12


def test_the_test_of_inertness_can_fail() -> None:
    assert not is_inert("\x1b[31m")
    assert not is_inert("\u202e")
    assert inert("\x1b\u202e\n") == "\\x1b\\u202e\\n"


def test_the_exception_shows_its_diagnostics() -> None:
    with pytest.raises(archdsl.ArchError, match=r"error\[unknown-kind\]") as caught:
        archdsl.loads(WRONG["misspelt_kind"])
    assert "^^^^" in str(caught.value)


def test_a_place_among_several_texts_is_found_in_its_own() -> None:
    own = Source("net.arch", "input 8\nFC 4")
    every = Sources(own)
    used = Source("blocks.arch", "block B { RELU }", base=every.end())
    every.add(used)
    kind = every.text.index("RELU")
    part, place = every.at(Span(kind, kind + 4))
    assert part is used
    assert part.text[place.start : place.end] == "RELU"
    assert every.at(Span(8, 10)) == (own, Span(8, 10))
    assert used.at(place) == (used, place)  # of one text, places are its own
