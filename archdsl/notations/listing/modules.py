"""Modules of PyTorch and layers of Keras among the lines of a listing: where they are taken, and what stands after."""

from __future__ import annotations

import re

from archdsl.diagnostics import Source, Span
from archdsl.limits import Limits
from archdsl.notations.listing import clauses
from archdsl.notations.listing.layers import LAYER, LayerReader
from archdsl.notations.listing.line import Lines, words
from archdsl.notations.listing.parts import place_of
from archdsl.notations.listing.pieces import Piece, TableRow
from archdsl.notations.listing.programs import ProgramEntry
from archdsl.notations.listing.roles import take, take_result
from archdsl.notations.listing.trade import is_structure
from archdsl.notations.pytorch.find import Program, first_read, programs, stated_input
from archdsl.syntax.tree import Token
from archdsl.vocabulary import known

TOKEN = 3  # steps of reading a token or another character of a line
_COMMENT = re.compile(r"#|(?<=\s)//")


class ProgramReader(LayerReader):
    """The part of a reader that takes lines of programs."""

    def __init__(self, source: Source, limits: Limits) -> None:
        super().__init__(source, limits)
        self.lines = Lines()
        self.modules = 0  # that modules of PyTorch hold
        self.prose: list[Span] = []  # lines that were ignored
        self.programs = programs(source.text)[::-1]  # modules of PyTorch, the first one last
        self.said.reads = first_read(self.programs[-1:])
        self.read_to = 0  # the end of the last of them
        self.of_program = False  # whether a program states the input
        self.value = ""  # the name that the last layer of Keras is assigned to

    def _program(self, piece: Piece | TableRow) -> bool:
        """Read the modules of PyTorch that a line has or belongs to."""
        inside = piece.start < self.read_to
        while self.programs and self.programs[-1].start < piece.end and isinstance(piece, Piece):
            program = self.programs.pop()
            if program.end <= piece.start:
                continue
            if program.keras and not self._reads_on(program):
                self.read_to, inside = program.end, True
                continue
            entry = ProgramEntry(program)
            entry.stated = self.of_program
            self.entries.append(entry)
            self.modules += program.modules
            self.steps -= LAYER + TOKEN * (program.end - program.start)
            self.read_to, inside = program.end, True
        if not inside:
            return False
        if not self.entries:  # the input of a program, above its layers
            return True
        self.near = False
        comment = _comment(self.source.text, piece)
        if any(map(str.isdigit, self.source.text[comment : piece.end])):
            self.prose.append(Span(piece.start, piece.end))
        if comment > self.read_to and isinstance(piece, Piece):
            self._behind_program(piece, comment)
        return True

    def _reads_on(self, program: Program) -> bool:
        """Take what a layer of Keras says of the input, and hold what it is called on against the line above."""
        call = program.call
        assert call is not None
        stated = stated_input(call)
        if stated is not None:
            sizes = stated.value if isinstance(stated.value, tuple) else (stated.value,)
            self.of_program = self.of_program or self.input is None
            self._give_stated(sizes, Span(stated.start, stated.end))
        if program.on and self.value and program.on != self.value:
            hint = "a listing is a sequence of layers: convert the rest, and write this layer in the spec"
            message = f"this layer reads {program.on}, and the line above gives {self.value}"
            self._tell("unclear-layer", message, call.place, hint)
        self.value = program.target
        return call.plain not in ("Input", "InputLayer")

    def _behind_program(self, piece: Piece, end: int) -> None:
        """What stands after a module on its line: what the module claims, and further layers; nothing is dropped."""
        tokens = words(self.source.text, self.read_to, end)
        found = self.lines.items(tokens)
        if found is None:
            at = Span(self.read_to, end)
            self._tell("unclear-layer", "the text after this module cannot be understood", at, "remove it")
            return
        said, rest = clauses.behind(found)
        for segment in clauses.segments(said):
            (take_result if segment.behind_arrow else take)(self.entries[-1], segment.items)
        plain = [item for item in said if isinstance(item, Token) and item.type == "OTHER"]
        named = next((word for word in plain if known(word.text) is not None and not is_structure(word.text)), None)
        if named is not None:
            hint = "write it as a module, with its brackets, or remove it"
            self._tell(
                "unclear-layer", f"the meaning of {named.text} for this module is not clear", place_of(named), hint
            )
        elif plain:
            self.prose.append(Span(piece.start, piece.end))
        if rest:
            self._layers(piece, rest, {})
            self.near = False


def _comment(text: str, piece: Piece | TableRow) -> int:
    """Where a comment begins on a line of code; the end of the line where there is none."""
    found = _COMMENT.search(text, piece.start, piece.end)
    return found.start() if found is not None else piece.end
