"""How the tensors of a file fit those that a network wants, after names were changed and parts left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from archdsl.checkpoints.header import FLOATS, TensorEntry
from archdsl.checkpoints.wanted import WantedTensor
from archdsl.diagnostics.nearest import nearest
from archdsl.typed import NamedTuple

STATUSES = ("fits", "missing", "extra", "shape", "dtype", "skipped")
_DEEPEST = 16  # steps of a name that are looked at


class TensorPair(NamedTuple):
    """One name with what the network wants and what the file has; either may be lacking."""

    name: str
    status: str
    wanted: WantedTensor | None
    found: TensorEntry | None


class CheckpointComparison(NamedTuple):
    """Every tensor of the network in its order, then what the file has besides."""

    pairs: tuple[TensorPair, ...]

    @property
    def fits(self) -> bool:
        """Whether nothing is missing, extra or different, but for what was left out by name."""
        return all(pair.status in ("fits", "skipped") for pair in self.pairs)

    def count(self, status: str) -> int:
        return sum(pair.status == status for pair in self.pairs)


def compare(
    wanted: Iterable[WantedTensor],
    found: Mapping[str, TensorEntry],
    rename: Mapping[str, str] | None = None,
    skip: Iterable[str] = (),
    cast: bool = False,
) -> CheckpointComparison:
    """Hold the tensors of a file against those of a network.

    `rename` maps names of the file (see `Renaming`). `skip` has names of tensors or of parts, or patterns with `*`;
    they are left out on both sides. Of several names for one tensor the file need have one, and leaving out one leaves
    out all. With `cast`, floating-point numbers of another width fit. Raises ValueError where
    a rule is about no tensor, or two tensors would get one name.
    """
    have = _renamed_all(found, dict(rename or {}))
    want = {each.name: each for each in wanted}
    left_out = _skipped({**want, **have}, list(skip))
    same = _same(want.values())
    left_out |= {name for names in same for name in names if not left_out.isdisjoint(names)}
    for names in same:
        _lend(names, have)
    pairs = [_pair(name, each, have.get(name), name in left_out, cast) for name, each in want.items()]
    extra = [(name, entry) for name, entry in have.items() if name not in want]
    pairs += [TensorPair(name, "skipped" if name in left_out else "extra", None, entry) for name, entry in extra]
    return CheckpointComparison(tuple(pairs))


def _same(wanted: Iterable[WantedTensor]) -> list[list[str]]:
    """The names of each tensor that has several."""
    found: dict[str, list[str]] = {}
    for each in wanted:
        if each.of:
            found.setdefault(each.of, [each.of]).append(each.name)
    return list(found.values())


def _lend(names: list[str], have: dict[str, TensorEntry]) -> None:
    """Give the names of one tensor that the file lacks the entry that it has."""
    entry = next((have[name] for name in names if name in have), None)
    for name in names:
        if entry is not None:
            have.setdefault(name, entry)


def _pair(name: str, wanted: WantedTensor, found: TensorEntry | None, skipped: bool, cast: bool) -> TensorPair:
    if skipped:
        return TensorPair(name, "skipped", wanted, found)
    if found is None:
        return TensorPair(name, "missing", wanted, None)
    if found.sizes != wanted.sizes:
        return TensorPair(name, "shape", wanted, found)
    converts = cast and found.dtype in FLOATS and wanted.dtype in FLOATS
    return TensorPair(name, "fits" if found.dtype == wanted.dtype or converts else "dtype", wanted, found)


# ---- names


class Renaming:
    """Rules for the names of a file; each applies to the names in the file.

    `module.` and the empty text are beginnings, `.gamma` is an ending, and anything else a whole name or a part up to a
    dot. Of the rules about the beginning the longest that fits is applied, of those about the ending too.
    """

    def __init__(self, rename: Mapping[str, str]) -> None:
        self._new = rename
        self._beginnings = sorted({len(old) for old in rename if old[:1] != "."}, reverse=True)
        self._endings = sorted({len(old) for old in rename if old[:1] == "."}, reverse=True)
        self.used: set[str | None] = set()

    def __call__(self, name: str) -> str:
        """The name as the rules have it; the rules are noted as used."""
        beginning = next((name[:length] for length in self._beginnings if self._is_beginning(name, length)), None)
        ending = next((name[-length:] for length in self._endings if name[-length:] in self._new), None)
        if ending and beginning is not None and len(beginning) > len(name) - len(ending):
            ending = None  # the rule about the beginning says more
        self.used |= {beginning, ending}
        if ending:
            name = name[: len(name) - len(ending)] + self._new[ending]
        return name if beginning is None else self._new[beginning] + name[len(beginning) :]

    def _is_beginning(self, name: str, length: int) -> bool:
        """Whether a rule of this length is about the beginning of a name, or about all of it."""
        if name[:length] not in self._new or name[:length].startswith("."):
            return False
        return name[:length][-1:] in ("", ".") or name[length : length + 1] in ("", ".")


def _renamed_all(found: Mapping[str, TensorEntry], rename: dict[str, str]) -> dict[str, TensorEntry]:
    have: dict[str, TensorEntry] = {}
    renaming = Renaming(rename)
    for name, entry in found.items():
        new = renaming(name)
        if new in have:
            raise ValueError(f"{have[new].name} and {name} would both be called {new}")
        have[new] = entry
    for old in rename:
        if old not in renaming.used:
            raise ValueError(f"no tensor to rename is called {old}{_meant(old, found)}")
    return have


def _skipped(names: Mapping[str, object], skip: list[str]) -> set[str]:
    """The names that are left out; raises ValueError for a rule that leaves out none."""
    found: set[str] = set()
    for rule in skip:
        matched = {name for name in names if _matches(name, rule)}
        if not matched:
            raise ValueError(f"no tensor to skip is called {rule}{_meant(rule, names)}")
        found |= matched
    return found


def _matches(name: str, rule: str) -> bool:
    if "*" in rule:
        return fnmatchcase(name, rule)
    return name == rule or name.startswith(rule if rule.endswith(".") else f"{rule}.")


def _meant(word: str, names: Iterable[str]) -> str:
    """The name or part of a name that comes close to a word."""
    parts = dict.fromkeys(part for name in names for part in (name, *parts_of(name)))
    close = nearest(word, parts)
    return f"; did you mean {close}?" if close else ""


def parts_of(name: str) -> Iterator[str]:
    """`a.b.c` -> `a`, `a.b`; of a long name the first."""
    at = -1
    for _ in range(_DEEPEST):
        at = name.find(".", at + 1)
        if at < 0:
            return
        yield name[:at]
