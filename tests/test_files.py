"""Files: what is written whole or not at all and keeps what it had, and what is looked for in folders."""

from __future__ import annotations

import ast
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import archdsl
from archdsl.cli import main as cli
from archdsl.files import disk

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
