"""Gathered facts to the lines of a tree: one layer of a listing is one line, with places in the listing's text."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.notations.listing.blocks import stacked
from archdsl.notations.listing.dense import chained, connected
from archdsl.notations.listing.draft import Draft
from archdsl.notations.listing.entry import Entry
from archdsl.notations.listing.flow import Flow
from archdsl.notations.listing.inception import inception, reduced
from archdsl.notations.listing.line import Shape, sizes
from archdsl.notations.listing.parts import Unclear, amount, is_channels_first, place_of, rotated, whole, word
from archdsl.notations.listing.pools import pool
from archdsl.notations.listing.windows import convolved
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_PLAIN = {"LRN": "LRN", "BN": "BN", "RELU": "RELU", "TANH": "TANH", "SIGMOID": "SIGMOID", "FLATTEN": "FLATTEN"}


class LineBuilder(Draft):
    """Builds the lines of one listing in order, and follows the shapes on the way."""

    # ---- lines

    def lines(self, entry: Entry) -> list[tree.Line]:
        """The lines of an entry and of what is joined to it; raises Unclear."""
        if self.channels_first:
            self._channels_last(entry)
        if entry.columns:
            return [*reduced(self, entry), *self._line(entry)] if entry.family == "conv" else inception(self, entry)
        if entry.blocks:
            return stacked(self, entry)
        if entry.results:
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

    # ---- one layer

    def layer(self, entry: Entry) -> tree.Layer:
        """The statement of one layer, without claims."""
        at = Span(entry.head.start, entry.head.end)
        self.comes = []
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
        comes = tuple(self.comes)
        return tree.Layer(self.name(entry), word(kind, at), arguments, None, repeat, (), (), start, end, comes)

    def _kind(self, entry: Entry, at: Span) -> tuple[str, list[Token]]:
        """The kind of a layer and its values, as `.arch` has them."""
        if entry.kind == "STRANGE":
            hint = "convert the rest, and write this layer in the spec: `archdsl layers` lists what there is"
            raise Unclear("a layer that listings do not have", at, hint)
        match entry.family:
            case "INPUT":
                raise Unclear("this looks like the input, and its size is not there", at, 'say "[227x227x3] INPUT"')
            case "conv":
                return "CONV", convolved(self, entry, at)
            case "pool":
                return pool(self, entry, at)
            case "dense":
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
