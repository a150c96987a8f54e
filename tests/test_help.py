"""What `--help` prints is held as a text, fits 80 columns, and shows calls that the command line takes."""

from __future__ import annotations

import shlex
from collections.abc import Callable

import pytest

from archdsl.cli import arguments, help, main
from archdsl.layers import REGISTRY

COMMANDS = sorted(arguments.COMMANDS)
EXAMPLES = [(command, example) for command, page in help.PAGES.items() for example in page.examples]


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main.main([*words, "--help"]) == 0
    return capsys.readouterr().out


def test_every_command_has_a_page() -> None:
    assert list(help.PAGES) == list(arguments.COMMANDS)
    assert all(page.examples for page in help.PAGES.values())


@pytest.mark.parametrize("columns", ["40", "80", "300"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_80_columns(
    command: str, columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    text = printed(capsys, *command.split())
    assert max(map(len, text.splitlines())) <= 80
    assert text.startswith(f"usage: archdsl {command}")
    assert text == "\n".join(line.rstrip() for line in text.split("\n"))


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_what_it_was(
    command: str,
    golden: Callable[[str, str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    golden(f"help_{command or 'all'}.txt", printed(capsys, *command.split()))


@pytest.mark.parametrize(("command", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_an_example_is_a_call_that_is_taken(command: str, example: str) -> None:
    call = example.split("|")[-1] if example.startswith("echo") else example.split("|")[0]
    program, *words = shlex.split(call.partition(" < ")[0])
    assert program == "archdsl"
    read = arguments.read(words)
    assert read.command == command or (command, read.command) == ("limits", "check")


@pytest.mark.parametrize("kind", ["", *sorted(REGISTRY)])
def test_what_is_said_of_a_kind_fits_80_columns(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """But for examples and words that are longer by themselves."""
    assert main.main(["layers", *kind.split()]) == 0
    lines = capsys.readouterr().out.partition("\nExamples\n")[0].splitlines()
    assert [line for line in lines if len(line) > 80 and " " in line.strip()] == []


def test_what_is_said_of_kinds_is_what_it_was(
    golden: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    for word in ("", "CONV", "ATTENTION"):
        main.main(["layers", *word.split()])
        golden(f"layers_{word or 'all'}.txt", capsys.readouterr().out)


def test_every_option_is_in_the_page_of_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """What `--help` lists is in `docs/commands.md`, too."""
    from support.pages import ROOT

    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        for word in printed(capsys, command).replace(",", " ").split():
            if word.startswith("--") and word not in ("--help", "--output"):  # the page has -o
                assert word in page, f"{command} {word}"
