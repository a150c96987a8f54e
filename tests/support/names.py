"""Hostile names: labels, models, blocks, parameters and texts that would break out of whatever they are written into."""

from __future__ import annotations

import keyword
import random
from collections.abc import Iterator

_INJECTIONS = (
    *(
        "); import os; os.system(",
        "'); import os #",
        "\\'); import os #",
        "\\",
        "\\\\",
        "'''",
        "''' + x + '''",
        "{x}",
        "{self}",
    ),
    *(
        "%s",
        "%(x)s",
        "${HOME}",
        "`id`",
        "$(id)",
        "#",
        "# noqa",
        "x # y",
        "*/",
        "<script>alert(1)</script>",
        "<!--",
        "&amp;",
    ),
    *(
        "\\n",
        "\\x00",
        "\\N{BULLET}",
        "\\u202e",
        "\\",
        "a\\",
        "f'{x}'",
        "b''",
        "r''",
        "0x1",
        "1e5",
        "None",
        "True",
        "..",
        "/",
    ),
    *(
        "../../etc/passwd",
        "C:\\windows",
        "con",
        "nul",
        "~",
        "--help",
        "-c",
        "a;b",
        "a|b",
        "a&b",
        "=1+1",
        "@sum",
        "\t",
        " ",
        "  a ",
    ),
)
_DUNDERS = (
    *(
        "__class__",
        "__init__",
        "__dict__",
        "__getattr__",
        "__setattr__",
        "__del__",
        "__reduce__",
        "__call__",
        "__name__",
    ),
    *("_modules", "_parameters", "_buffers", "_x", "__", "_", "__import__", "__builtins__", "__file__", "__slots__"),
)
_PYTORCH = (
    *(
        "forward",
        "train",
        "eval",
        "to",
        "type",
        "half",
        "float",
        "parameters",
        "modules",
        "children",
        "state_dict",
        "apply",
    ),
    *(
        "training",
        "T_destination",
        "dump_patches",
        "add_module",
        "register_buffer",
        "zero_grad",
        "share_memory",
        "weight",
    ),
    *(
        "bias",
        "self",
        "torch",
        "nn",
        "F",
        "super",
        "range",
        "getattr",
        "sum",
        "len",
        "str",
        "x",
        "y",
        "i",
        "args",
        "kwargs",
    ),
    *(
        "append",
        "extend",
        "insert",
        "pop",
        "keys",
        "items",
        "values",
        "update",
        "clear",
        "Sequential",
        "Module",
        "MODEL",
    ),
)
_FOREIGN = (
    *(
        "é",
        "Ω",
        "ﬀ",
        "ª",
        "ſ",
        "K",
        "µ",
        "ℌ",
        "𝐱",
        "ｘ",
        "ⅷ",
        "名前",
        "имя",
        "اسم",
        "שם",
        "🙂",
        "e\u0301",
        "a\u00a0b",
        "\u3000",
    ),
    *("İ", "ß", "ŉ", "ǰ", "\U000e0041", "\U0010ffff", "\ue000", "\u0378", "ﷺ", "\u115f", "\u3164", "\uffa0", "\u2800"),
)
_LETTERS = "ab_01 (){}[]<>:;,.'#\\%$&|`~!?@*/+-=éß名🙂\t"

WORDS = (*keyword.kwlist, *keyword.softkwlist, *_DUNDERS, *_PYTORCH)
QUOTED = (*WORDS, *_INJECTIONS, *_FOREIGN, "0", "00", "-1", "1.5", "a" * 200, "a b", "a-b", "x" * 60 + "'" * 60)


def word(rng: random.Random) -> str:
    """A name that the language takes without quotes."""
    if rng.random() < 0.5:
        return rng.choice([one for one in WORDS if one.isidentifier()])
    return rng.choice("abxW_") + "".join(rng.choice("aZ09_×") for _ in range(rng.randrange(8)))


def quoted(rng: random.Random) -> str:
    """A name or text that stands in quotes; what the text itself cannot hold is left out."""
    text = rng.choice(QUOTED)
    if rng.random() < 0.5:
        text = "".join(rng.choice((*_LETTERS, text)) for _ in range(rng.randrange(1, 12)))
    return text.replace('"', "'").replace("\n", " ").replace("\r", " ")


TEMPLATE = """# {remark}
model {model}({parameter}=6, {option}="{text}")   # {remark}
input "{input}": 8x8x4
"{first}": {block} {parameter} <- "{input}"
"{second}": {{ "{third}": CONV 4 3x3 p1; {block} 3 x2; ADD {{ ID; {block} 3 }} }}
if {option} == "{text}" {{ "{fourth}": {block} {parameter} {argument}=2 }}
FC {parameter}
output "{second}", "{first}"
block {block}({size}, {argument}=1) {{
  "{inner}": CONV {size} 3x3 p1; RELU
  "{deep}": {{ BN; "{deeper}": CONV ({size}*{argument}) 1x1 }}
}}
"""
QUOTED_PLACES = ("input", "first", "second", "third", "fourth", "inner", "deep", "deeper", "text", "remark")
WORD_PLACES = ("model", "parameter", "option", "block", "size", "argument")
HARMLESS = {place: f"h_{place}" for place in (*QUOTED_PLACES, *WORD_PLACES)}


def spec(**names: str) -> str:
    """The network with some of its names replaced."""
    return TEMPLATE.format(**{**HARMLESS, **names})


def hostile(rng: random.Random) -> tuple[str, str]:
    """A place and a hostile name for it."""
    place = rng.choice((*QUOTED_PLACES, *WORD_PLACES))
    return place, quoted(rng) if place in QUOTED_PLACES else word(rng)


def texts(count: int, seed: int = 0) -> Iterator[str]:
    """`count` networks with one to three hostile names."""
    for number in range(count):
        rng = random.Random(f"names:{seed}:{number}")
        yield spec(**dict(hostile(rng) for _ in range(rng.choice((1, 1, 3)))))
