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
    "linear": ("Fully connected layers", "FC LINEAR RBF"),
    "norm": ("Normalisation", "BN LRN"),
    "activation": ("Activations", "RELU TANH SIGMOID SOFTMAX"),
    "dropout": ("Dropout", "DROPOUT"),
    "recurrent": ("Recurrent layers", "RNN GRU LSTM"),
    "attention": ("Attention", "ATTENTION ATTEND ROTARY"),
    "windowattention": ("Attention in windows", "WINDOWATTENTION"),
    "embedding": ("Embeddings", "EMBED EMBEDBAG POSITIONS"),
    "source": ("Sources", "PARAM CONST"),
    "border": ("Padding and cropping", "PAD CROP"),
    "reshape": ("Moving and adding elements", "ID FLATTEN"),
    "merge": ("Merges", "ADD MUL MAX MEAN CONCAT STACK SCALE"),
}
