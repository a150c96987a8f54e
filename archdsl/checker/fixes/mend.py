"""The lines of a text that have faults, each with a text that mends it: proposed, tried in its place, kept if it holds.

A line may have several faults, so it is mended step by step: what takes the first fault away is gone on with, up to a
line without any. Lines are gone through from the top, each tried with those above it mended. Everything is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeAlias

from archdsl.checker.fixes import habits, incoming, inside, whole, words
from archdsl.checker.fixes.assign import assigned
from archdsl.checker.fixes.proposal import Either, Fault
from archdsl.checker.fixes.statement import apart, changed, statement_at, tail_of, without_comment
from archdsl.checker.fixes.translate import lines_of
from archdsl.diagnostics import Diagnostic, Related, Source, Span
from archdsl.diagnostics.diagnostic import Edit, Fix
from archdsl.faults.work import PER_VISIT
from archdsl.limits import raising
from archdsl.network.nodes import Leaf, Network, postorder
from archdsl.notations.calls.call import program
from archdsl.notations.calls.draft import Around, Unwritable
from archdsl.sizes.shape import Shape

MOST_VISITS = 5_000  # layers visited in the check of a text that is tried
_MOST_LINES = 20  # lines that are mended
_MOST_TRIES = 32  # texts that are tried for one line
_MOST_TEXT = 400_000  # characters of all texts that are tried
_MOST_WORK = 20_000  # layers visited in all of them; steps are counted with these
_LISTING = "--notation listing"  # in the hint of a text that may be none of ours
_DEEPEST = 6  # faults of one line that are mended one after the other
_LONGEST = 1_000  # characters of a line that is mended
_SHOWN = 120  # characters of a line that are shown; of a longer one, the statements that are changed
_CLAIMS = ("claim-shape", "claim-value")  # what a line may still have: it reads as it was meant
_OF_WORDS = (  # faults of how a line is written, of which a further step may be of use
    *("syntax", "unclosed", "unknown-kind", "unknown-option", "unknown-name", "unknown-unit", "missing-value"),
    *("too-many-values", "wrong-type", "out-of-range", "missing-input", "ambiguous-word", "invalid-name"),
    *("rank-mismatch", "duplicate-name", "claim-shape", "claim-value"),
)
_UNREADABLE = ("syntax", "unclosed")
_ENDING = (raising("visits"), raising("diagnostics"))
_NAMES = re.compile(r"(?:^|[;{])[ \t]*(?:input[ \t]+)?(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*:", re.MULTILINE)
_BLOCKS = re.compile(r"^[ \t]*block[ \t]+(\w+)", re.MULTILINE)
_IN_DOUBT = "MENDEDLATER"  # a kind that there is not, in place of a line that cannot be read


Changes: TypeAlias = dict[int, str]  # lines by their numbers, which count from 0


class Seen(Protocol):
    """What a check found: its diagnostics, and the network as far as it is known."""

    @property
    def diagnostics(self) -> list[Diagnostic]: ...

    @property
    def network(self) -> Network | None: ...

    @property
    def visits(self) -> int: ...

    @property
    def steps(self) -> int: ...


class Spent(Exception):
    """The bound on tries is reached."""


class Mender:
    """Mends the lines of one text; `again` checks a text as the first was checked."""

    def __init__(self, text: str, again: Callable[[str], Seen]) -> None:
        self.lines = text.split("\n")
        self.again = again
        self.unread: set[int] = set()  # lines that cannot be read, and are not mended
        self.said = self._left_over = self._weak = ""
        self._words: tuple[frozenset[str], frozenset[str]] | None = None
        self._left, self._work = _MOST_TEXT, _MOST_WORK
        self._tries = 0
        self._seen: dict[str, Seen] = {}

    # ---- trying

    def _check(self, number: int, line: str) -> Seen:
        """The text with one line in place of that of this number, and what cannot be read elsewhere taken out."""
        lines = [*self.lines]
        for at in self.unread:
            lines[at] = in_doubt(lines[at])
        lines[number] = line
        text = "\n".join(lines)
        if text not in self._seen:
            self._tries += 1
            self._left -= len(text)
            if self._tries > _MOST_TRIES or self._left < 0 or self._work < 0:
                raise Spent
            seen = self._seen[text] = self.again(text)
            self._work -= seen.visits + seen.steps // PER_VISIT
        return self._seen[text]

    def faults(self, number: int, line: str) -> list[Fault]:
        """What is wrong with the line of this number, if it reads so; raises Spent where that was not found out."""
        found = self._check(number, line).diagnostics
        if _ended(found):
            raise Spent
        return faults_of(found, number)

    def around(self, number: int, line: str, start: int, end: int) -> Around:
        """What is known around a statement of a line: asked of a line that passes on what it reads."""
        names, kinds = self._known()
        statement = line[start:end]
        reads = re.search(r"<-[^-]*", statement[tail_of(statement) :])
        named = next((word for word in re.findall(r"\w+", statement) if word in names), None)
        ways = [reads.group()] if reads else ["", *([f"<- {named}"] if named else [])]
        shapes = (self._shape(number, f"{line[:start]}ID {way}", line[end:], start) for way in ways)
        return Around(next((shape for shape in shapes if shape is not None), None), names, kinds)

    def _shape(self, number: int, before: str, behind: str, start: int) -> Shape | None:
        """What a line reads that passes it on."""
        try:
            seen = self._check(number, before + behind)
        except Spent:
            return None
        return _shape_at(seen.network, sum(len(one) + 1 for one in self._lines_before(number)) + start)

    def _known(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names before a colon, and those of blocks, anywhere in the text."""
        if self._words is None:
            text = "\n".join(self.lines)
            names = (name for found in _NAMES.finditer(text) for name in re.findall(r"\w+", found[1]))
            self._words = frozenset(names), frozenset(_BLOCKS.findall(text))
        return self._words

    def _lines_before(self, number: int) -> Iterator[str]:
        for at, one in enumerate(self.lines[:number]):
            yield in_doubt(one) if at in self.unread else one

    # ---- mending

    def keep(self, changes: Changes) -> None:
        """Put a fix in: what stands below is tried with it."""
        for number, line in changes.items():
            self.lines[number] = line
            self.unread.discard(number)

    def mend(self, number: int, found: list[Diagnostic]) -> Changes:
        """The lines with which one has no fault, by their numbers; `said` is what to say where none are found."""
        self._tries, self.said, self._left_over, self._weak = 0, "", "", ""
        code, faults = without_comment(self.lines[number]).rstrip(), faults_of(found, number)
        if len(code) > _LONGEST or "?" in code:  # a number that nobody knows is no slip
            return {}
        try:
            changes = self._first(number, incoming.named(self.lines, number, found[0]))
            changes = changes or self._first(number, inside.within(self.lines, number, found[0]))
            line = self._search(number, code, faults, {code}, 0) if not changes else None
            if line is not None:
                return {number: line}
            grey = incoming.grey(self.lines[:number]) if found[0].code == "rank-mismatch" else ()
            changes = changes or self._first(number, grey)
        except Spent:
            changes = {}
        self.said = self.said or self._left_over or self._weak
        return changes

    def _first(self, number: int, ways: Iterable[Changes]) -> Changes:
        """The first changes of several lines with which a line has no fault."""
        for changes in ways:
            if changes and self._holds(changes, number):
                return changes
        return {}

    def _holds(self, changes: Changes, number: int) -> bool:
        """Whether nothing is wrong with a line where others are changed, and no other line has more faults for it."""
        kept = self.lines
        before = self._check(number, kept[number])
        self.lines = [changes.get(at, line) for at, line in enumerate(kept)]
        try:
            after = self._check(number, self.lines[number])
        finally:
            self.lines = kept
        return not faults_of(after.diagnostics, number) and _errors(after) < _errors(before)

    def _search(self, number: int, line: str, faults: list[Fault], seen: set[str], depth: int) -> str | None:
        """A line without faults, from one with some: what takes the first away is gone on with.

        A claim that fails may stay, and is what its author wrote.
        """
        claimed: str | None = None
        for proposal in self._proposals(number, line, faults[0] if depth == 0 else faults[0]._replace(values="")):
            if isinstance(proposal, tuple):
                self._either(number, proposal)
                continue
            if proposal in seen or not proposal.strip():
                continue
            seen.add(proposal)
            left = self.faults(number, proposal)
            if not left:
                return proposal
            gone = all((one.code, one.message) != faults[0][:2] for one in left)
            if all(fault.code in _CLAIMS for fault in left) and faults[0].code not in _CLAIMS:
                claimed = claimed or (proposal if _claims(proposal) == _claims(line) else None)
            elif gone and depth < _DEEPEST and left[0].code in _OF_WORDS:
                found = self._search(number, proposal, left, seen, depth + 1)
                if found is not None:
                    return found
            told = gone and depth == 0 and faults[0].code in _OF_WORDS and left[0].code not in _UNREAD
            if told and _claims(proposal) == _claims(line):
                self._left_over = self._left_over or f"read as `{proposal.strip()}`, {left[0].message}"
        return claimed

    def _either(self, number: int, lines: tuple[tuple[str, str], ...]) -> None:
        """Say which of some lines hold, where only the author knows which is meant."""
        held = [f"{line.strip()} ({does})" for line, does in lines if not self.faults(number, line)]
        self.said = self.said or " or ".join(held)

    def _proposals(self, number: int, line: str, fault: Fault) -> Iterator[str | tuple[tuple[str, str], ...]]:
        """Lines that may be meant, the likeliest first; several together where only the author knows which."""
        if fault.values:
            yield from assigned(line, fault.values, fault.start, above=fault.code in _CLAIMS)
        start, end = statement_at(line, fault.start)
        text = line[start:end]

        def around() -> Around:
            return self.around(number, line, start, end)

        for one in self._translated(text, line, number, around):
            yield f"{line[:start]}{one}{line[end:]}"
        try:
            for other in words.proposals(apart(text), fault, around):
                if isinstance(other, Either):
                    yield tuple((f"{line[:start]}{one}{line[end:]}", does) for one, does in other.texts)
                else:
                    yield f"{line[:start]}{other}{line[end:]}"
        except Unwritable as reason:
            self._say(reason, line, number)
        yield from whole.proposals(self.lines, number, line, (start, end), fault)
        known = (self.said or self._weak) and fault.code == "unknown-kind"
        for word in (*fault.instead, *words.aliases(fault, line[fault.start : fault.end])) if not known else ():
            yield f"{line[: fault.start]}{word}{line[fault.end :]}"
        yield from habits.rewritten(line)

    def _say(self, reason: Unwritable, line: str, number: int) -> None:
        """Say why the line itself has no text that mends it; of a line that was tried, nothing."""
        if line == without_comment(self.lines[number]).rstrip():
            if reason.weak:
                self._weak = self._weak or str(reason)
            else:
                self.said = self.said or str(reason)

    def _translated(self, text: str, line: str, number: int, around: Callable[[], Around]) -> Iterator[str]:
        """The lines that a line of a program means."""
        if not re.search(r"\w\s*\(|\w\s*=[^=]|\w\s*[-+*/@]\s*\w", text):
            return
        at = tail_of(text)
        read = program(text[:at])
        if read is None:
            return
        try:
            for one in lines_of(read, around()):
                tail = text[at:]
                yield f"{one} {tail}".strip()
        except Unwritable as reason:
            self._say(reason, line, number)


_UNREAD = ("syntax", "unclosed", "unknown-kind", "missing-input", *_CLAIMS)  # nothing of a line that was tried


def _claims(line: str) -> str:
    """What a line claims, as written."""
    return line[line.find("->") :].replace(" ", "") if "->" in line else ""


def _errors(seen: Seen) -> int:
    return sum(one.severity == "error" for one in seen.diagnostics)


def in_doubt(line: str) -> str:
    """A line that reads as a layer of an unknown kind, with the braces that the line opens and closes."""
    braces = re.sub(r"[^{}]", "", without_comment(line))
    while "{}" in braces:
        braces = braces.replace("{}", "")
    closing, opening = braces.count("}"), braces.count("{")
    return "} " * closing + _IN_DOUBT + " {" * opening


def faults_of(diagnostics: list[Diagnostic], number: int) -> list[Fault]:
    """The errors that begin on a line, which counts from 0, and those of a block that it uses."""
    found = []
    for one in diagnostics:
        if one.severity != "error":
            continue
        if one.source.base == 0 and one.line == number + 1:
            column, length = one.source.position(one.span.start)[1], one.span.end - one.span.start
            found.append(Fault(one.code, one.message, column - 1, column - 1 + length, one.instead, one.values))
        elif any(_is_at(use, one.source, number) for use in one.related):
            found.append(Fault(one.code, one.message, 0, 0))
    return found


def _is_at(use: Related, source: Source, number: int) -> bool:
    """Whether a place that explains a fault is the use of a block on a line of the text itself."""
    text = use.source or source
    return use.text.startswith("used here") and text.base == 0 and text.position(use.span.start)[0] == number + 1


def _shape_at(network: Network | None, place: int) -> Shape | None:
    """The shape that the layer at a place of the text reads."""
    if network is None:
        return None
    for node in postorder(network.body):
        if isinstance(node, Leaf) and node.statement.start == place and node.inputs:
            return node.inputs[0]
    return None


def mended(text: str, diagnostics: list[Diagnostic], again: Callable[[str], Seen]) -> list[Diagnostic]:
    """The diagnostics of a text, each with the fix that was found for its line.

    Where a bound ended the check, what is tried would not be read to its end either: then there is none.
    """
    mender, found = Mender(text, again), [*diagnostics]
    if _ended(diagnostics):
        return found
    lines = _places(diagnostics, len(mender.lines))
    mender.unread = {at for at, places in lines.items() if any(found[one].code in _UNREADABLE for one in places)}
    for number in sorted(lines)[:_MOST_LINES]:
        faults = [found[place] for place in lines[number]]
        if faults[0].fix is not None:  # tried before: an input that lies in another order
            mender.keep(_changes(faults[0].source.text, faults[0].fix))
            continue
        first, changes = lines[number][0], mender.mend(number, faults)
        if changes:
            fix = _fix(faults[0].source.text, mender.lines, changes)
            for place, one in zip(lines[number], faults, strict=True):
                found[place] = one._replace(fix=fix, hint=fix.title if place == first else None)
            mender.keep(changes)
        elif mender.said and _LISTING not in (faults[0].hint or ""):
            found[first] = found[first]._replace(hint=mender.said)
    return found


def _ended(diagnostics: list[Diagnostic]) -> bool:
    """Whether a bound on all that is done ended a check, so that it does not say what is right."""
    return any(one.code == "limit" and one.hint in _ENDING for one in diagnostics)


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
