"""Both sides of `docs/from-pytorch.md` are the same network: what stands on the left is built and run, and so is the right.

A row of a table whose head has `input` and `archdsl` is a pair, and so is a block ```python pytorch (it makes `net`) with
the next ```arch behind it. PyTorch and the compiled spec have the same parameters in the same order, and with the same
weights the same outputs. Keras has the same number of parameters and the same output shapes, where it is installed.
"""

from __future__ import annotations

import math
import os
import re
from functools import cache
from typing import Any, NamedTuple

import pytest
from support.compare import example_inputs
from support.pages import ROOT, blocks_of

import archdsl

PAGE = ROOT / "docs" / "from-pytorch.md"
_CODE = re.compile(r"^`(.*)`$")
_LABELS = re.compile(r"^(\w+(?:, \w+)+):")


class Pair(NamedTuple):
    """One network in several ways: code that is an expression or makes `net`, and the text of its spec."""

    place: str
    spec: str
    pytorch: str | None
    keras: str | None

    def __str__(self) -> str:
        return self.place


@cache
def rows() -> list[Pair]:
    """The rows of the tables."""
    found: list[Pair] = []
    head: list[str] = []
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), 1):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if not cells or not head:
            head = cells
        elif "input" in head and not cells[0].startswith("---"):
            codes = {name: match[1] for name, cell in zip(head, cells, strict=True) if (match := _CODE.match(cell))}
            found.append(Pair(f"line {number}", _spec(codes), codes.get("PyTorch"), codes.get("Keras")))
    return found


def _spec(codes: dict[str, str]) -> str:
    """The spec of a row: its input, its line, and where that has several results, all of them as outputs."""
    labels = _LABELS.match(codes["archdsl"])
    return "\n".join([f"input {codes['input']}", codes["archdsl"], *([f"output {labels[1]}"] if labels else [])])


@cache
def patterns() -> list[Pair]:
    """The blocks that stand side by side."""
    found: list[Pair] = []
    left: dict[str, str] = {}
    for block in blocks_of(PAGE):
        if block.language == "python":
            left["".join(block.options)] = block.text
        elif block.language == "arch":
            found.append(Pair(f"line {block.line}", block.text, left.pop("pytorch"), left.pop("keras", None)))
    return found


def pairs(left: str) -> pytest.MarkDecorator:
    """Run a test for every pair that has this side."""
    chosen = [pair for pair in (*rows(), *patterns()) if getattr(pair, left) is not None]
    return pytest.mark.parametrize("pair", chosen, ids=str)


def imports() -> str:
    """What all blocks on the left begin with."""
    return next(block.text for block in blocks_of(PAGE) if block.language == "python")


def test_the_page_has_its_pairs() -> None:
    assert len(rows()) >= 55
    assert len(patterns()) >= 8
    assert all(pair.pytorch for pair in patterns())


@pytest.mark.parametrize("pair", rows(), ids=str)
def test_the_line_of_a_row_holds(pair: Pair) -> None:
    """With no warning; the blocks are checked with those of all pages."""
    report = archdsl.check(pair.spec)
    assert [one.code for one in report.diagnostics if one.severity != "note"] == []


# ---- PyTorch


@pairs("pytorch")
def test_pytorch_and_the_spec_are_the_same_network(pair: Pair) -> None:
    """The same numbers of parameters, in the same order, and with the same weights the same outputs."""
    torch = pytest.importorskip("torch")
    assert pair.pytorch is not None
    model = archdsl.loads(pair.spec)
    module = model.to_torch().eval()
    inputs = example_inputs(model)
    left, outputs = _run(pair.pytorch, dict(zip((port.name for port in model.inputs), inputs, strict=True)), module)
    tensors = [theirs for _, theirs in _matched(module, left)] if left is not None else []
    assert sum(tensor.numel() for tensor in tensors) == model.params
    assert [tensor.shape for tensor in tensors] == [tensor.shape for tensor in module.parameters()]
    derived = _tensors(module(*inputs))
    assert [tensor.shape for tensor in outputs] == [tensor.shape for tensor in derived]
    assert all(torch.allclose(ours, theirs, atol=1e-5) for ours, theirs in zip(derived, outputs, strict=True))


def _run(code: str, inputs: dict[str, Any], module: Any) -> tuple[Any, list[Any]]:
    """The module on the left, if it is one, with the weights of the compiled one, and what it gives."""
    names: dict[str, Any] = {"x" if name == "input" else name: value for name, value in inputs.items()}
    exec(imports(), names)
    if "\n" in code:
        exec(code, names)
        made = names["net"]
    else:
        made = eval(code, names)
    if not isinstance(made, names["nn"].Module):
        return None, _tensors(made)
    for ours, theirs in _matched(module, made.eval()):
        theirs.data.copy_(ours)
    values = list(inputs.values())
    if isinstance(made, names["nn"].MultiheadAttention):
        values *= 3
    if isinstance(made, names["nn"].Conv1d):  # the one module whose sequences have their channels first
        return made, [made(values[0].transpose(1, 2)).transpose(1, 2)]
    given = made(*values)
    state = isinstance(made, (names["nn"].RNNBase, names["nn"].MultiheadAttention))
    return made, _tensors(given[0] if state else given)


def _matched(module: Any, left: Any) -> list[tuple[Any, Any]]:
    """Each parameter of the compiled module with that on the left: of the same name, or else in the same place."""
    theirs = dict(left.named_parameters())
    ours = {name.removeprefix("0."): tensor for name, tensor in module.named_parameters()}
    if set(ours) == set(theirs):
        return [(tensor, theirs[name]) for name, tensor in ours.items()]
    return list(zip(ours.values(), theirs.values(), strict=True))


def _tensors(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (tuple, list)) else [value]


# ---- Keras


@pytest.mark.slow
@pairs("keras")
def test_keras_counts_the_same(pair: Pair) -> None:
    """As many trainable parameters, and outputs of the same shapes."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    assert pair.keras is not None
    model = archdsl.loads(pair.spec)
    net = _keras_model(keras, pair.keras, model)
    assert sum(math.prod(weight.shape) for weight in net.trainable_weights) == model.params
    assert [tuple(tensor.shape)[1:] for tensor in net.outputs] == [port.shape for port in model.outputs]


def _keras_model(keras: Any, code: str, model: archdsl.Model) -> Any:
    """The model that a cell or a block makes; a layer is called on the inputs."""
    inputs = {
        "x" if port.name == "input" else port.name: keras.Input(
            tuple(port.shape), dtype="int32" if port.dtype == "int64" else "float32"
        )
        for port in model.inputs
    }
    names: dict[str, Any] = {"keras": keras, **vars(keras.layers), "Sequential": keras.Sequential, **inputs}
    if "\n" in code:
        exec(code, names)
        return names["net"]
    made = eval(code, names)
    if callable(made):
        values = list(inputs.values())
        made = made(*values * 2) if type(made).__name__ == "MultiHeadAttention" else made(*values)
    return keras.Model(list(inputs.values()), made)
