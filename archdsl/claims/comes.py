"""What a line of a listing says that comes in, held against what does: `Conv2d(3, 64)`."""

from __future__ import annotations

from archdsl.sizes.shape import Shape
from archdsl.syntax import tree


def comes(said: tree.Comes, shape: Shape) -> bool:
    """Whether what a layer says that it reads is the input."""
    match said.what:
        case "channels":
            return said.sizes == (shape.channels,)
        case "elements":
            return said.sizes == (shape.elements,)
    space = shape.space or (1,) * len(said.sizes)  # a vector has one position
    return said.sizes in (shape.sizes, space) or (len(said.sizes) == 1 and set(space) == set(said.sizes))


def comes_otherwise(one: tree.Comes, shape: Shape) -> tuple[str, tuple[str, ...]]:
    """What a layer says that it reads and the input, in one unit; and the number that it should say."""
    if one.what == "window":
        return f"this layer expects {'x'.join(map(str, one.sizes))} positions, and its input is {shape}", ()
    came = shape.channels if one.what == "channels" else shape.elements
    number = f"{came:,}" if isinstance(came, int) else str(came)
    of = f" ({shape})" if shape.rank > 1 else ""
    what = "numbers" if one.what == "elements" else one.what
    return f"this layer expects {one.sizes[0]:,} {what}, and its input has {number}{of}", (str(came),) if isinstance(
        came, int
    ) else ()
