"""Nothing of torch.nn is forgotten: modules, functions, their arguments and those of calls are written or have a reason."""

from __future__ import annotations

from fnmatch import fnmatch

import pytest

torch = pytest.importorskip("torch")

import reachable  # noqa: E402
from support import reachable_calls  # noqa: E402

import archdsl  # noqa: E402


def test_every_argument_is_reachable_or_has_a_reason() -> None:
    found = list(reachable.unreachable())
    assert found == sorted(reachable.UNREACHABLE), "UNREACHABLE of tests/reachable.py"
    assert len(found) <= reachable.MOST_UNREACHABLE


def test_every_module_has_a_kind_or_a_reason() -> None:
    found = set(reachable.kindless())
    assert not {name for name in found if reachable.reason(name) is None}
    assert set(reachable.OTHERWISE) <= found, "these have a kind"
    assert not {name for name in reachable.modules() if reachable.reason(name) is not None} - found, "these have a kind"


def test_every_function_has_a_kind_or_a_reason() -> None:
    found = set(reachable_calls.functionless())
    assert not {name for name in found if reachable_calls.reason(name) is None}
    assert not {each.name for each in reachable_calls.known() if reachable_calls.reason(each.name) is not None}
    unused = [one for one in reachable_calls.NO_FUNCTION if not any(fnmatch(name, one) for name in found)]
    assert not unused, "no function is called so"
    assert len(reachable_calls.known()) > 70 and len(found) > 40


def test_every_argument_of_a_function_is_written_or_has_a_reason() -> None:
    assert list(reachable_calls.unsaid()) == [], "ARGUMENTS of tests/support/reachable_calls.py"
    every = [f"{each.name}.{one}" for each in reachable_calls.known() for one in reachable_calls.arguments(each.name)]
    assert [one for one in reachable_calls.ARGUMENTS if not any(fnmatch(name, one) for name in every)] == []
    assert {"interpolate.antialias", "scaled_dot_product_attention.attn_mask", "max_pool2d.return_indices"} <= set(
        every
    )


def test_everything_that_modules_are_called_with_is_written_or_has_a_reason() -> None:
    every = list(reachable_calls.calls())
    assert [one for one in every if reachable_calls.called(one) is None] == [], (
        "FORWARD of tests/support/reachable_calls.py"
    )
    assert [one for one in reachable_calls.FORWARD if not any(fnmatch(name, one) for name in every)] == []
    masks = {"MultiheadAttention.attn_mask", "MultiheadAttention.key_padding_mask", "TransformerEncoderLayer.src_mask"}
    assert masks | {"GRU.hx", "ConvTranspose2d.output_size", "MaxUnpool3d.indices"} <= set(every)


def test_attention_with_a_mask_is_pytorchs() -> None:
    """What the page says of masks, with numbers."""
    text = reachable_calls.EXAMPLE.partition("```arch\n")[2].partition("```")[0]
    q, k, v = torch.rand(3, 2, 9, 16)
    mask = torch.zeros(2, 9, 9).masked_fill(torch.rand(2, 9, 9) < 0.3, -torch.inf)
    mask[:, :, 0] = 0
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    torch.testing.assert_close(archdsl.loads(text).to_torch()(q, k, v, mask), expected)


def test_factors_of_a_bag_are_pytorchs() -> None:
    text = "input words: 5 int;  input factors: 5x1\ne: EMBED 9 4  <- words\nMUL broadcast  <- e, factors\nREDUCE sum steps"
    module, words, factors = archdsl.loads(text).to_torch(), torch.randint(0, 9, (2, 5)), torch.rand(2, 5, 1)
    bags = torch.nn.functional.embedding_bag(words, module.e.weight, per_sample_weights=factors[..., 0], mode="sum")
    torch.testing.assert_close(module(words, factors), bags)


def test_the_page_is_current() -> None:
    assert reachable.PAGE.read_text(encoding="utf-8") == reachable.page(), "run: python tests/reachable.py"


def test_a_forgotten_argument_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from archdsl.layers import lookup

    elu = lookup("ELU")
    assert elu is not None
    monkeypatch.setattr(elu, "attributes", {})
    monkeypatch.setattr(reachable, "made", lambda: [reachable.Made("ELU", (elu,), frozenset())])
    assert list(reachable.unreachable()) == ["ELU.alpha"]
