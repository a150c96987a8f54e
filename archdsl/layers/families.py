"""Which file declares which kinds: a family is imported when one of its kinds is first asked for.

A check uses a few families of many, and starts the sooner for it.
"""

from __future__ import annotations

# family, the name of its file: title, kinds in the order of their declaration
FAMILIES: dict[str, tuple[str, str]] = {
    "conv": ("Convolutions", "CONV DWCONV"),
    "upconv": ("Transposed convolutions", "UPCONV"),
    "fold": ("Sliding windows", "UNFOLD FOLD"),
    "pool": ("Pooling", "MAXPOOL AVGPOOL LPPOOL SUBSAMPLE"),
    "adaptive": ("Global and adaptive pooling", "GLOBALAVGPOOL GLOBALMAXPOOL ADAPTIVEAVGPOOL ADAPTIVEMAXPOOL"),
    "unpool": ("Unpooling", "UNPOOL"),
    "resample": ("Upsampling and shuffling", "UPSAMPLE PIXELSHUFFLE PIXELUNSHUFFLE CHANNELSHUFFLE"),
    "linear": ("Fully connected layers", "FC LINEAR BILINEAR RBF"),
    "norm": ("Normalization by channels", "BN INSTANCENORM GN LRN L2NORM"),
    "layernorm": ("Normalization of each position", "LN RMSNORM"),
    "rectifier": ("Rectifiers", "RELU RELU6 LEAKYRELU PRELU RRELU ELU SELU CELU THRESHOLD HARDSHRINK SOFTSHRINK"),
    "activation": (
        "Sigmoids and other smooth activations",
        "TANH HARDTANH TANHSHRINK SOFTSIGN SIGMOID HARDSIGMOID LOGSIGMOID SOFTPLUS SILU HARDSWISH GELU MISH",
    ),
    "softmax": ("Softmax", "SOFTMAX LOGSOFTMAX SOFTMIN"),
    "gate": ("Gated linear units", "GLU SWIGLU"),
    "dropout": ("Dropout", "DROPOUT CHANNELDROPOUT ALPHADROPOUT FEATUREALPHADROPOUT STOCHASTICDEPTH"),
    "recurrent": ("Recurrent layers", "RNN GRU LSTM"),
    "attention": ("Attention", "ATTENTION ATTEND ROTARY"),
    "windowattention": ("Window attention", "WINDOWATTENTION"),
    "experts": ("Mixtures of experts", "MOE"),
    "embedding": ("Embeddings", "EMBED EMBEDBAG POSITIONS"),
    "source": ("Sources", "PARAM CONST"),
    "border": ("Padding and cropping", "PAD CROP"),
    "reshape": ("Identity and flattening", "ID FLATTEN"),
    "arrange": ("Reshaping", "RESHAPE REARRANGE PERMUTE PATCHES"),
    "select": ("Slicing, splitting and reducing", "SLICE SPLIT CHUNK SHIFT REDUCE"),
    "arithmetic": ("Arithmetic", "ADD MUL SUB DIV POW"),
    "elementwise": ("Element-wise functions", "EXP LOG SQRT RSQRT SQUARE RECIPROCAL ABS NEG SIN COS ERF CLAMP"),
    "merge": ("Merges", "MAX MIN ABSDIFF MEAN CONCAT STACK SCALE MATMUL"),
    "door": ("External modules", "MODULE"),
}
