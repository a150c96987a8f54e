"""JSON of every kind of text against the schema that ships; the page has every field, and no others."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from test_errors import CASES

from archdsl.checker.check import check, filled, settings
from archdsl.checker.checked import Checked, unread
from archdsl.data import LIBRARY, SPECS
from archdsl.diagnostics import Source
from archdsl.files import texts
from archdsl.layers import REGISTRY
from archdsl.layers.base import Example
from archdsl.limits import Limits
from archdsl.reading.reading import read
from archdsl.reading.root import beside
from archdsl.reports import json as records
from archdsl.reports import schema

jsonschema = pytest.importorskip("jsonschema")
ROOT = Path(__file__).parents[1]
LISTINGS = sorted((ROOT / "tests" / "data" / "listings").glob("*.txt"))
HOLES = (
    "input 227x227x3\nCONV 96 11x11 s? -> 55x55x96\n",
    "input 8x8x3\nCONV ? 3x3 p? -> 8x8x16\n",
    "input 8x8x3\nCONV 4 3x3 p?\n",
    "input ?x?x3\nCONV 4 3x3 -> 6x6x4\n",
)
SYMBOLIC = (
    "input HxWx3\nCONV 4 3x3 s2; MAXPOOL 2x2\nGLOBALAVGPOOL; FC 10\n",
    "model M(d, n)\ninput 37 int\nEMBED 100 d\nlayers: { LINEAR d; RELU } x(n)\n",
    "input T int where T >= 5\nEMBED 100 8\nCONV 4 5\nLSTM 8\n",
)
ODD = (
    "",
    "\x00",
    "input inf\n",
    "model M(a=inf, b=[1, [2, x]])\ninput 8\nHARDTANH (-1) inf\n",
    "input 8\nHARDTANH (-inf) inf\n",
    "a, b: SPLIT 4; RELU <- b\n",
    'input 8x4\n"ADD#1": RELU\nADD { ID; RELU }\n',
    "input 8x8x4\nx: { ADD { { ID } x2; RELU x3; for i in 1..3 { CONV 4 1x1 } } } x2\n",
    "block B(c) { CONV c 1x1 }\n",
    "use std.residual\n",
    'use "nowhere.arch"\n',
)


@cache
def validator(name: str) -> Any:
    """Of one record, in which no field may stand that the schema does not name."""
    closed = copy.deepcopy(json.loads(schema.PATH.read_text(encoding="utf-8")))
    for record in closed["$defs"].values():
        record["additionalProperties"] = False
    jsonschema.Draft202012Validator.check_schema(closed)
    return jsonschema.Draft202012Validator({"$defs": closed["$defs"], "$ref": f"#/$defs/{name}"})


def hold(checked: Checked) -> None:
    """Both records of a check are what the schema says, and survive being written."""
    for name, record in (("summary", records.summary(checked)), ("check", records.check([checked])[0])):
        again = json.loads(json.dumps(record, allow_nan=False))
        validator(name).validate(again)
        assert again == record or name == "summary"


def of_text(text: str, name: str = "net.arch", **given: Any) -> Checked:
    reading = read(Source(name, text), Limits())
    return check(filled(reading, [given], Limits()), given, Limits())


def of_file(path: Path) -> Iterator[Checked]:
    """A file at all its settings."""
    source, faults = texts.read_file(str(path), Limits())
    if faults:
        yield unread(source, faults)
        return
    reading = read(source, Limits(), None, beside(str(path), source.name, Limits()))
    for setting in settings(reading, {}):
        yield check(reading, setting, Limits())


def test_the_schema_is_that_of_the_types() -> None:
    assert schema.PATH.read_text(encoding="utf-8") == schema.written(), "run: python -m archdsl.reports.schema"


@pytest.mark.parametrize("path", sorted(SPECS.rglob("*.arch")) + sorted(LIBRARY.glob("*.arch")), ids=lambda p: p.stem)
def test_specs_and_the_library(path: Path) -> None:
    for checked in of_file(path):
        hold(checked)


@pytest.mark.parametrize("path", LISTINGS, ids=lambda path: path.stem)
def test_listings(path: Path) -> None:
    for checked in of_file(path):
        hold(checked)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.code}-{number}" for number, case in enumerate(CASES)])
def test_a_fault_of_every_code(case: Any) -> None:
    hold(check(read(Source(case.name, case.text), case.limits), case.given, case.limits))


@pytest.mark.parametrize("text", [*HOLES, *SYMBOLIC, *ODD])
def test_holes_symbols_and_odd_texts(text: str) -> None:
    hold(of_text(text))


def test_an_unreadable_file() -> None:
    fault = texts.unreadable("none.arch", OSError(2, "no such file"))
    hold(unread(fault.source, [fault]))


@pytest.mark.parametrize("kind", sorted(REGISTRY))
def test_the_attributes_of_every_kind(kind: str) -> None:
    """Each is there by its name, with a value that JSON has."""
    for example in REGISTRY[kind].examples:
        if isinstance(example, Example):
            *inputs, line = example.text.split(" -> ")[:2]
            shapes = [shape.strip() for shape in inputs[0].split(" and ")] if inputs else []
            head = "".join(f"input i{number}: {shape}\n" for number, shape in enumerate(shapes) if " " not in shape)
            checked = of_text(f"{head}{line}")
            hold(checked)
            for layer in records.summary(checked)["layers"]:
                if layer["kind"] == kind:
                    assert list(layer["attributes"]) == list(REGISTRY[kind].attributes)


def test_values_of_attributes() -> None:
    found = records.summary(
        of_text("input 8x8x4\nCONV 8 3x3 s2 nobias\nHARDTANH (-1) inf\nCONV 4 3x3 p=[[0, 1], [0, 1]]")
    )
    first, second, third = (layer["attributes"] for layer in found["layers"])
    assert (first["out"], first["kernel"], first["stride"], first["bias"]) == (8, [3, 3], [2, 2], False)
    assert second == {"low": -1, "high": "inf", "inplace": False}
    assert third["pad"] == [[0, 1], [0, 1]]
    table = records.summary(of_text("input 14x14x6\nCONV 2 5x5 table=[[0, 1], [2, 3]]"))
    assert table["layers"][0]["attributes"]["table"] == [[0, 1], [2, 3]]
    rest = records.summary(of_text('input 4x4x6\nREARRANGE "h w (a b) -> h w (b a)" a=2'))["layers"][0]["attributes"]
    assert rest == {"pattern": "h w (a b) -> h w (b a)", "sizes": {"a": 2}}


def test_a_formula_is_python() -> None:
    """At a number, it is the count of the text with that number."""
    symbolic, number = (records.summary(of_text(f"input {size}x{size}x3\nCONV 4 3x3 s2; CONV 4 3x3")) for size in "H9")
    assert symbolic["symbols"] == [{"name": "H", "least": 1}]
    for record, other in [
        (symbolic["totals"], number["totals"]),
        *zip(symbolic["layers"], number["layers"], strict=True),
    ]:
        formulas = (symbolic if record is symbolic["totals"] else record)["formulas"]
        assert "macs" in formulas
        assert all(eval(text, {"H": 9, "max": max}) == other[name] for name, text in formulas.items())
        assert all(record[name] == text for name, text in formulas.items())


# ---- the page


def fields_of_the_page() -> dict[str, set[str]]:
    """The names in the first column of each table of `docs/json.md`, by the heading above."""
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    found = {}
    for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        rows = re.findall(r"^\| (`[^|]*) \|", part, re.MULTILINE)
        if rows:
            found[part.partition("\n")[0]] = {name for row in rows for name in re.findall("`([a-z_]+)`", row)}
    return found


def test_the_page_has_every_field_of_the_schema() -> None:
    defined = schema.schema()["$defs"]
    assert fields_of_the_page() == {name: set(record["properties"]) for name, record in defined.items()}


# ---- these tests can fail


@pytest.mark.parametrize("change", [{"schema": 2}, {"layers": None}, {"more": 1}, {"totals": {"params": 1}}])
def test_a_wrong_record_is_refused(change: dict[str, Any]) -> None:
    record = json.loads(json.dumps(records.summary(of_text("input 8\nFC 4"))))
    validator("summary").validate(record)
    with pytest.raises(jsonschema.ValidationError):
        validator("summary").validate({**record, **change})
    del record["claims"]
    with pytest.raises(jsonschema.ValidationError):
        validator("summary").validate(record)
