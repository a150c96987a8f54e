"""What all tests share: goldens, the texts that the program must print, and the flag that writes them anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import daily

GOLDENS = Path(__file__).parent / "goldens"


def pytest_configure(config: pytest.Config) -> None:
    """One day for all processes of a run, also past midnight."""
    os.environ.setdefault(daily.VARIABLE, str(daily.today()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What repeats the tests that differ from day to day; printed also with `-q`."""
    day = daily.day()
    terminalreporter.write_line(f"seed of the day: {day} ({daily.VARIABLE}={day} repeats it)")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write tests/goldens anew from what is printed now")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden of a name."""

    def compare(name: str, text: str) -> None:
        path = GOLDENS / name
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no golden {name}; pytest --update-goldens writes it"
        assert text == path.read_text(encoding="utf-8")

    return compare
