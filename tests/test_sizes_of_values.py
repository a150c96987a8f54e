"""Sizes of values in expressions: what `skip.height`, `in.width` and `_.steps` are, where they stand, what is compiled."""

from __future__ import annotations

import pytest

import archdsl

IMAGE = "input x: 9x8x3\nskip: CONV 4 3x3 p1\nCONV 4 3x3 s2 p1\n"
OPEN = "input x: HxWx3\nskip: CONV 4 3x3 p1\nCONV 4 3x3 s2 p1\n"
UP = "UPSAMPLE size=[skip.height, skip.width] bilinear\nCONCAT <- _, skip\n"


def shape(text: str) -> tuple[object, ...]:
    model = archdsl.loads(text)
    assert [one for one in model.diagnostics if one.severity != "note"] == []
    return tuple(model.outputs[0].shape)


def told(text: str, **given: int) -> list[tuple[str, str]]:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text, **given)
    return [(one.code, one.message) for one in raised.value.diagnostics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (IMAGE + UP, (9, 8, 8)),
        ("input v: 7\nFC (2*v.channels)", (14,)),
        ("input s: 7x5\nLINEAR s.steps\nADD <- _, _", (7, 7)),
        ("input s: 7x5\nLINEAR (s.steps*s.channels)", (7, 35)),
        ("input v: 3x4x5x6\nCONV v.frames 1\nCONV (v.height + v.width) 1\nCONV v.channels 1", (3, 4, 5, 6)),
        ("input w: 7 int\nEMBED 9 w.steps", (7, 7)),
        ("input w: 7x3 int\nEMBED 9 (w.height*w.width)", (7, 3, 21)),
        ("input x: 9x8x3\nCONV (in.height - in.width + in.channels) 1x1", (9, 8, 4)),
        ("input x: 9x8x3\na: CONV 4 3x3\nCONV (in.height + _.height) 1x1 <- x\nADD <- _, _\noutput _", (9, 8, 16)),
        (IMAGE + "CROP size=[_.height, _.width] <- skip\noutput _", (5, 4, 4)),
        ("input x: 9x8x3\nCROP size=[in.height - 2, in.width - 2]", (7, 6, 3)),
        ('input x: 9x8x3\nRESHAPE [in.height*in.width, in]\nREARRANGE "(h w) c -> h w c" h=x.height', (9, 8, 3)),
        ("input x: 9x8x3\nlet h = x.height\nCONV h 1x1", (9, 8, 9)),
        ("input x: 9x8x3\nif x.height > 8 { CONV 5 1x1 } else { CONV 6 1x1 }", (9, 8, 5)),
        ("input x: 9x8x3\nfor i in 1..x.channels { CONV (4*i) 1x1 }", (9, 8, 12)),
        ("input x: 9x8x3\nRELU x(x.channels)", (9, 8, 3)),
        ("input x: 9x9x3\nCONV 4 3x3 s2; CONV _.height 1x1\nCONV 4 1x1  -> [x.height//2, 4, 4]", (4, 4, 4)),
        (
            "input x: 9x8x3\nCONCAT { CONV _.channels 1x1; CONV in.channels 1x1; for i in 1..2 { CONV x.width 1x1 } }",
            (9, 8, 22),
        ),
        ("input x: 9x8x3\ng: { a: CONV 4 3x3; CONV 2 3x3 }\nCONV (g.a.height*g.height) 1x1 <- x\noutput _", (9, 8, 35)),
        (
            "input x: 9x8x3\ng: { height: CONV 4 3x3; CONV 2 3x3 }\nCONV g.height.height 1x1 <- g.height\noutput _",
            (7, 6, 7),
        ),
        ("input x: 9x8x3\ng: { c: CONV in.width 1x1 } x2\nCONV g.width 1x1", (9, 8, 8)),
        (
            "block B(n) <- a, b { CONV (n + in.width + a.height + b.height) 1x1 <- b }\ninput x: 9x8x3\nB x.width <- x, x",
            (9, 8, 34),
        ),
        (
            "block B <- a, b { if in.height == 9 { CONV a.channels 1x1 <- b } }\ninput x: 9x8x3; input y: 5x5x2\nB <- x, y",
            (5, 5, 3),
        ),
        ("block B { CONV in.height 1x1; CONV _.width 1x1 }\ninput x: 9x8x3\nB; MAXPOOL 2x2 s1; B", (8, 7, 7)),
        (
            "input x: 9x8x3\nk: CONV 4 1x1 x(1)\nSHARE k <- k\nCONV in.height 1x1".replace(
                "k: CONV 4 1x1 x(1)", "k: CONV 3 1x1"
            ),
            (9, 8, 9),
        ),
    ],
)
def test_what_it_is(text: str, expected: tuple[int, ...]) -> None:
    assert shape(text) == expected


def test_it_is_a_read() -> None:
    text = "input x: 9x8x3\na: CONV 4 3x3\nCONV {} 1x1 <- x"
    assert [one.code for one in archdsl.loads(text.format(7)).diagnostics] == ["unused-result"]
    for size in ("a.height", "_.height"):
        assert archdsl.loads(text.format(size)).diagnostics == []


def test_lines_with_other_values_are_other_layers() -> None:
    """What is remembered of a line depends on the values behind its words."""
    text = "block B <- a { c: CONV a.height 1x1 }\ninput x: 9x8x3; input y: 5x8x3\np: B <- x\nq: B <- y\noutput p, q"
    assert [port.shape for port in archdsl.loads(text).outputs] == [(9, 8, 9), (5, 8, 5)]
    text = "input x: 9x8x3\na: CONV 4 1x1\nfor i in 1..3 { MAXPOOL 2x2 s1; CONV _.height 1x1 }"
    assert shape(text) == (6, 5, 6)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("input v: 3\nFC v.height", "rank-mismatch", "v is 3, a vector: it has channels, no height"),
        (
            "input s: 7x3\nLINEAR (2*s.width)",
            "rank-mismatch",
            "s is 7x3, a sequence: it has steps and channels, no width",
        ),
        (IMAGE + "FC _.steps", "rank-mismatch", "_ is 5x4x4, an image: it has height, width and channels, no steps"),
        ("input w: 7 int\nEMBED 9 w.channels", "rank-mismatch", "w is 7 int, integers: it has steps, no channels"),
        ("input v: 3\nFC a.channels", "unknown-name", "no layer above is named a"),
        (
            "input v: 3\na: FC a.channels",
            "unknown-name",
            "a is the name of the group around this line, which has no result yet",
        ),
        (
            "input v, w: 3\nlet a = _.channels\nFC a <- v",
            "unknown-name",
            "`_` is the result above, and there is none here",
        ),
        (
            "input v, w: 3\nlet a = in.channels\nFC a <- v",
            "unknown-name",
            "`in` is what the line reads, and nothing is read here",
        ),
        ("input v: 3\n_: FC 4\nFC _.channels <- v", "unknown-name", "`_` is the result above, and there is none here"),
        (
            "block B(n=v.channels) { FC n }\ninput v: 3\nB",
            "unknown-name",
            "v.channels is the size of a value, and values are known on lines alone",
        ),
        (
            "model M(n=1) where n < v.channels\ninput v: 3\nFC n",
            "unknown-name",
            "v.channels is the size of a value, and values are known on lines alone",
        ),
        ("block B { FC v.channels }\ninput v: 3\nB", "unknown-name", "no layer above is named v"),
        ("input v: 3\nFC v.channels 4 v.channels", "too-many-values", "FC takes 1 value without a name"),
        ("input x: 9x8x3\nUPSAMPLE size=x.heigth", "unknown-name", "x.heigth is not defined here"),
        (
            "input x: 9x8x3\nb: RELU x2\nCONV b.0.height 1x1",
            "unknown-name",
            "b is not a named group: only layers of a named group can be read from outside, never those of a block or a repeat",
        ),
    ],
)
def test_where_it_is_none(text: str, code: str, message: str) -> None:
    assert (code, message) in told(text)


def test_a_group_that_names_a_size_outside_does_not_run_again() -> None:
    found = told("input x: 9x8x3\ng: { CONV 3 3x3 s2; UPSAMPLE size=[x.height, x.width] }\nSHARE g")
    assert found == [("not-shareable", "g uses x, which is outside of it; SHARE can replace only its input")]


def test_what_depends_on_a_fault_stays_silent() -> None:
    assert [
        code for code, _ in told("input x: 9x8x3\na: CONV 4 11x11\nCONV a.height 1x1 <- x\nCONV in.height 1x1")
    ] == ["kernel-too-large"]


def test_behind_an_arrow_it_is_a_path() -> None:
    text = "input x: 9x8x3\ng: { height: CONV 4 3x3; CONV 4 3x3 }\nRELU <- g.height\nfreeze g.height"
    assert shape(text) == (7, 6, 4)


def test_a_hole_beside_it_is_found() -> None:
    model = archdsl.loads("input x: 9x8x3\nCONV ? 1x1\nCONV (2*_.channels) 1x1 -> 9x8x14")
    assert model.params == 4 * 7 + 8 * 14


def test_a_word_that_is_typed_wrongly_is_mended() -> None:
    for line in ("UPSAMPLE size=x.heigth", "CONV (2*x.heigth) 1x1"):
        with pytest.raises(archdsl.ArchError) as raised:
            archdsl.loads(f"input x: 9x8x3\n{line}")
        fix = raised.value.diagnostics[0].fix
        assert fix is not None
        assert "x.height" in fix.title


# ---- with sizes left open


@pytest.mark.parametrize(
    "text",
    [
        OPEN + UP,
        OPEN + "CROP size=[_.height, _.width] <- skip\noutput _",
        'input x: HxWx4\nRESHAPE [in.height*in.width, in]\nLINEAR 4\nREARRANGE "(h w) c -> h w c" h=x.height\nADD <- _, x',
        "block A <- x { RESHAPE [in.height*in.width, in]; LINEAR 4; RESHAPE [x.height, x.width, 4]; ADD <- _, x }\n"
        "input x: HxWx4\nA; MAXPOOL 2; A",
        "block A <- x { RESHAPE [in.height*in.width, in]; LINEAR 4; RESHAPE [x.height, x.width, 4] }\n"
        "input x: HxWx4\nA; MAXPOOL 2; A",
        "block FUSE <- a, b { UPSAMPLE size=[b.height, b.width] <- a; ADD <- _, b }\n"
        "input x: HxWx4\nCONV 4 3x3 s2 p1\nFUSE <- _, x",
        "input x: HxWx4\nADAPTIVEAVGPOOL [x.height//2, 3]",
    ],
)
def test_open_sizes_are_read_off_the_tensors(text: str) -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(text)
    module = model.to_torch().eval()
    for height, width in [(8, 8), (9, 12), (13, 6)]:
        fixed = archdsl.loads(text, H=height, W=width)
        assert tuple(fixed.outputs[0].shape) == tuple(
            size if isinstance(size, int) else int(eval(str(size), {"H": height, "W": width}))
            for size in model.outputs[0].shape
        )
        same = fixed.to_torch().eval()
        same.load_state_dict(module.state_dict())
        given = torch.randn(2, model.inputs[0].shape[-1], height, width)
        torch.testing.assert_close(module(given), same(given))


def test_the_module_is_that_of_a_person() -> None:
    torch = pytest.importorskip("torch")
    nn, functional = torch.nn, torch.nn.functional

    class Hand(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.skip = nn.Conv2d(3, 4, 3, padding=1)
            self.add_module("1", nn.Conv2d(4, 4, 3, stride=2, padding=1))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            skip = self.skip(x)
            x = getattr(self, "1")(skip)
            x = functional.interpolate(x, size=skip.shape[2:], mode="bilinear")
            return torch.cat([x, skip], 1)

    model = archdsl.loads(OPEN + UP)
    module, hand = model.to_torch(), Hand()
    hand.load_state_dict(module.state_dict(), strict=True)
    assert 'x = F.interpolate(x, size=skip.shape[2:], mode="bilinear")' in model.to_source()
    for size in [(8, 8), (9, 7)]:
        given = torch.randn(2, 3, *size)
        torch.testing.assert_close(module(given), hand(given))
