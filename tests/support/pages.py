"""The pages of the documentation as the tests read them: fenced blocks, and what a command of a block prints.

`pytest tests/test_docs.py --update-goldens` writes what is printed now into the pages. Where a block leaves lines out
with `...`, as many lines stay at its beginning and its end as there were.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_OUT = re.compile(r"^\.\.\.\n", re.MULTILINE)  # a line that stands for any lines


class Block(NamedTuple):
    """A fenced block of a page: where it begins, its language, what is said behind it, and its text."""

    page: Path
    line: int
    language: str
    options: dict[str, str]
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


@cache
def blocks_of(page: Path) -> list[Block]:
    """Every block of a page, in its order."""
    found = []
    text = page.read_text(encoding="utf-8")
    for fence in FENCE.finditer(text):
        line = text.count("\n", 0, fence.start()) + 1
        options = dict(word.partition("=")[::2] for word in fence[2].split())
        found.append(Block(page, line, fence[1], options, fence[3]))
    return found


@cache
def blocks(language: str) -> list[Block]:
    """Every block of a language on all pages."""
    return [block for page in PAGES for block in blocks_of(page) if block.language == language]


def each(language: str, option: str | None = None) -> pytest.MarkDecorator:
    """Run a test for every block of a language, or for those with an option."""
    chosen = [block for block in blocks(language) if option is None or option in block.options]
    return pytest.mark.parametrize("block", chosen, ids=str)


def commands(text: str) -> list[tuple[str, str]]:
    """The commands of a block with what follows each."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].strip(), ""))
        else:
            found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def is_shown(shown: str, printed: str) -> bool:
    """Whether a text is what a page shows of it; a line `...` stands for any lines."""
    return re.fullmatch(r"(?:.*\n)*".join(map(re.escape, LEFT_OUT.split(shown))), printed) is not None


def shortened(shown: str, printed: str) -> str:
    """What a page shows of a text that is printed now, with as many lines at both ends as it showed before."""
    parts = LEFT_OUT.split(shown)
    if is_shown(shown, printed):
        return shown
    lines = printed.splitlines(keepends=True)
    first, last = parts[0].count("\n"), parts[-1].count("\n")
    if len(parts) != 2 or first + last >= len(lines):
        return printed
    return "".join([*lines[:first], "...\n", *lines[len(lines) - last :]])


def rewrite(block: Block, text: str) -> None:
    """Put another text into a block of its page."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        raise pytest.UsageError("pages are written one at a time: run --update-goldens without -n")
    page = block.page.read_text(encoding="utf-8")
    for fence in _alike(page, block):
        page = page[: fence.start(3)] + text + page[fence.end(3) :]
        break
    block.page.write_text(page, encoding="utf-8")


def _alike(page: str, block: Block) -> Iterator[re.Match[str]]:
    """The fences of a page with the text of a block, the nearest to its place first: earlier blocks may have grown."""
    found = [fence for fence in FENCE.finditer(page) if (fence[1], fence[3]) == (block.language, block.text)]
    yield from sorted(found, key=lambda fence: abs(page.count("\n", 0, fence.start()) + 1 - block.line))
