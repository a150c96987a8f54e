"""What a listing says of its input, wherever it says it: `[227x227x3] INPUT`, `28x28 grey images`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from archdsl.diagnostics import Diagnostic, Related, Source, Span
from archdsl.limits import Limits
from archdsl.notations.listing import clauses, layout, likeness
from archdsl.notations.listing.entry import Entry
from archdsl.notations.listing.line import Head, Item, Shape, is_a, sizes
from archdsl.notations.listing.parts import Note, amount, rotated
from archdsl.notations.listing.pieces import Piece, Row
from archdsl.syntax import tree
from archdsl.syntax.tree import Token


class InputReader:
    """The part of a reader that finds the input, and what it needs for that."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source, self.limits = source, limits
        self.said = layout.Said(source.text)
        self.diagnostics: list[Diagnostic] = []
        self.notes: list[Note] = []
        self.entries: list[Entry] = []
        self.input: tree.Input | None = None
        self.channels_first = False  # whether shapes are written as 3x224x224
        self.batch: str | None = None  # a number of images that shapes begin with
        self.tentative = False  # whether the input is only a shape in the prose

    def note(self, at: Piece | Span | tree.QuantityClaim, text: str) -> None:
        self.notes.append(Note(at.start, at.end, text))

    def _tell(
        self, code: str, message: str, at: Piece | Row | Span, hint: str | None, related: tuple[Related, ...] = ()
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
        size = next((item for item in found if isinstance(item, Shape)), None) or likeness.dims(found)
        if size is None or (not heads and len(size.sizes) != 3 and not likeness.has(found, "IMAGE")):
            return False
        if not likeness.leads(found) and heads and self.input:
            return False
        self._give_input(piece, size, found, bool(heads))
        return True

    def _give_input(self, piece: Piece, size: Shape, found: list[Item], heads: bool) -> None:
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
            self._tell("unclear-layer", "this input has no sizes", at, "give it sizes alone, as (28, 28, 1)")
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
                hint = f"write the input as {'x'.join(numbers[1:])}, or speak of frames"
                self._ask(f"whether {numbers[0]} of {'x'.join(numbers)} are a batch or frames", at, hint)
                return None
            self.batch = numbers[0] if batch else None
            numbers, batched = (numbers[1:], True) if batch else (numbers, False)
        if len(numbers) == 2 and not batched:
            numbers = (*numbers, self._channels(piece, found))
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
        """`input 32x32x3 -> conv ...`: what stands behind the input and its arrow."""
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
            size = beside if isinstance(beside, Shape) else Shape(sizes(beside), beside.start, beside.end)  # type: ignore[arg-type]
            if self.entries or (self.input and not self.tentative):
                self.note(Span(size.start, size.end), "what the layer reads; not checked")
            else:
                self._give_input(piece, size, found, True)
            return [item for n, item in enumerate(found) if n not in (word, at)]
        return found

    def _channels(self, piece: Piece, found: list[Item]) -> str:
        if likeness.has(found, "RGB"):
            return "3"
        for first, second in pairwise(found):
            if (
                isinstance(first, Token)
                and isinstance(second, Token)
                and second.type == "MAPS"
                and first.type == "NUMBER"
            ):
                return first.text
        if not likeness.has(found, "GREY"):
            self.note(piece, "an input without channels has one")
        return "1"


def _inputs(found: list[Item]) -> Iterator[tuple[int, int]]:
    """Where, behind a layer or in a sentence with one, the input is named, and its size beside it."""
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
    """Behind `input_shape=`."""
    end = at + 1
    while end < len(found) - 1 and end < at + 3 and is_a(found[end], "OTHER", "COLON"):
        end += 1
    return min(end, len(found) - 1)


def _is_size(item: Item) -> bool:
    return isinstance(item, Shape) or is_a(item, "DIMS")
