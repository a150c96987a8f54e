"""Text from a spec or a path as it may be printed: nothing in it moves the cursor, colours, hides or reorders."""

from __future__ import annotations

_LONGEST = 600


def inert(text: str, most: int = _LONGEST) -> str:
    """Escape control characters, bidirectional overrides and all else that does not print; shorten what is long."""
    if len(text) > most:
        text = f"{text[: most // 2]} … {text[-most // 2 :]}"
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else escaped(letter) for letter in text)


def escaped(letter: str) -> str:
    """A character as Python would write it: \\x1b, \\u202e."""
    return letter.encode("unicode_escape").decode("ascii")
