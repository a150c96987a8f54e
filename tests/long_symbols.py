"""The long run of the property of `test_symbols.py`, started by hand: `python tests/long_symbols.py --pairs 5000`.

It prints how many pairs of a network and its sizes were tried, how many were forbidden, and the seconds; a
counterexample ends it, made small.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from long_run import long_run  # noqa: E402
from support.symbols import Tally  # noqa: E402
from test_symbols import run  # noqa: E402


def main() -> int:
    """Try pairs until there are so many; the exit status is 0 where the property holds."""
    meaning = "how many pairs of a network and its sizes"
    step = lambda tally, seed: run(1_000, tally, seed=seed)  # noqa: E731
    return long_run(__doc__, "pairs", 5_000, meaning, Tally(), step, lambda tally: tally.pairs)


if __name__ == "__main__":
    raise SystemExit(main())
