"""Texts of the gallery, each in a process of its own under limits of time and memory: prints what each cost as JSON.

`python -m support.hostile.run NAME ... [--command COMMAND ...] [--count N | --part N]`, from the folder of the tests; NAME is a
text of the gallery, a listing as `listing:NAME`, or one with the files that it uses as `files:NAME`. A text has a
mebibyte, with `--part 10` a tenth of it, for which it has a tenth of the visits and of the time.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from support.hostile.files import FILES
from support.hostile.gallery import GALLERY, largest
from support.hostile.listings import LISTINGS

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
_FEW = 3  # a count with which a text is tried first, so that what is loaded late is loaded


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="+", choices=names(), metavar="NAME")
    parser.add_argument("--command", nargs="+", choices=COMMANDS, default=["check"])
    parser.add_argument("--count", type=int, help="instead of a mebibyte")
    parser.add_argument("--part", type=int, default=1, help="of a mebibyte, of the visits and of the time")
    given = parser.parse_args()
    return max(_apart(name, command, given.count, given.part) for name in given.names for command in given.command)


def _apart(name: str, command: str, count: int | None, part: int) -> int:
    """One text and one command in a process of its own; 0, or 1 where it was ended."""
    with tempfile.TemporaryDirectory() as folder:
        path, _ = written(name, _FEW, 1, Path(folder))
        cost([*COMMANDS[command], str(path)])
        path, size = written(name, count, part, Path(folder))
        sys.stdout.flush()
        child = os.fork()
        if not child:
            resource.setrlimit(resource.RLIMIT_CPU, (5 * SECONDS, 5 * SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (MEBIBYTES * 2**20, MEBIBYTES * 2**20))
            found = cost([*COMMANDS[command], str(path), *bounds(command, part)])
            print(json.dumps({"name": name, "size": size, **found}), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"name": name, "size": size, "command": command, "ended": status}), flush=True)
    return int(status != 0)


def bounds(command: str, part: int) -> list[str]:
    """The limit on visits for a part of a mebibyte."""
    from archdsl.limits import Limits

    return [] if part == 1 or command == "fmt" else ["--limit", f"visits={Limits().visits // part}"]


def names() -> list[str]:
    """Every text: specs, listings, and specs with the files that they use."""
    return [*GALLERY, *(f"listing:{name}" for name in LISTINGS), *(f"files:{name}" for name in FILES)]


def written(name: str, count: int | None, part: int, folder: Path) -> tuple[Path, int]:
    """A text written to a folder, with the files that it uses: its path, and the bytes of all."""
    kind, _, name = name.rpartition(":")
    if kind == "files":
        texts = _files(FILES[name], count, 2**20 // part)
    else:
        maker = LISTINGS[name] if kind else GALLERY[name]
        texts = {f"hostile.{'txt' if kind else 'arch'}": maker(count) if count else largest(maker, 2**20 // part)}
    for path, text in texts.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder / next(iter(texts)), sum(len(text.encode()) for text in texts.values())


def _files(maker: Callable[[int], dict[str, str]], count: int | None, size: int) -> dict[str, str]:
    if count:
        return maker(count)
    count = 1
    while len("".join(maker(2 * count).values())) < size and count < size:
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
    raise SystemExit(main())
