"""Uses of a block that differ in numbers alone are one class, whose constructor takes them; what it computes is theirs."""

from __future__ import annotations

import re

import pytest

torch = pytest.importorskip("torch")

import archdsl  # noqa: E402

# a block, two uses of it, the input, and what the constructor takes beside the channels
ONE = [
    (
        'block B(side) { REARRANGE "h w c -> (h w) c"; LINEAR 4; REARRANGE "(h w) c -> h w c" h=side }',
        "B 4",
        "B 8",
        "8x8x4",
        "side",
    ),
    ('block B(p) { REARRANGE "(h p) (w q) c -> (h w) (p q) c" p=p q=p }', "B 2", "B 4", "8x8x4", "p"),
    ('block B(p) { REARRANGE "(h p) (w q) c -> (h w) (p q) c" p=p q=(2*p) }', "B 2", "B 4", "8x8x4", "p"),
    ('block B(n) { REARRANGE "h w (n c) -> n h w c" n=n; RELU }', "B 2", "B 4", "8x8x4", "n"),
    ('block B(c) { REARRANGE "h w (n c) -> n h w c" c=c; RELU }', "B 2", "B 4", "8x8x8", "c"),
    ("block B(p) { PATCHES p; REDUCE mean channels }", "B 2", "B 4", "8x8x4", "p"),
    ("block B(n) { SLICE height=[0, n]; RELU }", "B 4", "B 5", "8x8x4", "n"),
    ("block B(n) { SLICE height=[1, n + 2]; RELU }", "B 4", "B 5", "8x8x4", "n"),
    ("block B(n) { SLICE height=n; RELU }", "B 4", "B 5", "8x8x4", "n"),
    ("block B(n) { a, _: SPLIT [n, in - n]; ID <- a }", "B 1", "B 2", "8x8x4", "n"),
    ("block B(n) { SHIFT n; RELU }", "B 1", "B 2", "8x8x4", "n"),
    ("block B(n) { SHIFT (-n); RELU }", "B 1", "B 2", "8x8x4", "n"),
    ("block B(n) { SHIFT [n, 3 - n]; RELU }", "B 1", "B 5", "8x8x4", "n"),
    ("block B(n) { { SHIFT n; RELU } x3 }", "B 1", "B 2", "8x8x4", "n"),
    ("block B(n) { g: { SHIFT n; MAXPOOL 2 } }", "B 1", "B 2", "8x8x4", "n"),
    ("block B(n) { g: { ADD { SHIFT n; ID } } x2; RELU }", "B 1", "B 2", "8x8x4", "n"),
    ("block B(n) { CONCAT { for k in [1, 2] { SHIFT (n + k) } } }", "B 1", "B 2", "8x8x4", "shift_size, shift_size_"),
    ("block B(n) { a: SHIFT n; SHARE a }", "B 1", "B 2", "8x8x4", "n"),
    ("block A(n) { SHIFT n }\nblock B(n) { A (n + 1); A n; A 3 }", "B 1", "B 2", "8x8x4", "n"),
    ("block B(n) { n: CONV 4 1x1; SHIFT n }", "B 1", "B 2", "8x8x4", "n"),
    ("block B(training) { SHIFT training; MAXPOOL 2 }", "B 1", "B 2", "8x8x4", "training"),
    ("block B(n) { RESHAPE [n, -1]; RELU }", "B 2", "B 4", "8x8x4", "n"),
]
APART = [
    ("block B(n) { a, b: CHUNK 2; ID <- b }\nblock C(n) { a: CHUNK n }", "C 2", "C 4", "8x8x4"),  # other results
    ("block B(order) { PERMUTE order }", 'B "width channels height"', 'B "channels height width"', "8x8x8"),
    ("block B(last) { if last { REDUCE mean channels } else { REDUCE mean height } }", "B yes", "B no", "8x8x8"),
]


def built(block: str, *uses: str, shape: str) -> tuple[str, torch.nn.Module]:
    """The source and the module of uses that each read the input."""
    names = ", ".join(f"u{number}" for number in range(len(uses)))
    lines = "\n".join(f"u{number}: {use} <- x" for number, use in enumerate(uses))
    model = archdsl.loads(f"{block}\ninput x: {shape}\n{lines}\noutput {names}")
    return model.to_source(), model.to_torch().eval()


def classes(source: str, name: str = "B") -> list[str]:
    return re.findall(rf"^class ({name}\d*)\(", source, re.M)


@pytest.mark.parametrize(("block", "first", "second", "shape", "takes"), ONE)
def test_one_class_takes_the_numbers(block: str, first: str, second: str, shape: str, takes: str) -> None:
    source, module = built(block, first, second, shape=shape)
    assert classes(source) == ["B"]
    signature = re.search(r"^class B\(.*?def __init__\(self, ([^)]*)\)", source, re.M | re.S)
    assert signature is not None
    assert signature[1].removeprefix("in_channels, ") == takes
    x = torch.randn(2, *(int(shape.split("x")[axis]) for axis in (2, 0, 1)))
    for number, use in enumerate((first, second)):
        _, alone = built(block, use, shape=shape)
        state = {name.replace(f"u{number}.", "u0."): tensor for name, tensor in module.state_dict().items()}
        alone.load_state_dict({name: tensor for name, tensor in state.items() if name.startswith("u0.")})
        assert torch.equal(module(x)[number], alone(x)), use


@pytest.mark.parametrize(("block", "first", "second", "shape"), APART)
def test_what_differs_by_more_has_classes_of_its_own(block: str, first: str, second: str, shape: str) -> None:
    source, module = built(block, first, second, shape=shape)
    assert len(classes(source, first[0])) == 2
    module(torch.randn(2, *(int(shape.split("x")[axis]) for axis in (2, 0, 1))))


def test_an_attribute_has_a_name_of_its_own() -> None:
    """A submodule called as the parameter, and a name that PyTorch's modules keep for themselves."""
    source, _ = built("block B(n) { n: CONV 4 1x1; SHIFT n }", "B 1", "B 2", shape="8x8x4")
    assert "self.n2 = n\n        self.n = nn.Conv2d(4, 4, 1)" in source
    source, _ = built("block B(training) { SHIFT training; RELU }", "B 1", "B 2", shape="8x8x4")
    assert "self.training2 = training" in source


def test_a_size_that_follows_is_left_to_pytorch() -> None:
    source, _ = built("block B(p) { PATCHES p }", "B 2", "B 4", shape="8x8x4")
    assert ".unflatten(3, (-1, self.p))" in source
    assert "self.p = p" in source
