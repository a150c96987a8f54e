"""The table of `summary`: values on the lines, columns that are chosen, and terminals of every width."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import archdsl
from archdsl.checker.check import check, settings
from archdsl.data import SPECS
from archdsl.diagnostics import Source
from archdsl.layers import REGISTRY
from archdsl.limits import Limits
from archdsl.network.nodes import Leaf, Merge, Use, walk
from archdsl.reading.reading import read
from archdsl.reading.root import beside
from archdsl.reports.columns import COLUMNS, DEFAULT, compact
from archdsl.reports.line import with_values

BLOCKS = """\
block RES(c, s=1, g=2, k=3, act=RELU, wide=no) {
  CONV c 3x3 s=s p1 g=g nobias
  CONV (2*c) k=k stride=s pad=same bias=wide
  act
  CONV in k d=s p=(k//2)
}
model M(k=3)
input 16x16x4
RES 8 s2 wide
RES (4*k) act=TANH s=1
CONV 4 [k, 1] p=[[0, 1], [1, 0]]
DROPOUT (1/k)
REARRANGE "h w c -> w h c"
HARDTANH (-k) k
"""


def lines(text: str) -> list[str]:
    checked = check(read(Source("net.arch", text), Limits()), {}, Limits())
    assert not checked.failed, checked.diagnostics
    nodes = [placed.node for placed in walk(checked.network.body)]
    return [with_values(node, text) for node in nodes if isinstance(node, (Leaf, Merge, Use))]


def test_a_line_has_its_values() -> None:
    assert lines(BLOCKS) == [
        "RES 8 s2 wide",
        "CONV 8 3x3 s2 p1 g2 nobias",
        "CONV 16 k3 stride=2 pad=same bias",
        "RELU",
        "CONV 16 3x3 d2 p1",
        "RES 12 act=TANH s=1",
        "CONV 12 3x3 s1 p1 g2 nobias",
        "CONV 24 k3 stride=1 pad=same nobias",
        "TANH",
        "CONV 24 3x3 d1 p1",
        "CONV 4 [3, 1] p=[[0, 1], [1, 0]]",
        "DROPOUT 0.3333333333333333",
        'REARRANGE "h w c -> w h c"',
        "HARDTANH (-3) 3",
    ]


@pytest.mark.parametrize("path", sorted(SPECS.rglob("*.arch")), ids=lambda path: path.stem)
def test_a_line_with_its_values_is_a_line(path: Path) -> None:
    """Of every spec: typed by itself behind the shapes that it reads, it gives what it gives there."""
    reading = read(
        Source(str(path), path.read_text(encoding="utf-8")), Limits(), None, beside(str(path), path.name, Limits())
    )
    checked = check(reading, settings(reading, {})[0], Limits())
    seen = set()
    for placed in walk(checked.network.body):
        node = placed.node
        if not isinstance(node, Leaf) or node.ties or REGISTRY[node.op.name].inputs == (0, 0):
            continue
        line = with_values(node, checked.source.text)
        if (
            "…" in line
            or (line, node.inputs) in seen
            or any(not isinstance(size, int) for shape in (*node.inputs, *node.outputs) for size in shape.sizes)
        ):
            continue
        seen.add((line, node.inputs))
        inputs = "".join(f"input i{place}: {shape}\n" for place, shape in enumerate(node.inputs))
        reads = ", ".join(f"i{place}" for place in range(len(node.inputs)))
        model = archdsl.loads(f"{inputs}{line} <- {reads}")
        assert [row.outputs for row in model] == [node.outputs], line
        assert model.params == checked.costs.of(node).params, line


# ---- narrow terminals


NETS = {
    "lenet": archdsl.load(SPECS / "lenet5_modern.arch"),
    "resnet50": archdsl.load(SPECS / "resnet50.arch"),
    "swin": archdsl.load(SPECS / "torchvision" / "swin.arch"),
    "symbolic": archdsl.load(SPECS / "kim_cnn.arch"),
    "deep": archdsl.loads("input 8x8x3\n" + "".join(f"long_name_{i}: {{ " for i in range(30)) + "RELU" + " }" * 30),
}


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("columns", [DEFAULT, tuple(COLUMNS)], ids=["default", "every"])
def test_nothing_wraps(name: str, columns: tuple[str, ...]) -> None:
    for width in (28, 40, 60, 80, 100, 120, 200, 400):
        text = NETS[name].summary(width=width, columns=columns)
        assert max(map(len, text.splitlines())) <= width, width
        head = next(line for line in text.splitlines() if "path" in line and "layer" in line)
        dropped = re.search(r"too narrow for: ([^.]*)\.", " ".join(text.split()))
        shown = [*head.split(), *(dropped[1].split(", ") if dropped else [])]
        assert sorted(shown) == sorted(columns)


def test_in_a_pipe_everything_is_there() -> None:
    full = NETS["resnet50"].summary(columns=COLUMNS)
    assert "118,013,952" in full
    assert "…" not in full
    assert full == NETS["resnet50"].summary(columns=COLUMNS, width=10_000)


def test_counts_are_shortened_before_columns_go() -> None:
    at_80 = NETS["resnet50"].summary(width=80)
    assert "9.41k" in at_80
    assert "118M" in at_80
    assert "too narrow" not in at_80
    assert "too narrow for: output, macs." in NETS["resnet50"].summary(width=60)
    assert "156" in NETS["lenet"].summary(width=80)
    assert "117,600" in NETS["lenet"].summary(width=80)  # where there is room they are whole


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.00k"),
        (9_408, "9.41k"),
        (9_994, "9.99k"),
        (9_995, "10.0k"),
        (99_949, "99.9k"),
        (99_950, "100k"),
        (999_499, "999k"),
        (999_500, "1.00M"),
        (12_845_056, "12.8M"),
        (118_013_952, "118M"),
        (999_499_999, "999M"),
        (999_500_000, "1.00G"),
        (10**15, "1.00P"),
        (10**20, "100,000P"),
    ],
)
def test_a_short_count(number: int, text: str) -> None:
    assert compact(number) == text


def test_columns_add_up() -> None:
    model = archdsl.loads("input 8x8x3\nbody: { CONV 3 3x3 p1; RELU } x3\nFC 10")
    rows = [
        line.split("|")
        for line in re.sub(
            "  +", "|", model.summary(columns=["path", "params", "share", "bytes", "flops"])
        ).splitlines()[3:]
        if line
    ]
    figures = [row for row in rows if len(row) == 5]
    assert sum(int(row[1].replace(",", "")) for row in figures) == model.params
    assert sum(int(row[3].replace(",", "")) for row in figures) == model.to_json()["memory"]["outputs"]
    assert sum(int(row[4].replace(",", "")) for row in figures) == model.flops
    assert 99.5 < sum(float(row[2].rstrip("%")) for row in figures) < 100.5
