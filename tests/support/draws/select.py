"""Layers that take out, part, move and sum up: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers
from support.guess import AXES


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def word(self) -> str:
        """An axis that the input has, at times another."""
        return self.draw.pick((*AXES[self.x.rank], *(("frames", "steps") if self.odd(4) else ())))

    def length(self, word: str) -> int:
        axes = AXES[self.x.rank]
        return self.x.sizes[axes.index(word)] if word in axes else 3

    def _slice(self) -> dict[str, Any]:
        words = {self.word() for _ in range(self.draw.integer(1, 2))} if not self.odd(1) else set()
        return {word: self._span(self.length(word)) for word in sorted(words)}

    def _span(self, size: int) -> Any:
        draw, beyond = self.draw, 2 if self.odd(8) else 0
        if draw.chance(35):
            return draw.integer(-size - beyond, size - 1 + beyond)
        start = draw.integer(0, size - 1)
        stop = draw.integer(start + (0 if beyond else 1), size + beyond)
        step = draw.integer(0 if beyond else 1, 3)
        start, stop = (place - size if place < size and draw.chance(25) else place for place in (start, stop))
        if draw.chance(30):
            return [start, stop, step] if draw.chance(50) else [start, stop]
        ends = ("" if start == 0 and draw.chance(50) else start), ("" if stop == size and draw.chance(80) else stop)
        return f'"{ends[0]}:{ends[1]}"' if step == 1 else f'"{ends[0]}:{ends[1]}:{step}"'

    def _split(self) -> dict[str, Any]:
        draw, word = self.draw, self.word()
        size = self.length(word)
        values: dict[str, Any] = {} if word == "channels" and draw.chance(60) else {"axis": word}
        if draw.chance(40):
            return {"sizes": draw.integer(0 if self.odd(3) else 1, size + 1), **values}
        pieces, left = [], size + (draw.integer(-1, 1) if self.odd(10) else 0)
        while left > 0 and len(pieces) < 3:
            pieces.append(draw.integer(1, left))
            left -= pieces[-1]
        return {"sizes": [*pieces, *([left] if left or not pieces else [])], **values}

    def _split_results(self, values: dict[str, Any]) -> int:
        sizes = values.get("sizes", 1)
        if isinstance(sizes, list):
            return self.draw.integer(1, len(sizes))
        size = self.length(values.get("axis", "channels"))
        return self.draw.integer(1, max(1, -(-size // sizes) if sizes else 1))

    def _chunk(self) -> dict[str, Any]:
        word = self.word()
        size = self.length(word)
        even = [n for n in range(1, min(size, 8) + 1) if size % n == 0]
        chunks = self.draw.integer(0, size + 1) if self.odd(12) else self.draw.pick(even)
        return {"chunks": chunks, **({} if word == "channels" and self.draw.chance(60) else {"axis": word})}

    def _chunk_results(self, values: dict[str, Any]) -> int:
        return self.draw.integer(1, max(1, min(values.get("chunks", 1), 8)))

    def _shift(self) -> dict[str, Any]:
        draw = self.draw
        choices = {"by": self.along(-9, 9), "channels": draw.integer(-9, 30)}
        if isinstance(choices["by"], tuple) and min(choices["by"]) < 0:
            choices["by"] = list(choices["by"])
        if self.x.rank == 1 and not self.odd(5):
            del choices["by"]
        found = {name: value for name, value in choices.items() if draw.chance(60)}
        return found if found or draw.chance(5) else choices

    def _reduce(self) -> dict[str, Any]:
        values: dict[str, Any] = {"how": self.draw.pick(("mean", "max", "min", "sum")), "axis": self.word()}
        if self.draw.chance(40):
            axes = [self.word() for _ in range(self.draw.integer(1, 3))]
            axes = axes if self.odd(10) else list(dict.fromkeys(axes))
            values["axis"] = "all" if self.odd(10) else axes
        return values | ({"keep": self.draw.chance(80)} if self.draw.chance(40) else {})
