"""What a syntax error means: what would have fitted, in the words of the language, and what was probably meant.

Loaded only where something is wrong. Hints come from a table of habits, of other languages and of paper, each a pattern
of what stands before the place and one of what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from archdsl.diagnostics import Source
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple

# What a terminal is called in a message; a terminal that is missing here is never suggested.
_WORDS = {
    "WORD": "a name",
    "STRING": 'a "quoted" string',
    "EQUAL": "=",
    "LPAR": "(",
    "LBRACE": "{",
    "IN": "in",
    "COLON": ":",
    "COMMA": "a comma",
    "PERCENT": "%",
    "RPAR": ")",
    "RSQB": "]",
    "RBRACE": "}",
    "_NL": "the end of the line",
}
_CLOSERS = {"RPAR": "(", "RSQB": "[", "RBRACE": "{"}
_EXPECTED = {
    "statement": "a statement",
    "operand": "a value",
    "values": "a value, an option or the end of the line",
    "claim": "a shape or a count",
    "size": "a size like 28x28x1",
}
_LONGEST = 40
_RUN = re.compile(r"[A-Za-z0-9_.×]+")
_ENOUGH = 200  # characters on either side of a fault that hints look at


class Misfit(NamedTuple):
    """A token that does not fit: its text, what fits instead, and the statement around it."""

    text: str
    expected: str
    head: str  # the statement up to the token
    tail: str  # the line from the token on
    place: str  # statement, values, operand, operator, list, claim, size or other: what was being read


# ---- Messages


def explain(source: Source, token: Token, accepted: Collection[str], opened: str | None) -> tuple[str, str | None]:
    """The message and the hint for a token that cannot follow; `opened` is the innermost open bracket."""
    start = _statement(source.text, token.start)
    head = source.text[start : token.start].strip()
    end = source.text.find("\n", token.start)
    tail = source.text[token.start : end if end >= 0 else len(source.text)]
    terminals = {name for name in accepted if name.isupper()}
    begins = not head and source.text[start - 1 : start] != "}"
    place = "statement" if begins and "MODEL" in terminals else _place(terminals, opened)
    expected = _expected(terminals, place, opened, head)
    text = _text(source, token)
    message = f"expected {expected}, found {text}" if expected else f"{text} is not allowed here"
    return message, _hint(Misfit(text, expected, head, tail, place), token)


def _text(source: Source, token: Token) -> str:
    if token.type == "$END":
        return "the end of the file"
    if token.type == "_NL":
        return "the end of the line"
    text = source.text[token.start : token.end]
    if text == ",":
        return "a comma"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _statement(text: str, at: int) -> int:
    """Where the statement around a place begins, as far as its signs tell."""
    return max(text.rfind(sign, 0, at) for sign in "\n;{}") + 1


def _place(terminals: set[str], opened: str | None) -> str:
    if {"NUMBER", "SIGN"} <= terminals and "MULOP" not in terminals:
        return "operand"
    if {"NUMBER", "LPAR", "_NL"} <= terminals:
        return "values"
    if "SCALED" in terminals:
        return "claim"
    if {"DIMS", "LSQB"} <= terminals:
        return "size"
    if {"MULOP", "SIGN"} & terminals:
        return "list" if opened == "[" else "operator"
    return "other"


def _expected(terminals: set[str], place: str, opened: str | None, head: str) -> str:
    """The next words of the language that would fit, in its own terms."""
    if place in _EXPECTED:
        return _EXPECTED[place]
    if {"WORD", "LBRACE"} <= terminals and not {"COLON", "LPAR"} & terminals:
        return "a kind of layer or {"
    if place in ("operator", "list"):
        words = ["an operator", *_behind_expression(opened, head)]
    else:
        if "WORD" in terminals and "COLON" in terminals:  # after a keyword, which could be a label
            terminals = terminals - {"COLON", "COMMA"}
        words = [word for name, word in _WORDS.items() if name in terminals and _CLOSERS.get(name, opened) == opened]
        if opened in ("(", "["):
            words = [word for word in words if word != _WORDS["_NL"]]
    if not words or len(words) > 5:
        return ""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _behind_expression(opened: str | None, head: str) -> list[str]:
    """What may follow a whole expression, by the bracket or the statement around it."""
    if opened in ("(", "["):
        listing = opened == "[" or (re.match(r"model\b|block\b", head) and head.count("(") == 1)
        return [*(["a comma"] if listing else []), ")" if opened == "(" else "]"]
    if re.match(r"if\b|else\b", head):
        return ["{"]
    if re.match(r"for\b", head):
        return ["{"] if ".." in head else ["..", "{"]
    return ["a comma", _WORDS["_NL"]] if "where" in head else [_WORDS["_NL"]]


# ---- Hints


class Habit(NamedTuple):
    """A hint for what is found in a place, after a head, before a tail; groups of both fill its braces, by number."""

    places: str  # of `_place`, separated by spaces; empty for all
    head: str
    tail: str
    hint: str


_LAYER = "a layer is its kind and its values, separated by spaces"
_SHAPE = "a shape is written without spaces and brackets"
_JOIN = "layers on one line are joined by ;"
_BODY = "its body is written in braces: { ... }"
_NO_FUNCTIONS = "there are no functions; + - * / // % and `a if c else b` compute"
_NAMED = "a layer gets its name with a colon, {0}:"
_SPACE = "put a space before the next value"
_A_REPEAT = "x and a number is a repeat; choose another name"
_NO_COUNT = "a count cannot be ?, only a size can: -> ?x?x96"
_START = "a line starts with a kind of layer or a name; what it reads comes at its end, after <-"
_HABITS = tuple(
    Habit(*row)
    for row in (
        (
            "",
            r"^$|^(?:let|input|block|model|for)$|,$|^(?:block|model)\b.*\($",
            r"x\d+\b",
            _A_REPEAT,
        ),
        ("", r"^(?:MODEL|BLOCK|OUTPUT|LET|CASES|EXPECT|FOR|IF)\b", "", "keywords are written in small letters"),
        ("list", "", r"[\w\"(\[]", "values of a list are separated by commas"),
        ("", "", r"else\b", "`else` goes after the } of its `if`"),
        ("", r"^(?:elif|elseif|else if)\b", "", "the other case is written `} else if ... {`"),
        ("", r"\brange$", r"\(", "a range is written 1..n, and both ends count"),
        ("", r"^(?:let|if|for|cases|model)\b.*[a-z]$", r"\(", _NO_FUNCTIONS),
        ("", r"^input\s*:$", r"\d", "the shape follows without a colon"),
        ("", r"^input$", r"[=(]", "the shape comes after it, without brackets"),
        ("", r"^input\b.*\d$", r"float|int\d|long", "a dtype is needed only for integers, int, and truth values, bool"),
        ("", r"^input\b.*\d,", "", _SHAPE),
        ("", r"^input\b.*\d$", r"[,x]", _SHAPE),
        ("", r"^(?:\w+:\s*|self\.\w+ = )?[A-Za-z][\w.]*\(.*$", r"[,)=]", _LAYER),
        ("", r"->$", r"\(", _SHAPE),
        ("", r"\d+ x$", r"\d", "sizes are written without spaces"),
        ("", r"\(\s*\d+$", r",", "sizes are written 3x3, lists in brackets: [3, 3]"),
        (
            "",
            r"(?:^|[^\d.])(\d{1,3})$",
            r",?\s?(\d{3})\b(?!\.)",
            "commas separate thousands in claims only; write {0}{1}",
        ),
        ("values", "", r",\s*[A-Z][A-Z0-9]+\b", _JOIN),
        ("values", "", r",", "values of a line are separated by spaces, not by commas"),
        ("other", r"^[\w.]+(?:\s*,\s*[\w.]+)+$", r"[};]|$", "layers and branches are separated by ; or a new line"),
        ("", r"^([A-Za-z][\w.]*)$", r"=\s*(?:nn\.)?[A-Z][\w.]*\b(?!\s*[-+*/%])", _NAMED),
        ("", r"^([A-Za-z]\w*)$", r"=(?!=)", "a value gets its name with `let`"),
        ("", r"^let (\w+)$", r"==|:=?|\d", "a value follows `let {0} =`"),
        ("", r"^cases\b", r"=(?!=)", "the settings are a list after `in`"),
        ("", r"^(?:if|model|input|let)\b", r"=(?!=)", "== compares"),
        ("", r"^(?:model|block)\b.*\(.*[\w\"]$", r"[A-Za-z]\w*", "parameters are separated by commas"),
        ("", r"^for\b", r"=", "a range follows `in`: 1..n"),
        ("values", "", r"=>|=\s*\d", "the expected output goes after ->"),
        ("values", "", r"(?://|--).*[a-z]{3}", "a comment starts with #"),
        ("values", r"\d$", r"\*\s*\d", "sizes are written with an x"),
        ("values", r"\d$", r"%", "a fraction is written as a number from 0 to 1"),
        ("", r"^\d+$", r"\*", "a repeat goes at the end of the line: x3"),
        ("", r"^\d+$", r"[A-Za-z]", "a number at the start of a line is a name, and needs a colon after it"),
        ("values", r"^[A-Za-z]\w*$", r"-[\w-]+\s*:", "a name that is not a word is written in quotes"),
        ("values", r"^\w+$", r"-", _SPACE),
        ("values", "", r"\+\s*[A-Z]{2}", _JOIN),
        ("values", "", r"[-+*/%]", "an expression among values has no spaces, or is written in parentheses"),
        ("values", "", r"[=<>!]=|[<>]", "comparisons among values are written in parentheses"),
        ("", r"^use\b", r",", "each file has a `use` of its own"),
        ("", r"^freeze all$", "", "name the parts that stay trainable: freeze all but head"),
        ("", r"^freeze\b.*\bwith$", "", "`with stats` also freezes running averages"),
        ("", r"^freeze(?:\b.*,)?$", r"(\d[\w.]*)", 'a name that starts with a digit is written in quotes: "{0}"'),
        ("", r"^(?:for|if|else|while|block|class|def)\b", r":", _BODY),
        ("", r"^(?:if|for|block)\b", r"then\b|do\b|[A-Z]", _BODY),
        ("", r"^model\b", r"[:{]", "the layers follow on the next lines, without braces"),
        ("", r"\d [KMGT]$", r"[a-z]", "no space between the number and its letter: 1.5M"),
        ("", r"(?:^expect|->).*$", r"(?:and|plus)\b", "claims are separated by commas"),
        ("", r"(?:^expect|->)\s*[a-z]+$", r"\d", "the unit comes after the number"),
        ("", r"^\w+\s*<-\s*\w+$", r"[\w(]", "the layer comes first, and what it reads after it: LAYER <- NAME"),
        ("", r"<-$", r"(\d+)", 'a name that is a number is quoted when it is read: <- "{0}"'),
        ("", r"^\w[\w.]*(?: \w+)+$", r":", 'a name before a colon is one word, or is written in quotes: "a b"'),
        ("", r"^<?-?$", r"[-<]", _START),
        ("", r"^([\w.]+)\s*:$", r"\d", "a name and its colon are followed by a kind of layer"),
        ("", r"^([\w.]+)\s*:\s*[\w.]+$", r":", "a layer has one name, and one colon"),
        ("", r"(?:^expect|->|,)\s*\?$", r"[a-z]", _NO_COUNT),
        ("", "", r"\w*\?", "a ? stands for a number: a value, an option, a size or a repeat"),
        ("values", "", r"[{]", "{ comes after a merge such as ADD, after a name and a colon, or alone"),
    )
)


def _hint(found: Misfit, token: Token) -> str | None:
    if token.type == "TEMPLATE":
        return "a brace touching a word belongs to the name; put a space before {"
    if not found.head and found.place != "statement" and token.type not in ("_NL", "$END", "RBRACE"):
        return "statements are separated by ; or a new line"  # right after a closing brace
    before = found.head if len(found.head) <= _ENOUGH else found.head[: _ENOUGH // 2] + found.head[-_ENOUGH // 2 :]
    for habit in _HABITS:
        if habit.places and found.place not in habit.places.split():
            continue
        head, tail = re.search(habit.head, before), re.match(habit.tail, found.tail[:_ENOUGH])
        if head and tail:
            return _filled(habit.hint, *head.groups(), *tail.groups())
    return None


def _filled(hint: str, *parts: str | None) -> str:
    """A hint with {0}, {1} ... filled; other braces are the language's."""
    for number, part in enumerate(parts):
        hint = hint.replace(f"{{{number}}}", part or "")
    return hint


# ---- Text that is no token


_LOOKALIKES = {
    **dict.fromkeys("‐‑‒–—―−", "the minus of the keyboard: -"),
    **dict.fromkeys("“”„‟«»", 'straight quotes: "text"'),
    **dict.fromkeys("‘’‚‛'`", 'straight double quotes: "text"'),
    **dict.fromkeys("→⇒⟶↦➔", "->"),
    **dict.fromkeys("←⇐⟵", "<-"),
    **dict.fromkeys("∗·∙⋅•", "* in an expression, x in a size"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("：", ":"),
    **dict.fromkeys("；", ";"),
    **dict.fromkeys("，、", "a space between values, a comma in lists"),
    **dict.fromkeys("（【", "("),
    **dict.fromkeys("）】", ")"),
    **dict.fromkeys("хΧХ✕✖", "the letter x"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000", "an ordinary space"),
    "…": ".. in a range; ... has no meaning",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "≈": "as many digits as are known: 61.1M",
    "~": "as many digits as are known: 61.1M",
    "|": "; between layers on one line",
    "&": "`and`",
    "!": "`not`",
    "^": "** for a power",
    "$": "nothing: names are written without it",
    "@": "nothing: names are written without it",
}


class Stray(NamedTuple):
    """Text that no token fits, up to `end`, and what to say of it."""

    end: int
    code: str
    message: str
    hint: str | None


def end_of_stray(text: str, start: int) -> int:
    """Where what stands at a place where no token fits ends: a run of letters and digits, a line, or a character."""
    run = _RUN.match(text, start)
    if run:
        return run.end()
    line_end = text.find("\n", start) if text[start] == '"' else start + 1
    return len(text) if line_end < 0 else line_end


def stray(text: str, start: int) -> Stray:
    """What stands at a place where no token fits."""
    letter, after, end = text[start], text[start + 1 : start + 2], end_of_stray(text, start)
    if _RUN.match(text, start):
        return Stray(end, "syntax", *_run_together(text, start, text[start:end], text[end : end + 1]))
    if letter == '"':
        return Stray(end, "syntax", 'this string has no closing "', 'a string ends on its line: "text"')
    if letter == "?":
        message = f"a ? stands for one integer, and this one touches {after}"
        return Stray(start + 1, "syntax", message, "put a space after it; ?x? are two numbers, p? is an option")
    if letter in ")]":
        return Stray(start + 1, "syntax", f"a closing {letter} touches {after}", f"put a space after {letter}")
    if letter == "\\":
        return Stray(start + 1, "syntax", "\\ continues a line, and must be its last character", None)
    shown = letter if letter.isprintable() else f"U+{ord(letter):04X}"
    meant = _LOOKALIKES.get(letter)
    if meant is None and letter.isalpha():
        hint = "names are written in A to Z, a to z, digits and _"
        return Stray(start + 1, "syntax", f"{shown} is not a character of the language", hint)
    return Stray(start + 1, "syntax", f"{shown} has no meaning here", f"write {meant}" if meant else None)


def _run_together(text: str, start: int, word: str, after: str) -> tuple[str, str | None]:
    """A number that runs into a word, or a point that belongs to no number."""
    message = f"a number and a word without a space between them: {word}"
    before = text[text.rfind("\n", 0, start) + 1 : start]
    if re.fullmatch(r"\.[0-9]+", word):
        if before.endswith(".."):
            return f"{word} cannot follow ..", "a range has two points: 1..3"
        return f"a number starts with a digit: {word}", f"write 0{word}"
    if re.fullmatch(r"\.+", word):
        return f"{word} is not allowed here", "a number has digits on both sides of its point: 5.0"
    hints = (
        (r"([0-9]+)[X×]([0-9]+)", "sizes are written with a small x: {0}x{1}"),
        (r"([0-9]+)x([0-9]+)[a-z].*", "put a space after {0}x{1}"),
        (r"([0-9]+)[xX]", "a repeat is written x{0}, at the end of the line"),
        (r"([0-9.]+)([kmgt])", "the letters for thousands and millions are capitals: K, M"),
        (r"([0-9]+)_([0-9_]+)", "digits are written without _"),
        (r"([0-9]+)([A-Za-z_]\w*)", "put a space or an operator between {0} and {1}; a name starts with a letter"),
    )
    for pattern, hint in hints:
        match = re.fullmatch(pattern, word)
        if match:
            return message, _filled(hint, *match.groups())
    if after == "?":
        return f"{word} touches ?", "a ? stands for an entire number, not for some of its digits"
    if after == "(":
        return f"{word} touches (", f"put a space or an operator between {word} and ("
    return message, None


# ---- Brackets


def suspect(text: str) -> int | None:
    """The brace that seems to lack its partner: a closing one at the start of a line is indented less than its line."""
    stack: list[tuple[int, int, int]] = []  # offset, indentation of the line, start of the line
    for found in re.finditer(r'#[^\n]*|"[^"\n]*"|[{}]', text):
        sign, at = found.group(), found.start()
        if sign not in "{}":
            continue
        start = text.rfind("\n", 0, at) + 1
        indentation = len(text[start:at]) - len(text[start:at].lstrip())
        if sign == "{":
            stack.append((at, indentation, start))
            continue
        if stack and not text[start:at].strip() and stack[-1][2] != start and stack[-1][1] > indentation:
            return stack[-1][0]
        if stack:
            stack.pop()
    return None
