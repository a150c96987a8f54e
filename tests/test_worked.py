"""Figures that know how they were reckoned: the text of each, as arithmetic, gives the figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from test_layers import EXAMPLES, named, spec

import archdsl
from archdsl.analysis.cost import TOTALS, Costs, worked
from archdsl.checker.check import check, settings
from archdsl.files.texts import read_file
from archdsl.layers.window import Window
from archdsl.layers.worked import NOTHING, Factor, Worked
from archdsl.limits import Limits
from archdsl.network.nodes import Leaf, Merge, Network, executed, postorder
from archdsl.reading.reading import read
from archdsl.sizes.size import Size, symbols, valued

SPECS = Path(__file__).parents[1] / "specs"


def networks(path: Path) -> Iterator[Network]:
    """A spec at every setting that its `cases` lists."""
    source, _ = read_file(path, Limits())
    reading = read(source, Limits())
    for setting in settings(reading, {}):
        network = check(reading, setting, Limits()).network
        assert network is not None
        yield network


def layers(network: Network) -> list[Leaf | Merge]:
    return [node for node in postorder(network.body, executed) if isinstance(node, (Leaf, Merge))]


def computed(text: str, **numbers: int) -> int:
    """What Python computes from the text of a figure, its words left out; symbols have numbers."""
    names = "|".join(numbers) or "(?!)"
    plain = re.sub(rf"\b(?!(?:{names})\b)[A-Za-z_][\w.]*", "", text)
    return int(eval(plain, {}, numbers))


def counted(node: Leaf | Merge, unit: str) -> Size:
    """A count of a layer, or of a merge without its branches, by the costs."""
    return Costs().of(node._replace(branches=()) if isinstance(node, Merge) else node)[unit]


@pytest.mark.parametrize("path", sorted(SPECS.rglob("*.arch")), ids=lambda path: str(path.relative_to(SPECS)))
def test_every_count_of_every_layer_of_a_spec_has_arithmetic(path: Path) -> None:
    seen = 0
    for network in networks(path):
        for node in layers(network):
            for unit in TOTALS:
                found, count = worked(node, unit), counted(node, unit)
                numbers = dict.fromkeys(symbols(found.figure), 240)
                assert computed(found.text(), **numbers) == valued(count, numbers), (node.op.name, unit)
                assert valued(found.figure, numbers) == valued(count, numbers)
                if found.figure and unit != "units":
                    assert re.search("[a-z*]", found.text()), (node.op.name, unit, found.text())
                    seen += 1
    assert seen


@named(EXAMPLES)
def test_every_count_of_an_example_is_what_its_text_gives(kind: object, example: archdsl.Model) -> None:
    for node in layers(archdsl.loads(spec(example.text)).network):
        for unit in TOTALS:
            found = worked(node, unit)
            assert computed(found.text()) == found.figure == counted(node, unit), (unit, found.text())


def sizes_derived(text: str) -> Iterator[tuple[str, int]]:
    """The formulas of a derivation of a shape, each as Python has it, with the number that it says."""
    for part in re.split("; ", text):
        formula, equals, said = part.rpartition(" = ")
        if equals and said.isdigit() and "shape of" not in part:
            formula = formula.rpartition(": ")[2]
            if formula in ("hidden", "proj"):  # a value of the line, and no formula
                continue
            less = ", without the one that starts after the input," in formula
            formula = formula.replace(", without the one that starts after the input,", "")
            formula = re.sub(r"\((.*)\)/(\d+) rounded up", r"-(-(\1)//\2)", formula)
            formula = re.sub(r"(.*) rounded down", r"int(\1)", formula)
            yield f"{formula} - {int(less)}", int(said)


@pytest.mark.parametrize("path", sorted(SPECS.rglob("*.arch")), ids=lambda path: str(path.relative_to(SPECS)))
def test_the_formula_of_a_size_gives_the_size(path: Path) -> None:
    for network in networks(path):
        for node in layers(network):
            for formula, said in sizes_derived(node.op.derivation(*node.inputs)):
                assert eval(formula) == said
                assert said in node.outputs[0].sizes or node.op.name in ("UNFOLD", "FOLD")


@named(EXAMPLES)
def test_the_formula_of_a_size_of_an_example_gives_the_size(kind: object, example: archdsl.Model) -> None:
    for node in layers(archdsl.loads(spec(example.text)).network):
        for formula, said in sizes_derived(node.op.derivation(*node.inputs)):
            assert eval(formula) == said, formula


@given(
    st.builds(
        Window,
        kernel=st.integers(1, 9),
        stride=st.integers(1, 9),
        before=st.integers(0, 9),
        after=st.integers(0, 9),
        dilation=st.integers(1, 4),
        ceil=st.booleans(),
    ),
    st.integers(1, 300),
)
def test_a_window_counts_what_its_formula_says(window: Window, size: int) -> None:
    if window.ceil:  # only pools have it, and padding that PyTorch bounds
        window = window._replace(
            before=min(window.before, window.kernel // 2), after=min(window.after, window.kernel // 2)
        )
    assume(size + window.before + window.after >= window.extent)
    ((formula, said),) = sizes_derived(window.formula(size))
    assert eval(formula) == said == window.positions(size)


def test_symbolic_sizes_stand_in_brackets() -> None:
    model = archdsl.loads("input HxWx3\nCONV 8 3x3")
    (node,) = layers(model.network)
    text = worked(node, "macs").text()
    assert text == "(H - 2)*(W - 2) positions * weight 8*3*3*3"
    numbers = {"H": 20, "W": 11}
    assert computed(text, **numbers) == valued(worked(node, "macs").figure, numbers)


def test_a_figure_of_nothing_is_0_and_a_factor_without_sizes_is_left_out() -> None:
    assert (NOTHING.figure, NOTHING.text()) == (0, "0")
    assert str(Worked((Factor((), "positions"), Factor((3, 4), "weight", True)))) == "weight 3*4"
    assert str(Worked((Factor((), "scale", True),)) + Worked((Factor((), "units"),))) == "scale 1 + 1"


def test_a_long_sum_says_how_many_more_there_are() -> None:
    assert Worked(*((Factor((number,)),) for number in range(1, 6))).text(2) == "1 + 2 + 3 more"


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (
            "input 9x8\nATTEND 2 -> 3 macs",
            "9 queries * 9 keys * 8 channels + 9 queries * 9 keys * 8 channels of values",
        ),
        ("input 37x300\nGRU 128 -> 3 macs", "37 steps * weight_ih_l0 384*300 + 37 steps * weight_hh_l0 384*128"),
        ("input 4x4x6\nUPCONV 3 2x2 s2 -> 3 macs", "4*4 positions of the input * weight 6*3*2*2"),
        ("input 8x8x3\nCONV 3 3x3 p1 x4 -> 3 macs", "4 * (8*8 positions * weight 3*3*3*3)"),
        ("input 8x8x6\nSUBSAMPLE 2x2 -> 3 connections", "4*4*6 units * 2*2 elements + 4*4*6 biases"),
        ("input a: 5x4\ninput b: 4x3\nMATMUL <- a, b -> 3 macs", "5*3 elements * 4 channels"),
        ("input 8\nRBF 10 -> 3 connections", "prototypes 10*8"),
        ("input 8x8x3\nDWCONV 3x3 p1 m2 -> 3 flops", "2 * 8*8 positions * weight 6*1*3*3"),
    ],
)
def test_a_claim_that_fails_shows_the_arithmetic(text: str, because: str) -> None:
    (found,) = archdsl.check(text).diagnostics
    assert found.label == because


def test_what_is_frozen_has_no_trainable_params() -> None:
    network = archdsl.loads("input 8\na: FC 4\nfreeze a").network
    (node,) = layers(network)
    assert (worked(node, "trainable").figure, worked(node, "params").figure) == (0, 36)
