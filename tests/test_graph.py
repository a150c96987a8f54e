"""The network as a graph in JSON: what each layer reads, and the containers around it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdsl.checker.check import check, settings
from archdsl.data import SPECS
from archdsl.diagnostics import Source
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


def consistent(found: Any) -> int:
    """Hold a summary against itself: names that lead somewhere, and the shapes at both ends of every read."""
    layers, containers = found["layers"], {one["path"]: one for one in found["containers"]}
    inputs = {one["name"]: [one["shape"]] for one in found["inputs"]}
    gives = inputs | {one["path"]: one["outputs"] for one in layers}
    gives |= {one["path"]: one["outputs"] for one in containers.values() if one["type"] == "merge"}
    assert len(gives.keys() | containers.keys()) == len(inputs) + len(layers) + len(containers), "a path is given twice"
    for one in [*layers, *containers.values()]:
        read_shapes = [gives[path][result] for path, result in zip(one["reads"], one["reads_result"], strict=True)]
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
    assert at(found, "join")["reads"] == ["join.one", "join.2", "join.3", "join.3"]
    assert found["outputs"][0]["reads"] == found["layers"][-1]["path"]


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
