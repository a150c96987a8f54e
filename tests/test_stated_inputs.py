"""`in=512`: the incoming channels as a line states them, which are checked and change nothing."""

from __future__ import annotations

import pytest

import archdsl

LINES = [
    ("8x8x6", "CONV 4 3x3 g2", 6),
    ("8x6", "UPCONV 4 3", 6),
    ("7x6", "LINEAR 4", 6),
    ("8x8x6", "FC 4", 384),
    ("6", "FC 4", 6),
    ("7x6", "RNN 4", 6),
    ("7x6", "GRU 4 2 bidirectional", 6),
    ("7x6", "LSTM 4 proj=2", 6),
]


@pytest.mark.parametrize(("shape", "line", "found"), LINES)
def test_what_is_stated_is_checked(shape: str, line: str, found: int) -> None:
    model = archdsl.loads(f"input {shape}\n{line} in={found}")
    plain = archdsl.loads(f"input {shape}\n{line}")
    assert model.to_source().replace(f" in={found}", "") == plain.to_source()
    assert (model.params, model.macs) == (plain.params, plain.macs)
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(f"input {shape}\n{line} in=5")
    (fault,) = raised.value.diagnostics
    what = f"{found} channels come in" if found == 6 else f"{found} elements come in ({shape})"
    assert (fault.code, fault.message) == ("shape-mismatch", f"{line.split()[0]} states in=5, and {what}")
    assert fault.fix is not None
    assert fault.fix.title == f"{line} in={found}"


@pytest.mark.parametrize(("shape", "line", "found"), LINES)
def test_a_hole_is_found(shape: str, line: str, found: int) -> None:
    model = archdsl.loads(f"input {shape}\n{line} in=?")
    assert model.params == archdsl.loads(f"input {shape}\n{line}").params
    report = archdsl.check(f"input x: {shape}\n{line} in=? <- x")
    assert [hole.value for hole in report.holes] == [found]


def test_a_hole_above_is_found_from_it() -> None:
    assert archdsl.loads("input 8x8x3\nCONV ? 3x3\nRELU\nCONV 5 3x3 in=37").layers[0].shape == (6, 6, 37)


def test_with_sizes_left_open_it_is_a_condition() -> None:
    model = archdsl.loads("model M(d)\ninput [9, d]\nLINEAR 4 in=5")
    assert [str(one) for one in model.conditions] == ["d == 5"]
    assert archdsl.loads("model M(d)\ninput [9, d]\nLINEAR 4 in=d; LINEAR d in=4").conditions == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("CONV 4 3x3 in=0", "out-of-range"),
        ("CONV 4 3x3 in=1.5", "wrong-type"),
        ("CONV 4 3x3 in=3 in=3", "duplicate-name"),
        ("CONV 4 3x3 3", "too-many-values"),
        ("MAXPOOL 2 in=3", "unknown-option"),
        ("CONV 4 3x3 in=same", "unknown-name"),
    ],
)
def test_what_it_is_not(line: str, code: str) -> None:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(f"input 8x8x3\n{line}")
    assert [one.code for one in raised.value.diagnostics] == [code]


def test_in_blocks_and_copies() -> None:
    text = "block B(c, wide) { LINEAR wide in=c; LINEAR c in=(2*c) }\ninput 7x6\nB 6 12 x2"
    assert archdsl.loads(text).params == 2 * (6 * 12 + 12 + 12 * 6 + 6)
    with pytest.raises(archdsl.ArchError, match="LINEAR states in=12, and 13 channels come in"):
        archdsl.loads(text.replace("B 6 12", "B 6 13"))


def test_json_has_what_is_stated() -> None:
    rows = archdsl.loads("input 7x6\nLINEAR 4 in=6\nLINEAR 4").to_json()["layers"]
    assert [row["attributes"]["in"] for row in rows] == [6, None]


# ---- merges of which every branch says what it reads

TWO = "input x: 5x4; input m: 5x4\n"


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("ADD { LINEAR 4 <- x; ID <- m }", (5, 4)),
        ("CONCAT { for i in 1..3 { ADD <- x, m; RELU } }", (5, 12)),
        ("CONCAT { ADD { ID <- x; ID <- m }; { ID <- x; TANH } }", (5, 8)),
        ("ADD { PARAM 5x4; ID <- x }\nADD <- _, m", (5, 4)),
        ("ADD { if yes { ID <- x } else { RELU <- x }; ID <- m }", (5, 4)),
    ],
)
def test_a_merge_needs_no_input_where_every_branch_says_its_own(text: str, shape: tuple[int, ...]) -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(TWO + text)
    assert model.outputs[0].shape == shape
    assert tuple(model.to_torch().eval()(torch.rand(2, 5, 4), torch.rand(2, 5, 4)).shape) == (2, *shape)


@pytest.mark.parametrize(
    "text",
    [
        "ADD { ID <- x; ID }",
        "ADD { ID <- _; ID <- x }",
        "ADD { ID <- x; LINEAR _.channels <- m }",
        "ADD { ID <- x; { RELU; ID <- m } }",
        "{ LINEAR 4 <- x; RELU }",
        "MOE 4 { LINEAR 4 <- x }",
    ],
)
def test_a_merge_of_which_a_branch_reads_what_is_above_needs_one(text: str) -> None:
    assert [one.code for one in archdsl.check(TWO + text).diagnostics] == ["missing-input"]
