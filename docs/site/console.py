"""What a terminal shows, in colours: commands, and the messages of archdsl as a terminal has them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pygments.lexer import RegexLexer, bygroups
from pygments.lexers.shell import BashSessionLexer
from pygments.token import Generic, Name, Text, Token

_Token = tuple[int, object, str]


class _Output(RegexLexer):
    """What archdsl prints: the code of a message, its place, the line with its mark, and what to try."""

    tokens = {  # noqa: RUF012 - as Pygments has it
        "root": [
            (r"^(error)(\[[\w-]+\])(:.*\n)", bygroups(Generic.Error, Generic.Error, Generic.Strong)),
            (r"^(warning)(\[[\w-]+\])(:.*\n)", bygroups(Name.Exception, Name.Exception, Generic.Strong)),
            (r"^(note)(\[[\w-]+\])(:.*\n)", bygroups(Name.Namespace, Name.Namespace, Generic.Strong)),
            (r"^( *(?:-->|:::) )(.*\n)", bygroups(Generic.Subheading, Generic.Output)),
            (r"^( *\| )( *)(\^+)(.*\n)", bygroups(Generic.Subheading, Text, Generic.Error, Generic.Error)),
            (r"^( *\| )( *)(-+)(.*\n)", bygroups(Generic.Subheading, Text, Name.Namespace, Name.Namespace)),
            (r"^( *\d+ \|)(.*\n)", bygroups(Generic.Subheading, Text)),
            (r"^( *\|)(\n)", bygroups(Generic.Subheading, Text)),
            (r"^( *= )(try:|help:)(.*\n)", bygroups(Generic.Subheading, Generic.Inserted, Text)),
            (r"^(\+(?!\+).*\n)", Generic.Inserted),
            (r"^(-(?!-).*\n)", Generic.Deleted),
            (r".*\n", Generic.Output),
            (r".+", Generic.Output),
        ]
    }


class ConsoleLexer(BashSessionLexer):
    """A session whose output is that of archdsl."""

    name = "archdsl session"
    aliases = ["console"]  # noqa: RUF012

    def get_tokens_unprocessed(self, text: str) -> Iterator[_Token]:
        """The tokens of a session, its outputs told apart."""
        output = _Output()
        for at, kind, part in super().get_tokens_unprocessed(text):
            if kind is not Token.Generic.Output:
                yield at, kind, part
                continue
            for line in re.finditer(r"[^\n]*\n|[^\n]+", part):
                for inner, told, piece in output.get_tokens_unprocessed(line.group()):
                    yield at + line.start() + inner, told, piece
