"""`archdsl check --fix`: which fixes are applied, that nothing is worse for them, and what is said of them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.mutation import mutant, specs
from test_fixes import MENDED
from test_guesses import Guess, guesses

import archdsl
from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.checker.fixes.apply import Done, applied
from archdsl.cli.main import main
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.network.likeness import Likeness
from archdsl.reading.reading import read

FAULTY = "input 8x8x3\nconv1: CONVV 4 3x3   # stem\nRANDOMTHING 2\nCONV 8 3x3 padding=1 -> 6x6x8\n"
PARTLY = "input 8x8x3\nconv1: CONV 4 3x3   # stem\nRANDOMTHING 2\nCONV 8 3x3 p1 -> 6x6x8\n"
TYPO = "input 8\nh: FCC 4   # hidden\nRELU\n"
RIGHT = "input 8\nh: FC 4   # hidden\nRELU\n"


class Looked:
    """One check of a text, as those of a file are."""

    def __init__(self, source: Source) -> None:
        self.checks: list[Checked] = [check(read(source, Limits(), "arch"), {}, Limits())]

    @property
    def errors(self) -> list[str]:
        return [one.code for one in self.checks[0].diagnostics if one.severity == "error"]


def fixed(text: str) -> tuple[str, Looked, list[Done]]:
    source = Source("net.arch", text)
    source, found, done = applied(source, Looked(source), Looked)
    return source.text, found, done


# ---- which fixes are safe


@pytest.mark.parametrize("guess", [one for one in guesses() if one.sign == "="], ids=lambda one: " / ".join(one.lines))
def test_a_guess_that_is_fixed_is_the_network_that_was_meant(guess: Guess) -> None:
    text, found, done = fixed(guess.text)
    if done and not found.checks[0].failed:
        made = archdsl.loads(text, notation="arch").to_source()
        assert made == archdsl.loads(guess.right, notation="arch").to_source()
    assert len(found.errors) <= len(Looked(Source("net.arch", guess.text)).errors)


def test_most_guesses_are_fixed() -> None:
    faulty = [one for one in guesses() if one.sign == "=" and Looked(Source("a", one.text)).errors]
    left = [one.lines for one in faulty if fixed(one.text)[1].errors]
    assert len(left) < len(faulty) // 20, left


@pytest.mark.parametrize("text", [text for text, _ in MENDED])
def test_what_is_fixed_holds(text: str) -> None:
    made, found, done = fixed(f"{text}\n")
    assert bool(done) == (made != f"{text}\n")
    assert not done or not found.errors


UNSAFE = [
    ("input 27x27x96\nCONV 256 5x5 p1 -> 27x27x256", "CONV 256 5x5 p2 -> 27x27x256"),  # or 3x3, or a wrong claim
    ("input 8x8x3\nCONV 9 3x3 g2", None),
    ("input 32x32x64\nMAXPOOL 3x3 s2 -> 16x16x64", None),
    ("input 100\nUPCONV 512 4x4", "RESHAPE 1x1x100; UPCONV 512 4x4"),  # a layer that nobody wrote
    ("input 28x28\nCONV 8 3x3", "input 28x28x1"),
    ("input 3x32x32\nCONV 4 5x5", "input 32x32x3"),
    ("input 32x32x3\nCONV 64 3*3", "CONV 64 3x3"),  # or a window of 9
    ("input 128\nReshape((4, 4, 8))", None),  # in which order
]


@pytest.mark.parametrize(("text", "title"), UNSAFE)
def test_what_only_the_author_knows_is_shown_and_not_applied(text: str, title: str | None) -> None:
    made, found, done = fixed(f"{text}\n")
    assert (made, done) == (f"{text}\n", [])
    fixes = [one.fix for one in found.checks[0].diagnostics if one.fix is not None]
    assert all(not fix.safe for fix in fixes)
    assert title is None or [fix.title for fix in fixes] == [title]


def test_a_claim_that_is_written_in_another_order_is_safe() -> None:
    assert fixed("input 32x32x3\nCONV 8 3x3 -> 8x30x30\n")[0] == "input 32x32x3\nCONV 8 3x3 -> 30x30x8\n"


def test_several_fixes_go_in_at_once_and_comments_stay() -> None:
    text, found, done = fixed(FAULTY.replace("RANDOMTHING 2", "MAXPOOOL 3 s1 p1"))
    assert text == PARTLY.replace("RANDOMTHING 2", "MAXPOOL 3 s1 p1")
    assert not found.errors
    assert [(one.line, one.column, one.title) for one in done] == [
        (2, 1, "conv1: CONV 4 3x3"),
        (3, 1, "MAXPOOL 3 s1 p1"),
        (4, 1, "CONV 8 3x3 p1 -> 6x6x8"),
    ]


def test_one_fix_of_three_faults_counts_three() -> None:
    _, _, (done,) = fixed("input 32x32x3\nCONV 8 k=3 strides=2 padding=same use_bias=no\n")
    assert done.faults == 3


def test_a_fix_after_which_more_is_wrong_is_not_applied() -> None:
    """One error hides two claims that fail with the fix: perhaps another layer was meant."""
    text = "input 8x8x3\nADD {\n  CONVV 4 3x3 -> 6x6x4\n  CONV 4 3x3 p1 -> 6x6x5\n}\n"
    before = Looked(Source("a", text)).errors
    made, found, _ = fixed(text)
    assert len(found.errors) <= len(before)
    assert made == text or len(found.errors) < len(before)


def test_a_fix_is_not_applied_where_a_claim_of_its_line_fails() -> None:
    text = "input 8x8x3\nCONVV 4 3x3 -> 9x9x9\n"
    assert fixed(text)[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "model M(classess=7)\ninput 8\nFC classes\n",  # one of two, and each is there once
        "input 8\nh1: FC 8\nADD <- h, h\n",
        "input 8\na: FC 8\nb: FC 8 <- a\nc: FC 8 <- a\nADD <- a, , c\n",  # a value is missing
    ],
)
def test_what_may_be_wrong_elsewhere_is_left_alone(text: str) -> None:
    assert fixed(text)[0] == text


def test_a_misspelt_name_is_fixed_where_another_line_has_the_right_one() -> None:
    text = "input 8\nlong: FC 8\nb: FC 8 <- long\nADD <- lomg, b\n"
    assert fixed(text)[0] == text.replace("lomg", "long")


def test_a_label_without_its_colon_is_one_of_two_readings() -> None:
    (found,) = Looked(Source("a", "input 8x8x3\nconv1 CONV 4 3x3\n")).checks[0].diagnostics
    assert found.fix is not None
    assert found.fix.title == "conv1: CONV 4 3x3"
    assert fixed("input 8x8x3\nCONV 4 3x3; bn BN\n")[0] == "input 8x8x3\nCONV 4 3x3; bn BN\n"


def test_a_warning_is_fixed_where_the_network_stays() -> None:
    text = "input 9x9x3\nRELU  # archdsl: ignore[leftovr, unused-result]\n"
    made, found, (done,) = fixed(text)
    assert made == text.replace("leftovr", "leftover")
    assert (done.code, done.column) == ("unknown-code", 7)
    assert found.checks[0].diagnostics == []


def test_a_warning_that_may_be_a_slip_is_left_alone() -> None:
    text = "input 3x32x32\nCONV 8 1x1\n"
    assert fixed(text)[::2] == (text, [])


# ---- other texts


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([one for one in specs() if len(one) < 2_000]), st.randoms(use_true_random=False))
def test_of_a_mutated_spec_nothing_is_worse_and_the_rest_is_left_alone(spec: str, rng: object) -> None:
    text = mutant(spec, rng)  # type: ignore[arg-type]
    before = Looked(Source("net.arch", text))
    made, found, done = fixed(text)
    assert len(found.errors) <= len(before.errors)
    assert fixed(made)[::2] == (made, []), "fixed again, it stays as it is"
    old, new = text.split("\n"), made.split("\n")
    assert len(old) == len(new)
    changed = {number for number, (one, other) in enumerate(zip(old, new, strict=True), 1) if one != other}
    assert changed == {one.line for one in done} or any(" ... " in one.title for one in done)


# ---- networks


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("CONV 4 3x3 p1", "CONV 4 3 pad=1", True),
        ("CONV 4 3x3 p1", "c: CONV 4 3x3 p1", True),
        ("CONV 4 3x3 p1", "CONV 4 5x5 p2", False),
        ("{ RELU } x3", "RELU; RELU; RELU", False),
        ("ADD { ID; RELU }", "ADD { RELU; ID }", False),
        ("a: RELU; b: TANH <- a; SUB <- a, b", "a: RELU; b: TANH <- a; SUB <- b, a", False),
        ("c: CONV 4 3x3; freeze c", "c: CONV 4 3x3", False),
    ],
)
def test_networks_are_alike_whatever_their_names(one: str, other: str, alike: bool) -> None:
    likeness = Likeness()
    networks = [Looked(Source("a", f"input 8x8x3\n{text}\n")).checks[0].network for text in (one, other)]
    assert networks[0] is not None
    assert networks[1] is not None
    assert (likeness.of(networks[0]) == likeness.of(networks[1])) == alike


# ---- the command


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return call


def test_what_is_fixed_is_said_and_what_is_left_decides(run: Run) -> None:
    Path("net.arch").write_text(FAULTY)
    code, out, err = run("check", "--fix", "net.arch")
    assert (code, err) == (1, "")
    assert Path("net.arch").read_text() == PARTLY
    assert out.splitlines()[:2] == [
        "fixed net.arch:2:1: conv1: CONV 4 3x3 (unknown-kind)",
        "fixed net.arch:4:1: CONV 8 3x3 p1 -> 6x6x8 (unknown-option)",
    ]
    assert out.splitlines()[-1] == "net.arch: 2 problems fixed; left: 1 error"


def test_a_file_that_holds_then_is_told_as_one(run: Run) -> None:
    Path("net.arch").write_text(TYPO)
    assert run("check", "--fix", "net.arch") == (
        0,
        "fixed net.arch:2:1: h: FC 4 (unknown-kind)\nnet.arch: 1 problem fixed\n"
        "net.arch: Net  2 layers, 36 params, 32 macs\n",
        "",
    )
    assert Path("net.arch").read_text() == RIGHT
    assert "fixed" not in run("check", "--fix", "net.arch")[1]


def test_a_folder_is_fixed_file_by_file(run: Run) -> None:
    Path("nets").mkdir()
    Path("nets/a.arch").write_text(TYPO)
    Path("nets/b.arch").write_text(RIGHT)
    Path("nets/c.arch").write_text("input 8\nRANDOMTHING 2\n")
    stamp = os.stat("nets/b.arch").st_mtime_ns
    code, out, _ = run("check", "--fix", "nets")
    assert code == 1
    assert out.splitlines()[-1] == "2 of 3 files hold: 1 error; 1 problem fixed"
    assert Path("nets/a.arch").read_text() == RIGHT
    assert os.stat("nets/b.arch").st_mtime_ns == stamp, "a file without a fix is not written"


def test_a_diff_is_all_that_standard_output_has(run: Run) -> None:
    Path("net.arch").write_text(TYPO)
    code, out, err = run("check", "--diff", "net.arch")
    assert code == 1
    assert Path("net.arch").read_text() == TYPO
    assert out == (
        "--- net.arch\n+++ net.arch (fixed)\n@@ -1,3 +1,3 @@\n input 8\n-h: FCC 4   # hidden\n+h: FC 4   # hidden\n RELU\n"
    )
    assert err.startswith("would fix net.arch:2:1: h: FC 4 (unknown-kind)\nnet.arch: 1 problem would be fixed\n")
    Path("net.arch").write_text(RIGHT)
    assert run("check", "--fix", "--diff", "net.arch")[:2] == (0, "")


def test_standard_input_goes_to_standard_output(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for text, after, status in ((TYPO, RIGHT, 0), ("input 8\nRANDOMTHING 2\n", "input 8\nRANDOMTHING 2\n", 1)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + text.encode())))
        code, out, err = run("check", "--fix", "-")
        assert (code, out) == (status, f"\ufeff{after}")
        assert "<stdin>" in err


def test_json_has_the_fixes(run: Run) -> None:
    Path("net.arch").write_text(TYPO)
    (record,) = json.loads(run("check", "net.arch", "--format", "json")[1])
    (diagnostic,) = record["diagnostics"]
    place = {"file": "net.arch", "line": 2, "column": 1, "end_line": 2, "end_column": 9, "start": 8, "end": 16}
    assert diagnostic["fix"] == {"title": "h: FC 4", "safe": True, "edits": [{**place, "text": "h: FC 4"}]}
    assert "fixed" not in record
    (record,) = json.loads(run("check", "net.arch", "--fix", "--format", "json")[1])
    assert record["diagnostics"] == []
    fixes = [{"code": "unknown-kind", "line": 2, "column": 1, "title": "h: FC 4", "faults": 1}]
    assert record["fixed"] == fixes
    assert Path("net.arch").read_text() == RIGHT


@pytest.mark.parametrize("options", [("-", "--fix"), ("net.arch", "--diff")])
def test_a_text_and_json_do_not_share_standard_output(run: Run, options: tuple[str, ...]) -> None:
    code, out, err = run("check", *options, "--format", "json")
    assert (code, out) == (2, "")
    assert "--format json both write to standard output" in err


def test_a_read_only_file_is_told_as_it_is(run: Run) -> None:
    Path("net.arch").write_text(TYPO)
    Path("net.arch").chmod(0o444)
    code, out, err = run("check", "--fix", "net.arch")
    assert code == 2
    assert "read-only" in err
    assert "fixed" not in out
    assert "there is no kind of layer called FCC" in out
    assert Path("net.arch").read_text() == TYPO


def test_a_file_in_use_is_fixed_where_it_is_named(run: Run) -> None:
    Path("blocks.arch").write_text("block B {\n  FCC 4\n}\n")
    Path("net.arch").write_text('use "blocks.arch"\ninput 8\nB\n')
    before = Path("blocks.arch").read_text()
    assert run("check", "--fix", "net.arch")[0] == 1
    assert Path("blocks.arch").read_text() == before
    assert run("check", "--fix", "blocks.arch", "net.arch")[0] == 0
    assert Path("blocks.arch").read_text() == before.replace("FCC", "FC")


def test_a_listing_is_never_rewritten(run: Run) -> None:
    Path("slide.txt").write_text("INPUT [32x32x3]\nCONV 8 3x3 filters stride 1 pad 1 padding\n")
    before = Path("slide.txt").read_text()
    run("check", "--fix", "--notation", "listing", "slide.txt")
    assert Path("slide.txt").read_text() == before


def test_numbers_are_filled_behind_fixes(run: Run) -> None:
    Path("net.arch").write_text(
        "input 27x27x96\nRELUUU\nCONV 256 5x5 p? -> 27x27x256\n".replace("RELUUU", "MAXPOOOL 3 s1 p1")
    )
    assert run("check", "--fix", "--fill", "net.arch")[0] == 0
    assert Path("net.arch").read_text() == "input 27x27x96\nMAXPOOL 3 s1 p1\nCONV 256 5x5 p2 -> 27x27x256\n"


def test_a_program_that_is_killed_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    """Whatever the moment, the file has the old text or the new one."""
    text = "input 8\n" + "RELU   # a comment\n" * 3_000 + "FCC 4\n"
    right = text.replace("FCC", "FC")
    path = tmp_path / "net.arch"
    for wait in (0.05, 0.15, 0.3, 0.5):
        path.write_text(text)
        program = [sys.executable, "-m", "archdsl", "check", "--fix", str(path)]
        with subprocess.Popen(program, stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[1]) as running:
            try:
                running.wait(wait)
            except subprocess.TimeoutExpired:
                running.kill()
        assert path.read_text() in (text, right)
