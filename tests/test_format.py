"""`archdsl fmt`: one layout, the same meaning, comments kept, files replaced whole or not at all."""

from __future__ import annotations

import os
import random
import re
import shutil
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import mutation
from support.meaning import same_meaning

from archdsl.checker.check import check
from archdsl.cli import main as cli
from archdsl.diagnostics import ArchError, Source
from archdsl.layers import REGISTRY
from archdsl.limits import Limits
from archdsl.reading.reading import read
from archdsl.reports.difference import unified
from archdsl.reports.json import summary
from archdsl.syntax import parse
from archdsl.syntax.format.format import formatted
from archdsl.syntax.format.rows import TextRow
from archdsl.syntax.format.spelling import Spelling

ROOT = Path(__file__).parent.parent
SPECS = sorted((ROOT / "specs").glob("*.arch"))
LANGUAGE = ROOT / "docs" / "language.md"
each_spec = pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)

# Ugly text, then the same in its layout.
PAIRS = {
    "labels, activations and claims": (
        "conv1 : conv 96 11x11 s4 p0 ;relu->55x55x96,34,944 params\npool1: MaxPool 3x3 s2->27x27x96\n"
        "conv2: CONV 256 5x5 s1 p2;RELU -> 27x27x256,614,656 params # wide\nfc6: FC 4096; RELU;DROPOUT 0.5\n",
        """\
conv1: CONV 96 11x11 s4 p0;  RELU                 -> 55x55x96,   34,944 params
pool1: MAXPOOL 3x3 s2                             -> 27x27x96
conv2: CONV 256 5x5 s1 p2;   RELU                 -> 27x27x256, 614,656 params  # wide
fc6:   FC 4096;  RELU;  DROPOUT 0.5
""",
    ),
    "a block of branches": (
        "block INCEPTION (c1,r3,c3 , cp){\nCONCAT{\n"
        "{ one:CONV c1 1x1;RELU}\n{reduce:CONV r3 1x1;RELU;three:CONV c3 3x3 p1;RELU}\n"
        "{pool:MAXPOOL 3x3 s1 p1;project: CONV cp 1x1;RELU}\n\n}\n\n}\n",
        """\
block INCEPTION(c1, r3, c3, cp) {
  CONCAT {
    { one:    CONV c1 1x1;  RELU }
    { reduce: CONV r3 1x1;  RELU;  three: CONV c3 3x3 p1;  RELU }
    { pool:   MAXPOOL 3x3 s1 p1;   project: CONV cp 1x1;   RELU }
  }
}
""",
    ),
    "numbers with their last digits below one another": (
        "block B(a,b){FC a}\nx: B 64 9\nlonger: B 128 16\n",
        "block B(a, b) { FC a }\nx:      B  64  9\nlonger: B 128 16\n",
    ),
    "braces that begin a line": (
        "ADD{\n{conv1: CONV c 3x3 s=s p1 nobias;bn1: BN;RELU\n"
        "conv2: CONV c 3x3 p1 nobias; bn2: BN}\nif s>1{ID}else {ID}\n}\n",
        """\
ADD {
  { conv1: CONV c 3x3 s=s p1 nobias;  bn1: BN;  RELU
    conv2: CONV c 3x3 p1 nobias;      bn2: BN }
  if s > 1 { ID } else { ID }
}
""",
    ),
    "conditions and expectations": (
        "if k==128{expect 1,777,641 params,0.641G macs}\nif k==92 {expect 882,793 params,11.4G macs within 2 %}\n",
        "if k == 128 { expect 1,777,641 params, 0.641G macs }\n"
        "if k == 92  { expect   882,793 params,  11.4G macs within 2% }\n",
    ),
    "lists over lines": (
        "let t=[ [0,1],# first\n# own\n[10 ,2],\n[3,4] ]\n\nlet longer = [\n1,20, # one\n\n300,4\n]\n",
        """\
let t = [[ 0, 1],                                 # first
         # own
         [10, 2],
         [ 3, 4]]

let longer = [
    1, 20,                                        # one

  300,  4
]
""",
    ),
    "inputs": (
        "block UP(c)<-low,skip{# two\nup: UPCONV c<-low\nCONCAT<-skip,up\n}\na: UP 1<-b,c ->3x3x1\n",
        """\
block UP(c) <- low, skip {                        # two
  up: UPCONV c  <- low
  CONCAT        <- skip, up
}
a: UP 1  <- b, c                                  -> 3x3x1
""",
    ),
    "expressions": (
        "model M( a = 1,b=[1 ,2] ) where a>= 1 ,not (a==3)\nlet c=( in-1 ) *2//a%3\nlet dd=-a if a!=2 else - - 3\n"
        "for i , j in 1 .. ( a+2 ){conv{i}:CONV ( i*2 ) k=-1 [ 1,a ] x2}\nFC 3×3 x( a+1 )\n",
        """\
model M(a=1, b=[1, 2]) where a >= 1, not (a == 3)
let c  = (in - 1)*2//a % 3
let dd = -a if a != 2 else --3
for i, j in 1..(a + 2) { conv{i}: CONV i*2 k=-1 [1, a] x2 }
FC 3x3 x(a + 1)
""",
    ),
    "comments and empty lines": (
        "\n\n#head  \n\n\n\nRELU# a\n   # own\n{ # b\n\nRELU\n # c\n\n}\n\n\n",
        """\
#head

RELU                                              # a
# own
{                                                 # b
  RELU
  # c
}
""",
    ),
    "lines that go on": (
        "CONV 3 \\\n\\\n 3x3 \\ \n s2# c\nRELU \\\n\nRELU\n",
        "CONV 3 \\\n    3x3 \\\n    s2                                            # c\nRELU\nRELU\n",
    ),
    "nothing": ("\n \n", ""),
}


def layout(text: str) -> str:
    """The layout of a text that parses."""
    found = formatted(Source("<text>", text), REGISTRY, Limits())
    assert found.text is not None, [fault.message for fault in found.diagnostics]
    return found.text


def holds(text: str, network: bool = True) -> bool:
    """Whether a text parses; and if so, that its layout means the same, keeps its comments and is its own layout.

    With `network`, besides, that the networks of the two texts are equal, in the faults that are told and in every figure.
    """
    before = parse(Source("<text>", text), Limits()).file
    if before is None:
        return False
    result = layout(text)
    after = parse(Source("<text>", result), Limits()).file
    assert after is not None
    assert same_meaning(before, after, Spelling(before, REGISTRY))
    assert layout(result) == result
    assert comments(result) == comments(text)
    assert not network or network_of(result) == network_of(text)
    return True


def network_of(text: str) -> list[object]:
    """What is told of the network of a text: each code, every layer and every figure."""
    limits = Limits(visits=2_000, tries=20)  # of what is tried for holes a little is as good a comparison
    checked = check(read(Source("text.arch", text), limits), {}, limits)
    told: list[object] = [fault.code for fault in checked.diagnostics]
    try:
        record = summary(checked, limits.unrolled)
    except ArchError as error:
        return [*told, *(fault.code for fault in error.diagnostics)]
    layers = [{**layer, "line": 0} for layer in record["layers"]]
    claims = [(claim["holds"], claim["derived"]) for claim in record["claims"]]
    return [*told, record["inputs"], record["outputs"], record["totals"], layers, claims]


def comments(text: str) -> list[str]:
    """The comments of a text, found without the code under test."""
    return [found[1].rstrip() for found in re.finditer(r'"[^"\n]*"|(#[^\n]*)', text) if found[1]]


def spaced(text: str, rng: random.Random) -> str:
    """The same text with other distances between its tokens."""
    tokens = mutation.split(text)
    for at, token in enumerate(tokens):
        if token.isspace() and token != "\n":
            tokens[at] = rng.choice((" ", "  ", "\t", "       "))
        elif token in ("{", "}", ";", "->", "<-", "==") and rng.random() < 0.5:
            tokens[at] = rng.choice((f" {token}", f"{token}  ", f"\t{token}   "))
        elif token == "\n" and rng.random() < 0.2 and "\\" not in tokens[max(0, at - 2) : at]:
            tokens[at] = rng.choice((" \n", "\t\n", "\n   ", "\n\t"))
    return "".join(tokens)


# ---- The layout


@pytest.mark.parametrize("name", PAIRS)
def test_layout(name: str) -> None:
    ugly, tidy = PAIRS[name]
    assert layout(ugly) == tidy
    assert holds(ugly)


def test_every_spec_is_formatted(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fmt", "--check", str(ROOT / "specs")]) == 0
    assert capsys.readouterr() == ("", "")


def test_example_of_the_page_is_formatted() -> None:
    page = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
    example = re.sub("^    ", "", page[page.index("    model Net") : page.index("\n* Two spaces")], flags=re.M)
    assert layout(example) == example.rstrip("\n") + "\n"


@each_spec
def test_layout_does_not_depend_on_the_spacing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for seed in range(5):
        assert layout(spaced(text, random.Random(seed))) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("conv 8 3x3", "CONV"),
        ("block conv(n) { FC n }\nconv 8", "conv"),
        ("block CONV(n) { FC n }\nconv 8", "conv"),  # a capital would make it the block
        ("block B(relu=TANH) { relu }", "relu"),  # a parameter that holds a kind
        ("let Relu = TANH\nRelu", "Relu"),
        ("let RELU = TANH\nrelu", "relu"),
        ("frobnicate 3", "frobnicate"),
    ],
)
def test_case_of_kinds(text: str, kind: str) -> None:
    assert re.search(rf"\b{kind}\b(?! ?=)", layout(text).splitlines()[-1])
    assert holds(text)


def test_sizes_are_written_with_x() -> None:
    assert layout("input H×W×3\nCONV 8 3×3 s2×1 ×2 -> H×W×8") == (
        "input HxWx3\nCONV 8 3x3 s2x1 x2                                -> HxWx8\n"
    )
    assert "a×b" in layout("a×b: RELU")  # a name


def test_long_lines_stand_apart() -> None:
    """A line that has no room for the column of the others keeps its own distance, and no line grows beyond 120."""
    text = "CONV 3 -> 4x4x3 # short\n" + f"RELU <- {'a' * 82} -> 4x4x3\nFC 1 # {'long ' * 22}\n"
    lines = layout(text).splitlines()
    assert lines[0] == f"{'CONV 3':50}-> 4x4x3  # short"
    assert lines[1] == f"RELU  <- {'a' * 82}   -> 4x4x3"
    assert all(len(line) <= 120 for line in lines)
    assert holds(text)


def test_line_beyond_the_limit_is_refused() -> None:
    text = "ID;" * 1_300
    found = formatted(Source("<text>", text), REGISTRY, Limits())
    assert (found.text, [fault.code for fault in found.diagnostics]) == (None, ["limit"])


# ---- The meaning


@each_spec
def test_specs_keep_their_meaning(path: Path) -> None:
    assert holds(path.read_text(encoding="utf-8"))


def examples() -> Iterator[str]:
    """What stands indented or fenced in the description of the language."""
    text = LANGUAGE.read_text(encoding="utf-8") if LANGUAGE.exists() else ""
    yield from re.findall(r"^```[a-z]*\n(.*?)^```", text, re.M | re.S)
    for found in re.findall(r"(?:^(?: {4}.*)?\n)+", text, re.M):
        yield re.sub("^    ", "", found, flags=re.M)


def test_examples_of_the_language_keep_their_meaning() -> None:
    for text in examples():
        holds(text)


@pytest.mark.slow
def test_mutants_keep_their_meaning() -> None:
    """2,000 texts with seeded faults that still parse."""
    parsed = 0
    for text in mutation.mutants(20_000, seed=3):
        parsed += holds(text, network=parsed % 4 == 0)
        if parsed == 2_000:
            return
    pytest.fail(f"only {parsed} of the mutants parse")


@pytest.mark.slow
def test_derived_texts_keep_their_meaning() -> None:
    """What the grammar has and nobody writes."""
    assert sum(holds(text) for text in mutation.derived(150, seed=4)) > 100
    assert sum(holds(text) for text in mutation.plausible(150, seed=4)) > 50


@pytest.mark.parametrize(
    ("before", "after"),
    [("RELU", "TANH"), ("FC 1", "FC 2"), ("RELU", "RELU\nRELU"), ("{ RELU }", "RELU"), ("a: RELU", "b: RELU")],
)
def test_another_meaning_is_seen(before: str, after: str) -> None:
    trees = [parse(Source("<text>", text), Limits()).file for text in (before, after)]
    assert trees[0] is not None
    assert trees[1] is not None
    assert not same_meaning(trees[0], trees[1], Spelling(trees[0], REGISTRY))


@pytest.mark.parametrize(
    "change",
    [lambda text: text.replace("RELU", "TANH"), lambda text: text.replace("# a", "# b"), lambda text: text + "FC 1\n"],
)
def test_a_layout_that_would_change_a_text_is_not_given(
    change: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the formatter had a fault: one word else, a comment else, a line more."""
    whole = TextRow.text
    monkeypatch.setattr(TextRow, "text", lambda row: change(whole(row)))
    found = formatted(Source("<text>", "input 8\nRELU # a\n"), REGISTRY, Limits())
    assert (found.text, [fault.code for fault in found.diagnostics]) == (None, ["syntax"])
    assert "so it is left unchanged" in found.diagnostics[0].message


# ---- The command

UGLY, TIDY = "input  8x8x3\nconv 4 3x3;relu\n", "input 8x8x3\nCONV 4 3x3;  RELU\n"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `archdsl fmt` in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(["fmt", *arguments])
        return (code, *capsys.readouterr())

    return call


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.write_bytes(text.encode())
    return path


def test_writes_what_changes(run: Run) -> None:
    ugly, tidy = write("ugly.arch", UGLY), write("tidy.arch", TIDY)
    before = tidy.stat()
    assert run(".") == (0, f"formatted {Path('.') / 'ugly.arch'}\n".replace("formatted ", "formatted ./"), "")
    assert (ugly.read_text(), tidy.read_text()) == (TIDY, TIDY)
    assert (tidy.stat().st_mtime_ns, tidy.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert run(".") == (0, "", "")
    assert sorted(os.listdir()) == ["tidy.arch", "ugly.arch"]


def test_keeps_permissions_and_links(run: Run) -> None:
    path = write("real.arch", UGLY)
    path.chmod(0o640)
    os.symlink("real.arch", "link.arch")
    assert run("link.arch")[0] == 0
    assert Path("link.arch").is_symlink()
    assert path.read_text() == TIDY
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_all_names_of_a_file_get_its_layout(run: Run) -> None:
    path = write("one.arch", UGLY + "\n" * 500)
    os.link("one.arch", "other.txt")
    assert run("one.arch") == (0, "formatted one.arch\n", "")
    assert (path.read_text(), Path("other.txt").read_text()) == (TIDY, TIDY)
    assert path.samefile("other.txt")
    assert sorted(os.listdir()) == ["one.arch", "other.txt"]


def test_a_file_that_is_written_over_is_never_lost(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write("one.arch", UGLY)
    os.link("one.arch", "other.txt")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    code, out, err = run("one.arch")
    (beside,) = set(os.listdir()) - {"one.arch", "other.txt"}
    assert (code, out) == (2, "")
    assert f"No space left on device; the whole text is in {Path.cwd() / beside}" in err
    assert Path(beside).read_text() == TIDY


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a file away")
def test_keeps_the_owner(run: Run) -> None:
    path = write("ugly.arch", UGLY)
    os.chown(path, 1, 2)
    assert run("ugly.arch")[0] == 0
    assert (path.read_text(), path.stat().st_uid, path.stat().st_gid) == (TIDY, 1, 2)


def test_keeps_line_ends(run: Run) -> None:
    path = write("windows.arch", UGLY.replace("\n", "\r\n") + "# c\r\n")
    assert run("windows.arch")[0] == 0
    assert path.read_bytes() == (TIDY + "# c\n").replace("\n", "\r\n").encode()
    assert run("--check", "windows.arch") == (0, "", "")


def test_check_lists_and_writes_nothing(run: Run) -> None:
    path = write("ugly.arch", UGLY)
    write("tidy.arch", TIDY)
    assert run("--check", "ugly.arch", "tidy.arch") == (1, "ugly.arch\n", "")
    assert path.read_text() == UGLY


def test_diff_prints_and_writes_nothing(run: Run) -> None:
    path = write("ugly.arch", UGLY.rstrip("\n"))
    code, out, err = run("--diff", "ugly.arch")
    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == ["--- ugly.arch", "+++ ugly.arch (formatted)", "@@ -1,2 +1,2 @@"]
    assert "-conv 4 3x3;relu\n\\ No newline at end of file\n" in out
    assert "+CONV 4 3x3;  RELU\n" in out
    assert run("--diff", "--check", "ugly.arch")[0] == 1
    assert path.read_text() == UGLY.rstrip("\n")


@pytest.mark.parametrize("seed", range(6))
def test_a_diff_is_what_patch_takes(seed: int, tmp_path: Path) -> None:
    """Applied by `patch`, the diff makes the layout of the text, whatever was written how."""
    program = shutil.which("patch") or pytest.skip("needs patch")
    rng = random.Random(seed)
    for number, spec in enumerate(rng.sample(SPECS, 3)):
        text = spaced(spec.read_text(encoding="utf-8"), rng).replace("\n", rng.choice(("\n", "\n\n\n", " \\\n\n")), 9)
        text = text.rstrip("\n") if number else text
        if parse(Source("<text>", text), Limits()).file is None:
            continue
        path = tmp_path / f"{number}.arch"
        path.write_text(text, encoding="utf-8")
        diff = unified(text, layout(text), path.name)
        subprocess.run([program, "-s", path.name], input=diff, text=True, cwd=tmp_path, check=True)
        assert path.read_text(encoding="utf-8") == layout(text)


def test_a_diff_takes_time_as_the_text_grows() -> None:
    """A search for the shortest difference would take minutes."""
    text = "input 8\n" + "".join(f"FC{' ' * (1 + (i % 3 == 0))}{i % 131}\n" for i in range(1, 40_000))
    start = time.process_time()
    assert unified(text, text.replace("  ", " "), "a").count("\n") > 40_000
    assert time.process_time() - start < 5


def test_no_diff_where_nothing_changes() -> None:
    assert unified(TIDY, TIDY, "a") == ""


@pytest.mark.parametrize(
    ("arguments", "code", "out"),
    [(("-",), 0, TIDY), (("-", "--check"), 1, "<stdin>\n")],
)
def test_standard_input(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, out: str
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(UGLY.encode())))
    assert run(*arguments) == (code, out, "")


def test_errors_are_told_and_left_alone(run: Run) -> None:
    wrong, ugly = write("a.arch", "CONV 3 {{\n"), write("b.arch", UGLY)
    code, out, err = run(".")
    assert (code, err) == (1, "")
    assert "error[unclosed]" in out
    assert out.endswith("\n\nformatted ./b.arch\n")
    assert (wrong.read_text(), ugly.read_text()) == ("CONV 3 {{\n", TIDY)


def test_unreadable(run: Run) -> None:
    code, out, err = run("missing.arch")
    assert (code, out) == (2, "")
    assert "error[unreadable]" in err
    assert run()[0] == 2


def test_not_utf_8(run: Run) -> None:
    path = Path("latin.arch")
    path.write_bytes(b"RELU # \xe9\n")
    code, out, _ = run("latin.arch")
    assert (code, path.read_bytes()) == (1, b"RELU # \xe9\n")
    assert "error[encoding]" in out


def test_nothing_is_lost_when_writing_fails(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("ugly.arch", UGLY)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    code, out, err = run("ugly.arch")
    assert (code, out) == (2, "")
    assert "cannot be written: No space left on device" in err
    assert path.read_text() == UGLY
    assert os.listdir() == ["ugly.arch"]


def test_takes_no_parameters(run: Run) -> None:
    code, _, err = run("ugly.arch", "k=3")
    assert code == 2
    assert "fmt takes no parameters" in err


def test_help_has_examples(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "archdsl fmt --check specs" in out
