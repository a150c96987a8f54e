"""Lists of answers are complete, or end in dots: small texts with one or two holes, against every number in reach."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import product

import pytest

from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.checker.setting import check_setting
from archdsl.diagnostics import Diagnostic, Source
from archdsl.limits import Limits
from archdsl.reading.reading import read
from archdsl.reading.setting import Setting

LIMITS = Limits()


def checked(text: str) -> Checked:
    return check(read(Source("net.arch", text), LIMITS), {}, LIMITS)


def put(text: str, numbers: tuple[int, ...]) -> str:
    each = iter(numbers)
    return re.sub(r"\?", lambda _: str(next(each)), text)


def warnings(text: str) -> int | None:
    """How many warnings a text has; None where it does not hold."""
    found = check_setting(read(Source("net.arch", text), LIMITS), Setting.of({}, LIMITS))
    return None if found.failed else sum(one.severity == "warning" for one in found.diagnostics)


def several(text: str) -> Diagnostic:
    (fault,) = checked(text).diagnostics
    assert fault.code == "several-answers", fault
    return fault


def answers(message: str) -> list[tuple[int, ...]]:
    """The numbers that a message lists; those of `?x?` once where they are equal."""
    listed = message.partition(": ")[2].removesuffix(", ...").removesuffix("; ...")
    parts = listed.split("; ") if "; " in listed or listed.count("=") > 1 else listed.partition(" = ")[2].split(", ")
    return [tuple(map(int, re.findall("[0-9]+", part.replace("= ", "=")))) for part in parts]


# ---- what is listed, and what dots say


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("input ?x1\nCONV 4 5 s2 p2\nMAXPOOL 4 -> 5x4", "several numbers fit without a warning: input = 39, 40"),
        ("input 10x4\nCONV 4 3 s? -> 2x4", "several numbers fit without a warning: s = 5, 6, 7"),
        ("input 20x4\nCONV 4 3 s? -> 2x4", "several numbers fit without a warning: s = 10, 11, 12, 13, 14, 15, 16, 17"),
        ("input 8x3\nCONV 4 ? p? -> 8x4", "several numbers fit: kernel = 1, p = 0; kernel = 3, p = 1; kernel = 5, p = 2; kernel = 7, p = 3; ..."),
        ("model N(c=?)\ninput 12\nFC (12 // c) -> 2", "several numbers fit: c = 5, 6"),
        ("model N(c=?)\ninput 12\nFC (c // 1000) -> 2", "several numbers fit: c = 2000, 2001, 2002, 2003, ..."),
        ("input ?x?x3\nCONV 8 3x3 s2 -> 3x3x8\nCONV 8 3x3 p1 s2 -> 2x2x8", ""),
    ],
)  # fmt: skip
def test_a_list_says_whether_it_is_complete(text: str, listed: str) -> None:
    assert [one.message for one in checked(text).diagnostics if one.severity == "error"] == ([listed] if listed else [])


def test_eight_answers_are_all_told() -> None:
    layers = "CONV 4 5 s2 p2\nMAXPOOL 4\n" * 3
    fault = several(f"input ?x1\n{layers.rstrip()} -> 5x4")
    assert answers(fault.message) == [(n,) for n in (2487, 2488, 2495, 2496, 2551, 2552, 2559, 2560)]
    assert "without a warning" in fault.message
    assert fault.hint is not None
    assert fault.hint.startswith("input Tx1 where T >= 2487 and T <= 2998, which makes the size symbolic; or ")


def test_a_search_that_is_cut_lists_dots() -> None:
    """At the limit nobody knows whether there are others."""
    text = "input 64x64x8\nCONV 8 ?x? s? p? d?; CONV 8 ?x? s? p? -> 7x7x8"
    limits = Limits(tries=3_000)
    found = check(read(Source("net.arch", text), limits), {}, limits).diagnostics
    assert all(one.code == "limit" or one.message.endswith("...") for one in found)


def test_one_answer_within_a_limit_is_not_told_to_be_the_only_one() -> None:
    text = "input 28x28x16\nCONV 32 ?x? p? d? s? -> 28x28x32, 12,832 params"
    for tries in (60, 90, 120, 200):
        limits = Limits(tries=tries)
        found = check(read(Source("net.arch", text), limits), {}, limits)
        assert not found.holes or len(found.holes) == 5
        for one in found.diagnostics:
            assert one.code != "several-answers" or one.message.endswith("...") or tries > 120


# ---- symbolic sizes


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("input ?x80\nCONV 8 3 -> ?x8", "input Tx80, which makes the size symbolic, for T >= 3"),
        ("input ?x?x3\nCONV 8 5x5", "input HxWx3, which makes the size symbolic, for H >= 5, W >= 5"),
        ("input x: ?x1 where x0 == 0\nRELU", None),
        ("input a: Tx4\ninput b: ?x4\nRELU <- b", "input b: Sx4, which makes the size symbolic"),
        ("input 8x8x?\nCONV 4 3x3 g2", "input 8x8xC, which makes the size symbolic, for C % 2 == 0"),
        ("model Net(c=?, d=3)\ninput 8x8x3\nCONV c 3x3\nDROPOUT 0.5", "model Net(c, d=3), which makes the size symbolic"),
        ("model Net(c=?) where c > 3\ninput 8x8x3\nCONV c 3x3", "model Net(c) where c > 3, which makes the size symbolic"),
        ("input ?x1\nCONV 2 3 s2 p1 -> 5x2, 8 params", "input Tx1 where T >= 9 and T <= 10, which makes the size symbolic"),
        ("input [?, 1]\nCONV 4 5 s2 p2; MAXPOOL 4 -> [5, 4]", "input [T, 1] where T >= 39 and T <= 46, which makes the size symbolic"),
        # a part of a size, a number that a rule needs, and a text that is wrong in another way
        ("input [2*?, 1]\nMAXPOOL 4", None),
        ("model Net(k=?)\ninput 8x8x3\nCONV 4 k", None),
        ("input ?x1\nRELU\nFC 3 <- zz", None),
    ],
)  # fmt: skip
def test_the_symbolic_form_is_shown_where_it_holds(text: str, form: str | None) -> None:
    hints = [one.hint or "" for one in checked(text).diagnostics if one.code in ("unpinned-hole", "several-answers")]
    assert not [hint for hint in hints if "symbolic" in hint] if form is None else hints[0].startswith(f"{form}; or ")


# ---- against every number in reach


def drawn(seed: int) -> str:
    """A small text with holes, and a claim that some numbers meet."""
    rng = random.Random(f"answers:{seed}")
    kernel, stride, pad, out = rng.choice((2, 3, 4, 5)), rng.choice((1, 2, 3)), rng.randrange(3), rng.choice((4, 6, 8))
    side = rng.choice((9, 12, 14))
    rows = rng.choice(
        (
            [f"input ?x{rng.choice((1, 3))}", *(rng.choice((f"CONV {out} {kernel} s{stride} p{pad}", f"MAXPOOL {kernel}", "AVGPOOL 3 s2")) for _ in range(rng.randrange(1, 4)))],
            [f"input ?x{out}", f"RESHAPE [-1, {rng.choice((2, 3, 4))}, {out}]"],
            [f"input {side}x3", f"CONV {out} ? p?"],
            [f"input {side}x3", f"CONV {out} {kernel} s?"],
            [f"input {side}x3", "MAXPOOL ? s?"],
            [f"input {side}x{side}x{out}", f"CONV {out} 1x1 g?"],
            [f"input {side}x{side}x{out}", f"CONV {out} {kernel}x{kernel} s{stride} p{pad} d?"],
        )
    )  # fmt: skip
    text = "\n".join(rows)
    for _ in range(30):
        numbers = tuple(rng.randrange(0, 200 if "input ?" in text else 7) for _ in range(text.count("?")))
        found = check_setting(read(Source("net.arch", put(text, numbers)), LIMITS), Setting.of({}, LIMITS))
        if not found.failed and found.network is not None:
            shape = "x".join(map(str, found.network.outputs[0].shape))
            return f"{text} -> {rng.choice((shape, shape, shape + ', 0 units' if 'units' in text else shape))}"
    return ""


def in_reach(text: str) -> Iterator[tuple[int, ...]]:
    if "input ?" in text:
        return ((number,) for number in range(1, 900))
    return product(range(24), repeat=text.count("?"))


@pytest.mark.parametrize("seed", range(40))
def test_a_list_without_dots_has_every_number(seed: int) -> None:
    text = drawn(seed)
    if not text:
        return
    found = checked(text)
    errors = [one for one in found.diagnostics if one.severity == "error"]
    assert all(one.code in ("several-answers", "unpinned-hole") for one in errors), text
    if not errors or errors[0].code != "several-answers" or errors[0].message.endswith("..."):
        return
    fitting = {numbers: count for numbers in in_reach(text) if (count := warnings(put(text, numbers))) is not None}
    best = {numbers for numbers, count in fitting.items() if count == min(fitting.values())}
    assert set(answers(errors[0].message)) == best, text
    said = "without a warning" in errors[0].message or "fewest warnings" in errors[0].message
    assert said == (len(best) < len(fitting)), text
