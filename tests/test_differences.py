"""What the language refuses though PyTorch runs it stands in docs/language.md, and nothing else is refused."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch")

from support.drawn import Network, text
from support.judge import judge
from support.probes import probes
from support.runs.tensors import DELIBERATE

import archdsl

PAGE = Path(__file__).parents[1] / "docs" / "language.md"


def differing(networks: Iterable[Network]) -> Iterator[tuple[str, bool, bool, str]]:
    """Each text, whether it is accepted here and whether PyTorch runs it, and what is said of that."""
    for network in networks:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            verdict = judge(network)
        ours = ""
        try:
            archdsl.loads(text(network))
        except archdsl.ArchError as refusal:
            ours = str(refusal)
        yield text(network), not ours, verdict.accepted, ours or verdict.reason


def test_every_value_is_accepted_if_and_only_if_pytorch_takes_it() -> None:
    counted: Counter[str] = Counter()
    for line, ours, theirs, why in differing(probes(every_rank=False)):
        assert ours == theirs, f"{line}{'accepted, and PyTorch: ' if ours else 'PyTorch runs it, and here '}{why}"
        counted["accepted" if ours else "refused"] += 1
    assert counted["accepted"] > 1_000 and counted["refused"] > 1_000


def rows(section: str) -> set[str]:
    """The rows of the tables of a section, their cells joined by a colon."""
    body = PAGE.read_text(encoding="utf-8").partition(f"## {section}\n")[2].partition("\n# ")[0]
    return {
        ": ".join(cell.strip() for cell in row.strip("|").split(" | ")) for row in re.findall(r"^\|.*\|$", body, re.M)
    }


def test_every_deliberate_difference_is_documented() -> None:
    documented = rows("Where the language differs from PyTorch")
    assert not set(DELIBERATE.values()) - documented
    assert len(documented) > len(DELIBERATE)


def test_every_deliberate_difference_is_held() -> None:
    """Each is used by the second translation; what nothing refuses is no difference."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("*.py"))
    used = set(re.findall(r'DELIBERATE\["(\w+)"(?: if [^\]]* else "(\w+)")?\]', source))
    assert {name for pair in used for name in pair if name} | {"closed"} == set(DELIBERATE)
