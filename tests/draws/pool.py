"""Pools and subsampling: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from draws.numbers import Numbers


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _maxpool(self) -> dict[str, Any]:
        values = self._pool()
        if self.draw.chance(20):
            values["dilation"] = self.along(1, 3)
        return values

    def _avgpool(self) -> dict[str, Any]:
        values = self._pool()
        if self.draw.chance(25):
            values["countpad"] = self.draw.chance(50)
        return values

    def _pool(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {"kernel": self.kernel()}
        if draw.chance(50):
            values["stride"] = self.along(0 if draw.chance(1) else 1, 4)
        if draw.chance(30):
            values["pad"] = self.along(0, 3 if self.odd(15) else 1)
        if draw.chance(40):
            values["ceil"] = draw.chance(80)
        return values

    def _subsample(self) -> dict[str, Any]:
        values: dict[str, Any] = {"kernel": self.kernel()}
        return values | ({"stride": self.along(1, 4)} if self.draw.chance(40) else {})

    def _adaptiveavgpool(self) -> dict[str, Any]:
        return {"size": self.along(0 if self.draw.chance(3) else 1, 5)}
