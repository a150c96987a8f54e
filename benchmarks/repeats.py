"""Repeats within repeats: a thousand million layers against eight, in one process."""

from __future__ import annotations

from benchmarks.figures import Figure, interleaved, medians, need, report

RUNS = 201
PARAMS = 4 * 4 * 3 * 3 + 4  # of one CONV 4 3x3 on four channels
MACS = 16 * 16 * 4 * 4 * 3 * 3


def main() -> int:
    """Measure both, print the table; the result is an exit status."""
    need("lark", "archdsl")
    import archdsl

    few, many = archdsl.loads(text(2)), archdsl.loads(text(1000))
    actions = {"few": lambda: archdsl.loads(text(2)), "many": lambda: archdsl.loads(text(1000))}
    times = medians(interleaved(actions, RUNS))
    exact = [
        Figure("params of x2 of x2 of x2", few.params, "==", 2**3 * PARAMS),
        Figure("params of x1000 of x1000 of x1000", many.params, "==", 1000**3 * PARAMS),
        Figure("macs of x1000 of x1000 of x1000", many.macs, "==", 1000**3 * MACS),
    ]
    timed = [
        Figure("check of x2 of x2 of x2", 1000 * times["few"], unit="ms"),
        Figure("check of x1000 of x1000 of x1000", 1000 * times["many"], unit="ms"),
        Figure("x1000 / x2", times["many"] / times["few"], "<=", 1.05, "x"),
    ]
    return report(f"Repeats: medians of {RUNS} interleaved checks in one process", exact + timed)


def text(count: int) -> str:
    """One convolution, repeated `count` times, three deep."""
    return f"model Repeats\ninput 16x16x4\n{{ {{ CONV 4 3x3 p1 x{count} }} x{count} }} x{count}\n"


if __name__ == "__main__":
    raise SystemExit(main())
