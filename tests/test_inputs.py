"""Inputs that the caller gives: they replace those of a text, `where` holds, and claims that depend on them say nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.checker.check import check, settings
from archdsl.checker.checked import Checked
from archdsl.cli import main as cli
from archdsl.data import SPECS
from archdsl.diagnostics import ArchError, Source
from archdsl.limits import Limits
from archdsl.reading.given import Inputs, given_input
from archdsl.reading.reading import read

LIMITS = Limits()
Ran = tuple[int, str, str]


def inputs(*words: str) -> Inputs:
    """What `--input` gives."""
    named = {name: given_input(shape, LIMITS) for name, _, shape in (word.rpartition("=") for word in words)}
    return Inputs(named.pop("", None), named)


def checked(text: str, *words: str, **given: Any) -> Checked:
    return check(read(Source("net.arch", text), LIMITS, inputs=inputs(*words)), given, LIMITS)


def verdicts(text: str, *words: str, **given: Any) -> list[tuple[str, bool | None]]:
    """The claims of a text with nothing else wrong, each with what is said of it."""
    found = checked(text, *words, **given)
    assert not found.failed, found.diagnostics
    return [(claim.text, claim.holds) for claim in found.claims]


def fault(text: str, *words: str, **given: Any) -> tuple[str, str]:
    """The code and the message of the one fault."""
    (found,) = [one for one in checked(text, *words, **given).diagnostics if one.severity == "error"]
    return found.code, found.message


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command in a folder with the text `net.arch`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHDSL_TRACEBACK", "1")

    def call(text: str, command: str, *arguments: str) -> Ran:
        Path("net.arch").write_text(text)
        code = cli.main([command, "net.arch", *arguments])
        return (code, *capsys.readouterr())

    return call


# ---- what is replaced


def test_the_habit_of_torchinfo() -> None:
    """A ResNet-18 at 64x64 has 148,557,824 macs, and the parameters that it always has."""
    model = archdsl.load(SPECS / "resnet18.arch", input=(64, 64, 3))
    assert (model.macs, model.params) == (148_557_824, 11_689_512)
    assert model.inputs[0].shape == (64, 64, 3)


@pytest.mark.parametrize(
    ("text", "words", "given", "shapes"),
    [
        ("input 8x8x3\nRELU", ["4x4x3"], {}, [(4, 4, 3)]),
        ("input image: 8x8x3\nRELU", ["4x4x3"], {}, [(4, 4, 3)]),
        ("input image: 8x8x3\nRELU", ["image=4x4x3"], {}, [(4, 4, 3)]),
        ('input "an image": 8x8x3\nRELU', ["an image=4x4x3"], {}, [(4, 4, 3)]),
        ("input 8x8x3\nRELU", ["input=4x4x3"], {}, [(4, 4, 3)]),
        ("input a, b: 8x8x3\nADD <- a, b", ["a=4x4x3", "b=4x4x3"], {}, [(4, 4, 3), (4, 4, 3)]),
        ("input a: 8x8x3;  input b: 8x8x3\nFC 1 <- b", ["b=4x4x3"], {}, [(8, 8, 3), (4, 4, 3)]),
        ("input HxWx3\nRELU", ["4x5x3"], {}, [(4, 5, 3)]),
        ("input HxWx3\nRELU", ["4x5x3"], {"H": 4}, [(4, 5, 3)]),
        ("input HxWx3\nRELU", ["4x5x1"], {}, [(4, 5, 1)]),
        ("model M(s=8)\ninput [s, s, 3]\nRELU", ["4x4x3"], {}, [(4, 4, 3)]),
        ("model M(s=8)\ninput [s, s, 3]\nRELU", ["4x4x3"], {"s": 4}, [(4, 4, 3)]),
        ("model M(s)\ninput [s, s, 3]\nRELU", ["4x4x3"], {}, [(4, 4, 3)]),
        ("model M(s=8)\ninput [2*s, s, 3]\nRELU", ["8x4x3"], {}, [(8, 4, 3)]),
        ("model M(shape=8x8x3)\ninput shape\nRELU", ["4x5x3"], {}, [(4, 5, 3)]),
        ("input 8\nFC 1", ["4"], {}, [(4,)]),
        ("FC 1", ["4"], {}, [(4,)]),
        ("FC 1", ["input=4"], {}, [(4,)]),
        ("input ?x?x3\nRELU", ["4x5x3"], {}, [(4, 5, 3)]),
    ],
)
def test_inputs_are_replaced(text: str, words: list[str], given: dict[str, int], shapes: list[tuple[int, ...]]) -> None:
    found = checked(text, *words, **given)
    assert not found.failed, found.diagnostics
    assert found.network is not None
    assert [port.shape for port in found.network.inputs] == shapes


@pytest.mark.parametrize(
    ("text", "word", "dtype"),
    [
        ("input T int\nEMBED 9 4", "37", "int64"),
        ("input T int\nEMBED 9 4", "37 int", "int64"),
        ("input T\nRELU", "37", "float32"),
        ("input T\nEMBED 9 4", "37 int", "int64"),
        ("input T int\nRELU", "37 float", "float32"),
        ("EMBED 9 4", "37 int", "int64"),
        ("input m: T bool\noutput m", "37", "bool"),
        ("input m: T bool\noutput m", "37 bool", "bool"),
        ("input T bool\nRELU", "37 float", "float32"),
    ],
)
def test_the_type_stays_unless_it_is_given(text: str, word: str, dtype: str) -> None:
    found = checked(text, word)
    assert not found.failed, found.diagnostics
    assert found.network is not None
    assert found.network.inputs[0].dtype == dtype


def test_names_of_a_shape_have_the_numbers_given() -> None:
    """As where they are given by name: `side` is 28 in the whole text."""
    text = "model M(side=32) where side in [28, 32]\ninput [side, side, 1]\nif side == 28 { PAD 2 }\n"
    text += "CONV 6 5x5 -> 28x28x6\nFC side\n"
    found = checked(text, "28x28x1")
    assert not found.failed, found.diagnostics
    assert found.parameters == {"side": 28}
    assert [claim.holds for claim in found.claims] == [True]
    assert found.network is not None
    assert found.network.outputs[0].shape == (28,)


@pytest.mark.parametrize("given", [{}, {"H": 6, "W": 4}])
def test_an_input_that_is_the_texts_own_changes_nothing(given: dict[str, int]) -> None:
    text = "input {}\nCONV 4 3x3 -> 4x2x4, 8 params"
    text = text.format("HxWx3" if given else "6x4x3")
    assert [one.code for one in checked(text, "6x4x3", **given).diagnostics] == ["claim-value"]
    assert [claim.holds for claim in checked(text, "6x4x3", **given).claims] == [True, False]


# ---- what cannot stand in its place


@pytest.mark.parametrize(
    ("text", "words", "code", "said"),
    [
        ("input 8x8x3\nRELU", ["8x8"], "rank-mismatch", "--input 8x8 has 2 axes, and the input 8x8x3 has 3"),
        ("input T\nRELU", ["8x8"], "rank-mismatch", "--input 8x8 has 2 axes, and the input T has 1"),
        ("input a, b: 8x8x3\nRELU <- a", ["b=8"], "rank-mismatch", "--input 8 has 1 axis"),
        ("input 8x8x3\nRELU", ["3x8x8"], "shape-mismatch", "has its channels first"),
        ("input a, b: 8\nADD <- a, b", ["8"], "missing-input", "2 inputs, a and b, and --input does not say which"),
        ("input a, b: 8\nADD <- a, b", ["c=8"], "unknown-name", "there is no input c"),
        ("input 8\nFC 1", ["c=8"], "unknown-name", "there is no input c: the one input of the text has no name"),
        ("FC 1", ["c=8"], "unknown-name", "there is no input c: the text has no `input`"),
        ("input HxHx3\nRELU", ["8x9x3"], "shape-mismatch", "H is 8, and 9 by --input 8x9x3"),
        (
            "model M(s=9)\ninput [2*s, 3]\nRELU",
            ["8x3"],
            "shape-mismatch",
            "has 8 on an axis that the text computes, as 18",
        ),
        (
            "model M(s=9)\ninput [2*s, s]\nRELU",
            ["8x3"],
            "shape-mismatch",
            "has 8 on an axis that the text computes, as 6",
        ),
    ],
)
def test_what_is_refused(text: str, words: list[str], code: str, said: str) -> None:
    found = fault(text, *words)
    assert found[0] == code
    assert said in found[1]


def test_a_value_that_is_given_twice() -> None:
    text = "input HxWx3\nRELU"
    assert fault(text, "8x9x3", H=7) == ("shape-mismatch", "H is 7, and 8 by --input 8x9x3")
    assert not checked(text, "8x9x3", H="?").failed


@pytest.mark.parametrize(
    ("text", "word", "condition"),
    [
        ("input HxWx3 where H % 32 == 0, W >= 9\nRELU", "33x9x3", "H % 32 == 0 does not hold: H = 33"),
        ("input HxWx3 where H % 32 == 0, W >= 9\nRELU", "32x8x3", "W >= 9 does not hold: W = 8"),
        ("model M(s=8) where s in [4, 8]\ninput [s, s, 1]\nRELU", "5x5x1", "s in [4, 8] does not hold: s = 5"),
        ("input a: T;  input b: S where S < T\nADD { RELU <- a\nID }\nFC 1 <- b", "b=9", "S < T"),
    ],
)
def test_where_stays_in_force(text: str, word: str, condition: str) -> None:
    code, message = fault(text, word) if "=" not in word else fault(text, "a=8", word)
    assert code == "where-failed"
    assert condition in message


def test_where_of_an_input_that_is_replaced_with_another_of_its_statement() -> None:
    text = "input a, b: T where T >= 5\nADD <- a, b"
    assert not checked(text, "a=6", "b=6").failed
    assert fault(text, "a=4", "b=4")[0] == "where-failed"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("input [foo, 3]\nRELU", "unknown-name"),
        ("input [7/2, 3]\nRELU", "not-whole"),
        ("input [?, foo]\nRELU", "unknown-name"),
        ("model M(s=foo)\ninput [s*2, 3]\nRELU", "unknown-name"),
        ("input ?x3x3\nRELU", "unpinned-hole"),
        ("input a: 8;  input 8x3\nRELU <- a", "missing-value"),
    ],
)
def test_a_stated_shape_that_is_wrong_is_told(text: str, code: str) -> None:
    assert fault(text, "8x3" if "a:" not in text else "a=8")[0] == code


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("input 224x224x3\nRELU", ["1x3x64x64"], "--input 64x64x3: channels last, and no batch"),
        ("input 224x224x3\nRELU", ["1x64x64x3"], "--input 64x64x3: channels last, and no batch"),
        ("input 224x224x3\nRELU", ["3x64x64"], "--input 64x64x3: channels last, and no batch"),
        ("input a, b: 224x224x3\nADD <- a, b", ["a=3x64x64"], "--input a=64x64x3: channels last, and no batch"),
        ("input a, b: 8\nADD <- a, b", ["9"], "--input a=9"),
        ("input left, right: 8\nADD <- left, right", ["lft=9"], "did you mean left?"),
        ("input 224x224x3\nRELU", ["2x3x64x64"], None),
        ("input 224x224x3\nRELU", ["64x64"], None),
    ],
)
def test_a_fix_is_what_would_be_typed(text: str, words: list[str], hint: str | None) -> None:
    (found,) = checked(text, *words).diagnostics
    assert found.hint == hint
    if hint is not None and hint.endswith("no batch"):
        assert not checked(
            text.replace("a, b", "a, b").replace("224x224", "64x64"), *(hint.split()[1].rstrip(":"),)
        ).failed


# ---- claims


NET = """\
input 32x32x3
c1: CONV 4 3x3 p1                                 -> 32x32x4, 112 params, 110,592 macs
GLOBALAVGPOOL                                     -> 4
fc: FC 10                                         -> 10, 50 params, 40 macs
expect 162 params, 110,632 macs, 4,106 units, 118,834 connections
"""
WITH_FC = (
    "input 32x32x3\nCONV 4 3x3 p1 -> 112 params\nFC 10 -> 10, 40,970 params, 40,960 weights\nexpect 41,082 params\n"
)


def test_claims_that_depend_on_the_input_are_not_judged() -> None:
    assert verdicts(NET, "16x16x3") == [
        ("32x32x4", None),
        ("112 params", True),
        ("110,592 macs", None),
        ("4", True),
        ("10", True),
        ("50 params", True),
        ("40 macs", True),
        ("162 params", True),
        ("110,632 macs", None),
        ("4,106 units", None),
        ("118,834 connections", None),
    ]


def test_params_that_depend_on_the_input_are_not_judged() -> None:
    assert [claim for claim, holds in verdicts(WITH_FC, "16x16x3") if holds is None] == [
        "40,970 params",
        "40,960 weights",
        "41,082 params",
    ]
    assert [claim for claim, holds in verdicts(NET, "32x32x1") if holds is None] == [
        *("112 params", "110,592 macs", "162 params", "110,632 macs", "118,834 connections"),
    ]


def test_a_claim_that_holds_holds() -> None:
    """Also where it depends on the input, as one in the names of its sizes does."""
    text = "model M(side=64)\ninput [side, side, 3]\nCONV 4 3x3 s2 p1 -> [side/2, side/2, 4], 110.6K macs within 300%"
    assert verdicts(text, "32x32x3") == [("[side/2, side/2, 4]", True), ("110.6K macs within 300%", True)]


def test_a_claim_that_has_no_value_here_is_not_judged() -> None:
    text = "model M(side=64)\ninput [side, side, 3]\nCONV 4 3x3 s32 p1 -> [side/32, side/32, 4]\n"
    assert verdicts(text, "65x65x3") == [("[side/32, side/32, 4]", None)]
    assert fault(text.replace("side/32, 4", "side/31, 4"), "65x65x3")[0] == "not-whole"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("112 params", "113 params"), "claim-value"),
        (("-> 10,", "-> 11,"), "claim-shape"),
        (("40 macs", "41 macs"), "claim-value"),
    ],
)
def test_a_claim_that_is_wrong_at_every_input_is_wrong(change: tuple[str, str], code: str) -> None:
    text = NET.replace(*change)
    assert fault(text, "16x16x3")[0] == code
    assert [claim.holds for claim in checked(text, "16x16x3").claims].count(False) == 1


def test_claims_in_groups_blocks_and_files_in_use(tmp_path: Path, run: Callable[..., Ran]) -> None:
    block = "block B(c) {{\n  CONV c 3x3 p1 -> {}\n  expect {} params, 110,592 macs\n}}\n"
    (tmp_path / "blocks.arch").write_text(block.format("32x32x4", 112))
    group = 'use "blocks.arch"\ninput 32x32x3\nB 4\ng: { CONV 4 1x1 -> 32x32x4\n  expect 4,096 units }\n'
    code, out, err = run(group, "check", "--input", "16x16x3")
    assert (code, err) == (0, "")
    assert "1 claim holds, 4 not checked" in out
    (tmp_path / "blocks.arch").write_text(block.format("32x32x5", 113))
    code, out, err = run(group, "check", "--input", "16x16x3")
    assert code == 1
    assert "claimed 113 params, derived 112 params" in out
    assert out.count("error[") == 1


def test_a_block_that_is_used_on_several_shapes() -> None:
    text = "input 32x32x3\nblock B {\n  CONV 4 3x3 p1\n  expect 147,456 macs\n}\nCONV 4 3x3 p1\nB; B\nMAXPOOL 2; B\n"
    assert checked(text.replace("MAXPOOL 2; B\n", ""), "32x32x3").failed is False
    assert verdicts(text.replace("MAXPOOL 2; B\n", ""), "16x16x3") == [("147,456 macs", None)]


def test_every_setting_of_cases(run: Callable[..., Ran]) -> None:
    text = "model M(n=1)\ncases n in [1, 2]\ninput 8x8x3\nCONV n 1x1 -> [8, 8, n], [4*n] params\n".replace(
        "[4*n] params", "2 params within 900%"
    )
    code, out, _ = run(text, "check", "--input", "4x4x3")
    assert code == 0
    assert "2 settings (n=1|2), 1 layer, 4..8 params, 48..96 macs, 2 claims hold, 2 not checked" in out
    assert out.count("note[unjudged-claims]") == 1


def test_settings_that_agree_with_the_input(run: Callable[..., Ran]) -> None:
    text = "model M(s=8, c=1)\ncases s, c in [[8, 1], [4, 2], [4, 3]]\ninput [s, s, 3]\nCONV c 1x1\n"
    reading = read(Source("net.arch", text), LIMITS, inputs=inputs("4x4x3"))
    assert settings(reading, {}) == [{"s": 4, "c": 2}, {"s": 4, "c": 3}]
    reading = read(Source("net.arch", text), LIMITS, inputs=inputs("5x5x3"))
    assert settings(reading, {}) == [{}]
    assert "M  1 layer, 4 params, 75 macs" in run(text, "check", "--input", "5x5x3")[1]


def test_one_note_says_how_many_and_why() -> None:
    (note,) = checked(NET, "16x16x3").diagnostics
    assert (note.code, note.severity, note.line) == ("unjudged-claims", "note", 1)
    assert note.message == (
        "5 claims are not checked: they depend on the input, and --input gives 16x16x3 in place of 32x32x3"
    )
    (note,) = checked("input a, b: 8\nADD <- a, b -> 8", "a=4", "b=4").diagnostics
    assert note.message == "1 claim is not checked: it depends on the input, and --input gives 4 in place of 8"
    assert (
        checked(
            NET.replace("-> 32x32x4, ", "-> ").partition("expect")[0].replace(", 110,592 macs", ""), "16x16x3"
        ).diagnostics
        == []
    )
    assert (
        checked(NET.replace("input 32x32x3", "input 32x32x3 # archdsl: ignore[unjudged-claims]"), "16x16x3").diagnostics
        == []
    )


def test_no_claim_stands_in_the_way_of_what_follows() -> None:
    """A shape that is not judged puts nothing in doubt: what is wrong behind it is found."""
    text = "input 32x32x3\nCONV 4 3x3 p1 -> 32x32x4\nCONV 4 20x20\nFC 10\n"
    assert fault(text, "16x16x3")[0] == "kernel-too-large"


# ---- holes


def test_holes_are_found_at_the_texts_own_input() -> None:
    found = checked("input 32x32x3\nCONV 4 3x3 p? -> 32x32x4", "16x16x3")
    assert [one.value for one in found.holes] == [1]
    assert [claim.holds for claim in found.claims] == [None]


def test_holes_of_an_input_are_what_is_given() -> None:
    text = "input ?x?x3\nCONV 4 3x3 p1 -> 32x32x4"
    assert verdicts(text, "32x32x3") == [("32x32x4", True)]
    assert verdicts(text, "31x32x3") == [("32x32x4", None)]
    found = checked(text.replace("p1", "p?"), "32x32x3")
    assert [one.value for one in found.holes] == [32, 32, 1]
    assert fault(text.replace("p1", "p?"), "31x32x3")[0] == "no-answer"


# ---- listings


def listed(text: str, word: str) -> list[str]:
    """The codes of what is wrong with a listing at an input."""
    found = check(read(Source("net.txt", text), LIMITS, "listing", inputs=inputs(word)), {}, LIMITS)
    return [one.code for one in found.diagnostics if one.severity == "error"]


LISTINGS = [
    ("conv1: 6 3x3x5 filters\n", "28x28x5", "28x28x1"),
    ("conv1: 6 3x3 filters\nFC with 26x26 filters, 10 neurons\n", "28x28x1", "32x32x1"),
    ("conv1: 6 3x3 filters\nFC with 3x3 filters, 10 neurons\n", "5x5x1", "28x28x1"),
    ("Conv2d(3, 6, 5)\nReLU\n", "28x28x3", "28x28x1"),
    ("conv: in_channels=3, out_channels=6, kernel_size=5\n", "28x28x3", "28x28x1"),
    ("conv1: 6 5x5 filters\nfc: 3456 -> 120\n", "28x28x1", "29x29x1"),
    ("conv1: 6 5x5 filters\nLinear(3456, 120)\n", "28x28x1", "29x29x1"),
    ("[24x24x6] conv1: 6 5x5 filters\n", "28x28x1", "30x30x1"),
    ("conv1: 6 5x5 filters, 156 parameters\n", "28x28x1", "28x28x3"),
    ("conv1: 6 3x3x1 filters\nconv2: 8 3x3x6 filters\nconv3: 8 3x3x8 filters\n", "28x28x1", "28x28x2"),
]


@pytest.mark.parametrize(("text", "right", "wrong"), LISTINGS)
def test_in_a_listing_it_has_the_force_of_an_input_line(text: str, right: str, wrong: str) -> None:
    for word in (right, wrong):
        stated = read(Source("net.txt", f"INPUT [{word}]\n{text}"), LIMITS, "listing")
        plain = [one.code for one in check(stated, {}, LIMITS).diagnostics if one.severity == "error"]
        assert bool(plain) == (word == wrong)
        assert listed(text, word) == plain


@pytest.mark.parametrize(
    ("text", "right", "wrong"), [one for one in LISTINGS if "[24x24" not in one[0] and "156" not in one[0]]
)
def test_what_a_layer_reads_is_held_against_an_input_that_is_replaced(text: str, right: str, wrong: str) -> None:
    stated = f"INPUT [{right}]\n{text}"
    assert listed(stated, right) == []
    assert set(listed(stated, wrong)) == {"shape-mismatch"}


def test_what_follows_from_a_listing_follows_from_its_own_input() -> None:
    """A stride that is not said is that of the shapes in the text, whatever the input is now."""
    text = "[227x227x3] INPUT\n[55x55x96] CONV1: 96 11x11 filters\n"
    reading = read(Source("net.txt", text), LIMITS, "listing", inputs=inputs("67x67x3"))
    found = check(reading, {}, LIMITS)
    assert found.network is not None
    assert found.network.outputs[0].shape == (15, 15, 96)
    assert [claim.holds for claim in found.claims] == [None]
    reading = read(Source("net.txt", text.partition("\n")[2]), LIMITS, "listing", inputs=inputs("227x227x3"))
    assert [claim.holds for claim in check(reading, {}, LIMITS).claims] == [True]


def test_channels_first_as_on_an_input_line() -> None:
    text = "[16x26x26] conv1: 16 3x3 filters\n"
    for word in ("3x28x28", "1x28x28"):
        stated = check(read(Source("net.txt", f"INPUT [{word}]\n{text}"), LIMITS, "listing"), {}, LIMITS)
        given = check(read(Source("net.txt", text), LIMITS, "listing", inputs=inputs(word)), {}, LIMITS)
        assert not stated.failed
        assert not given.failed
        assert given.network is not None
        assert stated.network is not None
        assert given.network.inputs[0].shape == stated.network.inputs[0].shape == (28, 28, int(word[0]))
        assert [claim.holds for claim in given.claims] == [True]


# ---- the commands


def test_json(run: Callable[..., Ran]) -> None:
    code, out, err = run(NET, "check", "--input", "16x16x3", "--format", "json")
    (record,) = json.loads(out)
    assert (code, err) == (0, "")
    assert [claim["holds"] for claim in record["claims"]].count(None) == 5
    assert record["claims"][0] == {
        "file": "net.arch",
        "line": 2,
        "text": "32x32x4",
        "holds": None,
        "claimed": "32x32x4",
        "derived": "16x16x4",
    }
    assert [one["code"] for one in record["diagnostics"]] == ["unjudged-claims"]
    code, out, err = run(NET, "summary", "--input", "16x16x3", "--format", "json")
    record = json.loads(out)
    assert (code, record["inputs"][0]["shape"], record["totals"]["macs"]) == (0, [16, 16, 3], 27_688)
    assert [claim["holds"] for claim in record["claims"]].count(None) == 5


def test_strict_does_not_mind_claims_that_are_not_judged(run: Callable[..., Ran]) -> None:
    assert run(NET, "check", "--strict", "--input", "16x16x3")[0] == 0


def test_every_command_that_reads_a_spec(run: Callable[..., Ran], tmp_path: Path) -> None:
    out = run(WITH_FC, "summary", "--input", "16x16x3")[1]
    assert "16x16x3 -> 10" in out
    out = run(WITH_FC, "compile", "--input", "16x16x3")[1]
    assert "nn.Linear(1024, 10)" in out
    out = run("model M(c)\ninput 8x8x3\nCONV c 1x1\n", "solve", "macs <= 192", "--input", "4x4x3")[1]
    assert out.startswith("c = 4: 192 macs")
    (tmp_path / "any.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    assert "10x1024 F32" in run(WITH_FC, "weights", "any.safetensors", "--input", "16x16x3")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["8x"], "--input 8x: "),
        (["=8"], "the name of an input is missing"),
        (["a="], "--input a="),
        (["8", "9"], "--input NAME=SHAPE"),
        (["8", "a=9"], "--input NAME=SHAPE"),
        (["a=8", "a=9"], "--input a= is given twice"),
        (["HxWx3"], "must consist of numbers"),
        (["?x3"], "must consist of numbers"),
        (["64,64,3"], "a shape is written 227x227x3"),
        (["0x3"], "a size is 1 or more, not 0"),
    ],
)
def test_wrong_usage(run: Callable[..., Ran], words: list[str], said: str) -> None:
    code, out, err = run("input 8\nFC 1", "check", *(one for word in words for one in ("--input", word)))
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(SPECS.rglob("*.arch")), ids=lambda path: path.stem)
def test_no_spec_breaks_at_its_own_input_given_anew(path: Path) -> None:
    """At every setting, the inputs that it has, given by name, change neither a figure nor a verdict."""
    source = Source(str(path), path.read_text(encoding="utf-8"))
    from archdsl.reading.root import beside

    folder = beside(str(path), source.name, LIMITS)
    plain = read(source, LIMITS, folder=folder)
    for setting in settings(plain, {})[:3]:
        before = check(plain, setting, LIMITS)
        assert before.network is not None
        ports = before.network.inputs
        if not all(isinstance(size, int) for port in ports for size in port.shape):
            continue
        words = [f"{port.name}={'x'.join(map(str, port.shape))}" for port in ports]
        after = check(read(source, LIMITS, folder=folder, inputs=inputs(*words)), setting, LIMITS)
        assert after.claims == before.claims
        assert after.totals == before.totals
        assert after.diagnostics == before.diagnostics


# ---- from Python


def test_the_ways_to_write_a_shape() -> None:
    text = "input 8x8x3\nRELU"
    for given in ("4x4x3", (4, 4, 3), [4, 4, 3], {"input": "4x4x3"}, {"input": (4, 4, 3)}):
        assert archdsl.loads(text, input=given).outputs[0].shape == (4, 4, 3)
    text = "input left, right: 8x8x3\nADD <- left, right"
    assert archdsl.loads(text, input={"left": "4x4x3", "right": (4, 4, 3)}).outputs[0].shape == (4, 4, 3)


def test_a_file_from_python(tmp_path: Path) -> None:
    path = tmp_path / "net.arch"
    path.write_text(NET)
    model = archdsl.load(path, input="16x16x3")
    assert [port.shape for port in model.inputs] == [(16, 16, 3)]
    assert "input= gives 16x16x3 in place of 32x32x3" in model.diagnostics[0].message
    path.write_text("CONV 4 3x3\n")
    assert archdsl.load(path, input="16x16x3").outputs[0].shape == (14, 14, 4)


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (7, TypeError, "input= must be a shape"),
        (b"3", TypeError, "input= must be a shape"),
        ((True, 3), TypeError, "each size of input= must be an integer, not"),
        ((4.0, 3), TypeError, "each size of input= must be an integer, not"),
        (("4", 3), TypeError, "each size of input= must be an integer, not"),
        ({}, TypeError, "input= must map each input name to a shape"),
        ({1: "3"}, TypeError, "input= must map each input name to a shape"),
        ((), ValueError, "at least one size"),
        ((0, 3), ValueError, "each size of input= must be an integer of 1 or more"),
        ((10**5000, 3), ValueError, "each size of input= must be below 2**62"),
        ("8x", ArchError, "a number and a word without a space"),
        ({"left": "3"}, ArchError, 'input="3"'),
    ],
)
def test_what_is_no_shape(given: Any, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=re.escape(said)):
        archdsl.loads("input 4\nFC 3", input=given)


def test_truth_values_are_an_input_of_their_own() -> None:
    """In the table, in JSON and in memory; what reads features or integers refuses them."""
    model = archdsl.loads("input x: 9x8; input m: 9x5x4 bool; RELU <- x; output m, x")
    assert [port.dtype for port in model.inputs] == ["float32", "bool"]
    assert "9x8, 9x5x4 bool -> 9x5x4 bool, 9x8" in model.summary()
    assert [one["dtype"] for one in model.to_json()["inputs"]] == ["float32", "bool"]
    assert model.to_json()["memory"]["inputs"] == 4 * 72 + 180
    report = archdsl.check("input m: 9x9 bool\nRELU\n")
    assert "reads features, and its input 9x9 bool contains truth values" in report.diagnostics[0].message
    report = archdsl.check("input m: 9 bool\nEMBED 9 4\n")
    assert "reads integers, and its input 9 bool contains truth values" in report.diagnostics[0].message


@pytest.mark.parametrize("text", ["input m: 9x9 boolean", "input m: 9x9 Bool"])
def test_other_words_for_truth_values_are_answered(text: str) -> None:
    report = archdsl.check(f"{text}; input x: 8\nRELU <- x\noutput x, m")
    assert report.diagnostics[0].fix is not None
    assert "bool" in report.diagnostics[0].fix.title


def test_compiled_truth_values_lie_as_numbers_do() -> None:
    torch = pytest.importorskip("torch")
    module = archdsl.loads("input m: 5x9 bool; input n: 4x5x3 bool; input x: 8; RELU <- x; output m, n").to_torch()
    m, n = torch.rand(2, 5, 9) < 0.5, torch.rand(2, 3, 4, 5) < 0.5
    found = module(m, n, torch.rand(2, 8))
    assert torch.equal(found[0], m) and torch.equal(found[1], n)
