"""The known name that a misspelt one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to `word`, or None where none is close; letter case is no difference."""
    from difflib import get_close_matches  # slow to import, and only errors need it

    names = {name.lower(): name for name in known}
    found = get_close_matches(word.lower()[:64], names, n=1, cutoff=0.6)
    return names[found[0]] if found else None
