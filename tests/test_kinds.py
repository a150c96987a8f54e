"""Every kind of layer, values and inputs over their whole range: accepted if and only if PyTorch runs it, and all that
is said of it is so: output shapes, named parameters and buffers, macs, and with the same weights the same numbers, in
training too, where random ones are drawn from the same seed."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from support.attributes import EVERY
from support.drawn import Network
from support.lines import lines
from test_networks import LEAST_REFUSED, Tally, check_network, explore

OWN_ORDER = ("ATTENTION", "ATTEND", "WINDOWATTENTION")  # held against formulas, which draw noise in their own order
EXAMPLES = 24  # drawn of each kind


def run(kind: str, examples: int, tally: Tally, seed: int | None = None) -> None:
    """Try a number of drawn lines of a kind, the same ones for the same seed."""

    def check(network: Network) -> None:
        check_network(network, tally, random=len(network.body) == 1 and kind not in OWN_ORDER)

    explore(lines(kind), examples, check, seed)


def test_a_layer_is_accepted_if_and_only_if_pytorch_runs_it(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    for kind in EVERY:
        before = tally.accepted
        run(kind, EXAMPLES, tally)
        assert tally.accepted > before, f"no line of {kind} was accepted"
    with capsys.disabled():
        print(f"\n{len(EVERY)} kinds, {tally.line()}")
    assert tally.refused >= LEAST_REFUSED * tally.cases
