"""Which spec, at which setting, is which network of torchvision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SPECS = Path(__file__).parents[2] / "specs"


class Entry(NamedTuple):
    """A network of torchvision: the name of its builder and what else that is given; the spec and its setting."""

    name: str
    path: Path
    setting: dict[str, Any]
    input: tuple[int, ...] = (3, 224, 224)
    builder: dict[str, Any] = {}  # noqa: RUF012
    part: str = ""  # of torchvision.models, where the builder is not in itself
    published: tuple[str, ...] = ("params", "macs")  # which published totals are those of this variant
    ordered: bool = True  # whether tensors stand in torchvision's order, which strict loading does not ask for


def _entries() -> Iterator[Entry]:
    folder = SPECS / "torchvision"
    yield Entry("alexnet", folder / "alexnet.arch", {})
    for depth in (11, 13, 16, 19):
        yield Entry(f"vgg{depth}", folder / "vgg.arch", {"depth": depth})
        yield Entry(f"vgg{depth}_bn", folder / "vgg.arch", {"depth": depth, "bn": True})
    for size in ("1_0", "1_1"):
        yield Entry(f"squeezenet{size}", folder / "squeezenet.arch", {"version": size})
    for depth in (121, 161, 169, 201):
        yield Entry(f"densenet{depth}", folder / "densenet.arch", {"depth": depth})
    for name in (
        *(f"resnet{depth}" for depth in (18, 34, 50, 101, 152)),
        *("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2"),
    ):
        yield Entry(name, folder / "resnet.arch", {"size": name})
    plain = {"init_weights": False}
    for aux in (False, True):
        setting, given = {"aux": aux}, {"aux_logits": aux, **plain}
        yield Entry(
            "googlenet", folder / "googlenet.arch", setting, builder=given, published=() if aux else ("params", "macs")
        )
        totals = ("params",) if aux else ("macs",)  # published with its head, which evaluation leaves out
        yield Entry("inception_v3", folder / "inception_v3.arch", setting, (3, 299, 299), given, published=totals)
    for size in ("0_5", "0_75", "1_0", "1_3"):
        yield Entry(f"mnasnet{size}", folder / "mnasnet.arch", {"size": size})
    for size in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf"):
        yield Entry(f"regnet_x_{size}", folder / "regnet.arch", {"size": f"x_{size}"})
    for size in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf", "128gf"):
        yield Entry(f"regnet_y_{size}", folder / "regnet.arch", {"size": f"y_{size}"})
    for name in ("r3d_18", "mc3_18", "r2plus1d_18"):
        yield Entry(name, folder / "video_resnet.arch", {"size": name}, (3, 8, 112, 112), part="video")
    yield from _mobile(folder)
    yield from _later(folder)
    yield from _maps(folder)


def _mobile(folder: Path) -> Iterator[Entry]:
    """The families of narrow blocks that are wide within."""
    yield Entry("mobilenet_v2", folder / "mobilenet_v2.arch", {})
    for size in ("large", "small"):
        yield Entry(f"mobilenet_v3_{size}", folder / "mobilenet_v3.arch", {"size": size})
    for size in ("x0_5", "x1_0", "x1_5", "x2_0"):
        yield Entry(f"shufflenet_v2_{size}", folder / "shufflenet_v2.arch", {"size": size})
    for i in range(8):
        yield Entry(f"efficientnet_b{i}", folder / "efficientnet.arch", {"size": f"b{i}"})
    for size in ("s", "m", "l"):
        setting = {"size": size, "side": 224}  # as small as others, to compare outputs
        yield Entry(f"efficientnet_v2_{size}", folder / "efficientnet_v2.arch", setting)


def _later(folder: Path) -> Iterator[Entry]:
    """The families with layers of transformers."""
    for size in ("tiny", "small", "base", "large"):
        yield Entry(f"convnext_{size}", folder / "convnext.arch", {"size": size})
    for size in ("b_16", "b_32", "l_16", "l_32", "h_14"):
        yield Entry(f"vit_{size}", folder / "vision_transformer.arch", {"size": size})
    for size in ("t", "s", "b"):  # torchvision makes `reduction` before the `norm` that it reads
        yield Entry(f"swin_{size}", folder / "swin.arch", {"size": size}, ordered=False)


def _maps(folder: Path) -> Iterator[Entry]:
    """The families that give a class for every pixel, of images of any size."""
    for head in ("deeplabv3", "fcn"):
        for depth in (50, 101):
            setting = {"head": head, "depth": depth, "H": 520, "W": 520}
            builder = {"weights_backbone": None, "aux_loss": True}
            path = folder / "segmentation.arch"
            yield Entry(f"{head}_resnet{depth}", path, setting, (3, 520, 520), builder, "segmentation")


ZOO = tuple(_entries())

WITHOUT = {
    **dict.fromkeys(("swin_v2_t", "swin_v2_s", "swin_v2_b"), "cosine attention, its bias from a small network"),
    **dict.fromkeys(("swin3d_t", "swin3d_s", "swin3d_b"), "attention within windows of three axes"),
    **dict.fromkeys(("mvit_v1_b", "mvit_v2_s"), "pooled keys and values, the class token apart from the patches"),
    "maxvit_t": "attention with a relative position bias over windows and over grids",
    "s3d": "nothing that the language lacks: left out as a network for video",
}
"""Networks of torchvision that no spec has, and what they need that the language lacks, or why they are left out."""
