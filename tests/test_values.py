"""Values that are no sizes: every finite float that Python prints, of either sign, what float32 holds; and `inf`."""

from __future__ import annotations

import json
import random
from math import inf, isinf
from typing import Any

import pytest
from test_layers import KINDS

import archdsl
from archdsl.layers import Layer, Refusal
from archdsl.layers.values import LARGEST_FLOAT, Number
from archdsl.network.nodes import Leaf, postorder

PRINTED = (0.1, 0.0044444444444444444, 1e-05, 5e-324, 1e16, 1e22, 123456789.12345678, 3.4028234663852886e38, 1.5, 3.0)
BEYOND = (1e39, 1e300, 1.7976931348623157e308)


def floats(seed: int, count: int = 200) -> list[float]:
    """Floats of every size that float32 holds, of both signs."""
    draw = random.Random(seed)
    found = [float(f"{draw.random()}e{draw.randint(-320, 38)}") for _ in range(count)]
    return [sign * each for each in (*PRINTED, *found) for sign in (1, -1)]


def codes(text: str) -> list[str]:
    try:
        archdsl.loads(text)
    except archdsl.ArchError as refusal:
        return [fault.code for fault in refusal.diagnostics]
    return []


def value(text: str) -> Any:
    """What the value of a PAD line comes out as."""
    body = archdsl.loads(text).network.body
    (pad,) = (node.op for node in postorder(body) if isinstance(node, Leaf) and node.op.name == "PAD")
    return pad.value


@pytest.mark.parametrize("number", floats(0), ids=repr)
def test_what_python_prints_is_read(number: float) -> None:
    assert value(f"input 8x8x3\nPAD 1 value={number!r}") == number
    assert value(f"input 8x8x3\nPAD space=1 value=({number!r})") == number
    assert value(f"input 8x8x3\nblock P(v) {{ PAD 1 value=v }}\nlet a = {number!r}\nP a") == number
    assert (
        value(f"input 8x8x3\nblock P(v) {{ PAD 1 value=-v }}\nlet a = [{-number!r}]\nfor b in a {{ P (b) }}") == number
    )


NUMBERS = [(kind, name) for kind in KINDS for name, one in kind.attributes.items() if isinstance(one.type, Number)]
each_number = pytest.mark.parametrize(("kind", "name"), NUMBERS, ids=lambda one: getattr(one, "name", one))


@each_number
def test_every_value_takes_every_float_in_its_range(kind: type[Layer], name: str) -> None:
    declared = kind.attributes[name].type
    assert isinstance(declared, Number)
    accepted = 0
    for number in (*floats(1), *BEYOND, *(-each for each in BEYOND), inf, -inf):
        try:
            found = declared.convert(number, 2)
        except Refusal as refusal:
            assert refusal.code == ("out-of-range" if outside(declared, number) or isinf(number) else "too-large")
            assert abs(number) > LARGEST_FLOAT or outside(declared, number)
        else:
            assert found == number and not outside(declared, number)
            assert abs(number) <= LARGEST_FLOAT or (isinf(number) and declared.infinite)
            accepted += 1
    assert accepted >= (20 if declared.most else 100)


def outside(declared: Number, number: float) -> bool:
    low = declared.least is not None and (number <= declared.least if declared.above else number < declared.least)
    return low or (declared.most is not None and number > declared.most)


NEEDED = {"heads": 1, "groups": 1, "vocab": 5, "dim": 4, "hidden": 4, "window": 2, "kernel": 2, "sizes": 3}
NEEDED |= {"experts": 2, "threshold": 0, "value": 0, "p": 0.5, "low": -1e-35, "high": 3.4e38, "space": 1}


BESIDE = {"CONST": {"sizes": 3}, "WHERE": {"then": 0, "otherwise": 0}}  # of which a line needs one


@each_number
def test_every_value_is_read_from_a_line(kind: type[Layer], name: str) -> None:
    shape = (
        "4 bool"
        if kind.name == "WHERE"
        else "4 int"
        if kind.dtype == "int64"
        else "x".join("4444"[: min(3, max(kind.ranks))])
    )
    needed = [one for one, declared in kind.attributes.items() if declared.required or one in ("low", "high", "space")]
    declared = kind.attributes[name].type
    assert isinstance(declared, Number)
    for text in ("0.0044444444444444444", "1e-30", "-2e-38", *(() if declared.most else ("3e+38", "-3e+38"))):
        if outside(declared, float(text)) or (name == "high" and float(text) < NEEDED["low"]):
            continue
        given = {one: NEEDED[one] for one in needed} | BESIDE.get(kind.name, {}) | {name: text}
        line = f"{kind.name} {' '.join(f'{word}={one}' for word, one in given.items())}"
        body = archdsl.loads(f"input {shape}\n{line}{' { RELU }' if kind.braces else ''}").network.body
        every = [getattr(node, "applied", None) or node for node in postorder(body)]
        (op,) = (node.op for node in every if isinstance(getattr(node, "op", None), kind))
        assert getattr(op, name) == float(text)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("PAD 1 value=-1e30", ""),
        ("THRESHOLD 0 (-1e30)", ""),
        ("DROPOUT 0.0044444444444444444", ""),
        (f"ELU 0.{'1' * 300}", ""),
        ("PAD 1 value=-inf", ""),
        ("PAD 1 value=+inf", ""),
        ("PAD 1 value=(-(-inf))", ""),
        ("PAD 1 value=(1e30*2)", ""),
        ("PAD 1 value=(-1e30/3)", ""),
        ("PAD 1 value=-in", ""),
        ("if in < inf and -inf < in { RELU }", ""),
        ("if inf == inf and inf != 1e308 { RELU }", ""),
        ("PAD 1 value=1e300", "too-large"),
        ("PAD 1 value=(1e300*1e300)", "too-large"),
        ("PAD 1 value=1e400", "too-large"),
        ("PAD 1 value=(1000000000 * 1000000000 * 1000000000)", "too-large"),
        ("PAD 1 value=3.4028235e38", "too-large"),
        ("PAD 1 value=nan", "unknown-name"),
        ("PAD 1 value=(inf*2)", "wrong-type"),
        ("PAD 1 value=(inf - inf)", "wrong-type"),
        ("LEAKYRELU inf", "out-of-range"),
        ("DROPOUT inf", "out-of-range"),
        ("UPSAMPLE inf", "out-of-range"),
        ("CONV inf 3x3", "wrong-type"),
        ("CONV 4 3x3 s=inf", "wrong-type"),
        ("CONV 4 3x3 x(inf)", "not-whole"),
        ("RESHAPE [inf, 2]", "wrong-type"),
        ("RELU -> [inf, 8, 3]", "wrong-type"),
        ("for i in 1..inf { RELU }", "not-whole"),
        ("conv{inf}: RELU", "wrong-type"),
        ("let inf = 3\nRELU", "duplicate-name"),
        ("CONV 1e300 3x3", "too-large"),
        ("CONV 10000000000000000000000 3x3", "limit"),
    ],
)
def test_what_is_a_value_and_what_a_size(line: str, code: str) -> None:
    assert codes(f"input 8x8x3\n{line}") == ([code] if code else [])


def test_sizes_that_are_open_are_less_than_inf() -> None:
    assert codes("input HxWx3 where H < inf\nif H < inf and W > -inf and H != inf { RELU }") == []
    assert codes("input HxWx3\nCONV 4 3x3 p=(H*inf)") == ["wrong-type"]


FILLED = """
model Filled(fill=-inf)
cases fill in [-inf, inf, -1e30, 0]
input 8x8x3
block P(v) { PAD 1 value=v }
P fill
P (-fill)
CONST 12x12x3 value=fill
"""


def test_infinite_values_pass_as_others_do() -> None:
    for given in (-inf, inf, -1e30, 0.5):
        model = archdsl.loads(FILLED, fill=given)
        shown = json.loads(json.dumps(model.to_json()["parameters"]), parse_constant=pytest.fail)
        assert shown == {"fill": str(given) if isinf(given) else given}
    with pytest.raises(ValueError, match="must be a number, not nan"):
        archdsl.loads(FILLED, fill=float("nan"))


def test_the_source_has_infinite_values_as_python_writes_them() -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads("input 2x2x1\nPAD 1 value=-inf;  HARDTANH 0 inf;  a: THRESHOLD 1e30 (-inf)")
    assert 'value=float("-inf")' in model.to_source()
    y = model.to_torch()(torch.ones(1, 1, 2, 2))
    assert y.shape == (1, 1, 4, 4) and bool((y == -inf).all())


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('PAD 1 value=float("-inf")', "PAD 1 value=-inf"),
        ('PAD 1 value=-float("-Infinity")', "PAD 1 value=inf"),
        ("PAD 1 value=-math.inf", "PAD 1 value=-inf"),
        ("PAD 1 value=torch.inf", "PAD 1 value=inf"),
        ("PAD 1 value=INF", "PAD 1 value=inf"),
        ("PAD 1 value=-∞", "PAD 1 value=-inf"),
    ],
)
def test_a_value_as_python_has_it_is_met_with_what_to_type(line: str, text: str) -> None:
    with pytest.raises(archdsl.ArchError) as refusal:
        archdsl.loads(f"input 8x8x3\n{line}\n")
    assert refusal.value.diagnostics[0].hint == text
    archdsl.loads(f"input 8x8x3\n{text}\n")


def test_infinity_comes_from_python_too() -> None:
    text = "model M(fill=0); input 4x4x1; PAD 1 value=fill"
    assert archdsl.loads(text, fill=-inf).to_source() == archdsl.loads(text.replace("=0", "=(-inf)")).to_source()
