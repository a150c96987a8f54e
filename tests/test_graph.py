"""The network as a graph in JSON: what each layer reads, and the containers around it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdsl.checker.check import check, settings
from archdsl.data import SPECS
from archdsl.diagnostics import ArchError, Source
from archdsl.limits import Limits
from archdsl.reading.reading import read
from archdsl.reading.root import beside
from archdsl.reports import json as records

NET = """\
input left: 8x8x4
input right: 8x8x4
block RES(c, s=1) {
  ADD { { CONV c 3x3 s=s p1; BN }; short: CONV c 1x1 s=s }
  RELU
}
both: ADD <- left, right
stem: CONV 8 3x3 p1 -> 8x8x8
a: RES 8
rest: { RES 16 2; RES 16 } x2
join: CONCAT {
  one: CONV 4 1x1
  { CONV 4 1x1; RELU }
  MAXPOOL 3x3 s1 p1 x2
}
for k in [1, 3] {
  CONV 8 k p=same
}
if 1 == 1 { TANH }
"""


def summary(text: str, **given: Any) -> Any:
    checked = check(read(Source("net.arch", text), Limits()), given, Limits())
    return json.loads(json.dumps(records.summary(checked)))


def at(found: Any, path: str) -> Any:
    (one,) = [one for one in found["layers"] + found["containers"] if one["path"] == path]
    return one


def runs_on_parts(one: Any, containers: dict[str, Any]) -> bool:
    """Whether it is in an expert or in a step of SCAN, which read one position or one step."""
    around = one["container"]
    while around is not None and containers[around]["type"] not in ("experts", "scan"):
        around = containers[around]["container"]
    return around is not None


def consistent(found: Any) -> int:
    """Hold a summary against itself: names that lead somewhere, and the shapes at both ends of every read."""
    layers, containers = found["layers"], {one["path"]: one for one in found["containers"]}
    inputs = {one["name"]: [one["shape"]] for one in found["inputs"]}
    gives = inputs | {one["path"]: one["outputs"] for one in layers}
    gives |= {one["path"]: one["outputs"] for one in containers.values() if one["type"] in ("merge", "experts", "scan")}
    assert len(gives.keys() | containers.keys()) == len(inputs) + len(layers) + len(containers), "a path is given twice"
    for one in [*layers, *containers.values()]:
        read_shapes = [gives[path][result] for path, result in zip(one["reads"], one["reads_result"], strict=True)]
        if runs_on_parts(one, containers) and len(read_shapes) >= len(one["inputs"]):
            pairs = zip(read_shapes, one["inputs"], strict=False)
            read_shapes = [shape[len(shape) - len(part) :] for shape, part in pairs]
        assert read_shapes == one["inputs"] or one.get("copies") == 0, one
        around = one["container"]
        assert around is None or around in containers
        assert one["path"].startswith(
            containers[around]["path"].rpartition("#")[0].rpartition(".")[0] if around else ""
        )
    for one in containers.values():
        given = [gives[path][result] for path, result in zip(one["gives"], one["gives_result"], strict=True)]
        assert given == one["outputs"] or one["copies"] == 0, one
    for port in found["outputs"]:
        assert gives[port["reads"]][port["reads_result"]] == port["shape"]
    return len(layers) + len(containers)


def test_what_a_layer_reads() -> None:
    found = summary(NET)
    assert at(found, "both")["reads"] == ["left", "right"]
    assert at(found, "stem")["reads"] == ["both"]
    assert at(found, "a.0")["reads"] == at(found, "a.short")["reads"] == ["stem"]
    assert at(found, "a.ADD#1")["reads"] == ["a.1", "a.short"]
    assert at(found, "a.3")["reads"] == ["a.ADD#1"]
    assert at(found, "rest.0.0.0")["reads"] == ["a.3"]
    assert at(found, "join")["reads"] == ["join.one", "join.2", "join.3"]
    assert found["outputs"][0]["reads"] == found["layers"][-1]["path"]


def test_what_an_if_lays_in_a_merge_is_a_branch() -> None:
    found = summary(
        "input 8x8x4\nADD {\n  ID\n  if 1 == 1 { short: { CONV 4 1x1; BN } }\n  if 1 == 1 { RELU; TANH }\n  if 1 == 1 { GELU }\n}\n"
    )
    kinds = {one["path"]: (one["type"], one["container"]) for one in found["containers"]}
    assert kinds == {
        "ADD#1": ("merge", None),
        "short": ("branch", "ADD#1"),
        "branch#1": ("branch", "ADD#1"),
    }
    assert consistent(found)


def test_the_containers() -> None:
    found = summary(NET)
    kinds = {one["path"]: (one["type"], one["kind"], one["label"], one["container"]) for one in found["containers"]}
    assert kinds["a"] == ("block", "RES", "a", None)
    assert kinds["a.ADD#1"] == ("merge", "ADD", None, "a")
    assert kinds["a.branch#1"] == ("branch", None, None, "a.ADD#1")
    assert kinds["rest"] == ("repeat", None, "rest", None)
    assert kinds["rest.0"] == ("group", None, "0", "rest")
    assert kinds["join"] == ("merge", "CONCAT", "join", None)
    assert kinds["join.repeat#1"] == ("repeat", None, None, "join")
    assert kinds["for#1"] == ("loop", None, None, None)
    assert at(found, "rest")["copies"] == 2
    assert at(found, "a")["attributes"] == {"c": 8, "s": 1}
    assert at(found, "rest.0.0")["attributes"] == {"c": 16, "s": 2}
    assert at(found, "a")["params"] == sum(one["params"] for one in found["layers"] if one["path"].startswith("a."))
    assert consistent(found)


@pytest.mark.parametrize("path", sorted(SPECS.rglob("*.arch")), ids=lambda path: path.stem)
def test_every_spec_is_consistent(path: Path) -> None:
    reading = read(
        Source(str(path), path.read_text(encoding="utf-8")), Limits(), None, beside(str(path), path.name, Limits())
    )
    for setting in settings(reading, {})[:3]:
        checked = check(reading, setting, Limits())
        assert not checked.failed
        assert consistent(json.loads(json.dumps(records.summary(checked))))


@pytest.mark.parametrize(
    "text",
    [
        "input 8x8x4\nADD { ID x100000 }\n",
        "input 8x8x4\nCONCAT { a: CONV 2 1x1 x3; for i in [1, 3] { CONV i 1x1 }; if 1 == 2 { ID } }\n",
        "input 9x8\nLSTM 4 x3\nh, c: LSTM 4\nADD { { LSTM 4 } x2; LSTM 4 }\n",
        "input 9x8\na, b: SPLIT 4\nADD <- a, b\nCONCAT <- b, a\n",
        "input 8x8x4\nx: { ADD { { ID } x2; RELU x3; for i in 1..3 { CONV 4 1x1 } } } x2\nRELU x0\n",
        "model M(n)\ninput 8\nlayers: { LINEAR 8; ADD { ID; LINEAR 8 } } x(n)\nFC 3\n",
        "input 8x8x4\nfor i in 1..3 {\n  if i == 2 { TANH }\n  CONV 4 1x1; for j in 1..2 { { RELU } x2 }\n}\n",
        "input 8x8x4\ng: { if 1 == 1 { TANH } }\nADD { { if 1 == 1 { TANH } }; ID }\n",
        "input a: 8\ninput b: 8\nt: { FC 4; RELU } <- a\nu: SHARE t <- b\nADD <- t, u\n",
        "input 8x8x4\nblock B(k) <- x, y { ADD <- x, y; CONV k 1x1 }\nfirst: CONV 4 1x1\nB 4 <- first, first\nB 4 <- first, first\n",
        "input 8x8x4\n{ CONV 4 1x1; { RELU; inner: BN } }\nADD <- inner, inner\n",
        "input q: 8\nRELU <- q\nTANH\noutput q\n",
    ],
)
def test_odd_networks_are_consistent(text: str) -> None:
    found = summary(text)
    assert not [each for each in found["diagnostics"] if each["severity"] == "error"], found["diagnostics"]
    assert consistent(found)


def test_long_lists_in_many_uses_are_bounded() -> None:
    """The record of a short text is no larger than the limit on rows allows."""
    values = ", ".join(["1"] * 1_000)
    uses = "A l; " * 60
    text = f"model M(l=[{values}])\nblock A(l) {{ ID }}\nblock B(l) {{ {uses}A l }}\ninput 8\n{uses.replace('A', 'B')}B l\n"
    checked = check(read(Source("net.arch", text), Limits()), {}, Limits())
    assert not checked.failed, checked.diagnostics
    with pytest.raises(ArchError, match="more than 50,000 rows"):
        records.summary(checked, most=50_000)
    assert len(records.summary(checked, most=100_000)["layers"]) == 61 * 61
