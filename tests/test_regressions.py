"""Short texts that once were wrong: accepted and compiled, each gives the numbers that its second reading gives."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from support.compare import example_inputs, flops, static_tensors, tensor_sizes, torch_tensors  # noqa: E402

import archdsl  # noqa: E402

COMPILED = {
    "an expression as the default of a parameter": "input 4x4x2\nblock B(c, m=2*c) { CONV m 1x1 }\nB 3",
    "`in` behind a value in brackets": "input 8x8x4\nblock B(a, b) { CONV a b }\nB (2) in",
    "a last line that is no output runs": "input 4x4x2\na: CONV 3 1\nCONV 5 1\noutput a",
    "a line that a group does not read runs": "input a: 4; input b: 4\nFC 3 <- a; { RELU <- b } x1",
    "a branch that is read again": "input 4\nADD { a: FC 3; FC 3 }\nFC 2 <- a",
    "a branch of several lines that is read again": "input 4x4\nCONCAT { a: { FLATTEN; FC 4 }; FC 5 }\nFC 1 <- a",
    "copies in a merge that are read again": "input 4x4x2\nblock V { CONV 2 1 }\nMEAN { h: V x2 }\nADD { RELU <- h; ID }",
    "copies of braces in a merge": "input a: 4x5\nSTACK { { RELU } x2 }\nc: CONV 3 1\noutput a, c",
    "copies of a block of two inputs": "input a: 4x4x2; input b: 4x4x2\nblock B <- p, q { ADD <- p, q; CONV 2 1 }\n"
    "m: ADD <- a, b\nMEAN { h: B x2 <- m, m }",
    "copies that one use of a block has and another has not": "input 6x2\n"
    "block B(n) { a: CONV 2 1 x(n); b: { ADD { ID; RELU } } x(n//2) }\n{ ADD { g: { B 0 x2 }; CONV 2 1 } }\nB 1; B 4",
    "empty braces, repeated": "input 8\n{ } x3; { { } x2 } x3\nADD { ID; { } x2 }",
    "a repeat reads what its line gives once": "input 6\nFC 6; { ADD { ID; RELU } } x1",
    "one copy of what reads two inputs": "input a: 4; input b: 4\nADD x1 <- a, b; n: CONCAT x1 <- a, b",
    "branches of a repeat read one input": "input 1x4x4x2\nblock U { FC 3; SIGMOID }\nMAXPOOL 1 x2\nCONCAT { { U } x2 }",
    "in place only where nothing else reads": "input 6\nFC 6; ADD { ID; RELU }",
    "in place behind an identity": "input 6\nFC 6; b: RELU; a: ID <- b; RELU; ADD <- a, b",
    "in place behind named copies": "input 4\nblock U { SIGMOID }\nFC 4; a: U x2; RELU",
    "a sum of calls is turned whole": "input 12x1\nMAXPOOL 1\nADD { a: TANH; SUBSAMPLE k1 }",
    "copies that end as they do not begin": "input 4x4x2\nblock U { CONV 2 1; LINEAR 2 }\na: U x2\nCONV 1 1",
    "a table with uneven padding": "input 5x4x4\nCONV 3 3 table=[[1], [0, 1], [1, 2, 3]] p=same s2",
    "a table with an even kernel": "input 5x4x4\nCONV 1 2 table=[[1, 2]] p=same",
    "a bias per position with uneven padding": "input 5x4x2\nCONV 3 3 bias=position p=same s2 mode=replicate",
    "a layer called flatten before a flattening": "input 4x4x2\na: { flatten: AVGPOOL 2; FC 3 }",
    "an expression that appears twice in a call": "input 3x3x2\nCONV 1 1; SOFTMAX axis=all",
    "inputs called as PyTorch's packages": "input F: 4x4x2; input torch: 4x4x2\nMAXPOOL 2 <- F\nADD <- F, torch",
    "names with an underscore before": "input 4x4x2\n_x: CONV 2 1; RELU\nCONV 3 1\nADD <- _x, _x",
    "a name that begins with two": "input 4\nfor k in [1, 2] { __init__{k}: FC 4 }",
    "of several results a branch is the first": "input 4\nblock B <- x { a: FC 3; output a, x }\nCONCAT { p, q: B; FC 2 }",
    "one branch of four axes is stacked on nothing": "input 2x2x2x2\nSTACK { CONV 3 1 }",
    "a block at inputs of different ranks": "input 3x4x2\nblock U { SOFTMAX }\na: LINEAR 6\nGLOBALAVGPOOL; U\nADD <- a, a; U",
    "a loop with several inputs": "input a: 8; input b: 8\nfor i in 1..2 { c{i}: FC 8 <- a }\nif yes { RELU <- b }",
    "no input loses its variable while another is turned": "input a: 5x6x2; input b: 5x6x2\n"
    "block U <- p, q { LINEAR 1 <- q }\ns: ADD <- b, a\nt: U <- a, s; g: { ADD { CONV 2 1; { AVGPOOL 1; LINEAR 2 } } }\noutput t, a",
}
WITHOUT_INPUT = {
    "a parameter": "PARAM 2",
    "a parameter with a batch of its own": "PARAM 2x3 batch; RELU",
    "layers on a parameter": "PARAM 8x8x3\n{ CONV 3 3 p1; BN } x2\ng: { CONV 4 1 }\nADD { ID; PARAM 8x8x4 }; FC 3",
    "a constant": "CONST 2",
    "a constant that is read": "CONST 2x3; FC 3",
    "a merge of parameters": "a: PARAM 2x3\nb: CONST 2x3\nADD <- a, b\noutput a, b",
    "a loop of parameters": "for i in 1..2 { a{i}: PARAM 2 }\nif yes { PARAM 4 }",
}
REFUSED = {
    "a window larger than its input, rounded up": ("input 3x3x2\nMAXPOOL 4 s2 ceil", "kernel-too-large"),
    "a number that stands for a layer above": ("input 4\nFC 4\nFC 3\n0: FC 2", "duplicate-name"),
    "a name that Python uses": ("input 4\n__init__: FC 4", "invalid-name"),
}


@pytest.mark.parametrize("text", COMPILED.values(), ids=COMPILED)
def test_compiled(text: str) -> None:
    """Tensors, shapes in both modes, macs, and a backward pass."""
    model = archdsl.loads(text)
    module = model.to_torch()
    assert torch_tensors(module) == static_tensors(model)
    inputs = example_inputs(model)
    for mode in (module.train(), module.eval()):
        outputs = results(mode(*inputs))
        assert [tuple(y.shape) for y in outputs] == [tensor_sizes(port) for port in model.outputs]
    if outputs[0].requires_grad:
        outputs[0].sum().backward()
    assert flops(module, [x.to("meta") for x in inputs]) == 4 * model.macs


@pytest.mark.parametrize("name", WITHOUT_INPUT)
def test_a_network_that_reads_nothing_has_a_batch_of_1(name: str) -> None:
    model = archdsl.loads(WITHOUT_INPUT[name])
    assert "def forward(self):" in model.to_source()
    module = model.to_torch().eval()
    results = module()
    results = results if isinstance(results, tuple) else (results,)
    assert [tuple(result.shape) for result in results] == [tensor_sizes(port, batch=1) for port in model.outputs]
    assert torch_tensors(module) == static_tensors(model)


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(archdsl.ArchError) as caught:
        archdsl.loads(text)
    assert [fault.code for fault in caught.value.diagnostics] == [code]


def results(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


def run(name: str) -> tuple[Any, Any, Any]:
    """The module of a text, an input and its result in evaluation."""
    module = archdsl.loads(COMPILED[name]).to_torch().eval()
    x = torch.randn(2, *archdsl.loads(COMPILED[name]).inputs[0].shape)
    return module, x, module(x)


def test_numbers_of_a_sum_with_a_relu() -> None:
    module, x, y = run("in place only where nothing else reads")
    z = F.linear(x, *module.parameters())
    torch.testing.assert_close(y, z + F.relu(z))


def test_numbers_of_a_relu_behind_an_identity() -> None:
    module, x, y = run("in place behind an identity")
    torch.testing.assert_close(y, 2 * F.relu(F.linear(x, *module.parameters())))


def test_numbers_of_a_sum_of_calls() -> None:
    module, x, y = run("a sum of calls is turned whole")
    weight, bias = module.parameters()
    torch.testing.assert_close(y, torch.tanh(x) + x * weight + bias)


REPEATS = {  # N copies, and the same copies one by one
    "without a name": (
        "input 4x4x8; h: RELU\n{ LINEAR 8; RELU; CONV 8 1 } x3\nADD { ID; ID <- h }",
        "LINEAR 8; RELU; CONV 8 1\n" * 3,
    ),
    "under a name": (
        "input 4x4x8; h: RELU\na: { LINEAR 8; CONV 8 1 } x2\nADD { ID; ID <- h }",
        'a: { "0": {~}; "1": {~} }',
    ),
    "reading from outside": (
        "input 8; h: FC 8\n{ FC 8; ADD { RELU; ID <- h } } x2",
        "FC 8; ADD { RELU; ID <- h }\n" * 2,
    ),
}


@pytest.mark.parametrize("name", REPEATS)
def test_a_repeat_is_the_copies_one_by_one(name: str) -> None:
    text, copies = REPEATS[name]
    start, repeat, rest = text.partition("\n")[0], text.split("\n")[1], text.split("\n")[2:]
    body = repeat[repeat.index("{") + 1 : repeat.rindex("}")]
    looped = archdsl.loads(text)
    plain = archdsl.loads("\n".join([start, copies.replace("~", body), *rest]))
    assert "for i in range(" in looped.to_source() or "for _ in range(" in looped.to_source()
    module, other = looped.to_torch().eval(), plain.to_torch().eval()
    other.load_state_dict(module.state_dict())
    x = torch.randn(2, 8, *([4, 4] if "4x4" in start else []))
    torch.testing.assert_close(module(x), other(x))
    torch.testing.assert_close(torch.compile(module, fullgraph=True, backend="eager")(x), other(x))
    torch.testing.assert_close(torch.export.export(module, (x,)).module()(x), other(x))


NESTED = (
    "{ LINEAR 8; { RELU; CONV 8 1; LINEAR 8 } x@; BN } x@",
    "a: { LINEAR 8; b: { RELU; LINEAR 8; CONV 8 1 } x@; CONV 8 1 } x@",
    "{ b: { RELU; CONV 8 1 } x@; ADD { ID; a: { RELU; TANH } x@ } } x1",
    "STACK { a: { ADD { b: { LINEAR 8; ADD { RELU; ID } } x@ } } x@ }",
    "B x@\nblock B { CONV 8 1; LINEAR 8 }",
)


@pytest.mark.parametrize("text", NESTED)
def test_many_copies_are_compiled_and_exported(text: str) -> None:
    module = archdsl.loads("input 4x4x8\n" + text.replace("@", "5")).to_torch().eval()
    x = torch.randn(2, 8, 4, 4)
    torch.compiler.reset()
    torch.testing.assert_close(torch.compile(module, fullgraph=True, backend="eager")(x), module(x))
    torch.testing.assert_close(torch.export.export(module, (x,)).module()(x), module(x))


@pytest.mark.parametrize("text", NESTED)
def test_the_source_of_many_copies_is_as_long_as_that_of_few(text: str) -> None:
    few, many = (
        archdsl.loads("input 4x4x8\n" + text.replace("@", count)).to_source().count("\n") for count in ("5", "30")
    )
    assert many == few


@pytest.mark.parametrize(
    "nest", ["a: { @ }", "a: { LINEAR 8; @; CONV 8 1 }", "a: { LINEAR 8; @; CONV 8 1 } x1", "ADD { a: { @ }; ID }"]
)
def test_the_source_of_nested_groups_grows_as_the_text_does(nest: str) -> None:
    """Attempts at chains stand within one another; none is made twice."""
    lengths = []
    for depth in (10, 20, 30):
        text = "RELU"
        for _ in range(depth):
            text = nest.replace("@", text)
        lengths.append(len(archdsl.loads("input 4x4x8\n" + text).to_source()))
    assert lengths[2] - lengths[1] <= 1.2 * (lengths[1] - lengths[0])


def test_nesting_beyond_the_stack() -> None:
    text = "input 8\n" + "a: { " * 150 + "RELU" + " }" * 150
    limits = archdsl.Limits(depth=1_000)
    assert archdsl.loads(text, limits=limits).to_source().count("class ") == 149
