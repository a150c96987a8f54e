"""Every published figure in `data/networks.json` against the spec of that network, layer by layer and in total."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

import archdsl
from archdsl.analysis.cost import Cost, Costs, add
from archdsl.network.nodes import Leaf, Merge, walk
from archdsl.sizes.shape import Shape, product

DATA = Path(__file__).parent / "data"
SPECS = Path(__file__).parent.parent / "specs"
FACTS: dict[str, dict[str, Any]] = {
    network["id"]: network for network in json.loads((DATA / "networks.json").read_text(encoding="utf-8"))["networks"]
}


# ---- which layer of a spec a published name means: paths, whose figures are summed and whose last gives the shape ----

Rule = Callable[[str], tuple[str, ...]]


def same(name: str) -> tuple[str, ...]:
    """The spec has the published name."""
    return (name,)


def alexnet_slides(name: str) -> tuple[str, ...]:
    """The slides number the last pool 3, the published list 5; the spec's dropouts have no label, but a number."""
    return ({"pool5": "pool3", "drop6": "17", "drop7": "20"}.get(name, name),)


def googlenet(name: str) -> tuple[str, ...]:
    """`inception_3a/3x3_reduce` is `inception3a.reduce3x3`."""
    module, _, layer = name.replace("inception_", "inception").partition("/")
    if not layer:
        return ({"conv2_reduce": "reduce2"}.get(module, module),)
    if layer == "output":
        return (joined(module),)
    inside = {
        "1x1": "conv1x1",
        "3x3_reduce": "reduce3x3",
        "3x3": "conv3x3",
        "5x5_reduce": "reduce5x5",
        "5x5": "conv5x5",
        "pool_proj": "project",
    }
    return (f"{module}.{inside.get(layer, layer)}",)


def resnet(name: str) -> tuple[str, ...]:
    """Table 1's `conv3_1` is `layer2.0`. A published convolution counts its normalisation too."""
    if name == "conv1":
        return "conv1", "bn1"
    block = re.fullmatch(r"conv([2-5])_(\d+)/(\w+)", name)
    if not block:
        return ({"pool1": "maxpool"}.get(name, name),)
    return in_block(f"layer{int(block[1]) - 1}.{int(block[2]) - 1}", block[3])


def resnet_cifar(name: str) -> tuple[str, ...]:
    """`s2b1` is `layer2.0`, `conv0` is `conv1`."""
    if name == "conv0":
        return "conv1", "bn1"
    block = re.fullmatch(r"s(\d)b(\d+)/(\w+)", name)
    return in_block(f"layer{block[1]}.{int(block[2]) - 1}", block[3]) if block else (name,)


def in_block(path: str, layer: str) -> tuple[str, ...]:
    """The layers of a residual block: convolutions a, b, c, the shortcut, and the sum."""
    if layer == "add":
        return (joined(path),)
    if layer == "shortcut":
        return (f"{path}.downsample",)
    number = "abc".index(layer) + 1
    return f"{path}.conv{number}", f"{path}.bn{number}"


def joined(path: str) -> str:
    """The merge in a block: it has no path of its own."""
    return f"{path}, joined"


class Counterpart(NamedTuple):
    """The spec of a published network."""

    spec: str
    settings: Mapping[str, Any] = MappingProxyType({})
    rule: Rule = same


COUNTERPARTS: dict[str, Counterpart] = {
    "lenet1": Counterpart("lenet1"),
    "lenet1_lecture": Counterpart("lenet1_lecture"),
    "lenet5_1998": Counterpart("lenet5"),
    "lenet5_modern": Counterpart("lenet5_modern"),
    "alexnet_2012": Counterpart("alexnet_two_gpu"),
    "alexnet_cs231n": Counterpart("alexnet", rule=alexnet_slides),
    **{
        f"vgg_{name}": Counterpart("vgg", {"config": name.replace("_", "")})
        for name in ("A", "A_LRN", "B", "C", "D", "E")
    },
    "googlenet_2014": Counterpart("googlenet", rule=googlenet),
    **{f"resnet{depth}_v1": Counterpart(f"resnet{depth}", rule=resnet) for depth in (18, 34, 50, 101, 152)},
    **{f"resnet{depth}_v1_5": Counterpart(f"resnet{depth}", {"v1_5": True}, resnet) for depth in (50, 101, 152)},
    "resnet34_optA": Counterpart("resnet34", {"shortcut": "A"}, resnet),
    **{
        f"resnet_cifar_{depth}": Counterpart("resnet_cifar", {"depth": depth}, resnet_cifar)
        for depth in (20, 32, 44, 56, 110, 1202)
    },
    "alexnet_torchvision": Counterpart("torchvision/alexnet"),
    "alphago_policy": Counterpart("alphago_policy"),
    **{f"alphago_policy_k{k}": Counterpart("alphago_policy", {"k": k}) for k in (128, 256, 384)},
    "alphago_value": Counterpart("alphago_value"),
}
ELSEWHERE = {
    "kim2014": "its figures are by data set: `test_sentence_cnn`",
    "lecture_remarks": "single figures: `test_remarks_of_lectures`",
}


# ---- the figures of a spec -----------------------------------------------------------------------------------------


class Row(NamedTuple):
    shape: Shape
    cost: Cost
    biases: int


def load(counterpart: Counterpart) -> archdsl.Model:
    return archdsl.load(SPECS / f"{counterpart.spec}.arch", **counterpart.settings)


def rows(model: archdsl.Model) -> dict[str, Row]:
    """Layers and what holds them, by path; merges beside, with what they cost themselves."""
    costs = Costs()
    found: dict[str, Row] = {}
    for placed in walk(model.network.body, unroll=True):
        match placed.node:
            case Merge(op=op, inputs=inputs, outputs=outputs):
                found[joined(placed.path)] = Row(outputs[0], Cost(macs=op.macs(inputs, outputs[0]).figure), 0)
            case Leaf():
                found[placed.path] = Row(placed.node.outputs[0], costs.of(placed.node), biases_of(placed.node))
            case _:
                found[placed.path] = Row(placed.item.shapes[0], costs.of(placed.node), 0)
    return found


def biases_of(leaf: Leaf) -> int:
    tensors = leaf.op.tensors(*leaf.inputs)
    return sum(product(tensor.sizes) for tensor in tensors if tensor.role == "bias")


def without_ones(sizes: tuple[Any, ...]) -> list[int]:
    """1x1x120 and 120 are the same numbers."""
    return [size for size in sizes if size != 1]


# ---- tests ---------------------------------------------------------------------------------------------------------


def test_every_network_is_compared_or_listed() -> None:
    assert not set(COUNTERPARTS) & set(ELSEWHERE)
    assert set(FACTS) == set(COUNTERPARTS) | set(ELSEWHERE)


@pytest.mark.parametrize("name", [name for name in COUNTERPARTS if "layers" in FACTS[name]])
def test_layers(name: str) -> None:
    counterpart = COUNTERPARTS[name]
    found = rows(load(counterpart))
    wrong = [
        fault for layer in FACTS[name]["layers"] for fault in faults_of(layer, counterpart.rule(layer["name"]), found)
    ]
    assert not wrong, "\n".join(wrong)


def faults_of(layer: dict[str, Any], paths: tuple[str, ...], found: dict[str, Row]) -> list[str]:
    """What differs between a published layer and its counterpart."""
    known = {"name", "op", "attrs", "printed", "out", "params", "macs", "connections"}
    assert set(layer) <= known, f"a figure that is not compared: {set(layer) - known}"
    missing = [f"{layer['name']}: the spec has no {path}" for path in paths if path not in found]
    if missing:
        return missing
    cost = add(*(found[path].cost for path in paths))
    published = {figure: layer[figure] for figure in ("params", "macs", "connections") if figure in layer}
    derived: dict[str, Any] = {figure: getattr(cost, figure) for figure in published}
    published["out"] = without_ones(tuple(int(size) for size in layer["out"].split("x")))
    derived["out"] = without_ones(found[paths[-1]].shape.sizes)
    return [
        f"{layer['name']} ({', '.join(paths)}): {figure} is published as {published[figure]}, derived {derived[figure]}"
        for figure in published
        if published[figure] != derived[figure]
    ]


@pytest.mark.parametrize("name", COUNTERPARTS)
def test_totals(name: str) -> None:
    model = load(COUNTERPARTS[name])
    published = FACTS[name]["totals"]
    derived = {figure: getattr(model.totals, figure, None) for figure in published if figure != "biases"}
    if "biases" in published:
        derived["biases"] = sum(row.biases for row in rows(model).values())
    assert derived == published


def test_faults_are_found() -> None:
    """The comparison itself: a wrong figure, a wrong shape and a missing layer are each told."""
    found = rows(load(COUNTERPARTS["lenet1"]))
    layer = FACTS["lenet1"]["layers"][0]
    assert faults_of(layer, ("H1",), found) == []
    assert len(faults_of({**layer, "params": 105, "out": "24x23x4"}, ("H1",), found)) == 2
    assert faults_of(layer, ("H9",), found) == ["H1: the spec has no H9"]


# ---- Kim's data sets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FACTS["kim2014"]["datasets"])
def test_sentence_cnn(name: str) -> None:
    """Params by data set and variant, what is trained and what is frozen."""
    facts = FACTS["kim2014"]["datasets"][name]
    size = {"vocab": facts["vocab"], "classes": facts["classes"]}
    plain = archdsl.load(SPECS / "kim_cnn.arch", variant="rand", **size)
    for variant in ("rand", "static", "non_static"):  # one network, trained in different parts
        totals = archdsl.load(SPECS / "kim_cnn.arch", variant=variant.replace("_", ""), **size).totals
        assert {"trainable": totals.trainable, "frozen": totals.frozen} == facts[variant]
    both = archdsl.load(SPECS / "kim_cnn.arch", variant="multichannel", **size)
    shared = facts["multichannel_shared_filters"]
    assert {"trainable": both.totals.trainable, "frozen": both.totals.frozen} == shared
    apart = facts["multichannel_conv2d_2ch"]  # filters of their own for each channel: another reading of the paper
    assert both.params + facts["conv_params"] - 3 * 100 == apart["trainable"] + apart["frozen"]
    params = {path: row.cost.params for path, row in rows(plain).items()}
    assert params["conv3"] + params["conv4"] + params["conv5"] == facts["conv_params"]
    assert (params["fc"], params["embed"]) == (facts["softmax_params"], facts["embedding_params"])


@pytest.mark.parametrize(("length", "macs"), FACTS["kim2014"]["macs_of_convolutions"].items())
def test_sentence_cnn_macs(length: str, macs: int) -> None:
    words = int(length.removeprefix("T="))
    found = rows(archdsl.load(SPECS / "kim_cnn.arch", T=words))
    assert sum(found[f"conv{width}"].cost.macs for width in (3, 4, 5)) == macs
    total = archdsl.load(SPECS / "kim_cnn.arch").macs
    assert str(total) == "360000*T - 1139400"
    assert 360_000 * words - 1_139_400 == macs + 300 * 2


def test_remarks_of_lectures() -> None:
    lenet = rows(archdsl.load(SPECS / "lenet5.arch", side=28))
    assert lenet["C1"].cost.params == (5 * 5 + 1) * 6 == 156
    assert lenet["pad"].shape.sizes == (32, 32, 1)
    alexnet = rows(archdsl.load(SPECS / "alexnet.arch"))
    assert alexnet["conv1"].cost.weights == 11 * 11 * 3 * 96 == 34_848
    one = archdsl.load(SPECS / "alexnet_two_gpu.arch").totals
    seven = archdsl.load(SPECS / "alexnet_ensemble.arch").totals
    assert (seven.params, seven.macs, seven.units) == (7 * one.params, 7 * one.macs, 7 * one.units)
