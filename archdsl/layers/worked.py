"""Figures that know how they were reckoned: sums of products of named factors."""

from __future__ import annotations

from archdsl.sizes.size import Size
from archdsl.typed import NamedTuple, TypeAlias


class Factor(NamedTuple):
    """Sizes that are multiplied, and what they are: `55*55 positions`.

    The words of a tensor stand `ahead`: `weight 96*3*11*11`.
    """

    sizes: tuple[Size, ...]
    words: str = ""
    ahead: bool = False

    def __str__(self) -> str:
        if not self.sizes and not self.ahead:
            return ""
        sizes = "*".join(map(_written, self.sizes)) or "1"
        return (f"{self.words} {sizes}" if self.ahead else f"{sizes} {self.words}").strip()


Product: TypeAlias = tuple[Factor, ...]


class Worked:
    """A figure as the sum of products that it is; its text is `55*55 positions * weight 96*3*11*11`."""

    __slots__ = ("products",)

    def __init__(self, *products: Product) -> None:
        self.products = products

    def __add__(self, other: Worked) -> Worked:
        return Worked(*self.products, *other.products)

    def times(self, *sizes: Size) -> Worked:
        """So many times the figure."""
        return Worked(*((Factor(sizes), *product) for product in self.products))

    @property
    def figure(self) -> Size:
        """The output."""
        total: Size = 0
        for product in self.products:
            figure: Size = 1
            for factor in product:
                for size in factor.sizes:
                    figure = figure * size
            total = total + figure
        return total

    def text(self, most: int | None = None) -> str:
        """The arithmetic with its words, of `most` products; without the words, Python computes the figure from it."""
        shown = " + ".join(map(_multiplied, self.products[:most])) or "0"
        more = len(self.products[most:]) if most is not None else 0
        return f"{shown} + {more} more" if more else shown

    def __str__(self) -> str:
        return self.text()


NOTHING = Worked()


def _multiplied(product: Product) -> str:
    return " * ".join(filter(None, map(str, product))) or "1"


def _written(size: Size) -> str:
    """A size as a factor; a formula of several words in brackets."""
    text = str(size)
    return text if text.isalnum() else f"({text})"
