"""Layers of transformers in the shipped library: PyTorch's weights load into them and give PyTorch's numbers."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import archdsl

torch = pytest.importorskip("torch")
ways = pytest.mark.parametrize(
    ("prenorm", "act", "causal", "bias"),
    list(itertools.product((False, True), ("RELU", "GELU"), (False, True), (False, True))),
)


def made(kind: str, inputs: str, values: str, causal: bool, prenorm: bool, act: str, bias: bool) -> Any:
    """A layer of the library in evaluation."""
    words = f"act={act} {'causal' if causal else 'nocausal'}{' prenorm' * prenorm}{' nobias' * (not bias)}"
    reads = " <- x, memory" if "memory" in inputs else ""
    model = archdsl.loads(f"use std.transformer\ninput {inputs}\nlayer: {kind} {values} {words}{reads}")
    return model.to_torch().eval()


def later(size: int) -> Any:
    """Whom a step must not see."""
    return torch.ones(size, size, dtype=torch.bool).triu(1)


@ways
def test_an_encoder_layer_is_pytorchs(prenorm: bool, act: str, causal: bool, bias: bool) -> None:
    ours = made("ENCODERLAYER", "Tx32", "4 48", causal, prenorm, act, bias)
    theirs = torch.nn.TransformerEncoderLayer(
        32, 4, 48, activation=act.lower(), batch_first=True, norm_first=prenorm, bias=bias
    ).eval()
    ours.layer.load_state_dict(theirs.state_dict(), strict=True)
    x = torch.rand(2, 9, 32)
    torch.testing.assert_close(ours(x), theirs(x, later(9) if causal else None))


@ways
def test_a_decoder_layer_is_pytorchs(prenorm: bool, act: str, causal: bool, bias: bool) -> None:
    ours = made("DECODERLAYER", "x: Tx32; input memory: Sx32", "4 48", causal, prenorm, act, bias)
    theirs = torch.nn.TransformerDecoderLayer(
        32, 4, 48, activation=act.lower(), batch_first=True, norm_first=prenorm, bias=bias
    ).eval()
    ours.layer.load_state_dict(theirs.state_dict(), strict=True)
    x, memory = torch.rand(2, 9, 32), torch.rand(2, 7, 32)
    torch.testing.assert_close(ours(x, memory), theirs(x, memory, later(9) if causal else None))


def masked(inputs: str, line: str) -> Any:
    """A layer of the library that reads masks, in evaluation."""
    declared = "\n".join(f"input {one}" for one in inputs.split("; "))
    return archdsl.loads(f"use std.transformer\n{declared}\nlayer: {line}").to_torch().eval()


def truths(*sizes: int) -> Any:
    """Random truth values; the first of the last axis is true, for a query must have something to look at."""
    found = torch.rand(*sizes) < 0.6
    found[..., 0] = True
    return found


@pytest.mark.parametrize("prenorm", [False, True], ids=["", "prenorm"])
def test_an_encoder_layer_with_masks_is_pytorchs(prenorm: bool) -> None:
    words = " prenorm" * prenorm
    ours = masked("x: Tx32; m: TxT bool; p: T bool", f"ENCODERLAYER 4 48 mask=m padding=p{words} <- x")
    theirs = torch.nn.TransformerEncoderLayer(32, 4, 48, batch_first=True, norm_first=prenorm).eval()
    ours.layer.load_state_dict(theirs.state_dict(), strict=True)
    x, m, p = torch.rand(2, 9, 32), truths(2, 9, 9), truths(2, 9)
    theirs.requires_grad_(True)  # and so not the fast way, which has no masks of samples
    expected = theirs(x, ~m.repeat_interleave(4, 0), ~p)
    torch.testing.assert_close(ours(x, m, p), expected)


@pytest.mark.parametrize("prenorm", [False, True], ids=["", "prenorm"])
def test_a_decoder_layer_with_masks_is_pytorchs(prenorm: bool) -> None:
    inputs = "x: Tx32; memory: Sx32; m: TxT bool; p: T bool; n: TxS; q: S bool"
    words = "mask=m padding=p memory_mask=n memory_padding=q" + " prenorm" * prenorm
    ours = masked(inputs, f"DECODERLAYER 4 48 nocausal {words} <- x, memory")
    theirs = torch.nn.TransformerDecoderLayer(32, 4, 48, batch_first=True, norm_first=prenorm).eval()
    ours.layer.load_state_dict(theirs.state_dict(), strict=True)
    x, memory, m, p = torch.rand(2, 9, 32), torch.rand(2, 7, 32), truths(2, 9, 9), truths(2, 9)
    n, q = torch.randn(2, 9, 7), truths(2, 7)
    pads = torch.zeros(2, 7).masked_fill(~q, -torch.inf)
    expected = theirs(x, memory, ~m.repeat_interleave(4, 0), n.repeat_interleave(4, 0), ~p, pads)
    torch.testing.assert_close(ours(x, memory, m, p, n, q), expected)


def test_masks_by_position_are_those_by_name() -> None:
    inputs = "x: Tx32; m: TxT bool; p: T bool"
    by_name = masked(inputs, "ENCODERLAYER 4 48 mask=m padding=p x2 <- x")
    by_place = masked(inputs, "ENCODERLAYER 4 48 x2 <- x, m, p")
    by_place.load_state_dict(by_name.state_dict())
    given = torch.rand(2, 9, 32), truths(2, 9, 9), truths(2, 9)
    torch.testing.assert_close(by_name(*given), by_place(*given))


def test_a_whole_transformer_with_masks_is_pytorchs() -> None:
    """With every mask that torch.nn.Transformer takes, its names and its norms at the ends."""
    text = """
    use std.transformer
    input source: Sx32; input target: Tx32
    input sm: SxS bool; input tm: TxT; input mm: TxS bool
    input sp: S bool; input tp: T bool; input mp: S bool
    encoder: { layers: ENCODERLAYER 4 48 mask=sm padding=sp x2; norm: LN }  <- source
    decoder: {
      layers: DECODERLAYER 4 48 nocausal mask=tm padding=tp memory_mask=mm memory_padding=mp x3  <- target, encoder
      norm: LN
    }
    """
    ours = archdsl.loads(text).to_torch().eval()
    theirs = torch.nn.Transformer(32, 4, 2, 3, 48, batch_first=True).eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    source, target = torch.rand(2, 7, 32), torch.rand(2, 9, 32)
    sm, tm, mm = truths(2, 7, 7), torch.randn(2, 9, 9), truths(2, 9, 7)
    sp, tp, mp = truths(2, 7), truths(2, 9), truths(2, 7)
    tpads = torch.zeros(2, 9).masked_fill(~tp, -torch.inf)
    heads = [~sm.repeat_interleave(4, 0), tm.repeat_interleave(4, 0), ~mm.repeat_interleave(4, 0)]
    expected = theirs(source, target, *heads, ~sp, tpads, ~mp)
    torch.testing.assert_close(ours(source, target, sm, tm, mm, sp, tp, mp), expected)


LLAMA = """
model Llama(d=4096, heads=32, kvheads=32, wide=11008, L=32, vocab=32000)
use std.transformer
input ids: T int
"model": {
  embed_tokens: EMBED vocab d
  layers: LLAMALAYER heads kvheads wide x(L)
  norm: RMSNORM eps=1e-5
}
lm_head: LINEAR vocab nobias
"""


def test_llama_has_the_parameters_and_names_that_are_published() -> None:
    assert archdsl.loads(LLAMA).params == 6_738_415_616
    small = archdsl.loads(LLAMA, d=32, heads=4, kvheads=2, wide=48, L=2, vocab=50)
    module = small.to_torch().eval()
    names = [f"self_attn.{letter}_proj" for letter in "qkvo"]
    names += ["mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", "input_layernorm", "post_attention_layernorm"]
    expected = {f"model.layers.{layer}.{name}.weight" for layer in range(2) for name in names}
    assert set(module.state_dict()) == expected | {"model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"}
    ids = torch.randint(0, 50, (2, 9))
    torch.testing.assert_close(module(ids)[:, :5], module(ids[:, :5]))  # no step reads a later one
