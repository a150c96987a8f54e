"""Receptive fields against gradients, and facts that are carried through a network: copies as powers, bodies once."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from test_layers import EXAMPLES, named, spec

import archdsl
from archdsl.analysis.receptive import fields_of_outputs, receptive_fields
from archdsl.layers.base import Example, Layer
from archdsl.layers.field import SAME, WHOLE, Field
from archdsl.network.carry import Carry, Transfers
from archdsl.network.nodes import Leaf, Merge

CONV = "CONV 4 3x3 p1"
NETWORKS = {
    "chain": "input 24x24x3\nCONV 4 3x3 s2 p1\nRELU\nMAXPOOL 2x2\nCONV 4 3x3 p1\nBN",
    "dilated": "input 40x3\nCONV 4 3 d2 p2\nCONV 4 3 d4 p4",
    "residual": f"input 12x12x4\nADD {{ {{ {CONV}; RELU; CONV 4 3x3 p1 }}; {{}} }}\nCONV 4 1x1",
    "names": f"input 16x16x4\na: {CONV}\nb: {CONV}\nc: {CONV}\nADD <- a, c\nCONCAT <- a, b",
    "copies": "input 16x16x4\n{ CONV 4 3x3 p1; RELU } x3\nAVGPOOL 3x3 s2",
    "copies that read outside": f"input 20x20x4\na: {CONV}\nlayers: {{ b: {CONV}; ADD <- a, b }} x3",
    "merges in copies": f"input 16x16x4\nADD {{ {{ {CONV}; {CONV} }}; {{}} }} x2",
    "branches in copies": "input 12x12x4\nCONCAT { CONV 2 3x3 p1 x3; MAXPOOL 5x5 s1 p2 }",
    "block": "block B(c) {\n  ADD { { CONV c 3x3 p1; RELU }; {} }\n}\ninput 16x16x4\nB 4 x3\nMAXPOOL 2x2\nB 4",
    "loop": "input 20x20x4\nfor k in [1, 3, 5] {\n  CONV 4 k p=same\n  RELU\n}",
    "choice": f"input 9x9x4\nif 1 == 1 {{ {CONV} }}\nRELU",
    "shared": f"input a: 16x16x4\ninput b: 16x16x4\nt: {{ {CONV}; {CONV} }} <- a\nu: SHARE t <- b\nADD <- t, u\nMAXPOOL 2x2",
    "two outputs": f"input 16x16x4\na: {CONV}\nb: CONV 4 3x3 s2 p1\noutput a, b",
    "up": "input 16x16x4\na: CONV 4 3x3 p1\nMAXPOOL 2x2\nCONV 4 3x3 p1\nUPCONV 4 2x2 s2\nb: CONV 4 3x3 p1\nCONCAT <- a, b",
    "nearest": "input 12x12x4\nMAXPOOL 2x2\nUPSAMPLE 2\nCONV 4 3x3 p1",
    "all": "input 8x8x3\nCONV 4 3x3\nGLOBALAVGPOOL\nFC 5",
    "other strides": "input 8x8x3\nCONV 4 3x3\na: CONV 4 1x1\nb: { CONV 4 3x3 s2 p1; UPSAMPLE size=6 } <- a\nADD <- a, b",
}


def drawn(torch: Any, port: Any) -> Any:
    """A random input, of which numbers have gradients."""
    sizes = port.shape[-1:] + port.shape[:-1] if len(port.shape) > 2 else port.shape
    values = torch.randn(1, *sizes).double()
    return values < 0.5 if port.dtype == "bool" else values.requires_grad_()


def read(model: Any, draws: int) -> list[tuple[str, tuple[int, ...], list[tuple[int, int, int] | None]]]:
    """For each input and some positions of each output: along each axis, the first and last element with a gradient."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    module = model.to_torch().double().eval()
    found = []
    for number, port in enumerate(model.outputs):
        space = port.shape[:-1]
        places = list(product(*({0, size // 2, size - 1} for size in space)))
        seen: dict[Any, Any] = {}
        for _ in range(draws):
            inputs = [drawn(torch, each) for each in model.inputs]
            outputs = module(*inputs)
            output = outputs[number] if isinstance(outputs, tuple) else outputs
            for place in places:
                values = output[0][:, *place] if len(space) > 1 else output[0][place] if space else output[0]
                floats = [one for one in inputs if one.is_floating_point()]
                gradients = torch.autograd.grad(
                    (values * torch.randn_like(values)).sum(), floats, retain_graph=True, allow_unused=True
                )
                ports = [each for each in model.inputs if each.dtype != "bool"]
                for each, gradient in zip(ports, gradients, strict=True):
                    if gradient is not None:
                        axis = 0 if len(each.shape) > 2 else len(each.shape) - 1
                        read = gradient[0].abs().sum(axis) > 0
                        seen[each.name, place] = seen.get((each.name, place), torch.zeros_like(read)) | read
        for (name, place), mask in seen.items():
            where = mask.nonzero()
            if len(where):
                ends = [
                    (int(axis.min()), int(axis.max()), size) for axis, size in zip(where.T, mask.shape, strict=True)
                ]
                found.append((name, (number, *place), ends))
    return found


def hold(model: Any, *, exact: bool = True, borders: bool = True, draws: int = 15) -> int:
    """Hold the fields of all outputs against gradients; returns how many were reached from end to end.

    At the borders some elements are padding. Unless it holds zeros, nothing is said of these positions.
    """
    reached = 0
    fields = fields_of_outputs(model.network)
    for name, (number, *place), ends in read(model, draws):
        for axis, ((least, most, size), field) in enumerate(zip(ends, fields[number][name], strict=True)):
            if field is None:
                continue
            first, last = field.stride * place[axis] + field.first, field.stride * place[axis] + field.last
            inside = first >= 0 and last <= size - 1
            if inside or borders:
                assert first <= least and most <= last, (name, place, axis, field, least, most)
            if inside and exact:
                assert (least, most) == (first, last), (name, place, axis, field)
                reached += 1
    return reached


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_gradients_reach_as_far_as_the_field_says(text: str) -> None:
    model = archdsl.loads(text)
    up = "UP" in text  # with fractional strides the ends are bounds, which not every position reaches
    reached = hold(model, exact=not up)
    whole = all(
        field is WHOLE for fields in fields_of_outputs(model.network) for axes in fields.values() for field in axes
    )
    assert reached or whole or up


def small(example: Example) -> bool:
    sizes = [int(size) for size in re.findall("[0-9]+", example.text.partition(" -> ")[0])]
    words = (" int", " bool", "MODULE", "NOISE")  # of which no gradient tells what they read
    return not any(word in example.text for word in words) and sizes and max(sizes) <= 32


@named([(kind, example) for kind, example in EXAMPLES if kind.inputs[1] != 0 and small(example)])
def test_no_kind_reads_more_than_it_says(kind: type[Layer], example: Example) -> None:
    model = archdsl.loads(spec(example.text))
    if any(port.dtype != "float32" for port in model.outputs):
        return
    hold(
        model,
        exact=False,
        draws=2,
        borders="mode=" not in example.text and "replicate" not in example.text,
    )


WINDOW = Field(1, -1, 1)  # of a convolution with a window of 3
POINTWISE = (
    *("BN", "LN", "RMSNORM", "L2NORM", "LRN 3", "SOFTMAX", "LOGSOFTMAX", "TANH", "GELU", "HARDTANH", "PRELU", "RRELU"),
    *("DROPOUT", "CHANNELDROPOUT", "GLU", "SWIGLU", "ID", "CHANNELSHUFFLE 2", "ADD { ID; TANH }", "LINEAR 5"),
)
WIDE = (
    *("BN nostats", "INSTANCENORM", "GN 2", "LN axes=all", "LN axes=[width, channels]", "L2NORM axis=height"),
    *("SOFTMAX axis=height", "GLU axis=width", "GLOBALAVGPOOL", "UPSAMPLE 2 mode=bilinear", "FC 5"),
)


@pytest.mark.parametrize(
    ("line", "field"), [*((line, WINDOW) for line in POINTWISE), *((line, WHOLE) for line in WIDE)]
)
def test_what_looks_at_each_position_alone_widens_no_field(line: str, field: Field | None) -> None:
    """A field that is too wide is right and of no use; gradients do not tell."""
    network = archdsl.loads(f"input 16x16x4\nCONV 4 3x3 p1\n{line}").network
    assert fields_of_outputs(network) == [{"input": (field, field)}]


@pytest.mark.parametrize("line", ["LINEAR 5 <- c", "ROTARY <- c", "BILINEAR 3 <- c, b"])
def test_steps_are_looked_at_alone(line: str) -> None:
    network = archdsl.loads(f"input a: 9x8\ninput b: 9x8\nc: CONV 8 3 p1 <- a\ny: {line}\noutput y, b").network
    assert fields_of_outputs(network)[0]["a"] == (WINDOW,)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("UPCONV 4 3 s2 d3 p3", Field(Fraction(1, 2), Fraction(-3, 2), Fraction(3, 2))),
        ("UPCONV 4 3 s2 p1", Field(Fraction(1, 2), Fraction(-1, 2), Fraction(1, 2))),
        ("UPSAMPLE 3", Field(Fraction(1, 3), Fraction(-2, 3), 0)),
        ("UPCONV 4 4 s3", Field(Fraction(1, 3), Fraction(-1), Fraction(0))),
    ],
)
def test_a_transposed_window_reads_what_adds_to_a_place(line: str, field: Field) -> None:
    """Element i adds to the places stride*i + dilation*step - pad."""
    assert fields_of_outputs(archdsl.loads(f"input 9x9x3\n{line}").network) == [{"input": (field, field)}]


def test_a_vector_looked_up_is_that_of_its_own_step() -> None:
    network = archdsl.loads("input 9 int\nEMBED 10 4\nCONV 3 3 p1").network
    assert fields_of_outputs(network) == [{"input": (WINDOW,)}]


def test_sizes_strides_and_offsets_of_layers() -> None:
    """AlexNet's, as Araujo et al. 2019 list them: 11, 19, 51, 67, 99, 131, 163, 195."""
    network = archdsl.load("specs/alexnet.arch").network
    sizes = []
    for each in receptive_fields(network):
        (fields,) = each.inputs.values()
        if type(each.layer.node.op).__name__ in ("Conv", "MaxPool"):
            assert fields[0] is not None
            sizes.append((fields[0].size, fields[0].stride))
    assert sizes == [(11, 4), (19, 8), (51, 8), (67, 16), (99, 16), (131, 16), (163, 16), (195, 32)]


def test_a_power_of_copies_is_what_the_copies_written_out_give() -> None:
    step = "{ CONV 4 3x3 p1; RELU }"
    for count in (0, 1, 2, 7, 20):
        copies = fields_of_outputs(archdsl.loads(f"input 64x64x4\n{step} x{count}\nRELU").network)
        assert copies == [{"input": (Field(1, -count, count),) * 2}]
    deep = archdsl.loads("input 8x8x4\n{ CONV 4 3x3 p1; RELU } x1000000\nRELU").network
    assert fields_of_outputs(deep) == [{"input": (Field(1, -1_000_000, 1_000_000),) * 2}]


class Counted(Transfers[int]):
    """The number of layers along the longest path, and how often a layer was asked."""

    one, unknown = 0, -1

    def __init__(self) -> None:
        self.asked = 0

    def layer(self, node: Leaf | Merge, place: int, result: int) -> int:
        self.asked += 1
        return int(isinstance(node, Leaf))

    def then(self, first: int, second: int) -> int:
        return first + second

    def beside(self, left: int, right: int) -> int:
        return max(left, right)


def test_a_body_is_worked_out_once_however_often_it_is_used() -> None:
    blocks = "\n".join(f"block B{n} {{\n  B{n - 1}; B{n - 1}\n}}" for n in range(1, 30))
    network = archdsl.loads(f"block B0 {{\n  CONV 4 3x3 p1; RELU\n}}\n{blocks}\ninput 8x8x4\nB29").network
    counted = Counted()
    assert Carry(network, counted).outputs() == ({0: 2 * 2**29},)
    assert counted.asked == 2


def test_each_layer_has_the_paths_to_it() -> None:
    network = archdsl.loads(NETWORKS["names"]).network
    found = [layer.results[0] for layer in Carry(network, Counted()).layers()]
    assert found == [{0: 1}, {0: 2}, {0: 3}, {0: 4}, {0: 3}]


def test_a_layer_behind_a_source_alone_reads_no_input() -> None:
    network = archdsl.loads("input x: 8\np: PARAM 8\na: RELU <- p\nADD <- x, a").network
    found = [layer.results[0] for layer in Carry(network, Counted()).layers()]
    assert found == [{}, {}, {0: 1}]


def test_fields_follow_one_another_and_run_beside_one_another() -> None:
    assert Field(1, 0, 0) == SAME
    assert (Field(2, -1, 1).size, Field(1, -4, 4).size) == (3, 9)
