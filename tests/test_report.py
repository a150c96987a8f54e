"""A check that reports, whatever the text: what does not depend on a fault keeps its shapes and counts."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

import archdsl

ROOT = Path(__file__).parent.parent
SPECS = sorted((ROOT / "specs").glob("*.arch"))


def known(text: str) -> dict[str, str]:
    """The shape of each layer by its path."""
    return {row.path: str(row.output) for row in archdsl.check(text, notation="arch").layers}


def codes(text: str) -> list[str]:
    """The codes of all errors."""
    return [one.code for one in archdsl.check(text, notation="arch").diagnostics if one.severity == "error"]


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        # a statement that cannot be read is unknown, and what follows it until a claim or a name says what it is
        ("input 8x8x3\na: CONV 4 3x3\nb: CONV 4 = 3\nc: RELU\nd: CONV 5 3x3 -> 4x4x5\ne: RELU", {"a": "6x6x4"}),
        ("input 8x8x3\na: CONV 4 3x3\nb: CONV 4 = 3\nc: RELU <- a\nd: FC 3", {"a": "6x6x4", "c": "6x6x4", "d": "3"}),
        ("input 8x8x3\na: CONV 4 = 3 -> 4x4x4\nb: RELU", {"b": "4x4x4"}),
        ("input 8x8x3\nc3:\nb: CONV 4 3x3\na: RELU -> 6x6x4\nd: FC 2", {"d": "2"}),
        # an unclosed bracket ends at the end of its line
        ("input 8x8x3\na: CONV (4 3x3 -> 6x6x4\nb: RELU", {"b": "6x6x4"}),
        ("input 8x8x3\na: RESHAPE [4, 3 -> 6x6x4\nb: RELU\nc: FC 2", {}),
        ("input x: 8x8x3\na: RESHAPE [4,\nb: RELU <- x\nc: FC 2 -> 2\nd: RELU", {"b": "8x8x3", "d": "2"}),
        # braces
        ("input 8x8x3\ng: {\n  a: CONV 4 3x3\n} zork\nFC 2", {"g.a": "6x6x4"}),
        ("input 8x8x3\nADD {\n  a: CONV 4 3x3\n  b: CONV 4 3x3\nc: FC 2", {"a": "6x6x4", "b": "6x6x4", "c": "2"}),
        ("input 8x8x3\nB 4\nc: FC 2\nblock B(n)\n  a: CONV n 3x3\n}", {"0.a": "6x6x4", "c": "2"}),
        ("block B(c {\n  CONV c 3x3\n}\ninput 8x8x3\na: CONV 3 3x3\nB 4\nFC 3", {"a": "6x6x3"}),
        # what stands in braces with a fault
        ("input 8x8x3\ng: {\n  a: CONV 4 3x3\n  CONV zork 3x3\n}\nFC 2", {"g.a": "6x6x4"}),
        ("input 8x8x3\nADD {\n  a: CONV 4 3x3\n  CONV zork 3x3\n}\nFC 2", {"a": "6x6x4"}),
        ("input 8x8x3\nB 4\nblock B(n) {\n  a: CONV n 3x3\n  CONV zork 3x3\n}", {"0.a": "6x6x4"}),
        # a wrong claim, and a claim behind another fault
        ("input 8x8x3\na: CONV 4 3x3 -> 5x5x4\nb: RELU", {"a": "6x6x4", "b": "6x6x4"}),
        ("input 8x8x3\na: CONV 4 9x9 -> 5x5x4\nb: RELU", {"b": "5x5x4"}),
    ],
)
def test_what_does_not_depend_on_a_fault_is_known(text: str, shapes: dict[str, str]) -> None:
    found = known(text)
    assert len(codes(text)) == 1
    assert {path: found.get(path) for path in shapes} == shapes
    hidden = {"b", "c", "g.1"} - set(shapes) if "CONV 4 = 3" in text and "-> 4x4x4" not in text else set()
    assert not hidden & set(found)


def test_a_wrong_claim_is_one_message_and_its_followers_are_not_judged() -> None:
    text = "input 8x8x3\nCONV 4 3x3 -> 5x5x4\nCONV 4 3x3 -> 3x3x4\nFC 2 -> 2\nexpect 1 params"
    report = archdsl.check(text)
    assert [one.code for one in report.diagnostics] == ["claim-shape"]
    assert [claim.holds for claim in report.claims] == [False, None, True, None]
    assert report.totals is not None


def test_a_second_fault_behind_a_claimed_shape_is_told() -> None:
    assert codes("input 8x8x3\nCONV 4 9x9 -> 5x5x4\nCONV 3 7x7") == ["kernel-too-large", "kernel-too-large"]


def test_the_rule_of_a_line_that_reads_what_is_in_doubt_says_nothing() -> None:
    assert codes("input 8x8x3\nCONV 4 3x3 -> 16x16x4\nCONV 3 7x7") == ["claim-shape"]


@pytest.mark.parametrize("text", ["", "}", "\x00", "input 8x8x3\nCONV ? 3x3 -> 6x6x4\nFC )", "x" * 10_000, "[" * 500])
def test_every_text_has_a_report_with_every_field(text: str) -> None:
    report = archdsl.check(text)
    whole = archdsl.check("input 8; FC 3")
    assert whole.ok and not report.ok
    assert set(report.to_json()) == set(whole.to_json())
    assert report.totals is None
    assert report.diagnostics and report.layers is not None and report.claims is not None


@pytest.mark.parametrize(
    ("used", "shapes", "code"),
    [
        # a block with a fault is laid as far as it is known, and the others are as they were
        ("block A(c) { CONV c 3x3 }\nblock B(c) { CONV c 3x3 zz= }\nblock C(c) { CONV c 1x1 }", {"0.0": "6x6x4", "1.0": "6x6x6", "3": "3"}, "syntax"),
        ("block A(c) { CONV c 3x3 }\nblock B(c { CONV c 3x3 }\nblock C(c) { CONV c 1x1 }", {"0.0": "6x6x4", "3": "3"}, "syntax"),
        # of a file that is not there nothing is known, and nothing more is told
        (None, {"3": "3"}, "unusable-file"),
        ("# nothing", {"3": "3"}, "unusable-file"),
        ('use "none.arch"\nblock A(c) { CONV c 3x3 }', {"0.0": "6x6x4", "3": "3"}, "unusable-file"),
    ],
)  # fmt: skip
def test_faults_of_a_file_that_is_used(tmp_path: Path, used: str | None, shapes: dict[str, str], code: str) -> None:
    if used is not None:
        (tmp_path / "part.arch").write_text(used)
    (tmp_path / "net.arch").write_text('use "part.arch"\ninput 8x8x3\nA 4\nC 6\nB 5 -> 4x4x5\nFC 3\n')
    report = archdsl.check_file(tmp_path / "net.arch")
    assert [one.code for one in report.diagnostics] == [code]
    found = {row.path: str(row.output) for row in report.layers}
    assert found.items() >= shapes.items()
    assert report.totals is None


def test_a_file_and_a_model_are_the_same_report() -> None:
    report, model = archdsl.check_file(SPECS[0]), archdsl.load(SPECS[0])
    assert report.to_json() == model.to_json()
    assert [row.span for row in report.layers] == [row.span for row in model.layers]
    text = SPECS[0].read_text(encoding="utf-8")
    assert all(row.kind in text[row.span.start : row.span.end].upper() for row in report.layers)


_TOKEN = re.compile(r"#[^\n]*|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[^\s]")


def mutants(count: int) -> list[tuple[str, str, int]]:
    """Specs with one edit each: the text, what it was, and the line: a dropped token, a number, a misspelt word."""
    drawn = random.Random(20260)
    found = []
    while len(found) < count:
        text = drawn.choice(SPECS).read_text(encoding="utf-8")
        tokens = [one for one in _TOKEN.finditer(text) if not one.group().startswith("#")]
        token = drawn.choice(tokens)
        word = token.group()
        instead = drawn.choice(["", f"{int(word) + 1}"] if word.isdigit() else ["", word[:-1] + "zz"])
        line = text[: token.start()].count("\n") + 1
        found.append((text[: token.start()] + instead + text[token.end() :], text, line))
    return found


def independent(text: str, line: int) -> set[int]:
    """The lines with layers that do not depend on a line: those above it, and those that read none that do.

    Behind a shape that is claimed in numbers nothing depends on what stands above it.
    """
    rows = archdsl.check(text, notation="arch").layers
    stated = {number for number, words in enumerate(text.split("\n"), 1) if re.search(r"->\s*[0-9]+(x[0-9]+)*", words)}
    end = min((number for number in stated if number > line), default=10**9)
    return {row.line for row in rows if row.line < line or row.line > end}


def test_lines_that_do_not_depend_on_a_fault_keep_their_shapes() -> None:
    kept = wanted = 0
    for text, was, line in mutants(60):
        before = independent(was, line)
        after = {row.line for row in archdsl.check(text, notation="arch").layers}
        wanted += len(before)
        kept += len(before & after)
    assert kept >= 0.9 * wanted, (kept, wanted)


def test_a_listing_with_a_line_that_cannot_be_read() -> None:
    """The line is unknown but for the shape that it states; the others are as they were."""
    text = "Input 32x32x3\nConv 64 3x3 pad 1\nConv 128 filters, 7 units 9\n[16x16x128] Max pool 2x2\nFC 10"
    report = archdsl.check(text, notation="listing")
    assert [(one.code, one.line) for one in report.diagnostics] == [("unclear-layer", 3)]
    assert [(row.kind, str(row.output)) for row in report.layers] == [("CONV", "32x32x64"), ("FC", "10")]
    text = text.replace("Conv 128", "[32x32x128] Conv 128")
    report = archdsl.check(text, notation="listing")
    assert [row.kind for row in report.layers] == ["CONV", "MAXPOOL", "FC"]
    assert [row.params for row in report.layers] == [1_792, 0, 327_690]
    assert report.totals is None


@pytest.mark.parametrize(
    "text",
    [
        "input 8x8x3\ng: {\na: COVN 8 3x3 -> 6x6x8\nFC 3 } -> 3, 999 params",
        "input 8x8x3\ng: { a: CONV 8 = 3 -> 6x6x8\nFC 3 } -> 3, 999 params",
        "input 8x8x3\nblock B {\na: COVN 8 3x3 -> 6x6x8\nFC 3 }\nB -> 3, 999 params\nRESHAPE 1x1x3\nB -> 3, 88 params",
        "input 8x8x3\nADD { { COVN 8 3x3 -> 6x6x8\nCONV 3 1x1 } -> 6x6x3, 8 params\nCONV 3 3x3 } -> 6x6x3, 5 params",
    ],
)
def test_counts_of_what_is_missing_in_part_are_not_judged(text: str) -> None:
    report = archdsl.check(text)
    assert len(report.diagnostics) == 1
    assert {claim.holds for claim in report.claims if "params" in claim.text} == {None}


def test_a_line_of_a_listing_that_is_repeated_no_times() -> None:
    text = "[INPUT 32x32x3] ->× 0[CONV 5x5x3, 6] -> [0 [POOL 2x2] -> [FC 10]\n"
    assert archdsl.check(text, notation="listing").diagnostics
    assert archdsl.check("[INPUT 32x32x3] -> [CONV 5x5x3, 6] × 0 -> [POOL 2x2] -> [FC 10]", notation="listing")
