"""Gathered facts to the lines of a tree: one layer of a listing is one line, with places in the listing's text."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.notations.listing import sorts
from archdsl.notations.listing.blocks import stacked
from archdsl.notations.listing.dense import chained, connected
from archdsl.notations.listing.draft import Draft
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.flow import KnownSizes
from archdsl.notations.listing.inception import inception, reduced
from archdsl.notations.listing.layout import channels_last
from archdsl.notations.listing.line import BracketShape, sizes
from archdsl.notations.listing.parts import Unclear, amount, ends_square, place_of, whole, word
from archdsl.notations.listing.pools import pool
from archdsl.notations.listing.programs import ProgramEntry, lines_of
from archdsl.notations.listing.windows import convolved
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_FACTS_OF_ALL = ("params", "weights", "copies", "bare", "count")
_FACTS = {
    "conv": ("window", "stride", "pad", "groups", "dilation", "reads", "volume"),
    "pool": ("window", "stride", "pad"),
    "dense": ("window", "reads"),
    "norm": ("size",),
    "DROPOUT": ("rate",),
}
_SAYS_NOTHING = {"dense": (("stride", "1"), ("pad", "0")), "pool": (("dilation", "1"),)}  # PyTorch prints these
_SWITCHES: dict[str, tuple[str, ...]] = {
    "conv": ("same", "valid", "ceil", "nobias"),
    "pool": ("same", "valid", "ceil", "nobias"),
}
_SWITCHES |= {"dense": ("valid", "nobias"), "norm": ("nobias",)}
_PLAIN = {"LRN": "LRN", "BN": "BN", "RELU": "RELU", "TANH": "TANH", "SIGMOID": "SIGMOID", "FLATTEN": "FLATTEN"}


class LineBuilder(Draft):
    """Builds the lines of one listing in order, and follows the shapes on the way."""

    # ---- lines

    def lines(self, entry: ListedLayer) -> list[tree.Line]:
        """The lines of an entry and of what is joined to it; raises Unclear."""
        if isinstance(entry, ProgramEntry):
            return self._program(entry)
        self._laid_out(entry)
        self.rank = None
        if entry.columns:
            return [*reduced(self, entry), *self._line(entry)] if entry.family == "conv" else inception(self, entry)
        if entry.blocks:
            return stacked(self, entry)
        if entry.results:
            return [line for one in chained(self, entry) for line in self._line(one)]
        return self._line(entry)

    def _program(self, entry: ProgramEntry) -> list[tree.Line]:
        """The lines of a module of PyTorch, with what its own line claims after it."""
        found = lines_of(entry, self.flow, self.rank, self.taken, self.limits)
        self.rank, self.flow = found.rank, found.flow
        self._laid_out(entry)
        self.doubts += found.doubts
        for at, text in found.assumed:
            self.assumed.append((at, text))
            self.note(at, f"assumed: {text}")
        claims = self.claims(entry, KnownSizes())
        if not claims or not found.lines:
            return found.lines
        *lines, (*statements, last) = ([*line.statements] for line in found.lines)
        assert isinstance(last, tree.LayerStatement)
        whole = [*map(tree.Line, map(tuple, lines)), tree.Line((*statements, last._replace(claims=claims)))]
        return whole

    def _laid_out(self, entry: ListedLayer) -> None:
        """Shapes such as 64x112x112 with their channels last, and 64x3x3 as 64 windows of 3x3."""
        if self.batch is not None:
            entry.shapes = [self._without_batch(shape) for shape in entry.shapes]
        if self.channels_first:
            entry.shapes = [self._channels_last(shape, entry) for shape in entry.shapes]
            self._windows_first(entry)

    def _without_batch(self, shape: BracketShape) -> BracketShape:
        """`[32, 64, 56, 56]` of a listing whose input is a batch of 32."""
        axes = 1 if self.flow.flat else len(self.flow.space or (0, 0)) + 1
        batched = len(shape.sizes) > 1 and len(shape.sizes) in (2, axes + 1) and shape.sizes[0] == self.batch
        return shape._replace(sizes=shape.sizes[1:]) if batched else shape

    def _channels_last(self, shape: BracketShape, entry: ListedLayer) -> BracketShape:
        if len(shape.sizes) < 3 and not (len(shape.sizes) == 2 and len(self.flow.space or ()) == 1):
            return shape
        count = entry.facts.get("count")
        channels = whole(count) if count is not None else None if entry.family == "conv" else self.flow.channels
        sizes = channels_last(shape.sizes, channels)
        if sizes is None:
            hint = "write all shapes in one order, as the input"
            raise Unclear(f"whether {'x'.join(shape.sizes)} has its channels first is not clear", place_of(shape), hint)
        return shape._replace(sizes=sizes)

    def _windows_first(self, entry: ListedLayer) -> None:
        volume = entry.facts.get("volume")
        if volume is None or not ends_square(sizes(volume)):
            return
        count, *window = sizes(volume)
        del entry.facts["volume"]
        if "count" in entry.facts:
            entry.shapes.append(BracketShape((*window, count), volume.start, volume.end))
        else:
            entry.facts["count"] = amount((count,), place_of(volume))
            entry.facts["window"] = amount(tuple(window), place_of(volume))

    def _line(self, entry: ListedLayer) -> list[tree.Line]:
        """The line of one layer and of what is joined to it; raises Unclear."""
        incoming = self.flow
        parts = [part for one in (entry, *entry.followers) for part in self._with_norm(one, entry)]
        claims = self.claims(entry, incoming)
        statements = (*parts[:-1], parts[-1]._replace(claims=claims)) if claims else tuple(parts)
        last = entry.head.last
        if last is not None and entry.head.ordinal is not None:
            return [self._range(entry, statements, entry.head.ordinal, last)]
        return [tree.Line(statements)]

    def _with_norm(self, one: ListedLayer, entry: ListedLayer) -> list[tree.LayerStatement]:
        """A layer, and after a convolution the norm of which the text says that each has one."""
        layer = self.layer(one)
        if not self.normed or one.family != "conv" or any(other.family == "norm" for other in entry.followers):
            return [layer]
        at = Span(layer.start, layer.end)
        return [layer, tree.LayerStatement((), word("BN", at), (), None, None, (), (), *at)]

    def _range(
        self, entry: ListedLayer, statements: tuple[tree.Statement, ...], first: Token, last: Token
    ) -> tree.Line:
        """`CONV2 ~ 12` as `for i in 2..12 { conv{i}: ... }`."""
        if not first.text.isdigit() or int(first.text) > whole(last):
            raise Unclear(f"{first.text} to {last.text} is not a range of layers", Span(first.start, last.end))
        at = Span(entry.head.start, entry.head.end)
        layer = statements[0]
        assert isinstance(layer, tree.LayerStatement)
        name = Token("TEMPLATE", f"{entry.label.rstrip('0123456789')}{{i}}", at.start, at.end)
        body = tree.Body((tree.Line((layer._replace(names=(name,)), *statements[1:])),), entry.start, entry.end)
        self.note(at, f"read as {whole(last) - int(first.text) + 1:,} layers, {first.text} to {last.text}")
        numbers = [Token("NUMBER", str(whole(token)), token.start, token.end) for token in (first, last)]
        turns = tree.Range(numbers[0], numbers[1], first.start, last.end)
        return tree.Line((tree.For((word("i", at),), turns, body),))

    # ---- one layer

    def layer(self, entry: ListedLayer) -> tree.LayerStatement:
        """The statement of one layer, without claims."""
        at = Span(entry.head.start, entry.head.end)
        self.comes = []
        sorts.hold(entry)
        if entry.kind != "STRANGE":
            self.explained(entry)
        for token in entry.vague:
            self.note(token, "mentioned without a number")
        incoming = self.flow
        kind, values = self._kind(entry, at)
        self.spelled(entry, incoming)
        self._all_said(entry)
        arguments = tuple(tree.Argument(None, token, token.start, token.end) for token in values)
        bare = "nobias" in entry.switches and entry.family in ("conv", "dense")
        if bare or (entry.family == "conv" and self.normed):
            arguments = (*arguments, tree.Argument(None, word("nobias", at), *at))
        repeat = entry.facts.get("copies")
        start = min(at.start, *(argument.start for argument in arguments)) if arguments else at.start
        end = max(at.end, *(argument.end for argument in arguments)) if arguments else at.end
        comes = tuple(self.comes)
        return tree.LayerStatement(self.name(entry), word(kind, at), arguments, None, repeat, (), (), start, end, comes)

    def _kind(self, entry: ListedLayer, at: Span) -> tuple[str, list[Token]]:
        """The kind of a layer and its values, as `.arch` has them."""
        if entry.kind == "STRANGE":
            hint = "convert the rest, and write this layer in the spec: `archdsl layers` lists what there is"
            raise Unclear("a kind of layer that listings cannot have", at, hint)
        match entry.family:
            case "INPUT":
                raise Unclear("this looks like the input, but its size is missing", at, 'say "[227x227x3] INPUT"')
            case "conv":
                return "CONV", convolved(self, entry, at)
            case "pool":
                return pool(self, entry, at)
            case "dense":
                return connected(self, entry, at)
            case "DROPOUT":
                return "DROPOUT", self._rate(entry, at)
            case "norm" if entry.kind == "NORM":
                self.note(
                    at, "a normalization layer without further details is read as LRN over 5 channels, as in AlexNet"
                )
        if entry.kind == "INCEPTION":
            hint = "give the six columns of its table: #1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5, pool proj"
            raise Unclear("an inception block without its columns", at, hint)
        self._no_count(entry)
        if entry.kind == "FLATTEN":
            self.flow = KnownSizes(None, self.flow.elements, True)
        size = entry.facts.get("size")
        if entry.family == "norm" and entry.kind != "BN":
            return "LRN", [amount(sizes(size), Span(size.start, size.end)) if size else amount((5,), at)]
        return _PLAIN.get(entry.kind, entry.kind), []

    def _all_said(self, entry: ListedLayer) -> None:
        """A fact that a layer of this kind does not have is not dropped: FC 10, stride 2."""
        copies, stride = entry.facts.get("copies"), entry.facts.get("stride")
        if entry.row and copies is not None and stride is not None and whole(copies) > 1 and sizes(stride) != ("1",):
            message = f"whether each of {copies.text} copies has a stride of {stride.text} is not clear"
            raise Unclear(message, place_of(copies), "give the first copy a row of its own")
        for fact, token in entry.facts.items():
            plain = (fact, token.text) in _SAYS_NOTHING.get(entry.family, ())
            if fact not in _FACTS.get(entry.family, _FACTS_OF_ALL) and fact not in _FACTS_OF_ALL and not plain:
                raise Unclear(f"a {fact} has no meaning for this layer", place_of(token), "remove it from the line")

        for switch, token in entry.switches.items():
            if switch not in _SWITCHES.get(entry.family, ()):
                raise Unclear(f"{token.text!r} says nothing of this layer", place_of(token), "remove it from the line")

    def _no_count(self, entry: ListedLayer) -> None:
        """A softmax has no weights: its number of classes must be what it reads."""
        count = entry.facts.get("count")
        if count is not None and not (self.flow.flat and whole(count) == self.flow.channels):
            message = (
                f"the output of a {entry.kind} layer has the shape of its input, and "
                f"{count.text} is not the size of its input"
            )
            raise Unclear(message, Span(count.start, count.end), f"if the layer has weights, write FC {whole(count)}")

    def _rate(self, entry: ListedLayer, at: Span) -> list[Token]:
        rate = entry.facts.get("rate")
        if rate is None:
            self.note(at, "dropout without a rate is read as 0.5")
            return [Token("NUMBER", "0.5", *at)]
        text = rate.text.rstrip(" %")
        if rate.type == "PERCENT":
            text = f"{float(text) / 100:.6g}"
        return [Token("NUMBER", text, rate.start, rate.end)]
