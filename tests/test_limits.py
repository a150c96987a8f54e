"""Every bound: a text at it is accepted, and one beyond it ends in an error that names the bound, in every command.

Each case gives the number at which its text is accepted; with one less, the same text must be refused.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from support.checkpoints import F32, packed

import archdsl
from archdsl.cli.main import main
from archdsl.limits import MEANINGS, Limits

EVERYWHERE = ("check", "check --format json", "summary", "summary --format json", "compile")
LAID_OUT = (*EVERYWHERE, "fmt --check")
LISTING = ("check", "summary", "compile", "convert")


class Case(NamedTuple):
    """A text, the least number at which it is accepted, and the commands that meet the bound; other files beside it."""

    text: str
    number: int
    commands: tuple[str, ...] = EVERYWHERE
    files: dict[str, str] = {}  # noqa: RUF012
    listing: bool = False


RINGS = "".join(f"block B{i} {{ B{i + 1} }}\n" for i in range(4))
CASES: dict[str, list[Case]] = {
    "file": [
        Case("input 8\nRELU\n", 13, (*LAID_OUT,)),
        Case("[8x8x3] INPUT\nCONV: 6 3x3 filters\n", 34, LISTING, listing=True),
    ],
    "line": [
        Case("input 345678901\nRELU # 3\n", 15, EVERYWHERE),
        Case("input 345678901\nRELU\n", 15, ("fmt --check",)),
        Case("[8x8x3] INPUT\nCONV: 6 3x3 filters\n", 19, LISTING, listing=True),
    ],
    "tokens": [
        Case("input 8\nRELU\n", 5, LAID_OUT),
        Case("[8x8x3] INPUT\nCONV: 6 3x3 filters\n", 9, LISTING, listing=True),
    ],
    "depth": [
        Case("input 8\n{ { RELU } }\n", 2, LAID_OUT),
        Case("input 8\nlet a = [[1]]\nlet b = [a]\nRELU\n", 3),
    ],
    "operators": [
        Case("input 8\nlet a = 1 + 2 + 3 - 4\nRELU\n", 3),
        Case("input 8\nlet a = 1 * 2 * 3 // 4\nRELU\n", 3),
        Case("input 8\nlet a = not not not yes\nRELU\n", 3),
        Case("input 8\nlet a = yes and yes and yes and yes\nRELU\n", 3),
        Case("input 8\nlet a = 1 if no else 2 if no else 3\nRELU\n", 5),
    ],
    "digits": [
        Case("input 8\nFC 12345\n", 5, LAID_OUT),
        Case("input 8x8x12345\nCONV 8 1x1\n", 5, LAID_OUT),
        Case("input 8x8x8\nCONV 8 1x1 p12345\n", 5),
        Case("[8x8x3] INPUT\nCONV: 12345 3x3 filters\n", 5, LISTING, listing=True),
    ],
    "visits": [
        Case("input 8\nRELU\nRELU\nRELU\n", 3),
        Case("input 8\n{ FC (in + 1) } x3\n", 3),
        Case("input 8\nfor i in 1..2 { FC i }\n", 4),
        Case("model M(n=1)\ncases n in [1, 2, 3]\ninput 8\nFC n\n", 3, ("check",)),
        Case("input 8\nblock B(c) { FC c }\nB 1; B 2\n", 4),
        Case("input 8\nblock B { RELU }\nB; B\n", 3),
    ],
    "chain": [Case(f"input 8\n{RINGS}block B4 {{ RELU }}\nB0\n", 5)],
    "list": [
        Case("input 8\nlet a = [1, 2, 3]\nRELU\n", 3),
        Case("input 8\nlet a = [1, 2]\nlet b = [a, a]\nRELU\n", 6),
        Case("input 8\nfor i in 1..5 { RELU }\n", 5),
        Case("input 8\nADD { RELU x5 }\n", 5),
        Case("input 8\nADD { RELU; TANH; ID }\n", 3),
    ],
    "cases": [
        Case("model M(n=1)\ncases n in [1, 2, 3, 4]\ninput 8\nFC n\n", 4, ("check",)),
        Case("model M(n=1)\ncases n in [1, 2]\ncases n in [3]\ncases n in [4, 5]\ninput 8\nFC n\n", 5, ("check",)),
        Case("model M(n=1, k=2)\ncases n in [1, 2]\ncases n, k in [[3, 1], [1, 1]]\ninput 8\nFC n\n", 4, ("check",)),
    ],
    "holes": [Case("input 8x8x3\nCONV ? 3x3 p? -> 8x8x4\n", 2)],
    "unrolled": [
        Case("input 8\nFC 8 x5\n", 5, ("compile", "weights")),
        Case("input 8\nRELU\nRELU\nRELU\n", 3, ("summary", "summary --format json")),
    ],
    "uses": [
        Case(
            'use "b.arch"\ninput 8\nB\n',
            2,
            EVERYWHERE,
            {"b.arch": 'use "c.arch"\nblock B { C }', "c.arch": "block C { RELU }"},
        )
    ],
    "used": [Case('use "b.arch"\ninput 8\nB\n', 17, EVERYWHERE, {"b.arch": "block B { RELU }\n"})],
    "header": [Case("input 2\nFC 3 nobias\n", 0, ("weights",))],
    "tensors": [Case("input 2\nFC 3\n", 2, ("weights",))],
    "symbols": [
        Case("input HxWx3\nCONV 8 1x1\n", 2, ("check", "check --format json", "summary", "compile")),
        Case("model M(a, b)\ninput 8\nFC a; FC b\n", 2, ("check",)),
    ],
    "conditions": [
        Case("input HxWx3\nCONV 8 5x5\n", 2, EVERYWHERE),
        Case("input HxWx3 where H > W, H % 2 == 0, W > 3\nRELU\n", 3, ("check",)),
    ],
    "ways": [Case("input HxWx3\nCONV 8 5x5\n", 3, EVERYWHERE)],
    "terms": [
        Case("input HxWx3\nCONV 8 3x3 p1\n", 3, ("check", "summary")),
        Case("input HxWx3\nlet a = H*W + H + W\nRELU\n", 7, ("check", "summary")),
    ],
    "degree": [
        Case("model M(a)\ninput 4\nFC (a*a*a)\n", 3, ("check", "summary")),
        Case("model M(a)\ninput [a, a, 8]\nCONV a 1x1\n", 3, ("check", "summary")),
    ],
}
APART = {  # tests of their own: of what is shown and of what is tried below, of folders in test_files.py
    *("diagnostics", "tries"),
    "patterns",
}


def test_every_bound_has_a_case_and_a_meaning() -> None:
    assert set(CASES) | APART == set(Limits._fields) == set(MEANINGS)


EACH = [
    pytest.param(name, case, command, id=f"{name}-{number}-{command}")
    for name, cases in CASES.items()
    for number, case in enumerate(cases)
    for command in case.commands
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(case: Case, folder: Path) -> str:
    """The text of a case in a folder, with the files that it uses, and a checkpoint that fits it."""
    for name, text in case.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / f"a.{'txt' if case.listing else 'arch'}"
    path.write_text(case.text, encoding="utf-8")
    if "weights" in case.commands:
        (folder / "a.safetensors").write_bytes(checkpoint(case.text))
    return path.name


def checkpoint(text: str) -> bytes:
    """A file with the tensors of a spec."""
    header, at = {}, 0
    for name, tensor in archdsl.loads(text).to_torch().state_dict().items():
        size = 4 * tensor.numel()
        header[name] = {**F32, "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        at += size
    return packed(header, b"\0" * at)


def ran(command: str, path: str, name: str, number: int, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The status of a command with a bound, and all that it printed."""
    words = command.split()
    paths = (
        [path, "a.safetensors"] if words[0] == "weights" else [path, "params <= 1G"] if words[0] == "solve" else [path]
    )
    status = main([words[0], *paths, *words[1:], "--limit", f"{name}={number}"])
    printed = capsys.readouterr()
    return status, printed.out + printed.err


@pytest.mark.parametrize(("name", "case", "command"), EACH)
def test_a_bound_is_met_in_an_error(
    name: str, case: Case, command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the number of the case nothing is wrong with its text, so that the bound alone refuses it."""
    path = written(case, folder)
    number = case.number or int.from_bytes((folder / "a.safetensors").read_bytes()[:8], "little")
    status, printed = ran(command, path, name, number, capsys)
    assert '"limit"' not in printed and "[limit]" not in printed
    unfinished = command == "compile" and name in ("symbols", "conditions", "ways")  # it wants numbers for open sizes
    assert status == 0 or (command == "fmt --check" and status == 1) or unfinished, printed
    status, printed = ran(command, path, name, number - 1, capsys)
    assert status in (1, 2), printed
    assert '"limit"' in printed or "[limit]" in printed, printed
    assert f"--limit {name}=N" in printed


@pytest.mark.parametrize("command", ["check", "summary", "compile", "fmt --check", "solve"])
def test_a_text_beyond_a_bound_is_no_text_for_any_command(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands that read a spec meet the bounds on texts alike."""
    path = written(Case("model M(w=8)\ninput 8\nFC w\n", 0), folder)
    for name, most in (("file", 25), ("line", 11), ("tokens", 11), ("depth", 0)):
        if most:
            status, printed = ran(command, path, name, most, capsys)
            assert status in (1, 2)
            assert "[limit]" in printed
            assert f"--limit {name}=N" in printed


# ---- diagnostics: how many are shown, and how many faults end a check


def test_what_is_not_shown_is_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(Case("input 8\n" + "FOO\n" * 5, 0), folder)
    _, printed = ran("check", path, "diagnostics", 5, capsys)
    assert "more" not in printed
    _, printed = ran("check", path, "diagnostics", 4, capsys)
    assert "… and 1 more; --limit diagnostics=N shows more" in printed
    assert "a.arch: 5 errors" in printed


def test_warnings_that_are_not_shown_are_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(Case("input x: 8\n" + "RELU <- x\n" * 6, 0), folder)
    status, printed = ran("check", path, "diagnostics", 2, capsys)
    assert status == 0
    assert "… and 3 more; --limit diagnostics=N shows more" in printed


@pytest.mark.parametrize(
    "text", ["FOO\n" * 9, "FC a\n" * 9, "FC 8 -> 9\n" * 9, "expect 9 params\n" * 9 + "FC 8", "RELU <- z\n" * 9]
)
def test_faults_beyond_three_times_as_many_end_the_check(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is made of what nobody reads, whatever the faults are about."""
    path = written(Case(f"input x: 8\n{text}".replace("FC 8 ->", "FC 8 <- x ->"), 0), folder)
    _, printed = ran("check", path, "diagnostics", 3, capsys)
    assert "more than" not in printed
    _, printed = ran("check", path, "diagnostics", 2, capsys)
    assert "a.arch: 8 errors" in printed
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(f"input x: 8\n{text}".replace("FC 8 ->", "FC 8 <- x ->"), limits=Limits(diagnostics=2))
    (limit,) = [one for one in raised.value.diagnostics if one.code == "limit"]
    assert limit.message == "more than 6 problems; the rest was not checked"
    assert limit.hint == "raise it with --limit diagnostics=N"


# ---- tries: numbers for holes, and values of `solve`


def test_a_search_for_holes_that_ends_early_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(Case("input 8\nFC ?\nFC ?\nexpect 1,000,003 params\n", 0), folder)
    status, printed = ran("check", path, "tries", 3, capsys)
    assert status == 1
    assert "[limit]" in printed and "--limit tries=N" in printed


def test_a_search_for_a_value_that_ends_early_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The best value so far is printed, and the exit status says that it may not be the best."""
    path = written(Case("model M(w) where w < 60\ninput 4\nFC (100 - w); FC 1\n", 0), folder)
    status, printed = ran("solve", path, "tries", 59, capsys)
    assert (status, printed.split(":")[0]) == (0, "w = 59")
    status, printed = ran("solve", path, "tries", 58, capsys)
    assert status == 1
    assert printed.startswith("w = 58:")
    assert "raise it with --limit tries=N" in printed


# ---- settings


def test_all_settings_share_the_steps(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What each of many settings computes counts together, as visits do."""
    listed = ", ".join(map(str, range(1, 60)))
    lines = "".join(f"let v{i} = n + {i}\n" for i in range(20))
    path = written(Case(f"model M(n=1)\ncases n in [{listed}]\ninput 8\n{lines}FC n\n", 0), folder)
    assert ran("check", path, "visits", 50_000, capsys)[0] == 0
    status, printed = ran("check", path, "visits", 60, capsys)
    assert status == 1
    assert "steps to compute values over all settings of `cases`" in printed


# ---- from Python


def test_the_json_of_a_bound_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(Case("input 8\nRELU\nRELU\n", 0), folder)
    assert main(["check", path, "--format", "json", "--limit", "visits=1"]) == 1
    (record,) = json.loads(capsys.readouterr().out)
    (diagnostic,) = record["diagnostics"]
    assert (diagnostic["code"], diagnostic["severity"]) == ("limit", "error")
    assert record["totals"] is None


def test_a_text_is_bounded_as_a_file_is() -> None:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads("input 8\nRELU # é", limits=Limits(file=16))
    assert [one.code for one in raised.value.diagnostics] == ["limit"]
    assert archdsl.loads("input 8\nRELU # é", limits=Limits(file=17)).params == 0


# ---- the last that is accepted, and the first that is not


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("input 8\nlet a = 2147483647 * 2147483649\nFC 3", True),  # 2**62 - 1
        ("input 8\nlet a = 2147483648 * 2147483648\nFC 3", False),
        ("input 8\nlet a = -2147483647 * 2147483649\nFC 3", True),
        ("input 8\nlet a = -2147483648 * 2147483648\nFC 3", False),
        ("input 2147483647x2147483649\nRELU", True),
        ("input 2147483648x2147483648\nRELU", False),
        ("input 2147483647x1\nLINEAR 2147483649", True),
        ("input 2147483648x1\nLINEAR 2147483648", False),
    ],
)
def test_sizes_stay_below_two_to_the_62nd(text: str, holds: bool) -> None:
    if holds:
        assert archdsl.loads(text).params >= 0
        return
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text)
    assert [one.code for one in raised.value.diagnostics] == ["too-large"]


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("name", [".gitignore", "pyproject.toml"])
def test_lists_of_what_is_left_out_are_bounded_as_texts_are(
    name: str, more: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that is cut off would leave out less, or something else."""
    text = "a.txt\nold/\nb.arch\n" if name == ".gitignore" else '[tool.archdsl]\nexclude = ["b.arch"]\n'
    (folder / name).write_text(text, encoding="utf-8")
    for path, inside in (("a.arch", "input 8\nRELU\n"), ("b.arch", "FOO\n")):
        (folder / path).write_text(inside, encoding="utf-8")
    status = main(["check", ".", "--limit", f"file={len(text) - more}"])
    printed = capsys.readouterr()
    assert (status, "the file is larger than" in printed.err) == ((2, True) if more else (0, False)), printed


@pytest.mark.parametrize("more", [0, 1])
def test_standard_input_is_bounded_as_a_file_is(
    more: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its end is a comment, so that a text that is cut off would hold."""
    text = b"input 8\nRELU # 123456"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["check", "-", "--limit", f"file={len(text) - more}"]) == more
    printed = capsys.readouterr()
    assert ("[limit]" in printed.out + printed.err) is bool(more)


@pytest.mark.parametrize("most", [2, 4, 5])
@pytest.mark.parametrize(
    "line",
    [
        "CONV: 6 3x3 wonky layer 9",  # seen where lines become layers
        "conv frob 3 wonky layer",  # where words become figures
        "| conv3-64 | conv3-64 |",
        "then some 9 layers of 7 filters that are wonky",
    ],
)
def test_a_listing_tells_as_many_faults_as_may_be_shown(line: str, most: int) -> None:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads("[8x8x3] INPUT\n" + f"{line}\n" * 4, notation="listing", limits=Limits(diagnostics=most))
    assert [one.code for one in raised.value.diagnostics] == ["unclear-layer"] * min(most, 4)


@pytest.mark.parametrize("most", [2, 4, 5])
def test_a_listing_tells_of_as_many_sentences_as_may_be_shown(most: int) -> None:
    sentences = "Then comes a convolution of some kind.\n" * 4
    model = archdsl.loads(
        f"[8x8x3] INPUT\n{sentences}CONV: 6 3x3 filters\n", notation="listing", limits=Limits(diagnostics=most)
    )
    assert [one.code for one in model.diagnostics] == ["passed-over"] * min(most, 4)


@pytest.mark.parametrize("text", ["let a = {}\nFC 3", "FC 3 -> {}", "FC {}", "PARAM {}x1"])
def test_numbers_that_are_written_stay_below_two_to_the_62nd(text: str) -> None:
    """Where more digits are allowed than these have."""
    for number, large in ((2**62 - 1, False), (2**62, True)):
        found = archdsl.check("input 8\n" + text.format(number), limits=Limits(digits=19)).diagnostics
        assert ("too-large" in {one.code for one in found}) is large


def test_lists_from_python_are_as_deep_as_those_of_a_text() -> None:
    value: list[object] = [1]
    for _ in range(3):
        value = [value]
    text = "model M(k=1)\ninput 8\nFC 3"
    assert archdsl.loads(text, k=value, limits=Limits(depth=4)).params == 27
    with pytest.raises(ValueError, match="nested more than 3 deep"):
        archdsl.loads(text, k=value, limits=Limits(depth=3))


@pytest.mark.parametrize(
    ("limits", "bound"),
    [(Limits(file=40, used=1_000), "file"), (Limits(file=1_000, used=40), "used"), (Limits(file=50, used=40), "used")],
)
def test_a_file_that_is_used_names_the_bound_that_it_meets(limits: Limits, bound: str, folder: Path) -> None:
    (folder / "b.arch").write_text("block B { RELU }" + " # long" * 9, encoding="utf-8")
    (folder / "a.arch").write_text('use "b.arch"\ninput 8\nB\n', encoding="utf-8")
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.load("a.arch", limits=limits)
    (fault,) = raised.value.diagnostics
    assert (fault.code, fault.hint) == ("limit", f"raise it with --limit {bound}=N")


@pytest.mark.parametrize(
    ("text", "limits", "place"),
    [
        ("input 8\nx: ADD { RELU; TANH; ID }\n", Limits(list=2), "ADD"),
        ("input 8 # 345\nRELU # 8901234\nTANH # 890\n", Limits(line=13), "R"),  # not the line that is just as long
    ],
)
def test_a_bound_is_told_where_it_is_met(text: str, limits: Limits, place: str) -> None:
    (fault,) = archdsl.check(text, limits=limits).diagnostics
    assert (fault.code, text[fault.span.start : fault.span.end], fault.span.start) == (
        "limit",
        place,
        text.index(place),
    )


# ---- both sides of a bound


def codes(text: str, **options: object) -> list[str]:
    return [one.code for one in archdsl.check(text, **options).diagnostics if one.severity == "error"]  # type: ignore[arg-type]


def test_a_name_from_python_is_as_long_as_a_line() -> None:
    text = 'model M(kind="a")\ninput 8\nFC 3'
    assert archdsl.loads(text, kind="b" * 40, limits=Limits(line=40)).params == 27
    with pytest.raises(ValueError, match="a string of 41 characters; the limit is 40"):
        archdsl.loads(text, kind="b" * 41, limits=Limits(line=40))


def test_only_several_settings_share_a_limit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(Case("model M(n=1)\ncases n in [1]\ninput 8\nRELU\nTANH\n", 0), folder)
    assert "over all settings" not in ran("check", path, "visits", 1, capsys)[1]
    path = written(Case("model M(n=1)\ncases n in [1, 2]\ninput 8\nRELU\nTANH\n", 0), folder)
    assert "over all settings" in ran("check", path, "visits", 3, capsys)[1]


@pytest.mark.parametrize(
    ("power", "fault"),
    [
        ("2**61", None),
        ("1**99999999999", None),
        ("(-1)**99999999999", None),
        ("0**99999999999", None),
        ("2**62", "the result is larger than any size"),
        ("2**63", "2**63 is beyond any size"),
        ("3**99999999999", "3**99999999999 is beyond any size"),
    ],
)
def test_a_power_is_bounded_before_it_is_computed(power: str, fault: str | None) -> None:
    found = archdsl.check(f"input 8\nlet a = {power}\nFC 3\n").diagnostics
    assert [(one.code, fault in one.message) for one in found] == ([("too-large", True)] if fault else [])


def test_steps_stop_beyond_those_of_all_visits() -> None:
    from archdsl.faults.problem import Stop
    from archdsl.faults.work import PER_VISIT, Work
    from archdsl.syntax.tree import Token

    at = Token("WORD", "a", 0, 1)
    work = Work(10)
    work.spend(10 * PER_VISIT, at)
    work.visit(at)
    work.spend(PER_VISIT, at)
    with pytest.raises(Stop):
        work.spend(1, at)


LISTED = "[8x8x3] INPUT\nCONV: 6 3x3 filters\nCONV: 7 3x3 filters\nRELU\n"


def listing_codes(text: str, **bounds: int) -> list[str]:
    return codes(text, notation="listing", limits=Limits(**bounds))


def test_lines_of_a_listing_cost_steps() -> None:
    """A visit is worth 25 of them; they end with one error."""
    text = LISTED + "what was said there, at some length\n" * 40
    needed = next(visits for visits in range(3, 1_000) if not listing_codes(text, visits=visits))
    assert 60 < needed < 120
    assert listing_codes(text, visits=needed - 1) == listing_codes(text, visits=needed // 2) == ["limit"]
    (fault,) = archdsl.check(text, notation="listing", limits=Limits(visits=needed - 1)).diagnostics
    assert fault.message == f"more than {25 * (needed - 1):,} steps of reading lines"


def test_symbols_are_at_least_1() -> None:
    text = "input Tx8\nLINEAR 3"
    assert codes(text, T=1) == []
    assert codes(text, T=0) == ["out-of-range"]


def test_long_digits_in_a_word_are_no_number() -> None:
    """A number has as many digits as the limit, whatever else there is in the text."""
    text = "input 8\na1234567: FC 123456"
    assert codes(text, limits=Limits(digits=6)) == []
    assert codes(text, limits=Limits(digits=5)) == ["limit"]


@pytest.mark.parametrize(("digits", "fits"), [("4611686018427387903", True), ("4611686018427387904", False)])
def test_a_size_within_a_shape_stays_below_two_to_the_62nd(digits: str, fits: bool) -> None:
    found = archdsl.check(f"input 8\nFC 3 -> {digits}x1", limits=Limits(digits=19)).diagnostics
    assert ("a size larger than any tensor can have" in {one.message for one in found}) is not fits


def test_tokens_of_plain_lines_count() -> None:
    """The error stands where the first token too many is."""
    text = "input 8\n" + "FC 3\n" * 50
    (fault,) = archdsl.check(text, limits=Limits(tokens=30)).diagnostics
    line = text[: fault.span.start].count("\n") + 1
    assert (fault.code, line) == ("limit", 11)


def test_a_text_is_read_as_far_as_errors_are_shown() -> None:
    from archdsl.diagnostics import Source
    from archdsl.syntax.parser import parse

    text = "input 8\n" + "FC $\n" * 9
    for most in (1, 4, 8):
        assert len(parse(Source("a.arch", text), Limits(diagnostics=most)).diagnostics) == most


def test_a_program_in_a_listing_ends_with_the_steps() -> None:
    """One error says so, however many lines follow."""
    lines = "".join(f"  (b{number}): ReLU()\n" for number in range(20))
    text = f"Input: 3x8x8\nNet(\n  (a): Conv2d(3, 4, kernel_size=(3, 3))\n{lines})\n" * 3
    assert listing_codes(text, visits=50) == ["limit"]


def test_a_range_has_as_many_names_as_a_list() -> None:
    text = "".join(f"input s{number}: 8\n" for number in range(7, 11)) + "ADD <- s{7..%d}\n"
    assert "limit" not in codes(text % 9, limits=Limits(list=3))
    assert codes(text % 10, limits=Limits(list=3)) == ["limit"]


def test_a_power_of_a_symbol_is_a_product_of_as_many() -> None:
    text = "input Tx8\nlet a = T**%d\nRELU\n"
    assert codes(text % 5, limits=Limits(degree=5)) == []
    assert codes(text % 6, limits=Limits(degree=5)) == ["limit"]


def test_a_condition_has_as_many_ways_as_the_limit() -> None:
    """T is even; T is odd and 3 divides S; neither."""
    text = "input TxSx4 where T % 2 == 0 or S % 3 == 0\nLINEAR 4\n"
    assert codes(text, limits=Limits(ways=3)) == []
    assert codes(text, limits=Limits(ways=2)) == ["limit"]
