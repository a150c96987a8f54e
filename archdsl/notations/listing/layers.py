"""Which layer each line of a listing speaks of: one of its own, or one from above."""

from __future__ import annotations

import re

from archdsl.diagnostics import Source, Span
from archdsl.faults.work import PER_VISIT
from archdsl.limits import Limits
from archdsl.notations.listing import clauses, likeness, prose, sorts
from archdsl.notations.listing.entry import ListedLayer
from archdsl.notations.listing.inputs import InputReader
from archdsl.notations.listing.line import BracketBlock, BracketShape, Head, Item, NamedValue, is_a, sizes
from archdsl.notations.listing.parts import place_of
from archdsl.notations.listing.pieces import Piece
from archdsl.notations.listing.roles import SWITCHES, take, take_result
from archdsl.notations.listing.words import AMOUNTS
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_BLOCKS = frozenset(
    "block blocks module modules unit stack cell blöcke bloc blocs bloque bloco blocco 블록 ブロック".split()
)
_NEUTRAL = frozenset(  # words beside the figures of the layer above
    """of the a an is are and with in at by to each size sizes used its der die das mit und von des de la le les du
    avec et el los con y del di il un una 크기 크기의 의 개 개의 は の と""".split()
)
LAYER = 50  # steps of reading a layer
_SEVERAL = re.compile(r"([0-9]{1,9})[-–]([0-9]{1,9})")


class LayerReader(InputReader):
    """The part of a reader that gathers layers."""

    def __init__(self, source: Source, limits: Limits) -> None:
        super().__init__(source, limits)
        self.labels: dict[str, ListedLayer] = {}
        self.shape: BracketShape | None = None  # above the layer that gives it
        self.steps = PER_VISIT * limits.visits  # left
        self.near = False  # whether the line above belongs to the last entry

    def _again(self, found: list[Item], heads: list[Head]) -> bool:
        """A line that speaks once more of a layer above: `CONV1 gives [55x55x96]`."""
        if not heads or not likeness.leads(found):
            return False
        head = heads[0]
        before = self.labels.get(_key(head))
        if before is not None and likeness.is_another(found, head, before):
            return False
        if before is None and self.entries and likeness.speaks_of_output(found, heads):
            last = self.entries[-1]
            before = last if head.kind == "OUTPUT" or last.joins(head) else None
        if before is None or any(other.kind != "OUTPUT" for other in heads[1:]):
            return False
        if self._is_twice(head, found, before):
            hint = "give each layer a name of its own, or remove one of the two lines"
            message = f"whether there are two layers called {before.label}, or one is described again, is not clear"
            self._tell("unclear-layer", message, Span(head.start, head.end), hint)
        take(before, [item for item in found if not isinstance(item, Head)])
        return True

    def _is_twice(self, head: Head, found: list[Item], before: ListedLayer) -> bool:
        """Whether a line has all figures of a layer above, with its label and a colon: `CONV1: 6 3x3 filters`."""
        behind = next((item for item in found if item.start >= head.end), None)
        if not is_a(behind, "COLON") or not before.facts:  # type: ignore[arg-type]
            return False
        scratch = ListedLayer(head, head.start, head.end, 0)
        take(scratch, [item for item in found if not isinstance(item, Head)])
        same = scratch.facts.keys() == before.facts.keys()
        return same and all(sizes(token) == sizes(before.facts[fact]) for fact, token in scratch.facts.items())

    def _layers(self, piece: Piece, found: list[Item], columns: dict[str, Token]) -> None:
        """Every layer of a line, in order."""
        parent = self._parent(piece)
        word = sorts.unknown(self.source.text, found)
        if word is not None:
            self._tell("unclear-layer", sorts.message(word), place_of(word), sorts.HINT)
            found = [item for item in found if item is not word]
        for segment in clauses.segments(found):
            first = True
            for head, said in clauses.clauses(segment.items):
                if head is None:
                    self._headless(piece, segment, said)
                elif parent is not None and parent.joins(head):
                    parent.sharpen(head.kind)
                    take(parent, said)
                elif not first and likeness.is_light(head) and self.entries:
                    self._join(piece, head, said)
                else:
                    self._entry(piece, head, said)
                first = False
        if columns and self.entries:
            self.entries[-1].columns = columns

    def _headless(self, piece: Piece, segment: clauses.Phrase, said: list[Item]) -> None:
        """What stands between arrows without a name: the output of the layer before, or the input of the first."""
        blocks = [item for item in said if isinstance(item, BracketBlock)]
        if blocks:
            self._entry(piece, Head("CONV", None, None, (), blocks[0].start, blocks[0].end), said)
        elif self.entries:
            (take_result if segment.behind_arrow else take)(self.entries[-1], said)
        elif not self._is_input(piece, said, []) and (shape := likeness.lone_shape(said)) is not None:
            self._give_input(piece, shape, said, False)

    def _is_lone_shape(self, piece: Piece, found: list[Item]) -> bool:
        """`[8x8x16]` on a line of its own: what the layer above gives, or the one below if that has a shape already."""
        shape = likeness.lone_shape(found)
        if shape is None:
            return False
        last = self.entries[-1] if self.entries else None
        if last is not None and all(other.sizes == shape.sizes for other in last.shapes):
            last.shapes.append(shape)
            last.forget_told_again()
        elif self.shape is not None:
            hint = "write it on the line of its layer"
            self._tell("unclear-layer", "which layer gives this shape is not clear", place_of(shape), hint)
        elif last is not None or shape.sizes != sizes_of(self.input):
            self.shape = shape
        return True

    def _is_activation(self, piece: Piece, found: list[Item], heads: list[Head]) -> bool:
        """`activation: ReLU` below a layer."""
        if len(heads) != 1 or not likeness.is_light(heads[0]) or self._parent(piece) is None:
            return False
        words = [item.text.lower() for item in found if isinstance(item, Token) and item.type == "OTHER"]
        if not words or not set(words) <= likeness.ACTIVATIONS:
            return False
        self._join(piece, heads[0], [item for item in found if item is not heads[0]])
        return True

    def _join(self, piece: Piece, head: Head, said: list[Item]) -> None:
        """An activation, a norm or a dropout on the line of a layer, which has what they cannot have."""
        layer = self.entries[-1]
        own, rest = clauses.parted(head, said, layer)
        follower = ListedLayer(head, piece.start, piece.end, piece.indent)
        take(follower, own)
        take(layer, rest)
        self._follow(layer, follower)

    def _follow(self, entry: ListedLayer, follower: ListedLayer) -> None:
        """Join an activation to its line; what it claims, the line claims."""
        entry.shapes += follower.shapes
        follower.shapes = []
        entry.followers.append(follower)

    def _entry(self, piece: Piece, head: Head, said: list[Item]) -> None:
        self.steps -= LAYER
        head = self._of_several(head)
        entry = ListedLayer(head, piece.start, piece.end, piece.indent)
        for item in said:
            if isinstance(item, Head) and entry.joins(item):
                entry.sharpen(item.kind)
        if self.shape is not None:
            entry.shapes.append(self.shape)
            self.shape = None
        take(entry, said)
        entry.structure += _blocks(head, said)
        entry.row = piece.row
        self.entries.append(entry)
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

    def _parent(self, piece: Piece) -> ListedLayer | None:
        """The layer that a bullet below it belongs to."""
        if not self.entries or not self.near:
            return None
        last = self.entries[-1]
        return last if piece.indent > last.indent else None

    def _more(self, piece: Piece, found: list[Item]) -> bool:
        """A line without a layer's name that says more of the layer above."""
        if not self.entries or not self.near or piece.row:
            return False
        facts = [
            item for item in found if isinstance(item, (NamedValue, BracketShape)) or is_a(item, *AMOUNTS, *SWITCHES)
        ]
        if any(isinstance(item, Head) and likeness.is_heavy(item) for item in found):
            return False
        plain = [item for item in found if is_a(item, "OTHER") and not _is_neutral(item)]
        last = self.entries[-1]
        below = self._parent(piece) is not None or prose.goes_on(self.source.text, last.start, piece)
        if not facts or not (below or (piece.bullet and not plain) or not plain):
            return False
        if last.family in ("conv", "pool") and any(is_a(item, "NEURONS", "CLASSES") for item in found):
            return False
        take(last, found)
        return True


def _blocks(head: Head, said: list[Item]) -> list[Token]:
    """`conv block`, `dense block`: right after the name of a layer, more than one layer."""
    behind = min((item for item in said if item.start >= head.end), key=lambda item: item.start, default=None)
    if not isinstance(behind, Token) or behind.start > head.end + 1 or behind.text.lower() not in _BLOCKS:
        return []
    return [behind]


def _is_neutral(item: Item) -> bool:
    return isinstance(item, Token) and item.text.lower() in _NEUTRAL


def _key(head: Head) -> str:
    """What names a layer: CONV1 and conv1 are one."""
    return f"{ListedLayer(head, 0, 0, 0).label.lower()}" if head.ordinal is not None else ""


def sizes_of(given: tree.Input | None) -> tuple[str, ...]:
    return sizes(given.size) if given is not None and isinstance(given.size, Token) else ()
