"""The renaming that was probably meant: rules that make a checkpoint fit, proposed where only one reading is likely.

Rules come from three looks, each at what the one before left over: a beginning that all names have (`module.`), endings
that other libraries use (`gamma` for `weight`), and layers whose tensors have the same sizes. Two readings that explain
equally much are reported and not proposed. What is proposed was tried.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from archdsl.checkpoints.compare import CheckpointComparison, compare, parts_of
from archdsl.checkpoints.header import TensorEntry
from archdsl.checkpoints.wanted import WantedTensor
from archdsl.typed import Any, NamedTuple

ENDINGS = {
    "gamma": "weight",
    "beta": "bias",
    "kernel": "weight",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
    "moving_var": "running_var",
}
_COUNTER = "num_batches_tracked"
_DEEPEST = 16  # steps of a name that may be its beginning
_CLOSE = 16  # names that are looked at for one that differs in its first step
_MOST = 20_000  # names on either side; for more nothing is proposed
_ROUNDS = 8  # beginnings that are taken
_FEW = 8  # parts that a proposal to skip may have


class Ambiguity(NamedTuple):
    """Several readings: for `wanted` of the network, any of `candidates` of the file (beginnings, or layers)."""

    wanted: tuple[str, ...]
    candidates: tuple[str, ...]
    reason: str


class Proposal(NamedTuple):
    """Rules to add, how many tensors fit with them, parts to skip so that all does, and what stays open.

    `setting` are values of the model, or its input, as the command has them, with which so many fit, and `left` the
    parts to skip then. It is `contrary` where the caller gave other values, so that skipping is likelier meant.
    """

    rename: dict[str, str]
    fits: int
    skip: tuple[str, ...]
    ambiguous: tuple[Ambiguity, ...]
    setting: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    contrary: bool = False


def propose(
    wanted: list[WantedTensor],
    found: Mapping[str, TensorEntry],
    rename: Mapping[str, str],
    skip: Iterable[str],
    cast: bool = False,
) -> Proposal:
    """What would make a file fit, beyond the rules that are given."""
    skip = list(skip)
    now = compare(wanted, found, rename, skip, cast)
    search = _Search(now)
    if max(len(search.lacking), len(search.spare)) <= _MOST:
        search.beginnings()
        before = dict(search.rules)
        search.layers()
    else:
        before = {}
    for rules in (search.rules, before):
        tried = _tried(wanted, found, {**rename, **rules}, skip, cast) if rules else None
        if tried is not None and tried.count("fits") > now.count("fits"):
            return Proposal(rules, tried.count("fits"), skips(tried), tuple(search.ambiguous))
    return Proposal({}, now.count("fits"), skips(now), tuple(search.ambiguous))


def _tried(
    wanted: list[WantedTensor], found: Mapping[str, TensorEntry], rename: dict[str, str], skip: list[str], cast: bool
) -> CheckpointComparison | None:
    try:
        return compare(wanted, found, rename, skip, cast)
    except ValueError:
        return None


class _Search:
    """The tensors that have no partner yet, and the rules that give them one."""

    def __init__(self, now: CheckpointComparison) -> None:
        self.lacking = {pair.name: pair.wanted for pair in now.pairs if pair.status == "missing" and pair.wanted}
        self.spare = {pair.found.name: pair.found for pair in now.pairs if pair.status == "extra" and pair.found}
        self.rules: dict[str, str] = {}
        self._names = sum(pair.found is not None for pair in now.pairs)
        self.ambiguous: list[Ambiguity] = []

    # ---- beginnings and endings

    def beginnings(self) -> None:
        """Take the beginning that explains most, until none explains two tensors, or all that are left."""
        for _ in range(_ROUNDS):
            votes = self._votes()
            ranked = sorted(votes, key=lambda change: (-len(votes[change]), len(change[0]) + len(change[1]), change))
            if not ranked or len(votes[ranked[0]]) < min(2, len(self.lacking)):
                return
            best = votes[ranked[0]]
            rivals = [change for change in ranked[1:] if len(votes[change]) == len(best)]
            rivals = [change for change in rivals if _conflict(best, votes[change])]
            if rivals:
                self._unsure(tuple(best), [ranked[0], *rivals])
                return
            self._take(ranked[0], best)

    def _unsure(self, wanted: tuple[str, ...], changes: list[tuple[str, str]]) -> None:
        candidates = tuple(f"{old}={new}" for old, new in changes)
        for name in wanted:
            del self.lacking[name]
        self.ambiguous.append(Ambiguity(wanted, candidates, "each of these prefixes matches as many tensors"))

    def _votes(self) -> dict[tuple[str, str], dict[str, str]]:
        """For each change of a beginning the tensors that it explains: name of the network -> name of the file."""
        after_first: dict[str, list[str]] = defaultdict(list)
        ends: dict[str, list[str]] = defaultdict(list)
        for name in self.lacking:
            for cut in _cuts(name):
                ends[name[cut:]].append(name[:cut])
            if "." in name:
                after_first[name.partition(".")[2]].append(name.partition(".")[0])
        shortest = {
            name: sorted(found, key=len)[:_CLOSE] for name, found in ends.items()
        }  # what all names share is short
        votes: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for name, entry in self.spare.items():
            for spelled in dict.fromkeys((name, _usual(name))):
                for old, new in self._changes(spelled, after_first, shortest):
                    if self.rules.get(old, new) == new:
                        self._vote(votes, (old, new), new + spelled[len(old) :], entry)
        return votes

    def _changes(
        self, name: str, after_first: dict[str, list[str]], ends: dict[str, list[str]]
    ) -> Iterable[tuple[str, str]]:
        yield from ((name[:cut], "") for cut in _cuts(name) if name[cut:] in self.lacking)
        yield from (("", new) for new in ends.get(name, ()))
        first, _, rest = name.partition(".")
        if "." in rest:
            yield from ((f"{first}.", f"{new}.") for new in after_first.get(rest, ())[:_CLOSE] if new != first)
        if name in self.lacking:
            yield "", ""

    def _vote(self, votes: Any, change: tuple[str, str], name: str, entry: TensorEntry) -> None:
        wanted = self.lacking.get(name)
        if wanted is not None and wanted.sizes == entry.sizes:
            votes[change].setdefault(name, entry.name)

    def _take(self, change: tuple[str, str], pairs: dict[str, str]) -> None:
        old, new = change
        if old or (new and len(pairs) == self._names):
            self.rules[old] = new
        elif new:  # not all of the file: each part of it by itself
            self.rules |= {first: new + first for first in (name.partition(".")[0] for name in pairs.values())}
        for wanted, found in pairs.items():
            here, there = found.rpartition(".")[2], wanted.rpartition(".")[2]
            if here != there:
                self.rules[f".{here}"] = f".{there}"
            del self.lacking[wanted], self.spare[found]

    # ---- layers by the sizes of their tensors

    def layers(self) -> None:
        """Pair layers whose tensors have the same sizes: one of each kind, or as many, numbered in the same order."""
        self._ours, self._theirs = _layers(self.lacking.values()), _layers(self.spare.values())
        wanted, found = _by_sizes(self._ours), _by_sizes(self._theirs)
        for sizes, ours in wanted.items():
            theirs = found.get(sizes, [])
            if not theirs:
                continue
            ordered = sorted(theirs, key=_natural)
            rules = self._in_order(ours, ordered) if len(ours) == len(theirs) else None
            if rules is not None:
                self.rules |= rules
                continue
            reason = f"several have tensors of {' and '.join(_text(each) for each in sizes)}"
            if len(ours) == len(theirs) == 1:
                reason = "the sizes do not say which tensor is which"
            self.ambiguous.append(Ambiguity(tuple(ours), tuple(ordered), reason))

    def _in_order(self, ours: list[str], theirs: list[str]) -> dict[str, str] | None:
        """Rules that pair layers one by one; None where their order means nothing, or tensors cannot be told apart."""
        numbered = _is_series(theirs) and (not _is_series(ours) or ours == sorted(ours, key=_natural))
        if len(ours) > 1 and not numbered:
            return None
        rules: dict[str, str] = {}
        for our, their in zip(ours, theirs, strict=True):
            pairs = _matched(self._ours[our], self._theirs[their])
            if pairs is None:
                return None
            if all(a == b for a, b in pairs) and our and their:
                rules[their] = our
            else:
                rules |= {_joined(their, b): _joined(our, a) for a, b in pairs}
        return rules


def _matched(wanted: dict[str, WantedTensor], found: dict[str, TensorEntry]) -> list[tuple[str, str]] | None:
    """Last steps of one layer in pairs: by their usual names, else by sizes that occur once; None if unclear."""
    usual = {ENDINGS.get(step, step): step for step in found}
    if set(usual) == set(wanted) and all(wanted[step].sizes == found[usual[step]].sizes for step in wanted):
        return [(step, usual[step]) for step in wanted]
    by_sizes = {entry.sizes: step for step, entry in found.items()}
    if len(by_sizes) == len(found) == len(wanted) and {each.sizes for each in wanted.values()} == set(by_sizes):
        return [(step, by_sizes[each.sizes]) for step, each in wanted.items()]  # type: ignore[index]
    return None


def _conflict(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether two changes give a tensor of the network different ones of the file, or the other way round."""
    theirs = {found: wanted for wanted, found in one.items()}
    return any(
        one.get(wanted, found) != found or theirs.get(found, wanted) != wanted for wanted, found in other.items()
    )


def _cuts(name: str) -> list[int]:
    """Where a beginning of a name may end: after each of its first dots."""
    cuts: list[int] = []
    at = name.find(".")
    while at >= 0 and len(cuts) < _DEEPEST:
        cuts.append(at + 1)
        at = name.find(".", at + 1)
    return cuts


def _usual(name: str) -> str:
    """A name with the last step as PyTorch calls it."""
    stem, dot, last = name.rpartition(".")
    return f"{stem}{dot}{ENDINGS.get(last, last)}"


def _layers(tensors: Iterable[WantedTensor] | Iterable[TensorEntry]) -> dict[str, dict[str, Any]]:
    """The tensors of each layer by their last steps; a count of batches, which old files lack, is left aside."""
    layers: dict[str, dict[str, Any]] = {}
    for tensor in tensors:
        layer, _, last = tensor.name.rpartition(".")
        if last != _COUNTER:
            layers.setdefault(layer, {})[last] = tensor
    return layers


def _by_sizes(layers: dict[str, dict[str, Any]]) -> dict[tuple[Any, ...], list[str]]:
    """Layers in order, by the sizes of their tensors."""
    found: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for layer, tensors in layers.items():
        found[tuple(sorted((tensor.sizes for tensor in tensors.values()), key=str))].append(layer)
    return found


def _joined(layer: str, last: str) -> str:
    return f"{layer}.{last}" if layer else last


def _is_series(names: list[str]) -> bool:
    """Whether names differ in their numbers alone, so that these say the order."""
    return len({re.sub(r"[0-9]+", "0", name) for name in names}) == 1


def _natural(name: str) -> list[Any]:
    """A key that sorts `conv10` after `conv9`."""
    parts = re.split(r"([0-9]{1,9})", name)  # every second one is a number
    return [(int(part), "") if place % 2 else (-1, part) for place, part in enumerate(parts)]


def _text(sizes: tuple[Any, ...]) -> str:
    return "x".join(map(str, sizes)) or "one number"


# ---- what to leave out


def skips(tried: CheckpointComparison) -> tuple[str, ...]:
    """Few parts without which all fits: the shortest that hold nothing that fits; none where nothing fits at all."""
    wrong = [pair.name for pair in tried.pairs if pair.status not in ("fits", "skipped")]
    holds = Counter(part for pair in tried.pairs if pair.status == "fits" for part in parts_of(pair.name))
    if not holds:
        return ()
    parts: dict[str, None] = {}
    for name in wrong:
        parts[next((part for part in (*parts_of(name), name) if not holds[part]), name)] = None
        if len(parts) > _FEW:
            return _patterns(wrong, tried)
    return tuple(parts)


def _patterns(wrong: list[str], tried: CheckpointComparison) -> tuple[str, ...]:
    """`*.num_batches_tracked`: last steps that nothing which fits has; none where they are many."""
    fitting = {pair.name.rpartition(".")[2] for pair in tried.pairs if pair.status == "fits"}
    last = {name.rpartition(".")[2] for name in wrong if "." in name}
    if last & fitting or len(last) > 1 or any("." not in name for name in wrong):
        return ()
    return tuple(f"*.{step}" for step in last)
