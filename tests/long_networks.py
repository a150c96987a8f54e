"""The long run of the property of `test_networks.py`, started by hand: `python tests/long_networks.py --examples 20000`.

It prints how many networks were tried, accepted and refused, and the seconds; a counterexample ends it, made small.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from test_networks import Tally, run  # noqa: E402


def main() -> int:
    """Try networks until so many different ones were tried; the exit status is 0 where the property holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20_000, help="how many different networks (20000)")
    parser.add_argument("--seed", type=int, default=0, help="another number draws other networks (0)")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    tally, seed = Tally(), arguments.seed
    while tally.cases < arguments.examples:
        run(5_000, tally, seed=seed)
        print(tally.line(), flush=True)
        seed += 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
