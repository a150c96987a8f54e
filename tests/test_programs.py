"""Modules of PyTorch in listings: lines of code, `nn.Sequential(...)` and printed models, by PyTorch's own signatures."""

from __future__ import annotations

import pytest

import archdsl
from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.notations.pytorch.parse import Unreadable, parse
from archdsl.reading.reading import read

IMAGE = "Input: 3x32x32\n"


def checked(text: str) -> Checked:
    return check(read(Source("x.txt", text), Limits(), "listing"), {}, Limits())


def faults(text: str) -> list[tuple[str, int, str]]:
    return [(one.code, one.line, one.message) for one in checked(text).diagnostics if one.severity == "error"]


def params(text: str) -> int:
    assert faults(text) == []
    return int(str(checked(text).totals.params))


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        ("Conv2d(3, 16, 3)", 448),
        ("nn.Conv2d(3, 16, kernel_size=(3, 3), bias=False)", 432),
        ("self.conv1 = torch.nn.Conv2d(in_channels=3, out_channels=16, kernel_size=3, padding='same')", 448),
        ("Conv2d(3, 16, 3)\nLinear(16 * 30 * 30, 128)", 448 + 16 * 900 * 128 + 128),
        ("Conv2d(3, 2**4, 3), ReLU(), MaxPool2d(2)\nLinear(16*15*15, 10)", 448 + 36_010),
        ("nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU(), nn.Flatten(), nn.Linear(28*28*6, 10))", 456 + 47_050),
        ("net = nn.Sequential(\n  nn.Conv2d(3, 6, 5),\n  nn.BatchNorm2d(6),  # a norm\n)", 456 + 12),
        ('nn.Sequential(OrderedDict([("a", nn.Conv2d(3, 6, 5)), ("b", nn.PReLU(6))]))', 462),
        ("nn.ConvTranspose2d(3, 8, 4, 2, 1)\nnn.GroupNorm(2, 8)", 392 + 16),
        ("- nn.Conv2d(3, 6, 5) -> 6x28x28\n- nn.ReLU()\n- nn.Conv2d(6, 8, 5) (8x24x24)", 456 + 1_208),
    ],
)
def test_lines_of_code(lines: str, total: int) -> None:
    assert params(IMAGE + lines) == total


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        ("Conv2d(3, 16, 3)\nLinear(100, 128)", 3, "this layer expects 100 numbers, and its input has 14,400"),
        ("Conv2d(4, 16, 3)", 2, "this layer expects 4 channels, and its input has 3 (32x32x3)"),
        ("nn.Sequential(\nnn.Conv2d(3, 6, 5),\nnn.Linear(4704, 10))", 4, "nn.Flatten() is missing before it"),
        ("Conv2d(3, width, 3)", 2, "width is a name, whose value is known only when the program runs"),
        ("nn.Conv2d(3, 16, (3", 2, "an unmatched bracket"),
        ("nn.Linear(10)", 2, "Linear needs out_features"),
        ("nn.Conv2d(3, 16, 3, colour=2)", 2, "Conv2d cannot be given colour=2 here"),
        ("nn.CrossEntropyLoss()", 2, "is a loss"),
        ("nn.Unheard(3)", 2, "not a module of torch.nn"),
        ("Conv2d(3, 16, 3), 7", 2, "the meaning of 7 for this module is not clear"),
        (
            "class Net(nn.Module):\n    def forward(self, x):\n        return F.relu(x)",
            2,
            "is known only when it runs",
        ),
        ("x = F.relu(self.conv1(x))\nnn.ReLU()", 2, "is known only when it runs"),
    ],
)
def test_what_cannot_be_read_is_one_error_at_its_place(lines: str, line: int, message: str) -> None:
    (found,) = faults(IMAGE + lines)
    assert found[1] == line
    assert message in found[2]


@pytest.mark.parametrize(
    ("lines", "try_", "holds"),
    [
        ("Conv2d(3, 16, 3)\nLinear(100, 128)", "14400", "Conv2d(3, 16, 3)\nLinear(14400, 128)"),
        ("Conv2d(4, 16, 3)", "3", "Conv2d(3, 16, 3)"),
        ("Conv2d(4, 16, 3)\nLinear(100, 128)", "3", ""),  # of two faults the line of each
    ],
)
def test_the_number_that_comes_in_is_tried(lines: str, try_: str, holds: str) -> None:
    report = archdsl.check(IMAGE + lines)
    found = [one for one in report.diagnostics if one.severity == "error"]
    assert found[0].fix is not None
    assert found[0].hint == found[0].fix.title == try_
    ((span, instead),) = found[0].fix.edits
    text = IMAGE + lines
    assert not holds or text[: span.start] + instead + text[span.end :] == IMAGE + holds
    assert not holds or not [one for one in archdsl.check(IMAGE + holds).diagnostics if one.severity == "error"]


def test_a_printed_model_is_read_and_what_it_does_not_say_is_told() -> None:
    found = checked(
        IMAGE + "Net(\n  (conv1): Conv2d(3, 6, kernel_size=(5, 5), stride=(1, 1))\n"
        "  (pool): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)\n"
        "  (fc1): Linear(in_features=1176, out_features=10, bias=True)\n)"
    )
    assert [(one.code, one.severity, one.line) for one in found.diagnostics] == [
        ("assumed", "note", 2),
        ("assumed", "note", 5),
    ]
    assert found.totals.params == 456 + 11_770


def test_blocks_of_torchvision_are_sums() -> None:
    layers = "".join(
        f"    (conv{n}): Conv2d(16, 16, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)\n"
        f"    (bn{n}): BatchNorm2d(16, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
        + "    (relu): ReLU(inplace=True)\n"
        * (n == 1)
        for n in (1, 2)
    )
    text = "Input: (N, 16, 8, 8), channels first\nSequential(\n  (0): BasicBlock(\n" + layers + "  )\n)"
    assert params(text) == 2 * (9 * 256 + 32)
    assert "ADD" in str(read(Source("x.txt", text), Limits(), "listing").file)


def test_equal_modules_are_a_repeat() -> None:
    text = "Input: [8]\nNet(\n  (layers): ModuleList(\n    (0-2): 3 x Linear(in_features=8, out_features=8, bias=True)\n  )\n)"
    assert params(text) == 3 * 72


@pytest.mark.parametrize("part", ["query", "downsample", "self_attn", "q_proj"])
def test_parts_that_are_not_read_one_after_the_other_are_an_error(part: str) -> None:
    text = f"Input: [8]\nNet(\n  ({part}): Linear(in_features=8, out_features=8, bias=True)\n  (b): Identity()\n)"
    ((code, line, message),) = faults(text)
    assert (code, line) == ("unclear-layer", 2)
    assert "printed model does not show" in message


def test_an_embedding_reads_whole_numbers() -> None:
    text = (
        "Input: [7]\nNet(\n  (emb): Embedding(100, 8, padding_idx=0)\n  (fc): Linear(in_features=8, out_features=2)\n)"
    )
    assert params(text) == 818


def test_a_comment_with_figures_inside_a_module_is_counted_as_passed_over() -> None:
    found = checked(IMAGE + "nn.Sequential(\n  nn.Conv2d(3, 6, 5),  # 28x28x6\n  nn.ReLU())")
    assert [found.source.position(span.start)[0] for span in found.prose] == [3]


@pytest.mark.parametrize(
    "text",
    [
        "f(",
        "f(1 2)",
        "f(1]",
        "f(a=)",
        "f(a=1, a=2)",
        "f(1/0)",
        "f(9**9**9)",
        "f(" + "(" * 100,
        "f({1: 2})",
        "f(1, $)",
    ],
)
def test_what_is_no_call_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text, 0, len(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16*5*5", 400),
        ("2 + 3 * 4", 14),
        ("-(2 - 5)", 3),
        ("2**10", 1024),
        ("(3, 4)", (3, 4)),
        ("7 // 2", 3),
        ("None", None),
    ],
)
def test_values_are_computed_as_python_does(text: str, value: object) -> None:
    assert parse(f"f({text})", 0, len(text) + 3).positional[0].value == value
