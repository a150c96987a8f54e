"""Whole processes: checks of one spec and of all against bare Python, and AlexNet against PyTorch's meta device."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.figures import CANNOT_RUN, ROOT, Figure, need, report, spec_path

RUNS = 21
SPECS = sorted((ROOT / "specs").rglob("*.arch"))
FURTHER = {"resnet50": "resnet50", "googlenet": "googlenet", "swin": "torchvision/swin"}
UNWANTED = {"torch", "numpy", "sympy", "rich", "typing"}
MIB = 2**20


def main() -> int:
    """Install the wheel, measure, print the table; the result is an exit status."""
    need("torch", "lark", "archdsl")
    spec_path("alexnet")
    with tempfile.TemporaryDirectory() as folder:
        binaries = install(Path(folder))
        present = unwanted_imports(binaries, ROOT / "specs" / "alexnet.arch")
        used = measure(binaries)
    title = f"Start: whole processes, CPU time, medians of {RUNS} interleaved runs"
    return report(title, table(used, len(SPECS), len(present)))


def table(used: dict[str, Used], specs: int, unwanted: int) -> list[Figure]:
    """The figures that follow from the medians."""
    times = {name: each.seconds for name, each in used.items()}
    python, check = times["python"], times["check alexnet"]
    return [
        *(Figure(name, 1000 * value, unit="ms") for name, value in times.items()),
        Figure("torch / check of alexnet", times["torch"] / check, ">=", 55, "x"),
        Figure("check of alexnet / bare Python", check / python, "<=", 5, "x"),
        *(
            Figure(f"check of {name} / bare Python", times[f"check {name}"] / python, "<=", 8.5, "x")
            for name in FURTHER
        ),
        Figure(f"check of all {specs} specs / bare Python", times["check specs"] / python, "<=", 90, "x"),
        Figure("largest memory of the check of alexnet", used["check alexnet"].bytes / MIB, "<=", 16, "MiB"),
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


def measure(binaries: Path) -> dict[str, Used]:
    """The median of what each process uses; each runs once before, unmeasured, so that its files are in memory."""
    python, archdsl = str(binaries / "python"), str(binaries / "archdsl")
    commands = {
        "python": [python, "-c", "pass"],
        "check alexnet": [archdsl, "check", "specs/alexnet.arch"],
        **{f"check {name}": [archdsl, "check", f"specs/{path}.arch"] for name, path in FURTHER.items()},
        "check specs": [archdsl, "check", "specs"],
        "torch": [sys.executable, "benchmarks/alexnet_meta.py"],
    }
    found: dict[str, list[Used]] = {name: [] for name in commands}
    for command in commands.values():
        run(command)
    for _ in range(RUNS):
        for name, command in commands.items():
            found[name].append(used_by(command))
    return {
        name: Used(median([one.seconds for one in each]), max(one.bytes for one in each))
        for name, each in found.items()
    }


class Used(NamedTuple):
    """What a process uses: CPU time of the process and of the system for it, and the most memory that it holds."""

    seconds: float
    bytes: int


def used_by(command: list[str]) -> Used:
    """Run one process in the repository, and count what it uses."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    largest = usage.ru_maxrss if sys.platform == "darwin" else 1024 * usage.ru_maxrss
    return Used(usage.ru_utime + usage.ru_stime, largest)


def unwanted_imports(binaries: Path, spec: Path) -> set[str]:
    """Which of the slow packages a check imports."""
    done = run([str(binaries / "python"), "-X", "importtime", "-m", "archdsl", "check", str(spec)])
    modules = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    if "archdsl" not in modules:
        raise RuntimeError("the list of imported modules could not be read")
    return modules & UNWANTED


def environment() -> dict[str, str]:
    """The environment without what changes how Python starts."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run one process in the repository; when it fails, show what it said and end the program."""
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("import time:")]
        print("\n".join([f"{' '.join(command)} failed:", *said]), file=sys.stderr)
        raise SystemExit(CANNOT_RUN)
    return done


if __name__ == "__main__":
    raise SystemExit(main())
