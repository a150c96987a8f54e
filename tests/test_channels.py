"""Shapes with their channels first, as PyTorch writes them: warned of in specs, and proposed as a fix that was tried."""

from __future__ import annotations

import pytest

from archdsl.checker.check import check
from archdsl.diagnostics import Diagnostic, Source
from archdsl.limits import Limits
from archdsl.reading.given import Inputs, given_input
from archdsl.reading.reading import read
from archdsl.sizes.shape import is_channels_first

CODE = "channels-first"


def told(text: str, given: str | None = None) -> list[Diagnostic]:
    inputs = Inputs(given_input(given, Limits()), {}) if given is not None else None
    return check(read(Source("net.arch", text), Limits(), inputs=inputs), {}, Limits()).diagnostics


def codes(text: str) -> list[str]:
    return [one.code for one in told(text)]


@pytest.mark.parametrize(
    ("sizes", "first"),
    [
        ((3, 224, 224), True),
        ((3, 480, 640), True),
        ((3, 640, 480), True),
        ((4, 84, 84), True),
        ((3, 64, 48), True),
        ((16, 64, 64), True),
        ((1, 28, 28), True),
        ((3, 8, 8), True),
        ((1, 2, 2), True),
        ((17, 100, 100), False),  # more than 16
        ((16, 63, 64), False),  # less than four times as large
        ((2, 8, 17), False),  # more than a factor of 2
        ((2, 8, 16), True),
        ((4, 8, 8), False),
        ((1, 1, 1), False),
        ((1, 1, 100), False),
        ((224, 224, 3), False),
        ((19, 19, 48), False),
        ((3, 224), False),
        ((3, 16, 112, 112), False),
    ],
)
def test_the_rule(sizes: tuple[int, ...], first: bool) -> None:
    assert is_channels_first(sizes) is first


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("input 3x8x8\nCONV 8 3x3", "input 8x8x3"),
        ("input 3x8x8; CONV 8 3x3", "input 8x8x3"),
        ("input image: 3x64x48\nCONV 8 3x3", "input image: 64x48x3"),
        ("input [3, 2*32, 48]\nCONV 8 3x3", "input [2*32, 48, 3]"),
        ("model M(side=64)\ninput [3, side, side]\nCONV 8 3x3", "input [side, side, 3]"),
        ("input 3xHxW\nCONV 8 3x3 p1", "input HxWx3"),
        ("input 3x32x32\nFLATTEN; FC 10", "input 32x32x3"),
        ("input 3x8x8\nCONV 8 3x3 p1 -> 9x9x9", "input 8x8x3"),  # a claim that fails is another fault
        ("input 3x32x32\nCONV 8 3x3 -> 1x30x8\nCONV 8 9x9 p4\nRESHAPE 1x30x8", None),  # does not fit the other way
    ],
)
def test_where_the_network_fits_it_is_a_warning(text: str, fix: str | None) -> None:
    found = [one for one in told(text) if one.code == CODE]
    assert [(one.severity, one.hint) for one in found] == [("warning", fix)]
    if fix is not None:
        line = next(one for one in text.replace(";", "\n").split("\n") if one.startswith("input"))
        assert CODE not in codes(text.replace(line, fix))


@pytest.mark.parametrize(
    ("text", "code", "fix"),
    [
        ("input 1x28x28\nCONV 8 3x3", "kernel-too-large", "input 28x28x1"),
        ("input 3x32x32\nCONV 8 3x3\nMAXPOOL 2x2", "kernel-too-large", "input 32x32x3"),
        ("input image: 3x480x640\nCONV 8 7x7", "kernel-too-large", "input image: 480x640x3"),
        ("input 4x84x84\nCONV 32 8x8 s4; RELU; CONV 64 4x4 s2", "kernel-too-large", "input 84x84x4"),
        ("input a: 3x32x32; input b: 32x32x3\nCONCAT <- a, b", "shape-mismatch", "input a: 32x32x3"),
        ("input 3x32x32\nCONV 6 1x1 g=3", "not-divisible", "input 32x32x3"),
        ("input 3x32x32\nCONV 8 5x5 -> 8x28x28", "kernel-too-large", "input 32x32x3"),
        ("input 3x32x32\nCONV 8 5x5\nLINEER 9", "kernel-too-large", "input 32x32x3"),  # another fault behind
    ],
)
def test_where_it_does_not_fit_the_order_is_the_first_fix(text: str, code: str, fix: str) -> None:
    first = next(one for one in told(text) if one.severity == "error")
    assert (first.code, first.hint) == (code, fix)
    assert CODE not in codes(text)  # one fault, one message


def test_an_order_that_does_not_help_is_not_proposed() -> None:
    (found,) = told("input 3x32x32\nCONV 8 40x40")
    assert found.code == "kernel-too-large"
    assert "input" not in (found.hint or "")


@pytest.mark.parametrize(
    "text",
    [
        "input 8x8x3\nCONV 8 3x3",
        "input 19x19x48\nCONV 8 3x3",
        "input 4x8x8\nCONV 8 1x1",
        "input 3x8x8  # archdsl: ignore[channels-first]\nCONV 8 3x3",
        "input 3x64x64 int\nEMBED 9 8",
        "input 3x224\nCONV 8 3",
        "input 3x16x112x112\nCONV 8 3x3x3 p1",
        "input 3xTx64\nCONV 8 1x1",
    ],
)
def test_other_inputs_are_left_alone(text: str) -> None:
    assert CODE not in codes(text)


def test_the_input_that_the_caller_gives() -> None:
    (found,) = told("CONV 8 3x3 p1", "3x32x32")
    assert (found.code, found.hint) == (CODE, "--input 32x32x3")
    (found,) = told("CONV 8 5x5", "3x32x32")
    assert (found.code, found.hint) == ("kernel-too-large", "--input 32x32x3")


# ---- listings


def listing(text: str) -> tuple[list[tuple[str, str]], int | None]:
    """What is wrong with a listing, and its parameters where nothing is."""
    found = check(read(Source("net.txt", text), Limits(), "listing"), {}, Limits())
    wrong = [(one.code, one.message) for one in found.diagnostics if one.severity == "error"]
    return wrong, None if wrong else int(str(found.totals.params))


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("Input: (None, 3, 64, 48)\nConv: 16 3x3 filters", 448),
        ("Input: (None, 64, 48, 3)\nConv: 16 3x3 filters", 448),
        ("Input: 3x480x640\nConv: 16 3x3 filters", 448),
        ("Input: 4x84x84\nConv: 16 3x3 filters", 592),
        ("Input: 84x84x4\nConv: 16 3x3 filters", 592),
        ("Input (N, C, H, W): (32, 3, 64, 48)\nConv: 16 3x3 filters -> [32, 16, 62, 46]\nFC 10 -> [32, 10]", 456_778),
        ("Input (N, H, W, C) = (8, 64, 48, 20)\nConv: 16 3x3 filters -> 62x46x16", 2_896),
        ("Input: NCHW (8, 20, 30, 40)\nConv: 16 3x3 filters -> 16x28x38", 2_896),
        ("Input: [-1, 64, 56, 56]\nConv: 16 3x3 filters [-1, 16, 54, 54]", 9_232),
        ("Input: (None, 64, 56, 56)\nConv: 16 3x3 filters", 9_232),
        ("Input: [-1, 28, 28, 1]\nConv: 16 3x3 filters", 160),  # TensorFlow writes -1, too
        ("Input: N x 3 x 32 x 32\nConv: 16 3x3 filters [N, 16, 30, 30]", 448),
        ("Input: torch.Size([1, 3, 224, 224])\nConv 3x3, 8 [1, 8, 222, 222]", 224),
        ("Input: (64, 3, 224, 224)\nConv 3x3, 8", 224),
        ("Input: (N, 784)\nFC 10", 7_850),
        ("Input: [-1, 784]\nFC 10 [-1, 10]", 7_850),
        ("Input: (None, 784)\nFC 10 (None, 10)", 7_850),
        ("Input: [784]\nFC 10", 7_850),
        ("Input: (None, 28, 28)\nFlatten\nFC 10", 7_850),
        ("Input: 64x56x56, channels first\nConv 3x3, 8 -> 8x54x54", 4_616),
        ("Input: 20x30x40 (channels last)\nConv 3x3, 8 -> 18x28x8", 2_888),
        ("[3, 224, 224] INPUT\n[64, 112, 112] CONV1: 7x7, stride 2, pad 3\nmax pool 2x2 [64, 56, 56]", 9_472),
        ("Input: (3, 64, 48)\nConv1: 6 3x3 filters (6, 62, 46)\nMax pool 2x2 (6, 31, 23)", 168),
        ("Input 3x32x32\n[30x30x6] Conv1: 6 3x3 filters", 168),  # the filters say which axis is theirs
        ("Input: 40x101x1\nConv: 16 3x3 filters", 160),
        ("Input: 19x19x48\nConv: 16 3x3 filters", 6_928),
        ("Input: 16x112x112x3 video\nConv 3x3x3, 8", 656),
    ],
)
def test_a_listing_may_have_its_channels_first(text: str, params: int) -> None:
    assert listing(text) == ([], params)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Input: 20x30x40\nConv: 16 3x3 filters", "whether 20x30x40 has its channels first or last"),
        ("Input: 3x128x32\nConv: 16 3x3 filters", "whether 3x128x32 has its channels first or last"),
        ("Input: 64x56x56\nConv: 16 3x3 filters", "whether 64x56x56 has its channels first or last"),
        (
            "Input: 224x224x3, channels first\nConv: 16 3x3 filters",
            "channels first, but 224x224x3 does not look like it",
        ),
        (
            "channels first\nInput: 8x30x40, channels last\nConv: 16 3x3 filters",
            "both channels first and channels last",
        ),
        ("Input: (32, 28, 28, 1)\nConv: 16 3x3 filters", "whether 32 of 32x28x28x1 are a batch or frames"),
        ("Input: 3x32x32\n[30x30x6] Conv1: 3x3 filters", "whether 30x30x6 has its channels first"),
    ],
)
def test_an_order_that_is_open_is_asked_for(text: str, question: str) -> None:
    wrong, params = listing(text)
    assert params is None
    assert [code for code, _ in wrong] == ["unclear-layer"]
    assert question in wrong[0][1]
