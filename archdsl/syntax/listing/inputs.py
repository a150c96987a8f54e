"""What a listing says of its input, wherever it says it: `[227x227x3] INPUT`, `28x28 grey images`."""

from __future__ import annotations

from itertools import pairwise

from archdsl.diagnostics import Diagnostic, Related, Source, Span
from archdsl.limits import Limits
from archdsl.syntax import tree
from archdsl.syntax.listing import clauses
from archdsl.syntax.listing.entry import Entry
from archdsl.syntax.listing.facts import Head, Item, Shape, is_a, sizes
from archdsl.syntax.listing.layout import Piece, Row
from archdsl.syntax.listing.parts import Note, amount
from archdsl.syntax.tree import Token


class InputReader:
    """The part of a reader that finds the input, and what it needs for that."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source, self.limits = source, limits
        self.diagnostics: list[Diagnostic] = []
        self.notes: list[Note] = []
        self.entries: list[Entry] = []
        self.input: tree.Input | None = None
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
        if heads and len(found) == 1 and self.input and not self.entries:  # [32x32x3], and below it: INPUT
            return True
        size = next((item for item in found if isinstance(item, Shape)), None) or clauses.dims(found)
        if size is None or (not heads and len(size.sizes) != 3 and not clauses.has(found, "IMAGE")):
            return False
        if not clauses.leads(found) and heads and self.input:
            return False
        self._give_input(piece, size, found, bool(heads))
        return True

    def _give_input(self, piece: Piece, size: Shape, found: list[Item], heads: bool) -> None:
        numbers = size.sizes
        if len(numbers) == 2:
            numbers = (*numbers, self._channels(piece, found))
        at = Span(size.start, size.end)
        if self.input is None or (self.tentative and heads and not self.entries):
            self.tentative = not heads
            self.input = tree.Input((), amount(numbers, at), None, (), *at)
            self.note(piece, f"the input, {'x'.join(numbers)}")
        elif amount(numbers, at).text != self.input.size.text:  # type: ignore[union-attr]
            related = (Related(Span(self.input.start, self.input.end), "the first"),)
            message = f"a second input, {'x'.join(numbers)}"
            self._tell("unclear-layer", message, at, "a listing has one input", related)

    def _behind_input(self, piece: Piece, found: list[Item]) -> list[Item]:
        """`input 32x32x3 -> conv ...`: what stands behind the input and its arrow."""
        heads = [item for item in found if isinstance(item, Head)]
        if len(heads) < 2 or heads[0].kind != "INPUT":
            return found
        first = clauses.segments(found)[0].items
        inputs = [item for item in first if isinstance(item, Head)]
        if len(heads) > len(inputs) > 0 and self._is_input(piece, first, inputs):
            return found[found.index(first[-1]) + 1 :]
        return found

    def _beside_input(self, piece: Piece, found: list[Item]) -> list[Item]:
        """`the first layer filters the 227x227x3 input image`: the shape that a layer's line says it reads."""
        heads = [at for at, item in enumerate(found) if isinstance(item, Head)]
        for at in heads[1:]:
            word, beside = found[at], found[at - 1]
            if isinstance(word, Head) and word.kind == "INPUT" and (isinstance(beside, Shape) or is_a(beside, "DIMS")):
                size = beside if isinstance(beside, Shape) else Shape(sizes(beside), beside.start, beside.end)  # type: ignore[arg-type]
                if self.entries or (self.input and not self.tentative):
                    self.note(Span(size.start, size.end), "what the layer reads; not checked")
                else:
                    self._give_input(piece, size, found, True)
                return [*found[: at - 1], *found[at + 1 :]]
        return found

    def _channels(self, piece: Piece, found: list[Item]) -> str:
        if clauses.has(found, "RGB"):
            return "3"
        for first, second in pairwise(found):
            if (
                isinstance(first, Token)
                and isinstance(second, Token)
                and second.type == "MAPS"
                and first.type == "NUMBER"
            ):
                return first.text
        if not clauses.has(found, "GREY"):
            self.note(piece, "an input without channels has one")
        return "1"
