"""Sizes left open: the answer with numbers put in is that of the numbers, and the conditions are true where it runs."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as set_seed
from support.symbols import Open, Tally, check_open, open_networks

EXAMPLES = 380
LEAST_FORBIDDEN = 0.3


def run(examples: int, tally: Tally, seed: int | None = None) -> None:
    """Try a number of drawn networks, the same ones for the same seed; a counterexample is made small and shown."""
    from support.judge import judge

    def check(one: Open) -> None:
        check_open(one, tally, judge)

    how = settings(
        max_examples=examples,
        derandomize=seed is None,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    property_ = given(open_networks())(check)
    how(property_ if seed is None else set_seed(seed)(property_))()


def test_the_open_answer_is_that_of_each_number(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    tally = Tally()
    run(EXAMPLES, tally)
    with capsys.disabled():
        print(f"\n{tally.line()}")
    assert tally.forbidden >= LEAST_FORBIDDEN * tally.pairs
