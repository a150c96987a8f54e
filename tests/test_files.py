"""Files: what is written whole or not at all and keeps what it had, and what is looked for in folders."""

from __future__ import annotations

import ast
import errno
import os
import random
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import archdsl
from archdsl.cli import main as cli
from archdsl.files import disk, find
from archdsl.limits import Limits

PACKAGE = Path(archdsl.__file__).parent
UGLY, TIDY = "input  8x8x3\nconv 4 3x3;relu\n", "input 8x8x3\nCONV 4 3x3;  RELU\n"
HOLED, FILLED = "input 27x27x96\nCONV 256 5x5 p? -> 27x27x256\n", "input 27x27x96\nCONV 256 5x5 p2 -> 27x27x256\n"
LISTING = "[8x8x3] INPUT\n[6x6x4] CONV1: 4 3x3 filters\n"
MARK = b"\xef\xbb\xbf"  # the byte order mark of UTF-8
Run = Callable[..., tuple[int, str, str]]

needs_attributes = pytest.mark.skipif(not hasattr(os, "setxattr"), reason="extended attributes of Linux")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHDSL_TRACEBACK", "1")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.main([*arguments])
        return (code, *capsys.readouterr())

    return call


def written(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def marked(path: Path, name: str = "user.archdsl", value: bytes = b"kept") -> None:
    """Give a file an extended attribute; skips where the file system has none."""
    try:
        os.setxattr(path, name, value)
    except OSError as fault:
        pytest.skip(f"no extended attributes here: {fault}")


# ---- every command that writes a file

WRITERS = {
    "fmt": (UGLY, ["fmt", "it"]),
    "check --fill": (HOLED, ["check", "--notation", "arch", "--fill", "it"]),
    "check --fix": ("input 8x8x3\nCONVV 4 3x3\n", ["check", "--notation", "arch", "--fix", "it"]),
    "compile": ("old", ["compile", "source.arch", "-o", "it", "--force"]),
    "convert": ("old", ["convert", "source.txt", "-o", "it", "--force"]),
}


@pytest.fixture(params=WRITERS)
def writer(request: pytest.FixtureRequest, run: Run) -> Callable[[], tuple[int, str, str]]:
    """A command that writes over the file `it`, which has what the command needs."""
    text, arguments = WRITERS[request.param]
    written("source.arch", "input 8x8x3\nCONV 4 3x3\n")
    written("source.txt", LISTING)
    written("it", text)
    return lambda: run(*arguments)


def test_a_file_is_written_and_nothing_stays_beside_it(writer: Callable[[], tuple[int, str, str]]) -> None:
    before = Path("it").read_bytes()
    assert writer()[0] == 0
    assert Path("it").read_bytes() != before
    assert sorted(os.listdir()) == ["it", "source.arch", "source.txt"]


def test_a_read_only_file_is_never_written(writer: Callable[[], tuple[int, str, str]]) -> None:
    before = Path("it").read_bytes()
    Path("it").chmod(0o444)
    code, _, err = writer()
    assert code == 2
    assert "it is read-only" in err
    assert Path("it").read_bytes() == before
    assert sorted(os.listdir()) == ["it", "source.arch", "source.txt"]


def test_what_a_link_leads_to_is_read_only(writer: Callable[[], tuple[int, str, str]]) -> None:
    before = Path("it").read_bytes()
    Path("it").rename("real")
    Path("real").chmod(0o444)
    os.symlink("real", "it")
    assert writer()[0] == 2
    assert Path("real").read_bytes() == before


@needs_attributes
def test_extended_attributes_stay(writer: Callable[[], tuple[int, str, str]]) -> None:
    marked(Path("it"))
    inode = Path("it").stat().st_ino
    assert writer()[0] == 0
    assert os.getxattr("it", "user.archdsl") == b"kept"
    assert Path("it").stat().st_ino != inode, "the file was replaced, in one step"


@needs_attributes
def test_an_access_control_list_stays(writer: Callable[[], tuple[int, str, str]]) -> None:
    entries = [(1, 6, 0xFFFFFFFF), (2, 4, 1234), (4, 4, 0xFFFFFFFF), (16, 4, 0xFFFFFFFF), (32, 0, 0xFFFFFFFF)]
    acl = b"\2\0\0\0" + b"".join(
        tag.to_bytes(2, "little") + bits.to_bytes(2, "little") + who.to_bytes(4, "little") for tag, bits, who in entries
    )
    marked(Path("it"), "system.posix_acl_access", acl)
    kept = os.getxattr("it", "system.posix_acl_access")
    assert writer()[0] == 0
    assert os.getxattr("it", "system.posix_acl_access") == kept


@needs_attributes
def test_a_file_is_written_over_where_an_attribute_cannot_be_given(
    writer: Callable[[], tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(Path("it"))
    before = Path("it").stat().st_ino

    def forbidden(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.setxattr", forbidden)
    assert writer()[0] == 0
    assert os.getxattr("it", "user.archdsl") == b"kept"
    assert Path("it").stat().st_ino == before
    assert sorted(os.listdir()) == ["it", "source.arch", "source.txt"]


def test_files_of_killed_runs_are_in_nobodys_way(
    writer: Callable[[], tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(f".it.{os.getpid()}.new", "of an older version")
    written(".archdsl-00000000.new", "of a run that was killed")
    drawn = iter([b"\0\0\0\0", b"\0\0\0\1"])
    monkeypatch.setattr("os.urandom", lambda _: next(drawn))
    assert writer()[0] == 0
    left = {path.name for path in Path().iterdir()} - {"it", "source.arch", "source.txt"}
    assert left == {f".it.{os.getpid()}.new", ".archdsl-00000000.new"}


def test_a_private_text_is_private_at_every_moment(
    writer: Callable[[], tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("it").chmod(0o600)
    modes, replace = [], os.replace

    def watched(beside: str, target: str) -> None:
        modes.append(stat.S_IMODE(os.stat(beside).st_mode))
        replace(beside, target)

    opened, give = [], disk._give_attributes
    monkeypatch.setattr("os.replace", watched)
    monkeypatch.setattr(
        "archdsl.files.disk._give_attributes",
        lambda target, beside: (opened.append(stat.S_IMODE(os.stat(beside).st_mode)), give(target, beside)),
    )
    assert writer()[0] == 0
    assert (opened, modes) == ([0o600], [0o600])


def test_an_interrupt_leaves_the_old_text_and_nothing_else(
    writer: Callable[[], tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Path("it").read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupted)
    assert writer()[0] == 130
    assert Path("it").read_bytes() == before
    assert sorted(os.listdir()) == ["it", "source.arch", "source.txt"]


def test_an_interrupt_while_a_file_is_written_over_waits(
    writer: Callable[[], tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of two names is not replaced in one step: the second try makes it whole."""
    before = Path("it").read_bytes()
    os.link("it", "other")
    copy, calls = disk._copy, []

    def interrupted(beside: str, target: str) -> None:
        calls.append(target)
        if len(calls) == 1:
            Path(target).write_bytes(b"half")
            raise KeyboardInterrupt
        copy(beside, target)

    monkeypatch.setattr("archdsl.files.disk._copy", interrupted)
    assert writer()[0] == 130
    assert Path("it").read_bytes() not in (before, b"half")
    assert Path("it").samefile("other")
    assert sorted(os.listdir()) == ["it", "other", "source.arch", "source.txt"]


@pytest.mark.parametrize("name", ["", "no/where.py", "folder"])
@pytest.mark.parametrize("command", ["compile", "convert"])
def test_a_name_that_is_none_leaves_nothing_behind(run: Run, tmp_path: Path, command: str, name: str) -> None:
    written("folder/source.arch", "input 8x8x3\nCONV 4 3x3\n")
    written("folder/source.txt", LISTING)
    os.chdir("folder")
    before = sorted(tmp_path.rglob("*"))
    source = "source.arch" if command == "compile" else "source.txt"
    code, out, err = run(command, source, "-o", name if name != "folder" else "..", "--force")
    assert (code, out) == (2, "")
    assert err.startswith("archdsl: ")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("target", ["net.arch", "part.arch", "link.arch", "folder/../net.arch"])
def test_what_is_read_is_not_replaced(run: Run, target: str) -> None:
    written("folder/part.arch", "")
    written("part.arch", "block B { CONV 4 3x3 }\n")
    written("net.arch", 'use "part.arch"\ninput 8x8x3\nB\n')
    os.symlink("net.arch", "link.arch")
    before = {path: path.read_bytes() for path in Path().glob("*.arch")}
    code, out, err = run("compile", "net.arch", "-o", target, "--force")
    assert (code, out, err) == (2, "", f"archdsl: {target} is one of the files read, and is not overwritten\n")
    assert {path: path.read_bytes() for path in Path().glob("*.arch")} == before


def test_a_listing_is_not_replaced_by_its_spec(run: Run) -> None:
    written("net.txt", LISTING)
    code, _, err = run("convert", "net.txt", "-o", "./net.txt", "--force")
    assert (code, err) == (2, "archdsl: ./net.txt is one of the files read, and is not overwritten\n")
    assert Path("net.txt").read_text(encoding="utf-8") == LISTING


def test_a_name_of_as_many_letters_as_there_may_be(run: Run) -> None:
    """Of letters that take three bytes each, 84 are as many as a file system takes."""
    name = "ⓐ" * 82 + ".py"
    written("net.arch", "input 8x8x3\nCONV 4 3x3\n")
    assert run("compile", "net.arch", "-o", name) == (0, "", "")
    assert sorted(os.listdir()) == ["net.arch", name]


# ---- the mark that some editors put in front


@pytest.mark.parametrize(
    ("text", "command", "after"), [(UGLY, ["fmt"], TIDY), (HOLED, ["check", "--fill"], FILLED), (TIDY, ["fmt"], TIDY)]
)
def test_the_byte_order_mark_stays(run: Run, text: str, command: list[str], after: str) -> None:
    path = written("net.arch", MARK + text.encode())
    assert run(*command, "net.arch")[0] == 0
    assert path.read_bytes() == MARK + after.encode()


@pytest.mark.parametrize(("text", "command", "after"), [(UGLY, "fmt", TIDY), (HOLED, "check", FILLED)])
def test_the_byte_order_mark_of_standard_input_stays(
    run: Run, monkeypatch: pytest.MonkeyPatch, text: str, command: str, after: str
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(MARK + text.encode())))
    code, out, _ = run(command, "-", *(["--fill"] if command == "check" else []))
    assert (code, out) == (0, "\ufeff" + after)


def test_a_diff_has_the_byte_order_mark(run: Run) -> None:
    written("net.arch", MARK + UGLY.encode())
    code, out, _ = run("fmt", "--diff", "net.arch")
    assert code == 0
    assert "-\ufeffinput  8x8x3\n" in out
    assert "+\ufeffinput 8x8x3\n" in out


# ---- filling many files


def test_a_file_that_cannot_be_filled_ends_no_other(run: Run) -> None:
    written("a.arch", HOLED).chmod(0o444)
    written("b.arch", HOLED)
    code, out, err = run("check", ".", "--fill")
    assert code == 2
    assert "cannot be written: ./a.arch is read-only" in err
    assert out.splitlines()[-1] == "1 of 2 files holds: 1 error"
    assert "./a.arch:2:15: p = 2\n" in out
    assert (Path("a.arch").read_text(), Path("b.arch").read_text()) == (HOLED, FILLED)


# ---- from Python


def test_weights_are_written_by_the_same_rule(run: Run) -> None:
    torch = pytest.importorskip("torch")
    tensors = {"a": torch.zeros(2)}
    path = written("old.safetensors", "old")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match="read-only"):
        archdsl.save(tensors, path)
    with pytest.raises(FileNotFoundError):
        archdsl.save(tensors, "")
    assert (path.read_text(), os.listdir()) == ("old", ["old.safetensors"])


# ---- what is found in folders


def found(*paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    """The paths of the files that are looked at, with / between their parts."""
    files = find.found(list(paths or (".",)), Limits(), exclude)
    assert all(one.fault is None for one in files), [one.fault for one in files if one.fault]
    return [one.path.replace(os.sep, "/").removeprefix("./") for one in files]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes files by their paths in a working folder of its own."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def make(*paths: str, **lists: str) -> Path:
        for path in paths:
            written(path, UGLY)
        for path, text in lists.items():
            written(path.replace("__", "/").replace("gitignore", ".gitignore"), text)
        return Path.cwd()

    return make


MADE = ("__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv")
HIDDEN = (
    *(
        ".bzr",
        ".direnv",
        ".eggs",
        ".git",
        ".git-rewrite",
        ".hg",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pants.d",
    ),
    *(".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode"),
)


@pytest.mark.parametrize("name", [*MADE, *HIDDEN])
def test_what_ruff_leaves_out_is_left_out(tree: Callable[..., Path], name: str) -> None:
    tree("a.arch", f"{name}/b.arch", f"deep/{name}/lib/c.arch", f"deep/{name}.arch", f"{name}x/d.arch")
    kept = {"a.arch", f"deep/{name}.arch", *([] if name.startswith(".") else [f"{name}x/d.arch"])}
    assert set(found()) == kept


def test_links_lead_to_nothing_that_is_left_out(run: Run) -> None:
    """In a folder; a link that is given by name is taken. One out of the folder is followed, but not into such a one."""
    for path in ("nets/venv/a.arch", "nets/b.arch", "venv/c.arch", "elsewhere/d.arch"):
        written(path, UGLY)
    for name, target in {"a": "venv/a", "b2": "b", "c": "../venv/c", "d": "../elsewhere/d"}.items():
        os.symlink(f"{target}.arch", f"nets/{name}.arch")
    assert run("fmt", "nets")[:2] == (0, "formatted nets/b.arch\nformatted nets/d.arch\n")
    assert Path("nets/venv/a.arch").read_text(encoding="utf-8") == UGLY
    assert Path("venv/c.arch").read_text(encoding="utf-8") == UGLY
    assert run("fmt", "nets/a.arch")[:2] == (0, "formatted nets/a.arch\n")
    assert Path("nets/venv/a.arch").read_text(encoding="utf-8") == TIDY


@pytest.mark.parametrize("name", ["build", ".venv", "old"])
def test_a_path_given_by_name_is_taken(tree: Callable[..., Path], name: str) -> None:
    tree(f"{name}/a.arch", f"{name}/build/b.arch", f"{name}/deep/c.arch", gitignore="old/\nold.arch\n")
    assert found(name) == [f"{name}/a.arch", f"{name}/deep/c.arch"]
    assert found(f"{name}/build/b.arch", exclude=("b.arch",)) == [f"{name}/build/b.arch"]
    assert found(f"{name}/build", exclude=(name,)) == [f"{name}/build/b.arch"]


def test_fmt_touches_nothing_that_is_left_out(run: Run) -> None:
    left = [
        written(path, UGLY) for path in ("venv/lib/a.arch", "node_modules/b.arch", "old/c.arch", "d_old.arch", "e.arch")
    ]
    written(".gitignore", "old\n")
    code, out, err = run("fmt", ".", "--exclude", "*_old.arch", "--exclude=e.arch")
    assert (code, out) == (2, "")
    assert "no .arch file in this folder, apart from what is excluded: " in err
    written("f.arch", UGLY)
    assert run("fmt", "--check", ".", "--exclude", "*_old.arch", "--exclude=e.arch") == (1, "./f.arch\n", "")
    assert run("fmt", ".", "--exclude", "*_old.arch", "--exclude=e.arch") == (0, "formatted ./f.arch\n", "")
    assert [path.read_text() for path in left] == [UGLY] * len(left)


def test_check_looks_at_nothing_that_is_left_out(run: Run) -> None:
    written("a.arch", TIDY)
    written("venv/b.arch", "CONV {{\n")
    written("old/c.arch", "CONV {{\n")
    assert run("check", ".", "--exclude", "old")[:2] == (0, "./a.arch: A  2 layers, 112 params, 3,888 macs\n")
    assert run("check", ".", "--exclude", "old", "--format", "json")[1].count('"file"') == 1
    assert run("check", ".")[0] == 1


@pytest.mark.parametrize(
    ("pattern", "path", "is_left_out"),
    [
        ("a", "a/x.arch", True),
        ("a", "b/a/x.arch", True),
        ("/a", "b/a/x.arch", False),
        ("/a", "a/x.arch", True),
        ("a/", "a/x.arch", True),
        ("x.arch/", "a/x.arch", False),
        ("b/a", "b/a/x.arch", True),
        ("b/a", "c/b/a/x.arch", False),
        ("**/b/a", "c/b/a/x.arch", True),
        ("c/**/x.arch", "c/b/a/x.arch", True),
        ("c/**/x.arch", "c/x.arch", True),
        ("c/**", "c/b/a/x.arch", True),
        ("c/**", "x.arch", False),
        ("**", "c/x.arch", True),
        ("**/", "c/x.arch", True),
        ("**/", "x.arch", False),
        ("c/*", "c/b/x.arch", True),
        ("c/*.arch", "c/b/x.arch", False),
        ("*.arch", "c/b/x.arch", True),
        ("x?arch", "x.arch", True),
        ("c?x.arch", "c/x.arch", False),
        ("[w-z].arch", "x.arch", True),
        ("[!w-z].arch", "x.arch", False),
        ("[^w-z].arch", "x.arch", False),
        ("[]x].arch", "x.arch", True),
        ("[[:alpha:]].arch", "x.arch", True),
        ("[[:digit:]].arch", "x.arch", False),
        ("[x", "[x/y.arch", False),
        ("\\[x", "[x/y.arch", True),
        ("\\#a", "#a/x.arch", True),
        ("#a", "#a/x.arch", False),
        ("\\!a", "!a/x.arch", True),
        ("a ", "a/x.arch", True),
        ("a\\ ", "a /x.arch", True),
        ("a\r", "a/x.arch", True),
        ("a\\", "a/x.arch", False),
        ("a//b", "a/b/x.arch", False),
        ("/", "x.arch", False),
        ("", "x.arch", False),
        ("é*", "étage/x.arch", True),
        ("a**b", "axxb/x.arch", True),
        ("?", "é/x.arch", False),  # of two bytes
        ("??", "é/x.arch", True),
        ("[é]", "é/x.arch", False),
        ("a**b/x.arch", "a/x/b/x.arch", False),
        ("*a*a*a*a*a*a*a*a*a*a*a*b", "a" * 200 + "/x.arch", False),
    ],
)
def test_a_pattern(tree: Callable[..., Path], pattern: str, path: str, is_left_out: bool) -> None:
    tree("keep.it/y.arch", path, gitignore=f"{pattern}\n!keep.it/\n!y.arch\n")
    assert (path not in found()) == is_left_out
    assert "keep.it/y.arch" in found()


def test_the_last_pattern_decides(tree: Callable[..., Path]) -> None:
    tree("a.arch", "b.arch", "old/c.arch", "old/d.arch", gitignore="*.arch\n!b.arch\nold/*\n!old/c.arch\n")
    assert found() == ["b.arch", "old/c.arch"]
    tree(gitignore="!a.arch\na.arch\n")
    assert found() == ["b.arch", "old/c.arch", "old/d.arch"]


def test_below_a_folder_that_is_left_out_nothing_comes_back(tree: Callable[..., Path]) -> None:
    tree("a.arch", "old/b.arch", gitignore="old/\n!old/b.arch\n")
    assert found() == ["a.arch"]


def test_lists_of_folders_below(tree: Callable[..., Path]) -> None:
    tree(
        "a.arch",
        "sub/a.arch",
        "sub/b.arch",
        "sub/deep/b.arch",
        gitignore="b.arch\n",
        sub__gitignore="/a.arch\n!b.arch\n",
    )
    assert found() == ["a.arch", "sub/b.arch", "sub/deep/b.arch"]


def test_lists_above_count_in_a_repository_alone(tree: Callable[..., Path]) -> None:
    tree("sub/a.arch", "sub/b.arch", "sub/deep/c.arch", gitignore="a.arch\n/sub/deep\n")
    assert found("sub") == ["sub/a.arch", "sub/b.arch", "sub/deep/c.arch"]
    Path(".git/info").mkdir(parents=True)
    assert found("sub") == ["sub/b.arch"]
    Path(".git/info/exclude").write_text("b.arch\nc.arch\n")
    tree("sub/d.arch")
    assert found("sub") == ["sub/d.arch"]


def test_a_list_can_bring_back_what_tools_make(tree: Callable[..., Path]) -> None:
    tree("build/a.arch", "dist/b.arch", gitignore="!build/\n")
    assert found() == ["build/a.arch"]
    assert found(exclude=("!dist",)) == ["build/a.arch", "dist/b.arch"]


def test_exclude_goes_before_every_list(tree: Callable[..., Path]) -> None:
    tree("a.arch", "b.arch", "c.arch", gitignore="a.arch\n!b.arch\n")
    assert found(exclude=("!a.arch", "b.arch")) == ["a.arch", "c.arch"]


def test_exclude_is_about_the_working_folder_and_the_one_that_is_searched(tree: Callable[..., Path]) -> None:
    tree("sub/a.arch", "sub/old/b.arch", "sub/deep/old/c.arch")
    assert (
        found("sub", exclude=("sub/old",)) == found("sub", exclude=("/old",)) == ["sub/a.arch", "sub/deep/old/c.arch"]
    )
    assert found("sub", exclude=("old",)) == ["sub/a.arch"]


# ---- what a project leaves out


def project(text: str, path: str = "pyproject.toml") -> None:
    written(path, text)


def test_a_project_leaves_out(tree: Callable[..., Path]) -> None:
    tree("a.arch", "old/b.arch", "deep/old/c.arch", "drafts/d.arch", "deep/drafts/e.arch", "build/f.arch")
    project('[tool.archdsl]\nexclude = ["old", "/drafts"]\n')
    assert found() == ["a.arch", "deep/drafts/e.arch"]
    assert found("deep") == ["deep/drafts/e.arch"]
    assert found("drafts") == ["drafts/d.arch"]
    assert found(exclude=("!old",)) == ["a.arch", "deep/drafts/e.arch", "deep/old/c.arch", "old/b.arch"]


def test_the_nearest_project_that_says_something(tree: Callable[..., Path]) -> None:
    tree("sub/a.arch", "sub/b.arch", "sub/deep/a.arch", "sub/deep/b.arch")
    project('[tool.archdsl]\nexclude = ["a.arch"]\n')
    project("[project]\nname = 'archdsl'\n", "sub/pyproject.toml")
    assert found("sub") == ["sub/b.arch", "sub/deep/b.arch"]
    project('[tool.archdsl]\nexclude = ["b.arch"]\n', "sub/deep/pyproject.toml")
    assert found("sub/deep") == ["sub/deep/a.arch"]
    project("[tool.archdsl]\n", "sub/deep/pyproject.toml")
    assert found("sub/deep") == ["sub/deep/a.arch", "sub/deep/b.arch"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.archdsl]\nexclude = 'old'", "must be a list of patterns"),
        ("[tool.archdsl]\nexclude = [1]", "must be a list of patterns"),
        ("[tool.archdsl]\nexlude = ['old']", "has no key exlude; it has exclude"),
        ("[tool.archdsl\n", "Expected ']'"),
        ("tool.archdsl = 3", "must be a table"),
        ("tool.archdsl = " + "[" * 100_000, "brackets nested too deeply"),
        ("[tool.archdsl]\nexclude = ['\xff']".encode("latin-1"), "can't decode byte"),
    ],
)
@pytest.mark.parametrize("command", ["check", "fmt"])
def test_a_project_that_says_it_wrongly(run: Run, command: str, text: str | bytes, said: str) -> None:
    """Nothing below it is looked at, since it is not known what is to be left out; everything else is."""
    path = written("sub/a.arch", UGLY)
    written("other/b.arch", UGLY)
    written("sub/pyproject.toml", text)
    code, out, err = run(command, "sub", "other")
    assert code == 2
    assert "pyproject.toml:1:1" in err
    assert said in err
    assert "b.arch" in out
    assert path.read_text() == UGLY


def test_a_list_that_cannot_be_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [written(path, UGLY) for path in ("a.arch", "sub/b.arch", "sub/deep/c.arch")]
    written("sub/.gitignore", "#" * 100)
    code, out, err = run("fmt", ".", "--limit", "file=99")
    assert (code, out) == (2, "formatted ./a.arch\n")
    assert "the file is larger than 99 bytes\n --> ./sub/.gitignore" in err
    assert [path.read_text() for path in paths] == [TIDY, UGLY, UGLY]


def test_a_list_of_too_many_patterns(run: Run) -> None:
    paths = [written(path, UGLY) for path in ("a/a.arch", "b/b.arch", "c/c.arch")]
    written("a/.gitignore", "*x*y\n# a comment\n\n" * 11)
    written("b/pyproject.toml", f"[tool.archdsl]\nexclude = {[f'x{n}' for n in range(11)]}")
    written("c/.gitignore", "*x*y\n# a comment\n\n" * 10)
    code, out, err = run("fmt", "a", "b", "c", "--limit", "patterns=10")
    assert (code, out) == (2, "formatted c/c.arch\n")
    assert err.count("too many patterns; raise it with --limit patterns=N") == 2
    assert [path.read_text() for path in paths] == [UGLY, UGLY, TIDY]


def test_toml_is_loaded_for_projects_that_name_archdsl_alone(tree: Callable[..., Path]) -> None:
    tree("a.arch")
    project("[project]\nname = 'other'\n")
    program = "import sys; from archdsl.cli.main import main; main(['check', '.']); print('tomllib' in sys.modules)"
    for loaded in (False, True):
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
        )
        assert done.stdout.splitlines()[-1] == str(loaded)
        project("[tool.archdsl]\n")


def test_a_file_that_is_named_loads_nothing_of_this(tree: Callable[..., Path]) -> None:
    tree("a.arch")
    program = "import sys; from archdsl.cli.main import main; main(['check', sys.argv[1]]); print(*sys.modules)"
    loaded = []
    for path in ("a.arch", "."):
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
        command = [sys.executable, "-c", program, path]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        loaded.append({"archdsl.files.search", "archdsl.files.disk"} & set(done.stdout.split()))
    assert loaded == [set(), {"archdsl.files.search"}]


# ---- against git


def kept_by_git(folder: Path) -> set[str]:
    program = shutil.which("git") or pytest.skip("needs git")
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = [program, "ls-files", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=folder, capture_output=True, env={**os.environ, **nobody}, check=True)
    return {path for path in os.fsdecode(done.stdout).split("\0") if path.endswith(".arch")}


NAMES = ("a", "b", "ab", "a b", "aXb", "c.d", "[x]", "#h", "!n", "é")
PIECES = (
    "a",
    "b",
    "X",
    "?",
    "*",
    "**",
    "[ab]",
    "[!a]",
    "[a-c]",
    "\\",
    ".",
    " ",
    "[",
    "]",
    "#",
    "!",
    "é",
    "arch",
    "/",
    "/",
    "/",
)


def drawn_pattern(rng: random.Random) -> str:
    if rng.random() < 0.5:
        parts = [rng.choice((*NAMES, "*", "**", "?b", "a*", "*.arch", "[ab]*")) for _ in range(rng.randint(1, 3))]
        text = "/".join(parts)
    else:
        text = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 6)))
    start, end = rng.choice(("", "", "", "!", "/", "!/")), rng.choice(("", "", "", "/", " "))
    return f"{start}{text}{end}"


@pytest.mark.parametrize("seed", [*range(12), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(12, 150))])
def test_git_keeps_the_same(tree: Callable[..., Path], seed: int) -> None:
    rng = random.Random(seed)
    paths = {"/".join([*rng.choices(NAMES, k=rng.randint(0, 3)), f"{rng.choice(NAMES)}.arch"]) for _ in range(40)}
    folder = tree(*paths)
    program = shutil.which("git") or pytest.skip("needs git")
    subprocess.run([program, "init", "-q", "."], check=True, cwd=folder)
    for parent in {"", *(rng.choice(sorted(paths)).rpartition("/")[0] for _ in range(2))}:
        lines = [drawn_pattern(rng) for _ in range(rng.randint(1, 5))]
        Path(parent, ".gitignore").write_text("\n".join(lines), encoding="utf-8")
    ours = {one.path.removeprefix("./") for one in find.found(["."], Limits()) if one.fault is None}
    assert ours == kept_by_git(folder), {path: path.read_text() for path in Path().rglob(".gitignore")}


# ---- one place


def writes(source: str) -> Iterator[int]:
    """The lines on which a module writes a file, but below `if __name__ == "__main__"`: scripts that make the package."""
    stack: list[ast.AST] = [ast.parse(source)]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'":
            continue
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            modes = [
                one.value
                for one in [*node.args[1:2], *(k.value for k in node.keywords)]
                if isinstance(one, ast.Constant)
            ]
            opens = called in ("open", "os.fdopen", "io.open") and any(set(str(mode)) & set("wax+") for mode in modes)
            moves = called.startswith("os.") and called[3:] in ("open", "replace", "rename", "link", "symlink", "mkdir")
            if opens or moves or called.rpartition(".")[2] in ("write_text", "write_bytes", "touch", "mkstemp"):
                yield node.lineno
        stack += ast.iter_child_nodes(node)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_files_are_written_in_one_place(path: Path) -> None:
    if path != PACKAGE / "files" / "disk.py":
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [lines[number - 1] for number in writes("\n".join(lines))]
        assert [line for line in found if "os.devnull" not in line] == []


def test_a_write_is_seen() -> None:
    assert list(writes("open('x', 'w')")) == [1]
    assert list(writes("\npath.write_text('')")) == [2]
    assert list(writes("open(path, mode='r+b')")) == [1]
    assert list(writes("open('x', 'rb')")) == []
    assert list(writes("if __name__ == '__main__':\n    path.write_text('')")) == []
    assert list(writes((PACKAGE / "files" / "disk.py").read_text(encoding="utf-8")))


if sys.platform == "win32":
    pytest.skip("permissions and links of POSIX", allow_module_level=True)
