"""Tensors of a network's own beside values that have a batch, and the places of a sequence."""

from __future__ import annotations

import pytest

import archdsl

torch = pytest.importorskip("torch")

POSITIONED = """
input ids: T int
wte: EMBED 100 8  <- ids
at:  POSITIONS    <- ids
wpe: EMBED 16 8   <- at
ADD  <- wte, wpe
"""


def test_positions_are_bound_by_what_has_a_vector() -> None:
    model = archdsl.loads(POSITIONED)
    assert [str(condition) for condition in model.conditions] == ["T <= 16"]
    module = model.to_torch()
    ids = torch.randint(0, 100, (2, 9))
    torch.testing.assert_close(module(ids), module.wte(ids) + module.wpe.weight[:9])
    with pytest.raises(ValueError, match="T is 17"):
        module(torch.zeros(1, 17, dtype=torch.int64))


def test_a_sequence_of_the_networks_own_turns_as_what_it_is_added_to() -> None:
    for batch in ("", " batch"):
        text = f"input 9x4\nADD {{ conv: CONV 6 3 p1;  own: PARAM 9x6 std=1{batch} }}\nCONV 2 1"
        module = archdsl.loads(text).to_torch()
        x = torch.rand(2, 9, 4)
        y = module.conv(x.mT) + module.own.mT
        torch.testing.assert_close(module(x), next(iter(list(module.children())[1:]))(y).mT)


def test_noise_is_made_where_the_module_is() -> None:
    model = archdsl.loads("input a: 9x4\nown: PARAM 9x4 std=0.5\nADD <- a, own")
    with torch.device("meta"):
        assert model.to_torch().own.is_meta
    torch.manual_seed(0)
    large = archdsl.loads("input 3\nown: PARAM 100x100 std=0.5").to_torch().own
    assert abs(large.std().item() - 0.5) < 0.02 and large.requires_grad


OWN = """
input 9x4
block TOKEN(c) { CONCAT axis=steps { PARAM [1, c];  ID } }
ADD { ID;  PARAM 9x4;  own: PARAM 9x4;  "odd-name": PARAM 9x4;  fixed: CONST 9x4 value=1 saved }
inner: { TOKEN 4;  TOKEN 4 }
many: { TOKEN 4 } x2
LINEAR 2
"""


@pytest.mark.parametrize("part", ['"1"', "own", '"odd-name"', "fixed", "inner", "inner.0", "inner.0.0", "many.1"])
@pytest.mark.parametrize("words", ["freeze", "freeze all but"])
def test_tensors_of_its_own_are_frozen_by_their_paths(part: str, words: str) -> None:
    model = archdsl.loads(f"{OWN}{words} {part}")
    module = model.to_torch()
    trained = sum(p.numel() for p in module.parameters() if p.requires_grad)
    assert trained == model.totals.trainable
    assert trained != model.params or part == "fixed"
    assert not any(buffer.requires_grad for buffer in module.buffers())
    assert module(torch.rand(2, 9, 4)).shape == (2, 13, 2)


@pytest.mark.parametrize("kind", ["ADD", "SUB", "MUL", "DIV"])
@pytest.mark.parametrize("inner", ["ADD", "SUB", "MUL", "DIV"])
def test_an_operation_on_the_result_of_another_is_bracketed(kind: str, inner: str) -> None:
    """`x - (x - y)` is not `x - x - y`, on either side, also where SHARE runs it."""
    signs = {"ADD": torch.add, "SUB": torch.sub, "MUL": torch.mul, "DIV": torch.div}
    x, y = torch.rand(2, 4) + 1, torch.rand(2, 4) + 1
    within = signs[inner](x, y)
    for reads, expected in (("x, a", signs[kind](x, within)), ("a, x", signs[kind](within, x))):
        module = archdsl.loads(f"input x: 4; input y: 4; a: {inner} <- x, y; {kind} <- {reads}").to_torch()
        torch.testing.assert_close(module(x, y), expected)
    module = archdsl.loads(f"input x: 4; input y: 4; a: {inner} <- x, y; SHARE a <- x, a").to_torch()
    torch.testing.assert_close(module(x, y), signs[inner](x, within))


def test_powers_of_parameters_are_written_as_powers() -> None:
    """`2**i` in a block is `2**i` of its class, where uses differ by the number."""
    text = "input 8x8x4; block WIDE(n, w) { CONV 2**n*w 1x1; CONV (2**n)**2 1x1; CONV 2**2**n 1x1 }; WIDE 1 3; WIDE 2 3"
    model = archdsl.loads(text)
    source = model.to_source()
    for expected in ("2**n * w", "(2**n) ** 2", "2 ** (2**n)"):
        assert expected in source
    assert model.to_torch()(torch.rand(2, 4, 8, 8)).shape == (2, 16, 8, 8)
