"""Source of the few modules that PyTorch does not have, by family; a compiled file holds those that it needs."""


def of_axes(source: str, axes: int) -> str:
    """A source for so many axes beside the channels: `{n}` of them, with `{ones}` and their `{sizes}` in brackets."""
    sizes = ", ".join(f"x.shape[{2 + axis}]" for axis in range(axes))
    return source.replace("{n}", str(axes)).replace("{ones}", ", ".join("1" * axes)).replace("{sizes}", sizes)
