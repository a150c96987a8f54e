"""The names of modules of torchvision and Hugging Face that printed models have beside those of torch.nn."""

from __future__ import annotations

import re

MODULES = """
NonDynamicallyQuantizableLinear = LINEAR/features(in_features, out_features, bias=True)
GELUActivation = GELU()
SiLUActivation = SILU()
MishActivation = MISH()
ReLU6Activation = RELU6()
NewGELUActivation PytorchGELUTanh GELUTanh = GELU() + tanh
"""
CHAINS = frozenset(  # containers that run what they hold, one after the other
    """Sequential Conv2dNormActivation Conv3dNormActivation ConvNormActivation ConvBNReLU ConvBNActivation
    ResNetConvLayer ResNetShortCut ResNetEncoder ResNetStage""".split()
)
PARALLEL = frozenset(  # names of parts that are not read one after the other
    "query key value q_proj k_proj v_proj q_lin k_lin v_lin q k v to_q to_k to_v query_key_value qkv c_attn in_proj "
    "downsample shortcut skip skip_connection residual identity gate_proj up_proj out_proj self_attn attn attention "
    "word_embeddings position_embeddings token_type_embeddings wte wpe aux auxlogits se".split()
)
SHORTCUTS = ("downsample", "shortcut")
RESIDUAL = ("BasicBlock", "Bottleneck")  # of torchvision: a sum with what comes in, and its activation after each norm
INVERTED = (
    "InvertedResidual",
    "InvertedResidualConfig",
    "MBConv",
    "FusedMBConv",
)  # of torchvision: a sum where it fits
SQUEEZE = ("avgpool", "fc1", "fc2", "activation", "scale_activation")  # the parts of torchvision's SqueezeExcitation
IDENTITIES = ("StochasticDepth", "DropPath", "DropPath1d")  # which change nothing but while training
SUMS = re.compile(
    r"_?(?:\w*res(?:idual|net|nest|next)?\w*(?:block|unit|layer|module|bottleneck)\w*|residual\w*|\w*bottleneck\w*)",
    re.IGNORECASE,
)
APART = re.compile(  # classes whose forward adds, joins or multiplies what their parts give
    r"_?\w*(?:squeeze|excit|attention|attn|dense_?(?:layer|block)|inception|fire|shuffle|csp|c2f|c3k?|spp|fpn|pyramid|gate"
    r"|highway|mixer|fusion|branch|skip|parallel|cbam|ghost|cnblock|convnext|encoderlayer|decoderlayer|hourglass|merge"
    r"|concat|add|residual|mbconv|transformer|repblock)\w*|_?\w*SE(?:Layer|Block|Module|Net|Unit)?|eca\w*|\w*moe"
    r"|Up(?:Block|Conv\w*)?",
    re.IGNORECASE,
)
