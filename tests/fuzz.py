"""The tests of reliability in any number, by hand: `python tests/fuzz.py KIND --count N [--seed N]`.

Prints each text that breaks something, the shortest for each fault, and ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from harness import broken  # noqa: E402
from hostile.gallery import GALLERY  # noqa: E402
from hostile.listings import LISTINGS  # noqa: E402
from listing_mutants import mutated_listings  # noqa: E402
from mutation import derived, mutants, plausible, runs  # noqa: E402
from names import texts  # noqa: E402


def gallery(count: int, seed: int) -> Iterator[str]:
    """The hostile texts of random counts."""
    makers = [*GALLERY.values(), *LISTINGS.values()]
    for number in range(count):
        rng = random.Random(f"gallery:{seed}:{number}")
        yield rng.choice(makers)(rng.randrange(1, 200))


KINDS = {
    "mutants": mutants,
    "derived": derived,
    "plausible": plausible,
    "listings": mutated_listings,
    "names": texts,
    "gallery": gallery,
    "runs": lambda count, seed: runs(count),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--count", type=int, default=100_000, help="texts; of `runs` the tokens of each")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    found: dict[str, str] = {}
    start = time.monotonic()
    made = 0
    for text in KINDS[given.kind](given.count, given.seed):
        made += 1
        fault = broken(text) or (broken(text, notation="listing") if given.kind == "listings" else None)
        if fault is not None and len(text) < len(found.get(fault, text + " ")):
            found[fault] = text
            print(f"{fault}\n    {text!r}", flush=True)
    print(f"{made:,} texts in {time.monotonic() - start:.0f} s, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
