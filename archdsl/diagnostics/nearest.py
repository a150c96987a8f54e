"""The known name that a misspelt one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable

_MANY = 100  # names that are compared one by one; of more, some of those that begin alike
_NEAR = 32  # of these, the last


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to `word`, or None where none is close; letter case is no difference."""
    from difflib import get_close_matches  # slow to import, and only errors need it

    word, listed = word.lower()[:64], list(known)
    if len(listed) > _MANY:
        first, length = (word[:1], word[:1].upper()), len(word)
        listed = [name for name in listed if abs(len(name) - length) < 3 and name.startswith(first)][-_NEAR:]
    names = {name.lower(): name for name in listed}
    found = get_close_matches(word, names, n=1, cutoff=0.6)
    return names[found[0]] if found else None
