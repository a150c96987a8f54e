"""The long run of the property of `test_symbols.py`, started by hand: `python tests/long_symbols.py --pairs 5000`.

It prints how many pairs of a network and its sizes were tried, how many were forbidden, and the seconds; a
counterexample ends it, made small.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from symbols import Tally  # noqa: E402
from test_symbols import run  # noqa: E402


def main() -> int:
    """Try pairs until there are so many; the exit status is 0 where the property holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5_000, help="how many pairs of a network and its sizes (5000)")
    parser.add_argument("--seed", type=int, default=0, help="another number draws other networks (0)")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    tally, seed = Tally(), arguments.seed
    while tally.pairs < arguments.pairs:
        run(1_000, tally, seed=seed)
        print(tally.line(), flush=True)
        seed += 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
