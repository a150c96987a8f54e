"""No line of a listing that names a part of a network with a figure vanishes: it is understood, or an error at its place.

`tests/data/phrasings.tsv` has one line of a listing in each row, behind what the whole must give: the parameters, or
`error`. More are made here, from words of ten languages and the forms in which lines stand.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.reading.reading import read

ROWS = [row.split("\t") for row in (Path(__file__).parent / "data" / "phrasings.tsv").read_text("utf-8").splitlines()]
BASE = "Input: 28x28x1\nConvolution: 10 filters 3x3, pad 1\n"
FORMS = (
    *(
        "{}",
        "- {}",
        "* {}",
        "1. {}",
        "> {}",
        "# {}",
        "**{}**",
        "`{}`",
        "<li>{}</li>",
        "<p>{}</p>",
        "\\item {}",
        "({})",
        "→ {}",
    ),
    *(
        "{}.",
        "Then {}.",
        "We use {} here.",
        "| {} |",
        "{} <br/>",
        "\\textbf{{{}}}",
        "{} // as before",
        "\t{}",
        "a) {}",
        "• {}",
    ),
)
PARTS = (  # each with a figure, and no kind that listings have
    *(
        "a residual block of 64 filters",
        "8 attention heads",
        "two shortcuts",
        "a capsule layer of 16 units",
        "3 blocks",
        "12 cells",
    ),
    *(
        "Restblock mit 64 Filtern",
        "drei Zweige",
        "acht Köpfe",
        "bloc résiduel de 64 filtres",
        "huit têtes",
        "trois blocs",
    ),
    *(
        "bloque residual de 64 filtros",
        "ocho cabezas",
        "bloco residual de 64 filtros",
        "oito cabeças",
        "blocco di 64 filtri",
    ),
    *(
        "остаточный блок из 64 фильтров",
        "восемь голов",
        "잔차 블록 64개",
        "헤드 8개",
        "残差ブロック 64",
        "ヘッド8つ",
        "残差块 64",
        "三个分支",
    ),
    *(
        "hidden_units = 64",
        "n_heads=8",
        "num_layers: 6",
        "3 x ResidualBlock(64)",
        "bottleneck (1x1, 64)",
        "expansion 6, 32 channels",
    ),
)


def checked(line: str) -> Checked:
    return check(read(Source("x.txt", BASE + line), Limits(), "listing"), {}, Limits())


@pytest.mark.parametrize(("expected", "line"), ROWS, ids=[line for _, line in ROWS])
def test_a_phrasing_is_understood_or_an_error(expected: str, line: str) -> None:
    found = checked(line)
    errors = [one for one in found.diagnostics if one.severity == "error"]
    if expected == "error":
        assert errors
        assert all(one.line == 3 for one in errors)
    else:
        assert [one.message for one in errors] == []
        assert found.totals.params == int(expected)
        assert found.totals.layers != 1  # no layer of the line is missing
        assert found.prose == ()


def test_there_are_enough_of_them() -> None:
    assert len(ROWS) >= 400
    assert len({line for _, line in ROWS}) == len(ROWS)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_with_a_figure_never_vanishes(part: str) -> None:
    """In whatever form it stands: no total comes without it."""
    for form in FORMS:
        found = checked(form.format(part))
        assert found.failed, form.format(part)
        assert all(one.line == 3 for one in found.diagnostics if one.severity == "error"), form


@pytest.mark.parametrize(("form", "params"), [*product(FORMS[:13], (78_510,))], ids=[*FORMS[:13]])
def test_forms_do_not_hide_a_layer(form: str, params: int) -> None:
    assert checked(form.format("FC: 10 neurons")).totals.params == params
