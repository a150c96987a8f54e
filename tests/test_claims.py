"""A claim that fails behind a block, braces, a group or a loop leads to the layer inside, and to the text that holds."""

from __future__ import annotations

import pytest

import archdsl
from archdsl.diagnostics import Diagnostic

CNA = "block CNA(c, k=3) { CONV c k; BN; RELU }"
SAME = "block CNA(c, k=3) { CONV c k p1; BN; RELU }"


def fault(text: str) -> Diagnostic:
    """The one error of a text."""
    with pytest.raises(archdsl.ArchError) as caught:
        archdsl.loads(text)
    (found,) = [one for one in caught.value.diagnostics if one.severity == "error"]
    return found


def mended(text: str, found: Diagnostic) -> str:
    """A text with the fix of its error."""
    assert found.fix is not None
    for span, instead in sorted(found.fix.edits, reverse=True):
        text = text[: span.start] + instead + text[span.end :]
    return text


@pytest.mark.parametrize(
    ("text", "layer", "because", "fix"),
    [
        (
            f"input 32x32x3\n{CNA}\na: CNA 16 -> 32x32x16",
            "CONV c k",
            "height and width: (32 + 0 - 3)//1 + 1 = 30",
            "block CNA(c, k=3) { CONV c k p1; BN; RELU }",
        ),
        (
            "input 32x32x3\ng: { CONV 8 3x3 p1; BN; CONV 8 3x3; BN } -> 32x32x8",
            "CONV 8 3x3",
            "height and width: (32 + 0 - 3)//1 + 1 = 30",
            "g: { CONV 8 3x3 p1; BN; CONV 8 3x3 p1; BN } -> 32x32x8",
        ),
        (  # a size that nothing inside changes
            f"input 32x32x3\n{SAME}\nCNA 16 -> 16x16x16",
            "CONV c k p1",
            "height and width: (32 + 2 - 3)//1 + 1 = 32",
            "block CNA(c, k=3) { CONV c k p1 s2; BN; RELU }",
        ),
        (  # the first that misses the claim, behind one that meets it
            "input 32x32x3\n{ CONV 8 3 s2 p1; RELU; MAXPOOL 3 s1; RELU } -> 16x16x8",
            "MAXPOOL 3 s1",
            "height and width: (16 + 0 - 3)//1 + 1 = 14",
            "{ CONV 8 3 s2 p1; RELU; MAXPOOL 3 s1 p1; RELU } -> 16x16x8",
        ),
        (  # one line that is laid twice
            "input 32x32x3\nfor c in [8, 16] { CONV c 3x3; RELU } -> 32x32x16",
            "CONV c 3x3",
            "height and width: (32 + 0 - 3)//1 + 1 = 30",
            "for c in [8, 16] { CONV c 3x3 p1; RELU } -> 32x32x16",
        ),
        (  # the number stands on the line that uses the block
            f"input 32x32x3\n{SAME}\nCNA 16 -> 32x32x32",
            "CONV c k p1",
            "channels: out = 16",
            "CNA 32 -> 32x32x32",
        ),
        (
            "input 28x28x16\nblock RES(c) { ADD { ID; { CONV c 3 p1; BN } }; CONV c 3; RELU }\nRES 16 x3 -> 28x28x16",
            "CONV c 3",
            "height and width: (28 + 0 - 3)//1 + 1 = 26",
            "block RES(c) { ADD { ID; { CONV c 3 p1; BN } }; CONV c 3 p1; RELU }",
        ),
        (
            f"input HxWx3\n{CNA}\nCNA 16 -> HxWx16",
            "CONV c k",
            "height: (H + 0 - 3)//1 + 1 = H - 2; width: (W + 0 - 3)//1 + 1 = W - 2",
            "block CNA(c, k=3) { CONV c k p1; BN; RELU }",
        ),
        (
            "input 10x64\nblock E(c) { CONV c 3; RELU }\nE 32; E 32 -> 10x32",
            "CONV c 3",
            "steps: (10 + 0 - 3)//1 + 1 = 8",
            "block E(c) { CONV c 3 p1; RELU }",
        ),
    ],
)
def test_a_claim_behind_braces_leads_to_the_layer_inside(text: str, layer: str, because: str, fix: str) -> None:
    found = fault(text)
    (inside,) = (one for one in found.related if one.text.startswith("differs from here on"))
    assert (found.code, text[inside.span.start : inside.span.end].strip()) == ("claim-shape", layer)
    assert inside.text == f"differs from here on, {because}"
    assert found.hint == fix
    archdsl.loads(mended(text, found))


@pytest.mark.parametrize(
    "text",
    [
        f"input 32x32x3\n{SAME}\nCNA 16 -> 32x32x16\nCNA 32 -> 16x16x32",  # a stride would break the claim above
        f"input 32x32x3\n{CNA}\nCNA 16 -> 77x77x16",  # no single value gives this
        "input 32x32x3\nCONCAT { { CONV 8 3x3; RELU }; CONV 8 3x3 } -> 32x32x16",  # both branches would have to change
    ],
)
def test_a_fix_that_breaks_something_else_is_not_shown(text: str) -> None:
    found = fault(text)
    assert any(one.text.startswith("differs from here on") for one in found.related)
    assert found.fix is None


@pytest.mark.parametrize("text", [f"input 32x32x3\n{CNA}\nCNA 16 -> 14,400", "input 8\n{ RELU; TANH } -> 9"])
def test_where_no_layer_says_the_size_none_is_named(text: str) -> None:
    assert not any(one.text.startswith("differs from here on") for one in fault(text).related)


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ("CNA 8 -> 3 macs", "32*32 positions * weight 8*3*3*3"),
        ("CNA 8 -> 3 params", "CONV 224 + BN 16"),
        ("{ CNA 8; CNA 8 } -> 3 macs", "CNA 589,824 + CNA 221,184"),
        ("g: { CONV 8 3x3 p1; RELU } -> 3 macs", "32*32 positions * weight 8*3*3*3"),
        ("CONV 8 3x3 p1; RELU -> 3 macs", "32*32 positions * weight 8*3*3*3"),
    ],
)
def test_a_claimed_count_shows_its_arithmetic_behind_braces_too(line: str, because: str) -> None:
    assert fault(f"input 32x32x3\n{SAME}\n{line}").label == because
