"""What is more than other names for the arguments of a layer: orders of axes, defaults, several lines for one call."""

from __future__ import annotations

from archdsl.notations.calls.activation import activation
from archdsl.notations.calls.axes import axis_word, words_of
from archdsl.notations.calls.draft import Form, LineDraft
from archdsl.notations.calls.ends import collapsed
from archdsl.notations.calls.kerasforms import bidirectional, each, keras, rescaled, separable
from archdsl.notations.calls.onnxforms import (
    along,
    along_axis,
    blocks,
    bordered,
    directed,
    flattened,
    normed,
    parts,
    product,
    reduced,
    resized,
    summed,
    windowed,
)
from archdsl.notations.calls.spelling import text
from archdsl.typed import Any


def dim(draft: LineDraft) -> None:
    """`dim=1` of PyTorch, `axis=-1` of Keras: an axis by its word; the channels where nothing else is said."""
    last = "axis" in draft.given or "axis" in draft.defaults
    number = draft.take("dim", "axis")
    if number is None or (last and number == -1):
        return
    word = axis_word(number, draft.around.shape, last=last)
    if word is None and (number != -1 or draft.around.shape is not None):
        raise draft.refuse(f"has no axis {number} here; axes have names: axis=channels")
    draft.attributes["axis"] = word


def along_dim(draft: LineDraft) -> None:
    """`dim=-1` of a kind that has to be told its axis."""
    number = draft.take("dim")
    word = axis_word(number, draft.around.shape)
    if word is None:
        raise draft.refuse(f"has no axis {number} here; axes have names, as in {draft.row.kind} channels")
    draft.attributes["axis"] = word


def dims(draft: LineDraft) -> None:
    """`dims=(2, 3)`: axes by their words."""
    given = draft.take("dims")
    words = [axis_word(number, draft.around.shape) for number in (given if isinstance(given, tuple) else (given,))]
    if None in words:
        raise draft.refuse(f"numbers its axes, and axes have names here, as in {draft.row.kind} height")
    draft.text = f"{draft.row.kind} {words[0] if len(words) == 1 else '[' + ', '.join(map(str, words)) + ']'}"


def sides(draft: LineDraft) -> None:
    """PyTorch's padding: one number, or before and after each axis, the last axis first."""
    padding = draft.take("padding")
    draft.attributes["space"] = _pairs(draft, padding) if isinstance(padding, tuple) else padding


def flat(draft: LineDraft) -> None:
    """`torch.flatten(x, 1)`: all axes but the batch."""
    start = draft.given.get("start_dim", 1)
    draft.take("start_dim")
    if (start, draft.take("end_dim")) != (1, -1):
        raise draft.refuse("joins some axes only; FLATTEN makes one vector of all")


def border(draft: LineDraft) -> None:
    """`F.pad(x, (1, 1, 2, 2), mode="reflect")`."""
    pad, mode = draft.take("pad"), draft.take("mode")
    if not isinstance(pad, tuple):
        raise draft.refuse("takes a tuple: before and after each axis, the last axis first")
    draft.attributes["space"] = _pairs(draft, pad)
    draft.attributes["mode"] = {"constant": "zeros"}.get(mode, mode)


def _pairs(draft: LineDraft, padding: tuple[Any, ...]) -> Any:
    if len(padding) % 2 or not padding:
        raise draft.refuse("pads both ends of an axis: an even number of sizes")
    ends = [(padding[at], padding[at + 1]) for at in range(0, len(padding), 2)][::-1]
    if draft.around.rank is not None and len(ends) < draft.around.rank - 1:
        ends = [(0, 0)] * (draft.around.rank - 1 - len(ends)) + ends
    return collapsed(tuple(ends))


def sizes(draft: LineDraft) -> None:
    """Keras' padding and cropping: one number, one for each axis, or both ends of each."""
    given = draft.take("padding", "cropping")
    if isinstance(given, tuple) and draft.row.name.endswith("1D"):
        given = (given,)
    draft.attributes["space"] = collapsed(given) if isinstance(given, tuple) else given


def averaged(draft: LineDraft) -> None:
    """PyTorch's LRN: alpha is divided by the number of channels in the sum."""
    size, alpha = draft.take("size"), draft.take("alpha")
    if not isinstance(size, int) or not isinstance(alpha, (int, float)):
        raise draft.refuse("takes numbers")
    draft.attributes |= {"size": size, "alpha": float(f"{alpha / size:.12g}")}


def axes(draft: LineDraft) -> None:
    """PyTorch's normalized_shape: the channels, or all axes of the input, channels first."""
    given, shape = draft.take("normalized_shape"), draft.around.shape
    wanted = given if isinstance(given, tuple) else (given,)
    if shape is None or not all(isinstance(size, int) for size in (*wanted, *shape.sizes)):
        if len(wanted) > 1:
            raise draft.refuse("has several axes: LN all, or LN axes=[height, width]")
        return
    theirs = (shape.channels, *shape.space) if shape.rank > 2 else shape.sizes
    if wanted == (shape.channels,) and shape.rank < 3:
        return
    if wanted == theirs:
        draft.words.append("all")
    elif wanted == (shape.channels,):
        return  # applied where channels lie last, as papers write it
    else:
        raise draft.refuse(f"has normalized_shape={list(wanted)}, and its input is {shape}")


def per(draft: LineDraft) -> None:
    """PReLU has one slope, or one for each channel."""
    number = draft.take("num_parameters")
    if number == 1:
        return
    if draft.around.channels is not None and number != draft.around.channels:
        raise draft.refuse(f"has num_parameters={number}, and its input has {draft.around.channels} channels")
    draft.attributes["per"] = "channel"


def shared(draft: LineDraft) -> None:
    """Keras' PReLU has one slope for each element, or with shared_axes for each channel; they begin at 0."""
    axes, rank = draft.take("shared_axes"), draft.around.rank
    if rank is not None and rank > 1 and axes != tuple(range(1, rank)):
        raise draft.refuse("has a slope for each element, and PRELU one, or with per=channel one for each channel")
    draft.attributes |= {"per": "channel", "init": 0}


def features(draft: LineDraft) -> None:
    """`nn.Linear` works on the last axis: FC if it must read all elements, LINEAR if it must read the channels."""
    from archdsl.layers import REGISTRY

    stated, shape = draft.given.get("in_features"), draft.around.shape
    if shape is None:
        return
    if shape.rank == 1:
        draft.kind = REGISTRY["FC"]
    elif isinstance(stated, int) and stated != shape.channels and stated == shape.elements:
        draft.kind = REGISTRY["FC"]
        draft.given.pop("in_features")


def unflatten(draft: LineDraft) -> None:
    """`nn.Unflatten(1, (C, H, W))` of a vector."""
    axis, given = draft.take("dim"), draft.take("unflattened_size")
    if axis != 1 or not isinstance(given, tuple) or draft.around.rank not in (1, None):
        raise draft.refuse("is RESHAPE and the whole new shape, channels last")
    draft.attributes["sizes"] = (*given[1:], given[0])


def view(draft: LineDraft) -> None:
    """`x.view(-1, 256)`, `x.view(n, C, H, W)`: the batch first, and then channels first."""
    given: tuple[Any, ...] = draft.take("sizes", "shape") or ()
    rest, shape = given[1:], draft.around.shape
    if len(rest) == 1 and (rest[0] == -1 or (shape is not None and rest[0] == shape.elements)):
        draft.text = "FLATTEN"
    elif len(rest) > 2 and all(isinstance(size, int) for size in rest):
        draft.attributes["sizes"] = (*rest[1:], rest[0])
    else:
        raise draft.refuse("is RESHAPE and the whole new shape without the batch, channels last")


def order(draft: LineDraft) -> None:
    """`x.permute(0, 2, 1)`, `x.transpose(1, 2)` of a sequence."""
    given: tuple[Any, ...] = draft.take("dims", "perm") or ()
    if draft.around.rank != 2 or tuple(given) not in ((0, 2, 1), (1, 2), (2, 1), (-1, -2), (-2, -1)):
        raise draft.refuse('is PERMUTE and the names of the axes in the new order, as in PERMUTE "channels steps"')
    draft.attributes["order"] = '"channels steps"'


def kerasorder(draft: LineDraft) -> None:
    """`Permute((2, 1))`: axes from 1 on, channels last."""
    given, rank = draft.take("dims"), draft.around.rank
    if rank is None or not isinstance(given, tuple) or sorted(given) != list(range(1, rank + 1)):
        raise draft.refuse('is PERMUTE and the names of the axes in the new order, as in PERMUTE "channels steps"')
    words = words_of(rank)
    draft.attributes["order"] = f'"{" ".join(words[number - 1] for number in given)}"'


def selected(draft: LineDraft) -> None:
    """`x[:, -1]`, `x.select(1, -1)`: one place of an axis; `x[:, 1:]`: a range."""
    number, index = draft.take("dim"), str(draft.take("index"))
    word = axis_word(number, draft.around.shape)
    if word is None:
        raise draft.refuse("is SLICE and an index on a named axis, as in SLICE steps=-1")
    draft.text = f'SLICE {word}="{index}"' if ":" in index else f"SLICE {word}={index}"


def roll(draft: LineDraft) -> None:
    raise draft.refuse("is SHIFT and how far along each axis beside the channels")


def clipped(draft: LineDraft) -> None:
    """Keras' ReLU with a largest value, or a slope below zero."""
    from archdsl.layers import REGISTRY

    most, slope, threshold = draft.take("max_value"), draft.take("negative_slope"), draft.take("threshold")
    if threshold or (most is not None and slope):
        raise draft.refuse("with a threshold, or with a slope and a largest value, cannot be written")
    if most is not None:
        draft.text = "RELU6" if most == 6 else f"HARDTANH 0 {text(most)}"
    elif slope:
        draft.kind, draft.attributes = REGISTRY["LEAKYRELU"], {"slope": slope}


def center(draft: LineDraft) -> None:
    draft.attributes["size"] = (draft.take("height"), draft.take("width"))


def resizing(draft: LineDraft) -> None:
    """Keras' Resizing: UPSAMPLE to a size."""
    draft.attributes["size"] = (draft.take("height"), draft.take("width"))
    draft.text = f"UPSAMPLE size={text(draft.attributes['size'])} mode={draft.take('interpolation')}"
    if any(draft.take(name) for name in ("crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias")):
        raise draft.refuse("crops, pads or smooths, which UPSAMPLE does not")


def scaled(draft: LineDraft) -> None:
    """Keras' size of an upsampling is how many times larger it gets."""
    draft.attributes["scale"] = draft.take("size")


def declared(draft: LineDraft) -> None:
    """`Input(shape=(28, 28, 1))` is the line `input 28x28x1`."""
    shape, dtype = draft.take("shape"), draft.take("dtype")
    if not isinstance(shape, tuple) or not shape:
        raise draft.refuse("is a line such as input 28x28x1: sizes without the batch, channels last")
    letters = iter("TUVWXYZ" if len(shape) < 3 else "HWDUVXYZ")
    known: tuple[Any, ...] = tuple(size if size is not None else next(letters) for size in shape)
    word = next((f" {word}" for word in ("int", "bool") if isinstance(dtype, str) and word in dtype), "")
    draft.text = f"input {'x'.join(map(str, known))}{word}"


def layer(draft: LineDraft) -> None:
    """A layer of std.transformer, by the arguments of PyTorch's."""
    draft.before.append(f"use {draft.row.library}")
    given = {"heads": draft.take("nhead")}
    for name, argument, default in (
        ("wide", "dim_feedforward", 2048),
        ("dropout", "dropout", 0.1),
        ("eps", "layer_norm_eps", 1e-5),
    ):
        value = draft.take(argument)
        given[name] = None if value == default else value
    act, first, bias = draft.take("activation"), draft.take("norm_first"), draft.take("bias")
    given["act"] = {"relu": None, "gelu": "GELU"}.get(str(act).rpartition(".")[2], "")
    if given["act"] == "":
        raise draft.refuse(f"cannot be given activation={act}")
    given |= {"prenorm": True if first else None, "bias": None if bias else False}
    draft.attributes = given


FORMS: dict[str, Form] = {
    form.__name__: form
    for form in (
        activation,
        along,
        averaged,
        axes,
        bidirectional,
        blocks,
        border,
        bordered,
        center,
        clipped,
        declared,
        along_axis,
        along_dim,
        dim,
        dims,
        directed,
        each,
        features,
        flat,
        flattened,
        keras,
        kerasorder,
        layer,
        normed,
        order,
        parts,
        per,
        product,
        reduced,
        resized,
        resizing,
        roll,
        scaled,
        selected,
        rescaled,
        separable,
        shared,
        sides,
        sizes,
        summed,
        unflatten,
        view,
        windowed,
    )
}


def give_form(draft: LineDraft, form: str) -> None:
    """Apply a form; raises Unwritable, also where it would compute with what is no number, or with none."""
    try:
        FORMS[form](draft)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise draft.refuse("is not written with these values") from None
