"""Listings that nobody would write: those of `tests/data/listings` with seeded faults, and words in random order.

Everything here is a function of a seed, so that a text that breaks something can be made again from its number.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "listings"
LONGEST = 1_500  # characters of a text, so that thousands take seconds

_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+(?:x[0-9]+)*|\n|[ \t]+|.", re.S)
_NUMBERS = (
    *("0", "1", "2", "3", "7", "-1", "0.5", "1,000", "4.096", "1e9", "99999999999", "9" * 18, "9" * 19, "9" * 40),
    *(
        "0x0",
        "3x3",
        "1x1x1",
        "3x3x3x3x3",
        "99999999x99999999",
        "3 \\times 3",
        "3×3",
        "62M",
        "1.2K",
        "50 %",
        "3rd",
        "²",
        "٣",
    ),
)
_SIGNS = (
    *("[", "]", "(", ")", "{", "}", "|", "||", "/", ",", ";", ":", "@", "~", "->", "→", "=>", "x 2", "× 0", "*", "**"),
    *(
        "$",
        "`",
        "#",
        "# ",
        "- ",
        "1. ",
        "> ",
        "```",
        "<br/>",
        "---",
        "|---|---|",
        "\n",
        "\n\n",
        "\t",
        "    ",
        "\r\n",
        "\r",
    ),
    *("\x00", "\x1b[31m", "\u202e", "\u200b", "\ufeff", "é", "한", "—", "…", "\N{FULLWIDTH COLON}", "\U0001f600"),
)
_WORDS = (
    *("INPUT", "conv", "CONV1", "conv3-64", "C1:", "S2:", "MAX POOL1", "average pool", "global average pooling"),
    *("fully connected", "FC-10", "FC6:", "softmax", "ReLU", "dropout", "batch norm", "NORM1", "LRN", "flatten"),
    *("inception (3a)", "LSTM", "output", "RBF", "CONV2 ~ 12", "CONV9 ~ 2", "ResNet", "shortcut", "every conv"),
    *("filters", "kernel", "window", "feature maps", "neurons", "units", "classes", "stride", "pad", "same padding"),
    *(
        "groups",
        "dilation",
        "no bias",
        "parameters",
        "weights",
        "total",
        "about",
        "RGB",
        "grey image",
        "of",
        "the",
        "with",
    ),
    *("Filter 96개", "크기의", "Schrittweite", "noyaux", "畳み込み層", "ストライド"),
)


@cache
def listings() -> list[str]:
    """The listings of the tests."""
    return [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.txt"))]


def mutated_listings(count: int, seed: int = 0) -> Iterator[str]:
    """Listings with one to eight faults; every fourth text is of words in random order instead."""
    for number in range(count):
        rng = random.Random(f"listing:{seed}:{number}")
        yield _disordered(rng) if number % 4 == 3 else _faulty(rng)


def _faulty(rng: random.Random) -> str:
    tokens = _TOKEN.findall(rng.choice(listings())[:LONGEST])
    for _ in range(rng.randrange(1, 9)):
        at, length = rng.randrange(len(tokens) + 1), rng.choice((0, 1, 1, 2, 5, 20))
        match rng.randrange(6):
            case 0:  # a span said twice
                tokens[at:at] = tokens[at : at + length]
            case 1:  # a span of another listing
                other = _TOKEN.findall(rng.choice(listings()))
                start = rng.randrange(len(other))
                tokens[at : at + length] = other[start : start + rng.randrange(1, 30)]
            case 2:  # a span elsewhere
                span = tokens[at : at + length]
                del tokens[at : at + length]
                to = rng.randrange(len(tokens) + 1)
                tokens[to:to] = span
            case _:
                tokens[at : at + length] = [rng.choice(rng.choice((_NUMBERS, _SIGNS, _WORDS)))]
    return "".join(tokens)


def _disordered(rng: random.Random) -> str:
    lines = ["INPUT [32x32x3]"] if rng.random() < 0.7 else []
    for _ in range(rng.randrange(1, 7)):
        kinds = rng.choices((_NUMBERS[:20], _SIGNS, _WORDS), (4, 2, 5), k=rng.randrange(1, 10))
        lines.append(rng.choice((" ", " ", "")).join(rng.choice(kind) for kind in kinds))
    return "\n".join(lines)
