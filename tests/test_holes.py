"""Holes: numbers that the author does not know are found from the claims, or it is said honestly why not."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from support.blanks import HONEST, draws, of_specs, outcome

import archdsl
from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.cli.main import main
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.reading.reading import read

QUICK = Limits(tries=2_000, visits=8_000)  # the shares are nearly those without
ALEXNET = "input 227x227x3\nconv1: CONV 96 11x11 s4 p{}; RELU -> 55x55x96, 34,944 params\n"


def checked(text: str, limits: Limits = Limits(), **given: object) -> Checked:  # noqa: B008 - a tuple of numbers
    return check(read(Source("net.arch", text), limits), dict(given), limits)


def values(text: str, **given: object) -> list[int]:
    result = checked(text, **given)
    assert not result.failed, [one.message for one in result.diagnostics]
    return [one.value for one in result.holes]


def codes(text: str, limits: Limits = Limits()) -> list[str]:  # noqa: B008
    return [one.code for one in checked(text, limits).diagnostics]


# ---- where a hole can stand

FOUND = [
    ("input 27x27x96\nCONV 256 5x5 p? -> 27x27x256", [2]),
    ("input 27x27x96\nCONV 256 5x5 pad=? -> 27x27x256", [2]),
    ("input 27x27x96\nCONV 256 5x5 p?x2 -> 27x27x256", [2]),
    ("input 27x27x96\nCONV ? 5x5 p2 -> 27x27x256", [256]),
    ("input 27x27x96\nCONV (2*?) 5x5 p2 -> 27x27x256", [128]),
    ("input 27x27x96\nCONV 256 ?x? p2 -> 27x27x256", [5, 5]),
    ("input 27x27x96\nCONV 256 [?, 5] p2 -> 27x27x256", [5]),
    ("input 27x27x96\nCONV 256 ?x? -> 25x27x256", [3, 1]),
    ("input 27x27x96\nCONV 256 ? -> 25x25x256", [3]),
    ("input 28x28x64\nCONV 64 3x3 p1 x? -> 28x28x64, 110,784 params", [3]),
    ("input 28x28x64\n{ CONV 64 3x3 p1; RELU } x(?) -> 110,784 params", [3]),
    ("input 28x28x64\nfor i in 1..? { CONV 64 3x3 p1 }\nexpect 110,784 params", [3]),
    ("input 8x8x3\nUPSAMPLE size=?x? -> 12x37x3", [12, 37]),
    ("input 8x8x3\nADAPTIVEAVGPOOL [same, ?] -> 8x40x3", [40]),
    ("input 8x8x3\nPAD [[?, 1], 1] channels=[1, ?] -> 12x10x9", [3, 5]),
    ("input ?x?x3\nCONV 8 3x3 -> 26x26x8", [28, 28]),
    ("input 28x28x?\nCONV 8 3x3 -> 26x26x8, 224 params", [3]),
    ("input ?x30x3\nCONV 8 3x3 -> 26x28x8", [28]),
    ("let c = ?\ninput 8x8x3\nCONV c 3x3 p1\nCONV c 3x3 p1 -> 8x8x16", [16]),
    ("model Net(c=?)\ninput 8x8x3\nCONV c 3x3 p1\nCONV (2*c) 3x3 p1 -> 8x8x32", [16]),
    ("input 8x8x3\nblock B(c, k=?) { CONV c k p=same }\nB ? -> 8x8x4, 304 params", [5, 4]),
    ("input 8x8x3\nblock B(c) { CONV c ?x? p1 }\nB 4\nB 8 -> 8x8x8", [3, 3]),
    ("input 8x8x4\nADD { ID; CONV ? 1x1 }", [4]),
    ("input 8x8x4\nADD { CONV ? 1x1; CONV ? 3x3 p1 } -> 8x8x12", [12, 12]),
    ("input Tx4 where T > 9\nCONV 8 ? -> [T - 2, 8]", [3]),
    ("input 8x8x64\nCONV 64 3x3 p1 g? -> 8x8x64, 2,368 params", [16]),
    ("input 9x9x4\nCONV 12 3x3 p1 g? -> 9x9x12\nFC 3\nexpect 3,147 params", [2]),
    ("input 8\nFC ? -> 2000000000000", [2_000_000_000_000]),
    ("input 9x9x720\nCONV 720 1x1 g? nobias -> 9x9x720, 11,520 params", [45]),
    ("input 28x28x16\nFC ?; RELU; FC 10\nexpect 1,255,510 params", [100]),
    ("input 28x28x16\nCONV ? 3x3 p?\nCONV 64 3x3 p1 -> 28x28x64, 36,928 params", [64, 1]),
    ("input 8x8x3\nif yes { CONV ? 1x1 -> 8x8x5 } else { CONV 4 1x1 }", [5]),
    ("input 28x28x64\nMAXPOOL ?x? s2 -> 13x13x64", [4, 4]),
    # sizes left open: what moves with a hole is seen at numbers
    ("input HxWx3 where H % 2 == 0, W % 2 == 0\nCONV ? 3x3 s? p? -> [H//2, W//2, 8]", [8, 2, 1]),
    ("input HxWx3\nCONV ? ?x? s2 p3 -> [(H + 1)//2, (W + 1)//2, 8], 1,184 params", [8, 7, 7]),
    ("input Tx4 where T > 9\nCONV 8 ?; CONV ? 3 -> [T - 6, 5]", [5, 5]),
    # what a merge wants equal leads as a claim does
    ("input 8x8x3\nCONV 8 3x3 p1\nADD { ID; CONV ? ?x? p1 }\nexpect 808 params", [8, 3, 3]),
    ("input 8x8x3\nCONV 8 3x3 p1\nADD { ID; CONV ? ?x? p? }\nexpect 808 params", [8, 3, 3, 1]),
    (
        "input 8x8x3\nCONV 8 3x3 p1\nADD { ID; { CONV ? ?x? p?; RELU; CONV ? 3x3 p1 } }\nexpect 1,392 params",
        [8, 3, 3, 1, 8],
    ),
    ("input i: 8x8x4\na: CONV ? 1x1 <- i\nb: CONV 6 ?x? p1 <- i\nADD <- a, b\nexpect 252 params", [6, 3, 3]),
    ("input 8x8x4\nCONCAT { CONV 4 ?x? p1; CONV ? 1x1 } -> 8x8x10", [3, 3, 6]),
    ("input 8x8x3\nblock B(n) { CONV n ?x3 p? }\nB ? -> 8x8x8, 224 params", [3, 1, 8]),
    ("input 8x8x3\nblock B(n) { CONV n ?x3 p? }\nB ? -> 8x8x8\nB 4\nexpect 516 params", [3, 1, 8]),
]


@pytest.mark.parametrize(("text", "numbers"), FOUND, ids=[text.replace("\n", "; ") for text, _ in FOUND])
def test_a_number_is_found(text: str, numbers: list[int]) -> None:
    assert values(text) == numbers


def test_numbers_of_many_lines_are_no_product() -> None:
    """Thirty lines of two holes each, and each line by itself."""
    text = "input 64x64x8\n" + "CONV ? 3x3 p? -> 64x64x8\n" * 30
    assert values(text) == [8, 1] * 30


def test_settings_are_looked_at_together() -> None:
    """At depth 1 the shortcut never shows its channels; at depth 2 it does."""
    text = (
        "model Net(depth=1)\ncases depth in [1, 2]\ninput 8x8x4\nlet c = ?\nCONV 8 1x1\n"
        "if depth == 2 { CONV c 3x3 p1 }\nexpect 40 params\n"
    ).replace("expect 40 params", "if depth == 1 { expect 40 params }\nif depth == 2 { expect 916 params }")
    from archdsl.checker.check import filled, settings

    limits = Limits()
    reading = read(Source("net.arch", text), limits)
    answer = filled(reading, settings(reading, {}), limits).answer
    assert answer is not None
    assert [one.value for one in answer.found] == [12]
    assert codes(text) == ["unpinned-hole"]


# ---- what is said


def test_an_answer_says_where_it_stands() -> None:
    (found,) = checked(ALEXNET.format("?")).holes
    assert found == (2, 26, "p?", 0, "p")


def test_fewer_warnings_go_before_more() -> None:
    result = checked(ALEXNET.format("?"))
    assert [(one.code, one.span.start, one.message) for one in result.diagnostics] == [
        ("other-answer", 41, "p = 1 fits too, but gives a warning")
    ]
    silent = ALEXNET.format("?").replace("\n", "  # archdsl: ignore[other-answer]\n")
    assert not checked(silent).diagnostics


def test_equal_sides_go_before_others() -> None:
    """7x1 and 1x7 have as many parameters as no square has."""
    assert values("input 9x9x1\nCONV 1 ?x? nobias -> 9 params") == [3, 3]
    assert codes("input 9x9x1\nCONV 1 ?x? nobias -> 7 params") == ["several-answers"]


def test_a_miss_names_every_number_that_makes_it() -> None:
    text = (
        "input 32x32x3\nCONV ? 3x3 p1\nBN\nCONV ? 3x3 p1                                     -> 32x32x20, 5,000 params"
    )
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text)
    (found,) = raised.value.diagnostics
    assert "out = 28, out = 20 gives 5,060 for 5,000; out = 27, out = 20 gives 4,880 for 5,000" in found.message


def test_the_closest_misses_are_told() -> None:
    (fault,) = checked("input 27x27x96\nCONV 256 5x5 p? -> 26x26x256").diagnostics
    assert fault.code == "no-answer"
    assert "p = 1 gives 25 for 26" in fault.message
    assert "p = 2 gives 27 for 26" in fault.message
    assert fault.related
    (fault,) = checked("input 8x8x4\nCONV 4 1x1 -> 8x8x4\nADD { ID; CONV 4 2x2 p? }").diagnostics
    assert (fault.code, fault.related[0].text) == ("no-answer", "requires equal sizes")
    assert "p = 0 gives 7 for 8" in fault.message


def test_places_are_those_of_the_text_as_it_was_written() -> None:
    """A warning behind a number of two digits stands where its word stood."""
    text = "input 28x28x3\nCONV ? 3x3 -> 26x26x128\nMAXPOOL 3x3 s2\nCONV ? 1x1; MAXPOOL 5x5 s4 -> ?x?x1000\n"
    result = checked(text)
    marked = [(one.code, text[one.span.start : one.span.end]) for one in result.diagnostics]
    assert marked == [("leftover", "MAXPOOL"), ("leftover", "MAXPOOL")]
    assert all(one.source.text == text for one in result.diagnostics)


def test_a_fault_of_its_own_is_told_and_nothing_else() -> None:
    assert codes("input 8x8x3\nCOVN 8 3x3\nCONV ? 3x3 -> 9x9x9") == ["unknown-kind"]
    assert codes("input 8x8x3\nCONV 8 3x3 -> 7x7x8\nCONV ? 3x3 -> 4x4x4") == ["claim-shape"]
    assert codes("input 8x8x3\nCONV 8 3x3 -> 7x7x8\nCONV ? 3x3") == ["claim-shape", "unpinned-hole"]


@pytest.mark.parametrize(
    ("behind", "code", "word"),
    [
        ("freeze nope", "unknown-name", "nope"),
        ("CONV 8 99x99", "kernel-too-large", "99x99"),
        ("FC (1/3)", "wrong-type", "(1/3)"),
        ("ADD { ID; CONV 9 1x1 }", "shape-mismatch", "ADD"),
        ("EMBED 8 8", "dtype-mismatch", "EMBED"),
    ],
)
@pytest.mark.parametrize(
    "line", ["CONV 8 3x3 p? -> 8x8x8", "CONV ? 3x3 p? -> 8x8x8", "CONV ? ?x? p? -> 8x8x8, 224 params"]
)
def test_a_fault_behind_a_hole_is_told_beside_its_number(line: str, behind: str, code: str, word: str) -> None:
    text = f"input 8x8x3\n{line}\n{behind}"
    found = checked(text)
    (told,) = found.diagnostics
    assert (told.code, text[told.span.start : told.span.end], told.line) == (code, word, 3)
    assert len(found.holes) == line.count("?")


def test_a_fault_that_the_numbers_make_is_none_of_its_own() -> None:
    assert codes("input 8x8x3\nCONV 8 ?x? -> 9x9x8") == ["no-answer"]
    assert codes("input 8x8x3\nCONV 8 3x3 p?\nCONV 8 19x19 -> 1x1x8") == ["no-answer"]
    assert codes("input 8x8x3\nCONV 8 3x3 p?\nfreeze nope") == ["unpinned-hole", "unknown-name"]


def test_limits_end_the_search() -> None:
    text = "input 64x64x8\nCONV 8 ?x? s? p? d?; CONV 8 ?x? s? p? -> 7x7x8, 9,999,999 params"
    (fault,) = checked(text, Limits(tries=500)).diagnostics
    assert (fault.code, fault.hint is not None) == ("limit", True)
    assert "within 500 tries" in fault.message
    (fault,) = checked("input 64\n" + "FC ? -> 3\n" * 101).diagnostics
    assert fault.message == "101 holes; the limit is 100"
    beyond = checked("input 64\n" + "FC ? -> 3\n" * 5_000)
    assert [one.message for one in beyond.diagnostics] == ["5,000 holes; the limit is 100"]
    assert not beyond.visits  # nothing is laid


@pytest.mark.parametrize(
    "text",
    [
        *(
            "?: RELU",
            "a?: RELU",
            "RELU <- ?",
            "C? 3",
            "? 3",
            "CONV ?? 3",
            "CONV ?2",
            "CONV 2?",
            "CONV 8 3x3?",
            "RELU x?x?",
        ),
        *("conv{?}: RELU", "RELU -> ? params", "RELU -> 8 within ?%", "expect ?M params", "output ?", "let ? = 3"),
        *(
            "block ? { RELU }",
            "model ?",
            "for ? in 1..3 { RELU }",
            "CONV 8 3x3 s=-?",
            "if ?x3 { RELU }",
            "FC in?",
            "FC q?",
        ),
    ],
)
def test_a_hole_in_an_odd_place_is_a_clear_fault(text: str) -> None:
    faults = checked(f"input 8x8x3\n{text}").diagnostics
    assert faults
    assert {one.code for one in faults} <= {
        *(
            "syntax",
            "unknown-option",
            "unknown-name",
            "unpinned-hole",
            "wrong-type",
            "no-answer",
            "rank-mismatch",
            "misplaced",
        ),
    }
    assert all(one.message and (one.code != "syntax" or one.line == 2) for one in faults)


def test_comments_and_texts_are_no_holes() -> None:
    assert not checked('input 8x8x3 # why?\n"a?b": RELU\n').diagnostics


def test_a_claim_leaves_axes_out() -> None:
    text = "input 8x9x3\nCONV 5 3x3 -> ?x7x?\nRELU -> [6, ?, 5]\nFC 3 -> ?\n"
    assert not checked(text).diagnostics
    assert not checked(text).holes
    assert codes("input 8x9x3\nRELU -> ?x8x3") == ["claim-shape"]
    assert codes("input 8x9x3\nRELU -> ?x3") == ["claim-shape"]


# ---- what can be done with it


def test_a_model_is_one_of_the_numbers() -> None:
    text = ALEXNET.format("?") + "CONV ? ?x? s2 -> 27x27x8, 7,?".replace(", 7,?", "")
    model = archdsl.loads(text.replace("?x? s2", "3x3 s2"))
    plain = archdsl.loads(ALEXNET.format("0") + "CONV 8 3x3 s2 -> 27x27x8")
    assert [one.value for one in model.holes] == [0, 8]
    assert (model.summary(), model.to_source()) == (plain.summary(), plain.to_source())
    assert model.to_json()["holes"][1] == {"line": 3, "column": 6, "text": "?", "value": 8, "name": "out"}
    assert not plain.holes


def test_a_file_is_filled_byte_for_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.arch"
    before = ("\ufeff# why ? \u00e4\r\n" + ALEXNET.format("?").replace("\n", "\t# ?\r\n")).encode()
    path.write_bytes(before)
    path.chmod(0o640)
    assert main(["check", str(path)]) == 0
    assert path.read_bytes() == before
    assert main(["check", str(path), "--fill"]) == 0
    assert path.read_bytes() == before.replace(b"p?", b"p0")
    assert path.stat().st_mode & 0o777 == 0o640
    assert f"{path}:3:26: p = 0" in capsys.readouterr().out


def test_nothing_is_written_without_one_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {
        "none": "input 8x8x3\nCONV 8 3x3 p? -> 7x7x8\n",
        "several": "input 8x8x3\nCONV 8 ?x? p? -> 8x8x8\n",
        "open": "input 8x8x3\nCONV 8 3x3 p?\n",
        "wrong": "input 8x8x3\nCONV 8 3x3 p? -> 8x8x8\nRELU -> 9\n",
        "plain": "input 8x8x3\r\nCONV 8 3x3\r\n",
        "one": "input 8x8x3\nCONV 8 3x3 p? -> 8x8x8\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.arch").write_bytes(text.encode())
    assert main(["check", str(tmp_path), "--fill"]) == 1
    written = {name: (tmp_path / f"{name}.arch").read_bytes().decode() for name in texts}
    assert written == {**texts, "one": texts["one"].replace("p?", "p1")}
    assert "2 of 6 files hold" in capsys.readouterr().out


def test_standard_input_is_filled_to_standard_output() -> None:
    def run(text: str, *options: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "archdsl", "check", "-", "--fill", *options]
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, check=False, cwd=Path(__file__).parents[1]
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    status, out, err = run(ALEXNET.format("?"))
    assert (status, out) == (0, ALEXNET.format("0"))
    assert "<stdin>:2:26: p = 0" in err
    status, out, err = run("input 8x8x3\nCONV 8 3x3 p? -> 7x7x8\n")
    assert (status, out) == (1, "")
    assert "no-answer" in err
    assert run(ALEXNET.format("?"), "--format", "json")[0] == 2


def test_holes_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.arch"
    path.write_text(ALEXNET.format("?"), encoding="utf-8")
    assert main(["check", str(path), "--format", "json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert record["holes"] == [{"line": 2, "column": 26, "text": "p?", "value": 0, "name": "p"}]


def test_texts_without_holes_load_nothing_of_this() -> None:
    program = "import sys, archdsl.cli.main; archdsl.cli.main.main(['check', {!r}]); print([m for m in sys.modules if 'holes' in m or 'unknown' in m])"
    spec = Path(__file__).parents[1] / "specs" / "alexnet.arch"
    ran = subprocess.run([sys.executable, "-c", program.format(str(spec))], capture_output=True, text=True, check=True)
    assert ran.stdout.endswith("[]\n")


# ---- numbers blanked and found again; `tests/support/blanks.py` does it in any number


def tally(verdicts: list[str]) -> str:
    return ", ".join(f"{verdict} {count / len(verdicts):.0%}" for verdict, count in Counter(verdicts).most_common())


@pytest.mark.parametrize(("together", "count", "share"), [(1, 60, 0.85), (2, 30, 0.6)])
def test_numbers_of_specs_are_found_again(together: int, count: int, share: float) -> None:
    cases = random.Random(together).sample(list(of_specs(together)), count)
    verdicts = []
    for name, text, spans in cases:
        found = outcome(text, spans, QUICK)
        assert found.verdict in HONEST, (name, spans, found)
        verdicts.append(found.verdict)
    assert verdicts.count("exact") >= share * count, tally(verdicts)


def test_numbers_of_drawn_networks_are_found_again() -> None:
    verdicts = []
    for text, spans in draws(90):
        found = outcome(text, spans, QUICK)
        assert found.verdict in HONEST, (text, spans, found)
        verdicts.append(found.verdict)
    assert verdicts.count("exact") >= 0.7 * len(verdicts), tally(verdicts)


@pytest.mark.parametrize("verdict", ["does not fit", "other", "no-answer", "silent"])
def test_what_is_wrong_is_not_honest(verdict: str) -> None:
    assert verdict not in HONEST
