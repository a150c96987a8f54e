"""A compiled network learns: LeNet-5 on the digits of scikit-learn, in seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
datasets = pytest.importorskip("sklearn.datasets")

import archdsl  # noqa: E402

SPEC = Path(__file__).parents[1] / "specs" / "lenet5_modern.arch"
HELD_OUT = 600


def digits(side: int) -> tuple[Any, Any]:
    """All 1,797 digits of 8x8, enlarged to 28x28 and padded to the side that the network reads, in a fixed order."""
    found = datasets.load_digits()
    images = torch.tensor(found.images, dtype=torch.float32).unsqueeze(1) / 16
    images = torch.nn.functional.interpolate(images, size=(28, 28), mode="bilinear", align_corners=False)
    images = torch.nn.functional.pad(images, ((side - 28) // 2,) * 4)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    return images[order], torch.tensor(found.target)[order]


def train(module: Any, images: Any, labels: Any, epochs: int) -> None:
    optimizer = torch.optim.Adam(module.parameters(), lr=2e-3)
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(module(images[batch]), labels[batch]).backward()
            optimizer.step()


def test_lenet5_learns_digits() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = archdsl.load(SPEC)
    images, labels = digits(model.inputs[0].shape[0])
    module = model.to_torch()
    train(module, images[HELD_OUT:], labels[HELD_OUT:], 8)
    with torch.no_grad():
        right = (module.eval()(images[:HELD_OUT]).argmax(1) == labels[:HELD_OUT]).float().mean()
    assert right > 0.95, f"{100 * right:.1f} % of {HELD_OUT} held out"
