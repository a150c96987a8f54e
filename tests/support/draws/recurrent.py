"""Recurrent layers: the values of drawn lines."""

from __future__ import annotations

from typing import Any

from support.draws.numbers import Numbers
from support.guess import Guess


class Draws(Numbers):
    """The values of a line, by the names of its attributes."""

    def _gru(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {"hidden": 0 if self.odd(2) else self.size()}
        if draw.chance(40):
            values["layers"] = draw.integer(0 if self.odd(10) else 1, 3)
        if draw.chance(25):
            values["dropout"] = draw.pick((0.5, 0, 1, 0.1, *((1.5, -0.1) if self.odd(20) else ())))
        for name in ("bidirectional", "last", "bias"):
            if draw.chance(35):
                values[name] = draw.chance(60)
        return values

    def _rnn(self) -> dict[str, Any]:
        values = self._gru()
        if self.draw.chance(40):
            values["nonlinearity"] = self.draw.pick(("tanh", "relu", *(("sigmoid",) if self.odd(10) else ())))
        return values

    def _lstm(self) -> dict[str, Any]:
        values = self._gru()
        if self.draw.chance(35):
            values["proj"] = self.draw.integer(-1 if self.odd(10) else 0, 8 if self.odd(20) else 3)
        return values

    def _gru_results(self, values: dict[str, Any]) -> int:
        return 2

    def _lstm_results(self, values: dict[str, Any]) -> int:
        return 3

    def _gru_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        return self._with_states(values, inputs, 1)

    def _lstm_inputs(self, values: dict[str, Any], inputs: list[Guess]) -> list[Guess]:
        return self._with_states(values, inputs, 2 if len(inputs) < 3 and not self.odd(10) else len(inputs) - 1)

    _rnn_results, _rnn_inputs = _gru_results, _gru_inputs

    def _with_states(self, values: dict[str, Any], inputs: list[Guess], count: int) -> list[Guess]:
        """States that fit, one row too many at times."""
        if len(inputs) == 1:
            return inputs
        rows = values.get("layers", 1) * (1 + bool(values.get("bidirectional"))) + self.odd(8)
        hidden = values["hidden"] if type(values["hidden"]) is int else 4
        sizes = [max(1, values.get("proj") or hidden), max(1, hidden)]
        return [inputs[0], *(Guess((max(1, rows), size)) for size in sizes[:count])]
