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
from support.daily import day

import archdsl
from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.diagnostics import CODES, Diagnostic, Source
from archdsl.limits import Limits
from archdsl.reading.reading import read

FOLDER = Path(__file__).parent / "errors"
DOOR = {"closed-door", "foreign-module"}
CHECKPOINTS = {"damaged-weights", "pickled-weights", "weights-mismatch"}
EXPECTED = re.compile(r"# (?:error|warning|note)\[([a-z-]+)\]: ([^#\n]*)")
SETTING = re.compile(r"^# (limits|given): (.*)$", re.M)


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


@pytest.mark.parametrize(
    "code", sorted(set(CODES) - {"unreadable", "circular-use", "unjudged-claims", *CHECKPOINTS, *DOOR})
)
def test_every_code_has_a_text(code: str) -> None:
    """What a text alone cannot show is in others: `test_cli.py`, `test_using.py`, `test_inputs.py`, checkpoints, modules."""
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


def mended() -> list[tuple[Case, Diagnostic]]:
    """Every diagnostic of a text that has a fix."""
    return [(case, one) for case in CASES for one in checked(case).diagnostics if one.fix is not None]


MENDED = mended()


def test_many_texts_are_mended() -> None:
    assert len(MENDED) >= 30


@pytest.mark.parametrize(("case", "diagnostic"), MENDED, ids=lambda value: getattr(value, "hint", ""))
def test_a_fix_takes_its_fault_away(case: Case, diagnostic: Diagnostic) -> None:
    """With its edits the fault is gone, and its line has no other but claims that fail."""
    fix, text = diagnostic.fix, case.text
    assert fix is not None and diagnostic.hint in (fix.title, None)
    lines = {one.line for one in checked(case).diagnostics}
    for span, instead in fix.edits:
        text = text[: span.start] + instead + text[span.end :]
    found = checked(case._replace(text=text)).diagnostics
    left = [one for one in found if one.line == diagnostic.line and one.severity == "error"]
    unread = any(one.code in ("syntax", "unclosed") and one.line != diagnostic.line for one in found)
    assert unread or not [one for one in left if not one.code.startswith("claim-")], told(left)
    assert lines


FIXES = [
    ("RELU <- input", "input x: 28x28x1 ... RELU <- x"),
    ("CONVV 6 5x5", "CONV 6 5x5"),
    ("MAXPOL 2x2", "MAXPOOL 2x2"),
    ("maxpool2d 2", "MAXPOOL 2"),
    ("BatchNorm2d", "BN"),
    ("Conv2d 6 5x5", "CONV 6 5x5"),
    ("GAP", "GLOBALAVGPOOL"),
    ("ConvTranspose2d 8 3", "UPCONV 8 3"),
    ("CONVT 8 3", "UPCONV 8 3"),
    ("torch.nn.Conv2d 6 5", "CONV 6 5"),
    ("F.normalize", "L2NORM"),
    ("nn.Dropout2d", "CHANNELDROPOUT"),
    ("nn.Parameter 3", "PARAM 3"),
    ("SqueezeExcitation 4", "use std.inverted; EXCITE 4"),
    ("DepthwiseConv2D 3", "DWCONV 3"),
    ("ReflectionPad2d 3", "PAD 3 mode=reflect"),
    ("interpolate 2", "UPSAMPLE 2"),
    ("im2col 3", "UNFOLD 3"),
    ("UPSAMPLE 2 bilinear align_corners=yes", "UPSAMPLE 2 bilinear align"),
    ("UPCONV 8 3 s2 output_padding=1", "UPCONV 8 3 s2 outpad=1"),
    ("ADAPTIVEAVGPOOL [sme, 1]", "ADAPTIVEAVGPOOL [same, 1]"),
    ("MAX POOL 2x2", "MAXPOOL 2x2"),
    ("MAXPOOL2x2", "MAXPOOL 2x2"),
    ("conv1 CONV 6 5x5", "conv1: CONV 6 5x5"),
    ("Input 28x28x1", "input 28x28x1"),
    ("CONV 6 5x5 padding=2", "CONV 6 5x5 p2"),
    ("CONV 6 kernel_size=5", "CONV 6 5"),
    ("CONV filters=6 5x5", "CONV 6 5x5"),
    ("CONV 6 5x5 strid=2", "CONV 6 5x5 s2"),
    ("CONV 6 5x5 pad=SAME", "CONV 6 5x5 pad=same"),
    ("CONV 6 5x5 stride 2", "CONV 6 5x5 stride=2"),
    ("CONV 6 5x5 s 2", "CONV 6 5x5 s2"),
    ("CONV 6 5x5 S2", "CONV 6 5x5 s2"),
    ("CONV 6 5x5 no bias", "CONV 6 5x5 nobias"),
    ("CONV 6 5x5 nobais", "CONV 6 5x5 nobias"),
    ("CONV 6 5x5 bias=False", "CONV 6 5x5 nobias"),
    ("CONV 6 5x5 x 3", "CONV 6 5x5 x3"),
    ("CONV 6 5x5 X3", "CONV 6 5x5 x3"),
    ("CONV 6 5x5 RELU", "CONV 6 5x5; RELU"),
    ("CONV 6, 5x5", "CONV 6 5x5"),
    ("CONV 6 5x5, RELU", "CONV 6 5x5; RELU"),
    ("CONV 6 5x5 | RELU", "CONV 6 5x5; RELU"),
    ("CONV 6 5*5", "CONV 6 5x5"),
    ("CONV 6 5X5", "CONV 6 5x5"),
    ("CONV 6 (5, 5)", "CONV 6 5x5"),
    ("CONV(6, 5)", "CONV 6 5"),
    ("relu()", "RELU"),
    ("fc = FC 10", "fc: FC 10"),
    ("n = 3", "let n = 3"),
    ("FC 10 = 10", "FC 10 -> 10"),
    ("FC 10 → 10", "FC 10 -> 10"),
    ("FC 10 // the output", "FC 10 # the output"),
    ("FC 4,096", "FC 4096"),
    ("DROPOUT 50%", "DROPOUT 0.5"),
    ("DROPOUT .5", "DROPOUT 0.5"),
    ("3x CONV 6 5x5", "CONV 6 5x5 x3"),
    ("repeat 3 { RELU }", "{ RELU } x3"),
    ("for i in range(3) { RELU }", "for i in 0..2 { RELU }"),
    ("for i in 1..3: RELU", "for i in 1..3 { RELU }"),
    ("if in = 1 { RELU }", "if in == 1 { RELU }"),
    ("FC 10 -> (10)", "FC 10 -> 10"),
    ("CONV 6 5x5 -> 24 x 24 x 6", "CONV 6 5x5 -> 24x24x6"),
    ("expect params 640", "expect 640 params"),
    ("expect 1.5 M params", "expect 1.5M params"),
    ("expect 640 parameters", "expect 640 params"),
    ("a b: RELU", '"a b": RELU'),
    ("IN", "INSTANCENORM"),
    ("swish", "SILU"),
    ("Dropout2d 0.5", "CHANNELDROPOUT 0.5"),
    ("LN axes=[height, widht]", "LN axes=[height, width]"),
    ("FOR i in 1..3 { RELU }", "for i in 1..3 { RELU }"),
]
SENTENCES = [  # where only the author knows, or no text was found
    ("Dense 10", "FC 10 (all elements) or LINEAR 10 (the channels at each position)"),
    ("DepthToSpace 2", "read as `PIXELSHUFFLE 2`, PIXELSHUFFLE: 1 channels are not divided by 2*2 = 4"),
    ("GEGLU", "GEGLU is three lines: value, gate: CHUNK 2, then GELU <- gate, then MUL <- value, _"),
    ("MaxUnpool2d 2", "read as `UNPOOL 2`, UNPOOL reads 2 inputs, got 1"),
    ("CONV 6 5x5 the first layer", "a comment starts with #"),
    ("let n = max(1, 2)", "there are no functions; + - * / // % and `a if c else b` compute"),
    ("RELU <- 1", 'read as `RELU <- "1"`, no layer above is named 1'),
    ("y <- RELU 64", "read as `y: RELU 64`, RELU takes no values"),
    ("let x3 = 4", "x and a number is a repeat; choose another name"),
    ("FOO 3", "`archdsl layers` lists the kinds"),
    ("return x", "the last line is the result; `output` lists others"),
]


@pytest.mark.parametrize(("line", "text"), FIXES, ids=[line for line, _ in FIXES])
def test_a_usual_mistake_is_met_with_what_to_type(line: str, text: str) -> None:
    """At the line, with a text for it that a check accepts in its place."""
    found = refused(f"input 28x28x1\n{line}\n")
    assert {one.line for one in found} == {2}
    assert (found[0].hint, found[0].fix is not None) == (text, True)


@pytest.mark.parametrize(("line", "hint"), SENTENCES, ids=[line for line, _ in SENTENCES])
def test_where_no_text_is_known_a_sentence_helps(line: str, hint: str) -> None:
    (found,) = refused(f"input 28x28x1\n{line}\n")
    assert (found.line, found.hint, found.fix) == (2, hint, None)


def refused(text: str) -> list[Diagnostic]:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text)
    return raised.value.diagnostics


# ---- several faults, and echoes


def test_every_line_with_a_syntax_error_is_told_in_one_run() -> None:
    lines = ["input 28x28x1", *(["CONV 6, 5x5", "RELU", "let = 3", "FC 10 20 ("] * 5)]
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads("\n".join(lines))
    assert [d.line for d in raised.value.diagnostics] == [n for n, line in enumerate(lines, 1) if line[0] in "CFl"]


@pytest.mark.parametrize(
    ("shape", "line", "faults"),
    [
        ("8x8x3", "CONV 64 3x3 s0 g7 zz", ["stride of CONV", "7 groups do not divide", "zz is not defined"]),
        ("8x8x3", "CONV 64 9x9 g7", ["kernel 9 is larger than the height 8", "7 groups do not divide"]),
        ("8x8x3", "CONV 64 9x9 zz", ["zz is not defined"]),  # which may have been p4
        ("8x8x3", "CONV 64 9x9 p=-1", ["pad of CONV must be 0 or more"]),
        ("8x8x3", "CONV 64 3x3 g3 s0", ["3 groups do not divide the 64 output", "stride of CONV"]),
        ("8x8x3", "CONV 6.5 3x3 g7", ["out of CONV must be an integer", "7 groups do not divide the 3 input"]),
        ("8x8x7", "CONV 6.5 3x3 g7", ["out of CONV must be an integer"]),  # 7 channels may be meant
        ("8x8x3", "CONV 8 3x3x3 s0 g7", ["kernel of CONV has 3 numbers", "stride of CONV", "7 groups do not divide"]),
        ("8x8x16", "GN 7 eps=-1", ["7 groups do not divide", "eps of GN"]),
        ("9x16", "ATTENTION 7 dropout=2 zz", ["7 heads do not divide", "dropout of ATTENTION", "zz is not defined"]),
        ("8x8x4", "CHUNK 3 axis=foo", ["foo is not defined"]),  # the axis is in doubt, and which pieces with it
        ("8x8x3", "UPCONV 8 3x3 outpad=4 g5", ["outpad of 4", "5 groups do not divide"]),
        ("8x8x4", 'REARRANGE "(h a) w c -> h (w a) c" a=-1', ["a of REARRANGE"]),  # names of the line's own
    ],
)
def test_all_faults_of_a_line_are_told_in_one_run(shape: str, line: str, faults: list[str]) -> None:
    """What the rules say of a value is told beside other faults where nothing that these may mean takes it away."""
    found = refused(f"input {shape}\n{line}\n")
    assert len(found) == len(faults)
    assert all(fault in one.message for fault, one in zip(faults, found, strict=True)), found


def test_a_layer_that_is_wrong_has_no_echo() -> None:
    """What reads the result of a wrong line, by order, by name or by dots, says nothing."""
    text = "input 28x28x1\ng: { a: FOO 3 }\nCONV 6 99x99\nRELU <- g\nADD <- g.a, g\nlet c = in\nFC c -> 10\nFC (c/7)"
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text)
    assert told(raised.value.diagnostics).split("\n") == ["2: unknown-kind: there is no kind of layer called FOO"]


SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.arch"))


def _without_a_bracket() -> list[tuple[str, int]]:
    """Each spec, and where in it a bracket stands; those in comments and in quoted names are none."""
    texts = [path.read_text(encoding="utf-8") for path in SPECS]
    found = [(text, one) for text in texts for one in re.finditer(r"#[^\n]*|\"[^\"\n]*\"|[][(){}]", text)]
    return [(text, one.start()) for text, one in found if one.group() in "[](){}"]


@pytest.mark.parametrize(
    "part", [pytest.param(4, id="a-fourth", marks=pytest.mark.slow), pytest.param(1, id="all", marks=pytest.mark.long)]
)
def test_a_bracket_that_is_missing_is_one_message(part: int) -> None:
    """Delete each bracket of each spec in turn, a fourth of them a day: of a hundred texts at least 99 get one message."""
    every = _without_a_bracket()[day() % part :: part]
    counts = [_count(text[:place] + text[place + 1 :]) for text, place in every]
    assert len(counts) > 500
    assert sum(count == 1 for count in counts) >= 0.99 * len(counts)


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
    with pytest.raises(archdsl.ArchError, match="c is not defined here"):
        archdsl.loads("input 8\nlet c = 2*c\nFC c")
