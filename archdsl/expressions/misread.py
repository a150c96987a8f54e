"""What a word that is nothing here was probably meant to be: other libraries' names, lost signs, misspellings.

Loaded only where something is wrong. A hint names what would be right, never more than the language has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from archdsl.diagnostics import nearest
from archdsl.faults.problem import Problem
from archdsl.syntax.tree import Token

_KEYWORDS = ("model", "use", "block", "input", "output", "let", "cases", "expect", "freeze", "for", "if")
_LISTED = "`archdsl layers` lists the kinds"
_LAYER = "a layer is its kind and its values: CONV 64 3x3"

# Kinds by the names that other libraries and papers give them, in small letters, without 1d, 2d, 3d and _.
_KINDS = {
    **dict.fromkeys(("convolution", "convolutional", "convlayer", "cnn"), "CONV"),
    **dict.fromkeys(("depthwise", "depthwiseconv", "depthwiseconvolution", "convdw"), "DWCONV"),
    **dict.fromkeys(("convtranspose", "convt", "tconv", "transposedconv", "transposeconv", "deconv"), "UPCONV"),
    **dict.fromkeys(("deconvolution", "convolutiontranspose"), "UPCONV"),
    **dict.fromkeys(("im2col", "unfolding"), "UNFOLD"),
    **dict.fromkeys(("col2im", "folding"), "FOLD"),
    **dict.fromkeys(("upsampling", "interpolate", "interpolation", "resize", "resample", "upscale"), "UPSAMPLE"),
    **dict.fromkeys(("depthtospace", "subpixel", "subpixelconv"), "PIXELSHUFFLE"),
    **dict.fromkeys(("spacetodepth", "focus"), "PIXELUNSHUFFLE"),
    **dict.fromkeys(("shufflechannels", "shuffle"), "CHANNELSHUFFLE"),
    **dict.fromkeys(("dense", "fullyconnected", "fullconnected", "fclayer", "innerproduct", "mlp"), "FC"),
    **dict.fromkeys(("batchnorm", "batchnormalization", "batchnormalisation", "norm"), "BN"),
    **dict.fromkeys(("localresponsenorm", "localresponsenormalization", "responsenorm"), "LRN"),
    **dict.fromkeys(("lrelu", "leaky", "leakyrectifier"), "LEAKYRELU"),
    **dict.fromkeys(("parametricrelu",), "PRELU"),
    **dict.fromkeys(("swish", "swish1"), "SILU"),
    **dict.fromkeys(("hswish", "hardsilu"), "HARDSWISH"),
    **dict.fromkeys(("hsigmoid",), "HARDSIGMOID"),
    **dict.fromkeys(("clip", "clamp"), "HARDTANH"),
    **dict.fromkeys(("logistic",), "SIGMOID"),
    **dict.fromkeys(("layernorm", "layernormalization", "layernormalisation"), "LN"),
    **dict.fromkeys(("groupnorm", "groupnormalization", "groupnormalisation"), "GN"),
    **dict.fromkeys(("in", "instancenormalization", "instancenormalisation"), "INSTANCENORM"),
    **dict.fromkeys(("rootmeansquarenorm", "rmslayernorm"), "RMSNORM"),
    **dict.fromkeys(("normalize", "normalise", "l2normalize", "l2", "unitnorm"), "L2NORM"),
    **dict.fromkeys(("spatialdropout", "channelwisedropout", "featuredropout"), "CHANNELDROPOUT"),
    **dict.fromkeys(("droppath", "stochdepth", "survival"), "STOCHASTICDEPTH"),
    **dict.fromkeys(("maxpooling", "mpool", "pool", "pooling"), "MAXPOOL"),
    **dict.fromkeys(("averagepool", "averagepooling", "avgpooling", "meanpool"), "AVGPOOL"),
    **dict.fromkeys(("gap", "globalaveragepool", "globalaveragepooling", "globalavgpooling"), "GLOBALAVGPOOL"),
    **dict.fromkeys(("gmp", "globalmaxpooling"), "GLOBALMAXPOOL"),
    **dict.fromkeys(("adaptiveaveragepool", "adaptivepool"), "ADAPTIVEAVGPOOL"),
    **dict.fromkeys(("maxunpool", "unpooling", "maxunpooling"), "UNPOOL"),
    **dict.fromkeys(("adaptivemaxpooling",), "ADAPTIVEMAXPOOL"),
    **dict.fromkeys(("lppooling", "normpool", "poweraveragepool"), "LPPOOL"),
    **dict.fromkeys(("concatenate", "concatenation", "cat", "join"), "CONCAT"),
    **dict.fromkeys(("sum", "plus", "residual", "shortcut"), "ADD"),
    **dict.fromkeys(("multiply", "product"), "MUL"),
    **dict.fromkeys(("average", "avg"), "MEAN"),
    **dict.fromkeys(("maximum",), "MAX"),
    **dict.fromkeys(("minimum",), "MIN"),
    **dict.fromkeys(("subtract", "minus", "difference", "diff"), "SUB"),
    **dict.fromkeys(("divide", "quotient", "ratio"), "DIV"),
    **dict.fromkeys(("bmm", "mm", "dot", "matrixproduct", "batchmatmul"), "MATMUL"),
    **dict.fromkeys(("identity", "skip", "noop", "none"), "ID"),
    **dict.fromkeys(("zeropad", "zeropadding", "padding"), "PAD"),
    **dict.fromkeys(("multiheadattention", "mha", "selfattention", "crossattention", "attn"), "ATTENTION"),
    **dict.fromkeys(("shiftedwindowattention", "swinattention"), "WINDOWATTENTION"),
    **dict.fromkeys(("sdpa", "scaleddotproductattention", "dotproductattention"), "ATTEND"),
    **dict.fromkeys(("rope", "rotaryembedding", "rotaryembeddings"), "ROTARY"),
    **dict.fromkeys(("bilstm", "blstm", "lstmcell"), "LSTM"),
    **dict.fromkeys(("bigru", "grucell"), "GRU"),
    **dict.fromkeys(("birnn", "elman", "simplernn", "recurrent"), "RNN"),
    **dict.fromkeys(("embedding", "wordembedding"), "EMBED"),
    **dict.fromkeys(("embeddingbag", "bagofwords"), "EMBEDBAG"),
    **dict.fromkeys(("parameter", "learnable"), "PARAM"),
    **dict.fromkeys(("buffer", "constant"), "CONST"),
    **dict.fromkeys(("position", "positionids", "positionalencoding"), "POSITIONS"),
    **dict.fromkeys(("reflectionpad", "replicationpad", "circularpad", "constantpad"), "PAD"),
    **dict.fromkeys(("centercrop", "cropping", "croplayer"), "CROP"),
    **dict.fromkeys(("dropoutlayer", "drop"), "DROPOUT"),
    **dict.fromkeys(("flat",), "FLATTEN"),
    **dict.fromkeys(("view", "unflatten", "squeeze", "unsqueeze", "expanddims"), "RESHAPE"),
    **dict.fromkeys(("transpose", "swapaxes", "movedim", "moveaxis"), "PERMUTE"),
    **dict.fromkeys(("einops", "einrearrange"), "REARRANGE"),
    **dict.fromkeys(("patchify", "patch"), "PATCHES"),
    **dict.fromkeys(("narrow", "index", "select", "take", "gather"), "SLICE"),
    **dict.fromkeys(("roll", "cyclicshift"), "SHIFT"),
}
# Names that resemble a kind and are none: the nearest kind would be another layer.
_OTHERS = ("transformer", "grn", "reglu", "geglu")
# Blocks of the shipped library by the names that other libraries give them, written as those of kinds above.
_BLOCKS = {
    **dict.fromkeys(("transformerencoder", "transformerencoderlayer", "encoderlayer"), ("transformer", "ENCODERLAYER")),
    **dict.fromkeys(("transformerdecoder", "transformerdecoderlayer", "decoderlayer"), ("transformer", "DECODERLAYER")),
    **dict.fromkeys(("squeezeexcite", "squeezeexcitation", "squeezeandexcitation"), ("inverted", "EXCITE")),
    **dict.fromkeys(("se", "selayer", "seblock", "excite"), ("inverted", "EXCITE")),
    **dict.fromkeys(("invertedresidual", "mbconv", "inverted"), ("inverted", "INVERTED")),
    **dict.fromkeys(("basicblock",), ("residual", "BASIC")),
    **dict.fromkeys(("bottleneck",), ("residual", "BOTTLENECK")),
}
_MISPLACED = {
    "else": "`else` stands on the line of the } before it",
    "where": "`where` stands on the line of `input` or `model`",
}
_STATEMENTS = {
    **dict.fromkeys(("while", "repeat", "loop", "times"), "lines are repeated with xN behind them: { ... } x3"),
    **dict.fromkeys(("elif", "elseif"), "the other case is written `} else if ... {`"),
    **dict.fromkeys(("return", "yield", "result"), "the last line is the result; `output` lists others"),
    **dict.fromkeys(("end", "endif", "done", "begin"), "a body stands in braces: { ... }"),
    **dict.fromkeys(("class", "def", "layer", "name", "type"), _LAYER),
    **dict.fromkeys(("import", "from", "include", "require"), 'blocks of another file: use "blocks/residual.arch"'),
    **dict.fromkeys(("set", "const", "var", "define"), "a value gets its name with `let`: let n = 3"),
    **dict.fromkeys(("assert", "claim", "total"), "what must come out stands behind -> or `expect`"),
    **dict.fromkeys(("network", "net", "architecture"), "did you mean model?"),
}
# Options by the names that other libraries give them.
_OPTIONS = {
    **dict.fromkeys(("out_channels", "filters", "units", "features", "out_features", "channels"), "out"),
    **dict.fromkeys(("kernel_size", "size", "window", "filter", "pool_size", "ksize"), "kernel"),
    **dict.fromkeys(("strides", "step"), "stride"),
    **dict.fromkeys(("padding", "pads"), "pad"),
    **dict.fromkeys(("dilation_rate", "dilations"), "dilation"),
    **dict.fromkeys(("use_bias", "with_bias"), "bias"),
    **dict.fromkeys(("padding_mode",), "mode"),
    **dict.fromkeys(("ceil_mode",), "ceil"),
    **dict.fromkeys(("align_corners",), "align"),
    **dict.fromkeys(("recompute_scale_factor",), "recompute"),
    **dict.fromkeys(("scale_factor",), "scale"),
    **dict.fromkeys(("upscale_factor", "downscale_factor", "block_size"), "factor"),
    **dict.fromkeys(("count_include_pad",), "countpad"),
    **dict.fromkeys(("divisor_override",), "divisor"),
    **dict.fromkeys(("norm_type",), "norm"),
    **dict.fromkeys(("dim", "dimension", "along"), "axis"),
    **dict.fromkeys(("rate", "prob", "probability", "keep_prob", "drop"), "p"),
    **dict.fromkeys(("epsilon",), "eps"),
    **dict.fromkeys(("num_embeddings", "vocab_size"), "vocab"),
    **dict.fromkeys(("embedding_dim",), "dim"),
    **dict.fromkeys(("padding_idx",), "padding"),
    **dict.fromkeys(("hidden_size", "hidden_units", "state"), "hidden"),
    **dict.fromkeys(("num_layers", "depth"), "layers"),
    **dict.fromkeys(("num_heads", "nhead", "n_heads"), "heads"),
    **dict.fromkeys(("num_kv_heads", "kv_heads", "num_key_value_heads"), "kvheads"),
    **dict.fromkeys(("is_causal",), "causal"),
    **dict.fromkeys(("proj_size", "projection"), "proj"),
    **dict.fromkeys(("group", "num_groups"), "groups"),
    **dict.fromkeys(("output_padding", "out_padding"), "outpad"),
}
_YES_NO = {"true": "yes", "false": "no", "on": "yes", "off": "no", "none": "no"}


def unknown_kind(kind: Token, text: str, kinds: Collection[str]) -> Problem:
    """The fault of a kind that is neither built in nor a block of the text, with what may have been meant."""
    word = kind.text
    if word in _MISPLACED:
        return Problem("misplaced", _MISPLACED[word], kind)
    end = text.find("\n", kind.end)
    hint = _kind_hint(word, text[kind.end : end if end >= 0 else len(text)], kinds)
    return Problem("unknown-kind", f"there is no kind of layer called {word}", kind, hint=hint)


def _kind_hint(word: str, rest: str, kinds: Collection[str]) -> str:
    """What to do about a kind that does not exist; `rest` is what follows it on its line."""
    last = word.lower().rpartition(".")[2]  # nn.Conv2d, torch.nn.Conv2d, F.relu
    plain = re.sub(r"[123]d(?:layer)?$", "", last).replace("_", "")
    if plain == "dropout" and plain != last:  # dropout2d: of PyTorch's modules the ones for whole channels
        plain = "spatialdropout"
    following = re.match(r"\s*([A-Za-z_]\w*)", rest)
    if following and following[1].upper() in kinds:
        return f"a name is followed by a colon: {word}: {following[1]}"
    if following and (word + following[1]).upper() in kinds:
        return f"did you mean {(word + following[1]).upper()}?"
    if word.lower() in _KEYWORDS:
        return f"did you mean {word.lower()}?"
    if word.lower() in _STATEMENTS:
        return _STATEMENTS[word.lower()]
    if plain in _OTHERS:
        return _LISTED
    known = plain.upper() if plain.upper() in kinds else _KINDS.get(plain)
    if known in kinds:
        return f"did you mean {known}?"
    if plain in _BLOCKS:
        file, block = _BLOCKS[plain]
        return f"{block} of the shipped library does that: use std.{file}"
    joined = re.fullmatch(r"([A-Za-z_]+)([0-9]+(?:[x×][0-9]+)*)", word)
    if joined and joined[1].upper() in kinds:
        return f"put a space between the kind and its value: {joined[1]} {joined[2]}"
    close = nearest(word, [*kinds, *(() if word.isupper() else _KEYWORDS)])
    return f"did you mean {close}?" if close else _LISTED


def option_hint(name: str, slots: Collection[str]) -> str | None:
    """The option that another one of this name is here, or one that is spelled nearly so."""
    if name.lower() in ("activation", "act", "nonlinearity"):
        return "an activation is a layer of its own: ; RELU behind this one"
    for known in (name.lower(), _OPTIONS.get(name.lower()), _OPTIONS.get(name.lower().rstrip("s"))):
        if known in slots:
            return f"did you mean {known}?"
    close = nearest(name, slots)
    return f"did you mean {close}?" if close else None


def word_hint(word: str, following: str | None, letters: Collection[str], switches: Collection[str]) -> str | None:
    """What to do about a word among the values of a line that means nothing there; `following` is the next word."""
    value = following or "N"
    if word in ("x", "X", "×") and following:
        return f"sizes and repeats are written without spaces: 3x{value}, x{value}"
    if re.fullmatch(r"[xX×][0-9].*", word):
        return f"a repeat is x and a whole number: x{word[1:] if word[1:].isdigit() else 3}"
    if word in letters:
        return f"the letter and its number are one word: {word}{value}"
    short = re.fullmatch(r"([A-Z])([0-9x×]+)", word)
    if short and short[1].lower() in letters:
        return f"options are small letters: {word.lower()}"
    if word in ("no", "without") and f"no{following}" in switches:
        return f"write no{following}"
    if word.lower() in _YES_NO:
        return f"write {_YES_NO[word.lower()]}"
    return None


def remark_hint(words: Iterable[str]) -> str | None:
    """Several words in a row that mean nothing are a remark."""
    plain = [word for word in words if re.fullmatch(r"[A-Za-z]+", word)]
    return "a comment starts with #" if len(plain) > 1 else None
