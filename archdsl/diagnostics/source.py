"""A text with its name, and the way from an offset to a line and a column; and several texts read together."""

from __future__ import annotations

from bisect import bisect_right

from archdsl.typed import NamedTuple, Protocol


class Span(NamedTuple):
    """Characters `start` to `end` of a text, the end not included."""

    start: int
    end: int


class Placed(Protocol):
    """Anything with a place in a text, such as a token or a statement."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


class Source:
    """One text under check. Lines and columns count from 1, columns in characters.

    Where several texts are read together, `base` is where the offsets of this one begin among those of all. `mark` is
    the byte order mark with which some editors begin a file, which is no part of the text; most files have none.
    """

    def __init__(self, name: str, text: str, base: int = 0, mark: str = "") -> None:
        self.name = name
        self.text = text
        self.base = base
        self.mark = mark
        self._starts: list[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        starts = self._line_starts()
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def part(self, offset: int) -> Source:
        """The one text in which a character stands: this one."""
        return self

    def texts(self) -> list[Source]:
        """The texts that are read together: this one."""
        return [self]

    def at(self, place: Placed) -> tuple[Source, Span]:
        """The one text in which a place begins, and the place in that text."""
        part = self.part(place.start)
        first = part.base - self.base
        return part, Span(place.start - first, place.end - first)

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            starts, at = [0], self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._starts = starts
        return self._starts


class Sources(Source):
    """A text and those that it uses, read together: offsets count through all of them, its own first."""

    def __init__(self, first: Source) -> None:
        super().__init__(first.name, first.text)
        self.parts = [first]
        self._bases = [0]

    def texts(self) -> list[Source]:
        """The texts that are read together."""
        return self.parts

    def end(self) -> int:
        """Where the next text begins."""
        return len(self.text) + 1

    def add(self, part: Source) -> None:
        """Add a text whose base is the end."""
        self.text = f"{self.text}\n{part.text}"
        self.parts.append(part)
        self._bases.append(part.base)

    def part(self, offset: int) -> Source:
        """The one text in which a character stands."""
        return self.parts[bisect_right(self._bases, offset) - 1]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character in the one text in which it stands."""
        part = self.part(offset)
        return part.position(offset - part.base)
