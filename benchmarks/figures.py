"""What every benchmark shares: the folder of the repository, the table of figures, and medians of interleaved runs."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
REACHED, MISSED, CANNOT_RUN = 0, 1, 2


class Figure(NamedTuple):
    """One number that was measured and the bound that it is to keep: `>=`, `<=` or `==`, or none at all."""

    name: str
    value: float
    relation: str = ""
    bound: float = 0.0
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether the bound is kept; a figure without one always does."""
        kept = {">=": self.value >= self.bound, "<=": self.value <= self.bound, "==": self.value == self.bound}
        return kept.get(self.relation, True)


def need(*modules: str) -> None:
    """End the program with a message when one of the modules cannot be imported."""
    hints = {"torch": "pip install torch", "lark": "pip install -e .", "archdsl": "pip install -e ."}
    for module in modules:
        if importlib.util.find_spec(module) is None:
            print(f"this benchmark needs {module}, which is not installed here: {hints[module]}", file=sys.stderr)
            raise SystemExit(CANNOT_RUN)


def spec_path(name: str) -> Path:
    """The path of a spec of the repository; the program ends with a message where there is none of that name."""
    path = ROOT / "specs" / f"{name}.arch"
    if not path.is_file():
        print(f"this benchmark needs {path}, which does not exist", file=sys.stderr)
        raise SystemExit(CANNOT_RUN)
    return path


def report(title: str, figures: Sequence[Figure]) -> int:
    """Print one table: what was measured, the bound, whether it is kept. The result is an exit status."""
    names = max(len(figure.name) for figure in figures)
    values = max(len(written(figure.value, figure.unit)) for figure in figures)
    print(f"\n{title}\n{'-' * len(title)}")
    for figure in figures:
        line = f"{figure.name:{names}}  {written(figure.value, figure.unit):>{values}}"
        if figure.relation:
            bound = f"{figure.bound:,}" if isinstance(figure.bound, int) else f"{figure.bound:g}"
            line += f"   {'reached' if figure.holds else 'MISSED'} (to reach: {figure.relation} {bound})"
        print(line)
    return REACHED if all(figure.holds for figure in figures) else MISSED


def written(value: float, unit: str) -> str:
    """A number with as many digits as matter, and its unit."""
    if isinstance(value, int) or value == int(value):
        number = f"{int(value):,}"
    else:
        number = f"{value:,.{0 if value >= 1000 else 1 if value >= 100 else 2 if value >= 10 else 3}f}"
    return f"{number} {unit}".rstrip()


def seconds(action: Callable[[], object]) -> float:
    """CPU time of one call, in this process."""
    start = time.process_time()
    action()
    return time.process_time() - start


def interleaved(actions: Mapping[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    """The times of every action: all of them once, then again, in turning order, so that drift meets all alike."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    names = list(actions)
    for turn in range(runs):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            times[name].append(seconds(actions[name]))
    return times


def medians(times: Mapping[str, list[float]]) -> dict[str, float]:
    """The median of every list of times."""
    return {name: median(values) for name, values in times.items()}
