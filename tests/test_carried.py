"""Repeats of kinds and blocks with several inputs: the first is handed on, the others are read by every copy."""

from __future__ import annotations

import pytest

import archdsl
from archdsl.analysis.receptive import fields_of_outputs
from archdsl.reports.flow import flow, paths

BLOCK = "block STEP <- x, memory { let d = in; a: LINEAR d <- x; ADD <- _, x; MUL <- _, memory }\n"


@pytest.mark.parametrize("repeat", ["x3", "x(1 + 2)"])
@pytest.mark.parametrize(
    ("head", "line"),
    [
        (BLOCK + "input t: 9x8; input m: 9x8\n", "STEP"),
        ("input t: 9x8; input m: 7x8\n", "ATTENTION 2"),
        ("input t: 9x8; input m: 9x8\n", "SUB"),
        ("input t: 6x6x4; input m: 6x6x2\n", "CONCAT"),
    ],
)
def test_it_is_the_line_written_out(head: str, line: str, repeat: str) -> None:
    """Counts, shapes, receptive fields and numbers are those of the copies one below the other."""
    model = archdsl.loads(f"{head}d: {line} {repeat} <- t, m")
    written = "\n".join(f"d{number}: {line} <- {f'd{number - 1}' if number else 't'}, m" for number in range(3))
    other = archdsl.loads(head + written)
    assert (model.totals.layers, model.params, model.macs) == (other.totals.layers, other.params, other.macs)
    assert model.outputs[0].shape == other.outputs[0].shape
    assert fields_of_outputs(model.network) == fields_of_outputs(other.network)
    torch = pytest.importorskip("torch")
    one, two = model.to_torch().eval(), other.to_torch().eval()
    two.load_state_dict({name.replace("d.", "d", 1): value for name, value in one.state_dict().items()})
    given = [torch.randn(2, *_lying(port.shape)) for port in model.inputs]
    torch.testing.assert_close(one(*given), two(*given))


def _lying(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape if len(shape) == 2 else (shape[-1], *shape[:-1])


def test_each_copy_reads_the_copy_before_and_the_memory() -> None:
    model = archdsl.loads("input t: 9x8; input m: 7x8\nd: ATTENTION 2 x3 <- t, m")
    assert [row["reads"] for row in model.to_json()["layers"]] == [["t", "m"]]
    lines = flow(model.network, set(), unroll=True).lines
    assert [paths(line.reads) for line in lines] == [["t", "m"], ["d.0", "m"], ["d.1", "m"]]


@pytest.mark.parametrize("text", ["d: STEP x0 <- t, m", "STEP x(0) <- t, m", "d: STEP x0 <- t, m; RELU"])
def test_no_copies_pass_the_first_on(text: str) -> None:
    model = archdsl.loads(f"{BLOCK}input t: 9x8; input m: 9x8\nn: RELU <- m\n{text.replace(', m', ', n')}")
    assert model.diagnostics == []
    assert model.outputs[0].shape == (9, 8)
    torch = pytest.importorskip("torch")
    given = torch.randn(2, 9, 8), torch.randn(2, 9, 8)
    expected = torch.relu(given[0]) if "RELU" in text else given[0]
    torch.testing.assert_close(model.to_torch()(*given), expected)


def test_in_a_merge_copies_read_the_same() -> None:
    model = archdsl.loads("input t: 9x8; input m: 9x8\nCONCAT { ADD x2 <- t, m; ID <- m } <- t")
    assert model.outputs[0].shape == (9, 24)


def test_several_results_give_the_first_on_and_the_last_are_read() -> None:
    block = "block B <- x, m { ADD <- x, m; LINEAR 8; output _, m }\n"
    model = archdsl.loads(f"{block}input t: 9x8; input m: 9x8\na, b: B x3 <- t, m\nSUB <- a, b")
    torch = pytest.importorskip("torch")
    module = model.to_torch()
    t, m = torch.randn(2, 9, 8), torch.randn(2, 9, 8)
    x = t
    for copy in module.a:
        x = copy(x, m)[0]
    torch.testing.assert_close(module(t, m), x - m)


def test_an_open_number_of_copies() -> None:
    text = f"model M(n)\n{BLOCK}input t: 9x8; input m: 9x8\nd: STEP x(n) <- t, m"
    model = archdsl.loads(text)
    assert str(model.params) == "72*n"
    assert archdsl.loads(text, n=3).params == 216
    with pytest.raises(
        archdsl.ArchError, match="each copy makes 9x8 into 9x16, and the number of copies, n, is symbolic"
    ):
        archdsl.loads("model M(n)\ninput t: 9x8; input m: 9x8\nd: CONCAT x(n) <- t, m")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{ ADD <- t, m } x2 <- t, m", "wrong-inputs"),
        ("d: { ADD <- t, m } x0 <- t, m", "wrong-inputs"),
        ("d: STEP x2 <- t", "wrong-inputs"),
        ("d: LINEAR 8 x2 <- t, m", "wrong-inputs"),
        ("d: MATMUL transpose x2 <- t, m", "shape-mismatch"),
        ("d: ADD x2 <- t, w", "shape-mismatch"),
    ],
)
def test_what_cannot_be_carried(line: str, code: str) -> None:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(f"{BLOCK}input t: 9x8; input m: 9x8; input w: 7x8\n{line}")
    assert code in [one.code for one in raised.value.diagnostics]


def test_the_module_is_that_of_a_person() -> None:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    text = (
        "use std.transformer\ninput t: 9x8; input m: 7x8\ndec: DECODERLAYER 2 16 0 causal=no x3 <- t, m\nhead: LINEAR 4"
    )

    class Hand(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            make = lambda: nn.TransformerDecoderLayer(8, 2, 16, 0.0, batch_first=True)  # noqa: E731
            self.dec = nn.ModuleList([make() for _ in range(3)])
            self.head = nn.Linear(8, 4)

        def forward(self, t: torch.Tensor, m: torch.Tensor) -> torch.Tensor:
            x = t
            for layer in self.dec:
                x = layer(x, m)
            return self.head(x)

    model = archdsl.loads(text)
    module, hand = model.to_torch(), Hand()
    hand.load_state_dict(module.state_dict(), strict=True)
    given = torch.randn(2, 9, 8), torch.randn(2, 7, 8)
    torch.testing.assert_close(module(*given), hand(*given))
    assert "nn.ModuleList([Decoderlayer() for _ in range(3)])" in model.to_source()
    assert "for layer in self.dec:\n            x = layer(x, m)" in model.to_source()
    torch.jit.script(module)
