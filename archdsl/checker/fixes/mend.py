"""The lines of a text that have faults, each with a text that mends it: proposed, tried in its place, kept if it holds.

A line may have several faults, so it is mended step by step: what takes the first fault away is gone on with, up to a
line without any. Lines are gone through from the top, each tried with those above it mended. Everything is bounded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from archdsl.checker.fixes import habits, incoming, inside, whole, words
from archdsl.checker.fixes.assign import assigned
from archdsl.checker.fixes.proposal import Either, Fault
from archdsl.checker.fixes.seen import Seen, ended, errors, faults_of, in_doubt, judged, reads_twice, shape_at
from archdsl.checker.fixes.statement import apart, statement_at, tail_of, without_comment
from archdsl.checker.fixes.translate import lines_of
from archdsl.diagnostics import Diagnostic, nearest
from archdsl.faults.work import PER_VISIT
from archdsl.network.likeness import Likeness
from archdsl.notations.calls.call import program
from archdsl.notations.calls.draft import LineContext, Unwritable
from archdsl.sizes.shape import Shape
from archdsl.typed import NamedTuple, TypeAlias

_MOST_TRIES = 32  # texts that are tried for one line
_MOST_TEXT = 400_000  # characters of all texts that are tried
_MOST_WORK = 20_000  # layers visited in all of them; steps are counted with these
_DEEPEST = 6  # faults of one line that are mended one after the other
_LONGEST = 1_000  # characters of a line that is mended
_CLAIMS = ("claim-shape", "claim-value")  # what a line may still have: it reads as it was meant
_OF_WORDS = (  # faults of how a line is written, of which a further step may be of use
    *("syntax", "unclosed", "unknown-kind", "unknown-option", "unknown-name", "unknown-unit", "missing-value"),
    *("too-many-values", "wrong-type", "out-of-range", "missing-input", "ambiguous-word", "invalid-name"),
    *("rank-mismatch", "duplicate-name", "claim-shape", "claim-value"),
)
_WRITTEN = frozenset(_OF_WORDS) - {"out-of-range", "rank-mismatch"}  # faults of how a line is written alone
_MISSING = re.compile(r",\s*,")  # a value that is left out, and which, nobody knows
_NAMED = ("unknown-name", "unknown-parameter")
_WORDS = re.compile(r"[A-Za-z_]\w*")
_NAMES = re.compile(r"(?:^|[;{])[ \t]*(?:input[ \t]+)?(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*:", re.MULTILINE)
_BLOCKS = re.compile(r"^[ \t]*block[ \t]+(\w+)", re.MULTILINE)


Changes: TypeAlias = dict[int, str]  # lines by their numbers, which count from 0


class Mended(NamedTuple):
    """How a line was mended: lines by their numbers, as they were before, and the further ways, not yet tried."""

    number: int
    changes: Changes
    before: Changes
    others: Iterator[Changes]
    guesses: frozenset[str]  # lines with a number that makes the line hold, of which there may be others


class Spent(Exception):
    """The bound on tries is reached."""


class Mender:
    """Mends the lines of one text; `again` checks a text as the first was checked."""

    def __init__(self, text: str, again: Callable[[str], Seen]) -> None:
        self.written = text.split("\n")
        self.lines = [*self.written]
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
        if ended(found):
            raise Spent
        return faults_of(found, number)

    def around(self, number: int, line: str, start: int, end: int) -> LineContext:
        """What is known around a statement of a line: asked of a line that passes on what it reads."""
        names, kinds = self._known()
        statement = line[start:end]
        reads = re.search(r"<-[^-]*", statement[tail_of(statement) :])
        named = next((word for word in re.findall(r"\w+", statement) if word in names), None)
        ways = [reads.group()] if reads else ["", *([f"<- {named}"] if named else [])]
        shapes = (self._shape(number, f"{line[:start]}ID {way}", line[end:], start) for way in ways)
        return LineContext(next((shape for shape in shapes if shape is not None), None), names, kinds)

    def _shape(self, number: int, before: str, behind: str, start: int) -> Shape | None:
        """What a line reads that passes it on."""
        try:
            seen = self._check(number, before + behind)
        except Spent:
            return None
        return shape_at(seen.network, sum(len(one) + 1 for one in self._lines_before(number)) + start)

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

    def mend(self, number: int, found: list[Diagnostic]) -> Mended | None:
        """The lines with which one has no fault, by their numbers; `said` is what to say where none are found."""
        self._tries, self.said, self._left_over, self._weak = 0, "", "", ""
        code, faults = without_comment(self.lines[number]).rstrip(), faults_of(found, number)
        if len(code) > _LONGEST or "?" in code:  # a number that nobody knows is no slip
            return None
        ways = self._ways(number, code, found[0], faults)
        try:
            changes = next(ways, {})
        except Spent:
            changes = {}
        self.said = self.said or self._left_over or self._weak
        if not changes:
            return None
        values = faults[0].values
        above = faults[0].code in _CLAIMS
        guesses = frozenset(assigned(code, values, faults[0].start, above=above)) if values else frozenset()
        before = {at: self.lines[at] for at in changes}
        return Mended(number, changes, before, ways, guesses)

    def certain(self, mended: Mended, found: list[Diagnostic]) -> bool:
        """Whether a line has one meaning: its words are wrong, not its numbers, and all that mends it is one network.

        What its author claims, and the layer of which it is claimed, may both be wrong: where the claim fails, the
        network stays.
        """
        if any(one.code not in _WRITTEN for one in found) or mended.changes.get(mended.number) in mended.guesses:
            return False
        if _MISSING.search(mended.before.get(mended.number, "")):
            return False
        if any(one.code in _NAMED for one in found) and self._is_name_in_doubt(mended):
            return False
        kept, likeness = self.lines, Likeness()
        self.lines = [mended.before.get(at, line) for at, line in enumerate(kept)]
        self._tries, self._left, self._work = 0, _MOST_TEXT, _MOST_WORK
        try:
            meaning = self._meaning(mended.number, mended.changes, likeness)
            if meaning is None:
                return False
            unclaimed = {mended.number: self.lines[mended.number].partition("->")[0]}
            if found[0].code in _CLAIMS and meaning != self._meaning(mended.number, unclaimed, likeness):
                return False
            return all(self._meaning(mended.number, other, likeness) == meaning for other in mended.others)
        except Spent:
            return False
        finally:
            self.lines = kept

    def _is_name_in_doubt(self, mended: Mended) -> bool:
        """Whether a name may be wrong where it is declared, not where it is used: nothing else uses that one."""
        words = Counter(word for line in self.written for word in _WORDS.findall(without_comment(line)))
        for at, line in mended.changes.items():
            old, new = (Counter(_WORDS.findall(text)) for text in (without_comment(mended.before[at]), line))
            for name in new - old:
                near = [word for word in old - new if word.lower() != name.lower() and nearest(word, [name])]
                if near and words[name] == 1:
                    return True
        return False

    def _meaning(self, number: int, changes: Changes, likeness: Likeness) -> int | str | None:
        """What a line means where some are changed: the network; where the check does not reach the line, its text.

        None where the line has a fault, and where it is a call, of which the shape that it reads is asked.
        """
        kept = self.lines
        self.lines = [changes.get(at, line) for at, line in enumerate(kept)]
        try:
            seen = self._check(number, self.lines[number])
        finally:
            self.lines = kept
        if faults_of(seen.diagnostics, number):
            return None
        if seen.network is not None and judged(seen, number):
            return likeness.of(seen.network)
        return None if "(" in kept[number] else "\n".join(" ".join(line.split()) for line in changes.values())

    def _ways(self, number: int, code: str, first: Diagnostic, faults: list[Fault]) -> Iterator[Changes]:
        """All that mends a line, the likeliest first; raises Spent."""
        yield from self._holding(number, incoming.named(self.lines, number, first))
        yield from self._holding(number, inside.within(self.lines, number, first))
        for line in self._search(number, code, faults, {code}, 0):
            yield {number: line}
        grey = incoming.grey(self.lines[:number]) if first.code == "rank-mismatch" else ()
        yield from self._holding(number, grey)

    def _holding(self, number: int, ways: Iterable[Changes]) -> Iterator[Changes]:
        """The changes of several lines with which a line has no fault."""
        return (changes for changes in ways if changes and self._holds(changes, number))

    def _holds(self, changes: Changes, number: int) -> bool:
        """Whether nothing is wrong with a line where others are changed, and no other line has more faults for it."""
        kept = self.lines
        before = self._check(number, kept[number])
        self.lines = [changes.get(at, line) for at, line in enumerate(kept)]
        try:
            after = self._check(number, self.lines[number])
        finally:
            self.lines = kept
        return not faults_of(after.diagnostics, number) and errors(after) < errors(before)

    def _search(self, number: int, line: str, faults: list[Fault], seen: set[str], depth: int) -> Iterator[str]:
        """Lines without faults, from one with some: what takes the first away is gone on with.

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
            if not left and "<- _," in proposal and reads_twice(self._check(number, proposal), number):
                continue
            if not left:
                yield proposal
                continue
            gone = all((one.code, one.message) != faults[0][:2] for one in left)
            if all(fault.code in _CLAIMS for fault in left) and faults[0].code not in _CLAIMS:
                claimed = claimed or (proposal if _claims(proposal) == _claims(line) else None)
            elif gone and depth < _DEEPEST and left[0].code in _OF_WORDS:
                yield from self._search(number, proposal, left, seen, depth + 1)
            told = gone and depth == 0 and faults[0].code in _OF_WORDS and left[0].code not in _UNREAD
            if told and _claims(proposal) == _claims(line):
                self._left_over = self._left_over or f"read as `{proposal.strip()}`, {left[0].message}"
        if claimed is not None:
            yield claimed

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

        def around() -> LineContext:
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

    def _translated(self, text: str, line: str, number: int, around: Callable[[], LineContext]) -> Iterator[str]:
        """The lines that a line of a program means."""
        if not re.search(r"\w\s*[(\[]|\w\s*=[^=]|\w\s*[-+*/@]\s*\w", text):
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
