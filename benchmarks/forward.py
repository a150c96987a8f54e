"""ResNet-50: the compiled module against the hand-written one, a forward pass, a training step and the building."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.figures import ROOT, Figure, interleaved, medians, need, report, spec_path

if TYPE_CHECKING:
    from torch import nn

    import archdsl

PAIRS, STEPS, BUILDS = 30, 15, 15
IN_PLACE = ("compiled, in place", "by hand, in place")
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
    passes = forward_passes(model, by_hand)
    steps = training_steps(model, by_hand)
    compared = {"source": lambda: next(fresh).to_source(), "compiled": model.to_torch, "by hand": by_hand}
    building = medians(interleaved(compared, BUILDS))
    return report(f"ResNet-50: {PAIRS} interleaved pairs, one thread, batch 1", table(building, passes, steps))


def table(building: dict[str, float], passes: dict[str, list[float]], steps: dict[str, list[float]]) -> list[Figure]:
    """The figures that follow from the times; the ratio of the passes is the median of the pairs' ratios."""
    return [
        *compared("forward", passes),
        *compared("training step", steps),
        Figure("source, written once", 1000 * building["source"], unit="ms"),
        Figure("build, compiled", 1000 * building["compiled"], unit="ms"),
        Figure("build, by hand", 1000 * building["by hand"], unit="ms"),
        Figure("build, compiled / by hand", building["compiled"] / building["by hand"], "<=", 1.03, "x"),
    ]


def compared(what: str, times: dict[str, list[float]]) -> list[Figure]:
    """What was timed, like against like; without a bound, what it costs that nothing is written over."""
    return [
        *(Figure(f"{what}, {name}", 1000 * median(found), unit="ms") for name, found in times.items()),
        Figure(f"{what}, compiled / by hand", ratio(times, "compiled", "by hand"), "<=", 1.03, "x"),
        Figure(f"{what}, compiled / by hand, in place", ratio(times, *IN_PLACE), "<=", 1.03, "x"),
        Figure(f"{what}, not in place / in place", ratio(times, "compiled", IN_PLACE[1]), unit="x"),
    ]


def ratio(times: dict[str, list[float]], ours: str, theirs: str) -> float:
    """The median of the pairs' ratios."""
    return median(one / other for one, other in zip(times[ours], times[theirs], strict=True))


def modules(model: archdsl.Model, by_hand: Callable[[], nn.Module]) -> dict[str, nn.Module]:
    """The compiled module and the one by hand, both in place and not, with the same weights."""
    found = {"compiled": model.to_torch(), "by hand": by_hand()}
    found |= {IN_PLACE[0]: model.to_torch(inplace=True), IN_PLACE[1]: by_hand()}
    for part in found["by hand"].modules():
        if hasattr(part, "inplace"):
            part.inplace = False
    for module in found.values():
        module.load_state_dict(found["by hand"].state_dict())
    return found


def training_steps(model: archdsl.Model, by_hand: Callable[[], nn.Module]) -> dict[str, list[float]]:
    """The times of steps of batch 2: forward, backward, and SGD."""
    import torch

    images, labels = torch.randn(2, 3, 224, 224), torch.tensor([1, 2])

    def step(module: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(module(images), labels).backward()
        optimizer.step()

    each = {name: module.train() for name, module in modules(model, by_hand).items()}
    steps = {name: (module, torch.optim.SGD(module.parameters(), lr=0.01)) for name, module in each.items()}
    return interleaved({name: lambda pair=pair: step(*pair) for name, pair in steps.items()}, STEPS)


def forward_passes(model: archdsl.Model, by_hand: Callable[[], nn.Module]) -> dict[str, list[float]]:
    """The times of forward passes of batch 1, after the modules have been found to agree."""
    import torch

    each = {name: module.eval() for name, module in modules(model, by_hand).items()}
    image = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        for module in each.values():
            torch.testing.assert_close(module(image), each["by hand"](image))
        return interleaved({name: lambda module=module: module(image) for name, module in each.items()}, PAIRS)


if __name__ == "__main__":
    raise SystemExit(main())
