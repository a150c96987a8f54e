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
