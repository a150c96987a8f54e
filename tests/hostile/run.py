"""One text of the gallery in a process of its own, under limits of time and memory: prints what it cost as JSON.

`python -m hostile.run NAME [COMMAND ...] [--count N]`, from the folder of the tests; NAME is a text of the gallery, a
listing as `listing:NAME`, or one with the files that it uses as `files:NAME`. COMMAND is `check`, where none is given.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hostile.files import FILES
from hostile.gallery import GALLERY, largest
from hostile.listings import LISTINGS

SECONDS, MEBIBYTES = 10, 512  # for up to a mebibyte of text
COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check",),
    "check-json": ("check", "--format", "json"),
    "summary": ("summary",),
    "summary-json": ("summary", "--format", "json"),
    "compile": ("compile",),
    "fmt": ("fmt", "--diff"),
    "convert": ("convert", "--notation", "listing"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=names())
    parser.add_argument("command", nargs="*", choices=[*COMMANDS, []])
    parser.add_argument("--count", type=int, help="instead of a mebibyte")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, size = written(given.name, given.count, Path(folder))
        resource.setrlimit(resource.RLIMIT_CPU, (5 * SECONDS, 5 * SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEBIBYTES * 2**20, MEBIBYTES * 2**20))
        for command in given.command or ["check"]:
            print(json.dumps({"size": size, **cost([*COMMANDS[command], str(path)])}), flush=True)


def names() -> list[str]:
    """Every text: specs, listings, and specs with the files that they use."""
    return [*GALLERY, *(f"listing:{name}" for name in LISTINGS), *(f"files:{name}" for name in FILES)]


def written(name: str, count: int | None, folder: Path) -> tuple[Path, int]:
    """A text written to a folder, with the files that it uses: its path, and the bytes of all."""
    kind, _, name = name.rpartition(":")
    if kind == "files":
        texts = _files(FILES[name], count)
    else:
        maker = LISTINGS[name] if kind else GALLERY[name]
        texts = {f"hostile.{'txt' if kind else 'arch'}": maker(count) if count else largest(maker)}
    for path, text in texts.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder / next(iter(texts)), sum(len(text.encode()) for text in texts.values())


def _files(maker: Callable[[int], dict[str, str]], count: int | None) -> dict[str, str]:
    if count:
        return maker(count)
    count = 1
    while len("".join(maker(2 * count).values())) < 2**20 and count < 2**20:
        count *= 2
    return maker(count)


def cost(arguments: list[str]) -> dict[str, object]:
    """Run a command of the program on a file; what it prints is counted and thrown away."""
    from archdsl.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    start = time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(arguments)
    return {
        "command": arguments[0],
        "seconds": round(time.process_time() - start, 2),
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "status": status,
        "printed": len(out.getvalue()),
        "complaint": err.getvalue()[:200],
    }


if __name__ == "__main__":
    main()
