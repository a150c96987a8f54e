"""Sizes and parameters left open: conditions, formulas, what is refused, and what the compiled module takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.limits import Limits

ROOT = Path(__file__).parents[1]


def needs(text: str, **parameters: Any) -> list[str]:
    """The conditions of a text."""
    return [each.text for each in archdsl.loads(text, **parameters).conditions]


def fault(text: str, **parameters: Any) -> Any:
    """The one thing that is wrong with a text."""
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text, **parameters)
    (found,) = raised.value.diagnostics
    return found


# ---- conditions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input Tx4\nCONV 6 5", ["T >= 5"]),
        ("input Tx4\nCONV 6 5; CONV 6 3; CONV 6 7", ["T >= 13"]),  # the strongest, once
        ("input Tx4 where T >= 5\nCONV 6 5", []),
        ("input Tx4 where T > 4 and T <= 9\nCONV 6 5", []),
        ("input Tx4 where T % 2 == 0\nCONV 6 5", ["T >= 6"]),
        ("input HxWx3\nMAXPOOL 3x3 s2; CONV 8 5x3", ["H >= 11", "W >= 7"]),
        ("input HxWx3\nADD { CONV 8 3x3 s2 p1; { MAXPOOL 2; CONV 8 1x1 } }", ["H % 2 == 0", "W % 2 == 0"]),
        ("input HxWx3\nADD { MAXPOOL 32 ceil; AVGPOOL 32 }", ["H % 32 == 0", "W % 32 == 0"]),
        ("input a: HxWx3; input b: WxHx3\nADD <- a, b", ["H == W"]),
        ("input a: HxWx3; input b: WxHx3\nADD <- a, b\nMAXPOOL 5", ["H == W", "W >= 5"]),
        ("input a: Tx3; input b: 7x3\nADD <- a, b", ["T == 7"]),
        ("input a: Tx3; input b: 7x3\nADD broadcast <- a, b", ["T in [1, 7]"]),
        ("input [N - 2, 4]\nRELU", ["N >= 3"]),
        ("input Tx4\nCONV 4 (2) d3 p2", []),
        ("input Tx4\nMAXPOOL 2 d3 p1 s1", ["T >= 2"]),
        ("model M(c)\ninput [8, 8, c]\nCONV 8 3x3 g=4", ["c % 4 == 0"]),
        ("model M(c)\ninput 8x8x4\nCONV (c/2) 3x3", ["c % 2 == 0"]),
        ("model M(c)\ninput 8x8x4\nCONV (c - 3) 3x3", ["c >= 4"]),
        ("model M(d, h)\ninput [8, d]\nADD { ID; LINEAR (d/h*h) }", []),
        ("model M(d, h)\ninput [8, d]\nADD { ID; LINEAR (d//h*h) }", ["d % h == 0"]),
        ("model M(n) where n >= 0\ninput 8\nb: { FC 8 } x(n - 2)", ["n >= 2"]),
        ("input HxWx4\nCONV 4 3x3 d2 p2", []),
        (
            "input x: HxWx3; input y: 32x32x3\na: { CONV 4 3x3; FC 3 } <- x\nb: SHARE a <- y\nADD <- a, b",
            ["H >= 3", "W >= 3", "H*W == 2*H + 2*W + 896"],
        ),
        ("model M(c)\ninput [c]\na: FC 84\nFC 84 weight=a", ["c == 84"]),
        ("model M(c, d)\ninput x: [8, c]; input y: [8, d]\na: LINEAR 4 <- x\nb: SHARE a <- y\nADD <- a, b", ["c == d"]),
        ("input Tx4\nCONV 4 3 d2 p2; CONV 4 3 d4 p=same", []),
        ("input HxWx4\nCONV 4 3x1 d2 p1x0", ["H >= 3"]),
        ("input Tx4\nCONV 4 2 s3 p4 d5", []),
        ("model M(n, c) where n >= 0\ninput [8, c]\na: { ADD { CONV 4 1; ID } } x(n)", ["n == 0 or c == 4"]),
        ("model M(n, c)\ninput [8, c]\na: { ADD { CONV 4 1; ID } } x(n)", ["c == 4"]),
        ("model M(n)\ninput 8x4\na: { CONV 4 9; RELU } x(n - 1)", ["n == 1"]),
        (
            "model M(n, c)\ninput [8, c]\na: CONV c 1 g=2 x(n - 1)\nb: CONV c 1 g=2 x(n)",  # the same line twice
            ["n == 1 or c % 2 == 0", "c % 2 == 0"],
        ),
    ],
)
def test_conditions(text: str, expected: list[str]) -> None:
    assert needs(text) == expected


def test_a_condition_says_what_needs_it() -> None:
    (condition,) = archdsl.loads("input Tx4\nRELU\nCONV 6 5").conditions
    assert (condition.line, condition.what) == (3, "CONV")
    assert condition.reason == "CONV: kernel 5 is larger than the steps T"
    assert condition.holds({"T": 5})
    assert not condition.holds({"T": 4})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("input Tx4 where T < 5\nCONV 6 5", "kernel-too-large"),
        ("input Tx4 where T % 2 == 1\nADD { MAXPOOL 2; MAXPOOL 2 ceil }", "shape-mismatch"),
        ("input Tx4\nADD { CONV 4 3; ID }", "shape-mismatch"),
        ("input Tx4 where T >= 5, T < 4\nRELU", "where-failed"),
        ("input a: Tx4; input b: 3x4\nADD <- a, b\nCONV 4 5", "kernel-too-large"),
        ("input 1x1x1xH\nCONV (in//2) 2", "kernel-too-large"),
        ("model M(c) where c % 2 == 1\ninput [8, 8, c]\nCONV 8 3x3 g2", "not-divisible"),
        ("input Tx4 where T >= 5\nif T >= 6 { RELU }", "undetermined"),
        ("input Tx4\nCONV 8 3 -> [T - 3, 8]", "claim-shape"),
        ("input HxWx4\nMAXPOOL 2 -> [H/2, W//2, 4]", "undetermined"),
        ("model M(act)\ninput 4\nact", "missing-value"),
        ('model M(kind) where kind in ["a", "b"]\ninput 4\nRELU', "missing-value"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    assert fault(text).code == code


def test_a_claim_says_where_it_would_hold() -> None:
    found = fault("input HxWx3\nCONV 8 3x3 s2 p1 -> [H//2, W//2, 8]")
    assert found.hint == "they are equal where H % 2 == 0 and W % 2 == 0; state it after `where`"
    archdsl.loads("input HxWx3 where H % 2 == 0, W % 4 == 2\nCONV 8 3x3 s2 p1 -> [H//2, W/2, 8]")


def test_a_question_is_answered_by_what_was_needed_before() -> None:
    assert needs("input Tx4\nCONV 6 5\nif T >= 3 { RELU } else { TANH }") == ["T >= 5"]


@pytest.mark.parametrize(
    ("where", "question"),
    [
        ("H//2 == W", "H > W"),  # the smaller one in terms of the larger
        ("H//2 == W", "H >= 2"),
        ("W == 2*H", "W % 2 == 0"),
        ("H == W", "H % 2 == W % 2"),
        ("W >= H, H >= 4", "W >= 3"),
        ("H + W >= 9", "2*H + W >= 10"),
        ("W >= H, H >= 4", "W + 1 < H"),  # never
    ],
)
def test_what_where_says_of_two_sizes_answers_questions_of_both(where: str, question: str) -> None:
    assert not needs(
        f"input a: Hx4 where {where}; input b: Wx4\nx: RELU <- a\nif {question} {{ RELU }} else {{ FC 1 }}"
    )


@pytest.mark.parametrize("at", ["CONV 4 9", "ADD { ID; CONV 5 1 }", "{ b: RELU; CONV 4 9; c: TANH }", "B", "RELU; B"])
def test_where_no_copy_can_be_there_is_none(at: str) -> None:
    """What is refused at all sizes, laid an open number of times, is told as a warning, and nothing else of it is."""
    block = "\nblock B { CONV 4 9; RELU }"
    model = archdsl.loads(f"model M(n) where n >= 0\ninput 8x4\na: {{ {at} }} x(n)\nRELU -> 8x4{block}")
    assert [each.text for each in model.conditions] == ["n == 0"]
    assert [one.code for one in model.diagnostics] == ["no-copies"]
    assert archdsl.loads(f"model M(n) where n >= 0\ninput 8x4\na: {{ {at} }} x(n)\nRELU{block}", n=0).params == 0
    wrong = fault(f"model M(n)\ninput 8x4\na: {{ {at} }} x(n)\nRELU{block}")
    assert wrong.code in ("kernel-too-large", "shape-mismatch")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("COVN 4 1", "unknown-kind"),
        ("CONV 4", "missing-value"),
        ("CONV 4 1 -> 8x5", "claim-shape"),
        ("CONV 4 1; c{n}: RELU", "wrong-type"),
    ],
)
def test_what_no_number_of_copies_mends_is_an_error(body: str, code: str) -> None:
    assert fault(f"model M(n) where n >= 0\ninput 8x4\na: {{ {body} }} x(n)").code == code


def test_numbers_alone_load_nothing_of_this() -> None:
    program = (
        "import sys; from archdsl.cli.main import main; main(['check', 'specs/alexnet.arch']);"
        "print([name for name in sys.modules if name in (%r)])"
    )
    late = ("archdsl.sizes.facts", "archdsl.sizes.numbers", "archdsl.expressions.assume", "archdsl.analysis.conditions")
    ran = subprocess.run(
        [sys.executable, "-c", program % (late,)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.endswith("[]\n")


# ---- formulas and numbers


def test_formulas() -> None:
    text = "model Mixer(d, L)\ninput [196, d]\nlayers: { ADD { ID; { LINEAR (4*d); RELU; LINEAR d } } } x(L)"
    model = archdsl.loads(text)
    assert str(model.params) == "8*L*d**2 + 5*L*d"
    assert str(model.macs) == "1568*L*d**2"
    assert archdsl.loads(text, d=8, L=3).params == 8 * 3 * 64 + 5 * 3 * 8
    assert archdsl.loads(text, d=8).params.__str__() == "552*L"


@pytest.mark.parametrize(
    ("text", "macs"),
    [
        ("input HxWx3\nCONV 8 5x3", "360*(H - 4)*(W - 2)"),
        ("input HxWx3\nCONV 8 3x3; CONV 5 1x1 s2", "40*((H + 1)//2 - 1)*((W + 1)//2 - 1) + 216*(H - 2)*(W - 2)"),
        ("input HxWx3\nCONV 8 3x3; FC 10", "296*(H - 2)*(W - 2)"),
        ("input HxWx3\nCONV 8 3x3; CONV 8 3x3 p1; GLOBALAVGPOOL; FC 10", "792*(H - 2)*(W - 2) + 80"),
        ("input DxHxWx3\nCONV 8 3", "648*(D - 2)*(H - 2)*(W - 2)"),
        ("input HxWx3\nCONV 8 3x1", "72*H*W - 144*W"),
        ("input HxWx3\nCONV 8 3x3; CONV 2 1x3", "264*H*W - 624*H - 528*W + 1248"),
        ("model M(c)\ninput HxWx3\nCONV c 3x3", "27*(H - 2)*(W - 2)*c"),
        ("model M(c)\ninput Tx3\nCONV (c - 1) 3; LINEAR (c + 2)", "T*c**2 + 10*T*c - 2*c**2 - 11*T - 20*c + 22"),
    ],
)
def test_a_formula_is_written_with_its_factors(text: str, macs: str) -> None:
    model = archdsl.loads(text)
    assert str(model.macs) == macs
    for d in range(1, 9):
        numbers = {"D": d + 4, "H": d + 6, "W": 3 * d + 1, "T": d + 2, "c": 2 * d + 1}
        assert eval(macs, {}, numbers) == model.formula("macs")(**{name: numbers[name] for name in model.open})


def test_floors_that_divide_leave_a_formula() -> None:
    model = archdsl.loads("input HxWx3 where H % 4 == 0, W % 4 == 0\nCONV 8 3x3 p1; MAXPOOL 4; CONV 8 3x3 p1")
    assert str(model.macs) == "252*H*W"
    assert "outputs of layers 36*H*W bytes" in model.summary()
    assert (
        model.formula("macs")(H=8, W=12) == archdsl.loads("input 8x12x3\nCONV 8 3x3 p1; MAXPOOL 4; CONV 8 3x3 p1").macs
    )


def test_a_formula_says_what_it_takes() -> None:
    model = archdsl.loads("input HxWx3\nCONV 8 3x3")
    with pytest.raises(KeyError, match="unknown count 'par'; choose one of params, trainable, weights, buffers, macs"):
        model.formula("par")
    with pytest.raises(TypeError, match="the formula needs H, W, and W is not given"):
        model.formula("macs")(H=3)
    with pytest.raises(TypeError, match="the formula needs H, W, and nothing is called X"):
        model.formula("macs")(H=3, W=3, X=2)


@pytest.mark.parametrize(("value", "code"), [(0, "out-of-range"), (1.5, "wrong-type"), ("a", "wrong-type")])
def test_a_number_that_is_no_size(value: object, code: str) -> None:
    assert fault("input Tx4\nRELU", T=value).code == code


def test_limits() -> None:
    assert fault("input [A, B, C]\nRELU", limits=Limits(symbols=2)).code == "limit"
    text = "input a: HxWx3; input b: TxKx3\nADD <- a, b\nCONV 3 3x3"
    assert fault(text, limits=Limits(conditions=1)).code == "limit"
    assert fault("input HxWx3\nCONV 3 3x3; FLATTEN", limits=Limits(terms=3)).code == "limit"
    assert fault("model M(a)\ninput 4\nFC (a*a*a)", limits=Limits(degree=2)).code == "limit"


# ---- compiled


SIZED = "input HxWx3 where H % 4 == 0\nCONV 8 5x5; RELU; MAXPOOL 3x3 s2; GLOBALAVGPOOL; FC 10"


@pytest.mark.parametrize(
    ("condition", "test"),
    [
        ("H >= 5", "H < 5"),
        ("(H + 1)//2 == 3", "(H + 1)//2 != 3"),
        ("W % 8 in [0, 5]", "not ((W % 8 == 0) | (W % 8 == 5))"),
        ("T in [1, 2] or T >= 5", "not (((T == 1) | (T == 2)) | (T >= 5))"),
        ("T >= 5 and T % 2 == 0", "not ((T >= 5) & (T % 2 == 0))"),
        ("(H + 1)//2 == W//2", "W//2 != (H + 1)//2"),
        ("(H + 1)//2 == 3 or W >= 2 and W <= 9", "not (((H + 1)//2 == 3) | ((W >= 2) & (W <= 9)))"),
    ],
)
def test_a_condition_is_asked_as_one_value(condition: str, test: str) -> None:
    from archdsl.backends.source.sizes import _otherwise

    assert _otherwise(condition) == test
    for h in range(1, 12):
        for w in range(1, 12):
            names = {"H": h, "W": w, "T": h}
            assert eval(test, {}, dict(names)) is not eval(condition, {}, dict(names))


def test_a_compiled_module_takes_what_is_allowed_and_refuses_the_rest() -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(SIZED)
    module = model.to_torch()
    for h in range(1, 24):
        for w in (5, 6, 7, 12):
            if model.allows(H=h, W=w):
                assert module(torch.zeros(1, 3, h, w)).shape == (1, 10)
            else:
                with pytest.raises(ValueError, match=r"is \d+, and (CONV|MAXPOOL|the model)"):
                    module(torch.zeros(1, 3, h, w))


LISTED = "input HxWx3\nCONV 8 3x3 s2 p1\nADD { MAXPOOL 2; CONV 8 3x3 s2 p1 }\nGLOBALAVGPOOL"  # W % 4 in [0, 3]
POOLED = "input T int\nEMBED 9 4; MAXPOOL 3 s2 p1; CONV 6 3; CONCAT { MAXPOOL 2; MAXPOOL 2 d1 s2 }; GLOBALMAXPOOL"
EITHER = "input HxWx3 where H <= 26 or H >= 28\nCONV 8 5x5; GLOBALAVGPOOL"


@pytest.mark.parametrize(
    "text", [SIZED, LISTED, EITHER, POOLED, "input T int\nEMBED 9 4; CONV 6 3; RELU; CONV 5 4; GLOBALMAXPOOL"]
)
def test_it_is_compiled_whole_and_exported(text: str) -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(text)
    module = model.to_torch().eval()

    def example(size: int) -> Any:
        return torch.zeros(2, 3, size, size + 1) if "H" in text else torch.zeros(2, size, dtype=torch.int64)

    whole = torch.compile(module, fullgraph=True, backend="eager")
    axes = (2, 3) if "H" in text else (1,)
    dynamic = dict.fromkeys(axes, torch.export.Dim.AUTO)
    given = example(23 if text is LISTED else 24)
    exported = torch.export.export(module, (given,), dynamic_shapes=(dynamic,)).module()
    names = ("H", "W") if "H" in text else ("T",)
    for size in range(1, 30):
        numbers = {name: size + place for place, name in enumerate(names)}
        if model.allows(**numbers):
            assert torch.equal(whole(example(size)), module(example(size)))
        if all(each.holds(numbers) for each in model.export_conditions):
            assert torch.equal(exported(example(size)), module(example(size)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input HxWx3\nFC 10", "FC: in_features is 3*H*W"),
        ("model M(n)\ninput 4\nl: { FC 4 } x(n)", "the number of copies is n"),
        ("model M(c)\ninput 8x8x3\nPAD channels=c", "PAD: channels is c"),
        ("model M(k)\ninput Tx3 where T >= k\nRELU", "T >= k is required"),
    ],
)
def test_what_cannot_be_compiled_without_a_number(text: str, message: str) -> None:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text).to_source()
    (found,) = raised.value.diagnostics
    assert found.code == "undetermined"
    assert found.message.startswith(message)
    assert found.hint is not None
    assert found.hint.startswith("give a value")


def test_axes_that_are_one_size_must_be_equal() -> None:
    torch = pytest.importorskip("torch")
    module = archdsl.loads("input [N, 2*N + 1, 3]\nGLOBALAVGPOOL").to_torch()
    assert module(torch.zeros(1, 3, 4, 9)).shape == (1, 3)
    with pytest.raises(ValueError, match=r"N is 4, and an axis that is 2\*N \+ 1 has the size 8"):
        module(torch.zeros(1, 3, 4, 8))


@pytest.mark.parametrize(
    ("text", "shape", "wanted"),
    [
        (SIZED, (3, 8, 8), "(batch, 3, H, W)"),
        ("input Tx4\nCONV 6 5", (8, 4), "(batch, T, 4)"),
        ("input T int where T >= 3\nEMBED 9 4", (8,), "(batch, T)"),
    ],
)
def test_a_tensor_without_a_batch_is_told_what_is_wanted(text: str, shape: tuple[int, ...], wanted: str) -> None:
    torch = pytest.importorskip("torch")
    module = archdsl.loads(text).to_torch()
    with pytest.raises(ValueError, match="and the model reads") as raised:
        module(torch.zeros(shape, dtype=torch.int64 if "int" in text else torch.float32))
    assert str(raised.value) == f"the shape of x is {torch.Size(shape)}, and the model reads {wanted}"
