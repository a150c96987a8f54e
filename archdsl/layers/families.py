"""Which file declares which kinds: a family is imported when one of its kinds is first asked for.

A check uses a few families of many, and starts the sooner for it.
"""

from __future__ import annotations

# family, the name of its file: title, kinds in the order of their declaration
FAMILIES: dict[str, tuple[str, str]] = {
    "conv": ("Convolutions", "CONV DWCONV"),
    "upconv": ("Transposed convolutions", "UPCONV"),
    "fold": ("Windows as steps", "UNFOLD FOLD"),
    "pool": ("Pools", "MAXPOOL AVGPOOL LPPOOL SUBSAMPLE"),
    "adaptive": ("Pools to a size", "GLOBALAVGPOOL GLOBALMAXPOOL ADAPTIVEAVGPOOL ADAPTIVEMAXPOOL"),
    "unpool": ("The way back from a pool", "UNPOOL"),
    "resample": ("Resampling", "UPSAMPLE PIXELSHUFFLE PIXELUNSHUFFLE CHANNELSHUFFLE"),
    "linear": ("Fully connected layers", "FC LINEAR BILINEAR RBF"),
    "norm": ("Normalisation by channels", "BN INSTANCENORM GN LRN L2NORM"),
    "layernorm": ("Normalisation of each position", "LN RMSNORM"),
    "rectifier": ("Rectifiers", "RELU RELU6 LEAKYRELU PRELU RRELU ELU SELU CELU THRESHOLD HARDSHRINK SOFTSHRINK"),
    "activation": (
        "Sigmoids and other bent activations",
        "TANH HARDTANH TANHSHRINK SOFTSIGN SIGMOID HARDSIGMOID LOGSIGMOID SOFTPLUS SILU HARDSWISH GELU MISH",
    ),
    "softmax": ("Shares", "SOFTMAX LOGSOFTMAX SOFTMIN"),
    "gate": ("Gates", "GLU SWIGLU"),
    "dropout": ("Dropout", "DROPOUT CHANNELDROPOUT ALPHADROPOUT FEATUREALPHADROPOUT STOCHASTICDEPTH"),
    "recurrent": ("Recurrent layers", "RNN GRU LSTM"),
    "attention": ("Attention", "ATTENTION ATTEND ROTARY"),
    "windowattention": ("Attention in windows", "WINDOWATTENTION"),
    "embedding": ("Embeddings", "EMBED EMBEDBAG POSITIONS"),
    "source": ("Sources", "PARAM CONST"),
    "border": ("Padding and cropping", "PAD CROP"),
    "reshape": ("Moving and adding elements", "ID FLATTEN"),
    "arrange": ("Other axes", "RESHAPE REARRANGE PERMUTE PATCHES"),
    "select": ("Parts and moves", "SLICE SPLIT CHUNK SHIFT REDUCE"),
    "arithmetic": ("Arithmetic", "ADD MUL SUB DIV POW"),
    "elementwise": ("Functions of each element", "EXP LOG SQRT RSQRT SQUARE RECIPROCAL ABS NEG SIN COS ERF CLAMP"),
    "merge": ("Merges", "MAX MIN ABSDIFF MEAN CONCAT STACK SCALE MATMUL"),
    "door": ("Other packages", "MODULE"),
}
