"""Formulas over arrays give what the check gives at each number; `solve` finds what trying all numbers finds."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy
import pytest

import archdsl
from archdsl.checker.budget import Unaskable, Unsolvable, bounds, rising, solve
from archdsl.cli.main import main
from archdsl.limits import Limits

SPECS = Path(__file__).parents[1] / "specs"
MLP = "model M(d, L)\ninput 16\nFC d\nlayers: { FC d; RELU } x(L)\nFC 10"
SQUARES = "model M(w) where w % 8 == 0, w <= 512\ninput 32x32x3\nCONV w 3x3 p1; BN\nCONV (2*w) 3x3 p1 g8\nFC 10"
IMAGE = "input HxWx3 where H >= 8, W >= 8\nCONV 6 5x5 s2 p1; MAXPOOL 2; PAD 1\nCONV 9 3x3"
FALLING = "model M(w) where w < 40\ninput 4\nFC (40 - w); FC w"
TEXTS = {"mlp": MLP, "squares": SQUARES, "image": IMAGE, "falling": FALLING}


def numbers(text: str, rng: random.Random, count: int) -> dict[str, list[int]]:
    """Numbers for all that is left open at which the network holds."""
    model = archdsl.loads(text)
    names = model.open
    found: list[dict[str, int]] = []
    while len(found) < count:
        drawn = {name: rng.randrange(1, 80) for name in names}
        if model.allows(**drawn):
            found.append(drawn)
    return {name: [one[name] for one in found] for name in names}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("unit", ["params", "macs", "units", "connections"])
def test_a_formula_is_the_check_at_each_number(text: str, unit: str) -> None:
    model = archdsl.loads(text)
    formula = model.formula(unit)
    drawn = numbers(text, random.Random(unit), 12)
    used = drawn if unit == "macs" else {name: drawn[name] for name in formula.names}
    expected = [archdsl.loads(text, **{name: drawn[name][place] for name in drawn}).totals[unit] for place in range(12)]
    assert [formula(**{name: used[name][place] for name in used}) for place in range(12)] == expected
    if formula.names:
        found = formula(**{name: numpy.array(values) for name, values in used.items()})
        assert found.dtype == numpy.int64
        assert found.tolist() == expected


def test_arrays_are_broadcast() -> None:
    formula = archdsl.loads(MLP).formula("params")
    found = formula(d=numpy.arange(1, 70_001), L=numpy.array([[1], [5]]))
    assert found.shape == (2, 70_000)
    assert found[1, 69_999] == formula(d=70_000, L=5)
    assert formula(d=[1, 2], L=3).tolist() == [formula(d=1, L=3), formula(d=2, L=3)]
    assert formula(d=numpy.array([], dtype=int), L=3).shape == (0,)


@pytest.mark.parametrize("kind", ["int8", "uint16", "int64", "uint64"])
def test_numbers_of_any_width(kind: str) -> None:
    formula = archdsl.loads(MLP).formula("params")
    assert formula(d=numpy.array([100, 120], dtype=kind), L=9).tolist() == [formula(d=100, L=9), formula(d=120, L=9)]


def test_beyond_the_numbers_of_an_array() -> None:
    """Where a count may be 2**63 or more, the array holds Python's own integers."""
    formula = archdsl.loads(MLP).formula("params")
    found = formula(d=numpy.array([1, 2**40]), L=2**20)
    assert found.dtype == object
    assert found.tolist() == [formula(d=1, L=2**20), formula(d=2**40, L=2**20)]


@pytest.mark.parametrize("wrong", [{"d": 3}, {"d": 3, "L": 2, "x": 1}, {"d": 1.5, "L": 1}, {"d": True, "L": 1}])
def test_other_names_and_values(wrong: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        archdsl.loads(MLP).formula("params")(**wrong)
    with pytest.raises(TypeError):
        archdsl.loads(MLP).formula("params")(d=numpy.array([1.5]), L=1)


def test_sizes_are_whole_numbers() -> None:
    with pytest.raises(TypeError, match="integer"):
        archdsl.loads(IMAGE).allows(H=16, W=16.5)  # type: ignore[arg-type]


def test_a_unit_that_is_none() -> None:
    with pytest.raises(KeyError):
        archdsl.loads(MLP).formula("parameters")


def test_a_network_without_anything_open() -> None:
    formula = archdsl.load(SPECS / "alexnet.arch").formula("params")
    assert (formula(), formula.names, str(formula)) == (62_378_344, (), "62378344")


# ---- solve


@pytest.mark.parametrize(
    "bound", ["params <= 20K", "params < 2,000", "params >= 5K", "macs > 30K", "params <= 1M, macs <= 20K"]
)
@pytest.mark.parametrize(
    ("text", "name", "given"),
    [(MLP, "d", {"L": 3}), (MLP, "L", {"d": 7}), (SQUARES, "w", {}), (FALLING, "w", {}), (IMAGE, "H", {"W": 40})],
    ids=["d", "L", "w", "falling", "H"],
)
def test_solve_finds_what_trying_all_finds(text: str, name: str, given: dict[str, int], bound: str) -> None:
    wanted = bounds(bound if text != IMAGE else bound.replace("params", "units"))
    model = archdsl.loads(text, **given)
    met = []
    for number in range(1, 600):
        if not model.allows(**{name: number}):
            continue
        one = archdsl.loads(text, **given, **{name: number}) if number < 60 else None
        counts = {b.unit: one.totals[b.unit] if one else model.formula(b.unit)(**{name: number}) for b in wanted}
        if all(b.met(counts[b.unit]) for b in wanted):
            met.append(number)
    try:
        found = solve(model._checked, wanted, name, Limits()).value
    except Unsolvable:
        found = None
    expected = (met[-1] if wanted[0].upper else met[0]) if met else None
    assert found == expected or (found is not None and found >= 599 and (met or [599])[-1] == 599)


def test_a_count_that_falls_is_searched_up_to_the_limit() -> None:
    text = "model M(w) where w < 100000\ninput 4\nFC (100000 - w); FC 1"
    model = archdsl.loads(text)
    assert not rising(model.totals.params)
    found = solve(model._checked, bounds("params <= 600K"), "w", Limits(tries=50))
    assert (found.value, found.searched) == (50, 50)
    with pytest.raises(Unsolvable, match="up to 50"):
        solve(model._checked, bounds("params <= 10"), "w", Limits(tries=50))


@pytest.mark.parametrize(
    "text",
    [
        "params",
        "params <=",
        "params = 3",
        "parms <= 3",
        "params <= 3X",
        "",
        "params <= 3, macs >= 2",
        "params <= 3 4",
        "<= 3",
    ],
)
def test_a_bound_that_is_none(text: str) -> None:
    with pytest.raises(Unaskable):
        bounds(text)


SOLVE = (
    (("specs/alexnet.arch", "params <= 60M", "classes=?"), 0, "classes = 419: 59,997,987 params\n"),
    (("specs/alexnet.arch", "params >= 60M", "classes=?"), 0, "classes = 420: 60,002,084 params\n"),
    (("specs/kim_cnn.arch", "macs >= 100M", "T=?"), 0, "T = 281: 100,020,600 macs\n"),
    (("specs/kim_cnn.arch", "macs >= 100M"), 0, "T = 281: 100,020,600 macs\n"),
    (("specs/alexnet.arch", "params <= 6M", "classes=?"), 1, "no solution: classes = 1 is the smallest"),
    (("specs/alexnet.arch", "params <= 6M"), 2, ""),
    (("specs/alexnet.arch", "params <= 6M", "clases=?"), 1, "error[unknown-parameter]"),
    (("specs/alexnet.arch", "params = 6M", "classes=?"), 2, ""),
    (("specs/alexnet.arch", "classes=?"), 2, ""),
    (("specs/vgg.arch", "params <= 6M", "config=?"), 1, "error[missing-value]"),
    (("specs/kim_cnn.arch", "params >= 100M", "vocab=?"), 0, "vocab = 332,131: 100,000,202 params\n"),  # T is no matter
    (("specs/kim_cnn.arch", "macs >= 100M", "classes=?"), 2, ""),
    (("specs/kim_cnn.arch", "macs >= 100M", "vocab=?"), 2, ""),
)


@pytest.mark.parametrize(("words", "status", "start"), SOLVE, ids=[" ".join(words) for words, _, _ in SOLVE])
def test_the_command(
    words: tuple[str, ...], status: int, start: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SPECS.parent)
    assert main(["solve", *words]) == status
    printed = capsys.readouterr()
    assert printed.out.startswith(start)
    assert bool(printed.err) == (status == 2)


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", str(SPECS / "alexnet.arch"), "params <= 60M", "classes=?", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {
        "name": "classes",
        "value": 419,
        "counts": {"params": 59_997_987},
        "beyond": 420,
        "counts_beyond": {"params": 60_002_084},
        "searched": None,
    }
    assert main(["solve", str(SPECS / "alexnet.arch"), "params <= 6M", "classes=?", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["value"] is None
