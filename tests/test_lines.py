"""No piece of a line vanishes: what is said of a layer counts in any order, or is an error at its place."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.reading.given import Inputs, given_input
from archdsl.reading.reading import read

BASE = "Input: 28x28x1\nConvolution: 10 filters 3x3, pad 1\n"
IMAGE = "Input: 3x8x8\n"


def checked(text: str, given: str | None = None) -> Checked:
    inputs = Inputs(given_input(given, Limits()), {}) if given is not None else None
    return check(read(Source("x.txt", text), Limits(), "listing", inputs=inputs), {}, Limits())


def errors(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in checked(text).diagnostics if one.severity == "error"]


def result(text: str) -> tuple[int, tuple[int, ...]]:
    """The parameters of a listing, and the shape that it gives."""
    found = checked(text)
    assert errors(text) == []
    assert found.network is not None
    return int(str(found.totals.params)), found.network.outputs[0].shape


# ---- any order

KERAS = ("filters=64", "kernel_size=(3, 3)", "activation='relu'", "padding='same'", "use_bias=False", "strides=2")
TORCH = ("in_channels=3", "out_channels=8", "kernel_size=3", "padding=1", "bias=False")
CLAUSES = ("32 filters", "3x3 kernel", "ReLU", "same padding", "no bias")


@pytest.mark.parametrize("form", ["Conv2D({})", "model.add(Conv2D({}))", "x = layers.Conv2D({})(x)"])
def test_arguments_of_keras_stand_in_any_order(form: str) -> None:
    for order in permutations(KERAS):
        assert result(BASE + form.format(", ".join(order))) == (100 + 9 * 10 * 64, (14, 14, 64)), order


def test_arguments_of_pytorch_stand_in_any_order() -> None:
    for order in permutations(TORCH):
        assert result(f"{IMAGE}nn.Conv2d({', '.join(order)})") == (9 * 3 * 8, (8, 8, 8)), order


@pytest.mark.parametrize("behind", ["ReLU", "tanh", "BN", "dropout 0.5", "sigmoid"])
def test_clauses_stand_in_any_order(behind: str) -> None:
    norm = 64 if behind == "BN" else 0
    for order in permutations((*CLAUSES[:2], behind, *CLAUSES[3:])):
        assert result(f"{BASE}conv: {', '.join(order)}") == (100 + 9 * 320 + norm, (28, 28, 32)), order


@pytest.mark.parametrize("text", ["Conv(32, 3x3, {}, {})", "conv 3x3 32, {}, {}", "conv 3x3, 32 filters, {}, {}"])
@pytest.mark.parametrize("setting", ["same", "same padding", "pad 1", "padding=1"])
def test_a_setting_counts_before_and_behind_an_activation(text: str, setting: str) -> None:
    first, last = (result(BASE + text.format(*order)) for order in permutations(("relu", setting)))
    assert first == last == (100 + conv(10, 32, 3), (28, 28, 32))


def conv(read: int, gives: int, window: int) -> int:
    return read * gives * window * window + gives


@pytest.mark.parametrize(
    ("line", "params"),
    [
        ("FC 10 relu, without bias", 78_500),
        ("Dense(10, activation='relu', use_bias=False)", 78_500),
        ("conv 3x3 32, BN, ReLU, no bias", 100 + 2_880 + 64),
        ("conv 3x3, ReLU, 32 filters", 100 + conv(10, 32, 3)),
        ("FC, relu, 10 units", 78_510),
        ("FC 10, relu, 78,410 parameters", 78_510),
        ("FC: 10 neurons -> 10, 78410 parameters", 78_510),
    ],
)
def test_what_stands_behind_an_activation_is_the_layers(line: str, params: int) -> None:
    assert result(BASE + line)[0] == params


@pytest.mark.parametrize(
    "line",
    [
        "ReLU, same padding",
        "ReLU, stride 2",
        "FC 10, same padding",
        "FC 10, softmax, stride 2",
        "FC 10, relu, 7,841 parameters",
        "FC 10, BN, 21 parameters",
        "FC: 10 neurons -> 10, 78411 parameters",
    ],
)
def test_what_a_layer_cannot_have_is_an_error(line: str) -> None:
    assert [line for line, _ in errors(BASE + line)] == [3]


# ---- behind a module


@pytest.mark.parametrize(
    ("line", "params", "shape"),
    [
        ("Conv2d(3, 4, 3) + maxpool", 112, (3, 3, 4)),
        ("Conv2d(3, 4, 3), ReLU, MaxPool", 112, (3, 3, 4)),
        ("Conv2d(3, 4, 3) with batch norm", 120, (6, 6, 4)),
        ("Conv2d(3, 4, 3) + BN", 120, (6, 6, 4)),
        ("Conv2d(3, 4, 3) -> BatchNorm2d -> ReLU", 120, (6, 6, 4)),
        ("Conv2d(3, 4, kernel_size=3) + BatchNorm2d(4) + ReLU", 120, (6, 6, 4)),
        ("nn.Conv2d(3,4,3), nn.BatchNorm2d(4), nn.ReLU", 120, (6, 6, 4)),
        ("Conv2d(3, 4, 3), dropout 0.5, FC 10", 112 + 1_450, (10,)),
        ("Conv2d(3, 4, 3), conv 3x3, 8 filters", 112 + conv(4, 8, 3), (4, 4, 8)),
        ("Conv2d(3, 4, 3) [6x6x4]", 112, (6, 6, 4)),
        ("Conv2d(3, 4, 3) [4x6x6]", 112, (6, 6, 4)),
        ("Linear(192, 10) -> 10, 1930 parameters", 1_930, (10,)),
    ],
)
def test_what_stands_behind_a_module_is_read(line: str, params: int, shape: tuple[int, ...]) -> None:
    assert result(IMAGE + line) == (params, shape)


@pytest.mark.parametrize(
    "rest",
    ["no bias", "x 2", "twice", ", residual", "same padding", ", stride 2", "[4x6x7]", ", Hardtanh", ", 7", "+ LSTM"],
)
def test_what_stands_behind_a_module_and_cannot_be_read_is_an_error(rest: str) -> None:
    assert [line for line, _ in errors(f"{IMAGE}Conv2d(3, 4, 3) {rest}")] == [2]


# ---- sorts of layers

AVERAGES = """Pooling 2x2 (avg)|pool: average 2x2|pool, type=avg, 2x2|pooling layer: mean, 2x2|pooling 2x2 mode average|pooling moyen 2x2
pooling par moyenne 2x2|pooling promedio 2x2|pooling médio 2x2|pooling medio 2x2|pooling di media 2x2|Pooling (Durchschnitt) 2x2
Pooling mit Mittelwert 2x2|池化 (平均) 2x2|プーリング(平均) 2x2|풀링 (평균) 2x2|пулинг (среднее) 2x2"""
OTHERS = """conv 5x5, 20 filters, transposed|convolution transposée 5x5, 20 filtres|convolution séparable 5x5, 20 filtres
convolution en profondeur 5x5, 20 filtres|transponierte Faltung 5x5, 20 Filter|separierbare Faltung 5x5, 20 Filter
tiefenweise Faltung 5x5, 20 Filter|gruppierte Faltung 5x5, 20 Filter|convolución transpuesta 5x5, 20 filtros
транспонированная свертка 5x5, 20 фильтров|разделимая свертка 5x5, 20 фильтров|graph convolution 5x5, 20 filters
partial convolution 5x5, 20 filters|binary convolution 5x5, 20 filters|complex convolution 5x5, 20 filters
spectral norm conv 20 5x5|weight norm conv 20 5x5|zork conv 5x5, 20 filters|conv 5x5, 20 filters, graph|sum pooling 2x2
pooling 2x2 using the minimum|pooling with sum|pool (L2)|average pooling 2x2, max"""


@pytest.mark.parametrize("line", [line for row in AVERAGES.split("\n") for line in row.split("|")])
def test_a_pool_that_is_said_to_average_does(line: str) -> None:
    kinds = [str(statement.kind.text) for statement in statements(BASE + line)]
    assert kinds[-1] == "AVGPOOL"


def statements(text: str) -> list:  # type: ignore[type-arg]
    file = read(Source("x.txt", text), Limits(), "listing").file
    assert file is not None
    return [one for line in file.lines for one in line.statements if hasattr(one, "kind")]


@pytest.mark.parametrize("line", [line for row in OTHERS.split("\n") for line in row.split("|")])
def test_a_word_that_makes_it_another_layer_is_an_error(line: str) -> None:
    assert {line for line, _ in errors(BASE + line)} == {3}


@pytest.mark.parametrize("word", ["The second", "big", "Then a", "final", "Eine weitere", "Finally"])
def test_other_words_before_a_layer_are_harmless(word: str) -> None:
    assert result(f"{BASE}{word} conv 5x5, 20 filters")[0] == 100 + conv(10, 20, 5)


# ---- lines of programs


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("model.add(Dense(10))", (78_510, (10,))),
        ("layers.Conv2D(32, 3)", (100 + conv(10, 32, 3), (26, 26, 32))),
        ("Conv2D(32, 5, 2, 'same')", (100 + conv(10, 32, 5), (14, 14, 32))),
        ("SeparableConv2D(8, 3)", (100 + 90 + 88, (26, 26, 8))),
        ("DepthwiseConv2D(3)", (200, (26, 26, 10))),
        ("model.add(Flatten())", (100, (7_840,))),
        ("MaxPooling2D(3, strides=2, padding='same')", (100, (14, 14, 10))),
        (
            "tf.keras.Sequential([\n layers.Conv2D(8, 3),\n layers.Flatten(),\n layers.Dense(10)])",
            (100 + 728 + 54_090, (10,)),
        ),
    ],
)
def test_keras_is_read_by_its_own_signatures(lines: str, expected: tuple[int, tuple[int, ...]]) -> None:
    assert result(BASE + lines) == expected


def test_a_program_of_keras_states_its_input() -> None:
    text = "x = keras.Input(shape=(28, 28, 1))\nx = layers.Conv2D(8, 3)(x)\nx = layers.Flatten()(x)\ny = layers.Dense(10)(x)"
    assert result(text) == (80 + 54_090, (10,))
    (fault,) = errors(text.replace("x = layers.Flatten()(x)", "z = layers.Flatten()(x)"))
    assert fault == (4, "this layer reads x, and the line above gives z")


@pytest.mark.parametrize(
    "line",
    """GaussianNoise(0.1)|model.add(Foo(3))|Foo(3)|x = x + y|torch.cat([x, y], 1)|x = f(x)|nn.Conv2d(10, 4, 3, kernel_size=3)
Conv2D(filters=8, kernel_size=3, data_format='channels_first')|model.add(SeparableConv9D(64, (3, 3)))""".replace(
        "\n", "|"
    ).split("|"),
)
def test_a_line_of_a_program_that_is_not_known_is_an_error(line: str) -> None:
    assert 3 in {line for line, _ in errors(BASE + line)}


@pytest.mark.parametrize("line", ["model.compile(loss='mse')", "model.summary()", "import torch", "AlexNet (2012)"])
def test_other_lines_of_a_program_say_nothing(line: str) -> None:
    assert result(BASE + line) == (100, (28, 28, 10))


# ---- words of the trade


@pytest.mark.parametrize(
    "line",
    """8 Aufmerksamkeitsköpfe|vier Aufmerksamkeitsköpfe|Mehrkopf-Aufmerksamkeit mit 8 Köpfen|mit 8 Köpfen|с 8 головами|3 ядрами
с 10 выходами|3 saltos|tam bağlantılı katman, 2 nöron|agrupamiento máximo 2x2|sous-échantillonnage moyen 2x2|макспулинг 2x2
Abtastung 2x2|MBConv1, k3x3, 16|mbconv6 3x3 16|fire 16 64 64|SE 16|multihead 8|DarknetConv 64|resize 56x56|crop 24x24
ip1: 500""".replace("\n", "|").split("|"),
)
def test_a_figure_with_a_word_of_the_trade_is_never_prose(line: str) -> None:
    assert [line for line, _ in errors(BASE + line)] == [3]


@pytest.mark.parametrize(
    "line", ["全局平均池化", "グローバル平均プーリング", "전역 평균 풀링", "pooling medio globale"]
)
def test_global_pools_have_names_in_all_languages(line: str) -> None:
    assert result(BASE + line) == (100, (10,))


def test_what_is_not_trained_is_no_claim() -> None:
    assert result(f"{BASE}Total params: 100\nTrainable params: 100\nNon-trainable params: 0")[0] == 100


# ---- inputs


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("3@32x32", 3),
        ("3 x (28 x 28)", 3),
        ("28x28 (x3)", 3),
        ("84x84x(4)", 4),
        ("28x28, 200 bands", 200),
        ("28x28 RGBA", 4),
        ("28x28 CMYK", 4),
        ("28x28, three channels", 3),
        ("28x28, one channel", 1),
        ("28x28, 3 canaux", 3),
        ("28x28, channels: 3", 3),
        ("28x28 RGB images", 3),
        ("28x28 images", 1),
    ],
)
def test_channels_of_the_input_are_never_dropped(text: str, channels: int) -> None:
    found = checked(f"Input: {text}\nconv 3x3, 6 filters")
    assert not found.failed
    assert found.totals.params == conv(channels, 6, 3)
    assert found.prose == ()


@pytest.mark.parametrize("text", ["4 frames 84x84", "two 28x28 images", "28x28 grey, 3 channels", "(64, 784)"])
def test_an_input_that_is_not_clear_is_asked_for(text: str) -> None:
    ((line, message),) = errors(f"Input: {text}\nFC: 10 neurons")
    assert line == 1
    assert "is not clear" in message


@pytest.mark.parametrize(
    ("text", "layer"),
    list(
        product(
            ["N x 784", "784", "(784,)", "784 features", "(1, 784)", "Nx784", "[784]"],
            ["FC: 10 neurons", "nn.Linear(784, 10)"],
        )
    ),
)
def test_an_input_of_one_axis(text: str, layer: str) -> None:
    assert result(f"Input: {text}\n{layer}") == (7_850, (10,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12x20x30\nnn.Conv2d(12, 8, 3)", (872, (18, 28, 8))),
        ("12x20x30\nnn.Conv2d(30, 8, 3)", (2_168, (10, 18, 8))),
        ("(N, 64, 20, 30)\nnn.Conv2d(64, 8, 3)", (4_616, (18, 28, 8))),
        ("3x32\nConv1d(3, 8, 3)", (80, (30, 8))),
        ("(N, 20, 8)\nnn.Linear(8, 16)", (144, (20, 16))),
        ("(N, 20, 8)\nnn.LayerNorm(8)", (16, (20, 8))),
        ("(N, 3, 64)\nNet(\n  (a): ConvTranspose1d(3, 8, kernel_size=(4,), stride=(2,))\n)", (104, (130, 8))),
    ],
)
def test_the_first_module_tells_the_order(text: str, expected: tuple[int, tuple[int, ...]]) -> None:
    assert result(f"Input: {text}") == expected


@pytest.mark.parametrize("given", ["3x30x30", "12x64x64", "3x480x640"])
def test_a_given_input_with_its_channels_first_is_an_error_in_a_listing(given: str) -> None:
    for stated in ("28x28x1", "1x28x28"):
        found = checked(f"Input: {stated}\nconv1: 6 3x3 filters\nFC: 10 neurons", given)
        assert [one.code for one in found.diagnostics if one.severity == "error"] == ["shape-mismatch"]
        size = "x".join((*given.split("x")[1:], given.split("x")[0]))
        assert found.diagnostics[0].hint == f"--input {size}"
        assert not checked(f"Input: {stated}\nconv1: 6 3x3 filters\nFC: 10 neurons", size).failed


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("input 32x32x3; CONV 6 3x3", "12x64x64"),
        ("input HxWxC; CONV 6 3x3", "3x64x64"),
        ("input a: 32x32x3; CONV 6 3x3", "8x64x64"),
    ],
)
def test_a_given_input_with_its_channels_first_is_a_warning_in_a_spec(text: str, given: str) -> None:
    inputs = Inputs(given_input(given, Limits()), {})
    found = check(read(Source("x.arch", text), Limits(), inputs=inputs), {}, Limits())
    assert [(one.code, one.hint) for one in found.diagnostics if one.severity == "warning"] == [
        ("channels-first", f"--input 64x64x{given.split('x')[0]}")
    ]


# ---- printed models

INPUT = "Input: 16x8x8, channels first\nNet(\n"
CONV = "Conv2d(16, 16, kernel_size=(3, 3), stride=({0}, {0}), padding=(1, 1))"


def test_the_gate_of_torchvision_is_a_product() -> None:
    parts = (
        "    (avgpool): AdaptiveAvgPool2d(output_size=1)\n    (fc1): Conv2d(16, 8, kernel_size=(1, 1), stride=(1, 1))\n"
        "    (fc2): Conv2d(8, 16, kernel_size=(1, 1), stride=(1, 1))\n    (activation): ReLU()\n"
        "    (scale_activation): Hardsigmoid()\n"
    )
    text = f"{INPUT}  (a): SqueezeExcitation(\n{parts}  )\n  (b): Conv2d(16, 4, kernel_size=(3, 3), stride=(1, 1))\n)"
    assert result(text) == (136 + 144 + 580, (6, 6, 4))


@pytest.mark.parametrize(("stride", "shape", "kinds"), [(1, (8, 8, 16), ["ADD"]), (2, (4, 4, 16), ["CONV"])])
def test_an_inverted_residual_is_a_sum_where_it_fits(stride: int, shape: tuple[int, ...], kinds: list[str]) -> None:
    text = f"{INPUT}  (a): InvertedResidual(\n    (block): Sequential(\n      (0): {CONV.format(stride)}\n    )\n  )\n)"
    assert result(text) == (2_320, shape)
    assert [one.kind.text for one in statements(text) if one.kind is not None] == kinds


@pytest.mark.parametrize(
    "name",
    "ResidualBlock ResBlock Residual ResBottleneckBlock _DenseLayer SELayer SEBlock CNBlock InceptionA Fire C2f".split(),
)
def test_a_class_whose_name_says_more_is_an_error(name: str) -> None:
    text = f"{INPUT}  (a): {name}(\n    (block): Sequential(\n      (0): {CONV.format(1)}\n    )\n  )\n)"
    ((line, message),) = errors(text)
    assert line == 3
    assert "printed model does not show" in message


def test_another_class_within_a_model_is_a_warning() -> None:
    found = checked(f"{INPUT}  (a): MyThing(\n    (block): Sequential(\n      (0): {CONV.format(1)}\n    )\n  )\n)")
    assert [(one.code, one.severity, one.line) for one in found.diagnostics] == [("assumed-order", "warning", 3)]


@pytest.mark.parametrize(
    "text", ["nn.Conv2d(3, 8, 3)", "\n  nn.Conv2d(3, 8, 3),\n", "nn.Sequential(nn.Conv2d(3, 8, 3))"]
)
def test_a_row_of_one_module(text: str) -> None:
    assert result(f"Input: 3x32x32\nnn.Sequential({text})") == (224, (30, 30, 8))


def test_words_that_pytorch_prints_without_quotes() -> None:
    text = (
        "Input: 3x32x32\nNet(\n  (a): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=same, padding_mode=circular)\n"
        "  (b): UpsamplingBilinear2d(scale_factor=2.0, mode='bilinear')\n  (c): UpsamplingNearest2d(scale_factor=2.0, mode='nearest')\n)"
    )
    assert result(text) == (224, (128, 128, 8))
