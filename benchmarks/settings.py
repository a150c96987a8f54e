"""Settings of a spec with a symbolic size against those of the same spec with a number in its place."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, interleaved, medians, need, report, spec_path

RUNS = 21
NUMBER = 60  # words of a sentence


def main() -> int:
    """Measure both in one process, print the table; the result is an exit status."""
    need("lark", "archdsl")
    text = spec_path("kim_cnn").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        symbolic, number = Path(folder) / "symbolic.arch", Path(folder) / "number.arch"
        symbolic.write_text(text, encoding="utf-8")
        number.write_text(with_number(text), encoding="utf-8")
        actions = {"symbolic": lambda: check(symbolic), "number": lambda: check(number)}
        times = medians(interleaved(actions, RUNS))
    figures = [
        Figure(f"check of all settings, {NUMBER} words", 1000 * times["number"], unit="ms"),
        Figure("check of all settings, T words", 1000 * times["symbolic"], unit="ms"),
        Figure(f"T / {NUMBER}", times["symbolic"] / times["number"], "<=", 2, "x"),
    ]
    return report(f"Settings of kim_cnn.arch: medians of {RUNS} interleaved checks in one process", figures)


def with_number(text: str) -> str:
    """The spec for sentences of so many words."""
    found = text.replace("input words: T int where T >= 5", f"input words: {NUMBER} int").replace("[T,", f"[{NUMBER},")
    if found == text:
        raise RuntimeError("the spec has no size T")
    return found


def check(spec: Path) -> None:
    """Check a spec at all its settings."""
    from archdsl.cli.main import main

    with contextlib.redirect_stdout(io.StringIO()):
        if main(["check", str(spec)]):
            raise RuntimeError(f"{spec} does not hold")


if __name__ == "__main__":
    raise SystemExit(main())
