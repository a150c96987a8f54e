"""The tests of reliability in any number, by hand: `python tests/fuzz.py KIND --count N [--seed N] [--processes N]`.

`python tests/fuzz.py all --count 1000000` is a million texts of all kinds, on all processors. Without `--seed` the seed
is that of the day, and it is printed. Prints each text that breaks something, the shortest for each fault, and ends with
1 where there is one.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from support.daily import day  # noqa: E402
from support.harness import broken  # noqa: E402
from support.hostile.gallery import GALLERY  # noqa: E402
from support.hostile.listings import LISTINGS  # noqa: E402
from support.listing_mutants import mutated_listings  # noqa: E402
from support.mutation import derived, mutants, plausible, runs  # noqa: E402
from support.names import texts  # noqa: E402


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


SHARES = ("mutants", "derived", "plausible", "listings", "names", "gallery")  # of `all`, in equal parts
_JOB = 250  # texts that one process makes before it takes the next


class Job(NamedTuple):
    """Some texts of a kind, which the seed decides."""

    kind: str
    count: int
    seed: int


def jobs(kind: str, count: int, seed: int) -> list[Job]:
    """The texts of a kind or of all kinds, in jobs with seeds of their own."""
    if kind == "runs":
        return [Job(kind, count, seed)]
    kinds = SHARES if kind == "all" else (kind,)
    each = -(-count // len(kinds))
    if each <= _JOB:
        return [Job(one, each, seed) for one in kinds]
    return [
        Job(one, min(_JOB, each - at), seed * 1_000_000 + at // _JOB) for at in range(0, each, _JOB) for one in kinds
    ]


def faults(kind: str, count: int, seed: int) -> dict[str, str]:
    """What breaks, each with the shortest text that breaks it so."""
    found: dict[str, str] = {}
    for text in KINDS[kind](count, seed):
        fault = broken(text) or (broken(text, notation="listing") if kind == "listings" else None)
        if fault is not None and len(text) < len(found.get(fault, text + " ")):
            found[fault] = text
    return found


def _faults(job: Job) -> tuple[Job, dict[str, str]]:
    return job, faults(*job)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=[*KINDS, "all"])
    parser.add_argument("--count", type=int, default=100_000, help="texts; of `runs` the tokens of each")
    parser.add_argument("--seed", type=int, default=day(), help="that of the day, where none is given")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    found: dict[str, str] = {}
    start, todo = time.monotonic(), jobs(given.kind, given.count, given.seed)
    with Pool(min(given.processes, len(todo))) as pool:
        for job, those in pool.imap_unordered(_faults, todo):
            for fault, text in those.items():
                if len(text) < len(found.get(fault, text + " ")):
                    found[fault] = text
                    print(f"{job.kind} --count {job.count} --seed {job.seed}: {fault}\n    {text!r}", flush=True)
    made = "all runs" if given.kind == "runs" else f"{sum(job.count for job in todo):,} texts"
    print(f"{made} in {time.monotonic() - start:.0f} s, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
