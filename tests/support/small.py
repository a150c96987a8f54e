"""Each spec at a setting that is quick to run, on an input that is as small as it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import archdsl
from support.compare import example_inputs

SPECS = Path(__file__).parents[2] / "specs"
SYMBOLS = {"T": 7, "S": 5, "N": 6}
TRANSFORMER = {"d": 48, "L": 2, "heads": 4, "vocab": 50}
SIZES: dict[str, tuple[dict[str, Any], str]] = {
    "alexnet": ({}, "67x67x3"),
    "alexnet_ensemble": ({"members": 2}, "67x67x3"),
    "alexnet_two_gpu": ({}, "67x67x3"),
    "alphago_policy": ({"k": 8}, ""),
    "alphago_value": ({"k": 8}, ""),
    "bert": (TRANSFORMER, ""),
    "char_lstm": ({"cells": 8, "vocab": 11}, ""),
    "clip": (
        {"patch": 8, "d": 128, "L": 2, "text_d": 64, "text_L": 2, "vocab": 10, "context": 7, "space": 12, "side": 16},
        "",
    ),
    "convmixer": ({"d": 8, "depth": 2, "kernel": 5, "patch": 28}, ""),
    "dcgan": ({"wide": 4}, ""),
    "detr": (
        {"d": 16, "heads": 4, "L": 2, "wide": 24, "queries": 5, "objects": 3, "H": 40, "W": 65, "I": 2, "J": 3},
        "",
    ),
    "dit": ({"d": 16, "L": 2, "heads": 4, "patch": 2, "side": 8, "labels": 6}, ""),
    "gpt2": (TRANSFORMER, ""),
    "kim_cnn": ({"variant": "multichannel", "vocab": 50, "classes": 3}, ""),
    "language_model": ({"vocab": 50, "dim": 10}, ""),
    "llama": ({"d": 64, "L": 2, "heads": 8, "kvheads": 2, "wide": 96, "vocab": 50}, ""),
    "mamba": ({"d": 24, "L": 2, "states": 4, "vocab": 10}, ""),
    "mixtral": ({"d": 64, "L": 2, "heads": 8, "kvheads": 2, "wide": 96, "vocab": 50}, ""),
    "mlp_mixer": ({"d": 16, "L": 2, "tokens": 12, "wide": 24, "side": 32}, ""),
    "mobilenet_v1": ({"width": 0.25, "side": 128}, ""),
    "resnet101": ({}, "64x64x3"),
    "resnet152": ({}, "64x64x3"),
    "resnet18": ({}, "64x64x3"),
    "resnet34": ({}, "64x64x3"),
    "resnet50": ({}, "64x64x3"),
    "transformer": ({"d": 48, "heads": 4, "wide": 96, "layers": 2, "vocab": 50}, ""),
    "stable_diffusion_unet": ({"width": 32, "H": 8, "W": 16}, ""),
    "torchvision/alexnet": ({}, "63x63x3"),
    "torchvision/convnext": ({}, "64x64x3"),
    "torchvision/densenet": ({}, "64x64x3"),
    "torchvision/efficientnet": ({"side": 64}, ""),
    "torchvision/efficientnet_v2": ({"side": 64}, ""),
    "torchvision/googlenet": ({}, "64x64x3"),
    "torchvision/inception_v3": ({"aux": False}, "139x139x3"),
    "torchvision/mnasnet": ({"size": "0_5"}, "64x64x3"),
    "torchvision/mobilenet_v2": ({}, "64x64x3"),
    "torchvision/mobilenet_v3": ({"size": "small"}, "64x64x3"),
    "torchvision/regnet": ({"side": 64}, ""),
    "torchvision/resnet": ({"size": "resnet18"}, "64x64x3"),
    "torchvision/segmentation": ({}, "41x57x3"),
    "torchvision/shufflenet_v2": ({"size": "x0_5"}, "64x64x3"),
    "torchvision/squeezenet": ({"version": "1_1"}, "64x64x3"),
    "torchvision/swin": ({}, "64x64x3"),
    "torchvision/vgg": ({"depth": 11}, "32x32x3"),
    "torchvision/video_resnet": ({}, "8x32x32x3"),
    "torchvision/vision_transformer": ({"side": 64}, ""),
    "yolov3": ({"width": 4, "labels": 3, "side": 64}, ""),
    "efficientnet_tf": ({"side": 33, "classes": 5}, ""),
    "whisper": ({"d": 16, "L": 2, "heads": 4, "vocab": 10, "bands": 5}, ""),
    "t5": ({"d": 16, "L": 2, "heads": 4, "size": 6, "wide": 24, "vocab": 10}, ""),
    "stable_diffusion_vae": ({"width": 8, "groups": 4, "H": 16, "W": 24}, ""),
    "repvgg": ({}, "64x64x3"),
    "dueling_dqn": ({"actions": 6}, ""),
    "gcn": ({"words": 9, "hidden": 4, "topics": 3}, ""),
    "vgg": ({"config": "A"}, "32x32x3"),
    "wavenet": ({"levels": 9, "stacks": 1, "residual": 4, "skip": 6}, ""),
}
ON_CPU = ("mixtral",)  # which expert reads what depends on the numbers
ON_META = ("unet", "unet3d")  # their crops are for one size of input, which takes long on a CPU
NAMES = tuple(path.relative_to(SPECS).with_suffix("").as_posix() for path in sorted(SPECS.rglob("*.arch")))


class Small(NamedTuple):
    """A spec as a model, its module in evaluation, and inputs of it."""

    model: archdsl.Model
    module: Any
    inputs: list[Any]


def small_model(name: str) -> archdsl.Model:
    """A spec at its small setting."""
    setting, shape = SIZES.get(name, ({}, ""))
    if "classes" in (SPECS / f"{name}.arch").read_text(encoding="utf-8").partition("input")[0]:
        setting = {"classes": 10, **setting}
    return archdsl.load(SPECS / f"{name}.arch", **({"input": shape} if shape else {}), **setting)


def small(name: str, device: str = "cpu", *, inplace: bool = False) -> Small:
    """A spec with fresh weights; what would take long on a CPU is on the meta device, unless it is the `whole` that is wanted."""
    import torch

    model = small_model(name)
    device = "cpu" if device == "whole" else "meta" if name in ON_META else "cpu" if name in ON_CPU else device
    with torch.device(device):
        module = model.to_torch(inplace=inplace).eval()
    return Small(model, module, example_inputs(model, device=device, symbols=SYMBOLS))


def results(found: Any) -> tuple[Any, ...]:
    """The tensors in what a module gives, also within one another."""
    return tuple(y for one in found for y in results(one)) if isinstance(found, (tuple, list)) else (found,)
