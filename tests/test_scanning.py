"""SCAN: a block of one step on all steps, against the same steps one by one; what is refused, and what is bounded."""

from __future__ import annotations

from typing import Any

import pytest
from support.compare import example_inputs, flops, static_tensors, torch_tensors
from test_graph import consistent

import archdsl

CELL = """
block CELL(d) <- x, h {
  both: CONCAT <- x, h
  z: { LINEAR d; SIGMOID }
  n: { LINEAR d; TANH } <- both
  MUL <- z, n
  new: ADD <- _, h
  LINEAR d+1
  output _, new
}
"""
ATTENTIVE = """
block STEP <- x, h, memory {
  query: ADD <- x, h
  one: RESHAPE [1, 8] last
  ATTEND 2 <- one, memory
  RESHAPE [8] last
  new: ADD <- _, query
  output new, new
}
"""
FRAMES = "block STEP <- x, h { CONCAT <- x, h; new: CONV 4 3x3 p1; RELU; output _, new }\n"
TWO = "block STEP <- a, b, h { ADD <- a, b; new: ADD <- _, h; output new, new }\n"
TEXTS = {
    "cell": CELL + "input x: 5x3; input h0: 4\ny, h: SCAN CELL 4 <- x, h0\noutput y, h",
    "no state": "block STEP { LINEAR 4; RELU; LINEAR 2 }\ninput 5x3\nSCAN STEP\nRELU",
    "last state alone": CELL + "input x: 5x3; input h0: 4\n_, h: SCAN CELL 4 <- x, h0\noutput h",
    "states are used again": CELL
    + "input x: 5x3; input h0: 4\ny, h: SCAN CELL 4 <- x, h0\nz: ADD <- h, h0\noutput y, z",
    "memory": ATTENTIVE + "input x: 5x8; input h0: 8; input m: 7x8\ny: SCAN STEP <- x, h0, m\noutput y",
    "frames": FRAMES + "input x: 3x6x6x2; input h0: 6x6x4\ny, h: SCAN STEP <- x, h0\noutput y, h",
    "rows": "block STEP { LINEAR 4 }\ninput 3x6x2\nSCAN STEP",
    "two sequences": TWO + "input a: 5x3; input b: 5x3; input h: 3\ny: SCAN STEP over=2 <- a, b, h\noutput y",
    "shared": CELL
    + "input x: 5x3; input z: 6x3; input h0: 4\ny, h: SCAN CELL 4 <- x, h0\nu: SHARE y <- z, h\noutput u",
    "repeated": "block STEP <- x, h { LINEAR 4 <- x; new: ADD <- _, h; output new, new }\n"
    "input x: 5x4; input h0: 4\ny: SCAN STEP x3 <- x, h0\noutput y",
    "in a merge": CELL + "input x: 5x3; input h0: 4\nADD { SCAN CELL 4 <- x, h0; LINEAR 5 <- x } <- x",
    "of integers": "block STEP { EMBED 9 4; REDUCE mean steps }\ninput 5x3 int\nSCAN STEP",
    "in a block": CELL + "block B(d) <- x, h { y: SCAN CELL d <- x, h; output y }\n"
    "input x: 5x3; input h0: 4; input h1: 6\na: B 4 <- x, h0; b: B 6 <- x, h1; CONCAT <- a, b",
}


def faults(text: str) -> list[str]:
    return [one.code for one in archdsl.check(text).diagnostics if one.severity == "error"]


def by_steps(torch: Any, model: Any, module: Any, inputs: list[Any]) -> list[Any]:
    """The results of the one SCAN of a text, computed by its cell step by step."""
    node = next(item.node for item in model.network.body.items)
    op, cell = node.applied.op, next(module.children())
    frames = inputs[0].ndim == 5
    sequences, states, others = inputs[: op.over], inputs[op.over : op.over + op.states], inputs[op.over + op.states :]
    results = []
    for step in range(node.inputs[0].sizes[0]):
        given = [each[:, :, step] if frames else each[:, step] for each in sequences]
        found = cell(*given, *states, *others)
        found = found if isinstance(found, tuple) else (found,)
        results.append(found[0])
        states = list(found[1:])
    return [torch.stack(results, 2 if frames else 1), *states]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_runs_has_its_shapes_and_its_counts(text: str) -> None:
    pytest.importorskip("torch")
    model = archdsl.loads(text)
    module = model.to_torch().eval()
    assert static_tensors(model) == torch_tensors(module)
    inputs = example_inputs(model)
    found = module(*inputs)
    found = found if isinstance(found, tuple) else (found,)
    from support.compare import tensor_sizes

    assert [tuple(y.shape) for y in found] == [tensor_sizes(port) for port in model.outputs]
    assert flops(module, [each[:1].to("meta") for each in inputs]) == 2 * model.macs
    assert sum(row.macs * row.runs for row in model.layers) == model.macs
    assert consistent(summary(text))


def summary(text: str) -> Any:
    import contextlib
    import io
    import json
    import sys

    from archdsl.cli.main import main

    out, before = io.StringIO(), sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
    with contextlib.redirect_stdout(out):
        main(["summary", "-", "--format", "json"])
    sys.stdin = before
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", ["cell", "memory", "frames", "two sequences"])
def test_its_numbers_are_those_of_the_steps_one_by_one(name: str) -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(TEXTS[name])
    module = model.to_torch().eval()
    inputs = [torch.randn_like(each) for each in example_inputs(model)]
    found = module(*inputs)
    for ours, theirs in zip(
        found if isinstance(found, tuple) else (found,), by_steps(torch, model, module, inputs), strict=False
    ):
        torch.testing.assert_close(ours, theirs)


GRU = """
block GRUSTEP(d) <- x, h {
  ih: LINEAR 3*d <- x
  hh: LINEAR 3*d <- h
  xr, xz, xn: CHUNK 3 <- ih
  hr, hz, hn: CHUNK 3 <- hh
  r: { ADD <- xr, hr; SIGMOID }
  z: { ADD <- xz, hz; SIGMOID }
  MUL <- r, hn; n: { ADD <- _, xn; TANH }
  kept: MUL <- z, h
  MUL -1 <- z; ADD 1; MUL <- _, n
  new: ADD <- _, kept
  output new, new
}
input x: Tx5
input h0: 4
y, h: SCAN GRUSTEP 4 <- x, h0
output y, h
"""


def test_a_gru_of_ones_own_is_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(GRU)
    module, theirs = model.to_torch(), torch.nn.GRU(5, 4, batch_first=True)
    state = {
        "y.ih.weight": theirs.weight_ih_l0, "y.ih.bias": theirs.bias_ih_l0,
        "y.hh.weight": theirs.weight_hh_l0, "y.hh.bias": theirs.bias_hh_l0,
    }  # fmt: skip
    module.load_state_dict(state)
    for steps in (1, 7):
        x, h = torch.randn(3, steps, 5), torch.randn(3, 4)
        y, last = module(x, h)
        wanted, states = theirs(x, h[None])
        torch.testing.assert_close(y, wanted)
        torch.testing.assert_close(last, states[0])
    assert model.count("macs", T=7) == 7 * (3 * 4 * 5 + 3 * 4 * 4)


# ---- what is refused

STEP = "block STEP <- x, h { LINEAR 4 <- x; new: ID; output new, new }\nblock ONE { LINEAR 4 }\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("SCAN <- x, h", "missing-value"),
        ("SCAN LSTM 4 <- x", "wrong-type"),
        ("SCAN 4 <- x", "wrong-type"),
        ("SCAN NOTHING <- x", "unknown-kind"),
        ("SCAN STEP { RELU } <- x, h", "misplaced"),
        ("SCAN STEP <- x", "wrong-inputs"),
        ("SCAN STEP over=0 <- x, h", "out-of-range"),
        ("SCAN STEP over=3 <- x, h", "wrong-inputs"),
        ("SCAN STEP <- x, wide", "shape-mismatch"),
        ("SCAN STEP <- h, h", "rank-mismatch"),
        ("SCAN STEP over=2 <- x, longer", "shape-mismatch"),
        ("SCAN PAIR over=2 <- x, longer", "shape-mismatch"),
        ("SCAN ONE 3 <- x", "too-many-values"),
        ("SCAN LOOP <- x", "recursive-block"),
    ],
)
def test_it_is_refused(line: str, code: str) -> None:
    more = "block PAIR <- a, b { ADD <- a, b }\n" + ("block LOOP { SCAN LOOP }\n" if "LOOP" in line else "")
    found = faults(f"{STEP}{more}input x: 5x3; input h: 4; input wide: 6; input longer: 6x3\n{line}")
    assert found[:1] == [code]


def test_a_state_that_changes_names_both_shapes() -> None:
    (fault,) = archdsl.check(f"{STEP}input x: 5x3; input h: 6\nSCAN STEP <- x, h").diagnostics
    assert fault.message == "the state of STEP changes its shape: 6 before a step, 4 after it"


def test_steps_are_visited_once() -> None:
    text = f"{STEP}input x: 1000000000x3; input h: 4\nSCAN STEP <- x, h"
    assert [one.severity for one in archdsl.check(text, limits=archdsl.Limits(visits=20)).diagnostics] == []


def test_a_fault_in_a_step_says_what_it_reads() -> None:
    (fault,) = archdsl.check("block B { CONV 3 3x3 }\ninput 5x3\nSCAN B").diagnostics
    assert "in one step of SCAN" in [each.text for each in fault.related]


# ---- symbolic sizes

SUM = "block CELL <- x, z, h { n: ADD <- x, h, z; output n, n }\n"


@pytest.mark.parametrize(("shape", "condition"), [("Sx8", "S == T"), ("6x8", "T == 6")])
def test_steps_that_must_be_equal_are_a_condition(shape: str, condition: str) -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(f"{SUM}input x: Tx8; input z: {shape}; input h: 8\nSCAN CELL over=2 <- x, z, h")
    assert [str(each) for each in model.conditions] == [condition]
    module = model.to_torch().eval()
    assert module(torch.rand(2, 6, 8), torch.rand(2, 6, 8), torch.rand(2, 8)).shape == (2, 6, 8)
    with pytest.raises(ValueError, match="T"):
        module(torch.rand(2, 5, 8), torch.rand(2, 6, 8), torch.rand(2, 8))
    assert model.export_conditions == []  # the number of steps is held fast


def test_a_state_that_must_keep_its_shape_is_a_condition() -> None:
    block = "block CELL <- x, h { n: { CONV 8 2 s2; UPSAMPLE 2 } <- h; output n, n }\n"
    model = archdsl.loads(f"{block}input x: 6x8; input h: Tx8\nSCAN CELL <- x, h")
    assert [str(each) for each in model.conditions] == ["T % 2 == 0"]
    assert faults(f"{block}input x: 6x8; input h: 5x8\nSCAN CELL <- x, h") == ["shape-mismatch"]
