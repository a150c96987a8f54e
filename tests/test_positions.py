"""A checkpoint whose positions fit another size: the value of the model, or the input, with which it fits; tried."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.checkpoints import wanted, zeros

from archdsl.checkpoints.scaling import values_for
from archdsl.cli import main as cli

VIT = """model Vit(side=32, classes=10, dim=8)
input image: [side, side, 3]
let n = (side//8)*(side//8)
token: PARAM [1, dim] batch
steps: { CONV dim 8x8 s8; RESHAPE [n, dim] } <- image
CONCAT axis=steps <- token, steps
ADD { ID; pos: PARAM [n + 1, dim] batch }
SLICE steps=0
head: FC classes
"""
WORDS = "model Words(dim=8)\ninput T int\nEMBED 30 dim\nADD { ID; pos: PARAM [T, dim] batch }\nGLOBALAVGPOOL; FC 3\n"
LEARNED = """model Words(context=16, dim=8)
input T int where T <= context
e: EMBED 30 dim
ADD { ID; pos: { POSITIONS; wpe: EMBED (context + 2) dim } }
"""
SWIN = "model Swin(window=4)\ninput [4*window, 4*window, 8]\nWINDOWATTENTION 2 window 0\nGLOBALAVGPOOL; FC 4\n"
FLAT = "input 28x56x1\nCONV 2 3x3 p1; FC 10\n"
LINES = "CONV 2 3x3; FC 10\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run `archdsl weights` on a text and a checkpoint of a text at other values: status and output."""
    monkeypatch.chdir(tmp_path)

    def call(spec: str, trained: str, given: dict[str, int], *arguments: str, prefix: str = "") -> tuple[int, str]:
        Path("net.arch").write_text(spec)
        named = [(prefix + each.name, each.dtype, each.sizes) for each in wanted(trained, **given)]
        Path("net.safetensors").write_bytes(zeros(named))
        return again(*arguments)

    def again(*arguments: str) -> tuple[int, str]:
        status = cli.main(["weights", "net.arch", "net.safetensors", *arguments])
        return status, capsys.readouterr().out

    call.again = again  # type: ignore[attr-defined]
    return call


@pytest.mark.parametrize(
    ("spec", "trained", "given", "arguments", "tried"),
    [
        (VIT, VIT, {"side": 64}, [], "side=64"),
        (VIT, VIT, {"side": 8}, [], "side=8"),
        (VIT, VIT, {"side": 48, "classes": 3}, [], "side=48 classes=3"),
        (VIT, VIT, {"classes": 3}, [], "classes=3"),
        (VIT, VIT, {"dim": 16}, [], "dim=16"),
        (WORDS, WORDS, {"T": 77}, [], "T=77"),  # symbolic in the spec
        (WORDS, WORDS, {"T": 77}, ["T=50"], "T=77"),  # which has to be given
        (LEARNED, LEARNED, {"context": 64}, [], "context=64"),  # with two rows more than positions
        (SWIN, SWIN, {"window": 6}, [], "window=6"),  # tables of relative positions, and a buffer of pairs
        (FLAT, FLAT.replace("28x56", "14x28"), {}, [], "--input 14x28x1"),  # an image keeps its form
        (LINES, f"input 40x40x1\n{LINES}", {}, ["--input", "28x28x1"], "--input 40x40x1"),
    ],
)
def test_the_setting_with_which_it_fits_is_proposed(
    run: Callable[..., Any], spec: str, trained: str, given: dict[str, int], arguments: list[str], tried: str
) -> None:
    status, out = run(spec, trained, given, *arguments)
    found = re.search(r"^try: (.*) \(then (\d+) fit\)$", out, re.MULTILINE)
    assert status == 1
    assert found is not None, out
    assert found[1] == tried
    kept = [] if "--input" in tried else [one for one in arguments if one.partition("=")[0] != tried.partition("=")[0]]
    status, out = run.again(*kept, *shlex.split(found[1]))  # type: ignore[attr-defined]
    assert (status, f"{found[2]} of {found[2]} tensors fit" in out) == (0, True)


def test_with_a_renaming_too(run: Callable[..., Any]) -> None:
    status, out = run(VIT, VIT, {"side": 64}, prefix="module.")
    assert status == 1
    assert "\ntry: side=64 --rename module.= (then 6 fit)\nor: --rename module.= --skip pos\n" in out
    assert run.again("side=64", "--rename", "module.=")[0] == 0  # type: ignore[attr-defined]


def test_a_value_that_was_given_is_proposed_otherwise_behind_what_it_asks_for(run: Callable[..., Any]) -> None:
    """A head of other classes is to be skipped, as the caller gave their number."""
    _, out = run(VIT, VIT, {}, "classes=3")
    assert out.endswith("\ntry: --skip head\nor: classes=10 (then 6 fit)\n")


def test_nothing_is_proposed_where_no_setting_fits(run: Callable[..., Any]) -> None:
    """34 positions and a token are those of no square."""
    other = VIT.replace("ADD { ID; pos: PARAM [n + 1, dim] batch }", "{ pos: PARAM [35, dim] batch; SLICE steps=0 }")
    other = other.replace("SLICE steps=0\nhead", "head")
    _, out = run(VIT, other, {})
    assert "pos" in out
    assert "side=" not in out
    assert "--input" not in out


def test_two_parameters_that_would_do_are_both_shown(run: Callable[..., Any]) -> None:
    text = "model M(a=2, b=3)\npos: PARAM [a*b, 8]\nREDUCE mean steps\n"
    status, out = run(text, text, {"a": 4})
    assert status == 1
    assert "try: a=" not in out
    assert "ambiguous: pos may be a=4 or b=6: with each of these, 1 tensor fits" in out


def test_json_has_the_setting(run: Callable[..., Any]) -> None:
    _, out = run(VIT, VIT, {"side": 64}, "--format", "json")
    proposal = json.loads(out)["proposal"]
    assert (proposal["setting"], proposal["fits"], proposal["skip"], proposal["left"]) == (["side=64"], 6, ["pos"], [])


@pytest.mark.parametrize(
    ("size", "value", "now", "wanted"),
    [
        (577, 224, 197, 384),  # patches of an image, and a token
        (576, 224, 196, 384),
        (578, 224, 198, 384),
        (514, 1024, 1026, 512),
        (512, 1024, 1024, 512),
        (225, 7, 169, 8),
        (4096, 7, 2401, 8),
        (127, 32, 63, 64),
        (77, None, None, 77),
        (17, None, None, 4),
    ],
)
def test_values_worth_a_try(size: int, value: int | None, now: int | None, wanted: int) -> None:
    found = values_for(size, value, now)
    assert wanted in found[:9]
    assert all(number > 0 for number in found)
