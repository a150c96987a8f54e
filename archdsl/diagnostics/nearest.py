"""The known name that a misspelt one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable

_MANY = 100  # names that are compared one by one; of more, those that begin alike


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to `word`, or None where none is close; letter case is no difference."""
    from difflib import get_close_matches  # slow to import, and only errors need it

    word = word.lower()[:64]
    names = {name.lower(): name for name in known}
    if len(names) > _MANY:
        near = [name for name in names if name[:1] == word[:1] and abs(len(name) - len(word)) < 3]
        names = {name: names[name] for name in near[-_MANY:]}
    found = get_close_matches(word, names, n=1, cutoff=0.6)
    return names[found[0]] if found else None
