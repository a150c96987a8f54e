"""The long run of the property of `test_windows.py`, started by hand: `python tests/long_windows.py --examples 4500`.

It prints how many networks of convolutions and pools were tried, accepted and refused, and of those refused that
PyTorch runs, why; a counterexample ends it, made small.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from long_run import long_run  # noqa: E402
from test_windows import Windows, run  # noqa: E402


def main() -> int:
    """Try networks until so many different ones were tried; the exit status is 0 where the property holds."""
    step = lambda tally, seed: run(750, tally, seed=seed)  # noqa: E731
    return long_run(
        __doc__, "examples", 4_500, "how many different networks", Windows(), step, lambda tally: tally.cases
    )


if __name__ == "__main__":
    raise SystemExit(main())
