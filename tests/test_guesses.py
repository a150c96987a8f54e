"""What a new user types first is accepted, or answered by a text that works: `tests/data/guesses.txt` says what each means."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

import archdsl
from archdsl.diagnostics import Diagnostic

GUESSES = Path(__file__).parent / "data" / "guesses.txt"


class Guess(NamedTuple):
    """Lines that are typed below others, and what they mean: a text, or words that a message says."""

    before: tuple[str, ...]
    lines: tuple[str, ...]
    sign: str
    meaning: str

    @property
    def text(self) -> str:
        return "\n".join([*self.before, *self.lines, ""])

    @property
    def right(self) -> str:
        return "\n".join([*self.before, self.meaning, ""])


def guesses() -> list[Guess]:
    found, before, lines = [], (), []
    for line in GUESSES.read_text(encoding="utf-8").split("\n"):
        sign, rest = line[:1], line[2:]
        if line.startswith("at"):
            before = tuple(part.strip() for part in rest.split(";") if part.strip())
        elif sign == ">":
            lines.append(rest)
        elif sign and sign in "=!":
            found.append(Guess(before, tuple(lines), sign, rest))
            lines = []
    return found


def fixed(text: str, diagnostics: list[Diagnostic]) -> str:
    """A text with the fixes of its diagnostics put in, each once, from the end."""
    fixes = {one.fix.edits: one.fix for one in diagnostics if one.fix is not None}
    edits = [edit for edits in fixes for edit in edits]
    for span, instead in sorted(edits, reverse=True):
        text = text[: span.start] + instead + text[span.end :]
    return text


@pytest.mark.parametrize("guess", guesses(), ids=lambda guess: " / ".join(guess.lines))
def test_a_first_guess_is_accepted_or_answered(guess: Guess) -> None:
    """The answer is the same network as what is meant, to the last line of its PyTorch source."""
    try:
        source = archdsl.loads(guess.text, notation="arch").to_source()
    except archdsl.ArchError as error:
        found = error.diagnostics
        if guess.sign == "!":
            assert guess.meaning in " ".join(one.hint or "" for one in found)
            return
        assert found[0].fix is not None, str(error)
        assert found[0].hint == found[0].fix.title
        source = archdsl.loads(fixed(guess.text, found), notation="arch").to_source()
    assert guess.sign == "=", "accepted, and it cannot be written"
    assert source == archdsl.loads(guess.right, notation="arch").to_source()


def test_there_are_many_guesses() -> None:
    assert len(guesses()) > 180
