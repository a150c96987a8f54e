"""A hundred thousand lines: their check against building and running the same `nn.Sequential` on the meta device."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import CANNOT_RUN, ROOT, Figure, need, report, seconds

MANY, FEW = 100_000, 1_000
ROUNDS = 3
FEW_RUNS = 5  # short ones in each round
GIB = 2**30


def main() -> int:
    """Measure both kinds of text, print a table of each; the result is an exit status."""
    need("torch", "lark", "archdsl")
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--measure", nargs=3, metavar=("SUBJECT", "VARIANT", "COUNT"), help=argparse.SUPPRESS)
    asked = options.parse_args().measure
    if asked:
        subject, variant, count = asked
        print(json.dumps(SUBJECTS[subject](variant, int(count))))
        return 0
    return max(compare(variant) for variant in ("equal", "different"))


def compare(variant: str) -> int:
    """Three rounds of fresh processes, interleaved, and the table of one variant."""
    many, few, torch = [], [], []
    for _ in range(ROUNDS):
        many.append(measured("check", variant, MANY))
        few += [measured("check", variant, FEW) for _ in range(FEW_RUNS)]
        torch.append(measured("torch", variant, MANY))
    if {run["params"] for run in many} != {run["params"] for run in torch}:
        raise RuntimeError("the check and PyTorch count different parameters")
    return report(f"{MANY:,} lines, {variant}: fresh processes, imports left out", table(variant, many, few, torch))


def table(
    variant: str, many: list[dict[str, float]], few: list[dict[str, float]], torch: list[dict[str, float]]
) -> list[Figure]:
    """The figures that follow from the runs."""
    check, short, meta = (median(run["seconds"] for run in runs) for runs in (many, few, torch))
    return [
        Figure(f"check, {MANY:,} lines", check, unit="s"),
        Figure(f"check, {FEW:,} lines", 1000 * short, unit="ms"),
        Figure(f"nn.Sequential on meta, {MANY:,} layers", meta, unit="s"),
        Figure("nn.Sequential / check", meta / check, ">=", 5 if variant == "different" else 3, "x"),
        Figure(f"time per line at {MANY:,} / at {FEW:,}", (check / MANY) / (short / FEW), "<=", 1.3, "x"),
        Figure("largest memory of the check", max(run["bytes"] for run in many) / GIB, "<=", 1, "GiB"),
    ]


def measured(subject: str, variant: str, count: int) -> dict[str, float]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.lines", "--measure", subject, variant, str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{' '.join(command)} failed:\n{done.stderr}", file=sys.stderr)
        raise SystemExit(CANNOT_RUN)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def layers(variant: str, count: int) -> Iterator[tuple[int, int]]:
    """Output channels and padding of each layer; the kernel is 2*padding + 1, so 32x32 stays."""
    for number in range(count):
        yield (8, 1) if variant == "equal" else (1 + number * 7 % 61, number % 4)


def text(variant: str, count: int) -> str:
    """The spec: equal lines are the same text; different ones have names, channels and kernels of their own."""
    lines = ["model Lines", "input 32x32x8"]
    for number, (channels, pad) in enumerate(layers(variant, count)):
        name = "" if variant == "equal" else f"conv{number}: "
        lines.append(f"{name}CONV {channels} {2 * pad + 1}x{2 * pad + 1} p{pad}")
    return "\n".join(lines) + "\n"


def check(variant: str, count: int) -> dict[str, float]:
    """The check of the text in this process, after a short one that loads what is loaded late."""
    import archdsl

    limits = archdsl.Limits(file=GIB, tokens=100 * count, visits=100 * count)
    archdsl.loads(text(variant, 2))
    source = text(variant, count)
    found: dict[str, float] = {}
    found["seconds"] = seconds(lambda: found.update(_totals(archdsl.loads(source, limits=limits))))
    return found | {"bytes": peak()}


def _totals(model: object) -> dict[str, float]:
    return {"params": model.params, "macs": model.macs}  # type: ignore[attr-defined]


def meta(variant: str, count: int) -> dict[str, float]:
    """Building the layers, running them once and counting their parameters, on the meta device."""
    build_and_run(variant, 2)
    found: dict[str, float] = {}
    found["seconds"] = seconds(lambda: found.update(params=build_and_run(variant, count)))
    return found | {"bytes": peak()}


def build_and_run(variant: str, count: int) -> int:
    """The same layers as PyTorch's; the result is the number of parameters."""
    import torch
    from torch import nn

    convolutions, channels = [], 8
    for out, pad in layers(variant, count):
        convolutions.append(nn.Conv2d(channels, out, 2 * pad + 1, padding=pad, device="meta"))
        channels = out
    model = nn.Sequential(*convolutions)
    with torch.no_grad():
        model(torch.empty(1, 8, 32, 32, device="meta"))
    return sum(parameter.numel() for parameter in model.parameters())


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else 1024 * largest


SUBJECTS = {"check": check, "torch": meta}

if __name__ == "__main__":
    raise SystemExit(main())
