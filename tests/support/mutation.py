"""Texts that nobody would write: specs with seeded faults, random derivations of the grammar, every short run of tokens.

Everything here is a function of a seed, so that a text that breaks something can be made again from its number.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from pathlib import Path

from archdsl.layers import REGISTRY
from archdsl.syntax.build import compiled

SPECS = Path(__file__).parents[2] / "specs"
ERRORS = Path(__file__).parents[1] / "errors"

_TOKEN = re.compile(
    r'#[^\n]*|"[^"\n]*"|[A-Za-z_][A-Za-z0-9_.{}+]*|[0-9][0-9A-Za-z.,]*|->|<-|//|\.\.|[<>=!]=|[ \t]+|\n|.', re.S
)
_KEYWORDS = (
    *("model", "block", "input", "output", "let", "cases", "expect", "for", "if", "else", "in", "where", "within"),
    *("and", "or", "not", "int", "float", "yes", "no", "use", "freeze", "share"),
)
_SIGNS = (
    *(
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ":",
        ";",
        ",",
        "=",
        "->",
        "<-",
        "..",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "==",
        "<",
        ">=",
    ),
    *("!", "?", "@", "$", "&", "~", "^", "|", "\\", "'", '"', "#", "×", "x(", "\n", "\t"),
)
_NUMBERS = (
    *(
        "0",
        "1",
        "2",
        "-1",
        "3.5",
        "0.0",
        "1e9",
        "1e-9",
        "1e308",
        "1e309",
        "-1e30",
        "1e39",
        "inf",
        "-inf",
        "0.0044444444444444444",
        "1e999999999",
        "0x10",
        "007",
        "1,000",
        "1,00",
    ),
    *("4611686018427387903", "4611686018427387904", "999999999999999999", "1000000000000000000", "2147483648", "65536"),
    *(
        "1000000",
        "4096",
        "3x3",
        "1x1x1x1x1x1",
        "0x0",
        "3xN",
        "61.1M",
        "1.5KiB",
        "9GB",
        "x0",
        "x1",
        "x1000000",
        "9" * 40,
    ),
)
_WORDS = (
    *(
        "CONV",
        "FC",
        "ADD",
        "CONCAT",
        "SCALE",
        "MAXPOOL",
        "RELU",
        "BN",
        "ID",
        "PAD",
        "EMBED",
        "conv",
        "T",
        "in",
        "s2",
        "p1",
        "std.residual",
        "BASIC",
    ),
    *(
        "k3",
        "nobias",
        "bias",
        "same",
        "params",
        "macs",
        "conv{i}",
        "conv{",
        "a.b",
        "fc8",
        "é",
        "Ω",
        "🙂",
        "\u202e",
        "\x00",
    ),
)
_CHARACTERS = (
    "abcxTW019_ .,:;=<>-+*/%()[]{}\"'#\\?@×\n\r\t\x00\x1b\x7f\u00a0\u200b\u2013\u201c\u2028\u202e\ufeff\U0001f600é"
)

Mutation = Callable[[random.Random, list[str]], None]


@cache
def specs() -> list[str]:
    """The texts that are mutated: the specs of the repository and the small texts with one error each."""
    whole = [file.read_text(encoding="utf-8") for file in sorted(SPECS.glob("*.arch"))]
    small = [text for file in sorted(ERRORS.glob("*.arch")) for text in file.read_text(encoding="utf-8").split("---\n")]
    return [*whole, *small]


def split(text: str) -> list[str]:
    """A text as tokens that join to it again."""
    return _TOKEN.findall(text)


# ---- mutations of tokens: each changes a list in place


def _hole(rng: random.Random, tokens: list[str]) -> None:
    """A ? in place of some of the numbers, or of the sizes in a word."""
    at = [place for place, token in enumerate(tokens) if any(letter.isdigit() for letter in token)]
    for place in rng.sample(at, min(len(at), rng.choice((1, 1, 2, 5)))):
        tokens[place] = re.sub("[0-9]+", "?", tokens[place])


def _delete(rng: random.Random, tokens: list[str]) -> None:
    at = rng.randrange(len(tokens))
    del tokens[at : at + rng.choice((1, 1, 1, 2, 5))]


def _double(rng: random.Random, tokens: list[str]) -> None:
    at = rng.randrange(len(tokens))
    tokens[at:at] = tokens[at : at + rng.choice((1, 1, 2, 8))] * rng.choice((1, 1, 3))


def _swap(rng: random.Random, tokens: list[str]) -> None:
    a, b = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    tokens[a], tokens[b] = tokens[b], tokens[a]


def _exchange_neighbours(rng: random.Random, tokens: list[str]) -> None:
    if len(tokens) > 2:
        at = rng.randrange(len(tokens) - 2)
        tokens[at], tokens[at + 2] = tokens[at + 2], tokens[at]


def _replacing(choices: tuple[str, ...], wanted: str) -> Mutation:
    """Replace a token that the pattern fits, or insert where none does."""
    fits = re.compile(wanted).match

    def mutate(rng: random.Random, tokens: list[str]) -> None:
        places = [at for at, token in enumerate(tokens) if fits(token)]
        word = rng.choice(choices)
        if places:
            tokens[rng.choice(places)] = word
        else:
            tokens.insert(rng.randrange(len(tokens) + 1), word)

    return mutate


def _insert(rng: random.Random, tokens: list[str]) -> None:
    word = rng.choice(rng.choice((_KEYWORDS, _SIGNS, _NUMBERS, _WORDS)))
    tokens.insert(rng.randrange(len(tokens) + 1), rng.choice((word, f" {word} ")))


def _character(rng: random.Random, tokens: list[str]) -> None:
    at = rng.randrange(len(tokens))
    token = tokens[at]
    place = rng.randrange(len(token) + 1)
    tokens[at] = token[:place] + rng.choice(("", *_CHARACTERS)) + token[place + rng.choice((0, 1)) :]


def _line(rng: random.Random, tokens: list[str]) -> None:
    lines = "".join(tokens).split("\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            del lines[a]
        case 1:
            lines.insert(b, lines[a])
        case 2:
            lines[a], lines[b] = lines[b], lines[a]
        case _:
            lines[a : a + 1] = lines[a].split(" ", 2)
    tokens[:] = split("\n".join(lines))


def _cut(rng: random.Random, tokens: list[str]) -> None:
    del tokens[rng.randrange(len(tokens)) :]


def _wrap(rng: random.Random, tokens: list[str]) -> None:
    a = rng.randrange(len(tokens))
    opening, closing = rng.choice((("{", "}"), ("(", ")"), ("[", "]"), ("{", ")"), ("", "}"), ("{ ", "")))
    tokens.insert(a, opening)
    tokens.insert(rng.randrange(a, len(tokens)) + 1, closing)


MUTATIONS: tuple[Mutation, ...] = (
    _delete,
    _double,
    _swap,
    _hole,
    _exchange_neighbours,
    _insert,
    _character,
    _line,
    _cut,
    _wrap,
    _replacing(_NUMBERS, r"[0-9]"),
    _replacing(_NUMBERS, r"[0-9]"),
    _replacing(_KEYWORDS, r"[a-z]+$"),
    _replacing(_WORDS, r"[A-Za-z]"),
    _replacing(_SIGNS, r"[^\w\s#\"]"),
)


def mutant(text: str, rng: random.Random) -> str:
    """A text with one to four faults."""
    tokens = split(text)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        if tokens:
            rng.choice(MUTATIONS)(rng, tokens)
    return "".join(tokens)


def mutants(count: int, seed: int = 0) -> Iterator[str]:
    """`count` mutants, the texts taken in turn; number n of a seed is always the same."""
    texts = specs()
    for number in range(count):
        yield mutant(texts[number % len(texts)], random.Random(f"{seed}:{number}"))


# ---- texts from the grammar

_TOUCHING = "\0"  # where no space stands between two tokens
_SAMPLES: dict[str, tuple[str, ...]] = {
    "WORD": (
        *(
            "CONV",
            "MAXPOOL",
            "FC",
            "RELU",
            "ADD",
            "CONCAT",
            "SCALE",
            "ID",
            "BN",
            "PAD",
            "EMBED",
            "B",
            "C",
            "a",
            "b",
            "i",
            "c",
        ),
        *(
            "s2",
            "p1",
            "k3",
            "nobias",
            "in",
            "yes",
            "no",
            "same",
            "T",
            "HxWx3",
            "params",
            "macs",
            "units",
            "a.b",
            "depth",
        ),
    ),
    "NUMBER": ("0", "1", "2", "3", "8", "64", "0.5", "1e3", "1e-6", "999999999999"),
    "DIMS": ("3x3", "1x1", "28x28x1", "8x8x16", "2x2x2", "0x0", "5xT", "1000000x1000000x1000000", "?x?", "3x?"),
    "HOLE": ("?",),
    "HOLED": ("p?", "s?", "k?x3", "Tx?", "a?b", "x?x?"),
    "STRING": ('"a"', '""', '"a b"', '"é"', '"1"'),
    "TEMPLATE": ("conv{i}", "a{i+1}", "b{c}_{i}", "n{}", "m{1//0}"),
    "REPEAT": ("x0", "x1", "x2", "x7", "x1000000"),
    "XHOLE": ("x?",),
    "WILD": ("layers.*.norm", "*.bn", "a.0.*"),
    "GROUPED": ("1,000", "61,706"),
    "SCALED": ("1.5M", "2K", "3GiB", "1B"),
    "CMP": ("==", "!=", "<", "<=", ">", ">="),
    "SIGN": ("+", "-"),
    "MULOP": ("*", "/", "//"),
    "TSIGN": (f"{_TOUCHING}+{_TOUCHING}", f"{_TOUCHING}-{_TOUCHING}"),
    "TMULOP": (f"{_TOUCHING}*{_TOUCHING}", f"{_TOUCHING}//{_TOUCHING}"),
    "TPERCENT": (f"{_TOUCHING}%{_TOUCHING}",),
    "TPOWER": (f"{_TOUCHING}**{_TOUCHING}",),
    "NEG": (f"-{_TOUCHING}", f"+{_TOUCHING}"),
    "_NL": ("\n",),
    "_XPAREN": ("x(",),
    "RPAR": (")",),
    "RSQB": ("]",),
}


_grammar = cache(compiled)


class Deriver:
    """Random derivations of the grammar's rules, as the parser knows them."""

    def __init__(self) -> None:
        lark = _grammar()
        self.rules: dict[str, list[list[str]]] = {}
        for rule in lark.rules:
            self.rules.setdefault(rule.origin.name, []).append([symbol.name for symbol in rule.expansion])
        self.signs = {t.name: t.pattern.value for t in lark.terminals if t.pattern.type == "str"}
        self.cost = self._costs()

    def _costs(self) -> dict[str, int]:
        """The depth of the shallowest derivation of each rule."""
        cost: dict[str, int] = {}
        changed = True
        while changed:
            changed = False
            for name, expansions in self.rules.items():
                known = [self._deepest(one, cost) for one in expansions]
                best = min((depth for depth in known if depth is not None), default=None)
                if best is not None and cost.get(name, best + 2) > best + 1:
                    cost[name], changed = best + 1, True
        return cost

    def _deepest(self, expansion: list[str], cost: dict[str, int]) -> int | None:
        depths = [cost.get(symbol) if symbol in self.rules else 0 for symbol in expansion]
        return None if None in depths else max((d for d in depths if d is not None), default=0)

    def text(self, rng: random.Random, depth: int = 24, start: str = "start") -> str:
        """A text that the grammar has; deeper than `depth` only the shortest ways are taken."""
        words: list[str] = []
        stack = [(start, depth)]
        while stack:
            symbol, left = stack.pop()
            if symbol not in self.rules:
                words.append(self._terminal(symbol, rng))
                continue
            expansions = self.rules[symbol]
            if left <= 0 or len(words) > 60:
                least = min(self._deepest(one, self.cost) or 0 for one in expansions)
                expansions = [one for one in expansions if (self._deepest(one, self.cost) or 0) == least]
            stack += [(one, left - 1) for one in reversed(rng.choice(expansions))]
        return re.sub(f" ?{_TOUCHING} ?", "", " ".join(words))

    def _terminal(self, name: str, rng: random.Random) -> str:
        return rng.choice(_SAMPLES[name]) if name in _SAMPLES else self.signs[name]


def derived(count: int, seed: int = 0) -> Iterator[str]:
    """`count` random texts of the grammar; every other one behind a head that lets its layers be checked."""
    deriver = Deriver()
    head = "model M(depth=3)\ninput 28x28x1\nblock B(c, s=1) { CONV c 3x3 p1 s=s; RELU }\nb: CONV 8 3x3 p1\n"
    for number in range(count):
        rng = random.Random(f"derived:{seed}:{number}")
        lines = [deriver.text(rng, start=rng.choice(("line", "_stmt", "layer", "group", "for_"))) for _ in range(4)]
        text = "\n".join(lines) if number % 4 else deriver.text(rng)
        yield (head if number % 2 else "") + text


# ---- texts that make sense at first sight

_KINDS = tuple(REGISTRY)
_MERGES = tuple(name for name, kind in REGISTRY.items() if kind.merge)
_VALUES = (
    *(
        "0",
        "1",
        "2",
        "3",
        "8",
        "16",
        "0.5",
        "1.5",
        "3x3",
        "1x1",
        "2x1",
        "5x5x5",
        "28x28x1",
        "(in)",
        "(in/2)",
        "(2*c)",
        "c",
        "k",
    ),
    *(
        "(a[0])",
        "[1, 2]",
        "[[0], [1]]",
        "[[0, 1], [1]]",
        "[]",
        '"a"',
        "act",
        "RELU",
        "B",
        "yes",
        "no",
        "same",
        "T",
        "(T - 2)",
    ),
    *(
        "(1/3)",
        "(0.1*30)",
        "(-1)",
        "(1/0)",
        "(10 // 3)",
        "(7 % 4)",
        "(c if c > 2 else 1)",
        "(not yes)",
        "(3x3 + 1)",
        "999999999",
        "?",
        "?x?",
        "p?",
        "(?)",
    ),
)
_CLAIMS = (
    *(
        "28x28x8",
        "8",
        "10",
        "[in]",
        "[c]",
        "[H, W, 3]",
        "TxT",
        "0",
        "1.5",
        "100 params",
        "1.5M params",
        "2K macs",
        "1GB weights",
    ),
    *(
        "0 params within 5%",
        "1,000 macs",
        "3 units",
        "5 connections",
        "7 layers",
        "1e3 params",
        "0.1 params",
        "28x28x8, 8",
    ),
)
_NAMES = (
    "a",
    "b",
    "g",
    "conv1",
    "conv{i}",
    "a{c}",
    '"x-1"',
    '"a b"',
    "0",
    "7",
    "in",
    "x1",
    "if",
    "class",
    "forward",
    "self",
)


class Writer:
    """Random texts of layers, groups, merges, blocks and loops with values that may or may not fit."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.left = rng.choice((4, 8, 16, 30))

    def text(self) -> str:
        """A whole text."""
        pick, some = self.rng.choice, self.rng.random
        lines = [f"model M({pick(('', 'c=3', 'c=3, k=[1, 2]', 'act=RELU', 'c=T'))})"] if some() < 0.5 else []
        if some() < 0.9:
            size = pick(
                (
                    "28x28x1",
                    "8x8x16",
                    "12",
                    "37 int",
                    "T int",
                    "Tx300",
                    "HxWx3",
                    "8x8x8x2",
                    "[1, c]",
                    "HxWx3 where H > 7",
                )
            )
            lines.append(f"input {size}" if some() < 0.8 else f"input a: {size}; input b: {size}")
        lines += self.lines(0)
        for name in ("B", "C") if some() < 0.5 else ():
            heads = ("(c)", "(c, s=1)", "(c=2, act=RELU)", "", "(k=[1, 2]) <- a, b", "(c, c2=c*2)")
            self.left += 5
            lines += [f"block {name}{pick(heads)} {{", *self.lines(1), "}"]
        if some() < 0.3:
            lines.insert(
                self.rng.randrange(len(lines) + 1),
                pick(("output a, b", "cases c in [1, 2]", "expect 3 params", "output conv1")),
            )
        return "\n".join(lines)

    def lines(self, depth: int) -> list[str]:
        """Statements, some of them joined on a line."""
        found = []
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            self.left -= 1
            found.append(self.statement(depth) + ("; RELU" if self.rng.random() < 0.2 else ""))
        return found

    def statement(self, depth: int) -> str:
        pick, some = self.rng.choice, self.rng.random
        label = f"{pick(_NAMES)}: " if some() < 0.35 else ""
        tail = "".join(
            (
                self.repeat(),
                f" <- {self.reads()}" if some() < 0.1 else "",
                f" -> {pick(_CLAIMS)}" if some() < 0.1 else "",
            )
        )
        choice = some()
        if depth > 4 or self.left <= 0 or choice < 0.55:
            return label + self.layer() + tail
        inner = "\n".join(self.lines(depth + 1))
        if choice < 0.7:
            return f"{label}{pick(_MERGES)} {{\n{inner}\n{{ {self.layer()} }}\n}}{tail}"
        if choice < 0.8:
            return f"{label}{{\n{inner}\n}}{tail}"
        if choice < 0.88:
            turns = pick(
                ("1..3", "1..0", "c..3", "[1, 2]", "[[1, 2], [3, 4]]", "k", "0..1000000000", "1..1.5", "[RELU, TANH]")
            )
            return f"for {pick(('i', 'i', 'i, c'))} in {turns} {{\n{inner}\n}}"
        if choice < 0.94:
            other = f" else {{ {self.layer()} }}" if some() < 0.5 else ""
            return f"if {pick(('yes', 'no', 'c == 3', 'in > 3', 'T > 2', 'H % 2 == 0', 'c', 'i in [1, 2]'))} {{\n{inner}\n}}{other}"
        return f"let {pick(('c', 'k', 'w', 'act', 's1'))} = {pick(_VALUES)}"

    def layer(self) -> str:
        """A kind or block with values, options and switches, sometimes those of another."""
        pick, some = self.rng.choice, self.rng.random
        word = pick((*_KINDS, "B", "C", "B", "act", "CONV", "CONV", "MAXPOOL", "FC"))
        kind = REGISTRY.get(word if some() < 0.95 else pick(_KINDS))
        words = [word]
        for attribute in kind.attributes.values() if kind else ():
            if attribute.positional and (attribute.required or some() < 0.3):
                words.append(pick(("8", "3x3", "3", "2", "c")) if some() < 0.7 else pick(_VALUES))
            elif some() < 0.15:
                short = f"{attribute.short}{pick(('0', '1', '2', '3', '2x1'))}" if attribute.short else attribute.name
                named = f"{attribute.name}={pick((*attribute.type.choices, *_VALUES[:8], 'no', 'yes')) if some() < 0.8 else pick(_VALUES)}"
                words.append(pick((short, named, f"no{attribute.name}")))
        if kind is None:
            words += [pick(_VALUES) for _ in range(pick((0, 1, 1, 2)))]
        return " ".join(words)

    def repeat(self) -> str:
        """Mostly nothing."""
        return self.rng.choice((" x2", " x3", " x0", " x(c)", " x1000", " x(-1)")) if self.rng.random() < 0.1 else ""

    def reads(self) -> str:
        return ", ".join(self.rng.choice(_NAMES[:6]) for _ in range(self.rng.choice((1, 1, 2))))


def plausible(count: int, seed: int = 0) -> Iterator[str]:
    """`count` random texts of layer lines, most of them with a fault in what they mean."""
    for number in range(count):
        yield Writer(random.Random(f"plausible:{seed}:{number}")).text()


# ---- every run of tokens


def vocabulary() -> list[str]:
    """One text for each token that the parser tells apart, and some that it does not know."""
    terminals = [t.pattern.value for t in _grammar().terminals if t.pattern.type == "str"]
    samples = [choices[0] for choices in _SAMPLES.values()]
    return list(dict.fromkeys([*terminals, *samples, "in", "x", "CONCAT", '"', "?", "#", "@", "×"]))


def runs(length: int) -> Iterator[str]:
    """Every sequence of exactly `length` tokens."""
    for words in product(vocabulary(), repeat=length):
        yield " ".join(words)
