"""Text to tree, with every syntax error of the text in one run."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.limits import Limits, raising
from archdsl.syntax import tree
from archdsl.syntax.builder import Builder
from archdsl.syntax.lexer import Lexer, Vocabulary
from archdsl.syntax.machine import Machine, Tables, Unexpected
from archdsl.syntax.tree import Token
from archdsl.typed import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from archdsl.syntax.recovery import Recovery

_FORBIDDEN = "\x00-\x08\x0b-\x1f\x7f"  # among ASCII
_HIDDEN = "\x80-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
# Patterns that few texts need are compiled when they do.
_NUMBER = r"[0-9]+(?P<decimal>(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
_SIZES = r"(?:(?:[0-9]+|[A-Z][A-Z0-9]*|\?)[x×])+"  # before the last of several
_COMMENTED = r'(?:[^"#\n]|"[^"\n]*")*+#'  # a line that has come to a comment
_ARROW = r"\s*(?:->|<-)"
_NUMERALS = r"[0-9](?:[ ,.x×]?[0-9])*"  # all that may become one number, or several
_CONVERTED = sys.get_int_max_str_digits() or 4_300  # digits of a number that Python converts


class Parsed(NamedTuple):
    """A tree, or None where the text has none; the errors; and the codes ignored by comments, with their offsets.

    Of a text with errors, `rest` is what could be read, `Unknown` where something could not, and `dropped` is the text
    of what could not: whatever it names is in doubt.
    """

    file: tree.File | None
    diagnostics: list[Diagnostic]
    ignored: list[tuple[str, int, int]]
    rest: tree.File | None = None
    dropped: tuple[str, ...] = ()
    braces: bool = False  # whether it is a guess where some of them begin and end


class _Loaded:
    """The loaded parse tables, and the tokens that they know; made at the first parse."""

    tables: Tables | None = None
    vocabulary: Vocabulary


def _load() -> Tables:
    if _Loaded.tables is None:
        from archdsl.syntax import _tables

        _Loaded.vocabulary = Vocabulary(_tables.TERMINALS, _tables.IGNORED)
        _Loaded.tables = Tables(_tables, Builder())
    return _Loaded.tables


def parse(source: Source, limits: Limits) -> Parsed:
    """Parse a whole file. The places of the tree count from the base of the text, those of diagnostics from 0."""
    hidden = forbidden(source, limits)
    if hidden:
        return Parsed(None, hidden, [])
    run = _run(source, limits, "start")
    lexer = run.lexer
    ignored = [(code, start + source.base, end + source.base) for code, start, end in lexer.ignored]
    if not lexer.diagnostics:
        return Parsed(run.value, [], ignored)
    if not _is_read_to_its_end(lexer):
        return Parsed(None, lexer.diagnostics, ignored)
    from archdsl.syntax.recovery import end_of_block

    open_brace = next((d.span.start for d in lexer.diagnostics if source.text.startswith("{", d.span.start)), None)
    end = end_of_block(source.text, open_brace) if open_brace is not None else None
    again = _run(source, limits, "start", closing=end) if end is not None else run
    assert run.recovery is not None
    assert again.recovery is not None
    rest = again.recovery.finish() if again.lexer.diagnostics else again.value
    return Parsed(None, _told(lexer), ignored, rest, again.recovery.dropped or ("",), run.recovery.braces)


def _told(lexer: Lexer) -> list[Diagnostic]:
    """The errors of a text; where a brace is never closed, an arrow that should follow its end is no other."""
    text, found = lexer.source.text, lexer.diagnostics
    if not any(one.code == "unclosed" and text[one.span.start] == "{" for one in found):
        return found
    lines = (text.rfind("\n", 0, one.span.start) + 1 for one in found)
    return [one for one, begin in zip(found, lines, strict=True) if not re.compile(_ARROW).match(text, begin)]


def parse_expression(source: Source, limits: Limits) -> tuple[tree.Expr | None, list[Diagnostic]]:
    """Parse one expression, as inside the braces of a name."""
    run = _run(source, limits, "expression")
    return (None if run.lexer.diagnostics else run.value), run.lexer.diagnostics


def parse_inside(text: str, limits: Limits) -> tree.Expr | tree.Range | None:
    """Parse what stands inside the braces of a name, an expression or a range; None where it is neither."""
    run = _run(Source("", text), limits, "inside")
    return None if run.lexer.diagnostics else run.value


def parse_with_tokens(source: Source, limits: Limits) -> tuple[Parsed, list[Token]]:
    """Parse a whole file, and give its tokens as the parser takes them, ends of lines among them."""
    hidden = forbidden(source, limits)
    if hidden:
        return Parsed(None, hidden, []), []
    taken: list[Token] = []
    run = _run(source, limits, "start", taken)
    lexer = run.lexer
    return Parsed(None if lexer.diagnostics else run.value, lexer.diagnostics, lexer.ignored), taken


def tokens(source: Source, limits: Limits, faults: list[Diagnostic]) -> Iterator[Token]:
    """The tokens of a text that parses; what is wrong goes to `faults`. No tree is made; equal tokens give the same."""
    faults += forbidden(source, limits)
    if faults:
        return
    machine = Machine(_load(), "start")
    lexer = Lexer(source, _Loaded.vocabulary, limits)
    takes = machine.taker()
    fits = True
    for token in lexer.tokens(lambda: machine.row, machine.shifts):
        fits = takes(token.type)
        if not fits:
            break
        yield token
    faults += lexer.diagnostics
    if not faults and not (fits and takes("$END")):
        faults += parse(source, limits).diagnostics


class _Run(NamedTuple):
    """What came of a text: its value where the lexer has no diagnostics, and the recovery where one was needed."""

    lexer: Lexer
    value: Any
    recovery: Recovery | None = None


def _is_read_to_its_end(lexer: Lexer) -> bool:
    """Whether no limit ended the reading of a text."""
    return all(one.code != "limit" for one in lexer.diagnostics) and len(lexer.diagnostics) < lexer.limits.diagnostics


def _run(
    source: Source, limits: Limits, start: str, taken: list[Token] | None = None, closing: int | None = None
) -> _Run:
    """Feed every token of a text to the parser; those that it took are added to `taken`.

    `closing` is where a brace is closed that the text does not close.
    """
    machine = Machine(_load(), start)
    lexer = Lexer(source, _Loaded.vocabulary, limits)
    feed = machine.feeder()
    if source.base:
        feed = _moved(feed, source.base)
    recovery: Recovery | None = None
    by_token = taken is not None or closing is not None
    takes_line = None if by_token else lambda plain: machine.takes("line", plain.line, "WORD")
    for token in lexer.tokens(lambda: machine.row, machine.shifts, takes_line):
        if closing is not None and token.start >= closing:
            closing = None
            recovery = recovery or _recovery(lexer, machine)
            recovery.close(token)
        if recovery is not None and recovery.active and recovery.takes(token):
            continue
        try:
            feed(token)
        except Unexpected:
            recovery = recovery or _recovery(lexer, machine)
            recovery.begin(token)
        else:
            if taken is not None:
                taken.append(token)
    if not lexer.diagnostics:
        try:
            return _Run(lexer, machine.finish(), recovery)
        except Unexpected:
            recovery = _recovery(lexer, machine)
            recovery.tell(Token("$END", "", len(source.text), len(source.text)))
    return _Run(lexer, None, recovery or _recovery(lexer, machine))


def _recovery(lexer: Lexer, machine: Machine) -> Recovery:
    """What goes on after a fault; loaded for no text without one."""
    from archdsl.syntax.recovery import Recovery

    return Recovery(lexer, machine)


def _moved(feed: Callable[[Token], None], base: int) -> Callable[[Token], None]:
    """What feeds tokens with their places moved: those of a text that is read together with others."""
    return lambda token: feed(token._replace(start=token.start + base, end=token.end + base))


def forbidden(
    source: Source, limits: Limits, part: str = "continue it with \\ at its end", *, comments: bool = True
) -> list[Diagnostic]:
    """Characters that hide or reorder text, lines and numbers beyond the limits: found before anything is parsed.

    `part` says how a line that is too long is parted, `comments` whether # begins one.
    """
    found = []
    pattern = f"[{_FORBIDDEN}]" if source.text.isascii() else f"[{_FORBIDDEN}{_HIDDEN}]"  # that takes long to compile
    for match in re.finditer(pattern, source.text):
        if match.group() == "\r" and source.text[match.end() : match.end() + 1] == "\n":
            continue
        name = f"U+{ord(match.group()):04X}"
        message = f"the invisible character {name} is not allowed, not even in comments"
        hint = "end lines with LF or CRLF" if match.group() == "\r" else "delete it"
        found.append(Diagnostic("encoding", message, Span(match.start(), match.end()), source, hint=hint))
        if len(found) >= limits.diagnostics:
            return found
    longest = max(map(len, source.text.split("\n")))
    if longest > limits.line:
        found += _long_lines(source, limits, part)
    beyond = re.search(f"[0-9]{{{limits.digits + 1}}}", source.text)
    for match in re.finditer(_NUMBER, source.text) if beyond else ():
        whole = match.end() - match.start() if not match["decimal"] else 0
        if whole > limits.digits and not _in_word(source.text, match.start()):
            message = f"a number of {whole:,} digits; the limit is {limits.digits:,}"
            span = Span(match.start(), match.end())
            found.append(Diagnostic("limit", message, span, source, hint=raising("digits")))
            break
    return found + (_inconvertible(source, comments) if longest > _CONVERTED and not found else [])


def _in_word(text: str, start: int) -> bool:
    """Whether digits belong to a name or a comment, where their number is free; sizes such as 8x8x16 are no name."""
    begin = start
    while begin and (text[begin - 1].isalnum() or text[begin - 1] in "_?"):
        begin -= 1
    named = begin < start and not re.compile(_SIZES).fullmatch(text, begin, start)
    return named or _in_comment(text, start)


def _in_comment(text: str, start: int) -> bool:
    return re.compile(_COMMENTED).match(text, text.rfind("\n", 0, start) + 1, start) is not None


def _inconvertible(source: Source, comments: bool) -> list[Diagnostic]:
    """The first number that Python itself does not convert, wherever the limits stand."""
    for match in re.finditer(_NUMERALS, source.text):
        count = sum(map(str.isdigit, match.group())) if match.end() - match.start() > _CONVERTED else 0
        if count > _CONVERTED and not (comments and _in_comment(source.text, match.start())):
            message = f"a number of {count:,} digits; the limit is {_CONVERTED:,}"
            return [Diagnostic("limit", message, Span(match.start(), match.end()), source)]
    return []


def _long_lines(source: Source, limits: Limits, part: str) -> list[Diagnostic]:
    start = 0
    for line in source.text.split("\n"):
        if len(line) > limits.line:
            message = f"a line of {len(line):,} characters; the limit is {limits.line:,}"
            hint = f"{part}, or {raising('line')}"
            return [Diagnostic("limit", message, Span(start, start + 1), source, hint=hint)]
        start += len(line) + 1
    return []
