"""`_` after `<-`, the result above, and `in` before the first line of a block: what they read, and what is compiled."""

from __future__ import annotations

import pytest

import archdsl

MARK = "give the result a name in place of `_`"
TEXT = """\
input x: 8x8x4
side: CONV 4 3x3 p1
CONV 4 1x1
ADD <- _, side
CONCAT {
  ADD <- _, x
  { RELU; SUB <- side, _ }
  for i in 1..2 { MUL <- _, side }
}
CONV 3 1x1
output _, side
"""


def read_by(text: str) -> list[list[str]]:
    return [row["reads"] for row in archdsl.loads(text).to_json()["layers"]]


def test_it_is_what_the_line_would_read_without() -> None:
    """In JSON: the line above, in a merge what the merge reads, in braces what the braces read."""
    found = read_by(TEXT)
    assert found[:3] == [["x"], ["side"], ["1", "side"]]
    joined = found[3:]
    assert ["2", "x"] in joined
    assert ["2"] in joined
    assert sum(reads == ["2", "side"] for reads in joined) == 2


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("input 9x8\nLINEAR 8 <- _\nRELU <- _", "input 9x8\nLINEAR 8\nRELU"),
        ("input 9x8\na: RELU\nLINEAR 8; ADD <- _, a", "input 9x8\na: RELU\nb: LINEAR 8; ADD <- b, a"),
        ("input x: 9x8\nPARAM 9x8\nADD <- _, x", "input x: 9x8\np: PARAM 9x8\nADD <- p, x"),
        ("input x: 9x8\nif yes { LINEAR 8 <- _ }\nfor i in 1..2 { ADD <- x, _ }", None),
        ("input x: 9x8\n{ LINEAR 8 <- _ } x2 <- _\nh: { RELU <- _; ADD <- _, x } <- _\noutput _", None),
        ("block B { a: LINEAR 8 <- _; output a, _ }\ninput 9x8\np, q: B\nADD <- _, q", None),
        ("input x: 9x8\ny, _: GRU 8 <- _\nLINEAR 8\nATTEND <- _, x", None),
        ("input x: 9x8\na: LINEAR 8\nSHARE a <- _\nADD <- _, a", None),
        ("input x: 9x8\nADD { LINEAR 8; ID } <- _", None),
    ],
)
def test_texts_with_it_hold(text: str, same: str | None) -> None:
    model = archdsl.loads(text)
    assert model.diagnostics == []
    if same is not None:
        other = archdsl.loads(same)
        assert (model.params, model.macs, model.outputs[0].shape) == (other.params, other.macs, other.outputs[0].shape)


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("input x, y: 9x8\nADD <- _, y", "missing-input", "add <- and one of x, y"),
        ("block B <- a, b { RELU <- _ }\ninput x: 9x8\nB <- x, x", "missing-input", "add <- and one of a, b"),
        ("RELU <- _", "missing-input", "put `input 224x224x3` above, or check with --input 224x224x3"),
        ("input 9x8\n_: LINEAR 8\nRELU <- _", "missing-input", None),
        ("input x: 9x8\nRELU\nADD <- _", "wrong-inputs", "ADD <- _, x"),
        ("input x: 9x8\nRELU\nADD <- _, _.a", "unknown-name", MARK),
        ("input 9x8\nLINEAR 8\nSHARE _", "unknown-name", MARK),
        ("input 9x8\nLINEAR 8\nLINEAR 8 weight=_", "unknown-name", MARK),
    ],
)
def test_where_it_stands_for_nothing(text: str, code: str, hint: str | None) -> None:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text)
    assert [(one.code, one.hint) for one in raised.value.diagnostics] == [(code, hint)]


def test_it_is_the_input_of_a_merge_of_one() -> None:
    (warning,) = archdsl.loads("input 9x8\nRELU\nCONCAT <- _").diagnostics
    assert (warning.code, warning.message) == (
        "single-branch",
        "CONCAT joins one value, the result above, and passes it on unchanged",
    )


# ---- `in` before the first line


@pytest.mark.parametrize(
    "body",
    [
        "let d = in; LINEAR (2*d) <- b",
        "if in == 8 { LINEAR 16 <- b }",
        "if yes { let d = in; LINEAR (2*d) <- b }",
        "for i in 1..2 { if i == 1 { let d = in; LINEAR (2*d) <- b } }",
        "for i in 1..1 { if in == 8 { LINEAR (2*8) <- b } }",
    ],
)
def test_in_is_the_first_input_before_the_first_line(body: str) -> None:
    model = archdsl.loads(f"block B <- a, b {{ {body} }}\ninput x: 9x8; input y: 9x4\nB <- x, y")
    assert model.outputs[0].shape == (9, 16)


@pytest.mark.parametrize(
    "text", ["input a: 8; input b: 8\nlet c = in\nFC c <- a", "block B <- a, b { _: RELU <- a; CONV in 1x1 <- b }"]
)
def test_in_is_nothing_where_nothing_is_read(text: str) -> None:
    text = text if text.startswith("input") else f"{text}\ninput x: 9x9x2\nB <- x, x"
    text = text.replace("CONV in 1x1 <- b", "let c = in; CONV c 1x1 <- b")
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text)
    assert [one.code for one in raised.value.diagnostics] == ["unknown-name"]


# ---- compiled


def test_the_module_is_that_of_a_person() -> None:
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional

    class Hand(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.side = torch.nn.Conv2d(4, 4, 3, padding=1)
            self.add_module("1", torch.nn.Conv2d(4, 4, 1))

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            side = self.side(x)
            y = getattr(self, "1")(side) + side
            y = torch.cat([y + x, side - functional.relu(y), y * side, y * side], 1)
            return getattr(self, "9")(y), side

    model = archdsl.loads(TEXT)
    module, hand = model.to_torch(), Hand()
    last = next(name for name in dict(module.named_children()) if name not in ("side", "1"))
    hand.add_module("9", torch.nn.Conv2d(16, 3, 1))
    hand.load_state_dict({name.replace(f"{last}.", "9."): value for name, value in module.state_dict().items()})
    given = torch.randn(2, 4, 8, 8)
    torch.testing.assert_close(module(given), hand(given))
    assert [port.name for port in archdsl.loads(TEXT).network.outputs] == ["output", "side"]
