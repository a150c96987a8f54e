"""Merges that read one value: refused or warned of, and what is proposed leads to a network that holds."""

from __future__ import annotations

import pytest

import archdsl
from archdsl.diagnostics import Diagnostic

SKIP = "input 8x8x4\na: CONV 4 3x3 p1\n"
KINDS = ("ADD", "MUL", "SUB", "DIV", "POW", "MAX", "MIN", "ABSDIFF", "MEAN", "CONCAT", "STACK", "SCALE", "MATMUL")


def told(text: str) -> list[Diagnostic]:
    try:
        return archdsl.loads(text).diagnostics
    except archdsl.ArchError as error:
        return error.diagnostics


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reads", ["", " <- a"])
def test_every_merge_reads_several(kind: str, reads: str) -> None:
    for text in (
        f"{SKIP}{kind}{reads}\nCONV 8 1x1",
        f"{SKIP}b: {kind}{reads}; RELU",
        f"block B {{ a: RELU; {kind}{reads} }}\n{SKIP}B",
    ):
        (found,) = [each for each in told(text) if each.code != "unused-result"]
        listed = kind == "CONCAT" and reads
        assert found.code == ("single-branch" if listed else "wrong-inputs")
        assert kind in found.message


def test_a_kind_that_is_a_value_is_held_to_it() -> None:
    block = "block B(join) { a: CONV 4 1x1; join }\n"
    assert [each.code for each in told(f"{block}{SKIP}B ADD; B MUL")] == ["wrong-inputs"]
    assert told(f"{block}{SKIP}B RELU") == []


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"{SKIP}b: CONV 4 3x3 p1\nADD", "ADD <- b, a"),
        (f"{SKIP}b: CONV 4 3x3 p1\nADD <- a", "ADD <- b, a"),
        (f"{SKIP}CONV 4 3x3 p1\nADD <- a", "y: CONV 4 3x3 p1; ADD <- y, a"),
        (f"{SKIP}CONV 4 3x3 p1 -> 8x8x4\nADD", "y: CONV 4 3x3 p1; ADD <- y, a"),
        ("input 8x8x4\nq, k: CHUNK 2\nMUL", "MUL <- q, k"),
        ("input x: 8x8x4\nGLOBALAVGPOOL\nSIGMOID\nSCALE", "y: SIGMOID; SCALE <- x, y"),
        ("input x: 8x8x4\nGLOBALAVGPOOL\nSIGMOID\nSCALE <- x", "y: SIGMOID; SCALE <- x, y"),
        (f'{SKIP}"b-1": CONV 4 3x3 p1\nMAX <- a', 'MAX <- "b-1", a'),
        (f"{SKIP}y: CONV 6 3x3 p1\nCONV 3 1x1\nCONCAT axis=height", None),  # nothing has its channels
        (f"{SKIP}CONV 4 3x3\nADD <- a", None),  # other shapes
        (f"{SKIP}b: CONV 4 3x3 p1\nSUB", None),  # which is the first?
        (f"{SKIP}for i in 1..2 {{\nCONV 4 3x3 p1\nADD <- a\n}}", None),  # a name would be given twice
        ("input 8x8x4\nADD", None),
        (f"{SKIP}b: CONV 4 3x3 p1 <- a\nc: CONV 4 3x3 p1 <- b\nADD", "ADD <- c, and with it one of b, a"),
    ],
)
def test_the_value_that_is_missing(text: str, hint: str | None) -> None:
    (found,) = told(text)
    assert (found.code, found.hint) == ("wrong-inputs", hint)
    lines = text.split("\n")
    if hint is not None and "with it" not in hint:
        kept = lines[:-2] if ";" in hint else lines[:-1]
        assert told("\n".join([*kept, hint])) == []


def test_what_is_wrong_with_the_words_of_the_line_goes_before() -> None:
    assert [each.code for each in told(f"{SKIP}CONCAT nosuch")] == ["unknown-name"]
    assert [each.code for each in told(f"{SKIP}MAX POOL 2x2")] != ["wrong-inputs"]


@pytest.mark.parametrize(
    ("braces", "warned"),
    [
        ("ADD { CONV 4 3x3 p1 }", True),
        ("b: MEAN { { CONV 4 1x1; RELU } }", True),
        ("STACK { let c = 4\nCONV c 1x1 }", True),
        ("ADD { CONV 4 1x1 x1 }", False),
        ("ADD { CONV 4 1x1 x(2 - 1) }", False),
        ("CONCAT { for k in [1] { CONV 4 k } }", False),
        ("CONCAT { if yes { CONV 4 1x1 } }", False),
        ("CONCAT { CONV 4 1x1; if no { ID } }", False),
        ("ADD { ID; CONV 4 1x1 x0 }", False),
        ("ADD { ID; CONV 4 1x1 }", False),
    ],
)
def test_one_branch_in_braces(braces: str, warned: bool) -> None:
    assert [each.code for each in told(SKIP + braces)] == ["single-branch"] * warned


def test_a_shortcut_is_proposed_where_it_fits() -> None:
    (found,) = told(SKIP + "ADD { CONV 4 3x3 p1 }")
    assert found.hint == "ADD { ID; CONV 4 3x3 p1 } adds the result to what the branch reads"
    assert told(SKIP + "ADD { ID; CONV 4 3x3 p1 }") == []
    (found,) = told(SKIP + "ADD { CONV 8 3x3 }")
    assert found.hint is None


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("MUL a", "MUL <- _, a"),
        ("SUB a", "SUB <- _, a"),
        ("CONCAT a", "CONCAT <- _, a"),
        ("ADD a -> 8x8x4", "ADD <- _, a -> 8x8x4"),
        ("MATMUL a transpose", "MATMUL transpose <- _, a"),
        ('EINSUM a "h w c, h v c -> h w v"', 'EINSUM "h w c, h v c -> h w v" <- _, a'),
    ],
)
def test_a_name_among_the_values_stands_beside_the_result_above(line: str, hint: str) -> None:
    (found,) = told(f"{SKIP}RELU\n{line}")
    assert (found.code, found.hint) == ("unknown-name", hint)


@pytest.mark.parametrize("body", ["a: CONV 4 3x3 p1", "a: { CONV 4 3x3 p1; RELU }"])
def test_a_value_is_not_proposed_twice(body: str) -> None:
    (found,) = told(f"input 8x8x4\n{body}\nMUL a")
    assert "<-" not in (found.hint or "")


def test_einsum_is_torch_einsum_however_its_values_lie() -> None:
    torch = pytest.importorskip("torch")
    text = 'input x: 6x5x4\na: CONV 4 1x1\nb: LINEAR 4 <- x\nEINSUM "h w c, v w c -> h c v" <- {}\n'
    for order, letters in (("a, b", "nchw,ncvw->nvhc"), ("b, a", "nchw,ncvw->nvhc")):
        module = archdsl.loads(text.format(order)).to_torch()
        x = torch.randn(2, 4, 6, 5)
        values = {"a": module.a(x), "b": module.b(x.movedim(1, -1)).movedim(-1, 1)}
        wanted = torch.einsum(letters, *(values[name] for name in order.split(", ")))
        torch.testing.assert_close(module(x), wanted)
