"""What a project says of itself: `[tool.archdsl]` in its `pyproject.toml`."""

from __future__ import annotations

from archdsl.limits import Limits
from archdsl.typed import Any

_KEYS = ("exclude",)


def excluded(path: str, limits: Limits) -> list[str] | None:
    """The patterns of `exclude`, None where the file has no such table; raises OSError, ValueError for a wrong one."""
    with open(path, "rb") as file:
        data = file.read(limits.file + 1)
    if b"archdsl" not in data:  # of most projects: TOML is not even loaded
        return None
    if len(data) > limits.file:
        raise ValueError(f"the file is larger than {limits.file:,} bytes")
    table = _table(data)
    if table is None:
        return None
    for key in table:
        if key not in _KEYS:
            raise ValueError(f"[tool.archdsl] has no key {key}; it has {', '.join(_KEYS)}")
    lines = table.get("exclude", [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ValueError('exclude of [tool.archdsl] must be a list of patterns: ["old", "drafts/*.arch"]')
    return lines


def _table(data: bytes) -> dict[str, Any] | None:
    """The table [tool.archdsl]; raises ValueError for what is no TOML."""
    import tomllib

    try:
        tools = tomllib.loads(data.decode("utf-8")).get("tool")
    except RecursionError:
        raise ValueError("brackets nested too deeply") from None
    table = tools.get("archdsl") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ValueError("tool.archdsl must be a table: [tool.archdsl]")
    return table
