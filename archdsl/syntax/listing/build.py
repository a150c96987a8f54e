"""Gathered facts to the lines of a tree: one layer of a listing is one line, with places in the listing's text."""

from __future__ import annotations

import re
from typing import NamedTuple

from archdsl.diagnostics import Span
from archdsl.syntax import tree
from archdsl.syntax.listing.entry import Entry
from archdsl.syntax.listing.facts import Shape, sizes
from archdsl.syntax.listing.flow import Flow, Window, fitting, spread
from archdsl.syntax.tree import Token

_PLAIN = {"LRN": "LRN", "BN": "BN", "RELU": "RELU", "TANH": "TANH", "SIGMOID": "SIGMOID", "FLATTEN": "FLATTEN"}
_GROUPED = re.compile(r"[0-9]{1,3}\.[0-9]{3}")  # 54.314 parameters, as German writes thousands
_LARGEST_LABEL = 60


class Unclear(Exception):
    """A layer that cannot be understood: why, where, and what would be."""

    def __init__(self, message: str, at: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.at, self.hint = message, at, hint


class Note(NamedTuple):
    """How something was read: what was inferred, or passed over."""

    start: int
    end: int
    text: str


def whole(token: Token) -> int:
    """The number of a token: 4096, 4,096 or, among counts, 4.096."""
    return int("".join(sizes(token)) or "0")


def word(text: str, at: Span) -> Token:
    return Token("WORD", text, at.start, at.end)


def amount(numbers: tuple[object, ...], at: Span) -> Token:
    """Sizes as a token: 96, 11x11."""
    return Token("DIMS" if len(numbers) > 1 else "NUMBER", "x".join(map(str, numbers)), at.start, at.end)


class LineBuilder:
    """Builds the lines of one listing in order, and follows the shapes on the way."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.notes: list[Note] = []
        self.taken: set[str] = set()
        self.residual = False  # whether the text speaks of residual blocks
        self.normed = False  # whether the text says that batch normalization follows each convolution

    def note(self, at: Span | Token, text: str) -> None:
        self.notes.append(Note(at.start, at.end, text))

    # ---- lines

    def lines(self, entry: Entry) -> list[tree.Line]:
        """The lines of an entry and of what is joined to it; raises Unclear."""
        if entry.columns:
            from archdsl.syntax.listing.inception import inception

            return inception(self, entry)
        if entry.blocks:
            from archdsl.syntax.listing.blocks import stacked

            return stacked(self, entry)
        parts = [part for one in (entry, *entry.followers) for part in self._with_norm(one, entry)]
        claims = self.claims(entry, parts[-1].end)
        statements = (*parts[:-1], parts[-1]._replace(claims=claims)) if claims else tuple(parts)
        last = entry.head.last
        if last is not None and entry.head.ordinal is not None:
            return [self._range(entry, statements, entry.head.ordinal, last)]
        return [tree.Line(statements)]

    def _with_norm(self, one: Entry, entry: Entry) -> list[tree.Layer]:
        """A layer, and behind a convolution the norm of which the text says that each has one."""
        layer = self.layer(one)
        if not self.normed or one.family != "conv" or any(other.family == "norm" for other in entry.followers):
            return [layer]
        at = Span(layer.start, layer.end)
        return [layer, tree.Layer((), word("BN", at), (), None, None, (), (), *at)]

    def _range(self, entry: Entry, statements: tuple[tree.Statement, ...], first: Token, last: Token) -> tree.Line:
        """`CONV2 ~ 12` as `for i in 2..12 { conv{i}: ... }`."""
        if not first.text.isdigit() or int(first.text) > whole(last):
            raise Unclear(f"{first.text} to {last.text} is no range of layers", Span(first.start, last.end))
        at = Span(entry.head.start, entry.head.end)
        layer = statements[0]
        assert isinstance(layer, tree.Layer)
        name = Token("TEMPLATE", f"{entry.label.rstrip('0123456789')}{{i}}", at.start, at.end)
        body = tree.Body((tree.Line((layer._replace(names=(name,)), *statements[1:])),), entry.start, entry.end)
        self.note(at, f"read as {whole(last) - int(first.text) + 1:,} layers, {first.text} to {last.text}")
        numbers = [Token("NUMBER", str(whole(token)), token.start, token.end) for token in (first, last)]
        turns = tree.Range(numbers[0], numbers[1], first.start, last.end)
        return tree.Line((tree.For((word("i", at),), turns, body),))

    def name(self, entry: Entry) -> tuple[Token, ...]:
        """The label of a layer, unless it has none or shares it with one above."""
        text = "".join(letter if letter.isalnum() else "_" for letter in entry.label)[:_LARGEST_LABEL]
        if not text or text in self.taken or not text.isascii():
            return ()
        self.taken.add(text)
        return (word(text, Span(entry.head.start, entry.head.end)),)

    # ---- one layer

    def layer(self, entry: Entry) -> tree.Layer:
        """The statement of one layer, without claims."""
        at = Span(entry.head.start, entry.head.end)
        if entry.kind != "STRANGE":
            self._explained(entry)
        for token in entry.vague:
            self.note(token, "spoken of without a figure")
        kind, values = self._kind(entry, at)
        arguments = tuple(tree.Argument(None, token, token.start, token.end) for token in values)
        if entry.family == "conv" and ("nobias" in entry.switches or self.normed):
            arguments = (*arguments, tree.Argument(None, word("nobias", at), *at))
        repeat = entry.facts.get("copies")
        start = min(at.start, *(argument.start for argument in arguments)) if arguments else at.start
        end = max(at.end, *(argument.end for argument in arguments)) if arguments else at.end
        return tree.Layer(self.name(entry), word(kind, at), arguments, None, repeat, (), (), start, end)

    def _explained(self, entry: Entry) -> None:
        """Nothing that a layer says may be left without a meaning, or have two."""
        for fact, first, second in entry.twice:
            message = f"two figures for the {fact} of one layer: {first.text} and {second.text}"
            raise Unclear(message, Span(second.start, second.end), "keep the one that is right")
        if entry.loose:
            token = entry.loose[0]
            hint = 'put a word to it ("64 filters", "stride 2"), or take it out of the line'
            raise Unclear(f"what {token.text} says of this layer is not clear", Span(token.start, token.end), hint)

    def _kind(self, entry: Entry, at: Span) -> tuple[str, list[Token]]:
        """The kind of a layer and its values, as `.arch` has them."""
        if entry.kind == "STRANGE":
            hint = "convert the rest, and write this layer in the spec: `archdsl layers` lists what there is"
            raise Unclear("a layer that listings do not have", at, hint)
        match entry.family:
            case "INPUT":
                raise Unclear("this looks like the input, and its size is not there", at, 'say "[227x227x3] INPUT"')
            case "conv":
                return "CONV", self._conv(entry, at)
            case "pool":
                from archdsl.syntax.listing.pools import pool

                return pool(self, entry, at)
            case "dense":
                return ("RBF" if entry.kind == "RBF" else "FC"), self._dense(entry, at)
            case "DROPOUT":
                return "DROPOUT", self._rate(entry, at)
            case "norm" if entry.kind == "NORM":
                self.note(at, "a normalization layer without more words is read as LRN over 5 channels, as in AlexNet")
        self._no_count(entry)
        if entry.kind == "FLATTEN":
            self.flow = Flow(None, None, True)
        size = entry.facts.get("size")
        if entry.family == "norm" and entry.kind != "BN":
            return "LRN", [amount(sizes(size), Span(size.start, size.end)) if size else amount((5,), at)]
        return _PLAIN.get(entry.kind, entry.kind), []

    def _no_count(self, entry: Entry) -> None:
        """A softmax has no weights: its number of classes must be what it reads."""
        count = entry.facts.get("count")
        if count is not None and not (self.flow.flat and whole(count) == self.flow.channels):
            message = f"a {entry.kind} layer gives what it reads, and {count.text} is not what comes before"
            raise Unclear(message, Span(count.start, count.end), f"FC {whole(count)} says that there are weights")

    def _rate(self, entry: Entry, at: Span) -> list[Token]:
        rate = entry.facts.get("rate")
        if rate is None:
            self.note(at, "dropout without a rate is read as 0.5")
            return [Token("NUMBER", "0.5", *at)]
        text = rate.text.rstrip(" %")
        if rate.type == "PERCENT":
            text = f"{float(text) / 100:.6g}"
        return [Token("NUMBER", text, rate.start, rate.end)]

    # ---- convolutions and pools

    def _conv(self, entry: Entry, at: Span) -> list[Token]:
        facts = dict(entry.facts)
        if entry.head.values:
            facts["window"], facts["count"] = entry.head.values
        count, window = self._count(entry, facts, at), facts.get("window")
        if window is None:
            hint = 'say "96 11x11 filters", or "[55x55x96] CONV1: 11x11, stride 4"'
            raise Unclear("this looks like a convolution, and the size of its window is not there", at, hint)
        kernel = self._kernel(window)
        moves = self.moves(entry, facts, kernel, at, pool=False)
        groups = facts.get("groups"), facts.get("dilation")
        self.flow = Flow(moves[1], whole(count), False)
        extra = [
            word(f"{letter}{whole(token)}", place_of(token))
            for letter, token in zip("gd", groups, strict=True)
            if token
        ]
        return [amount((whole(count),), place_of(count)), amount(pair(kernel), place_of(window)), *moves[0], *extra]

    def _count(self, entry: Entry, facts: dict[str, Token], at: Span) -> Token:
        """How many filters or neurons: as said, or from the shape that is claimed."""
        if "count" in facts:
            return facts["count"]
        for shape in entry.shapes:
            if len(shape.sizes) in ((3,) if entry.family == "conv" else (1, 3)):
                self.note(
                    Span(shape.start, shape.end), f"the number of channels, {shape.sizes[-1]}, is that of the shape"
                )
                return Token("NUMBER", shape.sizes[-1], shape.start, shape.end)
        what, example = ("filters", "96 11x11 filters") if entry.family == "conv" else ("neurons", "4096 neurons")
        raise Unclear(f"this looks like a layer, and its number of {what} is not there", at, f'say "{example}"')

    def _kernel(self, window: Token) -> tuple[str, ...]:
        """The window without its depth: 11x11x3 over 3 channels is 11x11."""
        numbers = sizes(window)
        if len(numbers) != 3 or (self.flow.space is not None and len(self.flow.space) != 2):
            return numbers
        if self.flow.channels is not None and int(numbers[2]) != self.flow.channels:
            message = f"windows of {'x'.join(numbers)} read {numbers[2]} channels, and {self.flow.channels} come in"
            raise Unclear(message, place_of(window), f"{numbers[0]}x{numbers[1]}x{self.flow.channels}, or groups")
        self.note(window, f"a window of {numbers[0]}x{numbers[1]} over all {numbers[2]} channels")
        return numbers[:2]

    def moves(
        self, entry: Entry, facts: dict[str, Token], kernel: tuple[str, ...], at: Span, *, pool: bool
    ) -> tuple[list[Token], tuple[int, ...] | None]:
        """Stride and padding as values, and the sizes that come out where they are known."""
        axes = len(self.flow.space) if self.flow.space else 2
        window = spread(kernel, axes)
        stride = spread(sizes(facts["stride"]), axes) if "stride" in facts else None
        pad = spread(sizes(facts["pad"]), axes) if "pad" in facts else None
        half = tuple(size // 2 for size in window)
        given = [word(f"s{_dims(facts['stride'])}", place_of(facts["stride"]))] if stride else []
        given += [word(f"p{_dims(facts['pad'])}", place_of(facts["pad"]))] if pad else []
        if pad is None and "same" in entry.switches:
            pad, given = half, [*given, word(f"p{_short(half)}", at)]
        if pad is None and entry.head.values:
            pad, given = half, [*given, word(f"p{_short(half)}", at)]
            self.note(at, f"padding of {_short(half)}, as VGG has it: what comes out is as large as what goes in")
        if "valid" in entry.switches:
            pad = pad or (0,) * axes
        if "ceil" in entry.switches:
            given = [*given, word("ceil", at)]
        usual = Window(
            window, stride or (window if pool else (1,) * axes), pad or (0,) * axes, "ceil" in entry.switches
        )
        wanted = self.wanted(entry, axes)
        if self.flow.space and wanted and usual.over(self.flow.space) != wanted and not (stride and pad):
            found = fitting(self.flow.space, wanted, window, stride, pad, pool)
            if found is not None:
                return [*given, *self._found(found, usual, at, wanted)], wanted
        return given, usual.over(self.flow.space) if self.flow.space else wanted

    def _found(self, found: Window, usual: Window, at: Span, wanted: tuple[int, ...]) -> list[Token]:
        """What was not said and follows from the shape claimed."""
        values = []
        if found.stride != usual.stride:
            values.append(f"s{_short(found.stride)}")
        if found.pad != usual.pad:
            values.append(f"p{_short(found.pad)}")
        if found.ceil and not usual.ceil:
            values.append("ceil")
        self.note(at, f"{' '.join(values)} is not said; it is what gives {_short(wanted, always=True)}")
        return [word(value, at) for value in values]

    def wanted(self, entry: Entry, axes: int) -> tuple[int, ...] | None:
        """The sizes that the shape claims beside the channels."""
        for shape in entry.shapes[-1:]:
            if len(shape.sizes) in (axes, axes + 1):
                return tuple(int(size) for size in shape.sizes[:axes])
            if len(shape.sizes) == 1:
                return spread(shape.sizes, axes)
        return None

    def _dense(self, entry: Entry, at: Span) -> list[Token]:
        count = self._count(entry, entry.facts, at)
        self.flow = Flow(None, whole(count), True)
        return [amount((whole(count),), place_of(count))]

    # ---- claims

    def claims(self, entry: Entry, end: int) -> tuple[tree.Claim, ...]:
        """The shape and the figures that a layer claims; of equal shapes one."""
        found: list[tree.Claim] = []
        for shape in entry.shapes[-1:]:
            found.append(tree.ShapeClaim(self.claimed(shape), shape.start, shape.end))
        for unit in ("params", "weights"):
            token = entry.facts.get(unit)
            if token is not None:
                found.append(figure(token, unit))
        return tuple(found)

    def claimed(self, shape: Shape) -> Token:
        """A claimed shape as `.arch` writes it: channels that are left out are put in, 1x1x4096 is 4096 when flat."""
        numbers, at, flow = shape.sizes, Span(shape.start, shape.end), self.flow
        if flow.flat:
            while len(numbers) > 1 and numbers[0] == "1":
                numbers = numbers[1:]
            if numbers == ("1",) and len(shape.sizes) > 1 and flow.channels is not None:
                numbers = (str(flow.channels),)  # 1x1 positions, of all channels
        elif flow.channels is not None and len(numbers) <= 2:
            axes = len(flow.space) if flow.space else 2
            if len(numbers) in (1, axes):
                numbers = (*(numbers * axes)[:axes], str(flow.channels))
                self.note(at, f"read as {'x'.join(numbers)}: the channels are those of the layer")
        return amount(numbers, at)


def figure(token: Token, unit: str) -> tree.QuantityClaim:
    """A claimed count: 156 params, 62.3M params."""
    text = token.text.replace(",", "") if token.type == "NUMBER" else token.text
    kind = "NUMBER"
    if token.type == "ROUNDED":
        digits = "".join(letter for letter in text if letter.isdigit() or letter in ".,").replace(",", ".").rstrip(".")
        rest = text.lower().lstrip("0123456789., ")
        text, kind = digits + ("B" if rest[:1] in "gb" else rest[:1].upper()), "SCALED"
    elif token.type == "COUNTED" or _GROUPED.fullmatch(text):
        text, kind = f"{whole(token):,}", "GROUPED"
    return tree.QuantityClaim(
        Token(kind, text, token.start, token.end), word(unit, place_of(token)), None, token.start, token.end
    )


def place_of(token: Token) -> Span:
    return Span(token.start, token.end)


def _dims(token: Token) -> str:
    return "x".join(sizes(token))


def pair(numbers: tuple[str, ...]) -> tuple[str, ...]:
    """A window written as one number, for both axes."""
    return numbers * 2 if len(numbers) == 1 else numbers


def _short(numbers: tuple[int, ...], *, always: bool = False) -> str:
    """Equal sizes once: 2 for 2x2."""
    same = len(set(numbers)) == 1 and not always
    return str(numbers[0]) if same else "x".join(map(str, numbers))
