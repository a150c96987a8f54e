"""Whole processes: a check of AlexNet against bare Python and against PyTorch's meta device, and each further spec."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import CANNOT_RUN, ROOT, Figure, interleaved, medians, need, report, spec_path

RUNS = 20
PAPERS = sorted((ROOT / "specs").glob("*.arch"))  # one network each; those below have up to fifteen sizes
UNWANTED = {"torch", "numpy", "sympy", "rich"}


def main() -> int:
    """Install the wheel, measure, print the table; the result is an exit status."""
    need("torch", "lark", "archdsl")
    spec_path("alexnet")
    present = unwanted_imports(ROOT / "specs" / "alexnet.arch")
    with tempfile.TemporaryDirectory() as folder:
        binaries = install(Path(folder))
        medians_of = measure(binaries)
    return report(
        f"Start: whole processes, medians of {RUNS} interleaved runs", table(medians_of, len(PAPERS), len(present))
    )


def table(times: dict[str, float], specs: int, unwanted: int) -> list[Figure]:
    """The figures that follow from the medians."""
    further = (times["check specs"] - times["check"]) / max(specs - 1, 1)
    rows = [Figure(name, 1000 * value, unit="ms") for name, value in times.items()]
    return [
        *rows,
        Figure("torch / check", times["torch"] / times["check"], ">=", 25, "x"),
        Figure("check / bare Python", times["check"] / times["python"], "<=", 9, "x"),
        Figure(f"each of {specs - 1} further specs / the first", further / times["check"], "<=", 0.1, "x"),
        Figure(f"imported of {', '.join(sorted(UNWANTED))}", unwanted, "==", 0),
    ]


def install(folder: Path) -> Path:
    """Build the wheel, install it with lark into a fresh environment, compile its bytecode; where its programs are."""
    build = ["wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    if importlib.util.find_spec("hatchling"):
        build.insert(2, "--no-build-isolation")
    run([sys.executable, "-m", "pip", *build])
    (wheel,) = folder.glob("archdsl-*.whl")
    run([sys.executable, "-m", "venv", str(folder / "venv")])
    binaries = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run([str(binaries / "python"), "-m", "pip", "install", str(wheel)])
    run([str(binaries / "python"), "-m", "compileall", "-q", str(folder / "venv")])
    return binaries


def measure(binaries: Path) -> dict[str, float]:
    """The median time of each process; each runs once before, unmeasured, so that its files are in memory."""
    python, archdsl = str(binaries / "python"), str(binaries / "archdsl")
    commands = {
        "python": [python, "-c", "pass"],
        "check": [archdsl, "check", "specs/alexnet.arch"],
        "check specs": [archdsl, "check", *(str(path.relative_to(ROOT)) for path in PAPERS)],
        "torch": [sys.executable, "benchmarks/alexnet_meta.py"],
    }
    for command in commands.values():
        run(command)
    actions = {name: lambda command=command: run(command) for name, command in commands.items()}
    return medians(interleaved(actions, RUNS))


def unwanted_imports(spec: Path) -> set[str]:
    """Which of the slow packages a check imports, in this environment, which has at least torch."""
    done = run([sys.executable, "-X", "importtime", "-m", "archdsl", "check", str(spec)])
    modules = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    if "archdsl" not in modules:
        raise RuntimeError("the list of imported modules could not be read")
    return modules & UNWANTED


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run one process in the repository; when it fails, show what it said and end the program."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("import time:")]
        print("\n".join([f"{' '.join(command)} failed:", *said]), file=sys.stderr)
        raise SystemExit(CANNOT_RUN)
    return done


if __name__ == "__main__":
    raise SystemExit(main())
