"""The known name that a misspelt one was meant to be: one that is near, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LONGEST = 64
_SHORTEST = 3  # of a shorter word nearly every other is near
_ABBREVIATED = 5  # letters of a word that is no abbreviation
_LONG = 8  # letters of a word in which two slips are few
_MANY = 100  # names that are compared one by one; of more, some of those that begin alike
_NEAR = 32  # of these, the last


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one known name that a word is but for a slip, in eight letters or more for two; capitals are no difference.

    Short words are abbreviations: GCN is no GN, though FCC is FC, and FRN, whose first letter is another, is no LRN.
    Another number is meant so.
    A slip is a letter too many, too few or wrong, or two that changed places. None where two names are as near.
    """
    word = word.lower()
    allowed = 2 if len(word) >= _LONG else 1
    close = [name for name in known if abs(len(name) - len(word)) <= allowed]
    if len(close) > _MANY:
        begin = (word[:1], word[:1].upper())
        close = [name for name in close if name.startswith(begin)][-_NEAR:]
    names = {name.lower(): name for name in close}
    if word in names:
        return names[word]
    if not _SHORTEST <= len(word) <= _LONGEST:
        return None
    slips = {name: distance(word, name, allowed) for name in names if not _apart(word, name)}
    least = min(slips.values(), default=allowed + 1)
    found = [name for name, number in slips.items() if number == least]
    return names[found[0]] if least <= allowed and len(found) == 1 else None


def _apart(word: str, name: str) -> bool:
    """Whether two words differ on purpose."""
    first, second = ("".join(filter(str.isdigit, one)) for one in (word, name))
    if first and second and first != second:
        return True
    if len(name) < _SHORTEST:
        return re.sub(r"(.)\1", r"\1", word) != name
    return len(word) < _ABBREVIATED and word[0] != name[0]


def distance(one: str, other: str, most: int) -> int:
    """The slips between two words, or more than `most`; only what is near the diagonal is worked out."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    wide = len(other) + 1
    before: list[int] = []
    row = [min(j, most + 1) for j in range(wide)]
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [most + 1] * wide
        row[0] = min(i, most + 1)
        for j in range(max(1, i - most), min(len(other), i + most) + 1):
            sign = other[j - 1]
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != sign))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == sign:
                cost = min(cost, last[j - 2] + 1)
            row[j] = min(cost, most + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
