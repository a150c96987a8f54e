"""Layers of Keras whose defaults, paddings and results are not those of a kind: what a line says for them."""

from __future__ import annotations

from archdsl.layers import REGISTRY
from archdsl.notations.calls.activation import activated
from archdsl.notations.calls.call import Call
from archdsl.notations.calls.draft import LineDraft, bind
from archdsl.notations.calls.head import head_of
from archdsl.notations.calls.spelling import one, text
from archdsl.vocabulary import exact
from archdsl.vocabulary.keras import ACTIVATIONS

_RECURRENT = ("GRU", "LSTM", "RNN")
_POOLS = ("MAXPOOL", "AVGPOOL")


def keras(draft: LineDraft) -> None:
    """What layers of Keras have in common: an activation after, paddings by a word, constants of norms."""
    name = draft.row.kind
    if name in _RECURRENT:
        recurrent(draft)
    elif "activation" in draft.given or "activation" in draft.defaults:
        _activation(draft)
    if name == "LINEAR" and draft.around.rank == 1:
        draft.kind = REGISTRY["FC"]
    if name in ("GLOBALAVGPOOL", "GLOBALMAXPOOL") and draft.take("keepdims"):
        draft.text = f"ADAPTIVE{name.removeprefix('GLOBAL')} 1"
    if name == "ATTENTION":
        _attention(draft)
    if "padding" in draft.given or "padding" in draft.defaults:
        _padding(draft)
    if "epsilon" in draft.defaults:
        _norm(draft)
    if name == "DWCONV":
        draft.attributes["multiplier"] = draft.take("depth_multiplier")


def _activation(draft: LineDraft) -> None:
    behind = activated(draft, draft.take("activation"))
    draft.behind += [behind] if behind else []


def _norm(draft: LineDraft) -> None:
    """Momentum is what stays of the average, and in PyTorch what is new; scale and centre are switches."""
    axis, center, scale = draft.take("axis"), draft.take("center"), draft.take("scale")
    momentum = draft.take("momentum")
    rank = draft.around.rank
    if axis not in (None, -1) and one(axis) != rank:
        raise draft.refuse(f"cannot be given axis={axis}: the channels come last")
    if momentum is not None:
        draft.attributes["momentum"] = float(f"{1 - momentum:.12g}")
    if scale is False and center is not False:
        raise draft.refuse("with a shift and no scale cannot be written")
    if scale is False:
        draft.attributes["affine"] = False
    elif center is False:
        draft.attributes["bias"] = False


def _padding(draft: LineDraft) -> None:
    padding = draft.take("padding")
    if padding == "valid":
        return
    if padding == "same" and draft.row.kind in ("CONV", "DWCONV", *_POOLS):
        draft.attributes["pad"] = "same"
    elif padding == "same" and draft.row.kind == "UPCONV":
        _spread_same(draft)
    elif padding == "causal" and draft.row.kind == "CONV":
        kernel, dilation = one(draft.given.get("kernel_size")), one(draft.given.get("dilation_rate", 1))
        if not isinstance(kernel, int) or not isinstance(dilation, int):
            raise draft.refuse("with padding=causal needs numbers")
        draft.before.append(f"PAD [[{dilation * (kernel - 1)}, 0]]")
    elif not isinstance(padding, (int, tuple)):
        raise draft.refuse(f"cannot be given padding={padding}")
    else:
        draft.attributes["pad"] = padding


def _spread_same(draft: LineDraft) -> None:
    """A transposed convolution to in*stride: what is too much is cut off, one more at the end where that is odd."""
    kernel = draft.given.get("kernel_size", draft.defaults.get("kernel_size"))
    stride = draft.given.get("strides", draft.defaults.get("strides"))
    kernel, stride = one(kernel), one(stride)
    if not isinstance(kernel, int) or not isinstance(stride, int) or kernel < stride:
        raise draft.refuse("with padding=same needs one number for all axes, a kernel of at least the stride")
    much = kernel - stride
    if much % 2 == 0:
        draft.attributes["pad"] = much // 2
    else:
        axes = (draft.around.rank or int(draft.row.name[len("Conv")]) + 1) - 1
        draft.behind.insert(0, f"CROP [{', '.join([f'[{much // 2}, {much - much // 2}]'] * axes)}]")


def recurrent(draft: LineDraft) -> None:
    """A recurrent layer gives its last step unless return_sequences says that it gives all."""
    whole = draft.take("return_sequences")
    if draft.take("activation") not in ("tanh", None) or draft.take("recurrent_activation") not in ("sigmoid", None):
        raise draft.refuse("with other activations cannot be written")
    for name in ("return_state", "go_backwards", "dropout", "recurrent_dropout"):
        if draft.take(name):
            raise draft.refuse(f"with {name} cannot be written in one line")
    if draft.take("reset_after") is False:
        raise draft.refuse("with reset_after=False cannot be written: PyTorch's GRU resets after the product")
    draft.attributes["last"] = not whole


def bidirectional(draft: LineDraft) -> None:
    """`Bidirectional(LSTM(64))`: both directions, each with its own last state."""
    inner, mode = draft.take("layer"), draft.take("merge_mode")
    row = next((row for row in exact(inner.name) if row.kind in _RECURRENT), None) if isinstance(inner, Call) else None
    if row is None or mode != "concat" or draft.take("backward_layer") is not None:
        raise draft.refuse("takes GRU, LSTM or SimpleRNN, and joins both ways: GRU 64 bidirectional")
    row = next(one for one in exact(f"layers.{inner.name.rpartition('.')[2]}"))
    within = LineDraft(row, inner.name, REGISTRY[row.kind], draft.around)
    bind(within, inner.positional, inner.named)
    recurrent(within)
    within.attributes["bidirectional"] = True
    draft.text = head_of(within)


def each(draft: LineDraft) -> None:
    """`TimeDistributed(Dense(10))` is LINEAR; other layers look at several steps."""
    inner = draft.take("layer")
    row = next((row for row in exact(inner.name) if row.kind == "LINEAR"), None) if isinstance(inner, Call) else None
    if row is None:
        raise draft.refuse("runs a layer on each step; LINEAR, norms and activations do so by themselves")
    within = LineDraft(row, inner.name, REGISTRY["LINEAR"], draft.around._replace(shape=None))
    bind(within, inner.positional, inner.named)
    _activation(within)
    draft.text = head_of(within)
    draft.behind += within.behind


def separable(draft: LineDraft) -> None:
    """A convolution of each channel by itself, and one of 1x1 over all of them."""
    filters, bias = draft.take("filters"), draft.take("use_bias")
    draft.attributes |= {"bias": False, "multiplier": draft.take("depth_multiplier")}
    draft.behind.append(f"CONV {text(filters)} 1x1{'' if bias is not False else ' nobias'}")
    _activation(draft)
    _padding(draft)


def rescaled(draft: LineDraft) -> None:
    """`Rescaling(1/255, offset=-1)`: a factor, and what is added."""
    offset = draft.take("offset")
    draft.attributes["number"] = draft.take("scale")
    if offset:
        draft.behind.append(f"ADD {text(offset)}")


def _attention(draft: LineDraft) -> None:
    """The heads of Keras have a size of their own; those of ATTENTION share the channels."""
    heads, size, value = draft.take("num_heads"), draft.take("key_dim"), draft.take("value_dim")
    channels = draft.around.channels
    known = all(isinstance(number, int) for number in (heads, size, channels))
    if value not in (None, size) or (known and heads * size != channels):
        raise draft.refuse(f"has heads of {size} channels, and those of ATTENTION share the {channels} input channels")
    draft.attributes["heads"] = heads


def known_activation(word: str) -> str | None:
    """The line of an activation that a word names."""
    return ACTIVATIONS.get(word.lower())
