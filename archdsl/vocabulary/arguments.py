"""The names that other libraries give to the values of a layer, and what each is called here.

An attribute that has PyTorch's name for it (`torch=`) needs no row. Where several are listed, the first that the kind
has is meant.
"""

from __future__ import annotations

_NAMES = """
filters units features out_features out_channels channels output_size outputs nodes neurons: out hidden dim
hidden_size hidden_units hidden_dim state units: hidden
kernel_size kernel_shape size window filter filter_size pool_size ksize patch_size window_size: kernel size window
strides step strides_size: stride
padding pads pad cropping: pad space
dilation_rate dilations: dilation
use_bias with_bias has_bias: bias
padding_mode: mode
interpolation: mode
ceil_mode: ceil
align_corners: align
recompute_scale_factor: recompute
scale_factor scales scale size: scale factor
upscale_factor downscale_factor block_size blocksize: factor
count_include_pad: countpad
divisor_override: divisor
norm_type p: norm p
dim dimension along axis: axis
axes normalized_shape: axes axis
rate ratio prob probability drop drop_rate drop_prob dropout_rate p: p dropout
epsilon: eps
num_embeddings vocab_size input_dim vocabulary num_words max_words: vocab
embedding_dim embed_dim output_dim embedding_size dims: dim
padding_idx: padding
num_layers depth n_layers: layers
bidir bi both: bidirectional
num_heads nhead n_heads n_head head: heads
num_kv_heads kv_heads num_key_value_heads kv_num_heads: kvheads
is_causal: causal
proj_size projection: proj
group num_groups: groups
output_padding out_padding outpadding: outpad
negative_slope alpha leak slope: slope alpha
lambd lambda: bound
min_val min low minimum: low
max_val max high maximum: high
depth_multiplier channel_multiplier: multiplier
merge_mode: mode
dim_feedforward ffn_dim ff_dim: wide
layer_norm_eps: eps
norm_first: prenorm
activation: act
target_shape shape: sizes
keepdim keepdims keep_dims: keep
num_parameters: per
elementwise_affine: affine
track_running_stats: stats
bias_k: biaskv
nonlinearity: nonlinearity
"""
FROM_INPUT = {  # what follows from the input here: held against it where it is stated
    "in": "channels",
    "in_channels": "channels",
    "input_channels": "channels",
    "in_features": "channels",
    "num_features": "channels",
    "num_channels": "channels",
    "input_size": "channels",
    "in_dim": "channels",
    "embed_dim": "channels",
    "d_model": "channels",
    "in1_features": "",
    "in2_features": "",
}
UNITS = {  # of claims, by the names that tables use
    "params": ("parameters", "parameter", "param", "learnable"),
    "weights": ("weight",),
    "macs": ("mac", "madds", "madd", "multadds", "multiplications", "mult-adds", "multiply-adds", "maccs"),
    "flops": ("flop", "floating-point"),
    "connections": ("connection",),
    "units": ("unit", "neurons", "neuron"),
    "buffers": ("buffer",),
}
IGNORED = frozenset(  # how a program keeps and runs a layer, and how its weights begin
    "device dtype inplace batch_first name seed data_format input_shape batch_input_shape trainable training sparse "
    "_stacklevel out implementation unroll stateful weights noise_shape mask_zero process_group synchronized "
    "batch_size autocast lora_rank lora_alpha storage_order stash_type training_mode allowzero".split()
)
IGNORED_ENDS = ("_initializer", "_regularizer", "_constraint")


def _read() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _NAMES.strip().split("\n"):
        theirs, _, ours = line.partition(": ")
        for name in theirs.split():
            found[name] = (*found.get(name, ()), *ours.split())
    return found


ARGUMENTS = _read()
