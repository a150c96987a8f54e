"""Where diagnostics gather: one fault is reported once, in the order of the text."""

from __future__ import annotations

import re
from collections.abc import Callable

from archdsl.diagnostics import CODES, Diagnostic, Related, Source, Span, nearest
from archdsl.diagnostics.diagnostic import Edit, Fix
from archdsl.faults.problem import Placed, Problem, Refused, Stop, exceeded
from archdsl.typed import Any

_MOST_AROUND = 3  # places around a fault that are reported, the nearest
_OF_WHAT_IS_MISSING = ("empty", "missing-input")
_OF_BOUNDS = ("limit", "too-large")
_FAULTS = 3  # as many times the diagnostics that are shown: then a check ends
_SEARCHED = 20_000  # characters of what could not be read in which names are looked for
_LONGEST_AROUND = 300  # characters of what is said of such a place


_NOWHERE: Placed = Span(0, 0)


class Around:
    """A place that explains whatever is reported inside of `with`; its text is written when it is first needed."""

    __slots__ = ("_related", "_report", "_text", "at")

    def __init__(self, at: Placed | None, text: Callable[[], str], report: Reporter) -> None:
        self.at, self._text, self._report = at or _NOWHERE, text, report
        self._related: Related | None = None

    def __enter__(self) -> None:
        if self.at is not _NOWHERE:
            self._report.around.append(self)

    def __exit__(self, *_: object) -> None:
        if self.at is not _NOWHERE:
            self._report.around.pop()

    def related(self) -> Related:
        """The place with its text."""
        if self._related is None:
            text = self._text()
            text = text if len(text) <= _LONGEST_AROUND else f"{text[:_LONGEST_AROUND]} …"
            self._related = Related(Span(self.at.start, self.at.end), text)
        return self._related


class Reporter:
    """The diagnostics of one check; of as many errors as nobody reads, it ends the check.

    `shown` is how many diagnostics are shown; without it, nothing bounds the errors.
    """

    def __init__(self, source: Source, ignored: list[tuple[str, int, int]], shown: int | None = None) -> None:
        self.source = source
        self.most = None if shown is None else _FAULTS * shown
        self.lost = False
        self._in_part = self._hushed = self._missing = False
        self._dropped = ""  # what could not be read: what it names is not known
        self._unread: set[tuple[int, int]] = set()  # its lines
        self.errors = 0
        self._refused: list[Refused] = []
        self.around: list[Around] = []
        self._found: list[Diagnostic] = []
        self._told: set[tuple[str, int, int]] = set()
        self._ignored: dict[tuple[int, int], set[str]] = {}
        for code, start, end in ignored:
            self._ignored.setdefault(self._line(start), set()).add(code)
            if code not in CODES:
                self._tell_unknown(code, Span(start, end))

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return self.errors > 0

    @property
    def broken(self) -> bool:
        """Whether there is an error beside claims that fail: what is laid may not be what is meant."""
        wrong = (diagnostic.code for diagnostic in self._found if diagnostic.severity == "error")
        return any(code not in ("claim-shape", "claim-value") for code in wrong)

    def told(self, code: str) -> bool:
        """Whether a diagnostic of this code was found."""
        return any(diagnostic.code == code for diagnostic in self._found)

    def sorted(self) -> list[Diagnostic]:
        """In the order of the text; a warning on a line whose claim fails would tell the same fault twice."""
        failing = {(d.source.base, d.line) for d in self._found if d.code == "claim-shape"}
        kept = [d for d in self._found if d.code != "leftover" or (d.source.base, d.line) not in failing]
        named = {one.span for d in self._found if d.severity == "error" for one in d.related}
        kept = [d for d in kept if d.code != "changed-in" or d.span not in named]
        return sorted(kept, key=lambda d: d.place)

    def within(self, at: Placed | None, text: Callable[[], str]) -> Around:
        """Reports inside are also explained by this place: a use of a block, an iteration of a `for`, a later copy.

        Without a place they are explained by nothing more.
        """
        return Around(at, text, self)

    def way(self) -> tuple[int, ...]:
        """The places that explain what is reported now, the outermost first."""
        return tuple(one.at.start for one in self.around)

    def add(self, diagnostics: list[Diagnostic]) -> None:
        """Report what was found before the check, while reading."""
        for diagnostic in diagnostics:
            self._add(diagnostic)

    def saved(self) -> dict[str, Any]:
        """What was reported so far, to come back to."""
        from copy import copy  # few checks come back to anything

        return {name: copy(value) for name, value in vars(self).items()}

    def bring_back(self, saved: dict[str, Any]) -> None:
        """Take back what was reported since."""
        vars(self).update(saved)

    def refused_since(self, saved: dict[str, Any]) -> list[Refused] | None:
        """The faults since then where all are rules that refuse something; None where another is among them."""
        refused = self._refused[len(saved["_refused"]) :]
        return refused if self.errors - saved["errors"] == len(refused) else None

    def problem(self, problem: Problem, *, lost: bool = True) -> None:
        """Report a fault; `lost` says that a part of the network is missing because of it, so that sums are wrong."""
        self.lost = self.lost or lost
        before = self.errors
        self.tell(
            problem.code,
            problem.message,
            problem.at,
            hint=problem.hint,
            related=problem.related,
            label=problem.label,
            instead=problem.instead,
            values=problem.values,
        )
        self._refused += [problem] if isinstance(problem, Refused) and self.errors > before else []
        for other in problem.beside:
            self.problem(other, lost=lost)

    def tell(
        self,
        code: str,
        message: str,
        at: Placed,
        *,
        hint: str | None = None,
        related: tuple[Related, ...] = (),
        label: str = "",
        instead: tuple[str, ...] = (),
        values: str = "",
    ) -> None:
        """Report something, unless it was reported at this place or is a warning that the line ignores.

        Raises Stop at one error more than there may be.
        """
        if self._in_part and code not in _OF_BOUNDS and (self._hushed or self._follows(code, at)):
            return
        if at.end > len(self.source.text) or at.start < 0:  # a place in another text, as a value given by the caller
            at = Span(0, 0)
        if (code, at.start, at.end) in self._told:
            return
        self._told.add((code, at.start, at.end))
        if CODES[code].severity != "error" and code in self._ignored.get(self._line(at.start), ()):
            return
        around = [one.related() for one in reversed(self.around[-_MOST_AROUND:])]
        part, span = self.source.at(at)
        elsewhere = tuple(self.seen_from(part, one) for one in (*related, *around))
        found = Diagnostic(code, message, span, part, label, elsewhere, hint, instead=instead, values=values)
        self._add(found)
        if self.most is not None and self.errors == self.most + 1 and CODES[code].severity == "error":
            raise Stop(exceeded("diagnostics", f"more than {self.most:,} problems; the rest was not checked", at))

    def _follows(self, code: str, at: Placed) -> bool:
        """Whether something is a warning, or comes of what could not be read: on its line, or named as a part of it."""
        if CODES[code].severity != "error" or code in _OF_WHAT_IS_MISSING or self._line(at.start) in self._unread:
            return True
        if self._missing and code == "unknown-kind":
            return True
        word = self.source.text[at.start : at.end].strip('"').split(".")[0]
        return word.isidentifier() and word in self._dropped

    def read_in_part(self, dropped: tuple[str, ...], *, hushed: bool, missing: bool = False) -> None:
        """Note that texts could not be read; where it is a guess where braces end, nothing is reported of what follows.

        Where a file that is used is missing, nothing is reported of kinds that are not known.
        """
        self._dropped, self._in_part = "\n".join(dropped)[:_SEARCHED], True
        braces = (one.source.text[one.span.start] in "{}" for one in self._found if one.code == "unclosed")
        self._hushed = self.lost = hushed or any(braces)
        self._missing = missing
        self._unread = {(one.source.base, one.line) for one in self._found}

    def knows(self, code: str, at: Placed) -> bool:
        """Whether a fault was reported at this place: then it is not worked out what else could be said of it."""
        return (code, at.start, at.end) in self._told

    def mend_first(self, fix: Fix, because: list[tuple[Placed, str]]) -> None:
        """Give the first error of the text another fix, and the places that explain it."""
        first = min((one for one in self._found if one.severity == "error"), key=lambda one: one.place)
        related = tuple(self.seen_from(first.source, Related(Span(at.start, at.end), text)) for at, text in because)
        mended = first._replace(fix=fix, hint=fix.title, related=(*first.related, *related))
        self._found = [mended if one is first else one for one in self._found]

    def _tell_unknown(self, code: str, at: Span) -> None:
        """Warn of a code that there is not; the near one changes no network, and nothing but what is said."""
        message, close = f"{code or 'nothing'} is not the code of a warning", nearest(code, CODES)
        source, span = self.source.at(at)
        comment = source.text[span.start : span.end]
        right = re.sub(rf"(?<![\w-]){re.escape(code)}(?![\w-])", close, comment) if close is not None else None
        self.tell("unknown-code", message, at, hint=right)
        if right is not None and self._found and self._found[-1].message == message:
            self._found[-1] = self._found[-1]._replace(fix=Fix(right, (Edit(span, right),), safe=True))

    def _line(self, offset: int) -> tuple[int, int]:
        """The text in which a character stands, by its base, and its line there."""
        return self.source.part(offset).base, self.source.position(offset)[0]

    def seen_from(self, around: Source, related: Related) -> Related:
        """A place that explains one in the text `around`, as it is in the text in which it stands itself."""
        part, span = self.source.at(related.span)
        return Related(span, related.text, None if part is around else part)

    def _add(self, diagnostic: Any) -> None:
        self._found.append(diagnostic)
        self.errors += diagnostic.severity == "error"
