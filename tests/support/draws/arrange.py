"""Layers that give the same elements other axes: the values of drawn lines."""

from __future__ import annotations

import math
from typing import Any

from support.draws.numbers import Numbers
from support.guess import AXES


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def parted(self, number: int, parts: int) -> list[int]:
        """Factors of a number, so many of them."""
        found = []
        for _ in range(parts - 1):
            found.append(self.draw.pick([n for n in range(1, number + 1) if number % n == 0]))
            number //= found[-1]
        return [*found, number]

    def _reshape(self) -> dict[str, Any]:
        draw = self.draw
        sizes: list[Any] = self.parted(math.prod(self.x.sizes), draw.integer(1, 5 if self.odd(4) else 4))
        if self.odd(10):
            sizes[draw.integer(0, len(sizes) - 1)] += draw.integer(-1, 2)
        for _ in range(2 if self.odd(3) else draw.chance(35)):
            sizes[draw.integer(0, len(sizes) - 1)] = -1
        return {"sizes": sizes} | ({"last": draw.chance(80)} if draw.chance(40) else {})

    def _permute(self) -> dict[str, Any]:
        words = self.draw.shuffled(list(AXES[self.x.rank]))
        if self.odd(8):
            words[0] = self.draw.pick(("channels", "steps", "depth"))
        if self.odd(4):
            del words[-1]
        return {"order": f'"{" ".join(words)}"'}

    def _rearrange(self) -> dict[str, Any]:
        draw, sizes, before, names = self.draw, {}, [], iter("abcdefghijklmnop")
        for size in self.x.sizes:
            if size == 1 and draw.chance(50):
                before.append("1")
                continue
            parts = [(next(names), part) for part in self.parted(size, draw.pick((1, 1, 2, 2, 3)))]
            left = draw.integer(0, len(parts)) if len(parts) > 1 else 0  # the one that is left out
            sizes |= {name: part for place, (name, part) in enumerate(parts) if place != left}
            before.append(self._axis([name for name, _ in parts]))
        after = draw.shuffled([name for axis in before for name in axis if name.isalpha()])
        if self.odd(6) and after:
            after[0] = draw.pick(("z", "", f"{after[0]} {after[-1]}"))
        if self.odd(4) and sizes:
            sizes[next(iter(sizes))] = draw.integer(0, 5)
        text = f"{' '.join(before)}{'' if self.odd(1) else ' -> '}{self._joined(after)}"
        return {"pattern": f'"{text}"', **sizes}

    def _axis(self, names: list[str]) -> str:
        return names[0] if len(names) == 1 and self.draw.chance(80) else f"({' '.join(names)})"

    def _joined(self, names: list[str]) -> str:
        """The parts in axes, at most four unless it is odd, and at times a 1 among them."""
        draw, axes = self.draw, []
        while names:
            count = draw.integer(1, len(names)) if len(axes) < 3 else len(names)
            axes.append(self._axis(names[:count]))
            names = names[count:]
        for _ in range(draw.integer(1, 2) if not axes or draw.chance(20) else 0):
            axes.insert(draw.integer(0, len(axes)), "1")
        return " ".join(axes)

    def _patches(self) -> dict[str, Any]:
        draw = self.draw
        fits = tuple(draw.pick([n for n in range(1, size + 1) if size % n == 0]) for size in self.x.space)
        size: Any = self.along(0 if draw.chance(2) else 1, 4) if self.odd(12) or len(fits) < 2 else fits
        return {"size": size} | ({"last": draw.chance(80)} if draw.chance(40) else {})
