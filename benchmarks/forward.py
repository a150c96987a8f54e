"""ResNet-50: the compiled module against the hand-written one, a forward pass, a training step and the building."""

from __future__ import annotations

import runpy
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.figures import ROOT, Figure, interleaved, medians, need, report, spec_path

if TYPE_CHECKING:
    from torch import nn

PAIRS, STEPS, BUILDS = 30, 15, 15
HANDWRITTEN = ROOT / "tests" / "handwritten" / "resnet50.py"


def main() -> int:
    """Measure both, print the table; the result is an exit status."""
    need("torch", "lark", "archdsl")
    import torch

    import archdsl

    torch.set_num_threads(1)
    spec = spec_path("resnet50")
    by_hand = runpy.run_path(str(HANDWRITTEN))["ResNet50"]
    fresh = iter([archdsl.load(spec) for _ in range(BUILDS + 1)])  # one each, so that no source is kept
    model = next(fresh)
    passes = forward_passes(model.to_torch(), by_hand())
    steps = training_steps(model.to_torch(), by_hand())
    compared = {"source": lambda: next(fresh).to_source(), "compiled": model.to_torch, "by hand": by_hand}
    building = medians(interleaved(compared, BUILDS))
    return report(f"ResNet-50: {PAIRS} interleaved pairs, one thread, batch 1", table(building, passes, steps))


def table(building: dict[str, float], passes: dict[str, list[float]], steps: dict[str, list[float]]) -> list[Figure]:
    """The figures that follow from the times; the ratio of the passes is the median of the pairs' ratios."""
    return [
        Figure("forward, compiled", 1000 * median(passes["compiled"]), unit="ms"),
        Figure("forward, by hand", 1000 * median(passes["by hand"]), unit="ms"),
        Figure("forward, compiled / by hand", ratio(passes), "<=", 1.03, "x"),
        Figure("training step, compiled", 1000 * median(steps["compiled"]), unit="ms"),
        Figure("training step, by hand", 1000 * median(steps["by hand"]), unit="ms"),
        Figure("training step, compiled / by hand", ratio(steps), "<=", 1.03, "x"),
        Figure("source, written once", 1000 * building["source"], unit="ms"),
        Figure("build, compiled", 1000 * building["compiled"], unit="ms"),
        Figure("build, by hand", 1000 * building["by hand"], unit="ms"),
        Figure("build, compiled / by hand", building["compiled"] / building["by hand"], "<=", 1.03, "x"),
    ]


def ratio(times: dict[str, list[float]]) -> float:
    """The median of the pairs' ratios."""
    return median(ours / theirs for ours, theirs in zip(times["compiled"], times["by hand"], strict=True))


def training_steps(compiled: nn.Module, by_hand: nn.Module) -> dict[str, list[float]]:
    """The times of pairs of steps: forward, backward, and SGD; the one by hand has its RELUs in place."""
    import torch

    compiled.load_state_dict(by_hand.state_dict())
    images, labels = torch.randn(2, 3, 224, 224), torch.tensor([1, 2])

    def step(module: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(module(images), labels).backward()
        optimizer.step()

    each = {"compiled": compiled.train(), "by hand": by_hand.train()}
    steps = {name: (module, torch.optim.SGD(module.parameters(), lr=0.01)) for name, module in each.items()}
    return interleaved({name: lambda pair=pair: step(*pair) for name, pair in steps.items()}, STEPS)


def forward_passes(compiled: nn.Module, by_hand: nn.Module) -> dict[str, list[float]]:
    """The times of the pairs, after the modules have been given the same weights and found to agree."""
    import torch

    compiled.load_state_dict(by_hand.state_dict())
    compiled.eval()
    by_hand.eval()
    image = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        torch.testing.assert_close(compiled(image), by_hand(image))
        return interleaved({"compiled": lambda: compiled(image), "by hand": lambda: by_hand(image)}, PAIRS)


if __name__ == "__main__":
    raise SystemExit(main())
