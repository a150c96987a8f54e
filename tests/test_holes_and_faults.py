"""A hole hides no fault: what does not depend on it is reported as without it, and its number is found all the same."""

from __future__ import annotations

import pytest
from support.faults_and_holes import OF_HOLES, Pair, pairs, told

from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.reading.reading import read

PAIRS = list(pairs())
UNREAD = {
    "syntax",
    "encoding",
    "unclosed",
    "unusable-file",
    "too-deep",
    "where-failed",
    "limit",
}  # nothing behind these is looked at

NO_SHAPE = "a shape is written without spaces and brackets"


def checked(text: str, limits: Limits = Limits(), **given: object) -> Checked:  # noqa: B008 - a tuple of numbers
    return check(read(Source("net.arch", text), limits), dict(given), limits)


def holds(pair: Pair) -> None:
    """The faults with a hole are those with a number, and the number is found where it can be."""
    alone = checked(pair.without, pair.case.limits, **pair.case.given)
    found = checked(pair.with_hole, pair.case.limits, **pair.case.given)
    assert told(found.diagnostics) == [of_hole(pair, one) for one in told(alone.diagnostics)], pair.with_hole
    laid = not pair.case.text.startswith("input _:")  # an input without a name: no line is laid
    if pair.found and laid and not {one.code for one in alone.diagnostics} & UNREAD:
        assert len(found.holes) == pair.with_hole.count("?") - pair.case.text.count("?"), pair.with_hole


def of_hole(pair: Pair, fault: tuple[object, ...]) -> tuple[object, ...]:
    """A fault as it is told beside the hole: a line with a hole keeps it where it is mended, or is not mended."""
    code, message, line, label, hint, related = fault
    if pair.where == "free behind the input" and "; DROPOUT 0" in str(hint):
        hint = str(hint).replace("; DROPOUT 0", "; DROPOUT ?") if code != "syntax" else NO_SHAPE
    return code, message, line, label, hint, related


def of_code(pair: Pair) -> str:
    return f"{pair.case.code}: {pair.where}"


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids=map(of_code, PAIRS))
def test_a_hole_hides_no_fault_of_any_code(pair: Pair) -> None:
    holds(pair)


@pytest.mark.parametrize("pair", PAIRS[::23], ids=map(of_code, PAIRS[::23]))
def test_a_hole_hides_no_fault(pair: Pair) -> None:
    holds(pair)


def test_every_code_is_among_them() -> None:
    assert len({pair.case.code for pair in PAIRS}) > 40


# ---- several holes and several faults in one text

SEVERAL = """\
input 8x8x3
a: CONV {} 3x3 p{} -> 8x8x16
b: CONV 8 3x3 q2
c: CONV {} 1x1 <- a -> 8x8x4, 68 params
d: CONV 4 99x99 <- c
e: CONV 4 1x1 <- c -> 8x8x5
f: DROPOUT {} <- c
g: CONV 7 1x1 g2 <- f
ADD <- c, g, zz
freeze y
"""


def test_all_faults_are_told_and_all_numbers_found() -> None:
    text = SEVERAL.replace("{}", "?")
    found = checked(text)
    assert told(found.diagnostics) == told(checked(SEVERAL.format(16, 1, 4, 0)).diagnostics)
    assert [one.value for one in found.holes] == [16, 1, 4]
    assert [one.code for one in found.diagnostics if one.code.endswith("hole")] == ["unpinned-hole"]


@pytest.mark.parametrize(
    ("text", "codes", "numbers"),
    [
        ("input ?x?x3\nBN\nfreeze zz", ["unpinned-hole", "unpinned-hole", "unknown-name"], []),
        ("input 8x8x3\nCONV ? 3x3 p1 -> 8x8x16\nCONV 4 ? p? -> 8x8x4\nFC 3 <- zz", ["several-answers", "unknown-name"], [16]),
        ("input 8x8x3\na: CONV ? 3x3 -> 7x7x16\nCONV ? 3x3 <- a -> 6x6x4\nFC 3 <- zz", ["claim-shape", "unknown-name"], [16]),
        ("input x: 8x8x3\na: CONV 8 3x3 s? -> 7x7x8\nb: CONV ? 3x3 <- x -> 6x6x4", ["no-answer"], [4]),
        # claims that no number changes are faults of their own
        ("input 8x8x3\nCONV 8 3x3 p? -> 8x8x8\nRELU -> 9", ["claim-shape"], [1]),
        ("input 8x8x3\nCONV 8 3x3 p? -> 8x8x8, 223 params", ["claim-value"], [1]),
        ("input 8x8x3\nCONV 8 3x3 p? -> 8x8x8\nCONV 8 3x3\nexpect 223 weights", ["claim-value"], [1]),
        ("input 8x8x3\nDROPOUT ? -> 8x8x4", ["unpinned-hole", "claim-shape"], []),
        # rules that want equal sizes, too
        ("input 8x8x3\nCONV 8 3x3 p? -> 8x8x8\nADD { ID; CONV 9 1x1 }", ["shape-mismatch"], [1]),
        ("input 8x8x4\nADD { ID; CONV ? 2x2 }", ["shape-mismatch"], [4]),
        # a claim behind a fault is silent, so that nothing is said of the hole that it may pin
        ("input 8x8x3\nCONV 8 3x3 p?\nFC 10\nCONV 4 1x1 -> 8x8x4", ["rank-mismatch"], []),
        ("input 8x8x3\nCOVN 8 3x3\nCONV ? 3x3 -> 9x9x9", ["unknown-kind"], []),
        # what a rule says of every number, in whatever words, is a fault of its own
        ("input 8x8x3\nblock B(c) { CONV c 1x1; CONV 4 3x3 g3 }\nB ? -> 6x6x4", ["not-divisible"], []),
        # what the claims pin is the number with which the claims behind it are judged
        ("input ?x?x3\nCONV 8 3x3 -> 6x6x8\nMAXPOOL 3x3 s2 -> 3x3x8", ["claim-shape"], [8, 8]),
        ("input 8x8x3\nCONV 3 3x3 p?\nSCALE { ID; GLOBALAVGPOOL; ID }", ["unpinned-hole", "wrong-inputs"], []),
        ("block B(c) { CONV c 3x3; FC zork }\ninput 8x8x3\nCONV ? 3x3\nB 4", ["unknown-name", "unpinned-hole"], []),
        # numbers that the input does not bound: a large one may make what follows fit
        *(
            (f"input 8x8x3\n{line}\nCONV 8 99x99", ["unpinned-hole"], [])
            for line in ("UPSAMPLE ?", "PAD ?", "UPCONV 4 3x3 s?", "CONV 4 3x3 p?")
        ),
        ("input 8x8x3\nUPSAMPLE ?\nCONV 8 99x99 -> 6x6x8", [], [13]),
        ("input 8x8x3\nPAD ?\nCONV 8 99x99 -> 2x2x8", [], [46]),
        ("input 8x8x3\nCONV 4 3x3 s?\nCONV 8 99x99", ["unpinned-hole", "kernel-too-large"], []),
        # a rule that refuses whatever sizes the input has
        ("input ?x?x3\nCONV 8 3x3\nADD { ID; CONV 9 1x1 }", ["unpinned-hole", "unpinned-hole", "shape-mismatch"], []),
        ("input 8x?x3\nx: CONV 8 3x3\nADD { ID; CONV 8 3x3 }", ["unpinned-hole", "shape-mismatch"], []),
    ],
)  # fmt: skip
def test_faults_beside_holes(text: str, codes: list[str], numbers: list[int]) -> None:
    found = checked(text)
    assert [one.code for one in found.diagnostics] == codes
    assert [one.value for one in found.holes] == numbers


def test_a_file_with_a_hole_never_holds_without_its_number() -> None:
    for text in ("input 8x8x3\nDROPOUT ?", "input 8x8x3\nblock B(k=?) { CONV 3 k }\nRELU", "let a = ?\ninput 8\nRELU"):
        assert checked(text).failed


# ---- faulty lines of all kinds, behind holes of all kinds, before them and inside a block

BLOCKS = """\
block INNER(c) { CONV c 3x3 p1; FC zork }
block SUM { CONV 4 1x1; ADD { ID; CONV 5 1x1 } }
block APART { CONV 8 1x1; CONV 9 1x1 g4 }
"""
BEHIND = {
    "CONV ? 3x3 p1": (1, 2, 3, 5, 6, 64),  # numbers that the line accepts
    "CONV 3 3x3 p? -> 8x8x3": (1,),
    "CONV 3 3x3 p1 g?": (1, 3),
    "RELU x?": (1, 2),
    "let c = ?; CONV c 3x3 p1": (1, 2, 3, 5, 6, 64),
    "CONV ? 3x3 p1 -> 84 params": (3,),
    "CONV 3 ? p? -> 8x8x3": (),  # several answers
}
FAULTY = """\
LSTM 4
EMBED 10 4
RESHAPE 5x5x5
CONV 8 1x1 g3
SLICE steps=0
PERMUTE 1 0
PERMUTE "b a"
REARRANGE "a b -> b a"
SCALE { ID; GLOBALAVGPOOL; ID }
CHUNK 5
MODULE "a" gives=3
INNER 4
SUM
APART
FC zork
FC 3 <- zz
freeze zz
CONV 8 99x99
FC (1/3)
ADD { ID; CONV 9 99x99 }
ADD { ID; FC 3 }
COVN 8 3x3
CONV 8 3x3 q3
CONV 8
CONV 8 3x3 p1 -> 8x8x9
CONV 4 3x3 g3
RELU 3 4
DROPOUT 7
FC 10; CONV 3 3x3
GLOBALAVGPOOL; FC 3; MAXPOOL 2
FC 5 -> 6
FC 5 -> 5x5
{ CONV 3 3x3 p1; FC zork } x2
for i in 1..3 { CONV 3 3x3 q1 }
if yes { FC zork }
MATMUL { ID; FC 3 }
ATTENTION heads=3
LN 3 4
BN 3 3 3
let y = zork
let k = 1/0
FC (1//0)
a: RELU; a: RELU
CONV 3 3x3 s0
CONV 3 0x0
MAXPOOL 3x3 p9
CROP 99
PAD -1
UPSAMPLE 0
CONV 4 1x1; SPLIT [1, 1, 1]
CONV 8 1x1; CHUNK 3
CONV 8 1x1; GN 3
CONV 8 1x1; CONV 9 1x1 g4
ADD { CONV 4 1x1; CONV 5 1x1 }
CONV 4 1x1; ADD { ID; CONV 5 1x1 }
SUB { CONV 4 1x1; CONV 5 1x1; ID }
x, y: CONV 3 1x1
output nowhere
CONV 3 1x1 <- nowhere
FLATTEN; CONV 3 3x3
CONV 8 1x1; PIXELSHUFFLE 3
CONV -3 3x3
LSTM 4 layers=0
CONV 5 1x1; RELU -> 8x8x6
""".splitlines()
AROUND = {
    "behind": BLOCKS + "input 8x8x3\n@hole\n@line\n",
    "before": BLOCKS + "input 8x8x3\nfirst: ID\n@line\nID <- first\n@hole\n",
    "inside": BLOCKS + "block OUTER {\n@hole\nRELU\n@line\n}\ninput 8x8x3\nCONV 3 1x1\nOUTER\n",
}


def placed(where: str, hole: str, line: str) -> str:
    return AROUND[where].replace("@hole", hole).replace("@line", line)


def faults(text: str) -> dict[tuple[str, int], tuple[str, str | None]]:
    """The words and the hint of each fault, by its code and line."""
    errors = (one for one in checked(text).diagnostics if one.severity == "error" and one.code not in OF_HOLES)
    return {(one.code, one.line): (one.message, one.hint) for one in errors}


@pytest.mark.long
@pytest.mark.parametrize("where", AROUND)
@pytest.mark.parametrize("hole", BEHIND)
def test_every_faulty_line_is_told_whatever_the_hole(hole: str, where: str) -> None:
    told_as_without(hole, where, FAULTY)


@pytest.mark.parametrize("where", AROUND)
@pytest.mark.parametrize("hole", BEHIND)
def test_a_faulty_line_is_told_whatever_the_hole(hole: str, where: str) -> None:
    """Other lines for each hole, so that all are told beside one."""
    told_as_without(hole, where, FAULTY[list(BEHIND).index(hole) :: len(BEHIND)])


def told_as_without(hole: str, where: str, lines: list[str]) -> None:
    """What every number that the line of the hole accepts has is reported, in the same words where all have the same."""
    for line in lines:
        if where == "inside" and line.startswith(("freeze", "output")):
            continue
        text = placed(where, hole, line)
        numbers = [hole.replace("?", str(number)) for number in BEHIND[hole]] or ["CONV 3 3 p1 -> 8x8x3"]
        alone = [faults(placed(where, one, line)) for one in numbers]
        found = faults(text)
        for place in set.intersection(*map(set, alone)):
            assert place in found, text
            if len({each[place] for each in alone}) == 1:
                assert found[place] == alone[0][place], text
