"""The seed of the day, with which some tests try other texts every day; it is printed, and given again it repeats them."""

from __future__ import annotations

import os
import time

VARIABLE = "ARCHDSL_DAY"


def today() -> int:
    """Days since 1970, in UTC."""
    return int(time.time()) // 86_400


def day() -> int:
    """The seed of this run: what is given, else that of today."""
    return int(os.environ.get(VARIABLE) or today())
