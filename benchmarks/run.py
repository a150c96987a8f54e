"""Run the benchmarks and print their tables: `python benchmarks/run.py [NAME ...]`, all of them where none is named."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = {
    "start": "a check as a whole process, against bare Python and PyTorch",
    "lines": "100,000 lines, against the same layers on the meta device",
    "settings": "settings with a symbolic size against those with a number",
    "repeats": "a thousand million repeated layers against eight",
    "forward": "the compiled ResNet-50 against the hand-written one",
    "formulas": "a million settings of a network by its formula",
    "length": "lines of the generated source against hand-written files",
}


def main() -> int:
    """Run each benchmark in a process of its own; 0 when every figure is reached, else the worst exit status."""
    statuses = []
    for name in arguments():
        print(f"\n== {name}: {BENCHMARKS[name]}", flush=True)
        statuses.append(subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode)
    return max(statuses, key=abs)  # a process that a signal ended has a negative status


def arguments() -> list[str]:
    """The names of the benchmarks to run."""
    listed = "\n".join(f"  {name:9} {meaning}" for name, meaning in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"benchmarks:\n{listed}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to run (default: everything)")
    names: list[str] = parser.parse_args().names
    for name in names:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark is called {name!r}; there are {', '.join(BENCHMARKS)}")
    return names or list(BENCHMARKS)


if __name__ == "__main__":
    raise SystemExit(main())
