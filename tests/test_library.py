"""The shipped library: every file is known, in its layout, described, and shown by an example that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import archdsl
from archdsl.checker.check import check
from archdsl.data import LIBRARY
from archdsl.diagnostics import Source
from archdsl.layers import REGISTRY
from archdsl.limits import Limits
from archdsl.reading.reading import read
from archdsl.reading.using import FILES
from archdsl.syntax import parse, tree
from archdsl.syntax.format.format import formatted

PAGE = (Path(__file__).parents[1] / "docs" / "library.md").read_text(encoding="utf-8")


def blocks(name: str) -> list[tree.Block]:
    """The blocks of a file of the library."""
    parsed = parse(Source(name, (LIBRARY / f"{name}.arch").read_text(encoding="utf-8")), Limits())
    assert parsed.file is not None
    statements = [one for line in parsed.file.lines for one in line.statements]
    assert all(isinstance(one, tree.Block) for one in statements)
    return [one for one in statements if isinstance(one, tree.Block)]


def section(name: str) -> str:
    """What the page says of a file."""
    found = re.search(rf"^## std\.{name}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_all_files_are_known() -> None:
    assert sorted(path.stem for path in LIBRARY.glob("*.arch")) == list(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_in_its_layout_and_names_its_source(name: str) -> None:
    text = (LIBRARY / f"{name}.arch").read_text(encoding="utf-8")
    assert formatted(Source(name, text), REGISTRY, Limits()).text == text
    assert re.match(r"# .*\n#\n# .* (19|20)\d\d: ", text)
    assert "arXiv" in text
    assert all(len(line) <= 120 for line in text.splitlines())


@pytest.mark.parametrize("name", FILES)
def test_every_block_is_described_and_shown(name: str) -> None:
    """Each with its parameters and their defaults, and in an example that lays it."""
    page = section(name)
    example = re.search(r"```arch\n(.*?)```", page, re.DOTALL)
    assert example is not None
    checked = check(read(Source("example.arch", example[1]), Limits()), {}, Limits())
    assert not checked.failed
    assert f"use std.{name}\n" in example[1]
    for block in blocks(name):
        words = [block.name.text, *(_usage(parameter) for parameter in block.parameters)]
        words += [f"[{one.name.text}=NAME]" for one in block.optional]
        assert f"**`{' '.join(words)}`**" in page
        laid = {part.name.text for part in blocks(name) if re.search(rf"\b{part.name.text}\b", example[1])}
        inside = {one for part in blocks(name) if part.name.text in laid for one in _kinds(part.body)}
        assert block.name.text in laid | inside
    listed = re.search(rf"^\| \[`std\.{name}`\]\(#std{name}\) \| (.*) \|$", PAGE, re.MULTILINE)
    assert listed is not None
    assert listed[1] == ", ".join(block.name.text for block in blocks(name))


def _usage(parameter: tree.Parameter) -> str:
    name, default = parameter.name.text, parameter.default
    if default is None:
        return name
    text = getattr(default, "text", "")
    return f"[{name}]" if text == "no" else f"[{name}={text}]"


def _kinds(body: tree.Body) -> set[str]:
    """Every word in a body."""
    found, stack = set(), [body]
    while stack:
        part = stack.pop()
        if isinstance(part, tree.Token):
            found.add(part.text)
        elif isinstance(part, tuple):
            stack += part
    return found


def test_residual_blocks_are_those_of_the_networks_by_hand() -> None:
    """Weights counted by hand, and the place of the stride."""
    use = "use std.residual\n"
    assert archdsl.loads(f"{use}input 56x56x64\nBASIC 64").totals.weights == 2 * 64 * 64 * 9
    bottleneck = archdsl.loads(f"{use}input 56x56x256\nBOTTLENECK 64")
    assert bottleneck.totals.weights == 256 * 64 + 64 * 64 * 9 + 64 * 256
    strided = [archdsl.loads(f"{use}input 56x56x256\nBOTTLENECK 128 s2 project{v}") for v in ("", " v1_5")]
    assert [model.layers[0].shape[0] for model in strided] == [28, 56]
    assert {model.outputs[0].shape for model in strided} == {(28, 28, 512)}


def test_dense_blocks_grow() -> None:
    model = archdsl.loads("use std.dense\ninput 8x8x64\nDENSEBLOCK 3 32 wide=2\nTRANSITION")
    assert model.outputs[0].shape == (4, 4, (64 + 3 * 32) // 2)
    names = [row.path for row in model.layers if row.kind == "CONV"]
    assert names[:3] == ["0.denselayer1.conv1", "0.denselayer1.conv2", "0.denselayer2.conv1"]


def test_the_library_runs() -> None:
    torch = pytest.importorskip("torch")
    text = "use std.inception\nuse std.dense\nuse std.residual\ninput 16x16x8\nINCEPTION 4 4 8 2 4 4\nBASIC 8 s2 project\nDENSEBLOCK 2 4\nTRANSITION\nBOTTLENECK 8 project groups=2\n"
    model = archdsl.loads(text)
    found = model.to_torch()(torch.zeros(2, 8, 16, 16))
    assert tuple(found.shape) == (2, 32, 4, 4)
    assert model.outputs[0].shape == (4, 4, 32)
