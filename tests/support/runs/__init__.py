"""Each kind in PyTorch, a file for each family, with none of the package's rules.

`Runs` has a function `kind(judge, path, x, ...)` for each kind, found by its name in small letters.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

_FILES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
FAMILIES = [module for stem in _FILES if hasattr(module := import_module(f"support.runs.{stem}"), "Runs")]
