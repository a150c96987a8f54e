"""Nothing of torch.nn is forgotten: each argument of each module is reachable or has a reason, each module too."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import reachable


def test_every_argument_is_reachable_or_has_a_reason() -> None:
    found = list(reachable.unreachable())
    assert found == sorted(reachable.UNREACHABLE), "UNREACHABLE of tests/reachable.py"
    assert len(found) <= reachable.MOST_UNREACHABLE


def test_every_module_has_a_kind_or_a_reason() -> None:
    found = set(reachable.kindless())
    assert not {name for name in found if reachable.reason(name) is None}
    assert set(reachable.OTHERWISE) <= found, "these have a kind"
    assert not {name for name in reachable.modules() if reachable.reason(name) is not None} - found, "these have a kind"


def test_the_page_is_current() -> None:
    assert reachable.PAGE.read_text(encoding="utf-8") == reachable.page(), "run: python tests/reachable.py"


def test_a_forgotten_argument_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from archdsl.layers import lookup

    elu = lookup("ELU")
    assert elu is not None
    monkeypatch.setattr(elu, "attributes", {})
    monkeypatch.setattr(reachable, "made", lambda: [reachable.Made("ELU", (elu,), frozenset())])
    assert list(reachable.unreachable()) == ["ELU.alpha"]
