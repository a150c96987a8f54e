"""Gathered facts to the lines of a tree: one layer of a listing is one line, with places in the listing's text."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.notations.listing.entry import Entry
from archdsl.notations.listing.flow import Flow
from archdsl.notations.listing.line import Shape, sizes
from archdsl.notations.listing.parts import (
    GROUPED,
    Note,
    Unclear,
    amount,
    figure,
    is_channels_first,
    place_of,
    rotated,
    whole,
    word,
)
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_PLAIN = {"LRN": "LRN", "BN": "BN", "RELU": "RELU", "TANH": "TANH", "SIGMOID": "SIGMOID", "FLATTEN": "FLATTEN"}
_WHOLE = ("count", "window", "stride", "pad", "groups", "dilation", "copies")
_LARGEST_LABEL = 60


class LineBuilder:
    """Builds the lines of one listing in order, and follows the shapes on the way."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.notes: list[Note] = []
        self.taken: set[str] = set()
        self.channels_first = False  # whether shapes are written as 3x224x224
        self.residual = False  # whether the text speaks of residual blocks
        self.normed = False  # whether the text says that batch normalization follows each convolution

    def note(self, at: Span | Token, text: str) -> None:
        self.notes.append(Note(at.start, at.end, text))

    # ---- lines

    def lines(self, entry: Entry) -> list[tree.Line]:
        """The lines of an entry and of what is joined to it; raises Unclear."""
        if self.channels_first:
            self._channels_last(entry)
        if entry.columns:
            from archdsl.notations.listing.inception import inception

            return inception(self, entry)
        if entry.blocks:
            from archdsl.notations.listing.blocks import stacked

            return stacked(self, entry)
        if entry.results:
            from archdsl.notations.listing.dense import chained

            return [line for one in chained(self, entry) for line in self._line(one)]
        return self._line(entry)

    def _channels_last(self, entry: Entry) -> None:
        """Shapes such as 64x112x112 as all others are written, and 64x3x3 as 64 windows of 3x3."""
        shapes = entry.shapes
        entry.shapes = [
            one._replace(sizes=rotated(one.sizes)) if is_channels_first(one.sizes) else one for one in shapes
        ]
        volume = entry.facts.get("volume")
        if volume is None or not is_channels_first(sizes(volume)):
            return
        count, *window = sizes(volume)
        del entry.facts["volume"]
        if "count" in entry.facts:
            entry.shapes.append(Shape((*window, count), volume.start, volume.end))
        else:
            entry.facts["count"] = amount((count,), place_of(volume))
            entry.facts["window"] = amount(tuple(window), place_of(volume))

    def _line(self, entry: Entry) -> list[tree.Line]:
        """The line of one layer and of what is joined to it; raises Unclear."""
        incoming = self.flow
        parts = [part for one in (entry, *entry.followers) for part in self._with_norm(one, entry)]
        claims = self.claims(entry, incoming)
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
            self.explained(entry)
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

    def explained(self, entry: Entry) -> None:
        """Nothing that a layer says may be left without a meaning, or have two."""
        for fact, first, second in entry.twice:
            message = f"two figures for the {fact} of one layer: {first.text} and {second.text}"
            raise Unclear(message, Span(second.start, second.end), "keep the one that is right")
        for fact in _WHOLE:
            token = entry.facts.get(fact)
            if token is not None and "." in token.text and not (fact == "count" and GROUPED.fullmatch(token.text)):
                raise Unclear(f"{token.text} is no whole number", place_of(token), "layers have whole sizes and steps")
        self._reads(entry)
        if entry.loose:
            token = entry.loose[0]
            hint = 'put a word to it ("64 filters", "stride 2"), or take it out of the line'
            raise Unclear(f"what {token.text} says of this layer is not clear", Span(token.start, token.end), hint)

    def _reads(self, entry: Entry) -> None:
        """`Conv2d(3, 64)`, `in_channels=3`: what a layer says that it reads must be what comes in."""
        reads, flow = entry.facts.get("reads"), self.flow
        come = flow.channels if entry.family == "conv" else flow.elements
        given = [token for token in entry.loose if token.type in ("NUMBER", "COUNTED")]
        missing = ["count", "window"] if entry.family == "conv" and "window" not in entry.facts else ["count"]
        if (
            entry.bare is not None
            and len(entry.loose) == len(given) == len(missing)
            and come in (None, whole(entry.bare))
        ):
            self.note(entry.bare, f"what the layer reads{'' if come else '; not checked'}")
            entry.facts |= zip(missing, given, strict=True)
            entry.loose = []
        if reads is not None and come is not None and whole(reads) != come:
            message = f"this layer says that it reads {whole(reads):,}, and {come:,} come in"
            raise Unclear(message, place_of(reads), f"{come}, or another layer before it")

    def _kind(self, entry: Entry, at: Span) -> tuple[str, list[Token]]:
        """The kind of a layer and its values, as `.arch` has them."""
        if entry.kind == "STRANGE":
            hint = "convert the rest, and write this layer in the spec: `archdsl layers` lists what there is"
            raise Unclear("a layer that listings do not have", at, hint)
        match entry.family:
            case "INPUT":
                raise Unclear("this looks like the input, and its size is not there", at, 'say "[227x227x3] INPUT"')
            case "conv":
                from archdsl.notations.listing.windows import convolved

                return "CONV", convolved(self, entry, at)
            case "pool":
                from archdsl.notations.listing.pools import pool

                return pool(self, entry, at)
            case "dense":
                from archdsl.notations.listing.dense import connected

                return connected(self, entry, at)
            case "DROPOUT":
                return "DROPOUT", self._rate(entry, at)
            case "norm" if entry.kind == "NORM":
                self.note(at, "a normalization layer without more words is read as LRN over 5 channels, as in AlexNet")
        self._no_count(entry)
        if entry.kind == "FLATTEN":
            self.flow = Flow(None, self.flow.elements, True)
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

    def count(self, entry: Entry, facts: dict[str, Token], at: Span) -> Token:
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

    # ---- claims

    def claims(self, entry: Entry, incoming: Flow) -> tuple[tree.Claim, ...]:
        """The shape and the figures that a layer claims; of equal shapes one. Raises Unclear for two shapes."""
        found: list[tree.Claim] = []
        for shape in self._told(entry, incoming):
            found.append(tree.ShapeClaim(self.claimed(shape), shape.start, shape.end))
        for unit in ("params", "weights"):
            token = entry.facts.get(unit)
            if token is not None:
                found.append(figure(token, unit))
        return tuple(found)

    def _told(self, entry: Entry, incoming: Flow) -> list[Shape]:
        """The shape that comes out, of all that a layer tells: one before it may be what it reads."""
        if not entry.shapes:
            return []
        *others, last = entry.shapes
        for shape in others:
            if shape.sizes == last.sizes[: len(shape.sizes)]:
                continue
            if last.sizes == shape.sizes[: len(last.sizes)]:
                last = shape
            elif incoming.is_shape(shape.sizes):
                self.note(place_of(shape), "what the layer reads")
            else:
                message = f"two shapes for one layer: {'x'.join(shape.sizes)} and {'x'.join(last.sizes)}"
                raise Unclear(message, place_of(shape), "keep what comes out")
        return [last]

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
