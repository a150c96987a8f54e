"""Masks of attention: their rules and messages, and the numbers and gradients of PyTorch's own attention."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import archdsl

torch = pytest.importorskip("torch")
F = torch.nn.functional

N, T, S, D, HEADS = 3, 7, 5, 8, 4


def values(*sizes: int) -> Any:
    return torch.randn(N, *sizes, dtype=torch.float64)


def truths(*sizes: int) -> Any:
    """Random truth values; the first of the last axis is true, for a query must have something to look at."""
    found = torch.rand(N, *sizes) < 0.6
    found[..., 0] = True
    return found


MASKS = {
    "TxS bool": (lambda: truths(T, S), lambda m: m[:, None]),
    "TxS": (lambda: values(T, S), lambda m: m[:, None]),
    "TxSx4 bool": (lambda: truths(HEADS, T, S), lambda m: m),
    "TxSx4": (lambda: values(HEADS, T, S), lambda m: m),
}
SHAPES = ("", *MASKS)


def expected_mask(mask: Any, shape: str, padding: Any, causal: bool) -> Any:
    """All that hides keys as one tensor of numbers that are added: samples, heads, queries, keys."""
    found = torch.zeros(N, HEADS, T, S, dtype=torch.float64)
    if mask is not None:
        each = MASKS[shape][1](mask)
        found = found.masked_fill(~each, -torch.inf) if each.dtype == torch.bool else found + each
    if padding is not None:
        found = found.masked_fill(~padding[:, None, None], -torch.inf)
    return found.masked_fill(torch.ones(T, S).triu(1).bool(), -torch.inf) if causal else found


def written(kind: str, shape: str, padded: bool, options: str, symbolic: bool) -> str:
    words = f"{kind} {HEADS}{' mask=m' * bool(shape)}{' padding=p' * padded} {options} <- x, y"
    inputs = ["input x: TxD", "input y: SxD", *([f"input m: {shape}"] if shape else []), *["input p: S bool"] * padded]
    text = "\n".join([*(f"{one}".replace("xD", "x8") for one in inputs), words])
    if symbolic:
        return text
    return text.replace("Tx", f"{T}x").replace("Sx", f"{S}x").replace("xS", f"x{S}").replace(": S", f": {S}")


def attended(q: Any, k: Any, v: Any, mask: Any) -> Any:
    """Attention in plain arithmetic, on heads that are slices of the channels."""
    q, k, v = (one.unflatten(2, (HEADS, -1)).transpose(1, 2) for one in (q, k, v))
    weights = (q @ k.mT / q.shape[3] ** 0.5 + mask).softmax(3)
    return (weights @ v).transpose(1, 2).flatten(2)


def projected(module: Any, x: Any, y: Any, mask: Any) -> Any:
    """The same with the projections of a module of ours."""
    weights, biases = module.in_proj_weight.chunk(3), module.in_proj_bias
    biases = (None,) * 3 if biases is None else biases.chunk(3)
    q, k, v = (F.linear(one, w, b) for one, w, b in zip((x, y, y), weights, biases, strict=True))
    return F.linear(attended(q, k, v, mask), module.out_proj.weight, module.out_proj.bias)


@pytest.mark.parametrize("symbolic", [False, True], ids=["numbers", "symbolic"])
@pytest.mark.parametrize("options", ["", "causal", "nobias", "nobias outbias", "causal nobias outbias"])
@pytest.mark.parametrize("padded", [False, True], ids=["", "padding"])
@pytest.mark.parametrize("shape", SHAPES)
def test_attention_has_the_numbers_and_gradients_of_plain_arithmetic(
    shape: str, padded: bool, options: str, symbolic: bool
) -> None:
    torch.manual_seed(0)
    module = archdsl.loads(written("ATTENTION", shape, padded, options, symbolic)).to_torch().double()
    own = module[0] if isinstance(module, torch.nn.Sequential) else module.get_submodule("0")
    for bias in (own.in_proj_bias, own.out_proj.bias):
        if bias is not None:
            torch.nn.init.normal_(bias)
    x, y = values(T, D).requires_grad_(), values(S, D).requires_grad_()
    mask = MASKS[shape][0]() if shape else None
    if mask is not None and mask.is_floating_point():
        mask.requires_grad_()
    padding = truths(S) if padded else None
    given = [one for one in (mask, padding) if one is not None]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = module(x, y, *given)
    wanted = projected(own, x, y, expected_mask(mask, shape, padding, "causal" in options))
    torch.testing.assert_close(found, wanted)
    weight = torch.randn_like(found)
    leaves = [x, y, *(one for one in given if one.is_floating_point()), *own.parameters()]
    ours, theirs = (torch.autograd.grad((one * weight).sum(), leaves) for one in (found, wanted))
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b)
    module.eval()
    with torch.no_grad():
        torch.testing.assert_close(module(x, y, *given), wanted.detach())


@pytest.mark.parametrize("options", ["", "causal"])
@pytest.mark.parametrize("padded", [False, True], ids=["", "padding"])
@pytest.mark.parametrize("shape", SHAPES)
def test_attend_has_the_numbers_of_plain_arithmetic(shape: str, padded: bool, options: str) -> None:
    torch.manual_seed(0)
    module = archdsl.loads(written("ATTEND", shape, padded, options, True)).to_torch()
    x, y = values(T, D), values(S, D)
    mask, padding = MASKS[shape][0]() if shape else None, truths(S) if padded else None
    found = module(x, y, *(one for one in (mask, padding) if one is not None))
    torch.testing.assert_close(found, attended(x, y, y, expected_mask(mask, shape, padding, bool(options))))


@pytest.mark.parametrize("shape", MASKS)
def test_self_attention_in_evaluation_is_that_of_pytorch(shape: str) -> None:
    """PyTorch takes a way of its own there; a mask of truth values is inverted, one of heads has one axis with the samples."""
    torch.manual_seed(0)
    sizes = shape.replace("TxS", f"{T}x{T}")
    text = f"input x: {T}x8; input m: {sizes}; input p: {T} bool; a: ATTENTION 4 mask=m padding=p <- x"
    module = archdsl.loads(text).to_torch().eval()
    x = torch.randn(N, T, D)
    heads = (HEADS,) if "x4" in shape else ()
    mask = truths(*heads, T, T) if "bool" in shape else torch.randn(N, *heads, T, T)
    padding = truths(T)
    hidden = ~mask if "bool" in shape else mask
    hidden = hidden.flatten(0, 1) if heads else hidden.repeat_interleave(HEADS, 0)
    hidden = hidden if hidden.is_floating_point() else torch.zeros(hidden.shape).masked_fill(hidden, -torch.inf)
    pads = torch.zeros(N, T).masked_fill(~padding, -torch.inf)
    with torch.no_grad():
        expected = module.a(x, x, x, attn_mask=hidden, key_padding_mask=pads, need_weights=False)[0]
        torch.testing.assert_close(module(x, mask, padding), expected)


def test_state_names_stay() -> None:
    plain = archdsl.loads("input 7x8; a: ATTENTION 4").to_torch()
    masked = archdsl.loads("input x: 7x8; input m: 7x7 bool; a: ATTENTION 4 mask=m <- x").to_torch()
    assert list(plain.state_dict()) == list(masked.state_dict())
    text = "input x: 7x8; input m: 7x7 bool; a: ATTENTION 4 mask=m causal nobias outbias <- x"
    assert list(archdsl.loads(text).to_torch().state_dict()) == [
        "a.in_proj_weight",
        "a.out_proj.weight",
        "a.out_proj.bias",
    ]


# ---- a mask is an input of its line


def test_a_mask_is_read() -> None:
    """By no other line: it is used, and the graph says by whom."""
    model = archdsl.loads("input x: 7x8; input m: 7x7 bool; a: ATTENTION 4 mask=m <- x")
    assert not model.diagnostics
    (layer,) = model.to_json()["layers"]
    assert layer["reads"] == ["x", "m"]
    assert (layer["attributes"]["mask"], layer["attributes"]["padding"]) == (1, None)
    report = archdsl.check("input x: 7x8; m: LINEAR 7 <- x; n: LINEAR 7 <- x; ATTENTION 4 mask=m <- x")
    assert [(one.code, one.message.split()[5]) for one in report.diagnostics] == [("unused-result", "n,")]


def test_a_mask_may_be_a_result_a_part_of_a_group_and_a_name_of_a_loop() -> None:
    text = """
    input x1: 7x8; input y: 7x8
    masks: { first: LINEAR 7; second: LINEAR 7 <- first }  <- y
    for i in 1..2 { m{i}: LINEAR 7 <- y }
    a: ATTENTION 4 mask=masks.first <- x1
    b: ATTENTION 4 mask=m{2} x2
    ADD { c: ATTENTION 4 mask=masks; d: ATTENTION 4 mask=m1 x2; ATTEND 4 mask="m1" }
    """
    module = archdsl.loads(text).to_torch().double()
    x, y = values(7, 8), values(7, 8)
    first = module.masks.first(y)
    z = projected(module.a, x, x, first[:, None])
    for each in module.b:
        z = projected(each, z, z, module.m2(y)[:, None])
    one = module.m1(y)[:, None]
    branches = [projected(module.c, z, z, module.masks.second(first)[:, None])]
    branches += [projected(each, z, z, one) for each in module.d.children()]
    torch.testing.assert_close(module(x, y), sum(branches) + attended(z, z, z, one))


def test_heads_that_differ_are_one_class() -> None:
    text = """
    input x: 7x8; input m: 7x7 bool
    block LAYER(heads) <- x, m { a: ATTENTION heads mask=m <- x; b: ATTEND heads mask=m <- a, a }
    LAYER 4 <- x, m
    LAYER 2 <- _, m
    """
    source = archdsl.loads(text).to_source()
    assert source.count("class Layer") == 1
    module = archdsl.loads(text).to_torch().double()
    x, m = values(7, 8), truths(7, 7)
    assert module(x, m).shape == (N, 7, 8)


def test_shared_attention_reads_its_mask_after_its_sequences() -> None:
    text = """
    input x: 7x8; input m: 7x7 bool; input n: 7x7 bool
    a: ATTENTION 4 mask=m <- x
    SHARE a <- a, n
    """
    module = archdsl.loads(text).to_torch().double()
    x, m, n = values(7, 8), truths(7, 7), truths(7, 7)
    z = projected(module.a, x, x, torch.zeros(N, 1, 7, 7).masked_fill(~m[:, None], -torch.inf))
    z = projected(module.a, z, z, torch.zeros(N, 1, 7, 7).masked_fill(~n[:, None], -torch.inf))
    torch.testing.assert_close(module(x, m, n), z)


def test_a_learned_mask_has_no_batch() -> None:
    """Such as a bias for each distance: it is the same for all samples."""
    text = "input x: 7x8; bias: PARAM 7x7x4 std=1; a: ATTENTION 4 mask=bias <- x"
    module = archdsl.loads(text).to_torch().double()
    x = values(7, 8)
    torch.testing.assert_close(module(x), projected(module.a, x, x, module.bias))
    text = "input x: 7x8; bias: PARAM 7x7 std=1; ATTEND 4 mask=bias <- x"
    module = archdsl.loads(text).to_torch().double()
    torch.testing.assert_close(module(x), attended(x, x, x, module.bias))


# ---- messages


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (
            "input m: 5x7 bool; ATTENTION 4 mask=m <- x, y",
            "shape-mismatch",
            "its first axis must be 7, the queries, not 5",
        ),
        (
            "input m: 7x7 bool; ATTENTION 4 mask=m <- x, y",
            "shape-mismatch",
            "its second axis must be 5, the keys, not 7",
        ),
        ("input m: 7x5x2; ATTEND 4 mask=m <- x, y", "shape-mismatch", "its third axis must be 4, the heads, not 2"),
        (
            "input m: 5 bool; ATTENTION 4 mask=m <- x, y",
            "rank-mismatch",
            "must be 7x5 bool, queries and keys, or 7x5x4",
        ),
        ("input m: 7x5 int; ATTENTION 4 mask=m <- x, y", "dtype-mismatch", "bool (true: may look) or numbers"),
        ("input m: 5; ATTENTION 4 padding=m <- x, y", "dtype-mismatch", "bool (true: a real step)"),
        ("input m: 7 bool; ATTENTION 4 padding=m <- x, y", "shape-mismatch", "its axis must be 5, the keys, not 7"),
        ("input m: 7x5 bool; ATTENTION 4 padding=m <- x, y", "rank-mismatch", "must be 5 bool, one value for each key"),
        ("ATTENTION 4 mask=n <- x, y", "unknown-name", "named n"),
        ("ATTENTION 4 mask=4 <- x, y", "wrong-type", "mask is the name of an input or of a result above"),
        ("ATTENTION 4 mask <- x, y", "missing-value", "mask needs = and a value"),
        ("ATTENTION 4 nooutbias <- x, y", "out-of-range", "nooutbias needs nobias"),
        ("input m: 7x5 bool; ADD <- x, m", "dtype-mismatch", "contains truth values"),
    ],
)
def test_what_does_not_fit_is_said(line: str, code: str, words: str) -> None:
    report = archdsl.check(f"input x: 7x8; input y: 5x8\n{line}")
    errors = [one for one in report.diagnostics if one.severity == "error"]
    assert [one.code for one in errors] == [code]
    assert words in errors[0].message
    assert errors[0].fix is None


def test_symbolic_sizes_of_masks_become_conditions() -> None:
    model = archdsl.loads("input x: Tx8; input m: AxB bool; input p: C bool\nATTENTION 4 mask=m padding=p <- x")
    assert sorted(map(str, model.conditions)) == ["A == T", "B == T", "C == T"]


def test_a_hole_in_a_mask_is_found() -> None:
    report = archdsl.check("input x: 7x8; input m: 7x? bool\nATTENTION 4 mask=m <- x")
    assert not [one for one in report.diagnostics if one.severity == "error"], report.diagnostics


# ---- inputs that a use of a block may leave out

LAYER = """
block LAYER(heads) <- x, mask=no, padding=no {
  ADD { ID; attn: ATTENTION heads mask=mask padding=padding }
  if mask and padding { BIAS } else if mask { LEAKYRELU }
}
block BIAS { RELU }
input x: 7x8; input m: 7x7 bool; input p: 7 bool
"""


def test_uses_with_and_without_an_input_are_blocks_of_their_own() -> None:
    text = f"{LAYER}a: LAYER 4 mask=m x2 <- x; b: LAYER 4 <- a, m, p; c: LAYER 4 padding=p; d: LAYER 4; e: LAYER 4 mask=no x2"
    module = archdsl.loads(text).to_torch().double()
    x, m, p = values(7, 8), truths(7, 7), truths(7)
    hidden = torch.zeros(N, 1, 7, 7).masked_fill(~m[:, None], -torch.inf)
    pads = torch.zeros(N, 1, 1, 7).masked_fill(~p[:, None, None], -torch.inf)
    z = x
    for each in module.a:
        z = F.leaky_relu(z + projected(each.attn, z, z, hidden))
    z = F.relu(z + projected(module.b.attn, z, z, hidden + pads))
    z = z + projected(module.c.attn, z, z, pads)
    for each in (module.d, *module.e):
        z = z + projected(each.attn, z, z, 0)
    torch.testing.assert_close(module(x, m, p), z)
    source = archdsl.loads(text).to_source()
    assert source.count("class Layer") == 4  # with a mask, with both, with a padding, with none


def test_optional_inputs_go_through_blocks_shares_merges_and_groups() -> None:
    text = f"""{LAYER}
block TWICE <- x, mask=no {{ first: {{ LAYER 4 mask=mask }}; if mask {{ LAYER 4 <- _, mask }} else {{ ID }} }}
a: TWICE mask=m <- x
b: SHARE a <- a, m
c: TWICE
SHARE c x2
ADD {{ TWICE mask=m; LAYER 4 padding=p; LAYER 4 <- _, m, p }}
"""
    model = archdsl.loads(text)
    assert [row.path for row in model.layers if row.kind == "ATTENTION"][:2] == ["a.first.0.attn", "a.1.attn"]
    assert model.to_torch()(torch.randn(N, 7, 8), truths(7, 7), truths(7)).shape == (N, 7, 8)


def test_lines_that_differ_in_what_a_name_of_a_mask_means_are_not_one() -> None:
    """The same words on values of the same shapes: with a mask here, with a second sequence there."""
    text = """
    block ONE(heads) <- x, y, mask=no { ATTENTION heads mask=mask <- x, y }
    block TWO(heads) <- x, mask=no { ATTENTION heads mask=mask }
    input x: 8x8; input y: 8x8
    a: ONE 4 <- x, y
    b: TWO 4 mask=y <- x
    """
    model = archdsl.loads(text + "output a, b")
    first, second = (row for row in model.to_json()["layers"] if row["kind"] == "ATTENTION")
    assert (first["attributes"]["mask"], second["attributes"]["mask"]) == (None, 1)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("LAYER 4 mask=m <- x, m", "duplicate-name", "mask of LAYER is given twice"),
        ("LAYER 4 <- x, m, p, p", "wrong-inputs", "LAYER reads 1 input (x), and at most mask, padding, got 4"),
        ("LAYER 4 mask=q <- x", "unknown-name", "named q"),
        ("LAYER 4 mask=2*p <- x", "wrong-type", "mask is the name of an input or of a result above"),
        ("LAYER 4 mask <- x", "missing-value", "mask needs = and a value"),
        ("LAYER 4 mask=p <- x", "rank-mismatch", "mask of ATTENTION must be 7x7 bool"),
        ("block B <- x, m=no { ID <- m }; B <- x", "missing-input", "m is an optional input, and this use"),
        ("block B <- x, m=no { LINEAR m.steps }; B <- x", "missing-input", "m is an optional input, and this use"),
        ("block B <- x, m=yes { ID <- x }; B <- x", "wrong-type", "is written m=no"),
        ("block B <- m=no, x { ID <- x }; B <- x", "misplaced", "m may be left out, so it comes after"),
        ("block B(m) <- x, m=no { ID <- x }; B 3 <- x", "duplicate-name", "m is declared twice"),
        ("block B <- x, m=no { let m = 3; ID <- x }; B <- x", "duplicate-name", "m has a meaning here"),
        ("block B <- x, m=no { m: ID <- x }; B <- x", "duplicate-name", "the name m is given twice"),
    ],
)
def test_what_is_wrong_with_an_optional_input_is_said(line: str, code: str, words: str) -> None:
    report = archdsl.check(f"{LAYER}{line}\n")
    errors = [one for one in report.diagnostics if one.severity == "error"]
    assert code in [one.code for one in errors] and words in " ".join(one.message for one in errors), errors
