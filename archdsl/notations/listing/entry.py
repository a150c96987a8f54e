"""One layer of a listing while its facts are gathered, wherever in the text they stand."""

from __future__ import annotations

from archdsl.notations.listing.line import BracketBlock, BracketShape, Head, sizes
from archdsl.syntax.tree import Token

FAMILIES = {
    "CONV": "conv",
    "C_LABEL": "conv",
    "POOL": "pool",
    "P_LABEL": "pool",
    "S_LABEL": "pool",
    "SUBSAMPLE": "pool",
    "MAXPOOL": "pool",
    "AVGPOOL": "pool",
    "GLOBALAVGPOOL": "pool",
    "GLOBALMAXPOOL": "pool",
    "NORM": "norm",
    "LRN": "norm",
    "BN": "norm",
    "FC": "dense",
    "F_LABEL": "dense",
    "OUTPUT": "dense",
    "RBF": "dense",
}
_VAGUE = ("POOL", "P_LABEL", "S_LABEL", "NORM", "OUTPUT", "F_LABEL", "C_LABEL", "FC", "SUBSAMPLE")
_LETTERS = {"C_LABEL": "C", "S_LABEL": "S", "P_LABEL": "P", "F_LABEL": "F"}


class ListedLayer:
    """A layer: its name as written, and its facts, each with its place."""

    def __init__(self, head: Head, start: int, end: int, indent: int) -> None:
        self.head, self.kind = head, head.kind
        self.start, self.end, self.indent = start, end, indent
        self.facts: dict[str, Token] = {}
        self.shapes: list[BracketShape] = []
        self.blocks: list[BracketBlock] = []
        self.switches: dict[str, Token] = {}  # same, valid, ceil, nobias, where they stand
        self.columns: dict[str, Token] = {}  # of an inception row: 1x1, 3x3 reduce, 3x3 ...
        self.results: list[Token] = []  # numbers after arrows: the output, or further layers (fc: 120 -> 84)
        self.loose: list[Token] = []  # amounts that nothing explains
        self.row = False  # whether a row of a table tells it
        self.structure: list[Token] = []  # words that say how layers are connected: residual, shortcut, block
        self.words: list[Token] = []  # plain words beside its figures, which may say what sort it is of
        self.spelled: list[Token] = []  # numbers in words that nothing explains
        self.vague: list[Token] = []  # a stride or a padding without its figure
        self.twice: list[tuple[str, Token, Token]] = []  # facts given twice, with different values
        self.bare: Token | None = None  # a count without a word, which may be what the layer reads
        self.followers: list[ListedLayer] = []  # joined on the same line: an activation, a norm, dropout
        for fact, value in zip(("window", "count"), head.values, strict=False):  # conv3-64
            self.give(fact, value)

    @property
    def family(self) -> str:
        return FAMILIES.get(self.kind, self.kind)

    @property
    def label(self) -> str:
        """The name as written: CONV2 ~ 12 is `CONV2`."""
        base = _LETTERS.get(self.head.kind) or {"dense": "fc"}.get(self.family, self.family.lower())
        return f"{base}{self.head.ordinal.text}" if self.head.ordinal else ""

    @property
    def times(self) -> int:
        """How many layers it is: CONV2 ~ 12 are eleven, and copies count."""
        first, last, copies = self.head.ordinal, self.head.last, self.facts.get("copies")
        ends = (first.text, last.text) if first is not None and last is not None else ("0", "0")
        span = int(ends[1]) - int(ends[0]) + 1 if all(end.isdigit() for end in ends) else 1
        return span * (int(copies.text) if copies is not None and copies.text.isdigit() else 1)

    def give(self, fact: str, token: Token) -> None:
        """Note a fact; one that is there already must be the same."""
        before = self.facts.setdefault(fact, token)
        if before is not token and sizes(before) != sizes(token):
            self.twice.append((fact, before, token))

    def forget_told_again(self) -> None:
        """Keep of equal shapes, told one after the other, the last: a layer may be spoken of any number of times."""
        while len(self.shapes) > 1 and self.shapes[-1].sizes == self.shapes[-2].sizes:
            del self.shapes[-2]

    def joins(self, head: Head) -> bool:
        """Whether another head speaks of this same layer: `NORM1: Normalization layer`, `C1: convolutional layer`."""
        other = FAMILIES.get(head.kind, head.kind)
        return other == self.family and head.ordinal is None and not head.values

    def sharpen(self, kind: str) -> None:
        """Take the more exact of two words for the layer: max pooling for pooling."""
        if kind not in _VAGUE or (kind == "SUBSAMPLE" and self.kind == "S_LABEL"):
            self.kind = kind
