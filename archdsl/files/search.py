"""The specs in a folder, but in those that are hidden or made by tools, and what `.gitignore` and others leave out."""

from __future__ import annotations

import os
from collections.abc import Iterator

from archdsl.diagnostics import Diagnostic
from archdsl.files.patterns import Patterns
from archdsl.files.texts import unreadable
from archdsl.limits import Limits

MADE = (  # folders that tools make or fill, as ruff leaves them out; those that begin with a dot are hidden
    *("__pypackages__", "_build", "buck-out", "build", "dist"),
    *("node_modules", "site-packages", "venv"),
)
_GITIGNORE = ".gitignore"
_SHOWN = 3  # names of what is left out that a message lists


class Search:
    """The search in one folder; `faults` are what cannot be read of it."""

    def __init__(self, folder: str, limits: Limits, exclude: tuple[str, ...]) -> None:
        self.folder, self.exclude, self.limits = folder, exclude, limits
        self.start = os.path.abspath(folder)
        self.faults: list[Diagnostic] = []
        self.left_out: list[str] = []  # names of what lies below and is left out

    def nothing(self) -> Diagnostic:
        """What is said where no file is found."""
        shown = ", ".join(self.left_out[:_SHOWN])
        more = ", ..." if len(self.left_out) > _SHOWN else ""
        but = f", apart from what is excluded: {shown}{more}" if shown else ""
        return unreadable(self.folder, ValueError(f"no .arch file in this folder{but}"))

    def specs(self) -> Iterator[str]:
        """The paths of the `.arch` files below the folder; links to folders are not followed.

        Nor are links to files below the folder, which are found by their own names or left out by them, and links into
        folders that tools make.
        """
        try:
            stronger, weaker = self._around()
        except _Unusable as wrong:
            self.faults.append(wrong.fault)
            return
        inside: dict[str, list[Patterns]] = {self.folder: []}  # of `.gitignore` files above each folder, deepest first
        for parent, folders, names in os.walk(self.folder, onerror=self._cannot_be_read):
            ignored = inside.pop(parent)
            try:
                if _GITIGNORE in names:
                    ignored = [*self._gitignore(parent), *ignored]
            except _Unusable as wrong:
                self.faults.append(wrong.fault)
                folders.clear()
                continue
            patterns, here = [*stronger, *ignored, *weaker], os.path.abspath(parent)
            plain = [name for name in folders if not name.startswith(".")]
            folders[:] = [name for name in plain if not self._is_left_out(here, name, patterns, folder=True)]
            inside |= {os.path.join(parent, name): ignored for name in folders}
            specs = [name for name in names if name.endswith(".arch") and self._is_file(os.path.join(parent, name))]
            kept = [name for name in specs if not self._is_left_out(here, name, patterns, folder=False)]
            yield from (os.path.join(parent, name) for name in kept)

    def _is_file(self, path: str) -> bool:
        """Whether a path is a file, or a link to one that is looked at by this name."""
        if os.path.islink(path):
            way = os.path.relpath(os.path.realpath(path), os.path.realpath(self.start)).split(os.sep)
            if way[0] != os.pardir or any(name in MADE for name in way):
                self.left_out.append(os.path.basename(path))
                return False
        return os.path.isfile(path)

    def _is_left_out(self, parent: str, name: str, patterns: list[Patterns], *, folder: bool) -> bool:
        """Whether the first of the patterns that say something say so."""
        below = os.path.join(parent, name)
        for origin in patterns:
            path = _names_below(below, origin.base)
            decided = origin.left_out(path, folder) if path else None
            if decided is None:
                continue
            self.left_out += [name + os.sep if folder else name] if decided else []
            return decided
        return False

    def _cannot_be_read(self, fault: OSError) -> None:
        self.faults.append(unreadable(self.folder, fault))

    # ---- what is left out

    def _around(self) -> tuple[list[Patterns], list[Patterns]]:
        """The patterns that go before those of `.gitignore` files in the folder, and those that go after them.

        So it is decided, in this order, by `--exclude`, the project's `exclude`, the `.gitignore` files from that
        beside a path up to that of its repository, and the repository's own list; then folders that tools make are left
        out. Raises _Unusable.
        """
        weaker = []
        repository = _repository(self.start)
        if repository is not None:
            above = [one for one in _upwards(self.start) if len(repository) <= len(one) < len(self.start)]
            weaker = [each for one in above for each in self._gitignore(one)]
            weaker += self._patterns(os.path.join(repository, ".git", "info", "exclude"), repository)
        made = Patterns(self.start, [f"{name}/" for name in MADE], len(MADE))
        bases = dict.fromkeys((os.getcwd(), self.start)) if self.exclude else ()
        return [*(Patterns(base, self.exclude, len(self.exclude)) for base in bases), *self._of_project()], [
            *weaker,
            made,
        ]

    def _of_project(self) -> list[Patterns]:
        from archdsl.files.project import excluded

        for folder in _upwards(self.start):
            path = os.path.join(folder, "pyproject.toml")
            if os.path.isfile(path):
                try:
                    lines = excluded(path, self.limits)
                    if lines is not None:
                        return [Patterns(folder, lines, self.limits.patterns)]
                except (OSError, ValueError) as fault:
                    raise _Unusable(unreadable(path, fault)) from None
        return []

    def _gitignore(self, folder: str) -> list[Patterns]:
        return self._patterns(os.path.join(folder, _GITIGNORE), os.path.abspath(folder))

    def _patterns(self, path: str, base: str) -> list[Patterns]:
        """The patterns of a file; none where there is not a regular file. Raises _Unusable."""
        if not os.path.isfile(path):
            return []
        try:
            with open(path, "rb") as file:
                data = file.read(self.limits.file + 1)
            if len(data) > self.limits.file:
                raise ValueError(f"the file is larger than {self.limits.file:,} bytes")
            text = os.fsdecode(data.removeprefix(b"\xef\xbb\xbf"))  # as the names of files are
            return [Patterns(base, text.split("\n"), self.limits.patterns)]
        except (OSError, ValueError) as fault:
            raise _Unusable(unreadable(path, fault)) from None


class _Unusable(Exception):
    """A list of patterns that cannot be read: what it would leave out is not known, so nothing is looked at."""

    def __init__(self, fault: Diagnostic) -> None:
        super().__init__(fault.message)
        self.fault = fault


def _upwards(folder: str) -> Iterator[str]:
    """A folder and all above it."""
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _repository(folder: str) -> str | None:
    """The folder of the git repository around a folder."""
    return next((one for one in _upwards(folder) if os.path.exists(os.path.join(one, ".git"))), None)


def _names_below(path: str, base: str) -> tuple[str, ...]:
    """The names of a path from a base on; none where it lies elsewhere."""
    start = base if base.endswith(os.sep) else base + os.sep
    return tuple(path[len(start) :].split(os.sep)) if path.startswith(start) else ()
