"""Lecture listings: read as they stand, held against arithmetic and published totals; hostile texts; conversion."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import archdsl
from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.cli.main import main
from archdsl.diagnostics import CODES, Source
from archdsl.layers import REGISTRY
from archdsl.limits import Limits
from archdsl.notations.listing.reader import read_listing
from archdsl.notations.spec import written
from archdsl.reading.reading import read
from archdsl.reports import verdict
from archdsl.syntax.format.format import formatted

FOLDER = Path(__file__).parent / "data" / "listings"
NETWORKS = {
    network["id"]: network
    for network in json.loads((FOLDER.parent / "networks.json").read_text(encoding="utf-8"))["networks"]
}


def test_a_mode_that_is_off_is_off() -> None:
    """A printed module says every argument: `ceil_mode=False` is none."""
    text = "MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode={})\n"
    found = [archdsl.loads(text.format(mode), input="32x32x64", notation="listing") for mode in (False, True)]
    assert [str(model.layers[-1].output) for model in found] == ["16x16x64", "17x17x64"]


def published(name: str) -> int:
    """The parameters of a network in networks.json."""
    return NETWORKS[name]["totals"]["params"]


def conv(read: int, gives: int, window: int) -> int:
    """Weights and biases of a convolution."""
    return read * gives * window * window + gives


def fc(read: int, gives: int) -> int:
    return read * gives + gives


def googlenet() -> int:
    """Table 1 without the two heads for training: each reads 14x14, 512 or 528 channels, pooled to 4x4."""
    heads = sum(conv(read, 128, 1) + fc(4 * 4 * 128, 1024) + fc(1024, 1000) for read in (512, 528))
    return published("googlenet_2014") - heads


def nin() -> int:
    convolutions = [(3, 192, 5), (192, 160, 1), (160, 96, 1), (96, 192, 5), (192, 192, 1), (192, 192, 1)]
    return sum(conv(*one) for one in [*convolutions, (192, 192, 3), (192, 192, 1), (192, 10, 1)])


def zfnet() -> int:
    convolutions = [(3, 96, 7), (96, 256, 5), (256, 384, 3), (384, 384, 3), (384, 256, 3)]
    return sum(conv(*one) for one in convolutions) + fc(6 * 6 * 256, 4096) + fc(4096, 4096) + fc(4096, 1000)


def plain_stack() -> int:
    widths = [(3, 16), (16, 16), (16, 16), (16, 32), (32, 32), (32, 64), (64, 64)]
    return sum(conv(read, gives, 3) for read, gives in widths) + fc(64, 10)


TOTALS = {
    "alexnet-slide": 62_378_344,
    "alexnet-markdown": 62_378_344,
    "alphago-policy": 3_882_433,
    "alexnet-paper": published("alexnet_cs231n"),
    "alexnet-one-weird-trick": published("alexnet_torchvision"),
    "alexnet-two-groups": published("alexnet_2012"),
    "alphago-k128": published("alphago_policy_k128") - 19 * 19 + 1,  # one bias behind, not one for each position
    "cifar-small": conv(3, 32, 3)
    + conv(32, 32, 3)
    + conv(32, 64, 3)
    + conv(64, 64, 3)
    + fc(8 * 8 * 64, 512)
    + fc(512, 10),
    "french-blog": conv(3, 16, 3) + conv(16, 32, 3) + fc(16 * 16 * 32, 100) + fc(100, 2),
    "german-prose": conv(1, 8, 5) + conv(8, 16, 5) + fc(7 * 7 * 16, 64) + fc(64, 10),
    "googlenet-table": googlenet(),
    "japanese-notes": conv(1, 32, 3) + conv(32, 64, 3) + fc(7 * 7 * 64, 128) + fc(128, 10),
    "korean-notes": conv(3, 20, 5) + conv(20, 50, 5) + fc(5 * 5 * 50, 500) + fc(500, 10),
    "lenet1-slide": published("lenet1_lecture"),
    "lenet5-modern": published("lenet5_modern"),
    "lenet5-prose": published("lenet5_modern") + 12 + 32,  # with the coefficients and biases of S2 and S4
    "mnist-table": 320 + 18_496 + 204_928 + 1_290,
    "nin-cifar": nin(),
    "plain-stack": plain_stack(),
    "resnet18-table": published("resnet18_v1"),
    "resnet50-table": published("resnet50_v1"),
    "vgg11-readme": published("vgg_A"),
    "vgg16-column": published("vgg_D"),
    "vgg16c-table": published("vgg_C"),
    "zfnet": zfnet(),
    "alexnet-torchvision": conv(3, 64, 11) + conv(64, 192, 5) + fc(13 * 13 * 192, 1000),
    "alphago-value": conv(48, 192, 5) + 10 * conv(192, 192, 3) + conv(192, 1, 1) + fc(361, 256) + fc(256, 1),
    "bullets": conv(3, 32, 3) + conv(32, 64, 3) + fc(64, 10),
    "cifar-readme": conv(3, 32, 3) + conv(32, 64, 3) + fc(8 * 8 * 64, 10),
    "darknet-table": conv(3, 32, 3) + conv(32, 64, 3) + conv(64, 128, 3),
    "dqn-paper": conv(4, 32, 8) + conv(32, 64, 4) + conv(64, 64, 3) + fc(7 * 7 * 64, 512),
    "french-list": conv(1, 8, 5) + conv(8, 16, 5) + fc(7 * 7 * 16, 10),
    "german-lecture": conv(3, 16, 3) + conv(16, 32, 3) + fc(8 * 8 * 32, 10),
    "japanese-lenet": published("lenet5_modern"),
    "keras-readme": conv(3, 64, 3) + conv(64, 64, 3) + conv(64, 128, 3) + fc(8 * 8 * 128, 256) + fc(256, 10),
    "korean-breaks": conv(1, 32, 3) + conv(32, 64, 3) + fc(7 * 7 * 64, 128) + fc(128, 10),
    "latex-items": conv(3, 64, 7) + conv(64, 128, 3),
    "lenet5-board": published("lenet5_modern"),
    "mnist-chain": conv(1, 32, 3) + conv(32, 64, 3) + fc(12 * 12 * 64, 128) + fc(128, 10),
    "ranges": conv(17, 256, 3) + 4 * conv(256, 256, 3) + conv(256, 128, 3) + 2 * conv(128, 128, 3),
    "spanish-list": conv(3, 16, 3) + fc(32 * 32 * 16, 10),
    "stages": conv(3, 16, 7) + 32 + conv(16, 32, 3) + 64 + fc(32, 5),
    "vertical": conv(1, 20, 5) + conv(20, 50, 5) + fc(4 * 4 * 50, 500) + fc(500, 10),
    "vgg-memory": 1_728 + 64 + 36_864 + 64 + 73_728 + 128 + 147_456 + 128 + fc(56 * 56 * 128, 4096) + fc(4096, 1000),
    "vgg13-column": published("vgg_B"),
    "zfnet-slide": conv(3, 96, 7) + conv(96, 256, 5),
    "html-list": conv(1, 8, 3) + fc(13 * 13 * 8, 128) + fc(128, 10),
    "html-table": conv(1, 6, 5) + fc(12 * 12 * 6, 10),
    "latex-table": conv(3, 6, 5) + conv(6, 16, 5) + fc(10 * 10 * 16, 10),
    "readme-steps": 545_098,
    "keras-code": conv(1, 32, 3) + fc(13 * 13 * 32, 10),
    "printed-model": 456 + fc(1176, 10),
    "printed-modules": 3 * 64 * 9 + fc(16 * 16 * 64, 10),
    "channels-first": conv(3, 16, 3) + conv(16, 32, 5) + fc(3872, 100) + fc(100, 10),
    "chinese-notes": conv(3, 16, 3) + fc(16 * 16 * 16, 10),
    "russian-notes": conv(1, 6, 5) + fc(12 * 12 * 6, 10),
    "portuguese-notes": conv(3, 16, 3) + fc(16 * 16 * 16, 10),
    "italian-notes": conv(1, 8, 5) + fc(12 * 12 * 8, 10),
    "lecture-letters": conv(3, 16, 3) + conv(16, 32, 3) + fc(16 * 16 * 32, 10),
    "slide-boxes": conv(3, 6, 5) + fc(14 * 14 * 6, 10),
    "slide-line": conv(1, 32, 3) + conv(32, 64, 5) + fc(9 * 9 * 64, 128) + fc(128, 10),
    "drawing": conv(3, 96, 11) + fc(27 * 27 * 96, 1000),
    "plain-columns": published("lenet5_modern"),
    "table-without-rule": conv(3, 16, 3) + 32 + fc(16 * 16 * 16, 10),
    "brackets-below": conv(3, 96, 11) + fc(27 * 27 * 96, 10),
    "prose-steps": conv(1, 20, 5) + conv(20, 50, 3) + conv(50, 50, 3) + fc(4 * 4 * 50, 500) + fc(500, 10),
    "copies": conv(3, 64, 3)
    + conv(64, 64, 3)
    + conv(64, 128, 3)
    + conv(128, 128, 3)
    + fc(8 * 8 * 128, 100)
    + fc(100, 10),
}
WRONG = {  # file: code, line, message
    "wrong-shape": ("claim-shape", 6, "claimed 28x28x256, derived 27x27x256"),
    "wrong-params": ("claim-value", 6, "claimed 1,516, derived 2,416 params"),
    "wrong-input": ("claim-shape", 4, "claimed 55x55x96, derived 54x54x96"),
    "wrong-fc": ("claim-value", 6, "claimed 400,000, derived 400,500 params"),
    "wrong-kind": ("unclear-layer", 3, "this looks like a layer, but its kind is missing"),
    "wrong-pad": ("claim-shape", 8, "claimed 13x13x384, derived 11x11x384"),
    "wrong-range": ("claim-shape", 5, "claimed 32 \\times 32 \\times 17, derived 32x32x16"),
    "wrong-total": ("claim-value", 8, "claimed 15,670, derived 15,770 params"),
    "wrong-chain": (
        "unclear-layer",
        4,
        "the input has 864 elements, and whether the layer has 400 or 120 outputs is not clear",
    ),
    "wrong-table": ("claim-shape", 5, "claimed 14x14x6, derived 12x12x6"),
    "wrong-modules": ("shape-mismatch", 3, "this layer expects 5,000 numbers, and its input has 5,408"),
}


def text(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def checked(words: str, name: str = "listing.txt", notation: str | None = None) -> Checked:
    return check(read(Source(name, words), Limits(), notation), {}, Limits())


def errors(words: str) -> list[tuple[str, int, str]]:
    found = checked(words, notation="listing").diagnostics
    return [(one.code, one.line, one.message) for one in found if one.severity == "error"]


def params(words: str) -> int:
    """The parameters of a listing that holds."""
    found = checked(words, notation="listing")
    assert not found.failed, [one.message for one in found.diagnostics]
    assert isinstance(found.totals.params, int)
    return found.totals.params


# ---- whole listings


def test_every_listing_has_its_expectation() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == sorted([*TOTALS, *WRONG])


@pytest.mark.parametrize("name", TOTALS)
def test_a_listing_gives_its_network(name: str) -> None:
    reading = read(Source(f"{name}.txt", text(name)), Limits())
    assert reading.notation == "listing"
    found = check(reading, {}, Limits())
    assert [one.message for one in found.diagnostics if one.severity == "error"] == []
    assert found.totals.params == TOTALS[name]


@pytest.mark.parametrize("name", ["alexnet-slide", "alexnet-markdown"])
def test_every_bracket_is_a_claim_that_holds(name: str) -> None:
    claims = checked(text(name)).claims
    assert len(claims) == text(name).count("[") - 1  # one bracket is the input
    assert all(claim.holds for claim in claims)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_figure_is_found_at_its_place(name: str) -> None:
    assert errors(text(name)) == [WRONG[name]]


@pytest.mark.parametrize("name", TOTALS)
def test_what_is_converted_is_the_same_network(name: str) -> None:
    listing = read(Source(f"{name}.txt", text(name)), Limits())
    assert listing.file is not None
    spec = written(listing.file, f"{name}.txt", REGISTRY, Limits())
    assert formatted(Source("x.arch", spec), REGISTRY, Limits()) == (spec, [])
    found, same = checked(spec, "x.arch"), check(listing, {}, Limits())
    assert [one.message for one in found.diagnostics] == [
        one.message for one in same.diagnostics if one.code not in ("passed-over", "assumed")
    ]
    assert (found.totals, len(found.claims)) == (same.totals, len(same.claims))


# ---- single lines, each under an input of 8x8x4


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("CONV1: 6 3x3 filters", conv(4, 6, 3)),
        ("CONV1 - 6 filters of size 3x3, strid 1", conv(4, 6, 3)),
        ("conv1: 3x3 filters, 6", conv(4, 6, 3)),
        ("Conv 1: 3x3 kernel, 6 feature maps", conv(4, 6, 3)),
        ("conv1: kernel size: 3, filters: 6, stride: 1, padding: 1 [8x8x6]", conv(4, 6, 3)),
        ("conv1: 6 $3 \\times 3$ filters, pad 1 → [$8 \\times 8 \\times 6$]", conv(4, 6, 3)),
        ("**CONV1** : `6` 3×3 filters <br/>", conv(4, 6, 3)),
        ("conv1: 6 3x3 filters, s=2, p=1 [4x4x6]", conv(4, 6, 3)),
        ("3x3 conv, 6, /2 [4x4x6]", conv(4, 6, 3)),
        ("conv3-12\nconv3-16", conv(4, 12, 3) + conv(12, 16, 3)),
        ("CONV1 ~ 3: 4 3x3 filters, pad 1", 3 * conv(4, 4, 3)),
        ("C1: 6@6x6, 3x3 kernels", conv(4, 6, 3)),
        ("[6x6x6] CONV1: 3x3 filters", conv(4, 6, 3)),
        ("CONV1: 3x3x4 filters, 6 maps", conv(4, 6, 3)),
        ("CONV1: 8 3x3 filters, 2 groups", 8 * 2 * 9 + 8),
        ("CONV1: 6 3x3 filters, no bias", 6 * 4 * 9),
        ("CONV1: 6 3x3 filters\nbatch norm", conv(4, 6, 3) + 12),
        ("CONV1: 6 3x3 filters -> ReLU -> FC 10", conv(4, 6, 3) + fc(6 * 6 * 6, 10)),
        ("FC1: 10 neurons", fc(256, 10)),
        ("FC-10", fc(256, 10)),
        ("FC6: 10 8x8 filters", fc(256, 10)),
        ("FC 20\nFC: 10 1x1 filters", fc(256, 20) + fc(20, 10)),
        ("First hidden layer: 6 filters of 3x3 with stride 1", conv(4, 6, 3)),
        ("Second hidden layer: convolves 6 filters of 3x3 with stride 1", conv(4, 6, 3)),
        ("Hidden layer 1: 6 feature maps, 3x3 kernels\nHidden layer 2: 10 units", conv(4, 6, 3) + fc(216, 10)),
        ("Dense layer of size 10 with a nonlinearity", fc(256, 10)),
        ("Then follows a dense layer of size 10.", fc(256, 10)),
        ("Layer 1: Conv, 6 filters of 3x3", conv(4, 6, 3)),
        ("**Layer 2** - FC, 10 units", fc(256, 10)),
        ("[10] fully connected", fc(256, 10)),
        ("[1x1x10] FC: 10 neurons", fc(256, 10)),
        ("Output: 10 classes", fc(256, 10)),
        ("S1: subsampling 2x2, 4x4", 8),
        ("average pool\nFC 10", fc(4, 10)),
        ("max pool\nFC 10", fc(4 * 4 * 4, 10)),
        ("FC1: 1,000 neurons", fc(256, 1000)),
        ("CONV1-3: 4 3x3 filters, pad 1", 3 * conv(4, 4, 3)),
        ("conv1-1: 4 3x3 filters\nconv1-2: 4 3x3 filters", 2 * conv(4, 4, 3)),
        ("CONV1: 6 3x3 filters at stride two, pad one [4x4x6]", conv(4, 6, 3)),
        ("CONV1 [8x8x6]: kernel 3, filters 6, padding 1", conv(4, 6, 3)),
        ("**Conv layer 1**\n   * filters: 6\n   * kernel size: 3\n   * activation: ReLU", conv(4, 6, 3)),
        ("2층: CONV 6 3x3 filters", conv(4, 6, 3)),
        ("The first hidden layer convolves 6 filters of 3 x 3 with stride 1.", conv(4, 6, 3)),
        ("The last layer is fully connected and consists of 10 rectifier units.", fc(256, 10)),
        ("POOL2: [4x4x4] memory: 64 weights: 0\nPOOL2: [2x2x4] memory: 16\nFC 10", fc(16, 10)),
        ("The batch size is 128 and weight decay 0.0005.\nFC 10", fc(256, 10)),
        ("<ul>\n  <li>Dense 10, ReLU</li>\n  <li>Dense <b>5</b></li>\n</ul>", fc(256, 10) + fc(10, 5)),
        ("<p>Conv 3&times;3, 6 filters &rarr; 6x6x6</p>", conv(4, 6, 3)),
        ("\\begin{itemize}\n  \\item FC: 10 (class scores)\n\\end{itemize}", fc(256, 10)),
        ("\\item \\textbf{C1}: 6 filters, $3{\\times}3$ $\\rightarrow$ $6{\\times}6{\\times}6$", conv(4, 6, 3)),
        ("CONV1: 6 filters of 3 by 3", conv(4, 6, 3)),
        ("CONV1: 6 3x3 filters\nReLU and 2x2 max pool [3x3x6]\nFC 10", conv(4, 6, 3) + fc(54, 10)),
        ("CONV1: 6 3x3 filters\ndropout 0.5 and 2x2 max pool [3x3x6]", conv(4, 6, 3)),
        ("flatten -> 256\nFC: 10 neurons -> 10", fc(256, 10)),
        ("fc: 256 -> 120 -> 84 -> 10", fc(256, 120) + fc(120, 84) + fc(84, 10)),
        ("fc: 120 -> 84 -> 10", fc(256, 120) + fc(120, 84) + fc(84, 10)),
        ("FC1: 256 -> 10", fc(256, 10)),
        ("conv (3x3x4, 6 filters)", conv(4, 6, 3)),
        ("conv3×3, 6 → maxpool2×2 → FC 10", conv(4, 6, 3) + fc(54, 10)),
        ("2 x conv3-16", conv(4, 16, 3) + conv(16, 16, 3)),
        ("Two 3x3 convolutions with 6 filters", conv(4, 6, 3) + conv(6, 6, 3)),
        ("3 conv layers with 6 3x3 filters each, padding 1", conv(4, 6, 3) + 2 * conv(6, 6, 3)),
        ("[3x3, 6] stride 2 [4x4x6]", conv(4, 6, 3)),
        ("Conv1: 3x3x4x6", conv(4, 6, 3)),
        ("FC 20, FC 10", fc(256, 20) + fc(20, 10)),
        ("A softmax output layer with 10 units", fc(256, 10)),
        ("conv, 6 filters 3x3: 8x8x4 -> 6x6x6", conv(4, 6, 3)),
        ("8x8x4 -> conv 3x3, 6 -> 6x6x6 -> max pool -> 3x3x6", conv(4, 6, 3)),
        ("CONV1: 6 3x3 filters\n\n[6x6x6]\n", conv(4, 6, 3)),
        ("CONV1: 6 3x3 filters\n↓ 6x6x6\nmax pool\n↓\n3x3x6\nFC 10", conv(4, 6, 3) + fc(54, 10)),
        ("[6x6x6]\nCONV1: 6 3x3 filters\n[3x3x6]\nmax pool", conv(4, 6, 3)),
        (
            "CONV1: 6 3x3 filters\nThe last conv layer is followed by max pooling 2x2.\nFC 10",
            conv(4, 6, 3) + fc(54, 10),
        ),
        ("Then we use a 3x3 conv with 6 filters somewhere.", conv(4, 6, 3)),
        ("Layer|Kernel|Filters|Stride\n|Conv + ReLU|3x3|6|1|\n|FC||10||", conv(4, 6, 3) + fc(216, 10)),
        ("|Layer|Filters|Norm|Act|Kernel|\n|-|-|-|-|-|\n|Conv|6|BN|ReLU|3x3|", conv(4, 6, 3) + 12),
    ],
)
def test_a_line_is_read(line: str, expected: int) -> None:
    assert params(f"INPUT [8x8x4]\n{line}\n") == expected


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("CONV1: 6 3x3 filters\n\n[5x5x6]\n", 4),
        ("FC: 10 neurons -> 11", 0),
        ("flatten -> 255\nFC 10", 2),
        ("CONV1: 6 3x3 filters\n↓ 6x6x7", 3),
        ("8x8x5 -> conv 3x3, 6 filters", 0),
        ("[5x5x6]\nCONV1: 6 3x3 filters", 2),
    ],
)
def test_a_shape_beside_its_layer_is_a_claim(words: str, line: int) -> None:
    """It is not ignored: where it is wrong, something is said."""
    found = errors(f"INPUT [8x8x4]\n{words}")
    assert [(code, at) for code, at, _ in found] == [("claim-shape", line) if line else ("unclear-layer", 2)]


def test_the_input_may_stand_below() -> None:
    assert params("CONV1: 6 3x3 filters\nFC 10\n\nInput: 8x8x4") == conv(4, 6, 3) + fc(216, 10)
    assert params("[8x8x4]\nINPUT\n[6x6x6]\nCONV1: 6 3x3 filters") == conv(4, 6, 3)


def test_a_layer_that_a_sentence_only_speaks_of_is_told() -> None:
    words = "INPUT [8x8x4]\nCONV1: 6 3x3 filters\nThe last conv layer is followed by max pooling 2x2.\n"
    found = checked(words, notation="listing")
    assert [(one.code, one.line, one.message) for one in found.diagnostics] == [
        ("passed-over", 3, "this layer is only mentioned here, and ignored")
    ]


def test_a_second_sentence_of_a_line_may_be_about_its_layer() -> None:
    line = "INPUT [8x8x4]\nCONV1: 6 3x3 filters. It has {} parameters.\nFC 10. It has 2,392 parameters in total.\n"
    assert [claim.derived for claim in checked(line.format(222), notation="listing").claims] == [
        "222 params",
        "2,392 params",
    ]
    assert [(code, at) for code, at, _ in errors(line.format(223))] == [("claim-value", 2)]


def test_one_line_of_everything() -> None:
    assert params("input 8x8x4 → conv 3x3, 6, relu → max pool 2x2 → fc 10 → softmax") == conv(4, 6, 3) + fc(54, 10)


@pytest.mark.parametrize(
    "line",
    [
        "The last convolutional layer sees the whole image.",
        "The output layer is fully connected, with one output for each action.",
        "All convolutions keep the size.",
    ],
)
def test_a_sentence_that_names_a_layer_is_not_dropped_in_silence(line: str) -> None:
    found = checked(f"INPUT [8x8x4]\nCONV1: 6 3x3 filters\n\n{line}\n", notation="listing")
    assert [(one.code, one.line) for one in found.diagnostics] == [("passed-over", 4)]
    assert found.totals.params == conv(4, 6, 3)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("CONV1: many filters", "this looks like a layer, but its number of filters is missing"),
        ("CONV1: 6 filters", "this looks like a convolution, but its kernel size is missing"),
        ("FC1: neurons", "this looks like a layer, but its number of neurons is missing"),
        ("CONV1: 6 3x3 filters 1989", "the meaning of 1989 for this layer is not clear"),
        ("CONV1: 6 3x3 filters, stride 1, stride 2", "two values for the stride of one layer: 1 and 2"),
        ("CONV1: 6 3x3x5 filters", "windows of 3x3x5 read 5 channels, and the input has 4"),
        ("LSTM: 256 units", "a kind of layer that listings cannot have"),
        ("then comes a transposed convolution with 64 4x4 filters", "a kind of layer that listings cannot have"),
        ("depthwise conv, 3x3, stride 1", "a kind of layer that listings cannot have"),
        ("layer norm", "a kind of layer that listings cannot have"),
        ("| conv3-64 | conv3-64 |", "this row has layers of several networks"),
        ("| maxpool | maxpool |", "this row has layers of several networks"),
        ("INPUT [9x9x4]", "a second input, 9x9x4"),
        ("MAX POOL1: 2x2 windows at stirde 2, 6 maps", "the meaning of 2 for this layer is not clear"),
        ("MAX POOL1: 2x2, 6 maps", "a pool keeps its 4 channels, and 6 is another number"),
        ("[6x6x6] FOO2: something with 6 maps", "this looks like a layer, but its kind is missing"),
        ("6 filters of 3x3, stride 1", "this looks like a layer, but its kind is missing"),
        ("Input: one more look", "this looks like the input, but its size is missing"),
        ("CONV1: 6 3x3 filters, stride 0.5", "0.5 is not an integer"),
        ("(conv3-16, conv3-16) x 2", "copies of several layers"),
        ("Conv: 6 3x3 filters, q=7", "the meaning of 7 for this layer is not clear"),
        ("Conv: 6 3x3 filters, in_channels=3", "this layer expects 3, and its input has 4"),
        ("conv 3x3, 16 [3x3, 32] x 2", "a count next to blocks of convolutions"),
        ("Conv layers: 32, 64 filters, all 3x3", "the meaning of 32 for this layer is not clear"),
        ("FC: 1.5 neurons", "1.5 is not an integer"),
        ("[6x6x6] CONV1: 6 3x3 filters -> [5x5x6]", "two shapes for one layer: 6x6x6 and 5x5x6"),
        ("[6x6x6]", "which layer gives this shape is not clear"),
        (
            "FC -> 20\n   10 neurons",
            "the input has 256 elements, and whether the layer has 20 or 10 outputs is not clear",
        ),
        (
            "FC: 10 filters of 4x4, stride 2",
            "a fully connected layer reads its whole input, and a window of 4x4 is not 8x8",
        ),
        ("FC: 10 -> 20", "the input has 256 elements, and whether the layer has 10 or 20 outputs is not clear"),
    ],
)
def test_a_layer_that_cannot_be_understood_is_an_error(line: str, message: str) -> None:
    assert [(code, at, said) for code, at, said in errors(f"INPUT [8x8x4]\n{line}\n")] == [
        ("unclear-layer", 2, message)
    ]


@pytest.mark.parametrize(
    "prose",
    [
        "Convolutional neural networks have changed how machines see.",
        "ReLU is used everywhere.",
        "Dropout helps against overfitting.",
        "The convolution came to vision in 1989.",
        "Yann LeCun built the first in 1989.",
        "LeNet-5 has convolutional layers since 1998.",
        "The filters of the convolution look like edges (see Figure 3).",
        "이 네트워크는 2012년에 우승했다.",
        "Max pooling keeps the largest value.",
    ],
)
def test_prose_is_passed_over_and_told(prose: str) -> None:
    words = f"INPUT [8x8x4]\nCONV1: 6 3x3 filters\n\n{prose}\n"
    assert params(words) == conv(4, 6, 3)
    notes = read_listing(Source("x", words), Limits()).notes
    assert [note.text for note in notes if note.start > words.index(prose) - 1] == ["prose"]


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("It has 2 convolutional layers and 1 fully connected layer.", True),
        ("VGG has 13 convolutional layers and 3 fully connected layers.", False),
        ("This is a network of 3 layers.", True),
        ("This is a network of 4 layers.", True),  # with the pool
        ("This is a network of 5 layers.", False),
        ("The network has two 3x3 filters.", True),
        ("The network has three 3x3 filters.", False),
        ("Every pooling layer has a stride of 2.", True),
        ("Every pooling layer has a stride of 3.", False),
        ("All convolutions have a padding of 2.", False),
        ("The maps of conv1 and conv2 come in two groups.", True),
        ("The maps of conv1 and conv2 come in four groups.", False),
        ("The images have 8x8 pixels in 4 channels.", True),
        ("The images have 8x8 pixels in 5 channels.", False),
        ("Every residual block has 64 filters.", False),
    ],
)
def test_a_sentence_with_figures_must_agree_with_the_layers(line: str, holds: bool) -> None:
    """What was read has its figures; otherwise it may be about a layer that was not understood."""
    conv1 = "conv1: 6 3x3 filters, pad 1, 2 groups\nmax pool 2x2, stride 2\nconv2: 6 3x3 filters, pad 1, 2 groups"
    found = checked(f"INPUT [8x8x4]\n{conv1}\nFC 10\n\n{line}\n", notation="listing")
    assert [(one.code, one.line) for one in found.diagnostics] == ([] if holds else [("unclear-layer", 7)])


@pytest.mark.parametrize(
    ("title", "holds"), [("SmallNet, k = 6 filters", True), ("SmallNet, k = 7 filters", False), ("SmallNet-7", True)]
)
def test_a_title_may_have_the_figure_of_its_layers(title: str, holds: bool) -> None:
    found = errors(f"{title}\nINPUT [8x8x4]\nCONV1: 6 3x3 filters\n")
    assert [(code, at) for code, at, _ in found] == ([] if holds else [("unclear-layer", 1)])


def test_a_line_that_is_called_a_layer_is_never_passed_over() -> None:
    begin = "[32x32x3] INPUT\n[32x32x16] CONV1: 16 3x3 filters, pad 1\n"
    assert checked(begin + "Hidden layer: 100 units\nOutput layer: 10 units").totals.params == 1_639_958
    for line in ("Capsule layer 10", "Routing layer: 10 units"):
        (fault,) = checked(f"{begin}{line}\nFC 10").diagnostics
        assert (fault.code, fault.line) == ("unclear-layer", 3)


# ---- which notation


@pytest.mark.parametrize(
    ("words", "notation"),
    [
        ("input 8x8x4\nCONV 6 3x3\n", "arch"),
        ("CONV 6 3x3 s2\n", "arch"),
        ("input 8x8x4\nCONV 6 3x3 -> 6x6x\n", "arch"),
        ("[8x8x4] INPUT\n[6x6x6] CONV1: 6 3x3 filters\n", "listing"),
        ("Input: 8×8×4\nConv 3×3, 6 (×2)\nMax-pool 2×2\n", "listing"),
        ("INPUT [8x8]\nconv1 3x3, 6 maps\n", "listing"),
        ("Input 8x8x4\nConv 1: 6 filters\n", "listing"),
        ("input 8 x 8 x 4\nRELU\n", "arch"),
        ("input 8x8x4\nCONV 6, 3x3\n", "arch"),
        ("CONV 1,000 3x3\n", "arch"),
        ("a: CONVV 6 3x3\nb: FC 10\n", "arch"),
        ("Conv 5x5, 6\n", "listing"),
        ("Conv 5x5, 6; Pool 2x2\n", "listing"),
        ("64 3x3 conv\n", "listing"),
        ("conv1 5x5 6\npool1 2x2\n", "listing"),
        ("Layer|Kernel|Filters\n| Input 32x32x3 |\n| Conv | 3x3 | 16 |\n", "listing"),
        ("conv 6 3x3 nobais\n", "arch"),
        ("conv 6, 3x3 nobais\n", "arch"),
        ("pool\n", "arch"),
        ("use I;n{output n8x8}", "arch"),
        ("DENSE 10\n", "arch"),
        ("dense 10\n", "arch"),
        ("CONV2D 32 3x3\nMAXPOOLING 2x2\nDENSE 128\nDENSE 10\n", "arch"),
        ("Hidden 300\n", "arch"),
        ("conv1 32 3x3\npool1 2x2\nconv2 64 3x3\npool2 2x2\nfc1 500\n", "listing"),
    ],
)
def test_the_notation_is_seen(words: str, notation: str) -> None:
    assert read(Source("x.txt", words), Limits()).notation == notation


@pytest.mark.parametrize(
    "words", ["DENSE 10", "dense 10", "Dense 128; Dense 10", "CONV2D 4 3x3", "LINEAR_LAYER 5", "FC 10"]
)
def test_a_line_of_a_spec_gets_the_same_answer_under_any_name(words: str) -> None:
    """What stands in it is a spec, whether it is called so: other libraries' names of kinds do not make it a listing."""
    found = [checked(f"{words}\n", name) for name in ("x.arch", "x.txt", "x", "<stdin>")]
    told = [[(one.code, one.message, one.hint) for one in each.diagnostics] for each in found]
    assert told[1:] == told[:-1]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("CONV 6, 3x3\n", "not by commas; or, if this is a listing, --notation listing reads it"),
        ("conv 5x5, six\n", "--notation listing says: this looks like a layer, but its number of filters is missing"),
    ],
)
def test_a_spec_that_may_be_a_listing_says_both(words: str, hint: str) -> None:
    found = checked(words).diagnostics
    assert found[0].code == "syntax"
    assert (found[0].hint or "").endswith(hint)
    assert (checked(words, notation="listing").diagnostics[0].code == "missing-input") == hint.endswith("reads it")


@pytest.mark.parametrize(
    "words", ["Hello, world!\n", "Dear all,\nthis is only a letter, about nothing.\nYours\n", "hello to all of you\n"]
)
def test_a_text_in_neither_notation(words: str) -> None:
    found = checked(words).diagnostics
    assert [one.code for one in found] == ["unknown-notation"]
    assert "CONV 96 11x11" in (found[0].hint or "")
    assert "[55x55x96] CONV1" in (found[0].hint or "")


def test_a_spec_does_not_load_the_listing_reader() -> None:
    code = (
        "import sys; from archdsl.cli.main import main; main(['check', 'specs/alexnet.arch']);"
        "sys.exit(any(name.startswith('archdsl.notations.listing') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=FOLDER.parents[2], capture_output=True).returncode == 0


# ---- the command line


def test_convert_writes_a_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listing, target = str(FOLDER / "alexnet-slide.txt"), tmp_path / "alexnet.arch"
    assert main(["convert", listing, "-o", str(target)]) == 0
    assert "conv1: CONV 96 11x11 s4 p0" in target.read_text(encoding="utf-8")
    assert main(["convert", listing, "-o", str(target)]) == 2
    assert "--force replaces it" in capsys.readouterr().err
    assert main(["convert", listing, "-o", str(target), "--force"]) == 0
    assert main(["check", str(target)]) == 0
    assert "62,378,344 params" in capsys.readouterr().out


def test_convert_writes_nothing_from_a_text_that_is_no_listing(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all,\nthis is a letter, about nothing.\n", encoding="utf-8")
    assert main(["convert", str(tmp_path / "letter.txt"), "-o", str(tmp_path / "x.arch")]) == 1
    assert not (tmp_path / "x.arch").exists()
    assert main(["convert", str(FOLDER.parents[2] / "specs" / "alexnet.arch")]) == 2


def test_summary_and_compile_take_listings(capsys: pytest.CaptureFixture[str]) -> None:
    listing = str(FOLDER / "alphago-policy.txt")
    assert main(["summary", listing]) == 0
    assert "3,882,433" in capsys.readouterr().out
    assert main(["compile", listing, "--notation", "listing"]) == 0
    assert "nn.Conv2d(48, 192" in capsys.readouterr().out


def test_the_reading_is_told_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    listing = str(FOLDER / "alphago-policy.txt")
    assert main(["check", listing, "--explain-reading"]) == 0
    assert '"CONV2 ~ 12": read as 11 layers, 2 to 12' in capsys.readouterr().out
    assert main(["check", listing, "--explain-reading", "--format", "json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert {"line": 9, "column": 1, "text": "CONV2 ~ 12", "reading": "read as 11 layers, 2 to 12"} in record["reading"]


PROSE = """\
# A network

This is a small network.
It was never trained.

INPUT [8x8x4]
CONV1: 6 3x3 filters
----

The end.
"""


def test_lines_that_are_passed_over_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listing, target = tmp_path / "net.txt", tmp_path / "net.arch"
    listing.write_text(PROSE, encoding="utf-8")
    assert main(["check", str(listing)]) == 0
    assert capsys.readouterr().out.rstrip().endswith("222 params, 7,776 macs; 4 lines ignored: 1, 3-4, 10")
    assert main(["check", str(listing), "--format", "json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert [each["line"] for each in record["passed_over"]] == [1, 3, 4, 10]
    assert record["passed_over"][0]["text"] == "A network"
    assert main(["summary", str(listing)]) == 0
    assert "prose    4 lines ignored: 1, 3-4, 10" in capsys.readouterr().out
    assert main(["convert", str(listing)]) == 0
    assert "net.txt; 4 lines ignored: 1, 3-4, 10." in capsys.readouterr().out
    assert main(["convert", str(listing), "-o", str(target)]) == 0
    assert capsys.readouterr().out.rstrip().endswith("net.txt: 4 lines ignored: 1, 3-4, 10")


def test_a_listing_that_is_read_whole_says_nothing_of_prose(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(FOLDER / "mnist-chain.txt"), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["passed_over"] == []


def test_many_lines_are_listed_in_part() -> None:
    words = "INPUT [8x8x4]\n" + "CONV: 4 3x3 filters, pad 1\nThis is prose.\n" * 20
    found = checked(words, notation="listing")
    assert verdict.line([found]).endswith("20 lines ignored: 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25 and 8 more")


# ---- hostile texts


def _mutants(seed: int) -> str:
    rng = random.Random(seed)
    words = text(rng.choice([*TOTALS, *WRONG]))[:1500]
    for _ in range(rng.randrange(1, 8)):
        at, length = rng.randrange(len(words) + 1), rng.choice((0, 1, 1, 5, 40))
        put = rng.choice(
            ("", "[", "]", "|", "x", "0", "99999999999", "-", "\n", "~", " x 0", "stride", "conv3-", "{", "$", "0x0")
        )
        words = words[:at] + put + words[at + length :]
    return words


@pytest.mark.parametrize("seed", range(8))
def test_a_mutated_listing_raises_only_diagnostics(seed: int) -> None:
    for number in range(40):
        words = _mutants(1000 * seed + number)
        found = checked(words, notation="listing")
        for one in found.diagnostics:
            assert one.code in CODES
            assert 0 <= one.span.start <= one.span.end <= len(words)


HOSTILE = {
    "brackets": "[" * 4000 + "\n",
    "pairs": "[1x1]" * 800 + "\n",
    "numbers": "1 " * 2000 + "\n",
    "kinds": "conv " * 800 + "\n",
    "layers": "CONV1: 6 3x3 filters\n" * 10_000,
    "names": "".join(f"CONV{n}: 6 3x3 filters, pad 1\n" for n in range(10_000)),
    "bullets": "CONV1: 6 3x3 filters\n" + "  - stride 1\n" * 20_000,
    "bars": "|" * 4000 + "\n",
    "table": "| conv1 | 3x3 | 4 |\n" * 10_000,
    "range": "CONV1 ~ 999999999: 8 3x3 filters, pad 1\n",
    "backwards": "CONV9 ~ 2: 8 3x3 filters\n",
    "copies": "[3x3, 8; 3x3, 8] x 99999999999\n",
    "zero": "CONV1: 0 0x0 filters at stride 0\n",
    "spaces": "1" + " " * 4000 + "x\n",
    "times": "3 \\times " * 400 + "\n",
    "blocks": "[3x3, 64 <br> " * 300 + "]\n",
    "dots": ("a. B" * 1000) + "\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_ends_soon(name: str) -> None:
    start = time.process_time()
    found = checked("INPUT [8x8x4]\n" + HOSTILE[name], notation="listing")
    assert all(one.code in CODES for one in found.diagnostics)
    assert time.process_time() - start < 10


def test_the_work_grows_with_the_text() -> None:
    def seconds(lines: int) -> float:
        start = time.perf_counter()
        read_listing(Source("x", "INPUT [8x8x4]\n" + "CONV: 6 3x3 filters, pad 1\nprose about it\n" * lines), Limits())
        return time.perf_counter() - start

    seconds(10)
    assert seconds(4_000) < 8 * seconds(1_000) + 0.1


def test_limits_apply() -> None:
    words = "INPUT [8x8x4]\n" + "CONV: 6 3x3 filters\n" * 100
    found = check(read(Source("x", words), Limits(tokens=50), "listing"), {}, Limits())
    assert "limit" in [one.code for one in found.diagnostics]


# ---- in Python


def test_load_and_loads_take_listings() -> None:
    path = FOLDER / "alexnet-slide.txt"
    assert archdsl.load(path).params == 62_378_344
    assert archdsl.loads(text("alexnet-slide")).params == 62_378_344
    assert archdsl.load(path, notation="listing").to_source() == archdsl.load(path).to_source()
    assert archdsl.loads("CONV1: 6 3x3 filters", input="8x8x4", notation="listing").params == conv(4, 6, 3)


def test_the_notation_of_loads_is_held_to() -> None:
    assert archdsl.loads("input 8\nFC 4", notation="arch").params == fc(8, 4)
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text("alexnet-slide"), notation="arch")
    assert {one.code for one in raised.value.diagnostics} <= {"syntax", "unknown-kind"}


def test_a_notation_that_there_is_not_is_refused() -> None:
    """Also where it was meant for a parameter of the model, which then is given on the command line."""
    with pytest.raises(ValueError, match="notation must be"):
        archdsl.loads("model M(notation=1)\ninput 8\nFC 4", notation="slides")


def test_a_listing_has_no_parameters() -> None:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text("alexnet-slide"), classes=10)
    assert [one.code for one in raised.value.diagnostics] == ["unknown-parameter"]
