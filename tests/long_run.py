"""What the long runs of properties share: the command line, the seeds one after the other, a line after each."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from typing import Any


def long_run(
    doc: str | None,
    option: str,
    default: int,
    meaning: str,
    tally: Any,
    step: Callable[[Any, int], None],
    count: Callable[[Any], int],
) -> int:
    """Take steps, each with the next seed, until the tally counts what `option` asks; 0, for a fault raises."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument(f"--{option}", dest="wanted", type=int, default=default, help=f"{meaning} ({default})")
    parser.add_argument("--seed", type=int, default=0, help="another number draws other networks (0)")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    seed = arguments.seed
    while count(tally) < arguments.wanted:
        step(tally, seed)
        print(tally.line(), flush=True)
        seed += 1
    return 0
