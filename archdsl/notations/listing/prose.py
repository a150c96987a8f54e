"""What the prose of a listing says: of all layers, of the whole network, and whether it may be ignored."""

from __future__ import annotations

import re

from archdsl.diagnostics import Span
from archdsl.notations.listing import likeness
from archdsl.notations.listing.line import Copies, Head, Item, is_a
from archdsl.notations.listing.parts import figure
from archdsl.notations.listing.pieces import Piece
from archdsl.notations.listing.words import AMOUNTS
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

_CALLED = re.compile(
    r"\W*(?:[^\W\d_]+[ -]){1,2}layer\b(?: \d+\W*| ?\d* ?[:(=][^.\n]{0,40}\d[^.\n]{0,40})", re.IGNORECASE
)
_ALL = re.compile(
    r"\b(?:all|every|everywhere|each|throughout|always|jede[rns]?|alle[nr]?|chaque|tou(?:te)?s)\b", re.IGNORECASE
)

_UNTRAINED = re.compile(r"\bnon?[- ]?trainable|\bnon[- ]?entra[iî]n|\bnicht[- ]?trainier|\bfrozen\b", re.IGNORECASE)
_IT = re.compile(r"\s*(?:it|this (?:layer|one)|they|these|sie|es|elle|il)\b", re.IGNORECASE)
_RESIDUAL = re.compile(r"residual|shortcut|skip[ -]connection|resnet|résidu|잔차|残差", re.IGNORECASE)
_FEW_WORDS = 6  # of prose in a line that is still a layer
_EACH = r"\b(?:each|every|all|jede[rm]?|chaque)\b"
_NORM = r"(?:batch[ -]?norm[a-z]*|\bBN\b)"
_NORMED = re.compile(
    rf"{_NORM}[^\n.;|]{{0,60}}\b(?:after|follows|behind|nach|après)\b[^\n.;|]{{0,20}}{_EACH}"
    rf"|{_EACH}[^\n.;|]{{0,40}}\bconv[a-z]*[^\n.;|]{{0,40}}{_NORM}",
    re.IGNORECASE,
)


def normed(text: str) -> Span | None:
    """Where a text says that batch normalization follows each convolution."""
    found = _NORMED.search(text)
    return Span(*found.span()) if found is not None else None


def is_residual(text: str) -> bool:
    """Whether a text speaks of residual blocks."""
    return _RESIDUAL.search(text) is not None


def is_layer_in_disguise(text: str, piece: Piece, found: list[Item]) -> bool:
    """Whether a line without a known kind has what only layers have: `[6x6x6] FOO2: ...`, `routing layer: 10 units`."""
    if any(isinstance(item, Head) for item in found):
        return False
    few = sum(is_a(item, "OTHER") for item in found) <= _FEW_WORDS
    called = _CALLED.fullmatch(text[piece.start : piece.end]) is not None
    return called or likeness.begins_with_shape(found) or (few and likeness.has_figures_of_a_layer(found))


def is_remark(text: str, piece: Piece, found: list[Item], heads: list[Head]) -> bool:
    """A sentence about layers in general: `every pool has stride 2`."""
    behind = found[found.index(heads[0]) + 1 :]
    if likeness.leads(found) and any(is_a(item, "COLON") for item in behind[:2]):
        return False
    if any(isinstance(item, Copies) for item in found):
        return False
    if not likeness.leads(found) and len(heads) > 1 and all(head.ordinal for head in heads):  # of several, by name
        return not any(is_a(item, *AMOUNTS) for item in found[found.index(heads[0]) : found.index(heads[-1])])
    plain = not any(head.ordinal or head.values for head in heads)
    return plain and is_of_all(text, piece)


def is_of_all(text: str, piece: Piece) -> bool:
    """Whether a sentence speaks of all layers: `every pool has stride 2`."""
    return _ALL.search(text, piece.start, piece.end) is not None


def is_untrained(text: str, piece: Piece) -> bool:
    """Whether a line counts what is not trained, which is no claim for the whole: `Non-trainable params: 0`."""
    return _UNTRAINED.search(text, piece.start, piece.end) is not None


def goes_on(text: str, start: int, piece: Piece) -> bool:
    """Whether a sentence says more of the layer that begins at a place in the same line: `It has 156 parameters.`"""
    return _IT.match(text, piece.start, piece.end) is not None and "\n" not in text[start : piece.start]


def total(found: list[Item]) -> tree.QuantityClaim | None:
    """`62,378,344 parameters` of the whole network; with `about`, within 5 %."""
    tokens = [item for item in found if isinstance(item, Token) and item.type not in ("OTHER", "COLON", "OPENING")]
    for at, token in enumerate(tokens):
        if token.type not in ("PARAMS", "WEIGHTS"):
            continue
        for beside in (at - 1, at + 1):
            if 0 <= beside < len(tokens) and tokens[beside].type in ("COUNTED", "ROUNDED", "NUMBER"):
                claim = figure(tokens[beside], token.type.lower())
                within = Token("NUMBER", "5", *claim[3:]) if likeness.has(found, "ABOUT") else None
                return claim._replace(within=within)
    return None
