"""Facts about nodes belong to their nodes: what was elaborated and dropped before changes no count after it."""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
from collections.abc import Iterator

import pytest

import archdsl
from archdsl.analysis.cost import Cost, Costs, add, times
from archdsl.checker.check import check
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.network.nodes import Leaf, Sequence
from archdsl.network.table import ByIdentity, NodeTable
from archdsl.reading.reading import read

LIMITS = Limits()
PADS = ("p1", "pad=[[1, 1], [1, 1]]")  # a line with a list has a layer of its own, which nothing else keeps


def _lines(draw: random.Random, most: int) -> list[tuple[str, int]]:
    """Convolutions on 8x8x3, and the params that each has."""
    widths = [draw.randint(2, 60) for _ in range(draw.randint(1, most))]
    return [(f"CONV {width} 3x3 {draw.choice(PADS)}", 28 * width) for width in widths]


def _dropped(draw: random.Random) -> str:
    """A text with a repeat that no copy can be of, so that what was elaborated of it is dropped."""
    inside = "\n".join(f"  {line} <- a -> {params} params" for line, params in _lines(draw, 6))
    lines = _lines(draw, 3)
    outside = "\n".join(f"c{number}: {line} <- a" for number, (line, _) in enumerate(lines))
    repeat = f"layers: {{\n{inside}\n  CONV 3 99x99\n}} x(n) <- a" if draw.random() < 0.5 else _nested(draw)
    total = sum(params for _, params in lines)
    outputs = ", ".join(["layers", *(f"c{number}" for number in range(len(lines)))])
    return f"model M(n) where n >= 0\ninput a: 8x8x3\n{repeat}\n{outside}\noutput {outputs}\nexpect {total} params\n"


def _params(text: str) -> int:
    """What a text of these claims in all."""
    return int(text.split()[-2])


def _nested(draw: random.Random) -> str:
    """A repeat of braces and merges of which no copy can be."""
    inside = "\n".join(f"    {{ {line} -> {params} params }}" for line, params in _lines(draw, 5))
    return f"layers: {{\n  CONCAT {{\n{inside}\n  }}\n  CONV 3 99x99\n}} x(n) <- a"


def _failing(draw: random.Random) -> tuple[str, int]:
    """A text with a group whose last line fails; how many claims of the lines behind it are wrong."""
    inside = "\n".join(f"  {line} <- a -> {params} params" for line, params in _lines(draw, 6))
    wrong, outside = 0, []
    for line, params in _lines(draw, 4):
        right = draw.random() < 0.7
        wrong += not right
        outside.append(f"{line} <- a -> {params if right else params + 1} params")
    return f"input a: 8x8x3\ng: {{\n{inside}\n  FC nosuch\n}} <- a\n" + "\n".join(outside) + "\n", wrong


@pytest.fixture
def own_garbage() -> Iterator[None]:
    """What is in memory before a test is looked through by no collection of it: that would take most of its time."""
    gc.freeze()
    yield
    gc.unfreeze()


def _collect(number: int) -> None:
    if number % 50 == 0:
        gc.collect()


@pytest.mark.slow
@pytest.mark.usefixtures("own_garbage")
def test_counts_do_not_depend_on_what_was_dropped() -> None:
    """Thousands of texts in one process, each with parts that are elaborated and dropped; the params are arithmetic."""
    draw = random.Random(7)
    for number in range(1_000):
        text = _dropped(draw)
        assert archdsl.loads(text).totals.params == _params(text)
        _collect(number)


@pytest.mark.slow
@pytest.mark.usefixtures("own_garbage")
def test_claims_are_judged_by_their_own_layers() -> None:
    draw = random.Random(8)
    for number in range(1_000):
        text, wrong = _failing(draw)
        with pytest.raises(archdsl.ArchError) as refused:
            archdsl.loads(text)
        codes = [diagnostic.code for diagnostic in refused.value.diagnostics]
        assert codes.count("unknown-name") == 1, text
        assert codes.count("claim-value") == wrong, text
        _collect(number)


_FRESH = """
import json, sys, archdsl
print(json.dumps([archdsl.loads(text).totals._asdict() for text in json.load(sys.stdin)], default=str))
"""


def test_totals_are_those_of_a_fresh_process() -> None:
    draw = random.Random(9)
    texts = [_dropped(draw) for _ in range(200)]
    ours = [archdsl.loads(text).totals._asdict() for text in texts]
    for some in (texts[-40:], texts[-1:]):  # the last ones again, with nothing or little before them
        run = subprocess.run(
            [sys.executable, "-c", _FRESH], input=json.dumps(some), capture_output=True, text=True, check=True
        )
        assert json.loads(run.stdout) == json.loads(json.dumps(ours[-len(some) :], default=str))


# ---- the table


def _leaf(text: str) -> Leaf:
    (item,) = _body(f"input 8x8x3\n{text}").items
    assert isinstance(item.node, Leaf)
    return item.node


def _body(text: str) -> Sequence:
    network = check(read(Source("x.arch", text), LIMITS), {}, LIMITS).network
    assert network is not None
    return network.body


def test_a_table_owns_its_nodes() -> None:
    table: NodeTable[str] = NodeTable()
    for number in range(300):
        table[_leaf(f"CONV {number + 1} 3x3")] = str(number)
    gc.collect()
    others = [_leaf(f"CONV {number + 1} 3x3") for number in range(300)]
    assert not any(node in table for node in others)
    assert [fact for _, fact in table.items()] == [str(number) for number in range(300)]


def test_equal_nodes_have_facts_of_their_own() -> None:
    one = _leaf("RELU")
    other = one._replace()
    assert one == other
    table: NodeTable[int] = NodeTable()
    table[one] = 1
    assert other not in table
    assert table.get(other) is None
    assert table.get(other, 2) == 2
    assert {ByIdentity(one), ByIdentity(one), ByIdentity(other)} == {ByIdentity(other), ByIdentity(one)}
    assert len({ByIdentity(one), ByIdentity(one), ByIdentity(other)}) == 2
    assert ByIdentity(one) != one
    copied = table.copy()
    copied[other] = 3
    assert other not in table


def test_a_fold_looks_at_each_node_once() -> None:
    body = _body("input 8x8x3\nblock B(c) { CONV c 3x3 p1; ADD { ID; CONV c 1x1 } }\nB 4; B 4; { B 4 x3 } x2")
    seen: list[object] = []
    table: NodeTable[int] = NodeTable()

    def own(node: object) -> int:
        seen.append(node)
        return int(isinstance(node, Leaf))

    for _ in range(2):
        assert table.fold(body, own, lambda *parts: sum(parts), lambda count, copies: count * int(copies)) == 3 * 8
    assert (
        len(seen) == len({ByIdentity(node) for node in seen}) == 2 * 4
    )  # on 3 channels and on 4: three layers, a merge


def test_what_runs_again_is_folded_as_it_is_told() -> None:
    body = _body("input 8x8x3\na: CONV 3 1x1; SHARE a x3")
    count = NodeTable[int]().fold(body, lambda _: 1, lambda *parts: sum(parts), lambda n, copies: n * int(copies))
    first = NodeTable[int]().fold(
        body, lambda _: 1, lambda *parts: sum(parts), lambda n, copies: n * int(copies), lambda _: 0
    )
    assert (count, first) == (4, 1)
    assert Costs().of(body) == Cost(
        params=12, weights=9, macs=4 * 576, connections=4 * 768, units=4 * 192, layers=4, active=12
    )


def test_nesting_needs_no_recursion() -> None:
    node: Sequence = _body("input 8x8x3\nCONV 3 1x1")
    for _ in range(20_000):
        node = node._replace(items=(node.items[0]._replace(node=node),))
    assert Costs().of(node) == times(add(Cost(12, 9, 0, 576, 768, 192, 1, 0, 12)), 1)


# ---- keys that hold more than a text


def test_a_layer_of_another_setting_has_other_facts() -> None:
    """Layers that one setting found serve the next, but for those of what is left open: its conditions are its own."""
    texts = {
        "input 8x8x3\nCONV k 1x1\nCHUNK 2\nCONV d 1x1": ["k % 2 == 0"],
        'input 8x8x3\nCONV k 1x1\nSLICE channels="3:"\nCONV d 1x1': ["k >= 4"],
        "input 8x8x3\nlet sizes = [k, -1]\nRESHAPE sizes\nCONV d 1": ["192 % k == 0", "192//k >= 1"],
    }
    for text, conditions in texts.items():
        reading = read(Source("x.arch", f"model M(k, d)\n{text}\n"), LIMITS)
        for d in (1, 2, 3):
            found = check(reading, {"d": d}, LIMITS)
            assert not found.diagnostics or all(each.severity == "warning" for each in found.diagnostics)
            assert [condition.text for condition in found.conditions] == conditions


def test_what_was_laid_where_there_are_copies_is_laid_again_outside() -> None:
    """SHARE on other sizes, first within a repeat that there may be none of: outside its condition always holds."""
    shared = "big: CONV 3 7x7 <- a\n{}other: SHARE big <- b\noutput other, big\n"
    repeat = "layers: { s: SHARE big; PAD 3 } x(n) <- b\n"
    for inside in ("", repeat):
        text = "model M(n) where n >= 0\ninput a: 64x64x3\ninput b: HxWx3\n" + shared.format(inside)
        model = archdsl.loads(text)
        assert [str(condition) for condition in model.conditions] == ["H >= 7", "W >= 7"]


def test_a_claim_of_two_uses_has_a_verdict_for_each() -> None:
    text = "block C(c) { CONV 8 1x1 -> [8, 8, c] }\ninput a: 8x8x3\nC 8 <- a\nC 16 <- a\n"
    verdicts = check(read(Source("x.arch", text), LIMITS), {}, LIMITS).claims
    assert [(claim.derived, claim.holds) for claim in verdicts] == [("8x8x8", True), ("8x8x8", False)]
