"""What is said of both ends of each axis, in as few numbers as say it."""

from __future__ import annotations

from archdsl.notations.calls.spelling import one
from archdsl.typed import Any


def collapsed(ends: tuple[Any, ...]) -> Any:
    """Sizes of equal ends as one number each, and of equal axes as one number."""
    short = tuple(end[0] if isinstance(end, tuple) and end[0] == end[1] else end for end in ends)
    if all(not isinstance(end, tuple) for end in short):
        return one(short)
    return short if len(short) > 1 else (short[0],)
