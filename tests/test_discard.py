"""Results that nothing reads are warned of, each name by itself; `_` before a colon says that one is not wanted."""

from __future__ import annotations

import pytest

import archdsl
from archdsl.diagnostics import Diagnostic, Source
from archdsl.limits import Limits
from archdsl.syntax.format.format import formatted

FORK = "block FORK(c=3) { a: CONV c 1x1; b: CONV 16 1x1 <- a; output a, b }\n"
IMAGE = "input x: 8x8x16\n"
STEPS = "input x: 9x8\n"


def told(text: str) -> list[Diagnostic]:
    try:
        return archdsl.loads(text).diagnostics
    except archdsl.ArchError as error:
        return error.diagnostics


def forward(text: str) -> list[str]:
    """The statements of the last class's `forward`."""
    source = archdsl.loads(text).to_source()
    return [line.strip().partition("  #")[0] for line in source[source.rindex("def forward") :].splitlines()[1:]]


# ---- what is warned of


@pytest.mark.parametrize(
    ("text", "unread", "hint"),
    [
        (IMAGE + "a, b: CHUNK 2\nCONV 8 1x1 <- a", ["b"], "a, _: CHUNK 2"),
        (IMAGE + "a, b: CHUNK 2\nCONV 8 1x1 <- b", ["a"], "_, b: CHUNK 2"),
        (IMAGE + "a, b: CHUNK 2\nCONV 8 1x1", ["b"], "a, _: CHUNK 2"),
        (IMAGE + "a, b, c: SPLIT [4, 4, 8]\nRELU <- b", ["a", "c"], "_, b, _: SPLIT [4, 4, 8]"),
        (IMAGE + "a, b: CHUNK 2\nRELU <- x", ["a", "b"], None),
        (FORK + IMAGE + "p, q: FORK\nCONV 3 1x1 <- q", ["p"], None),
        (FORK + IMAGE + "p, q: FORK 4\noutput p", ["q"], "p, _: FORK 4"),
        (FORK + IMAGE + "p, q: FORK\n_, s: SHARE p <- q\nRELU <- p", ["s"], None),
        (STEPS + "y, h, c: LSTM 6\nRELU", ["h", "c"], "y, _, _: LSTM 6"),
        (STEPS + "y, h: GRU 8 x2\nRELU", ["h"], "y, _: GRU 8"),
        (STEPS + "y, h: RNN 6\nif yes { RELU <- y }\nfor i in 1..2 { RELU }", ["h"], "y, _: RNN 6"),
        (IMAGE + "a, b: CHUNK 2\nif yes { RELU <- b }", ["a"], "_, b: CHUNK 2"),
        (IMAGE + "a, b: CHUNK 2\nfor i in 1..2 { c{i}: RELU <- b }\noutput c1, c2", ["a"], "_, b: CHUNK 2"),
        (IMAGE + "CONCAT { a, b: CHUNK 2; ID }", ["b"], "a, _: CHUNK 2"),
        (STEPS + "y, h: GRU 6\nRELU <- h", ["y"], None),  # y is the path of its weights
        (FORK + f"block TWO <- y {{ p, q: FORK <- y; RELU <- q }}\n{IMAGE}TWO", ["p"], None),
    ],
)
def test_each_name_by_itself(text: str, unread: list[str], hint: str | None) -> None:
    found = told(text)
    assert [one.message for one in found] == [f"nothing reads {name}, and it is not an output" for name in unread]
    assert {(one.code, one.hint) for one in found} == {("unused-result", hint)}
    starts = [one.span.start for one in found]
    assert [text[start : start + 1] for start in starts] == unread
    if hint is not None:  # the hint was not typed by hand here
        names, _, rest = hint.partition(": ")
        line = next(
            line
            for line in text.replace("{ ", "{\n").replace("; ", "\n").split("\n")
            if rest in line and unread[0] in line
        )
        assert told(text.replace(line[: line.index(":")], names, 1)) == []


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        (STEPS + "y, h, c: LSTM 6\nRELU <- h", {"y": None, "c": "y, h, _: LSTM 6"}),
        (IMAGE + "for i in 1..3 { a{i}, b{i}: CHUNK 2 <- x }\nADD <- a1, a2, a3", {"b{i}": "a{i}, _: CHUNK 2"}),
        (IMAGE + "for i in 1..3 { a{i}, b{i}: CHUNK 2 <- x }\nADD <- a1, a2, a3, b1", {"b{i}": None}),  # one is read
        (
            f"block B(k) {{ a, b: CHUNK 2; if k {{ ADD <- a, b }} else {{ RELU <- a }} }}\n{IMAGE}B yes <- x; B no <- x",
            {"b": None},
        ),
    ],
)
def test_a_name_that_is_read_elsewhere_or_is_a_path_stays(text: str, hints: dict[str, str | None]) -> None:
    found = [one for one in told(text) if one.span.end <= text.index("CHUNK" if "CHUNK" in text else "LSTM")]
    assert {one.message.split()[2].rstrip(","): one.hint for one in found} == hints


@pytest.mark.parametrize(
    "text",
    [
        IMAGE + "_, b: CHUNK 2\nRELU <- b",
        IMAGE + "CHUNK 2\nRELU",
        IMAGE + "a: CHUNK 2\nRELU",
        IMAGE + "a, b: CHUNK 2\noutput a, b",
        IMAGE + "a, b: CHUNK 2\nif no { RELU <- b }\nADD <- a, b",
        IMAGE + "_, _, c, _: CHUNK 4\nRELU <- c",
        IMAGE + "_, _: CHUNK 2\nRELU <- x",
        IMAGE + "_: CONV 3 1x1\nRELU <- x",
        IMAGE + "_: { CONV 3 1x1; RELU }\nRELU <- x",
        IMAGE + "_: CONV 16 1x1 x3\nRELU <- x",
        IMAGE + "a, b: CHUNK 2   # archdsl: ignore[unused-result]\nRELU",
        STEPS + "y, _, c: LSTM 6\nLSTM 6 <- y, c, c",
        STEPS + "_, h: GRU 8 x2\nRELU <- h",
        FORK + IMAGE + "p, q: FORK\n_, s: SHARE p <- q\noutput p, s",
        IMAGE + "for i in 1..3 { _, b{i}: CHUNK 2 <- x }\nADD <- b1, b2, b3",
        IMAGE + "a: CONV 4 1x1\nif yes { _, b: CHUNK 2 }\nCONCAT <- a, b",
    ],
)
def test_nothing_to_warn_of(text: str) -> None:
    assert told(text) == []


# ---- what `_` is not


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("_, b: CHUNK 2\nRELU", "missing-input", "<- b"),
        ("_: RELU\nRELU", "missing-input", None),
        ("_, b: CHUNK 2", "missing-input", "output b"),
        ("_: RELU", "missing-input", None),
        ("g: { _, b: CHUNK 2 }\nRELU", "missing-input", "put ID <- b on a line below it"),
        ("{ _, b: CHUNK 2 } x2", "missing-input", "put ID <- b on a line below it"),
        ("CONCAT { { _, b: CHUNK 2 }; ID }", "missing-input", "put ID <- b on a line below it"),
        ("CONCAT { _, b: CHUNK 2; ID }", "missing-input", "put ID <- b on a line below it"),
        ("CONCAT { for i in 1..2 { _, b{i}: CHUNK 2 } }", "missing-input", "put ID <- b{i} on a line below it"),
        ("CONCAT { if yes { _, b: CHUNK 2 }; ID }", "missing-input", "put ID <- b on a line below it"),
        ("for i in 1..2 { _, b{i}: CHUNK 2 }", "missing-input", "<- b{i}"),
        ("if yes { _, b: CHUNK 2 }\nRELU", "missing-input", "<- b"),
        ("_, b: CHUNK 2\nRELU <- _", "missing-input", "<- b"),
        ("_, b: CHUNK 2\nADD <- _, b", "missing-input", None),
        ("_, b: CHUNK 2\noutput _", "missing-input", "<- b"),
        ("_: CONV 16 1x1\nSHARE _ <- x", "unknown-name", "give the result a name in place of `_`"),
        ("g: { _: RELU; RELU <- x }\nRELU <- g._", "unknown-name", "give the result a name in place of `_`"),
        ("_: LINEAR 16 <- x\nLINEAR 16 weight=_ <- x", "unknown-name", "give the result a name in place of `_`"),
        ("_: CONV 16 1x1\nRELU <- x\nfreeze _", "unknown-name", None),
        ("_, _, c: CHUNK 2", "too-many-values", None),
        ("_, _: RELU", "too-many-values", None),
    ],
)
def test_it_is_never_read(text: str, code: str, hint: str | None) -> None:
    (found,) = told(IMAGE + text)
    assert (found.code, found.hint) == (code, hint)


@pytest.mark.parametrize("text", ["input _: 8\nRELU", "block B <- a, _ { RELU <- a }\ninput x: 8\nB <- x, x"])
def test_it_is_no_name_of_what_is_read(text: str) -> None:
    assert [found.code for found in told(text)] == ["invalid-name"]


def test_a_block_whose_last_line_gives_nothing() -> None:
    block = "block B { _, b: CHUNK 2 }\ninput x: 8x8x4\nB\nB <- x"
    assert [(found.code, found.hint) for found in told(block)] == [("missing-input", "output b")]
    assert told(block.replace("CHUNK 2 }", "CHUNK 2; output b }").replace("\nB <- x", "")) == []


def test_in_quotes_it_is_a_name_like_any_other() -> None:
    model = archdsl.loads(IMAGE + '"_": CONV 3 1x1\nRELU <- "_"')
    assert [row.path for row in model.layers] == ["_", "1"]


def test_a_line_whose_result_is_discarded_is_counted() -> None:
    model = archdsl.loads(IMAGE + "_: CONV 3 1x1; a: CONV 4 1x1 <- x; _: { CONV 5 1x1 } <- x; CONV 6 1x1 <- a")
    assert [row.path for row in model.layers] == ["0", "a", "2", "3"]


# ---- everything that takes a text takes it


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        (IMAGE + "_, b: CHUNK 2\nRELU <- b", ["_, b = torch.chunk(x, 2, 1)", "return F.relu(b)"]),
        (IMAGE + "q, _, v, _: CHUNK 4\noutput q, v", ["q, _, v, _ = torch.chunk(x, 4, 1)", "return q, v"]),
        (IMAGE + "_, _: CHUNK 2\na: RELU <- x", ["torch.chunk(x, 2, 1)", "return self.a(x)"]),
        (FORK + IMAGE + "_, q: FORK\noutput q", ['_, q = getattr(self, "0")(x)', "return q"]),
        (
            FORK + IMAGE + "p, q: FORK\n_, s: SHARE p <- q\noutput p, s",
            ["p, q = self.p(x)", "_, s = self.p(q)", "return p, s"],
        ),
        (
            FORK + IMAGE + "p, q: FORK\n_, _: SHARE p <- q\noutput p, q",
            ["p, q = self.p(x)", "self.p(q)", "return p, q"],
        ),
        (STEPS + "_, h: GRU 6\noutput h", ['_, y = getattr(self, "0")(x)', "return y.transpose(0, 1)"]),
        (STEPS + "_, _, _: LSTM 6\na: RELU <- x", ['getattr(self, "0")(x)', "return self.a(x)"]),
        (
            IMAGE + "for i in 1..2 { _, b{i}: CHUNK 2 <- x }\nADD <- b1, b2",
            ["_, y = torch.chunk(x, 2, 1)", "_, z = torch.chunk(x, 2, 1)", "return y + z"],
        ),
        (IMAGE + "if yes { _, b: CHUNK 2 }\nRELU <- b", ["_, b = torch.chunk(x, 2, 1)", "return F.relu(b)"]),
    ],
)
def test_the_source_reads_as_a_person_writes_it(text: str, statements: list[str]) -> None:
    assert forward(text) == statements


def test_the_layout() -> None:
    text = "input 9x8\ny ,_ , c:  LSTM 6\n_,b: CHUNK 2  <- y\nLSTM 6 <- b, c,c\n"
    wanted = "input 9x8\ny, _, c: LSTM 6\n_, b:    CHUNK 2  <- y\nLSTM 6            <- b, c, c\n"
    for written in (text, wanted):
        assert formatted(Source("x.arch", written), ("LSTM", "CHUNK"), Limits()).text == wanted


def test_json_has_all_results() -> None:
    rows = archdsl.loads(IMAGE + "_, b: SPLIT [4, 12]\nRELU <- b").to_json()["layers"]
    assert [(row["path"], row["outputs"]) for row in rows] == [("0", [[8, 8, 4], [8, 8, 12]]), ("1", [[8, 8, 12]])]


def test_symbolic_dimensions() -> None:
    model = archdsl.loads("input HxWx8\n_, b: CHUNK 2\nRELU <- b")
    assert [str(size) for size in model.outputs[0].shape] == ["H", "W", "4"]
    open_channels = archdsl.loads("model M(c)\ninput [8, 8, c]\n_, b: CHUNK 2\nRELU <- b")
    assert [str(condition) for condition in open_channels.conditions] == ["c % 2 == 0"]


def test_holes_are_filled() -> None:
    text = IMAGE + "_, b: CHUNK ?\nRELU <- b                                         -> 8x8x4\n"
    assert archdsl.loads(text).outputs[0].shape == (8, 8, 4)


def test_a_listing_of_names_may_be_a_loop_of_copies() -> None:
    pytest.importorskip("torch")
    import torch

    module = archdsl.loads(STEPS + "_, h: GRU 8 x2\nRELU <- h").to_torch()
    assert module(torch.zeros(2, 9, 8)).shape == (2, 1, 8)
