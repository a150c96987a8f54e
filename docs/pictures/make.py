"""Draw what the terminal shows as pictures for the documentation: `python docs/pictures/make.py`.

The program runs in the root of the repository as it would on a terminal, with colours; what it prints becomes an SVG.
A test compares the pictures with a fresh drawing.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from html import escape
from pathlib import Path
from unittest.mock import patch

from archdsl.cli import main as cli

HERE = Path(__file__).parent
PICTURES = {"error.svg": ["check", "docs/pictures/stem.arch"]}

CELL, LINE, MARGIN = 8.4, 20, 18  # pixels: the width of a character, the height of a line, the space around
GROUND, INK = "#161b22", "#d6dbe1"
INKS = {"31": "#ff7b72", "33": "#e3b341", "34": "#79c0ff", "36": "#56d4dd"}
FAINT = "#8b949e"
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")
_WORDS = re.compile(r"\S+(?: \S+)*")  # several spaces in a row would be drawn as one
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
    'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14">'
)


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def printed(arguments: list[str]) -> str:
    """What the program prints on a terminal."""
    screen = Screen()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
    with (
        patch.dict(os.environ, environment, clear=True),
        contextlib.chdir(HERE.parents[1]),
        contextlib.redirect_stdout(screen),
        contextlib.redirect_stderr(screen),
    ):
        cli.main(arguments)
    return screen.getvalue()


def picture(command: str, text: str) -> str:
    """Coloured text below the command that printed it, as an SVG."""
    lines = [f"\x1b[2m$\x1b[0m \x1b[1m{command}\x1b[0m", *text.rstrip("\n").split("\n")]
    columns = max(len(_ESCAPE.sub("", line)) for line in lines)
    width, height = round(columns * CELL + 2 * MARGIN), LINE * len(lines) + 2 * MARGIN
    drawn = [_HEAD.format(width=width, height=height), f'<rect width="100%" height="100%" rx="8" fill="{GROUND}"/>']
    for number, line in enumerate(lines):
        drawn += _line(line, MARGIN + LINE * number + 15)
    return "\n".join([*drawn, "</svg>", ""])


def _line(line: str, y: int) -> list[str]:
    """One line of the screen: words of one colour in their columns, whatever the font of the reader."""
    drawn, column, codes = [], 0, ""
    for place, part in enumerate(_ESCAPE.split(line)):
        if place % 2:
            codes = part
            continue
        for words in _WORDS.finditer(part):
            x, width = MARGIN + CELL * (column + words.start()), CELL * len(words.group())
            long = f'textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs"'
            drawn.append(f'<text x="{x:.1f}" y="{y}" {long}{_style(codes)}>{escape(words.group())}</text>')
        column += len(part)
    return drawn


def _style(codes: str) -> str:
    """The colour and weight that the codes of a terminal ask for."""
    found = codes.split(";")
    ink = next((INKS[code] for code in found if code in INKS), FAINT if "2" in found else INK)
    return f' fill="{ink}"' + (' font-weight="bold"' if "1" in found else "")


def drawn(name: str) -> str:
    """A picture of the list, drawn now."""
    arguments = PICTURES[name]
    return picture(" ".join(["archdsl", *arguments]), printed(arguments))


if __name__ == "__main__":
    for name in PICTURES:
        (HERE / name).write_text(drawn(name), encoding="utf-8")
        print(f"wrote {HERE / name}")
