"""Constants that are computed or listed: their numbers, at symbolic sizes too, and wherever a module is built."""

from __future__ import annotations

import math
from typing import Any

import pytest

import archdsl

torch = pytest.importorskip("torch")


def waves(steps: int, channels: int) -> Any:
    """Sines and cosines, one by one (Vaswani et al. 2017, 3.5)."""
    rows = [
        [(math.cos if c % 2 else math.sin)(t / 10000 ** ((c - c % 2) / channels)) for c in range(channels)]
        for t in range(steps)
    ]
    return torch.tensor(rows, dtype=torch.float64)


@pytest.mark.parametrize("channels", [1, 2, 7, 64])
@pytest.mark.parametrize("given", [{}, {"T": 50}], ids=["symbolic", "numbers"])
def test_a_sinusoid_is_that_of_the_paper(given: dict[str, int], channels: int) -> None:
    text = f"input x: Tx{channels}\np: CONST [T, {channels}] sinusoid\nID <- x\noutput p, _"
    module = archdsl.loads(text, **given).to_torch()
    found, _ = module(torch.zeros(2, 50, channels, dtype=torch.float64))
    torch.testing.assert_close(found[1], waves(50, channels), rtol=1e-12, atol=1e-12)


def test_constants_have_the_dtype_of_the_network() -> None:
    text = (
        "input x: Tx6\np: CONST [T, 6] sinusoid; q: CONST 6x6 identity; r: CONST 6 arange; s: CONST values=[[1, 2]]\n"
    )
    module = archdsl.loads(f"{text}ID <- x\noutput _, p, q, r, s").to_torch()
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        found = module(torch.zeros(3, 5, 6, dtype=dtype))
        assert {one.dtype for one in found} == {dtype}
        torch.testing.assert_close(found[1][2], waves(5, 6).to(dtype), rtol=1e-2, atol=1e-2)
        torch.testing.assert_close(found[2][1], torch.eye(6, dtype=dtype))
        torch.testing.assert_close(found[3][1], torch.arange(6, dtype=dtype))
        torch.testing.assert_close(found[4][1], torch.tensor([[1, 2]], dtype=dtype))


def test_values_lie_channels_first_from_three_axes_on() -> None:
    """As images do: the last axis of the lists is the channels."""
    values = "values=[[[1, 2], [3, 4], [5, 6]]]"
    text = f"input x: 4\nv: CONST {values}; w: CONST {values} saved batch; RELU <- x\noutput v, w, _"
    model = archdsl.loads(text)
    assert [port.shape for port in model.outputs][:2] == [(1, 3, 2)] * 2
    wanted = torch.tensor([[[1.0, 3, 5]], [[2, 4, 6]]])
    module = model.to_torch()
    assert tuple(module.state_dict()["w"].shape) == (1, 2, 1, 3)
    for found in module(torch.zeros(2, 4))[:2]:
        torch.testing.assert_close(found, wanted.expand(2, -1, -1, -1))


@pytest.mark.parametrize("assign", [False, True])
def test_a_module_from_the_meta_device_computes_the_same(assign: bool) -> None:
    """What the state does not have is made when it is needed, or stands in the source."""
    text = """
    input words: T int
    embed: EMBED 9 6
    p: CONST [T, 6] sinusoid
    a: ADD <- embed, p
    e: CONST 6x6 identity saved
    MATMUL <- a, e
    ADD broadcast { ID; CONST values=[[1, 2, 3, 4, -5, 6]]; v: PARAM 1x6 }
    n: CONST 6 arange
    s: CONST 3x6 sinusoid saved
    output _, n, s
    """
    model = archdsl.loads(text)
    made = model.to_torch().eval()
    with torch.device("meta"):
        module = model.to_torch()
    if not assign:
        module.to_empty(device="cpu")
        for tensor in [*module.parameters(), *module.buffers()]:
            tensor.data.fill_(77)
    module.load_state_dict(made.state_dict(), assign=assign)
    words = torch.randint(0, 9, (2, 5))
    for found, wanted in zip(module.eval()(words), made(words), strict=True):
        torch.testing.assert_close(found, wanted)


def test_uses_of_a_block_share_a_class() -> None:
    text = """
    block PLACES(T, d) { ADD { ID; CONST [T, d] sinusoid }; LINEAR d }
    input 9x4
    PLACES 9 4
    LINEAR 6
    PLACES 9 6
    """
    source = archdsl.loads(text).to_source()
    assert source.count("class Places(") == 1
    archdsl.loads(text).to_torch()(torch.zeros(2, 9, 4))


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("CONST", "missing-value", "CONST needs sizes"),
        ("CONST 8 sinusoid", "rank-mismatch", "sinusoid of CONST has 2 axes, and 8 has 1"),
        ("CONST 8x8 arange", "rank-mismatch", "arange of CONST has 1 axis, and 8x8 has 2"),
        ("CONST 3x3 identity value=2", "too-many-values", "form and value"),
        ("CONST 3x3 identity arange", "duplicate-name", "form of CONST is given twice"),
        ("CONST 3x2 values=[[1, 2, 3]]", "shape-mismatch", "the values are 1x3, and the sizes say 3x2"),
        ("CONST values=[[1, 2], [3]]", "wrong-type", "equally long lists"),
        ("CONST values=[]", "wrong-type", "a list of numbers"),
        ("CONST values=3", "wrong-type", "a list of numbers"),
        ("CONST values=[3x3]", "wrong-type", "a list of numbers"),
        ("CONST values=[[1, yes]]", "wrong-type", "must be a number"),
        ("CONST values=[1e39]", "too-large", "larger than float32 can hold"),
        ("CONST values=[[[[[1]]]]]", "wrong-type", "a list of numbers"),
        ("CONST [T, 4] identty", "unknown-name", "identty"),
    ],
)
def test_what_is_wrong_with_a_constant_is_said(line: str, code: str, words: str) -> None:
    report = archdsl.check(f"input x: Tx4\nc: {line}\noutput c, x\n")
    errors = [one for one in report.diagnostics if one.severity == "error"]
    assert [one.code for one in errors] == [code] and words in errors[0].message, errors
