"""Lists: equal as their items are, and looked at once however often they are compared or searched."""

from __future__ import annotations

import random
from typing import Any

import pytest

import archdsl
from archdsl.checker.check import check
from archdsl.diagnostics import Source
from archdsl.layers.lists import Values, comparing, searching
from archdsl.limits import Limits
from archdsl.reading.reading import read


def drawn(rng: random.Random, depth: int = 2) -> tuple[Any, ...]:
    """Plain tuples with few different items, so that many are equal."""
    kinds = (lambda: rng.randrange(2), lambda: rng.random() < 0.5, lambda: rng.choice("ab"))
    return tuple(
        drawn(rng, depth - 1) if depth and rng.random() < 0.3 else rng.choice(kinds)() for _ in range(rng.randrange(3))
    )


def listed(plain: tuple[Any, ...]) -> Values:
    return Values([listed(item) if isinstance(item, tuple) else item for item in plain])


def test_lists_are_equal_as_tuples_are() -> None:
    """Whatever was compared before."""
    rng = random.Random(3)
    plain = [drawn(rng) for _ in range(60)]
    lists = [listed(one) for one in plain]
    for _ in range(4_000):
        a, b = rng.randrange(60), rng.randrange(60)
        assert (lists[a] == lists[b]) == (plain[a] == plain[b])
        assert (lists[a] != lists[b]) == (plain[a] != plain[b])


def test_equal_lists_are_looked_at_once() -> None:
    a, b, c, d = (Values(range(50)), Values(range(50)), Values(range(50)), Values(range(1, 51)))
    assert comparing(a, b) == 100
    assert a == b
    assert comparing(a, b) == 0
    assert comparing(c, a) == 50
    assert c == b
    assert comparing(c, a) == comparing(a, c) == 0
    assert a != d
    assert comparing(a, d) == 0
    assert comparing(3, a) == 1


def test_a_list_is_gone_through_once_to_be_searched() -> None:
    a = Values([1, 2, True, "x"])
    assert searching(a) == 4
    assert [a.has(item) for item in (1, 2, 3, True, False, "x", "y")] == [True, True, False, True, False, True, False]
    assert searching(a) == 0
    assert Values([1, 2.5]).has(1) is None
    assert searching(7) == 1


SEARCHES = {
    "1 in [1, 2]": True,
    "yes in [1, 2]": False,
    "1 in [yes]": False,
    "yes in [no, yes]": True,
    "1 in [1.0, 2]": True,
    "1.0 in [1, 2]": True,
    "1/2 in [0.5]": True,
    '"a" in ["b", "a"]': True,
    "3 in []": False,
    "3 not in [1, 2]": True,
    "8 in [in, 3]": True,
    "[1] in [[1], 2]": True,
    "[1] in [[2], 2]": False,
}


@pytest.mark.parametrize("search", SEARCHES)
def test_what_is_in_a_list(search: str) -> None:
    for text in (search, search.replace(" in ", " in (").replace(" not in (", " not in (") + ")"):
        model = archdsl.loads(f"input 8\nFC (3 if {text} else 4)")
        assert model.to_json()["outputs"][0]["shape"] == [3 if SEARCHES[search] else 4], text


def test_each_use_counts_what_it_gives() -> None:
    """Values that are given to a block are work, and so are the parameters that they are given to."""

    def steps(many: int) -> int:
        given = " ".join(f"p{i}=1" for i in range(many))
        names = ", ".join(f"p{i}=1" for i in range(many))
        uses = "".join(f"B {i}\n" for i in range(50))
        text = f"input 8\nblock C({names}) {{ RELU }}\nblock B(k) {{ C {given} }}\n{uses}"
        return check(read(Source("<text>", text), Limits()), {}, Limits()).steps

    assert steps(200) - steps(100) >= 50 * 200
