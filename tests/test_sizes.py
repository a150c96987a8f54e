"""Symbolic sizes by themselves: periodic sets, the numbers for which a condition holds, and chains of many levels."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import gcd
from random import Random
from typing import Any

import pytest

import archdsl
from archdsl.limits import Limits
from archdsl.sizes.condition import Literal, literal
from archdsl.sizes.facts import Facts
from archdsl.sizes.residues import (
    Residues,
    TooMuch,
    along,
    both,
    choice,
    common_step,
    either,
    equal,
    has,
    inverted,
    last_to,
    next_from,
    of_rests,
    period_of,
    weight_of,
)
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, maximum, valued
from archdsl.sizes.solutions import solutions

AROUND = range(-150, 150)
PERIODS = (2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 18, 30, 36, 64)


# ---- periodic sets, against sets of the numbers around 0


def drawn_rests(random: Random) -> tuple[int, set[int]]:
    """A period, and some rests: any, or all between two."""
    period = random.choice(PERIODS)
    if random.random() < 0.4:
        first, last = sorted((random.randrange(period + 1), random.randrange(period + 1)))
        return period, set(range(first, last))
    return period, set(random.sample(range(period), random.randint(0, period)))


def members(residues: Residues) -> set[int]:
    return {number for number in AROUND if has(residues, number)}


@pytest.mark.parametrize("seed", range(40))
def test_periodic_sets_are_those_of_their_rests(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        (period, rests), (other_period, other_rests) = drawn_rests(random), drawn_rests(random)
        residues, other = of_rests(period, rests), of_rests(other_period, other_rests)
        plain, others = ({n for n in AROUND if n % p in r} for p, r in ((period, rests), (other_period, other_rests)))
        assert members(residues) == plain
        assert members(inverted(residues)) == set(AROUND) - plain
        assert members(both(residues, other)) == plain & others
        assert members(either(residues, other)) == plain | others
        check_questions(residues, period, rests, random)
        together = range(period * other_period)
        assert equal(residues, other) == all(has(residues, n) == has(other, n) for n in together)


def check_questions(residues: Residues, period: int, rests: set[int], random: Random) -> None:
    at, step, start = random.randint(-60, 60), random.choice([1, 1, 2, 3, 4, 5, 6, 7]), random.randint(-50, 50)
    assert next_from(residues, at) == next((n for n in range(at, at + period) if n % period in rests), None)
    assert last_to(residues, at) == next((n for n in range(at, at - period, -1) if n % period in rests), None)
    assert members(along(residues, step, start)) == {k for k in AROUND if (step * k + start) % period in rests}
    divisors = [one for one in range(1, period + 1) if period % one == 0]
    assert period_of(residues) == next(d for d in divisors if all((n + d) % period in rests for n in rests))
    assert common_step(residues) == (gcd(period, *(a - b for a in rests for b in rests)) if rests else 0)


def ends(period: int) -> Residues:
    """The first and the last rest of a period."""
    return choice(period, ((1, True), (period - 1, False), (period, True)))


def test_sets_of_long_periods_stay_small() -> None:
    whole: Residues = True
    for power in range(2, 62):
        whole = both(whole, ends(2**power))
        assert weight_of(whole) <= 4 * power
    assert equal(whole, ends(2**61))
    assert period_of(whole) == 2**61
    assert next_from(whole, 1) == 2**61 - 1
    assert common_step(both(whole, of_rests(64, {0}))) == 2**61


def test_periods_that_share_nothing() -> None:
    few = both(ends(2**40), ends(3**25))
    for number in (next_from(few, 1), next_from(few, -(10**30)), last_to(few, 10**30)):
        assert number is not None
        assert (number % 2**40 in (0, 2**40 - 1)) and number % 3**25 in (0, 3**25 - 1)
    assert next_from(both(ends(4), ends(3**25)), 1) == 3**25
    with pytest.raises(TooMuch):
        both(lower_half(2**40), lower_half(5**20))


def lower_half(period: int) -> Residues:
    return choice(period, ((period // 2, True), (period, False)))


# ---- the numbers for which a condition holds, against these numbers one by one


def drawn_size(n: Size, depth: int, random: Random) -> Size:
    """A size of one symbol: sums, multiples, floors and maxima of others."""
    if depth == 0:
        return n
    size = drawn_size(n, depth - 1, random)
    match random.randrange(6):
        case 0:
            return size * random.choice([1, 2, 3, -1, -2]) + random.randint(-6, 6)
        case 1:
            return size - drawn_size(n, depth - 1, random) * random.choice([1, 2])
        case 2:
            return maximum(size, drawn_size(n, depth - 1, random))
        case 3:
            wide = random.choice([2, 3, 4, 6, 8])
            over = wide * random.choice([1, 2, 3, 8, 16])
            left, right = ((n * random.choice([1, 1, 3]) + random.randint(-5, over)) // by for by in (wide, over))
            return left - right * random.choice([1, over // wide])
        case _:
            return (size + random.randint(-3, 8)) // random.choice([2, 2, 3, 4, 5, 7, 16, 64, 96, 1024])


def drawn_literal(n: Size, random: Random) -> Literal | bool:
    size = drawn_size(n, random.randint(1, 4), random) - random.choice([0, 0, 1, -2, 5, 40])
    return literal(size, random.choice([">=", "==", "!="]))


@pytest.mark.parametrize("seed", range(20))
def test_solutions_are_the_numbers_for_which_it_holds(seed: int) -> None:
    random, found = Random(seed), 0
    n = Facts(Limits()).symbol("n", 1)
    for _ in range(20):
        drawn = [drawn_literal(n, random) for _ in range(random.choice([1, 1, 2]))]
        clause = tuple(one for one in drawn if isinstance(one, Literal))
        numbers = solutions(clause, "n") if clause else None
        if numbers is None:
            continue
        found += 1
        for number in (*range(-200, 400), *(random.randint(-(10**6), 10**6) for _ in range(30))):
            assert (number in numbers) == any(one.holds({"n": number}) for one in clause), (clause, number)
    assert found > 10


# ---- one form for one function


def symbols(*names: str) -> tuple[Facts, tuple[Any, ...]]:
    facts = Facts(Limits())
    return facts, tuple(facts.symbol(name, 1) for name in names)


def minimum(left: Size, right: Size) -> Size:
    return -maximum(-left, -right)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda h, w: maximum(h, 1), "H"),
        (lambda h, w: maximum(1, h), "H"),
        (lambda h, w: maximum(h, w), "max(H, W)"),
        (lambda h, w: maximum(w, h), "max(H, W)"),
        (lambda h, w: maximum(maximum(h, w), h), "max(H, W)"),
        (lambda h, w: maximum(maximum(3, w), h), "max(W, H, 3)"),
        (lambda h, w: maximum(w, maximum(h, 3)), "max(W, H, 3)"),
        (lambda h, w: maximum(h, w) + minimum(h, w), "H + W"),
        (lambda h, w: maximum(h, w) - w, "max(0, H - W)"),
        (lambda h, w: maximum(2 * h, 2 * w), "2*max(H, W)"),
        (lambda h, w: maximum(2 * h - 2, 0), "2*H - 2"),
        (lambda h, w: maximum(h + 3, w + 3) - 3, "max(H, W)"),
        (lambda h, w: maximum(h, w) // 2, "max(H//2, W//2)"),
        (lambda h, w: maximum(h - h // 2, h // 2), "(H + 1)//2"),
        (lambda h, w: maximum(h // 2 + w, w), "H//2 + W"),
        (lambda h, w: h - h // 2, "(H + 1)//2"),
        (lambda h, w: -(-h // 2), "(H + 1)//2"),
        (lambda h, w: (h + 1) // 2 + h // 2, "H"),
        (lambda h, w: (h - h // 2) // 2, "(H + 1)//4"),
        (lambda h, w: (h // 2 + w) // 3, "(H + 2*W)//6"),
        (lambda h, w: (h % 4) % 2 + 2 * (h // 2), "H"),
        (lambda h, w: (h % 3) // 5, "0"),
        (lambda h, w: (4 * w + h % 2) // 4, "W"),
        (lambda h, w: (h + 2 - 3) // 2 + 1, "(H + 1)//2"),
        (lambda h, w: (h - 1) // h, "0"),
        (lambda h, w: (h * w + w - 1) // w, "H"),
        (lambda h, w: (2 * h) // (2 * w), "H//W"),
        (lambda h, w: (2 * h + 1) // (2 * w), "H//W"),
        (lambda h, w: (h * w) // (h * (w + 1)), "0"),
        (lambda h, w: (h * w + h + w + 3) // (w + 1), "2//(W + 1) + H + 1"),
        (lambda h, w: (h // w) // 2, "H//(2*W)"),
    ],
)
def test_one_form(made: Callable[[Any, Any], Size], text: str) -> None:
    facts, (h, w) = symbols("H", "W")
    size = facts.tidied(made(h, w))
    assert str(size) == text
    for numbers in ({"H": h, "W": w} for h in range(1, 14) for w in range(1, 14)):
        by_hand = eval(text, {"max": max}, numbers)
        assert valued(size, numbers) == valued(made(h, w), numbers) == by_hand


@pytest.mark.parametrize(
    ("where", "line", "shape"),
    [
        ("", "ADD broadcast <- a, PERMUTED", "NxN"),
        (" where N >= 5", "ADD broadcast <- a, small", "Nx3"),
    ],
)
def test_a_broadcast_of_sizes_that_are_1_or_more(where: str, line: str, shape: str) -> None:
    text = f'input a: Nx1{where}; input small: 1x3\nPERMUTED: PERMUTE "channels steps" <- a\n{line}'
    (output,) = archdsl.loads(text).outputs
    assert str(Shape(output.shape)) == shape


def drawn_of_two(names: tuple[Any, ...], depth: int, random: Random) -> Size:
    """A size of several symbols."""
    if depth == 0 or random.random() < 0.12:
        return random.choice(names) if random.random() < 0.75 else random.randint(1, 3)
    size, other = (drawn_of_two(names, random.randint(0, depth - 1), random) for _ in range(2))
    match random.randrange(9):
        case 0:
            return size + random.randint(-3, 3)
        case 1:
            return size * random.choice([2, 3, -1])
        case 2:
            return size + other
        case 3:
            return size - other
        case 4:
            return maximum(size, other)
        case 5:
            return minimum(size, other)
        case 6:
            return size % random.choice([2, 3, 4])
        case _:
            return (size + random.choice([0, 0, 1, 1, 2, -1, 3])) // random.choice([2, 2, 3, 4])


def test_equal_functions_have_one_form_nearly_always() -> None:
    """Of 100 pairs of drawn sizes with the same values, 98 have one form; and a form has the values of its size."""
    random = Random(5)
    facts, names = symbols("H", "W")
    grid = [{"H": h, "W": w} for h in range(1, 26) for w in range(1, 26)]
    forms: dict[tuple[int, ...], list[Size]] = {}
    for _ in range(1_200):
        size = drawn_of_two(names, random.randint(1, 5), random)
        form = facts.tidied(size)
        values = tuple(valued(size, numbers) for numbers in grid)
        assert values == tuple(valued(form, numbers) for numbers in grid), (size, form)
        forms.setdefault(values, []).append(form)
    pairs = [pair for group in forms.values() for pair in combinations(group[:20], 2)]
    alike = sum(left == right for left, right in pairs)
    assert len(pairs) > 800
    assert alike >= 0.98 * len(pairs), f"{alike} of {len(pairs)}"
    for left, right in pairs:
        difference = left - right
        assert difference == 0 or not isinstance(difference, int)
        assert isinstance(difference, int) or facts.known(difference, "==") is not False


@pytest.mark.parametrize(
    "factors", [("H - H//2", "(H + 1)//2"), ("(H + 1)//2 + H//2", "H"), ("(H*H + 1)//4", "(H*H)//4")]
)
def test_products_of_equal_sizes_are_known_to_be_equal(factors: tuple[str, str]) -> None:
    facts, (h, w) = symbols("H", "W")
    left, right = (eval(text, {}, {"H": h}) * w for text in factors)
    assert facts.known(left - right, "==") is True


# ---- chains: down so many times, up as often, and the sizes of both must meet


def chain(levels: int, down: str, up: str, *, merge: str = "ADD", ends: str = "", last: int = 1) -> str:
    """An encoder whose every level is read again by the decoder, down to the level `last`."""
    lines = [f"input HxWx8{ends}", "e0: RELU", *(f"e{at}: {down}" for at in range(1, levels + 1))]
    for at in range(levels - 1, last - 1, -1):
        lines += [f"u{at}: {up}", f"d{at}: {merge} <- u{at}, e{at}"]
        lines += ["CONV 8 3x3 p1"] if merge == "CONCAT" else []
    return "\n".join(lines)


def forms(text: str) -> list[str]:
    return [each.text for each in archdsl.loads(text).conditions]


def both_axes(*forms: str) -> list[str]:
    return [form.replace("H", axis) for form in forms for axis in "HW"]


CHAINS: list[tuple[str, str, int, Callable[[int], list[str]]]] = [
    ("CONV 8 3x3 s2 p1", "UPSAMPLE 2", 1, lambda n: both_axes(f"H % {2**n} in [0, {2**n - 1}]")),
    ("CONV 8 3x3 s2 p1", "UPSAMPLE 2", 0, lambda n: both_axes(f"H % {2**n} == 0")),
    ("CONV 8 7x7 s2 p3", "UPCONV 8 2x2 s2", 1, lambda n: both_axes(f"H % {2**n} in [0, {2**n - 1}]")),
    ("CONV 8 1x1 s2", "UPCONV 8 4x4 s2 p1", 0, lambda n: both_axes(f"H % {2**n} == 0")),
    ("CONV 8 3x3 s2 p=same", "UPSAMPLE 2", 0, lambda n: both_axes(f"H % {2**n} == 0")),
    ("CONV 8 3x3 s2 p1", "UPCONV 8 3x3 s2 p1", 1, lambda n: both_axes(f"H % {2**n} in [1, 2]")),
    ("CONV 8 2x2 s2", "UPSAMPLE 2 bilinear", 1, lambda n: both_axes(f"H >= {2**n}", f"H % {2**n} in [0, 1]")),
    ("MAXPOOL 2", "UPSAMPLE 2", 0, lambda n: both_axes(f"H % {2**n} == 0")),
    ("MAXPOOL 2 ceil", "UPSAMPLE 2", 1, lambda n: both_axes(f"H % {2**n} in [0, {2**n - 1}]")),
    ("{ CONV 8 3x3 p1; RELU; AVGPOOL 2 }", "UPSAMPLE 2", 0, lambda n: both_axes(f"H % {2**n} == 0")),
    ("CONV 8 3x3 s3 p1", "UPSAMPLE 3", 0, lambda n: both_axes(f"H % {3**n} == 0")),
    ("ADD { CONV 8 3x3 s2 p1; MAXPOOL 2 }", "UPSAMPLE 2", 1, lambda n: both_axes(f"H % {2**n} == 0")),
]


@pytest.mark.parametrize("merge", ["ADD", "CONCAT"])
@pytest.mark.parametrize(("down", "up", "last", "expected"), CHAINS, ids=[f"{c[0]}, {c[1]}" for c in CHAINS])
def test_a_chain_has_the_same_few_conditions_at_any_depth(
    down: str, up: str, last: int, expected: Callable[[int], list[str]], merge: str
) -> None:
    for levels in (3, 10, 11, 32):
        assert sorted(forms(chain(levels, down, up, merge=merge, last=last))) == sorted(expected(levels))


@pytest.mark.parametrize("levels", [3, 10, 11, 32])
def test_a_chain_needs_nothing_that_where_implies(levels: int) -> None:
    stated = f" where H % {2 ** (levels + 1)} == 0, W % {2**levels} == 0"
    assert forms(chain(levels, "CONV 8 3x3 s2 p1", "UPSAMPLE 2", ends=stated)) == []
    assert forms(chain(levels, "MAXPOOL 2", "UPSAMPLE 2", ends=stated, last=0)) == []
    half = f" where H % {2 ** (levels - 1)} == 0, W % 3 == 1"
    assert forms(chain(levels, "MAXPOOL 2", "UPSAMPLE 2", ends=half, last=0)) == both_axes(f"H % {2**levels} == 0")


def steps(text: str) -> int:
    """What a check reckons with what is known of the symbols."""
    checked: Any = archdsl.loads(text)._checked
    return checked.steps


@pytest.mark.parametrize(("down", "up", "last"), [row[:3] for row in CHAINS])
def test_the_work_for_a_chain_grows_with_its_levels(down: str, up: str, last: int) -> None:
    some, many = (steps(chain(levels, down, up, last=last)) for levels in (8, 32))
    assert many < 8 * some
