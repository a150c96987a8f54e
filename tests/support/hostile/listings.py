"""Listings that cost a careless reader its time, its memory or its stack; each is made from a count, as in `gallery`."""

from __future__ import annotations

from collections.abc import Callable

Maker = Callable[[int], str]
LISTINGS: dict[str, Maker] = {}
INPUT = "[8x8x3] INPUT\n"
LAYER = "CONV1: 6 3x3 filters\n"
WIDE = 3_900  # characters of a line that the limit lets pass


def listing(maker: Maker) -> Maker:
    """Hang a text in the gallery."""
    LISTINGS[maker.__name__] = maker
    return maker


def _lines(words: str, n: int) -> str:
    """The same words n times, in lines as wide as the limit lets pass."""
    many = max(1, WIDE // len(words))
    return "".join(words * min(many, n - at) + "\n" for at in range(0, n, many))


# ---- long lines


@listing
def one_long_word(n: int) -> str:
    return INPUT + "a" * n


@listing
def one_huge_paragraph(n: int) -> str:
    return INPUT + "The quick brown fox jumps over the lazy dog. The convolution keeps 16 maps. " * n


@listing
def one_line_of_layers(n: int) -> str:
    return INPUT + "CONV: 6 3x3 filters, pad 1 -> " * n


@listing
def sentences(n: int) -> str:
    return INPUT + _lines("a. B", n)


@listing
def spaces(n: int) -> str:
    return INPUT + _lines("1" + " " * 3_000 + "x", n)


@listing
def empty_lines(n: int) -> str:
    return INPUT + "\n" * n


@listing
def prose(n: int) -> str:
    return INPUT + LAYER + "The quick brown fox jumps over the lazy dog of 1989 and 2012.\n" * n


# ---- brackets


@listing
def brackets(n: int) -> str:
    return INPUT + "[" * n


@listing
def brackets_on_lines(n: int) -> str:
    return INPUT + _lines("[", n) + _lines("]", n)


@listing
def nested_brackets(n: int) -> str:
    return INPUT + "[" * n + "3x3, 8" + "]" * n


@listing
def nested_in_lines(n: int) -> str:
    return INPUT + ("[" * 1_900 + "3x3, 8" + "]" * 1_900 + "\n") * n


@listing
def pairs_of_brackets(n: int) -> str:
    return INPUT + _lines("[1x1]", n)


@listing
def blocks(n: int) -> str:
    return INPUT + _lines("[3x3, 8] x 2 ", n)


@listing
def blocks_never_closed(n: int) -> str:
    return INPUT + _lines("[3x3, 64 <br> ", n)


@listing
def residual_blocks(n: int) -> str:
    return "ResNet with shortcuts\n" + INPUT + "[3x3, 8; 3x3, 8] x 99\n" * n


@listing
def blocks_without_end(n: int) -> str:
    return INPUT + "[3x3, 8; 3x3, 8] x 99999999\n" * n


@listing
def round_brackets(n: int) -> str:
    return INPUT + LAYER + _lines("(", n) + _lines(")", n)


# ---- tables


@listing
def bars(n: int) -> str:
    return INPUT + _lines("|", n)


@listing
def cells(n: int) -> str:
    return INPUT + _lines("| 3x3 ", n)


@listing
def cells_with_layers(n: int) -> str:
    return INPUT + _lines("| conv ", n)


@listing
def cells_under_heads(n: int) -> str:
    many = 480
    head = "|" + "layer|" * many + "\n|" + "---|" * many + "\n"
    return INPUT + head + ("|" + " 3x3 |" * many + "\n") * n


@listing
def heads_of_tables(n: int) -> str:
    return INPUT + "| a | b |\n|---|---|\n" * n


@listing
def rows(n: int) -> str:
    head = "| layer | kernel | filters | params |\n|---|---|---|---|\n"
    return INPUT + head + "| conv | 3x3 | 8 | 1.2K |\n" * n


@listing
def rows_of_wrong_claims(n: int) -> str:
    """A table of layers whose figures all contradict them."""
    head = "| layer | kernel | filters | params |\n|---|---|---|---|\n"
    return INPUT + head + "".join(f"| conv{i} | 1x1 | 8 | {i + 1} |\n" for i in range(n))


@listing
def one_layer_over_and_over(n: int) -> str:
    return "[227x227x3] INPUT\n" + "[55x55x96] CONV1: 96 11x11 filters at stride 4, pad 0\n" * n


# ---- PyTorch


@listing
def printed_modules(n: int) -> str:
    lines = "".join(f"  ({i}): Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n" for i in range(n))
    return f"{INPUT}Sequential(\n{lines})\n"


@listing
def modules_never_closed(n: int) -> str:
    return INPUT + "nn.Sequential(\n" * n


@listing
def modules_in_modules(n: int) -> str:
    return INPUT + "(a): Sequential(\n" * n + "(b): ReLU()\n" + ")\n" * n


@listing
def modules_one_by_one(n: int) -> str:
    return INPUT + "model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())\n" * n


@listing
def arguments_never_closed(n: int) -> str:
    return INPUT + _lines("Conv2d(3, (8, [", n)


# ---- numbers


@listing
def digits(n: int) -> str:
    return INPUT + "CONV: " + "9" * n + " 3x3 filters"


@listing
def lines_of_digits(n: int) -> str:
    return INPUT + _lines("9" * 18 + " ", n)


@listing
def thousands(n: int) -> str:
    return INPUT + _lines(",999", n)


@listing
def sizes(n: int) -> str:
    return INPUT + "CONV " + _lines("3x", n)


@listing
def sizes_in_latex(n: int) -> str:
    return INPUT + _lines("3 \\times ", n)


@listing
def numbers(n: int) -> str:
    return INPUT + _lines("1, 2 / ", n)


# ---- layers


@listing
def layers(n: int) -> str:
    return INPUT + "[8x8x8] CONV: 8 3x3 filters at stride 1, pad 1\n" * n


@listing
def layers_with_names(n: int) -> str:
    return INPUT + "".join(f"[8x8x8] CONV{i}: 8 3x3 filters at stride 1, pad 1\n" for i in range(n))


@listing
def words_without_figures(n: int) -> str:
    return INPUT + _lines("CONV ", n)


@listing
def lines_without_figures(n: int) -> str:
    return INPUT + "CONV\n" * n


@listing
def activations(n: int) -> str:
    return INPUT + LAYER.strip() + _lines(", relu", n)


@listing
def arrows(n: int) -> str:
    return INPUT + _lines("relu -> ", n)


@listing
def short_names(n: int) -> str:
    return INPUT + "conv3-64\n" * n


@listing
def ranges(n: int) -> str:
    return INPUT + "".join(f"CONV{i} ~ {i + 99_999}: 8 3x3 filters, pad 1\n" for i in range(n))


@listing
def long_names(n: int) -> str:
    return INPUT + _lines("CONV1" + "_a" * 900 + " ", n)


@listing
def fully_connected(n: int) -> str:
    return INPUT + "FC: 10 neurons\n" * n


# ---- what is said of them


@listing
def bullets(n: int) -> str:
    return INPUT + LAYER + "  - stride 1\n" * n


@listing
def bullets_that_differ(n: int) -> str:
    return INPUT + LAYER + "".join(f"  - stride {i}\n" for i in range(n))


@listing
def claims(n: int) -> str:
    return INPUT + LAYER + "  - [6x6x6]\n" * n


@listing
def said_again(n: int) -> str:
    return INPUT + LAYER + "CONV1 gives [6x6x6]\n" * n


@listing
def filters_again(n: int) -> str:
    return INPUT + "conv1: " + _lines("3x3 filters 6 ", n)


@listing
def strides(n: int) -> str:
    return INPUT + "conv1: 6 3x3 " + _lines("stride ", n)


@listing
def totals(n: int) -> str:
    return INPUT + LAYER + "1,234 parameters in total.\n" * n


@listing
def inputs(n: int) -> str:
    return INPUT * n


@listing
def norms(n: int) -> str:
    return INPUT + LAYER + _lines("each conv has batch norm ", n)


@listing
def korean(n: int) -> str:
    return INPUT + _lines("합성곱 ", n)


@listing
def quotes(n: int) -> str:
    return INPUT + _lines("> ", n)


@listing
def stars(n: int) -> str:
    return INPUT + _lines("**", n) + LAYER


@listing
def dashes(n: int) -> str:
    return INPUT + _lines("-" * 99 + "x ", n)
