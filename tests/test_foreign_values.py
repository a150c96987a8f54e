"""Values that Python callers give: integers of other packages are taken, everything else ends in a clear error."""

from __future__ import annotations

import enum
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.limits import Limits

numpy = pytest.importorskip("numpy")
torch = pytest.importorskip("torch")

TEXT = 'model M(n=3, k=[1, 2], name="a", rate=0.5)\ninput 8\nFC n; DROPOUT rate'
OPEN = "model M(w)\ninput HxWx3\nCONV w 3x3"


class Indexed:
    def __index__(self) -> int:
        return 4


class Broken:
    def __index__(self) -> int:
        raise RuntimeError("no")


class Named(enum.IntEnum):
    FOUR = 4


class Words(str):
    def __str__(self) -> str:
        return "others"


def nested(depth: int) -> list[Any]:
    found: list[Any] = [1]
    for _ in range(depth):
        found = [found]
    return found


LOOP: list[Any] = [1]
LOOP.append(LOOP)
HUGE = 10**5_000
FOURS = (4, numpy.int64(4), numpy.uint8(4), numpy.array(4), torch.Size([4])[0], torch.tensor(4), Indexed(), Named.FOUR)
NO_INTEGER: dict[str, Any] = {
    "None": None,
    "bytes": b"4",
    "a Fraction": Fraction(4),
    "a Decimal": Decimal(4),
    "a complex": 4j,
    "a float32": numpy.float32(4),
    "an array": numpy.arange(3),
    "a tensor": torch.zeros(3),
    "a set": {4},
    "a dict": {4: 4},
    "an object": object(),
    "a type": int,
    "a function": len,
    "an iterator": iter([4]),
    "a range": range(4),
    "a broken index": Broken(),
    "a numpy bool": numpy.True_,
    "deep lists": nested(100_000),
    "a list in itself": LOOP,
    "a list of None": [None],
    "an integer of 5,000 digits": HUGE,
    "a negative one": -HUGE,
    "NaN": float("nan"),
    "2**62": 2**62,
}
TEXTS = ("a\0b", "\ud800", "a\nb", "\x1b[31m", "\u202e", "x" * 5_000)


@pytest.mark.parametrize("value", FOURS, ids=lambda value: type(value).__name__)
def test_integers_of_other_packages_are_taken(value: Any) -> None:
    model = archdsl.loads(TEXT, n=value, k=[value, (value,)])
    assert model.parameters["n"] == 4
    assert type(model.parameters["n"]) is int
    assert model.parameters["k"] == (4, (4,))
    assert model.to_source() == archdsl.loads(TEXT, n=4, k=[4, [4]]).to_source()
    assert archdsl.loads("FC 3", input=(value,)).params == 15
    assert archdsl.loads(OPEN, w=value, H=value, W=5).params == 112
    assert archdsl.loads(OPEN).allows(w=value, H=value, W=value)
    assert archdsl.loads(OPEN).formula("params")(w=value) == 112
    assert archdsl.loads(TEXT, limits=Limits(visits=value)).params == 27
    assert archdsl.loads(TEXT).summary(batch=value, depth=value) == archdsl.loads(TEXT).summary(batch=4, depth=4)
    assert archdsl.loads(TEXT).to_json(batch=value)["memory"]["batch"] == 4


def test_floats_and_texts_of_other_packages_are_taken() -> None:
    model = archdsl.loads(TEXT, rate=numpy.float64(0.1), name=numpy.str_("é"))
    assert (repr(model.parameters["rate"]), type(model.parameters["name"])) == ("0.1", str)
    assert archdsl.loads(TEXT, name=Words("own")).parameters["name"] == "own"
    assert "p=0.1" in model.to_source() or "0.1" in model.to_source()
    for flag in (True, False):
        assert archdsl.loads("model M(f=no)\ninput 8\nif f { RELU } else { TANH }", f=flag).parameters["f"] is flag


@pytest.mark.parametrize("name", NO_INTEGER)
def test_what_is_no_value_is_refused(name: str) -> None:
    """By every function that takes values, whatever they are about."""
    value = NO_INTEGER[name]
    model, open_model = archdsl.loads(TEXT), archdsl.loads(OPEN)
    calls: dict[str, Any] = {
        "a parameter": lambda: archdsl.loads(TEXT, n=value),
        "in a list": lambda: archdsl.loads(TEXT, k=[1, [value]]),
        "a size": lambda: archdsl.loads(OPEN, w=4, H=value, W=8),
        "a size of input": lambda: archdsl.loads("FC 3", input=(8, value)),
        "allows": lambda: open_model.allows(w=1, H=value, W=8),
        "formula": lambda: open_model.formula("params")(w=value),
        "a limit": lambda: archdsl.loads(TEXT, limits=Limits(visits=value)),
        "batch": lambda: model.summary(batch=value),
        "batch of JSON": lambda: model.to_json(batch=value),
        "depth": lambda: model.summary(depth=value) if value is not None else int("x"),
        "dtype": lambda: model.summary(dtype=value),
        "dtype of JSON": lambda: model.to_json(dtype=value),
        "unit": lambda: model.formula(value),
        "text": lambda: archdsl.loads(value),
        "notation": lambda: archdsl.loads(TEXT, notation=value) if value is not None else int("x"),
        "input": lambda: archdsl.loads("FC 3", input=value) if value is not None else int("x"),
        "limits": lambda: archdsl.loads(TEXT, limits=value) if value is not None else int("x"),
        "path": lambda: archdsl.load(value),
        "folder": lambda: archdsl.loads(TEXT, folder=value) if value is not None else int("x"),
        "weights": lambda: model.to_torch(value) if value is not None else int("x"),
        "skip": lambda: model.to_torch(__file__, skip=[value]),
        "rename": lambda: model.to_torch(__file__, rename={"a": value}),
    }
    for what, call in calls.items():
        if value_is_right(what, name):
            continue
        said = refusal(call)
        assert said and len(said) < 500, what
        assert "recursion" not in said and "int_max_str_digits" not in said, (what, said)


def refusal(call: Any) -> str:
    """What a call says where it refuses; empty where it does not."""
    try:
        call()
    except (TypeError, ValueError, archdsl.ArchError) as fault:
        return f"{type(fault).__name__}: {fault}"
    return ""


def value_is_right(what: str, name: str) -> bool:
    """Where a value that is no integer is right all the same: arrays for formulas, what is open for a float."""
    if what == "formula":
        return name in ("an array", "a range", "2**62", "an integer of 5,000 digits", "a negative one")
    if name == "infinity":  # a value of its own, which no size can be
        return what == "in a list"
    return name == "bytes" and what in ("path", "folder", "weights")


@pytest.mark.parametrize("value", TEXTS, ids=ascii)
def test_texts_that_no_spec_may_have_are_refused(value: str) -> None:
    for given in (value, [value], [[1, value]]):
        with pytest.raises(ValueError, match="name"):
            archdsl.loads(TEXT, name=given)


def test_lists_without_end_are_refused_in_time() -> None:
    wide: list[Any] = [0]
    for _ in range(60):
        wide = [wide, wide]
    for value in (wide, [0] * 200_000, LOOP, nested(70)):
        with pytest.raises(ValueError, match="k has"):
            archdsl.loads(TEXT, k=value)


def test_lists_given_weigh_what_they_hold() -> None:
    """What is done with a list from outside is counted as if the text had it."""
    text = "model M(k=1)\ninput 8\n" + "if k == [1] { RELU }\n" * 300 + "RELU"
    assert archdsl.loads(text, k=[2] * 10, limits=Limits(visits=500)).params == 0
    assert archdsl.loads(text.replace("[1]", "k"), k=[2] * 90_000).params == 0  # the same list is looked at once
    with pytest.raises(archdsl.ArchError, match="steps to compute values"):
        archdsl.loads(text.replace("k == [1]", "[1] in k"), k=[[2]] * 45_000)


def test_texts_of_any_characters() -> None:
    for text in ("input 8\nRELU # \ud800", "\udcff", 'input 8\n"\udc80": RELU', "input 8\n\0"):
        with pytest.raises(archdsl.ArchError) as raised:
            archdsl.loads(text)
        assert {one.code for one in raised.value.diagnostics} == {"encoding"}
        str(raised.value).encode()


@pytest.mark.parametrize("digits", [19, 4_000, 4_301, 5_000, 20_000])
def test_numbers_of_any_length_in_a_text(digits: int) -> None:
    """Also where the caller raised every bound: Python itself converts no more than so many digits."""
    number, limits = "9" * digits, Limits(line=10**6, digits=10**6, depth=100)
    grouped = "9" + ",999" * (digits // 3)
    places = (
        *("FC @", "FC 8 x@", "FC 8 -> @", "FC 8 -> @ params", "FC 8 -> 0.@ params", "FC 8 -> 8 params within @%"),
        *("FC 8 -> @M params", "FC 8 -> 1e@ params", "FC (1.@)", '"@": FC 8', "@: FC 8", "a@: FC 8", "expect @ macs"),
        *("let a = @", "let a = 3x@", "for i in 1..@ { }", "B p@\nblock B(p) { RELU }", 'freeze "@"', "RELU <- a.@"),
        *(
            'REARRANGE "a -> @ a"',
            'SLICE channels="@:"',
            "SPLIT [@, 1]",
            "CONST 8 value=@",
            "DROPOUT 0.@",
            "FC ?\nFC @",
        ),
        *("if @ > 3 { RELU }", "cases n in [@]", 'for i in [@] { "a{i}{i}": RELU }', "input b: Tx@", "input b: @ int"),
    )
    for place in places:
        for written in (number, grouped):
            text = f"input 8\n{place.replace('@', written)}"
            judge(text, limits, None)
    listing = (
        "CONV: @ 3x3 filters",
        "CONV: 6 @x3 filters",
        "CONV1 ~ @: 6 3x3 filters",
        "CONV@: 6 3x3 filters",
        "[8x8x@]",
    )
    for place in (
        *listing,
        "CONV: 6 3x3 filters, @ parameters",
        "@ parameters in total",
        "| @ | @ |",
        "# @",
        "FC: @ -> @",
    ):
        for written in (number, grouped, " ".join("9" * digits)):
            judge(f"[8x8x3] INPUT\nCONV: 6 3x3 filters\n{place.replace('@', written)}", limits, "listing")


def judge(text: str, limits: Limits, notation: str | None) -> None:
    try:
        model = archdsl.loads(text, limits=limits, notation=notation)
        model.summary()
        model.to_source()
    except archdsl.ArchError as error:
        str(error)


def test_a_path_is_no_number(tmp_path: Path) -> None:
    """A number would be a file that somebody else has open."""
    for value in (0, 1, True, numpy.int64(0)):
        with pytest.raises(TypeError):
            archdsl.load(value)  # type: ignore[arg-type]


def test_the_command_line_refuses_such_numbers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from archdsl.cli.main import main

    path = tmp_path / "a.arch"
    path.write_text(TEXT, encoding="utf-8")
    for number in ("9" * 30, "9" * 5_000, "1e999", "-" + "9" * 5_000, "[" * 100 + "1" + "]" * 100):
        assert main(["check", str(path), f"n={number}"]) == 2
        assert "fault of archdsl" not in capsys.readouterr().err


@pytest.mark.parametrize("number", ["9" * 5_000, "9" * 400, "1." + "9" * 5_000, "9" * 90 + "T", "1,000" * 2_000])
def test_bounds_of_solve_with_numbers_of_any_length(
    number: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from archdsl.cli.main import main

    path = tmp_path / "a.arch"
    path.write_text(OPEN.replace("HxW", "8x8"), encoding="utf-8")
    assert main(["solve", str(path), f"params <= {number}"]) in (1, 2)
    printed = capsys.readouterr()
    assert "fault of archdsl" not in printed.err
    assert len(printed.err + printed.out) < 1_000
