"""Other axes for the same elements: RESHAPE, PERMUTE, REARRANGE and PATCHES against PyTorch written by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import archdsl

ROOT = Path(__file__).parents[1]


def result(text: str, x: Any) -> Any:
    return archdsl.loads(text).to_torch()(x)


def image(sizes: tuple[int, int, int]) -> Any:
    """An image of the language's sizes, two samples, as PyTorch has it."""
    torch = pytest.importorskip("torch")
    return torch.rand(2, sizes[2], *sizes[:2])


# ---- the order in which elements are counted


def test_places_become_steps_as_in_a_vision_transformer() -> None:
    x = image((14, 14, 24))
    found = result("input 14x14x24\nRESHAPE 196x24", x)
    n, c, h, w = x.shape
    assert (found == x.reshape(n, c, h * w).permute(0, 2, 1)).all()  # as torchvision does
    assert (found == result("input 14x14x24\nRESHAPE 196x24 last", x)).all()


def test_steps_become_places_again() -> None:
    x = image((14, 7, 24))
    there_and_back = "input 14x7x24\nRESHAPE [-1, 24]\nRESHAPE 14x7x24"
    assert (result(there_and_back, x) == x).all()


def test_a_vector_becomes_an_image_as_in_a_generator() -> None:
    torch = pytest.importorskip("torch")
    x = torch.rand(2, 8 * 4 * 4)
    assert (result("input 128\nRESHAPE 4x4x8", x) == x.view(2, 8, 4, 4)).all()
    assert (result("input 128\nRESHAPE 4x4x8 last", x) == x.view(2, 4, 4, 8).permute(0, 3, 1, 2)).all()


def test_one_axis_is_flatten() -> None:
    x = image((3, 5, 4))
    for last in ("", " last"):
        flat = result(f"input 3x5x4\nFLATTEN{last}", x)
        assert (result(f"input 3x5x4\nRESHAPE 60{last}", x) == flat).all()
        assert (result(f"input 3x5x4\nRESHAPE [-1]{last}", x) == flat).all()


def test_patches_are_merged_as_in_swin() -> None:
    torch = pytest.importorskip("torch")
    x = image((8, 6, 5))
    y = x.permute(0, 2, 3, 1)
    parts = [y[:, a::2, b::2] for b in (0, 1) for a in (0, 1)]  # as torchvision does
    expected = torch.cat(parts, -1).permute(0, 3, 1, 2)
    text = 'input 8x6x5\nREARRANGE "(h a) (w b) c -> h w (b a c)" a=2 b=2'
    assert (result(text, x) == expected).all()
    slices = "\n".join(f'p{a}{b}: SLICE height="{a}::2" width="{b}::2" <- x' for b in (0, 1) for a in (0, 1))
    assert (result(f"input x: 8x6x5\n{slices}\nCONCAT <- p00, p10, p01, p11", x) == expected).all()


def test_windows_and_back_as_in_swin() -> None:
    x = image((8, 12, 5))
    apart = 'REARRANGE "(h p) (w q) c -> (h w) (p q) c" p=4 q=4'
    y = x.permute(0, 2, 3, 1).view(2, 2, 4, 3, 4, 5).permute(0, 1, 3, 2, 4, 5).reshape(2, 6, 16, 5)
    assert (result(f"input 8x12x5\n{apart}", x) == y.permute(0, 3, 1, 2)).all()
    back = 'REARRANGE "(h w) (p q) c -> (h p) (w q) c" h=2 p=4'
    assert (result(f"input 8x12x5\n{apart}\n{back}", x) == x).all()
    assert (result("input 8x12x5\nSHIFT (-2)", x) == x.roll((-2, -2), (2, 3))).all()


def test_patches_times_a_matrix_are_a_convolution() -> None:
    torch = pytest.importorskip("torch")
    x = image((12, 8, 3))
    conv = torch.nn.Conv2d(3, 10, 4, stride=4)
    module = archdsl.loads("input 12x8x3\nPATCHES 4\nLINEAR 10").to_torch()
    (linear,) = [m for m in module.modules() if isinstance(m, torch.nn.Linear)]
    with torch.no_grad():
        linear.weight.copy_(conv.weight.flatten(1))
        linear.bias.copy_(conv.bias)
        torch.testing.assert_close(module(x), conv(x).flatten(2).transpose(1, 2))


def test_channels_are_shuffled_as_in_shufflenet() -> None:
    x = image((4, 4, 6))
    text = 'input 4x4x6\nREARRANGE "h w (g c) -> h w (c g)" g=2'
    assert (result(text, x) == x.view(2, 2, 3, 4, 4).transpose(1, 2).reshape(2, 6, 4, 4)).all()


# ---- how values lie in memory


def turns(text: str) -> int:
    """How often a value is turned."""
    return archdsl.loads(text).to_source().count("movedim")


def test_nothing_is_turned_that_need_not_be() -> None:
    assert turns("input 8x8x6\nCONV 4 3x3\nSLICE height=[0, 4]\nCONV 4 1x1\nSHIFT 1\nSPLIT [2, 2]\nCONV 2 1x1") == 0
    inner = 'SHIFT 1; SLICE height=[0, 4]; REARRANGE "(h a) w (c b) -> h w (a b c)" a=2 b=2; REDUCE mean height keep'
    assert turns(f"input 8x8x6\nLINEAR 6\n{inner}\nLINEAR 4") == turns("input 8x8x6\nLINEAR 6\nLINEAR 4") == 2
    assert turns("input 16x6\nCONV 4 3\nSLICE steps=[0, 4]\nCONV 4 1") == turns("input 16x6\nCONV 4 3\nCONV 4 1") == 2
    assert turns('input 16x6\nLINEAR 4\nPERMUTE "channels steps"\nLINEAR 4') == 1


def test_a_pool_over_all_positions_takes_them_as_they_lie() -> None:
    torch = pytest.importorskip("torch")
    for pool, function in (("AVG", torch.mean), ("MAX", torch.amax)):
        for sizes, turned in (([7], 0), ([5, 7], 1), ([4, 5, 7], 1)):  # of images the input alone
            text = f"input {'x'.join(map(str, sizes))}x6\nLN noaffine\nGLOBAL{pool}POOL"
            assert turns(text) == turned
            x = torch.rand(2, *sizes, 6)
            came = x.movedim(-1, 1) if turned else x
            normed = torch.nn.functional.layer_norm(x, (6,))
            expected = function(normed, tuple(range(1, x.dim() - 1)))
            torch.testing.assert_close(archdsl.loads(text).to_torch()(came), expected)
        assert turns(f"input 8x8x3\nCONV 4 3\nGLOBAL{pool}POOL\nFC 2") == 0


def test_a_long_chain_of_calls_stands_on_several_lines(tmp_path: Path) -> None:
    text = (
        'input 8x8x8x8\nREARRANGE "(f a) (h b) (w d) c -> f h w (a b d c)" a=2 b=2 d=2\nCONV 4 1\nPATCHES 2\nLINEAR 4'
    )
    source = archdsl.loads(text).to_source()
    assert "        x = (\n            x.unflatten(4, (4, 2))\n            .unflatten(3, (4, 2))\n" in source
    (tmp_path / "chain.py").write_text(source, encoding="utf-8")
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    command = [sys.executable, "-m", "ruff", "check", *config, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_layer_of_calls_alone_is_a_module_where_pytorch_has_one() -> None:
    source = archdsl.loads("input 100\nFC 8192; RESHAPE 4x4x512; CONV 4 3x3").to_source()
    assert "nn.Unflatten(1, (512, 4, 4))" in source
    assert "nn.Flatten(2)" in archdsl.loads("input 8x8x4\nplaces: RESHAPE 64x4").to_source()


# ---- open sizes and holes


def test_open_sizes_flow_through() -> None:
    model = archdsl.loads("input HxWx3\nPATCHES 16\nLINEAR 8\nSLICE steps=[1, 10]\nREDUCE mean steps")
    assert [str(condition) for condition in model.conditions] == ["H % 16 == 0", "W % 16 == 0", "(H//16)*(W//16) >= 10"]
    model = archdsl.loads("input HxWx8\nRESHAPE [-1, 4]")
    assert [str(size) for size in model.outputs[0].shape] == ["2*H*W", "4"]
    model = archdsl.loads('input Tx8\nREARRANGE "(t n) c -> t (n c)" n=4\nSHIFT 2\nCHUNK 2')
    assert [str(condition) for condition in model.conditions] == ["T % 4 == 0"]
    assert [str(size) for size in model.outputs[0].shape] == ["T//4", "16"]


def test_open_sizes_run() -> None:
    torch = pytest.importorskip("torch")
    text = 'input HxWx3\nPATCHES 4\nPERMUTE "channels steps"\nRESHAPE [16, 3, -1] last\nREDUCE max width'
    module = archdsl.loads(text).to_torch()
    for size in (8, 12):
        assert module(torch.rand(2, 3, size, 8)).shape == (2, 16, size // 2)


def test_symbolic_sizes_are_read_off_the_input() -> None:
    torch = pytest.importorskip("torch")
    module = archdsl.loads("input HxWx8\nRESHAPE [W, H, 8]").to_torch()
    assert module(torch.rand(2, 8, 3, 5)).shape == (2, 8, 5, 3)
    assert "flatten(2)" in archdsl.loads("input HxWx8\nRESHAPE [H*W, 8]").to_source()


def test_a_hole_is_found_from_the_elements() -> None:
    assert [found.value for found in archdsl.loads("input 8x8x4\nRESHAPE ?x8").holes] == [32]
    holes = archdsl.loads("input 90x90x4\nRESHAPE ?x4\nRESHAPE 90x?x2 -> 90x180x2").holes
    assert [found.value for found in holes] == [8100, 180]


# ---- hints


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("RESHAPE 60x4", "RESHAPE 64x4"),
        ('REARRANGE "h w (n c) -> n h w c"', "give all but one: n=.."),
        ('REARRANGE "h w (n c) -> n h w c" m=3', "its parts are h, w, n, c"),
        ('PERMUTE "height width"', 'PERMUTE "channels width height"'),
        ("CHUNK 3", "SPLIT takes sizes that differ"),
        ("SPLIT [1, 3] axis=steps", "SPLIT [1, 3] axis=channels"),
        ("VIEW 64x4", "RESHAPE 64x4"),
        ("ROLL 1", "SHIFT 1"),
    ],
)
def test_a_hint_shows_the_way(line: str, hint: str) -> None:
    with pytest.raises(archdsl.ArchError) as caught:
        archdsl.loads(f"input 8x8x4\n{line}")
    assert caught.value.diagnostics[0].hint == hint
