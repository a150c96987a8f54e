"""What a drawn line of each kind may say: its values over their whole range and a little beyond, and how they are spelled."""

from __future__ import annotations

from typing import Any

from drawn import Argument, Expr
from guess import AXES, Guess

# values without a name in their order; letters; switches
POSITIONAL: dict[str, tuple[str, ...]] = {
    "CONV": ("out", "kernel"),
    **dict.fromkeys(("MAXPOOL", "AVGPOOL", "SUBSAMPLE"), ("kernel",)),
    **dict.fromkeys(("FC", "LINEAR", "RBF"), ("out",)),
    "EMBED": ("vocab", "dim"),
    "ADAPTIVEAVGPOOL": ("size",),
    "DROPOUT": ("p",),
    "LRN": ("size",),
    "PAD": ("space",),
}
LETTERS = {"kernel": "k", "stride": "s", "pad": "p", "dilation": "d", "groups": "g"}
SWITCHES = ("bias", "ceil", "countpad", "affine", "stats", "last", "broadcast")
SAFE = ("RELU", "ID", "TANH", "SIGMOID", "BN", "DROPOUT")
KINDS = {
    1: ("FC", "FC", "LINEAR", "BN", "RBF", "FLATTEN", "PAD", "SOFTMAX", *SAFE),
    2: ("CONV", "CONV", "CONV", "LINEAR", "MAXPOOL", "AVGPOOL", "BN", "LRN", "SOFTMAX", "GLOBALMAXPOOL", "PAD", "FLATTEN",
        "ADAPTIVEAVGPOOL", "SUBSAMPLE", "FC", "GLOBALAVGPOOL", *SAFE),
}  # fmt: skip
KINDS[3] = KINDS[4] = (*KINDS[2], "CONV", "CONV", "MAXPOOL", "AVGPOOL")
ALL = tuple(sorted(set(KINDS[1] + KINDS[2] + ("EMBED",))))


class Attributes:
    """Draws the values of one line. `draw` gives random numbers, `env` the names in sight; `wild` more that do not fit."""

    def __init__(self, draw: Any, env: dict[str, Any], x: Guess, wild: bool = False) -> None:
        self.draw, self.env, self.x, self.wild = draw, env, x, wild

    def odd(self, percent: int) -> bool:
        """Whether to take what may not fit."""
        return self.draw.chance(3 * percent if self.wild else percent)

    def arguments(self, kind: str) -> tuple[Argument, ...]:
        """A line of a kind."""
        rule = getattr(self, f"_{kind.lower()}", None)
        return self.spelled(kind, rule() if rule else {})

    def spelled(self, kind: str, values: dict[str, Any]) -> tuple[Argument, ...]:
        """Values as a line writes them: those without a name first, the others in any order."""
        plain, rest = [], []
        positional = POSITIONAL.get(kind, ())
        for position, name in enumerate(positional):
            if name not in values or len(plain) < position or self.draw.chance(15):
                break
            plain.append(Argument(name, values[name], "plain"))
        for name, value in values.items():
            if all(name != one.name for one in plain):
                rest.append(self._spelled(name, value))
        return (*plain, *self.draw.shuffled(rest))

    def _spelled(self, name: str, value: Any) -> Argument:
        letter = LETTERS.get(name, "")
        numbers = value if isinstance(value, tuple) else (value,)
        if letter and all(type(number) is int and number >= 0 for number in numbers) and self.draw.chance(60):
            return Argument(name, value, "short", letter)
        if letter and self.draw.chance(30):
            return Argument(name, value, "letter", letter)
        if name in SWITCHES and isinstance(value, bool) and self.draw.chance(70):
            return Argument(name, value, "switch")
        return Argument(name, value)

    # ---- numbers

    def size(self, most: int = 8) -> Any:
        """A number of channels: a literal, or an expression of what is in sight."""
        draw = self.draw
        if self.env and draw.chance(60):
            found = [expr for expr in self.expressions() if self._value(expr) in range(1, 17)]
            if found:
                return draw.pick(found)
        return draw.integer(1, most)

    def expressions(self) -> list[Expr]:
        """Expressions of what is in sight."""
        names = [name for name, value in self.env.items() if type(value) is int]
        switches = [name for name, value in self.env.items() if value is True or value is False]
        found = [Expr(name) for name in names] + [Expr(f"2 * {name}") for name in names]
        found += [Expr(f"{name} + 1") for name in names] + [Expr(f"IN + {name}") for name in names]
        found += [Expr("IN"), Expr("2*IN"), Expr("IN // 2"), Expr("IN - 1"), Expr("IN / 2"), Expr("IN % 3 + 1")]
        return found + [Expr(f"{2 * number} if {name} else {number}") for number, name in enumerate(switches, 2)]

    def _value(self, expr: Expr) -> Any:
        try:
            found = eval(expr.python, {"__builtins__": {}}, {**self.env, "IN": self.x.channels})
        except (NameError, TypeError, ZeroDivisionError):
            return None
        return int(found) if isinstance(found, float) and found.is_integer() else found

    def along(self, least: int, most: int) -> Any:
        """A number for all axes, or one for each, sometimes one too many; sometimes just beyond what fits."""
        draw, axes = self.draw, len(self.x.space)
        names = [Expr(name) for name, value in self.env.items() if type(value) is int and least <= value <= most]
        if names and draw.chance(25):
            return draw.pick(names)
        if axes > 0 and draw.chance(35):
            count = axes + (1 if self.odd(3) else 0)
            return tuple(draw.integer(least, most) for _ in range(max(count, 2))) if axes > 1 or count > 1 else most
        return draw.integer(least, most)

    def room(self) -> int:
        return max(1, min(self.x.space, default=1))

    def kernel(self) -> Any:
        most = self.room() + (2 if self.odd(12) else 0)
        return self.along(0 if self.draw.chance(1) else 1, min(5, most) if self.draw.chance(70) else min(8, most))

    # ---- kinds

    def _conv(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {"out": 0 if draw.chance(1) else self.size(), "kernel": self.kernel()}
        if draw.chance(30):
            values["stride"] = self.along(0 if draw.chance(2) else 1, 4)
        if draw.chance(50):
            values["pad"] = draw.pick(("same", "same", "valid", 1, 1, self.along(0, 4)))
        if draw.chance(20):
            values["dilation"] = self.along(0 if draw.chance(2) else 1, 3)
        if draw.chance(25):
            values |= self._groups(values["out"])
        elif draw.chance(12):
            values |= self._table()
        if draw.chance(30):
            values["bias"] = draw.pick((False, False, True, "position")) if "table" not in values else draw.chance(50)
        if draw.chance(20) and "table" not in values:
            values["mode"] = draw.pick(("zeros", "reflect", "replicate", "circular"))
        return values

    def _groups(self, out: Any) -> dict[str, Any]:
        """Groups that divide both, and sometimes any; the outputs follow where they can."""
        draw, channels = self.draw, self.x.channels
        if self.odd(12):
            return {"groups": draw.integer(0, 4)}
        if draw.chance(30):
            return {"groups": Expr("IN"), "out": draw.pick((channels, 2 * channels, Expr("IN"), Expr("2*IN")))}
        groups = draw.pick([n for n in range(1, channels + 1) if channels % n == 0])
        return {"groups": groups, "out": groups * draw.integer(1, 3)}

    def _table(self) -> dict[str, Any]:
        draw, channels = self.draw, self.x.channels
        rows = []
        for _ in range(draw.integer(1, 4)):
            maps = [n for n in range(channels) if draw.chance(50)] or [draw.integer(0, channels - 1)]
            rows.append(maps)
        if self.odd(5):
            rows[0].append(channels)
        return {"table": rows, "out": len(rows) + self.odd(3)}

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

    def _fc(self) -> dict[str, Any]:
        values: dict[str, Any] = {"out": 0 if self.draw.chance(1) else self.size(12)}
        return values | ({"bias": self.draw.chance(40)} if self.draw.chance(40) else {})

    _linear = _fc

    def _rbf(self) -> dict[str, Any]:
        return {"out": self.size()}

    def _embed(self) -> dict[str, Any]:
        return {"vocab": self.draw.integer(0 if self.draw.chance(1) else 1, 20), "dim": self.size()}

    def _bn(self) -> dict[str, Any]:
        draw = self.draw
        values: dict[str, Any] = {}
        if draw.chance(15):
            values["eps"] = draw.pick((1e-3, 1e-5, 0.1, 1, 0 if draw.chance(10) else 1e-4))
        if draw.chance(15):
            values["momentum"] = draw.pick((0, 0.01, 1, 0.5, 2 if draw.chance(10) else 0.1))
        for name in ("affine", "stats"):
            if draw.chance(15):
                values[name] = draw.chance(30)
        return values

    def _lrn(self) -> dict[str, Any]:
        draw = self.draw
        choices = {"size": draw.integer(0 if draw.chance(3) else 1, 9), "alpha": draw.pick((1e-4, 2e-5, 0.5, 0)),
                   "beta": draw.pick((0.75, 0.5, 1, -1)), "k": draw.pick((2, 1, 0.5))}  # fmt: skip
        return {name: value for name, value in choices.items() if draw.chance(50)}

    def _tanh(self) -> dict[str, Any]:
        draw = self.draw
        choices = {"amplitude": draw.pick((1.7159, 2, -1)), "slope": draw.pick((0.5, Expr("2/3"), 1))}
        return {name: value for name, value in choices.items() if draw.chance(25)}

    def _softmax(self) -> dict[str, Any]:
        axes = (*AXES[self.x.rank], "all", *(("frames",) if self.odd(5) else ()))
        return {"axis": self.draw.pick(axes)} if self.draw.chance(60) else {}

    def _dropout(self) -> dict[str, Any]:
        return (
            {"p": self.draw.pick((0.5, 0.1, 0, 1, 1.5 if self.draw.chance(3) else 0.9))} if self.draw.chance(70) else {}
        )

    def _flatten(self) -> dict[str, Any]:
        return {"last": self.draw.chance(80)} if self.draw.chance(40) else {}

    def _pad(self) -> dict[str, Any]:
        draw = self.draw
        choices = {"space": self.along(0, 2), "channels": draw.integer(0, 4)}
        if self.x.rank == 1 and not self.odd(5):
            del choices["space"]
        found = {name: value for name, value in choices.items() if draw.chance(60)}
        return found if found or draw.chance(5) else choices
