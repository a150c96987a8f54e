"""The lines of a listing as far as they are written: what all that write them share, whatever the kind of layer."""

from __future__ import annotations

from archdsl.diagnostics import Span
from archdsl.limits import Limits
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.flow import KnownSizes
from archdsl.notations.listing.line import BracketShape, sizes
from archdsl.notations.listing.parts import GROUPED, Note, Unclear, amount, figure, place_of, whole, word
from archdsl.notations.listing.spelled import number_of
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_WHOLE = ("count", "window", "stride", "pad", "groups", "dilation", "copies")
_LARGEST_LABEL = 60


class Draft:
    """What is known after the last line: the value that comes, the names that are taken, what the text says of all."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.flow = KnownSizes()
        self.rank: int | None = None  # axes of the value after a module of PyTorch
        self.assumed: list[tuple[Span, str]] = []  # what its lines do not say
        self.doubts: list[tuple[Span, str]] = []  # the same, where it may well be otherwise
        self.notes: list[Note] = []
        self.taken: set[str] = set()
        self.comes: list[tree.Comes] = []  # what the layer at hand says that it reads
        self.channels_first = False  # whether shapes are written as 3x224x224
        self.batch: str | None = None  # a number of images that shapes begin with
        self.residual = False  # whether the text speaks of residual blocks
        self.normed = False  # whether the text says that batch normalization follows each convolution

    def note(self, at: Span | Token, text: str) -> None:
        self.notes.append(Note(at.start, at.end, text))

    def name(self, entry: ListedLayer) -> tuple[Token, ...]:
        """The label of a layer, unless it has none or shares it with one above."""
        text = "".join(letter if letter.isalnum() else "_" for letter in entry.label)[:_LARGEST_LABEL]
        if not text or text in self.taken or not text.isascii():
            return ()
        self.taken.add(text)
        return (word(text, Span(entry.head.start, entry.head.end)),)

    def explained(self, entry: ListedLayer) -> None:
        """Nothing that a layer says may be left without a meaning, or have two."""
        for fact, first, second in entry.twice:
            message = f"two values for the {fact} of one layer: {first.text} and {second.text}"
            raise Unclear(message, Span(second.start, second.end), "keep the right one")
        for fact in _WHOLE:
            token = entry.facts.get(fact)
            if token is not None and "." in token.text and not (fact == "count" and GROUPED.fullmatch(token.text)):
                raise Unclear(f"{token.text} is not an integer", place_of(token), "sizes and strides are integers")
        if entry.structure and not entry.blocks:
            token = entry.structure[0]
            hint = "a listing is a sequence of layers: convert the rest, and write this layer in the spec"
            raise Unclear(f"{token.text!r} is one number too many for one layer", place_of(token), hint)
        self._reads(entry)
        if entry.loose:
            token = entry.loose[0]
            hint = 'say what the number is ("64 filters", "stride 2"), or remove it from the line'
            raise Unclear(
                f"the meaning of {token.text} for this layer is not clear", Span(token.start, token.end), hint
            )

    def spelled(self, entry: ListedLayer, incoming: KnownSizes) -> None:
        """`here every map reads all six`: a number in words must be one that the layer or what it reads has."""
        known = {"".join(sizes(token)) for token in entry.facts.values()} | {str(incoming.channels)}
        for token in entry.spelled:
            if str(number_of(token.text)) not in known:
                hint = "write it in digits, next to its word, or remove it from the line"
                raise Unclear(f"the meaning of {token.text} for this layer is not clear", place_of(token), hint)
            self.note(token, "a number that is known already")

    def _reads(self, entry: ListedLayer) -> None:
        """`Conv2d(3, 64)`, `in_channels=3`: what a layer says that it reads must be the input."""
        reads, flow = entry.facts.get("reads"), self.flow
        come = flow.channels if entry.family == "conv" else flow.elements
        given = [token for token in entry.loose if token.type in ("NUMBER", "COUNTED")]
        missing = ["count", "window"] if entry.family == "conv" and "window" not in entry.facts else ["count"]
        if (
            entry.bare is not None
            and len(entry.loose) == len(given) == len(missing)
            and come in (None, whole(entry.bare))
        ):
            self.note(entry.bare, "the input of the layer")
            self.come_in("channels" if entry.family == "conv" else "elements", entry.bare)
            entry.facts |= zip(missing, given, strict=True)
            entry.loose = []
        if reads is not None and come is not None and whole(reads) != come:
            message = f"this layer expects {whole(reads):,}, and its input has {come:,}"
            raise Unclear(message, place_of(reads), f"{come}, or another layer before this one")
        if reads is not None:
            self.come_in("channels" if entry.family == "conv" else "elements", reads)

    def come_in(self, what: str, token: Token) -> None:
        """Note what a layer says that it reads; the check holds it against the input, whatever the input is."""
        numbers = tuple(map(int, sizes(token))) if what == "window" else (whole(token),)
        self.comes.append(tree.Comes(what, numbers, token.start, token.end))

    def count(self, entry: ListedLayer, facts: dict[str, Token], at: Span) -> Token:
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
        raise Unclear(f"this looks like a layer, but its number of {what} is missing", at, f'say "{example}"')

    # ---- claims

    def claims(self, entry: ListedLayer, incoming: KnownSizes) -> tuple[tree.Claim, ...]:
        """The shape and the figures that a layer claims; of equal shapes one. Raises Unclear for two shapes."""
        found: list[tree.Claim] = []
        for shape in self._told(entry, incoming):
            found.append(tree.ShapeClaim(self.claimed(shape), shape.start, shape.end))
        for unit in ("params", "weights"):
            token = entry.facts.get(unit)
            if token is not None:
                found.append(figure(token, unit))
        return tuple(found)

    def _told(self, entry: ListedLayer, incoming: KnownSizes) -> list[BracketShape]:
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
                self.note(place_of(shape), "the input of the layer")
            else:
                message = f"two shapes for one layer: {'x'.join(shape.sizes)} and {'x'.join(last.sizes)}"
                raise Unclear(message, place_of(shape), "keep the output shape")
        return [last]

    def claimed(self, shape: BracketShape) -> Token:
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
