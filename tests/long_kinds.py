"""The long run of the property of `test_kinds.py`, started by hand: `python tests/long_kinds.py --examples 20000`.

It prints how many lines of all kinds were tried, accepted and refused, and the seconds; a counterexample ends it, made
small. `--kind CONV` tries one kind alone.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from support.attributes import EVERY  # noqa: E402
from test_kinds import run  # noqa: E402
from test_networks import Tally  # noqa: E402

EACH = 100  # lines of a kind with one seed


def main() -> int:
    """Try lines until so many different ones were tried; the exit status is 0 where the property holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20_000, help="how many different lines (20000)")
    parser.add_argument("--kind", choices=EVERY, action="append", help="one kind alone; may be given again")
    parser.add_argument("--seed", type=int, default=0, help="another number draws other lines (0)")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    tally, seed = Tally(), arguments.seed
    while tally.cases < arguments.examples:
        for kind in arguments.kind or EVERY:
            cases, refused = tally.cases, tally.refused
            run(kind, EACH, tally, seed)
            print(f"{kind:<20} {tally.cases - cases:5} lines, {tally.refused - refused:5} refused", flush=True)
        print(tally.line(), flush=True)
        seed += 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
