"""The compiled module of every spec: tensors, shapes, macs and numbers, and everything that PyTorch does with a module."""

from __future__ import annotations

import ast
import copy
import importlib
import pickle
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from support.checkpoints import wanted_of  # noqa: E402
from support.compare import evaluated, example_inputs, flops, static_tensors, tensor_sizes, torch_tensors, unrolled  # noqa: E402
from support.small import ON_CPU  # noqa: E402

import archdsl  # noqa: E402
from archdsl.backends.source import flow  # noqa: E402
from archdsl.backends.torch.whitelist import verify  # noqa: E402
from archdsl.checker.check import settings  # noqa: E402
from archdsl.files.texts import read_file  # noqa: E402
from archdsl.limits import Limits  # noqa: E402
from archdsl.network.nodes import Leaf, Sequence, Use  # noqa: E402
from archdsl.reading.reading import read  # noqa: E402

torch.set_num_threads(1)
ROOT = Path(__file__).parents[1]
SPECS = ROOT / "specs"
SYMBOLS = {
    "T": 20,
    "S": 20,
    "H": 16,
    "W": 8,
    "I": 1,
    "J": 1,
    "N": 6,
}  # S is T: a layer that runs on both is hooked once
SLOW = 60  # layers with a deeper forward pass are not run on real tensors
LARGE = 30_000_000  # parameters; more are not drawn at random
SMALL: dict[str, dict[str, Any]] = {  # instead of settings that take too much memory
    "alexnet_ensemble": {"classes": 10, "members": 2},
    "bert": {"d": 48, "L": 2, "heads": 4, "vocab": 50},
    "clip": {
        "patch": 8,
        "d": 128,
        "L": 2,
        "text_d": 64,
        "text_L": 2,
        "vocab": 10,
        "context": 7,
        "space": 12,
        "side": 16,
    },
    "convmixer": {"d": 8, "depth": 2, "kernel": 5, "patch": 28},
    "dit": {"d": 16, "L": 2, "heads": 4, "patch": 2, "side": 8, "labels": 6},
    "gpt2": {"d": 48, "L": 2, "heads": 4, "vocab": 50},
    "transformer": {"d": 48, "heads": 4, "wide": 96, "layers": 2, "vocab": 50},
    "llama": {"d": 64, "L": 2, "heads": 8, "kvheads": 2, "wide": 96, "vocab": 50},
    "mamba": {"d": 24, "L": 2, "states": 4, "vocab": 10},
    "whisper": {"d": 16, "L": 2, "heads": 4, "vocab": 10, "bands": 5},
    "t5": {"d": 16, "L": 2, "heads": 4, "size": 6, "wide": 24, "vocab": 10},
    "mixtral": {"d": 64, "L": 2, "heads": 8, "kvheads": 2, "wide": 96, "vocab": 50},
}
SELECTION = (
    ("lenet5", {}),
    ("googlenet", {}),
    ("resnet18", {}),
    ("resnet_cifar", {"depth": 20}),
    ("kim_cnn", {"variant": "rand", "vocab": 50, "classes": 3}),
    ("kim_cnn", {"variant": "multichannel", "vocab": 50, "classes": 3}),
    ("alphago_policy", {"k": 16}),
    ("alexnet_ensemble", SMALL["alexnet_ensemble"]),
)


def every_setting() -> Iterator[Any]:
    """Each spec with each setting of its `cases`."""
    for path in sorted(SPECS.glob("*.arch")):
        source, _ = read_file(path, Limits())
        for setting in settings(read(source, Limits()), {}):
            yield pytest.param(path.stem, setting, id="-".join([path.stem, *map(str, setting.values())]))


each_setting = pytest.mark.parametrize(("name", "setting"), list(every_setting()))
each_selected = pytest.mark.parametrize(
    ("name", "setting"), SELECTION, ids=["-".join([name, *map(str, given.values())]) for name, given in SELECTION]
)


def load(name: str, setting: dict[str, Any]) -> Any:
    return archdsl.load(SPECS / f"{name}.arch", **setting)


def real(model: Any, module: Any) -> Any:
    """Weights for a module on meta; a large one gets one number, for drawing takes longer than running."""
    if model.params < LARGE:
        return model.to_torch()
    module = module.to_empty(device="cpu")
    with torch.no_grad():
        for tensor in [*module.parameters(), *module.buffers()]:
            tensor.fill_(0.01)
    return module


def on_meta(model: Any) -> Any:
    with torch.device("meta"):
        return model.to_torch()


# ---- tensors, macs, shapes


@each_setting
def test_tensors_and_macs_are_those_of_the_check(name: str, setting: dict[str, Any]) -> None:
    model = load(name, setting)
    module = on_meta(model)
    assert torch_tensors(module) == static_tensors(model)
    trained = sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)
    assert trained == model.totals.trainable
    saved = {name: (str(tensor.dtype), tuple(tensor.shape)) for name, tensor in module.state_dict().items()}
    dtypes = {"F32": "torch.float32", "I64": "torch.int64"}
    assert saved == {each.name: (dtypes[each.dtype], each.sizes) for each in wanted_of(model)}
    if name in ON_CPU:
        return
    inputs = example_inputs(model, batch=1, device="meta", symbols=SYMBOLS)
    assert flops(module, inputs) == 2 * evaluated_count(model.macs)


def evaluated_count(count: Any) -> int:
    return count if isinstance(count, int) else evaluated(count, SYMBOLS)


@each_setting
def test_every_layer_has_its_shape_on_real_tensors(name: str, setting: dict[str, Any]) -> None:
    """By hooks where a layer is a module, by the comments of `forward` where it is an expression."""
    if setting.get("depth", 0) > SLOW:
        pytest.skip("too deep to run on a CPU; its tensors and macs are compared")
    model = load(name, SMALL.get(name, setting))
    module = real(model, on_meta(model))
    if name not in ON_CPU:  # whose experts read any number of positions
        module = with_checked_comments(model, module)
    hooked = hook_layers(model, module)
    sizes = [tensor_sizes(port, 1, SYMBOLS) for port in model.outputs]
    with torch.no_grad():
        outputs = results(module.eval()(*example_inputs(model, batch=1, symbols=SYMBOLS)))
    assert [tuple(y.shape) for y in outputs] == sizes
    assert hooked and all(hooked.values()), [path for path, ran in hooked.items() if not ran]


def results(found: Any) -> tuple[Any, ...]:
    """The tensors in what a module gives; an LSTM has its states in a tuple of their own, attention may give no weights."""
    found = tuple(one for one in found if one is not None) if isinstance(found, tuple) else found
    return tuple(y for one in found for y in results(one)) if isinstance(found, tuple) else (found,)


def hook_layers(model: Any, module: Any) -> dict[str, bool]:
    """Check the output of each layer that is a module; what comes back tells which of them ran.

    A group whose lines are written out where it is used is a plain `nn.Module`, which holds others and does not run.
    """
    modules = dict(module.named_modules())
    ran: dict[str, bool] = {}
    for placed in unrolled(model):
        module = modules.get(placed.path)
        if placed.runs != placed.copies:  # an expert may run on no position
            continue
        if isinstance(placed.node, Use) and placed.node.applied:  # the block of SCAN runs once for each step
            continue
        if type(module) not in (NoneType, torch.nn.Module) and isinstance(placed.node, (Leaf, Use, Sequence)):
            hook(module, placed.path, placed.node.outputs, ran)
    return ran


def hook(module: Any, path: str, shapes: Any, ran: dict[str, bool]) -> None:
    ran[path] = False

    def check(_module: Any, _inputs: Any, output: Any) -> None:
        ran[path] = True
        found = results(output)
        assert len(found) >= len(shapes)  # a group also returns what is read of it from outside
        for y, shape in zip(found, shapes, strict=False):
            assert tuple(y.shape) in laid_out(tensor_sizes(shape, 1, SYMBOLS)), path

    module.register_forward_hook(check)


def laid_out(sizes: tuple[int, ...]) -> set[tuple[int, ...]]:
    """The sizes with the channels first or last, as a value may lie inside a class, or those of recurrent states."""
    batch, *rest = sizes
    return {sizes, (*rest[:1], batch, *rest[1:]), (batch, *rest[1:], *rest[:1]), (batch, *rest[-1:], *rest[:-1])}


# ---- shape comments


def with_checked_comments(model: Any, module: Any) -> Any:
    """The same module, its classes made from the source with each shape comment of `forward` as an assertion."""
    classes = {"assert_shape": assert_shape}
    exec(compile(checked_comments(model.to_source()), "<checked>", "exec"), classes)
    for part in module.modules():
        if type(part).__name__ in classes and not type(part).__module__.startswith("torch."):
            part.__class__ = classes[type(part).__name__]
    return module


def checked_comments(source: str) -> str:
    """Behind each `x = ...  # 55x55x96` of a `forward`, the line that asserts it."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == "forward":
            for statement in node.body:
                place = (statement.end_lineno or 0) - 1
                found = re.search(r"  # ([0-9x]+|\[.*\]|Tx[0-9]+)$", lines[place])
                if found and isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                    lines[place] += f"\n        assert_shape({statement.targets[0].id}, {found[1]!r})"
    return "\n".join(lines) + "\n"


def assert_shape(value: Any, text: str) -> None:
    parts = text.strip("[]").replace(", ", "x").split("x")
    sizes = [eval(part, {}, SYMBOLS) for part in parts]
    channels_first = (1, sizes[-1], *sizes[:-1]) if len(sizes) > 2 else (1, *sizes)
    assert tuple(value.shape) in laid_out(channels_first), f"{text}: {tuple(value.shape)}"


def test_wrong_comments_would_be_found() -> None:
    source = archdsl.load(SPECS / "lenet5_modern.arch").to_source()
    assert checked_comments(source).count("assert_shape(") >= 4
    with pytest.raises(AssertionError):
        assert_shape(torch.zeros(1, 3, 4, 5), "4x6x3")


# ---- what PyTorch does with a module


@each_selected
def test_training_and_evaluation(name: str, setting: dict[str, Any]) -> None:
    model = load(name, setting)
    module = model.to_torch()
    inputs = example_inputs(model, symbols=SYMBOLS)
    sizes = [tensor_sizes(port, 2, SYMBOLS) for port in model.outputs]
    for mode in (module.eval(), module.train()):
        outputs = results(mode(*inputs))
        assert [tuple(y.shape) for y in outputs] == sizes
    sum(y.sum() for y in outputs).backward()
    assert all(p.grad is not None for p in module.parameters() if p.requires_grad)


@each_selected
def test_torch_compile_takes_the_whole_graph(name: str, setting: dict[str, Any]) -> None:
    model = load(name, setting)
    module = model.to_torch().eval()
    inputs = example_inputs(model, symbols=SYMBOLS)
    torch.compiler.reset()
    with torch.no_grad():
        compiled = results(torch.compile(module, fullgraph=True, backend="eager")(*inputs))
        equal(compiled, results(module(*inputs)))


@each_selected
def test_torch_export(name: str, setting: dict[str, Any]) -> None:
    model = load(name, setting)
    module = model.to_torch().eval()
    inputs = example_inputs(model, symbols=SYMBOLS)
    with torch.no_grad():
        exported = torch.export.export(module, tuple(inputs)).module()
        equal(results(exported(*inputs)), results(module(*inputs)))


@each_selected
def test_deepcopy_and_pickle(name: str, setting: dict[str, Any]) -> None:
    model = load(name, setting)
    if model.params > LARGE:
        module = on_meta(model)
        assert torch_tensors(pickle.loads(pickle.dumps(copy.deepcopy(module)))) == torch_tensors(module)
        return
    module = model.to_torch().eval()
    inputs = example_inputs(model, symbols=SYMBOLS)
    with torch.no_grad():
        expected = results(module(*inputs))
        for twin in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
            equal(results(twin(*inputs)), expected)
            assert all(
                p.data_ptr() != q.data_ptr() for p, q in zip(twin.parameters(), module.parameters(), strict=True)
            )


OTHER = """
import pickle, sys, torch
for module, inputs, expected in pickle.load(open(sys.argv[1], "rb")):
    with torch.no_grad():
        found = module(*inputs)
    found = found if isinstance(found, tuple) else (found,)
    for y, z in zip(found, expected, strict=True):
        torch.testing.assert_close(y, z)
    assert not module.training
print("equal")
"""


def test_a_pickle_runs_in_another_process(tmp_path: Path) -> None:
    """The class comes with it; what it was compiled from is not needed."""
    samples = []
    for name, setting in SELECTION[:1] + SELECTION[3:7]:
        model = load(name, setting)
        module, inputs = model.to_torch().eval(), example_inputs(model, symbols=SYMBOLS)
        with torch.no_grad():
            samples.append((module, inputs, results(module(*inputs))))
    path = tmp_path / "modules.pickle"
    path.write_bytes(pickle.dumps(samples))
    command = [sys.executable, "-c", OTHER, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.stdout == "equal\n", done.stderr


def equal(found: Any, expected: Any) -> None:
    for y, z in zip(found, expected, strict=True):
        torch.testing.assert_close(y, z)


# ---- the file


def test_generated_files_pass_ruff_and_import_torch_alone(tmp_path: Path) -> None:
    for parameter in every_setting():
        name, setting = parameter.values
        source = load(name, setting).to_source()
        file = "_".join([name, *map(str, setting.values())])
        (tmp_path / f"{file}.py").write_text(source, encoding="utf-8")
        assert imported(source) == {"torch"}
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *config, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def imported(source: str) -> set[str]:
    """The packages that a source imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_generated_files_are_about_as_long_as_those_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    length = importlib.import_module("benchmarks.length")
    for network in ("lenet5", "resnet18", "googlenet", "resnet50"):
        ours = length.code_lines(load(network, {}).to_source())
        theirs = length.code_lines((ROOT / "tests" / "handwritten" / f"{network}.py").read_text(encoding="utf-8"))
        assert ours <= 1.3 * theirs, f"{network}: {ours} lines, {theirs} by hand"
    shallow, deep = (length.code_lines(load("resnet_cifar", {"depth": depth}).to_source()) for depth in (20, 1202))
    assert shallow == deep


@pytest.mark.parametrize(
    ("name", "written"), [("resnet18", "ResNet18"), ("resnet50", "ResNet50"), ("googlenet", "GoogLeNet")]
)
def test_the_same_numbers_as_the_network_by_hand(name: str, written: str) -> None:
    model = load(name, {})
    ours, theirs = model.to_torch(), getattr(handwritten(name), written)()
    copy_tensors(ours, theirs)
    inputs = example_inputs(model, batch=1)
    with torch.no_grad():
        for y, z in zip(results(ours.eval()(*inputs)), results(theirs.eval()(*inputs)), strict=True):
            torch.testing.assert_close(y, z, rtol=1e-4, atol=1e-4)


def handwritten(name: str) -> types.ModuleType:
    path = ROOT / "tests" / "handwritten" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"handwritten_{name}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def copy_tensors(source: Any, target: Any) -> None:
    """Copy parameters and buffers in their order, which both networks list alike; norms get numbers of their own first."""
    with torch.no_grad():
        for kind in ("parameters", "buffers"):
            pairs = list(zip(getattr(source, f"named_{kind}")(), getattr(target, f"named_{kind}")(), strict=True))
            for (name, ours), (other, theirs) in pairs:
                assert ours.shape == theirs.shape, f"{name} and {other}"
                if ours.dim() == 1 and ours.dtype == torch.float32:
                    ours.uniform_(0.5, 1.5)
                theirs.copy_(ours)


# ---- the whitelist

BAD = (
    "import os",
    "from os import system",
    "import torch.hub",
    "from torch import nn as x, load",
    "eval('1')",
    "exec('1')",
    "open('x')",
    "__import__('os')",
    "x = print",
    "globals()['x']",
    "torch.os.system('true')",
    "torch.load('x')",
    "torch.hub.load('x', 'y')",
    "torch.utils.data.DataLoader",
    "torch.save(1, 'x')",
    "nn.functional.torch.os",
    "nn.Module.__subclasses__()",
    "().__class__.__bases__",
    "x = nn.Module\nx.__init__.__globals__",
    "getattr(nn, '__class__')",
    "getattr(nn, 'Mod' + 'ule')",
    "getattr(torch, 'os')",
    "getattr(torch, 'load')('x')",
    "class A(nn.Module):\n    def __getattr__(self, x):\n        return 1",
    "class A:\n    __slots__ = ()",
    "def f():\n    global x",
    "def f():\n    yield 1",
    "async def f():\n    await 1",
    "lambda: 1",
    "try:\n    pass\nexcept ValueError:\n    pass",
    "with torch.no_grad():\n    pass",
    "while True:\n    pass",
    "del torch",
    "assert False",
    "raise ValueError",
    "x: int = 1",
    "f'{torch}'",
    "(x := 1)",
    "@torch.jit.script\ndef f():\n    return 1",
    "nn.Module.forward = 1",
    "torch.relu = 1",
)


@pytest.mark.parametrize("source", BAD)
def test_the_whitelist_refuses(source: str) -> None:
    header = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n"
    with pytest.raises(ValueError, match="generated source"):
        verify(header + source + "\n")


def test_the_whitelist_passes_what_is_generated() -> None:
    for parameter in every_setting():
        name, setting = parameter.values
        verify(load(name, setting).to_source())


@pytest.mark.parametrize("line", ["a{0}: RELU <- x\nADD <- a{0}, x\n", "a{0}: CONV 3 1x1 <- x\n"])
def test_what_the_source_costs_grows_as_the_text_does(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of every value are looked for once, however many are needed to the end."""
    looked: list[str] = []
    words = flow.FlowValue.words
    monkeypatch.setattr(flow.FlowValue, "words", lambda value: looked.append(value.text) or words(value))
    counts = []
    for many in (100, 200):
        looked.clear()
        reads = ", ".join(f"a{number}" for number in range(many))
        lines = "".join(line.format(number) for number in range(many))
        archdsl.loads(f"input x: 8x8x3\n{lines}ADD <- {reads}\n").to_source()
        counts.append(len(looked))
    assert counts[1] <= 2.2 * counts[0]
