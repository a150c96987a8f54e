"""What PyTorch makes of a compiled module: TorchScript, a trace, torch.fx, torch.export and ONNX, over every spec and every example.

The tables say which PyTorch itself cannot; each of them is shown to fail on modules of torch.nn alone. Nothing else fails.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from support.compare import example_inputs  # noqa: E402
from support.small import NAMES, results, small  # noqa: E402
from test_layers import EXAMPLES, KINDS, spec  # noqa: E402

import archdsl  # noqa: E402
from archdsl.layers import Layer  # noqa: E402

torch.set_num_threads(1)
LARGE_EXAMPLE = 2_000_000
QUICK = (  # captured in each way in every run; the others with -m long
    "alphago_policy",
    "bert",
    "char_lstm",
    "kim_cnn",
    "language_model",
    "lenet1",
    "lenet5",
    "llama",
    "mobilenet_v1",
    "resnet_cifar",
    "transformer",
)
needs_onnx = pytest.mark.skipif(find_spec("onnxscript") is None, reason="ONNX needs onnxscript")


def scripted(module: Any, inputs: list[Any]) -> Any:
    return torch.jit.script(module)


def traced(module: Any, inputs: list[Any]) -> Any:
    return torch.jit.trace(module, tuple(inputs), check_trace=False)


def symbolic(module: Any, inputs: list[Any]) -> Any:
    return torch.fx.symbolic_trace(module)


def exported(module: Any, inputs: list[Any]) -> Any:
    return torch.export.export(module, tuple(inputs)).module()


def as_onnx(module: Any, inputs: list[Any]) -> Any:
    """The module itself, once it has been written: to run the file takes another package."""
    program = torch.onnx.export(module, tuple(inputs), dynamo=True, verbose=False, optimize=False)
    assert program.model.graph.outputs
    return module


WAYS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "script": scripted,
    "trace": traced,
    "fx": symbolic,
    "export": exported,
    "onnx": as_onnx,
}
_AGAIN = "Can't redefine method"  # what TorchScript says of a class with which it has failed before
SPECS_WITHOUT: dict[tuple[str, str], str] = {
    ("mixtral", "script"): "cannot call a value of type 'Tensor'",
    ("mamba", "fx"): "'Proxy' object cannot be interpreted as an integer",
}
"""Which spec PyTorch cannot capture in which way, and the beginning of what it says."""
EXAMPLES_WITHOUT = {  # a pattern of examples, and the way: what PyTorch says
    (r"ADAPTIVE\w+ .*same", "script"): "for argument 'output_size' but instead found type 'Tuple",
    (r"UNPOOL", "script"): "Expected IntList but got Int",
    (r"UNPOOL", "trace"): "cond must be a bool, but got a Tensor",
    (r", .* ATTENTION .*nobias", "script"): "'NoneType' object has no attribute or method 'dtype'",
    (r"MOE", "script"): "cannot call a value of type 'Tensor'|\n\naten::unflatten",
}


class Unpooled(torch.nn.Module):
    """A pool of torch.nn, and its reverse."""

    def __init__(self) -> None:
        super().__init__()
        self.pool, self.unpool = torch.nn.MaxPool2d(2, return_indices=True), torch.nn.MaxUnpool2d(2)

    def forward(self, x: Any) -> Any:
        y, places = self.pool(x)
        return self.unpool(y, places)


class Crossed(torch.nn.Module):
    """Attention of torch.nn without bias from one sequence to another."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = torch.nn.MultiheadAttention(8, 2, bias=False, batch_first=True)

    def forward(self, x: Any, y: Any) -> Any:
        return self.attention(x, y, y, need_weights=False)[0]


class Listed(torch.nn.Module):
    """A function that is given a list of modules."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = torch.nn.ModuleList([torch.nn.Linear(8, 8)])

    def forward(self, x: Any) -> Any:
        return summed(x, self.parts)


def summed(x, parts):
    """TorchScript takes what has no type for a tensor."""
    for part in parts:
        x = x + part(x)
    return x


OF_PYTORCH = {  # the same with torch.nn alone
    (r"ADAPTIVE\w+ .*same", "script"): lambda: (torch.nn.AdaptiveAvgPool2d((None, 1)), [torch.rand(2, 3, 8, 8)]),
    (r"UNPOOL", "script"): lambda: (Unpooled(), [torch.rand(2, 3, 8, 8)]),
    (r"UNPOOL", "trace"): lambda: (Unpooled(), [torch.rand(2, 3, 8, 8)]),
    (r", .* ATTENTION .*nobias", "script"): lambda: (Crossed().eval(), [torch.rand(2, 3, 8), torch.rand(2, 4, 8)]),
    (r"MOE", "script"): lambda: (Listed(), [torch.rand(2, 8)]),
}


def captured(way: str, module: Any, inputs: list[Any], reason: str | None) -> None:
    """A module is captured and gives the same, or PyTorch refuses it as the table says."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of what will go from PyTorch, and of sizes that a trace holds fast
        if reason is not None:
            with pytest.raises((RuntimeError, TypeError), match=f"{reason}|{_AGAIN}"):
                WAYS[way](module, inputs)(*inputs)
            return
        theirs, ours = (seeded(each, inputs) for each in (WAYS[way](module, inputs), module))
        for y, z in zip(theirs, ours, strict=True):
            torch.testing.assert_close(y, z, rtol=1e-3, atol=1e-3, equal_nan=True)


def seeded(module: Any, inputs: list[Any]) -> tuple[Any, ...]:
    """The results, of layers that draw at random the same ones each time."""
    torch.manual_seed(1)
    return results(module(*inputs))


def spec_is_captured(name: str, way: str, device: str = "cpu") -> None:
    made = small(name, device)
    captured(way, made.module, made.inputs, SPECS_WITHOUT.get((name, way)))


@pytest.mark.parametrize("name", NAMES)
def test_every_spec_is_traced_symbolically(name: str) -> None:
    spec_is_captured(name, "fx", "meta")


@pytest.mark.parametrize("way", ["script", "trace", "export", pytest.param("onnx", marks=needs_onnx)])
@pytest.mark.parametrize("name", QUICK)
def test_small_specs_are_captured(name: str, way: str) -> None:
    spec_is_captured(name, way)


@pytest.mark.long
@pytest.mark.parametrize("way", ["script", "trace", "fx", "export", pytest.param("onnx", marks=needs_onnx)])
@pytest.mark.parametrize("name", NAMES)
def test_every_spec_is_captured(name: str, way: str) -> None:
    spec_is_captured(name, way, "whole" if way == "trace" else "cpu")  # PyTorch traces nothing on the meta device


@pytest.mark.parametrize("way", ["script", "fx", pytest.param("trace", marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_every_example_is_captured(kind: type[Layer], way: str) -> None:
    """torch.export takes them all too: `test_examples.py`."""
    for owner, example in EXAMPLES:
        if owner is kind:
            model = archdsl.loads(spec(example.text), allow_modules=True)
            reason = next(
                (text for key, text in EXAMPLES_WITHOUT.items() if key[1] == way and re.search(key[0], example.text)),
                None,
            )
            inputs = example_inputs(model)
            if model.params < LARGE_EXAMPLE and sum(each.numel() for each in inputs) < LARGE_EXAMPLE:
                captured(way, model.to_torch().eval(), inputs, reason)


@pytest.mark.parametrize("key", EXAMPLES_WITHOUT, ids=lambda key: f"{key[1]}-{key[0][:8]}")
def test_what_is_not_captured_pytorch_itself_cannot(key: tuple[str, str]) -> None:
    module, inputs = OF_PYTORCH[key]()
    captured(key[1], module, inputs, EXAMPLES_WITHOUT[key])
    assert any(re.search(key[0], example.text) for _, example in EXAMPLES), "an example that shows it"


def test_what_refuses_a_size_is_still_there_behind_torch_fx() -> None:
    model = archdsl.loads("input HxWx3 where H % 4 == 0\nCONV 8 5x5; RELU; GLOBALAVGPOOL; FC 10")
    for way in ("script", "fx"):
        module = WAYS[way](model.to_torch().eval(), [])
        assert module(torch.zeros(1, 3, 8, 5)).shape == (1, 10)
        with pytest.raises((ValueError, torch.jit.Error), match="W is 4, and CONV on line 2 needs W >= 5"):
            module(torch.zeros(1, 3, 8, 4))


@pytest.mark.parametrize("label", ["check_sizes", "x", "layer"])
def test_no_name_of_a_spec_is_taken_for_the_check(label: str) -> None:
    text = f"input {label}: HxWx3\na: CONV 8 5x5 <- {label}\nrelu: RELU <- a\n{label}_: ADD <- a, relu"
    module = archdsl.loads(text).to_torch()
    assert module(torch.zeros(1, 3, 8, 5)).shape == (1, 8, 4, 1)
    with pytest.raises(ValueError, match="W is 4"):
        module(torch.zeros(1, 3, 8, 4))


# ---- numbers that PyTorch wants as floats

FLOATS = (
    "DROPOUT 0",
    "LRN 5 k=1 alpha=1 beta=1",
    "ELU 2",
    "LEAKYRELU 0",
    "BN eps=1 momentum=1",
    "PAD 1 value=2",
    "L2NORM p=1 eps=1",
    "LPPOOL 2x2 norm=1",
    "UPSAMPLE 2",
    "UPSAMPLE 1x2",
    "STOCHASTICDEPTH 0",
    "HARDTANH 0 6",
    "SOFTPLUS 2 threshold=10",
    "TANH amplitude=2 slope=3",
)


@pytest.mark.parametrize("line", FLOATS)
@pytest.mark.parametrize("label", ["", "a: "])
def test_an_integer_for_a_float_is_written_as_one(line: str, label: str) -> None:
    model = archdsl.loads(f"input 8x8x4\n{label}{line}")
    captured("script", model.to_torch().eval(), example_inputs(model), None)


def test_a_parameter_that_is_a_float_is_given_as_one() -> None:
    block = "block B(c, p=0, a=2) { CONV c 3x3 p1;  DROPOUT p;  ELU a;  q: CONV (c*a) 1x1 }\ninput 8x8x3\n"
    model = archdsl.loads(f"{block}B 4;  B 8 p=0.5;  B 4 p=1 a=1")
    source = model.to_source()
    assert "def __init__(self, in_channels, c, q_out_channels, p=0.0, a=2.0)" in source
    uses = ["B(3, 4, 8)", "B(8, 8, 16, p=0.5)", "B(16, 4, 4, p=1.0, a=1.0)"]
    assert re.findall(r'"[0-2]", (B\(.*\))\)', source) == uses
    captured("script", model.to_torch().eval(), example_inputs(model), None)


def test_the_table_of_the_page_is_this_one() -> None:
    page = (Path(__file__).parents[1] / "docs" / "language.md").read_text(encoding="utf-8")
    rows = page.partition("| what PyTorch itself cannot capture")[2].partition("\n\n")[0]
    assert len(rows.split("\n")) - 2 == len(
        {key[0] for key in EXAMPLES_WITHOUT} | {name for name, _ in SPECS_WITHOUT} - {"mixtral"}
    )
