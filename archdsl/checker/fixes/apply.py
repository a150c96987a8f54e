"""Safe fixes put into a text, step by step: each step is checked, and kept only where nothing is worse for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from archdsl.checker.checked import Checked
from archdsl.checker.fixes.seen import standing
from archdsl.diagnostics import Diagnostic, Source
from archdsl.diagnostics.diagnostic import Edit, Fix
from archdsl.network.likeness import Likeness
from archdsl.typed import NamedTuple, Protocol, TypeVar

_MOST_CHECKS = 60  # of one text


class Looked(Protocol):
    """A text looked at: its checks, of which only the last can fail, at one setting after the other."""

    @property
    def checks(self) -> list[Checked]: ...


T = TypeVar("T", bound=Looked)


class Done(NamedTuple):
    """A fix that is in a text, where it was put in, and how many faults it mends there; lines and columns from 1."""

    code: str
    line: int
    column: int
    title: str
    faults: int


class _FixStep(NamedTuple):
    """A fix with the faults that it mends."""

    fix: Fix
    faults: list[Diagnostic]

    @property
    def done(self) -> Done:
        first = self.faults[0]
        line, column = first.source.position(self.fix.edits[0].span.start)
        return Done(first.code, line, column, self.fix.title, len(self.faults))


def applied(source: Source, found: T, look: Callable[[Source], T]) -> tuple[Source, T, list[Done]]:
    """A text with its safe fixes in it, what was found of it then, and the fixes, in the order of the text.

    Those that do not overlap go in together, or one by one where something is worse for that.
    """
    done: list[Done] = []
    refused: set[Done] = set()
    together = True
    for _ in range(_MOST_CHECKS):
        steps = [step for step in _steps(source, found) if step.done not in refused]
        if not steps:
            break
        tried = steps if together else steps[:1]
        other = Source(source.name, put_in(source.text, [step.fix for step in tried]), source.base, source.mark)
        after = look(other)
        if _is_better(found, after, tried):
            source, found, done = other, after, [*done, *(step.done for step in tried)]
            refused.clear()
        elif len(tried) > 1:
            together = False
        else:
            refused.add(tried[0].done)
    return source, found, sorted(done, key=lambda one: (one.line, one.column))


def put_in(text: str, fixes: list[Fix]) -> str:
    """A text with fixes in it that do not overlap."""
    for span, instead in sorted((edit for fix in fixes for edit in fix.edits), reverse=True):
        text = f"{text[: span.start]}{instead}{text[span.end :]}"
    return text


def _steps(source: Source, found: Looked) -> list[_FixStep]:
    """The safe fixes of a text, each once, without those that overlap one before them."""
    steps: dict[Fix, _FixStep] = {}
    taken: list[Edit] = []
    for one in found.checks[-1].diagnostics:
        fix = one.fix
        if fix is None or not fix.safe or one.source.base or one.source.text != source.text:
            continue
        if fix in steps:
            steps[fix].faults.append(one)
        elif all(_is_plain(source.text, edit) and not _overlaps(edit, taken) for edit in fix.edits):
            steps[fix] = _FixStep(fix, [one])
            taken += fix.edits
    return list(steps.values())


def _is_plain(text: str, edit: Edit) -> bool:
    """Whether an edit leaves the lines of a text in their number, and no `?` of it."""
    goes = text[edit.span.start : edit.span.end]
    return "\n" not in goes + edit.text and "?" not in goes


def _overlaps(edit: Edit, taken: list[Edit]) -> bool:
    """Whether an edit touches another."""
    return any(edit.span.start <= other.span.end and other.span.start <= edit.span.end for other in taken)


def _is_better(before: Looked, after: Looked, steps: list[_FixStep]) -> bool:
    """Whether a text is better for fixes: their lines have no fault left, and none that was right has one now.

    A fault may come to light after one that is mended, in a line that was not judged before. As many of them as there
    were faults are no reason against a fix; more are one, for it may be the fix that is wrong.
    """
    old, new = before.checks[-1], after.checks[-1]
    if len(after.checks) < len(before.checks):
        return False
    if not old.failed:
        return not new.failed and not _more(old.diagnostics, new.diagnostics) and _are_alike(old, new)
    errors, left = _errors(old), _errors(new)
    if len(left) > len(errors) or any(one.code == "limit" for one in left):
        return False
    edited = {_line(step, edit) for step in steps for edit in step.fix.edits}
    stood = standing(old.network, old.source) if old.network is not None else set()
    known = {(one.code, one.line) for one in errors}
    news = {one.line - 1 for one in left if one.source.base == 0 and (one.code, one.line) not in known}
    return news.isdisjoint(stood) and edited.isdisjoint(one.line - 1 for one in left if one.source.base == 0)


def _line(step: _FixStep, edit: Edit) -> int:
    """The line of an edit, from 0."""
    return step.faults[0].source.position(edit.span.start)[0] - 1


def _errors(checked: Checked) -> list[Diagnostic]:
    return [one for one in checked.diagnostics if one.severity == "error"]


def _more(old: list[Diagnostic], new: list[Diagnostic]) -> bool:
    """Whether something is said that was not said before."""
    return bool(Counter((one.code, one.line) for one in new) - Counter((one.code, one.line) for one in old))


def _are_alike(old: Checked, new: Checked) -> bool:
    """Whether two texts are one network."""
    likeness = Likeness()
    return old.network is not None and new.network is not None and likeness.of(old.network) == likeness.of(new.network)
