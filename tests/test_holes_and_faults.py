"""A hole hides no fault: what does not depend on it is reported as without it, and its number is found all the same."""

from __future__ import annotations

import pytest
from faults_and_holes import Pair, pairs, told

from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.reading.reading import read

PAIRS = list(pairs())
UNREAD = {"syntax", "unclosed", "unusable-file", "too-deep", "where-failed"}  # nothing behind these is looked at


def checked(text: str, limits: Limits = Limits(), **given: object) -> Checked:  # noqa: B008 - a tuple of numbers
    return check(read(Source("net.arch", text), limits), dict(given), limits)


def holds(pair: Pair) -> None:
    """The faults with a hole are those with a number, and the number is found where it can be."""
    alone = checked(pair.without, pair.case.limits, **pair.case.given)
    found = checked(pair.with_hole, pair.case.limits, **pair.case.given)
    assert told(found.diagnostics) == told(alone.diagnostics), pair.with_hole
    if pair.found and not {one.code for one in alone.diagnostics} & UNREAD:
        assert len(found.holes) == pair.with_hole.count("?") - pair.case.text.count("?"), pair.with_hole


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
