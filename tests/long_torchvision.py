"""The specs that carry torchvision's names against torchvision itself, started by hand: `python tests/long_torchvision.py`.

For every size of every family: the same names and shapes in the `state_dict`, its weights load with `strict=True`,
the same numbers come out in evaluation, and `FlopCounterMode` counts our macs in its pass in training, and in
evaluation those of the spec without `aux`. `--only swin` picks networks by a part of their name, `--macs` counts alone.

torchvision has to be installed, 0.28.0 beside PyTorch 2.13; without its compiled operators (`pip install --no-deps
torchvision==0.28.0`) it imports all the same, for those that are missing are declared here.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

import torch  # noqa: E402
from support.compare import tensor_sizes  # noqa: E402
from support.zoo import ZOO, Entry  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

import archdsl  # noqa: E402


def torchvision_models() -> Any:
    """torchvision's models; operators that its compiled part would bring are declared as they are missed."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    while True:
        try:
            import torchvision.models

            return torchvision.models
        except RuntimeError as fault:
            missing = re.search(r"operator torchvision::(\w+) does not exist", str(fault))
            if missing is None:
                raise
            library.define(f"{missing[1]}(Tensor x) -> Tensor")
            for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
                del sys.modules[name]


def compare(entry: Entry, models: Any) -> str:
    """What differs between a spec and torchvision's network; empty where nothing does."""
    torch.manual_seed(0)
    builder = getattr(getattr(models, entry.part) if entry.part else models, entry.name)
    theirs = builder(weights=None, **entry.builder).eval()
    ours = archdsl.load(entry.path, **entry.setting).to_torch().eval()
    want, have = theirs.state_dict(), ours.state_dict()
    odd = sorted(set(want) ^ set(have))[:6]
    if odd:
        return f"names: {', '.join(odd)}"
    if entry.ordered and list(want) != list(have):
        return "the order of the names"
    shapes = [name for name in want if want[name].shape != have[name].shape]
    if shapes:
        return f"shapes: {', '.join(f'{n} {tuple(want[n].shape)} {tuple(have[n].shape)}' for n in shapes[:3])}"
    spread(theirs)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    x = torch.randn(1, *entry.input)
    with torch.no_grad():
        wanted, found = theirs(x), ours(x)
    found = found[0] if isinstance(found, tuple) else found
    wanted = wanted["out"] if isinstance(wanted, dict) else wanted
    worst = (wanted - found).abs().max().item() / max(wanted.abs().max().item(), 1e-30)
    return "" if worst < 1e-4 else f"outputs differ by {worst:.2g} of the largest"


def compare_macs(entry: Entry, models: Any) -> str:
    """What differs between the macs of a spec and those that PyTorch counts in torchvision's network."""
    builder = getattr(getattr(models, entry.part) if entry.part else models, entry.name)
    theirs = builder(weights=None, **entry.builder).to("meta")
    without = {"aux": False} if "aux" in entry.setting else {}
    for training, setting in ((True, entry.setting), (False, {**entry.setting, **without})):
        model = archdsl.load(entry.path, **setting)
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            theirs.train(training)(torch.empty(tensor_sizes(model.inputs[0]), device="meta"))
        counted = counter.get_total_flops()
        if 4 * model.macs != counted:  # two samples, two flops for each
            return f"macs {'in training' if training else 'in evaluation'}: {model.macs:,}, counted {counted / 4:,.0f}"
    return ""


def spread(module: Any) -> None:
    """Statistics and scales that are not those of an untrained network, so that every tensor matters."""
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 1.5)
            elif name.endswith(("running_mean", "bias", "layer_scale", "relative_position_bias_table")):
                tensor.normal_(0, 0.1)


def main() -> int:
    """Compare all, a line each; the exit status is the number of networks that differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="networks with this in their name")
    parser.add_argument("--macs", action="store_true", help="only the macs")
    arguments = parser.parse_args()
    models, wrong = torchvision_models(), 0
    for entry in ZOO:
        if arguments.only in entry.name:
            start = time.perf_counter()
            difference = compare_macs(entry, models) or ("" if arguments.macs else compare(entry, models))
            wrong += bool(difference)
            print(f"{entry.name:<22} {time.perf_counter() - start:6.1f} s  {difference or 'equal'}", flush=True)
    return min(wrong, 100)


if __name__ == "__main__":
    raise SystemExit(main())
