"""Attributes of ONNX operators that are more than other names: pads of both ends, strides of pools, numbers of axes.

ONNX counts axes with the batch, and the channels after it.
"""

from __future__ import annotations

from archdsl.layers import REGISTRY
from archdsl.notations.calls.axes import axis_word, words_of
from archdsl.notations.calls.draft import LineDraft
from archdsl.notations.calls.ends import collapsed
from archdsl.notations.calls.spelling import text
from archdsl.typed import Any

_POOLS = ("MAXPOOL", "AVGPOOL", "LPPOOL", "UNPOOL")
_BORDERS = {"constant": None, "edge": "replicate", "wrap": "circular"}
_MODES = {"linear": {2: "linear", 3: "bilinear", 4: "trilinear"}}


def windowed(draft: LineDraft) -> None:
    """`kernel_shape=[3,3] pads=[1,1,1,1]`: the beginnings of all axes, then the ends; a pool goes by one element."""
    if draft.row.kind in _POOLS and draft.given.get("strides") is None:
        draft.given["strides"] = 1
    _auto(draft, draft.take("auto_pad"))
    pads = draft.take("pads")
    if isinstance(pads, tuple):
        draft.attributes["pad"] = _ends(draft, pads)
    elif pads is not None:
        draft.attributes["pad"] = pads
    counts, pad = draft.take("count_include_pad"), draft.attributes.get("pad")
    if draft.row.kind == "AVGPOOL" and pad and pad != "same" and not counts:
        draft.attributes["countpad"] = False
    if pad == "same" and counts:
        raise draft.refuse("with padding that counts cannot be written so: p=same countpad says it")


def _auto(draft: LineDraft, word: Any) -> None:
    if word in ("NOTSET", "VALID"):
        return
    if word != "SAME_UPPER" or draft.row.kind not in ("CONV", *_POOLS[:3]):
        raise draft.refuse(f"cannot be given auto_pad={word}")
    draft.attributes["pad"] = "same"


def _ends(draft: LineDraft, pads: tuple[Any, ...]) -> Any:
    half = len(pads) // 2
    if len(pads) % 2 or not pads:
        raise draft.refuse("pads both ends of each axis: the beginnings, then the ends")
    return collapsed(tuple(zip(pads[:half], pads[half:], strict=True)))


def bordered(draft: LineDraft) -> None:
    """`Pad pads=[0,0,1,1,0,0,1,1]`, with the batch and the channels."""
    pads, mode, rank = draft.take("pads"), draft.take("mode"), draft.around.rank
    if not isinstance(pads, tuple) or rank is None or len(pads) != 2 * (rank + 1):
        raise draft.refuse("has two numbers for each axis, batch and channels with them; PAD pads the axes between")
    ends = list(zip(pads[: rank + 1], pads[rank + 1 :], strict=True))
    channels = ends.pop(1 if rank > 2 else rank)
    if any((*ends.pop(0), *channels)):
        raise draft.refuse("pads the channels; PAD pads the axes beside them")
    draft.attributes |= {"space": collapsed(tuple(ends)), "mode": _BORDERS.get(mode, mode)}


def normed(draft: LineDraft) -> None:
    """A norm whose momentum is what stays of the average, and whose axis is the channels."""
    axis, momentum = draft.take("axis"), draft.take("momentum")
    if axis not in (None, -1, draft.around.rank):
        raise draft.refuse("is over all axes from one on: LN all, or LN axes=[height, width]")
    if momentum is not None:
        draft.attributes["momentum"] = float(f"{1 - momentum:.12g}")


def summed(draft: LineDraft) -> None:
    """ONNX' LRN: alpha is divided by the number of channels in the sum, and the bias is k."""
    size, alpha = draft.take("size"), draft.take("alpha")
    draft.attributes |= {"size": size, "alpha": float(f"{alpha / size:.12g}"), "k": draft.take("bias")}


def along(draft: LineDraft) -> None:
    """`Softmax axis=1`."""
    number = draft.take("axis")
    word = axis_word(number, draft.around.shape)
    if word is None and number != -1:
        raise draft.refuse(f"has no axis {number} here; axes have names: axis=channels")
    draft.attributes["axis"] = word


def along_axis(draft: LineDraft) -> None:
    """`ArgMax axis=1 keepdims=0`: the axis of a kind that has to be told it."""
    number, keep = draft.take("axis"), draft.take("keepdims")
    word = axis_word(number, draft.around.shape)
    if word is None:
        raise draft.refuse(f"has no axis {number} here; axes have names, as in {draft.row.kind} channels")
    draft.attributes["axis"] = word
    if keep and draft.row.kind == "ARGMAX":
        draft.attributes["keep"] = True


def flattened(draft: LineDraft) -> None:
    if draft.take("axis") != 1:
        raise draft.refuse("joins some axes only; FLATTEN makes one vector of all")


def product(draft: LineDraft) -> None:
    """`Gemm 10 alpha=1.0 beta=1.0 transB=1`: how the weight lies is no part of a spec."""
    if (draft.take("alpha"), draft.take("beta"), draft.take("transA")) != (1, 1, 0):
        raise draft.refuse("with other factors than 1 cannot be written")
    draft.take("transB")


def resized(draft: LineDraft) -> None:
    """`Resize scales=[1,1,2,2] mode=linear`."""
    scales, mode, rank = draft.take("scales"), draft.take("mode"), draft.around.rank
    if not isinstance(scales, tuple) or rank is None or rank < 3 or len(scales) != rank + 1 or set(scales[:2]) != {1}:
        raise draft.refuse("has a number for each axis, batch and channels with them, which are 1: UPSAMPLE 2")
    draft.attributes["scale"] = collapsed(tuple(scales[2:]))
    draft.attributes["mode"] = _MODES.get(mode, {}).get(rank, mode)


def parts(draft: LineDraft) -> None:
    """`Split axis=1 num_outputs=2`, `Split axis=1 split=[8,8]`."""
    along(draft)
    pieces, sizes = draft.take("num_outputs"), draft.take("split")
    if pieces is not None:
        draft.kind, draft.attributes["chunks"] = REGISTRY["CHUNK"], pieces
    elif sizes is not None:
        draft.attributes["sizes"] = sizes


def reduced(draft: LineDraft) -> None:
    """`ReduceMean axes=[2,3] keepdims=0`, `x.mean(dim=(2, 3))`."""
    how, shape = draft.row.behind, draft.around.shape
    given, keep = draft.take("axes", "dim"), draft.take("keepdims", "keepdim")
    numbers = given if isinstance(given, tuple) else (given,)
    axes = [axis_word(number, shape) for number in numbers]
    if shape is None or None in axes:
        raise draft.refuse(f"numbers its axes, and axes have names here, as in REDUCE {how} height")
    left = list(words_of(shape.rank))
    if shape.rank > 2 and set(axes) == set(left[:-1]) and how in ("mean", "max"):
        pool = "AVGPOOL" if how == "mean" else "MAXPOOL"
        draft.text = f"ADAPTIVE{pool} 1" if keep else f"GLOBAL{pool}"
        return
    named = [word for word in left if word in axes]
    along = named[0] if len(named) == 1 else f"[{', '.join(named)}]"
    draft.text = f"REDUCE {how} {along}{' keep' if keep else ''}"


def directed(draft: LineDraft) -> None:
    """`LSTM hidden_size=64 direction=bidirectional`."""
    direction = draft.take("direction")
    if direction == "reverse":
        raise draft.refuse("from the last step to the first alone cannot be written")
    draft.attributes["bidirectional"] = direction == "bidirectional"
    draft.take("layout")


def blocks(draft: LineDraft) -> None:
    """`DepthToSpace 2`: in which order the channels hold a block; PyTorch's is CRD, and another."""
    size, mode = draft.take("blocksize"), draft.take("mode")
    if draft.row.name == "DepthToSpace" and mode == "CRD":
        draft.attributes["factor"] = size
        return
    inside, outside = "h w (a b c)", "(h a) (w b) c"
    sides = (inside, outside) if draft.row.name == "DepthToSpace" else (outside, inside)
    draft.text = f'REARRANGE "{sides[0]} -> {sides[1]}" a={text(size)} b={text(size)}'
