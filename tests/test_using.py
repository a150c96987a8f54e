"""Files that use files: what `use` brings, what it refuses, and that no path leaves the root."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from support.drawn import text as drawn
from support.networks import networks

import archdsl
from archdsl.backends.source import source as compiled
from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.cli.main import main
from archdsl.cli.spec import root_of
from archdsl.diagnostics import Diagnostic
from archdsl.diagnostics.render import render
from archdsl.files.texts import read as read_text
from archdsl.layers import REGISTRY
from archdsl.limits import Limits
from archdsl.reading.reading import read
from archdsl.reports.rows import leaves
from archdsl.syntax.format.format import formatted

ROOT = Path(__file__).parents[1]
BLOCKS = "block RES(c) { ADD { CONV c 3x3 p1; ID } }\n"
NET = 'use "{}"\ninput 8x8x16\nRES 16\n'


def written(folder: Path, **texts: str) -> Path:
    """Write files by their names without `.arch`, `__` for a slash; the one called net, or the first."""
    paths = {name: folder / f"{name.replace('__', '/')}.arch" for name in texts}
    for name, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[name], encoding="utf-8")
    return paths.get("net") or next(iter(paths.values()))


def checked(path: Path, limits: Limits | None = None, **given: Any) -> Checked:
    """A file checked as the command does."""
    limits = limits or Limits()
    source, faults = read_text(str(path), limits)
    assert not faults
    return check(read(source, limits, None, root_of(str(path), source, limits)), given, limits)


def told(path: Path, limits: Limits | None = None, **given: Any) -> list[tuple[str, int, str]]:
    """The file, the line and the code of everything that is told."""
    found = checked(path, limits, **given).diagnostics
    return [(Path(one.source.name).relative_to(path.parent).as_posix(), one.line, one.code) for one in found]


def related(diagnostic: Diagnostic) -> list[tuple[str, int]]:
    """The files and lines that explain a diagnostic."""
    places = [(one.source or diagnostic.source, one.span) for one in diagnostic.related]
    return [(Path(source.name).name, source.position(span.start)[0]) for source, span in places]


# ---- what is brought


def test_blocks_of_another_file(tmp_path: Path) -> None:
    path = written(tmp_path, net=NET.format("blocks/res.arch"), blocks__res=BLOCKS)
    model = archdsl.load(path)
    assert model.params == archdsl.loads(BLOCKS + "input 8x8x16\nRES 16\n").params
    assert [(Path(row.file).name, row.line) for row in model.layers] == [("res.arch", 1)] * 2


def test_a_path_starts_in_the_folder_of_its_file(tmp_path: Path) -> None:
    """Wherever the check is started, and whatever lies there."""
    inner = 'use "deep/inner.arch"\nblock RES(c) { INNER c }\n'
    path = written(tmp_path, net=NET.format("blocks/res.arch"), blocks__res=inner, deep__inner="nonsense(")
    written(tmp_path / "blocks", deep__inner="block INNER(c) { CONV c 1x1 }\n")
    assert archdsl.load(path).params == 16 * 16 + 16


def test_names_reach_no_farther_than_the_file_that_uses(tmp_path: Path) -> None:
    """What a used file uses is its own: its names are unknown outside, and may be given anew."""
    res = 'use "own.arch"\nblock RES(c) { OWN c }\n'
    own = "block OWN(c) { CONV c 1x1 }\n"
    path = written(tmp_path, net=NET.format("res.arch") + "OWN 16\n", res=res, own=own)
    assert told(path) == [("net.arch", 4, "unknown-kind")]
    path = written(tmp_path, net=NET.format("res.arch") + "OWN\nblock OWN { RELU }\n", res=res, own=own)
    assert archdsl.load(path).params == 16 * 16 + 16


def test_each_file_has_its_own_words(tmp_path: Path) -> None:
    """A block called as a built-in kind hides it in its file alone, and a block of equal name is another block."""
    res = "block PART(c) { CONV c 1x1 nobias }\nblock RES(c, act=RELU) { PART c; RELU; act }\n"
    net = NET.format("res.arch") + "RES 16 act=RELU\nPART2 16\nblock RELU { FC 5 }\nblock PART2(c) { RELU }\n"
    path = written(tmp_path, net=net, res=res)
    found = checked(path)
    assert [one.code for one in found.diagnostics] == ["shadows-kind"]
    kinds = [row.kind for row in archdsl.load(path).layers]
    assert kinds == ["CONV", "RELU", "RELU", "CONV", "RELU", "FC", "FC"]  # act=RELU is the block of the using file


def test_a_block_goes_into_a_block_of_another_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        net='use "twice.arch"\ninput 8x8x16\nblock OWN(c) { CONV c 1x1 }\nTWICE OWN 16\n',
        twice="block TWICE(part, c) { part c; part c }\n",
    )
    assert archdsl.load(path).params == 2 * (16 * 16 + 16)


def test_a_diamond_is_loaded_once(tmp_path: Path) -> None:
    left, right = 'use "base.arch"\nblock LEFT { BASE }\n', 'use "base.arch"\nblock RIGHT { BASE }\n'
    net = 'use "left.arch"\nuse "right.arch"\nuse "base.arch"\ninput 8x8x4\nLEFT; RIGHT; BASE\n'
    path = written(tmp_path, net=net, left=left, right=right, base="block BASE { CONV 4 3x3 p1 }\n")
    found = checked(path)
    assert found.diagnostics == []
    assert len(found.source.parts) == 4  # type: ignore[attr-defined]
    assert found.totals.params == 3 * (4 * 9 * 4 + 4)


def test_one_file_by_two_ways_is_one(tmp_path: Path) -> None:
    path = written(tmp_path, net='use "a.arch"\nuse "b.arch"\ninput 8x8x16\nRES 16\n', a=BLOCKS)
    (tmp_path / "b.arch").symlink_to("a.arch")
    assert checked(path).diagnostics == []


def test_parameters_may_hold_a_block_that_is_used(tmp_path: Path) -> None:
    net = "model Net(block=BASIC)\nuse std.residual\ninput 8x8x16\nblock 16\n"
    path = written(tmp_path, net=net.replace("block", "kind"))
    assert archdsl.load(path).params == 4_672
    with pytest.raises(archdsl.ArchError, match="equal shapes"):
        archdsl.load(path, kind="BOTTLENECK")


# ---- models as blocks

TOWER = """\
model Tower(classes=10) where classes > 1
input HxWx3 where H >= 16, W >= 16
block TOP(n) { FC n; SOFTMAX }
conv: CONV 4 3x3; RELU                            -> [H - 2, W - 2, 4]
TOP classes
expect [classes]
"""


def test_a_mean_of_several_networks(tmp_path: Path) -> None:
    net = 'model Ensemble(n=5)\nuse "tower.arch"\ninput 16x16x3\nMEAN { models: TOWER n x7 }  -> [n]\n'
    path = written(tmp_path, net=net, tower=TOWER)
    one = archdsl.load(tmp_path / "tower.arch", classes=5, H=16, W=16)
    model = archdsl.load(path)
    assert model.params == 7 * one.params
    assert model.layers[0].path == "models.0.conv"


def test_models_of_different_files_whose_blocks_have_one_name(tmp_path: Path) -> None:
    other = TOWER.replace("Tower", "Other").replace("FC n; SOFTMAX", "FC (2*n); RELU; FC n")
    net = 'use "tower.arch"\nuse "other.arch"\ninput 16x18x3\nMEAN { Tower; Other }\n'
    path = written(tmp_path, net=net, tower=TOWER, other=other)
    towers = [archdsl.load(tmp_path / name, H=16, W=18).params for name in ("tower.arch", "other.arch")]
    assert archdsl.load(path).params == sum(towers)
    path.write_text(net + "TOP 3\n", encoding="utf-8")
    (fault,) = checked(path).diagnostics
    assert (fault.code, fault.line) == ("duplicate-name", 5)
    assert related(fault) == [("tower.arch", 3), ("other.arch", 3)]


@pytest.mark.parametrize(
    ("lines", "code", "at"),
    [
        ("input 16x16x1\nTower", "shape-mismatch", ("net.arch", 3)),
        ("input 16x3\nTower", "shape-mismatch", ("net.arch", 3)),
        ("input 16 int\nTower", "dtype-mismatch", ("net.arch", 3)),
        ("input 15x16x3\nTower", "where-failed", ("tower.arch", 2)),
        ("input 16x16x3\nTower 1", "where-failed", ("tower.arch", 1)),
        ("input a: 16x16x3; input b: 16x16x3\nTower <- a, b", "wrong-inputs", ("net.arch", 3)),
        ("input 16x16x3\nTower 5 6", "too-many-values", ("net.arch", 3)),
        ("input 16x16x3\nTOWER -> 11", "claim-shape", ("net.arch", 3)),
    ],
)
def test_a_model_asks_for_what_it_declares(lines: str, code: str, at: tuple[str, int], tmp_path: Path) -> None:
    path = written(tmp_path, net=f'use "tower.arch"\n{lines}\n', tower=TOWER)
    assert told(path) == [(*at, code)]
    (fault,) = checked(path).diagnostics
    if at[0] == "tower.arch":
        assert ("net.arch", 3) in related(fault)


def test_what_a_model_asks_of_open_sizes_is_a_condition(tmp_path: Path) -> None:
    path = written(tmp_path, net='use "tower.arch"\ninput HxWx3\nMEAN { Tower; Tower }\n', tower=TOWER)
    assert [str(one) for one in archdsl.load(path).conditions] == ["H >= 16", "W >= 16"]
    path.write_text('use "tower.arch"\ninput HxWxC\nTower\n', encoding="utf-8")
    assert "C == 3" in [str(one) for one in archdsl.load(path).conditions]


def test_uses_with_other_sizes_share_nothing_that_depends_on_them(tmp_path: Path) -> None:
    """The sizes that an input names are seen in the blocks of its file."""
    tower = "model Tower\ninput Nx4\nblock PART { LINEAR N }\nPART\n"
    net = 'use "tower.arch"\ninput a: 3x4; input b: 5x4\nTower <- a -> 3x3\nTower <- b -> 5x5\noutput a\n'
    path = written(
        tmp_path,
        net=net.replace("Tower <- a", "x: Tower <- a")
        .replace("output a", "output x, y")
        .replace("Tower <- b", "y: Tower <- b"),
        tower=tower,
    )
    assert told(path) == []


@pytest.mark.parametrize(
    ("declared", "read", "code"),
    [
        ("[side, side, 3]", "16x16x3", None),
        ("[side, side, 3]", "16x12x3", "shape-mismatch"),
        ("size", "8x8x3", None),
        ("size", "8x8", "shape-mismatch"),
        ("HxHx3", "9x9x3", None),
        ("HxHx3", "9x8x3", "shape-mismatch"),
        ("[H, 2*H, 3]", "9x18x3", None),
        ("[H, 2*H, 3]", "9x17x3", "shape-mismatch"),
        ("Tx3", "9x9x3", "shape-mismatch"),
    ],
)
def test_forms_of_a_declared_shape(declared: str, read: str, code: str | None, tmp_path: Path) -> None:
    tower = f"model Tower(side=16, size=8x8x3)\ninput {declared}\nRELU\n"
    path = written(tmp_path, net=f'use "tower.arch"\ninput {read}\nTower\n', tower=tower)
    assert told(path) == ([] if code is None else [("net.arch", 3, code)])


def test_a_model_with_the_name_of_a_block_beside_it(tmp_path: Path) -> None:
    tower = "model Tower\nblock Tower { RELU }\ninput 8x8x3\nTower\n"
    path = written(tmp_path, net='use "tower.arch"\ninput 8x8x3\nTower\n', tower=tower)
    assert archdsl.load(tmp_path / "tower.arch").params == 0
    (fault,) = checked(path).diagnostics
    assert (fault.code, fault.line) == ("duplicate-name", 1)
    assert related(fault) == [("tower.arch", 1), ("tower.arch", 2)]


@pytest.mark.parametrize("uses", [("a", "b"), ("b", "a")])
def test_a_model_whose_name_is_a_block_in_other_letters(uses: tuple[str, str], tmp_path: Path) -> None:
    """The order in which files are used says nothing about what a word means."""
    net = "".join(f'use "{name}.arch"\n' for name in uses) + "input 8x8x3\nTOWER\n"
    model, block = "model Tower\ninput 8x8x3\nCONV 4 3x3\n", "block TOWER { RELU }\n"
    path = written(tmp_path, net=net, a=model, b=block)
    assert told(path) == [("net.arch", 2, "duplicate-name")]
    path = written(tmp_path, net=net, a=model, b=model.replace("Tower", "tower"))
    assert told(path) == [("net.arch", 2, "duplicate-name")]
    own = f'{block}use "a.arch"\ninput 8x8x3\nTOWER\n'
    assert told(written(tmp_path, net=own)) == [("net.arch", 2, "duplicate-name")]
    written(tmp_path, a=model.replace("input", f"{block}input"))
    net = 'use "a.arch"\ninput 8x8x3\n{}\n'
    assert told(written(tmp_path, net=net.format("TOWER"))) == [("net.arch", 3, "duplicate-name")]
    assert archdsl.load(written(tmp_path, net=net.format("Tower"))).params == 112


def test_a_built_in_kind_stays_what_it_is_beside_a_model_of_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, net='use "a.arch"\ninput 8x8x3\nCONV 4 3x3\n', a="model Conv\ninput 8x8x3\nRELU\n")
    assert archdsl.load(path).params == 112


def test_several_inputs_and_results(tmp_path: Path) -> None:
    pair = "model Pair\ninput left: 8x8x3; input right: 8x8x3\na: CONV 4 3x3 <- left\nb: CONV 5 3x3 <- right\noutput a, b\n"
    net = 'use "pair.arch"\ninput x: 8x8x3\ninput y: 8x8x3\none, two: Pair <- x, y -> 6x6x4, 6x6x5\noutput one, two\n'
    path = written(tmp_path, net=net, pair=pair)
    assert [output.shape for output in archdsl.load(path).outputs] == [(6, 6, 4), (6, 6, 5)]


def test_a_model_that_is_used_freezes_nothing(tmp_path: Path) -> None:
    frozen = "model Frozen\ninput 8x8x3\nconv: CONV 4 3x3\nfreeze conv\n"
    path = written(tmp_path, net='use "frozen.arch"\ninput 8x8x3\nnet: Frozen\n', frozen=frozen)
    assert told(path) == [("frozen.arch", 4, "misplaced")]
    plain = frozen.replace("freeze conv\n", "")
    path = written(tmp_path, net='use "frozen.arch"\ninput 8x8x3\nnet: Frozen\nfreeze net.conv\n', frozen=plain)
    assert archdsl.load(path).totals.trainable == 0


# ---- faults in another file


def test_a_fault_is_shown_in_its_file_with_the_use(tmp_path: Path) -> None:
    path = written(tmp_path, net=NET.format("blocks/res.arch").replace("RES 16", "RES 32"), blocks__res=BLOCKS)
    (fault,) = checked(path).diagnostics
    assert (Path(fault.source.name).name, fault.line, fault.code) == ("res.arch", 1, "shape-mismatch")
    assert ("net.arch", 3) in related(fault)
    shown = render(fault)
    assert "net.arch:3:1" in shown
    assert "| RES 32\n" in shown
    assert shown.count("block RES(c)") == 1
    record = fault.to_json()
    assert Path(str(record["file"])).name == "res.arch"
    assert [Path(one["file"]).name for one in record["related"]][-1] == "net.arch"  # type: ignore[attr-defined]
    assert fault.source.text[fault.span.start : fault.span.end] == "ADD"


def test_warnings_are_ignored_where_they_stand(tmp_path: Path) -> None:
    res = "block RES(c) {\n  CONV c 3x3 s2   # archdsl: ignore[leftover]\n  CONV c 2x2 s2\n}\n"
    path = written(tmp_path, net='\n\nuse "res.arch"\ninput 8x8x16\nRES 16\n', res=res)
    assert told(path) == [("res.arch", 3, "leftover")]


@pytest.mark.parametrize(
    ("used", "told_there"),
    [
        ("block RES(c) { COVN c }\n", (1, "unknown-kind")),
        ("block RES(c) { CONV c\n", (1, "unclosed")),
        ("block RES(c) { RELU }\nblock A { B }\nblock B { A }\n", (2, "recursive-block")),
        ("block RES(c) { RELU }\nblock RES { ID }\n", (2, "duplicate-name")),
        ("block RES(c, c) { RELU }\n", (1, "duplicate-name")),
        ("block RES(c) { CONV ? 1x1 }\n", (1, "misplaced")),
        ("block RES(c) { RELU; use std.dense }\n", (1, "misplaced")),
        ('use "nothing.arch"\nblock RES(c) { RELU }\n', (1, "unusable-file")),
    ],
)
def test_faults_of_a_file_that_is_used(used: str, told_there: tuple[int, str], tmp_path: Path) -> None:
    path = written(tmp_path, net=NET.format("res.arch"), res=used)
    assert told(path) == [("res.arch", *told_there)]
    assert "net.arch" in {name for name, _ in related(checked(path).diagnostics[0])}


@pytest.mark.parametrize(
    ("used", "words"),
    [
        ("", "neither a block nor a model"),
        ("# remarks alone\n", "neither a block nor a model"),
        ("input 3x3x1\nRELU\n", "neither a block nor a model"),
        ("use std.residual\n", "neither a block nor a model"),
    ],
)
def test_a_file_with_nothing_to_bring(used: str, words: str, tmp_path: Path) -> None:
    path = written(tmp_path, net=NET.format("res.arch"), res=used)
    (fault,) = checked(path).diagnostics
    assert (fault.code, fault.line, Path(fault.source.name).name) == ("unusable-file", 1, "net.arch")
    assert words in fault.message


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = written(tmp_path, net=NET.format("res.arch"))
    (tmp_path / "res.arch").write_bytes(b"block RES(c) {\n  \xff }\n")
    (fault,) = checked(path).diagnostics
    assert (fault.code, fault.line) == ("unusable-file", 1)
    assert "res.arch:2:3: byte 0xFF is not UTF-8" in fault.message
    assert fault.hint == "save the file as UTF-8"


def test_a_circle_shows_every_way_in_it(tmp_path: Path) -> None:
    texts = {"a": 'use "b.arch"\nblock A { RELU }\n', "b": '\nuse "c.arch"\nblock B { RELU }\n'}
    path = written(
        tmp_path, net='use "a.arch"\ninput 3\nA\n', c='use std.dense\nuse "a.arch"\nblock C { RELU }\n', **texts
    )
    (fault,) = checked(path).diagnostics
    assert (fault.code, Path(fault.source.name).name, fault.line) == ("circular-use", "c.arch", 2)
    assert related(fault) == [("a.arch", 1), ("b.arch", 2)]
    assert fault.message.count(" -> ") == 3


@pytest.mark.parametrize("name", ["net", "link"])
def test_a_file_that_uses_itself(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, net=f'use "{name}.arch"\nblock A {{ RELU }}\ninput 3\nA\n')
    (tmp_path / "link.arch").symlink_to("net.arch")
    assert told(path) == [("net.arch", 1, "circular-use")]


def test_a_name_for_two_blocks_shows_both(tmp_path: Path) -> None:
    both = 'use "a.arch"\nuse "b.arch"\ninput 8x8x16\nRES 16\n'
    path = written(tmp_path, net=both, a=BLOCKS, b="\n" + BLOCKS)
    (fault,) = checked(path).diagnostics
    assert (fault.code, fault.line) == ("duplicate-name", 2)
    assert related(fault) == [("a.arch", 1), ("b.arch", 2)]
    path = written(tmp_path, net='use "a.arch"\ninput 8x8x16\nRES 16\n' + BLOCKS, a=BLOCKS)
    (fault,) = checked(path).diagnostics
    assert (fault.code, fault.line) == ("duplicate-name", 1)
    assert related(fault) == [("net.arch", 4), ("a.arch", 1)]


# ---- limits


def chain(folder: Path, length: int) -> Path:
    """Files that use one another, the first called net; the last stands alone."""
    for number in range(length):
        use = f'use "f{number + 1}.arch"\n' if number + 1 < length else ""
        written(folder, **{f"f{number}": f"{use}block B{number} {{ {f'B{number + 1}' if use else 'CONV 1 1x1'} }}\n"})
    return written(folder, net='use "f0.arch"\ninput 1x1x1\nB0\n')


def test_the_number_of_files_is_counted(tmp_path: Path) -> None:
    path = chain(tmp_path, 65)
    ((file, line, code),) = told(path)
    assert (file, line, code) == ("f63.arch", 1, "limit")
    assert told(path, Limits(uses=65)) == []


def test_many_files_are_no_deep_stack(tmp_path: Path) -> None:
    path = chain(tmp_path, 1_500)
    assert told(path, Limits(uses=2_000, chain=2_000)) == []


def test_bytes_of_all_files_are_counted(tmp_path: Path) -> None:
    blocks = {f"b{n}": f"block B{n} {{ RELU }}\n# {'x' * 1_000}\n" for n in range(4)}
    net = "".join(f'use "b{n}.arch"\n' for n in range(4)) + "input 3\nB0; B1; B2; B3\n"
    path = written(tmp_path, net=net, **blocks)
    assert told(path, Limits(used=5_000)) == []
    assert told(path, Limits(used=3_500)) == [("net.arch", 4, "limit")]
    assert told(path, Limits(file=1_000)) == [("net.arch", number, "limit") for number in range(1, 5)]


# ---- promise 7: no path leaves the root

REFUSED = [  # words of a path, and of what is said of it
    ("../outside.arch", "cannot contain .."),
    ("blocks/../../outside.arch", "cannot contain .."),
    ("blocks/../blocks/res.arch", "cannot contain .."),
    ("..", "cannot contain .."),
    ("../../../../../../etc/passwd", "cannot contain .."),
    ("{outside}", "relative to the folder"),
    ("/etc/passwd", "relative to the folder"),
    ("//server/share/res.arch", "relative to the folder"),
    ("/", "relative to the folder"),
    ("~/res.arch", "relative to the folder"),
    ("~root/res.arch", "relative to the folder"),
    ("C:\\res.arch", "relative to the folder"),
    ("C:/res.arch", "relative to the folder"),
    ("c:res.arch", "relative to the folder"),
    ("\\\\server\\share\\res.arch", "relative to the folder"),
    ("\\res.arch", "relative to the folder"),
    ("blocks\\res.arch", "separated by /"),
    ("..\\outside.arch", "separated by /"),
    ("file:///etc/passwd", "a web address"),
    ("https://example.org/res.arch", "a web address"),
    ("", "empty"),
    (".", "written without . and //"),
    ("./blocks/res.arch", "written without . and //"),
    ("blocks//res.arch", "written without . and //"),
    ("blocks/./res.arch", "written without . and //"),
    ("blocks/", "written without . and //"),
    ("blocks", "its name ends in .arch"),
    ("blocks/res", "its name ends in .arch"),
    ("secret.txt", "its name ends in .arch"),
    ("res.arch ", "not every system"),
    (" res.arch", "not every system"),
    ("blocks /res.arch", "not every system"),
    ("res.arch.", "not every system"),
    ("res.arch:stream.arch", "not every system"),
    ("nul.arch", "not every system"),
    ("COM1.arch", "not every system"),
    ("aux/res.arch", "not every system"),
    ("x" * 300 + ".arch", "too long"),
    ("x/" * 600 + "res.arch", "the limit is 1,000"),
    ("nothing.arch", "No such file"),
    ("blocks/RES.arch", "No such file"),
    ("Blocks/res.arch", "No such file"),
    ("res.arch/res.arch", "Not a directory"),
    ("%2e%2e/outside.arch", "No such file"),
    ("$HOME/res.arch", "No such file"),
    ("*.arch", "No such file"),
    ("out.arch", "leads out of"),
    ("out/outside.arch", "leads out of"),
    ("absolute.arch", "leads out of"),
    ("twice.arch", "leads out of"),
    ("ring.arch", "symbolic links"),
    ("self.arch", "symbolic links"),
    ("dangling.arch", "No such file"),
    ("device.arch", "leads out of"),
    ("folder.arch", "a folder"),
    ("pipe.arch", "a pipe"),
    ("socket.arch", "a socket"),
]


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder full of links that lead out of it, and of what is not a regular file."""
    around = tmp_path_factory.mktemp("t")
    folder = around / "root"
    written(folder, blocks__res=BLOCKS, res=BLOCKS)
    (around / "outside.arch").write_text(BLOCKS, encoding="utf-8")
    (folder / "secret.txt").write_text("the secret\n", encoding="utf-8")
    links = {
        "out.arch": "../outside.arch",
        "out": "..",
        "absolute.arch": str(around / "outside.arch"),
        "twice.arch": "out.arch",
        "ring.arch": "gnir.arch",
        "gnir.arch": "ring.arch",
        "self.arch": "self.arch",
        "dangling.arch": "nothing.arch",
        "device.arch": "/dev/zero",
        "inside.arch": "blocks/res.arch",
        "down": "blocks",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    (folder / "folder.arch").mkdir()
    os.mkfifo(folder / "pipe.arch")
    before = Path.cwd()
    os.chdir(folder)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind("socket.arch")
    finally:
        os.chdir(before)
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and sockets")
@pytest.mark.parametrize(("path", "words"), REFUSED, ids=[path[:40] or "empty" for path, _ in REFUSED])
def test_a_path_that_is_refused(path: str, words: str, trapped: Path) -> None:
    """Nothing of what lies outside is read, and nothing blocks."""
    path = path.replace("{outside}", str(trapped.parent / "outside.arch"))
    net = written(trapped, net=NET.format(path))
    (fault,) = checked(net).diagnostics
    assert (fault.code, fault.line) == ("unusable-file", 1)
    assert words in fault.message
    assert "block RES" not in render(fault)
    if fault.hint and fault.hint.startswith("use "):  # what is proposed is a path that could be
        again = written(trapped, net=f"{fault.hint}\ninput 8x8x16\nRES 16\n")
        assert all(
            one.message.endswith(("No such file or directory", "a folder")) for one in checked(again).diagnostics
        )


@pytest.mark.parametrize("name", ["\x00", "a\x00.arch", "\u202ehcra.arch", "a\rb.arch", "\x1b[31m.arch"])
def test_a_path_with_a_character_that_hides(name: str, trapped: Path) -> None:
    (fault,) = checked(written(trapped, net=NET.format(name))).diagnostics
    assert fault.code == "encoding"


@pytest.mark.parametrize("path", ["res.arch", "blocks/res.arch", "inside.arch", "down/res.arch", "ü ñ.arch"])
def test_a_path_that_is_taken(path: str, trapped: Path) -> None:
    """Links within the root are followed."""
    (trapped / "ü ñ.arch").write_text(BLOCKS, encoding="utf-8")
    assert checked(written(trapped, net=NET.format(path))).diagnostics == []


def test_the_root_is_the_folder_that_the_check_was_started_with(tmp_path: Path) -> None:
    """A link to a folder beside it holds where both are below the folder that is checked."""
    written(tmp_path, shared__res=BLOCKS, nets__net=NET.format("shared/res.arch"))
    (tmp_path / "nets" / "shared").symlink_to("../shared")
    assert main(["check", str(tmp_path)]) == 0
    assert main(["check", str(tmp_path / "nets")]) == 1
    assert told(tmp_path / "nets" / "net.arch") == [("net.arch", 1, "unusable-file")]


def test_a_link_to_the_text_itself_starts_where_the_link_is(tmp_path: Path) -> None:
    written(tmp_path, store__net=NET.format("res.arch"), work__res=BLOCKS)
    link = tmp_path / "work" / "net.arch"
    link.symlink_to("../store/net.arch")
    assert told(link) == []


def test_a_name_that_comes_close_is_proposed(trapped: Path) -> None:
    (fault,) = checked(written(trapped, net=NET.format("blocks/ros.arch"))).diagnostics
    assert fault.hint == 'use "blocks/res.arch"'
    (fault,) = checked(written(trapped, net=NET.format("blocks/x.arch"))).diagnostics
    assert fault.hint is None, "its ending alone is near"


# ---- every way to a text


def test_a_text_without_a_folder_uses_the_library_alone() -> None:
    assert archdsl.loads("use std.residual\ninput 8x8x16\nBASIC 16\n").params == 4_672
    with pytest.raises(archdsl.ArchError, match="is not in a folder"):
        archdsl.loads(NET.format("res.arch"))


def test_a_text_with_a_folder(tmp_path: Path) -> None:
    written(tmp_path, blocks__res=BLOCKS)
    assert archdsl.loads(NET.format("blocks/res.arch"), folder=tmp_path).params == 16 * 16 * 9 + 16
    with pytest.raises(archdsl.ArchError, match="cannot contain"):
        archdsl.loads(NET.format("../res.arch"), folder=tmp_path / "blocks")


def run(folder: Path, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "archdsl", *words],
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands(tmp_path: Path) -> None:
    """Each finds what the text uses; standard input finds it in the working folder."""
    written(tmp_path, net=f"model Net(c=16)\n{NET.format('blocks/res.arch')}FC c\n", blocks__res=BLOCKS)
    text = (tmp_path / "net.arch").read_text(encoding="utf-8")
    assert run(tmp_path, "check", ".").stdout.splitlines() == [
        "./blocks/res.arch: 1 block",
        "./net.arch: Net  3 layers, 18,720 params, 163.8 k macs",
        "2 of 2 files hold",
    ]
    assert run(tmp_path, "check", "-", text=text).stdout.startswith("<stdin>: Net  3 layers, 18,720 params")
    assert "RES 16" in run(tmp_path, "summary", "net.arch").stdout
    compiled = run(tmp_path, "compile", "net.arch").stdout
    assert "class Res(nn.Module):" in compiled
    assert compiled == run(tmp_path, "compile", "-", text=text).stdout.replace("_stdin_", "net.arch")
    assert run(tmp_path, "solve", "net.arch", "params <= 10000", "c=?").stdout.startswith("c = 7: 9,495 params")
    assert run(tmp_path, "fmt", ".").returncode == run(tmp_path, "fmt", "--check", ".").returncode == 0
    for command in ("summary", "compile"):
        alone = run(tmp_path, command, "blocks/res.arch")
        assert alone.returncode == 1
        assert "error[empty]" in alone.stdout + alone.stderr


def test_blocks_alone_hold_and_are_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, res=BLOCKS)
    assert main(["check", "--format", "json", str(path)]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["totals"], record["diagnostics"]) == (None, [])
    with pytest.raises(archdsl.ArchError, match="this file has blocks, but no layers that use them"):
        archdsl.load(path)
    path.write_text("block RES(c) { COVN c }\n", encoding="utf-8")
    assert main(["check", str(path)]) == 1


def test_a_fault_of_another_file_in_json(tmp_path: Path) -> None:
    path = written(tmp_path, net=NET.format("res.arch"), res="block RES(c) {\n  CONV c 3x3 s9   -> 1x1x1\n}\n")
    found = run(tmp_path, "check", "--format", "json", path.name)
    (record,) = json.loads(found.stdout)
    assert [(one["file"], one["line"]) for one in record["claims"]] == [("res.arch", 2)]
    assert {(one["code"], one["file"], one["line"]) for one in record["diagnostics"]} >= {
        ("claim-shape", "res.arch", 2)
    }


def test_holes_of_the_text_are_filled_and_nothing_else(tmp_path: Path) -> None:
    net = 'use "res.arch"\ninput 8x8x16\nRES ?  -> 8x8x16\nCONV 4 3x3 p?  -> 8x8x4\n'
    path = written(tmp_path, net=net, res=BLOCKS)
    assert main(["check", "--fill", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == net.replace("RES ?", "RES 16").replace("p?", "p1")
    assert (tmp_path / "res.arch").read_text(encoding="utf-8") == BLOCKS


def test_a_fault_behind_a_filled_hole_is_placed_right(tmp_path: Path) -> None:
    """The numbers make the text longer; what is told of it and of other files stands where it stood."""
    net = 'use "res.arch"\ninput 8x8x16\nCONV ? 1x1 -> 8x8x1000\nCONV 16 3x3 s2  -> 3x3x16\nRES 16\n'
    path = written(tmp_path, net=net, res="\nblock RES(c) { CONV c 2x2 s2 }\n")
    found = checked(path).diagnostics
    assert [(Path(one.source.name).name, one.line, one.code) for one in found] == [
        ("net.arch", 4, "leftover"),
        ("res.arch", 2, "leftover"),
    ]
    assert net[found[0].span.start : found[0].span.end] == "CONV"
    assert related(found[1]) == [("net.arch", 5)]
    place = next(one for one in found[1].related if one.source is not None)
    assert net[place.span.start : place.span.end] == "RES"


def test_the_layout_needs_no_other_file(tmp_path: Path) -> None:
    """Kinds keep their case: a file that is not looked at may have a block of the name."""
    text = 'use   "nothing.arch"\nuse std.residual # blocks\nconv:conv 3 1x1;Relu\n'
    path = written(tmp_path, net=text)
    assert main(["fmt", str(path)]) == 0
    laid = path.read_text(encoding="utf-8")
    assert laid.splitlines()[:1] == ['use "nothing.arch"']
    assert "conv: conv 3 1x1;  Relu" in laid
    source, _ = read_text(str(path), Limits())
    assert formatted(source, REGISTRY, Limits()).text == laid


def test_the_word_is_free_elsewhere() -> None:
    assert archdsl.loads("input 8x8x3\nuse: CONV 4 3x3\n").layers[0].path == "use"


# ---- drawn networks, in several files


def in_two_files(folder: Path, source: str) -> Path:
    """The blocks of a text in a file of their own."""
    blocks = re.findall(r"^block .*?^\}\n", source, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^block .*?^\}\n", "", source, flags=re.MULTILINE | re.DOTALL)
    use = 'use "blocks.arch"\n' if blocks else ""
    return written(folder, net=rest.replace("\n", f"\n{use}", 1), blocks="".join(blocks))


def verdict(path: Path, given: dict[str, Any]) -> tuple[list[str], list[str], Any]:
    """The codes of the errors, and of the rest, and the source of what holds."""
    found = checked(path, **given)
    errors = sorted(one.code for one in found.diagnostics if one.severity == "error")
    rest = sorted(one.code for one in found.diagnostics if one.severity != "error")
    if found.failed:
        return errors, [], None
    return errors, rest, compiled(found, Limits()).partition("\n")[2]


def test_drawn_networks_say_the_same_in_two_files(tmp_path: Path) -> None:
    """What stands in which file changes no verdict, no count and no line of the compiled source."""
    split = accepted = 0

    @hypothesis.seed(7)
    @hypothesis.settings(max_examples=250, deadline=None, database=None, phases=[hypothesis.Phase.generate])
    @hypothesis.given(networks())
    def each(network: Any) -> None:
        nonlocal split, accepted
        whole = tmp_path / "whole.arch"
        whole.write_text(drawn(network), encoding="utf-8")
        path = in_two_files(tmp_path, drawn(network))
        one, two = verdict(whole, network.given), verdict(path, network.given)
        assert one == two, drawn(network)
        split += bool(network.blocks)
        accepted += one[2] is not None

    each()
    assert split > 50
    assert accepted > 50


def test_a_drawn_network_as_a_block_is_the_same(tmp_path: Path) -> None:
    """Used by its name, a model has the layers that it has by itself, and is refused where it is."""
    taken = accepted = 0

    @hypothesis.seed(8)
    @hypothesis.settings(max_examples=250, deadline=None, database=None, phases=[hypothesis.Phase.generate])
    @hypothesis.given(networks())
    def each(network: Any) -> None:
        nonlocal taken, accepted
        if network.given or any(default is None for _, default in network.parameters):
            return
        path = written(tmp_path, drawn=drawn(network))
        inputs = [line for line in drawn(network).split("\n") if line.startswith("input ")]
        names = [line[6:].partition(":")[0] for line in inputs if ":" in line]
        reads = f" <- {', '.join(names)}" if names else ""
        net = written(tmp_path, net="\n".join(['use "drawn.arch"', *inputs, f"net: Drawn{reads}", ""]))
        alone, used = checked(path), checked(net)
        taken += 1
        assert alone.failed == used.failed, drawn(network)
        if not alone.failed:
            accepted += 1
            assert used.totals == alone.totals
            paths = [f"net.{row.path}" for row in leaves(alone)]
            assert [row.path for row in leaves(used)] == paths

    each()
    assert taken > 50
    assert accepted > 20


# ---- promise 5: what is read

OPENED = """
import os, sys
sys.path.insert(0, {root!r})
import archdsl, archdsl.cli.main
from archdsl.data import LIBRARY
archdsl.cli.main.main(["check", {warm!r}])
seen = []
sys.addaudithook(lambda event, words: seen.append((event, str(words[0]))) if event in ("open", "os.listdir", "os.scandir") else None)
archdsl.cli.main.main(["check", {net!r}])
print([(event, os.path.relpath(path, {folder!r}) if path.startswith({folder!r}) else os.path.relpath(path, LIBRARY)) for event, path in seen])
"""


def test_a_check_reads_the_files_that_are_named_and_no_other(tmp_path: Path) -> None:
    text = 'use "blocks/res.arch"\nuse std.residual\ninput 8x8x16\nRES 16; BASIC 16\n'
    net = written(tmp_path, net=text, blocks__res=BLOCKS, blocks__other="nonsense(")
    warm = written(tmp_path / "warm", net=text, blocks__res=BLOCKS)
    program = OPENED.format(root=str(ROOT), warm=str(warm), net=str(net), folder=str(tmp_path))
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    opened = [("open", name) for name in ("net.arch", "blocks/res.arch", "residual.arch")]
    assert found.stdout.splitlines()[-1] == str(opened)
