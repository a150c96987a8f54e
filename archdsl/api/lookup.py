"""Layers by their paths, with the nearest path if there is none."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property
from itertools import islice

from archdsl.checker.checked import Checked
from archdsl.diagnostics import ArchError
from archdsl.reports.rows import Row, leaves

_FEW = 3  # layers of a container that a message names
_COMPARED = 5_000  # paths, with one that is none of them


class Paths:
    """The layers of a network by their paths, equal copies of a repeat each by its own."""

    def __init__(self, checked: Checked, layers: list[Row], most: int) -> None:
        self._checked, self._most = checked, most
        self._layers = {row.path: row for row in layers}
        self._folded = any(row.count != 1 for row in layers)

    def __contains__(self, path: object) -> bool:
        return path in self._layers or path in self._copies

    def layer(self, path: object) -> Row:
        """The layer of a path. Raises KeyError with the nearest path, TypeError if it is not a string."""
        if not isinstance(path, str):
            raise TypeError(
                f"a layer is looked up by its path, a str, not {type(path).__name__}; model.layers lists all layers"
            )
        found = (None if self._folded else self._layers.get(path)) or self._copies.get(path) or self._layers.get(path)
        if found is None:
            raise KeyError(f"no layer {path[:80]!r}{self._nearest(path[:200])}")
        return found

    @cached_property
    def _copies(self) -> dict[str, Row]:
        """Every layer, equal copies one by one; empty where there are too many, or none is a copy."""
        try:
            return {row.path: row for row in leaves(self._checked, self._most, unroll=True)} if self._folded else {}
        except ArchError:
            return {}

    def _nearest(self, path: str) -> str:
        """What is at a path that is none of a layer, or is called nearly so."""
        layers = self._copies or self._layers
        inside = [other for other in layers if other.startswith(f"{path}.")]
        if inside:
            more = f" and {len(inside) - _FEW:,} more" if len(inside) > _FEW else ""
            return f": it is a group that contains {', '.join(inside[:_FEW])}{more}"
        last = [other for other in layers if other.endswith(f".{path}")]
        close = last[:1] or get_close_matches(path, islice(layers, _COMPARED), 1)
        return f"; did you mean {close[0]!r}?" if close else f"; model.layers lists all {len(layers):,} layers"
