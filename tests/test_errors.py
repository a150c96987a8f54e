"""Every code is raised by a small text, at the line that says so, and by nothing else there; hints are true.

The texts stand in `tests/errors/CODE.arch`, parted by `---`. A comment `# error[code]: words` on a line is what must be
told of that line; `# limits: visits=1000` and `# given: depth=3` at the start are what the caller sets. Listings stand
in `CODE.txt`; they have no comments, so theirs are taken off before they are read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import archdsl
from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.diagnostics import CODES, Diagnostic, Source
from archdsl.expressions.misread import _BLOCKS
from archdsl.limits import Limits
from archdsl.reading.reading import read

FOLDER = Path(__file__).parent / "errors"
DOOR = {"closed-door", "foreign-module"}
CHECKPOINTS = {"damaged-weights", "pickled-weights", "weights-mismatch"}
EXPECTED = re.compile(r"# (?:error|warning|note)\[([a-z-]+)\]: ([^#\n]*)")
SETTING = re.compile(r"^# (limits|given): (.*)$", re.M)
SUGGESTION = re.compile(r"(?P<words>.+) gives (?P<shape>\S+)")


class Case(NamedTuple):
    """A text, what the caller sets, and what must be told: line, code, words of the message."""

    code: str
    text: str
    limits: Limits
    given: dict[str, Any]
    expected: list[tuple[int, str, str]]
    name: str = "text.arch"


def cases() -> list[Case]:
    found = []
    for path in sorted(FOLDER.glob("*.arch")):
        for text in path.read_text(encoding="utf-8").split("---\n"):
            found.append(_case(path.stem, text))
    for path in sorted(FOLDER.glob("*.txt")):
        for text in path.read_text(encoding="utf-8").split("---\n"):
            found.append(_case(path.stem, text)._replace(text=EXPECTED.sub("", text), name="text.txt"))
    return found


def _case(code: str, text: str) -> Case:
    settings: dict[str, dict[str, int]] = {"limits": {}, "given": {}}
    for what, words in SETTING.findall(text):
        settings[what] = {name: int(number) for name, _, number in (word.partition("=") for word in words.split())}
    expected = []
    for number, line in enumerate(text.split("\n"), 1):
        expected += [(number, found[1], found[2].strip()) for found in EXPECTED.finditer(line)]
    return Case(code, text, Limits(**settings["limits"]), settings["given"], expected)


def checked(case: Case) -> Checked:
    return check(read(Source(case.name, case.text), case.limits), case.given, case.limits)


CASES = cases()
each_case = pytest.mark.parametrize("case", CASES, ids=[f"{case.code}-{number}" for number, case in enumerate(CASES)])


@each_case
def test_a_text_gives_exactly_what_it_says(case: Case) -> None:
    """One fault, one message, on the guilty line; nothing else is said."""
    found = checked(case).diagnostics
    assert [(d.line, d.code) for d in found] == [(line, code) for line, code, _ in case.expected], told(found)
    for diagnostic, (_, _, words) in zip(found, case.expected, strict=True):
        assert words in diagnostic.message


def told(diagnostics: list[Diagnostic]) -> str:
    return "\n".join(f"{d.line}: {d.code}: {d.message}" for d in diagnostics)


@each_case
def test_a_text_shows_its_code(case: Case) -> None:
    assert case.code in {code for _, code, _ in case.expected}


@pytest.mark.parametrize("code", sorted(set(CODES) - {"unreadable", "circular-use", *CHECKPOINTS, *DOOR}))
def test_every_code_has_a_text(code: str) -> None:
    """`unreadable` is in `tests/test_cli.py`, `circular-use` in `tests/test_using.py`, checkpoints and modules are in others."""
    assert any(code == told for case in CASES for _, told, _ in case.expected)


@each_case
def test_api_and_severity_agree(case: Case) -> None:
    """`loads` raises for errors and for nothing else."""
    errors = [code for _, code, _ in case.expected if CODES[code].severity == "error"]
    if errors:
        with pytest.raises(archdsl.ArchError) as raised:
            archdsl.loads(case.text, limits=case.limits, **case.given)
        assert [d.code for d in raised.value.diagnostics] == errors
    else:
        model = archdsl.loads(case.text, limits=case.limits, **case.given)
        assert [d.code for d in model.diagnostics] == [code for _, code, _ in case.expected]


# ---- hints


def suggestions() -> list[tuple[Case, Diagnostic]]:
    """Hints of the form `p1 gives 28x28x6`."""
    return [(case, d) for case in CASES for d in checked(case).diagnostics if d.hint and SUGGESTION.fullmatch(d.hint)]


def test_some_hints_are_suggestions() -> None:
    assert len(suggestions()) >= 8


@pytest.mark.parametrize(("case", "diagnostic"), suggestions(), ids=lambda value: getattr(value, "hint", ""))
def test_a_suggestion_is_true(case: Case, diagnostic: Diagnostic) -> None:
    """Written into the line, the values of a hint give the shape that it promises."""
    assert diagnostic.hint is not None
    match = SUGGESTION.fullmatch(diagnostic.hint)
    assert match is not None
    lines = [re.sub(r"\s*#.*", "", line) for line in case.text.split("\n")]
    lines = lines[: diagnostic.line]
    lines[-1] = suggested(lines[-1], match["words"]) + f" -> {match['shape']}"
    if "".join(lines).count("{") > "".join(lines).count("}"):
        pytest.skip("the line goes on")
    model = archdsl.loads("\n".join(lines))
    assert str(model.layers[-1].output) == match["shape"]


def suggested(line: str, words: str) -> str:
    """A line with the values of a hint in place of those that it gives for the same attributes."""
    line, arrow, reads = line.partition("->")[0].rstrip().partition(" <-")
    for word in words.split():
        letter = re.match(r"([a-z])\d", word)
        name = word.partition("=")[0]
        if letter:
            line = re.sub(rf"\s{letter[1]}\d[\dx]*\b", "", line)
        elif name == "out":
            line = re.sub(r"^(\s*(?:\w+: )?\w+) \d+", rf"\1 {word[4:]}", line)
            continue
        if letter and letter[1] == "k":
            line = (
                re.sub(r"(\w+ \d+) \d+x\d+", r"\1", line) if line.startswith("CONV") else re.sub(r"\d+x\d+", "", line)
            )
        line += f" {word}"
    return line + arrow + reads


TYPOS = [
    ("CONVV 6 5x5", "did you mean CONV?"),
    ("MAXPOL 2x2", "did you mean MAXPOOL?"),
    ("maxpool2d 2", "did you mean MAXPOOL?"),
    ("BatchNorm2d", "did you mean BN?"),
    ("Dense 10", "did you mean FC?"),
    ("Conv2d 6 5x5", "did you mean CONV?"),
    ("GAP", "did you mean GLOBALAVGPOOL?"),
    ("concatenate", "did you mean CONCAT?"),
    ("ConvTranspose2d 8 3", "did you mean UPCONV?"),
    ("CONVT 8 3", "did you mean UPCONV?"),
    ("torch.nn.Conv2d 6 5", "did you mean CONV?"),
    ("F.normalize", "did you mean L2NORM?"),
    ("nn.Dropout2d", "did you mean CHANNELDROPOUT?"),
    ("nn.Parameter 3", "did you mean PARAM?"),
    ("DepthToSpace 2", "did you mean PIXELSHUFFLE?"),
    ("GEGLU", "`archdsl layers` lists the kinds"),
    ("nn.TransformerEncoderLayer 8", "ENCODERLAYER of the shipped library does that: use std.transformer"),
    ("SqueezeExcitation 4", "EXCITE of the shipped library does that: use std.inverted"),
    ("DepthwiseConv2D 3", "did you mean DWCONV?"),
    ("ReflectionPad2d 3", "did you mean PAD?"),
    ("MaxUnpool2d 2", "did you mean UNPOOL?"),
    ("interpolate 2", "did you mean UPSAMPLE?"),
    ("im2col 3", "did you mean UNFOLD?"),
    ("UPSAMPLE 2 bilinear align_corners=yes", "did you mean align?"),
    ("UPCONV 8 3 s2 output_padding=1", "did you mean outpad?"),
    ("ADAPTIVEAVGPOOL [sme, 1]", "did you mean same?"),
    ("MAX POOL 2x2", "did you mean MAXPOOL?"),
    ("MAXPOOL2x2", "put a space between the kind and its value: MAXPOOL 2x2"),
    ("conv1 CONV 6 5x5", "a name is followed by a colon: conv1: CONV"),
    ("Input 28x28x1", "did you mean input?"),
    ("CONV 6 5x5 padding=2", "did you mean pad?"),
    ("CONV 6 kernel_size=5", "did you mean kernel?"),
    ("CONV filters=6 5x5", "did you mean out?"),
    ("CONV 6 5x5 strid=2", "did you mean stride?"),
    ("CONV 6 5x5 pad=SAME", "did you mean same?"),
    ("CONV 6 5x5 stride 2", "write stride=2"),
    ("CONV 6 5x5 s 2", "the letter and its number are one word: s2"),
    ("CONV 6 5x5 S2", "options are small letters: s2"),
    ("CONV 6 5x5 no bias", "write nobias"),
    ("CONV 6 5x5 nobais", "did you mean nobias?"),
    ("CONV 6 5x5 bias=False", "write no"),
    ("CONV 6 5x5 x 3", "sizes and repeats are written without spaces: 3x3, x3"),
    ("CONV 6 5x5 X3", "a repeat is x and a whole number: x3"),
    ("CONV 6 5x5 RELU", "put ; between two layers on one line: ; RELU"),
    ("CONV 6 5x5 the first layer", "a comment starts with #"),
    ("CONV 6, 5x5", "values of a line are parted by spaces, not by commas"),
    ("CONV 6 5x5, RELU", "layers on one line are joined by ;"),
    ("CONV 6 5x5 | RELU", "write ; between layers on one line"),
    ("CONV 6 5*5", "sizes are written with an x: 3x3"),
    ("CONV 6 5X5", "sizes are written with a small x: 5x5"),
    ("CONV 6 (5, 5)", "sizes are written 3x3, lists in brackets: [3, 3]"),
    ("CONV(6, 5)", "a layer is its kind and its values, parted by spaces: CONV 64 3x3"),
    ("relu()", "a layer is its kind and its values, parted by spaces: CONV 64 3x3"),
    ("fc = FC 10", "a layer gets its name with a colon: fc: CONV 64 3x3"),
    ("n = 3", "a value gets its name with `let`: let n = 3"),
    ("FC in/2", "expressions stand in parentheses among values: (in/2)"),
    ("FC 10 = 10", "what must come out stands behind ->"),
    ("FC 10 → 10", "write ->"),
    ("FC 10 // the output", "a comment starts with #"),
    ("FC 4,096", "commas part thousands in claims only; write 4096"),
    ("DROPOUT 50%", "write it as a part of 1: 0.5"),
    ("DROPOUT .5", "write 0.5"),
    ("3x CONV 6 5x5", "a repeat is written x3, at the end of the line"),
    ("repeat 3 { RELU }", "lines are repeated with xN behind them: { ... } x3"),
    ("for i in range(3) { RELU }", "a range is written 1..n, and both ends count"),
    ("for i in 1..3: RELU", "what belongs to it stands in braces: { ... }"),
    ("if in = 1 { RELU }", "== compares"),
    ("let n = max(1, 2)", "there are no functions; + - * / // % and `a if c else b` compute"),
    ("let n = 2 ** 3", "there is no power: multiply"),
    ("FC 10 -> (10)", "a shape is written without spaces and brackets: 28x28x1"),
    ("CONV 6 5x5 -> 24 x 24 x 6", "sizes are written without spaces: 3x3"),
    ("expect params 640", "the number comes first: 640 params"),
    ("expect 1.5 M params", "the letter touches its number: 1.5M"),
    ("expect 640 parameters", "did you mean params?"),
    ("a b: RELU", 'a name before a colon is one word, or stands in quotes: "a b"'),
    ("RELU <- 1", 'a name that is a number is read in quotes: <- "1"'),
    ("y <- RELU 64", "the layer comes first: CONV 64 3x3 <- a"),
    ("RELU <- input", "give the input a name: input x: 28x28x1"),
    ("x3: RELU", "x and a number always repeat; give it another name"),
    ("let x3 = 4", "x and a number always repeat; give it another name"),
    ("FOO 3", "`archdsl layers` lists the kinds"),
    ("IN", "did you mean INSTANCENORM?"),
    ("swish", "did you mean SILU?"),
    ("Dropout2d 0.5", "did you mean CHANNELDROPOUT?"),
    ("LN axes=[height, widht]", "did you mean width?"),
    ("FOR i in 1..3 { RELU }", "keywords are written in small letters"),
    ("return x", "the last line is the result; `output` lists others"),
]


@pytest.mark.parametrize(("line", "hint"), TYPOS, ids=[line for line, _ in TYPOS])
def test_a_usual_mistake_is_met_with_what_to_write(line: str, hint: str) -> None:
    """One message, at the line, with the hint."""
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(f"input 28x28x1\n{line}\n")
    (diagnostic,) = raised.value.diagnostics
    assert (diagnostic.line, diagnostic.hint) == (2, hint)


def test_a_hint_at_the_shipped_library_names_a_block_of_it() -> None:
    library = FOLDER.parents[1] / "library"
    for file, block in set(_BLOCKS.values()):
        assert re.search(rf"^block {block}\b", (library / f"{file}.arch").read_text(), re.M), (file, block)


# ---- several faults, and echoes


def test_every_line_with_a_syntax_error_is_told_in_one_run() -> None:
    lines = ["input 28x28x1", *(["CONV 6, 5x5", "RELU", "let = 3", "FC 10 20 ("] * 5)]
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads("\n".join(lines))
    assert [d.line for d in raised.value.diagnostics] == [n for n, line in enumerate(lines, 1) if line[0] in "CFl"]


def test_a_layer_that_is_wrong_has_no_echo() -> None:
    """What reads the result of a wrong line, by order, by name or by dots, says nothing."""
    text = "input 28x28x1\ng: { a: FOO 3 }\nCONV 6 99x99\nRELU <- g\nADD <- g.a, g\nlet c = in\nFC c -> 10\nFC (c/7)"
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text)
    assert told(raised.value.diagnostics).split("\n") == ["2: unknown-kind: there is no kind of layer called FOO"]


SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.arch"))


def test_a_bracket_that_is_missing_is_one_message() -> None:
    """Delete each bracket of each spec in turn: of a hundred such texts at least ninety-eight get one message."""
    counts: list[int] = []
    for path in SPECS:
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"#[^\n]*|[][(){}]", text):
            if found.group() in "[](){}":
                counts.append(_count(text[: found.start()] + text[found.end() :]))
    assert len(counts) > 500
    assert sum(count == 1 for count in counts) >= 0.98 * len(counts)


def test_a_group_without_its_opening_brace_is_one_message() -> None:
    """The brace that closes it later is no news."""
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads("input 8\nwide:\n  FC 4\n  RELU\n}                -> 4\nFC 2")
    assert told(raised.value.diagnostics).split("\n") == [
        "2: syntax: expected a kind of layer or {, found the end of the line"
    ]


def _count(text: str) -> int:
    try:
        archdsl.loads(text)
    except archdsl.ArchError as error:
        return len(error.diagnostics)
    return 0


def test_a_value_that_needs_itself_is_told() -> None:
    """`let c = 2*c` has no value, and a text with it is never accepted."""
    with pytest.raises(archdsl.ArchError, match="nothing is called c here"):
        archdsl.loads("input 8\nlet c = 2*c\nFC c")
