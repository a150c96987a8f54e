"""A listing to the tree of an `.arch` file: which lines are layers, which say more of one, and which are prose."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.faults.problem import placed
from archdsl.faults.work import PER_VISIT
from archdsl.limits import Limits, raising
from archdsl.notations.listing import clauses, code, likeness, prose, sorts, tables, trade
from archdsl.notations.listing.flow import KnownSizes
from archdsl.notations.listing.layers import sizes_of
from archdsl.notations.listing.line import BracketBlock, BracketShape, Head, Item, NamedValue, is_a, words
from archdsl.notations.listing.lines import LineBuilder
from archdsl.notations.listing.modules import TOKEN, ProgramReader
from archdsl.notations.listing.parts import Note, Unclear, place_of
from archdsl.notations.listing.pieces import Piece, TableRow, pieces
from archdsl.notations.listing.remarks import Read, Remark, understood
from archdsl.notations.listing.words import AMOUNTS, KINDS
from archdsl.notations.pytorch.find import forward_in
from archdsl.syntax import tree
from archdsl.syntax.parser import forbidden
from archdsl.syntax.recovery import unknown
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple

_SURE = 100  # layers of a text that is a listing, whatever else
_LINE = 20  # steps of reading a line


class Listing(NamedTuple):
    """A listing as read: its tree, or None after an error; what is reported; and how it was read, line by line.

    After an error `rest` is what was read, with `Unknown` for each line that was not. `layers` counts the lines that
    were taken for layers, also those that could not be understood.
    """

    file: tree.File | None
    diagnostics: list[Diagnostic]
    notes: list[Note]
    layers: int
    understood: bool = False  # whether there are layers, and no word is ignored
    prose: tuple[Span, ...] = ()  # what was ignored
    stated: bool = False  # whether the text states its input
    rest: tree.File | None = None


def read_listing(source: Source, limits: Limits, given: tree.Input | None = None) -> Listing:
    """Read a listing; only diagnostics come out of a text that is none.

    `given` is the input of one that states none, as a line of it would state it.
    """
    hidden = forbidden(source, limits, "break it in two", comments=False)
    if hidden:
        return Listing(None, hidden, [], 0)
    return _Reader(source, limits).read(given)


class _Reader(ProgramReader):
    """The reading of one text."""

    def __init__(self, source: Source, limits: Limits) -> None:
        super().__init__(source, limits)
        self.totals: list[tree.QuantityClaim] = []
        self.passed: list[Diagnostic] = []  # notes on sentences that name layers and are prose
        self.remarks: list[Remark] = []  # sentences with figures, judged when all layers are known
        self.prose: list[Span] = []  # lines that were ignored
        self.normed = prose.normed(source.text)
        self.budget = limits.tokens
        self.of_layers = False  # whether the table of the last row has what layers have
        self.plain = True  # whether no word was ignored

    # ---- lines

    def read(self, given: tree.Input | None) -> Listing:
        text = self.source.text
        forward = forward_in(text)
        if forward is not None:
            return self._refused(forward)
        for piece in pieces(text, partial(tables.is_header, text), partial(tables.has_figures, text)):
            if isinstance(piece, Piece) and piece.blank:
                self.near = False
            elif not self._line(piece):
                break
        stated = self.input is not None
        if not stated and given is not None:
            self.take_input(given)
        return self._built()._replace(stated=stated)

    def _refused(self, at: Span) -> Listing:
        """A program that says how its layers are connected where it runs: one error, and nothing else."""
        hint = "print the model, print(model), and put its input above: Input: 3x224x224"
        self._tell("unclear-layer", "how the layers of a class are connected is known only when it runs", at, hint)
        return Listing(None, self.diagnostics, [], _SURE, True, stated=True)

    def _line(self, piece: Piece | TableRow) -> bool:
        """Read one line; False where the limit on tokens is reached."""
        if self._program(piece):
            return self._affords(piece, []) and len(self.diagnostics) < self.limits.diagnostics
        if isinstance(piece, TableRow):
            if tables.networks(self.source.text, piece):
                hint = "keep the column of one network"
                self._tell("unclear-layer", "this row has layers of several networks", piece, hint)
                return len(self.diagnostics) < self.limits.diagnostics
            row = tables.row_tokens(self.source.text, piece)
            tokens, columns = row.tokens, row.columns
            self.notes += row.notes
            if row.unread:
                hint = 'give its column a header ("filters", "stride", "repeat"), or remove the column'
                self._tell(
                    "unclear-layer",
                    "the header of this column does not say what its numbers are",
                    Span(*row.unread[0]),
                    hint,
                )
            self.of_layers = row.of_layers
            piece = Piece(piece.start, piece.end, 0, False, False, row=True)
        else:
            tokens, columns = words(self.source.text, piece.start, piece.end), {}
        if not self._affords(piece, tokens):
            return False
        self.plain = self.plain and not any(token.type == "OTHER" for token in tokens)
        found = self.lines.items(tokens)
        if found is not None:
            self._items(piece, found, columns)
        elif any(token.type in KINDS for token in tokens):
            self._tell("unclear-layer", "this looks like a layer, but cannot be understood", piece, None)
        return len(self.diagnostics) < self.limits.diagnostics

    def _affords(self, piece: Piece | TableRow, tokens: list[Token]) -> bool:
        """Count a line, its tokens and what is none; False where the limit on tokens is reached, or that on steps."""
        blanks = self.source.text.count(" ", piece.start, piece.end)
        others = piece.end - piece.start - blanks - sum(token.end - token.start for token in tokens)
        self.budget -= len(tokens)
        self.steps -= _LINE + TOKEN * (len(tokens) + max(0, others))
        if self.budget < 0:
            self._tell("limit", f"more than {self.limits.tokens:,} tokens", piece, raising("tokens"))
        elif self.steps < 0:
            steps = PER_VISIT * self.limits.visits
            self._tell("limit", f"more than {steps:,} steps of reading lines", piece, raising("visits"))
        return self.budget >= 0 and self.steps >= 0

    def _items(self, piece: Piece, found: list[Item], columns: dict[str, Token]) -> None:
        found = self._behind_input(piece, self._beside_input(piece, found))
        found = clauses.with_copies(self.source.text, self._without_mentions(found))
        heads = [item for item in found if isinstance(item, Head)]
        faults = len(self.diagnostics)
        if self._is_input(piece, found, heads):
            if len(self.diagnostics) == faults:
                self._rest(piece, found, [*heads, *self._input_places(found)])
            self.near = True
            return
        if self._again(found, heads):
            self.near = True
            return
        if likeness.has(found, "TOTAL") and self._total(piece, found):
            return
        if not heads and not likeness.is_bare(found) and self._is_lone_shape(piece, found):
            return
        if self._is_activation(piece, found, heads):
            return
        if heads and likeness.is_layer(found) and not prose.is_remark(self.source.text, piece, found, heads):
            several = clauses.copies_of_several(found)
            if several is not None:
                hint = 'write "x 2" after each layer that is repeated, or [3x3, 64; 3x3, 64] x 2'
                self._tell("unclear-layer", "copies of several layers", Span(several.start, several.end), hint)
            self._layers(piece, found, columns)
            return
        blocks = [item for item in found if isinstance(item, BracketBlock)]
        if blocks and not heads:
            head = Head("CONV", None, None, (), blocks[0].start, blocks[0].end)
            self._entry(piece, head, found)
        elif not self._more(piece, found) and (
            heads or not (self._is_lone_shape(piece, found) or self._total(piece, found))
        ):
            self.near = False
            self._pass_over(piece, found, heads)

    def _input_places(self, found: list[Item]) -> list[Item]:
        """What of a line is the size of the input."""
        given = self.input
        places = (given.start, given.end) if given is not None else (0, 0)
        of_it = [item for item in found if places[0] <= item.start < places[1] or is_a(item, "IMAGE")]
        own = [item for item in self.of_channels if found and found[0].start <= item.start <= found[-1].start]
        return [*of_it, *own]

    def _rest(self, piece: Piece, found: list[Item], read: Sequence[Item | tree.QuantityClaim]) -> None:
        """What a line of the input or of the total says besides: `Input: 28x28x1, 64 filters of 5x5`."""
        line = list(self.source.text[piece.start : piece.end])
        for item in read:
            line[item.start - piece.start : item.end - piece.start] = " " * (item.end - item.start)
        if trade.speaks_of_layers("".join(line), 0, len(line)):
            rest = [item for item in found if all(item.end <= one.start or item.start >= one.end for one in read)]
            self.remarks.append(Remark(piece, rest, not self.entries))

    def _without_mentions(self, found: list[Item]) -> list[Item]:
        """A sentence without the layers that it only speaks of."""
        spoken = likeness.mentions(found)
        for head in spoken:
            self._tell_passed("this layer is only mentioned here, and ignored", Span(head.start, head.end))
        return [item for item in found if item not in spoken]

    def _pass_over(self, piece: Piece, found: list[Item], heads: list[Head]) -> None:
        """Prose; what seems to be about a layer is not dropped in silence, and what has a figure is no prose."""
        if code.may_be_a_layer(self.source.text[piece.start : piece.end]):
            hint = "write the layer in words, or as a PyTorch or Keras call; remove the line if it is not a layer"
            self._tell(
                "unclear-layer", "this line of a program may be a layer, but its function is unknown", piece, hint
            )
            return
        if prose.is_layer_in_disguise(self.source.text, piece, found):
            hint = "begin with its kind: CONV, MAX POOL, FC"
            self._tell("unclear-layer", "this looks like a layer, but its kind is missing", piece, hint)
            return
        word = sorts.changed(found) if likeness.leads(found) else None
        if word is not None:
            self._tell("unclear-layer", sorts.message(word), place_of(word), sorts.HINT)
            return
        used = self.normed is not None and piece.start < self.normed.end and self.normed.start < piece.end
        if not used and trade.speaks_of_layers(self.source.text, piece.start, piece.end):
            self.remarks.append(Remark(piece, found, not self.entries))
            return
        if (
            piece.row
            and self.of_layers
            and any(is_a(item, *AMOUNTS) or isinstance(item, (BracketShape, NamedValue)) for item in found)
        ):
            hint = "a row begins with its kind: CONV, MAX POOL, FC"
            self._tell("unclear-layer", "this row looks like a layer, but its kind is missing", piece, hint)
            return
        self._is_prose(piece)
        named = likeness.has_figures_of_a_layer(found) if not heads else any(map(likeness.is_heavy, heads))
        if named and not used and not piece.heading:
            message = "this sentence names a layer, and is ignored as prose"
            self._tell_passed(message, Span(piece.start, piece.end))

    def _is_prose(self, piece: Piece) -> None:
        """A line that says nothing of a layer; one of signs alone is form."""
        if any(letter.isalnum() for letter in self.source.text[piece.start : piece.end]):
            self.prose.append(Span(piece.start, piece.end))
            self.note(piece, "prose")

    def _tell_passed(self, message: str, at: Span) -> None:
        if len(self.passed) < self.limits.diagnostics:
            hint = "if it is a layer, begin the line with its kind, and give its numbers"
            self.passed.append(Diagnostic("passed-over", message, at, self.source, hint=hint))

    def _total(self, piece: Piece, found: list[Item]) -> bool:
        """`62,378,344 parameters` of the whole network."""
        claim = prose.total(found)
        if claim is not None and prose.is_untrained(self.source.text, piece):
            self._is_prose(piece)
            return True
        if claim is None:
            return False
        self.totals.append(claim)
        params = [item for item in found if is_a(item, "PARAMS", "WEIGHTS", "TOTAL", "ABOUT")]
        self._rest(piece, found, [claim, *params])
        self.note(claim, f"a claim about the whole network{', within 5%' if claim.within else ''}")
        return True

    # ---- results

    def _built(self) -> Listing:
        """The tree of everything gathered."""
        layers = len(self.entries) + len(self.diagnostics) + self.modules
        builder = LineBuilder(self.limits)
        builder.channels_first, builder.batch = self.channels_first, self.batch
        builder.flow = _flow(self.input)
        self._said_of_all(builder)
        self._judge_remarks()
        lines: list[tree.Line] = []
        for entry in self.entries:
            if len(self.diagnostics) >= self.limits.diagnostics:
                break
            try:
                made = builder.lines(entry)
                lines += made
            except Unclear as unclear:
                builder.flow = KnownSizes()
                self._tell("unclear-layer", unclear.message, unclear.at, unclear.hint)
        if self.input is not None:
            lines.insert(0, tree.Line((self._of_numbers(self.input, lines),)))
        self._tell_assumed(builder)
        if self.shape is not None:
            message = "which layer gives this shape is not clear"
            self._tell("unclear-layer", message, place_of(self.shape), "write it on the line of its layer")
        if self.totals:
            lines.append(tree.Line((tree.Expect(tuple(self.totals)),)))
        self.diagnostics.sort(key=lambda diagnostic: diagnostic.span)
        notes = sorted([*self.notes, *builder.notes])
        passed = tuple(sorted(self.prose))
        if self.diagnostics:
            return Listing(None, self.diagnostics, notes, layers, prose=passed, rest=self._rest_of(lines))
        return Listing(tree.File(tuple(lines)), self.passed, notes, layers, self.plain and layers > 0, passed)

    def _rest_of(self, lines: list[tree.Line]) -> tree.File | None:
        """The lines that were read, and what is unknown among them; None where a limit ended the reading."""
        if any(one.code != "unclear-layer" for one in self.diagnostics):
            return None
        made = list(lines)
        for fault in reversed(self.diagnostics):
            place = next((at for at, line in enumerate(made) if _start(line) > fault.span.start), len(made))
            shape_in_front = not self.channels_first
            made.insert(place, tree.Line((unknown(self.source, fault.span, shape_in_front),)))
        return tree.File(tuple(made))

    def _of_numbers(self, given: tree.Input, lines: list[tree.Line]) -> tree.Input:
        """The input; in front of an embedding it is of integers."""
        first = lines[0].statements[0] if lines else None
        embeds = (
            isinstance(first, tree.LayerStatement)
            and first.kind is not None
            and first.kind.text in ("EMBED", "EMBEDBAG")
        )
        return given._replace(dtype="int") if embeds else given

    def _tell_assumed(self, builder: LineBuilder) -> None:
        """What the lines of a program do not say is reported."""
        for kind, said in (("assumed-order", builder.doubts), ("assumed", builder.assumed)):
            for at, text in dict.fromkeys(said):
                if len(self.passed) < self.limits.diagnostics:
                    self.passed.append(Diagnostic(kind, f"assumed: {text}", at, self.source))

    def _judge_remarks(self) -> None:
        """Sentences with figures: what was read must have them, or they may be layers that were not understood."""
        read = Read(self.source.text, self.entries, self.labels, sizes_of(self.input))
        for remark in self.remarks:
            if len(self.diagnostics) >= self.limits.diagnostics:
                break
            said = understood(remark, read)
            if said is not None:
                self._is_prose(remark.piece)
                self.note(remark.piece, said)
            elif self.entries or self.input is not None:
                hint = 'begin with the kind, and name each number: "FC: 10 neurons"; remove the line if it is a remark'
                message = "this line has numbers and words of layers, but cannot be understood"
                self._tell("unclear-layer", message, remark.piece, hint)

    def _said_of_all(self, builder: LineBuilder) -> None:
        """What the text says of all its layers: shortcuts, and norms after each convolution."""
        builder.residual = prose.is_residual(self.source.text)
        if self.normed is not None:
            builder.normed = True
            self.note(self.normed, "batch normalization after each convolution, which then has no bias")


def _start(line: tree.Line) -> int:
    return placed(line.statements[0]).start


def _flow(given: tree.Input | None) -> KnownSizes:
    numbers = tuple(int(size) for size in sizes_of(given))
    return KnownSizes(numbers[:-1], numbers[-1], len(numbers) == 1) if numbers else KnownSizes()
