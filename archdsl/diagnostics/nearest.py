"""The known name that a misspelt one was meant to be: one that is near, or none."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 64
_SHORTEST = 3  # of a shorter word nearly every other is near
_LONG = 8  # letters of a word in which two slips are few
_MANY = 1_000  # names that are compared one by one; of more, the last that begin alike


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one known name that a word is but for a slip, in eight letters or more for two; capitals are no difference.

    A slip is a letter too many, too few or wrong, or two that changed places. None where two names are as near.
    """
    word = word.lower()
    names = {name.lower(): name for name in known}
    if word in names:
        return names[word]
    if not _SHORTEST <= len(word) <= _LONGEST:
        return None
    allowed = 2 if len(word) >= _LONG else 1
    close = [name for name in names if abs(len(name) - len(word)) <= allowed]
    if len(close) > _MANY:
        close = [name for name in close if name[:1] == word[:1]][-_MANY:]
    slips = {name: distance(word, name, allowed) for name in close}
    least = min(slips.values(), default=allowed + 1)
    found = [name for name, number in slips.items() if number == least]
    return names[found[0]] if least <= allowed and len(found) == 1 else None


def distance(one: str, other: str, most: int) -> int:
    """The slips between two words, or more than `most`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, sign in enumerate(other, 1):
            cost = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != sign))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == sign:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
