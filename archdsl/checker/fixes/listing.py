"""Numbers of a listing that are mended: put in the place of a fault, and the listing checked again."""

from __future__ import annotations

from collections.abc import Callable

from archdsl.checker.fixes.seen import Seen, ended, errors, faults_of
from archdsl.diagnostics import Diagnostic
from archdsl.diagnostics.diagnostic import Edit, Fix

_MOST = 8  # faults that are mended


def mended_listing(seen: Seen, text: str, again: Callable[[str], Seen]) -> list[Diagnostic]:
    """The diagnostics of a listing, each with the text for its place with which nothing is wrong with its line."""
    found, left = [*seen.diagnostics], _MOST
    if ended(found):
        return found
    for at, one in enumerate(found):
        for word in one.instead[:1] if one.source.base == 0 and left > 0 else ():
            left -= 1
            tried = again(f"{text[: one.span.start]}{word}{text[one.span.end :]}")
            if not faults_of(tried.diagnostics, one.line - 1) and errors(tried) <= errors(seen):
                found[at] = one._replace(fix=Fix(word, (Edit(one.span, word),)), hint=word)
    return found
