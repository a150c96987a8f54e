"""What of torch.nn.functional, and of what modules are called with, can be written: by their signatures, as `reachable.py`.

A function belongs to the kinds that compile to it, or to the module that does the same. Its arguments are inputs,
tensors of the layer, the module's own arguments by the same name, or have a line here; so has each argument of a
`forward` beside the first.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from typing import NamedTuple

import reachable
import torch.nn.functional as F
from torch import nn

from archdsl.layers import REGISTRY, Layer

HELPERS = "Optional boolean_dispatch handle_torch_function has_torch_function* assert_int_or_pair".split()
INPUTS = "input input1 input2 query key value logits mat_a mat_b tensor".split()
LEFT_OUT = {"inplace", "dtype", "out", "training"}  # where and how something is computed, not what
TENSORS = "weight bias running_mean running_var".split()  # of the layer
BY_FUNCTION = {  # functions that no module of a like name computes: the kind that does
    "interpolate": "UPSAMPLE",
    "upsample": "UPSAMPLE",
    "upsample_nearest": "UPSAMPLE",
    "upsample_bilinear": "UPSAMPLE",
    "pad": "PAD",
    "normalize": "L2NORM",
    "scaled_dot_product_attention": "ATTEND",
    "multi_head_attention_forward": "ATTENTION",
    "native_channel_shuffle": "CHANNELSHUFFLE",
}
RENAMED = {
    "pad.pad": "padding",
    "multi_head_attention_forward.dropout_p": "dropout",
}  # as an attribute's `torch=` has it
MASK = "`mask=m`, in which true means that a query may look: the opposite of nn.MultiheadAttention's"
PADDING = "`padding=p`, in which true means a real step: the opposite"
WEIGHTS = "MATMUL and SOFTMAX return the weights, [as below](#the-weights-of-attention)"
PLACES = "UNPOOL computes the indices again, from the input of the pool"
BAGS = "bags of different lengths in one tensor: each sample is a bag of its own"
FACTORS = "EMBED, `MUL broadcast` with factors of Tx1 as a second input, and `REDUCE sum steps`"
ARGUMENTS = {  # patterns of functions and their arguments: how it is written, or why it is not
    "*.return_indices": PLACES,
    "max_unpool?d.indices": "UNPOOL reads the input of the pool instead: `<- x, before`",
    "max_unpool?d.output_size": "the shape of the input of the pool",
    "embedding_bag.offsets": BAGS,
    "embedding_bag.include_last_offset": BAGS,
    "embedding_bag.per_sample_weights": FACTORS,
    "instance_norm.use_input_stats": "`stats`, and the mode of the module",
    "interpolate.antialias": "UPSAMPLE has no anti-aliasing filter",
    "pad.mode": "`mode`",
    "scaled_dot_product_attention.attn_mask": "`mask=m`; true means that a query may look, in both",
    "scaled_dot_product_attention.enable_gqa": "`kvheads`",
    "multi_head_attention_forward.embed_dim_to_check": "input",
    "multi_head_attention_forward.use_separate_proj_weight": "input",
    "multi_head_attention_forward.*_proj_*": "layer",
    "multi_head_attention_forward.bias_?": "`biaskv`",
    "multi_head_attention_forward.static_?": "keys and values come from the inputs",
    "multi_head_attention_forward.key_padding_mask": PADDING,
    "multi_head_attention_forward.attn_mask": MASK,
    "multi_head_attention_forward.is_causal": "`causal`",
    "multi_head_attention_forward.need_weights": WEIGHTS,
    "multi_head_attention_forward.average_attn_weights": WEIGHTS,
}
FORWARD = {  # what modules are called with beside the first input, as patterns
    "Bilinear.input?": "`<- a, b`",
    "ConvTranspose?d.output_size": "`outpad`, the additional elements that give that size",
    "EmbeddingBag.offsets": BAGS,
    "EmbeddingBag.per_sample_weights": FACTORS,
    "LSTM.hx": "`<- x, h, c`, one row for each layer and direction",
    "*.hx": "`<- x, h`, one row for each layer and direction",
    "MaxUnpool?d.indices": "UNPOOL reads the input of the pool instead: `<- x, before`",
    "MaxUnpool?d.output_size": "the shape of the input of the pool",
    "MultiheadAttention.key": "`<- q, kv` or `<- q, k, v`",
    "MultiheadAttention.value": "`<- q, kv` or `<- q, k, v`",
    "*.is_causal": "`causal`",
    "*.*_is_causal": "`causal` of that ATTENTION",
    "MultiheadAttention.key_padding_mask": PADDING,
    "MultiheadAttention.attn_mask": MASK,
    "*.*mask": "as of MultiheadAttention, in each of its layers",
    "MultiheadAttention.need_weights": WEIGHTS,
    "MultiheadAttention.average_attn_weights": WEIGHTS,
    "Transformer*.tgt": "a second input of the model or block",
    "Transformer*.memory": "a second input of the model or block",
}
NO_FUNCTION = {  # patterns of functions without a kind, and why
    "*loss*": "a loss compares a result with a target: it is part of training",
    "*cross_entropy*": "a loss compares a result with a target: it is part of training",
    "kl_div": "a loss compares a result with a target: it is part of training",
    "pairwise_distance": "`SUB`, `SQUARE`, `REDUCE sum channels` and `SQRT`",
    "cosine_similarity": "`L2NORM` of both values, `MUL` and `REDUCE sum channels`",
    "pdist": "compares the samples of a batch with one another",
    "fractional_max_pool*": "random windows; `ADAPTIVEMAXPOOL` has the same output size",
    "gumbel_softmax": "`SOFTMAX` with Gumbel noise added, [made from NOISE](cannot.md#random-numbers)",
    "one_hot": "ONEHOT and the number of classes",
    "grid_sample": "[samples at computed positions](cannot.md#sampling-at-computed-positions)",
    "affine_grid": "the positions for `grid_sample`",
    "conv_tbc": "CONV on a sequence, with the batch between steps and channels",
    "*_with_indices": PLACES,
    "grouped_mm": "many products of different sizes in one call, for mixtures of experts",
    "scaled_mm": "a product of tensors of eight bits or fewer",
    "scaled_grouped_mm": "a product of tensors of eight bits or fewer",
    "*_": "overwrites its input: the function without `_` is compiled in place if nothing else reads its input",
}
HEAD = """\
## Functions and their arguments

Those of torch.nn.functional, `inplace`, `dtype`, `out` and `training` left out. `layer` are tensors of the layer itself.
"""
EXAMPLE = """\
### The weights of attention

ATTENTION and ATTEND give what was attended to. Written out, the weights are a value of their own; a mask of numbers is added to the products of queries and keys:

```arch
input q, k, v: 9x16
input mask: 9x9
MATMUL transpose  <- q, k
MUL 1/4                                           # 1/sqrt(16)
ADD  <- _, mask
weights: SOFTMAX
MATMUL  <- weights, v                             -> 9x16
```
"""


class Function(NamedTuple):
    """A function with the kinds that compute it, and the module of a like name, if any."""

    name: str
    kinds: tuple[type[Layer], ...]
    module: reachable.Made | None


def functions() -> list[str]:
    """The names of all public functions of torch.nn.functional."""
    every = [name for name, value in vars(F).items() if callable(value) and not isinstance(value, type)]
    return sorted(name for name in every if name[0] != "_" and not any(fnmatch(name, one) for one in HELPERS))


def arguments(name: str) -> list[str]:
    """The arguments of a function, by its signature or, of one in C++, by its documentation."""
    function = getattr(F, name)
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        found = ()
    names = [one.name for one in found if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    if not names:
        written = re.match(r"\w+\((.*?)\)\s*(?:->|$)", (function.__doc__ or "").strip(), re.DOTALL)
        twin = getattr(F, f"{name}_with_indices", None)
        names = (
            re.split(r"[=:][^,]*,?|,", written[1]) if written else [*inspect.signature(twin).parameters] if twin else []
        )
    plain = [one.strip(" *\n") for one in names]
    return [one for one in plain if one and one[0] != "_" and one not in LEFT_OUT]


@cache
def known() -> tuple[Function, ...]:
    """Every function that a kind computes."""
    modules = {each.name.lower(): each for each in reachable.made()}
    found = []
    for name in functions():
        plain = name.replace("_", "") if not name.endswith("_") else name
        made = next((modules[one] for one in (plain, f"{plain}2d", f"{plain}1d") if one in modules), None)
        if name in BY_FUNCTION:
            found.append(Function(name, (REGISTRY[BY_FUNCTION[name]],), None))
        elif made is not None:
            found.append(Function(name, made.kinds, made))
    return tuple(found)


def source(each: Function, argument: str) -> str:
    """How an argument of a function is written, `input`, `layer`, or why it is not; empty where nothing is said."""
    dotted = f"{each.name}.{argument}"
    line = next((text for pattern, text in ARGUMENTS.items() if fnmatch(dotted, pattern)), None)
    if line is not None:
        return line
    for kind in each.kinds:
        for attribute in kind.attributes.values():
            if attribute.torch == RENAMED.get(dotted, argument) and not (argument == "bias" and each.module):
                return f"`{attribute.name}`"
    if argument in TENSORS:
        return "layer"
    given = each.module.given if each.module is not None else ()
    return "input" if argument in INPUTS or argument in given else ""


def unsaid() -> Iterator[str]:
    """Arguments of functions that stand nowhere."""
    for each in known():
        yield from (f"{each.name}.{one}" for one in arguments(each.name) if not source(each, one))


def functionless() -> Iterator[str]:
    """The functions that no kind computes."""
    named = {each.name for each in known()}
    yield from (name for name in functions() if name not in named)


def reason(name: str) -> str | None:
    """Why a function has no kind; None where nothing is said."""
    return next((text for pattern, text in NO_FUNCTION.items() if fnmatch(name, pattern)), None)


def calls() -> Iterator[str]:
    """What the modules that have a kind, and PyTorch's transformers, are called with beside the first input."""
    names = {each.name for each in reachable.made()} | {n for n in reachable.modules() if n.startswith("Transformer")}
    for name in sorted(names):
        given = list(inspect.signature(getattr(nn, name).forward).parameters)[1:]
        yield from (f"{name}.{one}" for one in given if one not in ("input", "x", "query", "src") and one != given[0])
        if name == "Bilinear":
            yield "Bilinear.input1"


def called(name: str) -> str | None:
    """How an argument of `forward` is written, or why it is not; None where nothing is said."""
    return next((text for pattern, text in FORWARD.items() if fnmatch(name, pattern)), None)


# ---- the page


def sections() -> list[str]:
    """What `docs/coverage.md` says of functions and of calls."""
    parts = [HEAD, *reachable.table(("torch.nn.functional", "kind", "arguments"), _known()), ""]
    parts += ["## Functions without a kind", "", *reachable.table(("torch.nn.functional", "why"), _functionless()), ""]
    parts += ["## What modules are called with", "", "The arguments of `forward` beside the first input:", ""]
    return [*parts, *reachable.table(("argument", "how it is written, or why it is not"), _calls()), "", EXAMPLE]


def _known() -> list[tuple[str, ...]]:
    rows = []
    for each in known():
        cells = "; ".join(f"{one}: {source(each, one)}" for one in arguments(each.name))
        rows.append((f"`{each.name}`", ", ".join(f"`{kind.name}`" for kind in each.kinds), cells))
    return rows


def _functionless() -> list[tuple[str, ...]]:
    reasons: dict[str, list[str]] = {}
    for name in functionless():
        reasons.setdefault(reason(name) or "", []).append(f"`{name}`")
    return [(", ".join(names), text) for text, names in reasons.items()]


def _calls() -> list[tuple[str, ...]]:
    """Those that are written alike together, one, two and three axes once."""
    found: dict[str, list[str]] = {}
    for name in calls():
        module, _, argument = name.partition(".")
        known = found.setdefault(called(name) or "", [])
        known += (
            [f"`{reachable.plain(module)}.{argument}`"]
            if f"`{reachable.plain(module)}.{argument}`" not in known
            else []
        )
    return [(", ".join(names), text) for text, names in found.items()]
