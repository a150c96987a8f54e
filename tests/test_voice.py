"""Messages, documentation and docstrings say things in the field's standard terms: phrases that must not come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [
    *ROOT.glob("docs/*.md"),
    ROOT / "CONTRIBUTING.md",
    ROOT / "README.md",
    ROOT / "benchmarks" / "README.md",
    ROOT / "specs" / "README.md",
    *ROOT.glob("specs/**/*.arch"),
    *ROOT.glob("library/*.arch"),
]
MODULES = [path for path in (ROOT / "archdsl").rglob("*.py") if path.name != "_tables.py"]
LISTINGS = ROOT / "archdsl" / "notations" / "listing"  # whose strings are words of the texts that it reads
EVERYWHERE = {
    r"\b(a|no|one) whole number": "an integer",
    r"\bparted by\b": "separated by",
    r"\bas (it|they) stands?\b(?! (in|for|behind|on))": "verbatim, unchanged",
    r"\bsizes? (that (is|are) )?left open\b": "symbolic dimensions",
    r"\bopen sizes?\b": "symbolic dimensions",
    r"\bmodules? of (an)?other packages?\b": "external modules",
    r"\bthe door is closed\b": "external modules are disabled",
    r"\bhangs? together\b": "is connected",
    r"\bfault of archdsl\b": "internal error (please report it)",
    r"\bturned? (\w+ ){0,3}round\b": "transposed, reversed",
}
SHOWN = {  # what users read; docstrings inside of the program are the business of who works on it
    r"\bstands? behind\b": "after",
    r"\b(is|are) told\b": "is reported",
    r"\btold of\b": "reported for",
    r"\bcomes? out whole\b": "is an integer",
    r"\bwhat comes (in|out)\b": "the input, the output",
    r"\bpass(ed|es)? over\b": "ignored",
    r"\bis no (class|file|layer|name|number|path|shape|tensor|text|value)\b": "is not a ...",
    r"\bwithout its partner\b": "unmatched",
    r"^usage: (?!archdsl)": "the line that would be right",
}


@cache
def strings(path: Path) -> tuple[tuple[str, bool, int], ...]:
    """The strings of a module, whether they are docstrings, and their lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef)
    heads = [node.body[0] for node in ast.walk(tree) if isinstance(node, nodes) and node.body]
    documentation = {id(head.value) for head in heads if isinstance(head, ast.Expr)}
    return tuple(
        (" ".join(node.value.split()), id(node) in documentation, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@cache
def page(path: Path) -> str:
    return " ".join(path.read_text(encoding="utf-8").split())


def shown() -> Iterator[tuple[str, str]]:
    """Texts that users read, with their places: pages, messages, and the documentation of kinds."""
    for path in PAGES:
        yield str(path.relative_to(ROOT)), page(path)
    for path in MODULES:
        kinds = "kinds" in path.parts
        for text, is_documentation, line in strings(path):
            if (kinds or not is_documentation) and (LISTINGS not in path.parents or len(text.split()) < 40):
                yield f"{path.relative_to(ROOT)}:{line}", text


def inside() -> Iterator[tuple[str, str]]:
    """Docstrings, with their places."""
    for path in MODULES:
        for text, is_documentation, line in strings(path):
            if is_documentation:
                yield f"{path.relative_to(ROOT)}:{line}", text


@pytest.mark.parametrize("phrase", [*EVERYWHERE, *SHOWN])
def test_users_read_standard_terms(phrase: str) -> None:
    wanted = {**EVERYWHERE, **SHOWN}[phrase]
    found = [
        f"{place}: {hit[0]!r}, say: {wanted}" for place, text in shown() for hit in re.finditer(phrase, text, re.I)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("phrase", EVERYWHERE)
def test_docstrings_have_standard_terms(phrase: str) -> None:
    found = [f"{place}: {hit[0]!r}" for place, text in inside() for hit in re.finditer(phrase, text, re.I)]
    assert not found, "\n".join(found)


def test_the_phrases_are_found() -> None:
    """Each pattern is one that a text can have."""
    text = "A whole number, parted by commas, as it stands; open sizes are told, and what stands behind it is no name."
    hits = [phrase for phrase in {**EVERYWHERE, **SHOWN} if re.search(phrase, text, re.I)]
    assert len(hits) == 7
