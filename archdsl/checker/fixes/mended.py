"""The diagnostics of a text, each with the fix that was found for its line."""

from __future__ import annotations

from collections.abc import Callable

from archdsl.checker.fixes.mend import Changes, Mended, Mender
from archdsl.checker.fixes.seen import Seen, ended
from archdsl.checker.fixes.statement import changed, without_comment
from archdsl.diagnostics import Diagnostic, Span
from archdsl.diagnostics.diagnostic import Edit, Fix

MOST_VISITS = 5_000  # layers visited in the check of a text that is tried
_MOST_LINES = 20  # lines that are mended
_LISTING = "--notation listing"  # in the hint of a text that may be none of ours
_UNREADABLE = ("syntax", "unclosed")
_SHOWN = 120  # characters of a line that are shown; of a longer one, the statements that are changed


def mended(text: str, diagnostics: list[Diagnostic], again: Callable[[str], Seen]) -> list[Diagnostic]:
    """The diagnostics of a text, each with the fix that was found for its line.

    Where a bound ended the check, what is tried would not be read to its end either: then there is none.
    """
    mender, found = Mender(text, again), [*diagnostics]
    if ended(diagnostics):
        return found
    lines = _places(diagnostics, len(mender.lines))
    mender.unread = {at for at, places in lines.items() if any(found[one].code in _UNREADABLE for one in places)}
    made: list[Mended] = []
    for number in sorted(lines)[:_MOST_LINES]:
        first, faults = lines[number][0], [diagnostics[place] for place in lines[number]]
        if faults[0].fix is not None:  # tried before: an input that lies in another order
            mender.keep(_changes(faults[0].source.text, faults[0].fix))
            continue
        mend = mender.mend(number, faults)
        if mend is not None:
            made.append(mend)
            _put(found, lines[number], _fix(faults[0].source.text, mender.lines, mend.changes))
            mender.keep(mend.changes)
        elif mender.said and _LISTING not in (faults[0].hint or ""):
            found[first] = found[first]._replace(hint=mender.said)
    for mend in made:
        places = lines[mend.number]
        fix = found[places[0]].fix
        if fix is not None and mender.certain(mend, [diagnostics[place] for place in places]):
            _put(found, places, fix._replace(safe=True))
    return found


def _put(found: list[Diagnostic], places: list[int], fix: Fix) -> None:
    """Give all faults of a line its fix; the first shows it."""
    for place in places:
        found[place] = found[place]._replace(fix=fix, hint=fix.title if place == places[0] else None)


def _places(diagnostics: list[Diagnostic], lines: int) -> dict[int, list[int]]:
    """Where the faults of each line of the text itself stand among all; only the caller mends one of a limit."""
    found: dict[int, list[int]] = {}
    for place, one in enumerate(diagnostics):
        own = one.severity == "error" and one.source.base == 0 and one.source.text and one.line <= lines
        if own and one.code != "limit":
            found.setdefault(one.line - 1, []).append(place)
    return found


def _changes(text: str, fix: Fix) -> Changes:
    """The lines that a fix puts in place of others."""
    lines = text.split("\n")
    found: Changes = {}
    for span, instead in fix.edits:
        if "\n" in text[span.start : span.end]:
            continue
        at = text.count("\n", 0, span.start)
        start = text.rfind("\n", 0, span.start) + 1
        found[at] = f"{lines[at][: span.start - start]}{instead}{lines[at][span.end - start :]}"
    return found


def _fix(text: str, lines: list[str], changes: Changes) -> Fix:
    """The fix that puts lines in place of others, comments and indentation left as they are."""
    edits, title = [], []
    for number in sorted(changes):
        code, instead = without_comment(lines[number]).rstrip(), changes[number].strip()
        place = sum(len(one) + 1 for one in text.split("\n")[:number])
        indent = len(code) - len(code.lstrip())
        edits.append(Edit(Span(place + indent, place + len(code)), instead))
        title.append(instead if len(instead) <= _SHOWN else changed(code.strip(), instead))
    return Fix(" ... ".join(title), tuple(edits))
