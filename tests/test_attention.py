"""Attention in networks: the names and numbers of PyTorch's module, and of attention written out for checkpoints."""

from __future__ import annotations

import pytest

import archdsl

torch = pytest.importorskip("torch")

LLAMA = """
input x: Tx32
self_attn: {
  q_proj: LINEAR 32 nobias  <- x
  q: ROTARY 4
  k_proj: LINEAR 16 nobias  <- x
  k: ROTARY 2
  v_proj: LINEAR 16 nobias  <- x
  ATTEND 4 kvheads=2 causal  <- q, k, v_proj
  o_proj: LINEAR 32 nobias
}
"""


@pytest.mark.parametrize("causal", [False, True])
def test_weights_and_numbers_are_those_of_the_module(causal: bool) -> None:
    ours = archdsl.loads(f"input Tx8\nattn: ATTENTION 2 {'causal' * causal}").to_torch().eval()
    theirs = torch.nn.MultiheadAttention(8, 2, batch_first=True).eval()
    ours.attn.load_state_dict(theirs.state_dict(), strict=True)
    x = torch.rand(3, 9, 8)
    later = torch.ones(9, 9, dtype=torch.bool).triu(1) if causal else None
    torch.testing.assert_close(ours(x), theirs(x, x, x, attn_mask=later)[0])


def test_grouped_heads_and_rotary_positions_have_the_names_of_checkpoints() -> None:
    module = archdsl.loads(LLAMA).to_torch().eval()
    names = [f"self_attn.{letter}_proj.weight" for letter in "qkvo"]
    assert sorted(module.state_dict()) == sorted(names)
    x = torch.rand(2, 9, 32)
    part = module.self_attn
    query, key, value = (getattr(part, f"{letter}_proj")(x).unflatten(2, (-1, 8)).transpose(1, 2) for letter in "qkv")
    angles = torch.outer(torch.arange(9.0), 10_000 ** (-torch.arange(0, 8, 2) / 8)).repeat(1, 2)
    query, key = (each * angles.cos() + half_turned(each) * angles.sin() for each in (query, key))
    key, value = key.repeat_interleave(2, 1), value.repeat_interleave(2, 1)
    weights = (query @ key.mT / 8**0.5).masked_fill(torch.ones(9, 9).triu(1).bool(), -torch.inf).softmax(-1)
    expected = part.o_proj((weights @ value).transpose(1, 2).flatten(2))
    torch.testing.assert_close(module(x), expected)


def half_turned(x: object) -> object:
    """The second half of the channels, negative, before the first."""
    first, second = x.chunk(2, -1)
    return torch.cat((-second, first), -1)


def test_a_window_larger_than_what_is_left_is_filled_up() -> None:
    model = archdsl.loads("input HxWx8\nattn: WINDOWATTENTION 2 4x3 shift=2x1")
    module = model.to_torch().eval()
    for height, width in ((4, 3), (9, 10), (1, 1)):
        assert module(torch.rand(2, 8, height, width)).shape == (2, 8, height, width)
    number = archdsl.loads("input HxWx8\nattn: WINDOWATTENTION 2 4x3 shift=2x1", H=9, W=10)
    pixels, windows = 12, 3 * 4
    assert number.macs == windows * (pixels * 8 * 24 + 2 * pixels * pixels * 8 + pixels * 8 * 8)
