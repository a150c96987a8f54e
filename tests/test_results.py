"""Layers with several results: names, claims, branches, repeats, the table, JSON and the generated source."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import archdsl

ROOT = Path(__file__).parents[1]
TEXTS = (
    "a, b: SPLIT [4, 12] -> 8x8x4, 8x8x12\nc: CONV 4 3x3 p1 <- b\nADD <- a, c",
    "CHUNK 2\nRELU",
    "_, b: CHUNK 2\nc: { _, d: CHUNK 2; CONV 8 1x1 <- d } <- b\nADD <- b, c",
    '"a-b", q: CHUNK 2\nADD <- "a-b", q',
    "CONCAT { CHUNK 2; CONV 4 1x1 }",
    "CONCAT { a, b: CHUNK 2; CONV 4 1x1 <- b }\nc: CONV 8 1x1\nCONCAT <- b, c",
    "CONCAT { CHUNK 2 x3 }",
    "p, q: CHUNK 2 x3\noutput p, q",
    "for i in 1..2 { p{i}, q{i}: CHUNK 2\nCONV 16 1x1 <- q{i} }\nRELU",
    "g: { a, b: CHUNK 2 <- x; RELU <- b }\nADD <- g, g.a",
    "r, s: HALF x3\noutput r, s",
    "r, s: HALF x3\nRELU <- s",
    "r, s: FLIP x3\nCONCAT <- r, s",
    "CONCAT { FLIP; FLIP x2 }",
)
BLOCKS = """block HALF { CONV in 1x1; a, b: CHUNK 2; c: CONCAT <- b, a; output b, c }
block FLIP { CONV in 1x1; a, b: CHUNK 2; c: CONCAT <- b, a; output c, a }
input x: 8x8x16
"""


def source(text: str) -> str:
    return archdsl.loads(BLOCKS + text).to_source()


def forward(text: str) -> list[str]:
    """The lines of the model's own `forward`."""
    return [line.strip().partition("  #")[0] for line in source(text).rpartition("def forward")[2].splitlines()[1:]]


def refusal(text: str) -> archdsl.Diagnostic:
    with pytest.raises(archdsl.ArchError) as caught:
        archdsl.loads(BLOCKS + text)
    (found,) = caught.value.diagnostics
    return found


# ---- the check


def test_claims_follow_the_results_in_their_order() -> None:
    archdsl.loads(BLOCKS + "a, b: SPLIT [4, 12] -> 8x8x4, 8x8x12\nCONCAT <- a, b")
    wrong = refusal("a, b: SPLIT [4, 12] -> 8x8x4, 8x8x11\nCONCAT <- a, b")
    assert (wrong.code, wrong.message) == ("claim-shape", "claimed 8x8x11, derived 8x8x12")
    assert wrong.label == "SPLIT on 8x8x16 gives 8x8x4, 8x8x12"


def test_there_are_never_more_names_than_results() -> None:
    assert refusal("a, b, c: CHUNK 2").message == "3 names for 2 results"


def test_the_next_line_and_a_merge_read_the_first_result() -> None:
    assert archdsl.loads(BLOCKS + "SPLIT [4, 12]\nRELU -> 8x8x4").outputs[0].shape == (8, 8, 4)
    assert archdsl.loads(BLOCKS + "CONCAT { SPLIT [4, 12]; ID }").outputs[0].shape == (8, 8, 20)


def test_the_table_and_json_tell_every_result() -> None:
    model = archdsl.loads(BLOCKS + "a, b: SPLIT [4, 12]\nRELU <- b")
    assert "8x8x4, 8x8x12" in model.summary()
    assert "outputs of layers 0.01 MB" in model.summary()  # 4 * 8 * 8 * (16 + 12) bytes
    record = model.to_json()["layers"][0]
    assert (record["output"], record["outputs"]) == ([8, 8, 4], [[8, 8, 4], [8, 8, 12]])
    assert [shape.sizes for shape in model.layers[0].outputs] == [(8, 8, 4), (8, 8, 12)]


def test_how_many_results_there_are_is_bounded() -> None:
    with pytest.raises(archdsl.ArchError) as caught:
        archdsl.loads("input x: 1000\n" + "CHUNK 1000 <- x\n" * 200, limits=archdsl.Limits(visits=3_000))
    assert caught.value.diagnostics[-1].code == "limit"


def test_the_number_of_results_is_known() -> None:
    with pytest.raises(archdsl.ArchError) as caught:
        archdsl.loads("input Tx8\nSPLIT 4 axis=steps")
    assert caught.value.diagnostics[0].code == "undetermined"
    model = archdsl.loads("input Tx8\na, b: CHUNK 2 axis=steps\nADD <- a, b")
    assert [str(condition) for condition in model.conditions] == ["T % 2 == 0"]
    assert [str(size) for size in model.outputs[0].shape] == ["T//2", "8"]


# ---- the source


def test_variables_are_called_as_the_results_and_what_nothing_reads_is_dropped() -> None:
    assert forward(TEXTS[0])[0] == "a, b = torch.split(x, [4, 12], 1)"
    assert forward("CHUNK 2\nRELU") == ["y, _ = torch.chunk(x, 2, 1)", "return F.relu(y)"]
    assert forward("a, b: CHUNK 2\nRELU <- b") == ["_, b = torch.chunk(x, 2, 1)", "return F.relu(b)"]
    assert forward('"_", b: CHUNK 2\nADD <- "_", b') == ["y, b = torch.chunk(x, 2, 1)", "return y + b"]


def test_one_piece_is_the_value_itself() -> None:
    assert forward("CHUNK 1\nSPLIT 16\nRELU") == ["return F.relu(x)"]


@pytest.mark.parametrize("text", TEXTS)
def test_the_module_gives_what_was_derived(text: str) -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(BLOCKS + text)
    found: Any = model.to_torch()(torch.rand(2, 16, 8, 8))
    found = found if isinstance(found, tuple) else (found,)
    assert [(*y.shape[2:], y.shape[1]) for y in found] == [port.shape for port in model.outputs]


def test_the_numbers_are_those_of_pytorch_by_hand() -> None:
    torch = pytest.importorskip("torch")
    x = torch.rand(2, 16, 8, 8)
    a, b = x.split([4, 12], 1)
    text = "a, b: SPLIT [4, 12]\nc: SLICE channels=[0, 4] <- b\nADD <- a, c"
    assert torch.equal(archdsl.loads(BLOCKS + text).to_torch()(x), a + b[:, :4])
    q, k, v = x.chunk(4, 1)[:3]
    text = "q, k, v, w: CHUNK 4\nMUL <- q, k, v"
    assert torch.equal(archdsl.loads(BLOCKS + text).to_torch()(x), q * k * v)


def test_the_source_passes_ruff(tmp_path: Path) -> None:
    for number, text in enumerate(TEXTS):
        (tmp_path / f"text{number}.py").write_text(source(text), encoding="utf-8")
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    command = [sys.executable, "-m", "ruff", "check", *config, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
