"""A listing to the tree of an `.arch` file: which lines are layers, which say more of one, and which are prose."""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.faults.work import PER_VISIT
from archdsl.limits import Limits, raising
from archdsl.notations.listing import clauses, prose, tables
from archdsl.notations.listing.entry import Entry
from archdsl.notations.listing.flow import Flow
from archdsl.notations.listing.inputs import InputReader
from archdsl.notations.listing.line import Block, Head, Item, Lines, Setting, Shape, is_a, sizes, words
from archdsl.notations.listing.lines import LineBuilder
from archdsl.notations.listing.parts import Note, Unclear, place_of
from archdsl.notations.listing.pieces import Piece, Row, pieces
from archdsl.notations.listing.roles import SWITCHES, take, take_result
from archdsl.notations.listing.words import AMOUNTS, KINDS
from archdsl.syntax import tree
from archdsl.syntax.parser import forbidden
from archdsl.syntax.tree import Token

_SEVERAL = re.compile(r"([0-9]{1,9})[-–]([0-9]{1,9})")

_LINE, _TOKEN, _LAYER = 20, 3, 50  # steps of reading a line, each token or other character on it, and a layer


class Listing(NamedTuple):
    """A listing as read: its tree, or None after an error; what is told; and how it was read, line by line.

    `layers` counts the lines that were taken for layers, also those that could not be understood.
    """

    file: tree.File | None
    diagnostics: list[Diagnostic]
    notes: list[Note]
    layers: int
    understood: bool = False  # whether there are layers, and no word is passed over
    stated: bool = False  # whether the text states its input


def read_listing(source: Source, limits: Limits, given: tree.Input | None = None) -> Listing:
    """Read a listing; only diagnostics come out of a text that is none.

    `given` is the input of one that states none, as a line of it would state it.
    """
    hidden = forbidden(source, limits, "break it in two", comments=False)
    if hidden:
        return Listing(None, hidden, [], 0)
    return _Reader(source, limits).read(given)


class _Reader(InputReader):
    """The reading of one text."""

    def __init__(self, source: Source, limits: Limits) -> None:
        super().__init__(source, limits)
        self.labels: dict[str, Entry] = {}
        self.shape: Shape | None = None  # above the layer that gives it
        self.totals: list[tree.QuantityClaim] = []
        self.passed: list[Diagnostic] = []  # notes on sentences that name layers and are prose
        self.normed = prose.normed(source.text)
        self.lines = Lines()
        self.budget = limits.tokens
        self.steps = PER_VISIT * limits.visits  # left
        self.layers = 0  # at least; repeats count once
        self.plain = True  # whether no word was passed over
        self.near = False  # whether the line above belongs to the last entry

    # ---- lines

    def read(self, given: tree.Input | None) -> Listing:
        for piece in pieces(self.source.text, partial(tables.is_header, self.source.text)):
            if isinstance(piece, Piece) and piece.blank:
                self.near = False
            elif not self._line(piece) or not self._has_room(piece):
                break
        stated = self.input is not None
        if not stated and given is not None:
            self.take_input(given)
        return self._built()._replace(stated=stated)

    def _has_room(self, piece: Piece | Row) -> bool:
        """Whether more layers may follow; as many as a check may visit, since each is visited."""
        if self.layers > self.limits.visits:
            self._tell("limit", f"more than {self.limits.visits:,} layers", piece, raising("visits"))
        return self.layers <= self.limits.visits

    def _line(self, piece: Piece | Row) -> bool:
        """Read one line; False where the limit on tokens is reached."""
        if isinstance(piece, Row):
            if tables.networks(self.source.text, piece):
                hint = "keep the column of one network"
                self._tell("unclear-layer", "this row has layers of several networks", piece, hint)
                return len(self.diagnostics) < self.limits.diagnostics
            row = tables.row_tokens(self.source.text, piece)
            tokens, columns = row.tokens, row.columns
            self.notes += row.notes
            piece = Piece(piece.start, piece.end, 0, False, False)
        else:
            tokens, columns = words(self.source.text, piece.start, piece.end), {}
        if not self._affords(piece, tokens):
            return False
        self.plain = self.plain and not any(token.type == "OTHER" for token in tokens)
        found = self.lines.items(tokens)
        if found is not None:
            self._items(piece, found, columns)
        elif any(token.type in KINDS for token in tokens):
            self._tell("unclear-layer", "this looks like a layer and cannot be understood", piece, None)
        return len(self.diagnostics) < self.limits.diagnostics

    def _affords(self, piece: Piece, tokens: list[Token]) -> bool:
        """Count a line, its tokens and what is none; False where the limit on tokens is reached, or that on steps."""
        blanks = self.source.text.count(" ", piece.start, piece.end)
        others = piece.end - piece.start - blanks - sum(token.end - token.start for token in tokens)
        self.budget -= len(tokens)
        self.steps -= _LINE + _TOKEN * (len(tokens) + max(0, others))
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
        if self._is_input(piece, found, heads) or self._again(found, heads):
            self.near = True
            return
        if clauses.has(found, "TOTAL") and self._total(found):
            return
        if not heads and not clauses.is_bare(found) and self._is_lone_shape(piece, found):
            return
        if self._is_activation(piece, found, heads):
            return
        if heads and clauses.is_layer(found) and not prose.is_remark(self.source.text, piece, found, heads):
            several = clauses.copies_of_several(found)
            if several is not None:
                hint = 'write "x 2" behind each layer that is repeated, or [3x3, 64; 3x3, 64] x 2'
                self._tell("unclear-layer", "copies of several layers", Span(several.start, several.end), hint)
            self._layers(piece, found, columns)
            return
        blocks = [item for item in found if isinstance(item, Block)]
        if blocks and not heads:
            head = Head("CONV", None, None, (), blocks[0].start, blocks[0].end)
            self._entry(piece, head, found)
        elif not self._more(piece, found) and (heads or not (self._is_lone_shape(piece, found) or self._total(found))):
            self.near = False
            if not piece.heading:
                self._pass_over(piece, found, heads)

    def _without_mentions(self, found: list[Item]) -> list[Item]:
        """A sentence without the layers that it only speaks of."""
        spoken = clauses.mentions(found)
        for head in spoken:
            self._tell_passed("this layer is only spoken of here, and passed over", Span(head.start, head.end))
        return [item for item in found if item not in spoken]

    def _pass_over(self, piece: Piece, found: list[Item], heads: list[Head]) -> None:
        """Prose; where it seems to be about a layer it is not dropped in silence."""
        if prose.is_layer_in_disguise(self.source.text, piece, found):
            hint = "begin with its kind: CONV, MAX POOL, FC"
            self._tell("unclear-layer", "this looks like a layer, and what kind it is is not there", piece, hint)
            return
        self.note(piece, "prose")
        used = self.normed is not None and piece.start < self.normed.end and self.normed.start < piece.end
        named = clauses.has_figures_of_a_layer(found) if not heads else any(map(clauses.is_heavy, heads))
        if named and not used:
            message = "this sentence names a layer, and is passed over as prose"
            self._tell_passed(message, Span(piece.start, piece.end))

    def _tell_passed(self, message: str, at: Span) -> None:
        if len(self.passed) < self.limits.diagnostics:
            hint = "if it is one, begin the line with it, and give its figures"
            self.passed.append(Diagnostic("passed-over", message, at, self.source, hint=hint))

    # ---- layers

    def _again(self, found: list[Item], heads: list[Head]) -> bool:
        """A line that speaks once more of a layer above: `CONV1 gives [55x55x96]`."""
        if not heads or not clauses.leads(found):
            return False
        head = heads[0]
        before = self.labels.get(_key(head))
        if before is not None and clauses.is_another(found, head, before):
            return False
        if before is None and self.entries and clauses.speaks_of_output(found, heads):
            last = self.entries[-1]
            before = last if head.kind == "OUTPUT" or last.joins(head) else None
        if before is None or any(other.kind != "OUTPUT" for other in heads[1:]):
            return False
        take(before, [item for item in found if not isinstance(item, Head)])
        return True

    def _layers(self, piece: Piece, found: list[Item], columns: dict[str, Token]) -> None:
        """Every layer of a line, in order."""
        parent = self._parent(piece)
        for segment in clauses.segments(found):
            first = True
            for head, said in clauses.clauses(segment.items):
                if head is None:
                    self._headless(piece, segment, said)
                elif parent is not None and parent.joins(head):
                    parent.sharpen(head.kind)
                    take(parent, said)
                elif not first and clauses.is_light(head) and self.entries:
                    follower = Entry(head, piece.start, piece.end, piece.indent)
                    take(follower, said)
                    self._follow(self.entries[-1], follower)
                else:
                    self._entry(piece, head, said)
                first = False
        if columns and self.entries:
            self.entries[-1].columns = columns

    def _headless(self, piece: Piece, segment: clauses.Segment, said: list[Item]) -> None:
        """What stands between arrows without a name: what comes out of the layer before, or goes into the first."""
        blocks = [item for item in said if isinstance(item, Block)]
        if blocks:
            self._entry(piece, Head("CONV", None, None, (), blocks[0].start, blocks[0].end), said)
        elif self.entries:
            (take_result if segment.behind_arrow else take)(self.entries[-1], said)
        elif not self._is_input(piece, said, []) and (shape := clauses.lone_shape(said)) is not None:
            self._give_input(piece, shape, said, False)

    def _is_lone_shape(self, piece: Piece, found: list[Item]) -> bool:
        """`[8x8x16]` on a line of its own: what the layer above gives, or the one below if that has a shape already."""
        shape = clauses.lone_shape(found)
        if shape is None:
            return False
        last = self.entries[-1] if self.entries else None
        if last is not None and all(other.sizes == shape.sizes for other in last.shapes):
            last.shapes.append(shape)
            last.forget_told_again()
        elif self.shape is not None:
            hint = "put it on the line of its layer"
            self._tell("unclear-layer", "which layer gives this shape is not clear", place_of(shape), hint)
        elif last is not None or shape.sizes != _sizes_of(self.input):
            self.shape = shape
        return True

    def _is_activation(self, piece: Piece, found: list[Item], heads: list[Head]) -> bool:
        """`activation: ReLU` below a layer."""
        if len(heads) != 1 or not clauses.is_light(heads[0]) or self._parent(piece) is None:
            return False
        words = [item.text.lower() for item in found if isinstance(item, Token) and item.type == "OTHER"]
        if not words or not set(words) <= clauses.ACTIVATIONS:
            return False
        self._follow(self.entries[-1], Entry(heads[0], piece.start, piece.end, piece.indent))
        return True

    def _follow(self, entry: Entry, follower: Entry) -> None:
        """Join an activation to its line; what it claims, the line claims."""
        entry.shapes += follower.shapes
        follower.shapes = []
        entry.followers.append(follower)
        self.layers += 1

    def _entry(self, piece: Piece, head: Head, said: list[Item]) -> None:
        self.steps -= _LAYER
        head = self._of_several(head)
        entry = Entry(head, piece.start, piece.end, piece.indent)
        for item in said:
            if isinstance(item, Head) and entry.joins(item):
                entry.sharpen(item.kind)
        if self.shape is not None:
            entry.shapes.append(self.shape)
            self.shape = None
        take(entry, said)
        self.entries.append(entry)
        self.layers += 1 + sum(len(block.convolutions) for block in entry.blocks)
        if head.ordinal is not None:
            self.labels.setdefault(_key(head), entry)
        self.near = True

    def _of_several(self, head: Head) -> Head:
        """`CONV6-8` is three layers; `conv1-2` below `conv1-1` is one."""
        several = _SEVERAL.fullmatch(head.ordinal.text) if head.ordinal is not None and head.last is None else None
        if several is None or head.ordinal is None or int(several[1]) >= int(several[2]):
            return head
        before = head.ordinal._replace(text=f"{several[1]}-{int(several[2]) - 1}")
        if _key(head._replace(ordinal=before)) in self.labels:
            return head
        start = head.ordinal.end - len(several[2])
        first = Token("ORDINAL", several[1], head.ordinal.start, start - 1)
        return head._replace(ordinal=first, last=Token("NUMBER", several[2], start, head.ordinal.end))

    def _parent(self, piece: Piece) -> Entry | None:
        """The layer that a bullet below it belongs to."""
        if not self.entries or not self.near:
            return None
        last = self.entries[-1]
        return last if piece.indent > last.indent else None

    def _more(self, piece: Piece, found: list[Item]) -> bool:
        """A line without a layer's name that says more of the layer above."""
        if not self.entries or not self.near:
            return False
        facts = [item for item in found if isinstance(item, (Setting, Shape)) or is_a(item, *AMOUNTS, *SWITCHES)]
        plain = [item for item in found if is_a(item, "OTHER")]
        last = self.entries[-1]
        below = self._parent(piece) is not None or prose.goes_on(self.source.text, last.start, piece)
        if not facts or not (below or (piece.bullet and not plain) or len(plain) <= 1 <= len(facts)):
            return False
        take(last, found)
        return True

    def _total(self, found: list[Item]) -> bool:
        """`62,378,344 parameters` of the whole network."""
        claim = prose.total(found)
        if claim is None:
            return False
        self.totals.append(claim)
        self.note(claim, f"a claim for the whole network{', within 5%' if claim.within else ''}")
        return True

    # ---- results

    def _built(self) -> Listing:
        """The tree of everything gathered."""
        layers = len(self.entries) + len(self.diagnostics)
        builder = LineBuilder()
        builder.channels_first = self.channels_first
        builder.flow = _flow(self.input)
        self._said_of_all(builder)
        lines = [tree.Line((self.input,))] if self.input else []
        for entry in self.entries:
            if len(self.diagnostics) >= self.limits.diagnostics:
                break
            try:
                made = builder.lines(entry)
                lines += made
            except Unclear as unclear:
                builder.flow = Flow()
                self._tell("unclear-layer", unclear.message, unclear.at, unclear.hint)
        if self.shape is not None:
            message = "which layer gives this shape is not clear"
            self._tell("unclear-layer", message, place_of(self.shape), "put it on the line of its layer")
        if self.totals:
            lines.append(tree.Line((tree.Expect(tuple(self.totals)),)))
        self.diagnostics.sort(key=lambda diagnostic: diagnostic.span)
        notes = sorted([*self.notes, *builder.notes])
        if self.diagnostics:
            return Listing(None, self.diagnostics, notes, layers)
        return Listing(tree.File(tuple(lines)), self.passed, notes, layers, self.plain and layers > 0)

    def _said_of_all(self, builder: LineBuilder) -> None:
        """What the text says of all its layers: shortcuts, and norms behind each convolution."""
        builder.residual = prose.is_residual(self.source.text)
        if self.normed is not None:
            builder.normed = True
            self.note(self.normed, "batch normalization behind each convolution, which then has no bias")


def _key(head: Head) -> str:
    """What names a layer: CONV1 and conv1 are one."""
    return f"{Entry(head, 0, 0, 0).label.lower()}" if head.ordinal is not None else ""


def _flow(given: tree.Input | None) -> Flow:
    numbers = tuple(int(size) for size in _sizes_of(given))
    return Flow(numbers[:-1], numbers[-1], len(numbers) == 1) if numbers else Flow()


def _sizes_of(given: tree.Input | None) -> tuple[str, ...]:
    return sizes(given.size) if given is not None and isinstance(given.size, Token) else ()
