"""What is promised of any text, tried each day on others: texts of the seed of the day, and a third of the gallery.

The seed is printed at the end of every run; `ARCHDSL_DAY=N pytest tests/test_daily.py` repeats a day.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz import SHARES, faults
from support.daily import day
from support.hostile.run import MEBIBYTES, SECONDS, names

ROOT = Path(__file__).parents[1]
TEXTS = {"gallery": 10}  # of a kind; of every other
MOST = 200
THIRD = names()[day() % 3 :: 3]
PART = 10  # a tenth of a mebibyte
IN_TIME = 5 * SECONDS / PART  # with what is tried to mend it, which has a bound of its own, on cores that are shared
GROUPS = 8  # processes, each with some of the texts


@pytest.mark.parametrize("kind", SHARES)
def test_texts_of_the_day(kind: str) -> None:
    count = TEXTS.get(kind, MOST)
    assert not faults(kind, count, day()), f"python tests/fuzz.py {kind} --count {count} --seed {day()}"


@pytest.mark.slow
@pytest.mark.parametrize("group", range(GROUPS))
def test_a_third_of_the_gallery(group: int) -> None:
    """Each in a process of its own, within a part of the bounds that hold for a mebibyte."""
    chosen = THIRD[group::GROUPS]
    ran = subprocess.run(
        [sys.executable, "-m", "support.hostile.run", *chosen, "--part", str(PART)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"},
        check=False,
    )
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [one["name"] for one in found] == chosen, ran.stderr[-300:]
    for one in found:
        assert one.get("status") in (0, 1), one
        assert one["seconds"] < IN_TIME, one
        assert one["mebibytes"] < MEBIBYTES, one
