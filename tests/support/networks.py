"""Whole networks for Hypothesis: drawn statement by statement, each fitted to the guessed shape of what it reads.

Half of the networks are meant to fit: a line that the guess refuses is left out. The others keep such lines, so that
many are refused, most of them by little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from support.attributes import ALL, KINDS, Attributes
from support.drawn import (
    DISCARD,
    Argument,
    Block,
    Container,
    Expr,
    For,
    Frame,
    If,
    Input,
    Keep,
    Kind,
    Layer,
    Let,
    Name,
    Network,
    Part,
    Refused,
)
from support.guess import RESERVED, Guess, GuessWalk, TooMuch, product

WORDS = ("a", "conv", "body", "skip", "up", "layer", "norm", "features", "b-1", "fc", "Head", "flatten", "downsample")
LISTS = ("skips", "kept", "up")
ODD = (
    "block",
    "model",
    "for",
    "input",
    "x",
    "self",
    "class",
    "1x1",
    "m",
    "y",
    "torch",
    "_x",
    "bias",
    "a b",
    "a(",
    *RESERVED,
)
EQUAL = ("ADD", "ADD", "ADD", "MUL", "MAX", "MIN", "SUB", "MEAN", "STACK", "ABSDIFF")
SIZES = ("c", "m", "breadth", "mid")


class Draw:
    """Random numbers from Hypothesis; all shrink towards the first or the simplest."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw

    def integer(self, least: int, most: int) -> int:
        return least if most <= least else self._draw(_integers(least, most))

    def chance(self, percent: int) -> bool:
        return self.integer(0, 99) >= 100 - percent

    def pick(self, items: Sequence[Any]) -> Any:
        return items[self.integer(0, len(items) - 1)]

    def shuffled(self, items: list[Any]) -> list[Any]:
        left, found = list(items), []
        while left:
            found.append(left.pop(self.integer(0, len(left) - 1)))
        return found


_KNOWN: dict[tuple[int, int], Any] = {}


def _integers(least: int, most: int) -> Any:
    if (least, most) not in _KNOWN:
        _KNOWN[least, most] = st.integers(least, most)
    return _KNOWN[least, most]


class Drawer:
    """Draws one network."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.misfit = draw.chance(70)
        self.dead = False  # a line that does not fit has been kept
        self.blocks: dict[str, Block] = {}
        self.walk = GuessWalk(self.blocks)
        self.used: set[str] = set()
        self.open = 0  # blocks being drawn

    # ---- the whole

    def network(self) -> Network:
        draw = self.draw
        inputs = self.inputs()
        parameters, given = self.parameters()
        values = [Guess(one.sizes, one.dtype) for one in inputs]
        frame = Frame(self.walk.setting(parameters, given), Container("", None))
        for one, value in zip(inputs, values, strict=True):
            if one.name:
                frame.container.claim(one.name)
                frame.container.entries[one.name] = ([value], None)
        frame.current = values[0] if len(values) == 1 else None
        body = self.statements(frame, draw.integer(2, 7), 0)
        outputs = self.outputs(frame) if draw.chance(25) else ()
        blocks = tuple(draw.shuffled(list(self.blocks.values())))
        return Network(parameters, given, inputs, blocks, body, outputs, draw.chance(20))

    def inputs(self) -> tuple[Input, ...]:
        draw = self.draw
        count = draw.pick((1, 1, 1, 1, 2, 2, 3))
        found: list[Input] = []
        for number in range(count):
            odd = ("F", "torch", "self")[number] if draw.chance(4) else f"in{number}"
            name = odd if count > 1 or draw.chance(20) else None
            if name:
                self.used.add(name)
            again = found and draw.chance(60)
            found.append(replace(found[0], name=name) if again else Input(name, *self.shape()))
        return tuple(found)

    def shape(self) -> tuple[tuple[int, ...], str]:
        draw = self.draw
        rank = draw.pick((3, 3, 3, 2, 2, 1, 4))
        if rank < 4 and draw.chance(12):
            return tuple(draw.integer(1, 7) for _ in range(min(rank, 3))), "int64"
        most = {1: 24, 2: 12, 3: 11, 4: 6}[rank]
        space = tuple(draw.integer(1, most) for _ in range(rank - 1))
        if len(set(space)) > 1 and draw.chance(50):
            space = (space[0],) * len(space)
        return (*space, draw.integer(1, 6 if rank > 1 else 24)), "float32"

    def parameters(self) -> tuple[tuple[tuple[str, Any], ...], dict[str, Any]]:
        """Parameters of the model, and those that are given other values from outside."""
        draw = self.draw
        found: list[tuple[str, Any]] = []
        if draw.chance(30):
            found.append(("classes", draw.integer(1, 9)))
        if draw.chance(15):
            found.append(("deep", draw.chance(50)))
        if found and draw.chance(20):
            found.append(("n", Expr("classes + 1") if found[0][0] == "classes" else 2))
        given = {
            name: (not value if isinstance(value, bool) else draw.integer(1, 9))
            for name, value in found
            if draw.chance(30)
        }
        return tuple(found), given

    def outputs(self, frame: Frame) -> tuple[str, ...]:
        names = [name for name, (values, _) in frame.container.entries.items() if values and self.whole(name)]
        chosen = self.draw.shuffled(names)[: self.draw.integer(1, 3)]
        return tuple(chosen)

    def whole(self, name: str) -> bool:
        """Whether a name can be written behind `<-`."""
        return not name.isdigit()

    # ---- statements

    def statements(self, frame: Frame, count: int, depth: int) -> tuple[Any, ...]:
        """Statements one after the other, at least one of them a layer."""
        found: list[Any] = []
        for _ in range(count):
            self.add(self.statement(frame, depth), frame, found)
            if self.dead and self.draw.chance(50):
                break
        if not any(isinstance(one, Layer) for one in found):
            self.add(self.simple(frame), frame, found)
        if not any(isinstance(one, Layer) for one in found):
            found.append(Layer("ID", reads=self.first(frame)))
        return tuple(found)

    def add(self, statement: Any, frame: Frame, found: list[Any]) -> None:
        """Keep a statement if it fits, or if this network need not."""
        if statement is None:
            return
        if found and self.draw.chance(25) and (not isinstance(found[-1], (For, If))):
            statement = replace(statement, joined=True)
        if self.dead:
            found.append(statement)
            return
        trial, layers = frame.trial(), self.walk.layers
        try:
            self.walk.statement(statement, trial)
        except TooMuch:
            self.walk.layers = layers
            return
        except Refused:
            self.walk.layers = layers
            if not self.misfit or self.draw.chance(10):
                return
            self.dead = True
        found.append(statement)
        if not self.dead:
            frame.env, frame.container.__dict__, frame.current = trial.env, trial.container.__dict__, trial.current

    def statement(self, frame: Frame, depth: int) -> Any:
        """One statement that fits what flows here."""
        draw = self.draw
        if frame.current is None:
            return self.opening(frame)
        if frame.current.dtype == "int64" and draw.chance(90):
            return self.leaf(frame, draw.pick(("EMBED", "EMBED", "EMBED", "EMBEDBAG", "POSITIONS")))
        parts = self.sharable(frame) if draw.chance(7) else {}
        if parts:
            return self.share(frame, parts)
        full = any(frame.container.shelf.lists.values())
        listed = self.listed(frame) if draw.chance(22 if full else 8) else None
        if listed is not None:
            return listed
        choice = draw.integer(0, 99)
        if choice < 3:
            return self.source(frame, frame.current)
        if depth >= 3 or choice < 50:
            return self.leaf(frame)
        if choice < 58:
            return self.group(frame, depth)
        if choice < 74:
            return self.merge(frame, depth)
        if choice < 79:
            return self.joining(frame)
        if choice < 88 and self.open < 2:
            return self.use(frame, depth)
        if choice < 92:
            return self.loop(frame, depth)
        if choice < 96:
            return self.choice(frame, depth)
        return self.let(frame)

    def opening(self, frame: Frame) -> Any:
        """The first line where there are several inputs."""
        reads = self.first(frame)
        if not reads or self.draw.chance(2):
            return Layer("RELU")
        if self.draw.chance(40):
            return self.joining(frame)
        x = frame.container.look(reads[0])[0]
        return replace(self.leaf(replace(frame, current=x)), reads=reads)

    def first(self, frame: Frame) -> tuple[str, ...]:
        """A name to read where nothing flows."""
        names = [name for name, (values, _) in frame.container.entries.items() if values and self.whole(name)]
        return (self.draw.pick(names),) if names and frame.current is None else ()

    def simple(self, frame: Frame) -> Any:
        x = self.shape_at(frame)
        if x is not None and x.dtype == "int64":
            return Layer("EMBED", (Argument("vocab", 5, "plain"), Argument("dim", 3, "plain")), reads=self.first(frame))
        return Layer(self.draw.pick(("RELU", "ID")), reads=self.first(frame))

    def shape_at(self, frame: Frame) -> Guess | None:
        if frame.current is not None:
            return frame.current
        names = self.first(frame)
        return frame.container.look(names[0])[0] if names else None

    def leaf(self, frame: Frame, kind: str | None = None) -> Layer:
        """A layer line, perhaps under a name, perhaps repeated, perhaps on another input."""
        draw, x = self.draw, frame.current
        reads: tuple[str, ...] = ()
        if draw.chance(7) and kind is None:
            names = [name for name in self.visible(frame) if frame.container.look(name)[0].dtype == "float32"]
            if names:
                reads = (draw.pick(names),)
                x = frame.container.look(reads[0])[0]
        kind = kind or (draw.pick(ALL) if draw.chance(6 if self.misfit else 2) else draw.pick(KINDS[x.rank]))
        arguments = Attributes(draw, frame.env, x, self.misfit).arguments(kind)
        if kind in ("EMBED", "FC", "LINEAR") and draw.chance(70):
            arguments = self.borrowed(frame, kind, x) or arguments
        kinds = [name for name, value in frame.env.items() if isinstance(value, Kind)]
        if kinds and draw.chance(30):
            kind, arguments = draw.pick(kinds), ()
        word = kind.lower() if draw.chance(4) and kind not in frame.env and kind not in self.blocks else kind
        repeat = self.repeat(frame) if draw.chance(9) else None
        if repeat is not None and draw.chance(70):
            word, arguments = self.keeping(x)
        label = self.label(frame, 35)
        values = {one.name: one.value for one in arguments}
        count = len(Attributes(draw, {}, x).results(word.upper(), values)) if label and not label.isdigit() else 1
        further = (self.label(frame, 100) for _ in range(draw.integer(0, count - 1)))
        more = tuple(name for name in further if name is not None and not name.isdigit())
        label, more = self.discarding(label, more, frame)
        return Layer(word, arguments, label, more, repeat=repeat, reads=reads)

    def discarding(self, label: str | None, more: tuple[str, ...], frame: Frame) -> tuple[str | None, tuple[str, ...]]:
        """The names of results, at times `_` in the place of some; the first seldom where no other name is in sight."""
        draw = self.draw
        more = tuple(DISCARD if draw.chance(12) else name for name in more)
        named = any(name != DISCARD for name in more) or (label is not None and self.visible(frame))
        return (DISCARD if draw.chance((30 if more else 3) if named else 1) else label), more

    # ---- lists

    def listed(self, frame: Frame) -> Any:
        """A line that keeps a value, or reads what was kept."""
        draw = self.draw
        if frame.repeated and not (self.misfit and draw.chance(20)):
            return None
        full = [name for name, values in frame.container.shelf.lists.items() if values]
        empty = (not full or draw.chance(2)) and self.misfit and draw.chance(5)
        if empty or (full and draw.chance(70)):
            return self.taking(draw.pick(LISTS) if empty else draw.pick(full), frame)
        names = self.visible(frame) if draw.chance(20) else []
        return Keep(draw.pick(LISTS), (draw.pick(names),) if names else ())

    def taking(self, name: str, frame: Frame) -> Layer:
        """A merge of what was kept and what flows here, else a layer that reads what was kept."""
        draw, x = self.draw, frame.current
        kept = frame.container.shelf.lists.get(name, [x])
        how = draw.pick(("take", "take", "all"))
        values = kept if how == "all" else kept[-1:]
        reads = (f"{how} {name}", DISCARD) if draw.chance(80) else (DISCARD, f"{how} {name}")
        label = self.label(frame, 15)
        if all(value.sizes == x.sizes and x.dtype == "float32" for value in values):
            kind = draw.pick([each for each in EQUAL if len(values) == 1 or each not in ("SUB", "ABSDIFF")])
            return Layer(kind, (), label, reads=reads)
        if all(value.space == x.space for value in values) or (self.misfit and draw.chance(20)):
            return Layer("CONCAT", (), label, reads=reads)
        return replace(self.leaf(replace(frame, current=kept[-1])), reads=(f"take {name}",), repeat=None)

    # ---- shared weights

    def sharable(self, frame: Frame) -> dict[str, Part]:
        """What can perhaps run again, by its name here."""
        found: dict[str, Part] = {}
        where: Container | None = frame.container
        while where is not None:
            for name, part in where.parts.items():
                found.setdefault(name, part)
                inner = part.inside.parts.items() if part.inside is not None and name.isidentifier() else ()
                found |= {f"{name}.{each}": own for each, own in inner if each.isidentifier()}
            where = where.around
        most = 100 if self.misfit else 0
        return {name: part for name, part in found.items() if part.line.repeat is None or self.draw.chance(most // 20)}

    def share(self, frame: Frame, parts: dict[str, Part]) -> Layer:
        """A part that runs again, mostly on what is shaped as its first input."""
        draw, name = self.draw, self.draw.pick(list(parts))
        inputs = parts[name].inputs
        names = self.visible(frame)
        reads: tuple[str, ...] = ()
        if len(inputs) != 1 or inputs[0] != frame.current or draw.chance(40):
            shaped = [[each for each in names if frame.container.look(each)[0] == x] for x in inputs]
            if self.misfit and draw.chance(15):
                shaped = [names] * len(inputs)
            if not all(shaped):
                return self.leaf(frame)
            reads = tuple(draw.pick(each) for each in shaped)
        repeat = self.repeat(frame) if draw.chance(15) and len(inputs) == 1 else None
        word = "share" if draw.chance(4) else "SHARE"
        return Layer(word, (Argument("of", Name(name), "plain"),), self.label(frame, 40), repeat=repeat, reads=reads)

    def borrowed(self, frame: Frame, kind: str, x: Guess) -> tuple[Argument, ...] | None:
        """The values of a layer that has the weight of another; None where there is none that fits."""
        draw, found = self.draw, []
        for name, part in self.sharable(frame).items():
            sizes = self.weight(part)
            width = product(x) if kind == "FC" else x.channels
            if sizes is not None and (kind == "EMBED" or sizes[1] == width or (self.misfit and draw.chance(10))):
                found.append((name, sizes))
        if not found:
            return None
        name, sizes = draw.pick(found)
        own = (Argument("vocab", sizes[0], "plain"), Argument("dim", sizes[1], "plain"))
        own = own if kind == "EMBED" else (Argument("out", sizes[0], "plain"),)
        more = () if kind == "EMBED" or draw.chance(60) else (Argument("bias", False, "switch"),)
        return (*own, *more, Argument("weight", Name(name)))

    def weight(self, part: Part) -> tuple[int, int] | None:
        """The sizes of a matrix that a part may lend."""
        kind = (part.line.kind or "").upper()
        if kind not in ("EMBED", "FC", "LINEAR") or part.line.body is not None or kind in part.env:
            return None
        x = part.inputs[0]
        values = self.walk.arguments(part.line, part.env, x)
        if kind == "EMBED":
            return values["vocab"], values["dim"]
        return values["out"], product(x) if kind == "FC" else x.channels

    def keeping(self, x: Guess) -> tuple[str, tuple[Argument, ...]]:
        """A layer that keeps the shape, for copies that follow one another."""
        if x.rank > 1 and self.draw.chance(50):
            arguments = (
                Argument("out", Expr("IN"), "plain"),
                Argument("kernel", 3, "plain"),
                Argument("pad", 1, "short", "p"),
            )
            return "CONV", arguments
        return self.draw.pick((("LINEAR", (Argument("out", Expr("IN"), "plain"),)), ("BN", ()), ("RELU", ())))

    def repeat(self, frame: Frame) -> Any:
        draw = self.draw
        names = [name for name, value in frame.env.items() if type(value) is int and value <= 4]
        if names and draw.chance(40):
            name = draw.pick(names)
            return draw.pick((Expr(name), Expr(f"{name} - 1"), Expr(f"{name} // 2")))
        return draw.pick((2, 3, 1, 0, 4))

    def visible(self, frame: Frame) -> list[str]:
        """Names that can be read here, with dots into named groups."""
        found: list[str] = []
        where: Container | None = frame.container
        while where is not None:
            for name, (values, inside) in where.entries.items():
                if values and self.whole(name) and name not in found:
                    found.append(name)
                    inner = inside.entries.items() if inside is not None and name.isidentifier() else ()
                    found += [f"{name}.{each}" for each, (own, _) in inner if own and each.isidentifier()]
            where = where.around
        return [name for name in found if frame.container.look(name)[0] is not None]

    def label(self, frame: Frame, percent: int) -> str | None:
        """A new name; in a loop with the turn in it, in a repeat none."""
        draw = self.draw
        if not draw.chance(percent) or (frame.trail == ("unnamed",) and not draw.chance(3)):
            return None
        if draw.chance(6) and not frame.trail:
            return str(frame.container.counter + draw.integer(-1 if draw.chance(10) else 0, 3))
        word = draw.pick(ODD) if draw.chance(10) else draw.pick(WORDS)
        turns = [name for name in frame.trail if name != "unnamed"]
        word = word if word.isidentifier() or not turns else "turn"
        tail = "".join(f"{{{name}}}_" for name in turns).rstrip("_")
        base = word
        while word + tail in self.used:
            word = f"{base}_{draw.integer(0, 99)}"
        self.used.add(word + tail)
        return word + tail

    # ---- braces

    def inner(self, frame: Frame, label: str | None, repeat: Any) -> Frame:
        """The frame in the braces of a group or merge."""
        named = label is not None
        container = Container("", frame.container) if named else frame.container.copy()
        unnamed = repeat is not None and not named
        trail = () if named else ("unnamed",) if unnamed or frame.trail == ("unnamed",) else frame.trail
        repeated = frame.repeated or repeat is not None
        return Frame(dict(frame.env), container, frame.current, trail, repeated)

    def group(self, frame: Frame, depth: int) -> Layer:
        draw = self.draw
        label = self.label(frame, 60)
        repeat = self.repeat(frame) if draw.chance(30) else None
        inner = self.inner(frame, label, repeat)
        body = list(self.statements(inner, draw.integer(1, 4), depth + 1))
        if repeat is not None and draw.chance(80):
            body += self.adapted(inner, frame.current)
        return Layer(None, label=label, body=tuple(body), repeat=repeat)

    def merge(self, frame: Frame, depth: int) -> Layer:
        """Branches in braces: the first as it comes, the others led to its shape."""
        draw, x = self.draw, frame.current
        kind = draw.pick((*EQUAL, "CONCAT", "CONCAT", "CONCAT", "SCALE"))
        label = self.label(frame, 30)
        repeat = self.repeat(frame) if draw.chance(8) else None
        inner = self.inner(frame, label, repeat)
        first = self.branch(inner, x, depth)
        target = inner.current
        arguments: tuple[Argument, ...] = ()
        if kind in ("ADD", "MUL") and draw.chance(15):
            arguments = (Argument("broadcast", True, "switch"),)
        branches = [first]
        if kind == "CONCAT" and target is not None and draw.chance(35):
            axes = {
                1: ("channels",),
                2: ("channels", "steps"),
                3: ("height", "width"),
                4: ("frames", "width", "channels"),
            }
            arguments = (Argument("axis", draw.pick(axes[target.rank]), draw.pick(("named", "plain"))),)
        count = 1 if kind in ("SCALE", "ABSDIFF") else draw.integer(0 if draw.chance(10) else 1, 3)
        for _ in range(count):
            branches.append(self.other(inner, kind, x, target, arguments, depth))
        if draw.chance(10):
            branches = [self.repeated(branches[0], inner)] if draw.chance(50) and kind != "SCALE" else branches[::-1]
        body = tuple(one for branch in branches for one in branch)
        return Layer(kind, arguments, label, body=body, repeat=repeat)

    def repeated(self, branch: list[Any], frame: Frame) -> list[Any]:
        """The first branch several times: by `xN` or by a `for`."""
        draw = self.draw
        last = branch[-1]
        if draw.chance(40):
            return [For(("t",), (1, draw.integer(1, 3)), tuple(branch))]
        if isinstance(last, Layer) and last.repeat is None:
            return [*branch[:-1], replace(last, repeat=draw.integer(1, 3))]
        return branch

    def branch(self, inner: Frame, x: Guess | None, depth: int) -> list[Any]:
        """One branch as it comes."""
        draw = self.draw
        inner.current = x
        if draw.chance(25):
            return [Layer("ID")]
        if draw.chance(10) and self.open < 2 and x is not None:
            one = self.use(inner, depth)
            found: list[Any] = []
            self.add(one, inner, found)
            return [replace(each, joined=False) for each in found] or [Layer("RELU")]
        if draw.chance(35):
            found = []
            self.add(self.leaf(inner), inner, found)
            return [replace(one, joined=False) for one in found] or [Layer("RELU")]
        return [self.braces(inner, depth, [])]

    def braces(self, inner: Frame, depth: int, more: list[Any]) -> Layer:
        """A group as a branch; `more` stands at its end."""
        label = self.label(inner, 25)
        own = self.inner(inner, label, None)
        body = list(self.statements(own, self.draw.integer(1, 3), depth + 1)) + more
        inner.current = own.current
        if label is None:
            inner.container = own.container
        elif not self.dead:
            inner.container.taken.add(label)
            inner.container.counter += 1
            inner.container.entries[label] = ([own.current], own.container)
        return Layer(None, label=label, body=tuple(body))

    def other(self, inner: Frame, kind: str, x: Any, target: Any, arguments: Any, depth: int) -> list[Any]:
        """A further branch, led to the shape that the merge needs."""
        draw = self.draw
        inner.current = x
        if target is None or x is None:
            return [Layer("RELU")]
        if self.misfit and draw.chance(20):
            return self.branch(inner, x, depth)
        wanted = target
        if kind != "SCALE" and draw.chance(15):
            return [self.source(inner, target)]
        if kind == "SCALE":
            ones = tuple(1 for _ in target.space)
            wanted = (
                Guess((target.channels,)) if target.rank == 1 or draw.chance(50) else Guess((*ones, target.channels))
            )
        elif kind == "CONCAT" and not arguments:
            wanted = Guess((*target.space, draw.integer(1, 8)))
        elif arguments and arguments[0].name == "broadcast":
            wanted = Guess(tuple(1 if draw.chance(30) else size for size in target.sizes))
        body: list[Any] = []
        if draw.chance(40):
            for _ in range(draw.integer(1, 2)):
                if inner.current is not None:
                    self.add(self.leaf(inner), inner, body)
        lead = self.adapted(inner, wanted)
        body = [*body, *lead]
        if draw.chance(10):
            body.insert(0, Let("q", draw.integer(1, 4)))
            body[1:] = [replace(one, joined=False) for one in body[1:]]
        if not body:
            return [Layer("ID")]
        if len(body) == 1 and isinstance(body[0], Layer):
            return [replace(body[0], joined=False)]
        body[0] = replace(body[0], joined=False)
        branch = Layer(None, label=self.label(inner, 20), body=tuple(body))
        if draw.chance(12):
            return [self.arms(inner, (branch,), (Layer("ID"),) if draw.chance(60) else None)]
        return [branch]

    def adapted(self, frame: Frame, target: Guess | None) -> list[Any]:
        """Lines that lead from what flows here to a shape, or nearly."""
        draw, x = self.draw, frame.current
        if x is None or target is None or x.dtype == "int64" or self.dead:
            return []
        found: list[Any] = []
        channels = target.channels + (self.misfit and draw.chance(15))
        if target.rank == 1:
            found = [] if x.sizes == target.sizes and not draw.chance(30) else [self.line("FC", out=channels)]
        elif x.rank == target.rank:
            if x.space != target.space:
                found.append(
                    self.line("ADAPTIVEAVGPOOL", size=target.space if len(target.space) > 1 else target.space[0])
                )
            if x.channels != channels or draw.chance(20):
                found.append(draw.pick((self.line("CONV", out=channels, kernel=1), self.line("LINEAR", out=channels))))
        if self.misfit and draw.chance(8) and x.rank > 1:
            found.append(self.line("MAXPOOL", kernel=1, stride=2))
        for one in found:
            self.add(one, frame, [])
        return found

    def source(self, frame: Frame, like: Guess) -> Layer:
        """A tensor of the network's own, of a given shape or stretched to it."""
        draw = self.draw
        sizes = tuple(1 if draw.chance(15) else size for size in like.sizes)
        kind = draw.pick(("PARAM", "CONST"))
        values = Attributes(draw, frame.env, like, self.misfit)
        drawn = {one.name: one.value for one in values.arguments(kind)} | {
            "sizes": sizes if like.rank > 1 else sizes[0]
        }
        return Layer(kind, values.spelled(kind, drawn), self.label(frame, 40))

    def line(self, kind: str, **values: Any) -> Layer:
        frame = Attributes(self.draw, {}, Guess((1, 1)))
        return Layer(kind, frame.spelled(kind, values))

    def joining(self, frame: Frame) -> Layer:
        """A merge of named results."""
        draw = self.draw
        names = [name for name in self.visible(frame) if frame.container.look(name)[0].dtype == "float32"]
        if not names:
            return self.leaf(frame) if frame.current is not None else Layer("ADD")
        first = draw.pick(names)
        x = frame.container.look(first)[0]
        kind = draw.pick((*EQUAL, "CONCAT", "CONCAT", "SCALE"))
        alike = [name for name in names if frame.container.look(name)[0].sizes == x.sizes]
        if kind == "CONCAT":
            alike += [name for name in names if frame.container.look(name)[0].space == x.space]
        others = names if self.misfit and draw.chance(20) else alike
        reads = (first, *(draw.pick(others) for _ in range(draw.integer(1, 3))))
        return Layer(kind, (), self.label(frame, 30), reads=reads[:2] if kind in ("SCALE", "ABSDIFF") else reads)

    # ---- `for`, `if`, `let`

    def loop(self, frame: Frame, depth: int) -> For | None:
        draw = self.draw
        names, turns = self.turns(frame)
        if names[0] in frame.env or (len(names) > 1 and names[1] in frame.env):
            return None
        rows = list(self.walk.turns(For(names, turns), frame))
        row = rows[0] if rows else (1,) * len(names)
        trail = ("unnamed",) if frame.trail == ("unnamed",) else (*frame.trail, names[0])
        env = frame.env | dict(zip(names, row, strict=True))
        inner = Frame(env, frame.container.copy(), frame.current, trail, frame.repeated)
        return For(names, turns, self.statements(inner, draw.integer(1, 3), depth + 1))

    def turns(self, frame: Frame) -> tuple[tuple[str, ...], Any]:
        draw = self.draw
        if draw.chance(50):
            first = draw.integer(0, 3)
            return ("i",), (first, first + draw.integer(-1, 2))
        values = draw.shuffled([1, 2, 3, 4, 6])[: draw.integer(1, 3)]
        if draw.chance(50):
            return ("k",), [(value,) for value in values]
        return ("k", "j"), [(value, draw.integer(1, 4)) for value in values]

    def choice(self, frame: Frame, depth: int) -> If:
        draw = self.draw
        inner = Frame(dict(frame.env), frame.container.copy(), frame.current, frame.trail, frame.repeated)
        body = self.statements(inner, draw.integer(1, 3), depth + 1)
        other = None
        if draw.chance(50):
            again = Frame(dict(frame.env), frame.container.copy(), frame.current, frame.trail, frame.repeated)
            other = self.statements(again, draw.integer(1, 2), depth + 1)
        return self.arms(frame, body, other)

    def arms(self, frame: Frame, body: tuple[Any, ...], other: tuple[Any, ...] | None) -> If:
        condition = self.condition(frame)
        if other is not None and self.draw.chance(20):
            return If(((condition, body), (self.condition(frame), other)))
        return If(((condition, body),), other)

    def condition(self, frame: Frame) -> Expr:
        draw, number = self.draw, self.draw.integer(1, 6)
        numbers = [name for name, value in frame.env.items() if type(value) is int]
        found = ["True", "False", f"IN > {number}", f"IN % 2 == 0 and IN < {number + 4}"]
        for name, value in frame.env.items():
            if isinstance(value, bool):
                found += [name, f"not {name}"] * 3
        for name in numbers:
            found += [
                f"{name} > {number}",
                f"{name} == {number} or {name} < 2",
                f"{name} in [1, 2, {number}]",
                f"{name} != IN",
            ]
        return Expr(draw.pick(found))

    def let(self, frame: Frame) -> Let | None:
        draw = self.draw
        name = draw.pick(("d", "h", "w2", "q", "r"))
        if name in frame.env:
            return None
        values = Attributes(draw, frame.env, frame.current)
        return Let(name, values.size())

    # ---- blocks

    def use(self, frame: Frame, depth: int) -> Layer:
        """A block in use: one that there is, or a new one."""
        draw = self.draw
        repeat = self.repeat(frame) if draw.chance(15) else None
        inputs = self.several(frame) if repeat is None and draw.chance(25) else ()
        known = [
            name for name, block in self.blocks.items() if len(block.takes) in ({len(inputs)} if inputs else {0, 1})
        ]
        if known and draw.chance(65):
            block = self.blocks[draw.pick(known)]
            arguments = self.given(block.parameters, frame)
        else:
            values = [frame.container.look(name)[0] for name in inputs] or [frame.current]
            block, arguments = self.block(values, frame, depth, repeat is not None)
        label = self.label(frame, 40)
        more: tuple[str, ...] = ()
        if len(block.outputs) > 1 and label and not label.isdigit() and repeat is None and draw.chance(60):
            further = self.label(frame, 100)
            more = (further,) if further is not None and not further.isdigit() else ()
        label, more = self.discarding(label, more, frame)
        return Layer(block.name, arguments, label, more, repeat=repeat, reads=inputs)

    def several(self, frame: Frame) -> tuple[str, ...]:
        names = [name for name in self.visible(frame) if frame.container.look(name)[0].dtype == "float32"]
        return tuple(self.draw.pick(names) for _ in range(2)) if names else ()

    def block(self, values: list[Guess], frame: Frame, depth: int, keep: bool) -> tuple[Block, tuple[Argument, ...]]:
        """A new block, its body drawn for its first use."""
        draw = self.draw
        parameters = self.formal()
        arguments = self.given(parameters, frame)
        takes = (
            tuple(draw.pick((("low", "skip"), ("p1", "p2"), ("nn", "F"))))
            if len(values) > 1
            else ("low",)
            if draw.chance(20)
            else ()
        )
        env: dict[str, Any] = {}
        given = {one.name: self.walk.evaluate(one.value, frame.env, values[0]) for one in arguments}
        for name, default in parameters:
            env[name] = given[name] if name in given else self.walk.evaluate(default, env, values[0])
        inner = Frame(env, Container("", None), values[0] if len(values) == 1 else None)
        for name, value in zip(takes, values, strict=False):
            inner.container.claim(name)
            inner.container.entries[name] = ([value], None)
        self.open += 1
        outer, self.used = self.used, set(takes)
        body = list(self.statements(inner, draw.integer(1, 4), depth + 1))
        if keep and draw.chance(80):
            body += self.adapted(inner, values[0])
        outputs = self.outputs(inner) if draw.chance(25) and not self.dead else ()
        self.used = outer
        self.open -= 1
        name = f"{draw.pick(('UNIT', 'RES_BLOCK', 'Cell', 'relu2'))}{len(self.blocks)}"
        self.blocks[name] = Block(name, parameters, takes, tuple(body), outputs)
        return self.blocks[name], arguments

    def formal(self) -> tuple[tuple[str, Any], ...]:
        """Parameters: sizes, a stride, a count, a switch, a kind; those with a default behind."""
        draw = self.draw
        found: list[tuple[str, Any]] = []
        for name in SIZES:
            if draw.chance(35):
                default = draw.pick((None, None, draw.integer(1, 8), Expr("IN")))
                default = Expr(f"2 * {found[0][0]}") if found and draw.chance(20) else default
                found.append((name, default))
        for name, default, percent in (("s", 1, 30), ("n", 2, 20), ("wide", draw.chance(50), 30)):
            if draw.chance(percent):
                found.append((name, default))
        if draw.chance(20):
            found.append(("act", Kind(draw.pick(("RELU", "TANH", "SIGMOID", "BN", *self.blocks)))))
        return tuple(sorted(found, key=lambda pair: pair[1] is not None))

    def given(self, parameters: tuple[tuple[str, Any], ...], frame: Frame) -> tuple[Argument, ...]:
        """Arguments for the parameters of a block."""
        draw = self.draw
        x = frame.current if frame.current is not None else Guess((4,))
        found: list[Argument] = []
        plain = True
        for name, default in parameters:
            if default is not None and draw.chance(50):
                plain = False
                continue
            value = self.actual(name, default, Attributes(draw, frame.env, x))
            form = "plain" if plain and not draw.chance(10) else "named"
            plain = plain and form == "plain"
            if isinstance(value, bool) and name not in frame.env and draw.chance(60):
                form, plain = "switch", False
            elif len(name) == 1 and type(value) is int and draw.chance(40):
                form, plain = "short", False
            found.append(Argument(name, value, form, name))
        return tuple(found)

    def actual(self, name: str, default: Any, values: Attributes) -> Any:
        draw = self.draw
        if name == "s":
            return draw.integer(1, 3)
        if name == "n":
            return draw.integer(0, 3)
        if isinstance(default, bool):
            return draw.chance(50)
        if isinstance(default, Kind):
            return Kind(draw.pick(("RELU", "SIGMOID", "ID", "BN")))
        return values.size()


@st.composite
def networks(draw: Any) -> Network:
    """Whole networks: `drawn.text` writes them, `judge` runs them."""
    return Drawer(Draw(draw)).network()
