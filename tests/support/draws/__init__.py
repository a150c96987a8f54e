"""How lines of each kind are drawn, a file for each family: `Draws` has a method `_kind` for each kind with values."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

_FILES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
FAMILIES = [module for stem in _FILES if hasattr(module := import_module(f"support.draws.{stem}"), "Draws")]
