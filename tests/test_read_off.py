"""Symbolic sizes that a compiled module reads off its tensors: it computes what the module for these numbers computes."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from support.compare import example_inputs  # noqa: E402
from test_layers import KINDS, spec  # noqa: E402

import archdsl  # noqa: E402
from archdsl.layers import Example, Layer  # noqa: E402

torch.set_num_threads(1)
LARGE = 1_000_000  # parameters or inputs; a larger example is compiled, and not run
SIZES = (6, 7, 9, 12, 17)

# What cannot be compiled without numbers, and how the reason begins.
REFUSED = {
    "19x19x192 -> CONV 1 1x1 bias=position -> 19x19x1": "CONV: bias is H",
    "6x6x256 -> FC 4096 -> 4096": "FC: in_features is 256*H",
    "4x3 -> FC 2 -> 2": "FC: in_features is 3*H",
    "6x6x16 -> FC 10 in=576 -> 10": "FC: in_features is 16*H",
    "7x12 -> RBF out=10 -> 10": "RBF: in_features is 12*H",
    "20x100 -> LN axes=all -> 20x100": "LN: normalized_shape is H",
    "7x5x8 -> LN axes=[channels, height, width] -> 7x5x8": "LN: normalized_shape is H",
    "12x196x64, 1x64x10 -> MATMUL broadcast -> 12x196x10": "MATMUL: whether the output of MATMUL has a single formula",
    "1x3x4x5, 2x1x6x5 -> MATMUL transpose broadcast -> 2x3x4x6": "MATMUL: whether the output of MATMUL has a single formula",
    "10x15x3 -> UPSAMPLE scale=[0.7, 1.5] mode=linear recompute -> 7x22x3": "UPSAMPLE: H*0.7 is rounded",
}


def equal_to_numbers(model: Any, text: str, rows: list[dict[str, int]]) -> int:
    """How many of these sizes the model allows; at each it computes what the text with these numbers does."""
    module = model.to_torch().eval()
    ran = 0
    for sizes in rows:
        if not model.allows(**sizes):
            continue
        fixed = archdsl.loads(text, allow_modules=True, **sizes)
        same, given = fixed.to_torch().eval(), example_inputs(fixed)
        same.load_state_dict(module.state_dict())
        with torch.no_grad():
            found, expected = module(*given), same(*given)
        torch.testing.assert_close(found, expected, equal_nan=True)
        ran += 1
    return ran


UP = "block Up(h, w) { UPSAMPLE size=[h, w] bilinear; CONV 4 3x3 p1 }\n"
BACK = "block Back(h) { CONV 3 3x3 s2 p1; UPSAMPLE size=[h, h + 1] }\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "input HxWx3\nc: CONV 8 3x3 s2 p1\nd: CONV 8 3x3 s2 p1\n"
            "u: UPSAMPLE size=[(H+1)//2, (W+1)//2] bilinear\nADD <- u, c",
            "HW",
        ),
        ("input HxWx3\nUPSAMPLE size=[H + 3, 20]", "HW"),
        ("input HxWx4\nRESHAPE [H*W, 4]\nRESHAPE [H, W, 4]", "HW"),
        ("input HxWx4\nRESHAPE [W, H, 4]", "HW"),
        ("input HxWx4\nRESHAPE [H, 2, W, 2]", "HW"),
        ("input HxWx4 where H % 2 == 0\nRESHAPE [H//2, 2*W, 4] last", "HW"),
        ("input HxWx3\nPAD channels=H", "HW"),
        ("input HxWx3\nPAD channels=[H, W]\nRELU", "HW"),
        ("input HxWx3\nMAXPOOL 2\nCROP size=[H//2 - 1, W//2 - 1]", "HW"),
        ("input HxWx3\nCROP size=[H//2, 5]", "HW"),
        ("input HxWx3\nSLICE height=[1, -1]\nRESHAPE [(H - 2)*W, 3]", "HW"),
        ("input HxWx3\nADAPTIVEAVGPOOL [(H+1)//2, W]", "HW"),
        ("input HxWx3\nADAPTIVEMAXPOOL [W, H]", "HW"),
        ("input Tx6\na, b: SPLIT [T//2, T - T//2] axis=steps\nCONCAT axis=steps <- b, a", "T"),
        ("input x: HxWx3\nc: CONST [H, W, 2] value=0.5\nCONCAT <- x, c", "HW"),
        ("input HxWx3\nCONST [H, W, 2] value=-inf batch", "HW"),
        ("input HxWx3\nLN all noaffine", "HW"),
        ("input [4, D]\nBN noaffine nostats\nn: BN noaffine nostats\nRELU", "D"),
        ("input [4, D] where D % 2 == 0\nGN groups=2 noaffine\nGN groups=(D//2) noaffine\nRMSNORM noaffine", "D"),
        ("input HxWx3\np: CONV 4 3x3 s2 p=same\nq: CONV 4 5x5 s3 p=same dilation=2 mode=replicate", "HW"),
        ("input x: HxWx3\na: CONV 4 3x3 s2 p1\nup: { UPSAMPLE size=[H, W]; CONV 3 1x1 }\nADD <- up, x", "HW"),
        (UP + "input HxWx4\na: MAXPOOL 2\nMAXPOOL 2\nc: Up (H//2) (W//2)\nADD <- c, a\nUp H W", "HW"),
        (UP + "input HxWx4\nu: Up (H + 3) (W + 1)\nUp 20 20", "HW"),
        (BACK + "block Two(h) { b: Back (h//2); Back h }\ninput HxWx3\nTwo (H + W)\nTwo (2*W) x2", "HW"),
        (BACK + "input HxWx3\nBack H x3", "HW"),
        (BACK + "input x: HxWx3; input y: TxDx3\np: Back H <- x\nq: SHARE p <- y", "HWTD"),
        ("input x: HxWx3; input y: TxDx3\np: { CONV 4 3x3 s2 p1; UPSAMPLE size=[H, W] } <- x\nSHARE p <- y", "HWTD"),
        ("input x: HxWx3; input y: TxDx3\np: { CONV 4 3x3 s2 p=same; RELU } <- x\nSHARE p <- y", "HWTD"),
        ("input HxWx3\nfor k in [1, 2, 3] { ADAPTIVEAVGPOOL [k, k]; CONV 3 1x1; UPSAMPLE size=[H, W] }", "HW"),
        ("input HxWx3\nCONCAT { { MAXPOOL 2; UPSAMPLE size=[H, W] }; { MAXPOOL 3; UPSAMPLE size=[H, W] }; ID }", "HW"),
        ("input HxWx4\nx: RELU\nsize: MAXPOOL 2\nu: UPSAMPLE size=[H, W]\nH: RELU\nADD <- u, x", "HW"),  # names taken
    ],
)
def test_sizes_are_read_off_the_tensors(text: str, names: str) -> None:
    sizes = SIZES if len(names) < 3 else SIZES[1:4]
    rows = [dict(zip(names, row, strict=True)) for row in itertools.product(sizes, repeat=len(names))]
    assert equal_to_numbers(archdsl.loads(text), text, rows) >= 2


def test_a_size_is_an_axis_of_a_tensor_where_one_has_it() -> None:
    source = archdsl.loads(
        "input HxWx3\nc: CONV 8 3x3 s2 p1\nMAXPOOL 2; u: UPSAMPLE size=[(H+1)//2, (W+1)//2]\nADD <- u, c"
    )
    assert "size=c.shape[2:]" in source.to_source()


def symbolic(text: str) -> tuple[str, dict[str, int]]:
    """An example with a symbol for each axis beside the channels, equal ones alike, and the numbers that it has."""
    names: dict[int, str] = {}
    lines = spec(text).split("\n")
    for place, line in enumerate(lines):
        found = re.fullmatch(r"(input (?:\w+: )?)([\dx]+)( int| bool)?", line)
        if found is None:
            continue
        sizes = [int(size) for size in found[2].split("x")]
        whole = found[3] == " int" or (found[1][6:] in ("m: ", "p: ") and len(sizes) < 3)  # a mask has no channels
        axes = sizes if whole else sizes[:-1]
        for size in axes:
            names.setdefault(size, "HWDABEGJKLMNPQ"[len(names)])
        written = [*(names[size] for size in axes), *map(str, sizes[len(axes) :])]
        lines[place] = f"{found[1]}[{', '.join(written)}]{found[3] or ''}"
    lines[-1] = re.sub(r" -> [^>]*$", "", lines[-1])  # the claim, which speaks of numbers
    return "\n".join(lines), {name: size for size, name in names.items()}


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_every_example_compiles_with_its_axes_symbolic(kind: type[Layer]) -> None:
    for example in (each for each in kind.examples if isinstance(each, Example)):
        text, sizes = symbolic(example.text)
        if example.text in REFUSED:
            with pytest.raises(archdsl.ArchError) as raised:
                archdsl.loads(text, allow_modules=True).to_source()
            assert raised.value.diagnostics[0].message.startswith(REFUSED[example.text])
            continue
        model = archdsl.loads(text, allow_modules=True)
        model.to_source()
        rows = [sizes, *({name: size + more for name, size in sizes.items()} for more in (1, 4))]
        small = archdsl.loads(spec(example.text), allow_modules=True)
        if sizes and small.params < LARGE and sum(x.numel() for x in example_inputs(small)) < LARGE:
            assert equal_to_numbers(model, text, rows) >= 1, text


def test_only_examples_are_refused() -> None:
    assert REFUSED.keys() <= {example.text for kind in KINDS for example in kind.examples}
