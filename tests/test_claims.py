"""A claim that fails behind a block, braces, a group or a loop leads to the layer inside, and to the text that holds."""

from __future__ import annotations

import itertools
import re

import pytest
from test_layers import spec

import archdsl
from archdsl.claims.claims import MOST_DIGITS, Quantity, quantity, unwritable
from archdsl.claims.counts import of_nodes
from archdsl.diagnostics import Diagnostic
from archdsl.layers import REGISTRY, Layer
from archdsl.layers.base import Example
from archdsl.network.nodes import Leaf, postorder
from archdsl.syntax.tree import Token

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
        (  # of several that change the size, the one of which a value makes the claim hold
            "input 8x8x64\nup: { UPCONV 32 2x2 s2; RELU; UPCONV 16 3x3 s2 p1 } -> 32x32x16",
            "UPCONV 16 3x3 s2 p1",
            "height and width: (16 - 1)*2 - 2 + 1*(3 - 1) + 1 = 31",
            "up: { UPCONV 32 2x2 s2; RELU; UPCONV 16 3x3 s2 p1 outpad=1 } -> 32x32x16",
        ),
        (  # behind a layer that makes one axis of all
            "input 28x28x1\nbody: { CONV 8 5; MAXPOOL 2; FLATTEN } -> 1568",
            "CONV 8 5",
            "height and width: (28 + 0 - 5)//1 + 1 = 24",
            "body: { CONV 8 5 p2; MAXPOOL 2; FLATTEN } -> 1568",
        ),
        (
            "input 10x16\nenc: { LSTM 32 bidirectional } -> 10x32",
            "LSTM 32 bidirectional",
            "channels: hidden = 32, in 2 directions",
            "enc: { LSTM 16 bidirectional } -> 10x32",
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


EVERY = ("params", "weights", "buffers", "macs", "flops", "connections", "units")


@pytest.mark.parametrize("kind", REGISTRY.values(), ids=REGISTRY)
def test_the_arithmetic_of_a_count_comes_to_it(kind: type[Layer]) -> None:
    """Every count of every example, its words taken out, is the derived number."""
    for example in kind.examples:
        if not isinstance(example, Example):
            continue
        checked = archdsl.loads(spec(example.text))._checked
        assert checked.network is not None
        leaves = [node for node in postorder(checked.network.body) if isinstance(node, Leaf)]
        for leaf, unit in itertools.product(leaves, EVERY):
            derived = getattr(checked.costs.of(leaf), unit)
            text = of_nodes(derived, (leaf,), unit).replace(",", "")
            if text and " more" not in text:
                figure = eval(re.sub(r"\b[A-Za-z_][\w.]*", "", text))
                assert figure == derived, (example.text, unit, text)


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ("CNA 8 -> 3 macs", "32*32 positions * weight 8*3*3*3"),
        ("CNA 8 -> 3 params", "CONV 224 + BN 16"),
        ("{ CNA 8; CNA 8 } -> 3 macs", "CNA 589,824 + CNA 221,184"),
        ("g: { CONV 8 3x3 p1; RELU } -> 3 macs", "32*32 positions * weight 8*3*3*3"),
        ("CONV 8 3x3 p1; RELU -> 3 macs", "32*32 positions * weight 8*3*3*3"),
        ("for i in 1..3 { CONV 8 3x3 p1 } -> 3 params", "224 (i = 1) + 584 (i = 2) + 584 (i = 3)"),
        ("CONV 8 3x3 p1 x3 -> 3 params", "224 + 2 * 584"),
        ("CONV 3 3x3 p1 x3 -> 3 macs", "3 * (32*32 positions * weight 3*3*3*3)"),
        ("if in == 3 { CONV 8 3x3 p1; BN } -> 3 params", "CONV 224 + BN 16"),
        ("UPCONV 8 2x2 s2 -> 3 connections", "32*32 positions of the input * weight 3*8*2*2 + 64*64*8 biases"),
        ("CONCAT { CONV 8 1; CONV 4 1; ID } -> 32x32x16", "channels: 8 + 4 + 3 = 15"),
    ],
)
def test_a_claimed_count_shows_its_arithmetic_behind_braces_too(line: str, because: str) -> None:
    assert fault(f"input 32x32x3\n{SAME}\n{line}").label == because


@pytest.mark.parametrize(
    ("text", "digits", "decimals", "scale", "exact", "in_bytes"),
    [
        ("61,706", 61706, 0, 1, True, False),
        ("61.1M", 611, 1, 10**6, False, False),
        ("7B", 7, 0, 10**9, False, False),  # billions, and no bytes
        ("1.5", 15, 1, 1, False, False),
        ("2K", 2, 0, 10**3, False, False),
        ("1T", 1, 0, 10**12, False, False),
        ("240MB", 240, 0, 10**6, False, True),
        ("3KiB", 3, 0, 2**10, False, True),
        ("1.25GiB", 125, 2, 2**30, False, True),
        ("1e3", 1000, 0, 1, False, False),
    ],
)
def test_a_figure_is_read_to_the_digits_written(
    text: str, digits: int, decimals: int, scale: int, exact: bool, in_bytes: bool
) -> None:
    assert quantity(Token("NUMBER", text, 0, len(text))) == Quantity(digits, decimals, scale, exact, in_bytes)


def test_a_count_of_too_many_digits_cannot_be_written() -> None:
    assert not unwritable(10**MOST_DIGITS - 1)
    assert unwritable(10**MOST_DIGITS)
    assert unwritable(-(10**MOST_DIGITS))


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("224 params", True),  # 8 * 27 + 8
        ("225 params", False),
        ("0.22K params", True),
        ("0.23K params", False),
        ("225 params within 1%", True),
        ("226 params within 1%", True),
        ("227 params within 1%", False),  # 2.27 are the most, and it is off by 3
        ("221 params within 1%", False),
        ("222 params within 1%", True),
        ("0.9K weights", False),
        ("216 weights", True),
        ("896 bytes params", None),
        ("8 buffers", False),
        ("442,368 flops", True),
        ("8,192 units", True),
        ("229,376 connections", True),
        ("1 layers", None),
    ],
)
def test_counts_are_held_to_the_digits_written(claim: str, holds: bool | None) -> None:
    text = f"input 32x32x3\nCONV 8 3x3 p1 -> {claim}"
    if holds:
        archdsl.loads(text)
        return
    found = fault(text)
    assert found.code == "claim-value" if holds is False else found.code != "claim-value"


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("CONV 8 3x3 -> 32x32x8", "CONV 8 3x3 p1 -> 32x32x8"),
        ("CONV 8 15x15 -> 32x32x8", "CONV 8 15x15 p7 -> 32x32x8"),  # the largest padding that is tried
        ("CONV 8 3x3 p1 -> 16x16x8", "CONV 8 3x3 p1 s2 -> 16x16x8"),
        ("CONV 8 3x3 p1 -> 8x8x8", "CONV 8 3x3 p1 s4 -> 8x8x8"),  # the largest stride
        ("CONV 8 3x3 p1 -> 32x32x16", "CONV 16 3x3 p1 -> 32x32x16"),
        ("CONV 8 3x3 -> 22x22x8", "CONV 8 11 -> 22x22x8"),  # the largest window
        ("CONV 8 3x3 -> 32x31x8", None),
        ("MAXPOOL 3 s2 -> 16x16x3", "MAXPOOL 3 s2 p1 -> 16x16x3"),
        ("UPCONV 8 3x3 s2 p1 -> 64x64x8", "UPCONV 8 3x3 s2 p1 outpad=1 -> 64x64x8"),
    ],
)
def test_one_value_makes_a_line_give_the_claimed_shape(line: str, fix: str | None) -> None:
    found = fault(f"input 32x32x3\n{line}")
    assert found.hint == fix


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("0.22K params", True),  # 224: within half of the last digit written
        ("0.2K params", True),
        ("6.9K weights", True),  # 6,912
        ("7K weights", True),
        ("6.8K weights", False),
    ],
)
def test_half_of_the_last_digit_is_the_bound(claim: str, holds: bool) -> None:
    layer = "CONV 8 3x3" if claim.endswith("params") else "CONV 256 3x3 nobias"
    text = f"input 32x32x3\n{layer} -> {claim}"
    if holds:
        archdsl.loads(text)
    else:
        assert fault(text).code == "claim-value"


def test_exactly_half_of_the_last_digit_holds() -> None:
    archdsl.loads("input 50\nFC 50 nobias -> 2K params")  # 2,500
    archdsl.loads("input 50\nFC 50 nobias -> 3K params")
    archdsl.loads("input 10\nFC 10 nobias -> 101 params within 1%")  # 1.01 is allowed, and it is off by 1
    archdsl.loads("input 10\nFC 20 nobias -> 198 params within 1.02%")
    assert fault("input 10\nFC 20 nobias -> 198 params within 1%").code == "claim-value"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("FC (4*in); GELU; FC in", True),
        ("FC (in*4); GELU; FC in", True),
        ("FC (in + 4); GELU; FC in", False),  # widened by another rule: `in` may be meant
        ("FC (4*in); GELU; FC 8", False),
        ("FC 32; GELU; FC in", False),
        ("FC (1*in); GELU; FC in", False),  # the same number
        ("FC (4*in); FC 8; FC in", False),  # no longer wide
    ],
)
def test_an_in_behind_a_layer_that_widened_by_it_is_warned_of(lines: str, told: bool) -> None:
    found = archdsl.loads(f"input 8\n{lines}").diagnostics
    assert [one.code for one in found] == ["changed-in"] * told
