"""What a listing says of its input, wherever it says it: `[227x227x3] INPUT`, `28x28 grey images`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdsl.diagnostics import Diagnostic, Related, Source, Span
from archdsl.limits import Limits
from archdsl.notations.listing import clauses, layout, likeness, trade
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.line import BracketShape, Copies, Head, Item, is_a, sizes
from archdsl.notations.listing.parts import Note, amount, rotated
from archdsl.notations.listing.pieces import Piece, TableRow
from archdsl.notations.listing.words import figure_of
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import Any

_PLAIN = ("OTHER", "COLON", "OPENING", "CLOSING", "SEP")
_CHANNELS = frozenset("bands band bänder bandes bandas canales channel".split())
_STACKED = frozenset("frames frame slices views clips stacked bilder".split())
_FEATURES = re.compile(r"features?|merkmale?n?|caracter[ií]sticas|特征|特徴|특징")
_MOST_IN_ONE = 64  # images or frames that are one input; more are those of a data set


class InputReader:
    """The part of a reader that finds the input, and what it needs for that."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source, self.limits = source, limits
        self.said = layout.Said(source.text)
        self.diagnostics: list[Diagnostic] = []
        self.notes: list[Note] = []
        self.entries: list[ListedLayer] = []
        self.input: tree.Input | None = None
        self.channels_first = False  # whether shapes are written as 3x224x224
        self.batch: str | None = None  # a number of images that shapes begin with
        self.of_channels: list[Item] = []  # what a line of the input says of its channels
        self.tentative = False  # whether the input is only a shape in the prose

    def note(self, at: Piece | Span | tree.QuantityClaim, text: str) -> None:
        self.notes.append(Note(at.start, at.end, text))

    def _tell(
        self, code: str, message: str, at: Piece | TableRow | Span, hint: str | None, related: tuple[Related, ...] = ()
    ) -> None:
        span = Span(at.start, at.end)
        self.diagnostics.append(Diagnostic(code, message, span, self.source, related=related, hint=hint))

    def _is_input(self, piece: Piece, found: list[Item], heads: list[Head]) -> bool:
        """`[227x227x3] INPUT`, `input: 28x28 grey images`, or a shape in the prose above the first layer."""
        if heads and (heads[0].kind != "INPUT" or any(head.kind not in ("INPUT", "OUTPUT") for head in heads[1:])):
            return False
        if not heads and (self.entries or self.input):
            return False
        if heads and len(found) == 1 and not self.entries:  # INPUT, above or below its shape
            return True
        size = next((item for item in found if isinstance(item, BracketShape)), None) or likeness.dims(found)
        if size is None and heads:
            faults = len(self.diagnostics)
            size = self._vector(found)
            if len(self.diagnostics) > faults:
                return True
        if size is None or (not heads and len(size.sizes) != 3 and not likeness.has(found, "IMAGE")):
            return False
        if not likeness.leads(found) and heads and self.input:
            return False
        self._give_input(piece, size, found, bool(heads))
        return True

    def _give_input(self, piece: Piece, size: BracketShape, found: list[Item], heads: bool) -> None:
        at = Span(size.start, size.end)
        numbers = self._ordered(piece, size.sizes, at, found)
        if numbers is None:
            return
        if self.input is None or (self.tentative and heads and not self.entries):
            self.tentative = not heads
            self.input = tree.Input((), amount(numbers, at), None, (), *at)
            self.note(piece, f"the input, {'x'.join(numbers)}")
        elif amount(numbers, at).text != self.input.size.text:  # type: ignore[union-attr]
            related = (Related(Span(self.input.start, self.input.end), "the first"),)
            message = f"a second input, {'x'.join(numbers)}"
            self._tell("unclear-layer", message, at, "a listing has one input", related)

    def _give_stated(self, given: tuple[Any, ...], at: Span) -> None:
        """The input as a program has it, channels last and without a batch: `input_shape=(28, 28, 1)`."""
        if not given or not all(type(size) is int and size > 0 for size in given):
            self._tell(
                "unclear-layer", "this input has no sizes", at, "give the input its sizes only, as in (28, 28, 1)"
            )
            return
        numbers = tuple(map(str, given))
        if self.input is None or self.tentative:
            self.tentative = False
            self.input = tree.Input((), amount(numbers, at), None, (), *at)
            self.notes.append(Note(*at, f"the input, {'x'.join(numbers)}"))
        elif amount(numbers, at).text != self.input.size.text:  # type: ignore[union-attr]
            related = (Related(Span(self.input.start, self.input.end), "the first"),)
            message = f"a second input, {'x'.join(numbers)}"
            self._tell("unclear-layer", message, at, "a listing has one input", related)

    def take_input(self, given: tree.Input) -> None:
        """Read the input that the caller gives as a line of the text."""
        numbers, at = sizes(given.size), Span(given.start, given.end)  # type: ignore[arg-type]
        ordered = self._in_order(numbers, at, batched=False)
        if ordered is not None:
            self.input = given._replace(size=amount(ordered, at))

    def _ordered(self, piece: Piece, numbers: tuple[str, ...], at: Span, found: list[Item]) -> tuple[str, ...] | None:
        """The sizes of the input with its channels last and without the batch; None where the order is open."""
        batched = layout.is_batched(self.source.text[at.start : at.end])
        if len(numbers) == 4 and not batched:
            batch = layout.batch_in(numbers, self.said)
            if batch is None:
                hint = f"write the input as {'x'.join(numbers[1:])}, or mention frames"
                self._ask(f"whether {numbers[0]} of {'x'.join(numbers)} are a batch or frames", at, hint)
                return None
            self.batch = numbers[0] if batch else None
            numbers, batched = (numbers[1:], True) if batch else (numbers, False)
        if len(numbers) == 2 and not batched and not self._is_sequence(numbers):
            channels = self._channels(piece, found, at)
            if channels is None:
                return None
            numbers = (*numbers, channels)
        return self._in_order(numbers, at, batched=batched)

    def _in_order(self, numbers: tuple[str, ...], at: Span, *, batched: bool) -> tuple[str, ...] | None:
        """The sizes of the input with its channels last; None where the order is open."""
        order = layout.order(numbers, self.said, batched) if len(numbers) > 1 else layout.Order(layout.LAST)
        if order.axes is None:
            self._ask(order.question, at, 'say "channels first" or "channels last" in the listing')
            return None
        self.channels_first = order.axes == layout.FIRST
        if self.channels_first:
            self.note(at, "channels first, here and in all shapes")
            return rotated(numbers)
        return numbers

    def _ask(self, question: str, at: Span, hint: str) -> None:
        self._tell("unclear-layer", f"{question} is not clear", at, hint)

    def _behind_input(self, piece: Piece, found: list[Item]) -> list[Item]:
        """`input 32x32x3 -> conv ...`: what stands after the input and its arrow."""
        heads = [item for item in found if isinstance(item, Head)]
        if len(heads) < 2 or heads[0].kind != "INPUT":
            return found
        first = clauses.segments(found)[0].items
        inputs = [item for item in first if isinstance(item, Head)]
        if len(inputs) == len(heads) and heads[1].kind not in ("INPUT", "OUTPUT"):  # input 32x32x3, conv ...
            first = clauses.clauses(first)[0][1]
            inputs = heads[:1]
        if len(heads) > len(inputs) > 0 and first and self._is_input(piece, [*inputs, *first], inputs):
            return found[found.index(first[-1]) + 1 :]
        return found

    def _beside_input(self, piece: Piece, found: list[Item]) -> list[Item]:
        """`the first layer filters the 227x227x3 input image`: the shape that a layer's line says it reads."""
        for word, at in _inputs(found):
            beside = found[at]
            size = beside if isinstance(beside, BracketShape) else BracketShape(sizes(beside), beside.start, beside.end)  # type: ignore[arg-type]
            if self.entries or (self.input and not self.tentative):
                self.note(Span(size.start, size.end), "the input of the layer; not checked")
            else:
                self._give_input(piece, size, found, True)
            return [item for n, item in enumerate(found) if n not in (word, at)]
        return found

    def _vector(self, found: list[Item]) -> BracketShape | None:
        """`Input: 784`, `(1, 784)`, `784 features`: an input of one axis, where nothing else stands on the line."""
        plain = [item for item in found if not (isinstance(item, Head) or is_a(item, *_PLAIN))]
        numbers = [item for item in plain if is_a(item, "NUMBER", "COUNTED")]
        words = [item for item in plain if item not in numbers]
        if any(not (is_a(word, "NEURONS") or _is_feature(word)) for word in words) or len(numbers) not in (1, 2):
            return None
        *batch, last = (item for item in numbers if isinstance(item, Token))
        if batch and sizes(batch[0]) != ("1",):
            at = Span(batch[0].start, last.end)
            question = f"whether {batch[0].text} of {batch[0].text}x{last.text} are a batch or steps"
            self._ask(question, at, f"write {last.text}, or (N, {last.text}) for a batch")
            return None
        return BracketShape(("".join(sizes(last)),), last.start, last.end) if "." not in last.text else None

    def _is_sequence(self, numbers: tuple[str, ...]) -> bool:
        """Whether two sizes are steps and channels, by what the first module reads: 3x32 above Conv1d(3, 8)."""
        reads = self.said.reads
        if reads is None or str(reads.channels) not in numbers:
            return False
        return reads.axes == 2 or (reads.axes is None and not reads.first and numbers[-1] == str(reads.channels))

    def _channels(self, piece: Piece, found: list[Item], size: Span) -> str | None:
        """The channels of an image of which the height and the width are given; None where they are not clear."""
        said: dict[str, Item] = {}
        self.of_channels = []
        alone = all(item.kind in ("INPUT", "OUTPUT") for item in found if isinstance(item, Head))  # no layer beside it
        line = self.source.text[piece.start : piece.end]
        colours = re.search(r"\b(?:RGB-?[AD]|CMYK|BGR|HSV|YUV|YCbCr|CIELAB)\b", line, re.IGNORECASE)
        four = colours is not None and colours.group().lower()[0] in "rc" and colours.group().lower() != "cielab"
        for at, item in enumerate(found):
            if is_a(item, "RGB") and colours is None:
                said.setdefault("3", item)
            elif is_a(item, "GREY"):
                said.setdefault("1", item)
            elif (number := self._of_channels(found, at)) is not None:
                said.setdefault(number, item)
                self.of_channels += [item, *(one for one in found[at - 1 : at + 2] if is_a(one, "MAPS", "AT"))]
            elif alone and self._is_open(found, at, size):
                hint = "name the channels, as in 28x28, 3 channels, or write them in the shape, as in 28x28x3"
                self._ask(
                    f"the meaning of {line[item.start - piece.start : item.end - piece.start]} for the input",
                    _at(item),
                    hint,
                )
                return None
        if colours is not None:
            said.setdefault("4" if four else "3", found[0])
        if len(said) > 1:
            self._ask(f"whether the input has {' or '.join(said)} channels", size, "keep one of the two")
            return None
        if not said:
            self.note(piece, "an input without channels has one")
        return next(iter(said), "1")

    def _of_channels(self, found: list[Item], at: int) -> str | None:
        """The number of channels that stands at a place: 3 channels, channels: 3, 3@32x32, 28x28 (x3), 3 x (28x28)."""
        item = found[at]
        if isinstance(item, Copies):
            return "".join(sizes(item.number))
        number = figure_of(item)
        if number is None:
            return None
        before = [one for one in found[max(0, at - 2) : at] if not is_a(one, "COLON", "OPENING")]
        behind = [one for one in found[at + 1 : at + 3] if not is_a(one, "COLON", "OPENING")]
        near = [*before[-1:], *behind[:1]]
        if any(is_a(one, "MAPS", "AT") or _text(one) in _CHANNELS for one in near):
            return number.text
        return number.text if any(_text(one) in ("x", "×") for one in near) else None

    def _is_open(self, found: list[Item], at: int, size: Span) -> bool:
        """Whether a figure beside the size of an image is of nothing that is known: `4 frames 84x84`."""
        item = found[at]
        number = figure_of(item)
        if number is None or size.start <= item.start < size.end or (item.type == "OTHER" and number.text in "01"):  # type: ignore[union-attr]
            return False
        stacked = any(is_a(one, "IMAGE") or _text(one) in _STACKED for one in found[at + 1 : at + 3])
        if stacked or item.type == "OTHER":  # type: ignore[union-attr]
            return int(number.text) <= _MOST_IN_ONE
        text = self.source.text
        start, end = text.rfind("\n", 0, item.start) + 1, text.find("\n", item.end)
        line = text[start : end if end >= 0 else None]
        return not trade.is_of_something_else(line, item.start - start, item.end - start)


def _at(item: Item) -> Span:
    return Span(item.start, item.end)


def _text(item: Item) -> str:
    return item.text.lower() if isinstance(item, Token) else ""


def _is_feature(item: Item) -> bool:
    return is_a(item, "MAPS") and _FEATURES.fullmatch(_text(item)) is not None


def _inputs(found: list[Item]) -> Iterator[tuple[int, int]]:
    """Where, after a layer or in a sentence with one, the input is named, and its size beside it."""
    heads = [at for at, item in enumerate(found) if isinstance(item, Head) and item.kind != "INPUT"]
    for at, item in enumerate(found):
        if isinstance(item, Head) and item.kind == "INPUT" and heads and at > heads[0]:
            yield from ((at, beside) for beside in (at - 1, _behind(found, at)) if _is_size(found[beside]))
        elif is_a(item, "IMAGE") and heads:
            start = at - 1
            while start > 0 and is_a(found[start], "RGB", "GREY"):
                start -= 1
            if start >= 0 and _is_size(found[start]):
                yield at, start


def _behind(found: list[Item], at: int) -> int:
    """After `input_shape=`."""
    end = at + 1
    while end < len(found) - 1 and end < at + 3 and is_a(found[end], "OTHER", "COLON"):
        end += 1
    return min(end, len(found) - 1)


def _is_size(item: Item) -> bool:
    return isinstance(item, BracketShape) or is_a(item, "DIMS")
