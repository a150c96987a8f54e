"""What comes into a module and out of it, as far as it is known."""

from __future__ import annotations

from archdsl.sizes.shape import Shape
from archdsl.typed import NamedTuple


class ShapeValue(NamedTuple):
    """A shape and its number of axes, as far as they are known."""

    shape: Shape | None
    rank: int | None


class Keras(NamedTuple):
    """A program of Keras; `stated` says that it states its input, so that it is whole."""

    stated: bool
