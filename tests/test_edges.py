"""The edges of rules, worked out by hand: the last value that is accepted, the first that is refused, each count."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise, product
from typing import Any

import pytest

import archdsl
from archdsl.layers import REGISTRY, Refusal
from archdsl.layers.groups import divisors
from archdsl.layers.sides import Ends, Padding, Sides
from archdsl.layers.window import Window, _floors, check_fit, ever, same_padding
from archdsl.sizes.shape import Shape


def model(text: str) -> archdsl.Model:
    """What a text of an input and lines gives, parted by `;;`."""
    return archdsl.loads(text.replace(";;", "\n"))


@pytest.mark.parametrize(
    ("text", "connections"),
    [
        ("input 5x5x3;;CONV 8 3x3", 9 * 8 * 27 + 9 * 8),  # weights used, and one bias for each element
        ("input 5x5x3;;CONV 8 3x3 nobias", 9 * 8 * 27),
        ("input 5x5x3;;DWCONV 3x3", 9 * 3 * 9 + 9 * 3),
        ("input 5x5x4;;CONV 8 3x3 g2", 9 * 8 * 18 + 9 * 8),
        ("input 4x4x3;;UPCONV 2 2x2 s2", 16 * 3 * 2 * 4 + 64 * 2),
        ("input 4x4x3;;UPCONV 2 2x2 s2 nobias", 16 * 3 * 2 * 4),
        ("input 84;;FC 10", 84 * 10 + 10),
        ("input 84;;FC 10 nobias", 84 * 10),
        ("input 4x4x3;;SUBSAMPLE 2x2", 2 * 2 * 3 * 5),
        ("input 84;;RBF 10", 84 * 10),
        ("input a: 3;;input b: 4;;BILINEAR 2 <- a, b", 3 * 4 * 2 + 2),
        ("input a: 3;;input b: 4;;BILINEAR 2 nobias <- a, b", 3 * 4 * 2),
    ],
)
def test_connections_are_weights_used_and_biases(text: str, connections: int) -> None:
    assert model(text).totals.connections == connections


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("input 1x1x3;;UPCONV 2 1x1", (1, 1, 2)),
        ("input 1x1x3;;UPCONV 2 3x3 p1", (1, 1, 2)),  # all but one is cut off
        ("input 4x4x3;;UPCONV 2 2x2 s3 outpad=2", (13, 13, 2)),
        ("input 9x3;;SLICE steps=8", (3,)),
        ("input 9x3;;SLICE steps=-9", (3,)),
        ('input 9x3;;SLICE steps="0:1"', (1, 3)),
        ('input 9x3;;SLICE steps="8:"', (1, 3)),
        ('input 9x3;;SLICE steps="-9:-8"', (1, 3)),
        ('input 9x3;;SLICE steps="1:8:3"', (3, 3)),
        ('input 9x3;;SLICE steps="1:9:3"', (3, 3)),
        ("input 9 int;;EMBED 10 4 padding=-10", (9, 4)),
        ("input 9 int;;EMBED 10 4 padding=9", (9, 4)),
        ("input 9x3;;POSITIONS start=4; EMBED 13 2", (9, 2)),
        ("input 3x3x2;;CONV 1 3x3", (1, 1, 1)),
        ("input 3x3x2;;MAXPOOL 3", (1, 1, 2)),
        ("input 4x4x2;;MAXPOOL 2 p1", (3, 3, 2)),
        ("input 7x7x2;;MAXPOOL 2 s2 ceil", (4, 4, 2)),
        ("input 3x4;;CONV 1 2 p2 mode=reflect", (6, 1)),
        ("input 3x4;;CONV 1 2 p3 mode=circular", (8, 1)),
        ("input 8x8;;ROTARY dims=8", (8, 8)),
        ("input a: 4x4x6;;input b: 1x1x6;;SCALE <- a, b", (4, 4, 6)),
    ],
)
def test_the_last_value_that_a_rule_accepts(text: str, shape: tuple[int, ...]) -> None:
    assert model(text).outputs[0].shape == shape


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("input 1x1x3;;UPCONV 2 2x2 p1", "pad-too-large"),
        ("input 4x4x3;;UPCONV 2 2x2 s3 outpad=3", "out-of-range"),
        ("input 9x3;;SLICE steps=9", "out-of-range"),
        ("input 9x3;;SLICE steps=-10", "out-of-range"),
        ('input 9x3;;SLICE steps="3:3"', "out-of-range"),
        ('input 9x3;;SLICE steps="1:10"', "out-of-range"),
        ('input 9x3;;SLICE steps="-10:"', "out-of-range"),
        ('input 9x3;;SLICE steps="-3:0"', "out-of-range"),
        ('input 9x3;;SLICE steps="1:2:3:4"', "wrong-type"),
        ("input 9x3;;SLICE steps=[1, 2, 3, 4]", "wrong-type"),
        ("input 8x8x4;;CONV 2 3x3 table=[[0, -1], [3]]", "wrong-type"),
        ("input 8x8x4;;CONV 2 3x3 table=[[0, yes], [3]]", "wrong-type"),
        ("input 9x3;;LN axes=[3]", "wrong-type"),
        ("input 4;;RESHAPE []", "rank-mismatch"),
        ("input 9x3;;LN axes=[all, steps]", "wrong-type"),
        ("input 9 int;;EMBED 10 4 padding=-11", "out-of-range"),
        ("input 9 int;;EMBED 10 4 padding=10", "out-of-range"),
        ("input 9x3;;POSITIONS start=4; EMBED 12 2", "out-of-range"),
        ("input 3x3x2;;CONV 1 4x4", "kernel-too-large"),
        ("input 3x4;;CONV 1 2 p3 mode=reflect", "pad-too-large"),
        ("input 3x4;;CONV 1 2 p4 mode=circular", "pad-too-large"),
        ("input 4x4x2;;MAXPOOL 2 p2", "pad-too-large"),
        ("input 8x8;;ROTARY dims=9", "out-of-range"),
        ("input a: 4x4x6;;input b: 1x2x6;;SCALE <- a, b", "shape-mismatch"),
        ("input a: 4x4x6;;input b: 4x6;;SCALE <- a, b", "shape-mismatch"),
    ],
)
def test_the_first_value_that_a_rule_refuses(text: str, code: str) -> None:
    with pytest.raises(archdsl.ArchError) as caught:
        model(text)
    assert [one.code for one in caught.value.diagnostics] == [code]


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("input 7x9x2;;MAXPOOL 2 s2 ceil -> 1x1x2", "height: (7 + 0 - 2)/2 rounded up + 1 = 4"),
        ("input 7x9x2;;MAXPOOL 2 s2 p1 -> 1x1x2", "height: (7 + 2 - 2)//2 + 1 = 4; width: (9 + 2 - 2)//2 + 1 = 5"),
        ("input 8x8x2;;CONV 2 3 s2 p=same -> 1x1x2", "height and width: (8 + 1 - 3)//2 + 1 = 4"),
        ("input 8x8x2;;CONV 2 3 d2 p=same -> 1x1x2", "height and width: (8 + 4 - 5)//1 + 1 = 8"),
        ("input 6x6x2;;UPCONV 2 3 s2 p1 outpad=1 -> 1x1x2", "height and width: (6 - 1)*2 - 2 + 1*(3 - 1) + 1 + 1 = 12"),
        # PyTorch leaves out a window that would start behind the input
        ("input 3x3x2;;MAXPOOL 2 s3 p1 ceil -> 5x5x2", "height and width: (3 + 2 - 2)/3 rounded up + 1 = 2"),
        ("input 3x3x2;;MAXPOOL 2 s4 ceil -> 5x5x2", "without the one that starts after the input, = 1"),
    ],
)
def test_a_shape_shows_its_arithmetic(text: str, because: str) -> None:
    with pytest.raises(archdsl.ArchError) as caught:
        model(text)
    assert because in caught.value.diagnostics[0].label


@pytest.mark.parametrize("dilation", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_windows_on_padding_alone_are_found(dilation: int, stride: int) -> None:
    """Against every window, element by element: two neighbours on both sides of the axis; no element of any on it."""
    for size, kernel, before, after in product(range(1, 8), range(1, 5), range(9), range(3)):
        window = Window(kernel, stride, before, after, dilation)
        starts = [number * stride - before for number in range(max(0, window.positions(size)))]
        elements = [[start + dilation * step for step in range(kernel)] for start in starts]
        if not starts:
            continue
        if before < window.extent:
            astray = any(one < 0 and size <= other for each in elements for one, other in pairwise(each))
            assert window.blind(size) == astray, (size, window)
        read = any(0 <= element < size for each in elements for element in each)
        assert window.unread(size) == (not read), (size, window)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input a: 4x4x6;;input b: 4x4x5;;ADD <- a, b", "branch 1 is 4x4x6, branch 2 is 4x4x5"),
        ("input a: 4x6;;input b: 5x6;;MATMUL <- a, b", "MATMUL of 4x6 needs 6x6, and branch 2 is 5x6"),
        ("input a: 4x6;;input b: 5x7;;MATMUL transpose <- a, b", "MATMUL of 4x6 needs 5x6, and branch 2 is 5x7"),
        ("input a: 4x4x6;;input b: 4x4x6;;input c: 4x3x6;;ADD <- a, b, c", "branch 3 is 4x3x6"),
        ("input a: 4;;input b: 5;;SCALE <- a, b", "SCALE of 4 needs a gate of 4, and branch 2 is 5"),
        ("input a: 4x4x6;;input b: 5;;SCALE <- a, b", "SCALE of 4x4x6 needs a gate of 6 or 1x1x6, and branch 2 is 5"),
    ],
)
def test_a_refused_merge_names_its_branches(text: str, message: str) -> None:
    with pytest.raises(archdsl.ArchError) as caught:
        model(text)
    assert message in caught.value.diagnostics[0].message


def test_sums_of_floors_are_those_of_the_numbers() -> None:
    for count, modulus, factor, term in product(range(6), range(1, 7), range(8), range(9)):
        assert _floors(count, modulus, factor, term) == sum((factor * i + term) // modulus for i in range(count))


def test_same_padding_divides_the_axis_by_the_stride() -> None:
    """As little as that takes, half of it before the axis and the odd element behind."""
    for size, kernel, stride, dilation in product(range(1, 12), range(1, 6), range(1, 5), range(1, 4)):
        before, after = same_padding(size, kernel, stride, dilation)
        assert Window(kernel, stride, before, after, dilation).positions(size) == -(-size // stride)
        assert after - before in (0, 1)
        less = Window(kernel, stride, 0, before + after - 1, dilation)
        assert before + after == 0 or stride == 1 or less.positions(size) < -(-size // stride)


def test_padding_behind_stands_for_ceil() -> None:
    for size, kernel, stride, pad in product(range(1, 12), range(1, 6), range(1, 6), range(3)):
        window = Window(kernel, stride, pad, pad, ceil=True)
        if size + 2 * pad >= kernel and 2 * pad <= kernel:
            plain = Window(kernel, stride, pad, window.reach)
            assert window.reach <= kernel - 1 or window.reach == pad
            assert plain.positions(size) == window.positions(size), (size, window)


@pytest.mark.parametrize(
    ("window", "message"),
    [
        (Window(5), "POOL: kernel 5 is larger than the height 4"),
        (Window(7, before=1, after=1), "POOL: kernel 7 is larger than the height 6 (4 and 2 of padding)"),
        (Window(3, dilation=3), "POOL: kernel 3 covers 7 and is larger than the height 4"),
    ],
)
def test_a_window_that_is_too_large_shows_its_sizes(window: Window, message: str) -> None:
    with pytest.raises(Refusal, match=f"^{re.escape(message)}$"):
        check_fit("POOL", 4, window, "height")
    check_fit("POOL", window.extent - window.before - window.after, window, "height")


def test_a_question_about_an_open_axis_is_asked_of_sizes_up_to_the_last() -> None:
    _, size = archdsl.loads("input HxWx3\nRELU").outputs[0].shape[:2]
    asked: list[int] = []
    assert not ever(size, 5, lambda number: asked.append(number) is not None)
    assert asked == [1, 2, 3, 4]
    assert ever(size, 5, lambda number: number == 4)
    assert not ever(size, 4, lambda number: number == 4)
    assert ever(size, 10**9, lambda number: False)  # too many to ask: it may be
    assert not ever(4, 10**9, lambda number: False)


def test_groups_that_are_proposed_divide_both() -> None:
    assert divisors(12, 8, 3) == ({"groups": 2},)  # 4 is as near
    assert divisors(12, 8, 5) == ({"groups": 4},)
    assert divisors(12, 8, 1) == ({"groups": 2},)
    assert divisors(8, 12, 9) == ({"groups": 4},)
    assert divisors(7, 5, 3) == ()


@pytest.mark.parametrize("values", ["g2", "bias=position", "mode=reflect"])
def test_a_table_goes_with_no_other_way_to_connect(values: str) -> None:
    text = f"input 8x8x4\nCONV 2 3x3 table=[[0, 1], [3]] {values}"
    (fault,) = archdsl.check(text).diagnostics
    assert (fault.code, text[fault.span.start : fault.span.end]) == ("table-mismatch", values)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("input 24;;RESHAPE 2x12", True),
        ("input 24;;RESHAPE 2x12 last", False),  # as view counts
        ("input 24;;RESHAPE 24x1", False),  # one column, or one row, is the same either way
        ("input 24;;RESHAPE 1x24", False),
        ("input 2x12;;RESHAPE 24", False),
        ("input 24;;RESHAPE 2x3x4", False),
    ],
)
def test_a_vector_as_a_matrix_says_how_elements_are_counted(text: str, told: bool) -> None:
    assert [one.code for one in model(text).diagnostics] == ["element-order"] * told


@pytest.mark.parametrize(
    ("sizes", "axes", "weight"),
    [
        ((8,), ("all",), (8,)),
        ((4, 3), ("all",), (4, 3)),  # a sequence lies steps first
        ((5, 4, 3), ("all",), (3, 5, 4)),  # an image channels first
        ((5, 4, 3), ("channels",), (3,)),
        ((5, 4, 3), ("height", "width"), (5, 4)),
        ((5, 4, 3), ("width", "channels"), (4, 3)),
    ],
)
def test_the_weight_of_a_norm_lies_as_what_it_normalises(
    sizes: tuple[int, ...], axes: tuple[str, ...], weight: tuple[int, ...]
) -> None:
    x = Shape(sizes)
    op = REGISTRY["LN"]({"axes": axes, "eps": 1e-5, "affine": True, "bias": True}, (x,))
    assert [tensor.sizes for tensor in op.tensors(x)] == [weight, weight]
    assert op.shape(x) == x


@pytest.mark.parametrize(
    ("kind", "value", "axes", "ends"),
    [
        (Ends, 2, 2, (2, 2)),
        (Ends, 0, 2, (0, 0)),  # none is the least
        (Ends, (1, 2), 2, (1, 2)),
        (partial(Ends, behind=True), 2, 2, (0, 2)),
        (Sides, 0, 2, ((0, 0), (0, 0))),
        (Padding, "valid", 2, ((0, 0), (0, 0))),
        (Padding, "same", 2, "same"),
        (Padding, 3, 1, ((3, 3),)),
        (Padding, ((1, 2), 0), 2, ((1, 2), (0, 0))),
    ],
)
def test_ends_of_axes(kind: Callable[[], Any], value: object, axes: int, ends: object) -> None:
    assert kind().convert(value, axes) == ends


@pytest.mark.parametrize(("kind", "value"), [(Ends, -1), (Ends, (1, 2, 3)), (Sides, -1), (Padding, "full")])
def test_what_is_no_end_of_an_axis(kind: Callable[[], Any], value: object) -> None:
    with pytest.raises(Refusal):
        kind().convert(value, 2)


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("7,811 params within 0.5%", True),  # 39 of 7,811 are 0.4993 %
        ("7,810 params within 0.5%", False),  # 40 of 7,810 are 0.5122 %
        ("7,889 params within 0.5%", True),
        ("7,890 params within 0.5%", False),
        ("7,812 params within 0.49%", True),  # 38 are 0.4864 %
        ("7,811 params within 0.49%", False),
        ("8,000 params within 1.875%", True),  # 150 are just these
        ("8,000 params within 1.874%", False),
        ("7.9K params within 1%", True),
        ("8K params within 1%", False),
        ("7.85K params", True),
        ("7.84K params", False),
        ("7.9K params", True),  # rounded
        ("7.8K params", True),
        ("7.7K params", False),
    ],
)
def test_how_near_a_claim_is(claim: str, holds: bool) -> None:
    """28x28 to 10 units are 7,850 params."""
    (found,) = archdsl.check(f"input 28x28x1\nFC 10 -> {claim}").claims
    assert found.holds is holds


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("DROPOUT 1.5", "must be between 0 and 1, not 1.5"),
        ("BN eps=0", "must be above 0, not 0"),
        ("LN eps=-1", "must be 0 or more, not -1"),
        ("LRN 5 alpha=-1", "must be 0 or more, not -1"),
    ],
)
def test_the_range_of_a_number_is_told(line: str, words: str) -> None:
    (fault,) = archdsl.check(f"input 8x8x3\n{line}").diagnostics
    assert words in fault.message


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        # what follows a word that means nothing is its echo, but for options by their names
        ("8 zork zilch", ["unknown-name"]),
        ("8 zork 3x3 q=1", ["unknown-name", "unknown-option"]),
        ("q=1 8 3x3 z=2", ["unknown-option", "unknown-option"]),
        ("8 3x3 s=2 s=3", ["duplicate-name"]),
        ("8 3x3 5 6", ["too-many-values"]),
        ("zork 3x3 5", ["unknown-name"]),
    ],
)
def test_faults_among_values(values: str, codes: list[str]) -> None:
    found = archdsl.check(f"input 8x8x3\nCONV {values}").diagnostics
    assert sorted(one.code for one in found) == codes


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ('"0:8"', 8),
        ('"7:"', 1),
        ('"-8:"', 8),
        ('"-1:"', 1),
        ('"::3"', 3),
        ('"1::3"', 3),
        ('"2::3"', 2),
        ('":-7"', 1),
        ('":-1"', 7),
        ('"0:9"', None),
        ('"8:"', None),
        ('"-9:"', None),
        ('":-8"', None),
        ('"3:3"', None),
    ],
)
def test_the_ends_of_a_range(taken: str, left: int | None) -> None:
    report = archdsl.check(f"input 8x5x3\nSLICE height={taken}")
    assert [row.output.sizes for row in report.layers] == ([(left, 5, 3)] if left is not None else [])


@pytest.mark.parametrize(("place", "fits"), [("0", True), ("7", True), ("8", False), ("(-8)", True), ("(-9)", False)])
def test_the_ends_of_an_axis(place: str, fits: bool) -> None:
    assert archdsl.check(f"input 8x5x3\nSLICE height={place}").ok is fits


def test_one_value_may_be_stacked_whatever_its_rank() -> None:
    """The values of a merge may be one; then nothing is done."""
    for size in ("5", "4x5", "3x4x5", "2x3x4x5"):
        (output,) = archdsl.loads(f"input {size}\nSTACK {{ ID }}").outputs
        assert "x".join(map(str, output.shape)) == size
    codes = [one.code for one in archdsl.check("input 2x3x4x5\nSTACK { ID; ID }").diagnostics]
    assert codes == ["rank-mismatch"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8x8x3\nCONV 8 3x3x3", "kernel of CONV has 3 numbers (3x3x3), and the input has 2 axes beside the channels"),
        ("8x3\nCONV 8 3x3", "kernel of CONV has 2 numbers (3x3), and the input has 1 axis beside the channels"),
        ("8x8x3\nLSTM 4", "LSTM reads an input of 2 axes, and 8x8x3 has 3"),
        ("8\nMAXPOOL 2", "MAXPOOL reads an input of 2, 3 or 4 axes, and 8 has 1"),
        ("8x8x3\nFC 3 weight=3", "weight is the name of a layer above"),
        ("8x8x3\nFC 3 weight=2x2", "weight is the name of a layer above"),
    ],
)
def test_what_a_rule_wants_is_told(text: str, words: str) -> None:
    (fault,) = archdsl.check(f"input {text}").diagnostics
    assert fault.message == words


def test_the_largest_numbers() -> None:
    """What float32 holds; integers beyond 2**53 are floats."""
    assert archdsl.check("input 8x8x3\nPAD 1 value=3.4028234663852886e38").ok
    assert not archdsl.check("input 8x8x3\nPAD 1 value=3.4028234663852889e38").ok
    for number, kind in ((2**53 - 1, int), (2**53, float)):
        (row,) = archdsl.check(f"input 8x8x3\nPAD 1 value={number}").layers
        assert type(row.attributes["value"]) is kind


def test_the_kinds_are_counted() -> None:
    assert len(REGISTRY) == len(list(REGISTRY)) > 90


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("1B params", True),  # a number of them, not bytes
        ("1e9 params", True),
        ("1e8 params", False),
        ("1e9 params within 1e1%", True),
        ("4GB params", True),  # of four bytes each
        ("3.73GiB params", True),
        ("3.74GiB params", False),
        ("4000MB params", True),
        ("3999MB params", False),
        ("1000M params", True),
    ],
)
def test_the_units_of_a_claim(claim: str, holds: bool) -> None:
    """From 10,000 to 100,000 units are 1,000,000,000 weights."""
    (found,) = archdsl.check(f"input 10000\nFC 100000 nobias -> {claim}").claims
    assert found.holds is holds


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("20x20x3;;CONV 8 15 -> 20x20x8", "CONV 8 15 p7 -> 20x20x8"),  # the most padding, stride and window tried
        ("20x20x3;;CONV 8 4 -> 5x5x8", "CONV 8 4 s4 -> 5x5x8"),
        ("20x20x3;;CONV 8 3 -> 10x10x8", "CONV 8 11 -> 10x10x8"),
        ("20x20x3;;CONV 8 3 -> 18x18x9", "CONV 9 3 -> 18x18x9"),
        ("8x7x2;;MAXPOOL 2 s2 -> 4x4x2", "MAXPOOL 2 s2 ceil -> 4x4x2"),
        ("8x7x2;;MAXPOOL 2 s2 ceil -> 4x3x2", "MAXPOOL 2 s2 noceil -> 4x3x2"),
        ("4x4x3;;UPCONV 2 3 s2 p1 -> 8x8x2", "UPCONV 2 3 s2 p1 outpad=1 -> 8x8x2"),
        ("10x8;;LSTM 16 -> 10x33", "LSTM 33 -> 10x33"),
        ("10x8;;LSTM 16 bidirectional -> 10x64", "LSTM 32 bidirectional -> 10x64"),
        ("10x8;;LSTM 16 bidirectional -> 10x33", None),
    ],
)
def test_the_one_value_that_gives_the_claimed_shape(text: str, line: str | None) -> None:
    (fault,) = archdsl.check(f"input {text}".replace(";;", "\n")).diagnostics
    assert (fault.code, fault.hint) == ("claim-shape", line)


@pytest.mark.parametrize(
    "line", ["c: CONV 8 3x3 <- a; SCALE <- c, b -> 5x5x8", "CONV 8 3x3 <- a; RELU -> 5x5x8", "CONV 8 3x3 <- a -> 5x5x8"]
)
def test_a_claim_of_a_line_is_about_the_last_layer_that_changes_the_shape(line: str) -> None:
    (fault, *_) = archdsl.check(f"input a: 8x8x3\ninput b: 1x1x8\n{line}\noutput b").diagnostics
    assert fault.label == "height and width: (8 + 0 - 3)//1 + 1 = 6"


def test_claims_are_listed_in_the_order_of_the_text() -> None:
    text = "input 10\nFC 10 -> 10\nFC 5 -> 50 params, 5, 5 units\nRELU -> 5\nexpect 165 params"
    claims = archdsl.check(text).claims
    listed = ["10", "50 params", "5", "5 units", "5", "165 params"]
    assert [(one.line, one.text) for one in claims] == list(zip((2, 3, 3, 3, 4, 5), listed, strict=True))


@pytest.mark.parametrize(
    ("inputs", "sizes"),
    [(2, "3 + 3 = 6"), (8, " + ".join("3" * 8) + " = 24"), (9, " + ".join("3" * 8) + " + 1 more = 27")],
)
def test_a_join_shows_the_sizes_that_it_adds(inputs: int, sizes: str) -> None:
    (fault,) = archdsl.check(f"input a: 4x4x3\nCONCAT <- {', '.join('a' * inputs)} -> 4x4x5").diagnostics
    assert fault.label == f"channels: {sizes}"


def test_values_go_to_their_places_in_order() -> None:
    """Also those behind a value that has a fault of its own: nothing is told of them."""
    block = "\nblock B(a, b, c) { FC a; FC b; FC c }"
    assert [row.output.sizes for row in archdsl.check(f"input 8\nB 1 2 3{block}").layers] == [(1,), (2,), (3,)]
    for line in ("B n 3 4", "B 3 n 4", "B 3 4 n", "B n n 4"):
        assert [one.code for one in archdsl.check(f"input 8\nlet n = zork\n{line}{block}").diagnostics] == [
            "unknown-name"
        ]
    faults = archdsl.check(f"input 8\nlet n = zork\nB n 3 4 5{block}").diagnostics
    assert [one.code for one in faults] == ["unknown-name", "too-many-values"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("8;;FC RELU", "wrong-type", "not a kind"),
        ("Tx8;;DROPOUT T", "undetermined", "T is symbolic"),
        ("Tx8x3;;CONV 8 3 s=T", "undetermined", "T is symbolic"),
        ("120;;RESHAPE 2x3x4x5x1", "rank-mismatch", "has 5 sizes"),
        ('8x8x3;;LN axes="rows"', "wrong-type", 'not "rows"'),
        ("x: 8;;PARAM 3 <- x", "wrong-inputs", "PARAM is a source and reads no input, got 1 input"),
        ("x: 8;;PARAM 3 <- x, x", "wrong-inputs", "PARAM is a source and reads no input, got 2 inputs"),
        ("x: 8;;SUB <- x, x, x", "wrong-inputs", "SUB reads 1 or 2 inputs, got 3"),
        ("x: 8x8;;LSTM 3 <- x, x, x, x", "wrong-inputs", "LSTM reads 1 to 3 inputs, got 4"),
        ("2x2x2x3;;AVGPOOL 3 s1 p1", "kernel-too-large", "its padding does not count in 3-D"),
        ("2x3x3x3;;AVGPOOL 3 s1 p1", "kernel-too-large", "the frames 2"),
        ('9x3;;SLICE steps="0:8:0"', "out-of-range", "a step of 0"),
        ("4;;CELU 2.938736052218036e-39", "out-of-range", "away from 0"),
        ("2x4x3;;UNFOLD 3", "kernel-too-large", "the height 2"),
        ("4x2x3;;UNFOLD 3", "kernel-too-large", "the width 2"),
        ("3x2;;UPSAMPLE 0.25", "out-of-range", "leaves no element of the steps 3"),
        ("Tx2;;UPSAMPLE 1048577", "undetermined", "T*1048577"),  # above 2**20 the product may be rounded
        ("a: 2x4x6;;input b: 3x6x5;;MATMUL <- a, b", "shape-mismatch", "on all axes but the last two"),
        ("a: 2x3x4x6;;input b: 2x4x6x5;;MATMUL <- a, b", "shape-mismatch", "on all axes but the last two"),
        ("a: 3x2x4x6;;input b: 2x2x6x5;;MATMUL <- a, b", "shape-mismatch", "on all axes but the last two"),
    ],
)
def test_what_is_refused_says_why(text: str, code: str, words: str) -> None:
    (fault,) = archdsl.check(f"input {text}".replace(";;", "\n")).diagnostics
    assert fault.code == code
    assert words in fault.message


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("120;;RESHAPE 2x3x4x5", (2, 3, 4, 5)),
        ("3x3x3x3;;AVGPOOL 3 s1 p1", (3, 3, 3, 3)),
        ("2x2x3;;AVGPOOL 3 s1 p1", (2, 2, 3)),
        ('9x3;;SLICE steps="0:8:1"', (8, 3)),
        ("8x8x3;;CONV 8 3x3 same", (8, 8, 8)),
        ("4x2;;UPSAMPLE 0.25", (1, 2)),
        ("4;;CELU 2.938736052218037e-39", (4,)),  # float32 holds what it divides by this
        ("4;;CELU (-2.938736052218037e-39)", (4,)),
        ("a: 2x4x6;;input b: 2x6x5;;MATMUL <- a, b", (2, 4, 5)),
    ],
)
def test_what_stands_beside_the_refused_is_accepted(text: str, shape: tuple[int, ...]) -> None:
    assert model(f"input {text}").outputs[0].shape == shape


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ("CONV 2 3 pad=[[1, 0], [0, 2]]", "height: (8 + 1 - 3)//1 + 1 = 7; width: (8 + 2 - 3)//1 + 1 = 8"),
        ("MAXPOOL 3 s2 p1 ceil", "height and width: (8 + 2 - 3)/2 rounded up + 1 = 5"),
    ],
)
def test_padding_of_both_ends_is_in_the_arithmetic(line: str, because: str) -> None:
    (fault,) = archdsl.check(f"input 8x8x2\n{line} -> 1x1x2").diagnostics
    assert fault.label == because


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("8x8x12;;CONV 8 3 g5", "CONV 8 3 g4"),
        ("4x4x3;;CONV 8 5x5", "CONV 8 5x5 p2"),
        ("2x2x2x3;;AVGPOOL 3 p1", "AVGPOOL 2 p1"),
        ("4x4x2;;MAXPOOL 2 p2", "MAXPOOL 2 p1"),
        ("a: 4x4x6;;input b: 1x1x6;;ADD <- a, b", "ADD broadcast <- a, b"),
        ("a: 4x4x6;;input b: 1x4x5;;ADD <- a, b", None),
        ("a: 4x6;;input b: 5x6;;MATMUL <- a, b", "MATMUL transpose <- a, b"),
        ("a: 4x6;;input b: 5x7;;MATMUL <- a, b", None),
        ("3x4;;CONV 1 2 p3 mode=reflect", None),  # nothing that a rule proposes is accepted
    ],
)
def test_a_rule_proposes_what_it_accepts(text: str, line: str | None) -> None:
    (fault,) = archdsl.check(f"input {text}".replace(";;", "\n")).diagnostics
    assert fault.hint == line


@pytest.mark.parametrize(
    ("braces", "label"),
    [
        ("{ ADD { ID; ID }; RELU } -> 8x8x7", "ADD on 8x8x3, 8x8x3 gives 8x8x3"),
        ("{ CONCAT { ID; CONV 4 1x1 }; RELU } -> 8x8x9", "channels: 3 + 4 = 7"),
        ("{ CONV 9 1x1 g3; ADD { ID; ID } } -> 8x8x10", "ADD on 8x8x9, 8x8x9 gives 8x8x9"),
        ("{ CONV 9 1x1; ADD { ID; ID } } -> 8x8x10", ""),  # the convolution says the channels, and may say others
        ("{ CONCAT { ID; CONV 4 1x1 }; MAXPOOL 2 } -> 8x8x9", ""),  # the pool changes the shape again
    ],
)
def test_a_merge_at_the_end_of_what_is_claimed_shows_its_arithmetic(braces: str, label: str) -> None:
    (fault,) = archdsl.check(f"input 8x8x{9 if 'CONV 9' in braces else 3}\n{braces}").diagnostics
    assert (fault.code, fault.label) == ("claim-shape", label)


@pytest.mark.parametrize(
    ("braces", "words"),
    [
        ("{ LINEAR (2*in); RELU }", []),  # one number is no news
        ("LINEAR (2*in); LINEAR in", ["`in` is 3 here", "`in` is 6 here"]),
        ("{ LINEAR (2*in); LINEAR in }", ["`in` is 3 here", "`in` is 6 here"]),
        ("{ { LINEAR (2*in) }; { LINEAR in } }", ["`in` is 3 here", "`in` is 6 here"]),
    ],
)
def test_in_is_told_where_it_is_not_one_number(braces: str, words: list[str]) -> None:
    (fault,) = archdsl.check(f"input 5x3\n{braces} -> 5x8").diagnostics
    assert [one.text for one in fault.related if "`in`" in one.text] == words


def test_the_last_layer_that_says_the_channels_is_named_where_no_value_of_it_mends() -> None:
    text = "input 8x8x3\n{ CONV 9 1x1; CONV 9 1x1 g3 } -> 8x8x10"
    (fault,) = archdsl.check(text).diagnostics
    (inner,) = fault.related
    assert text[inner.span.start : inner.span.end] == "CONV 9 1x1 g3"


def test_the_first_layer_of_which_a_value_mends_is_named() -> None:
    """Where a value of either would: `{ CONV 8 4; CONV 7 3x3 }` and `{ CONV 8 3x3; CONV 7 4 }` give as much."""
    text = "input 8x8x3\n{ CONV 8 3x3; CONV 7 3x3 } -> 3x3x7"
    (fault,) = archdsl.check(text).diagnostics
    (inner,) = fault.related
    assert text[inner.span.start : inner.span.end] == "CONV 8 3x3"


@pytest.mark.parametrize("line", ["FOO; FC 10", "FC 10; FOO", "FC 1 2 3; FC 10", "CONV 6 99x99; FC 10"])
def test_claims_of_a_line_that_has_a_fault_are_not_judged(line: str) -> None:
    """Not even against the layers that it has without the faulty one."""
    claims = archdsl.check(f"input 8\n{line} -> 10, 90 params").claims
    assert [one.holds for one in claims] == [None, None]


def test_channels_that_are_not_as_claimed_are_those_of_the_line() -> None:
    """The space is as claimed, so nothing is said of it."""
    for line, label in {
        "CONV 8 3 -> 18x18x9": "channels: out = 8",
        "MAXPOOL 3 s1 -> 18x18x9": "channels: those of its input",
        "CONV 8 3 -> 18x17x9": "height and width: (20 + 0 - 3)//1 + 1 = 18",
    }.items():
        (fault,) = archdsl.check(f"input 20x20x3\n{line}").diagnostics
        assert fault.label == label


def test_a_scale_that_floats_hold_exactly_goes_with_an_open_size() -> None:
    assert str(model("input Tx2;;UPSAMPLE 1048576").outputs[0].shape[0]) == "1048576*T"


def test_counts_of_a_merge_show_what_they_are_made_of() -> None:
    (fault,) = archdsl.check("input 4x4\nMATMUL { ID; ID } -> 7 macs").diagnostics
    assert fault.label == "4*4 elements * 4 channels"
    (fault,) = archdsl.check("input 4x4\nMATMUL { ID; ID } -> 7 params").diagnostics
    assert not fault.label


def test_totals_are_a_record_and_a_row() -> None:
    totals = model("input 84;;FC 10").totals
    assert (totals.params, totals["params"], totals[0], totals[:2]) == (850, 850, 850, (850, 840))
    with pytest.raises(KeyError):
        totals["parameters"]
