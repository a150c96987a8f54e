"""The files that a text uses: found, read and parsed, each once, however many ways lead to it.

Where files lie is the caller's business: a `Folder` finds them. The shipped library is found here.
"""

from __future__ import annotations

from collections.abc import Iterator

from archdsl.diagnostics import Diagnostic, Related, Source, Sources, Span, nearest
from archdsl.faults.report import Reporter
from archdsl.limits import Limits, raising
from archdsl.syntax import parse, tree
from archdsl.syntax.tree import Token
from archdsl.typed import NamedTuple, Protocol

_MOST_AROUND = 3  # uses around a fault that are reported, the nearest
_LIBRARY = "std"
FILES = ("dense", "inception", "inverted", "residual", "transformer")  # of the shipped library


class UsedFile(NamedTuple):
    """A file that can be used: what tells it from every other, the folder that its own paths start in, and its name."""

    key: str
    folder: str
    name: str


class Unusable(Exception):
    """Why a path leads to nothing that can be used."""

    def __init__(
        self, message: str, hint: str | None = None, code: str = "unusable-file", instead: tuple[str, ...] = ()
    ) -> None:
        self.code, self.message, self.hint, self.instead = code, message, hint, instead
        super().__init__(message)


class Folder(Protocol):
    """Where the paths of a text lead."""

    @property
    def own(self) -> UsedFile:
        """The text itself."""
        ...

    def find(self, path: str, around: UsedFile) -> UsedFile:
        """The file at a path that stands in another file; raises Unusable."""
        ...

    def text(self, file: UsedFile, most: int) -> str:
        """The text of a file of at most so many bytes; raises Unusable."""
        ...


class Used(NamedTuple):
    """All files of a check, the text itself first, and which of them each `use` brings, by the place of its path."""

    files: tuple[tree.File, ...]
    brought: dict[int, int]
    places: tuple[Token | None, ...]  # where each file is used first


class Loaded(NamedTuple):
    """What was loaded, the texts, the codes ignored in all of them, and what is wrong.

    `dropped` are the statements that could not be read, and `braces` says whether it is a guess where some end;
    `partial` says that a file is missing, so that it is not known what it brings.
    """

    source: Sources
    used: Used
    ignored: list[tuple[str, int, int]]
    diagnostics: list[Diagnostic]
    dropped: tuple[str, ...]
    braces: bool
    partial: bool


def uses(file: tree.File) -> list[tree.UseStatement]:
    """The `use` lines of a file."""
    return [one for line in file.lines for one in line.statements if isinstance(one, tree.UseStatement)]


def load(source: Source, file: tree.File, folder: Folder | None, limits: Limits) -> Loaded:
    """Load what a text uses, and what that uses; circles end."""
    loading = _Loading(source, file, folder, limits)
    loading.run()
    used = Used(tuple(loading.trees), loading.brought, tuple(loading.places))
    found = loading.report.sorted()
    dropped, braces, partial = tuple(loading.dropped), loading.braces, loading.partial
    return Loaded(loading.source, used, loading.ignored, found, dropped, braces, partial)


class _Way(NamedTuple):
    """A file on the way to the one that is being loaded, the `use` that led to it, and those in it that are left."""

    file: UsedFile
    use: tree.UseStatement | None
    left: Iterator[tree.UseStatement]


class _Loading:
    def __init__(self, source: Source, file: tree.File, folder: Folder | None, limits: Limits) -> None:
        self.source = Sources(source)
        self.report = Reporter(self.source, [])
        self.folder, self.limits = folder, limits
        self.trees = [file]
        self.places: list[Token | None] = [None]
        self.brought: dict[int, int] = {}
        self.ignored: list[tuple[str, int, int]] = []
        self.dropped: list[str] = []
        self.braces = self.partial = False
        own = folder.own if folder is not None else UsedFile("", "", source.name)
        self._numbers = {own.key: 0}
        self._bytes = 0
        self._way = [_Way(own, None, iter(uses(file)))]

    def run(self) -> None:
        """Follow every `use`, until more is wrong than is shown; nesting never becomes depth of the stack."""
        while self._way and self.report.errors < self.limits.diagnostics:
            use = next(self._way[-1].left, None)
            if use is None:
                self._way.pop()
                continue
            try:
                self._follow(use)
            except Unusable as fault:
                self.partial = True
                around, instead = self._around(), fault.instead
                self.report.tell(fault.code, fault.message, use.path, hint=fault.hint, related=around, instead=instead)

    def _follow(self, use: tree.UseStatement) -> None:
        file = self._find(use.path)
        circle = [one.file.key for one in self._way]
        if file.key in circle:
            self._tell_circle(use, circle.index(file.key))
        elif file.key in self._numbers:
            self.brought[use.path.start] = self._numbers[file.key]
        else:
            self._load(use, file)

    def _load(self, use: tree.UseStatement, file: UsedFile) -> None:
        if len(self.trees) > self.limits.uses:
            message = f"more than {self.limits.uses:,} files are used"
            raise Unusable(message, raising("uses"), "limit")
        text = self._text(file)
        self._bytes += len(text.encode())
        part = Source(file.name, text, self.source.end())
        parsed = parse(part, self.limits)
        self.source.add(part)
        self.ignored += parsed.ignored
        if parsed.file is None:
            around = [self.report.seen_from(part, one) for one in (_related(use.path), *self._around())]
            self.report.add([one._replace(related=(*one.related, *around)) for one in parsed.diagnostics])
            self.dropped += parsed.dropped
            self.braces, self.partial = self.braces or parsed.braces, self.partial or parsed.rest is None
        else:
            self._check(file, parsed.file, use)
        self._numbers[file.key] = self.brought[use.path.start] = len(self.trees)
        self.trees.append(parsed.file or parsed.rest or tree.File(()))
        self.places.append(use.path)
        self._way.append(_Way(file, use, iter(uses(self.trees[-1]))))

    def _check(self, file: UsedFile, parsed: tree.File, use: tree.UseStatement) -> None:
        """Report what is wrong with a file for those that use it: it has nothing to bring, or holes."""
        from archdsl.reading.holes import find

        statements = [one for line in parsed.lines for one in line.statements]
        if not any(isinstance(one, (tree.Block, tree.ModelStatement)) for one in statements):
            self.partial = True
            lays = any(isinstance(one, tree.LayerStatement) for one in statements)
            hint = "a model that is used needs a name: model NAME" if lays else None
            message = f"{file.name} defines neither a block nor a model"
            self.report.tell("unusable-file", message, use.path, hint=hint, related=self._around())
        for hole in find(parsed, self.source.text) if "?" in self.source.parts[-1].text else ():
            message = "a ? in a file that is used: its number is not searched for"
            at, related = Span(hole.at, hole.at + 1), (_related(use.path), *self._around())
            self.report.tell("misplaced", message, at, hint="write the number", related=related)

    def _find(self, path: Token) -> UsedFile:
        if path.type == "WORD":
            return _of_library(path.text)
        around = self._way[-1].file
        text = path.text[1:-1]
        if around.key.startswith(f"{_LIBRARY}."):
            raise Unusable("the library uses only its own files")
        if self.folder is None:
            raise Unusable(
                "this text is not in a folder, so paths cannot be resolved", 'archdsl.loads(text, folder=".")'
            )
        return self.folder.find(text, around)

    def _text(self, file: UsedFile) -> str:
        left = self.limits.used - self._bytes
        if file.key.startswith(f"{_LIBRARY}."):
            from archdsl.data import LIBRARY

            return (LIBRARY / f"{file.key.partition('.')[2]}.arch").read_text(encoding="utf-8")
        assert self.folder is not None
        try:
            return self.folder.text(file, min(left, self.limits.file))
        except Unusable as fault:
            if fault.code == "limit" and left < self.limits.file:
                message = f"the files that are used have more than {self.limits.used:,} bytes"
                raise Unusable(message, raising("used"), "limit") from None
            raise

    def _tell_circle(self, use: tree.UseStatement, start: int) -> None:
        """A file that uses itself, by way of others: every `use` on the way round is shown."""
        way = self._way[start:]
        names = [one.file.name for one in way]
        others = [_related(one.use.path, "and this is used here") for one in way[1:] if one.use is not None]
        self.partial = True
        message = f"{names[0]} uses itself: {' -> '.join([*names, names[0]])}"
        self.report.tell("circular-use", message, use.path, related=tuple(others))

    def _around(self) -> tuple[Related, ...]:
        """The uses that led to the file at hand, the nearest first."""
        found = [one.use.path for one in reversed(self._way) if one.use is not None]
        return tuple(_related(path) for path in found[:_MOST_AROUND])


def _related(path: Token, text: str = "used here") -> Related:
    return Related(Span(path.start, path.end), text)


def _of_library(word: str) -> UsedFile:
    """A file of the shipped library; raises Unusable."""
    root, _, name = word.partition(".")
    if root != _LIBRARY:
        message = f"{word} is not part of the library, whose names start with {_LIBRARY}."
        hint, instead = ("a path is written in quotes", (f'"{word}.arch"',)) if not name else (None, ())
        raise Unusable(message, hint, instead=instead)
    if name not in FILES:
        close = nearest(name, FILES)
        listed = ", ".join(f"{_LIBRARY}.{one}" for one in FILES)
        instead = (f"{_LIBRARY}.{close}",) if close else ()
        raise Unusable(f"the library has no {word}", f"there are {listed}", instead=instead)
    return UsedFile(word, "", word)
