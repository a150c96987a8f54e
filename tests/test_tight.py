"""Values without parentheses: arithmetic without spaces, signs, powers; what fmt makes of parentheses; names x1."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import archdsl
from archdsl.diagnostics import Source
from archdsl.layers import REGISTRY
from archdsl.limits import Limits
from archdsl.syntax.format.format import formatted
from archdsl.syntax.parser import parse
from archdsl.syntax.tree import Token

HEAD = "model M(d=16, k=3, x=5)\ninput 9x9x4\n"


def attributes(line: str) -> dict[str, Any]:
    return dict(next(iter(archdsl.loads(f"{HEAD}{line}\n"))).attributes)


@pytest.mark.parametrize(
    ("line", "out"),
    [
        ("LINEAR 4*d", 64),
        ("LINEAR d-1", 15),
        ("LINEAR d - 1", None),
        ("LINEAR d- 1", None),
        ("LINEAR in/2", 2),
        ("LINEAR 2*(d + 1)", 34),
        ("LINEAR 2*(d+1)*k", 102),
        ("LINEAR d//k", 5),
        ("LINEAR d%k", 1),
        ("LINEAR d//k*2+1", 11),
        ("LINEAR 2**k", 8),
        ("LINEAR 2**k**2", 512),
        ("LINEAR 2**i*c", None),
        ("LINEAR 2**k*d", 128),
        ("LINEAR -2**2+d", 12),
        ("LINEAR -7//2+d", 12),
        ("LINEAR -d+20", 4),
        ("LINEAR 7*7*2", 98),
        ("LINEAR 2*8+1", 17),
        ("LINEAR 3*k", 9),
        ("LINEAR 3*3", None),
        ("LINEAR (3*3)", 9),
        ("LINEAR 3*3 nobias", None),
        ("LINEAR out=4*d", 64),
        ("LINEAR out=d-k", 13),
        ("LINEAR d**0.5", 4),
        ("LINEAR x-1", 4),
        ("LINEAR d <- in", None),
        ("LINEAR k<-1", None),
        ("LINEAR k==3", None),
        ("LINEAR 50%", None),
    ],
)
def test_arithmetic_without_spaces_is_one_value(line: str, out: int | None) -> None:
    if out is not None:
        assert attributes(line)["out"] == out
        return
    with pytest.raises(archdsl.ArchError):
        attributes(line)


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("HARDTANH -1 1", {"low": -1, "high": 1}),
        ("HARDTANH -k*2 d-1", {"low": -6, "high": 15}),
        ("HARDTANH -inf 6", {"low": "-inf", "high": 6}),
        ("HARDTANH low=-1e30 high=+2", {"low": -1e30, "high": 2}),
        ("CONV d//2 3x3 p=k//2", {"out": 8, "kernel": [3, 3], "pad": [1, 1]}),
        ("CONV d//2 3x3 x2", {"out": 8, "kernel": [3, 3]}),
        ("CONV d k*2+1 s=k-1", {"kernel": [7, 7], "stride": [2, 2]}),
        ("CONV d 1x1*k", {"kernel": [3, 3]}),
    ],
)
def test_signs_and_options(line: str, values: dict[str, Any]) -> None:
    found = attributes(line)
    assert {name: found[name] for name in values} == values


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("LINEAR 4 * d", "LINEAR 4*d"),
        ("LINEAR d - 1", "LINEAR d-1"),
        ("LINEAR d -1", "LINEAR d-1"),
        ("CONV 8 3*3", "CONV 8 3x3"),
        ("CONV 8 3 * 3", "CONV 8 3x3"),
        ("LINEAR d+ 1", "LINEAR d+1"),
    ],
)
def test_what_to_type(line: str, hint: str) -> None:
    with pytest.raises(archdsl.ArchError) as refused:
        attributes(line)
    (found,) = refused.value.diagnostics
    assert found.fix is not None
    assert found.fix.title == hint


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2**9999999", "too-large"),
        ("2**64", "too-large"),
        ("10.0**400", "too-large"),
        ("(0**-1)", "invalid-expression"),
        ("(-2)**0.5", "invalid-expression"),
        ("3x3**2", "wrong-type"),
        ("yes**2", "wrong-type"),
        ("c{d}*2", "wrong-type"),
    ],
)
def test_powers_that_have_no_value(value: str, code: str) -> None:
    with pytest.raises(archdsl.ArchError) as refused:
        attributes(f"LINEAR {value}")
    assert [one.code for one in refused.value.diagnostics] == [code]


@pytest.mark.parametrize(("power", "value"), [("0**0", 1), ("(-1)**9999999", -1), ("2**61", 2**61), ("2**0.5", 2**0.5)])
def test_powers(power: str, value: float) -> None:
    assert attributes(f"THRESHOLD 0 {power}")["value"] == value


def test_a_symbolic_dimension_has_integer_powers() -> None:
    model = archdsl.loads("input HxHx3\nUPSAMPLE size=[H**2, H**2]\nGLOBALAVGPOOL\n")
    assert str(next(iter(model)).output) == "[H**2, H**2, 3]"
    for power in ("2**H", "H**0.5", "H**-1", "H**99"):
        with pytest.raises(archdsl.ArchError):
            archdsl.loads(f"input HxHx3\nUPSAMPLE size=[{power}, H]\n")


# ---- fmt


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("FC (4 * d)", "FC 4*d"),
        ("FC (d)", "FC (d)"),
        ("FC (?)", "FC (?)"),
        ("FC (?*2)", "FC (?*2)"),
        ("FC (3*3)", "FC (3*3)"),
        ("FC (3*3*3)", "FC 3*3*3"),
        ("FC (-1)", "FC -1"),
        ("FC (-d*2 + 1)", "FC -d*2+1"),
        ("FC (2*-d)", "FC (2*-d)"),
        ("FC (--d)", "FC (--d)"),
        ("FC (d if k == 3 else 2)", "FC (d if k == 3 else 2)"),
        ("FC (2*(d if k == 3 else 2))", "FC 2*(d if k == 3 else 2)"),
        ("FC (k == 3)", "FC (k == 3)"),
        ("FC ((d + 1)*(k - 1))", "FC (d + 1)*(k - 1)"),
        ("FC ((d + 1))", "FC d+1"),
        ("FC (-2**2)", "FC -2**2"),
        ("CONV d 3x3 p=(k // 2) g=(d)", "CONV d 3x3 p=k//2 g=(d)"),
        ("CONV d 1x1 \\\n  s=(k \\\n - 1)", "CONV d 1x1 \\\n    s=(k \\\n    - 1)"),
        ("FC (i % 2) x(n - 1)", "FC i%2 x(n - 1)"),
    ],
)
def test_fmt_drops_parentheses_that_say_nothing(line: str, made: str) -> None:
    text = formatted(Source("<text>", line), REGISTRY, Limits()).text
    assert text is not None
    assert text.rstrip("\n") == made
    assert formatted(Source("<text>", text), REGISTRY, Limits()).text == text


def bare(node: Any) -> Any:
    """A tree without its places."""
    if isinstance(node, Token):
        return node.type, node.text
    if not isinstance(node, tuple):
        return node
    fields = getattr(node, "_fields", None)
    return type(node).__name__, *(
        bare(part) for part, name in zip(node, fields or [""] * len(node), strict=True) if name not in ("start", "end")
    )


atoms = st.sampled_from(("a", "in", "12", "3", "1.5", "2x3", "x", "b.c", "(a)", "[1, a]", '"t"', "?", "1e-5"))
signs = st.sampled_from(("+", "-", "*", "/", "//", "%", "**", " == ", " and ", " if c else "))
arithmetic = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(("", " ")), signs, st.sampled_from(("", " ")), inner).map("".join),
        inner.map(lambda one: f"({one})"),
        st.tuples(st.sampled_from(("-", "+", "- ", "not ")), inner).map("".join),
    ),
    max_leaves=6,
)


@settings(max_examples=1_000, deadline=None)
@given(arithmetic, st.sampled_from(("FC {}", "FC k={} x2", "FC {} <- b", "FC 1 {}")))
@example("(3)*(3)", "FC {}")
@example("-(2)", "FC 1 {}")
def test_fmt_keeps_what_a_value_means(value: str, line: str) -> None:
    for text in (line.format(f"({value})"), line.format(value)):
        before = parse(Source("<text>", text), Limits()).file
        if before is None:
            continue
        made = formatted(Source("<text>", text), REGISTRY, Limits())
        assert made.text is not None, made.diagnostics
        assert bare(parse(Source("<text>", made.text), Limits()).file) == bare(before)
        assert formatted(Source("<text>", made.text), REGISTRY, Limits()).text == made.text


# ---- names, and else


def test_x1_is_a_name_where_only_a_name_can_stand() -> None:
    model = archdsl.loads(
        "input x1, x2: 8x8x4\nx3: CONV 8 3x3 p1 x2 <- x1\nx4: CONV 8 3x3 p1 <- x2\n"
        "x5: ADD <- x3, x4\nfreeze x4\noutput x5, x3\n"
    )
    assert [layer.path for layer in model][:3] == ["x3.0", "x3.1", "x4"]
    assert model.to_source().count("self.x3") >= 1


@pytest.mark.parametrize("line", ["let x3 = 1", "for x3 in 1..2 { RELU }", "model M(x3=1)", "block B(x3) { RELU }"])
def test_no_value_is_called_x3(line: str) -> None:
    with pytest.raises(archdsl.ArchError) as refused:
        archdsl.loads(f"input 8\n{line}\nRELU\n" if not line.startswith("model") else f"{line}\ninput 8\nRELU\n")
    assert "x and a number" in str(refused.value.diagnostics[0].hint)


@pytest.mark.parametrize("between", ["\n", "\n\n\n", "\n# why\n\n  # more\n", "\r\n", "  # why\n"])
def test_else_may_begin_its_line(between: str) -> None:
    text = f"model M(a=1)\ninput 8\nif a == 2 {{ RELU }}{between}else if a == 1 {{ TANH }}{between}else {{ SIGMOID }}\n"
    assert [layer.kind for layer in archdsl.loads(text)] == ["TANH"]
    merge = f"model M(a=1)\ninput 8\nADD {{\n  ID\n  if a == 2 {{ RELU }}{between}  else {{ TANH }}\n}}\n"
    assert [layer.kind for layer in archdsl.loads(merge)] == ["ID", "TANH"]


@pytest.mark.parametrize("text", ["else { RELU }", "RELU\nelse { TANH }", "if yes { RELU }\nTANH\nelse { TANH }"])
def test_an_else_without_its_if(text: str) -> None:
    with pytest.raises(archdsl.ArchError):
        archdsl.loads(f"input 8\n{text}\n")


def test_fmt_joins_an_else_to_its_braces() -> None:
    found = formatted(
        Source("<text>", "if a { RELU }\n\nelse { TANH }\nif b { RELU }\n# why\nelse { TANH }\n"), REGISTRY, Limits()
    )
    assert found.text == "if a { RELU } else { TANH }\nif b { RELU }\n# why\nelse { TANH }\n"
