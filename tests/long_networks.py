"""The long run of the property of `test_networks.py`, started by hand: `python tests/long_networks.py --examples 20000`.

It prints how many networks were tried, accepted and refused, and the seconds; a counterexample ends it, made small.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from long_run import long_run  # noqa: E402
from test_networks import Tally, run  # noqa: E402


def main() -> int:
    """Try networks until so many different ones were tried; the exit status is 0 where the property holds."""
    meaning = "how many different networks"
    step = lambda tally, seed: run(5_000, tally, seed=seed)  # noqa: E731
    return long_run(__doc__, "examples", 20_000, meaning, Tally(), step, lambda tally: tally.cases)


if __name__ == "__main__":
    raise SystemExit(main())
