"""The names of modules of torchvision and Hugging Face that printed models have beside those of torch.nn."""

from __future__ import annotations

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
RESIDUAL = ("BasicBlock", "Bottleneck")  # of torchvision: a sum with what comes in, and its activation behind each norm
