"""Groups of channels: numbers that divide them."""

from __future__ import annotations

from archdsl.sizes.size import Expression, Size


def divisors(channels: Size, out: Size, groups: Size) -> tuple[dict[str, int], ...]:
    """Numbers of groups near the given one that divide both channel counts."""
    if isinstance(channels, Expression) or isinstance(out, Expression) or isinstance(groups, Expression):
        return ()
    near = sorted(range(1, min(channels, out, 4_096) + 1), key=lambda n: abs(n - groups))
    fits = [n for n in near if n > 1 and channels % n == 0 and out % n == 0]
    return tuple({"groups": n} for n in fits[:1])
