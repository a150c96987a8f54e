"""Where grammars, schemas, specs and the shipped library are: beside the package in a wheel, above it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOT = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent
GRAMMARS = _ROOT / "grammars"
SPECS = _ROOT / "specs"
LIBRARY = _ROOT / "library"
SCHEMAS = _ROOT / "schemas"
