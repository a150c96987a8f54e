"""Formulas over arrays: a million settings of a network against what each costs by a check of its own."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from benchmarks.figures import Figure, interleaved, medians, need, report

COUNT = 1_000_000
RUNS = 9
TEXTS = {
    "params of a perceptron (d, L)": ("params", "model M(d, L)\ninput 784\nFC d\nlayers: { FC d; RELU } x(L)\nFC 10"),
    "macs of a CNN (H, W)": (
        "macs",
        "input HxWx3 where H >= 64, W >= 64\nCONV 64 7x7 s2 p3; MAXPOOL 3 s2 p1\n"
        "CONV 64 3x3 p1\nCONV 128 3x3 s2 p1\nCONV 256 3x3 s2 p1\nCONV 512 3x3 s2 p1",
    ),
}


def main() -> int:
    """Measure both, print the table; the result is an exit status."""
    need("numpy", "lark", "archdsl")
    return report(f"Formulas: {COUNT:,} settings, medians of {RUNS}", [row for name in TEXTS for row in rows(name)])


def rows(name: str) -> list[Figure]:
    """The settings a second, and the ratio to checking each."""
    import numpy

    import archdsl

    unit, text = TEXTS[name]
    formula = archdsl.loads(text).formula(unit)
    numbers = numpy.random.default_rng(0)
    drawn: dict[str, Any] = {each: numbers.integers(64, 1024, COUNT) for each in formula.names}
    one = {each: int(values[0]) for each, values in drawn.items()}
    start = perf_counter()
    found = formula(**drawn)
    first = perf_counter() - start
    if int(found[0]) != archdsl.loads(text, **one).totals[unit]:
        raise RuntimeError("the formula and the check disagree")
    times = medians(interleaved({"bulk": lambda: formula(**drawn), "one": lambda: archdsl.loads(text, **one)}, RUNS))
    return [
        Figure(f"{name}, first time", COUNT / first / 1e6, ">=", 1, "M/s"),
        Figure(f"{name}, settings a second", COUNT / times["bulk"] / 1e6, ">=", 1, "M/s"),
        Figure("a check of one setting / its share", times["one"] / (times["bulk"] / COUNT), unit="x"),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
