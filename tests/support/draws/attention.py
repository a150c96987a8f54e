"""Attention: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers
from support.guess import Guess


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def heads(self, channels: int) -> int:
        """Heads that divide the channels, and sometimes any."""
        if self.odd(12):
            return self.draw.integer(0, 6)
        return self.draw.pick([n for n in range(1, channels + 1) if channels % n == 0])

    def _attention(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {"heads": self.heads(self.x.channels)}
        if draw.chance(30):
            values["dropout"] = self._dropped()
        for name in ("causal", "bias", "biaskv", "zerokv"):
            if draw.chance(30):
                values[name] = draw.chance(60)
        if draw.chance(40 if values.get("bias") is False else 4):
            values["outbias"] = draw.chance(80)
        return values

    def operands(self, kind: str, values: dict[str, Any], inputs: list[Guess]) -> dict[str, Guess]:
        """Masks of a line of attention, by the names of their attributes: of the right sizes, unless odd."""
        draw = self.draw
        if kind not in ("ATTENTION", "ATTEND") or not 1 <= len(inputs) <= 3:
            return {}
        heads = values.get("heads", 1)
        queries, keys = inputs[0].sizes[0] + self.odd(8), inputs[min(1, len(inputs) - 1)].sizes[0] + self.odd(8)
        found = {}
        if draw.chance(40):
            sizes = (queries, keys, *((heads + self.odd(8),) if type(heads) is int and heads > 0 else ()))
            sizes = sizes[: 2 + draw.chance(50)] if not self.odd(8) else sizes[:1]
            found["mask"] = Guess(sizes, "int64" if self.odd(8) else draw.pick(("bool", "float32")))
        if draw.chance(30):
            dtype = draw.pick(("int64", "float32")) if self.odd(8) else "bool"
            found["padding"] = Guess((keys,) if not self.odd(8) else (keys, 1), dtype)
        return found

    def _attend(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {"heads": self.heads(self.x.channels)} if draw.chance(80) else {}
        if draw.chance(40):
            values["kvheads"] = self.heads(max(1, values.get("heads", 1)))
        if draw.chance(30):
            values["dropout"] = self._dropped()
        if draw.chance(30):
            values["causal"] = draw.chance(80)
        if draw.chance(25):
            values["scale"] = draw.pick((1, 0.5, 0, -0.3))
        return values

    def _rotary(self) -> dict[str, Any]:
        draw = self.draw
        even = self.x.channels // 2 if self.x.channels % 2 == 0 and not self.odd(15) else self.x.channels
        values: dict[str, Any] = {"heads": self.heads(even)} if draw.chance(80) else {}
        if draw.chance(40):
            most = max(1, self.x.channels // max(1, values.get("heads", 1)))
            values["dims"] = draw.integer(0, most + 2) if self.odd(15) else 2 * draw.integer(1, max(1, most // 2))
        if draw.chance(30):
            values["base"] = draw.pick((10_000, 500_000, 2, 0.5, *((0, -1) if self.odd(20) else ())))
        if draw.chance(30):
            values["interleaved"] = draw.chance(80)
        return values

    def _windowattention(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {
            "heads": self.heads(self.x.channels),
            "window": self.along(0 if self.odd(4) else 1, 5),
        }
        if draw.chance(60):
            window = values["window"]
            each = window if isinstance(window, tuple) else (window,)
            most = max(0, min(each) - 1) if all(type(one) is int for one in each) else 1
            values["shift"] = self.along(0, most + 1 if self.odd(15) else most)
        for name in ("dropout", "outdropout"):
            if draw.chance(20):
                values[name] = self._dropped()
        for name in ("bias", "outbias"):
            if draw.chance(25):
                values[name] = draw.chance(40)
        return values

    def _dropped(self) -> Any:
        return self.draw.pick((0.5, 0, 1, 0.1, *((1.5, -0.1) if self.odd(20) else ())))

    def _attention_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """Other steps for keys and values, at times other channels, as many of both unless odd."""
        draw, x = self.draw, inputs[0]
        if len(inputs) == 1:
            return inputs
        keys = Guess((draw.integer(1, 9), x.channels if draw.chance(60) else draw.integer(1, 9)))
        values_of = Guess((keys.sizes[0] + self.odd(15), x.channels if draw.chance(60) else draw.integer(1, 9)))
        return [x, keys, values_of, *inputs[3:]][: len(inputs)]

    def _attend_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        """Keys and values that fit the heads."""
        draw, x = self.draw, inputs[0]
        heads = values.get("heads", 1) or 1
        shared = values.get("kvheads", heads) or 1
        if len(inputs) == 1 or type(heads) is not int:
            return inputs
        keys = Guess((draw.integer(1, 9), max(1, x.channels * shared // heads)))
        values_of = Guess((keys.sizes[0] + self.odd(15), shared * draw.integer(1, 4) + self.odd(8)))
        return [x, keys, values_of, *inputs[3:]][: len(inputs)]
