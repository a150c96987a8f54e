"""JSON of `check` and `summary`: its keys, their order, and what stands for what."""

from __future__ import annotations

import json
from typing import Any

import pytest

import archdsl
from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.diagnostics import ArchError, Source
from archdsl.limits import Limits
from archdsl.reading.reading import read
from archdsl.reports import json as records
from archdsl.reports.rows import leaves

SPEC = """\
model Net(n=3, ratio=0.5, act=RELU, kernel=3x3, name="x", wide=no, widths=[8, [4, 2]])
input image: 32x32x3
stem: CONV 16 kernel p1; act       -> 32x32x16
body: { { CONV 16 3x3 p1 nobias; BN; act } x(n) } x2
join: CONCAT { a: CONV 8 1x1; b: { CONV 4 3x3 p1; MAXPOOL 3x3 s1 p1 } }  -> 32x32x12
GLOBALAVGPOOL
fc: FC 10                          -> 130 params
"""
SYMBOLIC = """\
input words: T int where T >= 5
embed: EMBED 100 8
conv: CONV 4 3
"""
SUMMARY = [
    *("schema", "model", "file", "parameters", "inputs", "outputs", "totals", "memory"),
    *("symbols", "formulas", "conditions", "layers", "containers", "claims", "holes", "passed_over"),
    "diagnostics",
]
CHECK = [
    *("schema", "file", "model", "parameters", "totals", "symbols", "formulas", "conditions", "claims"),
    *("holes", "passed_over", "diagnostics"),
]
TOTALS = ["params", "trainable", "weights", "buffers", "macs", "flops", "connections", "units", "active"]
LAYER = [
    "path",
    "kind",
    "file",
    "line",
    "count",
    "runs",
    "inputs",
    "output",
    "outputs",
    "params",
    "weights",
    "macs",
    "connections",
    "units",
    "frozen",
    "shares",
    "tied",
    "attributes",
    "reads",
    "reads_result",
    "container",
    "formulas",
]
CLAIM = ["file", "line", "text", "holds", "claimed", "derived"]
DIAGNOSTIC = [
    "code",
    "severity",
    "message",
    "file",
    "line",
    "column",
    "end_line",
    "end_column",
    "hint",
    "fix",
    "related",
]


def checked(text: str, **given: Any) -> Checked:
    return check(read(Source("net.arch", text), Limits()), given, Limits())


def summary(text: str, **given: Any) -> Any:
    return json.loads(json.dumps(records.summary(checked(text, **given))))


def test_the_keys_of_a_summary() -> None:
    found = summary(SPEC)
    assert list(found) == SUMMARY
    assert list(found["totals"]) == TOTALS
    assert all(list(port) == ["name", "shape", "dtype"] for port in found["inputs"])
    assert all(list(port) == ["name", "shape", "dtype", "reads", "reads_result"] for port in found["outputs"])
    assert all(list(layer) == LAYER for layer in found["layers"])
    assert all(list(claim) == CLAIM for claim in found["claims"])


def test_the_keys_of_a_check() -> None:
    (found,) = records.check([checked(SPEC)])
    assert list(found) == CHECK
    assert list(found["totals"]) == TOTALS  # type: ignore[call-overload]


def test_the_keys_of_a_diagnostic() -> None:
    found = summary("input 8x8x3\nCOVN 8 3x3\n")
    (fault,) = found["diagnostics"]
    assert fault["fix"]["title"] == "CONV 8 3x3" and fault["fix"]["safe"]
    assert list(fault) == DIAGNOSTIC
    assert fault == {
        "code": "unknown-kind",
        "severity": "error",
        "message": "there is no kind of layer called COVN",
        "file": "net.arch",
        "line": 2,
        "column": 1,
        "end_line": 2,
        "end_column": 5,
        "hint": "CONV 8 3x3",
        "fix": fault["fix"],
        "related": [],
    }


def test_a_layer() -> None:
    assert summary(SPEC)["layers"][0] == {
        "path": "stem",
        "kind": "CONV",
        "file": "net.arch",
        "line": 3,
        "count": 1,
        "runs": 1,
        "inputs": [[32, 32, 3]],
        "output": [32, 32, 16],
        "outputs": [[32, 32, 16]],
        "params": 448,
        "weights": 432,
        "macs": 442_368,
        "connections": 32 * 32 * 16 * 28,
        "units": 32 * 32 * 16,
        "frozen": False,
        "shares": None,
        "tied": {},
        "attributes": {
            "out": 16,
            "kernel": [3, 3],
            "groups": 1,
            "bias": True,
            "table": None,
            "stride": [1, 1],
            "pad": [1, 1],
            "dilation": [1, 1],
            "mode": "zeros",
            "in": None,
        },
        "reads": ["image"],
        "reads_result": [0],
        "container": None,
        "formulas": {},
    }


def test_equal_copies_are_one_row_with_the_figures_of_one() -> None:
    rows = [layer for layer in summary(SPEC)["layers"] if layer["path"].startswith("body")]
    assert [(row["kind"], row["count"]) for row in rows] == [("CONV", 6), ("BN", 6), ("RELU", 6)]
    assert rows[0]["params"] == 16 * 16 * 9


def test_the_rows_sum_to_the_totals() -> None:
    found = summary(SPEC)
    for count in ("params", "weights", "macs", "connections", "units"):
        assert sum(layer["count"] * layer[count] for layer in found["layers"]) == found["totals"][count]
    assert found["totals"]["flops"] == 2 * found["totals"]["macs"]
    assert found["totals"]["trainable"] == found["totals"]["params"]


def test_layers_are_leaves_in_order() -> None:
    kinds = [layer["kind"] for layer in summary(SPEC)["layers"]]
    assert kinds == ["CONV", "RELU", "CONV", "BN", "RELU", "CONV", "CONV", "MAXPOOL", "GLOBALAVGPOOL", "FC"]


def test_parameters_are_values_of_json() -> None:
    parameters = summary(SPEC)["parameters"]
    assert parameters == {
        "n": 3,
        "ratio": 0.5,
        "act": "RELU",
        "kernel": [3, 3],
        "name": "x",
        "wide": False,
        "widths": [8, [4, 2]],
    }
    assert summary(SPEC, n=1)["parameters"]["n"] == 1


def test_ports() -> None:
    found = summary(SPEC)
    assert found["inputs"] == [{"name": "image", "shape": [32, 32, 3], "dtype": "float32"}]
    assert found["outputs"] == [
        {"name": "fc", "shape": [10], "dtype": "float32", "reads": "fc", "reads_result": 0},
    ]


def test_what_depends_on_a_symbol_is_text() -> None:
    found = summary(SYMBOLIC)
    assert found["inputs"] == [{"name": "words", "shape": ["T"], "dtype": "int64"}]
    assert found["layers"][1]["inputs"] == [["T", 8]]
    assert found["layers"][1]["output"] == ["T - 2", 4]
    assert found["layers"][1]["params"] == 100
    assert found["totals"]["macs"] == "96*T - 192"
    assert found["totals"]["params"] == 900


def test_claims() -> None:
    found = summary(SPEC)
    assert {
        "file": "net.arch",
        "line": 7,
        "text": "130 params",
        "holds": True,
        "claimed": "130 params",
        "derived": "130 params",
    } in found["claims"]
    wrong = summary(SPEC.replace("130 params", "131 params"))
    assert [claim["derived"] for claim in wrong["claims"] if not claim["holds"]] == ["130 params"]


def test_a_false_claim_leaves_the_totals_and_a_wrong_layer_takes_them() -> None:
    assert summary(SPEC.replace("130 params", "131 params"))["totals"] == summary(SPEC)["totals"]
    wrong = summary(SPEC.replace("GLOBALAVGPOOL", "CONV 8 99x99"))
    assert wrong["totals"] is None
    assert wrong["layers"][0]["path"] == "stem"
    assert [fault["code"] for fault in wrong["diagnostics"]] == ["kernel-too-large"]


def test_behind_a_wrong_shape_the_derived_one_flows_on() -> None:
    found = summary("input 8x8x3\nCONV 4 3x3 -> 5x5x4\nFC 10")
    assert found["totals"] == summary("input 8x8x3\nCONV 4 3x3\nFC 10")["totals"]
    assert [layer["output"] for layer in found["layers"]] == [[6, 6, 4], [10]]
    assert [fault["code"] for fault in found["diagnostics"]] == ["claim-shape"]


def test_where_a_layer_is_missing_there_are_no_totals() -> None:
    found = summary("input 8x8x3\nCONV 4 9x9 -> 5x5x4\nFC 10")
    assert found["totals"] is None
    assert [layer["output"] for layer in found["layers"]] == [[10]]


def test_a_text_that_cannot_be_parsed_has_an_empty_summary() -> None:
    found = summary("CONV (((")
    assert list(found) == SUMMARY
    assert found["layers"] == []
    assert found["totals"] is None


def test_the_model_gives_the_same() -> None:
    model = archdsl.loads(SPEC)
    assert [{**layer, "file": "net.arch"} for layer in model.to_json()["layers"]] == summary(SPEC)["layers"]
    row = model.layers[0]
    assert (row.name, row.shape, row.dtype) == ("stem", (32, 32, 16), "float32")


def test_more_rows_than_the_limit_are_a_diagnostic() -> None:
    doubling = "".join(f"block B{i} {{ B{i + 1}; B{i + 1} }}\n" for i in range(40)) + "block B40 { RELU }\n"
    huge = checked(f"{doubling}input 4x4x3\nB0\n")
    assert not huge.failed
    assert huge.totals.layers == 2**40
    with pytest.raises(ArchError, match="more than 1,000 rows"):
        leaves(huge, most=1_000)
