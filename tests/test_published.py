"""Networks of today against what is published of them: totals, names, and the numbers of twins written by hand."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

import archdsl

ROOT = Path(__file__).parent.parent
PARAMS: list[tuple[str, dict[str, Any], int]] = [
    ("gpt2", {}, 124_439_808),
    ("gpt2", {"d": 1024, "L": 24, "heads": 16}, 354_823_168),
    ("gpt2", {"d": 1280, "L": 36, "heads": 20}, 774_030_080),
    ("gpt2", {"d": 1600, "L": 48, "heads": 25}, 1_557_611_200),
    ("bert", {}, 109_482_240),
    ("bert", {"d": 1024, "L": 24, "heads": 16}, 335_141_888),
    ("llama", {}, 6_738_415_616),
    ("llama", {"d": 5120, "L": 40, "heads": 40, "kvheads": 40, "wide": 13824}, 13_015_864_320),
    ("llama", {"d": 6656, "L": 60, "heads": 52, "kvheads": 52, "wide": 17920}, 32_528_943_616),
    ("llama", {"d": 8192, "L": 80, "heads": 64, "kvheads": 64, "wide": 22016}, 65_285_660_672),
    ("llama", {"d": 8192, "L": 80, "heads": 64, "kvheads": 8, "wide": 28672}, 68_976_648_192),
    ("llama", {"kvheads": 8, "wide": 14336, "vocab": 128256}, 8_030_261_248),
    ("transformer", {}, 63_082_496),
    ("llama", {"d": 8192, "L": 80, "heads": 64, "kvheads": 8, "wide": 28672, "vocab": 128256}, 70_553_706_496),
    ("llama", {"d": 16384, "L": 126, "heads": 128, "kvheads": 8, "wide": 53248, "vocab": 128256}, 405_853_388_800),
    ("mixtral", {}, 46_702_792_704),
    ("stable_diffusion_unet", {}, 859_520_964),
    ("unet", {}, 31_030_658),
    ("unet3d", {}, 19_069_955),
    ("dcgan", {}, 3_576_704),
]
MOBILENETS = [  # Table 6 and Table 7 of the paper: width, side, millions of mult-adds, millions of parameters
    *((1, 224, 569, 4.2), (0.75, 224, 325, 2.6), (0.5, 224, 149, 1.3), (0.25, 224, 41, 0.5)),
    *((1, 192, 418, 4.2), (1, 160, 290, 4.2), (1, 128, 186, 4.2)),
]
TWINS: list[tuple[str, str, dict[str, Any]]] = [
    ("gpt2", "GPT2", {"d": 24, "L": 2, "heads": 3, "vocab": 50, "context": 12}),
    ("bert", "BERT", {"d": 24, "L": 2, "heads": 3, "vocab": 50, "context": 12}),
    (
        "llama",
        "Llama",
        {"d": 48, "L": 2, "heads": 6, "kvheads": 6, "wide": 40, "vocab": 50, "base": 10000, "eps": 1e-6},
    ),
    ("llama", "Llama", {"d": 48, "L": 3, "heads": 6, "kvheads": 2, "wide": 40, "vocab": 50, "base": 500, "eps": 0.1}),
]


def load(name: str, **setting: Any) -> Any:
    return archdsl.load(ROOT / "specs" / f"{name}.arch", **setting)


@pytest.mark.parametrize(("name", "setting", "params"), PARAMS)
def test_params_are_those_that_are_published(name: str, setting: dict[str, Any], params: int) -> None:
    assert load(name, **setting).params == params


@pytest.mark.parametrize(("width", "side", "macs", "params"), MOBILENETS)
def test_mobilenets_are_as_large_as_the_paper_says(width: float, side: int, macs: int, params: float) -> None:
    """The paper rounds down once: 290.7M is printed as 290."""
    model = load("mobilenet_v1", width=width, side=side)
    assert round(model.params / 1e6, 1) == params
    assert int(model.macs) // 1_000_000 == macs or round(int(model.macs) / 1e6) == macs


def test_unets_give_the_maps_of_their_figures() -> None:
    assert load("unet").outputs[0].shape == (388, 388, 2)
    assert load("unet3d").outputs[0].shape == (28, 44, 44, 3)


@pytest.mark.parametrize(("name", "written", "setting"), TWINS)
def test_outputs_are_those_of_a_twin_by_hand(name: str, written: str, setting: dict[str, Any]) -> None:
    """The same names, the same weights, drawn far from what they start as, and the same numbers out."""
    torch = pytest.importorskip("torch")
    ours, theirs = load(name, **setting).to_torch().eval(), getattr(by_hand(name), written)(**setting).eval()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.normal_(0.1, 0.3)
    assert set(ours.state_dict()) == set(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict(), strict=True)
    ids = [torch.randint(0, 50, (3, 11))]
    ids += [torch.randint(0, 2, (3, 11))] if name == "bert" else []
    with torch.no_grad():
        torch.testing.assert_close(ours(*ids), theirs(*ids))


def test_the_transformer_is_pytorchs() -> None:
    """With its names, its norms at the ends and masks of padding: torch.nn.Transformer on sines and cosines."""
    torch = pytest.importorskip("torch")
    ours = load("transformer", vocab=50, d=32, heads=4, wide=48, layers=2, ends=True).to_torch().eval()
    theirs = torch.nn.Transformer(32, 4, 2, 2, 48, batch_first=True).eval()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.normal_(0.1, 0.3)
    words = torch.randn(50, 32)
    state = {**theirs.state_dict(), "embed.weight": words, "generator.weight": words}
    ours.load_state_dict(state, strict=True)
    source, target = torch.randint(0, 50, (3, 7)), torch.randint(0, 50, (3, 9))
    real, target_real = torch.arange(7) < torch.tensor([[7], [4], [1]]), torch.arange(9) < torch.tensor([[5], [9], [2]])
    places = torch.arange(9)[:, None] / 10000 ** (torch.arange(0, 32, 2) / 32)
    waves = torch.stack((places.sin(), places.cos()), 2).flatten(1)
    x, y = (words[one] * 32**0.5 + waves[: one.shape[1]] for one in (source, target))
    later = torch.ones(9, 9).triu(1).bool()
    masks = {"src_key_padding_mask": ~real, "memory_key_padding_mask": ~real, "tgt_key_padding_mask": ~target_real}
    expected = theirs(x, y, tgt_mask=later, **masks) @ words.T
    with torch.no_grad():
        torch.testing.assert_close(ours(source, target, real, target_real), expected.detach(), rtol=1e-4, atol=1e-3)


def by_hand(name: str) -> Any:
    """The module of a network written by hand."""
    found = importlib.util.spec_from_file_location(f"by_hand_{name}", ROOT / "tests" / "handwritten" / f"{name}.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_texts_longer_than_the_positions_are_refused() -> None:
    assert [str(condition) for condition in load("gpt2").conditions] == ["T <= 1024"]
    assert [str(condition) for condition in load("bert").conditions] == ["T <= 512"]
    with pytest.raises(archdsl.ArchError, match="EMBED has vectors for 0 to 1023, and reads numbers up to 1024"):
        load("gpt2", T=1025)


def test_the_head_of_gpt2_is_its_embedding() -> None:
    pytest.importorskip("torch")
    module = load("gpt2", d=24, L=1, heads=3, vocab=50).to_torch()
    assert module.lm_head.weight is module.transformer.wte.weight


def test_states_of_the_character_lstm_carry_a_text_on() -> None:
    torch = pytest.importorskip("torch")
    module = load("char_lstm", cells=8, vocab=5).to_torch().eval()
    letters = torch.eye(5)[torch.randint(0, 5, (2, 9))]
    start = torch.zeros(2, 2, 8), torch.zeros(2, 2, 8)
    whole, *_ = module(letters, *start)
    first, *states = module(letters[:, :4], *start)
    second, *_ = module(letters[:, 4:], *states)
    torch.testing.assert_close(torch.cat((first, second), 1), whole)


def test_the_generator_has_the_names_of_pytorchs_example() -> None:
    pytest.importorskip("torch")
    module = load("dcgan").to_torch()
    upward = {f"main.{number}.weight" for number in (0, 3, 6, 9, 12)}
    normal = {f"main.{number}.{tensor}" for number in (1, 4, 7, 10) for tensor in ("weight", "bias")}
    assert {name for name, _ in module.named_parameters()} == upward | normal
