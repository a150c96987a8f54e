"""The command line as scripts know it: exit statuses, options, streams, and what it loads."""

from __future__ import annotations

import ast
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.cli import main as cli
from archdsl.limits import MEANINGS, Limits

GOOD = "model Net(classes=10, act=RELU)\ninput 8x8x3\nstem: CONV 4 3x3 p1; act -> 8x8x4\nfc: FC classes\n"
WRONG = "input 8x8x3\nstem: CONV 4 3x3 p1\nCONV 8 99x99\nfc: FC 10\n"
WARNED = "input 8x8x3\nMAXPOOL 3x3 s2\n"
CASES = "model Net(n=1)\ncases n in [1, 2, 3]\ninput 8x8x3\nCONV n 1x1\n"
SLOW = ("torch", "numpy", "sympy", "rich")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a right, a wrong and a remarkable spec."""
    texts = {"good": GOOD, "wrong": WRONG, "warned": WARNED, "cases": CASES}
    for name, text in texts.items():
        (tmp_path / f"{name}.arch").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHDSL_TRACEBACK", "1")
    return tmp_path


class Ran:
    """What a call gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command in this process."""

    def call(*arguments: str) -> Ran:
        code = cli.main(list(arguments))
        return Ran(code, *capsys.readouterr())

    return call


def process(*arguments: str, folder: Path, text: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process."""
    home = str(Path(archdsl.__file__).parents[1])
    inherited = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "ARCHDSL_TRACEBACK")}
    return subprocess.run(
        [sys.executable, "-m", "archdsl", *arguments],
        cwd=folder,
        input=text,
        capture_output=True,
        env={**inherited, "PYTHONPATH": home, **environment},
        check=False,
    )


# ---- exit statuses


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", "good.arch"], 0),
        (["check", "wrong.arch"], 1),
        (["check", "warned.arch"], 0),
        (["check", "warned.arch", "--strict"], 1),
        (["check", "good.arch", "--strict"], 0),
        (["check", "cases.arch", "good.arch"], 0),
        (["check", "."], 1),
        (["check", "good.arch", "missing.arch"], 2),
        (["check", "wrong.arch", "missing.arch"], 2),
        (["check", "good.arch", "classes=5"], 0),
        (["check", "good.arch", "clases=5"], 1),
        (["check", "good.arch", "classes=1", "classes=2"], 2),
        (["check", "good.arch", "classes=[1,"], 2),
        (["check"], 2),
        (["check", "good.arch", "--input", "8x"], 2),
        (["check", "good.arch", "--format", "xml"], 2),
        (["check", "good.arch", "--unknown"], 2),
        (["check", "good.arch", "--limit", "visits=0"], 2),
        (["check", "good.arch", "--limit", "nonsense=3"], 2),
        (["check", "good.arch", "--limit", "visits=1"], 1),
        (["--limit", "visits=1", "check", "good.arch"], 1),
        (["check", "--", "good.arch"], 0),
        (["check", "--strict", "good.arch", "--format", "json", "cases.arch"], 0),
        (["summary", "good.arch"], 0),
        (["summary", "wrong.arch"], 1),
        (["summary", "missing.arch"], 2),
        (["summary", "good.arch", "wrong.arch"], 2),
        (["summary", "good.arch", "--depth", "0"], 2),
        (["summary", "good.arch", "--batch", "two"], 2),
        (["summary", "good.arch", "--format", "json", "--depth", "1"], 2),
        (["summary", "good.arch", "--format", "json", "--columns", "path"], 2),
        (["summary", "good.arch", "--format", "json", "--source"], 2),
        (["summary", "good.arch", "--columns", "path,bytes"], 0),
        (["summary", "good.arch", "--columns", "path,size"], 2),
        (["summary", "good.arch", "--columns", ""], 2),
        (["summary", "good.arch", "--source"], 0),
        (["summary", "."], 2),
        (["compile", "wrong.arch"], 1),
        (["compile", "missing.arch"], 2),
        (["layers"], 0),
        (["layers", "conv"], 0),
        (["layers", "COVN"], 2),
        (["layers", "CONV", "FC"], 2),
        (["limits"], 0),
        (["limits", "what"], 2),
        (["--version"], 0),
        (["--help"], 0),
        (["chek", "good.arch"], 2),
        ([], 2),
        (["--strict", "check", "good.arch"], 2),
    ],
)
def test_exit_status(run: Callable[..., Ran], arguments: list[str], code: int) -> None:
    ran = run(*arguments)
    assert ran.code == code, ran.out + ran.err
    assert (code != 2) or ran.err, "wrong usage is told on stderr"
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", ["check", "summary", "compile", "weights", "layers", "limits"])
def test_help_has_examples(run: Callable[..., Ran], command: str) -> None:
    ran = run(command, "--help")
    assert ran.code == 0
    assert "examples:\n  archdsl" in ran.out or f"archdsl {command}" in ran.out.split("examples:")[1]


# ---- check


def test_a_file_that_holds_is_one_line(run: Callable[..., Ran]) -> None:
    assert run("check", "good.arch").out == "good.arch: Net  3 layers, 2,682 params, 9,472 macs, 1 claim holds\n"


def test_all_settings_of_a_file_are_one_line(run: Callable[..., Ran]) -> None:
    assert (
        run("check", "cases.arch").out
        == "cases.arch: Net  3 settings (n=1|2|3), 1 layer, 4..12 params, 192..576 macs\n"
    )


def test_the_first_setting_that_fails_is_named(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "cases.arch").write_text(CASES.replace("[1, 2, 3]", "[1, 2, 0, -1]"))
    ran = run("check", "cases.arch")
    assert ran.code == 1
    assert ran.out.startswith("cases.arch at n=0:\nerror[out-of-range]")
    records = json.loads(run("check", "cases.arch", "--format", "json").out)
    assert [record["parameters"] for record in records] == [{"n": 1}, {"n": 2}, {"n": 0}]


def test_a_setting_given_goes_before_those_listed(run: Callable[..., Ran]) -> None:
    assert run("check", "cases.arch", "n=7").out == "cases.arch: Net  1 layer, 28 params, 1,344 macs\n"


def test_the_settings_share_the_limit_on_visits(run: Callable[..., Ran]) -> None:
    ran = run("check", "cases.arch", "--limit", "visits=2")
    assert ran.code == 1
    assert "over all settings" in ran.out


def test_several_files_end_with_a_count(run: Callable[..., Ran]) -> None:
    assert run("check", "good.arch", "warned.arch").out.splitlines()[-1] == "2 of 2 files hold: 1 warning"
    assert run("check", "good.arch", "wrong.arch").out.splitlines()[-1] == "1 of 2 files holds: 1 error"


def test_a_folder_is_searched_in_order(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "a.arch").write_text(GOOD)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "b.arch").write_text(WRONG)
    (folder / "deep" / "note.txt").write_text("no spec")
    records = json.loads(run("check", ".", "--format", "json").out)
    names = list(dict.fromkeys(record["file"] for record in records))
    assert names == ["./cases.arch", "./deep/er/a.arch", "./good.arch", "./warned.arch", "./wrong.arch"]


def test_a_folder_without_specs(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "bare").mkdir()
    ran = run("check", "bare", "good.arch")
    assert ran.code == 2
    assert "no .arch file in this folder" in ran.err
    assert "good.arch: Net" in ran.out


@pytest.mark.parametrize("command", ["check", "fmt"])
def test_a_folder_that_cannot_be_read_ends_nothing_else(
    run: Callable[..., Ran], folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    scan = os.scandir
    for name in ("tree/a", "tree/locked", "tree/z"):
        (folder / name).mkdir(parents=True)
        (folder / name / "net.arch").write_text("input  8\nFC 1\n")

    def scanned(path: Any = ".") -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr("os.scandir", scanned)
    ran = run(command, "tree", "good.arch")
    assert ran.code == 2
    assert ran.err == "error[unreadable]: Permission denied\n --> tree/locked:1:1\n\n"
    assert all(f"tree/{name}/net.arch" in ran.out for name in "az")
    assert command == "fmt" or "good.arch: Net" in ran.out


def test_a_missing_file_is_a_record_too(run: Callable[..., Ran]) -> None:
    ran = run("check", "missing.arch", "good.arch", "--format", "json")
    first, second = json.loads(ran.out)
    assert ran.code == 2
    assert [fault["code"] for fault in first["diagnostics"]] == ["unreadable"]
    assert second["diagnostics"] == []


def test_bytes_that_are_no_text(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "bytes.arch").write_bytes(b"input 8x8x3\nRELU # \xff\n")
    ran = run("check", "bytes.arch")
    assert ran.code == 1
    assert "error[encoding]: byte 0xFF is not UTF-8\n --> bytes.arch:2:8" in ran.out
    assert run("summary", "bytes.arch").code == 1
    assert run("compile", "bytes.arch").code == 1


def test_an_empty_file(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "empty.arch").write_bytes(b"")
    ran = run("check", "empty.arch")
    assert ran.code == 1
    assert "error[empty]" in ran.out


def test_a_fragment_needs_an_input(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "fragment.arch").write_text("CONV 96 11x11 s4\n")
    assert "--input 224x224x3" in run("check", "fragment.arch").out
    assert run("check", "fragment.arch", "--input", "227x227x3").code == 0
    assert run("check", "fragment.arch", "--input=37 int").code == 1


def test_a_path_with_an_equals_sign(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "a=b.arch").write_text(GOOD)
    assert run("check", "./a=b.arch").code == 0
    assert run("check", "a=b.arch").code == 2


def test_only_so_many_diagnostics_are_shown(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "many.arch").write_text("input 8x8x3\n" + "COVN 8\n" * 10)
    ran = run("check", "many.arch", "--limit", "diagnostics=3")
    assert ran.out.count("error[") == 3 or "more" in ran.out
    (folder / "many.arch").write_text("input 8x8x64\nADD {\n" + "GELO\n" * 10 + "}\n")
    ran = run("check", "many.arch", "--limit", "diagnostics=4")
    assert ran.out.count("error[") == 4
    assert "… and 6 more" in ran.out


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("0.5", 0.5),
        ("yes", True),
        ("no", False),
        ("[1, 2]", [1, 2]),
        ("[[64, 2], [128, 2]]", [[64, 2], [128, 2]]),
        ('"5"', "5"),
        ("A", "A"),
        ("a b", "a b"),
        ("", ""),
        ("3x3", [3, 3]),
        ("3.4.5", "3.4.5"),
    ],
)
def test_values_of_parameters(run: Callable[..., Ran], folder: Path, text: str, value: Any) -> None:
    (folder / "value.arch").write_text("model M(v=0)\ninput 8x8x3\nRELU\n")
    (record,) = json.loads(run("check", f"v={text}", "value.arch", "--format", "json").out)
    assert record["parameters"] == {"v": value}


def test_a_number_beyond_any_size(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "value.arch").write_text("model M(v=0)\ninput 8x8x3\nRELU\n")
    ran = run("check", "value.arch", f"v={'9' * 30}")
    assert (ran.code, ran.out) == (2, "") and "is larger than any size" in ran.err


# ---- standard input


@pytest.mark.parametrize("command", ["check", "summary", "compile"])
def test_standard_input(folder: Path, command: str) -> None:
    done = process(command, "-", "classes=3", folder=folder, text=GOOD.encode())
    assert done.returncode == 0, done.stderr
    assert b"Net" in done.stdout
    assert process(command, "-", folder=folder, text=WRONG.encode()).returncode == 1
    assert process(command, "-", folder=folder, text=b"\xff").returncode == 1
    assert process(command, "-", folder=folder, text=b"").returncode == 1
    assert process(command, "-", "-", folder=folder, text=GOOD.encode()).returncode == 2


# ---- summary


@pytest.mark.parametrize(("option", "value"), [("--depth", "0"), ("--batch", "x")])
def test_a_wrong_number_is_reported_with_its_option(run: Callable[..., Ran], option: str, value: str) -> None:
    """`--depth must be ...`, and not argparse's `argument --depth: ...`."""
    ran = run("summary", "net.arch", option, value)
    wanted = f"archdsl: {option} must be an integer from 1 to 999,999,999, got {value}; see archdsl summary --help\n"
    assert (ran.code, ran.err) == (2, wanted)


def test_the_table(run: Callable[..., Ran], folder: Path, golden: Callable[[str, str], None]) -> None:
    text = (
        "model Net(n=3)\ninput 32x32x3\nblock RES(c) { ADD { { conv: CONV c 3x3 p1 nobias; BN }\n  ID }\n  RELU }\n"
        "stem: CONV 16 3x3 p1; RELU\nlayer1: { RES 16; RES 16 x(n) }\n"
        "CONCAT { CONV 4 1x1\n  MAXPOOL 3x3 s1 p1 }\nGLOBALAVGPOOL; fc: FC 10\n"
    )
    (folder / "net.arch").write_text(text)
    golden("table.txt", run("summary", "net.arch").out)
    golden("table_depth.txt", run("summary", "net.arch", "--depth", "1").out)
    golden("table_batch.txt", run("summary", "net.arch", "--depth", "2", "--batch", "8", "n=1").out)
    (folder / "net.arch").write_text(text.replace("GLOBALAVGPOOL", "CONV 8 99x99"))
    golden("table_wrong.txt", run("summary", "net.arch").out)


def test_a_symbolic_table(run: Callable[..., Ran], folder: Path, golden: Callable[[str, str], None]) -> None:
    (folder / "net.arch").write_text("input words: T int where T >= 5\nembed: EMBED 100 8\nconv: CONV 4 3\n")
    golden("table_symbolic.txt", run("summary", "net.arch").out)


def test_a_table_of_blocks_used_many_times_over(run: Callable[..., Ran], folder: Path) -> None:
    doubling = "".join(f"block B{i} {{ B{i + 1}; B{i + 1} }}\n" for i in range(40)) + "block B40 { RELU }\n"
    (folder / "net.arch").write_text(f"{doubling}input 4x4x3\nB0\n")
    assert run("check", "net.arch").out == "net.arch: Net  1,099,511,627,776 layers, 0 params, 0 macs\n"
    assert "more than 100,000 rows" in run("summary", "net.arch").out
    assert run("summary", "net.arch", "--depth", "2").code == 0


def test_counts_that_nobody_could_write_down(run: Callable[..., Ran], folder: Path) -> None:
    blocks = "".join(f"block B{i} {{ {{ B{i + 1} }} x{10**17} }}\n" for i in range(250))
    (folder / "net.arch").write_text(f"{blocks}block B250 {{ CONV 3 1x1 }}\ninput 4x4x3\nB0 -> 5 params\n")
    ran = run("check", "net.arch")
    assert ran.code == 1
    assert "error[too-large]" in ran.out
    assert run("summary", "net.arch").code == 1


# ---- compile


def test_source_goes_to_stdout_or_into_a_file(run: Callable[..., Ran], folder: Path) -> None:
    ran = run("compile", "good.arch")
    assert ran.code == 0
    assert "class Net(nn.Module):" in ran.out
    assert run("compile", "good.arch", "-o", "net.py").code == 0
    assert (folder / "net.py").read_text() == ran.out


def test_an_existing_file_is_kept_without_force(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "net.py").write_text("mine")
    ran = run("compile", "good.arch", "-o", "net.py")
    assert ran.code == 2
    assert ran.err == "archdsl: net.py exists; --force replaces it\n"
    assert (folder / "net.py").read_text() == "mine"
    assert run("compile", "good.arch", "-o", "net.py", "--force").code == 0
    assert (folder / "net.py").read_text() != "mine"


def test_a_replaced_file_keeps_its_permissions_and_links(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "net.py").write_text("old")
    (folder / "net.py").chmod(0o640)
    (folder / "link.py").symlink_to("net.py")
    assert run("compile", "good.arch", "-o", "link.py", "--force").code == 0
    assert (folder / "link.py").is_symlink()
    assert stat.S_IMODE((folder / "net.py").stat().st_mode) == 0o640
    assert "class Net" in (folder / "net.py").read_text()


def test_a_new_file_has_the_usual_permissions(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "usual").touch()
    assert run("compile", "good.arch", "-o", "net.py").code == 0
    assert (folder / "net.py").stat().st_mode == (folder / "usual").stat().st_mode


def test_a_file_is_written_whole_or_not_at_all(
    run: Callable[..., Ran], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "net.py").write_text("mine")
    before = sorted(folder.iterdir())

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archdsl.files.disk.os.replace", full)
    ran = run("compile", "good.arch", "-o", "net.py", "--force")
    assert ran.code == 2
    assert "No space left on device" in ran.err
    assert sorted(folder.iterdir()) == before
    assert (folder / "net.py").read_text() == "mine"


@pytest.mark.parametrize(
    ("target", "said"), [(".", "is a folder"), ("no/where.py", "no folder"), ("pipe", "not a regular")]
)
def test_where_nothing_can_be_written(run: Callable[..., Ran], folder: Path, target: str, said: str) -> None:
    os.mkfifo(folder / "pipe")
    ran = run("compile", "good.arch", "-o", target, "--force")
    assert ran.code == 2
    assert said in ran.err


def test_a_wrong_spec_writes_nothing(run: Callable[..., Ran], folder: Path) -> None:
    ran = run("compile", "wrong.arch", "-o", "net.py")
    assert ran.code == 1
    assert "error[kernel-too-large]" in ran.out
    assert not (folder / "net.py").exists()


# ---- layers and limits


def test_layers_lists_every_kind(run: Callable[..., Ran]) -> None:
    from archdsl.layers import REGISTRY

    out = run("layers").out
    assert all(f"  {name}  " in out or f"  {name} " in out for name in REGISTRY)
    assert run("layers", "maxpool").out.startswith("MAXPOOL kernel")
    assert "did you mean CONV?" in run("layers", "COVN").err


def test_limits_lists_every_bound(run: Callable[..., Ran]) -> None:
    lines = run("limits").out.splitlines()
    assert [line.split()[0] for line in lines] == list(Limits._fields) == list(MEANINGS)
    assert "12,345" in run("limits", "--limit", "visits=12345").out


def test_version(run: Callable[..., Ran]) -> None:
    assert run("--version").out == f"archdsl {archdsl.__version__}\n"


# ---- what goes where

LISTING = "[8x8x3] INPUT\n[6x6x4] CONV1: 4 3x3 filters\n"
FAULTY = {
    "check": ["check", "wrong.arch"],
    "summary": ["summary", "wrong.arch"],
    "compile": ["compile", "wrong.arch"],
    "compile -o": ["compile", "wrong.arch", "-o", "new.py"],
    "weights": ["weights", "wrong.arch", "any.safetensors"],
    "solve": ["solve", "wrong.arch", "params <= 1"],
    "fmt": ["fmt", "syntax.arch"],
    "fmt --check": ["fmt", "--check", "syntax.arch"],
    "fmt --diff": ["fmt", "--diff", "syntax.arch"],
    "convert": ["convert", "vague.txt"],
    "convert -o": ["convert", "vague.txt", "-o", "new.arch"],
    "limit of check": ["check", "good.arch", "--limit", "visits=1"],
    "limit on files": ["check", "good.arch", "--limit", "file=1"],
    "limit of summary": ["summary", "good.arch", "--limit", "unrolled=1"],
    "limit of summary in a check": ["summary", "good.arch", "--limit", "visits=1"],
    "limit of compile": ["compile", "good.arch", "--limit", "unrolled=1"],
    "limit of compile -o": ["compile", "good.arch", "-o", "new.py", "--limit", "unrolled=1"],
    "limit of weights": ["weights", "good.arch", "any.safetensors", "--limit", "unrolled=1"],
    "limit of solve": ["solve", "open.arch", "params <= 100", "--limit", "visits=1"],
    "limit of fmt": ["fmt", "good.arch", "--limit", "tokens=3"],
    "limit of convert": ["convert", "listing.txt", "--limit", "tokens=3"],
}


@pytest.fixture
def more(folder: Path) -> None:
    """What the commands read that check does not."""
    (folder / "syntax.arch").write_text("CONV 3 {{\n")
    (folder / "open.arch").write_text("input 8\nFC 2\nFC 3\nFC 4\n")
    (folder / "listing.txt").write_text(LISTING)
    (folder / "vague.txt").write_text(LISTING.replace("4 3x3", "3x3").replace("[6x6x4] ", ""))
    (folder / "any.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")


@pytest.mark.parametrize("arguments", FAULTY.values(), ids=FAULTY)
def test_what_is_wrong_with_a_text_is_on_standard_output(
    run: Callable[..., Ran], more: None, folder: Path, arguments: list[str]
) -> None:
    before = sorted(folder.iterdir())
    ran = run(*arguments)
    assert (ran.code, ran.err) == (1, "")
    assert "error[" in ran.out
    assert ("error[limit]" in ran.out) == ("--limit" in arguments)
    assert sorted(folder.iterdir()) == before


CALLS = {
    "check": ["check", "FILE"],
    "summary": ["summary", "FILE"],
    "compile": ["compile", "FILE"],
    "weights": ["weights", "FILE", "any.safetensors"],
    "weights of none": ["weights", "good.arch", "FILE"],
    "solve": ["solve", "FILE", "params <= 1"],
    "fmt": ["fmt", "FILE"],
    "convert": ["convert", "FILE"],
}


@pytest.mark.parametrize("path", ["missing", "nowhere/missing", "pipe/missing"])
@pytest.mark.parametrize("arguments", CALLS.values(), ids=CALLS)
def test_a_file_that_cannot_be_read_is_told_on_standard_error(
    run: Callable[..., Ran], more: None, folder: Path, arguments: list[str], path: str
) -> None:
    os.mkfifo(folder / "pipe")
    ran = run(*(path if word == "FILE" else word for word in arguments))
    assert (ran.code, ran.out) == (2, "")
    assert path in ran.err


@pytest.mark.parametrize("arguments", [*CALLS.values(), ["layers"], ["limits"]], ids=[*CALLS, "layers", "limits"])
def test_wrong_usage_is_told_on_standard_error(run: Callable[..., Ran], arguments: list[str]) -> None:
    ran = run(*arguments, "--nonsense")
    assert (ran.code, ran.out) == (2, "")
    assert "--nonsense" in ran.err


def test_a_damaged_checkpoint_is_told_on_standard_error(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "any.safetensors").write_bytes(b"\1")
    ran = run("weights", "good.arch", "any.safetensors")
    assert (ran.code, ran.out) == (2, "")
    assert "error[damaged-weights]" in ran.err


AS_JSON = {
    "summary": (["summary", "wrong.arch"], 1, "kernel-too-large"),
    "summary of none": (["summary", "missing"], 2, "unreadable"),
    "limit of summary": (["summary", "good.arch", "--limit", "unrolled=1"], 1, "limit"),
    "check": (["check", "wrong.arch"], 1, "kernel-too-large"),
    "check of none": (["check", "missing"], 2, "unreadable"),
    "weights": (["weights", "wrong.arch", "any.safetensors"], 1, "kernel-too-large"),
    "weights for none": (["weights", "missing", "any.safetensors"], 2, "unreadable"),
    "weights of none": (["weights", "good.arch", "missing"], 2, "unreadable"),
    "limit of weights": (["weights", "good.arch", "any.safetensors", "--limit", "unrolled=1"], 1, "limit"),
    "solve": (["solve", "wrong.arch", "params <= 1"], 1, "kernel-too-large"),
    "solve for none": (["solve", "missing", "params <= 1"], 2, "unreadable"),
    "limit of solve": (["solve", "good.arch", "params <= 1", "--limit", "visits=1"], 1, "limit"),
}


@pytest.mark.parametrize(("arguments", "code", "fault"), AS_JSON.values(), ids=AS_JSON)
def test_json_has_what_is_wrong(
    run: Callable[..., Ran], more: None, arguments: list[str], code: int, fault: str
) -> None:
    ran = run(*arguments, "--format", "json")
    assert (ran.code, ran.err) == (code, "")
    record = json.loads(ran.out)
    record = record[0] if isinstance(record, list) else record
    assert [one["code"] for one in record["diagnostics"]] == [fault]


def test_json_of_a_question_that_means_nothing(run: Callable[..., Ran]) -> None:
    for bound, reason in (("parms <= 1", "unknown count parms"), ("params <= 1", "has nothing symbolic")):
        ran = run("solve", "good.arch", bound, "--format", "json")
        record = json.loads(ran.out)
        assert (ran.code, record["value"], record["diagnostics"]) == (2, None, [])
        assert reason in record["reason"]
        assert reason in ran.err


def test_beside_a_source_warnings_are_on_standard_error(run: Callable[..., Ran]) -> None:
    ran = run("compile", "warned.arch")
    assert ran.code == 0
    assert "warning[leftover]" in ran.err
    ast.parse(ran.out)
    ran = run("compile", "warned.arch", "-o", "new.py")
    assert (ran.code, ran.err) == (0, "")
    assert "warning[leftover]" in ran.out


def test_beside_a_spec_faults_are_on_standard_error(run: Callable[..., Ran], folder: Path) -> None:
    (folder / "false.txt").write_text(LISTING.replace("6x6x4", "7x7x4"))
    ran = run("convert", "false.txt", "--explain-reading")
    assert ran.code == 1
    assert ran.out.startswith("# Read from the listing false.txt.\n")
    assert "error[claim-shape]" in ran.err
    assert '"[8x8x3] INPUT": the input, 8x8x3' in ran.err
    ran = run("convert", "false.txt", "--explain-reading", "-o", "new.arch")
    assert (ran.code, ran.err) == (1, "")
    assert "error[claim-shape]" in ran.out
    assert '"[8x8x3] INPUT": the input, 8x8x3' in ran.out


def test_warnings_stand_below_the_table(run: Callable[..., Ran]) -> None:
    ran = run("summary", "warned.arch")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.index("MAXPOOL") < ran.out.index("\n\nwarning[leftover]")


@pytest.mark.parametrize(("size", "filled"), [(8, b"CONV 4 3x3 p1 -> 8x8x4"), (99, b"")])
def test_standard_output_is_for_the_filled_text_alone(folder: Path, size: int, filled: bytes) -> None:
    text = f"CONV 4 3x3 p? -> {size}x8x4".encode()
    done = process("check", "-", "--fill", "--explain-reading", "--input", "8x8x3", folder=folder, text=text)
    assert done.stdout == filled
    assert done.returncode == (not filled)
    assert (b"<stdin>:1:13: p = 1\n" if filled else b"error[no-answer]") in done.stderr


# ---- streams


class Terminal:
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from archdsl.cli.terminal import coloured

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert coloured(Terminal())  # type: ignore[arg-type]
    assert not coloured(None)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured(Terminal())  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("TERM", "dumb")
    assert not coloured(Terminal())  # type: ignore[arg-type]


@pytest.mark.parametrize(("environment", "colour"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colour_on_a_real_terminal(folder: Path, environment: dict[str, str], colour: bool) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    home = str(Path(archdsl.__file__).parents[1])
    inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    command = [sys.executable, "-m", "archdsl", "check", "wrong.arch"]
    variables = {**inherited, "TERM": "xterm", "PYTHONPATH": home, **environment}
    done = subprocess.run(command, cwd=folder, stdout=theirs, stderr=theirs, env=variables, check=False)
    os.close(theirs)
    said = os.read(ours, 10_000)
    os.close(ours)
    assert done.returncode == 1
    assert (b"\x1b[1;31merror" in said) == colour
    assert b"kernel-too-large" in said


def test_no_colour_where_there_is_no_terminal(folder: Path) -> None:
    assert b"\x1b" not in process("check", "wrong.arch", folder=folder).stdout


def test_a_reader_who_leaves_ends_it_quietly(folder: Path) -> None:
    (folder / "many.arch").write_text("input 8x8x3\nADD {\n" + "GELO 1\n" * 90 + "}\n" + "# a long line\n" * 10)
    home = str(Path(archdsl.__file__).parents[1])
    command = [sys.executable, "-m", "archdsl", "check", *["many.arch"] * 50]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": home}
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.read(10)
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


def test_an_interrupt_ends_it_quietly(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("archdsl.files.find.found", interrupted)
    ran = run("check", "good.arch")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


@pytest.mark.parametrize(
    "module",
    [
        *("archdsl.cli.status", "archdsl.cli.terminal", "archdsl.cli.arguments", "archdsl.limits", "re"),
        *(
            "archdsl.cli.commands",
            "archdsl.cli.check",
            "archdsl.checker.check",
            "archdsl.syntax.machine",
            "archdsl.reports.verdict",
        ),
    ],
)
def test_an_interrupt_while_it_starts_ends_it_quietly(folder: Path, module: str) -> None:
    """As if Ctrl-C came while a module is imported."""
    program = f"""
import sys
from archdsl.cli.main import main


class Interrupting:
    def find_spec(self, name, *_):
        if name == {module!r}:
            raise KeyboardInterrupt


for name in [name for name in sys.modules if name == {module!r}]:
    del sys.modules[name]
sys.meta_path.insert(0, Interrupting())
sys.argv = ["archdsl", "check", "good.arch"]
raise SystemExit(main())
"""
    home = str(Path(archdsl.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": home}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, env=environment, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_hardly_anything_is_imported_before_an_interrupt_is_caught(folder: Path) -> None:
    before = "import sys, gc, os\nbefore = set(sys.modules)\n"
    program = before + "import archdsl.cli.main\nprint(*sorted(set(sys.modules) - before))"
    home = str(Path(archdsl.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": home},
        check=True,
    )
    assert done.stdout.split() == [
        "__future__",
        "archdsl",
        "archdsl.cli",
        "archdsl.cli.main",
        "archdsl.cli.status",
        "archdsl.version",
    ]


def test_a_fault_of_ours_is_no_traceback(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*arguments: object) -> None:
        raise RuntimeError("\x1b[31mno")

    monkeypatch.delenv("ARCHDSL_TRACEBACK")
    monkeypatch.setattr("archdsl.files.find.found", faulty)
    ran = run("check", "good.arch")
    assert ran.code == 2
    assert ran.err == "archdsl: internal error (please report it): RuntimeError: \\x1b[31mno\n"


def test_the_same_bytes_in_any_locale(folder: Path) -> None:
    (folder / "räder.arch").write_text("input 8x8x3\nlöss: CONV 4 3x3 x2 # ×\nCOVN é\n")
    calls = [
        process("check", ".", folder=folder, **environment).stdout
        for environment in (
            {"LC_ALL": "C", "PYTHONHASHSEED": "1"},
            {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
            {"PYTHONIOENCODING": "latin-1"},
            {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        )
    ]
    assert len(set(calls)) == 1
    assert "räder.arch".encode() in calls[0]


def test_hostile_names_of_files_are_printed_inert(folder: Path) -> None:
    name = b"\x1b[31m\xff\n.arch"
    (Path(os.fsdecode(bytes(folder) + b"/" + name))).write_text(WRONG)
    for arguments in (["check", "."], ["check", ".", "--format", "json"], ["summary", "./\x1b[31m\udcff\n.arch"]):
        done = process(*arguments, folder=folder)
        assert done.returncode == 1, done.stderr
        assert b"\x1b" not in done.stdout + done.stderr
        assert b"\\x1b[31m\\udcff\\n.arch" in done.stdout or b"\\u001b[31m\\udcff\\n.arch" in done.stdout


def test_as_a_module(folder: Path) -> None:
    done = process("check", "good.arch", folder=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"good.arch: Net")
    assert process("--help", folder=folder).stdout.startswith(b"usage: archdsl")


# ---- what is loaded


def loaded(first: str, folder: Path) -> set[str]:
    """The slow packages in memory after a check in a fresh process that begins with a line of code."""
    code = f"""
{first}
import sys
from archdsl.cli.main import main
main(["check", "good.arch", "wrong.arch", "cases.arch"])
main(["check", "wrong.arch", "--format", "json"])
main(["summary", "good.arch"])
main(["compile", "good.arch"])
main(["layers", "CONV"])
print()
print("loaded", *sorted(set({SLOW!r}) & set(sys.modules)))
"""
    home = str(Path(archdsl.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": home},
        check=True,
        text=True,
    )
    last = done.stdout.splitlines()[-1]
    assert last.startswith("loaded")
    return set(last.split()[1:])


def test_nothing_slow_is_loaded(folder: Path) -> None:
    assert loaded("pass", folder) == set()


def test_that_this_test_can_fail(folder: Path) -> None:
    for name in SLOW:
        (folder / f"{name}.py").write_text("")
    lines = f"import sys; sys.path.insert(0, {str(folder)!r}); import {', '.join(SLOW)}"
    assert loaded(lines, folder) == set(SLOW)


def test_a_check_of_what_holds_loads_nothing_that_mends_or_records() -> None:
    """What is loaded costs every start."""
    program = "import sys; from archdsl.cli.main import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    spec = Path(__file__).parent.parent / "specs" / "alexnet.arch"
    ran = subprocess.run([sys.executable, "-c", program, "check", spec], capture_output=True, text=True, check=True)
    rooms = ("archdsl.checker.fixes", "archdsl.reports.records", "archdsl.reports.flow", "archdsl.network.likeness")
    assert "archdsl.cli.check" in ran.stderr.split()
    assert not [name for name in ran.stderr.split() if name.startswith(rooms)]


def test_a_check_imports_no_typing() -> None:
    """`typing` costs 0.4 times what Python itself takes to start."""
    program = "import sys; before = set(sys.modules) - {'typing'}; from archdsl.cli.main import main"
    program += "; main(sys.argv[1:]); print(*set(sys.modules) - before, file=sys.stderr)"
    spec = Path(__file__).parent.parent / "specs" / "alexnet.arch"
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {program}", "check", spec]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert {"archdsl.cli.check", "re"} <= set(ran.stderr.split())
    assert not {"typing", "fractions", "dataclasses", "inspect", "copy"} & set(ran.stderr.split())


def test_cases_of_an_unknown_parameter_are_one_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `cases` would set is not set, so that no second message says the same of the model."""
    monkeypatch.chdir(tmp_path)
    Path("net.arch").write_text("model Net(classes=10)\ncases klasses in [10, 20]\ninput 28x28x1\nFC classes\n")
    assert cli.main(["check", "net.arch"]) == 1
    out = capsys.readouterr().out
    assert out.count("error[unknown-parameter]") == 1
    assert "net.arch:2:7" in out
    assert "did you mean classes?" in out


@pytest.mark.parametrize("word", ["SHARE", "scan"])
def test_what_runs_other_parts_is_explained_as_kinds_are(word: str, run: Any) -> None:
    assert run("layers", word).out.startswith(word.upper())
