"""Shapes with their channels first, as PyTorch writes them: warned of in specs, and proposed as a fix that was tried."""

from __future__ import annotations

import pytest

from archdsl.checker.check import check, read
from archdsl.diagnostics import Diagnostic, Source
from archdsl.limits import Limits
from archdsl.sizes.shape import Shape, is_channels_first

CODE = "channels-first"


def told(text: str, fragment: Shape | None = None) -> list[Diagnostic]:
    return check(read(Source("net.arch", text), Limits()), {}, Limits(), fragment).diagnostics


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
        ("input [3, 2*32, 48]\nCONV 8 3x3", "input 64x48x3"),
        ("model M(side=64)\ninput [3, side, side]\nCONV 8 3x3", "input 64x64x3"),
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
    (found,) = told("CONV 8 3x3 p1", Shape((3, 32, 32)))
    assert (found.code, found.hint) == (CODE, "--input 32x32x3")
    (found,) = told("CONV 8 5x5", Shape((3, 32, 32)))
    assert (found.code, found.hint) == ("kernel-too-large", "--input 32x32x3")
