"""The source of every example of every kind: it passes ruff, and PyTorch takes it whole, by `compile` and by `export`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from support.compare import example_inputs  # noqa: E402
from test_layers import EXAMPLES, KINDS, spec  # noqa: E402

import archdsl  # noqa: E402
from archdsl.layers import Example, Layer  # noqa: E402

torch.set_num_threads(1)
ROOT = Path(__file__).parents[1]
LARGE = 2_000_000  # parameters or inputs; a larger example is checked by itself, and not run here
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])


class Together(torch.nn.Module):
    """The modules of a kind's examples side by side, so that one graph holds them all."""

    def __init__(self, modules: list[Any]) -> None:
        super().__init__()
        self.examples = torch.nn.ModuleList(modules)

    def forward(self, inputs: list[list[Any]]) -> list[Any]:
        return [example(*given) for example, given in zip(self.examples, inputs, strict=True)]


def together(kind: type[Layer]) -> tuple[Together, list[list[Any]]]:
    """All examples of a kind that are not large as one module in evaluation, and random inputs."""
    texts = [example.text for example in kind.examples if isinstance(example, Example)]
    models = [archdsl.loads(spec(text), allow_modules=True) for text in texts]
    models = [model for model in models if model.params < LARGE]
    assert models, "a kind has an example of modest size"
    return Together([model.to_torch() for model in models]).eval(), [example_inputs(model) for model in models]


@each_kind
def test_torch_compile_takes_every_example_whole(kind: type[Layer]) -> None:
    module, inputs = together(kind)
    torch.compiler.reset()
    with (
        torch.no_grad(),
        torch._dynamo.config.patch(allow_rnn=True),
    ):  # PyTorch leaves its own recurrence out without it
        compiled = torch.compile(module, fullgraph=True, backend="eager")
        same(seeded(compiled, inputs), seeded(module, inputs))


@each_kind
def test_torch_export_takes_every_example(kind: type[Layer]) -> None:
    module, inputs = together(kind)
    with torch.no_grad():
        same(seeded(torch.export.export(module, (inputs,)).module(), inputs), seeded(module, inputs))


def seeded(module: Any, inputs: Any) -> Any:
    """The results, of layers that draw at random the same ones each time."""
    torch.manual_seed(1)
    return module(inputs)


def same(found: list[Any], expected: list[Any]) -> None:
    for y, z in zip(found, expected, strict=True):
        torch.testing.assert_close(y, z, equal_nan=True)


def test_the_source_of_every_example_passes_ruff(tmp_path: Path) -> None:
    for number, (kind, example) in enumerate(EXAMPLES):
        source = archdsl.loads(spec(example.text), allow_modules=True).to_source()
        (tmp_path / f"{kind.name.lower()}_{number}.py").write_text(source, encoding="utf-8")
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    command = [sys.executable, "-m", "ruff", "check", *config, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
