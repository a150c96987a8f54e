"""Networks of papers against twins written by hand: the same names, the same weights, the same numbers out."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from support.compare import example_inputs  # noqa: E402
from support.small import results  # noqa: E402

import archdsl  # noqa: E402

ROOT = Path(__file__).parent.parent
SYMBOLS = {"T": 11, "S": 43, "H": 32, "W": 64, "I": 1, "J": 2, "N": 6}
TWINS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "clip",
        "CLIP",
        {"patch": 8, "d": 128, "L": 2, "text_d": 64, "text_L": 2, "vocab": 10, "context": 7, "space": 12, "side": 16},
    ),
    ("detr", "DETR", {"d": 16, "heads": 4, "L": 2, "wide": 24, "queries": 5, "objects": 3}),
    ("dit", "DiT", {"d": 16, "L": 2, "heads": 4, "patch": 2, "side": 8, "labels": 6}),
    ("mamba", "Mamba", {"d": 24, "L": 2, "states": 4, "vocab": 10}),
    ("mlp_mixer", "MLPMixer", {"d": 12, "L": 2, "patch": 4, "tokens": 10, "wide": 20, "classes": 5, "side": 16}),
    ("convmixer", "ConvMixer", {"d": 8, "depth": 2, "kernel": 5, "relu": False, "patch": 28, "classes": 5}),
    ("convmixer", "ConvMixer", {"d": 8, "depth": 1, "kernel": 3, "relu": True, "patch": 14, "classes": 5}),
    ("yolov3", "YOLOv3", {"width": 4, "labels": 3, "side": 64}),
    ("efficientnet_tf", "EfficientNetTF", {"side": 33, "classes": 5}),
    ("whisper", "Whisper", {"d": 16, "L": 2, "heads": 4, "vocab": 10, "bands": 5}),
    ("t5", "T5", {"d": 16, "L": 2, "heads": 4, "size": 6, "wide": 24, "vocab": 10}),
    ("stable_diffusion_vae", "StableDiffusionVAE", {"width": 8, "groups": 4}),
    ("repvgg", "RepVGG", {"size": "A0", "deploy": False, "classes": 5}),
    ("repvgg", "RepVGG", {"size": "A0", "deploy": True, "classes": 5}),
    ("dueling_dqn", "DuelingDQN", {"actions": 6}),
    ("gcn", "GCN", {"words": 9, "hidden": 4, "topics": 3}),
]


@pytest.mark.parametrize(
    ("name", "written", "setting"), TWINS, ids=[f"{name}-{number}" for number, (name, *_) in enumerate(TWINS)]
)
def test_numbers_are_those_of_a_twin_by_hand(
    name: str, written: str, setting: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All tensors are drawn far from what they start as, so that each of them matters."""
    torch.manual_seed(7)
    monkeypatch.setattr(torch, "randn_like", noise)
    model = archdsl.load(ROOT / "specs" / f"{name}.arch", **setting)
    ours, theirs = model.to_torch().eval(), getattr(by_hand(name), written)(**setting).eval()
    spread(theirs)
    assert set(ours.state_dict()) == set(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict(), strict=True)
    inputs = [drawn(x) for x in example_inputs(model, batch=3, symbols=SYMBOLS)]
    with torch.no_grad():
        for found, wanted in zip(results(ours(*inputs)), results(theirs(*inputs)), strict=True):
            assert wanted.abs().max() < 1e6 and wanted.std() > 1e-4, "numbers that say something"
            torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


def noise(like: Any) -> Any:
    """The same numbers at the same places, where torch.randn_like draws in the order of the memory."""
    return torch.linspace(-2, 2, like.numel()).view(like.shape)


def by_hand(name: str) -> Any:
    """The module of a network written by hand."""
    found = importlib.util.spec_from_file_location(f"twin_{name}", ROOT / "tests" / "handwritten" / f"{name}.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def spread(module: Any) -> None:
    """Tensors far from what they start as, with which numbers neither grow nor fade from layer to layer."""
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 1.5)
            elif tensor.is_floating_point() and tensor.dim() > 1:
                tensor.normal_(0, 1.4 / tensor[0].numel() ** 0.5)
            elif tensor.is_floating_point():
                tensor.normal_(0.5, 0.3)


def drawn(example: Any) -> Any:
    """Integers are drawn from the smallest vocabulary of the settings."""
    if example.dtype == torch.int64:
        return torch.randint(0, 5, example.shape)
    return torch.rand(example.shape)  # the edges of a graph are not negative
