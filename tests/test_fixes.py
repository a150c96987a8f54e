"""Texts that mend faults: several faults of a line, several lines, an `in` that changed; and what is never proposed."""

from __future__ import annotations

import time

import pytest
from test_guesses import fixed

import archdsl
from archdsl.diagnostics import Diagnostic, nearest


def refused(text: str, **given: object) -> list[Diagnostic]:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text, notation="arch", **given)  # type: ignore[arg-type]
    return raised.value.diagnostics


MENDED = [
    ("input 32x32x8\nMAXPOOL 3 strides=2 padding=same", "MAXPOOL 3 s2 pad=same"),
    ("input T x 80\nLINEAR 8", "input Tx80"),
    ("input Tx80\nLINEAR 8 -> T x 8", "LINEAR 8 -> Tx8"),
    ("model M(d=8)\ninput Tx80\nLINEAR d -> Txd", "LINEAR d -> [T, d]"),
    ("input T\nRESHAPE Tx1", "RESHAPE [T, 1]"),
    ("input label: int\nEMBED 10 8", "input label: 1 int"),
    ("input 100\nUPCONV 512 4x4", "RESHAPE 1x1x100; UPCONV 512 4x4"),
    ("input 9x9x3\nPAD (-1)", "CROP 1"),
    ("input 9x9x3\nPAD -1", "CROP 1"),
    ("input 9x8\nBIDIRECTIONAL GRU 16", "GRU 16 bidirectional"),
    ("input 9x8\nBILSTM 16", "LSTM 16 bidirectional"),
    ("input 9x8\nGRU 16 bi=yes", "GRU 16 bidirectional"),
    ("input 9x8\nDENSE 8", "LINEAR 8"),
    ("input 9\nDENSE 8", "FC 8"),
    ("input 9x8\nSCALE 0.125", "MUL 0.125"),
    ("model M(d=16)\ninput 9\nLINEAR 4 * d", "LINEAR 4*d"),
    ("model M(d=16)\ninput 9\nLINEAR d -1", "LINEAR d-1"),
    ("input 28x28\nCONV 8 3x3", "input 28x28x1"),
    ("input 28x28x1\nCONV 8 3x3 <- input", "input x: 28x28x1 ... CONV 8 3x3 <- x"),
    ("input 9\nADD { ID; { FC (4*in); GELU; FC in } }", "ADD { ID; { let d = in; FC (4*d); GELU; FC d } }"),
    ("input 9x8\nh: { LINEAR (4*in); LINEAR in } -> 9x8", "h: { let d = in; LINEAR (4*d); LINEAR d } -> 9x8"),
    ("input x: 9\nh: { FC (4*in); FC in } <- x\nADD <- x, h", "h: { let d = in; FC (4*d); FC d } <- x"),
    ("input 9\nADD {\n  ID\n  {\n    FC (4*in)\n    FC in\n  }\n}", "{ let d = in ... FC (4*d) ... FC d"),
    ("input 9\nblock MLP { FC (4*in); FC in }\nADD { ID; MLP }", "block MLP { let d = in; FC (4*d); FC d }"),
]


@pytest.mark.parametrize(("text", "title"), MENDED, ids=[title for _, title in MENDED])
def test_a_fault_has_the_text_that_mends_it(text: str, title: str) -> None:
    found = refused(f"{text}\n")
    assert found[0].fix is not None, found[0].hint
    assert found[0].fix.title == title
    archdsl.loads(fixed(f"{text}\n", found), notation="arch")


def test_all_faults_of_a_line_are_told_at_once_and_mended_together() -> None:
    text = "input 32x32x3\nCONV 8 k=3 strides=2 padding=same use_bias=no\n"
    found = refused(text)
    assert [one.code for one in found] == ["unknown-option"] * 3
    assert [one.hint for one in found] == ["CONV 8 k=3 s2 pad=same nobias", None, None]
    assert len({one.fix for one in found}) == 1


def test_values_that_no_input_makes_right_are_told_beside_others() -> None:
    found = refused("input 32x32x3\nCONV 0 3x3 s=-1 strid=2\n")
    assert [(one.code, one.message) for one in found] == [
        ("out-of-range", "out of CONV must be 1 or more, not 0"),
        ("out-of-range", "stride of CONV must be 1 or more, not -1"),
        ("unknown-option", "CONV has no option strid"),
    ]


def test_lines_are_mended_with_those_above_them() -> None:
    """The second call is read on what the first gives, the third on what the second gives."""
    text = "input 32x32x3\nnn.Conv2d(3, 8, 3)\nnn.MaxPool2d(2, 2)\nnn.Flatten()\nnn.Linear(1800, 10)\n"
    found = refused(text)
    assert [one.hint for one in found] == ["CONV 8 3x3", "MAXPOOL 2x2 s2", "FLATTEN", "FC 10"]
    assert archdsl.loads(fixed(text, found)).params == 8 * 28 + 18010


def test_a_pasted_sequential_is_mended_line_by_line() -> None:
    text = "input 32x32x3\nnn.Sequential(\n    nn.Conv2d(3, 8, 3),\n    nn.ReLU(),\n)\n"
    hints = {one.line: one.hint for one in refused(text) if one.fix is not None}
    assert hints == {3: "CONV 8 3x3", 4: "RELU"}


def test_a_fix_changes_its_line_alone() -> None:
    """Indentation and comments stay."""
    text = "input 8x8x3\n{\n    CONV 4 3x3 padding=1   # the stem\n}\n"
    assert fixed(text, refused(text)) == text.replace("padding=1", "p1")


def test_of_a_long_line_the_changed_statement_is_shown() -> None:
    text = f"input 8x8x3\n{'RELU; ' * 60}CONV 4 3x3 padding=1{'; RELU' * 60}\n"
    (found,) = refused(text)
    assert found.hint == "CONV 4 3x3 p1"
    archdsl.loads(fixed(text, [found]))


NOT_MENDED = [
    ("input 9x9x3\nCONV 3 64 3x3 7", "usage"),  # which of them is what
    ("input 9x9x8\nGRU 16", None),
    ("input 9x8\nGCN 7", "cannot be written"),
    ("input x: 9x8; input m: 9x9 bool; ATTENTION 2 attn_mask=m <- x", "mask=m, where true means that a query may look"),
    ("input x: 9x8; input p: 9 bool; ATTENTION 2 key_padding_mask=p <- x", "padding=p, where true means a real step"),
    ("input 9x9x16\nDENSE 8", "FC 8 (all elements) or LINEAR 8 (the channels at each position)"),
    ("input 9x9x3\nnn.Conv2d(16, 8, 3)", "has in_channels=16, and its input has 3 channels"),
    ("input 9x9x3\nSOFTMAX dim=-1", "axes have names here"),
    ("input 9x8\nLSTM(8, return_state=True)", "with return_state cannot be written"),
    ("input 9x8\nnn.GRUCell(8, 8)", "is one step"),
    ("input 9x9x3\nfor i in [1, 2, 5] { CONV 12 1x1; CONV 12 1x1 g=i }", "g4 gives 9x9x12"),  # the turn's number stays
    ("input 9x9x3\nRANDOMTHING 3", "`archdsl layers` lists the kinds"),
    ("input a: 9; input b: 9\nFC 4", "add <- and one of a, b"),
    ("input 9\nFC ? -> 4", None),
]


@pytest.mark.parametrize(("text", "words"), NOT_MENDED, ids=[text for text, _ in NOT_MENDED])
def test_where_another_network_could_be_meant_nothing_is_proposed(text: str, words: str | None) -> None:
    try:
        archdsl.loads(text, notation="arch")
    except archdsl.ArchError as error:
        assert all(one.fix is None for one in error.diagnostics), str(error)
        assert words is None or words in str(error)


def test_a_claim_is_never_changed_by_a_fix_of_something_else() -> None:
    (found,) = refused("input 8x8x3\nCONVV 4 3x3 -> 7x7x4\n")
    assert found.hint == "CONV 4 3x3 -> 7x7x4"
    (found,) = refused("input 8x8x3\nCONV 4 3x3 -> 7,777 params\n")
    assert found.fix is None


def test_claimed_channels_first_are_turned() -> None:
    (found,) = refused("input 224x224x3\nCONV 64 7x7 s2 p3 -> 64x112x112\n")
    assert found.hint == "CONV 64 7x7 s2 p3 -> 112x112x64"


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("CONVV", ["CONV", "DWCONV"], "CONV"),
        ("strdie", ["stride", "pad"], "stride"),
        ("Activation", ["ATTENTION"], None),
        ("conv3", ["conv1", "conv2"], None),  # of two that are as near, neither
        ("conv3", ["conv1"], None),
        ("conv1", ["conv", "pool"], "conv"),
        ("GCN", ["GN", "GRU"], None),
        ("FCC", ["FC", "BN"], "FC"),
        ("FRN", ["LRN"], None),
        ("SNN", ["RNN"], None),
        ("LSM", ["LSTM"], "LSTM"),
        ("REUL", ["RELU"], "RELU"),
        ("MAXPOOLING", ["MAXPOOL", "AVGPOOL"], None),
        ("Relu", ["RELU"], "RELU"),
        ("ab", ["abc"], None),
    ],
)
def test_a_near_name_is_near(word: str, known: list[str], near: str | None) -> None:
    assert nearest(word, known) == near


@pytest.mark.parametrize(
    "text",
    [
        "input 8x8x3\n" + "CONV 4 3x3 padding=1\n" * 2_000,
        "input 8x8x3\n" + "\n" * 200_000 + "COVN 4 3x3\n",
        "input 8x8x3\nCONV 4 " + ", ".join(f"a{n}" for n in range(150)) + "\n",
        "input 8x8x3\n" + "a, " * 50_000 + "b: CONV 4 3x3\n",
        "input 8x8x3\nnn.Conv2d(" + "(" * 400 + ")" * 400 + "\n",
        "input 8x8x3\nnn.Conv2d(" + "-" * 900 + "1)\n",
        "input HxWx8\n" + "CONV 8 3x3 p1 s2; UPSAMPLE 2; ADD { ID; CONV 8 3x3 p1 }\n" * 6 + "COVN 4 3x3\n",
        "block B { for i in 1..50000 { CONV 3 1x1 } }\ninput 8x8x3\nB\nCOVN 4 3x3\n",
    ],
    ids=["lines", "blank", "words", "names", "brackets", "signs", "symbols", "work"],
)
def test_looking_for_a_fix_is_bounded(text: str) -> None:
    start = time.process_time()
    refused(text)
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    "line",
    [
        *("LRN (a[0])", "LRN size=a alpha=0.1", "LRN size=0 alpha=0.1 bias=2", "BatchNormalization momentum=a"),
        *("Conv kernel_shape=a auto_pad=SAME_UPPER", "MaxPool auto_pad=SAME_UPPER", "MaxPool pads=[a,b]"),
        *("ReduceMean axes=a", "Resize scales=[a,b,c,d]", "GroupNormalization num_groups=b", "Split split=a"),
    ],
)
def test_arguments_that_are_no_numbers(line: str) -> None:
    """What reckons with them proposes nothing."""
    assert not archdsl.check(f"input 8x8x3\n{line}").ok
