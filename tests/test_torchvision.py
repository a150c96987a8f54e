"""The specs that carry torchvision's names: names, shapes and order of all tensors, and the published totals of every size."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import torch
from support.compare import static_tensors
from support.zoo import WITHOUT, ZOO, Entry
from torch.utils._python_dispatch import TorchDispatchMode

import archdsl

FACTS = json.loads((Path(__file__).parent / "data" / "torchvision.json").read_text(encoding="utf-8"))["networks"]
ENTRIES = pytest.mark.parametrize("entry", ZOO, ids=lambda entry: f"{entry.name} {entry.setting}")


def tensors(entry: Entry) -> dict[str, Any] | None:
    """Parameters and buffers as torchvision has them, where they are known for this size."""
    facts = FACTS[entry.name]
    if not entry.builder:
        return facts if "parameters" in facts else None
    variants = [
        v for key, v in facts.get("variants", {}).items() if all(f"{k}={x}" in key for k, x in entry.builder.items())
    ]
    return variants[0] if len(variants) == 1 else None


@ENTRIES
def test_tensors_of_torchvision(entry: Entry) -> None:
    """Names, shapes and order: its checkpoints can be loaded."""
    facts = tensors(entry)
    if facts is None:
        pytest.skip("names are published for one size of a family")
    learned, buffers = static_tensors(archdsl.load(entry.path, **entry.setting))
    order: Callable[[Iterable[Any]], list[Any]] = list if entry.ordered else sorted
    for ours, theirs in ((learned, facts["parameters"]), (buffers, facts["buffers"])):
        assert order((name, list(sizes)) for name, sizes in ours.items()) == order(listed(theirs))


@pytest.mark.parametrize(("name", "theirs"), [("convnext_tiny", 46), ("swin_t", 79)])
def test_no_more_transposes_than_torchvision(name: str, theirs: int) -> None:
    """How often a forward run turns a tensor, those of attention within windows included."""
    (entry,) = (each for each in ZOO if each.name == name)
    module = archdsl.load(entry.path, **entry.setting).to_torch().eval().to("meta")
    with torch.no_grad(), Turns() as turns:
        module(torch.empty(1, *entry.input, device="meta"))
    assert 0 < turns.number <= theirs


class Turns(TorchDispatchMode):
    """Counts the operators that give a tensor other strides for its axes."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.number += func.overloadpacket.__name__ in ("permute", "transpose")
        return func(*args, **(kwargs or {}))


def listed(published: Any) -> list[tuple[str, list[int]]]:
    return [(name, sizes) for name, sizes in (published.items() if isinstance(published, dict) else published)]


def test_every_network_is_a_spec_or_has_a_reason() -> None:
    assert {entry.name for entry in ZOO} | set(WITHOUT) == set(FACTS)
    assert not {entry.name for entry in ZOO} & set(WITHOUT)


@ENTRIES
def test_totals_of_torchvision(entry: Entry) -> None:
    for published in FACTS[entry.name]["published"]:
        model = archdsl.load(entry.path, **entry.setting | side(entry, published["crop_size"]))
        if "params" in entry.published:
            assert model.params == published["num_params"]
        if "macs" in entry.published:
            assert round(model.macs / 1e9, 3) == published["ops_in_G_macs"]


def side(entry: Entry, crop: int | list[int]) -> dict[str, int]:
    """The side of the image as a parameter of the spec, where it is not the usual one."""
    return {} if isinstance(crop, list) or crop == entry.input[1] else {"side": crop}


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_what_evaluation_leaves_out_is_said_at_the_figure(name: str) -> None:
    """torchvision runs the auxiliary heads in training alone; `long_torchvision.py` holds both figures against it."""
    path = Path("specs") / "torchvision" / f"{name}.arch"
    training, evaluation = (archdsl.load(path, aux=aux).macs for aux in (True, False))
    said = f"{training:,} (in training; {evaluation:,} in evaluation)"
    assert said in (path.parents[1] / "README.md").read_text(encoding="utf-8")
