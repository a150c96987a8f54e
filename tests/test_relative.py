"""Relative positions: T5's buckets and Swin's differences, as their authors compute them, and as a bias of attention."""

from __future__ import annotations

import math
from typing import Any

import pytest

import archdsl

torch = pytest.importorskip("torch")


def bucket(relative: Any, bidirectional: bool, buckets: int, longest: int) -> Any:
    """`_relative_position_bucket` of T5 (Raffel et al. 2020), on keys minus queries."""
    found = 0
    if bidirectional:
        buckets //= 2
        found = found + (relative > 0).long() * buckets
        relative = torch.abs(relative)
    else:
        relative = -torch.min(relative, torch.zeros_like(relative))
    exact = buckets // 2
    large = exact + (torch.log(relative.float() / exact) / math.log(longest / exact) * (buckets - exact)).long()
    return found + torch.where(relative < exact, relative, torch.min(large, torch.full_like(large, buckets - 1)))


@pytest.mark.parametrize(("buckets", "longest"), [(32, 128), (8, 20), (4, 300), (64, 1000)])
@pytest.mark.parametrize("onesided", [False, True], ids=["", "onesided"])
def test_buckets_are_those_of_t5(buckets: int, longest: int, onesided: bool) -> None:
    words = f"buckets={buckets} longest={longest}{' onesided' * onesided}"
    module = archdsl.loads(f"input q: Tx2; input k: Sx2\nPOSITIONS relative {words} <- q, k").to_torch()
    found = module(torch.zeros(2, 600, 2), torch.zeros(2, 500, 2))
    relative = torch.arange(500)[None] - torch.arange(600)[:, None]
    assert torch.equal(found[1], bucket(relative, not onesided, buckets, longest))
    words = archdsl.loads("input T int\nPOSITIONS relative").to_torch()
    assert torch.equal(words(torch.zeros(1, 9, dtype=torch.int64))[0], bucket(relative[:9, :9], True, 32, 128))


def test_differences_of_an_image_are_those_of_swin() -> None:
    """The index that torchvision's window attention keeps; here of any image."""
    swin = archdsl.loads("input 4x3x8\na: WINDOWATTENTION 2 4x3").to_torch()
    index = swin.a.relative_position_index if hasattr(swin, "a") else swin[0].relative_position_index
    for text in ("input 4x3x8\nPOSITIONS relative", "input HxWx8\nCONV 8 1x1\nPOSITIONS relative"):
        found = archdsl.loads(text).to_torch()(torch.zeros(2, 8, 4, 3))
        assert torch.equal(found[1].flatten(), index)


def test_a_bias_of_buckets_is_t5s() -> None:
    """Attention without projections' biases, with a learned number for each bucket and head."""
    text = """
    input x: Tx8
    POSITIONS relative buckets=8 longest=20
    bias: EMBED 8 2
    a: ATTEND 2 mask=bias scale=1 <- x
    """
    module = archdsl.loads(text).to_torch().double()
    x = torch.randn(3, 30, 8, dtype=torch.float64)
    relative = torch.arange(30)[None] - torch.arange(30)[:, None]
    bias = module.bias.weight[bucket(relative, True, 8, 20)].permute(2, 0, 1)
    heads = x.unflatten(2, (2, 4)).transpose(1, 2)
    expected = ((heads @ heads.mT + bias).softmax(3) @ heads).transpose(1, 2).flatten(2)
    torch.testing.assert_close(module(x), expected)


def test_an_embedding_has_a_vector_for_each_distance() -> None:
    report = archdsl.check("input 4x3x8\nPOSITIONS relative\nEMBED 34 2")
    assert [one.code for one in report.diagnostics] == ["out-of-range"]
    assert "reads numbers up to 34" in report.diagnostics[0].message
    model = archdsl.loads("input HxWx8\nPOSITIONS relative\nEMBED 35 2")
    assert model.allows(H=4, W=3) and not model.allows(H=4, W=4)


@pytest.mark.parametrize("options", ["", "onesided", "buckets=8 longest=20", "buckets=6 longest=9 onesided"])
@pytest.mark.parametrize("steps", [(1, 1), (1, 9), (9, 1), (3, 4), (40, 25), (200, 300)])
def test_the_largest_bucket_of_so_many_steps_is_known(options: str, steps: tuple[int, int]) -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(f"input q: {steps[0]} int; input k: {steps[1]} int\nPOSITIONS relative {options} <- q, k")
    zeros = [torch.zeros(1, size, dtype=torch.int64) for size in steps]
    assert int(model.to_torch()(*zeros).max()) + 1 == model.network.body.items[-1].node.outputs[0].below
