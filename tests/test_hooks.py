"""A compiled module in training code: hooks on every module, and activations in place only where that is asked for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from support.compare import example_inputs  # noqa: E402
from support.small import NAMES, ON_META, Small, results, small, small_model  # noqa: E402

import archdsl  # noqa: E402
from archdsl.cli.main import main  # noqa: E402
from archdsl.layers import REGISTRY  # noqa: E402

torch.set_num_threads(1)
each_spec = pytest.mark.parametrize("name", NAMES)
LARGE = 3_000_000  # parameters
VALUES = {"THRESHOLD": " 0.1 20"}
OVERWRITING = [kind for kind in REGISTRY if "inplace" in REGISTRY[kind].attributes]
BEHIND = "input 6x6x3\nc: CONV 4 3x3\n"


def step(made: Small) -> list[Any]:
    """The gradients of one backward pass."""
    sum(y.sum() for y in results(made.module(*made.inputs))).backward()
    return [parameter.grad for parameter in made.module.parameters() if parameter.requires_grad]


# ---- hooks


@each_spec
def test_full_backward_hooks_work_on_every_module(name: str) -> None:
    made = small(name, "meta")
    called: set[str] = set()
    ran: set[str] = set()
    for path, module in made.module.named_modules():
        module.register_forward_hook(lambda _, __, found, path=path: called.update({path} if learns(found) else ()))
        module.register_full_backward_hook(lambda *_, path=path: ran.add(path))
    gradients = step(made)
    assert all(gradient is not None for gradient in gradients)
    assert "" in ran and ran == called


def learns(found: Any) -> bool:
    return any(y.requires_grad for y in results(found))


@each_spec
def test_a_hook_on_a_layer_sees_its_own_values(name: str) -> None:
    """What was read and given is as it was at the end of the forward pass: nothing has been written over it."""
    if name in ON_META or small_model(name).params > LARGE:
        pytest.skip("of a large one there is no more to see")
    made = small(name)
    seen: list[tuple[Any, Any, Any]] = []
    for module in made.module.modules():
        if type(module).__module__.startswith("torch.nn") and not list(module.children()):
            module.register_forward_hook(lambda module, given, found: seen.append((module, given, found)))
    with torch.no_grad():
        made.module(*made.inputs)
        for module, given, found in list(seen):
            same(results(module(*given)), results(found))
    assert seen


def same(found: Any, expected: Any) -> None:
    for y, z in zip(found, expected, strict=True):
        torch.testing.assert_close(y, z, equal_nan=True)


# ---- in place


@each_spec
def test_nothing_works_in_place_unless_asked(name: str) -> None:
    model = small_model(name)
    assert "inplace" not in model.to_source()


@pytest.mark.parametrize(
    "name", ["alexnet", "resnet_cifar", "llama", "torchvision/densenet", "torchvision/mobilenet_v3"]
)
def test_in_place_the_gradients_are_the_same(name: str) -> None:
    plain, asked = small(name), small(name, inplace=True)
    assert "inplace=True" in asked.model.to_source(inplace=True)
    asked.module.load_state_dict(plain.module.state_dict())
    same(step(asked._replace(inputs=plain.inputs)), step(plain))


@pytest.mark.parametrize("kind", OVERWRITING)
@pytest.mark.parametrize("training", [True, False])
def test_every_kind_that_has_it_works_in_place(kind: str, training: bool) -> None:
    line = f"{BEHIND}{kind}{VALUES.get(kind, '')}"
    models = [archdsl.loads(f"{line}{asked}\nCONV 2 1x1") for asked in ("", " inplace")]
    assert [model.to_source().count("inplace=True") for model in models] == [0, 1]
    modules = [model.to_torch().train(training) for model in models]
    modules[1].load_state_dict(modules[0].state_dict())
    (inputs,) = example_inputs(archdsl.loads(line))
    found = []
    for module in modules:
        torch.manual_seed(0)
        y = module(inputs - 0.5)
        y.square().sum().backward()
        found.append([y, *(parameter.grad for parameter in module.parameters())])
    same(found[1], found[0])


@pytest.mark.parametrize("kind", OVERWRITING)
def test_the_option_and_the_flag_ask_for_the_same(kind: str) -> None:
    line = f"{BEHIND}{kind}{VALUES.get(kind, '')}"
    header = re.compile(r'""".*?"""', re.DOTALL)
    asked, flagged = archdsl.loads(f"{line} inplace").to_source(), archdsl.loads(line).to_source(inplace=True)
    assert header.sub("", asked) == header.sub("", flagged)
    assert archdsl.loads(f"{line} inplace").to_source(inplace=True) == asked


@pytest.mark.parametrize(
    "text",
    [
        "input 4x4x3\nRELU inplace",  # the caller's tensor
        "input 4x4x3\nSIGMOID\nRELU inplace",  # its backward pass reads what it gave
        f"{BEHIND}RELU inplace\nADD <- c",  # read again
        f"{BEHIND}LEAKYRELU (-0.1) inplace",  # PyTorch has no backward pass for it
        f"{BEHIND}CELU (-0.5) inplace",
        f"{BEHIND}RRELU (-0.5) 0.25 inplace",
    ],
)
def test_what_something_else_needs_is_not_overwritten(text: str) -> None:
    text = text.replace("ADD <- c", "d: ID\nADD <- c, d")
    model = archdsl.loads(text)
    assert model.to_source() == archdsl.loads(text.replace(" inplace", "")).to_source()
    assert "inplace" not in model.to_source(inplace=True)


def test_uses_of_a_block_are_in_place_where_all_of_them_ask() -> None:
    block = "block B(c, fast=no) { a: CONV c 3x3 p1; RELU inplace=fast }\ninput 6x6x3\n"
    for uses, count in (("B 4 fast;  B 8 fast", 1), ("B 4 fast;  B 8", 0), ("B 4;  B 8", 0)):
        assert archdsl.loads(block + uses).to_source().count("inplace=True") == count


def test_the_command_asks_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "net.arch"
    path.write_text(f"{BEHIND}RELU\n", encoding="utf-8")
    for options, count in (([], 0), (["--inplace"], 1)):
        assert main(["compile", str(path), *options]) == 0
        assert capsys.readouterr().out.count("inplace=True") == count


def test_inplace_is_true_or_false() -> None:
    with pytest.raises(TypeError, match="inplace must be True or False, not 'yes'"):
        archdsl.loads(BEHIND).to_source(inplace="yes")  # type: ignore[arg-type]
